//! An animated WebP, played as a film without sound.

use super::super::animated::{Animation, Shown};
use super::super::wire::{Found, Reply, Stage};
use super::super::{Player, Refusal, Stop};
use super::painter::{Painter, Pose};
use super::turn::Turn;
use super::{Outlet, Wanted};
use ff::format::Pixel;
use ffmpeg_the_third as ff;
use std::os::fd::OwnedFd;

/// Plays to the end, or until the player has had enough; after its last picture that picture stands.
pub(in super::super) fn play(
    player: &Player<'_>,
    file: OwnedFd,
    length: u64,
    wanted: &Wanted,
) -> Result<(), Stop> {
    let animation = Animation::open(&file, length)?;
    let (width, height) = animation.size();
    player.say(&Reply::Ready(Found {
        picture: Some([width, height]),
        still: false,
        sound: false,
        duration_us: Some(animation.length_us()),
        film: None,
        silent: false,
    }))?;
    let mut outlet = Outlet::open(player)?;
    let mut painter = Painter::default();
    let mut frame = ff::frame::Video::new(Pixel::RGBA, width, height);
    let pose = Pose { turn: Turn::default(), pixel_aspect: 1.0 };
    let (mut shown, mut errors) = (0, 0);
    let mut pictures = animation.pictures();
    let mut before = None;
    while let Some(picture) = pictures.next() {
        let Ok(Shown { picture, at_us, lasts_us }) = picture else {
            errors += 1;
            continue;
        };
        lay(picture, &mut frame);
        if at_us.saturating_add(lasts_us) <= wanted.start_us {
            before = Some(at_us);
            continue;
        }
        let slot = outlet.slot(None)?;
        shown += u32::from(painter.show(&mut outlet, slot, (&frame, at_us), pose)?);
    }
    if let (0, Some(at_us)) = (shown, before) {
        let slot = outlet.slot(None)?;
        shown += u32::from(painter.show(&mut outlet, slot, (&frame, at_us), pose)?);
    }
    if shown == 0 {
        return Err(Refusal::new(Stage::Decode, "not one picture of it can be decoded").into());
    }
    outlet.close(errors)
}

fn lay(picture: &image::RgbaImage, frame: &mut ff::frame::Video) {
    let (stride, row) = (frame.stride(0), picture.width() as usize * 4);
    let lines = frame.data_mut(0).chunks_mut(stride).zip(picture.as_raw().chunks_exact(row));
    for (to, from) in lines {
        to[..row].copy_from_slice(from);
    }
}
