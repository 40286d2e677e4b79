//! What is kept of one feed: rollback floors, and complete generations of which one shows.
//!
//! A floor is written as soon as it is verified, whatever becomes of the rest. What the disk does not take is
//! held in memory for this run (unsaved.rs). A generation is written
//! whole under a temporary name, synced, renamed, and then named in `current`; the one before it stays. A
//! power cut at any of these steps leaves the old generation or the new one. If the link dies between a new
//! snapshot and the programme, there is no new generation: what was complete shows.
//!
//! At boot nothing on this disk is believed: `current` is verified again from the pinned root, at the time
//! at which it was accepted; if that fails, the ones before it. A newer timestamp alone does not make a new
//! generation: it only says that the same content is still current.

use super::Store;
use super::unsaved::State;
use crate::disk;
use crate::limits::METADATA_BYTES_MAX;
use crate::model::alert::Alerts;
use crate::model::feed::Versions;
use crate::model::media::Sha256;
use crate::model::programme::Programme;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::trust::fresh::News;
use crate::trust::time::released;
use crate::trust::{Complete, Floors, Item, Kept, Refresh, Refusal, Verified, Wanted};
use jiff::Timestamp;
use sha2::Digest;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

/// One complete verified state of a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// The feed's name in the board's configuration.
    pub feed: Arc<str>,
    /// Counts what this board adopted, from 1.
    pub number: u64,
    pub versions: Versions,
    /// When this board accepted it, as far as it knew the time.
    pub accepted_at: Timestamp,
    /// When its timestamp was issued, if that can be believed: a floor under the time.
    pub issued: Option<Timestamp>,
    /// The same for its root.
    pub root_issued: Option<Timestamp>,
    /// When the first of its metadata expires.
    pub expires: Timestamp,
    pub programme: Arc<Programme>,
    pub alerts: Arc<Alerts>,
}

impl Generation {
    /// How fresh it is until an answer comes: its newest timestamp was issued, and came, no earlier.
    pub fn news(&self) -> News {
        let last = self.issued.map_or(self.accepted_at, |issued| issued.max(self.accepted_at));
        News { last, expires: self.expires }
    }
}

/// What could be loaded of a feed at start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// `None`: nothing of it was ever adopted, or nothing holds any more.
    pub generation: Option<Generation>,
    /// What was found wrong, and what the content left out.
    pub problems: Vec<Problem>,
}

/// What of a feed shows: kept in memory, so that an unchanged feed is known without reading the disk.
#[derive(Debug, Clone)]
pub(super) struct Serving {
    generation: Generation,
    identity: Sha256,
}

const ACCEPTED: &str = "accepted";
const PINNED: &str = "pinned.root.json";

impl Store {
    pub(super) fn feed_folder(&self, feed: &str) -> PathBuf {
        self.folder.join("feeds").join(folder_name(feed))
    }

    /// Loads what is kept of the feed and verifies it in full; asks no network, writes nothing.
    ///
    /// `pinned_root` is the root file that the board was given. Where that is no root at all, the copy of
    /// the one that it had before serves, and a problem says so: the board stays on air.
    pub fn load_feed(&self, feed: &str, pinned_root: &[u8]) -> Loaded {
        let folder = self.feed_folder(feed);
        let mut loaded = Loaded::default();
        let pinned = match self.usable_root(feed, pinned_root) {
            Ok((root, problem)) => {
                loaded.problems.extend(problem);
                root
            }
            Err(problem) => {
                loaded.problems.push(problem);
                return loaded;
            }
        };
        for number in self.numbers_to_try(&folder) {
            match self.verify_generation(&folder, number, &pinned) {
                Ok((complete, accepted_at)) => {
                    loaded.problems.extend(complete.problems.iter().cloned());
                    loaded.generation = Some(self.now_serving(feed, number, accepted_at, &complete));
                    return loaded;
                }
                Err(refusal) => loaded.problems.push(unusable(feed, number, &refusal)),
            }
        }
        loaded
    }

    /// The given root, or the copy beside what shows if the given one is no root.
    pub(crate) fn usable_root(&self, feed: &str, given: &[u8]) -> Outcome<(Vec<u8>, Option<Problem>)> {
        let check = |bytes: &[u8]| Refresh::new(bytes, Floors::default(), Timestamp::UNIX_EPOCH).map(|_| ());
        let Err(refusal) = check(given) else { return Ok((given.to_vec(), None)) };
        let problem = refusal.problem(feed);
        let folder = self.feed_folder(feed);
        for number in self.numbers_to_try(&folder) {
            let copy = folder.join("serving").join(number.to_string()).join(PINNED);
            if let Ok(bytes) = self.disk.read(&copy, METADATA_BYTES_MAX)
                && check(&bytes).is_ok()
            {
                return Ok((bytes, Some(problem)));
            }
        }
        Err(problem)
    }

