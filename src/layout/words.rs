//! Words, shaped and measured, and in groups that stay together on a line.
//!
//! A [`Group`] is what [`crate::text::together`] holds together. One too wide for any line is cut after all: where its ties are
//! weakest, then between letters; its parts stay on one page.

use super::fonts::{Fonts, Shaped, Weight};
use crate::text::markup::Span;
use crate::text::together::{Tie, ties};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use unicode_segmentation::UnicodeSegmentation;

/// Most shaped words remembered: a screenful has some hundred.
const CACHE_MAX: usize = 8_000;

/// Shapes words and remembers them.
pub struct Measure {
    pub fonts: Arc<Fonts>,
    cache: RefCell<HashMap<(Weight, String), Arc<Shaped>>>,
}

impl Measure {
    pub fn new(fonts: Arc<Fonts>) -> Measure {
        Measure { fonts, cache: RefCell::default() }
    }

    /// The word shaped at one em.
    pub fn shape(&self, word: &str, weight: Weight) -> Arc<Shaped> {
        let mut cache = self.cache.borrow_mut();
        if cache.len() > CACHE_MAX {
            cache.clear();
        }
        let fresh = || Arc::new(self.fonts.shape(word, weight));
        cache.entry((weight, word.to_owned())).or_insert_with(fresh).clone()
    }

    /// Width of a space in em. Between pixel letters it is cut from 8 to 5 of 16 (LOOK.md section 6).
    pub fn space(&self, weight: Weight) -> f32 {
        if weight == Weight::Pixel { 5.0 / 16.0 } else { self.width(" ", weight) }
    }

    /// Width of a word in em.
    pub fn width(&self, word: &str, weight: Weight) -> f32 {
        self.shape(word, weight).width
    }
}

/// The weights that a text is set in. Fitting always uses those of the day, so lines stay put at night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    pub plain: Weight,
    pub bold: Weight,
}

/// One word as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    pub bold: bool,
    /// A space comes before it when it is not the first on its line.
    pub space: bool,
}

/// Words that stay on one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub words: Vec<Word>,
    /// In em, by the day's weights, without a space before it.
    pub width: f32,
    /// Its last syllable and the next one are a word.
    pub leans: bool,
    /// What held it to the group before it, with which it had no room on one line: they stay on one page.
    pub follows: Option<Tie>,
}

impl Group {
    fn measured(words: Vec<Word>, measure: &Measure, ink: Ink) -> Group {
        let space = measure.space(ink.plain);
        let width = |(at, word): (usize, &Word)| {
            let own = measure.width(&word.text, if word.bold { ink.bold } else { ink.plain });
            own + if at > 0 && word.space { space } else { 0.0 }
        };
        let width = words.iter().enumerate().map(width).sum();
        Group { words, width, leans: false, follows: None }
    }
    /// The same with "…" after its last word.
    fn goes_on(mut self, measure: &Measure, ink: Ink) -> Group {
        if let Some(word) = self.words.last_mut() {
            word.text.truncate(word.text.trim_end_matches([',', '.', ';', ':', '–']).len());
        }
        self.with_ellipsis(measure, ink)
    }
    /// Its words each by itself. Bold that ends within a word, or before its comma, is no place to part.
    pub fn parted(&self, measure: &Measure, ink: Ink) -> Vec<Group> {
        let runs = self.words.chunk_by(|_, next| !next.space);
        runs.map(|words| Group::measured(words.to_vec(), measure, ink)).collect()
    }
    /// What is held together in it at least so firmly; all but the first part follow what they belong to.
    pub fn parted_at(&self, least: Tie, measure: &Measure, ink: Ink) -> Vec<Group> {
        let broken = match least {
            Tie::Number => Tie::Span,
            Tie::Span => Tie::Name,
            _ => Tie::Label,
        };
        let parts = tied(self.words.clone(), least).into_iter().enumerate();
        let part = |(at, words)| {
            let follows = if at > 0 { Some(broken) } else { self.follows };
            Group { follows, ..Group::measured(words, measure, ink) }
        };
        parts.map(part).collect()
    }
    pub fn space(&self) -> bool {
        self.words.first().is_some_and(|word| word.space)
    }
    fn last(&self) -> &str {
        self.words.last().map_or("", |word| &word.text)
    }
    /// It is part of one name and number, one amount or one span with the group before it, and not only of one name.
    pub fn is_inseparable(&self) -> bool {
        self.follows.is_some_and(|tie| tie != Tie::Name)
    }
    /// It ends a clause: a good place to break.
    pub fn ends_clause(&self) -> bool {
        self.last().ends_with([',', '.', ':', ';'])
    }
    /// It ends a sentence: where pages may part.
    pub fn ends_sentence(&self) -> bool {
        self.last().trim_end_matches(['"', '”', ')', '»']).ends_with(['.', '!', '?', '…'])
    }
    /// It ends what announces a list.
    pub fn introduces(&self) -> bool {
        self.last().ends_with(':')
    }
    /// It ends on a word that leans on the next one: a bad place to break.
    pub fn ends_leaning(&self) -> bool {
        self.leans || LEANING.contains(&self.last().to_lowercase().as_str())
    }
    /// The same with "…" right after it.
    pub fn with_ellipsis(mut self, measure: &Measure, ink: Ink) -> Group {
        self.words.iter_mut().last().into_iter().for_each(|word| word.text.push('…'));
        Group { follows: self.follows, leans: self.leans, ..Group::measured(self.words, measure, ink) }
    }
    /// Syllables of Vietnamese: what is between spaces.
    pub fn syllables(&self) -> usize {
        self.words.iter().filter(|word| word.space).count().max(1)
    }
}

