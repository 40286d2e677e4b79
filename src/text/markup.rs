//! What an official's text says: paragraphs, list items and tables, with bold in them.
//!
//! Every character is drawn, but for the marks of a few forms that cannot be meant otherwise:
//!
//! - `**bold**`, closed on its line;
//! - `- ` and `* ` at the start of a line, drawn as bullets. A `* ` that stands alone may explain a footnote, and a lone
//!   `- ` before a number may be a minus: both are drawn as they were typed;
//! - `# ` at the start of a line and not before a number: the line is bold;
//! - a whole table: lines between bars, with or without a line of dashes under the heads; or rows with tabs between
//!   their cells, as Excel and Word paste them.
//!
//! Numbers are drawn as they were typed, always. Those that count from 1, and signs that are used as bullets,
//! hang before the lines of their item. All else is text: a new line in it is a new line on the board, and `>`, `_`,
//! `\`, HTML and links are drawn letter by letter; [`doubts`] tells the author what may not be meant so.

use super::characters::clean;
use crate::limits;
use std::ops::Range;

/// A part of a notice's text, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(Paragraph),
    Table(Table),
}

/// A line of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paragraph {
    /// What stands before a list item, for example "•" or "2.".
    pub marker: Option<String>,
    pub spans: Vec<Span>,
}

impl Paragraph {
    /// A line all in bold, or all in capitals, that ends no sentence belongs to what follows it.
    pub fn is_heading(&self) -> bool {
        let said = || self.spans.iter().map(|span| span.text.trim()).filter(|text| !text.is_empty());
        let ends = said()
            .next_back()
            .is_none_or(|text| text.trim_end_matches(['"', '”', ')', '»']).ends_with(['.', '!', '?', '…']));
        let bold = self.spans.iter().filter(|span| !span.text.trim().is_empty()).all(|span| span.bold);
        let letters = || said().flat_map(str::chars).filter(|c| c.is_alphabetic());
        let loud = letters().count() > 1 && !letters().any(char::is_lowercase);
        self.marker.is_none() && !ends && (bold || loud)
    }
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

/// What of a text may not be drawn as its author means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Rows with tabs were taken for a table; its first row for heads, or not.
    Tabs {
        heads: bool,
    },
    /// The first row between bars could be heads, and is shown as a row like the others.
    Heads,
    /// A dash before a number that could be below zero was taken for that of a list.
    Dash,
    /// Bars between words on several lines, which are no whole table.
    Bars,
    /// `**` without its other half on the line.
    OpenBold,
    Html,
    Picture,
    Link,
    Code,
}

/// Reads a notice's text.
pub fn blocks(text: &str) -> Vec<Block> {
    let text = clean(text, limits::TEXT_CHARS_MAX);
    let lines = lines(&text);
    pieces(&lines).into_iter().flat_map(|piece| piece.blocks).collect()
}

/// What its author should look at, each with the number of its line from 0.
pub fn doubts(text: &str) -> Vec<(usize, Doubt)> {
    let text = clean(text, limits::TEXT_CHARS_MAX);
    let lines = lines(&text);
    let mut found = Vec::new();
    for piece in pieces(&lines) {
        let at = piece.lines.start;
        match piece.form {
            Form::Tabs { heads } => found.push((at, Doubt::Tabs { heads })),
            Form::Bars { open } => found.extend(open.then_some((at, Doubt::Heads))),
            Form::Line => {
                let bullet =
                    |block: &Block| matches!(block, Block::Paragraph(p) if p.marker.as_deref() == Some("•"));
                let dash = piece.blocks.iter().any(bullet) && may_be_below_zero(lines[at]);
                let doubt = if dash { Some(Doubt::Dash) } else { doubt_of_line(lines[at]) };
                found.extend(doubt.map(|doubt| (at, doubt)));
            }
        }
    }
    let barred = |line: &&str| line.contains(" | ");
    let open = |at: usize| found.iter().all(|(line, _)| *line != at);
    let loose = pieces(&lines).windows(2).find_map(|pair| {
        let both = pair.iter().all(|piece| {
            matches!(piece.form, Form::Line) && barred(&lines[piece.lines.start]) && open(piece.lines.start)
        });
        both.then_some(pair[0].lines.start)
    });
    found.extend(loose.map(|at| (at, Doubt::Bars)));
    found.sort_by_key(|(line, _)| *line);
    found
}

/// The rows of the tables in a text, each with its line's number from 0 and its number of cells: for whoever has to tell an
/// author, before it is signed, what would not be drawn.
pub fn rows_written(text: &str) -> Vec<(usize, usize)> {
    let text = clean(text, limits::TEXT_CHARS_MAX);
    let lines = lines(&text);
    let tables = pieces(&lines).into_iter().filter(|piece| !matches!(piece.form, Form::Line));
    let rows = tables.flat_map(|piece| {
        let tabs = matches!(piece.form, Form::Tabs { .. });
        piece.lines.map(move |at| (at, tabs))
    });
    rows.map(|(at, tabs)| (at, if tabs { by_tabs(lines[at]).count() } else { by_bars(lines[at]).count() }))
        .collect()
}

