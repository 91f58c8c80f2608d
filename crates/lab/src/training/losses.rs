//! Losses shared by several systems.

use candle_core::{Device, Result, Tensor};

/// `ln(1 + exp(x))`, exact for large values of either sign.
///
/// # Errors
/// When the device fails.
pub(crate) fn softplus(x: &Tensor) -> Result<Tensor> {
    x.relu()? + (x.abs()?.neg()?.exp()? + 1.0)?.log()?
}

/// Mean binary cross entropy of `logits` against all ones (`truth`) or all zeros: TensorFlow's
/// `sigmoid_cross_entropy_with_logits`, PyTorch's `BCEWithLogitsLoss`.
///
/// # Errors
/// When the device fails.
pub(crate) fn binary_cross_entropy(logits: &Tensor, truth: bool) -> Result<Tensor> {
    let wrong = if truth { logits.neg()? } else { logits.clone() };
    softplus(&wrong)?.mean_all()
}

/// Mean squared distance of all values to `target` (least-squares GAN; Mao et al., 2017).
///
/// # Errors
/// When the device fails.
pub(crate) fn least_squares(logits: &Tensor, target: f64) -> Result<Tensor> {
    (logits - target)?.sqr()?.mean_all()
}

/// Mean of `-ln(softmax(logits)[class])` over the rows of `logits` (N, classes).
///
/// # Errors
/// When there is not one class per row, or a class is out of range.
pub(crate) fn cross_entropy(logits: &Tensor, classes: &[usize]) -> Result<Tensor> {
    let targets: Vec<u32> = classes.iter().map(|class| *class as u32).collect();
    let targets = Tensor::from_vec(targets, classes.len(), logits.device())?;
    candle_nn::loss::cross_entropy(logits, &targets)
}

/// One-hot labels (N, count) of `groups`.
///
/// # Errors
/// When a group is not below `count`.
pub(crate) fn one_hot(groups: &[usize], count: usize, device: &Device) -> Result<Tensor> {
    let mut labels = vec![0f32; groups.len() * count];
    for (label, group) in labels.chunks_exact_mut(count.max(1)).zip(groups) {
        match label.get_mut(*group) {
            Some(one) => *one = 1.0,
            None => candle_core::bail!("group {group} is out of range 0..{count}"),
        }
    }
    Tensor::from_vec(labels, (groups.len(), count), device)
}

#[cfg(test)]
mod tests {
    use candle_core::Var;

    use super::*;

    #[test]
    fn losses_agree_with_their_formulas() {
        let values = [-60.0_f32, -1.5, 0.25, 2.0, 90.0];
        let x = Var::new(&values, &Device::Cpu).unwrap();
        for truth in [true, false] {
            let loss = binary_cross_entropy(&x, truth).unwrap();
            let of = |v: f32| {
                let v = f64::from(if truth { -v } else { v });
                v.max(0.0) + (-v.abs()).exp().ln_1p()
            };
            let expected = values.iter().map(|v| of(*v)).sum::<f64>() / 5.0;
            assert!((f64::from(loss.to_scalar::<f32>().unwrap()) - expected).abs() < 1e-5);
            let grads = loss.backward().unwrap();
            let slopes = grads.get(&x).unwrap().to_vec1::<f32>().unwrap();
            for (slope, v) in slopes.iter().zip(values) {
                let expected = (1.0 / (1.0 + (-v).exp()) - if truth { 1.0 } else { 0.0 }) / 5.0;
                assert!((slope - expected).abs() < 1e-6, "{slope} {expected}");
            }
        }
        let two = x.narrow(0, 2, 2).unwrap();
        let loss = least_squares(&two, 1.0).unwrap().to_scalar::<f32>().unwrap();
        assert!((loss - (0.75f32.powi(2) + 1.0) / 2.0).abs() < 1e-6);
        let rows = x.narrow(0, 1, 3).unwrap().reshape((1, 3)).unwrap();
        let loss = cross_entropy(&rows, &[2]).unwrap().to_scalar::<f32>().unwrap();
        let expected = ((-1.5f32).exp() + 0.25f32.exp() + 2f32.exp()).ln() - 2.0;
        assert!((loss - expected).abs() < 1e-5, "{loss} {expected}");
    }
}
