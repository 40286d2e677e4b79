//! A clip's sound in step with its pictures: each frame is heard at its own moment of the clip.
//!
//! What is due is reckoned from the clip's begin and from when the frame that is mixed now is heard. A device that
//! runs a little fast or slow is followed by playing faster or slower by so little that nobody hears it. Where much is missing
//! (a decoder that stood still, a device that lost sound) what is late is left out, and what is early waits.

use super::pace::DeviceClock;
use crate::shm::SampleReader;
use std::sync::Arc;
use std::time::Instant;

/// How often it is looked whether sound is in step, in frames: 10 ms.
const CHECK_FRAMES: u32 = super::RATE / 100;
/// Further from its moment than this, in frames, sound is moved at once: 15 ms.
const NEAR: f64 = super::RATE as f64 * 0.015;
/// Nearer than this it is left alone: 0.5 ms.
const EXACT: f64 = super::RATE as f64 * 0.0005;
/// What is missing is made good in so many frames: 2 s.
const EASED_FRAMES: f64 = super::RATE as f64 * 2.0;
/// By how much sound is played faster or slower at most: 3.5 cents, less than the ear tells of a single tone. Cheap sound
/// cards are off by a tenth of it.
const SPEED_MAX: f64 = 0.002;
/// Sound that was moved comes back within 5 ms, so that it does not click.
const RISE: f32 = 200.0 / super::RATE as f32;

type Frame = [f32; 2];

/// The frames of a clip, each when it is due.
pub(super) struct InStep {
    reader: SampleReader,
    clock: Arc<DeviceClock>,
    /// When the clip's first frame is to be heard.
    begin: Instant,
    /// Frames until the next look.
    check: u32,
    /// Frames of silence until the next is due.
    wait: u64,
    speed: f64,
    gate: f32,
    window: Window,
}

impl InStep {
    pub(super) fn new(reader: SampleReader, clock: Arc<DeviceClock>, begin: Instant) -> InStep {
        let window = Window::default();
        InStep { reader, clock, begin, check: 0, wait: 0, speed: 1.0, gate: 1.0, window }
    }

    /// The next stereo frame; `None` while there is none, or at the end.
    pub(super) fn next_frame(&mut self) -> Option<Frame> {
        if self.check == 0 {
            self.check = CHECK_FRAMES;
            self.correct();
        }
        self.check -= 1;
        if self.wait > 0 {
            self.wait -= 1;
            return Some([0.0; 2]);
        }
        let Some([left, right]) = self.window.next(&self.reader, self.speed) else {
            // As soon as there is sound again it must not be late.
            self.check = 0;
            return None;
        };
        self.gate = (self.gate + RISE).min(1.0);
        Some([left * self.gate, right * self.gate])
    }

    pub(super) fn drained(&self) -> bool {
        self.reader.drained() && self.window.is_empty()
    }

    /// Looks by how many frames sound is early or late.
    fn correct(&mut self) {
        let heard_at = self.clock.heard_at();
        let due = match heard_at.checked_duration_since(self.begin) {
            Some(since) => since.as_secs_f64(),
            None => -self.begin.duration_since(heard_at).as_secs_f64(),
        };
        let position = self.reader.position() as f64 + self.window.behind();
        let early = position - due * f64::from(super::RATE);
        let fresh = position == 0.0;
        if early > NEAR || (early > 0.0 && (self.wait > 0 || fresh)) {
            self.wait = early as u64;
            self.speed = 1.0;
        } else if early < -NEAR {
            self.wait = 0;
            self.speed = 1.0;
            self.reader.skip((-early) as u64);
            self.window = Window::default();
        } else {
            self.wait = 0;
            let far = early.abs() > EXACT;
            self.speed = if far { 1.0 - (early / EASED_FRAMES).clamp(-SPEED_MAX, SPEED_MAX) } else { 1.0 };
            return;
        }
        if !fresh {
            self.gate = 0.0;
        }
    }
}

/// Four frames about the place that is heard, which lies between the second and the third.
#[derive(Default)]
struct Window {
    frames: [Frame; 4],
    /// How many of them, from the second on, are still to be heard: 3 while the clip goes on, and 0 before it.
    left: u32,
    /// 0 to 1: from the second to the third.
    phase: f64,
}

