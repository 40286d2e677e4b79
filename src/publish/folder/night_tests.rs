//! The first and the last night of what an official writes, as boards show, announce and fetch it.

use super::*;
use crate::model::alert::Alerts;
use crate::model::board::Board;
use crate::model::feed::{FeedContent, FeedState, Rights};
use crate::model::plan::Main;
use crate::problem::Speech;
use crate::programme::Timetable;
use crate::sync::order;
use std::sync::Arc;

/// A moment here. 4 December 2026 is a Friday.
fn at(text: &str) -> Timestamp {
    format!("{}+07:00", text.replace(' ', "T")).parse().unwrap()
}

fn sound(_: &Path) -> Outcome<Probe> {
    Ok(Probe::Sound { duration_ms: 20_000, silent: false })
}

fn read_at(programme: &str, now: Timestamp) -> Result<Checked, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("loa.mp3"), "sound").unwrap();
    std::fs::write(folder.path().join(PROGRAMME_FILE), format!("title = 'Xã'\n{programme}")).unwrap();
    read(folder.path(), &sound, now)
}

fn programme(text: &str) -> Programme {
    let checked = read_at(text, at("2026-12-01 07:00")).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(checked.warnings.is_empty(), "{:#?}", checked.warnings);
    checked.programme
}

fn timetable(programme: &Programme) -> Timetable {
    let content = FeedContent {
        name: "xa".into(),
        rights: Rights { may_interrupt: true },
        state: FeedState::Fresh,
        last_news: None,
        ahead: jiff::SignedDuration::ZERO,
        alerts_ahead: jiff::SignedDuration::ZERO,
        alerts_since: Timestamp::MAX,
        programme: Arc::new(programme.clone()),
        alerts: Arc::new(Alerts::default()),
    };
    Timetable::new(vec![content], &Board::default())
}

const NIGHT: &str = "times = ['22:00-02:00']\n";

#[test]
fn notices_and_tickers_show_to_the_end_of_the_last_night_and_not_in_the_night_before_the_first() {
    let when = format!("{NIGHT}from = 2026-12-04\nuntil = 2026-12-05");
    let table = timetable(&programme(&format!(
        "[[notice]]\ntitle = 'Ca đêm'\nevergreen = true\n{when}\n[[ticker]]\ntext = 'Ca đêm'\n{when}"
    )));
    for (moment, on) in [
        ("2026-12-04 01:00", false),
        ("2026-12-04 21:59", false),
        ("2026-12-04 22:00", true),
        ("2026-12-05 01:59", true),
        ("2026-12-05 12:00", false),
        ("2026-12-05 23:00", true),
        ("2026-12-06 00:00", true),
        ("2026-12-06 01:59", true),
        ("2026-12-06 02:00", false),
        ("2026-12-06 23:00", false),
    ] {
        let plan = table.on_air(at(moment), true);
        assert_eq!(matches!(plan.main, Main::Notice(_)), on, "{moment}");
        assert_eq!(plan.ticker.len(), usize::from(on), "{moment}");
    }
    assert_eq!(table.next_change(at("2026-12-06 02:00"), true), None, "over for good");
}

#[test]
fn only_a_day_that_the_night_begins_on_lets_it_run_on() {
    let shown = |days: &str, until: &str, moment: &str| {
        let text = format!("[[notice]]\ntitle = 'Ca đêm'\n{NIGHT}days = {days}\nuntil = {until}");
        matches!(timetable(&programme(&text)).on_air(at(moment), true).main, Main::Notice(_))
    };
    assert!(shown("['sat']", "2026-12-05", "2026-12-06 01:59"), "Saturday's night");
    assert!(shown("['sat']", "'2026-12-05'", "2026-12-06 01:59"), "a date in quotes is a date");
    assert!(!shown("['sat']", "2026-12-05T00:30:00", "2026-12-05 23:00"));
    assert!(!shown("['fri', 'sat']", "2026-12-05T00:30:00", "2026-12-05 00:30"), "an hour is that hour");
    assert!(!shown("['fri', 'sat']", "2026-12-06T00:00:00", "2026-12-06 00:00"), "midnight too");
    assert!(shown("['sat']", "2026-12-06", "2026-12-06 01:00"));
    assert!(!shown("['sun', 'sat']", "2026-12-05", "2026-12-07 01:00"));
}

