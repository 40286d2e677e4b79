//! The ticker: where its text is at a moment, and the strip it is cut from.
//!
//! The strip is drawn once, in tiles no wider than any GPU's texture; only those in the window and the one that
//! comes next are kept, however long the text is. The position is a function of wall time in frame slots of the display: a
//! restart goes on in the same place, and two boards with one programme and alike displays show the same.

use super::canvas::{Canvas, Pictures};
use super::finish::Table;
use super::glyphs::Glyphs;
use crate::layout::{Draw, Line, Rect, TickerBand};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Width of a tile in pixels.
const TILE: i32 = 1024;
const _: () = assert!(TILE as u32 <= crate::limits::TEXTURE_SIDE_MAX);

/// Nanoseconds in a thousand seconds: a rate in millihertz has so many slots in them.
const RATE_NS: i128 = 1_000_000_000_000;

/// The frame slot at `now`, counted from 1970, on a display of this rate.
pub fn slot_at(anchor: (Timestamp, Instant), now: Instant, rate_mhz: u32) -> i64 {
    let wall = anchor.0.as_nanosecond() + since(anchor.1, now);
    i64::try_from((wall * i128::from(rate_mhz)).div_euclid(RATE_NS)).unwrap_or(0)
}

/// When `slot` begins.
pub fn slot_begins(anchor: (Timestamp, Instant), slot: i64, rate_mhz: u32) -> Instant {
    let begins = (i128::from(slot) * RATE_NS).div_euclid(i128::from(rate_mhz.max(1))) + 1;
    let offset = begins - anchor.0.as_nanosecond();
    let length = Duration::from_nanos(u64::try_from(offset.unsigned_abs()).unwrap_or(0));
    let moved = if offset >= 0 { anchor.1.checked_add(length) } else { anchor.1.checked_sub(length) };
    moved.unwrap_or(anchor.1)
}

fn since(from: Instant, to: Instant) -> i128 {
    match to.checked_duration_since(from) {
        Some(after) => after.as_nanos() as i128,
        None => -(from.saturating_duration_since(to).as_nanos() as i128),
    }
}

/// Pixels by which the strip has moved at `slot`.
pub fn offset_at(band: &TickerBand, slot: i64) -> i32 {
    let steps = slot.wrapping_sub(band.from).div_euclid(i64::from(band.slots.max(1)));
    (steps.wrapping_mul(i64::from(band.step))).rem_euclid(i64::from(band.period.max(1))) as i32
}

/// Tiles of one strip.
#[derive(Default)]
pub struct Strip {
    tiles: BTreeMap<i32, Canvas>,
}

/// A piece of a tile in the window: which tile, from which of its columns, where in the window, how wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub tile: i32,
    pub from: i32,
    pub at: i32,
    pub width: i32,
}

/// The pieces that fill a window `window` pixels wide when the strip has moved by `offset`.
pub fn pieces(band: &TickerBand, offset: i32, window: i32) -> Vec<Piece> {
    let period = band.period.max(1);
    let (mut at, mut x) = (0, offset.rem_euclid(period));
    let mut pieces = Vec::new();
    while at < window {
        let tile = x / TILE;
        let end = ((tile + 1) * TILE).min(period);
        let width = (end - x).min(window - at).max(1);
        pieces.push(Piece { tile, from: x - tile * TILE, at, width });
        at += width;
        x = if x + width >= period { 0 } else { x + width };
    }
    pieces
}

impl Strip {
    /// Forgets everything: the text is another.
    pub fn clear(&mut self) {
        self.tiles.clear();
    }

