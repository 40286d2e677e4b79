//! A conversation with a decoder that was taken over: what it may say, in any order, against a board that shows and hears.
//! For fuzzing (fuzz/) and for tests; no part of the program.

use super::account::{Account, Frame, Said};
use super::wire::{self, Reply};
use crate::clock;
use crate::limits::MEDIA_DURATION_MS_MAX;
use crate::shm::{CHANNELS, Mapping, SampleReader, SampleRing};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

const SLOTS: u8 = 6;
const SOUND_FRAMES: u32 = 64;

/// What a player and its board do in between, as the first byte of a step. Any other is the length of a message.
pub const SHOW: u8 = 252;
pub const HEAR: u8 = 253;
pub const PASS: u8 = 254;
pub const WAIT: u8 = 255;

/// Memory for any number of conversations, one after another; what lies in it is the last one's.
pub fn memory() -> std::io::Result<Arc<Mapping>> {
    Mapping::create(SOUND_FRAMES as usize * CHANNELS * 4).map(Arc::new)
}

/// Plays the bytes through, until the first lie or their end. Returns how many messages were believed.
///
/// # Panics
/// If what was believed could make the board show a picture that is being drawn over, pictures in a wrong order or at no
/// time, or play what is no sound.
pub fn converse(memory: &Arc<Mapping>, bytes: &[u8]) -> usize {
    let mut now = clock::instant();
    let mut account = Account::new(SLOTS, now);
    let ring = Arc::new(SampleRing::new(memory.clone(), 0, SOUND_FRAMES));
    let reader = SampleReader::new(ring.clone());
    let (mut waiting, mut shown) = (VecDeque::<Frame>::new(), None::<Frame>);
    let (mut believed, mut ended) = (0, false);
    let mut left = bytes.iter();
    while let Some(&step) = left.next() {
        let mut next = || left.next().copied().unwrap_or(0);
        match step {
            SHOW => shown = waiting.pop_front().or(shown),
            HEAR => {
                for _ in 0..next() {
                    let Some(frame) = reader.next_frame() else { break };
                    assert!(frame.iter().all(|sample| (-1.0..=1.0).contains(sample)), "{frame:?}");
                }
            }
            PASS => now += Duration::from_millis(u64::from(next()) * 50),
            WAIT => account.waits(now),
            length => {
                let message: Vec<u8> = left.by_ref().take(usize::from(length)).copied().collect();
                let Some(reply) = wire::read::<Reply>(&message) else { return believed };
                let in_use = |slot| waiting.iter().chain(&shown).any(|frame| frame.slot == slot);
                let Ok(said) = account.take(reply, now, in_use, |frames| ring.fits(frames)) else {
                    return believed;
                };
                assert!(!ended, "{said:?} after the end");
                match said {
                    Said::Frame(frame) => waiting.push_back(frame),
                    Said::Sound(frames) => assert!(ring.advance(frames), "{frames} frames were said to fit"),
                    Said::Ended { .. } => ended = true,
                    Said::Works => {}
                    Said::Failed { .. } => return believed,
                }
                believed += 1;
            }
        }
        let frames: Vec<&Frame> = shown.iter().chain(&waiting).collect();
        let day_us = MEDIA_DURATION_MS_MAX as i64 * 1_000;
        for (index, frame) in frames.iter().enumerate() {
            assert!(frame.slot < SLOTS && frame.pts_us.abs() <= day_us, "{frame:?}");
            let later = &frames[index + 1..];
            assert!(later.iter().all(|other| other.slot != frame.slot), "drawn over while shown: {frames:?}");
            assert!(later.iter().all(|other| other.pts_us >= frame.pts_us), "out of order: {frames:?}");
        }
        assert!(ring.waiting() <= u64::from(SOUND_FRAMES));
    }
    believed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Found;
    use crate::media::wire::{Confinement, Stage};
    use crate::model::media::{ColourRange, FilmTraits, Matrix};
    use crate::shm::WritableMapping;
    use fastrand::Rng;

    fn number(rng: &mut Rng) -> u64 {
        match rng.u8(0..8) {
            0 => u64::MAX,
            1 => 1 << rng.u32(0..64),
            2 => rng.u64(..),
            _ => rng.u64(0..256),
        }
    }

    fn reply(rng: &mut Rng, sound: &mut u64) -> Reply {
        match rng.u8(0..64) {
            0 => Reply::Hello(Confinement { landlock: rng.bool(), seccomp: rng.bool() }),
            1 => {
                let picture = rng.bool().then(|| [number(rng) as u32, number(rng) as u32]);
                let duration_us = rng.bool().then(|| number(rng) as i64);
                let film = rng.bool().then(|| FilmTraits {
                    coded: [number(rng) as u32, number(rng) as u32],
                    rate: [number(rng) as u32, number(rng) as u32],
                    ..FilmTraits::default()
                });
                Reply::Ready(Found {
                    picture,
                    still: rng.bool(),
                    sound: rng.bool(),
                    duration_us,
                    film,
                    silent: rng.bool(),
                })
            }
            2 => Reply::Picture,
            3 => Reply::End { decode_errors: number(rng) as u32 },
            4 => Reply::Failed { stage: Stage::Decode, message: "?".repeat(rng.usize(0..200)) },
            5..10 => Reply::Working,
            10..30 => {
                *sound = match rng.u8(0..20) {
                    0 => number(rng),
                    _ => sound.saturating_add(rng.u64(0..8)),
                };
                Reply::Sound { frames: *sound }
            }
            _ => Reply::Frame {
                slot: if rng.u8(0..50) == 0 { rng.u8(..) } else { rng.u8(0..SLOTS) },
                pts_us: if rng.u8(0..50) == 0 { number(rng) as i64 } else { rng.i64(-100_000..10_000_000) },
                matrix: Matrix::Bt709,
                range: ColourRange::Full,
            },
        }
    }

    fn conversation(rng: &mut Rng) -> Vec<u8> {
        let (mut bytes, mut sound) = (Vec::new(), 0);
        for _ in 0..rng.usize(1..60) {
            match rng.u8(0..16) {
                0..6 => bytes.push(SHOW),
                6..9 => bytes.extend([HEAR, rng.u8(..)]),
                9 => bytes.extend([PASS, rng.u8(..)]),
                10 => bytes.push(WAIT),
                _ => {
                    let mut message = postcard::to_stdvec(&reply(rng, &mut sound)).unwrap();
                    message.truncate(usize::from(SHOW) - 1);
                    if rng.u8(0..40) == 0 {
                        let at = rng.usize(0..message.len());
                        message[at] = rng.u8(..);
                    }
                    bytes.push(message.len() as u8);
                    bytes.extend(message);
                }
            }
        }
        bytes
    }

    #[test]
    fn whatever_a_decoder_says_the_board_shows_no_picture_that_is_being_drawn_over_and_hears_no_nonsense() {
        let runs = if std::env::var_os("SLOW").is_some() { 1_000_000 } else { 10_000 };
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let mut rng = Rng::with_seed(seed);
        let memory = memory().unwrap();
        let mut child = WritableMapping::map(memory.memory(), 512).unwrap();
        let mut believed = 0;
        for _ in 0..runs {
            let bytes = conversation(&mut rng);
            child.bytes(0, 512).unwrap().fill_with(|| rng.u8(..));
            believed += converse(&memory, &bytes);
            // The same, spoiled somewhere.
            let mut spoiled = bytes;
            let at = rng.usize(0..spoiled.len());
            spoiled[at] = rng.u8(..);
            converse(&memory, &spoiled);
        }
        assert!(believed > runs, "most conversations end before anything is believed: {believed}");
    }
}
