//! Plans for tests, and what layouts promise: positions as text, nothing outside its zone, nothing that panics.

use super::*;
use crate::model::alert::{Alert, AlertId, AlertStatus, Hazard, MessageType, RiskLevel};
use crate::model::media::Sha256;
use crate::model::plan::{Stale, TickerLine};
use crate::model::programme::{Category, Notice, PictureFit, Priority, Ticker, Translation, Window};
use std::sync::LazyLock;

static FONTS: LazyLock<Arc<Fonts>> = LazyLock::new(|| Arc::new(Fonts::load(&Fonts::standard_folders()).0));

pub fn fonts() -> Arc<Fonts> {
    Arc::clone(&FONTS)
}

/// 7:30 on Monday 23 November 2026 in Lai Châu.
pub fn monday() -> Zoned {
    "2026-11-23T07:30:10+07:00[Asia/Ho_Chi_Minh]".parse().unwrap()
}

pub fn board() -> Board {
    Board { name: "BL-03".into(), viewing_distance_m: 15.0, ..Board::default() }
}

pub fn media(number: u8, size: Option<(u32, u32)>, duration_ms: Option<u64>) -> Media {
    Media {
        path: format!("tep-{number}"),
        length: 1,
        sha256: Sha256([number; 32]),
        width: size.map(|size| size.0),
        height: size.map(|size| size.1),
        duration_ms,
    }
}

pub fn notice(title: &str, text: &str, category: Category) -> Notice {
    Notice {
        id: "mot".into(),
        title: title.into(),
        category,
        encoding: None,
        text: text.into(),
        lang: "vi".into(),
        image: None,
        picture: Default::default(),
        video: None,
        audio: None,
        issuer: "Điện lực Tam Đường".into(),
        approver: String::new(),
        link: String::new(),
        countdown: None,
        window: Window { until: Some("2026-11-26T00:00:00+07:00".parse().unwrap()), ..Window::default() },
        seconds: None,
        priority: Priority::Normal,
        evergreen: false,
        boards: vec!["*".into()],
        translations: Default::default(),
    }
}

pub fn power_cut() -> Notice {
    notice(
        "Cắt điện thứ Tư 25/11 để sửa đường dây",
        "Từ **7h30 đến 17h00**: bản Nà Đon, Nà Khan và khu chợ mất điện. Bà con trữ nước.",
        Category::Dien,
    )
}

pub fn translated(mut notice: Notice, lang: &str, title: &str, text: &str) -> Notice {
    notice
        .translations
        .insert(lang.into(), Translation { title: title.into(), text: text.into(), audio: None });
    notice
}

pub fn plan(main: Main) -> Plan {
    let line = |text: &str| TickerLine {
        feed: "xa".into(),
        line: Arc::new(Ticker {
            text: text.into(),
            encoding: None,
            window: Window::default(),
            boards: vec!["*".into()],
        }),
    };
    Plan {
        at: monday().timestamp(),
        timezone: "Asia/Ho_Chi_Minh".into(),
        title: "Xã Bình Lư".into(),
        emblem: None,
        main,
        asides: Vec::new(),
        ticker: vec![
            line("Chợ phiên Bình Lư họp sáng Chủ Nhật 29/11"),
            line("Xe buýt Tam Đường – Lai Châu chạy lại từ 6h00 ngày 24/11"),
        ],
        announcements: Vec::new(),
        siren: None,
        speech: None,
        stale: None,
    }
}

pub fn slot(notice: Notice, seconds: i64) -> Main {
    let languages = [notice.lang.clone()].into_iter().chain(notice.translations.keys().cloned()).collect();
    let start = monday().timestamp();
    let end = start.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
    Main::Notice(NoticeSlot {
        feed: "xa".into(),
        notice: Arc::new(notice),
        languages,
        turn: (start, end),
        start,
        end,
        number: 2,
        alone: false,
    })
}

