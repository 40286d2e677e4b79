//! What stays around a notice: the header with emblem, name, date and clock; the issuer's line.
//!
//! The stale line stands under the commune's name for as long as the feed that shows is not fresh. The
//! mark "Đã ký" belongs to everything shown: nothing unsigned ever reaches a plan.
//!
//! Where the board's pixels were measured, name, clock, stale line and the issuer's are as large as their readers need, as
//! far as header and foot have room; what that leaves no room for goes: first the date, then the name where the news is old.

use super::brush::{Brush, CAPITAL, Side};
use super::look::{Dress, Role};
use super::parts::Parts;
use super::place::Form;
use super::scene::Rect;
use super::{Availability, View, dates, icons, legible};
use crate::limits;
use crate::model::plan::NoticeSlot;
use crate::text::sole_line;

/// Outer margin, in u.
pub const MARGIN: f32 = 6.0;
/// Height of a line's ink in em, and of a clock's, which has neither marks nor tails (LOOK.md section 1).
const INK: f32 = 1.288;
const DIGITS: f32 = 0.76;
/// Draws the header across the top.
pub fn header(brush: &mut Brush<'_>, view: &View<'_>) {
    let grid = brush.grid;
    let (p, sizes) = (brush.palette(), &brush.look.sizes);
    let portrait = grid.portrait;
    let height = sizes.header_on(grid);
    let (right, bottom) = (grid.area.w, grid.px(height));
    brush.fill(Rect::edges(0, 0, right, grid.px(height - 1.0)), p.bar);
    brush.fill(Rect::edges(0, grid.px(height - 1.0), right, bottom), p.thread);

    let emblem = if portrait { 16.0 } else { 12.0 };
    let top = (height - 1.0 - emblem) / 2.0;
    let name_x = grid.px(if draw_emblem(brush, view, MARGIN, top, emblem, p.bar) {
        MARGIN + emblem + 3.0
    } else {
        MARGIN
    });
    let middle = (height - 1.0) / 2.0 * grid.u;
    let mut room = right - grid.px(MARGIN) - name_x;

    let mut beside = false;
    if view.clock_trusted {
        let clock = dates::clock(&view.now);
        let size = if portrait { sizes.clock_portrait } else { sizes.clock };
        // Five digits take no more than a third of an upright board.
        let most = ((height - 3.0) / DIGITS).min(if portrait { 17.0 } else { f32::MAX });
        let size = legible::grown(view.board, view.size, grid, size, most) * grid.u;
        let x = right - grid.px(MARGIN);
        let baseline = brush.centred(middle, size);
        let width =
            brush.text(&clock, Role::Title, size, (x, baseline), Side::Right, p.bar_ink).round() as i32;
        room -= width + grid.px(5.0);
        if !portrait && !stale_grown(brush, view) {
            let date_x = x - width - grid.px(6.0);
            let size = grown_line(brush, view, sizes.date, height) * grid.u;
            let date = dates::long_date(&view.now);
            let name_size = grown_line(brush, view, sizes.name, height) * grid.u;
            let name = brush.width(&board_title(view), Role::Title, name_size) as i32;
            let wide = brush.width(&date, Role::Body, size) as i32;
            // Where both cannot be, the name matters more than the date.
            // A square board has a line for it under the name.
            beside = name_x + name + grid.px(6.0) + wide <= date_x;
            if beside {
                let baseline = brush.centred(middle, size);
                brush.text(&date, Role::Body, size, (date_x, baseline), Side::Right, p.bar_soft);
                room -= wide + grid.px(6.0);
            }
        }
    }
    names(brush, view, name_x, middle, room, view.clock_trusted && !beside);
}

/// Size of the stale line, in u, under a name in a header of the look's height; where its readers need more, it has a
/// line of its own.
pub fn stale_size(brush: &Brush<'_>, view: &View<'_>, most: f32) -> f32 {
    legible::grown(view.board, view.size, brush.grid, brush.look.sizes.stale, most)
}

fn stale_grown(brush: &Brush<'_>, view: &View<'_>) -> bool {
    view.plan.stale.is_some() && stale_size(brush, view, f32::MAX) > brush.look.sizes.stale
}

/// A size of a line across a header of this height, or as much more as its readers need. All in u.
fn grown_line(brush: &Brush<'_>, view: &View<'_>, size: f32, height: f32) -> f32 {
    legible::grown(view.board, view.size, brush.grid, size, (height - 1.0) / INK)
}

