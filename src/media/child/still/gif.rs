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

/// Whether the data of its picture give as many pixels as it has. Nothing else in a GIF tells of damage: each code stands
/// for a run of pixels that came before (GIF89a, appendix F), and a wrong one in most cases for a longer or shorter one.
///
/// # Errors
/// What is damaged.
pub fn check(file: &[u8]) -> Result<(), &'static str> {
    check_pictures(file, 1)
}

/// The same of all the pictures of one that moves, and its end.
///
/// # Errors
/// What is damaged.
pub fn check_all(file: &[u8]) -> Result<(), &'static str> {
    check_pictures(file, usize::MAX)
}

fn check_pictures(file: &[u8], most: usize) -> Result<(), &'static str> {
    const CUT_OFF: &str = "the file is cut off before the end of the picture";
    let mut whole = 0;
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3usize << ((flags & 7) + 1) };
    let byte = |at: usize| file.get(at).copied().ok_or(CUT_OFF);
    let mut at = 13 + table(byte(10)?);
    loop {
        let block = byte(at)?;
        let (mut codes, mut data) = (None, Vec::new());
        match block {
            0x2C => {
                let [a, b, c, d] = [byte(at + 5)?, byte(at + 6)?, byte(at + 7)?, byte(at + 8)?];
                let pixels =
                    usize::from(u16::from_le_bytes([a, b])) * usize::from(u16::from_le_bytes([c, d]));
                at += 10 + table(byte(at + 9)?);
                codes = Some((pixels, byte(at)?));
                at += 1;
            }
            0x21 => at += 2,
            0x3B if whole > 0 => return Ok(()),
            _ => return Err(CUT_OFF),
        }
        loop {
            let length = usize::from(byte(at)?);
            let part = file.get(at + 1..at + 1 + length).ok_or(CUT_OFF)?;
            at += 1 + length;
            if length == 0 {
                break;
            }
            if codes.is_some() {
                data.extend_from_slice(part);
            }
        }
        if let Some((pixels, width)) = codes {
            if pixels_coded(&data, u32::from(width), pixels) != Some(pixels) {
                return Err("its data give more or fewer pixels than it has");
            }
            whole += 1;
            if whole == most {
                return Ok(());
            }
        }
    }
}

/// How many pixels LZW codes give, no more than one run above `most`; `None` where a code is none. `width`: bits of a pixel.
fn pixels_coded(data: &[u8], width: u32, most: usize) -> Option<usize> {
    const CODES: usize = 4096;
    if !(1..=8).contains(&width) {
        return None;
    }
    let (clear, end) = (1usize << width, (1usize << width) + 1);
    // Of each code, how many pixels it stands for.
    let mut runs = vec![1usize; CODES];
    let (mut next, mut bits, mut last) = (end + 1, width + 1, None::<usize>);
    let (mut held, mut count, mut pixels) = (0u32, 0, 0usize);
    let mut bytes = data.iter();
    while pixels <= most {
        while count < bits {
            // Some encoders leave the end out.
            let Some(byte) = bytes.next() else { return Some(pixels) };
            held |= u32::from(*byte) << count;
            count += 8;
        }
        let code = (held & ((1 << bits) - 1)) as usize;
        held >>= bits;
        count -= bits;
        if code == clear {
            (next, bits, last) = (end + 1, width + 1, None);
            continue;
        }
        if code == end {
            return (bytes.len() < 2).then_some(pixels);
        }
        let known = code < clear || code < next || code == next && last.is_some() && next < CODES;
        if !known || last.is_none() && code > end {
            return None;
        }
        if let Some(before) = last.filter(|_| next < CODES) {
            runs[next] = runs[before] + 1;
            next += 1;
            bits = (usize::BITS - next.leading_zeros()).clamp(width + 1, 12);
        }
        pixels += runs[code];
        last = Some(code);
    }
    Some(pixels)
}

/// Decodes it; what of the screen it does not cover is clear.
///
/// # Errors
/// What is damaged.
pub fn decode(file: &[u8]) -> Result<DynamicImage, gif::DecodingError> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    options.check_frame_consistency(true);
    if let Some(bytes) = NonZeroU64::new(PICTURE_PIXELS_MAX * 4) {
        options.set_memory_limit(gif::MemoryLimit::Bytes(bytes));
    }
    let mut decoder = options.read_info(file)?;
    let (width, height) = (u32::from(decoder.width()), u32::from(decoder.height()));
    let mut screen = RgbaImage::new(width, height);
    if let Some(frame) = decoder.read_next_frame()? {
        let picture =
            RgbaImage::from_raw(u32::from(frame.width), u32::from(frame.height), frame.buffer.to_vec());
        if let Some(picture) = picture {
            image::imageops::replace(&mut screen, &picture, i64::from(frame.left), i64::from(frame.top));
        }
    }
    Ok(screen.into())
}
