//! Data sets, training and evaluation of aging models, and the commands for them.
//!
//! [`dataset`] -> [`training`] -> [`evaluation`] -> [`device_check`] -> [`commands`]: a module imports only those before
//! it.
//!
//! # Example
//! A mean error with its 95 % bootstrap interval:
//! ```
//! use agemirror_lab::mean_estimate;
//!
//! let errors_in_years = [2.5, 4.0, 3.5, 5.0, 1.5];
//! let estimate = mean_estimate(&errors_in_years).ok_or("no values")?;
//! assert_eq!(estimate.mean, 3.3);
//! assert!(estimate.low < 3.3 && 3.3 < estimate.high);
//! # Ok::<(), &str>(())
//! ```

pub mod commands;
mod dataset;
mod device_check;
mod evaluation;
mod training;
mod workers;

pub use dataset::{TableRow, TextTable};
pub use evaluation::statistics::{Estimate, mean_estimate};
