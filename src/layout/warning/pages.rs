//! What a warning says, in letters as large as fit, or cut into pages.
//!
//! All on one page is best: who has to run reads no second one. Where that would take letters too small to be read from
//! where people stand, there are pages, and each has what nobody may miss: the hazard, where and when, and the last
//! action, if that is a number to call; the other actions take turns, under their own numbers. Where even that is
//! too much for the board, the place has a page with the first action alone, and in the end it is line after line. Nothing is
//! left out.
//!
//! Lengths are in u, text widths in em.

use crate::layout::brush::Brush;
use crate::layout::fit::{Lines, wrap, wrap_any};
use crate::layout::look::Role;
use crate::layout::words::{Group, cut_to, groups};
use crate::limits;
use crate::model::alert::Alert;
use crate::model::board::{Reading, Theme};
use crate::text::markup::{Span, line};
use crate::text::sole_line;

/// Height of a line of the hazard and of the place.
pub const LEADING: f32 = 1.28;
/// Heights of a line of an action: loose, and where that saves room.
const ACTION_LEADINGS: [f32; 2] = [1.32, 1.2];
/// From an action's number to its words, and the number's square, in sizes of the words.
pub const NUMBER_GAP: f32 = 5.0;
pub const NUMBER_SIDE: f32 = 0.96;
/// Least space between two actions; and, in sizes of theirs, where one of them has several lines, which then belong together.
const ACTIONS_GAP: f32 = 0.6;
const ACTIONS_GAP_LINES: f32 = 0.34;
/// More lines than this are never better than smaller letters or more pages.
const EVENT_LINES_MAX: usize = 5;
const AREA_LINES_MAX: usize = 8;
const ACTION_LINES_MAX: usize = 6;
/// How much larger actions would have to be to be worth more than a line for each, which is read at a glance.
const ONE_LINE: f32 = 2.0;
/// By how many u the letters would have to grow to be worth a page more.
const PAGE: f32 = 12.0;
/// What a page of a warning stays at the least, before it is doubled (LOOK.md section 7).
const PAGE_MS_MIN: u64 = 10_000;
/// A warning stays twice as long as a notice.
const SLOWLY: f64 = 2.0;

/// Where a warning's words go, in u.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Of the hazard and the place.
    pub width: f32,
    /// From the top of the hazard's first line to where actions end.
    pub height: f32,
    /// Height of the line that says who issued it, under the actions.
    pub foot: f32,
    /// By how much the actions' lines are shorter, beside their numbers.
    pub inset: f32,
    pub area_gap: f32,
    /// From the place to the first action.
    pub actions_gap: f32,
    /// From the top of the hazard: actions begin here or below.
    pub actions_top: f32,
}

/// The sizes that each part may have, large to small; none is empty.
#[derive(Debug, Clone)]
pub struct Steps {
    pub event: (Role, Vec<f32>),
    pub area: (Role, Vec<f32>),
    pub actions: Vec<f32>,
}

impl Steps {
    /// The same for readers who need letters of `limit` u at the least, and read those of `ease` u with ease; `widest`
    /// is the width of a word that no distance may cut, in em.
    fn for_readers(mut self, (limit, ease): (f32, f32), room: &Room, widest: f32) -> Steps {
        let words = (room.width - room.inset - NUMBER_GAP) / (widest.max(5.0) + NUMBER_SIDE);
        let lines = (room.height + room.foot - room.actions_gap) / (2.0 * ACTION_LEADINGS[0]);
        let most = words.min(lines).max(1.0);
        let limit = limit.min(most);
        for steps in [&mut self.event.1, &mut self.area.1, &mut self.actions] {
            let largest = steps.first().copied().unwrap_or(limit);
            let mut size = largest * 1.08;
            while size <= ease.min(most) && steps.len() < 24 {
                steps.insert(0, size);
                size *= 1.08;
            }
            if steps.last().is_none_or(|least| *least < limit) {
                steps.retain(|size| *size > limit);
                steps.push(limit);
            }
        }
        self
    }
}

/// Words broken into lines at a size.
#[derive(Debug, Clone)]
pub struct Part {
    pub groups: Vec<Group>,
    pub lines: Lines,
    pub size: f32,
    pub role: Role,
}

