//! A test picture for whoever sets a board up: is every pixel there, in its place and of its colour, and can
//! people read from where they stand?
//!
//! The outermost pixels are a white frame; the corners are red, green, blue and white from the top left on, each with
//! its coordinates, so a picture that is turned, mirrored, cut off or has its colours changed about is seen at
//! once. The ring is round on a screen that does not stretch. The fine patches are single pixels: grey from afar, and
//! never striped or blurred. The ruler's letters are as high as they say: a tape measure on the glass does the rest.

use super::brush::{Brush, CAPITAL, Side};
use super::fonts::Fonts;
use super::look::{Grid, Look, Role};
use super::scene::{Colour, Rect, Scene};
use super::words::Measure;
use crate::model::board::Theme;
use crate::model::display::{Geometry, Part, Turn};
use std::sync::Arc;

/// What the picture tells of a board.
pub struct Pattern<'a> {
    pub name: &'a str,
    /// The scene's own size in pixels.
    pub size: (u32, u32),
    /// The whole output's.
    pub output: (u32, u32),
    pub geometry: Geometry,
    /// Metres from which the board is read.
    pub viewing_distance_m: f64,
}

const GROUND: Colour = Colour(0x0B0F1C);
const GRID: Colour = Colour(0x1A2238);
const LINE: Colour = Colour(0x5A6890);
const INK: Colour = Colour(0xFFF6E0);
const GOLD: Colour = Colour(0xF2C14E);
/// SMPTE's order, by falling light.
const BARS: [Colour; 8] = [
    Colour(0xFFFFFF),
    Colour(0xFFFF00),
    Colour(0x00FFFF),
    Colour(0x00FF00),
    Colour(0xFF00FF),
    Colour(0xFF0000),
    Colour(0x0000FF),
    Colour(0x000000),
];
/// From the top left clockwise.
const CORNERS: [Colour; 4] = [Colour(0xFF0000), Colour(0x00FF00), Colour(0xFFFFFF), Colour(0x0000FF)];
/// Shorter side under which the board is an LED wall, lettered in the pixel font.
const SMALL: i32 = 240;
/// Capitals of this many pixels are on the ruler, where they fit.
const RULER: [i32; 9] = [160, 128, 96, 64, 48, 32, 24, 16, 12];
/// Capital height × 200 is read with ease, × 344 at the limit (LOOK.md section 3).
const EASE: f64 = 200.0;
const LIMIT: f64 = 344.0;

/// The test picture.
pub fn pattern(asked: &Pattern<'_>, fonts: Arc<Fonts>) -> Scene {
    let measure = Measure::new(fonts);
    let grid = Grid::new(asked.size);
    let mut brush = Brush::new(grid, Look::cham(), Theme::Night, &measure);
    let area = grid.area;
    if area.w.min(area.h) >= SMALL {
        large(&mut brush, asked);
    } else {
        small(&mut brush, asked);
    }
    frame(&mut brush, area);
    let ground = if area.w.min(area.h) >= SMALL { GROUND } else { Colour::BLACK };
    Scene { draws: brush.draws, ..Scene::plain(asked.size, ground) }
}

/// One pixel all around, and the corners.
fn frame(brush: &mut Brush<'_>, area: Rect) {
    brush.frame(area, Colour::WHITE, 1);
    let side = (area.w.min(area.h) / 40).clamp(3, 24);
    let (right, bottom) = (area.w - side, area.h - side);
    for ((x, y), colour) in [(0, 0), (right, 0), (right, bottom), (0, bottom)].into_iter().zip(CORNERS) {
        brush.fill(Rect::new(x, y, side, side), colour);
    }
}

