//! Finds faces, ages them, and puts them back into their picture.
//!
//! The modules follow the data: [`face`] -> [`aging`] -> [`compose`] -> [`crop`]. [`judges`] are the networks that
//! read ages and identities. A module imports only modules before it.

pub mod age;
pub mod aging;
pub mod compose;
pub mod crop;
pub mod face;
pub mod judges;
pub mod mailbox;
