//! How large a text can be, and where its lines end (LOOK.md section 3).
//!
//! Title and body are chosen together from two scales of steps: of all pairs that fit, the one with the
//! largest body plus half the title. Lines are balanced by least squares over the smallest number of lines, prefer to end
//! after a clause, and avoid ending on a word that leans on the next.
//!
//! Everything here is in u (1/135 of the board's shorter side) and em; nothing knows pixels or colours.

use super::legible::TITLE_BODY;
use super::words::Group;
use std::ops::Range;

/// The steps that letters are set in, large to small, in u; none is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scale {
    pub titles: Vec<f32>,
    /// Of a notice that is nothing but a title.
    pub titles_alone: Vec<f32>,
    /// Nothing smaller than the last can be read from where people stand.
    pub bodies: Vec<f32>,
    /// Of a table's cells.
    pub cells: Vec<f32>,
}

impl Scale {
    pub fn body_min(&self) -> f32 {
        self.bodies.last().copied().unwrap_or(1.0)
    }
    pub fn title_min(&self) -> f32 {
        self.titles.last().copied().unwrap_or(1.0)
    }
}

/// The least part of a line after which it may end early with a clause.
const CLAUSE_MIN: f32 = 0.6;
/// How much more an empty end of the first line of a paragraph counts than that of the others.
const FIRST_LINE: f32 = 1.4;
const TITLE_LINES_MAX: usize = 3;
const TITLE_ALONE_LINES_MAX: usize = 6;
/// Space between title and body, and between paragraphs, in body sizes.
pub const TITLE_GAP: f32 = 0.45;
pub const PARAGRAPH_GAP: f32 = 0.22;
/// Space after a list item's marker, in em.
pub const MARKER_GAP: f32 = 0.35;

/// A paragraph ready to be broken into lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Para {
    /// What stands before a list item; its lines hang beside it.
    pub marker: Option<Group>,
    /// By how much its lines are indented, in em.
    pub hang: f32,
    pub groups: Vec<Group>,
    /// It names what follows it.
    pub heading: bool,
}

impl Para {
    pub fn indent(&self) -> f32 {
        self.hang
    }
}

/// A title with a body, in one column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    pub title: Vec<Group>,
    pub body: Vec<Para>,
    /// Line heights of title and body, in em: taller for scripts that reach higher.
    pub leading: Leading,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leading {
    pub title: f32,
    pub body: f32,
}

impl Default for Leading {
    fn default() -> Self {
        Leading { title: 1.28, body: 1.42 }
    }
}

impl Leading {
    /// Tai Viet stacks vowels and tones above the letter, and its tails hang half an em below: closer, lines run through one
    /// another (measured with Tai Heritage Pro at 1.15 em).
    pub const TALL: Leading = Leading { title: 1.8, body: 1.9 };
}

/// Which groups make each line.
pub type Lines = Vec<Range<usize>>;

/// One text broken into lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Broken {
    pub title: Lines,
    /// For each paragraph.
    pub body: Vec<Lines>,
}

/// The sizes that were found, in u, and the lines of each text.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    pub title: f32,
    pub body: f32,
    pub texts: Vec<Broken>,
}

/// Breaks groups into as few lines of `width` em as they need, as even as they can be. `None` when a group is wider
/// than a line. `space` is a space in em. A `ragged` text may end on a short line.
pub fn wrap(groups: &[Group], width: f32, space: f32, ragged: bool) -> Option<Lines> {
    let fits = groups.iter().all(|group| group.width <= width);
    fits.then(|| wrap_any(groups, width, space, ragged))
}

