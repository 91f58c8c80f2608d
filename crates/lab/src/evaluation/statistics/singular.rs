//! Singular values: Householder's reflections to two diagonals (Golub and Kahan, 1965), then the implicit QL
//! iteration on the symmetric matrix of three diagonals whose eigenvalues they are, each with both signs.

use rayon::prelude::*;

/// Fewer numbers than this are not worth a second thread.
const WORTH_THREADS: usize = 1 << 15;
/// More steps than any eigenvalue needs.
const STEPS: usize = 200;

/// The singular values, not sorted, of the matrix whose rows (or columns, which gives the same) are
/// `vectors`, all of one length. The error is that of the machine relative to the largest.
pub fn singular_values(vectors: Vec<Vec<f64>>) -> Vec<f64> {
    let length = vectors.first().map_or(0, Vec::len);
    let rows = if vectors.len() < length { transposed(&vectors, length) } else { vectors };
    let two = two_diagonals(rows);
    let mut eigenvalues = eigenvalues(vec![0.0; two.len() + 1], two);
    eigenvalues.sort_by(|a, b| b.total_cmp(a));
    // As many as there are columns; the others are their negatives.
    eigenvalues.truncate(eigenvalues.len() / 2);
    eigenvalues.iter().map(|value| value.max(0.0)).collect()
}

fn transposed(vectors: &[Vec<f64>], length: usize) -> Vec<Vec<f64>> {
    (0..length).map(|place| vectors.iter().map(|vector| vector[place]).collect()).collect()
}

/// The diagonal and the one above it of the matrix that reflections from both sides make of `rows` (at
/// least as many as columns), alternating.
fn two_diagonals(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let width = rows.first().map_or(0, Vec::len);
    let mut found = Vec::with_capacity(2 * width);
    for column in 0..width {
        found.push(reflect_rows(&mut rows[column..], column));
        if column + 1 < width {
            found.push(reflect_columns(&mut rows[column..], column + 1));
        }
    }
    found
}

/// Reflects `rows` so that of their values in `column` only that of the first row is left, and returns it.
/// Columns before are taken to be done; that of `column` itself is left as it is.
pub(super) fn reflect_rows(rows: &mut [Vec<f64>], column: usize) -> f64 {
    let mut mirror: Vec<f64> = rows.iter().map(|row| row[column]).collect();
    let Some((left, scale)) = mirror_of(&mut mirror) else { return 0.0 };
    let width = rows[0].len() - column;
    let sums = weighted_sum(rows, &mirror, column, width);
    let reflect = |(row, weight): (&mut Vec<f64>, &f64)| {
        let factor = scale * weight;
        row[column..].iter_mut().zip(&sums).for_each(|(value, sum)| *value -= factor * sum);
    };
    if rows.len() * width < WORTH_THREADS {
        rows.iter_mut().zip(&mirror).for_each(reflect);
    } else {
        rows.par_iter_mut().zip(&mirror).for_each(reflect);
    }
    left
}

/// Reflects the columns from `column` on so that in the first row only that of `column` is left, and
/// returns it; the first row itself is left as it is.
fn reflect_columns(rows: &mut [Vec<f64>], column: usize) -> f64 {
    let (first, others) = rows.split_at_mut(1);
    let mut mirror = first[0][column..].to_vec();
    let Some((left, scale)) = mirror_of(&mut mirror) else { return 0.0 };
    let reflect = |row: &mut Vec<f64>| {
        let factor = scale * dot(&row[column..], &mirror);
        row[column..].iter_mut().zip(&mirror).for_each(|(value, weight)| *value -= factor * weight);
    };
    if others.len() * mirror.len() < WORTH_THREADS {
        others.iter_mut().for_each(reflect);
    } else {
        others.par_iter_mut().for_each(reflect);
    }
    left
}

/// Makes `values` the mirror that leaves of them only the first, and returns what that becomes and two over
/// the mirror's squared length; none where there is nothing to reflect.
fn mirror_of(values: &mut [f64]) -> Option<(f64, f64)> {
    let length = dot(values, values).sqrt();
    let first = values.first_mut().filter(|_| length > 0.0)?;
    // The sign that does not cancel.
    let left = if *first < 0.0 { length } else { -length };
    *first -= left;
    Some((left, 2.0 / dot(values, values)))
}

/// The sum of `rows` from `column` on, each times its weight.
fn weighted_sum(rows: &[Vec<f64>], weights: &[f64], column: usize, width: usize) -> Vec<f64> {
    let add = |mut sums: Vec<f64>, (row, weight): (&Vec<f64>, &f64)| {
        sums.iter_mut().zip(&row[column..]).for_each(|(sum, value)| *sum += weight * value);
        sums
    };
    let none = || vec![0.0; width];
    if rows.len() * width < WORTH_THREADS {
        return rows.iter().zip(weights).fold(none(), add);
    }
    let parts = rows.par_chunks(64).zip(weights.par_chunks(64));
    // Whole parts in a fixed order: the same matrix gives the same values on any number of threads.
    let parts: Vec<Vec<f64>> =
        parts.map(|(rows, weights)| rows.iter().zip(weights).fold(none(), add)).collect();
    parts.into_iter().fold(none(), |mut sums, part| {
        sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
        sums
    })
}

