//! The tables and values of a [`Document`]: asked for by key, each answer with its place.
//!
//! A value of the wrong type, or out of its range, is noted where it stands and reads as absent, so the
//! reader goes on and the person hears of everything at once.

use super::syntax::short;
use super::value::shown;
use super::words::bare;
use super::{Document, Missing, Unknown, meant, out_of_range, unknown_word};
use crate::limits::PROBLEMS_FOUND_MAX;
use crate::problem::Text;
use crate::say;
use std::borrow::Cow;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a key wants, and a way to write it.
struct Wanted<'e> {
    en: &'static str,
    vi: &'static str,
    example: &'e str,
}

const TEXT: Wanted<'_> = Wanted { en: "a text", vi: "chuỗi chữ", example: "\"…\"" };
const FLAG: Wanted<'_> = Wanted { en: "true or false", vi: "true hoặc false", example: "true" };
const WHOLE: Wanted<'_> = Wanted { en: "a whole number", vi: "số nguyên", example: "15" };
const DECIMAL: Wanted<'_> = Wanted { en: "a number", vi: "một số", example: "7.5" };
const DATE: Wanted<'_> = Wanted { en: "a date", vi: "ngày giờ", example: "2026-11-24T07:30:00" };
const LIST: Wanted<'_> = Wanted { en: "a list", vi: "danh sách", example: "[\"…\", \"…\"]" };

/// One table of a document, and the keys that were asked of it.
#[derive(Debug)]
pub struct Section<'d> {
    doc: &'d Document<'d>,
    table: &'d DeTable<'d>,
    at: usize,
    asked: Vec<&'static str>,
    /// As it is written: `[[feed]]`; "" for the whole file, `None` inside another table.
    name: Option<String>,
}

impl<'d> Section<'d> {
    /// The document's own table.
    pub fn root(doc: &'d Document<'d>, table: &'d DeTable<'d>) -> Section<'d> {
        *doc.at_top.borrow_mut() = table.iter().map(|(key, _)| key.get_ref().to_string()).collect();
        Section { doc, table, at: 0, asked: Vec::new(), name: Some(String::new()) }
    }

    /// What the key says, if it is there.
    pub fn get(&mut self, key: &'static str) -> Option<Said<'d>> {
        self.asked.push(key);
        let table: &'d DeTable<'d> = self.table;
        let (written, value) = table.get_key_value(key)?;
        Some(Said {
            doc: self.doc,
            key: written.get_ref(),
            key_at: written.span().start,
            listed: false,
            value,
        })
    }

    /// The values of a list; none when absent or wrong.
    pub fn list(&mut self, key: &'static str) -> Vec<Said<'d>> {
        self.get(key).map_or(Vec::new(), |said| said.list())
    }

    /// The tables of `[[key]]`; none when absent or wrong.
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'d>> {
        let Some(said) = self.get(key) else { return Vec::new() };
        let DeValue::Array(array) = said.value.get_ref() else {
            said.not_tables();
            return Vec::new();
        };
        let name = self.is_root().then(|| format!("[[{key}]]"));
        let tables = array.iter().filter_map(|value| match value.get_ref() {
            DeValue::Table(table) => {
                let (at, name) = (value.span().start, name.clone());
                Some(Section { doc: self.doc, table, at, asked: Vec::new(), name })
            }
            _ => {
                said.not_tables();
                None
            }
        });
        tables.collect()
    }

    /// The table `[key]`.
    pub fn section(&mut self, key: &'static str) -> Option<Section<'d>> {
        let name = self.is_root().then(|| format!("[{key}]"));
        Some(Section { name, ..self.get(key)?.section()? })
    }

    fn is_root(&self) -> bool {
        self.name.as_deref() == Some("")
    }

    /// All entries of a table whose keys are free, such as language tags.
    pub fn entries(&self) -> impl Iterator<Item = Said<'d>> + use<'d> {
        let (doc, table) = (self.doc, self.table);
        table.iter().map(move |(key, value)| Said {
            doc,
            key: key.get_ref(),
            key_at: key.span().start,
            listed: false,
            value,
        })
    }

    /// The byte offset of its header.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn document(&self) -> &'d Document<'d> {
        self.doc
    }

    /// Notes what is wrong with it as a whole, unless a line of it could not be understood.
    pub fn refuse(&self, why: Text, remedy: Text) {
        if !self.doc.is_torn(self.at, self.is_root()) {
            self.doc.refuse(self.at, why, remedy);
        }
    }

    /// Notes that a key is not there, unless an unknown one stands for it.
    pub fn missing(&self, key: &'static str, why: Text, remedy: Text) {
        let missing = &mut self.doc.missing.borrow_mut();
        if missing.len() < PROBLEMS_FOUND_MAX && !self.doc.is_torn(self.at, self.is_root()) {
            missing.push(Missing { section: self.at, key, why, remedy });
        }
    }

    /// Notes every key that was never asked for.
    pub fn finish(self) {
        for (key, value) in self.table.iter() {
            let unknown: &str = key.get_ref();
            if self.asked.contains(&unknown) {
                continue;
            }
            // Each table of a kind that nobody knows has its own line to be mended.
            let others = match value.get_ref() {
                DeValue::Array(all) => &all[all.len().min(1)..],
                _ => &[],
            };
            let others = others.iter().filter(|one| matches!(one.get_ref(), DeValue::Table(_)));
            for at in [key.span().start].into_iter().chain(others.map(|table| table.span().start)) {
                if self.doc.unknown.borrow().len() == PROBLEMS_FOUND_MAX {
                    break;
                }
                self.doc.unknown.borrow_mut().push(Unknown {
                    at,
                    section: self.at,
                    key: unknown.to_owned(),
                    table: self.name.clone(),
                    known: self.asked.clone(),
                    is_at_top: self.doc.at_top.borrow().contains(unknown),
                });
            }
        }
        if let Some(name) = self.name {
            // One entry for all tables of a kind.
            let known = &mut self.doc.known.borrow_mut();
            if !known.iter().any(|(table, keys)| *table == name && *keys == self.asked) {
                known.push((name, self.asked));
            }
        }
    }
}

