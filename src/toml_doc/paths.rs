//! Names of files as people write them who come from Windows.

use super::saved::is_unseen;
use super::{Said, write_as};
use crate::problem::Text;
use crate::say;

/// The file name that was meant: what a backslash between plain quotation marks made of it, nobody meant.
pub fn named_in<'d>(said: &Said<'d>) -> Option<&'d str> {
    let text = said.text()?;
    let raw = said.written();
    let inside =
        raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).filter(|_| !raw.starts_with("\"\"\""));
    let escapes = |inside: &&str| {
        let mut rest = inside.split('\\').skip(1);
        rest.any(|after| after.starts_with(|c: char| c.is_alphanumeric() && !matches!(c, 'u' | 'U')))
    };
    Some(inside.filter(escapes).unwrap_or(text))
}

/// A path as Windows writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfWindows {
    /// It begins with a drive, or the name of another computer: as it was typed, and the name at its end.
    Elsewhere(String, String),
    /// It is only written with `\`: as it was typed, and as it should be.
    Backslashes(String, String),
}

impl OfWindows {
    pub fn read(written: &str) -> Option<OfWindows> {
        // Its properties' window puts a mark of direction before what is copied from it.
        let path = written.trim_matches(|c: char| is_unseen(c) || c.is_whitespace());
        let has_drive =
            path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic());
        // The address of a server is no path, whichever way its slashes lean.
        if path.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) && path.contains(":\\") {
            return None;
        }
        let path = path.strip_prefix("file:///").unwrap_or(path);
        let parts: Vec<&str> = path.split(['\\', '/']).filter(|part| !matches!(*part, "" | ".")).collect();
        let name = parts.last().copied().filter(|name| !name.ends_with(':'))?;
        if has_drive || path.starts_with("\\\\") {
            return Some(OfWindows::Elsewhere(path.to_owned(), name.to_owned()));
        }
        let within = path.contains('\\') && !parts.contains(&"..");
        within.then(|| OfWindows::Backslashes(path.to_owned(), parts.join("/")))
    }

    /// What to say of it. `elsewhere`: of the one that leads to another computer.
    pub fn told(&self, key: &str, elsewhere: impl FnOnce(&str, &str) -> (Text, Text)) -> (Text, Text) {
        match self {
            OfWindows::Elsewhere(path, name) => elsewhere(path, name),
            OfWindows::Backslashes(path, right) => (
                say!(en: "`{path}` is written with `\\`", vi: "`{path}` viết bằng dấu `\\`"),
                write_as(key, &format!("\"{right}\"")),
            ),
        }
    }
}

/// What to do about a file that is named where it lies on another computer.
pub fn copy_here(key: &str, name: &str) -> Text {
    say!(
        en: "copy the file into the folder and write {key} = \"{name}\"",
        vi: "hãy chép tệp vào thư mục rồi viết {key} = \"{name}\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_shares_and_backslashes_are_told_apart_and_addresses_are_none_of_them() {
        let elsewhere = |path: &str, name: &str| Some(OfWindows::Elsewhere(path.into(), name.into()));
        let read = OfWindows::read;
        assert_eq!(read("C:\\a\\b.jpg"), elsewhere("C:\\a\\b.jpg", "b.jpg"));
        assert_eq!(read("\u{202A}D:/b.jpg "), elsewhere("D:/b.jpg", "b.jpg"));
        assert_eq!(read("\\\\may-chu\\b.jpg"), elsewhere("\\\\may-chu\\b.jpg", "b.jpg"));
        assert_eq!(read("a\\b.jpg"), Some(OfWindows::Backslashes("a\\b.jpg".into(), "a/b.jpg".into())));
        for plain in ["", "a/b.jpg", "..\\b.jpg", "https://a.vn/b.jpg", "https:\\\\a.vn\\b.jpg", "/var/lib"] {
            assert_eq!(read(plain), None, "{plain}");
        }
    }
}
