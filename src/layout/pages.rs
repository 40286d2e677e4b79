//! A notice cut into pages: which words on which, how large, and for how long.
//!
//! A text that does not fit at the smallest readable size is cut into as few pages as it needs (`split`), all in the
//! same sizes, each under the same title, or on a low board under its beginning where all of it has no room. Tables give pages of a few rows (`table`),
//! with the text before and after them where there is room; one that is too wide is said in lines. Two languages stand side by side where both fit; otherwise each has its pages in turn. The slot of air
//! time is shared among the pages by how long each takes to read (LOOK.md section 7).
//!
//! Every letter of a text is on exactly one of its pages, within its room: `whole_tests` holds that.

use super::fit::{
    self, Fitted, Heights, Leading, Lines, MARKER_GAP, Para, Scale, Text, break_any, break_text, wrap_any,
};
use super::fonts::Weight;
use super::look::Role;
use super::split::{Sheet, split};
use super::spoken::{Heads, rows_said};
use super::table::{self, Row, Rows};
use super::words::{Group, Measure, begun, cut_to, groups, said};
use crate::limits;
use crate::model::board::{Reading, Theme};
use crate::model::plan::NoticeSlot;
use crate::text::markup::{Block, Paragraph, Span, Table, blocks};
use crate::text::sole_line;
use unicode_script::{Script, UnicodeScript};

/// Most pages of one notice. The longest text that may be published comes to a fifth of it on a screen of 1080 lines;
/// what would be more on a tiny board is left on the last page.
const PAGES_MAX: usize = 500;
/// How much larger than its cells text over or under a table may be.
const BESIDE_CELLS: f32 = 1.2;
/// By how much the letters of a table and of its heads grow, where that costs no page.
const GROWN: [(f32, f32); 10] = [
    (1.75, 1.4),
    (1.55, 1.3),
    (1.4, 1.2),
    (1.4, 1.0),
    (1.25, 1.2),
    (1.25, 1.0),
    (1.12, 1.2),
    (1.12, 1.0),
    (1.0, 1.3),
    (1.0, 1.15),
];
/// How much larger letters are in which a table of labels is rather said in sentences.
const SAID_LARGER: f32 = 1.2;
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
    Rows(Box<Tabled>),
}

impl Page {
    /// The size of what most of it is set in, in u.
    fn letters(&self) -> f32 {
        match self {
            Page::Text { fitted, .. } => fitted.body,
            Page::Rows(page) => page.rows.cell,
        }
    }
}

/// A page with rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Tabled {
    /// The language's own name, where a notice has several.
    pub name: Option<&'static str>,
    /// The title, and perhaps text, over the rows.
    pub text: Text,
    pub fitted: Fitted,
    pub rows: Rows,
    pub below: Option<Below>,
}

/// Text that follows a table on its page.
#[derive(Debug, Clone, PartialEq)]
pub struct Below {
    /// Without a title.
    pub text: Text,
    pub fitted: Fitted,
    /// With the space over it, in u.
    pub height: f32,
}

/// The room for text, in u.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    pub width: f32,
    pub height: f32,
    /// Two languages may stand side by side.
    pub columns: bool,
    /// Lines are few and short: a title of several stands whole on the first page alone.
    pub low: bool,
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
    /// Height of the room for text, in u, on pages after the first that is no table's; all have `room` where this is absent,
    /// for several languages and for tables.
    pub later: Option<f32>,
    /// The first page is a picture and has no text; `room` is that of the others.
    pub picture_first: bool,
}

/// A page and the seconds it takes to read.
pub type Timed = (Page, f64);

