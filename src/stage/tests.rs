//! Whole pictures: from a plan to pixels.

use super::*;
use crate::layout::tests as sample;
use crate::layout::{Composer, View};
use crate::model::alert::AlertStatus;
use crate::model::board::Theme;
use crate::model::led::FULL;
use crate::model::media::{ColourRange, FilmPicture, Matrix};
use crate::model::plan::{Main, Plan};
use crate::model::programme::Category;

/// Sky, hills and terraces, drawn from nothing but arithmetic.
pub(super) fn landscape(width: u32, height: u32) -> Picture {
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (x as f32 / width as f32, y as f32 / height as f32);
            let ridge = 0.45 + 0.12 * (fx * 7.0).sin() + 0.04 * (fx * 23.0).cos();
            let terrace = ((fy * 24.0 + (fx * 9.0).sin()) as i32) % 2 == 0;
            let [r, g, b] = match (fy < ridge, fy < ridge + 0.2) {
                (true, _) => [200.0 - 90.0 * (0.6 - fy), 205.0, 215.0 + 30.0 * fy],
                (_, true) => [80.0, 110.0 + 30.0 * fx, 100.0],
                _ if terrace => [120.0, 160.0, 60.0],
                _ => [200.0, 200.0, 180.0],
            };
            rgba.extend([r as u8, g as u8, b as u8, 255]);
        }
    }
    Picture { width, height, rgba }
}

/// A film that always has the same grey-green picture with a bright bar.
pub(super) struct StillFilm {
    y: Vec<u8>,
    uv: Vec<u8>,
    size: (u32, u32),
}

impl StillFilm {
    fn new(width: u32, height: u32) -> StillFilm {
        let y =
            (0..width * height).map(|i| if (i / width / 64).is_multiple_of(2) { 90 } else { 180 }).collect();
        let uv = vec![120; (width.div_ceil(2) * height.div_ceil(2)) as usize];
        StillFilm { y, uv, size: (width, height) }
    }
}

impl Film for StillFilm {
    fn next_due(&self, _: Instant) -> Option<Instant> {
        None
    }
    fn show(&self, _: Instant, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        self.again(draw)
    }
    fn again(&self, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        let (width, height) = self.size;
        let uv_stride = width.div_ceil(2);
        draw(FilmPicture {
            width,
            height,
            y: &self.y,
            u: &self.uv,
            v: &self.uv,
            y_stride: width,
            uv_stride,
            matrix: Matrix::Bt709,
            range: ColourRange::Limited,
        });
        true
    }
}

pub(super) fn show(scene: Scene) -> Show {
    let pictures: HashMap<_, _> =
        scene.pictures().map(|sha256| (sha256, Arc::new(landscape(1600, 900)))).collect();
    let film: Option<Arc<dyn Film>> =
        scene.film.as_ref().map(|_| Arc::new(StillFilm::new(1600, 900)) as Arc<dyn Film>);
    let at = (sample::monday().timestamp(), crate::clock::instant());
    Show { scene: Arc::new(scene), pictures, film, brightness: FULL, at }
}

pub(super) fn drawn(plan: &Plan, size: (u32, u32), change: impl FnOnce(&mut View<'_>)) -> Picture {
    let board = sample::board();
    let mut view = sample::view(plan, &board, size);
    change(&mut view);
    let composed = Composer::new(sample::fonts()).compose(&view);
    draw_still(show(composed.scene), &Setup::default(), size, sample::fonts())
}

pub(super) fn write_png(path: &Path, picture: &Picture) {
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::High);
    encoder.write_header().unwrap().write_image_data(&picture.rgba).unwrap();
}

const LONG: &str = "Từ ngày 24 đến 30/11, Trạm Y tế xã **tiêm miễn phí** cho trẻ từ 1 đến 10 tuổi, kể cả trẻ mất sổ tiêm. Bố mẹ hoặc ông bà đưa trẻ đến theo lịch của bản, mang theo sổ tiêm và thẻ bảo hiểm y tế.\nTrước khi tiêm, trẻ được khám sàng lọc. Trẻ đang sốt, ho nhiều hoặc mới ốm dậy thì hoãn, cán bộ y tế hẹn ngày khác. Cho trẻ ăn no, mặc áo rộng dễ vén tay.\n\nSau khi tiêm, bà con ở lại trạm 30 phút để theo dõi. Về nhà theo dõi thêm 2 ngày. Nếu trẻ sốt trên 39 độ, co giật, tím tái hoặc khó thở thì đưa ngay đến trạm y tế hoặc gọi **115**.\n- Mang sổ tiêm\n- Mang thẻ bảo hiểm y tế\n- Đến đúng giờ";
const TABLE: &str = "| Bản | Ngày | Giờ | Nơi tiêm |\n|---|---|---|---|\n| Nà Đon | Thứ Ba 24/11 | 7h30 | Nhà văn hóa |\n| Nà Khan | Thứ Ba 24/11 | 13h30 | Nhà văn hóa |\n| Thống Nhất | Thứ Tư 25/11 | 7h30 | Trạm Y tế |\n| Hoa Vân | Thứ Năm 26/11 | 7h30 | Lớp mầm non |\n| Nà San | Thứ Sáu 27/11 | 8h00 | Nhà trưởng bản |\n| Nà Hum | Thứ Sáu 27/11 | 13h30 | Nhà trưởng bản |\n| Nà Phát | Thứ Bảy 28/11 | 8h00 | Nhà văn hóa |";

