//! How much of the way from one set of pictures to another is left: the kernel distance (Bińkowski et al., 2018)
//! of made pictures from real ones, as a share of that of their inputs.
//!
//! The distance is the unbiased estimate of the squared maximum mean discrepancy with the cubic polynomial kernel
//! `(x·y / d + 1)^3` on features of length `d`. It is 0 on average for two samples of one kind, however small they
//! are, which the Fréchet distance is not, and small samples are what a group of ages has.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use super::Estimate;

/// Fewer inputs or fewer real faces than this are not compared within a collection.
pub const FEWEST: usize = 6;
/// The same samples always give the same interval.
const SEED: u64 = 0x5eed;
/// How many sums of a product run side by side.
const LANES: usize = 16;
/// What is cut off at either end for an interval of 95 %.
const TAIL: f64 = 0.025;

/// An input and what was made of it.
#[derive(Clone, Copy, Debug)]
pub struct MadeFace<'a> {
    /// Tells inputs apart. The same input may be in several comparisons.
    pub input_index: usize,
    /// The picture's collection: pictures are compared with those of their own collection.
    pub collection: &'a str,
    /// The picture's file: a face is not compared with what was made of itself.
    pub file: &'a str,
    /// The input's features.
    pub input: &'a [f32],
    /// The output's features, as many.
    pub made: &'a [f32],
}

/// A real face.
#[derive(Clone, Copy, Debug)]
pub struct RealFace<'a> {
    /// The picture's collection.
    pub collection: &'a str,
    /// The picture's file.
    pub file: &'a str,
    /// Its features.
    pub features: &'a [f32],
}

/// What was made for one group of ages, and real faces of the group.
#[derive(Clone, Debug, Default)]
pub struct Comparison<'a> {
    /// What was made.
    pub made: Vec<MadeFace<'a>>,
    /// Real faces of the group.
    pub real: Vec<RealFace<'a>>,
}

/// How much of the distance is left.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelShare {
    /// The distance between what was made and real faces, as a share of that between inputs and real faces, with its
    /// interval of 95 % by the bootstrap over inputs and real faces.
    pub left: Estimate,
    /// The distance between inputs and real faces.
    pub input_distance: Estimate,
    /// The distance between two random halves of the real faces, as a share of that between inputs and real faces:
    /// its mean, which is near 0, and the interval that 95 % of the halves lie in.
    pub halves: Estimate,
    /// How many real faces took part.
    pub real: usize,
    /// Whether pictures were compared within their own collections.
    pub matched: bool,
}

impl KernelShare {
    /// Whether inputs are further from real faces than two halves of the real faces are from one another. Where they
    /// are not, there is no way to go, and a share says nothing.
    pub fn is_measurable(&self) -> bool {
        self.input_distance.low > 0.0 && self.halves.high < 1.0
    }
}

/// The share of the distance that is left over all `comparisons`, whose distances are added; the interval is made of
/// `draws` resamplings. None where no collection has [`FEWEST`] inputs and real faces.
///
/// Pictures are compared within collections, weighted by `n m / (n + m)` for n inputs and m real faces, so that the
/// camera, the light and the cut of a collection play no part. Where no collection has enough of both, all are
/// compared with all.
pub fn kernel_share(comparisons: &[Comparison], draws: usize) -> Option<KernelShare> {
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
    let shares: Vec<f64> = drawn.iter().map(|distances| distances.made / distances.inputs).collect();
    let inputs: Vec<f64> = drawn.iter().map(|distances| distances.inputs).collect();
    Some(KernelShare {
        left: interval(whole.made / whole.inputs, shares, count),
        input_distance: interval(whole.inputs, inputs, count),
        halves: interval(halves.iter().sum::<f64>() / halves.len() as f64, halves, real),
        real,
        matched,
    })
}

/// `mean` with the interval of the values around it; `mean` alone where there is no value.
fn interval(mean: f64, mut values: Vec<f64>, count: usize) -> Estimate {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let last = values.len().saturating_sub(1) as f64;
        values.get((last * share).round() as usize).copied().unwrap_or(mean)
    };
    Estimate { mean, low: at(TAIL), high: at(1.0 - TAIL), count }
}

/// Distances from real faces.
#[derive(Clone, Copy, Debug)]
struct Distances {
    made: f64,
    inputs: f64,
}

/// The distances of all strata by their weights.
fn total(strata: &[Stratum], draw: &Draw) -> Distances {
    let (mut made, mut inputs, mut weights) = (0.0, 0.0, 0.0);
    for (place, stratum) in strata.iter().enumerate() {
        let (of_inputs, of_real) = draw.counts(place, stratum);
        let weight = stratum.weight();
        made += weight * stratum.distance(&stratum.made_kernel, &stratum.made_to_real, &of_inputs, &of_real);
        inputs +=
            weight * stratum.distance(&stratum.input_kernel, &stratum.input_to_real, &of_inputs, &of_real);
        weights += weight;
    }
    Distances { made: made / weights, inputs: inputs / weights }
}

/// How often each picture is in a resampling.
struct Draw {
    /// By input. An input has the same count in every comparison.
    inputs: BTreeMap<usize, f64>,
    /// By stratum and real face; none where every picture counts once.
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

