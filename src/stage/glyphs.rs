//! Rasterised glyphs, kept: each is drawn once for its face, size and quarter of a pixel.
//!
//! Coverage is 8-bit; letters of the pixel font are black or white; emoji have colours of their own, from bitmaps or
//! coloured outlines. Nothing is hinted, so letters of a line sit where they were measured. A glyph too large to
//! be text is not drawn.

use super::scale;
use crate::layout::{Fonts, Rect};
use crate::model::media::Picture;
use std::collections::HashMap;
use std::sync::Arc;
use swash::scale::{Render, ScaleContext, Source, StrikeWith};
use swash::zeno::{Format, Vector};

/// One glyph around its origin.
#[derive(Debug, Default)]
pub struct Mask {
    /// Pixels from the origin to the left edge, and from the baseline up to the top edge.
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
    pub ink: Inked,
}

/// What a glyph puts on the canvas: rows top to bottom.
#[derive(Debug)]
pub enum Inked {
    /// The line's colour where it covers: `width * height` bytes.
    Coverage(Vec<u8>),
    /// Its own colours: `width * height` pixels of RGBA, not premultiplied.
    Colours(Vec<[u8; 4]>),
}

impl Default for Inked {
    fn default() -> Inked {
        Inked::Coverage(Vec::new())
    }
}

impl Mask {
    fn bytes(&self) -> usize {
        match &self.ink {
            Inked::Coverage(coverage) => coverage.len(),
            Inked::Colours(colours) => colours.len() * 4,
        }
    }
}

/// Most bytes of coverage that are kept; a page in its three sizes needs about 1 MB at 1080 lines.
const BYTES_MAX: usize = 12 << 20;
/// Largest size in pixels an em: the clock of an idle 8K screen has 1,280.
const SIZE_MAX: f32 = 3_000.0;
/// Steps of a pixel at which a glyph is drawn anew.
const STEPS: f32 = 4.0;

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct Key {
    face: u16,
    id: u16,
    size_bits: u32,
    step: u8,
}

pub struct Glyphs {
    fonts: Arc<Fonts>,
    context: ScaleContext,
    kept: HashMap<Key, Arc<Mask>>,
    bytes: usize,
}

impl Glyphs {
    pub fn new(fonts: Arc<Fonts>) -> Glyphs {
        Glyphs { fonts, context: ScaleContext::new(), kept: HashMap::new(), bytes: 0 }
    }

    /// The glyph as it is drawn with its origin at `x` pixels, and the whole pixel that its mask counts from.
    pub fn mask(&mut self, face: u16, id: u16, size: f32, x: f32) -> (Arc<Mask>, i32) {
        let pixel = self.fonts.face(face).is_some_and(|face| face.pixel);
        let steps = if pixel { 1.0 } else { STEPS };
        let snapped = (x * steps).round() / steps;
        let whole = snapped.floor();
        let step = ((snapped - whole) * steps) as u8;
        let key = Key { face, id, size_bits: size.to_bits(), step };
        if let Some(mask) = self.kept.get(&key) {
            return (Arc::clone(mask), whole as i32);
        }
        let mask = Arc::new(self.draw(key, size, f32::from(step) / steps).unwrap_or_default());
        if self.bytes > BYTES_MAX {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += mask.bytes() + 64;
        self.kept.insert(key, Arc::clone(&mask));
        (mask, whole as i32)
    }

    fn draw(&mut self, key: Key, size: f32, offset: f32) -> Option<Mask> {
        let face = self.fonts.face(key.face)?;
        if !(1.0..=SIZE_MAX).contains(&size) {
            return None;
        }
        if face.colour {
            return bitmap(&mut self.context, face.font, key.id, size * face.scale)
                .or_else(|| outline_in_colours(&mut self.context, face.font, key.id, size * face.scale));
        }
        let mut scaler = self.context.builder(face.font).size(size * face.scale).hint(false).build();
        let image = Render::new(&[Source::Outline])
            .format(Format::Alpha)
            .offset(Vector::new(offset, 0.0))
            .render(&mut scaler, key.id)?;
        let (width, height) = (image.placement.width as i32, image.placement.height as i32);
        let mut coverage = image.data;
        if coverage.len() != width as usize * height as usize {
            return None;
        }
        if face.pixel {
            coverage.iter_mut().for_each(|c| *c = if *c >= 128 { 255 } else { 0 });
        }
        let (left, top) = (image.placement.left, image.placement.top);
        Some(Mask { left, top, width, height, ink: Inked::Coverage(coverage) })
    }
}

/// A bitmap of the largest strike, brought to `size` pixels an em the way that pictures are: clear pixels do not
/// darken its edge.
fn bitmap(context: &mut ScaleContext, font: swash::FontRef<'_>, id: u16, size: f32) -> Option<Mask> {
    let ppem = font.color_strikes().find_by_largest_ppem(id)?.ppem();
    let image = context.builder(font).build().scale_color_bitmap(id, StrikeWith::LargestSize)?;
    let (width, height) = (image.placement.width, image.placement.height);
    let scale = size / f32::from(ppem.max(1));
    let scaled = |length: f32| (length * scale).round() as i32;
    let (w, h) = (scaled(width as f32).max(1), scaled(height as f32).max(1));
    let picture = Picture { width, height, rgba: image.data };
    let (whole, mut colours) = (Rect::new(0, 0, w, h), Vec::with_capacity(w as usize * h as usize));
    let source = [0.0, 0.0, f64::from(width), f64::from(height)];
    scale::picture(&picture, source, whole, whole, |_, row| colours.extend_from_slice(row));
    if colours.len() != w as usize * h as usize {
        return None;
    }
    let (left, top) = (scaled(image.placement.left as f32), scaled(image.placement.top as f32));
    Some(Mask { left, top, width: w, height: h, ink: Inked::Colours(colours) })
}

/// Layers of coloured outlines, as newer emoji fonts have them.
fn outline_in_colours(
    context: &mut ScaleContext,
    font: swash::FontRef<'_>,
    id: u16,
    size: f32,
) -> Option<Mask> {
    let mut scaler = context.builder(font).size(size).hint(false).build();
    let image = Render::new(&[Source::ColorOutline(0)]).render(&mut scaler, id)?;
    let (width, height) = (image.placement.width as i32, image.placement.height as i32);
    // Its layers were put over nothing, which leaves them multiplied by their alpha.
    let pixel = |p: &[u8; 4]| {
        let alpha = u32::from(p[3]).max(1);
        let colour = |c: u8| (u32::from(c) * 255 / alpha).min(255) as u8;
        [colour(p[0]), colour(p[1]), colour(p[2]), p[3]]
    };
    let colours: Vec<[u8; 4]> = image.data.as_chunks::<4>().0.iter().map(pixel).collect();
    if colours.len() != width as usize * height as usize {
        return None;
    }
    let (left, top) = (image.placement.left, image.placement.top);
    Some(Mask { left, top, width, height, ink: Inked::Colours(colours) })
}
