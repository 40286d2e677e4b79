//! What an official's text says: paragraphs, list items and tables, with bold in them.
//!
//! CommonMark with tables, read by `pulldown-cmark`, as far as a board can show it: headings are bold lines, italics are
//! drawn plain (no face for them), HTML, pictures, the targets of links and code become their plain text, of which
//! [`plain_only`] tells the author. Nothing is refused; what is no mark is text.
//!
//! Some things differ, because officials mean them so ([`prepared`] makes CommonMark of them):
//! - a new line in the text is a new line on the board;
//! - a list may begin in the middle of anything, at any number, and its items keep the numbers that were written;
//! - lines that begin with `|` are a table, with or without a line of dashes under the heads;
//! - `**` is bold also where CommonMark asks for a space (`**Thời gian:**7h30`);
//! - a line of dashes under a text is a line, which is not drawn, and does not make a heading of it.
//!
//! Text comes out in NFC, without control characters, and no longer than limits.rs allows.

use super::fonts::shown;
use crate::limits::{self, MARKS_MAX};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;
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

/// A text of one line, such as a title: marks of bold are left out.
pub fn line(text: &str, chars_max: usize) -> String {
    clean(text, chars_max).replace('\n', " ").replace("**", "")
}

/// Reads a notice's text.
pub fn blocks(text: &str) -> Vec<Block> {
    let text = prepared(&clean(text, limits::TEXT_CHARS_MAX));
    let mut reader = Reader { source: &text, ..Reader::default() };
    for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
        reader.take(event, range);
    }
    reader.end_line();
    reader.blocks
}

/// What of an author's text a board cannot show as it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainOnly {
    Html,
    Picture,
    Link,
    Code,
}

/// Where a text has what a board shows as plain text only: each with the characters that it begins with, as written.
pub fn plain_only(text: &str) -> Vec<(PlainOnly, String)> {
    let text = prepared(text);
    let mut found = Vec::new();
    for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
        let what = match event {
            Event::Html(html) | Event::InlineHtml(html) if is_mark(&html) => PlainOnly::Html,
            Event::Start(Tag::Image { .. }) => PlainOnly::Picture,
            // An address that stands for itself loses nothing.
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => continue,
            Event::Start(Tag::Link { .. }) => PlainOnly::Link,
            Event::Code(_) | Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => PlainOnly::Code,
            _ => continue,
        };
        let written = text.get(range).unwrap_or_default().lines().next().unwrap_or_default();
        found.push((what, written.to_owned()));
    }
    found
}

/// Makes CommonMark of what an author wrote, a line at a time.
fn prepared(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len() + 64);
    let (mut at, mut before, mut in_list) = (0, Kind::Blank, false);
    while let Some(&line) = lines.get(at) {
        let kind = Kind::of(line);
        if kind == Kind::Row {
            let end = lines[at..]
                .iter()
                .position(|line| Kind::of(line) != Kind::Row)
                .map_or(lines.len(), |n| at + n);
            out.push('\n');
            push_table(&mut out, &lines[at..end]);
            out.push('\n');
            (at, before, in_list) = (end, Kind::Blank, false);
            continue;
        }
        let parts = match kind {
            // A list, a line of dashes and a heading begin wherever they stand.
            Kind::Item => before != Kind::Item && !in_list,
            Kind::Rule => true,
            _ => before == Kind::Rule,
        };
        if parts && before != Kind::Blank {
            out.push('\n');
        }
        push_line(&mut out, line, kind, in_list);
        in_list = kind == Kind::Item
            || in_list && (kind == Kind::Blank || line.starts_with(' ') || before != Kind::Blank);
        (at, before) = (at + 1, kind);
    }
    out
}

/// What a line of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Row,
    Item,
    Rule,
    Text,
}

impl Kind {
    fn of(line: &str) -> Kind {
        let line = line.trim();
        let rule = |mark: char| line.len() >= 3 && line.chars().all(|c| c == mark || c == ' ');
        match line {
            "" => Kind::Blank,
            _ if is_row(line) => Kind::Row,
            _ if ['-', '=', '*', '_'].into_iter().any(rule)
                && line.chars().filter(|c| *c != ' ').count() >= 3 =>
            {
                Kind::Rule
            }
            _ if ["- ", "* ", "+ ", "• "].iter().any(|bullet| line.starts_with(bullet)) => Kind::Item,
            _ if numbered(line) => Kind::Item,
            _ => Kind::Text,
        }
    }
}

