//! What people mean by a date, an hour, a day or a number that is not written as the format has it.
//!
//! Nothing here is taken as said: it is only what a remedy shows, written as it should be. The day always comes before
//! the month, as in Viet Nam.

use super::words::{bare, folded};
use crate::problem::Text;
use crate::say;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// A date, with or without a time of day, as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Dated {
    /// As TOML writes it: `2026-12-05`, `2026-12-05T17:00`.
    At(String),
    /// Its month has fewer days.
    NoSuchDay { year: i16, month: i8, days: i8 },
    /// The day has no such time.
    NoSuchTime { date: Date, out: Out },
}

/// What a time of day has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    Hour(u32),
    Minute(u32),
}

/// A piece of what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// Its value, and how many digits it has.
    Number(u32, usize),
    /// Without its marks, and with them: "tối" and "tới" are not the same.
    Word(String, String),
    Mark(char),
}
use Token::{Mark, Number, Word};

/// Longer than any date or list of hours.
const CHARS_MAX: usize = 200;

fn tokens(text: &str) -> Vec<Token> {
    let composed: Vec<char> = text.trim().to_lowercase().nfc().take(CHARS_MAX).collect();
    let kind = |c: &char| match c {
        c if c.is_ascii_digit() => 0,
        c if c.is_alphabetic() => 1,
        _ => 2,
    };
    let mut tokens = Vec::new();
    for run in composed.chunk_by(|a, b| kind(a) == kind(b)) {
        let written: String = run.iter().collect();
        match kind(&run[0]) {
            0 => tokens.push(Number(written.parse().unwrap_or(u32::MAX), run.len())),
            1 => tokens.push(Word(folded(&written), written)),
            _ => tokens.extend(run.iter().filter(|c| !c.is_whitespace()).map(|c| match c {
                '–' | '—' | '~' | '→' | '−' => Mark('-'),
                c => Mark(*c),
            })),
        }
    }
    tokens
}

fn is_word(token: &Token, words: &[&str]) -> bool {
    matches!(token, Word(word, _) if words.contains(&word.as_str()))
}

/// What is wrong with a date, and what is to be written instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    pub why: Text,
    /// `2026-12-05` or `2026-12-05T17:00`, where it can be told what was meant.
    pub right: Option<String>,
    pub sure: Sure,
}

/// How sure what is to be written instead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// It is what was meant.
    Meant,
    /// There is no such day: it is the last of its month.
    Last,
    /// There is no such hour: the same day with another.
    Hour,
    /// There is no such minute: the same.
    Minute,
}

impl Slip {
    /// What to do about it where it is the value of an option on a command line, such as `--at`.
    pub fn as_option(&self, option: &str) -> Option<Text> {
        let right = self.right.as_ref()?;
        Some(match self.sure {
            Sure::Meant | Sure::Last => say!(en: "write {option} {right}", vi: "hãy viết {option} {right}"),
            Sure::Hour | Sure::Minute => self.within(&format!("{option} {right}"))?,
        })
    }

    /// What to do about an hour or a minute that no day has, with an example of what is to be written.
    pub fn within(&self, example: &str) -> Option<Text> {
        match self.sure {
            Sure::Meant | Sure::Last => None,
            Sure::Hour => Some(say!(
                en: "write an hour from 0 to 23, such as {example}",
                vi: "hãy viết giờ từ 0 đến 23, ví dụ {example}"
            )),
            Sure::Minute => Some(say!(
                en: "write a minute from 0 to 59, such as {example}",
                vi: "hãy viết phút từ 0 đến 59, ví dụ {example}"
            )),
        }
    }
}

