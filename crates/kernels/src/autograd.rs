//! Gradients of gradients.
//!
//! candle detaches every gradient from its graph unless the environment variable `CANDLE_GRAD_DO_NOT_DETACH`
//! is set; each thread reads it once. The operations of this crate follow it: without it, their gradients
//! keep no graph alive, and none of its memory.

use std::sync::Once;

use candle_core::{DType, Device, Result, Tensor, Var, bail};

use crate::device::{composes_operations, with_composed_operations};

/// The environment variable that candle reads.
const VARIABLE: &str = "CANDLE_GRAD_DO_NOT_DETACH";
/// Stack size in bytes: candle walks graphs by recursion, and graphs of gradients are deep.
const STACK: usize = 64 << 20;

thread_local! {
    static SECOND_ORDER: bool = std::env::var(VARIABLE).is_ok_and(|value| !value.is_empty() && value != "0");
}

/// Whether gradients on this thread can be differentiated again, as gradient penalties need.
/// `CANDLE_GRAD_DO_NOT_DETACH` must be set before the thread's first backward pass.
pub(crate) fn second_order_enabled() -> bool {
    SECOND_ORDER.with(|on| *on)
}

/// The argument of an operation in the form that its gradient uses: detached unless gradients have gradients.
pub(crate) fn with_graph(tensor: &Tensor) -> Tensor {
    if second_order_enabled() { tensor.clone() } else { tensor.detach() }
}

/// Sums of the products of two maps (N, C, H, W) over the positions: (N, C). As a matrix product it keeps
/// only the two maps for its gradient.
pub(crate) fn plane_products(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = a.dims4()?;
    let row = a.contiguous()?.reshape((n * c, 1, h * w))?;
    row.matmul(&b.contiguous()?.reshape((n * c, h * w, 1))?)?.reshape((n, c))
}

/// Gradients of the scalar `y` with respect to `variables`, which can themselves be differentiated.
///
/// They are computed on a separate thread with second-order gradients switched on; gradients on the calling
/// thread stay detached, and cheap in memory.
///
/// # Errors
/// If `y` does not depend on one of the variables, or the device fails.
pub fn differentiable_gradients(y: &Tensor, variables: &[Var]) -> Result<Vec<Tensor>> {
    prepare()?;
    let gradients = || -> Result<Vec<Tensor>> {
        let grads = y.backward()?;
        let of = |var: &Var| match grads.get(var.as_tensor()) {
            Some(grad) => Ok(grad.clone()),
            None => bail!("the result does not depend on one of the variables"),
        };
        variables.iter().map(of).collect()
    };
    let composed = composes_operations();
    let work = || if composed { with_composed_operations(gradients) } else { gradients() };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("second order".into()).stack_size(STACK);
        let thread = thread.spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|_| bail!("a backward pass panicked"))
    })
}

/// Makes the calling thread read the variable while it is unset, then sets it for later threads.
fn prepare() -> Result<()> {
    static PREPARED: Once = Once::new();
    second_order_enabled();
    Var::zeros((), DType::F32, &Device::Cpu)?.sqr()?.backward()?;
    PREPARED.call_once(|| {
        // SAFETY: Rust's environment functions take a lock, and no C code that runs beside training reads the
        // environment.
        unsafe { std::env::set_var(VARIABLE, "1") };
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_differentiable_gradient_has_a_gradient_which_is_detached() -> Result<()> {
        let x = Var::from_vec(vec![1f32, 2.0, -3.0], 3, &Device::Cpu)?;
        let cube = (x.sqr()? * x.as_tensor())?.sum_all()?;
        let [grad] = &differentiable_gradients(&cube, std::slice::from_ref(&x))?[..] else {
            bail!("one variable has one gradient")
        };
        assert_eq!(grad.to_vec1::<f32>()?, [3.0, 12.0, 27.0]);
        let second = grad.sum_all()?.backward()?;
        let Some(second) = second.get(x.as_tensor()) else { bail!("there is no second gradient") };
        assert_eq!(second.to_vec1::<f32>()?, [6.0, 12.0, -18.0]);
        let other = Var::zeros(1, DType::F32, &Device::Cpu)?;
        assert!(differentiable_gradients(&cube, &[other]).is_err());
        Ok(())
    }
}
