//! What somebody meant by a value that is not TOML.

use super::lines::{Sign, begins_anew, close, end_of_plain, is_blank, is_quote, is_value, pair};
use super::words;
use std::fmt::Write;

/// What is wrong with the form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The value is fine.
    Nothing,
    /// There is none.
    Empty,
    /// It has no quotation marks.
    Bare,
    /// It has others than straight ones.
    Curly,
    Unclosed,
    /// There are quotation marks inside the text.
    Inner,
    /// It goes over several lines and has only one mark at each end.
    Lines,
    /// It holds a backslash, which begins something between double marks.
    Backslash,
    /// Something stands behind it.
    Trailing(char),
    /// A remark stands behind it, as other languages write them.
    Remark,
    /// Another key follows on the line.
    Another,
    List,
    Unknown,
}

/// More than any text of a notice has.
const LINES_MAX: usize = 300;

/// A value, and what it should be.
#[derive(Debug)]
pub(super) struct Value {
    pub fault: Fault,
    /// As a person reads it, without its marks.
    pub typed: String,
    /// As it should be written, `None` where nothing can be said.
    pub shown: Option<String>,
    /// The same for the parser.
    pub mended: Option<String>,
    /// The index of its last line.
    pub last: usize,
}

impl Value {
    fn of_text(fault: Fault, content: &str, last: usize) -> Value {
        let content = content.trim_end();
        Value {
            fault,
            typed: content.to_owned(),
            shown: Some(shown(content.trim())),
            mended: Some(literal(content)),
            last,
        }
    }

    fn as_it_is(fault: Fault, value: &str, last: usize) -> Value {
        let value = value.to_owned();
        Value { fault, typed: value.clone(), shown: Some(value.clone()), mended: Some(value), last }
    }
}

