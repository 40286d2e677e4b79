//! What an official gets back for each folder: the programme, or all that is wrong with it.

use super::*;
use crate::model::media::FilmTraits;
use crate::model::time::Day;
use crate::problem::Speech;
use tempfile::TempDir;

pub(super) fn now() -> Timestamp {
    "2026-11-24T07:00:00+07:00".parse().unwrap()
}

/// Stands in for the decoder: a file says in its first word what it is.
pub(super) fn probe(path: &Path) -> Outcome<Probe> {
    let content = std::fs::read_to_string(path).unwrap();
    Ok(match content.split_whitespace().next().unwrap_or("") {
        "picture" => Probe::Picture { width: 640, height: 480 },
        "film" => Probe::Film {
            width: 1920,
            height: 1080,
            duration_ms: 75_000,
            has_sound: true,
            traits: FilmTraits::default(),
        },
        "mute" => Probe::Film {
            width: 1920,
            height: 1080,
            duration_ms: 75_000,
            has_sound: false,
            traits: FilmTraits::default(),
        },
        "sound" => Probe::Sound { duration_ms: 20_000, silent: false },
        "huge" => Probe::Picture { width: 30_000, height: 30_000 },
        _ => {
            return Err(Problem::new(
                path.display().to_string(),
                say!(en: "no picture, film or sound", vi: "không phải ảnh, phim hay âm thanh"),
                say!(en: "save it again", vi: "hãy lưu lại"),
            ));
        }
    })
}

/// A folder with some media and this `programme.toml`.
pub(super) fn folder(programme: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("anh")).unwrap();
    for (name, content) in [
        ("anh/cho.jpg", "picture"),
        ("phim.mp4", "film"),
        ("cam.mp4", "mute"),
        ("loa.mp3", "sound"),
        ("to.png", "huge"),
        ("chu.mp4", "text"),
        ("hong.mp4", "\u{1}\u{2}"),
        ("trong.jpg", ""),
    ] {
        std::fs::write(path(name), content).unwrap();
    }
    std::fs::write(path(PROGRAMME_FILE), programme).unwrap();
    folder
}

fn fine(programme: &str) -> Checked {
    read(folder(programme).path(), &probe, now()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Asserts the problems as (line, a word of the English sentence), whatever their number.
fn check(programme: &str, expected: &[(usize, &str)]) {
    let problems = read(folder(programme).path(), &probe, now()).expect_err("nothing was found wrong");
    let said: Vec<String> = problems.iter().map(|problem| problem.line(Speech::English)).collect();
    assert_eq!(problems.len(), expected.len(), "{said:#?}");
    for (line, (number, word)) in said.iter().zip(expected) {
        let subject = format!("programme.toml:{number}");
        let at = line.strip_prefix(&subject).is_some_and(|rest| rest.starts_with([':', ' ']));
        assert!(at && line.contains(word), "{line} is not about {word} on line {number}");
    }
}

#[test]
fn a_whole_programme_is_measured_and_fixed_in_its_zone() {
    let checked = fine(
        r#"
title = "Bảng tin xã Bình Lư"

[[notice]]
title = "Lịch tiêm chủng mở rộng Đợt 12"
category = "y-te"
text = """
**Bản Nà Đon**: 7h30 thứ Hai.
Bản Thèn Thầu: 7h30 thứ Ba."""
image = "anh/cho.jpg"
issuer = "Trạm Y tế"
link = "https://binhlu.example/tiem-chung"
from = 2026-11-24
until = 2026-12-05
days = ["mon", "thu"]
times = ["05:30-07:00", "17:00-21:00"]
seconds = 15

[notice.in.hmn]
title = "Txhaj tshuaj"
audio = "loa.mp3"

[[notice]]
id = "phim"
title = "Phim"
video = "phim.mp4"
until = 2026-12-05T17:00:00

[[ticker]]
text = "Cắt điện"

[[announcement]]
audio = "loa.mp3"
at = [05:30:00, "17:00"]
"#,
    );
    let [first, film] = &checked.programme.notices[..] else { panic!("not two notices") };
    assert_eq!(first.id, "lich-tiem-chung-mo-rong-dot-12");
    assert_eq!(first.text, "**Bản Nà Đon**: 7h30 thứ Hai.\nBản Thèn Thầu: 7h30 thứ Ba.");
    assert_eq!(first.window.from.unwrap().to_string(), "2026-11-23T17:00:00Z");
    assert_eq!(first.window.until.unwrap().to_string(), "2026-12-05T17:00:00Z", "to the end of the day");
    assert_eq!(first.window.days, [Day::Mon, Day::Thu]);
    assert_eq!(first.boards, ["*"]);
    let picture = first.image.as_ref().unwrap();
    assert_eq!((picture.path.as_str(), picture.length, picture.width), ("anh/cho.jpg", 7, Some(640)));
    assert_eq!(picture.sha256.to_string(), hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"picture")),);
    assert_eq!(first.translations["hmn"].audio.as_ref().unwrap().duration_ms, Some(20_000));
    assert_eq!(film.window.until.unwrap().to_string(), "2026-12-05T10:00:00Z");
    assert_eq!(film.video.as_ref().unwrap().duration_ms, Some(75_000));
    let at: Vec<String> = checked.programme.announcements[0].at.iter().map(|t| t.to_string()).collect();
    assert_eq!(at, ["05:30", "17:00"]);
    let files: Vec<&str> = checked.files.iter().map(|file| file.media.path.as_str()).collect();
    assert_eq!(files, ["anh/cho.jpg", "loa.mp3", "phim.mp4"], "each once");
    assert!(checked.warnings.is_empty(), "{:#?}", checked.warnings);
}

