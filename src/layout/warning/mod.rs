//! A warning takes the whole board: the level's colour everywhere, what, where, what to do, who says so.
//!
//! The level can be read three ways: by colour, by its number, and by bars that fill up. An exercise
//! never wears a level's colour: it says DIỄN TẬP on indigo between black and white bars, so that nobody who
//! sees it in passing takes it for real, and nobody used to exercises takes a real one for another.
//!
//! The words keep to sizes that can be read from where people stand; what does not fit then takes turns (`pages`).

mod pages;

#[cfg(test)]
mod tests;

use super::brush::{Brush, CAPITAL, Side, first_baseline};
use super::look::{Grid, Role};
use super::scene::{Colour, Rect};
use super::words::Measure;
use super::{Composed, View, dates, finish, icons, legible, turns};
use crate::limits;
use crate::model::alert::{Alert, AlertStatus, Hazard};
use crate::model::plan::Main;
use crate::text::sole_line;
use pages::{LEADING, NUMBER_GAP, NUMBER_SIDE, Page, Part, Room, Steps, capital};

/// Sizes of action lines, large to small, in u: to the smallest body of a notice.
const ACTIONS: [f32; 7] = [11.5, 11.0, 10.6, 10.2, 9.6, 9.2, 8.8];
const EVENTS: [f32; 8] = [18.0, 16.5, 15.0, 13.6, 12.4, 11.4, 10.4, 9.2];
const AREAS: [f32; 4] = [8.6, 8.0, 7.6, 7.2];
const DRILL_EVENTS: [f32; 4] = [10.6, 9.8, 9.2, 8.8];
const DRILL_AREAS: [f32; 3] = [7.6, 6.8, 6.4];

/// Height over width under which a board has its level beside the words.
const LYING: f32 = 1.0 / 1.3;
/// The same of an exercise, whose band is one line.
const DRILL_LYING: f32 = 1.0 / 1.55;

/// Least height, in u, of a board that has height to spare.
const UPRIGHT_HEIGHT: f32 = 190.0;

/// How the parts of a warning stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The level beside the words.
    Lying,
    /// The level in a row over the words, and little height.
    Square,
    /// The same with height to spare.
    Upright,
}

impl Shape {
    fn of(grid: Grid, lying: f32) -> Shape {
        let (width, height) = grid.extent();
        match grid.portrait {
            true if height >= UPRIGHT_HEIGHT => Shape::Upright,
            true => Shape::Square,
            false if height <= width * lying => Shape::Lying,
            false => Shape::Square,
        }
    }
}

pub fn compose(view: &View<'_>, grid: Grid, measure: &Measure, alert: &Alert) -> Composed {
    let mut brush = Brush::new(grid, view.look, view.theme, measure);
    let turn = match alert.status {
        AlertStatus::Actual => warning(&mut brush, view, alert),
        _ => drill(&mut brush, view, alert),
    };
    let scene = finish(view, brush, None);
    Composed { page: turn.page, pages: turn.pages, next_change: turn.turns, ..Composed::single(scene) }
}

/// Which page shows, from 1, of how many, and when it turns.
struct Turn {
    page: u32,
    pages: u32,
    turns: Option<jiff::Timestamp>,
}

fn hazard_icon(hazard: Hazard) -> &'static icons::Cells {
    icons::icon(hazard.word())
}

/// The page that shows now.
fn page_now(brush: &Brush<'_>, view: &View<'_>, alert: &Alert, room: &Room, steps: Steps) -> (Page, Turn) {
    let need = legible::need(view.board, view.size);
    let u = brush.grid.u.max(f32::MIN_POSITIVE);
    let (limit, ease) = need.map_or((0.0, 0.0), |need| (need.limit_px / u, need.ease_px / u));
    let mut pages = pages::pages(brush, alert, room, steps, (limit, ease), view.board.reading);
    let seconds: Vec<f64> = pages.iter().map(|(_, seconds)| *seconds).collect();
    let slot = match &view.plan.main {
        Main::Warning { turn, .. } => *turn,
        Main::Notice(_) | Main::Neutral { .. } => None,
    };
    let (at, turns) = turns::now(&seconds, slot, view.now.timestamp());
    let turn = Turn { page: at as u32 + 1, pages: pages.len() as u32, turns };
    (pages.swap_remove(at.min(pages.len() - 1)).0, turn)
}

