//! Media files by their SHA-256: fetched in parts, adopted whole, proven before use.
//!
//! `media/<sha256>` is complete and immutable; `media/<sha256>.part` is on its way. A part grows by
//! appending, is synced now and then so that a power cut costs little, and gets its name only after its
//! digest and a sync. Feeds share the folder: the name is the content.
//!
//! Memory cards forget. A file is hashed again before its first use in a run; one that does not fit its name
//! is removed, reported as missing, and so fetched again; its bytes are never shown.

use super::asset::{Asset, digest};
use super::evict::{self, Held};
use super::{Store, Unavailable};
use crate::disk;
use crate::limits::{DISK_RESERVE_BYTES, IDLE_MEDIA_BYTES_MAX};
use crate::model::media::{Media, Sha256};
use crate::problem::{Outcome, Problem};
use crate::say;
use sha2::Digest;
use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// A part is synced whenever this many bytes were added: the last sync, before adoption, stays short.
const SYNC_EVERY_BYTES: u64 = 8 << 20;

/// Which file was proven: should it be another one next time, it is hashed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    /// Nobody can set this one back.
    changed: (i64, i64),
}

impl Proof {
    fn of(file: &File) -> io::Result<Proof> {
        let metadata = file.metadata()?;
        Ok(Proof {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

impl Store {
    fn media_folder(&self) -> PathBuf {
        self.folder.join("media")
    }
    fn media_path(&self, sha256: Sha256) -> PathBuf {
        self.media_folder().join(sha256.to_string())
    }

    /// A complete file of this digest is here. Cheap; its bytes are not looked at.
    pub fn has(&self, sha256: &Sha256) -> bool {
        self.disk.open(&self.media_path(*sha256)).is_ok()
    }

    /// Its bytes were proven in this run: [`asset`](Store::asset) will not have to hash it.
    pub fn is_proven(&self, sha256: &Sha256) -> bool {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner).contains_key(sha256)
    }

    /// The file, proven. The first call for a file in a run reads it all: seconds for a long film on a small
    /// board, so not for the thread that draws.
    ///
    /// # Errors
    /// [`Unavailable::Missing`] if it is not here, or was damaged and is now removed: it will be fetched.
    pub fn asset(&self, media: &Media) -> Result<Asset, Unavailable> {
        let path = self.media_path(media.sha256);
        let fault = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Unavailable::Missing,
            _ => Unavailable::Fault(self.fault(&path, &error)),
        };
        let file = self.disk.open(&path).map_err(fault)?;
        let proof = Proof::of(&file).map_err(fault)?;
        let known = self.proofs.lock().unwrap_or_else(PoisonError::into_inner).get(&media.sha256).copied();
        if known != Some(proof) {
            let sound = digest(&file).map_err(fault)? == media.sha256;
            let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
            if !sound {
                proofs.remove(&media.sha256);
                drop(proofs);
                tracing::warn!(file = %path.display(), "a media file was damaged on this disk; it is fetched again");
                self.disk.remove(&path).map_err(fault)?;
                return Err(Unavailable::Missing);
            }
            proofs.insert(media.sha256, proof);
        }
        if proof.length != media.length {
            return Err(Unavailable::Fault(wrong_length(&media.path, proof.length, media.length)));
        }
        Ok(Asset::proven(file, media.sha256, proof.length, &media.path))
    }

    /// Bytes of all media files here, parts included.
    pub fn media_bytes(&self) -> u64 {
        self.disk.list(&self.media_folder()).unwrap_or_default().iter().map(|entry| entry.length).sum()
    }

    fn held(&self) -> Vec<Held> {
        let entries = self.disk.list(&self.media_folder()).unwrap_or_default();
        let named = entries.into_iter().filter_map(|entry| {
            let sha256 = entry.name.strip_suffix(".part").unwrap_or(&entry.name).parse().ok()?;
            Some(Held { sha256, length: entry.length, modified: entry.modified })
        });
        named.collect()
    }

    fn forget(&self, sha256: Sha256) {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner).remove(&sha256);
        for path in [self.media_path(sha256), disk::beside(&self.media_path(sha256), ".part")] {
            if let Err(error) = self.disk.remove(&path) {
                tracing::warn!(file = %path.display(), %error, "could not be removed");
            }
        }
    }

    /// Removes media that nothing schedules, beyond what is worth keeping for a notice that comes back.
    pub fn tidy_media(&self, scheduled: &HashSet<Sha256>) {
        let held = self.held();
        let excess = evict::idle_bytes(&held, scheduled).saturating_sub(IDLE_MEDIA_BYTES_MAX);
        evict::choose(&held, scheduled, excess).into_iter().for_each(|sha256| self.forget(sha256));
    }

    /// Makes sure that `bytes` more can be written and a reserve stays free for texts and warnings, removing
    /// media that nothing schedules if it must.
    ///
    /// # Errors
    /// There is no room even then.
    pub fn make_room(&self, bytes: u64, scheduled: &HashSet<Sha256>) -> Outcome<()> {
        let free = || self.disk.free_bytes(&self.folder).map_err(|error| self.fault(&self.folder, &error));
        let needed = bytes.saturating_add(DISK_RESERVE_BYTES);
        let lacking = needed.saturating_sub(free()?);
        if lacking == 0 {
            return Ok(());
        }
        let held = self.held();
        evict::choose(&held, scheduled, lacking).into_iter().for_each(|sha256| self.forget(sha256));
        let free = free()?;
        if free >= needed {
            return Ok(());
        }
        Err(no_room(&self.folder, bytes, free))
    }

    /// Begins or resumes a download: what is there of it is hashed again.
    pub fn part(&self, media: &Media) -> Outcome<Part<'_>> {
        let folder = self.media_folder();
        let path = disk::beside(&self.media_path(media.sha256), ".part");
        let fault = |error: io::Error| self.fault(&path, &error);
        if !self.ready_for_media.swap(true, std::sync::atomic::Ordering::Relaxed) {
            self.disk.create_folder(&folder).map_err(fault)?;
            self.disk.sync(&self.folder).map_err(fault)?;
        }
        let mut part = Part {
            store: self,
            media: media.clone(),
            path: path.clone(),
            written: 0,
            unsynced: 0,
            hasher: sha2::Sha256::new(),
        };
        match self.disk.open(&path) {
            Ok(file) => part.take_up(&file).map_err(fault)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fault(error)),
        }
        Ok(part)
    }
}

