//! Rasterised glyphs, kept: each is drawn once for its face, size and quarter of a pixel.
//!
//! Coverage is 8-bit; letters of the pixel font are black or white. Nothing is hinted, so letters of a line
//! sit where they were measured. A glyph too large to be text is not drawn.

use crate::layout::Fonts;
use std::collections::HashMap;
use std::sync::Arc;
use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::{Format, Vector};

/// Coverage of one glyph around its origin.
#[derive(Debug, Default)]
pub struct Mask {
    /// Pixels from the origin to the left edge, and from the baseline up to the top edge.
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
    /// `width * height` bytes, rows top to bottom.
    pub coverage: Vec<u8>,
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
        let pixel = self.fonts.face(face).is_some_and(|(.., pixel)| pixel);
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
        self.bytes += mask.coverage.len() + 64;
        self.kept.insert(key, Arc::clone(&mask));
        (mask, whole as i32)
    }

    fn draw(&mut self, key: Key, size: f32, offset: f32) -> Option<Mask> {
        let (font, scale, pixel) = self.fonts.face(key.face)?;
        if !(1.0..=SIZE_MAX).contains(&size) {
            return None;
        }
        let mut scaler = self.context.builder(font).size(size * scale).hint(false).build();
        let image = Render::new(&[Source::Outline])
            .format(Format::Alpha)
            .offset(Vector::new(offset, 0.0))
            .render(&mut scaler, key.id)?;
        let (width, height) = (image.placement.width as i32, image.placement.height as i32);
        let mut coverage = image.data;
        if coverage.len() != width as usize * height as usize {
            return None;
        }
        if pixel {
            coverage.iter_mut().for_each(|c| *c = if *c >= 128 { 255 } else { 0 });
        }
        Some(Mask { left: image.placement.left, top: image.placement.top, width, height, coverage })
    }
}
