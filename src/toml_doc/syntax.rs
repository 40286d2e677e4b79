//! What is wrong with the lines of a file that is not TOML, in the words of somebody who has never heard of it.
//!
//! Each statement is looked at by itself. One that is broken is told with what it should read, and put so as far as
//! that can be guessed: reading then goes on, and everything else that is wrong is told with it. Nothing of a file
//! that had to be mended is ever used.

use super::lines::{Pair, Sign, extent, is_bare, is_blank, is_quote, is_toml, pair};
use super::value::{Fault, Value, literal, remark, shown, value};
use super::{words, write_as};
use crate::problem::Text;
use crate::say;
use std::collections::{HashMap, HashSet};

/// A mistake in the form of a statement.
#[derive(Debug)]
pub(super) struct Slip {
    /// Its first and last line, from 1.
    pub lines: (usize, usize),
    pub why: Text,
    pub remedy: Text,
    /// It stands whatever else is found there. Otherwise the reader, who knows what is wanted, may say it better.
    pub firm: bool,
}

/// A text that is TOML as far as it could be mended, line by line where it was.
#[derive(Debug, Default)]
pub(super) struct Mended {
    pub text: String,
    pub slips: Vec<Slip>,
    /// The header lines, from 1, of the tables of which something is lost; 0 for what stands above all tables.
    pub torn: HashSet<usize>,
}

/// After so many lines that are nothing at all it is a text of another kind.
const LOST_MAX: usize = 10;

/// What was found at a statement.
struct Found {
    said: (Text, Text),
    mended: Option<String>,
    last: usize,
    firm: bool,
    /// Something of it is lost when it is mended.
    torn: bool,
}

/// Tells of every broken statement.
pub(super) fn mend(text: &str) -> Mended {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let twice = written_twice(&lines);
    let mut mended = Mended { text: String::with_capacity(text.len()), ..Mended::default() };
    let mut keys = HashMap::new();
    let (mut header, mut lost, mut at) = (0, 0, 0);
    while at < lines.len() {
        let line = lines[at].trim();
        let found = if is_blank(line) {
            Err(at)
        } else if line.starts_with('[') || is_lone_header(line) {
            (header, keys) = (at + 1, HashMap::new());
            let fine = !twice.contains(&at) && is_toml(line);
            if fine { Err(at) } else { Ok(of_header(line, at)) }
        } else {
            let last = extent(&lines, at);
            let fine = is_toml(&lines[at..=last].join("\n"));
            let first = pair(line).and_then(|pair| keys.insert(pair.key, at + 1));
            match first {
                Some(first) if fine => Ok(of_key_again(line, first, last)),
                None if fine => Err(last),
                // What is broken, and there already, is told and not read.
                Some(_) => Ok(Found { mended: Some(String::new()), ..of_statement(&lines, at, last) }),
                None => Ok(of_statement(&lines, at, last)),
            }
        };
        let last = match &found {
            Err(last) => *last,
            Ok(found) => found.last,
        };
        if at > 0 {
            mended.text.push('\n');
        }
        match found {
            Err(last) => mended.text.push_str(&lines[at..=last].join("\n")),
            Ok(found) => {
                let spare = last - at;
                let fits = |text: &String| text.matches('\n').count() <= spare && is_toml(text);
                let whole = found.mended.filter(fits);
                lost += usize::from(whole.is_none());
                if found.torn || whole.is_none() {
                    mended.torn.insert(header);
                }
                let text = whole.unwrap_or_default();
                mended.text.push_str(&text);
                mended.text.push_str(&"\n".repeat(spare - text.matches('\n').count()));
                if lost <= LOST_MAX {
                    let (why, remedy) = found.said;
                    mended.slips.push(Slip { lines: (at + 1, last + 1), why, remedy, firm: found.firm });
                }
            }
        }
        at = last + 1;
    }
    mended
}

/// The lines with `[notice]` where another has that name: there may be several, in double brackets.
fn written_twice(lines: &[&str]) -> HashSet<usize> {
    let headers = lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with('['));
    let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, line) in headers {
        let line = line.split('#').next().unwrap_or_default().trim();
        let name = line.trim_matches(['[', ']', ' ']);
        // A translation's table has the name of its notice before it, and stands once under each.
        if is_bare(name) {
            named.entry(name).or_default().push(at);
        }
    }
    let several = named.into_values().filter(|at| at.len() > 1).flatten();
    several.filter(|at| !lines[*at].trim_start().starts_with("[[")).collect()
}

