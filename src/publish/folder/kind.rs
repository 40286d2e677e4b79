//! What a file is that no board can show, by its content and not its name, and what to do with it.
//!
//! People give what they have: a PDF, a Word document, a telephone's HEIC. That it is "no picture that can be
//! read" helps nobody; what it is, and how it becomes one, does.

use super::media::Role;
use crate::model::media::Probe;
use crate::problem::Text;
use crate::say;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// How much is read of a file's beginning, and of its end, in bytes: the list of what is in a ZIP is at its
/// end, and the names in an old Office document are somewhere.
const HEAD_BYTES: u64 = 1 << 20;
/// ASF, 3.1: what a WMV begins with, and a WMA.
const ASF_HEADER: [u8; 16] = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c";
/// ASF, 3.3: the type of a stream of pictures.
const ASF_PICTURES: [u8; 16] = *b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\0\x80\x5f\x5c\x44\x2b";
const TAIL_BYTES: u64 = 256 << 10;

/// What a file was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    en: &'static str,
    vi: &'static str,
    pub nature: Nature,
}

/// What can be made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A picture that only converting makes one for boards.
    Heif,
    /// A picture of another format.
    Picture,
    /// Pages that look like something.
    Pages,
    Slides,
    /// Words that could stand in `text`.
    Words,
    Table,
    /// Files within a file.
    Packed,
    /// A web page, saved in place of what it shows.
    Page,
    /// A sound of another format.
    Sound,
    /// A sound that boards do not open, and `ffmpeg` does.
    ForeignSound,
    /// A film of which the same is true.
    ForeignFilm,
    /// Where another file is, not the file itself.
    Shortcut,
    /// Nothing that a board could ever have.
    Other,
}

const fn kind(en: &'static str, vi: &'static str, nature: Nature) -> Kind {
    Kind { en, vi, nature }
}

const ZIP: Kind = kind("a ZIP archive", "tệp nén ZIP", Nature::Packed);
const HEIC: Kind = kind("a HEIC picture", "ảnh HEIC", Nature::Heif);
const AVIF: Kind = kind("an AVIF picture", "ảnh AVIF", Nature::Heif);
const WORD: Kind = kind("a Word document", "tài liệu Word", Nature::Words);
const EXCEL: Kind = kind("an Excel workbook", "bảng tính Excel", Nature::Table);
const SLIDES: Kind = kind("a PowerPoint presentation", "bài trình chiếu PowerPoint", Nature::Slides);

/// Kinds that begin with bytes of their own.
const BEGINNINGS: [(&[u8], Kind); 26] = [
    (b"%PDF-", kind("a PDF document", "tài liệu PDF", Nature::Pages)),
    (b"%!PS", kind("a PostScript drawing", "bản vẽ PostScript", Nature::Pages)),
    (b"{\\rtf", kind("an RTF document", "tài liệu RTF", Nature::Words)),
    (b"Rar!\x1a\x07", kind("a RAR archive", "tệp nén RAR", Nature::Packed)),
    (b"7z\xbc\xaf\x27\x1c", kind("a 7z archive", "tệp nén 7z", Nature::Packed)),
    (b"\x1f\x8b", kind("a GZIP archive", "tệp nén GZIP", Nature::Packed)),
    (b"II*\0", kind("a TIFF picture", "ảnh TIFF", Nature::Picture)),
    (b"MM\0*", kind("a TIFF picture", "ảnh TIFF", Nature::Picture)),
    (b"8BPS", kind("a Photoshop picture", "ảnh Photoshop (PSD)", Nature::Picture)),
    (b"\xff\x0a", kind("a JPEG XL picture", "ảnh JPEG XL", Nature::Picture)),
    (b"\0\0\0\x0cJXL ", kind("a JPEG XL picture", "ảnh JPEG XL", Nature::Picture)),
    (b"\0\0\0\x0cjP  ", kind("a JPEG 2000 picture", "ảnh JPEG 2000", Nature::Picture)),
    (b"\xd7\xcd\xc6\x9a", kind("a WMF drawing", "bản vẽ WMF", Nature::Picture)),
    (b"gimp xcf", kind("a GIMP picture", "ảnh GIMP", Nature::Picture)),
    (b"\0\x01\0\0\0", kind("a font", "tệp phông chữ", Nature::Other)),
    (b"OTTO\0", kind("a font", "tệp phông chữ", Nature::Other)),
    (b"ttcf\0", kind("a font", "tệp phông chữ", Nature::Other)),
    (b"true\0", kind("a font", "tệp phông chữ", Nature::Other)),
    (b"wOFF", kind("a font", "tệp phông chữ", Nature::Other)),
    (b"wOF2", kind("a font", "tệp phông chữ", Nature::Other)),
    (b"MZ", kind("a Windows program", "chương trình Windows", Nature::Other)),
    (b"\x7fELF", kind("a program", "chương trình máy tính", Nature::Other)),
    (b"SQLite format 3\0", kind("a database", "tệp cơ sở dữ liệu", Nature::Other)),
    (b"MThd\0\0\0\x06", kind("a MIDI file, notes without sound", "tệp MIDI, chỉ có nốt nhạc", Nature::Sound)),
    (b"L\0\0\0\x01\x14\x02\0", kind("a Windows shortcut", "lối tắt Windows", Nature::Shortcut)),
    (b"[InternetShortcut]", kind("a link to a web page", "liên kết tới trang web", Nature::Shortcut)),
];

