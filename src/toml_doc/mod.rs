//! A TOML file that people wrote, read key by key so that every mistake can be told with its line.
//!
//! `serde` stops at the first mistake and forgets lines inside flattened tables. Here a reader asks a
//! [`Section`] for the keys it knows; every answer carries its place, every wrong one is noted and reading
//! goes on, and [`Section::finish`] notes the keys that nobody asked for, with the nearest one that was. So
//! there is one list of known keys, the reader itself.
//!
//! Findings gather in the [`Document`] and come out in the order of the file. A file that is not TOML gives
//! its first few syntax errors and no table at all: what a repaired guess would say next is noise.

mod section;

use crate::problem::{Outcome, Problem, Text};
use crate::say;
pub use section::{Said, Section};
use std::cell::RefCell;
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toml::de::DeTable;

/// Syntax errors after the first few are mostly its echo.
const SYNTAX_ERRORS_MAX: usize = 10;

/// Reads a text file of at most `bytes_max`, for which `name` stands in messages. A byte order mark is
/// dropped.
///
/// # Errors
///
/// It is not a readable regular file, is longer, is not UTF-8, or holds NUL bytes.
pub fn read_text(path: &Path, name: &str, bytes_max: u64) -> Outcome<String> {
    let refuse = |why, remedy| Err(Problem::new(name, why, remedy));
    let unreadable = |error: std::io::Error| {
        let check = say!(
            en: "check that the file exists and that this user may read it",
            vi: "hãy kiểm tra tệp có tồn tại và người dùng này có quyền đọc"
        );
        Problem::new(
            name,
            say!(en: "cannot read it: {error}", vi: "không đọc được: {error}", error = error),
            check,
        )
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return refuse(
            say!(en: "it is not an ordinary file", vi: "đây không phải là tệp thông thường"),
            say!(en: "put a text file there", vi: "hãy đặt một tệp văn bản vào đó"),
        );
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(unreadable)?;
    file.by_ref().take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > bytes_max {
        return refuse(
            say!(
                en: "it is longer than {mebibytes} MiB",
                vi: "tệp dài hơn {mebibytes} MiB",
                mebibytes = bytes_max >> 20
            ),
            say!(
                en: "keep only the text in it; pictures, films and sounds are files beside it",
                vi: "chỉ để phần chữ trong tệp này; ảnh, phim và âm thanh là các tệp bên cạnh"
            ),
        );
    }
    text_of(&bytes, name).map(str::to_owned)
}

/// The text of a file that people wrote, without its byte order mark.
///
/// # Errors
///
/// It is not UTF-8, or holds NUL bytes.
pub fn text_of<'b>(bytes: &'b [u8], name: &str) -> Outcome<&'b str> {
    let save_as = say!(
        en: "save it as plain text in UTF-8",
        vi: "hãy lưu tệp dưới dạng văn bản thuần, mã UTF-8"
    );
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        let why = say!(en: "it is UTF-16 text", vi: "tệp dùng mã UTF-16");
        return Err(Problem::new(name, why, save_as));
    }
    let line_of = |offset: usize| 1 + bytes[..offset].iter().filter(|byte| **byte == b'\n').count();
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        let why = say!(en: "there is a NUL byte", vi: "có byte NUL");
        return Err(Problem::new(format!("{name}:{}", line_of(offset)), why, save_as));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
        Err(error) => {
            let why = say!(en: "the text is not UTF-8", vi: "chữ không phải mã UTF-8");
            Err(Problem::new(format!("{name}:{}", line_of(error.valid_up_to())), why, save_as))
        }
    }
}

