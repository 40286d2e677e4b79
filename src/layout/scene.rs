//! A scene: one picture of the board as a list of plain values, back to front.
//!
//! `layout` makes scenes, `stage` draws them, tests read them as text. Everything on the board is a solid
//! rectangle, a line of shaped glyphs, or a picture; what moves by itself (the ticker, a film) has its
//! own slot, so that a presenter can move it without drawing the rest again.
//!
//! All lengths are physical pixels from the top left. A scene holds no handles and no locks: pictures and
//! films are named by SHA-256, glyphs by their number in the [`Fonts`](super::Fonts) that shaped them.
//! Rectangles may reach over the edge of the board; whoever draws clips them.

use crate::model::media::Sha256;
use jiff::Timestamp;
use std::fmt::Write;
use std::sync::Arc;

/// Physical pixels; `w` and `h` are never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

impl Rect {
    pub const fn new(x: i32, y: i32, w: i32, h: i32) -> Rect {
        Rect { x, y, w: if w > 0 { w } else { 0 }, h: if h > 0 { h } else { 0 } }
    }
    /// From edges; empty when they are the wrong way round.
    pub fn edges(left: i32, top: i32, right: i32, bottom: i32) -> Rect {
        Rect::new(left, top, right.saturating_sub(left), bottom.saturating_sub(top))
    }
    pub fn right(&self) -> i32 {
        self.x.saturating_add(self.w)
    }
    pub fn bottom(&self) -> i32 {
        self.y.saturating_add(self.h)
    }
    pub fn is_empty(&self) -> bool {
        self.w == 0 || self.h == 0
    }
    /// The part that both cover.
    pub fn meet(&self, other: &Rect) -> Rect {
        Rect::edges(
            self.x.max(other.x),
            self.y.max(other.y),
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        )
    }
    /// The smallest rectangle around both; an empty one adds nothing.
    pub fn join(&self, other: &Rect) -> Rect {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => *other,
            (_, true) => *self,
            _ => Rect::edges(
                self.x.min(other.x),
                self.y.min(other.y),
                self.right().max(other.right()),
                self.bottom().max(other.bottom()),
            ),
        }
    }
    pub fn inset(&self, by: i32) -> Rect {
        Rect::edges(self.x + by, self.y + by, self.right() - by, self.bottom() - by)
    }
    pub fn contains(&self, other: &Rect) -> bool {
        other.is_empty() || self.meet(other) == *other
    }
}

/// sRGB, `0x00RRGGBB`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Colour(pub u32);

impl Colour {
    pub const BLACK: Colour = Colour(0);
    pub const WHITE: Colour = Colour(0xFFFFFF);

    pub fn channels(self) -> [u8; 3] {
        [(self.0 >> 16) as u8, (self.0 >> 8) as u8, self.0 as u8]
    }
    /// This colour with `percent` of another mixed in.
    pub fn mix(self, other: Colour, percent: u32) -> Colour {
        let (a, b) = (self.channels(), other.channels());
        let at = |i: usize| (u32::from(a[i]) * (100 - percent) + u32::from(b[i]) * percent + 50) / 100;
        Colour(at(0) << 16 | at(1) << 8 | at(2))
    }
}

impl std::fmt::Debug for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:06X}", self.0)
    }
}

/// One glyph, placed from the start of its line's baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// Number of the face in the `Fonts` that shaped it.
    pub face: u16,
    pub id: u16,
    /// Pixels to the right of, and below, the line's origin.
    pub x: f32,
    pub y: f32,
}

/// One line of text in one size and colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Left end of the baseline.
    pub x: i32,
    pub baseline: i32,
    /// Pixels an em.
    pub size: f32,
    /// Advance width in pixels.
    pub width: f32,
    pub colour: Colour,
    pub glyphs: Arc<[Glyph]>,
    /// What it says, for tests and dumps; nobody draws from this.
    pub text: Arc<str>,
    /// Ink outside is not drawn.
    pub clip: Rect,
}