/// Size, and how it lies on the output where it is not all of it.
fn place(asked: &Pattern<'_>) -> (String, Option<String>) {
    let ((width, height), (out_w, out_h)) = (asked.size, asked.output);
    let turn = match asked.geometry.turn {
        Turn::None => None,
        Turn::Quarter => Some("xoay 90°"),
        Turn::Half => Some("xoay 180°"),
        Turn::ThreeQuarters => Some("xoay 270°"),
    };
    let part = match asked.geometry.part {
        Part::Whole => None,
        Part::Region(region) => Some(format!("vùng {region}")),
        Part::InsetPercent(percent) => Some(format!("lùi mép {percent}%")),
        Part::InsetPixels([top, right, bottom, left]) => {
            Some(format!("lùi mép {top} {right} {bottom} {left}"))
        }
    };
    let parts: Vec<String> = part.into_iter().chain(turn.map(String::from)).collect();
    let more = (!parts.is_empty()).then(|| format!("{} · màn hình {out_w} × {out_h}", parts.join(" · ")));
    (format!("{width} × {height}"), more)
}

fn large(brush: &mut Brush<'_>, asked: &Pattern<'_>) {
    let grid = brush.grid;
    let (width, height) = grid.extent();
    let area = grid.area;
    // Squares from the middle outwards: what is cut off on one side shows as unequal margins.
    let cell = grid.px(15.0).max(8);
    let (middle_x, middle_y) = (area.w / 2, area.h / 2);
    for at in 0..=(area.w.max(area.h) / 2 / cell) {
        for by in [-at, at] {
            brush.fill(Rect::new(middle_x + by * cell, 0, 1, area.h), GRID);
            brush.fill(Rect::new(0, middle_y + by * cell, area.w, 1), GRID);
        }
    }
    let (margin, gap) = (9.0, 5.0);
    let (left, right) = (margin, width - margin);
    let (size, more) = place(asked);
    let mut top = 7.0;
    let line = |brush: &mut Brush<'_>, text: &str, size: f32, top: f32, side: Side, colour, room: f32| {
        let x = if side == Side::Left { left } else { right };
        let at = (grid.px(x), grid.px(top + size * 1.06));
        let role = if size > 6.0 { Role::Title } else { Role::Body };
        brush.text_within(text, role, size * grid.u, at, side, colour, grid.px(room))
    };
    let used = line(brush, &size, 10.0, top, Side::Right, GOLD, right - left) / grid.u;
    line(brush, asked.name, 10.0, top, Side::Left, INK, right - left - used - gap);
    top += 14.0;
    if let Some(more) = more {
        line(brush, &more, 5.2, top, Side::Left, INK, right - left);
        top += 8.0;
    }
    // Colours, then greys.
    let bars = if grid.portrait { 34.0 } else { 24.0 };
    swatches(brush, grid.rect(left, top, right, top + bars), &BARS);
    top += bars;
    let greys: Vec<Colour> = (0..16).map(|step| Colour(step * 17 * 0x010101)).collect();
    swatches(brush, grid.rect(left, top, right, top + bars / 2.0), &greys);
    top += bars / 2.0 + gap;

    let foot = height - 20.0;
    distance(brush, asked, left, foot, right);
    corners(brush, asked.size);
    let high = foot - 3.0 - top;
    let patch = 64.min(grid.px(16.0)).min(grid.px(high / 3.6)).max(2);
    let across = if grid.portrait { (right - left) * 0.45 } else { high.min((right - left) * 0.25) };
    // The ring at the right, the patches beside it, the ruler where there is most room.
    let ring_rect = if grid.portrait {
        grid.rect(right - across, top, right, top + across)
    } else {
        grid.rect(right - across, top + (high - across) / 2.0, right, top + (high + across) / 2.0)
    };
    ring(brush, ring_rect, (grid.u / 3.0).round().max(2.0) as i32);
    if grid.portrait {
        patches(brush, (grid.px(left), ring_rect.y), patch, true);
        ruler(brush, grid.rect(left, top + across + gap, right, foot - 1.0));
    } else {
        let x = ring_rect.x - patch - grid.px(gap);
        patches(brush, (x, ring_rect.y), patch, false);
        ruler(brush, Rect::edges(grid.px(left), grid.px(top), x - grid.px(gap), grid.px(foot - 1.0)));
    }
}

