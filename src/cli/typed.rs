//! Slips of the hand on the command line: a word left out, two folders in each other's place, a file where a
//! folder is meant. Each is told as one sentence, with the line as it should be typed.

use crate::disk::typed;
use crate::model::feed::lacks_scheme;
use crate::problem::{Outcome, Problem};
use crate::publish::folder::PROGRAMME_FILE;
use crate::say;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What `bangtin feed` has.
const FEED: [&str; 5] = ["init", "publish", "alert", "refresh", "check"];
/// What `bangtin` has.
const ALONE: [&str; 8] = ["demo", "play", "status", "screenshot", "render", "pattern", "doctor", "schema"];

/// What was typed after the program's name.
pub fn line() -> Vec<OsString> {
    std::env::args_os().skip(1).collect()
}

/// A command that exists in another place than where it was typed.
pub fn misplaced(line: &[OsString]) -> Option<Problem> {
    let word = |at: usize| line.get(at).and_then(|word| word.to_str());
    let (name, right): (&str, Vec<OsString>) = match (word(0)?, word(1)) {
        (first, _) if FEED.contains(&first) => {
            (first, std::iter::once(OsString::from("feed")).chain(line.iter().cloned()).collect())
        }
        ("feed", Some(second)) if ALONE.contains(&second) => (second, line[1..].to_vec()),
        _ => return None,
    };
    let why = match FEED.contains(&name) {
        true => {
            say!(en: "`{name}` is a command of `bangtin feed`", vi: "`{name}` là lệnh của `bangtin feed`")
        }
        false => {
            say!(en: "`{name}` is a command of its own, without `feed`", vi: "`{name}` là lệnh riêng, không có `feed`")
        }
    };
    Some(Problem::new("bangtin", why, type_this(&right)))
}

/// Whether SITE and FOLDER of `feed publish` are what they are called.
///
/// # Errors
/// They are in each other's place; one of them is a file, or the wrong folder.
pub fn site_and_folder(site: &Path, folder: &Path) -> Outcome<()> {
    if !holds_feed(&site_meant(folder)) || holds_feed(&site_meant(site)) {
        return is_site(site).and_then(|()| is_folder(folder)).and_then(|()| is_outside(site, folder));
    }
    let why = say!(
        en: "SITE and FOLDER are in each other's place: the signed feed comes first, then the folder with {PROGRAMME_FILE}",
        vi: "SITE và FOLDER bị đổi chỗ: nguồn tin đã ký viết trước, thư mục có {PROGRAMME_FILE} viết sau"
    );
    let pairs = [(site, site_meant(folder)), (folder, folder_meant(site))];
    Err(Problem::new("feed publish", why, type_this(&retyped(&line(), &pairs))))
}

/// Whether web servers leave alone what is not signed.
///
/// # Errors
/// The folder of notices lies in the signed feed, or is the same.
fn is_outside(site: &Path, folder: &Path) -> Outcome<()> {
    let (Ok(site_meant), Ok(folder_meant)) = (site.canonicalize(), folder.canonicalize()) else {
        return Ok(());
    };
    if !folder_meant.starts_with(&site_meant) {
        return Ok(());
    }
    let why = say!(
        en: "the folder of notices lies in the signed feed (SITE), and web servers would give everybody its drafts",
        vi: "thư mục tin nằm trong nguồn tin đã ký (SITE), ai cũng tải được bản nháp qua máy chủ web"
    );
    let name = match folder_meant == site_meant {
        true => "notices".into(),
        false => folder_meant.file_name().unwrap_or_default().to_owned(),
    };
    let free = site.canonicalize().ok().map(|site| site.with_file_name(name));
    let remedy = say!(
        en: "move {PROGRAMME_FILE} and its pictures, films and sounds to a folder beside it, such as {free}, and publish that",
        vi: "hãy chuyển {PROGRAMME_FILE} cùng ảnh, phim, tiếng sang một thư mục bên ngoài, ví dụ {free}, rồi phát hành thư mục đó",
        free = free.as_deref().map(typed).unwrap_or_default()
    );
    Err(Problem::new(folder.display().to_string(), why, remedy))
}

