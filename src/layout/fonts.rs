//! The font stack: which face serves which letter, and shaping.
//!
//! `fonts/fonts.toml` says which family serves which script; [`Fonts::load`] finds their files in the
//! folders that it is given. Every letter takes the first face of the stack that has it, so a digit in a
//! Tai Viet line comes from the same face as in a Vietnamese one; emoji take a face of colours first; a letter
//! that no face has is drawn as the first face's box, never left out. The set is immutable and shared by threads.
//!
//! Shaping is by `harfrust` a word at a time, and always at one em: nothing is hinted, so a width at any
//! size is a product. A face that is missing or broken costs its own letters and is named; with no face at
//! all, text has width 0 and the board still shows its colours.

use crate::limits::MARKS_MAX;
use crate::problem::Problem;
use crate::say;
use crate::text::shown;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// Largest font file that is read: Noto's largest single face is 16 MB.
const FONT_BYTES_MAX: u64 = 64 << 20;
/// Where fonts that no package brings are put on a board.
const FONTS: &str = "/usr/share/bangtin/fonts";
/// Deepest folder below a font folder that is looked into.
const FOLDER_DEPTH_MAX: u32 = 4;

/// How heavy letters are, or that they come from the pixel font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    Medium,
    SemiBold,
    Bold,
    ExtraBold,
    /// Unifont, without grey.
    Pixel,
}

impl Weight {
    fn number(self) -> u16 {
        match self {
            Weight::Medium => 500,
            Weight::SemiBold => 600,
            Weight::Bold => 700,
            Weight::ExtraBold => 800,
            Weight::Pixel => 400,
        }
    }
}

/// A shaped word. Lengths in em.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shaped {
    pub glyphs: Vec<ShapedGlyph>,
    pub width: f32,
}

/// One glyph of a shaped word: `x` and `y` in em, to the right of and below the word's origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapedGlyph {
    pub face: u16,
    pub id: u16,
    pub x: f32,
    pub y: f32,
}

/// A face as it is drawn.
pub struct Drawn<'a> {
    pub font: swash::FontRef<'a>,
    /// By what its glyphs are larger than asked for.
    pub scale: f32,
    /// Without grey.
    pub pixel: bool,
    /// Its glyphs have colours of their own.
    pub colour: bool,
}

/// The faces that were found.
pub struct Fonts {
    families: Vec<Family>,
    faces: Vec<Face>,
}

struct Family {
    pixel: bool,
    colour: bool,
    /// (weight, index in `Fonts::faces`), light to heavy; not empty.
    faces: Vec<(u16, u16)>,
}

/// One font file.
struct Face {
    path: PathBuf,
    scale: f32,
    pixel: bool,
    colour: bool,
    /// Read at first need: a board without LED walls, emoji or rare letters never holds Unifont's 5 MB or the
    /// emoji's 11.
    opened: OnceLock<Option<Opened>>,
}

