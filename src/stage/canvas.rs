//! A picture in memory, and how a scene's draws reach it: the one drawing code of both presenters.
//!
//! Everything but text and pictures is a solid rectangle, so drawing is copying, and the same scene gives the same pixels on
//! every machine, with or without a GPU. Pixels are `0xFFRRGGBB`, the order of bytes that X11, Wayland
//! and GPU textures (BGRA) share on little-endian machines; alpha is always full.
//!
//! Everything is clipped to the canvas and to the rectangle that is being repainted. Letters are blended in a space between
//! sRGB and linear light, so that light on dark and dark on light look equally heavy.

use super::glyphs::{Glyphs, Inked};
use super::{ground, scale};
use crate::layout::{Colour, Draw, Line, Meet, Rect};
use crate::model::media::{Picture, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// Exponent of the space letters are blended in: 1 is sRGB as stored, where light letters look thin; 2.2 is
/// linear light, where dark ones do. Chosen by eye against LOOK.md's pictures.
const BLEND_GAMMA: f32 = 1.43;

/// Rows of opaque pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// Pixels; never negative.
    pub width: i32,
    pub height: i32,
    /// `width * height`, `0xFFRRGGBB`, rows top to bottom.
    pub pixels: Vec<u32>,
}

/// Decoded pictures by their file.
pub type Pictures = HashMap<Sha256, Arc<Picture>>;

impl Canvas {
    pub fn new(width: i32, height: i32, colour: Colour) -> Canvas {
        let (width, height) = (width.max(0), height.max(0));
        Canvas { width, height, pixels: vec![opaque(colour); width as usize * height as usize] }
    }

    pub fn area(&self) -> Rect {
        Rect::new(0, 0, self.width, self.height)
    }

    /// Row `y` from `left` to `right`, both within the canvas.
    pub fn row(&self, y: i32, left: i32, right: i32) -> &[u32] {
        let start = y as usize * self.width as usize;
        &self.pixels[start + left as usize..start + right as usize]
    }
    pub fn row_mut(&mut self, y: i32, left: i32, right: i32) -> &mut [u32] {
        let start = y as usize * self.width as usize;
        &mut self.pixels[start + left as usize..start + right as usize]
    }

    /// A copy of a rectangle of it.
    pub fn part(&self, rect: Rect) -> Canvas {
        let rect = rect.meet(&self.area());
        let mut pixels = Vec::with_capacity(rect.w as usize * rect.h as usize);
        (rect.y..rect.bottom()).for_each(|y| pixels.extend_from_slice(self.row(y, rect.x, rect.right())));
        Canvas { width: rect.w, height: rect.h, pixels }
    }

    /// Draws what of `draws` falls within `clip`, over a ground of one colour.
    pub fn paint(
        &mut self,
        ground: Colour,
        draws: &[Draw],
        clip: Rect,
        pictures: &Pictures,
        glyphs: &mut Glyphs,
    ) {
        let clip = clip.meet(&self.area());
        if clip.is_empty() {
            return;
        }
        self.fill(clip, ground, 0, clip);
        for draw in draws {
            if draw.bounds().meet(&clip).is_empty() {
                continue;
            }
            match draw {
                Draw::Fill { rect, colour, radius } => self.fill(*rect, *colour, *radius, clip),
                Draw::Text(line) => self.text(line, clip, glyphs),
                Draw::Picture { sha256, rect, meet, on } => {
                    if let Some(picture) = pictures.get(sha256) {
                        if let Some(ground) = ground::under(picture, *on) {
                            self.fill(*rect, ground, 0, clip);
                        }
                        self.picture(picture, *rect, *meet, clip);
                    }
                }
            }
        }
    }

    fn fill(&mut self, rect: Rect, colour: Colour, radius: i32, clip: Rect) {
        let part = rect.meet(&clip);
        if part.is_empty() {
            return;
        }
        let colour = opaque(colour);
        let radius = radius.clamp(0, rect.w.min(rect.h) / 2);
        for y in part.y..part.bottom() {
            let from_edge = (y - rect.y).min(rect.bottom() - 1 - y);
            let cut = if from_edge < radius { corner(radius, from_edge) } else { 0 };
            let (left, right) = (part.x.max(rect.x + cut), part.right().min(rect.right() - cut));
            if left < right {
                self.row_mut(y, left, right).fill(colour);
            }
        }
    }

    /// Draws one line of text within `clip`.
    pub fn text(&mut self, line: &Line, clip: Rect, glyphs: &mut Glyphs) {
        let clip = clip.meet(&line.clip).meet(&self.area());
        if clip.is_empty() {
            return;
        }
        let ink = Ink::new(line.colour);
        for glyph in line.glyphs.iter() {
            let x = line.x as f32 + glyph.x;
            if x > clip.right() as f32 + line.size || x < clip.x as f32 - 4.0 * line.size {
                continue;
            }
            let (mask, whole) = glyphs.mask(glyph.face, glyph.id, line.size, x);
            let baseline = line.baseline + glyph.y.round() as i32;
            let at = Rect::new(whole + mask.left, baseline - mask.top, mask.width, mask.height);
            let part = at.meet(&clip);
            if part.is_empty() {
                continue;
            }
            for y in part.y..part.bottom() {
                let from = (y - at.y) as usize * mask.width as usize;
                let covered = from + (part.x - at.x) as usize..from + (part.right() - at.x) as usize;
                let row = self.row_mut(y, part.x, part.right()).iter_mut();
                match &mask.ink {
                    Inked::Coverage(covers) => {
                        for (pixel, &cover) in row.zip(&covers[covered]) {
                            *pixel = ink.over(*pixel, cover);
                        }
                    }
                    Inked::Colours(colours) => {
                        for (pixel, &[r, g, b, a]) in row.zip(&colours[covered]) {
                            *pixel = over(*pixel, [r, g, b], a);
                        }
                    }
                }
            }
        }
    }

