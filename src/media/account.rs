//! What a decoder says of a clip, held against what it was asked for and what it said before.
//!
//! A decoder may have been taken over by its file. Whatever it says passes through [`Account::take`], which lets nothing
//! through that could make the board show memory twice, wait without end, or keep pictures in a wrong order; the first lie
//! ends the clip. What is true and slow is not a lie: for that there is [`Account::is_over`].

use super::wire::{Reply, Stage};
use crate::limits::MEDIA_DURATION_MS_MAX;
use crate::model::media::{ColourRange, Matrix};
use std::time::{Duration, Instant};

/// A child that says nothing for so long, while it has room to work, hangs.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// So long a child may say that it works with nothing to show for it: two minutes of a Pi's work pass over ten minutes of a
/// film, to a moment far from its last whole picture.
const WORKING_MAX: Duration = Duration::from_secs(120);
/// Messages a second that a child may send. Two seconds of sound in packets of 16 samples, the smallest of FLAC (RFC 9639,
/// 4.2), come at once when a film starts, and are 6,000.
const MESSAGES_MAX: u32 = 20_000;
/// Furthest time of a picture from the start of the film, in microseconds.
const TIME_US_MAX: i64 = MEDIA_DURATION_MS_MAX as i64 * 1_000;

/// A picture that lies in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub slot: u8,
    pub pts_us: i64,
    pub matrix: Matrix,
    pub range: ColourRange,
}

/// What may be believed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A picture, in a slot that was free, no earlier than the one before it.
    Frame(Frame),
    /// Sound, up to so many stereo frames.
    Sound(u64),
    Works,
    Ended {
        decode_errors: u32,
    },
    Failed {
        stage: Stage,
        message: String,
    },
}

/// Why it is not believed; for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lie(pub &'static str);

/// One clip's account, from `Ready` on.
#[derive(Debug)]
pub(super) struct Account {
    slots: u8,
    newest_us: Option<i64>,
    ended: bool,
    /// When it last said anything, and when it last had anything to show for it.
    heard: Instant,
    progressed: Instant,
    /// Messages since the beginning of this second.
    second: (Instant, u32),
}

impl Account {
    /// `slots`: how many pictures it was given room for.
    pub(super) fn new(slots: u8, now: Instant) -> Account {
        Account { slots, newest_us: None, ended: false, heard: now, progressed: now, second: (now, 0) }
    }

    /// Takes in what it said at `now`. `in_use` tells whether a slot holds a picture that the board may still draw; `fits`,
    /// whether the ring can hold sound up to so many stereo frames: `None` if there is no ring, else whether it is more than
    /// before.
    ///
    /// # Errors
    /// A slot that does not exist or is in use, a time more than a day away, sound that the ring cannot hold, anything after
    /// the end, anything that belongs elsewhere in the conversation, and more messages than any film needs.
    pub(super) fn take(
        &mut self,
        reply: Reply,
        now: Instant,
        in_use: impl Fn(u8) -> bool,
        fits: impl Fn(u64) -> Option<bool>,
    ) -> Result<Said, Lie> {
        self.count(now)?;
        if self.ended {
            return Err(Lie("it speaks after the end"));
        }
        self.heard = now;
        match reply {
            Reply::Frame { slot, .. } if slot >= self.slots => Err(Lie("there is no such slot")),
            Reply::Frame { slot, .. } if in_use(slot) => Err(Lie("the slot is in use")),
            Reply::Frame { pts_us, .. } if !(-TIME_US_MAX..=TIME_US_MAX).contains(&pts_us) => {
                Err(Lie("no film has such a time"))
            }
            Reply::Frame { slot, pts_us, matrix, range } => {
                // A file whose clock goes back is no lie; its pictures come in the order in which they were sent.
                let pts_us = self.newest_us.map_or(pts_us, |newest| newest.max(pts_us));
                self.newest_us = Some(pts_us);
                self.progressed = now;
                Ok(Said::Frame(Frame { slot, pts_us, matrix, range }))
            }
            Reply::Sound { frames } => match fits(frames) {
                None => Err(Lie("the ring has no room for such sound")),
                Some(more) => {
                    if more {
                        self.progressed = now;
                    }
                    Ok(Said::Sound(frames))
                }
            },
            Reply::Working => Ok(Said::Works),
            Reply::End { decode_errors } => {
                self.ended = true;
                Ok(Said::Ended { decode_errors })
            }
            Reply::Failed { stage, message } => Ok(Said::Failed { stage, message }),
            Reply::Hello(_) | Reply::Ready(_) | Reply::Picture => Err(Lie("this was not asked for")),
        }
    }

