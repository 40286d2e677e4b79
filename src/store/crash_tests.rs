//! A power cut at every single operation: afterwards the old complete state shows, or the new one.

use super::*;
use crate::disk::sim::SimDisk;
use crate::model::media::Media;
use crate::problem::Speech;
use crate::publish::testing::{TestSite, day, sha256};
use crate::trust::{Fetch, Refresh};
use std::collections::HashSet;
use std::path::PathBuf;

const STATE: &str = "/state";

fn open(disk: &Arc<SimDisk>) -> Outcome<Store> {
    let as_disk: Arc<dyn Disk> = Arc::<SimDisk>::clone(disk);
    let made = as_disk.create_folder(Path::new(STATE)).and_then(|()| as_disk.sync(Path::new("/")));
    let problems = made.err().map(|error| disk::problem(Path::new(STATE), &error)).into_iter().collect();
    Store::on(as_disk, Path::new(STATE), None, (None, problems))
}

/// What the network thread does in one poll, without a network. An error is also what could not be written.
fn poll(store: &Store, site: &TestSite, now: jiff::Timestamp) -> Outcome<(Generation, bool)> {
    let adopted = adopt(store, site, now)?;
    store.unsaved("xa").map_or(Ok(adopted), Err)
}

fn adopt(store: &Store, site: &TestSite, now: jiff::Timestamp) -> Outcome<(Generation, bool)> {
    store.save("xa");
    let refused = |refusal: crate::trust::Refusal| refusal.problem("xa");
    let mut refresh = Refresh::new(&site.root(), store.floors("xa"), now).map_err(refused)?;
    while let Some(wanted) = refresh.wanted() {
        let bytes = match store.cached("xa", &wanted) {
            Some(bytes) => Some(bytes),
            None => site.reader().fetch(&wanted.path, wanted.length_max)?,
        };
        if let Some(kept) = refresh.answer(bytes).map_err(refused)? {
            store.keep_floor("xa", &kept);
        }
    }
    let complete = refresh.finish().unwrap();
    let adopted = store.commit("xa", &site.root(), &complete, now);
    match &complete.missing {
        Some((_, refusal)) => Err(refused(refusal.clone())),
        None => Ok(adopted),
    }
}

fn shown(store: &Store, site: &TestSite) -> Option<String> {
    let generation = store.load_feed("xa", &site.root()).generation?;
    Some(generation.programme.notices.first().map_or(String::new(), |notice| notice.title.clone()))
}

fn download(store: &Store, media: &Media, bytes: &[u8]) -> Outcome<()> {
    let mut part = store.part(media)?;
    let rest = &bytes[part.written() as usize..];
    rest.chunks(3).try_for_each(|piece| part.append(piece))?;
    part.finish()
}

#[test]
fn a_power_cut_at_any_operation_leaves_the_old_feed_or_the_new_one() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let before = Arc::new(SimDisk::new());
    poll(&open(&before).unwrap(), &site, day(1)).unwrap();
    let start = before.operations();
    site.publish("new", None, day(2));

    let (mut old, mut new) = (0, 0);
    for cut in 1.. {
        let disk = Arc::new(before.copy());
        disk.power_off_at(start + cut);
        let done = open(&disk).and_then(|store| poll(&store, &site, day(2)));
        for seed in 0..8 {
            let after = Arc::new(disk.reboot(cut * 100 + seed));
            let store = open(&after).unwrap();
            match shown(&store, &site).as_deref() {
                Some("old") => old += 1,
                Some("new") => new += 1,
                other => panic!("cut {cut}, seed {seed}: {other:?}"),
            }
            if done.is_ok() {
                assert_eq!(shown(&store, &site).as_deref(), Some("new"), "what was adopted lasts");
            }
            // And the board goes on from there.
            let (generation, _) = poll(&store, &site, day(2)).unwrap();
            assert_eq!(generation.programme.notices[0].title, "new", "cut {cut}, seed {seed}");
            assert_eq!(shown(&open(&after).unwrap(), &site).as_deref(), Some("new"));
        }
        if done.is_ok() {
            break;
        }
    }
    assert!(old > 50 && new > 8, "{old} {new}");
}

