//! What a warning promises at its limits, on every kind of board: all of it is said, nothing lies over anything else, and
//! the number to call is there.

use super::*;
use crate::layout::look::Look;
use crate::layout::tests::{board, fonts, monday, plan, view, warning};
use crate::layout::{Composer, Draw, Line, Scene};
use crate::model::alert::RiskLevel;
use crate::model::board::{Board, Measured};
use std::collections::BTreeSet;
use std::sync::Arc;

const SIZES: [(u32, u32); 9] = [
    (1920, 1080),
    (1080, 1920),
    (1280, 720),
    (1080, 1080),
    (800, 480),
    (1024, 768),
    (1280, 1024),
    (2560, 480),
    (500, 640),
];
const LED_SIZES: [(u32, u32); 4] = [(192, 32), (96, 16), (320, 160), (128, 64)];

/// A warning as long as one may be published: 60, 100 and four times 60 characters, and a long issuer.
pub fn longest(level: u8, status: AlertStatus) -> Main {
    let Main::Warning { feed, mut alert, turn } = warning(level, status) else { unreachable!() };
    let long = Arc::make_mut(&mut alert);
    long.level = RiskLevel::new(level).unwrap();
    long.event = "Lũ quét, lũ ống, sạt lở đất, ngập úng sâu do mưa rất to kéo".into();
    long.area = "Các bản Nà Khương, Thèn Thầu, Nà Hum, Nà Phát, Thống Nhất, Hoa Vân · từ 18h00 đến 6h00 ngày 25/11/26".into();
    long.actions = [
        "Rời ngay nhà ở sát suối, dưới ta-luy, không chờ đến khi mưa",
        "Lên nhà văn hóa bản hoặc trường học, mang theo đèn, áo ấm nhé",
        "Tuyệt đối không qua ngầm, cầu tạm, không vớt củi, bắt cá ở suối",
        "Cần cứu giúp: gọi 112 hoặc trưởng bản Lò Văn Ọt 0912.345.678",
    ]
    .map(|text| text.chars().take(crate::limits::ALERT_ACTION_CHARS_MAX).collect())
    .into();
    long.issuer =
        "Ban Chỉ huy Phòng chống thiên tai và Tìm kiếm cứu nạn xã Bình Lư, huyện Tam Đường, tỉnh Lai Châu"
            .into();
    assert!(long.event.chars().count() <= crate::limits::ALERT_EVENT_CHARS_MAX);
    assert!(long.area.chars().count() <= crate::limits::ALERT_AREA_CHARS_MAX);
    Main::Warning { feed, alert, turn }
}

/// Every page of a warning on a board, in order.
fn pages(main: &Main, size: (u32, u32), board: &Board) -> Vec<Scene> {
    let plan = plan(main.clone());
    let mut composer = Composer::new(fonts());
    let (mut now, mut scenes) = (monday(), Vec::new());
    for _ in 0..400 {
        let composed = composer.compose(&View { now: now.clone(), ..view(&plan, board, size) });
        if composed.page as usize == scenes.len() + 1 {
            scenes.push(composed.scene);
        }
        if scenes.len() == composed.pages as usize {
            return scenes;
        }
        now = composed.next_change.unwrap().to_zoned(now.time_zone().clone());
    }
    panic!("{size:?}: only {} pages came", scenes.len());
}

fn lines(scene: &Scene) -> Vec<Line> {
    let band = scene.ticker.iter().flat_map(|band| band.lines.iter().cloned());
    let still = scene
        .draws
        .iter()
        .filter_map(|draw| if let Draw::Text(line) = draw { Some(line.clone()) } else { None });
    still.chain(band).collect()
}

fn said(scene: &Scene) -> String {
    lines(scene).iter().map(|line| line.text.to_string()).collect::<Vec<_>>().join(" ")
}

/// The words of a text, the points between place and time left out.
fn bare(text: &str) -> BTreeSet<String> {
    let words = text.split([' ', '·']).map(|word| word.trim_matches(['*', '•']).to_lowercase());
    words.filter(|word| !word.is_empty()).collect()
}

