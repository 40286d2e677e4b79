//! The board itself: it takes events, asks what is on air, and tells the stage and the loudspeaker.
//!
//! [`Board::turn`] brings everything up to the moment and says when it must be called again at the latest;
//! between turns nothing runs but the stage's own frame clock. Time enters once a turn.

use super::event::{Event, Loaded, Question, WindowEvent};
use super::feeds::{Feed, FeedTime};
use super::loader::Loader;
use super::on_hand::OnHand;
use super::playout::{Anchor, Playout, Trouble, Wanted, wanted};
use super::supervise::beat;
use super::unheard::Unheard;
use crate::clock::{self, Reading};
use crate::config::Config;
use crate::layout::{
    Availability, Composed, Composer, FilmSlot, Look, Meet, RATE_MHZ, Scene, View, board_at,
};
use crate::limits::{ERRORS_KEPT, PICTURE_SIDE_MAX, TEXTURE_SIDE_MAX};
use crate::media::{Decoder, Failure, Fit};
use crate::model::board::{Board as Configured, Theme};
use crate::model::led::Permille;
use crate::model::media::{Media, Sha256};
use crate::model::plan::{Main, NoticeSlot, Plan};
use crate::model::time::TimeOfDay;
use crate::problem::{Problem, Speech};
use crate::programme::{Timetable, ZONE_UNSTATED};
use crate::sound::{Playing, Sound};
use crate::stage::{Show, Stage, misfit, scene_size};
use crate::store::Store;
use crate::sync::FeedEvent;
use crate::sync::service::FeedService;
use crate::trust::time::{Clocks, Discipline, Floor, Now, Source};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// Clips are opened so long before their turn.
pub(super) const OPEN_AHEAD: SignedDuration = SignedDuration::from_secs(3);
/// A picture or film that is not ready at its turn is waited for so long, the old picture staying.
const HOLD: Duration = Duration::from_millis(1500);
/// The board looks at everything at least so often, whatever it thinks is next.
const TURN_MAX: Duration = Duration::from_secs(60);

/// The machine's clocks as this board's configuration has them.
fn clocks(config: &Config, reading: Reading) -> Clocks {
    Clocks {
        system: reading.system,
        disciplined: reading.synchronised || config.clock.has_rtc,
        since_boot: reading.since_boot,
    }
}

fn time_of_day(zoned: &Zoned) -> Option<TimeOfDay> {
    TimeOfDay::from_minutes(zoned.hour() as u16 * 60 + zoned.minute() as u16)
}

/// What a message says before it quotes a library, which speaks English: residents are told no more.
fn own_words(said: &str) -> &str {
    said.split([':', '(']).next().unwrap_or_default().trim_end()
}

/// What was composed last.
pub(super) struct Composition {
    pub(super) composed: Composed,
    theme: Theme,
    /// What the first-boot page says of the network.
    network: String,
}

/// What a problem stands in the way of; where that succeeds, the problem is over.
#[derive(Clone, PartialEq, Eq)]
enum Hinders {
    /// A poll of this feed.
    Poll(Arc<str>),
    /// A file that is to be fetched.
    Fetch(Sha256),
}

/// A problem that was reported.
pub(super) struct Noted {
    pub(super) text: String,
    hinders: Option<Hinders>,
    /// How often in a row.
    pub(super) count: u64,
    /// When it last was so.
    pub(super) instant: Instant,
    /// The same on the clock, where that was believed then.
    pub(super) at: Option<Timestamp>,
    /// When it was mended, where the board can tell.
    pub(super) over: Option<Instant>,
}

/// What the stage was told last.
#[derive(PartialEq)]
struct Told {
    scene: Arc<Scene>,
    pictures: Vec<(Sha256, usize)>,
    film: Option<usize>,
    brightness: Permille,
}

