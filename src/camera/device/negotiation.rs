//! Selects the modes of a camera that are nearest to the settings. Pure logic, without a device.

use std::cmp::Reverse;
use std::time::Duration;

use super::pixel_format::PixelFormat;
use crate::camera::CameraSettings;

/// Longest side of a camera picture, in pixels.
pub(crate) const MAX_SIDE: u32 = 16_384;

/// A rate up to this many percent below the preferred one is accepted: 29.97 for 30.
const RATE_TOLERANCE_PERCENT: u64 = 2;

/// A frame period in seconds, as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    /// Numerator, in seconds.
    pub numerator: u32,
    /// Denominator.
    pub denominator: u32,
}

impl Interval {
    /// The interval for `rate` frames per second.
    pub(crate) fn of_rate(rate: u32) -> Self {
        Self { numerator: 1, denominator: rate.max(1) }
    }

    /// Frames per 1000 seconds; `None` if a part is zero, as with some drivers.
    fn millihertz(self) -> Option<u64> {
        let numerator = u64::from(self.numerator);
        (self.denominator > 0).then_some(())?;
        (u64::from(self.denominator) * 1000).checked_div(numerator)
    }

    /// The interval as a duration; `None` if a part is zero.
    pub(crate) fn duration(self) -> Option<Duration> {
        let valid = self.numerator > 0 && self.denominator > 0;
        valid.then(|| Duration::from_secs_f64(f64::from(self.numerator) / f64::from(self.denominator)))
    }

    /// Whether both parts are positive and this interval is shorter than `other`.
    #[cfg(any(target_os = "linux", test))]
    fn is_shorter_than(self, other: Self) -> bool {
        u64::from(self.numerator) * u64::from(other.denominator)
            < u64::from(other.numerator) * u64::from(self.denominator)
    }
}

/// A picture size, or a range of sizes, that a driver lists for a format.
#[cfg(any(target_os = "linux", test))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfferedSize {
    /// One size in pixels.
    Exact { width: u32, height: u32 },
    /// All sizes with sides in these ranges.
    Range { width: Steps, height: Steps },
}

/// Values from `min` to `max` in steps of `step`. A step of 0 counts as 1.
#[cfg(any(target_os = "linux", test))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    pub min: u32,
    pub max: u32,
    pub step: u32,
}

#[cfg(any(target_os = "linux", test))]
impl Steps {
    /// The value nearest to `wanted`; with `even`, an adjacent even value if the range has one.
    fn nearest(self, wanted: u32, even: bool) -> u32 {
        let (min, max, step) = (self.min, self.max.max(self.min), self.step.max(1));
        let above = wanted.clamp(min, max) - min;
        let mut nearest = min + above / step * step;
        if above % step > step / 2 && max - nearest >= step {
            nearest += step;
        }
        match even && nearest % 2 == 1 && step % 2 == 1 {
            true if nearest - min >= step => nearest - step,
            _ => nearest,
        }
    }
}

/// A rate, or a range of rates, that a driver lists for a size.
#[cfg(any(target_os = "linux", test))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfferedInterval {
    /// One interval.
    Exact(Interval),
    /// All intervals between two. Drivers round to their own step, which is not kept because some report a
    /// step of zero.
    Range { shortest: Interval, longest: Interval },
}

#[cfg(any(target_os = "linux", test))]
impl OfferedInterval {
    fn nearest(self, wanted: Interval) -> Interval {
        match self {
            Self::Exact(interval) => interval,
            Self::Range { shortest, longest } => match () {
                () if shortest.millihertz().is_some() && wanted.is_shorter_than(shortest) => shortest,
                () if longest.millihertz().is_some() && longest.is_shorter_than(wanted) => longest,
                () => wanted,
            },
        }
    }
}

/// The modes that a driver lists.
#[cfg(any(target_os = "linux", test))]
pub(crate) trait Offers {
    /// The sizes of a format; empty if the driver does not list them.
    fn sizes(&self, format: PixelFormat) -> Vec<OfferedSize>;

    /// The intervals of a size; empty if the driver does not list them.
    fn intervals(&self, format: PixelFormat, width: u32, height: u32) -> Vec<OfferedInterval>;
}

/// A mode in which a camera can send frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode {
    /// The pixel format.
    pub format: PixelFormat,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frame period; `None` if the driver does not report it.
    pub interval: Option<Interval>,
}

/// The modes of `formats`, ordered by their distance from `settings`: one for each listed size and rate,
/// and the nearest one of each range.
#[cfg(any(target_os = "linux", test))]
pub(crate) fn nearest_modes(
    formats: &[PixelFormat],
    offers: &impl Offers,
    settings: &CameraSettings,
) -> Vec<Mode> {
    let wanted = Interval::of_rate(settings.rate);
    let mut modes = Vec::new();
    for &format in formats {
        let mut sizes = offers.sizes(format);
        if sizes.is_empty() {
            sizes.push(OfferedSize::Exact { width: settings.width, height: settings.height });
        }
        for size in sizes {
            let (width, height) = match size {
                OfferedSize::Exact { width, height } => (width, height),
                OfferedSize::Range { width, height } => {
                    (width.nearest(settings.width, true), height.nearest(settings.height, true))
                }
            };
            let intervals = offers.intervals(format, width, height);
            let mode = |interval| Mode { format, width, height, interval };
            match intervals.is_empty() {
                true => modes.push(mode(None)),
                false => modes.extend(intervals.iter().map(|offered| mode(Some(offered.nearest(wanted))))),
            }
        }
    }
    ranked(modes, settings)
}

/// Sorts modes: colour before grey, then by size, by rate and by format. Drops impossible sizes.
pub(crate) fn ranked(mut modes: Vec<Mode>, settings: &CameraSettings) -> Vec<Mode> {
    let sides = 1..=MAX_SIDE;
    modes.retain(|mode| sides.contains(&mode.width) && sides.contains(&mode.height));
    let wanted = u64::from(settings.rate) * 1000;
    let least = wanted - wanted * RATE_TOLERANCE_PERCENT / 100;
    modes.sort_by_key(|mode| {
        let size = mode.width.abs_diff(settings.width) + mode.height.abs_diff(settings.height);
        let rate = mode.interval.and_then(Interval::millihertz);
        let too_slow = rate.map_or(0, |rate| if rate < least { wanted - rate } else { 0 });
        let too_fast = rate.map_or(u64::MAX, |rate| rate.saturating_sub(wanted));
        (mode.format == PixelFormat::Grey, size, too_slow, too_fast, mode.format.rank(), Reverse(rate))
    });
    modes
}

#[cfg(test)]
#[path = "negotiation_tests.rs"]
mod tests;
