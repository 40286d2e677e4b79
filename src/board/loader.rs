//! The threads that prove and decode files before their turn, so that the board's loop never waits for a disk. Pictures have
//! one of their own: a file whose decoder hangs must not hold up the next film.

use super::event::{Event, Loaded};
use super::supervise;
use crate::media::{Decoder, Failure, picture};
use crate::model::media::Media;
use crate::problem::Problem;
use crate::say;
use crate::store::{Store, Unavailable};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

/// What is wanted of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// A still picture, decoded, no larger than this many pixels.
    Picture { max: (u32, u32) },
    /// A film or sound, its hash proven.
    Playable,
}

/// A handle to the loader; jobs of each kind are done in order.
#[derive(Debug)]
pub struct Loader {
    pictures: Sender<(Media, Want)>,
    playable: Sender<(Media, Want)>,
}

impl Loader {
    pub fn start(store: Arc<Store>, decoder: Decoder, events: Sender<Event>) -> std::io::Result<Loader> {
        // Without them no picture and no film would ever come again.
        Ok(Loader {
            pictures: work("pictures", store.clone(), decoder.clone(), events.clone())?,
            playable: work("loader", store, decoder, events)?,
        })
    }

    /// The answer comes as [`Event::Loaded`].
    pub fn load(&self, media: Media, want: Want) {
        let jobs = match want {
            Want::Picture { .. } => &self.pictures,
            Want::Playable => &self.playable,
        };
        // The thread ends only with the program.
        let _ = jobs.send((media, want));
    }
}

fn work(
    name: &'static str,
    store: Arc<Store>,
    decoder: Decoder,
    events: Sender<Event>,
) -> std::io::Result<Sender<(Media, Want)>> {
    let (jobs, inbox) = channel::<(Media, Want)>();
    let work = move || {
        for (media, want) in inbox {
            let asset = store.asset(&media).map_err(|unavailable| match unavailable {
                Unavailable::Fault(problem) => Failure::of_file(problem),
                Unavailable::Missing => Failure::of_file(gone(&media.path)),
            });
            let loaded = asset.and_then(|asset| match want {
                Want::Playable => Ok(Loaded::Playable(asset)),
                Want::Picture { max } => picture(&decoder, &asset, max).map(|p| Loaded::Picture(Arc::new(p))),
            });
            if events.send(Event::Loaded(media.sha256, Box::new(loaded))).is_err() {
                return;
            }
        }
    };
    supervise::spawn(name, work)?;
    Ok(jobs)
}

fn gone(name: &str) -> Problem {
    Problem::new(
        name,
        say!(en: "the file was found damaged and removed", vi: "tệp bị hỏng và đã được xóa"),
        say!(en: "nothing: it is fetched again", vi: "không cần làm gì: tệp sẽ được tải lại"),
    )
}