/// `2. ` or `2) `, of three digits at most: four are a year.
fn numbered(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits) && (line[digits..].starts_with(". ") || line[digits..].starts_with(") "))
}

fn push_line(out: &mut String, line: &str, kind: Kind, in_list: bool) {
    let trimmed = line.trim();
    if kind == Kind::Rule {
        out.push_str("***\n\n");
        return;
    }
    // Outside of a list people indent the first line of a paragraph; CommonMark would take that for code.
    if in_list {
        out.extend(line.chars().take_while(|c| *c == ' ').take(12));
    }
    let rest = match trimmed.strip_prefix("• ") {
        Some(rest) => {
            out.push_str("- ");
            rest
        }
        None => trimmed,
    };
    let lone_mark = matches!(rest, "-" | "--" | "=" | "==" | "+" | "*");
    // `[1]: …` would define a link, and be gone.
    if lone_mark || rest.starts_with('[') && rest.contains("]:") {
        out.push('\\');
    }
    let mut last = ' ';
    let mut letters = rest.chars().peekable();
    while let Some(c) = letters.next() {
        // 3*4*5 m is no italics.
        let times = c == '*' && last.is_ascii_digit() && letters.peek().is_some_and(char::is_ascii_digit);
        if times {
            out.push('\\');
        }
        out.push(c);
        last = c;
    }
    out.push('\n');
}

/// Rows as a table that CommonMark's extension reads: every row as long as the longest, heads even where there are
/// none.
fn push_table(out: &mut String, lines: &[&str]) {
    let rule = |line: &str| {
        let cells = written_cells(line.trim()).collect::<Vec<_>>();
        cells
            .iter()
            .all(|cell| cell.contains('-') && cell.trim().chars().all(|c| matches!(c, '-' | ':' | ' ')))
    };
    let columns = lines.iter().map(|line| written_cells(line.trim()).count()).max().unwrap_or(1);
    let columns = columns.clamp(1, limits::TABLE_COLUMNS_MAX);
    let mut row = |cells: Vec<&str>| {
        for column in 0..columns {
            out.push_str("| ");
            out.push_str(cells.get(column).map_or("", |cell| cell.trim()));
            out.push(' ');
        }
        out.push_str("|\n");
    };
    let headed = lines.len() > 1 && rule(lines[1]);
    row(if headed { written_cells(lines[0].trim()).collect() } else { Vec::new() });
    row(vec!["---"; columns]);
    for line in lines.iter().skip(usize::from(headed)).filter(|line| !rule(line)) {
        row(written_cells(line.trim()).collect());
    }
}

