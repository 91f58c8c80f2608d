use super::*;

fn seen(x: f32) -> Observed {
    let points = [[x, 100.], [x + 60., 100.], [x + 30., 130.], [x + 10., 160.], [x + 50., 160.]];
    let bounds = FaceBox { x, y: 80.0, width: 60.0, height: 100.0, score: 1.0 };
    Observed { id: 3, points, bounds, able: true }
}

fn times(count: u32) -> Vec<Duration> {
    (0..count).map(|number| Duration::from_millis(40) * number).collect()
}

#[test]
fn a_short_gap_is_bridged_and_a_long_one_is_not() {
    let mut observed: Vec<_> = (0..60).map(|number| vec![seen(2.0 * number as f32)]).collect();
    observed[10].clear();
    observed[11][0].able = false;
    observed[30..48].iter_mut().for_each(Vec::clear);
    let paths = FacePaths::new(observed, &times(60), &[], None);
    for number in [9, 10, 11, 12] {
        let x = paths.frame(number)[0].face.points[0][0];
        assert!((x - 2.0 * number as f32).abs() < 1.0, "{number}: {x}");
    }
    assert!(paths.frame(30).is_empty() && paths.frame(40).is_empty());
    assert_eq!(paths.frames_with_faces(), 42);
    assert_eq!((paths.frame(0)[0].strength, paths.frame(59)[0].strength), (1.0, 1.0));
    let fading: Vec<f32> = (20..30).map(|number| paths.frame(number)[0].strength).collect();
    assert!(fading[0] == 1.0 && fading.is_sorted_by(|a, b| a >= b) && fading[9] < 0.2, "{fading:?}");
    assert!(paths.frame(60).is_empty());
}

#[test]
fn a_flash_of_a_face_is_no_face() {
    let mut observed = vec![Vec::new(); 30];
    observed[12] = vec![seen(5.0)];
    observed[13] = vec![seen(5.0)];
    assert!(FacePaths::new(observed, &times(30), &[], None).is_empty());
    let short = FacePaths::new(vec![vec![seen(5.0)]], &times(1), &[], None);
    assert_eq!(short.frame(0)[0].strength, 1.0, "a video of one frame");
}

#[test]
fn smoothing_both_ways_does_not_lag_and_calms_what_rests() {
    let noise = |number: usize| ((number * 7919) % 13) as f32 / 6.0 - 1.0;
    let observed: Vec<_> = (0..100).map(|number| vec![seen(50.0 + noise(number))]).collect();
    let paths = FacePaths::new(observed, &times(100), &[], None);
    let spread = |value: &dyn Fn(usize) -> f32| {
        (20..80).map(|number| (value(number) - 50.0).powi(2)).sum::<f32>().sqrt()
    };
    let smooth = spread(&|number| paths.frame(number)[0].face.points[0][0]);
    assert!(smooth < 0.5 * spread(&|number| 50.0 + noise(number)), "{smooth}");
    let moving: Vec<_> = (0..60).map(|number| vec![seen(8.0 * number as f32)]).collect();
    let paths = FacePaths::new(moving, &times(60), &[], None);
    let x = paths.frame(30)[0].face.points[0][0];
    assert!((x - 240.0).abs() < 0.5, "{x}");
}

#[test]
fn what_was_observed_is_kept_in_a_file() {
    let text = serde_json::to_string(&seen(1.5)).unwrap_or_default();
    assert_eq!(serde_json::from_str::<Observed>(&text).ok(), Some(seen(1.5)));
}
