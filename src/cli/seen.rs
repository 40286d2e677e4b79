//! `bangtin status` and `bangtin screenshot`: asking a running board.

use super::{Screenshot, Status, report, running};
use crate::board::control;
use crate::model::status::Status as BoardStatus;
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
        let checked = feed.last_check.as_deref().unwrap_or(pick("never", "chưa lần nào"));
        let news = feed.last_news.as_deref().unwrap_or(pick("never", "chưa lần nào"));
        let _ = writeln!(
            out,
            "  {} {}: {state}, {} {}, {} {checked}, {} {news}",
            pick("feed", "nguồn"),
            feed.name,
            pick("generation", "bản"),
            feed.generation,
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
    for name in &media.waiting {
        let _ = writeln!(out, "  {}: {name}", pick("still fetching", "đang tải"));
    }
    for error in errors {
        let _ = match &error.over {
            None => writeln!(out, "  ! {} {}", error.at, error.text),
            Some(over) => {
                writeln!(out, "  - {} {} ({} {over})", error.at, error.text, pick("mended", "đã khắc phục"))
            }
        };
    }
    out
}
