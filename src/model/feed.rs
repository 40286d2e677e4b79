//! A feed as a board sees it: its state, its rights, and one complete verified generation of it.

use super::alert::Alerts;
use super::programme::Programme;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Whether `address` reads as that of a web server, written without the https:// that it begins with. A
/// folder may be called so too; one written `./` or `/` never is taken for it.
pub fn lacks_scheme(address: &str) -> bool {
    let host = address.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let labels: Vec<&str> = name.split('.').collect();
    let plain = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let ends_as_domain = |last: &str| last.len() > 1 && last.bytes().all(|b| b.is_ascii_alphabetic());
    let is_name = labels.len() > 1 && labels.last().is_some_and(|last| ends_as_domain(last));
    let is_number = labels.len() == 4 && labels.iter().all(|label| digits(label));
    labels.iter().all(plain)
        && port.is_none_or(digits)
        && (is_name || is_number || port.is_some() || name == "localhost")
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_its_beginning_is_told_from_a_folder() {
        for address in [
            "binhlu.example",
            "www.binhlu.vn/feed",
            "192.168.1.20:8000",
            "10.0.0.1",
            "may-chu:8000/",
            "localhost",
        ] {
            assert!(lacks_scheme(address), "{address}");
        }
        for folder in [
            "",
            "site",
            "./binhlu.example",
            "/srv/binhlu.vn",
            "../a.vn",
            "my site.vn x",
            "C:/site",
            "a..vn",
            "v1.0",
        ] {
            assert!(!lacks_scheme(folder), "{folder}");
        }
    }
}
