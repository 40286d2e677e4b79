//! How loud the board is at a time of day. Pure.

use crate::model::time::TimeRange;

/// Volume by time of day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VolumePlan {
    /// Per cent, when nothing else says so.
    pub volume: u8,
    /// Other volumes at some hours; the first that matches counts.
    pub by_hours: Vec<(TimeRange, u8)>,
    /// Hours of silence.
    pub quiet: Vec<TimeRange>,
}

impl VolumePlan {
    /// Per cent at `minute` of the day. Without a believable clock (`None`) the quietest hour counts, but not
    /// the quiet hours: a board that lost its clock must still be able to speak.
    pub fn at(&self, minute: Option<u16>) -> u8 {
        let Some(minute) = minute else {
            let loudness = self.by_hours.iter().map(|(_, volume)| *volume).filter(|volume| *volume > 0);
            return loudness.chain([self.volume]).min().unwrap_or(self.volume);
        };
        if self.quiet.iter().any(|range| range.holds(minute)) {
            return 0;
        }
        self.over_quiet_hours(Some(minute))
    }

    /// The same for what may break the quiet hours.
    pub fn over_quiet_hours(&self, minute: Option<u16>) -> u8 {
        let Some(minute) = minute else { return self.at(None) };
        let special = self.by_hours.iter().find(|(range, _)| range.holds(minute));
        special.map_or(self.volume, |(_, volume)| *volume).min(100)
    }

    /// The next minute of the day, 0 to 1439, at which it may change; `None` if it never does.
    pub fn next_edge(&self, minute: u16) -> Option<u16> {
        let ranges = self.quiet.iter().chain(self.by_hours.iter().map(|(range, _)| range));
        let edges = ranges.flat_map(|range| [range.start.minutes() % 1440, range.end.minutes() % 1440]);
        edges.min_by_key(|edge| (edge + 1440 - minute - 1) % 1440)
    }
}

/// What the mixer multiplies by: loudness is felt on a logarithmic scale, and a square comes near it.
pub fn gain(per_cent: u8) -> f32 {
    (f32::from(per_cent.min(100)) / 100.0).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_is_silent_at_night_and_quiet_at_noon() {
        let range = |text: &str| text.parse().unwrap();
        let plan = VolumePlan {
            volume: 80,
            by_hours: vec![(range("11:30-13:30"), 30)],
            quiet: vec![range("21:30-05:00")],
        };
        let at = |hour: u16, minute: u16| plan.at(Some(hour * 60 + minute));
        assert_eq!((at(4, 59), at(5, 0), at(11, 30), at(13, 30), at(21, 30)), (0, 80, 30, 80, 0));
        assert_eq!(plan.at(None), 30);
        let warning = |hour: u16| plan.over_quiet_hours(Some(hour * 60));
        assert_eq!((warning(23), warning(12), warning(8)), (80, 30, 80), "a warning breaks the quiet hours");
        assert_eq!(plan.over_quiet_hours(None), 30);
        assert_eq!(plan.next_edge(300), Some(690));
        assert_eq!(plan.next_edge(22 * 60), Some(300));
        assert_eq!(gain(100), 1.0);
        assert!(gain(50) < 0.3);
    }
}
