//! When there is nothing to show: the commune's name, clock and date over terraced hills; or, on a board that
//! never received anything, what to tell whoever sets it up.
//!
//! The hills are steps of whole u, the same on every board: heights come from a fixed table, not from chance.

use super::brush::{Brush, Side};
use super::look::{Grid, Role};
use super::place::Area;
use super::scene::{Colour, Rect};
use super::words::Measure;
use super::{Composed, View, dates, finish, frame, ticker};
use crate::text::sole_line;

/// Heights of the three ridges above the bar, far to near, in steps of 3 u, for columns 8 u wide; repeated when a board is wider.
const RIDGES: [[i32; 30]; 3] = [
    [
        13, 15, 13, 13, 11, 10, 12, 13, 11, 10, 8, 6, 5, 3, 5, 7, 9, 10, 11, 10, 11, 13, 14, 15, 15, 12, 10,
        9, 8, 7,
    ],
    [8, 7, 7, 8, 6, 5, 3, 2, 3, 5, 6, 6, 7, 7, 7, 6, 8, 10, 10, 10, 10, 9, 7, 6, 5, 3, 5, 7, 7, 5],
    [0, 0, 1, 1, 3, 4, 4, 3, 3, 5, 6, 7, 7, 5, 3, 2, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 3, 5, 6, 7],
];
const COLUMN: f32 = 8.0;
const STEP: f32 = 3.0;
/// Height of the bar at the bottom, with its thread.
const BAR: f32 = 17.0;

pub fn compose(view: &View<'_>, grid: Grid, measure: &Measure, ever: bool) -> Composed {
    let mut brush = Brush::new(grid, view.look, view.theme, measure);
    let ticker = ticker::height(view, grid);
    let (_, height) = grid.extent();
    let bar_top = height - BAR - ticker;
    let p = brush.palette();
    let (width, _) = grid.extent();
    hills(&mut brush, Area { left: 0.0, top: 0.0, right: width, bottom: bar_top });
    let bar = grid.rect(0.0, bar_top, 0.0, bar_top + BAR);
    let bar = Rect::edges(0, bar.y, grid.area.w, if ticker > 0.0 { bar.bottom() } else { grid.area.h });
    brush.fill(Rect::new(0, bar.y, bar.w, grid.px(1.0)), p.thread);
    brush.fill(Rect::edges(0, bar.y + grid.px(1.0), bar.w, bar.bottom()), p.bar);
    let said = if ever {
        name_and_clock(&mut brush, view, bar_top);
        "Bảng tin của xã · không có thông báo mới".to_owned()
    } else {
        first_boot(&mut brush, view, bar_top);
        let network = sole_line(view.network, 80);
        let joint = if network.is_empty() { "" } else { " · " };
        format!("{network}{joint}Đang chờ tin đầu tiên")
    };
    let middle = (bar.y + grid.px(1.0) + bar.bottom()) as f32 / 2.0;
    let size = if grid.portrait { 6.2 } else { 6.6 } * grid.u;
    let room = bar.w - 2 * grid.px(4.0);
    let at = (bar.w / 2, brush.centred(middle, size));
    brush.text_within(&said, Role::Title, size, at, Side::Centre, p.bar_ink, room);
    let band = ticker::ticker(&mut brush, view);
    let scene = finish(view, brush, band);
    Composed::single(scene)
}

fn name_and_clock(brush: &mut Brush<'_>, view: &View<'_>, bar_top: f32) {
    let (grid, p) = (brush.grid, *brush.palette());
    let (width, _) = grid.extent();
    let emblem = frame::draw_emblem(brush, view, 6.0, 6.0, 22.0, p.ground);
    let x = grid.px(if emblem { 34.0 } else { 6.0 });
    let room = grid.px(width - 6.0) - x;
    let title = frame::board_title(view);
    brush.text_within(&title, Role::Title, 12.0 * grid.u, (x, grid.px(16.0)), Side::Left, p.heading, room);
    if let Some(stale) = &view.plan.stale {
        let said = dates::stale(stale, &view.now, view.clock_trusted);
        let at = (x, grid.px(26.5));
        brush.text_within(&said, Role::Body, 7.0 * grid.u, at, Side::Left, p.muted, room);
    }
    if view.clock_trusted {
        let middle = grid.area.w / 2;
        // The date keeps clear of the bar where a ticker takes room.
        let lift = (119.0 - bar_top).clamp(0.0, 14.0) * 0.6;
        let top = if grid.portrait { 90.0 } else { 68.5 - lift };
        let clock = dates::clock(&view.now);
        brush.text(&clock, Role::Title, 40.0 * grid.u, (middle, grid.px(top)), Side::Centre, p.ink);
        let date = dates::long_date(&view.now);
        let size = if grid.portrait { 10.0 } else { 11.2 } * grid.u;
        brush.text(&date, Role::Body, size, (middle, grid.px(top + 17.5)), Side::Centre, p.ink);
    }
}

