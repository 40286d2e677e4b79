//! Hours of the day, as several tables of `board.toml` write them.

use crate::model::time::{TimeOfDay, TimeRange};
use crate::say;
use crate::toml_doc::{Said, Section, meant};

/// The span of a table with `from`, `to` and one more key, which `rest` says is there. `example` writes all three.
pub(super) fn from_to(section: &mut Section<'_>, rest: bool, example: &str) -> Option<TimeRange> {
    let start = section.get("from");
    let end = section.get("to");
    if start.is_none() || end.is_none() || !rest {
        section.refuse(
            say!(en: "this entry is not whole", vi: "mục này chưa đủ"),
            say!(en: "write {example}", vi: "hãy viết {example}", example = example),
        );
    }
    let (start, end) = (start.and_then(|said| time(&said)), end.and_then(|said| time(&said)));
    let (start, end) = (start?, end?);
    if start == end {
        let why = say!(en: "`from` and `to` are the same time", vi: "`from` và `to` trùng nhau");
        section.refuse(why, say!(en: "change one of the two", vi: "hãy sửa một trong hai"));
        return None;
    }
    Some(TimeRange { start, end })
}

fn time(said: &Said<'_>) -> Option<TimeOfDay> {
    let text = said.text()?;
    let time = text.parse().ok();
    if time.is_none() {
        let why = say!(en: "`{text}` is not a time of day", vi: "`{text}` không phải là giờ trong ngày", text = text);
        let meant = meant::times(text).and_then(|times| times.into_iter().next()).unwrap_or("22:00".into());
        said.refuse(why, say!(en: "write \"{meant}\"", vi: "hãy viết \"{meant}\""));
    }
    time
}

/// `"22:00-05:00"`.
pub(super) fn time_range(said: &Said<'_>) -> Option<TimeRange> {
    let text = said.text()?;
    let range = text.parse().ok();
    if range.is_none() {
        let why = say!(en: "`{text}` is not a span of the day", vi: "`{text}` không phải là khoảng giờ", text = text);
        let meant = meant::spans(text).and_then(|spans| spans.into_iter().next());
        let meant = meant.unwrap_or("22:00-05:00".into());
        said.refuse(why, say!(en: "write \"{meant}\"", vi: "hãy viết \"{meant}\""));
    }
    range
}
