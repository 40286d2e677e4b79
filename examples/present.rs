//! Shows a page in a window for a while and says what it cost: `present PAGE SECONDS [auto|gpu|shm] [WxH] [PNG]`.
//!
//! PAGE is `still` (a notice alone), `ticker` (a notice over a running ticker) or `film` (1080p at 30 pictures a second,
//! made here). Prints frames drawn, missed and late, this process's CPU time in per cent of a core and its PSS.

use bangtin::layout::{Availability, Composer, Fonts, View};
use bangtin::model::board::{Board, Theme};
use bangtin::model::led::FULL;
use bangtin::model::media::{ColourRange, FilmPicture, Matrix, Media, Sha256};
use bangtin::model::plan::{Main, NoticeSlot, Plan, TickerLine};
use bangtin::model::programme::{Category, Notice, Priority, Ticker, Window as ShowWindow};
use bangtin::stage::{Film, PresentMode, Setup, Show, Stage};
use bangtin::{clock, layout};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use winit::application::ApplicationHandler;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::window::{Window, WindowId};

const FILM: (u32, u32) = (1920, 1080);
const FILM_RATE: u32 = 30;

/// Two pictures in turn, at a steady rate.
struct Flicker {
    start: Instant,
    shown: Mutex<u64>,
    planes: [Vec<u8>; 2],
    chroma: Vec<u8>,
}

impl Flicker {
    fn new() -> Flicker {
        let (w, h) = FILM;
        let plane = |shift: u32| (0..w * h).map(|i| ((i % w / 4 + i / w + shift) % 220) as u8 + 16).collect();
        let chroma = (0..w * h / 4).map(|i| (i % 200) as u8 + 20).collect();
        Flicker { start: clock::instant(), shown: Mutex::new(0), planes: [plane(0), plane(40)], chroma }
    }
    fn number(&self, now: Instant) -> u64 {
        (now.duration_since(self.start).as_secs_f64() * f64::from(FILM_RATE)) as u64 + 1
    }
    fn picture(&self, number: u64) -> FilmPicture<'_> {
        FilmPicture {
            width: FILM.0,
            height: FILM.1,
            y: &self.planes[number as usize % 2],
            u: &self.chroma,
            v: &self.chroma,
            y_stride: FILM.0,
            uv_stride: FILM.0 / 2,
            matrix: Matrix::Bt709,
            range: ColourRange::Limited,
        }
    }
}

