//! What is on air: a pure function of time, of the feeds' verified content, and of the board.
//!
//! [`Timetable::new`] does once what does not depend on the moment; [`Timetable::on_air`] says what shows
//! at a moment, and [`Timetable::next_change`] until when that holds. No clock is read, nothing is
//! remembered between calls: asking about any moment, in any order, gives what the board shows then.
//!
//! Who gets the main zone, from the top:
//! 1. A warning in force, of a feed that may interrupt: it takes the whole board, ticker and announcements
//!    included; of several the gravest comes first, and others take turns with it (see [`warned`]).
//! 2. Urgent notices, alone. Those of a feed that may interrupt push out everybody's; those of one that may
//!    not push out only that feed's own, for a feed never gets more than its rights.
//! 3. The rotation of all feeds' notices (see [`rotation`]), low priority in every fourth round.
//! 4. The neutral page.
//!
//! A warning has its siren besides, and a voice where somebody spoke one (see [`siren`]).
//!
//! A board's further zones have the notices that its configuration gives them, each with rules 2 and 3 of its own; a
//! warning takes all of them.
//!
//! Every feed's content is on air by that feed's own time ([`FeedContent::ahead`]): what one says of the time moves
//! nothing of another's. Turns of the rotation are counted by the board's.
//!
//! A feed that is OLD keeps its evergreen notices and whatever has an end; one that is UNTRUSTED has no say
//! at all. Without a believable clock, what names hours of the day does not show (see [`window`]) and
//! nothing is announced. A programme whose time zone is unknown here is read in Viet Nam's.

pub mod announce;
pub mod night;
pub mod reading;
pub mod rotation;
pub mod siren;
pub mod warned;
pub mod window;

#[cfg(test)]
mod tests;

use crate::alert::life::{self, Life};
use crate::model::board::{Board, Reading};
use crate::model::feed::{FeedContent, FeedState};
use crate::model::media::Media;
use crate::model::plan::{Aside, Cue, Main, NoticeSlot, Plan, Siren, Speech, Stale, TickerLine};
use crate::model::programme::{Notice, Priority, Ticker, Window};
use announce::Sounding;
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use rotation::{Position, Turn};
use std::sync::Arc;
use window::{Calendar, Hours, Span, Wall};

pub use crate::model::time::ZONE_UNSTATED;

/// Everything that the feeds have for one board, ready to be asked about any moment.
#[derive(Debug)]
pub struct Timetable {
    title: Arc<str>,
    timezone: Arc<str>,
    emblem: Option<Media>,
    feeds: Vec<Feed>,
    calendar: Calendar,
    notices: Vec<Item>,
    tickers: Vec<(Span, TickerLine)>,
    announcements: Vec<Sounding>,
    /// How many zones the board has; at least the main one.
    zones: usize,
    /// What must be seen first comes first.
    warnings: Vec<(usize, Life)>,
    /// How fast the board's people read.
    reading: Reading,
}

#[derive(Debug)]
struct Feed {
    name: Arc<str>,
    state: FeedState,
    last_news: Option<Timestamp>,
    may_interrupt: bool,
}

#[derive(Debug)]
struct Item {
    feed: usize,
    span: Span,
    turn_ms: u64,
    /// Which of the board's zones it is for.
    zone: usize,
    notice: Arc<Notice>,
}

/// The wall clocks and weekly patterns at the one moment that is asked about.
struct Now<'a> {
    t: Timestamp,
    walls: Vec<Wall<'a>>,
    hours: Vec<Hours>,
}

impl Timetable {
    /// `feeds` in the order of the board's configuration.
    pub fn new(feeds: Vec<FeedContent>, board: &Board) -> Timetable {
        let mut timetable = Timetable {
            title: board.name.as_str().into(),
            timezone: ZONE_UNSTATED.into(),
            emblem: None,
            feeds: Vec::with_capacity(feeds.len()),
            calendar: Calendar::default(),
            notices: Vec::new(),
            tickers: Vec::new(),
            announcements: Vec::new(),
            zones: board.zones.len().max(1),
            warnings: Vec::new(),
            reading: board.reading,
        };
        let mut headed = false;
        for content in feeds.into_iter().filter(|feed| feed.state != FeedState::Untrusted) {
            timetable.add(content, board, &mut headed);
        }
        timetable.warnings.sort_by(|(_, a), (_, b)| a.order(b));
        timetable
    }

