//! The one door for output to the terminal.

use crate::limits::{PROBLEMS_FOUND_MAX, PROBLEMS_TOLD_MAX};
use crate::problem::{Problem, Speech, Text};
use crate::say;
use std::io::Write;

/// A line to standard output. A closed pipe is not our problem.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The same, in the reader's language.
pub fn say(text: &Text) {
    line(text.get(Speech::from_env()));
}

/// What is wrong with the command line, to standard error.
pub fn misuse(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Refusals, to standard error.
pub fn problems(problems: &[Problem]) {
    told(say!(en: "error", vi: "lỗi"), problems);
}

/// What is not an error, and should still be known, to standard error.
pub fn warnings(warnings: &[Problem]) {
    told(say!(en: "warning", vi: "lưu ý"), warnings);
}

fn told(word: Text, problems: &[Problem]) {
    let speech = Speech::from_env();
    let word = word.get(speech);
    let mut stderr = std::io::stderr().lock();
    for problem in problems.iter().take(PROBLEMS_TOLD_MAX) {
        let _ = writeln!(stderr, "{word}: {}", problem.line(speech));
        for line in &problem.sketch {
            let _ = writeln!(stderr, "  {line}");
        }
    }
    if let Some(more) = problems.len().checked_sub(PROBLEMS_TOLD_MAX).filter(|&more| more > 0) {
        let rest = match problems.len() < PROBLEMS_FOUND_MAX {
            true => {
                say!(en: "and {more} more; correct these first", vi: "còn {more} lỗi nữa; hãy sửa các lỗi trên trước")
            }
            // No more than so many are kept.
            false => say!(en: "there are at least {more} more; correct these first",
                vi: "còn ít nhất {more} lỗi nữa; hãy sửa các lỗi trên trước"),
        };
        let _ = writeln!(stderr, "{word}: {}", rest.get(speech));
    }
}

/// A file that could not be read or written.
pub fn file_problem(path: &std::path::Path, error: &std::io::Error) -> Problem {
    Problem::new(
        path.display().to_string(),
        say!(en: "cannot be used ({error})", vi: "không dùng được ({error})"),
        say!(en: "check that it exists and that you may read and write it",
                    vi: "hãy kiểm tra tệp có tồn tại và bạn có quyền đọc, ghi"),
    )
}
