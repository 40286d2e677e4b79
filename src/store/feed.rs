//! What is kept of one feed: rollback floors, and complete generations of which one shows.
//!
//! A floor is written as soon as it is verified, whatever becomes of the rest. A generation is written
//! whole under a temporary name, synced, renamed, and then named in `current`; the one before it stays. A
//! power cut at any of these steps leaves the old generation or the new one. If the link dies between a new
//! snapshot and the programme, there is no new generation: what was complete shows.
//!
//! At boot nothing on this disk is believed: `current` is verified again from the pinned root, at the time
//! at which it was accepted; if that fails, the ones before it. A newer timestamp alone does not make a new
//! generation: it only says that the same content is still current.

use super::Store;
use crate::disk;
use crate::limits::METADATA_BYTES_MAX;
use crate::model::alert::Alerts;
use crate::model::feed::Versions;
use crate::model::media::Sha256;
use crate::model::programme::Programme;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::trust::fresh::News;
use crate::trust::{Complete, Floors, Item, Kept, Refresh, Refusal, Verified, Wanted};
use jiff::Timestamp;
use sha2::Digest;
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
    fn feed_folder(&self, feed: &str) -> PathBuf {
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
        let malformed = |why: &str| Refusal::Malformed { file: ACCEPTED.into(), why: why.into() };
        let accepted =
            self.disk.read(&serving.join(ACCEPTED), 64).map_err(|error| malformed(&error.to_string()))?;
        let accepted_at = String::from_utf8_lossy(&accepted)
            .trim()
            .parse::<Timestamp>()
            .map_err(|error| malformed(&error.to_string()))?;
        let roots = self.roots_in(&serving);
        // A newer timestamp for the same snapshot vouches for it longer; any other does not fit it.
        let newer = self.disk.read(&folder.join("trust/timestamp.json"), METADATA_BYTES_MAX).ok();
        if let Some(newer) = newer
            && let Ok(complete) = self.verify_files(&serving, pinned, roots.clone(), Some(newer), accepted_at)
        {
            return Ok((complete, accepted_at));
        }
        let complete = self.verify_files(&serving, pinned, roots, None, accepted_at)?;
        Ok((complete, accepted_at))
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
        let entries = self.disk.list(folder).unwrap_or_default();
        let number = |name: &str| name.strip_suffix(".root.json")?.parse::<u64>().ok();
        let mut numbers: Vec<u64> = entries.iter().filter_map(|entry| number(&entry.name)).collect();
        numbers.sort_unstable();
        let read = |number: u64| {
            self.disk.read(&folder.join(Item::Root(number).file_name()), METADATA_BYTES_MAX).ok()
        };
        numbers.into_iter().filter_map(read).collect()
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
        let read = |item: Item| self.disk.read(&trust.join(item.file_name()), METADATA_BYTES_MAX).ok();
        Floors {
            roots: self.roots_in(&trust),
            timestamp: read(Item::Timestamp),
            snapshot: read(Item::Snapshot),
        }
    }

    /// Keeps a floor, before anything that depends on it is asked for.
    ///
    /// # Errors
    /// It could not be written: nothing of this refresh may be adopted.
    pub fn keep_floor(&self, feed: &str, kept: &Verified<Kept>) -> Outcome<()> {
        let trust = self.feed_folder(feed).join("trust");
        let path = trust.join(kept.item.file_name());
        if self.disk.read(&path, METADATA_BYTES_MAX).is_ok_and(|held| held == kept.bytes) {
            return Ok(());
        }
        let write = || {
            self.create_folder_chain(&trust)?;
            disk::replace(&*self.disk, &path, &kept.bytes)
        };
        write().map_err(|error| disk::problem(&path, &error))
    }

    /// The file wanted, if it is here already.
    pub fn cached(&self, feed: &str, wanted: &Wanted) -> Option<Vec<u8>> {
        let folder = self.feed_folder(feed);
        let name = wanted.item.file_name();
        let serving =
            self.serving(feed).map(|s| folder.join("serving").join(s.generation.number.to_string()));
        serving.into_iter().chain([folder.join("trust")]).find_map(|folder| {
            self.disk.read(&folder.join(&name), wanted.length_max).ok().filter(|bytes| wanted.fits(bytes))
        })
    }

    /// Makes this state the one that shows. Where its content is what shows already, nothing is written.
    /// `true`: it is a new generation.
    ///
    /// # Errors
    /// It could not be written; what showed before still does, after a power cut too.
    pub fn commit(
        &self,
        feed: &str,
        pinned_root: &[u8],
        complete: &Verified<Complete>,
        now: Timestamp,
    ) -> Outcome<(Generation, bool)> {
        if let Some(serving) = self.serving(feed)
            && serving.identity == complete.identity
        {
            let Generation { number, accepted_at, .. } = serving.generation;
            return Ok((self.now_serving(feed, number, accepted_at, complete), false));
        }
        let folder = self.feed_folder(feed);
        let before = self.serving(feed).map(|s| s.generation.number).or_else(|| self.current(&folder));
        let number = self.numbers(&folder).into_iter().max().unwrap_or(0).saturating_add(1);
        self.write_generation(&folder, number, pinned_root, complete, now)
            .map_err(|error| disk::problem(&folder, &error))?;
        self.clear_out(&folder, [Some(number), before]);
        Ok((self.now_serving(feed, number, now, complete), true))
    }

    fn write_generation(
        &self,
        folder: &Path,
        number: u64,
        pinned_root: &[u8],
        complete: &Verified<Complete>,
        now: Timestamp,
    ) -> io::Result<()> {
        let disk = &*self.disk;
        let serving = folder.join("serving");
        let (new, named) = (serving.join(format!("{number}.new")), serving.join(number.to_string()));
        self.create_folder_chain(&serving)?;
        disk.remove(&new)?;
        disk.create_folder(&new)?;
        let accepted = format!("{now}\n").into_bytes();
        let files = complete.files.iter().map(|(item, bytes)| (item.file_name(), bytes.as_slice()));
        for (name, bytes) in
            files.chain([(PINNED.into(), pinned_root), (ACCEPTED.into(), accepted.as_slice())])
        {
            let path = new.join(name);
            disk.write(&path, bytes)?;
            disk.sync(&path)?;
        }
        disk.sync(&new)?;
        disk.rename(&new, &named)?;
        disk.sync(&serving)?;
        disk::replace(disk, &folder.join("current"), format!("{number}\n").as_bytes())
    }

    /// Makes a folder so that it lasts, with those above it.
    fn create_folder_chain(&self, folder: &Path) -> io::Result<()> {
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
        say!(en: "nothing, if the feed can be reached; if the root file was changed, check that it is this feed's",
            vi: "không cần làm gì nếu máy kết nối được nguồn tin; nếu vừa đổi tệp gốc, hãy kiểm tra có đúng của nguồn này không"),
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
