//! `[[zone]]`: parts of the board between header and ticker, each with notices of its own.
//!
//! Places are in per cent, so one file serves boards of any size. What can be known without the size is refused here;
//! whether letters that can be read fit in a zone is found out where the size is known (`layout::board_at`).

use super::filled;
use crate::limits::ZONES_MAX;
use crate::model::board::{Share, Zone};
use crate::model::programme::Category;
use crate::problem::{Problem, Text};
use crate::say;
use crate::toml_doc::{Document, Said, Section};

/// On the longest screen that there is no word fits in less of it.
const SIDE_PERCENT_MIN: f64 = 5.0;
const NAME_BYTES_MAX: usize = 40;
/// What `status` calls the things that have no zone.
const NAMES_TAKEN: [&str; 2] = ["ticker", "sound"];
/// Characters across and down a sketch of a whole board.
const SKETCH: (usize, usize) = (32, 9);

/// A zone as far as it could be read; each part with its place in the file.
struct Written {
    at: usize,
    name: Option<String>,
    area: Option<(usize, Share)>,
    categories: Vec<(usize, Category)>,
    tags: Vec<String>,
}

pub(super) fn read(doc: &Document<'_>, mut sections: Vec<Section<'_>>) -> Vec<Zone> {
    if let Some(section) = sections.get(ZONES_MAX) {
        section.refuse(
            say!(en: "there are more than {most} zones", vi: "có hơn {most} vùng", most = ZONES_MAX),
            say!(en: "put some together: people look at one thing at a time", vi: "hãy gộp bớt: mỗi lúc bà con chỉ nhìn một chỗ"),
        );
    }
    sections.truncate(ZONES_MAX);
    let mut zones: Vec<Written> = Vec::new();
    for (number, mut section) in sections.into_iter().enumerate() {
        let name = required(&mut section, "name", "name = \"lich\"").and_then(|said| name(&said, &zones));
        let area = required(&mut section, "area", "area = [0, 0, 65, 100]")
            .and_then(|said| Some((said.at(), area(&said)?)));
        let takes = takes(&mut section, number == 0, &zones);
        let at = section.at();
        section.finish();
        let (categories, tags) = takes;
        zones.push(Written { at, name, area, categories, tags });
    }
    misplaced(doc, &zones);
    let whole = |zone: Written| {
        Some(Zone {
            name: zone.name?,
            area: zone.area?.1,
            categories: zone.categories.into_iter().map(|(_, category)| category).collect(),
            tags: zone.tags,
            written: doc.subject(zone.at),
        })
    };
    zones.into_iter().filter_map(whole).collect()
}

fn required<'d>(section: &mut Section<'d>, key: &'static str, example: &str) -> Option<Said<'d>> {
    let said = section.get(key);
    if said.is_none() {
        let why = say!(en: "this zone has no `{key}`", vi: "vùng này thiếu `{key}`", key = key);
        section.refuse(why, say!(en: "add {example}", vi: "hãy thêm {example}", example = example));
    }
    said
}

fn name(said: &Said<'_>, others: &[Written]) -> Option<String> {
    let name = filled(said)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if !name.bytes().all(plain) || name.len() > NAME_BYTES_MAX || NAMES_TAKEN.contains(&name.as_str()) {
        let why =
            say!(en: "`{name}` cannot name a zone", vi: "`{name}` không đặt tên vùng được", name = name);
        let remedy = say!(
            en: "use a-z, 0-9, `-` and `_`, at most {most}, and neither of {taken}: name = \"lich\"",
            vi: "chỉ dùng a-z, 0-9, `-` và `_`, nhiều nhất {most} ký tự, khác {taken}: name = \"lich\"",
            most = NAME_BYTES_MAX,
            taken = NAMES_TAKEN.join(", ")
        );
        said.refuse(why, remedy);
        return None;
    }
    if others.iter().any(|other| other.name.as_deref() == Some(name.as_str())) {
        let why = say!(en: "two zones are called `{name}`", vi: "có hai vùng tên `{name}`", name = name);
        said.refuse(why, say!(en: "rename one", vi: "hãy đổi tên một vùng"));
        return None;
    }
    Some(name)
}

