//! One board: what is fixed by its configuration.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What decides which items this board shows, and how it names itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub name: String,
    /// Tags that a notice's `boards` may name. `*` matches without being listed.
    pub tags: Vec<String>,
    /// Metres from which the board is read.
    pub viewing_distance_m: f64,
    /// How large a pixel is, where somebody measured it.
    pub measured: Option<Measured>,
    pub reading: Reading,
}

impl Default for Board {
    fn default() -> Board {
        Board {
            name: "bangtin".into(),
            tags: Vec::new(),
            viewing_distance_m: 8.0,
            measured: None,
            reading: Reading::default(),
        }
    }
}

/// What was measured on the lit surface of a board.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Measured {
    /// Millimetres from its top to its bottom, as it hangs.
    HeightMm(f64),
    /// Millimetres from one pixel to the next.
    PitchMm(f64),
}

impl Measured {
    /// Millimetres a pixel of a picture `height_px` pixels high.
    pub fn pixel_mm(self, height_px: u32) -> f64 {
        match self {
            Measured::HeightMm(height) => height / f64::from(height_px.max(1)),
            Measured::PitchMm(pitch) => pitch,
        }
    }
}

/// How long a text stays: the time to find the board, and the time for each syllable. Boards that shall show
/// the same at the same moment need the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub finding_ms: u32,
    pub syllable_ms: u32,
}

impl Default for Reading {
    /// LOOK.md section 7.
    fn default() -> Reading {
        Reading { finding_ms: 4_000, syllable_ms: 500 }
    }
}

/// Where a board's colours and sizes come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LookSource {
    /// The built-in indigo look.
    #[default]
    Cham,
    /// The built-in plain look.
    DonGian,
    File(PathBuf),
}

impl LookSource {
    /// The built-in looks, as they are written.
    pub const NAMES: [&'static str; 2] = ["cham", "don-gian"];

    /// `cham`, `don-gian`, or the path of a file whose name ends in `.toml`, from `base`.
    pub fn from_word(word: &str, base: &Path) -> Option<LookSource> {
        match word {
            "cham" => Some(LookSource::Cham),
            "don-gian" => Some(LookSource::DonGian),
            path if path.ends_with(".toml") => Some(LookSource::File(base.join(path))),
            _ => None,
        }
    }
}

/// Light or dark colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    Day,
    Night,
}
