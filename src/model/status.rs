//! `bangtin status --json`: an interface. Fields are added, never renamed.

use super::feed::{FeedState, Versions};
use serde::{Deserialize, Serialize};

/// Moments are RFC 3339 with the board's offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub board: String,
    pub version: String,
    pub pid: u32,
    pub started: String,
    pub now: String,
    /// Of all moments here.
    #[serde(default)]
    pub timezone: String,
    pub clock: ClockStatus,
    /// `gpu`, `shm` or `headless`, and the adapter's name.
    pub presenter: String,
    pub adapter: String,
    pub size: [u32; 2],
    pub on_air: Vec<OnAir>,
    pub feeds: Vec<FeedStatus>,
    pub frames: FrameCount,
    pub media: MediaStatus,
    pub sound: String,
    /// What should have been heard and was not, one entry for each cause that holds.
    #[serde(default)]
    pub unheard: Vec<Unheard>,
    /// Bytes this run has caused to be written to disk.
    pub written_bytes: u64,
    /// The last problems, newest last.
    pub errors: Vec<ErrorEntry>,
}

/// Announcements and warnings that nobody hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unheard {
    /// `clock`, `device`, `off` or `quiet`.
    pub cause: String,
    /// Files of announcements, and the words of warnings.
    pub names: Vec<String>,
    pub since: String,
    /// When something was not heard last.
    pub last: String,
    /// How often.
    pub count: u64,
    pub why: String,
    pub remedy: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStatus {
    pub trusted: bool,
    /// `ntp`, `rtc` or `floor`.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnAir {
    /// `main` or the name of the board's zone; `ticker` or `sound`.
    pub zone: String,
    pub feed: String,
    /// `notice`, `warning`, `ticker`, `announcement`, `siren`, `speech` or `neutral`.
    pub kind: String,
    pub id: String,
    pub title: String,
    /// Absent where the clock is not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    pub page: u32,
    pub pages: u32,
    /// Of what sounds: whether anybody can hear it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedStatus {
    pub name: String,
    pub url: String,
    pub state: FeedState,
    /// 0: nothing adopted yet.
    pub generation: u64,
    pub versions: Versions,
    pub last_check: Option<String>,
    /// When it last answered as it should.
    #[serde(default)]
    pub last_news: Option<String>,
    pub error: Option<String>,
}

/// Frames since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FrameCount {
    pub drawn: u64,
    /// Frame slots that came and went while something should have moved.
    pub missed: u64,
    /// Frames presented that were one colour all over, although something was on air.
    pub blank: u64,
    /// Film pictures shown more than 50 ms after their time.
    pub late: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediaStatus {
    pub bytes: u64,
    /// Files scheduled and not yet here.
    pub waiting: Vec<String>,
    /// `Landlock`, `seccomp`: what this machine's kernel lacks to hold the processes that open files. Empty while none was
    /// started.
    #[serde(default)]
    pub unconfined: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorEntry {
    /// When it last was so; empty while the board does not know what time that was.
    pub at: String,
    /// How long ago that is.
    #[serde(default)]
    pub seconds_ago: u64,
    pub text: String,
    /// How often in a row.
    pub count: u64,
    /// When it was mended, where the board can tell that it was; empty while it does not know the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
}
