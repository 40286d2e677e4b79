//! Whole pictures against those in `tests/golden`: every preset with every kind of page, and every Vietnamese letter in
//! every size of the look.
//!
//! `BLESS=1` writes what is drawn now, and a contact sheet of all of it to `target/golden/sheet.png`. A picture that
//! differs is written to `target/golden` for people to lay beside the other.

use super::led_tests::vietnamese;
use super::tests::{cases, drawn, write_png};
use super::*;
use crate::layout::tests as sample;
use crate::layout::{Colour, Draw, Fonts, Glyph, Line, Look, Weight};
use crate::model::board::Theme;
use crate::model::plan::Plan;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Boards, and their sizes in pixels: large ones at a third of 1080 lines, LED walls as they are.
const PRESETS: [(&str, (u32, u32)); 6] = [
    ("landscape", (640, 360)),
    ("portrait", (360, 640)),
    ("square", (360, 360)),
    ("led-192x32", (192, 32)),
    ("led-96x16", (96, 16)),
    ("led-320x160", (320, 160)),
];
/// Kinds of page, and which of [`cases`] shows each. A notice has the ticker under it; `still` has none, and the
/// short notice's own board is drawn by night too.
const PAGES: [(&str, &str); 8] = [
    ("short", "a-ngan"),
    ("long", "b-dai"),
    ("picture", "c-anh-qr"),
    ("table", "d-bang"),
    ("two-languages", "f-thai"),
    ("warning", "g-canh-bao-3"),
    ("exercise", "h-dien-tap"),
    ("neutral", "i-trung-tinh"),
];

/// Largest difference of a channel that is none, and in how many of a thousand pixels more is allowed: fonts and
/// rasterisers may move a letter's edge.
const TOLERANCE: u8 = 24;
const OUTLIERS_PER_MILLE: usize = 4;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a picture with a palette: its commonest colours that are not nearly the same, and others as the nearest of
/// them. Such a file is a fifth of one in full colour.
fn write_small(path: &Path, picture: &Picture) {
    let mut counts: BTreeMap<[u8; 3], usize> = BTreeMap::new();
    let colours = || picture.rgba.as_chunks::<4>().0.iter().map(|&[r, g, b, _]| [r, g, b]);
    colours().for_each(|colour| *counts.entry(colour).or_default() += 1);
    let mut counts: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let near = |a: &[u8; 3], b: &[u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) < TOLERANCE / 3);
    let mut common: Vec<[u8; 3]> = Vec::new();
    for (colour, _) in counts {
        if common.len() < 256 && !common.iter().any(|other| near(&colour, other)) {
            common.push(colour);
        }
    }
    let far = |a: &[u8; 3], b: &[u8; 3]| {
        a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum::<u32>()
    };
    let nearest =
        |colour: [u8; 3]| (0..=255).zip(&common).min_by_key(|(_, other)| far(&colour, other)).unwrap().0;
    let mut known: BTreeMap<[u8; 3], u8> = BTreeMap::new();
    let indices: Vec<u8> =
        colours().map(|colour| *known.entry(colour).or_insert_with(|| nearest(colour))).collect();
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), picture.width, picture.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(common.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header().unwrap().write_image_data(&indices).unwrap();
}

fn read(path: &Path) -> Picture {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut decoder = png::Decoder::new(std::io::BufReader::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let rgba = match info.color_type {
        png::ColorType::Rgba => bytes,
        _ => bytes.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect(),
    };
    Picture { width: info.width, height: info.height, rgba }
}

/// How many pixels of two pictures of one size differ.
fn outliers(a: &Picture, b: &Picture) -> usize {
    let differ = |(a, b): (&[u8], &[u8])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > TOLERANCE);
    a.rgba.chunks(4).zip(b.rgba.chunks(4)).filter(|pair| differ(*pair)).count()
}

/// Whether a picture is that of `tests/golden/<name>.png`, in a sentence where it is not.
fn compare(name: &str, picture: &Picture) -> Result<(), String> {
    let path = folder("tests/golden").join(format!("{name}.png"));
    let allowed = picture.rgba.len() / 4 * OUTLIERS_PER_MILLE / 1000;
    if std::env::var_os("BLESS").is_some() {
        write_small(&path, picture);
        // A photograph has more colours than a palette.
        if outliers(&read(&path), picture) > allowed / 4 {
            write_png(&path, picture);
        }
        return Ok(());
    }
    let golden = read(&path);
    let found = outliers(&golden, picture);
    if (golden.width, golden.height) == (picture.width, picture.height) && found <= allowed {
        return Ok(());
    }
    write_small(&folder("target/golden").join(format!("{name}.png")), picture);
    Err(format!("{name}: {found} pixels differ, {allowed} may; see target/golden/{name}.png"))
}

/// Every picture but that of the letters, by its name.
fn pictures() -> Vec<(String, Picture)> {
    let all: BTreeMap<&str, Plan> = cases().into_iter().collect();
    let mut pictures = Vec::new();
    for (preset, size) in PRESETS {
        for (page, case) in PAGES {
            pictures.push((format!("{preset}-{page}"), drawn(&all[case], size, |_| ())));
        }
        let still = Plan { ticker: Vec::new(), ..all["a-ngan"].clone() };
        pictures.push((format!("{preset}-still"), drawn(&still, size, |_| ())));
        let night = |view: &mut crate::layout::View<'_>| view.theme = Theme::Night;
        // A wall is dark by day, too.
        if !preset.starts_with("led") {
            pictures.push((format!("{preset}-short-night"), drawn(&all["a-ngan"], size, night)));
        }
    }
    pictures
}

