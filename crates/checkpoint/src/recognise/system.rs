//! The known systems: the published ones and this project's own.

use std::fmt;

/// The contents of a checkpoint, as far as names and shapes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "system", rename_all = "kebab-case")]
pub enum System {
    /// The generator of AgeTransGAN.
    Agetransgan {
        /// Number of age groups, 10 or 4.
        groups: usize,
        /// Side of its pictures in pixels: 1024.
        side: usize,
    },
    /// The discriminator of AgeTransGAN, used only in training.
    AgetransganDiscriminator {
        /// Number of age groups.
        groups: usize,
        /// Side of its pictures in pixels.
        side: usize,
    },
    /// The age estimator published with AgeTransGAN.
    AgetransganEstimator,
    /// CAAE, the authors' TensorFlow version.
    Caae {
        /// Channels after the encoder's first layer: 64.
        base: usize,
    },
    /// The encoder of CAAE's PyTorch variant.
    CaaeTorchEncoder {
        /// Length of the face's latent code.
        code: usize,
    },
    /// The generator of CAAE's PyTorch variant.
    CaaeTorchGenerator {
        /// Length of the face's latent code.
        code: usize,
    },
    /// The generator of IPCGAN; `Face_Aging_cGAN` has the same network and names.
    Ipcgan {
        /// Channels after the first layer: 32.
        base: usize,
    },
    /// One of the three generators of PAGAN.
    Pagan {
        /// Channels after the first layer: 32.
        base: usize,
    },
    /// This project's own network.
    Mirror,
    /// The discriminator of PAGAN, used only in training.
    PaganDiscriminator,
    /// The identity network that trains IPCGAN.
    AlexnetIdentity,
    /// The age branch of that network.
    AlexnetAge,
    /// VGG-16 with VGG-Face's names, which trains PAGAN.
    VggFace,
    /// Inception-v3, which compares sets of pictures.
    InceptionV3 {
        /// Number of classes: 1008 in the network of 2015, 1000 in torchvision's.
        classes: usize,
    },
}

impl System {
    /// Whether it ages faces; the other systems are for training and measuring.
    pub fn ages_faces(self) -> bool {
        matches!(
            self,
            Self::Agetransgan { .. }
                | Self::Caae { .. }
                | Self::CaaeTorchEncoder { .. }
                | Self::CaaeTorchGenerator { .. }
                | Self::Ipcgan { .. }
                | Self::Pagan { .. }
                | Self::Mirror
        )
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agetransgan { groups, side } => {
                write!(f, "AgeTransGAN generator, {groups} age groups, {side} pixels")
            }
            Self::AgetransganDiscriminator { groups, side } => {
                write!(f, "AgeTransGAN discriminator, {groups} age groups, {side} pixels")
            }
            Self::AgetransganEstimator => f.write_str("AgeTransGAN age estimator"),
            Self::Caae { base } => write!(f, "CAAE (TensorFlow), {base} channels"),
            Self::CaaeTorchEncoder { code } => write!(f, "CAAE (PyTorch) encoder, latent size {code}"),
            Self::CaaeTorchGenerator { code } => write!(f, "CAAE (PyTorch) generator, latent size {code}"),
            Self::Ipcgan { base } => write!(f, "IPCGAN or Face_Aging_cGAN generator, {base} channels"),
            Self::Pagan { base } => write!(f, "PAGAN generator, {base} channels"),
            Self::Mirror => f.write_str("mirror"),
            Self::PaganDiscriminator => f.write_str("PAGAN discriminator"),
            Self::AlexnetIdentity => f.write_str("IPCGAN's AlexNet, identity branch"),
            Self::AlexnetAge => f.write_str("IPCGAN's AlexNet, age branch"),
            Self::InceptionV3 { classes } => write!(f, "Inception-v3, {classes} classes"),
            Self::VggFace => f.write_str("VGG-Face (VGG-16)"),
        }
    }
}