/// From the ink of capitals to descenders, without side bearings.
fn ink(line: &Line) -> Rect {
    Rect::edges(
        line.x,
        line.baseline - (0.73 * line.size) as i32,
        line.x + (line.width * 0.98) as i32,
        line.baseline + (0.2 * line.size) as i32,
    )
}

fn check(scene: &Scene, context: &str) {
    let lines = lines(scene);
    for (at, line) in lines.iter().enumerate() {
        let own = ink(line);
        assert!(scene.area().contains(&own), "{context}: `{}` at {own:?} leaves the board", line.text);
        for other in &lines[at + 1..] {
            let both = own.meet(&ink(other));
            assert!(both.is_empty(), "{context}: `{}` and `{}` overlap by {both:?}", line.text, other.text);
        }
        // Marks on capitals reach 1.048 em over the baseline: two lines of words never touch.
        let marks = Rect::edges(own.x, line.baseline - (1.04 * line.size) as i32, own.right(), line.baseline);
        for other in lines.iter().filter(|other| other.baseline < line.baseline) {
            let upper = Rect::edges(ink(other).x, other.baseline - 1, ink(other).right(), other.baseline);
            assert!(
                marks.meet(&upper).is_empty(),
                "{context}: marks of `{}` touch `{}`",
                line.text,
                other.text
            );
        }
    }
}

fn measured(distance: f64, height_mm: f64) -> Board {
    Board { viewing_distance_m: distance, measured: Some(Measured::HeightMm(height_mm)), ..board() }
}

#[test]
fn the_longest_warning_is_said_in_full_at_every_size_and_level_and_nothing_overlaps() {
    for size in SIZES {
        for (level, status) in
            (1..=5).map(|level| (level, AlertStatus::Actual)).chain([(3, AlertStatus::Exercise)])
        {
            for main in [longest(level, status), warning(level, status)] {
                let Main::Warning { alert, .. } = &main else { unreachable!() };
                let scenes = pages(&main, size, &board());
                let context = format!("level {level} {status:?} at {size:?}");
                let mut words = BTreeSet::new();
                for scene in &scenes {
                    check(scene, &context);
                    words.extend(bare(&said(scene)));
                }
                for text in [&alert.event, &alert.area].into_iter().chain(&alert.actions) {
                    let lost: Vec<_> = bare(text).difference(&words).cloned().collect();
                    assert!(lost.is_empty(), "{context}: {lost:?} is not in {words:?}");
                }
                assert!(said(&scenes[0]).contains("16:20"), "{context}: when it was sent");
            }
        }
    }
}

#[test]
fn what_is_urgent_comes_first_and_the_number_to_call_is_on_every_further_page_of_what_to_do_and_never_cut() {
    for (board, sizes) in [(board(), &SIZES[..]), (measured(15.0, 685.0), &SIZES[..1])] {
        for &size in sizes {
            let statuses = [AlertStatus::Actual, AlertStatus::Exercise];
            // An exercise says what it is first; read from afar, one page more is nothing to it.
            for status in statuses.into_iter().take(if board.measured.is_some() { 1 } else { 2 }) {
                let mut is_first = true;
                for (at, scene) in pages(&longest(4, status), size, &board).iter().enumerate() {
                    let said = said(scene);
                    let acts = ["Rời", "Lên", "Tuyệt"].iter().any(|word| said.contains(word));
                    assert!(!acts || !is_first || said.contains("Rời"), "{size:?}: {said}");
                    for part in ["112", "0912.345.678"] {
                        assert!(
                            !acts || is_first || said.contains(part),
                            "{size:?}, page {}: no {part} in {said}",
                            at + 1
                        );
                    }
                    is_first &= !acts;
                    assert!(said.contains("CẤP 4") || status == AlertStatus::Actual && said.contains("CẤP"));
                }
            }
        }
    }
}