/// The scalar product, in eight sums that run side by side.
pub(super) fn dot(one: &[f64], other: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (eights, rest) = one.as_chunks::<8>();
    let (others, other_rest) = other.as_chunks::<8>();
    for (a, b) in eights.iter().zip(others) {
        for place in 0..8 {
            sums[place] += a[place] * b[place];
        }
    }
    sums.iter().sum::<f64>() + rest.iter().zip(other_rest).map(|(a, b)| a * b).sum::<f64>()
}

/// The eigenvalues of the symmetric matrix with this diagonal and this one beside it (one shorter), by
/// implicit QL steps (Dubrulle, Martin and Wilkinson, 1968).
fn eigenvalues(mut diagonal: Vec<f64>, mut beside: Vec<f64>) -> Vec<f64> {
    beside.push(0.0);
    let largest = beside.iter().chain(&diagonal).fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let nothing = f64::EPSILON * largest;
    for first in 0..diagonal.len() {
        for _ in 0..STEPS {
            let parts = |place: &usize| beside[*place].abs() <= nothing;
            let last = (first..diagonal.len()).find(parts).unwrap_or(first);
            if last == first {
                break;
            }
            ql_step(&mut diagonal, &mut beside, first, last);
        }
    }
    diagonal
}

/// One QL step on the part of the matrix from `first` to `last`.
fn ql_step(diagonal: &mut [f64], beside: &mut [f64], first: usize, last: usize) {
    let ratio = (diagonal[first + 1] - diagonal[first]) / (2.0 * beside[first]);
    let root = (ratio * ratio + 1.0).sqrt();
    let shift = ratio + if ratio < 0.0 { -root } else { root };
    let mut carried = diagonal[last] - diagonal[first] + beside[first] / shift;
    let (mut sine, mut cosine, mut taken) = (1.0, 1.0, 0.0);
    for place in (first..last).rev() {
        let (across, along) = (sine * beside[place], cosine * beside[place]);
        let length = (across * across + carried * carried).sqrt();
        beside[place + 1] = length;
        if length == 0.0 {
            // The matrix falls apart here.
            diagonal[place + 1] -= taken;
            beside[last] = 0.0;
            return;
        }
        (sine, cosine) = (across / length, carried / length);
        let rest = diagonal[place + 1] - taken;
        let turned = (diagonal[place] - rest) * sine + 2.0 * cosine * along;
        taken = sine * turned;
        diagonal[place + 1] = rest + taken;
        carried = cosine * turned - along;
    }
    diagonal[first] -= taken;
    beside[first] = carried;
    beside[last] = 0.0;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
        assert!((sorted(vec![vec![3.0, 4.0]])[0] - 5.0).abs() < 1e-14);
        // [[4, 0], [3, -5]] has the singular values 2 sqrt(10) and sqrt(10).
        let values = sorted(vec![vec![4.0, 3.0], vec![0.0, -5.0]]);
        let root = 10.0_f64.sqrt();
        assert!((values[0] - 2.0 * root).abs() < 1e-12 && (values[1] - root).abs() < 1e-12, "{values:?}");
        // Rank one: the others vanish.
        let values = sorted((0..5).map(|i| vec![f64::from(i), 2.0 * f64::from(i), -f64::from(i)]).collect());
        assert!((values[0] - 180.0_f64.sqrt()).abs() < 1e-12 && values[1..].iter().all(|v| *v < 1e-12));
    }

    #[derive(serde::Deserialize)]
    struct Golden {
        singular_values: Vec<f64>,
    }

    /// `tests/reference/distributions.py`: SciPy's singular values of a matrix of 260 x 190, large enough
    /// for threads.
    #[test]
    fn they_agree_with_scipy() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../../tests/reference/distributions.json")).unwrap();
        let value = |i: u32, j: u32| (f64::from(i * j) * 0.37 + f64::from(i)).sin() / f64::from(1 + j);
        let rows: Vec<Vec<f64>> = (0..260).map(|i| (0..190).map(|j| value(i, j)).collect()).collect();
        let ours = sorted(rows.clone());
        assert_eq!(ours.len(), golden.singular_values.len());
        for (ours, theirs) in ours.iter().zip(&golden.singular_values) {
            assert!((ours - theirs).abs() < 1e-12 * golden.singular_values[0], "{ours} {theirs}");
        }
        assert_eq!(sorted(transposed(&rows, 190)), ours, "and the other way round");
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
