//! What the layouts draw with: text in a role, size and place; fills; icons.
//!
//! A [`Brush`] collects a scene's draws. Sizes and places of text are given in u or pixels by the caller; glyphs land on whole
//! baselines. Nothing here decides where things go.

use super::fit::Lines;
use super::fonts::Weight;
use super::icons::Cells;
use super::look::{Grid, Look, Palette, Role};
use super::scene::{Colour, Draw, Glyph, Grounds, Line, Meet, Rect};
use super::words::{Group, Measure, Word};
use crate::model::board::Theme;
use crate::model::media::Sha256;

/// Where a line hangs from its x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Centre,
    Right,
}

pub struct Brush<'a> {
    pub grid: Grid,
    pub look: &'a Look,
    pub theme: Theme,
    pub measure: &'a Measure,
    pub draws: Vec<Draw>,
    /// Ink outside is not drawn.
    pub clip: Rect,
}

/// Capitals and digits are this high; a line centred on them sits half of it below the middle.
pub const CAPITAL: f32 = 0.714;
/// From the top of a line box of height `leading` to its baseline, in em.
pub fn first_baseline(leading: f32) -> f32 {
    (leading - 1.362) / 2.0 + 1.069
}

impl<'a> Brush<'a> {
    pub fn new(grid: Grid, look: &'a Look, theme: Theme, measure: &'a Measure) -> Brush<'a> {
        Brush { grid, look, theme, measure, draws: Vec::new(), clip: grid.area }
    }

    pub fn palette(&self) -> &'a Palette {
        self.look.palette(self.theme)
    }
    pub fn fill(&mut self, rect: Rect, colour: Colour) {
        self.rounded(rect, colour, 0);
    }
    pub fn rounded(&mut self, rect: Rect, colour: Colour, radius: i32) {
        if !rect.is_empty() {
            self.draws.push(Draw::Fill { rect, colour, radius });
        }
    }
    /// A picture; `own` is the ground that it lies on where it is clear.
    pub fn picture(&mut self, sha256: Sha256, rect: Rect, meet: Meet, own: Colour) {
        let (light, dark) = (self.look.palette(Theme::Day).ground, self.look.palette(Theme::Night).ground);
        self.draws.push(Draw::Picture { sha256, rect, meet, on: Grounds { own, light, dark } });
    }
    /// An outline `thick` pixels wide, within `rect`.
    pub fn frame(&mut self, rect: Rect, colour: Colour, thick: i32) {
        let (left, top, right, bottom) = (rect.x, rect.y, rect.right(), rect.bottom());
        self.fill(Rect::edges(left, top, right, top + thick), colour);
        self.fill(Rect::edges(left, bottom - thick, right, bottom), colour);
        self.fill(Rect::edges(left, top + thick, left + thick, bottom - thick), colour);
        self.fill(Rect::edges(right - thick, top + thick, right, bottom - thick), colour);
    }
    pub fn cells(&mut self, cells: &Cells, x: i32, y: i32, cell: i32, colour: Colour) {
        self.draws.extend(cells.draw(x, y, cell, colour));
    }

    /// Width in pixels of one line of plain text.
    pub fn width(&self, text: &str, role: Role, size: f32) -> f32 {
        self.words(text).iter().fold(0.0, |x, word| self.advance(x, word, role.ink(self.theme).plain)) * size
    }

    fn words(&self, text: &str) -> Vec<Word> {
        let word = |text: &str| Word { text: text.to_owned(), bold: false, space: true };
        text.split(' ').filter(|text| !text.is_empty()).map(word).collect()
    }
    fn advance(&self, x: f32, word: &Word, weight: Weight) -> f32 {
        let space = if word.space && x > 0.0 { self.measure.space(weight) } else { 0.0 };
        x + space + self.measure.width(&word.text, weight)
    }

    /// Sets one line of plain text; `size` and places in pixels. Returns its width.
    pub fn text(
        &mut self,
        text: &str,
        role: Role,
        size: f32,
        at: (i32, i32),
        side: Side,
        colour: Colour,
    ) -> f32 {
        let words = self.words(text);
        let mut line = self.line(&words.iter().collect::<Vec<_>>(), role, size, at, colour);
        match side {
            Side::Left => {}
            Side::Centre => line.x -= (line.width / 2.0).round() as i32,
            Side::Right => line.x -= line.width.round() as i32,
        }
        let width = line.width;
        if !line.glyphs.is_empty() {
            self.draws.push(Draw::Text(line));
        }
        width
    }

    /// A line that must not be wider than `room` pixels: words are left off at the end, and "…" says so.
    #[allow(clippy::too_many_arguments, reason = "one call a line keeps layouts readable")]
    pub fn text_within(
        &mut self,
        text: &str,
        role: Role,
        size: f32,
        at: (i32, i32),
        side: Side,
        colour: Colour,
        room: i32,
    ) -> f32 {
        let shown = self.shortened(text, role, size, room);
        self.text(&shown, role, size, at, side, colour)
    }

    /// `text`, or as much of it as `room` pixels hold.
    pub fn shortened(&self, text: &str, role: Role, size: f32, room: i32) -> String {
        let text: String = text.chars().take(400).collect();
        if self.width(&text, role, size) <= room as f32 {
            return text;
        }
        let mut kept = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let longer = if kept.is_empty() { word.to_owned() } else { format!("{kept} {word}") };
            if self.width(&format!("{longer}…"), role, size) > room as f32 {
                break;
            }
            kept = longer;
        }
        if kept.is_empty() {
            for letter in text.chars() {
                kept.push(letter);
                if self.width(&format!("{kept}…"), role, size) > room as f32 {
                    kept.pop();
                    break;
                }
            }
        }
        if kept.is_empty() {
            kept
        } else {
            format!("{}…", kept.trim_end_matches([',', '.', ':', ';', '·', ' ']))
        }
    }

    /// One line from words, its left end at `at`.
    pub fn line(&self, words: &[&Word], role: Role, size: f32, at: (i32, i32), colour: Colour) -> Line {
        let ink = role.ink(self.theme);
        let space = self.measure.space(ink.plain);
        let (mut x, mut glyphs, mut said) = (0.0, Vec::new(), String::new());
        for (index, word) in words.iter().enumerate() {
            if index > 0 && word.space {
                x += space;
                said.push(' ');
            }
            let shaped = self.measure.shape(&word.text, if word.bold { ink.bold } else { ink.plain });
            let placed = |g: &super::fonts::ShapedGlyph| Glyph {
                face: g.face,
                id: g.id,
                x: (x + g.x) * size,
                y: g.y * size,
            };
            glyphs.extend(shaped.glyphs.iter().map(placed));
            said.push_str(&word.text);
            x += shaped.width;
        }
        Line {
            x: at.0,
            baseline: at.1,
            size,
            width: x * size,
            colour,
            glyphs: glyphs.into(),
            text: said.into(),
            clip: self.clip,
        }
    }

    /// Sets broken lines from `top` (pixels, fractional) down; returns where the next would begin.
    #[allow(clippy::too_many_arguments, reason = "one call a block keeps layouts readable")]
    pub fn lines(
        &mut self,
        groups: &[Group],
        lines: &Lines,
        role: Role,
        size: f32,
        leading: f32,
        at: (i32, f32),
        colour: Colour,
    ) -> f32 {
        let mut top = at.1;
        for line in lines {
            let baseline = (top + first_baseline(leading) * size).round() as i32;
            let words: Vec<&Word> = groups[line.clone()].iter().flat_map(|group| &group.words).collect();
            self.draws.push(Draw::Text(self.line(&words, role, size, (at.0, baseline), colour)));
            top += leading * size;
        }
        top
    }

    /// Baseline of a line whose capitals are centred on `middle`.
    pub fn centred(&self, middle: f32, size: f32) -> i32 {
        (middle + CAPITAL / 2.0 * size).round() as i32
    }
}