pub fn warning(level: u8, status: AlertStatus) -> Main {
    let sent: Timestamp = "2026-11-23T16:20:00+07:00".parse().unwrap();
    let alert = Alert {
        id: AlertId { sender: "pctt".into(), identifier: "1".into(), sent },
        status,
        message: MessageType::Alert,
        references: Vec::new(),
        level: RiskLevel::new(level).unwrap(),
        hazard: Hazard::SatLo,
        event: "Lũ quét, sạt lở đất".into(),
        area: "Bản Nà Khan, Nà San · đến 6h00 ngày mai".into(),
        actions: [
            "Rời nhà sát suối, dưới ta-luy",
            "Lên nhà văn hóa, mang đèn",
            "Không qua ngầm, suối chảy xiết",
            "Cần cứu giúp: gọi **112**",
        ]
        .map(String::from)
        .into(),
        issuer: "Ban Chỉ huy PCTT xã".into(),
        onset: None,
        expires: None,
        audio: None,
    };
    Main::Warning { feed: "xa".into(), alert: Arc::new(alert), turn: None }
}

pub fn stale(mut plan: Plan) -> Plan {
    plan.stale = Some(Stale { last_news: Some("2026-11-22T16:20:00+07:00".parse().unwrap()) });
    plan
}

/// A view at `monday` with every file ready at 1600 × 900.
pub fn view<'a>(plan: &'a Plan, board: &'a Board, size: (u32, u32)) -> View<'a> {
    View {
        plan,
        board,
        now: monday(),
        clock_trusted: true,
        size,
        rate_mhz: RATE_MHZ,
        theme: Theme::Day,
        look: Look::cham(),
        network: "Mạng: có",
        media: &|_| Availability::Ready(1600, 900),
    }
}

fn composed<'a>(plan: &'a Plan, size: (u32, u32), change: impl FnOnce(&mut View<'a>)) -> Composed {
    static BOARD: LazyLock<Board> = LazyLock::new(board);
    let mut view = view(plan, &BOARD, size);
    change(&mut view);
    Composer::new(fonts()).compose(&view)
}

