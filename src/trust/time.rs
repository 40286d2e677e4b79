//! What time it is, as far as anybody can be believed. Pure: every clock reading is an argument.
//!
//! A Raspberry Pi boots with whatever time it last wrote down, and a clock once set to 2036 must not lock a
//! board out for ever. So the system clock counts only while something disciplines it, and what holds
//! otherwise is a floor under the time: this program was released, this root was issued, this timestamp was
//! issued. A floor moves on with the time since it was learned, by the clock that counts from boot. Nothing
//! unauthenticated is ever kept.
//!
//! What is issued too far from its own expiry is not believed: a signer's wrong clock should not become
//! everybody's. A feed's floor is its own: one feed cannot move the time by which another is judged.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// No board that runs this program runs it before this moment. Raised with each release.
const RELEASED: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z

/// The longest time before its expiry that a timestamp may say it was issued: timestamps live for weeks.
const TIMESTAMP_LIFE_MAX: SignedDuration = SignedDuration::from_hours(60 * 24);
/// The same for a root, which lives for years.
const ROOT_LIFE_MAX: SignedDuration = SignedDuration::from_hours(5 * 366 * 24);

/// By how much a signer's clock may run ahead of a disciplined clock that is believed all the same: hours are a time
/// zone set wrongly, more is another day.
pub const SIGNER_AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// When this program was released.
pub fn released() -> Timestamp {
    Timestamp::from_second(RELEASED).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A moment of issue, if it can be believed beside the expiry signed with it.
pub(super) fn believable_timestamp(issued: Option<Timestamp>, expires: Timestamp) -> Option<Timestamp> {
    believable(issued, expires, TIMESTAMP_LIFE_MAX)
}

pub(super) fn believable_root(issued: Option<Timestamp>, expires: Timestamp) -> Option<Timestamp> {
    believable(issued, expires, ROOT_LIFE_MAX)
}

fn believable(issued: Option<Timestamp>, expires: Timestamp, life_max: SignedDuration) -> Option<Timestamp> {
    issued.filter(|&issued| issued <= expires && expires.duration_since(issued) <= life_max)
}

/// The machine's clocks, read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    pub system: Timestamp,
    /// Something disciplines the system clock: the kernel says so, or the machine has a clock chip.
    pub disciplined: bool,
    /// Time since boot, suspended time included.
    pub since_boot: Duration,
}

/// Where a believed time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The disciplined system clock.
    System,
    /// The floor: it is at least this late, and may be any time later.
    Floor,
}

/// A time that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    pub at: Timestamp,
    pub source: Source,
}

/// The floor under the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// The latest moment at which this machine may have booted, going by what was issued.
    boot: Timestamp,
}

impl Floor {
    /// What this program knows by itself, when it starts `since_boot` after the boot.
    pub fn at_start(since_boot: Duration) -> Floor {
        let mut floor = Floor { boot: Timestamp::MIN };
        floor.learn(released(), since_boot);
        floor
    }

    /// Something authentic was issued at `issued`, and this was learned, from a network or from this machine's
    /// own disk, `since_boot` after the boot. (Not at the boot: the machine may have been up for months when it
    /// was issued.)
    pub fn learn(&mut self, issued: Timestamp, since_boot: Duration) {
        let since = SignedDuration::try_from(since_boot).unwrap_or(SignedDuration::MAX);
        self.boot = self.boot.max(issued.checked_sub(since).unwrap_or(Timestamp::MIN));
    }

    /// The later of the floor and the system clock, if that is disciplined.
    pub fn now(&self, clocks: Clocks) -> Now {
        let since = SignedDuration::try_from(clocks.since_boot).unwrap_or(SignedDuration::ZERO);
        let floor = self.boot.checked_add(since).unwrap_or(Timestamp::MAX);
        if clocks.disciplined && clocks.system >= floor {
            Now { at: clocks.system, source: Source::System }
        } else {
            Now { at: floor, source: Source::Floor }
        }
    }

