//! `alerts.json` as an official writes it, checked from end to end before anything is signed.
//!
//! [`read`] takes the file's bytes and gives either warnings that can be signed as they are, or every mistake in
//! them at once, each with its place as JSON tools write it (`alerts[2].event`, the first being 0) and what to do.
//! Boards read the same file leniently, so that an old board reads a newer publisher; here an unknown key is a
//! mistake, because a misspelt `expires` leaves a warning up for hours.
//!
//! Pure: no clock, no disk. `now` decides which moments cannot be, and what [`outlook`] counts.

pub mod one;
mod table;

#[cfg(test)]
mod tests;

use super::folder::text::{Lines, folded};
use super::folder::{Fault, Role, Shelf};
use crate::alert::life;
use crate::limits;
use crate::model::alert::{Alert, AlertId, AlertStatus, Alerts, Hazard, MessageType, RiskLevel};
use crate::model::media::Media;
use crate::model::time::{ZONE_UNSTATED, told};
use crate::problem::{Problem, Text};
use crate::{say, toml_doc};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use table::{Findings, Table};

const STATUSES: [(&str, AlertStatus); 5] = [
    ("Actual", AlertStatus::Actual),
    ("Exercise", AlertStatus::Exercise),
    ("Test", AlertStatus::Test),
    ("System", AlertStatus::System),
    ("Draft", AlertStatus::Draft),
];
const MESSAGES: [(&str, MessageType); 3] =
    [("Alert", MessageType::Alert), ("Update", MessageType::Update), ("Cancel", MessageType::Cancel)];
/// What people call hazards besides their words and names.
const ALSO: [(&str, Hazard); 15] = [
    ("ngap-lut", Hazard::Lu),
    ("lu-lut", Hazard::Lu),
    ("lo-dat", Hazard::SatLo),
    ("sat-lo-dat", Hazard::SatLo),
    ("typhoon", Hazard::Bao),
    ("ap-thap-nhiet-doi", Hazard::Bao),
    ("ret", Hazard::RetHai),
    ("ret-dam", Hazard::RetHai),
    ("suong-muoi", Hazard::RetHai),
    ("frost", Hazard::RetHai),
    ("hoa-hoan", Hazard::Chay),
    ("chay-rung", Hazard::Chay),
    ("xa-dap", Hazard::XaLu),
    ("xa-ho", Hazard::XaLu),
    ("dich", Hazard::DichBenh),
];

/// The hazard that a word means, in Vietnamese with or without its marks, or in English.
fn hazard_of(word: &str) -> Option<Hazard> {
    let slug: String = folded(word.trim()).map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let known = Hazard::ALL.into_iter().find(|hazard| slug == hazard.word() || slug == hazard.english());
    known.or_else(|| ALSO.iter().find(|(also, _)| *also == slug).map(|(_, hazard)| *hazard))
}

/// The words to choose from.
fn hazard_words() -> Vec<&'static str> {
    Hazard::ALL.map(Hazard::word).to_vec()
}

/// Warnings in which nothing was found wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub alerts: Alerts,
    /// What is odd and harmless.
    pub warnings: Vec<Problem>,
}

/// Reads and checks the file, for which `name` stands in messages.
///
/// # Errors
///
/// Everything that is wrong with it, in the order of the file.
pub fn read(
    bytes: &[u8],
    name: &str,
    shelf: &mut Shelf<'_>,
    now: Timestamp,
) -> Result<Checked, Vec<Problem>> {
    let alone = |problem| vec![problem];
    if bytes.len() as u64 > limits::ALERTS_BYTES_MAX {
        let why = say!(en: "it is longer than {mebibytes} MiB", vi: "tệp dài hơn {mebibytes} MiB",
            mebibytes = limits::ALERTS_BYTES_MAX >> 20);
        let remedy = say!(en: "take out the warnings that are over", vi: "hãy bỏ các cảnh báo đã hết hạn");
        return Err(vec![Problem::new(name, why, remedy)]);
    }
    let saved = toml_doc::saved::read(bytes, name).map_err(alone)?;
    let value = table::parse(&saved.text, name).map_err(alone)?;
    let findings = Findings::new(name);
    let written = document(&findings, &value, shelf, now);
    let (problems, mut warnings) = findings.finish();
    warnings.splice(..0, saved.warning(name));
    match problems.is_empty() {
        true => Ok(Checked {
            alerts: Alerts { alerts: written.into_iter().filter_map(|message| message.alert).collect() },
            warnings,
        }),
        false => Err(problems),
    }
}

