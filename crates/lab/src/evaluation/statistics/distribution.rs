//! Distances between two sets of pictures, in a network's feature space.

use nalgebra::DMatrix;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use super::Estimate;
use super::bootstrap::{SEED, normal_interval};

/// Why two sets of features cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DistributionError {
    /// A set is too small.
    #[error("{0} pictures are too few: at least 2 are needed, and thousands for a comparable value")]
    TooFew(usize),
    /// The features differ in length.
    #[error("cannot compare features of length {0} with features of length {1}")]
    Lengths(usize, usize),
}

/// Features of several pictures, one row per picture.
pub(super) type Features = [Vec<f64>];

/// The mean of each feature, and the rows with that mean subtracted.
fn centred(rows: &Features) -> Result<(Vec<f64>, Vec<Vec<f64>>), DistributionError> {
    let Some(first) = rows.first().filter(|_| rows.len() > 1) else {
        return Err(DistributionError::TooFew(rows.len()));
    };
    let mut mean = vec![0.0; first.len()];
    for row in rows {
        if row.len() != mean.len() {
            return Err(DistributionError::Lengths(mean.len(), row.len()));
        }
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    mean.iter_mut().for_each(|sum| *sum /= rows.len() as f64);
    let without = |row: &Vec<f64>| row.iter().zip(&mean).map(|(value, mean)| value - mean).collect();
    let rows = rows.iter().map(without).collect();
    Ok((mean, rows))
}

/// Fréchet distance between the normal distributions fitted to two sets of features (Heusel et al., 2017):
/// `|m1 - m2|^2 + Tr(C1 + C2 - 2 (C1 C2)^(1/2))`. On the pooled features of Inception-v3 it is the FID.
///
/// With the centred features as rows of A and B, `C1 C2` has the same non-zero eigenvalues as
/// `(A B^T) (A B^T)^T / ((n1 - 1) (n2 - 1))`. The trace of the root is therefore the sum of the singular
/// values of the small matrix `A B^T`, divided by `sqrt((n1 - 1) (n2 - 1))`. No root of a large matrix is
/// needed.
///
/// # Errors
/// When a set holds fewer than two pictures or the features differ in length.
pub(super) fn frechet_distance(one: &Features, other: &Features) -> Result<f64, DistributionError> {
    let ((mean_one, a), (mean_other, b)) = (centred(one)?, centred(other)?);
    if mean_one.len() != mean_other.len() {
        return Err(DistributionError::Lengths(mean_one.len(), mean_other.len()));
    }
    let means: f64 = mean_one.iter().zip(&mean_other).map(|(x, y)| (x - y).powi(2)).sum();
    Ok(means + trace(&a) + trace(&b) - 2.0 * root_trace(&a, &b))
}

/// Trace of the covariance of centred rows.
fn trace(rows: &[Vec<f64>]) -> f64 {
    rows.iter().flatten().map(|value| value * value).sum::<f64>() / (rows.len() - 1) as f64
}

/// Trace of the square root of the product of two covariances, from centred rows.
fn root_trace(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    let scale = ((a.len() - 1) as f64 * (b.len() - 1) as f64).sqrt();
    let width = a.first().map_or(0, Vec::len);
    let (a, b) = (matrix(a), matrix(b));
    let product = if width < a.nrows().min(b.nrows()) {
        // With more pictures than features, `R1 R2^T` is smaller and has the same singular values as `A B^T`,
        // where `R^T R` are the unscaled covariances.
        a.qr().unpack_r() * b.qr().unpack_r().transpose()
    } else {
        a * b.transpose()
    };
    // The iteration for singular values does not end on NaN.
    if product.iter().any(|value| !value.is_finite()) {
        return f64::NAN;
    }
    product.singular_values_unordered().sum() / scale
}

fn matrix(rows: &[Vec<f64>]) -> DMatrix<f64> {
    DMatrix::from_fn(rows.len(), rows.first().map_or(0, Vec::len), |row, column| rows[row][column])
}

/// [`frechet_distance`] with a 95 % interval: a normal distribution around it whose standard deviation is
/// that of the distances of `draws` bootstrap samples (Efron, 1979). Bootstrap samples repeat some pictures,
/// which biases their distances upwards; their spread is still right.
///
/// # Errors
/// As [`frechet_distance`].
pub(crate) fn frechet_estimate(
    one: &Features,
    other: &Features,
    draws: usize,
) -> Result<Estimate, DistributionError> {
    let distance = frechet_distance(one, other)?;
    let again = |draw: usize| {
        let mut random = StdRng::seed_from_u64(SEED + draw as u64);
        frechet_distance(&drawn(one, &mut random), &drawn(other, &mut random))
    };
    let again = (0..draws).into_par_iter().map(again).collect::<Result<Vec<f64>, _>>()?;
    Ok(normal_interval(distance, &again, one.len().min(other.len())))
}

/// A resample of all rows with replacement.
fn drawn(rows: &Features, random: &mut StdRng) -> Vec<Vec<f64>> {
    (0..rows.len()).map(|_| rows[random.random_range(0..rows.len())].clone()).collect()
}

/// A score and its variation between the parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct InceptionScore {
    /// Mean over the parts.
    pub mean: f64,
    /// Population standard deviation over the parts.
    pub deviation: f64,
}