pub(super) fn cases() -> Vec<(&'static str, Plan)> {
    let plan = sample::plan;
    let slot = sample::slot;
    let mut picture = sample::notice(
        "Giữ nước ruộng bậc thang",
        "Bà con cày ải **trước 5/12**, đắp kỹ bờ, chia nước theo lịch tổ thủy nông.",
        Category::NongNghiep,
    );
    picture.issuer = "Trạm Khuyến nông".into();
    picture.image = Some(sample::media(1, Some((1600, 900)), None));
    let mut picture_code = picture.clone();
    picture_code.link = "https://binhlu.example/r".into();
    let mut code = sample::power_cut();
    code.link = "https://binhlu.example/cat-dien-25-11".into();
    let mut film = sample::notice("Lễ hội Xòe Thái Lai Châu", "", Category::VanHoa);
    film.issuer = "Phòng Văn hóa – Xã hội".into();
    film.video = Some(sample::media(2, Some((1600, 900)), Some(240_000)));
    let mut poster = sample::notice("Hội thi cấy lúa xuân", "", Category::NongNghiep);
    poster.image = Some(sample::media(3, Some((1600, 900)), None));
    let hmong = sample::translated(
        sample::notice(
            "Cắt điện thứ Tư 25/11",
            "Từ **7h30 đến 17h00**: bản Nà Đon, bản Nà Khan, khu chợ.",
            Category::Dien,
        ),
        "hmn",
        "Tu hluav taws xob 25/11",
        "Txij **7h30 txog 17h00**: zos Nà Đon, zos Nà Khan, tom khw.",
    );
    let thai = sample::translated(
        sample::notice(
            "Cắt điện thứ Tư 25/11",
            "Từ **7h30 đến 17h00**: bản Nà Đon, bản Nà Khan, khu chợ.",
            Category::Dien,
        ),
        "blt",
        "ꪎꪳꪣ ꪼꪡ ꪣꪳ꫁ 25/11",
        "**7h30 – 17h00**: ꪚꪱ꪿ꪙ ꪘꪱ ꪒꪮꪙ, ꪚꪱ꪿ꪙ ꪘꪱ ꪁꪱꪙ, ꪕꪱꪒ ꪹꪎꪉ ꪘꪲ꫁",
    );
    vec![
        ("a-ngan", plan(slot(sample::power_cut(), 20))),
        ("b-dai", plan(slot(sample::notice("Tiêm vắc-xin sởi cho trẻ 1–10 tuổi", LONG, Category::YTe), 90))),
        ("c-anh", plan(slot(picture, 20))),
        ("c-anh-qr", plan(slot(picture_code, 20))),
        ("c-qr", plan(slot(code, 20))),
        (
            "d-bang",
            sample::stale(plan(slot(sample::notice("Lịch tiêm sởi ở các bản", TABLE, Category::YTe), 40))),
        ),
        ("e-phim", plan(slot(film, 20))),
        ("e-ap-phich", plan(slot(poster, 20))),
        ("f-hmong", plan(slot(hmong, 20))),
        ("f-thai", plan(slot(thai, 20))),
        ("g-canh-bao-1", plan(sample::warning(1, AlertStatus::Actual))),
        ("g-canh-bao-3", plan(sample::warning(3, AlertStatus::Actual))),
        ("g-canh-bao-4", plan(sample::warning(4, AlertStatus::Actual))),
        ("h-dien-tap", plan(sample::warning(3, AlertStatus::Exercise))),
        ("i-trung-tinh", plan(Main::Neutral { ever: true })),
        ("k-lan-dau", Plan { ticker: Vec::new(), ..plan(Main::Neutral { ever: false }) }),
        (
            "m-tieu-de",
            plan(slot(sample::notice("Ngày mai cả xã nghỉ học vì rét đậm", "", Category::ThoiTiet), 20)),
        ),
    ]
}

