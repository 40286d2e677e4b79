//! LED walls: black ground, a few large words, one idea after another.
//!
//! Under 64 pixels of height (`strip`) letters are Unifont's 16 pixels without grey: one line that runs where it does not
//! fit, or pages of two and more. Above (`wall`), Noto's from 24 pixels an em, under a bar with category and clock.
//! What is said (`saying`) is the same for both. A notice's pages share its slot by how long each takes to read.

mod saying;
mod strip;
mod wall;

use super::brush::Brush;
use super::fit::wrap_any;
use super::look::{Grid, Role};
use super::scene::{Colour, Rect, Scene};
use super::words::{Measure, Word, cut_to, plain_groups, words_of};
use super::{Composed, View, icons, legible, turns};
use crate::model::board::Theme;
use crate::model::plan::Main;
use crate::text::together::is_negated;
use jiff::Timestamp;
use saying::{Said, Saying};

/// Height of a Unifont line, and its baseline from the line's top.
const PIXEL_LINE: i32 = 16;
const PIXEL_BASELINE: i32 = 14;
/// From this height on a wall has lines in Noto.
const NOTO_WALL: i32 = 64;
/// Reading time of a page: to find it, and for each syllable (LOOK.md section 7: the half second is for old eyes).
const FIND_SECONDS: f64 = 1.0;
const SYLLABLE_SECONDS: f64 = 0.5;
/// The least that a page stays where no slot says so.
const PAGE_SECONDS_MIN: f64 = 4.0;

pub fn compose(view: &View<'_>, grid: Grid, measure: &Measure) -> Composed {
    let mut brush = Brush::new(grid, view.look, Theme::Night, measure);
    let saying = saying::say(view);
    // Sixteen pixels are too few where pixels are small and people stand far away.
    let least = legible::need(view.board, view.size).map_or(0.0, |need| need.limit_px);
    let noto = grid.area.h >= NOTO_WALL || grid.area.h >= wall::LINE && least > PIXEL_LINE as f32;
    let (ticker, (page, count, turns)) = match noto {
        true => wall::draw(&mut brush, view, &saying, least),
        false => strip::draw(&mut brush, view, &saying),
    };
    // Nothing fades on a wall: a strip would be dark in between, and its letters have no grey.
    let scene = Scene { draws: brush.draws, ticker, ..Scene::plain(view.size, Colour::BLACK) };
    let page = (page as u32 + 1, count as u32);
    Composed { page: page.0, pages: page.1, next_change: turns, ..Composed::single(scene) }
}

/// One line of a page.
#[derive(Clone)]
struct Row {
    words: Vec<Word>,
    colour: Colour,
    /// What it costs to turn the page after it.
    parting: f32,
}

impl Row {
    fn syllables(&self) -> usize {
        self.words.iter().filter(|word| word.space).count()
    }
}

/// Which page is shown, of how many, and when it turns.
type Turn = (usize, usize, Option<Timestamp>);

/// The lines of each thing that is said, `width` em wide.
fn items(measure: &Measure, said: &[Said], role: Role, width: f32) -> Vec<Vec<Row>> {
    let ink = role.ink(Theme::Night);
    let item = |Said { text, colour, announces }: &Said| {
        let groups = cut_to(plain_groups(text, measure, ink), width.max(0.6), measure, ink);
        let lines = wrap_any(&groups, width.max(0.6), measure.space(ink.plain), false);
        let row = |line: std::ops::Range<usize>| {
            let introduces = groups[line.end - 1].introduces();
            let parting = match groups.get(line.end) {
                None if *announces || introduces => AFTER_INTRODUCTION,
                None => 0.0,
                Some(next) if next.is_inseparable() => WITHIN_GROUP,
                Some(_) if is_negated(words_of(&groups[..line.end])) => {
                    if groups[line.end - 1].ends_clause() { NEGATED_CLAUSE } else { NEGATED }
                }
                Some(_) if introduces => AFTER_INTRODUCTION,
                Some(next) if next.follows.is_some() => WITHIN_NAME,
                Some(_) if groups[line.end - 1].ends_clause() => AFTER_CLAUSE,
                Some(_) if groups[line.end - 1].ends_leaning() => AFTER_LEANING,
                Some(_) => WITHIN_CLAUSE,
            };
            let words = groups[line].iter().flat_map(|group| group.words.iter().cloned()).collect();
            Row { words, colour: *colour, parting }
        };
        lines.into_iter().map(row).collect()
    };
    said.iter().map(item).collect()
}

