//! What boards of the usual shapes make of a programme: notices of many pages, and pictures of which little or nothing is seen.
//! Told when a programme is published, for nobody looks at every notice at every size.

use super::one_notice;
use super::play::font_folders;
use super::render::content;
use crate::disk::typed;
use crate::layout::{Availability, Composer, Fonts, Look, RATE_MHZ, View, board_at, is_led};
use crate::model::alert::Alerts;
use crate::model::board::{Board, Reading, Theme};
use crate::model::media::Media;
use crate::model::programme::{Notice, PictureFit, Programme};
use crate::problem::{Problem, counted, lasting};
use crate::programme::Timetable;
use crate::programme::reading::turn_ms;
use crate::say;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;
use std::sync::Arc;

/// The boards that most communes have: a screen, the same upright, and an LED strip.
pub const SIZES: [(u32, u32); 3] = [(1920, 1080), (1080, 1920), (192, 32)];
/// Most pages and milliseconds of a notice that people stay for. Pages of LED walls are of few words, and many.
const PAGES_MAX: u32 = 6;
const TURN_MS_MAX: u64 = 120_000;
/// A picture of which no more than this is seen may have lost what it says.
const SEEN_LEAST: f32 = 0.75;
/// How many times longer than wide a picture may be before it is a stripe on any screen.
const STRETCHED_MOST: u32 = 8;
/// Notices with less text make few pages everywhere, and are not looked at: that takes milliseconds for each.
const CHARS_MIN: usize = 120;
/// Most notices that are looked at: of a longer programme nobody reads what is said of each.
const NOTICES_MAX: usize = 100;

/// What is worth a look, by notice. `folder`: that of the programme, for the command that shows it.
pub fn look(folder: &Path, programme: &Programme, sizes: &[(u32, u32)], now: Timestamp) -> Vec<Problem> {
    let shown = |notice: &&Arc<Notice>| {
        let pictured = notice.image.is_some() && !notice.text.is_empty();
        let lone = notice.image.is_some() && notice.text.is_empty();
        notice.text.len() > CHARS_MIN
            || !notice.translations.is_empty()
            || pictured
            || lone
            || [&notice.video, &notice.audio].into_iter().any(Option::is_some)
            || notice.seconds.is_some()
            || asks_to_scan(notice)
    };
    let over = |notice: &&Arc<Notice>| notice.window.until.is_none_or(|until| until > now);
    let notices: Vec<_> = programme.notices.iter().filter(shown).filter(over).take(NOTICES_MAX).collect();
    if notices.is_empty() {
        return Vec::new();
    }
    // The fonts that a preview has, whose warnings are its own.
    let mut eye = Eye::new(programme, Arc::new(Fonts::load(&font_folders()).0), now);
    notices
        .into_iter()
        .flat_map(|notice| {
            let tiny = tiny(notice, sizes);
            // To show it whole is no remedy for a picture that is too small either way.
            let cut = if tiny.is_none() { eye.cut(notice, sizes) } else { None };
            let seen = [unseen(notice, sizes), tiny, unscanned(notice, sizes), lasts(notice)];
            [eye.long(folder, notice, sizes), cut].into_iter().chain(seen)
        })
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

/// A picture, or one that moves, that is drawn much larger than it is.
fn tiny(notice: &Notice, sizes: &[(u32, u32)]) -> Option<Problem> {
    let image = notice.image.as_ref().or(notice.video.as_ref())?;
    let (width, height) = (image.width?, image.height?);
    let screens = sizes.iter().copied().filter(|size| !is_led(*size));
    // A third of a screen's side: beside text a picture has half of it, and is then enlarged by half.
    let least = screens.map(|(width, height)| width.max(height) / 3).max()?;
    let least_across = least / STRETCHED_MOST;
    if width.max(height) >= least && width.min(height) >= least_across {
        return None;
    }
    let why = say!(
        en: "`{path}` is only {width} × {height} pixels, and looks coarse when enlarged",
        vi: "`{path}` chỉ có {width} × {height} điểm ảnh, phóng to lên sẽ bị vỡ",
        path = image.path
    );
    let remedy = say!(
        en: "give the original, at least {least} pixels on its longer side and {least_across} on the other",
        vi: "hãy dùng bản gốc, cạnh dài ít nhất {least}, cạnh ngắn ít nhất {least_across} điểm ảnh"
    );
    Some(Problem::new(notice.id.clone(), why, remedy))
}

/// Why a turn is as long as it is, where that is not its text.
#[derive(Clone, Copy)]
enum Lasting<'a> {
    Seconds(u32),
    Film(&'a Media),
    Sound,
}

/// What makes a turn longer than anybody stays for, besides text to be read.
fn lasting_by(notice: &Notice) -> Option<Lasting<'_>> {
    let turn = |notice: &Notice| turn_ms(notice, Reading::default());
    if turn(notice) <= TURN_MS_MAX {
        return None;
    }
    if let Some(seconds) = notice.seconds {
        return Some(Lasting::Seconds(seconds));
    }
    if let Some(film) = &notice.video {
        return Some(Lasting::Film(film));
    }
    let mut silent = notice.clone();
    silent.audio = None;
    silent.translations.values_mut().for_each(|translation| translation.audio = None);
    (turn(&silent) <= TURN_MS_MAX).then_some(Lasting::Sound)
}

