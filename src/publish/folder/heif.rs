//! HEIC and AVIF pictures, as telephones take them, converted to JPEG by libheif's own command.
//!
//! Boards have no decoder for them, and need none: whoever publishes converts, once. The command gets a file
//! of the official's folder and a folder that is made for it alone; it is trusted with nothing more, and what
//! comes out is probed as any picture is. It may hang, crash or write without end: that costs this one
//! picture.

use crate::clock;
use crate::problem::Text;
use crate::say;
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// Debian's libheif-examples has the first up to Debian 12 and both after it.
const COMMANDS: [&str; 2] = ["heif-convert", "heif-dec"];
/// Of JPEG, in per cent: what is lost is not seen.
const QUALITY: &str = "90";
/// A large picture takes seconds on a Raspberry Pi.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);
/// Of all that is written: more than any JPEG with as many pixels as a board takes.
const BYTES_MAX: u64 = 128 << 20;

/// What the command says of its troubles, and how much of a line of it is told.
const SAID: &str = "said";
const SAID_MAX: usize = 120;

/// A folder for what is made on the way, gone with the last who holds it.
#[derive(Debug, PartialEq, Eq)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// # Errors
    /// The folder for temporary files cannot be written to.
    fn new() -> io::Result<Scratch> {
        let name = format!("bangtin-{}-{:016x}", std::process::id(), fastrand::u64(..));
        let folder = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Scratch(folder))
    }

    fn bytes(&self) -> u64 {
        let entries = self.0.read_dir().into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|found| found.len()).sum()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed goes with the next start of the machine.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A picture that was converted.
#[derive(Debug)]
pub struct Converted {
    pub jpeg: PathBuf,
    pub folder: Scratch,
}

/// Why there is none.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no command for it on this machine.
    NoCommand,
    /// What went wrong.
    Failed(Text),
}

/// The command that converts.
#[derive(Debug)]
pub struct Converter {
    program: Option<PathBuf>,
    patience: Duration,
    bytes_max: u64,
}

impl Converter {
    /// The first of its names that is on the path of this process.
    pub fn installed() -> Converter {
        Converter::among(std::env::var_os("PATH").as_deref())
    }

    fn among(path: Option<&OsStr>) -> Converter {
        let folders: Vec<PathBuf> =
            path.map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
        let is_command = |file: &PathBuf| {
            file.is_absolute()
                && file.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
        };
        let named = COMMANDS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        Converter { program: named.into_iter().find(is_command), patience: PATIENCE, bytes_max: BYTES_MAX }
    }

