//! `[display]`: the window, how pictures reach it and lie on it, and when it is dark.

use super::path;
use crate::model::board::{LookSource, Measured, Theme};
use crate::model::display::{Geometry, Part, Region, Turn};
use crate::model::time::TimeOfDay;
use crate::say;
use crate::toml_doc::paths::copy_here;
use crate::toml_doc::{Said, Section, unknown_word};
use std::path::Path;

/// Smaller than any LED strip in use.
const SIDE_PX_MIN: u32 = 16;
/// Larger than any screen in use.
const SIDE_PX_MAX: u32 = 16_384;

/// Screens hide a few per cent; more is a mistake in writing.
const INSET_PERCENT_MAX: f64 = 20.0;

/// Minutes from midnight at which the night theme begins and ends where nothing measures the light: about
/// dusk and dawn all year round at Viet Nam's latitudes.
const NIGHT_FROM: u16 = 18 * 60 + 30;
const NIGHT_TO: u16 = 5 * 60 + 30;

#[derive(Debug, Clone, PartialEq)]
pub struct DisplayConfig {
    pub fullscreen: bool,
    /// Physical pixels, width and height, of a window that is not full screen.
    pub size: Option<(u32, u32)>,
    pub present: Present,
    pub theme: ThemeChoice,
    pub look: LookSource,
    pub geometry: Geometry,
    /// Where its region or its overscan in pixels is written, as `file:12`.
    pub geometry_written: Option<String>,
    /// Notices follow one another in plain cuts.
    pub reduced_motion: bool,
}

