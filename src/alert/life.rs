//! The life of each warning: when it begins, and when it ends for whatever reason comes first.
//!
//! All of it follows from the file and not from the order in which messages arrived, so a board that was
//! off for an hour agrees with its neighbours at once. The rules (CAP 1.2, 3.2.1 and 3.2.2):
//!
//! - `Actual` and `Exercise` live; `Test`, `System` and `Draft` never do, and act on nothing.
//! - It begins at `onset`, or at `sent` where there is none, and never before `sent`.
//! - It ends at `expires`, or 6 hours after `sent` where there is none, and in any case 72 hours after
//!   `sent`: a warning that nobody ever withdraws must not outlive its truth.
//! - An Update or a Cancel ends what it refers to at its own `sent`; the Update then lives itself. A
//!   message acts only on messages of its own status: the end of a drill ends no real warning.
//! - References are (sender, identifier, sent) within one file, so one feed cannot cancel another's
//!   warning.
//!
//! A message that is here was sent, whatever it says. One that claims to have been sent later than it came was
//! written by a clock that ran ahead, and all its times are moved back by as much as that: a flood warning must not
//! wait for five days because a clock in an office was wrong.
//!
//! A message with impossible times simply never lives; nothing here fails.

use crate::limits::ALERT_AHEAD_SECONDS_MAX;
use crate::model::alert::{Alert, AlertId, AlertStatus, Alerts, MessageType, RiskLevel};
use jiff::{SignedDuration, Timestamp};
use std::cmp::{Ordering, Reverse};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How long a warning without `expires` stays.
const LIFE_UNSTATED: SignedDuration = SignedDuration::from_hours(6);
/// By how much it may have been sent after it came: two clocks that nobody set to the second.
const AHEAD_MAX: SignedDuration = SignedDuration::from_secs(ALERT_AHEAD_SECONDS_MAX);
/// The longest that any warning stays.
pub const LIFE_MAX: SignedDuration = SignedDuration::from_hours(72);

/// One warning and the half-open span of time in which it is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    pub alert: Arc<Alert>,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Life {
    pub fn covers(&self, t: Timestamp) -> bool {
        self.from <= t && t < self.until
    }

    /// Puts first what must be seen first: a real warning before a drill, then the higher level, then the
    /// newer; the identifier only settles ties, so that two boards settle them alike.
    pub fn order(&self, other: &Life) -> Ordering {
        key(&self.alert).cmp(&key(&other.alert))
    }
}

fn key(alert: &Alert) -> (Reverse<bool>, Reverse<RiskLevel>, Reverse<Timestamp>, &str, &str) {
    (
        Reverse(alert.status == AlertStatus::Actual),
        Reverse(alert.level),
        Reverse(alert.id.sent),
        &alert.id.identifier,
        &alert.id.sender,
    )
}

/// Every warning of `alerts` that is ever in force, in the file's order.
pub fn lives(alerts: &Alerts) -> Vec<Life> {
    lives_here(alerts, Timestamp::MAX)
}

/// The same where the file is known to have been here at `here_since`.
pub fn lives_here(alerts: &Alerts, here_since: Timestamp) -> Vec<Life> {
    let ended = ended(alerts, here_since);
    alerts
        .alerts
        .iter()
        .filter(|message| message.message != MessageType::Cancel)
        .filter_map(|message| {
            let drill = is_drill(message)?;
            let end = ended.get(&(&message.id, drill));
            let alert = as_sent_here(message, here_since);
            let sent = alert.id.sent;
            let from = alert.onset.map_or(sent, |onset| onset.max(sent));
            let mut until = alert.expires.unwrap_or_else(|| after(sent, LIFE_UNSTATED));
            until = until.min(after(sent, LIFE_MAX));
            if let Some(end) = end {
                until = until.min(*end);
            }
            (from < until).then(|| Life { alert: Arc::new(alert), from, until })
        })
        .collect()
}

