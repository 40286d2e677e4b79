//! `[sound]`: the device, how loud at which hour, and when it is quiet.
//!
//! Hours are the programme's local time. Quiet hours silence everything but warnings; which wins, and how
//! loudness glides, is for whoever plays.

use super::filled;
use crate::model::time::{TimeOfDay, TimeRange};
use crate::say;
use crate::toml_doc::{Said, Section};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundConfig {
    pub enabled: bool,
    /// The system's name of the device; `None` is the system's choice.
    pub device: Option<String>,
    /// 0 to 100.
    pub volume: u8,
    /// Other volumes at some hours; the first that holds the hour counts.
    pub volume_by_hour: Vec<VolumeHours>,
    pub quiet_hours: Vec<TimeRange>,
}

/// A volume for some hours of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolumeHours {
    pub hours: TimeRange,
    /// 0 to 100.
    pub volume: u8,
}

impl Default for SoundConfig {
    fn default() -> SoundConfig {
        SoundConfig {
            enabled: true,
            device: None,
            volume: 80,
            volume_by_hour: Vec::new(),
            quiet_hours: Vec::new(),
        }
    }
}

pub(super) fn read(mut section: Section<'_>) -> SoundConfig {
    let unsaid = SoundConfig::default();
    let sound = SoundConfig {
        enabled: section.get("enabled").and_then(|said| said.flag()).unwrap_or(unsaid.enabled),
        device: section.get("device").and_then(|said| filled(&said)),
        volume: section.get("volume").and_then(|said| volume(&said)).unwrap_or(unsaid.volume),
        volume_by_hour: section.sections("volume_by_hour").into_iter().filter_map(volume_hours).collect(),
        quiet_hours: section.list("quiet_hours").iter().filter_map(time_range).collect(),
    };
    section.finish();
    sound
}

fn volume(said: &Said<'_>) -> Option<u8> {
    said.whole(0..=100).and_then(|volume| u8::try_from(volume).ok())
}

/// `{ from = "22:00", to = "05:00", volume = 20 }`.
fn volume_hours(mut section: Section<'_>) -> Option<VolumeHours> {
    let start = section.get("from");
    let end = section.get("to");
    let level = section.get("volume");
    if start.is_none() || end.is_none() || level.is_none() {
        section.refuse(
            say!(en: "this entry is not whole", vi: "mục này chưa đủ"),
            say!(
                en: "write from = \"22:00\", to = \"05:00\" and volume = 20",
                vi: "hãy viết from = \"22:00\", to = \"05:00\" và volume = 20"
            ),
        );
    }
    let (start, end) = (start.and_then(|said| time(&said)), end.and_then(|said| time(&said)));
    let level = level.and_then(|said| volume(&said));
    let at = section.at();
    let document = section.document();
    section.finish();
    let (start, end, volume) = (start?, end?, level?);
    if start == end {
        let why = say!(en: "`from` and `to` are the same time", vi: "`from` và `to` trùng nhau");
        document.refuse(at, why, say!(en: "change one of the two", vi: "hãy sửa một trong hai"));
        return None;
    }
    Some(VolumeHours { hours: TimeRange { start, end }, volume })
}

fn time(said: &Said<'_>) -> Option<TimeOfDay> {
    let text = said.text()?;
    let time = text.parse().ok();
    if time.is_none() {
        let why = say!(en: "`{text}` is not a time of day", vi: "`{text}` không phải là giờ trong ngày", text = text);
        said.refuse(why, say!(en: "write \"22:00\"", vi: "hãy viết \"22:00\""));
    }
    time
}

fn time_range(said: &Said<'_>) -> Option<TimeRange> {
    let text = said.text()?;
    let range = text.parse().ok();
    if range.is_none() {
        let why = say!(en: "`{text}` is not a span of the day", vi: "`{text}` không phải là khoảng giờ", text = text);
        said.refuse(why, say!(en: "write \"22:00-05:00\"", vi: "hãy viết \"22:00-05:00\""));
    }
    range
}