/// Everything about a running board.
pub struct Board {
    pub(super) config: Config,
    /// The configuration's board as it can be shown at this size.
    pub(super) shown: Configured,
    pub(super) started: Timestamp,
    pub(super) store: Arc<Store>,
    service: Option<FeedService>,
    events: Sender<Event>,
    loader: Loader,
    pub(super) stage: Stage,
    composer: Composer,
    look: Look,
    pub(super) sound: Sound,
    pub(super) playout: Playout,
    pub(super) decoder: Decoder,
    pub(super) feeds: Vec<Feed>,
    /// What this program knew of the time when it started.
    start: Floor,
    /// What it learned of the clock since.
    discipline: Discipline,
    pub(super) size: (u32, u32),
    /// The display's refresh rate in millihertz.
    rate_mhz: u32,
    pub(super) timetable: Timetable,
    /// Something that the timetable is made of has changed.
    stale_timetable: bool,
    /// What is on air, and until when.
    pub(super) plan: Option<(Plan, Option<Timestamp>)>,
    /// Whether the clock was believed when the plan was made.
    pub(super) trusted: bool,
    /// What is on air when this plan ends, and when each zone's turn does; soonest first.
    pub(super) coming: Vec<Plan>,
    pub(super) composition: Option<Composition>,
    told: Option<Told>,
    held_since: Option<Instant>,
    /// The film on air that has no picture although its moment is over: its notice is shown as text until it has.
    unready_film: Option<Sha256>,
    pub(super) on_hand: OnHand,
    pub(super) errors: VecDeque<Noted>,
    pub(super) unheard: Unheard,
    /// Per cent at this moment, of the programme and of warnings.
    pub(super) volume: u8,
    pub(super) warning_volume: u8,
    /// The sound device was open when something was to be heard last.
    pub(super) heard: bool,
    /// What began to sound, or should have: each is judged once.
    pub(super) judged: Vec<(Timestamp, String)>,
    /// The siren that sounds, or sounded last.
    pub(super) siren: Option<Playing>,
    /// What was last said of the sound device.
    pub(super) sound_told: Option<Problem>,
    finished: bool,
}

/// What a board is made of.
pub struct Parts {
    pub config: Config,
    pub store: Arc<Store>,
    pub events: Sender<Event>,
    pub loader: Loader,
    pub stage: Stage,
    pub composer: Composer,
    pub look: Look,
    pub sound: Sound,
    pub decoder: Decoder,
    pub feeds: Vec<Feed>,
    /// Physical pixels.
    pub size: (u32, u32),
}

impl Board {
    pub fn new(parts: Parts) -> Board {
        let Parts { config, store, events, loader, stage, composer, look, sound, decoder, feeds, size } =
            parts;
        let mut discipline = Discipline::default();
        let read = clocks(&config, clock::read());
        discipline.note(read);
        let start = Floor::at_start(read);
        let mut board = Board {
            started: clock::read().system,
            timetable: Timetable::new(Vec::new(), &config.board),
            playout: Playout::new(decoder.clone()),
            decoder,
            shown: config.board.clone(),
            config,
            store,
            service: None,
            events,
            loader,
            stage,
            composer,
            look,
            sound,
            feeds,
            start,
            discipline,
            size,
            rate_mhz: RATE_MHZ,
            stale_timetable: true,
            plan: None,
            trusted: false,
            coming: Vec::new(),
            composition: None,
            told: None,
            held_since: None,
            unready_film: None,
            on_hand: OnHand::default(),
            errors: VecDeque::new(),
            unheard: Unheard::default(),
            volume: 0,
            warning_volume: 0,
            heard: true,
            judged: Vec::new(),
            siren: None,
            sound_told: None,
            finished: false,
        };
        board.measure_up();
        let clocks = board.clocks(clock::read());
        for feed in &mut board.feeds {
            if let Some(generation) = feed.generation.take() {
                feed.adopt(generation, start, clocks);
            }
        }
        board
    }

    /// From now on news comes from here.
    pub fn follow(&mut self, service: FeedService) {
        self.service = Some(service);
    }

    /// The window was closed, or the system asked the board to end.
    pub fn finished(&self) -> bool {
        self.finished
    }

    pub(super) fn clocks(&self, reading: Reading) -> Clocks {
        self.discipline.applied(clocks(&self.config, reading))
    }

    /// The board's own time: a disciplined clock or, without one, what this program knows by itself. Each feed's
    /// content is on air by [`Feed::time`].
    pub(super) fn now(&self, reading: Reading) -> Now {
        self.start.now(self.clocks(reading))
    }