impl Line {
    /// Where its ink can be: LOOK.md section 1 measured 1.048 em up and 0.24 em down for Vietnamese, and
    /// other scripts reach further.
    pub fn bounds(&self) -> Rect {
        let (up, down) = ((self.size * 1.7).ceil() as i32, (self.size * 0.8).ceil() as i32);
        let side = (self.size * 0.5).ceil() as i32;
        Rect::edges(
            self.x.saturating_sub(side),
            self.baseline.saturating_sub(up),
            self.x.saturating_add(self.width.ceil() as i32).saturating_add(side),
            self.baseline.saturating_add(down),
        )
        .meet(&self.clip)
    }
}

/// How a picture or film meets a rectangle of another shape. It is never stretched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meet {
    /// Fills it; what is too much is cut off evenly on both sides.
    Cover,
    /// All of it is seen, centred.
    Contain,
}

impl Meet {
    /// Which part of a `source` of this width and height goes where in `target`: (x, y, w, h) in source
    /// pixels, and whole pixels of the board.
    pub fn place(self, source: (u32, u32), target: Rect) -> ([f64; 4], Rect) {
        let (sw, sh) = (f64::from(source.0.max(1)), f64::from(source.1.max(1)));
        let (tw, th) = (f64::from(target.w.max(1)), f64::from(target.h.max(1)));
        match self {
            Meet::Cover => {
                let scale = (tw / sw).max(th / sh);
                let (w, h) = ((tw / scale).min(sw), (th / scale).min(sh));
                ([(sw - w) / 2.0, (sh - h) / 2.0, w, h], target)
            }
            Meet::Contain => {
                let scale = (tw / sw).min(th / sh);
                let (w, h) = ((sw * scale).round() as i32, (sh * scale).round() as i32);
                let (w, h) = (w.clamp(1, target.w.max(1)), h.clamp(1, target.h.max(1)));
                let at = Rect::new(target.x + (target.w - w) / 2, target.y + (target.h - h) / 2, w, h);
                ([0.0, 0.0, sw, sh], at.meet(&target))
            }
        }
    }
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Draw {
    /// `radius` rounds the corners.
    Fill {
        rect: Rect,
        colour: Colour,
        radius: i32,
    },
    Text(Line),
    Picture {
        sha256: Sha256,
        rect: Rect,
        meet: Meet,
        on: Grounds,
    },
}

/// What shows through a picture that is clear in places: whoever draws it looks at its pixels and chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grounds {
    /// The page's own, where the picture stands out from it.
    pub own: Colour,
    /// For dark pictures, and for light ones.
    pub light: Colour,
    pub dark: Colour,
}

impl Draw {
    /// Nothing is drawn outside of this.
    pub fn bounds(&self) -> Rect {
        match self {
            Draw::Fill { rect, .. } | Draw::Picture { rect, .. } => *rect,
            Draw::Text(line) => line.bounds(),
        }
    }
}

/// Text that runs from right to left without end. It covers whatever the scene drew under it.
#[derive(Debug, Clone, PartialEq)]
pub struct TickerBand {
    /// The window that it runs through.
    pub rect: Rect,
    pub ground: Colour,
    /// The strip's lines: `x` from the strip's left end, baselines from the top of `rect`.
    pub lines: Vec<Line>,
    /// Where its items begin, in pixels from the strip's left end; the first is 0.
    pub starts: Vec<i32>,
    /// Length of the strip in pixels; after it, it begins again. Greater than 0.
    pub period: i32,
    /// Whole pixels it moves at each step.
    pub step: i32,
    /// Frame slots that each step takes: 1, or more where one pixel a frame would be too fast.
    pub slots: u32,
    /// Frame slots in a thousand seconds: the display's own rate.
    pub rate_mhz: u32,
    /// The frame slot at which the strip's left end is at the window's; a multiple of `slots`.
    pub from: i64,
    /// Another text that `joins` too follows what is on the screen, instead of taking its place.
    pub joins: bool,
}

/// A display that does not tell its rate has this one, in millihertz.
pub const RATE_MHZ: u32 = 60_000;