#[test]
fn a_title_is_all_a_notice_needs() {
    let checked = fine("title = 'x'\n[[notice]]\ntitle = 'Họp dân'");
    assert_eq!(checked.programme.notices[0].id, "hop-dan");
    assert_eq!(checked.programme.timezone, "Asia/Ho_Chi_Minh");
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_in_order() {
    check(
        r#"titel = "x"
timezone = "Asia/Ho_Chi_Min"
[[notice]]
title = ""
category = "yte"
seconds = 2
from = 24/11/2026
[[notise]]
"#,
        &[
            (1, "did you mean `title`"),
            (2, "did you mean `Asia/Ho_Chi_Minh`"),
            (4, "`title` is empty"),
            (5, "category = \"y-te\""),
            (6, "from 3 to 3600"),
            (7, "write from = 2026-11-24"),
            (8, "did you mean `notice`"),
        ],
    );
    check(
        r#"titel = "x"
timezone = "Asia/Ho_Chi_Min"
[[notice]]
title = ""
category = "yte"
seconds = 2
from = "24/11/2026"
days = ["mon", "mo"]
times = ["7h-8h"]
lang = "tiếng Việt"
evergreen = "có"
boards = []
[[notise]]
[[announcement]]
at = ["25:00"]
[[ticker]]
text = 5
"#,
        &[
            (1, "did you mean `title`"),
            (2, "did you mean `Asia/Ho_Chi_Minh`"),
            (4, "`title` is empty"),
            (5, "category = \"y-te\""),
            (6, "from 3 to 3600"),
            (7, "not a date"),
            (8, "did you mean `mon`"),
            (9, "not a span of the day"),
            (10, "not a language tag"),
            (11, "true or false"),
            (12, "names no board"),
            (13, "did you mean `notice`"),
            (14, "`audio` is missing"),
            (15, "not a time of day"),
            (17, "not a text"),
        ],
    );
}

#[test]
fn a_key_of_the_notice_under_its_translation_is_named() {
    check(
        "title = 'x'\n[[notice]]\ntitle = 'a'\n[notice.in.hmn]\ntitle = 'b'\nseconds = 15",
        &[(6, "unknown key `seconds`")],
    );
}

#[test]
fn media_stay_inside_the_folder() {
    let head = "title = 'x'\n[[notice]]\ntitle = 'a'\nimage = ";
    for (path, word) in [
        ("'../secret.jpg'", "leads out"),
        ("'anh/../../secret.jpg'", "leads out"),
        ("'/etc/passwd'", "leads out"),
        ("'C:/x.jpg'", "copy the file into the folder and write image = \"x.jpg\""),
        ("'anh\\cho.jpg'", "is written with `\\`; write image = \"anh/cho.jpg\""),
        ("''", "empty"),
        ("\"anh/cho\\u202egpj.jpg\"", "hidden character"),
        ("'anh'", "is a folder; name a file that is in it, after a `/`: anh/cho.jpg"),
        ("'/dev/../anh/cho.jpg'", "name it as it lies there: cho.jpg"),
        ("'D:\\anh\\cho.jpg'", "write image = \"cho.jpg\""),
        ("'anh/chó.jpg'", "did you mean `anh/cho.jpg`"),
        ("'trong.jpg'", "is empty"),
    ] {
        check(&format!("{head}{path}"), &[(4, word)]);
    }
    let folder = folder(&format!("{head}'lien-ket.jpg'"));
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(outside.path(), "picture").unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("lien-ket.jpg")).unwrap();
    let problems = read(folder.path(), &probe, now()).unwrap_err();
    assert!(problems[0].line(Speech::English).contains("leads out of the folder"));
    std::fs::remove_file(folder.path().join("lien-ket.jpg")).unwrap();
    std::os::unix::fs::symlink("lien-ket.jpg", folder.path().join("lien-ket.jpg")).unwrap();
    let problems = read(folder.path(), &probe, now()).unwrap_err();
    let said = problems[0].line(Speech::English);
    assert!(said.ends_with("copy the file itself into the folder again"), "a link to itself: {said}");
    std::fs::remove_file(folder.path().join("lien-ket.jpg")).unwrap();
    std::os::unix::fs::symlink("không có", folder.path().join("lien-ket.jpg")).unwrap();
    let said = read(folder.path(), &probe, now()).unwrap_err()[0].line(Speech::English);
    assert!(said.contains("is a link to a file that is not there; copy the file itself"), "{said}");
    std::fs::remove_file(folder.path().join("lien-ket.jpg")).unwrap();
    std::os::unix::fs::symlink("anh/cho.jpg", folder.path().join("lien-ket.jpg")).unwrap();
    assert!(read(folder.path(), &probe, now()).is_ok(), "a link within the folder is fine");
}

