//! What is remembered of the faces seen last.

use std::collections::VecDeque;

/// Maximum number of faces; the least recently used one is dropped first.
const MAX_FACES: usize = 8;

/// A value for each of the faces used last, by [`TrackedFace::id`](crate::face::TrackedFace::id).
#[derive(Default)]
pub struct RecentFaces<T> {
    /// The most recently used last.
    entries: VecDeque<(u64, T)>,
}

impl<T: Default> RecentFaces<T> {
    /// The value of the face with this identity, a default one if it is new or was dropped.
    pub fn of(&mut self, id: u64) -> &mut T {
        let known = self.entries.iter().position(|(known, _)| *known == id);
        let entry = known.and_then(|index| self.entries.remove(index));
        if self.entries.len() >= MAX_FACES {
            self.entries.pop_front();
        }
        self.entries.push_back(entry.unwrap_or((id, T::default())));
        let latest = self.entries.len() - 1;
        &mut self.entries[latest].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_that_was_not_used_for_longest_is_dropped() {
        let mut recent = RecentFaces::<u64>::default();
        for id in 0..MAX_FACES as u64 {
            *recent.of(id) = id + 1;
        }
        assert_eq!(*recent.of(0), 1);
        recent.of(99);
        assert_eq!((*recent.of(0), *recent.of(2)), (1, 3));
        assert_eq!(*recent.of(1), 0, "it was the oldest");
    }
}
