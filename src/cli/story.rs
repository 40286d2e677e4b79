//! `bangtin demo --story`: a day of a board in a minute, each step checked by what the board says and by what
//! it shows. The board runs as a process of its own, with no display.

use super::demo::{Stage, copy_folder, file};
use super::serve::Server;
use super::{feed, report};
use crate::board::control;
use crate::clock;
use crate::model::alert::{Alert, AlertId, AlertStatus, Alerts, Hazard, MessageType, RiskLevel};
use crate::model::status::{FeedStatus, OnAir, Status};
use crate::problem::{Outcome, Problem, Text};
use crate::publish;
use crate::say;
use crate::sync::Reader;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

const SIZE: &str = "1920x1080";
/// The fill of a level 4 warning (LOOK.md section 4).
const LEVEL_4: [u8; 3] = [0xB3, 0x00, 0x0F];
/// The ground of a notice by day.
const PAPER: [u8; 3] = [0xFA, 0xF4, 0xE6];
/// A slow machine with two busy cores needs a few seconds for a step.
const PATIENCE: Duration = Duration::from_secs(40);

/// The board, ended with the story.
struct Board(Child);

impl Board {
    fn start(stage: &Stage, url: &str) -> Outcome<Board> {
        stage.board(url, &["--headless", SIZE, "--theme", "day"]).map(Board)
    }

    fn kill(mut self) -> Outcome<()> {
        self.end().map_err(|error| file(Path::new("bangtin play"), &error))
    }

    fn end(&mut self) -> std::io::Result<()> {
        self.0.kill()?;
        self.0.wait().map(drop)
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // It may have been ended before.
        let _ = self.end();
    }
}

struct Story<'a> {
    stage: &'a Stage,
    steps: u32,
}

fn failed(step: &str, why: Text) -> Problem {
    Problem::new(
        step,
        why,
        say!(en: "read board.log beside the screenshots", vi: "hãy xem board.log cạnh các ảnh chụp"),
    )
}

fn main_item(status: &Status) -> Option<&OnAir> {
    status.on_air.iter().find(|item| item.zone == "main")
}

fn shows_notice(status: &Status) -> bool {
    main_item(status).is_some_and(|item| item.kind == "notice")
}

impl Story<'_> {
    /// Asks the board again and again until `done`; says what it waited for if that never comes.
    fn wait(&self, what: &str, done: impl Fn(&Status) -> bool) -> Outcome<Status> {
        let deadline = clock::instant() + PATIENCE;
        let mut last = None;
        while clock::instant() < deadline {
            if let Ok(status) = control::ask_status(&self.stage.state) {
                if done(&status) {
                    return Ok(status);
                }
                last = Some(status);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let said = last.map_or_else(
            || "-".into(),
            |status| {
                let item = main_item(&status).map(|item| format!("{} {}", item.kind, item.id));
                let feed = status
                    .feeds
                    .first()
                    .map(|feed| format!("generation {}, error {:?}", feed.generation, feed.error));
                format!("{item:?}; {feed:?}; {:?}", status.errors.last())
            },
        );
        Err(failed(
            what,
            say!(en: "it did not happen; the board says: {said}", vi: "không xảy ra; bảng báo: {said}", said = said),
        ))
    }

    /// Makes the board ask for news, and waits until that has been answered, well or ill.
    fn poll(&self, what: &str) -> Outcome<Status> {
        let checked = |status: &Status| status.feeds.first().and_then(|feed| feed.last_check.clone());
        let before = checked(&control::ask_status(&self.stage.state)?);
        // Moments are said to the second; the next answer must be told from the last one.
        std::thread::sleep(Duration::from_millis(1100));
        control::ask_poll(&self.stage.state)?;
        self.wait(what, |status| checked(status) != before)
    }

    /// Keeps a screenshot, and checks that `colour` covers at least `share` of it and that it is not blank.
    fn picture(&self, name: &str, colour: [u8; 3], share: f64) -> Outcome<()> {
        let bytes = control::ask_screenshot(&self.stage.state)?;
        let path = self.stage.out.join(name);
        crate::disk::write_for_person(&path, &bytes)?;
        let image = image::load_from_memory(&bytes)
            .map_err(|error| {
                failed(name, say!(en: "not a picture ({error})", vi: "không phải ảnh ({error})"))
            })?
            .into_rgb8();
        let near = |pixel: &image::Rgb<u8>| pixel.0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 12);
        let pixels = f64::from(image.width() * image.height());
        let covered = image.pixels().filter(|pixel| near(pixel)).count() as f64 / pixels;
        // Letters have edges: a page with text has hundreds of shades, a blank one has a few.
        let shades: std::collections::HashSet<[u8; 3]> = image.pixels().map(|pixel| pixel.0).collect();
        if covered < share || shades.len() < 60 {
            let (percent, count) = ((covered * 100.0).round(), shades.len());
            return Err(failed(
                name,
                say!(en: "the picture is wrong: {percent} % of the expected colour, {count} shades",
                     vi: "ảnh không đúng: {percent} % màu mong đợi, {count} sắc độ", percent = percent, count = count),
            ));
        }
        Ok(())
    }

    fn told(&mut self, text: &Text) {
        self.steps += 1;
        let number = self.steps;
        report::say(&Text { en: format!("{number}. {}", text.en), vi: format!("{number}. {}", text.vi) });
    }
}

