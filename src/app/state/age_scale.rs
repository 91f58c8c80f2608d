//! The age scale of the slider.
//!
//! For a model of years it is linear. For a model of groups, the groups are evenly spaced; between two groups
//! the slider moves smoothly if the model can interpolate, otherwise it snaps.

use crate::text::{number, text};
use agemirror_faces::age::OPEN_GROUP_END;
use agemirror_faces::age::{AgeTarget, OLDEST_AGE, YOUNGEST_AGE};
use agemirror_faces::aging::AgeChoice;

const YEARS_SHOWN: [f32; 9] = [1.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0];
/// Ages closer than this are equal, in years.
const SAME: f32 = 0.05;
/// Slider positions closer to a group than this mean the group, as a fraction of the distance to the next
/// one.
const CLOSE: f32 = 0.05;
/// Steps of a sweep from one group to the next, as in AgeTransGAN's own sweep.
const STEPS_BETWEEN: usize = 10;

/// The age scale of the slider.
#[derive(Clone, Debug, PartialEq)]
pub enum AgeScale {
    /// Any age between two, in years.
    Years {
        /// The youngest age, in years.
        youngest: f32,
        /// The oldest age, in years.
        oldest: f32,
    },
    /// Age groups.
    Groups {
        /// The groups in rising order, at least one.
        groups: Vec<AgeTarget>,
        /// Whether the model can only show the groups, nothing between them.
        snaps: bool,
    },
}

impl AgeScale {
    /// The scale for the `ages` of a model, or the full range if they are not known yet.
    pub fn of(ages: Option<&AgeChoice>) -> Self {
        let everything = Self::Years { youngest: YOUNGEST_AGE, oldest: OLDEST_AGE };
        let Some(ages) = ages else { return everything };
        if let AgeChoice::Years { youngest, oldest } = ages {
            let (youngest, oldest) = (youngest.max(YOUNGEST_AGE), oldest.min(OLDEST_AGE));
            return if youngest < oldest { Self::Years { youngest, oldest } } else { everything };
        }
        let target = |((first, last), age)| AgeTarget { label: group_label(first, last), age };
        let groups: Vec<_> = ages.groups().into_iter().map(target).collect();
        if groups.is_empty() {
            return everything;
        }
        Self::Groups { groups, snaps: matches!(ages, AgeChoice::Groups(_)) }
    }

    /// The groups, each with its own tile; `None` for a model of years.
    pub fn groups(&self) -> Option<&[AgeTarget]> {
        match self {
            Self::Years { .. } => None,
            Self::Groups { groups, .. } => Some(groups),
        }
    }

    /// The youngest and the oldest age, in years.
    pub fn range(&self) -> (f32, f32) {
        match self {
            Self::Years { youngest, oldest } => (*youngest, *oldest),
            Self::Groups { groups, .. } => {
                let age = |group: Option<&AgeTarget>| group.map_or(YOUNGEST_AGE, |group| group.age);
                (age(groups.first()), age(groups.last()))
            }
        }
    }

    /// The position of `age` on the slider, from 0 for the youngest to 1 for the oldest.
    pub fn position(&self, age: f32) -> f32 {
        let (youngest, oldest) = self.range();
        let age = age.clamp(youngest, oldest);
        let Self::Groups { groups, .. } = self else { return (age - youngest) / (oldest - youngest) };
        let Some(last) = groups.len().checked_sub(1).filter(|last| *last > 0) else { return 0.5 };
        let below = groups.iter().rposition(|group| group.age <= age).unwrap_or(0).min(last - 1);
        let (near, far) = (groups[below].age, groups[below + 1].age);
        (below as f32 + ((age - near) / (far - near).max(f32::EPSILON)).min(1.0)) / last as f32
    }

    /// The age at `position`, whether the model can show it or not.
    pub fn age_at(&self, position: f32) -> f32 {
        let position = position.clamp(0.0, 1.0);
        let (youngest, oldest) = self.range();
        let Self::Groups { groups, .. } = self else { return youngest + (oldest - youngest) * position };
        let Some(last) = groups.len().checked_sub(1).filter(|last| *last > 0) else { return youngest };
        let index = position * last as f32;
        let below = (index as usize).min(last - 1);
        let (near, far) = (groups[below].age, groups[below + 1].age);
        near + (far - near) * (index - below as f32)
    }

