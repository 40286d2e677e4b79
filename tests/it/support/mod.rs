//! What several tests need: the program, and media files made once a run.

pub mod stand_in;

use bangtin::media::Decoder;
use bangtin::store::Asset;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The program under test.
pub fn bangtin() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_bangtin"))
}

/// The decoder of the program under test.
pub fn decoder() -> Decoder {
    Decoder::at(bangtin())
}

/// A file as its author has it.
pub fn media(path: &Path) -> Asset {
    Asset::from_author_folder(path).unwrap()
}

/// A media file made by the `ffmpeg` program with these arguments, kept between runs.
///
/// # Panics
/// If `ffmpeg` is missing or fails: `make test` installs it.
pub fn made_by_ffmpeg(name: &str, arguments: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("media");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    if !file.exists() {
        let part = folder.join(format!("part-{name}"));
        let output = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-y"])
            .args(arguments.split_whitespace())
            .arg(&part)
            .output()
            .expect("the ffmpeg program");
        assert!(output.status.success(), "ffmpeg {arguments}: {}", String::from_utf8_lossy(&output.stderr));
        std::fs::rename(part, &file).unwrap();
    }
    file
}

/// What a finished command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program to its end, in English unless `LANG` is given.
pub fn run(arguments: &[&str]) -> Said {
    run_in("C.UTF-8", arguments)
}

/// The same, in a locale.
pub fn run_in(locale: &str, arguments: &[&str]) -> Said {
    run_with(locale, arguments, &[])
}

/// The same, with these variables besides.
pub fn run_with(locale: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let output = Command::new(bangtin())
        .args(arguments)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", locale)
        .envs(variables.iter().copied())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs");
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

/// An official's work place: a new site, and a programme folder beside it.
pub struct Office {
    pub home: tempfile::TempDir,
}

impl Office {
    pub fn new() -> Office {
        let office = Office { home: tempfile::tempdir().unwrap() };
        std::fs::create_dir(office.folder()).unwrap();
        let said = run(&["feed", "init", text(&office.site())]);
        assert_eq!(said.code, 0, "{}", said.err);
        office
    }

    pub fn site(&self) -> PathBuf {
        self.home.path().join("site")
    }
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("programme")
    }
    pub fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }
    pub fn root(&self) -> PathBuf {
        self.site().join("root.json")
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.folder().join(name), bytes).unwrap();
    }

    /// Writes `programme.toml` and publishes.
    pub fn publish(&self, programme: &str) -> Said {
        self.write("programme.toml", programme);
        run(&["feed", "publish", text(&self.site()), text(&self.folder())])
    }

    /// Every file of the site with its content.
    pub fn snapshot(&self) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
        let mut all = std::collections::BTreeMap::new();
        let mut folders = vec![self.site()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    all.insert(path, bytes);
                }
            }
        }
        all
    }
}

/// A running board with no display, ended with the test.
pub struct RunningBoard {
    child: std::process::Child,
    state: PathBuf,
}

impl RunningBoard {
    pub fn start(office: &Office, feed: &str, more: &[&str]) -> RunningBoard {
        RunningBoard::start_on(&office.state(), &office.root(), feed, more)
    }

    pub fn start_on(state: &Path, root: &Path, feed: &str, more: &[&str]) -> RunningBoard {
        let from = ["--feed", feed, "--root", text(root), "--state", text(state)];
        RunningBoard::play(state, &[&from[..], more].concat())
    }

    /// A board with a configuration file, which names this state.
    pub fn configured(config: &Path, state: &Path) -> RunningBoard {
        RunningBoard::play(state, &["--config", text(config)])
    }

    /// A board for whose clock nothing vouches but the machine itself.
    pub fn without_clock_chip(office: &Office) -> RunningBoard {
        let (site, root, state) = (office.site(), office.root(), office.state());
        let from = ["--feed", text(&site), "--root", text(&root), "--state", text(&state)];
        RunningBoard::spawn(&state, &from)
    }

    fn play(state: &Path, from: &[&str]) -> RunningBoard {
        RunningBoard::spawn(state, &[&["--has-rtc"], from].concat())
    }

    fn spawn(state: &Path, from: &[&str]) -> RunningBoard {
        RunningBoard::spawn_by(Command::new(bangtin()), state, from)
    }

    /// A board that another program starts, which takes the same arguments.
    pub fn spawn_by(mut program: Command, state: &Path, from: &[&str]) -> RunningBoard {
        let child = program
            .args(["play", "--headless", "640x360", "--theme", "day", "--poll", "1"])
            .args(from)
            // Whatever the machine has: no test is heard.
            .env("ALSA_CONFIG_PATH", "/dev/null")
            .env("LANG", "C.UTF-8")
            .env_remove("LC_ALL")
            .stderr(std::process::Stdio::null())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .spawn()
            .unwrap();
        RunningBoard { child, state: state.to_owned() }
    }

    pub fn status(&self) -> Option<serde_json::Value> {
        let said = run(&["status", "--json", "--state", text(&self.state)]);
        (said.code == 0).then(|| serde_json::from_str(&said.out).expect("status is JSON"))
    }

    /// Waits for a state of the board.
    ///
    /// # Panics
    /// After 30 s, with what the board said last.
    pub fn wait(&self, what: &str, done: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let deadline = bangtin::clock::instant() + std::time::Duration::from_secs(30);
        let mut last = None;
        while bangtin::clock::instant() < deadline {
            last = self.status().or(last);
            if let Some(status) = last.as_ref().filter(|status| done(status)) {
                return status.clone();
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("waited in vain: {what}; last: {last:#?}");
    }

    /// What has the main zone: kind and id.
    pub fn main_zone(status: &serde_json::Value) -> (String, String) {
        let item = &status["on_air"][0];
        (item["kind"].as_str().unwrap_or("").into(), item["id"].as_str().unwrap_or("").into())
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for RunningBoard {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