/// Plays the story.
///
/// # Errors
/// The first step that fails, and how.
pub fn tell(stage: &Stage) -> Outcome<()> {
    let mut story = Story { stage, steps: 0 };
    let mut server = Server::start(&stage.site, 0).map_err(|error| file(&stage.site, &error))?;
    let (url, port) = (server.url(), server.port());
    let mut board = Board::start(stage, &url)?;
    let on_air = story.wait("on air from the network", |status| {
        // The film's page has no paper ground to look for; its turn is over in a moment.
        let film = main_item(status).is_some_and(|item| item.id == "phim-binh-lu");
        shows_notice(status) && !film && status.feeds[0].generation > 0 && status.media.waiting.is_empty()
    })?;
    story.picture("1-on-air.png", PAPER, 0.05)?;
    story.told(&say!(en: "The board is on air from the network, with every file verified.", vi: "Bảng đã lên hình từ mạng, mọi tệp đều đã xác minh."));

    let generation = on_air.feeds[0].generation;
    let new_id = publish_new_notice(stage)?;
    control::ask_poll(&stage.state)?;
    let news = story.wait("a new notice", |status| {
        status.feeds[0].generation > generation && main_item(status).is_some_and(|item| item.id == new_id)
    })?;
    story.picture("2-new-notice.png", PAPER, 0.2)?;
    story.told(&say!(en: "A new notice was published, and the board shows it.", vi: "Tin mới đã phát hành và bảng đang chiếu tin đó."));

    warn(stage)?;
    control::ask_poll(&stage.state)?;
    story.wait("a warning", |status| main_item(status).is_some_and(|item| item.kind == "warning"))?;
    story.picture("3-warning.png", LEVEL_4, 0.3)?;
    story.wait("the end of the warning", shows_notice)?;
    story.picture("4-after-warning.png", PAPER, 0.05)?;
    story.told(&say!(en: "A warning took the whole board, and ended at its time.", vi: "Cảnh báo chiếm toàn bảng rồi kết thúc đúng giờ."));

    drop(server);
    story.poll("the server is gone")?;
    let alone = story.wait("an error about the server", |status| status.feeds[0].error.is_some())?;
    if !shows_notice(&alone) {
        return Err(failed(
            "the server is gone",
            say!(en: "the board shows nothing", vi: "bảng không chiếu gì"),
        ));
    }
    story.picture("5-server-gone.png", PAPER, 0.05)?;
    story.told(&say!(en: "The server stopped, and the board went on.", vi: "Máy chủ dừng, bảng vẫn chạy."));

    board.kill()?;
    board = Board::start(stage, &url)?;
    let offline = story.wait("on air without a network", shows_notice)?;
    if offline.feeds[0].generation < news.feeds[0].generation || !offline.media.waiting.is_empty() {
        return Err(failed(
            "on air without a network",
            say!(en: "something verified was lost", vi: "đã mất nội dung đã xác minh"),
        ));
    }
    story.picture("6-offline-restart.png", PAPER, 0.05)?;
    story.told(&say!(en: "The board lost its power and restarted without a network: it is on air.", vi: "Bảng mất điện, bật lại khi không có mạng: vẫn lên hình."));

    server = tampering(&mut story, port)?;
    let end = story.wait("the end", shows_notice)?;
    story.picture("7-at-the-end.png", PAPER, 0.05)?;
    if end.frames.blank != 0 {
        return Err(failed("frames", say!(en: "a blank frame was shown", vi: "đã có khung hình trống")));
    }
    let (drawn, out) = (end.frames.drawn, stage.out.display());
    story.told(&say!(en: "No frame was blank ({drawn} drawn since the restart). The screenshots are in {out}.",
                     vi: "Không có khung hình trống ({drawn} khung từ lúc bật lại). Ảnh chụp ở {out}.", drawn = drawn, out = out));
    drop(server);
    board.kill()
}

