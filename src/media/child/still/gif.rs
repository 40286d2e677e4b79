//! A GIF of one picture (GIF89a). Those of several are films.

use super::source::{Format, Kind, Parts};
use crate::limits::PICTURE_PIXELS_MAX;
use image::{DynamicImage, RgbaImage};
use std::num::NonZeroU64;

/// One picture, or several. One that is broken is a film: whoever plays that says so.
pub fn kind(parts: &mut Parts<'_>) -> Kind {
    match pictures(parts) {
        Some(0 | 1) => Kind::Still(Format::Gif),
        _ => Kind::Animated(Format::Gif),
    }
}

/// How many there are, up to two; `None` where it is broken before its end (GIF89a, 18 to 27).
fn pictures(parts: &mut Parts<'_>) -> Option<u32> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    parts.at = 10;
    let flags = parts.next(3)?[0];
    parts.skip(table(flags));
    let mut count = 0;
    loop {
        // One that ends without its last byte has all of its pictures.
        let Some(&[block]) = parts.next(1) else { return (count > 0).then_some(count) };
        match block {
            0x2C => {
                count += 1;
                if count > 1 {
                    return Some(count);
                }
                let flags = parts.next(9)?[8];
                parts.skip(table(flags) + 1);
            }
            0x21 => parts.skip(1),
            0x3B => return Some(count),
            _ => return None,
        }
        loop {
            let length = parts.next(1)?[0];
            if length == 0 {
                break;
            }
            parts.skip(u64::from(length));
        }
    }
}

/// Width and height of its screen, in pixels.
pub fn size(file: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from(u16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?)));
    side(6).zip(side(8))
}

/// Decodes it; what of the screen it does not cover is clear.
///
/// # Errors
/// What is damaged.
pub fn decode(file: &[u8]) -> Result<DynamicImage, gif::DecodingError> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    options.check_frame_consistency(true);
    options.check_lzw_end_code(true);
    if let Some(bytes) = NonZeroU64::new(PICTURE_PIXELS_MAX * 4) {
        options.set_memory_limit(gif::MemoryLimit::Bytes(bytes));
    }
    let mut decoder = options.read_info(file)?;
    let (width, height) = (u32::from(decoder.width()), u32::from(decoder.height()));
    let mut screen = RgbaImage::new(width, height);
    if let Some(frame) = decoder.read_next_frame()? {
        let picture = RgbaImage::from_raw(
            u32::from(frame.width),
            u32::from(frame.height),
            frame.buffer.to_vec(),
        );
        if let Some(picture) = picture {
            image::imageops::replace(&mut screen, &picture, i64::from(frame.left), i64::from(frame.top));
        }
    }
    Ok(screen.into())
}