/// Whether SITE and the file of warnings are what they are called.
///
/// # Errors
/// As for [`site_and_folder`].
pub fn site_and_alerts(site: &Path, alerts: Option<&Path>) -> Outcome<()> {
    match alerts {
        Some(alerts)
            if holds_feed(&site_meant(alerts)) && !holds_feed(&site_meant(site)) && site.is_file() =>
        {
            let why = say!(
                en: "SITE and the file of warnings are in each other's place: the signed feed comes first",
                vi: "SITE và tệp cảnh báo bị đổi chỗ: nguồn tin đã ký viết trước"
            );
            let pairs = [(site, site_meant(alerts)), (alerts, site.to_owned())];
            Err(Problem::new("feed alert", why, type_this(&retyped(&line(), &pairs))))
        }
        _ => is_site(site).and_then(|()| is_file(alerts, "alerts.json")),
    }
}

/// Whether it may be a signed feed. What is not there at all is told by whoever opens it.
///
/// # Errors
/// It is a file, or the folder of notices.
pub fn is_site(site: &Path) -> Outcome<()> {
    let meant = site_meant(site);
    if meant != site && holds_feed(&meant) {
        return Err(not_the_folder(site, &meant));
    }
    if site.is_file() {
        return Err(Problem::new(
            site.display().to_string(),
            say!(en: "this is a file, and SITE is the folder that `bangtin feed init` made",
                vi: "đây là tệp, mà SITE là thư mục do `bangtin feed init` tạo ra"),
            say!(en: "name that folder", vi: "hãy ghi thư mục đó"),
        ));
    }
    if !holds_feed(site) && holds_programme(site) {
        return Err(not_a_site(site));
    }
    Ok(())
}

/// Whether a signed feed can be made in this place.
///
/// # Errors
/// It is the folder of notices.
pub fn is_new_site(site: &Path) -> Outcome<()> {
    let folder = folder_meant(site);
    if !holds_programme(&folder) || holds_feed(&folder) {
        return Ok(());
    }
    let why = say!(
        en: "this is the folder of notices; the signed feed (SITE) needs one of its own",
        vi: "đây là thư mục tin; nguồn tin đã ký (SITE) cần một thư mục riêng"
    );
    let free = free_beside(&folder);
    let remedy = type_this(&retyped(&line(), &[(site, free)]));
    Err(Problem::new(site.display().to_string(), why, remedy))
}

/// `xa-site` for the folder `xa`, or the first with a number that is not there yet.
fn free_beside(folder: &Path) -> PathBuf {
    // "." has no name of its own.
    let whole = folder.canonicalize().ok().filter(|_| folder.file_name().is_none());
    let folder = whole.as_deref().unwrap_or(folder);
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let named = |number: u32| match number {
        1 => folder.with_file_name(format!("{name}-site")),
        number => folder.with_file_name(format!("{name}-site-{number}")),
    };
    (1..100).map(named).find(|site| !site.exists()).unwrap_or_else(|| named(100))
}

/// Whether it may be the folder of notices.
///
/// # Errors
/// It is a file, or the signed feed.
pub fn is_folder(folder: &Path) -> Outcome<()> {
    let meant = folder_meant(folder);
    if meant != folder && holds_programme(&meant) {
        return Err(not_the_folder(folder, &meant));
    }
    if holds_feed(folder) && !holds_programme(folder) {
        return Err(Problem::new(
            folder.display().to_string(),
            say!(en: "this is the signed feed, not the folder of notices", vi: "đây là nguồn tin đã ký, không phải thư mục tin"),
            say!(en: "name the folder in which {PROGRAMME_FILE} is", vi: "hãy ghi thư mục có tệp {PROGRAMME_FILE}"),
        ));
    }
    Ok(())
}