/// `notice`, `tin` or `(notice)` on a line of its own.
fn is_lone_header(line: &str) -> bool {
    let name = line.trim_matches(|c: char| !c.is_alphanumeric());
    words::is_table(name) && pair(line).is_none_or(|pair| pair.value.is_empty() && pair.sign == Sign::None)
}

fn of_header(line: &str, at: usize) -> Found {
    let opens = line.chars().take_while(|c| matches!(c, '[' | ' ')).filter(|c| *c == '[').count();
    let name = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = name
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, ' ' | '_' | '-' | '.'))
        .unwrap_or(name.len());
    let (name, after) = (name[..end].trim(), &name[end..]);
    let double = opens != 1 || after.starts_with("]]") || !name.contains('.') && is_toml(line);
    let (open, close) = if double { ("[[", "]]") } else { ("[", "]") };
    let written = format!("{open}{name}{close}");
    let parts = name.split('.').map(str::trim);
    let quoted: Vec<String> =
        parts.clone().map(|part| if is_bare(part) { part.to_owned() } else { literal(part) }).collect();
    let rest = after.trim_start_matches([']', ' ', ';', ',', '.', ')', '}', ':']).trim();
    let fine = !name.is_empty() && (rest.is_empty() || rest.starts_with('#'));
    let why = if double && is_toml(line) {
        say!(
            en: "`{line}` needs double brackets: there are several",
            vi: "`{line}` cần hai dấu ngoặc vuông vì có nhiều mục như vậy",
            line = short(line)
        )
    } else if fine || name.is_empty() {
        say!(en: "`{line}` is not a heading of a table", vi: "`{line}` chưa đúng dạng dòng mở đầu một mục", line = short(line))
    } else {
        say!(
            en: "something stands behind {written}: `{rest}`",
            vi: "sau {written} còn có `{rest}` trên cùng dòng",
            written = written,
            rest = short(rest)
        )
    };
    let remedy = if name.is_empty() {
        say!(en: "write [[notice]]", vi: "hãy viết [[notice]]")
    } else if fine {
        say!(en: "write {written}", vi: "hãy viết {written}", written = written)
    } else {
        say!(
            en: "write {written} on a line of its own, the rest below it",
            vi: "hãy viết {written} trên một dòng riêng, phần còn lại ở dòng dưới",
            written = written
        )
    };
    let mended = (!name.is_empty()).then(|| format!("{open}{}{close}", quoted.join(".")));
    let firm = parts.clone().all(is_bare) && !is_lone_header(name) || parts.clone().eq(["notice"]);
    Found { said: (why, remedy), mended, last: at, firm, torn: !fine }
}

fn of_key_again(line: &str, first: usize, last: usize) -> Found {
    let why = say!(
        en: "`{key}` is there twice: it is on line {first} already",
        vi: "mục `{key}` bị viết hai lần: đã có ở dòng {first}",
        key = pair(line).map_or("", |pair| pair.key),
        first = first
    );
    let remedy = say!(
        en: "delete one of the two lines; where a new notice begins here, write [[notice]] above this one",
        vi: "hãy xóa một trong hai dòng; nếu đây là tin mới thì thêm dòng [[notice]] ở trên"
    );
    // The same key twice is no table with a hole.
    Found { said: (why, remedy), mended: Some(String::new()), last, firm: true, torn: false }
}

/// A key with its value, one of which is broken, or neither of both.
fn of_statement(lines: &[&str], at: usize, last: usize) -> Found {
    let line = lines[at].trim();
    if let Some(said) = remark(line) {
        return of_remark(line, said, at);
    }
    let Some(pair) = pair(line) else { return of_words(lines, at) };
    let value = value(lines, at, last, pair.value);
    let plain = pair.key.trim_start_matches(['-', '*', '•', ' ', '+']).trim_matches(is_quote).trim();
    let key = if is_toml(&format!("{} = 1", pair.key)) { pair.key } else { plain };
    let why = match value.fault {
        _ if pair.sign != Sign::Equals => of_sign(key, pair),
        Fault::Nothing => of_key(pair.key),
        fault => of_value(fault, key, &value),
    };
    let remedy = remedy(key, &value);
    let mended = value.mended.as_ref().map(|value| match is_toml(&format!("{key} = 1")) {
        true => format!("{key} = {value}"),
        false => format!("{} = {value}", literal(key)),
    });
    let firm = matches!(value.fault, Fault::Another | Fault::Empty);
    Found { said: (why, remedy), mended, last: value.last, firm, torn: value.fault == Fault::Another }
}