/// The warnings that another message has ended by `now`.
pub fn withdrawn(alerts: &Alerts, now: Timestamp) -> HashSet<&AlertId> {
    let ended = ended(alerts, Timestamp::MAX);
    let message = alerts.alerts.iter().filter(|message| {
        let end = is_drill(message).and_then(|drill| ended.get(&(&message.id, drill)));
        end.is_some_and(|end| *end <= now)
    });
    message.map(|message| &message.id).collect()
}

/// When an Update or a Cancel ends what it refers to, for real warnings and for drills.
fn ended(alerts: &Alerts, here_since: Timestamp) -> HashMap<(&AlertId, bool), Timestamp> {
    let mut ended: HashMap<(&AlertId, bool), Timestamp> = HashMap::new();
    for message in &alerts.alerts {
        let Some(drill) = is_drill(message) else { continue };
        if message.message == MessageType::Alert {
            continue;
        }
        let sent = message.id.sent.min(after(here_since, AHEAD_MAX));
        for id in message.references.iter().filter(|id| **id != message.id) {
            let end = ended.entry((id, drill)).or_insert(sent);
            *end = (*end).min(sent);
        }
    }
    ended
}

/// The message with its times by a clock that does not run ahead of its coming.
fn as_sent_here(message: &Alert, here_since: Timestamp) -> Alert {
    let mut alert = message.clone();
    let ahead = alert.id.sent.duration_since(here_since);
    if ahead > AHEAD_MAX {
        let back = |moment: Timestamp| moment.checked_sub(ahead).unwrap_or(Timestamp::MIN);
        alert.id.sent = here_since;
        alert.onset = alert.onset.map(back);
        alert.expires = alert.expires.map(back);
    }
    alert
}

/// `None` for what never shows.
fn is_drill(message: &Alert) -> Option<bool> {
    match message.status {
        AlertStatus::Actual => Some(false),
        AlertStatus::Exercise => Some(true),
        AlertStatus::Test | AlertStatus::System | AlertStatus::Draft => None,
    }
}

