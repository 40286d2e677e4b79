//! What residents see between two notices.

use super::composition::Due;
use super::tests::{cases, scene, show, stage, until};
use super::*;
use crate::layout::tests as sample;
use crate::layout::zone_tests::{beside, zoned};
use crate::layout::{Colour, Composer, Draw};
use crate::model::alert::AlertStatus;
use crate::model::plan::Plan;
use crate::model::programme::Category;

const SIZE: (u32, u32) = (640, 360);

fn notice(title: &str, text: &str, category: Category) -> Plan {
    Plan { ticker: Vec::new(), ..sample::plan(sample::slot(sample::notice(title, text, category), 20)) }
}

fn first() -> Show {
    show(scene(&notice("Cắt điện thứ Tư", "Từ 7h30 đến 17h00.", Category::Dien), SIZE, |_| ()))
}

fn second() -> Show {
    show(scene(&notice("Họp dân bản Nà Đon", "Tối nay, tại nhà văn hóa.", Category::Dien), SIZE, |_| ()))
}

fn composition() -> Composition {
    Composition::new(sample::fonts(), &Setup::default(), Output::plain(SIZE))
}

fn page_of(show: Show) -> Vec<u32> {
    let mut fresh = composition();
    fresh.adopt(show, crate::clock::instant());
    fresh.page().pixels.clone()
}

/// A composition that shows one page and was given the other at the returned moment.
fn between(one: Show, other: Show) -> (Composition, Instant) {
    let mut composition = composition();
    let now = crate::clock::instant();
    composition.adopt(one, now);
    composition.adopt(other, now);
    (composition, now)
}

fn at(composition: &mut Composition, began: Instant, ms: u64) -> Vec<u32> {
    composition.step(began + Duration::from_millis(ms));
    composition.page().pixels.clone()
}

#[test]
fn one_text_is_gone_before_the_next_comes_and_what_is_around_it_does_not_blink() {
    let (old, new) = (page_of(first()), page_of(second()));
    let (mut composition, began) = between(first(), second());
    let width = SIZE.0 as usize;
    let (header, rail) = (0..42 * width, |at: usize| at % width < 70 && at > 43 * width);
    assert!(composition.is_fading());
    assert!(at(&mut composition, began, 0) == old);
    let half_out = at(&mut composition, began, 80);
    let empty = at(&mut composition, began, 200);
    let half_in = at(&mut composition, began, 360);
    for (at, &pixel) in empty.iter().enumerate() {
        let kept = old[at] == new[at] && header.contains(&at) || rail(at);
        assert!(!kept || pixel == old[at], "{at} blinks");
        // Going out, a pixel lies between the old page and the ground; coming in, between the ground and the new.
        let between = |a: u32, b: u32, seen: u32| {
            [16, 8, 0].iter().all(|shift| {
                let [a, b, seen] = [a, b, seen].map(|pixel| pixel >> shift & 0xFF);
                (a.min(b)..=a.max(b)).contains(&seen)
            })
        };
        assert!(between(old[at], pixel, half_out[at]) && between(new[at], pixel, half_in[at]), "{at}");
    }
    let dark = |pixels: &[u32]| {
        let body = (60..300).flat_map(|y| &pixels[y * width + 80..(y + 1) * width]);
        body.filter(|pixel| **pixel & 0xFF < 0x60).count()
    };
    assert!(dark(&old) > 500 && dark(&new) > 500 && dark(&empty) < dark(&old) / 5, "the text is not gone");
    assert!(at(&mut composition, began, 440) == new && !composition.is_fading());
}

#[test]
fn the_rail_of_another_category_changes_its_colour_without_the_ground_between() {
    let other = show(scene(&notice("Tiêm chủng", "Sáng mai.", Category::YTe), SIZE, |_| ()));
    let (mut composition, began) = between(first(), other.clone());
    let new = page_of(other);
    // Between icon and foot, away from the weave.
    let at_rail = 200 * SIZE.0 as usize + 3;
    assert_eq!(at(&mut composition, began, 200)[at_rail], new[at_rail]);
    assert!(at(&mut composition, began, 500) == new);
}

#[test]
fn pictures_cross_and_are_never_mixed_with_the_ground() {
    let plan = |number: u8| {
        let mut notice = sample::notice("Giữ nước", "Bà con cày ải.", Category::NongNghiep);
        notice.image = Some(sample::media(number, Some((1600, 900)), None));
        Plan { ticker: Vec::new(), ..sample::plan(sample::slot(notice, 20)) }
    };
    let [one, mut two] = [1, 2].map(|number| show(scene(&plan(number), SIZE, |_| ())));
    let white = Picture { width: 2, height: 2, rgba: vec![255; 16] };
    two.pictures.values_mut().for_each(|picture| *picture = Arc::new(white.clone()));
    let (old, new) = (page_of(one.clone()), page_of(two.clone()));
    let (mut composition, began) = between(one, two);
    let half = at(&mut composition, began, 200);
    let at_picture = 200 * SIZE.0 as usize + 600;
    for shift in [16, 8, 0] {
        let [old, half, new] =
            [old[at_picture], half[at_picture], new[at_picture]].map(|p| p >> shift & 0xFF);
        assert!(half.abs_diff((old + new) / 2) <= 2, "{old} {half} {new}");
    }
}

