//! One board: what is fixed by its configuration.

use serde::{Deserialize, Serialize};

/// What decides which items this board shows, and how it names itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub name: String,
    /// Tags that a notice's `boards` may name. `*` matches without being listed.
    pub tags: Vec<String>,
    /// Metres from which the board is read.
    pub viewing_distance_m: f64,
}

/// Light or dark colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    Day,
    Night,
}