/// The same where nothing smaller is left to try: a group wider than a line has one to itself.
pub fn wrap_any(groups: &[Group], width: f32, space: f32, ragged: bool) -> Lines {
    #[derive(Clone, Copy)]
    struct Best {
        lines: u32,
        cost: f32,
        from: usize,
    }
    let count = groups.len();
    let ends: Vec<End> = groups.iter().map(End::of).collect();
    let mut best = vec![Best { lines: u32::MAX, cost: f32::INFINITY, from: 0 }; count + 1];
    best[0] = Best { lines: 0, cost: 0.0, from: 0 };
    for end in 1..=count {
        let mut total = 0.0;
        for from in (0..end).rev() {
            let joint = if from + 1 < end && groups[from + 1].space() { space } else { 0.0 };
            total += groups[from].width + joint;
            if total > width && from + 1 < end {
                break;
            }
            let lone = end - from == 1 && groups[from].words.len() == 1;
            let cost = line_cost(ends[end - 1], lone, total, width, end == count, ragged);
            let cost = if ragged && from == 0 && end < count { FIRST_LINE * cost } else { cost };
            let (lines, cost) = (best[from].lines.saturating_add(1), best[from].cost + cost);
            if lines < best[end].lines || lines == best[end].lines && cost < best[end].cost {
                best[end] = Best { lines, cost, from };
            }
        }
    }
    let mut lines = Lines::new();
    let mut end = count;
    while end > 0 {
        lines.push(best[end].from..end);
        end = best[end].from;
    }
    lines.reverse();
    lines
}

/// How a group ends, as far as a line that ends with it is concerned.
#[derive(Debug, Clone, Copy)]
struct End {
    clause: bool,
    leaning: bool,
}

impl End {
    fn of(group: &Group) -> End {
        End { clause: group.ends_clause(), leaning: group.ends_leaning() }
    }
}

/// `lone`: the line is one word.
fn line_cost(end: End, lone: bool, total: f32, width: f32, is_last: bool, ragged: bool) -> f32 {
    if is_last && ragged {
        let short = (width * 0.3 - total).max(0.0);
        // A word alone on the last line looks lost.
        let lost = if lone { width * 0.4 } else { 0.0 };
        return short * short * 4.0 + lost * lost;
    }
    let mut cost = (width - total) * (width - total);
    if !is_last && !ragged && end.clause && total >= CLAUSE_MIN * width {
        cost *= 0.25;
    }
    if !is_last && end.leaning {
        cost = cost * 1.5 + (width * 0.3) * (width * 0.3);
    }
    cost
}

/// Height of one text at these sizes, in u, with its lines; `None` when it does not fit the width.
pub fn break_text(text: &Text, title: f32, body: f32, width: f32, space: f32) -> Option<(Broken, f32)> {
    break_with(wrap, text, (title, body), width, space)
}

/// The same where nothing smaller is left to try.
pub fn break_any(text: &Text, title: f32, body: f32, width: f32, space: f32) -> (Broken, f32) {
    let wrap: Wrap = |groups, width, space, ragged| Some(wrap_any(groups, width, space, ragged));
    break_with(wrap, text, (title, body), width, space).unwrap_or_default()
}

type Wrap = fn(&[Group], f32, f32, bool) -> Option<Lines>;

fn break_with(
    wrap: Wrap,
    text: &Text,
    (title, body): (f32, f32),
    width: f32,
    space: f32,
) -> Option<(Broken, f32)> {
    let title_lines = wrap(&text.title, width / title, space, false)?;
    let mut height = title_lines.len() as f32 * title * text.leading.title;
    let mut paragraphs = Vec::with_capacity(text.body.len());
    for (at, para) in text.body.iter().enumerate() {
        let lines = wrap(&para.groups, width / body - para.indent(), space, true)?;
        height += lines.len() as f32 * body * text.leading.body;
        height += if at > 0 { PARAGRAPH_GAP * body } else { TITLE_GAP * body };
        paragraphs.push(lines);
    }
    Some((Broken { title: title_lines, body: paragraphs }, height))
}

/// Height in u that there is for the first of some texts, and for each of the others.
#[derive(Debug, Clone, Copy)]
pub struct Heights {
    pub first: f32,
    pub later: f32,
}

