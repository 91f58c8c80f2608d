//! Estimates the effect of age from sums over kinds of faces. Collections differ in light and sharpness and
//! hold different people at different ages, so the mean of each kind and the effect of age are estimated in
//! turn, as in a two-factor analysis.

use super::{AGES, POPULATIONS};

/// Weighted sums over the faces of one kind: for each of [`AGES`] a block of values, and their weights.
#[derive(Clone)]
pub(super) struct Sums {
    pub(super) pool: usize,
    pub(super) values: Vec<Vec<f32>>,
    pub(super) weights: Vec<Vec<f32>>,
}

/// Rounds of estimating means and effects in turn.
const ROUNDS: usize = 4;
/// Weight of the gender's effect in a population's, in faces: a population with this many faces at an age
/// counts as much as its whole gender.
const PRIOR_WEIGHT: f32 = 30.0;

/// The effect of each age on each value, for each population.
pub(super) fn effects(kinds: &[Sums], length: usize) -> Vec<Vec<Vec<f32>>> {
    let of_gender = |male: bool| kinds.iter().filter(move |kind| (kind.pool >= POPULATIONS / 2) == male);
    let genders = [false, true].map(|male| {
        let kinds: Vec<&Sums> = of_gender(male).collect();
        estimate(&kinds, length, None)
    });
    let pool = |pool: usize| {
        let gender = &genders[usize::from(pool >= POPULATIONS / 2)];
        let kinds: Vec<&Sums> = kinds.iter().filter(|kind| kind.pool == pool).collect();
        estimate(&kinds, length, Some(gender))
    };
    (0..POPULATIONS).map(pool).collect()
}

/// The effects in `kinds`; `known` fills in where faces are few.
fn estimate(kinds: &[&Sums], length: usize, known: Option<&Vec<Vec<f32>>>) -> Vec<Vec<f32>> {
    let start = known.cloned().unwrap_or_else(|| vec![vec![0f32; length]; AGES.len()]);
    let mut found = start.clone();
    let prior_weight = if known.is_some() { PRIOR_WEIGHT } else { 1e-3 };
    for _ in 0..ROUNDS {
        let means: Vec<Vec<f32>> = kinds.iter().map(|kind| mean(kind, &found, length)).collect();
        for (age, effect) in found.iter_mut().enumerate() {
            for (i, effect) in effect.iter_mut().enumerate() {
                let (mut sum, mut weight) = (prior_weight * start[age][i], prior_weight);
                for (kind, mean) in kinds.iter().zip(&means) {
                    sum += kind.values[age][i] - kind.weights[age][i] * mean[i];
                    weight += kind.weights[age][i];
                }
                *effect = sum / weight;
            }
        }
    }
    found
}

/// The mean of a kind without the effect of age.
fn mean(kind: &Sums, effects: &[Vec<f32>], length: usize) -> Vec<f32> {
    let value = |i: usize| {
        let (mut sum, mut weight) = (0f32, 1e-3f32);
        for (age, effect) in effects.iter().enumerate() {
            sum += kind.values[age][i] - kind.weights[age][i] * effect[i];
            weight += kind.weights[age][i];
        }
        sum / weight
    };
    (0..length).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two kinds of one population, one dark and mostly young, one light and mostly old: the difference
    /// between the kinds must not count as an effect of age.
    #[test]
    fn a_mixture_of_kinds_does_not_count_as_age() {
        let kind = |base: f32, weight: &dyn Fn(usize) -> f32| Sums {
            pool: 0,
            values: (0..AGES.len()).map(|age| vec![weight(age) * (base + age as f32)]).collect(),
            weights: (0..AGES.len()).map(|age| vec![weight(age)]).collect(),
        };
        let kinds = [
            kind(0.0, &|age| if age < 8 { 900.0 } else { 300.0 }),
            kind(50.0, &|age| if age < 8 { 300.0 } else { 900.0 }),
        ];
        let found = effects(&kinds, 1);
        let rise = found[0][15][0] - found[0][0][0];
        assert!((rise - 15.0).abs() < 3.0, "{rise}");
    }
}
