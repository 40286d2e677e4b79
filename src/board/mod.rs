//! The board: all the parts joined, and the one loop that runs them.
//!
//! Threads: the main thread has the window (or, headless, this loop); the board's loop has one; so have the
//! stage, the feeds (tokio), the loader, the control socket, and each open clip. They talk by bounded plain
//! data; none waits for another.

#[cfg(test)]
mod clock_tests;
pub mod control;
mod event;
mod feeds;
mod listen;
mod loader;
mod monitor;
mod notify;
mod on_hand;
mod pattern;
mod playout;
mod setback;
mod state;
mod supervise;
mod told;
mod unheard;
mod window;

pub use pattern::{run as run_pattern, scene as pattern_scene};
pub use playout::OnStage;
pub use window::{LOGGED as WINDOW_LOGGED, WindowKind};

use crate::clock;
use crate::config::{Config, Present};
use crate::layout::{Composer, Fonts, Look};
use crate::media::Decoder;
use crate::model::feed::Rights;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::sound::Sound;
use crate::stage::{PresentMode, Setup, Stage, misfit};
use crate::store::Store;
use crate::sync::{FeedSpec, check_address, service};
use event::Event;
use feeds::Feed;
use loader::Loader;
use state::{Board, Parts};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Where the board shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    Window(WindowKind),
    /// Physical pixels, no display.
    Headless(u32, u32),
}

/// How a board is started.
#[derive(Debug, Clone)]
pub struct Options {
    pub config: Config,
    pub display: Display,
    pub decoder: Decoder,
    pub font_folders: Vec<PathBuf>,
}

/// Runs a board until it is told to end.
///
/// # Errors
/// What makes showing anything impossible: the state directory, the display. All else is reported by the
/// running board.
pub fn run(options: Options) -> Outcome<()> {
    let (events, inbox) = channel();
    let store = Arc::new(Store::open(&options.config.state)?);
    terminate_on_signal(&events);
    let (fonts, problems) = Fonts::load(&options.font_folders);
    let fonts = Arc::new(fonts);
    let ground = Ground { options, store, fonts, problems };
    match ground.options.display {
        Display::Headless(width, height) => {
            let stage = Stage::headless(width, height, setup(&ground.options.config), ground.fonts.clone())?;
            supervise::start(&events, &stage, None).map_err(|error| thread_problem(&error))?;
            let mut board = assemble(ground, &events, stage, (width, height))?;
            serve(&mut board, &inbox);
            Ok(())
        }
        Display::Window(kind) => {
            let title = ground.options.config.board.name.clone();
            let mut thread = None;
            let to_board = events.clone();
            let started = window::run(kind, title, events, |window, waker| {
                let mode = present_mode(&ground.options.config);
                let size = window.inner_size();
                let setup = setup(&ground.options.config);
                let shown = Some((waker.clone(), window::compositor(&window)));
                let stage = Stage::window(window, mode, setup, ground.fonts.clone())?;
                supervise::start(&to_board, &stage, shown).map_err(|error| thread_problem(&error))?;
                let body = move || {
                    let assembled = assemble(ground, &to_board, stage, (size.width, size.height));
                    let ended = assembled.map(|mut board| serve(&mut board, &inbox));
                    waker.close();
                    ended
                };
                let spawned = supervise::spawn("board", body);
                thread = Some(spawned.map_err(|error| thread_problem(&error))?);
                Ok(())
            });
            started?;
            match thread.map(std::thread::JoinHandle::join) {
                Some(Ok(ended)) => ended,
                Some(Err(_)) => supervise::end("board"),
                None => Ok(()),
            }
        }
    }
}

fn present_mode(config: &Config) -> PresentMode {
    match config.display.present {
        Present::Auto => PresentMode::Auto,
        Present::Gpu => PresentMode::Gpu,
        Present::Shm => PresentMode::Shm,
    }
}

/// What the configuration says of the output.
fn setup(config: &Config) -> Setup {
    Setup {
        geometry: config.display.geometry,
        panel: config.led.panel,
        reduced_motion: config.display.reduced_motion,
    }
}

fn thread_problem(error: &std::io::Error) -> Problem {
    Problem::new(
        "bangtin",
        say!(en: "a thread could not be started ({error})", vi: "không tạo được luồng xử lý ({error})"),
        say!(en: "free some memory, or restart the machine", vi: "hãy giải phóng bộ nhớ hoặc khởi động lại máy"),
    )
}

