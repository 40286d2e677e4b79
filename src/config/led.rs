//! `[led]`: what an LED wall needs of the picture, and how bright it is when.
//!
//! Brightness is a share of the light, not of the number that is sent: half is half as many watts. An hour that
//! cannot be believed shows the day's brightness: a wall that is too bright can be read, one that is too dark cannot.

use super::hours::from_to;
use crate::model::led::{FULL, Panel, Permille, Power};
use crate::model::sun::{Place, elevation_degrees};
use crate::model::time::{TimeOfDay, TimeRange};
use crate::say;
use crate::toml_doc::{Said, Section};
use jiff::Timestamp;

/// Under this a wall looks broken.
const PERCENT_MIN: i64 = 1;
/// A change by the hour is spread over so many minutes.
const RAMP_MINUTES: u16 = 20;
const DAY_MINUTES: u16 = 24 * 60;
/// The sun's heights between which brightness goes from the night's to the day's: the end of civil twilight, and a
/// sun that no longer dazzles beside the board.
const DARK_DEGREES: f64 = -6.0;
const BRIGHT_DEGREES: f64 = 10.0;

#[derive(Debug, Clone, PartialEq)]
pub struct LedConfig {
    pub panel: Panel,
    /// In per cent, when neither an hour nor the sun says otherwise.
    pub brightness: u8,
    /// Other brightness at some hours; the first that holds the hour counts.
    pub brightness_by_hour: Vec<BrightnessHours>,
    /// Where the board stands, for the height of the sun.
    pub place: Option<Place>,
    /// In per cent, with the sun high and below the horizon; for a board whose place is known.
    pub brightness_day: u8,
    pub brightness_night: u8,
}

/// A brightness for some hours of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrightnessHours {
    pub hours: TimeRange,
    pub percent: u8,
}

impl Default for LedConfig {
    fn default() -> LedConfig {
        LedConfig {
            panel: Panel::default(),
            brightness: 100,
            brightness_by_hour: Vec::new(),
            place: None,
            brightness_day: 100,
            brightness_night: 20,
        }
    }
}

impl LedConfig {
    /// How bright the board is in the minute of `at`, which is `time` on its clock; `None` is a clock that cannot
    /// be believed. It is the same for a whole minute.
    pub fn brightness_at(&self, at: Timestamp, time: Option<TimeOfDay>) -> Permille {
        let day = if self.place.is_some() { self.brightness_day } else { self.brightness };
        let Some(time) = time else { return Permille::from(day) * 10 };
        let sky = self.by_sky(at);
        // The mean over the last minutes, so that an hour's edge is a slope.
        let minutes = (0..RAMP_MINUTES).map(|ago| (time.minutes() + DAY_MINUTES - ago) % DAY_MINUTES);
        let sum: f64 = minutes.map(|minute| self.by_hour(minute).map_or(sky, f64::from)).sum();
        let percent = sum / f64::from(RAMP_MINUTES);
        ((percent * 10.0).round() as Permille).clamp(PERCENT_MIN as Permille * 10, FULL)
    }

    fn by_hour(&self, minute: u16) -> Option<u8> {
        self.brightness_by_hour.iter().find(|by| by.hours.holds(minute)).map(|by| by.percent)
    }

    /// In per cent: equal steps of the sun are equal steps to the eye, which sees ratios.
    fn by_sky(&self, at: Timestamp) -> f64 {
        let Some(place) = self.place else { return f64::from(self.brightness) };
        let second = at.as_second();
        let minute = Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(at);
        let height = elevation_degrees(minute, place);
        let risen = ((height - DARK_DEGREES) / (BRIGHT_DEGREES - DARK_DEGREES)).clamp(0.0, 1.0);
        let (night, day) = (f64::from(self.brightness_night), f64::from(self.brightness_day));
        night * (day / night).powf(risen)
    }
}

pub(super) fn read(mut section: Section<'_>) -> LedConfig {
    let unsaid = LedConfig::default();
    let led = LedConfig {
        panel: Panel {
            // Panels are between 1.8 and 2.8; 4 is all dark but white.
            gamma: section.get("gamma").and_then(|said| said.decimal(0.5..=4.0)).unwrap_or(1.0),
            white: section.get("white").and_then(|said| colour(&said)).unwrap_or(unsaid.panel.white),
            power: power(&mut section),
        },
        brightness: section.get("brightness").and_then(|said| percent(&said)).unwrap_or(unsaid.brightness),
        brightness_by_hour: section
            .sections("brightness_by_hour")
            .into_iter()
            .filter_map(brightness_hours)
            .collect(),
        place: place(&mut section),
        brightness_day: section
            .get("brightness_day")
            .and_then(|said| percent(&said))
            .unwrap_or(unsaid.brightness_day),
        brightness_night: section
            .get("brightness_night")
            .and_then(|said| percent(&said))
            .unwrap_or(unsaid.brightness_night),
    };
    section.finish();
    led
}

fn percent(said: &Said<'_>) -> Option<u8> {
    said.whole(PERCENT_MIN..=100).and_then(|percent| u8::try_from(percent).ok())
}

/// `{ from = "22:00", to = "05:00", percent = 15 }`.
fn brightness_hours(mut section: Section<'_>) -> Option<BrightnessHours> {
    let level = section.get("percent");
    let example = "from = \"22:00\", to = \"05:00\", percent = 15";
    let hours = from_to(&mut section, level.is_some(), example);
    let percent = level.and_then(|said| percent(&said));
    section.finish();
    Some(BrightnessHours { hours: hours?, percent: percent? })
}

