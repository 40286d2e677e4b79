//! Animated WebP (RFC 9649, 2.7.1), which FFmpeg 5.1 does not decode: its pictures put together, one after another.
//!
//! Each of its frames is a picture of its own over a part of the canvas. They are decoded one at a time: what is held
//! is the file, the canvas and one frame. How often it says that it repeats does not count; a film is played once.

use super::super::wire::{Found, Stage};
use super::Refusal;
use super::still::webp::{self, Chunk, Coded};
use super::still::{self, Kind};
use crate::limits::{FILM_PIXELS_MAX, PICTURE_BYTES_MAX};
use image::{Rgba, RgbaImage};
use std::os::fd::OwnedFd;

/// What browsers give a frame that is to last for less than a hundredth of a second, which no screen could show.
const SHORT_MS: u32 = 10;
const SHORT_LASTS_MS: u32 = 100;

/// An open animation.
pub(super) struct Animation {
    file: Vec<u8>,
    /// Where in the file each frame's chunk lies.
    frames: Vec<std::ops::Range<usize>>,
    size: (u32, u32),
    length_us: i64,
}

/// One picture of it, as it is seen.
pub(super) struct Shown<'a> {
    /// All of the canvas, not premultiplied.
    pub picture: &'a RgbaImage,
    /// From its start, in microseconds.
    pub at_us: i64,
    pub lasts_us: i64,
}

/// A frame's head (RFC 9649, 2.7.1.1) and its picture.
struct Frame<'a> {
    at: (u32, u32),
    size: (u32, u32),
    lasts_us: i64,
    /// It is laid over what is there, not put in its place.
    blends: bool,
    /// What it covered is clear again when the next comes.
    clears: bool,
    coded: Coded<'a>,
}

fn damaged(why: impl ToString) -> Refusal {
    Refusal::new(Stage::Decode, why)
}

fn number(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at + 3)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]))
}

impl<'a> Frame<'a> {
    fn read(data: &'a [u8]) -> Result<Frame<'a>, Refusal> {
        let head = |at| number(data, at).ok_or_else(|| damaged(webp::CUT_OFF));
        let flags = *data.get(15).ok_or_else(|| damaged(webp::CUT_OFF))?;
        let lasts = match head(12)? {
            ms if ms <= SHORT_MS => SHORT_LASTS_MS,
            ms => ms,
        };
        let parts: Vec<Chunk<'a>> = webp::chunks(&data[16..]).map_err(damaged)?;
        Ok(Frame {
            at: (head(0)? * 2, head(3)? * 2),
            size: (head(6)? + 1, head(9)? + 1),
            lasts_us: i64::from(lasts) * 1_000,
            blends: flags & 2 == 0,
            clears: flags & 1 != 0,
            coded: Coded::among(&parts).ok_or_else(|| damaged("a picture of it is missing"))?,
        })
    }
}

impl Animation {
    /// Opens an animated WebP, and reads the heads of all its frames.
    ///
    /// # Errors
    /// It is none, is too large, or is cut off.
    pub(super) fn open(file: &OwnedFd, length: u64) -> Result<Animation, Refusal> {
        if still::recognises(file, length) != Some(Kind::Animated(still::Format::WebP)) {
            return Err(Refusal::new(Stage::Open, "not an animated WebP"));
        }
        if length > PICTURE_BYTES_MAX {
            return Err(Refusal::new(Stage::TooLarge, format!("{} MiB", length >> 20)));
        }
        let file = still::read(file, length).map_err(|error| Refusal::new(Stage::Open, error))?;
        let chunks = webp::chunks_of_file(&file).map_err(damaged)?;
        let head = chunks.iter().find(|chunk| &chunk.0 == b"VP8X").map_or(&[][..], |chunk| chunk.1);
        let side = |at| number(head, at).map(|side| side + 1).ok_or_else(|| damaged(webp::CUT_OFF));
        let size = (side(4)?, side(7)?);
        if u64::from(size.0) * u64::from(size.1) > FILM_PIXELS_MAX {
            return Err(Refusal::new(Stage::TooLarge, format!("{} x {} pixels", size.0, size.1)));
        }
        let (mut frames, mut length_us) = (Vec::new(), 0i64);
        for (_, data) in chunks.iter().filter(|chunk| &chunk.0 == b"ANMF") {
            let frame = Frame::read(data)?;
            let within = |at: u32, side: u32, all: u32| at.checked_add(side).is_some_and(|end| end <= all);
            if !within(frame.at.0, frame.size.0, size.0)
                || !within(frame.at.1, frame.size.1, size.1)
                || frame.coded.size() != Some(frame.size)
            {
                return Err(damaged("a picture of it does not fit in"));
            }
            length_us += frame.lasts_us;
            // The chunk's data are a part of the file's bytes.
            let start = data.as_ptr() as usize - file.as_ptr() as usize;
            frames.push(start..start + data.len());
        }
        if frames.is_empty() {
            return Err(damaged("it has no pictures"));
        }
        Ok(Animation { frames, size, length_us, file })
    }

    /// Width and height in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// How long all of it takes once, in microseconds.
    pub(super) fn length_us(&self) -> i64 {
        self.length_us
    }

    /// Its pictures from the first on.
    pub(super) fn pictures(&self) -> Pictures<'_> {
        Pictures {
            animation: self,
            canvas: RgbaImage::new(self.size.0, self.size.1),
            next: 0,
            at_us: 0,
            to_clear: None,
        }
    }

