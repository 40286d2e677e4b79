//! What the board tells of itself: `bangtin status`.

use super::feeds;
use super::state::Board;
use crate::clock;
use crate::model::media::Media;
use crate::model::plan::Main;
use crate::model::status::{ClockStatus, MediaStatus, OnAir, Status};
use crate::trust::time::Source;
use jiff::Timestamp;

impl Board {
    /// All of it, as it is now.
    pub(super) fn status(&mut self) -> Status {
        let now = self.now(clock::read());
        let missing = |media: &Media| self.broken.contains(&media.sha256) || !self.store.has(&media.sha256);
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
            now: self.say(now.at),
            clock: ClockStatus { trusted: now.source == Source::System, source: source.into() },
            presenter,
            adapter,
            size: [self.size.0, self.size.1],
            on_air: self.on_air(),
            feeds: self.feeds.iter().map(|feed| feed.status(now.at, |at| self.say(at))).collect(),
            frames: self.stage.meter(),
            media: MediaStatus { bytes: self.store.media_bytes(), waiting },
            sound: self.sound.state().into(),
            written_bytes: self.store.written_bytes(),
            errors: self.errors.iter().cloned().collect(),
        }
    }

    fn on_air(&self) -> Vec<OnAir> {
        let Some((plan, _)) = &self.plan else { return Vec::new() };
        let (page, pages) =
            self.composition.as_ref().map_or((1, 1), |last| (last.composed.page, last.composed.pages));
        let item = |zone: &str, feed: &str, kind: &str, id: &str, title: &str, since: Timestamp| OnAir {
            zone: zone.into(),
            feed: feed.into(),
            kind: kind.into(),
            id: id.into(),
            title: title.into(),
            since: self.say(since),
            page: 1,
            pages: 1,
        };
        let main = match &plan.main {
            Main::Notice(slot) => {
                item("main", &slot.feed, "notice", &slot.notice.id, &slot.notice.title, slot.start)
            }
            Main::Warning { feed, alert, .. } => item(
                "main",
                feed,
                "warning",
                &alert.id.identifier,
                &alert.event,
                alert.onset.unwrap_or(alert.id.sent),
            ),
            Main::Neutral { .. } => item("main", "", "neutral", "", &plan.title, plan.at),
        };
        let mut all = vec![OnAir { page, pages, ..main }];
        all.extend(
            plan.ticker.iter().map(|line| item("ticker", &line.feed, "ticker", "", &line.line.text, plan.at)),
        );
        all.extend(
            plan.announcements
                .iter()
                .map(|cue| item("sound", &cue.feed, "announcement", "", &cue.audio.path, cue.start)),
        );
        all
    }
}
