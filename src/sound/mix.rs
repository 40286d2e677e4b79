//! What the audio callback runs: sources over rings of samples, with levels that glide.

use super::siren::Siren;
use super::step::InStep;
use rodio::{ChannelCount, Sample, SampleRate, Source};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// What a sound is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Film sound and spoken notices: lowered while an announcement speaks.
    Programme,
    /// Lowers film sound and spoken notices.
    Announcement,
    /// A siren, or the words of a warning: lowers everything else, and has a volume of its own.
    Warning,
}

/// Programme sound under an announcement: -14 dB.
const DUCKED: f32 = 0.2;
/// Levels glide over their whole range in this time.
const GLIDE_SECONDS: f32 = 0.25;
const GLIDE_STEP: f32 = 1.0 / (GLIDE_SECONDS * super::RATE as f32);
/// A sound that is stopped fades so fast that no click is heard.
const FADE_STEP: f32 = 1.0 / (0.03 * super::RATE as f32);

/// Levels shared by all sources.
#[derive(Debug)]
pub(super) struct Levels {
    master: AtomicU32,
    announcements: AtomicU32,
    /// As `master`, for warnings.
    warning: AtomicU32,
    warnings: AtomicU32,
}

impl Default for Levels {
    fn default() -> Self {
        Levels {
            master: AtomicU32::new(1f32.to_bits()),
            announcements: AtomicU32::new(0),
            warning: AtomicU32::new(1f32.to_bits()),
            warnings: AtomicU32::new(0),
        }
    }
}

impl Levels {
    pub(super) fn set_master(&self, volume: f32) {
        self.master.store(bounded(volume).to_bits(), Ordering::Relaxed);
    }

    pub(super) fn set_warning(&self, volume: f32) {
        self.warning.store(bounded(volume).to_bits(), Ordering::Relaxed);
    }

    /// How many sounds lower others, by what they are.
    fn count(&self, role: Role) -> Option<&AtomicU32> {
        match role {
            Role::Programme => None,
            Role::Announcement => Some(&self.announcements),
            Role::Warning => Some(&self.warnings),
        }
    }

    fn target(&self, role: Role) -> f32 {
        let own = if role == Role::Warning { &self.warning } else { &self.master };
        let level = f32::from_bits(own.load(Ordering::Relaxed));
        let sounds = |count: &AtomicU32| count.load(Ordering::Relaxed) > 0;
        let ducked = match role {
            Role::Programme => sounds(&self.announcements) || sounds(&self.warnings),
            Role::Announcement => sounds(&self.warnings),
            Role::Warning => false,
        };
        if ducked { level * DUCKED } else { level }
    }
}

fn bounded(volume: f32) -> f32 {
    if volume.is_finite() { volume.clamp(0.0, 1.0) } else { 0.0 }
}

/// A sound being played. Dropping it fades the sound out at once.
#[derive(Debug)]
pub struct Playing {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
}

impl Playing {
    /// Heard to its end.
    pub fn done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// Where a voice's sound comes from.
pub(super) enum Samples {
    Clip(InStep),
    Siren(Siren),
}

impl Samples {
    /// The next stereo frame; `None` while there is none, or at the end.
    fn next_frame(&mut self) -> Option<[f32; 2]> {
        match self {
            Samples::Clip(clip) => clip.next_frame(),
            Samples::Siren(siren) => siren.next().map(|sample| [sample; 2]),
        }
    }

    fn drained(&self) -> bool {
        match self {
            Samples::Clip(clip) => clip.drained(),
            Samples::Siren(siren) => siren.ended(),
        }
    }
}

/// A source for the mixer, and the handle that stops it.
pub(super) fn source(samples: Samples, role: Role, levels: Arc<Levels>) -> (impl Source + Send, Playing) {
    if let Some(count) = levels.count(role) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicBool::new(false));
    let playing = Playing { stop: stop.clone(), done: done.clone() };
    let level = levels.target(role);
    (Voice { samples, role, levels, level, fade: 1.0, stop, done, right: None }, playing)
}

struct Voice {
    samples: Samples,
    role: Role,
    levels: Arc<Levels>,
    level: f32,
    /// 1 while playing, to 0 after a stop.
    fade: f32,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
    /// The right-hand sample of the frame whose left one was given last.
    right: Option<f32>,
}