/// Inception Score (Salimans et al., 2016) of rows of logits, split in order into `splits` parts; the
/// remainder is dropped. The score of a part is `exp(mean_i sum_j p_ij (ln p_ij - ln mean_i p_ij))`.
///
/// On the 1000 class logits it is the standard score. On the 2048 pooled features it is the score of
/// Face_Aging_cGAN, which takes the softmax of the features and is always near one.
///
/// # Errors
/// When there are fewer rows than parts.
pub(super) fn inception_score(logits: &Features, splits: usize) -> Result<InceptionScore, DistributionError> {
    let size = logits.len() / splits.max(1);
    if size == 0 {
        return Err(DistributionError::TooFew(logits.len()));
    }
    let scores: Vec<f64> = logits.chunks_exact(size).take(splits.max(1)).map(score).collect();
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / scores.len() as f64;
    Ok(InceptionScore { mean, deviation: variance.sqrt() })
}

/// [`inception_score`] with a 95 % interval of its mean, computed like that of [`frechet_estimate`].
///
/// # Errors
/// As [`inception_score`].
pub(crate) fn inception_estimate(
    logits: &Features,
    splits: usize,
    draws: usize,
) -> Result<(InceptionScore, Estimate), DistributionError> {
    let score = inception_score(logits, splits)?;
    let again = |draw: usize| {
        let mut random = StdRng::seed_from_u64(SEED + draw as u64);
        Ok(inception_score(&drawn(logits, &mut random), splits)?.mean)
    };
    let again = (0..draws).into_par_iter().map(again).collect::<Result<Vec<f64>, _>>()?;
    Ok((score, normal_interval(score.mean, &again, logits.len())))
}

fn score(part: &[Vec<f64>]) -> f64 {
    let logs: Vec<Vec<f64>> = part.iter().map(|row| log_softmax(row)).collect();
    let width = part.first().map_or(0, Vec::len);
    let count = part.len() as f64;
    // The means are kept as logarithms as well, because probabilities can underflow.
    let log_means: Vec<f64> =
        (0..width).map(|j| log_sum(logs.iter().map(|row| row[j])) - count.ln()).collect();
    let gain =
        |row: &Vec<f64>| row.iter().zip(&log_means).map(|(log, mean)| information(*log, *mean)).sum::<f64>();
    (logs.iter().map(gain).sum::<f64>() / count).exp()
}

/// Contribution of a class with probability `exp(log)` to the KL divergence from a distribution where it has
/// probability `exp(log_mean)`. A probability that underflows to zero contributes nothing, as in the limit.
fn information(log: f64, log_mean: f64) -> f64 {
    let probability = log.exp();
    if probability == 0.0 { 0.0 } else { probability * (log - log_mean) }
}

/// Logarithm of the sum of the exponentials of `values`.
fn log_sum(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    values.map(|value| (value - largest).exp()).sum::<f64>().ln() + largest
}