fn wrong_length(name: &str, found: u64, signed: u64) -> Problem {
    Problem::new(
        name,
        say!(en: "it is {found} bytes long and was signed with {signed}",
            vi: "tệp dài {found} byte nhưng đã ký là {signed} byte", found = found, signed = signed),
        say!(en: "publish the programme again", vi: "hãy xuất bản lại chương trình"),
    )
}

/// A media file on its way in.
#[derive(Debug)]
pub struct Part<'a> {
    store: &'a Store,
    media: Media,
    path: PathBuf,
    written: u64,
    unsynced: u64,
    hasher: sha2::Sha256,
}

impl Part<'_> {
    /// Bytes that are here: where to go on from.
    pub fn written(&self) -> u64 {
        self.written
    }
    /// All bytes are here; [`finish`](Part::finish) tells whether they are the right ones.
    pub fn is_whole(&self) -> bool {
        self.written >= self.media.length
    }

    fn take_up(&mut self, file: &File) -> io::Result<()> {
        let mut buffer = vec![0; 256 << 10];
        loop {
            let count = file.read_at(&mut buffer, self.written)?;
            if count == 0 {
                break;
            }
            self.hasher.update(&buffer[..count]);
            self.written += count as u64;
        }
        if self.written > self.media.length {
            self.restart();
        }
        Ok(())
    }

    /// Forgets what is here: the next bytes are the first.
    pub fn restart(&mut self) {
        self.written = 0;
        self.unsynced = 0;
        self.hasher = sha2::Sha256::new();
    }

    /// Removes what is here.
    pub fn discard(&mut self) -> Outcome<()> {
        self.restart();
        self.store.disk.remove(&self.path).map_err(|error| self.store.fault(&self.path, &error))
    }

    /// Adds the next bytes.
    ///
    /// # Errors
    /// More bytes than were signed (all is then forgotten), or the disk cannot take them.
    pub fn append(&mut self, bytes: &[u8]) -> Outcome<()> {
        let found = self.written.saturating_add(bytes.len() as u64);
        if found > self.media.length {
            self.discard()?;
            return Err(wrong_length(&self.media.path, found, self.media.length));
        }
        let disk = &self.store.disk;
        let fault = |error: io::Error| self.store.fault(&self.path, &error);
        disk.write_at(&self.path, self.written, bytes).map_err(fault)?;
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY_BYTES {
            disk.sync(&self.path).map_err(fault)?;
            self.unsynced = 0;
        }
        Ok(())
    }

    /// Adopts the file if its bytes are the signed ones; otherwise removes it.
    ///
    /// # Errors
    /// The digest differs, or the disk failed.
    pub fn finish(self) -> Outcome<()> {
        let disk = &self.store.disk;
        let fault = |error: io::Error| self.store.fault(&self.path, &error);
        if self.written != self.media.length || self.hasher.finalize().as_slice() != self.media.sha256.0 {
            disk.remove(&self.path).map_err(fault)?;
            return Err(Problem::new(
                self.media.path,
                say!(en: "the downloaded file is not the one that was signed (wrong SHA-256)",
                    vi: "tệp tải về không phải là tệp đã ký (sai SHA-256)"),
                say!(en: "copy `media` of the SITE folder to the web server again",
                    vi: "hãy chép lại thư mục `media` của SITE lên máy chủ web"),
            ));
        }
        let path = self.store.media_path(self.media.sha256);
        disk.sync(&self.path).map_err(fault)?;
        disk.rename(&self.path, &path).map_err(fault)?;
        disk.sync(&self.store.media_folder()).map_err(fault)?;
        // Proven as it was written; should the disk have changed it since, the next run finds out.
        if let Ok(proof) = disk.open(&path).and_then(|file| Proof::of(&file)) {
            let mut proofs = self.store.proofs.lock().unwrap_or_else(PoisonError::into_inner);
            proofs.insert(self.media.sha256, proof);
        }
        Ok(())
    }
}

