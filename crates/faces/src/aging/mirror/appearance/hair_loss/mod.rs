//! Men lose hair: hairlines recede, and hair on top thins out over a painted scalp. Towards younger ages, hairlines
//! come down.

pub(crate) mod hairline;
pub(crate) mod lowered;
pub(crate) mod moving;
pub(crate) mod scalp;
mod shifts;
pub(crate) mod skull;
pub(crate) mod thinning;