/// Whether a file was named, which is called `name` unless somebody gave it another name.
///
/// # Errors
/// The folder in which it is was named in its place.
pub fn is_file(named: Option<&Path>, name: &str) -> Outcome<()> {
    match named.map(|path| (path, path.join(name))) {
        Some((folder, file)) if file.is_file() => Err(Problem::new(
            folder.display().to_string(),
            say!(en: "a file is wanted here, not its folder", vi: "ở đây cần một tệp, không phải thư mục"),
            type_this(&with_file(&line(), folder, &file)),
        )),
        _ => Ok(()),
    }
}

/// Whether the address of a feed may be one.
///
/// # Errors
/// It is that of a web server, and begins with no https://.
pub fn address(url: &str) -> Outcome<()> {
    if lacks_scheme(url) && !Path::new(url).exists() {
        let why = say!(
            en: "there is no folder `{url}`, and the address of a web server begins with https://",
            vi: "không có thư mục `{url}`, còn địa chỉ máy chủ web phải bắt đầu bằng https://"
        );
        let right = retyped(&line(), &[(Path::new(url), format!("https://{url}").into())]);
        return Err(Problem::new(url, why, type_this(&right)));
    }
    Ok(())
}

fn not_a_site(folder: &Path) -> Problem {
    Problem::new(
        folder.display().to_string(),
        say!(en: "this is the folder of notices, not the signed feed (SITE)", vi: "đây là thư mục tin, không phải nguồn tin đã ký (SITE)"),
        say!(en: "name the folder that `bangtin feed init` made; if there is none yet, type: bangtin feed init site",
            vi: "hãy ghi thư mục do `bangtin feed init` tạo ra; nếu chưa có, hãy gõ: bangtin feed init site"),
    )
}

fn not_the_folder(file: &Path, folder: &Path) -> Problem {
    Problem::new(
        file.display().to_string(),
        say!(en: "the folder is wanted here, not what is in it", vi: "ở đây cần thư mục, không phải tệp bên trong"),
        type_this(&retyped(&line(), &[(file, folder.to_owned())])),
    )
}

/// The folder of notices that whoever named `path` means: of `programme.toml`, the one that it is in.
fn folder_meant(path: &Path) -> PathBuf {
    let named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if named && path.is_file() { crate::disk::folder_of(path).to_owned() } else { path.to_owned() }
}

/// The signed feed that whoever named `path` means: of `root.json` or `metadata`, the folder that it is in.
fn site_meant(path: &Path) -> PathBuf {
    let within = [OsStr::new("root.json"), OsStr::new("metadata"), OsStr::new("media")];
    let named = path.file_name().is_some_and(|name| within.contains(&name)) && path.exists();
    if named { crate::disk::folder_of(path).to_owned() } else { path.to_owned() }
}

fn holds_feed(folder: &Path) -> bool {
    folder.join("metadata/timestamp.json").is_file()
}

fn holds_programme(folder: &Path) -> bool {
    folder.join(PROGRAMME_FILE).is_file()
}

/// The line with other words in the place of some.
fn retyped(line: &[OsString], pairs: &[(&Path, PathBuf)]) -> Vec<OsString> {
    let mut left: Vec<_> = pairs.iter().collect();
    let mut right = |word: &OsString| match left.iter().position(|(was, _)| was.as_os_str() == word) {
        Some(at) => left.remove(at).1.clone().into_os_string(),
        None => word.clone(),
    };
    line.iter().map(&mut right).collect()
}

/// The line with a file in the place of its folder: where that is what an option has, or else the last word.
fn with_file(line: &[OsString], folder: &Path, file: &Path) -> Vec<OsString> {
    let is_folder = |at: &usize| line[*at] == folder.as_os_str();
    let is_option = |word: &OsString| word.as_encoded_bytes().starts_with(b"--");
    let of_option = (1..line.len()).filter(is_folder).find(|at| is_option(&line[at - 1]));
    let mut right = line.to_vec();
    if let Some(at) = of_option.or_else(|| (0..line.len()).rev().find(is_folder)) {
        right[at] = file.into();
    }
    right
}

