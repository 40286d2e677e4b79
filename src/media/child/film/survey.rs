//! A film or sound read to its end before it is published: how long it is, whether all of it is there, and whole.

use super::super::ffmpeg::{self, Reader};
use super::super::wire::{Found, Stage};
use super::super::{Refusal, Stop, sound};
use super::cut;
use super::feed::{Event, Feed};
use super::track::{Care, Track, posed};
use super::traits;
use crate::model::media::FilmTraits;
use ffmpeg_the_third as ff;
use std::os::fd::OwnedFd;

/// By how much the last picture or sample of a whole file may miss the length that the file states: a tenth, within
/// these bounds.
const END_US: (i64, i64) = (500_000, 3_000_000);

/// How much is decoded to find damage, in pixels, by all the decoders that look for it (`exact`): two minutes of 720p by one,
/// half a minute to a minute by several. A film of three minutes took 6 to 8 s on a core of a PC.
const DECODED_PIXELS_MAX: u64 = 3 << 30;

/// How much more of it is looked through in those pictures that stand by themselves.
const LOOKED_THROUGH_PIXELS_MAX: u64 = 1 << 29;

/// Hz; what can be resampled to one rate of a loudspeaker can be to any.
const RATE: u32 = 48_000;

/// After so many packets the survey says that it works.
const ALIVE_PACKETS: u32 = 20;

/// Reads it all; `alive` is called now and then.
pub(in super::super) fn survey<E>(
    file: OwnedFd,
    length: u64,
    mut alive: impl FnMut() -> Result<(), E>,
) -> Result<Found, Stop>
where
    Stop: From<E>,
{
    if cut::is_cut_off(&file, length) {
        return Err(Refusal::new(Stage::CutOff, "what stands at its end is not there").into());
    }
    let mut reader = Reader::open(file, length)?;
    let pictures = Track::choose(&mut reader);
    let opened = pictures.map(|index| Track::open(&reader, index, (1, Care::Strict))).transpose();
    let mut video = match (opened, pictures) {
        (Err(refusal), Some(index)) if refusal.stage == Stage::TooLarge => {
            return Ok(too_large(&reader, index).ok_or(refusal)?);
        }
        (opened, _) => opened?,
    };
    let film = pictures.map(|index| traits::of(&reader, index));
    let mut audio = sound::Track::open_first(&reader, RATE, 0);
    let heard_in = audio.as_ref().map(|track| track.index);
    let stated = Stated::of(&reader, [pictures, heard_in]);
    let mut feed = Feed::new(reader, pictures, heard_in, true);
    let (mut examined, mut seen_us, mut sounds, mut complained) = (Examined::default(), 0, 0, 0);
    let mut packets = 0;
    for count in 1u32.. {
        let event = feed.next();
        let complaints = ffmpeg::demuxing_complaints();
        if complaints != complained {
            // The container is broken here, and what it held is lost.
            complained = complaints;
            video.iter_mut().for_each(|track| track.note_damage(seen_us));
        }
        match event {
            None => break,
            Some(Event::Pictures(read)) => {
                let Some(track) = &mut video else { continue };
                packets += 1;
                let lasts_us = if read.packet.duration() > 0 { 0 } else { track.frame_us };
                seen_us = seen_us.max(read.end_us.saturating_add(lasts_us));
                examined.take(track, &read.packet);
            }
            Some(Event::Sound(read)) => {
                let Some(track) = &mut audio else { continue };
                sounds += track.decode(Some(&read.packet));
                track.forget();
            }
            Some(Event::OtherPictures(index)) => {
                if let Some(track) = &mut video {
                    examined.rest(track);
                    track.go_on_with(&feed.reader, index)?;
                }
            }
            Some(Event::OtherSound(index)) => match &mut audio {
                Some(track) => track.go_on_with(&feed.reader, index),
                None => audio = sound::Track::open(&feed.reader, index, RATE, 0),
            },
        }
        if count.is_multiple_of(ALIVE_PACKETS) {
            alive()?;
        }
    }
    if let Some(track) = &mut video {
        examined.rest(track);
    }
    if let Some(track) = &mut audio {
        sounds += track.decode(None);
        track.forget();
    }
    let heard_us = audio.as_ref().map_or(0, |track| track.end_us);
    let end_us = seen_us.max(heard_us);
    if video.is_none() && audio.is_none() {
        return Err(Refusal::new(Stage::Open, "neither pictures nor sound").into());
    }
    if video.is_some() && examined.pictures == 0 {
        return Err(Refusal::new(Stage::Decode, "not one picture of the film can be decoded").into());
    }
    if let Some(why) = audio.as_ref().and_then(|track| track.unheard.as_ref()) {
        return Err(Refusal::new(Stage::Unheard, why).into());
    }
    if video.is_none() && sounds == 0 {
        return Err(Refusal::new(Stage::Decode, "none of the sound can be decoded").into());
    }
    stated.holds(end_us, feed.reader.newest_us())?;
    if let Some(us) = video.as_ref().and_then(|track| track.first_damage_us) {
        return Err(Refusal::new(Stage::Damaged, us.max(0) / 1_000_000).into());
    }
    let silent = sounds > 0 && audio.is_some_and(|track| track.is_silent());
    let film = film.map(|film| FilmTraits {
        black: !examined.seen,
        silent,
        ..traits::told(film, packets, seen_us, heard_in)
    });
    Ok(Found {
        picture: video.map(|track| track.seen),
        still: false,
        sound: sounds > 0,
        duration_us: (end_us > 0).then_some(end_us),
        film,
        silent,
    })
}

