//! A notice: category rail (portrait: band), title and text or a table, picture, QR code, issuer's line.

use super::brush::{Brush, Side};
use super::fit::{Broken, PARAGRAPH_GAP, TITLE_GAP, Text};
use super::look::{Dress, Role};
use super::pages::{self, Page, Tabled};
use super::parts::{COUNTDOWN_LINE, Parts};
use super::place::Form;
use super::scene::{Colour, Draw, Meet, Rect};
use super::table::{self, Rows};
use super::words::Word;
use super::{Availability, View, frame, icons};
use crate::limits;
use crate::model::plan::NoticeSlot;
use crate::model::programme::PictureFit;

const QR_CODE: f32 = 25.0;
/// The least share of a picture that is seen where it covers its place: a photograph of 16:9 beside text has 0.44, on a
/// square board 0.30.
pub const COVER_LEAST: f32 = 0.29;
const COVER_LEAST_ALONE: f32 = 0.8;
/// The share of a countdown's full size under which it says less.
const COUNTDOWN_SHORT: f32 = 0.75;

/// Draws one page of a notice in its place. `count` is (which page, of how many), from 1.
pub fn draw(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    slot: &NoticeSlot,
    parts: &Parts,
    page: &Page,
    count: (usize, usize),
) {
    let dress = view.look.dress(slot.notice.category, view.theme);
    match parts.form {
        Form::Rail => rail(brush, parts.side, parts.top, &dress, count),
        Form::Band => band(brush, parts.side, &dress, count),
        Form::Slim => slim_band(brush, parts.side, &dress, count),
    }
    if let Some((sha256, rect)) = parts.picture {
        let seen = match slot.notice.image.as_ref().map(|image| (view.media)(image)) {
            Some(Availability::Ready(width, height)) => seen(slot, parts, (width, height), rect),
            _ => COVER_LEAST,
        };
        let meet = if seen < 1.0 { Meet::Cover } else { Meet::Contain };
        let ground = brush.palette().band;
        if meet == Meet::Contain {
            brush.fill(rect, ground);
        }
        brush.picture(sha256, rect, meet, ground);
    }
    if parts.foot.h > 0 {
        frame::foot(brush, view, slot, parts, &dress);
    }
    if let Some(plate) = parts.code {
        code(brush, plate, &slot.notice.link);
    }
    // Marks of a capital reach over its left edge, and over its top.
    let around = brush.grid.px(2.0);
    let clip = Rect::edges(
        parts.text.x - around,
        parts.text.y - around,
        parts.area.right(),
        parts.text.bottom().max(parts.foot.y),
    )
    .meet(&brush.clip);
    let outer = std::mem::replace(&mut brush.clip, clip);
    match page {
        Page::Text { columns, fitted } => {
            let count = columns.len() as i32;
            let gap = if count > 1 { brush.grid.px(pages::LANGUAGE_GAP) } else { 0 };
            let width = (parts.text.w - gap * (count - 1)) / count.max(1);
            // Columns share their first baseline, whichever script reaches higher.
            let highest = columns.iter().map(|column| column.text.leading.title).fold(0.0, f32::max);
            for (at, (column, broken)) in columns.iter().zip(&fitted.texts).enumerate() {
                let x = parts.text.x + (width + gap) * at as i32;
                let mut top = name(brush, column.name, x, parts.text.y, &dress);
                if at > 0 {
                    let rule =
                        Rect::new(x - gap / 2, parts.text.y + brush.grid.px(1.0), brush.grid.rule(), 0);
                    let bottom = parts.foot.y - brush.grid.px(3.0);
                    brush.fill(Rect::edges(rule.x, rule.y, rule.right(), bottom), brush.palette().line);
                }
                top += (highest - column.text.leading.title) / 2.0 * fitted.title * brush.grid.u;
                text(brush, &column.text, broken, fitted.title, fitted.body, (x, top));
            }
        }
        Page::Rows(page) => {
            let Tabled { name: language, text: head, fitted, rows, below } = &**page;
            let top = name(brush, *language, parts.text.x, parts.text.y, &dress);
            let broken = &fitted.texts[0];
            let top = text(brush, head, broken, fitted.title, fitted.body, (parts.text.x, top));
            let room = below.as_ref().map_or(0, |below| brush.grid.px(below.height));
            let zone = Rect { h: parts.text.h - room, ..parts.text };
            let end = table(brush, zone, top, rows, &dress);
            if let Some(below) = below {
                let (title, body) = (below.fitted.title, below.fitted.body);
                text(brush, &below.text, &below.fitted.texts[0], title, body, (parts.text.x, end));
            }
        }
    }
    brush.clip = outer;
    if let Some((rect, said)) = &parts.countdown {
        countdown(brush, *rect, said, &dress);
    }
}

