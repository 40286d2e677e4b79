//! Still pictures: JPEG, PNG and WebP by the `image` crate, turned upright by their EXIF orientation.

use super::super::wire::{Found, Stage};
use super::Refusal;
use crate::limits::{PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::model::media::Picture;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The file by position, leaving the descriptor's own offset (which the player shares) alone.
struct FileAt<'a> {
    file: BorrowedFd<'a>,
    at: u64,
    length: u64,
}

impl Read for FileAt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let got = rustix::io::pread(self.file, &mut buffer[..wanted], self.at)?;
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for FileAt<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

fn reader_at(file: &OwnedFd, length: u64) -> FileAt<'_> {
    FileAt { file: file.as_fd(), at: 0, length }
}

fn reader(file: &OwnedFd, length: u64) -> BufReader<FileAt<'_>> {
    BufReader::with_capacity(1 << 16, reader_at(file, length))
}

fn format(file: &OwnedFd, length: u64) -> Option<ImageFormat> {
    let mut start = Vec::new();
    reader(file, length).take(64).read_to_end(&mut start).ok()?;
    let format = image::guess_format(&start).ok()?;
    matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP).then_some(format)
}

/// By its first bytes; the name does not count.
pub(super) fn recognises(file: &OwnedFd, length: u64) -> bool {
    format(file, length).is_some()
}

pub(super) fn found(picture: [u32; 2]) -> Found {
    Found { picture: Some(picture), still: true, sound: false, duration_us: None, film: None }
}

fn open(file: &OwnedFd, length: u64) -> Result<(impl ImageDecoder + '_, Orientation), Refusal> {
    let refuse = |error: &dyn ToString| Refusal::new(Stage::Open, error.to_string());
    let format = format(file, length).ok_or_else(|| refuse(&"not a JPEG, PNG or WebP picture"))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE_MAX);
    limits.max_image_height = Some(PICTURE_SIDE_MAX);
    limits.max_alloc = Some(PICTURE_PIXELS_MAX * 8);
    let mut reader = ImageReader::with_format(reader(file, length), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(error) => Refusal::new(Stage::TooLarge, error),
        error => refuse(&error),
    })?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PICTURE_PIXELS_MAX {
        return Err(Refusal::new(Stage::TooLarge, format!("{width} x {height} pixels")));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    if format == ImageFormat::Jpeg && !jpeg_ends(&mut reader_at(file, length)).unwrap_or(true) {
        return Err(Refusal::new(Stage::Decode, "the file is cut off before the end of the picture"));
    }
    Ok((decoder, orientation))
}

/// Whether there is an end of image after the start of the picture's data (ITU-T T.81, B.1.1.3). Decoders fill up with
/// grey what is missing, and nobody is told.
fn jpeg_ends(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];
    file.seek(SeekFrom::Start(2))?;
    // Segments before the data have lengths, and may hold a smaller picture with an end of its own.
    loop {
        let mut head = [0; 4];
        file.read_exact(&mut head)?;
        let length = i64::from(u16::from_be_bytes([head[2], head[3]]));
        if head[0] != 0xFF || length < 2 {
            return Ok(true);
        }
        file.seek(SeekFrom::Current(length - 2))?;
        if head[1] == START_OF_SCAN {
            break;
        }
    }
    let (mut buffer, mut last) = (vec![0; 1 << 16], 0);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(false);
        }
        let data = &buffer[..count];
        if [last, data[0]] == END_OF_IMAGE || data.windows(2).any(|pair| pair == END_OF_IMAGE) {
            return Ok(true);
        }
        last = data[count - 1];
    }
}

/// Pixels as seen.
pub(super) fn size(file: &OwnedFd, length: u64) -> Result<[u32; 2], Refusal> {
    let (decoder, orientation) = open(file, length)?;
    let (width, height) = decoder.dimensions();
    Ok(match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => [height, width],
        _ => [width, height],
    })
}

/// Upright, and scaled down (never up) to fit within the given pixels.
pub(super) fn decode(
    file: &OwnedFd,
    length: u64,
    max_width: u32,
    max_height: u32,
) -> Result<Picture, Refusal> {
    let (decoder, orientation) = open(file, length)?;
    let mut image =
        DynamicImage::from_decoder(decoder).map_err(|error| Refusal::new(Stage::Decode, error))?;
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    if width > max_width || height > max_height {
        let scale = (f64::from(max_width) / f64::from(width)).min(f64::from(max_height) / f64::from(height));
        let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
        let (to_width, to_height) = (side(width), side(height));
        // A box filter to about twice the size first: a fifth of the time, and no difference to see.
        if width > to_width * 3 && height > to_height * 3 {
            image = image.thumbnail_exact(to_width * 2, to_height * 2);
        }
        image = image.resize_exact(to_width, to_height, FilterType::CatmullRom);
    }
    let rgba = image.into_rgba8();
    Ok(Picture { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() })
}
