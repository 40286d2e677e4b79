//! What is heard of a warning: a siren of three seconds at whole minutes, while the warning is in force, and after it the
//! words that somebody spoke for it, for those who cannot read.
//!
//! Its minutes are counted from the first whole one of the warning's life, which stands in the file: boards that hear
//! one another sound together, and one that restarts has no minute of its own. From level 3 on it sounds every minute, or
//! as often as the words have an end before the next. Below, where life goes on beside the warning, three times, so that a
//! board that fetches the warning two minutes late is heard, and then every ten minutes. A drill has none of it: whoever
//! cannot read takes it for the real thing, and the next real one for a drill.

use crate::alert::life::Life;
use crate::limits::ALERT_SPEECH_MS_MAX;
use crate::model::alert::AlertStatus;
use jiff::{SignedDuration, Timestamp};

/// How long the siren sounds.
pub const LENGTH: SignedDuration = SignedDuration::from_secs(3);
/// From this level on it sounds every minute, in quiet hours too.
pub const GRAVE: u8 = 3;
/// From the siren's start to the first word.
const LEAD_MS: i64 = 4000;
/// The least between the last word and the next siren.
const REST_MS: i64 = 2000;
const MINUTE_MS: i64 = 60_000;
/// Below, it sounds so often in a row at first, and then once in [`SELDOM`] minutes.
const FIRST: i64 = 3;
const SELDOM: i64 = 10;
// Not even the longest words of those that come first last until one that comes seldom.
const _: () = assert!(FIRST * MINUTES_APART_MAX <= SELDOM);
const MINUTES_APART_MAX: i64 = minutes(LEAD_MS + ALERT_SPEECH_MS_MAX as i64 + REST_MS);

const fn minutes(ms: i64) -> i64 {
    (ms + MINUTE_MS - 1) / MINUTE_MS
}

/// The first whole minute of the warning's life, in milliseconds.
fn first_ms(life: &Life) -> i64 {
    let from = life.from.as_millisecond();
    from.div_euclid(MINUTE_MS).saturating_mul(MINUTE_MS).saturating_add(match from.rem_euclid(MINUTE_MS) {
        0 => 0,
        _ => MINUTE_MS,
    })
}

/// How long its words are, in milliseconds.
fn speech_ms(life: &Life) -> i64 {
    let audio = life.alert.audio.as_ref();
    audio.and_then(|audio| audio.duration_ms).map_or(0, |ms| ms.min(ALERT_SPEECH_MS_MAX) as i64)
}

/// From one siren to the next, where it sounds as often as it can.
fn minutes_apart(life: &Life) -> i64 {
    minutes(LEAD_MS + speech_ms(life) + REST_MS)
}

fn sounds_at(life: &Life, minute: i64) -> bool {
    let apart = minutes_apart(life);
    let in_a_row = minute % apart == 0 && (life.alert.level.number() >= GRAVE || minute / apart < FIRST);
    in_a_row || (life.alert.level.number() < GRAVE && minute % SELDOM == 0)
}

/// When the siren started that sounded last before `t`, if its words may not have ended yet.
fn last_ms(life: &Life, t: Timestamp) -> Option<i64> {
    if life.alert.status != AlertStatus::Actual || !life.covers(t) {
        return None;
    }
    let since_ms = t.as_millisecond().saturating_sub(first_ms(life));
    let now = since_ms.div_euclid(MINUTE_MS);
    let minute = (0..minutes_apart(life)).map(|ago| now - ago).find(|at| *at >= 0 && sounds_at(life, *at))?;
    Some(first_ms(life) + minute * MINUTE_MS)
}

/// When what lasts from `from_ms` for `length_ms` started, if that is at `t`.
fn within(from_ms: i64, length_ms: i64, t: Timestamp) -> Option<Timestamp> {
    let span = from_ms..from_ms.saturating_add(length_ms);
    span.contains(&t.as_millisecond()).then(|| Timestamp::from_millisecond(from_ms).ok()).flatten()
}

