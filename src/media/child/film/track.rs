//! The pictures of a film: which of a file's tracks they are, and how they are decoded.

use super::super::Refusal;
use super::super::ffmpeg::{self, Reader, to_us};
use super::super::wire::Stage;
use super::exact::Exact;
use super::fields::Fields;
use super::painter::Pose;
use super::turn::Turn;
use crate::limits::{FILM_PIXELS_MAX, PICTURE_SIDE_MAX};
use ff::codec::{context, threading};
use ff::format::stream::Disposition;
use ffmpeg_the_third as ff;
use std::collections::VecDeque;

/// How long pictures are withheld that build on a damaged one, at most: as far as encoders put whole pictures apart
/// (x264: 250 pictures). A film that has none after its first goes on then.
const WITHHELD_US_MAX: i64 = 10_000_000;

/// A decoded picture, and when it is to be seen, in microseconds.
pub(super) type Shot = (ff::frame::Video, i64);

/// How a file is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// To be seen: what can be made of it is made of it.
    Lenient,
    /// To be judged, in one thread: all that FFmpeg finds fault with is damage.
    Strict,
}

pub(super) struct Track {
    pub decoder: ff::decoder::Video,
    pub pose: Pose,
    /// Pixels as seen: turned, pixel aspect applied.
    pub seen: [u32; 2],
    pub frame_us: i64,
    time_base: ff::Rational,
    last_us: i64,
    /// When the last damaged picture was to be seen, until one comes that does not build on it.
    damaged_us: Option<i64>,
    /// When the first of all damaged pictures was to be seen.
    pub first_damage_us: Option<i64>,
    threads: u32,
    care: Care,
    /// A picture that stands by itself has been decoded: what came before could not be whole.
    begun: bool,
    pub errors: u32,
    fields: Fields,
    done: VecDeque<Shot>,
    /// Where the film is judged, and nothing has been found yet.
    exact: Option<Exact>,
    pixels: u64,
}

impl Track {
    /// The film's own pictures: no cover, no thumbnail.
    pub(super) fn choose(reader: &mut Reader) -> Option<usize> {
        let tracks = reader.input().streams().filter(|stream| {
            stream.parameters().medium() == ff::media::Type::Video
                && !stream.disposition().contains(Disposition::ATTACHED_PIC)
        });
        let tracks: Vec<(usize, i64)> = tracks.map(|stream| (stream.index(), stream.frames())).collect();
        if let [] | [_] = tracks[..] {
            return tracks.first().map(|(index, _)| *index);
        }
        let counts = reader.counts();
        let moves = |(index, frames): &(usize, i64)| {
            *frames != 1 && counts.get(*index).is_some_and(|count| *count > 1)
        };
        let moving: Vec<usize> =
            tracks.iter().filter(|track| moves(track)).map(|(index, _)| *index).collect();
        // In joined recordings the first has fewer pictures perhaps, and is the first.
        let best = reader.input().streams().best(ff::media::Type::Video).map(|stream| stream.index());
        best.filter(|_| !reader.jumps())
            .filter(|index| moving.contains(index))
            .or(moving.first().copied())
            .or(tracks.first().map(|(index, _)| *index))
    }

    pub(super) fn open(
        reader: &Reader,
        index: usize,
        (threads, care): (u32, Care),
    ) -> Result<Track, Refusal> {
        let track = Track::prepare(reader, index, (threads, care))?;
        if track.decoder.width() == 0 || track.decoder.height() == 0 {
            return Err(Refusal::new(Stage::Decode, "its beginning is missing, or no film at all"));
        }
        Ok(track)
    }

