//! Text as officials paste it, made safe to sign: NFC, no hidden characters, of a length that can be read.
//!
//! Characters that turn the direction of writing are refused and not removed: in a notice they can only be
//! an accident or a trick, and either way somebody should look at the line.

use super::OldCodes;
use super::legacy;
use crate::limits;
use crate::model::programme::TextEncoding;
use crate::problem::Text;
use crate::say;
use crate::text::characters::{plain, takes_no_room, turns_direction};
use crate::toml_doc::{Said, did_you_mean};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// Whether a text may have several lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    One,
    Many,
}

/// What is wrong with a text, and the character that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub hidden: Option<char>,
    pub why: Text,
    pub remedy: Text,
}

/// In which code a text was typed, as far as its author says, and what to do where it is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed {
    pub encoding: Option<TextEncoding>,
    pub old_codes: OldCodes,
}

impl Typed {
    /// The text in Unicode. An old code that the author did not name is noted, as a mistake or a warning.
    fn in_unicode(self, said: &Said) -> Option<String> {
        let text = said.text()?;
        if let Some(encoding) = self.encoding {
            return Some(legacy::convert(text, encoding));
        }
        let Some((code, meant)) = legacy::read(text) else { return Some(text.to_owned()) };
        let why = in_old_code(said.key(), text, code, &meant);
        let word = if code == TextEncoding::Vni { "vni" } else { "tcvn3" };
        match self.old_codes {
            OldCodes::Convert => {
                let remedy = say!(
                    en: "it was converted; if it should stand as it is, write encoding = \"unicode\"",
                    vi: "đã chuyển sang Unicode; nếu muốn giữ nguyên thì ghi encoding = \"unicode\""
                );
                said.warn(why, remedy);
            }
            OldCodes::Refuse => {
                let remedy = say!(
                    en: "add encoding = \"{word}\" beside it, or publish with --convert; if it should stand as it is, write encoding = \"unicode\"",
                    vi: "hãy thêm encoding = \"{word}\" cạnh đó, hoặc phát hành với --convert; nếu muốn giữ nguyên thì ghi encoding = \"unicode\"",
                    word = word
                );
                said.refuse(why, remedy);
            }
        }
        Some(meant)
    }
}

/// What is the matter with a text that was typed in an old code.
fn in_old_code(key: &str, text: &str, code: TextEncoding, meant: &str) -> Text {
    let (old, meant) = begin_alike(text.trim(), meant.trim());
    say!(
        en: "`{key}` is typed for fonts of the old code {name}: “{old}” means “{meant}”",
        vi: "`{key}` gõ bằng phông mã cũ {name}: “{old}” nghĩa là “{meant}”",
        key = key,
        name = if code == TextEncoding::Vni { "VNI" } else { "TCVN3 (ABC)" },
        old = old,
        meant = meant
    )
}

/// How a text and what it means begin, both to the same word, lest one seem to have lost letters.
fn begin_alike(text: &str, meant: &str) -> (String, String) {
    const BEGINS: usize = 60;
    let words = |text: &str| -> Vec<String> {
        text.lines().next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    };
    let (all, all_meant) = (words(text), words(meant));
    let fits = |words: &[String]| {
        let chars = |most: usize| words[..most].iter().map(|word| word.chars().count() + 1).sum::<usize>();
        (1..=words.len()).take_while(|most| chars(*most) <= BEGINS + 1).count().max(1)
    };
    let most = fits(&all).min(fits(&all_meant));
    let begins = |words: &[String], text: &str| {
        let more = words.len() > most || text.lines().count() > 1;
        words.iter().take(most).cloned().chain(more.then(|| "…".to_owned())).collect::<Vec<_>>().join(" ")
    };
    (begins(&all, text), begins(&all_meant, meant))
}

/// What is the matter with a text in an old code, and what to do where nothing converts it.
pub fn old_code(key: &str, text: &str) -> Option<(Text, Text)> {
    let (code, meant) = legacy::read(text)?;
    let remedy = say!(
        en: "convert it to Unicode first, for example with UniKey",
        vi: "hãy chuyển sang Unicode trước, ví dụ bằng UniKey"
    );
    Some((in_old_code(key, text, code, &meant), remedy))
}