#[test]
fn a_power_cut_at_any_operation_of_the_first_adoption_is_recovered_from() {
    let site = TestSite::new(1);
    site.publish("first", None, day(1));
    for cut in 1.. {
        let disk = Arc::new(SimDisk::new());
        disk.power_off_at(cut);
        let done = open(&disk).and_then(|store| poll(&store, &site, day(1)));
        for seed in 0..8 {
            let after = Arc::new(disk.reboot(cut * 100 + seed));
            let store = open(&after).unwrap();
            assert!(matches!(shown(&store, &site).as_deref(), None | Some("first")));
            assert!(poll(&store, &site, day(1)).is_ok(), "cut {cut}, seed {seed}");
        }
        if done.is_ok() {
            break;
        }
    }
}

#[test]
fn a_power_cut_at_any_operation_of_a_download_costs_no_more_than_the_download() {
    let site = TestSite::new(1);
    let (media, _) = site.media("a.mp3", b"twelve bytes");
    for cut in 1.. {
        let disk = Arc::new(SimDisk::new());
        disk.power_off_at(cut);
        let done = open(&disk).and_then(|store| download(&store, &media, b"twelve bytes"));
        for seed in 0..8 {
            let after = Arc::new(disk.reboot(cut * 100 + seed));
            let store = open(&after).unwrap();
            if done.is_ok() {
                assert!(store.asset(&media).is_ok(), "what was adopted lasts");
            }
            // Twice: what the power cut spoilt is found out at the end, and then fetched anew.
            if store.asset(&media).is_err() && download(&store, &media, b"twelve bytes").is_err() {
                download(&store, &media, b"twelve bytes").unwrap();
            }
            assert_eq!(store.asset(&media).unwrap().length(), 12);
        }
        if done.is_ok() {
            break;
        }
    }
}

#[test]
fn nothing_is_written_when_nothing_changes() {
    let site = TestSite::new(1);
    site.publish("tin", None, day(1));
    let disk = Arc::new(SimDisk::new());
    let store = open(&disk).unwrap();
    assert!(poll(&store, &site, day(1)).unwrap().1);
    let (written, operations) = (store.written_bytes(), disk.operations());
    let (again, news) = poll(&store, &site, day(2)).unwrap();
    assert_eq!((news, again.number), (false, 1));
    let reopened = open(&disk).unwrap();
    assert_eq!(shown(&reopened, &site).as_deref(), Some("tin"));
    assert_eq!(store.written_bytes(), written);
    assert!(disk.operations() - operations <= 2, "only the folder of the state is looked after");
}

#[test]
fn a_renewed_timestamp_alone_makes_no_new_generation_and_outlives_a_restart() {
    let site = TestSite::new(1);
    let disk = Arc::new(SimDisk::new());
    let store = open(&disk).unwrap();
    poll(&store, &site, day(1)).unwrap();
    crate::publish::refresh(&site.site(), &site.keys(), &site.lifetimes, day(5)).unwrap();
    let (renewed, news) = poll(&store, &site, day(5)).unwrap();
    assert_eq!((news, renewed.number, renewed.versions.timestamp), (false, 1, 2));
    let loaded = open(&disk).unwrap().load_feed("xa", &site.root()).generation.unwrap();
    assert_eq!((loaded.versions.timestamp, loaded.expires, loaded.issued), (2, day(19), Some(day(5))));
}

