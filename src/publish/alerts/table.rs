//! The tables and values of a JSON file that people wrote: asked for by key, each answer with its place.
//!
//! As [`toml_doc`](crate::toml_doc) does for TOML: a wrong value is noted where it stands and reads as absent, so
//! the person hears of everything at once, and [`Table::finish`] notes the keys that nobody asked for. JSON has
//! no lines after parsing; a place is a path such as `alerts[2].event`.

use crate::limits::{JSON_VALUES_MAX, PROBLEMS_FOUND_MAX};
use crate::problem::{Outcome, Problem, Text};
use crate::publish::folder::text::{self, Lines};
use crate::say;
use crate::text::characters::turns_direction;
use crate::toml_doc::{out_of_range, unknown_key, unknown_word};
use jiff::{Timestamp, civil};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::RangeInclusive;

/// The value that a file holds.
///
/// # Errors
/// It is not JSON, or a key is there twice: the last would silently win.
pub fn parse(text: &str, name: &str) -> Outcome<Value> {
    let (mut reader, left) = (serde_json::Deserializer::from_str(text), Cell::new(JSON_VALUES_MAX));
    let value = Unique(&left).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        let curly = text.lines().nth(error.line().saturating_sub(1)).unwrap_or("").contains(['“', '”']);
        let (why, remedy) = match curly {
            true => (
                say!(en: "there are curly quotation marks", vi: "có dấu ngoặc kép cong"),
                say!(en: "use straight ones: \"…\"", vi: "hãy dùng dấu ngoặc kép thẳng: \"…\""),
            ),
            false => (
                say!(en: "not an alerts.json ({error})", vi: "không phải tệp alerts.json ({error})", error = error),
                say!(en: "see config/demo/alerts.json for an example", vi: "hãy xem ví dụ config/demo/alerts.json"),
            ),
        };
        Problem::new(format!("{name}:{}", error.line().max(1)), why, remedy)
    })
}

/// What was found wrong with a file so far.
pub struct Findings<'f> {
    file: &'f str,
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
}

impl<'f> Findings<'f> {
    /// `file` is its name in messages.
    pub fn new(file: &'f str) -> Findings<'f> {
        Findings { file, problems: RefCell::default(), warnings: RefCell::default() }
    }

    pub fn refuse(&self, place: &str, why: Text, remedy: Text) {
        self.note(Problem::new(self.subject(place), why, remedy));
    }

    fn note(&self, problem: Problem) {
        let mut problems = self.problems.borrow_mut();
        // A few more than are ever printed: the reader says that there are more.
        if problems.len() < PROBLEMS_FOUND_MAX {
            problems.push(problem);
        }
    }

    /// Notes what is worth a look and refuses nothing.
    pub fn warn(&self, place: &str, why: Text, remedy: Text) {
        self.warnings.borrow_mut().push(Problem::new(self.subject(place), why, remedy));
    }

    fn subject(&self, place: &str) -> String {
        if place.is_empty() { self.file.to_owned() } else { format!("{}: {place}", self.file) }
    }

    /// The problems and the warnings.
    pub fn finish(self) -> (Vec<Problem>, Vec<Problem>) {
        (self.problems.into_inner(), self.warnings.into_inner())
    }
}

/// One table, and the keys that were asked of it.
pub struct Table<'v> {
    findings: &'v Findings<'v>,
    place: String,
    entries: &'v Map<String, Value>,
    asked: Vec<&'static str>,
}

impl<'v> Table<'v> {
    /// The file's own table.
    pub fn root(findings: &'v Findings<'v>, value: &'v Value) -> Option<Table<'v>> {
        Said { findings, place: String::new(), key: "alerts.json", value }.table()
    }

    /// The same table, at another place.
    pub fn at(self, place: String) -> Table<'v> {
        Table { place, ..self }
    }

