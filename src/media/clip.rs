//! The player's half of a film or sound: one thread a clip that feeds the child and takes in what it made.
//!
//! A clip is opened before its turn; when its first picture (or sound) has arrived it is ready, and
//! [`Clip::start`] sets the moment from which it runs. Pictures are then due by the monotonic clock, which the sound follows, too:
//! boards that show the same film show it together. A child that crashes, hangs or lies ends the
//! clip with a problem; what was shown last stays until the board shows something else.

use super::account::{Account, Frame, Lie, PATIENCE, Said};
use super::fault::Failure;
use super::process::{Decoder, Process};
use super::refusal;
use super::wire::{self, Found, Reply, Request, Stage, What};
use crate::clock;
use crate::limits::{FILM_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::model::media::FilmPicture;
use crate::shm::{FrameLayout, Layout, Mapping, SampleReader, SampleRing};
use crate::store::Asset;
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::{Duration, Instant};

/// Picture slots: what is shown, and enough ahead to ride out a slow moment.
const SLOTS: u8 = 6;
/// Two seconds of sound at 48 kHz.
const SOUND_FRAMES: u32 = 96_000;
/// How often the child is told how far the sound has been heard.
const HEARD_EVERY: Duration = Duration::from_millis(100);

/// The pixel size that pictures of a film are wanted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The film's own size, but no side longer than this.
    Native { side_max: u32 },
    /// Scaled so that it just covers the rectangle.
    Cover(u32, u32),
    /// Scaled so that it just fits into the rectangle.
    Contain(u32, u32),
}

impl Fit {
    /// Even sizes, at least 2 x 2.
    fn apply(self, [width, height]: [u32; 2]) -> Option<FrameLayout> {
        let (w, h) = (f64::from(width), f64::from(height));
        let scale = match self {
            Fit::Native { side_max } => (f64::from(side_max) / w.max(h)).min(1.0),
            Fit::Cover(to_w, to_h) => (f64::from(to_w) / w).max(f64::from(to_h) / h),
            Fit::Contain(to_w, to_h) => (f64::from(to_w) / w).min(f64::from(to_h) / h),
        };
        if width == 0 || height == 0 || (w * scale).max(h * scale) > f64::from(PICTURE_SIDE_MAX) {
            return None;
        }
        let side = |pixels: f64| ((pixels * scale / 2.0).round().max(1.0) as u32) * 2;
        let layout = FrameLayout { width: side(w), height: side(h) };
        let pixels = u64::from(layout.width) * u64::from(layout.height);
        (pixels <= FILM_PIXELS_MAX * 2).then_some(layout)
    }
}

/// How a clip is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Pictures too, or the sound alone.
    pub picture: Option<Fit>,
    /// Microseconds into the file.
    pub start_us: i64,
    /// The mixer's rate in Hz; 0 for no sound.
    pub sound_rate: u32,
    /// Decoder threads.
    pub threads: u32,
}

/// Where a clip stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClipState {
    Opening,
    /// The first picture or sound is there.
    Ready,
    Failed(Failure),
}

#[derive(Debug, Default)]
struct Pictures {
    waiting: VecDeque<Frame>,
    shown: Option<Frame>,
    ended: bool,
}

#[derive(Debug)]
struct Opened {
    found: Found,
    layout: Layout,
    memory: Arc<Mapping>,
    ring: Option<Arc<SampleRing>>,
    socket: OwnedFd,
}

#[derive(Debug)]
struct Shared {
    wish: Wish,
    opened: OnceLock<Opened>,
    state: Mutex<ClipState>,
    pictures: Mutex<Pictures>,
    started: OnceLock<Instant>,
    /// Nobody hears the sound: it is thrown away at the pace of the clock.
    muted: AtomicBool,
    stop: AtomicBool,
    /// The time of the newest picture that came, in microseconds.
    reached_us: Mutex<Option<i64>>,
}