#[test]
fn a_file_must_be_what_its_key_asks_for() {
    let head = "title = 'x'\n[[notice]]\ntitle = 'a'\n";
    for (line, word) in [
        ("image = 'phim.mp4'", "is a film"),
        ("image = 'loa.mp3'", "is a sound"),
        ("image = 'to.png'", "too large"),
        ("video = 'loa.mp3'", "no moving picture"),
        ("video = 'anh/cho.jpg'", "is a picture"),
        ("video = 'chu.mp4'", "`chu.mp4` is a text file"),
        ("video = 'hong.mp4'", "(hong.mp4): no picture, film or sound"),
        ("audio = 'cam.mp4'", "without sound"),
    ] {
        check(&format!("{head}{line}"), &[(4, word)]);
    }
    let sound = fine(&format!("{head}audio = 'phim.mp4'")).programme.notices[0].audio.clone().unwrap();
    assert_eq!((sound.width, sound.duration_ms), (None, Some(75_000)), "the sound of a film");
    check(&format!("{head}image = 'anh/cho.jpg'\nvideo = 'phim.mp4'"), &[(5, "either a picture or a film")]);
}

#[test]
fn a_window_that_ends_before_it_begins_or_holds_no_moment_is_refused() {
    let head = "title = 'x'\n[[notice]]\ntitle = 'a'\n";
    check(&format!("{head}from = 2026-12-05\nuntil = 2026-12-01"), &[(5, "not after `from`")]);
    // 24 November 2026 is a Tuesday.
    check(&format!("{head}from = 2026-11-24\nuntil = 2026-11-27\ndays = ['mon']"), &[(5, "never show")]);
    check(
        "title = 'x'\n[[announcement]]\naudio = 'loa.mp3'\nat = ['08:00']\ntimes = ['05:00-07:00']",
        &[(2, "none of its `at`")],
    );
}

