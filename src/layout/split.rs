//! A text cut into pages: as few as it needs, evenly filled, parted where a reader pauses.
//!
//! Pages part between paragraphs, else between sentences, and inside a sentence only where that alone is longer than a page. A
//! line of a paragraph does not stand alone on a page, nor does a page hold one line, unless that costs a page more and the line is a sentence;
//! and neither a heading nor what announces a list ("Mang theo:") stays behind without what follows, nor a negation without what it
//! forbids. What is under a heading goes with it where that costs no page. All of it is measured at the smallest
//! sizes: larger letters come to more lines, never to fewer.

use super::fit::{PARAGRAPH_GAP, Para, TITLE_GAP, Text, wrap_any};
use super::words::{Group, words_of};
use crate::text::together::is_negated;
use std::ops::Range;

/// What a page holds: lengths in u, `space` in em.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    pub width: f32,
    /// Of the first page, and of the others, which are no lower.
    pub height: f32,
    pub later: f32,
    pub space: f32,
    /// The smallest sizes of title and body.
    pub title: f32,
    pub body: f32,
}

/// In a paragraph of more groups than this, a sentence has at least so many: it bounds the work.
const LONG_PARAGRAPH: usize = 400;
const SENTENCE_MIN: usize = 12;

/// What it costs to part pages at a place, beside the square of how full each page is (at most 1).
const AFTER_HEADING: f32 = 2.6;
const AFTER_INTRODUCTION: f32 = 2.0;
const AFTER_SENTENCE: f32 = 0.1;
/// Between the words of a name.
const WITHIN_NAME: f32 = 0.9;
/// The same in a paragraph of few lines, which should rather stay whole.
const AFTER_SENTENCE_SHORT: f32 = 0.3;
const SHORT_LINES: usize = 4;
const WITHIN_SENTENCE: f32 = 0.3;
const AFTER_CLAUSE: f32 = 0.15;
const AFTER_LEANING: f32 = 0.6;
/// Between a negation and what it forbids.
const NEGATED: f32 = 2.4;
/// What is under a heading goes on on another page, while the heading could begin a page.
const WITHIN_SECTION: f32 = 1.0;
/// Between what is held together but has no room on one line.
const WITHIN_GROUP: f32 = 20.0;
/// A lone line that is a sentence, and one that is not.
const LONE_SENTENCE: f32 = 0.8;
const LONE_LINE: f32 = 2.2;
const PAGE: f32 = 2.0;
/// A first page with nothing under its picture but the title.
const TITLE_ALONE: f32 = 0.6;

/// What is not parted: a sentence, or a line of one that is longer than a page.
struct Piece {
    paragraph: usize,
    groups: Range<usize>,
    /// What it costs to turn the page after it.
    parting: f32,
    /// Its sentence goes on.
    within: bool,
}

/// Cuts a text into pages: the first under its title, the others under `later`, which is no higher. At least one; no
/// more than `pages_max`, what is then left staying on the last.
pub fn split(text: &Text, later: &[Group], sheet: &Sheet, pages_max: usize) -> Vec<Text> {
    let head = |title: &[Group]| {
        let lines = wrap_any(title, sheet.width / sheet.title, sheet.space, false);
        lines.len() as f32 * sheet.title * text.leading.title + TITLE_GAP * sheet.body
    };
    let heads = Heads { first: head(&text.title), later: head(later) };
    let line = sheet.body * text.leading.body;
    let lines_max = ((sheet.height - heads.first) / line).floor().max(1.0) as usize;
    let pieces = pieces(text, sheet, lines_max);
    let mut pages: Vec<Text> = parted(text, sheet, &pieces, heads)
        .into_iter()
        .enumerate()
        .map(|(at, page)| Text {
            title: if at == 0 { text.title.clone() } else { later.to_vec() },
            body: body(text, &pieces[page]),
            leading: text.leading,
        })
        .collect();
    while pages.len() > pages_max.max(1) {
        let last = pages.pop().map_or(Vec::new(), |page| page.body);
        if let Some(page) = pages.last_mut() {
            page.body.extend(last);
        }
    }
    if pages.is_empty() { vec![text.clone()] } else { pages }
}

