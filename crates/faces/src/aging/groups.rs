//! The group that an age falls into.

/// The place in `groups` (as (first year, last year), rising) of the group that `age` falls into: the first
/// one for younger ages, the last one for older ages. A fraction of a year belongs to the year begun.
pub(super) fn group_of(age: f32, groups: &[(u8, u8)]) -> usize {
    groups.partition_point(|(first, _)| f32::from(*first) <= age).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_has_its_group() {
        let groups = [(21, 30), (31, 40), (41, 50), (51, u8::MAX)];
        for (age, group) in [(3.0, 0), (21.0, 0), (30.9, 0), (31.0, 1), (50.0, 2), (51.0, 3), (99.0, 3)] {
            assert_eq!(group_of(age, &groups), group, "{age}");
        }
        assert_eq!(group_of(f32::NAN, &groups), 0);
    }
}
