//! A file's packets, sorted: to the pictures, to the sound, and where another track goes on with either.

use super::super::ffmpeg::{Read, Reader};
use ff::media::Type;
use ffmpeg_the_third as ff;
use std::collections::VecDeque;

/// A new track goes on with what ours left only when ours has been silent for so long of its time.
const SILENT_US: i64 = 500_000;

pub(super) enum Event {
    Pictures(Read),
    Sound(Read),
    /// From here on the pictures are in this stream.
    OtherPictures(usize),
    /// From here on the sound is in this stream.
    OtherSound(usize),
}

pub(super) struct Feed {
    pub reader: Reader,
    pictures: Route,
    sound: Route,
    /// The streams before this one are the file's own from its beginning, and take nobody's place.
    known: usize,
    events: VecDeque<Event>,
}

/// One kind of track: which stream it is, and one that may be taking its place: recordings that were joined number
/// their streams anew.
struct Route {
    wanted: bool,
    own: Option<usize>,
    heir: Option<(usize, Vec<Read>)>,
}

impl Route {
    fn new(wanted: bool, own: Option<usize>) -> Route {
        Route { wanted, own, heir: None }
    }

    /// Ours, or those of the heir once it has taken over.
    fn take(&mut self, read: Read, is_new: bool, may_begin: bool) -> Option<(Option<usize>, Vec<Read>)> {
        if self.own == Some(read.stream) {
            self.heir = None;
            return Some((None, vec![read]));
        }
        if !self.wanted || !is_new {
            return None;
        }
        match &mut self.heir {
            Some((stream, packets)) if *stream == read.stream => {
                packets.push(read);
                let span =
                    |packets: &[Read]| Some(packets.last()?.at_us.saturating_sub(packets.first()?.at_us));
                if self.own.is_some() && span(packets).is_none_or(|us| us < SILENT_US) {
                    return None;
                }
                self.inherit()
            }
            _ if may_begin => {
                self.heir = Some((read.stream, vec![read]));
                if self.own.is_none() { self.inherit() } else { None }
            }
            _ => None,
        }
    }

    fn inherit(&mut self) -> Option<(Option<usize>, Vec<Read>)> {
        let (stream, packets) = self.heir.take()?;
        self.own = Some(stream);
        Some((Some(stream), packets))
    }
}

impl Feed {
    /// `pictures` and `sound` are the streams to begin with; `hears` whether a stream of sound is wanted that comes later.
    pub(super) fn new(reader: Reader, pictures: Option<usize>, sound: Option<usize>, hears: bool) -> Feed {
        let known = if reader.jumps() { 0 } else { reader.input().nb_streams() as usize };
        Feed {
            reader,
            pictures: Route::new(pictures.is_some(), pictures),
            sound: Route::new(hears, sound),
            known,
            events: VecDeque::new(),
        }
    }

    /// `None` at the end.
    pub(super) fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let Some(read) = self.reader.next() else {
                // What an heir has left over.
                let pictures = self.pictures.inherit();
                self.queue(pictures, Event::OtherPictures, Event::Pictures);
                let sound = self.sound.inherit();
                self.queue(sound, Event::OtherSound, Event::Sound);
                return self.events.pop_front();
            };
            let is_new = read.stream >= self.known;
            match read.kind {
                Type::Video => {
                    let begins = read.packet.is_key();
                    let taken = self.pictures.take(read, is_new, begins);
                    self.queue(taken, Event::OtherPictures, Event::Pictures);
                }
                _ => {
                    let taken = self.sound.take(read, is_new, true);
                    self.queue(taken, Event::OtherSound, Event::Sound);
                }
            }
        }
    }

    fn queue(
        &mut self,
        taken: Option<(Option<usize>, Vec<Read>)>,
        other: fn(usize) -> Event,
        packet: fn(Read) -> Event,
    ) {
        let Some((stream, packets)) = taken else { return };
        self.events.extend(stream.map(other));
        self.events.extend(packets.into_iter().map(packet));
    }

    /// Goes on at a moment of the film: see [`Reader::go`].
    pub(super) fn go<E>(&mut self, us: i64, alive: impl FnMut() -> Result<(), E>) -> Result<(), E> {
        self.events.clear();
        (self.pictures.heir, self.sound.heir) = (None, None);
        let track = self.pictures.own.or(self.sound.own).unwrap_or_default();
        self.reader.go(us, track, alive)
    }
}
