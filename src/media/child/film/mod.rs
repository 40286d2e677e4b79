//! Films: decoded one picture ahead of another into the slots that the player has free, its sound beside it.

mod animation;
mod colour;
mod cut;
mod exact;
mod feed;
mod fields;
mod painter;
mod survey;
mod track;
mod traits;
mod turn;

pub(super) use animation::play as play_animation;
pub(super) use survey::survey;

use super::ffmpeg::{Read, Reader};
use super::wire::{Found, Reply, Request, Stage};
use super::{Gone, Player, Refusal, Stop, sample_writer, sound};
use crate::shm::{Layout, SampleWriter, WritableMapping};
use feed::{Event, Feed};
use ffmpeg_the_third as ff;
use painter::{Painter, Pose};
use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use track::{Care, Shot, Track};

/// What the player wants of the file.
pub(super) struct Wanted {
    pub picture: bool,
    pub start_us: i64,
    pub threads: u32,
    /// 0: no sound.
    pub sound_rate: u32,
}

/// The two ways out of the child: picture slots and the sound ring.
struct Outlet<'a> {
    player: &'a Player<'a>,
    layout: Layout,
    memory: WritableMapping,
    free: Vec<u8>,
    ring: Option<SampleWriter>,
}

impl<'a> Outlet<'a> {
    /// Waits for the memory.
    fn open(player: &'a Player<'a>) -> Result<Outlet<'a>, Gone> {
        let (layout, memory) = player.memory()?;
        let ring = sample_writer(layout);
        Ok(Outlet { player, layout, memory, free: (0..layout.slots).rev().collect(), ring })
    }

    /// The memory stays valid until the player has shown the last picture and closes.
    fn close(mut self, decode_errors: u32) -> Result<(), Stop> {
        self.player.say(&Reply::End { decode_errors })?;
        loop {
            self.hear(true)?;
        }
    }

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
    let mut reader = Reader::open(file, length)?;
    let pictures = if wanted.picture { Track::choose(&mut reader) } else { None };
    let mut video =
        pictures.map(|index| Track::open(&reader, index, (wanted.threads, Care::Lenient))).transpose()?;
    let hears = wanted.sound_rate > 0;
    let mut audio =
        if hears { sound::Track::open_first(&reader, wanted.sound_rate, wanted.start_us) } else { None };
    if wanted.picture && video.is_none() {
        return Err(Refusal::new(Stage::NoPicture, "no pictures in it").into());
    }
    // A transport stream may have sound later on.
    let sounds = hears && (audio.is_some() || reader.may_gain_tracks());
    if !wanted.picture && !sounds {
        return Err(sound::missing().into());
    }
    player.say(&Reply::Ready(Found {
        picture: video.as_ref().map(|track| track.seen),
        still: false,
        sound: sounds,
        duration_us: None,
        film: None,
        silent: false,
    }))?;
    let mut outlet = Outlet::open(player)?;
    let mut feed = Feed::new(reader, pictures, audio.as_ref().map(|track| track.index), sounds);
    let mut reel = Reel::new(&wanted);
    let starved = pass(&mut feed, &mut outlet, &mut reel, (&mut video, &mut audio), wanted.start_us)?;
    if video.is_some() && reel.shown == 0 {
        for back_us in BACK_US {
            if reel.last.is_some() {
                break;
            }
            // The moment is after the last picture, and so was all that was read.
            let from_us = wanted.start_us.saturating_sub(back_us).max(0);
            pass(&mut feed, &mut outlet, &mut reel, (&mut video, &mut None), from_us)?;
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
        pass(&mut feed, &mut outlet, &mut reel, (&mut video, &mut audio), from_us)?;
    }
    if let Some(track) = audio.as_mut() {
        track.decode(None);
        outlet.flush(Some(track))?;
        while track.pending() {
            outlet.hear(true)?;
            outlet.flush(Some(track))?;
        }
    }
    let errors = video.map_or(0, |track| track.errors) + audio.map_or(0, |track| track.errors);
    outlet.close(errors)
}

