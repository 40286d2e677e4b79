//! What boards of the usual shapes make of a programme: notices of many pages, and pictures of which little or nothing is seen.
//! Told when a programme is published, for nobody looks at every notice at every size.

use crate::layout::{Availability, Composer, Fonts, Look, RATE_MHZ, View, is_led};
use crate::model::board::{Board, Reading, Theme};
use crate::model::media::Media;
use crate::model::plan::{Main, NoticeSlot, Plan};
use crate::model::programme::{Notice, PictureFit, Programme};
use crate::problem::Problem;
use crate::programme::reading::{languages, turn_ms};
use crate::say;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The boards that most communes have: a screen, the same upright, and an LED strip.
pub const SIZES: [(u32, u32); 3] = [(1920, 1080), (1080, 1920), (192, 32)];
/// Most pages and milliseconds of a notice that people stay for.
const PAGES_MAX: u32 = 6;
const TURN_MS_MAX: u64 = 120_000;
/// A picture of which no more than this is seen may have lost what it says.
const SEEN_LEAST: f32 = 0.75;
/// Notices with less text make few pages everywhere, and are not looked at: that takes milliseconds for each.
const CHARS_MIN: usize = 120;
/// Most notices that are looked at: of a longer programme nobody reads what is said of each.
const NOTICES_MAX: usize = 100;

/// What is worth a look, by notice.
pub fn look(programme: &Programme, sizes: &[(u32, u32)], now: Timestamp) -> Vec<Problem> {
    let shown = |notice: &&Arc<Notice>| {
        let pictured = notice.image.is_some() && !notice.text.is_empty();
        let lone = notice.image.is_some() && notice.text.is_empty();
        notice.text.len() > CHARS_MIN || !notice.translations.is_empty() || pictured || lone
    };
    let over = |notice: &&Arc<Notice>| notice.window.until.is_none_or(|until| until > now);
    let notices: Vec<_> = programme.notices.iter().filter(shown).filter(over).take(NOTICES_MAX).collect();
    if notices.is_empty() {
        return Vec::new();
    }
    let mut eye = Eye {
        composer: Composer::new(Arc::new(Fonts::load(&Fonts::standard_folders()).0)),
        look: Look::cham(),
        programme,
        now,
    };
    notices
        .into_iter()
        .flat_map(|notice| [eye.long(notice, sizes), eye.cut(notice, sizes), unseen(notice, sizes)])
        .flatten()
        .collect()
}

/// A poster of which LED walls, which show no pictures, say the title alone.
fn unseen(notice: &Notice, sizes: &[(u32, u32)]) -> Option<Problem> {
    let led = sizes.iter().copied().find(|size| is_led(*size))?;
    let image = notice.image.as_ref().filter(|_| notice.text.is_empty())?;
    let why = say!(
        en: "an LED wall ({led}) shows its title alone, and not `{path}`",
        vi: "bảng LED ({led}) chỉ hiện tiêu đề, không hiện ảnh `{path}`",
        led = named(led),
        path = image.path
    );
    let remedy = say!(
        en: "if there is an LED wall, write in `text` what people must know",
        vi: "nếu có bảng LED, hãy viết vào `text` điều bà con cần biết"
    );
    Some(Problem::new(notice.id.clone(), why, remedy))
}

struct Eye<'a> {
    composer: Composer,
    look: &'static Look,
    programme: &'a Programme,
    now: Timestamp,
}

