//! What an official gets back for each file of warnings: the warnings, or all that is wrong with them.

use super::*;
use crate::model::media::Probe;
use crate::problem::Speech;
use serde_json::{Value, json};
use std::path::Path;

fn now() -> Timestamp {
    "2026-11-24T07:00:00+07:00".parse().unwrap()
}

/// A good message, with some of its keys replaced; `null` takes one out.
fn message(changes: Value) -> Value {
    let mut message = json!({
        "sender": "xa@binhlu.example",
        "identifier": "sat-lo-1",
        "sent": "2026-11-24T06:30:00+07:00",
        "status": "Actual",
        "message": "Alert",
        "level": 3,
        "hazard": "sat-lo",
        "event": "Sạt lở đất",
        "actions": ["Không đi qua dốc", "Cần cứu giúp, gọi 112"],
        "expires": "2026-11-24T12:00:00+07:00",
    });
    for (key, value) in changes.as_object().unwrap() {
        message[key] = value.clone();
    }
    message
}

/// A message that acts on others.
fn acting(kind: &str, references: Value) -> Value {
    let sent = "2026-11-24T06:50:00+07:00";
    message(json!({"identifier": "sat-lo-2", "sent": sent, "message": kind, "references": references}))
}

fn reference(changes: Value) -> Value {
    let mut reference = json!({"sender": "xa@binhlu.example", "identifier": "sat-lo-1",
        "sent": "2026-11-24T06:30:00+07:00"});
    for (key, value) in changes.as_object().unwrap() {
        reference[key] = value.clone();
    }
    reference
}

/// Reads it in a folder in which every file is a sound of as many seconds as its name says.
fn read_in(folder: &Path, bytes: &[u8]) -> Result<Checked, Vec<Problem>> {
    let probe = |path: &Path| {
        let seconds = path.file_stem().and_then(|name| name.to_str()?.parse::<u64>().ok());
        let broken = || Problem::new("x", say!(en: "no sound", vi: "x"), say!(en: "copy it again", vi: "x"));
        Ok(Probe::Sound { duration_ms: seconds.ok_or_else(broken)? * 1000, silent: false })
    };
    let mut shelf = Shelf::new(folder.to_owned(), "alerts.json", &probe);
    read(bytes, "alerts.json", &mut shelf, now())
}

fn read_alone(bytes: &[u8]) -> Result<Checked, Vec<Problem>> {
    read_in(Path::new("/nowhere"), bytes)
}

fn read_messages(messages: &[Value]) -> Result<Checked, Vec<Problem>> {
    read_alone(json!({ "alerts": messages }).to_string().as_bytes())
}

