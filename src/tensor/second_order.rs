//! Whether gradients are themselves differentiable.
//!
//! candle cuts the graph behind every gradient unless the variable `CANDLE_GRAD_DO_NOT_DETACH` of the
//! environment is set, which each thread reads once. The operations of this room follow it: without it
//! their gradients keep no graph alive, and memory with it.

use candle_core::Tensor;

thread_local! {
    static SECOND_ORDER: bool =
        std::env::var("CANDLE_GRAD_DO_NOT_DETACH").is_ok_and(|value| !value.is_empty() && value != "0");
}

/// Whether a gradient on this thread can be differentiated again, as regularisers of gradients need: the
/// variable `CANDLE_GRAD_DO_NOT_DETACH` must be set before the thread's first backward pass.
pub fn gradients_have_gradients() -> bool {
    SECOND_ORDER.with(|on| *on)
}

/// The argument of an operation, as its gradient may use it.
pub(super) fn with_graph(tensor: &Tensor) -> Tensor {
    if gradients_have_gradients() { tensor.clone() } else { tensor.detach() }
}
