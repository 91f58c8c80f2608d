//! Whether tiles are made less often than the computer could make them, so that the input keeps its rate and a
//! battery lasts.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::view::Restraint;

/// Folder in which Linux describes batteries and mains adapters.
const POWER_SUPPLIES: &str = "/sys/class/power_supply";
/// Time between two checks.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// Input delay from which the computer counts as overloaded: half the frame interval of an ordinary camera.
const LATE_INPUT_MS: f32 = 17.0;
/// Consecutive checks with late input after which tiles are restrained.
const LATE_CHECKS: u32 = 2;
/// Consecutive checks with punctual input after which they no longer are, unless the load has returned before.
const PUNCTUAL_CHECKS: u32 = 5;
/// Largest number of such checks: a load that stays is tried again every five minutes.
const MAX_PUNCTUAL_CHECKS: u32 = 320;
/// A load that returns within this number of checks was there all the time.
const RELAPSE_CHECKS: u32 = 30;
/// Minimum time between two tile sets on battery: 15 sets per second.
const BATTERY_INTERVAL: Duration = Duration::from_micros(66_667);

impl Restraint {
    /// Minimum time between the start of a tile set that takes `set_time` and the start of the next one.
    pub(super) fn interval(self, set_time: Duration) -> Duration {
        match self {
            Self::Battery => BATTERY_INTERVAL,
            // Half of the time is left to others.
            Self::Load => 2 * set_time,
        }
    }
}

/// Whether other programs need the computer, by the delay of the input in every check. Each time the load returns
/// soon after tiles were no longer restrained, the input must be punctual for twice as long.
struct Load {
    /// Consecutive checks with late and with punctual input.
    late: u32,
    punctual: u32,
    overloaded: bool,
    /// Checks since the end of the last overload, of which there was none yet if it is `None`.
    since_end: Option<u32>,
    /// Checks with punctual input that end an overload.
    required: u32,
}

impl Default for Load {
    fn default() -> Self {
        Self { late: 0, punctual: 0, overloaded: false, since_end: None, required: PUNCTUAL_CHECKS }
    }
}

impl Load {
    fn update(&mut self, is_late: bool) {
        (self.late, self.punctual) = if is_late { (self.late + 1, 0) } else { (0, self.punctual + 1) };
        self.since_end = self.since_end.map(|checks| checks.saturating_add(1));
        if self.overloaded && self.punctual >= self.required {
            self.overloaded = false;
            self.since_end = Some(0);
        } else if !self.overloaded && self.late >= LATE_CHECKS {
            self.overloaded = true;
            let is_relapse = self.since_end.is_some_and(|checks| checks <= RELAPSE_CHECKS);
            self.required =
                if is_relapse { (2 * self.required).min(MAX_PUNCTUAL_CHECKS) } else { PUNCTUAL_CHECKS };
        }
    }
}

/// Watches the power supply and the delay of the input.
#[derive(Default)]
pub(super) struct RestraintMonitor {
    checked: Option<Instant>,
    load: Load,
    current: Option<Restraint>,
}

impl RestraintMonitor {
    /// The restraint at `now`. Once per second it reads the power supply and asks for the input's delay in the last
    /// second, in milliseconds.
    pub(super) fn check(&mut self, now: Instant, input_delay_ms: impl FnOnce() -> f32) -> Option<Restraint> {
        if self.checked.is_none_or(|checked| now.duration_since(checked) >= CHECK_INTERVAL) {
            self.checked = Some(now);
            self.update(input_delay_ms(), on_battery(Path::new(POWER_SUPPLIES)));
        }
        self.current
    }

    fn update(&mut self, input_delay_ms: f32, on_battery: bool) {
        self.load.update(input_delay_ms >= LATE_INPUT_MS);
        let battery = on_battery.then_some(Restraint::Battery);
        self.current = self.load.overloaded.then_some(Restraint::Load).or(battery);
    }
}

