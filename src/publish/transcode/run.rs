//! Running the `ffmpeg` program with no more than it needs: arguments as a list and never a shell's line, no input but the file,
//! no place to write but one, a lower priority, and bounds on what it takes.
//!
//! Whoever makes a film may find a mistake in FFmpeg; and whoever publishes has the keys. So Landlock leaves the program the
//! system's folders and the film to read, one folder to write, and no TCP, where the kernel has it.

use crate::limits::MEDIA_BYTES_MAX;
use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, Scope,
    path_beneath_rules,
};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, getppid, prlimit, set_parent_process_death_signal,
};
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Of the scale of nice(2): what else this machine does comes first.
const NICE: i32 = 10;
/// Bytes of address space: an 8K film took 1.8 GB on two cores, and each core more has pictures of its own.
const ADDRESS_SPACE_MAX: u64 = if usize::BITS < 64 { 3 << 30 } else { 8 << 30 };
/// How much of what it says is kept, its end.
const SAID_MAX: usize = 64 << 10;
/// Where programs and their libraries are.
const SYSTEM: [&str; 13] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc",
    "/opt",
    "/nix",
    "/snap",
    "/run/current-system",
    "/dev",
    "/proc",
    "/sys",
];

/// What came of it.
#[derive(Debug)]
pub struct Ended {
    /// Its last words.
    pub said: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Failed,
    /// By a signal: somebody, or the bounds.
    Killed,
}

/// The program of this name that is on the path.
pub fn installed(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let is_command = |file: &PathBuf| {
        file.is_absolute()
            && file.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
    };
    std::env::split_paths(path?).map(|folder| folder.join(name)).find(is_command)
}

/// Runs the program to its end.
///
/// # Errors
/// It cannot be started.
pub fn run(
    program: &Path,
    arguments: &[OsString],
    (reads, writes): (Option<&Path>, Option<&Path>),
    processor_seconds: u64,
) -> io::Result<Ended> {
    // A thread of its own, for what holds it is handed on to the program that it starts, and cannot be laid off.
    let worker = || {
        // Where the priority cannot be lowered it is as it is.
        let _ = rustix::process::nice(NICE);
        // A kernel without Landlock holds it by the rest.
        let _ = confine(program, reads, writes);
        let mut child = start(program, arguments)?;
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            bound(pid, processor_seconds);
        }
        let said = child.stderr.take().map(last_words).transpose();
        let status = child.wait()?;
        let outcome = match (status.success(), status.signal()) {
            (true, _) => Outcome::Done,
            // Of ffmpeg's own making: it catches what asks it to end, and says so by 255.
            (_, None) if status.code() != Some(255) => Outcome::Failed,
            _ => Outcome::Killed,
        };
        Ok(Ended { said: said?.unwrap_or_default(), outcome })
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("ffmpeg".into()).spawn_scoped(scope, worker)?;
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that waits for it ended")))
    })
}

/// Starts the program, which is killed when the thread that called this ends, and so with this whole process, however that
/// ends.
fn start(program: &Path, arguments: &[OsString]) -> io::Result<Child> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let parent = getpid();
    let die_with_it = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // Gone already: then nothing will tell.
        if getppid() == Some(parent) { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    };
    // SAFETY: between fork and exec it makes two system calls, and neither allocates nor takes a lock.
    unsafe { command.pre_exec(die_with_it) };
    command.spawn()
}

