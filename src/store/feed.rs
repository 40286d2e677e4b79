//! What is kept of one feed: rollback floors, and complete generations of which one shows.
//!
//! A floor is written as soon as it is verified, whatever becomes of the rest. What the disk does not take is
//! held in memory for this run (unsaved.rs). A generation is written
//! whole under a temporary name, synced, renamed, and then named in `current`; the one before it stays. A
//! power cut at any of these steps leaves the old generation or the new one. If the link dies between a new
//! snapshot and the programme, there is no new generation: what was complete shows.
//!
//! At boot nothing on this disk is believed: `current` is verified again from the pinned root; if that fails, the
//! ones before it. Expiry is not asked about then: it was when the generation was adopted, and how far it may
//! still be believed is for `trust::fresh` to say. A newer timestamp alone does not make a new
//! generation: it only says that the same content is still current.
//!
//! Warnings and programme are adopted one without the other where only one can be had. The generation then holds,
//! in `beside/`, the whole set of files that the other was once verified from, so that both show at boot.
//!
//! Floors are read from wherever copies lie: `trust/`, and the generations. Whoever loses one folder of a card
//! cannot be sent back in time.

use super::Store;
use super::unsaved::{Files, State};
use crate::disk;
use crate::limits::{METADATA_BYTES_MAX, PROGRAMME_BYTES_MAX};
use crate::model::alert::Alerts;
use crate::model::feed::Versions;
use crate::model::media::Sha256;
use crate::model::programme::Programme;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::trust::time::released;
use crate::trust::{Complete, Content, Floors, Item, Kept, Refresh, Refusal, Verified, Wanted};
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
    /// When its timestamp was issued or, where that cannot be believed, its root, if that can be.
    pub issued: Option<Timestamp>,
    /// When the first of its metadata expires.
    pub expires: Timestamp,
    pub programme: Arc<Programme>,
    pub alerts: Arc<Alerts>,
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
    /// Where the files lie that each half was verified from: the folder of a generation, or a folder in one.
    /// `None`: in memory only, or there is nothing of that half.
    programme_in: Option<PathBuf>,
    alerts_in: Option<PathBuf>,
}

impl Serving {
    fn half_in(&self, half: Content) -> Option<&Path> {
        match half {
            Content::Programme => self.programme_in.as_deref(),
            Content::Alerts => self.alerts_in.as_deref(),
        }
    }
}