fn after(sent: Timestamp, life: SignedDuration) -> Timestamp {
    sent.checked_add(life).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::alert::Hazard;

    /// A moment of 24 November 2026 in Viet Nam; an hour past 24 is on a later day.
    fn at(hour: i64) -> Timestamp {
        let midnight: Timestamp = "2026-11-24T00:00:00+07:00".parse().unwrap();
        midnight.checked_add(SignedDuration::from_hours(hour)).unwrap()
    }

    fn id(name: &str, sent: i64) -> AlertId {
        AlertId { sender: "pctt@binhlu.example".into(), identifier: name.into(), sent: at(sent) }
    }

    fn alert(name: &str, sent: i64) -> Alert {
        Alert {
            id: id(name, sent),
            status: AlertStatus::Actual,
            message: MessageType::Alert,
            references: Vec::new(),
            level: RiskLevel::new(3).unwrap(),
            hazard: Hazard::Lu,
            event: "Lũ quét".into(),
            area: String::new(),
            actions: Vec::new(),
            issuer: String::new(),
            onset: None,
            expires: None,
            audio: None,
        }
    }

    /// Asserts each warning's name, and the hours at which it begins and ends.
    fn check(alerts: Vec<Alert>, expected: &[(&str, i64, i64)]) {
        let lives = lives(&Alerts { alerts });
        let seen: Vec<_> = lives.iter().map(|l| (l.alert.id.identifier.as_str(), l.from, l.until)).collect();
        let expected: Vec<_> =
            expected.iter().map(|(name, from, until)| (*name, at(*from), at(*until))).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_warning_without_an_end_stays_six_hours_and_none_stays_longer_than_seventy_two() {
        let long = Alert { expires: Some(at(500)), ..alert("long", 0) };
        let short = Alert { expires: Some(at(2)), ..alert("short", 0) };
        check(vec![alert("open", 0), long, short], &[("open", 0, 6), ("long", 0, 72), ("short", 0, 2)]);
    }

    #[test]
    fn a_warning_waits_for_its_onset_but_never_comes_before_it_was_sent() {
        let later = Alert { onset: Some(at(3)), ..alert("later", 0) };
        let earlier = Alert { onset: Some(at(-3)), ..alert("earlier", 0) };
        let after_its_end = Alert { onset: Some(at(9)), ..alert("never", 0) };
        check(vec![later, earlier, after_its_end], &[("later", 3, 6), ("earlier", 0, 6)]);
    }

    #[test]
    fn only_what_is_actual_or_an_exercise_ever_shows() {
        for (status, shows) in [
            (AlertStatus::Actual, true),
            (AlertStatus::Exercise, true),
            (AlertStatus::Test, false),
            (AlertStatus::System, false),
            (AlertStatus::Draft, false),
        ] {
            let alerts = Alerts { alerts: vec![Alert { status, ..alert("a", 0) }] };
            assert_eq!(lives(&alerts).len(), usize::from(shows), "{status:?}");
        }
    }

    #[test]
    fn an_update_ends_what_it_refers_to_and_a_cancel_ends_the_update() {
        let update =
            Alert { message: MessageType::Update, references: vec![id("one", 0)], ..alert("two", 2) };
        let cancel =
            Alert { message: MessageType::Cancel, references: vec![id("two", 2)], ..alert("three", 4) };
        check(vec![cancel, alert("one", 0), update], &[("one", 0, 2), ("two", 2, 4)]);
    }

    #[test]
    fn a_reference_must_name_sender_identifier_and_moment() {
        let cancel = |reference: AlertId| Alert {
            message: MessageType::Cancel,
            references: vec![reference],
            ..alert("cancel", 2)
        };
        check(vec![alert("one", 0), cancel(id("one", 1))], &[("one", 0, 6)]);
        let other = AlertId { sender: "someone@else.example".into(), ..id("one", 0) };
        check(vec![alert("one", 0), cancel(other)], &[("one", 0, 6)]);
    }

    #[test]
    fn the_end_of_a_drill_or_of_a_test_ends_no_real_warning() {
        for status in [AlertStatus::Exercise, AlertStatus::Test] {
            let cancel = Alert {
                status,
                message: MessageType::Cancel,
                references: vec![id("one", 0)],
                ..alert("two", 1)
            };
            check(vec![alert("one", 0), cancel], &[("one", 0, 6)]);
        }
    }

    #[test]
    fn a_real_warning_comes_before_a_drill_then_the_higher_level_then_the_newer() {
        let level = |n| RiskLevel::new(n).unwrap();
        let drill = Alert { status: AlertStatus::Exercise, level: level(5), ..alert("drill", 0) };
        let high = Alert { level: level(4), ..alert("high", 0) };
        let newer = alert("newer", 1);
        let older = alert("older", 0);
        let mut lives = lives(&Alerts { alerts: vec![drill, older, newer, high] });
        lives.sort_by(Life::order);
        let order: Vec<_> = lives.iter().map(|l| l.alert.id.identifier.as_str()).collect();
        assert_eq!(order, ["high", "newer", "older", "drill"]);
    }

    #[test]
    fn a_warning_that_came_before_it_was_sent_begins_when_it_came_and_lasts_as_long_as_it_should() {
        let days = 5 * 24;
        let warning = Alert { expires: Some(at(days + 3)), ..alert("flood", days) };
        let update =
            Alert { message: MessageType::Update, references: vec![id("old", -1)], ..alert("new", days) };
        let alerts = Alerts { alerts: vec![alert("old", -1), warning, update] };
        let seen: Vec<_> = lives_here(&alerts, at(0))
            .into_iter()
            .map(|life| (life.alert.id.identifier.clone(), life.from, life.until))
            .collect();
        let soon = at(0).checked_add(AHEAD_MAX).unwrap();
        assert_eq!(
            seen,
            [("old".into(), at(-1), soon), ("flood".into(), at(0), at(3)), ("new".into(), at(0), at(6))]
        );
        assert_eq!(lives_here(&alerts, at(days)), lives(&alerts));
    }
}