/// What is known of a film without decoding it, which is too large for that; `None` where even its size makes no sense.
fn too_large(reader: &Reader, index: usize) -> Option<Found> {
    let stream = reader.input().stream(index)?;
    let film = traits::of(reader, index);
    let [width, height] = film.coded;
    let (_, seen) = posed(reader, &stream, (width, height));
    let audio = sound::Track::open_first(reader, RATE, 0);
    let found = Found {
        picture: Some(seen),
        still: false,
        sound: audio.is_some(),
        duration_us: reader.stated_us().filter(|us| *us > 0),
        film: Some(traits::told(film, 0, 0, audio.map(|track| track.index))),
        silent: false,
    };
    found.is_sane().then_some(found)
}

/// The length that the file states, in microseconds: by the tracks that are played, or by the whole, which has subtitles and
/// chapters in it.
enum Stated {
    Tracks(i64),
    Whole(i64),
    Nothing,
}

impl Stated {
    fn of(reader: &Reader, tracks: [Option<usize>; 2]) -> Stated {
        let Some(whole_us) = reader.stated_us() else { return Stated::Nothing };
        let length = |index: usize| {
            let stream = reader.input().stream(index)?;
            let length = stream.duration();
            (length > 0 && length != i64::MIN).then(|| ffmpeg::to_us(length, stream.time_base()))
        };
        match tracks.into_iter().flatten().filter_map(length).max() {
            Some(us) => Stated::Tracks(us.min(whole_us)),
            None => Stated::Whole(whole_us),
        }
    }

    /// `end_us`: where pictures and sound end; `newest_us`: where all that is in the file does.
    fn holds(self, end_us: i64, newest_us: i64) -> Result<(), Refusal> {
        let (stated_us, end_us) = match self {
            Stated::Tracks(us) => (us, end_us),
            Stated::Whole(us) => (us, end_us.max(newest_us)),
            Stated::Nothing => return Ok(()),
        };
        let slack_us = (stated_us / 10).clamp(END_US.0, END_US.1);
        if end_us.saturating_add(slack_us) >= stated_us {
            return Ok(());
        }
        let seconds = |us: i64| us / 1_000_000;
        let message = format!("it says {} s, and ends after {} s", seconds(stated_us), seconds(end_us));
        Err(Refusal::new(Stage::CutOff, message))
    }
}

/// How far the pictures have been looked at.
#[derive(Default)]
struct Examined {
    pictures: u64,
    pixels: u64,
    keys_alone: bool,
    /// Some picture was not black, or was not looked at.
    seen: bool,
}

impl Examined {
    fn take(&mut self, track: &mut Track, packet: &ff::Packet) {
        let most =
            if self.keys_alone { DECODED_PIXELS_MAX + LOOKED_THROUGH_PIXELS_MAX } else { DECODED_PIXELS_MAX };
        if self.pixels > most {
            self.seen = self.seen || self.keys_alone;
            if self.keys_alone || !packet.is_key() {
                return;
            }
            self.rest(track);
            self.keys_alone = true;
        }
        if !self.keys_alone {
            track.send(Some(packet));
            return self.count(track);
        }
        if packet.is_key() {
            track.flush();
            track.send(Some(packet));
            // Each by itself: the decoder would wait for those between.
            self.rest(track);
        }
    }

    /// What the decoder still holds.
    fn rest(&mut self, track: &mut Track) {
        track.send(None);
        self.count(track);
        track.flush();
    }

    fn count(&mut self, track: &mut Track) {
        while let Some((frame, _)) = track.next() {
            self.pictures += 1;
            self.seen = self.seen || !ffmpeg::is_black(&frame);
        }
        self.pixels += track.take_pixels();
    }
}
