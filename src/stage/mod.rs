//! From a scene to the screen. The only module that knows windows' surfaces, GPUs and pixels.
//!
//! A [`Stage`] is a handle to a presenter thread. It is given a [`Show`] whenever the picture should be another;
//! between shows the thread moves what moves by itself (the ticker by wall time, a film by its own clock) and
//! otherwise sleeps: a still board draws and presents nothing.
//!
//! Pages are drawn by one code, `canvas`, on the CPU: a page changes a few times a minute, everything on it but
//! text and pictures is a solid rectangle, and every board then shows the same pixels, with any GPU or none. Two presenters bring
//! them to the screen: `shm` copies what changed into the window system's memory, `gpu` uploads it as textures
//! and lets the GPU put page, ticker and film together.
//!
//! The stage never fails once it has started: a lost GPU falls back to `shm`, a lost surface is made again. It reads no files.

mod canvas;
mod composition;
mod drawable;
mod fade;
mod film;
mod finish;
mod glyphs;
mod gpu;
mod ground;
mod mailbox;
mod output;
mod page;
mod planes;
mod presenter;
mod scale;
mod shm;
mod strip;
mod ticker;
mod yuv;

#[cfg(test)]
mod fade_tests;
#[cfg(test)]
mod finish_tests;
#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod led_tests;
#[cfg(test)]
mod letters_tests;
#[cfg(test)]
mod output_tests;
#[cfg(test)]
mod tests;

pub use film::Film;
pub use gpu::adapters;
pub use output::{misfit, scene_size};

use crate::layout::{Fonts, RATE_MHZ, Rect, Scene};
use crate::limits;
use crate::model::display::Geometry;
use crate::model::led::{Panel, Permille};
use crate::model::media::{Picture, Sha256};
use crate::model::status::FrameCount;
use crate::problem::{Outcome, Problem};
use crate::say;
use composition::Composition;
use drawable::Drawable;
use gpu::Gpu;
use jiff::Timestamp;
use mailbox::Mailbox;
use output::Output;
use presenter::{About, Meter, Presenter, Thread};
use shm::Shm;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use winit::window::Window;

/// How the picture reaches the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PresentMode {
    /// `Gpu` where there is a real one, else `Shm`.
    #[default]
    Auto,
    Gpu,
    Shm,
}

/// What is fixed about a board's output.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Setup {
    pub geometry: Geometry,
    pub panel: Panel,
    /// Nothing fades.
    pub reduced_motion: bool,
}

/// What should be on the screen from now on.
#[derive(Clone)]
pub struct Show {
    pub scene: Arc<Scene>,
    /// Every picture that the scene names; one that is missing is not drawn.
    pub pictures: HashMap<Sha256, Arc<Picture>>,
    /// The film of the scene's film slot.
    pub film: Option<Arc<dyn Film>>,
    /// How much of the panel's light it may have.
    pub brightness: Permille,
    /// One moment on both clocks: where the ticker is depends on wall time alone.
    pub at: (Timestamp, Instant),
}

/// A running presenter. Dropping it stops the thread.
pub struct Stage {
    mailbox: Arc<Mailbox>,
    meter: Arc<Meter>,
    about: About,
    fall: Arc<Mutex<Fall>>,
    thread: Option<JoinHandle<()>>,
}

/// What becomes of a panic in the presenter's thread.
#[derive(Default)]
enum Fall {
    #[default]
    Unseen,
    Then(Box<dyn FnOnce() + Send>),
    Fell,
}

/// Stands in the presenter's thread, and falls with it.
struct Sentry(Arc<Mutex<Fall>>);

impl Drop for Sentry {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let mut fall = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Fall::Then(then) = std::mem::replace(&mut *fall, Fall::Fell) {
            drop(fall);
            then();
        }
    }
}

/// How long a screenshot may take: a presenter waits at most for a compositor.
pub const SNAPSHOT_WAIT: Duration = Duration::from_secs(5);

impl Stage {
    /// Starts presenting in a window. `fonts` are those that shaped the scenes.
    ///
    /// # Errors
    ///
    /// No surface of either kind could be made on the window. A GPU that was asked for and is not
    /// there is a warning: the board shows without it.
    pub fn window(window: Arc<Window>, mode: PresentMode, setup: Setup, fonts: Arc<Fonts>) -> Outcome<Stage> {
        let size = window.inner_size();
        let size = (size.width, size.height);
        Stage::start(setup, fonts, move || {
            let window = Arc::new(Drawable::new(window));
            let presenter = match open_gpu(&window, size, mode) {
                Some(gpu) => Presenter::Gpu(Box::new(gpu)),
                None => Presenter::Shm(Shm::window(&window, size).map_err(|error| no_window(&error))?),
            };
            Ok((presenter, Some(window)))
        })
    }

