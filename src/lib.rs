//! Bangtin: a public notice board that shows only what was signed, and stays on air.
//!
//! Data flows one way: `sync` fetches, `trust` verifies, `store` keeps, `programme` says what is on
//! at a moment, `layout` composes it, `stage` draws it; `media` and `sound` play films and voices.
//! ARCHITECTURE.md is the map.

pub mod clock;
pub mod layout;
pub mod limits;
pub mod model;
pub mod problem;
pub mod stage;
