//! Takes out of a SITE folder what no board asks for any more.
//!
//! A board in the middle of a refresh, or behind an HTTP cache, reads an older generation than the newest: it
//! has the timestamp of then, and follows it to a snapshot, to the metadata pinned there, to the files listed in
//! them, and to their media. So what is kept is decided from the top: the last few snapshots, every snapshot
//! that was live within the last two days, and all that those lead to. Roots are kept for ever: a board that was given the first
//! one follows them one by one (TUF 5.3). What is not named as a publisher names files is somebody else's,
//! and stays.
//!
//! It runs once the new timestamp is in place. A fault is a warning, and leaves more behind, never less.

use super::site::target_file;
use crate::disk::{self, Disk, Entry, Local};
use crate::limits::{
    ALERTS_BYTES_MAX, GENERATIONS_KEPT, METADATA_BYTES_MAX, PROGRAMME_BYTES_MAX, SUPERSEDED_SECONDS_KEPT,
};
use crate::model::alert::Alerts;
use crate::model::media::{Media, Sha256};
use crate::model::programme::Programme;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::trust::{ALERTS_TARGET, PROGRAMME_TARGET};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Removes what is no longer needed at `now`; `live` is the snapshot's version.
///
/// # Errors
/// A folder or a file that says what is needed cannot be read, or one cannot be removed.
pub(super) fn prune(site: &Path, live: u64, now: Timestamp) -> Outcome<()> {
    let pruner = Pruner { site, disk: Local::default(), now };
    let metadata = pruner.list("metadata")?;
    let needed = pruner.needed(&metadata, live)?;
    let unneeded = |entry: &&Entry| match versioned(&entry.name) {
        Some(("root", _)) => false,
        Some(_) => !needed.metadata.contains(&entry.name),
        None => entry.name.ends_with(".json.new"),
    };
    pruner.remove("metadata", metadata.iter().filter(unneeded))?;
    for folder in ["targets/programme", "targets/alert"] {
        let entries = pruner.list(folder)?;
        let unneeded = |entry: &&Entry| {
            is_named_by_digest(&entry.name) && !needed.targets.contains(&format!("{folder}/{}", entry.name))
        };
        pruner.remove(folder, entries.iter().filter(unneeded))?;
    }
    let media = pruner.list("media")?;
    let unneeded = pruner.unneeded_media(media, &needed.targets)?;
    pruner.remove("media", unneeded.iter())
}

/// Files that may still be asked for.
#[derive(Default)]
struct Needed {
    /// Names in `metadata`.
    metadata: BTreeSet<String>,
    /// Paths in SITE, those of the newest generation first.
    targets: Vec<String>,
}

struct Pruner<'s> {
    site: &'s Path,
    disk: Local,
    now: Timestamp,
}