/// Writes every kind of page into the folder that `BANGTIN_LOOK` names, for people to look at.
#[test]
fn every_page_can_be_drawn_and_looked_at() {
    let Some(folder) = std::env::var_os("BANGTIN_LOOK") else { return };
    let only = std::env::var("BANGTIN_LOOK_ONLY").unwrap_or_default();
    std::fs::create_dir_all(&folder).unwrap();
    for (name, plan) in cases() {
        for (shape, size) in [
            ("", (1920, 1080)),
            ("-doc", (1080, 1920)),
            ("-nho", (640, 360)),
            ("-led320", (320, 160)),
            ("-led192", (192, 32)),
            ("-led96", (96, 16)),
        ] {
            let file = format!("{name}{shape}.png");
            if !only.split(',').any(|part| file.starts_with(part) || part.is_empty()) {
                continue;
            }
            let picture = drawn(&plan, size, |_| ());
            write_png(&Path::new(&folder).join(&file), &picture);
            if shape.is_empty() {
                let night = drawn(&plan, size, |view| view.theme = Theme::Night);
                write_png(&Path::new(&folder).join(format!("{name}-dem.png")), &night);
            }
        }
    }
}

/// Scenes at any size reach pixels without a panic, the smallest and the strangest included.
#[test]
fn every_size_can_be_drawn() {
    for (_, plan) in cases() {
        for size in [(1, 1), (8, 8), (20_000, 10), (10, 20_000), (240, 240), (333, 77), (1920, 1080)] {
            let picture = drawn(&plan, size, |_| ());
            assert_eq!((picture.width, picture.height), size);
        }
    }
}

pub(super) fn stage(size: (u32, u32)) -> Stage {
    Stage::headless(size.0, size.1, Setup::default(), sample::fonts()).unwrap()
}

