//! One warning said in a command's options, put beside those that are published.
//!
//! CAP 1.2 (3.2.1): what is in force is ended by a Cancel, and replaced by an Update, that refer to it. So nothing is
//! taken out of the file that still acts on something in it; what is over and acts on nothing is.

use super::{hazard_of, hazard_words, too_long_to_say};
use crate::alert::life::{self, LIFE_MAX, Life};
use crate::limits;
use crate::model::alert::{Alert, AlertId, AlertStatus, Alerts, MessageType, RiskLevel};
use crate::model::media::Media;
use crate::model::programme::Programme;
use crate::model::time::{Moment, TimeOfDay, told};
use crate::problem::{Problem, Text};
use crate::publish::folder::text::{self, Lines};
use crate::say;
use crate::toml_doc::{meant, out_of_range, unknown_word};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// What somebody typed. Words are not checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub hazard: Option<String>,
    pub level: Option<u8>,
    pub event: Option<String>,
    pub area: Option<String>,
    pub actions: Vec<String>,
    pub until: Option<String>,
    pub from: Option<String>,
    pub issuer: Option<String>,
    pub exercise: bool,
    /// The file that is spoken, measured.
    pub audio: Option<Media>,
    /// The identifier of the one that it takes the place of, which fills in what is not said.
    pub update: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Warn(Box<Draft>),
    /// The identifier.
    Cancel(String),
}

/// All warnings with the new one.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    pub alerts: Alerts,
    /// What was done, for whoever did it.
    pub said: Text,
}

/// Puts it beside what is `held`.
///
/// # Errors
/// Everything that is wrong with what was typed; no warning has this identifier.
pub fn add(
    held: &Alerts,
    programme: Option<&Programme>,
    asked: Asked,
    now: Timestamp,
) -> Result<Added, Vec<Problem>> {
    // Messages tell their moment to the second.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let kept = still_of_use(held, now);
    let zone =
        programme.map_or_else(|| Programme::empty("").timezone, |programme| programme.timezone.clone());
    let (message, said) = match asked {
        Asked::Cancel(id) => cancel(&kept, &id, now, &zone).map_err(|problem| vec![problem])?,
        Asked::Warn(draft) => warn(&kept, programme, *draft, now, &zone)?,
    };
    let mut alerts = kept;
    alerts.alerts.push(message);
    if alerts.alerts.len() > limits::ALERTS_MAX {
        let why = say!(en: "there are more warnings than boards take", vi: "có nhiều cảnh báo hơn mức bảng tin nhận");
        let remedy = say!(
            en: "publish an alerts.json with those that still count",
            vi: "hãy phát hành một tệp alerts.json chỉ gồm các cảnh báo còn cần"
        );
        return Err(vec![Problem::new("alerts.json", why, remedy)]);
    }
    Ok(Added { alerts, said })
}

/// Without what is over for good: past its end by its own times, and acting on nothing that is not.
fn still_of_use(held: &Alerts, now: Timestamp) -> Alerts {
    let by_itself = |alert: &Alert| {
        let alone = Alert { references: Vec::new(), ..alert.clone() };
        life::lives(&Alerts { alerts: vec![alone] }).iter().any(|life| life.until > now)
    };
    let mut kept: Vec<bool> = held.alerts.iter().map(by_itself).collect();
    // What acts on something that is kept is kept too, or a warning that was cancelled would be in force again.
    loop {
        let acts = |at: usize| {
            let message = &held.alerts[at];
            let referred = |other: usize| kept[other] && message.references.contains(&held.alerts[other].id);
            message.message != MessageType::Alert && (0..kept.len()).any(referred)
        };
        let Some(at) = (0..kept.len()).find(|&at| !kept[at] && acts(at)) else { break };
        kept[at] = true;
    }
    let alerts = held.alerts.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(alert, _)| alert.clone());
    Alerts { alerts: alerts.collect() }
}

/// What is in force now or will be.
pub(super) fn coming(held: &Alerts, now: Timestamp) -> Vec<Life> {
    life::lives(held).into_iter().filter(|life| life.until > now).collect()
}

