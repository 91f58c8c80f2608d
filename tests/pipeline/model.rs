//! The scripted aging model: an aged face is a flat picture whose grey value is the age.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use agemirror::pipeline::ModelOpener;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, ModelInfo};
use agemirror_faces::face::AlignmentTemplate;
use image::{GrayImage, Luma, Rgb, RgbImage};

use crate::countdown::take_one;

/// Handle to the scripted models that the pipeline opens; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Model {
    pub opened: Arc<AtomicUsize>,
    pub panics: Arc<AtomicUsize>,
    pub errors: Arc<AtomicUsize>,
    encoded: Arc<AtomicUsize>,
    decoded: Arc<AtomicUsize>,
    milliseconds: Arc<AtomicU64>,
    alive: Arc<()>,
}

impl Model {
    pub(crate) fn opener(&self) -> ModelOpener {
        let alive = Arc::downgrade(&self.alive);
        let model = Self { alive: Arc::default(), ..self.clone() };
        Arc::new(move |name, _device| {
            if name != "scripted" {
                return Err(AgingError::UnknownModel(name.to_owned()));
            }
            model.opened.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Scripted { model: model.clone(), info: info(), _alive: alive.upgrade() }))
        })
    }

    /// Sets how long the model takes for a batch of ages.
    pub(crate) fn take(&self, time: Duration) {
        self.milliseconds.store(time.as_millis() as u64, Ordering::SeqCst);
    }

    /// The number of encoded crops.
    pub(crate) fn encoded(&self) -> usize {
        self.encoded.load(Ordering::SeqCst)
    }

    /// The number of decoded ages.
    pub(crate) fn decoded(&self) -> usize {
        self.decoded.load(Ordering::SeqCst)
    }

    /// Whether all models were dropped.
    pub(crate) fn is_let_go(&self) -> bool {
        Arc::strong_count(&self.alive) == 1
    }
}

fn info() -> ModelInfo {
    let points = [[0.3, 0.35], [0.7, 0.35], [0.5, 0.55], [0.35, 0.75], [0.65, 0.75]];
    ModelInfo {
        name: "scripted",
        title: "Scripted",
        ages: AgeChoice::Years { youngest: 1.0, oldest: 85.0 },
        knows_gender: false,
        templates: vec![AlignmentTemplate { points }],
        view: agemirror_faces::face::dlib::CropWindow::WHOLE,
        side: 128,
        weights_hash: "0".repeat(64),
    }
}

struct Scripted {
    model: Model,
    info: ModelInfo,
    _alive: Option<Arc<()>>,
}

impl AgingModel for Scripted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encode(&self, _crop: &RgbImage) -> Result<EncodedFace, AgingError> {
        self.model.encoded.fetch_add(1, Ordering::SeqCst);
        Ok(EncodedFace(Box::new(())))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        _face: &EncodedFace,
        ages: &[f32],
        _gender: Gender,
    ) -> Result<Vec<AgedCrop>, AgingError> {
        std::thread::sleep(Duration::from_millis(self.model.milliseconds.load(Ordering::SeqCst)));
        if take_one(&self.model.panics) {
            panic!("the scripted model panics");
        }
        if take_one(&self.model.errors) {
            return Err(AgingError::Network(candle_core::Error::Msg("the scripted model fails".to_owned())));
        }
        self.model.decoded.fetch_add(ages.len(), Ordering::SeqCst);
        let (width, height) = crop.dimensions();
        let aged = |&age: &f32| AgedCrop {
            picture: RgbImage::from_pixel(width, height, Rgb([age as u8; 3])),
            mask: GrayImage::from_pixel(width, height, Luma([255])),
        };
        Ok(ages.iter().map(aged).collect())
    }

    fn current_age(&self, _face: &EncodedFace) -> Option<f32> {
        Some(40.0)
    }
}
