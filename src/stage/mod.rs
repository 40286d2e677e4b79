//! From a scene to the screen. The only module that knows windows' surfaces, GPUs and pixels.
//!
//! A [`Stage`] is a handle to a presenter thread. It is given a [`Show`] whenever the picture should be another;
//! between shows the thread moves what moves by itself (the ticker by wall time, a film by its own clock) and
//! otherwise sleeps: a still board draws and presents nothing.
//!
//! Pages are drawn by one code, `canvas`, on the CPU: a page changes a few times a minute, everything on it but
//! text and pictures is a solid rectangle, and every board then shows the same pixels, with any GPU or none. Two presenters bring
//! them to the screen: `shm` copies what changed into the window system's memory, `gpu` uploads it as textures
//! and lets the GPU put page, ticker and film together.
//!
//! The stage never fails once it has started: a lost GPU falls back to `shm`, a lost surface is made again. It reads no files.

mod canvas;
mod film;
mod glyphs;
mod scale;

pub use film::Film;

use crate::layout::Scene;
use crate::model::media::{Picture, Sha256};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// How the picture reaches the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PresentMode {
    /// `Gpu` where there is a real one, else `Shm`.
    #[default]
    Auto,
    Gpu,
    Shm,
}

/// What should be on the screen from now on.
#[derive(Clone)]
pub struct Show {
    pub scene: Arc<Scene>,
    /// Every picture that the scene names; one that is missing is not drawn.
    pub pictures: HashMap<Sha256, Arc<Picture>>,
    /// The film of the scene's film slot.
    pub film: Option<Arc<dyn Film>>,
    /// One moment on both clocks: where the ticker is depends on wall time alone.
    pub at: (Timestamp, Instant),
}
