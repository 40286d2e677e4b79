//! A notice cut into pages: which words on which, how large, and for how long.
//!
//! A text that does not fit at the smallest readable size is cut into as few pages as it needs (`split`), all in the
//! same sizes, each under the same title. Tables give pages of a few rows; one that is too wide is said in lines.
//! Two languages stand side by side where both fit; otherwise each has its pages in turn. The slot of air
//! time is shared among the pages by how long each takes to read (LOOK.md section 7).
//!
//! Every letter of a text is on exactly one of its pages, within its room: `whole_tests` holds that.

use super::fit::{self, Fitted, Leading, MARKER_GAP, Para, Scale, Text, break_any, wrap_any};
use super::fonts::Weight;
use super::look::Role;
use super::rich::{self, Block, Paragraph, Span, Table};
use super::split::{Sheet, split};
use super::words::{Group, Measure, cut_to, groups};
use crate::limits;
use crate::model::board::{Reading, Theme};
use crate::model::plan::NoticeSlot;
use unicode_script::{Script, UnicodeScript};

/// Least gap between a table's columns, margin at its sides, and least and greatest height of a row, in u.
const COLUMN_GAP: f32 = 4.0;
pub const TABLE_MARGIN: f32 = 2.0;
const ROW_MIN: f32 = 12.2;
const ROW_MAX: f32 = 13.0;
/// The same in cell sizes, where cells are larger than the look's.
const CELL_ROW_MIN: f32 = 1.3;
const CELL_ROW_MAX: f32 = 1.38;
/// Space below a table's rows, in u.
const TABLE_AIR: f32 = 2.5;
/// Height of a table's heads, rule included, in sizes of theirs.
const HEADS: f32 = 9.5 / 6.2;
/// Most pages of one notice. The longest text that may be published comes to a fifth of it on a screen of 1080 lines;
/// what would be more on a tiny board is left on the last page.
const PAGES_MAX: usize = 500;
/// Between two columns of languages, and above them for their names, in u.
pub const LANGUAGE_GAP: f32 = 10.0;
pub const LANGUAGE_NAME: f32 = 9.0;

/// One column of a page of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The language's own name, where a notice has several.
    pub name: Option<&'static str>,
    pub text: Text,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    /// One column, or two languages side by side.
    Text { columns: Vec<Column>, fitted: Fitted },
    Rows {
        name: Option<&'static str>,
        text: Text,
        fitted: Fitted,
        table: Table,
        cell: f32,
        heads: f32,
        widths: Vec<f32>,
    },
}

/// The room for text, in u.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    pub width: f32,
    pub height: f32,
    /// Two languages may stand side by side.
    pub columns: bool,
}

/// What pages depend on beside the notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    pub room: Room,
    pub scale: Scale,
    /// Size of a table's heads, in u.
    pub heads: f32,
    pub reading: Reading,
    /// What the text says before all else.
    pub said_first: Option<String>,
}

/// Height of a table's heads set in letters of `size` u, rule included, in u.
pub fn heads_height(size: f32) -> f32 {
    HEADS * size
}

/// Greatest height of a row of cells of this size, in u.
pub fn row_max(cell: f32) -> f32 {
    ROW_MAX.max(CELL_ROW_MAX * cell)
}

/// A page and the seconds it takes to read.
pub type Timed = (Page, f64);

/// Every page of a slot's notice, in order; at least one.
pub fn pages(slot: &NoticeSlot, setting: &Setting, measure: &Measure) -> Vec<Timed> {
    let Setting { room, scale, heads, reading, said_first } = setting;
    let cutter = Cutter { room: *room, measure, scale, heads: *heads, said_first: said_first.as_deref() };
    let timed = |page| timed(page, *reading);
    let voices: Vec<Voice> = slot.languages.iter().map(|lang| cutter.voice(slot, lang)).collect();
    let voices = if voices.is_empty() { vec![cutter.voice(slot, &slot.notice.lang)] } else { voices };
    if let [first, second] = voices.as_slice()
        && room.columns
        && let Some(page) = cutter.side_by_side(first, second)
    {
        return vec![timed(page)];
    }
    let several = voices.len() > 1;
    let mut pages: Vec<Timed> = Vec::new();
    for voice in &voices {
        let name = several.then_some(voice.name);
        pages.extend(cutter.pages_of(voice, name).into_iter().map(timed));
    }
    pages.truncate(PAGES_MAX);
    pages
}

