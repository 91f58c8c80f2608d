//! A camera, a face watcher and an aging model that do what a test tells them.

mod camera;
mod faces;
mod model;

pub use camera::Camera;
pub use faces::Faces;
pub use model::Model;

use std::sync::atomic::{AtomicUsize, Ordering};

/// Takes one from a count of things to come and says whether there was one.
fn take_one(count: &AtomicUsize) -> bool {
    count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}
