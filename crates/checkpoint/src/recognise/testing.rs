//! Tensors of small networks, for other modules' tests.

use std::collections::HashMap;

use super::{PLANS, Shapes, System};

/// Names and shapes of the required tensors of a system.
pub(crate) fn tensors_of(system: System) -> Vec<(String, Vec<usize>)> {
    let clue: Option<(&str, Vec<usize>)> = match system {
        System::Pagan { base } => Some(("encoder.0.weight", vec![base, 3, 9, 9])),
        System::Caae { base } => Some(("E_conv0/w", vec![5, 5, 3, base])),
        System::Ipcgan { base } => Some(("generator/conv1/weights", vec![7, 7, 8, base])),
        _ => None,
    };
    let clues: HashMap<&str, &[usize]> = clue.iter().map(|(name, shape)| (*name, &**shape)).collect();
    let plans = PLANS.iter().map(|plan| plan(&Shapes(clues.clone())));
    let plan = plans.into_iter().find(|plan| plan.system == system).unwrap();
    let needed = plan.tensors.into_iter().filter(|tensor| tensor.required);
    needed.map(|tensor| (tensor.name, tensor.shape)).collect()
}
