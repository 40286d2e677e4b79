//! From verified bytes to what they say: `programme.json` and `alerts.json`.
//!
//! A signature says who wrote it, not that it makes sense: another version of the publisher, or another
//! program, may have signed it. What is not a programme at all is refused whole; one notice, ticker line,
//! announcement or warning that makes no sense is left out with a problem that names it, and the others
//! show. Unknown fields are ignored, so that an old board reads a newer publisher.
//!
//! Everything is bounded while it is read, for whoever holds a key can sign 32 MiB of `[0,0,…`: how deep it goes, how
//! many items a list has, how long each is before it is looked into, and how many problems are kept. A list is first
//! only cut into its items, which stay where they are in the file; each is then read by itself. What is made of a file
//! takes less than 100 MB beside it (tests/e2e/bombs.py measures it).

use super::json_shape::Shape;
use crate::limits::*;
use crate::model::alert::{Alert, Alerts};
use crate::model::media::Media;
use crate::model::programme::{Announcement, Notice, Programme, Ticker};
use crate::problem::{Problem, Text};
use crate::say;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use sha2::Digest;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// `programme.json`, its values as they were written.
#[derive(Deserialize)]
struct ProgrammeFile<'a> {
    #[serde(borrow)]
    title: &'a RawValue,
    #[serde(borrow, default)]
    timezone: Option<&'a RawValue>,
    #[serde(borrow, default)]
    emblem: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "notice")]
    notices: Items<'a, NOTICES_MAX>,
    #[serde(borrow, default, rename = "ticker")]
    tickers: Items<'a, TICKERS_MAX>,
    #[serde(borrow, default, rename = "announcement")]
    announcements: Items<'a, ANNOUNCEMENTS_MAX>,
}

/// `alerts.json`, its values as they were written.
#[derive(Deserialize)]
struct AlertsFile<'a> {
    #[serde(borrow)]
    alerts: Items<'a, ALERTS_MAX>,
}

/// The first `MAX` items of a list, each where it stands in the file, and how many there are.
#[derive(Default)]
struct Items<'a, const MAX: usize> {
    written: Vec<&'a RawValue>,
    count: usize,
}