pub fn words(scene: &Scene) -> String {
    let line = |draw: &Draw| if let Draw::Text(line) = draw { Some(line.text.to_string()) } else { None };
    scene.draws.iter().filter_map(line).collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_short_notice_stands_where_the_look_puts_it() {
    let composed = composed(&plan(slot(power_cut(), 20)), (1920, 1080), |_| ());
    let dump = composed.scene.dump();
    let texts: Vec<&str> = dump.lines().filter(|line| line.starts_with("text")).collect();
    // (x, baseline, size, width): the mock-up a-ngan.png, measured.
    let expected = [
        "text 1660 91 88.0px 212 #FFF6E0 07:30",
        "text 1111 79 54.4px 501 #D3CDBF Thứ Hai, 23 tháng 11",
        "text 48 84 67.2px 331 #FFF6E0 Xã Bình Lư",
        "text 60 384 49.6px 104 #FFF6E0 Điện",
        "text 49 447 49.6px 126 #FFF6E0 Nước",
    ];
    assert_eq!(texts[..5], expected, "{dump}");
    assert!(dump.contains("text 280 288 124.8px 1234 #1D1A16 Cắt điện thứ Tư 25/11"), "{dump}");
    assert!(dump.contains("để sửa đường dây"), "{dump}");
    assert!(dump.contains("#1D1A16 Từ 7h30 đến 17h00: bản Nà Đon, Nà Khan"), "{dump}");
    assert!(dump.contains("ticker 240 976 1680 104 period"), "{dump}");
    assert_eq!((composed.page, composed.pages), (1, 1));
    assert_eq!(composed.next_change, Some("2026-11-23T07:31:00+07:00".parse().unwrap()));
}

#[test]
fn without_a_trusted_clock_no_time_and_no_date_is_shown() {
    let neutral = Main::Neutral { ever: true };
    for main in [slot(power_cut(), 20), warning(3, AlertStatus::Actual), neutral] {
        for size in [(1920, 1080), (1080, 1920), (320, 160)] {
            let composed = composed(&plan(main.clone()), size, |view| view.clock_trusted = false);
            let words = words(&composed.scene);
            assert!(!words.contains("07:30") && !words.contains("23 tháng"), "{words}");
        }
    }
}

#[test]
fn where_pixels_were_measured_name_and_clock_can_be_read_from_where_people_stand() {
    let measured = |distance, height| Board {
        viewing_distance_m: distance,
        measured: Some(crate::model::board::Measured::HeightMm(height)),
        ..board()
    };
    for (size, height) in [((1920, 1080), 685.0), ((1080, 1920), 1218.0), ((1280, 720), 500.0)] {
        for distance in [5.0, 8.0, 10.0] {
            let board = measured(distance, height);
            let need = legible::need(&board, size).unwrap().limit_px;
            let plan = plan(slot(power_cut(), 20));
            let scene =
                Composer::new(fonts()).compose(&View { board: &board, ..view(&plan, &board, size) }).scene;
            let (mut seen, mut last) = (0, 0);
            for draw in &scene.draws {
                let Draw::Text(line) = draw else { continue };
                let header =
                    ["Xã Bình Lư", "07:30", "Thứ Hai, 23 tháng 11"].iter().any(|text| *text == &*line.text);
                if header {
                    assert!(
                        line.size >= need * 0.999,
                        "{}: {} px of {need} at {distance} m",
                        line.text,
                        line.size
                    );
                    seen += 1;
                    last = last.max(line.baseline);
                }
            }
            assert!(seen >= 2 && last < (size.0.min(size.1) as i32) / 5, "{seen} {last}");
            let band = scene.ticker.as_ref().unwrap();
            assert!(band.lines.iter().all(|line| line.size >= need * 0.999), "the ticker at {distance} m");
            let line = |draw: &Draw| if let Draw::Text(line) = draw { Some(line.clone()) } else { None };
            let all = |scene: &Scene| scene.draws.iter().filter_map(line).collect::<Vec<Line>>();
            let chip = all(&scene).into_iter().find(|line| &*line.text == "Tin ngắn").unwrap();
            assert!(
                chip.x > 0 && chip.x + chip.width as i32 <= band.rect.x && chip.clip.contains(&band.rect)
            );

            let plan = stale(plan);
            let scene =
                Composer::new(fonts()).compose(&View { board: &board, ..view(&plan, &board, size) }).scene;
            let lines = all(&scene);
            let old = lines.iter().find(|line| line.text.starts_with("Cập nhật lần cuối")).unwrap();
            assert!(old.size >= need * 0.999, "{} px of {need} at {distance} m", old.size);
            assert!(lines.iter().any(|line| line.text.ends_with("16:20 hôm qua")));
            for other in lines.iter().filter(|other| ["Xã Bình Lư", "07:30"].contains(&&*other.text)) {
                let box_of = |line: &Line| {
                    let (up, down) = ((0.73 * line.size) as i32, (0.2 * line.size) as i32);
                    Rect::edges(line.x, line.baseline - up, line.x + line.width as i32, line.baseline + down)
                };
                assert!(box_of(old).meet(&box_of(other)).is_empty(), "{} is over {}", old.text, other.text);
            }
        }
    }
}

#[test]
fn text_stands_over_and_under_a_table_where_there_is_room() {
    let table =
        "| Bản | Ngày | Giờ |\n|---|---|---|\n| Nà Đon | thứ Hai | 7h30 |\n| Nà Khan | thứ Ba | 7h30 |";
    let before = "Trạm Y tế xã tiêm miễn phí cho trẻ dưới 2 tuổi.";
    let after = "Bà con mang theo sổ tiêm chủng.";
    let page = |text: &str, size| {
        let plan = plan(slot(notice("Lịch tiêm", text, Category::YTe), 600));
        let composed = composed(&plan, size, |_| ());
        (composed.pages, words(&composed.scene).replace(" | ", " "))
    };
    let (pages, said) = page(&format!("{before}\n\n{table}\n\n{after}"), (1080, 1920));
    let at = |text: &str| said.find(text).unwrap_or_else(|| panic!("{text} is not in {said}"));
    assert!(pages == 1 && at(before) < at("Nà Khan") && at("Nà Khan") < at(after));
    // A table of many rows has its pages, and the text what room its last one leaves.
    let rows = "\n| Nà San | thứ Tư | 7h30 |".repeat(20);
    let (pages, said) = page(&format!("{before}\n\n{table}{rows}"), (1920, 1080));
    assert!(pages > 3 && said.contains(before) && !said.contains("7h30"), "{pages} {said}");
}

#[test]
fn on_a_low_board_a_long_title_stands_whole_on_the_first_page_and_where_there_is_room_on_the_others() {
    let text = "Bà con mang sổ tiêm và thẻ bảo hiểm y tế đến trạm đúng giờ hẹn. ".repeat(4);
    let title = "Tiêm vắc-xin sởi cho trẻ từ một đến mười tuổi tại các bản";
    let plan = plan(slot(notice(title, &text, Category::YTe), 600));
    let mut seen = Vec::new();
    for second in (0..600).step_by(10) {
        let composed = composed(&plan, (1080, 1080), |view| {
            view.now = monday().checked_add(jiff::SignedDuration::from_secs(second)).unwrap();
        });
        if composed.page as usize > seen.len() {
            seen.push(words(&composed.scene));
        }
    }
    let whole = |page: &String| page.replace(" | ", " ").contains(title);
    assert!(seen.len() > 2 && whole(&seen[0]), "{seen:#?}");
    let begun = |page: &String| page.contains("Tiêm vắc-xin") && page.contains("… | ");
    assert!(seen[1..].iter().all(|page| begun(page) || whole(page)), "{seen:#?}");
    assert!(seen[1..].iter().any(begun), "{seen:#?}");
}

#[test]
fn pages_turn_within_the_slot_and_say_when() {
    let text = "Bà con mang sổ tiêm và thẻ bảo hiểm y tế đến trạm đúng giờ hẹn. ".repeat(12);
    let plan = plan(slot(notice("Tiêm chủng", &text, Category::YTe), 60));
    let first = composed(&plan, (1920, 1080), |_| ());
    assert!(first.pages >= 3, "{}", first.pages);
    let (mut page, mut now) = (1, monday());
    let mut seen = vec![words(&first.scene)];
    let mut turns = first;
    while let Some(next) =
        turns.next_change.filter(|next| *next < monday().timestamp() + jiff::SignedDuration::from_secs(59))
    {
        now = next.to_zoned(now.time_zone().clone());
        turns = composed(&plan, (1920, 1080), |view| view.now = now.clone());
        if turns.page != page {
            assert_eq!(turns.page, page + 1);
            page = turns.page;
            seen.push(words(&turns.scene));
        }
    }
    assert_eq!(page, turns.pages);
    let said = seen.join(" ").matches("đúng giờ hẹn").count() + seen.join(" ").matches("giờ | hẹn").count();
    assert!(said >= 10, "words were lost: {said} {seen:#?}");
}

#[test]
fn nothing_of_a_long_title_is_lost() {
    let title = (0..60).map(|n| format!("tiếng{n}")).collect::<Vec<_>>().join(" ");
    let mut found = std::collections::BTreeSet::new();
    let plan = plan(slot(notice(&title, "", Category::Chung), 600));
    for second in (0..600).step_by(5) {
        let composed = composed(&plan, (1280, 720), |view| {
            view.now = monday().checked_add(jiff::SignedDuration::from_secs(second)).unwrap();
        });
        let words = words(&composed.scene);
        found
            .extend((0..60).filter(|n| words.split([' ', '|', '…']).any(|word| word == format!("tiếng{n}"))));
    }
    // A title longer than limits.rs allows is cut there; this one is not.
    assert_eq!(found.len(), title.chars().take(crate::limits::TITLE_CHARS_MAX).filter(|c| *c == ' ').count());
}

#[test]
fn a_film_that_is_not_ready_shows_as_text_and_a_warning_shows_alone() {
    let mut notice = power_cut();
    notice.video = Some(media(2, Some((1920, 1080)), Some(60_000)));
    let plan_film = plan(slot(notice, 20));
    assert!(composed(&plan_film, (1920, 1080), |_| ()).scene.film.is_some());
    let states: [&dyn Fn(&Media) -> Availability; 2] =
        [&|_| Availability::Waiting, &|_| Availability::Broken];
    for state in states {
        let board = board();
        let view = View { media: state, ..view(&plan_film, &board, (1920, 1080)) };
        let scene = Composer::new(fonts()).compose(&view).scene;
        assert!(scene.film.is_none() && words(&scene).contains("Cắt điện"));
    }
    let scene = composed(&plan(warning(4, AlertStatus::Actual)), (1920, 1080), |_| ()).scene;
    assert!(scene.ticker.is_none() && !words(&scene).contains("Tin ngắn"));
}

#[test]
fn a_film_fills_its_place_where_little_is_cut_off_and_is_whole_where_its_notice_says_so() {
    let meet = |size: (u32, u32), fit: PictureFit| {
        let mut notice = power_cut();
        notice.video = Some(media(2, Some((1920, 1080)), Some(60_000)));
        notice.picture = fit;
        composed(&plan(slot(notice, 20)), size, |_| ()).scene.film.unwrap().meet
    };
    assert_eq!(meet((1920, 1080), PictureFit::Fill), Meet::Cover);
    assert_eq!(meet((1920, 1080), PictureFit::Whole), Meet::Contain);
    assert_eq!(meet((1080, 1920), PictureFit::Fill), Meet::Contain);
}

#[test]
fn an_exercise_says_so_on_every_screenful_and_never_wears_a_levels_colour() {
    let (fill, ..) = Look::cham().level(4);
    let plan = plan(warning(4, AlertStatus::Exercise));
    for size in [(1920, 1080), (1080, 1920), (320, 160), (192, 32)] {
        for second in 0..60 {
            let composed = composed(&plan, size, |view| {
                view.now = monday().checked_add(jiff::SignedDuration::from_secs(second)).unwrap();
            });
            assert!(words(&composed.scene).contains("DIỄN TẬP"), "{size:?} at {second}");
            let filled = |draw: &Draw| matches!(draw, Draw::Fill { colour, .. } if *colour == fill);
            assert!(!composed.scene.draws.iter().any(filled));
        }
    }
}

#[test]
fn a_minute_later_only_the_clock_is_another() {
    let plan = plan(slot(power_cut(), 200));
    let before = composed(&plan, (1920, 1080), |_| ()).scene;
    let after = composed(&plan, (1920, 1080), |view| {
        view.now = monday().checked_add(jiff::SignedDuration::from_mins(1)).unwrap();
    });
    let differ = before.draws.iter().zip(&after.scene.draws).filter(|(a, b)| a != b).count();
    assert_eq!((differ, before.draws.len()), (1, after.scene.draws.len()));
}

#[test]
fn a_nearly_square_board_has_its_category_above_the_text_and_a_picture_where_there_is_room() {
    let mut pictured = power_cut();
    pictured.image = Some(media(1, Some((1600, 900)), None));
    let plan = plan(slot(pictured, 20));
    // (size, the category is above the title, the picture is beside it)
    let boards = [
        ((1080, 1080), true, false),
        ((1280, 1024), true, false),
        ((1080, 1350), true, false),
        ((1024, 768), false, true),
    ];
    for (size, above, beside) in boards {
        let scene = composed(&plan, size, |_| ()).scene;
        let place = |word: &str| {
            scene.draws.iter().find_map(|draw| match draw {
                Draw::Text(line) if line.text.contains(word) => {
                    Some((line.x, line.baseline, line.width as i32))
                }
                _ => None,
            })
        };
        let (label, title) = (place("Điện").unwrap(), place("Cắt điện").unwrap());
        assert_eq!(label.0 + label.2 > title.0, above, "{size:?}: {}", scene.dump());
        let picture = scene.draws.iter().find_map(|draw| match draw {
            Draw::Picture { rect, sha256, .. } if *sha256 == Sha256([1; 32]) => Some(*rect),
            _ => None,
        });
        let picture = picture.unwrap();
        assert_eq!(title.0 + title.2 <= picture.x, beside, "{size:?}: {picture:?}");
        assert!(beside || title.1 > picture.bottom(), "{size:?}: {picture:?}");
    }
}

#[test]
fn a_countdown_is_said_on_every_board_and_never_by_an_unbelieved_clock() {
    let mut counted = power_cut();
    counted.countdown = Some("2026-11-23T12:50:30+07:00".parse().unwrap());
    let plan = Plan { ticker: Vec::new(), ..plan(slot(counted, 20)) };
    let sizes =
        [(1920, 1080), (1080, 1920), (1080, 1080), (640, 360), (320, 240), (320, 160), (192, 32), (96, 16)];
    for size in sizes {
        let saying = |change: fn(&mut View<'_>)| {
            let mut said = String::new();
            // Over all its pages.
            for second in 0..20 {
                let composed = composed(&plan, size, |view| {
                    change(view);
                    view.now = view.now.checked_add(jiff::SignedDuration::from_secs(second)).unwrap();
                });
                let band = composed.scene.ticker.iter().flat_map(|band| &band.lines);
                let band: Vec<&str> = band.map(|line| &*line.text).collect();
                said += &format!("{} {} ", words(&composed.scene), band.join(" ")).replace(" | ", " ");
            }
            said
        };
        assert!(saying(|_| ()).contains("Còn 5 giờ 20 phút"), "{size:?}: {}", saying(|_| ()));
        assert!(!saying(|view| view.clock_trusted = false).contains("Còn"), "{size:?}");
        let later =
            |view: &mut View<'_>| view.now = "2026-11-23T12:50:30+07:00[Asia/Ho_Chi_Minh]".parse().unwrap();
        assert!(!saying(later).contains("Còn"), "{size:?}");
    }
    let last = composed(&plan, (1920, 1080), |view| {
        view.now = "2026-11-23T12:50:01+07:00[Asia/Ho_Chi_Minh]".parse().unwrap();
    });
    assert!(words(&last.scene).contains("Còn 1 phút"));
    assert_eq!(
        last.next_change,
        Some("2026-11-23T12:50:30+07:00".parse().unwrap()),
        "over within the minute"
    );
}

/// What every scene must be, whatever it says.
fn check(scene: &Scene) {
    let area = scene.area();
    for draw in &scene.draws {
        match draw {
            Draw::Text(line) => {
                assert!(area.contains(&line.clip), "{:?} {area:?}", line.clip);
                assert!(line.size.is_finite() && line.width.is_finite());
            }
            Draw::Picture { rect, .. } => assert!(area.contains(rect), "{rect:?} {area:?}"),
            Draw::Fill { .. } => {}
        }
    }
    if let Some(band) = &scene.ticker {
        assert!(band.period > 0 && band.step > 0 && band.slots > 0 && area.contains(&band.rect));
    }
    assert!(scene.draws.len() < 20_000, "{}", scene.draws.len());
}

const SIZES: [(u32, u32); 14] = [
    (1, 1),
    (8, 8),
    (7, 900),
    (20_000, 10),
    (10, 20_000),
    (96, 16),
    (192, 32),
    (320, 160),
    (240, 240),
    (241, 3_000),
    (640, 360),
    (1080, 1920),
    (1920, 1080),
    (3840, 2160),
];

#[test]
fn hostile_texts_give_a_scene_at_every_size() {
    let texts = [
        String::new(),
        "\0\u{1}\u{202E}\u{2066}đảo\u{202C}".into(),
        "W".repeat(5_000),
        "a ".repeat(10_000),
        "a. ".repeat(7_000),
        "ẫ\n".repeat(4_000),
        format!("e{}", "\u{301}".repeat(9_000)),
        "|".repeat(3_000),
        "| a | b |\n|---|---|\n".to_owned() + &"| 7h30 | Nà Đon |\n".repeat(900),
        "**".repeat(4_000),
        "- ".repeat(3_000),
        "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}".repeat(500),
        "مرحبا بالعالم ".repeat(300),
        "ꪎꪳꪣꪼꪡ".repeat(500),
    ];
    for text in &texts {
        let mut hostile = notice(text, text, Category::Hop);
        hostile.issuer = text.chars().take(400).collect();
        hostile.link = text.chars().take(100).collect();
        let hostile = translated(hostile, "blt", text, text);
        let mut alarm = warning(5, AlertStatus::Actual);
        if let Main::Warning { alert, .. } = &mut alarm {
            let alert = Arc::make_mut(alert);
            alert.event = text.chars().take(1_000).collect();
            alert.area = alert.event.clone();
            alert.actions = vec![alert.event.clone(); 9];
        }
        for size in SIZES {
            for main in [slot(hostile.clone(), 30), alarm.clone()] {
                let mut plan = plan(main);
                plan.title = text.chars().take(2_000).collect::<String>().as_str().into();
                check(&composed(&plan, size, |_| ()).scene);
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 48, ..Default::default() })]

    #[test]
    fn any_text_gives_a_scene_within_the_board(
        title in "\\PC{0,80}",
        text in "[ \\n|*#.a-zàệỗđ0-9\u{301}ꪀ-ꪯ-]{0,400}",
        width in 1u32..2500,
        height in 1u32..2500,
    ) {
        let plan = plan(slot(translated(notice(&title, &text, Category::VanHoa), "hmn", &text, &title), 30));
        check(&composed(&plan, (width, height), |_| ()).scene);
    }
}