/// By how much sound is decoded before the pictures of its moment, in microseconds: the slots hold less.
const SOUND_LEADS_US: i64 = 300_000;

/// Pictures that wait, not yet decoded, for sound that comes later in the file, at most: in microseconds, and in bytes. Then
/// there is none, and it is silent.
const AHEAD_US_MAX: i64 = 3_000_000;
const AHEAD_BYTES_MAX: usize = 32 << 20;

/// Packets of pictures that wait for their sound.
#[derive(Default)]
struct Ahead {
    packets: VecDeque<Read>,
    bytes: usize,
}

impl Ahead {
    fn push(&mut self, read: Read) {
        self.bytes += read.packet.size();
        self.packets.push_back(read);
    }

    fn pop(&mut self) -> Option<Read> {
        let read = self.packets.pop_front()?;
        self.bytes -= read.packet.size();
        Some(read)
    }

    fn is_full(&self) -> bool {
        let ends = self.packets.front().zip(self.packets.back());
        let span = ends.map_or(0, |(first, last)| last.at_us.saturating_sub(first.at_us));
        span > AHEAD_US_MAX || self.bytes > AHEAD_BYTES_MAX
    }
}

/// Reads the file from a moment on, to its end. While there is no picture sound cannot be heard, and waits; where more of it
/// comes than can wait, it is left out for now, and the pass ends with the first picture: then it returns true.
fn pass(
    feed: &mut Feed,
    outlet: &mut Outlet<'_>,
    reel: &mut Reel,
    (video, audio): (&mut Option<Track>, &mut Option<sound::Track>),
    from_us: i64,
) -> Result<bool, Stop> {
    if from_us > 0 || reel.passes > 0 {
        feed.go(from_us, || outlet.player.say(&Reply::Working))?;
        video.iter_mut().for_each(Track::flush);
    }
    reel.passes += 1;
    let mut ahead = Ahead::default();
    let mut starved = false;
    loop {
        outlet.hear(false)?;
        let event = feed.next();
        let ended = event.is_none();
        match event {
            Some(Event::Pictures(read)) => ahead.push(read),
            Some(Event::Sound(read)) => {
                if let Some(track) = audio.as_mut().filter(|_| !starved) {
                    track.follow(read.moved_us);
                    track.decode(Some(&read.packet));
                    starved = hold(outlet, track, video.is_some() && reel.shown == 0)?;
                }
            }
            Some(Event::OtherPictures(index)) => {
                show(&mut ahead, outlet, reel, (video, audio))?;
                if let Some(track) = video {
                    track.send(None);
                    reel.take_all(outlet, track, audio.as_mut())?;
                    track.go_on_with(&feed.reader, index)?;
                }
            }
            Some(Event::OtherSound(index)) => match audio {
                Some(track) => track.go_on_with(&feed.reader, index),
                None if outlet.ring.is_some() => {
                    *audio = sound::Track::open(&feed.reader, index, reel.sound_rate, reel.start_us);
                }
                None => {}
            },
            None => {}
        }
        while let Some(first) = ahead.packets.front() {
            let moment_us = first.at_us.saturating_add(SOUND_LEADS_US);
            if let Some(track) =
                audio.as_mut().filter(|track| !starved && !ended && track.reached_us() < moment_us)
            {
                if !ahead.is_full() {
                    break;
                }
                track.reach(moment_us);
            }
            let (Some(track), Some(read)) = (video.as_mut(), ahead.pop()) else { break };
            track.send(Some(&read.packet));
            reel.take_all(outlet, track, audio.as_mut())?;
            if starved && reel.shown > 0 {
                return Ok(true);
            }
        }
        if ended {
            break;
        }
    }
    if let Some(track) = video {
        track.send(None);
        reel.take_all(outlet, track, audio.as_mut())?;
    }
    Ok(starved)
}

