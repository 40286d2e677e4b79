//! A TOML file that people wrote, read key by key so that every mistake can be told with its line.
//!
//! `serde` stops at the first mistake and forgets lines inside flattened tables. Here a reader asks a
//! [`Section`] for the keys it knows; every answer carries its place, every wrong one is noted and reading
//! goes on, and [`Section::finish`] notes the keys that nobody asked for, with the nearest one that was. So
//! there is one list of known keys, the reader itself.
//!
//! Findings gather in the [`Document`] and come out in the order of the file. A file that is not TOML is mended
//! statement by statement (`syntax.rs`) and read on, so that one reading tells of all that is wrong: a mistake in the
//! form of a line is told only where the reader finds nothing better to say of it.

mod lines;
pub mod meant;
pub mod paths;
pub mod saved;
mod section;
mod syntax;
#[cfg(test)]
mod tests;
mod value;
mod words;

use crate::limits::{PROBLEMS_FOUND_MAX, TOML_MARKS_MAX};
use crate::problem::{Outcome, Problem, Text};
use crate::say;
use saved::Saved;
pub use section::{Said, Section};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use syntax::Mended;
pub use syntax::short;
use toml::de::DeTable;

/// The text of a TOML file of at most `bytes_max`, for which `name` stands in messages.
///
/// # Errors
///
/// As [`read_saved`].
pub fn read_text(path: &Path, name: &str, bytes_max: u64) -> Outcome<String> {
    read_saved(path, name, bytes_max).map(|saved| saved.text.into_owned())
}

/// The same, with how it was saved.
///
/// # Errors
///
/// It is not a readable regular file, is longer, is neither UTF-8 nor marked UTF-16, or holds NUL.
pub fn read_saved(path: &Path, name: &str, bytes_max: u64) -> Outcome<Saved<'static>> {
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
    let Saved { text, utf16 } = saved::read(&bytes, name)?.for_toml();
    Ok(Saved { text: Cow::Owned(text.into_owned()), utf16 })
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

/// What to do about a word that is like another.
pub fn did_you_mean(near: &str) -> Text {
    say!(en: "did you mean `{near}`?", vi: "có phải ý là `{near}`?")
}

/// What to do about a key whose value is to be another, as TOML has it.
pub fn write_as(key: &str, value: &str) -> Text {
    say!(en: "write {key} = {value}", vi: "hãy viết {key} = {value}")
}

