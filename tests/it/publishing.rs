//! What an official meets: a folder is published whole or not at all, and every mistake is named at once.

use crate::support::{Office, made_by_ffmpeg, run, run_in, text};
use std::sync::LazyLock;

const GOOD: &str = "title = \"Xã Bình Lư\"\n[[notice]]\nid = \"a\"\ntitle = \"Tin\"\ntext = \"Nội dung\"\n";

/// Publishes `programme` over a good one; expects every part of `expected` in what is said, and the site as it was.
fn refused(files: &[(&str, &[u8])], programme: &str, expected: &[&str]) {
    let office = Office::new();
    assert_eq!(office.publish(GOOD).code, 0);
    let before = office.snapshot();
    for (name, bytes) in files {
        office.write(name, bytes);
    }
    let said = office.publish(programme);
    assert_eq!(said.code, 1, "published: {programme}\n{}", said.out);
    for part in expected {
        assert!(said.err.contains(part), "`{part}` is not in:\n{}", said.err);
    }
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert!(office.snapshot() == before, "a refused programme changed the site");
}

fn notice(more: &str) -> String {
    format!("title = \"x\"\n\n[[notice]]\ntitle = \"Tin\"\n{more}\n")
}

#[test]
fn a_good_folder_is_published_and_says_so_in_the_reader_s_language() {
    let office = Office::new();
    office.write("programme.toml", GOOD);
    let said = run_in("vi_VN.UTF-8", &["feed", "publish", text(&office.site()), text(&office.folder())]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("đã phát hành"), "{}", said.out);
    let checked = run(&["feed", "check", text(&office.site()), "--root", text(&office.root())]);
    assert_eq!(checked.code, 0, "{}", checked.err);
}

#[test]
fn a_folder_without_notices_takes_none_off_the_boards_unless_that_is_said() {
    let empty = "title = \"Xã\"\n";
    refused(&[], empty, &["would go: 1 notice, 0 ticker lines, 0 announcements; ", "add --empty"]);
    let office = Office::new();
    assert_eq!(office.publish(empty).code, 0, "nothing was on air");
    assert_eq!(office.publish(GOOD).code, 0);
    office.write("programme.toml", empty);
    let said = run(&["feed", "publish", text(&office.site()), text(&office.folder()), "--empty"]);
    assert!(said.code == 0 && said.out.contains(": 0 notices;"), "{}{}", said.out, said.err);
}

#[test]
fn every_mistake_of_a_folder_is_named_at_once_with_its_line() {
    let programme = "title = \"x\"\n[[notice]]\ntitel = \"Tin\"\nfrom = \"2026-13-01\"\n[[notice]]\ntitle = \"B\"\nimage = \"khong-co.jpg\"\n";
    refused(&[], programme, &["programme.toml:3", "title", "programme.toml:7", "khong-co.jpg"]);
}

#[test]
fn dates_that_cannot_be_are_refused() {
    refused(&[], &notice("from = 2026-12-02\nuntil = 2026-12-01"), &["programme.toml:", "until"]);
    refused(&[], &notice("times = [\"25:00-26:00\"]"), &["25:00-26:00"]);
    refused(&[], &notice("days = [\"monday\"]"), &["programme.toml:5"]);
    refused(&[], "title = \"x\"\ntimezone = \"Asia/Sapa\"\n", &["Asia/Sapa"]);
}

#[test]
fn files_outside_of_the_folder_are_refused() {
    refused(&[], &notice("image = \"../programme/x.jpg\""), &["programme.toml:5", "../programme/x.jpg"]);
    refused(&[], &notice("image = \"/etc/passwd\""), &["programme.toml:5", "/etc/passwd"]);
    let office = Office::new();
    std::os::unix::fs::symlink("/etc/hostname", office.folder().join("link.jpg")).unwrap();
    let said = office.publish(&notice("image = \"link.jpg\""));
    assert_eq!(said.code, 1);
    assert!(said.err.contains("link.jpg"), "{}", said.err);
}

