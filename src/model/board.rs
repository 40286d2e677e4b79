//! One board: what is fixed by its configuration.

use super::programme::{Category, Notice};
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
    /// Parts of the board that rotate on their own; none: all of it is one. The first is the main one.
    pub zones: Vec<Zone>,
}

impl Default for Board {
    fn default() -> Board {
        Board {
            name: "bangtin".into(),
            tags: Vec::new(),
            viewing_distance_m: 8.0,
            measured: None,
            reading: Reading::default(),
            zones: Vec::new(),
        }
    }
}

impl Board {
    /// Whether what is for these `boards` is for this one: as a whole, or for a zone of it.
    pub fn is_for(&self, boards: &[String]) -> bool {
        let zoned = |tag: &String| self.zones.iter().any(|zone| zone.tags.contains(tag));
        boards.iter().any(|tag| tag == "*" || self.tags.contains(tag) || zoned(tag))
    }

    /// The zone that takes a notice, by number; the first takes what no other does. Films and sounds have one screen and
    /// one loudspeaker, which are the first zone's.
    pub fn zone_of(&self, notice: &Notice) -> usize {
        if notice.video.is_some() || notice.audio.is_some() {
            return 0;
        }
        let takes = |zone: &Zone| {
            zone.categories.contains(&notice.category)
                || notice.boards.iter().any(|tag| zone.tags.contains(tag))
        };
        self.zones.iter().skip(1).position(takes).map_or(0, |at| at + 1)
    }
}

/// A part of the board between header and ticker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// In `status`; unique on this board.
    pub name: String,
    pub area: Share,
    /// It takes notices of these categories.
    pub categories: Vec<Category>,
    /// And those whose `boards` name one of these.
    pub tags: Vec<String>,
    /// File and line, for messages.
    pub written: String,
}

/// A rectangle in per cent of the board between header and ticker.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Share {
    pub fn right(&self) -> f64 {
        self.left + self.width
    }
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
    /// Whether it reaches over the board's right or lower edge. A hundredth of a per cent is rounding: three thirds
    /// are written 33.33 and 33.34.
    pub fn leaves(&self) -> bool {
        self.right() > 100.01 || self.bottom() > 100.01
    }
    /// Whether both have ground in common.
    pub fn overlaps(&self, other: &Share) -> bool {
        let across = self.right().min(other.right()) - self.left.max(other.left);
        let down = self.bottom().min(other.bottom()) - self.top.max(other.top);
        across > 0.01 && down > 0.01
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

impl Reading {
    /// How long a text of so many syllables takes, in milliseconds, before any least or most.
    pub fn milliseconds(self, syllables: usize) -> u64 {
        u64::from(self.finding_ms) + u64::from(self.syllable_ms) * syllables as u64
    }
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