/// Where five rising bars stand, in u: their left and bottom, from one to the next, the width of each, the
/// height of the last.
struct Bars {
    left: f32,
    bottom: f32,
    pitch: f32,
    wide: f32,
    high: f32,
}

/// Five rising bars, filled up to the level.
fn bars(brush: &mut Brush<'_>, bars: Bars, number: u8, ink: Colour) {
    let line = (brush.grid.u * 0.5).round().max(1.0) as i32;
    for at in 0..5u8 {
        let x = bars.left + bars.pitch * f32::from(at);
        let height = bars.high * (f32::from(at) + 2.0) / 6.0;
        let rect = brush.grid.rect(x, bars.bottom - height, x + bars.wide, bars.bottom);
        if at < number { brush.fill(rect, ink) } else { brush.frame(rect, ink, line) }
    }
}

/// Edges of the words with the panel, in u: left, top of the hazard, right, bottom.
type Edges = (f32, f32, f32, f32);

/// From the panel's edge to the actions: sideways, and from its top.
const PANEL_PAD: (f32, f32) = (5.0, 2.4);

fn warning(brush: &mut Brush<'_>, view: &View<'_>, alert: &Alert) -> Turn {
    let shape = Shape::of(brush.grid, LYING);
    let (width, height) = brush.grid.extent();
    let (fill, ink, _) = view.look.level(alert.level.number());
    brush.fill(brush.grid.area, fill);
    let (edges, foot, gaps, panel_top): (Edges, f32, (f32, f32), f32) = match shape {
        Shape::Lying => ((61.0, 4.6, width - 6.0, height - 6.0), 13.0, (0.6, 3.0), 43.4),
        Shape::Square => ((6.0, 22.4, width - 6.0, height - 4.0), 11.0, (0.6, 2.0), 0.0),
        Shape::Upright => ((6.0, 35.0, width - 6.0, height - 6.0), 22.0, (1.0, 4.0), 0.0),
    };
    level(brush, view, alert, shape);
    let (left, top, right, bottom) = edges;
    let room = Room {
        width: right - left,
        height: bottom - foot - 1.0 - top,
        foot,
        inset: 2.0 * PANEL_PAD.0,
        area_gap: gaps.0,
        actions_gap: gaps.1 + PANEL_PAD.1,
        actions_top: panel_top - top + PANEL_PAD.1,
    };
    let steps = Steps {
        event: (Role::Heavy, EVENTS.to_vec()),
        area: (Role::Title, AREAS.to_vec()),
        actions: ACTIONS.to_vec(),
    };
    let (page, turn) = page_now(brush, view, alert, &room, steps);
    let below = head(brush, &page, &room, left, top, (ink, ink));
    let p = *brush.palette();
    let actions_top = top + page.actions_top(&room);
    let panel_top = match (page.actions.is_empty(), below > top) {
        (true, _) => bottom - foot,
        (false, true) => actions_top - PANEL_PAD.1,
        (false, false) => top,
    };
    let floor = if page.foot { bottom - foot - 1.0 } else { bottom - 1.0 };
    if page.foot || !page.actions.is_empty() {
        brush.rounded(brush.grid.rect(left, panel_top, right, bottom), p.panel, brush.grid.px(1.0));
        let edges = (left + PANEL_PAD.0, actions_top, right - PANEL_PAD.0, floor);
        actions(brush, &page, edges, fill, ink);
    }
    if page.foot {
        let edges = (left + PANEL_PAD.0, bottom - foot, right - PANEL_PAD.0, bottom);
        panel_foot(brush, view, alert, edges, shape, &turn);
    }
    turn
}