impl Window {
    fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Where this is, measured from the reader's place: in frames, never above 0.
    fn behind(&self) -> f64 {
        self.phase - f64::from(self.left)
    }

    /// The next frame at a speed, 1 being the clip's own; `None` where the reader has none.
    fn next(&mut self, reader: &SampleReader, speed: f64) -> Option<Frame> {
        if self.is_empty() {
            self.fill(reader)?;
        }
        let frame = if self.phase == 0.0 { self.frames[1] } else { self.between() };
        self.phase += speed;
        while self.phase >= 1.0 && !self.is_empty() {
            self.phase -= 1.0;
            self.advance(reader);
        }
        Some(frame)
    }

    fn fill(&mut self, reader: &SampleReader) -> Option<()> {
        if !reader.has(3) && !reader.ended() {
            return None;
        }
        let first = reader.next_frame()?;
        (self.frames, self.left, self.phase) = ([first; 4], 1, 0.0);
        for index in 2..4 {
            match reader.next_frame() {
                Some(frame) => (self.frames[index], self.left) = (frame, self.left + 1),
                None => self.frames[index] = self.frames[index - 1],
            }
        }
        Some(())
    }

    fn advance(&mut self, reader: &SampleReader) {
        self.frames.rotate_left(1);
        match reader.next_frame() {
            Some(frame) => self.frames[3] = frame,
            None if reader.ended() => {
                self.frames[3] = self.frames[2];
                self.left -= 1;
            }
            // The clip goes on from where the reader is.
            None => self.left = 0,
        }
    }

