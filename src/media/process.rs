//! Starting a decoder child, and talking to it with a deadline.

use super::wire::{self, Confinement, Reply, Request, What};
use crate::problem::Problem;
use crate::say;
use crate::store::Asset;
use rustix::process::Signal;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How decoder children are started.
#[derive(Debug, Clone)]
pub struct Decoder {
    program: PathBuf,
    /// As the first child had it; the kernel stays the same.
    confinement: Arc<OnceLock<Confinement>>,
}

impl Decoder {
    /// This very program, as it was when it was started: an upgrade under a running board changes nothing.
    pub fn this_program() -> Decoder {
        Decoder::at(PathBuf::from("/proc/self/exe"))
    }

    /// Another `bangtin` program.
    pub fn at(program: PathBuf) -> Decoder {
        Decoder { program, confinement: Arc::default() }
    }

    /// What this machine's kernel lacks to hold a decoder, by name; empty while none has been started.
    pub fn lacks(&self) -> Vec<&'static str> {
        let Some(confinement) = self.confinement.get() else { return Vec::new() };
        [("Landlock", confinement.landlock), ("seccomp", confinement.seccomp)]
            .into_iter()
            .filter_map(|(name, holds)| (!holds).then_some(name))
            .collect()
    }

    fn note(&self, confinement: Confinement) {
        if self.confinement.set(confinement).is_ok()
            && let Some(problem) = unconfined(&self.lacks())
        {
            tracing::warn!("{problem}");
        }
    }
}

/// What people are told where decoders lack some of what should hold them; `None` where they lack nothing.
pub fn unconfined(lacks: &[impl AsRef<str>]) -> Option<Problem> {
    let names: Vec<&str> = lacks.iter().map(AsRef::as_ref).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| {
        Problem::new(
            "decoder",
            say!(en: "this machine does not have {names}, by which a file that is made to do harm is held; all else that holds it is there",
                 vi: "máy này không có {names} để chặn tệp được tạo ra nhằm phá hoại; các lớp chặn khác vẫn có"),
            say!(en: "everything plays; start the machine with a 64-bit kernel that has {names}, as Debian's own does, and no `lsm=` that leaves it out",
                 vi: "mọi tệp vẫn phát được; hãy khởi động máy bằng nhân 64 bit có {names}, như nhân của Debian, và không có `lsm=` bỏ nó ra"),
        )
    })
}

/// How long a child that has closed its socket may take to end.
const ENDING: Duration = Duration::from_millis(100);

/// A running decoder child. Dropping it kills the child, and never waits for long.
#[derive(Debug)]
pub(super) struct Process {
    child: Option<Child>,
    pub socket: OwnedFd,
}

impl Process {
    /// Starts a child, hands it the file, and waits until it is confined.
    ///
    /// # Errors
    /// What [`Process::hear`] has; `InvalidData` if the first word is another.
    pub fn open(decoder: &Decoder, file: &Asset, what: What, deadline: Instant) -> io::Result<Process> {
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
        match process.hear(deadline)? {
            Reply::Hello(confinement) => decoder.note(confinement),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(process)
    }

    /// The next reply, by `deadline`.
    ///
    /// # Errors
    /// `TimedOut`; `UnexpectedEof` from a child that is gone; `Interrupted` where either was done to it; `InvalidData` for what is
    /// not a reply.
    pub fn hear(&self, deadline: Instant) -> io::Result<Reply> {
        loop {
            let left = deadline.saturating_duration_since(crate::clock::instant());
            if wire::wait_readable(&self.socket, left.max(Duration::from_millis(1)))? {
                return self.next()?.ok_or_else(|| self.fault(io::ErrorKind::UnexpectedEof));
            }
            if left.is_zero() {
                return Err(self.fault(io::ErrorKind::TimedOut));
            }
        }
    }

    /// Why it is gone or silent: `Interrupted` if it was killed or stopped, which is nothing that a file does to it.
    pub fn fault(&self, kind: io::ErrorKind) -> io::Error {
        // What closed the socket is on its way out.
        let patient = kind == io::ErrorKind::UnexpectedEof;
        let until = crate::clock::instant() + ENDING;
        loop {
            match self.fate() {
                Some(true) => return io::ErrorKind::Interrupted.into(),
                None if patient && crate::clock::instant() < until => std::thread::sleep(ENDING / 20),
                _ => return kind.into(),
            }
        }
    }

    /// Whether a hand from outside ended or stopped it; `None` while it runs.
    fn fate(&self) -> Option<bool> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let pid = rustix::process::Pid::from_raw(self.child.as_ref()?.id() as i32)?;
        let look =
            WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(pid), look).ok()??;
        let hands = [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP];
        let ended = status.terminating_signal();
        let by_hand = hands.iter().any(|signal| ended == Some(signal.as_raw()));
        Some(status.stopped() || by_hand)
    }

    /// The reply that is there; `Ok(None)` if the child is gone.
    pub fn next(&self) -> io::Result<Option<Reply>> {
        match wire::receive::<Reply>(self.socket.as_fd(), false)? {
            // A child has nothing to give.
            Some((_, Some(_))) => Err(io::ErrorKind::InvalidData.into()),
            Some((reply, None)) => Ok(Some(reply)),
            None => Ok(None),
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
