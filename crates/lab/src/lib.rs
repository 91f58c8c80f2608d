//! The laboratory: data sets, training, evaluation, and the commands that serve them.
//!
//! [`dataset`] -> [`training`] -> [`evaluation`] -> [`commands`]; a module imports only modules before it.

pub mod commands;
pub mod dataset;
pub mod evaluation;
pub mod training;