/// A text of one line, such as what to do in a warning: a space for each new line and tab.
pub fn line(text: &str, chars_max: usize) -> Vec<Span> {
    spans(&clean(text, chars_max).replace(['\n', '\t'], " "), false)
}

/// A text of one line in one weight, such as a title.
pub fn sole_line(text: &str, chars_max: usize) -> String {
    line(text, chars_max).into_iter().map(|span| span.text).collect()
}

/// A line without its marks of bold.
fn without_bold(line: &str) -> String {
    spans(line, false).into_iter().map(|span| span.text).collect()
}

/// The lines of a text, without blanks around them.
fn lines(text: &str) -> Vec<&str> {
    // A tab at the beginning is an empty cell, or an indent.
    text.split('\n').map(|line| line.trim_matches(' ').trim_end()).collect()
}

/// Some lines that belong together.
struct Piece {
    lines: Range<usize>,
    form: Form,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Line,
    /// `open`: its first row could be its heads, and no line of dashes under it says so.
    Bars {
        open: bool,
    },
    Tabs {
        heads: bool,
    },
}

fn pieces(lines: &[&str]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut count = Count::default();
    while at < lines.len() {
        let table = barred(lines, at).or_else(|| tabbed(lines, at));
        let piece = table.unwrap_or_else(|| {
            let blocks = paragraph(lines, at, &mut count).map(Block::Paragraph).into_iter().collect();
            Piece { lines: at..at + 1, form: Form::Line, blocks }
        });
        at = piece.lines.end;
        pieces.push(piece);
    }
    pieces
}

/// How many lines from `at` on are such.
fn run(lines: &[&str], at: usize, such: impl Fn(&str) -> bool) -> usize {
    lines[at..].iter().take_while(|line| such(line)).count()
}

/// The table between bars that begins at a line: rows that each begin with a bar, or whatever stands above a line of dashes and
/// bars, with the rows that follow.
fn barred(lines: &[&str], at: usize) -> Option<Piece> {
    let is_row = |line: &str| {
        line.len() > 1 && line.starts_with('|') && (line.ends_with('|') || by_bars(line).count() > 1)
    };
    let rows = run(lines, at, is_row);
    let under = lines.get(at + 1).is_some_and(|line| is_rule(line));
    let end = if rows > 1 {
        at + rows
    } else if under
        && by_bars(lines[at]).count() > 1
        && by_bars(lines[at]).count() == by_bars(lines[at + 1]).count()
    {
        at + 2 + run(lines, at + 2, |line| by_bars(line).count() > 1)
    } else {
        return None;
    };
    let cells = |line: &&str| by_bars(line).map(cell).collect::<Vec<_>>();
    let mut rows: Vec<Vec<String>> = lines[at..end].iter().map(cells).collect();
    let open = !under && rows.len() > 2 && has_heads(&rows);
    let head = if under {
        rows.remove(1);
        rows.remove(0)
    } else {
        Vec::new()
    };
    let blocks = table(head, rows).unwrap_or_else(|| as_lines(&lines[at..end]));
    Some(Piece { lines: at..end, form: Form::Bars { open }, blocks })
}

/// The table by tabs that begins at a line.
fn tabbed(lines: &[&str], at: usize) -> Option<Piece> {
    if !lines[at].trim_start().contains('\t') {
        return None;
    }
    // Cells that Excel merged come as empty ones at the beginning of the rows below.
    let rows = run(lines, at, |line| hanging(line).is_none() && line.contains('\t'));
    if rows < 2 {
        return None;
    }
    let cells = |line: &&str| by_tabs(line).map(cell).collect::<Vec<_>>();
    let mut rows: Vec<Vec<String>> = lines[at..at + rows].iter().map(cells).collect();
    let end = at + rows.len();
    let heads = has_heads(&rows);
    let head = if heads { rows.remove(0) } else { Vec::new() };
    let blocks = table(head, rows).unwrap_or_else(|| as_lines(&lines[at..end]));
    Some(Piece { lines: at..end, form: Form::Tabs { heads }, blocks })
}

/// Whether the first row names columns: it begins none with a number, nor is it labels, and over one column that is
/// all numbers it has none.
fn has_heads(rows: &[Vec<String>]) -> bool {
    let Some((first, below)) = rows.split_first() else { return false };
    let digit = |c: char| c.is_ascii_digit();
    let names = |cell: &String| !cell.starts_with(digit) && !cell.ends_with(':');
    let names_numbers = |column: usize| {
        let counted =
            |row: &Vec<String>| row.get(column).is_some_and(|cell| cell.is_empty() || cell.contains(digit));
        let some = below.iter().any(|row| row.get(column).is_some_and(|cell| cell.contains(digit)));
        some && !first[column].contains(digit) && below.iter().all(counted)
    };
    let full = first.iter().skip(1).all(|cell| !cell.is_empty());
    full && first.iter().all(names) && (0..first.len()).any(names_numbers)
}

