//! `board.toml`: what a technician fixes once for one board.
//!
//! Every key but the feeds may be left out; `config/board.toml` shows them all with their defaults. Unknown
//! keys, wrong types and numbers out of range are refused with their line, all at once: a board that starts
//! with half its configuration misread is worse than one that says what to mend. Relative paths are meant
//! from the folder that `board.toml` is in.
//!
//! Nothing here opens a device, a feed or a root file: whether those exist is found out by who uses them,
//! and again each time, for disks and networks come and go.

mod display;
mod feed;
mod hours;
mod led;
mod sound;
mod zone;

#[cfg(test)]
mod tests;

pub use display::{DisplayConfig, Present, ThemeChoice};
pub use feed::FeedConfig;
pub use led::{BrightnessHours, LedConfig};
pub use sound::{SoundConfig, VolumeHours};

use crate::limits;
use crate::model::board::{Board, Reading, Theme};
use crate::model::sun::{SUNSET_DEGREES, elevation_degrees};
use crate::model::time::TimeOfDay;
use crate::problem::{Problem, Text};
use crate::say;
use crate::toml_doc::paths::{self, OfWindows};
use crate::toml_doc::{self, Document, Said, Section, write_as};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// One board's configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub board: Board,
    /// Where the board keeps what it verified. Absolute if the configuration's own path was.
    pub state: PathBuf,
    /// In the order that decides the header and who comes first in the rotation.
    pub feeds: Vec<FeedConfig>,
    pub display: DisplayConfig,
    pub led: LedConfig,
    pub sound: SoundConfig,
    pub clock: ClockConfig,
    /// What a person should know of the file it was read from.
    pub warnings: Vec<Problem>,
}

/// What may be believed of the machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClockConfig {
    /// It has a clock chip with a battery, so its time is believable without a network.
    pub has_rtc: bool,
}

impl Default for Config {
    /// What an empty file means, were it not for the feeds.
    fn default() -> Config {
        Config {
            board: Board::default(),
            state: "/var/lib/bangtin".into(),
            feeds: Vec::new(),
            display: DisplayConfig::default(),
            led: LedConfig::default(),
            sound: SoundConfig::default(),
            clock: ClockConfig::default(),
            warnings: Vec::new(),
        }
    }
}

impl Config {
    /// Light or dark colours at a moment, which is `time` on the board's clock; `None` is a clock that cannot be
    /// believed. Where the board's place is known, the night is from sunset to sunrise.
    pub fn theme_at(&self, at: Timestamp, time: Option<TimeOfDay>) -> Theme {
        match (self.display.theme, self.led.place, time) {
            (ThemeChoice::Auto, Some(place), Some(_)) if elevation_degrees(at, place) < SUNSET_DEGREES => {
                Theme::Night
            }
            (ThemeChoice::Auto, Some(_), _) => Theme::Day,
            (choice, ..) => choice.at(time),
        }
    }
}

/// Reads a board's configuration.
///
/// # Errors
///
/// Everything that is wrong with it, in the order of the file.
pub fn load(path: &Path) -> Result<Config, Vec<Problem>> {
    let name = path.display().to_string();
    let saved =
        toml_doc::read_saved(path, &name, limits::CONFIG_BYTES_MAX).map_err(|problem| vec![problem])?;
    let config = parse(&name, &saved.text, path.parent().unwrap_or(Path::new("")))?;
    Ok(Config { warnings: saved.warning(&name).into_iter().collect(), ..config })
}

/// The same of a text: `file` is its name in messages, `base` the folder that relative paths start from.
///
/// # Errors
///
/// As [`load`].
pub fn parse(file: &str, text: &str, base: &Path) -> Result<Config, Vec<Problem>> {
    let doc = Document::new(file, text);
    let Some(table) = doc.parse() else { return Err(doc.finish().0) };
    let config = read(&doc, Section::root(&doc, &table), base);
    let (problems, _) = doc.finish();
    match problems.is_empty() {
        true => Ok(config),
        false => Err(problems),
    }
}

fn read(doc: &Document<'_>, mut root: Section<'_>, base: &Path) -> Config {
    let mut config = Config::default();
    if let Some(name) = root.get("name").and_then(|said| filled(&said)) {
        config.board.name = name;
    }
    let usual = |said: &Said<'_>, _: &str| write_as(said.key(), "\"/var/lib/bangtin\"");
    if let Some(state) = root.get("state").and_then(|said| path(&said, usual)) {
        config.state = base.join(state);
    }
    config.board.tags = root.list("tags").iter().filter_map(filled).collect();
    // Nearer than a metre nobody needs a board; further than a hundred no letter is large enough.
    if let Some(metres) = root.get("viewing_distance_m").and_then(|said| said.decimal(1.0..=100.0)) {
        config.board.viewing_distance_m = metres;
    }
    let feeds = root.sections("feed");
    if feeds.is_empty() {
        let why = say!(en: "there is no feed", vi: "chưa có nguồn tin");
        let remedy = say!(
            en: "add [[feed]] with name, url and root",
            vi: "hãy thêm [[feed]] với name, url và root"
        );
        root.refuse(why, remedy);
    }
    config.feeds = feed::read(feeds, base);
    config.board.zones = zone::read(doc, root.sections("zone"));
    if let Some(section) = root.section("display") {
        (config.display, config.board.measured) = display::read(section, base);
    }
    if let Some(mut section) = root.section("reading") {
        // Under half of LOOK.md's nobody keeps up; over four times nobody waits for the next.
        let mut milliseconds = |key, range, usual: u32| {
            let seconds = section.get(key).and_then(|said| said.decimal(range));
            seconds.map_or(usual, |seconds| (seconds * 1000.0).round() as u32)
        };
        let usual = Reading::default();
        config.board.reading = Reading {
            finding_ms: milliseconds("finding_seconds", 2.0..=16.0, usual.finding_ms),
            syllable_ms: milliseconds("syllable_seconds", 0.25..=2.0, usual.syllable_ms),
        };
        section.finish();
    }
    if let Some(section) = root.section("led") {
        config.led = led::read(section);
    }
    if let Some(section) = root.section("sound") {
        config.sound = sound::read(section);
    }
    if let Some(mut section) = root.section("clock") {
        config.clock.has_rtc = section.get("has_rtc").and_then(|said| said.flag()).unwrap_or(false);
        section.finish();
    }
    root.finish();
    config
}

/// A path on this machine. `copied`: what to do about one that leads to a computer with Windows, of the name at its end.
fn path(said: &Said<'_>, copied: impl FnOnce(&Said<'_>, &str) -> Text) -> Option<String> {
    let written = paths::named_in(said)?;
    let elsewhere = |path: &str, name: &str| {
        let why = say!(
            en: "`{path}` is on a computer with Windows, and not on this one",
            vi: "`{path}` nằm trên máy tính Windows, không có trên máy này"
        );
        (why, copied(said, name))
    };
    match OfWindows::read(written) {
        Some(windows) => {
            let (why, remedy) = windows.told(said.key(), elsewhere);
            said.refuse(why, remedy);
            None
        }
        None => filled(said),
    }
}

/// A text that says something.
fn filled(said: &Said<'_>) -> Option<String> {
    let text = said.text()?.trim();
    if text.is_empty() {
        let why = say!(en: "`{key}` is empty", vi: "mục `{key}` trống", key = said.key());
        said.refuse(why, say!(en: "write something, or delete it", vi: "hãy viết nội dung hoặc xóa mục này"));
        return None;
    }
    Some(text.to_owned())
}
