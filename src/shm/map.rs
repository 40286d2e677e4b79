//! A sealed memfd and its mappings.

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::mm::{MapFlags, ProtFlags};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;

/// The player's half: read-only.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    length: usize,
    memory: OwnedFd,
}

// SAFETY: the mapping is plain memory, valid in every thread until it is dropped.
unsafe impl Send for Mapping {}
// SAFETY: as above; there are no writes through it.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// New zeroed memory of `length` bytes that can neither grow nor shrink.
    pub fn create(length: usize) -> io::Result<Mapping> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let memory = rustix::fs::memfd_create("bangtin-frames", flags)?;
        rustix::fs::ftruncate(&memory, length as u64)?;
        rustix::fs::fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let start = map(memory.as_fd(), length, ProtFlags::READ)?;
        Ok(Mapping { start, length, memory })
    }

    /// To be sent to the child.
    pub fn memory(&self) -> BorrowedFd<'_> {
        self.memory.as_fd()
    }

    /// `None` outside the mapping.
    pub fn bytes(&self, offset: usize, length: usize) -> Option<&[u8]> {
        let end = offset.checked_add(length)?;
        if end > self.length {
            return None;
        }
        // SAFETY: the range lies within the mapping, which lives as long as `self` and cannot shrink (it is
        // sealed). The child writes here only while the player does not read (a slot belongs to one side at
        // a time); should a broken child write all the same, only the values of picture bytes change.
        Some(unsafe { std::slice::from_raw_parts(self.start.as_ptr().add(offset), length) })
    }

    /// Where the `index`-th 32-bit word from `offset` lies; for the sound ring. `None` outside.
    pub(super) fn word(&self, offset: usize, index: usize) -> Option<&std::sync::atomic::AtomicU32> {
        let at = index.checked_mul(4)?.checked_add(offset)?;
        if at % 4 != 0 || at.checked_add(4)? > self.length {
            return None;
        }
        // SAFETY: aligned (mappings start on a page) and within the mapping; only loads are done through it,
        // so the read-only protection holds.
        Some(unsafe { &*self.start.as_ptr().add(at).cast() })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        unmap(self.start, self.length);
    }
}

/// The child's half: writable.
#[derive(Debug)]
pub struct WritableMapping {
    start: NonNull<u8>,
    length: usize,
}

impl WritableMapping {
    /// Maps memory that the player sent. Fails unless it is at least `length` bytes long.
    pub fn map(memory: BorrowedFd<'_>, length: usize) -> io::Result<WritableMapping> {
        let size = rustix::fs::fstat(memory)?.st_size;
        if u64::try_from(size).unwrap_or(0) < length as u64 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "shared memory is too short"));
        }
        Ok(WritableMapping { start: map(memory, length, ProtFlags::READ | ProtFlags::WRITE)?, length })
    }

    /// `None` outside the mapping.
    pub fn bytes(&mut self, offset: usize, length: usize) -> Option<&mut [u8]> {
        let end = offset.checked_add(length)?;
        if end > self.length {
            return None;
        }
        // SAFETY: within the mapping, and exclusively borrowed in this process. The player reads only slots
        // that this process has handed over by a message.
        Some(unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr().add(offset), length) })
    }
}

impl Drop for WritableMapping {
    fn drop(&mut self) {
        unmap(self.start, self.length);
    }
}

fn map(memory: BorrowedFd<'_>, length: usize, protection: ProtFlags) -> io::Result<NonNull<u8>> {
    // SAFETY: a new mapping at an address of the kernel's choice aliases nothing in this process.
    let start =
        unsafe { rustix::mm::mmap(std::ptr::null_mut(), length, protection, MapFlags::SHARED, memory, 0)? };
    NonNull::new(start.cast()).ok_or_else(|| io::Error::other("mmap gave address 0"))
}

fn unmap(start: NonNull<u8>, length: usize) {
    // SAFETY: exactly what `map` returned, unmapped once, from `drop`. It cannot fail for such a range.
    let _ = unsafe { rustix::mm::munmap(start.as_ptr().cast(), length) };
}
