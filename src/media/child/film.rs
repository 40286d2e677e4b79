//! Films: decoded one picture ahead of another into the slots that the player has free, its sound beside it.

use super::super::wire::{Found, Reply, Request, Stage};
use super::{Gone, Player, Refusal, Stop, ffmpeg, sample_writer, sound};
use crate::limits::FILM_PIXELS_MAX;
use crate::model::media::{ColourRange, Matrix};
use crate::shm::{FrameLayout, Layout, SampleWriter, WritableMapping};
use ff::color;
use ff::format::Pixel;
use ff::software::scaling;
use ffmpeg_the_third as ff;
use std::os::fd::OwnedFd;

/// What the player wants of the file.
pub(super) struct Wanted {
    pub picture: bool,
    pub start_us: i64,
    pub threads: u32,
    /// 0: no sound.
    pub sound_rate: u32,
}

/// By how much the last picture or sample of a whole file may miss the length that the file states: a tenth, within
/// these bounds.
const END_US: (i64, i64) = (500_000, 3_000_000);

/// How long pictures are withheld that build on a damaged one, at most: as far as encoders put whole pictures apart
/// (x264: 250 pictures). A film that has none after its first goes on then.
const WITHHELD_US_MAX: i64 = 10_000_000;

/// How much of a film is looked through for damage when it is published, in pixels of the pictures that stand by
/// themselves: nine minutes of 720p with one every two seconds. It took 2.4 s on a core of a PC.
const LOOKED_THROUGH_PIXELS_MAX: u64 = 1 << 28;

