//! `[sound]`: the device, how loud at which hour, and when it is quiet.
//!
//! Hours are the programme's local time. Quiet hours silence everything but warnings from level 3 on; which wins, and
//! how loudness glides, is for whoever plays.

use super::filled;
use super::hours::{from_to, time_range};
use crate::model::time::TimeRange;
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
    /// Warnings have a siren.
    pub siren: bool,
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
            siren: true,
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
        siren: section.get("siren").and_then(|said| said.flag()).unwrap_or(unsaid.siren),
    };
    section.finish();
    sound
}

fn volume(said: &Said<'_>) -> Option<u8> {
    said.whole(0..=100).and_then(|volume| u8::try_from(volume).ok())
}

/// `{ from = "22:00", to = "05:00", volume = 20 }`.
fn volume_hours(mut section: Section<'_>) -> Option<VolumeHours> {
    let level = section.get("volume");
    let example = "from = \"22:00\", to = \"05:00\", volume = 20";
    let hours = from_to(&mut section, level.is_some(), example);
    let volume = level.and_then(|said| volume(&said));
    section.finish();
    Some(VolumeHours { hours: hours?, volume: volume? })
}
