//! The mean-variance loss, for exact ages and for age ranges.

use candle_core::{D, Result, Tensor};
use candle_nn::ops::log_softmax;

/// Weight of the mean term; the cross entropy has weight 1.
const MEAN_WEIGHT: f64 = 0.2;
/// Weight of the variance term.
const VARIANCE_WEIGHT: f64 = 0.05;

/// The possible ages of a labelled face in years, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AgeRange {
    /// The youngest possible age.
    pub low: f32,
    /// The oldest possible age; equal to `low` if the age is exact.
    pub high: f32,
}

/// The loss and its terms, each already weighted.
pub(crate) struct MeanVariance {
    /// Half the squared distance of the mean from the age, times 0.2.
    pub mean: Tensor,
    /// The variance of the predicted ages, times 0.05.
    pub variance: Tensor,
    /// The cross entropy.
    pub cross_entropy: Tensor,
}

impl MeanVariance {
    /// The sum of the terms.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn total(&self) -> Result<Tensor> {
        (&self.mean + &self.variance)? + &self.cross_entropy
    }
}

/// The loss of logits (N, A) over the ages 0..A. A mean inside the range of a label costs nothing, and the
/// probabilities of the ages in the range are added up; for an exact age this is the published loss.
///
/// # Errors
/// When there is not one age per row.
pub(crate) fn mean_variance(logits: &Tensor, ages: &[AgeRange]) -> Result<MeanVariance> {
    let (count, classes) = logits.dims2()?;
    if ages.len() != count {
        candle_core::bail!("{} ages do not fit {count} faces", ages.len());
    }
    let device = logits.device();
    let oldest = (classes - 1) as f32;
    let lows: Vec<f32> = ages.iter().map(|age| age.low.clamp(0.0, oldest)).collect();
    let highs: Vec<f32> = ages.iter().map(|age| age.high.clamp(0.0, oldest)).collect();
    let log_probabilities = log_softmax(logits, D::Minus1)?;
    let probabilities = log_probabilities.exp()?;
    let years = Tensor::arange(0f32, classes as f32, device)?;
    let means = probabilities.broadcast_mul(&years)?.sum_keepdim(D::Minus1)?;
    let low = Tensor::from_slice(&lows, (count, 1), device)?;
    let high = Tensor::from_slice(&highs, (count, 1), device)?;
    let off = ((&means - &high)?.relu()? - (&low - &means)?.relu()?)?;
    let spread = years.reshape((1, classes))?.broadcast_sub(&means)?.sqr()?;
    let possible = possible(&lows, &highs, classes);
    let possible = Tensor::from_vec(possible, (count, classes), device)?;
    Ok(MeanVariance {
        mean: (off.sqr()?.mean_all()? * (0.5 * MEAN_WEIGHT))?,
        variance: ((&probabilities * spread)?.sum(D::Minus1)?.mean_all()? * VARIANCE_WEIGHT)?,
        cross_entropy: (log_probabilities + possible)?.log_sum_exp(D::Minus1)?.mean_all()?.neg()?,
    })
}

/// Zero for possible ages, a large negative value elsewhere.
fn possible(lows: &[f32], highs: &[f32], classes: usize) -> Vec<f32> {
    let row = |(low, high): (&f32, &f32)| {
        let (low, high) = (low.round() as usize, high.round() as usize);
        (0..classes).map(move |age| if (low..=high).contains(&age) { 0.0 } else { -1e4 })
    };
    lows.iter().zip(highs).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use agemirror_faces::judges::age_estimator::expected_age;
    use agemirror_kernels::testing::check_gradients;

    fn logits() -> Result<Tensor> {
        Tensor::new(&[[0f32, 1.0, 2.0, 0.5, -1.0], [1.0, 0.0, 0.0, 0.0, 3.0]], &Device::Cpu)
    }

    fn exact(age: f32) -> AgeRange {
        AgeRange { low: age, high: age }
    }

    /// Golden numbers of AgeTransGAN's published loss.
    #[test]
    fn exact_ages_give_the_published_loss() -> Result<()> {
        let loss = mean_variance(&logits()?, &[exact(2.0), exact(1.0)])?;
        for (part, expected) in
            [(&loss.mean, 0.276_790_3), (&loss.variance, 0.062_962_9), (&loss.cross_entropy, 1.912_480_2)]
        {
            let value = part.to_scalar::<f32>()?;
            assert!((value - expected).abs() < 1e-6, "{value}, not {expected}");
        }
        let means = expected_age(&logits()?)?.to_vec1::<f32>()?;
        assert!((means[0] - 1.822_172_2).abs() < 1e-6 && (means[1] - 3.346_099_6).abs() < 1e-6, "{means:?}");
        Ok(())
    }

    #[test]
    fn a_mean_inside_a_range_costs_nothing_and_probabilities_add_up() -> Result<()> {
        let loss = mean_variance(
            &logits()?,
            &[AgeRange { low: 1.0, high: 2.0 }, AgeRange { low: 0.0, high: 90.0 }],
        )?;
        assert_eq!(loss.mean.to_scalar::<f32>()?, 0.0);
        let probabilities = candle_nn::ops::softmax(&logits()?, D::Minus1)?.to_vec2::<f32>()?;
        let expected = -(probabilities[0][1] + probabilities[0][2]).ln() / 2.0;
        assert!((loss.cross_entropy.to_scalar::<f32>()? - expected).abs() < 1e-6);
        Ok(())
    }

    #[test]
    fn the_loss_has_a_gradient() -> Result<()> {
        check_gradients(&[&logits()?], |args| {
            mean_variance(&args[0], &[exact(2.0), AgeRange { low: 0.0, high: 1.0 }])?.total()?.reshape(1)
        })?;
        assert!(mean_variance(&logits()?, &[exact(2.0)]).is_err());
        Ok(())
    }
}
