//! The ticker on the screen: the text that runs, and for a while the one before it.
//!
//! Where text runs is a function of wall time (`strip`). When it changes, what is on the screen must not jump: the old
//! text runs on up to the end of an item, and the new one follows with the beginning of one, both where wall time
//! has them. In between there is ground.

use super::canvas::Canvas;
use super::finish::Table;
use super::glyphs::Glyphs;
use super::strip::{self, Piece, Strip, pieces};
use crate::layout::{Rect, TickerBand};

/// An item's end that is further away than this many window's widths is not waited for: a word's end will do.
const WAIT_WIDTHS: i32 = 2;
/// The same for the beginning of the new text after the end of the old.
const GAP_WIDTHS: i32 = 1;

/// How the new text follows the old: how far both must still run until the old one's last pixel, and the new one's first,
/// are at the window's right edge. The second is never less than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    pub old_ends: i32,
    pub new_begins: i32,
}

/// How `new` follows `old`, which is on the screen at `slot`; `None` where it takes its place at once: one of them
/// does not join, or they do not run in the same place at the same pace.
pub fn join(old: &TickerBand, new: &TickerBand, slot: i64) -> Option<Join> {
    let pace = |band: &TickerBand| (band.rect, band.step, band.slots, band.rate_mhz, band.ground);
    if !(old.joins && new.joins) || pace(old) != pace(new) {
        return None;
    }
    let window = old.rect.w;
    let old_ends = next(old, slot, 0, WAIT_WIDTHS * window);
    let new_begins = next(new, slot, old_ends, GAP_WIDTHS * window);
    Some(Join { old_ends, new_begins })
}

/// How far a strip must run, at least `least`, until the beginning of an item, or of a few words where that is more
/// than `wait` further, is at the window's right edge.
fn next(band: &TickerBand, slot: i64, least: i32, wait: i32) -> i32 {
    let period = band.period.max(1);
    let edge = strip::offset_at(band, slot) + band.rect.w;
    let distance = |at: &i32| (at - edge - least).rem_euclid(period);
    let soonest = |starts: &mut dyn Iterator<Item = i32>| starts.map(|at| distance(&at)).min().unwrap_or(0);
    let item = soonest(&mut band.starts.iter().copied());
    let word = soonest(&mut band.lines.iter().map(|line| line.x));
    least + if item <= wait { item } else { word.min(item) }
}

/// A text and its tiles.
struct Run {
    band: TickerBand,
    strip: Strip,
    /// Another number for other tiles.
    version: u64,
}

/// The text before, while it is on the screen.
struct Leaving {
    run: Run,
    /// The slot at which `join` holds.
    since: i64,
    join: Join,
}

#[derive(Default)]
pub struct Ticker {
    run: Option<Run>,
    leaving: Option<Leaving>,
    /// What follows once the text before `run` has left: three texts are never on the screen.
    waiting: Option<TickerBand>,
    versions: u64,
    /// Frame slot that it was last put at.
    slot: Option<i64>,
}

/// A part of a tile in the window.
pub struct Part<'a> {
    /// Names the tile: another key is another picture.
    pub key: (u64, i32),
    pub tile: &'a Canvas,
    /// Columns of the tile.
    pub from: i32,
    pub width: i32,
    /// Column of the window.
    pub at: i32,
}

impl Ticker {
    /// Takes the text that shows from now on; `None` is none.
    pub fn take(&mut self, band: Option<&TickerBand>) {
        let newest = self.waiting.as_ref().or(self.run.as_ref().map(|run| &run.band));
        if newest == band {
            return;
        }
        self.waiting = None;
        if self.run.as_ref().map(|run| &run.band) == band {
            return;
        }
        if let (Some(band), Some(run), Some(leaving), Some(slot)) =
            (band, &self.run, &self.leaving, self.slot)
            && leaving.moved(slot) > leaving.join.old_ends
            && join(&run.band, band, slot).is_some()
        {
            self.waiting = Some(band.clone());
            return;
        }
        let last = self.run.take();
        self.versions += 1;
        let run =
            band.map(|band| Run { band: band.clone(), strip: Strip::default(), version: self.versions });
        // What was to follow the text that leaves has not been seen yet, or does not join.
        let leaving = self.leaving.take().map(|leaving| leaving.run).or(last);
        self.leaving = leaving.zip(self.slot).and_then(|(old, since)| {
            let join = join(&old.band, band?, since)?;
            Some(Leaving { run: old, since, join })
        });
        self.run = run;
        if self.leaving.is_none() {
            self.slot = None;
        }
    }

