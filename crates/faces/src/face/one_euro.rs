//! The one-euro filter: smooth while a signal rests, responsive while it moves.
//!
//! Casiez, Roussel, Vogel, "1 euro Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
//! Interactive Systems", CHI 2012. A first-order low-pass filter whose cutoff frequency increases with the
//! (itself filtered) speed of the signal.

use std::f32::consts::TAU;

use super::FivePoints;
use super::landmarks::eye_distance;

/// Parameters of the filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OneEuroSettings {
    /// Cutoff at rest, in Hz; smaller values jitter less and lag more.
    pub rest_cutoff: f32,
    /// Cutoff increase, in Hz per unit per second; larger values lag less in motion.
    pub speed_gain: f32,
    /// Cutoff of the speed, in Hz.
    pub speed_cutoff: f32,
}

/// The filter of one scalar.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OneEuro {
    /// Filtered value, last raw value, and filtered speed in units per second.
    state: Option<(f32, f32, f32)>,
}

impl OneEuro {
    /// Filters a value, `seconds` after the previous one. The first value passes unchanged; if no time has
    /// passed, the state does not change.
    pub(super) fn filter(&mut self, value: f32, seconds: f32, settings: &OneEuroSettings) -> f32 {
        let Some((smooth, last, speed)) = self.state else {
            self.state = Some((value, value, 0.0));
            return value;
        };
        if seconds <= 0.0 || !value.is_finite() {
            return smooth;
        }
        let speed = mix(speed, (value - last) / seconds, seconds, settings.speed_cutoff);
        let cutoff = settings.rest_cutoff + settings.speed_gain * speed.abs();
        let smooth = mix(smooth, value, seconds, cutoff);
        self.state = Some((smooth, value, speed));
        smooth
    }
}

/// One step of a first-order low-pass filter.
fn mix(before: f32, value: f32, seconds: f32, cutoff: f32) -> f32 {
    let step = TAU * cutoff * seconds;
    before + step / (step + 1.0) * (value - before)
}

/// Smooths the five landmarks of one face. Speed is measured in eye distances per second, so jitter and lag
/// are the same for near and distant faces.
#[derive(Clone, Debug, Default)]
pub(super) struct PointSmoother {
    filters: [[OneEuro; 2]; 5],
}

impl PointSmoother {
    const REST_CUTOFF: f32 = 1.5;
    const SPEED_GAIN: f32 = 4.0;
    const SPEED_CUTOFF: f32 = 2.5;

    /// The smoothed landmarks, `seconds` after the previous ones.
    pub(super) fn smooth(&mut self, points: &FivePoints, seconds: f32) -> FivePoints {
        let settings = OneEuroSettings {
            rest_cutoff: Self::REST_CUTOFF,
            speed_gain: Self::SPEED_GAIN / eye_distance(points).max(1.0),
            speed_cutoff: Self::SPEED_CUTOFF,
        };
        let mut smooth = *points;
        for (point, filters) in smooth.iter_mut().zip(&mut self.filters) {
            for (value, filter) in point.iter_mut().zip(filters) {
                *value = filter.filter(*value, seconds, &settings);
            }
        }
        smooth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: OneEuroSettings =
        OneEuroSettings { rest_cutoff: 1.0, speed_gain: 0.0, speed_cutoff: 1.0 };
    const FRAME: f32 = 1. / 30.;

    #[test]
    fn a_step_response_is_that_of_a_first_order_filter() {
        let mut filter = OneEuro::default();
        assert_eq!(filter.filter(0., FRAME, &SETTINGS), 0.);
        // One step: alpha = 2 pi fc dt / (2 pi fc dt + 1).
        let alpha = TAU / 30. / (TAU / 30. + 1.);
        assert!((filter.filter(1., FRAME, &SETTINGS) - alpha).abs() < 1e-6);
        assert!((filter.filter(1., FRAME, &SETTINGS) - (1. - (1. - alpha) * (1. - alpha))).abs() < 1e-6);
    }

    #[test]
    fn speed_raises_the_cutoff() {
        let lag = |speed_gain: f32| {
            let settings = OneEuroSettings { speed_gain, ..SETTINGS };
            let mut filter = OneEuro::default();
            (0..60).map(|i| i as f32 - filter.filter(i as f32, FRAME, &settings)).last().unwrap_or(0.)
        };
        assert!(lag(0.) > 3. && lag(1.) < 0.3, "{} {}", lag(0.), lag(1.));
    }

    #[test]
    fn zero_time_and_nan_change_nothing() {
        let mut filter = OneEuro::default();
        filter.filter(5., FRAME, &SETTINGS);
        assert_eq!(filter.filter(9., 0., &SETTINGS), 5.);
        assert_eq!(filter.filter(f32::NAN, FRAME, &SETTINGS), 5.);
    }

    fn face(x: f32, tremble: f32) -> FivePoints {
        [[x, 100.], [x + 60., 100. + tremble], [x + 30., 130.], [x + 10., 160.], [x + 50. + tremble, 160.]]
    }

    #[test]
    fn a_resting_face_jitters_less_and_a_moving_one_hardly_lags() {
        let mut smoother = PointSmoother::default();
        let noise = |i: usize| ((i * 7919) % 13) as f32 / 6. - 1.;
        let rest: Vec<f32> =
            (0..120).map(|i| smoother.smooth(&face(50., noise(i)), FRAME)[1][1]).skip(30).collect();
        let spread = |values: &[f32]| {
            let mean = values.iter().sum::<f32>() / values.len() as f32;
            (values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / values.len() as f32).sqrt()
        };
        let raw: Vec<f32> = (0..120).map(noise).skip(30).collect();
        assert!(spread(&rest) < 0.45 * spread(&raw), "{} {}", spread(&rest), spread(&raw));

        let mut smoother = PointSmoother::default();
        let lag = (0..30).map(|i| {
            let x = 50. + 8. * i as f32;
            x - smoother.smooth(&face(x, 0.), FRAME)[0][0]
        });
        assert!(lag.last().unwrap_or(9.) < 4., "240 pixels a second lag by less than half a frame");
    }
}
