//! Draws the faces of each training step, balanced so that source and target differ only by age.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{Gender, PackedFace};

/// Index of the last decade; it includes all older ages.
const LAST_DECADE: usize = 8;
/// Decades with fewer faces than this are drawn less often in proportion, so that a few faces are not learnt
/// by heart.
const FULL_DECADE_FACES: usize = 100;

/// A face, and another of the same collection and gender that provides the target age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Index of the face to be aged.
    pub source: usize,
    /// Index of a real face at the target age.
    pub target: usize,
}

/// The faces of one collection and gender, by decade.
#[derive(Debug)]
struct Group {
    decades: Vec<Vec<usize>>,
    /// Indices of decades, repeated by their weight; one entry is drawn uniformly.
    tickets: Vec<usize>,
}

/// Draws the pairs of each training step; they depend only on the seed and the step.
#[derive(Debug)]
pub(crate) struct BatchSampler {
    groups: Vec<Group>,
    seed: u64,
    batch: usize,
}

impl BatchSampler {
    /// Draws `batch` pairs per step from `faces`. Combinations of collection and gender with a single face
    /// are left out, because a pair needs two.
    pub(crate) fn new(faces: &[PackedFace], batch: usize, seed: u64) -> Self {
        let mut groups = BTreeMap::<(&str, Gender), Vec<Vec<usize>>>::new();
        for (index, face) in faces.iter().enumerate() {
            let decades = groups.entry((face.dataset.as_str(), face.gender)).or_default();
            decades.resize(LAST_DECADE + 1, Vec::new());
            decades[decade(face.age())].push(index);
        }
        let groups = groups.into_values().filter(|decades| decades.iter().map(Vec::len).sum::<usize>() > 1);
        let groups = groups.map(|mut decades| {
            decades.retain(|faces| !faces.is_empty());
            let ticket = |(decade, faces): (usize, &Vec<usize>)| {
                std::iter::repeat_n(decade, faces.len().min(FULL_DECADE_FACES))
            };
            let tickets = decades.iter().enumerate().flat_map(ticket).collect();
            Group { decades, tickets }
        });
        Self { groups: groups.collect(), seed, batch }
    }

    /// The pairs of step `step`; empty if no collection and gender has two faces.
    ///
    /// Draws collection and gender uniformly, then the decade of the source and a face in it, then the decade
    /// of the target and another face in it.
    pub(crate) fn batch(&self, step: u64) -> Vec<Pair> {
        if self.groups.is_empty() {
            return Vec::new();
        }
        let mut random = seeded(self.seed, step, 0);
        (0..self.batch)
            .map(|_| self.groups[random.random_range(0..self.groups.len())].pair(&mut random))
            .collect()
    }
}

impl Group {
    fn pair(&self, random: &mut StdRng) -> Pair {
        let source = self.face(random);
        loop {
            let target = self.face(random);
            if target != source {
                return Pair { source, target };
            }
        }
    }

    fn face(&self, random: &mut StdRng) -> usize {
        let faces = &self.decades[self.tickets[random.random_range(0..self.tickets.len())]];
        faces[random.random_range(0..faces.len())]
    }
}

fn decade(age: f32) -> usize {
    ((age / 10.0) as usize).min(LAST_DECADE)
}

/// A random number generator that depends only on `seed`, `step` and `rng_stream`, so that any step can be
/// drawn again.
pub(crate) fn seeded(seed: u64, step: u64, rng_stream: u64) -> StdRng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&step.to_le_bytes());
    key[16..24].copy_from_slice(&rng_stream.to_le_bytes());
    StdRng::from_seed(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::ValidWindow;

    fn face(dataset: &str, gender: Gender, age: f32) -> PackedFace {
        let window = ValidWindow { picture_to_crop: [1.0, 0.0, 0.0, 0.0], bounds: [0.0, 0.0, 8.0, 8.0] };
        let (dataset, ethnicity) = (dataset.to_owned(), String::new());
        PackedFace { file: String::new(), dataset, age_low: age, age_high: age, gender, ethnicity, window }
    }

    fn faces() -> Vec<PackedFace> {
        let mut faces = Vec::new();
        for dataset in ["a", "b"] {
            for gender in [Gender::Female, Gender::Male] {
                // Ten times as many in their twenties.
                faces.extend((0..1000).map(|index| face(dataset, gender, 20.0 + (index % 10) as f32)));
                for decade in [0, 4, 7] {
                    faces.extend(
                        (0..100).map(|index| face(dataset, gender, (decade * 10 + index % 10) as f32)),
                    );
                }
                faces.extend((0..10).map(|_| face(dataset, gender, 95.0)));
            }
        }
        faces.push(face("c", Gender::Male, 30.0));
        faces
    }

    #[test]
    fn pairs_share_collection_and_gender_and_never_the_face() {
        let faces = faces();
        let sampler = BatchSampler::new(&faces, 64, 5);
        assert_eq!(sampler.groups.len(), 4, "a face alone takes no part");
        for pair in (0..20).flat_map(|step| sampler.batch(step)) {
            let (source, target) = (&faces[pair.source], &faces[pair.target]);
            assert_ne!(pair.source, pair.target);
            assert_eq!((&source.dataset, source.gender), (&target.dataset, target.gender));
        }
    }

    #[test]
    fn decades_are_balanced_and_sparse_ones_rarer() {
        let faces = faces();
        let sampler = BatchSampler::new(&faces, 100, 1);
        for pick in [|pair: Pair| pair.source, |pair: Pair| pair.target] {
            let mut counts = [0_usize; LAST_DECADE + 1];
            for pair in (0..100).flat_map(|step| sampler.batch(step)) {
                counts[decade(faces[pick(pair)].age())] += 1;
            }
            // 10,000 draws over four full decades and one with a tenth of the faces.
            for full in [0, 2, 4, 7] {
                assert!((2240..2640).contains(&counts[full]), "{counts:?}");
            }
            assert!((150..350).contains(&counts[8]), "{counts:?}");
        }
    }

    #[test]
    fn a_step_can_be_drawn_again() {
        let faces = faces();
        let sampler = BatchSampler::new(&faces, 16, 9);
        let again = BatchSampler::new(&faces, 16, 9);
        sampler.batch(3);
        assert_eq!(sampler.batch(41), again.batch(41));
        assert_ne!(sampler.batch(41), sampler.batch(42));
        assert_ne!(sampler.batch(41), BatchSampler::new(&faces, 16, 10).batch(41));
    }

    #[test]
    fn without_pairs_a_batch_is_empty() {
        assert!(BatchSampler::new(&[face("c", Gender::Male, 30.0)], 4, 1).batch(0).is_empty());
    }
}