/// Waits while more sound is decoded than can be kept; true if it would wait for ever, for there is no picture yet.
fn hold(outlet: &mut Outlet<'_>, track: &mut sound::Track, no_picture: bool) -> Result<bool, Gone> {
    outlet.flush(Some(track))?;
    while track.full() {
        if no_picture {
            return Ok(true);
        }
        outlet.hear(true)?;
        outlet.flush(Some(track))?;
    }
    Ok(false)
}

/// Decodes all that waits.
fn show(
    ahead: &mut Ahead,
    outlet: &mut Outlet<'_>,
    reel: &mut Reel,
    (video, audio): (&mut Option<Track>, &mut Option<sound::Track>),
) -> Result<(), Stop> {
    while let (Some(track), Some(read)) = (video.as_mut(), ahead.pop()) {
        track.send(Some(&read.packet));
        reel.take_all(outlet, track, audio.as_mut())?;
    }
    Ok(())
}

/// How far before the wanted moment a film is read again, in microseconds, while no picture has been found: its pictures may
/// end long before its sound.
const BACK_US: [i64; 4] = [4_000_000, 30_000_000, 300_000_000, i64::MAX];

/// After so many pictures that are only decoded, on the way to the moment, the child says that it works.
const SKIPPED_PICTURES: u64 = 8;

/// A film's pictures on their way to the player.
struct Reel {
    painter: Painter,
    start_us: i64,
    sound_rate: u32,
    /// The time of the newest picture shown.
    newest_us: i64,
    /// How often the file was read.
    passes: u32,
    shown: u64,
    skipped: u64,
    /// The last picture before the wanted moment: it stands where the film has no more.
    last: Option<Shot>,
}

impl Reel {
    fn new(wanted: &Wanted) -> Reel {
        Reel {
            painter: Painter::default(),
            start_us: wanted.start_us,
            sound_rate: wanted.sound_rate,
            newest_us: 0,
            passes: 0,
            shown: 0,
            skipped: 0,
            last: None,
        }
    }

    fn take_all(
        &mut self,
        outlet: &mut Outlet<'_>,
        track: &mut Track,
        mut audio: Option<&mut sound::Track>,
    ) -> Result<(), Stop> {
        while let Some(shot) = track.next() {
            self.take(outlet, track, shot, audio.as_deref_mut())?;
        }
        Ok(())
    }

    /// Shows a picture, or keeps it while its time is before the wanted moment.
    fn take(
        &mut self,
        outlet: &mut Outlet<'_>,
        track: &mut Track,
        shot: Shot,
        audio: Option<&mut sound::Track>,
    ) -> Result<(), Stop> {
        if shot.1.saturating_add(track.frame_us) > self.start_us {
            return self.paint(outlet, track, &shot, audio);
        }
        self.last = Some(shot);
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
            Some(shot) if self.shown == 0 => self.paint(outlet, track, &shot, audio),
            _ => Ok(()),
        }
    }

    fn paint(
        &mut self,
        outlet: &mut Outlet<'_>,
        track: &mut Track,
        (frame, pts_us): &Shot,
        audio: Option<&mut sound::Track>,
    ) -> Result<(), Stop> {
        let slot = outlet.slot(audio)?;
        let painted = self.painter.show(outlet, slot, (frame, *pts_us), track.pose)?;
        if painted {
            self.shown += 1;
            self.newest_us = *pts_us;
        } else {
            track.errors += 1;
        }
        Ok(())
    }
}

impl Painter {
    /// Paints a picture into a slot and hands it over; false, the slot being free again, if it cannot be painted.
    fn show(
        &mut self,
        outlet: &mut Outlet<'_>,
        slot: u8,
        (frame, pts_us): (&ff::frame::Video, i64),
        pose: Pose,
    ) -> Result<bool, Gone> {
        let layout = outlet.layout;
        let bytes = outlet.memory.bytes(layout.slot_offset(slot), layout.frame.slot_bytes()).ok_or(Gone)?;
        let Ok((matrix, range)) = self.paint(frame, pose, layout.frame, bytes) else {
            outlet.free.push(slot);
            return Ok(false);
        };
        outlet.player.say(&Reply::Frame { slot, pts_us, matrix, range })?;
        Ok(true)
    }
}