    /// The time to tell people: without a clock, the latest that any feed speaks of. Nothing hangs on it.
    pub(super) fn told_time(&self, reading: Reading) -> Timestamp {
        let feeds = self.feeds.iter().map(|feed| self.feed_time(feed, reading).now);
        feeds.max().unwrap_or_else(|| self.now(reading).at)
    }

    pub(super) fn feed_time(&self, feed: &Feed, reading: Reading) -> FeedTime {
        feed.time(self.start, self.clocks(reading))
    }

    pub(super) fn zone_name(&self) -> &str {
        self.plan.as_ref().map_or(ZONE_UNSTATED, |(plan, _)| &plan.timezone)
    }

    pub(super) fn zone(&self) -> TimeZone {
        TimeZone::get(self.zone_name()).unwrap_or(TimeZone::UTC)
    }

    /// Keeps a problem for `status`, and says it in the log the first time.
    pub fn report(&mut self, problem: &Problem) {
        self.note(problem, None);
    }

    fn note(&mut self, problem: &Problem, hinders: Option<Hinders>) {
        let text = problem.line(Speech::from_env());
        let reading = clock::read();
        let now = self.now(reading);
        let (instant, at) = (reading.instant, (now.source == Source::System).then_some(now.at));
        if let Some(noted) = self.errors.iter_mut().find(|noted| noted.text == text) {
            // What was mended and has come back is news.
            if noted.over.is_some() {
                tracing::warn!("{text}");
            }
            *noted = Noted { text, hinders, count: noted.count + 1, instant, at, over: None };
            return;
        }
        tracing::warn!("{text}");
        if self.errors.len() == ERRORS_KEPT {
            self.errors.pop_front();
        }
        self.errors.push_back(Noted { text, hinders, count: 1, instant, at, over: None });
    }

    /// What was in the way of this succeeded, with nothing left to tell but `still`.
    fn succeeded(&mut self, hindered: &Hinders, still: Option<&Problem>) {
        let still = still.map(|problem| problem.line(Speech::from_env()));
        let now = clock::instant();
        for text in end(&mut self.errors, hindered, still.as_deref(), now) {
            tracing::info!("mended: {text}");
        }
    }

    /// Marks a problem that was reported as over.
    pub(super) fn mended(&mut self, problem: &Problem) {
        let text = problem.line(Speech::from_env());
        if let Some(noted) = self.errors.iter_mut().find(|noted| noted.text == text && noted.over.is_none()) {
            noted.over = Some(clock::instant());
            tracing::info!("mended: {text}");
        }
    }

    pub(super) fn say(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone());
        zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// Finds out what of the configuration can be shown at this size.
    fn measure_up(&mut self) {
        let size = scene_size(&self.config.display.geometry, self.size);
        let (shown, problems) = board_at(&self.config.board, size, &self.look);
        self.stale_timetable |= shown != self.shown;
        self.shown = shown;
        problems.iter().for_each(|problem| self.report(problem));
    }

    /// Takes in one event.
    pub fn take(&mut self, event: Event) {
        match event {
            Event::Feed(event) => self.take_news(*event),
            Event::Loaded(sha256, loaded) => self.take_loaded(sha256, *loaded),
            Event::Clip => {}
            Event::Window(WindowEvent::Resized(width, height)) => {
                let size = (width.clamp(1, PICTURE_SIDE_MAX), height.clamp(1, PICTURE_SIDE_MAX));
                if size != self.size {
                    self.size = size;
                    self.composition = None;
                    self.measure_up();
                    // Decoded for another size.
                    self.on_hand.forget_pictures();
                    if let Some(problem) = misfit(
                        &self.config.display.geometry,
                        self.config.display.geometry_written.as_deref(),
                        size,
                    ) {
                        self.report(&problem);
                    }
                }
                self.stage.resized(size.0, size.1);
            }
            Event::Window(WindowEvent::Rate(rate_mhz)) => {
                self.composition = self.composition.take().filter(|_| rate_mhz == self.rate_mhz);
                self.rate_mhz = rate_mhz;
            }
            Event::Window(WindowEvent::Exposed) => self.stage.exposed(),
            Event::Window(WindowEvent::Closed) | Event::Terminate => self.finished = true,
            Event::Beat(part, answer) => beat(part, answer, &self.stage),
            Event::Ask(Question::Status(answer)) => {
                // Whoever asked may have left.
                let _ = answer.send(self.status());
            }
            Event::Ask(Question::Screenshot(answer)) => self.stage.snapshot_to(answer),
            Event::Ask(Question::Poll(answer)) => {
                if let Some(service) = &self.service {
                    self.feeds.iter().for_each(|feed| service.poll_now(&feed.name));
                }
                let _ = answer.send(());
            }
        }
    }

