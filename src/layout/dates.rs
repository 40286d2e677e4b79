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
    let Some(last) = stale.last_news else { return "Chưa nối được với máy chủ".into() };
    let at = last.to_zoned(now.time_zone().clone());
    format!("Cập nhật lần cuối {} {}", clock(&at), named_day(&at, now, clock_trusted))
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

/// A length of time in whole minutes, or seconds when shorter: "4 phút".
pub fn length(milliseconds: u64) -> String {
    let seconds = milliseconds.div_ceil(1000);
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
