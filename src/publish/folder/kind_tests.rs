//! What is told of files that are no picture, film or sound for a board, and of those in the wrong place.

use super::*;
use crate::model::media::FilmTraits;
use crate::problem::Speech;

fn now() -> Timestamp {
    "2026-11-24T07:00:00+07:00".parse().unwrap()
}

/// Stands in for the decoder: a JPEG is a picture, and no text is anything.
fn probe(path: &Path) -> Outcome<Probe> {
    let content = std::fs::read(path).unwrap();
    match &content[..] {
        [0xFF, 0xD8, ..] => Ok(Probe::Picture { width: 640, height: 480 }),
        [0, 0, 0, 24, ..] => Ok(Probe::Film {
            width: 640,
            height: 480,
            duration_ms: 9_000,
            has_sound: false,
            traits: FilmTraits::default(),
        }),
        [b'I', b'D', b'3', ..] => Ok(Probe::Sound { duration_ms: 9_000, silent: false }),
        _ => Err(Problem::new("x", say!(en: "cannot be read", vi: "x"), say!(en: "x", vi: "x"))),
    }
}

/// What is said of a file of this content under this key, whatever its name is.
fn said(content: &[u8], key: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tep.jpg"), content).unwrap();
    let text = format!("title = 'x'\n[[notice]]\ntitle = 'a'\n{key} = 'tep.jpg'");
    std::fs::write(folder.path().join(PROGRAMME_FILE), text).unwrap();
    let problems = read(folder.path(), &probe, now()).expect_err("nothing was found wrong");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    [Speech::English, Speech::Vietnamese].map(|speech| problems[0].line(speech))
}

/// Local file headers of a ZIP with these names, after as much of other content as is said.
fn zip(names: &[&str], before: usize) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize(30 + before, 0);
    names.iter().for_each(|name| bytes.extend(name.as_bytes()));
    bytes
}

fn office(stream: &str) -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(2_000_000, 0xFF);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

fn bmp() -> Vec<u8> {
    [b"BM\x9a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".as_slice(), &[7; 64]].concat()
}

#[test]
fn a_file_is_named_for_what_it_is_with_what_to_do() {
    let docx = ["[Content_Types].xml", "word/document.xml"];
    for (content, is, do_this, vi) in [
        (
            b"%PDF-1.7\n".to_vec(),
            "a PDF document",
            "save the page that is to show as PNG or JPG",
            "tài liệu PDF",
        ),
        (zip(&docx, 0), "a Word document", "paste its words into `text`", "tài liệu Word"),
        (zip(&docx, 3_000_000), "a Word document", "paste its words into `text`", "tài liệu Word"),
        (
            zip(&["[Content_Types].xml", "xl/workbook.xml"], 0),
            "an Excel workbook",
            "| a | b |",
            "bảng tính Excel",
        ),
        (zip(&["[Content_Types].xml", "ppt/slides"], 0), "a PowerPoint", "save the slide", "bài trình chiếu"),
        (
            zip(&["mimetypeapplication/vnd.oasis.opendocument.text"], 0),
            "a text document",
            "`text`",
            "văn bản",
        ),
        (zip(&["word/", "anh.jpg"], 0), "a ZIP archive", "unpack it", "giải nén"),
        (office("WordDocument"), "a Word document", "paste its words", "tài liệu Word"),
        (office("Workbook"), "an Excel workbook", "copy its rows", "bảng tính Excel"),
        (office("PowerPoint Document"), "a PowerPoint", "save the slide", "bài trình chiếu"),
        (office("x"), "an old Office document", "paste its words", "Office đời cũ"),
        (b"Rar!\x1a\x07\x01\0".to_vec(), "a RAR archive", "unpack it", "tệp nén RAR"),
        (
            b"<?xml version='1.0'?>\n<svg xmlns='x'/>".to_vec(),
            "an SVG drawing",
            "save it as PNG or JPG",
            "bản vẽ SVG",
        ),
        (b"II*\0\x08\0\0\0".to_vec(), "a TIFF picture", "save it as PNG or JPG", "ảnh TIFF"),
        (b"8BPS\0\x01".to_vec(), "a Photoshop picture", "save it as PNG or JPG", "Photoshop"),
        (bmp(), "a BMP picture", "save it as PNG or JPG", "ảnh BMP"),
        (b"\0\x01\0\0\0\x10".to_vec(), "a font", "name a picture (JPG, PNG, WebP)", "phông chữ"),
        ("Họp dân lúc 7h\n".into(), "a text file", "paste its words into `text`", "tệp chữ"),
        (b"\xff\xfeH\0o\0p\0".to_vec(), "a text file", "paste its words into `text`", "tệp chữ"),
        (b"Th\xabng b\xb8o h\xe4p".to_vec(), "a text file", "paste its words into `text`", "tệp chữ"),
        (b"\r\n<!DOCTYPE html><html>".to_vec(), "a web page", "save what it shows", "trang web"),
        (b"MZ\x90\0\x03".to_vec(), "a Windows program", "name a picture", "chương trình Windows"),
        (b"L\0\0\0\x01\x14\x02\0\0".to_vec(), "a Windows shortcut", "copy the file itself", "lối tắt"),
        (Vec::new(), "is empty", "copy it again", "trống"),
    ] {
        let [en, vi_said] = said(&content, "image");
        assert!(en.starts_with("programme.toml:4: `tep.jpg` is ") && en.contains(is), "{en}");
        assert!(en.contains(do_this) && vi_said.contains(vi), "{en} / {vi_said}");
    }
    assert!(said(b"\x01\x02 rubbish", "image")[0].contains("cannot be read"), "what nobody knows");
}

