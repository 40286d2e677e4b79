//! The one shape of a refusal: what it is about, why, and what to do, in Vietnamese and English.

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

/// A refusal that a person can act on. Also the error type of everything that handles outside input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file, feed or device it is about, as the person knows it; a line as `file:12`.
    pub subject: String,
    /// Lower case, no full stop.
    pub why: Text,
    /// What to do about it. Lower case, no full stop.
    pub remedy: Text,
}

impl Problem {
    pub fn new(subject: impl Into<String>, why: Text, remedy: Text) -> Problem {
        Problem { subject: subject.into(), why, remedy }
    }

    /// `subject: why; remedy` in one line.
    pub fn line(&self, speech: Speech) -> String {
        format!("{}: {}; {}", self.subject, self.why.get(speech), self.remedy.get(speech))
    }
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
