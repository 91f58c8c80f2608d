//! Share of the distance between two sets of pictures that is left: the kernel distance (Bińkowski et al.,
//! 2018) of outputs from real pictures, divided by that of the inputs.
//!
//! The distance is the unbiased estimate of the squared maximum mean discrepancy with the cubic polynomial
//! kernel `(x·y / d + 1)^3` on features of length `d`. Unlike the Fréchet distance it averages 0 for two
//! samples of the same distribution at any sample size, and age groups have small samples.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use super::Estimate;
use super::bootstrap::{SEED, percentile_interval};

/// Minimum number of inputs and of real faces for a comparison within a collection.
pub(super) const MIN_FACES: usize = 6;
/// Number of partial sums of a dot product that run in parallel.
const LANES: usize = 16;

/// An input and the output made from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AgedFace<'a> {
    /// Index of the input. The same input may appear in several comparisons.
    pub input_index: usize,
    /// Collection of the picture; pictures are compared only within their collection.
    pub collection: &'a str,
    /// File of the picture; a face is not compared with outputs made from itself.
    pub file: &'a str,
    /// Features of the input.
    pub input: &'a [f32],
    /// Features of the output, the same number.
    pub output: &'a [f32],
}

/// A real face.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealFace<'a> {
    /// Collection of the picture.
    pub collection: &'a str,
    /// File of the picture.
    pub file: &'a str,
    /// Features of the face.
    pub features: &'a [f32],
}

/// The outputs for one age group, and real faces of the group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison<'a> {
    /// Inputs with their outputs.
    pub outputs: Vec<AgedFace<'a>>,
    /// Real faces of the group.
    pub real: Vec<RealFace<'a>>,
}

/// Share of the distance that is left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KernelShare {
    /// Distance from outputs to real faces, divided by that from inputs to real faces. The 95 % interval
    /// comes from the bootstrap over inputs and real faces.
    pub left: Estimate,
    /// Distance from inputs to real faces.
    pub input_distance: Estimate,
    /// Distance between two random halves of the real faces, divided by that from inputs to real faces: its
    /// mean, which is near 0, and the interval of 95 % of the halves.
    pub halves: Estimate,
    /// Number of real faces compared.
    pub real: usize,
    /// Whether pictures were compared within their own collections.
    pub matched: bool,
}

impl KernelShare {
    /// Whether the inputs are further from the real faces than two halves of the real faces are from each
    /// other. Otherwise there is no distance to cover, and a share has no meaning.
    pub(crate) fn is_measurable(&self) -> bool {
        self.input_distance.low > 0.0 && self.halves.high < 1.0
    }
}

/// The share of the summed distance over all `comparisons` that is left, with an interval from `draws`
/// resamplings. `None` if no collection has [`MIN_FACES`] inputs and real faces.
///
/// Pictures are compared within collections, weighted by `n m / (n + m)` for n inputs and m real faces, so
/// that a collection's camera, light and framing do not count. If no collection has enough of both, all
/// pictures are compared with all.
pub(crate) fn kernel_share(comparisons: &[Comparison], draws: usize) -> Option<KernelShare> {
    let matched = comparisons.iter().all(|comparison| !Strata::of(comparison, true).0.is_empty());
    let strata: Vec<Stratum> =
        comparisons.iter().flat_map(|comparison| Strata::of(comparison, matched).0).collect();
    if strata.is_empty() {
        return None;
    }
    let once = Draw { inputs: BTreeMap::new(), real: None };
    let whole = total(&strata, &once);
    let drawn: Vec<Distances> = (0..draws)
        .into_par_iter()
        .map(|draw| {
            let mut random = StdRng::seed_from_u64(SEED + draw as u64);
            total(&strata, &Draw::new(&strata, &mut random))
        })
        .collect();
    let weights: f64 = strata.iter().map(Stratum::weight).sum();
    let halves = (0..draws.max(1)).into_par_iter().map(|draw| {
        let mut random = StdRng::seed_from_u64(SEED + (draws + draw) as u64);
        let distance = |stratum: &Stratum| stratum.weight() * stratum.halves(&mut random);
        strata.iter().map(distance).sum::<f64>() / weights / whole.inputs
    });
    let halves: Vec<f64> = halves.collect();
    let count = strata.iter().map(|stratum| stratum.inputs.len()).sum();
    let real = strata.iter().map(|stratum| stratum.real).sum();
    let shares: Vec<f64> = drawn.iter().map(|distances| distances.outputs / distances.inputs).collect();
    let inputs: Vec<f64> = drawn.iter().map(|distances| distances.inputs).collect();
    Some(KernelShare {
        left: percentile_interval(whole.outputs / whole.inputs, shares, count),
        input_distance: percentile_interval(whole.inputs, inputs, count),
        halves: percentile_interval(halves.iter().sum::<f64>() / halves.len() as f64, halves, real),
        real,
        matched,
    })
}