fn publish_new_notice(stage: &Stage) -> Outcome<String> {
    let toml = stage.folder.join("programme.toml");
    let more = stage.folder.join("new-notice.toml");
    let read = |path: &PathBuf| std::fs::read_to_string(path).map_err(|error| file(path, &error));
    let joined = format!("{}\n{}", read(&toml)?, read(&more)?);
    std::fs::write(&toml, &joined).map_err(|error| file(&toml, &error))?;
    feed::publish(&stage.site, &stage.folder, clock::system()).map_err(first)?;
    let id = read(&more)?
        .lines()
        .find_map(|line| line.strip_prefix("id = ").map(|id| id.trim_matches('"').to_owned()));
    id.ok_or_else(|| failed("new-notice.toml", say!(en: "it has no id", vi: "thiếu id")))
}

fn first(problems: Vec<Problem>) -> Problem {
    let unknown = || failed("publish", say!(en: "failed without a reason", vi: "lỗi không rõ"));
    problems.into_iter().next().unwrap_or_else(unknown)
}

/// A level 4 flash flood that ends in a few seconds.
fn warn(stage: &Stage) -> Outcome<()> {
    let now = clock::system();
    let level =
        RiskLevel::try_from(4).map_err(|error| failed("warning", Text { en: error.clone(), vi: error }))?;
    let alert = Alert {
        id: AlertId { sender: "demo@binhlu.example".into(), identifier: "demo-lu-quet".into(), sent: now },
        status: AlertStatus::Actual,
        message: MessageType::Alert,
        references: Vec::new(),
        level,
        hazard: Hazard::Lu,
        event: "Lũ quét".into(),
        area: "Bản Nà Đon, bản Nà Khan · ngay bây giờ".into(),
        actions: vec![
            "Rời bờ suối, lên chỗ cao ngay".into(),
            "Không lội qua suối, ngầm tràn".into(),
            "Giúp người già, trẻ nhỏ đi trước".into(),
            "Gọi 112 khi cần cứu".into(),
        ],
        issuer: "UBND xã Bình Lư".into(),
        onset: None,
        expires: now.checked_add(jiff::SignedDuration::from_secs(8)).ok(),
        audio: None,
    };
    feed::set_alerts(&stage.site, &Alerts { alerts: vec![alert] }, &[], now)
}

