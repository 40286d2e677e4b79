//! The thread that proves and decodes files before their turn, so that the board's loop never waits for a disk.

use super::event::{Event, Loaded};
use super::supervise;
use crate::media::{Decoder, picture};
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

/// A handle to the loader; jobs are done in order.
#[derive(Debug)]
pub struct Loader {
    jobs: Sender<(Media, Want)>,
}

impl Loader {
    pub fn start(store: Arc<Store>, decoder: Decoder, events: Sender<Event>) -> std::io::Result<Loader> {
        let (jobs, inbox) = channel::<(Media, Want)>();
        let work = move || {
            for (media, want) in inbox {
                let asset = store.asset(&media).map_err(|unavailable| match unavailable {
                    Unavailable::Fault(problem) => problem,
                    Unavailable::Missing => gone(&media.path),
                });
                let loaded = asset.and_then(|asset| match want {
                    Want::Playable => Ok(Loaded::Playable(asset)),
                    Want::Picture { max } => {
                        picture(&decoder, &asset, max).map(|p| Loaded::Picture(Arc::new(p)))
                    }
                });
                if events.send(Event::Loaded(media.sha256, Box::new(loaded))).is_err() {
                    return;
                }
            }
        };
        // Without it no picture and no film would ever come again.
        supervise::spawn("loader", work)?;
        Ok(Loader { jobs })
    }

    /// The answer comes as [`Event::Loaded`].
    pub fn load(&self, media: Media, want: Want) {
        // The thread ends only with the program.
        let _ = self.jobs.send((media, want));
    }
}

fn gone(name: &str) -> Problem {
    Problem::new(
        name,
        say!(en: "the file was found damaged and removed", vi: "tệp bị hỏng và đã được xóa"),
        say!(en: "nothing: it is fetched again", vi: "không cần làm gì: tệp sẽ được tải lại"),
    )
}
