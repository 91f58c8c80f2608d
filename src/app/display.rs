//! Which display server the window opens on, and whether files can be dropped on it.
//!
//! winit does not receive drops under Wayland. XWayland passes them on, so the window opens there if it runs.

use eframe::NativeOptions;

/// Environment variable that keeps the window on Wayland: sharper under fractional scaling, but without
/// drops.
#[cfg(target_os = "linux")]
const STAY_ON_WAYLAND: &str = "AGEMIRROR_WAYLAND";

/// The display server of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Display {
    /// Whether to open on the X server although there is a Wayland compositor.
    prefers_x11: bool,
    /// Whether the window receives dropped files.
    pub accepts_drops: bool,
}

impl Display {
    /// The best display server of the session.
    #[cfg(target_os = "linux")]
    pub(crate) fn detect() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let wayland = is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET");
        Self::choose(wayland, || !is_set(STAY_ON_WAYLAND) && can_connect_to_local_x_server())
    }

    /// The best display server of the session.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn detect() -> Self {
        Self { prefers_x11: false, accepts_drops: true }
    }

    #[cfg(target_os = "linux")]
    fn choose(wayland: bool, x_server_answers: impl FnOnce() -> bool) -> Self {
        let prefers_x11 = wayland && x_server_answers();
        Self { prefers_x11, accepts_drops: !wayland || prefers_x11 }
    }

    /// Makes the window open on this display server.
    pub(crate) fn apply(self, options: &mut NativeOptions) {
        #[cfg(target_os = "linux")]
        if self.prefers_x11 {
            use winit::platform::x11::EventLoopBuilderExtX11;
            options.event_loop_builder = Some(Box::new(|builder| {
                builder.with_x11();
            }));
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (self.prefers_x11, options);
    }
}

/// Whether a local X server accepts a connection. A remote one is not tried, which could take minutes.
#[cfg(target_os = "linux")]
fn can_connect_to_local_x_server() -> bool {
    let display = std::env::var("DISPLAY").unwrap_or_default();
    is_local(&display) && x11rb::connect(Some(&display)).is_ok()
}

#[cfg(target_os = "linux")]
fn is_local(display: &str) -> bool {
    display.strip_prefix("unix").unwrap_or(display).starts_with(':')
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_window_on_wayland_opens_on_xwayland_if_that_runs() {
        let choose = |wayland, answers| Display::choose(wayland, || answers);
        assert_eq!(choose(true, true), Display { prefers_x11: true, accepts_drops: true });
        assert_eq!(choose(true, false), Display { prefers_x11: false, accepts_drops: false });
        assert_eq!(choose(false, false), Display { prefers_x11: false, accepts_drops: true });
    }

    #[test]
    fn only_local_x_servers_are_tried() {
        for (display, local) in [(":0", true), ("unix:1.0", true), ("localhost:10.0", false), ("", false)] {
            assert_eq!(is_local(display), local, "{display}");
        }
    }
}