fn area(said: &Said<'_>) -> Option<Share> {
    let listed = said.list();
    let all = if said.is_list() { listed.len() } else { return None };
    let numbers: Vec<f64> = listed.iter().filter_map(|said| said.decimal(0.0..=100.0)).collect();
    if all != 4 {
        said.refuse(
            say!(en: "`area` has {all} numbers, not four", vi: "`area` có {all} số, không phải bốn", all = all),
            say!(en: "write area = [0, 0, 65, 100]: left, top, width and height in per cent of the board between header and ticker",
                 vi: "hãy viết area = [0, 0, 65, 100]: trái, trên, rộng, cao, tính bằng phần trăm của bảng giữa đầu bảng và dòng chữ chạy"),
        );
        return None;
    }
    let &[left, top, width, height] = numbers.as_slice() else { return None };
    if width < SIDE_PERCENT_MIN || height < SIDE_PERCENT_MIN {
        said.refuse(
            say!(en: "no word that can be read fits in a zone of {width} by {height} per cent",
                 vi: "vùng rộng {width}, cao {height} phần trăm không đủ chỗ cho chữ đọc được",
                 width = width, height = height),
            say!(en: "make it at least {least} per cent wide and high", vi: "hãy để rộng và cao ít nhất {least} phần trăm",
                 least = SIDE_PERCENT_MIN),
        );
        return None;
    }
    Some(Share { left, top, width, height })
}

/// What a zone takes: every zone but the first takes something, and nothing is taken twice.
fn takes(
    section: &mut Section<'_>,
    first: bool,
    others: &[Written],
) -> (Vec<(usize, Category)>, Vec<String>) {
    let (said_categories, said_tags) = (section.get("categories"), section.get("tags"));
    let mut categories: Vec<(usize, Category)> = Vec::new();
    for said in said_categories.map_or(Vec::new(), |said| said.list()) {
        let Some(category) = said.choice(&Category::words()) else { continue };
        let taken = others.iter().find(|zone| zone.categories.iter().any(|(_, other)| *other == category));
        if let Some(other) = taken {
            let why = say!(
                en: "notices of `{category}` already go to the zone `{other}`",
                vi: "tin loại `{category}` đã vào vùng `{other}`",
                category = category.word(),
                other = other.name.as_deref().unwrap_or("?")
            );
            said.refuse(why, say!(en: "delete it in one of the two", vi: "hãy xóa ở một trong hai vùng"));
        }
        categories.push((said.at(), category));
    }
    let tags: Vec<String> =
        said_tags.map_or(Vec::new(), |said| said.list()).iter().filter_map(filled).collect();
    if let Some(said) = said_categories.or(said_tags).filter(|_| first) {
        said.refuse(
            say!(en: "the first zone takes what no other zone does", vi: "vùng đầu tiên nhận mọi tin mà vùng khác không nhận"),
            say!(en: "delete `{key}` here, and write it in another zone", vi: "hãy xóa `{key}` ở đây và ghi vào vùng khác", key = said.key()),
        );
    }
    if !first && said_categories.is_none() && said_tags.is_none() {
        section.refuse(
            say!(en: "nothing would ever show in this zone", vi: "vùng này sẽ không bao giờ có tin"),
            say!(en: "say what it takes: categories = [\"hop\"] or tags = [\"lich\"]",
                 vi: "hãy ghi vùng này nhận gì: categories = [\"hop\"] hoặc tags = [\"lich\"]"),
        );
    }
    (categories, tags)
}