    fn verify_generation(
        &self,
        folder: &Path,
        number: u64,
        pinned: &[u8],
    ) -> Result<(Verified<Complete>, Timestamp), Refusal> {
        let serving = folder.join("serving").join(number.to_string());
        // Without the moment at which it was accepted it is judged as if that had been long ago: that it was
        // accepted is what its place on this disk says, and the signatures hold or not at any time.
        let accepted_at = self.accepted_at(&serving);
        let now = accepted_at.unwrap_or_else(released);
        let roots = self.roots_in(&serving);
        // A newer timestamp for the same snapshot vouches for it longer; any other does not fit it.
        let newer = self.disk.read(&folder.join("trust/timestamp.json"), METADATA_BYTES_MAX).ok();
        if let Some(newer) = newer
            && let Ok(complete) = self.verify_files(&serving, pinned, roots.clone(), Some(newer), now)
        {
            let accepted_at = accepted_at.or(complete.issued).unwrap_or(now);
            return Ok((complete, accepted_at));
        }
        let complete = self.verify_files(&serving, pinned, roots, None, now)?;
        let accepted_at = accepted_at.or(complete.issued).unwrap_or(now);
        Ok((complete, accepted_at))
    }

    fn accepted_at(&self, serving: &Path) -> Option<Timestamp> {
        let accepted = self.disk.read(&serving.join(ACCEPTED), 64).ok()?;
        String::from_utf8_lossy(&accepted).trim().parse().ok()
    }

    fn verify_files(
        &self,
        serving: &Path,
        pinned: &[u8],
        roots: Vec<Vec<u8>>,
        mut newer_timestamp: Option<Vec<u8>>,
        now: Timestamp,
    ) -> Result<Verified<Complete>, Refusal> {
        let mut refresh = Refresh::new(pinned, Floors { roots, ..Floors::default() }, now)?;
        while let Some(wanted) = refresh.wanted() {
            let bytes = match &wanted.item {
                Item::Root(_) => None,
                Item::Timestamp if newer_timestamp.is_some() => newer_timestamp.take(),
                item => self.disk.read(&serving.join(item.file_name()), wanted.length_max).ok(),
            };
            refresh.answer(bytes)?;
        }
        let incomplete = || Refusal::Missing { file: serving.display().to_string() };
        refresh.finish().ok_or_else(incomplete)
    }

    /// Roots after the pinned one, in order.
    fn roots_in(&self, folder: &Path) -> Vec<Vec<u8>> {
        self.numbered_roots(folder).into_values().collect()
    }

    fn numbered_roots(&self, folder: &Path) -> BTreeMap<u64, Vec<u8>> {
        let entries = self.disk.list(folder).unwrap_or_default();
        let number = |name: &str| name.strip_suffix(".root.json")?.parse::<u64>().ok();
        let read = |number: u64| {
            let path = folder.join(Item::Root(number).file_name());
            Some((number, self.disk.read(&path, METADATA_BYTES_MAX).ok()?))
        };
        entries.iter().filter_map(|entry| read(number(&entry.name)?)).collect()
    }

    /// Generations on disk, the one to show first, then the newest of the others.
    fn numbers_to_try(&self, folder: &Path) -> Vec<u64> {
        let current = self.current(folder);
        let mut numbers = self.numbers(folder);
        numbers.sort_unstable_by_key(|&number| std::cmp::Reverse((Some(number) == current, number)));
        numbers
    }

    fn current(&self, folder: &Path) -> Option<u64> {
        let bytes = self.disk.read(&folder.join("current"), 64).ok()?;
        String::from_utf8_lossy(&bytes).trim().parse().ok()
    }

    fn numbers(&self, folder: &Path) -> Vec<u64> {
        let entries = self.disk.list(&folder.join("serving")).unwrap_or_default();
        entries.iter().filter_map(|entry| entry.name.parse().ok()).collect()
    }

