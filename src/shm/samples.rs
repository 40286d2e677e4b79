//! A ring of sound with one writer (the child) and one reader (the audio callback): interleaved stereo f32.
//!
//! The reader never waits, locks or allocates. How far the child has written arrives by message and is
//! stored by [`SampleRing::written`]; how far the callback has read is loaded by [`SampleRing::heard`] and sent
//! back, which is what lets the child go on. Samples that are not finite are heard as silence.

use super::map::{Mapping, WritableMapping};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Everything is mixed down to stereo.
pub const CHANNELS: usize = 2;

/// The player's view of the ring. Positions count stereo frames since the start.
#[derive(Debug)]
pub struct SampleRing {
    memory: Arc<Mapping>,
    offset: usize,
    capacity: u64,
    written: AtomicU64,
    heard: AtomicU64,
    ended: AtomicBool,
}

impl SampleRing {
    /// `capacity` stereo frames at `offset` bytes, which must be a multiple of 4.
    pub fn new(memory: Arc<Mapping>, offset: usize, capacity: u32) -> SampleRing {
        SampleRing {
            memory,
            offset,
            capacity: u64::from(capacity),
            written: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// Whether the child can have written up to `frames`: `None` if that cannot be true, else whether it is more than
    /// before.
    pub fn fits(&self, frames: u64) -> Option<bool> {
        let written = self.written.load(Ordering::Relaxed);
        let most = self.heard.load(Ordering::Acquire).saturating_add(self.capacity);
        (written..=most).contains(&frames).then_some(frames > written)
    }

    /// The child says that it has written up to `frames`. False, and nothing is done, if that cannot be true.
    pub fn advance(&self, frames: u64) -> bool {
        let sane = self.fits(frames).is_some();
        if sane {
            self.written.store(frames, Ordering::Release);
        }
        sane
    }

    /// No more will be written.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Stereo frames taken by the audio callback so far.
    pub fn heard(&self) -> u64 {
        self.heard.load(Ordering::Acquire)
    }

    /// Stereo frames ready to be heard.
    pub fn waiting(&self) -> u64 {
        self.written.load(Ordering::Acquire).saturating_sub(self.heard())
    }

    /// Ended, and all of it heard.
    pub fn drained(&self) -> bool {
        self.ended.load(Ordering::Acquire) && self.waiting() == 0
    }
}

/// What the audio callback pulls from.
#[derive(Debug, Clone)]
pub struct SampleReader {
    ring: Arc<SampleRing>,
}

impl SampleReader {
    pub fn new(ring: Arc<SampleRing>) -> SampleReader {
        SampleReader { ring }
    }

    /// The next stereo frame, in -1..1; `None` if the child has not kept up, or at the end.
    pub fn next_frame(&self) -> Option<[f32; CHANNELS]> {
        let ring = &*self.ring;
        let at = ring.heard.load(Ordering::Relaxed);
        if at >= ring.written.load(Ordering::Acquire) {
            return None;
        }
        let index = (at % ring.capacity) as usize * CHANNELS;
        let sample = |index| {
            let word = ring.memory.word(ring.offset, index)?.load(Ordering::Relaxed);
            let value = f32::from_bits(word);
            Some(if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 })
        };
        let frame = [sample(index)?, sample(index + 1)?];
        ring.heard.store(at + 1, Ordering::Release);
        Some(frame)
    }

    /// Stereo frames taken so far.
    pub fn position(&self) -> u64 {
        self.ring.heard()
    }

    /// Whether so many stereo frames are there.
    pub fn has(&self, frames: u64) -> bool {
        self.ring.waiting() >= frames
    }

    /// Leaves out so many stereo frames, or as many as there are.
    pub fn skip(&self, frames: u64) {
        let at = self.ring.heard.load(Ordering::Relaxed);
        let there = self.ring.written.load(Ordering::Acquire).saturating_sub(at);
        self.ring.heard.store(at + frames.min(there), Ordering::Release);
    }

    /// No more will be written.
    pub fn ended(&self) -> bool {
        self.ring.ended.load(Ordering::Acquire)
    }

    pub fn drained(&self) -> bool {
        self.ring.drained()
    }
}

/// The child's end: writes what fits.
#[derive(Debug)]
pub struct SampleWriter {
    offset: usize,
    capacity: u64,
    written: u64,
    heard: u64,
}

impl SampleWriter {
    pub fn new(offset: usize, capacity: u32) -> SampleWriter {
        SampleWriter { offset, capacity: u64::from(capacity), written: 0, heard: 0 }
    }

    /// The player has heard up to `frames`.
    pub fn heard(&mut self, frames: u64) {
        self.heard = frames.clamp(self.heard, self.written);
    }

    /// Stereo frames written since the start.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Stereo frames that fit now.
    pub fn room(&self) -> u64 {
        self.capacity - (self.written - self.heard)
    }

