//! What publishing promises, and every attack on what was published.

use super::testing::*;
use super::*;
use crate::problem::Speech;
use crate::trust::{Fetch, Floors, Item, Refresh, Refusal, Times};
use std::fs;

fn none() -> Floors {
    Floors::default()
}

#[test]
fn a_new_feed_verifies_and_is_empty() {
    let site = TestSite::new(1);
    let complete = site.verify(&none(), day(0)).0.unwrap();
    assert_eq!(complete.programme.as_ref().unwrap().title, "Xã Bình Lư");
    assert!(
        complete.programme.as_ref().unwrap().notices.is_empty()
            && complete.alerts.as_ref().unwrap().alerts.is_empty()
    );
    assert_eq!(complete.issued, Some(day(0)));
    assert_eq!(complete.expires, day(14));
    let all_one = Versions { root: 1, timestamp: 1, snapshot: 1, targets: 1, programme: 1, alert: 1 };
    assert_eq!(complete.versions, all_one);
}

#[test]
fn what_is_published_is_what_a_board_verifies_and_unchanged_media_are_not_copied_again() {
    let site = TestSite::new(1);
    let first = site.publish("tiem-chung", Some(b"sound"), day(1));
    assert_eq!((first.changed, first.copied, first.reused), (true, 1, 0));
    let complete = site.verify(&none(), day(1)).0.unwrap();
    assert_eq!(complete.programme.as_ref().unwrap().notices[0].title, "tiem-chung");
    assert_eq!(complete.versions, first.versions);
    let again = site.publish("tiem-chung", Some(b"sound"), day(1));
    assert_eq!((again.changed, again.copied, again.reused), (false, 0, 1));
    assert_eq!(again.versions, first.versions, "nothing changed, nothing is signed");
    let second = site.publish("mat-dien", Some(b"sound"), day(2));
    assert_eq!((second.changed, second.copied, second.reused), (true, 0, 1));
    assert_eq!(second.versions.programme, first.versions.programme + 1);
}

#[test]
fn an_existing_feed_or_key_is_never_overwritten() {
    let site = TestSite::new(1);
    let feed = NewFeed { title: "X".into(), programme_threshold: 1, lifetimes: Lifetimes::default() };
    let before = site.root();
    assert!(init(&site.site(), &site.keys(), &feed, day(0)).is_err());
    assert!(init(&site.site(), &site.path("../other.keys"), &feed, day(0)).is_err());
    assert!(init(&site.path("../other"), &site.keys(), &feed, day(0)).is_err());
    assert_eq!(site.root(), before);
    site.verify(&none(), day(0)).0.unwrap();
}

#[test]
fn with_two_signers_nothing_half_signed_goes_live() {
    let site = TestSite::new(2);
    site.publish("first", None, day(1));
    fs::rename(site.keys().join("programme-2.pem"), site.path("../away.pem")).unwrap();
    let programme = Programme::empty("other");
    let problem = publish(&site.site(), &site.keys(), &programme, &[], &site.lifetimes, day(2)).unwrap_err();
    assert!(problem.line(Speech::English).contains("awaits the other signature"), "{problem}");
    assert_eq!(site.verify(&none(), day(2)).0.unwrap().programme.as_ref().unwrap().notices[0].title, "first");
    // Warnings need only their own key.
    set_alerts(&site.site(), &site.keys(), &Alerts::default(), &[], &site.lifetimes, day(2)).unwrap();
    assert_eq!(site.verify(&none(), day(2)).0.unwrap().versions.alert, 2);
}

