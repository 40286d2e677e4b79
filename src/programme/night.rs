//! A night belongs to the day on which it begins, on a window's first and last day too.
//!
//! Whoever writes `times = ["22:00-02:00"]` and `until = 2026-12-05` means the night that begins on the 5th,
//! to its end; with `from = 2026-12-05` nobody means the last two hours of the night before. A signed window
//! holds moments and no dates, and every board follows those, old ones too; so what a bare date means is
//! settled once, when it is signed.

use crate::model::time::{Day, TimeRange};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

const DAY_MINUTES: u16 = 24 * 60;

/// When a window ends whose last day is over at `midnight`: when the night is over that begins on that day.
pub fn end(midnight: Timestamp, days: &[Day], times: &[TimeRange], zone: &TimeZone) -> Timestamp {
    let within = midnight.checked_sub(SignedDuration::from_secs(1)).unwrap_or(midnight);
    let last = within.to_zoned(zone.clone()).date();
    let over = night(last, days, times).and_then(|minute| over(last.tomorrow().ok()?, minute, zone));
    over.map_or(midnight, |over| over.max(midnight))
}

/// When a window begins whose first day begins at `midnight`: when the night before is over, or something of
/// the day's own begins.
pub fn start(midnight: Timestamp, days: &[Day], times: &[TimeRange], zone: &TimeZone) -> Timestamp {
    let first = midnight.to_zoned(zone.clone()).date();
    let Some(minute) = first.yesterday().ok().and_then(|before| night(before, days, times)) else {
        return midnight;
    };
    let own = times.iter().filter(|_| is_among(first, days)).map(|range| range.start.minutes()).min();
    let start = match own.filter(|own| *own < minute) {
        Some(own) => zone.to_ambiguous_timestamp(at(first, own)).compatible().ok(),
        None => over(first, minute, zone),
    };
    start.map_or(midnight, |start| start.max(midnight))
}

/// When a night is over that ends at `minute` of a day. Hours that the clocks repeat are hours of the night
/// both times; an end that they skip comes as much later as they jump.
fn over(date: Date, minute: u16, zone: &TimeZone) -> Option<Timestamp> {
    let last_minute = zone.to_ambiguous_timestamp(at(date, minute.saturating_sub(1))).later().ok()?;
    last_minute.checked_add(SignedDuration::from_mins(1)).ok()
}

/// The minute of the next day at which the longest night that begins on this one is over, below a day. Each
/// of them reaches from that day's midnight to its end, so no other hours lie between.
fn night(date: Date, days: &[Day], times: &[TimeRange]) -> Option<u16> {
    let over = |range: &TimeRange| (range.end <= range.start).then_some(range.end.minutes());
    times.iter().filter(|_| is_among(date, days)).filter_map(over).max().filter(|minute| *minute > 0)
}

fn is_among(date: Date, days: &[Day]) -> bool {
    let weekday = date.weekday().to_monday_zero_offset();
    days.is_empty() || days.iter().any(|day| i32::from(day.index()) == i32::from(weekday))
}

fn at(date: Date, minute: u16) -> DateTime {
    let minute = minute.min(DAY_MINUTES - 1);
    date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(midnight: &str, days: &[Day], times: &[&str], zone: &str) -> String {
        moved(end, midnight, days, times, zone)
    }

    fn started(midnight: &str, days: &[Day], times: &[&str], zone: &str) -> String {
        moved(start, midnight, days, times, zone)
    }

    fn moved(
        by: impl Fn(Timestamp, &[Day], &[TimeRange], &TimeZone) -> Timestamp,
        midnight: &str,
        days: &[Day],
        times: &[&str],
        zone: &str,
    ) -> String {
        let times: Vec<TimeRange> = times.iter().map(|text| text.parse().unwrap()).collect();
        let zone = TimeZone::get(zone).unwrap();
        let moved = by(midnight.parse().unwrap(), days, &times, &zone);
        moved.to_zoned(zone).strftime("%d %H:%M%:z").to_string()
    }

    const HERE: &str = "Asia/Ho_Chi_Minh";
    /// The end of 5 December 2026, a Saturday.
    const MIDNIGHT: &str = "2026-12-06T00:00:00+07:00";

    #[test]
    fn the_last_day_ends_with_the_longest_night_that_begins_on_it() {
        assert_eq!(ended(MIDNIGHT, &[Day::Sat], &["22:00-02:00"], HERE), "06 02:00+07:00");
        assert_eq!(
            ended(MIDNIGHT, &[], &["20:00-21:00", "22:00-02:00", "24:00-05:00"], HERE),
            "06 05:00+07:00"
        );
        assert_eq!(ended(MIDNIGHT, &[], &["23:00-22:00"], HERE), "06 22:00+07:00");
    }

    #[test]
    fn a_day_on_which_no_night_begins_ends_at_midnight() {
        for (days, times) in [
            (&[Day::Fri, Day::Sun][..], &["22:00-02:00"][..]),
            (&[], &["22:00-24:00", "00:00-05:00"]),
            (&[], &["22:00-00:00"]),
            (&[], &[]),
            (&[Day::Sat], &[]),
        ] {
            assert_eq!(ended(MIDNIGHT, days, times, HERE), "06 00:00+07:00", "{days:?} {times:?}");
            assert_eq!(started(MIDNIGHT, &[Day::Sun], times, HERE), "06 00:00+07:00", "{times:?}");
        }
    }

    #[test]
    fn the_first_day_begins_when_the_night_before_is_over() {
        assert_eq!(started(MIDNIGHT, &[], &["22:00-02:00"], HERE), "06 02:00+07:00");
        assert_eq!(started(MIDNIGHT, &[Day::Sat], &["22:00-02:00"], HERE), "06 02:00+07:00");
        assert_eq!(started(MIDNIGHT, &[], &["22:00-05:00", "04:30-06:00"], HERE), "06 04:30+07:00");
        assert_eq!(started(MIDNIGHT, &[Day::Sat], &["22:00-05:00", "04:30-06:00"], HERE), "06 05:00+07:00");
        assert_eq!(started(MIDNIGHT, &[], &["22:00-05:00", "00:00-06:00"], HERE), "06 00:00+07:00");
    }

    #[test]
    fn a_night_in_which_the_clocks_change_is_the_whole_night() {
        // Back from 3:00 to 2:00 on Sunday 25 October, on from 2:00 to 3:00 on Sunday 29 March.
        let (back, on) = ("2026-10-25T00:00:00+02:00", "2026-03-29T00:00:00+01:00");
        for (times, ends_back, ends_on) in [
            ("22:00-02:30", "25 02:30+01:00", "29 03:30+02:00"),
            ("22:00-01:30", "25 01:30+02:00", "29 01:30+01:00"),
            ("22:00-02:00", "25 02:00+02:00", "29 03:00+02:00"),
            ("22:00-05:00", "25 05:00+01:00", "29 05:00+02:00"),
        ] {
            for moved in [ended, started] {
                assert_eq!(moved(back, &[Day::Sat], &[times], "Europe/Berlin"), ends_back);
                assert_eq!(moved(on, &[Day::Sat], &[times], "Europe/Berlin"), ends_on);
            }
        }
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        let times = ["22:00-02:00".parse().unwrap()];
        for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            let zone = TimeZone::get(zone).unwrap();
            for moment in [Timestamp::MIN, Timestamp::MAX] {
                assert!(end(moment, &[], &times, &zone) >= moment);
                assert!(start(moment, &[], &times, &zone) >= moment);
            }
        }
    }
}