    fn now_serving(
        &self,
        feed: &str,
        number: u64,
        accepted_at: Timestamp,
        complete: &Verified<Complete>,
    ) -> Generation {
        let generation = Generation {
            feed: feed.into(),
            number,
            versions: complete.versions,
            accepted_at,
            issued: complete.issued,
            root_issued: complete.root_issued,
            expires: complete.expires,
            programme: Arc::clone(&complete.programme),
            alerts: Arc::clone(&complete.alerts),
        };
        let serving = Serving { generation: generation.clone(), identity: complete.identity };
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).insert(feed.into(), serving);
        generation
    }

    /// The generation of this feed that shows, once it was loaded or adopted.
    pub fn generation(&self, feed: &str) -> Option<Generation> {
        self.serving(feed).map(|serving| serving.generation)
    }

    fn serving(&self, feed: &str) -> Option<Serving> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).get(feed).cloned()
    }

    /// What was accepted of this feed before, to start a refresh from.
    pub fn floors(&self, feed: &str) -> Floors {
        let trust = self.feed_folder(feed).join("trust");
        let read = |item: Item| {
            let on_disk = || self.disk.read(&trust.join(item.file_name()), METADATA_BYTES_MAX).ok();
            self.held_floor(feed, &item).or_else(on_disk)
        };
        let mut roots = self.numbered_roots(&trust);
        roots.extend(self.held_roots(feed));
        Floors {
            roots: roots.into_values().collect(),
            timestamp: read(Item::Timestamp),
            snapshot: read(Item::Snapshot),
        }
    }

    /// Keeps a floor, before anything that depends on it is asked for: on the disk, or, where that takes
    /// nothing, in memory.
    pub fn keep_floor(&self, feed: &str, kept: &Verified<Kept>) {
        let trust = self.feed_folder(feed).join("trust");
        let path = trust.join(kept.item.file_name());
        let is_there = self.disk.read(&path, METADATA_BYTES_MAX).is_ok_and(|held| held == kept.bytes);
        let write = || {
            self.create_folder_chain(&trust)?;
            disk::replace(&*self.disk, &path, &kept.bytes)
        };
        match if is_there { Ok(()) } else { write() } {
            Ok(()) => self.floor_saved(feed, &kept.item),
            Err(error) => {
                self.hold_floor(feed, &kept.item, &kept.bytes, disk::problem(&path, &error));
            }
        }
    }

    /// The file wanted, if it is here already.
    pub fn cached(&self, feed: &str, wanted: &Wanted) -> Option<Vec<u8>> {
        let folder = self.feed_folder(feed);
        let name = wanted.item.file_name();
        let serving =
            self.serving(feed).map(|s| folder.join("serving").join(s.generation.number.to_string()));
        let on_disk = |folder: PathBuf| {
            self.disk.read(&folder.join(&name), wanted.length_max).ok().filter(|bytes| wanted.fits(bytes))
        };
        let folders = serving.into_iter().chain([folder.join("trust")]);
        self.held_file(feed, wanted).or_else(|| folders.into_iter().find_map(on_disk))
    }

    /// Makes this state the one that shows. Where its content is what shows already, nothing is written.
    /// `true`: it is a new generation.
    ///
    /// What the disk does not take shows all the same, for as long as this run lasts:
    /// [`unsaved`](Store::unsaved) says why, and [`save`](Store::save) tries again. After a power cut what was
    /// last written shows.
    pub fn commit(
        &self,
        feed: &str,
        pinned_root: &[u8],
        complete: &Verified<Complete>,
        now: Timestamp,
    ) -> (Generation, bool) {
        let serving = self.serving(feed);
        if let Some(serving) = &serving
            && serving.identity == complete.identity
        {
            let Generation { number, accepted_at, .. } = serving.generation;
            return (self.now_serving(feed, number, accepted_at, complete), false);
        }
        let folder = self.feed_folder(feed);
        let shown = serving.map(|serving| serving.generation.number);
        let number = self.numbers(&folder).into_iter().chain(shown).max().unwrap_or(0).saturating_add(1);
        let state =
            State { number, pinned_root: pinned_root.into(), complete: complete.clone(), accepted_at: now };
        match self.write_generation(feed, &state) {
            Ok(()) => self.state_saved(feed),
            Err(error) => self.hold_state(feed, state, disk::problem(&folder, &error)),
        }
        (self.now_serving(feed, number, now, complete), true)
    }

    /// Writes a generation, makes it the one that shows, and removes those before the last one.
    pub(super) fn write_generation(&self, feed: &str, state: &State) -> io::Result<()> {
        let folder = self.feed_folder(feed);
        let shown = self.serving(feed).map(|serving| serving.generation.number);
        let before = shown.filter(|&shown| shown != state.number).or_else(|| self.current(&folder));
        let disk = &*self.disk;
        let serving = folder.join("serving");
        let new = serving.join(format!("{}.new", state.number));
        let named = serving.join(state.number.to_string());
        let write = || -> io::Result<()> {
            self.create_folder_chain(&serving)?;
            disk.remove(&new)?;
            disk.create_folder(&new)?;
            let accepted = format!("{}\n", state.accepted_at).into_bytes();
            let files = state.complete.files.iter().map(|(item, bytes)| (item.file_name(), bytes.as_slice()));
            for (name, bytes) in
                files.chain([(PINNED.into(), state.pinned_root.as_slice()), (ACCEPTED.into(), &accepted)])
            {
                let path = new.join(name);
                disk.write(&path, bytes)?;
                disk.sync(&path)?;
            }
            disk.sync(&new)?;
            disk.rename(&new, &named)
        };
        let make_current = || -> io::Result<()> {
            // An earlier attempt may have got as far as the name, and even as `current`: it is whole then, and
            // is not touched.
            if disk.list(&named).is_err() {
                write()?;
            }
            disk.sync(&serving)?;
            disk::replace(disk, &folder.join("current"), format!("{}\n", state.number).as_bytes())
        };
        if let Err(error) = make_current() {
            // What could not be completed must not fill the disk; the first error is the one that matters.
            let _ = disk.remove(&new);
            return Err(error);
        }
        self.clear_out(&folder, [Some(state.number), before]);
        Ok(())
    }

    /// Makes a folder so that it lasts, with those above it.
    pub(super) fn create_folder_chain(&self, folder: &Path) -> io::Result<()> {
        if self.disk.list(folder).is_ok() {
            return Ok(());
        }
        self.disk.create_folder(folder)?;
        let above = folder.ancestors().skip(1).take_while(|above| above.starts_with(&self.folder));
        // From the top down: each is then reachable by the time its own names last.
        above.collect::<Vec<_>>().into_iter().rev().try_for_each(|above| self.disk.sync(above))
    }

    /// Removes generations other than these, and what a power cut left half-written.
    fn clear_out(&self, folder: &Path, keep: [Option<u64>; 2]) {
        let serving = folder.join("serving");
        for entry in self.disk.list(&serving).unwrap_or_default() {
            let number = entry.name.parse::<u64>().ok();
            if number.is_some() && keep.contains(&number) {
                continue;
            }
            if let Err(error) = self.disk.remove(&serving.join(&entry.name)) {
                tracing::warn!(folder = %serving.display(), name = entry.name, %error, "could not be removed");
            }
        }
    }
}