/// A film, a sound or `seconds` that keep everything else off the board for longer than anybody stays.
fn lasts(notice: &Notice) -> Option<Problem> {
    let cause = lasting_by(notice)?;
    let time = lasting(turn_ms(notice, Reading::default()).div_ceil(1000));
    let (by, remedy) = match cause {
        Lasting::Seconds(seconds) => (
            say!(en: "its `seconds = {seconds}`", vi: "mục `seconds = {seconds}`"),
            say!(en: "write fewer `seconds`, or none", vi: "hãy ghi `seconds` ít hơn, hoặc xóa dòng này"),
        ),
        Lasting::Film(film) => (
            say!(en: "its film `{path}`", vi: "phim `{path}`", path = film.path),
            say!(en: "cut the film shorter, or write `seconds = 60` to show its first minute",
                 vi: "hãy cắt bớt phim, hoặc ghi `seconds = 60` để chỉ chiếu phút đầu"),
        ),
        Lasting::Sound => (
            say!(en: "its sound", vi: "âm thanh"),
            say!(en: "record it shorter, or make several notices of it", vi: "hãy thu ngắn hơn, hoặc tách thành nhiều tin"),
        ),
    };
    let why = say!(
        en: "it stays for {time}, because of {by}; few people wait for its end",
        vi: "tin chiếm {time_vi} vì {by_vi}; ít người đứng đợi hết",
        time_vi = time.vi,
        by_vi = by.vi,
        time = time.en,
        by = by.en
    );
    Some(Problem::new(notice.id.clone(), why, remedy))
}

/// A text that asks for a code to be scanned, which LED walls do not show.
fn unscanned(notice: &Notice, sizes: &[(u32, u32)]) -> Option<Problem> {
    let led = sizes.iter().copied().find(|size| is_led(*size))?;
    if notice.link.is_empty() || !asks_to_scan(notice) {
        return None;
    }
    let why = say!(
        en: "its text speaks of a code to scan, and an LED wall ({led}) shows no QR code",
        vi: "phần chữ nhắc đến mã để quét, mà bảng LED ({led}) không hiện mã QR",
        led = named(led)
    );
    let remedy = say!(
        en: "if there is an LED wall, write in `text` where else to find it, such as a short address or a telephone number",
        vi: "nếu có bảng LED, hãy viết thêm vào `text` cách khác, ví dụ địa chỉ ngắn hoặc số điện thoại"
    );
    Some(Problem::new(notice.id.clone(), why, remedy))
}

fn asks_to_scan(notice: &Notice) -> bool {
    let said = format!("{} {}", notice.title, notice.text).to_lowercase();
    let words = || said.split(|c: char| !c.is_alphanumeric());
    said.contains("quét mã") || words().any(|word| ["qr", "qrcode", "scan"].contains(&word))
}

struct Eye<'a> {
    composer: Composer,
    look: &'static Look,
    programme: &'a Programme,
    now: Timestamp,
}