#[test]
fn a_link_that_dies_in_the_middle_leaves_the_old_generation_and_the_new_floor() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let disk = Arc::new(SimDisk::new());
    let store = open(&disk).unwrap();
    poll(&store, &site, day(1)).unwrap();
    let old_timestamp = std::fs::read(site.path("metadata/timestamp.json")).unwrap();
    site.publish("new", None, day(2));
    let programme = site.path("targets/programme");
    std::fs::rename(&programme, site.path("away")).unwrap();
    poll(&store, &site, day(2)).unwrap_err();
    let store = open(&disk).unwrap();
    assert_eq!(shown(&store, &site).as_deref(), Some("old"));
    // Whoever then serves the old feed again is found out.
    std::fs::rename(site.path("away"), &programme).unwrap();
    std::fs::write(site.path("metadata/timestamp.json"), old_timestamp).unwrap();
    let refused = poll(&store, &site, day(2)).unwrap_err().line(Speech::English);
    assert!(refused.contains("rolled back"), "{refused}");
}

#[test]
fn a_generation_that_the_disk_has_spoilt_is_not_shown_and_the_one_before_it_is() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let disk = Arc::new(SimDisk::new());
    poll(&open(&disk).unwrap(), &site, day(1)).unwrap();
    site.publish("new", None, day(2));
    poll(&open(&disk).unwrap(), &site, day(2)).ok();
    let store = open(&disk).unwrap();
    store.load_feed("xa", &site.root());
    poll(&store, &site, day(2)).unwrap();
    let files: Vec<PathBuf> =
        disk.files().into_iter().filter(|path| path.starts_with("/state/feeds/xa/serving/2")).collect();
    assert!(files.len() >= 8, "{files:?}");
    for file in files.iter().filter(|file| !file.ends_with("pinned.root.json")) {
        let spoilt = Arc::new(disk.copy());
        spoilt.spoil(file);
        let store = open(&spoilt).unwrap();
        let loaded = store.load_feed("xa", &site.root());
        let generation = loaded.generation.unwrap();
        let title = generation.programme.notices[0].title.as_str();
        let is_of_warnings = file.to_string_lossy().contains("alert");
        assert!(
            title == "old"
                || (title == "new" && ["timestamp.json", "accepted"].iter().any(|name| file.ends_with(name)))
                || (title == "new" && is_of_warnings && !loaded.problems.is_empty()),
            "{file:?}: {title}"
        );
        assert!(title == "new" || !loaded.problems.is_empty());
        let repaired = poll(&store, &site, day(2)).unwrap().0;
        assert_eq!(repaired.programme.notices[0].title, "new");
    }
}

#[test]
fn a_read_only_disk_shows_what_it_holds_and_says_so() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let disk = Arc::new(SimDisk::new());
    poll(&open(&disk).unwrap(), &site, day(1)).unwrap();
    site.publish("new", None, day(2));
    disk.read_only(true);
    let store = open(&disk).unwrap();
    assert_eq!(shown(&store, &site).as_deref(), Some("old"));
    let refused = poll(&store, &site, day(2)).unwrap_err().line(Speech::English);
    assert!(refused.contains("read-only"), "{refused}");
    assert_eq!(shown(&open(&disk).unwrap(), &site).as_deref(), Some("old"), "a restart shows what was kept");
}

#[test]
fn what_the_disk_does_not_take_shows_until_a_restart_and_is_written_once_it_can_be() {
    for old in [true, false] {
        let site = TestSite::new(1);
        let disk = Arc::new(SimDisk::new());
        if old {
            site.publish("old", None, day(1));
            poll(&open(&disk).unwrap(), &site, day(1)).unwrap();
        }
        let before = std::fs::read(site.path("metadata/timestamp.json")).unwrap();
        site.publish("new", None, day(2));
        disk.read_only(true);
        let store = open(&disk).unwrap();
        let (adopted, news) = adopt(&store, &site, day(2)).unwrap();
        assert!(news && adopted.programme.notices[0].title == "new");
        assert_eq!(store.generation("xa"), Some(adopted.clone()));
        // The same again is no news, and an older state is refused as on any board.
        assert!(!adopt(&store, &site, day(2)).unwrap().1);
        let newer = std::fs::read(site.path("metadata/timestamp.json")).unwrap();
        std::fs::write(site.path("metadata/timestamp.json"), before).unwrap();
        let refused = adopt(&store, &site, day(2)).unwrap_err().line(Speech::English);
        assert!(refused.contains("rolled back"), "{refused}");
        std::fs::write(site.path("metadata/timestamp.json"), newer).unwrap();

        disk.read_only(false);
        store.save("xa");
        assert_eq!(store.unsaved("xa"), None);
        assert_eq!(shown(&open(&disk).unwrap(), &site).as_deref(), Some("new"));
        let written = store.written_bytes();
        poll(&store, &site, day(2)).unwrap();
        assert_eq!(store.written_bytes(), written);
    }
}

