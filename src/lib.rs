//! agemirror shows a person at other ages, live.
//!
//! The rooms stand in the order in which the data takes its way:
//! `camera` -> `face` -> `aging` -> `compose` -> `pipeline` -> `app`.
//! `tensor` and `checkpoint` carry the networks; `dataset` and `training` make the bundled weights,
//! `evaluation` measures them.
//! A room imports only rooms before it; `app` and `cli` know everyone, nobody knows them.

pub mod aging;
pub mod app;
pub mod atomic_file;
pub mod camera;
pub mod checkpoint;
pub mod cli;
pub mod compose;
pub mod dataset;
pub mod evaluation;
pub mod face;
pub mod mailbox;
pub mod pipeline;
pub mod tensor;
pub mod training;
pub mod video;