impl<'a> Eye<'a> {
    fn new(programme: &'a Programme, fonts: Arc<Fonts>, now: Timestamp) -> Eye<'a> {
        Eye { composer: Composer::new(fonts), look: Look::cham(), programme, now }
    }

    /// Where it takes more pages, or longer, than anybody stays for.
    fn long(&mut self, folder: &Path, notice: &Arc<Notice>, sizes: &[(u32, u32)]) -> Option<Problem> {
        let pages: Vec<((u32, u32), u32)> =
            sizes.iter().map(|size| (*size, self.pages(notice, *size))).collect();
        let turn = turn_ms(notice, Reading::default());
        let slow = turn > TURN_MS_MAX && lasting_by(notice).is_none();
        if !slow && pages.iter().all(|(size, pages)| *pages <= PAGES_MAX || is_led(*size)) {
            return None;
        }
        let listed = |said: &dyn Fn(u32) -> String| {
            let each = pages.iter().map(|(size, pages)| format!("{}: {}", named(*size), said(*pages)));
            each.collect::<Vec<_>>().join(", ")
        };
        let why = say!(
            en: "it stays for {time} ({en}); few people wait for its end",
            vi: "tin chiếm {time_vi} ({vi}); ít người đứng đợi hết",
            time = lasting(turn.div_ceil(1000)).en,
            time_vi = lasting(turn.div_ceil(1000)).vi,
            en = listed(&|pages| counted(pages, "page")),
            vi = listed(&|pages| format!("{pages} trang"))
        );
        let remedy = say!(
            en: "shorten it, or make several notices of it; look with: bangtin render {folder} --notice {id} --all-sizes --out {id}.png",
            vi: "hãy rút gọn hoặc tách thành nhiều tin; xem bằng lệnh: bangtin render {folder} --notice {id} --all-sizes --out {id}.png",
            folder = typed(folder),
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

    /// How many pages it has there: as many as `bangtin render --notice` draws.
    fn pages(&mut self, notice: &Arc<Notice>, size: (u32, u32)) -> u32 {
        self.see(notice, size, |composer, view| composer.compose(view).pages)
    }

    /// Its first page there, as `bangtin render --notice` has it.
    fn see<T: Default>(
        &mut self,
        notice: &Arc<Notice>,
        size: (u32, u32),
        what: impl Fn(&mut Composer, &View<'_>) -> T,
    ) -> T {
        let (board, _) = board_at(&Board::default(), size, self.look);
        let alone = one_notice::alone(self.programme, notice, self.now);
        let timetable = Timetable::new(vec![content(alone, Alerts::default())], &board);
        let plan = |at: Timestamp| {
            let mut plan = timetable.on_air(at, true);
            if is_led(size) {
                plan.ticker.clear();
            }
            plan
        };
        let Some((start, _)) = one_notice::turn(plan, self.now) else { return T::default() };
        let zone = TimeZone::get(&self.programme.timezone).unwrap_or(TimeZone::UTC);
        let media = |media: &Media| match (media.width, media.height) {
            (Some(width), Some(height)) => Availability::Ready(width, height),
            _ => Availability::Broken,
        };
        let view = View {
            plan: &plan(start),
            board: &board,
            now: start.to_zoned(zone),
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
    use super::super::render::Preview;
    use super::*;
    use crate::model::media::{FilmTraits, Probe};
    use crate::problem::Speech;
    use crate::publish::folder::Checked;

    fn said(notice: serde_json::Value) -> Vec<String> {
        let programme =
            serde_json::json!({"title": "Xã", "timezone": "Asia/Ho_Chi_Minh", "notice": [notice]});
        let programme: Programme = serde_json::from_value(programme).unwrap();
        let found = look(Path::new("tin bản"), &programme, &SIZES, "2026-11-28T00:00:00Z".parse().unwrap());
        found.iter().map(|problem| problem.line(Speech::English)).collect()
    }

    /// The pages that are told of every notice at every size, and those that `render --notice` draws.
    fn told_and_drawn(programme: &Programme, now: Timestamp) -> Vec<[String; 2]> {
        use clap::Parser;
        let line = ["bangtin", "render", ".", "--out", "x.png"];
        let super::super::Command::Render(asked) = super::super::Cli::parse_from(line).command else {
            panic!("another command")
        };
        let fonts = super::super::render::fonts();
        let zone = TimeZone::get(&programme.timezone).unwrap();
        let mut eye = Eye::new(programme, fonts.clone(), now);
        let mut both = Vec::new();
        for notice in &programme.notices {
            let programme = one_notice::alone(programme, notice, now);
            let checked = Checked { programme, files: Vec::new(), warnings: Vec::new() };
            for size in SIZES.into_iter().chain([(1280, 720), (320, 160)]) {
                let preview = Preview::new(
                    &checked,
                    Alerts::default(),
                    &asked,
                    Some(size),
                    zone.clone(),
                    fonts.clone(),
                );
                let mut preview = preview.unwrap_or_else(|problems| panic!("{problems:#?}"));
                preview.leave_out_ticker_pages();
                let (from, to) = one_notice::turn(|at| preview.plan(at), now).unwrap();
                let drawn = preview.seen(from, to).0.len() as u32;
                both.push(
                    [eye.pages(notice, size), drawn]
                        .map(|pages| format!("{} at {}: {pages}", notice.id, named(size))),
                );
            }
        }
        both
    }

    #[test]
    fn the_pages_that_are_told_are_those_that_are_drawn() {
        let now: Timestamp = "2026-11-28T02:00:00Z".parse().unwrap();
        let probe = |path: &std::path::Path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            Ok(match ending {
                Some("mp3") => Probe::Sound { duration_ms: 9_000, silent: false },
                Some("mp4") => Probe::Film {
                    width: 1280,
                    height: 720,
                    duration_ms: 9_000,
                    has_sound: true,
                    traits: FilmTraits::default(),
                },
                _ => Probe::Picture { width: 1600, height: 900 },
            })
        };
        let long = "Mỗi nhà cử một người đi họp đúng giờ. ".repeat(25);
        let short = "Mang theo sổ hộ khẩu.";
        let translated = "[notice.in.hmn]\ntitle = 'Sib tham'\ntext = 'Txhua tsev'\n";
        let text = format!(
            "title = 'Xã'\n[[ticker]]\ntext = 'Gọi 113'\n\
             [[notice]]\ntitle = 'Họp dân'\ntext = '{long}'\nissuer = 'UBND xã'\n{translated}\
             [[notice]]\ntitle = 'Nộp thuế'\ntext = '{short}'\nuntil = 2026-11-28T09:00:40\n\
             [[notice]]\ntitle = 'Bầu cử'\ntext = '{long}'\ncountdown = 2026-12-05T07:00\n\
             [[notice]]\ntitle = 'Hội chợ'\nimage = 'a.jpg'\ntext = '{long}'\nlink = 'https://a.vn'\n"
        );
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("programme.toml"), text).unwrap();
        std::fs::write(folder.path().join("a.jpg"), "x").unwrap();
        let read =
            |path: &std::path::Path| crate::publish::folder::read(path, &probe, now).unwrap().programme;
        let demo = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo");
        for programme in [read(folder.path()), read(&demo)] {
            for [told, drawn] in told_and_drawn(&programme, now) {
                assert_eq!(told, drawn);
            }
        }
    }

    #[test]
    fn a_notice_of_many_pages_is_told_with_them_for_each_size() {
        let said = said(
            serde_json::json!({"id": "dai", "title": "Nội quy", "text": "Mỗi nhà giữ vệ sinh. ".repeat(60)}),
        );
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("dai: it stays for") && said[0].contains("192x32: "), "{said:?}");
        assert!(said[0].starts_with("dai: it stays for 2 min 35 s"), "{said:?}");
        let command = "look with: bangtin render 'tin bản' --notice dai --all-sizes --out dai.png";
        assert!(said[0].ends_with(command), "{said:?}");
    }

    #[test]
    fn pages_of_led_walls_alone_make_no_notice_long() {
        let text = "Mỗi nhà giữ vệ sinh chung. ".repeat(9);
        let programme =
            serde_json::json!({"title": "Xã", "notice": [{"id": "a", "title": "A", "text": text}]});
        let programme: Programme = serde_json::from_value(programme).unwrap();
        let now = "2026-11-28T00:00:00Z".parse().unwrap();
        let mut eye = Eye::new(&programme, super::super::render::fonts(), now);
        assert!(eye.pages(&programme.notices[0], (192, 32)) > PAGES_MAX);
        assert_eq!(look(Path::new("a"), &programme, &SIZES, now), []);
    }

    #[test]
    fn a_picture_that_is_enlarged_many_times_is_told_with_the_least_that_looks_sharp() {
        let noted = |width: u32, height: u32| {
            let image = serde_json::json!({"path": "a.jpg", "length": 9, "sha256": "00".repeat(32), "width": width, "height": height});
            said(
                serde_json::json!({"id": "a", "title": "A", "text": "B", "picture": "whole", "image": image}),
            )
        };
        assert_eq!(
            noted(60, 40),
            [
                "a: `a.jpg` is only 60 × 40 pixels, and looks coarse when enlarged; give the original, at least 640 pixels on its longer side and 80 on the other"
            ]
        );
        assert_eq!(noted(640, 200), [""; 0]);
    }

    #[test]
    fn a_picture_that_is_a_mere_stripe_is_told_as_too_small_and_of_none_such_also_that_it_is_cut() {
        for (width, height) in [(5000, 10), (10, 5000), (1, 1)] {
            let image = serde_json::json!({"path": "a.png", "length": 9, "sha256": "00".repeat(32), "width": width, "height": height});
            let noted = said(serde_json::json!({"id": "a", "title": "A", "text": "B", "image": image}));
            assert!(noted.len() == 1 && noted[0].contains("looks coarse when enlarged"), "{noted:?}");
        }
    }

    #[test]
    fn whatever_keeps_a_notice_on_for_more_than_two_minutes_is_told_by_name() {
        let media = |ms: u64| serde_json::json!({"path": "a", "length": 9, "sha256": "00".repeat(32), "duration_ms": ms});
        for (key, value, cause) in [
            ("seconds", serde_json::json!(200), "3 min 20 s, because of its `seconds = 200`; "),
            ("video", media(200_000), "3 min 20 s, because of its film `a`; "),
            ("audio", media(200_000), "3 min 20 s, because of its sound; "),
        ] {
            let noted = said(serde_json::json!({"id": "a", "title": "A", key: value}));
            assert!(noted.len() == 1 && noted[0].contains(cause), "{noted:?}");
        }
        assert_eq!(said(serde_json::json!({"id": "a", "title": "A", "seconds": 120})), [""; 0]);
        assert_eq!(said(serde_json::json!({"id": "a", "title": "A", "video": media(120_000)})), [""; 0]);
        let cut = said(serde_json::json!({"id": "a", "title": "A", "seconds": 60, "video": media(200_000)}));
        assert_eq!(cut, [""; 0]);
    }

    #[test]
    fn a_small_animation_looks_as_coarse_as_a_picture() {
        let film = serde_json::json!({"path": "a.gif", "length": 9, "sha256": "00".repeat(32), "width": 64, "height": 64, "duration_ms": 2_000});
        let noted = said(serde_json::json!({"id": "a", "title": "A", "video": film}));
        assert!(noted.len() == 1 && noted[0].contains("`a.gif` is only 64 × 64 pixels"), "{noted:?}");
    }

    #[test]
    fn a_text_that_asks_to_scan_what_led_walls_do_not_show_is_told() {
        let noted = |text: &str, link: &str| {
            said(serde_json::json!({"id": "a", "title": "Nộp hồ sơ", "text": text, "link": link}))
        };
        for text in ["Quét mã bên cạnh.", "Xem mã QR.", "Scan the code."] {
            let noted = noted(text, "https://a.vn");
            assert!(
                noted.len() == 1 && noted[0].contains("an LED wall (192x32) shows no QR code"),
                "{noted:?}"
            );
        }
        assert_eq!(noted("Quét mã bên cạnh.", ""), [""; 0]);
        assert_eq!(noted("Mang mã số thuế.", "https://a.vn"), [""; 0]);
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