/// Distances from real faces.
#[derive(Clone, Copy, Debug)]
struct Distances {
    outputs: f64,
    inputs: f64,
}

/// Weighted mean of the distances of all strata.
fn total(strata: &[Stratum], draw: &Draw) -> Distances {
    let (mut outputs, mut inputs, mut weights) = (0.0, 0.0, 0.0);
    for (stratum_index, stratum) in strata.iter().enumerate() {
        let (of_inputs, of_real) = draw.counts(stratum_index, stratum);
        let weight = stratum.weight();
        outputs +=
            weight * stratum.distance(&stratum.output_kernel, &stratum.output_to_real, &of_inputs, &of_real);
        inputs +=
            weight * stratum.distance(&stratum.input_kernel, &stratum.input_to_real, &of_inputs, &of_real);
        weights += weight;
    }
    Distances { outputs: outputs / weights, inputs: inputs / weights }
}

/// How often each picture occurs in a resampling.
struct Draw {
    /// Count by input. An input has the same count in every comparison.
    inputs: BTreeMap<usize, f64>,
    /// Counts by stratum and real face; `None` if every picture counts once.
    real: Option<Vec<Vec<f64>>>,
}

impl Draw {
    fn new(strata: &[Stratum], random: &mut StdRng) -> Self {
        let mut by_collection: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for stratum in strata {
            by_collection.entry(stratum.collection).or_default().extend(&stratum.inputs);
        }
        let mut inputs = BTreeMap::new();
        for indices in by_collection.into_values() {
            let counts = counts(indices.len(), random);
            inputs.extend(indices.into_iter().zip(counts));
        }
        let real = strata.iter().map(|stratum| counts(stratum.real, random)).collect();
        Self { inputs, real: Some(real) }
    }

    fn counts(&self, stratum_index: usize, stratum: &Stratum) -> (Vec<f64>, Vec<f64>) {
        match &self.real {
            None => (vec![1.0; stratum.inputs.len()], vec![1.0; stratum.real]),
            Some(real) => {
                let count = |index: &usize| self.inputs.get(index).copied().unwrap_or_default();
                (stratum.inputs.iter().map(count).collect(), real[stratum_index].clone())
            }
        }
    }
}

/// How often each of `length` items occurs among `length` draws with replacement.
fn counts(length: usize, random: &mut StdRng) -> Vec<f64> {
    let mut counts = vec![0.0; length];
    (0..length).for_each(|_| counts[random.random_range(0..length)] += 1.0);
    counts
}

/// The strata of a comparison.
struct Strata<'a>(Vec<Stratum<'a>>);

impl<'a> Strata<'a> {
    /// One stratum per collection, or a single one for all pictures, if there are enough of them.
    fn of(comparison: &Comparison<'a>, by_collection: bool) -> Self {
        let key = |collection: &'a str| if by_collection { collection } else { "" };
        let collections: BTreeSet<&str> =
            comparison.outputs.iter().map(|face| key(face.collection)).collect();
        let stratum = |collection: &'a str| {
            let outputs: Vec<&AgedFace> =
                comparison.outputs.iter().filter(|face| key(face.collection) == collection).collect();
            let real: Vec<&RealFace> =
                comparison.real.iter().filter(|face| key(face.collection) == collection).collect();
            let enough = outputs.len().min(real.len()) >= MIN_FACES;
            enough.then(|| Stratum::new(collection, &outputs, &real))
        };
        Self(collections.into_iter().filter_map(stratum).collect())
    }
}

/// Kernel values between the pictures of one collection.
struct Stratum<'a> {
    collection: &'a str,
    /// Indices of the inputs.
    inputs: Vec<usize>,
    /// Number of real faces.
    real: usize,
    input_kernel: Vec<Vec<f64>>,
    output_kernel: Vec<Vec<f64>>,
    real_kernel: Vec<Vec<f64>>,
    /// Rows are inputs, columns are real faces; NaN where both are the same picture.
    input_to_real: Vec<Vec<f64>>,
    output_to_real: Vec<Vec<f64>>,
}

