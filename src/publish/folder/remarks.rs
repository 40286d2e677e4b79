//! What an author should know of the text of a notice: what a board would not show of it, what it shows in another way
//! than it was meant, and what nobody reads in time.

use crate::limits;
use crate::model::board::Reading;
use crate::model::programme::Notice;
use crate::problem::Text;
use crate::programme::reading::{language_ms, languages, sets_no_spaces};
use crate::say;
use crate::text::characters::typed_lines;
use crate::text::markup::{Block, Doubt, blocks, doubts, rows_written};
use crate::toml_doc::{Document, Said, short};
use std::collections::HashMap;
use unicode_script::{Script, UnicodeScript};

/// Tells of a `text` as it was typed.
pub fn of_text(said: &Said<'_>, written: &str) {
    let place = |line: usize| said.place(typed_lines(written).nth(line).unwrap_or_default().trim());
    if let Some((line, why, remedy)) = too_large(written) {
        said.document().refuse(place(line), why, remedy);
    }
    if let Some(swallowed) = typed_lines(written).map(str::trim).find(|line| is_heading(line)) {
        let before = typed_lines(written).map(str::trim).take_while(|line| *line != swallowed);
        let last = before.filter(|line| !line.is_empty()).last().unwrap_or_default();
        said.refuse(
            say!(
                en: "the text that begins here goes on over `{swallowed}`: it is not closed before that",
                vi: "phần chữ mở ra ở đây nuốt cả dòng `{swallowed}` vì chưa được đóng lại trước đó"
            ),
            say!(en: "write \"\"\" after `{last}`", vi: "hãy viết \"\"\" sau `{last}`"),
        );
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
    of_long_words(said, written);
}

/// `[[notice]]`: no sentence of anybody's.
fn is_heading(line: &str) -> bool {
    let name = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")).map(str::trim);
    name.is_some_and(|name| ["notice", "ticker", "announcement"].contains(&name))
}

/// What is wrong with the tables of a text, and on which line.
fn too_large(written: &str) -> Option<(usize, Text, Text)> {
    let rows = rows_written(written);
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
    // Heads, and the dashes under them, are no rows.
    let counted = |block: &Block| if let Block::Table(table) = block { table.rows.len() } else { 0 };
    let counted: usize = blocks(written).iter().map(counted).sum();
    if counted <= limits::TABLE_ROWS_MAX {
        return None;
    }
    let (line, _) = *rows.get(limits::TABLE_ROWS_MAX + rows.len().saturating_sub(counted))?;
    let why = say!(
        en: "the tables of this text have more than {most} rows, and a board would not show them all",
        vi: "các bảng trong phần chữ này có hơn {most} dòng, bảng tin không hiện hết được",
        most = limits::TABLE_ROWS_MAX
    );
    Some((line, why, say!(en: "share them among several notices", vi: "hãy chia ra nhiều tin")))
}

/// Tells of a text that cannot be read in the time that its author gives it.
pub fn of_haste(said: &Said<'_>, notice: &Notice) {
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

/// A board whose film stands still for longer than this looks as if it hung, in seconds.
const STANDING_MAX: u64 = 5;

/// Tells of a film that is over long before its notice.
pub fn of_standing(said: &Said<'_>, notice: &Notice) {
    let film = notice.video.as_ref().and_then(|film| Some((film, film.duration_ms?)));
    let (Some((film, length_ms)), Some(seconds)) = (film, notice.seconds) else { return };
    let (length, seconds) = (length_ms.div_ceil(1000), u64::from(seconds));
    let stands = seconds.saturating_sub(length);
    if stands <= STANDING_MAX {
        return;
    }
    let why = say!(
        en: "`{path}` is over after {length} of the {seconds} seconds, and its last picture stands for {stands}",
        vi: "phim `{path}` hết sau {length} trong {seconds} giây, hình cuối sẽ đứng yên {stands} giây",
        path = film.path,
        length = length,
        seconds = seconds,
        stands = stands
    );
    let remedy = say!(
        en: "delete `seconds`: a short film is then repeated as long as a picture stays",
        vi: "hãy xóa `seconds`: phim ngắn khi đó được chiếu lại trong thời gian của một ảnh"
    );
    said.warn(why, remedy);
}

/// Tells of what a notice says besides its film, which takes the whole screen and leaves room for the title alone.
pub fn of_film(said: &Said<'_>, notice: &Notice) {
    let Some(film) = &notice.video else { return };
    let beside = [
        ("text", !notice.text.trim().is_empty()),
        ("link", !notice.link.is_empty()),
        ("audio", notice.audio.is_some()),
        ("in", !notice.translations.is_empty()),
    ];
    let beside = beside.into_iter().filter(|(_, is_there)| *is_there).map(|(key, _)| format!("`{key}`"));
    let beside = beside.collect::<Vec<_>>().join(", ");
    if beside.is_empty() {
        return;
    }
    let why = say!(
        en: "on a screen `{path}` moves and takes all the room: of the notice only the title is shown with it, not its {beside}",
        vi: "`{path}` là hình động, chiếm hết màn hình: chỉ tiêu đề của tin hiện cùng, không có {beside}",
        path = film.path,
        beside = beside
    );
    let remedy = say!(
        en: "put these into a notice of their own, or give a picture that stands still under `image`",
        vi: "hãy ghi các mục này vào một tin riêng, hoặc dùng ảnh tĩnh ở mục `image`"
    );
    said.warn(why, remedy);
}

/// Tells of Thái letters among Vietnamese ones in the text of a notice that begins at `at`. They stack vowels and tones,
/// for which the lines of an LED wall have no room; translations are left to screens, and a text is drawn as it is.
pub fn of_two_scripts(document: &Document<'_>, at: usize, notice: &Notice) {
    let texts = [&notice.title, &notice.text];
    let is_thai = |c: char| c.script() == Script::Tai_Viet;
    let is_latin = |c: char| c.script() == Script::Latin;
    let mut words = texts.into_iter().flat_map(|text| text.split_whitespace());
    let Some(word) = words.find(|word| word.contains(is_thai)) else { return };
    if !texts.into_iter().any(|text| text.contains(is_latin)) {
        return;
    }
    let why = say!(
        en: "the notice `{title}` has Thái letters (Tai Viet) among Vietnamese ones, `{word}`: LED walls do not draw them legibly",
        vi: "tin `{title}` có chữ Thái (Tai Viet) `{word}` lẫn với chữ Việt: bảng LED không hiện rõ được",
        title = notice.title,
        word = short(word)
    );
    let remedy = say!(
        en: "write them below [notice.in.blt], which is for screens alone, or in a notice of their own",
        vi: "hãy viết phần chữ Thái dưới dòng [notice.in.blt], phần này chỉ màn hình mới hiện, hoặc viết thành một tin riêng"
    );
    document.warn(document.place_from(at, is_thai), why, remedy);
}

/// Tells of notices with the title of another beside which they show, each of which begins at its place.
pub fn of_twins(document: &Document<'_>, notices: &[Notice], places: &[usize]) {
    let mut first: HashMap<String, usize> = HashMap::new();
    for (at, notice) in notices.iter().enumerate().filter(|(_, notice)| !notice.title.is_empty()) {
        let other = *first.entry(notice.title.to_lowercase()).or_insert(at);
        if other == at || !together(&notices[other], notice) {
            continue;
        }
        let why = say!(
            en: "the notice on line {line} has the title `{title}` too, and both show",
            vi: "tin ở dòng {line} cũng có tiêu đề `{title}`, cả hai cùng hiện",
            line = document.line(places[other]),
            title = short(&notice.title)
        );
        let remedy = say!(
            en: "delete the older one, or tell them apart in their titles, by place or day",
            vi: "hãy xóa tin cũ, hoặc ghi rõ trong tiêu đề để phân biệt, ví dụ tên bản hoặc ngày"
        );
        document.warn(places[at], why, remedy);
    }
}

/// Whether people may see both on one board: they are neither for other places nor for other times.
fn together(one: &Notice, other: &Notice) -> bool {
    let ends_before = |one: &Notice, other: &Notice| {
        one.window.until.zip(other.window.from).is_some_and(|(until, from)| until <= from)
    };
    let same = |one: &Notice, other: &Notice| {
        (&one.boards, &one.window.days, &one.window.times)
            == (&other.boards, &other.window.days, &other.window.times)
    };
    same(one, other) && !ends_before(one, other) && !ends_before(other, one)
}

/// Tells of what has no place to break, and is cut between letters where a line ends.
fn of_long_words(said: &Said<'_>, written: &str) {
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
            say!(en: "the first row of this table is shown like the others",
                 vi: "dòng đầu của bảng này được hiện như mọi dòng khác"),
            say!(en: "if it names the columns, write a line |---|---| under it",
                 vi: "nếu đó là tên các cột, hãy thêm dòng |---|---| ở ngay dưới"),
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
