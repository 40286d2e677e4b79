//! What the stage asks of a playing film: which picture is due, and its pixels.
//!
//! Whoever plays the film implements this; the stage calls it from its own thread, and never waits in it.

use crate::model::media::FilmPicture;
use std::time::Instant;

/// A film that is playing. Calls must return at once: an implementation never waits for a decoder.
pub trait Film: Send + Sync {
    /// When the next picture that is at hand and has not been shown is due. `None` when none is at hand: the
    /// stage looks again shortly.
    fn next_due(&self, now: Instant) -> Option<Instant>;

    /// Calls `draw` with the newest picture due at `now`, if it has not been shown; says whether it did. After
    /// `next_due` named a moment up to `now`, it does.
    fn show(&self, now: Instant, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool;

    /// Calls `draw` with the picture shown last, for a repaint or a screenshot; says whether there was one.
    fn again(&self, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool;
}