fn log_softmax(row: &[f64]) -> Vec<f64> {
    let sum = log_sum(row.iter().copied());
    row.iter().map(|value| value - sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Golden {
        cases: Vec<Case>,
        singular_values: Vec<f64>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        one: [usize; 2],
        other: [usize; 2],
        root_trace: f64,
        distance: f64,
        inception_mean: f64,
        inception_deviation: f64,
    }

    /// SciPy's singular values of a matrix of 260 x 190, from the same script.
    #[test]
    fn singular_values_agree_with_scipy() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../../tests/reference/distributions.json")).unwrap();
        let value = |i: usize, j: usize| ((i * j) as f64 * 0.37 + i as f64).sin() / (1 + j) as f64;
        let matrix = DMatrix::from_fn(260, 190, value);
        for ours in [matrix.singular_values(), matrix.transpose().singular_values()] {
            assert_eq!(ours.len(), golden.singular_values.len());
            for (ours, theirs) in ours.iter().zip(&golden.singular_values) {
                assert!((ours - theirs).abs() < 1e-12 * golden.singular_values[0], "{ours} {theirs}");
            }
        }
    }

    #[test]
    fn features_that_are_not_numbers_give_no_number() {
        let one = features([5, 4], 1);
        let mut broken = one.clone();
        broken[2][1] = f64::NAN;
        assert!(frechet_distance(&one, &broken).unwrap().is_nan());
    }

    /// Features as the reference script computes them.
    fn features([count, width]: [usize; 2], seed: usize) -> Vec<Vec<f64>> {
        let value = |i: usize, j: usize| {
            let (i, j, s) = (i as f64, j as f64, seed as f64);
            (1.7 * i + 0.9 * j + s).sin() + 0.5 * (0.37 * i * j + 2.0 * s).cos() + 0.1 * s
        };
        (0..count).map(|i| (0..width).map(|j| value(i, j)).collect()).collect()
    }

    /// `tests/reference/distributions.py`: SciPy's root of the product of the covariances, NumPy's score.
    #[test]
    fn it_agrees_with_scipy() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../../tests/reference/distributions.json")).unwrap();
        for case in golden.cases {
            let (one, other) = (features(case.one, 1), features(case.other, 2));
            let ours = root_trace(&centred(&one).unwrap().1, &centred(&other).unwrap().1);
            assert!((ours / case.root_trace - 1.0).abs() < 1e-6, "{ours} {}", case.root_trace);
            let distance = frechet_distance(&one, &other).unwrap();
            assert!((distance / case.distance - 1.0).abs() < 1e-6, "{distance} {}", case.distance);
            let (score, estimate) = inception_estimate(&one, 10, 5).unwrap();
            assert!(estimate.low < score.mean && score.mean < estimate.high && estimate.mean == score.mean);
            assert!((score.mean - case.inception_mean).abs() < 1e-9);
            assert!((score.deviation - case.inception_deviation).abs() < 1e-9);
        }
    }

    #[test]
    fn a_set_has_distance_zero_from_itself_and_a_shift_gives_its_square() {
        let one = features([12, 20], 3);
        assert!(frechet_distance(&one, &one).unwrap().abs() < 1e-9);
        let moved: Vec<Vec<f64>> = one.iter().map(|row| row.iter().map(|v| v + 0.5).collect()).collect();
        assert!((frechet_distance(&one, &moved).unwrap() - 5.0).abs() < 1e-9);
    }

    /// Two normal distributions in three dimensions, one unit apart on each axis, one twice as wide as the
    /// other: the distance is 3 + 3 (2 - 1)^2 = 6.
    #[test]
    fn the_interval_covers_the_true_distance() {
        let mut random = StdRng::seed_from_u64(5);
        let mut normal = |mean: f64, wide: f64| {
            let angle = std::f64::consts::TAU * random.random::<f64>();
            mean + wide * (-2.0 * random.random::<f64>().max(1e-12).ln()).sqrt() * angle.cos()
        };
        let mut sample = |mean: f64, wide: f64| -> Vec<Vec<f64>> {
            (0..150).map(|_| (0..3).map(|_| normal(mean, wide)).collect()).collect()
        };
        let trials = 100;
        let covered = (0..trials)
            .filter(|_| {
                let estimate = frechet_estimate(&sample(0.0, 1.0), &sample(1.0, 2.0), 40).unwrap();
                (estimate.low..=estimate.high).contains(&6.0)
            })
            .count();
        assert!((87..=99).contains(&covered), "{covered} of {trials}");
    }

    /// Each row is certain of one of two classes: the score is 2, however small the other probabilities are.
    #[test]
    fn underflowing_probabilities_add_nothing() {
        for far in [-700.0, -745.0, -1e4, f64::NEG_INFINITY] {
            let row = |class: usize| (0..3).map(|j| if j == class { 0.0 } else { far }).collect();
            let score = inception_score(&[row(0), row(1)], 1).unwrap();
            assert!((score.mean - 2.0).abs() < 1e-12, "{far}: {}", score.mean);
        }
    }

    #[test]
    fn incomparable_sets_are_errors() {
        let one = features([3, 4], 1);
        assert_eq!(frechet_distance(&one[..1], &one), Err(DistributionError::TooFew(1)));
        assert_eq!(frechet_distance(&one, &features([3, 5], 1)), Err(DistributionError::Lengths(4, 5)));
        assert_eq!(inception_score(&one, 10), Err(DistributionError::TooFew(3)));
    }
}