/// A time in units of `base`, in microseconds.
pub(super) fn to_us(time: i64, base: ff::Rational) -> i64 {
    let us =
        i128::from(time) * 1_000_000 * i128::from(base.numerator()) / i128::from(base.denominator().max(1));
    us.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

struct Track {
    index: usize,
    decoder: ff::decoder::Video,
    time_base: ff::Rational,
    quarter_turns: u8,
    /// Pixels as seen: turned, pixel aspect applied.
    seen: [u32; 2],
    frame_us: i64,
    last_us: i64,
    /// When the last damaged picture was to be seen, until one comes that does not build on it.
    damaged_us: Option<i64>,
    errors: u32,
}

impl Track {
    fn open(input: &ff::format::context::Input, threads: u32) -> Result<Option<Track>, Refusal> {
        let pictures = input.streams().filter(|stream| {
            stream.parameters().medium() == ff::media::Type::Video
                && !stream.disposition().contains(ff::format::stream::Disposition::ATTACHED_PIC)
        });
        let Some(stream) = pictures.into_iter().next() else { return Ok(None) };
        let refuse = |error: ff::Error| Refusal::new(Stage::Open, error);
        let mut context =
            ff::codec::context::Context::from_parameters(stream.parameters()).map_err(refuse)?;
        ffmpeg::bound(&mut context, stream.time_base());
        let mut threading = ff::codec::threading::Config::kind(ff::codec::threading::Type::Frame);
        threading.count = threads.clamp(1, 4) as usize;
        context.set_threading(threading);
        let decoder = context.decoder().video().map_err(refuse)?;
        let (width, height) = (decoder.width(), decoder.height());
        if width == 0 || height == 0 {
            return Err(Refusal::new(Stage::NoPicture, "the film's size is not known"));
        }
        if u64::from(width) * u64::from(height) > FILM_PIXELS_MAX {
            return Err(Refusal::new(Stage::TooLarge, format!("{width} x {height} pixels")));
        }
        let aspect = decoder.aspect_ratio();
        let aspect = f64::from(aspect.numerator()) / f64::from(aspect.denominator().max(1));
        let wide = if (0.1..=10.0).contains(&aspect) && (aspect - 1.0).abs() > 0.005 {
            (f64::from(width) * aspect).round() as u32
        } else {
            width
        };
        let quarter_turns = quarter_turns(&stream);
        let seen = if quarter_turns % 2 == 1 { [height, wide] } else { [wide, height] };
        let rate = stream.avg_frame_rate();
        let frame_us = match (rate.numerator(), rate.denominator()) {
            (n, d) if n > 0 && d > 0 => 1_000_000 * i64::from(d) / i64::from(n),
            _ => 40_000,
        };
        let (index, time_base) = (stream.index(), stream.time_base());
        let last_us = -frame_us;
        let (damaged_us, errors) = (None, 0);
        Ok(Some(Track {
            index,
            decoder,
            time_base,
            quarter_turns,
            seen,
            frame_us,
            last_us,
            damaged_us,
            errors,
        }))
    }

    fn send(&mut self, packet: Option<&ff::Packet>) {
        let sent = match packet {
            Some(packet) => self.decoder.send_packet(packet),
            None => self.decoder.send_eof(),
        };
        if sent.is_err() && packet.is_some() {
            self.errors += 1;
            self.damaged_us = Some(self.last_us);
        }
    }

    /// Whether the picture before it stays instead of this one: FFmpeg fills up what it cannot decode with grey or with
    /// what was there before, and so makes something of nearly any damage; what builds on it carries it on.
    ///
    /// FFmpeg 5.1 loses its own mark on many pictures when it decodes in several threads.
    fn withholds(&mut self, frame: &ff::frame::Video, us: i64) -> bool {
        if ffmpeg::is_damaged(frame) {
            self.errors += 1;
            self.damaged_us = Some(us);
            return true;
        }
        let Some(since_us) = self.damaged_us else { return false };
        let builds = frame.kind() != ff::picture::Type::I;
        let withheld = builds && us.saturating_sub(since_us) < WITHHELD_US_MAX;
        if !withheld {
            self.damaged_us = None;
        }
        withheld
    }

    /// When the picture is to be seen; one without a time follows the one before it.
    fn time(&mut self, frame: &ff::frame::Video, origin_us: i64) -> i64 {
        let us = match frame.timestamp() {
            Some(time) => to_us(time, self.time_base) - origin_us,
            None => self.last_us + self.frame_us,
        };
        self.last_us = us;
        us
    }
}

/// The display matrix as quarter turns clockwise. Other angles are left as they are.
fn quarter_turns(stream: &ff::Stream<'_>) -> u8 {
    let data = stream.side_data().find(|side| side.kind() == ff::packet::side_data::Type::DisplayMatrix);
    let Some(data) = data else { return 0 };
    let entry = |index: usize| {
        let bytes = data.data().get(index * 4..index * 4 + 4)?;
        Some(i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    };
    // ISO/IEC 14496-12, 6.2.2: (a b; c d) in 16.16. A quarter turn clockwise is (0 1; -1 0).
    match (entry(0), entry(1)) {
        (Some(0), Some(b)) if b > 0 => 1,
        (Some(a), Some(0)) if a < 0 => 2,
        (Some(0), Some(b)) if b < 0 => 3,
        _ => 0,
    }
}

fn found(input: &ff::format::context::Input, track: Option<&Track>, has_sound: bool) -> Found {
    let duration = input.duration();
    Found {
        picture: track.map(|track| track.seen),
        still: false,
        sound: has_sound,
        duration_us: (duration > 0).then_some(duration),
    }
}

/// Opens the file and decodes its first picture and sound, so that what is published can be played.
pub(super) fn probe(file: OwnedFd, length: u64) -> Result<Found, Refusal> {
    let mut input = ffmpeg::open(file, length)?;
    let mut video = Track::open(&input, 1)?;
    let mut audio = sound::Track::open(&input, 0, 0);
    if video.is_none() && audio.is_none() {
        return Err(Refusal::new(Stage::Open, "neither pictures nor sound"));
    }
    let mut found = found(&input, video.as_ref(), audio.is_some());
    let (mut pictures, mut sounds, mut last_us) = (video.is_none(), audio.is_none(), 0);
    let origin_us = ffmpeg::start_us(&input);
    let mut frame = ff::frame::Video::empty();
    // Without a stated duration the whole file is read: a board must know how long an item takes.
    let measure = found.duration_us.is_none();
    for packet in input.packets() {
        let Ok((stream, packet)) = packet else { break };
        if let Some(time) = packet.pts() {
            last_us = last_us.max(to_us(time + packet.duration(), stream.time_base()) - origin_us);
        }
        if let Some(track) = video.as_mut().filter(|track| track.index == stream.index() && !pictures) {
            track.send(Some(&packet));
            pictures = track.decoder.receive_frame(&mut frame).is_ok();
        }
        if let Some(track) = audio.as_mut().filter(|track| track.index == stream.index() && !sounds) {
            sounds = track.decode(Some(&packet), origin_us) > 0;
        }
        if pictures && sounds && !measure {
            break;
        }
    }
    if let Some(track) = video.as_mut().filter(|_| !pictures) {
        track.send(None);
        pictures = track.decoder.receive_frame(&mut frame).is_ok();
    }
    if !pictures {
        return Err(Refusal::new(Stage::Decode, "not one picture of the film can be decoded"));
    }
    if !sounds && video.is_none() {
        return Err(Refusal::new(Stage::Decode, "none of the sound can be decoded"));
    }
    found.sound = audio.is_some() && sounds;
    if measure {
        found.duration_us = (last_us > 0).then_some(last_us);
    } else if let Some(stated_us) = ffmpeg::stated_us(&input)
        && let Some(end_us) = ends_early(&mut input, stated_us)
    {
        let seconds = |us: i64| us / 1_000_000;
        let message = format!("it says {} s, and ends after {} s", seconds(stated_us), seconds(end_us));
        return Err(Refusal::new(Stage::CutOff, message));
    }
    if video.is_some()
        && let Some(us) = damaged_at(&mut input)
    {
        return Err(Refusal::new(Stage::Damaged, us.max(0) / 1_000_000));
    }
    Ok(found)
}

/// When the first of those pictures is seen that stand by themselves and are damaged: all until the next builds on it.
/// Damage to the others, which costs less, is not looked for: every picture would have to be decoded.
fn damaged_at(input: &mut ff::format::context::Input) -> Option<i64> {
    // In one thread, for the reason that `Track::withholds` has.
    let mut track = Track::open(input, 1).ok()??;
    let origin_us = ffmpeg::start_us(input);
    let _ = input.seek(origin_us, ..=origin_us);
    let mut frame = ff::frame::Video::empty();
    let mut pixels = 0;
    for packet in input.packets() {
        let Ok((stream, packet)) = packet else { break };
        if stream.index() != track.index || !packet.is_key() {
            continue;
        }
        track.damaged_us = None;
        track.send(Some(&packet));
        // Each by itself: the decoder would wait for those between.
        track.send(None);
        let mut damaged = track.damaged_us.is_some();
        while track.decoder.receive_frame(&mut frame).is_ok() {
            damaged |= ffmpeg::is_damaged(&frame);
        }
        track.decoder.flush();
        if damaged {
            return Some(packet.pts().map_or(0, |time| to_us(time, track.time_base) - origin_us));
        }
        pixels += u64::from(track.decoder.width()) * u64::from(track.decoder.height());
        if pixels > LOOKED_THROUGH_PIXELS_MAX {
            break;
        }
    }
    None
}

/// Where a file really ends that ends long before it says: a copy that was interrupted. Only its end is read.
fn ends_early(input: &mut ff::format::context::Input, stated_us: i64) -> Option<i64> {
    let (origin_us, slack_us) = (ffmpeg::start_us(input), (stated_us / 10).clamp(END_US.0, END_US.1));
    // A file without an index of times cannot be read from its middle: then all of it is.
    let near_end = stated_us.saturating_sub(slack_us).saturating_add(origin_us);
    let _ = input.seek(near_end, ..=near_end);
    let mut last_us = 0;
    for packet in input.packets() {
        let Ok((stream, packet)) = packet else { break };
        if let Some(time) = packet.pts().or(packet.dts()) {
            last_us = last_us.max(to_us(time + packet.duration(), stream.time_base()) - origin_us);
        }
    }
    (last_us.saturating_add(slack_us) < stated_us).then_some(last_us)
}

/// The two ways out of the child: picture slots and the sound ring.
struct Outlet<'a> {
    player: &'a Player<'a>,
    layout: Layout,
    memory: WritableMapping,
    free: Vec<u8>,
    ring: Option<SampleWriter>,
}

impl Outlet<'_> {
    /// Takes in what the player says; with `wait`, at least one message.
    fn hear(&mut self, mut wait: bool) -> Result<(), Gone> {
        while let Some((request, _)) = self.player.hear(wait)? {
            wait = false;
            match request {
                Request::Release { slot } if slot < self.layout.slots && !self.free.contains(&slot) => {
                    self.free.push(slot);
                }
                Request::Heard { frames } => {
                    if let Some(ring) = &mut self.ring {
                        ring.heard(frames);
                    }
                }
                _ => return Err(Gone),
            }
        }
        Ok(())
    }

    fn flush(&mut self, audio: Option<&mut sound::Track>) -> Result<(), Gone> {
        if let (Some(track), Some(ring)) = (audio, &mut self.ring)
            && track.flush(ring, &mut self.memory)
        {
            self.player.say(&Reply::Sound { frames: ring.written() })?;
        }
        Ok(())
    }

    /// A slot to draw into, waiting for one if need be; sound goes on meanwhile.
    fn slot(&mut self, mut audio: Option<&mut sound::Track>) -> Result<u8, Gone> {
        self.hear(false)?;
        loop {
            self.flush(audio.as_deref_mut())?;
            if let Some(slot) = self.free.pop() {
                return Ok(slot);
            }
            self.hear(true)?;
        }
    }
}