/// A text as TOML, whatever is in it.
pub(super) fn literal(content: &str) -> String {
    if !content.contains(['\'', '\n']) && !content.chars().any(|c| c.is_control() && c != '\t') {
        return format!("'{content}'");
    }
    let mut quoted = String::from("\"\"\"");
    for c in content.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' | '\t' => quoted.push(c),
            c if c.is_control() => _ = write!(quoted, "\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\"\"\""
}

/// A text as a person should write it.
pub(super) fn shown(content: &str) -> String {
    let mut open = false;
    let curled: String = content
        .chars()
        .map(|c| match c {
            '"' => {
                open = !open;
                if open { '“' } else { '”' }
            }
            c => c,
        })
        .collect();
    if !curled.contains('\\') {
        format!("\"{curled}\"")
    } else if curled.contains('\'') {
        format!("\"{}\"", curled.replace('\\', "\\\\"))
    } else {
        format!("'{curled}'")
    }
}

/// Nothing, a remark, or a mark that does not belong there.
fn tail(after: &str) -> Option<Fault> {
    let after = after.trim();
    let rest = after.trim_start_matches([';', ',', '.']).trim_start();
    match after.chars().next() {
        None | Some('#') => Some(Fault::Nothing),
        Some(mark) if rest.len() < after.len() && (rest.is_empty() || rest.starts_with('#')) => {
            Some(Fault::Trailing(mark))
        }
        _ => None,
    }
}

/// How remarks begin in other languages, and in none of TOML.
pub(super) const REMARKS: [&str; 3] = ["//", "/*", "<!--"];

/// What such a remark says.
pub(super) fn remark(text: &str) -> Option<&str> {
    let said = REMARKS.iter().find_map(|mark| text.trim().strip_prefix(mark))?;
    Some(said.trim_end_matches("*/").trim_end_matches("-->").trim())
}

/// A whole value with such a remark behind it.
fn remarked(written: &str, at: usize) -> Option<Value> {
    let places = REMARKS.iter().flat_map(|mark| written.match_indices(mark));
    places.map(|(place, _)| written.split_at(place)).find_map(|(value, said)| {
        let (value, said) = (value.trim_end(), remark(said)?);
        is_value(value).then(|| Value {
            fault: Fault::Remark,
            typed: value.to_owned(),
            shown: Some(format!("{value} # {said}").trim_end_matches(['#', ' ']).to_owned()),
            mended: Some(value.to_owned()),
            last: at,
        })
    })
}

/// The value that begins with `written` on line `at`, and by the rules of TOML ends on line `last`.
pub(super) fn value(lines: &[&str], at: usize, last: usize, written: &str) -> Value {
    if tail(written).is_some() {
        return below(lines, at).unwrap_or(Value {
            fault: Fault::Empty,
            typed: String::new(),
            shown: None,
            mended: None,
            last: at,
        });
    }
    if last == at && is_value(written) {
        return Value::as_it_is(Fault::Nothing, written, at);
    }
    if let Some(value) = remarked(written, at) {
        return value;
    }
    match written.chars().next() {
        Some('[') => list(lines, at, last, written),
        Some('{') => {
            Value { fault: Fault::Unknown, typed: written.to_owned(), shown: None, mended: None, last }
        }
        Some(mark) if is_quote(mark) => quoted(lines, at, written, mark),
        _ => bare(lines, at, written),
    }
}

/// A value on the line below its key.
fn below(lines: &[&str], at: usize) -> Option<Value> {
    let next = lines.get(at + 1)?.trim();
    let whole = next.starts_with(is_quote) && pair(next).is_none();
    whole.then(|| {
        let found = value(lines, at + 1, at + 1, next);
        Value { fault: Fault::Empty, ..found }
    })
}

fn quoted(lines: &[&str], at: usize, written: &str, mark: char) -> Value {
    let three = if mark == '\'' { "'''" } else { "\"\"\"" };
    if let Some(inside) = written.strip_prefix(three) {
        return quoted_in_threes(lines, at, inside, three);
    }
    let mut inside = &written[mark.len_utf8()..];
    let is_curly = |c: char| is_quote(c) && !matches!(c, '"' | '\'');
    if let Some(value) = several(written, at) {
        return value;
    }
    // The first mark like it may end the text; else the last of all.
    let first = end_of_plain(inside, mark).map(|end| (end, &inside[end + mark.len_utf8()..]));
    let final_mark = inside.char_indices().rfind(|(_, c)| is_quote(*c));
    let final_one = final_mark.map(|(end, c)| (end, &inside[end + c.len_utf8()..]));
    if let Some((end, after)) = first
        && pair(after.trim_start().trim_start_matches([';', ',']).trim_start())
            .is_some_and(|next| words::is_name(next.key))
    {
        return Value::of_text(Fault::Another, &inside[..end], at);
    }
    let closed = [first, final_one].into_iter().flatten().find_map(|(end, after)| Some((end, tail(after)?)));
    if let Some((end, after)) = closed {
        let ends_curly = inside[end..].starts_with(is_curly);
        let mut content = &inside[..end];
        // Two marks of one kind for one of another: ''Họp dân''.
        while content.len() > 1
            && content.starts_with(mark)
            && content.ends_with(mark)
            && !content[1..content.len() - 1].contains(mark)
        {
            content = &content[mark.len_utf8()..content.len() - mark.len_utf8()];
        }
        let fault = match after {
            _ if is_curly(mark) || ends_curly => Fault::Curly,
            _ if content.contains(mark) && end_of_plain(content, mark).is_some() || content.len() < end => {
                Fault::Inner
            }
            Fault::Trailing(mark) => Fault::Trailing(mark),
            _ if content.contains('\\') && mark == '"' => Fault::Backslash,
            _ => Fault::Unknown,
        };
        return Value::of_text(fault, content, at);
    }
    let marks = inside.matches(is_quote).count();
    if marks % 2 == 1 {
        // "Họp dân" 19h30
        let content: String = match final_mark {
            Some((end, c)) => [&inside[..end], &inside[end + c.len_utf8()..]].concat(),
            None => inside.to_owned(),
        };
        return Value { typed: inside.to_owned(), ..Value::of_text(Fault::Inner, &content, at) };
    }
    inside = inside.trim_end();
    let (last, closed) = goes_on(lines, at, mark);
    let mut content = inside.to_owned();
    for line in &lines[at + 1..=last] {
        content.push('\n');
        content.push_str(line.trim_end());
    }
    if closed {
        content = content.trim_end_matches([';', ',']).trim_end().trim_end_matches(is_quote).to_owned();
    }
    let fault = match (is_curly(mark), closed) {
        (false, true) => Fault::Lines,
        (true, true) => Fault::Curly,
        (_, false) => Fault::Unclosed,
    };
    Value::of_text(fault, &content, last)
}

fn quoted_in_threes(lines: &[&str], at: usize, inside: &str, three: &str) -> Value {
    if let Some((last, after)) = close(lines, at, inside, three) {
        let whole = [&[inside], &lines[at + 1..=last]].concat().join("\n");
        let content = &whole[..whole.len() - after.len()];
        let content = content.strip_suffix(three).unwrap_or(content);
        let fault = match tail(after) {
            Some(Fault::Nothing) if content.contains('\\') => Fault::Backslash,
            Some(Fault::Trailing(mark)) => Fault::Trailing(mark),
            _ => Fault::Unknown,
        };
        return Value::of_text(fault, content, last);
    }
    let until = (at + 1..lines.len()).find(|line| begins_anew(lines[*line])).unwrap_or(lines.len());
    let last = (at..until).rev().find(|line| !is_blank(lines[*line])).unwrap_or(at);
    let content = [&[inside], &lines[at + 1..=last]].concat().join("\n");
    Value::of_text(Fault::Unclosed, content.trim_end().trim_matches(is_quote), last)
}

/// The last line of a text that was opened on line `at`, and whether it is closed there.
fn goes_on(lines: &[&str], at: usize, mark: char) -> (usize, bool) {
    let mut solid = at;
    let mut blank = false;
    for (line, text) in lines.iter().enumerate().skip(at + 1).take(LINES_MAX) {
        if begins_anew(text) {
            break;
        }
        let text = text.trim_end().trim_end_matches([';', ',']).trim_end();
        let closes = |c: char| c == mark || is_quote(c) && c != '\'';
        if text.ends_with(closes) && text.matches(closes).count() % 2 == 1 {
            return (line, true);
        }
        blank |= text.trim().is_empty();
        if !blank {
            solid = line;
        }
    }
    (solid, false)
}

/// `"mon", "tue"` without brackets.
fn several(written: &str, at: usize) -> Option<Value> {
    let items = items(written)?;
    let lone = |item: &&String| item.starts_with('\'');
    (items.len() > 1 && items.iter().filter(lone).count() == items.len() && separated(written))
        .then(|| of_list(&items, at))
}

/// Between every two texts is a comma and nothing else.
fn separated(written: &str) -> bool {
    let mut rest = written.trim();
    for seen in 1.. {
        let Some(mark) = rest.chars().next().filter(|c| is_quote(*c)) else { return false };
        let inside = &rest[mark.len_utf8()..];
        let Some((end, c)) = inside.char_indices().find(|(_, c)| is_quote(*c)) else { return false };
        let after = inside[end + c.len_utf8()..].trim_start();
        if tail(after).is_some() {
            return seen > 1;
        }
        match after.strip_prefix([',', ';']) {
            Some(next) => rest = next.trim_start(),
            None => return false,
        }
    }
    false
}

fn bare(lines: &[&str], at: usize, written: &str) -> Value {
    let said = written.split_once(" # ").map_or(written, |(said, _)| said).trim();
    let short = said.trim_end_matches([';', ',']).trim_end();
    if short.len() < said.len() && is_value(short) {
        return Value::as_it_is(
            Fault::Trailing(said[short.len()..].trim_start().chars().next().unwrap_or(';')),
            short,
            at,
        );
    }
    let mut last = at;
    let mut content = short.to_owned();
    // A line of words below is more of the text.
    let keyed = |line: &str| pair(line).is_some_and(|pair| pair.sign == Sign::Equals);
    while let Some(next) =
        lines.get(last + 1).filter(|next| !is_blank(next) && !begins_anew(next) && !keyed(next))
    {
        last += 1;
        content.push('\n');
        content.push_str(next.trim_end());
    }
    if content.matches('"').count() % 2 == 1 {
        content = content.trim_end_matches('"').to_owned();
    }
    Value::of_text(Fault::Bare, content.trim_end_matches(['”', '’']), last)
}

fn list(lines: &[&str], at: usize, last: usize, written: &str) -> Value {
    let whole = [&[written], &lines[at + 1..=last]].concat().join("\n");
    if is_value(&whole) {
        return Value { shown: None, ..Value::as_it_is(Fault::Nothing, &whole, last) };
    }
    let trimmed = whole.trim_end_matches([';', ',', '.', ' ']);
    let mark = whole[trimmed.len()..].trim_start().chars().next();
    if let Some(mark) = mark.filter(|_| is_value(trimmed)) {
        return Value::as_it_is(Fault::Trailing(mark), trimmed, last);
    }
    let inside = whole.trim_start_matches('[');
    match items(inside).filter(|_| !inside.contains(['[', '{'])) {
        Some(items) => Value { typed: whole.clone(), ..of_list(&items, last) },
        None => Value { fault: Fault::List, typed: whole, shown: None, mended: None, last },
    }
}

fn of_list(items: &[String], last: usize) -> Value {
    let people =
        items.iter().map(|item| match item.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            Some(text) => shown(text),
            None => item.clone(),
        });
    Value {
        fault: Fault::List,
        typed: String::new(),
        shown: Some(format!("[{}]", people.collect::<Vec<_>>().join(", "))),
        mended: Some(format!("[{}]", items.join(", "))),
        last,
    }
}

/// What a list holds, as TOML, up to its closing bracket.
fn items(inside: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut rest = inside.trim_start();
    while let Some(c) = rest.chars().next().filter(|c| *c != ']') {
        if matches!(c, ',' | ';') {
            rest = rest[1..].trim_start();
        } else if c == '#' {
            rest = rest.find('\n').map_or("", |end| &rest[end..]).trim_start();
        } else if is_quote(c) {
            let text = &rest[c.len_utf8()..];
            let end = text.find(is_quote).or_else(|| text.find([',', ']', '\n'])).unwrap_or(text.len());
            items.push(literal(text[..end].trim()));
            rest = text[end..].trim_start_matches(is_quote).trim_start();
        } else {
            let end =
                rest.find(|c: char| matches!(c, ',' | ';' | ']' | '\n') || is_quote(c)).unwrap_or(rest.len());
            let item = rest[..end].trim();
            items.push(if is_value(item) { item.to_owned() } else { literal(item) });
            rest = rest[end..].trim_start();
        }
    }
    (!items.is_empty()).then_some(items)
}