    /// Like [`AgeScale::age_at`], but a position close to a group means the group, because a hand is not that
    /// steady.
    pub fn age_near(&self, position: f32) -> f32 {
        let Self::Groups { groups, .. } = self else { return self.age_at(position) };
        let index = position.clamp(0.0, 1.0) * groups.len().saturating_sub(1) as f32;
        match groups.get(index.round() as usize) {
            Some(group) if (index - index.round()).abs() < CLOSE => group.age,
            _ => self.age_at(position),
        }
    }

    /// The age nearest to `age` that the model can show.
    pub fn snap(&self, age: f32) -> f32 {
        let (youngest, oldest) = self.range();
        let age = age.clamp(youngest, oldest);
        let Self::Groups { groups, snaps: true } = self else { return age };
        let last = groups.len().saturating_sub(1);
        let index = (self.position(age) * last as f32).round() as usize;
        groups.get(index.min(last)).map_or(age, |group| group.age)
    }

    /// `age` moved by `years`. Between groups, ten years are the distance to the next group; if the model can
    /// only show groups, any step moves at least one group.
    pub fn step(&self, age: f32, years: f32) -> f32 {
        let Self::Groups { groups, snaps } = self else { return self.snap((age + years).round()) };
        let way = 1.0 / groups.len().saturating_sub(1).max(1) as f32;
        let ways = if *snaps { years.signum() * (years.abs() / 10.0).ceil() } else { years / 10.0 };
        self.snap(self.age_at(self.position(age) + ways * way))
    }

    /// The positions and labels of the ticks along the slider.
    pub fn ticks(&self) -> Vec<(f32, String)> {
        let (youngest, oldest) = self.range();
        match self {
            Self::Years { .. } => {
                let shown = YEARS_SHOWN.into_iter().filter(|age| (youngest..=oldest).contains(age));
                shown.map(|age| (self.position(age), format!("{age:.0}"))).collect()
            }
            Self::Groups { groups, .. } => {
                groups.iter().map(|group| (self.position(group.age), group.label.clone())).collect()
            }
        }
    }

    /// A short label for an age: `62`, or its group, such as `50–69`.
    pub fn label(&self, age: f32) -> String {
        let groups = self.groups().unwrap_or_default();
        let group = groups.iter().find(|group| (group.age - age).abs() < SAME);
        group.map_or_else(|| format!("{age:.0}"), |group| group.label.clone())
    }

    /// The age as shown beside the slider: `62 years`, or its group.
    pub fn readout(&self, age: f32) -> String {
        let label = self.label(age);
        match label.parse::<f32>() {
            Ok(years) => text!("years", years = number(years, 0)),
            Err(_) => label,
        }
    }

    /// The ages of a sweep from the youngest to the oldest: `count` evenly spaced ages for a model of years;
    /// the groups, with [ten steps](STEPS_BETWEEN) from one to the next if the model can interpolate.
    pub fn sweep(&self, count: usize) -> Vec<f32> {
        let pictures = match self {
            Self::Years { .. } => count.max(2),
            Self::Groups { groups, snaps: true } => groups.len(),
            Self::Groups { groups, snaps: false } => STEPS_BETWEEN * groups.len().saturating_sub(1) + 1,
        };
        let last = pictures.saturating_sub(1).max(1) as f32;
        (0..pictures).map(|index| self.age_at(index as f32 / last)).collect()
    }
}

