//! Controls, icons, colors and textures that panels share.

pub mod buttons;
pub mod card;
pub mod empty_state;
pub mod focus;
pub mod geometry;
pub mod icons;
pub mod plot;
pub mod textures;
pub mod theme;