fn bound(pid: Pid, processor_seconds: u64) {
    for (resource, most) in [
        (Resource::As, ADDRESS_SPACE_MAX),
        (Resource::Cpu, processor_seconds),
        (Resource::Fsize, MEDIA_BYTES_MAX),
        (Resource::Core, 0),
    ] {
        // It may have ended, and what the system will not set it holds lower already.
        let _ = prlimit(Some(pid), resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

fn confine(program: &Path, reads: Option<&Path>, writes: Option<&Path>) -> Result<(), RulesetError> {
    let abi = ABI::V9;
    let (read, all) = (AccessFs::from_read(abi), AccessFs::from_all(abi));
    let own = program.canonicalize().ok();
    let folders = own.as_deref().and_then(Path::parent).into_iter().chain(program.parent());
    let system = SYSTEM.iter().map(Path::new).chain(folders);
    Ruleset::default()
        .handle_access(all)?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(system, read))?
        .add_rules(path_beneath_rules(reads, AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules(writes, all & !AccessFs::Execute))?
        .restrict_self()?;
    Ok(())
}

fn last_words(mut pipe: impl Read) -> io::Result<String> {
    let mut kept = VecDeque::new();
    let mut piece = [0; 8 << 10];
    loop {
        match pipe.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => kept.extend(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        kept.drain(..kept.len().saturating_sub(SAID_MAX));
    }
    Ok(String::from_utf8_lossy(kept.make_contiguous()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ffmpeg");
        std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        (folder, file)
    }

    #[test]
    fn a_program_ends_as_it_does_and_its_last_words_are_kept() {
        for (text, outcome, said) in [
            ("echo fine >&2", Outcome::Done, "fine"),
            ("echo bad >&2; exit 1", Outcome::Failed, "bad"),
            ("kill -KILL $$", Outcome::Killed, ""),
            ("exit 255", Outcome::Killed, ""),
            ("yes | head -c 300000 >&2; echo end >&2", Outcome::Done, "end"),
        ] {
            let (_held, file) = script(text);
            let ended = run(&file, &[], (None, None), 60).unwrap();
            assert_eq!(ended.outcome, outcome, "{text}");
            assert!(ended.said.trim_end().ends_with(said) && ended.said.len() <= SAID_MAX, "{text}");
        }
        assert!(run(Path::new("/nowhere/ffmpeg"), &[], (None, None), 60).is_err());
    }

    #[test]
    fn it_ends_with_whoever_waits_for_it() {
        let (_held, file) = script("exec sleep 20");
        let mut child = std::thread::spawn(move || start(&file, &[]).unwrap()).join().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(Signal::KILL.as_raw()));
    }

    #[test]
    fn it_has_a_lower_priority_no_environment_no_input_and_its_processor_s_time_is_bounded() {
        let (_held, file) = script("nice >&2; env >&2; cat >&2; ulimit -t >&2; ulimit -c >&2");
        let said = run(&file, &[], (None, None), 60).unwrap().said;
        assert!(said.starts_with(&format!("{NICE}\n")) && said.contains("LC_ALL=C"), "{said}");
        assert!(!said.contains("HOME=") && said.ends_with("60\n0\n"), "{said}");
        let (_held, file) = script("while :; do :; done");
        assert_eq!(run(&file, &[], (None, None), 1).unwrap().outcome, Outcome::Killed);
    }

    #[test]
    fn it_reads_and_writes_nothing_but_what_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let [film, key] = ["film", "key"].map(|name| folder.path().join(name));
        std::fs::write(&film, "film").unwrap();
        std::fs::write(&key, "secret").unwrap();
        let out = folder.path().join("out");
        std::fs::create_dir(&out).unwrap();
        let (_held, file) = script(
            "cat \"$1\" >&2; cat \"$2\" >&2; echo >\"$2\"; echo made >\"$3/made\"; echo >\"$3/../more\"; exit 0",
        );
        let arguments = [&film, &key, &out].map(|path| path.clone().into_os_string());
        let said = run(&file, &arguments, (Some(&film), Some(&out)), 60).unwrap().said;
        assert_eq!(std::fs::read_to_string(out.join("made")).unwrap(), "made\n");
        assert!(said.starts_with("film"), "{said}");
        let kernel_has_it = std::fs::read_to_string("/sys/kernel/security/lsm")
            .map_or(!said.contains("secret"), |lsm| lsm.contains("landlock"));
        if kernel_has_it {
            assert!(!said.contains("secret") && !folder.path().join("more").exists(), "{said}");
            assert_eq!(std::fs::read_to_string(&key).unwrap(), "secret");
        }
    }

    #[test]
    fn a_program_is_looked_for_on_the_path_alone() {
        let (folder, file) = script("exit 0");
        assert_eq!(installed("ffmpeg", Some(folder.path().as_os_str())), Some(file));
        for path in [None, Some(OsStr::new("")), Some(OsStr::new("."))] {
            assert_eq!(installed("ffmpeg", path), None);
        }
    }
}
