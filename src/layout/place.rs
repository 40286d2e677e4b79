//! Where on the board a notice stands, all of it between header and ticker or a zone of it, and in which form.
//!
//! A form follows from the shape: a board that lies has the category's rail at its left, an upright one a band across
//! its top, and one that is nearly square, like every narrow zone, a slim band that leaves its width to the text.
//! Zones are written in per cent and stand on whole pixels, so neighbours meet without a gap. One without notices lends
//! its room to a neighbour.

use super::brush::Brush;
use super::legible;
use super::look::{Grid, Look, Sizes};
use super::scene::Rect;
use super::{LED_SIDE_MAX, View, parts, ticker};
use crate::model::board::{Board, Share, Zone};
use crate::model::plan::Main;
use crate::problem::Problem;
use crate::say;

/// Height of a slim band, in u.
const BAND: f32 = 11.0;
/// Height of the issuer's line under a slim form, and the least height of a zone that has one.
const FOOT: f32 = 10.0;
const FOOT_ZONE: f32 = 66.0;
/// Narrower zones have a smaller margin.
const MARGIN: f32 = 6.0;
const MARGIN_NARROW: f32 = 4.0;
const NARROW: f32 = 110.0;
/// Least width to height of a zone with a rail: that of the body of a board of 5:4, over a ticker.
const RAIL_SHAPE: f32 = 1.6;
/// Least width of a zone with a rail, which takes 28 of it.
const RAIL_WIDTH: f32 = 150.0;

/// A rectangle in u from the board's top left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Area {
    pub fn width(&self) -> f32 {
        self.right - self.left
    }
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }
    pub fn rect(&self, grid: Grid) -> Rect {
        grid.rect(self.left, self.top, self.right, self.bottom)
    }
}

/// How a notice's parts lie to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The category at the left, a picture at the right.
    Rail,
    /// The category across the top, a picture under it; for upright boards.
    Band,
    /// The same with a lower band, where height is short.
    Slim,
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub area: Area,
    pub form: Form,
    /// Heights of the category's band, and of the issuer's line; 0: it has none.
    pub band: f32,
    pub foot: f32,
    /// Beside the text.
    pub margin: f32,
    /// It is a zone among others, not all of the board.
    pub zone: bool,
}

/// Everything between header and a ticker of this height in u, which may be 0.
fn body(grid: Grid, sizes: &Sizes, ticker: f32) -> Area {
    let (width, height) = grid.extent();
    Area { left: 0.0, top: sizes.header_on(grid), right: width, bottom: height - ticker }
}

/// A board without zones, over a ticker of this height in u.
pub fn whole(grid: Grid, sizes: &Sizes, ticker: f32) -> Place {
    let area = body(grid, sizes, ticker);
    let (form, band, foot) = match (grid.portrait, grid.square) {
        (true, _) => (Form::Band, sizes.band, sizes.foot_portrait),
        (_, true) => (Form::Slim, BAND, FOOT),
        _ => (Form::Rail, sizes.band, sizes.foot),
    };
    Place { area, form, band, foot, margin: MARGIN, zone: false }
}

/// A zone; the first is the main one.
fn zone(grid: Grid, sizes: &Sizes, ticker: f32, share: Share, main: bool) -> Place {
    let body = body(grid, sizes, ticker).rect(grid);
    let unit = grid.u.max(f32::MIN_POSITIVE);
    let at = |start: i32, length: i32, percent: f64| {
        let pixels = start + (f64::from(length) * percent.clamp(0.0, 100.0) / 100.0).round() as i32;
        pixels as f32 / unit
    };
    let area = Area {
        left: at(body.x, body.w, share.left),
        top: at(body.y, body.h, share.top),
        right: at(body.x, body.w, share.right()),
        bottom: at(body.y, body.h, share.bottom()),
    };
    let (width, height) = (area.width(), area.height());
    let margin = if width < NARROW { MARGIN_NARROW } else { MARGIN };
    if main && width >= RAIL_SHAPE * height && width >= RAIL_WIDTH {
        return Place { area, form: Form::Rail, band: 0.0, foot: sizes.foot, margin, zone: true };
    }
    let foot = if height >= FOOT_ZONE { FOOT } else { 0.0 };
    Place { area, form: Form::Slim, band: BAND, foot, margin, zone: true }
}

