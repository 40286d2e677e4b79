//! Slips of the hand on the command line, each told with the line as it should be typed.

use crate::support::{Office, Said, run, run_in, text};
use std::path::Path;

const PROGRAMME: &str = "title = \"x\"\n[[notice]]\ntitle = \"Tin\"\n";

fn office() -> (Office, String, String) {
    let office = Office::new();
    office.write("programme.toml", PROGRAMME);
    let (site, folder) = (text(&office.site()).to_owned(), text(&office.folder()).to_owned());
    (office, site, folder)
}

/// Asserts that the line fails with this command as its remedy.
fn corrected(said: &Said, right: &str) {
    assert!(said.code != 0 && said.out.is_empty(), "{}", said.out);
    let line = said.err.trim_end();
    assert!(
        line.lines().count() == 1 && line.ends_with(&format!("; type: bangtin {right}")),
        "{line}\n{right}"
    );
}

#[test]
fn site_and_folder_in_each_others_place_or_files_in_theirs_are_told_as_they_should_be() {
    let (office, site, folder) = office();
    let (file, root) = (format!("{folder}/programme.toml"), format!("{site}/root.json"));
    let before = office.snapshot();
    let right = format!("feed publish {site} {folder}");
    for (first, second) in
        [(&folder, &site), (&file, &site), (&folder, &root), (&site, &file), (&root, &folder)]
    {
        corrected(&run(&["feed", "publish", first, second]), &right);
    }
    corrected(
        &run(&["feed", "publish", "--convert", &folder, &site]),
        &format!("feed publish --convert {site} {folder}"),
    );
    let said = run_in("vi_VN.UTF-8", &["feed", "publish", &folder, &site]);
    assert!(said.err.contains(&format!("hãy gõ: bangtin {right}")), "{}", said.err);
    let said = run(&["feed", "publish", &folder, &folder]);
    assert!(
        said.code == 1 && said.err.contains("this is the folder of notices, not the signed feed"),
        "{}",
        said.err
    );
    let said = run(&["feed", "publish", &site, &site]);
    assert!(said.code == 1 && said.err.contains("this is the signed feed, not the folder"), "{}", said.err);
    corrected(&run(&["feed", "init", &folder]), &format!("feed init {folder}-site"));
    assert!(office.snapshot() == before);
    assert_eq!(run(&["feed", "publish", &site, &folder]).code, 0);
}

#[test]
fn no_drafts_are_published_from_within_what_is_served() {
    let (office, site, _) = office();
    let inside = office.site().join("tin");
    std::fs::create_dir(&inside).unwrap();
    for folder in [office.site(), inside] {
        std::fs::write(folder.join("programme.toml"), PROGRAMME).unwrap();
        let before = office.snapshot();
        let said = run(&["feed", "publish", &site, text(&folder)]);
        assert!(said.code == 1 && said.err.contains("would give everybody its drafts"), "{}", said.err);
        assert!(office.snapshot() == before);
    }
    let around = text(office.home.path());
    std::fs::write(office.home.path().join("programme.toml"), PROGRAMME).unwrap();
    assert_eq!(run(&["feed", "publish", &site, around]).code, 0, "what lies round the feed is not served");
}