/// When the siren that sounds at `t` started.
pub fn sounding_since(life: &Life, t: Timestamp) -> Option<Timestamp> {
    within(last_ms(life, t)?, LENGTH.as_millis() as i64, t)
}

/// When the words that are spoken at `t` began.
pub fn speaking_since(life: &Life, t: Timestamp) -> Option<Timestamp> {
    within(last_ms(life, t)?.saturating_add(LEAD_MS), speech_ms(life), t)
}

/// The first moment after `t`, while the warning is in force, at which its siren or its words start or end.
pub fn changes(life: &Life, t: Timestamp) -> Option<Timestamp> {
    if life.alert.status != AlertStatus::Actual {
        return None;
    }
    let first = first_ms(life);
    let since_ms = t.as_millisecond().saturating_sub(first);
    let next = if since_ms < 0 { 0 } else { since_ms / MINUTE_MS + 1 };
    let coming = (next..next.saturating_add(SELDOM)).find(|minute| sounds_at(life, *minute));
    let coming = coming.map(|minute| first.saturating_add(minute.saturating_mul(MINUTE_MS)));
    let words = speech_ms(life);
    let within = last_ms(life, t).into_iter().flat_map(|start| {
        let spoken = (words > 0).then_some([start + LEAD_MS, start + LEAD_MS + words]);
        std::iter::once(start + LENGTH.as_millis() as i64).chain(spoken.into_iter().flatten())
    });
    let moments = within.chain(coming).filter_map(|ms| Timestamp::from_millisecond(ms).ok());
    moments.filter(|moment| *moment > t && life.covers(*moment)).min()
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
            audio: None,
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

    fn speaking(level: u8, seconds: u64) -> Life {
        let life = life(AlertStatus::Actual, level);
        let json = format!(
            r#"{{"path": "lu.mp3", "length": 1, "sha256": "{:064}", "duration_ms": {}}}"#,
            0,
            seconds * 1000
        );
        let audio = Some(serde_json::from_str(&json).unwrap());
        Life { alert: Arc::new(Alert { audio, ..Alert::clone(&life.alert) }), ..life }
    }

    /// When words begin, and when they end.
    fn spoken(life: &Life) -> Vec<(String, String)> {
        let (mut t, mut spoken) = (life.from, Vec::new());
        while let Some(next) = changes(life, t) {
            let said = |t: Timestamp| t.strftime("%M:%S").to_string();
            match (speaking_since(life, t), speaking_since(life, next)) {
                (None, Some(start)) if start == next => spoken.push((said(next), String::new())),
                (Some(_), None) => spoken.last_mut().unwrap().1 = said(next),
                _ => {}
            }
            assert!(sounding_since(life, next).is_none() || speaking_since(life, next).is_none());
            t = next;
        }
        spoken
    }

    #[test]
    fn words_follow_the_siren_and_end_before_the_next() {
        let short = spoken(&speaking(4, 20));
        assert_eq!(short.len(), 29);
        assert_eq!((short[0].0.as_str(), short[0].1.as_str()), ("31:04", "31:24"));
        let long = speaking(4, 70);
        assert_eq!(starts(&long)[..3], ["31:00", "33:00", "35:00"]);
        assert_eq!(spoken(&long)[1], ("33:04".into(), "34:14".into()));
        let endless = speaking(5, 1_000_000);
        assert_eq!(spoken(&endless)[0], ("31:04".into(), "33:04".into()), "no more than two minutes of it");
    }

    #[test]
    fn words_of_a_lesser_warning_come_three_times_and_then_seldom() {
        assert_eq!(starts(&speaking(2, 110)), ["31:00", "33:00", "35:00", "41:00", "51:00"]);
        let told: Vec<String> = spoken(&speaking(1, 10)).into_iter().map(|(start, _)| start).collect();
        assert_eq!(told, ["31:04", "32:04", "33:04", "41:04", "51:04"]);
    }
}
