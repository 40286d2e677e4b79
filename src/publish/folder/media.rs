//! The media beside `programme.toml` or `alerts.json`: found, kept inside the folder, hashed, and opened by the probe.
//!
//! Each file is read once however often it is named. What a file is, its content decides and not its name: a
//! text called `.mp4` is a text (see [`kind`]), and a PNG called `.jpg` is a picture. Where a key asks for a
//! picture, one that boards cannot decode and this machine can is converted (see [`heif`](super::heif)), and
//! what comes out is published.

use super::heif::{Converted, Converter, Failure, Scratch};
use super::kind::{self, Kind, Nature};
use super::names::{self, Found};
use super::picture;
use super::{MediaFile, ProbeFile};
use crate::limits;
use crate::model::media::{Media, Probe, Sha256};
use crate::problem::{Problem, Text};
use crate::say;
use crate::toml_doc::paths::{self, OfWindows, copy_here};
use crate::toml_doc::{Said, did_you_mean};
use sha2::Digest;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    converter: Converter,
    /// By canonical path; `None` is a file that was refused once already.
    measured: HashMap<PathBuf, Option<Measured>>,
    files: Vec<MediaFile>,
}

#[derive(Debug, Clone)]
struct Measured {
    length: u64,
    sha256: Sha256,
    probe: Probe,
    /// The file that was measured, where that is not the one which was named.
    converted: Option<(PathBuf, Arc<Scratch>)>,
}

