//! From verified bytes to what they say: `programme.json` and `alerts.json`.
//!
//! A signature says who wrote it, not that it makes sense: another version of the publisher, or another
//! program, may have signed it. What is not a programme at all is refused whole; one notice, ticker line,
//! announcement or warning that makes no sense is left out with a problem that names it, and the others
//! show. Unknown fields are ignored, so that an old board reads a newer publisher.

use crate::limits::*;
use crate::model::alert::{Alert, Alerts};
use crate::model::media::Media;
use crate::model::programme::{Announcement, Notice, Programme, Ticker};
use crate::problem::{Problem, Text};
use crate::say;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashSet;

/// Reads `programme.json`. The error is for people who know the format: which field, which line.
pub(super) fn programme(bytes: &[u8]) -> Result<(Programme, Vec<Problem>), String> {
    let mut problems = Vec::new();
    must_be_a_table(bytes)?;
    let mut programme: Programme = match serde_json::from_slice(bytes) {
        Ok(programme) => programme,
        Err(_) => item_by_item(bytes, &mut problems)?,
    };
    if let Err(error) = jiff::tz::TimeZone::get(&programme.timezone) {
        return Err(error.to_string());
    }
    if programme.title.chars().count() > TITLE_CHARS_MAX {
        programme.title = programme.title.chars().take(TITLE_CHARS_MAX).collect();
        problems.push(left_out("title", too_long()));
    }
    if programme.notices.len() > NOTICES_MAX {
        programme.notices.truncate(NOTICES_MAX);
        problems.push(left_out(
            "notice",
            say!(en: "only the first {max} are shown", vi: "chỉ hiện {max} tin đầu tiên",
            max = NOTICES_MAX),
        ));
    }
    if programme.emblem.as_ref().is_some_and(|emblem| media(emblem).is_some()) {
        programme.emblem = None;
        problems.push(left_out("emblem", bad_size()));
    }
    let mut seen = HashSet::with_capacity(programme.notices.len());
    keep(&mut programme.notices, "notice", &mut problems, |notice| {
        let fault = notice_fault(notice);
        if fault.is_none() && !notice.id.is_empty() && !seen.insert(notice.id.clone()) {
            return Some(say!(en: "its id is used twice", vi: "mã (id) bị trùng"));
        }
        fault
    });
    keep(&mut programme.tickers, "ticker", &mut problems, |line: &Ticker| {
        (line.text.chars().count() > TICKER_CHARS_MAX).then(too_long)
    });
    keep(&mut programme.announcements, "announcement", &mut problems, |call: &Announcement| {
        media(&call.audio)
    });
    Ok((programme, problems))
}

/// Reads `alerts.json`.
pub(super) fn alerts(bytes: &[u8]) -> Result<(Alerts, Vec<Problem>), String> {
    let mut problems = Vec::new();
    must_be_a_table(bytes)?;
    let alerts = match serde_json::from_slice::<Alerts>(bytes) {
        Ok(alerts) => alerts,
        Err(_) => {
            let mut document = object(bytes)?;
            Alerts { alerts: items::<Alert>(&mut document, "alerts", "alert", &mut problems)? }
        }
    };
    Ok((alerts, problems))
}

/// A list would be taken for a table's fields in order.
fn must_be_a_table(bytes: &[u8]) -> Result<(), String> {
    let is_table = bytes.trim_ascii_start().first() == Some(&b'{');
    is_table.then_some(()).ok_or_else(|| "it is not a JSON object".into())
}

fn item_by_item(bytes: &[u8], problems: &mut Vec<Problem>) -> Result<Programme, String> {
    let mut document = object(bytes)?;
    let notices: Vec<Notice> = items(&mut document, "notice", "notice", problems)?;
    let tickers: Vec<Ticker> = items(&mut document, "ticker", "ticker", problems)?;
    let announcements: Vec<Announcement> = items(&mut document, "announcement", "announcement", problems)?;
    if document.get("emblem").is_some_and(|emblem| serde_json::from_value::<Media>(emblem.clone()).is_err()) {
        document.remove("emblem");
        problems.push(left_out("emblem", say!(en: "it is malformed", vi: "sai định dạng")));
    }
    let head: Programme =
        serde_json::from_value(Value::Object(document)).map_err(|error| error.to_string())?;
    Ok(Programme { notices, tickers, announcements, ..head })
}

fn object(bytes: &[u8]) -> Result<serde_json::Map<String, Value>, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// Takes the list `field` out of the document, and what can be read out of the list.
fn items<T: DeserializeOwned>(
    document: &mut serde_json::Map<String, Value>,
    field: &str,
    kind: &str,
    problems: &mut Vec<Problem>,
) -> Result<Vec<T>, String> {
    let list = match document.remove(field) {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(format!("`{field}` is not a list")),
    };
    let mut good = Vec::with_capacity(list.len());
    for (index, item) in list.into_iter().enumerate() {
        let name = name_of(&item, kind, index);
        match serde_json::from_value(item) {
            Ok(item) => good.push(item),
            Err(error) => problems.push(left_out(
                &name,
                say!(en: "it is malformed: {error}", vi: "sai định dạng: {error}", error = error),
            )),
        }
    }
    Ok(good)
}

fn name_of(item: &Value, kind: &str, index: usize) -> String {
    let field = |name| item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match field("id").or_else(|| field("identifier")).or_else(|| field("title")) {
        Some(name) => format!("{kind} `{}`", name.chars().take(80).collect::<String>()),
        None => format!("{kind} {}", index + 1),
    }
}

fn keep<T>(
    list: &mut Vec<T>,
    kind: &str,
    problems: &mut Vec<Problem>,
    mut fault: impl FnMut(&T) -> Option<Text>,
) where
    T: Named,
{
    let mut index = 0;
    list.retain(|item| {
        index += 1;
        let Some(why) = fault(item) else { return true };
        let name = item.name().map_or_else(|| format!("{kind} {index}"), |name| format!("{kind} `{name}`"));
        problems.push(left_out(&name, why));
        false
    });
}

trait Named {
    fn name(&self) -> Option<&str>;
}
impl Named for Notice {
    fn name(&self) -> Option<&str> {
        Some(self.id.as_str()).filter(|id| !id.is_empty())
    }
}
impl Named for Ticker {
    fn name(&self) -> Option<&str> {
        None
    }
}
impl Named for Announcement {
    fn name(&self) -> Option<&str> {
        None
    }
}

fn notice_fault(notice: &Notice) -> Option<Text> {
    let long = |title: &str, text: &str| {
        title.chars().count() > TITLE_CHARS_MAX || text.chars().count() > TEXT_CHARS_MAX
    };
    if long(&notice.title, &notice.text) || notice.translations.values().any(|t| long(&t.title, &t.text)) {
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
        let shown = programme.notices.into_iter().map(|notice| notice.id).collect();
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
}