fn type_this(line: &[OsString]) -> crate::problem::Text {
    // What begins with a dash is an option here, and needs no quotes for that.
    let plain = |word: &OsString| {
        let word = word.to_str()?;
        let option = word.strip_prefix('-')?.trim_start_matches('-');
        (typed(Path::new(option)) == option).then(|| word.to_owned())
    };
    let words: Vec<String> =
        line.iter().map(|word| plain(word).unwrap_or_else(|| typed(Path::new(word)))).collect();
    say!(en: "type: bangtin {line}", vi: "hãy gõ: bangtin {line}", line = words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn a_command_without_feed_or_with_it_in_vain_is_told_as_it_should_be() {
        let told = |line: &str| misplaced(&words(line)).map(|problem| problem.line(Speech::Vietnamese));
        for (line, right) in [
            ("publish site notices", "bangtin feed publish site notices"),
            ("init site", "bangtin feed init site"),
            ("alert site --hazard lu", "bangtin feed alert site --hazard lu"),
            ("feed render notices --out a.png", "bangtin render notices --out a.png"),
            ("refresh của-xã", "bangtin feed refresh 'của-xã'"),
        ] {
            assert!(told(line).unwrap().ends_with(&format!("hãy gõ: {right}")), "{:?}", told(line));
        }
        assert_eq!(["fly", "render publish", "feed fly", "feed", ""].map(told), [const { None }; 5]);
    }

    #[test]
    fn every_command_is_known_here() {
        use clap::CommandFactory;
        let names = |command: &clap::Command| -> Vec<String> {
            let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
            shown.map(|command| command.get_name().to_owned()).collect()
        };
        let all = super::super::Cli::command();
        assert_eq!(names(all.find_subcommand("feed").unwrap()), FEED);
        assert_eq!(names(&all).into_iter().filter(|name| name != "feed").collect::<Vec<_>>(), ALONE);
    }

    #[test]
    fn a_file_takes_the_place_of_its_folder_where_an_option_names_it() {
        let right = |line: &str| with_file(&words(line), Path::new("a"), Path::new("a/root.json"));
        assert_eq!(right("feed check a --root a"), words("feed check a --root a/root.json"));
        assert_eq!(right("feed check --root a a"), words("feed check --root a/root.json a"));
        assert_eq!(right("feed alert a a"), words("feed alert a a/root.json"));
    }

    #[test]
    fn words_are_replaced_once_each_and_in_both_directions() {
        let pairs = [(Path::new("a"), PathBuf::from("b")), (Path::new("b"), PathBuf::from("a"))];
        assert_eq!(
            retyped(&words("feed publish a b --check b"), &pairs),
            words("feed publish b a --check b")
        );
    }

    #[test]
    fn no_feed_is_made_in_the_folder_of_notices() {
        let held = tempfile::tempdir().unwrap();
        let folder = held.path().join("tin");
        std::fs::create_dir(&folder).unwrap();
        assert!(is_new_site(&folder).is_ok());
        std::fs::write(folder.join(PROGRAMME_FILE), "title = 'x'").unwrap();
        for named in [folder.clone(), folder.join(PROGRAMME_FILE)] {
            let problem = is_new_site(&named).unwrap_err();
            assert!(problem.why.vi.starts_with("đây là thư mục tin; nguồn tin đã ký (SITE)"), "{problem}");
        }
        assert_eq!(free_beside(&folder), held.path().join("tin-site"));
        std::fs::create_dir(held.path().join("tin-site")).unwrap();
        assert_eq!(free_beside(&folder), held.path().join("tin-site-2"));
    }
}
