use super::PixelFormat::{Grey, MotionJpeg, Nv12, Yu12, Yuyv};
use super::*;

/// The modes of a driver as a table: a format, its sizes, and the intervals of each size.
struct Table(Vec<(PixelFormat, Vec<OfferedSize>, Vec<OfferedInterval>)>);

impl Offers for Table {
    fn sizes(&self, format: PixelFormat) -> Vec<OfferedSize> {
        let rows = self.0.iter().filter(|row| row.0 == format);
        rows.flat_map(|row| row.1.clone()).collect()
    }

    fn intervals(&self, format: PixelFormat, width: u32, height: u32) -> Vec<OfferedInterval> {
        let fits = |size: &OfferedSize| match *size {
            OfferedSize::Exact { width: w, height: h } => (w, h) == (width, height),
            OfferedSize::Range { width: w, height: h } => {
                (w.min..=w.max).contains(&width) && (h.min..=h.max).contains(&height)
            }
        };
        let rows = self.0.iter().filter(|row| row.0 == format && row.1.iter().any(fits));
        rows.flat_map(|row| row.2.clone()).collect()
    }
}

const fn every(numerator: u32, denominator: u32) -> OfferedInterval {
    OfferedInterval::Exact(Interval { numerator, denominator })
}

const fn exact(width: u32, height: u32) -> OfferedSize {
    OfferedSize::Exact { width, height }
}

fn range(min: (u32, u32), max: (u32, u32), step: u32) -> OfferedSize {
    let steps = |min, max| Steps { min, max, step };
    OfferedSize::Range { width: steps(min.0, max.0), height: steps(min.1, max.1) }
}

fn between(shortest: (u32, u32), longest: (u32, u32)) -> OfferedInterval {
    let interval = |(numerator, denominator)| Interval { numerator, denominator };
    OfferedInterval::Range { shortest: interval(shortest), longest: interval(longest) }
}

fn settings(width: u32, height: u32, rate: u32) -> CameraSettings {
    CameraSettings { width, height, rate, ..CameraSettings::default() }
}

/// The best mode: format, size and interval.
fn first(table: &Table, settings: &CameraSettings) -> (PixelFormat, (u32, u32), Option<(u32, u32)>) {
    let formats: Vec<PixelFormat> =
        PixelFormat::ALL.into_iter().filter(|format| table.0.iter().any(|row| row.0 == *format)).collect();
    let mode = nearest_modes(&formats, table, settings)[0];
    let interval = mode.interval.map(|interval| (interval.numerator, interval.denominator));
    (mode.format, (mode.width, mode.height), interval)
}

#[test]
fn the_nearest_size_and_then_the_nearest_rate_are_selected() {
    let table = Table(vec![
        (MotionJpeg, vec![exact(1920, 1080)], vec![every(1, 30)]),
        (Yuyv, vec![exact(640, 480)], vec![every(1, 30)]),
        (MotionJpeg, vec![exact(640, 480)], vec![every(1, 15), every(1, 60), every(1, 30)]),
        (Yuyv, vec![exact(1280, 720)], vec![every(1, 10)]),
    ]);
    let cases = [
        ((640, 480, 30), (MotionJpeg, (640, 480), Some((1, 30)))),
        ((640, 480, 25), (MotionJpeg, (640, 480), Some((1, 30)))),
        ((640, 480, 120), (MotionJpeg, (640, 480), Some((1, 60)))),
        ((1280, 720, 30), (Yuyv, (1280, 720), Some((1, 10)))),
        ((4000, 3000, 30), (MotionJpeg, (1920, 1080), Some((1, 30)))),
    ];
    for ((width, height, rate), expected) in cases {
        assert_eq!(first(&table, &settings(width, height, rate)), expected, "{width} x {height}, {rate}");
    }
}

#[test]
fn rates_as_fractions_are_understood() {
    for (numerator, denominator) in [(256, 7680), (1001, 30_000), (333_333, 10_000_000)] {
        let table = Table(vec![(
            MotionJpeg,
            vec![exact(640, 480)],
            vec![every(2, 15), every(numerator, denominator), every(1, 60)],
        )]);
        let expected = (MotionJpeg, (640, 480), Some((numerator, denominator)));
        assert_eq!(first(&table, &settings(640, 480, 30)), expected);
    }
}

