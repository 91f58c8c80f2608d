//! The age groups, and the conversion from years to the network's label.
//!
//! A one-hot label represents the age in the middle of its group; between two such ages the label mixes the
//! two groups in proportion to the distance in years. The authors' own sweep mixes neighbouring groups in the
//! same way.

use candle_core::{Device, Result, Tensor};

use crate::age::{AgeGroup, FOUR_GROUPS, TEN_GROUPS};

/// Last year that [`group_years`] reports for a group without an upper end.
const OPEN_END: u8 = 120;

/// The age groups of a network trained with `count` of them: those of FFHQ-Aging, or four of adults.
pub(super) fn groups(count: usize) -> &'static [AgeGroup] {
    if count == FOUR_GROUPS.len() { &FOUR_GROUPS } else { &TEN_GROUPS }
}

/// First and last year of each group of a network trained with `count` groups.
pub fn group_years(count: usize) -> Vec<(u8, u8)> {
    groups(count).iter().map(|group| (group.first, group.last.unwrap_or(OPEN_END))).collect()
}

/// Position of an age in years among the groups: 2 is the third group alone, 2.25 mixes three quarters of it
/// with one quarter of the fourth. Ages beyond the outermost representative ages get the one-hot label.
pub(super) fn position(groups: &[AgeGroup], age: f32) -> f32 {
    let below = groups.iter().rposition(|group| group.age <= age);
    let Some(below) = below else { return 0.0 };
    let Some(above) = groups.get(below + 1) else { return below as f32 };
    let near = groups[below].age;
    below as f32 + (age - near) / (above.age - near)
}

/// The labels (N, groups) of positions among `groups` groups.
pub(super) fn labels(positions: &[f32], groups: usize, device: &Device) -> Result<Tensor> {
    let last = groups.saturating_sub(1);
    let mut labels = vec![0f32; positions.len() * groups];
    for (label, position) in labels.chunks_exact_mut(groups.max(1)).zip(positions) {
        let position = position.clamp(0.0, last as f32);
        let below = (position as usize).min(last);
        let share = position - below as f32;
        label[below] = 1.0 - share;
        if below < last {
            label[below + 1] = share;
        }
    }
    Tensor::from_vec(labels, (positions.len(), groups), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_representative_age_of_a_group_has_its_one_hot_label() {
        for groups in [&TEN_GROUPS[..], &FOUR_GROUPS[..]] {
            for (i, group) in groups.iter().enumerate() {
                assert_eq!(position(groups, group.age), i as f32);
            }
        }
    }

    #[test]
    fn between_two_representative_ages_the_groups_are_mixed_by_years() {
        assert_eq!(position(&TEN_GROUPS, 30.0), 5.5);
        assert_eq!(position(&FOUR_GROUPS, 48.0), 2.2);
        assert_eq!(position(&TEN_GROUPS, 0.0), 0.0);
        assert_eq!(position(&TEN_GROUPS, 85.0), 9.0);
        assert_eq!(position(&TEN_GROUPS, f32::NAN), 0.0);
    }

    #[test]
    fn a_label_weighs_two_neighbours() {
        let labels: Vec<Vec<f32>> =
            labels(&[0.0, 1.25, 3.0, 7.0], 4, &Device::Cpu).unwrap().to_vec2().unwrap();
        assert_eq!(labels[0], [1.0, 0.0, 0.0, 0.0]);
        assert_eq!(labels[1], [0.0, 0.75, 0.25, 0.0]);
        assert_eq!(labels[2], [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(labels[3], labels[2]);
    }
}
