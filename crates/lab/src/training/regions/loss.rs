//! The loss: cross-entropy plus a soft Jaccard loss (1 - intersection over union) of each region.
//!
//! The Jaccard loss is computed over the whole batch (Rahman and Wang, "Optimizing Intersection-Over-Union in Deep
//! Neural Networks for Image Segmentation", 2016), so that small regions count as much as large ones.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use agemirror_faces::face::regions::{REGIONS, softmax};

/// Label of pixels that are excluded from the loss.
pub(super) const IGNORED: u8 = 255;
/// Weight of the Jaccard loss relative to the cross-entropy.
const JACCARD_WEIGHT: f32 = 1.0;

/// The loss and its terms.
pub(super) struct Loss {
    /// The total, with a gradient to the logits.
    pub graph: Tensor,
    /// The mean cross-entropy.
    pub cross_entropy: f32,
    /// The mean Jaccard loss of the regions in the labels.
    pub disjoint: f32,
}

/// Sums over all pixels of one region.
#[derive(Clone, Copy, Default)]
struct Overlap {
    both: f32,
    predicted: f32,
    labelled: f32,
}

/// The loss of `logits` (N, [`REGIONS`], H, W) for `labels` (N * H * W), which are indices of regions or [`IGNORED`].
///
/// # Errors
/// When sizes do not fit.
pub(super) fn loss(logits: &Tensor, labels: &[u8]) -> Result<Loss> {
    let (images, regions, height, width) = logits.dims4()?;
    let size = height * width;
    if regions != REGIONS || labels.len() != images * size || size == 0 {
        candle_core::bail!("{} labels do not fit logits of {:?}", labels.len(), logits.dims());
    }
    let mut values: Vec<f32> = softmax(&logits.detach())?.flatten_all()?.to_vec1()?;
    let total = labels.iter().filter(|label| **label != IGNORED).count().max(1) as f32;
    let each: Vec<(f32, [Overlap; REGIONS])> =
        values.par_chunks_exact(REGIONS * size).zip(labels.par_chunks_exact(size)).map(measure).collect();
    let mut overlaps = [Overlap::default(); REGIONS];
    for (_, image) in &each {
        for (sum, part) in overlaps.iter_mut().zip(image) {
            sum.both += part.both;
            sum.predicted += part.predicted;
            sum.labelled += part.labelled;
        }
    }
    let present = overlaps.iter().filter(|overlap| overlap.labelled > 0.0).count().max(1) as f32;
    let union = |overlap: &Overlap| overlap.predicted + overlap.labelled - overlap.both;
    let shares = overlaps.iter().filter(|o| o.labelled > 0.0).map(|o| o.both / union(o).max(1.0));
    let disjoint = 1.0 - shares.sum::<f32>() / present;
    let cross_entropy = each.iter().map(|(sum, _)| sum).sum::<f32>() / total;
    // The derivative of the Jaccard loss with respect to a probability: where the label is this region, and elsewhere.
    let slopes = overlaps.map(|overlap| {
        if overlap.labelled <= 0.0 {
            return [0.0; 2];
        }
        let (union, scale) = (union(&overlap).max(1.0), -JACCARD_WEIGHT / present);
        [scale / union, -scale * overlap.both / (union * union)]
    });
    values
        .par_chunks_exact_mut(REGIONS * size)
        .zip(labels.par_chunks_exact(size))
        .for_each(|(planes, labels)| gradient(planes, labels, &slopes, total));
    let gradient = Tensor::from_vec(values, logits.dims(), logits.device())?;
    // A surrogate whose gradient is that of the loss; its value does not matter.
    Ok(Loss { graph: (logits * gradient)?.sum_all()?, cross_entropy, disjoint })
}

/// The sum of the cross-entropy, and the overlaps, of one image.
fn measure((planes, labels): (&[f32], &[u8])) -> (f32, [Overlap; REGIONS]) {
    let size = labels.len();
    let mut overlaps = [Overlap::default(); REGIONS];
    let mut sum = 0.0;
    for (region, (overlap, plane)) in overlaps.iter_mut().zip(planes.chunks_exact(size)).enumerate() {
        for (value, label) in plane.iter().zip(labels) {
            if *label == IGNORED {
                continue;
            }
            overlap.predicted += value;
            if usize::from(*label) == region {
                overlap.both += value;
                overlap.labelled += 1.0;
                sum -= value.max(1e-7).ln();
            }
        }
    }
    (sum, overlaps)
}

/// Converts the probabilities of one image to the gradient with respect to its logits, in place.
fn gradient(planes: &mut [f32], labels: &[u8], slopes: &[[f32; 2]; REGIONS], total: f32) {
    let size = labels.len();
    // The mean derivative of the Jaccard loss at every pixel.
    let mut means = vec![0f32; size];
    for (region, plane) in planes.chunks_exact(size).enumerate() {
        let [same, other] = slopes[region];
        for ((mean, value), label) in means.iter_mut().zip(plane).zip(labels) {
            *mean += value * if usize::from(*label) == region { same } else { other };
        }
    }
    for (region, plane) in planes.chunks_exact_mut(size).enumerate() {
        let [same, other] = slopes[region];
        for ((mean, value), label) in means.iter().zip(plane).zip(labels) {
            if *label == IGNORED {
                *value = 0.0;
                continue;
            }
            let here = usize::from(*label) == region;
            let share = *value * (if here { same } else { other } - mean);
            *value = (*value - f32::from(u8::from(here))) / total + share;
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    #[test]
    fn the_gradient_matches_finite_differences() {
        let (height, width) = (2, 3);
        let values: Vec<f32> =
            (0..2 * REGIONS * height * width).map(|i| ((i * 7919) % 61) as f32 / 30.0 - 1.0).collect();
        let labels = [0, 3, 3, 8, IGNORED, 5, 1, 1, 3, IGNORED, 10, 0];
        let shape = (2, REGIONS, height, width);
        let var = Var::from_vec(values.clone(), shape, &Device::Cpu).unwrap();
        let computed = loss(var.as_tensor(), &labels).unwrap().graph.backward().unwrap();
        let computed: Vec<f32> = computed.get(&var).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        let at = |values: &[f32]| {
            let logits = Tensor::from_vec(values.to_vec(), shape, &Device::Cpu).unwrap();
            let loss = loss(&logits, &labels).unwrap();
            loss.cross_entropy + JACCARD_WEIGHT * loss.disjoint
        };
        for (index, computed) in computed.iter().enumerate() {
            let moved = |by: f32| {
                let mut moved = values.clone();
                moved[index] += by;
                at(&moved)
            };
            let difference = (moved(0.02) - moved(-0.02)) / 0.04;
            assert!((difference - computed).abs() < 2e-4, "{index}: {difference} {computed}");
        }
    }
}