struct Opened {
    data: Vec<u8>,
    shaper: harfrust::ShaperData,
    key: swash::CacheKey,
    offset: u32,
    units_per_em: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stack {
    family: Vec<FamilyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FamilyEntry {
    name: String,
    package: String,
    scripts: Vec<String>,
    faces: BTreeMap<String, String>,
    #[serde(default = "one")]
    scale: f32,
    #[serde(default)]
    pixel: bool,
    #[serde(default)]
    colour: bool,
    #[serde(default)]
    optional: bool,
    /// Its package is too large to be installed for it: `fonts/fetch.sh` takes the files out.
    #[serde(default)]
    fetched: bool,
    stands_in: Option<String>,
}

fn one() -> f32 {
    1.0
}

impl Fonts {
    /// Where Debian and the package keep fonts, and the folder of this repository.
    pub fn standard_folders() -> Vec<PathBuf> {
        [FONTS, "fonts", "/usr/share/fonts/truetype", "/usr/share/fonts/opentype"].map(PathBuf::from).into()
    }

    /// Finds the stack's files in `folders`, the first folder that has a file winning.
    ///
    /// What is missing or broken is named in the problems; what is there serves.
    pub fn load(folders: &[PathBuf]) -> (Fonts, Vec<Problem>) {
        let mut files = HashMap::new();
        folders.iter().for_each(|folder| list(folder, FOLDER_DEPTH_MAX, &mut files));
        let mut problems = Vec::new();
        let stack: Stack = match toml::from_str(include_str!("../../fonts/fonts.toml")) {
            Ok(stack) => stack,
            Err(error) => {
                tracing::error!(%error, "fonts.toml");
                Stack { family: Vec::new() }
            }
        };
        let mut fonts = Fonts { families: Vec::new(), faces: Vec::new() };
        let mut served: Vec<String> = Vec::new();
        for entry in &stack.family {
            if entry.stands_in.as_ref().is_some_and(|name| served.contains(name)) {
                continue;
            }
            let (family, missing) = fonts.open_family(entry, &files, &mut problems);
            match &entry.stands_in {
                Some(name) if !family.faces.is_empty() => served.push(name.clone()),
                _ => {}
            }
            if let Some(file) = missing.first().filter(|_| !entry.optional && entry.stands_in.is_none()) {
                problems.push(missing_face(entry, file, family.faces.is_empty()));
            }
            if !family.faces.is_empty() {
                served.push(entry.name.clone());
                fonts.families.push(family);
            }
        }
        (fonts, problems)
    }

    fn open_family(
        &mut self,
        entry: &FamilyEntry,
        files: &HashMap<String, PathBuf>,
        problems: &mut Vec<Problem>,
    ) -> (Family, Vec<String>) {
        let (mut family, mut missing) =
            (Family { pixel: entry.pixel, colour: entry.colour, faces: Vec::new() }, Vec::new());
        for (weight, file) in &entry.faces {
            let (Some(path), Ok(weight)) = (files.get(file), weight.parse()) else {
                missing.push(file.clone());
                continue;
            };
            let face = Face {
                path: path.clone(),
                scale: entry.scale,
                pixel: entry.pixel,
                colour: entry.colour,
                opened: OnceLock::new(),
            };
            if !face.is_late() && face.opened().is_none() {
                problems.push(broken_face(path));
                continue;
            }
            family.faces.push((weight, self.faces.len() as u16));
            self.faces.push(face);
        }
        (family, missing)
    }

    /// Reads those files too that are read at first need only, and names those of them that cannot be used.
    pub fn check(&self) -> Vec<Problem> {
        let late = self.faces.iter().filter(|face| face.is_late());
        late.filter(|face| face.opened().is_none()).map(|face| broken_face(&face.path)).collect()
    }

    /// No face at all: text cannot show.
    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// Whether any face has letters of `script` (ISO 15924, for example "Tavt").
    pub fn serves(&self, script: &str) -> bool {
        let sample = match script {
            "Latn" => 'ộ',
            "Tavt" => 'ꪼ',
            "Hmng" => '𖬀',
            "Hmnp" => '𞄀',
            "Zsym" => '→',
            "Zsye" => '😀',
            _ => return false,
        };
        self.families.iter().any(|family| self.has(family.faces[0].1, sample))
    }

    /// A face for rasterising; `None` for a number that is not of this set.
    pub fn face(&self, number: u16) -> Option<Drawn<'_>> {
        let face = self.faces.get(usize::from(number))?;
        let opened = face.opened()?;
        let font = swash::FontRef { data: &opened.data, offset: opened.offset, key: opened.key };
        Some(Drawn { font, scale: face.scale, pixel: face.pixel, colour: face.colour })
    }

    fn has(&self, face: u16, letter: char) -> bool {
        self.face(face).is_some_and(|face| face.font.charmap().map(letter) != 0)
    }

    /// Shapes one word, or a few, in one weight. Marks over `MARKS_MAX` on a letter are left out, and so are
    /// control characters and those that reverse the direction of what follows.
    pub fn shape(&self, text: &str, weight: Weight) -> Shaped {
        let mut shaped = Shaped::default();
        let mut run: Option<(u16, Script, String)> = None;
        for cluster in text.graphemes(true) {
            // From afar Unifont's zero with its stroke reads as 8; its O is as wide and as high.
            let plain = |c: char| if c == '0' && weight == Weight::Pixel { 'O' } else { c };
            let cluster: String =
                cluster.chars().filter(|&c| shown(c)).map(plain).take(1 + MARKS_MAX).collect();
            let Some(first) = cluster.chars().next() else { continue };
            let Some(face) = self.choose(&cluster, weight) else { continue };
            let script = first.script();
            let loose = |script| matches!(script, Script::Common | Script::Inherited | Script::Unknown);
            match &mut run {
                Some((at, of, text)) if *at == face && (*of == script || loose(script) || loose(*of)) => {
                    if loose(*of) {
                        *of = script;
                    }
                    text.push_str(&cluster);
                }
                _ => {
                    self.finish_run(run.replace((face, script, cluster)), &mut shaped);
                }
            }
        }
        self.finish_run(run, &mut shaped);
        shaped
    }

    /// The first face that has all of the cluster, else all but its marks, else the first of all.
    fn choose(&self, cluster: &str, weight: Weight) -> Option<u16> {
        let wants_pixel = weight == Weight::Pixel;
        let wants_colour = !wants_pixel && is_emoji(cluster);
        let families = || {
            let first = |family: &&Family| {
                if wants_colour { family.colour } else { family.pixel == wants_pixel && !family.colour }
            };
            let (first, then): (Vec<_>, Vec<_>) = self.families.iter().partition(first);
            // The pixel font is the last resort for all but itself.
            let (last, then): (Vec<_>, Vec<_>) = then.into_iter().partition(|family| family.pixel);
            first.into_iter().chain(then).chain(last)
        };
        let nearest = |family: &Family| {
            let far = |at: u16| at.abs_diff(weight.number());
            family.faces.iter().min_by_key(|(at, _)| far(*at)).map(|(_, face)| *face)
        };
        let joins = |c: char| matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
        let faces: Vec<u16> = families().filter_map(nearest).collect();
        let whole = |face: &&u16| cluster.chars().filter(|&c| !joins(c)).all(|c| self.has(**face, c));
        let base = |face: &&u16| cluster.chars().next().is_some_and(|c| self.has(**face, c));
        faces.iter().find(whole).or_else(|| faces.iter().find(base)).or(faces.first()).copied()
    }

    fn finish_run(&self, run: Option<(u16, Script, String)>, shaped: &mut Shaped) {
        let Some((face, script, text)) = run else { return };
        let Some(entry) = self.faces.get(usize::from(face)) else { return };
        let Some(opened) = entry.opened() else { return };
        let Ok(font) = harfrust::FontRef::from_index(&opened.data, 0) else { return };
        let mut buffer = harfrust::UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        if let Some(script) = harfrust::Script::from_iso15924_tag(harfrust::Tag::new(&tag(script))) {
            buffer.set_script(script);
        }
        let glyphs = opened.shaper.shaper(&font).build().shape(buffer, &[]);
        let em = entry.scale / opened.units_per_em;
        let (mut x, mut y) = (shaped.width, 0.0);
        for (info, at) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
            shaped.glyphs.push(ShapedGlyph {
                face,
                id: info.glyph_id.min(u32::from(u16::MAX)) as u16,
                x: x + at.x_offset as f32 * em,
                y: y - at.y_offset as f32 * em,
            });
            x += at.x_advance as f32 * em;
            y -= at.y_advance as f32 * em;
        }
        shaped.width = x.max(shaped.width);
    }
}

