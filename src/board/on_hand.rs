//! Which files a board has loaded: pictures decoded, films and sounds proven; which cannot be shown, and which are tried again.

use super::event::Loaded;
use super::loader::{Loader, Want};
use super::playout::{Wanted, wanted};
use super::setback::Setback;
use crate::layout::Availability;
use crate::media::Failure;
use crate::model::media::{Media, Picture, Sha256};
use crate::model::plan::Plan;
use crate::problem::Problem;
use crate::store::Asset;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

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
    /// Pictures whose decoder failed, and that are tried again.
    setbacks: HashMap<Sha256, Setback>,
}

impl OnHand {
    /// Asks for the files of a plan that are not loaded yet, pictures no larger than `side` pixels either way.
    pub fn load_for(&mut self, plan: &Plan, side: u32, loader: &Loader, now: Instant) {
        for media in plan.pictures() {
            let rests = self.setbacks.get(&media.sha256).is_some_and(|setback| setback.again > now);
            if !rests && !self.pictures.contains_key(&media.sha256) && !self.is_broken(&media.sha256) {
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

    /// What was asked for has come; what was told of failures before, and is over now.
    pub fn put(&mut self, sha256: Sha256, loaded: Loaded) -> Vec<Problem> {
        match loaded {
            Loaded::Picture(picture) => {
                self.pictures.insert(sha256, State::Ready(picture));
                self.setbacks.remove(&sha256).map(|setback| setback.told).unwrap_or_default()
            }
            Loaded::Playable(asset) => {
                self.playables.insert(sha256, State::Ready(asset));
                Vec::new()
            }
        }
    }

    /// A file could not be loaded at `now`. True if that may go well another time.
    pub fn set_back(&mut self, sha256: Sha256, failure: &Failure, now: Instant) -> bool {
        let before = self.setbacks.remove(&sha256);
        let Some(setback) = Setback::after(before.as_ref(), failure, None, now) else { return false };
        self.setbacks.insert(sha256, setback);
        self.pictures.remove(&sha256);
        true
    }

    /// When a picture of these plans is tried again.
    pub fn next_attempt<'a>(&self, plans: impl Iterator<Item = &'a Plan>, now: Instant) -> Option<Instant> {
        let setbacks = plans.flat_map(Plan::pictures).filter_map(|media| self.setbacks.get(&media.sha256));
        setbacks.map(|setback| setback.again).filter(|again| *again > now).min()
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
            (None, ..) if self.setbacks.contains_key(&media.sha256) => Availability::Waiting,
            (Some(picture), ..) => Availability::Ready(picture.width, picture.height),
            (None, Some(width), Some(height)) => Availability::Ready(width, height),
            (None, ..) => Availability::Waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::media::Fault;
    use crate::say;

    #[test]
    fn a_picture_whose_decoder_was_killed_is_waited_for_and_one_that_is_damaged_is_not() {
        let problem =
            Problem::new("anh.jpg", say!(en: "it failed", vi: "bị lỗi"), say!(en: "none", vi: "không"));
        let failure = |fault| Failure { problem: problem.clone(), fault };
        let media = Media {
            path: "anh.jpg".into(),
            length: 1,
            sha256: Sha256([7; 32]),
            width: Some(20),
            height: Some(10),
            duration_ms: None,
        };
        let now = clock::instant();
        let mut on_hand = OnHand::default();
        assert_eq!(on_hand.availability(&media), Availability::Ready(20, 10));
        for _ in 0..50 {
            assert!(on_hand.set_back(media.sha256, &failure(Fault::Outside), now));
            assert_eq!(on_hand.availability(&media), Availability::Waiting);
        }
        let picture = Picture { width: 2, height: 1, rgba: vec![255; 8] };
        assert_eq!(
            on_hand.put(media.sha256, Loaded::Picture(Arc::new(picture))),
            std::slice::from_ref(&problem)
        );
        assert_eq!(on_hand.availability(&media), Availability::Ready(2, 1));
        assert!(!on_hand.set_back(media.sha256, &failure(Fault::File), now));
    }
}
