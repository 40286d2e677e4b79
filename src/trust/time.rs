//! What time it is, as far as anybody can be believed. Pure: every clock reading is an argument.
//!
//! A Raspberry Pi boots with whatever time it last wrote down, and a clock once set to 2036 must not lock a
//! board out for ever. A feed's signatures carry moments of issue, but whoever holds one online key, or whose
//! own clock is wrong, can sign any moment. What follows from both:
//!
//! 1. **A disciplined clock counts, and no signature overrides it.** It is disciplined where the kernel says so
//!    or the machine has a clock chip; before this program's release it is wrong all the same (a chip whose
//!    battery is empty), and counts as not disciplined. Where a feed's word and that clock differ by more than a
//!    day, the board says so ([`disagreement`]) and goes by its clock.
//!    One that was disciplined since this boot, and was not set by hand after that, goes on to count for weeks
//!    without a network ([`Discipline`]).
//! 2. **Without one there is a floor for each feed** ([`Vouched`]): what that feed's *current* generation vouches
//!    for, moved on by the clock that counts from boot. It is replaced with the generation, never raised by an
//!    earlier one, and no other feed's word has a part in it. Nothing of it is kept on disk but the signed files.
//! 3. **What is newer is never refused on the word of what is older** ([`Times`]). Versions already say which of
//!    two signatures came later; if the later one names an earlier time, then one signer's clock was wrong, and
//!    a board without a clock cannot know whose. So newer files are judged by the disciplined clock or, without
//!    one, by this program's release and by what *they themselves* say: what had expired when its timestamp was
//!    issued is refused. A timestamp that is still the same is judged by its own word, carried on: that is how a frozen
//!    feed is found out.
//! 4. **A moment of issue is believed only if the feed was whole at that moment**: not after the expiry of anything
//!    that came with it, and not longer before the timestamp's own expiry than timestamps live. The thief of an
//!    online key can move that one feed's time by weeks, on boards without a clock, until its key is replaced.
//!
//! A board thus comes back by itself: whatever it has accepted, the next properly signed, higher version replaces
//! it, and with it everything it said about the time.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// No board that runs this program runs it before this moment. Raised with each release.
const RELEASED: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z

/// The longest time before its expiry that a timestamp may say it was issued: timestamps live for weeks.
const TIMESTAMP_LIFE_MAX: SignedDuration = SignedDuration::from_hours(60 * 24);
/// The same for a root, which lives for years.
const ROOT_LIFE_MAX: SignedDuration = SignedDuration::from_hours(5 * 366 * 24);

/// By how much a signer's clock and a board's may differ without a word: hours are a time zone set wrongly, more
/// is another day.
pub const SIGNER_AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// How long a clock counts after whatever disciplined it was heard last. A crystal that is wrong by 100 ppm, and few are,
/// is five minutes off by then.
const CARRIED_MAX: Duration = Duration::from_secs(35 * 24 * 3600);
/// The system clock and that of the boot run alike, slewed and all, unless somebody sets the first. A leap second does.
const STEP_MAX: SignedDuration = SignedDuration::from_secs(2);

