//! Media files, each opened in a child process of its own (`bangtin decode`).
//!
//! [`probe`] says what a file is, [`picture`] decodes a still, [`Clip`] plays a film or a sound. The player
//! never looks into a media file: what it gets is pixels and samples in shared memory, and messages that
//! are checked one by one. Only `child` names FFmpeg.

mod account;
pub mod child;
mod clip;
mod fault;
#[cfg(any(test, fuzzing))]
pub(crate) mod hostile;
mod process;
mod refusal;
mod still;
pub mod wire;

pub use clip::{Clip, ClipState, Fit, Wish};
pub use fault::{Failure, Fault};
pub use process::{Decoder, unconfined};
pub use still::{examine, picture, probe};
pub use wire::Found;