#[test]
fn a_media_file_that_changes_while_it_is_published_leaves_the_feed_as_it_was() {
    let site = TestSite::new(1);
    site.publish("first", None, day(1));
    let (media, file) = site.media("a.mp3", b"measured");
    fs::write(&file.source, b"changed!").unwrap();
    let mut programme = Programme::empty("other");
    programme.emblem = Some(media);
    let refused = publish(&site.site(), &site.keys(), &programme, &[file], &site.lifetimes, day(2));
    assert!(refused.unwrap_err().subject.ends_with("a.mp3"));
    let refused = publish(&site.site(), &site.keys(), &programme, &[], &site.lifetimes, day(2));
    assert!(refused.is_err(), "a file that nobody brought");
    let complete = site.verify(&none(), day(2)).0.unwrap();
    assert_eq!(complete.programme.as_ref().unwrap().notices[0].title, "first");
    assert_eq!(fs::read_dir(site.path("media")).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn what_a_warning_says_is_published_with_it_checked_and_kept_as_long_as_it_is_named() {
    let site = TestSite::new(1);
    let (media, file) = site.media("lu.mp3", b"words");
    let alert = serde_json::json!({"sender": "xa", "identifier": "lu", "sent": day(1), "status": "Actual",
        "message": "Alert", "level": 4, "event": "Lũ quét", "audio": media});
    let alerts = Alerts { alerts: vec![serde_json::from_value(alert).unwrap()] };
    let kept = site.path("media").join(media.sha256.to_string());
    set_alerts(&site.site(), &site.keys(), &alerts, &[file], &site.lifetimes, day(1)).unwrap();
    let check = |now| check(&mut site.reader(), &site.root(), now).unwrap();
    assert_eq!((check(day(1)).media_files, check(day(1)).problems), (1, Vec::new()));
    // A file that was there for long, and warnings signed anew without bringing it.
    let old = std::time::UNIX_EPOCH;
    fs::File::options().write(true).open(&kept).unwrap().set_modified(old).unwrap();
    set_alerts(&site.site(), &site.keys(), &alerts, &[], &site.lifetimes, day(2)).unwrap();
    assert_eq!(fs::read(&kept).unwrap(), b"words");
    fs::remove_file(&kept).unwrap();
    assert!(check(day(2)).problems[0].subject.ends_with("lu.mp3"), "{:?}", check(day(2)).problems);
}

#[test]
fn a_warning_that_is_over_by_the_last_signature_is_not_signed_unasked() {
    let site = TestSite::new(1);
    site.publish("first", None, day(5));
    let hours = |hours: i64| day(5).checked_sub(jiff::SignedDuration::from_hours(hours)).unwrap();
    let until = |expires: Timestamp| {
        let alert = serde_json::json!({"sender": "xa", "identifier": "lu", "sent": hours(3), "expires": expires,
            "status": "Actual", "message": "Alert", "level": 4, "event": "Lũ quét"});
        Alerts { alerts: vec![serde_json::from_value(alert).unwrap()] }
    };
    let problem = check_lives(&site.site(), &until(hours(1)), hours(3)).unwrap_err();
    assert!(problem.line(Speech::English).contains("boards would never show it"), "{problem}");
    check_lives(&site.site(), &until(hours(-1)), hours(3)).unwrap();
    check_lives(&site.site(), &until(hours(1)), day(5)).unwrap();
}

#[test]
fn a_second_publisher_is_told_to_wait() {
    let site = TestSite::new(1);
    let _open = Site::open(&site.site()).unwrap();
    let refused = refresh(&site.site(), &site.keys(), &site.lifetimes, day(1)).unwrap_err();
    assert!(refused.line(Speech::English).contains("somebody else is publishing"));
}

#[test]
fn a_renewal_renews_what_expires_and_names_the_keys_that_are_missing() {
    let site = TestSite::new(1);
    let done = refresh(&site.site(), &site.keys(), &site.lifetimes, day(1)).unwrap();
    assert_eq!(done.renewed, [Role::Timestamp]);
    let done = refresh(&site.site(), &site.keys(), &site.lifetimes, day(70)).unwrap();
    assert_eq!(done.renewed, [Role::Alert, Role::Snapshot, Role::Timestamp]);
    let key = site.keys().join("programme.pem");
    fs::rename(&key, site.path("../away.pem")).unwrap();
    let done = refresh(&site.site(), &site.keys(), &site.lifetimes, day(140)).unwrap();
    assert_eq!(done.renewed, [Role::Alert, Role::Snapshot, Role::Timestamp]);
    assert!(done.warnings.is_empty(), "a key in a drawer is no news for a month or more");
    let done = refresh(&site.site(), &site.keys(), &site.lifetimes, day(155)).unwrap();
    assert_eq!(done.renewed, [Role::Timestamp]);
    assert_eq!(done.warnings[0].subject, "programme.json");
    site.verify(&none(), day(155)).0.unwrap();
    fs::rename(site.path("../away.pem"), &key).unwrap();
    // A new root reaches a board that was given the first one.
    let done = refresh(&site.site(), &site.keys(), &site.lifetimes, day(500)).unwrap();
    assert!(done.renewed.contains(&Role::Root));
    assert_eq!(fs::read(site.path("metadata/1.root.json")).unwrap(), site.root());
}

#[test]
fn what_boards_would_refuse_is_not_published_and_what_they_soon_will_is_a_warning() {
    for (role, life) in [(Role::Targets, 365), (Role::Root, 730)] {
        let site = TestSite::new(1);
        let key = format!("{}.pem", role.name());
        fs::rename(site.keys().join(&key), site.path("../away.pem")).unwrap();
        let file = format!("{}.json", role.name());
        let programme = Programme::empty("Xã");
        let (path, keys, lifetimes) = (site.site(), site.keys(), site.lifetimes);
        let soon = day(life - 20);
        let done = refresh(&path, &keys, &lifetimes, soon).unwrap();
        assert_eq!(done.warnings.iter().filter(|warning| warning.subject == file).count(), 1);
        let done = publish(&path, &keys, &programme, &[], &lifetimes, soon).unwrap();
        assert!(done.warnings.iter().any(|warning| warning.subject == file));
        let done = set_alerts(&path, &keys, &Alerts::default(), &[], &lifetimes, soon).unwrap();
        assert!(done.warnings.iter().any(|warning| warning.subject == file));
        let report = check(&mut site.reader(), &site.root(), soon).unwrap();
        assert!(report.warnings.iter().any(|warning| warning.subject == file), "{:#?}", report.warnings);

        let late = day(life);
        let before = fs::read(site.path("metadata/timestamp.json")).unwrap();
        for refused in [
            refresh(&path, &keys, &lifetimes, late).unwrap_err(),
            publish(&path, &keys, &Programme::empty("Bản"), &[], &lifetimes, late).unwrap_err(),
            set_alerts(&path, &keys, &Alerts::default(), &[], &lifetimes, late).unwrap_err(),
        ] {
            assert_eq!(refused.subject, file);
            let said = refused.line(Speech::English);
            assert!(said.contains("boards refuse") && said.contains("bring its key"), "{said}");
        }
        assert!(check(&mut site.reader(), &site.root(), late).is_err());
        assert_eq!(fs::read(site.path("metadata/timestamp.json")).unwrap(), before, "nothing was published");
        fs::rename(site.path("../away.pem"), site.keys().join(&key)).unwrap();
        refresh(&path, &keys, &lifetimes, late).unwrap();
        site.verify(&none(), late).0.unwrap();
        assert!(check(&mut site.reader(), &site.root(), late).unwrap().warnings.is_empty());
    }
}

#[test]
fn a_feed_s_title_is_held_to_what_a_programme_s_is_before_a_key_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (site, keys) = (folder.path().join("site"), folder.path().join("keys"));
    let long = "x".repeat(TITLE_CHARS_MAX + 1);
    for (title, word) in [
        ("", "is empty"),
        (" \u{200B}", "is empty"),
        ("a\u{202E}b", "U+202E"),
        ("a\0", "U+0000"),
        (&long, "at most 300"),
    ] {
        let feed = NewFeed { title: title.into(), programme_threshold: 1, lifetimes: Lifetimes::default() };
        let refused = init(&site, &keys, &feed, day(0)).unwrap_err();
        assert_eq!(refused.subject, "--title");
        assert!(refused.line(Speech::English).contains(word), "{refused}");
        assert!(!site.exists() && !keys.exists());
    }
}

/// Makes every file of the site that has no age yet as old as this day.
fn age(site: &TestSite, aged: &mut HashSet<PathBuf>, day: Timestamp) {
    for folder in ["metadata", "targets/programme", "targets/alert", "media"] {
        for entry in fs::read_dir(site.path(folder)).unwrap() {
            let path = entry.unwrap().path();
            // The timestamp's name comes back with every version.
            if path.ends_with("timestamp.json") || aged.insert(path.clone()) {
                fs::File::open(&path).unwrap().set_modified(day.into()).unwrap();
            }
        }
    }
}

fn count(site: &TestSite, folder: &str, end: &str) -> usize {
    let entries = fs::read_dir(site.path(folder)).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().ends_with(end)).count()
}

