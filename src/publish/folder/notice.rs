//! The tables of `programme.toml`, read into the programme that will be signed.
//!
//! Every key of the format is read here and nowhere else, so a key that is not asked for here is unknown.
//! Reading never stops: what is wrong is noted in the document and left out, and the caller signs nothing
//! once anything is noted.

use super::OldCodes;
use super::media::{Role, Shelf};
use super::text::{self, Language, Lines, Typed};
use super::when;
use crate::limits;
use crate::model::board::Reading;
use crate::model::programme::{
    Announcement, Category, Notice, PictureFit, Priority, Programme, TextEncoding, Ticker, Translation,
    Window,
};
use crate::problem::Text;
use crate::programme::ZONE_UNSTATED;
use crate::programme::announce::Sounding;
use crate::programme::night;
use crate::programme::reading::{language_ms, languages, sets_no_spaces};
use crate::programme::window::ever_on;
use crate::say;
use crate::text::characters::typed_lines;
use crate::text::markup::{Doubt, blocks, doubts, rows_written};
use crate::toml_doc::{Said, Section, nearest};
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
            "1",
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
    ("normal", &["2", "thuong", "binhthuong", "trungbinh", "vua", "medium", "middle", "default"]),
    ("low", &["3", "thap", "it", "khongquantrong", "lowest", "minor"]),
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
    let (zone, timezone) = zone(&mut root);
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
    root.finish();

    let mut reader = Reader { zone, shelf, now, old_codes };
    let mut ids = Ids::default();
    // All written ids first: one that is made from a title never takes the place of one that was written.
    let written: Vec<Option<String>> = notices.iter_mut().map(|section| ids.reserve(section)).collect();
    let notices = notices.into_iter().zip(written).map(|(section, id)| reader.notice(section, id)).collect();
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
            warn_of_haste(&said, &notice);
        }
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
        let begins = from_said.and_then(|said| when::moment(&said, false, &self.zone));
        let ends = until_said.and_then(|said| when::moment(&said, true, &self.zone));
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
        let moment = when::moment(&said, false, &self.zone)?;
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
    let text = text::clean(&said, limits::TEXT_CHARS_MAX, Lines::Many, typed).unwrap_or_default();
    let written = said.text().unwrap_or_default();
    let place = |line: usize| said.place(typed_lines(written).nth(line).unwrap_or_default().trim());
    if let Some((line, why, remedy)) = too_large(&rows_written(written)) {
        said.document().refuse(place(line), why, remedy);
    }
    for (line, doubt) in doubts(written) {
        let (why, remedy) = doubted(doubt);
        said.document().warn(place(line), why, remedy);
    }
    if !written.is_empty() && blocks(written).is_empty() {
        said.warn(
            say!(en: "`text` has nothing in it that can be seen", vi: "`text` không có chữ nào nhìn thấy được"),
            say!(en: "write something, or delete the line", vi: "hãy viết nội dung, hoặc xóa dòng này"),
        );
    }
    warn_of_long_words(&said, written);
    text
}

/// What is wrong with tables of such rows, and with which.
fn too_large(rows: &[(usize, usize)]) -> Option<(usize, Text, Text)> {
    let wide = rows.iter().find(|(_, columns)| *columns > limits::TABLE_COLUMNS_MAX);
    if let Some(&(line, columns)) = wide {
        let why = say!(
            en: "a row of the table has {columns} columns, more than a board can show",
            vi: "một dòng của bảng có {columns} cột, nhiều hơn mức bảng tin hiện được",
            columns = columns
        );
        let remedy = say!(
            en: "keep at most {most}, or make two tables",
            vi: "hãy giữ nhiều nhất {most} cột, hoặc tách làm hai bảng",
            most = limits::TABLE_COLUMNS_MAX
        );
        return Some((line, why, remedy));
    }
    let (line, _) = *rows.get(limits::TABLE_ROWS_MAX)?;
    let why = say!(
        en: "the tables of this text have more than {most} rows, and a board would not show them all",
        vi: "các bảng trong phần chữ này có hơn {most} dòng, bảng tin không hiện hết được",
        most = limits::TABLE_ROWS_MAX
    );
    Some((line, why, say!(en: "share them among several notices", vi: "hãy chia ra nhiều tin")))
}