impl Part {
    pub fn height(&self, leading: f32) -> f32 {
        self.lines.len() as f32 * self.size * leading
    }
    fn syllables(&self) -> usize {
        self.lines.iter().cloned().flat_map(|line| &self.groups[line]).map(Group::syllables).sum()
    }
    /// The same without any line.
    fn empty(&self) -> Part {
        Part { lines: Lines::new(), ..self.clone() }
    }
}

/// One of the lines that say what to do.
#[derive(Debug, Clone)]
pub struct Action {
    /// From 1; `None` where the page before has it.
    pub number: Option<usize>,
    pub part: Part,
}

#[derive(Debug, Clone)]
pub struct Page {
    pub event: Option<Part>,
    pub area: Option<Part>,
    pub actions: Vec<Action>,
    /// Height of a line of the actions.
    pub leading: f32,
    /// Whether there is room for the line that says who issued it.
    pub foot: bool,
}

impl Page {
    /// From the top of the hazard to where the actions begin.
    pub fn actions_top(&self, room: &Room) -> f32 {
        let height = |part: &Option<Part>| part.as_ref().map_or(0.0, |part| part.height(LEADING));
        let gap = if self.area.is_some() { room.area_gap } else { 0.0 };
        let head = height(&self.event) + gap + height(&self.area);
        if head == 0.0 { 0.0 } else { (head + room.actions_gap).max(room.actions_top) }
    }
    pub fn actions_height(&self) -> f32 {
        self.actions.iter().map(|action| action.part.height(self.leading)).sum()
    }
    /// Least space between two actions.
    fn gap(&self) -> f32 {
        let several = self.actions.iter().find(|action| action.part.lines.len() > 1);
        several.map_or(ACTIONS_GAP, |action| ACTIONS_GAP_LINES * action.part.size)
    }
    fn fits(&self, room: &Room) -> bool {
        let gaps = self.gap() * self.actions.len().saturating_sub(1) as f32;
        let height = if self.foot { room.height } else { room.height + room.foot };
        self.actions_top(room) + self.actions_height() + gaps <= height + 1e-3
    }
}

/// A warning's words without marks, one line each.
struct Words {
    event: String,
    /// Where and when: "Bản Nà Khan · đến 6h00" are two things.
    area: Vec<String>,
    actions: Vec<Vec<Span>>,
}

fn words(alert: &Alert) -> Words {
    let clean = |text: &str| sole_line(text, limits::TITLE_CHARS_MAX).trim().to_owned();
    let action = |text: &String| line(text.trim(), limits::TITLE_CHARS_MAX);
    let said = |spans: &Vec<Span>| spans.iter().any(|span| !span.text.trim().is_empty());
    let area = clean(&alert.area);
    Words {
        event: clean(&alert.event),
        area: area.split('·').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect(),
        actions: alert.actions.iter().map(action).filter(said).take(limits::ALERT_ACTIONS_MAX).collect(),
    }
}

fn plain(text: &str) -> Vec<Span> {
    vec![Span { text: text.to_owned(), bold: false }]
}

/// The spans as groups no wider than `width` at the smallest of some sizes.
fn measured(brush: &Brush<'_>, spans: &[Span], role: Role, width: f32) -> Vec<Group> {
    let ink = role.ink(Theme::Day);
    cut_to(groups(spans, brush.measure, ink), width, brush.measure, ink)
}

pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Every way to set each part.
struct Tried {
    events: Vec<Part>,
    /// One that is `None` where the warning names no place.
    areas: Vec<Option<Part>>,
    /// For each size, all actions.
    actions: Vec<Vec<Part>>,
    /// The same at the smallest sizes, in as many lines as that takes.
    least: (Part, Option<Part>, Vec<Part>),
}