/// What will come of a set of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// On boards at this moment.
    pub in_force: usize,
    /// Not begun yet.
    pub later: usize,
}

/// Counts the warnings that show at `now`, and those that will.
pub fn outlook(alerts: &Alerts, now: Timestamp) -> Outlook {
    // Without the words, of which whoever holds a key can sign megabytes.
    let wordless = |alert: &Alert| Alert {
        id: alert.id.clone(),
        references: alert.references.clone(),
        event: String::new(),
        area: String::new(),
        actions: Vec::new(),
        issuer: String::new(),
        audio: None,
        ..*alert
    };
    let lives = life::lives(&Alerts { alerts: alerts.alerts.iter().map(wordless).collect() });
    Outlook {
        in_force: lives.iter().filter(|life| life.covers(now)).count(),
        later: lives.iter().filter(|life| life.from > now).count(),
    }
}

/// What another set of warnings changes on boards, in words: each that shows or will, and each that is taken off. Times
/// are in the zone.
pub fn changes(before: &Alerts, after: &Alerts, zone: &str, now: Timestamp) -> Vec<Text> {
    let shown = one::coming(after, now);
    let gone = one::coming(before, now)
        .into_iter()
        .filter(|life| !shown.iter().any(|other| other.alert.id == life.alert.id));
    let on_air = shown.iter().map(|life| {
        say!(en: "`{id}`: {event}, level {level}, from {from} until {until}", vi: "`{id}`: {event}, cấp {level}, từ {from} đến {until}",
            id = life.alert.id.identifier, event = life.alert.event, level = life.alert.level.number(),
            from = told(life.from, zone), until = told(life.until, zone))
    });
    let taken_off = gone.map(|life| {
        say!(en: "taken off: `{id}` ({event})", vi: "đã gỡ: `{id}` ({event})",
            id = life.alert.id.identifier, event = life.alert.event)
    });
    on_air.chain(taken_off).collect()
}

/// A message as far as it could be read.
struct Written {
    place: String,
    id: Option<AlertId>,
    status: Option<AlertStatus>,
    kind: Option<MessageType>,
    references: Vec<(String, AlertId)>,
    /// Only if all of it could be read.
    alert: Option<Alert>,
}

fn document(
    findings: &Findings<'_>,
    value: &serde_json::Value,
    shelf: &mut Shelf<'_>,
    now: Timestamp,
) -> Vec<Written> {
    let written: Vec<Written> = match bare(value) {
        Some(bare) => {
            let why = say!(
                en: "the list of warnings has no {{\"alerts\": [ ]}} around it",
                vi: "danh sách cảnh báo thiếu phần {{\"alerts\": [ ]}} bao ngoài"
            );
            let remedy = say!(
                en: "it was read as if it had, and boards show what is in it and nothing else; for next time, write {{\"alerts\": [ before it and ]}} after it",
                vi: "tệp đã được hiểu như có phần đó, và bảng chỉ hiện những gì có trong tệp; lần sau hãy viết {{\"alerts\": [ ở đầu và ]}} ở cuối"
            );
            findings.warn("", why, remedy);
            let tables = bare.iter().enumerate().filter_map(|(at, value)| match value.is_object() {
                true => Table::root(findings, value).map(|table| table.at(value_place(bare, at))),
                false => None,
            });
            tables.map(|table| message(table, &mut *shelf, now)).collect()
        }
        None => {
            let Some(mut root) = Table::root(findings, value) else { return Vec::new() };
            // Never left out: a misspelt key must not read as "no warnings" and withdraw those in force. Nor may whoever
            // obeys the remedies end up with none.
            let Some(said) = root.get("alerts") else {
                root.refuse_at(
                    "",
                    say!(en: "there is no `alerts`", vi: "không có mục `alerts`"),
                    say!(en: "call the list of warnings `alerts`: {{\"alerts\": [ … ]}}; an empty list takes every warning off the boards",
                        vi: "hãy đặt tên danh sách cảnh báo là `alerts`: {{\"alerts\": [ … ]}}; danh sách trống sẽ gỡ mọi cảnh báo khỏi bảng"),
                );
                return Vec::new();
            };
            let listed = said.list(limits::ALERTS_MAX);
            root.finish();
            let tables = listed.iter().filter_map(|said| said.table());
            tables.map(|table| message(table, &mut *shelf, now)).collect()
        }
    };
    let mut known = HashMap::new();
    for message in &written {
        let Some(id) = &message.id else { continue };
        if let Some(first) = known.insert(id, message) {
            let why = say!(
                en: "it has the sender, identifier and moment of `{first}`",
                vi: "trùng sender, identifier và sent với `{first}`",
                first = first.place
            );
            let remedy = say!(
                en: "delete one of the two, or give it an identifier of its own",
                vi: "hãy xóa một trong hai, hoặc đặt identifier khác"
            );
            findings.refuse(&message.place, why, remedy);
        }
    }
    // Where one could not be read, it may be the one that is meant.
    if written.len() == known.len() {
        written.iter().for_each(|message| acts_on(findings, message, &known));
    }
    written
}