/// A line that is a remark in other languages.
fn of_remark(line: &str, said: &str, at: usize) -> Found {
    let why = say!(
        en: "`{line}` is a remark, and remarks begin with `#`",
        vi: "`{line}` là ghi chú, mà ghi chú phải bắt đầu bằng dấu `#`",
        line = short(line)
    );
    let remedy = say!(en: "write # {said}", vi: "hãy viết # {said}", said = short(said));
    Found { said: (why, remedy), mended: Some(String::new()), last: at, firm: true, torn: false }
}

fn of_sign(key: &str, pair: Pair<'_>) -> Text {
    let key = short(key);
    match pair.sign {
        Sign::Colon => say!(
            en: "there is `:` behind `{key}`, where `=` belongs",
            vi: "sau `{key}` là dấu `:`, phải là dấu `=`"
        ),
        Sign::None => {
            say!(en: "there is no `=` behind `{key}`", vi: "sau `{key}` thiếu dấu `=`")
        }
        _ => say!(en: "behind `{key}` belongs one `=`", vi: "sau `{key}` chỉ dùng một dấu `=`"),
    }
}

fn of_key(key: &str) -> Text {
    say!(en: "`{key}` cannot name anything here", vi: "`{key}` không dùng làm tên mục được", key = short(key))
}

fn of_value(fault: Fault, key: &str, value: &Value) -> Text {
    let (key, typed) = (short(key), short(&value.typed));
    let quoted = format!("`{typed}`");
    let of = |en: &str, vi: &str| Text { en: en.replace("{}", &quoted), vi: vi.replace("{}", &quoted) };
    match fault {
        Fault::Curly => of("there are curly quotation marks round {}", "hai bên {} có dấu ngoặc kép cong"),
        Fault::Unclosed if typed.is_empty() => say!(
            en: "a text begins behind `{key} =`, and is not closed",
            vi: "phần chữ mở ra sau `{key} =` chưa được đóng lại"
        ),
        Fault::Unclosed => {
            of("the quotation mark before {} is not closed", "dấu ngoặc kép trước {} chưa được đóng lại")
        }
        Fault::Inner => {
            of("there are quotation marks inside the text {}", "bên trong phần chữ {} lại có dấu ngoặc kép")
        }
        Fault::Lines => of(
            "the text {} has several lines, but only one quotation mark at each end",
            "phần chữ {} có nhiều dòng nhưng mỗi đầu chỉ có một dấu ngoặc kép",
        ),
        Fault::Backslash => of(
            "{} holds `\\`, which means something else between these quotation marks",
            "{} có dấu `\\`, dấu này có nghĩa khác khi nằm giữa hai dấu ngoặc kép",
        ),
        Fault::Bare => of("{} lacks its quotation marks", "phần chữ {} thiếu dấu ngoặc kép"),
        Fault::Trailing(mark) => say!(
            en: "there is `{mark}` behind `{typed}`",
            vi: "sau `{typed}` thừa dấu `{mark}`"
        ),
        Fault::Empty if typed.is_empty() => {
            say!(en: "there is nothing behind `{key} =`", vi: "sau `{key} =` chưa có gì")
        }
        Fault::Empty => say!(
            en: "what belongs behind `{key} =` stands on the next line",
            vi: "phần của `{key} =` lại nằm ở dòng dưới"
        ),
        Fault::Remark => say!(
            en: "there is a remark behind `{typed}`, and remarks begin with `#`",
            vi: "sau `{typed}` có ghi chú, mà ghi chú phải bắt đầu bằng dấu `#`"
        ),
        Fault::Another => say!(
            en: "there is a second key on the line, behind `{typed}`",
            vi: "trên cùng dòng, sau `{typed}` còn có mục thứ hai"
        ),
        Fault::List if typed.is_empty() => say!(
            en: "the list behind `{key} =` has no square brackets",
            vi: "danh sách sau `{key} =` thiếu dấu ngoặc vuông"
        ),
        Fault::List => say!(
            en: "a bracket, a comma or a quotation mark is missing in the list `{typed}`",
            vi: "danh sách `{typed}` thiếu dấu ngoặc vuông, dấu phẩy hoặc dấu ngoặc kép"
        ),
        Fault::Nothing | Fault::Unknown => say!(
            en: "what stands behind `{key} =` cannot be understood: `{typed}`",
            vi: "không hiểu được phần sau `{key} =`: `{typed}`"
        ),
    }
}