    fn take_news(&mut self, event: FeedEvent) {
        match event {
            FeedEvent::Adopted { generation, problems } => {
                problems.iter().for_each(|problem| self.report(problem));
                let (start, clocks) = (self.start, self.clocks(clock::read()));
                let known = self.feeds.iter_mut().find(|feed| feed.name == generation.feed);
                let disagreement = known.and_then(|feed| {
                    tracing::info!(feed = &*feed.name, generation = generation.number, "adopted");
                    feed.adopt(generation, start, clocks);
                    feed.disagreement(clocks)
                });
                disagreement.iter().for_each(|problem| self.report(problem));
                self.stale_timetable = true;
            }
            FeedEvent::Checked { feed, at, result } => {
                let current = result.is_ok();
                let (start, clocks) = (self.start, self.clocks(clock::read()));
                let Some(known) = self.feeds.iter_mut().find(|known| known.name == feed) else { return };
                let (changed, problem) = known.take_check(result, at, start, clocks);
                self.stale_timetable |= changed;
                let poll = Hinders::Poll(feed);
                if current {
                    self.succeeded(&poll, problem.as_ref());
                }
                problem.iter().for_each(|problem| self.note(problem, Some(poll.clone())));
            }
            FeedEvent::MediaReady { media } => {
                self.succeeded(&Hinders::Fetch(media.sha256), None);
                self.on_hand.is_new(media.sha256);
                self.stale_timetable = true;
            }
            FeedEvent::MediaProblem { media, problem, .. } => {
                self.note(&problem, Some(Hinders::Fetch(media.sha256)));
            }
        }
    }

    fn take_loaded(&mut self, sha256: Sha256, loaded: Result<Loaded, Failure>) {
        match loaded {
            Ok(loaded) => {
                // A page is another with its picture; what sounds or moves is asked for at every turn.
                let pictured = matches!(loaded, Loaded::Picture(_));
                self.composition = self.composition.take().filter(|_| !pictured);
                let over = self.on_hand.put(sha256, loaded);
                over.iter().for_each(|problem| self.mended(problem));
            }
            Err(failure) => {
                self.report(&failure.problem);
                // What is on the screen meanwhile has no place for a picture that is not there.
                self.composition = None;
                if self.on_hand.set_back(sha256, &failure, clock::instant()) {
                    return;
                }
                self.give_up(sha256);
                // It may have rotted, or been removed to make room: then it is fetched again.
                if let Some(service) = &self.service {
                    service.look_for_media();
                }
            }
        }
    }

    fn give_up(&mut self, sha256: Sha256) {
        self.on_hand.give_up(sha256);
        self.stale_timetable = true;
    }

