//! `bangtin render --notice`: one notice alone, all its pages on a sheet, at the size of one board or of
//! many.

use super::render::{Preview, fonts, png_of};
use super::{Render, report};
use crate::model::plan::{Main, NoticeSlot, Plan};
use crate::model::programme::{Notice, Programme, Window};
use crate::problem::{Outcome, Problem};
use crate::publish::folder::{Checked, slug};
use crate::say;
use crate::toml_doc::nearest;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Boards as they are bought: screens lying, standing and square, a small one, and two LED walls. In pixels.
const SIZES: [(u32, u32); 6] = [(1920, 1080), (1080, 1920), (1080, 1080), (1280, 720), (192, 32), (320, 160)];
/// Most ids that are listed where several may be meant.
const LISTED: usize = 8;

/// Writes the sheets. `at`: the moment that was asked for, or now.
pub fn run(
    asked: &Render,
    checked: &Checked,
    name: &str,
    zone: &TimeZone,
    at: Timestamp,
) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    let notice = found(&checked.programme, name).map_err(one)?;
    let alone = Checked { programme: alone(&checked.programme, notice, at), ..checked.clone() };
    let sizes: Vec<(Option<(u32, u32)>, PathBuf)> = match asked.all_sizes {
        true => SIZES.iter().map(|size| (Some(*size), named_for(&asked.out, *size))).collect(),
        false => vec![(asked.size, asked.out.clone())],
    };
    let fonts = fonts();
    for (size, out) in sizes {
        let mut preview = Preview::new(&alone, Default::default(), asked, size, zone.clone(), fonts.clone())?;
        preview.leave_out_ticker_pages();
        let (from, to) = turn(|at| preview.plan(at), at).ok_or_else(|| one(on_no_board(notice)))?;
        let picture = preview.sheet(from, to).map_err(one)?;
        let bytes = png_of(&picture, &out).map_err(one)?;
        crate::disk::write_png_for_person(&out, &bytes).map_err(one)?;
        if asked.all_sizes {
            report::line(&out.display().to_string());
        }
    }
    Ok(())
}

/// The notice of this id; or of an id that begins so, or a title with these words, where there is one alone.
fn found<'p>(programme: &'p Programme, name: &str) -> Outcome<&'p Arc<Notice>> {
    let notices = &programme.notices;
    if let Some(notice) = notices.iter().find(|notice| notice.id == name) {
        return Ok(notice);
    }
    let folded = slug(name);
    let begin = |with: &str| notices.iter().filter(|notice| notice.id.starts_with(with)).collect::<Vec<_>>();
    let titled = |notice: &&Arc<Notice>| {
        let title = slug(&notice.title);
        folded.split('-').all(|word| title.split('-').any(|of_title| of_title == word))
    };
    let meant = [begin(name), begin(&folded), notices.iter().filter(titled).collect()];
    let meant = meant.into_iter().find(|meant| !meant.is_empty()).unwrap_or_default();
    let refuse = |why, remedy| Err(Problem::new("--notice", why, remedy));
    match &meant[..] {
        [one] => Ok(one),
        [] => {
            let why = say!(en: "there is no notice `{name}`", vi: "không có tin `{name}`");
            match nearest(&folded, notices.iter().map(|notice| notice.id.as_str())) {
                Some(near) => refuse(
                    why,
                    say!(en: "did you mean --notice {near}?", vi: "có phải ý là --notice {near}?"),
                ),
                None => {
                    let ids = listed(notices);
                    refuse(why, say!(en: "write one of these: {ids}", vi: "hãy ghi một trong các tin: {ids}"))
                }
            }
        }
        several => {
            let (count, ids) = (several.len(), listed(several.iter().copied()));
            let why = say!(en: "`{name}` may be any of {count} notices", vi: "`{name}` có thể là một trong {count} tin");
            refuse(why, say!(en: "write one of these: {ids}", vi: "hãy ghi một trong các tin: {ids}"))
        }
    }
}

fn listed<'p>(notices: impl IntoIterator<Item = &'p Arc<Notice>>) -> String {
    let mut ids: Vec<&str> = notices.into_iter().map(|notice| notice.id.as_str()).take(LISTED + 1).collect();
    if ids.len() > LISTED {
        ids[LISTED] = "…";
    }
    ids.join(", ")
}