/// What one key says, and where.
#[derive(Debug, Clone, Copy)]
pub struct Said<'d> {
    doc: &'d Document<'d>,
    key: &'d str,
    key_at: usize,
    /// It is one of a list under the key.
    listed: bool,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'d> Said<'d> {
    pub fn key(&self) -> &'d str {
        self.key
    }

    /// The byte offset of the value.
    pub fn at(&self) -> usize {
        self.value.span().start
    }

    pub fn document(&self) -> &'d Document<'d> {
        self.doc
    }

    pub fn refuse(&self, why: Text, remedy: Text) {
        self.doc.refuse(self.at(), why, remedy);
    }

    pub fn warn(&self, why: Text, remedy: Text) {
        self.doc.warn(self.at(), why, remedy);
    }

    /// Where `wanted` stands as written, for a mistake inside a long text; else where the value starts.
    pub fn place(&self, wanted: &str) -> usize {
        let span = self.value.span();
        let within = self.doc.source().get(span.clone()).and_then(|text| text.find(wanted));
        span.start + within.unwrap_or(0)
    }

    /// The value as it stands in the file.
    pub fn written(&self) -> &'d str {
        self.doc.source().get(self.value.span()).unwrap_or_default()
    }

    pub fn text(&self) -> Option<&'d str> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(&**text),
            DeValue::Array(_) | DeValue::Table(_) => self.not_a(&TEXT),
            _ => self.not_a(&Wanted { example: &shown(self.written()), ..TEXT }),
        }
    }

    /// A text, or a bare TOML date or time as it reads. The flag: it is a date and nothing more.
    pub fn text_or_date(&self) -> Option<(Cow<'d, str>, bool)> {
        match self.value.get_ref() {
            DeValue::String(text) => Some((Cow::Borrowed(&**text), is_date(text.trim()))),
            DeValue::Datetime(moment) => Some((Cow::Owned(moment.to_string()), moment.time.is_none())),
            _ => self.not_a(&DATE),
        }
    }

    pub fn flag(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                let example = if meant::flag(self.said()) == Some(false) { "false" } else { FLAG.example };
                self.not_a(&Wanted { example, ..FLAG })
            }
        }
    }

    pub fn whole(&self, range: RangeInclusive<i64>) -> Option<i64> {
        self.whole_such_as(WHOLE.example, range)
    }

    /// The same where not every number of the range is fine, with one that is.
    pub fn whole_such_as(&self, example: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let DeValue::Integer(number) = self.value.get_ref() else {
            let meant = meant::seconds(self.said()).map(i64::from).filter(|number| range.contains(number));
            let meant = meant.map(|number| number.to_string());
            return self.not_a(&Wanted { example: meant.as_deref().unwrap_or(example), ..WHOLE });
        };
        let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
        parsed.filter(|number| range.contains(number)).or_else(|| {
            self.out_of_range(number, range.start(), range.end());
            None
        })
    }

    pub fn decimal(&self, range: RangeInclusive<f64>) -> Option<f64> {
        let written = match self.value.get_ref() {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            _ => {
                let meant = meant::decimal(self.said()).filter(|number| range.contains(number));
                let meant = meant.map(|number| number.to_string());
                let example = meant.as_deref().unwrap_or(DECIMAL.example);
                return self.not_a(&Wanted { example, ..DECIMAL });
            }
        };
        let parsed = written.parse::<f64>().ok();
        parsed.filter(|number| range.contains(number)).or_else(|| {
            self.out_of_range(&written, range.start(), range.end());
            None
        })
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&self, choices: &[(&'static str, T)]) -> Option<T> {
        self.text()?;
        self.choice_of(choices, |_| None)
    }

    /// One of a few words, for which people write others that `meant` knows by their letters without marks.
    pub fn choice_of<T: Copy>(
        &self,
        choices: &[(&'static str, T)],
        meant: impl FnOnce(&str) -> Option<&'static str>,
    ) -> Option<T> {
        let word = self.said();
        if let Some((_, choice)) = choices.iter().find(|(known, _)| *known == word) {
            return Some(*choice);
        }
        let words: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
        let (why, usual) = unknown_word(self.key, word, &words);
        let plain = bare(word);
        let same = words.iter().copied().find(|known| bare(known) == plain);
        let remedy = match same.or_else(|| meant(&plain)) {
            Some(meant) => say!(
                en: "write {key} = \"{meant}\"; there are: {all}",
                vi: "hãy viết {key} = \"{meant}\"; có thể dùng: {all}",
                key = self.key,
                meant = meant,
                all = words.join(", ")
            ),
            // Some count from the most and some from the least: which word a number stands for is not known.
            None if !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit()) => {
                let each: Vec<String> =
                    words.iter().map(|word| format!("{} = \"{word}\"", self.key)).collect();
                say!(en: "write one of: {all}", vi: "hãy viết một trong: {all}", all = each.join(", "))
            }
            None => usual,
        };
        self.refuse(why, remedy);
        None
    }

    /// A text, or whatever else stands there as it is written.
    pub fn said(&self) -> &'d str {
        match self.value.get_ref() {
            DeValue::String(text) => text,
            _ => self.written(),
        }
    }

    pub fn is_list(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Array(_))
    }

    /// The values of a list, each under the list's key.
    pub fn list(&self) -> Vec<Said<'d>> {
        match self.value.get_ref() {
            DeValue::Array(values) => {
                values.iter().map(|value| Said { value, listed: true, ..*self }).collect()
            }
            _ => {
                let item = self.said();
                let example =
                    if item.is_empty() { LIST.example.to_owned() } else { format!("[{}]", shown(item)) };
                self.not_a(&Wanted { example: &example, ..LIST }).unwrap_or_default()
            }
        }
    }

    pub fn section(&self) -> Option<Section<'d>> {
        match self.value.get_ref() {
            DeValue::Array(tables) if tables.len() > 1 => {
                let why =
                    say!(en: "`[{key}]` is there twice", vi: "`[{key}]` bị viết hai lần", key = self.key);
                let remedy = say!(en: "put the lines of both under one", vi: "hãy gộp các dòng vào một chỗ");
                self.doc.refuse(tables[1].span().start, why, remedy);
                None
            }
            DeValue::Table(table) => {
                let at = self.value.span().start;
                Some(Section { doc: self.doc, table, at, asked: Vec::new(), name: None })
            }
            _ => {
                let why =
                    say!(en: "`{key}` is not a table", vi: "`{key}` không phải là một bảng", key = self.key);
                let remedy = say!(
                    en: "write `[…{key}]` on a line of its own and its keys below",
                    vi: "hãy viết `[…{key}]` trên một dòng riêng, các mục của nó ở dưới",
                    key = self.key
                );
                self.doc.refuse(self.key_at, why, remedy);
                None
            }
        }
    }

    fn not_tables(&self) {
        let why = say!(
            en: "`{key}` needs double brackets: there may be several",
            vi: "`{key}` cần hai dấu ngoặc vuông vì có thể có nhiều",
            key = self.key
        );
        let remedy = say!(en: "write `[[{key}]]`", vi: "hãy viết `[[{key}]]`", key = self.key);
        self.doc.refuse(self.key_at, why, remedy);
    }

    fn not_a<T>(&self, wanted: &Wanted<'_>) -> Option<T> {
        let (en, vi) = match self.value.get_ref() {
            DeValue::String(_) => ("a text", "chuỗi chữ"),
            DeValue::Integer(_) => ("a whole number", "số nguyên"),
            DeValue::Float(_) => ("a decimal number", "số thập phân"),
            DeValue::Boolean(_) => ("true or false", "true/false"),
            DeValue::Datetime(_) => ("a date or a time", "ngày giờ"),
            DeValue::Array(_) => ("a list", "danh sách"),
            DeValue::Table(_) => ("a table", "một bảng"),
        };
        let why = say!(
            en: "`{key}` is {en}, not {wanted_en}: `{said}`",
            vi: "`{key}` là {vi}, không phải {wanted_vi}: `{said}`",
            key = self.key,
            said = short(self.said()),
            en = en,
            vi = vi,
            wanted_en = wanted.en,
            wanted_vi = wanted.vi
        );
        let example = match self.listed {
            true => format!("{} = [{}]", self.key, wanted.example),
            false => format!("{} = {}", self.key, wanted.example),
        };
        self.refuse(why, say!(en: "write `{example}`", vi: "hãy viết `{example}`", example = example));
        None
    }

    fn out_of_range(&self, number: &dyn std::fmt::Display, least: impl ToString, most: impl ToString) {
        let (why, remedy) = out_of_range(self.key, number, &least.to_string(), &most.to_string());
        self.refuse(why, remedy);
    }
}

/// `2026-11-24`, with no time of day.
fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}
