//! Whatever a text is, every letter of it is drawn exactly once over its pages, inside its room, and no smaller than
//! its readers need.

use super::look::Grid;
use super::pages::{Column, Page, Setting, Tabled};
use super::tests::{board, fonts, media, monday, notice, plan, slot, view};
use super::*;
use crate::limits;
use crate::model::board::{Measured, Share, Zone};
use crate::model::programme::Category;
use crate::text::markup::{Block, blocks};
use crate::text::sole_line;
use proptest::prelude::*;

/// Letters and signs without anything that takes no ink or stands between words.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What a text says, a table's cells each once; `spoken` where the table is said in lines.
fn expected(title: &str, text: &str) -> (String, Vec<Block>) {
    let title = sole_line(title, limits::TITLE_CHARS_MAX);
    (bare(&title), blocks(text))
}

/// A notice on a board, as its pages say it.
struct Pages {
    setting: Setting,
    pages: Vec<Page>,
    grid: Grid,
    scenes: Vec<Vec<Line>>,
    room: Rect,
}

fn pages(title: &str, text: &str, size: (u32, u32), board: &Board) -> Pages {
    in_zone(notice(title, text, Category::YTe), size, board, 0)
}

/// The pages of a notice in one of a board's zones.
fn in_zone(notice: crate::model::programme::Notice, size: (u32, u32), board: &Board, zone: usize) -> Pages {
    let plan = plan(slot(notice, 600));
    let view = View { board, ..view(&plan, board, size) };
    let Main::Notice(slot) = &plan.main else { unreachable!() };
    let grid = Grid::new(size);
    let measure = Measure::new(fonts());
    let place = place::places(&view, grid)[zone];
    let outer = if place.zone { place.area.rect(grid) } else { grid.area };
    let parts = Parts::ways(&view, grid, slot, &place).0;
    let setting = setting(&view, grid, &parts);
    let pages: Vec<Page> = pages::pages(slot, &setting, &measure).into_iter().map(|(page, _)| page).collect();
    let mut room = Rect::default();
    let scenes = pages.iter().enumerate().map(|(at, page)| {
        let mut brush = Brush::new(grid, view.look, view.theme, &measure);
        brush.clip = outer;
        notice::draw(&mut brush, &view, slot, parts.on(at), page, (at + 1, pages.len()));
        let line = |draw: Draw| if let Draw::Text(line) = draw { Some(line) } else { None };
        let lines: Vec<Line> = brush.draws.into_iter().filter_map(line).collect();
        assert!(lines.iter().all(|line| outer.contains(&line.clip)), "ink could leave its zone");
        // What belongs to the page has the page's clip, and the frame the zone's.
        let lines: Vec<Line> = lines.into_iter().filter(|line| line.clip != outer).collect();
        room = lines.first().map_or(room, |line| line.clip);
        lines
    });
    let scenes = scenes.collect();
    Pages { setting, grid, scenes, pages, room }
}

/// Checks a notice on one board.
fn check(title: &str, text: &str, size: (u32, u32), board: &Board) -> Result<(), TestCaseError> {
    check_pages(title, text, size, board, pages(title, text, size, board))
}

