//! The whole timetable as a person sees it: a programme, a board and a moment give what shows.

use super::*;
use crate::model::alert::{Alert, AlertId, AlertStatus, Alerts, Hazard, MessageType, RiskLevel};
use crate::model::board::{Share, Zone};
use crate::model::feed::Rights;
use crate::model::programme::{Category, Programme};
use jiff::SignedDuration;
use proptest::prelude::*;

const MEDIA: &str = "{ path = 'm', length = 1, sha256 = \
     '0000000000000000000000000000000000000000000000000000000000000000', duration_ms = 20000 }";

/// A moment of a day at the board's place.
fn at(text: &str) -> Timestamp {
    let text = text.replace(' ', "T");
    format!("{text}+07:00").parse().unwrap()
}

/// `MEDIA` in the text stands for a file of 20 seconds.
fn programme(text: &str) -> Programme {
    toml::from_str(&format!("title = 'Xã Bình Lư'\n{}", text.replace("MEDIA", MEDIA))).unwrap()
}

fn board() -> Board {
    Board { name: "binh-lu-1".into(), tags: vec!["cho".into()], ..Board::default() }
}

fn feed(name: &str, text: &str) -> FeedContent {
    FeedContent {
        name: name.into(),
        rights: Rights { may_interrupt: true },
        state: FeedState::Fresh,
        last_news: Some(at("2026-11-24 05:00")),
        ahead: jiff::SignedDuration::ZERO,
        alerts_ahead: jiff::SignedDuration::ZERO,
        alerts_since: jiff::Timestamp::MAX,
        programme: Arc::new(programme(text)),
        alerts: Arc::new(Alerts::default()),
    }
}

/// A notice of ten seconds with `fields` besides.
fn notice(id: &str, fields: &str) -> String {
    format!("[[notice]]\nid = '{id}'\ntitle = '{id}'\nseconds = 10\n{fields}\n")
}

fn one(text: &str) -> Timetable {
    Timetable::new(vec![feed("xa", text)], &board())
}

/// What has the main zone, in a word.
fn main_at(timetable: &Timetable, t: Timestamp) -> String {
    match timetable.on_air(t, true).main {
        Main::Notice(slot) => slot.notice.id.clone(),
        Main::Warning { alert, .. } => format!("!{}", alert.id.identifier),
        Main::Neutral { .. } => "-".into(),
    }
}

/// Asserts what has the main zone at each moment.
fn check(text: &str, expected: &[(&str, &str)]) {
    let timetable = one(text);
    for (moment, id) in expected {
        assert_eq!(main_at(&timetable, at(moment)), *id, "at {moment}");
    }
}

/// The main zone from one moment to another, a line for each change of what shows.
fn listing(timetable: &Timetable, from: Timestamp, to: Timestamp) -> Vec<String> {
    let zone = TimeZone::get(ZONE_UNSTATED).unwrap();
    let (mut t, mut lines, mut last) = (from, Vec::new(), String::new());
    while t < to {
        let shows = main_at(timetable, t);
        if shows != last {
            lines.push(format!("{} {shows}", t.to_zoned(zone.clone()).strftime("%H:%M:%S")));
            last = shows;
        }
        let Some(next) = timetable.next_change(t, true) else { break };
        t = next;
    }
    lines
}

#[test]
fn a_day_on_air() {
    let text = [
        notice("dem", "times = ['22:00-05:00']"),
        notice("sang", "times = ['05:30-07:00']"),
        notice("thu-tu", "days = ['wed']"),
        notice("het-trua", "until = '2026-11-24T12:00:00+07:00'\ntimes = ['11:30-17:00']"),
        notice("khan", "priority = 'urgent'\ntimes = ['16:00-16:30', '06:00-06:10']"),
    ]
    .concat();
    let seen = listing(&one(&text), at("2026-11-24 00:00"), at("2026-11-24 23:59"));
    assert_eq!(
        seen,
        [
            "00:00:00 dem",
            "05:00:00 -",
            "05:30:00 sang",
            "06:00:00 khan",
            "06:10:00 sang",
            "07:00:00 -",
            "11:30:00 het-trua",
            "12:00:00 -",
            "16:00:00 khan",
            "16:30:00 -",
            "22:00:00 dem",
        ]
    );
}

