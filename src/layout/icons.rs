//! Icons and weaves: drawings on an embroidery grid, kept as text in `icons.txt`.
//!
//! A cell is always a whole number of pixels, so the same drawing serves a 4K screen and a 16-pixel LED line.

use super::scene::{Colour, Draw, Rect};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A drawing: for each row the filled runs of cells, as (first, length).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cells {
    /// Cells on a side: 16 for icons, 8 for weaves.
    pub side: i32,
    rows: Vec<Vec<(i32, i32)>>,
}

impl Cells {
    /// From rows of filled and empty cells.
    pub fn from_rows<R: IntoIterator<Item = bool>>(rows: impl IntoIterator<Item = R>) -> Cells {
        let rows: Vec<Vec<(i32, i32)>> = rows.into_iter().map(runs).collect();
        Cells { side: rows.len() as i32, rows }
    }

    /// Its filled cells as rectangles, the drawing's top left at (x, y), each cell `cell` pixels.
    pub fn draw(&self, x: i32, y: i32, cell: i32, colour: Colour) -> impl Iterator<Item = Draw> {
        let cell = cell.max(1);
        self.rows.iter().enumerate().flat_map(move |(row, runs)| {
            runs.iter().map(move |&(first, length)| Draw::Fill {
                rect: Rect::new(x + first * cell, y + row as i32 * cell, length * cell, cell),
                colour,
                radius: 0,
            })
        })
    }
}

fn runs(row: impl IntoIterator<Item = bool>) -> Vec<(i32, i32)> {
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for (at, filled) in row.into_iter().enumerate() {
        let at = at as i32;
        match runs.last_mut() {
            Some((first, length)) if filled && *first + *length == at => *length += 1,
            _ if filled => runs.push((at, 1)),
            _ => {}
        }
    }
    runs
}

/// Drawings by kind and name, as `icon dien` or `weave dien`.
static DRAWINGS: LazyLock<HashMap<&'static str, Cells>> = LazyLock::new(|| {
    let mut drawings = HashMap::new();
    for part in include_str!("icons.txt").split("\n[").skip(1) {
        let Some((name, rows)) = part.split_once("]\n") else { continue };
        let rows = rows.lines().filter(|row| !row.is_empty()).map(|row| row.chars().map(|c| c == '#'));
        drawings.insert(name, Cells::from_rows(rows));
    }
    drawings
});

static NOTHING: Cells = Cells { side: 16, rows: Vec::new() };

/// A 16 × 16 icon; an unknown name draws nothing.
pub fn icon(name: &str) -> &'static Cells {
    DRAWINGS.get(format!("icon {name}").as_str()).unwrap_or(&NOTHING)
}

/// An 8 × 8 weave tile; an unknown name draws nothing.
pub fn weave(name: &str) -> &'static Cells {
    DRAWINGS.get(format!("weave {name}").as_str()).unwrap_or(&NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Look;
    use crate::model::board::Theme;
    use crate::model::programme::Category;

    #[test]
    fn every_category_has_its_icon_and_weave() {
        for category in Category::ALL {
            let dress = Look::cham().dress(category, Theme::Day);
            assert_eq!(icon(dress.icon).rows.len(), 16, "{category:?}");
            assert_eq!(weave(dress.weave).rows.len(), 8, "{category:?}");
        }
        for name in
            crate::model::alert::Hazard::ALL.map(|hazard| hazard.word()).into_iter().chain(["da-ky", "phim"])
        {
            let drawn = icon(name);
            assert_eq!(drawn.rows.len(), 16, "{name}");
            assert!(drawn.rows.iter().flatten().all(|(first, length)| first + length <= 16), "{name}");
        }
        assert_eq!(icon("no such").rows.len(), 0);
    }
}
