//! The order of faces. Every order depends only on the seed and a count, so that any batch can be drawn
//! again.

use rand::Rng;

use super::{DatasetError, seeded};

/// The numbers below `count`, shuffled; the order depends only on `seed`, `round` and `rng_stream`
/// (Fisher-Yates).
pub(crate) fn shuffled(count: usize, seed: u64, round: u64, rng_stream: u64) -> Vec<usize> {
    let mut random = seeded(seed, round, rng_stream);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, random.random_range(0..=last));
    }
    order
}

/// Full batches of all faces in a new order each epoch; faces that do not fill a batch are left out of the
/// epoch.
#[derive(Clone, Debug)]
pub(crate) struct EpochOrder {
    faces: usize,
    batch: usize,
    seed: u64,
    rng_stream: u64,
}

impl EpochOrder {
    /// Batches of `batch` out of `faces` faces; `what` names them in errors. Orders with the same seed and
    /// different `rng_stream` differ.
    ///
    /// # Errors
    /// When there are fewer faces than a batch, or the batch is empty.
    pub(crate) fn new(
        faces: usize,
        batch: usize,
        seed: u64,
        rng_stream: u64,
        what: &str,
    ) -> Result<Self, DatasetError> {
        if faces < batch.max(1) || batch == 0 {
            return Err(DatasetError::TooFew { what: what.to_owned(), found: faces, needed: batch.max(1) });
        }
        Ok(Self { faces, batch, seed, rng_stream })
    }

    /// Batches per epoch, at least one.
    pub(crate) fn batches(&self) -> u64 {
        (self.faces / self.batch) as u64
    }

    /// The faces of the batch after `done` others.
    pub(crate) fn batch(&self, done: u64) -> Vec<usize> {
        let (epoch, index) = (done / self.batches(), (done % self.batches()) as usize);
        let order = shuffled(self.faces, self.seed, epoch, self.rng_stream);
        order[index * self.batch..(index + 1) * self.batch].to_vec()
    }
}

/// Batches that each contain one age group. Every group has its own order, which is shuffled again when fewer
/// faces than a batch remain.
#[derive(Clone, Debug)]
pub(crate) struct GroupOrder {
    members: Vec<Vec<usize>>,
    orders: Vec<EpochOrder>,
}

impl GroupOrder {
    /// `groups` has the group of each face; `names` are the groups' names for errors.
    ///
    /// # Errors
    /// When a group has fewer faces than a batch.
    pub(crate) fn new(
        groups: &[usize],
        names: &[String],
        batch: usize,
        seed: u64,
    ) -> Result<Self, DatasetError> {
        let mut members = vec![Vec::new(); names.len()];
        for (face, group) in groups.iter().enumerate() {
            if let Some(members) = members.get_mut(*group) {
                members.push(face);
            }
        }
        let order = |(rng_stream, (members, name)): (u64, (&Vec<usize>, &String))| {
            EpochOrder::new(members.len(), batch, seed, rng_stream, name)
        };
        let orders = (1..).zip(members.iter().zip(names)).map(order).collect::<Result<_, _>>()?;
        Ok(Self { members, orders })
    }

    /// The faces of `group` after `visits` earlier batches; empty if there is no such group.
    pub(crate) fn batch(&self, group: usize, visits: u64) -> Vec<usize> {
        let Some((members, order)) = self.members.get(group).zip(self.orders.get(group)) else {
            return Vec::new();
        };
        order.batch(visits).into_iter().map(|index| members[index]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_shows_every_face_once() {
        let order = EpochOrder::new(12, 4, 3, 0, "faces").unwrap();
        assert_eq!(order.batches(), 3);
        let epoch = |epoch: u64| (0..3).flat_map(|i| order.batch(3 * epoch + i)).collect::<Vec<_>>();
        let (first, second) = (epoch(0), epoch(1));
        assert!(first != second && first != (0..12).collect::<Vec<_>>());
        for mut faces in [first, second] {
            faces.sort_unstable();
            assert_eq!(faces, (0..12).collect::<Vec<_>>());
        }
        assert!(EpochOrder::new(12, 4, 3, 1, "faces").unwrap().batch(0) != order.batch(0));
        assert_eq!(EpochOrder::new(7, 4, 3, 0, "faces").unwrap().batches(), 1);
    }

    #[test]
    fn groups_have_their_own_order() {
        let groups: Vec<usize> = (0..30).map(|face| face % 3).collect();
        let names: Vec<String> = ["young", "grown", "old"].map(str::to_owned).into();
        let order = GroupOrder::new(&groups, &names, 5, 1).unwrap();
        for group in 0..3 {
            let mut seen: Vec<usize> = (0..2).flat_map(|visit| order.batch(group, visit)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..10).map(|i| 3 * i + group).collect::<Vec<_>>());
        }
        assert!(order.batch(0, 0) != order.batch(0, 2));
        assert!(order.batch(3, 0).is_empty());
        let message = GroupOrder::new(&groups[..13], &names, 5, 1).unwrap_err().to_string();
        assert!(message.contains("4 faces of grown") && message.contains('5'), "{message}");
        assert!(GroupOrder::new(&groups, &names, 0, 1).is_err());
    }
}