/// Every page of a slot's notice, in order; at least one.
pub fn pages(slot: &NoticeSlot, setting: &Setting, measure: &Measure) -> Vec<Timed> {
    let Setting { room, scale, heads, reading, said_first, later, picture_first } = setting;
    let later = later.unwrap_or(room.height);
    let said_first = said_first.as_deref();
    let cutter = Cutter { room: *room, later, measure, scale, heads: *heads, said_first };
    let timed = |page| timed(page, *reading);
    let blank =
        || Page::Text { columns: Vec::new(), fitted: Fitted { title: 0.0, body: 0.0, texts: Vec::new() } };
    let picture = picture_first.then(|| timed(blank()));
    let voices: Vec<Voice> = slot.languages.iter().map(|lang| cutter.voice(slot, lang)).collect();
    let voices = if voices.is_empty() { vec![cutter.voice(slot, &slot.notice.lang)] } else { voices };
    if let [first, second] = voices.as_slice()
        && room.columns
        && let Some(page) = cutter.side_by_side(first, second)
    {
        return picture.into_iter().chain([timed(page)]).collect();
    }
    let several = voices.len() > 1;
    let mut pages: Vec<Timed> = Vec::new();
    for voice in &voices {
        let name = several.then_some(voice.name);
        pages.extend(cutter.pages_of(voice, name).into_iter().map(timed));
    }
    pages.truncate(PAGES_MAX);
    picture.into_iter().chain(pages).collect()
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
        Page::Rows(page) => {
            let below = page.below.as_ref().map_or(0, |below| text(&below.text));
            text(&page.text) + page.rows.rows.iter().map(Row::syllables).sum::<usize>() + below
        }
    };
    let seconds = (reading.milliseconds(count) as f64 / 1000.0).clamp(10.0, 60.0);
    (page, seconds)
}

/// What is said in one language.
struct Voice {
    name: &'static str,
    title: String,
    blocks: Vec<Block>,
}

/// The title over a table's rows, its height in u, and whether that is all of it.
struct TableHead {
    text: Text,
    fitted: Fitted,
    height: f32,
    is_whole: bool,
}

/// How tables are set: how much of their heads is said where they are said in sentences, and how much larger than the
/// largest cells of the scale their letters are.
#[derive(Debug, Clone, Copy)]
struct TableWay {
    /// In sentences, whether there is room for columns or not.
    said: bool,
    heads: Heads,
    grown: f32,
    heads_grown: f32,
}

/// A table among paragraphs: under which title, and what is said after it.
struct TableRun<'a> {
    head: &'a TableHead,
    rows: &'a Rows,
    after: &'a [&'a Paragraph],
}

struct Cutter<'a> {
    room: Room,
    /// Height of pages after the first.
    later: f32,
    measure: &'a Measure,
    scale: &'a Scale,
    heads: f32,
    said_first: Option<&'a str>,
}

