//! A command line that cannot be read, told in Vietnamese: clap itself speaks English alone.
//!
//! What is told is what clap found: the word that was typed, what may be meant by it, what stands there instead, and
//! how the command is used. A kind of mistake that is not known here stays in clap's words.

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::ffi::OsString;

/// The whole message, where the mistake is one of the usual ones. `line`: what was typed after the program's name.
pub fn in_vietnamese(error: &Error, line: &[OsString]) -> Option<String> {
    let all = |kind| match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(several)) => several.clone(),
        _ => Vec::new(),
    };
    let one = |kind| all(kind).into_iter().next();
    let listed = |kind| all(kind).join(", ");
    let meant = |kind| one(kind).map(|near| format!("; có phải ý là `{near}`?")).unwrap_or_default();
    let arg = one(ContextKind::InvalidArg).unwrap_or_default();
    let why = match error.kind() {
        ErrorKind::UnknownArgument => {
            let what = if arg.starts_with('-') { "không có tùy chọn" } else { "thừa" };
            format!("{what} `{arg}`{}", meant(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => {
            let typed = one(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("không có lệnh `{typed}`{}", meant(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingSubcommand => {
            format!("còn thiếu một lệnh; hãy chọn một trong: {}", listed(ContextKind::ValidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("còn thiếu: {}", listed(ContextKind::InvalidArg)),
        ErrorKind::InvalidValue => {
            let known = listed(ContextKind::ValidValue);
            let choose = match known.is_empty() {
                true => "hãy ghi vào ngay sau đó".to_owned(),
                false => format!("hãy chọn một trong: {known}"),
            };
            match one(ContextKind::InvalidValue).filter(|typed| !typed.is_empty()) {
                Some(typed) => format!("{arg} không có giá trị `{typed}`; {choose}"),
                None => format!("sau {arg} còn thiếu giá trị; {choose}"),
            }
        }
        ErrorKind::ValueValidation => {
            let typed = one(ContextKind::InvalidValue).unwrap_or_default();
            let wanted = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            format!("{arg} không nhận `{typed}`{}", wanted_in_vietnamese(&wanted))
        }
        ErrorKind::ArgumentConflict => {
            let other = listed(ContextKind::PriorArg);
            match other.is_empty() || other == arg {
                true => format!("{arg} chỉ được ghi một lần"),
                false => format!("{arg} không dùng cùng lúc với {other}; hãy bỏ bớt"),
            }
        }
        _ => return None,
    };
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        // Of a wrong value clap tells none.
        _ => usage_of(line),
    };
    let usage = usage.trim_start().trim_start_matches("Usage:").trim();
    Some(format!("lỗi: {why}\n\ncách dùng: {usage}\nthêm --help để xem hướng dẫn đầy đủ\n"))
}

/// How the command of a line is used.
fn usage_of(line: &[OsString]) -> String {
    let mut command = super::Cli::command();
    command.build();
    for word in line {
        match command.find_subcommand(word) {
            Some(found) => command = found.clone(),
            None => break,
        }
    }
    command.render_usage().to_string()
}

/// What a value should have been, after why it is not.
fn wanted_in_vietnamese(said: &str) -> String {
    // "9 is not in 1..=2" is clap's own of a number; what this program says itself is in the reader's language.
    let range = said.split_once(" is not in ").and_then(|(_, range)| range.split_once("..="));
    match range {
        Some((least, most)) => format!("; hãy ghi một số từ {least} đến {most}"),
        None if said.contains("invalid digit") || said.contains("cannot parse") => {
            "; hãy ghi một số nguyên".into()
        }
        None if said.is_empty() => String::new(),
        None => format!("; {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use super::*;
    use clap::Parser;

    fn said(line: &str) -> String {
        let error = Cli::try_parse_from(line.split(' ')).expect_err(line);
        assert_eq!(error.exit_code(), 2);
        let words: Vec<OsString> = line.split(' ').skip(1).map(OsString::from).collect();
        in_vietnamese(&error, &words).unwrap_or_else(|| panic!("{line}: {:?} is not told", error.kind()))
    }

    /// The first line, and whether the usage of this command follows.
    fn told(line: &str, command: &str) -> String {
        let said = said(line);
        let usage = said.lines().find_map(|line| line.strip_prefix("cách dùng: ")).unwrap_or_default();
        assert!(usage.starts_with(&format!("bangtin {command}")), "{said}");
        assert!(said.ends_with("thêm --help để xem hướng dẫn đầy đủ\n"), "{said}");
        for english in ["error", "Usage", "tip", "unexpected", "required", "possible", "For more"] {
            assert!(!said.contains(english), "{english} in {said}");
        }
        said.lines().next().unwrap_or_default().trim_start_matches("lỗi: ").to_owned()
    }

    #[test]
    fn an_unknown_option_is_told_with_the_one_that_is_like_it() {
        assert_eq!(
            told("bangtin render a --thems b.png", "render"),
            "không có tùy chọn `--thems`; có phải ý là `--theme`?"
        );
        assert_eq!(told("bangtin render a --zzzz", "render"), "không có tùy chọn `--zzzz`");
        assert_eq!(told("bangtin feed refresh a b", "feed refresh"), "thừa `b`");
    }

    #[test]
    fn an_unknown_command_is_told_with_the_one_that_is_like_it() {
        assert_eq!(told("bangtin rendr a", ""), "không có lệnh `rendr`; có phải ý là `render`?");
        assert_eq!(
            told("bangtin feed publsh a b", "feed"),
            "không có lệnh `publsh`; có phải ý là `publish`?"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(told("bangtin render", "render"), "còn thiếu: --out <OUT>, <FOLDER>");
        assert_eq!(told("bangtin feed check x", "feed check"), "còn thiếu: --root <ROOT>");
    }

    #[test]
    fn a_wrong_value_is_told_with_those_that_there_are() {
        assert_eq!(
            told("bangtin play --theme dark", "play"),
            "--theme <THEME> không có giá trị `dark`; hãy chọn một trong: auto, day, night"
        );
        assert_eq!(
            told("bangtin feed init a --threshold 9", "feed init"),
            "--threshold <THRESHOLD> không nhận `9`; hãy ghi một số từ 1 đến 2"
        );
        assert_eq!(
            told("bangtin feed init a --threshold hai", "feed init"),
            "--threshold <THRESHOLD> không nhận `hai`; hãy ghi một số nguyên"
        );
        assert!(said("bangtin render a --out").starts_with("lỗi: sau --out <OUT> còn thiếu giá trị; "));
        assert!(said("bangtin pattern --size 5").starts_with("lỗi: --size <WxH> không nhận `5`; "));
    }

    #[test]
    fn options_that_exclude_each_other_are_both_named() {
        let line = "bangtin play --pattern --feed a --root b";
        assert!(said(line).contains("--pattern") && said(line).contains("--feed <FEED>"), "{}", said(line));
        assert_eq!(
            said("bangtin render a --out b --out c").lines().next(),
            Some("lỗi: --out <OUT> chỉ được ghi một lần")
        );
    }

    #[test]
    fn help_and_version_stay_as_they_are() {
        for line in ["bangtin --help", "bangtin --version", "bangtin"] {
            let error = Cli::try_parse_from(line.split(' ')).unwrap_err();
            assert_eq!(in_vietnamese(&error, &[]), None, "{line}");
        }
    }
}
