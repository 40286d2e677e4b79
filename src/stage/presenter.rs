//! The presenter thread: takes orders, moves what moves, sleeps until something is due.
//!
//! Frame slots are those of the display, of wall time. In each slot at most one frame is presented; a slot that came and went
//! while the ticker should have moved counts as missed, and the ticker is then where it should be, not where
//! it would have been.

use super::composition::{Composition, Due};
use super::drawable::Drawable;
use super::gpu::Gpu;
use super::mailbox::{Mailbox, Orders};
use super::output::Output;
use super::shm::Shm;
use super::strip::{slot_at, slot_begins};
use super::{Setup, Show};
use crate::clock;
use crate::layout::{Fonts, RATE_MHZ, Rect};
use crate::model::status::FrameCount;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A film picture shown later than this after its time counts as late.
const LATE: Duration = Duration::from_millis(50);
/// While a film has no picture at hand, how often to look again.
const LOOK_AGAIN: Duration = Duration::from_millis(8);
/// After a presenter failed, how long until it is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// Frames since the start, read from any thread.
#[derive(Default)]
pub struct Meter {
    drawn: AtomicU64,
    missed: AtomicU64,
    blank: AtomicU64,
    late: AtomicU64,
}

impl Meter {
    pub fn count(&self) -> FrameCount {
        let get = |of: &AtomicU64| of.load(Ordering::Relaxed);
        FrameCount {
            drawn: get(&self.drawn),
            missed: get(&self.missed),
            blank: get(&self.blank),
            late: get(&self.late),
        }
    }
    fn add(&self, of: &AtomicU64, count: u64) {
        of.fetch_add(count, Ordering::Relaxed);
    }
}

/// Which presenter is at work, and the adapter's name.
pub type About = Arc<Mutex<(String, String)>>;

/// Where frames go.
pub enum Presenter {
    Shm(Shm),
    Gpu(Box<Gpu>),
}

impl Presenter {
    pub fn about(&self, headless: bool) -> (String, String) {
        match self {
            Presenter::Shm(_) if headless => ("headless".into(), "none".into()),
            Presenter::Shm(_) => ("shm".into(), "none".into()),
            Presenter::Gpu(gpu) => ("gpu".into(), gpu.name().to_owned()),
        }
    }
    pub fn size(&self) -> (u32, u32) {
        match self {
            Presenter::Shm(shm) => shm.size(),
            Presenter::Gpu(gpu) => gpu.size(),
        }
    }
    fn resize(&mut self, size: (u32, u32)) {
        match self {
            Presenter::Shm(shm) => shm.resize(size),
            Presenter::Gpu(gpu) => gpu.resize(size),
        }
    }
}

/// The thread's state.
pub struct Thread {
    pub mailbox: Arc<Mailbox>,
    pub meter: Arc<Meter>,
    pub about: About,
    pub setup: Setup,
    pub fonts: Arc<Fonts>,
    pub composition: Composition,
    pub presenter: Presenter,
    /// `None` when headless.
    pub window: Option<Arc<Drawable>>,
}

impl Thread {
    /// Runs until it is told to stop.
    pub fn run(mut self) {
        let mut due = Due::default();
        let mut retry: Option<Instant> = None;
        let mut deadline = None;
        let (mut snapshots, mut beats) = (Vec::new(), Vec::new());
        loop {
            let mut orders = self.mailbox.take(deadline);
            if orders.stop {
                return;
            }
            beats.append(&mut orders.beats);
            snapshots.extend(self.follow(orders, &mut due));
            let now = clock::instant();
            let film_at = self.look(now, &mut due);
            let film_pictures = self.composition.film_pictures();
            if !due.is_nothing() && retry.is_none_or(|at| at <= now) {
                match self.present(due, now) {
                    true => {
                        self.meter.add(&self.meter.drawn, 1);
                        self.meter.add(&self.meter.blank, u64::from(self.composition.is_blank()));
                        let late = film_at.is_some_and(|at| now.duration_since(at) > LATE);
                        if late && self.composition.film_pictures() > film_pictures {
                            self.meter.add(&self.meter.late, 1);
                        }
                        (due, retry) = (Due::default(), None);
                    }
                    false => {
                        // Whatever was due is still due, and all of it.
                        due.all = true;
                        retry = Some(now + RETRY);
                    }
                }
            }
            // Whoever asks before there is anything to show waits for the first picture.
            if self.composition.show().is_some() {
                for snapshot in snapshots.drain(..) {
                    // Whoever asked may have gone away.
                    let _ = snapshot.send(self.composition.snapshot());
                }
            }
            // A sign of life means that the picture is there, not only that this loop comes round.
            if self.composition.show().is_some() && retry.is_none() {
                for beat in beats.drain(..) {
                    // Whoever asked may have gone away.
                    let _ = beat.send(());
                }
            }
            deadline = match retry {
                Some(at) => Some(at),
                None => self.next_due(clock::instant()),
            };
        }
    }