/// The page at `elapsed` of a slot `length` long, and when it turns: (index, milliseconds from the slot's start).
/// The pages share the slot by their weights.
pub fn turn(weights: impl Iterator<Item = f64> + Clone, elapsed_ms: i64, length_ms: i64) -> (usize, i64) {
    let total: f64 = weights.clone().sum::<f64>().max(f64::MIN_POSITIVE);
    let (mut sum, mut end) = (0.0, 0);
    let count = weights.clone().count();
    for (at, weight) in weights.enumerate() {
        sum += weight;
        end = (length_ms as f64 * sum / total).round() as i64;
        if elapsed_ms < end || at + 1 == count {
            return (at, end.min(length_ms));
        }
    }
    (0, end)
}

fn timed(page: Page, reading: Reading) -> Timed {
    let syllables = |groups: &[Group]| groups.iter().map(Group::syllables).sum::<usize>();
    let text =
        |text: &Text| syllables(&text.title) + text.body.iter().map(|p| syllables(&p.groups)).sum::<usize>();
    let count = match &page {
        // Each reader reads one column.
        Page::Text { columns, .. } => columns.iter().map(|c| text(&c.text)).max().unwrap_or(0),
        Page::Rows { text: head, table, .. } => {
            text(head) + table.rows.iter().flatten().map(|cell| cell.split(' ').count()).sum::<usize>()
        }
    };
    let seconds = (reading.milliseconds(count) as f64 / 1000.0).clamp(10.0, 60.0);
    (page, seconds)
}

/// Size of a table's cells, and the width of each column, in u.
type Columns = (f32, Vec<f32>);

/// What is said in one language.
struct Voice {
    name: &'static str,
    title: String,
    blocks: Vec<Block>,
}

struct Cutter<'a> {
    room: Room,
    measure: &'a Measure,
    scale: &'a Scale,
    heads: f32,
    said_first: Option<&'a str>,
}

