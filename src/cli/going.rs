//! What goes off the boards when a folder is published: all of it only where that is said, most of it with a word.

use crate::model::programme::{Notice, Programme, Window};
use crate::problem::{Outcome, Problem, counted};
use crate::publish::folder::PROGRAMME_FILE;
use crate::say;
use jiff::Timestamp;
use std::sync::Arc;

/// Fewer notices than this are taken away every day.
const MANY: usize = 3;
/// Most titles that are listed.
const LISTED: usize = 5;

/// Holds a folder against what is published. `empty`: whoever publishes wants nothing on air.
///
/// # Errors
/// It has nothing, and something is on air or to come.
pub fn look(before: &Programme, after: &Programme, now: Timestamp, empty: bool) -> Outcome<Option<Problem>> {
    let goes_on = |window: &Window| window.until.is_none_or(|until| until > now);
    let notices: Vec<_> = before.notices.iter().filter(|notice| goes_on(&notice.window)).collect();
    let tickers = before.tickers.iter().filter(|ticker| goes_on(&ticker.window)).count();
    let spoken = before.announcements.iter().filter(|spoken| goes_on(&spoken.window)).count();
    let had = notices.len() + tickers + spoken;
    if after.notices.is_empty() && after.tickers.is_empty() && after.announcements.is_empty() {
        return if had == 0 || empty { Ok(None) } else { Err(all(notices.len(), tickers, spoken)) };
    }
    let stays = |notice: &Notice| {
        after.notices.iter().any(|other| other.id == notice.id || other.title == notice.title)
    };
    let gone: Vec<&Arc<Notice>> = notices.iter().copied().filter(|notice| !stays(notice)).collect();
    Ok((gone.len() >= MANY && 2 * gone.len() > notices.len()).then(|| most(&gone, notices.len())))
}

fn all(notices: usize, tickers: usize, spoken: usize) -> Problem {
    let why = say!(
        en: "there is nothing in it to show, and all that is on the boards would go: {of_notices}, {of_tickers}, {of_spoken}",
        vi: "tệp không có gì để phát, mọi thứ đang có trên bảng sẽ mất: {notices} tin, {tickers} dòng chạy, {spoken} lượt phát thanh",
        notices = notices,
        tickers = tickers,
        spoken = spoken,
        of_notices = counted(notices, "notice"),
        of_tickers = counted(tickers, "ticker line"),
        of_spoken = counted(spoken, "announcement")
    );
    let remedy = say!(
        en: "write them in {PROGRAMME_FILE} again; if nothing is to be shown, add --empty",
        vi: "hãy viết lại các tin vào {PROGRAMME_FILE}; nếu đúng là muốn gỡ hết, hãy thêm --empty"
    );
    Problem::new(PROGRAMME_FILE, why, remedy)
}

fn most(gone: &[&Arc<Notice>], of: usize) -> Problem {
    let mut titles: Vec<String> =
        gone.iter().take(LISTED).map(|notice| format!("`{}`", notice.title)).collect();
    if gone.len() > LISTED {
        titles.push("…".into());
    }
    let why = say!(
        en: "of {of} notices on the boards {gone} are in the folder no more, and go: {titles}",
        vi: "trong {of} tin đang có trên bảng, {gone} tin không còn trong thư mục nên sẽ bị gỡ: {titles}",
        gone = gone.len(),
        titles = titles.join(", ")
    );
    let remedy = say!(
        en: "if that is not meant, write them into it again and publish anew",
        vi: "nếu không định gỡ, hãy viết lại các tin đó rồi phát hành lần nữa"
    );
    Problem::new(PROGRAMME_FILE, why, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    fn programme(titles: &[&str]) -> Programme {
        let notice = |title: &&str| format!("[[notice]]\nid = '{title}'\ntitle = '{title}'\n");
        let notices: String = titles.iter().map(notice).collect();
        toml::from_str(&format!("title = 'Xã'\n{notices}")).unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-28T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn most_of_the_notices_do_not_go_without_a_word() {
        let noted =
            |before: &[&str], after: &[&str]| look(&programme(before), &programme(after), now(), false);
        let most = noted(&["a", "b", "c", "d", "e"], &["a", "f"]).unwrap().unwrap();
        let line = most.line(Speech::English);
        assert!(line.contains("of 5 notices on the boards 4 are in the folder no more"), "{line}");
        assert!(line.contains("go: `b`, `c`, `d`, `e`;"), "{line}");
        for (before, after) in [
            (&["a", "b", "c"][..], &["c"][..]),
            (&["a", "b", "c", "d", "e", "f"], &["d", "e", "f"]),
            (&[], &["a"]),
        ] {
            assert_eq!(noted(before, after).unwrap(), None, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_notice_that_keeps_its_title_under_another_id_stays_and_what_is_over_is_not_missed() {
        let mut after = programme(&["a", "b", "c"]);
        for notice in &mut after.notices {
            let notice = Arc::make_mut(notice);
            notice.id = format!("{}-2", notice.id);
        }
        assert_eq!(look(&programme(&["a", "b", "c"]), &after, now(), false).unwrap(), None);
        let mut before = programme(&["a", "b", "c"]);
        for notice in &mut before.notices {
            Arc::make_mut(notice).window.until = Some(now());
        }
        assert_eq!(look(&before, &programme(&["d"]), now(), false).unwrap(), None);
        assert_eq!(look(&before, &programme(&[]), now(), false).unwrap(), None);
    }

    #[test]
    fn nothing_at_all_is_published_only_where_that_is_said() {
        let (before, after) = (programme(&["a", "b"]), programme(&[]));
        let refused = look(&before, &after, now(), false).unwrap_err();
        assert!(refused.why.vi.ends_with("sẽ mất: 2 tin, 0 dòng chạy, 0 lượt phát thanh"), "{refused}");
        let line = refused.line(Speech::English);
        assert!(line.contains("would go: 2 notices, 0 ticker lines, 0 announcements;"), "{line}");
        assert_eq!(look(&before, &after, now(), true).unwrap(), None);
        assert_eq!(look(&after, &after, now(), false).unwrap(), None);
    }
}