/// The warnings of a file that holds them bare, one or a list of them, and cannot be meant otherwise.
fn bare(value: &serde_json::Value) -> Option<&[serde_json::Value]> {
    let is_warning = |value: &serde_json::Value| {
        let keys = ["sender", "identifier", "sent", "status", "message", "level", "event"];
        value.get("alerts").is_none() && keys.iter().filter(|key| value.get(**key).is_some()).count() >= 3
    };
    match value {
        serde_json::Value::Object(_) => is_warning(value).then_some(std::slice::from_ref(value)),
        serde_json::Value::Array(values) => {
            let few = values.len() <= limits::ALERTS_MAX;
            (few && !values.is_empty() && values.iter().all(is_warning)).then_some(values)
        }
        _ => None,
    }
}

/// Where a bare warning stands: a file of one has no other place.
fn value_place(values: &[serde_json::Value], at: usize) -> String {
    if values.len() == 1 { String::new() } else { format!("[{at}]") }
}

fn message(mut table: Table<'_>, shelf: &mut Shelf<'_>, now: Timestamp) -> Written {
    let id = identity(&mut table);
    let status = table.required("status", "\"Actual\"").and_then(|said| status(&said));
    let kind = table.required("message", "\"Alert\"").and_then(|said| said.choice(&MESSAGES));
    let references = references(&mut table, kind);
    let level = table.required("level", "3").and_then(|said| {
        let level = said.whole(1..=5)?;
        u8::try_from(level).ok().and_then(RiskLevel::new)
    });
    let hazard = table.get("hazard").map_or(Some(Hazard::default()), |said| hazard(&said));
    let event = required_words(&mut table, "event", limits::ALERT_EVENT_CHARS_MAX);
    let area = words(&mut table, "area", limits::ALERT_AREA_CHARS_MAX);
    let listed =
        table.get("actions").map_or(Vec::new(), |said| said.list_of_words(limits::ALERT_ACTIONS_MAX));
    let actions: Vec<Option<String>> = listed
        .iter()
        .map(|said| said.words(limits::ALERT_ACTION_CHARS_MAX, Lines::One).and_then(|words| said.seen(words)))
        .collect();
    let issuer = words(&mut table, "issuer", limits::ALERT_LINE_CHARS_MAX);
    let times = times(&mut table, id.as_ref().map(|id| id.sent), now);
    let spoken = table.get("audio");
    let audio = spoken.as_ref().map_or(Some(None), |said| words_of(said, shelf).map(Some));
    if audio.as_ref().is_some_and(Option::is_some) && status == Some(AlertStatus::Exercise) {
        let why = say!(en: "a drill is not spoken on boards", vi: "bảng không đọc diễn tập");
        let remedy = say!(
            en: "announce it in the programme: whoever cannot read takes a warning's voice for the real thing",
            vi: "hãy phát thanh trong chương trình: người không đọc được chữ sẽ tưởng là cảnh báo thật"
        );
        table.warn_at("audio", why, remedy);
    }
    let place = table.place().to_owned();
    let alert = (|| {
        let (onset, expires) = times?;
        Some(Alert {
            id: id.clone()?,
            status: status?,
            message: kind?,
            references: references.as_ref()?.iter().map(|(_, id)| id.clone()).collect(),
            level: level?,
            hazard: hazard?,
            event: event?,
            area: area?,
            actions: actions.into_iter().collect::<Option<Vec<_>>>()?,
            issuer: issuer?,
            onset,
            expires,
            audio: audio?,
        })
    })();
    if let Some(alert) = &alert {
        lives(&table, alert);
    }
    table.finish();
    Written { place, id, status, kind, references: references.unwrap_or_default(), alert }
}