#[test]
fn a_countdown_to_a_moment_that_cannot_come_is_told() {
    let head = "title = 'x'\n[[notice]]\ntitle = 'a'\n";
    let counted = fine(&format!("{head}countdown = 2026-12-05T07:00")).programme.notices.remove(0);
    assert_eq!(counted.countdown.unwrap().to_string(), "2026-12-05T00:00:00Z", "in the programme's zone");
    check(&format!("{head}from = 2026-12-05\ncountdown = 2026-12-05"), &[(5, "not after `from`")]);
    check(&format!("{head}countdown = 'mai'"), &[(4, "not a date")]);
    check(&format!("{head}countdown = 9999-12-31T23:59"), &[(4, "too far away")]);
    check(&format!("{head}countdown = '9999-12-31T23:59:00+07:00'"), &[(4, "too far away")]);
    for (fields, word) in [
        ("countdown = 2026-11-01", "is past"),
        ("countdown = 2027-01-01\nvideo = 'phim.mp4'", "a film leaves no room"),
    ] {
        let checked = fine(&format!("{head}{fields}"));
        assert_eq!(checked.warnings.len(), 1, "{:#?}", checked.warnings);
        assert!(checked.warnings[0].line(Speech::English).contains(word));
    }
}

#[test]
fn what_is_over_or_unfamiliar_is_a_warning() {
    let checked = fine("title = 'x'\n[[notice]]\ntitle = 'a'\nuntil = 2026-11-23\nlang = 'vn'");
    let said: Vec<String> = checked.warnings.iter().map(|w| w.line(Speech::English)).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("programme.toml:4: it is over"), "{said:?}");
    assert!(said[1].contains("did you mean `vi`"), "{said:?}");
    assert_eq!(fine("title = 'x'").warnings.len(), 1, "nothing to show");
}

#[test]
fn both_quotations_of_an_old_code_end_at_the_same_word_and_say_that_more_follows() {
    // VNI has more letters for the same words.
    let old = "Ñieän löïc thoâng baùo caét ñieän ngaøy thöù Hai ñeå söûa chöõa ñöôøng daây taïi baûn Naø Ñon";
    let problems =
        read(folder(&format!("title = 'x'\n[[notice]]\ntitle = 'a'\ntext = '{old}'")).path(), &probe, now())
            .unwrap_err();
    let line = problems[0].line(Speech::English);
    assert!(
        line.contains(
            "“Ñieän löïc thoâng baùo caét ñieän ngaøy thöù Hai ñeå söûa …” means “Điện lực thông báo cắt điện ngày thứ Hai để sửa …”"
        ),
        "{line}"
    );
}

#[test]
fn a_file_with_nothing_in_it_is_called_empty() {
    for text in ["", "  \n\n", "\u{FEFF}\r\n"] {
        check_whole(
            text,
            "programme.toml: the file is empty; write a title = \"…\" and one [[notice]] in it",
        );
    }
    check("# chưa viết\n", &[(1, "`title` is missing")]);
}

fn check_whole(programme: &str, expected: &str) {
    let problems = read(folder(programme).path(), &probe, now()).expect_err("nothing was found wrong");
    let said: Vec<String> = problems.iter().map(|problem| problem.line(Speech::English)).collect();
    assert_eq!(said, [expected], "{programme:?}");
}

#[test]
fn two_notices_with_one_title_that_show_together_are_told() {
    let head =
        "title = 'x'\n[[notice]]\ntitle = 'Họp dân'\nuntil = 2026-12-05\n[[notice]]\ntitle = 'HỌP DÂN'\n";
    let said = |more: &str| -> Vec<String> {
        let warnings = fine(&format!("{head}{more}")).warnings;
        warnings.iter().map(|warning| warning.line(Speech::English)).collect()
    };
    let told = said("");
    assert!(
        told.len() == 1
            && told[0].starts_with("programme.toml:5: the notice on line 2 has the title `HỌP DÂN` too"),
        "{told:?}"
    );
    for apart in ["from = 2026-12-06", "days = ['mon']", "boards = ['na-don']"] {
        assert_eq!(said(apart), [""; 0], "{apart}");
    }
}