/// The coordinates of the four corner pixels.
fn corners(brush: &mut Brush<'_>, (width, height): (u32, u32)) {
    let (area, size) = (brush.grid.area, 3.6 * brush.grid.u);
    let inset = brush.grid.px(4.0);
    let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
    let low = area.h - (size * 0.45) as i32;
    let high = (size * 1.1) as i32;
    for (x, y, at, side) in [
        (0, 0, (inset, high), Side::Left),
        (right, 0, (area.w - inset, high), Side::Right),
        (right, bottom, (area.w - inset, low), Side::Right),
        (0, bottom, (inset, low), Side::Left),
    ] {
        brush.text(&format!("{x}, {y}"), Role::Body, size, at, side, GOLD);
    }
}

/// What the letters must be for people where they stand.
fn distance(brush: &mut Brush<'_>, asked: &Pattern<'_>, left: f32, top: f32, right: f32) {
    let grid = brush.grid;
    let metres = asked.viewing_distance_m;
    let (ease, limit) = (metres * 1000.0 / EASE, metres * 1000.0 / LIMIT);
    brush.fill(
        grid.rect(left, top, right, top).join(&Rect::new(
            grid.px(left),
            grid.px(top),
            grid.px(right) - grid.px(left),
            grid.rule(),
        )),
        GRID,
    );
    for (at, said) in [
        format!("Đứng xem cách {metres} m: chữ hoa nên cao từ {ease:.0} mm, ít nhất {limit:.0} mm."),
        "Đặt thước lên màn hình để đo các hàng chữ trên. Viền trắng phải thấy đủ bốn cạnh, vòng phải tròn."
            .to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let at = (grid.px(left), grid.px(top + 6.6 + 6.4 * at as f32));
        let mut size = 4.6 * grid.u;
        while brush.width(said, Role::Body, size) > (grid.px(right) - at.0) as f32 && size > 8.0 {
            size *= 0.94;
        }
        brush.text(said, Role::Body, size, at, Side::Left, INK);
    }
}

/// Colours side by side.
fn swatches(brush: &mut Brush<'_>, rect: Rect, colours: &[Colour]) {
    let count = colours.len() as i32;
    for (at, colour) in (0..).zip(colours) {
        let (from, to) = (rect.w * at / count, rect.w * (at + 1) / count);
        brush.fill(Rect::edges(rect.x + from, rect.y, rect.x + to, rect.bottom()), *colour);
    }
}

/// A chessboard, upright and level lines, of single pixels.
fn patches(brush: &mut Brush<'_>, (x, y): (i32, i32), side: i32, in_a_row: bool) {
    let step = side + side / 4;
    for at in 0..3 {
        let (x, y) = if in_a_row { (x + at * step, y) } else { (x, y + at * step) };
        fine(brush, Rect::new(x, y, side, side), at);
    }
}

fn fine(brush: &mut Brush<'_>, rect: Rect, kind: i32) {
    brush.fill(rect, Colour::BLACK);
    match kind {
        1 => (0..rect.w)
            .step_by(2)
            .for_each(|x| brush.fill(Rect::new(rect.x + x, rect.y, 1, rect.h), Colour::WHITE)),
        2 => (0..rect.h)
            .step_by(2)
            .for_each(|y| brush.fill(Rect::new(rect.x, rect.y + y, rect.w, 1), Colour::WHITE)),
        _ => {
            for y in 0..rect.h {
                for x in (y % 2..rect.w).step_by(2) {
                    brush.fill(Rect::new(rect.x + x, rect.y + y, 1, 1), Colour::WHITE);
                }
            }
        }
    }
}