/// A name that is safe on every file system and different for every feed.
fn folder_name(feed: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=40).contains(&feed.len()) && feed.bytes().all(plain) {
        return feed.into();
    }
    // The underscore, which no plain name has, keeps the two kinds apart.
    format!("_{}", hex::encode(&sha2::Sha256::digest(feed)[..16]))
}

fn unusable(feed: &str, number: u64, refusal: &Refusal) -> Problem {
    let why = refusal.problem(feed).why;
    Problem::new(
        feed,
        say!(en: "generation {number} kept on this disk does not hold: {en}",
            vi: "bản số {number} lưu trên máy này không còn hợp lệ: {vi}", number = number, en = why.en, vi = why.vi),
        say!(en: "the board fetches it anew at its next poll, by itself; if this is still said then, check that the feed can be reached and that the root file is this feed's",
            vi: "bảng sẽ tự tải lại ở lần hỏi tin kế tiếp; nếu sau đó vẫn báo lỗi này, hãy kiểm tra máy có kết nối được nguồn tin và tệp gốc có đúng của nguồn này không"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feed_names_become_folder_names_that_cannot_leave_the_folder() {
        assert_eq!(folder_name("xa"), "xa");
        let odd = ["", "..", "../xa", "Xa", "xã", "xa/xa", "a\0b", &"a".repeat(300), "_xa"];
        let mut names: Vec<String> = odd.iter().map(|name| folder_name(name)).collect();
        assert!(names.iter().all(|name| name.len() == 33 && name.starts_with('_')), "{names:?}");
        names.sort();
        names.dedup();
        assert_eq!(names.len(), odd.len());
    }
}