/// The word of `known` that is most like `word`, if any is alike at all.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE_MIN: f64 = 0.5;
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::normalized_damerau_levenshtein(&word, &known.to_lowercase()), known))
        .filter(|(alike, _)| *alike >= ALIKE_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// What to say of a key that nobody knows there.
pub fn unknown_key(unknown: &str, known: &[&str]) -> (Text, Text) {
    let remedy = match nearest(unknown, known.iter().copied()) {
        Some(near) => say!(en: "did you mean `{near}`?", vi: "có phải ý là `{near}`?", near = near),
        None => say!(
            en: "delete it; known here: {known}",
            vi: "hãy xóa nó; ở đây chỉ dùng được: {known}",
            known = known.join(", ")
        ),
    };
    (say!(en: "unknown key `{unknown}`", vi: "không có mục `{unknown}`", unknown = unknown), remedy)
}

/// What to say of a number that a key does not take.
pub fn out_of_range(key: &str, number: &dyn std::fmt::Display, least: &str, most: &str) -> (Text, Text) {
    let why = say!(
        en: "`{key}` cannot be {number}",
        vi: "`{key}` không thể là {number}",
        key = key,
        number = number
    );
    let remedy = say!(
        en: "write a number from {least} to {most}",
        vi: "hãy viết một số từ {least} đến {most}",
        least = least,
        most = most
    );
    (why, remedy)
}

/// What to say of a word that is none of those that a key takes.
pub fn unknown_word(key: &str, word: &str, known: &[&str]) -> (Text, Text) {
    let why = say!(
        en: "`{key}` knows no `{word}`",
        vi: "`{key}` không có giá trị `{word}`",
        key = key,
        word = word
    );
    let all = known.join(", ");
    let remedy = match nearest(word, known.iter().copied()) {
        Some(near) => say!(
            en: "did you mean `{near}`? There are: {all}",
            vi: "có phải ý là `{near}`? Có thể dùng: {all}",
            near = near,
            all = all
        ),
        None => say!(en: "choose one of: {all}", vi: "hãy chọn một trong: {all}", all = all),
    };
    (why, remedy)
}

/// A file's text, and what was found wrong with it so far.
#[derive(Debug)]
pub struct Document<'t> {
    file: &'t str,
    text: &'t str,
    /// Byte offsets at which lines start.
    lines: Vec<usize>,
    findings: RefCell<Findings>,
    /// By table as it is written, the whole file's being "": the keys that it knows.
    known: RefCell<Vec<(String, Vec<&'static str>)>>,
    unknown: RefCell<Vec<Unknown>>,
    /// The keys that stand above all tables, and the tables' names.
    at_top: RefCell<HashSet<String>>,
}

/// A key that its table does not know. Where else it may belong is known only when the whole file was read.
#[derive(Debug)]
struct Unknown {
    at: usize,
    key: String,
    /// The table that it stands in, where that has a name of its own.
    table: Option<String>,
    known: Vec<&'static str>,
    /// The file has it where it belongs, too.
    is_at_top: bool,
}

#[derive(Debug, Default)]
struct Findings {
    problems: Vec<(usize, Problem)>,
    warnings: Vec<(usize, Problem)>,
}

impl<'t> Document<'t> {
    /// `file` is its name in messages.
    pub fn new(file: &'t str, text: &'t str) -> Document<'t> {
        let starts =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Document {
            file,
            text,
            lines,
            findings: RefCell::default(),
            known: RefCell::default(),
            unknown: RefCell::default(),
            at_top: RefCell::default(),
        }
    }

    /// The whole as a table, or `None` after noting the syntax errors.
    pub fn parse(&self) -> Option<DeTable<'t>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        let mut last_line = 0;
        let mut told = 0;
        for error in &errors {
            let at = error.span().map_or(self.text.len(), |span| span.start);
            if self.line(at) == last_line || told == SYNTAX_ERRORS_MAX {
                continue;
            }
            (last_line, told) = (self.line(at), told + 1);
            let (why, remedy) = syntax(error.message(), self.text_of_line(last_line));
            self.refuse(at, why, remedy);
        }
        errors.is_empty().then(|| root.into_inner())
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at)
    }

    /// `file:12`, for a byte offset.
    pub fn subject(&self, at: usize) -> String {
        format!("{}:{}", self.file, self.line(at))
    }

    pub fn refuse(&self, at: usize, why: Text, remedy: Text) {
        self.note(at, Problem::new(self.subject(at), why, remedy));
    }

    /// Notes a problem that was found elsewhere, at its place in this file.
    pub fn note(&self, at: usize, problem: Problem) {
        self.findings.borrow_mut().problems.push((self.line(at), problem));
    }

    /// Notes what is worth a look and refuses nothing.
    pub fn warn(&self, at: usize, why: Text, remedy: Text) {
        let warning = Problem::new(self.subject(at), why, remedy);
        self.findings.borrow_mut().warnings.push((self.line(at), warning));
    }

    /// The problems and the warnings, each in the order of the file.
    pub fn finish(self) -> (Vec<Problem>, Vec<Problem>) {
        let known = self.known.take();
        for unknown in self.unknown.take() {
            let (why, usual) = unknown_key(&unknown.key, &unknown.known);
            self.refuse(unknown.at, why, misplaced(&unknown, &known).unwrap_or(usual));
        }
        let Findings { problems, warnings } = self.findings.into_inner();
        let in_order = |mut found: Vec<(usize, Problem)>| {
            found.sort_by_key(|(line, _)| *line);
            found.into_iter().map(|(_, problem)| problem).collect()
        };
        (in_order(problems), in_order(warnings))
    }

    fn text_of_line(&self, line: usize) -> &'t str {
        self.text.lines().nth(line.saturating_sub(1)).unwrap_or("")
    }
}

