//! How a picture is to be turned before it is seen upright.

/// Mirrored left to right first, then turned clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Turn {
    pub mirrored: bool,
    /// 0 to 3.
    pub quarters: u8,
}

impl Turn {
    /// From a display matrix (ISO/IEC 14496-12, 6.2.2), native byte order: a point goes to (ax + cy, bx + dy). Angles between
    /// the quarters are left as they are.
    pub(super) fn of_matrix(data: &[u8]) -> Turn {
        let entry = |index: usize| {
            let bytes = data.get(index * 4..index * 4 + 4)?;
            Some(f64::from(i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])))
        };
        let (Some(a), Some(b), Some(c), Some(d)) = (entry(0), entry(1), entry(3), entry(4)) else {
            return Turn::default();
        };
        let mirrored = a * d - b * c < 0.0;
        let (a, b) = if mirrored { (-a, -b) } else { (a, b) };
        let quarters = match (a.abs() > b.abs() * 10.0, b.abs() > a.abs() * 10.0) {
            (true, _) if a > 0.0 => 0,
            (true, _) => 2,
            (_, true) if b > 0.0 => 1,
            (_, true) => 3,
            _ => return Turn::default(),
        };
        Turn { mirrored, quarters }
    }

    /// Width and height change places.
    pub(super) fn lies(self) -> bool {
        self.quarters % 2 == 1
    }

    /// The size as seen of a picture of this size, and the other way round.
    pub(super) fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.lies() { (height, width) } else { (width, height) }
    }

    /// Where the sample comes from that is seen at this column and row; `width` and `height` are those as seen.
    fn source(self, (column, row): (usize, usize), (width, height): (usize, usize)) -> (usize, usize) {
        let (column, row) = match self.quarters {
            0 => (column, row),
            1 => (row, width - 1 - column),
            2 => (width - 1 - column, height - 1 - row),
            _ => (height - 1 - row, column),
        };
        let wide = if self.lies() { height } else { width };
        (if self.mirrored { wide - 1 - column } else { column }, row)
    }

    /// Copies one plane of `width` x `height` samples as seen.
    pub(super) fn copy(
        self,
        (from, from_stride): (&[u8], usize),
        (to, to_stride): (&mut [u8], usize),
        (width, height): (usize, usize),
    ) {
        for (row, line) in to.chunks_mut(to_stride).take(height).enumerate() {
            let Some(line) = line.get_mut(..width) else { return };
            if self.quarters == 0 && !self.mirrored {
                if let Some(source) = from.get(row * from_stride..row * from_stride + width) {
                    line.copy_from_slice(source);
                }
                continue;
            }
            for (column, sample) in line.iter_mut().enumerate() {
                let (source_column, source_row) = self.source((column, row), (width, height));
                *sample = from.get(source_row * from_stride + source_column).copied().unwrap_or_default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(turn: Turn) -> Vec<u8> {
        // 3 x 2: 1 2 3 / 4 5 6, in rows of four.
        let from = [1, 2, 3, 0, 4, 5, 6, 0];
        let (width, height) = turn.size((3, 2));
        let (width, height) = (width as usize, height as usize);
        let mut to = vec![0; 4 * height];
        turn.copy((&from, 4), (&mut to, 4), (width, height));
        to.chunks(4).flat_map(|row| row[..width].to_vec()).collect()
    }

    fn of(matrix: [i32; 4]) -> Turn {
        let [a, b, c, d] = matrix;
        let whole: Vec<u8> =
            [a, b, 0, c, d, 0, 0, 0, 1 << 30].iter().flat_map(|entry| entry.to_ne_bytes()).collect();
        Turn::of_matrix(&whole)
    }

    #[test]
    fn each_of_the_eight_display_matrices_shows_the_picture_as_it_says() {
        const ONE: i32 = 1 << 16;
        for (matrix, expected) in [
            ([ONE, 0, 0, ONE], [1, 2, 3, 4, 5, 6]),
            ([0, ONE, -ONE, 0], [4, 1, 5, 2, 6, 3]),
            ([-ONE, 0, 0, -ONE], [6, 5, 4, 3, 2, 1]),
            ([0, -ONE, ONE, 0], [3, 6, 2, 5, 1, 4]),
            ([-ONE, 0, 0, ONE], [3, 2, 1, 6, 5, 4]),
            ([ONE, 0, 0, -ONE], [4, 5, 6, 1, 2, 3]),
            ([0, ONE, ONE, 0], [1, 4, 2, 5, 3, 6]),
            ([0, -ONE, -ONE, 0], [6, 3, 5, 2, 4, 1]),
        ] {
            assert_eq!(seen(of(matrix)), expected, "{matrix:?}");
        }
    }

    #[test]
    fn a_slanted_or_broken_matrix_turns_nothing() {
        assert_eq!(of([46_341, 46_341, -46_341, 46_341]), Turn::default());
        assert_eq!(of([0, 0, 0, 0]), Turn::default());
        assert_eq!(Turn::of_matrix(&[0; 12]), Turn::default());
    }
}
