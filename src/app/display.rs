//! Which display server the window opens on, and whether files can be dropped there.
//!
//! The window library takes no drops under Wayland. XWayland passes them on, so the window opens there
//! where it runs.

use eframe::NativeOptions;

/// Set to keep the window on Wayland itself: sharper where the desktop scales by fractions, without drops.
#[cfg(target_os = "linux")]
const STAY_ON_WAYLAND: &str = "AGEMIRROR_WAYLAND";

/// Where the window opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// Whether to open on an X server although there is a Wayland one.
    prefers_x11: bool,
    /// Whether files that are dropped on the window arrive.
    pub takes_drops: bool,
}

impl Display {
    /// What the session offers.
    #[cfg(target_os = "linux")]
    pub fn of_session() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let wayland = is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET");
        Self::choose(wayland, || !is_set(STAY_ON_WAYLAND) && local_x_server_answers())
    }

    /// What the session offers.
    #[cfg(not(target_os = "linux"))]
    pub fn of_session() -> Self {
        Self { prefers_x11: false, takes_drops: true }
    }

    #[cfg(target_os = "linux")]
    fn choose(wayland: bool, x_server_answers: impl FnOnce() -> bool) -> Self {
        let prefers_x11 = wayland && x_server_answers();
        Self { prefers_x11, takes_drops: !wayland || prefers_x11 }
    }

    /// Makes the window open there.
    pub fn apply(self, options: &mut NativeOptions) {
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

/// Whether an X server of this computer lets us in. One elsewhere is not asked: that may take minutes.
#[cfg(target_os = "linux")]
fn local_x_server_answers() -> bool {
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
    fn a_window_on_wayland_goes_to_xwayland_where_that_runs() {
        let choose = |wayland, answers| Display::choose(wayland, || answers);
        assert_eq!(choose(true, true), Display { prefers_x11: true, takes_drops: true });
        assert_eq!(choose(true, false), Display { prefers_x11: false, takes_drops: false });
        assert_eq!(choose(false, false), Display { prefers_x11: false, takes_drops: true });
    }

    #[test]
    fn only_the_own_computers_x_servers_are_asked() {
        for (display, local) in [(":0", true), ("unix:1.0", true), ("localhost:10.0", false), ("", false)] {
            assert_eq!(is_local(display), local, "{display}");
        }
    }
}
