//! The chunks of a PNG file (ISO/IEC 15948; W3C PNG, third edition): whether they are whole, whether it moves, and which
//! colours it says it has.

use super::colour::Source;
use super::source::{Format, Kind, Parts};

pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// An `acTL` before the first data makes it an animation; one of a single picture is none.
pub fn kind(parts: &mut Parts<'_>) -> Kind {
    parts.at = SIGNATURE.len() as u64;
    while let Some(&[a, b, c, d, ref name @ ..]) = parts.next(8) {
        match name {
            b"acTL" => {
                let several = parts.next(4).is_some_and(|count| count > &[0, 0, 0, 1][..]);
                return if several { Kind::Animated(Format::Png) } else { Kind::Still(Format::Png) };
            }
            b"IDAT" | b"IEND" => break,
            _ => parts.skip(u64::from(u32::from_be_bytes([a, b, c, d])) + 4),
        }
    }
    Kind::Still(Format::Png)
}

struct Chunks<'a>(&'a [u8]);

/// Name, data and check sum; `Err` where the file ends within it.
type Chunk<'a> = Result<([u8; 4], &'a [u8], u32), ()>;

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let number = |at: usize| Some(u32::from_be_bytes(self.0.get(at..at + 4)?.try_into().ok()?));
        let chunk = (|| {
            let length = usize::try_from(number(0)?).ok()?;
            let name: [u8; 4] = self.0.get(4..8)?.try_into().ok()?;
            let data = self.0.get(8..8usize.checked_add(length)?)?;
            Some((name, data, number(8 + length)?))
        })();
        self.0 = chunk.map_or(&[], |(_, data, _)| &self.0[12 + data.len()..]);
        Some(chunk.ok_or(()))
    }
}

/// Chunks that change what is seen, beside those whose first letter is a capital (critical ones).
const SEEN: [&[u8; 4]; 4] = [b"tRNS", b"acTL", b"fcTL", b"fdAT"];

/// Whether everything that is seen of it is as it was written.
///
/// # Errors
/// What is damaged.
pub fn check(file: &[u8]) -> Result<(), &'static str> {
    const CUT_OFF: &str = "the file is cut off before the end of the picture";
    for chunk in Chunks(file.get(SIGNATURE.len()..).unwrap_or_default()) {
        let (name, data, sum) = chunk.map_err(|()| CUT_OFF)?;
        if name[0].is_ascii_uppercase() || SEEN.contains(&&name) {
            let mut crc = flate2::Crc::new();
            crc.update(&name);
            crc.update(data);
            if crc.sum() != sum {
                return Err("a part of it is not as it was written (CRC)");
            }
        }
        if &name == b"IEND" {
            return Ok(());
        }
    }
    Err(CUT_OFF)
}

/// What it says of its colours beside `iCCP`, the first in the standard's order (third edition, 4.3): `cICP`, `iCCP`,
/// `sRGB`, `gAMA` with `cHRM`.
pub fn colours(file: &[u8], profile: Option<Vec<u8>>) -> Option<Source> {
    let (mut cicp, mut gamma, mut chromaticities, mut is_srgb) = (None, None, None, false);
    for chunk in Chunks(file.get(SIGNATURE.len()..).unwrap_or_default()) {
        let Ok((name, data, _)) = chunk else { break };
        let number =
            |at: usize| Some(f64::from(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?)) / 1e5);
        match &name {
            b"cICP" => cicp = data.first_chunk::<4>().copied(),
            b"gAMA" => gamma = number(0),
            b"cHRM" => {
                let all: Vec<f64> = (0..8).map_while(|at| number(4 * at)).collect();
                chromaticities = <[f64; 8]>::try_from(all).ok();
            }
            b"sRGB" => is_srgb = true,
            b"IDAT" => break,
            _ => {}
        }
    }
    let measured = || gamma.filter(|_| !is_srgb).map(|gamma| Source::Measured { gamma, chromaticities });
    cicp.map(Source::CodePoints).or(profile.map(Source::Profile)).or_else(measured)
}
