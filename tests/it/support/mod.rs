//! What several tests need: the program, and media files made once a run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The program under test.
pub fn bangtin() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_bangtin"))
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