#[test]
fn ranges_contain_the_preferred_size_and_rate() {
    // A Raspberry Pi's camera, v4l2loopback without a writer, and a driver with a step of 16 pixels.
    let pi = Table(vec![(Nv12, vec![range((32, 32), (2592, 1944), 2)], vec![between((1, 90), (1, 1))])]);
    assert_eq!(first(&pi, &settings(640, 480, 30)), (Nv12, (640, 480), Some((1, 30))));
    assert_eq!(first(&pi, &settings(4000, 3000, 120)), (Nv12, (2592, 1944), Some((1, 90))));
    let loopback =
        Table(vec![(Yuyv, vec![range((2, 1), (8192, 8192), 1)], vec![between((1, 1000), (1000, 1))])]);
    assert_eq!(first(&loopback, &settings(640, 480, 30)), (Yuyv, (640, 480), Some((1, 30))));
    assert_eq!(first(&loopback, &settings(641, 481, 30)), (Yuyv, (640, 480), Some((1, 30))));
    let coarse =
        Table(vec![(Yu12, vec![range((320, 240), (1920, 1080), 16)], vec![between((1, 30), (1, 5))])]);
    assert_eq!(first(&coarse, &settings(650, 485, 2)), (Yu12, (656, 480), Some((1, 5))));
    assert_eq!(first(&coarse, &settings(16, 16, 60)), (Yu12, (320, 240), Some((1, 30))));
}

#[test]
fn invalid_numbers_neither_panic_nor_win() {
    let odd = Table(vec![
        (Yuyv, vec![range((640, 480), (640, 480), 0)], vec![between((0, 0), (0, 0)), every(0, 0)]),
        (MotionJpeg, vec![exact(0, 480), exact(100_000, 480)], vec![every(1, 30)]),
    ]);
    assert_eq!(first(&odd, &settings(640, 480, 30)), (Yuyv, (640, 480), Some((1, 30))));
    let zero = Table(vec![(MotionJpeg, vec![exact(640, 480)], vec![every(0, 0), every(1, 0), every(1, 5)])]);
    let modes = nearest_modes(&[MotionJpeg], &zero, &settings(640, 480, 30));
    assert_eq!(modes.len(), 3);
    assert_eq!(Interval { numerator: 0, denominator: 0 }.duration(), None);
    let impossible = Table(vec![(MotionJpeg, vec![exact(0, 480), exact(640, 20_000)], Vec::new())]);
    assert_eq!(nearest_modes(&[MotionJpeg], &impossible, &settings(640, 480, 30)), []);
}

#[test]
fn colour_comes_before_grey_and_motion_jpeg_before_the_rest() {
    let rates = vec![every(1, 30)];
    let table = Table(vec![
        (Grey, vec![exact(640, 480)], rates.clone()),
        (Yu12, vec![exact(320, 240)], rates.clone()),
        (Nv12, vec![exact(320, 240)], rates.clone()),
    ]);
    assert_eq!(first(&table, &settings(640, 480, 30)).0, Nv12);
    let infrared = Table(vec![(Grey, vec![exact(640, 360)], rates)]);
    assert_eq!(first(&infrared, &settings(640, 480, 30)), (Grey, (640, 360), Some((1, 30))));
}

#[test]
fn a_driver_that_lists_nothing_is_asked_for_the_preferred_mode() {
    let silent = Table(vec![(Yuyv, Vec::new(), Vec::new())]);
    assert_eq!(first(&silent, &settings(640, 480, 30)), (Yuyv, (640, 480), None));
}

#[test]
fn steps_stay_in_their_range() {
    for (steps, wanted, nearest) in [
        (Steps { min: 32, max: 2592, step: 2 }, 640, 640),
        (Steps { min: 1, max: 10, step: 4 }, 8, 9),
        (Steps { min: 1, max: 10, step: 4 }, 100, 9),
        (Steps { min: 0, max: u32::MAX, step: u32::MAX }, 640, 0),
        (Steps { min: 5, max: 5, step: 0 }, 640, 5),
        (Steps { min: 640, max: 0, step: 0 }, 480, 640),
    ] {
        assert_eq!(steps.nearest(wanted, false), nearest, "{steps:?}");
    }
}
