//! The one door for output to the terminal.

use crate::problem::{Problem, Speech, Text};
use std::io::Write;

/// A line to standard output. A closed pipe is not our problem.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The same, in the reader's language.
pub fn say(text: &Text) {
    line(text.get(Speech::from_env()));
}

/// A refusal, to standard error.
pub fn problem(problem: &Problem) {
    let speech = Speech::from_env();
    let word = match speech {
        Speech::English => "error",
        Speech::Vietnamese => "lỗi",
    };
    let _ = writeln!(std::io::stderr(), "{word}: {}", problem.line(speech));
}

/// What is not an error, and should still be known, to standard error.
pub fn warning(problem: &Problem) {
    let speech = Speech::from_env();
    let word = match speech {
        Speech::English => "warning",
        Speech::Vietnamese => "lưu ý",
    };
    let _ = writeln!(std::io::stderr(), "{word}: {}", problem.line(speech));
}

/// A file that could not be read or written.
pub fn file_problem(path: &std::path::Path, error: &std::io::Error) -> Problem {
    Problem::new(
        path.display().to_string(),
        crate::say!(en: "cannot be used ({error})", vi: "không dùng được ({error})"),
        crate::say!(en: "check that it exists and that you may read and write it",
                    vi: "hãy kiểm tra tệp có tồn tại và bạn có quyền đọc, ghi"),
    )
}
