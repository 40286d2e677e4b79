//! The only reader of clocks. Everything else takes the time as an argument.

use jiff::Timestamp;
use std::time::{Duration, Instant};

/// What the machine's clocks say, read together at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The system clock, right or wrong.
    pub system: Timestamp,
    /// The kernel says that the system clock is disciplined by NTP or the like.
    pub synchronised: bool,
    /// Time since boot, suspended time included (CLOCK_BOOTTIME).
    pub since_boot: Duration,
    /// The same moment on the monotonic clock, for deadlines.
    pub instant: Instant,
}

/// Reads the machine's clocks.
#[allow(clippy::disallowed_methods, reason = "the one place that reads clocks")]
pub fn read() -> Reading {
    let boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Reading {
        system: Timestamp::now(),
        synchronised: disciplined().is_some(),
        since_boot: Duration::new(boot.tv_sec.max(0) as u64, boot.tv_nsec as u32),
        instant: Instant::now(),
    }
}

/// The monotonic clock alone, for deadlines.
#[allow(clippy::disallowed_methods, reason = "the one place that reads clocks")]
pub fn instant() -> Instant {
    Instant::now()
}

/// The system clock alone: for people's own machines (publishing), never for a board.
#[allow(clippy::disallowed_methods, reason = "the one place that reads clocks")]
pub fn system() -> Timestamp {
    Timestamp::now()
}

/// The system's time zone, for showing a moment to the person at the terminal.
pub fn local_zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::system()
}

/// The time by whatever disciplines this machine's clock; `None` where nothing does.
pub fn disciplined() -> Option<Timestamp> {
    // SAFETY: `timex` is a plain C structure for which all zeroes is valid, and modes 0 only reads.
    let (state, timex) = unsafe {
        let mut timex: libc::timex = std::mem::zeroed();
        (libc::adjtimex(&mut timex), timex)
    };
    // `adjtimex(2)`: TIME_ERROR (5), or STA_UNSYNC set, means that nothing disciplines the clock.
    const TIME_ERROR: i32 = 5;
    if state < 0 || state == TIME_ERROR || timex.status & libc::STA_UNSYNC != 0 {
        return None;
    }
    Timestamp::from_second(timex.time.tv_sec).ok()
}
