//! Whether gradients are themselves differentiable.
//!
//! candle cuts the graph behind every gradient unless the variable `CANDLE_GRAD_DO_NOT_DETACH` of the
//! environment is set, which each thread reads once. The operations of this room follow it: without it
//! their gradients keep no graph alive, and memory with it.

use std::sync::Once;

use candle_core::{DType, Device, Result, Tensor, Var, bail};

/// What candle reads.
const VARIABLE: &str = "CANDLE_GRAD_DO_NOT_DETACH";
/// Graphs are walked by recursion, and those of gradients are deep.
const STACK: usize = 64 << 20;

thread_local! {
    static SECOND_ORDER: bool = std::env::var(VARIABLE).is_ok_and(|value| !value.is_empty() && value != "0");
}

/// Whether a gradient on this thread can be differentiated again, as regularisers of gradients need: the
/// variable `CANDLE_GRAD_DO_NOT_DETACH` must be set before the thread's first backward pass.
pub fn gradients_have_gradients() -> bool {
    SECOND_ORDER.with(|on| *on)
}

/// The argument of an operation, as its gradient may use it.
pub(crate) fn with_graph(tensor: &Tensor) -> Tensor {
    if gradients_have_gradients() { tensor.clone() } else { tensor.detach() }
}

/// For each image and channel of two maps (N, C, H, W) the sum of their products: (N, C). As a product of matrices it
/// keeps nothing for its gradient but the two maps.
pub(crate) fn plane_products(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = a.dims4()?;
    let row = a.contiguous()?.reshape((n * c, 1, h * w))?;
    row.matmul(&b.contiguous()?.reshape((n * c, h * w, 1))?)?.reshape((n, c))
}

/// The gradients of `y`, a number, to each of `variables`, which can be differentiated again.
///
/// They are made on a thread of their own, whose environment says so; the calling thread's own gradients stay
/// without a graph, and cheap in memory.
///
/// # Errors
/// When `y` does not depend on one of the variables, or the device fails.
pub fn differentiable_gradients(y: &Tensor, variables: &[Var]) -> Result<Vec<Tensor>> {
    prepare()?;
    let work = || -> Result<Vec<Tensor>> {
        let grads = y.backward()?;
        let of = |var: &Var| match grads.get(var.as_tensor()) {
            Some(grad) => Ok(grad.clone()),
            None => bail!("a gradient is wanted to a variable that does not count"),
        };
        variables.iter().map(of).collect()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("second order".into()).stack_size(STACK);
        let thread = thread.spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|_| bail!("a backward pass panicked"))
    })
}

/// Lets the calling thread settle on gradients as they are, and sets the variable for threads to come.
fn prepare() -> Result<()> {
    static PREPARED: Once = Once::new();
    gradients_have_gradients();
    Var::zeros((), DType::F32, &Device::Cpu)?.sqr()?.backward()?;
    PREPARED.call_once(|| {
        // SAFETY: Rust's own functions for the environment lock it, and nothing that runs beside a training
        // reads it through C.
        unsafe { std::env::set_var(VARIABLE, "1") };
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gradient_has_a_gradient_and_the_next_one_has_none() -> Result<()> {
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