/// The programme with this notice alone, on whenever its end is not past. The ticker stays: pages are as long
/// as it leaves room for.
pub(super) fn alone(programme: &Programme, notice: &Arc<Notice>, at: Timestamp) -> Programme {
    let until = notice.window.until.filter(|until| *until > at);
    let window = Window { until, ..Window::default() };
    let notice = Notice { window, boards: vec!["*".into()], ..Notice::clone(notice) };
    Programme { notices: vec![Arc::new(notice)], announcements: Vec::new(), ..programme.clone() }
}

/// One turn of it from its first page to its last, at this moment or before its end.
pub(super) fn turn(plan: impl Fn(Timestamp) -> Plan, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let slot = |plan: &Plan| -> Option<NoticeSlot> {
        let aside = plan.asides.iter().find_map(|aside| aside.slot.clone());
        match &plan.main {
            Main::Notice(slot) => Some(slot.clone()),
            _ => aside,
        }
    };
    let shown = slot(&plan(at))?;
    let whole = |slot: &NoticeSlot| slot.notice.window.until.is_none_or(|until| slot.turn.1 <= until);
    if whole(&shown) {
        return Some(shown.turn);
    }
    // It ends within this turn: the one before shows the same, all of it.
    let before = slot(&plan(shown.turn.0.checked_sub(SignedDuration::from_millis(1)).ok()?))?;
    Some(before.turn)
}

fn on_no_board(notice: &Notice) -> Problem {
    Problem::new(
        notice.id.clone(),
        say!(en: "this board has no zone for it", vi: "bảng này không có vùng nào cho tin này"),
        say!(en: "leave out --config, or look at its [[zone]]", vi: "hãy bỏ --config, hoặc xem lại [[zone]]"),
    )
}

/// `out-1920x1080.png`.
fn named_for(out: &Path, (width, height): (u32, u32)) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!("{stem}-{width}x{height}.png"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    fn programme(notices: &[(&str, &str)]) -> Programme {
        let notice = |(id, title): &(&str, &str)| format!("[[notice]]\nid = '{id}'\ntitle = '{title}'\n");
        let notices: String = notices.iter().map(notice).collect();
        toml::from_str(&format!("title = 'Xã'\n{notices}")).unwrap()
    }

    #[test]
    fn a_notice_is_found_by_its_id_its_beginning_or_words_of_its_title() {
        let programme = programme(&[
            ("cat-dien", "Cắt điện sáng thứ Tư"),
            ("cat-dien-2", "Cắt điện chiều thứ Năm"),
            ("hop-dan", "Họp dân bản Nà Đon"),
            ("tiem", "Lịch tiêm chủng"),
        ]);
        let meant = |name: &str| match found(&programme, name) {
            Ok(notice) => notice.id.clone(),
            Err(problem) => problem.line(Speech::English),
        };
        for (name, id) in [
            ("cat-dien", "cat-dien"),
            ("cat-dien-", "cat-dien-2"),
            ("hop", "hop-dan"),
            ("Họp dân", "hop-dan"),
            ("NÀ ĐON", "hop-dan"),
            ("điện thứ năm", "cat-dien-2"),
            ("lịch", "tiem"),
        ] {
            assert_eq!(meant(name), id);
        }
        assert!(meant("cat").ends_with("may be any of 2 notices; write one of these: cat-dien, cat-dien-2"));
        assert!(meant("thứ").contains("any of 2 notices"));
        assert!(meant("hop-dam").contains("there is no notice `hop-dam`; did you mean --notice hop-dan?"));
        assert!(meant("bóng đá").contains("write one of these: cat-dien, cat-dien-2, hop-dan, tiem"));
    }

    #[test]
    fn files_are_named_for_their_sizes() {
        assert_eq!(named_for(Path::new("a/out.png"), (192, 32)), Path::new("a/out-192x32.png"));
        assert_eq!(named_for(Path::new("tin"), (1920, 1080)), Path::new("tin-1920x1080.png"));
    }
}
