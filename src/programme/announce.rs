//! Announcements: sound that starts at set times of day, over whatever shows.
//!
//! An announcement starts at each of its times at which its window is on, and sounds to its end even if the
//! window closes meanwhile. One that comes round again before it has ended starts afresh. A time that a
//! change of the clocks skips comes after the jump; one that is repeated sounds once. Without a believable
//! clock there are none: the morning bulletin at midnight is worse than none.

use super::window::{Wall, Week, within};
use crate::limits;
use crate::model::media::Media;
use crate::model::programme::Announcement;
use jiff::{SignedDuration, Timestamp};

/// One announcement, ready to be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Sounding {
    /// The feed's place in the board's configuration.
    pub feed: usize,
    /// The zone's number in the calendar.
    pub zone: usize,
    pub audio: Media,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// Minutes of the week at which it starts.
    starts: Vec<u16>,
    length: SignedDuration,
}

impl Sounding {
    pub fn new(feed: usize, zone: usize, announcement: Announcement) -> Sounding {
        let starts = starts(&announcement);
        let window = announcement.window;
        let length_ms = announcement.audio.duration_ms.unwrap_or(0).min(limits::MEDIA_DURATION_MS_MAX);
        Sounding {
            feed,
            zone,
            audio: announcement.audio,
            from: window.from,
            until: window.until,
            starts,
            length: SignedDuration::from_millis(length_ms as i64),
        }
    }

    /// Whether its window holds any of its times of day, dates aside.
    pub fn has_start(announcement: &Announcement) -> bool {
        !starts(announcement).is_empty()
    }

    /// Whether its window has closed for good at `t`.
    pub fn is_over(&self, t: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= t)
    }

    /// When what sounds at `t` started. `wall` is the wall clock of its zone at `t`.
    pub fn sounding_since(&self, t: Timestamp, wall: &Wall) -> Option<Timestamp> {
        let last = self.near(wall).filter(|start| *start <= t).max()?;
        (t < self.end(last)).then_some(last)
    }

    /// The first moment after `t` at which it may start or end.
    pub fn changes(&self, t: Timestamp, wall: &Wall) -> Option<Timestamp> {
        let end = self.sounding_since(t, wall).map(|start| self.end(start));
        let start = self.near(wall).filter(|start| *start > t).min();
        // A window that opens in some months is looked at again when it opens.
        let opens = self.from.filter(|from| start.is_none() && *from > t);
        end.into_iter().chain(start).chain(opens).min()
    }

    /// Its starts of last week, this week and the next, within its window.
    fn near<'a>(&'a self, wall: &'a Wall) -> impl Iterator<Item = Timestamp> + 'a {
        (-1..=1)
            .flat_map(move |week| self.starts.iter().filter_map(move |minute| wall.instant(week, *minute)))
            .filter(move |start| within(self.from, self.until, *start))
    }

    fn end(&self, start: Timestamp) -> Timestamp {
        start.checked_add(self.length).unwrap_or(Timestamp::MAX)
    }
}

/// The minutes of the week at which it starts, ascending.
fn starts(announcement: &Announcement) -> Vec<u16> {
    const DAY_MINUTES: u16 = 24 * 60;
    let week = Week::new(&announcement.window.days, &announcement.window.times);
    let at = announcement.at.iter().map(|time| time.minutes() % DAY_MINUTES);
    let mut starts: Vec<u16> =
        at.flat_map(|minute| (0..7).map(move |day| day * DAY_MINUTES + minute)).collect();
    starts.retain(|minute| week.contains(*minute));
    starts.sort_unstable();
    starts.dedup();
    starts
}