impl Cutter<'_> {
    fn voice(&self, slot: &NoticeSlot, lang: &str) -> Voice {
        let notice = &slot.notice;
        let translation = notice.translations.get(lang).filter(|_| lang != notice.lang);
        let own = |theirs: Option<&String>, ours: &String| {
            theirs.filter(|text| !text.trim().is_empty()).unwrap_or(ours).clone()
        };
        let title = own(translation.map(|t| &t.title), &notice.title);
        let text = own(translation.map(|t| &t.text), &notice.text);
        let title = rich::line(&title, limits::TITLE_CHARS_MAX);
        let first = self.said_first.map(|text| {
            let spans = vec![Span { text: text.to_owned(), bold: true }];
            Block::Paragraph(Paragraph { marker: None, spans })
        });
        let blocks = first.into_iter().chain(rich::blocks(&text)).collect();
        Voice { name: language_name(lang), title, blocks }
    }

    fn ink(&self, role: Role) -> super::words::Ink {
        role.ink(Theme::Day)
    }

    fn groups(&self, spans: &[Span], role: Role, widest: f32) -> Vec<Group> {
        let ink = self.ink(role);
        cut_to(groups(spans, self.measure, ink), widest, self.measure, ink)
    }

    fn space(&self) -> f32 {
        self.measure.space(Weight::SemiBold)
    }

    /// A text ready to fit a column of this width and height in u. A title that leaves no room for a line of body under
    /// it, or has more than three lines, is parted, and its rest opens the body; then there is room for two.
    fn text(&self, title: &str, paragraphs: &[&Paragraph], width: f32, height: f32) -> Text {
        let span = |text: &str| [Span { text: text.to_owned(), bold: false }];
        let tall =
            title.chars().chain(paragraphs.iter().flat_map(|p| p.spans.iter().flat_map(|s| s.text.chars())));
        let tall = tall.take(limits::TEXT_CHARS_MAX).any(|c| c.script() == Script::Tai_Viet);
        let leading = if tall { Leading::TALL } else { Leading::default() };
        let least = self.scale.title_min();
        let mut title = self.groups(&span(title), Role::Title, width / least);
        let mut body: Vec<Para> = paragraphs.iter().map(|p| self.para(p, width)).collect();
        let lines = wrap_any(&title, width / least, self.space(), false);
        let hold = |room: f32, most: f32| (room / (least * leading.title)).floor().clamp(1.0, most) as usize;
        let over =
            |lines: f32| hold(height - (lines * leading.body + fit::TITLE_GAP) * self.scale.body_min(), 3.0);
        let whole = if body.is_empty() { hold(height, 6.0) } else { over(1.0) };
        if lines.len() > whole {
            let rest = title.split_off(lines[over(2.0) - 1].end);
            let paragraph = Paragraph { marker: None, spans: span(&said(&rest)).into() };
            body.insert(0, self.para(&paragraph, width));
        }
        Text { title, body, leading }
    }

    fn para(&self, paragraph: &Paragraph, width: f32) -> Para {
        let span = |text: &String| [Span { text: text.clone(), bold: true }];
        let marker =
            paragraph.marker.as_ref().and_then(|text| self.groups(&span(text), Role::Body, f32::MAX).pop());
        let hang = marker.as_ref().map_or(0.0, |marker| marker.width + MARKER_GAP);
        let room = (width / self.scale.body_min() - hang).max(0.5);
        Para { marker, hang, groups: self.groups(&paragraph.spans, Role::Body, room) }
    }

    fn side_by_side(&self, first: &Voice, second: &Voice) -> Option<Page> {
        let width = (self.room.width - LANGUAGE_GAP) / 2.0;
        let height = self.room.height - LANGUAGE_NAME;
        let mut columns = Vec::new();
        for voice in [first, second] {
            let paragraphs: Option<Vec<&Paragraph>> = voice
                .blocks
                .iter()
                .map(|block| if let Block::Paragraph(paragraph) = block { Some(paragraph) } else { None })
                .collect();
            let text = self.text(&voice.title, &paragraphs?, width, height);
            columns.push(Column { name: Some(voice.name), text });
        }
        let texts: Vec<Text> = columns.iter().map(|column| column.text.clone()).collect();
        let fitted = fit::fit(&texts, width, height, self.space(), self.scale)?;
        Some(Page::Text { columns, fitted })
    }

    fn pages_of(&self, voice: &Voice, name: Option<&'static str>) -> Vec<Page> {
        let height = self.room.height - if name.is_some() { LANGUAGE_NAME } else { 0.0 };
        let mut pages = Vec::new();
        let mut run: Vec<&Paragraph> = Vec::new();
        let tables: Vec<Result<Columns, Vec<Paragraph>>> = voice
            .blocks
            .iter()
            .filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None })
            .map(|table| self.columns(table, height).ok_or_else(|| as_text(table)))
            .collect();
        let mut fits = tables.iter();
        for block in &voice.blocks {
            match block {
                Block::Paragraph(paragraph) => run.push(paragraph),
                Block::Table(table) => match fits.next() {
                    Some(Ok((cell, widths))) => {
                        if !run.is_empty() {
                            pages.extend(self.text_pages(voice, name, height, &std::mem::take(&mut run)));
                        }
                        let (head, whole) = self.table_title(voice);
                        if !whole && pages.is_empty() {
                            pages.extend(self.text_pages(voice, name, height, &[]));
                        }
                        pages.extend(self.table_pages(head, name, height, table, *cell, widths));
                    }
                    Some(Err(spoken)) => run.extend(spoken),
                    None => {}
                },
            }
        }
        if !run.is_empty() || pages.is_empty() {
            pages.extend(self.text_pages(voice, name, height, &run));
        }
        pages
    }

    fn text_pages(
        &self,
        voice: &Voice,
        name: Option<&'static str>,
        height: f32,
        run: &[&Paragraph],
    ) -> Vec<Page> {
        let text = self.text(&voice.title, run, self.room.width, height);
        let (width, space) = (self.room.width, self.space());
        let page = |text: Text, title, body, broken| Page::Text {
            columns: vec![Column { name, text }],
            fitted: Fitted { title, body, texts: vec![broken] },
        };
        if let Some(fitted) = fit::fit(std::slice::from_ref(&text), width, height, space, self.scale) {
            return vec![Page::Text { columns: vec![Column { name, text }], fitted }];
        }
        let (title, body) = (self.scale.title_min(), self.scale.body_min());
        let texts = split(&text, &Sheet { width, height, space, title, body }, PAGES_MAX);
        let (title, body, broken) = match fit::fit(&texts, width, height, space, self.scale) {
            Some(fitted) => (fitted.title, fitted.body, fitted.texts),
            None => {
                let smallest = |text: &Text| break_any(text, title, body, width, space).0;
                (title, body, texts.iter().map(smallest).collect())
            }
        };
        texts.into_iter().zip(broken).map(|(text, broken)| page(text, title, body, broken)).collect()
    }

    /// Size of a table's cells and widths of its columns, in u; `None` when it is too wide, or there is no room for
    /// two lines of title and a row.
    fn columns(&self, table: &Table, height: f32) -> Option<Columns> {
        let count = table.rows.iter().chain([&table.head]).map(Vec::len).max()?;
        let title = 2.0 * self.scale.title_min() * Leading::TALL.title;
        let spare = height - title - heads_height(self.heads) - TABLE_AIR;
        self.scale.cells.iter().find_map(|&cell| {
            let widest = |column: usize| {
                let body = table.rows.iter().map(|row| self.cell_width(row, column) * cell);
                let head =
                    table.head.get(column).map(|head| self.measure_plain(head, Role::Title) * self.heads);
                body.chain(head).fold(0.0_f32, f32::max)
            };
            let widths: Vec<f32> = (0..count).map(widest).collect();
            let gaps = COLUMN_GAP * (count - 1) as f32 + 2.0 * TABLE_MARGIN;
            let fits = widths.iter().sum::<f32>() + gaps <= self.room.width && row_min(cell) <= spare;
            fits.then_some((cell, widths))
        })
    }

    fn cell_width(&self, row: &[String], column: usize) -> f32 {
        row.get(column).map_or(0.0, |cell| self.measure_plain(cell, cell_role(column, cell)))
    }

    fn measure_plain(&self, text: &str, role: Role) -> f32 {
        let ink = self.ink(role);
        let space = self.measure.space(ink.plain);
        let words = text.split(' ').filter(|word| !word.is_empty());
        words.map(|word| self.measure.width(word, ink.plain) + space).sum::<f32>() - space
    }

    /// The title over a table's rows, in two lines at most, and whether that is all of it.
    fn table_title(&self, voice: &Voice) -> (Text, bool) {
        let mut text = self.text(&voice.title, &[], self.room.width, f32::MAX);
        let lines = wrap_any(&text.title, self.room.width / self.scale.title_min(), self.space(), false);
        if lines.len() <= 2 && text.body.is_empty() {
            return (text, true);
        }
        text.body.clear();
        text.title.truncate(lines.get(1).map_or(1, |line| line.end).max(1));
        if let Some(last) = text.title.pop() {
            text.title.push(last.broken_off(self.measure, self.ink(Role::Title)));
        }
        (text, false)
    }

    fn table_pages(
        &self,
        text: Text,
        name: Option<&'static str>,
        height: f32,
        table: &Table,
        cell: f32,
        widths: &[f32],
    ) -> Vec<Page> {
        // A table needs its height for rows.
        let titles = &self.scale.titles[self.scale.titles.len().saturating_sub(3)..];
        let broken = |size: f32| break_any(&text, size, self.scale.body_min(), self.room.width, self.space());
        let one_line = titles.iter().copied().find(|size| broken(*size).0.title.len() == 1);
        let size = one_line.unwrap_or(self.scale.title_min());
        let (broken, needs) = broken(size);
        let fitted = Fitted { title: size, body: self.scale.body_min(), texts: vec![broken] };
        let heads = if table.head.is_empty() { 0.0 } else { heads_height(self.heads) };
        let most = ((height - needs - heads - TABLE_AIR) / row_min(cell)).floor().max(1.0) as usize;
        let sheets = table.rows.len().div_ceil(most).max(1);
        let each = table.rows.len().div_ceil(sheets).max(1);
        let page = |rows: &[Vec<String>]| Page::Rows {
            name,
            text: text.clone(),
            fitted: fitted.clone(),
            table: Table { head: table.head.clone(), rows: rows.to_vec() },
            cell,
            heads: self.heads,
            widths: widths.to_vec(),
        };
        if table.rows.is_empty() { vec![page(&[])] } else { table.rows.chunks(each).map(page).collect() }
    }
}