impl Eye<'_> {
    /// Where it takes more pages, or longer, than anybody stays for.
    fn long(&mut self, notice: &Arc<Notice>, sizes: &[(u32, u32)]) -> Option<Problem> {
        let pages: Vec<(String, u32)> = sizes
            .iter()
            .map(|size| {
                (named(*size), self.see(notice, *size, |composer, view| composer.compose(view).pages))
            })
            .collect();
        let turn = turn_ms(notice, Reading::default());
        let slow = turn > TURN_MS_MAX && notice.video.is_none() && notice.seconds.is_none();
        if !slow && pages.iter().all(|(_, pages)| *pages <= PAGES_MAX) {
            return None;
        }
        let listed = |word: &str| {
            let each: Vec<String> =
                pages.iter().map(|(size, pages)| format!("{size}: {pages} {word}")).collect();
            each.join(", ")
        };
        let why = say!(
            en: "it stays for {seconds} s, in many pages ({en}); few people wait for so many",
            vi: "tin chiếm {seconds} giây, nhiều trang ({vi}); ít người đứng đợi hết",
            seconds = turn.div_ceil(1000),
            en = listed("pages"),
            vi = listed("trang")
        );
        let remedy = say!(
            en: "shorten it, or make several notices of it; look with `bangtin render FOLDER --notice {id} --all-sizes`",
            vi: "hãy rút gọn hoặc tách thành nhiều tin; xem bằng `bangtin render FOLDER --notice {id} --all-sizes`",
            id = notice.id
        );
        Some(Problem::new(notice.id.clone(), why, remedy))
    }

    /// Where much of its picture is cut off.
    fn cut(&mut self, notice: &Arc<Notice>, sizes: &[(u32, u32)]) -> Option<Problem> {
        let image = notice.image.as_ref().filter(|_| notice.picture == PictureFit::Fill)?;
        let seen: Vec<String> = sizes
            .iter()
            .filter(|size| !is_led(**size))
            .filter_map(|size| {
                let seen = self.see(notice, *size, |composer, view| composer.picture_seen(view))?;
                (seen < SEEN_LEAST).then(|| format!("{}: {:.0} %", named(*size), 100.0 * seen))
            })
            .collect();
        if seen.is_empty() {
            return None;
        }
        let why = say!(
            en: "of `{path}` only a part is seen beside the text ({seen})",
            vi: "ảnh `{path}` chỉ hiện một phần bên cạnh chữ ({seen})",
            path = image.path,
            seen = seen.join(", ")
        );
        let remedy = say!(
            en: "if there are words in it, write picture = \"whole\" below it, or show it without text",
            vi: "nếu trong ảnh có chữ, hãy thêm dòng picture = \"whole\", hoặc để ảnh không kèm chữ"
        );
        Some(Problem::new(notice.id.clone(), why, remedy))
    }

    fn see<T>(
        &mut self,
        notice: &Arc<Notice>,
        size: (u32, u32),
        what: impl Fn(&mut Composer, &View<'_>) -> T,
    ) -> T {
        let length = SignedDuration::from_millis(turn_ms(notice, Reading::default()) as i64);
        let slot = NoticeSlot {
            feed: "".into(),
            notice: Arc::clone(notice),
            languages: languages(notice),
            start: self.now,
            end: self.now.checked_add(length).unwrap_or(Timestamp::MAX),
            number: 0,
            alone: false,
        };
        let plan = Plan {
            at: self.now,
            timezone: self.programme.timezone.as_str().into(),
            title: self.programme.title.as_str().into(),
            emblem: None,
            main: Main::Notice(slot),
            asides: Vec::new(),
            ticker: Vec::new(),
            announcements: Vec::new(),
            siren: None,
            speech: None,
            stale: None,
        };
        let zone = TimeZone::get(&self.programme.timezone).unwrap_or(TimeZone::UTC);
        let media = |media: &Media| match (media.width, media.height) {
            (Some(width), Some(height)) => Availability::Ready(width, height),
            _ => Availability::Broken,
        };
        let view = View {
            plan: &plan,
            board: &Board::default(),
            now: self.now.to_zoned(zone),
            clock_trusted: true,
            size,
            rate_mhz: RATE_MHZ,
            theme: Theme::Day,
            look: self.look,
            network: "",
            media: &media,
        };
        what(&mut self.composer, &view)
    }
}

fn named((width, height): (u32, u32)) -> String {
    format!("{width}x{height}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    fn said(notice: serde_json::Value) -> Vec<String> {
        let programme =
            serde_json::json!({"title": "Xã", "timezone": "Asia/Ho_Chi_Minh", "notice": [notice]});
        let programme: Programme = serde_json::from_value(programme).unwrap();
        let found = look(&programme, &SIZES, "2026-11-28T00:00:00Z".parse().unwrap());
        found.iter().map(|problem| problem.line(Speech::English)).collect()
    }

    #[test]
    fn a_notice_of_many_pages_is_told_with_them_for_each_size() {
        let said = said(
            serde_json::json!({"id": "dai", "title": "Nội quy", "text": "Mỗi nhà giữ vệ sinh. ".repeat(60)}),
        );
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("dai: it stays for") && said[0].contains("192x32: "), "{said:?}");
    }

    #[test]
    fn a_short_notice_is_not_spoken_of() {
        let text = "Thứ Bảy 28/11, 7h00. ".repeat(7);
        assert_eq!(said(serde_json::json!({"id": "hop", "title": "Họp bản", "text": text})), [""; 0]);
    }

    #[test]
    fn how_much_of_a_picture_is_cut_off_is_told_unless_it_is_shown_whole() {
        let image = serde_json::json!({"path": "hoi-cho.png", "length": 9, "sha256": "00".repeat(32), "width": 1600, "height": 900});
        let mut notice =
            serde_json::json!({"id": "cho", "title": "Hội chợ", "text": "Mời bà con.", "image": image});
        let cut = said(notice.clone());
        assert_eq!(cut.len(), 1, "{cut:?}");
        assert!(cut[0].contains("`hoi-cho.png` only a part is seen beside the text (1920x1080: "), "{cut:?}");
        notice["picture"] = "whole".into();
        assert_eq!(said(notice.clone()), [""; 0]);
        notice["text"] = "".into();
        let alone = said(notice);
        assert!(
            alone.len() == 1 && alone[0].contains("an LED wall (192x32) shows its title alone"),
            "{alone:?}"
        );
    }
}
