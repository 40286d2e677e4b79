//! Which words stay together on a line, as Vietnamese is read.
//!
//! Vietnamese is written a syllable at a time, so breaking at any space cuts names, dates and hours apart. What
//! belongs together: a number with its unit, the ends of a span with their dash, a proper name, a label with the number
//! after it ("Kiểm lâm: 0213 3879 222"), and, less firmly, the syllables of a word.

use super::lexicon::{COMPOUNDS, DAYS, HOLDS, JOINS, NEGATIONS, SPANS, TITLES, UNITS, WEEKDAYS};

/// How firmly a word is held by the one before it. Where a line is too narrow, the weaker ties part first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    Free,
    /// Two syllables of a word: a bad place for a line to end, but better than one line more.
    Compound,
    /// A label and its number.
    Label,
    /// Names, compounds, and words that a number or a name leans on.
    Name,
    /// The two ends of a span, after its dash.
    Span,
    /// The parts of one amount, of one number to call.
    Number,
}

/// Most words held together as a name, and in all.
const NAME_MAX: usize = 6;
const ALL_MAX: usize = 8;
/// Most words of a label.
const LABEL_MAX: usize = 5;

/// For each word, how it is held by the word before it; the first is free.
pub fn ties(words: &[&str]) -> Vec<Tie> {
    let mut ties: Vec<Tie> = Vec::with_capacity(words.len());
    let mut run = 1;
    for at in 0..words.len() {
        let tie = match at {
            0 => Tie::Free,
            _ => held(&words[..at], words[at]),
        };
        let most = if tie >= Tie::Span { ALL_MAX } else { NAME_MAX };
        // A dash begins no line, however long what it follows is.
        let tie = if run < most || is_dash(words[at]) { tie } else { Tie::Free };
        run = if tie <= Tie::Compound { 1 } else { run + 1 };
        ties.push(tie);
    }
    for at in 1..words.len() {
        if ties[at] > Tie::Compound {
            continue;
        }
        let last = words[at - 1];
        if last.ends_with(':') && begins_number(words[at]) {
            ties[at] = Tie::Label;
            hold_label(words, &mut ties, at);
        } else if last.ends_with(',') && !begins_number(last) && begins_call(&words[at..]) {
            ties[at] = Tie::Label;
        }
    }
    ties
}

fn is_negation(word: &str) -> bool {
    NEGATIONS.contains(&word.trim_start_matches(['(', '"', '“']).to_lowercase().as_str())
}

/// Whether what some words end with is said under a negation, of which more may come. A comma does not end it: "cấm săn bắt, buôn bán".
pub fn is_negated<'a>(words: impl DoubleEndedIterator<Item = &'a str>) -> bool {
    let ends = |word: &str| word.ends_with(['.', ';', ':', '!', '?']) || is_dash(word);
    words.rev().take_while(|word| !ends(word)).any(is_negation)
}

/// Holds the words of a label of which the last is before `number`, where it is short and a clause of its own.
fn hold_label(words: &[&str], ties: &mut [Tie], number: usize) {
    let before = words[..number - 1].iter().rev();
    let length = 1 + before.take_while(|word| !word.ends_with([',', '.', ';', ':', '!', '?', ')'])).count();
    if length <= LABEL_MAX {
        for tie in &mut ties[number + 1 - length..number] {
            *tie = (*tie).max(Tie::Label);
        }
    }
}