/// Whether a cluster is meant as a coloured picture: what Unicode put above U+1F000 since there were emoji, and
/// older signs that are followed by the selector for them (UTS 51, 1.4.2).
fn is_emoji(cluster: &str) -> bool {
    cluster.chars().any(|c| c == '\u{FE0F}' || ('\u{1F000}'..='\u{1FAFF}').contains(&c))
}

fn tag(script: Script) -> [u8; 4] {
    script.short_name().as_bytes().try_into().unwrap_or(*b"Zyyy")
}

impl Face {
    fn opened(&self) -> Option<&Opened> {
        let open = || {
            let opened = open(&self.path);
            if opened.is_none() && self.is_late() {
                tracing::warn!("{}", broken_face(&self.path));
            }
            opened
        };
        self.opened.get_or_init(open).as_ref()
    }

    /// It is large, and opened only at first need.
    fn is_late(&self) -> bool {
        self.pixel || self.colour
    }
}

fn open(path: &Path) -> Option<Opened> {
    if std::fs::metadata(path).ok()?.len() > FONT_BYTES_MAX {
        return None;
    }
    let data = std::fs::read(path).ok()?;
    let (key, offset, units_per_em, shaper) = {
        let font = swash::FontRef::from_index(&data, 0)?;
        whole(&data, font.offset).then_some(())?;
        let shaping = harfrust::FontRef::from_index(&data, 0).ok()?;
        let units_per_em = f32::from(font.metrics(&[]).units_per_em);
        (font.key, font.offset, units_per_em, harfrust::ShaperData::new(&shaping))
    };
    (units_per_em >= 16.0).then_some(Opened { data, shaper, key, offset, units_per_em })
}