#[test]
fn a_warning_a_film_an_led_wall_and_a_clock_cut() {
    let case = |name: &str| cases().into_iter().find(|(case, _)| *case == name).unwrap().1;
    let warning = sample::plan(sample::warning(4, AlertStatus::Actual));
    for other in [warning, case("e-phim"), case("i-trung-tinh")] {
        let other = show(scene(&other, SIZE, |_| ()));
        for (one, other) in [(first(), other.clone()), (other, first())] {
            let expected = page_of(other.clone());
            let (composition, _) = between(one, other);
            assert!(!composition.is_fading() && composition.page().pixels == expected);
        }
    }
    let strip = |plan: Plan| show(scene(&plan, (192, 32), |_| ()));
    let (one, other) = (strip(case("a-ngan")), strip(case("b-dai")));
    let mut composition = Composition::new(sample::fonts(), &Setup::default(), Output::plain((192, 32)));
    let now = crate::clock::instant();
    composition.adopt(one, now);
    composition.adopt(other, now);
    assert!(!composition.is_fading());
    let later = show(scene(
        &notice("Cắt điện thứ Tư", "Từ 7h30 đến 17h00.", Category::Dien),
        SIZE,
        |view| {
            view.now = sample::monday().checked_add(jiff::SignedDuration::from_mins(1)).unwrap();
        },
    ));
    let (composition, _) = between(first(), later);
    assert!(!composition.is_fading(), "the clock fades");
    let reduced = Setup { reduced_motion: true, ..Setup::default() };
    let mut composition = Composition::new(sample::fonts(), &reduced, Output::plain(SIZE));
    composition.adopt(first(), now);
    composition.adopt(second(), now);
    assert!(!composition.is_fading());
}

#[test]
fn a_clock_or_a_warning_that_comes_in_the_middle_leaves_nothing_of_the_fade_behind() {
    let later = || {
        show(scene(
            &notice("Họp dân bản Nà Đon", "Tối nay, tại nhà văn hóa.", Category::Dien),
            SIZE,
            |view| {
                view.now = sample::monday().checked_add(jiff::SignedDuration::from_mins(1)).unwrap();
            },
        ))
    };
    let (mut composition, began) = between(first(), second());
    let half = at(&mut composition, began, 80);
    composition.adopt(later(), began + Duration::from_millis(80));
    assert!(composition.is_fading());
    let body = 60 * SIZE.0 as usize..;
    assert!(composition.page().pixels[body.clone()] == half[body], "the fade jumps");
    assert!(at(&mut composition, began, 440) == page_of(later()));

    let (mut composition, began) = between(first(), second());
    at(&mut composition, began, 100);
    let warning = || show(scene(&sample::plan(sample::warning(4, AlertStatus::Actual)), SIZE, |_| ()));
    let damage = composition.adopt(warning(), began + Duration::from_millis(100));
    assert_eq!(damage, Rect::new(0, 0, 640, 360));
    assert!(!composition.is_fading() && composition.page().pixels == page_of(warning()));

    // Back again in the middle: from what is seen, and to the first page.
    let (mut composition, began) = between(first(), second());
    let seen = at(&mut composition, began, 100);
    composition.adopt(first(), began + Duration::from_millis(100));
    assert!(composition.page().pixels == seen, "the fade jumps");
    assert!(at(&mut composition, began, 600) == page_of(first()));
}

#[test]
fn zones_that_change_one_soon_after_the_other_fade_each_by_itself() {
    let board = zoned();
    let page = |main: &str, aside: &str| {
        let at_the_side = sample::notice(aside, "Tại nhà văn hóa bản.", Category::Hop);
        let main = sample::slot(sample::notice(main, "Từ 7h30 đến 17h00.", Category::Dien), 20);
        let plan = Plan { ticker: Vec::new(), ..beside(main, [Some(at_the_side), None]) };
        show(Composer::new(sample::fonts()).compose(&sample::view(&plan, &board, SIZE)).scene)
    };
    let pages = [page("Cắt điện", "Họp dân"), page("Có nước", "Họp dân"), page("Có nước", "Tiêm chủng")];
    let [first, second, third] = pages.each_ref().map(|page| page_of(page.clone()));
    let half = |pixels: &[u32], right: bool| -> Vec<u32> {
        let columns = if right { 417..640 } else { 0..416 };
        pixels.chunks(640).flat_map(|row| &row[columns.clone()]).copied().collect()
    };
    let (mut composition, began) = between(pages[0].clone(), pages[1].clone());
    let seen = at(&mut composition, began, 100);
    composition.adopt(pages[2].clone(), began + Duration::from_millis(100));
    assert!(composition.page().pixels == seen, "one of them jumps");
    let later = at(&mut composition, began, 300);
    assert!(half(&later, false) != half(&second, false) && half(&later, true) != half(&third, true));
    let later = at(&mut composition, began, 440);
    assert!(half(&later, false) == half(&third, false), "the main zone is not through in its own time");
    assert!(half(&later, true) != half(&third, true) && composition.is_fading());
    assert!(at(&mut composition, began, 540) == third && !composition.is_fading());
    assert!(half(&first, false) != half(&third, false) && half(&first, true) == half(&second, true));
}

