//! The media beside `programme.toml` or `alerts.json`: found, kept inside the folder, hashed, and opened by the probe.
//!
//! Each file is read once however often it is named. What a file is, its content decides and not its name: a
//! text called `.mp4` is refused by the probe, and a PNG called `.jpg` is a picture.

use super::text::turns_direction;
use super::{MediaFile, ProbeFile};
use crate::limits;
use crate::model::media::{Media, Probe, Sha256};
use crate::problem::{Problem, Text};
use crate::say;
use crate::toml_doc::{Said, nearest};
use sha2::Digest;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// What a programme wants of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Picture,
    Film,
    Sound,
}

/// The folder's media, as far as they were looked at.
pub struct Shelf<'a> {
    /// Canonical.
    root: PathBuf,
    /// The file that names them.
    index: &'a str,
    probe: ProbeFile<'a>,
    /// By canonical path; `None` is a file that was refused once already.
    measured: HashMap<PathBuf, Option<Measured>>,
    files: Vec<MediaFile>,
}

#[derive(Debug, Clone, Copy)]
struct Measured {
    length: u64,
    sha256: Sha256,
    probe: Probe,
}

/// Why, and what to do.
type Refusal = (Text, Text);

/// What is wrong with a file that is named.
#[derive(Debug)]
pub enum Fault {
    Refused(Refusal),
    /// It cannot be opened as what it is; the subject is a path.
    Broken(Problem),
    /// It was named, and refused, before.
    Told,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::Refused(refusal)
    }
}

impl<'a> Shelf<'a> {
    /// `index`: the name, for messages, of the file that names the media.
    pub fn new(root: PathBuf, index: &'a str, probe: ProbeFile<'a>) -> Shelf<'a> {
        Shelf { root, index, probe, measured: HashMap::new(), files: Vec::new() }
    }

    /// The files that were named and found good, each content once.
    pub fn into_files(self) -> Vec<MediaFile> {
        let mut seen = std::collections::HashSet::new();
        self.files.into_iter().filter(|file| seen.insert(file.media.sha256)).collect()
    }

    /// The file that a key names, measured; `None` after noting what is wrong with it.
    pub fn media(&mut self, said: &Said, role: Role) -> Option<Media> {
        let written = named_in(said)?;
        if let Some(refusal) = of_windows(said.key(), written) {
            let (why, remedy) = refusal;
            said.refuse(why, remedy);
            return None;
        }
        match self.named(written, role) {
            Ok(media) => return Some(media),
            Err(Fault::Refused((why, remedy))) => said.refuse(why, remedy),
            Err(Fault::Broken(problem)) => {
                let subject = format!("{} ({written})", said.document().subject(said.at()));
                said.document().note(said.at(), Problem { subject, ..problem });
            }
            Err(Fault::Told) => {}
        }
        None
    }

    /// The file of this name, measured.
    ///
    /// # Errors
    /// What is wrong with it, as long as that was not told already.
    pub fn named(&mut self, written: &str, role: Role) -> Result<Media, Fault> {
        let path = inner_path(written)?;
        let source = self.locate(&path)?;
        let measured = match self.measured.get(&source) {
            Some(known) => known.ok_or(Fault::Told)?,
            None => {
                let measured = self.measure(&source, &path);
                self.measured.insert(source.clone(), measured.as_ref().ok().copied());
                measured?
            }
        };
        suits(&path, measured.probe, role)?;
        let (size, duration_ms) = match measured.probe {
            Probe::Picture { width, height } => (Some((width, height)), None),
            Probe::Film { width, height, duration_ms, .. } => (Some((width, height)), Some(duration_ms)),
            Probe::Sound { duration_ms } => (None, Some(duration_ms)),
        };
        let size = size.filter(|_| role != Role::Sound);
        let media = Media {
            path,
            length: measured.length,
            sha256: measured.sha256,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            duration_ms,
        };
        self.files.push(MediaFile { source, media: media.clone() });
        Ok(media)
    }

    /// The canonical path of a regular file inside the folder.
    fn locate(&self, path: &str) -> Result<PathBuf, Refusal> {
        // A name typed in Viet Nam may be composed on one computer and decomposed on the next.
        let spellings = [path.to_owned(), path.nfc().collect(), path.nfd().collect()];
        for spelling in spellings {
            match self.root.join(&spelling).canonicalize() {
                Ok(source) => return self.inside(source, path),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(unreadable(path, &error)),
            }
        }
        let why = say!(en: "there is no file `{path}`", vi: "không có tệp `{path}`", path = path);
        let present = self.names_beside(path);
        let remedy = match nearest(path, present.iter().map(String::as_str)) {
            Some(near) => say!(en: "did you mean `{near}`?", vi: "có phải ý là `{near}`?", near = near),
            None => say!(
                en: "put it into the folder, beside {index}",
                vi: "hãy chép tệp vào thư mục, bên cạnh {index}",
                index = self.index
            ),
        };
        Err((why, remedy))
    }

    fn inside(&self, source: PathBuf, path: &str) -> Result<PathBuf, Refusal> {
        if !source.starts_with(&self.root) {
            return Err((
                say!(
                    en: "`{path}` is a link that leads out of the folder",
                    vi: "`{path}` là liên kết trỏ ra ngoài thư mục",
                    path = path
                ),
                say!(en: "copy the file itself into the folder", vi: "hãy chép chính tệp đó vào thư mục"),
            ));
        }
        let metadata = source.metadata().map_err(|error| unreadable(path, &error))?;
        if !metadata.is_file() {
            return Err((
                say!(en: "`{path}` is not a file", vi: "`{path}` không phải là tệp", path = path),
                say!(en: "name a file", vi: "hãy ghi tên một tệp"),
            ));
        }
        if metadata.len() == 0 {
            return Err((
                say!(en: "`{path}` is empty", vi: "tệp `{path}` trống", path = path),
                say!(en: "copy it again", vi: "hãy chép lại tệp"),
            ));
        }
        if metadata.len() > limits::MEDIA_BYTES_MAX {
            return Err((
                say!(
                    en: "`{path}` is larger than {gibibytes} GiB",
                    vi: "`{path}` lớn hơn {gibibytes} GiB",
                    path = path,
                    gibibytes = limits::MEDIA_BYTES_MAX >> 30
                ),
                say!(en: "save it smaller or cut it", vi: "hãy lưu nhỏ hơn hoặc cắt bớt"),
            ));
        }
        Ok(source)
    }

    fn names_beside(&self, path: &str) -> Vec<String> {
        let parent = Path::new(path).parent().unwrap_or(Path::new(""));
        let Ok(entries) = self.root.join(parent).read_dir() else { return Vec::new() };
        let path_of = |name: std::ffi::OsString| parent.join(name).to_str().map(str::to_owned);
        entries.flatten().filter_map(|entry| path_of(entry.file_name())).collect()
    }

    fn measure(&self, source: &Path, path: &str) -> Result<Measured, Fault> {
        let (length, sha256) = hash(source).map_err(|error| unreadable(path, &error))?;
        let probe = (self.probe)(source).map_err(Fault::Broken)?;
        match too_large(path, probe) {
            Some(refusal) => Err(Fault::Refused(refusal)),
            None => Ok(Measured { length, sha256, probe }),
        }
    }
}

