//! Films and sounds made fit for boards by the `ffmpeg` program, where the publisher asks for it (`--transcode`).
//!
//! What does not fit, or is above a small board's means, is made anew; of what fits the sound alone, and that only where it is
//! much louder or quieter than all else. The original is never touched: what is made lies in a folder of this user's,
//! named by the original's content and by how it was made, so that nothing is done twice. It is written under another name
//! and gets its own when it is whole; it is probed before it is published, as any film is.

pub mod line;
mod loudness;
mod run;

use crate::disk;
use crate::limits::{MEDIA_BYTES_MAX, MEDIA_DURATION_MS_MAX};
use crate::media::child::FORMATS;
use crate::model::media::{Probe, Sha256};
use crate::problem::{Outcome, Problem, Text, lasting};
use crate::say;
use crate::{clock, clock::instant};
use line::Means;
use loudness::Measured;
use sha2::Digest;
use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Part of every name in the folder: what was made in another way is made again.
const EDITION: &str = "1";
/// How long what is made is kept after it was last wanted.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// What is left of one that was ended in the middle goes after this.
const PART_KEPT: Duration = Duration::from_secs(24 * 3600);
/// By how much a film may be shorter or longer than its original: a few pictures, and what a coder puts before a sound; and a
/// fiftieth.
const LENGTH_OFF_MS: u64 = 500;
/// Seconds of a processor: for the start, and for each second of a film, of which 8K takes the most.
const PROCESSOR_SECONDS: (u64, u64) = (600, 300);
/// How often the peaks of a sound are held anew, until it is as loud as all else.
const HELD_MAX: u32 = 3;

/// Why, and what to do.
pub type Refusal = (Text, Text);

/// A file as it was found.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    pub source: &'a Path,
    /// For messages.
    pub path: &'a str,
    pub sha256: Sha256,
    /// Bytes.
    pub length: u64,
    pub probe: Probe,
}

/// What was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub file: PathBuf,
    /// Of its name.
    pub ending: &'static str,
    /// Pixels as seen that it must have.
    pub size: Option<[u32; 2]>,
    /// What is told of it, once it has been found good; `None` if it was there already.
    said: Option<Text>,
}

/// The program, and where it writes.
pub struct Transcoder<'a> {
    program: Option<PathBuf>,
    cache: PathBuf,
    /// Is told what is done, while that takes its time.
    tell: &'a dyn Fn(&Text),
    zscale: OnceCell<bool>,
}

/// Whether ffmpeg has what brings HDR down to ordinary colours; Debian's has.
pub fn has_zscale() -> bool {
    let path = std::env::var_os("PATH");
    run::installed("ffmpeg", path.as_deref()).is_none_or(|program| knows_zscale(&program))
}

/// `ffmpeg` can be found.
pub fn is_installed() -> bool {
    run::installed("ffmpeg", std::env::var_os("PATH").as_deref()).is_some()
}

fn knows_zscale(program: &Path) -> bool {
    // Told to read nothing through the filter, one that does not know it says so by its name.
    let words = "-nostdin -v error -f lavfi -i color=s=16x16:d=0.04 -vf zscale=w=16:h=16 -f null -";
    let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
    let ended = run::run(program, &words, (None, None), PROCESSOR_SECONDS.0);
    ended.is_ok_and(|ended| ended.outcome == run::Outcome::Done)
}

/// Where what is made is kept, as the XDG Base Directory Specification has it.
///
/// # Errors
/// This user has no such folder.
pub fn cache_folder() -> Outcome<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    cache.map(|cache| cache.join("bangtin")).ok_or_else(|| {
        Problem::new(
            "--transcode",
            say!(en: "this user has no folder for what is made", vi: "người dùng này không có thư mục để lưu tệp chuyển đổi"),
            say!(en: "set HOME, or XDG_CACHE_HOME, to a folder with room", vi: "hãy đặt HOME hoặc XDG_CACHE_HOME là một thư mục còn chỗ"),
        )
    })
}

