//! `bangtin status` and `bangtin screenshot`: asking a running board.

use super::{Screenshot, Status, report, running};
use crate::board::control;
use crate::media::unconfined;
use crate::model::status::Status as BoardStatus;
use crate::model::time::told;
use crate::problem::{Outcome, Speech};
use std::fmt::Write;

pub fn status(asked: &Status) -> Outcome<()> {
    let status = control::ask_status(&running::state_folder(asked.state.as_deref(), "status")?)?;
    if asked.json {
        // Plain data: it cannot fail to be written as JSON.
        report::line(&serde_json::to_string_pretty(&status).unwrap_or_default());
    } else {
        report::line(in_words(&status, Speech::from_env()).trim_end());
    }
    Ok(())
}

pub fn screenshot(asked: &Screenshot) -> Outcome<()> {
    crate::disk::png_name(&asked.out)?;
    let png =
        control::ask_screenshot(&running::state_folder(asked.state.as_deref(), "screenshot --out now.png")?)?;
    crate::disk::write_png_for_person(&asked.out, &png)
}

fn in_words(status: &BoardStatus, speech: Speech) -> String {
    let pick = |en: &'static str, vi: &'static str| match speech {
        Speech::English => en,
        Speech::Vietnamese => vi,
    };
    let mut out = String::new();
    let BoardStatus { board, now, clock, on_air, feeds, frames, media, unheard, errors, .. } = status;
    let told = |at: &str| at.parse().map_or_else(|_| at.to_owned(), |at| told(at, &status.timezone));
    let now = told(now);
    let believed = match (clock.trusted, speech) {
        (true, _) => String::new(),
        (false, Speech::English) => " or later: the clock is not believed, and no time shows".into(),
        (false, Speech::Vietnamese) => " hoặc muộn hơn: chưa tin được đồng hồ, bảng không hiện giờ".into(),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{board}  {now}{believed}");
    for item in on_air {
        let page = if item.pages > 1 { format!(" {}/{}", item.page, item.pages) } else { String::new() };
        let deaf = match item.heard {
            Some(false) => pick(" (nobody hears it)", " (không ai nghe được)"),
            _ => "",
        };
        let _ = writeln!(out, "  {:7} {:12} {}{page}{deaf}", item.zone, item.kind, item.title);
    }
    for lost in unheard {
        let (names, head) = (lost.names.join(", "), pick("not heard", "không nghe được"));
        let _ = writeln!(out, "  {head}: {names}: {}; {}", lost.why, lost.remedy);
    }
    for feed in feeds {
        let state = serde_json::to_value(feed.state).ok();
        let state = state.as_ref().and_then(|state| state.as_str()).unwrap_or_default().to_owned();
        let when = |at: &Option<String>| at.as_deref().map_or(pick("never", "chưa lần nào").into(), told);
        let (checked, news) = (when(&feed.last_check), when(&feed.last_news));
        // The version that was signed, as whoever published it knows it; the generation is this board's own count.
        let version = match feed.versions.programme {
            0 => pick("nothing yet", "chưa có gì").to_owned(),
            version => format!("{} {version}", pick("version", "bản")),
        };
        let _ = writeln!(
            out,
            "  {} {}: {state}, {version}, {} {checked}, {} {news}",
            pick("feed", "nguồn"),
            feed.name,
            pick("last asked", "hỏi lần cuối"),
            pick("last news", "tin lần cuối"),
        );
        if let Some(error) = &feed.error {
            let _ = writeln!(out, "    {error}");
        }
    }
    let _ = writeln!(
        out,
        "  {}: {} / {} / {}",
        pick("frames drawn / missed / blank", "khung hình đã vẽ / lỡ / trống"),
        frames.drawn,
        frames.missed,
        frames.blank
    );
    if let Some(problem) = unconfined(&media.unconfined) {
        let _ = writeln!(out, "  {}", problem.line(speech));
    }
    for name in &media.waiting {
        let _ = writeln!(out, "  {}: {name}", pick("still fetching", "đang tải"));
    }
    for error in errors {
        let when = match error.at.is_empty() {
            true => ago(error.seconds_ago, speech),
            false => told(&error.at),
        };
        let _ = match &error.over {
            None => writeln!(out, "  ! {when}: {}", error.text),
            Some(over) => {
                let mended = [pick("mended", "đã khắc phục"), &told(over)].join(" ");
                writeln!(out, "  - {when}: {} ({})", error.text, mended.trim_end())
            }
        };
    }
    out
}

/// For what happened when nobody knew the time.
fn ago(seconds: u64, speech: Speech) -> String {
    let (en, vi, count) = match seconds {
        0..60 => ("s", "giây", seconds),
        60..3600 => ("min", "phút", seconds / 60),
        _ => ("h", "giờ", seconds / 3600),
    };
    match speech {
        Speech::English => format!("{count} {en} ago"),
        Speech::Vietnamese => format!("{count} {vi} trước"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_that_was_signed_and_no_time_is_told_that_was_not_known() {
        let status = serde_json::json!({
            "board": "cho", "version": "0.1.0", "pid": 1, "started": "", "now": "2026-12-05T07:00:00+07:00",
            "timezone": "Asia/Ho_Chi_Minh", "clock": {"trusted": false, "source": "floor"}, "presenter": "shm",
            "adapter": "", "size": [640, 360], "on_air": [], "sound": "off", "written_bytes": 0,
            "feeds": [{"name": "xa", "url": "", "state": "fresh", "generation": 9, "last_check": null,
                "versions": {"root": 1, "timestamp": 8, "snapshot": 7, "targets": 1, "programme": 4, "alert": 2},
                "error": null}],
            "frames": {"drawn": 1, "missed": 0, "blank": 0, "late": 0},
            "media": {"bytes": 0, "waiting": [], "unconfined": ["Landlock"]},
            "errors": [{"at": "", "seconds_ago": 130, "text": "a", "count": 1},
                {"at": "2026-12-05T06:59:00+07:00", "text": "b", "count": 1}],
        });
        let status: BoardStatus = serde_json::from_value(status).unwrap();
        let said = in_words(&status, Speech::Vietnamese);
        assert!(said.starts_with("cho  2026-12-05 07:00 (Asia/Ho_Chi_Minh) hoặc muộn hơn"), "{said}");
        assert!(said.contains("nguồn xa: fresh, bản 4, hỏi lần cuối chưa lần nào"), "{said}");
        assert!(!said.contains('9') || !said.contains("bản 9"), "{said}");
        assert!(said.contains("! 2 phút trước: a"), "{said}");
        assert_eq!(said.matches("decoder: máy này không có Landlock").count(), 1, "{said}");
        assert!(said.contains("! 2026-12-05 06:59 (Asia/Ho_Chi_Minh): b"), "{said}");
    }
}
