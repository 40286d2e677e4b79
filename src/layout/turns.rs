//! Which of several pages shows now, and when it turns.

use super::pages;
use jiff::Timestamp;

/// Which page shows, from 0, and when it turns; `None` where it does not before whatever shows then.
///
/// The pages share `slot`, the span of air time that they have, by how many `seconds` each takes to read. Without a slot
/// they go round by themselves, each for its seconds, where wall time has them.
pub fn now(
    seconds: &[f64],
    slot: Option<(Timestamp, Timestamp)>,
    now: Timestamp,
) -> (usize, Option<Timestamp>) {
    if seconds.len() < 2 {
        return (0, None);
    }
    let at_ms = now.as_millisecond();
    let moment = |ms: i64| Timestamp::from_millisecond(ms).ok();
    let weights = seconds.iter().copied();
    if let Some((start, end)) = slot {
        let (start, end) = (start.as_millisecond(), end.as_millisecond());
        let length = end.saturating_sub(start).max(1);
        let elapsed = at_ms.saturating_sub(start).clamp(0, length - 1);
        let (page, turns) = pages::turn(weights, elapsed, length);
        // The last page stays to the slot's end, which the plan knows.
        let turns = (page + 1 < seconds.len()).then(|| moment(start.saturating_add(turns)));
        return (page, turns.flatten());
    }
    let length = ((seconds.iter().sum::<f64>() * 1000.0) as i64).max(1);
    let elapsed = at_ms.rem_euclid(length);
    let (page, turns) = pages::turn(weights, elapsed, length);
    (page, moment(at_ms.saturating_sub(elapsed).saturating_add(turns)))
}