#[test]
fn old_files_go_once_no_board_can_ask_for_them() {
    let site = TestSite::new(1);
    let mut aged = HashSet::new();
    age(&site, &mut aged, day(0));
    fs::write(site.path("media/ghi-chu.txt"), "by hand").unwrap();
    fs::write(site.path("metadata/README"), "by hand").unwrap();
    for number in 1..=30 {
        let title = format!("tin-{number}");
        let done = site.publish(&title, Some(title.as_bytes()), day(number));
        assert!(done.warnings.is_empty(), "{:#?}", done.warnings);
        age(&site, &mut aged, day(number));
    }
    for (folder, end) in
        [("metadata", ".snapshot.json"), ("metadata", ".programme.json"), ("targets/programme", "")]
    {
        assert_eq!(count(&site, folder, end), 10, "{folder}, {end}");
    }
    assert_eq!((count(&site, "media", ""), count(&site, "targets/alert", "")), (11, 1));
    assert_eq!((count(&site, "metadata", ".alert.json"), count(&site, "metadata", ".targets.json")), (1, 1));
    assert!(site.path("media/ghi-chu.txt").exists() && site.path("metadata/README").exists());
    site.verify(&none(), day(30)).0.unwrap();
    assert!(check(&mut site.reader(), &site.root(), day(30)).unwrap().problems.is_empty());

    // In one day: everything that was live within two days stays, the media with it.
    for number in 31..=60 {
        let title = format!("tin-{number}");
        let now = day(31) + SignedDuration::from_mins(number);
        site.publish(&title, Some(title.as_bytes()), now);
        age(&site, &mut aged, now);
    }
    assert!(count(&site, "metadata", ".snapshot.json") >= 31);
    assert!(site.path(&format!("media/{}", sha256(b"tin-30"))).exists(), "on air until yesterday");
    assert!(!site.path(&format!("media/{}", sha256(b"tin-20"))).exists());
    // A renewal cleans up too, what a publisher left that died among it; and the first root stays.
    let left =
        [site.path(&format!("media/{}.new", sha256(b"x"))), site.path("metadata/99.programme.json.new")];
    left.iter().for_each(|path| fs::write(path, "half").unwrap());
    age(&site, &mut aged, day(39));
    refresh(&site.site(), &site.keys(), &site.lifetimes, day(40)).unwrap();
    assert!(left.iter().all(|path| path.exists()), "it may be at work");
    refresh(&site.site(), &site.keys(), &site.lifetimes, day(45)).unwrap();
    assert!(!left.iter().any(|path| path.exists()));
    assert_eq!(count(&site, "metadata", ".snapshot.json"), 10);
    assert!(site.path("metadata/1.root.json").exists());
}

