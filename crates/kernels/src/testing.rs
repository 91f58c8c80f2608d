//! Test helpers: reproducible tensors, comparisons, and numerical checks of gradients.

use candle_core::{Device, Result, Tensor, Var, bail};

pub use super::simd::on_every_instruction_set;

/// A tensor of pseudo-random values in -1..1 that depend only on `seed`.
pub fn tensor(dims: &[usize], seed: u32) -> Result<Tensor> {
    let count = dims.iter().product();
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    Tensor::from_vec((0..count).map(|_| next()).collect::<Vec<_>>(), dims, &Device::Cpu)
}

/// Fails if two tensors differ by more than `tolerance` times the largest expected magnitude.
pub fn assert_close(ours: &Tensor, expected: &Tensor, tolerance: f32) -> Result<()> {
    if ours.dims() != expected.dims() {
        bail!("shape {:?}, expected {:?}", ours.dims(), expected.dims());
    }
    let scale = expected.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?.max(1e-6);
    let off = (ours - expected)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?;
    if off.is_nan() || off > tolerance * scale {
        bail!("differs by {off}; the largest expected value is {scale}");
    }
    Ok(())
}

/// A weighted sum with fixed weights, so that every output affects the gradient differently.
fn weighted_sum(y: &Tensor) -> Result<Tensor> {
    (y * tensor(y.dims(), 99)?)?.sum_all()
}

/// Gradients of a weighted sum of `f` with respect to each argument.
pub fn gradients(args: &[&Tensor], f: impl Fn(&[Tensor]) -> Result<Tensor>) -> Result<Vec<Tensor>> {
    let vars = args.iter().map(|a| Var::from_tensor(a)).collect::<Result<Vec<_>>>()?;
    let tensors: Vec<Tensor> = vars.iter().map(|v| v.as_tensor().clone()).collect();
    let grads = weighted_sum(&f(&tensors)?)?.backward()?;
    tensors.iter().map(|t| grads.get(t).cloned().map_or_else(|| t.zeros_like(), Ok)).collect()
}

/// Compares the gradient with respect to each argument with central differences in three random directions.
pub fn check_gradients(args: &[&Tensor], f: impl Fn(&[Tensor]) -> Result<Tensor>) -> Result<()> {
    const STEP: f64 = 2e-3;
    let grads = gradients(args, &f)?;
    for (index, grad) in grads.iter().enumerate() {
        for seed in 0..3 {
            let direction = tensor(args[index].dims(), 1000 + seed)?;
            let at = |step: f64| -> Result<f64> {
                let mut moved: Vec<Tensor> = args.iter().map(|a| (*a).clone()).collect();
                moved[index] = (&moved[index] + (&direction * step)?)?;
                let y = f(&moved)?.to_dtype(candle_core::DType::F64)?;
                (&y * tensor(y.dims(), 99)?.to_dtype(candle_core::DType::F64)?)?.sum_all()?.to_scalar::<f64>()
            };
            let difference = (at(STEP)? - at(-STEP)?) / (2.0 * STEP);
            let slope = f64::from((grad * &direction)?.sum_all()?.to_scalar::<f32>()?);
            let size = f64::from(grad.sqr()?.sum_all()?.to_scalar::<f32>()?).sqrt();
            if (difference - slope).abs() > 0.02 * size + 1e-3 {
                bail!("argument {index}: slope {slope}, difference {difference}, gradient length {size}");
            }
        }
    }
    Ok(())
}

/// Compares the gradient of half the squared length of all gradients with central differences, for each
/// argument in three directions. Runs on a thread whose gradients keep their graph.
pub fn check_second_order(args: &[&Tensor], f: impl Fn(&[Tensor]) -> Result<Tensor> + Sync) -> Result<()> {
    // SAFETY: Rust's environment functions take a lock, and no test reads the environment from C.
    unsafe { std::env::set_var("CANDLE_GRAD_DO_NOT_DETACH", "1") };
    let compared = std::thread::scope(|scope| scope.spawn(|| compare_second_order(args, &f)).join());
    compared.unwrap_or_else(|_| bail!("the comparison panicked"))
}

fn compare_second_order(args: &[&Tensor], f: impl Fn(&[Tensor]) -> Result<Tensor>) -> Result<()> {
    const STEP: f64 = 4e-3;
    let penalty = |vars: &[Tensor]| -> Result<Tensor> {
        let grads = weighted_sum(&f(vars)?.sqr()?)?.backward()?;
        let mut total = Tensor::zeros((), candle_core::DType::F32, vars[0].device())?;
        for var in vars {
            let Some(grad) = grads.get(var) else { bail!("an argument has no gradient") };
            total = (total + (grad.sqr()?.sum_all()? * 0.5)?)?;
        }
        Ok(total)
    };
    let fresh = |args: &[Tensor]| -> Result<Vec<Tensor>> {
        args.iter().map(|a| Ok(Var::from_tensor(a)?.as_tensor().clone())).collect()
    };
    let args: Vec<Tensor> = args.iter().map(|a| (*a).clone()).collect();
    let vars = fresh(&args)?;
    let grads = penalty(&vars)?.backward()?;
    for (index, var) in vars.iter().enumerate() {
        let Some(grad) = grads.get(var) else { bail!("argument {index} has no second gradient") };
        for seed in 0..3 {
            let direction = tensor(var.dims(), 2000 + seed)?;
            let at = |step: f64| -> Result<f64> {
                let mut moved = args.clone();
                moved[index] = (&moved[index] + (&direction * step)?)?;
                Ok(f64::from(penalty(&fresh(&moved)?)?.to_scalar::<f32>()?))
            };
            let difference = (at(STEP)? - at(-STEP)?) / (2.0 * STEP);
            let slope = f64::from((grad * &direction)?.sum_all()?.to_scalar::<f32>()?);
            let size = f64::from(grad.sqr()?.sum_all()?.to_scalar::<f32>()?).sqrt();
            if size == 0.0 || (difference - slope).abs() > 0.02 * size {
                bail!("argument {index}: slope {slope}, difference {difference}, gradient length {size}");
            }
        }
    }
    Ok(())
}
