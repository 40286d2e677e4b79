//! Walls from 64 pixels of height: lines of Noto from 24 pixels an em, under a bar with category and clock.
//!
//! A warning has its level's colour, icon, number and bars at the left, which read without colour and without letters.

use super::saying::{Level, Said, Saying};
use super::{PIXEL_BASELINE, Row, Turn, items, mark, mark_width, paged, paged_whole, turn};
use crate::layout::brush::{Brush, Side};
use crate::layout::fit::Leading;
use crate::layout::look::Role;
use crate::layout::ticker::{self, Course};
use crate::layout::words::Word;
use crate::layout::{Colour, Draw, Rect, TickerBand, View, dates, icons};
use crate::model::plan::Main;

/// Height of a line in letters.
const LEADING: f32 = 1.3;
/// Least height of a line, whose letters are then 24 pixels an em.
pub const LINE: i32 = 32;
const SIZE_MIN: f32 = 24.0;
/// Least height and width of a wall with a bar, and the bar's height.
const BAR_WALL: (i32, i32) = (160, 96);
const BAR: i32 = 22;
/// Least height and width of a wall whose warnings have a panel.
const PANEL_WALL: (i32, i32) = (240, 128);
/// From the left edge, or from what stands there, to the text.
const GAP: i32 = 8;
/// Ink of Noto's Vietnamese letters above the baseline, and in all, in em (LOOK.md section 1).
const INK_TOP: f32 = 1.048;
const INK_HEIGHT: f32 = 1.288;
/// From so many pages on smaller letters are worth a third of them.
const PAGES_MANY: usize = 5;
/// By how much letters may be smaller than their line allows, if that saves a page.
const SMALLER: f32 = 0.8;

/// `least`: letters under so many pixels cannot be read from where people stand.
pub fn draw(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    saying: &Saying,
    least: f32,
) -> (Option<TickerBand>, Turn) {
    let area = brush.grid.area;
    let large = |(width, height): (i32, i32)| area.w >= width && area.h >= height;
    let mut room = Rect::edges(GAP, 0, area.w - GAP / 2, area.h);
    match &saying.level {
        Some(level) if large(PANEL_WALL) => room = warned(brush, saying, level, area, room),
        None if large(BAR_WALL) && !saying.label.is_empty() => {
            bar(brush, view, saying);
            room = Rect::edges(room.x, BAR, room.right(), room.bottom());
        }
        _ => {
            mark(brush, saying, area);
            let left = mark_width(saying, area);
            room = Rect::edges(if left > 0 { left + GAP / 2 } else { 0 }, 0, area.w, area.h);
        }
    }
    let mut band = None;
    let said = ticker::items(view);
    if !said.is_empty() && !matches!(view.plan.main, Main::Warning { .. }) && area.h >= 3 * LINE {
        room = Rect::edges(room.x, room.y, room.right(), room.bottom() - LINE);
        let window = Rect::edges(0, room.bottom(), area.w, area.bottom());
        let course = Course {
            window,
            size: SIZE_MIN,
            inset: GAP,
            baseline: brush.centred(window.h as f32 / 2.0, SIZE_MIN),
            ground: Colour::BLACK,
            role: Role::Title,
            from: None,
            joins: true,
        };
        let said: Vec<_> = said.into_iter().map(|text| (text, view.look.led.ink)).collect();
        band = ticker::run(brush, view, &said, &course);
    }
    (band, text(brush, view, saying, room, least))
}

/// Category at the left, clock at the right.
fn bar(brush: &mut Brush<'_>, view: &View<'_>, saying: &Saying) {
    let area = brush.grid.area;
    brush.fill(Rect::new(0, 0, area.w, BAR), saying.bar);
    brush.cells(icons::icon(saying.icon), 4, (BAR - 16) / 2, 1, saying.mark);
    let baseline = (BAR - 16) / 2 + PIXEL_BASELINE;
    let mut right = area.w - 4;
    if view.clock_trusted {
        let clock = dates::clock(&view.now);
        right -= brush.text(&clock, Role::Pixel, 16.0, (right, baseline), Side::Right, view.look.led.ink)
            as i32
            + 6;
    }
    let at = (26, baseline);
    brush.text_within(&saying.label, Role::Pixel, 16.0, at, Side::Left, saying.mark, right - at.0);
}