/// The share of a picture that is seen in its place: all of it where it is wanted whole, or where little would be left of it if
/// it covered the place, as of a map or a long banner; on a page of its own little is given up for that.
pub fn seen(slot: &NoticeSlot, parts: &Parts, (width, height): (u32, u32), rect: Rect) -> f32 {
    let shape = |width: f32, height: f32| width / height.max(1.0);
    let (own, place) = (shape(width as f32, height as f32), shape(rect.w as f32, rect.h as f32));
    let covering = (own / place).min(place / own);
    let least = if parts.picture_first { COVER_LEAST_ALONE } else { COVER_LEAST };
    if slot.notice.picture == PictureFit::Whole || covering < least { 1.0 } else { covering }
}

/// What is left until the notice's moment, as large as it can be in its line; in fewer words where all of them would be
/// much smaller.
fn countdown(brush: &mut Brush<'_>, rect: Rect, (whole, short): &(String, String), dress: &Dress) {
    let most = rect.h as f32 / COUNTDOWN_LINE;
    let size = |brush: &Brush<'_>, text: &str| {
        // A word's marks and the rounding of places need a little.
        let wide = brush.width(text, Role::Title, most).max(1.0) * 1.02;
        most.min(most * rect.w as f32 / wide)
    };
    let (text, size) = match size(brush, whole) {
        fits if fits >= most * COUNTDOWN_SHORT => (whole, fits),
        _ => (short, size(brush, short)),
    };
    // Descenders keep clear of the issuer's line below.
    let baseline = brush.centred(rect.y as f32 + rect.h as f32 / 2.0 - 0.06 * size, size);
    brush.text(text, Role::Title, size, (rect.x, baseline), Side::Left, dress.accent);
}

/// A language's name over its column; returns the top of what follows.
fn name(brush: &mut Brush<'_>, name: Option<&str>, x: i32, top: i32, dress: &Dress) -> f32 {
    let Some(name) = name else { return top as f32 };
    let grid = brush.grid;
    brush.text(
        name,
        Role::Title,
        brush.look.sizes.label * grid.u,
        (x, top + grid.px(5.5)),
        Side::Left,
        dress.accent,
    );
    top as f32 + pages::LANGUAGE_NAME * grid.u
}

/// Title and paragraphs from `at` down; returns where they end.
pub fn text(
    brush: &mut Brush<'_>,
    text: &Text,
    broken: &Broken,
    title: f32,
    body: f32,
    at: (i32, f32),
) -> f32 {
    let (grid, ink) = (brush.grid, brush.palette().ink);
    let (title, size) = (title * grid.u, body * grid.u);
    let mut top = brush.lines(&text.title, &broken.title, Role::Title, title, text.leading.title, at, ink);
    for (number, (para, lines)) in text.body.iter().zip(&broken.body).enumerate() {
        top += size * if number == 0 { TITLE_GAP } else { PARAGRAPH_GAP };
        let indent = (para.indent() * size).round() as i32;
        if let Some(marker) = &para.marker {
            let baseline = (top + super::brush::first_baseline(text.leading.body) * size).round() as i32;
            let words: Vec<&Word> = marker.words.iter().collect();
            let line = brush.line(&words, Role::Body, size, (at.0, baseline), ink);
            brush.draws.push(Draw::Text(line));
        }
        top =
            brush.lines(&para.groups, lines, Role::Body, size, text.leading.body, (at.0 + indent, top), ink);
    }
    top
}

/// Heads and rows from `top` down, all in pixels; returns where they end.
fn table(brush: &mut Brush<'_>, zone: Rect, top: f32, rows: &Rows, dress: &Dress) -> f32 {
    let (grid, p) = (brush.grid, brush.palette());
    let (u, size, widths) = (grid.u, rows.cell * grid.u, &rows.widths);
    let spare = zone.w as f32 / u - widths.iter().sum::<f32>() - 2.0 * table::MARGIN;
    let gap = spare / (widths.len().max(2) - 1) as f32;
    let lefts: Vec<f32> = widths
        .iter()
        .scan(table::MARGIN, |x, width| {
            let left = *x;
            *x += width + gap;
            Some(left)
        })
        .collect();
    let mut top = top;
    if !rows.head.is_empty() {
        let baseline = (top + table::HEADS_BASELINE * rows.heads * u).round() as i32;
        for (head, left) in rows.head.iter().zip(&lefts) {
            let at = (zone.x + grid.px(*left), baseline);
            brush.text(head, Role::Title, rows.heads * u, at, Side::Left, dress.accent);
        }
        top += rows.heads_height() * u;
        let rule = grid.px(0.5).max(2);
        brush.fill(Rect::new(zone.x, top.round() as i32 - rule, zone.w, rule), dress.accent);
    } else {
        top += rows.heads_height() * u;
    }
    let least: f32 = rows.rows.iter().map(|row| rows.least(row)).sum();
    let spare = (zone.bottom() as f32 - top) / u - 1.5 - least;
    let more = (spare / rows.rows.len().max(1) as f32).min(rows.spare_max());
    for (number, row) in rows.rows.iter().enumerate() {
        let (from, to) = (top, top + (rows.least(row) + more) * u);
        if number % 2 == 0 {
            brush.fill(Rect::edges(zone.x, from.round() as i32, zone.right(), to.round() as i32), p.band);
        }
        for (cell, left) in row.cells.iter().zip(&lefts) {
            let line = table::CELL_LINE * size;
            let first = (from + to - line * (cell.lines.len() as f32 - 1.0)) / 2.0;
            for (at, text) in cell.lines.iter().enumerate() {
                let baseline = brush.centred(first + line * at as f32, size);
                brush.text(text, cell.role, size, (zone.x + grid.px(*left), baseline), Side::Left, p.ink);
            }
        }
        top = to;
    }
    top
}