/// The places of a board's zones in their order, or the one of a board without; never none.
pub fn places(view: &View<'_>, grid: Grid) -> Vec<Place> {
    let (sizes, ticker) = (&view.look.sizes, ticker::height(view, grid));
    if view.board.zones.is_empty() {
        return vec![whole(grid, sizes, ticker)];
    }
    let aside = |at: usize| view.plan.asides.iter().find(|aside| aside.zone == at);
    let vacant = |at: usize| match at {
        0 => matches!(view.plan.main, Main::Neutral { .. }),
        _ => aside(at).is_some_and(|aside| aside.slot.is_none()),
    };
    let zones = view.board.zones.iter().enumerate();
    let shares = lent(zones.map(|(at, written)| (written.area, vacant(at))).collect());
    shares.into_iter().enumerate().map(|(at, share)| zone(grid, sizes, ticker, share, at == 0)).collect()
}

/// The shares of zones where one without notices has lent its room: to the first beside it that has the whole of an edge
/// in common with it. Where none has, it stays.
fn lent(mut zones: Vec<(Share, bool)>) -> Vec<Share> {
    for lender in 0..zones.len() {
        let (room, true) = zones[lender] else { continue };
        // Neighbours that are vacant, too, lend it on.
        let takes = |at: usize| (!zones[at].1 || at > lender).then(|| joined(&zones[at].0, &room)).flatten();
        let takers = (0..zones.len()).filter_map(|at| Some((at, takes(at)?)));
        if let Some((at, area)) = takers.min_by_key(|(at, _)| (zones[*at].1, *at)) {
            zones[at].0 = area;
            zones[lender].0 = Share { width: 0.0, height: 0.0, ..room };
        }
    }
    zones.into_iter().map(|(area, _)| area).collect()
}

/// The rectangle that two make which have a whole edge in common.
fn joined(area: &Share, room: &Share) -> Option<Share> {
    let same = |a: f64, b: f64| (a - b).abs() < 1e-6;
    let beside = same(area.top, room.top) && same(area.height, room.height);
    let over = same(area.left, room.left) && same(area.width, room.width);
    let touch = |end: f64, start: f64| same(end, start);
    if beside && (touch(area.right(), room.left) || touch(room.right(), area.left)) {
        return Some(Share { left: area.left.min(room.left), width: area.width + room.width, ..*area });
    }
    if over && (touch(area.bottom(), room.top) || touch(room.bottom(), area.top)) {
        return Some(Share { top: area.top.min(room.top), height: area.height + room.height, ..*area });
    }
    None
}

/// Thin lines where a zone meets what is left of it and above it.
pub fn edges(brush: &mut Brush<'_>, place: &Place) {
    let (grid, colour) = (brush.grid, brush.palette().line);
    let (rect, rule) = (place.area.rect(grid), grid.rule());
    if rect.x > 0 {
        brush.fill(Rect::new(rect.x, rect.y, rule, rect.h), colour);
    }
    if rect.y > grid.px(brush.look.sizes.header_on(grid)) {
        brush.fill(Rect::new(rect.x, rect.y, rect.w, rule), colour);
    }
}

/// The board as it can be shown at this size, in pixels, and what is the matter where that is less than was asked for:
/// a zone in which no word can be read costs the zones, for whoever stands there must be able to read the rest.
pub fn board_at(board: &Board, size: (u32, u32), look: &Look) -> (Board, Vec<Problem>) {
    let mut problems: Vec<Problem> = legible::too_small(board, size, look).into_iter().collect();
    let misfits = misfits(board, size, look);
    let zones = if misfits.is_empty() { board.zones.clone() } else { Vec::new() };
    problems.extend(misfits);
    (Board { zones, ..board.clone() }, problems)
}

