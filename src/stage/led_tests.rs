//! LED strips to the pixel: every letter another, none cut, nothing grey.

use super::glyphs::{Glyphs, Inked};
use super::tests::{cases, scene, show};
use super::*;
use crate::layout::tests as sample;
use crate::layout::{Measure, Weight};
use std::collections::{BTreeMap, BTreeSet};

/// The letters that Vietnamese has beyond Latin's 26, small and capital, in every tone: 134.
pub(super) fn vietnamese() -> Vec<char> {
    let small = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";
    small.chars().flat_map(|letter| [letter].into_iter().chain(letter.to_uppercase())).collect()
}

#[test]
fn every_vietnamese_letter_is_another_at_sixteen_pixels_and_none_is_cut() {
    let letters = vietnamese();
    assert_eq!(letters.len(), 134);
    let (measure, mut glyphs) = (Measure::new(sample::fonts()), Glyphs::new(sample::fonts()));
    let mut seen: BTreeMap<Vec<(i32, i32)>, char> = BTreeMap::new();
    for letter in letters.into_iter().chain('a'..='z').chain('A'..='Z').chain('0'..='9') {
        let shaped = measure.shape(&letter.to_string(), Weight::Pixel);
        let mut lit = Vec::new();
        for glyph in &shaped.glyphs {
            let (mask, whole) = glyphs.mask(glyph.face, glyph.id, 16.0, glyph.x * 16.0);
            let Inked::Coverage(coverage) = &mask.ink else { panic!("{letter} has colours") };
            for (at, cover) in (0..).zip(coverage) {
                assert!([0, 255].contains(cover), "{letter} has grey");
                let (x, y) = (whole + mask.left + at % mask.width, 14 - mask.top + at / mask.width);
                if *cover == 255 {
                    lit.push((y, x));
                }
            }
        }
        assert!(!lit.is_empty(), "{letter} is empty");
        let within = |(y, x): &(i32, i32)| (0..16).contains(y) && (0..8).contains(x);
        assert!(lit.iter().all(within), "{letter} is cut: {lit:?}");
        lit.sort();
        // A zero with a stroke reads as 8 from afar; it is an O, which nobody takes for a number among letters.
        let other = seen
            .insert(lit, letter)
            .filter(|other| [letter, *other] != ['0', 'O'] && [letter, *other] != ['O', '0']);
        if let Some(other) = other {
            panic!("{letter} looks like {other}");
        }
    }
}

#[test]
fn a_strip_has_no_grey_whatever_it_says() {
    let [ground, ink, key] = [0x000000, 0xFFECC8, 0xFFBE3C];
    // The icons' night accents, and the five levels' fills and inks (LOOK.md section 4).
    let accents = [0xAFC0F5, 0x74D3CF, 0x8CC4FA, 0xF2B08E, 0xABD580, 0xBBC9D6, 0xE3CB6B, 0xF3A6D2];
    let levels = [0xA9DCF7, 0x101418, 0xFFF2A0, 0x15120A, 0xFF9A1F, 0x1A0F00, 0xB3000F, 0xFFFFFF, 0x6A1B9A];
    let known: BTreeSet<u32> = [ground, ink, key].into_iter().chain(accents).chain(levels).collect();
    for (name, plan) in cases() {
        for size in [(96, 16), (192, 32), (128, 48)] {
            let picture =
                draw_still(show(scene(&plan, size, |_| ())), &Setup::default(), size, sample::fonts());
            let colours: BTreeSet<u32> = picture
                .rgba
                .chunks(4)
                .map(|p| u32::from(p[0]) << 16 | u32::from(p[1]) << 8 | u32::from(p[2]))
                .collect();
            let strange: Vec<_> = colours.difference(&known).map(|colour| format!("{colour:06X}")).collect();
            assert!(strange.is_empty(), "{name} at {size:?}: {strange:?}");
            assert!(colours.len() >= 2 && colours.len() <= 6, "{name} at {size:?}: {}", colours.len());
        }
    }
}

/// Two pictures a slot apart are the same text a pixel further on.
#[test]
fn a_strip_of_one_line_runs_from_its_notice_s_turn_on() {
    let plan = cases().swap_remove(0).1;
    let scene = scene(&plan, (96, 16), |_| ());
    let band = scene.ticker.clone().unwrap();
    let mut composition = Composition::new(sample::fonts(), &Setup::default(), Output::plain((96, 16)));
    let start = crate::layout::frame_slot(sample::monday().timestamp(), band.rate_mhz);
    assert_eq!(strip::offset_at(&band, start), 0);
    composition.adopt(show(scene), crate::clock::instant());
    let mut at = |slot: i64| {
        composition.move_ticker(slot);
        composition.snapshot()
    };
    let (first, next) = (at(start), at(start + 5));
    let pixel = |picture: &Picture, x: usize, y: usize| picture.rgba[(y * 96 + x) * 4..][..4].to_vec();
    for y in 0..16 {
        for x in band.rect.x as usize..91 {
            assert_eq!(pixel(&first, x + 5, y), pixel(&next, x, y));
        }
        for x in 0..band.rect.x as usize {
            assert_eq!(pixel(&first, x, y), pixel(&next, x, y));
        }
    }
}