    fn add(&mut self, content: FeedContent, board: &Board, headed: &mut bool) {
        let feed = self.feeds.len();
        let may_interrupt = content.rights.may_interrupt;
        if may_interrupt {
            let lives = life::lives_here(&content.alerts, content.alerts_since);
            let by_board =
                |moment: Timestamp| moment.checked_sub(content.alerts_ahead).unwrap_or(Timestamp::MIN);
            self.warnings.extend(lives.into_iter().map(|life| {
                let (from, until) = (by_board(life.from), by_board(life.until));
                (feed, Life { from, until, ..life })
            }));
        }
        let programme = Arc::unwrap_or_clone(content.programme);
        let (zone, zone_name) = zone(&programme.timezone);
        if !*headed {
            *headed = true;
            if !programme.title.is_empty() {
                self.title = programme.title.as_str().into();
            }
            self.timezone = zone_name.into();
            self.emblem = programme.emblem;
        }
        let zone = self.calendar.zone(zone, content.ahead);
        let old = content.state == FeedState::Old;
        let shows = |window: &Window, boards: &[String], evergreen: bool| {
            (!old || evergreen || window.until.is_some()) && board.is_for(boards)
        };
        for notice in programme.notices {
            if shows(&notice.window, &notice.boards, notice.evergreen) {
                let span = self.calendar.span(zone, &notice.window);
                let turn_ms = reading::turn_ms(&notice, board.reading);
                let zone = board.zone_of(&notice);
                self.notices.push(Item { feed, span, turn_ms, zone, notice });
            }
        }
        for line in programme.tickers {
            if shows(&line.window, &line.boards, false) {
                let span = self.calendar.span(zone, &line.window);
                let line: Arc<Ticker> = Arc::new(line);
                self.tickers.push((span, TickerLine { feed: content.name.clone(), line }));
            }
        }
        for announcement in programme.announcements {
            if shows(&announcement.window, &announcement.boards, false) {
                self.announcements.push(Sounding::new(feed, zone, announcement));
            }
        }
        let (state, last_news) = (content.state, content.last_news);
        self.feeds.push(Feed { name: content.name, state, last_news, may_interrupt });
    }

    /// What the board shows at `t`. `clock_trusted`: `t` may be believed to the hour.
    pub fn on_air(&self, t: Timestamp, clock_trusted: bool) -> Plan {
        let now = self.now(t, clock_trusted);
        let Shown { main, asides, feeds, .. } = self.shown(&now);
        let warned = matches!(main, Main::Warning { .. });
        let ticker = self.tickers.iter().filter(|(span, _)| !warned && span.on(t, &now.hours));
        let sounding = self.announcements.iter().filter(|_| !warned && clock_trusted);
        // The neutral page speaks for the feed that gives the header.
        let header = (feeds.is_empty() && !self.feeds.is_empty()).then_some(0);
        let speaking = feeds.into_iter().chain(header).map(|feed| &self.feeds[feed]);
        let mut stale = speaking.filter(|feed| feed.state != FeedState::Fresh);
        Plan {
            at: t,
            timezone: self.timezone.clone(),
            title: self.title.clone(),
            emblem: self.emblem.clone(),
            main,
            asides,
            ticker: ticker.map(|(_, line)| line.clone()).collect(),
            announcements: sounding.filter_map(|sounding| self.cue(sounding, &now)).collect(),
            siren: self.gravest(t).and_then(|(feed, life)| {
                let start = siren::sounding_since(life, t)?;
                Some(Siren { feed: self.feeds[*feed].name.clone(), alert: life.alert.clone(), start })
            }),
            speech: self.gravest(t).and_then(|(feed, life)| {
                let (start, audio) = (siren::speaking_since(life, t)?, life.alert.audio.clone()?);
                let cue = Cue { feed: self.feeds[*feed].name.clone(), audio, start };
                Some(Speech { alert: life.alert.clone(), cue })
            }),
            stale: stale.next().map(|feed| Stale { last_news: feed.last_news }),
        }
    }

