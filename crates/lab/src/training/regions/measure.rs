//! How well masks agree with those of the validation part.

use candle_core::Result;

use super::loss::IGNORED;
use super::view::{TrainingHead, draw, upright};
use agemirror_faces::face::regions::{REGIONS, REGIONS_SIDE, Region, RegionNetwork};

/// Regions that both kinds of data have masks of.
pub(super) const MEASURED: [Region; 9] = [
    Region::Background,
    Region::Skin,
    Region::Neck,
    Region::Hair,
    Region::Brows,
    Region::Eyes,
    Region::Lips,
    Region::Glasses,
    Region::Hat,
];

/// Pixels that prediction and mask have in common, and that either of them has, by region.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    both: [u64; REGIONS],
    either: [u64; REGIONS],
}

impl Agreement {
    /// Intersection over union of a region; `None` where neither has it.
    pub fn of(&self, region: Region) -> Option<f32> {
        let index = region.index();
        (self.either[index] > 0).then(|| self.both[index] as f32 / self.either[index] as f32)
    }

    /// Counts one head. The data has no beards and nothing in front: these count as skin and background.
    fn add(&mut self, predicted: &[Region], labels: &[u8]) {
        for (predicted, label) in predicted.iter().zip(labels) {
            if *label == IGNORED {
                continue;
            }
            let predicted = match predicted {
                Region::Beard => Region::Skin.index(),
                Region::Front => Region::Background.index(),
                region => region.index(),
            };
            let label = usize::from(*label);
            self.either[predicted] += 1;
            if predicted == label {
                self.both[label] += 1;
            } else {
                self.either[label] += 1;
            }
        }
    }
}

/// Compares the network's masks of `heads`, cut as they are when the program runs, with those of the data, inside
/// their pictures.
///
/// # Errors
/// When the device fails.
pub(super) fn measure<'a>(
    network: &RegionNetwork,
    heads: impl IntoIterator<Item = &'a TrainingHead>,
) -> Result<Agreement> {
    let mut agreement = Agreement::default();
    for head in heads {
        let (mut canvas, outside) = draw(head, &head.given, &upright(head, REGIONS_SIDE), REGIONS_SIDE);
        for (label, outside) in canvas.labels.iter_mut().zip(outside) {
            if outside {
                *label = IGNORED;
            }
        }
        agreement.add(&network.masks(&canvas.picture())?.most_likely(), &canvas.labels);
    }
    Ok(agreement)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn common_pixels_are_counted_and_ignored_ones_are_not() {
        let mut agreement = Agreement::default();
        let predicted = [Region::Hair, Region::Hair, Region::Beard, Region::Front, Region::Skin];
        let labels = [Region::Hair, Region::Skin, Region::Skin, Region::Background].map(|r| r.index() as u8);
        agreement.add(&predicted, &[&labels[..], &[IGNORED]].concat());
        assert_eq!(agreement.of(Region::Hair), Some(0.5));
        assert_eq!(agreement.of(Region::Skin), Some(0.5));
        assert_eq!(agreement.of(Region::Background), Some(1.0));
        assert_eq!(agreement.of(Region::Hat), None);
    }
}
