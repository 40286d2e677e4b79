//! The programme: what an official writes in `programme.toml`, and what is signed as `programme.json`.
//!
//! One set of types serves both. In `programme.toml` a media file is its path and a moment may lack an
//! offset (`Programme<String, Moment>`, [`AuthoredProgramme`]); publishing measures the one and fixes the
//! other (`Programme<Media, Timestamp>`, the default).

use super::media::Media;
use super::time::{Day, Moment, TimeOfDay, TimeRange, ZONE_UNSTATED};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// `programme.toml` as read.
pub type AuthoredProgramme = Programme<String, Moment>;
pub type AuthoredNotice = Notice<String, Moment>;

/// Everything one feed shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Programme")]
#[serde(bound(deserialize = "M: Deserialize<'de>, T: Deserialize<'de>"))]
pub struct Programme<M = Media, T = Timestamp> {
    /// Shown in the header of the board, for example "Xã Bình Lư".
    pub title: String,
    /// IANA name; days and hours are meant in it.
    #[serde(default = "default_timezone")]
    pub timezone: String,
    /// The commune's own picture for the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emblem: Option<M>,
    #[serde(default, rename = "notice", skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Arc<Notice<M, T>>>,
    #[serde(default, rename = "ticker", skip_serializing_if = "Vec::is_empty")]
    pub tickers: Vec<Ticker<T>>,
    #[serde(default, rename = "announcement", skip_serializing_if = "Vec::is_empty")]
    pub announcements: Vec<Announcement<M, T>>,
}

fn default_timezone() -> String {
    ZONE_UNSTATED.into()
}

impl Programme {
    /// What a new feed shows: nothing yet.
    pub fn empty(title: &str) -> Programme {
        Programme {
            title: title.into(),
            timezone: default_timezone(),
            emblem: None,
            notices: Vec::new(),
            tickers: Vec::new(),
            announcements: Vec::new(),
        }
    }

    /// Every media file it names, in order of appearance, repetitions included.
    pub fn media(&self) -> impl Iterator<Item = &Media> {
        self.emblem
            .iter()
            .chain(self.notices.iter().flat_map(|notice| notice.media()))
            .chain(self.announcements.iter().map(|a| &a.audio))
    }
}

/// What a notice is about: its colour, icon, weave and word (LOOK.md section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    #[default]
    Chung,
    YTe,
    Dien,
    Nuoc,
    Hop,
    NongNghiep,
    AnNinh,
    ThoiTiet,
    VanHoa,
}

impl Category {
    pub const ALL: [Category; 9] = [
        Category::Chung,
        Category::YTe,
        Category::Dien,
        Category::Nuoc,
        Category::Hop,
        Category::NongNghiep,
        Category::AnNinh,
        Category::ThoiTiet,
        Category::VanHoa,
    ];

    /// How it is called in files.
    pub fn word(self) -> &'static str {
        match self {
            Category::Chung => "chung",
            Category::YTe => "y-te",
            Category::Dien => "dien",
            Category::Nuoc => "nuoc",
            Category::Hop => "hop",
            Category::NongNghiep => "nong-nghiep",
            Category::AnNinh => "an-ninh",
            Category::ThoiTiet => "thoi-tiet",
            Category::VanHoa => "van-hoa",
        }
    }

    /// Every category under its word.
    pub fn words() -> [(&'static str, Category); 9] {
        Category::ALL.map(|category| (category.word(), category))
    }
}

/// In which code a text was typed. Signed programmes are in Unicode: whoever publishes converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TextEncoding {
    /// As it stands, whatever it looks like.
    Unicode,
    /// TCVN 5712:1993 VN3, of the fonts named .Vn…, also called ABC.
    Tcvn3,
    /// Of the fonts named VNI-….
    Vni,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Shown in every fourth round.
    Low,
    #[default]
    Normal,
    /// Alone in its zone while it is on.
    Urgent,
}

/// How a picture fills its place beside text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PictureFit {
    /// It fills its place; what is over at its sides is cut off, as long as that is not most of it.
    #[default]
    Fill,
    /// All of it is seen, as a poster with words has to be.
    Whole,
}