#[test]
fn a_gif_is_a_picture_or_a_film_whichever_it_was_named_as() {
    let still = |_: &Path| Ok(Probe::Picture { width: 2, height: 2 });
    let moves = |_: &Path| {
        Ok(Probe::Film {
            width: 2,
            height: 2,
            duration_ms: 400,
            has_sound: false,
            traits: FilmTraits::default(),
        })
    };
    for key in ["image", "video"] {
        let folder = folder(&format!("title = 'x'\n[[notice]]\ntitle = 'a'\n{key} = 'a.gif'\n"));
        std::fs::write(folder.path().join("a.gif"), b"GIF89a").unwrap();
        let notice = read(folder.path(), &still, now()).unwrap().programme.notices[0].clone();
        assert!(notice.image.is_some() && notice.video.is_none(), "{key}");
        let notice = read(folder.path(), &moves, now()).unwrap().programme.notices[0].clone();
        assert!(notice.image.is_none() && notice.video.is_some(), "{key}");
    }
    // The emblem does not move.
    let folder = folder("title = 'x'\nemblem = 'a.gif'\n[[notice]]\ntitle = 'a'\ntext = 'b'\n");
    std::fs::write(folder.path().join("a.gif"), b"GIF89a").unwrap();
    let line = read(folder.path(), &moves, now()).unwrap_err()[0].line(Speech::English);
    assert!(
        line.contains("`a.gif` is an animation, and here a picture must stand still; save one"),
        "{line}"
    );
}

#[test]
fn what_a_film_leaves_no_room_for_is_told_once_and_published_all_the_same() {
    let said = |more: &str| {
        let folder = folder(&format!("title = 'x'\n[[notice]]\ntitle = 'a'\nvideo = 'phim.mp4'\n{more}"));
        let warnings = read(folder.path(), &probe, now()).unwrap().warnings;
        warnings.iter().map(|problem| problem.line(Speech::English)).collect::<Vec<_>>()
    };
    let all = said("text = 'b'\nlink = 'https://a.vn'\naudio = 'loa.mp3'\n[notice.in.hmn]\ntitle = 'c'\n");
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].starts_with("programme.toml:4: on a screen `phim.mp4` moves"), "{all:?}");
    assert!(all[0].contains("not its `text`, `link`, `audio`, `in`; put these"), "{all:?}");
    assert!(said("link = 'https://a.vn'\n")[0].contains("not its `link`; "));
    assert_eq!(said("issuer = 'UBND xã'\n"), [""; 0]);
}

#[test]
fn a_film_that_stands_still_for_most_of_its_turn_is_told() {
    let said = |seconds: u32| {
        let folder = folder(&format!(
            "title = 'x'\n[[notice]]\ntitle = 'a'\nseconds = {seconds}\nvideo = 'phim.mp4'\n"
        ));
        let warnings = read(folder.path(), &probe, now()).unwrap().warnings;
        warnings.iter().map(|problem| problem.line(Speech::English)).collect::<Vec<_>>()
    };
    assert_eq!(said(80), [""; 0]);
    assert_eq!(said(30), [""; 0]);
    let all = said(100);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].contains("is over after 75 of the 100 seconds, and its last picture stands for 25"),
        "{all:?}"
    );
}

#[test]
fn a_picture_that_no_decoder_opens_is_told_by_its_head() {
    let folder = folder("title = 'x'\n[[notice]]\ntitle = 'a'\nimage = 'a.jpg'\n");
    let refuse = |path: &Path| -> Outcome<Probe> {
        let why = say!(en: "not a film", vi: "không phải phim");
        Err(Problem::new(path.display().to_string(), why.clone(), why))
    };
    let head: &[u8] = b"\xff\xd8\xff\xc0\0\x0b\x08\x23\x28\x32\xc8\x01\x01\x11\0\xff\xda\0\x02data\xff\xd9";
    let small: &[u8] = b"\xff\xd8\xff\xc0\0\x0b\x08\x03\x28\x02\xc8\x01\x01\x11\0\xff\xda\0\x02data";
    for (bytes, vi) in [
        (head, "`a.jpg` có 13000 × 9000 điểm ảnh, quá lớn cho bảng tin"),
        (small, "ảnh `a.jpg` bị cắt cụt, thiếu phần cuối"),
    ] {
        std::fs::write(folder.path().join("a.jpg"), bytes).unwrap();
        let line = read(folder.path(), &refuse, now()).unwrap_err()[0].line(Speech::Vietnamese);
        assert!(line.starts_with(&format!("programme.toml:4: {vi}; ")), "{line}");
    }
}

