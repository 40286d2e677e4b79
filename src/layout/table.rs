//! A table set in columns: how large its cells, how wide its columns, which rows on which page.
//!
//! Each column is as wide as its widest cell. What is too wide for the board in smaller letters too has cells of two lines:
//! first the columns that gain most by it, and names and numbers whole where that is enough. Only what is
//! still too wide is said in lines of text.
//!
//! Lengths are in u, but for what a name says is in em.

use super::fit::wrap_any;
use super::look::Role;
use super::spoken::is_hour;
use super::words::{Group, Measure, plain_groups, said};
use crate::model::board::Theme;
use crate::text::markup::Table;
use crate::text::together::Tie;

/// Least gap between columns, and margin at their sides.
const COLUMN_GAP: f32 = 4.0;
pub const MARGIN: f32 = 2.0;
/// Least and greatest height of a row of one line.
const ROW_MIN: f32 = 12.2;
const ROW_MAX: f32 = 13.0;
/// By how much rows and their letters shrink before a page is parted.
const SQUEEZED: f32 = 0.9;
/// The same in cell sizes, where cells are larger than the look's.
const CELL_ROW_MIN: f32 = 1.3;
const CELL_ROW_MAX: f32 = 1.8;
/// From one line of a cell to the next, in cell sizes: marks and tails never touch (LOOK.md section 1).
pub const CELL_LINE: f32 = 1.28;
/// A cell has no more lines.
const LINES_MAX: usize = 2;
/// Space below the rows.
pub const AIR: f32 = 2.5;
/// Space above the first row of a table without heads: tails of the title do not touch its ground.
pub const OVER: f32 = 2.5;
/// Height of the heads, rule included, in sizes of theirs.
const HEADS: f32 = 10.2 / 6.2;
/// Their baseline from the top, the same.
pub const HEADS_BASELINE: f32 = 7.7 / 6.2;
/// How near the narrowest column of so many lines is sought, in em.
const NARROW_ENOUGH: f32 = 0.05;

/// Rows that stand on one page.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    pub head: Vec<String>,
    pub rows: Vec<Row>,
    /// Sizes of cells and of heads, and the least height of a row.
    pub cell: f32,
    pub row: f32,
    pub heads: f32,
    pub widths: Vec<f32>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub role: Role,
    pub lines: Vec<String>,
}

impl Row {
    fn lines(&self) -> usize {
        self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1).max(1)
    }

    /// Syllables of Vietnamese: what is between spaces.
    pub fn syllables(&self) -> usize {
        let lines = self.cells.iter().flat_map(|cell| &cell.lines);
        lines.map(|line| line.split(' ').count()).sum()
    }
}

impl Rows {
    /// Height of the heads, with the rule under them, or of the space in their place.
    pub fn heads_height(&self) -> f32 {
        if self.head.is_empty() { OVER } else { heads_height(self.heads) }
    }

    /// Least height of all of it, heads included.
    pub fn height(&self) -> f32 {
        self.heads_height() + self.rows.iter().map(|row| self.least(row)).sum::<f32>()
    }

    pub fn is_one_line_each(&self) -> bool {
        self.rows.iter().all(|row| row.lines() == 1)
    }

    /// Least height of a row.
    pub fn least(&self, row: &Row) -> f32 {
        row_min(self.cell, self.row, row.lines())
    }

    /// What a row may have beside its least height.
    pub fn spare_max(&self) -> f32 {
        ROW_MAX.max(CELL_ROW_MAX * self.cell) - row_min(self.cell, self.row, 1)
    }

    /// The same with rows a tenth lower, and letters that go with them as far as `cell_min` allows.
    pub fn squeezed(&self, cell_min: f32) -> Rows {
        let cell = (self.cell * SQUEEZED).max(cell_min).min(self.cell);
        let row = self.row * SQUEEZED;
        Rows { cell, row, ..self.clone() }
    }

