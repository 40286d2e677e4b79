//! What a file is, by its first bytes and its parts; its name does not count.

use super::{gif, png, webp};
use std::io;
use std::os::fd::OwnedFd;

/// How a picture is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Format {
    Jpeg,
    Png,
    WebP,
    Gif,
}

/// What a file that begins as a picture holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Still(Format),
    /// Several pictures, one after another: a film.
    Animated(Format),
}

/// A GIF has its pictures anywhere; each look takes this much of it.
const LOOKED_AT_BYTES: usize = 64 << 10;

/// Says what a file is; `None` where it begins as none of these.
pub(in super::super) fn kind(file: &OwnedFd, length: u64) -> Option<Kind> {
    let mut parts = Parts { file, length, at: 0, held: Vec::new(), start: 0 };
    let head = parts.get(0, 30)?.to_vec();
    match () {
        () if head.starts_with(b"\xff\xd8\xff") => Some(Kind::Still(Format::Jpeg)),
        () if head.starts_with(png::SIGNATURE) => Some(png::kind(&mut parts)),
        () if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Some(webp::kind(&head)),
        () if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") => Some(gif::kind(&mut parts)),
        () => None,
    }
}

/// Bytes of a file by their place, some around them held.
pub(super) struct Parts<'a> {
    file: &'a OwnedFd,
    length: u64,
    pub(super) at: u64,
    held: Vec<u8>,
    start: u64,
}

impl Parts<'_> {
    /// As many of `count` bytes from `from` on as there are; `None` where there is none.
    pub(super) fn get(&mut self, from: u64, count: usize) -> Option<&[u8]> {
        let inside = |start: u64, held: &[u8]| {
            let at = usize::try_from(from.checked_sub(start)?).ok()?;
            (at + count <= held.len()).then_some(at)
        };
        if inside(self.start, &self.held).is_none() {
            self.start = from;
            self.held.resize(LOOKED_AT_BYTES.max(count), 0);
            let got = read_at(self.file, &mut self.held, from).ok()?;
            self.held.truncate(got);
        }
        let at = usize::try_from(from.checked_sub(self.start)?).ok()?;
        let end = (at + count).min(self.held.len());
        self.held.get(at..end).filter(|bytes| !bytes.is_empty())
    }

    /// The next so many bytes, all of them.
    pub(super) fn next(&mut self, count: usize) -> Option<&[u8]> {
        let at = self.at;
        self.at = at.checked_add(count as u64)?;
        self.get(at, count).filter(|bytes| bytes.len() == count)
    }

    pub(super) fn skip(&mut self, count: u64) {
        self.at = self.at.saturating_add(count).min(self.length);
    }
}

/// By position, leaving the descriptor's own offset (which the player shares) alone.
fn read_at(file: &OwnedFd, buffer: &mut [u8], from: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match rustix::io::pread(file, &mut buffer[filled..], from + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(filled)
}

/// All of a file.
pub(in super::super) fn read(file: &OwnedFd, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    let got = read_at(file, &mut bytes, 0)?;
    bytes.truncate(got);
    Ok(bytes)
}