/// The board's name in the header.
pub fn board_title(view: &View<'_>) -> String {
    sole_line(&view.plan.title, limits::TITLE_CHARS_MAX)
}

/// The commune's name, and under it the stale line; in an upright board's header also the date. A square one has it there
/// where it finds no room beside the name, while the news is fresh. `dated`: the date is to be under the name.
fn names(brush: &mut Brush<'_>, view: &View<'_>, x: i32, middle: f32, room: i32, dated: bool) {
    let (grid, p) = (brush.grid, brush.palette());
    let title = board_title(view);
    let height = if grid.portrait { brush.look.sizes.header_portrait } else { brush.look.sizes.header };
    let (looks, looks_stale) = (brush.look.sizes.name, brush.look.sizes.stale);
    // Larger letters are worth nothing where they would cost the end of the name.
    let wide = brush.width(&title, Role::Title, grid.u).max(0.01);
    let size = match view.plan.stale {
        // How old the news is needs the room more.
        Some(_) => looks,
        None => grown_line(brush, view, looks, height).min((room as f32 / wide).max(looks)),
    };
    if stale_grown(brush, view) {
        return old_news(brush, view, &title, x, middle, room);
    }
    let put = |brush: &mut Brush<'_>, text: &str, role, size: f32, baseline: f32, colour| {
        let at = (x, (baseline * grid.u).round() as i32);
        brush.text_within(text, role, size * grid.u, at, Side::Left, colour, room);
    };
    // Lines were placed in a header of LOOK.md's height; in another they keep to its middle.
    let lower = middle / grid.u.max(f32::MIN_POSITIVE) - if grid.portrait { 13.0 } else { 7.5 };
    if grid.portrait {
        let date_size = grown_line(brush, view, 6.4, height);
        // Both in one header, or the name alone.
        let both = view.plan.stale.is_some() || (size + date_size) * INK <= height - 1.0;
        let date = dated.then(|| dates::long_date(&view.now)).filter(|_| both);
        let grown = size > looks || date_size > 6.4;
        if grown
            && both
            && view.plan.stale.is_none()
            && let Some(date) = &date
        {
            let ink = (size + date_size) * INK;
            let first = middle - (ink / 2.0 - 1.048 * size) * grid.u;
            let below = first + (0.24 * size + 1.048 * date_size) * grid.u;
            let at = (x, first.round() as i32);
            brush.text_within(&title, Role::Title, size * grid.u, at, Side::Left, p.bar_ink, room);
            let at = (x, below.round() as i32);
            brush.text_within(date, Role::Body, date_size * grid.u, at, Side::Left, p.bar_soft, room);
            return;
        }
        match (&view.plan.stale, date) {
            (None, None) => {
                let at = (x, brush.centred(middle, size * grid.u));
                brush.text_within(&title, Role::Title, size * grid.u, at, Side::Left, p.bar_ink, room);
            }
            (None, Some(date)) => {
                put(brush, &title, Role::Title, size, 11.4 + lower, p.bar_ink);
                put(brush, &date, Role::Body, 6.4, 20.6 + lower, p.bar_soft);
            }
            (Some(_), None) => {
                put(brush, &title, Role::Title, size, 11.4 + lower, p.bar_ink);
                stale_line(brush, &stale_words(view), looks_stale, (x, 20.4 + lower), room);
            }
            (Some(_), Some(date)) => {
                put(brush, &title, Role::Title, 7.6, 8.8 + lower, p.bar_ink);
                put(brush, &date, Role::Body, 5.8, 16.0 + lower, p.bar_soft);
                stale_line(brush, &stale_words(view), looks_stale, (x, 22.8 + lower), room);
            }
        }
    } else if view.plan.stale.is_some() {
        put(brush, &title, Role::Title, 7.0, 7.1 + lower, p.bar_ink);
        stale_line(brush, &stale_words(view), looks_stale, (x, 13.1 + lower), room);
    } else if grid.square && dated {
        put(brush, &title, Role::Title, 7.0, 6.9 + lower, p.bar_ink);
        let date = dates::long_date(&view.now);
        put(brush, &date, Role::Body, 5.6, 13.3 + lower, p.bar_soft);
    } else {
        let at = (x, brush.centred(middle, size * grid.u));
        brush.text_within(&title, Role::Title, size * grid.u, at, Side::Left, p.bar_ink, room);
    }
}