    /// Starts presenting into memory, with no display at all.
    ///
    /// # Errors
    ///
    /// The size is nothing, or more than any screen has.
    pub fn headless(width: u32, height: u32, setup: Setup, fonts: Arc<Fonts>) -> Outcome<Stage> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 || pixels > limits::PICTURE_PIXELS_MAX || width.max(height) > 1 << 15 {
            return Err(Problem::new(
                format!("{width}x{height}"),
                say!(en: "no screen has this size", vi: "không có màn hình nào có kích thước này"),
                say!(en: "give a size such as 1920x1080", vi: "hãy ghi một kích thước như 1920x1080"),
            ));
        }
        Stage::start(setup, fonts, move || Ok((Presenter::Shm(Shm::memory((width, height))), None)))
    }

    /// Opens the presenter on its own thread: surfaces are not to be moved between threads.
    fn start(
        setup: Setup,
        fonts: Arc<Fonts>,
        open: impl FnOnce() -> Outcome<(Presenter, Option<Arc<Drawable>>)> + Send + 'static,
    ) -> Outcome<Stage> {
        let (mailbox, meter, about) = (Arc::<Mailbox>::default(), Arc::<Meter>::default(), About::default());
        let (opened, wait) = mpsc::channel();
        let fall = Arc::<Mutex<Fall>>::default();
        let shared = (Arc::clone(&mailbox), Arc::clone(&meter), Arc::clone(&about), Arc::clone(&fall));
        let body = move || {
            let (mailbox, meter, about, fall) = shared;
            let _sentry = Sentry(fall);
            match open() {
                Ok((presenter, window)) => {
                    let said = presenter.about(window.is_none());
                    *about.lock().unwrap_or_else(PoisonError::into_inner) = said;
                    if opened.send(Ok(())).is_err() {
                        return;
                    }
                    let output = Output::new(&setup.geometry, presenter.size());
                    let composition = Composition::new(Arc::clone(&fonts), &setup, output);
                    Thread { mailbox, meter, about, setup, fonts, composition, presenter, window }.run();
                }
                Err(problem) => {
                    let _ = opened.send(Err(problem));
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("stage".into())
            .spawn(body)
            .map_err(|error| no_thread(&error))?;
        let stage = Stage { mailbox, meter, about, fall, thread: Some(thread) };
        match wait.recv() {
            Ok(Ok(())) => Ok(stage),
            Ok(Err(problem)) => Err(problem),
            Err(error) => Err(no_thread(&error)),
        }
    }

    /// What should be on the screen from now on; replaces whatever was given and not yet drawn.
    pub fn show(&self, show: Show) {
        self.mailbox.leave(|orders| orders.show = Some(show));
    }

    /// The window has this size now, in physical pixels. Give a scene of [`scene_size`] soon after.
    pub fn resized(&self, width: u32, height: u32) {
        self.mailbox.leave(|orders| orders.size = Some((width, height)));
    }

    /// The window system lost the window's picture: put it again.
    pub fn exposed(&self) {
        self.mailbox.leave(|orders| orders.exposed = true);
    }

    /// Exactly what is shown now, the ticker's place and the film's picture included.
    ///
    /// # Errors
    ///
    /// The presenter does not answer.
    pub fn snapshot(&self) -> Outcome<Picture> {
        let (send, receive) = mpsc::channel();
        self.snapshot_to(send);
        receive.recv_timeout(SNAPSHOT_WAIT).map_err(|_| no_snapshot())
    }

    /// The same for whoever waits elsewhere, at most [`SNAPSHOT_WAIT`]: a board that waited here for its first
    /// picture could not give it.
    pub fn snapshot_to(&self, answer: mpsc::Sender<Picture>) {
        self.mailbox.leave(|orders| orders.snapshots.push(answer));
    }

    /// A sign of life, given once what should be on the screen is there: before the first picture, and while the
    /// window system takes none, it is waited for.
    pub fn beat_to(&self, answer: mpsc::Sender<()>) {
        self.mailbox.leave(|orders| orders.beats.push(answer));
    }

    /// What is done, on the presenter's thread, should it panic: nothing else would be seen of that but a picture
    /// that stays.
    pub fn on_panic(&self, then: impl FnOnce() + Send + 'static) {
        let mut fall = self.fall.lock().unwrap_or_else(PoisonError::into_inner);
        match *fall {
            Fall::Fell => {
                drop(fall);
                then();
            }
            _ => *fall = Fall::Then(Box::new(then)),
        }
    }

    /// Frames since the start.
    pub fn meter(&self) -> FrameCount {
        self.meter.count()
    }

    /// Presenter (`gpu`, `shm` or `headless`) and adapter, as they are now.
    pub fn about(&self) -> (String, String) {
        self.about.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.mailbox.leave(|orders| orders.stop = true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the presenter thread panicked");
        }
    }
}

/// What to say when a screenshot did not come in time.
pub fn no_snapshot() -> Problem {
    Problem::new(
        "screen",
        say!(en: "the presenter does not answer", vi: "bộ phận trình chiếu không trả lời"),
        say!(en: "try again; if it stays so, restart the board", vi: "hãy thử lại; nếu vẫn vậy, hãy khởi động lại bảng"),
    )
}

/// Draws one moment of a show without a presenter, as an output of this size would show it: for previews, the same
/// code and the same pixels.
pub fn draw_still(show: Show, setup: &Setup, size: (u32, u32), fonts: Arc<Fonts>) -> Picture {
    let mut composition = Composition::new(fonts, setup, Output::new(&setup.geometry, size));
    let (at, film) = (show.at, show.film.clone());
    let rate_mhz = show.scene.ticker.as_ref().map_or(RATE_MHZ, |band| band.rate_mhz);
    composition.adopt(show, at.1);
    composition.move_ticker(strip::slot_at(at, at.1, rate_mhz));
    if let Some(film) = film {
        film.show(at.1, &mut |_| ());
    }
    composition.snapshot()
}

/// A picture no larger than a board of `most` (width, height) pixels can show, so that drawing a page stays quick.
/// To be called where nothing waits: a 64-megapixel photograph takes about a second.
pub fn shrink(picture: Picture, most: (u32, u32)) -> Picture {
    let ratio = |side: u32, of: u32| f64::from(of.max(1)) / f64::from(side.max(1));
    // It may have to cover the board, so the side that is shorter by comparison decides.
    let scale = ratio(picture.width, most.0).max(ratio(picture.height, most.1));
    if scale >= 0.75 {
        return picture;
    }
    let side = |length: u32| ((f64::from(length) * scale).round() as i32).max(1);
    let target = Rect::new(0, 0, side(picture.width), side(picture.height));
    let whole = [0.0, 0.0, f64::from(picture.width), f64::from(picture.height)];
    let mut rgba = Vec::with_capacity(target.w as usize * target.h as usize * 4);
    scale::picture(&picture, whole, target, target, |_, row| rgba.extend(row.iter().flatten()));
    Picture { width: target.w as u32, height: target.h as u32, rgba }
}

/// Mesa's software renderers are loaded for nothing where the kernel knows no GPU: that costs 100 MB.
fn may_have_gpu() -> bool {
    ["/dev/dri", "/dev/nvidia0", "/dev/nvidiactl"].iter().any(|path| Path::new(path).exists())
}

fn open_gpu(window: &Arc<Drawable>, size: (u32, u32), mode: PresentMode) -> Option<Gpu> {
    if mode == PresentMode::Shm || mode == PresentMode::Auto && !may_have_gpu() {
        return None;
    }
    match Gpu::open(window, size, mode == PresentMode::Auto) {
        Ok(gpu) => Some(gpu),
        Err(gpu::Trouble::CpuOnly) => None,
        Err(error) => {
            tracing::warn!(error = crate::problem::chain(&error), "drawing without a GPU");
            None
        }
    }
}

fn no_window(error: &dyn std::fmt::Display) -> Problem {
    let error = error.to_string();
    Problem::new(
        "screen",
        say!(en: "the window takes no picture: {error}", vi: "cửa sổ không nhận hình: {error}", error = error),
        say!(en: "check that an X11 or Wayland display is running, or use --headless 1920x1080",
             vi: "hãy kiểm tra màn hình X11 hoặc Wayland có đang chạy, hoặc dùng --headless 1920x1080"),
    )
}

fn no_thread(error: &dyn std::fmt::Display) -> Problem {
    let error = error.to_string();
    Problem::new(
        "screen",
        say!(en: "the presenter did not start: {error}", vi: "bộ phận trình chiếu không chạy được: {error}", error = error),
        say!(en: "free some memory and start again", vi: "hãy giải phóng bộ nhớ rồi chạy lại"),
    )
}
