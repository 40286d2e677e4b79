//! Plain data that several modules share, and the JSON that goes to disk and wire. No I/O, no clock.

pub mod alert;
pub mod board;
pub mod display;
pub mod feed;
pub mod led;
pub mod media;
pub mod plan;
pub mod programme;
pub mod status;
pub mod sun;
pub mod time;
