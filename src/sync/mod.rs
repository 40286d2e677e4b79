//! Brings feeds and their media here, over whatever network there is. The only module that knows HTTP.
//!
//! One thread ([`service`]) polls every feed, hands what it gets to `trust`, what is verified to `store`, and
//! says what happened as plain [`FeedEvent`]s. It never decides what is authentic, and never shows anything.
//!
//! A generation is adopted as soon as its JSON is verified; media follow, what is needed first first
//! ([`order`]). Polls go on during a long download. A network that stalls, lies, cuts off or shows a log-in
//! page costs a [`Problem`] and a later attempt (poll.rs), never what shows.

mod fetch;
mod http;
pub mod order;
mod poll;
mod proxy;
pub mod service;
mod source;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod testserver;
mod tls;
mod unpack;

pub use source::{Reader, check_address};

use crate::model::feed::Versions;
use crate::model::media::Media;
use crate::problem::Problem;
use crate::store::Generation;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// A feed to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSpec {
    /// Its name in the board's configuration.
    pub name: String,
    /// An http or https address of SITE, a `file://` address, or the path of a folder.
    pub source: String,
    /// The root file that the board was given.
    pub root: Vec<u8>,
    /// Time between polls while all is well.
    pub poll: Duration,
}

/// What happened to a feed. Plain data.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedEvent {
    /// A new complete state, verified. `problems`: what of its content was left out.
    Adopted { generation: Generation, problems: Vec<Problem> },
    /// A poll has ended. `at` is the time by which it was judged.
    Checked { feed: Arc<str>, at: Timestamp, result: Result<Check, Problem> },
    /// A media file is here and proven.
    MediaReady { media: Media },
    /// A media file could not be brought here; it will be tried again.
    MediaProblem { feed: Arc<str>, media: Media, problem: Problem },
}

/// What a poll that succeeded found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The feed has changed; an `Adopted` came before.
    pub news: bool,
    pub versions: Versions,
    /// When the first of its metadata expires.
    pub expires: Timestamp,
    /// When its timestamp was issued, if that can be believed: a floor under the time.
    pub issued: Option<Timestamp>,
    /// Why what shows of this feed would not outlive a restart, where it would not.
    pub unsaved: Option<Problem>,
}