/// The stale line where its readers need it large: under the name on an upright board, else beside it; alone where
/// there is no room for both, in two lines where one is too long.
fn old_news(brush: &mut Brush<'_>, view: &View<'_>, title: &str, x: i32, middle: f32, room: i32) {
    let (grid, ink) = (brush.grid, brush.palette().bar_ink);
    let height = brush.look.sizes.header_on(grid) - 1.0;
    let needed = stale_size(brush, view, height / INK);
    let said = stale_words(view);
    let stale = needed.min(room as f32 / stale_width(brush, &said, 1.0).max(0.01));
    let name = grown_line(brush, view, brush.look.sizes.name, height + 1.0);
    let middle_u = middle / grid.u.max(f32::MIN_POSITIVE);
    // Baselines of two lines, the block in the header's middle.
    let stacked = |first: f32, second: f32| {
        let top = middle_u - (first + second) * INK / 2.0;
        (top + 1.048 * first, top + INK * first + 1.048 * second)
    };
    let halves = view.plan.stale.as_ref().map(|old| dates::stale_lines(old, &view.now, view.clock_trusted));
    let in_two = |[_, when]: &[String; 2]| !when.is_empty() && stale < needed && 2.0 * needed * INK <= height;
    if let Some([first, second]) = halves.filter(in_two) {
        let (upper, lower) = stacked(needed, needed);
        stale_line(brush, &first, needed, (x, upper), room);
        let indent = grid.px(STALE_INDENT * needed);
        let (at, gold) = ((x + indent, grid.px(lower)), brush.palette().gold);
        brush.text_within(&second, Role::Body, needed * grid.u, at, Side::Left, gold, room - indent);
        return;
    }
    if grid.portrait && (name + stale) * INK <= height {
        let (upper, lower) = stacked(name, stale);
        brush.text_within(title, Role::Title, name * grid.u, (x, grid.px(upper)), Side::Left, ink, room);
        return stale_line(brush, &said, stale, (x, lower), room);
    }
    let wide = brush.width(title, Role::Title, name * grid.u).round() as i32 + grid.px(6.0);
    let both = !grid.portrait && wide as f32 + stale_width(brush, &said, stale) <= room as f32;
    let left = if both { wide } else { 0 };
    if both {
        let at = (x, brush.centred(middle, name * grid.u));
        brush.text(title, Role::Title, name * grid.u, at, Side::Left, ink);
    }
    stale_line(brush, &said, stale, (x + left, middle_u + CAPITAL / 2.0 * stale), room - left);
}

/// How old the news is, in words; nothing where it is fresh.
pub fn stale_words(view: &View<'_>) -> String {
    let stale = view.plan.stale.as_ref();
    stale.map_or(String::new(), |stale| dates::stale(stale, &view.now, view.clock_trusted))
}

/// The stale line's square, its side and what it takes with the gap after it, in the line's letters.
const STALE_SQUARE: f32 = 3.4 / 5.2;
const STALE_INDENT: f32 = 5.0 / 5.2;

/// Width in pixels of a stale line of `size` u.
fn stale_width(brush: &Brush<'_>, said: &str, size: f32) -> f32 {
    let pixels = size * brush.grid.u;
    // A word's rounding needs a little.
    brush.width(said, Role::Body, pixels) * 1.01 + STALE_INDENT * pixels
}

/// A hollow square and how old the news is, in gold: letters of `size` u, from `x` pixels on a baseline in u.
pub fn stale_line(brush: &mut Brush<'_>, said: &str, size: f32, (x, baseline): (i32, f32), room: i32) {
    let (grid, gold) = (brush.grid, brush.palette().gold);
    let (side, line) = (grid.px(STALE_SQUARE * size), (grid.u * size / 10.4).round().max(1.0) as i32);
    let y = (baseline * grid.u).round() as i32;
    brush.frame(Rect::new(x, y - side, side, side), gold, line);
    let indent = grid.px(STALE_INDENT * size);
    let at = (x + indent, y);
    brush.text_within(said, Role::Body, size * grid.u, at, Side::Left, gold, room - indent);
}

/// The commune's own picture in a square on `ground`; nothing where there is none.
pub fn draw_emblem(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    x: f32,
    y: f32,
    side: f32,
    ground: super::Colour,
) -> bool {
    let Some(emblem) = &view.plan.emblem else { return false };
    if !matches!((view.media)(emblem), Availability::Ready(..)) {
        return false;
    }
    let rect = brush.grid.rect(x, y, x + side, y + side);
    brush.picture(emblem.sha256, rect, super::Meet::Contain, ground);
    true
}