#[test]
fn ids_are_unique_and_those_that_are_written_win() {
    check(
        "title = 'x'\n[[notice]]\ntitle = 'a'\nid = 'b'\n[[notice]]\ntitle = 'a'\nid = 'b'\n[[notice]]\ntitle = 'c'\nid = 'Họp'",
        &[(7, "also on line 4"), (10, "write `hop`")],
    );
    let text = "title = 'x'\n[[notice]]\ntitle = 'Họp dân'\n[[notice]]\ntitle = 'HỌP DÂN'\n\
                [[notice]]\ntitle = 'x'\nid = 'hop-dan'\n[[notice]]\ntitle = 'ꪼꪕ ꪀꪱꪣ'\n";
    let ids: Vec<String> = fine(text).programme.notices.into_iter().map(|n| n.id.clone()).collect();
    assert_eq!(ids[..3], ["hop-dan-2", "hop-dan-3", "hop-dan"]);
    assert!(ids[3].starts_with("tin-") && ids[3].len() == 12, "{ids:?}");
}

#[test]
fn hidden_characters_are_refused_with_the_line_they_are_on_and_text_is_composed() {
    check("title = 'x'\n[[notice]]\ntitle = 'a'\ntext = '''\nmột\nhai \u{202E}ba\n'''", &[(6, "U+202E")]);
    check("title = \"a\\u0000b\"", &[(1, "U+0000")]);
    let decomposed = fine("title = 'Bi\u{0300}nh Lu\u{031B}'");
    assert_eq!(decomposed.programme.title, "Bình Lư");
}

#[test]
fn texts_links_and_numbers_have_bounds() {
    let long = "a ".repeat(limits::TEXT_CHARS_MAX);
    check(&format!("title = 'x'\n[[notice]]\ntitle = 'a'\ntext = '{long}'"), &[(4, "shorten it")]);
    let head = "title = 'x'\n[[notice]]\ntitle = 'a'\nlink = ";
    let far = format!("https://{}", "x".repeat(limits::LINK_BYTES_MAX));
    for (link, word) in [
        ("", "the link is empty; write an address that begins with https://"),
        ("javascript:alert(1)", "not a web address; write an address that begins with https:// or http://"),
        ("binhlu", "write an address that begins with"),
        ("binhlu@cá-độ.example", "write an address that begins with"),
        ("binhlu.example", "write it as https://binhlu.example"),
        ("https://", "not a web address"),
        ("https://binhlu.example@cá-độ.example/", "not a web address"),
        ("https://a b", "not a web address"),
        (far.as_str(), "too long"),
    ] {
        check(&format!("{head}'{link}'"), &[(4, word)]);
    }
}

#[test]
fn a_table_that_would_lose_a_column_or_a_row_is_refused_with_its_line() {
    let row = |columns: usize| format!("|{}", " a |".repeat(columns));
    let notice =
        |table: &str| format!("title = 'x'\n[[notice]]\ntitle = 'a'\ntext = '''\nmột\n{table}\nhai'''");
    fine(&notice(&format!("{}\n{}", row(limits::TABLE_COLUMNS_MAX), row(2))));
    check(&notice(&format!("{}\n{}", row(2), row(300))), &[(7, "has 300 columns")]);
    check(&notice(&[row(limits::TABLE_COLUMNS_MAX + 1), row(1)].join("\n")), &[(6, "at most 8")]);
    let rows: Vec<String> = (0..=limits::TABLE_ROWS_MAX).map(|number| format!("| {number} |")).collect();
    fine(&notice(&rows[1..].join("\n")));
    check(&notice(&rows.join("\n")), &[(6 + limits::TABLE_ROWS_MAX, "more than 200 rows")]);
    // Heads, and the line under them, are no rows.
    let with_heads = |rows: &[String]| notice(&format!("| Số |\n|---|\n{}", rows.join("\n")));
    fine(&with_heads(&rows[1..]));
    check(&with_heads(&rows), &[(8 + limits::TABLE_ROWS_MAX, "more than 200 rows")]);
    let tabs: Vec<String> = (0..limits::TABLE_ROWS_MAX).map(|number| format!("Bản\t{number}")).collect();
    read(folder(&notice(&format!("Tên\tSố\n{}", tabs.join("\n")))).path(), &probe, now()).unwrap();
    let translated =
        format!("title = 'x'\n[[notice]]\ntitle = 'a'\n[notice.in.hmn]\ntext = '''{0}\n{0}'''", row(9));
    check(&translated, &[(5, "has 9 columns")]);
}

