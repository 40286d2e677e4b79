//! A disk in memory that loses power: for tests.
//!
//! It behaves as the strictest reading of POSIX allows. A file's bytes last once the file was synced, a name
//! once its folder was; a rename is one step. At the `n`-th operation the power goes, every later one fails,
//! and [`SimDisk::reboot`] gives the disk as it is found afterwards: of what was not synced, names are kept
//! up to some point in the order in which they changed, and bytes are kept, lost, cut short or turned to
//! zeroes. Which is drawn from a seed.

use super::{Disk, Entry, folder_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

type Bytes = Vec<u8>;

#[derive(Debug, Clone, Default)]
struct Tree {
    folders: BTreeSet<PathBuf>,
    /// Which node each name means.
    files: BTreeMap<PathBuf, usize>,
    /// Names that last in a folder whose own name does not last yet: they are found once it does.
    waiting: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Folder(PathBuf),
    File(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

impl Change {
    fn touches(&self, folder: &Path) -> bool {
        match self {
            Change::Folder(path) | Change::File(path, _) | Change::Remove(path) => folder_of(path) == folder,
            Change::Rename(from, to) => folder_of(from) == folder || folder_of(to) == folder,
        }
    }
}

impl Tree {
    fn apply(&mut self, change: &Change) {
        let has_folder = |tree: &Tree, path: &Path| tree.folders.contains(folder_of(path));
        match change {
            Change::Folder(path) if has_folder(self, path) => {
                self.folders.insert(path.clone());
                let (found, waiting) =
                    std::mem::take(&mut self.waiting).into_iter().partition::<Vec<_>, _>(|c| c.touches(path));
                self.waiting = waiting;
                found.iter().for_each(|change| self.apply(change));
            }
            Change::File(path, node) if has_folder(self, path) => {
                self.files.insert(path.clone(), *node);
            }
            Change::Rename(from, to) if has_folder(self, to) => self.rename(from, to),
            Change::Remove(path) => {
                self.files.retain(|file, _| !file.starts_with(path));
                self.folders.retain(|folder| !folder.starts_with(path));
            }
            _ => self.waiting.push(change.clone()),
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        let moved = |path: &PathBuf| match path.strip_prefix(from) {
            Ok(rest) if rest.as_os_str().is_empty() => to.to_path_buf(),
            Ok(rest) => to.join(rest),
            Err(_) => path.clone(),
        };
        // What is moved goes in last: it replaces what was there.
        let mut files: Vec<_> = self.files.iter().map(|(path, &node)| (path.clone(), node)).collect();
        files.sort_by_key(|(path, _)| path.starts_with(from));
        self.files = files.iter().map(|(path, node)| (moved(path), *node)).collect();
        self.folders = self.folders.iter().map(moved).collect();
    }
}

#[derive(Debug, Clone, Default)]
struct Node {
    now: Bytes,
    durable: Bytes,
}

#[derive(Debug, Clone, Default)]
struct State {
    nodes: Vec<Node>,
    now: Tree,
    durable: Tree,
    pending: Vec<Change>,
    operations: u64,
    power_off_at: Option<u64>,
    room: Option<u64>,
    read_only: bool,
    written: u64,
}

/// The simulated disk. Its one folder at first is `/`.
#[derive(Debug, Default)]
pub struct SimDisk(Mutex<State>);

impl SimDisk {
    pub fn new() -> SimDisk {
        let mut state = State::default();
        for tree in [&mut state.now, &mut state.durable] {
            tree.folders.insert("/".into());
        }
        SimDisk(Mutex::new(state))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Changes to files and names so far.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }
    /// Takes the power away at this operation, counted from the beginning.
    pub fn power_off_at(&self, operation: u64) {
        self.state().power_off_at = Some(operation);
    }
    /// How many bytes fit in all.
    pub fn room(&self, bytes: Option<u64>) {
        self.state().room = bytes;
    }
    pub fn read_only(&self, yes: bool) {
        self.state().read_only = yes;
    }
    /// Flips a bit of a file, synced or not.
    pub fn spoil(&self, path: &Path) {
        let mut state = self.state();
        let node = state.now.files[path];
        let middle = state.nodes[node].now.len() / 2;
        state.nodes[node].now[middle] ^= 1;
    }
    /// Paths of all files.
    pub fn files(&self) -> Vec<PathBuf> {
        self.state().now.files.keys().cloned().collect()
    }

    /// A copy as it is, power and all.
    pub fn copy(&self) -> SimDisk {
        SimDisk(Mutex::new(self.state().clone()))
    }

    /// The disk as it is found after the power has come back.
    pub fn reboot(&self, seed: u64) -> SimDisk {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut state = self.state().clone();
        let mut tree = std::mem::take(&mut state.durable);
        let kept = random.usize(..=state.pending.len());
        state.pending.iter().take(kept).for_each(|change| tree.apply(change));
        for node in &mut state.nodes {
            if node.now != node.durable {
                node.now = match random.u8(..4) {
                    0 => node.durable.clone(),
                    1 => node.now.clone(),
                    2 => node.now[..random.usize(..=node.now.len())].to_vec(),
                    _ => vec![0; node.now.len()],
                };
            }
            node.durable = node.now.clone();
        }
        SimDisk(Mutex::new(State {
            nodes: state.nodes,
            now: tree.clone(),
            durable: tree,
            ..State::default()
        }))
    }

    fn change<T>(&self, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state();
        if state.read_only {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        state.operations += 1;
        if state.power_off_at.is_some_and(|at| state.operations >= at) {
            return Err(io::Error::other("the power is off"));
        }
        work(&mut state)
    }
}

fn not_found<T>() -> io::Result<T> {
    Err(io::ErrorKind::NotFound.into())
}

impl State {
    fn record(&mut self, change: Change) {
        self.now.apply(&change);
        self.pending.push(change);
    }
    fn used(&self) -> u64 {
        self.now.files.values().map(|&node| self.nodes[node].now.len() as u64).sum()
    }
}

impl Disk for SimDisk {
    fn read(&self, path: &Path, length_max: u64) -> io::Result<Vec<u8>> {
        let state = self.state();
        let Some(&node) = state.now.files.get(path) else { return not_found() };
        let bytes = state.nodes[node].now.clone();
        if bytes.len() as u64 > length_max { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        let bytes = self.read(path, u64::MAX)?;
        let memory = rustix::fs::memfd_create("sim", rustix::fs::MemfdFlags::CLOEXEC)?;
        let mut file = File::from(memory);
        file.write_all(&bytes)?;
        file.rewind()?;
        Ok(file)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let state = self.state();
        if !state.now.folders.contains(folder) {
            return not_found();
        }
        let named = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let inside = |path: &&PathBuf| folder_of(path) == folder && path.as_path() != folder;
        let folders = state.now.folders.iter().filter(inside).map(|path| Entry {
            name: named(path),
            is_folder: true,
            length: 0,
            modified: Duration::ZERO,
        });
        let files =
            state.now.files.iter().filter(|(path, _)| folder_of(path) == folder).map(|(path, &node)| {
                let length = state.nodes[node].now.len() as u64;
                Entry {
                    name: named(path),
                    is_folder: false,
                    length,
                    modified: Duration::from_secs(node as u64),
                }
            });
        Ok(folders.chain(files).collect())
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.change(|state| {
            let above: Vec<PathBuf> = folder.ancestors().map(Path::to_path_buf).collect();
            for path in above.into_iter().rev().filter(|path| !path.as_os_str().is_empty()) {
                if !state.now.folders.contains(&path) {
                    state.record(Change::Folder(path));
                }
            }
            Ok(())
        })
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write_at(path, 0, bytes)
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(|state| {
            if !state.now.folders.contains(folder_of(path)) {
                return not_found();
            }
            let node = match state.now.files.get(path) {
                Some(&node) => node,
                None => {
                    state.nodes.push(Node::default());
                    let node = state.nodes.len() - 1;
                    state.record(Change::File(path.into(), node));
                    node
                }
            };
            state.nodes[node].now.resize(offset as usize, 0);
            if state.room.is_some_and(|room| state.used() + bytes.len() as u64 > room) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            state.nodes[node].now.extend_from_slice(bytes);
            state.written += bytes.len() as u64;
            Ok(())
        })
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        self.change(|state| {
            if let Some(&node) = state.now.files.get(path) {
                state.nodes[node].durable = state.nodes[node].now.clone();
                return Ok(());
            }
            if !state.now.folders.contains(path) {
                return not_found();
            }
            let (settled, pending) =
                std::mem::take(&mut state.pending).into_iter().partition::<Vec<_>, _>(|c| c.touches(path));
            state.pending = pending;
            settled.iter().for_each(|change| state.durable.apply(change));
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(|state| {
            if !state.now.files.contains_key(from) && !state.now.folders.contains(from) {
                return not_found();
            }
            state.record(Change::Rename(from.into(), to.into()));
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let state = self.state();
        let is_there = state.now.files.contains_key(path) || state.now.folders.contains(path);
        drop(state);
        if !is_there {
            return Ok(());
        }
        self.change(|state| {
            state.record(Change::Remove(path.into()));
            Ok(())
        })
    }

    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        let state = self.state();
        Ok(state.room.map_or(u64::MAX, |room| room.saturating_sub(state.used())))
    }

    fn written_bytes(&self) -> u64 {
        self.state().written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_synced_lasts_and_what_was_not_may_not() {
        let (file, new) = (Path::new("/a"), Path::new("/a.new"));
        let disk = SimDisk::new();
        super::super::replace(&disk, file, b"old").unwrap();
        disk.write(new, b"new").unwrap();
        disk.rename(new, file).unwrap();
        let mut found = BTreeSet::new();
        for seed in 0..200 {
            found.insert(disk.reboot(seed).read(file, 9).unwrap());
        }
        // Without a sync before the rename, a file may lose its bytes.
        assert!(found.contains(&b"old"[..]) && found.contains(&b"new"[..]) && found.contains(&b""[..]));
        super::super::replace(&disk, file, b"newest").unwrap();
        for seed in 0..200 {
            assert_eq!(disk.reboot(seed).read(file, 9).unwrap(), b"newest");
        }
    }
}
