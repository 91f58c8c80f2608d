//! Catalogue of the files published by the authors of the five systems: names, sources and instructions. The
//! program downloads nothing; every licence is the authors'.

mod caae_checksums;

pub use caae_checksums::{PublishedMatch, compare_with_published_caae};

use super::{Record, System};

/// A published file.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// The model that uses it, by its name on the command line.
    pub model: &'static str,
    /// Title.
    pub title: &'static str,
    /// Usual names of the file.
    pub names: &'static [&'static str],
    /// Where its authors published it.
    pub location: &'static str,
    /// Licence.
    pub licence: &'static str,
    /// Approximate size in bytes, if known.
    pub bytes: Option<u64>,
    /// What to do after downloading it.
    pub next_step: &'static str,
    fits: fn(&Record) -> bool,
}

impl Published {
    /// Whether a converted file is this one, as far as its system tells.
    pub fn fits(&self, record: &Record) -> bool {
        (self.fits)(record)
    }
}

const NO_LICENCE: &str = "none stated; all rights reserved by the authors";
const ADD: &str = "add it in the window, on the card of its model";

/// All published weights of systems that age faces.
pub const PUBLISHED: &[Published] = &[
    Published {
        model: "agetransgan",
        title: "AgeTransGAN, ten groups from 0-2 to 70+, 1024 pixels",
        names: &["ffhq_10group_910k.pt", "ffhq_10group_820k.pt"],
        location: "https://drive.google.com/file/d/1a3GXTGjch9rl-_JRiIfM5cbM1jCPpQHY/view \
                (linked from https://github.com/AvLab-CV/AgeTransGAN)",
        licence: NO_LICENCE,
        bytes: None,
        next_step: ADD,
        fits: |record| matches!(record.system, System::Agetransgan { groups: 10, .. }),
    },
    Published {
        model: "agetransgan",
        title: "AgeTransGAN, four groups from 15-29 to 50+, 1024 pixels",
        names: &["ffhq_4group_750k.pt"],
        location: "https://drive.google.com/file/d/1YkibK_42YiumJePqUagZqlYkunKNv8B7/view \
                (linked from https://github.com/AvLab-CV/AgeTransGAN)",
        licence: NO_LICENCE,
        bytes: None,
        next_step: ADD,
        fits: |record| matches!(record.system, System::Agetransgan { groups: 4, .. }),
    },
    Published {
        model: "caae",
        title: "CAAE, the authors' initial model (an autoencoder; train it further for aging)",
        names: &["init_model"],
        location: "https://github.com/ZZUTK/Face-Aging-CAAE, folder init_model with model_parts",
        licence: NO_LICENCE,
        bytes: Some(187_464_284),
        next_step: "add the whole folder init_model in the window; do not join its parts",
        fits: |record| matches!(record.system, System::Caae { .. }),
    },
    Published {
        model: "caae",
        title: "CAAE, the PyTorch variant: encoder",
        names: &["E.dat"],
        location: "https://github.com/mattans/AgeProgression, folder trained_models of the release v1.0.0",
        licence: "MIT according to its README; TAU License according to the release v1.0.0",
        bytes: None,
        next_step: "add it and G.dat in the window",
        fits: |record| matches!(record.system, System::CaaeTorchEncoder { .. }),
    },
    Published {
        model: "caae",
        title: "CAAE, the PyTorch variant: generator",
        names: &["G.dat"],
        location: "https://github.com/mattans/AgeProgression, folder trained_models of the release v1.0.0",
        licence: "MIT according to its README; TAU License according to the release v1.0.0",
        bytes: None,
        next_step: "add it and E.dat in the window",
        fits: |record| matches!(record.system, System::CaaeTorchGenerator { .. }),
    },
    Published {
        model: "ipcgan",
        title: "IPCGAN, five classes from 11-20 to 50+, 128 pixels",
        names: &["acgan.model-399999.index", "acgan.model-399999.data-00000-of-00001"],
        location: "https://1drv.ms/u/s!AlUWwwOcwDWobCqmuFyKGIt4qaA (linked from https://github.com/dawei6875797/\
                Face-Aging-with-Identity-Preserved-Conditional-Generative-Adversarial-Networks)",
        licence: NO_LICENCE,
        bytes: None,
        next_step: "keep both files in one folder and add the .index file in the window",
        fits: |record| matches!(record.system, System::Ipcgan { .. }),
    },
    Published {
        model: "cgan",
        title: "Face_Aging_cGAN, five classes from 0-20 to 51+, 128 pixels",
        names: &["acgan.model-399999.index", "acgan.model-399999.data-00000-of-00001"],
        location: "https://1drv.ms/u/s!AlUWwwOcwDWobCqmuFyKGIt4qaA, which is IPCGAN's (linked from \
                https://github.com/AlejandroParedesLT/Face_Aging_cGAN)",
        licence: NO_LICENCE,
        bytes: None,
        next_step: "keep both files in one folder and add the .index file in the window",
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
        location: "not published; https://github.com/lumosity4tpj/\
                Pytorch-Implementation-of-A-Pyramid-Architecture-of-GANs trains it",
        licence: "MIT for the program that trains it",
        // 1,383,555 floats of four bytes, and their names.
        bytes: Some(5_540_000),
        next_step: "end its name or its folder's name with the cluster, 1 to 3, and add it in the window",
        fits,
    }
}

/// The published files of a model.
pub fn published_for(model: &str) -> impl Iterator<Item = &'static Published> {
    PUBLISHED.iter().filter(move |file| file.model == model)
}