#[test]
fn a_board_in_the_middle_of_a_refresh_completes_while_others_publish() {
    let site = TestSite::new(1);
    let mut aged = HashSet::new();
    site.publish("cu", Some(b"old sound"), day(1));
    age(&site, &mut aged, day(1));
    let mut refresh = Refresh::new(&site.root(), none(), day(20)).unwrap();
    let mut reader = site.reader();
    // A renewal, so that the timestamp is valid; then a few new programmes between any two files.
    super::refresh(&site.site(), &site.keys(), &site.lifetimes, day(20)).unwrap();
    let mut number = 0;
    while let Some(wanted) = refresh.wanted() {
        let bytes = reader.fetch(&wanted.path, wanted.length_max).unwrap();
        assert!(bytes.is_some() || wanted.optional, "`{}` is gone", wanted.path);
        refresh.answer(bytes).unwrap();
        if matches!(wanted.item, Item::Root(_)) {
            continue;
        }
        for _ in 0..4 {
            number += 1;
            let now = day(20) + SignedDuration::from_mins(number);
            site.publish(&format!("tin-{number}"), None, now);
            age(&site, &mut aged, now);
        }
    }
    assert!(number > 2 * crate::limits::GENERATIONS_KEPT as i64);
    let complete = refresh.finish().unwrap();
    let sound = complete.programme.as_ref().unwrap().notices[0].audio.as_ref().unwrap().sha256;
    assert!(site.path(&format!("media/{sound}")).exists(), "the film that it still has to fetch");
}

#[test]
fn an_old_file_that_is_damaged_or_stays_is_a_warning() {
    let site = TestSite::new(1);
    let mut aged = HashSet::new();
    for number in 1..=3 {
        site.publish(&format!("tin-{number}"), None, day(number));
        age(&site, &mut aged, day(number));
    }
    fs::write(site.path("metadata/2.snapshot.json"), "{}").unwrap();
    let done = site.publish("moi", None, day(10));
    assert!(done.warnings[0].subject.ends_with("2.snapshot.json"), "{:#?}", done.warnings);
    assert_eq!(site.verify(&none(), day(10)).0.unwrap().programme.as_ref().unwrap().notices[0].title, "moi");
}

