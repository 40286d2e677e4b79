//! Which files a board has loaded: pictures decoded, films and sounds proven; and which cannot be shown.

use super::event::Loaded;
use super::loader::{Loader, Want};
use super::playout::{Wanted, wanted};
use crate::layout::Availability;
use crate::model::media::{Media, Picture, Sha256};
use crate::model::plan::Plan;
use crate::store::Asset;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What was asked for, or is there.
enum State<T> {
    Loading,
    Ready(T),
}

impl<T> State<T> {
    fn ready(&self) -> Option<&T> {
        if let State::Ready(it) = self { Some(it) } else { None }
    }
    fn is_loading(&self) -> bool {
        matches!(self, State::Loading)
    }
}

#[derive(Default)]
pub struct OnHand {
    pictures: HashMap<Sha256, State<Arc<Picture>>>,
    playables: HashMap<Sha256, State<Asset>>,
    /// Files that are here and cannot be decoded: not shown again in this run.
    broken: HashSet<Sha256>,
}

impl OnHand {
    /// Asks for the files of a plan that are not loaded yet, pictures no larger than `side` pixels either way.
    pub fn load_for(&mut self, plan: &Plan, side: u32, loader: &Loader) {
        for media in plan.pictures() {
            if !self.pictures.contains_key(&media.sha256) && !self.is_broken(&media.sha256) {
                self.pictures.insert(media.sha256, State::Loading);
                loader.load(media.clone(), Want::Picture { max: (side, side) });
            }
        }
        for Wanted { media, .. } in wanted(plan, true) {
            if !self.playables.contains_key(&media.sha256) && !self.is_broken(&media.sha256) {
                self.playables.insert(media.sha256, State::Loading);
                loader.load(media, Want::Playable);
            }
        }
    }

    /// Drops what none of these plans shows.
    pub fn keep<'a>(&mut self, plans: impl Iterator<Item = &'a Plan>) {
        let mut needed: HashSet<Sha256> = HashSet::new();
        for plan in plans {
            needed.extend(plan.pictures().map(|media| media.sha256));
            needed.extend(wanted(plan, true).into_iter().map(|wanted| wanted.media.sha256));
        }
        // What is still being loaded must be kept: its answer is on the way.
        self.pictures.retain(|sha256, state| state.is_loading() || needed.contains(sha256));
        self.playables.retain(|sha256, state| state.is_loading() || needed.contains(sha256));
    }

    /// What was asked for has come.
    pub fn put(&mut self, sha256: Sha256, loaded: Loaded) {
        match loaded {
            Loaded::Picture(picture) => drop(self.pictures.insert(sha256, State::Ready(picture))),
            Loaded::Playable(asset) => drop(self.playables.insert(sha256, State::Ready(asset))),
        }
    }

    /// Pictures are wanted in another size.
    pub fn forget_pictures(&mut self) {
        self.pictures.clear();
    }

    /// A file that cannot be shown.
    pub fn give_up(&mut self, sha256: Sha256) {
        self.pictures.remove(&sha256);
        self.playables.remove(&sha256);
        self.broken.insert(sha256);
    }

    /// The file came anew, and may be whole.
    pub fn is_new(&mut self, sha256: Sha256) {
        self.broken.remove(&sha256);
    }

    pub fn is_broken(&self, sha256: &Sha256) -> bool {
        self.broken.contains(sha256)
    }

    pub fn is_loading(&self, sha256: &Sha256) -> bool {
        self.pictures.get(sha256).is_some_and(State::is_loading)
    }

    pub fn picture(&self, sha256: &Sha256) -> Option<Arc<Picture>> {
        self.pictures.get(sha256)?.ready().cloned()
    }

    pub fn asset(&self, sha256: &Sha256) -> Option<Asset> {
        self.playables.get(sha256)?.ready().cloned()
    }

    /// Whether a picture can be shown, and its size in pixels; before it is there, the one that its publisher measured.
    pub fn availability(&self, media: &Media) -> Availability {
        match (self.picture(&media.sha256), media.width, media.height) {
            _ if self.is_broken(&media.sha256) => Availability::Broken,
            (Some(picture), ..) => Availability::Ready(picture.width, picture.height),
            (None, Some(width), Some(height)) => Availability::Ready(width, height),
            (None, ..) => Availability::Waiting,
        }
    }
}
