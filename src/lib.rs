//! agemirror shows a person at other ages, live.
//!
//! The modules follow the data: `camera` -> `pipeline` -> `app`; between them lie the members of the workspace:
//! `agemirror_faces` finds, ages and composes faces, `agemirror_kernels` and `agemirror_checkpoint` carry the networks.
//! `agemirror_lab` trains and measures them; only `cli` knows it.
//! A module imports only modules before it; `cli` imports all, nothing imports `cli`.

pub mod app;
pub mod camera;
pub mod cli;
pub mod pipeline;