    /// The first moment after `t` at which [`Timetable::on_air`] differs or may differ: until then it is
    /// the same but for `at`. `None`: it never changes again. The end of each turn of the rotation is such
    /// a moment, even of a notice that is alone in it, whose next turn starts then, and so is that of each round of a film
    /// that is repeated in its turn.
    pub fn next_change(&self, t: Timestamp, clock_trusted: bool) -> Option<Timestamp> {
        let now = self.now(t, clock_trusted);
        let warnings = self.warnings.iter().flat_map(|(_, life)| [life.from, life.until]);
        let notices = self.notices.iter().filter_map(|item| item.span.changes(t, &now.hours));
        let tickers = self.tickers.iter().filter_map(|(span, _)| span.changes(t, &now.hours));
        let announcements = self
            .announcements
            .iter()
            .filter(|_| clock_trusted)
            .filter_map(|sounding| sounding.changes(t, &now.walls[sounding.zone]));
        let siren = self.gravest(t).and_then(|(_, life)| siren::changes(life, t));
        let Shown { asides, until, .. } = self.shown(&now);
        let turns = asides.into_iter().filter_map(|aside| Some(aside.slot?.end)).chain(until);
        warnings
            .chain(notices)
            .chain(tickers)
            .chain(announcements)
            .chain(turns)
            .chain(siren)
            .filter(|change| *change > t)
            .min()
    }

