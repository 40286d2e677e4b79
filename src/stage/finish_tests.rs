//! Brightness, white, gamma and power as they reach the screen: page, ticker and film alike.

use super::composition::Due;
use super::finish::{Finish, Light};
use super::tests::{cases, landscape, scene, show};
use super::*;
use crate::layout::tests as sample;
use crate::layout::{Colour, Draw, Grounds};
use crate::model::led::{FULL, Power};
use crate::model::plan::Plan;

fn plan(name: &str) -> Plan {
    cases().into_iter().find(|(case, _)| *case == name).unwrap().1
}

/// All pixels of a show on a panel, its ticker at some slot.
fn pixels(composition: &mut Composition) -> Vec<u32> {
    composition.move_ticker(123_456);
    let screen = composition.output().screen();
    let mut out = vec![0; screen.w as usize * screen.h as usize];
    composition.put(Due { all: true, ..Due::default() }, &mut out, crate::clock::instant());
    out
}

fn on_panel(panel: Panel, size: (u32, u32)) -> Composition {
    Composition::new(sample::fonts(), &Setup { panel, ..Setup::default() }, Output::plain(size))
}

fn watts(pixels: &[u32], panel: &Panel) -> f64 {
    let Light(light) = Light::of([pixels].into_iter());
    panel.power.unwrap().watts_white * light.iter().sum::<f64>() / (3.0 * pixels.len() as f64)
}

#[test]
fn every_pixel_of_page_ticker_and_film_gets_the_panel_s_finish() {
    let size = (640, 360);
    let panel = Panel { gamma: 1.3, white: [255, 240, 200], power: None };
    for name in ["a-ngan", "c-anh", "e-phim"] {
        let mut next = show(scene(&plan(name), size, |_| ()));
        let mut plain = on_panel(Panel::default(), size);
        plain.adopt(next.clone(), crate::clock::instant());
        let mut expected = pixels(&mut plain);
        Finish::new(&panel, 0.4).table().put(&mut expected);
        next.brightness = 400;
        let mut finished = on_panel(panel, size);
        finished.adopt(next, crate::clock::instant());
        assert!(pixels(&mut finished) == expected, "{name}");
    }
}

#[test]
fn a_brightness_that_changes_is_put_on_everything_at_once_and_can_be_taken_back() {
    let size = (640, 360);
    let mut composition = on_panel(Panel::default(), size);
    let at = |brightness| Show { brightness, ..show(scene(&plan("a-ngan"), size, |_| ())) };
    composition.adopt(at(FULL), crate::clock::instant());
    let full = pixels(&mut composition);
    assert_eq!(composition.adopt(at(300), crate::clock::instant()), Rect::new(0, 0, 640, 360));
    let mut dim = full.clone();
    Finish::new(&Panel::default(), 0.3).table().put(&mut dim);
    assert!(pixels(&mut composition) == dim);
    // Nothing new is nothing to do.
    assert!(composition.adopt(at(300), crate::clock::instant()).is_empty());
    composition.adopt(at(FULL), crate::clock::instant());
    assert!(pixels(&mut composition) == full);
}

#[test]
fn a_wall_never_draws_more_than_its_supply_gives() {
    let panel = Panel { power: Some(Power { watts_max: 60.0, watts_white: 400.0 }), ..Panel::default() };
    for (size, names) in [
        ((320, 160), &["a-ngan", "g-canh-bao-1", "g-canh-bao-4", "i-trung-tinh"][..]),
        ((640, 360), &["a-ngan", "c-anh", "e-phim", "g-canh-bao-1"][..]),
    ] {
        for name in names {
            let mut composition = on_panel(panel, size);
            composition.adopt(show(scene(&plan(name), size, |_| ())), crate::clock::instant());
            let drawn = watts(&pixels(&mut composition), &panel);
            // Pixels are sent in 255 steps, and a film's light is measured on some of its pixels.
            assert!(drawn < 63.0 && drawn > 0.5, "{name} at {size:?} draws {drawn} W");
        }
    }
    // A dark page is not dimmed at all.
    let mut composition = on_panel(panel, (320, 160));
    composition.adopt(show(scene(&plan("a-ngan"), (320, 160), |_| ())), crate::clock::instant());
    let mut plain = on_panel(Panel::default(), (320, 160));
    plain.adopt(show(scene(&plan("a-ngan"), (320, 160), |_| ())), crate::clock::instant());
    assert!(pixels(&mut composition) == pixels(&mut plain));
}

/// The page cannot know which letters of the ticker will be seen; what it reckons with is more than any of them need.
#[test]
fn a_ticker_of_heavy_letters_is_within_what_the_page_reckons_with() {
    let power = Power { watts_max: 10.0, watts_white: 400.0 };
    let panel = Panel { power: Some(power), ..Panel::default() };
    let mut plan = plan("a-ngan");
    let heavy = "MẦM ẪM WẪW ỆẪM ".repeat(30);
    plan.ticker.iter_mut().for_each(|line| {
        let mut ticker = (*line.line).clone();
        ticker.text.clone_from(&heavy);
        line.line = Arc::new(ticker);
    });
    let mut composition = on_panel(panel, (320, 160));
    composition.adopt(show(scene(&plan, (320, 160), |_| ())), crate::clock::instant());
    let drawn = watts(&pixels(&mut composition), &panel);
    assert!(drawn < 10.2, "{drawn} W");
}

#[test]
fn a_photograph_on_a_small_supply_keeps_its_shadows_and_its_lights_apart() {
    let panel = Panel { power: Some(Power { watts_max: 20.0, watts_white: 400.0 }), ..Panel::default() };
    let mut picture = Scene::plain((320, 240), Colour::BLACK);
    let sha256 = sample::media(1, None, None).sha256;
    let meet = crate::layout::Meet::Cover;
    let on = Grounds { own: Colour::BLACK, light: Colour::WHITE, dark: Colour::BLACK };
    picture.draws.push(Draw::Picture { sha256, rect: Rect::new(0, 0, 320, 240), meet, on });
    let mut next = show(picture);
    next.pictures.insert(sha256, Arc::new(landscape(320, 240)));
    let mut composition = on_panel(panel, (320, 240));
    composition.adopt(next, crate::clock::instant());
    let seen = pixels(&mut composition);
    assert!(watts(&seen, &panel) < 20.5);
    let mut greens: Vec<u32> = seen.iter().map(|pixel| pixel >> 8 & 0xFF).collect();
    greens.sort();
    greens.dedup();
    assert!(greens.len() > 10, "{greens:?}");
}