/// Plays to the end, or until the player has had enough.
pub(super) fn play(player: &Player<'_>, file: OwnedFd, length: u64, wanted: Wanted) -> Result<(), Stop> {
    let mut input = ffmpeg::open(file, length)?;
    let mut video = if wanted.picture { Track::open(&input, wanted.threads)? } else { None };
    let mut audio = match wanted.sound_rate {
        0 => None,
        rate => sound::Track::open(&input, rate, wanted.start_us),
    };
    if wanted.picture && video.is_none() {
        return Err(Refusal::new(Stage::NoPicture, "no pictures in it").into());
    }
    if !wanted.picture && audio.is_none() {
        return Err(sound::missing().into());
    }
    player.say(&Reply::Ready(found(&input, video.as_ref(), audio.is_some())))?;
    let (layout, memory) = player.memory()?;
    let ring = sample_writer(layout);
    let mut outlet = Outlet { player, layout, memory, free: (0..layout.slots).rev().collect(), ring };

    let origin_us = ffmpeg::start_us(&input);
    let mut reel = Reel {
        painter: Painter::default(),
        origin_us,
        start_us: wanted.start_us,
        newest_us: 0,
        passes: 0,
        shown: 0,
        skipped: 0,
        last: None,
    };
    let starved =
        pass(&mut input, &mut outlet, &mut reel, (video.as_mut(), audio.as_mut()), wanted.start_us)?;
    if video.is_some() && reel.shown == 0 {
        for back_us in BACK_US {
            if reel.last.is_some() {
                break;
            }
            // The moment is after the last picture, and so was all that was read.
            let from_us = wanted.start_us.saturating_sub(back_us).max(0);
            pass(&mut input, &mut outlet, &mut reel, (video.as_mut(), None), from_us)?;
            if from_us == 0 {
                break;
            }
        }
        if let Some(track) = video.as_mut() {
            reel.leave_last(&mut outlet, track, audio.as_mut())?;
        }
        if reel.shown == 0 {
            return Err(Refusal::new(Stage::Decode, "not one picture of the film can be decoded").into());
        }
    }
    if let (true, Some(track)) = (starved, audio.as_mut()) {
        reel.start_us = reel.newest_us.saturating_add(1);
        let from_us = track.resume();
        pass(&mut input, &mut outlet, &mut reel, (video.as_mut(), Some(track)), from_us)?;
    }
    if let Some(track) = audio.as_mut() {
        track.decode(None, origin_us);
        outlet.flush(Some(track))?;
        while track.pending() {
            outlet.hear(true)?;
            outlet.flush(Some(track))?;
        }
    }
    let errors = video.map_or(0, |track| track.errors) + audio.map_or(0, |track| track.errors);
    player.say(&Reply::End { decode_errors: errors })?;
    // The memory stays valid until the player has shown the last picture and closes.
    loop {
        outlet.hear(true)?;
    }
}