fn row_min(cell: f32) -> f32 {
    ROW_MIN.max(CELL_ROW_MIN * cell)
}

/// What groups say, with the spaces between them.
fn said(groups: &[Group]) -> String {
    let words = groups.iter().flat_map(|group| &group.words);
    let said: String = words.flat_map(|w| [if w.space { " " } else { "" }, &w.text]).collect();
    said.trim().to_owned()
}

/// Places and hours stand out in a table.
pub fn cell_role(column: usize, cell: &str) -> Role {
    let digits = cell.chars().take_while(char::is_ascii_digit).count();
    let hour = (1..=2).contains(&digits) && cell[digits..].starts_with(['h', ':']);
    if column == 0 || hour { Role::Title } else { Role::Body }
}

/// A table too wide for the board, a line for each row: its first cell in bold, then the rest, all after their
/// heads. A table of heads alone is a line of those.
fn as_text(table: &Table) -> Vec<Paragraph> {
    let headed = |(column, cell): (usize, &String)| match table.head.get(column).map_or("", String::as_str) {
        head if head.is_empty() || cell.starts_with(head) => cell.clone(),
        head => format!("{head} {cell}"),
    };
    let say = |row: &Vec<String>| {
        let mut cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(headed);
        let mut spans: Vec<Span> = cells.next().map(|text| Span { text, bold: true }).into_iter().collect();
        let rest: Vec<String> = cells.collect();
        if !rest.is_empty() {
            spans.push(Span { text: format!(": {}.", rest.join(", ")), bold: false });
        }
        Paragraph { marker: None, spans }
    };
    let mut said: Vec<Paragraph> = table.rows.iter().map(say).filter(|p| !p.spans.is_empty()).collect();
    if said.is_empty() && table.head.iter().any(|head| !head.is_empty()) {
        let heads: Vec<&str> =
            table.head.iter().map(String::as_str).filter(|head| !head.is_empty()).collect();
        said.push(Paragraph { marker: None, spans: vec![Span { text: heads.join(", "), bold: true }] });
    }
    said
}