    /// The colours that tiles have are no longer those that are shown.
    pub fn repaint(&mut self) {
        for run in
            [self.run.as_mut(), self.leaving.as_mut().map(|leaving| &mut leaving.run)].into_iter().flatten()
        {
            self.versions += 1;
            run.version = self.versions;
            run.strip.clear();
        }
    }

    /// Frame slot that it was last put at.
    pub fn slot(&self) -> Option<i64> {
        self.slot
    }

    /// Draws the tiles that are needed at `slot`, and remembers the slot.
    pub fn move_to(&mut self, slot: i64, finish: Option<&Table>, glyphs: &mut Glyphs) {
        if self.leaving.as_ref().is_some_and(|leaving| leaving.is_gone(slot)) {
            self.leaving = None;
            self.slot = Some(slot);
            if let Some(band) = self.waiting.take() {
                self.take(Some(&band));
            }
        }
        let Some(run) = &mut self.run else { return };
        self.slot = Some(slot);
        let (old, new) = shares(self.leaving.as_ref(), &run.band, slot);
        if let Some(leaving) = &mut self.leaving {
            let Run { band, strip, .. } = &mut leaving.run;
            let seen = pieces(band, strip::offset_at(band, slot), old);
            strip.prepare(band, &seen, finish, glyphs);
        }
        let seen = new_pieces(&run.band, slot, new);
        run.strip.prepare(&run.band, &seen, finish, glyphs);
    }

    /// Where it runs, on the page; nowhere before its first slot.
    pub fn window(&self) -> Option<Rect> {
        self.slot.and(self.run.as_ref()).map(|run| run.band.rect)
    }

    /// The window, what is seen in it, and the columns (from, to) of it that are ground.
    pub fn parts(&self) -> Option<(Rect, Vec<Part<'_>>, (i32, i32))> {
        let (run, slot) = (self.run.as_ref()?, self.slot?);
        let (old, new) = shares(self.leaving.as_ref(), &run.band, slot);
        let mut parts = Vec::new();
        if let Some(Leaving { run: left, .. }) = &self.leaving {
            add(&mut parts, left, pieces(&left.band, strip::offset_at(&left.band, slot), old));
        }
        add(&mut parts, run, new_pieces(&run.band, slot, new));
        Some((run.band.rect, parts, (old, new)))
    }
}

impl Leaving {
    /// Pixels that everything has moved since the new text came.
    fn moved(&self, slot: i64) -> i32 {
        let band = &self.run.band;
        let steps = |slot: i64| slot.wrapping_sub(band.from).div_euclid(i64::from(band.slots.max(1)));
        let moved = (steps(slot) - steps(self.since)).saturating_mul(i64::from(band.step));
        // A clock that was set back begins anew.
        i32::try_from(moved.max(0)).unwrap_or(i32::MAX)
    }

    fn is_gone(&self, slot: i64) -> bool {
        let window = self.run.band.rect.w;
        // Until then there are both, or ground.
        self.moved(slot) >= self.join.new_begins.saturating_add(window)
    }
}

/// Columns of the window up to which the old text is seen, and from which the new one is.
fn shares(leaving: Option<&Leaving>, band: &TickerBand, slot: i64) -> (i32, i32) {
    let Some(leaving) = leaving else { return (0, 0) };
    let window = band.rect.w;
    let moved = leaving.moved(slot);
    let column = |distance: i32| distance.saturating_add(window).saturating_sub(moved).clamp(0, window);
    (column(leaving.join.old_ends), column(leaving.join.new_begins))
}

