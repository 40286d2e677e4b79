//! Files whose decoder failed and that are tried again: when, and when the file is to blame.

use crate::media::{Failure, Fault};
use crate::problem::Problem;
use std::time::{Duration, Instant};

/// How long after a decoder failed at a file it is tried again; the last holds for every further time.
const AGAIN: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20), Duration::from_secs(60)];
/// After so many failures at one place of a file, the file is to blame.
const BLAMED: u32 = 3;
/// What lies nearer together than this is one place, in microseconds.
const SAME_PLACE_US: i64 = 1_000_000;

/// A decoder that was killed is not waited for long: the next may live. Its file is never blamed.
const AGAIN_INTERRUPTED_MAX: Duration = Duration::from_secs(20);
/// But where so many are killed at one place one after another, it may be the file that fills the memory, and this long is
/// waited.
const MANY_INTERRUPTIONS: u32 = 20;
const AGAIN_MANY_INTERRUPTIONS: Duration = Duration::from_secs(40);

/// What went wrong with the decoders of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setback {
    /// Each kind of problem once.
    pub told: Vec<Problem>,
    times: usize,
    /// How many of them at the same place one after another, and where: no picture came, or up to so many microseconds.
    there: u32,
    place: Option<i64>,
    fault: Fault,
    /// No new attempt before.
    pub again: Instant,
}

impl Setback {
    /// One more, after what there was before; `None` if the file is to blame, and is not tried again.
    pub fn after(
        before: Option<&Setback>,
        failure: &Failure,
        place: Option<i64>,
        now: Instant,
    ) -> Option<Setback> {
        let fault = failure.fault;
        let times = before.map_or(0, |before| before.times) + 1;
        let same = |before: &&Setback| {
            before.fault == fault
                && match (before.place, place) {
                    (Some(a), Some(b)) => (a - b).abs() < SAME_PLACE_US,
                    (None, None) => true,
                    _ => false,
                }
        };
        let there = before.filter(same).map_or(0, |before| before.there) + 1;
        let rest = AGAIN.get(times - 1).or(AGAIN.last()).copied().unwrap_or_default();
        let rest = match fault {
            Fault::File => return None,
            Fault::Decoder if there >= BLAMED => return None,
            Fault::Decoder => rest,
            Fault::Outside if there >= MANY_INTERRUPTIONS => AGAIN_MANY_INTERRUPTIONS,
            Fault::Outside => rest.min(AGAIN_INTERRUPTED_MAX),
        };
        let mut told = before.map(|before| before.told.clone()).unwrap_or_default();
        if !told.contains(&failure.problem) {
            told.push(failure.problem.clone());
        }
        Some(Setback { told, times, there, place, fault, again: now + rest })
    }

    /// Whether it is overcome, when another decoder has come so far, in microseconds into the file, or to its end.
    pub fn is_over(&self, reached_us: Option<i64>, ended: bool) -> bool {
        // What crashed of itself may do so again at the same place, and the count must not begin anew.
        let beyond = reached_us.is_some_and(|reached| {
            self.place.is_none_or(|place| reached.saturating_sub(place) > SAME_PLACE_US)
        });
        ended || beyond && self.fault == Fault::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::say;

    fn failure(fault: Fault) -> Failure {
        let problem =
            Problem::new("phim.mp4", say!(en: "it failed", vi: "bị lỗi"), say!(en: "none", vi: "không"));
        Failure { problem, fault }
    }

    /// After failures at these places, one after another.
    fn after(places: &[Option<i64>], fault: Fault, now: Instant) -> Option<Setback> {
        let mut last = None;
        for place in places {
            last = Some(Setback::after(last.as_ref(), &failure(fault), *place, now)?);
        }
        last
    }

    #[test]
    fn only_the_same_fault_at_the_same_place_blames_a_file() {
        let now = clock::instant();
        let crashes = |places: &[Option<i64>]| after(places, Fault::Decoder, now);
        assert_eq!(crashes(&[Some(1_000_000), Some(1_400_000), Some(1_200_000)]), None);
        assert_eq!(crashes(&[None, None, None]), None);
        assert!(crashes(&[Some(1_000_000), Some(9_000_000), Some(20_000_000)]).is_some());
        assert!(crashes(&[None, None, Some(3_000_000), None]).is_some());
        assert_eq!(after(&[None], Fault::File, now), None);
    }

    #[test]
    fn a_decoder_that_fails_is_tried_again_soon_and_then_more_rarely() {
        let now = clock::instant();
        let rest = |times: i64| {
            let places: Vec<_> = (0..times).map(|place| Some(place * 10_000_000)).collect();
            after(&places, Fault::Decoder, now).unwrap().again.duration_since(now).as_secs()
        };
        assert_eq!([1, 2, 3, 4, 5, 6].map(rest), [1, 5, 20, 60, 60, 60]);
    }

    #[test]
    fn a_setback_is_over_where_the_file_goes_on_beyond_it() {
        let now = clock::instant();
        let killed = after(&[Some(3_000_000)], Fault::Outside, now).unwrap();
        assert!(!killed.is_over(Some(3_500_000), false) && killed.is_over(Some(4_500_000), false));
        assert!(!killed.is_over(None, false) && killed.is_over(None, true));
        let crashed = after(&[Some(3_000_000)], Fault::Decoder, now).unwrap();
        assert!(!crashed.is_over(Some(9_000_000), false) && crashed.is_over(Some(9_000_000), true));
        assert!(after(&[None], Fault::Outside, now).unwrap().is_over(Some(0), false));
    }

    #[test]
    fn a_decoder_that_is_killed_costs_its_file_nothing_however_often() {
        let now = clock::instant();
        let rest = |times: usize| {
            let setback = after(&vec![None; times], Fault::Outside, now).unwrap();
            setback.again.duration_since(now).as_secs()
        };
        assert_eq!([1, 2, 3, 19, 20, 1_000].map(rest), [1, 5, 20, 20, 40, 40]);
        // A crash of its own is another matter.
        let killed = after(&[None, None], Fault::Outside, now);
        assert_eq!(Setback::after(killed.as_ref(), &failure(Fault::Decoder), None, now).unwrap().there, 1);
    }
}
