//! A warning takes the whole board: the level's colour everywhere, what, where, what to do, who says so.
//!
//! The level can be read three ways: by colour, by its number, and by bars that fill up. An exercise
//! never wears a level's colour: it says DIỄN TẬP on indigo between black and white bars, so that nobody who
//! sees it in passing takes it for real, and nobody used to exercises takes a real one for another.

use super::brush::{Brush, Side};
use super::fit::{self, wrap, wrap_any};
use super::look::{Grid, Role};
use super::scene::{Colour, Rect};
use super::words::{Group, Measure, cut_to, plain_groups};
use super::{Composed, View, dates, finish, icons, rich};
use crate::limits;
use crate::model::alert::{Alert, AlertStatus, Hazard};
use crate::model::board::Theme;

/// Sizes of action lines, large to small, in u; the last two only where nothing larger fits.
const ACTIONS: [f32; 11] = [11.5, 11.0, 10.6, 10.2, 9.6, 9.2, 8.8, 8.0, 7.4, 6.8, 6.0];
const EVENTS: [f32; 9] = [18.0, 16.5, 15.0, 13.6, 12.4, 11.4, 10.4, 9.2, 8.0];
const AREAS: [f32; 5] = [8.6, 8.0, 7.4, 6.8, 6.2];

pub fn compose(view: &View<'_>, grid: Grid, measure: &Measure, alert: &Alert) -> Composed {
    let mut brush = Brush::new(grid, view.look, view.theme, measure);
    let exercise = alert.status != AlertStatus::Actual;
    match (exercise, grid.portrait) {
        (true, _) => drill(&mut brush, view, alert),
        (false, true) => portrait(&mut brush, view, alert),
        (false, false) => landscape(&mut brush, view, alert),
    }
    let scene = finish(view, brush, None);
    Composed::single(scene)
}

fn hazard_icon(hazard: Hazard) -> &'static icons::Cells {
    icons::icon(match hazard {
        Hazard::CanhBao => "canh-bao",
        Hazard::Lu => "lu",
        Hazard::SatLo => "sat-lo",
        Hazard::MuaDa => "mua-da",
    })
}

fn clean(text: &str) -> String {
    rich::line(text, limits::TITLE_CHARS_MAX)
}

/// Words broken to a width at the first size whose lines and height fit, and that size in u.
struct Set {
    groups: Vec<Group>,
    lines: fit::Lines,
    size: f32,
    role: Role,
}

impl Set {
    fn height(&self, leading: f32) -> f32 {
        self.lines.len() as f32 * self.size * leading
    }
}

fn set(brush: &Brush<'_>, text: &str, role: Role, sizes: &[f32], width: f32, lines_max: usize) -> Set {
    let (measure, ink) = (brush.measure, role.ink(Theme::Day));
    let smallest = sizes.last().copied().unwrap_or(1.0);
    let groups = cut_to(plain_groups(text, measure, ink), width / smallest, measure, ink);
    let space = measure.space(ink.plain);
    let at = |size: f32| wrap(&groups, width / size, space, false);
    let fits =
        sizes.iter().find_map(|&size| Some((size, at(size).filter(|lines| lines.len() <= lines_max)?)));
    let (size, mut lines) =
        fits.unwrap_or_else(|| (smallest, wrap_any(&groups, width / smallest, space, false)));
    lines.truncate(lines_max.max(1) * 2);
    Set { groups, lines, size, role }
}