const LEANING: [&str; 26] = [
    "để", "và", "của", "từ", "đến", "cho", "ở", "tại", "các", "với", "khi", "là", "do", "theo", "không",
    "những", "cả", "thì", "mà", "trên", "dưới", "về", "trong", "hoặc", "một", "mỗi",
];
/// Cuts spans into groups, measured with `ink`.
pub fn groups(spans: &[Span], measure: &Measure, ink: Ink) -> Vec<Group> {
    let mut words: Vec<Word> = Vec::new();
    let mut spaced = true;
    for span in spans {
        for (at, text) in span.text.split([' ', '\n']).enumerate() {
            spaced |= at > 0;
            if text.is_empty() {
                continue;
            }
            words.push(Word { text: text.to_owned(), bold: span.bold, space: spaced });
            spaced = false;
        }
    }
    let whole = tied(words, Tie::Compound).into_iter().flat_map(|word| {
        let mut parts = tied(word, Tie::Label).into_iter().peekable();
        let part = move || parts.next().map(|words| (words, parts.peek().is_some()));
        std::iter::from_fn(part)
    });
    whole.map(|(words, leans)| Group { leans, ..Group::measured(words, measure, ink) }).collect()
}

/// Words in runs that are held together at least so firmly. Bold that ends within a word, or before its comma, is no place to
/// part.
fn tied(words: Vec<Word>, least: Tie) -> Vec<Vec<Word>> {
    let mut whole: Vec<String> = Vec::new();
    for word in &words {
        match whole.last_mut() {
            Some(last) if !word.space => last.push_str(&word.text),
            _ => whole.push(word.text.clone()),
        }
    }
    let whole: Vec<&str> = whole.iter().map(String::as_str).collect();
    let mut ties = ties(&whole).into_iter();
    let mut runs: Vec<Vec<Word>> = Vec::new();
    for word in words {
        let begins = (word.space || runs.is_empty()) && ties.next().is_none_or(|tie| tie < least);
        match runs.last_mut() {
            Some(run) if !begins => run.push(word),
            _ => runs.push(vec![word]),
        }
    }
    runs
}

/// The same for text without marks.
pub fn plain_groups(text: &str, measure: &Measure, ink: Ink) -> Vec<Group> {
    groups(&[Span { text: text.to_owned(), bold: false }], measure, ink)
}

/// The words of groups, in order.
pub fn words_of(groups: &[Group]) -> impl DoubleEndedIterator<Item = &str> {
    groups.iter().flat_map(|group| &group.words).map(|word| word.text.as_str())
}