/// One changed byte in each kind of file: refused by a check from nothing and by the running board, which goes
/// on. The same feed without the change is then taken, so the refusals were about the byte.
fn tampering(story: &mut Story<'_>, port: u16) -> Outcome<Server> {
    let stage = story.stage;
    let next = stage.out.join("next");
    copy_folder(&stage.site, &next).map_err(|error| file(&next, &error))?;
    let keys = feed::keys_of(&stage.site);
    let next_keys = feed::keys_of(&next);
    copy_folder(&keys, &next_keys).map_err(|error| file(&keys, &error))?;
    crate::disk::create_private_folder(&next_keys).map_err(|error| file(&next_keys, &error))?;
    change_folder(&stage.folder)?;
    let now = clock::system();
    feed::publish(&next, &stage.folder, now).map_err(first)?;
    feed::set_alerts(&next, &Alerts::default(), &[], now)?;

    let root = crate::disk::read_for_person(&stage.root())?;
    let shown_before = control::ask_status(&stage.state)?.feeds[0].versions.programme;
    for (kind, path) in targets_of(&next)? {
        let before = control::ask_status(&stage.state)?.feeds.swap_remove(0);
        let tampered = stage.out.join("tampered");
        let _ = std::fs::remove_dir_all(&tampered);
        copy_folder(&next, &tampered).map_err(|error| file(&tampered, &error))?;
        match &kind {
            Kind::FalseRoot(bytes) => {
                std::fs::write(tampered.join(&path), bytes).map_err(|error| file(&tampered, &error))?;
            }
            Kind::Metadata | Kind::Film | Kind::Held => change_a_byte(&tampered.join(&path))?,
        }
        let name = path.display().to_string();
        let checked = publish::check(&mut Reader::open(&tampered.display().to_string())?, &root, now);
        if checked.is_ok_and(|report| report.problems.is_empty()) {
            return Err(failed(
                &name,
                say!(en: "a changed byte was not noticed", vi: "một byte bị sửa mà không phát hiện"),
            ));
        }
        let server = Server::start(&tampered, port).map_err(|error| file(&tampered, &error))?;
        let status = story.poll(&name)?;
        let feed = &status.feeds[0];
        if !shows_notice(&status) {
            return Err(failed(&name, say!(en: "the board went off the air", vi: "bảng đã mất hình")));
        }
        match kind {
            Kind::Metadata | Kind::FalseRoot(_) if took(&name, &before, feed) => {
                return Err(failed(&name, say!(en: "the board took it", vi: "bảng đã nhận tệp bị sửa")));
            }
            Kind::Metadata | Kind::FalseRoot(_) => {}
            Kind::Held => new_board_refuses(stage, &server.url())?,
            // Its JSON is sound, so the texts go on air; the film itself never does.
            Kind::Film => {
                story.wait("the film is refused", |status| {
                    let refused = status.errors.iter().any(|error| error.text.contains("binh-lu.mp4"));
                    refused && status.media.waiting.iter().any(|name| name.contains("binh-lu.mp4"))
                })?;
            }
        }
        drop(server);
        story.told(&say!(en: "One byte changed in {name}: refused, and the board went on.",
                         vi: "Sửa một byte trong {name}: bị từ chối, bảng vẫn chạy.", name = name));
    }
    let server = Server::start(&next, port).map_err(|error| file(&next, &error))?;
    control::ask_poll(&stage.state)?;
    story.wait("the same feed unchanged", |status| {
        status.feeds[0].versions.programme > shown_before
            && status.media.waiting.is_empty()
            && status.feeds[0].error.is_none()
    })?;
    story.told(&say!(en: "The same feed without the changes was taken.", vi: "Nguồn tin đó khi không bị sửa thì được nhận."));
    Ok(server)
}

/// Whether a board took what a changed file vouches for. Where that is one half of the feed, the other is taken without it.
fn took(file: &str, before: &FeedStatus, after: &FeedStatus) -> bool {
    match file {
        _ if file.contains("programme") => after.versions.programme != before.versions.programme,
        _ if file.contains("alert") => after.versions.alert != before.versions.alert,
        _ => after.generation != before.generation,
    }
}

/// A board that has nothing but the root shows its own page, and says why.
fn new_board_refuses(stage: &Stage, url: &str) -> Outcome<()> {
    let state = stage.out.join("state-new");
    let _ = std::fs::remove_dir_all(&state);
    let new = Stage { out: stage.out.clone(), site: stage.site.clone(), folder: stage.folder.clone(), state };
    let board = Board::start(&new, url)?;
    let status =
        Story { stage: &new, steps: 0 }.wait("a new board", |status| status.feeds[0].error.is_some())?;
    board.kill()?;
    if main_item(&status).is_none_or(|item| item.kind != "neutral") {
        return Err(failed(
            "a new board",
            say!(en: "it shows what was changed", vi: "bảng mới chiếu nội dung bị sửa"),
        ));
    }
    Ok(())
}