/// The hazard's icon, the level in letters and as bars.
fn level(brush: &mut Brush<'_>, view: &View<'_>, alert: &Alert, shape: Shape) {
    let grid = brush.grid;
    let (width, _) = grid.extent();
    let (_, ink, word) = view.look.level(alert.level.number());
    let number = alert.level.number();
    // Cell of the icon and its place; where CẤP begins, on which baseline, in which sizes, and the gap to the number.
    let (cell, icon, at, sizes, gap, rising) = match shape {
        Shape::Lying => {
            let rising = Bars { left: 6.0, bottom: 104.0, pitch: 10.0, wide: 8.0, high: 20.0 };
            (2.0, (6.0, 6.0), (6.0, 75.0), (14.4, 36.0), 4.0, rising)
        }
        Shape::Square => {
            let rising = Bars { left: width - 36.0, bottom: 21.0, pitch: 6.0, wide: 5.0, high: 16.0 };
            (1.0, (6.0, 5.0), (27.0, 21.0), (10.6, 22.4), 3.0, rising)
        }
        Shape::Upright => {
            let rising = Bars { left: width - 40.0, bottom: 31.0, pitch: 7.0, wide: 6.0, high: 23.0 };
            (1.5, (6.0, 7.0), (37.5, 31.0), (14.4, 32.8), 3.4, rising)
        }
    };
    let cell = ((cell * grid.u).floor() as i32).max(1);
    brush.cells(hazard_icon(alert.hazard), grid.px(icon.0), grid.px(icon.1), cell, ink);
    let at = (grid.px(at.0), grid.px(at.1));
    let said = brush.text("CẤP", Role::Heavy, sizes.0 * grid.u, at, Side::Left, ink);
    let place = (at.0 + said.round() as i32 + grid.px(gap), at.1);
    brush.text(&number.to_string(), Role::Heavy, sizes.1 * grid.u, place, Side::Left, ink);
    bars(brush, rising, number, ink);
    if shape == Shape::Lying {
        let size = grown(brush, view, 8.6, 10.2) * grid.u;
        brush.text("Rủi ro", Role::Title, size, (grid.px(6.0), grid.px(116.0)), Side::Left, ink);
        brush.text(word, Role::Title, size, (grid.px(6.0), grid.px(126.5)), Side::Left, ink);
    }
}

/// A size of the look, or as much more, up to `most`, as these readers need. In u.
fn grown(brush: &Brush<'_>, view: &View<'_>, size: f32, most: f32) -> f32 {
    legible::grown(view.board, view.size, brush.grid, size, most)
}

/// The hazard, and where and when; returns where they end, in u.
fn head(
    brush: &mut Brush<'_>,
    page: &Page,
    room: &Room,
    left: f32,
    top: f32,
    (event_ink, area_ink): (Colour, Colour),
) -> f32 {
    let mut below = top;
    if let Some(event) = &page.event {
        draw_part(brush, event, left, below, LEADING, event_ink);
        below += event.height(LEADING);
    }
    if let Some(area) = &page.area {
        below += room.area_gap;
        draw_part(brush, area, left, below, LEADING, area_ink);
        below += area.height(LEADING);
    }
    below
}

fn draw_part(brush: &mut Brush<'_>, part: &Part, x: f32, top: f32, leading: f32, colour: Colour) {
    let u = brush.grid.u;
    let at = ((x * u).round() as i32, top * u);
    brush.lines(&part.groups, &part.lines, part.role, part.size * u, leading, at, colour);
}

/// Numbered action lines, spread over their room.
fn actions(brush: &mut Brush<'_>, page: &Page, edges: Edges, box_fill: Colour, box_ink: Colour) {
    let Some(size) = page.actions.first().map(|action| action.part.size) else { return };
    let (grid, p) = (brush.grid, *brush.palette());
    let (left, top, _, bottom) = edges;
    let count = page.actions.len() as f32;
    let spare = ((bottom - top - page.actions_height()).max(0.0) / count).min(size * 0.9);
    let used = page.actions_height() + spare * count;
    let mut at = top + (bottom - top - used).max(0.0) / 2.0;
    let side = NUMBER_SIDE * size;
    for action in &page.actions {
        let line_top = at + spare / 2.0;
        if let Some(number) = action.number {
            let middle = line_top + (first_baseline(page.leading) - CAPITAL / 2.0) * size;
            let square = grid.rect(left, middle - side / 2.0, left + side, middle + side / 2.0);
            brush.rounded(square, box_fill, grid.px(0.6));
            let numeral = size * 0.76 * grid.u;
            let centre = (square.x + square.w / 2, brush.centred(middle * grid.u, numeral));
            brush.text(&number.to_string(), Role::Heavy, numeral, centre, Side::Centre, box_ink);
        }
        draw_part(brush, &action.part, left + side + NUMBER_GAP, line_top, page.leading, p.ink);
        at += action.part.height(page.leading) + spare;
    }
}

/// What stands before when a warning was sent.
const SENT: &str = "phát lúc ";