impl<'a> Stratum<'a> {
    fn new(collection: &'a str, outputs: &[&AgedFace], real: &[&RealFace]) -> Self {
        let rows_of_inputs: Vec<&[f32]> = outputs.iter().map(|face| face.input).collect();
        let rows_of_outputs: Vec<&[f32]> = outputs.iter().map(|face| face.output).collect();
        let rows_real: Vec<&[f32]> = real.iter().map(|face| face.features).collect();
        let to_real = |rows: &[&[f32]]| {
            let mut kernel = kernels(rows, &rows_real);
            for (row, face) in kernel.iter_mut().zip(outputs) {
                let own = row.iter_mut().zip(real).filter(|(_, real)| real.file == face.file);
                own.for_each(|(value, _)| *value = f64::NAN);
            }
            kernel
        };
        Self {
            collection,
            inputs: outputs.iter().map(|face| face.input_index).collect(),
            real: real.len(),
            input_kernel: kernels(&rows_of_inputs, &rows_of_inputs),
            output_kernel: kernels(&rows_of_outputs, &rows_of_outputs),
            real_kernel: kernels(&rows_real, &rows_real),
            input_to_real: to_real(&rows_of_inputs),
            output_to_real: to_real(&rows_of_outputs),
        }
    }

    fn weight(&self) -> f64 {
        let (inputs, real) = (self.inputs.len() as f64, self.real as f64);
        inputs * real / (inputs + real)
    }

    /// Squared distance, given the count of each input and each real face.
    fn distance(
        &self,
        within_outputs: &[Vec<f64>],
        to_real: &[Vec<f64>],
        inputs: &[f64],
        real: &[f64],
    ) -> f64 {
        within(within_outputs, inputs) + within(&self.real_kernel, real) - 2.0 * across(to_real, inputs, real)
    }

    /// Squared distance between two random halves of the real faces.
    fn halves(&self, random: &mut StdRng) -> f64 {
        let mut order: Vec<usize> = (0..self.real).collect();
        order.shuffle(random);
        let (mut one, mut other) = (vec![0.0; self.real], vec![0.0; self.real]);
        let middle = self.real / 2;
        order[..middle].iter().for_each(|index| one[*index] = 1.0);
        order[middle..].iter().for_each(|index| other[*index] = 1.0);
        within(&self.real_kernel, &one) + within(&self.real_kernel, &other)
            - 2.0 * across(&self.real_kernel, &one, &other)
    }
}

/// Kernel values between each row of `one` and each row of `other`.
fn kernels(one: &[&[f32]], other: &[&[f32]]) -> Vec<Vec<f64>> {
    one.par_iter().map(|row| other.iter().map(|column| kernel(row, column)).collect()).collect()
}

/// `(x·y / d + 1)^3`. The compiler vectorises the sixteen partial sums.
fn kernel(x: &[f32], y: &[f32]) -> f64 {
    let mut sums = [0.0_f32; LANES];
    for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (x, y))| *sum += x * y);
    }
    let product: f64 = sums.into_iter().map(f64::from).sum();
    (product / x.len().max(1) as f64 + 1.0).powi(3)
}

/// Mean over all pairs of different pictures within one set, weighted by their counts.
fn within(kernel: &[Vec<f64>], counts: &[f64]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (i, (row, count)) in kernel.iter().zip(counts).enumerate().filter(|(_, (_, count))| **count > 0.0) {
        let all: f64 = row.iter().zip(counts).map(|(value, other)| value * other).sum();
        sum += count * (all - count * row[i]);
        pairs += count * (counts.iter().sum::<f64>() - count);
    }
    if pairs > 0.0 { sum / pairs } else { 0.0 }
}

/// Mean over all pairs of one picture from each set, weighted by their counts.
fn across(kernel: &[Vec<f64>], rows: &[f64], columns: &[f64]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (row, count) in kernel.iter().zip(rows).filter(|(_, count)| **count > 0.0) {
        for (value, other) in row.iter().zip(columns).filter(|(value, _)| !value.is_nan()) {
            sum += count * other * value;
            pairs += count * other;
        }
    }
    if pairs > 0.0 { sum / pairs } else { 0.0 }
}

#[cfg(test)]
mod tests;