    /// Makes a JPEG of the picture, the first where there are several in it.
    ///
    /// # Errors
    /// There is no command; it failed, took too long, or wrote something else.
    pub fn convert(&self, picture: &Path) -> Result<Converted, Failure> {
        let program = self.program.as_ref().ok_or(Failure::NoCommand)?;
        let fault = |error: io::Error| Failure::Failed(say!(en: "{error}", vi: "{error}", error = error));
        let folder = Scratch::new().map_err(fault)?;
        // Into the folder, where it counts as written and is gone with it.
        let said = std::fs::File::create(folder.0.join(SAID)).map_err(fault)?;
        let child = Command::new(program)
            .args(["-q", QUALITY])
            .arg(picture)
            .arg(folder.0.join("out.jpg"))
            .current_dir(&folder.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .process_group(0)
            .spawn()
            .map_err(fault)?;
        let ended = self.wait(child, &folder)?;
        if !ended.success() {
            return Err(Failure::Failed(of_failed(ended, last_line(&folder.0.join(SAID)))));
        }
        // Several pictures in one file are numbered.
        let jpeg =
            ["out.jpg", "out-1.jpg"].map(|name| folder.0.join(name)).into_iter().find(|file| is_jpeg(file));
        match jpeg {
            Some(jpeg) => Ok(Converted { jpeg, folder }),
            None => Err(Failure::Failed(say!(
                en: "no JPEG came out of the converter",
                vi: "bộ chuyển không cho ra ảnh JPEG"
            ))),
        }
    }

    fn wait(&self, mut child: Child, folder: &Scratch) -> Result<ExitStatus, Failure> {
        let deadline = clock::instant() + self.patience;
        loop {
            let ended = child.try_wait();
            let over = folder.bytes() > self.bytes_max;
            let why = match ended {
                _ if over => say!(en: "the converter wrote without end", vi: "bộ chuyển ghi ra quá nhiều"),
                Ok(Some(status)) => return Ok(status),
                Ok(None) if clock::instant() < deadline => {
                    std::thread::sleep(PAUSE);
                    continue;
                }
                Ok(None) => say!(
                    en: "the converter took longer than {seconds} s",
                    vi: "bộ chuyển chạy quá {seconds} giây",
                    seconds = self.patience.as_secs()
                ),
                Err(error) => say!(en: "{error}", vi: "{error}", error = error),
            };
            if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                // It may have ended meanwhile.
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.wait();
            return Err(Failure::Failed(why));
        }
    }
}

impl Failure {
    /// What to tell of the file, which is `kind`: "a HEIC picture".
    pub fn said(&self, path: &str, [en, vi]: [&str; 2]) -> (Text, Text) {
        match self {
            Failure::NoCommand => (
                say!(
                    en: "`{path}` is {en}, which boards cannot show, and this machine lacks the program that converts it",
                    vi: "`{path}` là {vi}, bảng tin không hiện được, và máy này chưa có chương trình để chuyển sang JPEG",
                    path = path, en = en, vi = vi
                ),
                say!(
                    en: "install it: sudo apt install libheif-examples, or on the telephone choose Settings > Camera > Formats > Most Compatible, and take the picture again",
                    vi: "hãy cài: sudo apt install libheif-examples, hoặc trên điện thoại chọn Cài đặt > Camera > Định dạng > Tương thích nhất rồi chụp lại"
                ),
            ),
            Failure::Failed(why) => (
                say!(
                    en: "`{path}` is {en} and could not be converted to JPEG: {why_en}",
                    vi: "`{path}` là {vi}, không chuyển sang JPEG được: {why_vi}",
                    path = path, en = en, vi = vi, why_en = why.en, why_vi = why.vi
                ),
                say!(
                    en: "open it in another program and save it as JPG, or on the telephone choose Settings > Camera > Formats > Most Compatible",
                    vi: "hãy mở bằng chương trình khác rồi lưu thành JPG, hoặc trên điện thoại chọn Cài đặt > Camera > Định dạng > Tương thích nhất"
                ),
            ),
        }
    }
}

/// Why the command gave up. What it says is English, and for whoever looks into it: it is told in English alone.
fn of_failed(ended: ExitStatus, said: Option<String>) -> Text {
    let said = said.map_or_else(String::new, |said| format!(" (it says: {said})"));
    match ended.signal() {
        Some(_) => say!(en: "the converter crashed on it{said}", vi: "bộ chuyển bị lỗi khi đọc tệp này"),
        None => say!(
            en: "it is damaged, or of a kind that the converter does not know{said}",
            vi: "tệp hỏng, hoặc bộ chuyển không biết loại này"
        ),
    }
}

/// The last line with a word in it.
fn last_line(file: &Path) -> Option<String> {
    const READ_MAX: usize = 64 << 10;
    let bytes = std::fs::read(file).ok()?;
    let end = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(READ_MAX)..]).into_owned();
    let line = end.lines().map(str::trim).rfind(|line| line.contains(char::is_alphabetic))?;
    Some(line.trim_end_matches('.').chars().take(SAID_MAX).collect())
}