/// Zones that leave the board or overlap; the last of them with a sketch, in which a person sees the mistake.
fn misplaced(doc: &Document<'_>, zones: &[Written]) {
    let placed: Vec<(&Written, usize, Share)> =
        zones.iter().filter_map(|zone| zone.area.map(|(at, share)| (zone, at, share))).collect();
    let called = |zone: &Written| zone.name.clone().unwrap_or_else(|| "?".into());
    let mut found: Vec<(usize, Text, Text)> = Vec::new();
    for (number, (zone, at, share)) in placed.iter().enumerate() {
        if share.leaves() {
            let why = say!(
                en: "the zone `{name}` leaves the board: it ends at {right} per cent across and {bottom} down",
                vi: "vùng `{name}` ra ngoài bảng: đến {right} phần trăm chiều ngang, {bottom} chiều dọc",
                name = called(zone),
                right = share.right(),
                bottom = share.bottom()
            );
            let remedy = say!(
                en: "left and width, and top and height, come to 100 at most",
                vi: "trái cộng rộng, trên cộng cao đều không quá 100"
            );
            found.push((*at, why, remedy));
        }
        for (other, _, _) in placed[..number].iter().filter(|(.., other)| other.overlaps(share)) {
            let why = say!(
                en: "the zones `{other}` and `{name}` overlap",
                vi: "vùng `{other}` và vùng `{name}` chồng lên nhau",
                other = called(other),
                name = called(zone)
            );
            found.push((
                *at,
                why,
                say!(en: "move or shrink one of them", vi: "hãy dời hoặc thu nhỏ một vùng"),
            ));
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    let last = found.len().saturating_sub(1);
    for (number, (at, why, remedy)) in found.into_iter().enumerate() {
        let mut problem = Problem::new(doc.subject(at), why, remedy);
        if number == last {
            let named: Vec<(String, Share)> =
                placed.iter().map(|(zone, _, share)| (called(zone), *share)).collect();
            problem.sketch = sketch(&named);
        }
        doc.note(at, problem);
    }
}

/// The board in a frame of characters: a letter for each zone, `#` where several lie, `.` where none does, and what
/// leaves the board beside the frame. Then which letter is which zone.
pub(super) fn sketch(zones: &[(String, Share)]) -> Vec<String> {
    let (across, down) = SKETCH;
    let reach = |of: fn(&Share) -> f64, cells: usize| {
        let most = zones.iter().map(|(_, share)| of(share)).fold(100.0, f64::max);
        // Both of a place and a length are 100 at most.
        ((most.min(200.0) / 100.0 * cells as f64).ceil() as usize).max(cells)
    };
    let (columns, rows) = (reach(Share::right, across), reach(Share::bottom, down));
    let letter = |at: usize| char::from(b'A' + (at % 26) as u8);
    let cell = |column: usize, row: usize| {
        let (x, y) =
            ((column as f64 + 0.5) * 100.0 / across as f64, (row as f64 + 0.5) * 100.0 / down as f64);
        let holds = |share: &Share| {
            (share.left..share.right()).contains(&x) && (share.top..share.bottom()).contains(&y)
        };
        let mut here = zones.iter().enumerate().filter(|(_, (_, share))| holds(share)).map(|(at, _)| at);
        match (here.next(), here.next()) {
            (None, _) => None,
            (Some(at), None) => Some(letter(at)),
            (Some(_), Some(_)) => Some('#'),
        }
    };
    let outside = |column, row| cell(column, row).unwrap_or(' ');
    let mut lines = Vec::new();
    let rule = format!("+{}+", "-".repeat(across));
    lines.push(rule.clone());
    for row in 0..down {
        let within: String = (0..across).map(|column| cell(column, row).unwrap_or('.')).collect();
        let beside: String = (across..columns).map(|column| outside(column, row)).collect();
        lines.push(format!("|{within}|{beside}").trim_end().to_owned());
    }
    lines.push(rule);
    for row in down..rows {
        let below: String = (0..columns).map(|column| outside(column, row)).collect();
        lines.push(format!(" {below}").trim_end().to_owned());
    }
    let named: Vec<String> =
        zones.iter().enumerate().map(|(at, (name, _))| format!("{} = {name}", letter(at))).collect();
    lines.push(named.join(", "));
    lines
}
