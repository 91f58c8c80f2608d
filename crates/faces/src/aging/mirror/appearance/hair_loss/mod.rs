//! Men lose hair: hairlines recede, and hair on top thins out over a painted scalp.

pub(crate) mod hairline;
pub(crate) mod receding;
pub(crate) mod scalp;
pub(crate) mod skull;
pub(crate) mod thinning;