/// When this program was released.
pub fn released() -> Timestamp {
    Timestamp::from_second(RELEASED).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A timestamp's moment of issue, if it can be believed. `expires`: its own expiry; `first`: the first expiry of all
/// that came with it.
pub(super) fn believable_timestamp(
    issued: Option<Timestamp>,
    expires: Timestamp,
    first: Timestamp,
) -> Option<Timestamp> {
    believable(issued, expires, first, TIMESTAMP_LIFE_MAX)
}

pub(super) fn believable_root(
    issued: Option<Timestamp>,
    expires: Timestamp,
    first: Timestamp,
) -> Option<Timestamp> {
    believable(issued, expires, first, ROOT_LIFE_MAX)
}

fn believable(
    issued: Option<Timestamp>,
    expires: Timestamp,
    first: Timestamp,
    life_max: SignedDuration,
) -> Option<Timestamp> {
    issued
        .filter(|&issued| issued <= expires && issued <= first && expires.duration_since(issued) <= life_max)
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

impl Clocks {
    /// The system clock, where it is disciplined and can be right.
    pub fn believed(self) -> Option<Timestamp> {
        (self.disciplined && self.system >= released()).then_some(self.system)
    }

    fn uptime(self) -> SignedDuration {
        SignedDuration::try_from(self.since_boot).unwrap_or(SignedDuration::MAX)
    }
}

/// That something disciplined the system clock since this boot.
///
/// A kernel takes its word back nine hours after the last answer of a time server: it reckons with a clock that is wrong by
/// 500 ppm, and lets it be 16 s off (`NTP_PHASE_LIMIT` in Linux). A board that has no network for a week would then show no
/// clock and announce nothing, over a few seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Discipline(Option<Disciplined>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Disciplined {
    /// The moment of the boot by the system clock, as long as nobody sets it.
    boot: Timestamp,
    /// When it was known last, since the boot.
    last: Duration,
}

impl Discipline {
    /// To be called now and then while the clock may be disciplined.
    pub fn note(&mut self, clocks: Clocks) {
        if let Some(at) = clocks.believed() {
            let boot = at.checked_sub(clocks.uptime()).unwrap_or(Timestamp::MIN);
            self.0 = Some(Disciplined { boot, last: clocks.since_boot });
        }
    }

    /// The clocks, where it goes on to count.
    pub fn applied(self, clocks: Clocks) -> Clocks {
        let carried = self.0.is_some_and(|known| {
            let now = known.boot.checked_add(clocks.uptime()).unwrap_or(Timestamp::MAX);
            clocks.since_boot.saturating_sub(known.last) <= CARRIED_MAX
                && clocks.system.duration_since(now).abs() <= STEP_MAX
        });
        Clocks { disciplined: clocks.disciplined || carried, ..clocks }
    }
}

/// Where a believed time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The disciplined system clock.
    System,
    /// A floor: it is at least this late, and may be any time later.
    Floor,
}

/// A time that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    pub at: Timestamp,
    pub source: Source,
}

/// By what a refresh of one feed judges expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// What is newer than what this board holds. Nothing that the board holds has a part in it.
    pub newer: Timestamp,
    /// This is a disciplined clock's: what is newer is not asked when it was issued.
    pub disciplined: bool,
    /// What this board holds already: the feed's own word counts, too.
    pub held: Timestamp,
}

impl From<Timestamp> for Times {
    fn from(now: Timestamp) -> Times {
        Times { newer: now, disciplined: true, held: now }
    }
}

/// A moment that was passed when the machine had been up for some time, carried on since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Passed {
    moment: Timestamp,
    /// The latest moment at which this machine may have booted, going by it.
    boot: Timestamp,
}

impl Passed {
    /// Not at the boot: the machine may have been up for months when it came to know.
    fn now(moment: Timestamp, clocks: Clocks) -> Passed {
        Passed { moment, boot: moment.checked_sub(clocks.uptime()).unwrap_or(Timestamp::MIN) }
    }

    fn carried_to(self, clocks: Clocks) -> Timestamp {
        self.boot.checked_add(clocks.uptime()).unwrap_or(Timestamp::MAX)
    }
}

/// What this program knows by itself: it does not run before its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor(Passed);

impl Floor {
    /// `clocks` as read when the program starts.
    pub fn at_start(clocks: Clocks) -> Floor {
        Floor(Passed::now(released(), clocks))
    }

    /// The disciplined clock or, without one, the release and what has passed since the start.
    pub fn now(self, clocks: Clocks) -> Now {
        match clocks.believed() {
            Some(at) => Now { at, source: Source::System },
            None => Now { at: self.0.carried_to(clocks), source: Source::Floor },
        }
    }
}

/// What one feed's current generation says of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vouched(Option<Passed>);

impl Vouched {
    /// Another generation of the feed, or another timestamp, takes the place of the last: what that said is
    /// forgotten. `issued`: when the timestamp was issued or, where that cannot be believed, the root. `clocks`: as
    /// read when this was learned, from a network or from this machine's own disk.
    pub fn replace(&mut self, issued: Option<Timestamp>, clocks: Clocks) {
        // What was learned earlier about the same moment says more.
        if self.0.map(|known| known.moment) != issued {
            self.0 = issued.map(|issued| Passed::now(issued, clocks));
        }
    }