/// Why the zones cannot be shown at this size.
fn misfits(board: &Board, size: (u32, u32), look: &Look) -> Vec<Problem> {
    let Some(first) = board.zones.first() else { return Vec::new() };
    if size.0.min(size.1) <= LED_SIDE_MAX {
        let why = say!(
            en: "an LED wall of {width} x {height} pixels has no room for zones; it shows all notices in turn",
            vi: "bảng LED {width} x {height} điểm ảnh không đủ chỗ chia vùng; bảng hiện lần lượt mọi tin",
            width = size.0,
            height = size.1
        );
        let remedy = say!(en: "delete every [[zone]]", vi: "hãy xóa các mục [[zone]]");
        return vec![Problem::new(first.written.clone(), why, remedy)];
    }
    let zones = board.zones.iter().enumerate();
    zones.filter_map(|(at, zone)| misfit(board, zone, at == 0, size, look)).collect()
}

fn misfit(board: &Board, written: &Zone, main: bool, size: (u32, u32), look: &Look) -> Option<Problem> {
    let (grid, need) = (Grid::new(size), legible::need(board, size));
    // With a ticker there is less room, and one may come any day.
    let (ticker, _) = ticker::sizes(board, size, grid, look);
    let place = zone(grid, &look.sizes, ticker, written.area, main);
    let room = parts::plain_room(&place, grid, look);
    let unit = grid.u.max(f32::MIN_POSITIVE);
    // Where nobody measured, nothing is smaller than the look's smallest text.
    let least = need.map_or(look.sizes.stale, |need| need.limit_px / unit);
    if legible::largest(room.width, room.height) >= least {
        return None;
    }
    let (width, height) = legible::room_for(least);
    let body = body(grid, &look.sizes, ticker);
    let percent = |needs: f32, has: f32, of: f32, all: f32| ((needs + of - has) / all * 100.0).ceil();
    let across = percent(width, room.width, place.area.width(), body.width());
    let down = percent(height, room.height, place.area.height(), body.height());
    let why = say!(
        en: "the zone `{name}` is too small on {w} x {h} pixels: letters that can be read are {letters} pixels high there, and a short text of those does not fit",
        vi: "vùng `{name}` quá nhỏ trên màn hình {w} x {h}: chữ đọc được phải cao {letters} điểm ảnh mà một tin ngắn cỡ chữ đó không vừa",
        name = written.name,
        w = size.0,
        h = size.1,
        letters = (least * unit).ceil()
    );
    let remedy = if across <= 100.0 && down <= 100.0 {
        say!(
            en: "make it at least {across} per cent wide and {down} per cent high",
            vi: "hãy để vùng rộng ít nhất {across} phần trăm và cao ít nhất {down} phần trăm",
            across = across.max(1.0),
            down = down.max(1.0)
        )
    } else {
        say!(en: "delete every [[zone]]: this board has room for one text at a time",
             vi: "hãy xóa các mục [[zone]]: bảng này chỉ đủ chỗ cho một tin mỗi lúc")
    };
    Some(Problem::new(written.written.clone(), why, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(left: f64, top: f64, width: f64, height: f64) -> Share {
        Share { left, top, width, height }
    }

    #[test]
    fn a_zone_without_notices_lends_its_room_to_a_neighbour() {
        let (main, side) = (share(0.0, 0.0, 65.0, 100.0), share(65.0, 0.0, 35.0, 100.0));
        assert_eq!(lent(vec![(main, false), (side, true)])[0], share(0.0, 0.0, 100.0, 100.0));
        assert_eq!(lent(vec![(main, true), (side, false)])[1], share(0.0, 0.0, 100.0, 100.0));
        assert_eq!(lent(vec![(main, false), (side, false)]), [main, side]);
        let (upper, lower) = (share(65.0, 0.0, 35.0, 40.0), share(65.0, 40.0, 35.0, 60.0));
        let zones = lent(vec![(main, false), (upper, true), (lower, false)]);
        assert_eq!((zones[0], zones[2]), (main, side), "no neighbour has half an edge of it");
        let all = lent(vec![(main, false), (upper, true), (lower, true)]);
        assert_eq!(all[0], share(0.0, 0.0, 100.0, 100.0), "two halves make an edge");
    }
}
