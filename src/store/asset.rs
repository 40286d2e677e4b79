//! A media file that may be shown: an open descriptor whose bytes were proven to be the signed ones.
//!
//! Pictures, film and sound reach a decoder only as an [`Asset`], and only the store makes one, after
//! hashing the very file that it hands over. The descriptor stays readable when the file is evicted.

use crate::disk::Disk;
use crate::model::media::Sha256;
use crate::problem::Outcome;
use sha2::Digest;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// An open, proven, read-only media file. Cheap to clone; read it with `pread`, for the clones share one
/// file position.
#[derive(Debug, Clone)]
pub struct Asset {
    file: Arc<File>,
    sha256: Sha256,
    length: u64,
    name: Arc<str>,
}

impl Asset {
    pub(super) fn proven(file: File, sha256: Sha256, length: u64, name: &str) -> Asset {
        Asset { file: Arc::new(file), sha256, length, name: name.into() }
    }

    /// A file of the author's own folder, for previews before anything is signed. Never for a board.
    ///
    /// # Errors
    /// It is not there, not a plain file (a symbolic link is not), or cannot be read.
    pub fn from_author_folder(path: &Path) -> Outcome<Asset> {
        let fault = |error: io::Error| crate::disk::problem(path, &error);
        let file = crate::disk::Local::default().open(path).map_err(fault)?;
        let length = file.metadata().map_err(fault)?.len();
        let sha256 = digest(&file).map_err(fault)?;
        Ok(Asset::proven(file, sha256, length, &path.display().to_string()))
    }

    /// Read-only, at no particular position.
    pub fn file(&self) -> &File {
        &self.file
    }
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }
    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }
    /// As people know it: its path in the programme folder.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The SHA-256 of a whole file, wherever its position stands.
pub(super) fn digest(file: &File) -> io::Result<Sha256> {
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut offset = 0;
    loop {
        match file.read_at(&mut buffer, offset) {
            Ok(0) => return Ok(Sha256(hasher.finalize().into())),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