impl Tried {
    fn new(brush: &Brush<'_>, said: &Words, room: &Room, steps: &Steps) -> Tried {
        let smallest = |sizes: &[f32]| sizes.last().copied().unwrap_or(1.0);
        let event = {
            let (role, sizes) = &steps.event;
            let space = brush.measure.space(role.ink(Theme::Day).plain);
            let groups = measured(brush, &plain(&said.event), *role, room.width / smallest(sizes));
            let part = |size: f32, lines| Part { groups: groups.clone(), lines, size, role: *role };
            let at = |&size: &f32| {
                let lines = wrap(&groups, room.width / size, space, false)?;
                (lines.len() <= EVENT_LINES_MAX).then(|| part(size, lines))
            };
            let least = smallest(sizes);
            let any = part(least, wrap_any(&groups, room.width / least, space, false));
            (sizes.iter().filter_map(at).collect(), any)
        };
        let area = Self::areas(brush, &said.area, room, &steps.area);
        let side = |size: f32| (room.width - room.inset - NUMBER_SIDE * size - NUMBER_GAP).max(size) / size;
        let role = Role::Title;
        let space = brush.measure.space(role.ink(Theme::Day).plain);
        let least = smallest(&steps.actions);
        let groups: Vec<Vec<Group>> =
            said.actions.iter().map(|spans| measured(brush, spans, role, side(least))).collect();
        let at = |&size: &f32| -> Option<Vec<Part>> {
            let part = |groups: &Vec<Group>| {
                let lines = wrap(groups, side(size), space, false)?;
                (lines.len() <= ACTION_LINES_MAX).then(|| Part { groups: groups.clone(), lines, size, role })
            };
            groups.iter().map(part).collect()
        };
        let any = |groups: &Vec<Group>| Part {
            groups: groups.clone(),
            lines: wrap_any(groups, side(least), space, false),
            size: least,
            role,
        };
        Tried {
            events: event.0,
            areas: area.0,
            actions: steps.actions.iter().filter_map(at).collect(),
            least: (event.1, area.1, groups.iter().map(any).collect()),
        }
    }

    /// Where and when: in one line with a point between, or each on lines of its own.
    fn areas(
        brush: &Brush<'_>,
        parts: &[String],
        room: &Room,
        (role, sizes): &(Role, Vec<f32>),
    ) -> (Vec<Option<Part>>, Option<Part>) {
        if parts.is_empty() {
            return (vec![None], None);
        }
        let smallest = sizes.last().copied().unwrap_or(1.0);
        let role = *role;
        let space = brush.measure.space(role.ink(Theme::Day).plain);
        let together = measured(brush, &plain(&parts.join(" · ")), role, room.width / smallest);
        let apart =
            parts.iter().map(|part| measured(brush, &plain(&capital(part)), role, room.width / smallest));
        let apart: Vec<Vec<Group>> = apart.collect();
        let each = |size: f32, break_lines: &dyn Fn(&[Group]) -> Option<Lines>| {
            let (mut groups, mut lines) = (Vec::new(), Lines::new());
            for part in &apart {
                let before = groups.len();
                lines.extend(break_lines(part)?.iter().map(|line| line.start + before..line.end + before));
                groups.extend(part.iter().cloned());
            }
            Some(Part { groups, lines, size, role })
        };
        let at = |&size: &f32| {
            let width = room.width / size;
            let one = wrap(&together, width, space, false).filter(|lines| lines.len() == 1);
            let part = match one {
                Some(lines) => Part { groups: together.clone(), lines, size, role },
                None => each(size, &|part| wrap(part, width, space, false))?,
            };
            (part.lines.len() <= AREA_LINES_MAX).then_some(Some(part))
        };
        let any = each(smallest, &|part| Some(wrap_any(part, room.width / smallest, space, false)));
        (sizes.iter().filter_map(at).collect(), any)
    }

    /// The best set of sizes at which `pages` gives pages that all fit.
    fn best(
        &self,
        room: &Room,
        pages: impl Fn(&Part, Option<&Part>, &[Part], f32) -> Vec<Page>,
    ) -> Option<Vec<Page>> {
        let mut ways = Vec::new();
        for event in &self.events {
            for area in &self.areas {
                for actions in &self.actions {
                    for leading in ACTION_LEADINGS {
                        let score = score(event, area.as_ref(), actions, leading);
                        ways.push((score, event, area.as_ref(), actions, leading));
                    }
                }
            }
        }
        ways.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut best: Option<(f32, Vec<Page>)> = None;
        for (score, event, area, actions, leading) in ways {
            // Nothing that follows reads better, and all of it has a page at least.
            if best.as_ref().is_some_and(|(most, _)| score - PAGE <= *most) {
                break;
            }
            let made = pages(event, area, actions, leading);
            let score = score - PAGE * made.len() as f32;
            let better = best.as_ref().is_none_or(|(most, _)| score > *most);
            if better && made.iter().all(|page| page.fits(room)) {
                best = Some((score, made));
            }
        }
        best.map(|(_, pages)| pages)
    }
}