/// A plain file that begins as a JPEG does.
fn is_jpeg(file: &Path) -> bool {
    const START: [u8; 3] = [0xFF, 0xD8, 0xFF];
    let begins = || {
        let mut start = [0; 3];
        std::fs::File::open(file)?.read_exact(&mut start)?;
        io::Result::Ok(start == START)
    };
    file.symlink_metadata().is_ok_and(|found| found.is_file()) && begins().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A converter that is this shell script, in a folder of its own.
    fn script(text: &str, name: &str) -> (tempfile::TempDir, Converter) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        let converter = Converter::among(Some(folder.path().as_os_str()));
        (folder, converter)
    }

    fn failed(text: &str) -> String {
        let (_held, mut converter) = script(text, "heif-convert");
        (converter.patience, converter.bytes_max) = (Duration::from_millis(700), 1 << 20);
        match converter.convert(Path::new("/dev/null")).unwrap_err() {
            Failure::Failed(why) => why.en,
            Failure::NoCommand => "no command".into(),
        }
    }

    const WRITES: &str = r#"[ "$1 $2" = "-q 90" ] && printf '\377\330\377' >"$4""#;

    #[test]
    fn what_the_command_writes_is_there_until_it_is_let_go() {
        for (text, name, out) in [
            (WRITES, "heif-convert", "out.jpg"),
            (WRITES, "heif-dec", "out.jpg"),
            (
                r#"for n in 2 1; do printf '\377\330\377' >"${4%.jpg}-$n.jpg"; done"#,
                "heif-convert",
                "out-1.jpg",
            ),
        ] {
            let (_held, converter) = script(text, name);
            let Converted { jpeg, folder } = converter.convert(Path::new("/dev/null")).unwrap();
            assert!(jpeg.ends_with(out) && jpeg.is_file(), "{jpeg:?}");
            drop(folder);
            assert!(!jpeg.exists());
        }
    }

    #[test]
    fn a_command_that_fails_hangs_or_writes_rubbish_costs_that_picture() {
        assert!(failed("exit 3").contains("damaged"));
        assert!(failed("exit 0").contains("no JPEG"));
        assert!(failed("printf 'rubbish' >\"$4\"").contains("no JPEG"));
        assert!(failed("ln -s /dev/zero \"$4\"").contains("no JPEG"));
        assert!(failed("kill -SEGV $$").contains("crashed"));
        // A child of its own does not keep it from being ended.
        let since = clock::instant();
        assert!(failed("sleep 30").contains("took longer"));
        assert!(failed("cat /dev/zero >\"$4\"").contains("without end"));
        assert!(clock::instant() - since < Duration::from_secs(10));
    }

    #[test]
    fn a_command_that_fails_is_told_with_its_last_words_and_no_number() {
        let said =
            "echo 'Decoding' >&2; echo 'Could not read HEIF file: Invalid input.' >&2; echo >&2; exit 1";
        let known = "it is damaged, or of a kind that the converter does not know";
        assert_eq!(failed(said), format!("{known} (it says: Could not read HEIF file: Invalid input)"));
        assert_eq!(failed("exit 1"), known);
        let (_held, converter) = script(said, "heif-convert");
        let Err(Failure::Failed(why)) = converter.convert(Path::new("/dev/null")) else { panic!() };
        assert_eq!(why.vi, "tệp hỏng, hoặc bộ chuyển không biết loại này");
    }

    #[test]
    fn without_the_command_it_is_said_how_to_get_it() {
        let empty = tempfile::tempdir().unwrap();
        std::fs::write(empty.path().join("heif-convert"), "not a program").unwrap();
        for path in [None, Some(empty.path().as_os_str()), Some(OsStr::new(""))] {
            let failure = Converter::among(path).convert(Path::new("/dev/null")).unwrap_err();
            assert_eq!(failure, Failure::NoCommand);
        }
        let (why, remedy) = Failure::NoCommand.said("IMG_0012.HEIC", ["a HEIC picture", "ảnh HEIC"]);
        assert!(why.en.starts_with("`IMG_0012.HEIC` is a HEIC picture"));
        assert!(
            remedy.en.contains("sudo apt install libheif-examples") && remedy.en.contains("Most Compatible")
        );
    }
}