#[test]
fn a_show_window_includes_its_first_moment_and_not_its_last() {
    check(
        &notice("a", "from = '2026-11-24T07:00:00+07:00'\nuntil = '2026-11-25T07:00:00+07:00'"),
        &[
            ("2026-11-24 06:59:59.999", "-"),
            ("2026-11-24 07:00", "a"),
            ("2026-11-25 06:59:59.999", "a"),
            ("2026-11-25 07:00", "-"),
        ],
    );
}

#[test]
fn a_span_over_midnight_belongs_to_the_day_it_starts_on() {
    // 24 November 2026 is a Tuesday.
    check(
        &notice("dem", "days = ['tue']\ntimes = ['22:00-05:00']"),
        &[
            ("2026-11-24 04:00", "-"),
            ("2026-11-24 22:00", "dem"),
            ("2026-11-25 04:59", "dem"),
            ("2026-11-25 05:00", "-"),
            ("2026-11-25 22:00", "-"),
        ],
    );
}

#[test]
fn a_notice_shows_only_on_boards_whose_tags_it_names() {
    let text = [notice("cho", "boards = ['cho', 'truong']"), notice("tram", "boards = ['tram']")].concat();
    let timetable = one(&text);
    for second in 0..60 {
        let t = at("2026-11-24 12:00").checked_add(SignedDuration::from_secs(second)).unwrap();
        assert_eq!(main_at(&timetable, t), "cho");
    }
}

#[test]
fn notices_take_turns_that_follow_the_clock_on_the_wall() {
    let text = [notice("a", ""), notice("b", ""), notice("c", "")].concat();
    let seen = listing(&one(&text), at("2026-11-24 12:00"), at("2026-11-24 12:00:45"));
    assert_eq!(seen, ["12:00:00 a", "12:00:10 b", "12:00:20 c", "12:00:30 a", "12:00:40 b"]);
    // Asked in the middle, with no memory of before: a restart, or another board.
    let slot = match one(&text).on_air(at("2026-11-24 12:00:25.5"), true).main {
        Main::Notice(slot) => slot,
        other => panic!("{other:?}"),
    };
    assert_eq!((slot.start, slot.end), (at("2026-11-24 12:00:20"), at("2026-11-24 12:00:30")));
    assert!(!slot.alone);
}

#[test]
fn a_notice_alone_starts_its_turn_again_at_the_end_of_each() {
    let timetable = one(&notice("a", ""));
    let t = at("2026-11-24 12:00:03");
    let Main::Notice(slot) = timetable.on_air(t, true).main else { panic!("nothing on") };
    assert!(slot.alone);
    assert_eq!(timetable.next_change(t, true), Some(slot.end));
    let Main::Notice(next) = timetable.on_air(slot.end, true).main else { panic!("nothing on") };
    assert_eq!(next.start, slot.end);
}

#[test]
fn a_short_film_begins_again_within_its_turn_and_the_turn_goes_on() {
    let short = "{path='m', length=1, sha256='0000000000000000000000000000000000000000000000000000000000000000', duration_ms=5000}";
    let film = format!("[[notice]]\nid = 'film'\ntitle = 'film'\nvideo = {short}\n");
    let text = [film, notice("b", "")].concat();
    let timetable = one(&text);
    let slot = |t: Timestamp| match timetable.on_air(t, true).main {
        Main::Notice(slot) => slot,
        other => panic!("{other:?}"),
    };
    let mut t = at("2026-11-24 12:00");
    while slot(t).notice.id != "film" || slot(t).start != slot(t).turn.0 {
        t = timetable.next_change(t, true).unwrap();
    }
    let first = slot(t);
    let mut rounds = Vec::new();
    while slot(t).notice.id == "film" {
        assert_eq!((slot(t).turn, slot(t).number), (first.turn, first.number));
        rounds.push(slot(t).end.duration_since(slot(t).start).as_secs());
        t = timetable.next_change(t, true).unwrap();
        assert!(rounds.len() < 9, "it never ends");
    }
    assert_eq!(rounds, [5, 5, 5]);
    assert_eq!(t, first.turn.1);
}