#[test]
fn media_that_are_not_what_they_are_called_are_refused() {
    let sound = std::fs::read(made_by_ffmpeg("tone.ogg", "-f lavfi -i sine=f=440:d=2")).unwrap();
    refused(&[("a.mp4", b"only text\n")], &notice("video = \"a.mp4\""), &["a.mp4"]);
    refused(&[("a.mp4", b"")], &notice("video = \"a.mp4\""), &["a.mp4"]);
    refused(&[("sound.mp4", &sound)], &notice("video = \"sound.mp4\""), &["sound.mp4", "picture"]);
    refused(&[("a.jpg", &sound)], &notice("image = \"a.jpg\""), &["a.jpg"]);
}

#[test]
fn hostile_text_is_refused() {
    refused(&[], &notice("text = \"a\u{202E}b\""), &["programme.toml:5"]);
    refused(&[], "title = \"a\\u0000b\"\n", &["programme.toml:1"]);
    refused(&[], "title = \"a\0b\"\n", &["programme.toml"]);
    refused(&[], "title = \n", &["programme.toml:1"]);
    refused(&[], "", &["programme.toml"]);
    refused(&[], &notice(&format!("text = \"{}\"", "rất dài ".repeat(30_000))), &["programme.toml:5"]);
}

#[test]
fn a_folder_without_a_programme_and_a_huge_programme_are_refused() {
    let office = Office::new();
    let said = run(&["feed", "publish", text(&office.site()), text(&office.folder())]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("programme.toml"), "{}", said.err);
    let file = std::fs::File::create(office.folder().join("programme.toml")).unwrap();
    file.set_len(200 << 20).unwrap();
    let said = run(&["feed", "publish", text(&office.site()), text(&office.folder())]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("programme.toml"), "{}", said.err);
}

#[test]
fn unchanged_media_are_not_copied_again() {
    let office = Office::new();
    let picture = made_by_ffmpeg("still.jpg", "-f lavfi -i testsrc2=s=400x300:d=1 -frames:v 1");
    office.write("a.jpg", std::fs::read(picture).unwrap());
    let said = office.publish(&notice("image = \"a.jpg\""));
    assert!(said.out.contains(": 1 notice; 1 file copied, 0 unchanged"), "{}{}", said.out, said.err);
    let said = office.publish(&notice("text = \"more\"\nimage = \"a.jpg\""));
    assert!(said.out.contains("0 files copied, 1 unchanged"), "{}{}", said.out, said.err);
}