/// Who issued it and when, as "Ban Chỉ huy PCTT xã" and "phát lúc 16:20".
fn issued(view: &View<'_>, alert: &Alert) -> (String, String) {
    let issuer = sole_line(&alert.issuer, limits::TITLE_CHARS_MAX);
    let sent = dates::sent(alert.id.sent, &view.now, view.clock_trusted);
    (issuer.trim().to_owned(), format!("{SENT}{sent}"))
}

/// The clock at the right end of a foot's line, and beside it which page this is. Returns where they begin, in pixels.
fn clock_and_page(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    turn: &Turn,
    (right, middle): (f32, f32),
    size: f32,
) -> i32 {
    let (grid, p) = (brush.grid, *brush.palette());
    let mut edge = grid.px(right);
    let size = size * grid.u;
    let baseline = brush.centred(middle * grid.u, size);
    if view.clock_trusted {
        let at = (edge, baseline);
        let wide = brush.text(&dates::clock(&view.now), Role::Title, size, at, Side::Right, p.ink);
        edge -= wide.round() as i32 + grid.px(4.0);
    }
    if turn.pages > 1 {
        let said = format!("{}/{}", turn.page, turn.pages);
        let small = size * 0.8;
        let wide = brush.width(&said, Role::Title, small).round() as i32 + grid.px(3.0);
        let high = (small * 1.3).round() as i32;
        let frame = Rect::new(edge - wide, (middle * grid.u).round() as i32 - high / 2, wide, high);
        brush.frame(frame, p.muted, grid.rule());
        let at = (frame.x + wide / 2, brush.centred(middle * grid.u, small));
        brush.text(&said, Role::Title, small, at, Side::Centre, p.ink);
        edge -= wide + grid.px(4.0);
    }
    edge
}

/// At the foot of the panel: the seal, who issued the warning and when, the clock.
fn panel_foot(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    alert: &Alert,
    edges: Edges,
    shape: Shape,
    turn: &Turn,
) {
    let (grid, p) = (brush.grid, *brush.palette());
    let (left, top, right, bottom) = edges;
    let rule = Rect::new(grid.px(left), grid.px(top), grid.px(right) - grid.px(left), grid.rule());
    brush.fill(rule, p.line);
    let middle = (top + bottom) / 2.0;
    let seal = match shape {
        Shape::Lying | Shape::Square => grid.px(0.5),
        Shape::Upright => grid.px(1.0),
    };
    let seal = seal.max(1);
    let seal_top = (middle * grid.u - 8.0 * seal as f32).round() as i32;
    brush.cells(icons::icon("da-ky"), grid.px(left), seal_top, seal, p.ink);
    let clock = match shape {
        Shape::Lying => grown(brush, view, 8.4, 11.0),
        Shape::Square => grown(brush, view, 7.4, 9.4),
        Shape::Upright => grown(brush, view, 9.0, 12.0),
    };
    let edge = clock_and_page(brush, view, turn, (right, middle), clock);
    let x = grid.px(left) + 16 * seal + grid.px(if shape == Shape::Upright { 3.0 } else { 2.6 });
    let (issuer, sent) = issued(view, alert);
    if shape != Shape::Upright {
        let most = if shape == Shape::Lying { 9.0 } else { 7.0 };
        let size = grown(brush, view, 6.0, most) * grid.u;
        let at = (x, brush.centred(middle * grid.u, size));
        issued_line(brush, (&issuer, &sent), turn, size, at, edge - x);
        return;
    }
    // Two lines; letters reach from 1.048 em over a baseline to 0.24 em under it (LOOK.md section 1).
    let most = (bottom - top - 2.0) / 2.6;
    let said = capital(&sent);
    let wide = brush.width(&said, Role::Body, grid.u).max(0.01);
    // An issuer can be shortened; when it was sent cannot.
    let size = grown(brush, view, 6.4, most).min(((edge - x) as f32 / wide).max(view.look.sizes.stale));
    let pitch = size * 1.3;
    let first = (middle - pitch / 2.0 + CAPITAL / 2.0 * size) * grid.u;
    let at = (x, first.round() as i32);
    brush.text_within(&issuer, Role::Title, size * grid.u, at, Side::Left, p.ink, edge - x);
    let at = (x, (first + pitch * grid.u).round() as i32);
    brush.text_within(&said, Role::Body, size * grid.u, at, Side::Left, p.muted, edge - x);
}