    fn prepare(reader: &Reader, index: usize, (threads, care): (u32, Care)) -> Result<Track, Refusal> {
        let refuse = |error: ff::Error| Refusal::new(Stage::Open, error);
        let stream = reader.input().stream(index).ok_or_else(|| refuse(ff::Error::StreamNotFound))?;
        let coded = (stream.parameters().width(), stream.parameters().height());
        too_large(coded)?;
        let mut context = context::Context::from_parameters(stream.parameters()).map_err(refuse)?;
        ffmpeg::bound(&mut context, stream.time_base());
        let mut exact = None;
        if care == Care::Strict {
            ffmpeg::be_strict(&mut context);
            exact = Exact::open(&stream);
        }
        if let Some(exact) = &exact {
            ffmpeg::fill(&mut context, exact.plain());
        }
        let mut threading = threading::Config::kind(threading::Type::Frame);
        threading.count = threads.clamp(1, 4) as usize;
        context.set_threading(threading);
        let decoder = context.decoder().video().map_err(refuse)?;
        let (width, height) = (decoder.width(), decoder.height());
        too_large((width, height))?;
        let (pose, [wide, high]) = posed(reader, &stream, (width, height));
        if wide.max(high) > PICTURE_SIDE_MAX {
            return Err(Refusal::new(Stage::TooLarge, format!("{wide} x {high} pixels")));
        }
        let rate = stream.avg_frame_rate();
        let frame_us = match (rate.numerator(), rate.denominator()) {
            (n, d) if n > 0 && d > 0 => 1_000_000 * i64::from(d) / i64::from(n),
            _ => 40_000,
        };
        Ok(Track {
            decoder,
            pose,
            seen: [wide, high],
            frame_us,
            time_base: stream.time_base(),
            last_us: -frame_us,
            damaged_us: None,
            first_damage_us: None,
            threads,
            care,
            begun: false,
            errors: 0,
            fields: Fields::default(),
            done: VecDeque::new(),
            exact,
            pixels: 0,
        })
    }

    /// The film goes on in another track of the same file.
    pub(super) fn go_on_with(&mut self, reader: &Reader, index: usize) -> Result<(), Refusal> {
        let next = Track::prepare(reader, index, (self.threads, self.care))?;
        let before = std::mem::replace(self, next);
        (self.seen, self.errors, self.first_damage_us) = (before.seen, before.errors, before.first_damage_us);
        (self.last_us, self.done) = (before.last_us, before.done);
        self.pixels = before.pixels;
        Ok(())
    }