/// The pieces that fill the window from column `from` on.
fn new_pieces(band: &TickerBand, slot: i64, from: i32) -> Vec<Piece> {
    let mut seen = pieces(band, strip::offset_at(band, slot).wrapping_add(from), band.rect.w - from);
    seen.iter_mut().for_each(|piece| piece.at += from);
    seen
}

fn add<'a>(parts: &mut Vec<Part<'a>>, run: &'a Run, pieces: Vec<Piece>) {
    parts.extend(pieces.into_iter().filter_map(|piece| {
        let Piece { tile, from, at, width } = piece;
        Some(Part { key: (run.version, tile), tile: run.strip.tile(tile)?, from, width, at })
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::tests as sample;
    use crate::layout::{Colour, Draw};
    use crate::layout::{Composer, Glyph, Line, Scene};
    use crate::model::plan::Plan;
    use std::sync::Arc;

    /// A strip of items that begin at `starts`, in a window of 100 columns.
    fn band(starts: &[i32], period: i32, step: i32) -> TickerBand {
        let line = |x: &i32| Line {
            x: *x,
            baseline: 8,
            size: 8.0,
            width: 10.0,
            colour: Colour::WHITE,
            glyphs: Arc::<[Glyph]>::from([]),
            text: "".into(),
            clip: Rect::new(0, 0, 1000, 10),
        };
        TickerBand {
            rect: Rect::new(0, 0, 100, 10),
            ground: Colour::BLACK,
            lines: starts.iter().map(line).collect(),
            starts: starts.to_vec(),
            period,
            step,
            slots: 1,
            rate_mhz: 60_000,
            from: 0,
            joins: true,
        }
    }

    #[test]
    fn the_old_text_ends_with_an_item_and_the_new_one_begins_with_one() {
        let (old, new) = (band(&[0, 120, 260], 400, 3), band(&[0, 90, 300], 500, 3));
        for slot in 0..700 {
            let Join { old_ends, new_begins } = join(&old, &new, slot).unwrap();
            assert!(0 <= old_ends && old_ends <= new_begins);
            let edge = |band: &TickerBand, far: i32| {
                (strip::offset_at(band, slot) + 100 + far).rem_euclid(band.period)
            };
            assert!(old.starts.contains(&edge(&old, old_ends)), "slot {slot}");
            assert!(new.starts.contains(&edge(&new, new_begins)), "slot {slot}");
            // Neither waits longer than it must.
            assert!(old_ends < 140 && new_begins - old_ends < 210);
        }
    }

    #[test]
    fn an_endless_item_is_left_at_a_word_and_what_does_not_match_takes_over_at_once() {
        let mut old = band(&[0, 40, 80, 900], 1000, 3);
        old.starts = vec![0];
        let new = band(&[0], 300, 3);
        assert_eq!(join(&old, &new, 0).unwrap().old_ends, 800, "the last words end there");
        old.lines.push(Line { x: 500, ..old.lines[0].clone() });
        assert_eq!(join(&old, &new, 0).unwrap().old_ends, 400);
        let still = TickerBand { joins: false, ..new.clone() };
        let faster = TickerBand { step: 4, ..new.clone() };
        let moved = TickerBand { rect: Rect::new(0, 0, 90, 10), ..new.clone() };
        for other in [still, faster, moved] {
            assert_eq!(join(&old, &other, 0), None);
            assert_eq!(join(&other, &new, 0), None);
        }
    }

    fn ticker_of(texts: &[&str]) -> Scene {
        let mut plan: Plan = sample::plan(sample::slot(sample::power_cut(), 20));
        let line = plan.ticker.swap_remove(0);
        plan.ticker = texts
            .iter()
            .map(|text| {
                let mut new = line.clone();
                let mut ticker = (*new.line).clone();
                ticker.text = (*text).into();
                new.line = Arc::new(ticker);
                new
            })
            .collect();
        let board = sample::board();
        Composer::new(sample::fonts()).compose(&sample::view(&plan, &board, (640, 360))).scene
    }

    /// The window's pixels, row by row.
    fn seen(ticker: &Ticker) -> Vec<u32> {
        let (rect, parts, (from, to)) = ticker.parts().unwrap();
        let mut out = Canvas::new(rect.w, rect.h, Colour(0xFF00FF));
        for y in 0..rect.h {
            out.row_mut(y, from, to).fill(0);
            for part in &parts {
                let row = part.tile.row(y, part.from, part.from + part.width).to_vec();
                out.row_mut(y, part.at, part.at + part.width).copy_from_slice(&row);
            }
        }
        assert!(!out.pixels.contains(&0xFFFF_00FF), "a column has neither text nor ground");
        out.pixels
    }

    /// Whatever the texts, the picture of a slot is that of the slot before, moved, with something new at the right.
    #[test]
    fn nothing_on_the_screen_jumps_when_the_text_changes_and_changes_again() {
        let mut glyphs = Glyphs::new(sample::fonts());
        let texts: [&[&str]; 4] = [
            &[
                "Chợ phiên Bình Lư họp sáng Chủ Nhật 29/11",
                "Xe buýt chạy lại từ 6h00 ngày 24/11, bà con lưu ý",
            ],
            &[
                "Chợ phiên Bình Lư họp sáng Chủ Nhật 29/11",
                "Mai rét đậm, bà con che chuồng trại cho trâu bò",
                "Nhận giống lúa tại xã",
            ],
            &["Nhận giống lúa tại nhà văn hóa bản Nà Đon từ 7h30 sáng mai, mang theo căn cước", "Hết"],
            &[
                "Chợ phiên Bình Lư họp sáng Chủ Nhật 29/11",
                "Xe buýt chạy lại từ 6h00 ngày 24/11, bà con lưu ý",
            ],
        ];
        for waits in [[5, 5, 2_500], [150, 700, 2_500], [1_000, 40, 2_500], [260, 280, 2_500]] {
            let mut ticker = Ticker::default();
            let mut slot = 98_765;
            let mut last: Option<Vec<u32>> = None;
            for (text, wait) in texts.iter().zip([200].into_iter().chain(waits)) {
                let scene = ticker_of(text);
                let band = scene.ticker.as_ref().unwrap();
                ticker.take(Some(band));
                let (width, height) = (band.rect.w as usize, band.rect.h as usize);
                for _ in 0..wait {
                    slot += i64::from(band.slots);
                    ticker.move_to(slot, None, &mut glyphs);
                    let now = seen(&ticker);
                    let step = band.step as usize;
                    if let Some(last) = &last {
                        for y in 0..height {
                            let (before, after) = (&last[y * width..][..width], &now[y * width..][..width]);
                            assert!(before[step..] == after[..width - step], "row {y} jumps at slot {slot}");
                        }
                    }
                    last = Some(now);
                }
            }
            assert!(ticker.leaving.is_none() && ticker.waiting.is_none(), "the old text never leaves");
            let last = ticker_of(texts[3]).ticker;
            assert!(ticker.run.as_ref().map(|run| &run.band) == last.as_ref(), "the newest text never comes");
        }
    }

    #[test]
    fn a_ticker_that_ends_or_begins_does_so_at_once() {
        let mut ticker = Ticker::default();
        let mut glyphs = Glyphs::new(sample::fonts());
        let scene = ticker_of(&["Chợ phiên Bình Lư họp sáng Chủ Nhật 29/11", "Xe buýt chạy lại từ 6h00"]);
        ticker.take(scene.ticker.as_ref());
        ticker.move_to(7, None, &mut glyphs);
        assert!(ticker.parts().is_some_and(|(_, parts, ground)| !parts.is_empty() && ground == (0, 0)));
        ticker.take(None);
        assert!(ticker.parts().is_none());
        let still = ticker_of(&["Hết"]);
        assert!(
            still.ticker.is_none()
                && still.draws.iter().any(|draw| matches!(draw, Draw::Text(line) if &*line.text == "Hết"))
        );
    }
}