    fn picture(&mut self, picture: &Picture, rect: Rect, meet: Meet, clip: Rect) {
        let whole = picture.width as usize * picture.height as usize * 4;
        if picture.rgba.len() != whole || whole == 0 || rect.is_empty() {
            return;
        }
        let (source, target) = meet.place((picture.width, picture.height), rect);
        let part = target.meet(&clip);
        if part.is_empty() {
            return;
        }
        scale::picture(picture, source, target, part, |y, row| {
            for (pixel, [r, g, b, a]) in self.row_mut(y, part.x, part.right()).iter_mut().zip(row) {
                *pixel = match a {
                    255 => 0xFF00_0000 | u32::from(*r) << 16 | u32::from(*g) << 8 | u32::from(*b),
                    _ => over(*pixel, [*r, *g, *b], *a),
                };
            }
        });
    }

    /// As RGBA, for files and tests.
    pub fn to_picture(&self) -> Picture {
        let rgba =
            self.pixels.iter().flat_map(|&p| [(p >> 16) as u8, (p >> 8) as u8, p as u8, 255]).collect();
        Picture { width: self.width as u32, height: self.height as u32, rgba }
    }
}

pub fn opaque(colour: Colour) -> u32 {
    0xFF00_0000 | colour.0
}

fn over(under: u32, [r, g, b]: [u8; 3], alpha: u8) -> u32 {
    let mix = |shift: u32, over: u8| {
        let under = (under >> shift) & 0xFF;
        let alpha = u32::from(alpha);
        ((u32::from(over) * alpha + under * (255 - alpha) + 127) / 255) << shift
    };
    0xFF00_0000 | mix(16, r) | mix(8, g) | mix(0, b)
}

/// By how many pixels row `from_edge` of a rounded corner is shorter.
fn corner(radius: i32, from_edge: i32) -> i32 {
    let (radius, y) = (radius as f32, radius as f32 - from_edge as f32 - 0.5);
    (radius - (radius * radius - y * y).max(0.0).sqrt()).round() as i32
}

/// sRGB to the blending space, 12 bits, and back.
struct Gamma {
    forth: [u16; 256],
    back: Vec<u8>,
}

static GAMMA: LazyLock<Gamma> = LazyLock::new(|| {
    let forth = std::array::from_fn(|i| ((i as f32 / 255.0).powf(BLEND_GAMMA) * 4095.0).round() as u16);
    let back =
        (0..4096).map(|i| ((i as f32 / 4095.0).powf(1.0 / BLEND_GAMMA) * 255.0).round() as u8).collect();
    Gamma { forth, back }
});

/// A text colour ready to be blended.
struct Ink {
    solid: u32,
    light: [u32; 3],
    gamma: &'static Gamma,
}

impl Ink {
    fn new(colour: Colour) -> Ink {
        let gamma = &*GAMMA;
        let light = colour.channels().map(|c| u32::from(gamma.forth[usize::from(c)]));
        Ink { solid: opaque(colour), light, gamma }
    }

    fn over(&self, under: u32, cover: u8) -> u32 {
        match cover {
            0 => under,
            255 => self.solid,
            _ => {
                let cover = u32::from(cover);
                let mix = |shift: u32, ink: u32| {
                    let below = u32::from(self.gamma.forth[(under >> shift) as usize & 0xFF]);
                    let light = (ink * cover + below * (255 - cover)) / 255;
                    u32::from(self.gamma.back[light as usize & 0xFFF]) << shift
                };
                0xFF00_0000 | mix(16, self.light[0]) | mix(8, self.light[1]) | mix(0, self.light[2])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fill_keeps_to_its_clip_and_its_corners_are_round() {
        let mut canvas = Canvas::new(8, 8, Colour::BLACK);
        canvas.fill(Rect::new(-5, -5, 100, 100), Colour::WHITE, 0, Rect::new(2, 2, 2, 2));
        assert_eq!(canvas.pixels.iter().filter(|&&p| p == 0xFFFF_FFFF).count(), 4);
        canvas.fill(Rect::new(0, 0, 8, 8), Colour(0xFF0000), 3, Rect::new(0, 0, 8, 8));
        assert_eq!(canvas.pixels[0], 0xFF00_0000);
        assert_eq!(canvas.pixels[3], 0xFFFF_0000);
    }

    #[test]
    fn half_covered_letters_are_as_heavy_on_light_as_on_dark() {
        let light = |pixel: u32| ((pixel & 0xFF) as f32 / 255.0).powf(2.2);
        let dark_on_light = 1.0 - light(Ink::new(Colour::BLACK).over(0xFFFF_FFFF, 128));
        let light_on_dark = light(Ink::new(Colour::WHITE).over(0xFF00_0000, 128));
        assert!(dark_on_light > 0.55 && light_on_dark > 0.3, "{dark_on_light} {light_on_dark}");
    }
}