/// The warnings of this identifier, newest first.
fn find(held: &Alerts, id: &str, option: &str, now: Timestamp, zone: &str) -> Result<Vec<Life>, Problem> {
    let lives = coming(held, now);
    let mut found: Vec<Life> = lives.iter().filter(|life| life.alert.id.identifier == id).cloned().collect();
    found.sort_by_key(|life| std::cmp::Reverse(life.alert.id.sent));
    if !found.is_empty() {
        return Ok(found);
    }
    let list: Vec<String> = lives
        .iter()
        .map(|life| {
            format!("{} ({}, {})", life.alert.id.identifier, life.alert.event, told(life.until, zone))
        })
        .collect();
    let why = say!(en: "no warning `{id}` is in force or to come", vi: "không có cảnh báo `{id}` nào đang hoặc sắp có hiệu lực");
    let remedy = match list.is_empty() {
        true => {
            say!(en: "nothing is to be done: there is none at all", vi: "không cần làm gì: hiện không có cảnh báo nào")
        }
        false => say!(en: "there are: {list}", vi: "hiện có: {list}", list = list.join("; ")),
    };
    Err(Problem::new(option, why, remedy))
}

fn cancel(held: &Alerts, id: &str, now: Timestamp, zone: &str) -> Result<(Alert, Text), Problem> {
    let found = find(held, id, "--cancel", now, zone)?;
    let last = &found[0].alert;
    let status = last.status;
    let ended: Vec<&Life> = found.iter().filter(|life| life.alert.status == status).collect();
    let sent = after(ended.iter().map(|life| life.alert.id.sent), now);
    let message = Alert {
        id: AlertId { sent, identifier: fresh(held, &format!("{id}-huy")), ..last.id.clone() },
        message: MessageType::Cancel,
        references: ended.iter().map(|life| life.alert.id.clone()).collect(),
        actions: Vec::new(),
        onset: None,
        expires: None,
        audio: None,
        ..Alert::clone(last)
    };
    let event = &last.event;
    Ok((message, say!(en: "`{id}` ({event}) is withdrawn", vi: "đã rút cảnh báo `{id}` ({event})")))
}

/// Never before what it refers to, whose sender's clock may be some minutes ahead.
fn after(sent: impl Iterator<Item = Timestamp>, now: Timestamp) -> Timestamp {
    sent.fold(now, |now, sent| now.max(sent))
}

/// An identifier that no message has yet.
fn fresh(held: &Alerts, wanted: &str) -> String {
    let is_taken = |id: &str| held.alerts.iter().any(|alert| alert.id.identifier == id);
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|id| !is_taken(id)).unwrap_or_default()
}

/// What is wrong with the options so far.
struct Options {
    problems: Vec<Problem>,
}

impl Options {
    fn refuse(&mut self, option: &str, (why, remedy): (Text, Text)) {
        self.problems.push(Problem::new(option, why, remedy));
    }

    fn words(&mut self, option: &str, words: &str, chars_max: usize) -> Option<String> {
        let key = option.trim_start_matches('-');
        if let Some(fault) = text::old_code(key, words) {
            self.refuse(option, fault);
            return None;
        }
        match text::cleaned(key, words, chars_max, Lines::One) {
            Ok(words) if !words.is_empty() => Some(words),
            Ok(_) => {
                let why = say!(en: "`{key}` is empty", vi: "mục `{key}` trống", key = key);
                self.refuse(option, (why, say!(en: "write something", vi: "hãy viết nội dung")));
                None
            }
            Err(fault) => {
                self.refuse(option, (fault.why, fault.remedy));
                None
            }
        }
    }

    fn missing(&mut self, option: &str, example: &str) {
        let why = say!(en: "`{option}` is missing", vi: "thiếu `{option}`", option = option);
        self.refuse(option, (why, say!(en: "add {option} {example}", vi: "hãy thêm {option} {example}", option = option, example = example)));
    }

    /// A moment as it is typed: hours from now, an hour of the day to come, a date and time, or RFC 3339.
    fn moment(&mut self, option: &str, typed: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let found = moment(typed.trim(), now, zone);
        let slip = meant::not_a_date(typed, now.to_zoned(zone.clone()).date());
        if let (None, Some(remedy)) = (found, slip.as_option(option)) {
            self.refuse(option, (slip.why, remedy));
        } else if found.is_none() {
            let why = say!(en: "`{typed}` is not a time", vi: "`{typed}` không phải là thời điểm");
            let remedy = say!(
                en: "write an hour such as 18:00, a moment such as 2026-12-05T07:00, or hours from now such as +6h",
                vi: "hãy viết giờ như 18:00, thời điểm như 2026-12-05T07:00, hoặc số giờ kể từ bây giờ như +6h"
            );
            self.refuse(option, (why, remedy));
        }
        found
    }
}