#[test]
fn a_good_file_in_the_wrong_place_is_told_where_it_belongs() {
    let (jpeg, film, sound) = (b"\xff\xd8\xff", b"\0\0\0\x18ftypmp42", b"ID3\x04");
    for (content, key, is, belongs, vi) in [
        (
            &jpeg[..],
            "audio",
            "is a picture",
            "pictures belong under `image` of a [[notice]]; here name a sound",
            "`image`",
        ),
        (jpeg, "video", "is a picture", "under `image`", "ảnh thì ghi ở mục `image` của một [[notice]]"),
        (
            &sound[..],
            "image",
            "is a sound",
            "under `audio` of a [[notice]]; here name a picture",
            "mục `audio`",
        ),
        (sound, "video", "no moving picture", "under `audio`", "mục `audio`"),
        (&film[..], "image", "is a film", "films belong under `video`", "phim thì ghi ở mục `video`"),
        (film, "audio", "a film without sound", "under `video`", "mục `video`"),
        (b"chu", "audio", "is a text file", "words belong under `text`", "mục `text`"),
        (b"%PDF-1.4", "audio", "is a PDF document", "words belong under `text`", "mục `text`"),
        (b"%PDF-1.4", "video", "is a PDF document", "under `image`", "mục `image`"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "audio", "is a HEIC picture", "under `image`", "mục `image`"),
        (b"MThd\0\0\0\x06", "audio", "is a MIDI file", "save it as MP3", "MP3"),
        (b"\x0b\x77\0", "video", "is an AC-3 sound", "sounds belong under `audio`", "mục `audio`"),
        (b"\x1f\x07\0", "image", "is a DV film", "films belong under `video`", "mục `video`"),
    ] {
        let [en, vi_said] = said(content, key);
        assert!(en.contains(is) && en.contains(belongs), "{en}");
        assert!(vi_said.contains(vi), "{vi_said}");
    }
}

#[test]
fn what_is_named_for_a_warning_is_told_without_keys_of_a_programme() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let said = |content: &[u8]| {
        std::fs::write(root.join("tieng.mp3"), content).unwrap();
        let mut shelf = Shelf::new(root.clone(), "alerts.json", &probe);
        match shelf.named("tieng.mp3", Role::Sound) {
            Err(Fault::Refused((why, remedy))) => format!("{}; {}", why.en, remedy.en),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(said(b"\xff\xd8\xff"), "`tieng.mp3` is a picture; name a sound (MP3, M4A, OGG, WAV)");
    for content in [&b"\0\0\0\x18ftypmp42"[..], b"chu", b"%PDF-1.4", b"\0\0\0\x18ftypheic\0\0\0\0mif1"] {
        let said = said(content);
        assert!(said.contains("(MP3, M4A, OGG, WAV)") && !said[13..].contains('`'), "{said}");
    }
}

#[test]
fn a_film_is_not_taken_for_a_picture_of_a_telephone() {
    let kind = |bytes: &[u8]| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        kind::by_signature(file.path()).unwrap().map(|kind| kind.named()[0])
    };
    assert_eq!(kind(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Some("a HEIC picture"));
    assert_eq!(kind(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"), Some("an AVIF picture"));
    assert_eq!(kind(b"\0\0\0\x18ftypavif\0\0\0\0"), Some("an AVIF picture"));
    for film in
        [&b"\0\0\0\x18ftypisom\0\0\0\0mif1avif"[..], b"\0\0\0\x18ftypqt  ", b"\0\0\x01\xba\x44", b"", b"PK"]
    {
        assert_eq!(kind(film), None, "{film:?}");
    }
}
