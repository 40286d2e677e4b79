//! Whose turn it is: a position on a wheel that turns with wall time.
//!
//! The wheel has four rounds. Each round shows every notice of normal priority once; the fourth then shows
//! those of low priority once. With only low ones it is a plain wheel of those. It is anchored to
//! 1970-01-01T00:00Z, so what shows at a moment depends on that moment and on what is in the wheel, and on
//! nothing else: a restart resumes in the middle of a turn, and two boards agree without talking. The price
//! is that a notice which joins or leaves moves the wheel; that happens a few times a day.
//!
//! Turns are whole milliseconds and never empty.

use std::ops::Range;

/// Rounds of the wheel, in the last of which low priority shows.
const ROUNDS: u64 = 4;

/// One notice on the wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// What it is, in the caller's own numbering.
    pub item: usize,
    /// Milliseconds, at least 1.
    pub length_ms: u64,
}

/// Where the wheel is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub item: usize,
    /// Milliseconds since 1970; the moment asked about is within.
    pub turn_ms: Range<i64>,
    /// How many turns there were before it since 1970.
    pub number: i64,
}

/// The turn at `t_ms`, milliseconds since 1970; `None` on an empty wheel.
pub fn position(normal: &[Turn], low: &[Turn], t_ms: i64) -> Option<Position> {
    let length = |turns: &[Turn]| turns.iter().map(|turn| turn.length_ms).sum::<u64>();
    let (normal_ms, low_ms) = (length(normal), length(low));
    let cycle_ms = normal_ms * ROUNDS + low_ms;
    if cycle_ms == 0 {
        return None;
    }
    let into_cycle = t_ms.rem_euclid(cycle_ms as i64) as u64;
    let rounds = ROUNDS as usize;
    let (turns, mut into, before) = match into_cycle.checked_sub(normal_ms * ROUNDS) {
        Some(into_low) => (low, into_low, rounds * normal.len()),
        None => (normal, into_cycle % normal_ms, (into_cycle / normal_ms) as usize * normal.len()),
    };
    let cycles = t_ms.div_euclid(cycle_ms as i64);
    let before = cycles * (rounds * normal.len() + low.len()) as i64 + before as i64;
    for (at, turn) in turns.iter().enumerate() {
        if into < turn.length_ms {
            let start = t_ms - into as i64;
            let turn_ms = start..start + turn.length_ms as i64;
            return Some(Position { item: turn.item, turn_ms, number: before + at as i64 });
        }
        into -= turn.length_ms;
    }
    None
}

/// Merges the feeds' lists into one order, each list spread evenly over it, the first feed first. Three
/// notices of the commune among thirty of the province come after every ten of those, not all at once.
pub fn interleave(lists: &[Vec<Turn>]) -> Vec<Turn> {
    let total: usize = lists.iter().map(Vec::len).sum();
    let mut taken = vec![0; lists.len()];
    let mut merged = Vec::with_capacity(total);
    // The k-th of n stands at (2k + 1) / 2n of the way; the list whose next stands earliest gives the next.
    let earlier = |(k, n): (usize, usize), (other_k, other_n): (usize, usize)| {
        (2 * k as u64 + 1) * (other_n as u64) < (2 * other_k as u64 + 1) * (n as u64)
    };
    while merged.len() < total {
        let mut best: Option<usize> = None;
        for (list, turns) in lists.iter().enumerate().filter(|(list, turns)| taken[*list] < turns.len()) {
            if best.is_none_or(|best| earlier((taken[list], turns.len()), (taken[best], lists[best].len()))) {
                best = Some(list);
            }
        }
        let Some(list) = best else { break };
        merged.push(lists[list][taken[list]]);
        taken[list] += 1;
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(items: &[(usize, u64)]) -> Vec<Turn> {
        items.iter().map(|(item, length_ms)| Turn { item: *item, length_ms: *length_ms }).collect()
    }

    /// The items from 0 ms on, until `end_ms`.
    fn shown(normal: &[Turn], low: &[Turn], end_ms: i64) -> Vec<usize> {
        let (mut t, mut items) = (0, Vec::new());
        while t < end_ms {
            let position = position(normal, low, t).unwrap();
            assert_eq!(position.turn_ms.start, t);
            assert_eq!(position.number, items.len() as i64);
            items.push(position.item);
            t = position.turn_ms.end;
        }
        assert_eq!(t, end_ms, "a whole number of cycles");
        items
    }

    #[test]
    fn low_priority_shows_in_every_fourth_round() {
        let (normal, low) = (turns(&[(1, 10), (2, 20)]), turns(&[(9, 5)]));
        assert_eq!(shown(&normal, &low, 125), [1, 2, 1, 2, 1, 2, 1, 2, 9]);
        assert_eq!(shown(&[], &low, 10), [9, 9]);
        assert_eq!(position(&[], &[], 5), None);
    }

    #[test]
    fn a_turn_is_the_same_from_each_of_its_moments_and_before_1970_too() {
        let (normal, low) = (turns(&[(1, 10), (2, 20)]), turns(&[(9, 5)]));
        for t in -300..300 {
            let at = position(&normal, &low, t).unwrap();
            assert!(at.turn_ms.contains(&t));
            assert_eq!(position(&normal, &low, at.turn_ms.start).unwrap(), at);
            assert_eq!(position(&normal, &low, at.turn_ms.end - 1).unwrap(), at);
        }
    }

    #[test]
    fn the_lists_of_several_feeds_are_spread_evenly_and_each_keeps_its_order() {
        let list = |items: &[usize]| turns(&items.iter().map(|i| (*i, 1)).collect::<Vec<_>>());
        let order = |lists: &[Vec<Turn>]| interleave(lists).iter().map(|t| t.item).collect::<Vec<_>>();
        assert_eq!(order(&[list(&[1, 2]), list(&[11, 12])]), [1, 11, 2, 12]);
        assert_eq!(order(&[list(&[1]), list(&[11, 12, 13])]), [11, 1, 12, 13]);
        assert_eq!(order(&[list(&[1, 2, 3, 4]), list(&[]), list(&[21, 22])]), [1, 21, 2, 3, 22, 4]);
    }
}