/// The frame slot at `at`, counted from 1970, on a display of this rate.
pub fn frame_slot(at: Timestamp, rate_mhz: u32) -> i64 {
    i64::try_from((at.as_nanosecond() * i128::from(rate_mhz)).div_euclid(1_000_000_000_000)).unwrap_or(0)
}

/// Where a film shows. Until its first picture comes, what the scene drew there is seen.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmSlot {
    pub sha256: Sha256,
    pub rect: Rect,
    pub meet: Meet,
}

/// One picture of the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Physical pixels.
    pub size: (u32, u32),
    pub ground: Colour,
    /// Back to front.
    pub draws: Vec<Draw>,
    /// Where what is on air stands, if another may fade in there: neither header nor ticker, and empty on a page
    /// that is to come and go at once.
    pub body: Rect,
    pub film: Option<FilmSlot>,
    pub ticker: Option<TickerBand>,
}

impl Scene {
    /// An empty board of one colour.
    pub fn plain(size: (u32, u32), ground: Colour) -> Scene {
        Scene { size, ground, draws: Vec::new(), body: Rect::default(), film: None, ticker: None }
    }
    /// The whole board.
    pub fn area(&self) -> Rect {
        let side = |length: u32| length.min(i32::MAX as u32) as i32;
        Rect::new(0, 0, side(self.size.0), side(self.size.1))
    }
    /// Every picture file it needs, in order, repetitions included.
    pub fn pictures(&self) -> impl Iterator<Item = Sha256> {
        self.draws.iter().filter_map(|draw| match draw {
            Draw::Picture { sha256, .. } => Some(*sha256),
            _ => None,
        })
    }
    /// The scene in words, one thing a line; solid rectangles are only counted.
    pub fn dump(&self) -> String {
        let mut out = format!("{} x {} on {:?}\n", self.size.0, self.size.1, self.ground);
        let mut fills = 0;
        for draw in &self.draws {
            match draw {
                Draw::Fill { .. } => fills += 1,
                Draw::Text(line) => dump_line(&mut out, "text", line),
                Draw::Picture { sha256, rect, meet, .. } => {
                    let name = &sha256.to_string()[..8];
                    writeln!(out, "picture {name} {meet:?} {} {} {} {}", rect.x, rect.y, rect.w, rect.h).ok();
                }
            }
        }
        writeln!(out, "{fills} fills").ok();
        if let Some(FilmSlot { sha256, rect, meet }) = &self.film {
            let name = &sha256.to_string()[..8];
            writeln!(out, "film {name} {meet:?} {} {} {} {}", rect.x, rect.y, rect.w, rect.h).ok();
        }
        if let Some(band) = &self.ticker {
            let Rect { x, y, w, h } = band.rect;
            writeln!(out, "ticker {x} {y} {w} {h} period {} step {}/{}", band.period, band.step, band.slots)
                .ok();
            band.lines.iter().for_each(|line| dump_line(&mut out, "  text", line));
        }
        out
    }
}

fn dump_line(out: &mut String, what: &str, line: &Line) {
    let Line { x, baseline, size, width, colour, text, .. } = line;
    writeln!(out, "{what} {x} {baseline} {size:.1}px {width:.0} {colour:?} {text}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_fills_the_target_and_keeps_the_shape() {
        let (part, at) = Meet::Cover.place((1920, 1080), Rect::new(0, 0, 1920, 912));
        assert_eq!((part, at), ([0.0, 84.0, 1920.0, 912.0], Rect::new(0, 0, 1920, 912)));
        let (part, at) = Meet::Cover.place((100, 400), Rect::new(5, 5, 50, 50));
        assert_eq!((part, at), ([0.0, 150.0, 100.0, 100.0], Rect::new(5, 5, 50, 50)));
    }

    #[test]
    fn a_contained_picture_is_seen_whole_and_centred() {
        let (part, at) = Meet::Contain.place((200, 100), Rect::new(10, 10, 100, 100));
        assert_eq!((part, at), ([0.0, 0.0, 200.0, 100.0], Rect::new(10, 35, 100, 50)));
        let (_, at) = Meet::Contain.place((1, 16_000), Rect::new(0, 0, 10, 10));
        assert_eq!((at.w, at.h), (1, 10));
    }
}
