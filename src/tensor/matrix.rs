//! Products of matrices that lie in memory in any order.

/// Numbers seen as a matrix.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    pub(super) values: &'a [f32],
    /// Floats from one row and from one column to the next.
    pub(super) step: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// Rows of `columns` numbers, one after the other.
    pub(super) fn rows(values: &'a [f32], columns: usize) -> Self {
        Self { values, step: [columns, 1] }
    }

    /// Rows taken for columns.
    pub(super) fn turned(self) -> Self {
        Self { step: [self.step[1], self.step[0]], ..self }
    }

    /// The same from row `row` on.
    pub(super) fn from_row(self, row: usize) -> Self {
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
pub(super) fn multiply(
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
