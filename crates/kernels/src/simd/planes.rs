//! Loops over one plane of a map, compiled for every instruction set.

use super::widest;

widest! {
    /// `leaky_relu(x * scale + shift)` with the given slope for negative values.
    pub(crate) fn scale_shift(to: &mut [f32], from: &[f32], scale: f32, shift: f32, slope: f32) {
        for (to, from) in to.iter_mut().zip(from) {
            let value = from * scale + shift;
            *to = if value > 0.0 { value } else { value * slope };
        }
    }
}

widest! {
    /// Backpropagates `grad` through the activation with output `result` and the given slope for negative
    /// values.
    pub(crate) fn activation_backward(to: &mut [f32], grad: &[f32], result: &[f32], slope: f32) {
        for ((to, grad), result) in to.iter_mut().zip(grad).zip(result) {
            *to = if *result > 0.0 { *grad } else { grad * slope };
        }
    }
}

widest! {
    /// The sum, as many partial sums: faster and more accurate than one.
    pub(crate) fn sum(values: &[f32]) -> f32 {
        let mut parts = [0f32; 32];
        let whole = values.chunks_exact(32);
        let rest: f32 = whole.remainder().iter().sum();
        for chunk in whole {
            parts.iter_mut().zip(chunk).for_each(|(part, value)| *part += value);
        }
        parts.iter().sum::<f32>() + rest
    }
}

widest! {
    /// The sum of the squares of `values - centre`.
    pub(crate) fn squares(values: &[f32], centre: f32) -> f32 {
        let mut parts = [0f32; 32];
        let whole = values.chunks_exact(32);
        let rest: f32 = whole.remainder().iter().map(|value| (value - centre) * (value - centre)).sum();
        for chunk in whole {
            parts.iter_mut().zip(chunk).for_each(|(part, value)| *part += (value - centre) * (value - centre));
        }
        parts.iter().sum::<f32>() + rest
    }
}

widest! {
    /// The sum of the products of `a` and `b - centre`.
    pub(crate) fn products(a: &[f32], b: &[f32], centre: f32) -> f32 {
        let mut parts = [0f32; 32];
        let (whole_a, whole_b) = (a.chunks_exact(32), b.chunks_exact(32));
        let rest = whole_a.remainder().iter().zip(whole_b.remainder());
        let rest: f32 = rest.map(|(a, b)| a * (b - centre)).sum();
        for (a, b) in whole_a.zip(whole_b) {
            for ((part, a), b) in parts.iter_mut().zip(a).zip(b) {
                *part += a * (b - centre);
            }
        }
        parts.iter().sum::<f32>() + rest
    }
}

widest! {
    /// `a * a_factor + (b * b_factor + shift)`, stored in `a`.
    pub(crate) fn blend(a: &mut [f32], a_factor: f32, b: &[f32], b_factor: f32, shift: f32) {
        for (a, b) in a.iter_mut().zip(b) {
            *a = *a * a_factor + (b * b_factor + shift);
        }
    }
}

widest! {
    /// Adds `b` to `a`.
    pub(crate) fn add(a: &mut [f32], b: &[f32]) {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    }
}