/// What to tell people where `bytes` more do not fit beside what is always left free. Fewer films help only where
/// it is the file that is large.
fn no_room(folder: &Path, bytes: u64, free: u64) -> Problem {
    let (free, reserve, file) = (free >> 20, DISK_RESERVE_BYTES >> 20, bytes.div_ceil(1 << 20));
    let subject = folder.display().to_string();
    let why = match bytes {
        0 => say!(
            en: "the disk is nearly full: {free} MB are free, and {reserve} MB are always kept free for what must be written",
            vi: "ổ đĩa gần đầy: còn {free} MB, mà luôn phải chừa {reserve} MB cho những gì bắt buộc phải ghi"
        ),
        _ => say!(
            en: "the disk is nearly full: {free} MB are free, the next file needs {file} MB, and {reserve} MB are always kept free",
            vi: "ổ đĩa gần đầy: còn {free} MB, tệp tiếp theo cần {file} MB, mà luôn phải chừa {reserve} MB"
        ),
    };
    let remedy = match bytes > DISK_RESERVE_BYTES {
        true => say!(
            en: "free some space on this disk, or show fewer films at once",
            vi: "hãy giải phóng bớt dung lượng ổ đĩa, hoặc bớt phim chiếu cùng lúc"
        ),
        false => say!(en: "free some space on this disk", vi: "hãy giải phóng bớt dung lượng ổ đĩa"),
    };
    Problem::new(subject, why, remedy)
}