fn pieces(text: &Text, sheet: &Sheet, lines_max: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (paragraph, para) in text.body.iter().enumerate() {
        let count = para.groups.len();
        let mut start = 0;
        let width = sheet.width / sheet.body - para.indent();
        let short = fits_in(SHORT_LINES.min(lines_max), &para.groups, width, sheet.space);
        for at in 0..count {
            let soon = at + 1 - start < SENTENCE_MIN && count > LONG_PARAGRAPH;
            let ends = para.groups[at].ends_sentence() && !soon;
            if !ends && at + 1 < count {
                continue;
            }
            let parting = match &para.groups[at] {
                _ if at + 1 == count && para.heading => AFTER_HEADING,
                last if at + 1 == count && (last.introduces() || is_over_list(text, paragraph)) => {
                    AFTER_INTRODUCTION
                }
                _ if at + 1 == count => 0.0,
                _ if short => AFTER_SENTENCE_SHORT,
                _ => AFTER_SENTENCE,
            };
            // Lines of a sentence that is parted end with its clauses where they can.
            let lines = wrap_any(&para.groups[start..=at], width, sheet.space, false);
            let long = lines.len() > lines_max;
            for line in lines.iter().filter(|_| long) {
                let (from, to) = (start + line.start, start + line.end);
                let parting = match para.groups.get(to) {
                    _ if to == at + 1 => parting,
                    Some(next) if next.is_inseparable() => WITHIN_GROUP,
                    Some(_) if is_negated(words_of(&para.groups[start..to])) => {
                        if para.groups[to - 1].ends_clause() { WITHIN_SENTENCE } else { NEGATED }
                    }
                    Some(next) if next.follows.is_some() => WITHIN_NAME,
                    _ if para.groups[to - 1].ends_clause() => AFTER_CLAUSE,
                    _ if para.groups[to - 1].ends_leaning() => AFTER_LEANING,
                    _ => WITHIN_SENTENCE,
                };
                pieces.push(Piece { paragraph, groups: from..to, parting, within: to < at + 1 });
            }
            if !long {
                pieces.push(Piece { paragraph, groups: start..at + 1, parting, within: false });
            }
            start = at + 1;
        }
    }
    pieces
}

/// Whether groups have room in so many lines.
fn fits_in(most: usize, groups: &[Group], width: f32, space: f32) -> bool {
    let (mut lines, mut taken) = (0, f32::INFINITY);
    for group in groups {
        let joint = if group.space() { space } else { 0.0 };
        if taken + joint + group.width <= width {
            taken += joint + group.width;
            continue;
        }
        (lines, taken) = (lines + 1, group.width);
        if lines > most {
            return false;
        }
    }
    true
}

/// A line over the items of a list names them, with a colon or without.
fn is_over_list(text: &Text, paragraph: usize) -> bool {
    let next = text.body.get(paragraph + 1);
    let para = &text.body[paragraph];
    let ends = para.groups.last().is_some_and(|last| last.ends_sentence());
    para.marker.is_none() && !ends && next.is_some_and(|next| next.marker.is_some())
}

/// Heights of the title and the space under it, in u: on the first page, and on the others.
#[derive(Clone, Copy)]
struct Heads {
    first: f32,
    later: f32,
}

/// Which pieces make each page: the cheapest way of all. Where the first page is low, because of a picture, it may have its
/// title alone.
fn parted(text: &Text, sheet: &Sheet, pieces: &[Piece], heads: Heads) -> Vec<Range<usize>> {
    let (cost, pages) = cheapest(text, sheet, pieces, heads);
    if sheet.later <= sheet.height {
        return pages;
    }
    let later = Sheet { height: sheet.later, ..*sheet };
    let (rest, others) = cheapest(text, &later, pieces, Heads { first: heads.later, ..heads });
    if rest + PAGE + TITLE_ALONE < cost { std::iter::once(0..0).chain(others).collect() } else { pages }
}