/// The file name that was meant: what a backslash between plain quotation marks made of it, nobody meant.
fn named_in<'d>(said: &Said<'d>) -> Option<&'d str> {
    let text = said.text()?;
    let raw = said.written();
    let inside =
        raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).filter(|_| !raw.starts_with("\"\"\""));
    let escapes = |inside: &&str| {
        let mut rest = inside.split('\\').skip(1);
        rest.any(|after| after.starts_with(|c: char| c.is_alphanumeric() && !matches!(c, 'u' | 'U')))
    };
    Some(inside.filter(escapes).unwrap_or(text))
}

/// What to say of a path as Windows writes it.
fn of_windows(key: &str, written: &str) -> Option<Refusal> {
    // Its properties' window puts a mark of direction before what is copied from it.
    let path = written.trim_matches(|c: char| turns_direction(c) || c.is_whitespace());
    let has_drive =
        path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic());
    let path = path.strip_prefix("file:///").unwrap_or(path);
    let parts: Vec<&str> = path.split(['\\', '/']).filter(|part| !matches!(*part, "" | ".")).collect();
    let name = parts.last().copied().filter(|name| !name.ends_with(':'))?;
    if has_drive || path.starts_with("\\\\") {
        let why = say!(
            en: "`{path}` is on the computer, outside of the folder that is published",
            vi: "`{path}` nằm trên máy tính, ngoài thư mục được phát hành",
            path = path
        );
        let remedy = say!(
            en: "copy the file into the folder and write {key} = \"{name}\"",
            vi: "hãy chép tệp vào thư mục rồi viết {key} = \"{name}\"",
            key = key,
            name = name
        );
        return Some((why, remedy));
    }
    if !path.contains('\\') || parts.contains(&"..") {
        return None;
    }
    let why = say!(en: "`{path}` is written with `\\`", vi: "`{path}` viết bằng dấu `\\`", path = path);
    let remedy = say!(
        en: "write {key} = \"{parts}\"",
        vi: "hãy viết {key} = \"{parts}\"",
        key = key,
        parts = parts.join("/")
    );
    Some((why, remedy))
}

/// The path with `/` between its parts, if it can only lead into the folder.
fn inner_path(written: &str) -> Result<String, Refusal> {
    let refuse = |why: Text| {
        let remedy = say!(
            en: "name a file inside the folder, with `/` before a file in a subfolder: anh/cho.jpg",
            vi: "hãy ghi tệp nằm trong thư mục, dùng `/` cho thư mục con: anh/cho.jpg"
        );
        Err((why, remedy))
    };
    if written.is_empty() {
        return refuse(say!(en: "the file name is empty", vi: "tên tệp trống"));
    }
    if written.chars().any(|c| c.is_control() || turns_direction(c)) {
        return refuse(say!(en: "the file name holds a hidden character", vi: "tên tệp có ký tự ẩn"));
    }
    if written.contains('\\') {
        return refuse(say!(
            en: "`{written}` is written with `\\`",
            vi: "`{written}` viết bằng dấu `\\`",
            written = written
        ));
    }
    let drive = written.as_bytes().get(1) == Some(&b':');
    let mut parts = Vec::new();
    for component in Path::new(written).components() {
        match component {
            Component::Normal(part) if !drive => parts.push(part.to_string_lossy()),
            Component::CurDir if !drive => {}
            _ => {
                return refuse(say!(
                    en: "`{written}` leads out of the folder",
                    vi: "`{written}` dẫn ra ngoài thư mục",
                    written = written
                ));
            }
        }
    }
    match parts.is_empty() {
        true => {
            refuse(say!(en: "`{written}` is no file", vi: "`{written}` không phải là tệp", written = written))
        }
        false => Ok(parts.join("/")),
    }
}