#[test]
fn a_check_names_media_that_are_missing_or_changed() {
    let site = TestSite::new(1);
    site.publish("tin", Some(b"sound"), day(1));
    let report = check(&mut site.reader(), &site.root(), day(1)).unwrap();
    assert_eq!((report.notices, report.media_files, report.media_bytes, report.problems.len()), (1, 1, 5, 0));
    let file = site.path("media").join(sha256(b"sound").to_string());
    for (bytes, why) in
        [(&b"sounD"[..], "not the file"), (b"sou", "not the file"), (b"sound and more", "not the file")]
    {
        fs::write(&file, bytes).unwrap();
        let report = check(&mut site.reader(), &site.root(), day(1)).unwrap();
        assert!(report.problems[0].line(Speech::English).contains(why));
    }
    fs::remove_file(&file).unwrap();
    let report = check(&mut site.reader(), &site.root(), day(1)).unwrap();
    assert!(report.problems[0].line(Speech::English).contains("there is no"));
}

#[test]
fn one_changed_byte_in_any_signed_file_is_refused() {
    let site = TestSite::new(1);
    site.publish("tin", None, day(1));
    let mut files = Vec::new();
    for folder in ["metadata", "targets/programme", "targets/alert"] {
        files.extend(fs::read_dir(site.path(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    let good = site.verify(&none(), day(1)).0.unwrap();
    let mut refused = 0;
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for index in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            fs::write(&file, &changed).unwrap();
            match site.verify(&none(), day(1)).0 {
                Err(_) => refused += 1,
                // Files of earlier versions are not read, and a change may be to what carries no meaning.
                Ok(complete) => assert_eq!(
                    (&complete.programme, &complete.alerts, complete.versions),
                    (&good.programme, &good.alerts, good.versions)
                ),
            }
        }
        fs::write(&file, &bytes).unwrap();
    }
    assert!(refused > 150, "{refused}");
    site.verify(&none(), day(1)).0.unwrap();
}

#[test]
fn an_older_feed_is_a_rollback_for_a_board_that_has_seen_a_newer_one() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let (old_timestamp, _) = (fs::read(site.path("metadata/timestamp.json")).unwrap(), ());
    site.publish("new", None, day(2));
    let (seen, floors) = site.verify(&none(), day(2));
    seen.unwrap();
    fs::write(site.path("metadata/timestamp.json"), &old_timestamp).unwrap();
    let refused = site.verify(&floors, day(2)).0.unwrap_err();
    assert_eq!(refused, Refusal::Rollback { file: "metadata/timestamp.json".into(), trusted: 3, offered: 2 });
    assert!(site.verify(&none(), day(2)).0.is_ok(), "a board that has seen nothing cannot know");
}

#[test]
fn a_programme_rolled_back_under_a_new_snapshot_is_refused() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    site.publish("new", None, day(2));
    let (seen, floors) = site.verify(&none(), day(2));
    let trusted = seen.unwrap().versions.programme;
    // The thief of the online keys pins the older, truly signed programme again.
    let old = fs::read(site.path(&format!("metadata/{}.programme.json", trusted - 1))).unwrap();
    let mut pinned = Value::Null;
    forge(&site, Role::Snapshot, |table| {
        table["version"] = 9.into();
        table["meta"]["programme.json"] = sign::pin(trusted - 1, &old);
        pinned = Value::Object(table.clone());
    });
    let forged = fs::read(site.path("metadata/3.snapshot.json")).unwrap();
    fs::write(site.path("metadata/9.snapshot.json"), &forged).unwrap();
    forge(&site, Role::Timestamp, |table| {
        table["version"] = 9.into();
        table["meta"]["snapshot.json"] = sign::pin(9, &forged);
    });
    let refused = site.verify(&floors, day(2)).0.unwrap_err();
    let file = "programme.json (metadata/9.snapshot.json)".to_owned();
    assert_eq!(refused, Refusal::Rollback { file, trusted, offered: trusted - 1 });
    // Also where the link died after the timestamp: the snapshot kept is older than the timestamp kept.
    let (_, floors) = site.verify(&Floors { snapshots: floors.snapshots.clone(), ..none() }, day(2));
    assert!(matches!(site.verify(&floors, day(2)).0, Err(Refusal::Rollback { .. })));
}