/// Gathers what the parser says into blocks, a line at a time.
#[derive(Default)]
struct Reader<'s> {
    source: &'s str,
    blocks: Vec<Block>,
    spans: Vec<Span>,
    /// What stands before the next line, where that begins an item.
    marker: Option<String>,
    strong: u32,
    heading: bool,
    /// `**` that CommonMark left as text opened bold on this line.
    toggled: bool,
    table: Option<Table>,
    row: Vec<String>,
    in_head: bool,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.marked(&text),
            Event::Code(text) => self.push(&text),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::SoftBreak | Event::HardBreak if self.table.is_some() => self.push(" "),
            Event::SoftBreak | Event::HardBreak => self.end_line(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Item => {
                self.end_line();
                let written = self.source.get(range).unwrap_or_default();
                let digits: String = written.chars().take_while(char::is_ascii_digit).collect();
                let after = written[digits.len()..].chars().next().unwrap_or('.');
                self.marker = Some(if digits.is_empty() { "•".into() } else { format!("{digits}{after}") });
            }
            Tag::Heading { .. } => {
                self.end_line();
                self.heading = true;
            }
            Tag::Strong => self.strong += 1,
            Tag::Table(_) => {
                self.end_line();
                self.table = Some(Table::default());
            }
            Tag::TableHead => self.in_head = true,
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::HtmlBlock | Tag::List(_) => {
                self.end_line()
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Heading(_) => {
                self.end_line();
                self.heading = false;
            }
            TagEnd::TableCell => {
                let text: String = self.spans.drain(..).map(|span| span.text).collect();
                self.row.push(text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
                self.toggled = false;
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    match std::mem::take(&mut self.in_head) {
                        true if row.iter().all(String::is_empty) => {}
                        true => table.head = row,
                        false => table.rows.push(row),
                    }
                }
            }
            TagEnd::Table => {
                let table =
                    self.table.take().filter(|table| !table.rows.is_empty() || !table.head.is_empty());
                self.blocks.extend(table.map(Block::Table));
            }
            TagEnd::Item => {
                self.end_line();
                self.marker = None;
            }
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::BlockQuote(_) | TagEnd::HtmlBlock => {
                self.end_line()
            }
            _ => {}
        }
    }

    /// Text in which CommonMark may have left a `**` that the author meant.
    fn marked(&mut self, text: &str) {
        let mut parts = text.split("**");
        self.lines(parts.next().unwrap_or_default());
        for part in parts {
            self.toggled = !self.toggled;
            self.lines(part);
        }
    }

    /// Text of code may have several lines.
    fn lines(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.end_line();
            }
            self.push(line);
        }
    }

    fn push(&mut self, text: &str) {
        let bold = self.heading || self.strong > 0 || self.toggled;
        match self.spans.last_mut() {
            Some(last) if last.bold == bold => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => self.spans.push(Span { text: text.to_owned(), bold }),
        }
    }

    /// Marks of HTML are left out; what only looks like one is text.
    fn html(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            self.lines(&rest[..at]);
            rest = &rest[at..];
            let end = if rest.starts_with("<!--") {
                rest.find("-->").map(|at| at + 3)
            } else {
                rest.find('>').map(|at| at + 1)
            };
            match end.filter(|end| is_mark(&rest[..*end])) {
                Some(end) => {
                    if ["br", "p", "div", "li", "tr"].contains(&mark_name(&rest[..end]).as_str()) {
                        self.end_line();
                    }
                    rest = &rest[end..];
                }
                None => {
                    self.push("<");
                    rest = &rest[1..];
                }
            }
        }
        self.lines(rest);
    }

    fn end_line(&mut self) {
        self.toggled = false;
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().any(|span| !span.text.trim().is_empty()) {
            let marker = self.marker.take();
            self.blocks.push(Block::Paragraph(Paragraph { marker, spans }));
        }
    }
}

/// Whether it begins with a mark of HTML, and not with words between `<` and `>`.
fn is_mark(html: &str) -> bool {
    const NAMES: [&str; 40] = [
        "a",
        "abbr",
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "div",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "hr",
        "html",
        "i",
        "img",
        "li",
        "o:p",
        "ol",
        "p",
        "pre",
        "s",
        "script",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "sup",
        "table",
        "td",
        "tr",
        "u",
    ];
    let name = mark_name(html);
    html.trim_start().starts_with("<!--")
        || NAMES.contains(&name.as_str())
        || ["ul", "th", "tbody", "thead", "video", "iframe"].contains(&name.as_str())
}

fn mark_name(html: &str) -> String {
    let rest = html.trim_start().strip_prefix('<').unwrap_or_default();
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    rest.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == ':')
        .collect::<String>()
        .to_ascii_lowercase()
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