/// The issuer's line at the bottom of a notice.
pub fn foot(brush: &mut Brush<'_>, view: &View<'_>, slot: &NoticeSlot, parts: &Parts, dress: &Dress) {
    let (grid, p, rect) = (brush.grid, brush.palette(), parts.foot);
    let tall = parts.form == Form::Band;
    let notice = &slot.notice;
    brush.fill(Rect::new(rect.x, rect.y, rect.w, grid.rule()), p.line);
    let issuer = sole_line(&notice.issuer, limits::TITLE_CHARS_MAX);
    let year = view.clock_trusted.then(|| view.now.year());
    let until = |narrow| Some(dates::validity(notice.window.until?, view.now.time_zone(), year, narrow));
    let seal = if tall { grid.px(1.0) } else { grid.px(0.5) }.max(1);
    let middle = rect.y as f32 + rect.h as f32 / 2.0;
    let seal_y = (middle - 8.0 * seal as f32).round() as i32;
    brush.cells(icons::icon("da-ky"), rect.x, seal_y, seal, dress.accent);
    let x = rect.x + 16 * seal + grid.px(if tall { 4.0 } else { 2.5 });
    let looks = if tall { brush.look.sizes.meta_portrait } else { brush.look.sizes.meta };
    let height = rect.h as f32 / grid.u.max(f32::MIN_POSITIVE);
    // A little air above and below.
    let most = 0.93 * if tall { height / 2.0 } else { height } / INK;
    // Larger letters are worth nothing where they would cost a word.
    let wide = {
        let width = |text: &str, role| brush.width(text, role, grid.u);
        let until = until(true).map_or(0.0, |until| width(&until, Role::Body));
        let beside = if tall { 0.0 } else { until };
        (width("Đã ký: ", Role::Body) + width(&issuer, Role::Title) + beside).max(until) * 1.02 + 0.3
    };
    let gap = if tall { 0 } else { grid.px(5.0) };
    let fits = (rect.right() - x - gap) as f32 / wide.max(0.01);
    let grown = legible::grown(view.board, view.size, grid, looks, most.min(fits).max(looks));
    let size = grown * grid.u;
    let mut room = rect.right() - x;
    let mut baseline = brush.centred(middle, size);
    let mut signed = if issuer.is_empty() { "Đã ký" } else { "Đã ký: " };
    let space = brush.measure.space(Role::Body.ink(brush.theme).plain) * size;
    let gap = |brush: &Brush<'_>, signed: &str| {
        let width = brush.width(signed, Role::Body, size);
        if signed.is_empty() { 0 } else { (width + space).round() as i32 }
    };
    let own = brush.width(&issuer, Role::Title, size).ceil() as i32;
    let whole = gap(brush, signed) + own;
    if tall {
        if let Some(until) = until(parts.narrow) {
            let (first, second) = if grown > looks {
                let top = (height - 2.0 * INK * grown) / 2.0 + 1.048 * grown;
                (top, top + INK * grown)
            } else {
                (9.1, 17.2)
            };
            baseline = rect.y + grid.px(first);
            let at = (x, rect.y + grid.px(second));
            brush.text_within(&until, Role::Body, size, at, Side::Left, p.muted, room);
        }
    } else if let (Some(long), Some(short)) = (until(parts.narrow), until(true)) {
        let left = |brush: &Brush<'_>, until: &str| {
            room - brush.width(until, Role::Body, size).round() as i32 - grid.px(5.0)
        };
        // Where a board has no room for all of it: first fewer words for until when, then the seal alone for signed;
        // and who it is from before until when.
        let said = if left(brush, &long) >= whole { long } else { short };
        // An issuer that is cut for it would say nothing; one that is cut anyway leaves it room.
        let least = if own <= room { own } else { grid.px(30.0) };
        if left(brush, &said) >= least {
            let at = (rect.right(), baseline);
            let width = brush.text(&said, Role::Body, size, at, Side::Right, p.muted);
            room -= width.round() as i32 + grid.px(5.0);
        }
    }
    if room < whole && !issuer.is_empty() {
        signed = "";
    }
    let gap = gap(brush, signed);
    if !signed.is_empty() {
        brush.text(signed, Role::Body, size, (x, baseline), Side::Left, p.muted);
    }
    if !issuer.is_empty() {
        brush.text_within(&issuer, Role::Title, size, (x + gap, baseline), Side::Left, p.ink, room - gap);
    }
}