    /// The same table in pages whose rows have this height, the last of them less by `below`: as few as can be, evenly filled. At
    /// least one, at least a row on each.
    pub fn pages(&self, height: f32, below: f32) -> Vec<Rows> {
        #[derive(Clone, Copy)]
        struct Best {
            pages: usize,
            cost: f32,
            from: usize,
        }
        let count = self.rows.len();
        let mut best = vec![Best { pages: usize::MAX, cost: f32::INFINITY, from: 0 }; count + 1];
        best[0] = Best { pages: 0, cost: 0.0, from: 0 };
        for end in 1..=count {
            // Sums in another order differ in their last digits.
            let room = (height - if end == count { below } else { 0.0 }) * 1.0001;
            let mut taken = 0.0;
            for from in (0..end).rev() {
                taken += self.least(&self.rows[from]);
                if taken > room && from + 1 < end {
                    break;
                }
                let full = (taken / height.max(1.0)).min(2.0);
                let (pages, cost) = (best[from].pages.saturating_add(1), best[from].cost + full * full);
                if (pages, cost) < (best[end].pages, best[end].cost) {
                    best[end] = Best { pages, cost, from };
                }
            }
        }
        let page = |rows: &[Row]| Rows { rows: rows.to_vec(), ..self.clone() };
        let mut pages = Vec::new();
        let mut end = count;
        while end > 0 {
            pages.push(page(&self.rows[best[end].from..end]));
            end = best[end].from;
        }
        pages.reverse();
        if pages.is_empty() { vec![page(&[])] } else { pages }
    }
}

/// Height of heads in letters of this size, with the rule under them.
pub fn heads_height(size: f32) -> f32 {
    HEADS * size
}

/// Least height of a row of so many lines: `row` for the first, unless its letters need more.
fn row_min(cell: f32, row: f32, lines: usize) -> f32 {
    row.max(CELL_ROW_MIN * cell) + lines.saturating_sub(1) as f32 * CELL_LINE * cell
}

/// Places and hours stand out.
fn role(column: usize, cell: &str) -> Role {
    if column == 0 || is_hour(cell) { Role::Title } else { Role::Body }
}

/// Sets a table in the largest of the sizes `cells` in which it fits `width`, its heads in `heads`, and each of its rows
/// `height`. `None` when none does.
pub fn set(
    table: &Table,
    (cells, heads): (&[f32], f32),
    (width, height): (f32, f32),
    measure: &Measure,
) -> Option<Rows> {
    let columns: Vec<Column<'_>> = (0..table.rows.iter().chain([&table.head]).map(Vec::len).max()?)
        .map(|number| Column::of(table, number, heads, measure))
        .collect();
    let gaps = COLUMN_GAP * columns.len().saturating_sub(1) as f32 + 2.0 * MARGIN;
    let at = |cell: f32, cut: Cut| {
        let widths = widths(&columns, cell, cut, width - gaps)?;
        let row = |at: usize| {
            let cells = columns.iter().zip(&widths).filter_map(|(column, width)| {
                let own = column.cells.get(at)?.as_ref()?;
                Some(Cell { role: own.role, lines: own.broken(width / cell, cut.words, measure) })
            });
            Row { cells: cells.collect() }
        };
        let rows = (0..table.rows.len()).map(row).collect();
        Some(Rows { head: table.head.clone(), rows, cell, row: ROW_MIN, heads, widths })
    };
    let cuts = [(1, false), (LINES_MAX, false), (LINES_MAX, true)];
    cuts.map(|(lines_max, words)| Cut { lines_max, words }).into_iter().find_map(|cut| {
        let fits = cells.iter().filter(|cell| row_min(**cell, ROW_MIN, cut.lines_max) <= height);
        // What is read at a glance before what is large; of those that are alike, the first is the largest.
        fits.filter_map(|&cell| at(cell, cut))
            .min_by_key(|rows| rows.rows.iter().map(Row::lines).sum::<usize>())
    })
}

/// How cells may be cut: into how many lines, and whether between the words of a name, too.
#[derive(Clone, Copy)]
struct Cut {
    lines_max: usize,
    words: bool,
}