/// What to do with a key that stands in the wrong table. In TOML a line belongs to the table above it, and nobody who
/// adds a line at the end of a file knows that.
fn misplaced(unknown: &Unknown, known: &[(String, Vec<&'static str>)]) -> Option<Text> {
    let key = &unknown.key;
    let mut homes =
        known.iter().filter(|(_, keys)| keys.contains(&key.as_str())).map(|(table, _)| table.as_str());
    let own = unknown.table.as_deref();
    if homes.clone().any(str::is_empty) {
        return (own != Some("") && !unknown.is_at_top).then(|| {
            say!(
                en: "move this line up, above the first line in square brackets: there it is for the whole file",
                vi: "hãy chuyển dòng này lên trên dòng đầu tiên có dấu ngoặc vuông: ở đó nó có hiệu lực cho cả tệp"
            )
        });
    }
    // One of several tables of a kind has its own words; a line in it that another kind knows is a slip of its own.
    let home = homes.find(|_| own.is_some_and(|own| !own.starts_with("[[")))?;
    Some(
        say!(en: "move this line below `{home}`", vi: "hãy chuyển dòng này xuống dưới `{home}`", home = home),
    )
}

/// What a syntax error means to somebody who has never heard of TOML.
fn syntax(message: &str, line: &str) -> (Text, Text) {
    if line.contains(['“', '”', '‘', '’']) {
        return (
            say!(en: "there are curly quotation marks", vi: "có dấu ngoặc kép cong"),
            say!(en: "use straight ones: \"…\"", vi: "hãy dùng dấu ngoặc kép thẳng: \"…\""),
        );
    }
    if message.contains("duplicate key") {
        return (
            say!(en: "the same key or table is there twice", vi: "một mục hoặc một bảng bị viết hai lần"),
            say!(
                en: "delete one of the two; a list of notices has `[[notice]]` in double brackets",
                vi: "hãy xóa một trong hai; mỗi tin bắt đầu bằng `[[notice]]` với hai dấu ngoặc vuông"
            ),
        );
    }
    if message.contains("quote") || value_is_bare(line) {
        return (
            say!(en: "a text lacks its quotation marks", vi: "phần chữ thiếu dấu ngoặc kép"),
            say!(
                en: "write it between two of them: title = \"…\"; a text of several lines between two \"\"\"",
                vi: "hãy viết giữa hai dấu ngoặc kép: title = \"…\"; chữ nhiều dòng thì giữa hai dấu \"\"\""
            ),
        );
    }
    if message.contains("unclosed") || message.contains("missing comma") {
        return (
            say!(en: "a bracket or a comma is missing", vi: "thiếu dấu ngoặc hoặc dấu phẩy"),
            say!(
                en: "close what was opened, and put commas in lists: [\"mon\", \"thu\"]",
                vi: "hãy đóng dấu ngoặc đã mở và ngăn danh sách bằng dấu phẩy: [\"mon\", \"thu\"]"
            ),
        );
    }
    (
        say!(en: "this line cannot be understood ({message})", vi: "không hiểu được dòng này ({message})", message = message),
        say!(
            en: "write one `key = value` a line, and texts between quotation marks",
            vi: "hãy viết mỗi dòng một mục dạng `key = value`, phần chữ đặt trong dấu ngoặc kép"
        ),
    )
}

/// `title = Xã Bình Lư`.
fn value_is_bare(line: &str) -> bool {
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    value.starts_with(char::is_alphabetic) && !["true", "false", "inf", "nan"].contains(&value)
}

#[cfg(test)]
mod tests {
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
                "x.toml:1: `title` is a whole number, not a text; write `title = \"…\"`",
                "x.toml:2: `seconds` cannot be 2; write a number from 3 to 60",
                "x.toml:3: `notice` needs double brackets: there may be several; write `[[notice]]`",
            ],
        );
        check(
            "[[notice]]\ndays = 'mon'\n[[notice]]\ndays = [1]",
            &[
                "x.toml:2: `days` is a text, not a list; write `days = [\"…\", \"…\"]`",
                "x.toml:4: `days` is a whole number, not a text; write `days = [\"…\"]`",
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
            assert!(doc.parse().is_none());
            let (problems, _) = doc.finish();
            assert_eq!(problems[0].subject, line, "{text}");
            let said = problems[0].line(crate::problem::Speech::English);
            assert!(said.contains(word), "{text} gave {said}");
        }
    }

    #[test]
    fn a_file_that_is_not_utf8_text_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        let cases: [(&[u8], &str); 4] = [
            (b"title = 'a'\nx = '\xE1'", "x.toml:2"),
            (b"\xFF\xFEt\0", "x.toml"),
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
}
