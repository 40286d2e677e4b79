//! The text of a file as editors leave it: other codes, marks at its start, spaces that only look like one.
//!
//! Notepad saves as UTF-16 where somebody chose "Unicode"; text from the web and from Word brings no-break spaces and
//! characters that cannot be seen. Outside of texts none of them means anything, and nobody could find what is wrong.
//! Inside they stay: what a text may hold is for its reader to say.

use crate::problem::{Outcome, Problem, Text};
use crate::say;
use std::borrow::Cow;

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved<'b> {
    pub text: Cow<'b, str>,
    /// It was in UTF-16, which most other programs cannot read.
    pub utf16: bool,
}

impl Saved<'_> {
    /// What to say of a file in a code that was read all the same. `name` is the file's.
    pub fn warning(&self, name: &str) -> Option<Problem> {
        let why = say!(
            en: "it was saved as UTF-16; it was read all the same",
            vi: "tệp được lưu bằng mã UTF-16; vẫn đọc được"
        );
        self.utf16.then(|| Problem::new(name, why, save_as_utf8()))
    }

    /// The same as TOML can be parsed from, line by line where it was.
    pub fn for_toml(self) -> Self {
        let text = match self.text {
            Cow::Borrowed(text) => plain(text),
            Cow::Owned(text) => Cow::Owned(plain(&text).into_owned()),
        };
        Saved { text, ..self }
    }
}

fn save_as_utf8() -> Text {
    say!(
        en: "save it as plain text in UTF-8 (in Notepad: Save as, Encoding: UTF-8)",
        vi: "hãy lưu tệp dưới dạng văn bản thuần, mã UTF-8 (trong Notepad: Save as, ô Encoding chọn UTF-8)"
    )
}

/// Reads UTF-8, or UTF-16 that begins with its byte order mark. The mark is dropped.
///
/// # Errors
///
/// It is neither, or holds NUL.
pub fn read<'b>(bytes: &'b [u8], name: &str) -> Outcome<Saved<'b>> {
    let refuse = |line: usize, why| Err(Problem::new(format!("{name}:{line}"), why, save_as_utf8()));
    let wide = match bytes {
        [0xFF, 0xFE, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xFE, 0xFF, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    let text = match wide {
        Some((wide, unit)) => {
            let (pairs, odd) = wide.as_chunks::<2>();
            let units = pairs.iter().map(|pair| unit(*pair));
            let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\0')).collect();
            Cow::Owned(if odd.is_empty() { text } else { text + "\0" })
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
            Err(error) if !bytes[..error.valid_up_to()].contains(&0) => {
                let why = say!(
                    en: "the text is not UTF-8; it may be in an old code such as Windows-1258",
                    vi: "chữ không phải mã UTF-8; có thể là bảng mã cũ như Windows-1258"
                );
                return refuse(line_of(&bytes[..error.valid_up_to()]), why);
            }
            Err(error) => String::from_utf8_lossy(&bytes[..error.valid_up_to()]),
        },
    };
    match text.find('\0') {
        None => Ok(Saved { text, utf16: wide.is_some() }),
        // Every second byte of plain letters in UTF-16 is one.
        Some(at) => {
            let why = say!(
                en: "there is a NUL byte: it is not plain text in UTF-8",
                vi: "có byte NUL: đây không phải là văn bản thuần mã UTF-8"
            );
            refuse(line_of(&text.as_bytes()[..at]), why)
        }
    }
}

/// The line after these bytes, as an editor counts: a carriage return alone ends one, too.
fn line_of(before: &[u8]) -> usize {
    let ends = |at: usize| match before[at] {
        b'\n' => true,
        b'\r' => before.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    1 + (0..before.len()).filter(|at| ends(*at)).count()
}

/// What is inside a text in quotation marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Comment,
    /// The mark that ends it; the flag: three of them do.
    Quotes(char, bool),
}

/// The text with plain spaces around keys and values, without what cannot be seen there, and with line ends that TOML
/// knows.
fn plain(text: &str) -> Cow<'_, str> {
    let odd = |(at, c): (usize, char)| match c {
        '\r' => !text[at + 1..].starts_with('\n'),
        c => is_space(c) || is_unseen(c),
    };
    if !text.char_indices().any(odd) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut within = Within::Nothing;
    let mut escaped = false;
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        if c == '\r' || c == '\n' {
            plain.push(if c == '\r' && !rest[1..].starts_with('\n') { '\n' } else { c });
            within = match within {
                Within::Quotes(_, true) => within,
                _ => Within::Nothing,
            };
            escaped = false;
            continue;
        }
        // Files that were put together have one in their midst, inside a long text as well.
        if c == '\u{FEFF}' && (plain.is_empty() || plain.ends_with('\n')) {
            continue;
        }
        match within {
            Within::Nothing if is_space(c) => {
                plain.push(' ');
                continue;
            }
            Within::Nothing if is_unseen(c) => continue,
            _ => plain.push(c),
        }
        if skip > 0 {
            skip -= 1;
            continue;
        }
        within = match (within, c) {
            (Within::Nothing, '#') => Within::Comment,
            (Within::Nothing, '"' | '\'') => {
                let three = rest.starts_with(&c.to_string().repeat(3));
                skip = if three { 2 } else { 0 };
                Within::Quotes(c, three)
            }
            (Within::Quotes('"', _), '\\') => {
                escaped = !escaped;
                continue;
            }
            (Within::Quotes(mark, three), c) if c == mark && !escaped => {
                if !three {
                    Within::Nothing
                } else if rest.starts_with(&c.to_string().repeat(3)) {
                    skip = 2;
                    Within::Nothing
                } else {
                    within
                }
            }
            _ => within,
        };
        escaped = false;
    }
    Cow::Owned(plain)
}