fn rail(brush: &mut Brush<'_>, rect: Rect, top: f32, dress: &Dress, count: (usize, usize)) {
    let grid = brush.grid;
    brush.fill(rect, dress.rail);
    let cell = ((1.25 * grid.u).floor() as i32).max(1);
    let icon_x = rect.x + (rect.w - 16 * cell) / 2;
    brush.cells(icons::icon(dress.icon), icon_x, rect.y + grid.px(5.0), cell, dress.rail_ink);
    let middle = rect.x + rect.w / 2;
    let mut baseline = grid.px(top + 32.0);
    for word in dress.words {
        brush.text(
            word,
            Role::Title,
            brush.look.sizes.label * grid.u,
            (middle, baseline),
            Side::Centre,
            dress.rail_ink,
        );
        baseline += grid.px(7.9);
    }
    let label_bottom = baseline - grid.px(7.9) + grid.px(6.0);
    let mut bottom = rect.bottom() - grid.px(4.0);
    if count.1 > 1 {
        bottom = rect.bottom() - grid.px(24.0);
        let said = format!("{}/{}", count.0, count.1);
        let at = (middle, rect.bottom() - grid.px(14.2));
        brush.text(&said, Role::Title, brush.look.sizes.name * grid.u, at, Side::Centre, dress.rail_ink);
        let bars = Rect::new(
            rect.x + grid.px(4.0),
            rect.bottom() - grid.px(9.0),
            rect.w - 2 * grid.px(4.0),
            grid.px(3.0),
        );
        page_bars(brush, bars, count, dress);
    }
    let tile = 8 * (grid.u.floor() as i32).max(1);
    let columns = (rect.w - grid.px(3.0)) / tile;
    let rows = (bottom - label_bottom) / tile;
    weave(brush, rect.x + (rect.w - columns * tile) / 2, bottom - rows * tile, (columns, rows), dress);
}

fn weave(brush: &mut Brush<'_>, x: i32, y: i32, (columns, rows): (i32, i32), dress: &Dress) {
    if brush.palette().weave == 0 {
        return;
    }
    let cell = (brush.grid.u.floor() as i32).max(1);
    for row in 0..rows.max(0) {
        for column in 0..columns.max(0) {
            let at = (x + column * 8 * cell, y + row * 8 * cell);
            brush.cells(icons::weave(dress.weave), at.0, at.1, cell, dress.weave_tone);
        }
    }
}

/// A bar for each page, filled up to the one that shows; for many pages one bar that grows.
fn page_bars(brush: &mut Brush<'_>, room: Rect, (page, pages): (usize, usize), dress: &Dress) {
    let (page, pages) = (page as i32, pages as i32);
    let gap = brush.grid.px(1.0).max(1);
    let width = ((room.w - gap * (pages - 1)) / pages).min(brush.grid.px(6.0));
    if width < gap {
        brush.fill(room, dress.weave_tone);
        brush.fill(Rect::new(room.x, room.y, room.w * page / pages, room.h), dress.rail_ink);
        return;
    }
    let x = room.x + (room.w - width * pages - gap * (pages - 1)) / 2;
    for at in 0..pages {
        let colour = if at < page { dress.rail_ink } else { dress.weave_tone };
        brush.fill(Rect::new(x + at * (width + gap), room.y, width, room.h), colour);
    }
}