/// What is said, as pages of `each` rows. What is always said stands first on every page; where a page is one row, on every
/// other one.
fn paged(items: Vec<Vec<Row>>, each: usize, head: Option<Row>) -> Vec<Vec<Row>> {
    let Some(head) = head else { return filled(items, each.max(1)) };
    if each > 1 {
        let under = |page: Vec<Row>| [vec![head.clone()], page].concat();
        let pages = filled(items, each - 1);
        return if pages.is_empty() { vec![vec![head]] } else { pages.into_iter().map(under).collect() };
    }
    items.into_iter().flatten().flat_map(|row| [vec![head.clone()], vec![row]]).collect()
}

/// What it costs to turn the page within a thing that is said: where a page has room for all of it, where a name would be
/// cut from its number, and in a long text, with the end of a clause and without.
const WITHIN_ITEM: f32 = 4.0;
const WITHIN_GROUP: f32 = 8.0;
const WITHIN_NAME: f32 = 0.8;
const AFTER_CLAUSE: f32 = 0.1;
const AFTER_LEANING: f32 = 0.6;
/// After what announces the next thing ("Thứ Hai, 30/11:").
const AFTER_INTRODUCTION: f32 = 1.2;
/// Between a negation and what it forbids; after a part of that.
const NEGATED: f32 = 2.4;
const NEGATED_CLAUSE: f32 = 0.6;
const WITHIN_CLAUSE: f32 = 0.3;
/// Part of a long text beside another.
const MIXED: f32 = 1.5;
/// A page, and what of it stays empty, squared.
const PAGE: f32 = 1.0;
const EMPTY: f32 = 0.3;

/// The cheapest way to share items among pages of at most `each` rows: what has room on a page is never parted.
fn filled(items: Vec<Vec<Row>>, each: usize) -> Vec<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    // What it costs to turn the page after each row, and where its item begins.
    let (mut parting, mut begins): (Vec<f32>, Vec<usize>) = Default::default();
    for item in items {
        begins.extend(std::iter::repeat_n(rows.len(), item.len()));
        let whole = item.len() <= each;
        let costs = item.iter().enumerate().map(|(at, row)| match at + 1 < item.len() {
            true if whole => row.parting.max(WITHIN_ITEM),
            _ => row.parting,
        });
        parting.extend(costs);
        rows.extend(item);
    }
    let mut best = vec![(0.0_f32, 0_usize)];
    for end in 1..=rows.len() {
        let page = |from: usize| {
            let empty = 1.0 - (end - from) as f32 / each as f32;
            let (first, last) = (begins[from], begins[end - 1]);
            let goes_on = begins.get(end) == Some(&last);
            // The end of one thing, or the beginning, beside another.
            let mixed = first != last && (first < from || goes_on);
            // Of two pages for one thing, the first is the fuller.
            let empty = empty * empty * if goes_on { 1.2 * EMPTY } else { EMPTY };
            let cost = PAGE + empty + if mixed { MIXED } else { 0.0 } + parting[end - 1];
            (best[from].0 + cost, from)
        };
        let cheapest = (end.saturating_sub(each)..end).map(page).min_by(|a, b| a.0.total_cmp(&b.0));
        best.extend(cheapest);
    }
    let mut pages = Vec::new();
    while !rows.is_empty() {
        pages.push(rows.split_off(best[rows.len()].1));
    }
    pages.reverse();
    pages
}

