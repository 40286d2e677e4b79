//! The tables of `programme.toml`, read into the programme that will be signed.
//!
//! Every key of the format is read here and nowhere else, so a key that is not asked for here is unknown.
//! Reading never stops: what is wrong is noted in the document and left out, and the caller signs nothing
//! once anything is noted.

use super::OldCodes;
use super::media::{Role, Shelf};
use super::text::{self, Language, Lines, Typed};
use super::{remarks, when, zone};
use crate::limits;
use crate::model::programme::{
    Announcement, Category, Notice, PictureFit, Priority, Programme, TextEncoding, Ticker, Translation,
    Window,
};
use crate::programme::announce::Sounding;
use crate::programme::night;
use crate::programme::window::ever_on;
use crate::say;
use crate::toml_doc::{Said, Section};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const ENCODINGS: [(&str, TextEncoding); 3] =
    [("unicode", TextEncoding::Unicode), ("tcvn3", TextEncoding::Tcvn3), ("vni", TextEncoding::Vni)];
/// Tags are no text that anybody reads.
const AS_IT_STANDS: Typed = Typed { encoding: Some(TextEncoding::Unicode), old_codes: OldCodes::Refuse };
const PICTURE_FITS: [(&str, PictureFit); 2] = [("fill", PictureFit::Fill), ("whole", PictureFit::Whole)];
const PRIORITIES: [(&str, Priority); 3] =
    [("low", Priority::Low), ("normal", Priority::Normal), ("urgent", Priority::Urgent)];