/// What to say of a key that nobody knows there.
pub fn unknown_key(unknown: &str, known: &[&str]) -> (Text, Text) {
    let remedy = match words::key_meant(unknown, known) {
        Some(near) => did_you_mean(near),
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
    /// Byte offsets at which lines of the text start.
    lines: Vec<usize>,
    /// What was read instead where the text is not TOML, and the same of it.
    mended: OnceCell<(Mended, Vec<usize>)>,
    findings: RefCell<Findings>,
    missing: RefCell<Vec<Missing>>,
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
    /// Where its table begins.
    section: usize,
    key: String,
    /// The table that it stands in, where that has a name of its own.
    table: Option<String>,
    known: Vec<&'static str>,
    /// The file has it where it belongs, too.
    is_at_top: bool,
}

/// A key that its table lacks. It may be there under another name.
#[derive(Debug)]
struct Missing {
    /// Where its table begins.
    section: usize,
    key: &'static str,
    why: Text,
    remedy: Text,
}

#[derive(Debug, Default)]
struct Findings {
    problems: Vec<(usize, Problem)>,
    warnings: Vec<(usize, Problem)>,
}

impl<'t> Document<'t> {
    /// `file` is its name in messages.
    pub fn new(file: &'t str, text: &'t str) -> Document<'t> {
        Document {
            file,
            text,
            lines: line_starts(text),
            mended: OnceCell::new(),
            findings: RefCell::default(),
            missing: RefCell::default(),
            known: RefCell::default(),
            unknown: RefCell::default(),
            at_top: RefCell::default(),
        }
    }

    /// The whole as a table, mended where it is not TOML: then there will be problems. `None` where it cannot be.
    pub fn parse(&self) -> Option<DeTable<'_>> {
        let marks = self.text.bytes().filter(|byte| b",=[{".contains(byte)).take(TOML_MARKS_MAX + 1).count();
        if marks > TOML_MARKS_MAX {
            self.refuse(
                0,
                say!(en: "there is more in it than any board can show", vi: "tệp có nhiều mục hơn mức bảng tin có thể hiện"),
                say!(en: "keep the notices that are still to be shown", vi: "hãy chỉ giữ các tin còn cần hiện"),
            );
            return None;
        }
        if let Ok(root) = DeTable::parse(self.text) {
            return Some(root.into_inner());
        }
        let (mended, _) = self.mended.get_or_init(|| {
            let mended = syntax::mend(self.text);
            let lines = line_starts(&mended.text);
            (mended, lines)
        });
        let (root, errors) = DeTable::parse_recoverable(&mended.text);
        for slip in mended.slips.iter().filter(|slip| slip.firm || !errors.is_empty()) {
            self.refuse_line(slip.lines.0, slip.why.clone(), slip.remedy.clone());
        }
        // What stands between statements that are fine by themselves: the same table twice.
        let mut last_line = 0;
        for at in errors.iter().map(|error| error.span().map_or(0, |span| span.start)) {
            let line = self.line(at);
            if line != std::mem::replace(&mut last_line, line) {
                let (why, remedy) = twice(self.text_of_line(line));
                self.refuse_line(line, why, remedy);
            }
        }
        errors.is_empty().then(|| root.into_inner())
    }

    /// What was parsed.
    fn source(&self) -> &str {
        self.mended.get().map_or(self.text, |(mended, _)| &mended.text)
    }

    /// Whether the table that begins at this offset lost a line that could not be understood: what it lacks may have
    /// stood there.
    fn is_torn(&self, section: usize, is_root: bool) -> bool {
        let line = if is_root { 0 } else { self.line(section) };
        self.mended.get().is_some_and(|(mended, _)| mended.torn.contains(&line))
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, at: usize) -> usize {
        let lines = self.mended.get().map_or(&self.lines, |(_, lines)| lines);
        lines.partition_point(|start| *start <= at)
    }

    /// Where from a byte offset on the first such character stands; that offset where there is none.
    pub fn place_from(&self, at: usize, such: impl Fn(char) -> bool) -> usize {
        let found = self.source().get(at..).and_then(|rest| rest.find(such));
        at + found.unwrap_or(0)
    }

    fn refuse_line(&self, line: usize, why: Text, remedy: Text) {
        let problems = &mut self.findings.borrow_mut().problems;
        if problems.len() < PROBLEMS_FOUND_MAX {
            problems.push((line, Problem::new(format!("{}:{line}", self.file), why, remedy)));
        }
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
        let problems = &mut self.findings.borrow_mut().problems;
        if problems.len() < PROBLEMS_FOUND_MAX {
            problems.push((self.line(at), problem));
        }
    }

    /// Notes what is worth a look and refuses nothing.
    pub fn warn(&self, at: usize, why: Text, remedy: Text) {
        self.warn_of(at, Problem::new(self.subject(at), why, remedy));
    }

    /// The same, found elsewhere.
    pub fn warn_of(&self, at: usize, warning: Problem) {
        let warnings = &mut self.findings.borrow_mut().warnings;
        if warnings.len() < PROBLEMS_FOUND_MAX {
            warnings.push((self.line(at), warning));
        }
    }

    /// The problems and the warnings, each in the order of the file.
    pub fn finish(self) -> (Vec<Problem>, Vec<Problem>) {
        let known = self.known.take();
        let unknown = self.unknown.take();
        for Missing { section, key, why, remedy } in self.missing.take() {
            let stands_for_it = |unknown: &Unknown| {
                unknown.section == section && words::key_meant(&unknown.key, &unknown.known) == Some(key)
            };
            if !unknown.iter().any(stands_for_it) {
                self.refuse(section, why, remedy);
            }
        }
        for unknown in unknown {
            let (why, usual) = unknown_key(&unknown.key, &unknown.known);
            self.refuse(unknown.at, why, misplaced(&unknown, &known).unwrap_or(usual));
        }
        for slip in self.mended.get().iter().flat_map(|(mended, _)| &mended.slips) {
            let said = |line: &usize| (slip.lines.0..=slip.lines.1).contains(line);
            if !self.findings.borrow().problems.iter().any(|(line, _)| said(line)) {
                self.refuse_line(slip.lines.0, slip.why.clone(), slip.remedy.clone());
            }
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

/// What to say of a table that is there twice.
fn twice(line: &str) -> (Text, Text) {
    let line = syntax::short(line);
    let why = say!(
        en: "`{line}` is there twice, or clashes with a line above it",
        vi: "`{line}` bị viết hai lần hoặc trùng với một dòng ở trên"
    );
    let remedy = say!(
        en: "keep one of the two; each notice begins with [[notice]] in double brackets",
        vi: "hãy chỉ giữ một; mỗi tin bắt đầu bằng [[notice]] với hai dấu ngoặc vuông"
    );
    (why, remedy)
}

/// Byte offsets at which lines start.
fn line_starts(text: &str) -> Vec<usize> {
    let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
    std::iter::once(0).chain(starts).collect()
}