#[test]
fn an_ordinary_warning_is_one_page_as_the_look_has_it() {
    for size in SIZES {
        let main = warning(3, AlertStatus::Actual);
        // Words and level side by side on a square would leave neither large.
        let most = if size.0.abs_diff(size.1) * 3 <= size.0.min(size.1) { 2 } else { 1 };
        assert!(pages(&main, size, &board()).len() <= most, "{size:?}");
    }
    let dump = pages(&warning(3, AlertStatus::Actual), (1920, 1080), &board())[0].dump();
    // The mock-up g-canh-bao-3.png, measured: the hazard in 18 u, the place in 8.6, a line for each action.
    for line in ["144.0px", "68.8px", "Rời nhà sát suối, dưới ta-luy", "Không qua ngầm, suối chảy xiết"]
    {
        assert!(dump.contains(line), "{line} in {dump}");
    }
}

#[test]
fn where_pixels_were_measured_no_word_of_a_warning_is_smaller_than_its_readers_need() {
    for (size, board) in [
        ((1920, 1080), measured(15.0, 685.0)),
        ((1920, 1080), measured(30.0, 685.0)),
        ((1080, 1920), measured(15.0, 1218.0)),
        ((1080, 1080), measured(12.0, 700.0)),
        ((1280, 720), measured(80.0, 500.0)),
    ] {
        let need = legible::need(&board, size).unwrap();
        // What cannot be on this board at all is what `too_small` tells.
        let fits =
            legible::too_small(&board, size, Look::cham()).is_none() && need.limit_px < size.1 as f32 / 8.0;
        for main in [
            longest(4, AlertStatus::Actual),
            warning(4, AlertStatus::Actual),
            longest(3, AlertStatus::Exercise),
        ] {
            let Main::Warning { alert, .. } = &main else { unreachable!() };
            let mut words = BTreeSet::new();
            for (at, scene) in pages(&main, size, &board).iter().enumerate() {
                let context = format!("{:.1} m at {size:?}, page {}", board.viewing_distance_m, at + 1);
                check(scene, &context);
                words.extend(bare(&said(scene)));
                let all = [alert.event.clone(), alert.area.clone()].into_iter().chain(alert.actions.clone());
                let all: BTreeSet<String> = all.flat_map(|text| bare(&text)).collect();
                for line in lines(scene).iter().filter(|line| bare(&line.text).is_subset(&all)) {
                    assert!(!fits || line.size >= need.limit_px * 0.999, "{context}: {} px", line.size);
                }
            }
            for text in [&alert.event, &alert.area].into_iter().chain(&alert.actions) {
                assert!(bare(text).is_subset(&words), "{size:?}: {text} is not in {words:?}");
            }
        }
    }
}

#[test]
fn on_led_walls_too_the_longest_warning_has_all_its_turns() {
    for size in LED_SIZES {
        for status in [AlertStatus::Actual, AlertStatus::Exercise] {
            let main = longest(4, status);
            let Main::Warning { alert, .. } = &main else { unreachable!() };
            let scenes = pages(&main, size, &board());
            let words: BTreeSet<String> = scenes.iter().flat_map(|scene| bare(&said(scene))).collect();
            for text in [&alert.event, &alert.area].into_iter().chain(&alert.actions) {
                // Where a number is wider than the wall it goes on in the next line.
                let lost = |word: &String| !words.contains(word) && word != "0912.345.678";
                let lost: Vec<_> = bare(text).into_iter().filter(lost).collect();
                assert!(lost.is_empty(), "{status:?} at {size:?}: {lost:?} is not in {words:?}");
            }
        }
    }
}

#[test]
fn pages_of_one_of_several_warnings_share_its_turn() {
    let Main::Warning { feed, alert, .. } = longest(4, AlertStatus::Actual) else { unreachable!() };
    let start = monday().timestamp();
    let end = start + jiff::SignedDuration::from_secs(100);
    let plan = plan(Main::Warning { feed, alert, turn: Some((start, end)) });
    let (board, mut composer) = (board(), Composer::new(fonts()));
    let mut seen = Vec::new();
    for second in 0..100 {
        let now = monday().checked_add(jiff::SignedDuration::from_secs(second)).unwrap();
        let composed = composer.compose(&View { now, ..view(&plan, &board, (1280, 720)) });
        if seen.last() != Some(&composed.page) {
            seen.push(composed.page);
        }
    }
    let count = *seen.last().unwrap();
    assert!(count > 1 && seen == (1..=count).collect::<Vec<_>>(), "{seen:?}");
}