impl Heights {
    /// The same for all.
    pub fn all(height: f32) -> Heights {
        Heights { first: height, later: height }
    }
    fn of(self, text: usize) -> f32 {
        if text == 0 { self.first } else { self.later }
    }
}

/// The best pair of sizes at which every text fits a column of `width` u, and of its height.
pub fn fit(texts: &[Text], width: f32, heights: Heights, space: f32, scale: &Scale) -> Option<Fitted> {
    if texts.iter().all(|text| text.body.is_empty()) {
        let sizes = scale.titles_alone.iter().map(|&title| (title, scale.body_min()));
        return best_of(texts, sizes, width, heights, space, TITLE_ALONE_LINES_MAX);
    }
    let pair = |&(title, body): &(f32, f32)| (TITLE_BODY * body - 1e-3..=1.65 * body).contains(&title);
    let sizes = scale
        .bodies
        .iter()
        .flat_map(|&body| scale.titles.iter().map(move |&title| (title, body)))
        .filter(pair);
    best_of(texts, sizes, width, heights, space, TITLE_LINES_MAX)
}

fn best_of(
    texts: &[Text],
    sizes: impl Iterator<Item = (f32, f32)>,
    width: f32,
    heights: Heights,
    space: f32,
    title_lines_max: usize,
) -> Option<Fitted> {
    let most = |(title, body): (f32, f32)| body + 0.5 * title;
    let least: Vec<Least> = texts.iter().map(|text| Least::of(text, space)).collect();
    let mut sizes: Vec<(f32, f32)> = sizes.collect();
    sizes.sort_by(|a, b| most(*b).total_cmp(&most(*a)));
    let mut best: Option<(f32, Fitted)> = None;
    for (title, body) in sizes {
        if best.as_ref().is_some_and(|(score, _)| most((title, body)) <= *score) {
            break;
        }
        let over = |(at, least): (usize, &Least)| least.height(title, body, width) > heights.of(at);
        if least.iter().enumerate().any(over) {
            continue;
        }
        let mut broken = Vec::with_capacity(texts.len());
        let mut leaning = 0;
        for (at, text) in texts.iter().enumerate() {
            let Some((lines, needs)) = break_text(text, title, body, width, space) else { break };
            if needs > heights.of(at) || lines.title.len() > title_lines_max {
                break;
            }
            let inner = &lines.title[..lines.title.len().saturating_sub(1)];
            leaning =
                inner.iter().filter(|line| text.title[line.end - 1].ends_leaning()).count().max(leaning);
            broken.push(lines);
        }
        let score = most((title, body)) - 0.7 * leaning as f32;
        if broken.len() == texts.len() && best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, Fitted { title, body, texts: broken }));
        }
    }
    best.map(|(_, fitted)| fitted)
}

/// A bound on the height of a text, found without breaking a line of it: a text of many pages fits at no size, and
/// that should not take a search for its best lines at each of them.
struct Least {
    title: Run,
    body: Vec<(Run, f32)>,
    leading: Leading,
    space: f32,
}

/// Of the groups of one paragraph, in em: their widths with the spaces between them.
struct Run {
    total: f32,
    widest: f32,
}

impl Run {
    fn of(groups: &[Group], space: f32) -> Run {
        let spaces = groups.iter().skip(1).filter(|group| group.space()).count();
        let total = groups.iter().map(|group| group.width).sum::<f32>() + spaces as f32 * space;
        Run { total, widest: groups.iter().map(|group| group.width).fold(0.0, f32::max) }
    }

    /// No fewer lines than this have room for it; infinite where a group is wider than a line.
    fn lines(&self, width: f32, space: f32) -> f32 {
        if self.widest > width {
            return f32::INFINITY;
        }
        if self.total == 0.0 {
            return 0.0;
        }
        // Each line but one saves a space. A hair less: sums in another order differ in their last digits.
        ((self.total + space) / (width + space) * 0.9999).ceil()
    }
}