/// The text in Unicode and NFC, without space around it; `None` after noting what is wrong.
pub fn clean(said: &Said, chars_max: usize, lines: Lines, typed: Typed) -> Option<String> {
    match cleaned(said.key(), &typed.in_unicode(said)?, chars_max, lines) {
        Ok(text) => Some(text),
        Err(Fault { hidden, why, remedy }) => {
            let at = hidden.map_or(said.at(), |c| said.place(c.encode_utf8(&mut [0; 4])));
            said.document().refuse(at, why, remedy);
            None
        }
    }
}

/// The same for a text from anywhere. Empty where nothing in it can be seen.
pub fn cleaned(key: &str, text: &str, chars_max: usize, lines: Lines) -> Result<String, Fault> {
    if let Some(hidden) = text.chars().find(|c| turns_direction(*c)) {
        let why = say!(
            en: "`{key}` holds the hidden character U+{code}, which reverses what is read",
            vi: "`{key}` có ký tự ẩn U+{code} làm đảo chiều chữ",
            key = key,
            code = format!("{:04X}", u32::from(hidden))
        );
        return Err(Fault { hidden: Some(hidden), why, remedy: type_anew() });
    }
    let plain = plain(text);
    if let Some(control) = plain.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        let why = say!(
            en: "`{key}` holds the control character U+{code}",
            vi: "`{key}` có ký tự điều khiển U+{code}",
            key = key,
            code = format!("{:04X}", u32::from(control))
        );
        let remedy = say!(en: "delete it", vi: "hãy xóa ký tự đó");
        return Err(Fault { hidden: Some(control), why, remedy });
    }
    let composed: String = match lines {
        Lines::Many => plain.trim_matches(['\n', ' ']).trim_end().to_owned(),
        Lines::One => plain.trim().replace(['\n', '\t'], " "),
    };
    let chars = composed.chars().count();
    if chars > chars_max {
        let why = say!(
            en: "`{key}` is {chars} characters long",
            vi: "`{key}` dài {chars} ký tự",
            key = key,
            chars = chars
        );
        let remedy = say!(
            en: "shorten it to at most {chars_max}",
            vi: "hãy rút còn nhiều nhất {chars_max}",
            chars_max = chars_max
        );
        return Err(Fault { hidden: None, why, remedy });
    }
    if let Some(piled) = piled(&composed) {
        let why = say!(
            en: "`{key}` holds several characters in a row that cannot be seen or stand over one letter, U+{code} among them",
            vi: "`{key}` có nhiều ký tự ẩn hoặc dấu chồng lên một chữ, như U+{code}",
            key = key,
            code = format!("{:04X}", u32::from(piled))
        );
        return Err(Fault { hidden: Some(piled), why, remedy: type_anew() });
    }
    if let Some(nowhere) = composed.chars().find(|c| is_in_no_font(*c)) {
        let why = say!(
            en: "`{key}` holds U+{code}, a character without a meaning of its own, which a board shows as an empty box",
            vi: "`{key}` có ký tự U+{code} không có nghĩa chung, bảng tin chỉ hiện ô vuông trống",
            key = key,
            code = format!("{:04X}", u32::from(nowhere))
        );
        return Err(Fault { hidden: Some(nowhere), why, remedy: type_anew() });
    }
    let unseen = |c: char| c.is_whitespace() || takes_no_room(c) || is_combining_mark(c);
    Ok(if composed.chars().all(unseen) { String::new() } else { composed })
}

/// Private use (what old fonts for Thái and Mông put their letters at), noncharacters, and numbers not given to any
/// character: Unicode's script property is "Unknown" for all of them.
fn is_in_no_font(c: char) -> bool {
    u32::from(c) > 0x2FF && c.script() == Script::Unknown
}

fn type_anew() -> Text {
    say!(en: "type the text anew instead of pasting it", vi: "hãy gõ lại đoạn chữ này, không dán")
}