/// Rows of one length. `None` where a board could not draw them as a table.
fn table(head: Vec<String>, rows: Vec<Vec<String>>) -> Option<Vec<Block>> {
    let columns = rows.iter().chain([&head]).map(Vec::len).max().unwrap_or(0);
    if !(1..=limits::TABLE_COLUMNS_MAX).contains(&columns) {
        return None;
    }
    let filled = |mut row: Vec<String>| {
        row.resize(columns, String::new());
        row
    };
    let is_said = |row: &Vec<String>| row.iter().any(|cell| !cell.is_empty());
    let head = Some(head).filter(is_said).map(filled).unwrap_or_default();
    let rows: Vec<_> = rows.into_iter().filter(is_said).map(filled).collect();
    Some(if head.is_empty() && rows.is_empty() {
        Vec::new()
    } else {
        vec![Block::Table(Table { head, rows })]
    })
}

/// The lines of what no board has room to draw as a table.
fn as_lines(lines: &[&str]) -> Vec<Block> {
    let spans = lines.iter().map(|line| spans(line, false)).filter(|spans| !spans.is_empty());
    spans.map(|spans| Block::Paragraph(Paragraph { marker: None, spans })).collect()
}

fn by_tabs(line: &str) -> impl Iterator<Item = &str> {
    line.split('\t')
}

fn by_bars(line: &str) -> impl Iterator<Item = &str> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').filter(|inner| !inner.ends_with('\\')).unwrap_or(inner);
    // A bar after a backslash is a letter of its cell.
    let mut escaped = false;
    inner.split(move |c| {
        let bar = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        bar
    })
}

/// The line of dashes under the heads of a table. One dash alone says "none".
fn is_rule(line: &str) -> bool {
    let dashes = |cell: &str| {
        let cell = cell.trim();
        let inner = cell.trim_matches(':');
        inner.len() >= 3 - (cell.len() - inner.len()).min(2)
            && inner.bytes().all(|b| b == b'-')
            && cell.len() >= 2
    };
    line.contains('|') && by_bars(line).all(dashes)
}

/// What a cell says.
fn cell(written: &str) -> String {
    let words: Vec<&str> = written.split_whitespace().collect();
    without_bold(&words.join(" ")).replace("\\|", "|")
}

/// The numbers that count from 1 so far, through whatever stands between them.
#[derive(Default)]
struct Count {
    last: u32,
}

fn paragraph(lines: &[&str], at: usize, count: &mut Count) -> Option<Paragraph> {
    let line = lines[at].trim_start();
    if line.is_empty() {
        return None;
    }
    let plain = |marker: Option<String>, rest: &str| {
        Some(Paragraph { marker, spans: spans(rest, false) })
            .filter(|p| p.marker.is_some() || !p.spans.is_empty())
    };
    if let Some(rest) = heading(line) {
        return Some(Paragraph { marker: None, spans: spans(rest, true) });
    }
    let Some((mark, rest)) = hanging(line) else { return plain(None, line) };
    match mark.chars().next() {
        Some(c) if c.is_ascii_digit() => {
            let number: u32 = mark[..mark.len() - 1].parse().unwrap_or(0);
            if number == 1 || number == count.last + 1 && count.last > 0 {
                count.last = number;
                return plain(Some(mark.to_owned()), rest);
            }
            plain(None, line)
        }
        Some('-' | '*') => {
            let in_list = [
                lines[..at].iter().rev().find(|l| !l.is_empty()),
                lines[at + 1..].iter().find(|l| !l.is_empty()),
            ]
            .into_iter()
            .flatten()
            .any(|near| hanging(near).is_some_and(|(other, _)| other == mark));
            let means_more = mark == "*" || rest.starts_with(|c: char| c.is_ascii_digit());
            let bullet = if in_list || !means_more { "•" } else { mark };
            plain(Some(bullet.to_owned()), rest)
        }
        _ => plain(Some(mark.to_owned()), rest),
    }
}

/// The text of a heading. `# 5` is the number 5.
fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let deep = line.len() - rest.len();
    let text = rest.trim_start();
    let apart =
        rest.starts_with([' ', '\t']) && !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit());
    ((1..=6).contains(&deep) && apart).then_some(text)
}