/// The nearest word is no help here: of `Thật` it is `Test`, which no board shows.
fn status(said: &table::Said<'_>) -> Option<AlertStatus> {
    let word = said.text()?;
    let found = STATUSES.iter().find(|(known, _)| *known == word).map(|(_, status)| *status);
    if found.is_none() {
        said.refuse(
            say!(en: "`status` is neither Actual nor Exercise", vi: "`status` không phải Actual hay Exercise"),
            say!(en: "write \"Actual\" for the real thing, \"Exercise\" for a drill; boards show nothing else",
                vi: "hãy viết \"Actual\" cho cảnh báo thật, \"Exercise\" cho diễn tập; bảng không hiện loại khác"),
        );
    }
    found
}

fn hazard(said: &table::Said<'_>) -> Option<Hazard> {
    let word = said.text()?;
    let hazard = hazard_of(word);
    if hazard.is_none() {
        let (why, remedy) = toml_doc::unknown_word("hazard", word, &hazard_words());
        said.refuse(why, remedy);
    }
    hazard
}

/// The file that is spoken.
fn words_of(said: &table::Said<'_>, shelf: &mut Shelf<'_>) -> Option<Media> {
    match shelf.named(said.text()?, Role::Sound) {
        Ok(media) => match too_long_to_say(&media) {
            None => return Some(media),
            Some((why, remedy)) => said.refuse(why, remedy),
        },
        Err(Fault::Refused((why, remedy))) => said.refuse(why, remedy),
        Err(Fault::Mended((why, remedy), line)) => said.refuse_with(why, remedy, line),
        Err(Fault::Broken(problem)) => said.refuse(problem.why, problem.remedy),
        // Not here, and a file with a mistake is not published.
        Err(Fault::Told) => {}
    }
    None
}

/// Boards would cut it off.
pub fn too_long_to_say(media: &Media) -> Option<(Text, Text)> {
    let seconds = media.duration_ms.unwrap_or(0).div_ceil(1000);
    let most = limits::ALERT_SPEECH_MS_MAX / 1000;
    (seconds > most).then(|| {
        (
            say!(en: "`{path}` speaks for {seconds} s, longer than anybody stands still", vi: "`{path}` đọc mất {seconds} giây, không ai đứng nghe lâu như vậy",
                path = media.path, seconds = seconds),
            say!(en: "say it in {most} s at most", vi: "hãy nói gọn trong {most} giây", most = most),
        )
    })
}

/// What names a message. Compared byte by byte later, so it is put in one form here.
fn identity(table: &mut Table<'_>) -> Option<AlertId> {
    let sender = required_words(table, "sender", limits::ALERT_LINE_CHARS_MAX);
    let identifier = required_words(table, "identifier", limits::ALERT_LINE_CHARS_MAX);
    let sent = table.required("sent", "\"2026-11-24T06:30:00+07:00\"").and_then(|said| said.moment());
    Some(AlertId { sender: sender?, identifier: identifier?, sent: sent? })
}