/// How well a set of sizes reads: actions before the place before the hazard, whose letters are large anyway.
fn score(event: &Part, area: Option<&Part>, actions: &[Part], leading: f32) -> f32 {
    let action = actions.first().map_or(0.0, |part| part.size);
    let at_a_glance = if actions.iter().all(|part| part.lines.len() == 1) { ONE_LINE } else { 0.0 };
    let place = area.map_or(0.0, |part| 0.5 * part.size - 0.4 * (part.lines.len() as f32 - 1.0));
    let tight = if leading < ACTION_LEADINGS[0] { 0.3 } else { 0.0 };
    action + at_a_glance + place + 0.55 * event.size - 0.8 * (event.lines.len() as f32 - 1.0) - tight
}

fn numbered(part: &Part, number: usize) -> Action {
    Action { number: Some(number), part: part.clone() }
}

/// Whether an action says whom to call: three digits and more.
fn calls(action: &Part) -> bool {
    let words = action.groups.iter().flat_map(|group| &group.words);
    words.into_iter().any(|word| word.text.chars().filter(char::is_ascii_digit).count() >= 3)
}

/// Actions from the one after `done` on, in `pages` even parts in their order; the last of them on every page if it says whom to
/// call.
fn shared(actions: &[Part], done: usize, pages: usize) -> Vec<Vec<Action>> {
    let call = actions.last().filter(|last| calls(last)).map(|last| numbered(last, actions.len()));
    let others = actions.len() - usize::from(call.is_some());
    let others: Vec<Action> =
        actions[..others].iter().enumerate().skip(done).map(|(at, part)| numbered(part, at + 1)).collect();
    if others.is_empty() {
        return vec![call.into_iter().collect()];
    }
    let each = others.len().div_ceil(pages.max(1)).max(1);
    others.chunks(each).map(|chunk| chunk.iter().chain(&call).cloned().collect()).collect()
}

/// Each on a page of its own, the last first.
fn one_by_one(actions: &[Part]) -> Vec<Vec<Action>> {
    let order = (0..actions.len()).rev().take(1).chain(0..actions.len().saturating_sub(1));
    order.map(|at| vec![numbered(&actions[at], at + 1)]).collect()
}

/// The width in em of the longest word, which is not to be cut: it may be the number to call.
fn widest(brush: &Brush<'_>, said: &Words) -> f32 {
    let weight = Role::Heavy.ink(Theme::Day).plain;
    let actions = said.actions.iter().flatten().map(|span| span.text.as_str());
    let texts = actions.chain([said.event.as_str()]).chain(said.area.iter().map(String::as_str));
    let words = texts.flat_map(|text| text.split(' '));
    words.map(|word| brush.measure.width(word, weight)).fold(0.0, f32::max)
}

