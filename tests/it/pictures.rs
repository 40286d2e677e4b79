//! Still pictures of every odd kind through the decoder child: shown, or refused by name and reason; none fatal.

use crate::support::{decoder, made_by_ffmpeg, media};
use bangtin::media::{picture, probe};
use bangtin::model::media::Picture;
use bangtin::problem::{Problem, Speech};
use std::path::Path;

/// 16 × 16 pixels of pure red in cyan, magenta, yellow and black, as print shops hand them out.
const CMYK: [u8; 181] = *include_bytes!("support/cmyk.jpg");

fn opened(path: &Path) -> Result<Picture, Problem> {
    let asset = || media(path);
    let found = probe(&decoder(), &asset())?;
    assert!(found.still, "{}: {found:?}", path.display());
    Ok(picture(&decoder(), &asset(), (640, 360))?)
}

/// The reason of a refusal that names the file and is no crash.
fn refused(path: &Path) -> String {
    let problem = opened(path).expect_err(&path.display().to_string());
    let line = problem.line(Speech::English);
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(line.split(": ").next().is_some_and(|file| file.ends_with(name)), "{line}");
    assert!(!line.contains("crashed") && !line.contains("could not be run"), "{line}");
    line
}

/// A PNG of one value everywhere: a bomb is little to send and much to unpack.
fn plain_png(path: &Path, (width, height): (u32, u32), depth: png::BitDepth) {
    let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(depth);
    let row = (width as usize * depth as usize).div_ceil(8);
    encoder.write_header().unwrap().write_image_data(&vec![0xFF; row * height as usize]).unwrap();
}

#[test]
fn a_picture_of_one_pixel_and_one_of_a_line_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    for (name, size, shown) in [
        ("one.png", (1, 1), (1, 1)),
        ("line.png", (16_000, 10), (640, 1)),
        ("column.png", (10, 16_000), (1, 360)),
    ] {
        let path = folder.path().join(name);
        plain_png(&path, size, png::BitDepth::Eight);
        let got = opened(&path).unwrap();
        assert_eq!((got.width, got.height), shown, "{name}");
        assert!(got.rgba.iter().all(|value| *value == 255), "{name} is not white");
    }
    let path = folder.path().join("longer.png");
    plain_png(&path, (20_000, 10), png::BitDepth::Eight);
    assert!(refused(&path).contains("large"), "{}", refused(&path));
}

#[test]
fn pictures_of_sixteen_bits_and_of_printing_inks_have_their_colours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.png");
    plain_png(&path, (20, 20), png::BitDepth::Sixteen);
    assert_eq!(opened(&path).unwrap().rgba[..4], [255; 4]);
    let path = folder.path().join("print.jpg");
    std::fs::write(&path, CMYK).unwrap();
    let [r, g, b, a] = opened(&path).unwrap().rgba[..4] else { unreachable!() };
    assert!(r > 180 && g < 60 && b < 60 && a == 255, "{r} {g} {b} {a}");
}

#[test]
fn what_moves_is_a_film_and_where_a_picture_is_wanted_its_first_one_is_shown() {
    let source = "-f lavfi -i testsrc2=s=64x48:r=5:d=1";
    for (name, codec) in [("moves.webp", "-c:v libwebp_anim -lossless 1"), ("moves.gif", "")] {
        let path = made_by_ffmpeg(name, &format!("{source} {codec}"));
        let asset = || media(&path);
        let found = probe(&decoder(), &asset()).unwrap();
        assert!(!found.still && found.picture == Some([64, 48]), "{found:?}");
        let got = picture(&decoder(), &asset(), (640, 360)).unwrap();
        assert_eq!((got.width, got.height), (64, 48), "{name}");
    }
}

#[test]
fn a_picture_that_is_cut_off_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let source = "-f lavfi -i testsrc2=s=400x300:d=1 -frames:v 1";
    for (name, codec) in [("cut.jpg", ""), ("cut.png", ""), ("cut.webp", "-c:v libwebp")] {
        let whole =
            std::fs::read(made_by_ffmpeg(&format!("whole-{name}"), &format!("{source} {codec}"))).unwrap();
        for share in [10, 50, 90] {
            let path = folder.path().join(name);
            std::fs::write(&path, &whole[..whole.len() * share / 100]).unwrap();
            refused(&path);
        }
    }
}

#[test]
fn a_bomb_costs_its_picture_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.png");
    plain_png(&path, (16_384, 16_384), png::BitDepth::One);
    assert!(std::fs::metadata(&path).unwrap().len() < 200_000);
    assert!(refused(&path).contains("large"), "{}", refused(&path));
    // What may be shown is shown.
    let path = folder.path().join("poster.png");
    plain_png(&path, (8_192, 8_192), png::BitDepth::One);
    let got = opened(&path).unwrap();
    assert_eq!((got.width, got.height), (360, 360));
}