impl Pruner<'_> {
    fn list(&self, folder: &str) -> Outcome<Vec<Entry>> {
        let path = self.site.join(folder);
        self.disk.list(&path).map_err(|error| disk::problem(&path, &error))
    }

    /// Removes those of a folder's files that are old enough: a younger one may be of a publisher that died, or
    /// was put there by hand for the next.
    fn remove<'e>(&self, folder: &str, entries: impl Iterator<Item = &'e Entry>) -> Outcome<()> {
        let old = entries.filter(|entry| !entry.is_folder && !self.is_young(entry));
        for path in old.map(|entry| self.site.join(folder).join(&entry.name)) {
            self.disk.remove(&path).map_err(|error| {
                let faced = disk::problem(&path, &error);
                let remedy = say!(
                    en: "nothing is wrong with the feed; delete it by hand",
                    vi: "nguồn tin vẫn tốt; hãy tự xóa tệp này"
                );
                Problem { remedy, ..faced }
            })?;
        }
        Ok(())
    }

    fn is_young(&self, entry: &Entry) -> bool {
        let modified = i64::try_from(entry.modified.as_secs()).unwrap_or(i64::MAX);
        self.now.as_second().saturating_sub(modified) < SUPERSEDED_SECONDS_KEPT
    }

    fn needed(&self, metadata: &[Entry], live: u64) -> Outcome<Needed> {
        let there: BTreeSet<&str> = metadata.iter().map(|entry| entry.name.as_str()).collect();
        let mut needed = Needed::default();
        for snapshot in self.snapshots(metadata, live) {
            let name = format!("{snapshot}.snapshot.json");
            let table = self.signed(&name)?;
            needed.metadata.insert(name);
            let pinned = table.get("meta").and_then(Value::as_object).into_iter().flatten();
            for (file, pin) in pinned {
                let Some(version) = pin.get("version").and_then(Value::as_u64) else { continue };
                let name = format!("{version}.{file}");
                if there.contains(name.as_str()) && needed.metadata.insert(name.clone()) {
                    self.needed_targets(&name, &mut needed.targets)?;
                }
            }
        }
        Ok(needed)
    }

    fn needed_targets(&self, metadata: &str, targets: &mut Vec<String>) -> Outcome<()> {
        let table = self.signed(metadata)?;
        let listed = table.get("targets").and_then(Value::as_object).into_iter().flatten();
        for (path, target) in listed {
            let sha256 = target.get("hashes").and_then(|hashes| hashes.get("sha256")?.as_str());
            let file = sha256.map(|sha256| format!("targets/{}", target_file(path, sha256)));
            targets.extend(file.filter(|file| !targets.contains(file)));
        }
        Ok(())
    }

    /// The snapshots that are live, were so a few versions ago, or within the last two days, newest first.
    fn snapshots(&self, metadata: &[Entry], live: u64) -> Vec<u64> {
        let snapshots: BTreeMap<u64, &Entry> = metadata
            .iter()
            .filter_map(|entry| match versioned(&entry.name)? {
                ("snapshot", version) if version <= live => Some((version, entry)),
                _ => None,
            })
            .collect();
        // One was live until the next took its place.
        let lately = |version: u64| {
            snapshots.range(version + 1..).next().is_some_and(|(_, successor)| self.is_young(successor))
        };
        let recent = |version: u64| live - version < GENERATIONS_KEPT;
        snapshots.keys().rev().copied().filter(|&version| recent(version) || lately(version)).collect()
    }

    /// What a metadata file signs.
    fn signed(&self, name: &str) -> Outcome<Map<String, Value>> {
        let path = self.site.join("metadata").join(name);
        let bytes =
            self.disk.read(&path, METADATA_BYTES_MAX).map_err(|error| disk::problem(&path, &error))?;
        let file = serde_json::from_slice::<Value>(&bytes).ok();
        match file.and_then(|mut file| file.get_mut("signed").map(Value::take)) {
            Some(Value::Object(table)) => Ok(table),
            _ => Err(unreadable(&path)),
        }
    }

    /// The media that none of the programmes and warnings names. Reads no more of these than it must: they may be long.
    fn unneeded_media(&self, media: Vec<Entry>, targets: &[String]) -> Outcome<Vec<Entry>> {
        let digest_of = |entry: &Entry| entry.name.trim_end_matches(".new").parse::<Sha256>().ok();
        let mut unneeded: BTreeMap<Sha256, Entry> = media
            .into_iter()
            .filter(|entry| !self.is_young(entry))
            .filter_map(|entry| Some((digest_of(&entry)?, entry)))
            .collect();
        let name = |target: &'static str| target.rsplit('/').next().unwrap_or(target);
        let (programmes, warnings) = (name(PROGRAMME_TARGET), name(ALERTS_TARGET));
        let content = |target: &&String| target.ends_with(programmes) || target.ends_with(warnings);
        for target in targets.iter().filter(content) {
            if unneeded.is_empty() {
                break;
            }
            let path: PathBuf = self.site.join(target);
            let bytes = match self.disk.read(&path, PROGRAMME_BYTES_MAX.max(ALERTS_BYTES_MAX)) {
                Ok(bytes) => bytes,
                // No board can be at it.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(disk::problem(&path, &error)),
            };
            let mut keep = |named: &Media| drop(unneeded.remove(&named.sha256));
            if target.ends_with(programmes) {
                let programme: Programme = serde_json::from_slice(&bytes).map_err(|_| unreadable(&path))?;
                programme.media().for_each(&mut keep);
            } else {
                let alerts: Alerts = serde_json::from_slice(&bytes).map_err(|_| unreadable(&path))?;
                alerts.media().for_each(&mut keep);
            }
        }
        Ok(unneeded.into_values().collect())
    }
}

/// `7.snapshot.json` as its role and version.
fn versioned(name: &str) -> Option<(&str, u64)> {
    let (version, role) = name.strip_suffix(".json")?.split_once('.')?;
    let known = ["root", "targets", "programme", "alert", "snapshot"].contains(&role);
    known.then_some(())?;
    Some((role, version.parse().ok()?))
}

/// `<sha256>.programme.json`, or one that was not finished.
fn is_named_by_digest(name: &str) -> bool {
    name.split_once('.').is_some_and(|(sha256, _)| sha256.parse::<Sha256>().is_ok())
}

fn unreadable(path: &Path) -> Problem {
    Problem::new(
        path.display().to_string(),
        say!(en: "this old file is damaged, so nothing old was removed", vi: "tệp cũ này bị hỏng nên chưa xóa tệp cũ nào"),
        say!(en: "nothing is wrong with the feed; the file goes by itself in time",
            vi: "nguồn tin vẫn tốt; tệp này rồi sẽ tự được xóa"),
    )
}
