//! What the board knows of its feeds, and what of their content can be shown with the media that are here.

use crate::model::alert::Alerts;
use crate::model::feed::{FeedContent, FeedState, Rights, Versions};
use crate::model::media::{Media, Sha256};
use crate::model::programme::{Notice, Programme};
use crate::model::status::FeedStatus;
use crate::problem::{Problem, Speech};
use crate::say;
use crate::store::Generation;
use crate::sync::Check;
use crate::trust::fresh::{self, News};
use crate::trust::time::{Clocks, Floor, Vouched, disagreement};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// One feed of the board's configuration.
#[derive(Debug)]
pub struct Feed {
    pub name: Arc<str>,
    pub url: String,
    pub rights: Rights,
    pub generation: Option<Generation>,
    pub last_check: Option<Timestamp>,
    pub last_news: Option<Timestamp>,
    pub error: Option<Problem>,
    /// What the generation says of the time.
    vouched: Vouched,
    /// The same as it was when the warnings that are held came: what is signed later moves no warning.
    warned: Vouched,
    /// The earliest moment at which these warnings are known to have been here.
    warned_since: Timestamp,
}

/// The time as one feed has it, and how far that is ahead of the board's own.
///
/// They differ on a board without a believable clock: each feed's content is on air by what that feed says, and
/// the board counts from what it knows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedTime {
    pub now: Timestamp,
    pub ahead: SignedDuration,
    /// The same of its warnings, which go by what was known when they came.
    pub warnings_ahead: SignedDuration,
}

impl FeedTime {
    /// A moment of the feed's in the board's time.
    pub fn to_board(self, moment: Timestamp) -> Timestamp {
        moment.checked_sub(self.ahead).unwrap_or(Timestamp::MIN)
    }
}

impl Feed {
    pub fn new(name: &str, url: &str, rights: Rights) -> Feed {
        Feed {
            name: name.into(),
            url: url.into(),
            rights,
            generation: None,
            last_check: None,
            last_news: None,
            error: None,
            vouched: Vouched::default(),
            warned: Vouched::default(),
            warned_since: Timestamp::MAX,
        }
    }

    /// Another generation takes the place of the last, and what that said of the time is forgotten; but not by warnings
    /// that stay the same. They were in force by the time that was known when they came, and a board without a clock
    /// counts on from there: a flood does not end because somebody signs next month's date.
    pub fn adopt(&mut self, generation: Generation, start: Floor, clocks: Clocks) {
        self.vouched.replace(generation.issued, clocks);
        if self.generation.as_ref().is_none_or(|before| before.alerts != generation.alerts) {
            self.warned = self.vouched;
            self.warned_since = generation.accepted_at.min(self.warned.now(start, clocks).at);
        }
        self.generation = Some(generation);
    }

    /// A poll has ended at `at`, the feed's time. What comes back: whether what is on air may be another now, and what
    /// there is to tell.
    pub fn take_check(
        &mut self,
        result: Result<Check, Problem>,
        at: Timestamp,
        start: Floor,
        clocks: Clocks,
    ) -> (bool, Option<Problem>) {
        self.last_check = Some(at);
        let before = (self.state(at), self.time(start, clocks).ahead);
        self.error = match result {
            Ok(check) => {
                self.is_current(&check, at, start, clocks);
                check.unsaved.or_else(|| self.disagreement(clocks))
            }
            Err(problem) => Some(problem),
        };
        ((self.state(at), self.time(start, clocks).ahead) != before, self.error.clone())
    }

    /// A poll found the generation to be the newest.
    fn is_current(&mut self, check: &Check, at: Timestamp, start: Floor, clocks: Clocks) {
        self.last_news = Some(at);
        let Some(generation) = &mut self.generation else { return };
        generation.versions = check.versions;
        generation.expires = check.expires;
        generation.issued = check.issued;
        self.vouched.replace(check.issued, clocks);
        self.warned_since = self.warned_since.min(self.warned.now(start, clocks).at);
    }

    pub fn time(&self, start: Floor, clocks: Clocks) -> FeedTime {
        let board = start.now(clocks).at;
        let (feed, warnings) = (self.vouched.now(start, clocks).at, self.warned.now(start, clocks).at);
        FeedTime {
            now: feed,
            ahead: feed.duration_since(board),
            warnings_ahead: warnings.duration_since(board),
        }
    }

    /// By how much its signer's clock is ahead of this machine's.
    pub fn disagreement(&self, clocks: Clocks) -> Option<Problem> {
        let generation = self.generation.as_ref()?;
        let days = disagreement(generation.issued, clocks)?.as_hours() / 24;
        let why = say!(
            en: "it was signed by a clock that is {days} days ahead of this machine's; this board goes by its own",
            vi: "nguồn tin được ký theo đồng hồ nhanh hơn đồng hồ máy này {days} ngày; bảng theo đồng hồ của mình",
            days = days
        );
        let remedy = say!(
            en: "set the clock of the machine that publishes and publish again; if that is right, set this machine's",
            vi: "hãy chỉnh đồng hồ của máy phát hành rồi phát hành lại; nếu máy đó đúng giờ, hãy chỉnh đồng hồ máy này"
        );
        Some(Problem::new(&*self.name, why, remedy))
    }

    fn news(&self, now: Timestamp) -> Option<News> {
        let generation = self.generation.as_ref()?;
        let moments = [Some(generation.accepted_at), generation.issued, self.last_news];
        Some(News::of(moments.into_iter().flatten(), generation.expires, now))
    }

    /// `now`: the feed's own, as in all that follow.
    pub fn state(&self, now: Timestamp) -> FeedState {
        fresh::state(now, self.news(now))
    }