/// What hangs before a line, and the line: signs that are used as bullets, and numbers of up to two digits.
fn hanging(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let end = line.find([' ', '\t'])?;
    let (mark, rest) = (&line[..end], line[end..].trim_start());
    let mut letters = mark.chars();
    let first = letters.next()?;
    let bullet = "-*•◦▪▫■□●○·►▶➢➤➔→✓✔☑❖◆♦+–—−".contains(first) && letters.next().is_none();
    let digits = mark.bytes().take_while(u8::is_ascii_digit).count();
    let number = (1..=2).contains(&digits) && matches!(&mark[digits..], "." | ")");
    // Word sets a tab after the letters of its lists, too.
    let lettered = line[end..].starts_with('\t')
        && mark.chars().count() == 2
        && first.is_alphabetic()
        && mark.ends_with(['.', ')']);
    ((bullet || number || lettered) && !rest.is_empty()).then_some((mark, rest))
}

/// A line in spans, bold between two `**`.
fn spans(line: &str, all_bold: bool) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    let mut push = |text: &str, bold: bool| {
        let text = text.replace('\t', " ");
        match out.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.bold == (bold || all_bold) => last.text.push_str(&text),
            _ => out.push(Span { text, bold: bold || all_bold }),
        }
    };
    let mut rest = line;
    while let Some((before, bold, after)) = first_bold(rest) {
        push(before, false);
        push(bold, true);
        rest = after;
    }
    push(rest, false);
    out
}

/// The first pair of `**` in a line: what is before, between and after.
fn first_bold(line: &str) -> Option<(&str, &str, &str)> {
    let pairs: Vec<usize> = stars(line).collect();
    for (n, &open) in pairs.iter().enumerate() {
        if !opens(line, open) {
            continue;
        }
        let close =
            pairs[n + 1..].iter().find(|&&close| line[..close].ends_with(|c: char| !c.is_whitespace()));
        if let Some(&close) = close {
            return Some((&line[..open], &line[open + 2..close], &line[close + 2..]));
        }
    }
    None
}

/// Where exactly two stars stand together.
fn stars(line: &str) -> impl Iterator<Item = usize> {
    let bytes = line.as_bytes();
    let star = move |at: usize| bytes.get(at) == Some(&b'*');
    (0..bytes.len())
        .filter(move |&at| star(at) && star(at + 1) && !star(at + 2) && !at.checked_sub(1).is_some_and(star))
}

/// CommonMark 0.31, 6.2: a left-flanking run. `2**3` is none here.
fn opens(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    let Some(after) = line[at + 2..].chars().next().filter(|c| !c.is_whitespace()) else { return false };
    let word = |c: char| c.is_alphanumeric();
    let power = after.is_ascii_digit() && before.is_some_and(|c| c.is_ascii_digit());
    !power && (word(after) || !before.is_some_and(word))
}

/// `- 5 độ`, `- 0,3 %` or a number alone, with a dash that may be a minus.
fn may_be_below_zero(line: &str) -> bool {
    let Some(("-", rest)) = hanging(line) else { return false };
    let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    let unit = unit.trim_start();
    unit.len() < rest.len() && (unit.is_empty() || unit.starts_with(['°', '%']) || unit.starts_with("độ"))
}

/// The first thing on a line of text that is drawn as it stands, and may not be meant so.
fn doubt_of_line(line: &str) -> Option<Doubt> {
    let tagged = line.match_indices('<').any(|(at, _)| is_tag(&line[at..]));
    let address = line.match_indices("](").any(|(at, _)| {
        let named = line[..at].contains('[');
        let inside = line[at + 2..].split(')').next().unwrap_or_default();
        named && line[at + 2..].contains(')') && inside.contains(['/', '.']) && !inside.contains(' ')
    });
    let quoted = line.starts_with("```") || line.match_indices('`').count() > 1;
    let open =
        stars(&spans(line, false).iter().map(|span| span.text.as_str()).collect::<String>()).next().is_some();
    if tagged {
        Some(Doubt::Html)
    } else if address {
        Some(if line.contains("![") { Doubt::Picture } else { Doubt::Link })
    } else if quoted {
        Some(Doubt::Code)
    } else {
        open.then_some(Doubt::OpenBold)
    }
}

/// Whether it begins with a tag of HTML, and not with words between `<` and `>`.
fn is_tag(html: &str) -> bool {
    const NAMES: &str = " a abbr b big blockquote body br center code div em font h1 h2 h3 h4 h5 h6 head hr html i iframe img \
        li o:p ol p pre s script small span strong style sub sup table tbody td th thead tr u ul video ";
    let Some(end) = html.find('>') else { return html.starts_with("<!--") };
    let inside = html[1..end].trim_start_matches('/');
    let name = inside.split([' ', '/', '\t']).next().unwrap_or_default().to_ascii_lowercase();
    inside.starts_with("!--") || !name.is_empty() && NAMES.contains(&format!(" {name} "))
}

#[cfg(test)]
#[path = "markup_tests.rs"]
mod tests;
