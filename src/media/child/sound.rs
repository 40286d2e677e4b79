//! Sound of a file: decoded, resampled to stereo f32 at the mixer's rate, and laid on the film's time line.

use super::super::wire::Stage;
use super::{Refusal, ffmpeg};
use crate::shm::{CHANNELS, SampleWriter, WritableMapping};
use ff::ChannelLayout;
use ff::format::sample::{Sample, Type};
use ff::software::resampling;
use ffmpeg_the_third as ff;
use std::collections::VecDeque;

/// Sound decoded ahead of the ring, in stereo frames: ten seconds. A file with sound far ahead of its
/// pictures goes on playing up to here.
const PENDING_FRAMES_MAX: usize = 480_000;
/// A gap in the sound longer than this is filled with silence; shorter ones are rounding.
const GAP_US: i64 = 100_000;
/// Silence that one jump of a broken time line may cause.
const GAP_FRAMES_MAX: i64 = 480_000;

pub(super) struct Track {
    pub index: usize,
    decoder: ff::decoder::Audio,
    time_base: ff::Rational,
    resampler: Option<(resampling::Context, (Sample, u32, u32))>,
    rate: u32,
    /// Microseconds into the film at which the ring's first frame is heard.
    start_us: i64,
    /// Stereo frames made since then.
    made: i64,
    pending: VecDeque<f32>,
    /// It is read again from before what has been made.
    resumed: bool,
    pub errors: u32,
}

impl Track {
    /// The file's main sound, or `None` if it has none that can be decoded.
    pub(super) fn open(input: &ff::format::context::Input, rate: u32, start_us: i64) -> Option<Track> {
        let stream = input.streams().best(ff::media::Type::Audio)?;
        let mut context = ff::codec::context::Context::from_parameters(stream.parameters()).ok()?;
        ffmpeg::bound(&mut context, stream.time_base());
        let decoder = context.decoder().audio().ok()?;
        Some(Track {
            index: stream.index(),
            decoder,
            time_base: stream.time_base(),
            resampler: None,
            rate,
            start_us,
            made: 0,
            pending: VecDeque::new(),
            resumed: false,
            errors: 0,
        })
    }

    /// Decodes one packet, or with `None` what is left at the end. `origin_us`: the file's own start.
    pub(super) fn decode(&mut self, packet: Option<&ff::Packet>, origin_us: i64) -> usize {
        let sent = match packet {
            Some(packet) => self.decoder.send_packet(packet),
            None => self.decoder.send_eof(),
        };
        if sent.is_err() && packet.is_some() {
            self.errors += 1;
        }
        let mut frame = ff::frame::Audio::empty();
        let mut decoded = 0;
        while self.decoder.receive_frame(&mut frame).is_ok() {
            decoded += 1;
            if self.rate > 0 && self.take(&mut frame, origin_us).is_err() {
                self.errors += 1;
            }
        }
        decoded
    }

    fn take(&mut self, frame: &mut ff::frame::Audio, origin_us: i64) -> Result<(), ff::Error> {
        if frame.ch_layout().mask().is_none() {
            // Plain WAV names no layout; the resampler must be told the same one at each frame.
            let channels = u32::from(frame.channels());
            frame.set_ch_layout(ChannelLayout::default_for_channels(channels));
        }
        let kind = (frame.format(), frame.rate(), u32::from(frame.channels()));
        if self.resampler.as_ref().is_none_or(|(_, made_for)| *made_for != kind) {
            let from = frame.ch_layout();
            let to = Sample::F32(Type::Packed);
            let context =
                resampling::Context::get2(kind.0, from, kind.1, to, ChannelLayout::STEREO, self.rate)?;
            self.resampler = Some((context, kind));
        }
        let Some((resampler, _)) = &mut self.resampler else { return Ok(()) };
        let room = frame.samples() as u64 * u64::from(self.rate) / u64::from(kind.1.max(1)) + 256;
        let mut out =
            ff::frame::Audio::new(Sample::F32(Type::Packed), room as usize, ff::ChannelLayoutMask::STEREO);
        resampler.run(frame, &mut out)?;
        let frames = out.samples().min(room as usize);
        let data = out.data(0);
        let samples: Vec<f32> = data
            .chunks_exact(4)
            .take(frames * CHANNELS)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect();
        let mut samples = samples.as_slice();
        if let Some(timestamp) = frame.timestamp() {
            let at_us = super::film::to_us(timestamp, self.time_base) - origin_us - self.start_us;
            let due = at_us.saturating_mul(i64::from(self.rate)) / 1_000_000;
            let gap = due - self.made;
            if at_us < 0 && self.made == 0 || self.resumed && gap < 0 {
                let skip = usize::try_from(-gap).unwrap_or(usize::MAX).min(frames);
                samples = &samples[skip * CHANNELS..];
            } else if gap > GAP_US * i64::from(self.rate) / 1_000_000 || (self.made == 0 && gap > 0) {
                let silence = gap.min(GAP_FRAMES_MAX);
                self.pending.extend(std::iter::repeat_n(0.0, silence as usize * CHANNELS));
                self.made += silence;
            }
        }
        self.resumed &= samples.is_empty();
        self.made += (samples.len() / CHANNELS) as i64;
        self.pending.extend(samples);
        Ok(())
    }

    /// Some of the file was left out: says from which moment on, in microseconds, it is to be read again.
    pub(super) fn resume(&mut self) -> i64 {
        self.decoder.flush();
        self.resumed = true;
        self.start_us.saturating_add(self.made.saturating_mul(1_000_000) / i64::from(self.rate.max(1)))
    }

    /// More than can be kept waiting.
    pub(super) fn full(&self) -> bool {
        self.pending.len() > PENDING_FRAMES_MAX * CHANNELS
    }

    pub(super) fn pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Moves what fits into the ring. True if anything was moved.
    pub(super) fn flush(&mut self, ring: &mut SampleWriter, memory: &mut WritableMapping) -> bool {
        let mut moved = false;
        loop {
            let (front, _) = self.pending.as_slices();
            let front = if front.len() < CHANNELS && self.pending.len() >= CHANNELS {
                self.pending.make_contiguous();
                self.pending.as_slices().0
            } else {
                front
            };
            let taken = ring.write(memory, front);
            if taken == 0 {
                return moved;
            }
            self.pending.drain(..taken * CHANNELS);
            moved = true;
        }
    }
}

/// A file that was wanted for its sound has none.
pub(super) fn missing() -> Refusal {
    Refusal::new(Stage::NoSound, "no sound that can be decoded")
}
