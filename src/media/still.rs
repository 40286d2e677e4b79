//! One question, one answer: what a file is, or a still picture decoded.

use super::fault::Failure;
use super::process::{Decoder, Process};
use super::refusal;
use super::wire::{Found, Reply, Request, Stage, What};
use crate::clock;
use crate::limits::{FILM_PIXELS_MAX, PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::model::media::Picture;
use crate::problem::Outcome;
use crate::shm::{FrameLayout, Layout, Mapping};
use crate::store::Asset;
use std::os::fd::AsFd;
use std::time::Duration;

/// A 64-megapixel picture took 3 s on a slow core.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest film is read to its end in a few minutes; one that takes longer is made to.
const PROBE_MAX: Duration = Duration::from_secs(900);

/// Says what a file is, its beginning having been decoded.
///
/// # Errors
/// What cannot be decoded, is too large, or holds neither pictures nor sound; a child that crashed or hung.
pub fn probe(decoder: &Decoder, file: &Asset) -> Outcome<Found> {
    let found = examine(decoder, file)?;
    match found.picture.filter(|_| !found.still) {
        Some([width, height]) if u64::from(width) * u64::from(height) > FILM_PIXELS_MAX => {
            let size = format!("{width} x {height} pixels");
            Err(refusal::refused(file.name(), Stage::TooLarge, &size))
        }
        _ => Ok(found),
    }
}

/// The same for whoever can make a film smaller: one that is too large is told with its size, and was not decoded.
///
/// # Errors
/// As for [`probe`], but for that.
pub fn examine(decoder: &Decoder, file: &Asset) -> Outcome<Found> {
    let unheard = |error: std::io::Error| Failure::of_child(file.name(), &error).problem;
    let latest = clock::instant() + PROBE_MAX;
    let process = Process::open(decoder, file, What::Probe, clock::instant() + PATIENCE).map_err(unheard)?;
    loop {
        let deadline = (clock::instant() + PATIENCE).min(latest);
        match process.hear(deadline).map_err(unheard)? {
            Reply::Ready(found) if found.is_sane() => return Ok(found),
            Reply::Working => {}
            Reply::Failed { stage, message } => return Err(refusal::refused(file.name(), stage, &message)),
            _ => return Err(refusal::nonsense(file.name())),
        }
    }
}

/// Decodes a still picture, upright and no larger than `max` (width, height in pixels).
///
/// # Errors
/// As for [`probe`].
pub fn picture(decoder: &Decoder, file: &Asset, max: (u32, u32)) -> Result<Picture, Failure> {
    let unheard = |error: std::io::Error| Failure::of_child(file.name(), &error);
    let nonsense = || Failure::of_file(refusal::nonsense(file.name()));
    let deadline = clock::instant() + PATIENCE;
    let max_width = max.0.clamp(1, PICTURE_SIDE_MAX);
    let max_height = max.1.clamp(1, PICTURE_SIDE_MAX);
    let what = What::Picture { max_width, max_height };
    let process = Process::open(decoder, file, what, deadline).map_err(unheard)?;
    let found = match process.hear(deadline).map_err(unheard)? {
        Reply::Ready(found) => found,
        Reply::Failed { stage, message } => {
            return Err(Failure::of_file(refusal::refused(file.name(), stage, &message)));
        }
        _ => return Err(nonsense()),
    };
    let [width, height] = found.picture.ok_or_else(nonsense)?;
    let pixels = u64::from(width) * u64::from(height);
    let sane = (1..=max_width).contains(&width) && (1..=max_height).contains(&height);
    if !sane || pixels > PICTURE_PIXELS_MAX {
        return Err(nonsense());
    }
    let bytes = pixels as usize * 4;
    // A picture is one "slot" of rows without padding; only the total matters here.
    let frame = FrameLayout { width: width.next_multiple_of(64) * 4, height };
    let layout = Layout { frame, slots: 1, sound_frames: 0 };
    let memory = Mapping::create(layout.total_bytes()).map_err(unheard)?;
    crate::media::wire::send(process.socket.as_fd(), &Request::Memory(layout), Some(memory.memory()), false)
        .map_err(unheard)?;
    match process.hear(deadline).map_err(unheard)? {
        Reply::Picture => {}
        _ => return Err(nonsense()),
    }
    let rgba = memory.bytes(0, bytes).ok_or_else(nonsense)?.to_vec();
    Ok(Picture { width, height, rgba })
}