/// Sounds and films that begin with bytes of their own, and for which boards have no reader. As few bytes as these are no
/// proof: they are asked for once no decoder opens the file.
const FOREIGN: [(&[u8], Kind); 9] = [
    (b"\x0b\x77", kind("an AC-3 sound", "âm thanh AC-3", Nature::ForeignSound)),
    (b"\x7f\xfe\x80\x01", kind("a DTS sound", "âm thanh DTS", Nature::ForeignSound)),
    (b".snd", kind("an AU sound", "âm thanh AU", Nature::ForeignSound)),
    (b"wvpk", kind("a WavPack sound", "âm thanh WavPack", Nature::ForeignSound)),
    (b"TTA1", kind("a True Audio (TTA) sound", "âm thanh True Audio (TTA)", Nature::ForeignSound)),
    (b"MAC ", kind("a Monkey's Audio sound", "âm thanh Monkey's Audio", Nature::ForeignSound)),
    (b"MPCK", kind("a Musepack sound", "âm thanh Musepack", Nature::ForeignSound)),
    // IEC 61834-2: the header block of the first sequence.
    (b"\x1f\x07\0", kind("a DV film", "phim DV", Nature::ForeignFilm)),
    (b".RMF", kind("a RealMedia film", "phim RealMedia", Nature::ForeignFilm)),
];

/// What a file is, where its first bytes prove that it is nothing for a board. What may yet be a film or a
/// sound is left to whoever decodes it.
///
/// # Errors
/// It cannot be read.
pub fn by_signature(file: &Path) -> io::Result<Option<Kind>> {
    let (head, tail) = ends(file)?;
    Ok(signed(&head, &tail))
}

/// What a file is that is no picture, film or sound: by its first bytes, or words.
///
/// # Errors
/// It cannot be read.
pub fn by_content(file: &Path) -> io::Result<Option<Kind>> {
    let (head, tail) = ends(file)?;
    let foreign = || FOREIGN.iter().find(|(bytes, _)| head.starts_with(bytes)).map(|(_, kind)| *kind);
    Ok(signed(&head, &tail).or_else(foreign).or_else(|| written(&head)))
}

/// Whether it is a film, as far as its container says: of one that is damaged, much may yet be read.
///
/// # Errors
/// It cannot be read.
pub fn is_film(file: &Path) -> io::Result<bool> {
    let (head, tail) = ends(file)?;
    // ISO/IEC 13818-1, 2.4.3: packets of 188 bytes, on discs and in cameras after a time of four bytes.
    let in_step =
        |first: usize, step: usize| (0..4).all(|packet| head.get(first + packet * step) == Some(&0x47));
    let begins = |bytes: &[u8]| head.starts_with(bytes);
    let indexed = head.get(4..8) == Some(b"ftyp") && (holds(&head, b"moov") || holds(&tail, b"moov"));
    let streamed = in_step(0, 188) || in_step(4, 192) || begins(b"\0\0\x01\xba");
    let boxed = begins(b"\x1a\x45\xdf\xa3")
        || begins(b"FLV\x01")
        || begins(&ASF_HEADER) && holds(&head, &ASF_PICTURES)
        || begins(b"RIFF") && head.get(8..12) == Some(b"AVI ");
    Ok(indexed || streamed || boxed)
}

