//! Still pictures through the decoder child: damage that is seen is refused, colours are the file's own, and all stand upright.

use crate::support::{decoder, media};
use bangtin::media::{picture, probe};
use bangtin::model::media::Picture;
use bangtin::problem::Problem;
use std::path::{Path, PathBuf};

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/stills").join(name)).unwrap()
}

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }
    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("picture");
        std::fs::write(&path, bytes).unwrap();
        path
    }
    /// As it is published, and then shown.
    fn opened(&self, bytes: &[u8]) -> Result<Picture, Problem> {
        let path = self.file(bytes);
        let asset = || media(&path);
        let found = probe(&decoder(), &asset())?;
        assert!(found.still, "{found:?}");
        Ok(picture(&decoder(), &asset(), (640, 640))?)
    }
    fn first_pixel(&self, bytes: &[u8]) -> [u8; 4] {
        self.opened(bytes).unwrap().rgba[..4].try_into().unwrap()
    }
}

/// Whether people would see the difference: more than half a per cent of the pixels are off by more than 24 levels, or a block of
/// 16 × 16 by 40 on average.
fn differs(a: &Picture, b: &Picture) -> bool {
    if (a.width, a.height) != (b.width, b.height) {
        return true;
    }
    let width = a.width as usize;
    let off = |at: usize| (0..4).map(|c| a.rgba[at * 4 + c].abs_diff(b.rgba[at * 4 + c])).max().unwrap_or(0);
    let all = width * a.height as usize;
    let mut blocks = std::collections::HashMap::<(usize, usize), (u32, u32)>::new();
    let mut many = 0;
    for at in 0..all {
        let off = off(at);
        many += usize::from(off > 24);
        let block = blocks.entry((at % width / 16, at / width / 16)).or_default();
        *block = (block.0 + u32::from(off), block.1 + 1);
    }
    many * 200 > all || blocks.values().any(|(sum, count)| *count == 256 && *sum > 40 * 256)
}

/// The same damage at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
    /// Noise, a bit, a run of zeros, lost bytes, bytes too many, or an end too early, in the later nine tenths of a file.
    fn spoil(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        let from = bytes.len() / 10;
        let at = from + self.below(bytes.len() - from - 1);
        let end = (at + [1, 4, 30, 200][self.below(4)]).min(bytes.len());
        match self.below(6) {
            0 => bytes[at..end].iter_mut().for_each(|byte| *byte = self.below(256) as u8),
            1 => bytes[at] ^= 1 << self.below(8),
            2 => bytes[at..end].fill(0),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let more: Vec<u8> = (at..end).map(|_| self.below(256) as u8).collect();
                drop(bytes.splice(at..at, more));
            }
            _ => bytes.truncate(at),
        }
        bytes
    }
}

#[test]
fn damage_that_would_be_seen_is_refused() {
    let desk = Desk::new();
    let plain_png = png(0, 8, (4, 4), &[], &[[0, 1, 2, 3, 4]; 4].concat());
    let rounds = if std::env::var_os("SLOW").is_some() { 150 } else { 12 };
    let mut seen = Vec::new();
    for name in [
        "baseline.jpg",
        "progressive.jpg",
        "restarts.jpg",
        "grey.jpg",
        "lossy.webp",
        "lossless.webp",
        "still.gif",
        "png",
    ] {
        let whole = if name == "png" { plain_png.clone() } else { sample(name) };
        let twin = desk.opened(&whole).unwrap_or_else(|problem| panic!("{name} is whole: {problem}"));
        let mut dice = Dice(7);
        for round in 0..rounds {
            let spoilt = dice.spoil(&whole);
            if desk.opened(&spoilt).is_ok_and(|shown| differs(&shown, &twin)) {
                seen.push((name, round));
            }
        }
    }
    // Some runs of a coder end where they should whatever was changed within.
    let most = rounds * 8 / 50;
    assert!(seen.len() <= most, "{} of {} are published: {seen:?}", seen.len(), rounds * 8);
    assert!(seen.iter().all(|(name, _)| *name != "png"), "{seen:?}");
}

