//! What the board tells of itself: `bangtin status`.

use super::feeds::{self, Feed};
use super::state::{Board, Noted};
use crate::clock::{self, Reading};
use crate::model::media::Media;
use crate::model::plan::{Main, NoticeSlot};
use crate::model::status::{ClockStatus, ErrorEntry, MediaStatus, OnAir, Status};
use crate::trust::time::{Now, Source};
use jiff::Timestamp;
use std::time::Instant;

impl Board {
    /// All of it, as it is now.
    pub(super) fn status(&mut self) -> Status {
        let reading = clock::read();
        let (now, told) = (self.now(reading), self.told_time(reading));
        let missing = |media: &Media| self.on_hand.is_broken(&media.sha256) || !self.store.has(&media.sha256);
        let waiting = feeds::waiting(&self.feeds, &missing);
        let (presenter, adapter) = self.stage.about();
        let source = match (now.source, self.config.clock.has_rtc) {
            (Source::Floor, _) => "floor",
            (Source::System, true) => "rtc",
            (Source::System, false) => "ntp",
        };
        Status {
            board: self.config.board.name.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            pid: std::process::id(),
            started: self.say(self.started),
            now: self.say(told),
            timezone: self.zone_name().into(),
            clock: ClockStatus { trusted: now.source == Source::System, source: source.into() },
            presenter,
            adapter,
            size: [self.size.0, self.size.1],
            on_air: self.on_air(),
            feeds: {
                let status = |feed: &Feed| feed.status(self.feed_time(feed, reading).now, |at| self.say(at));
                self.feeds.iter().map(status).collect()
            },
            frames: self.stage.meter(),
            media: MediaStatus {
                bytes: self.store.media_bytes(),
                waiting,
                unconfined: self.decoder.lacks().into_iter().map(str::to_owned).collect(),
            },
            sound: self.sound.state().into(),
            unheard: self.unheard.told(|at| self.say(at)),
            written_bytes: self.store.written_bytes(),
            errors: self.errors.iter().map(|noted| self.entry(noted, reading, now)).collect(),
        }
    }

    /// A problem as `status` has it. What came before the clock was believed has its moment by the clock of now.
    fn entry(&self, noted: &Noted, reading: Reading, now: Now) -> ErrorEntry {
        let ago = |instant: Instant| reading.instant.saturating_duration_since(instant);
        let reckoned = |instant: Instant| {
            let ago = jiff::SignedDuration::try_from(ago(instant)).unwrap_or_default();
            now.at.checked_sub(ago).ok().filter(|_| now.source == Source::System)
        };
        let say = |at: Option<Timestamp>| at.map_or(String::new(), |at| self.say(at));
        ErrorEntry {
            at: say(noted.at.or(reckoned(noted.instant))),
            seconds_ago: ago(noted.instant).as_secs(),
            text: noted.text.clone(),
            count: noted.count,
            over: noted.over.map(|over| say(reckoned(over))),
        }
    }

    fn on_air(&self) -> Vec<OnAir> {
        let Some((plan, _)) = &self.plan else { return Vec::new() };
        let composed = self.composition.as_ref().map(|last| &last.composed);
        let item = |zone: &str, feed: &str, kind: &str, id: &str, title: &str, since: Timestamp| OnAir {
            zone: zone.into(),
            feed: feed.into(),
            kind: kind.into(),
            id: id.into(),
            title: title.into(),
            since: self.trusted.then(|| self.say(since)),
            page: 1,
            pages: 1,
            heard: None,
        };
        let name = |zone: usize| self.shown.zones.get(zone).map_or("main", |zone| &zone.name);
        let notice = |zone: usize, slot: &NoticeSlot| {
            item(name(zone), &slot.feed, "notice", &slot.notice.id, &slot.notice.title, slot.turn.0)
        };
        let nothing = |zone: usize| item(name(zone), "", "neutral", "", &plan.title, plan.at);
        let main = match &plan.main {
            Main::Notice(slot) => notice(0, slot),
            Main::Warning { feed, alert, .. } => item(
                name(0),
                feed,
                "warning",
                &alert.id.identifier,
                &alert.event,
                alert.onset.unwrap_or(alert.id.sent),
            ),
            Main::Neutral { .. } => nothing(0),
        };
        let asides = plan.asides.iter().map(|aside| {
            aside.slot.as_ref().map_or_else(|| nothing(aside.zone), |slot| notice(aside.zone, slot))
        });
        let counts = composed.map(|composed| {
            std::iter::once((composed.page, composed.pages)).chain(composed.asides.iter().copied())
        });
        let counts = counts.into_iter().flatten().chain(std::iter::repeat((1, 1)));
        let paged = |(item, (page, pages)): (OnAir, (u32, u32))| OnAir { page, pages, ..item };
        let mut all: Vec<OnAir> = std::iter::once(main).chain(asides).zip(counts).map(paged).collect();
        all.extend(
            plan.ticker.iter().map(|line| item("ticker", &line.feed, "ticker", "", &line.line.text, plan.at)),
        );
        let announcements = plan.announcements.iter().map(|cue| OnAir {
            heard: Some(self.heard && self.volume > 0),
            ..item("sound", &cue.feed, "announcement", "", &cue.audio.path, cue.start)
        });
        all.extend(announcements);
        let siren = plan.siren.iter().filter(|_| self.config.sound.siren).map(|siren| OnAir {
            heard: Some(self.heard && self.warning_volume > 0),
            ..item("sound", &siren.feed, "siren", &siren.alert.id.identifier, &siren.alert.event, siren.start)
        });
        all.extend(siren);
        let speech = plan.speech.iter().map(|speech| &speech.cue).map(|cue| OnAir {
            heard: Some(self.heard && self.warning_volume > 0),
            ..item("sound", &cue.feed, "speech", "", &cue.audio.path, cue.start)
        });
        all.extend(speech);
        all
    }
}