fn ends(file: &Path) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    let mut file = File::open(file)?;
    let length = file.metadata()?.len();
    (&mut file).take(HEAD_BYTES).read_to_end(&mut head)?;
    if length > HEAD_BYTES {
        file.seek(SeekFrom::Start(HEAD_BYTES.max(length.saturating_sub(TAIL_BYTES))))?;
        file.take(TAIL_BYTES).read_to_end(&mut tail)?;
    }
    Ok((head, tail))
}

fn signed(head: &[u8], tail: &[u8]) -> Option<Kind> {
    if head.starts_with(b"PK\x03\x04") {
        return Some(packed(head, tail));
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(old_office(head, tail));
    }
    if let Some(heif) = heif(head) {
        return Some(heif);
    }
    // Two letters alone are not enough: the header's length follows after twelve more bytes.
    if head.starts_with(b"BM") && head.get(14..18).is_some_and(|size| matches!(size, [12..=124, 0, 0, 0])) {
        return Some(kind("a BMP picture", "ảnh BMP", Nature::Picture));
    }
    if matches!(head, [0, 0, 1, 0, 1..=64, 0, ..]) {
        return Some(kind("an icon", "tệp biểu tượng", Nature::Picture));
    }
    BEGINNINGS.iter().find(|(bytes, _)| head.starts_with(bytes)).map(|(_, kind)| *kind)
}

/// ISO/IEC 23008-12: `ftyp` with brands, of which the first tells. Films have the same box with other brands.
fn heif(head: &[u8]) -> Option<Kind> {
    let brands = head.get(8..).filter(|_| head.get(4..8) == Some(b"ftyp"))?;
    let length = usize::try_from(u32::from_be_bytes(head.get(..4)?.try_into().ok()?)).ok()?;
    let listed = brands.get(..length.saturating_sub(8).min(brands.len()))?;
    match brands.get(..4)? {
        b"avif" | b"avis" => Some(AVIF),
        b"mif1" | b"msf1" if listed.chunks(4).any(|brand| brand == b"avif") => Some(AVIF),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => Some(HEIC),
        _ => None,
    }
}

/// A ZIP, or a document that is one inside.
fn packed(head: &[u8], tail: &[u8]) -> Kind {
    let names = |name: &[u8]| holds(head, name) || holds(tail, name);
    // OpenDocument, ISO/IEC 26300: its first file says what it is.
    let (open, oox) = (b"mimetypeapplication/vnd.oasis.opendocument.", names(b"[Content_Types].xml"));
    if let Some(at) = find(&head[..head.len().min(128)], open) {
        return match &head[at + open.len()..] {
            rest if rest.starts_with(b"text") => kind("a text document", "tài liệu văn bản", Nature::Words),
            rest if rest.starts_with(b"spreadsheet") => kind("a spreadsheet", "bảng tính", Nature::Table),
            _ => kind("a presentation", "bài trình chiếu", Nature::Slides),
        };
    }
    match () {
        () if oox && names(b"word/") => WORD,
        () if oox && names(b"xl/") => EXCEL,
        () if oox && names(b"ppt/") => SLIDES,
        () => ZIP,
    }
}

/// An OLE compound file: its streams are named in UTF-16.
fn old_office(head: &[u8], tail: &[u8]) -> Kind {
    let names = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        holds(head, &name) || holds(tail, &name)
    };
    match () {
        () if names("WordDocument") => WORD,
        () if names("Workbook") => EXCEL,
        () if names("PowerPoint Document") => SLIDES,
        () => kind("an old Office document", "tài liệu Office đời cũ", Nature::Words),
    }
}

/// What is made of words.
fn written(head: &[u8]) -> Option<Kind> {
    let text = words(head)?;
    let begins = text.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t']);
    let lower: String = begins.chars().take(4096).flat_map(char::to_lowercase).collect();
    Some(match () {
        () if lower.contains("<svg") => kind("an SVG drawing", "bản vẽ SVG", Nature::Picture),
        () if lower.starts_with("<!doctype html") || lower.contains("<html") => {
            kind("a web page", "một trang web", Nature::Page)
        }
        () if lower.starts_with("#extm3u") || lower.starts_with("[playlist]") => {
            kind("a list of sounds, not a sound", "danh sách phát, không phải âm thanh", Nature::Shortcut)
        }
        () => kind("a text file", "tệp chữ (TXT)", Nature::Words),
    })
}