#[test]
fn what_stands_behind_or_between_the_parts_of_a_whole_jpeg_does_no_harm() {
    let desk = Desk::new();
    let whole = sample("baseline.jpg");
    let (head, body) = whole.split_at(2);
    let end = whole.len() - 2;
    let small = [b"\xff\xe1\0\x0c\xff\xd8\xff\xd9".as_slice(), &[0; 6]].concat();
    for (what, bytes) in [
        ("rubbish behind", [&whole[..], &[0xA5; 3000]].concat()),
        ("a second picture", [&whole[..], &whole[..]].concat()),
        ("a small picture in front", [head, &small, body].concat()),
        ("fill bytes", [&whole[..end], b"\xff\xff\xff\xd9"].concat()),
        ("padding", [&whole[..end], b"\0\0\xff\xd9"].concat()),
        ("no last marker", whole[..end].to_vec()),
    ] {
        assert!(desk.opened(&bytes).is_ok(), "{what}: {:?}", desk.opened(&bytes));
    }
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(data);
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], name, data, &crc.sum().to_be_bytes()].concat()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// `rows`: each with its filter's byte in front; `more`: chunks before the data.
fn png(colour: u8, depth: u8, (width, height): (u32, u32), more: &[Vec<u8>], rows: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    let parts = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), more.concat()];
    [parts.concat(), chunk(b"IDAT", &zlib(rows)), chunk(b"IEND", &[])].concat()
}

/// Display P3 as sRGB, by the matrix between the two (both have the curve of IEC 61966-2-1).
fn p3_as_srgb(colour: [u8; 3]) -> [u8; 3] {
    const MATRIX: [[f64; 3]; 3] =
        [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]];
    let linear = colour.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    MATRIX.map(|row| {
        let light: f64 = row.iter().zip(linear).map(|(share, light)| share * light).sum();
        let light = light.clamp(0.0, 1.0);
        let c = if light <= 0.0031308 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        (c * 255.0).round() as u8
    })
}

fn near(got: [u8; 4], expected: [u8; 3]) -> bool {
    got[3] == 255 && got.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3)
}

#[test]
fn colours_are_those_that_the_file_means() {
    let desk = Desk::new();
    let colour = [180, 90, 60];
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let profile = |icc: &[u8]| chunk(b"iCCP", &[b"p3\0\0".as_slice(), &zlib(icc)].concat());
    let rows = [&[0][..], &colour].concat();
    let deep: Vec<u8> = [0].into_iter().chain(colour.into_iter().flat_map(|c| [c, c])).collect();
    let expected = p3_as_srgb(colour);
    assert!(expected != colour);
    let of = |more: &[Vec<u8>]| desk.first_pixel(&png(2, 8, (1, 1), more, &rows));
    assert!(near(of(&[]), colour), "without a profile: {:?}", of(&[]));
    assert!(near(of(&[profile(&icc)]), expected), "{:?} {expected:?}", of(&[profile(&icc)]));
    let got = desk.first_pixel(&png(2, 16, (1, 1), &[profile(&icc)], &deep));
    assert!(near(got, expected), "of 16 bits: {got:?} {expected:?}");
    // H.273: primaries 12 are Display P3's, transfer 13 is sRGB's; they go before a profile.
    let srgb = moxcms::ColorProfile::new_srgb().encode().unwrap();
    let points = of(&[chunk(b"cICP", &[12, 13, 0, 1]), profile(&srgb)]);
    assert!(near(points, expected), "{points:?} {expected:?}");
    // Linear light: half of it is 188.
    let gamma = chunk(b"gAMA", &100_000u32.to_be_bytes());
    let got = desk.first_pixel(&png(2, 8, (1, 1), &[gamma], &[0, 128, 128, 128]));
    assert!(near(got, [188; 3]), "{got:?}");
    // What most programs write beside sRGB changes nothing.
    let gamma = chunk(b"gAMA", &45_455u32.to_be_bytes());
    assert!(near(of(&[gamma]), colour));
    let broken = of(&[profile(&icc[..icc.len() / 2])]);
    assert!(near(broken, colour), "a broken profile: {broken:?}");
}

#[test]
fn a_jpeg_has_its_profile_in_parts() {
    let desk = Desk::new();
    let whole = sample("baseline.jpg");
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let part = |number: u8, data: &[u8]| {
        let body = [b"ICC_PROFILE\0".as_slice(), &[number, 2], data].concat();
        [b"\xff\xe2".as_slice(), &(body.len() as u16 + 2).to_be_bytes(), &body].concat()
    };
    let (first, second) = icc.split_at(icc.len() / 2);
    let marked = [&whole[..2], &part(1, first), &part(2, second), &whole[2..]].concat();
    let (plain, seen) = (desk.opened(&whole).unwrap(), desk.opened(&marked).unwrap());
    for (plain, seen) in plain.rgba.chunks_exact(4).zip(seen.rgba.chunks_exact(4)).step_by(97) {
        let expected = p3_as_srgb([plain[0], plain[1], plain[2]]);
        assert!(near([seen[0], seen[1], seen[2], seen[3]], expected), "{plain:?} {seen:?} {expected:?}");
    }
}

