//! Which media files are needed, and which first. Pure.
//!
//! What a warning says comes first. Then sound of announcements and notices before pictures, pictures before films:
//! small things that complete a notice come before large ones that would delay all others. Within a kind, what shows soonest comes first.
//! What will never show again is not needed.

use crate::alert::life;
use crate::model::alert::Alerts;
use crate::model::media::{Media, Sha256};
use crate::model::programme::{Priority, Programme, Window};
use jiff::Timestamp;
use std::collections::HashSet;

/// A file to bring here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Index of the feed in the list given.
    pub feed: usize,
    pub media: Media,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Sound,
    Picture,
    Film,
}

/// Everything that these feeds will still show at `now` or later, in the order of need, each file once.
pub fn needed(feeds: &[(&Programme, &Alerts)], now: Timestamp) -> Vec<Need> {
    let mut ranked = Vec::new();
    for (feed, (programme, alerts)) in feeds.iter().enumerate() {
        let mut add = |media: &Media, kind: Kind, urgent: bool, from: Timestamp| {
            // Urgent notices are alone on the board: nothing of theirs may wait for what is not.
            let rank = (!urgent, kind, from.max(now), media.length, feed, media.sha256);
            ranked.push((rank, Need { feed, media: media.clone() }));
        };
        let withdrawn = life::withdrawn(alerts, now);
        let coming = alerts
            .alerts
            .iter()
            .filter(|alert| alert.expires.is_none_or(|end| end > now) && !withdrawn.contains(&alert.id));
        for media in coming.filter_map(|alert| alert.audio.as_ref()) {
            add(media, Kind::Sound, true, Timestamp::MIN);
        }
        if let Some(emblem) = &programme.emblem {
            add(emblem, Kind::Picture, false, Timestamp::MIN);
        }
        for notice in programme.notices.iter().filter(|notice| !is_over(&notice.window, now)) {
            let (urgent, from) = (notice.priority == Priority::Urgent, start(&notice.window));
            let sounds =
                notice.audio.iter().chain(notice.translations.values().filter_map(|t| t.audio.as_ref()));
            sounds.for_each(|media| add(media, Kind::Sound, urgent, from));
            notice.image.iter().for_each(|media| add(media, Kind::Picture, urgent, from));
            notice.video.iter().for_each(|media| add(media, Kind::Film, urgent, from));
        }
        for call in programme.announcements.iter().filter(|call| !is_over(&call.window, now)) {
            add(&call.audio, Kind::Sound, false, start(&call.window));
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut seen = HashSet::<Sha256>::new();
    ranked.into_iter().map(|(_, need)| need).filter(|need| seen.insert(need.media.sha256)).collect()
}

fn is_over(window: &Window, now: Timestamp) -> bool {
    window.until.is_some_and(|until| until <= now)
}

fn start(window: &Window) -> Timestamp {
    window.from.unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::alert::MessageType;

    fn programme(json: &str) -> Programme {
        // `@name` stands for a media file whose digest and length are told by its name.
        let mut text = String::new();
        for part in json.split('@') {
            match (text.is_empty(), part.split_once('!')) {
                (false, Some((name, rest))) => {
                    let digest = hex::encode(name).repeat(64)[..64].to_owned();
                    text += &format!(r#"{{"path": "{name}", "length": 9, "sha256": "{digest}"}}{rest}"#);
                }
                _ => text += part,
            }
        }
        serde_json::from_str(&text).unwrap()
    }

    fn order(programmes: &[&Programme]) -> Vec<String> {
        let none = Alerts::default();
        let feeds: Vec<_> = programmes.iter().map(|programme| (*programme, &none)).collect();
        paths(&feeds)
    }

    fn paths(feeds: &[(&Programme, &Alerts)]) -> Vec<String> {
        let now = "2026-11-24T00:00:00Z".parse().unwrap();
        needed(feeds, now).into_iter().map(|need| format!("{}{}", need.feed, need.media.path)).collect()
    }

    fn alert(expires: &str) -> crate::model::alert::Alert {
        let alert = serde_json::json!({"sender": "xa", "identifier": "lu", "sent": "2026-11-22T00:00:00Z",
            "status": "Actual", "message": "Alert", "level": 3, "event": "Lũ", "expires": expires});
        serde_json::from_value(alert).unwrap()
    }

    #[test]
    fn what_a_warning_says_comes_before_everything() {
        let xa = programme(
            r#"{"title": "Xã", "notice": [{"title": "now", "priority": "urgent", "audio": @now!}],
            "announcement": [{"audio": @call!, "at": ["05:30"]}]}"#,
        );
        let speaks = |path: &str, expires: &str| {
            let mut alert = alert(expires);
            alert.audio = xa.announcements.first().map(|call| Media {
                path: path.into(),
                sha256: Sha256([path.len() as u8; 32]),
                ..call.audio.clone()
            });
            alert
        };
        let alerts = vec![speaks("lũ", "2026-11-25T00:00:00Z"), speaks("over", "2026-11-23T00:00:00Z")];
        let mut alerts = Alerts { alerts };
        assert_eq!(paths(&[(&xa, &alerts)]), ["0lũ", "0now", "0call"]);
        let mut cancel = alert("2026-11-25T00:00:00Z");
        cancel.message = MessageType::Cancel;
        cancel.references = vec![alerts.alerts[0].id.clone()];
        cancel.id.sent = "2026-11-23T12:00:00Z".parse().unwrap();
        alerts.alerts.push(cancel);
        assert_eq!(paths(&[(&xa, &alerts)]), ["0now", "0call"], "nothing of what was withdrawn");
    }

    #[test]
    fn small_kinds_and_soon_notices_come_first() {
        let xa = programme(
            r#"{"title": "Xã", "emblem": @emblem!, "notice": [
            {"title": "film", "video": @film!},
            {"title": "later", "image": @later!, "from": "2026-12-01T00:00:00Z"},
            {"title": "soon", "image": @soon!, "from": "2026-11-25T00:00:00Z"},
            {"title": "over", "image": @over!, "until": "2026-11-24T00:00:00Z"},
            {"title": "voice", "audio": @voice!, "in": {"hmn": {"audio": @mong!}}},
            {"title": "now", "priority": "urgent", "video": @flood!}],
            "announcement": [{"audio": @call!, "at": ["05:30"]}]}"#,
        );
        assert_eq!(
            order(&[&xa]),
            ["0flood", "0call", "0mong", "0voice", "0emblem", "0soon", "0later", "0film"]
        );
    }

    #[test]
    fn a_file_that_two_feeds_name_is_fetched_once() {
        let a = programme(r#"{"title": "A", "notice": [{"title": "n", "image": @same!}]}"#);
        let b = programme(r#"{"title": "B", "notice": [{"title": "n", "image": @same!, "audio": @own!}]}"#);
        assert_eq!(order(&[&a, &b]), ["1own", "0same"]);
    }
}