    fn counts(&self, place: usize, stratum: &Stratum) -> (Vec<f64>, Vec<f64>) {
        match &self.real {
            None => (vec![1.0; stratum.inputs.len()], vec![1.0; stratum.real]),
            Some(real) => {
                let count = |index: &usize| self.inputs.get(index).copied().unwrap_or_default();
                (stratum.inputs.iter().map(count).collect(), real[place].clone())
            }
        }
    }
}

/// How often each of `length` is among as many drawn with replacement.
fn counts(length: usize, random: &mut StdRng) -> Vec<f64> {
    let mut counts = vec![0.0; length];
    (0..length).for_each(|_| counts[random.random_range(0..length)] += 1.0);
    counts
}

/// The strata of a comparison.
struct Strata<'a>(Vec<Stratum<'a>>);

impl<'a> Strata<'a> {
    /// One stratum for each collection, or one for all, where there is enough to compare.
    fn of(comparison: &Comparison<'a>, by_collection: bool) -> Self {
        let key = |collection: &'a str| if by_collection { collection } else { "" };
        let collections: BTreeSet<&str> = comparison.made.iter().map(|face| key(face.collection)).collect();
        let stratum = |collection: &'a str| {
            let made: Vec<&MadeFace> =
                comparison.made.iter().filter(|face| key(face.collection) == collection).collect();
            let real: Vec<&RealFace> =
                comparison.real.iter().filter(|face| key(face.collection) == collection).collect();
            let enough = made.len().min(real.len()) >= FEWEST;
            enough.then(|| Stratum::new(collection, &made, &real))
        };
        Self(collections.into_iter().filter_map(stratum).collect())
    }
}

/// Kernels between the pictures of one collection.
struct Stratum<'a> {
    collection: &'a str,
    /// The indices of the inputs.
    inputs: Vec<usize>,
    /// How many real faces there are.
    real: usize,
    input_kernel: Vec<Vec<f64>>,
    made_kernel: Vec<Vec<f64>>,
    real_kernel: Vec<Vec<f64>>,
    /// Rows of inputs, columns of real faces; NaN where both are of one picture.
    input_to_real: Vec<Vec<f64>>,
    made_to_real: Vec<Vec<f64>>,
}

impl<'a> Stratum<'a> {
    fn new(collection: &'a str, made: &[&MadeFace], real: &[&RealFace]) -> Self {
        let rows_of_inputs: Vec<&[f32]> = made.iter().map(|face| face.input).collect();
        let rows_made: Vec<&[f32]> = made.iter().map(|face| face.made).collect();
        let rows_real: Vec<&[f32]> = real.iter().map(|face| face.features).collect();
        let to_real = |rows: &[&[f32]]| {
            let mut kernel = kernels(rows, &rows_real);
            for (row, face) in kernel.iter_mut().zip(made) {
                let own = row.iter_mut().zip(real).filter(|(_, real)| real.file == face.file);
                own.for_each(|(value, _)| *value = f64::NAN);
            }
            kernel
        };
        Self {
            collection,
            inputs: made.iter().map(|face| face.input_index).collect(),
            real: real.len(),
            input_kernel: kernels(&rows_of_inputs, &rows_of_inputs),
            made_kernel: kernels(&rows_made, &rows_made),
            real_kernel: kernels(&rows_real, &rows_real),
            input_to_real: to_real(&rows_of_inputs),
            made_to_real: to_real(&rows_made),
        }
    }

    fn weight(&self) -> f64 {
        let (inputs, real) = (self.inputs.len() as f64, self.real as f64);
        inputs * real / (inputs + real)
    }

    /// The squared distance, given how often each input and each real face counts.
    fn distance(&self, within_made: &[Vec<f64>], to_real: &[Vec<f64>], inputs: &[f64], real: &[f64]) -> f64 {
        within(within_made, inputs) + within(&self.real_kernel, real) - 2.0 * across(to_real, inputs, real)
    }

    /// The squared distance between two random halves of the real faces.
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

/// The kernel between each row of one and each row of the other.
fn kernels(one: &[&[f32]], other: &[&[f32]]) -> Vec<Vec<f64>> {
    one.par_iter().map(|row| other.iter().map(|column| kernel(row, column)).collect()).collect()
}

/// `(x·y / d + 1)^3`. Sixteen sums run side by side, which the compiler makes one instruction of.
fn kernel(x: &[f32], y: &[f32]) -> f64 {
    let mut sums = [0.0_f32; LANES];
    for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (x, y))| *sum += x * y);
    }
    let product: f64 = sums.into_iter().map(f64::from).sum();
    (product / x.len().max(1) as f64 + 1.0).powi(3)
}

/// The mean over all pairs of two different pictures of one set, by how often each counts.
fn within(kernel: &[Vec<f64>], counts: &[f64]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (i, (row, count)) in kernel.iter().zip(counts).enumerate().filter(|(_, (_, count))| **count > 0.0) {
        let all: f64 = row.iter().zip(counts).map(|(value, other)| value * other).sum();
        sum += count * (all - count * row[i]);
        pairs += count * (counts.iter().sum::<f64>() - count);
    }
    if pairs > 0.0 { sum / pairs } else { 0.0 }
}

/// The mean over all pairs of a picture of the one set with a picture of the other.
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
#[allow(clippy::unwrap_used)]
mod tests;
