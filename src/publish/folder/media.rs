//! The media beside `programme.toml` or `alerts.json`: found, kept inside the folder, hashed, and opened by the probe.
//!
//! Each file is read once however often it is named. What a file is, its content decides and not its name: a
//! text called `.mp4` is a text (see [`kind`]), and a PNG called `.jpg` is a picture. Where a key asks for a
//! picture, one that boards cannot decode and this machine can is converted (see [`heif`](super::heif)), and
//! what comes out is published.

use super::heif::{self, Converter, Failure, Scratch};
use super::kind::{self, Kind, Nature};
use super::names::{self, Found};
use super::picture::{self, Bad};
use super::{MediaFile, ProbeFile};
use crate::limits;
use crate::model::media::{Codec, FilmTraits, Media, Probe, Sha256};
use crate::problem::{Problem, Text};
use crate::publish::transcode::line::{self, Means};
use crate::publish::transcode::{self, Made, Original, Transcoder};
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
    transcoder: Option<&'a Transcoder<'a>>,
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
    converted: Option<Converted>,
    /// What should be known of it, told once.
    notice: Option<Notice>,
}

#[derive(Debug, Clone)]
struct Converted {
    file: PathBuf,
    /// Of its name.
    ending: &'static str,
    kept: Option<Arc<Scratch>>,
}

/// What is told of a file that is published, with a command for people to type where there is one.
type Notice = (Refusal, Option<String>);

/// Why, and what to do.
pub(super) type Refusal = (Text, Text);

