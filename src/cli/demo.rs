//! `bangtin demo`: a feed, a server and a board from nothing.

use super::serve::Server;
use super::{Demo, feed, play, report, story};
use crate::clock;
use crate::problem::{Outcome, Problem};
use crate::say;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Everything that the demo makes, under one folder.
#[derive(Debug)]
pub struct Stage {
    pub out: PathBuf,
    pub site: PathBuf,
    pub folder: PathBuf,
    pub state: PathBuf,
}

impl Stage {
    pub fn root(&self) -> PathBuf {
        self.site.join("root.json")
    }

    /// The board as a process of its own, as it runs in the field.
    pub fn board(&self, url: &str, arguments: &[&str]) -> Outcome<Child> {
        let exe = std::env::current_exe().map_err(|error| file(Path::new("bangtin"), &error))?;
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.out.join("board.log"))
            .map_err(|error| file(&self.out.join("board.log"), &error))?;
        Command::new(exe)
            .args(["play", "--has-rtc", "--poll", "5", "--feed", url, "--root"])
            .arg(self.root())
            .arg("--state")
            .arg(&self.state)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| file(Path::new("bangtin"), &error))
    }
}

pub fn file(path: &Path, error: &io::Error) -> Problem {
    report::file_problem(path, error)
}

pub fn run(demo: &Demo) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    let stage = prepare(demo).map_err(one)?;
    let now = clock::system();
    feed::init(&stage.site, 1, "Bangtin", now).map_err(one)?;
    feed::publish(&stage.site, &stage.folder, now)?;
    if demo.story || !play::has_display() {
        return story::tell(&stage).map_err(one);
    }
    let server = Server::start(&stage.site, 0).map_err(|error| one(file(&stage.site, &error)))?;
    let (url, state, folder) = (server.url(), stage.state.display(), stage.folder.display());
    report::say(&say!(
        en: "the feed is at {url}; the board opens now\nchange {folder}/programme.toml, then: bangtin feed publish {site} {folder}\nwhat it is doing: bangtin status --state {state}",
        vi: "nguồn tin ở {url}; bảng đang mở\nsửa {folder}/programme.toml, rồi chạy: bangtin feed publish {site} {folder}\nxem bảng đang làm gì: bangtin status --state {state}",
        url = url, folder = folder, site = stage.site.display(), state = state));
    let mut board = stage.board(&url, &["--windowed", "1280x720"]).map_err(one)?;
    let ended = board.wait().map_err(|error| one(file(&stage.state, &error)))?;
    if ended.success() {
        return Ok(());
    }
    let log = stage.out.join("board.log");
    Err(one(Problem::new(
        "bangtin play",
        say!(en: "the board ended with an error", vi: "bảng đã dừng vì lỗi"),
        say!(en: "read `{log}`", vi: "hãy xem `{log}`", log = log.display()),
    )))
}

/// An empty place to work in, and a copy of the programme that may be changed.
fn prepare(demo: &Demo) -> Outcome<Stage> {
    let out = &demo.out;
    // Only what an earlier demo made is removed: the folder may be the user's own.
    for name in ["site", "site.keys", "state", "folder", "next", "next.keys", "tampered", "state-new"] {
        let path = out.join(name);
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(file(&path, &error)),
            _ => {}
        }
    }
    let stage = Stage {
        out: out.clone(),
        site: out.join("site"),
        folder: out.join("folder"),
        state: out.join("state"),
    };
    if !demo.folder.join("programme.toml").is_file() {
        return Err(Problem::new(
            demo.folder.display().to_string(),
            say!(en: "there is no demo programme here", vi: "không có chương trình mẫu ở đây"),
            say!(en: "run it from the top folder of the source, or name the folder with --folder",
                 vi: "hãy chạy từ thư mục gốc của mã nguồn, hoặc ghi thư mục bằng --folder"),
        ));
    }
    std::fs::create_dir_all(out).map_err(|error| file(out, &error))?;
    copy_folder(&demo.folder, &stage.folder).map_err(|error| file(&stage.folder, &error))?;
    Ok(stage)
}

/// Copies a folder of plain files.
pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