fn hash(source: &Path) -> io::Result<(u64, Sha256)> {
    let mut file = File::open(source)?;
    let mut hasher = sha2::Sha256::new();
    let mut chunk = vec![0; 256 << 10];
    let mut length = 0;
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok((length, Sha256(hasher.finalize().into()))),
            Ok(read) => {
                hasher.update(&chunk[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if length > limits::MEDIA_BYTES_MAX {
            return Err(io::Error::other("the file grew while it was read"));
        }
    }
}

fn unreadable(path: &str, error: &io::Error) -> Refusal {
    let why = say!(
        en: "`{path}` cannot be read: {error}",
        vi: "không đọc được `{path}`: {error}",
        path = path,
        error = error
    );
    let remedy = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            say!(en: "check that this user may read it", vi: "hãy kiểm tra quyền đọc của người dùng này")
        }
        _ => {
            say!(en: "copy the file itself into the folder again", vi: "hãy chép lại chính tệp đó vào thư mục")
        }
    };
    (why, remedy)
}

/// Whether the file is what its key asks for.
fn suits(path: &str, probe: Probe, role: Role) -> Result<(), Refusal> {
    let (en, vi, key) = match (role, probe) {
        (Role::Picture, Probe::Picture { .. })
        | (Role::Film, Probe::Film { .. })
        | (Role::Sound, Probe::Sound { .. } | Probe::Film { has_sound: true, .. }) => return Ok(()),
        (Role::Sound, Probe::Film { .. }) => ("a film without sound", "phim không có tiếng", "video"),
        (_, Probe::Film { .. }) => ("a film", "một đoạn phim", "video"),
        (Role::Film, Probe::Sound { .. }) => {
            ("only sound, with no moving picture", "chỉ có tiếng, không có hình", "audio")
        }
        (_, Probe::Sound { .. }) => ("a sound", "tệp âm thanh", "audio"),
        (_, Probe::Picture { .. }) => ("a picture", "một bức ảnh", "image"),
    };
    Err((
        say!(en: "`{path}` is {en}", vi: "`{path}` là {vi}", path = path, en = en, vi = vi),
        say!(
            en: "write `{key} = …`, or name another file",
            vi: "hãy viết `{key} = …`, hoặc ghi tệp khác",
            key = key
        ),
    ))
}

/// What no board can draw or would ever finish.
fn too_large(path: &str, probe: Probe) -> Option<Refusal> {
    let (size, duration_ms, pixels_max) = match probe {
        Probe::Picture { width, height } => (Some((width, height)), None, limits::PICTURE_PIXELS_MAX),
        Probe::Film { width, height, duration_ms, .. } => {
            (Some((width, height)), Some(duration_ms), limits::FILM_PIXELS_MAX)
        }
        Probe::Sound { duration_ms } => (None, Some(duration_ms), 0),
    };
    if let Some((width, height)) = size {
        let side = width.max(height);
        let pixels = u64::from(width) * u64::from(height);
        if side > limits::PICTURE_SIDE_MAX || pixels > pixels_max {
            return Some((
                say!(
                    en: "`{path}` is {width} × {height} pixels, too large for a board",
                    vi: "`{path}` có {width} × {height} điểm ảnh, quá lớn cho bảng tin",
                    path = path,
                    width = width,
                    height = height
                ),
                say!(en: "save it as 1920 × 1080", vi: "hãy lưu lại cỡ 1920 × 1080"),
            ));
        }
        if pixels == 0 {
            return Some((
                say!(en: "`{path}` has no pixels", vi: "`{path}` không có điểm ảnh nào", path = path),
                say!(en: "copy it again", vi: "hãy chép lại tệp"),
            ));
        }
    }
    match duration_ms {
        Some(0) => Some((
            say!(en: "`{path}` has no length", vi: "`{path}` có thời lượng bằng không", path = path),
            say!(en: "copy it again", vi: "hãy chép lại tệp"),
        )),
        Some(ms) if ms > limits::MEDIA_DURATION_MS_MAX => Some((
            say!(
                en: "`{path}` is longer than {hours} hours",
                vi: "`{path}` dài hơn {hours} giờ",
                path = path,
                hours = limits::MEDIA_DURATION_MS_MAX / 3_600_000
            ),
            say!(en: "cut it", vi: "hãy cắt bớt"),
        )),
        _ => None,
    }
}
