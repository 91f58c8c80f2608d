//! The window.
//!
//! [`panels`] draw themselves from a [`context::Scene`] and emit [`commands::UiCommand`]s, which run in one place after
//! the frame is drawn. The [`state`] determines what the pipeline is asked for ([`state::pipeline_request`]). Anything
//! that waits runs on a thread behind the [`workers::backend::Backend`].

pub mod commands;
pub mod context;
mod display;
pub mod layout;
pub mod panels;
mod start;
pub mod state;
pub mod widgets;
pub mod window;
pub mod workers;

pub use start::{AppOptions, run};
