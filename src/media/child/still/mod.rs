//! Still pictures: JPEG, PNG, WebP and GIF, whole, in sRGB and upright.
//!
//! `image` decodes them, and `gif`. What is damaged is refused before: decoders make something of anything.

mod colour;
mod entropy;
mod gif;
mod inks;
mod jpeg;
mod orientation;
mod png;
mod source;
mod step;
pub(super) mod webp;

pub(super) use source::{Format, Kind, read};

use super::super::wire::{Found, Stage};
use super::Refusal;
use crate::limits::{PICTURE_BYTES_MAX, PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::model::media::Picture;
use colour::Source;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};
use std::io::Cursor;
use std::os::fd::OwnedFd;
use webp::Coded;

/// Above this a board takes a WebP as it was published, without checking what only decoding it again tells: 3 s on a
/// small board.
const CHECKED_AGAIN_PIXELS_MAX: u64 = 16 << 20;

/// What a picture says of itself before it is decoded.
struct Head {
    format: Format,
    bytes: Vec<u8>,
    /// Pixels as stored.
    size: (u32, u32),
    orientation: Orientation,
    colours: Option<Source>,
}

/// Whether it is a picture, of one or of several.
pub(super) fn recognises(file: &OwnedFd, length: u64) -> Option<Kind> {
    source::kind(file, length)
}

pub(super) fn found(picture: [u32; 2]) -> Found {
    Found { picture: Some(picture), still: true, sound: false, duration_us: None, film: None, silent: false }
}

fn damaged(why: impl ToString) -> Refusal {
    Refusal::new(Stage::Decode, why)
}

fn refuse(error: image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(error) => Refusal::new(Stage::TooLarge, error),
        error => Refusal::new(Stage::Open, error),
    }
}

/// Opens a picture; of several in one file, the first.
fn open(file: &OwnedFd, length: u64) -> Result<Head, Refusal> {
    let kind = source::kind(file, length);
    let Some(Kind::Still(format) | Kind::Animated(format)) = kind else {
        return Err(Refusal::new(Stage::Open, "not a JPEG, PNG, WebP or GIF picture"));
    };
    if length > PICTURE_BYTES_MAX {
        return Err(Refusal::new(Stage::TooLarge, format!("{} MiB", length >> 20)));
    }
    let bytes = source::read(file, length).map_err(|error| Refusal::new(Stage::Open, error))?;
    let (size, exif, xmp, profile) = if format == Format::Gif {
        let size = gif::size(&bytes).ok_or_else(|| damaged("its head is cut off"))?;
        (size, None, None, None)
    } else {
        let mut decoder = decoder(format, &bytes)?;
        // Words beside the picture that cannot be read cost the picture nothing.
        let exif = decoder.exif_metadata().unwrap_or_default();
        let xmp = decoder.xmp_metadata().unwrap_or_default();
        (decoder.dimensions(), exif, xmp, decoder.icc_profile().unwrap_or_default())
    };
    let (width, height) = size;
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > PICTURE_SIDE_MAX || pixels > PICTURE_PIXELS_MAX {
        return Err(Refusal::new(Stage::TooLarge, format!("{width} x {height} pixels")));
    }
    if pixels == 0 {
        return Err(damaged("it has no pixels"));
    }
    let orientation = orientation::of(exif.as_deref(), xmp.as_deref());
    let colours = match format {
        Format::Png => png::colours(&bytes, profile),
        _ => profile.map(Source::Profile),
    };
    Ok(Head { format, bytes, size, orientation, colours })
}

fn decoder(format: Format, bytes: &[u8]) -> Result<Box<dyn ImageDecoder + '_>, Refusal> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE_MAX);
    limits.max_image_height = Some(PICTURE_SIDE_MAX);
    limits.max_alloc = Some(PICTURE_PIXELS_MAX * 8);
    let format = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::WebP | Format::Gif => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    Ok(Box::new(reader.into_decoder().map_err(refuse)?))
}

/// Refuses a picture with damage that would be seen. `thorough`: by ways too that cost more than decoding it.
fn check(head: &Head, thorough: bool) -> Result<(), Refusal> {
    let whole = match head.format {
        Format::Jpeg => jpeg::check(&head.bytes).map_err(|broken| broken.0),
        Format::Png => png::check(&head.bytes),
        Format::WebP => webp::chunks_of_file(&head.bytes).and_then(|chunks| match Coded::among(&chunks) {
            Some(coded) if thorough => coded.check(),
            _ => Ok(()),
        }),
        Format::Gif => gif::check(&head.bytes),
    };
    whole.map_err(damaged)
}