impl Cutter<'_> {
    fn voice(&self, slot: &NoticeSlot, lang: &str) -> Voice {
        let (title, text) = slot.notice.said_in(lang);
        let title = sole_line(title, limits::TITLE_CHARS_MAX);
        let first = self.said_first.map(|text| {
            let spans = vec![Span { text: text.to_owned(), bold: true }];
            Block::Paragraph(Paragraph { marker: None, spans })
        });
        let blocks = first.into_iter().chain(blocks(text)).collect();
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
            let ink = self.ink(Role::Title);
            let last = &lines[over(2.0) - 1];
            let wide = |groups: &[Group]| groups.iter().map(|group| group.width + self.space()).sum::<f32>();
            // "…" says that it goes on, where the line has room for it.
            let mut end = last.end;
            let goes_on = |end: usize| title[end - 1].clone().with_ellipsis(self.measure, ink);
            while end > last.start + 1
                && wide(&title[last.start..end - 1]) + goes_on(end).width > width / least
            {
                end -= 1;
            }
            let marked = goes_on(end);
            let rest = title.split_off(end);
            let spans = vec![Span { text: format!("…{}", said(&rest)), bold: true }];
            body.insert(0, self.para(&Paragraph { marker: None, spans }, width));
            if marked.width <= width / least {
                title[end - 1] = marked;
            }
        }
        Text { title, body, leading }
    }

    fn para(&self, paragraph: &Paragraph, width: f32) -> Para {
        let span = |text: &String| [Span { text: text.clone(), bold: true }];
        let marker =
            paragraph.marker.as_ref().and_then(|text| self.groups(&span(text), Role::Body, f32::MAX).pop());
        let hang = marker.as_ref().map_or(0.0, |marker| marker.width + MARKER_GAP);
        let room = (width / self.scale.body_min() - hang).max(0.5);
        let heading = paragraph.is_heading();
        Para { marker, hang, groups: self.groups(&paragraph.spans, Role::Body, room), heading }
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
        let fitted = fit::fit(&texts, width, Heights::all(height), self.space(), self.scale)?;
        Some(Page::Text { columns, fitted })
    }

    /// The pages of one language. A table said in sentences names its heads where that costs no page; one in columns has
    /// letters as large as its pages hold.
    fn pages_of(&self, voice: &Voice, name: Option<&'static str>) -> Vec<Page> {
        let plain = TableWay { said: false, heads: Heads::All, grown: 1.0, heads_grown: 1.0 };
        let pages = self.pages_by(voice, name, plain);
        if !voice.blocks.iter().any(|block| matches!(block, Block::Table(_))) {
            return pages;
        }
        let columns = |pages: &[Page]| pages.iter().filter(|page| matches!(page, Page::Rows(_))).count();
        if columns(&pages) == 0 {
            let brief = self.pages_by(voice, name, TableWay { heads: Heads::OfNumbers, ..plain });
            return if brief.len() < pages.len() { brief } else { pages };
        }
        let way = |&(grown, heads_grown)| TableWay { grown, heads_grown, ..plain };
        let grown = GROWN.iter().map(|grown| self.pages_by(voice, name, way(grown)));
        let fits = |way: &Vec<Page>| way.len() == pages.len() && columns(way) == columns(&pages);
        let pages = grown.into_iter().find(fits).unwrap_or(pages);
        // Labels, each with what it labels, are read as well in sentences, where letters are so much larger.
        let labels = |block: &Block| match block {
            Block::Table(table) => table.head.is_empty() && table.rows.iter().all(|row| row.len() <= 2),
            Block::Paragraph(_) => true,
        };
        if !voice.blocks.iter().all(labels) {
            return pages;
        }
        let said = self.pages_by(voice, name, TableWay { said: true, ..plain });
        let letters = |pages: &[Page]| pages.iter().map(Page::letters).fold(f32::INFINITY, f32::min);
        let larger = letters(&said) >= SAID_LARGER * letters(&pages);
        if said.len() <= pages.len() && larger { said } else { pages }
    }

    fn pages_by(&self, voice: &Voice, name: Option<&'static str>, way: TableWay) -> Vec<Page> {
        let height = self.room.height - if name.is_some() { LANGUAGE_NAME } else { 0.0 };
        let head = self.table_head(voice, way.grown);
        let tables: Vec<Result<Rows, Vec<Paragraph>>> = voice
            .blocks
            .iter()
            .filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None })
            .map(|table| {
                let rows = if way.said { None } else { self.rows(table, height - head.height, way) };
                rows.ok_or_else(|| rows_said(table, way.heads))
            })
            .collect();
        // Each run of paragraphs, with the table that follows it.
        let mut parts: Vec<(Vec<&Paragraph>, Option<&Rows>)> = vec![(Vec::new(), None)];
        let mut fits = tables.iter();
        for block in &voice.blocks {
            let Some(part) = parts.last_mut() else { break };
            match block {
                Block::Paragraph(paragraph) => part.0.push(paragraph),
                Block::Table(_) => match fits.next() {
                    Some(Ok(rows)) => {
                        part.1 = Some(rows);
                        parts.push((Vec::new(), None));
                    }
                    Some(Err(spoken)) => part.0.extend(spoken),
                    None => {}
                },
            }
        }
        let mut pages = Vec::new();
        for (at, (run, table)) in parts.iter().enumerate() {
            let after = parts.get(at + 1).map_or(&[][..], |(run, _)| run);
            let table = table.map(|rows| TableRun { head: &head, rows, after });
            self.end_run(&mut pages, run, voice, name, height, table);
        }
        pages
    }

    /// The pages of the paragraphs before a table, or before the end, and those of the table. Text stands over a table that
    /// has all of its rows on one page with it, or else under the one before.
    fn end_run(
        &self,
        pages: &mut Vec<Page>,
        run: &[&Paragraph],
        voice: &Voice,
        name: Option<&'static str>,
        height: f32,
        table: Option<TableRun<'_>>,
    ) {
        let over = table.as_ref().filter(|table| table.head.is_whole && !run.is_empty());
        let over = over.and_then(|table| {
            let lower = table.rows.squeezed(self.cell_min());
            let fits = |rows: Rows| Some((self.over_rows(table.head, run, &rows, height)?, rows));
            fits(table.rows.clone()).or_else(|| fits(lower))
        });
        if let Some(((text, fitted), rows)) = over {
            pages.push(Page::Rows(Box::new(Tabled { name, text, fitted, rows, below: None })));
            return;
        }
        let is_last = table.is_none() && pages.is_empty();
        let untitled = table.as_ref().is_some_and(|table| !table.head.is_whole && pages.is_empty());
        if !run.is_empty() && !self.add_below(pages.last_mut(), run, height) || is_last || untitled {
            pages.extend(self.text_pages(voice, name, height, run));
        }
        let Some(table) = table else { return };
        let page = |rows| {
            let (text, fitted) = (table.head.text.clone(), table.head.fitted.clone());
            Page::Rows(Box::new(Tabled { name, text, fitted, rows, below: None }))
        };
        pages.extend(self.rows_pages(&table, height).into_iter().map(page));
    }

    /// The rows of a table, in as few pages as they make together with the text after them: rows are a little lower, and
    /// text of a few words does not take a page for itself, rather than that there is one page more.
    fn rows_pages(&self, table: &TableRun<'_>, height: f32) -> Vec<Rows> {
        let room = height - table.head.height - table.rows.heads_height() - table::AIR;
        let lower = table.rows.squeezed(self.cell_min());
        if table.after.is_empty() {
            let (pages, fewer) = (table.rows.pages(room, 0.0), lower.pages(room, 0.0));
            return if fewer.len() < pages.len() { fewer } else { pages };
        }
        let width = self.room.width;
        let body = table.after.iter().map(|paragraph| self.para(paragraph, width)).collect();
        let text = Text { title: Vec::new(), body, leading: table.head.text.leading };
        let least = self.scale.body_min();
        let below = break_any(&text, least, least, width, self.space()).1;
        let row = table.rows.rows.last().map_or(0.0, |row| table.rows.least(row));
        let with =
            (row + below <= room).then(|| [table.rows, &lower].map(|rows| (rows.pages(room, below), 0)));
        let without = [table.rows, &lower].map(|rows| (rows.pages(room, 0.0), 1));
        let ways = with.into_iter().flatten().chain(without);
        ways.min_by_key(|(pages, more)| pages.len() + more).map_or_else(Vec::new, |(pages, _)| pages)
    }

    /// The smallest letters of a table's cells, in u.
    fn cell_min(&self) -> f32 {
        self.scale.cells.last().copied().unwrap_or(1.0)
    }

    /// Sizes of text beside a table, large to small: no larger than its cells make look right.
    fn beside_table(&self, rows: &Rows) -> impl Iterator<Item = f32> {
        let most = (BESIDE_CELLS * rows.cell).max(self.scale.body_min());
        self.scale.bodies.iter().copied().filter(move |body| *body <= most)
    }

    /// A table's title with text under it, where both fit over all of its rows.
    fn over_rows(
        &self,
        head: &TableHead,
        run: &[&Paragraph],
        rows: &Rows,
        height: f32,
    ) -> Option<(Text, Fitted)> {
        let body = run.iter().map(|paragraph| self.para(paragraph, self.room.width)).collect();
        let text = Text { body, ..head.text.clone() };
        let room = height - rows.height() - table::AIR;
        self.beside_table(rows).find_map(|body| {
            let (broken, needs) = break_text(&text, head.fitted.title, body, self.room.width, self.space())?;
            let fitted = Fitted { title: head.fitted.title, body, texts: vec![broken] };
            (needs <= room).then(|| (text.clone(), fitted))
        })
    }

    /// Puts text under the rows of a page, where all of it fits there; says whether it did.
    fn add_below(&self, page: Option<&mut Page>, run: &[&Paragraph], height: f32) -> bool {
        let Some(Page::Rows(page)) = page else { return false };
        let Tabled { text: head, fitted, rows, below, .. } = &mut **page;
        let width = self.room.width;
        let body = run.iter().map(|paragraph| self.para(paragraph, width)).collect();
        let text = Text { title: Vec::new(), body, leading: head.leading };
        let over = break_any(head, fitted.title, fitted.body, width, self.space()).1;
        let room = height - over - rows.height() - table::AIR;
        let found = self.beside_table(rows).find_map(|body| {
            let (broken, needs) = break_text(&text, fitted.title, body, width, self.space())?;
            let fitted = Fitted { title: fitted.title, body, texts: vec![broken] };
            (needs <= room).then_some((fitted, needs))
        });
        let Some((fitted, height)) = found.filter(|_| below.is_none()) else { return false };
        *below = Some(Below { text, fitted, height });
        true
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
        let has_table = voice.blocks.iter().any(|block| matches!(block, Block::Table(_)));
        let later = if name.is_some() || has_table { height } else { self.later };
        let heights = Heights { first: height, later };
        if let Some(fitted) = fit::fit(std::slice::from_ref(&text), width, heights, space, self.scale) {
            return vec![Page::Text { columns: vec![Column { name, text }], fitted }];
        }
        let (title, body) = (self.scale.title_min(), self.scale.body_min());
        let cut = |head: &[Group]| {
            split(&text, head, &Sheet { width, height, later, space, title, body }, PAGES_MAX)
        };
        let mut texts = cut(&text.title);
        let shorter = cut(&self.running_head(&text.title));
        // Half a title is worth nothing where it saves no page, or on a high board not a third of them.
        let saves =
            if self.room.low { shorter.len() < texts.len() } else { 3 * shorter.len() <= 2 * texts.len() };
        texts = if saves { shorter } else { texts };
        // Where a page has room for all of the title, it has it.
        for page in texts.iter_mut().skip(1).filter(|_| saves) {
            let whole = Text { title: text.title.clone(), ..page.clone() };
            if break_any(&whole, title, body, width, space).1 <= later {
                *page = whole;
            }
        }
        let (title, body, broken) = match fit::fit(&texts, width, heights, space, self.scale) {
            Some(fitted) => (fitted.title, fitted.body, fitted.texts),
            None => {
                let smallest = |text: &Text| break_any(text, title, body, width, space).0;
                (title, body, texts.iter().map(smallest).collect())
            }
        };
        texts.into_iter().zip(broken).map(|(text, broken)| page(text, title, body, broken)).collect()
    }

    /// A table in columns, in a room of this height in u; `None` when it is too wide, or there is no room for a row. Grown
    /// letters have a line a cell.
    fn rows(&self, table: &Table, height: f32, way: TableWay) -> Option<Rows> {
        let heads = self.heads * way.heads_grown;
        let spare = height - table::heads_height(heads) - table::AIR;
        let room = (self.room.width, spare);
        if way.grown <= 1.0 {
            return table::set(table, (&self.scale.cells, heads), room, self.measure);
        }
        let cells: Vec<f32> = self.scale.cells.first().map(|cell| cell * way.grown).into_iter().collect();
        table::set(table, (&cells, heads), room, self.measure).filter(Rows::is_one_line_each)
    }

    /// The title over a table's rows, in two lines at most.
    fn table_head(&self, voice: &Voice, grown: f32) -> TableHead {
        let mut text = self.text(&voice.title, &[], self.room.width, f32::MAX);
        let lines = wrap_any(&text.title, self.room.width / self.scale.title_min(), self.space(), false);
        let is_whole = lines.len() <= 2 && text.body.is_empty();
        text.body.clear();
        text.title = self.shortened(&text.title, &lines, 2);
        // A table needs its height for rows.
        let third = self.scale.titles.iter().rev().nth(2).copied().unwrap_or(self.scale.title_min());
        let titles: Vec<f32> =
            self.scale.titles.iter().copied().filter(|size| *size <= third * grown).collect();
        let broken = |size: f32| break_any(&text, size, self.scale.body_min(), self.room.width, self.space());
        let one_line = titles.iter().copied().find(|size| broken(*size).0.title.len() == 1);
        let title = one_line.unwrap_or(self.scale.title_min());
        let (broken, height) = broken(title);
        let fitted = Fitted { title, body: self.scale.body_min(), texts: vec![broken] };
        TableHead { text, fitted, height, is_whole }
    }

    /// A title for all pages but the first of a low board: in one line, or two where one would say little of it.
    fn running_head(&self, title: &[Group]) -> Vec<Group> {
        let lines = wrap_any(title, self.room.width / self.scale.title_min(), self.space(), false);
        let syllables = |groups: &[Group]| groups.iter().map(Group::syllables).sum::<usize>();
        let short = self.shortened(title, &lines, 1);
        if 5 * syllables(&short) < 2 * syllables(title) { self.shortened(title, &lines, 2) } else { short }
    }

    /// As much of a title as stands in `most` lines of its smallest size, and "…" for the rest.
    fn shortened(&self, title: &[Group], lines: &Lines, most: usize) -> Vec<Group> {
        let Some(last) = lines.get(most.max(1) - 1).filter(|_| lines.len() > most) else {
            return title.to_vec();
        };
        let (before, rest) = title.split_at(last.start);
        let width = self.room.width / self.scale.title_min();
        [before, &begun(rest, width, self.measure, self.ink(Role::Title))].concat()
    }
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
}
