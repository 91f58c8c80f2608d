//! Shared by the tests of the trainers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use candle_core::{DType, Tensor};

use agemirror_faces::face::testing::{ASTRONAUT_POINTS, shifted};

use super::{CheckpointPolicy, NamedTensors, Session, StepRecord, Trainer, TrainingObserver};

/// A variable in a reference's step: some of its gradients, and one of its values after the step.
#[derive(serde::Deserialize)]
pub(super) struct GoldenVariable {
    pub name: String,
    #[serde(rename = "places")]
    pub indices: Vec<usize>,
    pub gradients: Vec<f32>,
    pub after: f32,
}

/// Stops a session after this many of its steps.
pub(super) struct StopAfter(pub u64);

impl TrainingObserver for StopAfter {
    fn on_step(&mut self, _: u64, _: &StepRecord) {
        self.0 -= 1;
    }

    fn should_stop(&self) -> bool {
        self.0 == 0
    }
}

/// All tensors that a trainer saves, as flat vectors.
pub(super) fn state(trainer: &dyn Trainer) -> BTreeMap<String, Vec<f32>> {
    let mut state = NamedTensors::new();
    trainer.save(&mut state).unwrap();
    let floats =
        |tensor: Tensor| tensor.to_dtype(DType::F32).unwrap().flatten_all().unwrap().to_vec1().unwrap();
    state.into_iter().map(|(name, tensor)| (name, floats(tensor))).collect()
}

/// Trains a trainer from `fresh` to its end in one run, and another in two sessions, the first of `first`
/// steps; checks that both end with the same state. Returns the trainer of the whole run and the folder of
/// the split one.
pub(crate) fn check_resuming(
    home: &Path,
    first: u64,
    fresh: &dyn Fn() -> Box<dyn Trainer>,
) -> (Box<dyn Trainer>, PathBuf) {
    let _steady = agemirror_kernels::hold_instruction_set();
    let mut whole = fresh();
    let steps = whole.steps();
    let mut session = Session::start(&home.join("whole"), CheckpointPolicy::default()).unwrap();
    assert_eq!(session.run(&mut *whole, &mut StopAfter(99)).unwrap(), steps);
    let parts = home.join("parts");
    let mut session = Session::start(&parts, CheckpointPolicy::default()).unwrap();
    session.run(&mut *fresh(), &mut StopAfter(first)).unwrap();
    let mut resumed = fresh();
    let mut session = Session::resume(&parts, CheckpointPolicy::default(), &mut *resumed).unwrap();
    assert_eq!(session.run(&mut *resumed, &mut StopAfter(99)).unwrap(), steps);
    assert!(state(&*resumed) == state(&*whole), "a resumed run must be the same to the bit");
    (whole, parts)
}

/// A collection `name` in `folder`: the sample portrait, shifted a little, labelled with an age of each decade.
pub(super) fn portrait_collection(folder: &Path, name: &str, decades: Range<usize>) -> PathBuf {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let columns = "right_eye_x,right_eye_y,left_eye_x,left_eye_y,nose_x,nose_y,right_mouth_x,right_mouth_y,\
                   left_mouth_x,left_mouth_y";
    let mut table = format!("file,dataset,age_low,age_high,gender,ethnicity,{columns},yaw,sharpness,split");
    for decade in decades {
        let shift = decade as f32 - 4.0;
        let file = format!("{decade}.png");
        shifted([shift, -shift]).save(folder.join(&file)).unwrap();
        let points = ASTRONAUT_POINTS.map(|[x, y]| [x + shift, y - shift]);
        let points = points.as_flattened().iter().map(f32::to_string).collect::<Vec<_>>().join(",");
        let age = 5 + 10 * decade;
        for split in ["train", "validation"] {
            table += &format!("\n{file},{name},{age},{age},female,white,{points},0,50,{split}");
        }
    }
    std::fs::write(folder.join("labels.csv"), table).unwrap();
    folder
}
