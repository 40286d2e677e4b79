//! When something may be on: dates, days of the week and hours of the day, and when that next changes.
//!
//! Days and hours are read off the wall clock of the programme's time zone: an item for 05:30-07:00 is on
//! whenever a clock on the wall shows an hour in between. Where a country changes its clocks, an hour that is
//! repeated shows the item twice and an hour that is skipped not at all, as a person with a clock would.
//!
//! A span over midnight is the night of the day on which it begins. What that means for a window's first and
//! last day is settled when it is signed (see [`night`](super::night)): here `from` and `until` are moments,
//! and cut sharply.
//!
//! Days and hours together are one pattern over the week, [`Week`], and most items of a programme share a few
//! patterns. [`Calendar`] keeps each distinct pattern once and evaluates it once a call, so that ten thousand
//! notices cost ten thousand comparisons of dates and no more.
//!
//! Without a believable clock, dates still use the only time there is, days of the week too, and hours of the
//! day do not show: the date errs by days, the hour by anything.

use crate::model::programme::Window;
use crate::model::time::{Day, TimeRange};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

const DAY_MINUTES: u16 = 24 * 60;
pub const WEEK_MINUTES: u16 = 7 * DAY_MINUTES;
const DAY_SECONDS: i64 = 24 * 3_600;
const WEEK_SECONDS: i64 = 7 * DAY_SECONDS;

const DAYS: [Day; 7] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];

/// The minutes of a week, Monday 00:00 being 0, in which something is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Week {
    /// It is on in the minute before Monday 00:00.
    on_before: bool,
    /// Minutes at whose start it goes on or off, ascending, below [`WEEK_MINUTES`].
    edges: Vec<u16>,
}

impl Week {
    /// No days means all, no times means the whole day. A span over midnight belongs to the day it starts on.
    pub fn new(days: &[Day], times: &[TimeRange]) -> Week {
        let mut spans: Vec<(u16, u16)> = Vec::new();
        let mut add = |from: u16, to: u16| {
            if to > WEEK_MINUTES {
                spans.push((from, WEEK_MINUTES));
                spans.push((0, to - WEEK_MINUTES));
            } else {
                spans.push((from, to));
            }
        };
        for day in DAYS.into_iter().filter(|day| days.is_empty() || days.contains(day)) {
            let midnight = u16::from(day.index()) * DAY_MINUTES;
            if times.is_empty() {
                add(midnight, midnight + DAY_MINUTES);
            }
            for range in times {
                let (start, end) = (range.start.minutes(), range.end.minutes());
                let end = if end <= start { end + DAY_MINUTES } else { end };
                add(midnight + start, midnight + end);
            }
        }
        spans.retain(|(from, to)| from < to);
        spans.sort_unstable();

        let mut edges: Vec<u16> = Vec::with_capacity(spans.len() * 2);
        for (from, to) in spans {
            match edges.last_mut() {
                Some(end) if from <= *end => *end = to.max(*end),
                _ => edges.extend([from, to]),
            }
        }
        // The week is a circle: what ends on Sunday night and what starts on Monday morning are one moment.
        let on_before = edges.last() == Some(&WEEK_MINUTES);
        if on_before {
            edges.pop();
        }
        if edges.first() == Some(&0) {
            if on_before {
                edges.remove(0);
            }
        } else if on_before {
            edges.insert(0, 0);
        }
        Week { on_before, edges }
    }

    /// Whether it is on in this minute of the week.
    pub fn contains(&self, minute: u16) -> bool {
        let passed = self.edges.partition_point(|edge| *edge <= minute);
        self.on_before ^ (passed % 2 == 1)
    }

    /// The next minute at whose start it goes on or off, counted from the same Monday, so at most two weeks.
    fn edge_after(&self, minute: u16) -> Option<u16> {
        let passed = self.edges.partition_point(|edge| *edge <= minute);
        let next_week = || self.edges.first().map(|edge| edge + WEEK_MINUTES);
        self.edges.get(passed).copied().or_else(next_week)
    }
}

/// The wall clock of a time zone at one moment.
pub struct Wall<'z> {
    zone: &'z TimeZone,
    /// Seconds from local Monday 00:00, below a week.
    second: i64,
    /// Local seconds from 1970-01-01T00:00 to that Monday.
    monday: i64,
    offset: i64,
    changed: Option<Timestamp>,
    changes: Option<Timestamp>,
}

impl<'z> Wall<'z> {
    pub fn at(zone: &'z TimeZone, t: Timestamp) -> Wall<'z> {
        let whole = t.as_nanosecond().div_euclid(1_000_000_000) as i64;
        let offset = i64::from(zone.to_offset(t).seconds());
        let local = whole + offset;
        // 1970-01-01 was a Thursday.
        let second = (local + 3 * DAY_SECONDS).rem_euclid(WEEK_SECONDS);
        let just_after = t.checked_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX);
        Wall {
            zone,
            second,
            monday: local - second,
            offset,
            changed: zone.preceding(just_after).map(|change| change.timestamp()).find(|change| *change <= t),
            changes: zone.following(t).next().map(|change| change.timestamp()),
        }
    }