fn cheapest(text: &Text, sheet: &Sheet, pieces: &[Piece], heads: Heads) -> (f32, Vec<Range<usize>>) {
    #[derive(Clone, Copy)]
    struct Best {
        cost: f32,
        from: usize,
    }
    let count = pieces.len();
    // Under which piece, a heading, each one stands.
    let mut section = None;
    let sections: Vec<Option<usize>> = pieces
        .iter()
        .enumerate()
        .map(|(at, piece)| {
            section = if text.body[piece.paragraph].heading { Some(at) } else { section };
            section
        })
        .collect();
    let mut best = vec![Best { cost: f32::INFINITY, from: 0 }; count + 1];
    best[0].cost = 0.0;
    for from in 0..count {
        let continues = from > 0 && pieces[from - 1].paragraph == pieces[from].paragraph;
        let (head, height) = if from == 0 { (heads.first, sheet.height) } else { (heads.later, sheet.later) };
        let mut page = Page::new(text, sheet, head, continues);
        for to in from + 1..=count {
            page.add(&pieces[to - 1]);
            let fits = page.height() <= height;
            if !fits && to > from + 1 {
                break;
            }
            let cut = to < count && pieces[to].paragraph == pieces[to - 1].paragraph;
            let alone = from == 0 && to == count;
            let broken = |at: usize| pieces[at].within;
            let lone = page.lone_lines(cut, alone, (from > 0 && broken(from - 1), broken(to - 1)));
            let full = (page.height() / height.max(1.0)).min(1.0);
            let late = sections.get(to).is_some_and(|next| *next == sections[to - 1] && *next > Some(from));
            let parting = if to < count { pieces[to - 1].parting } else { 0.0 };
            let parting = parting + if late { WITHIN_SECTION } else { 0.0 };
            let cost = best[from].cost + PAGE + full * full + parting + lone;
            // Of ways that cost the same, the one whose first pages are the fuller.
            if cost < best[to].cost + 1e-4 {
                best[to] = Best { cost, from };
            }
        }
    }
    let mut pages = Vec::new();
    let mut end = count;
    while end > 0 {
        pages.push(best[end].from..end);
        end = best[end].from;
    }
    pages.reverse();
    (best[count].cost, pages)
}

/// A page that is being filled. Lines are counted as they fill up, which gives the number that breaking gives.
struct Page<'a> {
    text: &'a Text,
    sheet: &'a Sheet,
    height: f32,
    paragraph: Option<usize>,
    /// Its first paragraph began on the page before.
    continues: bool,
    paragraphs: usize,
    /// Of the first paragraph, of the last, and in all.
    first_lines: usize,
    lines: usize,
    all_lines: usize,
    /// How much of the last line is taken, in em.
    taken: f32,
}

impl<'a> Page<'a> {
    fn new(text: &'a Text, sheet: &'a Sheet, head: f32, continues: bool) -> Page<'a> {
        Page {
            text,
            sheet,
            height: head,
            paragraph: None,
            continues,
            paragraphs: 0,
            first_lines: 0,
            lines: 0,
            all_lines: 0,
            taken: 0.0,
        }
    }

    fn height(&self) -> f32 {
        self.height
    }

    fn add(&mut self, piece: &Piece) {
        let para = &self.text.body[piece.paragraph];
        if self.paragraph != Some(piece.paragraph) {
            self.paragraph = Some(piece.paragraph);
            if self.paragraphs > 0 {
                self.height += PARAGRAPH_GAP * self.sheet.body;
            }
            self.paragraphs += 1;
            (self.lines, self.taken) = (0, 0.0);
        }
        // A hair less than there is: sums in another order differ in their last digit.
        let width = (self.sheet.width / self.sheet.body - para.indent()) * 0.9999;
        for group in &para.groups[piece.groups.clone()] {
            let joint = if group.space() { self.sheet.space } else { 0.0 };
            if self.lines > 0 && self.taken + joint + group.width <= width {
                self.taken += joint + group.width;
                continue;
            }
            self.taken = group.width;
            self.lines += 1;
            self.all_lines += 1;
            self.height += self.sheet.body * self.text.leading.body;
        }
        if self.paragraphs == 1 {
            self.first_lines = self.lines;
        }
    }

    /// Lines that stand where one line looks lost; `cut`: the last paragraph goes on on the next page.
    /// What they cost. `broken`: the first one is not the beginning of a sentence, the last one not its end.
    fn lone_lines(&self, cut: bool, is_only_page: bool, broken: (bool, bool)) -> f32 {
        let first = self.continues && self.first_lines == 1;
        let last = cut && self.lines == 1 && !(first && self.paragraphs == 1);
        let empty = self.all_lines == 1 && !is_only_page && !first && !last;
        let cost = |lone: bool, broken: bool| match (lone, broken) {
            (false, _) => 0.0,
            (true, false) => LONE_SENTENCE,
            (true, true) => LONE_LINE,
        };
        cost(first, broken.0) + cost(last, broken.1) + cost(empty, false)
    }
}

