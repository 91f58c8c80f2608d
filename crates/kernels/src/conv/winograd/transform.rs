//! The transforms of F(4 x 4, 3 x 3) with the points 0, 1, -1, 2, -2 and infinity (Lavin and Gray, 2016).

use crate::simd::{Lanes, widest};

/// Transforms six values along one axis: B^T d.
#[inline(always)]
unsafe fn input_line<L: Lanes>(d: [L; 6]) -> [L; 6] {
    // SAFETY: the caller upholds the contract.
    unsafe {
        let (four, two) = (L::splat(4.0), L::splat(2.0));
        let (minus_four, minus_five, minus_two) = (L::splat(-4.0), L::splat(-5.0), L::splat(-2.0));
        let (a, b) = (minus_four.mul_add(d[2], d[4]), minus_four.mul_add(d[1], d[3]));
        let (c, e) = (d[4].sub(d[2]), d[3].sub(d[1]));
        [
            four.mul_add(d[0], minus_five.mul_add(d[2], d[4])),
            a.add(b),
            a.sub(b),
            two.mul_add(e, c),
            minus_two.mul_add(e, c),
            four.mul_add(d[1], minus_five.mul_add(d[3], d[5])),
        ]
    }
}

/// Transforms six sums along one axis: A^T m.
#[inline(always)]
unsafe fn output_line<L: Lanes>(m: [L; 6]) -> [L; 4] {
    // SAFETY: the caller upholds the contract.
    unsafe {
        let (near, near_odd) = (m[1].add(m[2]), m[1].sub(m[2]));
        let (far, far_odd) = (m[3].add(m[4]), m[3].sub(m[4]));
        [
            m[0].add(near).add(far),
            L::splat(2.0).mul_add(far_odd, near_odd),
            L::splat(4.0).mul_add(far, near),
            L::splat(8.0).mul_add(far_odd, near_odd).add(m[5]),
        ]
    }
}

/// Transforms tiles given as rows; value (i, j) goes to `to` + (6 i + j) * `step`.
///
/// # Safety
/// All 36 positions must be writable, and the processor must support the instruction set.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "a closure would not be compiled for the instruction set")]
pub(crate) unsafe fn input_transform<L: Lanes>(rows: [[L; 6]; 6], to: *mut f32, step: usize) {
    // SAFETY: the caller upholds the contract.
    unsafe {
        let mut lines = [[L::splat(0.0); 6]; 6];
        for i in 0..6 {
            lines[i] = input_line(rows[i]);
        }
        for j in 0..6 {
            let column =
                input_line([lines[0][j], lines[1][j], lines[2][j], lines[3][j], lines[4][j], lines[5][j]]);
            for i in 0..6 {
                column[i].store(to.add((6 * i + j) * step));
            }
        }
    }
}

/// Computes the outputs of tiles whose value (i, j) is at `sums` + (6 i + j) * `step`.
///
/// # Safety
/// All 36 positions must be readable, and the processor must support the instruction set.
#[inline(always)]
pub(crate) unsafe fn output_transform<L: Lanes>(sums: *const f32, step: usize) -> [[L; 4]; 4] {
    // SAFETY: the caller upholds the contract.
    unsafe {
        let zero = L::splat(0.0);
        let mut lines = [[zero; 4]; 6];
        for (i, line) in lines.iter_mut().enumerate() {
            let mut row = [zero; 6];
            for (j, value) in row.iter_mut().enumerate() {
                *value = L::load(sums.add((6 * i + j) * step));
            }
            *line = output_line(row);
        }
        let mut results = [[zero; 4]; 4];
        for j in 0..4 {
            let column =
                output_line([lines[0][j], lines[1][j], lines[2][j], lines[3][j], lines[4][j], lines[5][j]]);
            for i in 0..4 {
                results[i][j] = column[i];
            }
        }
        results
    }
}

/// Transforms three weights along one axis, for sixteen filters at once: G g.
#[inline(always)]
fn filter_line(g: [[f32; 16]; 3]) -> [[f32; 16]; 6] {
    let mut out = [[0f32; 16]; 6];
    for o in 0..16 {
        let [a, b, c] = [g[0][o], g[1][o], g[2][o]];
        let (near, far) = (a + c, a / 24.0 + c / 6.0);
        let values = [a / 4.0, (near + b) / -6.0, (near - b) / -6.0, far + b / 12.0, far - b / 12.0, c];
        for (out, value) in out.iter_mut().zip(values) {
            out[o] = value;
        }
    }
    out
}

widest! {
    /// Transforms sixteen 3 x 3 filters at once.
    pub(crate) fn filter_transform(taps: &[[f32; 16]; 9], products: &mut [[f32; 16]; 36]) {
        let mut lines = [[[0f32; 16]; 6]; 3];
        for (y, line) in lines.iter_mut().enumerate() {
            *line = filter_line([taps[3 * y], taps[3 * y + 1], taps[3 * y + 2]]);
        }
        for j in 0..6 {
            let column = filter_line([lines[0][j], lines[1][j], lines[2][j]]);
            for (i, value) in column.into_iter().enumerate() {
                products[6 * i + j] = value;
            }
        }
    }
}
