//! Controls, icons, colors and textures that panels share.

pub(crate) mod button_rows;
pub(crate) mod buttons;
pub(crate) mod card;
pub(crate) mod empty_state;
pub(crate) mod focus;
pub(crate) mod geometry;
pub(crate) mod icons;
pub(crate) mod plot;
pub(crate) mod textures;
pub(crate) mod theme;
