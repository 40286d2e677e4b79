//! Text as people type and paste it: which of its characters a board shows, and what its few marks mean.
//!
//! One rule for all of it: **every character that was typed is drawn**, unless it is a mark that cannot be meant
//! otherwise. Officials type plain text, or paste it from Word, Excel and social networks.

pub mod characters;
mod lexicon;
pub mod markup;
pub mod together;

pub use characters::{clean, shown};
pub use markup::sole_line;