/// Letters whose capitals are as many pixels high as stands beside them, between two lines.
fn ruler(brush: &mut Brush<'_>, rect: Rect) {
    let (grid, label) = (brush.grid, 4.2 * brush.grid.u);
    let labels = brush.width("160 px", Role::Body, label) as i32 + grid.px(3.0);
    let sample = |brush: &Brush<'_>, capital: i32| {
        let fits =
            |text: &&str| brush.width(text, Role::Title, capital as f32 / CAPITAL) as i32 <= rect.w - labels;
        ["Hỗ Ẵ Ệ ữ 68 · 7h30", "Hỗ Ẵ Ệ ữ 68", "Hỗ 68"].into_iter().find(fits)
    };
    // Room for the marks over Vietnamese capitals, and for the lowest letters.
    let above = |capital: i32| capital * 7 / 10;
    let row = |capital: i32| above(capital) + capital + capital * 2 / 5;
    let shown: Vec<i32> = RULER.into_iter().filter(|capital| sample(brush, *capital).is_some()).collect();
    let from = (0..shown.len())
        .find(|from| shown[*from..].iter().map(|capital| row(*capital)).sum::<i32>() <= rect.h);
    let mut top = rect.y;
    for capital in shown.into_iter().skip(from.unwrap_or(usize::MAX)) {
        let Some(sample) = sample(brush, capital) else { continue };
        let size = capital as f32 / CAPITAL;
        let baseline = top + above(capital) + capital;
        let wide = brush.text(sample, Role::Title, size, (rect.x + labels, baseline), Side::Left, INK) as i32;
        for y in [baseline - capital - 1, baseline] {
            brush.fill(Rect::new(rect.x, y, labels + wide, 1), LINE);
        }
        let at = (rect.x, brush.centred(baseline as f32 - capital as f32 / 2.0, label.min(capital as f32)));
        brush.text(
            &format!("{capital} px"),
            Role::Body,
            label.min(capital as f32 * 1.4),
            at,
            Side::Left,
            GOLD,
        );
        top += row(capital);
    }
}

/// The largest ring in a square, and the square's two middle lines.
fn ring(brush: &mut Brush<'_>, square: Rect, thick: i32) {
    let radius = square.w.min(square.h) / 2;
    let (x, y) = (square.x + square.w / 2, square.y + square.h / 2);
    let half = |radius: i32, row: i32| {
        let (radius, row) = (radius as f32, row as f32 + 0.5);
        (radius * radius - row * row).max(0.0).sqrt().round() as i32
    };
    for row in -radius..radius {
        let (outer, inner) = (half(radius, row), half(radius - thick, row));
        brush.fill(Rect::edges(x - outer, y + row, x - inner, y + row + 1), INK);
        brush.fill(Rect::edges(x + inner, y + row, x + outer, y + row + 1), INK);
    }
    brush.fill(Rect::edges(x - radius, y, x + radius, y + 1), LINE);
    brush.fill(Rect::edges(x, y - radius, x + 1, y + radius), LINE);
}

