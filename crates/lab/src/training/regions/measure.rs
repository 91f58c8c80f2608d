//! Measures the agreement of predicted masks with those of the validation split.

use candle_core::Result;

use super::loss::IGNORED;
use super::view::{TrainingHead, draw, upright};
use agemirror_faces::face::regions::{REGIONS, REGIONS_SIDE, Region, RegionNetwork};

/// Regions for which both kinds of data have masks.
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

/// Size of the intersection and the union of prediction and mask, by region, in pixels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agreement {
    both: [u64; REGIONS],
    either: [u64; REGIONS],
}

impl Agreement {
    /// Intersection over union of a region; `None` if neither has it.
    pub(crate) fn of(&self, region: Region) -> Option<f32> {
        let index = region.index();
        (self.either[index] > 0).then(|| self.both[index] as f32 / self.either[index] as f32)
    }

    /// Adds one head. The data has no beards and no occluders; predicted ones count as skin and background.
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

/// Compares the network's masks of `heads`, cropped as in the program, with those of the data, inside their
/// pictures.
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
