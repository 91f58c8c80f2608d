//! The tensors of Inception-v3 (Szegedy et al., 2016) with torchvision's names. The port of the 2015 network
//! with which others report the FID has the same names and 1008 classes.

use super::System;
use super::blueprint::{Blueprint, Shapes};

/// A convolution: its name and its filter's shape (outputs, inputs, height, width).
pub(super) type Layer = (String, [usize; 4]);

/// Every convolution, in the order of Keras's numbering.
pub fn layers() -> Vec<Layer> {
    let mut layers = Vec::new();
    part(
        &mut layers,
        "",
        &[
            ("Conv2d_1a_3x3", [32, 3, 3, 3]),
            ("Conv2d_2a_3x3", [32, 32, 3, 3]),
            ("Conv2d_2b_3x3", [64, 32, 3, 3]),
            ("Conv2d_3b_1x1", [80, 64, 1, 1]),
            ("Conv2d_4a_3x3", [192, 80, 3, 3]),
        ],
    );
    for (name, inputs, pooled) in [("Mixed_5b.", 192, 32), ("Mixed_5c.", 256, 64), ("Mixed_5d.", 288, 64)] {
        part(
            &mut layers,
            name,
            &[
                ("branch1x1", [64, inputs, 1, 1]),
                ("branch5x5_1", [48, inputs, 1, 1]),
                ("branch5x5_2", [64, 48, 5, 5]),
                ("branch3x3dbl_1", [64, inputs, 1, 1]),
                ("branch3x3dbl_2", [96, 64, 3, 3]),
                ("branch3x3dbl_3", [96, 96, 3, 3]),
                ("branch_pool", [pooled, inputs, 1, 1]),
            ],
        );
    }
    part(
        &mut layers,
        "Mixed_6a.",
        &[
            ("branch3x3", [384, 288, 3, 3]),
            ("branch3x3dbl_1", [64, 288, 1, 1]),
            ("branch3x3dbl_2", [96, 64, 3, 3]),
            ("branch3x3dbl_3", [96, 96, 3, 3]),
        ],
    );
    for (name, width) in [("Mixed_6b.", 128), ("Mixed_6c.", 160), ("Mixed_6d.", 160), ("Mixed_6e.", 192)] {
        part(
            &mut layers,
            name,
            &[
                ("branch1x1", [192, 768, 1, 1]),
                ("branch7x7_1", [width, 768, 1, 1]),
                ("branch7x7_2", [width, width, 1, 7]),
                ("branch7x7_3", [192, width, 7, 1]),
                ("branch7x7dbl_1", [width, 768, 1, 1]),
                ("branch7x7dbl_2", [width, width, 7, 1]),
                ("branch7x7dbl_3", [width, width, 1, 7]),
                ("branch7x7dbl_4", [width, width, 7, 1]),
                ("branch7x7dbl_5", [192, width, 1, 7]),
                ("branch_pool", [192, 768, 1, 1]),
            ],
        );
    }
    part(
        &mut layers,
        "Mixed_7a.",
        &[
            ("branch3x3_1", [192, 768, 1, 1]),
            ("branch3x3_2", [320, 192, 3, 3]),
            ("branch7x7x3_1", [192, 768, 1, 1]),
            ("branch7x7x3_2", [192, 192, 1, 7]),
            ("branch7x7x3_3", [192, 192, 7, 1]),
            ("branch7x7x3_4", [192, 192, 3, 3]),
        ],
    );
    for (name, inputs) in [("Mixed_7b.", 1280), ("Mixed_7c.", 2048)] {
        part(
            &mut layers,
            name,
            &[
                ("branch1x1", [320, inputs, 1, 1]),
                ("branch3x3_1", [384, inputs, 1, 1]),
                ("branch3x3_2a", [384, 384, 1, 3]),
                ("branch3x3_2b", [384, 384, 3, 1]),
                ("branch3x3dbl_1", [448, inputs, 1, 1]),
                ("branch3x3dbl_2", [384, 448, 3, 3]),
                ("branch3x3dbl_3a", [384, 384, 1, 3]),
                ("branch3x3dbl_3b", [384, 384, 3, 1]),
                ("branch_pool", [192, inputs, 1, 1]),
            ],
        );
    }
    layers
}

fn part(layers: &mut Vec<Layer>, prefix: &str, own: &[(&str, [usize; 4])]) {
    layers.extend(own.iter().map(|(name, shape)| (format!("{prefix}{name}"), *shape)));
}

/// The whole network.
pub(super) fn network(shapes: &Shapes) -> Blueprint {
    let classes = shapes.side("fc.weight", 0, 1000);
    let mut plan = Blueprint::new(System::InceptionV3 { classes });
    for (name, shape) in layers() {
        plan.require(format!("{name}.conv.weight"), &shape);
        plan.batch_norm(&format!("{name}.bn"), shape[0]);
    }
    plan.layer("fc", &[classes, 2048]);
    // torchvision's auxiliary classifier, which only training uses.
    plan.ignored = |name| name.starts_with("AuxLogits.");
    plan
}