/// What is wrong with a file that is named.
#[derive(Debug)]
pub enum Fault {
    Refused(Refusal),
    /// The same, with the command that mends it.
    Mended(Refusal, Option<String>),
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
        Shelf { root, index, probe, converter, transcoder: None, measured: HashMap::new(), files: Vec::new() }
    }

    /// What does not fit is made fit by this.
    pub fn making_fit(self, transcoder: Option<&'a Transcoder<'a>>) -> Shelf<'a> {
        Shelf { transcoder, ..self }
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
                if let Some(((why, remedy), line)) = notice {
                    said.document().warn_of(said.at(), with_line(said, why, remedy, line));
                }
                return Some(media);
            }
            Err(Fault::Refused((why, remedy))) => said.refuse(why, remedy),
            Err(Fault::Mended((why, remedy), line)) => {
                said.document().note(said.at(), with_line(said, why, remedy, line));
            }
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
    ) -> Result<(Media, Option<Notice>), Fault> {
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
        let animated = role == Role::Picture && matches!(measured.probe, Probe::Film { .. });
        if animated && !either && picture::may_move(&source) {
            return Err(Fault::Refused(picture::moves(&path)));
        }
        if !either || matches!(measured.probe, Probe::Sound { .. }) {
            kind::suits(&path, measured.probe, role, key)?;
        }
        let (size, duration_ms) = match measured.probe {
            Probe::Picture { width, height } => (Some((width, height)), None),
            Probe::Film { width, height, duration_ms, .. } => (Some((width, height)), Some(duration_ms)),
            Probe::Sound { duration_ms, .. } => (None, Some(duration_ms)),
        };
        let size = size.filter(|_| role != Role::Sound);
        let notice = measured.notice.filter(|_| is_new);
        let (source, kept, path) = match measured.converted {
            None => (source, None, path),
            Some(Converted { file, ending, kept }) => {
                let name = Path::new(&path).with_extension(ending).to_string_lossy().into_owned();
                (file, kept, name)
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
                let length = source.metadata().map_err(unreadable)?.len();
                if length > limits::MEDIA_BYTES_MAX {
                    self.of_long_file(source, path, role)?;
                }
                let (length, sha256) =
                    hash(source, length.max(limits::MEDIA_BYTES_MAX)).map_err(unreadable)?;
                let probe = (self.probe)(source).map_err(|problem| {
                    match (kind::by_content(source), picture::refusal(source)) {
                        (Ok(Some(kind)), _) => self.of_kind(source, path, kind, (role, key)),
                        (_, Ok(Some(Bad::TooLarge(size)))) => self.of_large_picture(source, path, size),
                        (_, Ok(Some(Bad::CutOff))) => Fault::Refused(picture::cut_off(path)),
                        _ => Fault::Broken(self.rescued(source, path, role, problem)),
                    }
                })?;
                self.judged(Original { source, path, sha256, length, probe })
            }
        }
    }

    /// A file that is known for what it is, with the command that makes of it what boards open, where there is one.
    fn of_kind(&self, source: &Path, path: &str, kind: Kind, (role, key): (Role, Option<&str>)) -> Fault {
        let (why, remedy) = kind.refusal(path, role, key);
        let filter = line::levelled_in_one_go();
        let (ending, words) = match (kind.nature, role) {
            (Nature::ForeignSound, Role::Sound) => (".m4a", line::of_sound(Some(&filter))),
            (Nature::ForeignFilm, Role::Film) => (".mp4", line::of_unopened_film(&filter)),
            _ => return Fault::Refused((why, remedy)),
        };
        let (mended, line) = self
            .mended(source, path, why.clone(), (ending, ""), |from, to| line::for_people(from, to, &words));
        // A path that cannot be typed has no line.
        Fault::Mended(if line.is_some() { mended } else { (why, remedy) }, line)
    }

    /// What is wrong with a file, and of a film the command that leaves out what is damaged: there may be no other copy.
    fn rescued(&self, source: &Path, path: &str, role: Role, problem: Problem) -> Problem {
        if role != Role::Film || !kind::is_film(source).is_ok_and(|is_film| is_film) {
            return problem;
        }
        let ((why, rescue), line) =
            self.mended(source, path, problem.why.clone(), ("-rescued.mp4", ""), line::rescuing);
        if line.is_none() {
            return problem;
        }
        let remedy = say!(
            en: "{first}; if there is no other copy, {rescue}: what cannot be read is left out, so look at it first",
            vi: "{first_vi}; nếu không còn bản nào khác, {rescue_vi}: phần hỏng bị bỏ đi, nên hãy xem lại trước",
            first_vi = problem.remedy.vi, rescue_vi = rescue.vi, first = problem.remedy.en, rescue = rescue.en
        );
        Problem { why, remedy, sketch: line.into_iter().collect(), ..problem }
    }

    /// A file that is longer than any that is published. Of a film it is worth while to know more.
    fn of_long_file(&self, source: &Path, path: &str, role: Role) -> Result<(), Fault> {
        match (role, self.transcoder) {
            (Role::Picture, _) => Err(Fault::Refused((too_long(path), picture::smaller()))),
            (Role::Film, _) | (Role::Sound, Some(_)) => Ok(()),
            (Role::Sound, None) => {
                let words = line::of_sound(Some(&line::levelled_in_one_go()));
                let why = too_long(path);
                let (refusal, line) =
                    self.mended(source, path, why, (".small.m4a", "--transcode"), |from, to| {
                        line::for_people(from, to, &words)
                    });
                Err(Fault::Mended(refusal, line))
            }
        }
    }

    /// A file that opens: as it is, or as it is made to fit.
    fn judged(&self, original: Original<'_>) -> Result<Measured, Fault> {
        let Original { source, path, sha256, length, probe } = original;
        let made = match self.transcoder {
            Some(transcoder) => transcoder.made_fit(&original).map_err(Fault::Refused)?,
            None => None,
        };
        if let Some(made) = made {
            return self.made_fit(&original, made);
        }
        let too_long = (length > limits::MEDIA_BYTES_MAX).then(|| too_long(path));
        let asis = |notice| Measured { length, sha256, probe, converted: None, notice };
        let (seen, traits) = match (probe, never_fits(path, probe)) {
            (Probe::Film { width, height, traits, .. }, _)
                if line::means(&traits, [width, height]) == Means::TooLarge =>
            {
                let (refusal, line) = self.of_film(&original, [width, height], &traits, Means::TooLarge);
                return Err(Fault::Mended(refusal, line));
            }
            (Probe::Picture { width, height }, Some(_)) if is_too_large([width, height]) => {
                return Err(self.of_large_picture(source, path, [width, height]));
            }
            (_, Some(refusal)) => return Err(Fault::Refused(refusal)),
            (Probe::Film { width, height, traits, .. }, None) => ([width, height], traits),
            (_, None) => {
                let silent = of_nothing(path, probe).map(|refusal| (refusal, None));
                return too_long
                    .map_or(Ok(asis(silent)), |why| Err(Fault::Refused((why, picture::smaller()))));
            }
        };
        if let Some(why) = too_long {
            let (refusal, line) = self.of_film_as(&original, why, seen, &traits);
            return Err(Fault::Mended(refusal, line));
        }
        let means = line::means(&traits, seen);
        let above = (means == Means::Above).then(|| self.of_film(&original, seen, &traits, means));
        Ok(asis(above.or_else(|| Some((of_nothing(path, probe)?, None)))))
    }

    fn made_fit(&self, original: &Original<'_>, made: Made) -> Result<Measured, Fault> {
        let unreadable = |error: io::Error| Fault::Refused(unreadable(original.path, &error));
        let probe = (self.probe)(&made.file).map_err(Fault::Broken).and_then(|probe| {
            transcode::agrees(original, &made, probe)?;
            never_fits(original.path, probe).map_or(Ok(probe), |refusal| Err(refusal.into()))
        });
        // What is no good must not be found there the next time.
        let probe = probe.inspect_err(|_| transcode::discard(&made))?;
        self.transcoder.iter().for_each(|transcoder| transcoder.tell(&made));
        let (length, sha256) = hash(&made.file, limits::MEDIA_BYTES_MAX).map_err(unreadable)?;
        let converted = Some(Converted { file: made.file, ending: made.ending, kept: None });
        Ok(Measured { length, sha256, probe, converted, notice: None })
    }

    /// What to say of a film that is above the means of boards, and the command that makes it fit.
    fn of_film(
        &self,
        original: &Original<'_>,
        [width, height]: [u32; 2],
        traits: &FilmTraits,
        means: Means,
    ) -> (Refusal, Option<String>) {
        let path = original.path;
        let rate = line::rate(traits).round();
        let (a_second_en, a_second_vi) = match rate > 0.0 {
            true => (format!(", {rate} pictures a second"), format!(", {rate} hình mỗi giây")),
            false => (String::new(), String::new()),
        };
        let packed = match traits.codec {
            Codec::Hevc => " (HEVC)",
            Codec::Vp9 => " (VP9)",
            Codec::Av1 => " (AV1)",
            Codec::Avc | Codec::Other => "",
        };
        let why = match means {
            Means::TooLarge => say!(
                en: "`{path}` is a film of {width} × {height}{a_second_en}{packed}, too large for any board",
                vi: "`{path}` là phim {width} × {height}{a_second_vi}{packed}, quá lớn cho mọi bảng tin"
            ),
            Means::Above | Means::Within => say!(
                en: "`{path}` is a film of {width} × {height}{a_second_en}{packed}: small boards, such as a Raspberry Pi 4, will stutter",
                vi: "`{path}` là phim {width} × {height}{a_second_vi}{packed}: bảng nhỏ như Raspberry Pi 4 sẽ bị giật"
            ),
        };
        self.of_film_as(original, why, [width, height], traits)
    }

    fn of_film_as(
        &self,
        original: &Original<'_>,
        why: Text,
        seen: [u32; 2],
        traits: &FilmTraits,
    ) -> (Refusal, Option<String>) {
        let [width, height] = line::fitted(seen);
        let shorter = width.min(height);
        let zscale = line::is_wide(traits) && transcode::has_zscale();
        let filter = line::levelled_in_one_go();
        let words = line::of_film(traits, seen, zscale, Some(&filter));
        self.mended(
            original.source,
            original.path,
            why,
            (&format!("-{shorter}p.mp4"), "--transcode"),
            |from, to| line::for_people(from, to, &words),
        )
    }

    fn of_large_picture(&self, source: &Path, path: &str, size: [u32; 2]) -> Fault {
        let ending = Path::new(path).extension().map_or("", |ending| ending.to_str().unwrap_or_default());
        let (refusal, line) = self.mended(
            source,
            path,
            picture::too_large(path, size),
            (&format!("-small.{ending}"), ""),
            |from, to| line::for_picture(from, to, size),
        );
        Fault::Mended(refusal, line)
    }

    /// With the remedy that names what `line` makes.
    fn mended(
        &self,
        source: &Path,
        path: &str,
        why: Text,
        (ending, option): (&str, &str),
        line: impl FnOnce(&Path, &Path) -> Option<String>,
    ) -> (Refusal, Option<String>) {
        let renamed = |path: &Path| {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            path.with_file_name(format!("{stem}{ending}"))
        };
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
        let from = line::from_here(source, here.as_deref());
        let line = line(&from, &renamed(&from));
        let name = renamed(Path::new(path)).display().to_string();
        let remedy = match (&line, option) {
            (None, _) => picture::smaller(),
            (Some(_), "") => say!(
                en: "type the line below, and name `{name}` in its place",
                vi: "hãy gõ dòng lệnh dưới đây rồi ghi tên `{name}` thay vào"
            ),
            (Some(_), option) => say!(
                en: "add {option}, or type the line below and name `{name}` in its place",
                vi: "hãy thêm {option}, hoặc gõ dòng lệnh dưới đây rồi ghi tên `{name}` thay vào",
                option = option, name = name
            ),
        };
        ((why, remedy), line)
    }

    /// The same of the JPEG that is made of a picture.
    fn converted(&self, source: &Path, path: &str, kind: Kind) -> Result<Measured, Fault> {
        let failed = |failure: Failure| Fault::Refused(failure.said(path, kind.named()));
        let heif::Converted { jpeg, folder } = self.converter.convert(source).map_err(failed)?;
        let unlike = |problem: Problem| failed(Failure::Failed(problem.why));
        let (length, sha256) =
            hash(&jpeg, limits::MEDIA_BYTES_MAX).map_err(|error| Fault::Refused(unreadable(path, &error)))?;
        let probe = (self.probe)(&jpeg).map_err(unlike)?;
        match (never_fits(path, probe), probe) {
            (Some(refusal), _) => Err(Fault::Refused(refusal)),
            (None, Probe::Picture { .. }) => {
                let converted = Converted { file: jpeg, ending: "jpg", kept: Some(Arc::new(folder)) };
                let notice = Some((was_converted(path), None));
                Ok(Measured { length, sha256, probe, converted: Some(converted), notice })
            }
            (None, _) => Err(failed(Failure::Failed(say!(
                en: "what came out is no picture",
                vi: "kết quả không phải là ảnh"
            )))),
        }
    }
}

