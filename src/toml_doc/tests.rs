//! What people get back for a file with mistakes in its form.

use super::*;

/// What a reader that knows `title`, `seconds` and `[[notice]]` finds.
fn check(text: &str, expected: &[&str]) {
    let doc = Document::new("x.toml", text);
    if let Some(root) = doc.parse() {
        read(&doc, &root);
    }
    let (problems, _) = doc.finish();
    let lines: Vec<String> = problems.iter().map(|p| p.line(crate::problem::Speech::English)).collect();
    assert_eq!(lines, expected);
}

fn read<'d>(doc: &'d Document<'d>, root: &'d DeTable<'d>) {
    let mut root = Section::root(doc, root);
    root.get("title").and_then(|said| said.text());
    root.get("seconds").and_then(|said| said.whole(3..=60));
    for mut notice in root.sections("notice") {
        notice.list("days").iter().for_each(|day| {
            day.text();
        });
        notice.finish();
    }
    root.finish();
}

#[test]
fn unknown_keys_are_named_with_their_line_and_the_nearest_known_one() {
    check(
        "titel = 'x'\n\n[[notise]]\nx = 1\n[[notice]]\nzzzzzzz = 1\n",
        &[
            "x.toml:1: unknown key `titel`; did you mean `title`?",
            "x.toml:3: unknown key `notise`; did you mean `notice`?",
            "x.toml:6: unknown key `zzzzzzz`; delete it; known here: days",
        ],
    );
}

#[test]
fn a_line_in_the_wrong_table_is_told_where_it_belongs() {
    check(
        "[[notice]]\ndays = ['mon']\nseconds = 5\n",
        &[
            "x.toml:3: unknown key `seconds`; move this line up, above the first line in square brackets: there it is for the whole file",
        ],
    );
    check(
        "days = ['mon']\n[[notice]]\n",
        &["x.toml:1: unknown key `days`; move this line below `[[notice]]`"],
    );
    check(
        "title = 'a'\n[[notice]]\ntitle = 'b'\n",
        &["x.toml:3: unknown key `title`; delete it; known here: days"],
    );
}

#[test]
fn wrong_types_and_numbers_are_told_all_at_once() {
    check(
        "title = 3\nseconds = 2\nnotice = 1",
        &[
            "x.toml:1: `title` is a whole number, not a text: `3`; write `title = \"3\"`",
            "x.toml:2: `seconds` cannot be 2; write a number from 3 to 60",
            "x.toml:3: `notice` needs double brackets: there may be several; write `[[notice]]`",
        ],
    );
    check(
        "[[notice]]\ndays = 'mon'\n[[notice]]\ndays = [1]",
        &[
            "x.toml:2: `days` is a text, not a list: `mon`; write `days = [\"mon\"]`",
            "x.toml:4: `days` is a whole number, not a text: `1`; write `days = [\"1\"]`",
        ],
    );
    check(
        "seconds = 99999999999999999999",
        &["x.toml:1: `seconds` cannot be 99999999999999999999; write a number from 3 to 60"],
    );
}

#[test]
fn what_is_not_toml_is_told_in_plain_words() {
    for (text, line, word) in [
        ("title = Xã Bình Lư", "x.toml:1", "quotation marks"),
        ("\ntitle = “Xã”", "x.toml:2", "curly"),
        ("title = 'a'\ntitle = 'b'", "x.toml:2", "twice"),
        ("[[notice]]\ndays = ['mon'", "x.toml:2", "bracket"),
    ] {
        let doc = Document::new("x.toml", text);
        let read_on = doc.parse().is_some();
        assert!(read_on, "{text} was not mended");
        let (problems, _) = doc.finish();
        assert_eq!(problems[0].subject, line, "{text}");
        let said = problems[0].line(crate::problem::Speech::English);
        assert!(said.contains(word), "{text} gave {said}");
    }
}

#[test]
fn lines_of_a_text_that_look_like_keys_are_its_own() {
    let told = |text: &str| {
        let doc = Document::new("x.toml", text);
        assert!(doc.parse().is_some(), "{text}");
        let (problems, _) = doc.finish();
        problems.into_iter().map(|problem| problem.subject).collect::<Vec<_>>()
    };
    let lines = "Họp dân\nThời gian: 7h30\nĐịa điểm: nhà văn hóa\n\n[xem](a)";
    for text in [format!("text = \"{lines}\"\nseconds = 5"), format!("text = \"\"\"{lines}\nseconds = 5")] {
        assert_eq!(told(&text), ["x.toml:1"], "{text}");
    }
    assert_eq!(
        told("text = \"Họp dân\ntitle: \"a\"\nuntil: 5/12/2026"),
        ["x.toml:1", "x.toml:2", "x.toml:3"]
    );
}

#[test]
fn a_file_that_is_not_utf8_text_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.toml");
    let cases: [(&[u8], &str); 3] = [
        (b"title = 'a'\nx = '\xE1'", "x.toml:2"),
        (b"a\n\nb\0", "x.toml:3"),
        (b"0123456789012345678901234567890123456789", "x.toml"),
    ];
    for (bytes, subject) in cases {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read_text(&path, "x.toml", 32).unwrap_err().subject, subject);
    }
    std::fs::write(&path, "\u{FEFF}title = 'a'").unwrap();
    assert_eq!(read_text(&path, "x.toml", 32).unwrap(), "title = 'a'");
    assert_eq!(read_text(folder.path(), "x.toml", 32).unwrap_err().subject, "x.toml");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_on_a_line_that_it_has(
        text in r#"([a-z_ ]{0,6}|[=:;,.#\[\]{}\\"'“”\n\r]|"""|'''|\[\[notice\]\]\n|title = |tiêu đề|2026-2-5|\PC){0,40}"#,
    ) {
        let Ok(saved) = saved::read(text.as_bytes(), "x.toml") else { return Ok(()) };
        let saved = saved.for_toml();
        let doc = Document::new("x.toml", &saved.text);
        let root = doc.parse();
        if let Some(root) = &root {
            read(&doc, root);
        }
        let unread = root.is_none();
        let (problems, _) = doc.finish();
        let is_toml = DeTable::parse(&saved.text).is_ok();
        proptest::prop_assert!(is_toml && !unread || !problems.is_empty(), "refused in silence");
        let lines = saved.text.split('\n').count();
        for problem in problems {
            let line: usize = problem.subject.strip_prefix("x.toml:").unwrap().parse().unwrap();
            proptest::prop_assert!((1..=lines).contains(&line), "{problem:?}");
        }
    }
}