/// The panel of a warning; returns what it leaves of `room`.
fn warned(brush: &mut Brush<'_>, saying: &Saying, level: &Level, area: Rect, room: Rect) -> Rect {
    let width = (area.w * 31 / 100).min(area.h);
    let unit = width as f32 / 100.0;
    let px = |of: f32| (of * unit).round() as i32;
    brush.fill(Rect::new(0, 0, width, area.h), level.fill);
    let cell = (width / 32).max(1);
    let margin = px(8.0);
    brush.cells(icons::icon(saying.icon), margin, margin, cell, level.ink);
    // The bars stand at the foot; the number fills what is left between them and the icon.
    let high = area.h / 5;
    let bars_top = area.h - margin - high;
    let pitch = (width - 2 * margin) / 5;
    for at in 0..5 {
        let height = high * (at + 2) / 6;
        let x = margin + pitch * at;
        let rect = Rect::edges(x, area.h - margin - height, x + pitch - px(4.0).max(2), area.h - margin);
        let filled = level.number.parse::<i32>().is_ok_and(|number| at < number);
        if filled { brush.fill(rect, level.ink) } else { brush.frame(rect, level.ink, px(2.0).max(1)) }
    }
    let baseline = bars_top - px(8.0);
    let tall = (baseline - margin - 16 * cell - px(4.0)).max(12) as f32 / 0.714;
    let number = tall.min(unit * 62.0);
    let end =
        brush.text(&level.number, Role::Heavy, number, (width - margin, baseline), Side::Right, level.ink);
    let said = (unit * 26.0).min(number);
    if brush.width("CẤP", Role::Heavy, said) + end + unit * 18.0 <= width as f32 {
        brush.text("CẤP", Role::Heavy, said, (margin, baseline), Side::Left, level.ink);
    }
    Rect::edges(width + GAP, room.y, room.right(), room.bottom())
}

/// The lines, as large as fits without a page more than there must be.
fn text(brush: &mut Brush<'_>, view: &View<'_>, saying: &Saying, room: Rect, least: f32) -> Turn {
    let hold = if saying.is_tall() {
        room.h / (SIZE_MIN.max(least) * Leading::TALL.body).ceil() as i32
    } else {
        room.h / LINE.max((least * LEADING).ceil() as i32)
    };
    let lines = hold.clamp(1, if saying.level.is_some() { 4 } else { 3 });
    let mut found = set_in(brush, saying, room, least, lines);
    // A line more makes letters smaller: that is worth it where much is said.
    if hold > lines && saying.level.is_none() && found.1.len() >= PAGES_MANY {
        let smaller = set_in(brush, saying, room, least, lines + 1);
        if 3 * smaller.1.len() <= 2 * found.1.len() {
            found = smaller;
        }
    }
    let (size, pages, line) = found;
    let turn = turn(view, &pages);
    let page = pages.get(turn.0).map_or(&[][..], Vec::as_slice);
    place(brush, page, size, line, room);
    turn
}

/// Pages of so many lines: the size of their letters, their rows, and the height of a line, in pixels.
fn set_in(
    brush: &Brush<'_>,
    saying: &Saying,
    room: Rect,
    least: f32,
    lines: i32,
) -> (f32, Vec<Vec<Row>>, i32) {
    let leading = if saying.is_tall() { Leading::TALL.body } else { LEADING };
    let line = (room.h / lines).max(1);
    let most = (line as f32 / leading).floor().max(SIZE_MIN);
    // A panel says which level it is.
    let head = if saying.level.is_some() { saying.heads.last() } else { saying.heads.first() };
    let first = saying.first.iter().filter(|_| saying.always);
    let said: Vec<_> = first.chain(&saying.said).cloned().collect();
    let at = |brush: &Brush<'_>, size: f32| {
        let width = room.w as f32 / size;
        let set = |said: &[Said]| items(brush.measure, said, Role::Title, width);
        let head: Vec<_> = head.map(|text| Said::new(text.clone(), saying.head)).into_iter().collect();
        let mut heads = set(&head).pop().unwrap_or_default();
        // A head of two lines is said once, before the rest.
        let head = (heads.len() == 1).then(|| heads.remove(0));
        let first = (!heads.is_empty()).then_some(heads);
        if saying.level.is_some() {
            return paged_whole(first.into_iter().chain(set(&said)).collect(), lines as usize, head);
        }
        if !saying.begins.is_empty() {
            let language = |said| paged(set(said), lines as usize, None);
            return saying.languages().flat_map(language).collect();
        }
        paged(first.into_iter().chain(set(&said)).collect(), lines as usize, head)
    };
    let mut best = (most, at(brush, most));
    let mut size = most - 1.0;
    while size >= SIZE_MIN.max(most * SMALLER).max(least) {
        let pages = at(brush, size);
        if pages.len() < best.1.len() {
            best = (size, pages);
        }
        // A pixel, or on walls of no height that there is, a fiftieth: it bounds the work.
        size -= (most / 50.0).floor().max(1.0);
    }
    (best.0, best.1, line)
}

fn place(brush: &mut Brush<'_>, page: &[Row], size: f32, line: i32, room: Rect) {
    let top = room.y + (room.h - line * page.len() as i32) / 2;
    for (at, row) in page.iter().enumerate() {
        let y = top + at as i32 * line;
        let baseline = y + ((line as f32 - INK_HEIGHT * size) / 2.0 + INK_TOP * size).round() as i32;
        let words: Vec<&Word> = row.words.iter().collect();
        let line = brush.line(&words, Role::Title, size, (room.x, baseline), row.colour);
        brush.draws.push(Draw::Text(line));
    }
}
