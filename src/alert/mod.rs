//! Warnings: which of a feed's alerts are in force, and when that changes.
//!
//! Boards read the signed `alerts.json` and never CAP itself. Everything here is a pure function of
//! that file; choosing among the warnings of several feeds is [`programme`](crate::programme)'s.

pub mod life;
