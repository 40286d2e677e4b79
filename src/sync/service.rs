//! The one thread that follows all feeds.
//!
//! A task a feed polls it; one task brings media, one file at a time, and drops what it is doing for what has
//! become more urgent: the part stays and is resumed. Tasks share a current-thread runtime, so nothing here
//! needs a lock, and the board's own threads never wait for a network. Dropping [`FeedService`] ends the
//! thread without waiting for any server.
//!
//! A poll with no news is one conditional request and writes nothing. The first poll of a run, and the one
//! after a failure, ask for everything: also whether there is a new root, which is asked at every tenth poll, too.

use super::fetch;
use super::http::{Document, Patience, Validator};
use super::order::{Need, needed};
use super::source::Source;
use super::tls::TlsTime;
use super::{Check, FeedEvent, FeedSpec, poll};
use crate::clock::{self, Reading};
use crate::limits::{METADATA_BYTES_MAX, TIMESTAMP_BYTES_MAX};
use crate::model::alert::Alerts;
use crate::model::media::Sha256;
use crate::model::programme::Programme;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::store::{Generation, Store};
use crate::trust::time::{Clocks, Discipline, Floor, Vouched};
use crate::trust::{Refusal, Times, time};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

/// The time between attempts to fetch a media file that could not be had grows up to a few times this.
const MEDIA_RETRY: Duration = Duration::from_secs(120);
/// After a bug of ours a feed is taken up again, but not in a loop.
const AFTER_PANIC: Duration = Duration::from_secs(60);
/// Of so many polls that find the same timestamp, one also asks whether there is a new root.
const POLLS_A_ROOT: u32 = 10;

enum Command {
    PollNow(String),
    LookForMedia,
    Stop,
}

/// The running service. Dropping it stops it.
#[derive(Debug)]
pub struct FeedService {
    commands: mpsc::UnboundedSender<Command>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Command")
    }
}

/// Starts to follow the feeds. `clock` reads the machine's clocks, its `synchronised` being true also where
/// the board's configuration says that the machine has a clock chip. `events` is called on the service's
/// thread and must not block.
///
/// # Errors
/// The operating system gives no thread.
pub fn spawn(
    feeds: Vec<FeedSpec>,
    store: Arc<Store>,
    clock: impl Fn() -> Reading + Send + Sync + 'static,
    events: impl Fn(FeedEvent) + Send + 'static,
) -> Outcome<FeedService> {
    spawn_patient(feeds, store, clock, events, Patience::default())
}

pub(super) fn spawn_patient(
    feeds: Vec<FeedSpec>,
    store: Arc<Store>,
    clock: impl Fn() -> Reading + Send + Sync + 'static,
    events: impl Fn(FeedEvent) + Send + 'static,
    patience: Patience,
) -> Outcome<FeedService> {
    let (commands, inbox) = mpsc::unbounded_channel();
    let no_thread = |error: std::io::Error| {
        Problem::new(
            "bangtin",
            say!(en: "the network thread cannot start: {error}", vi: "không khởi động được luồng mạng: {error}",
                error = error),
            say!(en: "check the limits of this process", vi: "hãy kiểm tra giới hạn của tiến trình này"),
        )
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
    let discipline = Mutex::new(Discipline::default());
    let clocks = move || {
        let read = clocks(clock());
        let mut discipline = discipline.lock().unwrap_or_else(PoisonError::into_inner);
        discipline.note(read);
        discipline.applied(read)
    };
    let clocks: Arc<dyn Fn() -> Clocks + Send + Sync> = Arc::new(clocks);
    let work = move || {
        let start = Floor::at_start(clocks());
        let shared = Rc::new(Shared {
            shows: RefCell::new(feeds.iter().map(|_| None).collect()),
            store,
            events: Box::new(events),
            media_changed: Notify::new(),
            names: feeds.iter().map(|feed| feed.name.as_str().into()).collect(),
            times: RefCell::new(feeds.iter().map(|_| None).collect()),
            start,
            clocks,
            sources: RefCell::new(feeds.iter().map(|_| None).collect()),
        });
        let tasks = tokio::task::LocalSet::new();
        tasks.block_on(&runtime, run(feeds, shared, inbox, patience));
        drop(tasks);
        // A name being resolved cannot be interrupted; it is not waited for.
        runtime.shutdown_background();
    };
    let thread = std::thread::Builder::new().name("feeds".into()).spawn(work).map_err(no_thread)?;
    Ok(FeedService { commands, thread: Some(thread) })
}

impl FeedService {
    /// Polls the feed now: a hint came that there is news.
    pub fn poll_now(&self, feed: &str) {
        self.send(Command::PollNow(feed.into()));
    }

    /// A media file turned out to be missing: it is fetched without waiting for the next poll.
    pub fn look_for_media(&self) {
        self.send(Command::LookForMedia);
    }

    fn send(&self, command: Command) {
        // The thread is gone only when the service is being dropped.
        let _ = self.commands.send(command);
    }
}

impl Drop for FeedService {
    fn drop(&mut self) {
        self.send(Command::Stop);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the network thread has panicked");
        }
    }
}