fn remedy(key: &str, value: &Value) -> Text {
    let several = value.typed.trim().contains('\n');
    let mut lines = value.typed.lines().map(str::trim).filter(|line| !line.is_empty());
    match (&value.shown, value.fault) {
        (_, Fault::Unclosed) if value.typed.trim().is_empty() => say!(
            en: "write the text behind it, and \"\"\" at its end",
            vi: "hãy viết phần chữ sau đó, và \"\"\" ở cuối"
        ),
        (_, Fault::Empty) if value.shown.is_none() => say!(
            en: "write {key} = \"…\", or delete the line",
            vi: "hãy viết {key} = \"…\" hoặc xóa dòng này",
            key = key
        ),
        (Some(_), fault) if several && !matches!(fault, Fault::List | Fault::Nothing) => {
            let mark = if value.typed.contains('\\') { "'''" } else { "\"\"\"" };
            let first = lines.next().unwrap_or_default();
            let last = lines.next_back().unwrap_or(first);
            say!(
                en: "write {key} = {mark} before `{first}` and {mark} after `{last}`",
                vi: "hãy viết {key} = {mark} trước `{first}` và {mark} sau `{last}`",
                key = key,
                mark = mark,
                first = short(first),
                last = short(last)
            )
        }
        (Some(shown), Fault::Another) => say!(
            en: "write {key} = {shown}, and the other key on the next line",
            vi: "hãy viết {key} = {shown}, mục kia viết ở dòng dưới",
            key = key,
            shown = shown
        ),
        (Some(shown), _) => write_as(key, shown),
        (None, Fault::List) => say!(
            en: "put it between brackets, with commas: {key} = [\"…\", \"…\"]",
            vi: "hãy đặt trong ngoặc vuông, ngăn bằng dấu phẩy: {key} = [\"…\", \"…\"]",
            key = key
        ),
        (None, _) => {
            say!(en: "write {key} = \"…\" on one line", vi: "hãy viết {key} = \"…\" trên một dòng", key = key)
        }
    }
}

/// Lines with no key: a remark, more of the text above, or a key alone.
fn of_words(lines: &[&str], at: usize) -> Found {
    let line = lines[at].trim();
    if words::is_key(line) {
        let why = say!(en: "`{line}` has no value", vi: "mục `{line}` chưa có giá trị", line = short(line));
        let remedy = say!(
            en: "write {line} = \"…\", or delete the line",
            vi: "hãy viết {line} = \"…\" hoặc xóa dòng này",
            line = short(line)
        );
        return Found { said: (why, remedy), mended: None, last: at, firm: true, torn: true };
    }
    let more = |line: &&&str| !is_blank(line) && !super::lines::begins_anew(line) && pair(line).is_none();
    let last = at + lines[at + 1..].iter().take_while(more).count();
    let why = say!(
        en: "`{line}` is not of the form `key = value`",
        vi: "dòng `{line}` không có dạng `mục = giá trị`",
        line = short(line)
    );
    let quoted = shown(&short(line.trim_matches(is_quote)));
    let remedy = say!(
        en: "write text = {quoted}, or # in front of it if it is a remark",
        vi: "hãy viết text = {quoted}, hoặc thêm dấu # ở đầu nếu chỉ là ghi chú",
        quoted = quoted
    );
    Found { said: (why, remedy), mended: None, last, firm: true, torn: true }
}

/// What is quoted of a text: enough to find it.
pub fn short(text: &str) -> String {
    const SHORT: usize = 80;
    let first = text.trim().lines().next().unwrap_or_default();
    match text.trim().lines().count() > 1 || first.chars().count() > SHORT {
        true => first.chars().take(SHORT).chain(['…']).collect(),
        false => first.to_owned(),
    }
}