    fn follow(
        &mut self,
        orders: Orders,
        due: &mut Due,
    ) -> Vec<std::sync::mpsc::Sender<crate::model::media::Picture>> {
        if let Some(show) = orders.show {
            due.page = due.page.join(&self.adopt(show));
        }
        if let Some(size) = orders.size
            && size != self.presenter.size()
        {
            self.presenter.resize(size);
            self.composition.set_output(Output::new(&self.setup.geometry, size));
            due.all = true;
        }
        due.all |= orders.exposed;
        orders.snapshots
    }

    /// A page that panics is our bug: it costs itself, not the board.
    fn adopt(&mut self, show: Show) -> Rect {
        let composition = &mut self.composition;
        match catch_unwind(AssertUnwindSafe(|| composition.adopt(show, clock::instant()))) {
            Ok(damage) => damage,
            Err(_) => {
                tracing::error!("a page could not be drawn");
                self.composition =
                    Composition::new(Arc::clone(&self.fonts), &self.setup, *self.composition.output());
                Rect::default()
            }
        }
    }

    /// Sees what has become due by itself; says when the film's picture was.
    fn look(&mut self, now: Instant, due: &mut Due) -> Option<Instant> {
        let faded = self.composition.step(now);
        let Some(show) = self.composition.show() else {
            // Nothing has been given to show yet: the window keeps its colour.
            *due = Due::default();
            return None;
        };
        let film = show.film.as_ref().filter(|_| show.scene.film.is_some());
        let film_at = film.and_then(|film| film.next_due(now)).filter(|at| *at <= now);
        due.film |= film_at.is_some();
        due.page = due.page.join(&faded);
        let Some(band) = &show.scene.ticker else { return film_at };
        let slots = i64::from(band.slots.max(1));
        let slot = slot_at(show.at, now, band.rate_mhz);
        let last = self.composition.ticker().slot();
        if last.is_none_or(|last| slot.div_euclid(slots) != last.div_euclid(slots)) {
            if let Some(last) = last {
                let steps = slot.div_euclid(slots) - last.div_euclid(slots);
                // A clock that was set is no missed frame.
                if (2..600).contains(&steps) {
                    self.meter.add(&self.meter.missed, steps as u64 - 1);
                }
            }
            self.composition.move_ticker(slot);
            due.ticker = true;
        }
        film_at
    }

    fn next_due(&self, now: Instant) -> Option<Instant> {
        let show = self.composition.show()?;
        let film = show.film.as_ref().filter(|_| show.scene.film.is_some());
        // A film without a picture at hand, or one that does not give what it announced, is asked again soon.
        let film = film.map(|film| film.next_due(now).filter(|at| *at > now).unwrap_or(now + LOOK_AGAIN));
        let ticker = show.scene.ticker.as_ref().map(|band| {
            let slots = i64::from(band.slots.max(1));
            let step = slot_at(show.at, now, band.rate_mhz).div_euclid(slots) + 1;
            slot_begins(show.at, step * slots, band.rate_mhz)
        });
        let rate_mhz = show.scene.ticker.as_ref().map_or(RATE_MHZ, |band| band.rate_mhz);
        let fade = self.composition.is_fading().then(|| {
            let slot = slot_at(show.at, now, rate_mhz) + 1;
            slot_begins(show.at, slot, rate_mhz)
        });
        [film, ticker, fade].into_iter().flatten().min()
    }

    /// Brings what is due to the screen; says whether it did. A GPU that fails is given up for shared memory.
    fn present(&mut self, due: Due, now: Instant) -> bool {
        let failed = match &mut self.presenter {
            Presenter::Shm(shm) => match shm.present(&mut self.composition, due, now) {
                Ok(()) => return true,
                Err(error) => error.to_string(),
            },
            Presenter::Gpu(gpu) => match gpu.present(&mut self.composition, due, now) {
                Ok(()) => return true,
                Err(error) => error.to_string(),
            },
        };
        tracing::warn!(error = failed, "the picture did not reach the screen");
        let Some(window) = &self.window else { return false };
        let size = self.presenter.size();
        match Shm::window(window, size) {
            Ok(shm) => {
                self.presenter = Presenter::Shm(shm);
                let about = self.presenter.about(false);
                *self.about.lock().unwrap_or_else(PoisonError::into_inner) = about;
            }
            Err(error) => tracing::warn!(%error, "no buffer for the window"),
        }
        false
    }
}
