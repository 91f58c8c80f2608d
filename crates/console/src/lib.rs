//! What the subcommands of the command line share: output, progress bars, Ctrl-C, options, and loops over
//! pictures.
//!
//! ```
//! use agemirror_console::{each_picture::for_each_parallel, interrupt::Interrupt};
//!
//! let mut squares = Vec::new();
//! let square = |n: &u32| Ok(n * n);
//! let tally = for_each_parallel(&Interrupt::default(), &[1, 2, 3], u32::to_string, square, |_, square| {
//!     squares.push(square);
//!     Ok(())
//! })?;
//! assert_eq!(squares, [1, 4, 9]);
//! assert_eq!(tally.in_words(), "3 pictures");
//! # Ok::<(), anyhow::Error>(())
//! ```

pub mod choices;
pub mod each_picture;
pub mod interrupt;
pub mod output;