/// What a warning says, as pages of `each` rows: one thing to do is not cut where another begins, for that would be a third.
/// The head, which is the hazard, stands over what leaves room for it: the level is on every page anyhow.
fn paged_whole(items: Vec<Vec<Row>>, each: usize, head: Option<Row>) -> Vec<Vec<Row>> {
    let each = each.max(1);
    let headed = head.is_some() && each > 1;
    let blank = || -> Vec<Row> { head.iter().filter(|_| headed).cloned().collect() };
    let heads = usize::from(headed);
    let mut pages = vec![blank()];
    for item in items {
        let last = pages.last().map_or(0, Vec::len);
        if item.len() <= each - last.min(each) {
            pages.last_mut().into_iter().for_each(|page| page.extend(item.iter().cloned()));
        } else if item.len() <= each - heads {
            pages.push([blank(), item].concat());
        } else {
            pages.extend(item.chunks(each).map(<[Row]>::to_vec));
        }
    }
    pages.retain(|page| !page.is_empty());
    // Where nothing stands under the head of the first page, what follows says it.
    if pages.is_empty() { vec![blank()] } else { pages }
}

/// Which page is shown now. Each has its share of a notice's slot, or of a round of its own, by how long it takes to read.
fn turn(view: &View<'_>, pages: &[Vec<Row>]) -> Turn {
    let count = pages.len().max(1);
    if count < 2 {
        return (0, count, None);
    }
    let syllables = |page: &Vec<Row>| page.iter().map(Row::syllables).sum::<usize>() as f64;
    // A warning is read twice as slowly as a notice.
    let (slot, slowly, least) = match &view.plan.main {
        Main::Notice(slot) => (Some(slot.turn), 1.0, 0.0),
        Main::Warning { turn, .. } => (*turn, 2.0, PAGE_SECONDS_MIN),
        Main::Neutral { .. } => (None, 1.0, PAGE_SECONDS_MIN),
    };
    let seconds = |page| ((FIND_SECONDS + SYLLABLE_SECONDS * syllables(page)) * slowly).max(least);
    let seconds: Vec<f64> = pages.iter().map(seconds).collect();
    let (at, turns) = turns::now(&seconds, slot, view.now.timestamp());
    (at, count, turns)
}

/// Side of what stands at the left, in pixels; `None` where there is no room for it.
fn mark_side(area: Rect) -> Option<i32> {
    let side = area.h.min(NOTO_WALL) / 16 * 16;
    (side >= 16 && area.w >= 4 * area.h.min(NOTO_WALL)).then_some(side)
}

/// Where text begins beside a saying's mark.
fn mark_width(saying: &Saying, area: Rect) -> i32 {
    match mark_side(area) {
        Some(side) if saying.level.is_some() => side + 4,
        Some(side) => 16 * (side / 32).max(1) + 6,
        None => 0,
    }
}

/// Draws a level's number, or what stands for the saying, in a square at the left.
fn mark(brush: &mut Brush<'_>, saying: &Saying, area: Rect) {
    let Some(side) = mark_side(area) else { return };
    let Some(level) = &saying.level else {
        let cell = (side / 32).max(1);
        brush.cells(icons::icon(saying.icon), 2, (area.h - 16 * cell) / 2, cell, saying.mark);
        return;
    };
    brush.fill(Rect::new(0, 0, side, area.h), level.fill);
    // Drawn twice, a pixel of the font apart: as heavy as a warning should be, and still without grey.
    let cell = side / PIXEL_LINE;
    let baseline = area.h / 2 + 5 * cell;
    for shift in [0, cell] {
        let at = ((side - 9 * cell) / 2 + shift, baseline);
        brush.text(&level.number, Role::Pixel, side as f32, at, super::brush::Side::Left, level.ink);
    }
}