fn check_pages(
    title: &str,
    text: &str,
    size: (u32, u32),
    board: &Board,
    found: Pages,
) -> Result<(), TestCaseError> {
    let Pages { setting, pages, grid, scenes, room } = found;
    let words = |groups: &[super::words::Group]| -> String {
        groups.iter().flat_map(|group| &group.words).map(|word| word.text.as_str()).collect()
    };
    let body = |text: &super::fit::Text| -> String {
        let marker = |para: &super::fit::Para| {
            let marker = para.marker.iter().flat_map(|group| &group.words);
            marker.map(|word| word.text.clone()).collect::<String>()
        };
        text.body.iter().map(|para| bare(&(marker(para) + &words(&para.groups)))).collect()
    };
    let (title, blocks) = expected(title, text);
    let tables = blocks.iter().any(|block| matches!(block, Block::Table(_)));
    let mut said = String::new();
    let mut head = String::new();
    for (page, lines) in pages.iter().zip(&scenes) {
        let drawn: String = lines.iter().map(|line| bare(&line.text)).collect();
        let meant = match page {
            Page::Text { columns, .. } => {
                let Some(Column { text, .. }) = columns.first() else {
                    prop_assert!(setting.picture_first && lines.is_empty(), "a page without text");
                    continue;
                };
                let title = bare(&words(&text.title));
                if said.is_empty() {
                    head = title.clone();
                }
                // Further pages have the same title, or its beginning.
                let short = title.strip_suffix('…').is_some_and(|short| head.starts_with(short));
                prop_assert!(tables || title == head || short, "{title} over {head}");
                let body = body(text);
                said.push_str(&body);
                title + &body
            }
            Page::Rows(page) => {
                let Tabled { text, rows, below, .. } = &**page;
                let head = bare(&words(&text.title)) + &body(text);
                let lines = rows.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.lines);
                let cells: String = rows.head.iter().chain(lines).map(|text| bare(text)).collect();
                said.push_str(&cells);
                head + &cells + &below.as_ref().map_or(String::new(), |below| body(&below.text))
            }
        };
        prop_assert_eq!(&drawn, &meant, "what is drawn is not what the page says");
        for line in lines {
            let least = setting.scale.body_min().min(setting.heads).min(*setting.scale.cells.last().unwrap());
            prop_assert!(line.size >= least * grid.u * 0.999, "{} px", line.size);
            if board.measured.is_some() {
                let need = legible::need(board, size).unwrap();
                let zone = setting.scale.body_min() * grid.u;
                prop_assert!(line.size >= need.limit_px.min(zone) * 0.999, "{} px of {need:?}", line.size);
            }
            // Capitals to descenders; marks above them may reach into the leading.
            let ink = Rect::edges(
                line.x,
                line.baseline - (0.75 * line.size) as i32,
                line.x + (line.width * 0.98) as i32,
                line.baseline + (0.2 * line.size) as i32,
            );
            prop_assert!(room.contains(&ink), "{ink:?} of `{}` is not in {room:?}", line.text);
        }
    }
    // A text without tables says itself, from the title on; the title may have gone on in the body.
    let paragraphs: String = blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(paragraph) => {
                let spans: String = paragraph.spans.iter().map(|span| span.text.as_str()).collect();
                bare(&(paragraph.marker.clone().unwrap_or_default() + &spans))
            }
            Block::Table(_) => String::new(),
        })
        .collect();
    if !tables {
        // "…" stands where a title goes on.
        let bare = |text: String| text.replace('…', "");
        prop_assert_eq!(bare(head + &said), bare(title + &paragraphs), "letters were lost or said twice");
        return Ok(());
    }
    for block in &blocks {
        if let Block::Table(table) = block {
            for cell in table.rows.iter().flatten().chain(&table.head) {
                prop_assert!(said.contains(&bare(cell)), "the cell `{cell}` is not shown");
            }
        }
    }
    Ok(())
}

/// Boards as they hang: small and large, upright and lying, nearly square, near and far.
fn boards() -> impl Strategy<Value = ((u32, u32), Board)> {
    let sizes = prop::sample::select(vec![
        (1920, 1080),
        (1080, 1920),
        (1280, 720),
        (640, 360),
        (3840, 2160),
        (1000, 900),
        (900, 1000),
        (500, 640),
        (2560, 480),
        (480, 1920),
        (320, 240),
        (1080, 1080),
        (1280, 1024),
    ]);
    let measured = prop::option::of((2.0..60.0, 300.0..2_000.0));
    (sizes, measured).prop_map(|(size, measured)| {
        let of = |(distance, height)| Board {
            viewing_distance_m: distance,
            measured: Some(Measured::HeightMm(height)),
            ..board()
        };
        (size, measured.map_or_else(board, of))
    })
}

/// Zones without overlap: the board cut in two again and again, each cut a number of per cent across or down.
fn zones() -> impl Strategy<Value = Vec<Zone>> {
    let cut = (0usize..8, any::<bool>(), 25u32..75);
    prop::collection::vec(cut, 1..4).prop_map(|cuts| {
        let mut shares = vec![Share { left: 0.0, top: 0.0, width: 100.0, height: 100.0 }];
        for (which, across, percent) in cuts {
            let at = which % shares.len();
            let (whole, part) = (shares[at], f64::from(percent) / 100.0);
            let (first, second) = if across {
                let width = (whole.width * part).round();
                let rest = Share { left: whole.left + width, width: whole.width - width, ..whole };
                (Share { width, ..whole }, rest)
            } else {
                let height = (whole.height * part).round();
                let rest = Share { top: whole.top + height, height: whole.height - height, ..whole };
                (Share { height, ..whole }, rest)
            };
            shares[at] = first;
            shares.push(second);
        }
        let zone = |(at, area): (usize, Share)| Zone {
            name: format!("v{at}"),
            area,
            categories: Vec::new(),
            tags: vec!["lich".into()],
            written: "board.toml:1".into(),
        };
        shares.into_iter().enumerate().map(zone).collect()
    })
}