    /// Decodes all of it in search of damage.
    ///
    /// # Errors
    /// When the first damaged picture is seen, in seconds.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let broken = |at_us: i64| Refusal::new(Stage::Damaged, at_us / 1_000_000);
        let mut at_us = 0;
        for range in &self.frames {
            let frame = Frame::read(&self.file[range.clone()])?;
            frame.coded.check().map_err(|_| broken(at_us))?;
            at_us += frame.lasts_us;
        }
        let mut pictures = self.pictures();
        let mut at_us = 0;
        while let Some(shown) = pictures.next() {
            let shown = shown.map_err(|_| broken(at_us))?;
            at_us = shown.at_us + shown.lasts_us;
        }
        Ok(())
    }
}

/// The pictures of an animation, in order.
pub(super) struct Pictures<'a> {
    animation: &'a Animation,
    canvas: RgbaImage,
    next: usize,
    at_us: i64,
    /// Left, top, width and height of what the last one leaves clear.
    to_clear: Option<[u32; 4]>,
}

impl Pictures<'_> {
    /// The next picture as it is seen; `None` after the last.
    ///
    /// # Errors
    /// A picture that cannot be decoded; the next call goes on behind it.
    pub(super) fn next(&mut self) -> Option<Result<Shown<'_>, Refusal>> {
        let range = self.animation.frames.get(self.next)?.clone();
        self.next += 1;
        let frame = match Frame::read(&self.animation.file[range]) {
            Ok(frame) => frame,
            Err(refusal) => return Some(Err(refusal)),
        };
        let at_us = self.at_us;
        self.at_us += frame.lasts_us;
        if let Some([left, top, width, height]) = self.to_clear.take() {
            for y in top..top + height {
                (left..left + width).for_each(|x| self.canvas.put_pixel(x, y, Rgba([0; 4])));
            }
        }
        let picture = match frame.coded.decode() {
            Ok(picture) => picture.into_rgba8(),
            Err(error) => return Some(Err(damaged(error))),
        };
        for (x, y, pixel) in picture.enumerate_pixels() {
            let (x, y) = (frame.at.0 + x, frame.at.1 + y);
            if let Some(under) = self.canvas.get_pixel_mut_checked(x, y) {
                *under = if frame.blends { over(*under, *pixel) } else { *pixel };
            }
        }
        if frame.clears {
            self.to_clear = Some([frame.at.0, frame.at.1, frame.size.0, frame.size.1]);
        }
        Some(Ok(Shown { picture: &self.canvas, at_us, lasts_us: frame.lasts_us }))
    }
}

/// RFC 9649, 2.7.1.1, alpha blending.
fn over(under: Rgba<u8>, pixel: Rgba<u8>) -> Rgba<u8> {
    match pixel.0[3] {
        255 => return pixel,
        0 => return under,
        _ => {}
    }
    let own = u32::from(pixel.0[3]) * 255;
    let below = u32::from(under.0[3]) * (255 - u32::from(pixel.0[3]));
    let all = (own + below).max(1);
    let mix =
        |c: usize| ((u32::from(pixel.0[c]) * own + u32::from(under.0[c]) * below + all / 2) / all) as u8;
    Rgba([mix(0), mix(1), mix(2), ((all + 127) / 255) as u8])
}

/// What an animated WebP is, all of it having been decoded.
///
/// # Errors
/// As [`Animation::open`] and [`Animation::check`].
pub(super) fn probe(file: &OwnedFd, length: u64) -> Result<Found, Refusal> {
    let animation = Animation::open(file, length)?;
    animation.check()?;
    let (width, height) = animation.size();
    let duration_us = Some(animation.length_us());
    Ok(Found {
        picture: Some([width, height]),
        still: false,
        sound: false,
        duration_us,
        film: None,
        silent: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_picture_of_an_animation_is_whole_and_comes_in_its_time() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/stills/moves.webp");
        let file = std::fs::File::open(path).unwrap();
        let length = file.metadata().unwrap().len();
        let animation = Animation::open(&file.into(), length).unwrap();
        assert_eq!((animation.size(), animation.length_us()), ((40, 30), 600_000));
        animation.check().unwrap();
        let mut pictures = animation.pictures();
        let mut seen = Vec::new();
        while let Some(shown) = pictures.next() {
            let Shown { picture, at_us, lasts_us } = shown.unwrap();
            // A red bar that goes to the right by its own width, with nothing around it.
            let reds: Vec<u32> =
                (0..4).filter(|bar| picture.get_pixel(bar * 10 + 5, 15).0[3] == 255).collect();
            seen.push((at_us / 1_000, lasts_us / 1_000, reds));
        }
        assert_eq!(seen, [(0, 100, vec![0]), (100, 200, vec![1]), (300, 300, vec![2])]);
    }

    #[test]
    fn what_is_half_clear_is_laid_over_what_is_there() {
        let mixed = over(Rgba([0, 0, 255, 255]), Rgba([255, 0, 0, 128]));
        assert_eq!(mixed, Rgba([128, 0, 127, 255]));
        assert_eq!(over(Rgba([0; 4]), Rgba([9, 8, 7, 40])), Rgba([9, 8, 7, 40]));
    }
}
