//! Smooth steps, piecewise-linear tables, and the centres of pixels.

/// Smoothstep: rises from 0 at `x = 0` to 1 at `x = width`, with zero slope at both ends, and is constant
/// outside.
#[inline(always)]
pub(crate) fn smooth_step(x: f32, width: f32) -> f32 {
    let t = (x / width).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Smoothstep from 0 at the first value to 1 at the second.
#[inline(always)]
pub(crate) fn smooth_step_between([from, to]: [f32; 2], x: f32) -> f32 {
    smooth_step(x - from, to - from)
}

/// The centre of pixel `index` in a row or column of `side` pixels, in fractions of its length.
#[inline(always)]
pub(crate) fn centre(index: usize, side: usize) -> f32 {
    (index as f32 + 0.5) / side as f32
}

/// Interpolates linearly in a table of ascending (x, y) pairs, constant outside. The table must not be empty.
pub fn interpolate(x: f32, table: &[(f32, f32)]) -> f32 {
    let mut last = table[0];
    for next in table {
        if x < next.0 {
            let t = ((x - last.0) / (next.0 - last.0).max(1e-3)).clamp(0.0, 1.0);
            return last.1 + (next.1 - last.1) * t;
        }
        last = *next;
    }
    last.1
}

/// Of what is left at `from` of a thing whose lost fraction the table gives, the fraction left at `to`.
pub(crate) fn left_between(table: &[(f32, f32)], from: f32, to: f32) -> f32 {
    let [before, after] = [from, to].map(|x| 1.0 - interpolate(x, table));
    after / before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smooth_step_is_constant_outside_and_symmetric_inside() {
        assert_eq!([-1.0, 0.0, 1.0, 2.0, 3.0].map(|x| smooth_step(x, 2.0)), [0.0, 0.0, 0.5, 1.0, 1.0]);
        assert_eq!(smooth_step_between([10.0, 12.0], 11.0), 0.5);
    }

    #[test]
    fn what_is_left_between_two_points_is_relative_to_the_first() {
        let table = [(10.0, 0.0), (20.0, 0.5), (30.0, 0.75)];
        assert_eq!([10.0, 20.0, 30.0].map(|x| left_between(&table, 20.0, x)), [2.0, 1.0, 0.5]);
    }

    #[test]
    fn a_table_is_linear_inside_and_constant_outside() {
        let table = [(10.0, 1.0), (20.0, 3.0)];
        assert_eq!([0.0, 10.0, 15.0, 20.0, 99.0].map(|x| interpolate(x, &table)), [1.0, 1.0, 2.0, 3.0, 3.0]);
    }
}
