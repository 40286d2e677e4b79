//! Memory shared with the decoder child: one sealed memfd holding picture slots and a ring of sound.
//!
//! The player creates it at its full size, seals it against growing and shrinking (so the child cannot make a
//! read fault), maps it read-only and hands it over; the child maps it read-write. Who may touch which
//! bytes is agreed by messages (`media::wire`). A child that breaks the agreement can change what is
//! drawn or heard from its own file, and nothing else: every value read here is plain data, bounded before
//! use by sizes that the player chose itself. All shared-memory `unsafe` is in this module.

mod frames;
mod map;
mod samples;

pub use frames::{FrameLayout, Layout};
pub use map::{Mapping, WritableMapping};
pub use samples::{CHANNELS, SampleReader, SampleRing, SampleWriter};