/// Whether each table of the file is there to its end and is what its maker summed (OpenType 1.9, "otff": the table
/// directory, and calculating checksums). A file that was cut off, or of which a block was lost, still opens; it draws
/// bars in place of letters, or leaves letters without ink.
///
/// Measured on a core of a PC: 0.04 ms for a Noto Sans of 0.5 MB, 1.7 ms for the 11 MB of the emoji.
fn whole(data: &[u8], offset: u32) -> bool {
    const DIRECTORY_BYTES: usize = 12;
    const ENTRY_BYTES: usize = 16;
    let word = |at: usize| data.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes);
    let entries = || -> Option<bool> {
        let start = usize::try_from(offset).ok()?;
        // Their number is the upper half of this word.
        let count = usize::try_from(word(start.checked_add(4)?)? >> 16).ok()?;
        for entry in 0..count {
            let at = start.checked_add(DIRECTORY_BYTES + entry * ENTRY_BYTES)?;
            let from = usize::try_from(word(at.checked_add(8)?)?).ok()?;
            let length = usize::try_from(word(at.checked_add(12)?)?).ok()?;
            let table = data.get(from..from.checked_add(length)?)?;
            let mut sum = sum(table);
            if word(at)? == u32::from_be_bytes(*b"head") {
                // It holds what the sum of the whole file was made up to, and was summed before that was known.
                sum = sum.wrapping_sub(word(from.checked_add(8)?)?);
            }
            if sum != word(at.checked_add(4)?)? {
                return Some(false);
            }
        }
        Some(count > 0)
    };
    entries().unwrap_or(false)
}

/// The table's words, its last one filled up with zeros, added up without carry.
fn sum(table: &[u8]) -> u32 {
    let (words, rest) = table.as_chunks::<4>();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    words.iter().fold(u32::from_be_bytes(last), |sum, word| sum.wrapping_add(u32::from_be_bytes(*word)))
}

/// Adds the font files below `folder` by name; names already there stay.
fn list(folder: &Path, depth: u32, files: &mut HashMap<String, PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut folders = Vec::new();
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let Some(name) = name.to_str() else { continue };
        if path.is_dir() {
            folders.push(path);
        } else if name.ends_with(".ttf") || name.ends_with(".otf") {
            files.entry(name.to_owned()).or_insert(path);
        }
    }
    if depth > 0 {
        folders.sort();
        folders.iter().for_each(|folder| list(folder, depth - 1, files));
    }
}

fn missing_face(entry: &FamilyEntry, file: &str, whole: bool) -> Problem {
    let (family, package, scripts) = (&entry.name, &entry.package, entry.scripts.join(", "));
    let why = if whole {
        say!(en: "no file of this font was found: letters of {scripts} show in another face, or as boxes",
             vi: "không tìm thấy tệp nào của phông chữ này: chữ {scripts} hiện bằng phông khác, hoặc hiện thành ô vuông")
    } else {
        say!(en: "the file {file} of this font was not found: another weight stands in",
             vi: "không tìm thấy tệp {file} của phông chữ này: dùng tạm độ đậm khác")
    };
    let remedy = if entry.fetched {
        say!(en: "run `make fonts` where Bangtin's source is, and copy its folder `fonts` beside the program, or what is in it to {FONTS}",
             vi: "hãy chạy `make fonts` trong mã nguồn Bangtin, rồi chép thư mục `fonts` vào cạnh chương trình, hoặc chép các tệp trong đó vào {FONTS}")
    } else {
        say!(en: "install the package {package}", vi: "hãy cài gói {package}")
    };
    Problem::new(family, why, remedy)
}

