//! Sound of a file: decoded, resampled to stereo f32 at the mixer's rate, and laid on the film's time line.

use super::super::wire::Stage;
use super::Refusal;
use super::ffmpeg::{self, Reader, to_us};
use crate::shm::{CHANNELS, SampleWriter, WritableMapping};
use ff::ChannelLayout;
use ff::format::sample::{Sample, Type};
use ff::format::stream::Disposition;
use ff::media;
use ff::software::resampling;
use ffmpeg_the_third as ff;
use std::collections::VecDeque;

/// Sound decoded ahead of the ring, in stereo frames: ten seconds. A file with sound far ahead of its
/// pictures goes on playing up to here.
const PENDING_FRAMES_MAX: usize = 480_000;
/// Sound that comes later or earlier than this waits for its moment or is left out.
const GAP_US: i64 = 100_000;
/// So does less, where it stays so for some pieces, as that of cameras whose clock drifts. What is off once is rounding.
const STRAY_US: i64 = 20_000;
const STRAY_PIECES: u32 = 4;
/// Rates that a loudspeaker can be given: a telephone's is 8,000 Hz. At a few samples a second one packet lasts for hours.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// FFmpeg's resampler knows arrangements up to 7.1, and some beyond.
const CHANNELS_MAX: u16 = 8;

/// -60 dB of full scale: a microphone that is switched off makes less, a voice that is far too quiet more.
const AUDIBLE: f32 = 0.001;

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
    waiting: Waiting,
    /// The loudest sample that was forgotten, 1 being full scale.
    peak: f32,
    /// How many pieces in succession were off by [`STRAY_US`] or more, and whether they came late.
    stray: (u32, bool),
    /// What times were moved by last: where that changes, recordings were joined.
    moved_us: Option<i64>,
    /// What comes next is given its moment exactly: it is the first, or read again, or of another recording.
    anew: bool,
    pub errors: u32,
    /// Why its sound cannot be heard, if it cannot.
    pub unheard: Option<String>,
    /// The end of what was decoded, in microseconds into the film.
    pub end_us: i64,
}

impl Track {
    /// The track that is meant to be heard, of those that can be decoded: not the one for the blind, nor a comment; of several
    /// the one that the file puts first.
    pub(super) fn open_first(reader: &Reader, rate: u32, start_us: i64) -> Option<Track> {
        let aside = Disposition::VISUAL_IMPAIRED
            | Disposition::HEARING_IMPAIRED
            | Disposition::COMMENT
            | Disposition::LYRICS
            | Disposition::KARAOKE;
        let tracks =
            || reader.input().streams().filter(|stream| stream.parameters().medium() == media::Type::Audio);
        let rank = |disposition: Disposition| {
            (disposition.intersects(aside), !disposition.contains(Disposition::DEFAULT))
        };
        let mut ranked: Vec<_> =
            tracks().map(|stream| (rank(stream.disposition()), stream.index())).collect();
        ranked.sort_unstable();
        ranked.into_iter().find_map(|(_, index)| Track::open(reader, index, rate, start_us))
    }

    /// `rate` in Hz; `None` for what has no decoder.
    pub(super) fn open(reader: &Reader, index: usize, rate: u32, start_us: i64) -> Option<Track> {
        let stream = reader.input().stream(index)?;
        let mut context = ff::codec::context::Context::from_parameters(stream.parameters()).ok()?;
        ffmpeg::bound(&mut context, stream.time_base());
        let decoder = context.decoder().audio().ok()?;
        Some(Track {
            index,
            decoder,
            time_base: stream.time_base(),
            resampler: None,
            rate,
            start_us,
            made: 0,
            waiting: Waiting::default(),
            peak: 0.0,
            stray: (0, false),
            moved_us: None,
            anew: true,
            errors: 0,
            unheard: None,
            end_us: 0,
        })
    }

    /// Nothing of what was forgotten could be heard.
    pub(super) fn is_silent(&self) -> bool {
        self.peak < AUDIBLE
    }

    /// Goes on with another track of the same file, which begins where this one ended.
    pub(super) fn go_on_with(&mut self, reader: &Reader, index: usize) {
        if let Some(other) = Track::open(reader, index, self.rate, self.start_us) {
            (self.index, self.decoder, self.time_base) = (other.index, other.decoder, other.time_base);
        }
    }