impl Least {
    fn of(text: &Text, space: f32) -> Least {
        Least {
            title: Run::of(&text.title, space),
            body: text.body.iter().map(|para| (Run::of(&para.groups, space), para.indent())).collect(),
            leading: text.leading,
            space,
        }
    }

    /// In u, of a column `width` u wide.
    fn height(&self, title: f32, body: f32, width: f32) -> f32 {
        let head = self.title.lines(width / title, self.space) * title * self.leading.title;
        let lines = |(run, indent): &(Run, f32)| run.lines(width / body - indent, self.space);
        let gaps = (self.body.len() as f32 - 1.0) * PARAGRAPH_GAP + TITLE_GAP;
        let gaps = if self.body.is_empty() { 0.0 } else { gaps * body };
        // Sums of many small heights lose some digits.
        (head + self.body.iter().map(lines).sum::<f32>() * body * self.leading.body + gaps) * 0.9999
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::words::Word;
    use proptest::prelude::*;

    fn group(text: &str, width: f32) -> Group {
        Group {
            words: vec![Word { text: text.into(), bold: false, space: true }],
            width,
            leans: false,
            follows: None,
        }
    }

    #[test]
    fn lines_are_as_few_as_can_be_and_then_even() {
        let groups: Vec<Group> = "a b c d".split(' ').map(|t| group(t, 2.0)).collect();
        assert_eq!(wrap(&groups, 8.0, 0.5, false), Some(vec![0..2, 2..4]));
        assert_eq!(wrap(&groups, 1.0, 0.5, false), None);
        assert_eq!(wrap(&[], 1.0, 0.5, false), Some(vec![]));
    }

    #[test]
    fn a_line_does_not_end_on_a_word_that_leans_on_the_next() {
        let groups: Vec<Group> =
            ["điện", "nước", "để", "sửa", "đường"].iter().map(|t| group(t, 2.0)).collect();
        assert_eq!(wrap(&groups, 8.0, 0.5, false), Some(vec![0..2, 2..5]));
    }

    #[test]
    fn the_largest_pair_that_fits_is_taken() {
        let text = Text {
            title: vec![group("Tin", 3.0)],
            body: vec![Para { groups: vec![group("Chữ", 3.0)], ..Para::default() }],
            leading: Leading::default(),
        };
        let scale = &crate::layout::look::Look::cham().sizes.scale;
        let fitted = fit(std::slice::from_ref(&text), 200.0, Heights::all(90.0), 0.25, scale).unwrap();
        assert_eq!((fitted.title, fitted.body), (31.0, 22.0));
        assert!(fit(&[text], 20.0, Heights::all(90.0), 0.25, scale).is_none());
    }

    proptest! {
        /// What is left out for its bound would not have fitted.
        #[test]
        fn a_text_is_never_lower_than_its_bound(
            widths in prop::collection::vec((0.2f32..8.0, any::<bool>()), 0..60),
            paragraphs in 1usize..5,
            (title, body) in (6.0f32..20.0, 4.0f32..13.0),
            width in 20.0f32..200.0,
        ) {
            let group = |(width, space): &(f32, bool)| Group {
                words: vec![Word { text: "x".into(), bold: false, space: *space }],
                width: *width,
                leans: false,
                follows: None,
            };
            let groups: Vec<Group> = widths.iter().map(group).collect();
            let para = |groups: &[Group]| Para { groups: groups.to_vec(), ..Para::default() };
            let text = Text {
                title: groups.iter().take(5).cloned().collect(),
                body: groups.chunks(groups.len().div_ceil(paragraphs).max(1)).map(para).collect(),
                leading: Leading::default(),
            };
            let least = Least::of(&text, 0.25).height(title, body, width);
            match break_text(&text, title, body, width, 0.25) {
                Some((_, height)) => prop_assert!(least <= height, "{least} > {height}"),
                None => prop_assert!(least.is_infinite()),
            }
        }
    }
}