/// A generation's own, as far as media hang on it.
type Content = (Arc<Programme>, Arc<Alerts>);

struct Shared {
    store: Arc<Store>,
    clocks: Arc<dyn Fn() -> Clocks + Send + Sync>,
    events: Box<dyn Fn(FeedEvent)>,
    /// By feed: what it shows now.
    shows: RefCell<Vec<Option<Content>>>,
    sources: RefCell<Vec<Option<Rc<Source>>>>,
    names: Vec<Arc<str>>,
    /// What this program knew of the time when it started.
    start: Floor,
    /// By feed: the last time by which it was judged.
    times: RefCell<Vec<Option<Timestamp>>>,
    media_changed: Notify,
}

impl Shared {
    /// Media files to bring here, in order, from feeds that can be asked; and all that may not be evicted.
    fn needs(&self) -> (Vec<Need>, HashSet<Sha256>) {
        let shows = self.shows.borrow();
        let sources = self.sources.borrow();
        let shown = shows.iter().enumerate().filter_map(|(feed, shown)| {
            let (programme, alerts) = shown.as_ref()?;
            Some((feed, (&**programme, &**alerts)))
        });
        let (feeds, contents): (Vec<usize>, Vec<(&Programme, &Alerts)>) = shown.unzip();
        // The earliest: one feed's wrong time must not make another's media look over.
        let now = self.times.borrow().iter().flatten().min().copied().unwrap_or(Timestamp::MIN);
        let all = needed(&contents, now);
        let scheduled = all.iter().map(|need| need.media.sha256).collect();
        let missing = all
            .into_iter()
            .map(|need| Need { feed: feeds[need.feed], ..need })
            .filter(|need| sources[need.feed].is_some() && !self.store.has(&need.media.sha256));
        (missing.collect(), scheduled)
    }
}

async fn run(
    feeds: Vec<FeedSpec>,
    shared: Rc<Shared>,
    mut inbox: mpsc::UnboundedReceiver<Command>,
    patience: Patience,
) {
    // All of them before the first poll: what any feed shows must not be evicted for another.
    for (index, spec) in feeds.iter().enumerate() {
        let store = &shared.store;
        let kept =
            store.generation(&spec.name).or_else(|| store.load_feed(&spec.name, &spec.root).generation);
        shared.shows.borrow_mut()[index] = kept.map(|generation| (generation.programme, generation.alerts));
    }
    let mut hints = HashMap::new();
    for (index, spec) in feeds.into_iter().enumerate() {
        let hint = Rc::new(Notify::new());
        hints.insert(spec.name.clone(), Rc::clone(&hint));
        let shared = Rc::clone(&shared);
        tokio::task::spawn_local(async move {
            loop {
                let feed = Feed::new(index, spec.clone(), Rc::clone(&shared));
                let task = tokio::task::spawn_local(follow(feed, Rc::clone(&hint), patience));
                let Err(error) = task.await else { return };
                tracing::error!(feed = spec.name, %error, "following this feed failed; it is taken up again");
                tokio::time::sleep(AFTER_PANIC).await;
            }
        });
    }
    {
        let shared = Rc::clone(&shared);
        tokio::task::spawn_local(async move {
            loop {
                let task = tokio::task::spawn_local(bring_media(Rc::clone(&shared)));
                let Err(error) = task.await else { return };
                tracing::error!(%error, "bringing media failed; it is taken up again");
                tokio::time::sleep(AFTER_PANIC).await;
            }
        });
    }
    while let Some(command) = inbox.recv().await {
        match command {
            Command::PollNow(name) => hints.get(&name).into_iter().for_each(|hint| hint.notify_one()),
            Command::LookForMedia => shared.media_changed.notify_one(),
            Command::Stop => return,
        }
    }
}