/// The warning's pages, and how many seconds each takes to read; at least one. `need`: the letters that its readers need
/// at the least, and those that they read with ease, in u.
pub fn pages(
    brush: &Brush<'_>,
    alert: &Alert,
    room: &Room,
    steps: Steps,
    need: (f32, f32),
    reading: Reading,
) -> Vec<(Page, f64)> {
    let said = words(alert);
    let steps = steps.for_readers(need, room, widest(brush, &said));
    let tried = Tried::new(brush, &said, room, &steps);
    let count = tried.least.2.len();
    let parts = 1..=count.max(1);
    let page = |event: Option<&Part>, area: Option<&Part>, actions, leading| Page {
        event: event.cloned(),
        area: area.cloned(),
        actions,
        leading,
        foot: true,
    };
    for parts in parts.clone() {
        let found = tried.best(room, |event, area, actions, leading| {
            let shared = shared(actions, 0, parts).into_iter();
            shared.map(|actions| page(Some(event), area, actions, leading)).collect()
        });
        if let Some(found) = found {
            return timed(found, reading);
        }
    }
    for (hazard_stays, number_stays) in [(true, true), (false, true), (false, false)] {
        for parts in parts.clone() {
            let found = tried.best(room, |event, area, actions, leading| {
                // Whoever reads one page reads what to do first, and whom to call where there is room for it.
                let urgent: Vec<Action> =
                    actions.first().map(|first| numbered(first, 1)).into_iter().collect();
                let call = actions.last().filter(|last| count > 1 && calls(last));
                let both = urgent.iter().cloned().chain(call.map(|call| numbered(call, count))).collect();
                let made = |actions| page(Some(event), area, actions, leading);
                let whole = [made(both), made(urgent)].into_iter().find(|page| page.fits(room));
                let done = usize::from(whole.is_some());
                let without = made(Vec::new());
                let mut pages = match whole {
                    Some(whole) => vec![whole],
                    None if hazard_stays || without.fits(room) => vec![without],
                    None => vec![Page { area: None, ..without.clone() }, Page { event: None, ..without }],
                };
                let hazard = Some(event).filter(|_| hazard_stays);
                let shared = if number_stays { shared(actions, done, parts) } else { one_by_one(actions) };
                pages.extend(shared.into_iter().map(|actions| page(hazard, None, actions, leading)));
                // Who issued it matters less than what to do.
                let footless = |page: &mut Page| page.foot = hazard_stays || page.fits(room);
                pages.iter_mut().for_each(footless);
                pages.retain(|page| page.event.is_some() || page.area.is_some() || !page.actions.is_empty());
                pages
            });
            if let Some(found) = found {
                return timed(found, reading);
            }
        }
    }
    timed(line_by_line(&tried, room), reading)
}

/// Where letters that can be read leave room for a few lines: hazard, place, the number to call, and then the rest.
fn line_by_line(tried: &Tried, room: &Room) -> Vec<Page> {
    let (event, area, actions) = &tried.least;
    let blank =
        Page { event: None, area: None, actions: Vec::new(), leading: ACTION_LEADINGS[1], foot: false };
    let mut pages = vec![blank.clone()];
    let mut add = |change: &dyn Fn(&mut Page)| {
        let mut longer = pages.last().cloned().unwrap_or_else(|| blank.clone());
        let is_blank = longer.event.is_none() && longer.area.is_none() && longer.actions.is_empty();
        change(&mut longer);
        if is_blank || longer.fits(room) {
            pages.pop();
            pages.push(longer);
            return;
        }
        let mut next = blank.clone();
        change(&mut next);
        pages.push(next);
    };
    for line in &event.lines {
        add(&|page| page.event.get_or_insert_with(|| event.empty()).lines.push(line.clone()));
    }
    for (area, line) in area.iter().flat_map(|area| area.lines.iter().map(move |line| (area, line))) {
        add(&|page| page.area.get_or_insert_with(|| area.empty()).lines.push(line.clone()));
    }
    let order = (0..actions.len()).rev().take(1).chain(0..actions.len().saturating_sub(1));
    for at in order {
        for (number, line) in actions[at].lines.iter().enumerate() {
            add(&|page| {
                let goes_on = number > 0 && !page.actions.is_empty();
                if !goes_on {
                    let number = (number == 0).then_some(at + 1);
                    page.actions.push(Action { number, part: actions[at].empty() });
                }
                if let Some(action) = page.actions.last_mut() {
                    action.part.lines.push(line.clone());
                }
            });
        }
    }
    pages
}

/// The seconds that each page takes: what a reader knows from the page before takes no time again.
fn timed(pages: Vec<Page>, reading: Reading) -> Vec<(Page, f64)> {
    let mut known: Vec<usize> = Vec::new();
    let (mut event_known, mut area_known) = (false, false);
    let seconds = |page: &Page| {
        let mut syllables = 0;
        let mut head = |part: &Option<Part>, is_known: &mut bool| {
            let Some(part) = part else { return };
            syllables += if *is_known && page.foot { 0 } else { part.syllables() };
            *is_known = true;
        };
        head(&page.event, &mut event_known);
        head(&page.area, &mut area_known);
        for action in &page.actions {
            match action.number {
                Some(number) if known.contains(&number) => continue,
                number => known.extend(number),
            }
            syllables += action.part.syllables();
        }
        SLOWLY * reading.milliseconds(syllables).max(PAGE_MS_MIN) as f64 / 1000.0
    };
    let seconds: Vec<f64> = pages.iter().map(seconds).collect();
    pages.into_iter().zip(seconds).collect()
}
