//! What an official's text says: paragraphs, list items and tables, with bold in them.
//!
//! A subset of CommonMark: `**bold**`, lists (`-`, `*`, `•`, `1.`), tables with `|`, headings as bold lines, `\` before
//! a mark to mean the mark itself. One thing differs, because officials mean it so: a new line in the text
//! is a new line on the board. Nothing is refused; what is no mark is text.
//!
//! Text comes out in NFC, without control characters, and no longer than limits.rs allows.

use super::fonts::shown;
use crate::limits::{self, MARKS_MAX};
use unicode_normalization::UnicodeNormalization;

/// A part of a notice's text, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(Paragraph),
    Table(Table),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paragraph {
    /// What stands before a list item, for example "•" or "2.".
    pub marker: Option<String>,
    pub spans: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub bold: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Column heads; empty when the table has none.
    pub head: Vec<String>,
    /// Every row has the same number of cells, at least one.
    pub rows: Vec<Vec<String>>,
}

/// Text fit to be shaped: NFC, one space for any blank, no control characters, at most `chars_max` letters.
pub fn clean(text: &str, chars_max: usize) -> String {
    let mut marks = 0;
    let mut out = String::new();
    let blank = |c: char| if c.is_whitespace() && c != '\n' && c != '\u{A0}' { ' ' } else { c };
    for c in text.chars().map(blank).filter(|&c| c == '\n' || shown(c)).take(chars_max) {
        marks = if unicode_normalization::char::is_combining_mark(c) { marks + 1 } else { 0 };
        if marks <= MARKS_MAX {
            out.push(c);
        }
    }
    out.nfc().collect()
}

/// Reads a notice's text.
pub fn blocks(text: &str) -> Vec<Block> {
    let text = clean(text, limits::TEXT_CHARS_MAX);
    let mut blocks: Vec<Block> = Vec::new();
    let mut table: Vec<Vec<String>> = Vec::new();
    for line in text.lines().map(str::trim).chain([""]) {
        if is_row(line) {
            table.push(cells(line));
            continue;
        }
        if !table.is_empty() {
            blocks.extend(finish_table(std::mem::take(&mut table)).map(Block::Table));
        }
        if line.is_empty() {
            continue;
        }
        let (marker, rest, bold) = marker(line);
        let spans = spans(rest, bold);
        if !spans.is_empty() {
            blocks.push(Block::Paragraph(Paragraph { marker, spans }));
        }
    }
    blocks
}

/// What stands before an item, what follows, and whether the whole line is bold.
fn marker(line: &str) -> (Option<String>, &str, bool) {
    for bullet in ["- ", "* ", "+ ", "• "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return (Some("•".into()), rest.trim_start(), false);
        }
    }
    let heading = line.trim_start_matches('#');
    if heading.len() < line.len() && heading.starts_with(' ') {
        return (None, heading.trim(), true);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&digits) && (line[digits..].starts_with(". ") || line[digits..].starts_with(") ")) {
        return (Some(line[..=digits].into()), line[digits + 2..].trim_start(), false);
    }
    (None, line, false)
}

fn spans(text: &str, all_bold: bool) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let (mut bold, mut run) = (false, String::new());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' if letters.peek().is_some_and(char::is_ascii_punctuation) => run.extend(letters.next()),
            '*' if letters.peek() == Some(&'*') => {
                letters.next();
                push(&mut spans, &mut run, bold || all_bold);
                bold = !bold;
            }
            c => run.push(c),
        }
    }
    push(&mut spans, &mut run, bold || all_bold);
    spans
}

fn push(spans: &mut Vec<Span>, run: &mut String, bold: bool) {
    if !run.is_empty() {
        spans.push(Span { text: std::mem::take(run), bold });
    }
}

fn cells(line: &str) -> Vec<String> {
    let plain = |cell: &str| spans(cell.trim(), false).into_iter().map(|span| span.text).collect::<String>();
    written_cells(line).take(limits::TABLE_COLUMNS_MAX).map(|cell| plain(cell).trim().to_owned()).collect()
}

fn written_cells(line: &str) -> impl Iterator<Item = &str> {
    let inner = line.trim_start_matches('|');
    inner.strip_suffix('|').unwrap_or(inner).split('|')
}

/// A line of a text that belongs to a table.
fn is_row(line: &str) -> bool {
    line.len() > 1 && line.starts_with('|')
}

/// The lines of a text that are rows of a table, each with the number of cells written in it: for whoever has to
/// tell an author, before it is signed, what would not be drawn.
pub fn rows_written(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.lines().map(str::trim).filter(|line| is_row(line)).map(|line| (line, written_cells(line).count()))
}

fn finish_table(mut lines: Vec<Vec<String>>) -> Option<Table> {
    let rule = |cells: &Vec<String>| {
        cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':' | ' ')))
    };
    let head = if lines.len() > 1 && rule(&lines[1]) { lines.remove(0) } else { Vec::new() };
    lines.retain(|cells| !rule(cells));
    let columns = lines.iter().chain([&head]).map(Vec::len).max().unwrap_or(0).max(1);
    lines.iter_mut().for_each(|cells| cells.resize(columns, String::new()));
    let mut table = Table { head, rows: lines };
    if !table.head.is_empty() {
        table.head.resize(columns, String::new());
    }
    (!table.rows.is_empty() || !table.head.is_empty()).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(marker: Option<&str>, spans: &[(&str, bool)]) -> Block {
        let spans = spans.iter().map(|&(text, bold)| Span { text: text.into(), bold }).collect();
        Block::Paragraph(Paragraph { marker: marker.map(Into::into), spans })
    }

    #[test]
    fn bold_lists_and_lines_are_read_as_officials_mean_them() {
        assert_eq!(
            blocks("**Bản Nà Đon**: 7h30.\nBản Thèn Thầu\n\n- mang sổ\n2. ký tên\n5 \\* 3 = 15"),
            [
                paragraph(None, &[("Bản Nà Đon", true), (": 7h30.", false)]),
                paragraph(None, &[("Bản Thèn Thầu", false)]),
                paragraph(Some("•"), &[("mang sổ", false)]),
                paragraph(Some("2."), &[("ký tên", false)]),
                paragraph(None, &[("5 * 3 = 15", false)]),
            ]
        );
    }

    #[test]
    fn a_table_has_its_head_and_rows_of_one_length() {
        let table = Table {
            head: ["Bản", "Giờ"].map(String::from).into(),
            rows: vec![["Nà Đon", "7h30"].map(String::from).into(), ["Nà San", ""].map(String::from).into()],
        };
        assert_eq!(
            blocks("| Bản | Giờ |\n|---|---|\n| **Nà Đon** | 7h30 |\n| Nà San |"),
            [Block::Table(table)]
        );
    }

    #[test]
    fn decomposed_letters_are_composed_and_controls_dropped() {
        assert_eq!(clean("Ba\u{309}ng\0\u{202E} tin", 100), "Bảng tin");
        assert_eq!(clean(&"\u{301}".repeat(9_000), 100).chars().count(), MARKS_MAX);
    }
}