#[test]
fn a_frozen_feed_is_refused_once_it_expires() {
    let site = TestSite::new(1);
    let (_, floors) = site.verify(&none(), day(1));
    let refused = site.verify(&floors, day(15)).0.unwrap_err();
    assert_eq!(refused, Refusal::Expired { file: "metadata/timestamp.json".into(), expires: day(14) });
    assert!(matches!(site.verify(&none(), day(15)).0, Err(Refusal::Expired { .. })));
}

#[test]
fn files_of_different_states_do_not_mix() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let old = fs::read(site.path("metadata/2.snapshot.json")).unwrap();
    site.publish("new", None, day(2));
    let version = site.verify(&none(), day(2)).0.unwrap().versions.snapshot;
    fs::write(site.path(&format!("metadata/{version}.snapshot.json")), old).unwrap();
    assert!(matches!(site.verify(&none(), day(2)).0, Err(Refusal::Mismatch { .. })));
}

#[test]
fn a_feed_signed_by_other_keys_is_refused_and_so_is_what_is_no_root() {
    let (site, other) = (TestSite::new(1), TestSite::new(1));
    let verify = |root: &[u8]| verify(&mut site.reader(), root, &none(), day(1).into()).0;
    let refused = verify(&other.root()).unwrap_err();
    assert_eq!(refused, Refusal::Signatures { file: "metadata/timestamp.json".into(), found: 0, needed: 1 });
    for bad in [&b""[..], b"{}", b"<html>", &fs::read(site.path("metadata/timestamp.json")).unwrap()] {
        assert!(matches!(verify(bad), Err(Refusal::Root { .. })));
    }
    let mut changed = site.root();
    let index = changed.windows(7).position(|w| w == b"expires").unwrap() + 13;
    changed[index] = b'3';
    assert!(matches!(verify(&changed), Err(Refusal::Root { .. })), "a root whose own signature fails");
}

#[test]
fn one_signature_of_two_is_not_enough() {
    let site = TestSite::new(2);
    site.publish("tin", None, day(1));
    let version = site.verify(&none(), day(1)).0.unwrap().versions.programme;
    let path = site.path(&format!("metadata/{version}.programme.json"));
    let mut file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    file["signatures"].as_array_mut().unwrap().pop();
    let bytes = serde_json::to_vec(&file).unwrap();
    fs::write(&path, &bytes).unwrap();
    // The online keys are the thief's too: everything above fits.
    forge(&site, Role::Snapshot, |table| table["meta"]["programme.json"] = sign::pin(version, &bytes));
    let snapshot = site.verify(&none(), day(1)).1;
    assert!(snapshot.snapshots.is_empty());
    let snapshot = fs::read(site.path("metadata/2.snapshot.json")).unwrap();
    forge(&site, Role::Timestamp, |table| table["meta"]["snapshot.json"] = sign::pin(2, &snapshot));
    let refused = site.verify(&none(), day(1)).0.unwrap_err();
    let file = format!("metadata/{version}.programme.json");
    assert_eq!(refused, Refusal::Signatures { file, found: 1, needed: 2 });
}

#[test]
fn a_root_that_replaces_the_online_keys_frees_a_board_from_absurd_versions_and_times() {
    let site = TestSite::new(1);
    // The thief of the timestamp key: a version and a time that nothing honest can reach.
    forge(&site, Role::Timestamp, |table| {
        table["version"] = 9_000_000_000u64.into();
        table["expires"] = "2036-01-10T00:00:00Z".into();
        table["x-issued"] = "2036-01-01T00:00:00Z".into();
    });
    let (stolen, floors) = site.verify(&none(), day(1));
    // Nobody signs what has expired: the root's word is the best there is.
    assert_eq!(stolen.unwrap().issued, Some(day(0)));

    replace_timestamp_key(&site, 2, day(2));
    let times = Times { held: at("2036-01-01T00:00:00Z"), newer: day(2), disciplined: false };
    let complete = verify(&mut site.reader(), &site.root(), &floors, times).0.unwrap();
    assert_eq!((complete.versions.root, complete.versions.timestamp), (2, 2));
    assert_eq!(complete.issued, Some(day(2)));
}

