//! What a board keeps: verified feeds and their media, in a folder that survives a power cut at any moment.
//!
//! ```text
//! STATE/version                             the shape of this folder
//! STATE/lock                                held by the one player
//! STATE/feeds/<feed>/trust/                 rollback floors: newest roots, timestamp, snapshot
//! STATE/feeds/<feed>/serving/<generation>/  one complete verified state, never changed once named
//! STATE/feeds/<feed>/current                the generation that shows
//! STATE/media/<sha256>                      media of all feeds; `.part` while on its way
//! ```
//!
//! Promises: a reader after a power cut finds the old complete state or the new one (feed.rs); nothing is
//! shown whose signatures, at boot, or whose digest, at first use, do not hold (media.rs); nothing is written
//! when nothing changes. A folder that cannot be written still serves what it holds, and what is verified
//! meanwhile shows from memory (unsaved.rs): that is reported by [`Store::problems`] and [`Store::unsaved`], not
//! refused. Refused are a folder that another player uses, and one that a newer
//! version wrote.

mod asset;
#[cfg(test)]
mod crash_tests;
mod evict;
mod feed;
mod media;
mod unsaved;

pub use asset::Asset;
pub use feed::{Generation, Loaded};
pub use media::Part;

use crate::disk::{self, Disk, Local, Lock};
use crate::model::media::Sha256;
use crate::problem::{Outcome, Problem};
use crate::say;
use std::collections::HashMap;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// The shape of the folder that this program reads and writes.
const VERSION: u64 = 1;

/// Why there is no [`Asset`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// Not here, or not any more: it is being fetched.
    Missing,
    /// Here, but of no use.
    Fault(Problem),
}

/// The state directory of one board. Shared between threads by reference.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    problems: Vec<Problem>,
    proofs: Mutex<HashMap<Sha256, media::Proof>>,
    feeds: Mutex<HashMap<String, feed::Serving>>,
    unsaved: Mutex<HashMap<String, unsaved::Unsaved>>,
    ready_for_media: AtomicBool,
    _lock: Option<Lock>,
    /// What is told of every file where the state directory is another user's: one sentence, and not one for each.
    anothers: Option<Problem>,
}

/// The owner of a state directory that this user may not write to.
fn owner_elsewhere(state: &Path) -> Option<u32> {
    let owner = std::fs::metadata(state).ok()?.uid();
    let own = rustix::process::geteuid().as_raw();
    let writable = rustix::fs::access(state, rustix::fs::Access::WRITE_OK).is_ok();
    (owner != own && !writable).then_some(owner)
}

fn anothers(state: &Path, owner: u32) -> Problem {
    Problem::new(
        state.display().to_string(),
        say!(en: "this state directory is another user's, and this one may not write there: nothing is kept, and `status` and `screenshot` do not work",
            vi: "thư mục trạng thái này của người dùng khác, người dùng này không được ghi: không lưu lại được gì, không dùng được `status` và `screenshot`"),
        say!(en: "run the board as that user: put sudo -u '#{owner}' before the command; or give it a directory of its own with --state",
            vi: "hãy chạy bảng bằng người dùng đó: thêm sudo -u '#{owner}' ở đầu lệnh; hoặc chọn thư mục riêng bằng --state"),
    )
}

impl Store {
    /// Opens the state directory, making it if need be, for this process alone.
    ///
    /// # Errors
    /// Another player uses it; a newer version of this program wrote it; it is not there and cannot be made.
    pub fn open(state: &Path) -> Outcome<Store> {
        let disk = Local::within(state);
        let mut problems = Vec::new();
        if let Err(error) = disk.create_folder(state)
            && !state.is_dir()
        {
            return Err(disk::problem(state, &error));
        }
        let anothers = owner_elsewhere(state).map(|owner| anothers(state, owner));
        let lock = match Lock::take(&state.join("lock")) {
            Ok(Some(lock)) => Some(lock),
            Ok(None) => {
                return Err(Problem::new(
                    state.display().to_string(),
                    say!(en: "another player is using this state directory",
                        vi: "một trình phát khác đang dùng thư mục trạng thái này"),
                    say!(en: "stop the other player, or give this one its own `--state`",
                        vi: "hãy dừng trình phát kia, hoặc dùng `--state` khác"),
                ));
            }
            Err(error) => {
                problems.extend(anothers.is_none().then(|| disk::problem(&state.join("lock"), &error)));
                None
            }
        };
        problems.extend(anothers.clone());
        Store::on(Arc::new(disk), state, lock, (anothers, problems))
    }