impl Default for DisplayConfig {
    fn default() -> DisplayConfig {
        DisplayConfig {
            fullscreen: true,
            size: None,
            present: Present::default(),
            theme: ThemeChoice::default(),
            look: LookSource::default(),
            geometry: Geometry::default(),
            geometry_written: None,
            reduced_motion: false,
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

/// The table, and what it says of the size of a pixel.
pub(super) fn read(mut section: Section<'_>, base: &Path) -> (DisplayConfig, Option<Measured>) {
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
        geometry_written: ["region", "overscan"].into_iter().find_map(|key| {
            let said = section.get(key).filter(|said| key == "region" || said.is_list())?;
            Some(said.document().subject(said.at()))
        }),
        geometry: geometry(&mut section),
        reduced_motion: section.get("reduced_motion").and_then(|said| said.flag()).unwrap_or(false),
    };
    let measured = measured(&mut section);
    section.finish();
    (display, measured)
}

/// Either of two measures; both would contradict each other as soon as the resolution changes.
fn measured(section: &mut Section<'_>) -> Option<Measured> {
    // From a LED line of one row of letters to the largest wall that stands on a building.
    let height = section.get("height_mm").and_then(|said| said.decimal(20.0..=50_000.0));
    let said = section.get("pixel_pitch_mm");
    let pitch = said.and_then(|said| said.decimal(0.02..=50.0));
    if let (Some(said), true, true) = (said, height.is_some(), pitch.is_some()) {
        said.refuse(
            say!(en: "both `height_mm` and `pixel_pitch_mm` are there", vi: "có cả `height_mm` và `pixel_pitch_mm`"),
            say!(en: "keep `pixel_pitch_mm` for an LED wall, `height_mm` for a screen",
                 vi: "bảng LED thì giữ `pixel_pitch_mm`, màn hình thì giữ `height_mm`"),
        );
    }
    height.map(Measured::HeightMm).or(pitch.map(Measured::PitchMm))
}

/// A built-in look by its name, or the path of a file.
fn look(said: &Said<'_>, base: &Path) -> Option<LookSource> {
    let word = path(said, |said, name| copy_here(said.key(), name))?;
    let look = LookSource::from_word(&word, base);
    if look.is_none() {
        let (why, _) = unknown_word("look", &word, &LookSource::NAMES);
        let remedy = say!(
            en: "write one of {names}, or the path of a file such as \"xa.toml\"",
            vi: "hãy viết một trong {names}, hoặc đường dẫn tới một tệp như \"xa.toml\"",
            names = LookSource::NAMES.join(", ")
        );
        said.refuse(why, remedy);
    }
    look
}

fn geometry(section: &mut Section<'_>) -> Geometry {
    let turn = section.get("rotate").and_then(|said| turn(&said)).unwrap_or_default();
    let inset = section.get("overscan").and_then(|said| inset(&said)).unwrap_or_default();
    let written = section.get("region");
    let region = written.as_ref().and_then(region);
    let part = match (region, inset) {
        (Some(region), Part::Whole) => Part::Region(region),
        (None, inset) => inset,
        (Some(_), inset) => {
            if let Some(said) = written {
                said.refuse(
                    say!(en: "`region` and `overscan` exclude each other: what a sender card takes is not hidden by any screen",
                         vi: "`region` và `overscan` loại trừ nhau: phần card phát LED lấy không bị màn hình nào che mất"),
                    say!(en: "delete one of the two", vi: "hãy xóa một trong hai mục"),
                );
            }
            inset
        }
    };
    Geometry { turn, part }
}

fn turn(said: &Said<'_>) -> Option<Turn> {
    match said.whole_such_as("90", i64::MIN..=i64::MAX)? {
        0 => Some(Turn::None),
        90 => Some(Turn::Quarter),
        180 => Some(Turn::Half),
        270 => Some(Turn::ThreeQuarters),
        degrees => {
            said.refuse(
                say!(en: "`rotate` cannot be {degrees}", vi: "`rotate` không thể là {degrees}", degrees = degrees),
                say!(en: "write 0, 90, 180 or 270: degrees clockwise", vi: "hãy viết 0, 90, 180 hoặc 270 (độ, theo chiều kim đồng hồ)"),
            );
            None
        }
    }
}

/// `2.5` per cent on each side, or `[20, 30, 20, 30]` pixels.
fn inset(said: &Said<'_>) -> Option<Part> {
    if !said.is_list() {
        let percent = said.decimal(0.0..=INSET_PERCENT_MAX)?;
        return Some(if percent > 0.0 { Part::InsetPercent(percent) } else { Part::Whole });
    }
    let pixels =
        said.list().iter().map(|said| said.whole(0..=i64::from(SIDE_PX_MAX))).collect::<Option<Vec<_>>>()?;
    let pixels: Option<Vec<u32>> = pixels.into_iter().map(|side| u32::try_from(side).ok()).collect();
    let sides = pixels.and_then(|pixels| <[u32; 4]>::try_from(pixels).ok());
    if sides.is_none() {
        said.refuse(
            say!(en: "`overscan` needs four sides", vi: "`overscan` cần đủ bốn cạnh"),
            say!(en: "write overscan = [20, 30, 20, 30]: pixels at the top, right, bottom and left",
                 vi: "hãy viết overscan = [20, 30, 20, 30]: số điểm ảnh ở trên, phải, dưới, trái"),
        );
    }
    sides.map(|sides| if sides == [0; 4] { Part::Whole } else { Part::InsetPixels(sides) })
}

/// `192x32+0+0`, as X writes geometries.
fn region(said: &Said<'_>) -> Option<Region> {
    let text = said.text()?;
    let region = parse_region(text.trim());
    if region.is_none() {
        said.refuse(
            say!(en: "`{text}` is not a region", vi: "`{text}` không phải là một vùng", text = text),
            say!(en: "write region = \"192x32+0+0\": width x height + pixels from the left + pixels from the top",
                 vi: "hãy viết region = \"192x32+0+0\": rộng x cao + cách mép trái + cách mép trên, tính bằng điểm ảnh"),
        );
    }
    region
}

fn parse_region(text: &str) -> Option<Region> {
    let (size, place) = text.split_once('+')?;
    let ((width, height), (x, y)) = (size.split_once(['x', '×'])?, place.split_once('+')?);
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<u32>().ok()).flatten().filter(|number| *number <= SIDE_PX_MAX)
    };
    let least = |side: u32| (side >= SIDE_PX_MIN).then_some(side);
    Some(Region {
        width: number(width).and_then(least)?,
        height: number(height).and_then(least)?,
        x: number(x)?,
        y: number(y)?,
    })
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