#[test]
fn a_place_that_is_no_time_zone_leads_to_its_own() {
    for (written, meant) in [
        ("Asia/Hanoi", "Asia/Ho_Chi_Minh"),
        ("Hà Nội", "Asia/Ho_Chi_Minh"),
        ("Asia/Sai_Gon", "Asia/Ho_Chi_Minh"),
        ("Asia/Dien_Bien", "Asia/Ho_Chi_Minh"),
        ("UTC+7", "Asia/Ho_Chi_Minh"),
        ("+07:00", "Asia/Ho_Chi_Minh"),
        ("Asia/Beijing", "Asia/Shanghai"),
        ("Asia/Ho_Chi_Min", "Asia/Ho_Chi_Minh"),
        ("Asia/Vientian", "Asia/Vientiane"),
        ("", "Asia/Ho_Chi_Minh"),
    ] {
        let word = format!("did you mean `{meant}`");
        check(&format!("title = 'x'\ntimezone = '{written}'\n[[notice]]\ntitle = 'a'"), &[(2, &word)]);
    }
}

#[test]
fn text_that_nobody_can_see_is_refused() {
    check("title = '\u{200B}\u{FEFF}'\n[[notice]]\ntitle = 'a'", &[(1, "`title` is empty")]);
    let flood = format!("title = 'x'\n[[notice]]\ntitle = 'a{}b'", "\u{FE0F}".repeat(40));
    check(&flood, &[(3, "U+FE0F")]);
    let marks = format!("title = 'x'\n[[notice]]\ntitle = 'a{}'", "\u{335}".repeat(40));
    check(&marks, &[(3, "U+0335")]);
    fine("title = 'x'\n[[notice]]\ntitle = 'ꪼꪕ ꪀꪱꪣ ទីក្រុង\u{200B}ភ្នំពេញ ❤\u{FE0F}\u{200D}🔥'");
}

#[test]
fn a_folder_without_a_programme_says_so() {
    let said = |folder: &Path| read(folder, &probe, now()).unwrap_err().remove(0).line(Speech::English);
    let empty = tempfile::tempdir().unwrap();
    assert!(said(empty.path()).contains("the folder is empty"));
    assert!(said(&empty.path().join("no")).contains("no such file or folder"));
    std::fs::write(empty.path().join("programme.toml.txt"), "").unwrap();
    assert!(said(empty.path()).contains("rename `programme.toml.txt`"));
    let file = empty.path().join("programme.toml.txt");
    assert!(said(&file).contains("it is not a folder"), "a file is no folder");
}

#[test]
fn too_many_notices_are_one_problem_and_not_a_hundred_thousand() {
    let mut text = String::from("title = 'x'\n");
    text.push_str(&"[[notice]]\ntitle = 'a'\n".repeat(limits::NOTICES_MAX + 1));
    check(&text, &[(limits::NOTICES_MAX * 2 + 2, "more than a board takes")]);
}

#[test]
fn language_tags_are_checked_and_put_in_their_usual_case() {
    use super::text::{Language, language};
    assert_eq!(language("VI"), Language::Known("vi".into()));
    assert_eq!(language("zh-hant-tw"), Language::Known("zh-Hant-TW".into()));
    assert!(matches!(language("xyz"), Language::Unfamiliar(..)));
    for bad in ["", "v", "vi_VN", "vi-", "tiếng", "-vi", "1a"] {
        assert!(matches!(language(bad), Language::Malformed(..)), "{bad}");
    }
}

#[test]
fn a_text_in_an_old_code_is_told_with_its_line_and_its_meaning() {
    let text = "title = \"Xã\"\n[[notice]]\ntitle = \"Th«ng b¸o\"\ntext = \"Thoâng baùo hoïp daân\"\n[[ticker]]\ntext = \"Céng hßa x· héi\"";
    check(text, &[(3, "means “Thông báo”"), (4, "means “Thông báo họp dân”"), (6, "encoding = \"tcvn3\"")]);
}