    /// What is on air goes by this: a disciplined system clock, even where a signer's ran ahead of it for a while.
    ///
    /// What was signed three hours ahead by mistake must not end warnings three hours early. Verification stays with
    /// [`Floor::now`]; and a system clock that is further behind, such as a clock chip whose battery is empty, is
    /// believed by nobody.
    pub fn on_air(&self, clocks: Clocks) -> Now {
        let floor = self.now(clocks);
        let ahead = floor.at.duration_since(clocks.system);
        match clocks.disciplined && ahead <= SIGNER_AHEAD_MAX {
            true => Now { at: clocks.system, source: Source::System },
            false => floor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }
    fn clocks(system: &str, disciplined: bool, minutes: u64) -> Clocks {
        Clocks { system: at(system), disciplined, since_boot: Duration::from_secs(60 * minutes) }
    }

    #[test]
    fn a_machine_that_has_been_up_for_months_learns_no_later_time_from_a_restart() {
        let up = Duration::from_secs(100 * 86_400);
        let mut floor = Floor::at_start(up);
        floor.learn(at("2026-12-01T00:00:00Z"), up);
        let now = floor.now(Clocks { since_boot: up, ..clocks("1970-01-01T00:00:00Z", false, 0) });
        assert_eq!(now.at, at("2026-12-01T00:00:00Z"));
    }

    #[test]
    fn a_clock_that_nobody_disciplines_moves_nothing() {
        let floor = Floor::at_start(Duration::ZERO);
        for system in ["1970-01-01T00:00:00Z", "2036-01-01T00:00:00Z"] {
            let now = floor.now(clocks(system, false, 0));
            assert_eq!(now, Now { at: at("2026-01-01T00:00:00Z"), source: Source::Floor });
        }
    }

    #[test]
    fn a_signer_whose_clock_ran_ahead_ends_no_warning_early_and_an_empty_clock_chip_is_not_believed() {
        let mut floor = Floor::at_start(Duration::ZERO);
        floor.learn(at("2026-12-01T03:00:00Z"), Duration::ZERO);
        let right = clocks("2026-12-01T00:00:00Z", true, 0);
        assert_eq!(floor.on_air(right), Now { at: right.system, source: Source::System });
        assert_eq!(floor.now(right).at, at("2026-12-01T03:00:00Z"));
        for wrong in [clocks("2000-01-01T00:00:00Z", true, 0), clocks("2026-12-01T00:00:00Z", false, 0)] {
            assert_eq!(floor.on_air(wrong), Now { at: at("2026-12-01T03:00:00Z"), source: Source::Floor });
        }
    }

    #[test]
    fn the_floor_moves_on_with_the_time_since_boot() {
        let mut floor = Floor::at_start(Duration::ZERO);
        floor.learn(at("2026-12-01T00:00:00Z"), Duration::ZERO);
        assert_eq!(floor.now(clocks("1970-01-01T00:00:00Z", false, 90)).at, at("2026-12-01T01:30:00Z"));
        // The same news, learned an hour after the boot, says that the boot was an hour earlier.
        let mut later = Floor::at_start(Duration::ZERO);
        later.learn(at("2026-12-01T00:00:00Z"), Duration::from_secs(3600));
        assert_eq!(later.now(clocks("1970-01-01T00:00:00Z", false, 90)).at, at("2026-12-01T00:30:00Z"));
    }

    #[test]
    fn a_disciplined_clock_counts_unless_it_is_behind_what_was_issued() {
        let mut floor = Floor::at_start(Duration::ZERO);
        floor.learn(at("2026-12-01T00:00:00Z"), Duration::ZERO);
        let ahead = floor.now(clocks("2027-01-01T00:00:00Z", true, 5));
        assert_eq!(ahead, Now { at: at("2027-01-01T00:00:00Z"), source: Source::System });
        assert_eq!(floor.now(clocks("2026-11-15T00:00:00Z", true, 0)).source, Source::Floor);
    }

    #[test]
    fn an_issue_time_far_from_its_expiry_is_not_believed() {
        let expires = at("2027-01-01T00:00:00Z");
        let believed = |issued: &str| believable_timestamp(Some(at(issued)), expires).is_some();
        assert!(believed("2026-12-20T00:00:00Z"));
        assert!(believed("2027-01-01T00:00:00Z"));
        assert!(!believed("2027-01-01T00:00:01Z"), "after its expiry");
        assert!(!believed("2026-10-01T00:00:00Z"), "more than sixty days before it");
    }
}