/// `18:00`, or as it is said: `18h`, `18h30`, `18 giờ 30`, `18g30`.
fn time_of_day(typed: &str) -> Option<TimeOfDay> {
    let plain = typed.to_lowercase().replace("giờ", "h").replace('g', "h").replace(' ', "");
    let plain = match plain.split_once('h') {
        None => plain,
        Some((hours, "")) => format!("{hours}:00"),
        Some((hours, minutes)) => format!("{hours}:{minutes}"),
    };
    plain.parse().ok()
}

fn moment(typed: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let ahead = typed.strip_prefix('+').and_then(|rest| rest.strip_suffix(['h', 'g']));
    if let Some(hours) = ahead.and_then(|hours| hours.parse::<i64>().ok()) {
        return now
            .checked_add(SignedDuration::from_hours(Some(hours).filter(|hours| (0..=720).contains(hours))?))
            .ok();
    }
    if let Some(time) = time_of_day(typed) {
        let today = now.to_zoned(zone.clone());
        let minutes = i64::from(time.minutes());
        let on = |day: &jiff::Zoned| day.start_of_day().ok()?.checked_add(minutes.minutes()).ok();
        let at = on(&today).map(|at| at.timestamp()).filter(|at| *at > now);
        return at.or_else(|| Some(on(&today.tomorrow().ok()?)?.timestamp()));
    }
    typed.parse::<Moment>().ok()?.in_zone(zone).ok()
}