    /// The time by which this feed's content is on air.
    pub fn now(self, start: Floor, clocks: Clocks) -> Now {
        let now = start.now(clocks);
        match (now.source, self.0) {
            (Source::Floor, Some(known)) => Now { at: now.at.max(known.carried_to(clocks)), ..now },
            _ => now,
        }
    }

    /// By what a refresh of this feed judges expiry.
    pub fn times(self, start: Floor, clocks: Clocks) -> Times {
        let Now { at: newer, source } = start.now(clocks);
        Times { newer, disciplined: source == Source::System, held: self.now(start, clocks).at }
    }
}

/// By how much a feed's word is ahead of a disciplined clock, where that is more than two people's clocks differ
/// by. (A feed that nobody has signed for long is behind: that is no disagreement.)
pub fn disagreement(issued: Option<Timestamp>, clocks: Clocks) -> Option<SignedDuration> {
    let ahead = issued?.duration_since(clocks.believed()?);
    (ahead > SIGNER_AHEAD_MAX).then_some(ahead)
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
    /// What a feed signed at `issued` says, learned after so many minutes.
    fn vouched(issued: &str, minutes: u64) -> Vouched {
        let mut vouched = Vouched::default();
        vouched.replace(Some(at(issued)), clocks("1970-01-01T00:00:00Z", false, minutes));
        vouched
    }
    fn start() -> Floor {
        Floor::at_start(clocks("1970-01-01T00:00:00Z", false, 0))
    }

    #[test]
    fn a_machine_that_has_been_up_for_months_learns_no_later_time_from_a_restart() {
        let up = 100 * 24 * 60;
        let unset = clocks("1970-01-01T00:00:00Z", false, up);
        let now = vouched("2026-12-01T00:00:00Z", up).now(Floor::at_start(unset), unset);
        assert_eq!(now.at, at("2026-12-01T00:00:00Z"));
    }

    #[test]
    fn a_clock_that_was_disciplined_counts_for_weeks_without_a_network_unless_somebody_sets_it() {
        let (minute, day) = (1, 24 * 60);
        let mut discipline = Discipline::default();
        discipline.note(clocks("2026-12-01T00:00:00Z", false, 0));
        let unknown = clocks("2026-12-01T00:00:00Z", false, minute);
        assert_eq!(discipline.applied(unknown), unknown);
        discipline.note(clocks("2026-12-01T00:05:00Z", true, 5));
        for (system, minutes, counts) in [
            ("2026-12-01T00:06:01Z", 6, true),
            ("2026-12-08T00:00:00Z", 7 * day, true),
            ("2026-12-08T00:00:10Z", 7 * day, false),
            ("2010-01-01T00:00:00Z", 7 * day, false),
            ("2027-01-04T00:00:00Z", 34 * day, true),
            ("2027-01-10T00:00:00Z", 40 * day, false),
        ] {
            let now = clocks(system, false, minutes);
            assert_eq!(discipline.applied(now), Clocks { disciplined: counts, ..now }, "{system}");
        }
        // The time server moved it: that is no step of somebody's.
        discipline.note(clocks("2026-12-08T01:00:00Z", true, 7 * day));
        assert!(discipline.applied(clocks("2026-12-08T01:01:00Z", false, 7 * day + 1)).disciplined);
    }

    #[test]
    fn a_clock_chip_whose_battery_is_empty_disciplines_nothing() {
        let mut discipline = Discipline::default();
        discipline.note(clocks("2000-01-01T00:00:00Z", true, 0));
        assert_eq!(discipline, Discipline::default());
    }

    #[test]
    fn a_clock_that_nobody_disciplines_moves_nothing() {
        for system in ["1970-01-01T00:00:00Z", "2036-01-01T00:00:00Z"] {
            let now = Vouched::default().now(start(), clocks(system, false, 0));
            assert_eq!(now, Now { at: at("2026-01-01T00:00:00Z"), source: Source::Floor });
        }
    }

    #[test]
    fn no_signature_overrides_a_disciplined_clock_and_an_empty_clock_chip_is_not_believed() {
        for ahead in ["2026-12-01T03:00:00Z", "2028-01-01T00:00:00Z"] {
            let right = clocks("2026-12-01T00:00:00Z", true, 0);
            let feed = vouched(ahead, 0);
            assert_eq!(feed.now(start(), right), Now { at: right.system, source: Source::System });
            assert_eq!(feed.times(start(), right), right.system.into());
            for wrong in [clocks("2000-01-01T00:00:00Z", true, 0), clocks("2026-12-01T00:00:00Z", false, 0)] {
                assert_eq!(feed.now(start(), wrong), Now { at: at(ahead), source: Source::Floor });
            }
        }
    }

    #[test]
    fn what_is_newer_is_never_judged_by_the_word_of_what_is_older() {
        let unset = clocks("1970-01-01T00:00:00Z", false, 60);
        let times = vouched("2036-01-01T00:00:00Z", 0).times(start(), unset);
        assert_eq!(times.newer, at("2026-01-01T01:00:00Z"));
        assert_eq!(times.held, at("2036-01-01T01:00:00Z"));
    }

    #[test]
    fn what_a_generation_said_about_the_time_is_forgotten_with_it() {
        let unset = clocks("1970-01-01T00:00:00Z", false, 0);
        let mut feed = vouched("2036-01-01T00:00:00Z", 0);
        feed.replace(Some(at("2026-12-01T00:00:00Z")), unset);
        assert_eq!(feed.now(start(), unset).at, at("2026-12-01T00:00:00Z"));
        feed.replace(None, unset);
        assert_eq!(feed.now(start(), unset).at, at("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn the_floor_moves_on_with_the_time_since_boot() {
        let unset = |minutes| clocks("1970-01-01T00:00:00Z", false, minutes);
        let feed = vouched("2026-12-01T00:00:00Z", 0);
        assert_eq!(feed.now(start(), unset(90)).at, at("2026-12-01T01:30:00Z"));
        // The same news, learned an hour after the boot, says that the boot was an hour earlier.
        let mut later = vouched("2026-12-01T00:00:00Z", 60);
        assert_eq!(later.now(start(), unset(90)).at, at("2026-12-01T00:30:00Z"));
        // And learned once more, it says nothing new.
        later.replace(Some(at("2026-12-01T00:00:00Z")), unset(80));
        assert_eq!(later.now(start(), unset(90)).at, at("2026-12-01T00:30:00Z"));
    }

    #[test]
    fn a_signer_a_day_ahead_of_a_disciplined_clock_is_told_of() {
        let right = clocks("2026-12-01T00:00:00Z", true, 0);
        let ahead = |issued: &str, clocks| disagreement(Some(at(issued)), clocks).map(|by| by.as_hours());
        assert_eq!(ahead("2026-12-06T00:00:00Z", right), Some(5 * 24));
        assert_eq!(ahead("2026-12-01T23:00:00Z", right), None);
        assert_eq!(ahead("2026-06-01T00:00:00Z", right), None, "a feed that was left alone is only old");
        assert_eq!(ahead("2026-12-06T00:00:00Z", clocks("2026-12-01T00:00:00Z", false, 0)), None);
    }

    #[test]
    fn a_moment_of_issue_at_which_the_feed_was_not_whole_is_not_believed() {
        let (expires, first) = (at("2027-01-01T00:00:00Z"), at("2026-12-25T00:00:00Z"));
        let believed = |issued: &str| believable_timestamp(Some(at(issued)), expires, first).is_some();
        assert!(believed("2026-12-20T00:00:00Z"));
        assert!(believed("2026-12-25T00:00:00Z"));
        assert!(!believed("2026-12-25T00:00:01Z"), "after the expiry of something that came with it");
        assert!(!believed("2027-01-01T00:00:01Z"), "after its own");
        assert!(!believed("2026-10-01T00:00:00Z"), "more than sixty days before it");
    }
}
