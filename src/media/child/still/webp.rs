//! WebP (RFC 9649): its chunks, whether they are whole, and single pictures made of them.
//!
//! Its coder has no sum to check, and makes something of any data: what damage changes is how many bytes it needs. The
//! decoder refuses data of which it needs more than there are. [`check`] refuses those of which it needs fewer: a
//! picture that can be decoded without its last bytes was not written so.

use super::source::{Format, Kind};
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageResult};
use std::io::Cursor;

/// By the flag of an extended file (RFC 9649, 2.7).
pub fn kind(head: &[u8]) -> Kind {
    const ANIMATION: u8 = 0x02;
    let moves = head.get(12..16) == Some(b"VP8X") && head.get(20).is_some_and(|flags| flags & ANIMATION != 0);
    if moves { Kind::Animated(Format::WebP) } else { Kind::Still(Format::WebP) }
}

/// One chunk: its name and its data.
pub type Chunk<'a> = ([u8; 4], &'a [u8]);

pub const CUT_OFF: &str = "the file is cut off before the end of the picture";
const LEFT_OVER: &str = "more data than the picture needs";

/// The chunks of a file, or of a part of one, in order.
///
/// # Errors
/// One goes on behind the end.
pub fn chunks(mut data: &[u8]) -> Result<Vec<Chunk<'_>>, &'static str> {
    let mut found = Vec::new();
    while data.len() >= 8 {
        let (head, rest) = data.split_at(8);
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let chunk = rest.get(..length).ok_or(CUT_OFF)?;
        found.push(([head[0], head[1], head[2], head[3]], chunk));
        // Some writers leave out the byte that makes the last one even.
        data = rest.get(length + length % 2..).unwrap_or_default();
    }
    Ok(found)
}

/// The chunks of a whole file.
///
/// # Errors
/// It is shorter than it says.
pub fn chunks_of_file(file: &[u8]) -> Result<Vec<Chunk<'_>>, &'static str> {
    let stated = file.get(4..8).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let end = stated.and_then(|length| length.checked_add(8)).ok_or(CUT_OFF)?;
    // The last byte may be the one that makes it even.
    if file.len() + 1 < end {
        return Err(CUT_OFF);
    }
    chunks(file.get(12..end.min(file.len())).unwrap_or_default())
}

/// What one picture is made of.
#[derive(Debug, Clone, Copy)]
pub struct Coded<'a> {
    pub alpha: Option<&'a [u8]>,
    /// `VP8 ` or `VP8L`.
    pub name: [u8; 4],
    pub data: &'a [u8],
}

impl<'a> Coded<'a> {
    /// The one picture among these chunks.
    pub fn among(chunks: &[Chunk<'a>]) -> Option<Coded<'a>> {
        let named = |name: &[u8; 4]| chunks.iter().find(|chunk| chunk.0 == *name);
        let (name, data) = *named(b"VP8 ").or_else(|| named(b"VP8L"))?;
        let alpha = named(b"ALPH").map(|(_, data)| *data).filter(|_| &name == b"VP8 ");
        Some(Coded { alpha, name, data })
    }

    /// Width and height, in pixels (RFC 6386, 9.1; RFC 9649, 3.4).
    pub fn size(&self) -> Option<(u32, u32)> {
        let number = |at: usize| Some(u32::from_le_bytes(self.data.get(at..at + 4)?.try_into().ok()?));
        Some(if &self.name == b"VP8L" {
            let bits = number(1)?;
            ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        } else {
            let bits = number(6)?;
            (bits & 0x3FFF, bits >> 16 & 0x3FFF)
        })
    }

    /// A file of it alone.
    fn file(&self) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        let mut chunk = |name: &[u8; 4], data: &[u8]| {
            body.extend_from_slice(name);
            body.extend_from_slice(&(data.len() as u32).to_le_bytes());
            body.extend_from_slice(data);
            body.resize(body.len() + data.len() % 2, 0);
        };
        if let (Some(alpha), Some((width, height))) = (self.alpha, self.size()) {
            let [width, height] = [width, height].map(|side| side.saturating_sub(1).to_le_bytes());
            let head = [0x10, 0, 0, 0, width[0], width[1], width[2], height[0], height[1], height[2]];
            chunk(b"VP8X", &head);
            chunk(b"ALPH", alpha);
        }
        chunk(&self.name, self.data);
        let mut file = b"RIFF".to_vec();
        file.extend_from_slice(&(body.len() as u32).to_le_bytes());
        file.extend_from_slice(&body);
        file
    }

    /// Decodes it.
    pub fn decode(&self) -> ImageResult<DynamicImage> {
        DynamicImage::from_decoder(WebPDecoder::new(Cursor::new(self.file()))?)
    }

    fn is_decoded(&self) -> bool {
        let Ok(decoder) = WebPDecoder::new(Cursor::new(self.file())) else { return false };
        let Ok(bytes) = usize::try_from(decoder.total_bytes()) else { return false };
        decoder.read_image(&mut vec![0; bytes]).is_ok()
    }

    /// Whether it needs all of its data. It costs as much as decoding it two or three times.
    ///
    /// # Errors
    /// What is damaged.
    pub fn check(&self) -> Result<(), &'static str> {
        if &self.name == b"VP8L" {
            let short = self.data.len().checked_sub(SPARE_BYTES_LOSSLESS).map(|length| &self.data[..length]);
            let short = short.filter(|data| data.len() > SMALL_BYTES);
            return match short.map(|data| Coded { data, ..*self }) {
                Some(short) if short.is_decoded() => Err(LEFT_OVER),
                _ => Ok(()),
            };
        }
        let color = Coded { alpha: None, ..*self };
        let tag = self.data.first_chunk::<3>().ok_or(CUT_OFF)?;
        // RFC 6386, 9.1: a tag with the length of the first partition, then ten bytes in all before it.
        let tag = u32::from_le_bytes([tag[0], tag[1], tag[2], 0]);
        let first = (tag >> 5) as usize;
        let modes = self.data.get(10..).and_then(|rest| rest.get(..first)).ok_or(CUT_OFF)?;
        let values = &self.data[10 + first..];
        if values.len() > SMALL_BYTES + SPARE_BYTES
            && (Coded { data: &self.data[..self.data.len() - SPARE_BYTES], ..color }).is_decoded()
        {
            return Err(LEFT_OVER);
        }
        if modes.len() > SMALL_BYTES + SPARE_BYTES {
            let kept = first - SPARE_BYTES;
            let tag = (tag & 0x1F | (kept as u32) << 5).to_le_bytes();
            let data = [&tag[..3], &self.data[3..10], &modes[..kept], values].concat();
            if (Coded { data: &data, ..color }).is_decoded() {
                return Err(LEFT_OVER);
            }
        }
        match self.alpha {
            // One bit pair says how alpha is stored; 1: as VP8L without its head (RFC 9649, 2.7.1.2).
            Some(alpha) if alpha.first().is_some_and(|head| head & 3 == 1) => {
                let kept = alpha.len().saturating_sub(SPARE_BYTES_LOSSLESS);
                let short = Coded { alpha: Some(&alpha[..kept]), ..*self };
                if kept > SMALL_BYTES && short.is_decoded() { Err(LEFT_OVER) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}

/// What encoders may write behind what is needed: of VP8 libvpx four bytes, and the decoder asks for one less than it
/// needs; of VP8L nothing.
const SPARE_BYTES: usize = 8;
const SPARE_BYTES_LOSSLESS: usize = 1;
/// A part as short as this may be all head.
const SMALL_BYTES: usize = 16;
