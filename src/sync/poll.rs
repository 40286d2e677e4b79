//! When to ask again. Pure: the random number is an argument.
//!
//! After a failure a board asks again soon, for the network usually comes up shortly after the board does;
//! then ever more slowly, so that a thousand boards do not fall upon a server that has just come back. Every
//! wait is spread by a tenth either way for the same reason.

use std::time::Duration;

/// The first wait after a failure.
const RETRY_FIRST: Duration = Duration::from_secs(4);
/// The longest wait, in polls: a warning must not wait for hours after the network is back.
const RETRY_MAX_POLLS: u32 = 5;

/// The wait before the next poll. `failures` in a row so far; `random` in 0..1.
pub fn wait(poll: Duration, failures: u32, random: f64) -> Duration {
    let plain = match failures.checked_sub(1) {
        None => poll,
        Some(doublings) => {
            let longest = poll.saturating_mul(RETRY_MAX_POLLS);
            RETRY_FIRST.saturating_mul(2u32.saturating_pow(doublings)).min(longest)
        }
    };
    plain.mul_f64(0.9 + 0.2 * random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_after_failures_up_to_a_few_polls() {
        let minute = Duration::from_secs(60);
        let seconds: Vec<u64> = (0..10).map(|failures| wait(minute, failures, 0.5).as_secs()).collect();
        assert_eq!(seconds, [60, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(wait(minute, u32::MAX, 0.5).as_secs(), 300);
    }

    #[test]
    fn waits_are_spread_by_a_tenth_either_way() {
        let minute = Duration::from_secs(60);
        assert_eq!(wait(minute, 0, 0.0).as_secs(), 54);
        assert_eq!(wait(minute, 0, 1.0).as_secs(), 66);
    }
}