/// Another title, and a film with other bytes: the next version has something of every kind that is new.
fn change_folder(folder: &Path) -> Outcome<()> {
    let toml = folder.join("programme.toml");
    let text = std::fs::read_to_string(&toml).map_err(|error| file(&toml, &error))?;
    let text = text.replacen("title = \"Xã Bình Lư\"", "title = \"Bảng tin xã Bình Lư\"", 1);
    std::fs::write(&toml, text).map_err(|error| file(&toml, &error))?;
    let film = folder.join("binh-lu.mp4");
    let mut bytes = std::fs::read(&film).map_err(|error| file(&film, &error))?;
    // An empty `free` box (ISO/IEC 14496-12, 8.1.2): the same film, another hash.
    bytes.extend([0, 0, 0, 8]);
    bytes.extend(b"free");
    std::fs::write(&film, bytes).map_err(|error| file(&film, &error))
}

enum Kind {
    /// Changed with the new version: the running board meets it.
    Metadata,
    /// The same as before: the running board holds it already and does not ask for it; a new board does.
    Held,
    /// A file that the true feed does not have.
    FalseRoot(Vec<u8>),
    Film,
}

/// The newest file of each kind, the film last.
fn targets_of(site: &Path) -> Outcome<Vec<(Kind, PathBuf)>> {
    let list = |folder: &str| {
        let path = site.join(folder);
        let names = std::fs::read_dir(&path).map_err(|error| file(&path, &error))?;
        Ok::<Vec<String>, Problem>(
            names.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect(),
        )
    };
    let metadata = list("metadata")?;
    let newest = |role: &str| {
        let version = |name: &String| name.strip_suffix(role)?.strip_suffix('.')?.parse::<u64>().ok();
        let name = metadata.iter().filter(|name| version(name).is_some()).max_by_key(|name| version(name));
        name.map(|name| Path::new("metadata").join(name))
            .ok_or_else(|| failed(role, say!(en: "the feed lacks it", vi: "nguồn tin thiếu tệp này")))
    };
    let mut all = vec![(Kind::Metadata, PathBuf::from("metadata/timestamp.json"))];
    for role in ["snapshot.json", "programme.json", "alert.json"] {
        all.push((Kind::Metadata, newest(role)?));
    }
    all.push((Kind::Metadata, newest_in(site, "targets/programme")?));
    // A root that signs itself into office: the next version number, and signatures that do not hold.
    let root = newest("root.json")?;
    let false_root = Path::new("metadata").join("2.root.json");
    let bytes = std::fs::read(site.join(&root)).map_err(|error| file(&root, &error))?;
    let bytes = String::from_utf8_lossy(&bytes).replacen("\"version\":1", "\"version\":2", 1);
    all.push((Kind::FalseRoot(bytes.into_bytes()), false_root));
    // Only the film is new in `media/`.
    all.push((Kind::Film, newest_in(site, "media")?));
    all.push((Kind::Held, newest("targets.json")?));
    Ok(all)
}

/// The file that changed last in a folder of the site.
fn newest_in(site: &Path, folder: &str) -> Outcome<PathBuf> {
    let path = site.join(folder);
    let entries = std::fs::read_dir(&path).map_err(|error| file(&path, &error))?;
    let newest =
        entries.flatten().max_by_key(|entry| entry.metadata().and_then(|about| about.modified()).ok());
    newest
        .map(|entry| Path::new(folder).join(entry.file_name()))
        .ok_or_else(|| failed(folder, say!(en: "the feed lacks it", vi: "nguồn tin thiếu tệp này")))
}

fn change_a_byte(path: &Path) -> Outcome<()> {
    let mut bytes = std::fs::read(path).map_err(|error| file(path, &error))?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    std::fs::write(path, bytes).map_err(|error| file(path, &error))
}
