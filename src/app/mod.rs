//! The window.
//!
//! Panels draw themselves from a [`scene::Scene`] and emit [`commands::UiCommand`]s; those are done in
//! one place, after the pass. What the pipeline is asked for follows from the state ([`wanted`]). All
//! that waits is done by threads behind the [`backend::Backend`].

pub mod age_bar;
pub mod age_scale;
pub mod backend;
pub mod commands;
mod dialogs;
mod display;
pub mod drop_overlay;
pub mod face_marks;
pub mod film;
pub mod icons;
pub mod input_panel;
mod install;
pub mod large_view;
pub mod layout;
mod live_backend;
pub mod message;
pub mod model_picker;
pub mod notices;
pub mod performance_panel;
mod pictures;
pub mod pictures_card;
pub mod progress_strip;
mod quiet_plot;
pub mod readings;
pub mod readings_panel;
mod readings_thread;
mod reports;
mod save;
mod save_sweep;
pub mod scene;
pub mod settings;
pub mod settings_panel;
pub mod shortcuts;
pub mod shortcuts_sheet;
pub mod side_card;
mod start;
pub mod state;
pub mod status_line;
pub mod sweep;
pub mod sweep_bar;
mod sweep_commands;
pub mod sweep_view;
pub mod textures;
pub mod theme;
pub mod tile;
pub mod tiles_panel;
pub mod top_bar;
pub mod training_run;
mod training_thread;
pub mod training_view;
pub mod wanted;
pub mod weights;
pub mod weights_card;
mod weights_reports;
pub mod widgets;
pub mod window;
mod workers;

pub use start::{AppOptions, run};
