//! Files that a person names on the command line or in the configuration: read and written as any program
//! does, symbolic links followed. Nothing of a board's state goes this way.

use super::{Local, folder_of, problem, replace};
use crate::problem::{Outcome, Problem};
use crate::say;
use std::io::{self, Read, Write};
use std::path::Path;

/// More than any root file, configuration or list of warnings has.
const BYTES_MAX: u64 = 16 << 20;

/// The whole file.
///
/// # Errors
/// It is not there, cannot be read, or is longer than 16 MiB.
pub fn read_for_person(path: &Path) -> Outcome<Vec<u8>> {
    let read = || {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes)
    };
    read().map_err(|error| problem(path, &error))
}

/// Writes the whole file, or leaves what was there. A symbolic link is followed; what is no plain file (a
/// pipe, a device such as `/dev/stdout`) is written to, never replaced.
pub fn write_for_person(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let write = || match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if found.is_file() => replace(&Local::default(), &path.canonicalize()?, bytes),
        Ok(_) => std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            replace(&Local::default(), path, bytes)
        }
        Err(error) => Err(error),
    };
    write().map_err(|error| unwritten(path, &error))
}

/// What to tell people of a new file that has no place where they want it: what must change is the folder.
fn unwritten(path: &Path, error: &io::Error) -> Problem {
    let folder = folder_of(path);
    let (subject, name) = (path.display().to_string(), folder.display());
    match error.kind() {
        io::ErrorKind::PermissionDenied if path.metadata().is_ok_and(|found| !found.is_file()) => {
            Problem::new(
                subject,
                say!(en: "this user may not write to it", vi: "người dùng này không có quyền ghi vào đây"),
                say!(en: "name another file", vi: "hãy ghi tên tệp khác"),
            )
        }
        io::ErrorKind::PermissionDenied => Problem::new(
            subject,
            say!(en: "this user may not write in the folder `{name}`", vi: "người dùng này không có quyền ghi vào thư mục `{name}`"),
            say!(en: "name a file in a folder of your own, or in /tmp", vi: "hãy ghi tên tệp trong thư mục của mình, hoặc trong /tmp"),
        ),
        io::ErrorKind::NotFound if !folder.exists() => Problem::new(
            subject,
            say!(en: "there is no folder `{name}`", vi: "không có thư mục `{name}`"),
            say!(en: "make it first: mkdir -p {typed}", vi: "hãy tạo thư mục trước: mkdir -p {typed}", typed = typed(folder)),
        ),
        _ => problem(path, error),
    }
}

/// The path as it is typed into a shell.
pub fn typed(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    match text.chars().all(plain) && !text.is_empty() && !text.starts_with('-') {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// Whether the name suits what is written: a picture called `x.jpg` that is a PNG is refused by what opens it.
///
/// # Errors
/// It ends in anything but `.png`, in whatever case. A name without an ending is fine, as `/dev/stdout` is.
pub fn png_name(path: &Path) -> Outcome<()> {
    match path.extension() {
        Some(ending) if !ending.eq_ignore_ascii_case("png") => {
            let ending = ending.to_string_lossy();
            let name = path.with_extension("png");
            Err(Problem::new(
                path.display().to_string(),
                say!(en: "pictures are written as PNG, and this name ends in .{ending}",
                     vi: "ảnh được ghi dạng PNG, mà tên tệp kết thúc bằng .{ending}"),
                say!(en: "name it {name}, and convert it in another program if need be",
                     vi: "hãy đặt tên {name}, rồi chuyển dạng bằng phần mềm khác nếu cần", name = name.display()),
            ))
        }
        _ => Ok(()),
    }
}

/// As [`write_for_person`] for a picture, which takes the place of another picture only: a slip of the hand must not cost an
/// official the programme.
pub fn write_png_for_person(path: &Path, png: &[u8]) -> Outcome<()> {
    const SIGNATURE: &[u8] = b"\x89PNG";
    let is_file = std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0);
    if is_file {
        let mut start = Vec::new();
        let opened = std::fs::File::open(path).map_err(|error| problem(path, &error))?;
        opened.take(4).read_to_end(&mut start).map_err(|error| problem(path, &error))?;
        if start != SIGNATURE {
            return Err(problem(path, &io::ErrorKind::AlreadyExists.into()));
        }
    }
    write_for_person(path, png)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;
    use std::os::unix::fs::{FileTypeExt, symlink};

    #[test]
    fn a_picture_is_not_written_under_another_kind_of_pictures_name() {
        for fine in ["x.png", "x.PNG", "x", "/dev/stdout", ".shot", "a.b/x"] {
            png_name(Path::new(fine)).unwrap();
        }
        for (wrong, name) in [("x.jpg", "x.png"), ("a/x.png.jpeg", "a/x.png.png"), ("x.", "x.png")] {
            let problem = png_name(Path::new(wrong)).unwrap_err();
            assert!(problem.subject == wrong && problem.remedy.en.contains(name), "{problem}");
        }
    }

    #[test]
    fn a_file_is_replaced_through_a_link_and_a_pipe_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("real"), "old").unwrap();
        symlink(at("real"), at("link")).unwrap();
        write_for_person(&at("link"), b"new").unwrap();
        assert_eq!(std::fs::read(at("real")).unwrap(), b"new");
        assert!(at("link").is_symlink());

        let pipe = at("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).unwrap()
        });
        write_for_person(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[test]
    fn a_picture_replaces_a_picture_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (programme, picture) = (folder.path().join("programme.toml"), folder.path().join("a.png"));
        std::fs::write(&programme, "title = \"Xã\"").unwrap();
        write_png_for_person(&programme, b"\x89PNG1").unwrap_err();
        assert!(std::fs::read(&programme).unwrap().starts_with(b"title"));
        write_png_for_person(&picture, b"\x89PNG1").unwrap();
        write_png_for_person(&picture, b"\x89PNG2").unwrap();
        assert_eq!(std::fs::read(&picture).unwrap(), b"\x89PNG2");
    }

    #[test]
    fn a_file_that_has_no_place_is_told_by_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let line = |path: &Path, error: io::Error| unwritten(path, &error).line(Speech::English);
        let there = folder.path().join("a.png");
        let said = line(&there, io::ErrorKind::PermissionDenied.into());
        assert!(said.contains("may not write in the folder `") && !said.contains("give this user"), "{said}");
        let nowhere = folder.path().join("không có/a.png");
        let said = write_for_person(&nowhere, b"x").unwrap_err().line(Speech::English);
        assert!(said.contains("there is no folder") && said.ends_with("/không có'"), "{said}");
    }

    #[test]
    fn a_folder_and_a_link_to_nowhere_are_left_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_for_person(folder.path(), b"x").is_err());
        let link = folder.path().join("link");
        symlink("/nowhere/at/all", &link).unwrap();
        assert!(write_for_person(&link, b"x").is_err());
        assert!(link.is_symlink());
    }
}