    /// What to tell people when one of its files could not be read or written.
    pub(super) fn fault(&self, path: &Path, error: &io::Error) -> Problem {
        let anothers = self.anothers.as_ref().filter(|_| error.kind() == io::ErrorKind::PermissionDenied);
        anothers.cloned().unwrap_or_else(|| disk::problem(path, error))
    }

    /// The directory is another user's, as its problems say.
    pub fn is_anothers(&self) -> bool {
        self.anothers.is_some()
    }

    fn on(
        disk: Arc<dyn Disk>,
        state: &Path,
        lock: Option<Lock>,
        (anothers, problems): (Option<Problem>, Vec<Problem>),
    ) -> Outcome<Store> {
        let mut store = Store {
            folder: state.to_path_buf(),
            disk,
            problems,
            proofs: Mutex::default(),
            feeds: Mutex::default(),
            unsaved: Mutex::default(),
            ready_for_media: AtomicBool::new(false),
            _lock: lock,
            anothers,
        };
        store.check_version()?;
        Ok(store)
    }

    fn check_version(&mut self) -> Outcome<()> {
        let path = self.folder.join("version");
        let found = match self.disk.read(&path, 64) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).trim().parse::<u64>().ok(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(self.fault(&path, &error)),
        };
        match found {
            Some(version) if version > VERSION => Err(Problem::new(
                self.folder.display().to_string(),
                say!(en: "a newer version of Bangtin wrote this state directory",
                    vi: "thư mục trạng thái này do phiên bản Bangtin mới hơn ghi"),
                say!(en: "install the newer version again, or use an empty state directory",
                    vi: "hãy cài lại phiên bản mới hơn, hoặc dùng một thư mục trạng thái trống"),
            )),
            Some(VERSION) => Ok(()),
            // New, or the file was lost: its content follows from this program alone.
            _ => {
                if let Err(error) = disk::replace(&*self.disk, &path, format!("{VERSION}\n").as_bytes()) {
                    let fault = self.fault(&path, &error);
                    self.problems.push(fault);
                }
                Ok(())
            }
        }
    }

    /// What was wrong with the state directory when it was opened, though it could be.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The state directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes that this run has caused to be written.
    pub fn written_bytes(&self) -> u64 {
        self.disk.written_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    #[test]
    fn a_second_player_on_the_same_folder_is_refused_and_a_later_one_is_not() {
        let state = tempfile::tempdir().unwrap();
        let first = Store::open(state.path()).unwrap();
        let refused = Store::open(state.path()).unwrap_err().line(Speech::English);
        assert!(refused.contains("another player"), "{refused}");
        drop(first);
        Store::open(state.path()).unwrap();
    }

    #[test]
    fn a_folder_from_a_newer_version_is_refused_and_a_half_written_one_is_not() {
        let state = tempfile::tempdir().unwrap();
        std::fs::write(state.path().join("version"), "2\n").unwrap();
        assert!(Store::open(state.path()).unwrap_err().line(Speech::English).contains("newer version"));
        std::fs::write(state.path().join("version"), "").unwrap();
        let store = Store::open(state.path()).unwrap();
        assert!(store.problems().is_empty());
        assert_eq!(std::fs::read(state.path().join("version")).unwrap(), b"1\n");
    }

    #[test]
    fn opening_an_unchanged_folder_writes_nothing() {
        let state = tempfile::tempdir().unwrap();
        drop(Store::open(state.path()).unwrap());
        assert_eq!(Store::open(state.path()).unwrap().written_bytes(), 0);
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_refused() {
        let state = tempfile::tempdir().unwrap();
        let file = state.path().join("state");
        std::fs::write(&file, "x").unwrap();
        assert!(Store::open(&file).is_err());
        assert!(Store::open(&file.join("below")).is_err());
    }
}