fn clocks(reading: Reading) -> Clocks {
    Clocks { system: reading.system, disciplined: reading.synchronised, since_boot: reading.since_boot }
}

struct Feed {
    index: usize,
    name: Arc<str>,
    spec: FeedSpec,
    shared: Rc<Shared>,
    /// What the generation that shows says of the time.
    vouched: Vouched,
    /// The root in use: the given one, or a copy of the one before it.
    root: Vec<u8>,
    /// Set while the last refresh was complete: a poll may then be a question whether anything changed.
    last: Option<Last>,
    /// Polls in a row that found the same timestamp.
    unchanged: u32,
}

struct Last {
    check: Check,
    timestamp: Vec<u8>,
    validator: Option<Validator>,
}

impl Feed {
    fn new(index: usize, spec: FeedSpec, shared: Rc<Shared>) -> Feed {
        Feed {
            index,
            name: spec.name.as_str().into(),
            root: spec.root.clone(),
            spec,
            shared,
            vouched: Vouched::default(),
            last: None,
            unchanged: 0,
        }
    }

    fn times(&self) -> Times {
        let times = self.vouched.times(self.shared.start, (self.shared.clocks)());
        self.shared.times.borrow_mut()[self.index] = Some(times.held);
        times
    }

    /// Takes note of what shows.
    fn shows(&mut self, generation: &Generation) {
        self.vouched.replace(generation.issued, (self.shared.clocks)());
        let content = (Arc::clone(&generation.programme), Arc::clone(&generation.alerts));
        self.shared.shows.borrow_mut()[self.index] = Some(content);
        self.shared.media_changed.notify_one();
    }

    fn open(&self, patience: Patience) -> Outcome<Rc<Source>> {
        let (start, clocks) = (self.shared.start, Arc::clone(&self.shared.clocks));
        // No feed's word: a signer whose clock was wrong must not keep us from fetching the correction.
        let now = move || {
            let now = start.now(clocks());
            TlsTime { at: now.at, is_floor: now.source == time::Source::Floor }
        };
        Source::open(&self.spec.source, Arc::new(now), patience).map(Rc::new)
    }

    /// Whether a root has come since the one that is held: a key that was stolen is replaced by one, and the
    /// thief keeps the timestamp as it is. Asked only now and then.
    async fn has_new_root(&mut self, source: &Source, held: u64) -> Outcome<bool> {
        self.unchanged = self.unchanged.saturating_add(1);
        if !self.unchanged.is_multiple_of(POLLS_A_ROOT) {
            return Ok(false);
        }
        let path = format!("metadata/{}.root.json", held.saturating_add(1));
        Ok(source.optional_document(&path, METADATA_BYTES_MAX).await?.is_some())
    }

    async fn poll(&mut self, source: &Source) -> Outcome<Check> {
        self.shared.store.save(&self.name);
        let mut timestamp = None;
        if let Some(last) = &mut self.last {
            let path = "metadata/timestamp.json";
            let answer = source.document(path, TIMESTAMP_BYTES_MAX, last.validator.as_ref()).await?;
            match answer {
                Document::Here { bytes, validator } if bytes != last.timestamp => {
                    timestamp = Some((bytes, validator));
                }
                Document::Absent => return Err(Refusal::Missing { file: path.into() }.problem(&self.name)),
                unchanged => {
                    if let Document::Here { validator, .. } = unchanged {
                        last.validator = validator;
                    }
                    let last = last.check.clone();
                    if self.times().held > last.expires {
                        let refusal =
                            Refusal::Expired { file: "timestamp.json".into(), expires: last.expires };
                        return Err(refusal.problem(&self.name));
                    }
                    if !self.has_new_root(source, last.versions.root).await? {
                        let unsaved = self.shared.store.unsaved(&self.name);
                        return Ok(Check { news: false, unsaved, ..last });
                    }
                }
            }
        }
        self.unchanged = 0;
        let (root, problem) = self.shared.store.usable_root(&self.name, &self.spec.root)?;
        self.root = root;
        let times = self.times();
        let store = &self.shared.store;
        // Texts and warnings go before media that nothing schedules. Where no room can be made, the writing
        // itself will say so.
        let _ = store.make_room(0, &self.shared.needs().1);
        let accepted_at = |issued| {
            let (mut vouched, clocks) = (self.vouched, (self.shared.clocks)());
            vouched.replace(issued, clocks);
            vouched.now(self.shared.start, clocks).at
        };
        let refreshed =
            fetch::refresh(source, store, &self.name, &self.root, times, accepted_at, timestamp).await?;
        let generation = refreshed.generation;
        let unsaved = store.unsaved(&self.name);
        self.shows(&generation);
        let check = Check {
            news: refreshed.news,
            versions: generation.versions,
            expires: generation.expires,
            issued: generation.issued,
            unsaved,
        };
        if refreshed.news {
            (self.shared.events)(FeedEvent::Adopted { generation, problems: refreshed.problems });
        }
        if let Some(missing) = refreshed.missing {
            return Err(missing);
        }
        self.last = Some(Last {
            check: check.clone(),
            timestamp: refreshed.timestamp,
            validator: refreshed.validator,
        });
        // A wrong root file is said at every poll, though its predecessor serves.
        problem.map_or(Ok(check), Err)
    }
}

