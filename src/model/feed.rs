//! A feed as a board sees it: its state, its rights, and one complete verified generation of it.

use super::alert::Alerts;
use super::programme::Programme;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How far a feed may be believed to be up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedState {
    Fresh,
    /// No news for over 24 hours, or its timestamp expired.
    Stale,
    /// No news for over 30 days: notices without an end are dropped, evergreen ones stay.
    Old,
    /// Nothing ever verified.
    Untrusted,
}

/// What a feed may do on this board. Set by the board's configuration, never by the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Its warnings take the whole board.
    pub may_interrupt: bool,
}

/// Version numbers of the TUF roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Versions {
    pub root: u64,
    pub timestamp: u64,
    pub snapshot: u64,
    pub targets: u64,
    pub programme: u64,
    pub alert: u64,
}

/// What `programme` needs of one feed: plain data, whoever verified it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedContent {
    /// The feed's name in the board's configuration.
    pub name: Arc<str>,
    pub rights: Rights,
    pub state: FeedState,
    /// When a verified answer last came, if the clock was believable then.
    pub last_news: Option<Timestamp>,
    /// How far the time by which its content is on air is ahead of the time that the board is asked about. Not
    /// zero only on a board without a believable clock.
    pub ahead: SignedDuration,
    /// The same of its warnings.
    pub alerts_ahead: SignedDuration,
    /// The earliest moment, by the warnings' time, at which they are known to have been here.
    pub alerts_since: Timestamp,
    pub programme: Arc<Programme>,
    pub alerts: Arc<Alerts>,
}