#[test]
fn a_role_may_sign_only_what_it_was_given() {
    let site = TestSite::new(1);
    // The official's key signs warnings: the file verifies, but nobody asks it for warnings.
    let version = site.verify(&none(), day(0)).0.unwrap().versions.programme;
    forge(&site, Role::Programme, |table| {
        let own = table["targets"]["programme/programme.json"].clone();
        table["targets"]["alert/alerts.json"] = own;
    });
    let bytes = fs::read(site.path(&format!("metadata/{version}.programme.json"))).unwrap();
    forge(&site, Role::Snapshot, |table| table["meta"]["programme.json"] = sign::pin(version, &bytes));
    let snapshot = fs::read(site.path("metadata/1.snapshot.json")).unwrap();
    forge(&site, Role::Timestamp, |table| table["meta"]["snapshot.json"] = sign::pin(1, &snapshot));
    let complete = site.verify(&none(), day(0)).0.unwrap();
    assert!(complete.alerts.as_ref().unwrap().alerts.is_empty() && complete.problems.is_empty());
}

#[test]
fn a_clock_that_the_last_signature_or_a_time_server_gives_the_lie_signs_nothing_unless_somebody_has_looked() {
    let site = TestSite::new(1);
    site.publish("tin", None, day(10));
    let check = |now, server, sure| check_clock(&site.site(), now, server, sure);
    let later = |hours| day(10).checked_add(SignedDuration::from_hours(hours)).unwrap();
    assert_eq!(check(later(25), None, false), Ok(None), "the daily renewal");
    assert!(check(later(-3), None, false).unwrap().is_some(), "hours behind is a warning");
    for days in [-400, -2, 2, 5, 44, 400] {
        let wrong = later(24 * days);
        let said = check(wrong, None, false).unwrap_err().line(Speech::English);
        assert!(said.contains("--clock-is-right"), "{days}: {said}");
        assert!(check(wrong, None, true).is_ok());
        // The time server says that the clock is right, and then that it is not.
        assert!(check(wrong, Some(wrong), false).is_ok(), "{days}");
        let said = check(wrong, Some(day(10)), false).unwrap_err().line(Speech::English);
        assert!(said.contains("the time server says"), "{days}: {said}");
    }
    assert!(check(later(-48), Some(later(-48)), false).unwrap().is_some(), "the last signature ran ahead");
}

#[test]
fn warnings_are_signed_although_the_programme_has_expired_and_the_other_way_round() {
    for (expired, kept) in [(Role::Programme, Role::Alert), (Role::Alert, Role::Programme)] {
        let mut site = TestSite::new(1);
        site.lifetimes = Lifetimes { programme: days(180), alert: days(180), ..site.lifetimes };
        let short = Lifetimes { programme: days(20), alert: days(20), ..site.lifetimes };
        let (long, short) = match expired {
            Role::Programme => (site.lifetimes, Lifetimes { alert: site.lifetimes.alert, ..short }),
            _ => (site.lifetimes, Lifetimes { programme: site.lifetimes.programme, ..short }),
        };
        site.lifetimes = short;
        site.publish("old", None, day(1));
        set_alerts(&site.site(), &site.keys(), &Alerts::default(), &[], &short, day(1)).unwrap();
        site.lifetimes = long;
        fs::remove_file(site.keys().join(format!("{}.pem", expired.name()))).unwrap();
        let now = day(40);
        let warnings = match kept {
            Role::Alert => {
                set_alerts(&site.site(), &site.keys(), &Alerts::default(), &[], &long, now).unwrap().warnings
            }
            _ => site.publish("new", None, now).warnings,
        };
        let said: Vec<String> = warnings.iter().map(|warning| warning.line(Speech::English)).collect();
        let named = format!("{}.json: it expired", expired.name());
        assert!(said.iter().any(|line| line.starts_with(&named)), "{said:?}");
        refresh(&site.site(), &site.keys(), &long, now).unwrap();
        let refused = match expired {
            Role::Alert => {
                set_alerts(&site.site(), &site.keys(), &Alerts::default(), &[], &long, now).unwrap_err()
            }
            _ => renew_what_expires(
                &mut Site::open(&site.site()).unwrap(),
                &Keys::load(&site.keys()).unwrap(),
                &long,
                Some(Role::Programme),
                now,
            )
            .unwrap_err(),
        };
        assert!(refused.subject.starts_with(expired.name()), "{refused}");
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn keys_never_lie_in_the_folder_that_is_served() {
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    std::fs::create_dir_all(site.join("below")).unwrap();
    for named in [site.clone(), site.join("."), site.join("below/..")] {
        let keys = keys_folder(&named);
        assert!(!keys.starts_with(&site) && keys.ends_with("site.keys"), "{named:?}: {keys:?}");
    }
}
