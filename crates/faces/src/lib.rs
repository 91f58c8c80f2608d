//! Finds faces, shows them at other ages, and pastes them back into their picture.
//!
//! The modules follow the data: [`face`] finds and aligns, [`crop`] cuts out, [`aging`] ages, [`compose`]
//! pastes back and lays out. [`judges`] are the networks that estimate ages and compare identities.
//!
//! # Example
//!
//! Ages every face of a picture with the bundled model:
//!
//! ```
//! use agemirror_faces::age::Gender;
//! use agemirror_faces::aging::open_model;
//! use agemirror_faces::compose::paste_faces;
//! use agemirror_faces::crop::{FaceCrop, SideLimits};
//! use agemirror_faces::face::FaceFinder;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))?;
//! let mut picture = image::open("assets/astronaut.jpg")?.to_rgb8();
//! # let before = picture.clone();
//! let model = open_model("mirror", &candle_core::Device::Cpu)?;
//! for face in FaceFinder::new()?.find(&picture)? {
//!     let crop = FaceCrop::cut_for(model.info(), &picture, &face, SideLimits::STILL, None);
//!     let encoded = model.encode(&crop.picture)?;
//!     let aged = model.decode(&crop.picture, &encoded, &[75.0], Gender::default())?;
//!     picture = paste_faces(&picture, [crop.patch(&aged[0])]);
//! }
//! // `picture` now shows everybody at the age of 75.
//! # assert_ne!(picture, before);
//! # Ok(())
//! # }
//! ```

pub mod age;
pub mod aging;
mod bundled;
pub mod compose;
pub mod crop;
pub mod face;
pub mod interpolation;
pub mod judges;
pub mod mailbox;
pub mod pixels;
pub mod priority;