    /// Brings everything up to now. Returns when to be called again at the latest.
    pub fn turn(&mut self) -> Instant {
        let reading = clock::read();
        self.discipline.note(clocks(&self.config, reading));
        let now = self.now(reading);
        let at = Anchor { wall: now.at, instant: reading.instant };
        let trusted = now.source == Source::System;
        self.plan_for(reading, now.at, trusted);
        let Some((plan, until)) = self.plan.clone() else { return reading.instant + TURN_MAX };
        let mut deadlines = vec![reading.instant + TURN_MAX];
        deadlines.extend(until.map(|until| at.instant_of(until)));
        let ahead = self.coming.iter().filter_map(|plan| plan.at.checked_sub(OPEN_AHEAD).ok());
        deadlines.extend(ahead.filter(|ahead| *ahead > now.at).map(|ahead| at.instant_of(ahead)));
        let news = self.feeds.iter().filter_map(|feed| {
            let time = self.feed_time(feed, reading);
            Some(time.to_board(feed.next_change(time.now)?))
        });
        deadlines.extend(news.min().map(|change| at.instant_of(change)));

        let side = self.size.0.max(self.size.1);
        let plans = || std::iter::once(&plan).chain(&self.coming);
        plans().for_each(|plan| self.on_hand.load_for(plan, side, &self.loader, at.instant));
        self.on_hand.keep(plans());
        deadlines.extend(self.on_hand.next_attempt(plans(), at.instant));
        if self.unready_film.is_some_and(|sha256| self.playout.film(sha256).is_some()) {
            self.unready_film = None;
            self.composition = None;
        }
        self.compose(&plan, &now, trusted);
        self.set_volumes(&plan, &now, trusted);
        self.play(&plan, at);
        self.listen(&plan, at, trusted);
        deadlines.extend(self.tell(&plan, at, trusted));
        deadlines.extend(self.playout.next_start(at));
        if let Some(change) = self.composition.as_ref().and_then(|last| last.composed.next_change) {
            deadlines.push(at.instant_of(change));
        }
        deadlines.extend(self.tend_sound(&now, trusted, at));
        // Never in the past: a deadline that has passed is dealt with, and must not make the loop spin.
        let soonest = deadlines.into_iter().min().unwrap_or(reading.instant + TURN_MAX);
        soonest.max(reading.instant + Duration::from_millis(2))
    }

    fn plan_for(&mut self, reading: Reading, now: Timestamp, trusted: bool) {
        let planned_at = self.plan_time(now);
        let states_change = self.feeds.iter().any(|feed| {
            let time = self.feed_time(feed, reading);
            let planned_at = planned_at.checked_add(time.ahead).unwrap_or(time.now);
            feed.next_change(planned_at).is_some_and(|change| change <= time.now)
        });
        // By a clock that is believed from now on, or no longer, every feed's time is another.
        if self.stale_timetable || states_change || self.trusted != trusted {
            let missing =
                |media: &Media| self.on_hand.is_broken(&media.sha256) || !self.store.has(&media.sha256);
            let content = |feed: &Feed| feed.content(self.feed_time(feed, reading), &missing);
            let contents = self.feeds.iter().filter_map(content).collect();
            self.timetable = Timetable::new(contents, &self.shown);
            self.stale_timetable = false;
            self.plan = None;
        }
        let holds = self.plan.as_ref().is_some_and(|(plan, until)| {
            plan.at <= now && until.is_none_or(|until| now < until) && self.trusted == trusted
        });
        if holds {
            return;
        }
        let before = self.plan.take().map(|(plan, _)| plan);
        let plan = self.timetable.on_air(now, trusted);
        let until = self.timetable.next_change(now, trusted);
        // One zone's turn may end just before another's, whose files would then come late.
        let ends = plan.slots().map(|slot: &NoticeSlot| slot.end).filter(|end| *end > now);
        let mut moments: Vec<Timestamp> = until.into_iter().chain(ends).collect();
        moments.sort();
        moments.dedup();
        self.coming = moments.into_iter().map(|at| self.timetable.on_air(at, trusted)).collect();
        if before.is_none_or(|before| before.seen(plan.at) != plan.seen(plan.at)) {
            self.composition = None;
            self.held_since = None;
            self.unready_film = None;
        }
        self.trusted = trusted;
        self.plan = Some((plan, until));
    }

    fn plan_time(&self, now: Timestamp) -> Timestamp {
        self.plan.as_ref().map_or(now, |(plan, _)| plan.at.min(now))
    }

    fn theme(&self, zoned: &Zoned, trusted: bool) -> Theme {
        self.config.theme_at(zoned.timestamp(), time_of_day(zoned).filter(|_| trusted))
    }

