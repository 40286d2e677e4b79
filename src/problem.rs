//! The one shape of a refusal: what it is about, why, and what to do, in Vietnamese and English.

use crate::limits::SAID_CHARS_MAX;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A language that messages to officials are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speech {
    #[default]
    English,
    Vietnamese,
}

impl Speech {
    /// From the values of `LC_ALL`, `LC_MESSAGES` and `LANG`, the first that is set deciding.
    pub fn from_locale(values: [Option<&str>; 3]) -> Speech {
        match values.into_iter().flatten().find(|v| !v.is_empty()) {
            Some(v) if v == "vi" || v.starts_with("vi_") || v.starts_with("vi.") => Speech::Vietnamese,
            _ => Speech::English,
        }
    }

    /// From this process's environment.
    pub fn from_env() -> Speech {
        let var = |name| std::env::var(name).ok();
        let (all, messages, lang) = (var("LC_ALL"), var("LC_MESSAGES"), var("LANG"));
        Speech::from_locale([all.as_deref(), messages.as_deref(), lang.as_deref()])
    }
}

/// One sentence in both languages. Made by [`say!`](crate::say).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub en: String,
    pub vi: String,
}

impl Text {
    pub fn get(&self, speech: Speech) -> &str {
        match speech {
            Speech::English => &self.en,
            Speech::Vietnamese => &self.vi,
        }
    }
}

/// Formats one message in both languages: `say!(en: "no file `{path}`", vi: "không có tệp `{path}`")`.
#[macro_export]
macro_rules! say {
    (en: $en:literal, vi: $vi:literal $(, $($name:ident = $value:expr),* $(,)?)?) => {{
        $($(let $name = &$value;)*)?
        $crate::problem::Text { en: format!($en), vi: format!($vi) }
    }};
}

/// A number of things in English, which alone has another word for several: `1 notice`, `2 notices`.
pub fn counted(count: impl fmt::Display, one: &str) -> String {
    match count.to_string().as_str() {
        "1" => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}

/// A span as it is read: `45 s`, `6 min 49 s`.
pub fn lasting(seconds: u64) -> Text {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => say!(en: "{seconds} s", vi: "{seconds} giây"),
        (minutes, 0) => say!(en: "{minutes} min", vi: "{minutes} phút"),
        (minutes, seconds) => {
            say!(en: "{minutes} min {seconds} s", vi: "{minutes} phút {seconds} giây")
        }
    }
}

/// A refusal that a person can act on. Also the error type of everything that handles outside input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file, feed or device it is about, as the person knows it; a line as `file:12`.
    pub subject: String,
    /// Lower case, no full stop.
    pub why: Text,
    /// What to do about it. Lower case, no full stop.
    pub remedy: Text,
    /// Lines drawn in plain characters, for under the sentence where there is room. They quote nothing but what was
    /// checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sketch: Vec<String>,
}

impl Problem {
    pub fn new(subject: impl Into<String>, why: Text, remedy: Text) -> Problem {
        Problem { subject: subject.into(), why, remedy, sketch: Vec::new() }
    }

    /// `subject: why; remedy` in one line that any terminal can print.
    pub fn line(&self, speech: Speech) -> String {
        let [subject, why, remedy] =
            [self.subject.as_str(), self.why.get(speech), self.remedy.get(speech)].map(legible);
        format!("{subject}: {why}; {remedy}")
    }
}

/// What may quote a stranger's file, as a part of one line: without characters that steer a terminal or turn the
/// direction of writing, and without the middle of what is too long to be read. The end stays: it says what to do.
fn legible(said: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}'..='\u{200F}')
    };
    let plain = said.chars().map(|c| if steers(c) { ' ' } else { c });
    let chars = said.chars().count();
    if chars <= SAID_CHARS_MAX {
        return plain.collect();
    }
    let half = SAID_CHARS_MAX / 2;
    plain.clone().take(half).chain(['…']).chain(plain.skip(chars - half)).collect()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(Speech::from_env()))
    }
}

impl std::error::Error for Problem {}

/// `Result` with a [`Problem`].
pub type Outcome<T> = Result<T, Problem>;

/// An error and all its sources in one line, each said once.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        source = error.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_steers_no_terminal_and_buries_no_remedy() {
        let written = format!("\u{1b}[2J\u{202E}a\nb{}", "x".repeat(100_000));
        let why = say!(en: "unknown key `{written}` here", vi: "không có mục `{written}` ở đây");
        let problem = Problem::new(written.clone(), why, say!(en: "delete it", vi: "hãy xóa nó"));
        let line = problem.line(Speech::English);
        assert!(line.chars().count() < 3 * SAID_CHARS_MAX, "{line}");
        assert!(!line.contains(['\u{1b}', '\n', '\u{202E}']), "{line:?}");
        assert!(line.contains("unknown key `") && line.ends_with("` here; delete it"), "{line}");
    }

    #[test]
    fn one_thing_is_not_several_and_long_spans_have_minutes() {
        assert_eq!(
            [0_usize, 1, 2].map(|count| counted(count, "notice")),
            ["0 notices", "1 notice", "2 notices"]
        );
        for (seconds, vi, en) in
            [(45, "45 giây", "45 s"), (120, "2 phút", "2 min"), (409, "6 phút 49 giây", "6 min 49 s")]
        {
            assert_eq!(lasting(seconds), say!(en: "{en}", vi: "{vi}", en = en, vi = vi));
        }
    }

    #[test]
    fn a_problem_is_said_in_the_language_of_the_locale() {
        let file = "a.jpg";
        let problem = Problem::new(
            "a.jpg",
            say!(en: "no such file: `{file}`", vi: "không có tệp: `{file}`"),
            say!(en: "put it in the folder", vi: "hãy chép tệp vào thư mục"),
        );
        assert_eq!(
            problem.line(Speech::Vietnamese),
            "a.jpg: không có tệp: `a.jpg`; hãy chép tệp vào thư mục"
        );
        assert_eq!(Speech::from_locale([None, None, Some("vi_VN.UTF-8")]), Speech::Vietnamese);
        assert_eq!(Speech::from_locale([Some("C"), None, Some("vi_VN.UTF-8")]), Speech::English);
    }
}