#[test]
fn greys_of_few_bits_are_clear_where_they_say() {
    let desk = Desk::new();
    for (depth, row) in [(1, 0b0100_0000), (2, 0b0011_0000), (4, 0x0F)] {
        let clear = chunk(b"tRNS", &[0, 0]);
        let got = desk.opened(&png(0, depth, (2, 1), &[clear], &[0, row])).unwrap();
        assert_eq!((got.rgba[3], &got.rgba[4..]), (0, &[255; 4][..]), "{depth} bits");
    }
}

#[test]
fn white_letters_on_nothing_stay_white_to_their_rims_when_they_are_made_smaller() {
    let desk = Desk::new();
    let row: Vec<u8> =
        [0].into_iter().chain((0..900).flat_map(|x| if x % 7 < 4 { [255; 4] } else { [0; 4] })).collect();
    let got = desk.opened(&png(6, 8, (900, 900), &[], &row.repeat(900))).unwrap();
    assert_eq!(got.width, 640);
    let rim = got.rgba.chunks_exact(4).filter(|pixel| pixel[3] > 16 && pixel[0] < 240).count();
    assert_eq!(rim, 0, "of {} pixels", got.rgba.len() / 4);
}

/// EXIF with nothing in it but which way up.
fn exif(orientation: u8) -> Vec<u8> {
    [b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation, 0, 0, 0, 0, 0, 0]].concat()
}

#[test]
fn a_picture_stands_upright_whichever_way_it_was_stored() {
    let desk = Desk::new();
    // 1 2 3 / 4 5 6, as it is seen after each of EXIF's eight ways (CIPA DC-008, tag 274).
    let rows = [0, 1, 2, 3, 0, 4, 5, 6];
    for (orientation, width, expected) in [
        (1, 3, [1, 2, 3, 4, 5, 6]),
        (2, 3, [3, 2, 1, 6, 5, 4]),
        (3, 3, [6, 5, 4, 3, 2, 1]),
        (4, 3, [4, 5, 6, 1, 2, 3]),
        (5, 2, [1, 4, 2, 5, 3, 6]),
        (6, 2, [4, 1, 5, 2, 6, 3]),
        (7, 2, [6, 3, 5, 2, 4, 1]),
        (8, 2, [3, 6, 2, 5, 1, 4]),
    ] {
        let got = desk.opened(&png(0, 8, (3, 2), &[chunk(b"eXIf", &exif(orientation))], &rows)).unwrap();
        let seen: Vec<u8> = got.rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
        assert_eq!((got.width, &seen[..]), (width, &expected[..]), "{orientation}");
    }
}

#[test]
fn a_webp_is_turned_by_exif_with_and_without_its_prefix_and_by_xmp() {
    let desk = Desk::new();
    let plain = sample("lossy.webp");
    let part = |name: &[u8; 4], data: &[u8]| {
        let pad = vec![0; data.len() % 2];
        [&name[..], &(data.len() as u32).to_le_bytes(), data, &pad].concat()
    };
    let xmp = b"<x:xmpmeta><rdf:Description tiff:Orientation=\"6\"/></x:xmpmeta>".to_vec();
    for (what, flag, name, data) in [
        ("EXIF", 8, b"EXIF", exif(6)),
        ("EXIF with its prefix", 8, b"EXIF", [b"Exif\0\0".as_slice(), &exif(6)].concat()),
        ("XMP", 4, b"XMP ", xmp),
    ] {
        let head = [flag, 0, 0, 0, (320u32 - 1) as u8, 1, 0, 239, 0, 0];
        let body = [b"WEBP".to_vec(), part(b"VP8X", &head), plain[12..].to_vec(), part(name, &data)].concat();
        let file = [b"RIFF".to_vec(), (body.len() as u32).to_le_bytes().to_vec(), body].concat();
        let got = desk.opened(&file).unwrap();
        assert_eq!((got.width, got.height), (240, 320), "{what}");
    }
}

#[test]
fn a_gif_of_one_picture_is_a_picture_and_a_webp_of_several_a_film() {
    let desk = Desk::new();
    assert_eq!(desk.opened(&sample("still.gif")).unwrap().width, 160);
    let moves = desk.file(&sample("moves.webp"));
    let found = probe(&decoder(), &media(&moves)).unwrap();
    assert!(!found.still && found.picture == Some([40, 30]), "{found:?}");
    assert_eq!(found.duration_us, Some(600_000));
    let mut cut = sample("moves.webp");
    cut.truncate(cut.len() * 2 / 3);
    let cut = desk.file(&cut);
    assert!(probe(&decoder(), &media(&cut)).is_err());
}
