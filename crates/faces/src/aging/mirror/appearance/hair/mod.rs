//! Hair greys strand by strand and regains its former colour, at the crop's resolution.

mod certainty;
pub(crate) mod dyed;
mod flow;
mod former;
mod grey_luma;
pub(crate) mod greying;
pub(crate) mod pixels;
mod strand_pattern;
pub(crate) mod strands;
pub(crate) mod tones;
