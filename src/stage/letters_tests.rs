//! Letters on whole pages: no mark of a Vietnamese letter is cut, at any size of the scale; emoji have their colours.

use super::glyphs::{Glyphs, Inked};
use super::led_tests::vietnamese;
use super::tests::{drawn, scene};
use super::*;
use crate::layout::Draw;
use crate::layout::tests as sample;
use crate::model::programme::Category;
use std::collections::BTreeSet;

/// Asserts that all ink of a scene's texts is inside their clips; returns the sizes of its letters, in pixels.
fn check(scene: &Scene) -> BTreeSet<u32> {
    let mut glyphs = Glyphs::new(sample::fonts());
    let mut sizes = BTreeSet::new();
    let still = scene.draws.iter().filter_map(|draw| match draw {
        Draw::Text(line) => Some((line, line.clip)),
        _ => None,
    });
    let moving = scene.ticker.iter().flat_map(|band| {
        let window = Rect::new(i32::MIN / 4, 0, i32::MAX / 2, band.rect.h);
        band.lines.iter().map(move |line| (line, window))
    });
    for (line, clip) in still.chain(moving) {
        sizes.insert(line.size.round() as u32);
        for glyph in line.glyphs.iter() {
            let x = line.x as f32 + glyph.x;
            let (mask, whole) = glyphs.mask(glyph.face, glyph.id, line.size, x);
            let top = line.baseline + glyph.y.round() as i32 - mask.top;
            let ink = Rect::new(whole + mask.left, top, mask.width, mask.height);
            assert!(clip.contains(&ink), "`{}` at {} px: {ink:?} is cut by {clip:?}", line.text, line.size);
        }
    }
    sizes
}

#[test]
fn no_mark_of_any_vietnamese_letter_is_cut_at_any_size_of_the_scale() {
    let letters: Vec<String> = vietnamese().into_iter().map(String::from).collect();
    for size in [(1920, 1080), (1080, 1920), (1280, 720), (640, 360), (320, 160), (192, 32)] {
        let mut sizes = BTreeSet::new();
        // Few letters are set large, many small.
        for (title, body) in
            [(6, 0), (12, 0), (22, 0), (4, 8), (8, 20), (10, 34), (12, 48), (14, 60), (18, 67), (22, 67)]
        {
            for start in (0..letters.len()).step_by(title.max(body)) {
                let words = |count: usize| -> String {
                    let letters = letters.iter().cycle().skip(start).take(count);
                    letters
                        .enumerate()
                        .map(|(at, l)| if at % 5 == 4 { format!("{l} ") } else { l.clone() })
                        .collect()
                };
                let mut plan = sample::plan(sample::slot(
                    sample::notice(&words(title), &words(body), Category::YTe),
                    60,
                ));
                plan.title = words(9).as_str().into();
                sizes.extend(check(&scene(&plan, size, |_| ())));
            }
        }
        assert!(size.1 < 300 || sizes.len() >= 16, "{size:?}: only {sizes:?}");
    }
}

#[test]
fn an_emoji_has_its_own_colours_and_a_joined_one_is_one_picture() {
    let fonts = sample::fonts();
    assert!(fonts.serves("Zsye"), "install the package fonts-noto-color-emoji");
    let family = fonts.shape("👨‍👩‍👧", crate::layout::Weight::Bold);
    assert_eq!(family.glyphs.len(), 1, "{family:?}");
    let smile = fonts.shape("😀", crate::layout::Weight::Bold).glyphs[0];
    let (mask, _) = Glyphs::new(fonts).mask(smile.face, smile.id, 64.0, 0.0);
    let Inked::Colours(colours) = &mask.ink else { panic!("no colours") };
    assert!((50..80).contains(&mask.height), "{}", mask.height);
    let lively = |[r, g, b, a]: &[u8; 4]| *a == 255 && r.max(g).max(b) - r.min(g).min(b) > 60;
    let lively = colours.iter().filter(|pixel| lively(pixel)).count();
    assert!(lively > 500, "{lively} of {}", colours.len());

    let text = "🌧 Mưa to ☎ 113 → bản Nà Đon ✔ ⚠️ 🇻🇳";
    let plan = sample::plan(sample::slot(sample::notice("Mưa to 🌧", text, Category::ThoiTiet), 60));
    let picture = drawn(&plan, (1280, 720), |_| ());
    // The flag's red is nowhere else on the page.
    let red = |pixel: &[u8]| pixel[0] > 190 && pixel[1] < 60 && pixel[2] < 60;
    assert!(picture.rgba.as_chunks::<4>().0.iter().filter(|pixel| red(*pixel)).count() > 200);
    check(&scene(&plan, (1280, 720), |_| ()));
}
