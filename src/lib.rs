//! agemirror shows a person at other ages, live.
//!
//! The modules follow the data: [`camera`] -> [`pipeline`] -> [`app`]; [`text`](mod@text) comes before them and contains
//! the texts for users. In between, `agemirror_faces` finds, ages and composes faces; `agemirror_kernels` and
//! `agemirror_checkpoint` run and load the networks. `agemirror_lab` trains and evaluates them; only [`cli`] uses it. A
//! module imports only modules before it; `cli` imports all of them, and none imports `cli`. [`allocator`] is used only
//! by the program itself.

pub mod allocator;
pub mod app;
pub mod camera;
pub mod cli;
pub mod exhibit;
pub mod pipeline;
pub mod text;
pub mod video;