#[test]
fn an_old_code_is_converted_when_the_author_says_so() {
    let checked = fine(
        "title = \"Xã\"\n[[notice]]\ntitle = \"Th«ng b¸o\"\nencoding = \"tcvn3\"\n[[notice]]\ntitle = \"Baùn xe\"\nencoding = \"vni\"\n\
         [[notice]]\ntitle = \"B¸n xe\"\nencoding = \"unicode\"",
    );
    let titles: Vec<&str> = checked.programme.notices.iter().map(|notice| notice.title.as_str()).collect();
    assert_eq!(titles, ["Thông báo", "Bán xe", "B¸n xe"]);
    let folder = folder("title = \"X· B×nh L\u{AD}\"\n[[notice]]\ntitle = \"Hop\"");
    let checked = read_with(folder.path(), &probe, now(), OldCodes::Convert, None).unwrap();
    assert_eq!(checked.programme.title, "Xã Bình Lư");
    assert!(checked.warnings[0].line(Speech::English).contains("it was converted"), "{:?}", checked.warnings);
}

#[test]
fn what_a_board_shows_as_plain_text_only_is_told_with_its_line() {
    let text = "title = \"Xã\"\n[[notice]]\ntitle = \"a\"\nseconds = 3\ntext = \"\"\"\nmột <b>hai</b>\n[xem](https://a.vn)\n";
    let long = "x".repeat(3_000);
    let warnings = fine(&format!("{text}{long}\n{}\"\"\"", "chữ ".repeat(40))).warnings;
    let said: Vec<String> = warnings.iter().map(|warning| warning.line(Speech::English)).collect();
    let expected = [
        (4, "3 seconds are too few"),
        (6, "there is HTML"),
        (7, "a link inside the text"),
        (8, "has no space for more than 60 letters"),
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (line, (number, words)) in said.iter().zip(expected) {
        assert!(line.starts_with(&format!("programme.toml:{number}:")) && line.contains(words), "{line}");
    }
}

#[test]
fn letters_that_no_font_has_are_refused() {
    check("title = \"Xã \u{E123}\"\n[[notice]]\ntitle = \"a\"", &[(1, "U+E123")]);
    check("title = \"Xã\"\n[[notice]]\ntitle = \"a\u{10FFFD}\"", &[(3, "U+10FFFD")]);
    fine("title = \"Xã 😀 → ½ ꪎꪳꪣ\"\n[[notice]]\ntitle = \"a\"");
}

#[test]
fn thai_letters_among_vietnamese_ones_are_told_with_the_notice_and_the_line() {
    let said = |notice: &str| -> Vec<String> {
        let text = format!("title = 'Xã'\n[[notice]]\ntitle = 'Họp'\n[[notice]]\n{notice}");
        fine(&text).warnings.iter().map(|warning| warning.line(Speech::English)).collect()
    };
    let mixed = said("title = 'Họp dân'\ntext = \"\"\"\nMời bà con.\nꪎꪳꪣ ꪼꪡ\n\"\"\"");
    let why =
        "programme.toml:8: the notice `Họp dân` has Thái letters (Tai Viet) among Vietnamese ones, `ꪎꪳꪣ`";
    assert!(mixed.len() == 1 && mixed[0].starts_with(why), "{mixed:?}");
    assert_eq!(said("title = 'ꪎꪳꪣ'\ntext = 'Mời bà con.'").len(), 1);
    assert_eq!(said("title = 'ꪎꪳꪣ'\ntext = 'ꪼꪡ 7'\nlang = 'blt'"), [""; 0], "a notice of its own");
    let translated = "title = 'Họp dân'\n[notice.in.blt]\ntitle = 'ꪎꪳꪣ'\ntext = 'ꪼꪡ'";
    assert_eq!(said(translated), [""; 0], "LED walls leave translations into other letters to screens");
}

#[test]
fn a_text_that_goes_on_over_the_next_notice_is_refused_where_it_begins() {
    let text =
        "title = 'x'\n[[notice]]\ntitle = 'a'\ntext = \"\"\"một\nhai\n\n[[notice]]\ntitle = 'b'\n\"\"\"\n";
    check(text, &[(4, "goes on over `[[notice]]`: it is not closed before that; write \"\"\" after `hai`")]);
    fine("title = 'x'\n[[notice]]\ntitle = 'a'\ntext = '[[notice]] là gì'");
}