/// The messages referred to, each with its place; `None` after noting what is wrong.
fn references(table: &mut Table<'_>, kind: Option<MessageType>) -> Option<Vec<(String, AlertId)>> {
    let said = table.get("references");
    let listed = said.as_ref().map_or(Vec::new(), |said| said.list(limits::ALERT_REFERENCES_MAX));
    let mut ids = Vec::new();
    for said in &listed {
        ids.push(said.table().and_then(|mut reference| {
            let id = identity(&mut reference);
            let place = reference.place().to_owned();
            reference.finish();
            Some((place, id?))
        }));
    }
    match (kind, listed.is_empty()) {
        // CAP 1.2, 3.2.1: an Update and a Cancel act on the messages in `references`, and on nothing else.
        (Some(MessageType::Update | MessageType::Cancel), true) => {
            let why = say!(
                en: "an Update or a Cancel without `references` ends no warning",
                vi: "Update hoặc Cancel không có `references` thì không rút được cảnh báo nào"
            );
            let remedy = say!(
                en: "write \"references\": [{{\"sender\": …, \"identifier\": …, \"sent\": …}}] as that warning has them",
                vi: "hãy viết \"references\": [{{\"sender\": …, \"identifier\": …, \"sent\": …}}] đúng như trong cảnh báo đó"
            );
            table.refuse_at("references", why, remedy);
            return None;
        }
        (Some(MessageType::Alert), false) => {
            let why = say!(en: "an Alert acts on no other message", vi: "Alert không tác động đến cảnh báo nào khác");
            let remedy = say!(
                en: "write \"message\": \"Update\" or \"Cancel\" if it should",
                vi: "nếu cần thay hoặc rút, hãy viết \"message\": \"Update\" hoặc \"Cancel\""
            );
            table.warn_at("references", why, remedy);
        }
        _ => {}
    }
    ids.into_iter().collect()
}

/// `onset` and `expires`; `None` after noting what is wrong with a moment.
fn times(
    table: &mut Table<'_>,
    sent: Option<Timestamp>,
    now: Timestamp,
) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
    let (onset_said, expires_said) = (table.get("onset"), table.get("expires"));
    let moment = |said: &Option<table::Said<'_>>| said.as_ref().map_or(Some(None), |s| s.moment().map(Some));
    let (onset, expires) = (moment(&onset_said), moment(&expires_said));
    let ahead = sent.map(|sent| sent.duration_since(now));
    if ahead.is_some_and(|ahead| ahead > SignedDuration::from_secs(limits::ALERT_AHEAD_SECONDS_MAX)) {
        let why = say!(
            en: "it was sent in the future: here it is {now}",
            vi: "được gửi trong tương lai: ở đây đang là {now}",
            now = told(now, ZONE_UNSTATED)
        );
        let remedy = say!(
            en: "write the moment of sending, give the beginning as `onset`, and check this machine's clock",
            vi: "hãy ghi lúc gửi, ghi lúc bắt đầu vào `onset`, và kiểm tra đồng hồ của máy này"
        );
        table.refuse_at("sent", why, remedy);
    }
    if let (Some(said), Some(Some(end))) = (&expires_said, expires) {
        let begin = [sent.map(|at| ("sent", at)), onset.flatten().map(|at| ("onset", at))];
        let after = begin.into_iter().flatten().find(|(_, at)| end <= *at);
        if let Some((key, _)) = after {
            let why =
                say!(en: "`expires` is not after `{key}`", vi: "`expires` không sau `{key}`", key = key);
            said.refuse(why, say!(en: "change one of the two", vi: "hãy sửa một trong hai"));
            return None;
        }
    }
    Some((onset?, expires?))
}

/// Refuses what by its own times would never show, and says where boards take a warning off before its end.
fn lives(table: &Table<'_>, alert: &Alert) {
    let shows = matches!(alert.status, AlertStatus::Actual | AlertStatus::Exercise);
    if !shows || alert.message == MessageType::Cancel {
        return;
    }
    let alone = Alerts { alerts: vec![Alert { references: Vec::new(), ..alert.clone() }] };
    let Some(life) = life::lives(&alone).pop() else {
        let why = say!(
            en: "it would never show: it begins when boards have taken it off already",
            vi: "sẽ không bao giờ hiện: lúc bắt đầu thì bảng đã gỡ xuống rồi"
        );
        let remedy = say!(
            en: "give it `expires`, and send it less than {hours} hours before it begins",
            vi: "hãy ghi `expires`, và chỉ gửi trước lúc bắt đầu chưa đến {hours} giờ",
            hours = life::LIFE_MAX.as_hours()
        );
        return table.refuse_at(if alert.onset.is_some() { "onset" } else { "expires" }, why, remedy);
    };
    if alert.expires.is_some_and(|expires| life.until < expires) {
        let why = say!(
            en: "boards take it off {hours} hours after it was sent",
            vi: "bảng sẽ gỡ xuống sau {hours} giờ kể từ lúc gửi",
            hours = life::LIFE_MAX.as_hours()
        );
        let remedy = say!(en: "send an Update before then", vi: "hãy gửi Update trước lúc đó");
        table.warn_at("expires", why, remedy);
    }
}

