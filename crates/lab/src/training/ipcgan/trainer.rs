//! A training run of IPCGAN or cGAN: data, logs and files.

use std::path::Path;

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::alexnet::{FeatureLayer, Judges};
use super::faces::{Faces, IpcganFace};
use super::pairs::LabelPairs;
use super::step::{DiscriminatorInput, GeneratorInput, Groups, LossWeights, Losses, Networks};
use crate::dataset::{EpochOrder, GroupOrder, PictureStore};
use crate::training::{AuthorsTable, NamedTensors, StepRecord, Trainer};
use crate::training::{TableStyle, TrainingError, keep_newest, write_sheet, write_tensors};
use agemirror_faces::age::OPEN_GROUP_END;
use agemirror_faces::aging::cgan::CGAN;
use agemirror_faces::aging::ipcgan::{CLASSES, Flavour, IPCGAN, MEANS};
use agemirror_faces::aging::picture::{Mapping, per_channel, pictures};
use agemirror_faces::compose::mosaic;

/// The system whose recipe a run follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Recipe {
    /// IPCGAN.
    Ipcgan,
    /// Face_Aging_cGAN.
    Cgan,
}

impl Recipe {
    /// Alignment of faces in their pictures.
    pub(crate) fn flavour(self) -> Flavour {
        match self {
            Self::Ipcgan => IPCGAN,
            Self::Cgan => CGAN,
        }
    }

    /// First and last year of the five age groups.
    pub(crate) fn groups(self) -> [(u8, u8); CLASSES] {
        let youngest = if self == Self::Ipcgan { 11 } else { 0 };
        [(youngest, 20), (21, 30), (31, 40), (41, 50), (51, OPEN_GROUP_END)]
    }

    /// Whether faces of a group are aged: IPCGAN ages only the youngest.
    pub(crate) fn ages(self, group: usize) -> bool {
        self == Self::Cgan || group == 0
    }
}

/// Settings of a run, with the authors' names and IPCGAN's values.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct IpcganSettings {
    /// The recipe.
    pub recipe: Recipe,
    /// Total steps.
    pub max_steps: u64,
    /// Faces per step.
    pub batch_size: usize,
    /// Whether each face of a step has its own group, and the discriminator sees real and generated faces in
    /// one batch. The authors' batches have one group and one kind of face; batch normalisation then removes
    /// what the batch shares: the constant maps of the group, except near the picture's edge, and a grid over
    /// all generated faces.
    #[serde(default)]
    pub mixed_batches: bool,
    /// Learning rate.
    pub learning_rate: f64,
    /// Weights of the loss terms.
    pub weights: LossWeights,
    /// The layer whose features are compared.
    pub fea_layer_name: FeatureLayer,
    /// Channels after the generator's first layer; the discriminator's width scales with it.
    pub channels: usize,
    /// Logits per patch; a single one is said to train more stably.
    pub discriminator_outputs: usize,
    /// Steps between two sample sheets.
    pub sample_every: u64,
    /// Steps between two files of weights.
    pub weights_every: u64,
    /// Seed of everything random.
    pub seed: u64,
}

impl IpcganSettings {
    /// The authors' settings.
    pub(crate) fn published(recipe: Recipe) -> Self {
        let (max_steps, sample_every, weights_every) = match recipe {
            Recipe::Ipcgan => (200_000, 5000, 10_000),
            Recipe::Cgan => (2000, 50, 100),
        };
        Self {
            recipe,
            max_steps,
            batch_size: 32,
            mixed_batches: false,
            learning_rate: 1e-3,
            weights: LossWeights::PUBLISHED,
            fea_layer_name: FeatureLayer::Conv5,
            channels: 32,
            discriminator_outputs: 512,
            sample_every,
            weights_every,
            seed: 1,
        }
    }
}

/// RNG stream of the order of sources; those of the groups are 1 to 5.
const SOURCE_STREAM: u64 = 100;
/// Maximum number of weight files.
const MAX_WEIGHT_FILES: usize = 200;
/// Columns of a sample sheet.
const COLUMNS: usize = 8;

/// Trainer of IPCGAN or cGAN.
pub(crate) struct IpcganTrainer {
    settings: IpcganSettings,
    faces: Faces,
    sources: Vec<usize>,
    source_order: EpochOrder,
    group_order: GroupOrder,
    pairs: LabelPairs,
    /// How often each group has been the true one.
    visits: [u64; CLASSES],
    networks: Networks,
    judges: Judges,
    device: Device,
}

impl IpcganTrainer {
    /// Starts a run on the faces of `store`, prepared for the generator, judged by `judges`.
    ///
    /// # Errors
    /// When the settings are invalid, a judge with a loss weight is missing, or a group has fewer faces than
    /// a batch.
    pub(crate) fn start(
        settings: IpcganSettings,
        store: PictureStore<IpcganFace>,
        pairs: LabelPairs,
        judges: Judges,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        check(&settings, &judges)?;
        let IpcganSettings { batch_size, channels, discriminator_outputs, seed, .. } = settings;
        let of_one_group = if settings.mixed_batches { 1 } else { batch_size };
        let faces = Faces::new(store, device)?;
        let sources = faces.sources();
        let names = settings.recipe.groups().map(|(first, last)| format!("the ages {first} to {last}"));
        let rate = settings.learning_rate;
        Ok(Self {
            source_order: EpochOrder::new(
                sources.len(),
                batch_size,
                seed,
                SOURCE_STREAM,
                "the source age groups",
            )?,
            group_order: GroupOrder::new(&faces.groups(), &names, of_one_group, seed)?,
            networks: Networks::start(channels, discriminator_outputs, seed, rate, device)?,
            visits: [0; CLASSES],
            device: device.clone(),
            settings,
            faces,
            sources,
            pairs,
            judges,
        })
    }