/// The first character that no writing needs there: one too many in a row that takes no room, or on a letter.
fn piled(text: &str) -> Option<char> {
    let (mut unseen, mut marks) = (0, 0);
    text.chars().find(|&c| {
        unseen = if takes_no_room(c) { unseen + 1 } else { 0 };
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        unseen > limits::UNSEEN_RUN_MAX || marks > limits::MARKS_MAX
    })
}

/// Letters without their marks, small: "Hà Nội" as "ha noi".
pub fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfd().filter(|c| !is_combining_mark(*c)).map(|c| match c {
        'đ' | 'Đ' => 'd',
        c => c.to_ascii_lowercase(),
    })
}

/// An identifier from a title: "Lịch tiêm chủng" becomes `lich-tiem-chung`. One with no Latin letter gets a
/// digest.
pub fn slug(title: &str) -> String {
    const SLUG_BYTES_MAX: usize = 60;
    let mut slug = String::new();
    for c in folded(title) {
        match c {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let whole = slug.trim_matches('-');
    let cut = match whole.len() > SLUG_BYTES_MAX {
        true => whole[..SLUG_BYTES_MAX].rsplit_once('-').map_or(&whole[..SLUG_BYTES_MAX], |(words, _)| words),
        false => whole,
    };
    if cut.bytes().any(|b| b.is_ascii_alphabetic()) {
        return cut.trim_end_matches('-').to_owned();
    }
    let digest = hex::encode(Sha256::digest(title.as_bytes()));
    format!("tin-{}", &digest[..8])
}

/// An identifier as written: it goes into file names, logs and status.
pub fn identifier(said: &Said) -> Option<String> {
    const ID_BYTES_MAX: usize = 100;
    let id = said.text()?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    let fine = id.bytes().all(plain)
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.len() <= ID_BYTES_MAX;
    if fine {
        return Some(id.to_owned());
    }
    let why = say!(
        en: "`{id}` cannot be an id: it has only a-z, 0-9, `-`, `_` and `.`, at most {most}",
        vi: "`{id}` không dùng làm id được: chỉ gồm a-z, 0-9, `-`, `_` và `.`, nhiều nhất {most} ký tự",
        id = id,
        most = ID_BYTES_MAX
    );
    let slug = slug(id);
    said.refuse(why, say!(en: "write `{slug}`", vi: "hãy viết `{slug}`", slug = slug));
    None
}

/// What a language tag turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Language {
    /// Well formed and of a language that boards here meet; in its usual case.
    Known(String),
    /// Well formed; why and what to check.
    Unfamiliar(String, Text, Text),
    /// Not a tag: why and what to do.
    Malformed(Text, Text),
}

/// Languages that boards in Viet Nam's mountains meet (ISO 639), and what is often written for them.
static LANGUAGES: [(&str, &[&str]); 27] = [
    ("vi", &["vn", "vie", "viet", "kinh"]),
    ("hmn", &["mong", "hmong", "meo"]),
    ("mww", &[]),
    ("hnj", &[]),
    ("blt", &["thai", "tai", "thai-den"]),
    ("twh", &["thai-trang"]),
    ("tyj", &[]),
    ("tyz", &["tay"]),
    ("nut", &["nung"]),
    ("ium", &["dao", "yao", "mien"]),
    ("mji", &[]),
    ("mtq", &["muong"]),
    ("kjg", &["khmu", "kho-mu"]),
    ("lhu", &["la-hu"]),
    ("hni", &["ha-nhi"]),
    ("jra", &["gia-rai"]),
    ("rad", &["e-de", "ede"]),
    ("bdq", &["ba-na"]),
    ("sed", &["xo-dang"]),
    ("en", &["eng", "uk", "us"]),
    ("fr", &[]),
    ("zh", &["cn", "chinese"]),
    ("lo", &["lao", "la"]),
    ("th", &[]),
    ("km", &["khmer", "kh"]),
    ("ko", &["kr"]),
    ("ja", &["jp"]),
];

/// Checks the shape of a BCP 47 tag (RFC 5646, 2.1; grandfathered and private tags aside).
pub fn language(tag: &str) -> Language {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default().to_ascii_lowercase();
    let well_formed = tag.len() <= 35
        && matches!(primary.len(), 2..=3 | 5..=8)
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags
            .clone()
            .all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()));
    let meant = |word: &str| LANGUAGES.iter().find(|(_, said)| said.contains(&word)).map(|(code, _)| *code);
    let suggestion = meant(&tag.to_ascii_lowercase()).or_else(|| meant(&primary));
    let remedy = match suggestion {
        Some(code) => did_you_mean(code),
        None => say!(
            en: "write a tag such as vi, hmn (Mông), blt (Thái), ium (Dao) or en",
            vi: "hãy viết mã như vi, hmn (Mông), blt (Thái), ium (Dao) hoặc en"
        ),
    };
    if !well_formed {
        let why = say!(
            en: "`{tag}` is not a language tag",
            vi: "`{tag}` không phải là mã ngôn ngữ",
            tag = tag
        );
        return Language::Malformed(why, remedy);
    }
    let mut usual = primary.clone();
    for subtag in subtags {
        let alphabetic = subtag.bytes().all(|b| b.is_ascii_alphabetic());
        let lower = subtag.to_ascii_lowercase();
        usual.push('-');
        match (subtag.len(), alphabetic) {
            (2, true) => usual.push_str(&subtag.to_ascii_uppercase()),
            (4, true) => {
                usual.push_str(&lower[..1].to_ascii_uppercase());
                usual.push_str(&lower[1..]);
            }
            _ => usual.push_str(&lower),
        }
    }
    if LANGUAGES.iter().any(|(code, _)| *code == primary) {
        return Language::Known(usual);
    }
    let why = say!(
        en: "`{tag}` is a language that boards here seldom show",
        vi: "`{tag}` là mã ngôn ngữ ít gặp ở đây",
        tag = tag
    );
    Language::Unfamiliar(usual, why, remedy)
}