/// The paragraphs of a page; one that began on the page before has no marker.
fn body(text: &Text, pieces: &[Piece]) -> Vec<Para> {
    let mut body: Vec<Para> = Vec::new();
    let mut last = None;
    for piece in pieces {
        let para = &text.body[piece.paragraph];
        let groups: &[Group] = &para.groups[piece.groups.clone()];
        match body.last_mut() {
            Some(before) if last == Some(piece.paragraph) => before.groups.extend_from_slice(groups),
            _ => {
                let marker = para.marker.clone().filter(|_| piece.groups.start == 0);
                body.push(Para {
                    marker,
                    hang: para.indent(),
                    groups: groups.to_vec(),
                    heading: para.heading,
                });
            }
        }
        last = Some(piece.paragraph);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::fit::Leading;
    use crate::layout::words::Word;

    /// Words of two em each; a paragraph a line of the text.
    fn text(said: &str) -> Text {
        let group = |text: &str| Group {
            words: vec![Word { text: text.into(), bold: false, space: true }],
            width: 2.0,
            leans: false,
            follows: None,
        };
        let body =
            said.lines().map(|line| Para { groups: line.split(' ').map(group).collect(), ..Para::default() });
        Text { title: vec![group("Tin")], body: body.collect(), leading: Leading { title: 1.0, body: 1.0 } }
    }

    /// Pages of four words a line and `lines` lines, said as their text.
    fn pages(said: &str, lines: f32) -> Vec<String> {
        let height = 2.0 + TITLE_GAP + lines;
        let sheet = Sheet { width: 9.0, height, later: height, space: 0.2, title: 2.0, body: 1.0 };
        let words = |para: &Para| para.groups.iter().map(|g| &*g.words[0].text).collect::<Vec<_>>().join(" ");
        let page = |page: Text| page.body.iter().map(words).collect::<Vec<_>>().join("/");
        let text = text(said);
        split(&text, &text.title, &sheet, 100).into_iter().map(page).collect()
    }

    #[test]
    fn pages_part_between_paragraphs_rather_than_sentences_and_are_even() {
        let said = "a b c d e f.\ng h i j k l.\nm n o p q r.\ns t u v x y.";
        assert_eq!(pages(said, 4.5), ["a b c d e f./g h i j k l.", "m n o p q r./s t u v x y."]);
        let said = "a b c d e f g h. i j k l m n o p.\nq r s t.\nu v x y.";
        assert_eq!(pages(said, 4.5), ["a b c d e f g h. i j k l m n o p.", "q r s t./u v x y."]);
    }

    #[test]
    fn no_line_of_a_paragraph_stands_alone() {
        // Filled to the brim the first page would leave one line over.
        let said = "a b c d. e f g h. i j k l. m n o p. q r s t.";
        let pages = pages(said, 4.0);
        assert_eq!(pages.len(), 2);
        assert!(pages.iter().all(|page| page.split(' ').count() >= 8), "{pages:?}");
    }

    #[test]
    fn what_announces_a_list_goes_with_it() {
        let said = "a b c d. e f g h.\nmang theo:\nx x x x\ny y y y";
        assert_eq!(pages(said, 4.0), ["a b c d. e f g h.", "mang theo:/x x x x/y y y y"]);
    }

    #[test]
    fn a_heading_goes_with_what_is_under_it() {
        let mut text = text("a b c d. e f g h.\nHEAD LINE\ni j k l. m n o p.");
        text.body[1].heading = true;
        let height = 2.0 + TITLE_GAP + 3.5;
        let sheet = Sheet { width: 9.0, height, later: height, space: 0.2, title: 2.0, body: 1.0 };
        let pages = split(&text, &text.title, &sheet, 100);
        assert_eq!(pages.len(), 2);
        assert_eq!(&*pages[1].body[0].groups[0].words[0].text, "HEAD");
    }

    #[test]
    fn a_sentence_longer_than_a_page_is_cut_at_the_ends_of_its_lines() {
        let said = (0..32).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        let cut = pages(&said, 4.0);
        assert_eq!(cut.len(), 2);
        assert_eq!(cut.join(" "), said);
        assert_eq!(cut[0].split(' ').count(), 16);
    }
}
