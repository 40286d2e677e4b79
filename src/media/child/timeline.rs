//! One clock for a whole file, also where the file's own clock jumps: recordings joined end to end, a tuner that lost
//! its signal, a transport stream whose 33 bits ran over.
//!
//! Times are microseconds. The tracks of a file share a clock, and are interleaved: where it jumps, some packets of the
//! old clock still come after the first of the new one.

/// A jump forwards is no gap in the pictures from here on: FFmpeg's own bound (`dts_delta_threshold`, 10 s).
const FORWARDS_US: i64 = 10_000_000;
/// A step back by more than rounding: decoding times never go back in a track.
const BACKWARDS_US: i64 = 100_000;

/// By how much the tracks of a transport stream lie apart in it, at most: the first packet of a track is no earlier.
const BESIDE_US: i64 = 1_500_000;

/// Where the clock stands, and what every time is moved by.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    /// Gaps may be jumps: only where the container's clock is not its own (`AVFMT_TS_DISCONT`). A slide show in an MP4 has
    /// pictures a minute apart.
    gaps_are_jumps: bool,
    offset_us: i64,
    /// What times were moved by before the last jump.
    before_us: Option<i64>,
    /// Where each track goes on, by the number of its stream.
    next_us: Vec<Option<i64>>,
    newest_us: Option<i64>,
}

impl Timeline {
    /// `origin_us`: the file's own first time, which becomes zero.
    pub(super) fn new(origin_us: i64, gaps_are_jumps: bool) -> Timeline {
        let offset_us = origin_us.saturating_neg();
        Timeline { gaps_are_jumps, offset_us, before_us: None, next_us: Vec::new(), newest_us: None }
    }

    /// Somewhere else in the file, on the clock of its beginning.
    pub(super) fn go(&mut self) {
        self.before_us = None;
        self.newest_us = None;
        self.next_us.clear();
    }

    /// What times are moved by here.
    pub(super) fn current(&self) -> i64 {
        self.offset_us
    }

    /// What the times of a packet are moved by; `at_us` is its decoding time, `length_us` what it lasts. `before` is the stream
    /// that had the last packet of its kind.
    pub(super) fn offset(&mut self, (stream, before): (usize, usize), at_us: i64, length_us: i64) -> i64 {
        let next = |stream: usize| self.next_us.get(stream).copied().flatten();
        let expected = next(stream);
        let fits = |offset: i64| self.fits(at_us.saturating_add(offset), expected);
        let offset = if fits(self.offset_us) {
            self.offset_us
        } else if let Some(before) = self.before_us.filter(|before| fits(*before)) {
            before
        } else {
            let here = expected
                .or(next(before))
                .or(self.newest_us)
                .unwrap_or_else(|| at_us.saturating_add(self.offset_us));
            self.before_us = Some(self.offset_us);
            self.offset_us = here.saturating_sub(at_us);
            self.offset_us
        };
        let next = at_us.saturating_add(offset).saturating_add(length_us.max(0));
        if self.next_us.len() <= stream {
            self.next_us.resize(stream + 1, None);
        }
        self.next_us[stream] = Some(next);
        self.newest_us = Some(self.newest_us.map_or(next, |newest| newest.max(next)));
        offset
    }

    fn fits(&self, at_us: i64, expected: Option<i64>) -> bool {
        let runs_on = |from: i64| at_us.saturating_sub(from) <= FORWARDS_US;
        match (expected, self.newest_us) {
            (Some(next), _) if at_us < next.saturating_sub(BACKWARDS_US) => false,
            (Some(next), Some(newest)) => !self.gaps_are_jumps || runs_on(next) || runs_on(newest),
            (None, Some(newest)) => {
                !self.gaps_are_jumps || runs_on(newest) && at_us >= newest.saturating_sub(BESIDE_US)
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: (usize, i64) = (0, 40_000);
    const SOUND: (usize, i64) = (1, 20_000);

    fn run(timeline: &mut Timeline, (stream, length): (usize, i64), from_us: i64, count: i64) -> Vec<i64> {
        (0..count)
            .map(|index| {
                let at = from_us + index * length;
                at + timeline.offset((stream, stream % 2), at, length)
            })
            .collect()
    }

    fn steady((_, length): (usize, i64), count: i64) -> Vec<i64> {
        (0..count).map(|index| index * length).collect()
    }

    #[test]
    fn recordings_joined_end_to_end_run_on_wherever_the_second_clock_stands() {
        for second in [3_600_000_000, 1_400_000, 2_000_000, 95_443_000_000] {
            let mut timeline = Timeline::new(1_400_000, true);
            let mut times = run(&mut timeline, PICTURE, 1_400_000, 125);
            times.extend(run(&mut timeline, PICTURE, second, 125));
            assert_eq!(times, steady(PICTURE, 250), "the second begins at {second}");
        }
    }

    #[test]
    fn packets_of_the_old_clock_after_a_jump_keep_their_place_and_the_tracks_stay_together() {
        let mut timeline = Timeline::new(0, true);
        run(&mut timeline, PICTURE, 0, 25);
        let sound = run(&mut timeline, SOUND, 0, 40);
        assert_eq!(sound.last(), Some(&780_000));
        // One second of pictures, 0.8 of sound; then the pictures of a clock that is an hour on, and the sound's rest.
        let hour = 3_600_000_000;
        assert_eq!(run(&mut timeline, PICTURE, hour, 2), [1_000_000, 1_040_000]);
        assert_eq!(run(&mut timeline, SOUND, 800_000, 10).first(), Some(&800_000));
        assert_eq!(run(&mut timeline, SOUND, hour, 2), [1_000_000, 1_020_000]);
        assert_eq!(run(&mut timeline, PICTURE, hour + 80_000, 1), [1_080_000]);
    }

    #[test]
    fn a_track_that_begins_late_and_pictures_far_apart_are_no_jumps() {
        let mut timeline = Timeline::new(0, true);
        let pictures = run(&mut timeline, PICTURE, 0, 500);
        assert_eq!(run(&mut timeline, SOUND, 20_000_000, 3)[0], 20_000_000);
        assert_eq!(pictures, steady(PICTURE, 500));
        // Sound goes on for a minute under one picture.
        run(&mut timeline, SOUND, 20_060_000, 3_000);
        assert_eq!(run(&mut timeline, PICTURE, 80_000_000, 1), [80_000_000]);
        let mut slides = Timeline::new(0, false);
        assert_eq!(run(&mut slides, (0, 60_000_000), 0, 3), [0, 60_000_000, 120_000_000]);
    }

    #[test]
    fn a_second_recording_with_tracks_of_its_own_follows_the_first() {
        let mut timeline = Timeline::new(0, true);
        for second in 0..4 {
            run(&mut timeline, PICTURE, second * 1_000_000, 25);
            run(&mut timeline, SOUND, second * 1_000_000, 50);
        }
        assert_eq!(run(&mut timeline, (2, 40_000), 0, 2), [4_000_000, 4_040_000]);
        assert_eq!(run(&mut timeline, (3, 20_000), 0, 2), [4_000_000, 4_020_000]);
    }

    #[test]
    fn no_time_however_absurd_overflows() {
        let mut timeline = Timeline::new(i64::MIN, true);
        for at in [i64::MAX, i64::MIN, 0, i64::MAX, -1] {
            timeline.offset((3, 1), at, i64::MAX);
        }
    }
}