/// For LED walls: what fits, in the pixel font.
fn small(brush: &mut Brush<'_>, asked: &Pattern<'_>) {
    let area = brush.grid.area;
    let said = match asked.geometry.part {
        Part::Region(region) => region.to_string(),
        _ => format!("{}x{}", asked.size.0, asked.size.1),
    };
    let text = |brush: &mut Brush<'_>, text: &str, x: i32, y: i32| {
        let room = area.w - x - 4;
        brush.text_within(text, Role::Pixel, 16.0, (x, y + 14), Side::Left, INK, room) as i32
    };
    let greys: Vec<Colour> = (0..16).map(|step| Colour(step * 17 * 0x010101)).collect();
    if area.h < 32 {
        // One line: letters, then colours, greys and single pixels as wide as there is room for.
        let mut x = 5 + text(brush, &said, 5, (area.h - 16) / 2) + 3;
        let high = (area.h - 6).max(1);
        let left = (area.w - 5 - x - 4).max(0);
        let (bars, steps) = (left * 2 / 5 / 8, left * 2 / 5 / 8);
        if bars > 0 {
            swatches(brush, Rect::new(x, 3, 8 * bars, high), &BARS);
            x += 8 * bars + 2;
            swatches(
                brush,
                Rect::new(x, 3, 8 * steps, high),
                &greys.iter().copied().step_by(2).collect::<Vec<_>>(),
            );
            x += 8 * steps + 2;
        }
        fine(brush, Rect::edges(x, 3, area.w - 5, area.h - 3), 0);
        return;
    }
    let mut y = 1;
    text(brush, &said, 5, y);
    y += 16;
    if area.h >= 96 {
        let limit = asked.viewing_distance_m * 1000.0 / EASE;
        for line in [asked.name, &format!("Xem cách {} m: chữ cao {limit:.0} mm", asked.viewing_distance_m)]
        {
            text(brush, line, 5, y);
            y += 16;
        }
    }
    let room = Rect::edges(5, y, area.w - 5, area.h - 4);
    let fine_side = room.h.min(room.w / 4);
    let ring_side = if room.h >= 32 { room.h.min(room.w / 4) } else { 0 };
    let colours = Rect::edges(room.x, room.y, room.right() - fine_side - ring_side - 8, room.bottom());
    let half = colours.h / 2;
    swatches(brush, Rect::new(colours.x, colours.y, colours.w, half), &BARS);
    swatches(brush, Rect::edges(colours.x, colours.y + half, colours.right(), colours.bottom()), &greys);
    fine(brush, Rect::new(room.right() - fine_side, room.y, fine_side, room.h), 0);
    if ring_side > 0 {
        let (x, y) = (room.right() - fine_side - 4 - ring_side, room.y + (room.h - ring_side) / 2);
        ring(brush, Rect::new(x, y, ring_side, ring_side), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Draw, tests as sample};
    use crate::model::display::Region;

    fn asked(size: (u32, u32), geometry: Geometry) -> Scene {
        let asked = Pattern { name: "Bình Lư 1", size, output: size, geometry, viewing_distance_m: 15.0 };
        pattern(&asked, sample::fonts())
    }

    #[test]
    fn every_size_has_its_frame_and_its_four_corners() {
        for size in [
            (16, 16),
            (96, 16),
            (192, 32),
            (320, 160),
            (240, 240),
            (640, 360),
            (1080, 1920),
            (3840, 2160),
            (20_000, 16),
        ] {
            let scene = asked(size, Geometry::default());
            let (right, bottom) = (size.0 as i32, size.1 as i32);
            let fill = |x: i32, y: i32| {
                scene.draws.iter().rev().find_map(|draw| match draw {
                    Draw::Fill { rect, colour, .. } if rect.contains(&Rect::new(x, y, 1, 1)) => Some(*colour),
                    _ => None,
                })
            };
            let seen = [fill(0, 0), fill(right - 1, 0), fill(right - 1, bottom - 1), fill(0, bottom - 1)];
            assert_eq!(seen, CORNERS.map(Some), "{size:?}");
            for (x, y) in [(right / 2, 0), (right / 2, bottom - 1), (0, bottom / 2), (right - 1, bottom / 2)]
            {
                assert_eq!(fill(x, y), Some(Colour::WHITE), "{size:?} at {x}, {y}");
            }
            assert!(scene.draws.len() < 30_000, "{size:?}: {}", scene.draws.len());
        }
    }

    #[test]
    fn it_says_its_size_its_region_and_how_high_letters_must_be() {
        let said = |scene: &Scene| scene.dump();
        let whole = said(&asked((1920, 1080), Geometry::default()));
        assert!(
            whole.contains("1920 × 1080")
                && whole.contains("cách 15 m: chữ hoa nên cao từ 75 mm, ít nhất 44 mm"),
            "{whole}"
        );
        let region = Region { width: 192, height: 32, x: 64, y: 8 };
        let cut = said(&asked((192, 32), Geometry { part: Part::Region(region), turn: Turn::None }));
        assert!(cut.contains("192x32+64+8"), "{cut}");
        let turned = said(&asked((1080, 1920), Geometry { part: Part::Whole, turn: Turn::Quarter }));
        assert!(turned.contains("xoay 90°"), "{turned}");
    }

    #[test]
    fn the_ruler_s_capitals_are_as_high_as_they_say() {
        let scene = asked((1920, 1080), Geometry::default());
        let sizes: Vec<i32> = scene
            .draws
            .iter()
            .filter_map(|draw| match draw {
                Draw::Text(line) if line.text.starts_with("Hỗ") => {
                    Some((line.size * CAPITAL).round() as i32)
                }
                _ => None,
            })
            .collect();
        assert!(sizes.len() >= 4 && sizes.windows(2).all(|pair| pair[0] > pair[1]), "{sizes:?}");
        for size in sizes {
            assert!(scene.dump().contains(&format!(" {size} px")), "{size}");
        }
    }
}