/// The first words, where there is nothing but words.
fn words(head: &[u8]) -> Option<String> {
    let start = &head[..head.len().min(8192)];
    let utf16 = |from: fn([u8; 2]) -> u16| {
        let units = start[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(' ')).collect::<String>()
    };
    let text = match start {
        [0xFF, 0xFE, ..] => utf16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => utf16(u16::from_be_bytes),
        // A letter may be cut in two where the reading stopped; older codes have bytes that are no UTF-8.
        _ => String::from_utf8_lossy(start).into_owned(),
    };
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    let odd = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let is_text = !text.trim().is_empty() && !text.contains(control) && odd * 4 < text.chars().count();
    is_text.then_some(text)
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    find(bytes, part).is_some()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

impl Kind {
    /// What it is called, in English and Vietnamese.
    pub fn named(&self) -> [&'static str; 2] {
        [self.en, self.vi]
    }

    /// The sentence on a file that was named for a `role`, and what to do. `key`: of `programme.toml`, where
    /// it was named in that.
    pub fn refusal(&self, path: &str, role: Role, key: Option<&str>) -> (Text, Text) {
        let why =
            say!(en: "`{path}` is {en}", vi: "`{path}` là {vi}", path = path, en = self.en, vi = self.vi);
        (why, self.remedy(role, key))
    }

    fn remedy(&self, role: Role, key: Option<&str>) -> Text {
        match (self.nature, role) {
            (Nature::Packed, _) => {
                say!(en: "unpack it, and name the file that is in it", vi: "hãy giải nén rồi ghi tên tệp ở bên trong")
            }
            (Nature::Shortcut, _) => {
                say!(en: "copy the file itself into the folder, and name that", vi: "hãy chép chính tệp đó vào thư mục rồi ghi tên nó")
            }
            (Nature::Page, _) => say!(
                en: "open it in a browser, save what it shows as a file of its own, and name that",
                vi: "hãy mở bằng trình duyệt, lưu riêng ảnh hoặc phim trong trang rồi ghi tên tệp đó"
            ),
            (Nature::Sound | Nature::ForeignSound, Role::Sound) => {
                say!(en: "save it as MP3", vi: "hãy lưu lại thành MP3")
            }
            (Nature::Heif | Nature::Picture, Role::Sound | Role::Film) => belongs(Role::Picture, role, key),
            (Nature::Sound | Nature::ForeignSound, _) => belongs(Role::Sound, role, key),
            (Nature::ForeignFilm, Role::Film) => {
                say!(en: "save it as MP4 (H.264, AAC)", vi: "hãy lưu lại thành MP4 (H.264, AAC)")
            }
            (Nature::ForeignFilm, _) => belongs(Role::Film, role, key),
            (Nature::Words | Nature::Table | Nature::Pages | Nature::Slides, Role::Sound) => match key {
                Some(_) => say!(
                    en: "words belong under `text`; to be heard, let somebody read them, and name the recording ({SOUNDS})",
                    vi: "chữ thì ghi ở mục `text`; muốn phát thành tiếng, hãy thu âm người đọc rồi ghi tên tệp thu ({SOUNDS})"
                ),
                None => say!(
                    en: "let somebody read it, and name the recording ({SOUNDS})",
                    vi: "hãy thu âm người đọc rồi ghi tên tệp thu ({SOUNDS})"
                ),
            },
            (Nature::Heif | Nature::Picture, Role::Picture) => {
                say!(en: "open it and save it as PNG or JPG, then name that file", vi: "hãy mở ra, lưu lại thành PNG hoặc JPG rồi ghi tên tệp đó")
            }
            (Nature::Pages, Role::Picture) => say!(
                en: "save the page that is to show as PNG or JPG, and name that file",
                vi: "hãy lưu trang cần hiện thành PNG hoặc JPG rồi ghi tên tệp đó"
            ),
            (Nature::Pages, _) => say!(
                en: "save the page that is to show as PNG or JPG, and name that file under `image`",
                vi: "hãy lưu trang cần hiện thành PNG hoặc JPG rồi ghi tên tệp đó vào mục `image`"
            ),
            (Nature::Slides, Role::Film) => say!(
                en: "export it as a film (in PowerPoint: File > Export > Create a Video), and name the MP4",
                vi: "hãy xuất thành phim (trong PowerPoint: File > Export > Create a Video) rồi ghi tên tệp MP4"
            ),
            (Nature::Slides, _) => say!(
                en: "save the slide that is to show as PNG or JPG, and name that file",
                vi: "hãy lưu trang chiếu cần hiện thành PNG hoặc JPG rồi ghi tên tệp đó"
            ),
            (Nature::Table, _) => say!(
                en: "copy its rows into `text`, as | a | b |, or save it as a picture (PNG)",
                vi: "hãy chép các dòng vào `text`, dạng | a | b |, hoặc lưu thành ảnh PNG"
            ),
            (Nature::Words, _) => say!(
                en: "paste its words into `text`; a picture in it, save as JPG and name under `image`",
                vi: "hãy chép phần chữ vào `text`; ảnh trong đó thì lưu riêng thành JPG và ghi vào mục `image`"
            ),
            (Nature::Other, role) => wanted(role),
        }
    }
}

const PICTURES: &str = "JPG, PNG, WebP";
const FILMS: &str = "MP4";
const SOUNDS: &str = "MP3, M4A, OGG, WAV";

fn wanted(role: Role) -> Text {
    match role {
        Role::Picture => say!(en: "name a picture ({PICTURES})", vi: "hãy ghi tên một tệp ảnh ({PICTURES})"),
        Role::Film => say!(en: "name a film ({FILMS})", vi: "hãy ghi tên một tệp phim ({FILMS})"),
        Role::Sound => say!(en: "name a sound ({SOUNDS})", vi: "hãy ghi tên một tệp âm thanh ({SOUNDS})"),
    }
}

/// What to do with a good file in the wrong place.
fn belongs(is: Role, role: Role, key: Option<&str>) -> Text {
    let wanted = wanted(role);
    let belongs = match is {
        Role::Picture => say!(en: "pictures belong under `image`", vi: "ảnh thì ghi ở mục `image`"),
        Role::Film => say!(en: "films belong under `video`", vi: "phim thì ghi ở mục `video`"),
        Role::Sound => say!(en: "sounds belong under `audio`", vi: "âm thanh thì ghi ở mục `audio`"),
    };
    match key {
        Some("image" | "video" | "audio") => say!(
            en: "{belongs} of a [[notice]]; here {wanted}",
            vi: "{belongs_vi} của một [[notice]]; ở đây {wanted_vi}",
            belongs_vi = belongs.vi, wanted_vi = wanted.vi, belongs = belongs.en, wanted = wanted.en
        ),
        // A warning has no picture, and the header no film.
        _ => wanted,
    }
}

/// Whether a good file is what its place asks for.
///
/// # Errors
/// What it is, and where it belongs. `key`: as for [`Kind::refusal`].
pub fn suits(path: &str, probe: Probe, role: Role, key: Option<&str>) -> Result<(), (Text, Text)> {
    let (en, vi, is) = match (role, probe) {
        (Role::Picture, Probe::Picture { .. })
        | (Role::Film, Probe::Film { .. })
        | (Role::Sound, Probe::Sound { .. } | Probe::Film { has_sound: true, .. }) => return Ok(()),
        (Role::Sound, Probe::Film { .. }) => ("a film without sound", "phim không có tiếng", Role::Film),
        (_, Probe::Film { .. }) => ("a film", "một đoạn phim", Role::Film),
        (Role::Film, Probe::Sound { .. }) => {
            ("only sound, with no moving picture", "tệp chỉ có tiếng, không có hình", Role::Sound)
        }
        (_, Probe::Sound { .. }) => ("a sound", "tệp âm thanh", Role::Sound),
        (_, Probe::Picture { .. }) => ("a picture", "một bức ảnh", Role::Picture),
    };
    let why = say!(en: "`{path}` is {en}", vi: "`{path}` là {vi}", path = path, en = en, vi = vi);
    Err((why, belongs(is, role, key)))
}
