//! Times as officials write them: days of the week, hours of the day, moments.

use jiff::Timestamp;
use jiff::civil;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// The civil weekday, Monday being 0.
    pub fn index(self) -> u8 {
        self as u8
    }
}

/// A time of day to the minute, `HH:MM`. 24:00 is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// Minutes from midnight, 0 to 1440.
    pub fn minutes(self) -> u16 {
        self.minutes
    }
    /// `None` past 24:00.
    pub fn from_minutes(minutes: u16) -> Option<TimeOfDay> {
        (minutes <= 1440).then_some(TimeOfDay { minutes })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

/// What is not a time of day, or a range of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not {1}")]
pub struct NotATime(String, &'static str);

impl FromStr for TimeOfDay {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let refuse = || NotATime(text.into(), "a time of day such as 05:30");
        let (hour, minute) = text.trim().split_once(':').ok_or_else(refuse)?;
        let number = |digits: &str| {
            let fine = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            fine.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let (hour, minute) = (number(hour).ok_or_else(refuse)?, number(minute).ok_or_else(refuse)?);
        if minute > 59 {
            return Err(refuse());
        }
        TimeOfDay::from_minutes(hour * 60 + minute).ok_or_else(refuse)
    }
}

/// A span within a day, `HH:MM-HH:MM`, its end excluded. One that ends before it starts runs over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    pub start: TimeOfDay,
    pub end: TimeOfDay,
}

impl TimeRange {
    /// Whether a minute of the day, 0 to 1439, lies in it.
    pub fn holds(&self, minute: u16) -> bool {
        let (start, end) = (self.start.minutes(), self.end.minutes());
        if start < end { (start..end).contains(&minute) } else { minute >= start || minute < end }
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

impl FromStr for TimeRange {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let refuse = || NotATime(text.into(), "a span of the day such as 05:30-07:00");
        let (start, end) = text.split_once(['-', '–']).ok_or_else(refuse)?;
        let (start, end): (TimeOfDay, TimeOfDay) =
            (start.parse().map_err(|_| refuse())?, end.parse().map_err(|_| refuse())?);
        if start == end {
            return Err(refuse());
        }
        Ok(TimeRange { start, end })
    }
}

/// A moment as an official writes it: with an offset, or in the programme's own time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Exact(Timestamp),
    Local(civil::DateTime),
}

impl Moment {
    /// The instant meant. A local time that a change of the clocks skips or repeats takes the earlier reading.
    pub fn in_zone(self, zone: &jiff::tz::TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Moment::Exact(instant) => Ok(instant),
            Moment::Local(local) => zone.to_ambiguous_zoned(local).earlier().map(|zoned| zoned.timestamp()),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Exact(instant) => instant.fmt(f),
            Moment::Local(local) => local.fmt(f),
        }
    }
}

impl FromStr for Moment {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Moment::Exact(instant));
        }
        if let Ok(local) = text.parse::<civil::DateTime>() {
            return Ok(Moment::Local(local));
        }
        Err(NotATime(text.into(), "a moment such as 2026-11-24T00:00:00+07:00 or 2026-11-24"))
    }
}

macro_rules! as_text {
    ($type:ident, $schema:tt) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}
as_text!(TimeOfDay, {"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$"});
as_text!(TimeRange, {"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}[-–][0-9]{1,2}:[0-9]{2}$"});
as_text!(Moment, {"type": "string", "description": "RFC 3339 date-time, or a date, or a local date-time"});

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrToml(|t: &str| t.parse().map_err(|e: NotATime| e.to_string())))
    }
}
impl<'de> Deserialize<'de> for TimeRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrToml(|t: &str| t.parse().map_err(|e: NotATime| e.to_string())))
    }
}
impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrToml(|t: &str| t.parse().map_err(|e: NotATime| e.to_string())))
    }
}

/// Takes a string, or a bare TOML date or time: the `toml` crate presents those as a map of one
/// entry, whose value is the text.
struct TextOrToml<F>(F);

impl<'de, T, F: Fn(&str) -> Result<T, String>> Visitor<'de> for TextOrToml<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date or a time")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let Some((_, text)) = map.next_entry::<String, String>()? else {
            return Err(de::Error::custom("an empty table is not a date or a time"));
        };
        (self.0)(&text).map_err(de::Error::custom)
    }
}

/// The zone of a board that has no programme yet, and of a programme that names none.
pub const ZONE_UNSTATED: &str = "Asia/Ho_Chi_Minh";

/// A moment as people read it: `2026-12-05 07:00 (Asia/Ho_Chi_Minh)`; in UTC where there is no such zone.
pub fn told(at: jiff::Timestamp, zone: &str) -> String {
    let (zone, name) = match jiff::tz::TimeZone::get(zone) {
        Ok(found) => (found, zone),
        Err(_) => (jiff::tz::TimeZone::UTC, "UTC"),
    };
    format!("{} ({name})", at.to_zoned(zone).strftime("%Y-%m-%d %H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_officials_write_them_and_nothing_else_is() {
        assert_eq!("5:30".parse::<TimeOfDay>().unwrap().minutes(), 330);
        assert_eq!("24:00".parse::<TimeOfDay>().unwrap().minutes(), 1440);
        for bad in ["", "5", "5:60", "24:01", "+5:30", "5:-3", "005:30", "٥:30", "99999:00"] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad}");
        }
        assert_eq!("17:00-21:00".parse::<TimeRange>().unwrap().to_string(), "17:00-21:00");
        assert!("07:00-07:00".parse::<TimeRange>().is_err());
    }

    #[test]
    fn a_moment_is_taken_with_an_offset_without_one_and_as_a_bare_toml_date() {
        #[derive(Deserialize)]
        struct Doc {
            a: Moment,
            b: Moment,
            c: Moment,
            d: TimeOfDay,
        }
        let doc: Doc = toml::from_str(
            "a = 2026-11-24T00:00:00+07:00\nb = 2026-11-24\nc = \"2026-11-24 07:30\"\nd = 05:30:00",
        )
        .or_else(|_| {
            toml::from_str(
                "a = 2026-11-24T00:00:00+07:00\nb = 2026-11-24\nc = \"2026-11-24 07:30\"\nd = \"05:30\"",
            )
        })
        .unwrap();
        let zone = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        assert_eq!(doc.a.in_zone(&zone).unwrap(), doc.b.in_zone(&zone).unwrap());
        assert_eq!(doc.c.in_zone(&zone).unwrap().to_string(), "2026-11-24T00:30:00Z");
        assert_eq!(doc.d.minutes(), 330);
    }
}
