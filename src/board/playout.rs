//! What runs: the clips of what is on air, and of what comes next.
//!
//! [`wanted`] says, purely from plans, which clips there must be; [`Playout`] opens, starts and ends them to
//! match. A clip is opened before its turn, so that its first picture is there when the turn comes. Where a
//! clip stands follows from wall time: a board that restarts in the middle of a film goes on in the middle. A clip whose
//! decoder fails is opened again, soon and then more rarely.

use super::setback::Setback;
use crate::media::{Clip, ClipState, Decoder, Fit, Wish};
use crate::model::media::{FilmPicture, Media, Sha256};
use crate::model::plan::{Main, Plan};
use crate::problem::Problem;
use crate::sound::{Playing, RATE, Role, Sound};
use crate::stage::Film;
use crate::store::Asset;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A clip that is opened in the middle gets this long to open and to decode up to its moment.
const HEAD_START: SignedDuration = SignedDuration::from_millis(400);
/// Opened later than this after its start, a clip begins in the middle.
const ON_TIME: SignedDuration = SignedDuration::from_millis(700);
/// A clip is started so long before its moment: what is heard then is mixed earlier, by the device's latency.
const LEAD: Duration = Duration::from_millis(500);

/// A moment on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    pub wall: Timestamp,
    pub instant: Instant,
}

impl Anchor {
    /// The instant at which it is `wall`.
    pub fn instant_of(&self, wall: Timestamp) -> Instant {
        let ahead = wall.duration_since(self.wall);
        let by = Duration::try_from(ahead.abs()).unwrap_or(Duration::ZERO);
        let moved =
            if ahead.is_negative() { self.instant.checked_sub(by) } else { self.instant.checked_add(by) };
        moved.unwrap_or(self.instant)
    }
}

/// One clip that there must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub media: Media,
    /// When its turn began, or begins.
    pub start: Timestamp,
    pub film: bool,
    pub role: Role,
    /// On air now; otherwise it is only to be opened.
    pub now: bool,
}

/// The clips of a plan.
pub fn wanted(plan: &Plan, now: bool) -> Vec<Wanted> {
    let mut all = Vec::new();
    if let Main::Notice(slot) = &plan.main {
        let role = Role::Programme;
        if let Some(media) = slot.notice.video.clone() {
            all.push(Wanted { media, start: slot.start, film: true, role, now });
        } else if let Some(media) = slot.notice.audio.clone() {
            all.push(Wanted { media, start: slot.start, film: false, role, now });
        }
    }
    let announced = plan.announcements.iter().map(|cue| (cue, Role::Announcement));
    let spoken = plan.speech.iter().map(|speech| (&speech.cue, Role::Warning));
    all.extend(announced.chain(spoken).map(|(cue, role)| Wanted {
        media: cue.audio.clone(),
        start: cue.start,
        film: false,
        role,
        now,
    }));
    all
}

struct Running {
    wanted: Wanted,
    clip: Arc<Clip>,
    /// Where in the file it was opened.
    from: SignedDuration,
    /// When its first picture is seen and its first sample is heard, once that is certain.
    begun: Option<Instant>,
    playing: Option<Playing>,
    with_sound: bool,
}

impl Running {
    /// When its first picture is due.
    fn due(&self, at: Anchor) -> Instant {
        at.instant_of(self.wanted.start.checked_add(self.from).unwrap_or(self.wanted.start))
    }

    fn is(&self, wanted: &Wanted) -> bool {
        self.wanted.media.sha256 == wanted.media.sha256
            && self.wanted.start == wanted.start
            && self.wanted.role == wanted.role
            && self.wanted.film == wanted.film
    }
}

/// What is to be said of a file's decoders.
pub enum Trouble {
    /// The file cannot be shown.
    Failed(Sha256, Problem),
    /// A decoder failed, and another will be tried.
    Setback(Problem),
    /// After that the file has gone on, or was played to its end.
    Mended(Problem),
}

/// The clips that are open.
pub struct Playout {
    decoder: Decoder,
    running: Vec<Running>,
    /// Of files whose decoder crashed, hung or was killed.
    setbacks: HashMap<Sha256, Setback>,
    /// When one of those is tried again that is wanted.
    again: Option<Instant>,
    threads: u32,
}

/// A film as the stage sees it.
pub struct OnStage(pub Arc<Clip>);

impl Film for OnStage {
    fn next_due(&self, now: Instant) -> Option<Instant> {
        self.0.next_due(now)
    }
    fn show(&self, now: Instant, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        self.0.show(now, draw)
    }
    fn again(&self, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        self.0.again(draw)
    }
}

impl Playout {
    pub fn new(decoder: Decoder) -> Playout {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
        let threads = cores.clamp(1, 4);
        Playout { decoder, running: Vec::new(), setbacks: HashMap::new(), again: None, threads }
    }