    fn count(&mut self, now: Instant) -> Result<(), Lie> {
        if now.duration_since(self.second.0) >= Duration::from_secs(1) {
            self.second = (now, 0);
        }
        self.second.1 += 1;
        if self.second.1 > MESSAGES_MAX { Err(Lie("no film needs so many messages")) } else { Ok(()) }
    }

    /// It waits for the player, whose turn it is: nothing is expected of it.
    pub(super) fn waits(&mut self, now: Instant) {
        (self.heard, self.progressed) = (now, now);
    }

    /// Patience is at its end: it said nothing for too long, or only that it works.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        let silent = now.duration_since(self.heard) > PATIENCE;
        !self.ended && (silent || now.duration_since(self.progressed) > WORKING_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn frame(slot: u8, pts_us: i64) -> Reply {
        Reply::Frame { slot, pts_us, matrix: Matrix::Bt709, range: ColourRange::Limited }
    }

    #[test]
    fn pictures_never_come_in_a_wrong_order_even_where_a_file_s_clock_goes_back() {
        let now = clock::instant();
        let mut account = Account::new(6, now);
        let mut times = Vec::new();
        for (slot, pts_us) in [(0, 40), (1, 80), (2, -3_600_000_000), (3, 120)] {
            match account.take(frame(slot, pts_us), now, |_| false, |_| None) {
                Ok(Said::Frame(frame)) => times.push(frame.pts_us),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(times, [40, 80, 80, 120]);
    }

    #[test]
    fn a_child_that_only_says_that_it_works_is_given_up_after_a_while_and_one_that_shows_something_is_not() {
        let start = clock::instant();
        let mut account = Account::new(6, start);
        let mut now = start;
        while !account.is_over(now) {
            now += Duration::from_secs(5);
            account.take(Reply::Working, now, |_| false, |_| None).unwrap();
            assert!(now.duration_since(start) < Duration::from_secs(300), "patience without end");
        }
        assert!(now.duration_since(start) > WORKING_MAX);
        let mut account = Account::new(6, start);
        for step in 1..100 {
            let now = start + Duration::from_secs(step * 5);
            assert!(!account.is_over(now));
            account.take(frame(0, step as i64), now, |_| false, |_| None).unwrap();
        }
    }

    #[test]
    fn silence_ends_patience_soon_unless_it_is_the_player_who_is_waited_for_or_all_was_said() {
        let start = clock::instant();
        let later = start + PATIENCE + Duration::from_millis(1);
        let mut account = Account::new(6, start);
        assert!(!account.is_over(start + PATIENCE) && account.is_over(later));
        account.waits(later);
        assert!(!account.is_over(later + PATIENCE));
        account.take(Reply::End { decode_errors: 0 }, later, |_| false, |_| None).unwrap();
        assert!(!account.is_over(later + Duration::from_secs(9_000)));
    }

    #[test]
    fn a_flood_of_messages_is_a_lie_and_the_busiest_film_is_not() {
        let start = clock::instant();
        let mut account = Account::new(6, start);
        let busy = 6_000 * 3;
        for message in 0..busy {
            let now = start + Duration::from_micros(message * 1_000_000 / 6_000);
            account.take(Reply::Working, now, |_| false, |_| None).unwrap();
        }
        let now = start + Duration::from_secs(10);
        let lie = (0..).find_map(|_| account.take(Reply::Working, now, |_| false, |_| None).err());
        assert_eq!(lie, Some(Lie("no film needs so many messages")));
    }
}
