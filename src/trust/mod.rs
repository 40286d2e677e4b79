//! What is authentic. The only module that says so, and the only one that knows TUF's verifier.
//!
//! [`Refresh`] is The Update Framework's client workflow (TUF 1.0, section 5) as a machine that asks for one
//! file after another and is given bytes: it does no I/O and reads no clock, so the same code decides about
//! what came from a network, from a folder, from this board's own disk at boot, and in tests. What it accepts
//! carries the mark [`Verified`], which nothing else can make.
//!
//! A refusal ([`Refusal`]) leaves the caller with what it had. [`time`] says what time it is, [`fresh`] how
//! far a feed may be believed to be up to date.

mod content;
mod crypto;
pub mod fresh;
mod json_shape;
mod refresh;
mod refusal;
pub mod time;
mod verified;

pub use refresh::{Complete, Content, Floors, Item, Kept, Refresh, Wanted};
pub use refusal::Refusal;
pub use time::Times;
pub use verified::Verified;

use crate::problem::Outcome;

/// The path, in a feed, of what it shows.
pub const PROGRAMME_TARGET: &str = "programme/programme.json";
/// The path, in a feed, of its warnings.
pub const ALERTS_TARGET: &str = "alert/alerts.json";

/// Where a feed's files can be read from, one at a time. Paths are relative to SITE, with `/` between parts.
pub trait Fetch {
    /// The whole file, at most `length_max` bytes. `None`: it is not there.
    fn fetch(&mut self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>>;

    /// The same where a missing file is no fault, and where a server that forbids what it lacks, or answers with
    /// a page of its own, means just that.
    fn fetch_optional(&mut self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>>;

    /// The document that a refresh wants next.
    fn fetch_wanted(&mut self, wanted: &Wanted) -> Outcome<Option<Vec<u8>>> {
        match wanted.optional {
            true => self.fetch_optional(&wanted.path, wanted.length_max),
            false => self.fetch(&wanted.path, wanted.length_max),
        }
    }

    /// The file piece by piece, for what is too long to hold. `false`: it is not there. An error from `piece`
    /// ends the reading and is returned.
    fn read(&mut self, path: &str, piece: &mut dyn FnMut(&[u8]) -> Outcome<()>) -> Outcome<bool>;
}

/// Reads what nobody has verified, for fuzzing alone: nothing of it comes out.
#[cfg(fuzzing)]
pub fn read_content(bytes: &[u8]) {
    let _ = (content::programme(bytes), content::alerts(bytes));
}

/// The bytes that a TUF signature covers, for a value of strings, integers, lists and tables.
/// `None` if there is a fraction in it.
pub fn canonical_json(value: &serde_json::Value) -> Option<Vec<u8>> {
    sigstore_tuf::canonical_json::to_canonical_bytes(value).ok()
}