/// In one line: first without the words before the hour. Where there is no room for both, the first page has when it was
/// sent, and the others have the issuer; where all is on one page, the issuer is shortened.
fn issued_line(
    brush: &mut Brush<'_>,
    (issuer, sent): (&str, &str),
    turn: &Turn,
    size: f32,
    at: (i32, i32),
    room: i32,
) {
    let colour = brush.palette().muted;
    let hour = sent.strip_prefix(SENT).unwrap_or(sent);
    let fits = |said: &str| brush.width(said, Role::Body, size) <= room as f32;
    let both = [format!("{issuer} · {sent}"), format!("{issuer} · {hour}")];
    let said = match both.into_iter().find(|said| fits(said)) {
        _ if issuer.is_empty() => capital(sent),
        Some(both) => both,
        None if turn.page > 1 => issuer.to_owned(),
        None if turn.pages > 1 => capital(sent),
        None => {
            let end = format!(" · {hour}");
            let space = brush.measure.space(Role::Body.ink(brush.theme).plain) * size;
            let wide = (brush.width(&end, Role::Body, size) + space).ceil() as i32;
            let shown = brush.shortened(issuer, Role::Body, size, room - wide);
            if shown.is_empty() { capital(sent) } else { format!("{shown}{end}") }
        }
    };
    brush.text_within(&said, Role::Body, size, at, Side::Left, colour, room);
}

fn drill(brush: &mut Brush<'_>, view: &View<'_>, alert: &Alert) -> Turn {
    let (grid, p) = (brush.grid, *brush.palette());
    let (width, height) = grid.extent();
    let shape = Shape::of(grid, DRILL_LYING);
    for top in [0.0, height - 8.0] {
        brush.fill(grid.rect(0.0, top, width, top + 8.0), Colour::WHITE);
        let mut x = -4.0;
        while x < width {
            brush.fill(grid.rect(x, top, x + 8.0, top + 8.0).meet(&grid.area), Colour(0x1D1A16));
            x += 16.0;
        }
    }
    let top = 8.0 + drill_band(brush, shape);
    let (left, top, right, bottom) = assumed_level(brush, alert, shape, top);
    let foot = 7.0;
    let room = Room {
        width: right - left,
        height: bottom - foot - 1.0 - top,
        foot,
        inset: 0.0,
        area_gap: 0.0,
        actions_gap: 1.0,
        actions_top: 0.0,
    };
    let steps = Steps {
        event: (Role::Title, DRILL_EVENTS.to_vec()),
        area: (Role::Body, DRILL_AREAS.to_vec()),
        actions: ACTIONS.to_vec(),
    };
    let (page, turn) = page_now(brush, view, alert, &room, steps);
    head(brush, &page, &room, left, top, (p.ink, p.muted));
    let floor = if page.foot { bottom - foot - 1.0 } else { bottom - 1.0 };
    actions(brush, &page, (left, top + page.actions_top(&room), right, floor), p.ink, p.ground);
    if page.foot {
        let middle = bottom - foot / 2.0;
        let clock = grown(brush, view, 7.4, 8.4);
        let edge = clock_and_page(brush, view, &turn, (right, middle), clock);
        let (issuer, sent) = issued(view, alert);
        let size = grown(brush, view, 6.0, 7.0) * grid.u;
        let at = (grid.px(left), brush.centred(middle * grid.u, size));
        issued_line(brush, (&issuer, &sent), &turn, size, at, edge - at.0);
    }
    turn
}

/// The band that says what this is; returns its height in u.
fn drill_band(brush: &mut Brush<'_>, shape: Shape) -> f32 {
    let (grid, p) = (brush.grid, *brush.palette());
    let (width, _) = grid.extent();
    let (band, size, baseline) = match shape {
        Shape::Lying => (37.0, 26.0, 38.0),
        Shape::Square => (36.0, 18.0, 29.6),
        Shape::Upright => (58.0, 26.0, 38.0),
    };
    brush.fill(grid.rect(0.0, 8.0, width, 8.0 + band), p.bar);
    let at = (grid.px(6.0), grid.px(baseline));
    let said = brush.text("DIỄN TẬP", Role::Heavy, size * grid.u, at, Side::Left, p.bar_ink);
    let (calm, soft) = ("Không có thiên tai thật", "Bà con không phải lo");
    let (size, x, side, lines): (f32, f32, Side, [Option<f32>; 2]) = match shape {
        Shape::Lying => (9.6, width - 6.0, Side::Right, [Some(23.9), Some(36.8)]),
        Shape::Square => (7.4, 6.0, Side::Left, [Some(41.6), None]),
        Shape::Upright => (8.4, 6.0, Side::Left, [Some(52.0), Some(62.0)]),
    };
    let taken = if shape == Shape::Lying { said / grid.u.max(f32::MIN_POSITIVE) + 6.0 } else { 0.0 };
    let wide = brush.width(calm, Role::Title, 1.0);
    let size = size.min((width - 12.0 - taken) / wide.max(0.1)).max(1.0) * grid.u;
    for (said, role, colour, line) in
        [(calm, Role::Title, p.bar_ink, lines[0]), (soft, Role::Body, p.bar_soft, lines[1])]
    {
        if let Some(line) = line {
            brush.text(said, role, size, (grid.px(x), grid.px(line)), side, colour);
        }
    }
    band
}

