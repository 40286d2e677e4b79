//! The only module that changes files: what is written here survives a power cut, or was never there.
//!
//! [`Disk`] is the few operations that durable state is made of, so that tests can put a disk beneath it
//! that loses what was not synced (sim.rs). [`Local`] is the machine's own. [`replace`] is the one way to
//! change a file that somebody may read at any instant: temporary name, sync, rename, sync the folder.
//!
//! Nothing here interprets what it stores. Every read has a bound. An error names no path by itself:
//! [`problem`] turns it into a sentence that does.

mod person;
#[cfg(test)]
pub mod sim;

pub use person::{png_name, read_for_person, typed, write_for_person, write_png_for_person};

use crate::problem::Problem;
use crate::say;
use rustix::fs::{FlockOperation, Mode, OFlags, ResolveFlags, flock, openat2};
use rustix::io::Errno;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub is_folder: bool,
    /// Bytes; 0 for a folder.
    pub length: u64,
    /// When its content last changed, from 1970.
    pub modified: Duration,
}

/// The operations that durable state is made of. Nothing lasts until [`sync`](Disk::sync) has returned: a
/// file's bytes by syncing the file, its name by syncing the folder that holds it.
pub trait Disk: fmt::Debug + Send + Sync {
    /// The whole file, refused with `FileTooLarge` beyond `length_max` bytes.
    fn read(&self, path: &Path, length_max: u64) -> io::Result<Vec<u8>>;
    /// For reading only. A symbolic link is refused.
    fn open(&self, path: &Path) -> io::Result<File>;
    /// What a folder holds, in no order. Entries whose names are not UTF-8 are left out.
    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>>;
    /// Makes the folder and those above it; fine when it is there.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;
    /// Makes the file, or empties it, and writes `bytes`.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file to `offset` bytes, makes it if need be, and writes `bytes` there.
    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes a file's bytes, or a folder's names, last.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Atomically; replaces a file at `to`.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file, or a folder with all that it holds; fine when it is not there.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Bytes that an ordinary user may still write where `path` is.
    fn free_bytes(&self, path: &Path) -> io::Result<u64>;
    /// Bytes written through this disk so far.
    fn written_bytes(&self) -> u64;
}

/// The machine's own file system.
#[derive(Debug, Default)]
pub struct Local {
    written: AtomicU64,
    /// Files below this folder are opened without following any symbolic link on the way down from it.
    base: Option<PathBuf>,
}

impl Local {
    /// For files that others may have laid down below `base`: a stick, a web server's folder, a state folder. `base`
    /// itself may be reached by links.
    pub fn within(base: &Path) -> Local {
        Local { base: Some(base.into()), ..Local::default() }
    }

    /// Opens without following a symbolic link at the end of the path, nor, below the base, anywhere in it.
    fn open_plain(&self, path: &Path, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = if flags.contains(OFlags::CREATE) { Mode::from_raw_mode(0o666) } else { Mode::empty() };
        let inside = self.base.as_deref().and_then(|base| Some((base, path.strip_prefix(base).ok()?)));
        if let Some((base, inside)) = inside.filter(|(_, inside)| !inside.as_os_str().is_empty()) {
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
            match openat2(File::open(base)?, inside, flags, mode, resolve) {
                // A kernel before 5.6, or a sandbox that does not know the call: as far as the last part goes.
                Err(Errno::NOSYS | Errno::PERM) => {}
                opened => return Ok(opened?.into()),
            }
        }
        Ok(rustix::fs::open(path, flags, mode)?.into())
    }
}

impl Disk for Local {
    fn read(&self, path: &Path, length_max: u64) -> io::Result<Vec<u8>> {
        let file = self.open(path)?;
        let mut bytes = Vec::new();
        file.take(length_max.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > length_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes)
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        // NONBLOCK: a FIFO put in a file's place must not hang the board.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let file = self.open_plain(path, flags)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(file)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (Ok(name), Ok(metadata)) = (entry.file_name().into_string(), entry.metadata()) else {
                continue;
            };
            let modified =
                metadata.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
            entries.push(Entry {
                name,
                is_folder: metadata.is_dir(),
                length: if metadata.is_dir() { 0 } else { metadata.len() },
                modified: modified.unwrap_or_default(),
            });
        }
        Ok(entries)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write_at(path, 0, bytes)
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.open_plain(path, OFlags::WRONLY | OFlags::CREATE)?;
        if file.metadata()?.len() != offset {
            file.set_len(offset)?;
        }
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let gone = match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(error) => Err(error),
        };
        match gone {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(path)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn written_bytes(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

/// Puts `bytes` at `path` as one step: a reader, or a power cut, finds the old file or the new one.
pub fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    let replaced = (|| {
        disk.write(&new, bytes)?;
        disk.sync(&new)?;
        disk.rename(&new, path)
    })();
    if let Err(error) = replaced {
        // What could not be completed must not fill the disk; the first error is the one that matters.
        let _ = disk.remove(&new);
        return Err(error);
    }
    disk.sync(folder_of(path))
}

/// `path` with `suffix` added to its name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The folder that holds `path`.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a folder of mode 0700, with those above it; one that is there becomes so.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// Makes a new file of mode 0600 that lasts; refused with `AlreadyExists` where there is one.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    File::open(folder_of(path))?.sync_all()
}

/// Holds a lock file until dropped, or until the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a child that was just forked holds it too, until it runs its program. Where this
        // fails, closing it must do.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

