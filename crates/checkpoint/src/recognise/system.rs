//! The systems whose weights are known: the published ones and our own.

use std::fmt;

/// What a weight file holds, as far as its names and shapes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "system", rename_all = "kebab-case")]
pub enum System {
    /// The generator of AgeTransGAN.
    Agetransgan {
        /// Groups of ages, 10 or 4.
        groups: usize,
        /// The side of its pictures in pixels, 1024.
        side: usize,
    },
    /// The discriminator of AgeTransGAN, which only training needs.
    AgetransganDiscriminator {
        /// Groups of ages.
        groups: usize,
        /// The side of its pictures in pixels.
        side: usize,
    },
    /// The age estimator that is published with AgeTransGAN.
    AgetransganEstimator,
    /// CAAE, as its authors wrote it for TensorFlow.
    Caae {
        /// Channels after the encoder's first layer, 64.
        base: usize,
    },
    /// The encoder of CAAE's PyTorch variant.
    CaaeTorchEncoder {
        /// Length of the face's code.
        code: usize,
    },
    /// The generator of CAAE's PyTorch variant.
    CaaeTorchGenerator {
        /// Length of the face's code.
        code: usize,
    },
    /// The generator of IPCGAN; `Face_Aging_cGAN` has the same network and names.
    Ipcgan {
        /// Channels after the first layer, 32.
        base: usize,
    },
    /// One of the three generators of PAGAN.
    Pagan {
        /// Channels after the first layer, 32.
        base: usize,
    },
    /// This project's own network.
    Mirror,
    /// The discriminator of PAGAN, which only training needs.
    PaganDiscriminator,
    /// The identity network that trains IPCGAN.
    AlexnetIdentity,
    /// The age branch of that network.
    AlexnetAge,
    /// VGG-16 with the names of VGG-Face, which trains PAGAN.
    VggFace,
    /// Inception-v3, by which sets of pictures are compared.
    InceptionV3 {
        /// Classes: 1008 in the network of 2015, 1000 in torchvision's.
        classes: usize,
    },
}

impl System {
    /// Whether it ages faces; the others serve training and measuring.
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
                write!(f, "AgeTransGAN, generator of {groups} groups at {side} pixels")
            }
            Self::AgetransganDiscriminator { groups, side } => {
                write!(f, "AgeTransGAN, discriminator of {groups} groups at {side} pixels")
            }
            Self::AgetransganEstimator => f.write_str("AgeTransGAN's age estimator"),
            Self::Caae { base } => write!(f, "CAAE (TensorFlow), {base} channels"),
            Self::CaaeTorchEncoder { code } => write!(f, "CAAE (PyTorch), encoder to {code} numbers"),
            Self::CaaeTorchGenerator { code } => write!(f, "CAAE (PyTorch), generator from {code} numbers"),
            Self::Ipcgan { base } => write!(f, "IPCGAN or Face_Aging_cGAN, generator of {base} channels"),
            Self::Pagan { base } => write!(f, "PAGAN, generator of {base} channels"),
            Self::Mirror => f.write_str("mirror"),
            Self::PaganDiscriminator => f.write_str("PAGAN, discriminator"),
            Self::AlexnetIdentity => f.write_str("IPCGAN's AlexNet, identities"),
            Self::AlexnetAge => f.write_str("IPCGAN's AlexNet, ages"),
            Self::InceptionV3 { classes } => write!(f, "Inception-v3, {classes} classes"),
            Self::VggFace => f.write_str("VGG-Face (VGG-16)"),
        }
    }
}