fn fine(messages: &[Value]) -> Checked {
    read_messages(messages).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Asserts the problems as (place, a word of the English sentence), whatever their order.
fn check(messages: &[Value], expected: &[(&str, &str)]) {
    let problems = read_messages(messages).expect_err("nothing was found wrong");
    said(&problems, expected);
}

fn said(problems: &[Problem], expected: &[(&str, &str)]) {
    let lines: Vec<String> = problems.iter().map(|problem| problem.line(Speech::English)).collect();
    assert_eq!(problems.len(), expected.len(), "{lines:#?}");
    for (place, word) in expected {
        let begin =
            if place.is_empty() { "alerts.json: ".to_owned() } else { format!("alerts.json: {place}: ") };
        let found = lines.iter().any(|line| line.starts_with(&begin) && line.contains(word));
        assert!(found, "nothing says `{word}` of `{place}`: {lines:#?}");
    }
}

#[test]
fn a_good_file_and_the_demo_are_read_whole() {
    let checked = fine(&[message(json!({})), acting("Update", json!([reference(json!({}))]))]);
    assert_eq!(checked.alerts.alerts.len(), 2);
    assert_eq!(checked.alerts.alerts[0].hazard, Hazard::SatLo);
    assert_eq!(checked.alerts.alerts[1].references, [checked.alerts.alerts[0].id.clone()]);
    assert!(checked.warnings.is_empty(), "{:#?}", checked.warnings);
    let demo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo/alerts.json")).unwrap();
    let checked = read_alone(&demo).unwrap();
    assert_eq!(checked.alerts, serde_json::from_slice::<Alerts>(&demo).unwrap());
    assert!(fine(&[]).alerts.alerts.is_empty(), "an empty list withdraws all");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place() {
    check(
        &[
            message(json!({"event": "", "level": 6, "hazard": "lut", "titel": 1})),
            message(json!({"identifier": "b", "sent": "2026-11-24T06:30:00", "expires": 5, "level": "3"})),
            json!("text"),
            message(json!({"identifier": "c", "status": "actual", "message": null, "sender": null})),
        ],
        &[
            ("alerts[0].event", "`event` is empty"),
            ("alerts[0].level", "from 1 to 5"),
            ("alerts[0].hazard", "knows no `lut`"),
            ("alerts[0]", "unknown key `titel`"),
            ("alerts[1].sent", "in which time zone"),
            ("alerts[1].expires", "is a number, not a text"),
            ("alerts[1].level", "not a whole number; write 3"),
            ("alerts[2]", "is a text, not a table"),
            ("alerts[3].status", "write \"Actual\" for the real thing"),
            ("alerts[3]", "`message` is missing"),
            ("alerts[3]", "`sender` is missing"),
        ],
    );
}

#[test]
fn unknown_keys_are_named_with_the_nearest_known_one() {
    check(&[message(json!({"expire": "2026-11-24T12:00:00+07:00"}))], &[("alerts[0]", "`expires`?")]);
    let slip = json!([reference(json!({"identifer": "x"}))]);
    check(&[message(json!({})), acting("Cancel", slip)], &[("alerts[1].references[0]", "`identifier`?")]);
    let problems = read_alone(br#"{"alert": []}"#).unwrap_err();
    said(&problems, &[("", "call the list of warnings `alerts`")]);
}

#[test]
fn words_that_hide_something_or_are_too_long_are_refused() {
    let flood = format!("a{}b", "\u{FE0F}".repeat(50));
    let marks = format!("a{}", "\u{301}\u{323}".repeat(20));
    for (event, word) in [
        ("a\u{202E}b", "U+202E"),
        ("a\u{0007}b", "U+0007"),
        ("a\0b", "U+0000"),
        (flood.as_str(), "U+FE0F"),
        (marks.as_str(), "over one letter"),
        ("\u{200B}", "is empty"),
        (" \n ", "is empty"),
        (&"dài ".repeat(25_000), "shorten it"),
    ] {
        check(&[message(json!({ "event": event }))], &[("alerts[0].event", word)]);
    }
    let long = "x".repeat(limits::ALERT_LINE_CHARS_MAX + 1);
    check(
        &[message(
            json!({"actions": ["a", long, "\u{202E}", ""], "issuer": "\u{2066}", "area": "y".repeat(500)}),
        )],
        &[
            ("alerts[0].actions[1]", "shorten it"),
            ("alerts[0].actions[2]", "U+202E"),
            ("alerts[0].actions[3]", "is empty"),
            ("alerts[0].issuer", "U+2066"),
            ("alerts[0].area", "shorten it"),
        ],
    );
    check(&[message(json!({"actions": ["a", "b", "c", "d", "e"]}))], &[("alerts[0].actions", "at most 4")]);
    let decomposed = fine(&[message(json!({"event": "Lu\u{0303} que\u{0301}t"}))]);
    assert_eq!(decomposed.alerts.alerts[0].event, "Lũ quét");
}

#[test]
fn two_messages_of_one_name_are_refused_however_the_moment_is_written() {
    let same = message(json!({"sent": "2026-11-23T23:30:00Z"}));
    check(&[message(json!({})), same], &[("alerts[1]", "of `alerts[0]`")]);
}

#[test]
fn times_that_cannot_be_are_refused() {
    let times = |sent: &str, onset: Option<&str>, expires: Option<&str>| {
        let at = |text: &str| format!("2026-11-{text}:00+07:00");
        message(json!({"sent": at(sent), "onset": onset.map(at), "expires": expires.map(at)}))
    };
    check(&[times("24T06:30", None, Some("24T06:30"))], &[("alerts[0].expires", "not after `sent`")]);
    let early_end = times("24T06:30", Some("24T09:00"), Some("24T08:00"));
    check(&[early_end], &[("alerts[0].expires", "not after `onset`")]);
    check(&[times("24T07:06", None, Some("24T12:00"))], &[("alerts[0].sent", "in the future")]);
    fine(&[times("24T07:04", None, Some("24T12:00"))]);
    check(&[times("24T06:30", Some("24T13:00"), None)], &[("alerts[0].onset", "never show")]);
    check(&[times("24T06:30", Some("28T06:30"), Some("28T12:00"))], &[("alerts[0].onset", "never show")]);
    check(&[message(json!({"expires": "hôm nay"}))], &[("alerts[0].expires", "not a moment")]);
    let long = fine(&[times("24T06:30", None, Some("28T12:00"))]);
    said(&long.warnings, &[("alerts[0].expires", "72 hours")]);
}

#[test]
fn an_update_or_a_cancel_must_say_what_it_ends() {
    let first = || message(json!({}));
    for kind in ["Update", "Cancel"] {
        for references in [json!(null), json!([])] {
            check(&[first(), acting(kind, references)], &[("alerts[1].references", "ends no warning")]);
        }
        fine(&[first(), acting(kind, json!([reference(json!({}))]))]);
    }
    let cancel = |changes: Value| acting("Cancel", json!([reference(changes)]));
    let at = "alerts[1].references[0]";
    check(&[first(), cancel(json!({"sent": "2026-11-24T06:31:00+07:00"}))], &[(at, "`sent` differs")]);
    check(&[first(), cancel(json!({"sender": "x@y.example"}))], &[(at, "`sender` differs")]);
    let own = json!({"identifier": "sat-lo-2", "sent": "2026-11-24T06:50:00+07:00"});
    check(&[first(), cancel(own)], &[(at, "refers to itself")]);
    let later = message(json!({"sent": "2026-11-24T06:55:00+07:00"}));
    check(&[later, cancel(json!({"sent": "2026-11-24T06:55:00+07:00"}))], &[(at, "sent after it")]);
    let drill = message(json!({"status": "Exercise"}));
    check(&[drill, cancel(json!({}))], &[(at, "another `status`")]);
    let gone = fine(&[first(), cancel(json!({"identifier": "khac"}))]);
    said(&gone.warnings, &[(at, "no such message")]);
    let alert = fine(&[first(), acting("Alert", json!([reference(json!({}))]))]);
    said(&alert.warnings, &[("alerts[1].references", "acts on no other")]);
}

#[test]
fn a_name_may_be_used_again_along_a_chain_of_updates() {
    let link = |sent: &str, kind: &str, references: &[&str]| {
        let at = |time: &str| format!("2026-11-24T{time}:00+07:00");
        let references: Vec<Value> =
            references.iter().map(|sent| reference(json!({"sent": at(sent)}))).collect();
        message(json!({"sent": at(sent), "message": kind, "references": references}))
    };
    let checked = fine(&[link("06:20", "Update", &["06:10"]), link("06:30", "Cancel", &["06:20", "06:10"])]);
    assert_eq!(checked.warnings.len(), 2, "the first was taken out");
}

#[test]
fn what_is_no_json_or_says_a_key_twice_is_refused_with_its_line() {
    for (text, subject, word) in [
        (&b"{\"alerts\": [\n{\"level\": 1,}]}"[..], "alerts.json:2", "trailing comma"),
        (b"{\"alerts\": [],\n\"alerts\": []}", "alerts.json:2", "duplicate key `alerts`"),
        ("{\"alerts\": [\n“x”]}".as_bytes(), "alerts.json:2", "curly"),
        (b"", "alerts.json:1", "EOF"),
        (b"{\"alerts\": \0}", "alerts.json:1", "NUL"),
        (b"\xFF\xFE{", "alerts.json:1", "NUL"),
        (b"{\"a\": \"\xE1\"}", "alerts.json:1", "not UTF-8"),
        (&[b'['; 100_000], "alerts.json:1", "recursion"),
        (&b"[0,".repeat(600_000), "alerts.json:1", "recursion"),
        (
            &[b"{\"alerts\": [0", &b",0".repeat(600_000)[..], b"]}"].concat(),
            "alerts.json:1",
            "more than 100000 values",
        ),
        (&[b' '; 5 << 20], "alerts.json", "longer than"),
    ] {
        let problems = read_alone(text).unwrap_err();
        let line = problems[0].line(Speech::English);
        assert_eq!((problems.len(), problems[0].subject.as_str()), (1, subject), "{line}");
        assert!(line.contains(word), "{line}");
    }
    said(&read_alone(b"[]").unwrap_err(), &[("", "is a list, not a table")]);
    let many = format!("{{\"alerts\": [{}1]}}", "1,".repeat(1_000_000));
    let problems = read_alone(many.as_bytes()).unwrap_err();
    assert!(problems.len() <= limits::ALERTS_MAX + 1, "{}", problems.len());
}

#[test]
fn only_what_boards_will_show_is_counted() {
    let count = |messages: &[Value]| {
        let Outlook { in_force, later } = outlook(&fine(messages).alerts, now());
        (in_force, later)
    };
    assert_eq!(count(&[message(json!({}))]), (1, 0));
    let begins = message(json!({"identifier": "b", "onset": "2026-11-24T08:00:00+07:00"}));
    assert_eq!(count(&[message(json!({})), begins.clone()]), (1, 1));
    let cancel = acting("Cancel", json!([reference(json!({}))]));
    assert_eq!(count(&[message(json!({})), cancel, begins]), (0, 1));
    let over = message(json!({"expires": "2026-11-24T06:59:00+07:00"}));
    let test = message(json!({"identifier": "t", "status": "Test"}));
    assert_eq!(count(&[over, test]), (0, 0));
}

#[test]
fn warnings_that_stand_bare_are_taken_and_it_is_said() {
    let one = read_alone(message(json!({})).to_string().as_bytes()).unwrap();
    assert_eq!(one.alerts, fine(&[message(json!({}))]).alerts);
    said(&one.warnings, &[("", "no {\"alerts\": [ ]} around it")]);
    let two = json!([message(json!({})), message(json!({"identifier": "b"}))]).to_string();
    assert_eq!(read_alone(two.as_bytes()).unwrap().alerts.alerts.len(), 2);
    let wrong = message(json!({"level": 7})).to_string();
    said(&read_alone(wrong.as_bytes()).unwrap_err(), &[("level", "from 1 to 5")]);
    for unclear in ["{}", "[]", "{\"sender\": \"x\"}", "[1]"] {
        read_alone(unclear.as_bytes()).unwrap_err();
    }
}

#[test]
fn a_hazard_is_known_in_vietnamese_and_in_english_and_signed_as_one_word() {
    for (word, hazard) in [
        ("lũ quét", Hazard::LuQuet),
        ("Flash flood", Hazard::LuQuet),
        ("bão", Hazard::Bao),
        ("rét đậm", Hazard::RetHai),
        ("fire", Hazard::Chay),
        ("dam-release", Hazard::XaLu),
        ("Dịch bệnh", Hazard::DichBenh),
        ("sat-lo", Hazard::SatLo),
    ] {
        assert_eq!(fine(&[message(json!({ "hazard": word }))]).alerts.alerts[0].hazard, hazard, "{word}");
    }
    for hazard in Hazard::ALL {
        assert_eq!(serde_json::to_value(hazard).unwrap(), hazard.word());
        assert_eq!(hazard_of(hazard.word()), Some(hazard));
        assert_eq!(hazard_of(hazard.english()), Some(hazard));
        assert!(hazard.name().is_empty() || hazard_of(hazard.name()).is_some(), "{}", hazard.name());
    }
    let newer: Hazard = serde_json::from_value(json!("song-than")).unwrap();
    assert_eq!(newer, Hazard::CanhBao, "an old board shows what a newer publisher signed");
}

#[test]
fn a_warning_may_name_a_sound_that_is_measured_and_no_longer_than_people_listen() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, content) in
        [("20.mp3", "20.mp3"), ("121.mp3", "x"), ("noise.mp3", "\u{1}"), ("words.mp3", "Lũ quét")]
    {
        std::fs::write(root.join(name), content).unwrap();
    }
    let spoken = |name: Value| {
        let file = json!({ "alerts": [message(json!({ "audio": name }))] });
        read_in(&root, file.to_string().as_bytes())
    };
    let checked = spoken(json!("20.mp3")).unwrap();
    let audio = checked.alerts.alerts[0].audio.as_ref().unwrap();
    assert_eq!((audio.path.as_str(), audio.duration_ms, audio.length), ("20.mp3", Some(20_000), 6));
    assert!(checked.warnings.is_empty());
    let place = "alerts[0].audio";
    for (name, expected) in [
        (json!("121.mp3"), "speaks for 121 s"),
        (json!("noise.mp3"), "no sound"),
        (json!("words.mp3"), "is a text file; let somebody read it, and name the recording (MP3"),
        (json!("21.mp3"), "there is no file `21.mp3`"),
        (json!("../20.mp3"), "leads out of the folder"),
        (json!({"path": "20.mp3"}), "is a table, not a text"),
    ] {
        said(&spoken(name).unwrap_err(), &[(place, expected)]);
    }
    let drill = message(json!({ "audio": "20.mp3", "status": "Exercise" }));
    let drill = read_in(&root, json!({ "alerts": [drill] }).to_string().as_bytes()).unwrap();
    assert!(drill.warnings[0].line(Speech::English).contains("a drill is not spoken"));
}
