//! Products of matrices that lie in memory in any order, and maps as matrices.

/// Numbers seen as a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub(crate) values: &'a [f32],
    /// Floats from one row and from one column to the next.
    pub(crate) step: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// Rows of `columns` numbers, one after the other.
    pub(crate) fn rows(values: &'a [f32], columns: usize) -> Self {
        Self { values, step: [columns, 1] }
    }

    /// Rows taken for columns.
    pub(crate) fn turned(self) -> Self {
        Self { step: [self.step[1], self.step[0]], ..self }
    }

    /// What is left of it from row `row` on.
    pub(crate) fn below(self, row: usize) -> Self {
        Self { values: &self.values[row * self.step[0]..], ..self }
    }

    fn holds(&self, rows: usize, columns: usize) -> bool {
        rows == 0
            || columns == 0
            || self.values.len() > (rows - 1) * self.step[0] + (columns - 1) * self.step[1]
    }
}

/// `product` (rows, columns), row after row, of `left` (rows, shared) and `right` (shared, columns), with one
/// thread.
pub(crate) fn multiply(
    left: Matrix<'_>,
    right: Matrix<'_>,
    [rows, shared, columns]: [usize; 3],
    product: &mut [f32],
) {
    assert!(left.holds(rows, shared) && right.holds(shared, columns), "a matrix is too small");
    assert!(product.len() == rows * columns, "the product has another size");
    // SAFETY: the assertions hold every matrix inside its slice.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            shared,
            product.as_mut_ptr(),
            1,
            columns as isize,
            false,
            left.values.as_ptr(),
            left.step[1] as isize,
            left.step[0] as isize,
            right.values.as_ptr(),
            right.step[1] as isize,
            right.step[0] as isize,
            0f32,
            1f32,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

/// Maps (N, C, `size`) as rows (C, N, `plane`): each map stands in the corner of a plane that is as large or
/// larger, with zeros beside it.
pub(crate) fn channels_outside(
    maps: &[f32],
    channels: usize,
    size: [usize; 2],
    plane: [usize; 2],
) -> Vec<f32> {
    let (area, count) = (plane[0] * plane[1], maps.len() / (channels * size[0] * size[1]).max(1));
    let mut rows = vec![0f32; channels * count * area];
    for (i, map) in maps.chunks_exact((size[0] * size[1]).max(1)).enumerate() {
        let (n, c) = (i / channels, i % channels);
        let to = rows[(c * count + n) * area..].chunks_exact_mut(plane[1]);
        for (to, row) in to.zip(map.chunks_exact(size[1])) {
            to[..size[1]].copy_from_slice(row);
        }
    }
    rows
}