/// Tells of a text that cannot be read in the time that its author gives it.
fn warn_of_haste(said: &Said<'_>, notice: &Notice) {
    let Some(given) = notice.seconds else { return };
    let reading = |lang: &String| language_ms(notice, lang, Reading::default());
    let needs = languages(notice).iter().map(reading).sum::<u64>().div_ceil(1000);
    // Half may be meant, for who reads fast and comes by again; a third is a mistake.
    if u64::from(given) * 3 < needs {
        let why = say!(
            en: "{given} seconds are too few: reading it takes about {needs}",
            vi: "{given} giây là quá ít: đọc hết cần khoảng {needs} giây",
            given = given,
            needs = needs
        );
        said.warn(
            why,
            say!(en: "delete `seconds`, or shorten the text", vi: "hãy xóa `seconds` hoặc rút ngắn phần chữ"),
        );
    }
}

/// Tells of what has no place to break, and is cut between letters where a line ends.
fn warn_of_long_words(said: &Said<'_>, written: &str) {
    // The longest address that a person would read off a board, and longer than any word.
    const WORD_CHARS_MAX: usize = 60;
    let long = |word: &&str| {
        let letters = word.chars().filter(|c| c.is_alphanumeric() && !sets_no_spaces(*c));
        letters.take(WORD_CHARS_MAX + 1).count() > WORD_CHARS_MAX
    };
    if let Some(word) = written.split_whitespace().find(long) {
        let begins: String = word.chars().take(12).collect();
        let why = say!(
            en: "`{begins}…` has no space for more than {most} letters, and will be cut where a line ends",
            vi: "`{begins}…` dài hơn {most} chữ cái không có dấu cách, sẽ bị ngắt ở cuối dòng",
            begins = begins,
            most = WORD_CHARS_MAX
        );
        said.document().warn(
            said.place(word),
            why,
            say!(en: "put spaces between the words", vi: "hãy thêm dấu cách giữa các chữ"),
        );
    }
}

/// What an author should know of a part of the text.
fn doubted(doubt: Doubt) -> (Text, Text) {
    match doubt {
        Doubt::Tabs { heads: true } => (
            say!(en: "rows with tabs are shown as a table, the first row as its heads",
                 vi: "các dòng có dấu tab được hiện thành bảng, dòng đầu là tên cột"),
            say!(en: "if it is no table, put spaces for the tabs",
                 vi: "nếu không phải bảng, hãy thay dấu tab bằng dấu cách"),
        ),
        Doubt::Heads => (
            say!(en: "its first row is taken for the heads of the table", vi: "dòng đầu được hiểu là tên cột của bảng"),
            say!(en: "if it is a row like the others, write | | | above it",
                 vi: "nếu đó cũng là một dòng như các dòng khác, hãy viết | | | ở dòng trên"),
        ),
        Doubt::Tabs { heads: false } => (
            say!(en: "rows with tabs are shown as a table without heads",
                 vi: "các dòng có dấu tab được hiện thành bảng không có tên cột"),
            say!(en: "if it is no table, put spaces for the tabs; heads are a first row without numbers",
                 vi: "nếu không phải bảng, hãy thay dấu tab bằng dấu cách; tên cột là dòng đầu không có số"),
        ),
        Doubt::Dash => (
            say!(
                en: "the dash before this number is shown as that of a list, not as a minus",
                vi: "dấu - trước số này được hiện thành dấu đầu dòng, không phải dấu trừ"
            ),
            say!(
                en: "for a number below zero write it without a space: -5",
                vi: "nếu là số âm, hãy viết liền: -5"
            ),
        ),
        Doubt::Bars => (
            say!(en: "these lines with | are shown as they stand, and not as a table",
                 vi: "các dòng có dấu | này hiện nguyên như đã gõ, không thành bảng"),
            say!(en: "for a table, begin and end each row with |", vi: "nếu là bảng, hãy đặt | ở đầu và cuối mỗi dòng"),
        ),
        Doubt::OpenBold => (
            say!(en: "the stars ** are shown: their other half is not on this line",
                 vi: "dấu ** hiện nguyên trên bảng tin: thiếu dấu ** còn lại trên dòng này"),
            say!(en: "write **…** on one line for bold, or delete the stars",
                 vi: "hãy viết **…** trên cùng một dòng cho chữ đậm, hoặc xóa dấu **"),
        ),
        Doubt::Html => (
            say!(en: "there is HTML, which is shown as it stands", vi: "có mã HTML, bảng tin hiện nguyên các thẻ này"),
            say!(en: "delete it; write **…** for bold, and a new line for a new line",
                 vi: "hãy xóa đi; viết **…** cho chữ đậm, xuống dòng bằng dòng mới"),
        ),
        Doubt::Picture => (
            say!(en: "a picture inside the text is shown as it is written, not as a picture",
                 vi: "ảnh ghi trong phần chữ chỉ hiện nguyên dòng chữ, không hiện ảnh"),
            say!(en: "put it under `image`", vi: "hãy đặt ảnh vào mục `image`"),
        ),
        Doubt::Link => (
            say!(en: "a link inside the text is shown with its marks, as it is written",
                 vi: "liên kết trong phần chữ hiện nguyên cả dấu ngoặc như đã gõ"),
            say!(en: "put its address under `link`, or write the address alone",
                 vi: "hãy đặt địa chỉ vào mục `link`, hoặc chỉ viết địa chỉ"),
        ),
        Doubt::Code => (
            say!(en: "the marks ` are shown as they stand", vi: "các dấu ` hiện nguyên trên bảng tin"),
            say!(en: "delete them", vi: "hãy xóa các dấu này"),
        ),
    }
}