#[test]
fn an_existing_site_is_not_made_again_and_keys_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::new();
    assert_eq!(run(&["feed", "init", text(&office.site())]).code, 1);
    let keys = office.home.path().join("site.keys");
    for entry in std::fs::read_dir(keys).unwrap().flatten() {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[test]
fn wrong_command_lines_end_with_2_and_failures_with_1() {
    assert_eq!(run(&["play", "--headless", "big"]).code, 2);
    assert_eq!(run(&["fly"]).code, 2);
    let said = run(&["play"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("--feed"), "{}", said.err);
    let home = tempfile::tempdir().unwrap();
    let said = run(&["status", "--state", text(home.path())]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("no board runs"), "{}", said.err);
}

#[test]
fn the_schema_in_the_repository_is_the_one_of_this_program() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/programme.schema.json"))
        .unwrap();
    assert_eq!(
        run(&["schema"]).out.trim_end(),
        kept.trim_end(),
        "run `bangtin schema > config/programme.schema.json`"
    );
}

#[test]
fn an_alerts_file_without_its_list_is_refused_and_withdraws_nothing() {
    let office = Office::new();
    assert_eq!(office.publish(GOOD).code, 0);
    let before = office.snapshot();
    for (name, content) in [("empty.json", "{}"), ("misspelt.json", r#"{"alert": []}"#)] {
        office.write(name, content);
        let said = run(&["feed", "alert", text(&office.site()), text(&office.folder().join(name))]);
        assert_eq!(said.code, 1, "{name}: {}", said.out);
        assert!(said.err.contains(name) && said.err.contains("alerts"), "{}", said.err);
    }
    assert!(office.snapshot() == before, "a refused file changed the warnings");
}

/// A moment some minutes from now, as an alerts.json has it; the same at each call of one run.
fn in_minutes(minutes: i64) -> String {
    static NOW: LazyLock<jiff::Timestamp> = LazyLock::new(bangtin::clock::system);
    (*NOW + jiff::SignedDuration::from_mins(minutes)).to_string()
}

fn warning(name: &str, more: &str) -> String {
    let sent = in_minutes(-5);
    format!(
        r#"{{"sender": "xa@binhlu.example", "identifier": "{name}", "sent": "{sent}", "status": "Actual", "message": "Alert", "level": 3, {more}}}"#
    )
}

fn send(office: &Office, messages: &[String]) -> crate::support::Said {
    office.write("alerts.json", format!("{{\"alerts\": [{}]}}", messages.join(",")));
    run(&["feed", "alert", text(&office.site()), text(&office.folder().join("alerts.json"))])
}

#[test]
fn every_mistake_in_a_warning_is_named_at_once_and_none_is_signed() {
    let office = Office::new();
    let before = office.snapshot();
    let bad = warning(
        "a",
        "\"event\": \"a\u{202E}b\", \"expire\": 1, \"actions\": [\"1\", \"2\", \"3\", \"4\", \"5\"]",
    );
    let said = send(&office, &[warning("a", "\"event\": \"Lũ\""), bad]);
    assert_eq!(said.code, 1, "{}", said.out);
    for part in ["alerts[1].event", "U+202E", "`expires`?", "alerts[1].actions", "`alerts[0]`"] {
        assert!(said.err.contains(part), "`{part}` is not in:\n{}", said.err);
    }
    assert!(
        said.err.lines().all(|line| line.starts_with("error: ") && line.contains("alerts.json: ")),
        "{}",
        said.err
    );
    assert!(office.snapshot() == before, "a refused file changed the site");
}

#[test]
fn only_warnings_that_boards_show_are_said_to_be_in_force() {
    let office = Office::new();
    let onset = format!("\"event\": \"Bão\", \"onset\": \"{}\"", in_minutes(60));
    let said = send(&office, &[warning("a", "\"event\": \"Lũ\""), warning("b", &onset)]);
    assert!(said.out.contains("in force now: 1; beginning later: 1"), "{}{}", said.out, said.err);
    let over = format!("\"event\": \"Bão\", \"expires\": \"{}\"", in_minutes(-1));
    let test = warning("b", "\"event\": \"Thử\"").replace("Actual", "Test");
    let said = send(&office, &[warning("a", &over), test]);
    assert!(said.code == 1 && said.err.contains("no board would show any of it"), "{}{}", said.out, said.err);
    assert!(send(&office, &[]).out.contains("no warnings"));
}

#[test]
fn a_picture_that_was_cut_off_is_refused_and_a_whole_one_with_more_behind_it_is_not() {
    let whole =
        std::fs::read(made_by_ffmpeg("cut.jpg", "-f lavfi -i testsrc2=s=800x600 -frames:v 1")).unwrap();
    refused(&[("a.jpg", &whole[..whole.len() / 2])], &notice("image = \"a.jpg\""), &["a.jpg", "cut off"]);
    let office = Office::new();
    office.write("a.jpg", [&whole[..], b"what a telephone puts behind it"].concat());
    let said = office.publish(&notice("image = \"a.jpg\""));
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_table_that_would_lose_columns_is_refused() {
    let wide = format!("|{}", " a |".repeat(300));
    refused(
        &[],
        &notice(&format!("text = \"\"\"\nmột\n{wide}\n{wide}\n\"\"\"")),
        &["programme.toml:7", "300 columns", "at most 8"],
    );
}

#[test]
fn a_feed_is_not_made_with_a_title_that_cannot_be_shown() {
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    let said = run(&["feed", "init", text(&site), "--title", "a\u{202E}b"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("--title") && said.err.contains("U+202E"), "{}", said.err);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "keys were made");
}

#[test]
fn a_folder_that_cannot_be_written_is_not_called_missing() {
    // Not even root may write there.
    let said = run(&["feed", "init", "/sys/bangtin"]);
    assert_eq!(said.code, 1);
    let fits = said.err.contains("permission denied") || said.err.contains("read-only");
    assert!(fits && !said.err.contains("no such"), "{}", said.err);
    let office = Office::new();
    let file = office.folder().join("tep");
    office.write("tep", "x");
    for at in [file.clone(), file.join("site")] {
        let said = run(&["feed", "refresh", text(&at)]);
        assert_eq!(said.code, 1);
        assert!(!said.err.contains("no feed") && !said.err.contains("no such"), "{}", said.err);
    }
    let said = run(&["feed", "refresh", text(&office.home.path().join("khong-co"))]);
    assert!(said.err.contains("no feed in this folder"), "{}", said.err);
}

#[test]
fn a_mistake_made_a_hundred_thousand_times_is_not_told_so_often() {
    let programme = format!("title = \"x\"\n{}", "[[notice]]\ntitel = \"a\"\n".repeat(100_000));
    let office = Office::new();
    let said = office.publish(&programme);
    assert_eq!(said.code, 1);
    assert_eq!(said.err.lines().count(), 101);
    assert!(said.err.contains("there are at least 1900 more"), "{}", said.err.lines().last().unwrap_or(""));
}

#[test]
fn what_a_file_holds_steers_no_terminal() {
    refused(&[], &notice("\"\\u001b[2J\" = 1"), &["programme.toml:5", "unknown key"]);
    let office = Office::new();
    let said = office.publish(&notice(&format!("category = \"\\u001b[2J{}\"", "x".repeat(100_000))));
    assert!(said.err.len() < 2_000 && !said.err.contains('\u{1b}'), "{:?}", said.err);
    assert!(said.err.contains("choose one of"), "{}", said.err);
}

#[test]
fn a_picture_of_a_size_that_no_board_can_hold_is_refused_unread() {
    // A PNG's head alone says its size: IHDR with 30,000 x 30,000 pixels, and nothing after it.
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    picture.extend([0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0, 0xe9, 0x45, 0x6f, 0xed]);
    refused(
        &[("to.png", &picture)],
        &notice("image = \"to.png\""),
        &["programme.toml:5: `to.png` is 30000 × 30000 pixels", "smaller"],
    );
}

#[test]
fn publishing_says_that_nothing_has_changed_and_refuses_without_this_feeds_keys() {
    let office = Office::new();
    assert!(office.publish(GOOD).out.contains("published version 2: 1 notice; "));
    let before = office.snapshot();
    let said = office.publish(GOOD);
    assert!(
        said.code == 0 && said.out.starts_with("nothing has changed; version 2 is as before"),
        "{}",
        said.out
    );
    let checked = run(&["feed", "check", text(&office.site()), "--root", text(&office.root())]);
    assert!(
        checked.out.contains("version 2: ") && checked.out.contains(" (Asia/Ho_Chi_Minh)"),
        "{}",
        checked.out
    );
    let (keys, away) = (office.home.path().join("site.keys"), office.home.path().join("away"));
    std::fs::rename(&keys, &away).unwrap();
    let said = office.publish(GOOD);
    assert!(
        said.code == 1 && said.err.contains("the folder of keys is not here"),
        "{}{}",
        said.out,
        said.err
    );
    let foreign = Office::new().home.keep().join("site.keys");
    std::fs::rename(&foreign, &keys).unwrap();
    let said = office.publish(GOOD);
    assert!(said.code == 1 && said.err.contains("belong to another feed"), "{}{}", said.out, said.err);
    std::fs::remove_dir_all(&keys).unwrap();
    std::fs::rename(&away, &keys).unwrap();
    for entry in std::fs::read_dir(&keys).unwrap().flatten() {
        std::fs::rename(entry.path(), entry.path().with_extension("bak")).unwrap();
    }
    let said = office.publish(GOOD);
    assert!(said.code == 1 && said.err.contains("there is no key here"), "{}{}", said.out, said.err);
    assert!(office.snapshot() == before, "a refused publication changed the site");
}

#[test]
fn a_warning_is_put_on_air_and_taken_off_by_options_alone() {
    let office = Office::new();
    let site = office.site();
    let alert = |more: &[&str]| run(&[&["feed", "alert", text(&site)], more].concat());
    let first = alert(&[
        "--hazard",
        "lũ quét",
        "--level",
        "4",
        "--area",
        "Bản Nà Đon",
        "--action",
        "Lên chỗ cao",
        "--until",
        "+6h",
    ]);
    assert!(first.code == 0 && first.out.contains("in force now: 1"), "{}{}", first.out, first.err);
    let id = first.out.split("--cancel ").nth(1).unwrap().trim().to_owned();
    let second = alert(&["--hazard", "storm", "--level", "3", "--until", "9h"]);
    assert!(second.out.contains("in force now: 2"), "{}{}", second.out, second.err);
    let unknown = alert(&["--cancel", "khong-co"]);
    assert!(unknown.code == 1 && unknown.err.contains(&id), "{}", unknown.err);
    let ended = alert(&["--cancel", &id]);
    assert!(ended.code == 0 && ended.out.contains("in force now: 1"), "{}{}", ended.out, ended.err);
    assert_eq!(alert(&[]).code, 2);
}

/// Serves a folder on this machine, saying that the time is `date`.
fn serve(folder: std::path::PathBuf, status: &'static str, date: String) -> String {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().and_then(Result::ok).unwrap_or_default();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let path = first.split(' ').nth(1).unwrap_or("/").trim_start_matches('/');
            let (status, body) = match std::fs::read(folder.join(path)) {
                Ok(body) => (status, body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = (&stream).write_all(&[head.as_bytes(), &body].concat());
        }
    });
    format!("http://{address}/")
}

fn date(days: i64) -> String {
    let at = bangtin::clock::system() + jiff::SignedDuration::from_hours(24 * days);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[test]
fn what_was_published_is_fetched_as_a_board_would_and_its_server_has_a_word_on_the_clock() {
    let office = Office::new();
    office.write("programme.toml", GOOD);
    let (site, folder) = (office.site(), office.folder());
    let publish = |url: &str, more: &[&str]| {
        run(&[&["feed", "publish", text(&site), text(&folder), "--check", url], more].concat())
    };
    let before = office.snapshot();
    let wrong = serve(office.site(), "200 OK", date(3));
    let said = publish(&wrong, &[]);
    assert!(said.code == 1 && said.err.contains("the web server's says"), "{}{}", said.out, said.err);
    assert!(office.snapshot() == before, "it was signed by a clock that is in doubt");
    let old = office.home.path().join("old");
    assert!(
        std::process::Command::new("cp").args(["-r", text(&site), text(&old)]).status().unwrap().success()
    );
    let said = publish(&wrong, &["--clock-is-right"]);
    assert!(
        said.code == 0 && said.out.contains("boards can have it: version 2, with 0 media files, is at"),
        "{}{}",
        said.out,
        said.err
    );
    let said = publish(&serve(old, "200 OK", date(0)), &[]);
    assert!(said.code == 1 && said.err.contains("there is still version 1"), "{}{}", said.out, said.err);
    assert!(said.err.contains("copy the whole SITE folder"), "{}", said.err);
}

#[test]
fn a_proxy_that_is_dead_or_asks_for_a_password_is_named_with_its_variable() {
    let office = Office::new();
    let check = |variable: &str, proxy: &str, url: &str| {
        let output = std::process::Command::new(crate::support::bangtin())
            .args(["feed", "check", url, "--root", text(&office.root())])
            .env(variable, proxy)
            .env("LANG", "C.UTF-8")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (variable, url) in [
        ("http_proxy", "http://xa.example/"),
        ("HTTPS_PROXY", "https://xa.example/"),
        ("all_proxy", "http://xa.example/"),
    ] {
        let said = check(variable, &format!("http://an:bi-mat@{dead}"), url);
        let named = format!("the proxy {dead}, set in `{variable}`, cannot be reached");
        assert!(said.contains(&named) && !said.contains("bi-mat"), "{said}");
    }
    // It answers whatever it is asked with what stands for "/".
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("http:/xa.example/metadata")).unwrap();
    for file in ["timestamp.json", "2.root.json"] {
        std::fs::write(home.path().join("http:/xa.example/metadata").join(file), "no").unwrap();
    }
    let asks = serve(home.path().to_owned(), "407 Proxy Authentication Required", date(0));
    let said = check("http_proxy", &asks, "http://xa.example/");
    assert!(said.contains("set in `http_proxy`, asks for a password"), "{said}");
}