/// What to say of a text that is not a date as it is written here.
pub fn not_a_date(text: &str, today: Date) -> Slip {
    match date(text, today) {
        Some(Dated::At(right)) => Slip {
            why: say!(
                en: "`{text}` is not a date as it is written here",
                vi: "`{text}` không viết đúng dạng ngày giờ"
            ),
            right: Some(right),
            sure: Sure::Meant,
        },
        Some(Dated::NoSuchDay { year, month, days }) => Slip {
            why: say!(
                en: "`{text}` is not a date: {name} {year} has {days} days",
                vi: "không có ngày `{text}`: tháng {month} năm {year} chỉ có {days} ngày",
                name = jiff::civil::date(year, month, 1).strftime("%B").to_string(),
                month = month
            ),
            right: Some(format!("{year:04}-{month:02}-{days:02}")),
            sure: Sure::Last,
        },
        Some(Dated::NoSuchTime { date, out }) => {
            let (why, sure) = match out {
                Out::Hour(hour) => (
                    say!(
                        en: "`{text}` has hour {hour}, and a day has only the hours from 0 to 23",
                        vi: "`{text}` ghi {hour} giờ, mà một ngày chỉ có từ 0 đến 23 giờ"
                    ),
                    Sure::Hour,
                ),
                Out::Minute(minute) => (
                    say!(
                        en: "`{text}` has minute {minute}, and an hour has only the minutes from 0 to 59",
                        vi: "`{text}` ghi {minute} phút, mà một giờ chỉ có từ 0 đến 59 phút"
                    ),
                    Sure::Minute,
                ),
            };
            Slip { why, right: Some(format!("{date}T07:30")), sure }
        }
        None => Slip {
            why: say!(en: "`{text}` is not a date", vi: "`{text}` không phải là ngày giờ"),
            right: None,
            sure: Sure::Meant,
        },
    }
}

/// The year in which a day and a month without one are nearest to today.
fn nearest_year(day: u32, month: u32, today: Date) -> Option<i16> {
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    let apart = |year: &i16| {
        let there = Date::new(*year, month, day).map(|date| (date - today).get_days().abs());
        there.unwrap_or(i32::MAX)
    };
    let this = today.year();
    [this, this.saturating_add(1), this.saturating_sub(1)].into_iter().min_by_key(apart)
}

/// The date that is meant, if any.
fn date(text: &str, today: Date) -> Option<Dated> {
    let tokens = without_weekday(tokens(text));
    let tokens: Vec<Token> = tokens
        .into_iter()
        .filter(|token| !is_word(token, &["ngay", "luc", "hoi", "vao", "het"]) && *token != Mark(','))
        .map(|token| if is_word(&token, &["thang", "nam"]) { Mark('/') } else { token })
        .collect();
    let whole = tokens.windows(5).enumerate().find_map(|(at, five)| match five {
        [Number(a, x), Mark('/' | '-' | '.'), Number(b, y), Mark('/' | '-' | '.'), Number(c, z)] => {
            Some((at..at + 5, [(*a, *x), (*b, *y), (*c, *z)]))
        }
        _ => None,
    });
    // "17.30" and "7-11" are no days.
    let without_year = || {
        tokens.windows(3).enumerate().find_map(|(at, three)| match three {
            [Number(day, x @ 1..=2), Mark('/'), Number(month, y @ 1..=2)] => {
                let year = u32::try_from(nearest_year(*day, *month, today)?).ok()?;
                Some((at..at + 3, [(*day, *x), (*month, *y), (year, 4)]))
            }
            _ => None,
        })
    };
    let (at, [first, second, third]) = whole.or_else(without_year)?;
    let (year, month, day) = match (first, second, third) {
        ((year, 4), (month, 1..=2), (day, 1..=2)) => (year, month, day),
        ((day, 1..=2), (month, 1..=2), (year, 4)) => (year, month, day),
        ((day, 1..=2), (month, 1..=2), (year, 2)) => (2000 + year, month, day),
        _ => return None,
    };
    let mut rest = tokens;
    rest.drain(at);
    rest.retain(|token| !is_word(token, &["t"]) && *token != Mark('-'));
    let time = match rest[..] {
        [] => None,
        _ => Some(clock(&rest, false).ok_or_else(|| out(&rest))),
    };
    let (year, month) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?);
    let days = Date::new(year, month, 1).ok()?.days_in_month();
    let day_there = i8::try_from(day).ok().and_then(|day| Date::new(year, month, day).ok());
    match (day_there, time) {
        (_, Some(Err(None))) => None,
        (Some(date), None) => Some(Dated::At(date.to_string())),
        (Some(date), Some(Ok(DAY_MINUTES))) => Some(Dated::At(format!("{}T00:00", date.tomorrow().ok()?))),
        (Some(date), Some(Ok(minutes))) => Some(Dated::At(format!("{date}T{}", written(minutes)))),
        (Some(date), Some(Err(Some(out)))) => Some(Dated::NoSuchTime { date, out }),
        (None, _) if day > 0 => Some(Dated::NoSuchDay { year, month, days }),
        (None, _) => None,
    }
}