/// Why, and what to do.
pub(super) type Refusal = (Text, Text);

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
        let converter = Converter::installed();
        Shelf { root, index, probe, converter, measured: HashMap::new(), files: Vec::new() }
    }

    /// The files that were named and found good, each content once.
    pub fn into_files(self) -> Vec<MediaFile> {
        let mut seen = std::collections::HashSet::new();
        self.files.into_iter().filter(|file| seen.insert(file.media.sha256)).collect()
    }

    /// The file that a key names, measured; `None` after noting what is wrong with it.
    pub fn media(&mut self, said: &Said, role: Role) -> Option<Media> {
        let written = paths::named_in(said)?;
        let (key, windows, web) = (said.key(), OfWindows::read(written), names::of_web(written));
        let elsewhere = |path: &str, name: &str| (outside(path), copy_here(key, name));
        let told = windows.map(|path| path.told(key, elsewhere));
        if let Some((why, remedy)) = told.or_else(|| Some(on_the_web(role, key, web?))) {
            said.refuse(why, remedy);
            return None;
        }
        match self.find(written, role, Some(said.key())) {
            Ok((media, notice)) => {
                if let Some((why, remedy)) = notice {
                    said.warn(why, remedy);
                }
                return Some(media);
            }
            Err(Fault::Refused((why, remedy))) => said.refuse(why, remedy),
            Err(Fault::Broken(problem)) => {
                let subject = format!("{} ({written})", said.document().subject(said.at()));
                said.document().note(said.at(), Problem { subject, ..problem });
            }
            Err(Fault::Told) => {}
        }
        None
    }

    /// The file of this name, measured, for a place that is no key of `programme.toml`.
    ///
    /// # Errors
    /// What is wrong with it, as long as that was not told already.
    pub fn named(&mut self, written: &str, role: Role) -> Result<Media, Fault> {
        self.find(written, role, None).map(|(media, _)| media)
    }

    /// With it comes what should be known of the file, once.
    fn find(
        &mut self,
        written: &str,
        role: Role,
        key: Option<&str>,
    ) -> Result<(Media, Option<Refusal>), Fault> {
        let path = names::inner_path(written)?;
        let source = self.locate(&path)?;
        let (measured, is_new) = match self.measured.get(&source) {
            Some(known) => (known.clone().ok_or(Fault::Told)?, false),
            None => {
                let measured = self.measure(&source, &path, role, key);
                self.measured.insert(source.clone(), measured.as_ref().ok().cloned());
                (measured?, true)
            }
        };
        let either = matches!(key, Some("image" | "video")) && picture::may_move(&source);
        if !either || matches!(measured.probe, Probe::Sound { .. }) {
            kind::suits(&path, measured.probe, role, key)?;
        }
        let (size, duration_ms) = match measured.probe {
            Probe::Picture { width, height } => (Some((width, height)), None),
            Probe::Film { width, height, duration_ms, .. } => (Some((width, height)), Some(duration_ms)),
            Probe::Sound { duration_ms } => (None, Some(duration_ms)),
        };
        let size = size.filter(|_| role != Role::Sound);
        let (source, kept, path, notice) = match measured.converted {
            None => (source, None, path, None),
            Some((jpeg, kept)) => {
                let notice = was_converted(&path);
                let name = Path::new(&path).with_extension("jpg").to_string_lossy().into_owned();
                (jpeg, Some(kept), name, is_new.then_some(notice))
            }
        };
        let media = Media {
            path,
            length: measured.length,
            sha256: measured.sha256,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            duration_ms,
        };
        self.files.push(MediaFile { source, media: media.clone(), _kept: kept });
        Ok((media, notice))
    }

    /// The canonical path of a regular file inside the folder.
    fn locate(&self, path: &str) -> Result<PathBuf, Refusal> {
        let (why, near) = match names::find(&self.root, path) {
            Found::One(found) => match found.canonicalize() {
                Ok(source) => return self.inside(source, path),
                Err(error) if error.kind() == io::ErrorKind::NotFound && found.is_symlink() => {
                    return Err((
                        say!(
                            en: "`{path}` is a link to a file that is not there",
                            vi: "`{path}` là liên kết tới một tệp không còn",
                            path = path
                        ),
                        copy_itself(),
                    ));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => (missing(path), None),
                Err(error) => return Err(unreadable(path, &error)),
            },
            Found::Several(names) => {
                let several = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                return Err((
                    say!(
                        en: "`{path}` may be any of {several}",
                        vi: "`{path}` có thể là một trong các tệp {several}",
                        path = path,
                        several = several
                    ),
                    say!(
                        en: "rename all but one of these, or delete them",
                        vi: "hãy đổi tên hoặc xóa bớt, chỉ để lại một tệp"
                    ),
                ));
            }
            Found::None => (missing(path), names::similar(&self.root, path)),
        };
        let remedy = match near {
            Some(near) => did_you_mean(&near),
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
                copy_itself(),
            ));
        }
        let metadata = source.metadata().map_err(|error| unreadable(path, &error))?;
        if metadata.is_dir() {
            return Err((
                say!(en: "`{path}` is a folder", vi: "`{path}` là thư mục", path = path),
                say!(
                    en: "name a file that is in it, after a `/`: {path}/cho.jpg",
                    vi: "hãy ghi một tệp nằm trong đó, sau dấu `/`: {path}/cho.jpg",
                    path = path
                ),
            ));
        }
        if !metadata.is_file() {
            return Err((
                say!(en: "`{path}` is not a file", vi: "`{path}` không phải là tệp", path = path),
                say!(en: "name a file", vi: "hãy ghi tên một tệp"),
            ));
        }
        if metadata.len() == 0 {
            return Err((
                say!(en: "`{path}` is empty", vi: "tệp `{path}` trống", path = path),
                say!(
                    en: "copy it again from where it came, and look at it before you pull the stick out",
                    vi: "hãy chép lại tệp từ nguồn, và mở xem thử trước khi rút USB"
                ),
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

    fn measure(&self, source: &Path, path: &str, role: Role, key: Option<&str>) -> Result<Measured, Fault> {
        let unreadable = |error: io::Error| Fault::Refused(unreadable(path, &error));
        match kind::by_signature(source).map_err(unreadable)? {
            Some(kind) if kind.nature == Nature::Heif && role == Role::Picture => {
                self.converted(source, path, kind)
            }
            Some(kind) => Err(Fault::Refused(kind.refusal(path, role, key))),
            None => {
                let (length, sha256) = hash(source).map_err(unreadable)?;
                let probe = (self.probe)(source).map_err(|problem| {
                    match (kind::by_content(source), picture::refusal(source, path)) {
                        (Ok(Some(kind)), _) => Fault::Refused(kind.refusal(path, role, key)),
                        (_, Ok(Some(refusal))) => Fault::Refused(refusal),
                        _ => Fault::Broken(problem),
                    }
                })?;
                match too_large(path, probe) {
                    Some(refusal) => Err(Fault::Refused(refusal)),
                    None => Ok(Measured { length, sha256, probe, converted: None }),
                }
            }
        }
    }

    /// The same of the JPEG that is made of a picture.
    fn converted(&self, source: &Path, path: &str, kind: Kind) -> Result<Measured, Fault> {
        let failed = |failure: Failure| Fault::Refused(failure.said(path, kind.named()));
        let Converted { jpeg, folder } = self.converter.convert(source).map_err(failed)?;
        let unlike = |problem: Problem| failed(Failure::Failed(problem.why));
        let (length, sha256) = hash(&jpeg).map_err(|error| Fault::Refused(unreadable(path, &error)))?;
        let probe = (self.probe)(&jpeg).map_err(unlike)?;
        match (too_large(path, probe), probe) {
            (Some(refusal), _) => Err(Fault::Refused(refusal)),
            (None, Probe::Picture { .. }) => {
                Ok(Measured { length, sha256, probe, converted: Some((jpeg, Arc::new(folder))) })
            }
            (None, _) => Err(failed(Failure::Failed(say!(
                en: "what came out is no picture",
                vi: "kết quả không phải là ảnh"
            )))),
        }
    }
}

fn was_converted(path: &str) -> Refusal {
    (
        say!(en: "`{path}` was converted to JPEG, for boards cannot show it as it is",
            vi: "`{path}` đã được chuyển sang JPEG vì bảng tin không hiện được định dạng gốc", path = path),
        say!(en: "nothing is left to do; `bangtin render` shows how it looks",
            vi: "không cần làm gì thêm; xem thử bằng `bangtin render`"),
    )
}

fn outside(path: &str) -> Text {
    say!(
        en: "`{path}` is on the computer, outside of the folder that is published",
        vi: "`{path}` nằm trên máy tính, ngoài thư mục được phát hành"
    )
}

/// What to say of the address of a file, which boards do not fetch from strangers.
fn on_the_web(role: Role, key: &str, (address, name): (&str, Option<&str>)) -> Refusal {
    let (en, vi, usual) = match role {
        Role::Picture => ("a picture", "ảnh", "anh.jpg"),
        Role::Film => ("a film", "phim", "phim.mp4"),
        Role::Sound => ("a sound", "âm thanh", "loa.mp3"),
    };
    (
        say!(
            en: "`{address}` is an address on the web, and {en} must be a file in the folder",
            vi: "`{address}` là địa chỉ trên mạng, mà {vi} phải là tệp nằm trong thư mục"
        ),
        say!(
            en: "save it into the folder and write {key} = \"{name}\"",
            vi: "hãy tải về, lưu vào thư mục rồi viết {key} = \"{name}\"",
            name = name.unwrap_or(usual)
        ),
    )
}

fn missing(path: &str) -> Text {
    say!(en: "there is no file `{path}`", vi: "không có tệp `{path}`", path = path)
}

fn copy_itself() -> Text {
    say!(en: "copy the file itself into the folder", vi: "hãy chép chính tệp đó vào thư mục")
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
            return Some(picture::too_large(path, width, height));
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