/// A language's name in itself; its tag's first part says which.
pub fn language_name(tag: &str) -> &'static str {
    match tag.split('-').next().unwrap_or(tag) {
        "vi" => "Tiếng Việt",
        "blt" | "tai" | "twh" | "tdd" => "Tiếng Thái",
        "hmn" | "hnj" | "mww" | "hea" | "hms" | "blu" => "Lus Hmoob",
        "ium" | "yao" => "Mienh waac",
        "en" => "English",
        "lo" => "ພາສາລາວ",
        "km" => "ភាសាខ្មែរ",
        "zh" => "中文",
        _ => "Tiếng khác",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_share_their_slot_by_how_long_they_take_to_read() {
        let weights = [10.0, 30.0, 20.0];
        let at = |elapsed| turn(weights.iter().copied(), elapsed, 60_000);
        assert_eq!(at(0), (0, 10_000));
        assert_eq!(at(9_999), (0, 10_000));
        assert_eq!(at(10_000), (1, 40_000));
        assert_eq!(at(59_999), (2, 60_000));
        assert_eq!(at(90_000), (2, 60_000));
        assert_eq!(turn(std::iter::empty(), 5, 10), (0, 0));
    }

    #[test]
    fn a_table_said_in_lines_keeps_its_heads() {
        let row = |cells: [&str; 3]| cells.map(String::from).to_vec();
        let table =
            Table { head: row(["Bản", "Ngày", ""]), rows: vec![row(["Nà Đon", "24/11", "7h30"])] };
        let said: String = as_text(&table)[0].spans.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(said, "Bản Nà Đon: Ngày 24/11, 7h30.");
    }
}