impl<'a> Transcoder<'a> {
    /// With the `ffmpeg` that is on the path of this process.
    pub fn installed(cache: PathBuf, tell: &'a dyn Fn(&Text)) -> Transcoder<'a> {
        let program = run::installed("ffmpeg", std::env::var_os("PATH").as_deref());
        Transcoder { program, cache, tell, zscale: OnceCell::new() }
    }

    /// What is to be published in place of the original; `None`: the original.
    ///
    /// # Errors
    /// There is no ffmpeg, or it failed; there is no room.
    pub fn made_fit(&self, original: &Original<'_>) -> Result<Option<Made>, Refusal> {
        match original.probe {
            Probe::Film { width, height, has_sound, traits, .. } => {
                let seen = [width, height];
                let fits = line::means(&traits, seen) == Means::Within && original.length <= MEDIA_BYTES_MAX;
                let sound = traits.sound.filter(|_| has_sound).map(|stream| format!("0:{stream}"));
                let measured = match &sound {
                    Some(stream) => self.measured(original, stream)?.filter(Measured::is_heard),
                    None => None,
                };
                let off = measured.is_some_and(|measured| measured.is_off());
                if fits && !off {
                    return Ok(None);
                }
                let copied = fits && line::is_copied(traits.codec);
                let size = Some(if copied { seen } else { line::fitted(seen) });
                let zscale = !copied && line::is_wide(&traits) && self.knows_zscale();
                let words = |levelled: Option<&str>| match levelled {
                    Some(levelled) if copied => line::of_film_s_sound(&traits, levelled),
                    _ => line::of_film(&traits, seen, zscale, levelled),
                };
                let stream = sound.unwrap_or_default();
                self.made(original, ("mp4", size), &words, measured.map(|measured| (measured, stream)))
            }
            Probe::Sound { .. } => {
                let stream = "0:a:0";
                let measured = self.measured(original, stream)?.filter(Measured::is_heard);
                let too_long = original.length > MEDIA_BYTES_MAX;
                if !too_long && !measured.is_some_and(|measured| measured.is_off()) {
                    return Ok(None);
                }
                let measured = measured.map(|measured| (measured, stream.to_owned()));
                self.made(original, ("m4a", None), &line::of_sound, measured)
            }
            Probe::Picture { .. } => Ok(None),
        }
    }

    /// `words`: of the command, by the filter of its sound.
    fn made(
        &self,
        original: &Original<'_>,
        (ending, size): (&'static str, Option<[u32; 2]>),
        words: &dyn Fn(Option<&str>) -> Vec<String>,
        sound: Option<(Measured, String)>,
    ) -> Result<Option<Made>, Refusal> {
        let key = words(sound.as_ref().map(|_| "R128")).join("\0");
        let digest = Sha256(sha2::Sha256::digest(format!("{EDITION}\0{key}")).into());
        let name = format!("{}-{:.16}.{ending}", original.sha256, digest.to_string());
        let file = self.cache.join(name);
        if is_there(&file) {
            return Ok(Some(Made { file, ending, size, said: None }));
        }
        let path = original.path;
        (self.tell)(&say!(
            en: "`{path}` is being made fit; that may take several times as long as it plays",
            vi: "đang chuyển đổi `{path}`, có thể lâu gấp nhiều lần thời lượng của tệp"
        ));
        let began = instant();
        let levelled = match &sound {
            Some((measured, stream)) => Some(self.levelled(original, *measured, stream)?),
            None => None,
        };
        let part = Part::new(&self.cache).map_err(|error| self.no_room(original, &error))?;
        let out = part.0.join(format!("out.{ending}"));
        let mut arguments: Vec<OsString> =
            words(levelled.as_deref()).into_iter().map(OsString::from).collect();
        arguments.extend(["-f", "mp4"].map(OsString::from));
        arguments.push(named(&out));
        let said = self.run(original, &["-v", "error"], &arguments, Some(&part.0))?;
        // A film that no decoder of ours has gone through is not known to be whole.
        let unseen = matches!(original.probe, Probe::Film { width, height, traits, .. }
            if line::means(&traits, [width, height]) == Means::TooLarge);
        if unseen && !said.trim().is_empty() {
            return Err(damaged(path, &said));
        }
        let bytes = out.metadata().map_or(0, |made| made.len());
        std::fs::rename(&out, &file).map_err(|error| self.no_room(original, &error))?;
        drop(part);
        let said = self.what_was_made(original, &file, size, sound.is_some(), (began.elapsed(), bytes));
        Ok(Some(Made { file, ending, size, said: Some(said) }))
    }

    /// Tells of what was made, and found good.
    pub fn tell(&self, made: &Made) {
        made.said.iter().for_each(self.tell);
    }

    fn what_was_made(
        &self,
        original: &Original<'_>,
        file: &Path,
        size: Option<[u32; 2]>,
        heard: bool,
        (took, bytes): (Duration, u64),
    ) -> Text {
        let made = Original { source: file, ..*original };
        let reached = if heard { self.measure(&made, "0:a:0", "").ok().flatten() } else { None };
        let loudness = reached.map_or_else(String::new, |reached| format!(", {:.1} LUFS", reached.loudness));
        let size = size.map_or_else(String::new, |[width, height]| format!("{width} × {height}, "));
        let (took, megabytes) =
            (lasting(took.as_secs().max(1)), |bytes: u64| (bytes as f64 / 1e5).ceil() / 10.0);
        say!(
            en: "`{path}` was made fit in {en}: {size}{after} MB, {before} MB before{loudness}; the file itself is as it was",
            vi: "đã chuyển đổi `{path}` trong {vi}: {size}{after} MB, trước là {before} MB{loudness}; tệp gốc giữ nguyên",
            path = original.path, en = took.en, vi = took.vi, after = megabytes(bytes), before = megabytes(original.length)
        )
    }

    /// The filters that make a sound as loud as all else: `loudnorm`, which turns the volume where the peaks have room, and a
    /// limiter before it where they have not.
    fn levelled(&self, original: &Original<'_>, measured: Measured, stream: &str) -> Result<String, Refusal> {
        if measured.has_room() {
            return Ok(measured.levelled(""));
        }
        let mut gain = measured.gain();
        for _ in 0..HELD_MAX {
            let held = loudness::held(gain);
            let Some(after) = self.measure(original, stream, &held)? else { break };
            if after.nearly_has_room() && after.gain().abs() < 1.5 {
                return Ok(after.levelled(&held));
            }
            gain += after.gain();
        }
        Ok(loudness::target(&loudness::held(gain)))
    }

    /// How loud the original is, as it was measured now or before; `None` where there is nothing to be heard.
    fn measured(&self, original: &Original<'_>, stream: &str) -> Result<Option<Measured>, Refusal> {
        let kept =
            self.cache.join(format!("{}-{EDITION}-{}.loudness", original.sha256, stream.replace(':', "_")));
        if let Ok(said) = disk::read_for_person(&kept) {
            is_there(&kept);
            return Ok(Measured::read(&String::from_utf8_lossy(&said)));
        }
        let measured = self.measure(original, stream, "")?;
        let said = measured.map_or_else(String::new, |measured| measured.to_string());
        disk::create_private_folder(&self.cache)
            .and_then(|()| disk::replace(&disk::Local::default(), &kept, said.as_bytes()))
            .map_err(|error| self.no_room(original, &error))?;
        Ok(measured)
    }

    /// `before`: filters in front of what measures.
    fn measure(
        &self,
        original: &Original<'_>,
        stream: &str,
        before: &str,
    ) -> Result<Option<Measured>, Refusal> {
        let filter = format!("{}:print_format=json", loudness::target(before));
        let words = ["-map", stream, "-af", &filter, "-f", "null", "-"];
        let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
        Ok(Measured::read(&self.run(original, &["-nostats", "-v", "info"], &words, None)?))
    }

    fn knows_zscale(&self) -> bool {
        *self.zscale.get_or_init(|| self.program.as_deref().is_some_and(knows_zscale))
    }

    /// What ffmpeg said.
    fn run(
        &self,
        original: &Original<'_>,
        how: &[&str],
        words: &[OsString],
        writes: Option<&Path>,
    ) -> Result<String, Refusal> {
        let path = original.path;
        let program = self.program.as_ref().ok_or_else(|| missing(path))?;
        let formats = FORMATS.to_string_lossy();
        let head =
            ["-nostdin", "-hide_banner", "-protocol_whitelist", "file,pipe", "-format_whitelist", &*formats];
        let mut arguments: Vec<OsString> = head.iter().chain(how).map(OsString::from).collect();
        arguments.extend(["-i".into(), named(original.source)]);
        arguments.extend_from_slice(words);
        let seconds = match original.probe {
            Probe::Film { duration_ms, .. } | Probe::Sound { duration_ms, .. } => duration_ms / 1000,
            Probe::Picture { .. } => 0,
        };
        let seconds = PROCESSOR_SECONDS.0 + PROCESSOR_SECONDS.1 * seconds.min(MEDIA_DURATION_MS_MAX / 1000);
        let ended = run::run(program, &arguments, (Some(original.source), writes), seconds)
            .map_err(|error| failed(path, &error.to_string()))?;
        match ended.outcome {
            run::Outcome::Done => Ok(ended.said),
            _ if ended.said.contains("No space left on device")
                || ended.said.contains("Disk quota exceeded") =>
            {
                Err(self.no_room(original, &std::io::ErrorKind::StorageFull.into()))
            }
            run::Outcome::Killed => Err(killed(path)),
            run::Outcome::Failed if ended.said.contains("Unknown encoder") => Err(no_encoder(path)),
            run::Outcome::Failed => Err(failed(path, &ended.said)),
        }
    }

    fn no_room(&self, original: &Original<'_>, error: &std::io::Error) -> Refusal {
        let (path, cache) = (original.path, self.cache.display().to_string());
        if disk::is_full(error) {
            return (
                say!(en: "there is no room in `{cache}` for what is made of `{path}`",
                    vi: "thư mục `{cache}` hết chỗ, không chuyển đổi được `{path}`"),
                say!(en: "make room on that disk, or set XDG_CACHE_HOME to a folder on another",
                    vi: "hãy xóa bớt tệp trên ổ đĩa đó, hoặc đặt XDG_CACHE_HOME là thư mục trên ổ khác"),
            );
        }
        (
            say!(en: "what is made of `{path}` cannot be written into `{cache}`: {error}",
                vi: "không ghi được tệp chuyển đổi của `{path}` vào `{cache}`: {error}"),
            say!(en: "see to it that you may write there, or set XDG_CACHE_HOME to another folder",
                vi: "hãy kiểm tra quyền ghi, hoặc đặt XDG_CACHE_HOME là thư mục khác"),
        )
    }

    /// Lets go of what nobody has wanted for a long time.
    pub fn tidy(&self) {
        let now = clock::system();
        for entry in self.cache.read_dir().into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            let wanted = metadata.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
            let age = wanted.and_then(|wanted| Duration::try_from(now.duration_since(wanted)).ok());
            let (is_part, kept) = if metadata.is_dir() { (true, PART_KEPT) } else { (false, KEPT) };
            if age.is_some_and(|age| age > kept) {
                let path = entry.path();
                // What cannot be removed is removed another time.
                let _ = if is_part { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
            }
        }
    }
}

/// Whether what was made is what its original is: as long, and of the size that it was to have.
///
/// # Errors
/// It is not.
pub fn agrees(original: &Original<'_>, made: &Made, found: Probe) -> Result<(), Refusal> {
    let lengths = match (original.probe, found) {
        (Probe::Film { duration_ms: before, .. }, Probe::Film { duration_ms: after, width, height, .. })
            if made.size == Some([width, height]) =>
        {
            Some((before, after))
        }
        (Probe::Sound { duration_ms: before, .. }, Probe::Sound { duration_ms: after, .. }) => {
            Some((before, after))
        }
        _ => None,
    };
    let path = original.path;
    let Some((before, after)) = lengths else {
        return Err(failed(path, "what came out is something else"));
    };
    if before == 0 || before.abs_diff(after) <= LENGTH_OFF_MS.max(before / 50) {
        return Ok(());
    }
    let [before, after] = [before, after].map(|ms| format!("{:.1}", ms as f64 / 1000.0));
    Err((
        say!(en: "what ffmpeg made of `{path}` plays for {after} s, and the file itself for {before} s",
            vi: "tệp mà ffmpeg tạo từ `{path}` dài {after} giây, còn tệp gốc dài {before} giây"),
        say_otherwise(),
    ))
}

/// Takes away what turned out to be no good.
pub fn discard(made: &Made) {
    let _ = std::fs::remove_file(&made.file);
}

/// What is not installed.
pub fn missing(path: &str) -> Refusal {
    (
        say!(en: "this machine lacks ffmpeg, which makes `{path}` fit", vi: "máy này chưa có ffmpeg để chuyển đổi `{path}`"),
        say!(en: "install it: sudo apt install ffmpeg, and publish again", vi: "hãy cài: sudo apt install ffmpeg, rồi phát hành lại"),
    )
}

fn no_encoder(path: &str) -> Refusal {
    (
        say!(en: "the ffmpeg of this machine cannot write H.264, which `{path}` is to become",
            vi: "ffmpeg trên máy này không ghi được H.264, nên không chuyển đổi được `{path}`"),
        say!(en: "install one with libx264, as Debian's is: sudo apt install ffmpeg",
            vi: "hãy cài bản có libx264, như bản của Debian: sudo apt install ffmpeg"),
    )
}

fn killed(path: &str) -> Refusal {
    (
        say!(en: "ffmpeg was ended before it was done with `{path}`", vi: "ffmpeg bị dừng khi chưa chuyển đổi xong `{path}`"),
        say!(en: "publish again; if it is ended again, close other programs, for memory may be short",
            vi: "hãy phát hành lại; nếu vẫn bị dừng, hãy đóng bớt chương trình khác vì có thể thiếu bộ nhớ"),
    )
}

/// What ffmpeg says is English, and for whoever looks into it: it is told in English alone.
fn failed(path: &str, said: &str) -> Refusal {
    const SAID_CHARS: usize = 160;
    let last: String = said
        .lines()
        .map(str::trim)
        .rfind(|line| line.contains(char::is_alphabetic) && *line != "Conversion failed!")
        .unwrap_or("nothing")
        .chars()
        .take(SAID_CHARS)
        .collect();
    (
        say!(en: "ffmpeg could not make `{path}` fit (it says: {last})", vi: "ffmpeg không chuyển đổi được `{path}`", path = path, last = last),
        say_otherwise(),
    )
}

fn damaged(path: &str, said: &str) -> Refusal {
    let (why, _) = failed(path, said);
    (
        say!(en: "`{path}` is damaged: {en}", vi: "tệp `{path}` bị hỏng", path = path, en = why.en),
        say!(en: "copy it again from where it came, or save it anew from the original",
            vi: "hãy chép lại từ nguồn, hoặc xuất lại từ bản gốc"),
    )
}

fn say_otherwise() -> Text {
    say!(en: "open it in another program, and save it as MP4 (H.264, AAC) of 1920 × 1080 at most",
        vi: "hãy mở bằng chương trình khác rồi lưu thành MP4 (H.264, AAC), tối đa 1920 × 1080")
}

/// A path as ffmpeg takes it: a file, whatever its name begins with.
fn named(path: &Path) -> OsString {
    let mut named = OsString::from("file:");
    named.push(OsStr::new(path));
    named
}

/// Whether it is kept already; that it is wanted is noted.
fn is_there(file: &Path) -> bool {
    let opened = std::fs::OpenOptions::new().append(true).open(file);
    opened.is_ok_and(|file| {
        let now = std::time::SystemTime::from(clock::system());
        // On a disk that is read-only it is there all the same.
        let _ = file.set_modified(now);
        file.metadata().is_ok_and(|found| found.is_file() && found.len() > 0)
    })
}

/// A folder for what is being made, gone with it.
struct Part(PathBuf);

impl Part {
    fn new(cache: &Path) -> std::io::Result<Part> {
        let part = cache.join(format!("part-{}-{:016x}", std::process::id(), fastrand::u64(..)));
        disk::create_private_folder(cache)?;
        disk::create_private_folder(&part)?;
        Ok(Part(part))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // What cannot be removed goes with [`Transcoder::tidy`].
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_wants_any_more_is_let_go_and_what_is_wanted_stays() {
        let cache = tempfile::tempdir().unwrap();
        let aged = |name: &str, days: u64| {
            let path = cache.path().join(name);
            if name.starts_with("part") { std::fs::create_dir(&path) } else { std::fs::write(&path, "film") }
                .unwrap();
            let then = std::time::SystemTime::from(clock::system()) - Duration::from_secs(days * 24 * 3600);
            std::fs::File::open(&path).unwrap().set_modified(then).unwrap();
            path
        };
        let [old, wanted, new] =
            [("old", 91), ("wanted", 91), ("new", 1)].map(|(name, days)| aged(name, days));
        let [left, busy] = [("part-1", 2), ("part-2", 0)].map(|(name, days)| aged(name, days));
        assert!(is_there(&wanted));
        Transcoder::installed(cache.path().to_owned(), &|_| ()).tidy();
        let kept = [&old, &wanted, &new, &left, &busy].map(|path| path.exists());
        assert_eq!(kept, [false, true, true, false, true]);
    }
}