    /// The sources of the batch after `done` others.
    fn sources(&self, done: u64) -> Vec<usize> {
        self.source_order.batch(done).into_iter().map(|index| self.sources[index]).collect()
    }

    /// The groups of the step after `done` others, and the indices of its real faces.
    pub(super) fn draw(&mut self, done: u64) -> (Groups, Vec<usize>) {
        let draws = if self.settings.mixed_batches { self.settings.batch_size as u64 } else { 1 };
        let mut groups = Groups { mixed: self.settings.mixed_batches, ..Groups::default() };
        let mut real = Vec::new();
        for draw in 0..draws {
            let [right, wrong] = self.pairs.at(done * draws + draw);
            real.extend(self.group_order.batch(right, self.visits[right]));
            self.visits[right] += 1;
            groups.right.resize(real.len(), right);
            groups.wrong.resize(real.len(), wrong);
        }
        (groups, real)
    }

    /// Writes a fixed set of sources and the faces generated from them for each group, normalised as in
    /// training: without mixed groups, the moving averages do not fit a batch of one group.
    fn write_samples(&self, folder: &Path) -> Result<(), TrainingError> {
        let sources = self.faces.small_sources(&self.sources(0))?;
        let bytes = sources.broadcast_add(&per_channel(MEANS, &self.device)?)?;
        let sheet =
            |faces: &Tensor| Ok::<_, TrainingError>(mosaic(&pictures(faces, Mapping::Rounded)?, COLUMNS));
        write_sheet(&folder.join("source.jpg"), &sheet(&((bytes / 127.5)? - 1.0)?)?)?;
        for class in 0..CLASSES {
            let generated = sheet(&self.networks.make(&sources, class, !self.settings.mixed_batches)?)?;
            write_sheet(&folder.join(format!("test_{class}.jpg")), &generated)?;
        }
        Ok(())
    }
}

/// # Errors
/// When the settings are invalid, or a loss has a weight but no judge.
fn check(settings: &IpcganSettings, judges: &Judges) -> Result<(), TrainingError> {
    let wrong = |reason: &str| Err(TrainingError::Settings(reason.to_owned()));
    if settings.batch_size == 0 || settings.channels == 0 || settings.discriminator_outputs == 0 {
        return wrong("the batch must have at least one face, and the networks at least one channel");
    }
    let (features, ages) = judges.available();
    if settings.weights.features != 0.0 && !features {
        return wrong(
            "no identity network is given: use --alexnet_pretrained_model (or an age classifier with its own \
             convolutions), or --fea_loss_weight 0",
        );
    }
    if settings.weights.age != 0.0 && !ages {
        return wrong(
            "no age classifier is given: use --age_pretrained_model, which `agemirror train ipcgan-age-classifier` \
             trains, or --age_loss_weight 0",
        );
    }
    Ok(())
}

impl Trainer for IpcganTrainer {
    fn steps(&self) -> u64 {
        self.settings.max_steps
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let (groups, real) = self.draw(done);
        // In the authors' program the two networks take different sources from the queue.
        let (first, second) = (self.sources(2 * done), self.sources(2 * done + 1));
        let shown =
            DiscriminatorInput { real: self.faces.real(&real)?, sources: self.faces.small_sources(&first)? };
        let judged = self.judges.available().0;
        let large = judged.then(|| self.faces.large_sources(&second)).transpose()?;
        let aged = GeneratorInput { small: self.faces.small_sources(&second)?, large };
        let losses = self.networks.step(&groups, &shown, &aged, &self.settings.weights, &self.judges)?;
        Ok(record(&losses))
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        let visits: Vec<i64> = self.visits.iter().map(|visits| i64::try_from(*visits).unwrap_or(0)).collect();
        state.insert("visits".to_owned(), Tensor::new(visits, &Device::Cpu)?);
        self.networks.save(state)
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        let Some(visits) = state.get("visits") else { candle_core::bail!("visits is missing") };
        for (ours, stored) in self.visits.iter_mut().zip(visits.to_vec1::<i64>()?) {
            *ours = u64::try_from(stored).unwrap_or(0);
        }
        self.networks.restore(state)
    }

    /// Names of folders and files have the number of the step, counted from zero, as in the authors' program.
    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        let step = done.saturating_sub(1);
        if last || done.is_multiple_of(self.settings.sample_every.max(1)) {
            self.write_samples(&folder.join("samples").join(step.to_string()))?;
        }
        if last || done.is_multiple_of(self.settings.weights_every.max(1)) {
            let file = folder.join(format!("checkpoint/acgan.model-{step}.safetensors"));
            write_tensors(&self.networks.weights()?, &file)?;
            keep_newest(folder, "acgan.model-", MAX_WEIGHT_FILES)?;
        }
        Ok(())
    }

    /// `training_losses.txt`, as written by cGAN's authors.
    fn authors_table(&self) -> Option<AuthorsTable> {
        Some(AuthorsTable {
            file: "training_losses.txt",
            style: TableStyle { separator: '|', step_header: "Step", digits: 3 },
            columns: &[
                ("d_loss", "td_loss"),
                ("g_loss", "tg_loss"),
                ("fea_loss", "tfea_loss"),
                ("age_loss", "tage_loss"),
            ],
        })
    }
}

fn record(losses: &Losses) -> StepRecord {
    let scalars = vec![
        ("d_loss", losses.discriminator),
        ("g_loss", losses.generator),
        ("fea_loss", losses.features),
        ("age_loss", losses.age),
    ];
    StepRecord { scalars, histograms: Vec::new() }
}
