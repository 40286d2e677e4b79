//! `[display]`: the window, how pictures reach it, and when it is dark.

use crate::model::board::{LookSource, Theme};
use crate::model::time::TimeOfDay;
use crate::say;
use crate::toml_doc::{Said, Section, unknown_word};
use std::path::Path;

/// Smaller than any LED strip in use.
const SIDE_PX_MIN: u32 = 16;
/// Larger than any screen in use.
const SIDE_PX_MAX: u32 = 16_384;

/// Minutes from midnight at which the night theme begins and ends where nothing measures the light: about
/// dusk and dawn all year round at Viet Nam's latitudes.
const NIGHT_FROM: u16 = 18 * 60 + 30;
const NIGHT_TO: u16 = 5 * 60 + 30;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayConfig {
    pub fullscreen: bool,
    /// Physical pixels, width and height, of a window that is not full screen.
    pub size: Option<(u32, u32)>,
    pub present: Present,
    pub theme: ThemeChoice,
    pub look: LookSource,
}

impl Default for DisplayConfig {
    fn default() -> DisplayConfig {
        DisplayConfig {
            fullscreen: true,
            size: None,
            present: Present::default(),
            theme: ThemeChoice::default(),
            look: LookSource::default(),
        }
    }
}

/// How drawn pictures reach the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Present {
    /// By the adapter: the GPU where there is one.
    #[default]
    Auto,
    Gpu,
    Shm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeChoice {
    Day,
    Night,
    /// By the time of day.
    #[default]
    Auto,
}

impl ThemeChoice {
    /// The theme at a local time; `None` is an hour that cannot be believed, which shows the day's: it can
    /// be read in the dark, and the night's cannot be read in the sun.
    pub fn at(self, time: Option<TimeOfDay>) -> Theme {
        let night = |minute: u16| !(NIGHT_TO..NIGHT_FROM).contains(&minute);
        match self {
            ThemeChoice::Day => Theme::Day,
            ThemeChoice::Night => Theme::Night,
            ThemeChoice::Auto if time.is_some_and(|time| night(time.minutes())) => Theme::Night,
            ThemeChoice::Auto => Theme::Day,
        }
    }

    /// Minutes from midnight at which [`ThemeChoice::at`] changes.
    pub fn changes(self) -> &'static [u16] {
        match self {
            ThemeChoice::Day | ThemeChoice::Night => &[],
            ThemeChoice::Auto => &[NIGHT_TO, NIGHT_FROM],
        }
    }
}

pub(super) fn read(mut section: Section<'_>, base: &Path) -> DisplayConfig {
    const PRESENTS: [(&str, Present); 3] =
        [("auto", Present::Auto), ("gpu", Present::Gpu), ("shm", Present::Shm)];
    const THEMES: [(&str, ThemeChoice); 3] =
        [("auto", ThemeChoice::Auto), ("day", ThemeChoice::Day), ("night", ThemeChoice::Night)];
    let display = DisplayConfig {
        fullscreen: section.get("fullscreen").and_then(|said| said.flag()).unwrap_or(true),
        size: section.get("size").and_then(|said| size(&said)),
        present: section.get("present").and_then(|said| said.choice(&PRESENTS)).unwrap_or_default(),
        theme: section.get("theme").and_then(|said| said.choice(&THEMES)).unwrap_or_default(),
        look: section.get("look").and_then(|said| look(&said, base)).unwrap_or_default(),
    };
    section.finish();
    display
}

/// A built-in look by its name, or the path of a file.
fn look(said: &Said<'_>, base: &Path) -> Option<LookSource> {
    let word = said.text()?;
    let look = LookSource::from_word(word, base);
    if look.is_none() {
        let (why, _) = unknown_word("look", word, &LookSource::NAMES);
        let remedy = say!(
            en: "write one of {names}, or the path of a file such as \"xa.toml\"",
            vi: "hãy viết một trong {names}, hoặc đường dẫn tới một tệp như \"xa.toml\"",
            names = LookSource::NAMES.join(", ")
        );
        said.refuse(why, remedy);
    }
    look
}

/// `1280x720`.
fn size(said: &Said<'_>) -> Option<(u32, u32)> {
    let text = said.text()?;
    let side = |digits: &str| {
        let side: u32 = digits.trim().parse().ok()?;
        (SIDE_PX_MIN..=SIDE_PX_MAX).contains(&side).then_some(side)
    };
    let size = text.split_once(['x', '×']).and_then(|(width, height)| Some((side(width)?, side(height)?)));
    if size.is_none() {
        let why = say!(en: "`{text}` is not a size", vi: "`{text}` không phải là kích thước", text = text);
        said.refuse(why, say!(en: "write size = \"1280x720\"", vi: "hãy viết size = \"1280x720\""));
    }
    size
}
