//! `bangtin doctor`: is this machine fit for a board, and what to do where it is not.
//!
//! A line for each thing a board needs: `ok`, what is there; `!!`, what is the matter and what to do, without which
//! nothing shows; `??`, the same for what costs only a part. It changes nothing on the machine but a temporary file, and
//! asks the feeds as the board would.
//! Best run as the board's own user: `sudo -u bangtin bangtin doctor`.

mod feeds;
mod keys;
mod machine;
mod programme;
mod sound;

use super::running::CONFIG;
use super::{Doctor, report};
use crate::clock;
use crate::config::{self, Config};
use crate::disk::{Disk, Local};
use crate::layout::Fonts;
use crate::limits;
use crate::media::{Decoder, probe, unconfined};
use crate::model::media::Picture;
use crate::problem::{Outcome, Problem, Text};
use crate::say;
use crate::stage;
use crate::store::Asset;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// Free space under which a commune's pictures and films soon fill the disk.
const FREE_BYTES: u64 = 1 << 30;

/// What was found of one thing.
enum Finding {
    Fine(Text),
    /// A part of what a board does is missing.
    Partly(Problem),
    /// Nothing shows.
    Unfit(Problem),
}

pub fn run(asked: &Doctor) -> Result<(), Vec<Problem>> {
    let mut findings = Vec::new();
    let config = configuration(asked.config.as_deref(), &mut findings);
    let state = asked.state.clone().unwrap_or_else(|| config.state.clone());
    fonts(&mut findings);
    findings.push(display());
    findings.push(adapter());
    let (sound, heard) = sound::look(&config);
    findings.push(sound);
    findings.extend(state_folder(&state));
    findings.extend(machine::findings(&state, super::play::has_display()));
    let clock = clock_trusted(&config);
    let timed = matches!(clock, Finding::Fine(_));
    findings.push(clock);
    let decoder = Decoder::this_program();
    let tried = decode(&decoder);
    let decodes = matches!(tried, Finding::Fine(_));
    findings.push(tried);
    findings.extend(unconfined(&decoder.lacks()).map(Finding::Partly));
    let complete = feeds::look(&config, &state, &mut findings);
    let able = programme::Able { heard, timed, decodes };
    findings.extend(programme::look(
        complete.iter().filter_map(|complete| complete.programme.as_deref()),
        &config,
        able,
    ));
    findings.extend(keys::look(&config, asked.config.as_deref().unwrap_or(Path::new(CONFIG))));
    let mut unfit = 0;
    for finding in &findings {
        report::say(&match finding {
            Finding::Fine(what) => say!(en: "ok  {en}", vi: "ok  {vi}", en = what.en, vi = what.vi),
            Finding::Partly(problem) => line("??", problem),
            Finding::Unfit(problem) => {
                unfit += 1;
                line("!!", problem)
            }
        });
    }
    if unfit == 0 {
        return Ok(());
    }
    let why = say!(
        en: "this machine cannot show a board yet: {unfit} of the above marked !! stand in the way",
        vi: "máy này chưa chạy được bảng tin: còn {unfit} mục đánh dấu !! ở trên",
        unfit = unfit
    );
    let remedy = say!(en: "mend them, and run it again", vi: "hãy sửa rồi chạy lại lệnh này");
    Err(vec![Problem::new("bangtin doctor", why, remedy)])
}

fn line(mark: &str, problem: &Problem) -> Text {
    let Problem { subject, why, remedy, .. } = problem;
    say!(
        en: "{mark}  {subject}: {why_en}; {remedy_en}",
        vi: "{mark}  {subject}: {why_vi}; {remedy_vi}",
        mark = mark,
        subject = subject,
        why_en = why.en,
        remedy_en = remedy.en,
        why_vi = why.vi,
        remedy_vi = remedy.vi
    )
}