#[test]
fn a_generation_whose_moment_of_acceptance_is_spoilt_still_shows() {
    let site = TestSite::new(1);
    site.publish("tin", None, day(1));
    let disk = Arc::new(SimDisk::new());
    poll(&open(&disk).unwrap(), &site, day(1)).unwrap();
    disk.spoil(Path::new("/state/feeds/xa/serving/1/accepted"));
    let loaded = open(&disk).unwrap().load_feed("xa", &site.root()).generation.unwrap();
    assert_eq!((loaded.programme.notices[0].title.as_str(), loaded.accepted_at), ("tin", day(1)));
}

#[test]
fn a_full_disk_keeps_the_old_state_and_evicts_only_what_is_not_scheduled() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let disk = Arc::new(SimDisk::new());
    let store = open(&disk).unwrap();
    poll(&store, &site, day(1)).unwrap();
    let (kept, _) = site.media("kept.mp3", &[1; 1000]);
    let (idle, _) = site.media("idle.mp3", &[2; 1000]);
    download(&store, &kept, &[1; 1000]).unwrap();
    download(&store, &idle, &[2; 1000]).unwrap();

    site.publish("new", None, day(2));
    disk.room(Some(store.media_bytes()));
    let refused = poll(&store, &site, day(2)).unwrap_err().line(Speech::English);
    assert!(refused.contains("the disk is full"), "{refused}");
    assert_eq!(shown(&store, &site).as_deref(), Some("old"));

    let scheduled = HashSet::from([kept.sha256]);
    let refused = store.make_room(1 << 40, &scheduled).unwrap_err().line(Speech::English);
    assert!(refused.contains("next file needs 1048576 MB") && refused.contains("fewer films"), "{refused}");
    let refused = store.make_room(0, &scheduled).unwrap_err().line(Speech::English);
    assert!(refused.contains("64 MB are always kept free") && !refused.contains("films"), "{refused}");
    assert!(store.has(&kept.sha256) && !store.has(&idle.sha256));
    disk.room(None);
    poll(&store, &site, day(2)).unwrap();
}

#[test]
fn of_a_state_directory_that_is_another_users_one_sentence_is_told_and_not_one_for_each_file() {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    disk.create_folder(Path::new(STATE)).unwrap();
    let state = Path::new(STATE);
    let store = Store::on(disk, state, None, (Some(super::anothers(state, 990)), Vec::new())).unwrap();
    let denied = |name: &str| store.fault(&state.join(name), &std::io::ErrorKind::PermissionDenied.into());
    assert_eq!(denied("lock"), denied("feeds/xa/current"));
    assert!(denied("lock").remedy.en.contains("sudo -u '#990'"));
    let full = store.fault(&state.join("lock"), &std::io::ErrorKind::StorageFull.into());
    assert_eq!(full.why.en, "the disk is full");
}

#[test]
fn a_spoilt_media_file_is_never_handed_out_and_is_fetched_again() {
    let site = TestSite::new(1);
    let (media, _) = site.media("a.mp3", b"sound");
    let disk = Arc::new(SimDisk::new());
    download(&open(&disk).unwrap(), &media, b"sound").unwrap();
    disk.spoil(&Path::new("/state/media").join(sha256(b"sound").to_string()));
    let store = open(&disk).unwrap();
    assert!(store.has(&media.sha256));
    assert_eq!(store.asset(&media).unwrap_err(), Unavailable::Missing);
    assert!(!store.has(&media.sha256));
    download(&store, &media, b"sound").unwrap();
    assert_eq!(store.asset(&media).unwrap().sha256(), media.sha256);
}

