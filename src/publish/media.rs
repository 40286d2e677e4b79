//! Media on their way into a SITE folder: `media/<sha256>`, each written once.

use crate::disk::{self, Disk, Local};
use crate::model::media::Sha256;
use crate::problem::{Outcome, Problem};
use crate::say;
use sha2::Digest;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A media file to publish: what was measured, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    pub sha256: Sha256,
    /// Bytes.
    pub length: u64,
    /// In the author's folder.
    pub source: PathBuf,
}

/// Copies the file into the folder unless it is there. `true`: it was copied.
///
/// # Errors
/// It is not the file any more that was measured; it cannot be read, or not be written.
pub(super) fn publish(folder: &Path, file: &MediaFile) -> Outcome<bool> {
    let disk = Local::default();
    let path = folder.join(file.sha256.to_string());
    if disk.open(&path).and_then(|held| held.metadata()).is_ok_and(|held| held.len() == file.length) {
        return Ok(false);
    }
    let new = disk::beside(&path, ".new");
    let copied = copy(&disk, file, &new).and_then(|()| {
        let named = disk.sync(&new).and_then(|()| disk.rename(&new, &path)).and_then(|()| disk.sync(folder));
        named.map_err(|error| disk::problem(&path, &error))
    });
    if copied.is_err() {
        // The first error is the one that matters.
        let _ = disk.remove(&new);
    }
    copied.map(|()| true)
}

fn copy(disk: &Local, file: &MediaFile, to: &Path) -> Outcome<()> {
    let unreadable = |error: io::Error| disk::problem(&file.source, &error);
    let mut source = disk.open(&file.source).map_err(unreadable)?;
    let (mut hasher, mut buffer, mut at) = (sha2::Sha256::new(), vec![0; 1 << 20], 0u64);
    disk.write(to, &[]).map_err(|error| disk::problem(to, &error))?;
    loop {
        let count = source.read(&mut buffer).map_err(unreadable)?;
        if count == 0 || at > file.length {
            break;
        }
        hasher.update(&buffer[..count]);
        disk.write_at(to, at, &buffer[..count]).map_err(|error| disk::problem(to, &error))?;
        at += count as u64;
    }
    if at == file.length && hasher.finalize().as_slice() == file.sha256.0 {
        return Ok(());
    }
    Err(Problem::new(
        file.source.display().to_string(),
        say!(en: "the file was changed while it was being published", vi: "tệp bị thay đổi trong khi đang xuất bản"),
        say!(en: "wait until nobody changes it, and publish again", vi: "hãy đợi sửa xong rồi xuất bản lại"),
    ))
}
