//! Which board is meant where nobody names its state folder: the one of /etc/bangtin/board.toml, or the only one that
//! runs on this machine.

use crate::problem::{Outcome, Problem};
use crate::{config, say};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Where the package keeps a board's configuration.
pub const CONFIG: &str = "/etc/bangtin/board.toml";
/// Names of the program's own files in a state folder; it holds the first open as long as it runs.
const LOCK: &str = "lock";
const SOCKET: &str = "control.sock";

/// A board that runs on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub pid: u32,
    /// `None`: it runs as another user, who alone may look.
    pub state: Option<PathBuf>,
    /// That user.
    uid: u32,
}

/// The state folder of the board that is meant.
///
/// # Errors
/// None runs, or several do and none is named in the configuration; or those that run are other users'.
pub fn state_folder(asked: Option<&Path>, command: &str) -> Outcome<PathBuf> {
    match asked {
        Some(state) => Ok(state.to_owned()),
        None => choose(configured(Path::new(CONFIG)), boards(Path::new("/proc")), command),
    }
}

/// What the machine's configuration says, if it can be read.
fn configured(path: &Path) -> Option<PathBuf> {
    path.exists().then(|| config::load(path).ok()).flatten().map(|config| config.state)
}

/// The boards that run, by what `proc` shows of every process to whoever asks.
fn boards(proc: &Path) -> Vec<Running> {
    let Ok(entries) = std::fs::read_dir(proc) else { return Vec::new() };
    let mut boards: Vec<Running> = entries
        .flatten()
        .filter_map(|entry| board(&entry.path(), entry.file_name().to_str()?.parse().ok()?))
        .collect();
    boards.sort_by_key(|board| board.pid);
    boards
}

fn board(process: &Path, pid: u32) -> Option<Running> {
    let uid = std::fs::metadata(process).ok()?.uid();
    let files = match std::fs::read_dir(process.join("fd")) {
        Ok(files) => files,
        // Its command line is everybody's to read.
        Err(_) => {
            let line = std::fs::read(process.join("cmdline")).ok()?;
            let mut words = line.split(|byte| *byte == 0);
            let program = Path::new(std::str::from_utf8(words.next()?).ok()?).file_name()?;
            let plays = program == "bangtin" && words.next() == Some(b"play".as_slice());
            return plays.then_some(Running { pid, state: None, uid });
        }
    };
    // Anybody can hold a file called `lock` open; what this program holds open, it made.
    if program(process)? != program(&process.with_file_name("self"))? {
        return None;
    }
    let open = files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
    let state = open
        .filter(|path| path.is_absolute() && path.file_name().is_some_and(|name| name == LOCK))
        .filter_map(|path| path.parent().map(Path::to_owned))
        .find(|folder| folder.join(SOCKET).exists() && folder.join("version").exists())?;
    Some(Running { pid, state: Some(state), uid })
}

/// The program that a process runs, also where it was replaced by a newer one since.
fn program(process: &Path) -> Option<String> {
    let path = std::fs::read_link(process.join("exe")).ok()?.into_os_string().into_string().ok()?;
    Some(path.strip_suffix(" (deleted)").map_or(path.clone(), str::to_owned))
}

fn choose(configured: Option<PathBuf>, boards: Vec<Running>, command: &str) -> Outcome<PathBuf> {
    let own: Vec<&PathBuf> = boards.iter().filter_map(|board| board.state.as_ref()).collect();
    match (configured, own.as_slice()) {
        // The board that the machine is there for, unless another is the one that runs.
        (Some(state), own) if own.is_empty() || own.contains(&&state) => Ok(state),
        (_, [state]) => Ok((*state).clone()),
        (_, []) => Err(none(&boards, command)),
        (_, several) => Err(which(several, command)),
    }
}

fn none(boards: &[Running], command: &str) -> Problem {
    let subject = format!("bangtin {command}");
    match boards.first() {
        None => Problem::new(
            subject,
            say!(en: "no board runs on this machine, and there is no {config}", vi: "máy này không có bảng nào đang chạy, cũng không có {config}", config = CONFIG),
            say!(en: "start one with `bangtin play`, or give its state folder with --state",
                 vi: "hãy chạy `bangtin play`, hoặc ghi thư mục trạng thái bằng --state"),
        ),
        Some(board) => Problem::new(
            subject,
            say!(en: "the board that runs here (process {pid}) is another user's", vi: "bảng đang chạy trên máy này (tiến trình {pid}) là của người dùng khác", pid = board.pid),
            say!(en: "type: sudo -u '#{uid}' bangtin {command}", vi: "hãy gõ: sudo -u '#{uid}' bangtin {command}",
                 uid = board.uid, command = command),
        ),
    }
}

fn which(several: &[&PathBuf], command: &str) -> Problem {
    let count = several.len();
    let typed: Vec<String> =
        several.iter().map(|state| format!("bangtin {command} --state {}", quoted(state))).collect();
    let mut problem = Problem::new(
        format!("bangtin {command}"),
        say!(en: "{count} boards run on this machine", vi: "máy này có {count} bảng đang chạy"),
        say!(en: "type one of these", vi: "hãy gõ một trong các lệnh sau"),
    );
    problem.sketch = typed;
    problem
}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    fn running(pid: u32, state: Option<&str>) -> Running {
        Running { pid, state: state.map(PathBuf::from), uid: 990 }
    }

    #[test]
    fn the_only_board_is_meant_and_the_configured_one_before_others() {
        let one = || vec![running(1, Some("/a"))];
        let two = || vec![running(1, Some("/a")), running(2, Some("/b c"))];
        let chosen =
            |configured: Option<&str>, boards| choose(configured.map(PathBuf::from), boards, "status");
        assert_eq!(chosen(None, one()).unwrap(), Path::new("/a"));
        assert_eq!(chosen(Some("/b c"), two()).unwrap(), Path::new("/b c"));
        assert_eq!(chosen(Some("/var"), Vec::new()).unwrap(), Path::new("/var"));
        assert_eq!(chosen(Some("/var"), one()).unwrap(), Path::new("/a"));
        let problem = chosen(None, two()).unwrap_err();
        assert_eq!(problem.sketch, ["bangtin status --state /a", "bangtin status --state '/b c'"]);
    }

    #[test]
    fn a_board_of_another_user_is_named_with_what_to_type() {
        let line = choose(None, vec![running(7, None)], "screenshot").unwrap_err().line(Speech::English);
        assert!(line.contains("process 7") && line.contains("sudo -u '#990' bangtin screenshot"), "{line}");
        let line = choose(None, Vec::new(), "status").unwrap_err().line(Speech::English);
        assert!(line.contains("no board runs"), "{line}");
    }
}