/// The level in a box that is only outlined, and says that it is assumed. `top` is the band's end; returns the edges
/// of the words beside or under it.
fn assumed_level(brush: &mut Brush<'_>, alert: &Alert, shape: Shape, top: f32) -> Edges {
    let (grid, p) = (brush.grid, *brush.palette());
    let (width, height) = grid.extent();
    let u = grid.u;
    let number = alert.level.number();
    let said = format!("CẤP {number}");
    let icon = hazard_icon(alert.hazard);
    let cell = (u.floor() as i32).max(1);
    match shape {
        Shape::Lying => {
            let top = top + 6.0;
            let frame = grid.rect(6.0, top, 50.0, height - 14.0);
            brush.frame(frame, p.ink, grid.px(1.0));
            let middle = frame.x + frame.w / 2;
            brush.cells(icon, middle - 8 * cell, frame.y + grid.px(6.0), cell, p.ink);
            let at = (middle, frame.y + grid.px(33.8));
            brush.text(&said, Role::Heavy, 10.0 * u, at, Side::Centre, p.ink);
            let at = (middle, frame.y + grid.px(44.0));
            brush.text("giả định", Role::Body, 8.0 * u, at, Side::Centre, p.ink);
            let rising = Bars { left: 11.5, bottom: height - 19.0, pitch: 7.0, wide: 6.0, high: 10.0 };
            bars(brush, rising, number, p.ink);
            (57.0, top - 1.0, width - 6.0, height - 9.5)
        }
        Shape::Square => {
            let top = top + 2.0;
            let frame = grid.rect(6.0, top, width - 6.0, top + 12.4);
            brush.frame(frame, p.ink, grid.px(0.7).max(1));
            let cell = ((0.625 * u).floor() as i32).max(1);
            brush.cells(icon, grid.px(9.0), frame.y + (frame.h - 16 * cell) / 2, cell, p.ink);
            let baseline = brush.centred((top + 6.2) * u, 8.0 * u);
            let at = (grid.px(25.0), baseline);
            let wide = brush.text(&said, Role::Heavy, 8.0 * u, at, Side::Left, p.ink).round() as i32;
            let at = (at.0 + wide + grid.px(4.0), baseline);
            brush.text("giả định", Role::Body, 7.6 * u, at, Side::Left, p.ink);
            let rising = Bars { left: width - 37.0, bottom: top + 10.2, pitch: 5.5, wide: 4.6, high: 8.0 };
            bars(brush, rising, number, p.ink);
            (6.0, top + 12.8, width - 6.0, height - 8.4)
        }
        Shape::Upright => {
            let top = top + 6.0;
            let frame = grid.rect(6.0, top, width - 6.0, top + 30.0);
            brush.frame(frame, p.ink, grid.px(1.0));
            brush.cells(icon, grid.px(12.0), frame.y + grid.px(7.0), cell, p.ink);
            let x = grid.px(34.0);
            brush.text(&said, Role::Heavy, 10.0 * u, (x, frame.y + grid.px(13.6)), Side::Left, p.ink);
            brush.text("giả định", Role::Body, 8.0 * u, (x, frame.y + grid.px(23.6)), Side::Left, p.ink);
            let rising = Bars { left: width - 50.0, bottom: top + 24.0, pitch: 7.0, wide: 6.0, high: 18.0 };
            bars(brush, rising, number, p.ink);
            (6.0, top + 34.0, width - 6.0, height - 10.0)
        }
    }
}
