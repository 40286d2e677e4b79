//! A notice cut into pages: which words on which, how large, and for how long.
//!
//! A text that does not fit at the smallest readable size is cut at the ends of sentences into as few pages as it
//! needs, evenly filled, all in the same sizes, each under the same title. Tables give pages of a few rows. Two
//! languages stand side by side where both fit; otherwise each has its pages in turn. The slot of air
//! time is shared among the pages by how long each takes to read (LOOK.md section 7).

use super::fit::{self, Broken, Fitted, Leading, Para, Scale, Text, break_text};
use super::fonts::Weight;
use super::look::{Role, Sizes};
use super::rich::{self, Block, Paragraph, Span, Table};
use super::words::{Group, Measure, cut_to, groups};
use crate::limits;
use crate::model::board::Theme;
use crate::model::plan::NoticeSlot;
use unicode_script::{Script, UnicodeScript};

/// Least gap between a table's columns, margin at its sides, and least and greatest height of a row, in u.
const COLUMN_GAP: f32 = 4.0;
pub const TABLE_MARGIN: f32 = 2.0;
const ROW_MIN: f32 = 12.2;
pub const ROW_MAX: f32 = 13.0;
/// Height of a table's heads, rule included, in u.
pub const HEADS: f32 = 9.5;
/// Most pages of one notice: 5 minutes at the shortest.
const PAGES_MAX: usize = 60;
/// In a paragraph of more groups than this, a sentence has at least so many.
const LONG_PARAGRAPH: usize = 400;
const SENTENCE_MIN: usize = 12;
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
    Text {
        columns: Vec<Column>,
        fitted: Fitted,
    },
    Rows {
        name: Option<&'static str>,
        text: Text,
        fitted: Fitted,
        table: Table,
        cell: f32,
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

/// A page and the seconds it takes to read.
pub type Timed = (Page, f64);

/// Every page of a slot's notice, in order; at least one.
pub fn pages(slot: &NoticeSlot, room: Room, measure: &Measure, sizes: &Sizes) -> Vec<Timed> {
    let cutter = Cutter { room, measure, scale: &sizes.scale, head: sizes.label };
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

fn timed(page: Page) -> Timed {
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
    let seconds = (4.0 + 0.5 * count as f64).clamp(10.0, 60.0);
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
    /// Size of a table's heads, in u.
    head: f32,
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
        let title = rich::clean(&title, limits::TITLE_CHARS_MAX).replace('\n', " ");
        Voice { name: language_name(lang), title, blocks: rich::blocks(&text) }
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

    /// A text ready to fit a column `width` u wide. Of a title too long for its three lines the rest opens the body.
    fn text(&self, title: &str, paragraphs: &[&Paragraph], width: f32) -> Text {
        let span = |text: &str| [Span { text: text.to_owned(), bold: false }];
        let tall =
            title.chars().chain(paragraphs.iter().flat_map(|p| p.spans.iter().flat_map(|s| s.text.chars())));
        let tall = tall.take(limits::TEXT_CHARS_MAX).any(|c| c.script() == Script::Tai_Viet);
        let leading = if tall { Leading::TALL } else { Leading::default() };
        let mut title = self.groups(&span(title), Role::Title, width / self.scale.title_min());
        let mut body: Vec<Para> = paragraphs.iter().map(|p| self.para(p, width)).collect();
        let lines =
            fit::wrap(&title, width / self.scale.title_min(), self.space(), false).unwrap_or_default();
        let most = if body.is_empty() { 6 } else { 3 };
        if lines.len() > most {
            let rest = title.split_off(lines[2].end);
            let words = rest.iter().flat_map(|group| &group.words);
            let said: String = words.flat_map(|w| [if w.space { " " } else { "" }, &w.text]).collect();
            let paragraph = Paragraph { marker: None, spans: span(said.trim()).into() };
            body.insert(0, self.para(&paragraph, width));
        }
        Text { title, body, leading }
    }

    fn para(&self, paragraph: &Paragraph, width: f32) -> Para {
        let span = |text: &String| [Span { text: text.clone(), bold: true }];
        let marker =
            paragraph.marker.as_ref().and_then(|text| self.groups(&span(text), Role::Body, f32::MAX).pop());
        let mut para = Para { marker, groups: Vec::new() };
        let room = (width / self.scale.body_min() - para.indent()).max(0.5);
        para.groups = self.groups(&paragraph.spans, Role::Body, room);
        para
    }

    fn side_by_side(&self, first: &Voice, second: &Voice) -> Option<Page> {
        let width = (self.room.width - LANGUAGE_GAP) / 2.0;
        let mut columns = Vec::new();
        for voice in [first, second] {
            let paragraphs: Option<Vec<&Paragraph>> = voice
                .blocks
                .iter()
                .map(|block| if let Block::Paragraph(paragraph) = block { Some(paragraph) } else { None })
                .collect();
            columns
                .push(Column { name: Some(voice.name), text: self.text(&voice.title, &paragraphs?, width) });
        }
        let texts: Vec<Text> = columns.iter().map(|column| column.text.clone()).collect();
        let fitted = fit::fit(&texts, width, self.room.height - LANGUAGE_NAME, self.space(), self.scale)?;
        Some(Page::Text { columns, fitted })
    }

    fn pages_of(&self, voice: &Voice, name: Option<&'static str>) -> Vec<Page> {
        let mut pages = Vec::new();
        let mut run: Vec<&Paragraph> = Vec::new();
        let rows: Vec<(Table, Option<Columns>)> = voice
            .blocks
            .iter()
            .filter_map(|block| if let Block::Table(table) = block { Some(table.clone()) } else { None })
            .map(|table| {
                let columns = self.columns(&table);
                (table, columns)
            })
            .collect();
        let spoken: Vec<Vec<Paragraph>> =
            rows.iter().map(|(table, fits)| if fits.is_none() { as_text(table) } else { vec![] }).collect();
        let mut table_at = 0;
        for block in &voice.blocks {
            match block {
                Block::Paragraph(paragraph) => run.push(paragraph),
                Block::Table(_) => {
                    let (table, fits) = &rows[table_at];
                    match fits {
                        None => run.extend(&spoken[table_at]),
                        Some((cell, widths)) => {
                            if !run.is_empty() {
                                pages.extend(self.text_pages(voice, name, &std::mem::take(&mut run)));
                            }
                            pages.extend(self.table_pages(voice, name, table, *cell, widths));
                        }
                    }
                    table_at += 1;
                }
            }
        }
        if !run.is_empty() || pages.is_empty() {
            pages.extend(self.text_pages(voice, name, &run));
        }
        pages
    }

    fn text_pages(&self, voice: &Voice, name: Option<&'static str>, run: &[&Paragraph]) -> Vec<Page> {
        let text = self.text(&voice.title, run, self.room.width);
        let height = self.room.height - if name.is_some() { LANGUAGE_NAME } else { 0.0 };
        let page = |text: Text, title, body, broken| Page::Text {
            columns: vec![Column { name, text }],
            fitted: Fitted { title, body, texts: vec![broken] },
        };
        if let Some(fitted) =
            fit::fit(std::slice::from_ref(&text), self.room.width, height, self.space(), self.scale)
        {
            return vec![Page::Text { columns: vec![Column { name, text }], fitted }];
        }
        let texts = self.split(&text, height);
        let (title, body, broken) = match fit::fit(&texts, self.room.width, height, self.space(), self.scale)
        {
            Some(fitted) => (fitted.title, fitted.body, fitted.texts),
            None => {
                let smallest =
                    |text: &Text| self.smallest(text).map_or_else(Broken::default, |(broken, _)| broken);
                (self.scale.title_min(), self.scale.body_min(), texts.iter().map(smallest).collect())
            }
        };
        texts.into_iter().zip(broken).map(|(text, broken)| page(text, title, body, broken)).collect()
    }

    fn smallest(&self, text: &Text) -> Option<(Broken, f32)> {
        break_text(text, self.scale.title_min(), self.scale.body_min(), self.room.width, self.space())
    }

    /// Cuts a text into as few pages as it needs at the smallest sizes, then as evenly as that number allows.
    fn split(&self, text: &Text, height: f32) -> Vec<Text> {
        let empty = Text { title: text.title.clone(), body: Vec::new(), leading: text.leading };
        let head =
            self.smallest(&empty).map_or(0.0, |(_, height)| height) + fit::TITLE_GAP * self.scale.body_min();
        let lines_max =
            ((height - head) / (self.scale.body_min() * text.leading.body)).floor().max(1.0) as usize;
        let pieces = self.pieces(text, lines_max);
        let fullest = self.pack(&empty, &pieces, height);
        let (mut low, mut high, mut best) = (0.0, height, fullest);
        for _ in 0..6 {
            let middle = (low + high) / 2.0;
            let packed = self.pack(&empty, &pieces, middle);
            if packed.len() <= best.len() {
                (high, best) = (middle, packed);
            } else {
                low = middle;
            }
        }
        best
    }

    /// Sentences, as (begins a paragraph, its marker and groups); one too long for a page is cut at line ends.
    fn pieces(&self, text: &Text, lines_max: usize) -> Vec<(bool, Para)> {
        let mut pieces = Vec::new();
        for para in &text.body {
            let mut start = 0;
            let mut cut = |from: usize, to: usize| {
                let marker = para.marker.clone().filter(|_| from == 0);
                pieces.push((from == 0, Para { marker, groups: para.groups[from..to].to_vec() }));
            };
            for (at, group) in para.groups.iter().enumerate() {
                // Very short sentences of a very long paragraph go together: it bounds the work.
                let short = at + 1 - start < SENTENCE_MIN && para.groups.len() > LONG_PARAGRAPH;
                if (!group.ends_sentence() || short) && at + 1 < para.groups.len() {
                    continue;
                }
                let sentence = &para.groups[start..=at];
                let width = self.room.width / self.scale.body_min() - para.indent();
                let lines = fit::wrap(sentence, width, self.space(), true).unwrap_or_default();
                for chunk in lines.chunks(lines_max) {
                    cut(start + chunk[0].start, start + chunk[chunk.len() - 1].end);
                }
                start = at + 1;
            }
        }
        pieces
    }

    /// Fills pages in order, each as high as `height` allows at the smallest sizes; a page holds at least one
    /// piece, and there are no more pages than are ever shown.
    fn pack(&self, empty: &Text, pieces: &[(bool, Para)], height: f32) -> Vec<Text> {
        let mut pages: Vec<Text> = Vec::new();
        let mut page = empty.clone();
        for (begins, piece) in pieces {
            let first = page.body.is_empty();
            let before = match page.body.last_mut() {
                Some(para) if !begins => {
                    let before = para.groups.len();
                    para.groups.extend(piece.groups.iter().cloned());
                    Some(before)
                }
                _ => {
                    page.body.push(piece.clone());
                    None
                }
            };
            if first || self.smallest(&page).is_some_and(|(_, needs)| needs <= height) {
                continue;
            }
            match (before, page.body.last_mut()) {
                (Some(before), Some(para)) => para.groups.truncate(before),
                _ => page.body.truncate(page.body.len() - 1),
            }
            pages.push(std::mem::replace(&mut page, empty.clone()));
            if pages.len() >= PAGES_MAX {
                return pages;
            }
            page.body.push(piece.clone());
        }
        pages.push(page);
        pages
    }

    /// Size of a table's cells and widths of its columns, in u; `None` when it is too wide.
    fn columns(&self, table: &Table) -> Option<Columns> {
        let count = table.rows.iter().chain([&table.head]).map(Vec::len).max()?;
        self.scale.cells.iter().find_map(|&cell| {
            let widest = |column: usize| {
                let body = table.rows.iter().map(|row| self.cell_width(row, column) * cell);
                let head =
                    table.head.get(column).map(|head| self.measure_plain(head, Role::Title) * self.head);
                body.chain(head).fold(0.0_f32, f32::max)
            };
            let widths: Vec<f32> = (0..count).map(widest).collect();
            let gaps = COLUMN_GAP * (count - 1) as f32 + 2.0 * TABLE_MARGIN;
            (widths.iter().sum::<f32>() + gaps <= self.room.width).then_some((cell, widths))
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

    fn table_pages(
        &self,
        voice: &Voice,
        name: Option<&'static str>,
        table: &Table,
        cell: f32,
        widths: &[f32],
    ) -> Vec<Page> {
        let text = self.text(&voice.title, &[], self.room.width);
        let height = self.room.height - if name.is_some() { LANGUAGE_NAME } else { 0.0 };
        let rows_height = |title: f32| height - title - HEADS - 2.5;
        // A table needs its height for rows.
        let titles = &self.scale.titles[self.scale.titles.len().saturating_sub(3)..];
        let title = titles.iter().find_map(|&size| {
            let (broken, needs) =
                break_text(&text, size, self.scale.body_min(), self.room.width, self.space())?;
            (broken.title.len() == 1 || size == self.scale.title_min()).then_some((size, broken, needs))
        });
        let (size, broken, needs) = title.unwrap_or_else(|| (self.scale.title_min(), Broken::default(), 0.0));
        let fitted = Fitted { title: size, body: self.scale.body_min(), texts: vec![broken] };
        let most = (rows_height(needs) / ROW_MIN).floor().max(1.0) as usize;
        let sheets = table.rows.len().div_ceil(most).max(1);
        let each = table.rows.len().div_ceil(sheets).max(1);
        let page = |rows: &[Vec<String>]| Page::Rows {
            name,
            text: text.clone(),
            fitted: fitted.clone(),
            table: Table { head: table.head.clone(), rows: rows.to_vec() },
            cell,
            widths: widths.to_vec(),
        };
        if table.rows.is_empty() { vec![page(&[])] } else { table.rows.chunks(each).map(page).collect() }
    }
}

/// Places and hours stand out in a table.
pub fn cell_role(column: usize, cell: &str) -> Role {
    let digits = cell.chars().take_while(char::is_ascii_digit).count();
    let hour = (1..=2).contains(&digits) && cell[digits..].starts_with(['h', ':']);
    if column == 0 || hour { Role::Title } else { Role::Body }
}

/// A table too wide for the board, a line for each row: its first cell in bold, then the rest under their heads.
fn as_text(table: &Table) -> Vec<Paragraph> {
    let say = |row: &Vec<String>| {
        let mut cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let mut spans: Vec<Span> =
            cells.next().map(|(_, c)| Span { text: c.clone(), bold: true }).into_iter().collect();
        let headed =
            |(column, cell): (usize, &String)| match table.head.get(column).map_or("", String::as_str) {
                "" => cell.clone(),
                head => format!("{head} {cell}"),
            };
        let rest: Vec<String> = cells.map(headed).collect();
        if !rest.is_empty() {
            spans.push(Span { text: format!(": {}.", rest.join(", ")), bold: false });
        }
        Paragraph { marker: None, spans }
    };
    table.rows.iter().map(say).filter(|paragraph| !paragraph.spans.is_empty()).collect()
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
        assert_eq!(said, "Nà Đon: Ngày 24/11, 7h30.");
    }
}
