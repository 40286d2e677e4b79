//! What the board knows of its feeds, and what of their content can be shown with the media that are here.

use crate::model::feed::{FeedContent, FeedState, Rights, Versions};
use crate::model::media::{Media, Sha256};
use crate::model::programme::{Notice, Programme};
use crate::model::status::FeedStatus;
use crate::problem::{Problem, Speech};
use crate::store::Generation;
use crate::trust::fresh::{self, News};
use jiff::Timestamp;
use std::sync::Arc;

/// One feed of the board's configuration.
#[derive(Debug)]
pub struct Feed {
    pub name: Arc<str>,
    pub url: String,
    pub rights: Rights,
    pub generation: Option<Generation>,
    pub last_check: Option<Timestamp>,
    pub last_news: Option<Timestamp>,
    pub error: Option<Problem>,
}

impl Feed {
    fn news(&self) -> Option<News> {
        let generation = self.generation.as_ref()?;
        let kept =
            generation.issued.map_or(generation.accepted_at, |issued| issued.max(generation.accepted_at));
        let last = self.last_news.map_or(kept, |news| news.max(kept));
        Some(News { last, expires: generation.expires })
    }

    pub fn state(&self, now: Timestamp) -> FeedState {
        fresh::state(now, self.news())
    }

    /// When its state changes by the passing of time alone.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        fresh::next_change(now, self.news()?)
    }

    /// What `programme` is given of it; `None` while nothing was ever verified.
    pub fn content(&self, now: Timestamp, missing: &impl Fn(&Media) -> bool) -> Option<FeedContent> {
        let generation = self.generation.as_ref()?;
        Some(FeedContent {
            name: self.name.clone(),
            rights: self.rights.clone(),
            state: self.state(now),
            last_news: self.news().map(|news| news.last),
            programme: showable(&generation.programme, missing),
            alerts: generation.alerts.clone(),
        })
    }

    pub fn status(&self, now: Timestamp, say: impl Fn(Timestamp) -> String) -> FeedStatus {
        let generation = self.generation.as_ref();
        FeedStatus {
            name: self.name.to_string(),
            url: self.url.clone(),
            state: self.state(now),
            generation: generation.map_or(0, |generation| generation.number),
            versions: generation.map_or(Versions::default(), |generation| generation.versions),
            last_check: self.last_check.map(&say),
            last_news: self.news().map(|news| say(news.last)),
            error: self.error.as_ref().map(|problem| problem.line(Speech::from_env())),
        }
    }
}

/// The programme without what waits for a file: a notice loses a picture or sound that is not here yet, and
/// shows; a film without its file shows its text, and without text does not show.
fn showable(programme: &Arc<Programme>, missing: &impl Fn(&Media) -> bool) -> Arc<Programme> {
    if !programme.media().any(missing) {
        return programme.clone();
    }
    let mut programme = Programme::clone(programme);
    let drop_missing = |media: &mut Option<Media>| {
        let gone = media.as_ref().is_some_and(missing);
        if gone {
            *media = None;
        }
        gone
    };
    drop_missing(&mut programme.emblem);
    programme.notices.retain_mut(|notice: &mut Notice| {
        let lost_film = drop_missing(&mut notice.video);
        let lost_picture = drop_missing(&mut notice.image);
        drop_missing(&mut notice.audio);
        notice.translations.values_mut().for_each(|translation| {
            drop_missing(&mut translation.audio);
        });
        let bare = notice.text.is_empty() && notice.image.is_none() && notice.video.is_none();
        !(bare && (lost_film || lost_picture))
    });
    programme.announcements.retain(|announcement| !missing(&announcement.audio));
    Arc::new(programme)
}

/// The names of files that are scheduled and not here, each once.
pub fn waiting(feeds: &[Feed], missing: &impl Fn(&Media) -> bool) -> Vec<String> {
    let mut seen: std::collections::HashSet<Sha256> = Default::default();
    let programmes = feeds.iter().filter_map(|feed| feed.generation.as_ref());
    let media: Vec<Media> =
        programmes.flat_map(|generation| generation.programme.media().cloned().collect::<Vec<_>>()).collect();
    media
        .into_iter()
        .filter(|media| missing(media) && seen.insert(media.sha256))
        .map(|media| media.path)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(byte: u8) -> Media {
        let sha256 = Sha256([byte; 32]);
        Media { path: format!("{byte}"), length: 1, sha256, width: None, height: None, duration_ms: None }
    }

    #[test]
    fn a_text_does_not_wait_for_a_film_and_a_film_without_text_does() {
        let toml = |id: &str, more: &str| format!("[[notice]]\nid = \"{id}\"\ntitle = \"{id}\"\n{more}\n");
        let text = toml("text", "text = \"a\"") + &toml("film", "") + &toml("both", "text = \"b\"");
        let mut programme: Programme = toml::from_str(&format!("title = \"x\"\n{text}")).unwrap();
        programme.notices[1].video = Some(media(1));
        programme.notices[2].video = Some(media(2));
        programme.notices[0].image = Some(media(3));
        let programme = Arc::new(programme);
        let shown = showable(&programme, &|_| true);
        let ids: Vec<&str> = shown.notices.iter().map(|notice| notice.id.as_str()).collect();
        assert_eq!(ids, ["text", "both"]);
        assert!(shown.notices.iter().all(|notice| notice.video.is_none() && notice.image.is_none()));
        assert!(Arc::ptr_eq(&showable(&programme, &|_| false), &programme));
    }
}