    /// What the key says. `null` is as good as nothing: programs write it for what they do not know.
    pub fn get(&mut self, key: &'static str) -> Option<Said<'v>> {
        self.asked.push(key);
        let value = self.entries.get(key).filter(|value| !value.is_null())?;
        Some(Said { findings: self.findings, place: self.place_of(key), key, value })
    }

    /// The same, noting where it is not there.
    pub fn required(&mut self, key: &'static str, example: &str) -> Option<Said<'v>> {
        let said = self.get(key);
        if said.is_none() {
            let why = say!(en: "`{key}` is missing", vi: "thiếu mục `{key}`", key = key);
            let remedy = say!(en: "add \"{key}\": {example}", vi: "hãy thêm \"{key}\": {example}", key = key, example = example);
            self.findings.refuse(&self.place, why, remedy);
        }
        said
    }

    /// Where it stands in the file.
    pub fn place(&self) -> &str {
        &self.place
    }

    pub fn refuse_at(&self, key: &str, why: Text, remedy: Text) {
        self.findings.refuse(&self.place_of(key), why, remedy);
    }

    pub fn warn_at(&self, key: &str, why: Text, remedy: Text) {
        self.findings.warn(&self.place_of(key), why, remedy);
    }

    /// Notes every key that was never asked for.
    pub fn finish(self) {
        for key in self.entries.keys().filter(|key| !self.asked.contains(&key.as_str())) {
            let (why, remedy) = unknown_key(&shortened(key), &self.asked);
            self.findings.refuse(&self.place, why, remedy);
        }
    }

    fn place_of(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }
}

/// What one key says, and where.
pub struct Said<'v> {
    findings: &'v Findings<'v>,
    place: String,
    key: &'static str,
    value: &'v Value,
}

impl<'v> Said<'v> {
    pub fn refuse(&self, why: Text, remedy: Text) {
        self.findings.refuse(&self.place, why, remedy);
    }

    /// The same, with the command that mends it, where there is one.
    pub fn refuse_with(&self, why: Text, remedy: Text, line: Option<String>) {
        let mut problem = Problem::new(self.findings.subject(&self.place), why, remedy);
        problem.sketch.extend(line);
        self.findings.note(problem);
    }

    pub fn text(&self) -> Option<&'v str> {
        self.value.as_str().or_else(|| self.not_a(("a text", "chuỗi chữ"), "\"…\""))
    }

    /// A text that is fit to be shown, in NFC.
    pub fn words(&self, chars_max: usize, lines: Lines) -> Option<String> {
        if let Some((why, remedy)) = text::old_code(self.key, self.text()?) {
            self.refuse(why, remedy);
            return None;
        }
        let cleaned = text::cleaned(self.key, self.text()?, chars_max, lines);
        cleaned.map_err(|fault| self.refuse(fault.why, fault.remedy)).ok()
    }

    /// The words, unless there is nothing in them to be seen.
    pub fn seen(&self, words: String) -> Option<String> {
        if words.is_empty() {
            let why = say!(en: "`{key}` is empty", vi: "mục `{key}` trống", key = self.key);
            self.refuse(why, say!(en: "write something", vi: "hãy viết nội dung"));
        }
        Some(words).filter(|words| !words.is_empty())
    }

    /// A moment with its offset.
    pub fn moment(&self) -> Option<Timestamp> {
        let written = self.text()?.trim();
        if let Ok(moment) = written.parse() {
            return Some(moment);
        }
        let said = shortened(written);
        let why = match written.parse::<civil::DateTime>() {
            Ok(_) => say!(
                en: "`{said}` does not say in which time zone",
                vi: "`{said}` không ghi múi giờ",
                said = said
            ),
            Err(_) => {
                say!(en: "`{said}` is not a moment", vi: "`{said}` không phải là ngày giờ", said = said)
            }
        };
        let remedy = say!(
            en: "write it with its offset: 2026-11-24T06:30:00+07:00",
            vi: "hãy viết kèm múi giờ: 2026-11-24T06:30:00+07:00"
        );
        self.refuse(why, remedy);
        None
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&self, choices: &[(&'static str, T)]) -> Option<T> {
        let word = self.text()?;
        let found = choices.iter().find(|(known, _)| *known == word).map(|(_, choice)| *choice);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
            let (why, remedy) = unknown_word(self.key, &shortened(word), &words);
            self.refuse(why, remedy);
        }
        found
    }

    pub fn whole(&self, range: RangeInclusive<i64>) -> Option<i64> {
        let Value::Number(number) = self.value else {
            // What stands there in quotation marks is the example: whoever obeys must not lower a level by it.
            let quoted = self.value.as_str().and_then(|text| text.trim().parse::<i64>().ok());
            let example = quoted.filter(|number| range.contains(number)).unwrap_or(*range.start());
            return self.not_a(("a whole number", "số nguyên"), &example.to_string());
        };
        let found = number.as_i64().filter(|number| range.contains(number));
        if found.is_none() {
            let (least, most) = (range.start().to_string(), range.end().to_string());
            let (why, remedy) = out_of_range(self.key, number, &least, &most);
            self.refuse(why, remedy);
        }
        found
    }

    /// The values of a list, at most so many; more are one mistake, and the first of them are read.
    pub fn list(&self, most: usize) -> Vec<Said<'v>> {
        self.listed(most, "[{…}]")
    }