/// Whether what a message refers to is there, and would end.
fn acts_on(findings: &Findings<'_>, message: &Written, known: &HashMap<&AlertId, &Written>) {
    let (Some(own), Some(kind)) = (&message.id, message.kind) else { return };
    if kind == MessageType::Alert {
        return;
    }
    for (place, id) in &message.references {
        let refuse = |why: Text, remedy: Text| findings.refuse(place, why, remedy);
        let Some(target) = known.get(id) else {
            absent(findings, message, (place, id), known);
            continue;
        };
        if id == own {
            refuse(
                say!(en: "the message refers to itself", vi: "thông báo tự dẫn chiếu đến chính nó"),
                say!(en: "name the earlier message", vi: "hãy ghi thông báo trước đó"),
            );
        } else if id.sent > own.sent {
            refuse(
                say!(en: "it refers to a message that was sent after it", vi: "dẫn chiếu đến thông báo được gửi sau nó"),
                say!(en: "correct `sent` of one of the two", vi: "hãy sửa `sent` của một trong hai"),
            );
        } else if message.status.is_some() && target.status.is_some() && message.status != target.status {
            refuse(
                say!(en: "`{target}` has another `status`, and stays as it is", vi: "`{target}` có `status` khác nên vẫn giữ nguyên",
                    target = target.place),
                say!(en: "give both the same `status`", vi: "hãy ghi cùng một `status` cho cả hai"),
            );
        }
    }
}

/// A reference to nothing in the file: a slip where an earlier message nearly is what it names, else a warning
/// that was taken out.
fn absent(
    findings: &Findings<'_>,
    message: &Written,
    (place, id): (&str, &AlertId),
    known: &HashMap<&AlertId, &Written>,
) {
    let meant = |other: &AlertId| {
        let named = message.references.iter().any(|(_, id)| id == other);
        let earlier = message.id.as_ref().is_some_and(|own| other != own && other.sent <= own.sent);
        other.identifier == id.identifier && earlier && !named
    };
    let near = known.iter().filter(|(other, _)| meant(other)).min_by_key(|(other, _)| other.sent);
    if let Some((other, written)) = near {
        let key = if other.sender == id.sender { "sent" } else { "sender" };
        let why = say!(
            en: "it is not `{near}`: `{key}` differs",
            vi: "không phải `{near}`: `{key}` khác nhau",
            near = written.place,
            key = key
        );
        let remedy =
            say!(en: "write `{key}` as it is there", vi: "hãy viết `{key}` đúng như ở đó", key = key);
        return findings.refuse(place, why, remedy);
    }
    let why = say!(
        en: "there is no such message in this file, so nothing ends",
        vi: "trong tệp không có thông báo này nên không có gì kết thúc"
    );
    let remedy = say!(
        en: "leave it if that warning was taken out; else correct the reference",
        vi: "nếu cảnh báo đó đã được bỏ đi thì cứ để nguyên; nếu không, hãy sửa lại"
    );
    findings.warn(place, why, remedy);
}

fn required_words(table: &mut Table<'_>, key: &'static str, chars_max: usize) -> Option<String> {
    let said = table.required(key, "\"…\"")?;
    said.words(chars_max, Lines::One).and_then(|words| said.seen(words))
}

fn words(table: &mut Table<'_>, key: &'static str, chars_max: usize) -> Option<String> {
    table.get(key).map_or(Some(String::new()), |said| said.words(chars_max, Lines::One))
}
