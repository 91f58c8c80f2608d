//! Identities of the controls that share their keys with shortcuts.

use eframe::egui::Id;

/// The age slider.
pub(crate) fn age_slider_id() -> Id {
    Id::unique("age")
}

/// The divider of the large view.
pub(crate) fn divider_id() -> Id {
    Id::unique("before and after")
}
