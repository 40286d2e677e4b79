//! Zones: each notice in its own, all of them under one header, and what a board does on which they cannot be read.

use super::tests::{board, fonts, media, notice, plan, power_cut, slot, view, words};
use super::*;
use crate::model::board::{Share, Zone};
use crate::model::plan::Aside;
use crate::model::programme::{Category, Notice};

/// A board of a main zone over two thirds, and two at its right.
pub fn zoned() -> Board {
    let zone = |name: &str, left, top, width, height| Zone {
        name: name.into(),
        area: Share { left, top, width, height },
        categories: Vec::new(),
        tags: Vec::new(),
        written: "board.toml:1".into(),
    };
    let zones = vec![
        zone("main", 0.0, 0.0, 65.0, 100.0),
        zone("lich", 65.0, 0.0, 35.0, 50.0),
        zone("hop", 65.0, 50.0, 35.0, 50.0),
    ];
    Board { zones, ..board() }
}

/// What that board shows, at 1920 x 1080.
fn composed(plan: &Plan, clock_trusted: bool) -> Composed {
    let board = zoned();
    Composer::new(fonts()).compose(&View { clock_trusted, ..view(plan, &board, (1920, 1080)) })
}

/// A plan with these notices in its second and third zones.
pub fn beside(main: Main, asides: [Option<Notice>; 2]) -> Plan {
    let aside = |(at, notice): (usize, Option<Notice>)| Aside {
        zone: at + 1,
        slot: notice.map(|notice| match slot(notice, 30) {
            Main::Notice(slot) => slot,
            _ => unreachable!(),
        }),
    };
    Plan { asides: asides.into_iter().enumerate().map(aside).collect(), ..plan(main) }
}

#[test]
fn zones_show_side_by_side_under_one_header_and_an_empty_one_lends_its_room() {
    let meeting = notice("Họp dân bản Nà Khương", "19h30 thứ Sáu.", Category::Hop);
    let plan = beside(slot(power_cut(), 20), [Some(meeting.clone()), None]);
    let composed = composed(&plan, true);
    let said = words(&composed.scene);
    assert!(said.contains("Xã Bình Lư") && said.contains("Cắt điện") && said.contains("Khương"), "{said}");
    assert_eq!((composed.pages, composed.asides.len()), (1, 2));
    // LOOK.md: header 128 px, ticker 104.
    let right = Rect::edges(1248, 128, 1920, 976);
    let lent = Rect::edges(1248, 552, 1920, 976);
    let mut used = false;
    for draw in &composed.scene.draws {
        let Draw::Text(line) = draw else { continue };
        let ink = Rect::new(line.x, line.baseline - 10, line.width as i32, 10);
        used |= lent.contains(&ink);
        let hers = said.contains(&*line.text) && meeting.title.contains(&*line.text);
        assert!(!hers || right.contains(&ink), "`{}` is not in its zone", line.text);
    }
    assert!(used, "the neighbour has the room of the empty zone");
    // With nothing at all on, it is the page of a board that has nothing.
    let nothing = beside(Main::Neutral { ever: true }, [None, None]);
    let composed = self::composed(&nothing, true);
    assert!(words(&composed.scene).contains("không có thông báo mới"));
    let main_empty = beside(Main::Neutral { ever: true }, [Some(meeting), None]);
    let composed = self::composed(&main_empty, true);
    assert!(words(&composed.scene).contains("Khương"));
}

#[test]
fn a_film_has_the_main_zone_and_leaves_the_others_and_the_ticker() {
    let mut notice = power_cut();
    notice.video = Some(media(2, Some((1920, 1080)), Some(60_000)));
    let plan = beside(slot(notice, 60), [Some(self::notice("Họp dân", "", Category::Hop)), None]);
    let composed = composed(&plan, true);
    let film = composed.scene.film.unwrap();
    assert!(Rect::edges(0, 128, 1248, 976).contains(&film.rect), "{:?}", film.rect);
    assert!(composed.scene.ticker.is_some());
    let line = |draw: &Draw| if let Draw::Text(line) = draw { Some(line.text.to_string()) } else { None };
    let clocks = composed.scene.draws.iter().filter_map(line).filter(|text| text == "07:30").count();
    assert_eq!(clocks, 1, "the header's");
}

#[test]
fn zones_whose_pages_turn_change_at_the_soonest_turn() {
    let long = "Bà con mang sổ tiêm và thẻ bảo hiểm y tế đến trạm đúng giờ hẹn. ".repeat(12);
    let (main, aside) = (notice("Tiêm", &long, Category::YTe), notice("Họp", &long, Category::Hop));
    let alone = |main, asides| composed(&beside(main, asides), false);
    // An empty zone would lend its room.
    let short = notice("Tin", "", Category::Chung);
    let one = alone(slot(main.clone(), 60), [Some(short.clone()), None]);
    let other = alone(slot(short, 60), [Some(aside.clone()), None]);
    let both = alone(slot(main, 60), [Some(aside), None]);
    assert!(one.pages > 1 && other.asides[0].1 > 1);
    assert_eq!(both.next_change, one.next_change.min(other.next_change));
    assert_eq!((both.pages, both.asides), (one.pages, other.asides));
}

#[test]
fn zones_that_cannot_be_read_at_a_size_are_left_out_and_the_board_says_why() {
    let at = |size, board: &Board| {
        let (shown, problems) = board_at(board, size, Look::cham());
        let english = crate::problem::Speech::English;
        (shown.zones.len(), problems.iter().map(|problem| problem.line(english)).collect::<Vec<_>>())
    };
    assert_eq!(at((1920, 1080), &zoned()), (3, vec![]));
    let (zones, said) = at((192, 32), &zoned());
    assert_eq!((zones, said.len()), (0, 1));
    assert!(said[0].starts_with("board.toml:1: an LED wall of 192 x 32 pixels"), "{said:?}");
    let mut narrow = zoned();
    narrow.zones[2].area.width = 12.0;
    let (zones, said) = at((1920, 1080), &narrow);
    assert_eq!((zones, said.len()), (0, 1));
    assert!(said[0].contains("the zone `hop` is too small on 1920 x 1080 pixels"), "{said:?}");
    let percent: f64 = said[0].split("at least ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    narrow.zones[2].area.width = percent;
    assert_eq!(at((1920, 1080), &narrow).0, 3, "what it advises is enough");
    // Letters that are read from 15 m are twice as large as half a board's height allows.
    let measured = Some(crate::model::board::Measured::HeightMm(685.0));
    assert_eq!(at((1920, 1080), &Board { measured, ..zoned() }).0, 0);
}