fn held(before: &[&str], word: &str) -> Tie {
    let Some((last, earlier)) = before.split_last() else { return Tie::Free };
    let ends = last.ends_with([',', '.', ';', ':', '!', '?', '•']);
    let number = begins_number(word);
    let before_last = earlier.last().copied().unwrap_or_default();
    // "không được đốt" is said in one breath.
    if !ends && (is_negation(last) || *last == "được" && is_negation(before_last)) {
        return Tie::Name;
    }
    let after_number = last.ends_with(|c: char| c.is_ascii_digit());
    let unit =
        word.trim_end_matches([',', '.', ':', ';', ')', '!', '?']).split('/').next().unwrap_or_default();
    if is_dash(word) || is_closing(word) {
        return Tie::Number;
    }
    // "38,5 độ C", "2. họp" at the start of a line.
    let ordinal = earlier.is_empty() && last.len() <= 3 && last.ends_with(['.', ')']) && begins_number(last);
    if *last == "độ" && unit == "C" || ordinal {
        return Tie::Number;
    }
    if TITLES.contains(last) && is_name(word) {
        return Tie::Name;
    }
    // A line all in capitals is no name.
    let shouted = |word: &str| word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
    if is_dash(last) {
        let names = *last == "–" && is_name(before_last) && is_name(word) && !shouted(word);
        return match number {
            true => Tie::Span,
            false if names => Tie::Name,
            false => Tie::Free,
        };
    }
    // "0213 3 879 114" is one number to call.
    let digits = |word: &str| word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | ','));
    if !ends && digits(last) && number && digits(word.trim_end_matches([',', '.', ';', ')'])) {
        return Tie::Number;
    }
    // "7h30" is an hour and no amount: nothing but the end of a span holds on to it.
    let amount = after_number && !last.contains(|c: char| c.is_alphabetic());
    let measured = UNITS.contains(last) && before_last.ends_with(|c: char| c.is_ascii_digit());
    if amount && (UNITS.contains(&unit) || unit.starts_with(['%', '°']))
        || (after_number || measured) && (SPANS.contains(&word) || word == "trở")
    {
        return Tie::Number;
    }
    // "từ 12.000 đến 15.000 đồng", "đến hết 15/12"
    let from_number = before_last.ends_with(|c: char| c.is_ascii_digit()) || UNITS.contains(&before_last);
    if SPANS.contains(last) && from_number {
        return Tie::Span;
    }
    // "2 triệu đồng", "17 giờ 30".
    let counted = before_last.ends_with(|c: char| c.is_ascii_digit());
    let times = ["nghìn", "ngàn", "trăm", "triệu", "tỷ"].contains(last) && UNITS.contains(&unit);
    if counted && (times || *last == "giờ" && number) {
        return Tie::Number;
    }
    let held = HOLDS.contains(&last.trim_start_matches(['(', '"', '“'])) && (number || is_name(word));
    // "Lao Chải 1" is a name, too.
    if held || !ends && is_name(last) && number {
        return Tie::Name;
    }
    // "thứ Bảy, 5/12"
    let weekday = last.strip_suffix(',').is_some_and(|day| WEEKDAYS.contains(&day));
    if weekday
        && number
        && word.contains('/')
        && ["thứ", "chủ"].contains(&before_last.to_lowercase().as_str())
    {
        return Tie::Name;
    }
    let initial = last.chars().count() == 1 && is_name(last) && !number;
    let names = !ends && is_name(last) && is_name(word) && !(shouted(last) && shouted(word));
    let [first, second] = [last, &word].map(|word| plain(word));
    // "11 nhà văn hóa"; but "bản Km 2 họp", "0213 3879 222 để".
    let tells = HOLDS.contains(&before_last) || is_name(before_last) || begins_number(before_last);
    let counts = amount && !ends && !tells && last.len() <= 3 && !last.starts_with('0');
    if names || initial || DAYS.contains(&(&first, &second)) {
        Tie::Name
    } else if COMPOUNDS.binary_search(&(&first, &second)).is_ok()
        || number && !ends
        || counts && word.starts_with(char::is_lowercase) && !JOINS.contains(&word)
    {
        Tie::Compound
    } else {
        Tie::Free
    }
}

/// A word as lists of words have it.
fn plain(word: &str) -> String {
    word.trim_matches([',', '.', ';', ':', '!', '?', '(', ')', '"', '“', '”']).to_lowercase()
}

fn is_dash(word: &str) -> bool {
    matches!(word, "-" | "–" | "—" | "−" | "÷")
}

/// Signs that end what is before them, typed after a space.
fn is_closing(word: &str) -> bool {
    word.chars().all(|c| matches!(c, ':' | ';' | ',' | '.' | '/' | ')' | '?' | '!' | '%' | '…'))
}

fn begins_number(word: &str) -> bool {
    word.trim_start_matches(['(', '+', '±', '~']).starts_with(|c: char| c.is_ascii_digit())
}