    /// Writes the leading part of `samples` (interleaved stereo) that fits; returns the stereo frames taken.
    pub fn write(&mut self, memory: &mut WritableMapping, samples: &[f32]) -> usize {
        let frames = (samples.len() / CHANNELS).min(self.room() as usize);
        for (index, frame) in samples.chunks_exact(CHANNELS).take(frames).enumerate() {
            let at = (self.written + index as u64) % self.capacity;
            let offset = self.offset + at as usize * CHANNELS * 4;
            if let Some(bytes) = memory.bytes(offset, CHANNELS * 4) {
                bytes[..4].copy_from_slice(&frame[0].to_le_bytes());
                bytes[4..].copy_from_slice(&frame[1].to_le_bytes());
            }
        }
        self.written += frames as u64;
        frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_crosses_the_ring_in_order_over_its_end_and_never_more_than_fits() {
        let memory = Arc::new(Mapping::create(4096).unwrap());
        let mut child = WritableMapping::map(memory.memory(), 4096).unwrap();
        let ring = Arc::new(SampleRing::new(memory, 64, 10));
        let reader = SampleReader::new(ring.clone());
        let mut writer = SampleWriter::new(64, 10);
        let mut expected = 0u32;
        let mut next = 0u32;
        for _ in 0..7 {
            let burst: Vec<f32> = (0..24).map(|i| (next + i / 2) as f32 / 1000.0).collect();
            let taken = writer.write(&mut child, &burst);
            assert!(taken <= 10);
            next += taken as u32;
            assert!(ring.advance(writer.written()));
            for _ in 0..7 {
                if let Some([left, right]) = reader.next_frame() {
                    assert_eq!((left, right), (expected as f32 / 1000.0, expected as f32 / 1000.0));
                    expected += 1;
                }
            }
            writer.heard(ring.heard());
        }
        assert!(expected >= 45, "{expected}");
        assert!(!ring.advance(writer.written() + 100), "a child may not claim more than the ring holds");
        assert!(!ring.advance(0), "a child may not take sound back");
        ring.end();
        while reader.next_frame().is_some() {}
        assert!(reader.drained());
    }

    #[test]
    fn sound_crosses_a_ring_of_any_size_in_order_whenever_it_is_written_and_heard() {
        let runs = if std::env::var_os("SLOW").is_some() { 1_000_000 } else { 5_000 };
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let mut rng = fastrand::Rng::with_seed(seed);
        let memory = Arc::new(Mapping::create(4096).unwrap());
        let mut child = WritableMapping::map(memory.memory(), 4096).unwrap();
        let sample = |index: u64| (index % 1_000) as f32 / 1_000.0;
        for _ in 0..runs {
            let capacity = rng.u32(1..=64);
            let offset = 4 * rng.usize(0..=(4096 / 4 - capacity as usize * CHANNELS));
            let ring = Arc::new(SampleRing::new(memory.clone(), offset, capacity));
            let (reader, mut writer) = (SampleReader::new(ring.clone()), SampleWriter::new(offset, capacity));
            let mut heard = 0;
            for _ in 0..rng.usize(1..12) {
                let burst = rng.u64(0..=2 * u64::from(capacity));
                let from = writer.written();
                let samples: Vec<f32> =
                    (from..from + burst).flat_map(|index| [sample(index), -sample(index)]).collect();
                let taken = writer.write(&mut child, &samples) as u64;
                assert_eq!(taken, burst.min(u64::from(capacity) - (from - writer.heard)));
                let lie = rng.u64(..);
                let possible = (ring.waiting() + heard..=heard + u64::from(capacity)).contains(&lie);
                assert_eq!(ring.fits(lie).is_some(), possible, "seed {seed}");
                assert!(ring.advance(writer.written()));
                for _ in 0..rng.u64(0..=2 * u64::from(capacity)) {
                    let Some(frame) = reader.next_frame() else { break };
                    assert_eq!(frame, [sample(heard), -sample(heard)], "seed {seed}");
                    heard += 1;
                }
                // The child hears of it late, twice, or is told what cannot be.
                writer.heard(if rng.bool() { ring.heard() } else { rng.u64(0..=ring.heard()) });
                assert!(writer.room() <= u64::from(capacity));
            }
        }
    }

    #[test]
    fn what_is_not_a_number_is_heard_as_silence() {
        let memory = Arc::new(Mapping::create(4096).unwrap());
        let mut child = WritableMapping::map(memory.memory(), 4096).unwrap();
        let ring = Arc::new(SampleRing::new(memory, 0, 4));
        let mut writer = SampleWriter::new(0, 4);
        writer.write(&mut child, &[f32::NAN, 7.0, f32::NEG_INFINITY, -0.5]);
        ring.advance(2);
        let reader = SampleReader::new(ring);
        assert_eq!(reader.next_frame(), Some([0.0, 1.0]));
        assert_eq!(reader.next_frame(), Some([0.0, -0.5]));
    }
}
