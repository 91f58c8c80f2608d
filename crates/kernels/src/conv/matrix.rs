//! Matrix products with arbitrary strides, and maps as matrices.

/// A strided view of floats as a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub(crate) values: &'a [f32],
    /// Distance in floats between rows and between columns.
    pub(crate) step: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// A row-major matrix with `columns` columns.
    pub(crate) fn rows(values: &'a [f32], columns: usize) -> Self {
        Self { values, step: [columns, 1] }
    }

    /// The transpose.
    pub(crate) fn transposed(self) -> Self {
        Self { step: [self.step[1], self.step[0]], ..self }
    }

    /// The rows from `row` on.
    pub(crate) fn rows_from(self, row: usize) -> Self {
        Self { values: &self.values[row * self.step[0]..], ..self }
    }

    fn is_within(&self, rows: usize, columns: usize) -> bool {
        rows == 0
            || columns == 0
            || self.values.len() > (rows - 1) * self.step[0] + (columns - 1) * self.step[1]
    }
}

/// Computes the row-major `product` (rows, columns) of `left` (rows, shared) and `right` (shared, columns) on
/// one thread.
pub(crate) fn multiply(
    left: Matrix<'_>,
    right: Matrix<'_>,
    [rows, shared, columns]: [usize; 3],
    product: &mut [f32],
) {
    assert!(left.is_within(rows, shared) && right.is_within(shared, columns), "a matrix is too small");
    assert!(product.len() == rows * columns, "the product has the wrong size");
    // SAFETY: the assertions keep every matrix inside its slice.
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

/// Rearranges maps (N, C, `size`) to (C, N, `plane`): each map is placed in the upper left corner of a plane
/// at least as large, with zeros around it.
pub(crate) fn channel_major(maps: &[f32], channels: usize, size: [usize; 2], plane: [usize; 2]) -> Vec<f32> {
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