impl Lock {
    /// Takes the lock at `path`, making the file if need be. `None`: another process holds it.
    pub fn take(path: &Path) -> io::Result<Option<Lock>> {
        let writing = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = match writing {
            // A read-only file can be locked too, so that a read-only folder still knows its one player.
            // Where there is no file either, that the folder is read-only is what matters.
            Err(error) if is_read_only(&error) => File::open(path).map_err(|_| error)?,
            other => other?,
        };
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock { file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The disk, or this folder, cannot be written to at all.
pub fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// There is no room left, or no quota.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What to tell people when a file could not be read or written.
pub fn problem(path: &Path, error: &io::Error) -> Problem {
    let subject = path.display().to_string();
    if is_full(error) {
        return Problem::new(
            subject,
            say!(en: "the disk is full", vi: "ổ đĩa đã đầy"),
            say!(en: "free some space on this disk", vi: "hãy giải phóng bớt dung lượng ổ đĩa"),
        );
    }
    match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => Problem::new(
            subject,
            say!(en: "the disk is read-only", vi: "ổ đĩa chỉ cho đọc, không ghi được"),
            say!(en: "mount it for writing; a memory card that turned read-only is worn out: replace it",
                vi: "hãy gắn lại ổ đĩa ở chế độ ghi; thẻ nhớ tự chuyển sang chỉ đọc là thẻ đã hỏng: hãy thay thẻ"),
        ),
        io::ErrorKind::PermissionDenied => Problem::new(
            subject,
            say!(en: "permission denied", vi: "không có quyền truy cập"),
            say!(en: "give this user the right to read and write it", vi: "hãy cấp quyền đọc và ghi cho người dùng này"),
        ),
        io::ErrorKind::IsADirectory => Problem::new(
            subject,
            say!(en: "this is a folder, not a file", vi: "đây là thư mục, không phải tệp"),
            say!(en: "give the name of a file", vi: "hãy ghi tên một tệp"),
        ),
        io::ErrorKind::NotFound => Problem::new(
            subject,
            say!(en: "no such file or folder", vi: "không có tệp hoặc thư mục này"),
            say!(en: "check the path", vi: "hãy kiểm tra lại đường dẫn"),
        ),
        io::ErrorKind::NotADirectory => Problem::new(
            subject,
            say!(en: "it is not a folder, or lies below what is none", vi: "đây không phải là thư mục, hoặc nằm dưới một tệp"),
            say!(en: "check the path", vi: "hãy kiểm tra lại đường dẫn"),
        ),
        io::ErrorKind::AlreadyExists => Problem::new(
            subject,
            say!(en: "it is there already, and is not overwritten", vi: "đã có sẵn và sẽ không bị ghi đè"),
            say!(en: "choose another folder, or move it away", vi: "hãy chọn thư mục khác, hoặc chuyển nó đi nơi khác"),
        ),
        io::ErrorKind::FileTooLarge => Problem::new(
            subject,
            say!(en: "the file is too large", vi: "tệp quá lớn"),
            say!(en: "check that this is the right file", vi: "hãy kiểm tra xem có đúng tệp này không"),
        ),
        _ => Problem::new(
            subject,
            say!(en: "cannot be read or written: {error}", vi: "không đọc hoặc ghi được: {error}", error = error),
            say!(en: "check the disk, and that the path is right", vi: "hãy kiểm tra ổ đĩa và đường dẫn"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_was_given_up_is_free_though_a_child_has_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = Lock::take(&path).unwrap().unwrap();
        let inherited = lock.file.try_clone().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        drop(lock);
        assert!(Lock::take(&path).unwrap().is_some());
        drop(inherited);
    }

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let disk = Local::default();
        replace(&disk, &path, b"one").unwrap();
        replace(&disk, &path, b"2").unwrap();
        assert_eq!(disk.read(&path, 10).unwrap(), b"2");
        assert_eq!(disk.list(folder.path()).unwrap().len(), 1);
        assert_eq!(disk.written_bytes(), 4);
    }

    #[test]
    fn what_is_not_a_plain_file_or_is_too_long_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Local::default();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        disk.write(&real, b"12345").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(disk.open(&link).is_err());
        assert!(disk.open(folder.path()).is_err());
        assert_eq!(disk.read(&real, 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(disk.read(&real, 5).unwrap(), b"12345");
    }

    #[test]
    fn no_link_on_the_way_down_from_the_base_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (base, outside) = (folder.path().join("base"), folder.path().join("outside"));
        std::fs::create_dir_all(base.join("real")).unwrap();
        std::fs::create_dir_all(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, base.join("link")).unwrap();
        std::os::unix::fs::symlink(&base, folder.path().join("by-link")).unwrap();
        std::fs::write(outside.join("a"), b"secret").unwrap();
        for base in [base, folder.path().join("by-link")] {
            let disk = Local::within(&base);
            disk.write(&base.join("real/a"), b"12").unwrap();
            assert_eq!(disk.read(&base.join("real/a"), 9).unwrap(), b"12");
            assert!(disk.read(&base.join("link/a"), 9).is_err());
            assert!(disk.read(&base.join("../outside/a"), 9).is_err());
            assert!(disk.write(&base.join("link/b"), b"1").is_err() && !outside.join("b").exists());
        }
    }

    #[test]
    fn one_lock_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::take(&path).unwrap();
        assert!(held.is_some());
        assert!(Lock::take(&path).unwrap().is_none());
        drop(held);
        assert!(Lock::take(&path).unwrap().is_some());
    }
}
