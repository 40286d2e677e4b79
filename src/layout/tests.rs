//! Plans for tests, and what layouts promise: positions as text, nothing outside its zone, nothing that panics.

use super::*;
use crate::model::alert::{Alert, AlertId, AlertStatus, Hazard, MessageType, RiskLevel};
use crate::model::media::Sha256;
use crate::model::plan::{Stale, TickerLine};
use crate::model::programme::{Category, Notice, Priority, Ticker, Translation, Window};
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
    Board { name: "BL-03".into(), tags: Vec::new(), viewing_distance_m: 15.0 }
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
        text: text.into(),
        lang: "vi".into(),
        image: None,
        video: None,
        audio: None,
        issuer: "Điện lực Tam Đường".into(),
        approver: String::new(),
        link: String::new(),
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
        line: Arc::new(Ticker { text: text.into(), window: Window::default(), boards: vec!["*".into()] }),
    };
    Plan {
        at: monday().timestamp(),
        timezone: "Asia/Ho_Chi_Minh".into(),
        title: "Xã Bình Lư".into(),
        emblem: None,
        main,
        ticker: vec![
            line("Chợ phiên Bình Lư họp sáng Chủ Nhật 29/11"),
            line("Xe buýt Tam Đường – Lai Châu chạy lại từ 6h00 ngày 24/11"),
        ],
        announcements: Vec::new(),
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
        start,
        end,
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
    };
    Main::Warning { feed: "xa".into(), alert: Arc::new(alert) }
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
        theme: Theme::Day,
        network: "Mạng: có",
        media: &|_| Availability::Ready(1600, 900),
    }
}