fn broken_face(path: &Path) -> Problem {
    let shown = path.display().to_string();
    Problem::new(
        shown,
        say!(en: "this is not a font file, or a part of it is lost: it is not used",
             vi: "đây không phải là tệp phông, hoặc tệp đã mất một phần: không dùng tệp này"),
        say!(en: "install its package again", vi: "hãy cài lại gói chứa tệp này"),
    )
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({} faces)", self.faces.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack() -> Fonts {
        Fonts::load(&Fonts::standard_folders()).0
    }

    #[test]
    fn a_missing_folder_is_named_for_every_script_and_nothing_panics() {
        let (fonts, problems) = Fonts::load(&["/nowhere".into()]);
        assert!(fonts.is_empty());
        assert!(problems.iter().any(|p| p.why.en.contains("Tavt")), "{problems:?}");
        assert_eq!(fonts.shape("Bản", Weight::Bold), Shaped::default());
    }

    #[test]
    fn a_font_that_no_package_brings_is_told_in_vietnamese_with_where_its_files_go() {
        let (_, problems) = Fonts::load(&["/nowhere".into()]);
        let line = problems[0].line(crate::problem::Speech::Vietnamese);
        assert!(line.starts_with("Noto Sans SemiCondensed: không tìm thấy tệp nào"), "{line}");
        assert!(line.contains("cạnh chương trình") && line.ends_with("/usr/share/bangtin/fonts"), "{line}");
        for problem in &problems {
            assert!(!problem.remedy.vi.contains("fetch.sh"), "{problem}");
        }
    }

    #[test]
    fn a_file_that_is_no_font_is_named_and_another_face_stands_in() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("NotoSans-SemiCondensedBold.ttf"), b"not a font").unwrap();
        let mut folders = vec![folder.path().to_owned()];
        folders.extend(Fonts::standard_folders());
        let (fonts, problems) = Fonts::load(&folders);
        assert!(
            problems.iter().any(|p| p.subject.ends_with("NotoSans-SemiCondensedBold.ttf")),
            "{problems:?}"
        );
        assert!(fonts.shape("Bản", Weight::Bold).width > 0.5);
    }

    /// A card that lost a block, or a copy that was cut off: whatever is left must not stop the board.
    #[test]
    fn a_font_that_is_damaged_anywhere_costs_at_most_its_letters() {
        let name = "NotoSans-SemiCondensedBold.ttf";
        let whole = Fonts::standard_folders().iter().find_map(|folder| std::fs::read(folder.join(name)).ok());
        let whole = whole.unwrap();
        let draw = |bytes: &[u8]| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), bytes).unwrap();
            let (fonts, _) = Fonts::load(&[folder.path().to_owned()]);
            let shaped = fonts.shape("Bản Nà Đon ắỗợ 112", Weight::Bold);
            assert!(shaped.width.is_finite());
        };
        for share in [0, 1, 2, 10, 50, 90, 99] {
            draw(&whole[..whole.len() * share / 100]);
        }
        // Directory and tables, a stretch of each overwritten.
        for start in [4, 12, 60, 200].into_iter().chain((1..20).map(|part| whole.len() * part / 20)) {
            for value in [0x00, 0xFF] {
                let mut bytes = whole.clone();
                let end = (start + 64).min(bytes.len());
                bytes[start..end].fill(value);
                draw(&bytes);
            }
        }
    }

    #[test]
    fn a_font_that_was_cut_off_or_is_noise_is_named_and_another_face_draws() {
        let name = "NotoSans-SemiCondensedBold.ttf";
        let whole = Fonts::standard_folders().iter().find_map(|folder| std::fs::read(folder.join(name)).ok());
        let whole = whole.unwrap();
        // Numerical Recipes' generator: noise that is the same at each run.
        let noise = (0..100_000u32).scan(1u32, |state, _| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 24) as u8)
        });
        let noise: Vec<u8> = noise.collect();
        let half = &whole[..whole.len() / 2];
        for bytes in
            [half, &whole[..whole.len() - 1_000], &noise, &[whole[..12].to_vec(), noise.clone()].concat()]
        {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), bytes).unwrap();
            let folders: Vec<PathBuf> =
                [folder.path().to_owned()].into_iter().chain(Fonts::standard_folders()).collect();
            let (fonts, problems) = Fonts::load(&folders);
            assert!(problems.iter().any(|problem| problem.subject.ends_with(name)), "{problems:?}");
            let shaped = fonts.shape("Nà Đon ắỗợ", Weight::Bold);
            assert!(shaped.width > 2.0 && shaped.glyphs.iter().all(|glyph| glyph.id != 0), "{shaped:?}");
        }
    }

    /// The files of the stack with their bytes.
    fn files_of_the_stack() -> Vec<(PathBuf, Vec<u8>)> {
        let faces = stack().faces;
        faces.into_iter().map(|face| (face.path.clone(), std::fs::read(&face.path).unwrap())).collect()
    }

    #[test]
    fn every_font_file_of_the_stack_is_whole_and_one_changed_bit_is_seen() {
        let files = files_of_the_stack();
        assert!(files.len() > 8, "{} font files", files.len());
        for (path, mut bytes) in files {
            assert!(whole(&bytes, 0), "{}", path.display());
            for share in [30, 55, 80] {
                let at = bytes.len() * share / 100;
                bytes[at] ^= 0x10;
                assert!(!whole(&bytes, 0), "{}: {at}", path.display());
                bytes[at] ^= 0x10;
            }
        }
    }

    #[test]
    fn a_font_of_which_some_bytes_were_changed_is_named_and_another_face_draws() {
        let (path, whole) = files_of_the_stack().swap_remove(0);
        let name = path.file_name().unwrap();
        for share in [5, 20, 40, 60, 95] {
            let mut bytes = whole.clone();
            let start = bytes.len() * share / 100;
            bytes[start..start + 300].iter_mut().for_each(|byte| *byte ^= 0xA5);
            let folder = tempfile::tempdir().unwrap();
            let damaged = folder.path().join(name);
            std::fs::write(&damaged, bytes).unwrap();
            let folders: Vec<PathBuf> =
                [folder.path().to_owned()].into_iter().chain(Fonts::standard_folders()).collect();
            let (fonts, problems) = Fonts::load(&folders);
            let named = |problem: &Problem| problem.subject == damaged.display().to_string();
            assert!(problems.iter().any(named), "{share}: {problems:?}");
            let shaped = fonts.shape("19h30 Nà Đon", Weight::Medium);
            assert!(shaped.glyphs.iter().all(|glyph| glyph.id != 0), "{shaped:?}");
        }
    }

    #[test]
    fn a_damaged_file_that_is_read_at_first_need_is_named_when_all_are_checked() {
        let files = files_of_the_stack();
        let (path, mut bytes) =
            files.into_iter().find(|(path, _)| path.ends_with("NotoColorEmoji.ttf")).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 300].fill(0);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(path.file_name().unwrap()), bytes).unwrap();
        let folders: Vec<PathBuf> =
            [folder.path().to_owned()].into_iter().chain(Fonts::standard_folders()).collect();
        let (fonts, _) = Fonts::load(&folders);
        let problems = fonts.check();
        assert!(problems.len() == 1 && problems[0].subject.ends_with("NotoColorEmoji.ttf"), "{problems:?}");
        assert!(stack().check().is_empty());
    }

    #[test]
    fn digits_in_a_tai_line_are_the_same_as_in_a_vietnamese_one() {
        let fonts = stack();
        let tai = fonts.shape("ꪼꪕ25", Weight::Bold);
        let latin = fonts.shape("25", Weight::Bold);
        let of =
            |shaped: &Shaped| shaped.glyphs.iter().rev().take(2).map(|g| (g.face, g.id)).collect::<Vec<_>>();
        assert_eq!(of(&tai), of(&latin));
        assert_ne!(tai.glyphs[0].face, latin.glyphs[0].face);
        assert!(tai.glyphs.iter().all(|glyph| glyph.id != 0), "a Tai letter is missing: {tai:?}");
    }

    #[test]
    fn a_letter_that_no_face_has_is_a_box_with_a_width() {
        let shaped = stack().shape("\u{10FFFD}", Weight::SemiBold);
        assert_eq!(shaped.glyphs.len(), 1);
        assert!(shaped.width > 0.2);
    }

    #[test]
    fn marks_without_end_and_direction_overrides_do_not_reach_the_board() {
        let fonts = stack();
        let flood = format!("a{}", "\u{301}".repeat(10_000));
        assert!(fonts.shape(&flood, Weight::SemiBold).glyphs.len() <= 1 + MARKS_MAX);
        assert_eq!(fonts.shape("a\u{202E}b\0c", Weight::Bold), fonts.shape("abc", Weight::Bold));
    }
}