fn draw_set(brush: &mut Brush<'_>, set: &Set, x: f32, top: f32, leading: f32, colour: Colour) {
    let u = brush.grid.u;
    let at = ((x * u).round() as i32, top * u);
    brush.lines(&set.groups, &set.lines, set.role, set.size * u, leading, at, colour);
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

fn landscape(brush: &mut Brush<'_>, view: &View<'_>, alert: &Alert) {
    let grid = brush.grid;
    let (fill, ink, word) = view.look.level(alert.level.number());
    let (width, height) = grid.extent();
    brush.fill(grid.area, fill);
    let cell = ((2.0 * grid.u).floor() as i32).max(1);
    brush.cells(hazard_icon(alert.hazard), grid.px(6.0), grid.px(6.0), cell, ink);
    let at = (grid.px(6.0), grid.px(75.0));
    let said = brush.text("CẤP", Role::Heavy, 14.4 * grid.u, at, Side::Left, ink);
    let number = (at.0 + said.round() as i32 + grid.px(4.0), at.1);
    brush.text(&alert.level.number().to_string(), Role::Heavy, 36.0 * grid.u, number, Side::Left, ink);
    bars(
        brush,
        Bars { left: 6.0, bottom: 104.0, pitch: 10.0, wide: 8.0, high: 20.0 },
        alert.level.number(),
        ink,
    );
    brush.text("Rủi ro", Role::Title, 8.6 * grid.u, (grid.px(6.0), grid.px(116.0)), Side::Left, ink);
    brush.text(word, Role::Title, 8.6 * grid.u, (grid.px(6.0), grid.px(126.5)), Side::Left, ink);

    let (left, right) = (61.0, width - 6.0);
    let bottom = height - 6.0;
    let event = set(brush, &clean(&alert.event), Role::Heavy, &EVENTS, right - left, 2);
    draw_set(brush, &event, left, 4.6, 1.28, ink);
    let below = 4.6 + event.height(1.28);
    let area = set(brush, &clean(&alert.area), Role::Title, &AREAS, right - left, 2);
    draw_set(brush, &area, left, below + 0.6, 1.28, ink);
    let top = (below + 0.6 + area.height(1.28) + 3.0).max(43.4);
    panel(brush, view, alert, (left, top, right, bottom), fill, ink);
}

fn portrait(brush: &mut Brush<'_>, view: &View<'_>, alert: &Alert) {
    let grid = brush.grid;
    let (fill, ink, _) = view.look.level(alert.level.number());
    let (width, height) = grid.extent();
    brush.fill(grid.area, fill);
    let cell = ((1.5 * grid.u).floor() as i32).max(1);
    brush.cells(hazard_icon(alert.hazard), grid.px(6.0), grid.px(7.0), cell, ink);
    let at = (grid.px(37.5), grid.px(31.0));
    let said = brush.text("CẤP", Role::Heavy, 14.4 * grid.u, at, Side::Left, ink);
    let number = (at.0 + said.round() as i32 + grid.px(3.4), at.1);
    brush.text(&alert.level.number().to_string(), Role::Heavy, 32.8 * grid.u, number, Side::Left, ink);
    bars(
        brush,
        Bars { left: width - 40.0, bottom: 31.0, pitch: 7.0, wide: 6.0, high: 23.0 },
        alert.level.number(),
        ink,
    );

    let (left, right) = (6.0, width - 6.0);
    let event = set(brush, &clean(&alert.event), Role::Heavy, &EVENTS, right - left, 2);
    draw_set(brush, &event, left, 35.0, 1.28, ink);
    let below = 35.0 + event.height(1.28);
    let area = set(brush, &clean(&alert.area), Role::Title, &AREAS, right - left, 2);
    draw_set(brush, &area, left, below + 1.0, 1.32, ink);
    let top = below + 1.0 + area.height(1.32) + 4.0;
    panel(brush, view, alert, (left, top, right, height - 6.0), fill, ink);
}

/// The panel with numbered actions and, at its foot, who issued the warning and when.
fn panel(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    alert: &Alert,
    edges: (f32, f32, f32, f32),
    fill: Colour,
    ink: Colour,
) {
    let (grid, p) = (brush.grid, *brush.palette());
    let (left, top, right, bottom) = edges;
    brush.rounded(grid.rect(left, top, right, bottom), p.panel, grid.px(1.0));
    let foot = bottom - if grid.portrait { 22.0 } else { 13.0 };
    let actions = alert.actions.iter().map(|text| clean(text)).filter(|text| !text.trim().is_empty());
    let actions: Vec<String> = actions.take(limits::ALERT_ACTIONS_MAX).collect();
    numbered(brush, &actions, (left + 5.0, top + 2.4, right - 5.0, foot - 1.0), fill, ink);

    brush.fill(
        grid.rect(left + 5.0, foot, right - 5.0, foot).join(&Rect::new(
            grid.px(left + 5.0),
            grid.px(foot),
            grid.px(right - 5.0) - grid.px(left + 5.0),
            grid.rule(),
        )),
        p.line,
    );
    let middle = (foot + bottom) / 2.0 * grid.u;
    let seal = if grid.portrait { grid.px(1.0) } else { grid.px(0.5) }.max(1);
    let seal_top = (middle - 8.0 * seal as f32).round() as i32;
    brush.cells(icons::icon("da-ky"), grid.px(left + 5.0), seal_top, seal, p.ink);
    let mut edge = grid.px(right - 5.0);
    if view.clock_trusted {
        let size = if grid.portrait { 9.0 } else { 8.4 } * grid.u;
        let at = (edge, brush.centred(middle, size));
        edge -=
            brush.text(&dates::clock(&view.now), Role::Title, size, at, Side::Right, p.ink).round() as i32;
        edge -= grid.px(4.0);
    }
    let x = grid.px(left + 5.0) + 16 * seal + grid.px(if grid.portrait { 3.0 } else { 2.6 });
    let sent = dates::clock(&alert.id.sent.to_zoned(view.now.time_zone().clone()));
    let issuer = clean(&alert.issuer);
    let size = if grid.portrait { 6.4 } else { 6.0 } * grid.u;
    if grid.portrait {
        let at = (x, (foot * grid.u + 9.2 * grid.u) as i32);
        brush.text_within(&issuer, Role::Title, size, at, Side::Left, p.ink, edge - x);
        let at = (x, (foot * grid.u + 17.6 * grid.u) as i32);
        brush.text_within(&format!("Phát lúc {sent}"), Role::Body, size, at, Side::Left, p.muted, edge - x);
    } else {
        let joint = if issuer.is_empty() { "Phát lúc" } else { "· phát lúc" };
        let said = format!("{issuer} {joint} {sent}");
        let at = (x, brush.centred(middle, size));
        brush.text_within(said.trim(), Role::Body, size, at, Side::Left, p.muted, edge - x);
    }
}

/// Numbered action lines, as large as fits, spread over their room.
fn numbered(
    brush: &mut Brush<'_>,
    actions: &[String],
    edges: (f32, f32, f32, f32),
    box_fill: Colour,
    box_ink: Colour,
) {
    if actions.is_empty() {
        return;
    }
    let (grid, p) = (brush.grid, *brush.palette());
    let (left, top, right, bottom) = edges;
    // An exercise shares its board with more words than a warning.
    let leading = if bottom - top < 60.0 { 1.2 } else { 1.32 };
    let height = bottom - top;
    let side_of = |size: f32| size * 0.96;
    let sets_at = |size: f32| -> Vec<Set> {
        let width = right - left - side_of(size) - 5.0;
        actions.iter().map(|text| set(brush, text, Role::Title, &[size], width, 3)).collect()
    };
    let total = |sets: &[Set]| sets.iter().map(|set| set.height(leading)).sum::<f32>();
    let gap_min = 0.6;
    let room = height - gap_min * (actions.len() - 1) as f32;
    let fits = |most: usize, least: f32| {
        let sizes = ACTIONS.iter().copied().filter(|size| *size >= least);
        sizes
            .map(|size| (size, sets_at(size)))
            .find(|(_, sets)| total(sets) <= room && sets.iter().all(|set| set.lines.len() <= most))
    };
    // A line for each action is read at a glance; it is worth a little of their size.
    let (size, sets) = fits(1, 9.6).or_else(|| fits(3, 0.0)).unwrap_or_else(|| (6.0, sets_at(6.0)));
    let spare = (height - total(&sets)).max(0.0) / actions.len() as f32;
    let spare = spare.min(size * 0.9);
    let used = total(&sets) + spare * actions.len() as f32;
    let mut at = top + (height - used).max(0.0) / 2.0;
    let side = side_of(size);
    brush.clip = grid.rect(left, top - 2.0, right + 5.0, bottom + 1.0);
    for (number, set) in sets.iter().enumerate() {
        let line_top = at + spare / 2.0;
        let middle = line_top + (super::brush::first_baseline(leading) - super::brush::CAPITAL / 2.0) * size;
        let square = grid.rect(left, middle - side / 2.0, left + side, middle + side / 2.0);
        if square.bottom() <= grid.px(bottom + 1.0) {
            brush.rounded(square, box_fill, grid.px(0.6));
            let numeral = size * 0.76 * grid.u;
            let centre = (square.x + square.w / 2, brush.centred(middle * grid.u, numeral));
            brush.text(&(number + 1).to_string(), Role::Heavy, numeral, centre, Side::Centre, box_ink);
        }
        draw_set(brush, set, left + side + 5.0, line_top, leading, p.ink);
        at += set.height(leading) + spare;
    }
    brush.clip = grid.area;
}

fn drill(brush: &mut Brush<'_>, view: &View<'_>, alert: &Alert) {
    let (grid, p) = (brush.grid, *brush.palette());
    let (width, height) = grid.extent();
    for top in [0.0, height - 8.0] {
        brush.fill(grid.rect(0.0, top, width, top + 8.0), Colour::WHITE);
        let mut x = -4.0;
        while x < width {
            brush.fill(grid.rect(x, top, x + 8.0, top + 8.0).meet(&grid.area), Colour(0x1D1A16));
            x += 16.0;
        }
    }
    let band = if grid.portrait { 58.0 } else { 37.0 };
    brush.fill(grid.rect(0.0, 8.0, width, 8.0 + band), p.bar);
    let at = (grid.px(6.0), grid.px(38.0));
    brush.text("DIỄN TẬP", Role::Heavy, 26.0 * grid.u, at, Side::Left, p.bar_ink);
    let (calm, soft) = ("Không có thiên tai thật", "Bà con không phải lo");
    let size = if grid.portrait { 8.4 } else { 9.6 } * grid.u;
    let (x, side, lines) = if grid.portrait {
        (grid.px(6.0), Side::Left, [52.0, 62.0])
    } else {
        (grid.px(width - 6.0), Side::Right, [23.9, 36.8])
    };
    brush.text(calm, Role::Title, size, (x, grid.px(lines[0])), side, p.bar_ink);
    brush.text(soft, Role::Body, size, (x, grid.px(lines[1])), side, p.bar_soft);

    // The level stands in a box that is only outlined, and says that it is assumed.
    let top = 8.0 + band + 6.0;
    let frame = if grid.portrait {
        grid.rect(6.0, top, width - 6.0, top + 30.0)
    } else {
        grid.rect(6.0, top, 50.0, height - 14.0)
    };
    brush.frame(frame, p.ink, grid.px(1.0));
    let cell = (grid.u.floor() as i32).max(1);
    let said = format!("CẤP {}", alert.level.number());
    let (u, number) = (grid.u, alert.level.number());
    let text_edges = if grid.portrait {
        brush.cells(hazard_icon(alert.hazard), grid.px(12.0), frame.y + grid.px(7.0), cell, p.ink);
        let x = grid.px(34.0);
        brush.text(&said, Role::Heavy, 10.0 * u, (x, frame.y + grid.px(13.6)), Side::Left, p.ink);
        brush.text("giả định", Role::Body, 8.0 * u, (x, frame.y + grid.px(23.6)), Side::Left, p.ink);
        bars(
            brush,
            Bars { left: width - 50.0, bottom: top + 24.0, pitch: 7.0, wide: 6.0, high: 18.0 },
            number,
            p.ink,
        );
        (6.0, top + 34.0, width - 6.0, height - 22.0)
    } else {
        let middle = frame.x + frame.w / 2;
        brush.cells(hazard_icon(alert.hazard), middle - 8 * cell, frame.y + grid.px(6.0), cell, p.ink);
        brush.text(&said, Role::Heavy, 10.0 * u, (middle, frame.y + grid.px(33.8)), Side::Centre, p.ink);
        brush.text("giả định", Role::Body, 8.0 * u, (middle, frame.y + grid.px(44.0)), Side::Centre, p.ink);
        bars(
            brush,
            Bars { left: 11.5, bottom: height - 19.0, pitch: 7.0, wide: 6.0, high: 10.0 },
            number,
            p.ink,
        );
        (57.0, top, width - 6.0, height - 21.0)
    };
    let (left, top, right, bottom) = text_edges;
    let event = set(brush, &clean(&alert.event), Role::Title, &[10.6, 9.6, 8.8, 8.0], right - left, 2);
    draw_set(brush, &event, left, top - 1.0, 1.28, p.ink);
    let mut below = top - 1.0 + event.height(1.28);
    if !alert.area.trim().is_empty() {
        let area = set(brush, &clean(&alert.area), Role::Body, &[6.8, 6.2], right - left, 2);
        draw_set(brush, &area, left, below, 1.28, p.muted);
        below += area.height(1.28);
    }
    let actions = alert.actions.iter().map(|text| clean(text)).filter(|text| !text.trim().is_empty());
    let actions: Vec<String> = actions.take(limits::ALERT_ACTIONS_MAX).collect();
    numbered(brush, &actions, (left, below + 1.0, right, bottom), p.ink, p.ground);
    let sent = dates::clock(&alert.id.sent.to_zoned(view.now.time_zone().clone()));
    let said = format!("{} · phát lúc {sent}", clean(&alert.issuer));
    let mut room = grid.px(right - left);
    let baseline = grid.px(height - 15.0);
    if view.clock_trusted {
        let clock = dates::clock(&view.now);
        room -=
            brush.text(&clock, Role::Title, 7.4 * u, (grid.px(right), baseline), Side::Right, p.ink) as i32;
    }
    let said = said.trim_start_matches([' ', '·']);
    brush.text_within(
        said,
        Role::Body,
        6.0 * u,
        (grid.px(left), baseline),
        Side::Left,
        p.muted,
        room - grid.px(4.0),
    );
}