fn first_boot(brush: &mut Brush<'_>, view: &View<'_>, bar_top: f32) {
    let (grid, p) = (brush.grid, *brush.palette());
    let middle = grid.area.w / 2;
    let room = grid.area.w - 2 * grid.px(6.0);
    let top = if grid.portrait { bar_top * 0.28 } else { 0.0 };
    let at = (middle, grid.px(top + 20.0));
    brush.text_within("Màn hình mới", Role::Title, 14.4 * grid.u, at, Side::Centre, p.heading, room);
    let said: &[&str] = if grid.portrait {
        &["Bà con chờ cán bộ xã", "nối màn hình này. Tên máy:"]
    } else {
        &["Bà con chờ cán bộ xã nối màn hình này. Tên máy:"]
    };
    let mut below = top + 34.8;
    for line in said {
        let at = (middle, grid.px(below));
        brush.text_within(line, Role::Body, 8.0 * grid.u, at, Side::Centre, p.ink, room);
        below += 10.6;
    }
    let name = sole_line(&view.board.name, 60);
    let size = [20.0, 17.0, 14.4, 12.4, 10.6, 8.8]
        .into_iter()
        .map(|size| size * grid.u)
        .find(|&size| brush.width(&name, Role::Title, size) <= (room - grid.px(14.0)) as f32)
        .unwrap_or(8.8 * grid.u);
    let wide =
        (brush.width(&name, Role::Title, size).round() as i32 + grid.px(14.0)).clamp(grid.px(60.0), room);
    let frame = Rect::new(middle - wide / 2, grid.px(below - 3.4), wide, grid.px(34.0));
    brush.rounded(frame, p.heading, grid.px(1.0));
    brush.rounded(frame.inset(grid.px(0.5).max(1)), p.panel, grid.px(0.6));
    let ink = if view.theme == crate::model::board::Theme::Day { p.heading } else { p.ink };
    let at = (middle, brush.centred(frame.y as f32 + frame.h as f32 / 2.0, size));
    brush.text_within(&name, Role::Title, size, at, Side::Centre, ink, frame.w - grid.px(4.0));
}

/// A zone in which nothing is on: the hills alone, so that nobody takes it for broken.
pub fn vacant(brush: &mut Brush<'_>, area: Area) {
    hills(brush, area);
}

/// The three ridges, standing at the bottom of an area and no higher than it.
fn hills(brush: &mut Brush<'_>, area: Area) {
    let (grid, p) = (brush.grid, *brush.palette());
    let (bar_top, within) = (area.bottom, area.rect(grid));
    let day = view_is_light(p.ground);
    for (ridge, (heights, colour)) in RIDGES.iter().zip(p.hills).enumerate() {
        let edge = colour.mix(if day { Colour::WHITE } else { p.bar_soft }, if day { 40 } else { 10 });
        let columns = (area.width() / COLUMN).ceil() as usize;
        for column in 0..columns {
            let height = heights[column % heights.len()];
            let top = bar_top - STEP * height as f32;
            let left = area.left + COLUMN * column as f32;
            let right = (area.left + COLUMN * (column + 1) as f32).min(area.right);
            let rect = |top: f32, bottom: f32| grid.rect(left, top, right, bottom).meet(&within);
            if height <= 0 {
                continue;
            }
            brush.fill(rect(top, bar_top), colour);
            if ridge == 0 {
                continue;
            }
            brush.fill(rect(top, top + 1.0), edge);
            // Contour lines, as on the near side of a terraced slope.
            let mut contour = 6.0;
            while contour < STEP * height as f32 - 1.0 {
                brush.fill(rect(bar_top - contour, bar_top - contour + 0.4), edge);
                contour += 6.0;
            }
        }
    }
}

fn view_is_light(ground: Colour) -> bool {
    ground.channels().into_iter().map(u32::from).sum::<u32>() > 384
}