/// A word: mostly Vietnamese, sometimes what nobody would write.
fn word() -> impl Strategy<Value = String> {
    let syllables = vec![
        "Bản",
        "Nà",
        "Đon",
        "họp",
        "dân",
        "nghiêng",
        "thứ",
        "Tư",
        "25/11",
        "7h30",
        "đến",
        "17h00",
        "để",
        "và",
        "của",
        "nước",
        "ruộng",
        "ổn",
        "định",
        "ẫm",
        "Ỗ",
        "km",
        "30",
        "phút",
        "xã.",
        "rồi,",
        "thôi!",
        "gồm:",
        "–",
        "•",
        "**đậm**",
        "*nghiêng*",
        "Tus",
        "hluav",
        "taws",
        "ꪎꪳꪣ",
        "ꪼꪡ",
        "ꪣꪳ꫁",
        "😀",
        "👨‍👩‍👧",
        "→",
        "½",
        "3*4*5",
        "a_b",
    ];
    prop_oneof![
        24 => prop::sample::select(syllables).prop_map(str::to_owned),
        1 => (1usize..400, "[a-zđêư]").prop_map(|(n, c)| c.repeat(n)),
        1 => (1usize..6).prop_map(|n| format!("e{}", "\u{323}\u{302}\u{301}".repeat(n))),
        1 => "\\PC{1,8}",
    ]
}

fn sentence() -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 1..30).prop_map(|words| words.join(" "))
}

/// A text with everything in it that an official may write.
fn text() -> impl Strategy<Value = String> {
    let row = prop::collection::vec(sentence(), 1..4).prop_map(|cells| {
        let cells: Vec<String> = cells.iter().map(|c| c.chars().take(24).collect()).collect();
        format!("| {} |", cells.join(" | "))
    });
    let block = prop_oneof![
        6 => sentence(),
        2 => sentence().prop_map(|text| format!("- {text}")),
        1 => (1u32..30, sentence()).prop_map(|(n, text)| format!("{n}. {text}")),
        1 => sentence().prop_map(|text| format!("# {text}")),
        1 => prop::collection::vec(row, 1..12).prop_map(|rows| rows.join("\n")),
        1 => Just(String::new()),
    ];
    prop::collection::vec(block, 0..14).prop_map(|blocks| blocks.join("\n"))
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 96, ..Default::default() })]

    #[test]
    fn every_letter_is_drawn_once_in_its_room_and_large_enough(
        title in sentence(), text in text(), (size, board) in boards(),
    ) {
        check(&title, &text, size, &board)?;
    }

    #[test]
    fn in_every_zone_too_and_zones_share_no_pixel(
        title in sentence(), text in text(), (size, board) in boards(), zones in zones(),
        pictured in any::<bool>(), linked in any::<bool>(),
    ) {
        let asked = Board { zones, ..board };
        let (board, problems) = board_at(&asked, size, Look::cham());
        prop_assert_eq!(board.zones.is_empty(), problems.iter().any(|problem| problem.subject == "board.toml:1"));
        let plan = plan(slot(notice("Tin", "", Category::Chung), 600));
        let view = view(&plan, &board, size);
        let grid = Grid::new(size);
        let areas: Vec<Rect> = place::places(&view, grid).iter().map(|place| place.area.rect(grid)).collect();
        for (at, area) in areas.iter().enumerate() {
            prop_assert!(grid.area.contains(area) && !area.is_empty());
            prop_assert!(areas[..at].iter().all(|other| other.meet(area).is_empty()), "{areas:?}");
            let mut notice = notice(&title, &text, Category::YTe);
            notice.image = pictured.then(|| media(1, Some((1600, 900)), None));
            notice.link = if linked { "https://binhlu.example/lich".into() } else { String::new() };
            let found = in_zone(notice, size, &board, at);
            prop_assert!(area.contains(&found.room), "{:?} is not in {area:?}", found.room);
            check_pages(&title, &text, size, &board, found)?;
        }
    }

    #[test]
    fn on_led_walls_too_every_letter_has_its_turn(
        title in sentence(), text in text(), size in prop::sample::select(vec![(96, 16), (192, 32), (320, 160), (128, 64), (64, 128)]),
    ) {
        let plan = Plan { ticker: Vec::new(), ..plan(slot(notice(&title, &text, Category::YTe), 600)) };
        let board = board();
        let mut composer = Composer::new(fonts());
        let (mut at, mut said) = (monday(), String::new());
        loop {
            let composed = composer.compose(&View { now: at.clone(), clock_trusted: false, ..view(&plan, &board, size) });
            // On a wall the category and the clock are smaller than what is said.
            let least = if size.1 >= 64 { 24.0 } else { 16.0 };
            let line = |draw: &Draw| if let Draw::Text(line) = draw { Some(line.clone()) } else { None };
            let band = composed.scene.ticker.iter().flat_map(|band| band.lines.iter().cloned());
            let lines = composed.scene.draws.iter().filter_map(line).chain(band);
            lines.filter(|line| line.size >= least).for_each(|line| said.push_str(&bare(&line.text)));
            match composed.next_change {
                Some(next) if composed.page < composed.pages => at = next.to_zoned(at.time_zone().clone()),
                _ => break,
            }
        }
        let (title, blocks) = expected(&title, &text);
        prop_assert!(said.contains(&title), "{said} does not hold {title}");
        for block in blocks {
            let parts = match block {
                Block::Paragraph(paragraph) => vec![paragraph.spans.iter().map(|s| s.text.clone()).collect::<String>()],
                Block::Table(table) => table.rows.into_iter().flatten().chain(table.head).collect(),
            };
            for part in parts {
                prop_assert!(said.contains(&bare(&part)), "`{part}` is not in {said}");
            }
        }
    }
}

