//! The tensors of mirror, this project's own network.

use super::System;
use super::blueprint::{Blueprint, Shapes};

/// Channels after each halving of the sides.
const WIDTHS: [usize; 4] = [24, 24, 48, 96];
/// Length of the code of the target age.
const STYLE: usize = 64;

/// The whole network.
pub(super) fn network(_: &Shapes) -> Blueprint {
    let mut plan = Blueprint::new(System::Mirror);
    let [first, fine, middle, deep] = WIDTHS;
    plan.layer("encoder.stem", &[first, 12, 3, 3]);
    for (i, sides) in WIDTHS.windows(2).enumerate() {
        plan.layer(&format!("encoder.enter.{i}"), &[sides[1], sides[0], 3, 3]);
    }
    plan.layer("encoder.fine", &[fine, fine, 3, 3]);
    let blocks = (0..3).map(|i| (format!("deep.{i}"), deep)).chain([("middle".to_owned(), middle)]);
    for (block, width) in blocks {
        plan.layer(&format!("encoder.{block}.first"), &[width, width, 3, 3]);
        plan.layer(&format!("encoder.{block}.second"), &[width, width, 3, 3]);
    }
    plan.layer("decoder.style_hidden", &[STYLE, 129]);
    plan.layer("decoder.style", &[STYLE, STYLE]);
    let deep = [0, 1].map(|i| (format!("deep.{i}"), deep));
    let styled =
        [middle, fine, first].into_iter().enumerate().map(|(i, width)| (format!("styled.{i}"), width));
    for (block, width) in deep.into_iter().chain(styled) {
        plan.layer(&format!("decoder.{block}.conv"), &[width, width, 3, 3]);
        plan.layer(&format!("decoder.{block}.gain"), &[width, STYLE]);
        plan.layer(&format!("decoder.{block}.shift"), &[width, STYLE]);
    }
    for (i, sides) in WIDTHS.windows(2).rev().enumerate() {
        plan.layer(&format!("decoder.rise.{i}"), &[sides[0], sides[1], 1, 1]);
    }
    for (part, outputs, width) in
        [("detail", 12, first), ("paint", 5, first), ("flow", 2, middle), ("flow_fine", 2, fine)]
    {
        plan.layer(&format!("decoder.{part}"), &[outputs, width, 3, 3]);
    }
    plan.layer("lines.male", &[1, WIDTHS[3]]);
    plan
}