/// Whatever is due at a step, putting it gives what putting everything gives.
#[test]
fn every_step_says_what_it_changed() {
    let (mut composition, began) = between(first(), second());
    let all = Due { all: true, ..Due::default() };
    let (mut parts, mut whole) = (vec![0; 640 * 360], vec![0; 640 * 360]);
    composition.put(all, &mut parts, began);
    for ms in (0..520).step_by(7) {
        let page = composition.step(began + Duration::from_millis(ms));
        assert!(!(170..270).contains(&ms) || page.is_empty(), "{ms}: {page:?}");
        composition.put(Due { page, ..Due::default() }, &mut parts, began);
        composition.put(all, &mut whole, began);
        assert!(parts == whole, "at {ms} ms");
    }
    assert!(composition.step(began + Duration::from_secs(9)).is_empty());
}

#[test]
fn a_board_draws_while_it_fades_shows_it_in_a_screenshot_and_rests_then() {
    let stage = stage(SIZE);
    stage.show(first());
    until("the first frame", || stage.meter().drawn == 1);
    stage.show(second());
    let (old, new) = (page_of(first()), page_of(second()));
    let same = |picture: &Picture, page: &[u32]| {
        let pixels = picture.rgba.chunks(4).map(|p| u32::from_be_bytes([255, p[0], p[1], p[2]]));
        pixels.eq(page.iter().copied())
    };
    let mut seen_between = false;
    until("the new page", || {
        let picture = stage.snapshot().unwrap();
        seen_between |= !same(&picture, &old) && !same(&picture, &new);
        same(&picture, &new)
    });
    assert!(seen_between, "a screenshot never showed the fade");
    std::thread::sleep(Duration::from_millis(100));
    let drawn = stage.meter().drawn;
    std::thread::sleep(Duration::from_millis(300));
    let FrameCount { drawn: after, blank, .. } = stage.meter();
    assert_eq!((after, blank), (drawn, 0));
    assert!(drawn >= 6, "{drawn} frames");
}

#[test]
fn a_frame_of_one_colour_counts_as_blank_if_something_is_on_air() {
    let stage = stage((64, 36));
    let mut empty = Scene::plain((64, 36), Colour::BLACK);
    stage.show(show(empty.clone()));
    until("a frame", || stage.meter().drawn == 1);
    assert_eq!(stage.meter().blank, 0, "nothing is on air");
    empty.draws.push(Draw::Fill { rect: Rect::new(0, 0, 64, 36), colour: Colour(0x123456), radius: 0 });
    stage.show(show(empty.clone()));
    until("a frame", || stage.meter().drawn == 2);
    assert_eq!(stage.meter().blank, 1);
    empty.draws.push(Draw::Fill { rect: Rect::new(0, 0, 1, 1), colour: Colour::WHITE, radius: 0 });
    stage.show(show(empty));
    until("a frame", || stage.meter().drawn == 3);
    assert_eq!(stage.meter().blank, 1);
}

#[test]
fn no_page_of_any_board_is_ever_blank() {
    for (name, plan) in cases() {
        for size in [(96, 16), (192, 32), (320, 160), (640, 360), (360, 640)] {
            let mut composition = Composition::new(sample::fonts(), &Setup::default(), Output::plain(size));
            composition.adopt(show(scene(&plan, size, |_| ())), crate::clock::instant());
            composition.move_ticker(12_345);
            assert!(!composition.is_blank(), "{name} at {size:?}");
        }
    }
}

/// Writes the steps between some pages into the folder that `BANGTIN_LOOK` names, for people to look at.
#[test]
fn every_fade_can_be_looked_at() {
    let Some(folder) = std::env::var_os("BANGTIN_LOOK") else { return };
    let case = |name: &str| cases().into_iter().find(|(case, _)| *case == name).unwrap().1;
    for (one, other) in
        [("a-ngan", "b-dai"), ("c-anh", "a-ngan"), ("d-bang", "f-thai"), ("c-anh", "c-anh-qr")]
    {
        let size = (960, 540);
        let mut composition = Composition::new(sample::fonts(), &Setup::default(), Output::plain(size));
        let now = crate::clock::instant();
        composition.adopt(show(scene(&case(one), size, |_| ())), now);
        composition.adopt(show(scene(&case(other), size, |_| ())), now);
        for ms in [0, 80, 200, 340, 440] {
            composition.step(now + Duration::from_millis(ms));
            composition.move_ticker(1_000 + ms as i64);
            let file = std::path::Path::new(&folder).join(format!("fade-{one}-{other}-{ms:03}.png"));
            super::tests::write_png(&file, &composition.snapshot());
        }
    }
}