/// White space that TOML does not take for any: Unicode's `White_Space`, but for what ends a line.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// What takes no room: zero-width spaces and joiners, soft hyphens, marks of order and of direction.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toml(bytes: &[u8]) -> Saved<'_> {
        read(bytes, "x.toml").unwrap().for_toml()
    }

    #[test]
    fn spaces_that_only_look_like_one_are_plain_around_keys_and_stay_in_texts() {
        for space in ["\u{A0}", "\u{202F}", "\u{2009}", "\u{3000}", "\u{2003}"] {
            let text = format!("{space}title{space}={space}\"a{space}b\"{space}# c\n[[notice]]{space}");
            let expected = format!(" title = \"a{space}b\" # c\n[[notice]] ");
            assert_eq!(toml(text.as_bytes()).text, expected);
        }
        for unseen in ["\u{200B}", "\u{2060}", "\u{FEFF}", "\u{202A}"] {
            let text = format!("a = 1\n{unseen}ti{unseen}tle = 'a{unseen}b'{unseen}\n");
            assert_eq!(toml(text.as_bytes()).text, format!("a = 1\ntitle = 'a{unseen}b'\n"));
        }
    }

    #[test]
    fn texts_of_several_lines_keep_what_they_hold() {
        let text = "a = \"\"\"một\u{A0}\"hai\\\"\"\"\u{A0}\n\u{A0}ba\"\"\"\u{A0}\nb\u{A0}= '''\u{A0}'''";
        let expected = "a = \"\"\"một\u{A0}\"hai\\\"\"\"\u{A0}\n\u{A0}ba\"\"\" \nb = '''\u{A0}'''";
        assert_eq!(toml(text.as_bytes()).text, expected);
    }

    #[test]
    fn a_mark_at_the_start_of_any_line_and_lone_carriage_returns_are_taken() {
        assert_eq!(toml("\u{FEFF}a = 1\r\n\u{FEFF}b = 2".as_bytes()).text, "a = 1\r\nb = 2");
        assert_eq!(toml(b"a = 1\rb = '''\rc'''\r\n").text, "a = 1\nb = '''\nc'''\r\n");
        assert!(matches!(toml("tiêu = \"Họp\"\r\n".as_bytes()).text, Cow::Borrowed(_)), "nothing to do");
    }

    #[test]
    fn utf_16_is_read_and_told() {
        let text = "title = \"Họp dân 😀\"\r\n";
        let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
        };
        for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            let saved = toml(&bytes);
            assert_eq!((&*saved.text, saved.utf16), (text, true));
            let said = saved.warning("x.toml").unwrap().line(crate::problem::Speech::English);
            assert!(said.starts_with("x.toml: it was saved as UTF-16; it was read all the same"), "{said}");
            assert!(read(&bytes[..bytes.len() - 1], "x.toml").is_err(), "half a character");
        }
        assert!(toml(text.as_bytes()).warning("x.toml").is_none());
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let cases: [(&[u8], &str, &str); 5] = [
            (b"title = 'a'\nx = '\xE1'", "x.toml:2", "Windows-1258"),
            (b"a\r\rb\xE1", "x.toml:3", "Windows-1258"),
            (b"\xFF\xFEt\0\0\0", "x.toml:1", "NUL"),
            (b"a\n\nb\0\xE1", "x.toml:3", "NUL"),
            (b"t\0i\0", "x.toml:1", "NUL"),
        ];
        for (bytes, subject, word) in cases {
            let problem = read(bytes, "x.toml").unwrap_err();
            assert_eq!(problem.subject, subject);
            assert!(problem.why.vi.contains(word) && problem.remedy.vi.contains("UTF-8"), "{problem:?}");
        }
    }
}