impl<'de: 'a, 'a, const MAX: usize> Deserialize<'de> for Items<'a, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<const MAX: usize>;
        impl<'de, const MAX: usize> Visitor<'de> for List<MAX> {
            type Value = Items<'de, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items<'de, MAX>, A::Error> {
                let mut items = Items { written: Vec::new(), count: 0 };
                while items.count < MAX
                    && let Some(item) = list.next_element::<&RawValue>()?
                {
                    items.written.push(item);
                    items.count += 1;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    items.count += 1;
                }
                Ok(items)
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// What was found wrong, of which no more is kept than anybody reads.
#[derive(Default)]
struct Findings {
    problems: Vec<Problem>,
    more: usize,
}

impl Findings {
    fn note(&mut self, name: &str, why: Text) {
        match self.problems.len() < PROBLEMS_TOLD_MAX {
            true => self.problems.push(left_out(name, why)),
            false => self.more += 1,
        }
    }

    fn finish(mut self) -> Vec<Problem> {
        if self.more > 0 {
            let why = say!(en: "{more} more of the kind", vi: "còn {more} mục như vậy", more = self.more);
            self.problems.push(left_out("…", why));
        }
        self.problems
    }
}

/// Reads `programme.json`. The error is for people who know the format: which field, which line.
pub(super) fn programme(bytes: &[u8]) -> Result<(Programme, Vec<Problem>), String> {
    let file: ProgrammeFile<'_> = read(bytes)?;
    let mut findings = Findings::default();
    let mut programme = Programme::empty(&short::<String>("title", file.title)?);
    if let Some(timezone) = file.timezone {
        programme.timezone = short("timezone", timezone)?;
    }
    if let Err(error) = jiff::tz::TimeZone::get(&programme.timezone) {
        return Err(error.to_string());
    }
    if programme.title.chars().count() > TITLE_CHARS_MAX {
        programme.title = programme.title.chars().take(TITLE_CHARS_MAX).collect();
        findings.note("title", too_long());
    }
    if let Some(emblem) = file.emblem {
        match short::<Option<Media>>("emblem", emblem) {
            Err(_) => findings.note("emblem", say!(en: "it is malformed", vi: "sai định dạng")),
            Ok(Some(emblem)) if media(&emblem).is_some() => findings.note("emblem", bad_size()),
            Ok(emblem) => programme.emblem = emblem,
        }
    }
    let (mut seen, mut tags, mut translations) = (HashSet::new(), 0, 0);
    let of_notice = |notice: &Notice| {
        if let Some(fault) = notice_fault(notice) {
            return Some(fault);
        }
        tags += notice.boards.len();
        translations += notice.translations.len();
        if tags > TAGS_IN_ALL_MAX || translations > TRANSLATIONS_IN_ALL_MAX {
            return Some(say!(
                en: "there are too many tags or translations in all",
                vi: "tổng số thẻ bảng hoặc bản dịch quá nhiều"
            ));
        }
        let twice = !notice.id.is_empty() && !seen.insert(sha2::Sha256::digest(&notice.id));
        twice.then(|| say!(en: "its id is used twice", vi: "mã (id) bị trùng"))
    };
    programme.notices =
        items(file.notices, "notice", &mut findings, of_notice).into_iter().map(Arc::new).collect();
    programme.tickers = items(file.tickers, "ticker", &mut findings, |line: &Ticker| {
        let long = line.text.chars().count() > TICKER_CHARS_MAX || line.boards.len() > TAGS_MAX;
        long.then(too_long)
    });
    programme.announcements =
        items(file.announcements, "announcement", &mut findings, |call: &Announcement| {
            let long = call.at.len().max(call.window.times.len()) > TIMES_MAX || call.boards.len() > TAGS_MAX;
            if long { Some(too_long()) } else { media(&call.audio) }
        });
    Ok((programme, findings.finish()))
}

/// Reads `alerts.json`.
pub(super) fn alerts(bytes: &[u8]) -> Result<(Alerts, Vec<Problem>), String> {
    let file: AlertsFile<'_> = read(bytes)?;
    let mut findings = Findings::default();
    let mut alerts: Vec<Alert> = items(file.alerts, "alert", &mut findings, |alert: &Alert| {
        (alert.references.len() > ALERT_REFERENCES_MAX).then(too_long)
    });
    for alert in &mut alerts {
        if let Some(fault) = alert.audio.as_ref().and_then(media) {
            findings.note(&format!("audio of alert `{}`", alert.id.identifier), fault);
            alert.audio = None;
        }
    }
    Ok((Alerts { alerts }, findings.finish()))
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
    // A list would be taken for a table's fields in order.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err("it is not a JSON object".into());
    }
    // How many values there may be is bounded list by list.
    Shape { depth_max: JSON_DEPTH_MAX, values_max: usize::MAX }.check(bytes)?;
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// A value that is not longer than one item may be.
fn short<T: DeserializeOwned>(field: &str, written: &RawValue) -> Result<T, String> {
    if written.get().len() > ITEM_BYTES_MAX {
        return Err(format!("`{field}` is longer than {ITEM_BYTES_MAX} bytes"));
    }
    serde_json::from_str(written.get()).map_err(|error| format!("`{field}`: {error}"))
}

/// What can be read out of a list and has no fault.
fn items<T: DeserializeOwned, const MAX: usize>(
    list: Items<'_, MAX>,
    kind: &str,
    findings: &mut Findings,
    mut fault: impl FnMut(&T) -> Option<Text>,
) -> Vec<T> {
    let mut good = Vec::with_capacity(list.written.len());
    for (index, written) in list.written.iter().enumerate() {
        let json = written.get();
        // Nothing is made of what is too long to be right.
        let read = (json.len() <= ITEM_BYTES_MAX).then(|| serde_json::from_str::<T>(json));
        let why = match read {
            None => too_long(),
            Some(Ok(item)) => match fault(&item) {
                None => {
                    good.push(item);
                    continue;
                }
                Some(why) => why,
            },
            Some(Err(error)) => {
                say!(en: "it is malformed: {error}", vi: "sai định dạng: {error}", error = error)
            }
        };
        findings.note(&name_of(json, kind, index), why);
    }
    if list.count > MAX {
        findings.note(
            kind,
            say!(en: "only the first {max} are shown", vi: "chỉ hiện {max} mục đầu tiên", max = MAX),
        );
    }
    good.shrink_to_fit();
    good
}

fn name_of(json: &str, kind: &str, index: usize) -> String {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
        #[serde(borrow, default)]
        identifier: Option<&'a RawValue>,
        #[serde(borrow, default)]
        title: Option<&'a RawValue>,
    }
    let named: Option<Named<'_>> = serde_json::from_str(json).ok();
    let said = |field: Option<&RawValue>| short::<String>("", field?).ok().filter(|name| !name.is_empty());
    let name = named
        .and_then(|named| said(named.id).or_else(|| said(named.identifier)).or_else(|| said(named.title)));
    match name {
        Some(name) => format!("{kind} `{}`", name.chars().take(80).collect::<String>()),
        None => format!("{kind} {}", index + 1),
    }
}

fn notice_fault(notice: &Notice) -> Option<Text> {
    let long = |title: &str, text: &str| {
        title.chars().count() > TITLE_CHARS_MAX || text.chars().count() > TEXT_CHARS_MAX
    };
    let many = notice.boards.len() > TAGS_MAX
        || notice.window.times.len() > TIMES_MAX
        || notice.translations.len() > LANGUAGES_MAX;
    let named = notice.id.chars().count() > TITLE_CHARS_MAX;
    let translated = || notice.translations.values().any(|t| long(&t.title, &t.text));
    if many || named || long(&notice.title, &notice.text) || translated() {
        return Some(too_long());
    }
    let own = [&notice.image, &notice.video, &notice.audio].into_iter().flatten();
    own.chain(notice.translations.values().filter_map(|t| t.audio.as_ref())).find_map(media)
}

fn media(media: &Media) -> Option<Text> {
    let (width, height) = (media.width.unwrap_or(1), media.height.unwrap_or(1));
    let fits = (1..=MEDIA_BYTES_MAX).contains(&media.length)
        && (1..=PICTURE_SIDE_MAX).contains(&width)
        && (1..=PICTURE_SIDE_MAX).contains(&height)
        && u64::from(width) * u64::from(height) <= PICTURE_PIXELS_MAX;
    (!fits).then(bad_size)
}

fn too_long() -> Text {
    say!(en: "it is too long", vi: "quá dài")
}

fn bad_size() -> Text {
    say!(en: "a media file in it is empty or too large", vi: "có tệp hình, phim hoặc âm thanh rỗng hoặc quá lớn")
}

fn left_out(name: &str, why: Text) -> Problem {
    Problem::new(
        name,
        say!(en: "left out: {en}", vi: "không hiển thị: {vi}", en = why.en, vi = why.vi),
        say!(en: "correct it and publish again", vi: "hãy sửa lại và xuất bản lại"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    fn check(json: &str) -> (Vec<String>, Vec<String>) {
        let (programme, problems) = programme(json.as_bytes()).unwrap();
        let shown = programme.notices.iter().map(|notice| notice.id.clone()).collect();
        (shown, problems.iter().map(|p| p.line(Speech::English)).collect())
    }

    #[test]
    fn one_bad_notice_never_costs_the_others() {
        let (shown, problems) = check(
            r#"{"title": "Xã", "notice": [
                {"id": "a", "title": "A"},
                {"id": "b", "title": 7},
                {"id": "c", "title": "C", "from": "never"},
                {"id": "a", "title": "again"},
                {"id": "d", "title": "D", "image": {"path": "x.jpg", "length": 0, "sha256":
                 "0000000000000000000000000000000000000000000000000000000000000000"}},
                {"id": "e", "title": "E", "new-field": 1}]}"#,
        );
        assert_eq!(shown, ["a", "e"]);
        assert_eq!(problems.len(), 4);
        assert!(problems[0].starts_with("notice `b`: left out: it is malformed"), "{}", problems[0]);
        assert!(problems[2].contains("used twice"), "{}", problems[2]);
    }

    #[test]
    fn what_is_no_programme_at_all_is_refused() {
        for bad in [
            "",
            "{",
            "[]",
            "{}",
            "{\"title\": 1}",
            "{\"title\": \"A\", \"notice\": 3}",
            "{\"title\": \"A\", \"timezone\": \"Mars/Olympus\"}",
        ] {
            assert!(programme(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(alerts(b"[]").is_err());
    }

    #[test]
    fn texts_beyond_all_reading_are_left_out() {
        let long = "a".repeat(TEXT_CHARS_MAX + 1);
        let (shown, problems) = check(&format!(
            r#"{{"title": "Xã", "notice": [{{"id": "a", "title": "A", "text": "{long}"}}]}}"#
        ));
        assert!(shown.is_empty());
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn one_bad_warning_never_costs_the_others() {
        let json = r#"{"alerts": [
            {"sender": "x", "identifier": "1", "sent": "2026-11-24T00:00:00Z", "status": "Actual",
             "message": "Alert", "level": 3, "event": "Lũ"},
            {"sender": "x", "identifier": "2", "sent": "2026-11-24T00:00:00Z", "status": "Actual",
             "message": "Alert", "level": 9, "event": "Lũ"}]}"#;
        let (alerts, problems) = alerts(json.as_bytes()).unwrap();
        assert_eq!(alerts.alerts.len(), 1);
        assert!(problems[0].line(Speech::English).starts_with("alert `2`"), "{}", problems[0]);
    }

    #[test]
    fn words_that_make_no_sense_cost_no_warning() {
        let zeros = "0".repeat(64);
        let empty = format!(r#"{{"path": "a", "length": 0, "sha256": "{zeros}"}}"#);
        let good = format!(r#"{{"path": "a", "length": 1, "sha256": "{zeros}"}}"#);
        for (audio, spoken, told) in
            [("7", false, 0), ("[{}]", false, 0), (&empty, false, 1), (&good, true, 0)]
        {
            let json = format!(
                r#"{{"alerts": [{{"sender": "x", "identifier": "1", "sent": "2026-11-24T00:00:00Z",
                "status": "Actual", "message": "Alert", "level": 3, "event": "Lũ", "audio": {audio}}}]}}"#
            );
            let (alerts, problems) = alerts(json.as_bytes()).unwrap();
            assert_eq!((alerts.alerts[0].audio.is_some(), problems.len()), (spoken, told), "{audio}");
        }
    }

    #[test]
    fn lists_beyond_all_use_and_items_beyond_all_reading_cost_a_few_problems() {
        let (shown, problems) = check(&format!(r#"{{"title": "Xã", "notice": [{}0]}}"#, "0,".repeat(30_000)));
        assert!(shown.is_empty());
        assert_eq!(problems.len(), PROBLEMS_TOLD_MAX + 1);
        assert!(problems[PROBLEMS_TOLD_MAX].contains("19901 more"), "{}", problems[PROBLEMS_TOLD_MAX]);
        let tags = format!(r#"[{}""]"#, r#""","#.repeat(TAGS_MAX));
        let long = format!(r#""{}""#, "a".repeat(ITEM_BYTES_MAX));
        let (shown, problems) = check(&format!(
            r#"{{"title": "Xã", "notice": [{{"id": "tags", "title": "A", "boards": {tags}}},
             {{"id": "long", "title": {long}}}, {{"id": "fine", "title": "A"}}]}}"#
        ));
        assert_eq!((shown, problems.len()), (vec!["fine".into()], 2));
        assert!(programme(format!(r#"{{"title": {long}}}"#).as_bytes()).is_err());
    }

    #[test]
    fn what_is_nested_without_end_is_refused_before_it_is_parsed() {
        for levels in ["[", "{\"a\":"] {
            let deep = format!(r#"{{"title": "Xã", "x": {}"#, levels.repeat(100_000));
            let error = programme(deep.as_bytes()).unwrap_err();
            assert!(error.contains("levels deep"), "{error}");
        }
        let (_, problems) = check(&format!(r#"{{"title": "[[\"{}", "notice": []}}"#, "[{".repeat(100)));
        assert_eq!(problems.len(), 0, "brackets in words are words");
    }
}