fn with_line(said: &Said, why: Text, remedy: Text, line: Option<String>) -> Problem {
    let mut problem = Problem::new(said.document().subject(said.at()), why, remedy);
    problem.sketch.extend(line);
    problem
}

/// What to say of a file in which nothing is heard, or nothing seen.
fn of_nothing(path: &str, probe: Probe) -> Option<Refusal> {
    let record = || {
        say!(en: "listen to it; if a voice should be there, record it again and look that the microphone is on",
             vi: "hãy nghe thử; nếu đáng lẽ có tiếng, hãy thu lại và kiểm tra micrô đã bật")
    };
    match probe {
        Probe::Sound { silent: true, .. } => Some((
            say!(en: "in `{path}` there is only silence", vi: "tệp `{path}` không có tiếng gì, chỉ im lặng"),
            record(),
        )),
        Probe::Film { traits: FilmTraits { black: true, .. }, .. } => Some((
            say!(en: "all of `{path}` is black", vi: "phim `{path}` đen từ đầu đến cuối"),
            say!(en: "look at it; if there should be pictures, save it again from the original",
                 vi: "hãy xem thử; nếu đáng lẽ có hình, hãy lưu lại từ bản gốc"),
        )),
        Probe::Film { traits: FilmTraits { silent: true, .. }, .. } => Some((
            say!(en: "the sound of `{path}` is only silence", vi: "phần tiếng của phim `{path}` chỉ im lặng"),
            record(),
        )),
        _ => None,
    }
}

