//! Checksums of CAAE's published initial model, from its index file (`init_model/model-init.index`): CRC-32C
//! of each tensor's bytes, masked as LevelDB does.

use candle_core::{DType, Tensor};

use crate::{Checkpoint, CheckpointError};

/// Comparison of a checkpoint with the published model.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PublishedMatch {
    /// Number of tensors with the published values.
    pub same: usize,
    /// The published file's other tensors.
    pub different: Vec<&'static str>,
}

/// Compares the values of a CAAE checkpoint with the published ones.
///
/// # Errors
/// If a tensor cannot be read.
pub fn compare_with_published_caae(checkpoint: &Checkpoint) -> Result<PublishedMatch, CheckpointError> {
    let mut outcome = PublishedMatch { same: 0, different: Vec::new() };
    for (name, published) in CHECKSUMS {
        let is_there = checkpoint.entry(name).is_some();
        if is_there && checksum(&checkpoint.tensor(name)?) == Some(*published) {
            outcome.same += 1;
        } else {
            outcome.different.push(name);
        }
    }
    Ok(outcome)
}

/// CRC-32C of the little-endian bytes of a tensor of 32-bit floats, masked as TensorFlow stores it.
fn checksum(tensor: &Tensor) -> Option<u32> {
    if tensor.dtype() != DType::F32 {
        return None;
    }
    let values = tensor.flatten_all().and_then(|flat| flat.to_vec1::<f32>()).ok()?;
    let mut crc = 0;
    let mut bytes = Vec::with_capacity(1 << 12);
    for part in values.chunks(1 << 10) {
        bytes.clear();
        bytes.extend(part.iter().flat_map(|value| value.to_le_bytes()));
        crc = crc32c::crc32c_append(crc, &bytes);
    }
    Some(crc.rotate_right(15).wrapping_add(0xa282_ead8))
}

const CHECKSUMS: &[(&str, u32)] = &[
    ("D_img_bn0/beta", 0xcaaf_68da),
    ("D_img_bn0/moving_mean", 0x7950_f269),
    ("D_img_bn0/moving_variance", 0xbea2_6a67),
    ("D_img_bn1/beta", 0x758d_6911),
    ("D_img_bn1/moving_mean", 0x6c38_fb26),
    ("D_img_bn1/moving_variance", 0xc66f_713f),
    ("D_img_bn2/beta", 0xf8eb_2945),
    ("D_img_bn2/moving_mean", 0x05a4_5bbd),
    ("D_img_bn2/moving_variance", 0x59c4_c82d),
    ("D_img_bn3/beta", 0x2872_52fb),
    ("D_img_bn3/moving_mean", 0x7e03_4cd1),
    ("D_img_bn3/moving_variance", 0x53ce_e03d),
    ("D_img_conv0/b", 0xc3c5_f6b9),
    ("D_img_conv0/w", 0xcce2_27b6),
    ("D_img_conv1/b", 0x159e_64bd),
    ("D_img_conv1/w", 0xae61_f4b0),
    ("D_img_conv2/b", 0x705c_02f7),
    ("D_img_conv2/w", 0x9407_88d6),
    ("D_img_conv3/b", 0x046c_2820),
    ("D_img_conv3/w", 0x02f7_6f7f),
    ("D_img_fc1/b", 0xe56f_84a8),
    ("D_img_fc1/w", 0x44e4_d1ee),
    ("D_img_fc2/b", 0xe760_9861),
    ("D_img_fc2/w", 0x8af6_a32f),
    ("D_z_bn0/beta", 0x29f8_27a8),
    ("D_z_bn0/moving_mean", 0x05a4_5bbd),
    ("D_z_bn0/moving_variance", 0x59c4_c82d),
    ("D_z_bn1/beta", 0xa0c1_43da),
    ("D_z_bn1/moving_mean", 0x6c38_fb26),
    ("D_z_bn1/moving_variance", 0xc66f_713f),
    ("D_z_bn2/beta", 0x11d0_c020),
    ("D_z_bn2/moving_mean", 0x7950_f269),
    ("D_z_bn2/moving_variance", 0xbea2_6a67),
    ("D_z_fc0/b", 0xb045_6132),
    ("D_z_fc0/w", 0xf2c3_b890),
    ("D_z_fc1/b", 0xb9a5_2787),
    ("D_z_fc1/w", 0xa10f_bbac),
    ("D_z_fc2/b", 0x3b7b_1e57),
    ("D_z_fc2/w", 0x66b9_83a8),
    ("D_z_fc3/b", 0xed5c_6f2b),
    ("D_z_fc3/w", 0xb9d9_e6c2),
    ("E_conv0/b", 0x331d_c09e),
    ("E_conv0/w", 0xcb85_c057),
    ("E_conv1/b", 0x5d2a_b39f),
    ("E_conv1/w", 0xb5ae_823e),
    ("E_conv2/b", 0x2cfa_3886),
    ("E_conv2/w", 0x5607_759d),
    ("E_conv3/b", 0xe9de_e58a),
    ("E_conv3/w", 0x11c1_4df6),
    ("E_conv4/b", 0x9959_cfd5),
    ("E_conv4/w", 0x1a9c_d5e7),
    ("E_fc/b", 0xcf2d_17e6),
    ("E_fc/w", 0xfa56_ba61),
    ("G_deconv0/b", 0xaf0e_1451),
    ("G_deconv0/w", 0x96cd_4f37),
    ("G_deconv1/b", 0xd88d_cf2f),
    ("G_deconv1/w", 0xd417_db3b),
    ("G_deconv2/b", 0x845f_3458),
    ("G_deconv2/w", 0xa3ef_7c84),
    ("G_deconv3/b", 0xbc63_9569),
    ("G_deconv3/w", 0xe878_1e44),
    ("G_deconv4/b", 0x13d6_0e2f),
    ("G_deconv4/w", 0xd6e1_177a),
    ("G_deconv5/b", 0xa638_86ae),
    ("G_deconv5/w", 0x3c0d_d003),
    ("G_deconv6/b", 0xe847_a872),
    ("G_deconv6/w", 0x22a7_ace4),
    ("G_fc/b", 0xc7ea_d6ce),
    ("G_fc/w", 0x295a_b5c0),
];

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    /// The moving averages of the published file were never updated: they are all zeros and all ones.
    #[test]
    fn the_checksums_of_zeros_and_ones_are_the_published_ones() {
        for (name, published) in CHECKSUMS {
            let channels = match *name {
                "D_z_bn0/moving_mean" | "D_img_bn2/moving_variance" => 64,
                "D_img_bn3/moving_mean" | "D_img_bn3/moving_variance" => 128,
                _ => continue,
            };
            let tensor = if name.ends_with("mean") { Tensor::zeros } else { Tensor::ones };
            let tensor = tensor(channels, DType::F32, &Device::Cpu).unwrap();
            assert_eq!(checksum(&tensor), Some(*published), "{name}");
        }
    }
}
