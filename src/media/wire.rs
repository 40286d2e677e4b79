//! What the player and its decoder child say to each other: one `postcard` message a datagram, over a
//! SOCK_SEQPACKET socket that is the child's standard input. Descriptors travel beside the message.
//!
//! The child is not trusted: every number it sends is checked against what the player asked for.

use crate::limits::{PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::model::media::{ColourRange, FilmTraits, Matrix};
use crate::shm::Layout;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Longest message: an error text with room to spare.
const MESSAGE_BYTES_MAX: usize = 4096;

/// Player to child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// With the file's descriptor. `length` in bytes.
    Open { what: What, length: u64 },
    /// With the memfd. For a picture, `frame` is its size, RGBA8.
    Memory(Layout),
    /// The picture in this slot has been replaced on the board.
    Release { slot: u8 },
    /// Stereo frames heard so far.
    Heard { frames: u64 },
}

/// What the file is opened for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// Tell what it is, having decoded its beginning and looked through the rest.
    Probe,
    /// A still picture, scaled to fit within these pixels.
    Picture { max_width: u32, max_height: u32 },
    /// A film from `start_us` on, its sound resampled to `sound_rate` (0: leave the sound out).
    Film { start_us: i64, threads: u32, sound_rate: u32 },
    /// The sound alone.
    Sound { start_us: i64, sound_rate: u32 },
}

/// Child to player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// Before anything of the file is read.
    Hello(Confinement),
    Ready(Found),
    /// The still picture has been written.
    Picture,
    /// A film picture is in `slot`, to be seen `pts_us` after the film's start.
    Frame {
        slot: u8,
        pts_us: i64,
        matrix: Matrix,
        range: ColourRange,
    },
    /// It decodes, and has nothing to show yet.
    Working,
    /// Sound is in the ring up to `frames`.
    Sound {
        frames: u64,
    },
    End {
        decode_errors: u32,
    },
    Failed {
        stage: Stage,
        message: String,
    },
}

/// Which of the kernel's walls stand around a decoder (`child::confine`). Without one the others hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    pub landlock: bool,
    pub seccomp: bool,
}

/// Where a file failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Open,
    TooLarge,
    NoPicture,
    NoSound,
    /// There is sound, and it cannot be made stereo at an ordinary rate.
    Unheard,
    Decode,
    CutOff,
    /// The message is when the first damaged picture is seen, in seconds.
    Damaged,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Pixels as seen: rotated, pixel aspect applied. For `What::Picture`, already scaled to fit.
    pub picture: Option<[u32; 2]>,
    /// A still, not a film.
    pub still: bool,
    pub sound: bool,
    /// `None` if the file does not say.
    pub duration_us: Option<i64>,
    /// Of a film that was looked through.
    pub film: Option<FilmTraits>,
    /// Of a sound that was listened through: nothing is heard.
    pub silent: bool,
}

impl Found {
    /// Whether a file can be so at all: a picture within what any may have, a length of time.
    pub(super) fn is_sane(&self) -> bool {
        let fits = |[width, height]: [u32; 2]| {
            let pixels = u64::from(width) * u64::from(height);
            width.max(height) <= PICTURE_SIDE_MAX && (1..=PICTURE_PIXELS_MAX).contains(&pixels)
        };
        self.picture.is_none_or(fits)
            && self.film.is_none_or(|film| fits(film.coded) && film.rate[1] > 0)
            && self.duration_us.is_none_or(|us| us > 0)
            && (self.picture.is_some() || self.sound && !self.still)
    }
}

/// Sends one message, with at most one descriptor. Never blocks if `wait` is false.
pub fn send<T: Serialize>(
    socket: BorrowedFd<'_>,
    message: &T,
    fd: Option<BorrowedFd<'_>>,
    wait: bool,
) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fds = fd.map(|fd| [fd]);
    if let Some(fds) = &fds {
        ancillary.push(SendAncillaryMessage::ScmRights(fds));
    }
    let flags = if wait { SendFlags::NOSIGNAL } else { SendFlags::NOSIGNAL | SendFlags::DONTWAIT };
    loop {
        match rustix::net::sendmsg(socket, &[IoSlice::new(&bytes)], &mut ancillary, flags) {
            Err(rustix::io::Errno::INTR) => continue,
            other => return other.map(drop).map_err(io::Error::from),
        }
    }
}

/// Receives one message. `Ok(None)`: the other side is gone. `WouldBlock` if there is none and `wait` is false;
/// `InvalidData` for one that makes no sense, is too long, has bytes to spare or brings more than one descriptor.
pub fn receive<T: DeserializeOwned>(
    socket: BorrowedFd<'_>,
    wait: bool,
) -> io::Result<Option<(T, Option<OwnedFd>)>> {
    let mut bytes = [0; MESSAGE_BYTES_MAX];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = if wait { RecvFlags::CMSG_CLOEXEC } else { RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT };
    let got = loop {
        match rustix::net::recvmsg(socket, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, flags) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(rustix::io::Errno::CONNRESET) => return Ok(None),
            other => break other?,
        }
    };
    if got.bytes == 0 {
        return Ok(None);
    }
    let fd = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    let whole = !got.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC);
    let message = read(&bytes[..got.bytes]).filter(|_| whole).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some((message, fd)))
}

/// The message that the bytes are, all of them.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (message, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(message)
}

/// A connected pair: the player's end, the child's end.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    let pair = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    Ok(pair)
}

/// Waits until there is something to receive, at most `timeout`. False on time-out.
pub fn wait_readable(socket: &impl AsFd, timeout: std::time::Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let timeout = Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: i64::from(timeout.subsec_nanos()) };
    let mut fds = [PollFd::new(socket, PollFlags::IN)];
    match poll(&mut fds, Some(&timeout)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shm::FrameLayout;

    #[test]
    fn a_message_and_its_descriptor_arrive_together_and_rubbish_is_an_error() {
        let (ours, theirs) = pair().unwrap();
        let memory = crate::shm::Mapping::create(4096).unwrap();
        let layout = Layout { frame: FrameLayout { width: 2, height: 2 }, slots: 1, sound_frames: 0 };
        send(ours.as_fd(), &Request::Memory(layout), Some(memory.memory()), true).unwrap();
        let (request, fd) = receive::<Request>(theirs.as_fd(), true).unwrap().unwrap();
        assert_eq!(request, Request::Memory(layout));
        assert!(fd.is_some());
        rustix::io::write(&ours, &[0xff; 9]).unwrap();
        assert_eq!(receive::<Request>(theirs.as_fd(), true).unwrap_err().kind(), io::ErrorKind::InvalidData);
        drop(ours);
        assert!(receive::<Request>(theirs.as_fd(), true).unwrap().is_none());
    }
}
