//! Starting a decoder child, and talking to it with a deadline.

use super::wire::{self, Reply, Request, What};
use crate::store::Asset;
use rustix::process::Signal;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How decoder children are started.
#[derive(Debug, Clone)]
pub struct Decoder {
    program: PathBuf,
}

impl Decoder {
    /// This very program, as it was when it was started: an upgrade under a running board changes nothing.
    pub fn this_program() -> Decoder {
        Decoder { program: PathBuf::from("/proc/self/exe") }
    }

    /// Another `bangtin` program.
    pub fn at(program: PathBuf) -> Decoder {
        Decoder { program }
    }
}

/// A running decoder child. Dropping it kills the child, and never waits for long.
#[derive(Debug)]
pub(super) struct Process {
    child: Option<Child>,
    pub socket: OwnedFd,
}

impl Process {
    /// Starts a child and hands it the file.
    pub fn open(decoder: &Decoder, file: &Asset, what: What) -> io::Result<Process> {
        let (ours, theirs) = wire::pair()?;
        let child = Command::new(&decoder.program)
            .arg("decode")
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            // What a file makes a decoder say has no place in the board's log.
            .stderr(Stdio::null())
            .spawn()?;
        let process = Process { child: Some(child), socket: ours };
        let request = Request::Open { what, length: file.length() };
        wire::send(process.socket.as_fd(), &request, Some(file.file().as_fd()), true)?;
        Ok(process)
    }

    /// The next reply, by `deadline`.
    pub fn hear(&self, deadline: Instant) -> io::Result<Reply> {
        loop {
            let left = deadline.saturating_duration_since(crate::clock::instant());
            if wire::wait_readable(&self.socket, left.max(Duration::from_millis(1)))? {
                let got = wire::receive::<Reply>(self.socket.as_fd(), false)?;
                return got.map(|(reply, _)| reply).ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
            }
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Some(pid) = rustix::process::Pid::from_raw(child.id() as i32) {
            // It may have ended already.
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
        // A child that hangs in the kernel ignores SIGKILL; the player must not wait with it.
        if !matches!(child.try_wait(), Ok(Some(_))) {
            let reaper = std::thread::Builder::new().name("reaper".into()).stack_size(64 << 10);
            let _ = reaper.spawn(move || child.wait());
        }
    }
}