/// Reads the file from a moment on, to its end. While there is no picture sound cannot be heard, and waits; where more of it
/// comes than can wait, it is left out for now, and the pass ends with the first picture: then it returns true.
fn pass(
    input: &mut ff::format::context::Input,
    outlet: &mut Outlet<'_>,
    reel: &mut Reel,
    (mut video, mut audio): (Option<&mut Track>, Option<&mut sound::Track>),
    from_us: i64,
) -> Result<bool, Stop> {
    let to = from_us.saturating_add(reel.origin_us);
    if from_us > 0 || reel.passes > 0 {
        // A file that cannot seek plays on from its beginning up to the moment, decoding only.
        // In a transport stream a moment is found by any picture's time, also by that of one which builds on others.
        let to = if from_us > 0 { to } else { to.saturating_sub(BEFORE_US) };
        let _ = input.seek(to, ..=to);
        video.iter_mut().for_each(|track| track.decoder.flush());
    }
    reel.passes += 1;
    let mut starved = false;
    let mut frame = ff::frame::Video::empty();
    for packet in input.packets() {
        outlet.hear(false)?;
        let Ok((stream, packet)) = packet else { break };
        if let Some(track) = audio.as_deref_mut().filter(|track| track.index == stream.index() && !starved) {
            track.decode(Some(&packet), reel.origin_us);
            outlet.flush(Some(track))?;
            while track.full() {
                if video.is_some() && reel.shown == 0 {
                    starved = true;
                    break;
                }
                outlet.hear(true)?;
                outlet.flush(Some(track))?;
            }
        }
        if let Some(track) = video.as_deref_mut().filter(|track| track.index == stream.index()) {
            track.send(Some(&packet));
            while track.decoder.receive_frame(&mut frame).is_ok() {
                reel.take(outlet, track, &mut frame, audio.as_deref_mut())?;
            }
            if starved && reel.shown > 0 {
                return Ok(true);
            }
        }
    }
    if let Some(track) = video {
        track.send(None);
        while track.decoder.receive_frame(&mut frame).is_ok() {
            reel.take(outlet, track, &mut frame, audio.as_deref_mut())?;
        }
    }
    Ok(starved)
}