/// `#FFE8D0`. A channel that is quite dark is a mistake, not a white.
fn colour(said: &Said<'_>) -> Option<[u8; 3]> {
    let text = said.text()?;
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let channel =
        |at: usize| u8::from_str_radix(digits?.get(at..at + 2)?, 16).ok().filter(|channel| *channel >= 64);
    let white = channel(0).zip(channel(2)).zip(channel(4)).map(|((red, green), blue)| [red, green, blue]);
    if white.is_none() {
        said.refuse(
            say!(en: "`{text}` is not a white", vi: "`{text}` không phải là màu trắng", text = text),
            say!(en: "write white = \"#FFE8D0\": red, green and blue, each from 40 to FF",
                 vi: "hãy viết white = \"#FFE8D0\": đỏ, lục, lam, mỗi màu từ 40 đến FF"),
        );
    }
    white
}

/// Both or neither of two keys that mean nothing alone.
fn pair<'d>(
    section: &mut Section<'d>,
    keys: [&'static str; 2],
    read: impl Fn(&Said<'d>, usize) -> Option<f64>,
) -> Option<[f64; 2]> {
    let [first, second] = keys.map(|key| section.get(key));
    match (first, second) {
        (Some(first), Some(second)) => {
            // Both are read, so that both mistakes are told.
            let both = [read(&first, 0), read(&second, 1)];
            Some([both[0]?, both[1]?])
        }
        (None, None) => None,
        (Some(said), None) | (None, Some(said)) => {
            let (have, lack) = if said.key() == keys[0] { (keys[0], keys[1]) } else { (keys[1], keys[0]) };
            said.refuse(
                say!(en: "`{have}` says nothing without `{lack}`", vi: "`{have}` cần đi cùng `{lack}`"),
                say!(en: "write both, or delete it", vi: "hãy viết cả hai, hoặc xóa nó"),
            );
            None
        }
    }
}

fn place(section: &mut Section<'_>) -> Option<Place> {
    let read = |said: &Said<'_>, at: usize| said.decimal(if at == 0 { -90.0..=90.0 } else { -180.0..=180.0 });
    let [latitude, longitude] = pair(section, ["latitude", "longitude"], read)?;
    Some(Place { latitude, longitude })
}

fn power(section: &mut Section<'_>) -> Option<Power> {
    // A strip draws a few watts; the largest walls, some tens of kilowatts.
    let read = |said: &Said<'_>, _| said.decimal(1.0..=1_000_000.0);
    let [watts_max, watts_white] = pair(section, ["watts_max", "watts_white"], read)?;
    Some(Power { watts_max, watts_white })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> (Timestamp, Option<TimeOfDay>) {
        let at = format!("2026-11-25T{time}:00+07:00").parse().unwrap();
        (at, Some(time.parse().unwrap()))
    }

    fn bright(led: &LedConfig, time: &str) -> Permille {
        let (at, time) = at(time);
        led.brightness_at(at, time)
    }

    #[test]
    fn an_hour_s_brightness_comes_as_a_slope_and_goes_as_one() {
        let hours: TimeRange = "22:00-05:00".parse().unwrap();
        let led = LedConfig {
            brightness: 80,
            brightness_by_hour: vec![BrightnessHours { hours, percent: 20 }],
            ..LedConfig::default()
        };
        assert_eq!(
            ["21:59", "22:00", "22:09", "22:19", "03:00"].map(|time| bright(&led, time)),
            [800, 770, 500, 200, 200]
        );
        assert_eq!(["04:59", "05:00", "05:19", "12:00"].map(|time| bright(&led, time)), [200, 230, 800, 800]);
        assert_eq!(led.brightness_at(at("23:00").0, None), 800);
    }

    #[test]
    fn by_the_sun_it_is_dim_after_dusk_bright_in_the_morning_and_never_jumps() {
        let place = Some(Place { latitude: 22.39, longitude: 103.46 });
        let led = LedConfig { place, brightness: 50, ..LedConfig::default() };
        // Civil twilight ends at 17:45 on that day; the sun is 10° high at 7:16.
        assert_eq!(["17:46", "23:00", "05:59"].map(|time| bright(&led, time)), [200, 200, 200]);
        assert_eq!(["07:20", "12:00"].map(|time| bright(&led, time)), [1000, 1000]);
        assert_eq!(led.brightness_at(at("23:00").0, None), 1000);
        let minutes: Vec<String> = (0..1440).map(|m| format!("{:02}:{:02}", m / 60, m % 60)).collect();
        for pair in minutes.windows(2) {
            let (before, after) = (bright(&led, &pair[0]), bright(&led, &pair[1]));
            assert!(
                f64::from(before.abs_diff(after)) <= 0.03 * f64::from(before),
                "{pair:?}: {before} to {after}"
            );
        }
    }

    #[test]
    fn a_minute_has_one_brightness() {
        let led =
            LedConfig { place: Some(Place { latitude: 22.39, longitude: 103.46 }), ..LedConfig::default() };
        let second = |second: i64| {
            let at = "2026-11-25T17:30:00+07:00".parse::<Timestamp>().unwrap();
            led.brightness_at(at + jiff::SignedDuration::from_secs(second), Some("17:30".parse().unwrap()))
        };
        assert!((0..60).all(|at| second(at) == second(0)));
    }
}