    /// Minutes from Monday 00:00, below [`WEEK_MINUTES`].
    pub fn minute_of_week(&self) -> u16 {
        (self.second / 60) as u16
    }

    /// The first moment after now at which `week` may go on or off: its next edge, or a change of the zone's
    /// clocks if that comes first.
    pub fn edge_after(&self, week: &Week) -> Option<Timestamp> {
        let minute = week.edge_after(self.minute_of_week())?;
        let edge = self.steady(self.monday + i64::from(minute) * 60);
        match (edge, self.changes) {
            (Some(edge), Some(change)) => Some(edge.min(change)),
            (edge, change) => edge.or(change),
        }
    }

    /// The instant at which this wall clock shows `minute` of the week `weeks` after this one. A time that
    /// a change of the clocks skips comes as much later as the clocks jump; of a time that is repeated, the
    /// first.
    pub fn instant(&self, weeks: i64, minute: u16) -> Option<Timestamp> {
        let local = self.monday + weeks * WEEK_SECONDS + i64::from(minute) * 60;
        let second = local - self.offset;
        let calm = self.changed.is_none_or(|change| change.as_second() + 2 * DAY_SECONDS < second)
            && self.changes.is_none_or(|change| second + 2 * DAY_SECONDS < change.as_second());
        if calm {
            return self.steady(local);
        }
        let shown = Offset::UTC.to_datetime(Timestamp::from_second(local).ok()?);
        self.zone.to_ambiguous_timestamp(shown).compatible().ok()
    }

    /// The instant of a local time while the clocks keep today's offset.
    fn steady(&self, local: i64) -> Option<Timestamp> {
        Timestamp::from_second(local - self.offset).ok()
    }
}

/// The distinct weekly patterns of a timetable.
#[derive(Debug, Default)]
pub struct Calendar {
    zones: Vec<(TimeZone, SignedDuration)>,
    patterns: Vec<Pattern>,
    known: HashMap<Pattern, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pattern {
    zone: usize,
    week: Week,
    /// It names hours of the day, so it needs a clock that can be believed.
    by_hours: bool,
}

/// Whether one pattern is on at the moment asked about, and when that may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub on: bool,
    pub changes: Option<Timestamp>,
}

impl Calendar {
    /// The zone's number, for [`Calendar::span`]. What is on by it goes by a time that is `ahead` of the one asked
    /// about.
    pub fn zone(&mut self, zone: TimeZone, ahead: SignedDuration) -> usize {
        self.zones.push((zone, ahead));
        self.zones.len() - 1
    }

    pub fn span(&mut self, zone: usize, window: &Window) -> Span {
        let always = window.days.is_empty() && window.times.is_empty();
        let pattern = (!always).then(|| {
            let week = Week::new(&window.days, &window.times);
            let pattern = Pattern { zone, week, by_hours: !window.times.is_empty() };
            let patterns = &mut self.patterns;
            *self.known.entry(pattern).or_insert_with_key(|new| {
                patterns.push(new.clone());
                patterns.len() - 1
            })
        });
        let back = |moment| back(moment, self.zones[zone].1);
        Span { from: window.from.map(back), until: window.until.map(back), pattern }
    }

    /// The wall clocks of the zones, by number.
    pub fn walls(&self, t: Timestamp) -> Vec<Wall<'_>> {
        let at = |ahead: &SignedDuration| t.checked_add(*ahead).unwrap_or(t);
        self.zones.iter().map(|(zone, ahead)| Wall::at(zone, at(ahead))).collect()
    }

    /// Every pattern at the moment of `walls`, by number.
    pub fn hours(&self, walls: &[Wall], clock_trusted: bool) -> Vec<Hours> {
        let hours = |pattern: &Pattern| {
            if pattern.by_hours && !clock_trusted {
                return Hours { on: false, changes: None };
            }
            let wall = &walls[pattern.zone];
            Hours {
                on: pattern.week.contains(wall.minute_of_week()),
                changes: wall.edge_after(&pattern.week).map(|edge| back(edge, self.zones[pattern.zone].1)),
            }
        };
        self.patterns.iter().map(hours).collect()
    }
}

/// A moment by a time that is `ahead`, in the time that is asked about.
fn back(moment: Timestamp, ahead: SignedDuration) -> Timestamp {
    moment.checked_sub(ahead).unwrap_or(if ahead.is_negative() { Timestamp::MAX } else { Timestamp::MIN })
}

/// A show window, ready to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// `None`: every hour of every day.
    pattern: Option<usize>,
}

impl Span {
    /// `hours` is [`Calendar::hours`] at `t`.
    pub fn on(&self, t: Timestamp, hours: &[Hours]) -> bool {
        within(self.from, self.until, t) && self.pattern.is_none_or(|pattern| hours[pattern].on)
    }

    /// The first moment after `t` at which [`Span::on`] may differ.
    pub fn changes(&self, t: Timestamp, hours: &[Hours]) -> Option<Timestamp> {
        if self.until.is_some_and(|until| until <= t) {
            return None;
        }
        if let Some(from) = self.from.filter(|from| *from > t) {
            return Some(from);
        }
        let edge = self.pattern.and_then(|pattern| hours[pattern].changes);
        self.until.into_iter().chain(edge).min()
    }
}