#[test]
fn what_render_check_refresh_and_alert_are_given_in_the_wrong_place_is_told() {
    let (office, site, folder) = office();
    let (file, root) = (format!("{folder}/programme.toml"), format!("{site}/root.json"));
    let out = format!("{folder}/out.png");
    corrected(&run(&["render", &file, "--out", &out]), &format!("render {folder} --out {out}"));
    assert!(run(&["render", &site, "--out", &out]).err.contains("not the folder of notices"));
    assert!(!Path::new(&out).exists());
    corrected(&run(&["feed", "check", &site, "--root", &site]), &format!("feed check {site} --root {root}"));
    let secure = format!("feed check https://binhlu.example/ --root {root}");
    corrected(&run(&["feed", "check", "binhlu.example/", "--root", &root]), &secure);
    let publish = format!("feed publish {site} {folder} --check https://192.168.1.2:8000");
    corrected(&run(&["feed", "publish", &site, &folder, "--check", "192.168.1.2:8000"]), &publish);
    corrected(&run(&["feed", "refresh", &root]), &format!("feed refresh {site}"));
    assert!(run(&["feed", "refresh", &folder]).err.contains("this is the folder of notices"));
    office.write("alerts.json", "{\"alerts\": []}");
    let alerts = format!("{folder}/alerts.json");
    corrected(&run(&["feed", "alert", &alerts, &site]), &format!("feed alert {site} {alerts}"));
    corrected(&run(&["feed", "alert", &site, &folder]), &format!("feed alert {site} {alerts}"));
    let render = ["render", &folder, "--alerts", &folder, "--out", &out];
    corrected(&run(&render), &format!("render {folder} --alerts {alerts} --out {out}"));
    assert_eq!(run(&["feed", "alert", &site, &alerts]).code, 0);
}

#[test]
fn a_command_of_feed_without_that_word_is_told_with_it() {
    let said = run(&["publish", "site", "thư mục"]);
    assert_eq!(said.code, 2);
    corrected(&said, "feed publish site 'thư mục'");
    corrected(&run(&["feed", "render", "notices"]), "render notices");
    assert_eq!(run(&["feed", "fly"]).code, 2);
    let board = tempfile::tempdir().unwrap();
    let config = board.path().join("board.toml");
    let feed = "name = \"a\"\n[[feed]]\nname = \"xa\"\nurl = \"binhlu.example/feed\"\nroot = \"root.json\"\n";
    std::fs::write(&config, feed).unwrap();
    let said = run(&["play", "--config", text(&config), "--headless", "320x180"]);
    assert!(
        said.code == 1 && said.err.contains("write url = \"https://binhlu.example/feed\""),
        "{}",
        said.err
    );
}

#[test]
fn keys_of_another_feed_are_named_with_that_feed_and_their_roles() {
    let (office, site, folder) = office();
    let other = format!("{}/xa-khac", text(office.home.path()));
    assert_eq!(run(&["feed", "init", &other]).code, 0);
    let before = office.snapshot();
    let (keys, others, away) = (format!("{site}.keys"), format!("{other}.keys"), format!("{site}.away"));
    let publish = ["feed", "publish", &site, &folder];
    // One key of the other feed in the place of this one's.
    std::fs::copy(format!("{keys}/programme.pem"), &away).unwrap();
    std::fs::copy(format!("{others}/programme.pem"), format!("{keys}/programme.pem")).unwrap();
    let said = run(&publish);
    assert!(said.err.contains("the key of `programme` is not here"), "{}", said.err);
    assert!(said.err.contains(&format!("another feed, `{other}` (programme)")), "{}", said.err);
    std::fs::rename(&away, format!("{keys}/programme.pem")).unwrap();
    // All of them.
    std::fs::rename(&keys, &away).unwrap();
    std::fs::rename(&others, &keys).unwrap();
    for line in [&publish[..], &["feed", "refresh", &site]] {
        let said = run(line);
        assert!(
            said.code == 1 && said.err.contains(&format!("belong to another feed, `{other}` (")),
            "{}",
            said.err
        );
        assert!(said.err.contains("root, snapshot, targets, timestamp, alert, programme"), "{}", said.err);
        assert!(said.err.contains(&format!("move them back to {others}")), "{}", said.err);
    }
    assert!(office.snapshot() == before);
}

#[test]
fn a_line_that_cannot_be_read_is_told_in_the_reader_s_language_and_ends_with_2() {
    let said = run_in("vi_VN.UTF-8", &["render", "--thems", "day"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.starts_with(
            "lỗi: không có tùy chọn `--thems`; có phải ý là `--theme`?\n\ncách dùng: bangtin render"
        ),
        "{}",
        said.err
    );
    let said = run(&["render", "--thems", "day"]);
    assert!(
        said.code == 2 && said.err.starts_with("error: unexpected argument '--thems' found"),
        "{}",
        said.err
    );
}