impl Film for Flicker {
    fn next_due(&self, _: Instant) -> Option<Instant> {
        let shown = *self.shown.lock().unwrap();
        Some(self.start + Duration::from_secs_f64(shown as f64 / f64::from(FILM_RATE)))
    }
    fn show(&self, now: Instant, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        let (number, mut shown) = (self.number(now), self.shown.lock().unwrap());
        if number == *shown {
            return false;
        }
        *shown = number;
        draw(self.picture(number));
        true
    }
    fn again(&self, draw: &mut dyn FnMut(FilmPicture<'_>)) -> bool {
        draw(self.picture(*self.shown.lock().unwrap()));
        true
    }
}

fn plan(page: &str) -> Plan {
    let film = Media {
        path: "phim.mp4".into(),
        length: 1,
        sha256: Sha256([7; 32]),
        width: Some(FILM.0),
        height: Some(FILM.1),
        duration_ms: Some(240_000),
    };
    let notice = Notice {
        id: "mot".into(),
        title: "Cắt điện thứ Tư 25/11 để sửa đường dây".into(),
        category: Category::Dien,
        encoding: None,
        text: "Từ **7h30 đến 17h00**: bản Nà Đon, Nà Khan và khu chợ mất điện. Bà con trữ nước.".into(),
        lang: "vi".into(),
        image: None,
        picture: Default::default(),
        video: (page == "film").then_some(film),
        audio: None,
        issuer: "Điện lực Tam Đường".into(),
        approver: String::new(),
        link: String::new(),
        countdown: None,
        window: ShowWindow::default(),
        seconds: None,
        priority: Priority::Normal,
        evergreen: false,
        boards: vec!["*".into()],
        translations: Default::default(),
    };
    let now = clock::system();
    let ticker = |text: &str| TickerLine {
        feed: "xa".into(),
        line: Arc::new(Ticker {
            text: text.into(),
            encoding: None,
            window: ShowWindow::default(),
            boards: vec!["*".into()],
        }),
    };
    let lines = [
        "Chợ phiên Bình Lư họp sáng Chủ Nhật 29/11",
        "Xe buýt Tam Đường – Lai Châu chạy lại từ 6h00 ngày 24/11",
    ];
    let until = now + jiff::SignedDuration::from_hours(1);
    Plan {
        at: now,
        timezone: "Asia/Ho_Chi_Minh".into(),
        title: "Xã Bình Lư".into(),
        emblem: None,
        main: Main::Notice(NoticeSlot {
            feed: "xa".into(),
            notice: Arc::new(notice),
            languages: vec!["vi".into()],
            turn: (now, until),
            start: now,
            end: until,
            number: 0,
            alone: true,
        }),
        asides: Vec::new(),
        ticker: if page == "ticker" { lines.map(ticker).into() } else { Vec::new() },
        announcements: Vec::new(),
        siren: None,
        speech: None,
        stale: None,
    }
}

struct App {
    page: String,
    seconds: f64,
    mode: PresentMode,
    size: (u32, u32),
    png: Option<String>,
    fonts: Arc<Fonts>,
    composer: Composer,
    film: Arc<Flicker>,
    stage: Option<(Arc<Window>, Stage)>,
    started: Instant,
    measured: Option<(Instant, Duration, u64)>,
}

impl App {
    fn show(&mut self, size: (u32, u32)) {
        let Some((_, stage)) = &self.stage else { return };
        let plan = plan(&self.page);
        let board = Board { name: "BL-03".into(), ..Board::default() };
        let (wall, instant) = (clock::system(), clock::instant());
        let view = View {
            plan: &plan,
            board: &board,
            now: wall.in_tz("Asia/Ho_Chi_Minh").expect("a known zone"),
            clock_trusted: true,
            size,
            rate_mhz: layout::RATE_MHZ,
            theme: Theme::Day,
            look: layout::Look::cham(),
            network: "",
            media: &|_| Availability::Ready(FILM.0, FILM.1),
        };
        let scene: layout::Scene = self.composer.compose(&view).scene;
        let film = scene.film.is_some().then(|| Arc::clone(&self.film) as Arc<dyn Film>);
        stage.show(Show {
            scene: Arc::new(scene),
            pictures: HashMap::new(),
            film,
            brightness: FULL,
            at: (wall, instant),
        });
    }
}

impl ApplicationHandler for App {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.stage.is_some() {
            return;
        }
        let size = winit::dpi::PhysicalSize::new(self.size.0, self.size.1);
        let attributes = Window::default_attributes().with_inner_size(size).with_decorations(false);
        let window = Arc::new(event_loop.create_window(attributes).expect("a window"));
        let stage = Stage::window(Arc::clone(&window), self.mode, Setup::default(), Arc::clone(&self.fonts))
            .expect("a stage");
        println!("presenter {:?}", stage.about());
        self.stage = Some((Arc::clone(&window), stage));
        let size = window.inner_size();
        self.show((size.width, size.height));
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        match event {
            WindowEvent::Resized(size) => {
                if let Some((_, stage)) = &self.stage {
                    stage.resized(size.width, size.height);
                }
                self.show((size.width, size.height));
            }
            WindowEvent::RedrawRequested => {
                if let Some((_, stage)) = &self.stage {
                    stage.exposed();
                }
            }
            WindowEvent::CloseRequested => event_loop.exit(),
            _ => {}
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        let now = clock::instant();
        let Some((_, stage)) = &self.stage else { return };
        // The first two seconds are start-up: they are not measured.
        let warm = self.started + Duration::from_secs(2);
        let end = warm + Duration::from_secs_f64(self.seconds);
        if now >= warm && self.measured.is_none() {
            self.measured = Some((now, cpu_time(), stage.meter().drawn));
        }
        if now < end {
            let next = if now < warm { warm } else { end };
            event_loop.set_control_flow(ControlFlow::WaitUntil(next));
            return;
        }
        let Some((from, cpu, drawn)) = self.measured else { return };
        let (wall, meter) = ((now - from).as_secs_f64(), stage.meter());
        let share = (cpu_time() - cpu).as_secs_f64() / wall * 100.0;
        println!(
            "{:.1} frames/s, {share:.2} % of a core, {} KiB PSS, {meter:?}",
            (meter.drawn - drawn) as f64 / wall,
            pss_kib()
        );
        if let (Some(path), Ok(picture)) = (&self.png, stage.snapshot()) {
            let file = std::fs::File::create(path).expect("a writable file");
            let mut encoder = png::Encoder::new(file, picture.width, picture.height);
            encoder.set_color(png::ColorType::Rgba);
            encoder
                .write_header()
                .and_then(|mut w| w.write_image_data(&picture.rgba))
                .expect("a picture file");
        }
        self.stage = None;
        event_loop.exit();
    }
}

/// CPU time of this process and its threads.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn pss_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn main() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let mut arguments = std::env::args().skip(1);
    let page = arguments.next().unwrap_or_else(|| "ticker".into());
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10.0);
    let mode = match arguments.next().as_deref() {
        Some("gpu") => PresentMode::Gpu,
        Some("shm") => PresentMode::Shm,
        _ => PresentMode::Auto,
    };
    let size = arguments.next().and_then(|text| {
        let (w, h) = text.split_once('x')?;
        Some((w.parse().ok()?, h.parse().ok()?))
    });
    let png = arguments.next();
    let (fonts, problems) = Fonts::load(&Fonts::standard_folders());
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    let fonts = Arc::new(fonts);
    let composer = Composer::new(Arc::clone(&fonts));
    let (film, started) = (Arc::new(Flicker::new()), clock::instant());
    let size = size.unwrap_or((1920, 1080));
    let mut app =
        App { page, seconds, mode, size, png, fonts, composer, film, stage: None, started, measured: None };
    EventLoop::new().expect("a display").run_app(&mut app).expect("an event loop");
}
