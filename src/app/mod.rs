//! The window.
//!
//! [`panels`] draw themselves from a [`context::PanelContext`] and emit [`commands::UiCommand`]s, which one
//! place executes after the frame is drawn. The pipeline's settings follow from the [`state`]
//! ([`state::pipeline_request`]). Everything that blocks runs on a thread behind the
//! [`workers::backend::Backend`].

mod commands;
mod context;
mod display;
mod keys;
pub mod language;
mod layout;
mod panels;
mod start;
pub mod state;
pub(crate) mod widgets;
pub mod window;
pub mod workers;

pub use start::{AppOptions, run};
pub(crate) use start::{backend_for_exhibit, open_viewport};