impl Iterator for Voice {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if let Some(right) = self.right.take() {
            return Some(right);
        }
        if self.stop.load(Ordering::Relaxed) {
            self.fade -= FADE_STEP;
        }
        let frame = self.samples.next_frame();
        if self.fade <= 0.0 || (frame.is_none() && self.samples.drained()) {
            return None;
        }
        let target = self.levels.target(self.role);
        self.level += (target - self.level).clamp(-GLIDE_STEP, GLIDE_STEP);
        // A decoder that has not kept up is heard as a moment of silence, not as the end.
        let [left, right] = frame.unwrap_or([0.0, 0.0]);
        let gain = self.level * self.fade.max(0.0);
        self.right = Some(right * gain);
        Some(left * gain)
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        if let Some(count) = self.levels.count(self.role) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
        self.done.store(true, Ordering::Release);
    }
}

const STEREO: ChannelCount = NonZero::new(2).unwrap();
const HZ: SampleRate = NonZero::new(super::RATE).unwrap();

impl Source for Voice {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> ChannelCount {
        STEREO
    }
    fn sample_rate(&self) -> SampleRate {
        HZ
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::pace::tests::set_to;
    use super::*;
    use crate::clock;
    use crate::shm::{Mapping, SampleReader, SampleRing, SampleWriter, WritableMapping};

    /// So many frames at half of full scale, played as the device takes them.
    fn tone(frames: u32, role: Role, levels: &Arc<Levels>) -> (impl Iterator<Item = f32> + use<>, Playing) {
        let bytes = (frames as usize * 8).next_multiple_of(4096);
        let memory = Arc::new(Mapping::create(bytes).unwrap());
        let mut child = WritableMapping::map(memory.memory(), bytes).unwrap();
        let ring = Arc::new(SampleRing::new(memory, 0, frames));
        let mut writer = SampleWriter::new(0, frames);
        writer.write(&mut child, &vec![0.5; frames as usize * 2]);
        assert!(ring.advance(writer.written()));
        ring.end();
        let begin = clock::instant();
        let (clock, mixed) = set_to(begin, super::super::RATE);
        let samples = Samples::Clip(InStep::new(SampleReader::new(ring), clock, begin));
        let (voice, playing) = source(samples, role, levels.clone());
        let mut left = false;
        let voice = voice.inspect(move |_| {
            left = !left;
            if !left {
                mixed();
            }
        });
        (voice, playing)
    }

    #[test]
    fn a_sound_is_heard_to_its_last_sample_and_then_is_done() {
        let (mut voice, playing) = tone(1000, Role::Programme, &Arc::default());
        let heard: Vec<f32> = voice.by_ref().collect();
        assert_eq!(heard.len(), 2000);
        assert!(heard.iter().all(|sample| *sample == 0.5));
        drop(voice);
        assert!(playing.done());
    }

    #[test]
    fn an_announcement_lowers_the_film_and_gives_it_back() {
        let levels = Arc::<Levels>::default();
        let (mut film, _film) = tone(96_000, Role::Programme, &levels);
        let (words, _words) = tone(24_000, Role::Announcement, &levels);
        let under: Vec<f32> = film.by_ref().take(48_000).collect();
        assert!((under[47_999] - 0.5 * DUCKED).abs() < 0.001, "{}", under[47_999]);
        assert!(under.windows(4).all(|w| (w[2] - w[0]).abs() < 0.001), "levels glide, they do not jump");
        assert_eq!(words.count(), 48_000);
        let after: Vec<f32> = film.take(48_000).collect();
        assert!((after[47_999] - 0.5).abs() < 0.001);
    }

    #[test]
    fn a_siren_lowers_announcements_and_films_and_keeps_a_volume_of_its_own() {
        let levels = Arc::<Levels>::default();
        levels.set_master(0.0);
        levels.set_warning(0.5);
        let (siren, _playing) = source(Samples::Siren(Siren::default()), Role::Warning, levels.clone());
        assert_eq!(levels.target(Role::Warning), 0.5);
        levels.set_master(1.0);
        assert_eq!((levels.target(Role::Programme), levels.target(Role::Announcement)), (DUCKED, DUCKED));
        assert_eq!(siren.count(), 2 * 3 * super::super::RATE as usize);
        assert_eq!(levels.target(Role::Announcement), 1.0);
    }

    #[test]
    fn a_stopped_sound_fades_within_a_twentieth_of_a_second() {
        let (voice, playing) = tone(48_000, Role::Programme, &Arc::default());
        drop(playing);
        let rest = voice.count();
        assert!((2..4800).contains(&rest), "{rest}");
    }
}