#[test]
fn a_download_goes_on_where_it_ended_and_refuses_more_than_was_signed() {
    let site = TestSite::new(1);
    let (media, _) = site.media("a.mp3", b"twelve bytes");
    let disk = Arc::new(SimDisk::new());
    let store = open(&disk).unwrap();
    store.part(&media).unwrap().append(b"twelve").unwrap();
    let mut part = open(&disk).unwrap().part(&media).map(|part| part.written()).unwrap();
    assert_eq!(part, 6);
    let refused = store.part(&media).unwrap().append(b" bytes and more").unwrap_err();
    assert_eq!(refused.subject, "a.mp3");
    part = store.part(&media).unwrap().written();
    assert_eq!(part, 0, "what cannot be right is forgotten");
    let mut wrong = store.part(&media).unwrap();
    wrong.append(b"twelve bytez").unwrap();
    assert!(wrong.finish().is_err());
    assert!(!store.has(&media.sha256));
}

#[test]
fn a_wrong_root_file_does_not_blank_a_board_that_had_a_right_one() {
    let (site, other) = (TestSite::new(1), TestSite::new(1));
    site.publish("tin", None, day(1));
    let disk = Arc::new(SimDisk::new());
    poll(&open(&disk).unwrap(), &site, day(1)).unwrap();
    let loaded = open(&disk).unwrap().load_feed("xa", b"<html>");
    assert_eq!(loaded.generation.unwrap().programme.notices[0].title, "tin");
    assert!(loaded.problems[0].line(Speech::English).contains("not a signed root"));
    // Another feed's true root is a decision: what it does not vouch for is not shown.
    let loaded = open(&disk).unwrap().load_feed("xa", &other.root());
    assert!(loaded.generation.is_none());
    assert!(loaded.problems[0].line(Speech::English).contains("wrongly signed"));
}

/// Damages the file that holds a half of the newest publication, and vouches for nothing else.
fn break_half(site: &TestSite, half: &str) {
    let folder = site.path(&format!("targets/{half}"));
    for entry in std::fs::read_dir(&folder).unwrap() {
        std::fs::write(entry.unwrap().path(), b"{").unwrap();
    }
}

fn warn(site: &TestSite, name: &str, now: jiff::Timestamp) {
    let alert = serde_json::json!({"alerts": [{"sender": "x", "identifier": name, "sent": now, "status": "Actual",
        "message": "Alert", "level": 3, "event": name}]});
    let alerts = serde_json::from_value(alert).unwrap();
    crate::publish::set_alerts(&site.site(), &site.keys(), &alerts, &[], &site.lifetimes, now).unwrap();
}

fn seen(store: &Store, site: &TestSite) -> (String, Vec<String>) {
    let loaded = store.load_feed("xa", &site.root());
    let generation = loaded.generation.unwrap();
    let title = generation.programme.notices.first().map_or(String::new(), |notice| notice.title.clone());
    (title, generation.alerts.alerts.iter().map(|alert| alert.event.clone()).collect())
}

