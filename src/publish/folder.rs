//! A programme folder: what an official edits, checked from end to end before anything is signed.
//!
//! [`read`] takes `programme.toml` and the media beside it, and gives either a programme that can be signed
//! as it is (moments fixed in its time zone, every file hashed and measured) or every mistake in it at
//! once, each with its line and what to do. What is odd but harmless, such as a notice whose time is over,
//! is a warning.
//!
//! It trusts nothing in the folder: paths stay inside it, by name and through links; text is UTF-8 in NFC
//! without hidden characters; sizes are bounded by [`limits`]. It decodes no media itself: `probe` does, in
//! whatever prison it likes, and gets a path that is inside the folder and names a regular file.
//!
//! An official writes `until = 2026-12-05` and means that day too, so a bare date there runs to the day's
//! end, and to the end of the night that begins on it where `times` has one; as `from`, it does not begin
//! with the night before ([`night`](crate::programme::night)). With an hour, both are that very moment.

mod heif;
mod kind;
mod legacy;
mod media;
mod names;
mod notice;
mod picture;
mod remarks;
mod syllable;
pub(super) mod text;
mod when;
mod zone;

pub use media::{Fault, Role, Shelf};
pub use text::slug;

#[cfg(test)]
mod kind_tests;
#[cfg(test)]
mod night_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wording_tests;

use super::transcode::Transcoder;
use crate::disk;
use crate::limits;
use crate::model::media::{Media, Probe};
use crate::model::programme::Programme;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::toml_doc::{self, Document, Section, nearest};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file that an official edits.
pub const PROGRAMME_FILE: &str = "programme.toml";

/// A folder in which nothing was found wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub programme: Programme,
    /// The files that the programme names, each content once.
    pub files: Vec<MediaFile>,
    pub warnings: Vec<Problem>,
}

/// A file to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// Where it was read; the file itself, whatever links led to it, or what was made of it.
    pub source: PathBuf,
    /// What was measured and hashed there. Hash again when copying: the folder is the official's, and may
    /// change.
    pub media: Media,
    /// The folder of the JPEG that was made of it, which is there as long as this is.
    _kept: Option<Arc<heif::Scratch>>,
}

/// Opens a media file and says what it is, or why it cannot be shown.
pub type ProbeFile<'a> = &'a dyn Fn(&Path) -> Outcome<Probe>;

/// Reads and checks the folder. `now` decides only which warnings are given.
///
/// # Errors
///
/// Everything that is wrong with it, in the order of the file.
pub fn read(folder: &Path, probe: ProbeFile<'_>, now: Timestamp) -> Result<Checked, Vec<Problem>> {
    read_with(folder, probe, now, OldCodes::Refuse, None)
}

/// What to do about texts that were typed for the fonts of before Unicode and do not say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldCodes {
    /// They are mistakes, told with what they would read when converted.
    Refuse,
    /// They are converted, and told as warnings.
    Convert,
}

/// The same, with a word on old codes, and with what makes films and sounds fit that do not.
///
/// # Errors
///
/// As [`read`].
pub fn read_with(
    folder: &Path,
    probe: ProbeFile<'_>,
    now: Timestamp,
    old_codes: OldCodes,
    transcoder: Option<&Transcoder<'_>>,
) -> Result<Checked, Vec<Problem>> {
    let alone = |problem| vec![problem];
    let root = find(folder).map_err(alone)?;
    let path = root.join(PROGRAMME_FILE);
    let saved = toml_doc::read_saved(&path, PROGRAMME_FILE, limits::PROGRAMME_BYTES_MAX).map_err(alone)?;
    if saved.text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').is_empty() {
        return Err(alone(Problem::new(
            PROGRAMME_FILE,
            say!(en: "the file is empty", vi: "tệp trống, chưa có gì"),
            say!(
                en: "write a title = \"…\" and one [[notice]] in it",
                vi: "hãy viết một dòng title = \"…\" và một mục [[notice]] vào tệp"
            ),
        )));
    }
    let doc = Document::new(PROGRAMME_FILE, &saved.text);
    let Some(table) = doc.parse() else { return Err(doc.finish().0) };
    let mut shelf = Shelf::new(root, PROGRAMME_FILE, probe).making_fit(transcoder);
    let programme = notice::programme(Section::root(&doc, &table), &mut shelf, now, old_codes);
    let (problems, mut warnings) = doc.finish();
    warnings.splice(..0, saved.warning(PROGRAMME_FILE));
    match problems.is_empty() {
        true => Ok(Checked { programme, files: shelf.into_files(), warnings }),
        false => Err(problems),
    }
}

/// The folder's real path, once it is known to hold a programme.
fn find(folder: &Path) -> Outcome<PathBuf> {
    let name = folder.display().to_string();
    let unreadable = |error: std::io::Error| disk::problem(folder, &error);
    let root = folder.canonicalize().map_err(unreadable)?;
    let mut present: Vec<String> = Vec::new();
    for entry in root.read_dir().map_err(unreadable)? {
        present.push(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned());
    }
    if present.iter().any(|entry| entry == PROGRAMME_FILE) {
        return Ok(root);
    }
    let why = match present.is_empty() {
        true => say!(en: "the folder is empty", vi: "thư mục trống"),
        false => say!(
            en: "there is no `{file}` in the folder",
            vi: "trong thư mục không có `{file}`",
            file = PROGRAMME_FILE
        ),
    };
    let remedy = match nearest(PROGRAMME_FILE, present.iter().map(String::as_str)) {
        Some(near) => say!(
            en: "rename `{near}` to `{file}`",
            vi: "hãy đổi tên `{near}` thành `{file}`",
            near = near,
            file = PROGRAMME_FILE
        ),
        None => say!(
            en: "write `{file}` there: a title = \"…\" and one [[notice]] are enough",
            vi: "hãy viết tệp `{file}`; chỉ cần một dòng title = \"…\" và một mục [[notice]]",
            file = PROGRAMME_FILE
        ),
    };
    Err(Problem::new(name, why, remedy))
}
