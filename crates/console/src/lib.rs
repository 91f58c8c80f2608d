//! What all commands share: output, progress, Ctrl-C, choices of the command line, and the walk over pictures.

pub mod choices;
pub mod each_picture;
pub mod interrupt;
pub mod output;
