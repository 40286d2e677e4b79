//! What a board's pages cost: `cargo bench --bench scene`.
//!
//! `text`: shaping, fitting and cutting into pages 2,000 words that were never seen before. `rotation`: eight hours of two
//! hundred notices with pictures, each shown in its turn by the stage, as fast as they can be drawn, and the memory
//! after every round: a board that leaks shows it here in a minute.

use bangtin::clock;
use bangtin::layout::{Availability, Composed, Composer, Fonts, Look, RATE_MHZ, View};
use bangtin::model::board::{Board, Theme};
use bangtin::model::feed::{FeedContent, FeedState, Rights};
use bangtin::model::led::FULL;
use bangtin::model::media::{Media, Picture, Sha256};
use bangtin::model::plan::{Main, Plan};
use bangtin::model::programme::Programme;
use bangtin::programme::Timetable;
use bangtin::stage::{Setup, Show, Stage};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;

const SIZE: (u32, u32) = (1920, 1080);
const NOTICES: u8 = 200;

fn board() -> Board {
    Board { name: "bench".into(), ..Board::default() }
}

fn timetable(programme: Programme) -> Timetable {
    let content = FeedContent {
        name: "xa".into(),
        rights: Rights { may_interrupt: true },
        state: FeedState::Fresh,
        last_news: None,
        ahead: jiff::SignedDuration::ZERO,
        alerts_ahead: jiff::SignedDuration::ZERO,
        alerts_since: jiff::Timestamp::MAX,
        programme: Arc::new(programme),
        alerts: Arc::default(),
    };
    Timetable::new(vec![content], &board())
}

fn compose(composer: &mut Composer, plan: &Plan, at: Timestamp) -> Composed {
    let known = |media: &Media| Availability::Ready(media.width.unwrap_or(1), media.height.unwrap_or(1));
    composer.compose(&View {
        plan,
        board: &board(),
        now: at.to_zoned(TimeZone::UTC),
        clock_trusted: true,
        size: SIZE,
        rate_mhz: RATE_MHZ,
        theme: Theme::Day,
        look: Look::cham(),
        network: "",
        media: &known,
    })
}

/// Words that look like Vietnamese and of which hardly one comes twice.
fn words(count: usize, seed: &mut u64) -> String {
    const ONSETS: [&str; 16] =
        ["b", "ch", "đ", "gi", "h", "kh", "l", "m", "ng", "nh", "ph", "qu", "th", "tr", "v", "x"];
    const RHYMES: [&str; 16] = [
        "ầu", "ứng", "ẫn", "ột", "iễm", "ường", "ạch", "ẻo", "uyện", "ơi", "ăng", "ịnh", "ôm", "ước", "ảy",
        "ến",
    ];
    let mut next = |of: usize| {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as usize % of
    };
    let mut text = String::new();
    for number in 0..count {
        let (onset, rhyme, tail) = (ONSETS[next(16)], RHYMES[next(16)], next(1000));
        let end = if number % 14 == 13 { ". " } else { " " };
        text += &if number % 5 == 0 {
            format!("{onset}{rhyme}{tail}{end}")
        } else {
            format!("{onset}{rhyme}{end}")
        };
    }
    text
}

fn text(fonts: &Arc<Fonts>) {
    let mut seed = 1;
    let mut times: Vec<_> = (0..21)
        .map(|_| {
            let text = words(2_000, &mut seed);
            let toml =
                format!("title = \"Xã\"\n[[notice]]\nid = \"n\"\ntitle = \"Tin dài\"\ntext = \"{text}\"\n");
            let timetable = timetable(toml::from_str(&toml).expect("the bench's own text"));
            let at = "2026-11-24T07:30:00Z".parse().expect("a moment");
            let plan = timetable.on_air(at, true);
            let mut composer = Composer::new(fonts.clone());
            let start = clock::instant();
            let composed = compose(&mut composer, &plan, at);
            (start.elapsed(), composed.pages)
        })
        .collect();
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("text: 2,000 words into {} pages: median {:?}, worst {:?}", median.1, median.0, worst.0);
}