/// How far before the wanted moment a film is read again, in microseconds, while no picture has been found: its pictures may
/// end long before its sound.
const BACK_US: [i64; 4] = [4_000_000, 30_000_000, 300_000_000, i64::MAX];

/// Before the first moment of any file, in microseconds: its beginning is meant.
const BEFORE_US: i64 = 10_000_000;

/// After so many pictures that are only decoded, on the way to the moment, the child says that it works.
const SKIPPED_PICTURES: u64 = 8;

/// A film's pictures on their way to the player.
struct Reel {
    painter: Painter,
    origin_us: i64,
    start_us: i64,
    /// The time of the newest picture shown.
    newest_us: i64,
    /// How often the file was read.
    passes: u32,
    shown: u64,
    skipped: u64,
    /// The last picture before the wanted moment, and its time: it stands where the film has no more.
    last: Option<(ff::frame::Video, i64)>,
}

impl Reel {
    /// Shows a picture, or keeps it while its time is before the wanted moment.
    fn take(
        &mut self,
        outlet: &mut Outlet<'_>,
        track: &mut Track,
        frame: &mut ff::frame::Video,
        audio: Option<&mut sound::Track>,
    ) -> Result<(), Stop> {
        let pts_us = track.time(frame, self.origin_us);
        if track.withholds(frame, pts_us) {
            return Ok(());
        }
        if pts_us + track.frame_us > self.start_us {
            return self.paint(outlet, track, frame, pts_us, audio);
        }
        let (kept, at_us) = self.last.get_or_insert_with(|| (ff::frame::Video::empty(), 0));
        std::mem::swap(kept, frame);
        *at_us = pts_us;
        self.skipped += 1;
        if self.skipped.is_multiple_of(SKIPPED_PICTURES) {
            outlet.player.say(&Reply::Working)?;
        }
        Ok(())
    }