    /// Ends what is no longer wanted, opens what is new, and starts what is ready.
    ///
    /// `asset` gives a proven file, or `None` while it is not there; `fit` the size that a film is wanted in.
    /// A file whose decoder crashed, hung or was killed is tried again, soon and then more rarely, and has failed when that
    /// happens at the same place again and again. Each is told once.
    pub fn update(
        &mut self,
        wanted: &[Wanted],
        at: Anchor,
        sound: &mut Sound,
        asset: impl Fn(&Media) -> Option<Asset>,
        fit: impl Fn(&Wanted) -> Fit,
        changed: impl Fn() + Clone + Send + 'static,
    ) -> Vec<Trouble> {
        self.running.retain(|running| wanted.iter().any(|wanted| running.is(wanted)));
        let mut troubles = Vec::new();
        for wanted in wanted {
            let known = self.running.iter().position(|running| running.is(wanted));
            if let Some(index) = known {
                self.running[index].wanted.now = wanted.now;
            } else if let Some(asset) = asset(&wanted.media)
                && self.setbacks.get(&wanted.media.sha256).is_none_or(|setback| setback.again <= at.instant)
            {
                self.open(wanted, &asset, at, sound, &fit, changed.clone());
            }
        }
        for running in &mut self.running {
            match running.clip.state() {
                ClipState::Failed(failure) => {
                    let sha256 = running.wanted.media.sha256;
                    let before = self.setbacks.remove(&sha256);
                    match Setback::after(before.as_ref(), &failure, running.clip.reached_us(), at.instant) {
                        Some(setback) => {
                            self.setbacks.insert(sha256, setback);
                            troubles.push(Trouble::Setback(failure.problem));
                        }
                        None => troubles.push(Trouble::Failed(sha256, failure.problem)),
                    }
                }
                ClipState::Ready if running.begun.is_none() => {
                    let due = running.due(at);
                    if running.wanted.now || due <= at.instant + LEAD {
                        // Nobody sees that words are late, and their first must not be lost.
                        let heard = at.instant + sound.latency(at.instant);
                        let begin = if running.wanted.film { due } else { due.max(heard) };
                        running.clip.start(begin);
                        running.begun = Some(begin);
                    }
                }
                ClipState::Ready | ClipState::Opening => {}
            }
            // Also where a loudspeaker went away and came back.
            let unheard = running.with_sound && running.playing.as_ref().is_none_or(Playing::done);
            if let Some(begin) = running.begun.filter(|_| unheard && !running.clip.finished()) {
                running.playing = play(running, sound, begin, at.instant);
            }
        }
        self.running.retain(|running| !matches!(running.clip.state(), ClipState::Failed(_)));
        for running in &self.running {
            let sha256 = running.wanted.media.sha256;
            let is_over =
                |setback: &Setback| setback.is_over(running.clip.reached_us(), running.clip.ended());
            if self.setbacks.get(&sha256).is_some_and(is_over) {
                let told = self.setbacks.remove(&sha256).into_iter().flat_map(|setback| setback.told);
                troubles.extend(told.map(Trouble::Mended));
            }
        }
        let waits = |wanted: &Wanted| !self.running.iter().any(|running| running.is(wanted));
        let waiting = wanted.iter().filter(|wanted| waits(wanted));
        let again = waiting.filter_map(|wanted| Some(self.setbacks.get(&wanted.media.sha256)?.again));
        self.again = again.filter(|again| *again > at.instant).min();
        troubles
    }

    fn open(
        &mut self,
        wanted: &Wanted,
        asset: &Asset,
        at: Anchor,
        sound: &mut Sound,
        fit: &impl Fn(&Wanted) -> Fit,
        changed: impl Fn() + Send + 'static,
    ) {
        let late = at.wall.duration_since(wanted.start);
        let from = if late > ON_TIME { late + HEAD_START } else { SignedDuration::ZERO };
        let length = wanted.media.duration_ms.map(|ms| SignedDuration::from_millis(ms as i64));
        if length.is_some_and(|length| !wanted.film && from >= length) {
            return;
        }
        // A film goes on for its pictures, and is heard as soon as there is a loudspeaker.
        let ready = sound.prepare(at.instant);
        let with_sound = ready || wanted.film && !sound.is_off();
        if !wanted.film && !with_sound {
            return;
        }
        let wish = Wish {
            picture: wanted.film.then(|| fit(wanted)),
            start_us: i64::try_from(from.as_micros()).unwrap_or(0),
            sound_rate: if with_sound { RATE } else { 0 },
            threads: self.threads,
        };
        let clip = Arc::new(Clip::open(self.decoder.clone(), asset.clone(), wish, changed));
        self.running.push(Running {
            wanted: wanted.clone(),
            clip,
            from,
            begun: None,
            playing: None,
            with_sound,
        });
    }

    /// The film of `media` on air now, once its first picture is there.
    pub fn film(&self, sha256: Sha256) -> Option<(Arc<dyn Film>, usize)> {
        let running = self.running.iter().find(|running| {
            running.wanted.now
                && running.wanted.film
                && running.wanted.media.sha256 == sha256
                && running.clip.state() == ClipState::Ready
        })?;
        let identity = Arc::as_ptr(&running.clip) as usize;
        Some((Arc::new(OnStage(running.clip.clone())), identity))
    }

    /// Something is open that is, or will be, heard.
    pub fn sounding(&self) -> bool {
        let sounds = |running: &Running| running.with_sound && !running.clip.is_mute();
        self.running.iter().any(|running| sounds(running) && !running.clip.finished())
    }

    /// When a clip that is ready must be started, or a decoder that failed is tried again.
    pub fn next_start(&self, at: Anchor) -> Option<Instant> {
        let ready = |running: &&Running| running.begun.is_none() && running.clip.state() == ClipState::Ready;
        let starts = self.running.iter().filter(ready).map(|running| {
            let due = running.due(at);
            due.checked_sub(LEAD).unwrap_or(due)
        });
        starts.chain(self.again).min()
    }
}

fn play(running: &Running, sound: &mut Sound, begin: Instant, now: Instant) -> Option<Playing> {
    let samples = running.clip.sound()?;
    let playing = sound.play(samples, running.wanted.role, begin, now);
    running.clip.mute(playing.is_none());
    playing
}
