//! Which of the warnings in force has the board.
//!
//! One alone has it until something changes. Several take turns, each for as long as it takes to read, the gravest
//! first (see [`Life::order`]): a hailstorm in one valley must not hide the flood in the next. While the gravest is of
//! level 4 or 5, every other turn is its. An exercise never shows beside a real warning: "no real disaster" must not
//! stand there then.
//!
//! Turns are counted from the last moment at which a warning began, so two boards agree without talking, and what is
//! new comes at once; and the gravest is alone for its first two minutes, in which boards fetch it, lest the first that
//! a board shows of it be another's turn.

use super::reading::syllables;
use super::rotation::{self, Turn};
use crate::alert::life::Life;
use crate::model::alert::{Alert, AlertStatus};
use crate::model::board::Reading;
use jiff::{SignedDuration, Timestamp};

/// How long the gravest is alone: two polls of a board.
const ALONE: SignedDuration = SignedDuration::from_mins(2);
/// From this level on every other turn is the gravest's.
const GRAVE: u8 = 4;
/// The least that a turn lasts, before it is doubled (LOOK.md section 7).
const TURN_MS_MIN: u64 = 10_000;
/// A warning stays twice as long as a notice of as many syllables.
const SLOWLY: u64 = 2;

/// Who has the board, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// In the order given.
    pub at: usize,
    /// From when to when, where several take turns.
    pub turn: Option<(Timestamp, Timestamp)>,
    /// When another may have it although none begins or ends.
    pub until: Option<Timestamp>,
}

/// How long a turn of the warning lasts, in milliseconds.
fn turn_ms(alert: &Alert, pace: Reading) -> u64 {
    let said = [&alert.event, &alert.area].into_iter().chain(&alert.actions);
    let syllables = said.map(|text| syllables(text)).sum::<usize>();
    pace.milliseconds(syllables).max(TURN_MS_MIN) * SLOWLY
}

/// Which of `in_force`, the gravest first, has the board at `t`; `None` of none.
pub fn shown(in_force: &[&Life], pace: Reading, t: Timestamp) -> Option<Shown> {
    let gravest = in_force.first()?;
    let real = |life: &&&Life| life.alert.status == AlertStatus::Actual;
    let count = match real(&gravest) {
        true => in_force.iter().take_while(real).count(),
        false => in_force.len(),
    };
    if count == 1 {
        return Some(Shown { at: 0, turn: None, until: None });
    }
    let alone_until = gravest.from.checked_add(ALONE).unwrap_or(Timestamp::MAX);
    if t < alone_until {
        return Some(Shown { at: 0, turn: None, until: Some(alone_until) });
    }
    let began = in_force[..count].iter().map(|life| life.from).max().unwrap_or(gravest.from);
    let from_ms = began.max(alone_until).as_millisecond();
    let turn = |item: usize| Turn { item, length_ms: turn_ms(&in_force[item].alert, pace) };
    let turns: Vec<Turn> = match gravest.alert.level.number() >= GRAVE {
        true => (1..count).flat_map(|other| [turn(0), turn(other)]).collect(),
        false => (0..count).map(turn).collect(),
    };
    let t_ms = t.as_nanosecond().div_euclid(1_000_000) as i64;
    let position = rotation::position(&turns, &[], t_ms.saturating_sub(from_ms))?;
    let moment = |ms: i64| Timestamp::from_millisecond(ms.saturating_add(from_ms)).unwrap_or(Timestamp::MAX);
    let (start, end) = (moment(position.turn_ms.start), moment(position.turn_ms.end));
    Some(Shown { at: position.item, turn: Some((start, end)), until: Some(end) })
}
