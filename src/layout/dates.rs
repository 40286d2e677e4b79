//! Days and hours as Vietnamese notices write them.
//!
//! "07:30" is for a clock, "7h30" for text; a weekday is always written with "Thứ". Nothing here reads a clock.

use crate::model::plan::Stale;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Thứ Hai",
        Weekday::Tuesday => "Thứ Ba",
        Weekday::Wednesday => "Thứ Tư",
        Weekday::Thursday => "Thứ Năm",
        Weekday::Friday => "Thứ Sáu",
        Weekday::Saturday => "Thứ Bảy",
        Weekday::Sunday => "Chủ Nhật",
    }
}

/// The clock face: "07:30".
pub fn clock(now: &Zoned) -> String {
    format!("{:02}:{:02}", now.hour(), now.minute())
}

/// "Thứ Hai, 23 tháng 11".
pub fn long_date(now: &Zoned) -> String {
    format!("{}, {} tháng {}", weekday(now.weekday()), now.day(), now.month())
}

/// "7h30", and "7h" on the hour.
pub fn hour(at: &Zoned) -> String {
    match at.minute() {
        0 => format!("{}h", at.hour()),
        minute => format!("{}h{minute:02}", at.hour()),
    }
}

fn day(date: Date, this_year: Option<i16>) -> String {
    match this_year {
        Some(year) if year != date.year() => format!("{}/{}/{}", date.day(), date.month(), date.year()),
        _ => format!("{}/{}", date.day(), date.month()),
    }
}

/// Until when something holds; `until` is the first moment at which it no longer does.
pub fn validity(until: Timestamp, zone: &TimeZone, this_year: Option<i16>, narrow: bool) -> String {
    let at = until.to_zoned(zone.clone());
    let head = if narrow { "Đến" } else { "Hiệu lực đến" };
    if at.hour() == 0 && at.minute() == 0 {
        let last = at.date().yesterday().unwrap_or(at.date());
        return format!("{head}{} {}", if narrow { "" } else { " hết" }, day(last, this_year));
    }
    format!("{head} {} {}", hour(&at), day(at.date(), this_year))
}

/// How old the news is.
pub fn stale(stale: &Stale, now: &Zoned, clock_trusted: bool) -> String {
    let [what, when] = stale_lines(stale, now, clock_trusted);
    if when.is_empty() { what } else { format!("{what} {when}") }
}

/// The same for a line each; the second is empty where nothing was ever heard.
pub fn stale_lines(stale: &Stale, now: &Zoned, clock_trusted: bool) -> [String; 2] {
    let Some(last) = stale.last_news else {
        return ["Chưa nối được với máy chủ".into(), String::new()];
    };
    let at = last.to_zoned(now.time_zone().clone());
    ["Cập nhật lần cuối".into(), format!("{} {}", clock(&at), named_day(&at, now, clock_trusted))]
}

/// When a warning was sent: the hour, and the day unless it is known to be today.
pub fn sent(sent: Timestamp, now: &Zoned, clock_trusted: bool) -> String {
    let at = sent.to_zoned(now.time_zone().clone());
    match clock_trusted && at.date() == now.date() {
        true => clock(&at),
        false => format!("{} {}", clock(&at), named_day(&at, now, clock_trusted)),
    }
}

/// Words such as "hôm qua" only where today is known.
fn named_day(at: &Zoned, now: &Zoned, clock_trusted: bool) -> String {
    if clock_trusted && at.date() == now.date() {
        "hôm nay".to_owned()
    } else if clock_trusted && now.date().yesterday().is_ok_and(|yesterday| yesterday == at.date()) {
        "hôm qua".to_owned()
    } else {
        format!("ngày {}", day(at.date(), clock_trusted.then(|| now.year())))
    }
}

/// How long it is until `moment`, and the same in fewer words: in days of the calendar while more than a day is left, then
/// in hours and minutes of the clock face. `None` from that moment on: what begins then and what ends then have no word in
/// common.
pub fn countdown(moment: Timestamp, now: &Zoned, lang: &str) -> Option<(String, String)> {
    const DAY_MINUTES: i64 = 24 * 60;
    if moment <= now.timestamp() {
        return None;
    }
    let minute = |at: Timestamp| at.as_second().div_euclid(60);
    // Both as the clock shows them, so that it moves on together with the clock.
    let left = (minute(moment) - minute(now.timestamp())).max(1);
    let english = lang.split('-').next() == Some("en");
    let count = |number: i64, unit: &str, english_unit: &str| match (english, number) {
        (true, 1) => format!("1 {english_unit}"),
        (true, _) => format!("{number} {english_unit}s"),
        (false, _) => format!("{number} {unit}"),
    };
    let said = |time: String| if english { format!("{time} left") } else { format!("Còn {time}") };
    if left > DAY_MINUTES {
        let at = moment.to_zoned(now.time_zone().clone());
        let days = now.date().until(at.date()).map_or(left / DAY_MINUTES, |span| i64::from(span.get_days()));
        let days = said(count(days.max(1), "ngày", "day"));
        return Some((days.clone(), days));
    }
    let (hours, minutes) = (left / 60, left % 60);
    let (hours_said, minutes_said) = (count(hours, "giờ", "hour"), count(minutes, "phút", "minute"));
    Some(match (hours, minutes) {
        (0, _) => (said(minutes_said.clone()), said(minutes_said)),
        (_, 0) => (said(hours_said.clone()), said(hours_said)),
        _ => (said(format!("{hours_said} {minutes_said}")), said(hours_said)),
    })
}