/// What groups say, with the spaces between them.
pub fn said(groups: &[Group]) -> String {
    let words = groups.iter().flat_map(|group| &group.words);
    let said: String = words.flat_map(|w| [if w.space { " " } else { "" }, &w.text]).collect();
    said.trim().to_owned()
}

/// As much of `groups` as stands in a line `width` em wide with "…" for the rest: whole words, the last one not leaning on what is gone.
/// A first word that is too wide loses its end.
pub fn begun(groups: &[Group], width: f32, measure: &Measure, ink: Ink) -> Vec<Group> {
    let space = measure.space(ink.plain);
    let words: Vec<Group> = groups.iter().flat_map(|group| group.parted(measure, ink)).collect();
    let joint = |group: &Group| if group.space() { space } else { 0.0 };
    for count in (1..=words.len()).rev() {
        let (before, last) = (&words[..count - 1], &words[count - 1]);
        if last.ends_leaning() && count > 1 {
            continue;
        }
        let last = last.clone().goes_on(measure, ink);
        let wide: f32 = before.iter().chain([&last]).map(|group| group.width + joint(group)).sum();
        if wide - joint(&words[0]) <= width {
            return before.iter().cloned().chain([last]).collect();
        }
    }
    let first = words.into_iter().take(1).flat_map(|group| group.words);
    let letters: Vec<Word> = first.take(1).collect();
    let Some(word) = letters.first() else { return Vec::new() };
    let graphemes: Vec<&str> = word.text.graphemes(true).collect();
    let cut = (1..graphemes.len()).rev().map(|count| {
        let word = Word { text: graphemes[..count].concat(), ..word.clone() };
        Group::measured(vec![word], measure, ink).goes_on(measure, ink)
    });
    let mut cut = cut.skip_while(|group| group.width > width);
    vec![cut.next().unwrap_or_else(|| Group::measured(vec![word.clone()], measure, ink))]
}

/// Cuts every group wider than `widest` em where it is held together least: labels from their numbers, names, amounts
/// and spans, then between letters.
pub fn cut_to(groups: Vec<Group>, widest: f32, measure: &Measure, ink: Ink) -> Vec<Group> {
    let mut out = Vec::with_capacity(groups.len());
    for group in groups {
        cut(group, &[Tie::Name, Tie::Span, Tie::Number], widest, measure, ink, &mut out);
    }
    out
}

fn cut(group: Group, ties: &[Tie], widest: f32, measure: &Measure, ink: Ink, out: &mut Vec<Group>) {
    if group.width <= widest {
        return out.push(group);
    }
    let Some((least, firmer)) = ties.split_first() else {
        for (at, run) in group.parted(measure, ink).into_iter().enumerate() {
            let follows = if at > 0 { Some(Tie::Number) } else { group.follows };
            if run.width <= widest {
                out.push(Group { follows, ..run });
                continue;
            }
            let from = out.len();
            run.words.iter().for_each(|word| cut_word(word, widest, measure, ink, out));
            out[from..].iter_mut().for_each(|piece| piece.follows = Some(Tie::Number));
            out[from].follows = follows;
        }
        return;
    };
    for part in group.parted_at(*least, measure, ink) {
        cut(part, firmer, widest, measure, ink, out);
    }
}

fn cut_word(word: &Word, widest: f32, measure: &Measure, ink: Ink, out: &mut Vec<Group>) {
    let weight = if word.bold { ink.bold } else { ink.plain };
    let (mut piece, mut width, mut space) = (String::new(), 0.0, word.space);
    for cluster in word.text.graphemes(true) {
        let own = measure.width(cluster, weight);
        if width + own > widest && !piece.is_empty() {
            let rest = piece.split_off(place_to_cut(&piece));
            let text = std::mem::replace(&mut piece, rest);
            out.push(Group::measured(vec![Word { text, bold: word.bold, space }], measure, ink));
            (width, space) = (measure.width(&piece, weight), false);
        }
        piece.push_str(cluster);
        width += own;
    }
    if !piece.is_empty() {
        out.push(Group::measured(vec![Word { text: piece, bold: word.bold, space }], measure, ink));
    }
}