    /// Decodes a packet; with `None`, what is left at the end.
    pub(super) fn send(&mut self, packet: Option<&ff::Packet>) {
        self.begun |= packet.is_some_and(ff::Packet::is_key);
        let complaints = ffmpeg::decoding_complaints();
        let pts = packet.and_then(ff::Packet::pts);
        let at_us = pts.map_or(self.last_us, |time| to_us(time, self.time_base));
        let sent = match packet {
            Some(packet) => self.decoder.send_packet(packet),
            None => self.decoder.send_eof(),
        };
        if sent.is_err() && packet.is_some() {
            self.damage(at_us);
        }
        let mut frame = ff::frame::Video::empty();
        loop {
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => {}
                Err(ff::Error::Other { errno: libc::EAGAIN } | ff::Error::Eof) => break,
                Err(_) => {
                    self.damage(at_us);
                    break;
                }
            }
            self.pixels += u64::from(frame.width()) * u64::from(frame.height());
            if let Some(exact) = &mut self.exact {
                exact.push(&frame);
            }
            let us = self.time(&frame);
            frame.set_pts(Some(us));
            if !self.withholds(&frame, us) {
                self.through_fields(std::mem::replace(&mut frame, ff::frame::Video::empty()));
            }
        }
        if self.care == Care::Strict && ffmpeg::decoding_complaints() != complaints {
            self.damage(at_us);
        }
        self.compare(packet, at_us);
        if packet.is_none()
            && let Some(last) = self.fields.finish()
        {
            self.keep(last);
        }
    }

    /// Decodes it once more, if it is judged; only once something is found.
    fn compare(&mut self, packet: Option<&ff::Packet>, at_us: i64) {
        let Some(mut exact) = self.exact.take() else { return };
        let unused = match packet {
            Some(packet) => exact.send(packet),
            None => {
                exact.finish();
                false
            }
        };
        if unused || exact.differs() {
            self.damage(at_us);
        }
        self.pixels += exact.take_pixels();
        if self.first_damage_us.is_none() {
            self.exact = Some(exact);
        }
    }

    /// Pixels decoded since this was last asked, all that is decoded to judge them counted.
    pub(super) fn take_pixels(&mut self) -> u64 {
        std::mem::take(&mut self.pixels)
    }

    /// The next picture that is whole.
    pub(super) fn next(&mut self) -> Option<Shot> {
        self.done.pop_front()
    }

    /// The packets that come next are from elsewhere in the file.
    pub(super) fn flush(&mut self) {
        self.decoder.flush();
        self.fields.clear();
        self.done.clear();
        self.damaged_us = None;
        self.begun = false;
        if let Some(exact) = &mut self.exact {
            exact.flush();
        }
    }

    fn through_fields(&mut self, frame: ff::frame::Video) {
        // Whoever judges a film looks at no picture.
        if self.care == Care::Strict || !self.fields.wants(&frame) {
            return self.keep(frame);
        }
        if let Some(before) = self.fields.push(frame) {
            self.keep(before);
        }
    }

    fn keep(&mut self, frame: ff::frame::Video) {
        // Its own time, as `send` wrote it: pictures of fields come out one behind.
        let us = frame.pts().unwrap_or(self.last_us);
        self.done.push_back((frame, us));
    }

    fn damage(&mut self, us: i64) {
        // Pictures of a recording that begins in the middle build on what is not there.
        if self.begun {
            self.errors += 1;
            self.damaged_us = Some(us);
            self.note_damage(us);
        }
    }

    /// Something is lost at this moment of the film.
    pub(super) fn note_damage(&mut self, us: i64) {
        self.first_damage_us = Some(self.first_damage_us.map_or(us, |first| first.min(us)));
    }

    /// Whether the picture before it stays instead of this one: FFmpeg fills up what it cannot decode with grey or with
    /// what was there before, and so makes something of nearly any damage; what builds on it carries it on.
    ///
    /// FFmpeg 5.1 loses its own mark on many pictures when it decodes in several threads.
    fn withholds(&mut self, frame: &ff::frame::Video, us: i64) -> bool {
        let builds = frame.kind() != ff::picture::Type::I;
        self.begun |= !builds;
        if ffmpeg::is_damaged(frame) {
            self.begun = true;
            self.damage(us);
            return true;
        }
        let Some(since_us) = self.damaged_us else { return false };
        let withheld = builds && us.saturating_sub(since_us) < WITHHELD_US_MAX;
        if !withheld {
            self.damaged_us = None;
        }
        withheld
    }

    /// When the picture is to be seen, which it is told; one without a time follows the one before it.
    fn time(&mut self, frame: &ff::frame::Video) -> i64 {
        let us = match frame.timestamp() {
            Some(time) => to_us(time, self.time_base),
            None => self.last_us.saturating_add(self.frame_us),
        };
        self.last_us = us;
        us
    }
}

/// How a track's pictures are to be laid, and their size in pixels as seen.
pub(super) fn posed(
    reader: &Reader,
    stream: &ff::format::stream::Stream<'_>,
    (width, height): (u32, u32),
) -> (Pose, [u32; 2]) {
    let matrix = stream.side_data().find(|side| side.kind() == ff::packet::side_data::Type::DisplayMatrix);
    let turn = matrix.map(|side| Turn::of_matrix(side.data())).unwrap_or_default();
    let pixel_aspect = reader.pixel_aspect(stream.index());
    let wide = (f64::from(width) * pixel_aspect).round() as u32;
    let (wide, high) = turn.size((wide.max(1), height));
    (Pose { turn, pixel_aspect }, [wide, high])
}

fn too_large((width, height): (u32, u32)) -> Result<(), Refusal> {
    if u64::from(width) * u64::from(height) > FILM_PIXELS_MAX {
        return Err(Refusal::new(Stage::TooLarge, format!("{width} x {height} pixels")));
    }
    Ok(())
}