    /// The times of the next packet were moved by so much.
    pub(super) fn follow(&mut self, moved_us: i64) {
        self.anew |= self.moved_us.replace(moved_us).is_some_and(|before| before != moved_us);
    }

    /// Decodes one packet, or with `None` what is left at the end; returns how many pieces of sound came.
    pub(super) fn decode(&mut self, packet: Option<&ff::Packet>) -> usize {
        let sent = match packet {
            Some(packet) => self.decoder.send_packet(packet),
            None => self.decoder.send_eof(),
        };
        if sent.is_err() && packet.is_some() {
            self.errors += 1;
        }
        let mut frame = ff::frame::Audio::empty();
        let mut decoded = 0;
        loop {
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => {}
                Err(ff::Error::Other { errno: libc::EAGAIN } | ff::Error::Eof) => return decoded,
                Err(_) => {
                    self.errors += 1;
                    return decoded;
                }
            }
            decoded += 1;
            if let Err(why) = self.take(&mut frame) {
                self.errors += 1;
                self.unheard.get_or_insert(why);
            }
        }
    }

    fn take(&mut self, frame: &mut ff::frame::Audio) -> Result<(), String> {
        let at_us = frame.timestamp().map(|time| to_us(time, self.time_base));
        let length_us = frame.samples() as i64 * 1_000_000 / i64::from(frame.rate().max(1));
        self.end_us = at_us.unwrap_or(self.end_us).saturating_add(length_us);
        let samples = self.resampled(frame)?;
        let frames = samples.len() / CHANNELS;
        let mut skipped = 0;
        if let Some(at_us) = at_us {
            let due = at_us.saturating_sub(self.start_us).saturating_mul(i64::from(self.rate)) / 1_000_000;
            let gap = due.saturating_sub(self.made);
            let tolerated = if self.anew { 0 } else { self.tolerated(gap) };
            if gap < -tolerated {
                // Its moment has gone.
                skipped = usize::try_from(-gap).unwrap_or(usize::MAX).min(frames);
            } else if gap > tolerated {
                self.be_silent(gap);
            }
        }
        self.anew &= skipped == frames;
        self.made += (frames - skipped) as i64;
        self.waiting.samples(samples, skipped);
        Ok(())
    }

    /// By how many frames the next piece may be off, when it is off by `gap`.
    fn tolerated(&mut self, gap: i64) -> i64 {
        let frames = |us: i64| us * i64::from(self.rate) / 1_000_000;
        let (stray, most) = (frames(STRAY_US), frames(GAP_US));
        let (before, late) = self.stray;
        let count = match gap.abs() > stray {
            false => 0,
            true if late == (gap > 0) => before + 1,
            true => 1,
        };
        let settled = count >= STRAY_PIECES;
        self.stray = (if settled { 0 } else { count }, gap > 0);
        if settled { stray } else { most }
    }

    /// Stereo at the mixer's rate.
    fn resampled(&mut self, frame: &mut ff::frame::Audio) -> Result<Vec<f32>, String> {
        let (rate, channels) = (frame.rate(), frame.channels());
        if !RATES.contains(&rate) {
            return Err(format!("{rate} samples a second"));
        }
        if channels == 0 || channels > CHANNELS_MAX {
            return Err(format!("{channels} channels"));
        }
        if frame.ch_layout().mask().is_none() {
            // Plain WAV names no layout; the resampler must be told the same one at each frame.
            frame.set_ch_layout(ChannelLayout::default_for_channels(u32::from(channels)));
        }
        let kind = (frame.format(), rate, u32::from(channels));
        let told = |error: ff::Error| error.to_string();
        if self.resampler.as_ref().is_none_or(|(_, made_for)| *made_for != kind) {
            let from = frame.ch_layout();
            let to = Sample::F32(Type::Packed);
            let context =
                resampling::Context::get2(kind.0, from, kind.1, to, ChannelLayout::STEREO, self.rate);
            self.resampler = Some((context.map_err(told)?, kind));
        }
        let Some((resampler, _)) = &mut self.resampler else { return Ok(Vec::new()) };
        let room = frame.samples() as u64 * u64::from(self.rate) / u64::from(rate) + 256;
        let mut out =
            ff::frame::Audio::new(Sample::F32(Type::Packed), room as usize, ff::ChannelLayoutMask::STEREO);
        resampler.run(frame, &mut out).map_err(told)?;
        let frames = out.samples().min(room as usize);
        let bytes = out.data(0).chunks_exact(4).take(frames * CHANNELS);
        Ok(bytes.map(|sample| f32::from_le_bytes([sample[0], sample[1], sample[2], sample[3]])).collect())
    }

    fn be_silent(&mut self, frames: i64) {
        self.waiting.silence(frames.max(0) as u64);
        self.made += frames.max(0);
    }

    /// How far the sound has come, in microseconds into the film.
    pub(super) fn reached_us(&self) -> i64 {
        self.start_us.saturating_add(self.made.saturating_mul(1_000_000) / i64::from(self.rate.max(1)))
    }

    /// There is no sound up to this moment of the film, or it comes too late: it is silent.
    pub(super) fn reach(&mut self, us: i64) {
        let missing_us = us.saturating_sub(self.reached_us()).max(0);
        self.be_silent(missing_us.saturating_mul(i64::from(self.rate)) / 1_000_000);
    }

    /// Nobody is to hear what was decoded; only how loud it was is kept.
    pub(super) fn forget(&mut self) {
        let samples = self.waiting.pieces.iter().filter_map(|piece| match piece {
            Piece::Samples(samples, _) => Some(samples),
            Piece::Silence(_) => None,
        });
        self.peak = samples.flatten().fold(self.peak, |peak, sample| peak.max(sample.abs()));
        self.waiting = Waiting::default();
    }

    /// Some of the file was left out: says from which moment on, in microseconds, it is to be read again.
    pub(super) fn resume(&mut self) -> i64 {
        self.decoder.flush();
        self.anew = true;
        self.reached_us()
    }

    /// What is decoded but does not fit into the ring is more than can be kept waiting.
    pub(super) fn full(&self) -> bool {
        self.waiting.sounding > PENDING_FRAMES_MAX
    }

    pub(super) fn pending(&self) -> bool {
        !self.waiting.pieces.is_empty()
    }

    /// Moves what fits into the ring. True if anything was moved.
    pub(super) fn flush(&mut self, ring: &mut SampleWriter, memory: &mut WritableMapping) -> bool {
        let mut moved = false;
        while let Some(front) = self.waiting.pieces.front_mut() {
            let taken = match front {
                Piece::Silence(frames) => {
                    const NONE: [f32; 4096] = [0.0; 4096];
                    let most = (*frames).min((NONE.len() / CHANNELS) as u64) as usize;
                    let taken = ring.write(memory, &NONE[..most * CHANNELS]);
                    *frames -= taken as u64;
                    taken
                }
                Piece::Samples(samples, at) => {
                    let taken = ring.write(memory, &samples[*at..]);
                    *at += taken * CHANNELS;
                    self.waiting.sounding -= taken;
                    taken
                }
            };
            let done = match front {
                Piece::Silence(frames) => *frames == 0,
                Piece::Samples(samples, at) => *at >= samples.len(),
            };
            if done {
                self.waiting.pieces.pop_front();
            }
            moved |= taken > 0;
            if taken == 0 && !done {
                break;
            }
        }
        moved
    }
}

/// Sound on its way to the ring. Silence takes no room, however long.
#[derive(Default)]
struct Waiting {
    pieces: VecDeque<Piece>,
    /// Stereo frames that are not silence.
    sounding: usize,
}

enum Piece {
    /// Stereo frames.
    Silence(u64),
    /// Interleaved, and how many of them are gone.
    Samples(Vec<f32>, usize),
}

impl Waiting {
    fn silence(&mut self, frames: u64) {
        match self.pieces.back_mut() {
            _ if frames == 0 => {}
            Some(Piece::Silence(before)) => *before = before.saturating_add(frames),
            _ => self.pieces.push_back(Piece::Silence(frames)),
        }
    }

    /// Without the first so many stereo frames.
    fn samples(&mut self, samples: Vec<f32>, skipped: usize) {
        let frames = samples.len() / CHANNELS - skipped;
        if frames > 0 {
            self.sounding += frames;
            self.pieces.push_back(Piece::Samples(samples, skipped * CHANNELS));
        }
    }
}

/// A file that was wanted for its sound has none.
pub(super) fn missing() -> Refusal {
    Refusal::new(Stage::NoSound, "no sound that can be decoded")
}