fn band(brush: &mut Brush<'_>, rect: Rect, dress: &Dress, count: (usize, usize)) {
    let grid = brush.grid;
    brush.fill(rect, dress.rail);
    let cell = (grid.u.floor() as i32).max(1);
    let top = rect.y + (rect.h - 16 * cell) / 2;
    brush.cells(icons::icon(dress.icon), rect.x + grid.px(6.0), top, cell, dress.rail_ink);
    let middle = rect.y as f32 + rect.h as f32 / 2.0;
    let x = rect.x + grid.px(27.0);
    let baseline = brush.centred(middle, brush.look.sizes.name * grid.u);
    let width = brush.text(
        dress.label,
        Role::Title,
        brush.look.sizes.name * grid.u,
        (x, baseline),
        Side::Left,
        dress.rail_ink,
    );
    let right = rect.right() - grid.px(6.0);
    if count.1 > 1 {
        let said = format!("{}/{}", count.0, count.1);
        let at = (right, rect.y + grid.px(11.0));
        brush.text(&said, Role::Title, brush.look.sizes.name * grid.u, at, Side::Right, dress.rail_ink);
        let wide = grid.px(32.0);
        page_bars(brush, Rect::new(right - wide, rect.y + grid.px(14.0), wide, grid.px(3.0)), count, dress);
        return;
    }
    let columns = ((right - x - width as i32 - grid.px(6.0)) / (8 * cell)).clamp(0, 4);
    weave(brush, right - columns * 8 * cell, top, (columns, 2), dress);
}

/// A band as high as its icon: icon and word at the left, the pages at the right.
fn slim_band(brush: &mut Brush<'_>, rect: Rect, dress: &Dress, (page, pages): (usize, usize)) {
    let grid = brush.grid;
    brush.fill(rect, dress.rail);
    let cell = ((0.6 * grid.u).floor() as i32).max(1);
    let margin = grid.px(4.0);
    let at = (rect.x + margin, rect.y + (rect.h - 16 * cell) / 2);
    brush.cells(icons::icon(dress.icon), at.0, at.1, cell, dress.rail_ink);
    let left = at.0 + 16 * cell + grid.px(3.0);
    let middle = rect.y as f32 + rect.h as f32 / 2.0;
    let size = brush.look.sizes.label.max(6.6) * grid.u;
    let baseline = brush.centred(middle, size);
    let mut right = rect.right() - margin;
    if pages > 1 {
        let said = format!("{page}/{pages}");
        let wide = brush.text(&said, Role::Title, size, (right, baseline), Side::Right, dress.rail_ink);
        right -= wide.round() as i32 + grid.px(4.0);
    }
    let room = right - left;
    let wide = brush.width(dress.label, Role::Title, size).round() as i32;
    // Icon and colour say it alone rather than beside half a word.
    if wide <= room {
        brush.text(dress.label, Role::Title, size, (left, baseline), Side::Left, dress.rail_ink);
    }
    let spare = room - wide - grid.px(5.0);
    if pages > 1 {
        // As wide as page_bars makes them, so that they stand beside their number.
        let count = pages as i32;
        let bars = spare.min(grid.px(32.0)).min(count * grid.px(6.0) + (count - 1) * grid.px(1.0).max(1));
        if bars >= grid.px(12.0) {
            let height = grid.px(2.6).max(1);
            let at = Rect::new(right - bars, rect.y + (rect.h - height) / 2, bars, height);
            page_bars(brush, at, (page, pages), dress);
        }
        return;
    }
    let tile = 8 * (grid.u.floor() as i32).max(1);
    let columns = (spare / tile).clamp(0, 6);
    weave(brush, right - columns * tile, rect.y + (rect.h - tile) / 2, (columns, 1), dress);
}

/// A QR code on its white plate.
fn code(brush: &mut Brush<'_>, plate: Rect, link: &str) {
    let Some(code) = qr(link) else { return };
    let side = code.width() as i32;
    let cells = icons::Cells::from_rows(
        code.to_colors()
            .chunks(side as usize)
            .map(|row| row.iter().map(|c| *c == qrcode::Color::Dark).collect::<Vec<_>>()),
    );
    let radius = brush.grid.px(1.0);
    brush.rounded(plate, Colour::WHITE, radius);
    // The plate is the quiet zone: 4 cells where the code leaves them, never less than 1 u.
    let room = brush.grid.px(QR_CODE).min(plate.w * side / (side + 4).max(1));
    let cell = (room / side).max(1);
    let at = (plate.x + (plate.w - cell * side) / 2, plate.y + (plate.h - cell * side) / 2);
    brush.cells(&cells, at.0, at.1, cell, Colour::BLACK);
}

/// The code of a link, level M; `None` for no link, or one too long to be read from a distance.
pub fn qr(link: &str) -> Option<qrcode::QrCode> {
    if link.is_empty() || link.len() > limits::LINK_BYTES_MAX {
        return None;
    }
    qrcode::QrCode::with_error_correction_level(link.as_bytes(), qrcode::EcLevel::M).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_that_may_be_published_has_a_code_that_a_phone_can_read() {
        let longest = "x".repeat(limits::LINK_BYTES_MAX);
        assert_eq!(qr(&longest).map(|code| code.width()), Some(57));
    }
}