pub(super) fn scene(plan: &Plan, size: (u32, u32), change: impl FnOnce(&mut View<'_>)) -> Scene {
    let board = sample::board();
    let mut view = sample::view(plan, &board, size);
    change(&mut view);
    Composer::new(sample::fonts()).compose(&view).scene
}

/// Waits, for a deadline that only a hang reaches.
pub(super) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = crate::clock::instant() + Duration::from_secs(20);
    while !done() {
        assert!(crate::clock::instant() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_still_board_draws_once_and_then_rests() {
    let size = (640, 360);
    let mut plan = cases().swap_remove(0).1;
    plan.ticker.clear();
    let stage = stage(size);
    stage.show(show(scene(&plan, size, |_| ())));
    until("the first frame", || stage.meter().drawn == 1);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(stage.meter(), FrameCount { drawn: 1, ..FrameCount::default() });
    assert_eq!(stage.about(), ("headless".to_owned(), "none".to_owned()));
    // The same again is nothing new.
    stage.show(show(scene(&plan, size, |_| ())));
    stage.snapshot().unwrap();
    assert_eq!(stage.meter().drawn, 1);
}

#[test]
fn a_screenshot_asked_for_before_the_first_page_is_of_the_first_page() {
    let size = (640, 360);
    let stage = stage(size);
    let scene = scene(&cases().swap_remove(0).1, size, |_| ());
    std::thread::scope(|scope| {
        let picture = scope.spawn(|| stage.snapshot());
        std::thread::sleep(Duration::from_millis(100));
        stage.show(show(scene));
        let picture = picture.join().unwrap().unwrap();
        assert_eq!((picture.width, picture.height), size);
        assert!(picture.rgba.chunks(4).any(|pixel| pixel[..3] == [0xFA, 0xF4, 0xE6]), "it is black");
    });
}

#[test]
fn a_sign_of_life_waits_for_the_first_picture_and_then_costs_no_frame() {
    let size = (640, 360);
    let mut plan = cases().swap_remove(0).1;
    plan.ticker.clear();
    let stage = stage(size);
    let (beat, answered) = std::sync::mpsc::channel();
    stage.beat_to(beat.clone());
    assert!(answered.recv_timeout(Duration::from_millis(50)).is_err(), "nothing shows yet");
    stage.show(show(scene(&plan, size, |_| ())));
    answered.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(stage.meter().drawn, 1);
    stage.beat_to(beat);
    answered.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(stage.meter().drawn, 1);
}

/// A film whose every call is a mistake in the program.
struct Broken;

impl Film for Broken {
    fn next_due(&self, _: Instant) -> Option<Instant> {
        panic!("a mistake in the program")
    }
    fn show(&self, _: Instant, _: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        false
    }
    fn again(&self, _: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        false
    }
}

#[test]
fn a_presenter_that_panics_does_not_do_so_unseen() {
    let size = (640, 360);
    let plan = cases().into_iter().find(|(name, _)| *name == "e-phim").unwrap().1;
    let stage = stage(size);
    let (fell, seen) = std::sync::mpsc::channel();
    let late = fell.clone();
    stage.on_panic(move || fell.send("at once").unwrap());
    let broken = Show { film: Some(std::sync::Arc::new(Broken)), ..show(scene(&plan, size, |_| ())) };
    stage.show(broken);
    assert_eq!(seen.recv_timeout(Duration::from_secs(20)), Ok("at once"));
    // Whoever comes after it hears of it all the same.
    stage.on_panic(move || late.send("late").unwrap());
    assert_eq!(seen.recv_timeout(Duration::from_secs(20)), Ok("late"));
}

#[test]
fn a_ticker_moves_and_a_screenshot_shows_where_it_is() {
    let size = (640, 360);
    let plan = cases().swap_remove(0).1;
    let stage = stage(size);
    stage.show(show(scene(&plan, size, |_| ())));
    until("frames", || stage.meter().drawn > 5);
    let (one, two) = (stage.snapshot().unwrap(), {
        let before = stage.meter().drawn;
        until("more frames", || stage.meter().drawn > before + 2);
        stage.snapshot().unwrap()
    });
    let bytes = 640 * 4 * 320;
    assert!(one.rgba[..bytes] == two.rgba[..bytes], "the page moved");
    assert!(one.rgba[bytes..] != two.rgba[bytes..], "the ticker did not");
}

#[test]
fn what_changes_is_repainted_and_equals_a_fresh_drawing() {
    let size = (640, 360);
    let setup = Setup { reduced_motion: true, ..Setup::default() };
    let mut composition = Composition::new(sample::fonts(), &setup, Output::plain(size));
    let mut plans: Vec<Plan> = cases().into_iter().map(|(_, plan)| plan).collect();
    plans.extend(plans.clone().into_iter().rev());
    let later = |minutes| sample::monday().checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
    for (at, plan) in plans.iter().enumerate() {
        let scene = scene(plan, size, |view| {
            view.now = later(at as i64 / 2);
            view.theme = if at % 7 == 3 { Theme::Night } else { Theme::Day };
        });
        let next = show(scene);
        let mut fresh = Composition::new(sample::fonts(), &Setup::default(), Output::plain(size));
        fresh.adopt(next.clone(), crate::clock::instant());
        composition.adopt(next, crate::clock::instant());
        assert!(composition.page() == fresh.page(), "page {at} differs from a fresh drawing");
    }
}

#[test]
fn a_clock_that_moves_on_repaints_a_corner_only() {
    let size = (1920, 1080);
    let plan = cases().swap_remove(0).1;
    let mut composition = Composition::new(sample::fonts(), &Setup::default(), Output::plain(size));
    composition.adopt(show(scene(&plan, size, |_| ())), crate::clock::instant());
    let damage = composition.adopt(
        show(scene(&plan, size, |view| {
            view.now = sample::monday().checked_add(jiff::SignedDuration::from_mins(1)).unwrap();
        })),
        crate::clock::instant(),
    );
    assert!(damage.w < 400 && damage.h < 250 && !damage.is_empty(), "{damage:?}");
}

#[test]
fn a_film_is_shown_in_its_slot_and_a_size_no_screen_has_is_refused() {
    let size = (640, 360);
    let plan = cases().into_iter().find(|(name, _)| *name == "e-phim").unwrap().1;
    let stage = stage(size);
    stage.show(show(scene(&plan, size, |_| ())));
    until("the first frame", || stage.meter().drawn >= 1);
    let picture = stage.snapshot().unwrap();
    assert!(picture.rgba[4 * (640 * 100 + 100)] > 30, "the film's place is black");
    assert!(Stage::headless(0, 5, Setup::default(), sample::fonts()).is_err());
    assert!(Stage::headless(1 << 20, 1 << 20, Setup::default(), sample::fonts()).is_err());
}

#[test]
fn a_large_photograph_is_made_as_small_as_the_board_and_covers_it() {
    let small = shrink(landscape(4000, 3000), (640, 360));
    assert_eq!((small.width, small.height), (640, 480));
    let kept = landscape(640, 480);
    assert!(shrink(kept.clone(), (1920, 1080)) == kept);
}