fn written_cells(line: &str) -> impl Iterator<Item = &str> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').filter(|inner| !inner.ends_with('\\')).unwrap_or(inner);
    // A bar after a backslash is a letter.
    let mut escaped = false;
    inner.split(move |c| {
        let bar = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        bar
    })
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

    /// Blocks as text: `[marker]`, bold in stars, a table's cells between bars.
    fn said(text: &str) -> Vec<String> {
        let span = |span: &Span| match span.bold {
            true => format!("**{}**", span.text),
            false => span.text.clone(),
        };
        let block = |block: Block| match block {
            Block::Paragraph(Paragraph { marker, spans }) => {
                let text: String = spans.iter().map(span).collect();
                marker.map_or(text.clone(), |marker| format!("[{marker}] {text}"))
            }
            Block::Table(table) => {
                let rows = [table.head].into_iter().chain(table.rows);
                rows.map(|row| row.join("|")).collect::<Vec<_>>().join("/")
            }
        };
        blocks(text).into_iter().map(block).collect()
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(said(text), expected, "{text:?}");
    }

    #[test]
    fn headings_are_bold_and_italics_plain() {
        check(
            "# Lịch *mới*\nTừ _thứ Hai_ nghỉ\\\nđến thứ Tư",
            &["**Lịch mới**", "Từ thứ Hai nghỉ", "đến thứ Tư"],
        );
        check("gửi a_b_c@xa.vn, 3*4*5 m", &["gửi a_b_c@xa.vn, 3*4*5 m"]);
    }

    #[test]
    fn bold_is_bold_also_where_commonmark_wants_a_space() {
        check("**Thời gian:**7h30, ** mai ** nghỉ", &["**Thời gian:**7h30, ** mai ** nghỉ"]);
        check("**một\nhai** ba", &["**một**", "**hai** ba"]);
        check("chỉ \\*\\*sao\\*\\*", &["chỉ **sao**"]);
    }

    #[test]
    fn lists_begin_anywhere_and_keep_their_numbers() {
        check("Mang theo:\n- sổ\n- thẻ\nrồi ký", &["Mang theo:", "[•] sổ", "[•] thẻ", "rồi ký"]);
        check("Nội dung:\n2. bầu\n4) họp\n\n7. khác", &["Nội dung:", "[2.] bầu", "[4)] họp", "[7.] khác"]);
        check("• một\n• hai\n  - trong", &["[•] một", "[•] hai", "[•] trong"]);
        check("Năm 2026. Mùa\n2026. Mùa", &["Năm 2026. Mùa", "2026. Mùa"]);
    }

    #[test]
    fn dashes_under_a_text_are_no_heading_and_an_indent_is_no_code() {
        check(
            "Thông báo\n-----\n    Kính gửi bà con\n=====\n- - -\nhết",
            &["Thông báo", "Kính gửi bà con", "hết"],
        );
        check("một\n-\nhai\n[1]: ghi chú", &["một", "-", "hai", "[1]: ghi chú"]);
    }

    #[test]
    fn tables_need_neither_heads_nor_rows_of_one_length() {
        check("Lịch:\n| a | b |\n| **c** | d | e |\nhết", &["Lịch:", "/a|b|/c|d|e", "hết"]);
        check("a | b\n--- | ---\n1 | 2", &["a|b/1|2"]);
        check("| a \\| b | c |\n|:-:|---|\n| 1 | |", &["a | b|c/1|"]);
    }

    #[test]
    fn html_pictures_links_and_code_become_text_and_are_told() {
        let text = "Xem <b>tin</b> [này](https://a.vn) ![ảnh](x.jpg) `mã` <https://b.vn> nếu 3 <bản và> 4<br>hết <!-- ẩn -->";
        check(text, &["Xem tin này ảnh mã https://b.vn nếu 3 <bản và> 4", "hết "]);
        use PlainOnly::{Code, Html, Link, Picture};
        let found: Vec<PlainOnly> = plain_only(text).into_iter().map(|(what, _)| what).collect();
        assert_eq!(found, [Html, Html, Link, Picture, Code, Html, Html]);
        assert_eq!(plain_only(text)[2].1, "[này](https://a.vn)");
        check("```\nmột\nhai\n```", &["một", "hai"]);
        check("<div>\nchữ trong <p>khung\n</div>", &["chữ trong ", "khung"]);
        assert_eq!(plain_only("**Bản** 3 < 4\n- a\n    lùi"), []);
    }

    #[test]
    fn decomposed_letters_are_composed_and_controls_dropped() {
        assert_eq!(clean("Ba\u{309}ng\0\u{202E} tin", 100), "Bảng tin");
        assert_eq!(clean(&"\u{301}".repeat(9_000), 100).chars().count(), MARKS_MAX);
    }
}
