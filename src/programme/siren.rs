//! The siren of a warning: three seconds at whole minutes, while the warning is in force.
//!
//! Its minutes are counted from the first whole one of the warning's life, which stands in the file: boards that hear
//! one another sound together, and one that restarts has no minute of its own. From level 3 on it sounds every minute.
//! Below, where life goes on beside the warning, three times, so that a board that fetches the warning two minutes
//! late is heard, and then every ten minutes. A drill has none: whoever cannot read takes it for the real thing, and
//! the next real one for a drill.

use crate::alert::life::Life;
use crate::model::alert::AlertStatus;
use jiff::{SignedDuration, Timestamp};

/// How long the siren sounds.
pub const LENGTH: SignedDuration = SignedDuration::from_secs(3);
/// From this level on it sounds every minute, in quiet hours too.
pub const GRAVE: u8 = 3;
const MINUTE_MS: i64 = 60_000;
/// Below, it sounds at the first so many minutes, and then once in [`SELDOM`].
const FIRST: i64 = 3;
const SELDOM: i64 = 10;

/// The first whole minute of the warning's life, in milliseconds.
fn first_ms(life: &Life) -> i64 {
    let from = life.from.as_millisecond();
    from.div_euclid(MINUTE_MS).saturating_mul(MINUTE_MS).saturating_add(match from.rem_euclid(MINUTE_MS) {
        0 => 0,
        _ => MINUTE_MS,
    })
}

fn sounds_at(life: &Life, minute: i64) -> bool {
    life.alert.level.number() >= GRAVE || minute < FIRST || minute % SELDOM == 0
}

/// When the siren that sounds at `t` started.
pub fn sounding_since(life: &Life, t: Timestamp) -> Option<Timestamp> {
    if life.alert.status != AlertStatus::Actual || !life.covers(t) {
        return None;
    }
    let since_ms = t.as_millisecond().saturating_sub(first_ms(life));
    let minute = since_ms.div_euclid(MINUTE_MS);
    let within = i128::from(since_ms.rem_euclid(MINUTE_MS)) < LENGTH.as_millis();
    if since_ms < 0 || !within || !sounds_at(life, minute) {
        return None;
    }
    Timestamp::from_millisecond(first_ms(life) + minute * MINUTE_MS).ok()
}

/// The first moment after `t`, while the warning is in force, at which its siren starts or ends.
pub fn changes(life: &Life, t: Timestamp) -> Option<Timestamp> {
    if life.alert.status != AlertStatus::Actual {
        return None;
    }
    if let Some(start) = sounding_since(life, t) {
        return start.checked_add(LENGTH).ok().filter(|end| life.covers(*end));
    }
    let first = first_ms(life);
    let since_ms = t.as_millisecond().saturating_sub(first);
    let next = if since_ms < 0 { 0 } else { since_ms / MINUTE_MS + 1 };
    let minute = (next..next.saturating_add(SELDOM)).find(|minute| sounds_at(life, *minute))?;
    let start = first.saturating_add(minute.saturating_mul(MINUTE_MS));
    Timestamp::from_millisecond(start).ok().filter(|start| life.covers(*start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::alert::{Alert, AlertId, Hazard, MessageType, RiskLevel};
    use std::sync::Arc;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-24T{text}+07:00").parse().unwrap()
    }

    fn life(status: AlertStatus, level: u8) -> Life {
        let id = AlertId { sender: "a".into(), identifier: "1".into(), sent: at("06:30:20") };
        let alert = Alert {
            id,
            status,
            message: MessageType::Alert,
            references: Vec::new(),
            level: RiskLevel::new(level).unwrap(),
            hazard: Hazard::Lu,
            event: "Lũ quét".into(),
            area: String::new(),
            actions: Vec::new(),
            issuer: String::new(),
            onset: None,
            expires: None,
        };
        Life { alert: Arc::new(alert), from: at("06:30:20"), until: at("07:00:01") }
    }

    /// The minutes and seconds at which the siren starts while the warning is in force.
    fn starts(life: &Life) -> Vec<String> {
        let (mut t, mut starts) = (life.from, Vec::new());
        while let Some(next) = changes(life, t) {
            assert!(next > t && next < life.until);
            t = next;
            if sounding_since(life, t) == Some(t) {
                starts.push(t.strftime("%M:%S").to_string());
            }
        }
        starts
    }

    #[test]
    fn a_grave_warning_sounds_at_every_whole_minute_for_three_seconds() {
        let life = life(AlertStatus::Actual, 3);
        let heard = starts(&life);
        assert_eq!((heard.len(), heard[0].as_str(), heard[29].as_str()), (30, "31:00", "00:00"));
        assert_eq!(sounding_since(&life, at("06:40:02.999")), Some(at("06:40:00")));
        assert_eq!(sounding_since(&life, at("06:40:03")), None);
        assert_eq!(sounding_since(&life, at("06:30:21")), None);
        assert_eq!(sounding_since(&life, at("07:01:00")), None);
    }

    #[test]
    fn a_lesser_warning_sounds_three_times_and_then_seldom_and_a_drill_never() {
        for level in [1, 2] {
            let heard = starts(&life(AlertStatus::Actual, level));
            assert_eq!(heard, ["31:00", "32:00", "33:00", "41:00", "51:00"]);
        }
        assert!(starts(&life(AlertStatus::Exercise, 5)).is_empty());
        assert_eq!(sounding_since(&life(AlertStatus::Exercise, 5), at("06:31:01")), None);
    }
}