/// One picture of many, each over its name, in columns.
fn sheet(pictures: &[(String, Picture)]) -> Picture {
    const COLUMNS: usize = 5;
    const GAP: i32 = 12;
    let rows: Vec<&[(String, Picture)]> = pictures.chunks(COLUMNS).collect();
    let tall =
        |row: &[(String, Picture)]| row.iter().map(|(_, picture)| picture.height as i32).max().unwrap_or(0);
    let wide =
        |row: &[(String, Picture)]| row.iter().map(|(_, picture)| picture.width as i32 + GAP).sum::<i32>();
    let width = rows.iter().map(|row| wide(row)).max().unwrap_or(0) + GAP;
    let height = rows.iter().map(|row| tall(row) + GAP).sum::<i32>() + GAP;
    let mut rgba = [110, 110, 110, 255].repeat((width * height) as usize);
    let mut y = GAP;
    for row in rows {
        let mut x = GAP;
        for (_, picture) in row {
            for (at, line) in picture.rgba.chunks(picture.width as usize * 4).enumerate() {
                let start = ((y as usize + at) * width as usize + x as usize) * 4;
                rgba[start..start + line.len()].copy_from_slice(line);
            }
            x += picture.width as i32 + GAP;
        }
        y += tall(row) + GAP;
    }
    Picture { width: width as u32, height: height as u32, rgba }
}

#[test]
fn every_page_on_every_board_looks_as_it_did() {
    let mut pictures = pictures();
    pictures.push(("letters".into(), letters()));
    let wrong: Vec<String> =
        pictures.iter().filter_map(|(name, picture)| compare(name, picture).err()).collect();
    if std::env::var_os("BLESS").is_some() {
        pictures.pop();
        write_small(&folder("target/golden").join("sheet.png"), &sheet(&pictures));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// All 134 letters that Vietnamese has beyond Latin's, in each size up to 20 u that the look sets text in at 1080 lines, a third as
/// large.
fn letters() -> Picture {
    let (fonts, look) = (sample::fonts(), Look::cham());
    let scale = &look.sizes.scale;
    let mut sizes: Vec<f32> = scale.titles.iter().chain(&scale.bodies).chain(&scale.cells).copied().collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    sizes.dedup();
    sizes.retain(|size| *size <= 20.0);
    let width = 1200;
    let mut draws = Vec::new();
    let mut top = 4.0;
    for size in sizes.into_iter().map(|u| u * 8.0 / 3.0) {
        let mut x = 4.0;
        for letter in vietnamese() {
            let shaped = fonts.shape(&letter.to_string(), Weight::Bold);
            if x + shaped.width * size > (width - 4) as f32 {
                (x, top) = (4.0, top + 1.32 * size);
            }
            let baseline = (top + 1.06 * size).round() as i32;
            draws.push(Draw::Text(line(&fonts, letter, size, (x.round() as i32, baseline), width)));
            x += (shaped.width + 0.12) * size;
        }
        top += 1.5 * size;
    }
    let size = (width as u32, top as u32 + 4);
    let scene = Scene { draws, ..Scene::plain(size, Colour(0xFAF4E6)) };
    draw_still(super::tests::show(scene), &Setup::default(), size, fonts)
}

fn line(fonts: &Fonts, letter: char, size: f32, (x, baseline): (i32, i32), width: i32) -> Line {
    let shaped = fonts.shape(&letter.to_string(), Weight::Bold);
    Line {
        x,
        baseline,
        size,
        width: shaped.width * size,
        colour: Colour(0x1D1A16),
        glyphs: (shaped.glyphs.iter())
            .map(|glyph| Glyph { face: glyph.face, id: glyph.id, x: glyph.x * size, y: glyph.y * size })
            .collect(),
        text: letter.to_string().into(),
        clip: Rect::new(0, 0, width, 1 << 16),
    }
}

/// A comparison that let everything pass would be none.
#[test]
fn a_text_two_pixels_lower_and_another_colour_are_seen() {
    let all: BTreeMap<&str, Plan> = cases().into_iter().collect();
    for (preset, size) in PRESETS {
        let scene = super::tests::scene(&all["a-ngan"], size, |_| ());
        let draw =
            |scene: Scene| draw_still(super::tests::show(scene), &Setup::default(), size, sample::fonts());
        let right = draw(scene.clone());
        let allowed = right.rgba.len() / 4 * OUTLIERS_PER_MILLE / 1000;
        let mut lower = scene.clone();
        let move_down = |line: &mut Line| line.baseline += 2;
        for draw in &mut lower.draws {
            if let Draw::Text(line) = draw {
                move_down(line);
            }
        }
        lower.ticker.iter_mut().flat_map(|band| &mut band.lines).for_each(move_down);
        assert!(outliers(&right, &draw(lower)) > allowed, "{preset}: letters moved");
        let paler = Scene { ground: Colour(scene.ground.0 ^ 0x2A2A2A), ..scene };
        assert!(outliers(&right, &draw(paler)) > allowed, "{preset}: another ground");
    }
}
