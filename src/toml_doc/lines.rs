//! A broken TOML file cut into its statements, so that each mistake stays where it was made.

use super::words;
use toml::de::DeTable;

/// Whether it is TOML by itself.
pub(super) fn is_toml(fragment: &str) -> bool {
    DeTable::parse(fragment).is_ok()
}

/// Whether the text can stand behind an equals sign.
pub(super) fn is_value(value: &str) -> bool {
    !value.trim().is_empty() && is_toml(&format!("a = {value}"))
}

pub(super) fn is_blank(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// What stands between a key and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Equals,
    Colon,
    /// More than one sign, or one that looks like it: `==`, `:=`, `=>`.
    Other,
    None,
}

/// `title = "Họp dân"`, taken apart as far as it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair<'l> {
    pub key: &'l str,
    pub sign: Sign,
    pub value: &'l str,
}

const QUOTES: [char; 11] = ['"', '\'', '“', '”', '„', '«', '»', '‘', '’', '＂', '`'];

/// A quotation mark of any kind.
pub(super) fn is_quote(c: char) -> bool {
    QUOTES.contains(&c)
}

/// Takes a line apart; `None` if nothing in it looks like a key with a value.
pub(super) fn pair(line: &str) -> Option<Pair<'_>> {
    let line = line.trim();
    let signs = ['=', ':', '＝', '：'];
    let quoted = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    let from = match quoted {
        // A key in quotation marks may hold anything.
        Some(mark) => line[1..].find(mark).map_or(0, |end| end + 2),
        None => 0,
    };
    if let Some(at) = line[from..].find(signs).map(|at| at + from) {
        let rest = &line[at..];
        let value = rest.trim_start_matches(signs);
        let sign = &rest[..rest.len() - value.len()];
        let (sign, value) = match (sign, value.strip_prefix('>')) {
            ("=", Some(value)) => (Sign::Other, value),
            ("=", None) => (Sign::Equals, value),
            (":" | "：", None) => (Sign::Colon, value),
            _ => (Sign::Other, value),
        };
        let found = Pair { key: line[..at].trim(), sign, value: value.trim() };
        // A colon is much used in texts.
        let plausible = match found.sign {
            Sign::Equals => !found.key.starts_with(is_quote) || from > 0 || at < 20,
            _ => is_name(found.key) && (words::is_key(found.key) || found.value.starts_with(starts_value)),
        };
        if plausible {
            return Some(found);
        }
    }
    let end = line.find(|c: char| c.is_whitespace() || is_quote(c) || c == '[')?;
    let (key, value) = (&line[..end], line[end..].trim());
    let known = words::is_key(key) && key.is_ascii();
    (is_bare(key) && (value.starts_with(starts_value) || known)).then_some(Pair {
        key,
        sign: Sign::None,
        value,
    })
}

fn starts_value(c: char) -> bool {
    is_quote(c) || c.is_ascii_digit() || c == '['
}

/// A key as TOML takes it without quotation marks.
pub(super) fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// A few words of letters, such as "tiêu đề".
fn is_name(key: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '\u{300}'..='\u{36F}');
    !key.is_empty() && key.chars().all(word) && key.split_whitespace().count() <= 4
}

/// `[[notice]]`, or what was meant for one.
pub(super) fn is_header(line: &str) -> bool {
    let line = line.trim();
    let name = line.trim_start_matches('[').split([']', '#']).next().unwrap_or_default().trim();
    let after = line.rsplit(']').next().unwrap_or_default().trim_start();
    line.starts_with('[')
        && is_name(name)
        && (after.is_empty() || after.starts_with('#') || !line.contains(']'))
}

/// Whether a line begins something new, rather than going on with the text above it.
pub(super) fn begins_anew(line: &str) -> bool {
    let keyed = |pair: Pair<'_>| match pair.sign {
        Sign::Equals => is_bare(pair.key) || words::is_key(pair.key),
        // "Thời gian: 7h30" is a line of many a text.
        Sign::Colon | Sign::Other if pair.value.starts_with(is_quote) => words::is_key(pair.key),
        Sign::Colon | Sign::Other => words::is_name(pair.key) && pair.value.starts_with(starts_value),
        Sign::None => words::is_key(pair.key) && pair.value.starts_with(is_quote),
    };
    is_header(line) || pair(line).is_some_and(keyed)
}

/// The last line of the statement that begins on line `at`, by the rules of TOML, as far as it has an end; an open
/// bracket ends where something new begins all the same.
pub(super) fn extent(lines: &[&str], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut line = at;
    let mut rest = lines[at];
    loop {
        rest = rest.trim_start_matches(|c| !matches!(c, '"' | '\'' | '[' | ']' | '{' | '}' | '#'));
        let Some(first) = rest.chars().next() else {
            let next = lines.get(line + 1);
            match next.filter(|next| depth > 0 && !begins_anew(next)) {
                Some(next) => (line, rest) = (line + 1, next),
                None => return line,
            }
            continue;
        };
        let three = if first == '"' { "\"\"\"" } else { "'''" };
        match first {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '#' => rest = "",
            _ if rest.starts_with(three) => {
                let Some((end, after)) = close(lines, line, &rest[3..], three) else {
                    return line;
                };
                (line, rest) = (end, after);
                continue;
            }
            mark => {
                let end = end_of_plain(&rest[1..], mark);
                rest = end.map_or("", |end| &rest[1 + end..]);
            }
        }
        rest = rest.get(1..).unwrap_or("");
    }
}

/// Where a text in one mark at each end ends, from behind the first.
pub(super) fn end_of_plain(inside: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    inside.char_indices().find_map(|(at, c)| {
        let ends = c == mark && !escaped;
        escaped = mark == '"' && c == '\\' && !escaped;
        ends.then_some(at)
    })
}

/// Where a text between three marks ends: the line, and what stands behind it there. A text that would end at the
/// beginning of another was never closed.
pub(super) fn close<'l>(
    lines: &[&'l str],
    at: usize,
    inside: &'l str,
    three: &str,
) -> Option<(usize, &'l str)> {
    let mut rest = inside;
    for (line, text) in lines.iter().enumerate().skip(at) {
        if line > at {
            rest = text;
        }
        let mut from = 0;
        while let Some(found) = rest[from..].find(three).map(|found| found + from) {
            let escapes = rest[..found].bytes().rev().take_while(|b| *b == b'\\').count();
            if three == "\"\"\"" && escapes % 2 == 1 {
                from = found + 1;
                continue;
            }
            let opens = line > at
                && pair(rest).is_some_and(|pair| {
                    pair.sign == Sign::Equals && is_bare(pair.key) && pair.value.starts_with(three)
                });
            if opens {
                return None;
            }
            let after = &rest[found + 3..];
            let more = after.bytes().take(2).take_while(|b| three.as_bytes()[0] == *b).count();
            return Some((line, &after[more..]));
        }
    }
    None
}