fn photograph(number: u8) -> Picture {
    let (width, height) = (1280, 960);
    let noise = |i: u32| (i.wrapping_mul(2_654_435_761).wrapping_add(u32::from(number) * 97) >> 24) as u8;
    let rgba = (0..width * height).flat_map(|i| [noise(i), noise(i + 1), number, 255]).collect();
    Picture { width, height, rgba }
}

/// Memory of this process in MB: what is its own, and not a file's.
fn memory() -> f64 {
    let rollup =
        bangtin::disk::read_for_person(std::path::Path::new("/proc/self/smaps_rollup")).unwrap_or_default();
    let text = String::from_utf8_lossy(&rollup);
    let line = text.lines().find_map(|line| line.strip_prefix("Pss_Anon:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn rotation(fonts: &Arc<Fonts>) {
    let mut seed = 2;
    let mut toml = String::from("title = \"Xã\"\n");
    for number in 0..NOTICES {
        let (title, text) = (words(8, &mut seed), words(60, &mut seed));
        toml += &format!(
            "[[notice]]\nid = \"n{number}\"\ntitle = \"{title}\"\ntext = \"{text}\"\nseconds = 15\n"
        );
    }
    let mut programme: Programme = toml::from_str(&toml).expect("the bench's own text");
    for (number, notice) in (0..NOTICES).zip(&mut programme.notices) {
        let sha256 = Sha256([number; 32]);
        std::sync::Arc::make_mut(notice).image = Some(Media {
            path: format!("{number}.jpg"),
            length: 1,
            sha256,
            width: Some(1280),
            height: Some(960),
            duration_ms: None,
        });
    }
    let timetable = timetable(programme);
    let mut composer = Composer::new(fonts.clone());
    let stage = Stage::headless(SIZE.0, SIZE.1, Setup::default(), fonts.clone())
        .unwrap_or_else(|problem| panic!("{problem}"));
    let mut at: Timestamp = "2026-11-24T00:00:00Z".parse().expect("a moment");
    let end = at + SignedDuration::from_hours(8);
    let (start, mut turns, mut rounds) = (clock::instant(), 0u32, Vec::new());
    while at < end {
        let plan = timetable.on_air(at, true);
        let composed = compose(&mut composer, &plan, at);
        let mut pictures = HashMap::new();
        if let Main::Notice(slot) = &plan.main
            && let Some(image) = &slot.notice.image
        {
            pictures.insert(image.sha256, Arc::new(photograph(image.sha256.0[0])));
        }
        stage.show(Show {
            scene: Arc::new(composed.scene),
            pictures,
            film: None,
            brightness: FULL,
            at: (at, clock::instant()),
        });
        stage.snapshot().unwrap_or_else(|problem| panic!("{problem}"));
        let changes = [timetable.next_change(at, true), composed.next_change];
        at = changes.into_iter().flatten().min().unwrap_or(end);
        turns += 1;
        if at
            >= "2026-11-24T00:00:00Z".parse::<Timestamp>().expect("a moment")
                + SignedDuration::from_mins(50) * (rounds.len() as i32 + 1)
        {
            rounds.push(memory());
        }
    }
    let shown: Vec<String> = rounds.iter().map(|mb| format!("{mb:.1}")).collect();
    let growth = (rounds[rounds.len() - 1] / rounds[0] - 1.0) * 100.0;
    println!(
        "rotation: 8 hours of {NOTICES} notices with pictures, {turns} pictures in {:?}; MB after each round: {}; {growth:+.1} %",
        start.elapsed(),
        shown.join(" "),
    );
}

fn main() {
    let (fonts, lacking) = Fonts::load(&Fonts::standard_folders());
    lacking.iter().for_each(|problem| eprintln!("{problem}"));
    let fonts = Arc::new(fonts);
    text(&fonts);
    rotation(&fonts);
}