fn zone(root: &mut Section<'_>) -> (TimeZone, String) {
    let said = root.get("timezone");
    let name = said.and_then(|said| said.text()).unwrap_or(ZONE_UNSTATED);
    if let Ok(zone) = TimeZone::get(name) {
        return (zone, name.to_owned());
    }
    if let Some(said) = said {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let why = say!(en: "there is no time zone `{name}`", vi: "không có múi giờ `{name}`", name = name);
        let near = zone_of_place(name).or_else(|| nearest(name, known.iter().map(String::as_str)));
        let near = near.unwrap_or(ZONE_UNSTATED);
        let remedy = say!(en: "did you mean `{near}`?", vi: "có phải ý là `{near}`?", near = near);
        said.refuse(why, remedy);
    }
    (TimeZone::UTC, name.to_owned())
}

/// The zone of a place that is none itself, as people write it for one. Zones are named after one town each, and
/// what is spelt like it may lie in another country.
fn zone_of_place(name: &str) -> Option<&'static str> {
    const PLACES: [(&str, &[&str]); 7] = [
        (
            "Asia/Ho_Chi_Minh",
            &[
                "hanoi",
                "hochiminhcity",
                "hcm",
                "hcmc",
                "tphcm",
                "saigon",
                "danang",
                "haiphong",
                "hue",
                "cantho",
                "vinh",
                "dienbien",
                "dienbienphu",
                "laichau",
                "laocai",
                "sapa",
                "sonla",
                "hagiang",
                "caobang",
                "binhlu",
                "vietnam",
                "vn",
                "ict",
                "indochina",
                "07",
                "7",
                "utc7",
                "utc07",
                "utc0700",
                "gmt7",
                "gmt07",
            ],
        ),
        ("Asia/Shanghai", &["beijing", "kunming", "nanning", "guangzhou", "shenzhen", "china"]),
        ("Asia/Vientiane", &["luangprabang", "savannakhet", "laos", "lao"]),
        ("Asia/Phnom_Penh", &["siemreap", "cambodia"]),
        ("Asia/Bangkok", &["chiangmai", "thailand"]),
        ("Asia/Tokyo", &["osaka", "japan"]),
        ("Asia/Kolkata", &["delhi", "newdelhi", "mumbai", "india"]),
    ];
    let plain: String = text::folded(name).filter(char::is_ascii_alphanumeric).collect();
    let place = plain.strip_prefix("asia").filter(|rest| !rest.is_empty()).unwrap_or(&plain);
    PLACES.iter().find(|(_, places)| places.contains(&place)).map(|(zone, _)| *zone)
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