/// Whether `t` is in the half-open span of dates.
pub fn within(from: Option<Timestamp>, until: Option<Timestamp>, t: Timestamp) -> bool {
    from.is_none_or(|from| from <= t) && until.is_none_or(|until| t < until)
}

/// Whether a window is on at any moment at all: false for Mondays between a Tuesday and a Friday.
pub fn ever_on(window: &Window, zone: &TimeZone) -> bool {
    /// The first edge turns an idle pattern on, unless the clocks change just then: a few steps are plenty.
    const STEPS_MAX: usize = 32;
    let week = Week::new(&window.days, &window.times);
    let mut t = window.from.unwrap_or(Timestamp::UNIX_EPOCH);
    for _ in 0..STEPS_MAX {
        if window.until.is_some_and(|until| until <= t) {
            return false;
        }
        let wall = Wall::at(zone, t);
        if week.contains(wall.minute_of_week()) {
            return true;
        }
        match wall.edge_after(&week) {
            Some(edge) => t = edge,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(days: &[Day], times: &[&str]) -> Week {
        let times: Vec<TimeRange> = times.iter().map(|text| text.parse().unwrap()).collect();
        Week::new(days, &times)
    }

    /// Minutes from Monday 00:00.
    fn minute(day: Day, hour: u16, minute: u16) -> u16 {
        u16::from(day.index()) * DAY_MINUTES + hour * 60 + minute
    }

    #[test]
    fn a_week_with_nothing_named_is_always_on_and_has_no_edges() {
        for always in [week(&[], &[]), week(&DAYS, &[]), week(&[], &["00:00-24:00"])] {
            assert!(always.contains(0) && always.contains(WEEK_MINUTES - 1));
            assert_eq!(always.edge_after(0), None);
        }
    }

    #[test]
    fn a_span_over_midnight_belongs_to_the_day_it_starts_on() {
        let nights = week(&[Day::Sun], &["22:00-05:00"]);
        assert!(nights.contains(minute(Day::Sun, 22, 0)));
        assert!(nights.contains(minute(Day::Mon, 4, 59)));
        assert!(!nights.contains(minute(Day::Mon, 5, 0)));
        assert!(!nights.contains(minute(Day::Sun, 4, 0)));
        assert!(!nights.contains(minute(Day::Mon, 22, 0)));
        assert_eq!(nights.edge_after(minute(Day::Sun, 23, 0)), Some(minute(Day::Mon, 5, 0) + WEEK_MINUTES));
    }

    #[test]
    fn every_edge_is_where_the_pattern_changes_and_nowhere_else_does_it() {
        let patterns = [
            week(&[Day::Mon], &[]),
            week(&[Day::Sun], &[]),
            week(&[Day::Sun, Day::Mon], &["22:00-02:00", "01:00-07:00"]),
            week(&[], &["05:30-07:00", "17:00-21:00", "06:00-08:00"]),
            week(&[], &["22:00-24:00", "00:00-05:00"]),
            week(&[Day::Wed], &["24:00-06:00"]),
        ];
        for week in patterns {
            for minute in 0..WEEK_MINUTES {
                let on = week.contains(minute);
                let edge = week.edge_after(minute).unwrap();
                assert!(edge > minute);
                assert!(
                    (minute..edge).all(|m| week.contains(m % WEEK_MINUTES) == on),
                    "{week:?} at {minute}"
                );
                assert_ne!(week.contains(edge % WEEK_MINUTES), on, "{week:?} at {minute}");
            }
        }
    }

    #[test]
    fn the_wall_clock_finds_its_way_over_a_change_of_the_clocks() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let t: Timestamp = "2026-10-24T12:00:00+02:00".parse().unwrap();
        let wall = Wall::at(&berlin, t);
        assert_eq!(wall.minute_of_week(), minute(Day::Sat, 12, 0));
        let instant = |day, hour| wall.instant(0, minute(day, hour, 30)).unwrap().to_string();
        assert_eq!(instant(Day::Sat, 20), "2026-10-24T18:30:00Z");
        assert_eq!(instant(Day::Sun, 2), "2026-10-25T00:30:00Z", "the first of the two");
        assert_eq!(instant(Day::Sun, 20), "2026-10-25T19:30:00Z");
        assert_eq!(wall.instant(1, minute(Day::Sat, 12, 0)).unwrap().to_string(), "2026-10-31T11:00:00Z");
    }

    #[test]
    fn a_window_that_holds_none_of_its_days_is_never_on() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        // 24 November 2026 is a Tuesday.
        let mut window = Window {
            from: Some("2026-11-24T00:00:00+07:00".parse().unwrap()),
            until: Some("2026-11-28T00:00:00+07:00".parse().unwrap()),
            days: vec![Day::Mon],
            times: Vec::new(),
        };
        assert!(!ever_on(&window, &zone));
        window.days = vec![Day::Fri];
        assert!(ever_on(&window, &zone));
        window.times = vec!["24:00-00:00".parse().unwrap()];
        assert!(!ever_on(&window, &zone), "a span of no length");
    }
}