#[test]
fn a_warning_is_adopted_beside_the_programme_that_is_held_and_the_other_way_round_also_at_boot() {
    for programme_is_broken in [true, false] {
        let site = TestSite::new(1);
        site.publish("old", None, day(1));
        warn(&site, "mưa", day(1));
        let disk = Arc::new(SimDisk::new());
        let store = open(&disk).unwrap();
        poll(&store, &site, day(1)).unwrap();
        site.publish("new", None, day(2));
        warn(&site, "lũ", day(2));
        let (half, expected) = match programme_is_broken {
            true => ("programme", ("old", "lũ")),
            false => ("alert", ("new", "mưa")),
        };
        break_half(&site, half);
        // The first poll adopts one half; what comes after finds nothing new, and writes nothing.
        poll(&store, &site, day(2)).unwrap_err();
        let (written, number) = (store.written_bytes(), store.generation("xa").unwrap().number);
        poll(&store, &site, day(2)).unwrap_err();
        assert_eq!((store.written_bytes(), store.generation("xa").unwrap().number), (written, number));
        let expected = (expected.0.to_owned(), vec![expected.1.to_owned()]);
        let now = store.generation("xa").unwrap();
        assert_eq!((now.programme.notices[0].title.as_str(), number), (expected.0.as_str(), 2));
        for _ in 0..2 {
            let rebooted = open(&disk).unwrap();
            assert_eq!(seen(&rebooted, &site), expected);
            assert_eq!(rebooted.load_feed("xa", &site.root()).problems, []);
            // And a second warning, beside a programme that is itself held beside the first.
            if programme_is_broken {
                warn(&site, "sạt lở", day(3));
                poll(&rebooted, &site, day(3)).unwrap_err();
                assert_eq!(seen(&open(&disk).unwrap(), &site), ("old".into(), vec!["sạt lở".into()]));
                warn(&site, "lũ", day(3));
                poll(&rebooted, &site, day(3)).unwrap_err();
            }
        }
        // Published whole again, it is whole again.
        site.publish("whole", None, day(4));
        warn(&site, "hết lũ", day(4));
        poll(&open(&disk).unwrap(), &site, day(4)).unwrap();
        assert_eq!(seen(&open(&disk).unwrap(), &site), ("whole".into(), vec!["hết lũ".into()]));
    }
}

#[test]
fn a_board_that_has_never_had_a_programme_shows_a_warning_all_the_same() {
    let site = TestSite::new(1);
    warn(&site, "lũ", day(1));
    break_half(&site, "programme");
    let disk = Arc::new(SimDisk::new());
    poll(&open(&disk).unwrap(), &site, day(1)).unwrap_err();
    assert_eq!(seen(&open(&disk).unwrap(), &site), (String::new(), vec!["lũ".into()]));
}

#[test]
fn a_power_cut_while_one_half_is_adopted_loses_neither() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let before = Arc::new(SimDisk::new());
    poll(&open(&before).unwrap(), &site, day(1)).unwrap();
    let start = before.operations();
    site.publish("new", None, day(2));
    warn(&site, "lũ", day(2));
    break_half(&site, "programme");
    let (mut with, mut without) = (0, 0);
    for cut in 1.. {
        let disk = Arc::new(before.copy());
        disk.power_off_at(start + cut);
        let done = open(&disk).is_ok_and(|store| {
            store.load_feed("xa", &site.root());
            let _ = poll(&store, &site, day(2));
            store.unsaved("xa").is_none() && store.generation("xa").is_some_and(|shown| shown.number == 2)
        });
        for seed in 0..4 {
            let (title, warnings) = seen(&open(&Arc::new(disk.reboot(cut * 100 + seed))).unwrap(), &site);
            assert_eq!(title, "old", "cut {cut}, seed {seed}");
            *if warnings == ["lũ"] { &mut with } else { &mut without } += 1;
            assert!(warnings == ["lũ"] || !done, "what was adopted lasts: cut {cut}, seed {seed}");
        }
        if done {
            break;
        }
    }
    assert!(with > 0 && without > 50, "{with} {without}");
}

#[test]
fn a_board_that_lost_its_floors_is_not_sent_back_behind_what_it_serves() {
    let site = TestSite::new(1);
    site.publish("old", None, day(1));
    let before = std::fs::read(site.path("metadata/timestamp.json")).unwrap();
    let disk = Arc::new(SimDisk::new());
    site.publish("new", None, day(2));
    poll(&open(&disk).unwrap(), &site, day(2)).unwrap();
    disk.remove(Path::new("/state/feeds/xa/trust")).unwrap();
    std::fs::write(site.path("metadata/timestamp.json"), before).unwrap();
    let store = open(&disk).unwrap();
    let refused = poll(&store, &site, day(2)).unwrap_err().line(Speech::English);
    assert!(refused.contains("rolled back"), "{refused}");
    assert_eq!(shown(&store, &site).as_deref(), Some("new"));
}
