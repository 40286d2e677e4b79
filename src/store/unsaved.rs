//! What was verified and could not be written: held in memory, shown, and written as soon as it can be.
//!
//! A memory card that turns read-only is how most small computers die. A board that went on with last week's
//! notices and could not show today's warning would fail when it is needed, so what a run verifies counts for
//! that run, floors included: within the run an older state is refused as ever. After a restart the floors are
//! those that the disk could last take, and the feed is asked again.

use super::Store;
use crate::disk;
use crate::problem::Problem;
use crate::trust::{Complete, Content, Item, Verified, Wanted};
use jiff::Timestamp;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, MutexGuard, PoisonError};

/// What of one feed the disk did not take.
#[derive(Debug)]
pub(super) struct Unsaved {
    /// By the name of the file.
    floors: HashMap<String, Vec<u8>>,
    state: Option<State>,
    problem: Problem,
}

/// Files by their names in the folder of a generation.
pub(super) type Files = Vec<(String, Arc<Vec<u8>>)>;

/// A generation that is in memory only.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub number: u64,
    pub pinned_root: Vec<u8>,
    pub complete: Verified<Complete>,
    /// What the half that it lacks was verified from.
    pub beside: Option<Files>,
    pub accepted_at: Timestamp,
}

impl Store {
    fn unsaved_feeds(&self) -> MutexGuard<'_, HashMap<String, Unsaved>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, feed: &str, problem: Problem, add: impl FnOnce(&mut Unsaved)) {
        let mut feeds = self.unsaved_feeds();
        let empty = || Unsaved { floors: HashMap::new(), state: None, problem: problem.clone() };
        let unsaved = feeds.entry(feed.into()).or_insert_with(empty);
        unsaved.problem = problem;
        add(unsaved);
    }

    pub(super) fn hold_floor(&self, feed: &str, item: &Item, bytes: &[u8], problem: Problem) {
        self.hold(feed, problem, |unsaved| drop(unsaved.floors.insert(item.file_name(), bytes.into())));
    }

    pub(super) fn hold_state(&self, feed: &str, state: State, problem: Problem) {
        self.hold(feed, problem, |unsaved| unsaved.state = Some(state));
    }

    /// The disk has this file, or a newer one, after all.
    pub(super) fn floor_saved(&self, feed: &str, item: &Item) {
        self.release(feed, |unsaved| drop(unsaved.floors.remove(&item.file_name())));
    }

    /// The newest state is on the disk: an older one need not be any more.
    pub(super) fn state_saved(&self, feed: &str) {
        self.release(feed, |unsaved| unsaved.state = None);
    }

    fn release(&self, feed: &str, take: impl FnOnce(&mut Unsaved)) {
        let mut feeds = self.unsaved_feeds();
        let Some(unsaved) = feeds.get_mut(feed) else { return };
        take(unsaved);
        if unsaved.floors.is_empty() && unsaved.state.is_none() {
            feeds.remove(feed);
        }
    }

    /// Every copy of this file that is in memory only.
    pub(super) fn held_files(&self, feed: &str, item: &Item) -> Vec<Vec<u8>> {
        let feeds = self.unsaved_feeds();
        let Some(unsaved) = feeds.get(feed) else { return Vec::new() };
        let of_state = unsaved.state.iter().flat_map(|state| &state.complete.files);
        let of_state = of_state.filter(|(held, _)| held == item).map(|(_, bytes)| &**bytes);
        unsaved.floors.get(&item.file_name()).into_iter().chain(of_state).cloned().collect()
    }

    /// The files that this half was verified from, where they are in memory only.
    pub(super) fn held_half(&self, feed: &str, half: Content) -> Option<Files> {
        let feeds = self.unsaved_feeds();
        let state = feeds.get(feed)?.state.as_ref()?;
        match state.complete.missing.as_ref().is_some_and(|(missing, _)| *missing == half) {
            true => state.beside.clone(),
            false => {
                let files = state.complete.files.iter();
                Some(files.map(|(item, bytes)| (item.file_name(), bytes.clone())).collect())
            }
        }
    }

    /// Versions of root that are in memory only.
    pub(super) fn held_roots(&self, feed: &str) -> Vec<(u64, Vec<u8>)> {
        let feeds = self.unsaved_feeds();
        let floors = feeds.get(feed).into_iter().flat_map(|unsaved| &unsaved.floors);
        let number = |name: &str| name.strip_suffix(".root.json")?.parse::<u64>().ok();
        floors.filter_map(|(name, bytes)| Some((number(name)?, bytes.clone()))).collect()
    }

    pub(super) fn held_file(&self, feed: &str, wanted: &Wanted) -> Option<Vec<u8>> {
        let feeds = self.unsaved_feeds();
        let files = &feeds.get(feed)?.state.as_ref()?.complete.files;
        let (_, bytes) = files.iter().find(|(item, bytes)| *item == wanted.item && wanted.fits(bytes))?;
        Some(bytes.to_vec())
    }

    /// Why what shows of this feed would not outlive a restart; `None`: it would.
    pub fn unsaved(&self, feed: &str) -> Option<Problem> {
        self.unsaved_feeds().get(feed).map(|unsaved| unsaved.problem.clone())
    }

    /// Tries again to write what could not be written. Does nothing where everything is.
    pub fn save(&self, feed: &str) {
        let Some(unsaved) = self.unsaved_feeds().remove(feed) else { return };
        let folder = self.feed_folder(feed);
        let save = || -> io::Result<()> {
            let trust = folder.join("trust");
            for (name, bytes) in &unsaved.floors {
                self.create_folder_chain(&trust)?;
                disk::replace(&*self.disk, &trust.join(name), bytes)?;
            }
            unsaved.state.as_ref().map_or(Ok(()), |state| self.write_generation(feed, state))
        };
        if let Err(error) = save() {
            let problem = self.fault(&folder, &error);
            self.unsaved_feeds().insert(feed.into(), Unsaved { problem, ..unsaved });
        }
    }
}