    /// The same, of texts.
    pub fn list_of_words(&self, most: usize) -> Vec<Said<'v>> {
        self.listed(most, "[\"…\", \"…\"]")
    }

    fn listed(&self, most: usize, example: &str) -> Vec<Said<'v>> {
        let Value::Array(values) = self.value else {
            return self.not_a(("a list", "danh sách"), example).unwrap_or_default();
        };
        if values.len() > most {
            let why = say!(
                en: "there are {number} in `{key}`, more than a board takes",
                vi: "`{key}` có {number} mục, nhiều hơn mức bảng tin nhận",
                number = values.len(),
                key = self.key
            );
            self.refuse(why, say!(en: "keep at most {most}", vi: "hãy giữ nhiều nhất {most}", most = most));
        }
        let place = |at: usize| format!("{}[{at}]", self.place);
        let said = |(at, value)| Said { place: place(at), value, ..*self };
        values.iter().take(most).enumerate().map(said).collect()
    }

    pub fn table(&self) -> Option<Table<'v>> {
        let Value::Object(entries) = self.value else {
            return self.not_a(("a table in braces", "một bảng trong dấu ngoặc nhọn"), "{…}");
        };
        let (findings, place) = (self.findings, self.place.clone());
        Some(Table { findings, place, entries, asked: Vec::new() })
    }

    fn not_a<T>(&self, wanted: (&str, &str), example: &str) -> Option<T> {
        let (en, vi) = match self.value {
            Value::Null => ("nothing", "trống"),
            Value::Bool(_) => ("true or false", "true/false"),
            Value::Number(_) => ("a number", "số"),
            Value::String(_) => ("a text", "chuỗi chữ"),
            Value::Array(_) => ("a list", "danh sách"),
            Value::Object(_) => ("a table", "một bảng"),
        };
        let why = say!(
            en: "`{key}` is {en}, not {wanted_en}",
            vi: "`{key}` là {vi}, không phải {wanted_vi}",
            key = self.key,
            en = en,
            vi = vi,
            wanted_en = wanted.0,
            wanted_vi = wanted.1
        );
        self.refuse(why, say!(en: "write {example}", vi: "hãy viết {example}", example = example));
        None
    }
}

/// The beginning of what somebody wrote, fit for a message.
fn shortened(written: &str) -> String {
    const CHARS_MAX: usize = 60;
    let shown = |c: &char| !c.is_control() && !turns_direction(*c);
    written.chars().filter(shown).take(CHARS_MAX).collect()
}

/// JSON in which no table has a key twice, of no more values than there are left: each costs more memory than it takes
/// in the file.
#[derive(Clone, Copy)]
struct Unique<'l>(&'l Cell<usize>);

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.0.get().checked_sub(1) else {
            return Err(D::Error::custom(format!("more than {JSON_VALUES_MAX} values")));
        };
        self.0.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(values.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Value, A::Error> {
        let mut entries = Map::new();
        while let Some(key) = table.next_key::<String>()? {
            let value = table.next_value_seed(self)?;
            if entries.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate key `{}`", shortened(&key))));
            }
            entries.insert(key, value);
        }
        Ok(entries.into())
    }
}
