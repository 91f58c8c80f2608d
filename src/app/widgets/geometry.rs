//! Converts pixels of a frame to points of the window.

use eframe::egui::{Rect, Vec2, pos2};

/// The position of a point of the frame (in pixels) in `rect`, which shows the whole frame.
pub(crate) fn to_screen(point: [f32; 2], frame: Vec2, rect: Rect) -> eframe::egui::Pos2 {
    pos2(rect.left() + point[0] / frame.x * rect.width(), rect.top() + point[1] / frame.y * rect.height())
}