    /// Where the film ended before the wanted moment, its last picture stands.
    fn leave_last(
        &mut self,
        outlet: &mut Outlet<'_>,
        track: &mut Track,
        audio: Option<&mut sound::Track>,
    ) -> Result<(), Stop> {
        match self.last.take() {
            Some((frame, pts_us)) if self.shown == 0 => self.paint(outlet, track, &frame, pts_us, audio),
            _ => Ok(()),
        }
    }

    fn paint(
        &mut self,
        outlet: &mut Outlet<'_>,
        track: &mut Track,
        frame: &ff::frame::Video,
        pts_us: i64,
        audio: Option<&mut sound::Track>,
    ) -> Result<(), Stop> {
        let slot = outlet.slot(audio)?;
        let layout = outlet.layout;
        let bytes = outlet.memory.bytes(layout.slot_offset(slot), layout.frame.slot_bytes()).ok_or(Gone)?;
        match self.painter.paint(frame, track.quarter_turns, layout.frame, bytes) {
            Ok((matrix, range)) => {
                outlet.player.say(&Reply::Frame { slot, pts_us, matrix, range })?;
                self.shown += 1;
                self.newest_us = pts_us;
            }
            Err(_) => {
                track.errors += 1;
                outlet.free.push(slot);
            }
        }
        Ok(())
    }
}

/// Turns decoded frames into slots: scaled if the player wants another size, and turned upright.
#[derive(Default)]
struct Painter {
    scaler: Option<(scaling::Context, (Pixel, u32, u32))>,
    scaled: Option<ff::frame::Video>,
}

impl Painter {
    fn paint(
        &mut self,
        frame: &ff::frame::Video,
        quarter_turns: u8,
        out: FrameLayout,
        slot: &mut [u8],
    ) -> Result<(Matrix, ColourRange), ff::Error> {
        let (width, height) =
            if quarter_turns % 2 == 1 { (out.height, out.width) } else { (out.width, out.height) };
        let matrix = match frame.color_space() {
            color::Space::BT709 => Matrix::Bt709,
            color::Space::BT2020NCL | color::Space::BT2020CL => Matrix::Bt2020,
            color::Space::BT470BG | color::Space::SMPTE170M => Matrix::Bt601,
            // Untagged: what most encoders meant by it.
            _ if frame.height() >= 720 => Matrix::Bt709,
            _ => Matrix::Bt601,
        };
        let planar = matches!(frame.format(), Pixel::YUV420P | Pixel::YUVJ420P);
        let full = frame.format() == Pixel::YUVJ420P || frame.color_range() == color::Range::JPEG;
        let plain = planar && ffmpeg::lies_downwards(frame);
        if plain && frame.width() == width && frame.height() == height {
            copy(frame, quarter_turns, out, slot);
            return Ok((matrix, if full { ColourRange::Full } else { ColourRange::Limited }));
        }
        let kind = (frame.format(), frame.width(), frame.height());
        if self.scaler.as_ref().is_none_or(|(_, made_for)| *made_for != kind) {
            let flags = scaling::Flags::BILINEAR;
            let context =
                scaling::Context::get(kind.0, kind.1, kind.2, Pixel::YUV420P, width, height, flags)?;
            self.scaler = Some((context, kind));
            self.scaled = None;
        }
        let Some((scaler, _)) = &mut self.scaler else { return Err(ff::Error::Bug) };
        let scaled = self.scaled.get_or_insert_with(|| ff::frame::Video::new(Pixel::YUV420P, width, height));
        scaler.run(frame, scaled)?;
        copy(scaled, quarter_turns, out, slot);
        // libswscale keeps the range of plain formats, and makes the "J" ones limited.
        let full = full && frame.format() == Pixel::YUV420P;
        Ok((matrix, if full { ColourRange::Full } else { ColourRange::Limited }))
    }
}

