//! `render --notice`: one notice alone, all of its pages, for one board or for many.

use crate::support::{Office, bangtin, run, text};

fn size_of(png: &[u8]) -> (u32, u32) {
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

#[test]
fn a_notice_is_drawn_alone_with_all_its_pages_at_one_size_or_at_six() {
    let office = Office::new();
    let long = "Bà con mang theo thẻ bảo hiểm y tế và giấy tờ tùy thân. ".repeat(80);
    office.write(
        "programme.toml",
        format!(
            "title = \"x\"\n[[notice]]\nid = \"hop-dan\"\ntitle = \"Họp dân\"\n\
             [[notice]]\nid = \"kham\"\ntitle = \"Khám bệnh\"\ntext = \"{long}\"\nfrom = 2031-01-01\n"
        ),
    );
    let folder = office.folder();
    let out = office.home.path().join("tin.png");
    let draw = |more: &[&str]| run(&[&["render", text(&folder), "--out", text(&out)], more].concat());
    let height = |name: &str| {
        let said = draw(&["--notice", name, "--size", "1280x720"]);
        assert_eq!(said.code, 0, "{}", said.err);
        size_of(&std::fs::read(&out).unwrap()).1
    };
    assert!(height("Khám bệnh") > height("hop"), "many pages in rows, though it is not on yet");
    std::fs::remove_file(&out).unwrap();
    let said = draw(&["--notice", "kham", "--all-sizes"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for size in ["1920x1080", "1080x1920", "1080x1080", "1280x720", "192x32", "320x160"] {
        let file = office.home.path().join(format!("tin-{size}.png"));
        assert!(
            size_of(&std::fs::read(&file).unwrap()).0 == 1920 && said.out.contains(text(&file)),
            "{size}"
        );
    }
    assert!(!out.exists());
    let said = draw(&["--notice", "hop-dam"]);
    assert!(said.code == 1 && said.err.contains("did you mean --notice hop-dan?"), "{}", said.err);
    assert_eq!(draw(&["--all-sizes"]).code, 2);
}

#[test]
fn the_command_that_a_long_notice_is_told_with_runs_as_it_stands() {
    let office = Office::new();
    let folder = office.home.path().join("tin của bản");
    std::fs::create_dir(&folder).unwrap();
    let long = "Bà con mang theo thẻ bảo hiểm y tế. ".repeat(30);
    let programme = format!("title = \"x\"\n[[notice]]\ntitle = \"Khám bệnh\"\ntext = \"{long}\"\n");
    std::fs::write(folder.join("programme.toml"), programme).unwrap();
    let said = run(&["feed", "publish", text(&office.site()), text(&folder)]);
    assert_eq!(said.code, 0, "{}", said.err);
    let command = said.err.lines().find_map(|line| line.split_once("look with: bangtin ")).unwrap().1;
    let line = format!("cd {} && \"$BANGTIN\" {command}", text(office.home.path()));
    let ran = std::process::Command::new("sh").args(["-c", &line]).env("BANGTIN", bangtin()).output();
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{line}\n{}", String::from_utf8_lossy(&ran.stderr));
    assert!(office.home.path().join("kham-benh-192x32.png").exists(), "{line}");
}