    fn compose(&mut self, plan: &Plan, now: &Now, trusted: bool) {
        let theme = self.theme(&now.at.to_zoned(self.zone()), trusted);
        let (network, waiting) = (self.network(), matches!(plan.main, Main::Neutral { ever: false }));
        let holds = self.composition.as_ref().is_some_and(|last| {
            last.theme == theme
                && (last.network == network || !waiting)
                && last.composed.next_change.is_none_or(|change| now.at < change)
        });
        if holds {
            return;
        }
        let composed = self.composed(plan, now.at, trusted);
        self.composition = Some(Composition { composed, theme, network });
    }

    fn composed(&mut self, plan: &Plan, at: Timestamp, trusted: bool) -> Composed {
        let zone = TimeZone::get(&plan.timezone).unwrap_or(TimeZone::UTC);
        let now = at.to_zoned(zone);
        let theme = self.theme(&now, trusted);
        let network = self.network();
        let (board, size) = (&self.shown, scene_size(&self.config.display.geometry, self.size));
        let view = View {
            plan,
            board,
            now,
            clock_trusted: trusted,
            size,
            rate_mhz: self.rate_mhz,
            theme,
            look: &self.look,
            network: &network,
            media: &|media: &Media| match self.unready_film {
                Some(unready) if unready == media.sha256 => Availability::Waiting,
                _ => self.on_hand.availability(media),
            },
        };
        self.composer.compose(&view)
    }

    /// For the page of a board that has never had a programme: what is known of the network, in words.
    fn network(&self) -> String {
        match self.feeds.iter().find_map(|feed| feed.error.as_ref()) {
            Some(problem) => own_words(&problem.why.vi).to_owned(),
            None => "Đang tải bảng tin".into(),
        }
    }

    /// Opens, starts and ends clips.
    fn play(&mut self, plan: &Plan, at: Anchor) {
        let mut all = wanted(plan, true);
        let soon = |next: &&Plan| next.at.duration_since(at.wall) <= OPEN_AHEAD;
        let coming: Vec<Plan> = self.coming.iter().filter(soon).cloned().collect();
        let mut next_fit = None;
        for next in &coming {
            let ahead: Vec<Wanted> = wanted(next, false)
                .into_iter()
                .filter(|later| {
                    !all.iter().any(|known| known.media == later.media && known.start == later.start)
                })
                .collect();
            if next_fit.is_none() && ahead.iter().any(|wanted| wanted.film) {
                next_fit = self.composed(next, next.at, true).scene.film.map(|slot| self.fit(&slot));
            }
            all.extend(ahead);
        }
        let now_fit = self
            .composition
            .as_ref()
            .and_then(|last| last.composed.scene.film.as_ref())
            .map(|slot| self.fit(slot));
        let fallback = Fit::Native { side_max: TEXTURE_SIDE_MAX };
        let fit = |wanted: &Wanted| if wanted.now { now_fit } else { next_fit }.unwrap_or(fallback);
        let asset = |media: &Media| self.on_hand.asset(&media.sha256);
        let events = self.events.clone();
        let changed = move || {
            // The board may have ended first.
            let _ = events.send(Event::Clip);
        };
        let troubles = self.playout.update(&all, at, &mut self.sound, asset, fit, changed);
        for trouble in troubles {
            match trouble {
                Trouble::Failed(sha256, problem) => {
                    self.report(&problem);
                    self.give_up(sha256);
                }
                Trouble::Setback(problem) => self.report(&problem),
                Trouble::Mended(problem) => self.mended(&problem),
            }
        }
    }

    /// The size that a film's pictures are wanted in: a GPU scales them itself.
    fn fit(&self, slot: &FilmSlot) -> Fit {
        let side = |length: i32| length.clamp(2, PICTURE_SIDE_MAX as i32) as u32;
        match slot.meet {
            _ if self.stage.about().0 == "gpu" => Fit::Native { side_max: TEXTURE_SIDE_MAX },
            Meet::Cover => Fit::Cover(side(slot.rect.w), side(slot.rect.h)),
            Meet::Contain => Fit::Contain(side(slot.rect.w), side(slot.rect.h)),
        }
    }

