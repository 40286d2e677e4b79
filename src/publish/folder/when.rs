//! When items may be on: days, hours and moments, and what is said of those that are written in another way.

use crate::model::time::{Day, Moment, TimeOfDay, TimeRange};
use crate::problem::Text;
use crate::say;
use crate::toml_doc::meant::{self, Sure};
use crate::toml_doc::{Said, Section, unknown_word, write_as};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

const DAYS: [(&str, Day); 7] = [
    ("mon", Day::Mon),
    ("tue", Day::Tue),
    ("wed", Day::Wed),
    ("thu", Day::Thu),
    ("fri", Day::Fri),
    ("sat", Day::Sat),
    ("sun", Day::Sun),
];

/// A moment in `zone`. As an end, a bare date runs to the end of that day. `now` decides only which year is meant where
/// none is written.
pub fn moment(said: &Said<'_>, end: bool, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let (text, bare_date) = said.text_or_date()?;
    let text = text.trim();
    let moment = match text.parse::<civil::Date>() {
        Ok(date) if bare_date && end => Some(Moment::Local(date.tomorrow().unwrap_or(date).at(0, 0, 0, 0))),
        _ => text.parse().ok(),
    };
    let instant = moment.and_then(|moment| moment.in_zone(zone).ok());
    if instant.is_none() {
        let (why, remedy) = match moment {
            Some(_) => (
                say!(en: "`{text}` is too far away", vi: "`{text}` quá xa", text = text),
                as_a_date(said.key()),
            ),
            None => not_a_date(said.key(), text, end, now.to_zoned(zone.clone()).date()),
        };
        said.refuse(why, remedy);
    }
    instant
}

fn as_a_date(key: &str) -> Text {
    say!(
        en: "write year-month-day: {key} = 2026-11-24 or {key} = 2026-11-24T07:30:00",
        vi: "hãy viết năm-tháng-ngày: {key} = 2026-11-24 hoặc {key} = 2026-11-24T07:30:00",
        key = key
    )
}

fn not_a_date(key: &str, text: &str, end: bool, today: civil::Date) -> (Text, Text) {
    let slip = meant::not_a_date(text, today);
    let remedy = match (&slip.right, slip.sure) {
        (None, _) => as_a_date(key),
        (Some(right), Sure::Meant) => write_as(key, right),
        (Some(last), Sure::Last) if end => say!(
            en: "write {key} = {last}, if the last day of the month is meant",
            vi: "hãy viết {key} = {last} nếu ý là ngày cuối tháng"
        ),
        (Some(last), Sure::Last) => say!(
            en: "write a day that there is, {key} = {last} at the latest",
            vi: "hãy viết một ngày có thật, muộn nhất là {key} = {last}"
        ),
        (Some(example), Sure::Hour | Sure::Minute) => {
            slip.within(&format!("{key} = {example}")).unwrap_or_else(|| as_a_date(key))
        }
    };
    (slip.why, remedy)
}

/// What a list says, read one by one; or all of it as it should be written, in one message.
fn listed<T>(
    said: &Said<'_>,
    read: impl Fn(&str) -> Option<T>,
    meant: impl Fn(&str) -> Option<Vec<String>>,
    refuse: impl Fn(&str) -> (Text, Text),
) -> Vec<T> {
    let items = if said.is_list() { said.list() } else { vec![*said] };
    let told: Vec<(String, Option<T>)> = items
        .iter()
        .map(|item| {
            let text = item.said().trim();
            (text.to_owned(), read(text).filter(|_| said.is_list()))
        })
        .collect();
    let wrong = told.iter().zip(&items).find(|((_, read), _)| read.is_none());
    if let Some(((text, _), item)) = wrong {
        let written = |(text, read): &(String, Option<T>)| match read {
            Some(_) => Some(vec![text.clone()]),
            None => meant(text),
        };
        let all: Option<Vec<Vec<String>>> = told.iter().map(written).collect();
        let (why, usual) = refuse(text);
        let remedy = all.filter(|all| !all.is_empty()).map_or(usual, |all| {
            let mut words: Vec<String> = Vec::new();
            for word in all.into_iter().flatten() {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            write_as(said.key(), &format!("[{}]", words.join(", ")))
        });
        item.refuse(why, remedy);
    }
    told.into_iter().filter_map(|(_, read)| read).collect()
}

/// The days of the week under `days`.
pub fn days(section: &mut Section<'_>) -> Vec<Day> {
    let Some(said) = section.get("days") else { return Vec::new() };
    let named = |index: usize| DAYS[index].0.to_owned();
    listed(
        &said,
        |text| DAYS.iter().find(|(word, _)| *word == text).map(|(_, day)| *day),
        |text| meant::days(text).map(|days| days.into_iter().map(named).collect()),
        |text| {
            let (why, remedy) = unknown_word("days", text, &DAYS.map(|(word, _)| word));
            match said.is_list() {
                true => (why, remedy),
                false => (
                    say!(en: "`days` is a list, not `{text}`", vi: "`days` là danh sách, không phải `{text}`"),
                    say!(en: "write days = [\"mon\", \"thu\"]", vi: "hãy viết days = [\"mon\", \"thu\"]"),
                ),
            }
        },
    )
}

/// The spans of the day under `times`.
pub fn times(section: &mut Section<'_>) -> Vec<TimeRange> {
    let Some(said) = section.get("times") else { return Vec::new() };
    let read = |text: &str| text.parse::<TimeRange>().ok();
    listed(
        &said,
        read,
        |text| read(text).map(|span| vec![span.to_string()]).or_else(|| meant::spans(text)),
        |text| {
            let why = say!(en: "`{text}` is not a span of the day", vi: "`{text}` không phải là khoảng giờ");
            (why, say!(en: "write times = [\"05:30-07:00\"]", vi: "hãy viết times = [\"05:30-07:00\"]"))
        },
    )
}

/// The times of day under `at`; `None` if there is no such key.
pub fn at(section: &mut Section<'_>) -> Option<Vec<TimeOfDay>> {
    let said = section.get("at")?;
    let read = |text: &str| {
        // A bare TOML time has seconds.
        let short = text.strip_suffix(":00").filter(|short| short.contains(':')).unwrap_or(text);
        short.parse::<TimeOfDay>().ok().filter(|time| time.minutes() < 24 * 60)
    };
    let times = listed(
        &said,
        read,
        |text| read(text).map(|time| vec![time.to_string()]).or_else(|| meant::times(text)),
        |text| {
            let why = say!(en: "`{text}` is not a time of day", vi: "`{text}` không phải là giờ trong ngày");
            (why, say!(en: "write at = [\"05:30\"]", vi: "hãy viết at = [\"05:30\"]"))
        },
    );
    (!said.is_list() || !said.list().is_empty()).then_some(times)
}