    fn now(&self, t: Timestamp, clock_trusted: bool) -> Now<'_> {
        let walls = self.calendar.walls(t);
        let hours = self.calendar.hours(&walls, clock_trusted);
        Now { t, walls, hours }
    }

    /// What every zone has.
    fn shown(&self, now: &Now) -> Shown {
        if let Some(((feed, life), shown)) = self.warned(now.t) {
            let (name, alert) = (self.feeds[*feed].name.clone(), life.alert.clone());
            let main = Main::Warning { feed: name, alert, turn: shown.turn };
            return Shown { main, asides: Vec::new(), feeds: vec![*feed], until: shown.until };
        }
        let mut on: Vec<Vec<usize>> = vec![Vec::new(); self.zones];
        for (number, item) in self.notices.iter().enumerate() {
            if item.span.on(now.t, &now.hours) {
                on[item.zone].push(number);
            }
        }
        let mut slots = on.iter().map(|on| self.slot(now, on));
        let main = slots.next().flatten();
        let mut feeds: Vec<usize> = main.iter().map(|(feed, _)| *feed).collect();
        let until = main.as_ref().map(|(_, slot)| slot.end);
        let neutral = Main::Neutral { ever: !self.feeds.is_empty() };
        let main = main.map_or(neutral, |(_, slot)| Main::Notice(slot));
        let mut asides = Vec::new();
        for (at, slot) in slots.enumerate() {
            feeds.extend(slot.iter().map(|(feed, _)| *feed));
            asides.push(Aside { zone: at + 1, slot: slot.map(|(_, slot)| slot) });
        }
        Shown { main, asides, feeds, until }
    }

    /// Whose turn it is among the notices of one zone, and which feed's that is.
    fn slot(&self, now: &Now, on: &[usize]) -> Option<(usize, NoticeSlot)> {
        let wheel = self.wheel(on);
        let t_ms = now.t.as_nanosecond().div_euclid(1_000_000) as i64;
        let Position { item, turn_ms, number } = rotation::position(&wheel.normal, &wheel.low, t_ms)?;
        let item = &self.notices[item];
        let moment = |ms| Timestamp::from_millisecond(ms);
        let round_ms = reading::round_ms(&item.notice, self.reading).map(|round| {
            let began = t_ms - (t_ms - turn_ms.start) % round as i64;
            began..began + round as i64
        });
        let round_ms = round_ms.unwrap_or(turn_ms.clone());
        let slot = NoticeSlot {
            feed: self.feeds[item.feed].name.clone(),
            notice: item.notice.clone(),
            languages: reading::languages(&item.notice),
            turn: (
                moment(turn_ms.start).unwrap_or(Timestamp::MIN),
                moment(turn_ms.end).unwrap_or(Timestamp::MAX),
            ),
            start: moment(round_ms.start).unwrap_or(Timestamp::MIN),
            end: moment(round_ms.end).unwrap_or(Timestamp::MAX),
            number,
            alone: wheel.normal.len() + wheel.low.len() == 1,
        };
        Some((item.feed, slot))
    }

    /// The files of the announcements that may yet sound at or after `t`, their dates considered and not their hours.
    pub fn to_be_heard(&self, t: Timestamp) -> impl Iterator<Item = &Media> {
        self.announcements.iter().filter(move |sounding| !sounding.is_over(t)).map(|sounding| &sounding.audio)
    }

    /// The warning whose siren sounds, whichever has the board.
    fn gravest(&self, t: Timestamp) -> Option<&(usize, Life)> {
        self.warnings.iter().find(|(_, life)| life.covers(t))
    }

    /// The warning that has the board, and until when.
    fn warned(&self, t: Timestamp) -> Option<(&(usize, Life), warned::Shown)> {
        let in_force: Vec<&(usize, Life)> = self.warnings.iter().filter(|(_, life)| life.covers(t)).collect();
        let lives: Vec<&Life> = in_force.iter().map(|(_, life)| life).collect();
        let shown = warned::shown(&lives, self.reading, t)?;
        Some((in_force.get(shown.at)?, shown))
    }

    /// Those of a zone's notices that take turns.
    fn wheel(&self, on: &[usize]) -> Wheel {
        let items = || on.iter().map(|&number| (number, &self.notices[number]));
        let urgent = |item: &Item| item.notice.priority == Priority::Urgent;
        let mut has_urgent = vec![false; self.feeds.len()];
        for (_, item) in items().filter(|(_, item)| urgent(item)) {
            has_urgent[item.feed] = true;
        }
        let may_interrupt = |feed: usize| self.feeds[feed].may_interrupt;
        let interrupted = (0..self.feeds.len()).any(|feed| has_urgent[feed] && may_interrupt(feed));
        let stays = |item: &Item| match urgent(item) {
            true => !interrupted || may_interrupt(item.feed),
            false => !interrupted && !has_urgent[item.feed],
        };
        let mut normal = vec![Vec::new(); self.feeds.len()];
        let mut low = vec![Vec::new(); self.feeds.len()];
        for (number, item) in items().filter(|(_, item)| stays(item)) {
            let turn = Turn { item: number, length_ms: item.turn_ms };
            match item.notice.priority {
                Priority::Low => low[item.feed].push(turn),
                Priority::Normal | Priority::Urgent => normal[item.feed].push(turn),
            }
        }
        Wheel { normal: rotation::interleave(&normal), low: rotation::interleave(&low) }
    }

    fn cue(&self, sounding: &Sounding, now: &Now) -> Option<Cue> {
        let start = sounding.sounding_since(now.t, &now.walls[sounding.zone])?;
        let feed = self.feeds[sounding.feed].name.clone();
        Some(Cue { feed, audio: sounding.audio.clone(), start })
    }
}

/// What the zones have at a moment, and the feeds that it comes from.
struct Shown {
    main: Main,
    asides: Vec<Aside>,
    feeds: Vec<usize>,
    /// When another may have the main zone although nothing begins or ends.
    until: Option<Timestamp>,
}

/// The two parts of the rotation.
struct Wheel {
    normal: Vec<Turn>,
    low: Vec<Turn>,
}

/// The zone by its IANA name, and the name that it goes by.
fn zone(name: &str) -> (TimeZone, &str) {
    match TimeZone::get(name) {
        Ok(zone) => (zone, name),
        Err(_) => (TimeZone::get(ZONE_UNSTATED).unwrap_or(TimeZone::fixed(offset(7))), ZONE_UNSTATED),
    }
}