#[test]
fn words_titles_and_marks_without_end_are_drawn_whole() {
    let cases = [
        ("Tin".to_owned(), "chữ".repeat(1_000)),
        ("tiêu đề rất dài ".repeat(18), "Ngắn.".to_owned()),
        ("ABCDEFGH".repeat(37), String::new()),
        ("Tin".to_owned(), "Mỗi câu một dòng. ".repeat(900)),
        ("Tin".to_owned(), "a ".repeat(9_000)),
        ("Tin".to_owned(), "| Bản | Giờ |\n|---|---|\n".to_owned() + &"| Nà Đon | 7h30 |\n".repeat(60)),
        ("tiêu đề rất dài ".repeat(18), "| Bản | Giờ |\n| Nà Đon | 7h30 |".to_owned()),
    ];
    for (title, text) in &cases {
        for size in [(1920, 1080), (1080, 1920), (640, 360), (500, 640)] {
            check(title, text, size, &board())
                .unwrap_or_else(|error| panic!("{size:?} {title:.30} {text:.30}: {error}"));
        }
    }
}

#[test]
fn in_ordinary_texts_no_line_stands_alone_on_a_page() {
    let sentence = "Bà con mang sổ tiêm và thẻ bảo hiểm y tế đến trạm đúng giờ hẹn để được khám. ";
    for (count, parts) in [(5, 1), (7, 2), (9, 3), (12, 4), (17, 2), (23, 5)] {
        let text: Vec<String> = (0..parts).map(|_| sentence.repeat(count / parts + 1)).collect();
        let found = pages("Tiêm chủng", &text.join("\n"), (1920, 1080), &board());
        assert!(found.pages.len() > 1);
        for page in &found.pages {
            let Page::Text { fitted, .. } = page else { continue };
            let lines = &fitted.texts[0].body;
            let lone = lines.iter().filter(|lines| lines.len() == 1).count();
            assert_eq!(lone, 0, "{count} sentences in {parts} parts: {lines:?}");
        }
    }
}

#[test]
fn what_no_notice_should_hold_still_makes_pages_that_fit_and_end() {
    let zero_width = "\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}".repeat(2_000);
    let cases = [
        ("five thousand letters", "đ".repeat(5_000), String::new()),
        ("one word", "Tin".to_owned(), "nghiêng".repeat(430)),
        (
            "marks",
            format!("Ba\u{301}{}o", "\u{301}\u{323}".repeat(200)),
            format!("a{}", "\u{309}".repeat(400)),
        ),
        ("overrides", "\u{202E}Tin\u{202C} \u{2066}khẩn".to_owned(), "\u{202E}\u{2067}chữ ".repeat(500)),
        ("nothing to see", zero_width.clone(), zero_width.clone()),
        ("nothing between", format!("Tin{zero_width}mới"), format!("một{zero_width}hai")),
        ("private", "\u{E000}\u{F8FF}\u{10FFFD}".repeat(50), "\u{E123}".repeat(500)),
        ("marks alone", "\u{301}".repeat(400), "\u{301} ".repeat(400)),
    ];
    for (name, title, text) in &cases {
        for size in [(1920, 1080), (1080, 1920), (360, 360), (320, 160), (192, 32), (96, 16)] {
            let plan = plan(slot(notice(title, text, Category::YTe), 600));
            let (board, mut composer, mut at) = (board(), Composer::new(fonts()), monday());
            let mut turned = 0;
            loop {
                let composed = composer.compose(&View { now: at.clone(), ..view(&plan, &board, size) });
                for draw in &composed.scene.draws {
                    let Draw::Text(line) = draw else { continue };
                    let within = line.clip.meet(&composed.scene.area()) == line.clip;
                    assert!(within && line.width.is_finite(), "{name} at {size:?}: {line:?}");
                    // Joiners stay: emoji are made with them.
                    let hidden = |c: char| matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
                    assert!(!line.text.contains(hidden), "{name} at {size:?}: {:?}", line.text);
                }
                turned += 1;
                assert!(turned <= 500, "{name} at {size:?} has no end");
                match composed.next_change {
                    Some(next) if composed.page < composed.pages => {
                        at = next.to_zoned(at.time_zone().clone())
                    }
                    _ => break,
                }
            }
        }
    }
}
