//! The same page on every kind of output: turned, inset, cut out; whole and in parts.

use super::composition::Due;
use super::tests::{cases, scene, show, until};
use super::*;
use crate::layout::tests as sample;
use crate::model::display::{Part, Region, Turn};
use crate::model::plan::Plan;

fn plan(name: &str) -> Plan {
    cases().into_iter().find(|(case, _)| *case == name).unwrap().1
}

/// What a headless board on this output shows of a plan, as its screenshot gives it.
fn shown(geometry: Geometry, size: (u32, u32), plan: &Plan) -> Picture {
    let setup = Setup { geometry, ..Setup::default() };
    let stage = Stage::headless(size.0, size.1, setup, sample::fonts()).unwrap();
    stage.show(show(scene(plan, scene_size(&geometry, size), |_| ())));
    until("the first frame", || stage.meter().drawn >= 1);
    stage.snapshot().unwrap()
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
    let at = (y * picture.width + x) as usize * 4;
    picture.rgba[at..at + 4].try_into().unwrap()
}

/// Turns a picture clockwise, in the plainest way.
fn turned(picture: &Picture) -> Picture {
    let (width, height) = (picture.height, picture.width);
    let from = |x: u32, y: u32| pixel(picture, y, picture.height - 1 - x);
    let rgba = (0..height).flat_map(|y| (0..width).flat_map(move |x| from(x, y))).collect();
    Picture { width, height, rgba }
}

/// A plan whose ticker does not move.
fn still(name: &str) -> Plan {
    Plan { ticker: Vec::new(), ..plan(name) }
}

#[test]
fn a_turned_board_shows_the_same_page_turned_films_included() {
    for name in ["a-ngan", "c-anh", "e-phim"] {
        let plan = still(name);
        let of = |turn, size| shown(Geometry { turn, part: Part::Whole }, size, &plan);
        let standing = of(Turn::None, (360, 640));
        let quarter = turned(&standing);
        assert!(of(Turn::Quarter, (640, 360)) == quarter, "{name}");
        assert!(of(Turn::ThreeQuarters, (640, 360)) == turned(&turned(&quarter)), "{name}");
        let lying = of(Turn::None, (640, 360));
        assert!(of(Turn::Half, (640, 360)) == turned(&turned(&lying)), "{name}");
    }
}

#[test]
fn an_inset_or_a_region_is_the_page_pixel_for_pixel_and_black_beside_it() {
    let plan = still("a-ngan");
    let region = |width, height, x, y| Part::Region(Region { width, height, x, y });
    for (part, size, at, scene) in [
        (Part::InsetPercent(5.0), (640, 360), (32, 18), (576, 324)),
        (Part::InsetPixels([10, 0, 20, 40]), (640, 360), (40, 10), (600, 330)),
        (region(192, 32, 100, 50), (640, 360), (100, 50), (192, 32)),
    ] {
        let whole = shown(Geometry { part, ..Geometry::default() }, size, &plan);
        let page = shown(Geometry::default(), scene, &plan);
        for y in 0..size.1 {
            for x in 0..size.0 {
                let inside = (at.0..at.0 + scene.0).contains(&x) && (at.1..at.1 + scene.1).contains(&y);
                let expected = if inside { pixel(&page, x - at.0, y - at.1) } else { [0, 0, 0, 255] };
                assert_eq!(pixel(&whole, x, y), expected, "{part:?} at {x}, {y}");
            }
        }
    }
}

#[test]
fn a_region_over_the_edge_is_cut_off_there_for_text_and_film() {
    for name in ["a-ngan", "e-phim"] {
        let plan = still(name);
        let part = Part::Region(Region { width: 320, height: 240, x: 400, y: 200 });
        let whole = shown(Geometry { part, ..Geometry::default() }, (640, 360), &plan);
        let page = shown(Geometry::default(), (320, 240), &plan);
        for (x, y) in [(400, 200), (500, 300), (639, 359), (450, 359)] {
            assert_eq!(pixel(&whole, x, y), pixel(&page, x - 400, y - 200), "{name} at {x}, {y}");
        }
        assert_eq!(pixel(&whole, 399, 300), [0, 0, 0, 255]);
    }
}

/// Whatever is put in parts gives what putting everything gives.
#[test]
fn a_ticker_that_moves_on_a_turned_output_leaves_nothing_behind() {
    let size = (640, 360);
    let all = Due { all: true, ..Due::default() };
    for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
        let geometry = Geometry { turn, part: Part::InsetPercent(3.0) };
        let output = Output::new(&geometry, size);
        let mut composition = Composition::new(sample::fonts(), &Setup::default(), output);
        composition.adopt(
            show(scene(&plan("a-ngan"), scene_size(&geometry, size), |_| ())),
            crate::clock::instant(),
        );
        let now = crate::clock::instant();
        let (mut parts, mut whole) = (vec![0; 640 * 360], vec![0; 640 * 360]);
        for slot in [0, 1, 500, 5_000] {
            composition.move_ticker(slot);
            let due = if slot == 0 { all } else { Due { ticker: true, ..Due::default() } };
            composition.put(due, &mut parts, now);
            composition.put(all, &mut whole, now);
            assert!(parts == whole, "{turn:?} at slot {slot}");
        }
    }
}

#[test]
fn a_board_whose_output_changes_shows_the_new_one_whole() {
    let geometry = Geometry { turn: Turn::Quarter, part: Part::InsetPercent(2.5) };
    let setup = Setup { geometry, ..Setup::default() };
    let stage = Stage::headless(640, 360, setup, sample::fonts()).unwrap();
    let plan = still("a-ngan");
    stage.show(show(scene(&plan, scene_size(&geometry, (640, 360)), |_| ())));
    until("the first frame", || stage.meter().drawn >= 1);
    stage.resized(1000, 500);
    // Until the scene of that size comes, the old one is shown, and nothing fails.
    assert_eq!(stage.snapshot().map(|p| (p.width, p.height)), Ok((1000, 500)));
    stage.show(show(scene(&plan, scene_size(&geometry, (1000, 500)), |_| ())));
    assert!(stage.snapshot().unwrap() == shown(geometry, (1000, 500), &plan));
}