/// Copies the three planes into the slot, turned clockwise by `quarter_turns`.
fn copy(frame: &ff::frame::Video, quarter_turns: u8, out: FrameLayout, slot: &mut [u8]) {
    let (y, chroma) = slot.split_at_mut(out.y_bytes());
    let (u, v) = chroma.split_at_mut(out.uv_bytes());
    let luma = (out.width as usize, out.height as usize);
    let half = (luma.0.div_ceil(2), out.chroma_rows());
    let planes = [(0, y, luma, out.y_stride()), (1, u, half, out.uv_stride()), (2, v, half, out.uv_stride())];
    for (plane, to, (width, height), stride) in planes {
        let (from, from_stride) = (frame.data(plane), frame.stride(plane));
        match quarter_turns {
            0 => {
                for row in 0..height {
                    to[row * stride..][..width].copy_from_slice(&from[row * from_stride..][..width]);
                }
            }
            2 => {
                for row in 0..height {
                    let source = &from[(height - 1 - row) * from_stride..][..width];
                    for (to, from) in to[row * stride..][..width].iter_mut().zip(source.iter().rev()) {
                        *to = *from;
                    }
                }
            }
            turns => {
                for row in 0..height {
                    for column in 0..width {
                        let (from_row, from_column) =
                            if turns == 1 { (width - 1 - column, row) } else { (column, height - 1 - row) };
                        to[row * stride + column] = from[from_row * from_stride + from_column];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> ff::frame::Video {
        // 4 x 2 luma: 0 1 2 3 / 4 5 6 7
        let mut frame = ff::frame::Video::new(Pixel::YUV420P, 4, 2);
        let stride = frame.stride(0);
        for row in 0..2 {
            for column in 0..4 {
                frame.data_mut(0)[row * stride + column] = (row * 4 + column) as u8;
            }
        }
        for plane in 1..3 {
            frame.data_mut(plane)[0] = 10;
            frame.data_mut(plane)[1] = 20;
        }
        frame
    }

    fn check(quarter_turns: u8, width: u32, height: u32, expected: &[&[u8]]) {
        let out = FrameLayout { width, height };
        let mut slot = vec![0; out.slot_bytes()];
        copy(&picture(), quarter_turns, out, &mut slot);
        let rows: Vec<&[u8]> =
            (0..height as usize).map(|row| &slot[row * out.y_stride()..][..width as usize]).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_phone_film_is_turned_upright() {
        check(0, 4, 2, &[&[0, 1, 2, 3], &[4, 5, 6, 7]]);
        check(1, 2, 4, &[&[4, 0], &[5, 1], &[6, 2], &[7, 3]]);
        check(2, 4, 2, &[&[7, 6, 5, 4], &[3, 2, 1, 0]]);
        check(3, 2, 4, &[&[3, 7], &[2, 6], &[1, 5], &[0, 4]]);
    }
}