/// Only its beginning is missing for it to be an address: what has another scheme or a user's name must not get it.
fn looks_like_a_host(link: &str) -> bool {
    let host = link.split(['/', '?', '#']).next().unwrap_or_default();
    host.contains('.') && host.split('.').all(|part| !part.is_empty() && !part.contains([':', '@']))
}

/// An address that a phone can open from a QR code.
pub fn link(said: &Said) -> Option<String> {
    let link = said.text()?.trim();
    let refuse = |why: Text, remedy: Text| {
        said.refuse(why, remedy);
        None
    };
    if link.len() > limits::LINK_BYTES_MAX {
        return refuse(
            say!(
                en: "the link is {bytes} bytes long, too long for a QR code that a phone can read",
                vi: "liên kết dài {bytes} byte, mã QR sẽ quá dày để điện thoại đọc",
                bytes = link.len()
            ),
            say!(
                en: "use a shorter one, at most {most}",
                vi: "hãy dùng liên kết ngắn hơn, nhiều nhất {most}",
                most = limits::LINK_BYTES_MAX
            ),
        );
    }
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| {
        let head = link.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &link[scheme.len()..])
    });
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let hidden = link.chars().any(|c| c.is_whitespace() || c.is_control() || turns_direction(c));
    // What stands before an @ looks like the host and is not.
    if host.is_empty() || host.contains('@') || hidden {
        let why = match link {
            "" => say!(en: "the link is empty", vi: "liên kết để trống"),
            _ => {
                say!(en: "`{link}` is not a web address", vi: "`{link}` không phải là địa chỉ web", link = link)
            }
        };
        let bare = rest.is_none() && !hidden && looks_like_a_host(link);
        let remedy = if bare {
            say!(en: "write it as https://{link}", vi: "hãy viết dạng https://{link}", link = link)
        } else {
            say!(en: "write an address that begins with https:// or http://, such as https://binhlu.example/lich, or delete the line",
                 vi: "hãy viết địa chỉ bắt đầu bằng https:// hoặc http://, ví dụ https://binhlu.example/lich, hoặc xóa dòng này")
        };
        return refuse(why, remedy);
    }
    Some(link.to_owned())
}