#[test]
fn announcements_after_midnight_belong_to_the_night_as_well() {
    let text = format!(
        "[[announcement]]\naudio = 'loa.mp3'\nat = ['23:00', '00:30']\n\
         {NIGHT}from = 2026-12-05\nuntil = 2026-12-05"
    );
    let programme = programme(&text);
    let table = timetable(&programme);
    let heard = |moment: &str| !table.on_air(at(moment), true).announcements.is_empty();
    let moments = ["2026-12-05 00:30", "2026-12-05 23:00", "2026-12-06 00:30", "2026-12-06 23:00"];
    assert_eq!(moments.map(heard), [false, true, true, false]);
}

#[test]
fn a_file_is_fetched_and_kept_until_the_last_night_is_over() {
    let files = |text: &str, moment: &str| {
        let programme = programme(text);
        order::needed(&[(&programme, &Alerts::default())], at(moment)).len()
            + timetable(&programme).to_be_heard(at(moment)).count()
    };
    let until = format!("{NIGHT}until = 2026-12-05");
    let notice = format!("[[notice]]\ntitle = 'a'\naudio = 'loa.mp3'\n{until}");
    let call = format!("[[announcement]]\naudio = 'loa.mp3'\nat = ['00:30']\n{until}");
    assert_eq!([files(&notice, "2026-12-06 01:59"), files(&notice, "2026-12-06 02:00")], [1, 0]);
    assert_eq!([files(&call, "2026-12-06 01:59"), files(&call, "2026-12-06 02:00")], [2, 0]);
}

#[test]
fn what_is_told_of_a_window_considers_its_nights() {
    let said = |fields: &str, now: &str| match read_at(&format!("[[notice]]\ntitle = 'a'\n{fields}"), at(now))
    {
        Ok(checked) => checked.warnings.iter().map(|warning| warning.line(Speech::English)).collect(),
        Err(problems) => problems.iter().map(|problem| problem.line(Speech::English)).collect::<Vec<_>>(),
    };
    let last = format!("{NIGHT}until = 2026-12-05");
    assert!(said(&last, "2026-12-06 01:59").is_empty(), "it is not over yet");
    assert!(said(&last, "2026-12-06 02:00")[0].contains("it is over"));
    let never = |fields: &str| said(&format!("{NIGHT}{fields}"), "2026-12-01 07:00").join("\n");
    // 6 December is a Sunday, and the hours before 2:00 on it are Saturday's night.
    assert!(never("days = ['sat']\nfrom = 2026-12-06\nuntil = 2026-12-06").contains("never show"));
    assert!(never("from = 2026-12-06\nuntil = 2026-12-06T01:00:00").contains("never show"));
    assert_eq!(never("days = ['sat']\nfrom = 2026-12-05\nuntil = 2026-12-05"), "");
    assert_eq!(never("from = 2026-12-06T00:00:00\nuntil = 2026-12-06T01:00:00"), "", "hours are hours");
}

#[test]
fn a_night_is_that_of_the_programmes_own_zone() {
    let text = format!("timezone = 'Europe/Berlin'\n[[notice]]\ntitle = 'a'\n{NIGHT}until = 2026-10-24");
    // The clocks go back from 3:00 to 2:00 on the 25th.
    let programme = read_at(&text, at("2026-10-20 07:00")).unwrap().programme;
    assert_eq!(programme.notices[0].window.until, Some("2026-10-25T02:00:00+02:00".parse().unwrap()));
    let on = |moment: &str| {
        matches!(timetable(&programme).on_air(moment.parse().unwrap(), true).main, Main::Notice(_))
    };
    assert!(on("2026-10-25T01:59:00+02:00") && !on("2026-10-25T02:00:00+02:00"));
}
