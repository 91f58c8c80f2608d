//! Makes the window fill the screen where no window manager does.

use eframe::egui::{Context, Pos2, Vec2, ViewportCommand, ViewportInfo};

/// Time between two attempts to fill the screen, in seconds.
const FILL_SECONDS: f64 = 2.0;
/// Number of these attempts.
const MAX_FILL_ATTEMPTS: u32 = 5;

/// The attempts to make the window as large as the screen.
#[derive(Default)]
pub(super) struct FullScreen {
    attempts: u32,
}

impl FullScreen {
    /// Enlarges the window if it does not fill the screen. `time` is in seconds of the window's clock.
    pub(super) fn fill(&mut self, ctx: &Context, time: f64) {
        let due = time > FILL_SECONDS * f64::from(self.attempts + 1);
        if !due || self.attempts >= MAX_FILL_ATTEMPTS {
            return;
        }
        self.attempts += 1;
        if let Some(size) = ctx.input(|input| unfilled_screen(input.viewport())) {
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(Pos2::ZERO));
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
        }
    }
}

/// The size of the screen in points, if the window does not fill it.
fn unfilled_screen(viewport: &ViewportInfo) -> Option<Vec2> {
    let (window, screen) = (viewport.inner_rect?.size(), viewport.monitor_size?);
    (window.x + 1.0 < screen.x || window.y + 1.0 < screen.y).then_some(screen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Rect, vec2};

    #[test]
    fn only_a_window_that_is_smaller_than_the_screen_is_enlarged() {
        let viewport = |window: [f32; 2]| ViewportInfo {
            inner_rect: Some(Rect::from_min_size(Pos2::ZERO, window.into())),
            monitor_size: Some(vec2(1280.0, 720.0)),
            ..ViewportInfo::default()
        };
        assert_eq!(unfilled_screen(&viewport([800.0, 600.0])), Some(vec2(1280.0, 720.0)));
        assert_eq!(unfilled_screen(&viewport([1280.0, 700.0])), Some(vec2(1280.0, 720.0)));
        assert_eq!(unfilled_screen(&viewport([1280.0, 720.0])), None);
        assert_eq!(unfilled_screen(&ViewportInfo::default()), None);
    }
}