/// Decodes all of it, for whoever publishes it; returns its size as seen.
pub(super) fn probe(file: &OwnedFd, length: u64) -> Result<[u32; 2], Refusal> {
    let head = open(file, length)?;
    check(&head, true)?;
    pixels(&head)?;
    let (width, height) = head.size;
    Ok(if orientation::turns(head.orientation) { [height, width] } else { [width, height] })
}

/// Looks through all the pictures of a GIF that moves, and for its end: FFmpeg makes something of any. One that is larger than a
/// picture may be is left to it.
pub(super) fn check_moving_gif(file: &OwnedFd, length: u64) -> Result<(), Refusal> {
    if length > PICTURE_BYTES_MAX {
        return Ok(());
    }
    let bytes = read(file, length).map_err(|error| Refusal::new(Stage::Open, error))?;
    gif::check_all(&bytes).map_err(damaged)
}

/// As stored; printing inks in the four channels of the second kind.
enum Pixels {
    Light(DynamicImage),
    Inks(RgbaImage),
}

fn pixels(head: &Head) -> Result<Pixels, Refusal> {
    if head.format == Format::Gif {
        return gif::decode(&head.bytes).map(Pixels::Light).map_err(damaged);
    }
    if head.format == Format::Jpeg
        && let Some(inks) = inks::decode(&head.bytes)
    {
        return inks.map(Pixels::Inks).map_err(damaged);
    }
    let decoder = decoder(head.format, &head.bytes)?;
    DynamicImage::from_decoder(decoder).map(Pixels::Light).map_err(damaged)
}

/// Upright, in sRGB, and scaled down (never up) to fit within the given pixels.
pub(super) fn decode(
    file: &OwnedFd,
    length: u64,
    max_width: u32,
    max_height: u32,
) -> Result<Picture, Refusal> {
    let head = open(file, length)?;
    let (width, height) = head.size;
    check(&head, u64::from(width) * u64::from(height) <= CHECKED_AGAIN_PIXELS_MAX)?;
    let turned = orientation::turns(head.orientation);
    let max = if turned { (max_height, max_width) } else { (max_width, max_height) };
    let mut picture = match pixels(&head)? {
        Pixels::Light(picture) => colour::to_srgb(scaled(picture, max), head.colours.as_ref()),
        Pixels::Inks(inks) => colour::of_inks(&scaled(inks.into(), max).into_rgba8(), head.colours.as_ref()),
    };
    picture.apply_orientation(head.orientation);
    let rgba = picture.into_rgba8();
    Ok(Picture { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() })
}

/// No larger than `max`. The colours of clear pixels, mostly black, do not bleed into what is beside them.
fn scaled(image: DynamicImage, max: (u32, u32)) -> DynamicImage {
    if !image.color().has_alpha() || (image.width() <= max.0 && image.height() <= max.1) {
        return scaled_plainly(image, max);
    }
    let mut rgba = image.into_rgba8();
    rgba.pixels_mut().for_each(|pixel| {
        let alpha = u32::from(pixel.0[3]);
        pixel.0[..3].iter_mut().for_each(|c| *c = ((u32::from(*c) * alpha + 127) / 255) as u8);
    });
    let mut rgba = scaled_plainly(rgba.into(), max).into_rgba8();
    rgba.pixels_mut().for_each(|pixel| {
        let alpha = u32::from(pixel.0[3]).max(1);
        let whole = |c: u8| ((u32::from(c) * 255 + alpha / 2) / alpha).min(255) as u8;
        pixel.0[..3].iter_mut().for_each(|c| *c = whole(*c));
    });
    rgba.into()
}

/// Every channel by itself.
fn scaled_plainly(image: DynamicImage, (max_width, max_height): (u32, u32)) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    if width <= max_width && height <= max_height {
        return image;
    }
    let scale = (f64::from(max_width) / f64::from(width)).min(f64::from(max_height) / f64::from(height));
    let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
    let (to_width, to_height) = (side(width), side(height));
    let mut image = image;
    // A box filter to about twice the size first: a fifth of the time, and no difference to see.
    if width > to_width * 3 && height > to_height * 3 {
        image = image.thumbnail_exact(to_width * 2, to_height * 2);
    }
    image.resize_exact(to_width, to_height, FilterType::CatmullRom)
}