    /// When its state changes by the passing of time alone.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        fresh::next_change(now, self.news(now)?)
    }

    /// What `programme` is given of it; `None` while nothing was ever verified.
    pub fn content(&self, time: FeedTime, missing: &impl Fn(&Media) -> bool) -> Option<FeedContent> {
        let generation = self.generation.as_ref()?;
        let warnings_now = time.to_board(time.now).checked_add(time.warnings_ahead).unwrap_or(time.now);
        Some(FeedContent {
            name: self.name.clone(),
            rights: self.rights.clone(),
            state: self.state(time.now),
            last_news: self.news(time.now).and_then(|news| news.last),
            ahead: time.ahead,
            alerts_ahead: time.warnings_ahead,
            alerts_since: self.warned_since.min(warnings_now),
            programme: showable(&generation.programme, missing),
            alerts: speakable(&generation.alerts, missing),
        })
    }

    pub fn status(&self, now: Timestamp, say: impl Fn(Timestamp) -> String) -> FeedStatus {
        let generation = self.generation.as_ref();
        FeedStatus {
            name: self.name.to_string(),
            url: self.url.clone(),
            state: self.state(now),
            generation: generation.map_or(0, |generation| generation.number),
            versions: generation.map_or(Versions::default(), |generation| generation.versions),
            last_check: self.last_check.map(&say),
            last_news: self.news(now).and_then(|news| news.last).map(&say),
            error: self.error.as_ref().map(|problem| problem.line(Speech::from_env())),
        }
    }
}

/// The programme without what waits for a file: a notice loses a picture or sound that is not here yet, and
/// shows; a film without its file shows its text, and without text does not show.
fn showable(programme: &Arc<Programme>, missing: &impl Fn(&Media) -> bool) -> Arc<Programme> {
    if !programme.media().any(missing) {
        return programme.clone();
    }
    let mut programme = Programme::clone(programme);
    let drop_missing = |media: &mut Option<Media>| {
        let gone = media.as_ref().is_some_and(missing);
        if gone {
            *media = None;
        }
        gone
    };
    drop_missing(&mut programme.emblem);
    programme.notices.retain_mut(|notice: &mut Arc<Notice>| {
        if !notice.media().any(missing) {
            return true;
        }
        let notice = Arc::make_mut(notice);
        let lost_film = drop_missing(&mut notice.video);
        let lost_picture = drop_missing(&mut notice.image);
        drop_missing(&mut notice.audio);
        notice.translations.values_mut().for_each(|translation| {
            drop_missing(&mut translation.audio);
        });
        let bare = notice.text.is_empty() && notice.image.is_none() && notice.video.is_none();
        !(bare && (lost_film || lost_picture))
    });
    programme.announcements.retain(|announcement| !missing(&announcement.audio));
    Arc::new(programme)
}

/// The warnings without the voices that are not here yet: a warning waits for nothing.
fn speakable(alerts: &Arc<Alerts>, missing: &impl Fn(&Media) -> bool) -> Arc<Alerts> {
    if !alerts.media().any(missing) {
        return alerts.clone();
    }
    let mut alerts = Alerts::clone(alerts);
    for alert in &mut alerts.alerts {
        alert.audio = alert.audio.take().filter(|audio| !missing(audio));
    }
    Arc::new(alerts)
}

/// The names of files that are scheduled and not here, each once.
pub fn waiting(feeds: &[Feed], missing: &impl Fn(&Media) -> bool) -> Vec<String> {
    let mut seen: std::collections::HashSet<Sha256> = Default::default();
    let generations = feeds.iter().filter_map(|feed| feed.generation.as_ref());
    let media =
        generations.flat_map(|generation| generation.alerts.media().chain(generation.programme.media()));
    media
        .filter(|media| missing(media) && seen.insert(media.sha256))
        .map(|media| media.path.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(byte: u8) -> Media {
        let sha256 = Sha256([byte; 32]);
        Media { path: format!("{byte}"), length: 1, sha256, width: None, height: None, duration_ms: None }
    }

    #[test]
    fn a_warning_waits_for_no_words() {
        let alert = serde_json::json!({"sender": "xa", "identifier": "lu", "sent": "2026-11-24T00:00:00Z",
            "status": "Actual", "message": "Alert", "level": 4, "event": "Lũ quét", "audio": media(1)});
        let alerts = Arc::new(Alerts { alerts: vec![serde_json::from_value(alert).unwrap()] });
        let shown = speakable(&alerts, &|_| true);
        assert_eq!((shown.alerts.len(), &shown.alerts[0].audio), (1, &None));
        assert!(Arc::ptr_eq(&speakable(&alerts, &|_| false), &alerts));
    }

    #[test]
    fn a_text_does_not_wait_for_a_film_and_a_film_without_text_does() {
        let toml = |id: &str, more: &str| format!("[[notice]]\nid = \"{id}\"\ntitle = \"{id}\"\n{more}\n");
        let text = toml("text", "text = \"a\"") + &toml("film", "") + &toml("both", "text = \"b\"");
        let mut programme: Programme = toml::from_str(&format!("title = \"x\"\n{text}")).unwrap();
        Arc::make_mut(&mut programme.notices[1]).video = Some(media(1));
        Arc::make_mut(&mut programme.notices[2]).video = Some(media(2));
        Arc::make_mut(&mut programme.notices[0]).image = Some(media(3));
        let programme = Arc::new(programme);
        let shown = showable(&programme, &|_| true);
        let ids: Vec<&str> = shown.notices.iter().map(|notice| notice.id.as_str()).collect();
        assert_eq!(ids, ["text", "both"]);
        assert!(shown.notices.iter().all(|notice| notice.video.is_none() && notice.image.is_none()));
        assert!(Arc::ptr_eq(&showable(&programme, &|_| false), &programme));
    }
}