    /// By the curve of Catmull and Rom ("A class of local interpolating splines", 1974), which goes through all four.
    fn between(&self) -> Frame {
        let t = self.phase as f32;
        let mut frame = [0.0; 2];
        for (channel, sample) in frame.iter_mut().enumerate() {
            let [a, b, c, d] = self.frames.map(|frame| frame[channel]);
            let (one, two, three) = (c - a, 2.0 * a - 5.0 * b + 4.0 * c - d, 3.0 * (b - c) + d - a);
            *sample = b + 0.5 * t * (one + t * (two + t * three));
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::super::pace::tests::set_to;
    use super::*;
    use crate::clock;
    use crate::shm::{Mapping, SampleRing, SampleWriter, WritableMapping};
    use std::time::Duration;

    const RATE: u64 = super::super::RATE as u64;

    /// A clip whose frames say their number, and the device that it is played to.
    struct Bench {
        child: WritableMapping,
        ring: Arc<SampleRing>,
        writer: SampleWriter,
        written: u64,
        clock: Arc<DeviceClock>,
        mixed: Box<dyn Fn()>,
        step: InStep,
    }

    /// What each frame adds: 20 s stay below 1, and an `f32` tells them apart to a tenth of a frame.
    const SCALE: f32 = 1e-6;

    impl Bench {
        /// The device runs at `rate` Hz, and has the clip begin `begin_ms` after the first frame that is mixed is heard.
        fn new(begin_ms: i64, rate: u32) -> Bench {
            let frames = 48_000;
            let memory = Arc::new(Mapping::create(frames * 8).unwrap());
            let child = WritableMapping::map(memory.memory(), frames * 8).unwrap();
            let ring = Arc::new(SampleRing::new(memory, 0, frames as u32));
            let now = clock::instant() + Duration::from_secs(60);
            let (clock, mixed) = set_to(now, rate);
            let by = Duration::from_millis(begin_ms.unsigned_abs());
            let begin = if begin_ms < 0 { now - by } else { now + by };
            let step = InStep::new(SampleReader::new(ring.clone()), clock.clone(), begin);
            let writer = SampleWriter::new(0, frames as u32);
            Bench { child, ring, writer, written: 0, clock, mixed: Box::new(mixed), step }
        }

        /// The child writes as much as fits.
        fn write(&mut self) {
            self.writer.heard(self.ring.heard());
            let room = self.writer.room();
            let samples: Vec<f32> =
                (self.written..self.written + room).flat_map(|frame| [frame as f32 * SCALE; 2]).collect();
            self.written += self.writer.write(&mut self.child, &samples) as u64;
            assert!(self.ring.advance(self.writer.written()));
        }

        /// Plays so many frames; which of the clip each was (0 where it is silent).
        fn play(&mut self, frames: u64, writes: bool) -> Vec<f64> {
            let mut heard = Vec::new();
            for frame in 0..frames {
                if writes && frame % 4_800 == 0 {
                    self.write();
                }
                let [left, right] = self.step.next_frame().unwrap_or_default();
                assert_eq!(left, right);
                heard.push(f64::from(left / SCALE));
                (self.mixed)();
            }
            heard
        }

        /// By how many milliseconds the clip is later than its moment.
        fn late_ms(&self) -> f64 {
            let due = self.clock.heard_at().duration_since(self.step.begin).as_secs_f64();
            let position = self.step.reader.position() as f64 + self.step.window.behind();
            (due - position / RATE as f64) * 1e3
        }
    }

    #[test]
    fn sound_begins_in_its_moment_to_the_frame() {
        let mut bench = Bench::new(100, 48_000);
        let heard = bench.play(9_600, true);
        let first = heard.iter().position(|frame| *frame > 0.5).unwrap();
        assert!(first.abs_diff(4_801) <= 1, "frame 1 is due after 100 ms and one frame, not {first} frames");
        assert!(heard[first..].windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 0.01));
    }

    #[test]
    fn sound_that_comes_late_begins_where_the_pictures_are() {
        let mut bench = Bench::new(-300, 48_000);
        let heard = bench.play(4_800, true);
        assert!((heard[1_000] - 15_400.0).abs() <= 2.0, "{}", heard[1_000]);
    }

    #[test]
    fn sound_whose_decoder_stood_still_leaves_out_what_is_late() {
        let mut bench = Bench::new(0, 48_000);
        bench.play(48_000, true);
        // It had a second in store.
        let heard = bench.play(140_000, false);
        assert!(heard[60_000..].iter().all(|frame| *frame == 0.0));
        let mut tries = 0..100;
        while bench.late_ms() > 1.0 {
            assert!(tries.next().is_some(), "late by {} ms", bench.late_ms());
            let heard = bench.play(480, true);
            assert!(
                bench.late_ms() < 1.0 || heard.iter().all(|frame| *frame == 0.0),
                "something stale is heard"
            );
        }
        let heard = bench.play(480, true);
        assert!(heard[479] - heard[240] > 230.0);
    }

    #[test]
    fn a_device_that_runs_fast_or_slow_is_followed_without_a_jump() {
        // 0.1 %: ten times what cheap cards have.
        for rate in [48_048, 47_952] {
            let mut bench = Bench::new(0, rate);
            let heard = bench.play(20 * RATE, true);
            assert!(bench.late_ms().abs() < 3.0, "{} ms at {rate}", bench.late_ms());
            let jumps = heard.windows(2).filter(|pair| (pair[1] - pair[0] - 1.0).abs() > 0.5);
            assert_eq!(jumps.count(), 0);
        }
    }

    #[test]
    fn a_device_that_lost_sound_is_made_good_at_once() {
        let mut bench = Bench::new(0, 48_000);
        bench.play(48_000, true);
        bench.clock.jump(50_000);
        bench.play(480, true);
        assert!(bench.late_ms().abs() < 0.1, "{} ms", bench.late_ms());
        bench.clock.jump(-50_000);
        bench.play(4_800, true);
        assert!(bench.late_ms().abs() < 0.1, "{} ms", bench.late_ms());
    }

    #[test]
    fn a_clip_is_heard_to_its_last_frame() {
        for frames in [1, 2, 3, 5, 1_000] {
            let mut bench = Bench::new(0, 48_000);
            let samples = vec![0.5; frames * 2];
            bench.writer.write(&mut bench.child, &samples);
            assert!(bench.ring.advance(bench.writer.written()));
            bench.ring.end();
            let mut heard = 0;
            while let Some(frame) = bench.step.next_frame() {
                assert_eq!(frame, [0.5; 2]);
                heard += 1;
                (bench.mixed)();
            }
            assert_eq!(heard, frames);
            assert!(bench.step.drained());
        }
    }
}