/// Whether a battery is discharging and no adapter supplies power, by the descriptions in `folder`.
fn on_battery(folder: &Path) -> bool {
    let Ok(supplies) = fs::read_dir(folder) else { return false };
    let mut discharging = false;
    for supply in supplies.flatten() {
        let value = |name: &str| fs::read_to_string(supply.path().join(name)).unwrap_or_default();
        match value("type").trim() {
            // The battery of a mouse or a headset has the scope Device.
            "Battery" if value("scope").trim() != "Device" => {
                discharging |= value("status").trim() == "Discharging";
            }
            "Mains" | "USB" if value("online").trim() == "1" => return false,
            _ => {}
        }
    }
    discharging
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(delays: &[f32]) -> Option<Restraint> {
        let mut monitor = RestraintMonitor::default();
        delays.iter().for_each(|delay| monitor.update(*delay, false));
        monitor.current
    }

    #[test]
    fn late_input_restrains_the_tiles_until_it_has_been_punctual_for_a_while() {
        assert_eq!(after(&[30.0]), None, "one late second is no load");
        assert_eq!(after(&[30.0, 30.0]), Some(Restraint::Load));
        assert_eq!(after(&[30.0, 2.0, 30.0]), None);
        assert_eq!(after(&[30.0, 30.0, 2.0, 2.0, 2.0, 2.0]), Some(Restraint::Load));
        assert_eq!(after(&[30.0, 30.0, 2.0, 2.0, 2.0, 2.0, 2.0]), None);
    }

    /// The seconds in which tiles become restrained or no longer are, in `seconds` of which those in `loaded` have
    /// late input unless tiles are restrained.
    fn changes(seconds: u64, loaded: impl Fn(u64) -> bool) -> Vec<u64> {
        let (start, mut monitor) = (Instant::now(), RestraintMonitor::default());
        let mut is_restrained = false;
        let mut changes = Vec::new();
        for second in 0..seconds {
            let delay_ms = if loaded(second) && !is_restrained { 30.0 } else { 2.0 };
            let now =
                monitor.check(start + Duration::from_secs(second), || delay_ms) == Some(Restraint::Load);
            if now != is_restrained {
                changes.push(second);
            }
            is_restrained = now;
        }
        changes
    }

    #[test]
    fn under_a_load_that_stays_the_restraint_settles() {
        let changes = changes(3600, |_| true);
        let restrained: Vec<u64> = changes.chunks_exact(2).map(|change| change[1] - change[0]).collect();
        assert_eq!(restrained[..8], [5, 10, 20, 40, 80, 160, 320, 320]);
        let free: Vec<u64> = changes[1..].chunks_exact(2).map(|change| change[1] - change[0]).collect();
        assert!(free.iter().all(|seconds| *seconds == u64::from(LATE_CHECKS)), "{free:?}");
    }

    #[test]
    fn a_load_that_returns_after_a_while_is_a_new_one() {
        // The first load takes three attempts; the second begins long after their end.
        let changes = changes(300, |second| second < 30 || (200..204).contains(&second));
        assert_eq!(changes, [1, 6, 8, 18, 20, 40, 201, 206]);
    }

    #[test]
    fn checks_are_a_second_apart() {
        let (start, mut monitor) = (Instant::now(), RestraintMonitor::default());
        let at = |tenths: u64| start + Duration::from_millis(100 * tenths);
        let mut checks = 0;
        for tenths in 0..30 {
            monitor.check(at(tenths), || {
                checks += 1;
                0.0
            });
        }
        assert_eq!(checks, 3);
    }

    #[test]
    fn a_discharging_battery_counts_unless_an_adapter_is_online() {
        let folder = tempfile::tempdir().unwrap();
        let write = |supply: &str, name: &str, value: &str| {
            let supply = folder.path().join(supply);
            fs::create_dir_all(&supply).unwrap();
            fs::write(supply.join(name), format!("{value}\n")).unwrap();
        };
        assert!(!on_battery(&folder.path().join("absent")) && !on_battery(folder.path()));
        write("mouse", "type", "Battery");
        write("mouse", "scope", "Device");
        write("mouse", "status", "Discharging");
        assert!(!on_battery(folder.path()));
        write("BAT0", "type", "Battery");
        write("BAT0", "status", "Discharging");
        write("AC", "type", "Mains");
        write("AC", "online", "0");
        assert!(on_battery(folder.path()));
        write("AC", "online", "1");
        assert!(!on_battery(folder.path()));
        let mut monitor = RestraintMonitor::default();
        monitor.update(1.0, true);
        assert_eq!(monitor.current, Some(Restraint::Battery));
        assert_eq!(Restraint::Load.interval(Duration::from_millis(40)), Duration::from_millis(80));
    }
}
