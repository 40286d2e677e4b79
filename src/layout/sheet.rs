//! A contact sheet: small pictures of a board in rows, each with a caption, and below them what is heard, for whoever
//! looks a day's programme over before it is published.

use super::brush::{Brush, Side};
use super::look::{Grid, Look, Role};
use super::words::Measure;
use super::{Fonts, Meet, Rect, Scene};
use crate::model::board::Theme;
use crate::model::media::Sha256;
use std::sync::Arc;

/// Width of a sheet in pixels: a screen's, and what prints well on a page.
const WIDTH: i32 = 1920;
const MARGIN: i32 = 32;
const GAP: i32 = 24;
const HEADING: i32 = 88;
const HEADING_SIZE: f32 = 40.0;
const CAPTION: i32 = 64;
const CAPTION_SIZE: f32 = 21.0;

/// Over what is heard, a line and this heading.
const SECTION: i32 = 76;
const SECTION_SIZE: f32 = 30.0;
/// Of a sound, with the space below it.
const SOUND: i32 = 68;

/// One picture of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub sha256: Sha256,
    /// What it is; and when, and how often, it shows.
    pub captions: [String; 2],
}

/// What is heard in the sheet's span of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    pub heading: String,
    /// When each sound starts; and what it is, and how long.
    pub sounds: Vec<[String; 2]>,
}

/// Width and height in pixels that a picture of `board` pixels has on a sheet.
pub fn tile_size(board: (u32, u32)) -> (u32, u32) {
    let (w, h) = (f64::from(board.0.max(1)), f64::from(board.1.max(1)));
    let columns = f64::from(columns(board));
    let width = (f64::from(WIDTH - 2 * MARGIN + GAP) / columns).floor() - f64::from(GAP);
    (width as u32, (width * h / w).round().max(1.0) as u32)
}

fn columns(board: (u32, u32)) -> i32 {
    if board.1 > board.0 { 6 } else { 4 }
}

/// The sheet of these pictures of a board of `board` pixels, in the given order.
pub fn sheet(fonts: Arc<Fonts>, heading: &str, tiles: &[Tile], heard: &Heard, board: (u32, u32)) -> Scene {
    let measure = Measure::new(fonts);
    let (tile, columns) = (tile_size(board), columns(board));
    let (tile_w, tile_h) = (tile.0 as i32, tile.1 as i32);
    let rows = (tiles.len() as i32 + columns - 1) / columns;
    let pictures = HEADING + rows * (tile_h + CAPTION + GAP);
    // Sounds stand in as many columns as wide pictures do: their words need the width.
    let sound_columns = columns.min(4);
    let sound_rows = (heard.sounds.len() as i32 + sound_columns - 1) / sound_columns;
    let sounds = if sound_rows == 0 { 0 } else { SECTION + sound_rows * SOUND };
    let height = pictures + sounds + MARGIN;
    let size = (WIDTH as u32, height.max(1) as u32);
    let p = Look::cham().palette(Theme::Day);
    let mut brush = Brush::new(Grid::new(size), Look::cham(), Theme::Day, &measure);
    let at = (MARGIN, brush.centred(HEADING as f32 / 2.0, HEADING_SIZE));
    brush.text_within(heading, Role::Title, HEADING_SIZE, at, Side::Left, p.ink, WIDTH - 2 * MARGIN);
    for (at, tile) in tiles.iter().enumerate() {
        let (column, row) = (at as i32 % columns, at as i32 / columns);
        let (x, y) = (MARGIN + column * (tile_w + GAP), HEADING + row * (tile_h + CAPTION + GAP));
        let rect = Rect::new(x, y, tile_w, tile_h);
        brush.fill(rect.inset(-1), p.line);
        brush.picture(tile.sha256, rect, Meet::Contain, p.ground);
        for (line, (caption, role)) in tile.captions.iter().zip([Role::Title, Role::Body]).enumerate() {
            let at = (x, y + tile_h + 26 + line as i32 * 27);
            let colour = if line == 0 { p.ink } else { p.muted };
            brush.text_within(caption, role, CAPTION_SIZE, at, Side::Left, colour, tile_w);
        }
    }
    if sounds > 0 {
        brush.fill(Rect::new(MARGIN, pictures, WIDTH - 2 * MARGIN, 1), p.line);
        let at = (MARGIN, pictures + brush.centred(SECTION as f32 / 2.0, SECTION_SIZE));
        brush.text_within(
            &heard.heading,
            Role::Title,
            SECTION_SIZE,
            at,
            Side::Left,
            p.ink,
            WIDTH - 2 * MARGIN,
        );
    }
    let width = (WIDTH - 2 * MARGIN + GAP) / sound_columns - GAP;
    for (at, sound) in heard.sounds.iter().enumerate() {
        let (column, row) = (at as i32 % sound_columns, at as i32 / sound_columns);
        let (x, y) = (MARGIN + column * (width + GAP), pictures + SECTION + row * SOUND);
        for (line, (caption, role)) in sound.iter().zip([Role::Title, Role::Body]).enumerate() {
            let colour = if line == 0 { p.ink } else { p.muted };
            let at = (x, y + 22 + line as i32 * 27);
            brush.text_within(caption, role, CAPTION_SIZE, at, Side::Left, colour, width);
        }
    }
    Scene { draws: brush.draws, ..Scene::plain(size, p.ground) }
}

#[cfg(test)]
mod tests {
    use super::super::Draw;
    use super::*;

    #[test]
    fn every_picture_has_its_own_place_on_the_sheet() {
        for board in [(1920, 1080), (1080, 1920), (192, 32)] {
            let tile = |n: u8| Tile { sha256: Sha256([n; 32]), captions: ["a".into(), "b".into()] };
            let tiles: Vec<Tile> = (0..9).map(tile).collect();
            let scene = sheet(super::super::tests::fonts(), "Xã", &tiles, &Heard::default(), board);
            let area = scene.area();
            let rects: Vec<Rect> = scene
                .draws
                .iter()
                .filter(|draw| matches!(draw, Draw::Picture { .. }))
                .map(Draw::bounds)
                .collect();
            assert_eq!(rects.len(), 9);
            for (at, rect) in rects.iter().enumerate() {
                assert!(area.contains(rect) && !rect.is_empty());
                assert!(rects[..at].iter().all(|other| other.meet(rect).is_empty()));
            }
        }
    }

    #[test]
    fn what_is_heard_stands_below_the_pictures_and_within_the_sheet() {
        for board in [(1920, 1080), (1080, 1920)] {
            let tile = Tile { sha256: Sha256([1; 32]), captions: ["a".into(), "b".into()] };
            let sound = |n: usize| [format!("{n:02}:30 24/11"), "ban-tin.mp3 · 20 giây".to_owned()];
            let heard =
                |count| Heard { heading: "Phát thanh".into(), sounds: (0..count).map(sound).collect() };
            let drawn = |count| {
                sheet(super::super::tests::fonts(), "Xã", std::slice::from_ref(&tile), &heard(count), board)
            };
            let (none, five) = (drawn(0), drawn(5));
            assert!(five.size.1 > none.size.1 && five.size.0 == none.size.0);
            // Three draws of the frame, and two lines each.
            assert!(five.draws.len() >= none.draws.len() + 2 + 2 * 5);
            let below =
                five.draws.iter().map(Draw::bounds).filter(|rect| rect.y > none.size.1 as i32 - MARGIN);
            assert!(below.clone().count() >= 10);
            assert!(five.draws.iter().all(|draw| five.area().contains(&draw.bounds())));
        }
    }
}