/// A length of time in whole minutes, or seconds when shorter: "4 phút".
pub fn length(milliseconds: u64) -> String {
    let seconds = ((milliseconds + 500) / 1000).max(1);
    if seconds < 60 { format!("{seconds} giây") } else { format!("{} phút", (seconds + 30) / 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Zoned {
        text.parse::<Timestamp>().unwrap().in_tz("Asia/Ho_Chi_Minh").unwrap()
    }

    #[test]
    fn the_last_day_of_validity_is_named_not_the_day_after() {
        let zone = at("2026-11-23T00:00:00Z").time_zone().clone();
        let until = |text: &str, narrow| validity(text.parse().unwrap(), &zone, Some(2026), narrow);
        assert_eq!(until("2026-11-26T00:00:00+07:00", false), "Hiệu lực đến hết 25/11");
        assert_eq!(until("2026-12-06T00:00:00+07:00", true), "Đến 5/12");
        assert_eq!(until("2027-01-01T00:00:00+07:00", false), "Hiệu lực đến hết 31/12");
        assert_eq!(until("2027-01-02T17:30:00+07:00", false), "Hiệu lực đến 17h30 2/1/2027");
    }

    #[test]
    fn a_countdown_is_in_days_of_the_calendar_then_by_the_minute_then_over() {
        let moment = at("2026-12-05T07:00:00+07:00").timestamp();
        let said = |now: &str| countdown(moment, &at(&format!("{now}+07:00")), "vi").map(|(said, _)| said);
        for (now, expected) in [
            ("2026-11-25T10:00:00", "Còn 10 ngày"),
            ("2026-11-25T00:00:00", "Còn 10 ngày"),
            ("2026-11-24T23:59:59", "Còn 11 ngày"),
            ("2026-12-03T23:00:00", "Còn 2 ngày"),
            ("2026-12-04T06:59:59", "Còn 1 ngày"),
            ("2026-12-04T07:00:00", "Còn 24 giờ"),
            ("2026-12-05T01:40:30", "Còn 5 giờ 20 phút"),
            ("2026-12-05T06:00:00", "Còn 1 giờ"),
            ("2026-12-05T06:59:01", "Còn 1 phút"),
        ] {
            assert_eq!(said(now).as_deref(), Some(expected), "at {now}");
        }
        assert_eq!(said("2026-12-05T07:00:00"), None);
        assert_eq!(said("2027-12-05T07:00:00"), None);
        let short = countdown(moment, &at("2026-12-05T01:40:00+07:00"), "vi").unwrap().1;
        assert_eq!(short, "Còn 5 giờ");
        let english = countdown(moment, &at("2026-12-05T05:59:00+07:00"), "en-GB").unwrap().0;
        assert_eq!(english, "1 hour 1 minute left");
    }

    #[test]
    fn yesterday_is_only_said_when_today_is_known() {
        let old = Stale { last_news: Some("2026-11-22T16:20:00+07:00".parse().unwrap()) };
        let now = at("2026-11-23T07:30:00+07:00");
        assert_eq!(stale(&old, &now, true), "Cập nhật lần cuối 16:20 hôm qua");
        assert_eq!(stale(&old, &now, false), "Cập nhật lần cuối 16:20 ngày 22/11");
        assert_eq!(stale(&Stale { last_news: None }, &now, true), "Chưa nối được với máy chủ");
        assert_eq!(long_date(&now), "Thứ Hai, 23 tháng 11");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(sent(at("2026-11-23T06:05:00+07:00"), &now, true), "06:05");
        assert_eq!(sent(at("2026-11-22T16:20:00+07:00"), &now, true), "16:20 hôm qua");
        assert_eq!(sent(at("2026-11-21T16:20:00+07:00"), &now, true), "16:20 ngày 21/11");
        assert_eq!(sent(at("2026-11-23T06:05:00+07:00"), &now, false), "06:05 ngày 23/11");
        assert_eq!((length(59_000), length(240_000)), ("59 giây".into(), "4 phút".into()));
    }
}