/// An open film or sound.
#[derive(Debug)]
pub struct Clip {
    shared: Arc<Shared>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panicked while holding it leaves data that is still whole: each change is one step.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Clip {
    /// Starts opening; returns at once. `changed` is called, in another thread, when the state changes and
    /// when pictures arrive that may be due.
    pub fn open(decoder: Decoder, file: Asset, wish: Wish, changed: impl Fn() + Send + 'static) -> Clip {
        let shared = Arc::new(Shared {
            wish,
            opened: OnceLock::new(),
            state: Mutex::new(ClipState::Opening),
            pictures: Mutex::default(),
            started: OnceLock::new(),
            muted: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            reached_us: Mutex::new(None),
        });
        let (feeder, name) = (shared.clone(), file.name().to_owned());
        let run = move || {
            if let Err(failure) = feed(&feeder, &decoder, &file, &changed) {
                *lock(&feeder.state) = ClipState::Failed(failure);
            }
            lock(&feeder.pictures).ended = true;
            if let Some(ring) = feeder.opened.get().and_then(|opened| opened.ring.as_ref()) {
                ring.end();
            }
            changed();
        };
        if let Err(error) = std::thread::Builder::new().name("clip".into()).spawn(run) {
            *lock(&shared.state) = ClipState::Failed(Failure::of_child(&name, &error));
        }
        Clip { shared }
    }

    pub fn state(&self) -> ClipState {
        lock(&self.shared.state).clone()
    }

    /// How far its pictures have come, in microseconds into the file; `None` before the first.
    pub fn reached_us(&self) -> Option<i64> {
        *lock(&self.shared.reached_us)
    }

    /// Pixels of the pictures as delivered, once open.
    pub fn size(&self) -> Option<(u32, u32)> {
        let opened = self.shared.opened.get()?;
        opened.found.picture?;
        Some((opened.layout.frame.width, opened.layout.frame.height))
    }

    /// It is open, and there is no sound in it.
    pub fn is_mute(&self) -> bool {
        self.shared.opened.get().is_some_and(|opened| opened.ring.is_none())
    }

    /// The sound, once open, if there is any left to hear.
    pub fn sound(&self) -> Option<SampleReader> {
        self.shared.opened.get()?.ring.clone().filter(|ring| !ring.drained()).map(SampleReader::new)
    }

    /// With no loudspeaker to hear it, the sound must still be taken away, or the child would wait for ever.
    pub fn mute(&self, muted: bool) {
        self.shared.muted.store(muted, Ordering::Release);
    }

    /// From `at` on the clip runs. Only the first call counts.
    pub fn start(&self, at: Instant) {
        let _ = self.shared.started.set(at);
    }

    /// Its decoder has come to the end of the file, or has failed.
    pub fn ended(&self) -> bool {
        lock(&self.shared.pictures).ended
    }

    /// All pictures have been shown and all sound heard, or it failed.
    pub fn finished(&self) -> bool {
        if matches!(*lock(&self.shared.state), ClipState::Failed(_)) {
            return true;
        }
        let Some(opened) = self.shared.opened.get() else { return false };
        let pictures = lock(&self.shared.pictures);
        let heard = opened.ring.as_ref().is_none_or(|ring| ring.drained());
        pictures.ended && pictures.waiting.is_empty() && heard
    }

    /// Microseconds into the file at `now`; `None` before the start.
    pub fn position_us(&self, now: Instant) -> Option<i64> {
        let since = now.checked_duration_since(*self.shared.started.get()?)?;
        Some(self.shared.wish.start_us + since.as_micros() as i64)
    }

    /// When the next picture that is there and not yet shown is due; `None` while there is none.
    pub fn next_due(&self, now: Instant) -> Option<Instant> {
        let pictures = lock(&self.shared.pictures);
        let next = pictures.waiting.front()?;
        if pictures.shown.is_none() {
            return Some(now);
        }
        let started = *self.shared.started.get()?;
        let ahead = next.pts_us - self.shared.wish.start_us;
        Some(started + Duration::from_micros(ahead.max(0) as u64))
    }

    /// Calls `draw` with the newest picture due at `now`, if it has not been shown yet. The very first is due
    /// at once, so that there is always something to show.
    pub fn show(&self, now: Instant, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        let Some(opened) = self.shared.opened.get() else { return false };
        let position = self.position_us(now);
        let mut pictures = lock(&self.shared.pictures);
        let mut chosen = None;
        while let Some(next) = pictures.waiting.front().copied() {
            let first = pictures.shown.is_none() && chosen.is_none();
            if !first && position.is_none_or(|position| next.pts_us > position) {
                break;
            }
            pictures.waiting.pop_front();
            if let Some(skipped) = chosen.replace(next) {
                release(opened, skipped.slot);
            }
        }
        let Some(frame) = chosen else { return false };
        let before = pictures.shown.replace(frame);
        present(opened, frame, draw);
        if let Some(before) = before {
            release(opened, before.slot);
        }
        true
    }

    /// Calls `draw` with the picture shown last.
    pub fn again(&self, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        let Some(opened) = self.shared.opened.get() else { return false };
        let pictures = lock(&self.shared.pictures);
        let Some(frame) = pictures.shown else { return false };
        present(opened, frame, draw);
        true
    }
}

impl Drop for Clip {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(opened) = self.shared.opened.get() {
            // Wakes the clip's thread, which then ends the child.
            let _ = rustix::net::shutdown(&opened.socket, rustix::net::Shutdown::Both);
        }
    }
}

