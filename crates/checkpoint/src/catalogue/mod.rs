//! The files that the authors of the five systems published: what they are called, where they are, and what
//! to do with them. Nothing is downloaded by the program; every licence is the authors'.

mod caae_checksums;

pub use caae_checksums::{Genuine, compare_with_published_caae};

use super::{Record, System};

/// A file that someone published.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// The model that it makes work, by its name on the command line.
    pub model: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What it is usually called.
    pub names: &'static [&'static str],
    /// Where its authors put it.
    pub place: &'static str,
    /// What may be done with it.
    pub licence: &'static str,
    /// About how large it is, in bytes, where that is known.
    pub bytes: Option<u64>,
    /// What to do once it is there.
    pub then: &'static str,
    fits: fn(&Record) -> bool,
}

impl Published {
    /// Whether a converted file is this one, as far as its system tells.
    pub fn fits(&self, record: &Record) -> bool {
        (self.fits)(record)
    }
}

const NO_LICENCE: &str = "none stated: all rights are the authors'";
const ADD: &str = "add it in the window, on the card of its model";

/// Every published file of weights that age faces.
pub const PUBLISHED: &[Published] = &[
    Published {
        model: "agetransgan",
        title: "AgeTransGAN, ten groups from 0-2 to 70+, 1024 pixels",
        names: &["ffhq_10group_910k.pt", "ffhq_10group_820k.pt"],
        place: "https://drive.google.com/file/d/1a3GXTGjch9rl-_JRiIfM5cbM1jCPpQHY/view \
                (linked from https://github.com/AvLab-CV/AgeTransGAN)",
        licence: NO_LICENCE,
        bytes: None,
        then: ADD,
        fits: |record| matches!(record.system, System::Agetransgan { groups: 10, .. }),
    },
    Published {
        model: "agetransgan",
        title: "AgeTransGAN, four groups from 15-29 to 50+, 1024 pixels",
        names: &["ffhq_4group_750k.pt"],
        place: "https://drive.google.com/file/d/1YkibK_42YiumJePqUagZqlYkunKNv8B7/view \
                (linked from https://github.com/AvLab-CV/AgeTransGAN)",
        licence: NO_LICENCE,
        bytes: None,
        then: ADD,
        fits: |record| matches!(record.system, System::Agetransgan { groups: 4, .. }),
    },
    Published {
        model: "caae",
        title: "CAAE, the authors' initial model (an autoencoder; train it further for aging)",
        names: &["init_model"],
        place: "https://github.com/ZZUTK/Face-Aging-CAAE, folder init_model with model_parts",
        licence: NO_LICENCE,
        bytes: Some(187_464_284),
        then: "add the whole folder init_model in the window; its parts need not be joined",
        fits: |record| matches!(record.system, System::Caae { .. }),
    },
    Published {
        model: "caae",
        title: "CAAE, the PyTorch variant: encoder",
        names: &["E.dat"],
        place: "https://github.com/mattans/AgeProgression, folder trained_models of the release v1.0.0",
        licence: "MIT, as its README says; the release v1.0.0 says TAU License",
        bytes: None,
        then: "add it and G.dat in the window",
        fits: |record| matches!(record.system, System::CaaeTorchEncoder { .. }),
    },
    Published {
        model: "caae",
        title: "CAAE, the PyTorch variant: generator",
        names: &["G.dat"],
        place: "https://github.com/mattans/AgeProgression, folder trained_models of the release v1.0.0",
        licence: "MIT, as its README says; the release v1.0.0 says TAU License",
        bytes: None,
        then: "add it and E.dat in the window",
        fits: |record| matches!(record.system, System::CaaeTorchGenerator { .. }),
    },
    Published {
        model: "ipcgan",
        title: "IPCGAN, five classes from 11-20 to 50+, 128 pixels",
        names: &["acgan.model-399999.index", "acgan.model-399999.data-00000-of-00001"],
        place: "https://1drv.ms/u/s!AlUWwwOcwDWobCqmuFyKGIt4qaA (linked from https://github.com/dawei6875797/\
                Face-Aging-with-Identity-Preserved-Conditional-Generative-Adversarial-Networks)",
        licence: NO_LICENCE,
        bytes: None,
        then: "keep both files in one folder and add the .index file in the window",
        fits: |record| matches!(record.system, System::Ipcgan { .. }),
    },
    Published {
        model: "cgan",
        title: "Face_Aging_cGAN, five classes from 0-20 to 51+, 128 pixels",
        names: &["acgan.model-399999.index", "acgan.model-399999.data-00000-of-00001"],
        place: "https://1drv.ms/u/s!AlUWwwOcwDWobCqmuFyKGIt4qaA, which is IPCGAN's (linked from \
                https://github.com/AlejandroParedesLT/Face_Aging_cGAN)",
        licence: NO_LICENCE,
        bytes: None,
        then: "keep both files in one folder and add the .index file in the window",
        fits: |record| matches!(record.system, System::Ipcgan { .. }),
    },
    pagan(1, "PAGAN, ages 31 to 40, 224 pixels", |record| record.cluster == Some(1)),
    pagan(2, "PAGAN, ages 41 to 50, 224 pixels", |record| record.cluster == Some(2)),
    pagan(3, "PAGAN, ages 51 and more, 224 pixels", |record| record.cluster == Some(3)),
];

const fn pagan(cluster: u8, title: &'static str, fits: fn(&Record) -> bool) -> Published {
    Published {
        model: "pagan",
        title,
        names: match cluster {
            1 => &["model_crop_1/netG_epoch_49900.pth"],
            2 => &["model_crop_2/netG_epoch_49900.pth"],
            _ => &["model_crop_3/netG_epoch_49900.pth"],
        },
        place: "nobody published it; https://github.com/lumosity4tpj/\
                Pytorch-Implementation-of-A-Pyramid-Architecture-of-GANs trains it",
        licence: "MIT for the program that makes it",
        // 1,383,555 numbers of four bytes, and their names.
        bytes: Some(5_540_000),
        then: "end its name or its folder's with the cluster, 1 to 3, and add it in the window",
        fits,
    }
}

/// The published files that make a model work.
pub fn published_for(model: &str) -> impl Iterator<Item = &'static Published> {
    PUBLISHED.iter().filter(move |file| file.model == model)
}