/// Widths of the columns in letters of this size, with cells cut no further, that are no more than `room` together.
fn widths(columns: &[Column<'_>], cell: f32, cut: Cut, room: f32) -> Option<Vec<f32>> {
    let mut lines = vec![1; columns.len()];
    let mut widths: Vec<f32> = columns.iter().map(|column| column.width(cell, 1, cut.words)).collect();
    while widths.iter().sum::<f32>() > room {
        // What is not the first of its row to have so many lines costs no height.
        let highest = lines.iter().copied().max().unwrap_or(1);
        let gain = |at: usize| {
            let less = widths[at] - columns[at].width(cell, lines[at] + 1, cut.words);
            (less > 0.01).then_some((lines[at] < highest, less, at))
        };
        let more = (0..columns.len()).filter(|at| lines[*at] < cut.lines_max).filter_map(gain);
        let (_, less, at) = more.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))?;
        lines[at] += 1;
        widths[at] -= less;
    }
    // The last column may have given more than was asked for: what has room again in fewer lines has them.
    for at in (0..columns.len()).filter(|at| lines[*at] > 1).collect::<Vec<_>>() {
        let wider = columns[at].width(cell, lines[at] - 1, cut.words);
        if widths.iter().sum::<f32>() - widths[at] + wider <= room {
            lines[at] -= 1;
            widths[at] = wider;
        }
    }
    // What is left goes to the columns of the most lines, of which some may then have fewer.
    let most = lines.iter().copied().max().filter(|most| *most > 1);
    let spare = room - widths.iter().sum::<f32>();
    let count = lines.iter().filter(|own| Some(**own) == most).count().max(1) as f32;
    for (width, _) in widths.iter_mut().zip(&lines).filter(|(_, own)| Some(**own) == most) {
        *width += spare / count;
    }
    Some(widths)
}

struct Column<'a> {
    /// The head's width.
    head: f32,
    /// `None`: the row is shorter.
    cells: Vec<Option<Measured>>,
    measure: &'a Measure,
}

struct Measured {
    role: Role,
    groups: Vec<Group>,
    /// In em: of all of it in one line.
    whole: f32,
}

impl<'a> Column<'a> {
    fn of(table: &Table, number: usize, heads: f32, measure: &'a Measure) -> Column<'a> {
        let head = table.head.get(number).map_or(0.0, |head| Measured::of(head, Role::Title, measure).whole);
        let cell = |row: &Vec<String>| {
            let text = row.get(number)?;
            Some(Measured::of(text, role(number, text), measure))
        };
        Column { head: head * heads, cells: table.rows.iter().map(cell).collect(), measure }
    }

    /// Its least width with cells of `cell` u and no more than so many lines.
    fn width(&self, cell: f32, lines: usize, words: bool) -> f32 {
        let widest = self.cells.iter().flatten().fold(0.0_f32, |widest, own| {
            // Most cells are no wider than the widest before them in one line.
            if own.whole <= widest { widest } else { widest.max(own.narrowest(lines, words, self.measure)) }
        });
        self.head.max(widest * cell)
    }
}

impl Measured {
    fn of(text: &str, role: Role, measure: &Measure) -> Measured {
        let ink = role.ink(Theme::Day);
        let groups = plain_groups(text, measure, ink);
        let spaces = groups.iter().skip(1).filter(|group| group.space()).count();
        let whole =
            groups.iter().map(|group| group.width).sum::<f32>() + spaces as f32 * measure.space(ink.plain);
        Measured { role, groups, whole }
    }

    /// Cut between words where it must be, if it may; never into letters.
    fn lines(&self, width: f32, words: bool, measure: &Measure) -> Option<Vec<Vec<Group>>> {
        let ink = self.role.ink(Theme::Day);
        let fits = |group: &Group| group.width <= width * 1.0001;
        let mut groups = self.groups.clone();
        // An amount, a span of hours and a number to call are never cut.
        for least in [Tie::Name, Tie::Span] {
            if words && !groups.iter().all(fits) {
                let part = |group: Group| {
                    if fits(&group) { vec![group] } else { group.parted_at(least, measure, ink) }
                };
                groups = groups.into_iter().flat_map(part).collect();
            }
        }
        if !groups.iter().all(fits) {
            return None;
        }
        let lines = wrap_any(&groups, width * 1.0001, measure.space(ink.plain), false);
        Some(lines.into_iter().map(|line| groups[line].to_vec()).collect())
    }