fn present(opened: &Opened, frame: Frame, draw: &mut dyn FnMut(FilmPicture<'_>)) {
    let layout = opened.layout.frame;
    let offset = opened.layout.slot_offset(frame.slot);
    let plane = |at: usize, length: usize| opened.memory.bytes(offset + at, length);
    let (y_bytes, uv_bytes) = (layout.y_bytes(), layout.uv_bytes());
    let planes = (plane(0, y_bytes), plane(y_bytes, uv_bytes), plane(y_bytes + uv_bytes, uv_bytes));
    if let (Some(y), Some(u), Some(v)) = planes {
        draw(FilmPicture {
            width: layout.width,
            height: layout.height,
            y,
            u,
            v,
            y_stride: layout.y_stride() as u32,
            uv_stride: layout.uv_stride() as u32,
            matrix: frame.matrix,
            range: frame.range,
        });
    }
}

fn release(opened: &Opened, slot: u8) {
    // A child that is gone, or does not read, needs no slot back; its clip ends by other means.
    let _ = wire::send(opened.socket.as_fd(), &Request::Release { slot }, None, false);
}

fn feed(shared: &Shared, decoder: &Decoder, file: &Asset, changed: &dyn Fn()) -> Result<(), Failure> {
    let crashed = |error: io::Error| Failure::of_child(file.name(), &error);
    let refused =
        |stage: Stage, message: &str| Failure::of_file(refusal::refused(file.name(), stage, message));
    let lied = |Lie(lie): Lie| {
        tracing::warn!(file = file.name(), lie, "a decoder is not believed");
        Failure::of_file(refusal::nonsense(file.name()))
    };
    let wish = shared.wish;
    let what = match wish.picture {
        Some(_) => What::Film { start_us: wish.start_us, threads: wish.threads, sound_rate: wish.sound_rate },
        None => What::Sound { start_us: wish.start_us, sound_rate: wish.sound_rate },
    };
    let process = Process::open(decoder, file, what, clock::instant() + PATIENCE).map_err(crashed)?;
    let found = match process.hear(clock::instant() + PATIENCE).map_err(crashed)? {
        Reply::Ready(found) if found.is_sane() => found,
        Reply::Failed { stage, message } => {
            return Err(refused(stage, &message));
        }
        _ => return Err(lied(Lie("no such file can be"))),
    };
    let (frame, slots) = match (wish.picture, found.picture) {
        (Some(fit), Some(picture)) => {
            (fit.apply(picture).ok_or_else(|| lied(Lie("no film has such a shape")))?, SLOTS)
        }
        (Some(_), None) => return Err(lied(Lie("a film without a picture"))),
        (None, _) => (FrameLayout { width: 2, height: 2 }, 0),
    };
    let sound_frames = if found.sound && wish.sound_rate > 0 { SOUND_FRAMES } else { 0 };
    let layout = Layout { frame, slots, sound_frames };
    let memory = Arc::new(Mapping::create(layout.total_bytes()).map_err(crashed)?);
    wire::send(process.socket.as_fd(), &Request::Memory(layout), Some(memory.memory()), false)
        .map_err(crashed)?;
    let ring = (sound_frames > 0)
        .then(|| Arc::new(SampleRing::new(memory.clone(), layout.sound_offset(), sound_frames)));
    let socket = process.socket.try_clone().map_err(crashed)?;
    let opened = shared.opened.get_or_init(|| Opened { found, layout, memory, ring, socket });

    let mut account = Account::new(slots, clock::instant());
    let taken = |slot: u8| {
        let pictures = lock(&shared.pictures);
        pictures.waiting.iter().chain(&pictures.shown).any(|frame| frame.slot == slot)
    };
    let fits = |frames: u64| opened.ring.as_ref().and_then(|ring| ring.fits(frames));
    while !shared.stop.load(Ordering::Acquire) {
        let readable = wire::wait_readable(&process.socket, HEARD_EVERY).map_err(crashed)?;
        let now = clock::instant();
        if let Some(ring) = &opened.ring {
            if shared.muted.load(Ordering::Acquire) {
                throw_away(shared, ring, now);
            }
            let heard = ring.heard();
            let said = wire::send(process.socket.as_fd(), &Request::Heard { frames: heard }, None, false);
            if said.is_err_and(|error| error.kind() != io::ErrorKind::WouldBlock) && !readable {
                return Err(crashed(process.fault(io::ErrorKind::UnexpectedEof)));
            }
        }
        // Full slots mean that the child waits for us; otherwise it should be working.
        if !readable && waits_for_player(shared, opened) {
            account.waits(now);
        }
        if account.is_over(now) {
            return Err(crashed(process.fault(io::ErrorKind::TimedOut)));
        }
        if !readable {
            continue;
        }
        let Some(reply) = process.next().map_err(crashed)? else {
            if shared.stop.load(Ordering::Acquire) {
                return Ok(());
            }
            return Err(crashed(process.fault(io::ErrorKind::UnexpectedEof)));
        };
        match account.take(reply, now, taken, fits).map_err(lied)? {
            Said::Frame(frame) => {
                lock(&shared.pictures).waiting.push_back(frame);
                *lock(&shared.reached_us) = Some(frame.pts_us);
            }
            Said::Works => continue,
            Said::Sound(frames) => {
                if let Some(ring) = &opened.ring {
                    ring.advance(frames);
                }
            }
            Said::Ended { decode_errors } => {
                if decode_errors > 0 {
                    tracing::warn!(
                        file = file.name(),
                        decode_errors,
                        "parts of the file could not be decoded"
                    );
                }
                lock(&shared.pictures).ended = true;
                if let Some(ring) = &opened.ring {
                    ring.end();
                }
            }
            Said::Failed { stage, message } => {
                return Err(refused(stage, &message));
            }
        }
        let first = {
            let mut state = lock(&shared.state);
            let complete = wish.picture.is_none() || !lock(&shared.pictures).waiting.is_empty();
            let becomes = *state == ClipState::Opening && complete;
            if becomes {
                *state = ClipState::Ready;
            }
            becomes
        };
        if first {
            changed();
        }
    }
    Ok(())
}

fn throw_away(shared: &Shared, ring: &Arc<SampleRing>, now: Instant) {
    let Some(since) = shared.started.get().and_then(|start| now.checked_duration_since(*start)) else {
        return;
    };
    let due = (since.as_secs_f64() * f64::from(shared.wish.sound_rate)) as u64;
    SampleReader::new(ring.clone()).skip(due.saturating_sub(ring.heard()));
}

fn waits_for_player(shared: &Shared, opened: &Opened) -> bool {
    let pictures = lock(&shared.pictures);
    let slots_full = opened.layout.slots > 0
        && pictures.waiting.len() + usize::from(pictures.shown.is_some()) >= usize::from(opened.layout.slots);
    let sound_full = opened
        .ring
        .as_ref()
        .is_some_and(|ring| ring.waiting() + 4800 > u64::from(opened.layout.sound_frames));
    slots_full || sound_full
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_fitted_without_being_stretched() {
        let check = |fit: Fit, from: [u32; 2], expected: (u32, u32)| {
            let layout = fit.apply(from).unwrap();
            assert_eq!((layout.width, layout.height), expected, "{fit:?} of {from:?}");
        };
        check(Fit::Native { side_max: 2048 }, [1920, 1080], (1920, 1080));
        check(Fit::Native { side_max: 2048 }, [3840, 2160], (2048, 1152));
        check(Fit::Cover(1920, 912), [1280, 720], (1920, 1080));
        check(Fit::Contain(1080, 912), [1920, 1080], (1080, 608));
        check(Fit::Contain(10, 10), [16000, 2], (10, 2));
        assert!(Fit::Cover(1920, 1080).apply([16000, 2]).is_none(), "a sliver may not ask for gigabytes");
        assert!(Fit::Cover(1920, 1080).apply([0, 2]).is_none());
    }
}
