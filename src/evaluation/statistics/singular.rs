//! Singular values by one-sided Jacobi rotations (Hestenes, 1958): slow for large matrices, simple, and
//! accurate also for small values.

use rayon::prelude::*;

/// Columns whose cosine is below this count as orthogonal.
const ORTHOGONAL: f64 = 1e-14;
/// More sweeps than any matrix needs.
const SWEEPS: usize = 60;

/// The singular values, not sorted, of the matrix whose columns are `columns`, all of one length.
///
/// A matrix with more columns than rows is better given transposed: the work grows with the cube of the
/// number of columns.
pub fn singular_values(mut columns: Vec<Vec<f64>>) -> Vec<f64> {
    let count = columns.len();
    // An even number of places; the last may stay empty.
    let places = count + count % 2;
    let mut order: Vec<usize> = (0..places).collect();
    for _ in 0..SWEEPS {
        let mut largest = 0.0_f64;
        for _ in 1..places.max(2) {
            largest = largest.max(rotate_pairs(&mut columns, &order));
            // Every column meets every other once in a sweep: all but the first move on by one place.
            if places > 1 {
                order[1..].rotate_right(1);
            }
        }
        if largest < ORTHOGONAL {
            break;
        }
    }
    columns.iter().map(|column| column.iter().map(|value| value * value).sum::<f64>().sqrt()).collect()
}

/// Makes the columns of each pair orthogonal, all pairs at once; returns the largest cosine that was found.
fn rotate_pairs(columns: &mut [Vec<f64>], order: &[usize]) -> f64 {
    let half = order.len() / 2;
    let pairs: Vec<(usize, usize)> = (0..half)
        .map(|i| (order[i], order[order.len() - 1 - i]))
        .filter(|(a, b)| *a < columns.len() && *b < columns.len())
        .collect();
    let mut taken: Vec<(usize, usize, Vec<f64>, Vec<f64>)> = pairs
        .into_iter()
        .map(|(a, b)| (a, b, std::mem::take(&mut columns[a]), std::mem::take(&mut columns[b])))
        .collect();
    let largest = taken.par_iter_mut().map(|(_, _, one, other)| rotate(one, other)).reduce(|| 0.0, f64::max);
    for (a, b, one, other) in taken {
        columns[a] = one;
        columns[b] = other;
    }
    largest
}

/// Turns two columns in their plane until they are orthogonal; returns the cosine they had.
fn rotate(one: &mut [f64], other: &mut [f64]) -> f64 {
    let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
    for (x, y) in one.iter().zip(other.iter()) {
        a += x * x;
        b += y * y;
        c += x * y;
    }
    let cosine = if a * b > 0.0 { c.abs() / (a * b).sqrt() } else { 0.0 };
    if cosine < ORTHOGONAL {
        return cosine;
    }
    let zeta = (b - a) / (2.0 * c);
    let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
    let cos = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sin = cos * tangent;
    for (x, y) in one.iter_mut().zip(other.iter_mut()) {
        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
    }
    cosine
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(columns: Vec<Vec<f64>>) -> Vec<f64> {
        let mut values = singular_values(columns);
        values.sort_by(|a, b| b.total_cmp(a));
        values
    }

    #[test]
    fn known_matrices() {
        assert!(singular_values(Vec::new()).is_empty());
        assert_eq!(sorted(vec![vec![3.0, 4.0]]), [5.0]);
        // [[4, 0], [3, -5]] has the singular values 2 sqrt(10) and sqrt(10).
        let values = sorted(vec![vec![4.0, 3.0], vec![0.0, -5.0]]);
        let root = 10.0_f64.sqrt();
        assert!((values[0] - 2.0 * root).abs() < 1e-12 && (values[1] - root).abs() < 1e-12, "{values:?}");
        // Rank one: the others vanish.
        let values = sorted((0..5).map(|i| vec![f64::from(i), 2.0 * f64::from(i), -f64::from(i)]).collect());
        assert!((values[0] - 180.0_f64.sqrt()).abs() < 1e-12 && values[1..].iter().all(|v| *v < 1e-12));
    }

    #[test]
    fn their_squares_add_up_to_the_matrix() {
        let columns: Vec<Vec<f64>> = (0..7)
            .map(|i| (0..9).map(|j| f64::from((i * 37 + j * 17 + i * j) % 23) - 11.0).collect())
            .collect();
        let total: f64 = columns.iter().flatten().map(|value| value * value).sum();
        let ours: f64 = sorted(columns).iter().map(|value| value * value).sum();
        assert!((total - ours).abs() < 1e-9 * total);
    }
}