/// The board's configuration, or the defaults where there is none to read.
fn configuration(asked: Option<&Path>, findings: &mut Vec<Finding>) -> Config {
    let path = asked.unwrap_or(Path::new(CONFIG));
    if asked.is_none() && !path.exists() {
        findings.push(Finding::Partly(Problem::new(
            CONFIG,
            say!(en: "there is none yet", vi: "chưa có tệp này"),
            say!(en: "copy config/board.toml there and write your feed's address in it, or name yours with --config",
                 vi: "hãy chép config/board.toml vào đó rồi ghi địa chỉ nguồn tin, hoặc chỉ tệp khác bằng --config"),
        )));
        return Config::default();
    }
    match config::load(path) {
        Ok(config) => {
            findings.extend(config.warnings.iter().cloned().map(Finding::Partly));
            findings.push(Finding::Fine(say!(
                en: "{path}: feeds: {feeds}",
                vi: "{path}: số nguồn tin: {feeds}",
                path = path.display(),
                feeds = config.feeds.len()
            )));
            config
        }
        Err(problems) => {
            findings.extend(problems.into_iter().map(Finding::Unfit));
            Config::default()
        }
    }
}

/// Each script that boards show, and what is missing with its package.
fn fonts(findings: &mut Vec<Finding>) {
    let (fonts, mut problems) = Fonts::load(&super::play::font_folders());
    problems.extend(fonts.check());
    const SCRIPTS: [(&str, &str, &str); 6] = [
        ("Latn", "Vietnamese, Hmong, Dao", "tiếng Việt, Mông, Dao"),
        ("Tavt", "Thái", "chữ Thái"),
        ("Hmng", "Pahawh Hmong", "chữ Pahawh Mông"),
        ("Hmnp", "Nyiakeng Hmong", "chữ Nyiakeng Mông"),
        ("Zsym", "arrows and signs", "mũi tên, ký hiệu"),
        ("Zsye", "emoji", "biểu tượng cảm xúc"),
    ];
    type Script = (&'static str, &'static str, &'static str);
    let (served, lacking): (Vec<Script>, Vec<Script>) =
        SCRIPTS.iter().partition(|(script, ..)| fonts.serves(script));
    let names = |en: bool| served.iter().map(|s| if en { s.1 } else { s.2 }).collect::<Vec<_>>().join("; ");
    if !served.is_empty() {
        findings.push(Finding::Fine(say!(
            en: "fonts: {en}",
            vi: "phông chữ: {vi}",
            en = names(true),
            vi = names(false)
        )));
    }
    let nothing = lacking.iter().any(|(script, ..)| *script == "Latn");
    findings.extend(problems.into_iter().map(if nothing { Finding::Unfit } else { Finding::Partly }));
}

/// A display server that answers; or, where cage is to be one, a card for it.
fn display() -> Finding {
    let wayland = std::env::var_os("WAYLAND_DISPLAY").filter(|name| !name.is_empty());
    let x11 = std::env::var("DISPLAY").ok().filter(|name| !name.is_empty());
    let (name, socket) = match (wayland, x11) {
        (Some(name), _) => {
            let folder = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(PathBuf::new, PathBuf::from);
            (format!("Wayland {}", name.display()), folder.join(name))
        }
        (None, Some(name)) => match name.strip_prefix(':') {
            Some(local) => {
                let number = local.split('.').next().unwrap_or_default();
                (format!("X11 {name}"), PathBuf::from(format!("/tmp/.X11-unix/X{number}")))
            }
            None => return fine_display(&format!("X11 {name}")),
        },
        (None, None) => return card(),
    };
    match UnixStream::connect(&socket) {
        Ok(_) => fine_display(&name),
        Err(error) => Finding::Unfit(Problem::new(
            name,
            say!(en: "no display server answers ({error})", vi: "không có máy chủ màn hình nào trả lời ({error})", error = error),
            say!(en: "start the desktop or cage, and run this as the user that it runs as",
                 vi: "hãy mở màn hình nền hoặc cage, và chạy lệnh này bằng đúng người dùng đó"),
        )),
    }
}

fn fine_display(name: &str) -> Finding {
    Finding::Fine(say!(en: "display: {name}", vi: "màn hình: {name}", name = name))
}

fn card() -> Finding {
    let card = (0..4).map(|n| PathBuf::from(format!("/dev/dri/card{n}"))).find(|path| path.exists());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cage = std::env::split_paths(&path).any(|folder| folder.join("cage").is_file());
    match (card, cage) {
        (Some(card), true) => Finding::Fine(say!(
            en: "display: cage will open {card}",
            vi: "màn hình: cage sẽ mở {card}",
            card = card.display()
        )),
        (Some(card), false) => Finding::Unfit(Problem::new(
            card.display().to_string(),
            say!(en: "there is a screen's card, and nothing that shows windows on it", vi: "có card màn hình nhưng chưa có gì hiện cửa sổ lên đó"),
            say!(en: "install the package cage, or run this in a desktop session", vi: "hãy cài gói cage, hoặc chạy trong màn hình nền"),
        )),
        (None, _) => Finding::Unfit(Problem::new(
            "display",
            say!(en: "there is neither a display server nor a screen's card", vi: "không có máy chủ màn hình, cũng không có card màn hình"),
            say!(en: "connect a screen and restart, or run this where the board runs; a board without a screen is `play --headless`",
                 vi: "hãy nối màn hình rồi khởi động lại, hoặc chạy ngay trên máy của bảng; không có màn hình thì dùng `play --headless`"),
        )),
    }
}

fn adapter() -> Finding {
    let adapters = stage::adapters();
    if let Some((name, _)) = adapters.iter().find(|(_, real)| *real) {
        return Finding::Fine(say!(en: "graphics: {name}", vi: "đồ họa: {name}", name = name));
    }
    // Pages and tickers need none; a film is the processor's work then.
    let name = adapters.first().map_or("", |(name, _)| name);
    Finding::Partly(Problem::new(
        "graphics",
        say!(en: "no GPU was found ({name}): the processor draws, and films cost it more", vi: "không thấy GPU ({name}): bộ xử lý tự vẽ, phim sẽ tốn sức hơn", name = name),
        say!(en: "if the machine has one, install mesa-vulkan-drivers and let this user into the group render",
             vi: "nếu máy có GPU, hãy cài mesa-vulkan-drivers và cho người dùng này vào nhóm render"),
    ))
}

/// The state folder, or the nearest one above it that is there: `play` makes the rest.
fn state_folder(state: &Path) -> Vec<Finding> {
    let there = state.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    let name = state.display().to_string();
    // Neither it nor anything above it may be a file, which only a person can take away.
    if let Some(file) = state.ancestors().take_while(|path| *path != there).find(|path| path.is_file()) {
        let why = say!(en: "this is a file, and should be a folder", vi: "đây là một tệp, phải là thư mục");
        let remedy = say!(
            en: "move it away, or name another folder as state in board.toml",
            vi: "hãy dời tệp đi, hoặc ghi thư mục khác ở mục state trong board.toml"
        );
        return vec![Finding::Unfit(Problem::new(file.display().to_string(), why, remedy))];
    }
    if let Some(finding) = machine::read_only(there) {
        return vec![finding];
    }
    let access = rustix::fs::access(there, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK);
    if let Err(error) = access {
        let why = match there == state {
            true => say!(
                en: "this user cannot write there ({error})",
                vi: "người dùng này không ghi được vào đó ({error})",
                error = error
            ),
            false => say!(
                en: "it is not there yet, and this user cannot make it in {above} ({error})",
                vi: "chưa có thư mục này, và người dùng này không tạo được nó trong {above} ({error})",
                above = there.display(),
                error = error
            ),
        };
        let remedy = say!(
            en: "run this as the board's user, or: install -d -o bangtin {name}",
            vi: "hãy chạy bằng người dùng của bảng, hoặc: install -d -o bangtin {name}",
            name = name
        );
        return vec![Finding::Unfit(Problem::new(name.clone(), why, remedy))];
    }
    match Local::default().free_bytes(there) {
        Ok(free) if free >= FREE_BYTES => {
            let gigabytes = (free as f64 / 1e8).round() / 10.0;
            let found = match there == state {
                true => say!(en: "can be written", vi: "ghi được"),
                false => {
                    say!(en: "not there yet, will be made at the first start", vi: "chưa có, sẽ được tạo khi chạy lần đầu")
                }
            };
            vec![Finding::Fine(say!(
                en: "{name}: {found_en}, {gigabytes} GB free",
                vi: "{name}: {found_vi}, còn trống {gigabytes} GB",
                name = name,
                found_en = found.en,
                found_vi = found.vi,
                gigabytes = gigabytes
            ))]
        }
        Ok(free) => {
            let why = say!(
                en: "only {megabytes} MB are free",
                vi: "chỉ còn trống {megabytes} MB",
                megabytes = free / 1_000_000
            );
            let remedy = say!(en: "free some space on this disk", vi: "hãy giải phóng bớt dung lượng ổ đĩa");
            let problem = Problem::new(name, why, remedy);
            vec![if free < limits::DISK_RESERVE_BYTES {
                Finding::Unfit(problem)
            } else {
                Finding::Partly(problem)
            }]
        }
        Err(error) => vec![Finding::Partly(crate::disk::problem(state, &error))],
    }
}

fn clock_trusted(config: &Config) -> Finding {
    let chip = Path::new("/dev/rtc0").exists();
    if clock::read().synchronised {
        return Finding::Fine(say!(en: "clock: set by a time server", vi: "đồng hồ: được máy chủ giờ chỉnh"));
    }
    if config.clock.has_rtc {
        return Finding::Fine(
            say!(en: "clock: a chip, says board.toml", vi: "đồng hồ: có chip giờ, theo board.toml"),
        );
    }
    let remedy = match chip {
        true => {
            say!(en: "there is /dev/rtc0: if it has a battery, write has_rtc = true under [clock]; else connect to a network",
                     vi: "máy có /dev/rtc0: nếu có pin thì ghi has_rtc = true dưới [clock]; nếu không hãy nối mạng")
        }
        false => {
            say!(en: "connect to a network and enable systemd-timesyncd, or fit a clock chip with a battery",
                      vi: "hãy nối mạng và bật systemd-timesyncd, hoặc lắp chip giờ có pin")
        }
    };
    let why = say!(
        en: "nothing vouches for the time: no clock, no date and no hours of the day would show",
        vi: "chưa có gì bảo đảm giờ đúng: bảng sẽ không hiện giờ, ngày và khung giờ"
    );
    Finding::Partly(Problem::new("clock", why, remedy))
}

/// A picture of four pixels through the decoder's child.
fn decode(decoder: &Decoder) -> Finding {
    let name = format!("bangtin-doctor-{}.png", std::process::id());
    let path = std::env::temp_dir().join(name);
    let tried = || -> Outcome<()> {
        let picture = Picture { width: 2, height: 2, rgba: vec![255; 16] };
        let png = crate::board::control::png(&picture);
        let bytes = png.map_err(|error| report::file_problem(&path, &error))?;
        // New, or not at all: the folder is everybody's, and a name there may be a link that somebody laid.
        crate::disk::write_private(&path, &bytes).map_err(|error| crate::disk::problem(&path, &error))?;
        let asset = Asset::from_author_folder(&path)?;
        probe(decoder, &asset).map(drop)
    };
    let tried = tried();
    // Where it could not be written there is nothing to remove.
    let _ = std::fs::remove_file(&path);
    match tried {
        Ok(()) => Finding::Fine(match decoder.lacks().is_empty() {
            true => {
                say!(en: "decoder: opens a picture in a process of its own, which can do nothing else (Landlock, seccomp)",
                             vi: "bộ giải mã: mở được ảnh trong tiến trình riêng, không làm được gì khác (Landlock, seccomp)")
            }
            false => {
                say!(en: "decoder: opens a picture in a process of its own", vi: "bộ giải mã: mở được ảnh trong tiến trình riêng")
            }
        }),
        Err(problem) => Finding::Partly(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let found = state_folder(&folder.path().join("a/b/c"));
        assert!(!matches!(found[..], [Finding::Unfit(_)]));
        let said = |found: &[Finding]| match found {
            [Finding::Fine(text)] => text.en.clone(),
            [Finding::Partly(problem) | Finding::Unfit(problem)] => problem.to_string(),
            _ => String::new(),
        };
        // A full disk has other things to say.
        if matches!(found[..], [Finding::Fine(_)]) {
            assert!(said(&found).contains("not there yet, will be made"), "{}", said(&found));
            assert!(said(&state_folder(folder.path())).contains("can be written"));
        }
        std::fs::write(folder.path().join("file"), "").unwrap();
        let found = state_folder(&folder.path().join("file/state"));
        assert!(matches!(found[..], [Finding::Unfit(_)]) && said(&found).contains("should be a folder"));
        assert!(state_folder(&folder.path().join("a")).len() == 1 && !folder.path().join("a").exists());
    }

    #[test]
    fn a_configuration_with_mistakes_makes_the_machine_unfit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("board.toml");
        std::fs::write(&path, "nmae = 'x'").unwrap();
        let mut findings = Vec::new();
        configuration(Some(&path), &mut findings);
        assert!(findings.iter().all(|finding| matches!(finding, Finding::Unfit(_))) && findings.len() == 2);
    }
}