fn warn(
    held: &Alerts,
    programme: Option<&Programme>,
    draft: Draft,
    now: Timestamp,
    zone: &str,
) -> Result<(Alert, Text), Vec<Problem>> {
    let mut options = Options { problems: Vec::new() };
    let clock = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let old: Vec<Life> = match draft.update.as_deref().map(|id| find(held, id, "--update", now, zone)) {
        None => Vec::new(),
        Some(Ok(found)) => found,
        Some(Err(problem)) => {
            options.problems.push(problem);
            Vec::new()
        }
    };
    let before = old.first().map(|life| &*life.alert);
    let hazard = match draft.hazard.as_deref() {
        Some(word) => hazard_of(word).or_else(|| {
            options.refuse("--hazard", unknown_word("--hazard", word, &hazard_words()));
            None
        }),
        None => before.map(|before| before.hazard),
    };
    let level = match draft.level {
        Some(level) => RiskLevel::new(level).or_else(|| {
            options.refuse("--level", out_of_range("--level", &level, "1", "5"));
            None
        }),
        None => before.map(|before| before.level),
    };
    if draft.level.is_none() && level.is_none() && draft.update.is_none() {
        options.missing("--level", "1 … 5");
    }
    let same_hazard = before.is_some_and(|before| Some(before.hazard) == hazard);
    let event = match (draft.event.as_deref(), before, hazard) {
        (Some(words), ..) => options.words("--event", words, limits::ALERT_EVENT_CHARS_MAX),
        (None, Some(before), _) if same_hazard => Some(before.event.clone()),
        (None, _, Some(hazard)) if !hazard.name().is_empty() => Some(hazard.name().to_owned()),
        (None, _, Some(_)) => {
            options.missing("--event", "\"…\"");
            None
        }
        (None, _, None) => None,
    };
    let area = match (draft.area.as_deref(), before) {
        (Some(words), _) => options.words("--area", words, limits::ALERT_AREA_CHARS_MAX).unwrap_or_default(),
        (None, before) => before.map_or(String::new(), |before| before.area.clone()),
    };
    if draft.actions.len() > limits::ALERT_ACTIONS_MAX {
        let most = limits::ALERT_ACTIONS_MAX;
        let why = say!(en: "there are more than {most}", vi: "có nhiều hơn {most} dòng");
        options.refuse("--action", (why, say!(en: "keep at most {most}", vi: "hãy giữ nhiều nhất {most}")));
    }
    let mut actions: Vec<String> = Vec::new();
    for words in draft.actions.iter().take(limits::ALERT_ACTIONS_MAX) {
        actions.extend(options.words("--action", words, limits::ALERT_ACTION_CHARS_MAX));
    }
    if let Some(before) = before.filter(|_| draft.actions.is_empty()) {
        actions = before.actions.clone();
    }
    let newest = held.alerts.iter().max_by_key(|alert| alert.id.sent);
    let issuer = match draft.issuer.as_deref() {
        Some(words) => options.words("--issuer", words, limits::ALERT_LINE_CHARS_MAX),
        None => {
            let said =
                before.or(newest).map(|alert| alert.issuer.clone()).filter(|issuer| !issuer.is_empty());
            let title = programme.map(|programme| programme.title.clone());
            let short = |title: &String| title.chars().count() <= limits::ALERT_LINE_CHARS_MAX;
            said.or(title.filter(short))
        }
    };
    let sent = after(old.iter().map(|life| life.alert.id.sent), now);
    let onset = draft.from.as_deref().and_then(|typed| options.moment("--from", typed, now, &clock));
    let onset = onset.filter(|onset| *onset > sent);
    let expires = match draft.until.as_deref() {
        Some(typed) => options.moment("--until", typed, now, &clock),
        None => before.and_then(|before| before.expires),
    };
    let start = onset.unwrap_or(sent);
    if let Some(end) = expires {
        let latest = sent.checked_add(LIFE_MAX).unwrap_or(Timestamp::MAX);
        if end <= start || end > latest {
            let (end, from, latest) = (told(end, zone), told(start, zone), told(latest, zone));
            let why = say!(
                en: "the warning would end at {end}, and must end after {from} and at {latest} at the latest",
                vi: "cảnh báo sẽ kết thúc lúc {end}, mà phải kết thúc sau {from} và muộn nhất lúc {latest}"
            );
            options.refuse("--until", (why, say!(en: "write another time; it can be prolonged later with --update", vi: "hãy ghi thời điểm khác; sau này có thể kéo dài bằng --update")));
        }
    }
    let status = match before {
        Some(before) if !draft.exercise => before.status,
        _ if draft.exercise => AlertStatus::Exercise,
        _ => AlertStatus::Actual,
    };
    if let Some(fault) = draft.audio.as_ref().and_then(too_long_to_say) {
        options.refuse("--audio", fault);
    }
    // What was spoken of one hazard says nothing of another.
    let kept = before.filter(|_| same_hazard).and_then(|before| before.audio.clone());
    let keeps_words = draft.audio.is_none() && kept.is_some();
    let audio = draft.audio.or(kept);
    let (Some(hazard), Some(level), Some(event), true) = (hazard, level, event, options.problems.is_empty())
    else {
        return Err(options.problems);
    };
    let date = sent.to_zoned(clock).strftime("%d-%m").to_string();
    let sender = newest.map_or_else(|| "bangtin".to_owned(), |alert| alert.id.sender.clone());
    let message = Alert {
        id: AlertId { sender, identifier: fresh(held, &format!("{}-{date}", hazard.word())), sent },
        status,
        message: if old.is_empty() { MessageType::Alert } else { MessageType::Update },
        references: old
            .iter()
            .filter(|life| life.alert.status == status)
            .map(|life| life.alert.id.clone())
            .collect(),
        level,
        hazard,
        event,
        area,
        actions,
        issuer: issuer.unwrap_or_default(),
        onset,
        expires,
        audio,
    };
    let alone = Alert { references: Vec::new(), ..message.clone() };
    let Some(life) = life::lives(&Alerts { alerts: vec![alone] }).pop() else {
        options.missing("--until", "+6h");
        return Err(options.problems);
    };
    let (from, until) = (told(life.from, zone), told(life.until, zone));
    let (id, event, number) = (&message.id.identifier, &message.event, level.number());
    let (drill_en, drill_vi) = match status {
        AlertStatus::Exercise => (" (a drill)", " (diễn tập)"),
        _ => ("", ""),
    };
    let said = say!(
        en: "`{id}`: {event}{drill_en}, level {number}, from {from} until {until}; to take it off before: --cancel {id}",
        vi: "`{id}`: {event}{drill_vi}, cấp {number}, từ {from} đến {until}; muốn rút sớm: --cancel {id}"
    );
    let said = match message.audio.as_ref().filter(|_| keeps_words) {
        None => said,
        Some(kept) => say!(
            en: "{en}\nit says what it said before ({path}); other words: --audio FILE",
            vi: "{vi}\nlời đọc vẫn như trước ({path}); muốn đổi: --audio TỆP",
            en = said.en, vi = said.vi, path = kept.path),
    };
    Ok((message, said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::alert::Hazard;
    use crate::problem::Speech;
    use crate::publish::folder::Shelf;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00+07:00").parse().unwrap()
    }

    fn flood() -> Draft {
        Draft {
            hazard: Some("lũ quét".into()),
            level: Some(4),
            area: Some("Bản Nà Đon".into()),
            actions: vec!["Lên chỗ cao".into(), "Gọi 112".into()],
            until: Some("18:00".into()),
            ..Draft::default()
        }
    }

    fn added(held: &Alerts, draft: Draft, now: &str) -> Alerts {
        let programme = Programme::empty("Xã Bình Lư");
        add(held, Some(&programme), Asked::Warn(Box::new(draft)), at(now))
            .unwrap_or_else(|problems| panic!("{problems:?}"))
            .alerts
    }

    fn refused(held: &Alerts, asked: Asked) -> String {
        let problems = add(held, None, asked, at("24T07:00")).unwrap_err();
        problems.iter().map(|problem| problem.line(Speech::English) + "\n").collect()
    }

    /// The identifiers of what shows.
    fn shown(alerts: &Alerts, now: &str) -> Vec<String> {
        let lives = life::lives(alerts);
        lives
            .iter()
            .filter(|life| life.covers(at(now)))
            .map(|life| life.alert.id.identifier.clone())
            .collect()
    }

    #[test]
    fn a_warning_is_added_beside_the_others_and_is_what_a_file_could_have_said() {
        let one = added(&Alerts::default(), flood(), "24T07:00");
        let alert = &one.alerts[0];
        assert_eq!(
            (alert.hazard, alert.event.as_str(), alert.issuer.as_str()),
            (Hazard::LuQuet, "Lũ quét", "Xã Bình Lư")
        );
        assert_eq!((alert.id.identifier.as_str(), alert.expires), ("lu-quet-24-11", Some(at("24T18:00"))));
        let storm = Draft {
            hazard: Some("storm".into()),
            level: Some(3),
            until: Some("2026-11-25T06:00".into()),
            ..Draft::default()
        };
        let both = added(&one, storm, "24T08:00");
        assert_eq!(shown(&both, "24T09:00"), ["lu-quet-24-11", "bao-24-11"]);
        let written = serde_json::to_vec(&both).unwrap();
        let no_media = |_: &std::path::Path| unreachable!();
        let mut shelf = Shelf::new(std::path::PathBuf::new(), "alerts.json", &no_media);
        assert_eq!(
            super::super::read(&written, "alerts.json", &mut shelf, at("24T08:00")).unwrap().alerts,
            both
        );
        let night = added(&both, Draft { until: Some("5:00".into()), ..flood() }, "24T22:00");
        assert_eq!(night.alerts.last().unwrap().expires, Some(at("25T05:00")), "the next five o'clock");
        assert_eq!(shown(&night, "24T23:00"), ["bao-24-11", "lu-quet-24-11"]);
    }

    #[test]
    fn a_cancel_ends_the_one_it_names_and_no_later_addition_brings_it_back() {
        let one = added(&Alerts::default(), flood(), "24T07:00");
        let storm = Draft {
            hazard: Some("bao".into()),
            level: Some(3),
            until: Some("+30h".into()),
            ..Draft::default()
        };
        let both = added(&one, storm, "24T07:10");
        let cancelled =
            add(&both, None, Asked::Cancel("lu-quet-24-11".into()), at("24T08:00")).unwrap().alerts;
        assert_eq!(shown(&cancelled, "24T09:00"), ["bao-24-11"]);
        let more = added(&cancelled, Draft { hazard: Some("chay".into()), ..flood() }, "24T09:00");
        assert_eq!(shown(&more, "24T10:00"), ["bao-24-11", "chay-24-11"]);
        let later = added(&more, Draft { until: Some("20:00".into()), ..flood() }, "24T19:00");
        assert_eq!(later.alerts.len(), 2, "what is over, and its end, are taken out: {later:?}");
        let unknown = refused(&both, Asked::Cancel("lu".into()));
        assert!(
            unknown.contains("there are: lu-quet-24-11 (Lũ quét, 2026-11-24 18:00")
                && unknown.contains("bao-24-11"),
            "{unknown}"
        );
        assert!(refused(&Alerts::default(), Asked::Cancel("x".into())).contains("there is none at all"));
    }

    #[test]
    fn an_update_takes_the_place_of_the_one_it_names_and_keeps_what_is_not_said() {
        let one = added(&Alerts::default(), flood(), "24T07:00");
        let update = Draft {
            update: Some("lu-quet-24-11".into()),
            level: Some(5),
            until: Some("23:00".into()),
            ..Draft::default()
        };
        let updated = added(&one, update, "24T08:00");
        assert_eq!(shown(&updated, "24T09:00"), ["lu-quet-24-11-2"]);
        let alert = updated.alerts.last().unwrap();
        assert_eq!((alert.level.number(), alert.area.as_str(), alert.actions.len()), (5, "Bản Nà Đon", 2));
        assert_eq!(alert.expires, Some(at("24T23:00")));
    }

    #[test]
    fn an_hour_is_written_as_it_is_said_and_is_the_next() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        for (typed, expected) in [
            ("22h", "24T22:00"),
            ("22h30", "24T22:30"),
            ("22 giờ 30", "24T22:30"),
            ("6g", "25T06:00"),
            ("6:00", "25T06:00"),
            ("+6h", "25T02:30"),
        ] {
            assert_eq!(moment(typed, at("24T20:30"), &zone), Some(at(expected)), "{typed}");
        }
        for typed in ["25h", "6", "6h5x", "+h", "h"] {
            assert_eq!(moment(typed, at("24T20:30"), &zone), None, "{typed}");
        }
    }

    #[test]
    fn words_that_are_spoken_stay_with_an_update_and_not_with_another_hazard() {
        let json =
            format!(r#"{{"path": "lu.mp3", "length": 9, "sha256": "{:064}", "duration_ms": 20000}}"#, 0);
        let audio: Option<Media> = serde_json::from_str(&json).ok();
        let one = added(&Alerts::default(), Draft { audio: audio.clone(), ..flood() }, "24T07:00");
        assert_eq!(one.alerts[0].audio, audio);
        let update = |hazard: Option<&str>| {
            let hazard = hazard.map(str::to_owned);
            Draft { update: Some("lu-quet-24-11".into()), hazard, ..Draft::default() }
        };
        let same = add(&one, None, Asked::Warn(Box::new(update(None))), at("24T08:00")).unwrap();
        assert_eq!(same.alerts.alerts[1].audio, audio);
        assert!(same.said.en.contains("it says what it said before (lu.mp3)"), "{}", same.said.en);
        assert_eq!(added(&one, update(Some("bao")), "24T08:00").alerts[1].audio, None);
        let cancelled = add(&one, None, Asked::Cancel("lu-quet-24-11".into()), at("24T08:00")).unwrap();
        assert_eq!(cancelled.alerts.alerts[1].audio, None);
        let long = audio.map(|audio| Media { duration_ms: Some(130_000), ..audio });
        let said = refused(&Alerts::default(), Asked::Warn(Box::new(Draft { audio: long, ..flood() })));
        assert!(said.contains("--audio: `lu.mp3` speaks for 130 s"), "{said}");
    }

    #[test]
    fn everything_that_is_wrong_with_the_options_is_told_at_once() {
        let draft = Draft {
            hazard: Some("sóng thần".into()),
            level: Some(6),
            event: Some("a\u{202E}b".into()),
            actions: vec!["x".into(); 5],
            until: Some("hôm nay".into()),
            ..Draft::default()
        };
        let said = refused(&Alerts::default(), Asked::Warn(Box::new(draft)));
        for part in ["--hazard", "--level", "--event: ", "--action", "--until: `hôm nay` is not a time"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let until = |typed: &str| Draft { until: Some(typed.into()), ..flood() };
        let said = refused(&Alerts::default(), Asked::Warn(Box::new(until("24/11/2026 18h"))));
        assert!(said.contains("as it is written here; write --until 2026-11-24T18:00"), "{said}");
        let long = refused(&Alerts::default(), Asked::Warn(Box::new(until("+100h"))));
        assert!(long.contains("2026-11-27 07:00 (Asia/Ho_Chi_Minh) at the latest"), "{long}");
        let bare = Draft { hazard: Some("canh-bao".into()), ..Draft::default() };
        let said = refused(&Alerts::default(), Asked::Warn(Box::new(bare)));
        assert!(said.contains("`--level` is missing") && said.contains("`--event` is missing"), "{said}");
    }
}
