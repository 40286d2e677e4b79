//! Bangtin: a public notice board that shows only what was signed, and stays on air.
//!
//! Data flows one way: `sync` fetches, `trust` verifies, `store` keeps, `programme` says what is on
//! at a moment, `layout` composes it, `stage` draws it; `media` and `sound` play films and voices.
//! ARCHITECTURE.md is the map.

pub mod alert;
pub mod board;
pub mod cli;
pub mod clock;
pub mod config;
pub mod disk;
pub mod layout;
pub mod limits;
pub mod media;
pub mod model;
pub mod problem;
pub mod programme;
pub mod publish;
pub mod shm;
pub mod sound;
pub mod stage;
pub mod store;
pub mod sync;
pub mod text;
pub mod toml_doc;
pub mod trust;

/// What fuzzing reaches of the inside (fuzz/).
#[cfg(fuzzing)]
pub mod fuzz {
    /// Reads the bytes as verified content, both kinds.
    pub fn content(bytes: &[u8]) {
        crate::trust::read_content(bytes);
    }

    /// Plays the bytes as what a decoder says of a film.
    pub fn decoder(bytes: &[u8]) {
        use crate::media::hostile;
        // Without memory nothing can be tried.
        let Ok(memory) = hostile::memory() else { return };
        hostile::converse(&memory, bytes);
    }
}