fn too_long(path: &str) -> Text {
    say!(
        en: "`{path}` is larger than {gibibytes} GiB",
        vi: "`{path}` lớn hơn {gibibytes} GiB",
        path = path,
        gibibytes = limits::MEDIA_BYTES_MAX >> 30
    )
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

/// `most`: bytes.
fn hash(source: &Path, most: u64) -> io::Result<(u64, Sha256)> {
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
        if length > most {
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

fn is_too_large([width, height]: [u32; 2]) -> bool {
    let pixels = u64::from(width) * u64::from(height);
    width.max(height) > limits::PICTURE_SIDE_MAX || pixels > limits::PICTURE_PIXELS_MAX
}

/// What no board can draw or would ever finish.
fn never_fits(path: &str, probe: Probe) -> Option<Refusal> {
    let (size, duration_ms, pixels_max) = match probe {
        Probe::Picture { width, height } => (Some((width, height)), None, limits::PICTURE_PIXELS_MAX),
        Probe::Film { width, height, duration_ms, .. } => {
            (Some((width, height)), Some(duration_ms), limits::FILM_PIXELS_MAX)
        }
        Probe::Sound { duration_ms, .. } => (None, Some(duration_ms), 0),
    };
    if let Some((width, height)) = size {
        let pixels = u64::from(width) * u64::from(height);
        if width.max(height) > limits::PICTURE_SIDE_MAX || pixels > pixels_max {
            return Some((picture::too_large(path, [width, height]), picture::smaller()));
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