/// The label of a group, such as `20–29` or `70+`.
fn group_label(first: u8, last: u8) -> String {
    if last >= OPEN_GROUP_END { format!("{first}+") } else { format!("{first}–{last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAAE: [(u8, u8); 10] =
        [(0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 40), (41, 50), (51, 60), (61, 70), (71, 80)];

    fn caae() -> AgeScale {
        AgeScale::of(Some(&AgeChoice::Groups(CAAE.to_vec())))
    }

    fn four() -> AgeScale {
        let groups = vec![(15, 29), (30, 39), (40, 49), (50, 120)];
        AgeScale::of(Some(&AgeChoice::Between { groups, centres: vec![22.0, 35.0, 45.0, 60.0] }))
    }

    #[test]
    fn years_lie_at_even_distances() {
        let scale = AgeScale::of(Some(&AgeChoice::Years { youngest: 1.0, oldest: 85.0 }));
        assert_eq!(scale, AgeScale::of(None));
        assert_eq!((scale.position(1.0), scale.position(43.0), scale.position(99.0)), (0.0, 0.5, 1.0));
        assert_eq!(scale.age_at(0.5), 43.0);
        assert_eq!((scale.step(60.4, 1.0), scale.step(80.0, 10.0)), (61.0, 85.0));
        assert_eq!((scale.label(62.0), scale.readout(62.0)), ("62".to_owned(), "62 years".to_owned()));
        assert_eq!(scale.ticks().len(), 9);
        let sweep = scale.sweep(49);
        assert_eq!((sweep.len(), sweep[0], sweep[24], sweep[48]), (49, 1.0, 43.0, 85.0));
    }

    #[test]
    fn groups_lie_at_even_distances_and_the_slider_snaps_to_them() {
        let scale = caae();
        assert_eq!(scale.range(), (2.5, 75.5));
        for (index, (group, (first, last))) in scale.groups().unwrap().iter().zip(CAAE).enumerate() {
            assert_eq!(group.label, format!("{first}–{last}"));
            assert!((scale.position(group.age) - index as f32 / 9.0).abs() < 1e-6);
            assert_eq!(scale.snap(group.age), group.age);
            assert_eq!(scale.snap(group.age + 0.4), group.age);
        }
        assert_eq!((scale.snap(-3.0), scale.snap(99.0)), (2.5, 75.5));
        assert_eq!((scale.step(2.5, 1.0), scale.step(8.0, 10.0), scale.step(8.0, -1.0)), (8.0, 13.0, 2.5));
        assert_eq!((scale.step(75.5, 1.0), scale.step(2.5, -10.0)), (75.5, 2.5));
        assert_eq!(scale.readout(25.5), "21–30");
        assert_eq!(scale.sweep(49).len(), 10);
    }

    #[test]
    fn between_groups_the_slider_goes_in_tenths() {
        let scale = four();
        assert_eq!(scale.groups().unwrap()[3].label, "50+");
        assert_eq!(scale.snap(40.0), 40.0);
        assert!((scale.step(35.0, 1.0) - 36.0).abs() < 1e-4);
        assert_eq!((scale.age_near(0.34), scale.age_near(0.5)), (35.0, 40.0));
        assert!((scale.step(35.0, 10.0) - 45.0).abs() < 1e-4);
        assert_eq!((scale.label(45.0), scale.readout(40.0)), ("40–49".to_owned(), "40 years".to_owned()));
        let sweep = scale.sweep(49);
        assert_eq!(sweep.len(), 31, "the pictures of the authors' own sweep");
        for (index, age) in [22.0, 35.0, 45.0, 60.0].into_iter().enumerate() {
            assert!((sweep[10 * index] - age).abs() < 1e-4);
        }
    }

    #[test]
    fn one_group_and_odd_models_do_no_harm() {
        let one = AgeScale::of(Some(&AgeChoice::Groups(vec![(51, 255)])));
        assert_eq!((one.snap(3.0), one.position(3.0), one.age_at(0.7)), (56.0, 0.5, 56.0));
        assert_eq!(one.sweep(9), [56.0]);
        assert_eq!(AgeScale::of(Some(&AgeChoice::Groups(Vec::new()))), AgeScale::of(None));
        let nothing = AgeChoice::Years { youngest: 90.0, oldest: 95.0 };
        assert_eq!(AgeScale::of(Some(&nothing)), AgeScale::of(None));
    }
}