    /// The least width, in em, at which it has no more than so many lines.
    fn narrowest(&self, lines: usize, words: bool, measure: &Measure) -> f32 {
        if lines < 2 {
            return self.whole;
        }
        let (mut low, mut high) = (self.whole / lines as f32, self.whole);
        while high - low > NARROW_ENOUGH {
            let middle = (low + high) / 2.0;
            match self.lines(middle, words, measure) {
                Some(broken) if broken.len() <= lines => high = middle,
                _ => low = middle,
            }
        }
        high
    }

    fn broken(&self, width: f32, words: bool, measure: &Measure) -> Vec<String> {
        if self.whole <= width * 1.0001 {
            return vec![said(&self.groups)];
        }
        self.lines(width, words, measure)
            .map_or_else(|| vec![said(&self.groups)], |lines| lines.iter().map(|line| said(line)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 4]]) -> Table {
        let row = |cells: &[&str; 4]| cells.map(String::from).to_vec();
        Table { head: row(&["Bản", "Ngày", "Giờ", "Nơi tiêm"]), rows: rows.iter().map(row).collect() }
    }

    fn vaccinations() -> Table {
        table(&[
            ["Nà Đon", "Thứ Ba 24/11", "7h30", "Nhà văn hóa"],
            ["Thống Nhất", "Thứ Năm 26/11", "13h30", "Trạm Y tế"],
        ])
    }

    fn set_in(table: &Table, width: f32) -> Option<Rows> {
        let measure = Measure::new(crate::layout::tests::fonts());
        set(table, (&[9.4, 8.4, 7.4], 6.2), (width, 60.0), &measure)
    }

    fn lines(rows: &Rows) -> Vec<Vec<String>> {
        rows.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.lines.clone()).collect()
    }

    #[test]
    fn a_table_takes_smaller_cells_then_more_lines_and_is_then_too_wide() {
        let wide = set_in(&vaccinations(), 240.0).unwrap();
        assert!(wide.cell == 9.4 && lines(&wide).iter().all(|lines| lines.len() == 1));
        let narrower = set_in(&vaccinations(), 190.0).unwrap();
        assert!(narrower.cell < 9.4 && lines(&narrower).iter().all(|lines| lines.len() == 1));
        let upright = set_in(&vaccinations(), 123.0).unwrap();
        let cell = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        assert!(lines(&upright).contains(&cell(&["Thứ Năm", "26/11"])), "{upright:?}");
        assert!(lines(&upright).contains(&cell(&["7h30"])) && upright.widths.iter().sum::<f32>() <= 107.0);
        assert!(upright.least(&upright.rows[0]) > wide.least(&wide.rows[0]));
        assert_eq!(set_in(&vaccinations(), 60.0), None);
        let endless = table(&[["Nà Đon", "24/11", "7h30", "Nhàvănhóabảnnàđonxãbìnhlưhuyệntamđường"]]);
        assert_eq!(set_in(&endless, 123.0), None, "no word is cut");
    }

    #[test]
    fn rows_are_shared_evenly_among_as_few_pages_as_hold_them() {
        let row = ["Nà Đon", "24/11", "7h30", "Nhà văn hóa"];
        let rows = set_in(&table(&[row; 7]), 240.0).unwrap();
        let counts =
            |height: f32| rows.pages(height, 0.0).iter().map(|page| page.rows.len()).collect::<Vec<_>>();
        let row = rows.least(&rows.rows[0]);
        assert_eq!(counts(7.0 * row), [7]);
        assert_eq!(counts(5.5 * row), [4, 3]);
        assert_eq!(counts(3.0 * row), [3, 2, 2], "no row stands alone");
        assert_eq!(counts(0.0), [1; 7], "a page has a row at least");
        let none = set_in(&table(&[]), 240.0).unwrap();
        assert_eq!(none.pages(50.0, 0.0).len(), 1, "heads alone");
    }
}