#[test]
fn several_feeds_share_the_rotation_evenly_in_the_order_of_the_board() {
    let commune = feed("xa", &notice("x1", ""));
    let province = feed("tinh", &[notice("t1", ""), notice("t2", ""), notice("t3", "")].concat());
    let timetable = Timetable::new(vec![commune, province], &board());
    let seen = listing(&timetable, at("2026-11-24 12:00"), at("2026-11-24 12:00:40"));
    assert_eq!(seen, ["12:00:00 t1", "12:00:10 x1", "12:00:20 t2", "12:00:30 t3"]);
}

#[test]
fn an_urgent_notice_of_a_feed_that_may_not_interrupt_pushes_out_only_its_own() {
    let commune = feed("xa", &notice("x1", ""));
    let mut province = feed("tinh", &[notice("t1", ""), notice("t2", "priority = 'urgent'")].concat());
    let shown = |province: &FeedContent| {
        let timetable = Timetable::new(vec![commune.clone(), province.clone()], &board());
        let (from, to) = (at("2026-11-24 12:00"), at("2026-11-24 12:01"));
        let mut ids: Vec<String> =
            listing(&timetable, from, to).iter().map(|line| line[9..].to_string()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    assert_eq!(shown(&province), ["t2"]);
    province.rights.may_interrupt = false;
    assert_eq!(shown(&province), ["t2", "x1"]);
}

#[test]
fn an_old_feed_keeps_what_is_evergreen_or_has_an_end_and_says_that_it_is_old() {
    let text = [
        notice("khong-het", ""),
        notice("mai-mai", "evergreen = true"),
        notice("den-thang-12", "until = '2026-12-05T00:00:00+07:00'"),
        "[[ticker]]\ntext = 'x'\n".into(),
    ]
    .concat();
    let old = FeedContent { state: FeedState::Old, ..feed("xa", &text) };
    let timetable = Timetable::new(vec![old], &board());
    let seen = listing(&timetable, at("2026-11-24 12:00"), at("2026-11-24 12:00:40"));
    assert_eq!(
        seen,
        ["12:00:00 mai-mai", "12:00:10 den-thang-12", "12:00:20 mai-mai", "12:00:30 den-thang-12"]
    );
    let plan = timetable.on_air(at("2026-11-24 12:00"), true);
    assert_eq!(plan.stale, Some(Stale { last_news: Some(at("2026-11-24 05:00")) }));
    assert!(plan.ticker.is_empty());
}

#[test]
fn the_stale_line_is_of_the_feed_that_shows() {
    let commune = feed("xa", &notice("x", ""));
    let province = FeedContent { state: FeedState::Stale, ..feed("tinh", &notice("t", "")) };
    let timetable = Timetable::new(vec![commune, province], &board());
    for second in [0, 10] {
        let t = at("2026-11-24 12:00").checked_add(SignedDuration::from_secs(second)).unwrap();
        let stale = timetable.on_air(t, true).stale.is_some();
        assert_eq!(stale, main_at(&timetable, t) == "t");
    }
}

#[test]
fn the_header_is_of_the_first_feed_that_was_ever_verified() {
    let nothing = Timetable::new(Vec::new(), &board()).on_air(at("2026-11-24 12:00"), true);
    assert_eq!((&*nothing.title, &*nothing.timezone), ("binh-lu-1", ZONE_UNSTATED));
    assert_eq!(nothing.main, Main::Neutral { ever: false });
    let untrusted = FeedContent { state: FeedState::Untrusted, ..feed("xa", "timezone = 'Asia/Tokyo'") };
    let empty = feed("tinh", "timezone = 'Asia/Bangkok'");
    let plan = Timetable::new(vec![untrusted, empty], &board()).on_air(at("2026-11-24 12:00"), true);
    assert_eq!((&*plan.title, &*plan.timezone), ("Xã Bình Lư", "Asia/Bangkok"));
    assert_eq!(plan.main, Main::Neutral { ever: true });
}

#[test]
fn a_programme_in_a_zone_that_does_not_exist_is_read_in_viet_nams() {
    let timetable = one(&format!("timezone = 'Asia/Hanoi-Sud'\n{}", notice("a", "times = ['07:00-08:00']")));
    assert_eq!(main_at(&timetable, at("2026-11-24 07:30")), "a");
    assert_eq!(&*timetable.on_air(at("2026-11-24 07:30"), true).timezone, ZONE_UNSTATED);
}

#[test]
fn without_a_believable_clock_dates_count_and_hours_do_not_show() {
    let text = [
        notice("ngay", "from = '2026-11-24T00:00:00+07:00'"),
        notice("gio", "times = ['00:00-23:00']"),
        "[[announcement]]\naudio = MEDIA\nat = ['12:00']\n".into(),
    ]
    .concat();
    let timetable = one(&text);
    let t = at("2026-11-24 12:00:05");
    let plan = timetable.on_air(t, false);
    let Main::Notice(slot) = plan.main else { panic!("nothing on") };
    assert_eq!((slot.notice.id.as_str(), slot.alone), ("ngay", true));
    assert!(plan.announcements.is_empty());
    assert_eq!(timetable.on_air(t, true).announcements.len(), 1);
    assert_eq!(timetable.on_air(at("2026-11-23 12:00"), false).main, Main::Neutral { ever: true });
}

#[test]
fn an_announcement_sounds_from_its_time_for_its_length_on_its_days() {
    let timetable = one(
        "[[announcement]]\naudio = MEDIA\nat = ['05:30', '17:00']\ndays = ['tue']\nfrom = '2026-11-20T00:00:00+07:00'",
    );
    let start = |moment: &str| timetable.on_air(at(moment), true).announcements.first().map(|cue| cue.start);
    assert_eq!(start("2026-11-24 05:29:59.999"), None);
    assert_eq!(start("2026-11-24 05:30"), Some(at("2026-11-24 05:30")));
    assert_eq!(start("2026-11-24 05:30:19.999"), Some(at("2026-11-24 05:30")));
    assert_eq!(start("2026-11-24 05:30:20"), None);
    assert_eq!(start("2026-11-25 05:30"), None);
    let next = |moment: &str| timetable.next_change(at(moment), true);
    assert_eq!(next("2026-11-24 05:00"), Some(at("2026-11-24 05:30")));
    assert_eq!(next("2026-11-24 05:30"), Some(at("2026-11-24 05:30:20")));
    assert_eq!(next("2026-11-24 05:30:20"), Some(at("2026-11-24 17:00")));
    assert_eq!(next("2026-11-24 18:00"), Some(at("2026-12-01 05:30")));
}

#[test]
fn a_clock_that_jumps_neither_loses_an_announcement_nor_makes_it_twice() {
    let timetable = one("timezone = 'Europe/Berlin'\n[[announcement]]\naudio = MEDIA\nat = ['02:30']\n");
    let starts = |from: &str, hours: i64| {
        let (mut t, mut starts): (Timestamp, Vec<String>) = (from.parse().unwrap(), Vec::new());
        let end = t.checked_add(SignedDuration::from_hours(hours)).unwrap();
        while let Some(next) = timetable.next_change(t, true).filter(|next| *next < end) {
            starts.extend(timetable.on_air(next, true).announcements.iter().map(|cue| cue.start.to_string()));
            t = next;
        }
        starts
    };
    assert_eq!(starts("2026-03-28T12:00:00Z", 24), ["2026-03-29T01:30:00Z"]);
    assert_eq!(starts("2026-10-24T12:00:00Z", 24), ["2026-10-25T00:30:00Z"]);
}

#[test]
fn hours_follow_the_wall_clock_of_the_programme_through_summer_and_winter_time() {
    let timetable = one(&format!("timezone = 'Europe/Berlin'\n{}", notice("a", "times = ['07:00-08:00']")));
    let on = |moment: &str| main_at(&timetable, moment.parse().unwrap()) == "a";
    assert!(on("2026-10-24T05:30:00Z") && !on("2026-10-24T06:30:00Z"));
    assert!(on("2026-10-25T06:30:00Z") && !on("2026-10-25T05:30:00Z"));
}

fn warning(name: &str, level: u8, status: AlertStatus, sent: &str) -> Alert {
    Alert {
        id: AlertId { sender: "s".into(), identifier: name.into(), sent: at(sent) },
        status,
        message: MessageType::Alert,
        references: Vec::new(),
        level: RiskLevel::new(level).unwrap(),
        hazard: Hazard::Lu,
        event: "Lũ quét".into(),
        area: String::new(),
        actions: Vec::new(),
        issuer: String::new(),
        onset: None,
        expires: None,
        audio: None,
    }
}

#[test]
fn a_warning_takes_the_whole_board_and_the_highest_comes_first() {
    let text = [notice("a", ""), "[[ticker]]\ntext = 'x'\n".into()].concat();
    let alerts = Alerts {
        alerts: vec![
            warning("ba", 3, AlertStatus::Actual, "2026-11-24 07:00"),
            warning("bon", 4, AlertStatus::Actual, "2026-11-24 08:00"),
            warning("dien-tap", 5, AlertStatus::Exercise, "2026-11-24 06:00"),
        ],
    };
    let mut content = FeedContent { alerts: Arc::new(alerts), ..feed("xa", &text) };
    let timetable = Timetable::new(vec![content.clone()], &board());
    // Each of the two takes four seconds to find and one to read: a turn has its least, doubled.
    let seen = listing(&timetable, at("2026-11-24 05:59:50"), at("2026-11-24 08:03:00"));
    let expected = [
        "05:59:50 a",
        "06:00:00 !dien-tap",
        "07:00:00 !ba",
        "08:00:00 !bon",
        "08:02:20 !ba",
        "08:02:40 !bon",
    ];
    assert_eq!(seen, expected);
    let seen = listing(&timetable, at("2026-11-24 12:59:50"), at("2026-11-24 14:00:10"));
    assert_eq!(seen.last().map(String::as_str), Some("14:00:00 a"));
    assert_eq!(seen.iter().filter(|line| !line.ends_with("!bon")).count(), 2, "{seen:?}");
    assert!(timetable.on_air(at("2026-11-24 09:00"), true).ticker.is_empty());
    assert_eq!(timetable.on_air(at("2026-11-24 15:00"), true).ticker.len(), 1);

    content.rights.may_interrupt = false;
    let timetable = Timetable::new(vec![content], &board());
    assert_eq!(main_at(&timetable, at("2026-11-24 09:00")), "a");
}

/// The warnings that show from one moment to another, and the seconds of each turn.
fn turns(alerts: Vec<Alert>, from: &str, to: &str) -> Vec<(String, i64)> {
    let content = FeedContent { alerts: Arc::new(Alerts { alerts }), ..feed("xa", &notice("a", "")) };
    let timetable = Timetable::new(vec![content], &board());
    let (mut t, mut seen) = (at(from), Vec::<(String, i64)>::new());
    let mut before = None;
    while t < at(to) {
        let next = timetable.next_change(t, true).unwrap();
        let seconds = next.duration_since(t).as_secs();
        let main = timetable.on_air(t, true).main;
        if let Main::Warning { turn: Some((start, end)), .. } = timetable.on_air(t, true).main {
            assert!(start <= t && t < end && next <= end);
            let middle = t.checked_add(next.duration_since(t) / 2).unwrap();
            let same = |plan: Plan| Plan { at: t, ..plan };
            assert_eq!(same(timetable.on_air(middle, true)), timetable.on_air(t, true));
        }
        // A siren that starts or ends is no turn.
        match seen.last_mut().filter(|_| before.as_ref() == Some(&main)) {
            Some((_, known)) => *known += seconds,
            None => seen.push((main_at(&timetable, t), seconds)),
        }
        before = Some(main);
        t = next;
    }
    seen
}

#[test]
fn the_siren_is_the_gravest_warnings_whoever_has_the_board() {
    let alerts = vec![
        warning("ba", 3, AlertStatus::Actual, "2026-11-24 07:00"),
        warning("mot", 1, AlertStatus::Actual, "2026-11-24 07:00"),
        warning("tap", 5, AlertStatus::Exercise, "2026-11-24 06:00"),
    ];
    let content = FeedContent { alerts: Arc::new(Alerts { alerts }), ..feed("xa", &notice("a", "")) };
    let timetable = Timetable::new(vec![content], &board());
    let heard = |moment: &str| {
        let plan = timetable.on_air(at(moment), true);
        plan.siren.map(|siren| (siren.alert.id.identifier.clone(), siren.start))
    };
    assert_eq!(heard("2026-11-24 06:30:01"), None, "a drill has no siren");
    for minute in 0..9 {
        let start = at(&format!("2026-11-24 07:0{minute}:00"));
        assert_eq!(heard(&format!("2026-11-24 07:0{minute}:02")), Some(("ba".into(), start)));
        assert_eq!(heard(&format!("2026-11-24 07:0{minute}:03")), None);
    }
}

#[test]
fn several_warnings_take_turns_the_gravest_first_and_each_for_twice_its_reading_time() {
    let mut long = warning("dai", 2, AlertStatus::Actual, "2026-11-24 07:00");
    long.area = vec!["bản"; 30].join(" ");
    let alerts = vec![
        long.clone(),
        warning("ba", 3, AlertStatus::Actual, "2026-11-24 07:00"),
        warning("mot", 1, AlertStatus::Actual, "2026-11-24 07:00"),
    ];
    let seen = turns(alerts.clone(), "2026-11-24 07:00", "2026-11-24 07:04:20");
    let expected = [("!ba", 120), ("!ba", 20), ("!dai", 40), ("!mot", 20), ("!ba", 20), ("!dai", 40)]
        .map(|(n, s)| (n.into(), s));
    assert_eq!(seen, expected);
    // A new one that is graver comes at once, and then has every other turn.
    let five = warning("nam", 5, AlertStatus::Actual, "2026-11-24 07:03:05");
    let seen = turns([alerts, vec![five]].concat(), "2026-11-24 07:03:00", "2026-11-24 07:07:05");
    let expected =
        [("!mot", 5), ("!nam", 120), ("!nam", 20), ("!ba", 20), ("!nam", 20), ("!dai", 40), ("!nam", 20)];
    assert_eq!(seen, expected.map(|(name, seconds)| (name.into(), seconds)));
}

#[test]
fn an_exercise_never_shows_beside_a_real_warning() {
    let alerts = vec![
        warning("tap", 5, AlertStatus::Exercise, "2026-11-24 07:00"),
        warning("that", 1, AlertStatus::Actual, "2026-11-24 07:05"),
    ];
    let seen = turns(alerts, "2026-11-24 07:00", "2026-11-24 09:05");
    assert_eq!(seen, [("!tap".to_owned(), 300), ("!that".to_owned(), 2 * 3_600)]);
}

#[test]
fn a_board_with_nothing_more_to_come_never_wakes() {
    let timetable = one(&notice("a", "until = '2026-11-24T00:00:00+07:00'"));
    assert_eq!(timetable.next_change(at("2026-11-24 00:00"), true), None);
}

#[test]
fn ten_thousand_notices_share_the_wheel_and_their_patterns() {
    let mut content = feed("xa", "");
    let daily = programme(&notice("a", "times = ['05:30-07:00', '17:00-21:00']")).notices.remove(0);
    let programme = Arc::make_mut(&mut content.programme);
    programme.notices =
        (0..10_000).map(|n| Arc::new(Notice { id: n.to_string(), ..Notice::clone(&daily) })).collect();
    let timetable = Timetable::new(vec![content], &board());
    assert_eq!(timetable.calendar.hours(&timetable.calendar.walls(at("2026-11-24 06:00")), true).len(), 1);
    let all: Vec<usize> = (0..timetable.notices.len()).collect();
    assert_eq!(timetable.wheel(&all).normal.len(), 10_000);
    assert_eq!(timetable.next_change(at("2026-11-24 12:00"), true), Some(at("2026-11-24 17:00")));
}

fn fields() -> impl Strategy<Value = String> {
    let hour = 0u16..=1440;
    let times = prop::collection::vec((hour.clone(), hour), 0..3).prop_map(|ranges| {
        let clock = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
        let ranges = ranges.into_iter().filter(|(a, b)| a != b);
        ranges.map(|(a, b)| format!("'{}-{}'", clock(a), clock(b))).collect::<Vec<_>>().join(", ")
    });
    let day = prop::sample::select(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    let days = prop::collection::vec(day, 0..4)
        .prop_map(|days| days.iter().map(|d| format!("'{d}'")).collect::<Vec<_>>().join(", "));
    let moment = prop::option::of(0u32..20 * 24 * 60);
    let priority = prop::sample::select(vec!["low", "normal", "normal", "normal", "urgent"]);
    (times, days, moment.clone(), moment, priority, 3u32..600).prop_map(
        |(times, days, from, until, priority, seconds)| {
            let line = |name: &str, minutes: Option<u32>| {
                minutes.map_or(String::new(), |minutes| {
                    let start: Timestamp = "2026-10-20T00:00:00Z".parse().unwrap();
                    let moment = start.checked_add(SignedDuration::from_mins(minutes.into())).unwrap();
                    format!("{name} = '{moment}'\n")
                })
            };
            format!(
                "times = [{times}]\ndays = [{days}]\npriority = '{priority}'\nseconds = {seconds}\n{}{}",
                line("from", from),
                line("until", until)
            )
        },
    )
}

fn sample(zone: &str, notices: &[String], at: &[u16]) -> Timetable {
    let mut text = format!("timezone = '{zone}'\n");
    for (number, fields) in notices.iter().enumerate() {
        text.push_str(&format!("[[notice]]\ntitle = '{number}'\nid = '{number}'\n{fields}\n"));
    }
    let at: Vec<String> = at.iter().map(|m| format!("'{:02}:{:02}'", m / 60, m % 60)).collect();
    text.push_str(&format!("[[announcement]]\naudio = MEDIA\nat = [{}]\n", at.join(", ")));
    one(&text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Berlin changes its clocks in the middle of the span.
    #[test]
    fn nothing_changes_before_the_next_change_and_time_only_goes_forward(
        zone in prop::sample::select(vec!["Asia/Ho_Chi_Minh", "Europe/Berlin"]),
        notices in prop::collection::vec(fields(), 0..5),
        announced in prop::collection::vec(0u16..1440, 0..3),
        start in 0i64..20 * 24 * 3600,
        samples in prop::collection::vec(0.0f64..1.0, 8),
        trusted in any::<bool>(),
    ) {
        let timetable = sample(zone, &notices, &announced);
        let day: Timestamp = "2026-10-20T00:00:00Z".parse().unwrap();
        let mut t = day.checked_add(SignedDuration::from_secs(start)).unwrap();
        for _ in 0..20 {
            let plan = timetable.on_air(t, trusted);
            let next = timetable.next_change(t, trusted);
            prop_assert!(next.is_none_or(|next| next > t));
            let month = SignedDuration::from_hours(30 * 24);
            let end = next.unwrap_or(t.checked_add(month).unwrap());
            let span_ns = end.as_nanosecond() - t.as_nanosecond();
            let inner = samples.iter().map(|share| (span_ns as f64 * share) as i128);
            for into_ns in inner.chain([span_ns - 1]) {
                let between = Timestamp::from_nanosecond(t.as_nanosecond() + into_ns).unwrap();
                let same = Plan { at: plan.at, ..timetable.on_air(between, trusted) };
                prop_assert_eq!(&same, &plan, "at {}", between);
            }
            let Some(next) = next else { break };
            t = next;
        }
    }
}

/// Zones: the main one, meetings, and what is for the tag `lich`.
fn zoned() -> Board {
    let zone = |name: &str, left, categories: &[Category], tags: &[&str]| Zone {
        name: name.into(),
        area: Share { left, top: 0.0, width: 30.0, height: 100.0 },
        categories: categories.into(),
        tags: tags.iter().map(|tag| (*tag).into()).collect(),
        written: String::new(),
    };
    let zones = vec![
        zone("main", 0.0, &[], &[]),
        zone("hop", 30.0, &[Category::Hop], &[]),
        zone("lich", 60.0, &[], &["lich"]),
    ];
    Board { zones, ..board() }
}

/// What each zone of that board has, in a word each.
fn zones_at(timetable: &Timetable, t: Timestamp) -> Vec<String> {
    let plan = timetable.on_air(t, true);
    let slot = |aside: &Aside| aside.slot.as_ref().map_or("-".into(), |slot| slot.notice.id.clone());
    std::iter::once(main_at(timetable, t)).chain(plan.asides.iter().map(slot)).collect()
}

#[test]
fn each_zone_takes_what_it_is_for_and_the_first_one_the_rest() {
    let text = [
        notice("rest", "category = 'y-te'"),
        notice("meeting", "category = 'hop'"),
        notice("calendar", "boards = ['lich']"),
        notice("elsewhere", "boards = ['tram']"),
    ]
    .concat();
    let timetable = Timetable::new(vec![feed("xa", &text)], &zoned());
    for second in 0..60 {
        let t = at("2026-11-24 12:00").checked_add(SignedDuration::from_secs(second)).unwrap();
        assert_eq!(zones_at(&timetable, t), ["rest", "meeting", "calendar"]);
    }
    let film = notice("film", "category = 'hop'\nvideo = MEDIA");
    let sound = notice("sound", "category = 'hop'\naudio = MEDIA");
    for (id, text) in [("film", film), ("sound", sound)] {
        let timetable = Timetable::new(vec![feed("xa", &text)], &zoned());
        assert_eq!(
            zones_at(&timetable, at("2026-11-24 12:00")),
            [id, "-", "-"],
            "one screen, one loudspeaker"
        );
    }
    let timetable = Timetable::new(vec![feed("xa", &text)], &board());
    let seen = listing(&timetable, at("2026-11-24 12:00"), at("2026-11-24 12:01"));
    assert!(timetable.on_air(at("2026-11-24 12:00"), true).asides.is_empty());
    assert!(seen.iter().any(|line| line.ends_with("meeting")), "without zones all take turns: {seen:?}");
}

#[test]
fn zones_turn_each_at_its_own_pace_and_the_next_change_is_the_soonest() {
    let text = [
        notice("a", ""),
        notice("b", ""),
        notice("hop-1", "category = 'hop'").replace("seconds = 10", "seconds = 7"),
        notice("hop-2", "category = 'hop'").replace("seconds = 10", "seconds = 7"),
    ]
    .concat();
    let timetable = Timetable::new(vec![feed("xa", &text)], &zoned());
    let alone = [notice("a", ""), notice("b", "")].concat();
    let alone = Timetable::new(vec![feed("xa", &alone)], &board());
    let mut t = at("2026-11-24 12:00");
    let mut changes = 0;
    while t < at("2026-11-24 12:10") {
        let plan = timetable.on_air(t, true);
        assert_eq!(main_at(&timetable, t), main_at(&alone, t), "its wheel knows nothing of the others");
        let ends = plan.slots().map(|slot| slot.end).min();
        let next = timetable.next_change(t, true);
        assert_eq!(next, ends);
        t = next.unwrap();
        changes += 1;
    }
    assert!(changes > 130, "{changes}");
}

#[test]
fn an_urgent_notice_takes_its_own_zone_and_a_warning_all_of_them() {
    let text = [
        notice("a", ""),
        notice("hop-1", "category = 'hop'"),
        notice("hop-gap", "category = 'hop'\npriority = 'urgent'"),
    ]
    .concat();
    let mut content = feed("xa", &text);
    content.alerts =
        Arc::new(Alerts { alerts: vec![warning("ba", 3, AlertStatus::Actual, "2026-11-24 13:00")] });
    let timetable = Timetable::new(vec![content], &zoned());
    for minute in 0..10 {
        let t = at("2026-11-24 12:00").checked_add(SignedDuration::from_mins(minute)).unwrap();
        assert_eq!(zones_at(&timetable, t), ["a", "hop-gap", "-"]);
    }
    let plan = timetable.on_air(at("2026-11-24 13:01"), true);
    assert!(matches!(plan.main, Main::Warning { .. }) && plan.asides.is_empty());
}

#[test]
fn old_news_in_any_zone_is_told_as_such() {
    let fresh = feed("xa", &notice("a", ""));
    let old = FeedContent { state: FeedState::Stale, ..feed("tinh", &notice("b", "category = 'hop'")) };
    let plan = Timetable::new(vec![fresh, old], &zoned()).on_air(at("2026-11-24 12:00"), true);
    assert!(plan.stale.is_some());
}