    /// Hands the stage what it shows, if that has changed. What is not complete yet waits a moment, the old
    /// picture staying; returns when that moment is over.
    fn tell(&mut self, plan: &Plan, at: Anchor, trusted: bool) -> Option<Instant> {
        let composition = self.composition.as_ref()?;
        let scene = &composition.composed.scene;
        let film = scene.film.as_ref().and_then(|slot| self.playout.film(slot.sha256));
        let film_lacks = scene.film.is_some() && film.is_none();
        let mut pictures = HashMap::new();
        for sha256 in scene.pictures() {
            if let Some(picture) = self.on_hand.picture(&sha256) {
                pictures.insert(sha256, picture);
            }
        }
        let picture_lacks = plan.pictures().any(|media| self.on_hand.is_loading(&media.sha256));
        if film_lacks || picture_lacks {
            let since = *self.held_since.get_or_insert(at.instant);
            let over = since + HOLD;
            if at.instant < over {
                return Some(over);
            }
            if film_lacks {
                // Its place would be black.
                self.unready_film = scene.film.as_ref().map(|slot| slot.sha256);
                self.composition = None;
                return Some(at.instant);
            }
        } else {
            self.held_since = None;
        }
        let mut shown: Vec<(Sha256, usize)> =
            pictures.iter().map(|(sha256, picture)| (*sha256, Arc::as_ptr(picture) as usize)).collect();
        shown.sort();
        let (film, identity) = film.unzip();
        let time = time_of_day(&at.wall.to_zoned(self.zone())).filter(|_| trusted);
        let brightness = self.config.led.brightness_at(at.wall, time);
        let same = self.told.as_ref().is_some_and(|told| {
            *told.scene == *scene
                && told.pictures == shown
                && told.film == identity
                && told.brightness == brightness
        });
        if !same {
            let scene = Arc::new(scene.clone());
            self.told = Some(Told { scene: scene.clone(), pictures: shown, film: identity, brightness });
            self.stage.show(Show { scene, pictures, film, brightness, at: (at.wall, at.instant) });
        }
        None
    }
}

/// Marks as over what hindered this, but for the problem that is told `still`; returns what was marked.
fn end<'a>(
    errors: &'a mut VecDeque<Noted>,
    hindered: &Hinders,
    still: Option<&str>,
    now: Instant,
) -> Vec<&'a str> {
    let over = errors.iter_mut().filter(|noted| {
        noted.over.is_none() && noted.hinders.as_ref() == Some(hindered) && still != Some(&noted.text)
    });
    over.map(|noted| {
        noted.over = Some(now);
        noted.text.as_str()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_in_the_way_of_a_file_or_a_poll_is_over_when_that_succeeds_and_nothing_else_is() {
        let now = clock::instant();
        let film = |byte: u8| Hinders::Fetch(Sha256([byte; 32]));
        let poll = |feed: &str| Hinders::Poll(feed.into());
        let noted = |(text, hinders): (&str, Option<Hinders>)| Noted {
            text: text.into(),
            hinders,
            count: 1,
            instant: now,
            at: None,
            over: None,
        };
        let mut errors: VecDeque<Noted> = [
            ("0 MB are free", Some(film(1))),
            ("9 MB are free", Some(film(1))),
            ("another film", Some(film(2))),
            ("not kept", Some(poll("xa"))),
            ("no network", Some(poll("xa"))),
            ("no such folder", None),
        ]
        .map(noted)
        .into();
        assert_eq!(end(&mut errors, &film(1), None, now), ["0 MB are free", "9 MB are free"]);
        assert_eq!(end(&mut errors, &film(1), None, now), [""; 0]);
        assert_eq!(end(&mut errors, &poll("huyen"), None, now), [""; 0]);
        assert_eq!(end(&mut errors, &poll("xa"), Some("not kept"), now), ["no network"]);
        assert_eq!(errors.iter().filter(|noted| noted.over.is_none()).count(), 3);
    }

    #[test]
    fn residents_are_told_the_reason_and_no_librarys_words() {
        let said = "không kết nối được máy chủ: error sending request for url (http://a/): tcp connect error";
        assert_eq!(own_words(said), "không kết nối được máy chủ");
        assert_eq!(own_words("máy chủ trả lời mã 404"), "máy chủ trả lời mã 404");
        assert_eq!(own_words("không dùng được (os error 2)"), "không dùng được");
    }
}
