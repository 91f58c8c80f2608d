//! The age groups, and the way from years to the label that the network is told.
//!
//! The network knows groups. A pure label stands for the age in the middle of its group; between two such
//! ages the label mixes the two groups, in proportion to the distance in years. The authors' own sweep
//! mixes neighbouring groups in the same way.

use candle_core::{Device, Result, Tensor};

/// A group: its first and last year, and the age in years that its pure label stands for.
pub(super) struct Group {
    pub(super) years: (u8, u8),
    pub(super) centre: f32,
}

const fn group(first: u8, last: u8, centre: f32) -> Group {
    Group { years: (first, last), centre }
}

/// Those of FFHQ-Aging. The last one is open; 120 stands for its end.
const TEN: [Group; 10] = [
    group(0, 2, 1.5),
    group(3, 6, 4.5),
    group(7, 9, 8.0),
    group(10, 14, 12.0),
    group(15, 19, 17.0),
    group(20, 29, 25.0),
    group(30, 39, 35.0),
    group(40, 49, 45.0),
    group(50, 69, 59.0),
    group(70, 120, 75.0),
];

const FOUR: [Group; 4] =
    [group(15, 29, 22.0), group(30, 39, 35.0), group(40, 49, 45.0), group(50, 120, 60.0)];

/// The groups of a network that knows so many.
pub(super) fn groups(count: usize) -> &'static [Group] {
    if count == FOUR.len() { &FOUR } else { &TEN }
}

/// First and last year of each group of a network that knows so many.
pub fn group_years(count: usize) -> Vec<(u8, u8)> {
    groups(count).iter().map(|group| group.years).collect()
}

/// Where an age in years lies among the groups: 2 is the third group alone, 2.25 is three quarters of it
/// and one quarter of the fourth. Ages beyond the first and the last centre have the pure label.
pub(super) fn position(groups: &[Group], age: f32) -> f32 {
    let below = groups.iter().rposition(|group| group.centre <= age);
    let Some(below) = below else { return 0.0 };
    let Some(above) = groups.get(below + 1) else { return below as f32 };
    let near = groups[below].centre;
    below as f32 + (age - near) / (above.centre - near)
}

/// The labels (N, groups) of positions among so many groups.
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
    fn the_centre_of_a_group_is_its_pure_label() {
        for groups in [&TEN[..], &FOUR[..]] {
            for (i, group) in groups.iter().enumerate() {
                assert_eq!(position(groups, group.centre), i as f32);
                assert!((f32::from(group.years.0)..=f32::from(group.years.1)).contains(&group.centre));
            }
            for pair in groups.windows(2) {
                assert_eq!(pair[0].years.1 + 1, pair[1].years.0);
            }
        }
    }

    #[test]
    fn between_two_centres_the_groups_are_mixed_by_the_years() {
        assert_eq!(position(&TEN, 30.0), 5.5);
        assert_eq!(position(&FOUR, 48.0), 2.2);
        assert_eq!(position(&TEN, 0.0), 0.0);
        assert_eq!(position(&TEN, 85.0), 9.0);
        assert_eq!(position(&TEN, f32::NAN), 0.0);
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