fn serve(board: &mut Board, inbox: &Receiver<Event>) {
    while !board.finished() {
        let deadline = board.turn();
        let wait = deadline.saturating_duration_since(clock::instant());
        if let Ok(event) = inbox.recv_timeout(wait) {
            board.take(event);
            while let Ok(event) = inbox.try_recv() {
                board.take(event);
            }
        }
    }
}

/// What a board stands on, whatever it shows on.
struct Ground {
    options: Options,
    store: Arc<Store>,
    fonts: Arc<Fonts>,
    /// What was found wrong so far.
    problems: Vec<Problem>,
}

fn assemble(ground: Ground, events: &Sender<Event>, stage: Stage, size: (u32, u32)) -> Outcome<Board> {
    let Ground { options, store, fonts, mut problems } = ground;
    let config = &options.config;
    problems.extend(store.problems().iter().cloned());
    problems.extend(misfit(&config.display.geometry, config.display.geometry_written.as_deref(), size));

    // A look with a mistake in it costs itself: the built-in one serves.
    let look = Look::load(&config.display.look).unwrap_or_else(|wrong| {
        problems.extend(wrong);
        Look::cham().clone()
    });
    let mut feeds = Vec::new();
    let mut specs = Vec::new();
    for feed in &config.feeds {
        let root = crate::disk::read_for_person(&feed.root);
        let address = check_address(&feed.url);
        let mut known = Feed::new(&feed.name, &feed.url, Rights { may_interrupt: feed.may_interrupt });
        match (root, address) {
            (Ok(root), Ok(())) => {
                let loaded = store.load_feed(&feed.name, &root);
                problems.extend(loaded.problems);
                known.generation = loaded.generation;
                let poll = Duration::from_secs(feed.poll_seconds.into());
                specs.push(FeedSpec { name: feed.name.clone(), source: feed.url.clone(), root, poll });
            }
            (Err(problem), _) | (_, Err(problem)) => {
                problems.push(problem.clone());
                known.error = Some(problem);
            }
        }
        feeds.push(known);
    }

    let start = |error: std::io::Error| thread_problem(&error);
    let decoder = options.decoder.clone();
    let mut board = Board::new(Parts {
        config: config.clone(),
        store: store.clone(),
        events: events.clone(),
        loader: Loader::start(store.clone(), decoder.clone(), events.clone()).map_err(start)?,
        stage,
        composer: Composer::new(fonts),
        look,
        sound: match config.sound.enabled {
            true => Sound::new(config.sound.device.clone(), clock::instant()),
            false => Sound::silent(clock::instant()),
        },
        decoder,
        feeds,
        size,
    });
    problems.iter().for_each(|problem| board.report(problem));
    // What is kept shows before anybody is asked for news.
    board.turn();
    // Whose the directory is was told above.
    if let Err(problem) = control::listen(&config.state, events.clone())
        && !store.is_anothers()
    {
        board.report(&problem);
    }
    if !specs.is_empty() {
        let events = events.clone();
        let has_rtc = config.clock.has_rtc;
        let read = move || {
            let reading = clock::read();
            clock::Reading { synchronised: reading.synchronised || has_rtc, ..reading }
        };
        let service = service::spawn(specs, store, read, move |event| {
            // The board may have ended first.
            let _ = events.send(Event::Feed(Box::new(event)));
        })?;
        board.follow(service);
    }
    Ok(board)
}

/// SIGTERM and SIGINT end the board in good order. A thread waits for them, so no code runs in a handler.
fn terminate_on_signal(events: &Sender<Event>) {
    let events = events.clone();
    // SAFETY: plain calls on a local signal set; the mask is inherited by the threads started later, so the
    // signals reach only the thread that waits for them. The decoder children are started with an empty
    // mask of their own by the system's spawn, and are killed rather than asked.
    unsafe {
        // A limit on file sizes is a full disk like any other: an error, not the end of the board.
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigaddset(&mut set, libc::SIGTERM);
        libc::sigaddset(&mut set, libc::SIGINT);
        libc::pthread_sigmask(libc::SIG_BLOCK, &set, std::ptr::null_mut());
        let wait = move || {
            let mut signal = 0;
            // SAFETY: `set` was initialised above and is owned by this thread.
            if libc::sigwait(&set, &mut signal) == 0 {
                let _ = events.send(Event::Terminate);
            }
        };
        // Without the thread a signal is ignored; the service manager kills after its own time-out.
        let _ = std::thread::Builder::new().name("signals".into()).spawn(wait);
    }
}