/// Where the beginning of a word is best cut: beside dots or lines that lead the eye to a price, else after a sign that is
/// not within a number, else within the number: "0912.345.678" parts at a point, so that both halves are numbers still.
fn place_to_cut(piece: &str) -> usize {
    const LEADER: usize = 3;
    let leads = |c: char| matches!(c, '.' | '_' | '-' | '…' | '·');
    let letters: Vec<(usize, char)> = piece.char_indices().collect();
    let (mut run, mut beside) = (0, None);
    for &(at, c) in &letters {
        if run >= LEADER && !leads(c) {
            beside = Some(at);
        }
        run = if leads(c) { run + 1 } else { 0 };
    }
    if run >= LEADER {
        return piece.len();
    }
    let signs = || letters.windows(2).rev().filter(|pair| matches!(pair[0].1, '.' | '-' | '/' | ','));
    let outside = signs().find(|pair| !pair[1].1.is_ascii_digit()).map(|pair| pair[1].0);
    let last_sign = piece.ends_with(['.', '-', '/', ',']).then_some(piece.len());
    let within = signs().next().map(|pair| pair[1].0);
    beside.or(last_sign).or(outside).or(within).unwrap_or(piece.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_too_long_for_a_line_is_cut_beside_its_dots_and_last_of_all_within_a_number() {
        assert_eq!(place_to_cut("quả.........120."), "quả.........".len());
        assert_eq!(place_to_cut("ong________25"), "ong________".len());
        assert_eq!(place_to_cut("quả.........."), "quả..........".len());
        assert_eq!(place_to_cut("0912.345.67"), "0912.345.".len());
        assert_eq!(place_to_cut("congvan-so12.3"), "congvan-".len());
        assert_eq!(place_to_cut("nghiêng"), "nghiêng".len());
    }

    fn cut(text: &str) -> Vec<String> {
        let measure = Measure::new(Arc::new(Fonts::load(&[]).0));
        let ink = Ink { plain: Weight::SemiBold, bold: Weight::ExtraBold };
        let spans: Vec<Span> =
            text.split("**").enumerate().map(|(i, t)| Span { text: t.into(), bold: i % 2 == 1 }).collect();
        let join = |group: Group| {
            let words = group.words.iter().enumerate();
            words
                .map(|(i, w)| if i > 0 && w.space { format!(" {}", w.text) } else { w.text.clone() })
                .collect()
        };
        groups(&spans, &measure, ink).into_iter().map(join).collect()
    }

    #[test]
    fn what_goes_on_ends_with_a_whole_word_that_does_not_lean_on_what_is_gone() {
        let measure = Measure::new(crate::layout::tests::fonts());
        let ink = Ink { plain: Weight::Bold, bold: Weight::ExtraBold };
        let title = plain_groups("Trời rét: giữ ấm cho trâu, bò", &measure, ink);
        let begun = |width| said(&begun(&title, width, &measure, ink));
        let wide =
            |text: &str| text.split(' ').map(|word| measure.width(word, Weight::Bold) + 0.26).sum::<f32>();
        assert_eq!(begun(wide("Trời rét: giữ ấm cho trâu…")), "Trời rét: giữ ấm cho trâu…");
        assert_eq!(begun(wide("Trời rét: giữ ấm cho…")), "Trời rét: giữ ấm…");
        assert_eq!(begun(wide("Trời rét…")), "Trời rét…");
        assert_eq!(begun(wide("Trờ…")), "Trờ…");
        assert!(!begun(0.1).is_empty());
    }

    #[test]
    fn bold_in_the_middle_of_a_word_is_no_place_to_break() {
        assert_eq!(cut("gọi **112**."), ["gọi 112."]);
        let measure = Measure::new(crate::layout::tests::fonts());
        let ink = Ink { plain: Weight::SemiBold, bold: Weight::ExtraBold };
        let bold = |text: &str, bold| Span { text: text.into(), bold };
        let name = groups(&[bold("Bản Nà Khan", true), bold(": chợ", false)], &measure, ink);
        let pieces = cut_to(name, 4.0, &measure, ink);
        let said: Vec<String> =
            pieces.iter().map(|group| group.words.iter().map(|word| word.text.as_str()).collect()).collect();
        assert_eq!(said, ["Bản", "Nà", "Khan:", "chợ"]);
    }
}
