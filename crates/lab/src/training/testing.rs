//! What the tests of the trainers share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Tensor};

use super::{Keeping, NamedTensors, Session, StepRecord, Trainer, Watch};

/// A variable of a reference's step: some of its gradients, and one of its values afterwards.
#[derive(serde::Deserialize)]
pub(super) struct GoldenVariable {
    pub name: String,
    pub places: Vec<usize>,
    pub gradients: Vec<f32>,
    pub after: f32,
}

/// Stops a session after so many of its own steps.
pub(super) struct StopAfter(pub u64);

impl Watch for StopAfter {
    fn stepped(&mut self, _: u64, _: &StepRecord) {
        self.0 -= 1;
    }

    fn stop(&self) -> bool {
        self.0 == 0
    }
}

/// All that a trainer saves.
pub(super) fn state(trainer: &dyn Trainer) -> BTreeMap<String, Vec<f32>> {
    let mut state = NamedTensors::new();
    trainer.save(&mut state).unwrap();
    let floats =
        |tensor: Tensor| tensor.to_dtype(DType::F32).unwrap().flatten_all().unwrap().to_vec1().unwrap();
    state.into_iter().map(|(name, tensor)| (name, floats(tensor))).collect()
}

/// Runs what `fresh` makes to its end at once, and in two parts of which the first has `first` steps, and compares;
/// returns the whole run's trainer and the folder of the parts.
pub(crate) fn check_resuming(
    home: &Path,
    first: u64,
    fresh: &dyn Fn() -> Box<dyn Trainer>,
) -> (Box<dyn Trainer>, PathBuf) {
    let _steady = agemirror_kernels::on_one_set();
    let mut whole = fresh();
    let steps = whole.steps();
    let mut session = Session::begin(&home.join("whole"), Keeping::default()).unwrap();
    assert_eq!(session.run(&mut *whole, &mut StopAfter(99)).unwrap(), steps);
    let parts = home.join("parts");
    let mut session = Session::begin(&parts, Keeping::default()).unwrap();
    session.run(&mut *fresh(), &mut StopAfter(first)).unwrap();
    let mut resumed = fresh();
    let mut session = Session::resume(&parts, Keeping::default(), &mut *resumed).unwrap();
    assert_eq!(session.run(&mut *resumed, &mut StopAfter(99)).unwrap(), steps);
    assert!(state(&*resumed) == state(&*whole), "a resumed run must be the same to the bit");
    (whole, parts)
}
