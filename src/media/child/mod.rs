//! `bangtin decode`: the process in which every media file is opened.
//!
//! It is given one file as an open descriptor over its standard input, and memory to write pictures and
//! sound into; it can open nothing else, and ends when the player closes the socket, or dies. A file that crashes, hangs,
//! fills or takes it over costs that one item, not the board. `sandbox` says what it is held by.

mod animated;
mod ffmpeg;
mod film;
mod sandbox;
mod sound;
mod still;
mod timeline;

pub use sandbox::confine;

/// FFmpeg's names for the containers that are opened, between commas.
pub const FORMATS: &std::ffi::CStr = ffmpeg::FORMATS;

use super::wire::{self, Reply, Request, Stage, What};
use crate::shm::{Layout, SampleWriter, WritableMapping};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::ExitCode;
use still::{Format, Kind};

/// The player is gone, or said something that makes no sense.
#[derive(Debug)]
pub(super) struct Gone;

/// Why a file is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    pub stage: Stage,
    pub message: String,
}

impl Refusal {
    pub(super) fn new(stage: Stage, message: impl ToString) -> Refusal {
        Refusal { stage, message: message.to_string() }
    }
}

/// What ends the work before its end.
#[derive(Debug)]
pub(super) enum Stop {
    Gone,
    Refused(Refusal),
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Stop {
        Stop::Gone
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

/// The child's end of the conversation.
pub(super) struct Player<'a> {
    socket: BorrowedFd<'a>,
}

impl Player<'_> {
    pub(super) fn say(&self, reply: &Reply) -> Result<(), Gone> {
        wire::send(self.socket, reply, None, true).map_err(|_| Gone)
    }

    /// The next request; without `wait`, `None` if there is none.
    pub(super) fn hear(&self, wait: bool) -> Result<Option<(Request, Option<OwnedFd>)>, Gone> {
        match wire::receive(self.socket, wait) {
            Ok(Some(got)) => Ok(Some(got)),
            Err(error) if !wait && error.kind() == std::io::ErrorKind::WouldBlock => Ok(None),
            Ok(None) | Err(_) => Err(Gone),
        }
    }

    /// Waits for the shared memory.
    pub(super) fn memory(&self) -> Result<(Layout, WritableMapping), Gone> {
        let Some((Request::Memory(layout), Some(fd))) = self.hear(true)? else { return Err(Gone) };
        let mapping = WritableMapping::map(fd.as_fd(), layout.total_bytes()).map_err(|_| Gone)?;
        Ok((layout, mapping))
    }
}

/// The ring of sound as the child fills it.
pub(super) fn sample_writer(layout: Layout) -> Option<SampleWriter> {
    (layout.sound_frames > 0).then(|| SampleWriter::new(layout.sound_offset(), layout.sound_frames))
}

/// Serves the player on standard input until it closes.
pub fn run() -> ExitCode {
    let confinement = confine();
    let stdin = std::io::stdin();
    let player = Player { socket: stdin.as_fd() };
    let served = player.say(&Reply::Hello(confinement)).map_err(Stop::from).and_then(|()| serve(&player));
    let ended = match served {
        Err(Stop::Refused(Refusal { stage, message })) => {
            // A message must fit a datagram.
            let message = message.chars().take(500).collect();
            player.say(&Reply::Failed { stage, message })
        }
        Err(Stop::Gone) => Err(Gone),
        Ok(()) => Ok(()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(Gone) => ExitCode::FAILURE,
    }
}

fn serve(player: &Player<'_>) -> Result<(), Stop> {
    let Some((Request::Open { what, length }, Some(file))) = player.hear(true)? else {
        return Err(Stop::Gone);
    };
    let kind = still::recognises(&file, length);
    match what {
        What::Probe if matches!(kind, Some(Kind::Still(_))) => {
            let picture = still::probe(&file, length)?;
            player.say(&Reply::Ready(still::found(picture)))?;
        }
        What::Probe if kind == Some(Kind::Animated(Format::WebP)) => {
            player.say(&Reply::Ready(animated::probe(&file, length)?))?;
        }
        What::Probe => {
            if kind == Some(Kind::Animated(Format::Gif)) {
                still::check_moving_gif(&file, length)?;
            }
            let found = film::survey(file, length, || player.say(&Reply::Working))?;
            player.say(&Reply::Ready(found))?;
        }
        What::Picture { max_width, max_height } => {
            let picture = still::decode(&file, length, max_width, max_height)?;
            player.say(&Reply::Ready(still::found([picture.width, picture.height])))?;
            let (_, mut memory) = player.memory()?;
            let bytes = memory.bytes(0, picture.rgba.len()).ok_or(Gone)?;
            bytes.copy_from_slice(&picture.rgba);
            player.say(&Reply::Picture)?;
        }
        What::Film { start_us, threads, sound_rate } => {
            let wanted = film::Wanted { picture: true, start_us, threads, sound_rate };
            if kind == Some(Kind::Animated(Format::WebP)) {
                film::play_animation(player, file, length, &wanted)?;
            } else {
                film::play(player, file, length, wanted)?;
            }
        }
        What::Sound { start_us, sound_rate } => {
            let wanted = film::Wanted { picture: false, start_us, threads: 1, sound_rate };
            film::play(player, file, length, wanted)?;
        }
    }
    Ok(())
}