/// What is written for a word that a key takes, in letters without marks and spaces.
type Meant = (&'static str, &'static [&'static str]);
const PRIORITIES_MEANT: [Meant; 3] = [
    (
        "urgent",
        &[
            "cao",
            "khan",
            "khancap",
            "gap",
            "hoatoc",
            "quantrong",
            "ratcao",
            "high",
            "highest",
            "important",
            "critical",
            "emergency",
        ],
    ),
    ("normal", &["thuong", "binhthuong", "trungbinh", "vua", "medium", "middle", "default"]),
    ("low", &["thap", "it", "khongquantrong", "lowest", "minor"]),
];
const CATEGORIES_MEANT: [Meant; 9] = [
    ("chung", &["thongbao", "khac", "tinchung", "thongbaochung", "general", "other", "news", "notice"]),
    ("y-te", &["suckhoe", "tiemchung", "tramyte", "benhvien", "dichbenh", "health", "medical"]),
    ("dien", &["catdien", "matdien", "dienluc", "lichcatdien", "electricity", "power"]),
    ("nuoc", &["catnuoc", "matnuoc", "nuocsach", "capnuoc", "water"]),
    ("hop", &["hopdan", "hopban", "hopthon", "cuochop", "lichhop", "meeting", "meetings"]),
    (
        "nong-nghiep",
        &["nong", "nongdan", "trongtrot", "channuoi", "khuyennong", "muavu", "agriculture", "farming"],
    ),
    ("an-ninh", &["congan", "trattu", "anninhtrattu", "quocphong", "giaothong", "security", "police"]),
    ("thoi-tiet", &["thientai", "mua", "bao", "muabao", "lulut", "khituong", "weather"]),
    ("van-hoa", &["vannghe", "thethao", "lehoi", "dulich", "vanhoathethao", "culture", "festival", "sport"]),
];

fn word_meant(all: &'static [Meant]) -> impl Fn(&str) -> Option<&'static str> {
    move |plain| all.iter().find(|(_, words)| words.contains(&plain)).map(|(word, _)| *word)
}

/// Reads the whole document. What it returns is whole only if the document has no problems afterwards.
pub fn programme(
    mut root: Section<'_>,
    shelf: &mut Shelf<'_>,
    now: Timestamp,
    old_codes: OldCodes,
) -> Programme {
    let typed = Typed { encoding: None, old_codes };
    let title = required_text(&mut root, "title", limits::TITLE_CHARS_MAX, typed);
    let (zone, timezone) = zone::read(&mut root);
    let emblem = root.get("emblem").and_then(|said| shelf.media(&said, Role::Picture));
    let mut notices = root.sections("notice");
    let mut tickers = root.sections("ticker");
    let mut announcements = root.sections("announcement");
    few(&mut notices, "notice", limits::NOTICES_MAX);
    few(&mut tickers, "ticker", limits::TICKERS_MAX);
    few(&mut announcements, "announcement", limits::ANNOUNCEMENTS_MAX);
    if notices.is_empty() && tickers.is_empty() && announcements.is_empty() {
        let why = say!(
            en: "there is nothing to show: no notice, no ticker, no announcement",
            vi: "không có gì để phát: không có tin, dòng chữ chạy hay thông báo loa"
        );
        let remedy = say!(en: "add a [[notice]] with a title", vi: "hãy thêm một mục [[notice]] có title");
        root.document().warn(root.at(), why, remedy);
    }
    let document = root.document();
    root.finish();

    let mut reader = Reader { zone, shelf, now, old_codes };
    let mut ids = Ids::default();
    // All written ids first: one that is made from a title never takes the place of one that was written.
    let written: Vec<Option<String>> = notices.iter_mut().map(|section| ids.reserve(section)).collect();
    let places: Vec<usize> = notices.iter().map(Section::at).collect();
    let notices: Vec<Notice> =
        notices.into_iter().zip(written).map(|(section, id)| reader.notice(section, id)).collect();
    remarks::of_twins(document, &notices, &places);
    let tickers = tickers.into_iter().map(|section| reader.ticker(section)).collect();
    let announcements =
        announcements.into_iter().filter_map(|section| reader.announcement(section)).collect();
    let notices = ids.settle(notices).into_iter().map(Arc::new).collect();
    Programme { title, timezone, emblem, notices, tickers, announcements }
}

/// What all items of one folder are read with.
struct Reader<'r, 's> {
    zone: TimeZone,
    shelf: &'r mut Shelf<'s>,
    now: Timestamp,
    old_codes: OldCodes,
}

impl Reader<'_, '_> {
    fn notice(&mut self, mut section: Section<'_>, id: Option<String>) -> Notice {
        let typed = self.typed(&mut section);
        let title = required_text(&mut section, "title", limits::TITLE_CHARS_MAX, typed);
        let category = section
            .get("category")
            .and_then(|said| said.choice_of(&Category::words(), word_meant(&CATEGORIES_MEANT)));
        let category = category.unwrap_or_default();
        let text = body(&mut section, typed);
        let lang = section.get("lang").and_then(|said| said_language(&said)).unwrap_or_else(|| "vi".into());
        let image = section.get("image").and_then(|said| self.shelf.media(&said, Role::Picture));
        let fit = section.get("picture").and_then(|said| said.choice(&PICTURE_FITS)).unwrap_or_default();
        let film = section.get("video");
        if let (Some(film), true) = (film, image.is_some()) {
            let why = say!(
                en: "a notice shows either a picture or a film",
                vi: "mỗi tin chỉ có ảnh hoặc phim"
            );
            let remedy =
                say!(en: "delete `image` or `video`", vi: "hãy xóa một trong hai mục `image` và `video`");
            film.refuse(why, remedy);
        }
        let video = film.and_then(|said| self.shelf.media(&said, Role::Film));
        let film_said = film.or(section.get("image"));
        // GIF, PNG and WebP are named as either, and are what they are.
        let (video, image) = match (image, video) {
            (Some(image), None) if image.duration_ms.is_some() => (Some(image), None),
            (None, Some(video)) if video.duration_ms.is_none() => (None, Some(video)),
            (image, video) => (video, image),
        };
        let audio = section.get("audio").and_then(|said| self.shelf.media(&said, Role::Sound));
        let issuer = optional_text(&mut section, "issuer", typed);
        let approver = optional_text(&mut section, "approver", typed);
        let link = section.get("link").and_then(|said| text::link(&said)).unwrap_or_default();
        let window = self.window(&mut section);
        let countdown = self.countdown(&mut section, &window, video.is_some());
        let seconds_range = i64::from(limits::SECONDS_MIN)..=i64::from(limits::SECONDS_MAX);
        let seconds_said = section.get("seconds");
        let seconds = seconds_said.and_then(|said| said.whole(seconds_range));
        let priority = section
            .get("priority")
            .and_then(|said| said.choice_of(&PRIORITIES, word_meant(&PRIORITIES_MEANT)));
        let priority = priority.unwrap_or_default();
        let evergreen = section.get("evergreen").and_then(|said| said.flag()).unwrap_or(false);
        let boards = boards(&mut section);
        let translations =
            section.section("in").map_or(BTreeMap::new(), |all| self.translations(&all, &lang, typed));
        let (document, at) = (section.document(), section.at());
        section.finish();
        let notice = Notice {
            id: id.unwrap_or_default(),
            title,
            category,
            encoding: None,
            text,
            lang,
            image,
            picture: fit,
            video,
            audio,
            issuer,
            approver,
            link,
            countdown,
            window,
            seconds: seconds.and_then(|seconds| u32::try_from(seconds).ok()),
            priority,
            evergreen,
            boards,
            translations,
        };
        if let Some(said) = seconds_said.filter(|_| notice.video.is_none()) {
            remarks::of_haste(&said, &notice);
        }
        if let Some(said) = film_said {
            remarks::of_film(&said, &notice);
            remarks::of_standing(&said, &notice);
        }
        remarks::of_two_scripts(document, at, &notice);
        notice
    }

    /// What the author says of the code that the texts of an item were typed in.
    fn typed(&self, section: &mut Section<'_>) -> Typed {
        let encoding = section.get("encoding").and_then(|said| said.choice(&ENCODINGS));
        Typed { encoding, old_codes: self.old_codes }
    }

    fn translations(&mut self, all: &Section<'_>, own: &str, typed: Typed) -> BTreeMap<String, Translation> {
        let mut translations = BTreeMap::new();
        for said in all.entries() {
            let Some(mut section) = said.section() else { continue };
            let tag = usable_language(text::language(said.key()), &section);
            let title = optional_text(&mut section, "title", typed);
            let text = body(&mut section, typed);
            let audio = section.get("audio").and_then(|said| self.shelf.media(&said, Role::Sound));
            let Some(tag) = tag else { continue };
            if tag == own {
                let why = say!(
                    en: "`{tag}` is the notice's own language",
                    vi: "`{tag}` đã là ngôn ngữ của tin này",
                    tag = tag
                );
                let remedy = say!(
                    en: "give it another tag, or set `lang` of the notice",
                    vi: "hãy dùng mã khác, hoặc sửa `lang` của tin"
                );
                section.refuse(why, remedy);
            }
            if title.is_empty() && text.is_empty() && audio.is_none() {
                section.refuse(
                    say!(en: "this translation says nothing", vi: "bản dịch này không có nội dung"),
                    say!(en: "give it a title and a text", vi: "hãy viết title và text"),
                );
            }
            if translations.contains_key(&tag) {
                let why = say!(en: "`{tag}` is there twice", vi: "`{tag}` bị viết hai lần", tag = tag);
                section.refuse(why, say!(en: "delete one", vi: "hãy xóa một bản"));
            }
            section.finish();
            translations.insert(tag, Translation { title, text, audio });
        }
        translations
    }

    fn ticker(&mut self, mut section: Section<'_>) -> Ticker {
        let typed = self.typed(&mut section);
        let text = required_text(&mut section, "text", limits::TICKER_CHARS_MAX, typed);
        let window = self.window(&mut section);
        let boards = boards(&mut section);
        section.finish();
        Ticker { text, encoding: None, window, boards }
    }

    fn announcement(&mut self, mut section: Section<'_>) -> Option<Announcement> {
        let audio = match section.get("audio") {
            Some(said) => self.shelf.media(&said, Role::Sound),
            None => {
                section.missing(
                    "audio",
                    say!(en: "`audio` is missing", vi: "thiếu mục `audio`"),
                    say!(en: "name a sound: audio = \"…mp3\"", vi: "hãy ghi tệp âm thanh: audio = \"…mp3\""),
                );
                None
            }
        };
        let at = when::at(&mut section);
        if at.is_none() {
            section.missing(
                "at",
                say!(en: "it has no time at which to sound", vi: "chưa có giờ phát"),
                say!(en: "write at = [\"05:30\", \"17:00\"]", vi: "hãy viết at = [\"05:30\", \"17:00\"]"),
            );
        }
        let window = self.window(&mut section);
        let boards = boards(&mut section);
        let at = at.unwrap_or_default();
        let announcement = audio.map(|audio| Announcement { audio, at, window, boards });
        let silent = |a: &Announcement| !a.at.is_empty() && !Sounding::has_start(a);
        if announcement.as_ref().is_some_and(silent) {
            section.refuse(
                say!(en: "none of its `at` lies within its `times`", vi: "không có giờ `at` nào nằm trong `times`"),
                say!(en: "delete `times`, or change `at`", vi: "hãy xóa `times` hoặc sửa `at`"),
            );
        }
        section.finish();
        announcement
    }

    /// The keys that say when an item may be on.
    fn window(&self, section: &mut Section<'_>) -> Window {
        let (days, times) = (when::days(section), when::times(section));
        let whole_day = |said: Option<Said<'_>>| {
            said.and_then(|said| said.text_or_date()).is_some_and(|(_, bare_date)| bare_date)
        };
        let (from_said, until_said) = (section.get("from"), section.get("until"));
        let begins = from_said.and_then(|said| when::moment(&said, false, &self.zone, self.now));
        let ends = until_said.and_then(|said| when::moment(&said, true, &self.zone, self.now));
        let from = match whole_day(from_said.filter(|_| begins.is_some())) {
            true => begins.map(|midnight| night::start(midnight, &days, &times, &self.zone)),
            false => begins,
        };
        let until = match whole_day(until_said.filter(|_| ends.is_some())) {
            true => ends.map(|midnight| night::end(midnight, &days, &times, &self.zone)),
            false => ends,
        };
        let window = Window { from, until, days, times };
        let Some(end) = until_said.filter(|_| until.is_some()) else { return window };
        if begins.is_some() && until <= begins {
            end.refuse(
                say!(en: "`until` is not after `from`", vi: "`until` không sau `from`"),
                say!(en: "change one of the two", vi: "hãy sửa một trong hai"),
            );
        } else if !ever_on(&window, &self.zone) {
            end.refuse(
                say!(
                    en: "it would never show: none of its days and times lies between `from` and `until`",
                    vi: "mục này sẽ không bao giờ hiện: không có ngày giờ nào nằm giữa `from` và `until`"
                ),
                say!(en: "change `days`, `times` or the dates", vi: "hãy sửa `days`, `times` hoặc ngày"),
            );
        } else if until.is_some_and(|until| until <= self.now) {
            end.warn(
                say!(en: "it is over and will not show", vi: "đã hết hạn, sẽ không hiện nữa"),
                say!(en: "delete it, or change `until`", vi: "hãy xóa mục này hoặc sửa `until`"),
            );
        }
        window
    }

    /// The moment that a notice counts down to: one that is still to come while the notice shows.
    fn countdown(&self, section: &mut Section<'_>, window: &Window, film: bool) -> Option<Timestamp> {
        let said = section.get("countdown")?;
        let moment = when::moment(&said, false, &self.zone, self.now)?;
        if window.from.is_some_and(|from| moment <= from) {
            said.refuse(
                say!(en: "`countdown` is not after `from`: it would never show", vi: "`countdown` không sau `from` nên không bao giờ hiện"),
                say!(en: "change one of the two", vi: "hãy sửa một trong hai"),
            );
        } else if moment <= self.now {
            said.warn(
                say!(en: "the moment it counts down to is past; it will not show", vi: "thời điểm đếm ngược đã qua, sẽ không hiện nữa"),
                say!(en: "delete it, or change `countdown`", vi: "hãy xóa hoặc sửa `countdown`"),
            );
        } else if film {
            said.warn(
                say!(en: "a film leaves no room for a countdown", vi: "phim chiếm hết chỗ, không hiện được đếm ngược"),
                say!(en: "put it in a notice of its own", vi: "hãy ghi vào một tin riêng"),
            );
        }
        Some(moment)
    }
}

/// The ids of the notices, written and made.
#[derive(Default)]
struct Ids {
    /// The line each written id is on; 0 for those that were made.
    lines: HashMap<String, usize>,
}

impl Ids {
    fn reserve(&mut self, section: &mut Section<'_>) -> Option<String> {
        let said = section.get("id");
        let id = said.and_then(|said| text::identifier(&said));
        if let (Some(said), Some(id)) = (said, &id) {
            let line = said.document().line(said.at());
            if let Some(first) = self.lines.insert(id.clone(), line) {
                let why = say!(
                    en: "the id `{id}` is also on line {first}",
                    vi: "id `{id}` đã có ở dòng {first}",
                    id = id,
                    first = first
                );
                let remedy = say!(
                    en: "give each notice its own, or leave it out: one is made from the title",
                    vi: "hãy đặt id riêng cho mỗi tin, hoặc bỏ trống để lấy theo tiêu đề"
                );
                said.refuse(why, remedy);
            }
        }
        id
    }

    /// Gives an id to each notice that has none: its title's, with a number from 2 where that is taken.
    fn settle(mut self, mut notices: Vec<Notice>) -> Vec<Notice> {
        let mut used: HashMap<String, usize> = HashMap::new();
        for notice in notices.iter_mut().filter(|notice| notice.id.is_empty()) {
            let base = text::slug(&notice.title);
            let count = used.entry(base.clone()).or_insert(0);
            let mut id = base.clone();
            loop {
                *count += 1;
                if *count > 1 {
                    id = format!("{base}-{count}");
                }
                if !self.lines.contains_key(&id) {
                    break;
                }
            }
            self.lines.insert(id.clone(), 0);
            notice.id = id;
        }
        notices
    }
}

/// Notes, and drops, what is more than a board takes.
fn few(sections: &mut Vec<Section<'_>>, key: &str, most: usize) {
    let Some(extra) = sections.get(most) else { return };
    let why = say!(
        en: "there are {number} of `{key}`, more than a board takes",
        vi: "có {number} mục `{key}`, nhiều hơn mức bảng tin nhận",
        number = sections.len(),
        key = key
    );
    extra.refuse(why, say!(en: "keep at most {most}", vi: "hãy giữ nhiều nhất {most}", most = most));
    sections.truncate(most);
}

/// A text of one line that must be there; empty after noting that it is not.
fn required_text(section: &mut Section<'_>, key: &'static str, chars_max: usize, typed: Typed) -> String {
    let Some(said) = section.get(key) else {
        section.missing(
            key,
            say!(en: "`{key}` is missing", vi: "thiếu mục `{key}`", key = key),
            say!(en: "add {key} = \"…\"", vi: "hãy thêm {key} = \"…\"", key = key),
        );
        return String::new();
    };
    let text = text::clean(&said, chars_max, Lines::One, typed);
    if text.as_deref() == Some("") {
        said.refuse(
            say!(en: "`{key}` is empty", vi: "mục `{key}` trống", key = key),
            say!(en: "write something", vi: "hãy viết nội dung"),
        );
    }
    text.unwrap_or_default()
}

/// A text of one line that may be left out.
fn optional_text(section: &mut Section<'_>, key: &'static str, typed: Typed) -> String {
    let said = section.get(key);
    said.and_then(|said| text::clean(&said, limits::TITLE_CHARS_MAX, Lines::One, typed)).unwrap_or_default()
}

/// The text of a notice, whose tables a board can draw without leaving any of them out.
fn body(section: &mut Section<'_>, typed: Typed) -> String {
    let Some(said) = section.get("text") else { return String::new() };
    let Some(written) = said.text() else { return String::new() };
    let text = text::clean(&said, limits::TEXT_CHARS_MAX, Lines::Many, typed).unwrap_or_default();
    remarks::of_text(&said, written);
    text
}

fn boards(section: &mut Section<'_>) -> Vec<String> {
    let Some(said) = section.get("boards") else { return vec!["*".into()] };
    let listed = said.list();
    let tags =
        listed.iter().filter_map(|tag| text::clean(tag, limits::TITLE_CHARS_MAX, Lines::One, AS_IT_STANDS));
    let tags: Vec<String> = tags.filter(|tag| !tag.is_empty()).collect();
    if tags.is_empty() {
        said.refuse(
            say!(en: "it names no board, so it would never show", vi: "không ghi bảng tin nào nên sẽ không hiện"),
            say!(en: "write boards = [\"*\"], or delete the line", vi: "hãy viết boards = [\"*\"] hoặc xóa dòng này"),
        );
    }
    tags
}

fn said_language(said: &Said<'_>) -> Option<String> {
    match text::language(said.text()?) {
        Language::Known(tag) => Some(tag),
        Language::Unfamiliar(tag, why, remedy) => {
            said.warn(why, remedy);
            Some(tag)
        }
        Language::Malformed(why, remedy) => {
            said.refuse(why, remedy);
            None
        }
    }
}

fn usable_language(language: Language, section: &Section<'_>) -> Option<String> {
    match language {
        Language::Known(tag) => Some(tag),
        Language::Unfamiliar(tag, why, remedy) => {
            section.document().warn(section.at(), why, remedy);
            Some(tag)
        }
        Language::Malformed(why, remedy) => {
            section.refuse(why, remedy);
            None
        }
    }
}
