//! Media files as the programme names them, and decoded pictures as the stage draws them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What is not 64 lower-case hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("not 64 lower-case hexadecimal digits")]
pub struct NotADigest;

impl FromStr for Sha256 {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotADigest)?;
        Ok(Sha256(bytes))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Sha256 {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sha256".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[0-9a-f]{64}$"})
    }
}

/// A media file of a published programme: `SITE/media/<sha256>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Media {
    /// Its name in the programme folder, with `/` between parts. Only ever shown to people.
    pub path: String,
    /// Bytes.
    pub length: u64,
    pub sha256: Sha256,
    /// Pixels as seen, after EXIF orientation; absent for sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Milliseconds; absent for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
}

/// What a media file turned out to be when it was opened and measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Pixels as seen, after EXIF orientation.
    Picture {
        width: u32,
        height: u32,
    },
    Film {
        width: u32,
        height: u32,
        duration_ms: u64,
        has_sound: bool,
        traits: FilmTraits,
    },
    Sound {
        duration_ms: u64,
        /// Nothing in it is heard.
        silent: bool,
    },
}

/// What tells how much work a film is for whoever plays it, and what its numbers mean for whoever makes it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FilmTraits {
    /// Pixels of a picture as they are stored: neither turned nor stretched.
    pub coded: [u32; 2],
    /// Pictures a second, as numerator and denominator; 0 over 1 where nobody can say.
    pub rate: [u32; 2],
    pub codec: Codec,
    pub matrix: Matrix,
    pub range: ColourRange,
    pub transfer: Transfer,
    pub primaries: Primaries,
    pub interlaced: bool,
    /// The streams of the file that are seen and heard, counted from zero.
    pub pictures: u8,
    pub sound: Option<u8>,
    /// All of its pictures are black.
    pub black: bool,
    /// It has a sound track on which nothing is heard.
    pub silent: bool,
}

/// How the pictures of a film are packed, as far as it matters for what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Codec {
    Avc,
    Hevc,
    Vp9,
    Av1,
    #[default]
    Other,
}

/// What a film's levels are of light (ITU-T H.273 table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Transfer {
    /// BT.1886, as every ordinary film.
    #[default]
    Standard,
    /// Perceptual quantisation, SMPTE ST 2084.
    Pq,
    /// Hybrid log-gamma, ARIB STD-B67.
    Hlg,
}

/// Which red, green and blue a film means (ITU-T H.273 table 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Primaries {
    #[default]
    Bt709,
    Bt2020,
    /// P3 with a D65 white, SMPTE EG 432-1.
    P3,
}

/// A decoded picture: RGBA8, not premultiplied, sRGB, rows top to bottom without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Physical pixels.
    pub width: u32,
    pub height: u32,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}

/// YUV to RGB coefficients (ITU-T H.273 table 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Matrix {
    Bt601,
    #[default]
    Bt709,
    Bt2020,
}

/// Luma from 16 to 235, or from 0 to 255 (H.273 VideoFullRangeFlag).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ColourRange {
    #[default]
    Limited,
    Full,
}

/// One picture of a film, 8-bit planar 4:2:0, borrowed from where it was decoded.
#[derive(Debug, Clone, Copy)]
pub struct FilmPicture<'a> {
    /// Luma pixels; chroma planes are half of each, rounded up.
    pub width: u32,
    pub height: u32,
    pub y: &'a [u8],
    pub u: &'a [u8],
    pub v: &'a [u8],
    /// Bytes from one row to the next.
    pub y_stride: u32,
    pub uv_stride: u32,
    pub matrix: Matrix,
    pub range: ColourRange,
}
