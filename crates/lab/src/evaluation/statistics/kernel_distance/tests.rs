//! Checks on points drawn from known distributions.

use super::*;

/// Points around `mean` in eight dimensions.
fn points(count: usize, mean: f32, random: &mut StdRng) -> Vec<Vec<f32>> {
    let mut value = || mean + (0..12).map(|_| random.random::<f32>()).sum::<f32>() - 6.0;
    (0..count).map(|_| (0..8).map(|_| value()).collect()).collect()
}

struct Sets {
    inputs: Vec<Vec<f32>>,
    outputs: Vec<Vec<f32>>,
    real: Vec<Vec<f32>>,
    files: Vec<String>,
}

impl Sets {
    fn new(count: usize, [inputs, outputs, real]: [f32; 3], random: &mut StdRng) -> Self {
        let mut draw = |mean| points(count, mean, random);
        let (inputs, outputs, real) = (draw(inputs), draw(outputs), draw(real));
        Self { inputs, outputs, real, files: (0..count).map(|index| format!("{index}.png")).collect() }
    }

    fn comparison<'a>(&'a self, collection: &'a str) -> Comparison<'a> {
        let outputs = |index: usize| AgedFace {
            input_index: index,
            collection,
            file: &self.files[index],
            input: &self.inputs[index],
            output: &self.outputs[index],
        };
        let real = |features: &'a Vec<f32>| RealFace { collection, file: "real.png", features };
        Comparison {
            outputs: (0..self.inputs.len()).map(outputs).collect(),
            real: self.real.iter().map(real).collect(),
        }
    }
}

#[test]
fn unchanged_outputs_leave_one_and_reached_ones_leave_zero() {
    let mut random = StdRng::seed_from_u64(1);
    let same = Sets::new(120, [0.0, 0.0, 1.0], &mut random);
    let unchanged = Sets { outputs: same.inputs.clone(), ..same };
    let share = kernel_share(&[unchanged.comparison("a")], 100).unwrap();
    assert!((share.left.mean - 1.0).abs() < 1e-12 && share.is_measurable(), "{share:?}");
    assert!((share.left.low - 1.0).abs() < 1e-12 && (share.left.high - 1.0).abs() < 1e-12);
    assert!(share.halves.mean.abs() < 0.02, "{share:?}");

    let reached = Sets::new(120, [0.0, 1.0, 1.0], &mut random);
    let share = kernel_share(&[reached.comparison("a")], 100).unwrap();
    assert!(share.left.mean.abs() < 0.03, "{share:?}");
    assert!(share.left.low < share.left.mean && share.left.mean < share.left.high);
}

#[test]
fn outputs_nearer_to_the_target_leave_less_and_the_interval_contains_the_share() {
    let mut random = StdRng::seed_from_u64(2);
    let near = Sets::new(150, [0.0, 0.7, 1.0], &mut random);
    let far = Sets::new(150, [0.0, 0.2, 1.0], &mut random);
    let [near, far] = [&near, &far].map(|sets| kernel_share(&[sets.comparison("a")], 100).unwrap().left);
    assert!(near.high < far.low, "{near:?} {far:?}");
    assert!(near.low < near.mean && near.mean < near.high, "{near:?}");
}

/// The estimate is unbiased, so its mean over many small samples is 0.
#[test]
fn small_samples_of_one_distribution_average_to_zero() {
    let mut random = StdRng::seed_from_u64(3);
    let mean = |to: f32, random: &mut StdRng| {
        let distance = |_| {
            let sets = Sets::new(8, [0.0, 0.0, to], random);
            let comparison = sets.comparison("a");
            let strata = Strata::of(&comparison, true).0;
            total(&strata, &Draw { inputs: BTreeMap::new(), real: None }).inputs
        };
        (0..300).map(distance).sum::<f64>() / 300.0
    };
    let (same, other) = (mean(0.0, &mut random), mean(1.0, &mut random));
    assert!(same.abs() < 0.03 * other, "{same} beside {other}");
}

/// A difference between two collections does not count as distance between inputs and real faces.
#[test]
fn pictures_are_compared_within_their_collection() {
    let mut random = StdRng::seed_from_u64(4);
    let one = Sets::new(60, [0.0, 1.0, 1.0], &mut random);
    let other = Sets::new(60, [3.0, 4.0, 4.0], &mut random);
    let mut both = one.comparison("a");
    let second = other.comparison("b");
    both.outputs
        .extend(second.outputs.iter().map(|face| AgedFace { input_index: face.input_index + 60, ..*face }));
    // Most of the real faces belong to the second collection.
    both.real.truncate(12);
    both.real.extend(second.real);
    let share = kernel_share(std::slice::from_ref(&both), 50).unwrap();
    assert!(share.matched && share.left.mean.abs() < 0.08, "{share:?}");
    assert_eq!(share.real, 72);
    let mixed = kernel_share(
        &[Comparison {
            outputs: both.outputs.iter().map(|face| AgedFace { collection: "", ..*face }).collect(),
            real: both.real.clone(),
        }],
        50,
    )
    .unwrap();
    assert!(!mixed.matched && mixed.left.mean > 0.3, "{mixed:?}");
}

#[test]
fn a_face_is_not_compared_with_itself_and_too_few_faces_give_none() {
    let mut random = StdRng::seed_from_u64(5);
    let sets = Sets::new(40, [0.0, 0.0, 0.0], &mut random);
    let mut comparison = sets.comparison("a");
    comparison.real = comparison
        .outputs
        .iter()
        .map(|face| RealFace { collection: "a", file: face.file, features: face.input })
        .collect();
    let strata = Strata::of(&comparison, true).0;
    let own = total(&strata, &Draw { inputs: BTreeMap::new(), real: None }).inputs;
    assert!(own.abs() < 1e-9, "the same faces on both sides: {own}");
    let share = kernel_share(std::slice::from_ref(&comparison), 20);
    assert!(!share.is_some_and(|share| share.is_measurable()));
    comparison.real.truncate(MIN_FACES - 1);
    assert_eq!(kernel_share(&[comparison], 20), None);
}