fn is_name(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// A number to call: "0213 3879 222", "0987.654.321", "1900 6769".
fn begins_call(words: &[&str]) -> bool {
    let digits = |word: &str| {
        word.bytes()
            .all(|b| b.is_ascii_digit() || b == b'.')
            .then(|| word.bytes().filter(u8::is_ascii_digit).count())
    };
    let ends = |word: &&&str| word.ends_with([',', ';', ')']);
    let last = words.iter().position(|word| ends(&word)).map_or(words.len(), |at| at + 1);
    let parts = words[..last].iter().map_while(|word| digits(word.trim_end_matches([',', '.', ';', ')'])));
    let count: usize = parts.sum();
    (8..=11).contains(&count) && words[0].starts_with(['0', '1'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words in runs that are held by ties of `least` and firmer.
    fn runs(text: &str, least: Tie) -> Vec<String> {
        let words: Vec<&str> = text.split(' ').collect();
        let mut runs: Vec<String> = Vec::new();
        for (word, tie) in words.iter().zip(ties(&words)) {
            match runs.last_mut() {
                Some(run) if tie >= least => *run += &format!(" {word}"),
                _ => runs.push((*word).to_owned()),
            }
        }
        runs
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(runs(text, Tie::Label), expected);
    }

    #[test]
    fn names_dates_hours_and_units_stay_together() {
        check("Cắt điện thứ Tư 25/11 để sửa", &["Cắt", "điện", "thứ Tư 25/11", "để", "sửa"]);
        check("Từ 7h30 đến 17h00: bản Nà Đon, Nà Khan", &["Từ 7h30 đến 17h00:", "bản Nà Đon,", "Nà Khan"]);
        check("Trạm Y tế mở cửa", &["Trạm Y tế", "mở", "cửa"]);
        check("cao 30 km và 5 tuổi", &["cao", "30 km", "và", "5 tuổi"]);
        check("Lên nhà văn hóa, mang đèn", &["Lên", "nhà", "văn", "hóa,", "mang", "đèn"]);
        assert_eq!(runs("Lên nhà văn hóa, mang đèn", Tie::Compound), ["Lên", "nhà văn hóa,", "mang", "đèn"]);
        check("lúc 6h00 ngày mai, sáng Chủ nhật 6/12", &["lúc 6h00", "ngày mai,", "sáng", "Chủ nhật 6/12"]);
        check("gọi ông Nguyễn Thị Phương Thảo", &["gọi", "ông Nguyễn Thị Phương Thảo"]);
        check("Thẩm Phé - Ô. Lò Văn Ngắn", &["Thẩm Phé -", "Ô. Lò Văn Ngắn"]);
        check("sốt trên 38,5 độ C", &["sốt", "trên 38,5 độ C"]);
        check("2. Giàng Thị Dở : 0965", &["2. Giàng Thị Dở : 0965"]);
        check("hoặc số 0213 3 879 114.", &["hoặc", "số 0213 3 879 114."]);
        check("THÔNG BÁO CẮT ĐIỆN", &["THÔNG", "BÁO", "CẮT", "ĐIỆN"]);
        check("0987 654 321, 0213 3 879", &["0987 654 321,", "0213 3 879"]);
    }

    #[test]
    fn amounts_and_spans_stay_together_and_no_dash_begins_a_line() {
        check("Giải nhất: 2.000.000 đ; giải nhì", &["Giải nhất: 2.000.000 đ;", "giải", "nhì"]);
        check("Lượng giống: 35 - 40 kg/ha", &["Lượng giống: 35 - 40 kg/ha"]);
        check("sáng 7h30 - 10h30, chiều 14h – 16h30", &["sáng", "7h30 - 10h30,", "chiều", "14h – 16h30"]);
        check("thứ Hai - thứ Sáu", &["thứ Hai -", "thứ Sáu"]);
        check("nam, nữ từ 18 đến 40 tuổi", &["nam,", "nữ", "từ 18 đến 40 tuổi"]);
        check("Phạt 1.000.000 đ - 5.000.000 đ.", &["Phạt 1.000.000 đ - 5.000.000 đ."]);
        let parts = runs("1.000.000 đ - 5.000.000 đ.", Tie::Number);
        assert_eq!(parts, ["1.000.000 đ -", "5.000.000 đ."]);
        check("trời dưới 15 °C ở bản Km 2", &["trời", "dưới 15 °C", "ở", "bản Km 2"]);
        check("hết 2 triệu đồng lúc 17 giờ 30 phút", &["hết", "2 triệu đồng", "lúc 17 giờ 30 phút"]);
    }

    #[test]
    fn what_is_forbidden_stays_with_its_negation() {
        check("tuyệt đối không được đốt nương", &["tuyệt", "đối", "không được đốt", "nương"]);
        check("KHÔNG TẢO HÔN – KHÔNG SINH", &["KHÔNG TẢO", "HÔN –", "KHÔNG SINH"]);
        let negated = |text: &str| is_negated(text.split(' '));
        assert!(negated("Nghiêm cấm săn bắt, vận") && negated("không đốt"));
        assert!(!negated("Không đốt nương. Mời") && !negated("mời bà con"));
    }

    #[test]
    fn people_and_their_numbers_counts_and_spans_stay_together() {
        check("gọi anh Lò Văn Biên, 0978 456 123.", &["gọi", "anh Lò Văn Biên, 0978 456 123."]);
        check("có 3 bản, 12 hộ", &["có", "3", "bản,", "12 hộ"]);
        check("từ 12.000 đến 15.000 đồng/kg", &["từ 12.000 đến 15.000 đồng/kg"]);
        assert_eq!(runs("từ 12.000 đến 15.000 đồng/kg", Tie::Span), ["từ", "12.000 đến 15.000 đồng/kg"]);
        check("nữ từ 40 kg trở lên.", &["nữ", "từ 40 kg trở lên."]);
        check("sáng thứ Bảy, 5/12 họp", &["sáng", "thứ Bảy, 5/12", "họp"]);
        check("0213 3871 234 – Nhà xe Bình", &["0213 3871 234 –", "Nhà", "xe", "Bình"]);
        assert_eq!(runs("tại 11 nhà văn hóa bản", Tie::Compound), ["tại 11 nhà văn hóa", "bản"]);
    }

    #[test]
    fn a_label_stays_with_its_number_and_parts_from_it_before_the_number_parts() {
        check("Kiểm lâm: 0213 3879 222", &["Kiểm lâm: 0213 3879 222"]);
        check("hỏi Trạm Y tế xã, gọi: 115", &["hỏi", "Trạm Y tế", "xã,", "gọi: 115"]);
        let narrow = |least| runs("Kiểm lâm: 0213 3879 222", least);
        assert_eq!(narrow(Tie::Number), ["Kiểm", "lâm:", "0213 3879 222"]);
        assert_eq!(
            runs("một hai ba bốn năm sáu: 115", Tie::Label),
            ["một", "hai", "ba", "bốn", "năm", "sáu: 115"]
        );
    }
}