/// Which part of a time of day no day has.
fn out(tokens: &[Token]) -> Option<Out> {
    let (hour, minute) = match tokens {
        [Number(hour, 1..=2), unit, rest @ ..] if *unit == Mark(':') || is_word(unit, &["h", "g", "gio"]) => {
            match rest {
                [] => (*hour, 0),
                [Number(minute, 1..=2), ..] => (*hour, *minute),
                _ => return None,
            }
        }
        _ => return None,
    };
    match (hour, minute) {
        (0..=23, 60..) => Some(Out::Minute(minute)),
        (24.., _) => Some(Out::Hour(hour)),
        _ => None,
    }
}

/// Without "thứ bảy" or "CN" before or after a date, which say nothing more.
fn without_weekday(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        // "T" of a moment as TOML writes it stands behind a number.
        let between = at > 0 && matches!(tokens[at - 1], Number(..));
        match weekday(&tokens[at..]).filter(|_| !between && matches!(tokens[at], Word(..))) {
            Some((_, taken)) => at += taken,
            None => {
                kept.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    kept
}

/// Minutes from midnight as the format writes them.
fn written(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

const DAY_MINUTES: u16 = 24 * 60;

/// Minutes from midnight, 0 to 1440. `lone`: a number with nothing to it is an hour.
fn clock(tokens: &[Token], lone: bool) -> Option<u16> {
    minutes(tokens, lone).filter(|minutes| *minutes <= DAY_MINUTES)
}

/// The end of a span: after midnight some count on, 24:30 for 0:30.
fn clock_of_end(tokens: &[Token]) -> Option<u16> {
    const LATEST: u16 = 30 * 60;
    minutes(tokens, true).filter(|minutes| *minutes <= LATEST).map(|minutes| match minutes {
        0..=DAY_MINUTES => minutes,
        _ => minutes - DAY_MINUTES,
    })
}

/// The same without an end of the day.
fn minutes(tokens: &[Token], lone: bool) -> Option<u16> {
    let (part, tokens) = match tokens {
        [rest @ .., part @ Word(..)] if is_day_part(part) => (Some(part), rest),
        tokens => (None, tokens),
    };
    let unit = |token: &Token| is_word(token, &["h", "g", "gio"]);
    let (hour, minute) = match tokens {
        [Number(hour, 1..=2)] if lone || part.is_some() => (*hour, 0),
        [Number(both, 3..=4)] if lone => (both / 100, both % 100),
        [Number(hour, _), word] if unit(word) => (*hour, 0),
        [Number(hour, _), word, half] if unit(word) && is_word(half, &["ruoi"]) => (*hour, 30),
        [Number(hour, _), Mark(':' | '.'), Number(minute, 2)] => (*hour, *minute),
        [Number(hour, _), Mark(':'), Number(minute, 2), Mark(':'), Number(_, 2)] => (*hour, *minute),
        [Number(hour, _), word, Number(minute, 1..=2), rest @ ..] if unit(word) => match rest {
            [] | [Mark('\'')] => (*hour, *minute),
            [word] if is_word(word, &["p", "ph", "phut", "m"]) => (*hour, *minute),
            _ => return None,
        },
        _ => return None,
    };
    let hour = match part {
        Some(part) if is_word(part, &["chieu", "toi", "pm"]) && hour < 12 => hour + 12,
        Some(part) if is_word(part, &["trua"]) && hour < 3 => hour + 12,
        Some(part) if is_word(part, &["dem"]) && (6..12).contains(&hour) => hour + 12,
        Some(part) if is_word(part, &["dem"]) && hour == 12 => 0,
        _ => hour,
    };
    let whole = u16::try_from(hour.checked_mul(60)?.checked_add(minute)?).ok()?;
    (minute < 60).then_some(whole)
}

fn is_day_part(token: &Token) -> bool {
    is_word(token, &["sang", "trua", "chieu", "toi", "dem", "am", "pm"])
}

/// Parts between commas, or "và".
fn parts(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let parts =
        tokens.split(|token| matches!(token, Mark(',' | ';' | '+' | '&')) || is_word(token, &["va", "and"]));
    parts.filter(|part| !part.is_empty())
}

/// The times of day that are meant, each as `17:00`; `None` unless all of them can be told.
pub fn times(text: &str) -> Option<Vec<String>> {
    let tokens: Vec<Token> =
        tokens(text).into_iter().filter(|token| !is_word(token, &["luc", "vao", "hoi"])).collect();
    let times = parts(&tokens).map(|part| clock(part, true).filter(|minutes| *minutes < 1440).map(written));
    times.collect::<Option<Vec<String>>>().filter(|times| !times.is_empty())
}

/// The spans of the day that are meant, each as `07:30-11:00`; `None` unless all of them can be told.
pub fn spans(text: &str) -> Option<Vec<String>> {
    let tokens = tokens(text);
    let spans = parts(&tokens).map(|part| {
        let part = if is_word(&part[0], &["tu", "from", "luc"]) { &part[1..] } else { part };
        let between = part.iter().position(|token| match token {
            Mark(mark) => *mark == '-',
            Word(_, said) => said != "tối" && is_word(token, &["den", "toi", "to", "until"]),
            Number(..) => false,
        })?;
        let (start, end) = (&part[..between], &part[between + 1..]);
        let until = clock_of_end(end)?;
        // "2-5h chiều": what is said of the end is meant of the start.
        let same_part = end.last().filter(|part| is_day_part(part) && !start.last().is_some_and(is_day_part));
        let in_part = same_part.and_then(|part| clock(&[start, std::slice::from_ref(part)].concat(), true));
        let from = in_part.filter(|from| *from < until).or_else(|| clock(start, true))?;
        (from != until && from < 1440).then(|| format!("{}-{}", written(from), written(until)))
    });
    spans.collect::<Option<Vec<String>>>().filter(|spans| !spans.is_empty())
}

/// The day of the week at the start, Monday being 0, and how many pieces it takes.
fn weekday(tokens: &[Token]) -> Option<(usize, usize)> {
    const ENGLISH: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    const NAMES: [&str; 7] = ["hai", "ba", "tu", "nam", "sau", "bay", "nhat"];
    match tokens {
        [Word(t, _), Number(number @ 2..=7, 1), ..] if ["t", "thu"].contains(&t.as_str()) => {
            Some((*number as usize - 2, 2))
        }
        [Word(thu, _), Word(name, _), ..] if ["thu", "chu"].contains(&thu.as_str()) => {
            let day = NAMES.iter().position(|known| known == name)?;
            ((day == 6) == (thu == "chu")).then_some((day, 2))
        }
        [Word(name, _), ..] if ["cn", "chunhat"].contains(&name.as_str()) => Some((6, 1)),
        [Word(name, said), ..] if name.len() >= 3 && name == said => {
            let name = name.strip_suffix('s').unwrap_or(name);
            ENGLISH.iter().position(|day| day.starts_with(name)).map(|day| (day, 1))
        }
        _ => None,
    }
}

/// The days of the week that are meant, Monday being 0, in the order of the week; `None` unless all can be told.
pub fn days(text: &str) -> Option<Vec<usize>> {
    match bare(text).as_str() {
        "hangngay" | "moingay" | "catuan" | "tatca" | "everyday" | "daily" | "all" => {
            return Some((0..7).collect());
        }
        "cuoituan" | "weekend" | "weekends" => return Some(vec![5, 6]),
        "ngaythuong" | "trongtuan" | "weekday" | "weekdays" => return Some((0..5).collect()),
        _ => {}
    }
    let tokens = tokens(text);
    let mut rest = &tokens[..];
    let mut on = [false; 7];
    let mut last = None;
    let mut ranges = false;
    while let [first, ..] = rest {
        if is_word(first, &["va", "and", "tu", "from"])
            || matches!(first, Mark(',' | ';' | '+' | '/' | '&' | '.'))
        {
            rest = &rest[1..];
        } else if *first == Mark('-') || is_word(first, &["den", "toi", "to"]) {
            last?;
            (ranges, rest) = (true, &rest[1..]);
        } else {
            let (day, taken) = match (weekday(rest), first) {
                (Some(found), _) => found,
                (None, Number(number @ 2..=7, 1)) => (*number as usize - 2, 1),
                (None, Number(8, 1)) => (6, 1),
                _ => return None,
            };
            let first_of = last.filter(|_| ranges).unwrap_or(day);
            (0..7)
                .map(|step| (first_of + step) % 7)
                .take((day + 7 - first_of) % 7 + 1)
                .for_each(|day| on[day] = true);
            (last, ranges, rest) = (Some(day), false, &rest[taken..]);
        }
    }
    last?;
    (!ranges).then(|| (0..7).filter(|day| on[*day]).collect())
}

/// A number of seconds: `60s`, `1 phút 30 giây`.
pub fn seconds(text: &str) -> Option<u32> {
    const SECOND: [&str; 6] = ["s", "giay", "g", "sec", "second", "seconds"];
    const MINUTE: [&str; 7] = ["m", "p", "ph", "phut", "min", "minute", "minutes"];
    let tokens = tokens(text);
    let is = |token: &Token, unit: &[&str]| is_word(token, unit);
    match &tokens[..] {
        [Number(seconds, _)] => Some(*seconds),
        [Number(seconds, _), unit] if is(unit, &SECOND) => Some(*seconds),
        [Number(seconds, _), Mark('.' | ','), Number(0, _), rest @ ..]
            if rest.iter().all(|unit| is(unit, &SECOND)) =>
        {
            Some(*seconds)
        }
        [half, unit] if is(half, &["nua"]) && is(unit, &MINUTE) => Some(30),
        [Number(minutes, _), unit, rest @ ..] if is(unit, &MINUTE) => {
            let seconds = match rest {
                [] => 0,
                [half] if is(half, &["ruoi"]) => 30,
                [Number(seconds, _)] => *seconds,
                [Number(seconds, _), unit] if is(unit, &SECOND) => *seconds,
                _ => return None,
            };
            minutes.checked_mul(60)?.checked_add(seconds)
        }
        _ => None,
    }
}

/// A number with a decimal comma, or with its unit behind it: `7,5`, `30%`.
pub fn decimal(text: &str) -> Option<f64> {
    let digits: String = text.trim().chars().map(|c| if c == ',' { '.' } else { c }).collect();
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(digits.len());
    let unit = digits[end..].trim();
    let is_unit = unit.chars().all(|c| c.is_alphabetic() || c == '%') && unit.chars().count() <= 5;
    digits[..end].parse().ok().filter(|_| is_unit)
}

/// Yes or no.
pub fn flag(text: &str) -> Option<bool> {
    match bare(text).as_str() {
        "co" | "yes" | "y" | "1" | "true" | "on" | "dung" | "bat" | "duoc" | "x" => Some(true),
        "khong" | "no" | "n" | "0" | "false" | "off" | "sai" | "tat" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 28);

    #[test]
    fn dates_are_understood_with_the_day_first() {
        for (text, meant) in [
            ("31/12/2026", "2026-12-31"),
            ("5/12/2026", "2026-12-05"),
            ("5-12-2026", "2026-12-05"),
            ("5.12.2026", "2026-12-05"),
            ("05 / 12 / 2026", "2026-12-05"),
            ("5/12/26", "2026-12-05"),
            ("2026-2-5", "2026-02-05"),
            ("2026/12/5", "2026-12-05"),
            ("ngày 5 tháng 12 năm 2026", "2026-12-05"),
            ("thứ năm, 5/12/2026", "2026-12-05"),
            ("T7 5/12/2026", "2026-12-05"),
            ("17h00 5/12/2026", "2026-12-05T17:00"),
            ("5/12/2026 17:00", "2026-12-05T17:00"),
            ("2026-12-05 17h30", "2026-12-05T17:30"),
            ("2026-12-05T7h30", "2026-12-05T07:30"),
            ("17 giờ 30 phút, ngày 5/12/2026", "2026-12-05T17:30"),
            ("5/12/2026 lúc 5 giờ chiều", "2026-12-05T17:00"),
            ("5/12/2026 - 17h", "2026-12-05T17:00"),
        ] {
            assert_eq!(date(text, TODAY), Some(Dated::At(meant.into())), "{text}");
        }
        assert_eq!(date("30/2/2026", TODAY), Some(Dated::NoSuchDay { year: 2026, month: 2, days: 28 }));
        assert_eq!(date("2026-02-30", TODAY), Some(Dated::NoSuchDay { year: 2026, month: 2, days: 28 }));
        assert_eq!(date("2028-02-30", TODAY), Some(Dated::NoSuchDay { year: 2028, month: 2, days: 29 }));
        for text in
            ["", "mai", "12/31/2026", "5/12/2026 x", "0/12/2026", "99999999999/1/2026", "17h", "17.30"]
        {
            assert_eq!(date(text, TODAY), None, "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_one_nearest_to_today() {
        for (text, meant) in [
            ("5/12", "2026-12-05"),
            ("20/11", "2026-11-20"),
            ("5/1", "2027-01-05"),
            ("ngày 5 tháng 12", "2026-12-05"),
            ("5/12 8:00", "2026-12-05T08:00"),
            ("17h00 ngày 5/1", "2027-01-05T17:00"),
        ] {
            assert_eq!(date(text, TODAY), Some(Dated::At(meant.into())), "{text}");
        }
        assert_eq!(date("31/11", TODAY), Some(Dated::NoSuchDay { year: 2026, month: 11, days: 30 }));
        assert_eq!(date("12/2026", TODAY), None);
    }

    #[test]
    fn hours_are_understood_as_they_are_said() {
        for (text, meant) in [
            ("17h00", "17:00"),
            ("17h", "17:00"),
            ("5h30", "05:30"),
            ("17 giờ 30", "17:30"),
            ("17g30", "17:30"),
            ("17 giờ 30 phút", "17:30"),
            ("5 giờ chiều", "17:00"),
            ("5 giờ rưỡi", "05:30"),
            ("7h tối", "19:00"),
            ("17.30", "17:30"),
            ("1730", "17:30"),
            ("17", "17:00"),
            ("5:30 PM", "17:30"),
            ("lúc 5h", "05:00"),
            ("17:00:00", "17:00"),
            ("1h trưa", "13:00"),
        ] {
            assert_eq!(times(text), Some(vec![meant.into()]), "{text}");
        }
        assert_eq!(times("5h30, 17h").unwrap(), ["05:30", "17:00"]);
        for text in ["", "25h", "17h60", "sáng", "24h", "4294967295h", "5h x"] {
            assert_eq!(times(text), None, "{text}");
        }
        for (text, meant) in [
            ("7h30-11h", "07:30-11:00"),
            ("7h30 đến 11h", "07:30-11:00"),
            ("từ 7h30 tới 11h", "07:30-11:00"),
            ("7h toi 11h", "07:00-11:00"),
            ("7-11h", "07:00-11:00"),
            ("7:30 – 11:00", "07:30-11:00"),
            ("2-5h chiều", "14:00-17:00"),
            ("7h sáng - 5h chiều", "07:00-17:00"),
            ("7h tối - 9h tối", "19:00-21:00"),
            ("22h-24h", "22:00-24:00"),
            ("22h-5h", "22:00-05:00"),
            ("22:00-24:30", "22:00-00:30"),
            ("21h - 25h", "21:00-01:00"),
        ] {
            assert_eq!(spans(text), Some(vec![meant.into()]), "{text}");
        }
        assert_eq!(spans("7h30-11h và 13h-17h").unwrap(), ["07:30-11:00", "13:00-17:00"]);
        for text in ["", "7h", "7h-7h", "-", "7h-", "sáng"] {
            assert_eq!(spans(text), None, "{text}");
        }
    }

    #[test]
    fn days_of_the_week_are_understood_one_by_one_and_from_one_to_another() {
        for (text, meant) in [
            ("T2", &[0][..]),
            ("t7", &[5]),
            ("CN", &[6]),
            ("thứ hai", &[0]),
            ("Thứ 2", &[0]),
            ("thu hai", &[0]),
            ("thứ tư", &[2]),
            ("chủ nhật", &[6]),
            ("Monday", &[0]),
            ("Tues", &[1]),
            ("2", &[0]),
            ("8", &[6]),
            ("T2-T6", &[0, 1, 2, 3, 4]),
            ("thứ 2 đến thứ 6", &[0, 1, 2, 3, 4]),
            ("2-6", &[0, 1, 2, 3, 4]),
            ("T7-T2", &[0, 5, 6]),
            ("T2, T4 và T6", &[0, 2, 4]),
            ("mon-fri", &[0, 1, 2, 3, 4]),
            ("hàng ngày", &[0, 1, 2, 3, 4, 5, 6]),
            ("từ thứ hai tới chủ nhật", &[0, 1, 2, 3, 4, 5, 6]),
        ] {
            assert_eq!(days(text).as_deref(), Some(meant), "{text}");
        }
        for text in ["", "thứ", "T9", "T2-", "-T2", "1", "mo", "ngày mai", ","] {
            assert_eq!(days(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_and_flags_are_understood_with_their_units() {
        for (text, meant) in [
            ("60s", 60),
            ("60", 60),
            ("1 phút", 60),
            ("60.0", 60),
            ("1 phút 30 giây", 90),
            ("90 giây", 90),
            ("1m30s", 90),
        ] {
            assert_eq!(seconds(text), Some(meant), "{text}");
        }
        assert_eq!((seconds("lâu"), seconds("60.5"), seconds("")), (None, None, None));
        assert_eq!(
            (decimal("7,5"), decimal("30%"), decimal("7 m"), decimal("bảy")),
            (Some(7.5), Some(30.0), Some(7.0), None)
        );
        assert_eq!(
            (flag("có"), flag("Yes"), flag("1"), flag("không"), flag("chắc")),
            (Some(true), Some(true), Some(true), Some(false), None)
        );
    }
}