impl PictureFit {
    fn is_default(&self) -> bool {
        *self == PictureFit::default()
    }
}

/// When something may be on: a show window, and days and hours within it. All fields absent: always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Window<T = Timestamp> {
    /// First moment shown. A date alone: that day, without the night that began before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<T>,
    /// First moment no longer shown. A date alone: that day's end, or that of the night which begins on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<T>,
    /// Days of the week; none listed means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// Hours of the day; none listed means all. A span over midnight belongs to the day it starts on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<TimeRange>,
}

impl<T> Default for Window<T> {
    fn default() -> Self {
        Window { from: None, until: None, days: Vec::new(), times: Vec::new() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Notice")]
#[serde(bound(deserialize = "M: Deserialize<'de>, T: Deserialize<'de>"))]
pub struct Notice<M = Media, T = Timestamp> {
    /// Stable and unique in the programme; made from the title when absent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub category: Category,
    /// The code that its texts were typed in, where that is not Unicode. Never in a signed programme.
    #[serde(default, skip_serializing)]
    pub encoding: Option<TextEncoding>,
    /// CommonMark: paragraphs, bold, headings, lists, tables. A new line is a new line on the board.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// BCP 47.
    #[serde(default = "default_lang")]
    pub lang: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<M>,
    /// How it is shown beside text.
    #[serde(default, skip_serializing_if = "PictureFit::is_default")]
    pub picture: PictureFit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<M>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<M>,
    /// Who issues it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// Who approved it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub approver: String,
    /// Shown as a QR code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// Up to when the board says how many days, hours and minutes are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countdown: Option<T>,
    #[serde(flatten)]
    pub window: Window<T>,
    /// How long it stays, in whole seconds; when absent, long enough to read or to play.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    #[serde(default)]
    pub priority: Priority,
    /// Stays even when the feed is old.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub evergreen: bool,
    /// Tags of the boards it is for; `*` is every board.
    #[serde(default = "all_boards")]
    pub boards: Vec<String>,
    /// The same notice in other languages, by BCP 47 tag.
    #[serde(default, rename = "in", skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, Translation<M>>,
}

impl<M, T> Notice<M, T> {
    /// Every media file it names.
    pub fn media(&self) -> impl Iterator<Item = &M> {
        let own = [&self.image, &self.video, &self.audio].into_iter().flatten();
        own.chain(self.translations.values().filter_map(|translation| translation.audio.as_ref()))
    }

    /// Title and text in one of its languages; what a translation leaves out is in the notice's own.
    pub fn said_in(&self, lang: &str) -> (&str, &str) {
        let translation = self.translations.get(lang).filter(|_| lang != self.lang);
        let title = translation.map(|t| t.title.as_str()).filter(|title| !title.trim().is_empty());
        let text = translation.map(|t| t.text.as_str()).filter(|text| !text.trim().is_empty());
        (title.unwrap_or(&self.title), text.unwrap_or(&self.text))
    }
}

fn default_lang() -> String {
    "vi".into()
}

fn all_boards() -> Vec<String> {
    vec!["*".into()]
}

/// A notice in another language. What is absent is taken from the notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Translation")]
#[serde(bound(deserialize = "M: Deserialize<'de>"))]
pub struct Translation<M = Media> {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<M>,
}

/// A line along the bottom of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Ticker")]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Ticker<T = Timestamp> {
    pub text: String,
    /// As a notice's.
    #[serde(default, skip_serializing)]
    pub encoding: Option<TextEncoding>,
    #[serde(flatten)]
    pub window: Window<T>,
    #[serde(default = "all_boards")]
    pub boards: Vec<String>,
}

/// Sound at set times, over whatever shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Announcement")]
#[serde(bound(deserialize = "M: Deserialize<'de>, T: Deserialize<'de>"))]
pub struct Announcement<M = Media, T = Timestamp> {
    pub audio: M,
    /// When it starts, each day that its window allows.
    pub at: Vec<TimeOfDay>,
    #[serde(flatten)]
    pub window: Window<T>,
    #[serde(default = "all_boards")]
    pub boards: Vec<String>,
}
