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
