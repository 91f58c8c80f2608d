//! CAAE's label vectors for age and gender.

use candle_core::{Device, Result, Tensor};

use crate::age::{Gender, OPEN_GROUP_END};

/// Number of age classes.
pub(super) const AGES: usize = 10;
/// Number of genders.
pub(super) const GENDERS: usize = 2;

/// Years of the age classes; the last has no upper end.
pub const GROUPS: [(u8, u8); AGES] = [
    (0, 5),
    (6, 10),
    (11, 15),
    (16, 20),
    (21, 30),
    (31, 40),
    (41, 50),
    (51, 60),
    (61, 70),
    (71, OPEN_GROUP_END),
];

/// How often the two label vectors are repeated, so that they carry as much weight as the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// Repetitions of the ten ages.
    pub age: usize,
    /// Repetitions of the two genders.
    pub gender: usize,
}

impl Tiles {
    /// Length of one face's labels.
    pub(super) fn length(self) -> usize {
        AGES * self.age + GENDERS * self.gender
    }

    /// The labels (N, length) of one face for each age class in `classes`: the ages, repeated,
    /// then the genders (male, female), repeated; 1 where the label applies and -1 elsewhere.
    ///
    /// # Errors
    /// When the device fails.
    pub fn labels(self, classes: &[usize], gender: Gender, device: &Device) -> Result<Tensor> {
        let faces: Vec<(usize, Gender)> = classes.iter().map(|class| (*class, gender)).collect();
        self.labels_of(&faces, device)
    }

    /// The labels of several faces, each with its age class and gender.
    ///
    /// # Errors
    /// When the device fails.
    pub fn labels_of(self, faces: &[(usize, Gender)], device: &Device) -> Result<Tensor> {
        let one_hot = |count, index| (0..count).map(move |i| if i == index { 1f32 } else { -1.0 });
        let mut values = Vec::with_capacity(faces.len() * self.length());
        for (class, gender) in faces {
            let gender = match gender {
                Gender::Male => 0,
                Gender::Female => 1,
            };
            (0..self.age).for_each(|_| values.extend(one_hot(AGES, *class)));
            (0..self.gender).for_each(|_| values.extend(one_hot(GENDERS, gender)));
        }
        Tensor::from_vec(values, (faces.len(), self.length()), device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_repeated_ages_then_repeated_genders() {
        let tiles = Tiles { age: 5, gender: 25 };
        let labels = tiles.labels(&[0, 9], Gender::Female, &Device::Cpu).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(labels[0].len(), 100);
        assert_eq!(labels[0][..11].iter().filter(|v| **v == 1.0).count(), 2);
        assert_eq!((labels[1][9], labels[1][49], labels[1][40]), (1.0, 1.0, -1.0));
        assert_eq!(labels[1][50..54], [-1.0, 1.0, -1.0, 1.0]);
        let male = tiles.labels(&[3], Gender::Male, &Device::Cpu).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(male[0][98..], [1.0, -1.0]);
    }
}
