//! The step that a lost difference leaves in a JPEG picture: each block's brightness or colour is coded as its difference
//! from the one before (ITU-T T.81, F.1.1.5.1), so where one is damaged, all that follow are off by the same.
//!
//! In the order of coding, each MCU then differs from the one above it by that amount for exactly one row's length: from the
//! column of the damage to the right edge, and in the next row up to that column. Nothing that people draw or photograph
//! has such a step along the blocks' own edges, with a corner at neither side.

use super::entropy::Block;

/// Smallest step that is looked for, in levels of 255.
const STEP_MIN: f32 = 10.0;
/// Share of the row that must have it.
const SHARE: f32 = 0.75;
/// Share of the row's blocks, on each side of the step, that are not of one colour.
const TEXTURE: f32 = 0.3;
/// Least columns, of MCUs, on each side of the corner.
const SIDE_MIN: usize = 4;

/// Whether a component has it. `stride`: blocks across; `sampling`: blocks of an MCU across and down; `dc`: its step of
/// quantization.
pub fn is_broken(blocks: &[Block], stride: usize, (h, v): (usize, usize), dc: u16) -> bool {
    let across = stride / h.max(1);
    let down = blocks.len() / (stride * v).max(1);
    if across < 4 * SIDE_MIN || down < 4 {
        return false;
    }
    // Levels of 255: the sum over a block's 64 samples is 8 times its DC value.
    let edge = |block: &Block, which: usize| (f32::from(block.dc) * f32::from(dc) + block.edges[which]) / 8.0;
    let mut steps = vec![0f32; across * down];
    for row in 1..down {
        for column in 0..across {
            let mean = (0..h).map(|x| {
                let below = row * v * stride + column * h + x;
                edge(&blocks[below], 0) - edge(&blocks[below - stride], 1)
            });
            steps[row * across + column] = mean.sum::<f32>() / h as f32;
        }
    }
    (1..down - 1).any(|row| {
        (SIDE_MIN..across - SIDE_MIN).any(|column| {
            let start = row * across + column;
            let window = &steps[start..start + across];
            // Cheap questions first: most places have no step at all.
            let step = (window[0] + window[1] + window[2] + window[3]) / 4.0;
            // Bars and tables that people draw have even grounds; what was photographed has none.
            let has_texture = |up: usize| {
                let blocks = (start..start + across)
                    .filter(|at| blocks[at / across * v * stride + at % across * h - up].set != 0);
                blocks.count() as f32 >= TEXTURE * across as f32
            };
            step.abs() >= STEP_MIN / 2.0
                && holds(&steps, start, across)
                && has_texture(0)
                && has_texture(stride)
        })
    })
}

fn holds(steps: &[f32], start: usize, across: usize) -> bool {
    let window = &steps[start..start + across];
    let mut sorted = window.to_vec();
    sorted.sort_by(f32::total_cmp);
    let step = sorted[across / 2];
    if step.abs() < STEP_MIN {
        return false;
    }
    let near = |value: &f32| (value - step).abs() <= (0.34 * step.abs()).max(5.0);
    let share =
        |part: &[f32]| part.iter().filter(|value| near(value)).count() as f32 / part.len().max(1) as f32;
    // Before the damage and a row after it there is no such step.
    let before = &steps[start - SIDE_MIN..start];
    let after = &steps[start + across..start + across + SIDE_MIN];
    let first = &window[..SIDE_MIN];
    let last = &window[across - SIDE_MIN..];
    share(window) >= SHARE
        && share(first) >= 0.75
        && share(last) >= 0.75
        && share(before) == 0.0
        && share(after) == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACROSS: usize = 24;

    /// Blocks of a soft texture; from `from` on all are `shift` brighter, in levels.
    fn blocks(from: usize, shift: i16) -> Vec<Block> {
        let one = |at: usize| {
            let soft = (at * 7 % 5) as i16 * 8;
            Block { set: 2, dc: soft + if at >= from { shift * 8 } else { 0 }, ..Block::default() }
        };
        (0..ACROSS * 20).map(one).collect()
    }

    #[test]
    fn a_step_from_a_column_to_the_edge_and_on_in_the_next_row_is_where_data_were_lost() {
        let broken = |blocks: &[Block]| is_broken(blocks, ACROSS, (1, 1), 1);
        assert!(broken(&blocks(ACROSS * 9 + 10, 30)) && broken(&blocks(ACROSS * 9 + 10, -30)));
        assert!(!broken(&blocks(ACROSS * 9 + 10, 0)));
        // A line from edge to edge, as of water or of a drawn bar.
        assert!(!broken(&blocks(ACROSS * 9, 30)));
        // A drawing's even grounds.
        let mut drawn = blocks(ACROSS * 9 + 10, 30);
        drawn.iter_mut().for_each(|block| block.set = 0);
        assert!(!broken(&drawn));
    }
}
