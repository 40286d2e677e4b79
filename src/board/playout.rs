//! What runs: the clips of what is on air, and of what comes next.
//!
//! [`wanted`] says, purely from plans, which clips there must be; [`Playout`] opens, starts and ends them to
//! match. A clip is opened before its turn, so that its first picture is there when the turn comes. Where a
//! clip stands follows from wall time: a board that restarts in the middle of a film goes on in the middle.

use crate::media::{Clip, ClipState, Decoder, Fit, Wish};
use crate::model::media::{FilmPicture, Media, Sha256};
use crate::model::plan::{Main, Plan};
use crate::problem::Problem;
use crate::sound::{Playing, RATE, Role, Sound};
use crate::stage::Film;
use crate::store::Asset;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A clip that is opened in the middle gets this long to open and to decode up to its moment.
const HEAD_START: SignedDuration = SignedDuration::from_millis(400);
/// Opened later than this after its start, a clip begins in the middle.
const ON_TIME: SignedDuration = SignedDuration::from_millis(700);

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
    started: bool,
    playing: Option<Playing>,
    with_sound: bool,
}

impl Running {
    fn is(&self, wanted: &Wanted) -> bool {
        self.wanted.media.sha256 == wanted.media.sha256
            && self.wanted.start == wanted.start
            && self.wanted.role == wanted.role
            && self.wanted.film == wanted.film
    }
}

/// The clips that are open.
pub struct Playout {
    decoder: Decoder,
    running: Vec<Running>,
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
        Playout { decoder, running: Vec::new(), threads: cores.clamp(1, 4) }
    }

    /// Ends what is no longer wanted, opens what is new, and starts what is ready.
    ///
    /// `asset` gives a proven file, or `None` while it is not there; `fit` the size that a film is wanted in.
    /// Returns the files that failed, each once.
    pub fn update(
        &mut self,
        wanted: &[Wanted],
        at: Anchor,
        sound: &mut Sound,
        asset: impl Fn(&Media) -> Option<Asset>,
        fit: impl Fn(&Wanted) -> Fit,
        changed: impl Fn() + Clone + Send + 'static,
    ) -> Vec<(Sha256, Problem)> {
        self.running.retain(|running| wanted.iter().any(|wanted| running.is(wanted)));
        let mut failed = Vec::new();
        for wanted in wanted {
            let known = self.running.iter().position(|running| running.is(wanted));
            if let Some(index) = known {
                self.running[index].wanted.now = wanted.now;
            } else if let Some(asset) = asset(&wanted.media) {
                self.open(wanted, &asset, at, sound, &fit, changed.clone());
            }
        }
        for running in &mut self.running {
            match running.clip.state() {
                ClipState::Failed(problem) => failed.push((running.wanted.media.sha256, problem)),
                ClipState::Ready if running.wanted.now && !running.started => {
                    let from = running.wanted.start.checked_add(running.from).unwrap_or(running.wanted.start);
                    let begin = at.instant_of(from);
                    if running.with_sound && begin <= at.instant + Duration::from_millis(20) {
                        running.playing = play(running, sound, at.instant);
                        running.clip.start(begin + sound.latency());
                        running.started = true;
                    } else if !running.with_sound {
                        running.clip.start(begin);
                        running.started = true;
                    }
                }
                ClipState::Ready | ClipState::Opening => {}
            }
            // A loudspeaker that went away and came back goes on with what is playing.
            let silenced = running.started && running.with_sound && !running.clip.finished();
            if silenced && running.playing.as_ref().is_none_or(Playing::done) {
                running.playing = play(running, sound, at.instant);
            }
        }
        self.running.retain(|running| !matches!(running.clip.state(), ClipState::Failed(_)));
        failed
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
        let with_sound = sound.prepare(at.instant);
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
            started: false,
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
        self.running.iter().any(|running| running.with_sound && !running.clip.finished())
    }

    /// When a clip that is ready must be started.
    pub fn next_start(&self, at: Anchor) -> Option<Instant> {
        let waiting = self.running.iter().filter(|running| {
            running.wanted.now && !running.started && running.clip.state() == ClipState::Ready
        });
        waiting
            .filter_map(|running| running.wanted.start.checked_add(running.from).ok())
            .map(|from| at.instant_of(from))
            .min()
    }
}

fn play(running: &Running, sound: &mut Sound, now: Instant) -> Option<Playing> {
    let samples = running.clip.sound()?;
    let playing = sound.play(samples, running.wanted.role, now);
    running.clip.mute(playing.is_none());
    playing
}