async fn follow(mut feed: Feed, hint: Rc<Notify>, patience: Patience) {
    let store = Arc::clone(&feed.shared.store);
    let loaded =
        store.generation(&feed.name).or_else(|| store.load_feed(&feed.name, &feed.spec.root).generation);
    if let Some(generation) = &loaded {
        feed.shows(generation);
    }
    let mut failures = 0u32;
    loop {
        let source = feed.shared.sources.borrow()[feed.index].clone();
        let source = match source {
            Some(source) => Ok(source),
            None => feed.open(patience),
        };
        let result = match source {
            Ok(source) => {
                feed.shared.sources.borrow_mut()[feed.index] = Some(Rc::clone(&source));
                feed.poll(&source).await
            }
            Err(problem) => Err(problem),
        };
        failures = if result.is_ok() { 0 } else { failures.saturating_add(1) };
        if result.is_err() {
            feed.last = None;
        }
        let at = feed.times().held;
        (feed.shared.events)(FeedEvent::Checked { feed: Arc::clone(&feed.name), at, result });
        // A media file may have been found damaged since.
        feed.shared.media_changed.notify_one();
        let wait = poll::wait(feed.spec.poll, failures, fastrand::f64());
        let _ = tokio::time::timeout(wait, hint.notified()).await;
    }
}

/// A file that could not be had: how often in a row, and when to try again.
struct Setback {
    failures: u32,
    until: Instant,
}

async fn bring_media(shared: Rc<Shared>) {
    let mut setbacks = HashMap::<Sha256, Setback>::new();
    loop {
        let now = clock::instant();
        let (needs, scheduled) = shared.needs();
        setbacks.retain(|sha256, _| scheduled.contains(sha256));
        let ready =
            |need: &&Need| setbacks.get(&need.media.sha256).is_none_or(|setback| setback.until <= now);
        let Some((need, source)) = needs
            .iter()
            .find(ready)
            .and_then(|need| Some((need.clone(), shared.sources.borrow()[need.feed].clone()?)))
        else {
            if needs.is_empty() {
                shared.store.tidy_media(&scheduled);
            }
            let next = setbacks.values().map(|setback| setback.until.saturating_duration_since(now)).min();
            let _ =
                tokio::time::timeout(next.unwrap_or(Duration::MAX), shared.media_changed.notified()).await;
            continue;
        };
        let fetching = fetch::media(&source, &shared.store, &need.media, &scheduled);
        let overtaken = async {
            loop {
                shared.media_changed.notified().await;
                let (needs, _) = shared.needs();
                if needs.iter().find(ready).is_none_or(|first| first.media.sha256 != need.media.sha256) {
                    return;
                }
            }
        };
        let result = tokio::select! {
            result = fetching => result,
            () = overtaken => continue,
        };
        match result {
            Ok(()) => {
                setbacks.remove(&need.media.sha256);
                (shared.events)(FeedEvent::MediaReady { media: need.media });
            }
            Err(problem) => {
                let failures = setbacks.get(&need.media.sha256).map_or(0, |setback| setback.failures) + 1;
                let until = now + poll::wait(MEDIA_RETRY, failures, fastrand::f64());
                setbacks.insert(need.media.sha256, Setback { failures, until });
                let feed = Arc::clone(&shared.names[need.feed]);
                (shared.events)(FeedEvent::MediaProblem { feed, media: need.media, problem });
            }
        }
    }
}
