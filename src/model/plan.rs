//! What is on air at one moment: plain data, the same for equal inputs.

use super::alert::Alert;
use super::media::Media;
use super::programme::{Notice, Ticker};
use jiff::Timestamp;
use std::sync::Arc;

/// Everything that is on air at `at`.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub at: Timestamp,
    /// Days, hours and clock faces are meant in this zone (IANA name).
    pub timezone: Arc<str>,
    /// The header: the first feed's programme title, or the board's name.
    pub title: Arc<str>,
    pub emblem: Option<Media>,
    pub main: Main,
    /// The board's further zones, in its order; none under a warning.
    pub asides: Vec<Aside>,
    /// Lines of the ticker, in order; empty means no ticker.
    pub ticker: Vec<TickerLine>,
    /// Announcements sounding now.
    pub announcements: Vec<Cue>,
    /// The siren sounding now.
    pub siren: Option<Siren>,
    /// The words of that warning, spoken now.
    pub speech: Option<Speech>,
    /// Set while the feed that shows is not fresh.
    pub stale: Option<Stale>,
}

impl Plan {
    /// The notices that show, the main zone's first.
    pub fn slots(&self) -> impl Iterator<Item = &NoticeSlot> {
        let main = if let Main::Notice(slot) = &self.main { Some(slot) } else { None };
        main.into_iter().chain(self.asides.iter().filter_map(|aside| aside.slot.as_ref()))
    }

    /// Every picture that shows: the emblem, and those of the notices.
    pub fn pictures(&self) -> impl Iterator<Item = &Media> {
        self.emblem.iter().chain(self.slots().filter_map(|slot| slot.notice.image.as_ref()))
    }

    /// The same as if it had been on air at `at`, without what is only heard.
    pub fn seen(&self, at: Timestamp) -> Plan {
        Plan { at, announcements: Vec::new(), siren: None, speech: None, ..self.clone() }
    }
}

/// What a zone beside the main one shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Aside {
    /// The zone's number on its board, from 1: 0 is the main one.
    pub zone: usize,
    /// `None`: nothing.
    pub slot: Option<NoticeSlot>,
}

/// What has the main zone.
#[derive(Debug, Clone, PartialEq)]
pub enum Main {
    /// A warning takes the whole board.
    Warning {
        feed: Arc<str>,
        alert: Arc<Alert>,
        /// From when to when it has the board, where several take turns; `None`: until something changes.
        turn: Option<(Timestamp, Timestamp)>,
    },
    Notice(NoticeSlot),
    /// Nothing to show. `ever`: there was a verified programme.
    Neutral {
        ever: bool,
    },
}

/// One notice in its turn of the rotation.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeSlot {
    pub feed: Arc<str>,
    pub notice: Arc<Notice>,
    /// The languages shown in this slot, in order: the notice's own first. Layout divides the slot among
    /// their pages.
    pub languages: Vec<String>,
    /// When its turn of the rotation began, and the first moment of the next.
    pub turn: (Timestamp, Timestamp),
    /// From when to when its film or sound runs: the turn, or one round of a film that is repeated in it.
    pub start: Timestamp,
    pub end: Timestamp,
    /// How many turns its rotation had before this one, since 1970.
    pub number: i64,
    /// It is alone in the rotation: nothing needs to be repainted when the slot comes round again.
    pub alone: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TickerLine {
    pub feed: Arc<str>,
    pub line: Arc<Ticker>,
}

/// A sound that started at `start`.
#[derive(Debug, Clone, PartialEq)]
pub struct Cue {
    pub feed: Arc<str>,
    pub audio: Media,
    pub start: Timestamp,
}

/// The siren of the gravest warning in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Siren {
    pub feed: Arc<str>,
    pub alert: Arc<Alert>,
    pub start: Timestamp,
}

/// The words of the gravest warning in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    pub alert: Arc<Alert>,
    pub cue: Cue,
}

/// How old what shows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale {
    /// When the last verified answer came, if the clock was believable then.
    pub last_news: Option<Timestamp>,
}