/// The other half's files, in the folder of a generation that has only one of its own.
const BESIDE: &str = "beside";
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
        let numbers = self.numbers_to_try(&folder);
        for (tried, &number) in numbers.iter().enumerate() {
            let serving = folder.join("serving").join(number.to_string());
            let (complete, accepted_at) = match self.verify_generation(&folder, &serving, &pinned) {
                Ok(verified) => verified,
                Err(refusal) => {
                    loaded.problems.push(unusable(feed, number, &refusal));
                    continue;
                }
            };
            loaded.problems.extend(complete.problems.iter().cloned());
            let mut other = None;
            if let Some((half, refusal)) = &complete.missing {
                let beside = [serving.join(BESIDE)];
                other = self.half_from(&beside, &pinned, *half).or_else(|| {
                    loaded.problems.push(unusable(feed, number, refusal));
                    let older =
                        numbers[tried + 1..].iter().map(|older| folder.join(format!("serving/{older}")));
                    let older: Vec<_> = older.flat_map(|older| [older.clone(), older.join(BESIDE)]).collect();
                    self.half_from(&older, &pinned, *half)
                });
            }
            let (other_in, other) = other.unzip();
            let held = other.as_deref().map_or_else(Held::default, |other| Held {
                programme: other.programme.clone(),
                alerts: other.alerts.clone(),
                versions: other.versions,
            });
            let place =
                |half| if has_half(&complete, half) { Some(serving.clone()) } else { other_in.clone() };
            loaded.generation = Some(self.keep_serving(Serving {
                generation: generation(feed, number, accepted_at, &complete, held),
                identity: complete.identity,
                programme_in: place(Content::Programme),
                alerts_in: place(Content::Alerts),
            }));
            return loaded;
        }
        loaded
    }

    /// The first of these folders whose files vouch for the half, and what they hold.
    fn half_from(
        &self,
        places: &[PathBuf],
        pinned: &[u8],
        half: Content,
    ) -> Option<(PathBuf, Verified<Complete>)> {
        places.iter().find_map(|place| {
            let found = self.verify_files(place, pinned, self.roots_in(place), None).ok()?;
            has_half(&found, half).then(|| (place.clone(), found))
        })
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
        serving: &Path,
        pinned: &[u8],
    ) -> Result<(Verified<Complete>, Timestamp), Refusal> {
        let roots = self.roots_in(serving);
        // A newer timestamp for the same snapshot vouches for it longer; any other does not fit it.
        let newer = self.disk.read(&folder.join("trust/timestamp.json"), METADATA_BYTES_MAX).ok();
        let renewed =
            newer.and_then(|newer| self.verify_files(serving, pinned, roots.clone(), Some(newer)).ok());
        let complete = match renewed {
            Some(complete) => complete,
            None => self.verify_files(serving, pinned, roots, None)?,
        };
        let accepted_at = self.accepted_at(serving).or(complete.issued).unwrap_or_else(released);
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
    ) -> Result<Verified<Complete>, Refusal> {
        let floors = Floors { roots, ..Floors::default() };
        let mut refresh = Refresh::new(pinned, floors, Timestamp::UNIX_EPOCH)?;
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

    fn keep_serving(&self, serving: Serving) -> Generation {
        let generation = serving.generation.clone();
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.insert(generation.feed.to_string(), serving);
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
        let folder = self.feed_folder(feed);
        let kept = self.numbers_to_try(&folder).into_iter();
        let kept = kept.map(|number| folder.join("serving").join(number.to_string()));
        let folders: Vec<PathBuf> = std::iter::once(folder.join("trust")).chain(kept).collect();
        let copies = |item: Item| -> Vec<Vec<u8>> {
            let read =
                |folder: &PathBuf| self.disk.read(&folder.join(item.file_name()), METADATA_BYTES_MAX).ok();
            let mut copies: Vec<Vec<u8>> =
                self.held_files(feed, &item).into_iter().chain(folders.iter().filter_map(read)).collect();
            copies.dedup();
            copies
        };
        // The same version from two places: a copy that is damaged is passed over when the chain is followed.
        let mut roots: Vec<(u64, Vec<u8>)> =
            folders.iter().flat_map(|folder| self.numbered_roots(folder)).collect();
        roots.extend(self.held_roots(feed));
        roots.sort();
        roots.dedup();
        Floors {
            roots: roots.into_iter().map(|(_, bytes)| bytes).collect(),
            timestamps: copies(Item::Timestamp),
            snapshots: copies(Item::Snapshot),
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
                self.hold_floor(feed, &kept.item, &kept.bytes, self.fault(&path, &error));
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
    ///
    /// Where a half is missing, what is held of it stays beside the other; where the other is what shows already,
    /// nothing is adopted.
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
            let versions = with_halves(complete, serving.generation.versions);
            let (issued, expires) = (complete.issued, complete.expires);
            let generation = Generation { versions, issued, expires, ..serving.generation.clone() };
            return (self.keep_serving(Serving { generation, ..serving.clone() }), false);
        }
        let missing = complete.missing.as_ref().map(|(half, _)| *half);
        if let (Some(serving), Some(missing)) = (&serving, missing)
            && match missing {
                Content::Programme => complete.alerts.as_ref() == Some(&serving.generation.alerts),
                Content::Alerts => complete.programme.as_ref() == Some(&serving.generation.programme),
            }
        {
            return (serving.generation.clone(), false);
        }
        let folder = self.feed_folder(feed);
        let shown = serving.as_ref().map(|serving| serving.generation.number);
        let number = self.numbers(&folder).into_iter().chain(shown).max().unwrap_or(0).saturating_add(1);
        let beside = missing.and_then(|missing| self.half_files(feed, serving.as_ref()?, missing));
        let has_beside = beside.is_some();
        let state = State {
            number,
            pinned_root: pinned_root.into(),
            complete: complete.clone(),
            beside,
            accepted_at: now,
        };
        let named = folder.join("serving").join(number.to_string());
        let own = match self.write_generation(feed, &state) {
            Ok(()) => {
                self.state_saved(feed);
                Some(named.clone())
            }
            Err(error) => {
                self.hold_state(feed, state, self.fault(&folder, &error));
                None
            }
        };
        let beside = own.as_ref().filter(|_| has_beside).map(|own| own.join(BESIDE));
        let place = |half| if has_half(complete, half) { own.clone() } else { beside.clone() };
        let held = serving.map_or_else(Held::default, |serving| Held {
            programme: Some(serving.generation.programme),
            alerts: Some(serving.generation.alerts),
            versions: serving.generation.versions,
        });
        let serving = Serving {
            generation: generation(feed, number, now, complete, held),
            identity: complete.identity,
            programme_in: place(Content::Programme),
            alerts_in: place(Content::Alerts),
        };
        (self.keep_serving(serving), true)
    }

    /// The files that a half of what shows was verified from; `None` where there is nothing of it, or it cannot be
    /// read.
    fn half_files(&self, feed: &str, serving: &Serving, half: Content) -> Option<Files> {
        if let Some(files) = self.held_half(feed, half) {
            return Some(files);
        }
        let place = serving.half_in(half)?;
        let entries = self.disk.list(place).ok()?;
        let read = |name: &str| self.disk.read(&place.join(name), PROGRAMME_BYTES_MAX).ok();
        let names = entries.into_iter().filter(|entry| entry.name.ends_with(".json") && entry.name != PINNED);
        names.map(|entry| Some((entry.name.clone(), Arc::new(read(&entry.name)?)))).collect()
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
        let fill = |folder: &Path, files: &mut dyn Iterator<Item = (String, &[u8])>| -> io::Result<()> {
            disk.create_folder(folder)?;
            for (name, bytes) in files {
                let path = folder.join(name);
                disk.write(&path, bytes)?;
                disk.sync(&path)?;
            }
            disk.sync(folder)
        };
        let write = || -> io::Result<()> {
            self.create_folder_chain(&serving)?;
            disk.remove(&new)?;
            if let Some(beside) = &state.beside {
                let mut files = beside.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice()));
                fill(&new.join(BESIDE), &mut files)?;
            }
            let accepted = format!("{}\n", state.accepted_at).into_bytes();
            let own = state.complete.files.iter().map(|(item, bytes)| (item.file_name(), bytes.as_slice()));
            let about =
                [(PINNED.into(), state.pinned_root.as_slice()), (ACCEPTED.into(), accepted.as_slice())];
            fill(&new, &mut own.chain(about))?;
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

/// What is held of a feed, for the half that a new state of it lacks.
#[derive(Default)]
struct Held {
    programme: Option<Arc<Programme>>,
    alerts: Option<Arc<Alerts>>,
    versions: Versions,
}

fn generation(
    feed: &str,
    number: u64,
    accepted_at: Timestamp,
    complete: &Complete,
    held: Held,
) -> Generation {
    let programme = complete.programme.clone().or(held.programme);
    Generation {
        feed: feed.into(),
        number,
        versions: with_halves(complete, held.versions),
        accepted_at,
        issued: complete.issued,
        expires: complete.expires,
        programme: programme.unwrap_or_else(|| Arc::new(Programme::empty(""))),
        alerts: complete.alerts.clone().or(held.alerts).unwrap_or_default(),
    }
}

fn has_half(complete: &Complete, half: Content) -> bool {
    match half {
        Content::Programme => complete.programme.is_some(),
        Content::Alerts => complete.alerts.is_some(),
    }
}

/// Its versions, with those of `other` for the half that it lacks.
fn with_halves(complete: &Complete, other: Versions) -> Versions {
    let own = complete.versions;
    Versions {
        programme: if has_half(complete, Content::Programme) { own.programme } else { other.programme },
        alert: if has_half(complete, Content::Alerts) { own.alert } else { other.alert },
        ..own
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