    /// Draws the tiles that `pieces` need and the next one, and lets go of the others.
    pub fn prepare(
        &mut self,
        band: &TickerBand,
        pieces: &[Piece],
        finish: Option<&Table>,
        glyphs: &mut Glyphs,
    ) {
        let count = (band.period.max(1) + TILE - 1) / TILE;
        let next = pieces.last().map(|piece| (piece.tile + 1) % count);
        let wanted = |tile: &i32| pieces.iter().any(|piece| piece.tile == *tile) || next == Some(*tile);
        self.tiles.retain(|tile, _| wanted(tile));
        // What is seen now comes first; the next one is drawn in a frame that has nothing else to draw.
        let missing: Vec<i32> =
            pieces.iter().map(|piece| piece.tile).filter(|tile| !self.tiles.contains_key(tile)).collect();
        let due = if missing.is_empty() { next.into_iter().collect() } else { missing };
        for tile in due {
            self.tiles.entry(tile).or_insert_with(|| draw_tile(band, tile, finish, glyphs));
        }
    }

    pub fn tile(&self, tile: i32) -> Option<&Canvas> {
        self.tiles.get(&tile)
    }
}

fn draw_tile(band: &TickerBand, tile: i32, finish: Option<&Table>, glyphs: &mut Glyphs) -> Canvas {
    let period = band.period.max(1);
    let left = tile * TILE;
    let mut canvas = Canvas::new(TILE.min(period - left), band.rect.h, band.ground);
    // The strip is a ring: a letter that reaches over its end begins again at its start.
    let mut draws = Vec::new();
    for shift in [-period, 0, period] {
        draws.extend(band.lines.iter().map(|line| {
            let clip = Rect::new(0, 0, canvas.width, canvas.height);
            Draw::Text(Line { x: line.x + shift - left, clip, ..line.clone() })
        }));
    }
    canvas.paint(band.ground, &draws, canvas.area(), &Pictures::new(), glyphs);
    if let Some(table) = finish {
        table.put(&mut canvas.pixels);
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Colour;

    fn band(period: i32, step: i32, slots: u32) -> TickerBand {
        TickerBand {
            rect: Rect::new(0, 0, 100, 10),
            ground: Colour::BLACK,
            lines: Vec::new(),
            starts: vec![0],
            period,
            step,
            slots,
            rate_mhz: 60_000,
            from: 0,
            joins: true,
        }
    }

    #[test]
    fn slots_follow_wall_time_and_begin_when_they_say() {
        let now = crate::clock::instant();
        let anchor = ("2026-11-24T07:30:00Z".parse().unwrap(), now);
        for rate in [25_000, 50_000, 59_940, 60_000, 75_000, 143_912] {
            let at = |now| slot_at(anchor, now, rate);
            let slot = at(now);
            let second = at(now + Duration::from_secs(1000)) - slot;
            assert_eq!(second, i64::from(rate));
            assert_eq!(slot, crate::layout::frame_slot(anchor.0, rate));
            for ahead in [1, 2, 59, 1000] {
                let begins = slot_begins(anchor, slot + ahead, rate);
                assert_eq!(at(begins), slot + ahead);
                assert_eq!(at(begins - Duration::from_micros(1)), slot + ahead - 1);
            }
        }
    }

    #[test]
    fn every_step_moves_the_same_number_of_pixels_and_the_ring_closes() {
        let band = band(1_000, 3, 1);
        for slot in 0..2_000 {
            let moved = offset_at(&band, slot + 1) - offset_at(&band, slot);
            assert!(moved == 3 || moved == 3 - 1_000, "{moved}");
        }
        assert_eq!(offset_at(&self::band(50, 1, 2), 7), 3);
    }

    #[test]
    fn pieces_fill_the_window_without_gaps_even_when_the_strip_is_shorter() {
        for (period, offset, window) in
            [(3_000, 2_900, 1_920), (70, 69, 1_000), (1, 0, 10), (TILE, TILE - 1, 5)]
        {
            let pieces = pieces(&band(period, 1, 1), offset, window);
            let mut at = 0;
            for piece in &pieces {
                assert_eq!(piece.at, at);
                at += piece.width;
            }
            assert_eq!(at, window);
        }
    }
}
