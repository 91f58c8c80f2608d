//! The two networks that read the tiles.

use std::sync::Arc;

use candle_core::{Device, Result};
use image::RgbImage;

use crate::app::state::readings::{FaceReadings, Reading, Readings};
use crate::pipeline::{AgedFace, Tile, TileSet};
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::face::{FivePoints, Similarity};
use agemirror_faces::judges::age_estimator::AgeEstimator;
use agemirror_faces::judges::{AgeJudge, Cut, DlibIdentity, IdentityJudge, distance};

/// The age estimator and the face recogniser.
pub(crate) struct Judges {
    age: Box<dyn AgeJudge>,
    identity: Box<dyn IdentityJudge>,
}

impl Judges {
    /// The bundled networks.
    ///
    /// # Errors
    /// When their weights are damaged.
    pub(crate) fn bundled() -> Result<Self> {
        Ok(Self {
            age: Box::new(AgeEstimator::bundled(&Device::Cpu)?),
            identity: Box::new(DlibIdentity::bundled(&Device::Cpu)?),
        })
    }

    /// Reads every tile of `set`. Pictures that are in the `previous` set too are not read again.
    ///
    /// # Errors
    /// When a network fails.
    pub(crate) fn read(&self, set: &TileSet, previous: Option<(&TileSet, &Readings)>) -> Result<Readings> {
        let read = |face: &AgedFace| {
            let previous = previous.and_then(|(set, readings)| {
                let index = set.faces.iter().position(|old| Arc::ptr_eq(&old.crop, &face.crop))?;
                Some((set.faces.get(index)?, readings.faces.get(index)?))
            });
            self.read_face(face, &set.model, previous)
        };
        let faces = set.faces.iter().map(read).collect::<Result<_>>()?;
        Ok(Readings { model: set.model.name, captured: set.frame.captured, faces })
    }

    fn read_face(
        &self,
        face: &AgedFace,
        model: &ModelInfo,
        previous: Option<(&AgedFace, &FaceReadings)>,
    ) -> Result<FaceReadings> {
        let known = |tile: &Tile| {
            let (old, known) = previous?;
            let index = old.tiles.iter().position(|old| Arc::ptr_eq(&old.picture, &tile.picture))?;
            known.tiles.get(index).map(|(_, reading)| *reading)
        };
        let known: Vec<Option<Reading>> = face.tiles.iter().map(known).collect();
        let new = face.tiles.iter().zip(&known).filter(|(_, known)| known.is_none());
        let pictures: Vec<&RgbImage> =
            std::iter::once(&*face.crop).chain(new.map(|(tile, _)| &*tile.picture)).collect();
        let (input, mut readings) = self.read_pictures(&pictures, &points_in_crop(face, model))?;
        let mut tiles = Vec::with_capacity(face.tiles.len());
        for (tile, known) in face.tiles.iter().zip(known) {
            tiles.extend(known.or_else(|| readings.next()).map(|reading| (tile.age, reading)));
        }
        Ok(FaceReadings { face: face.face.id, input, tiles })
    }

    /// The age in the first of `pictures`, and the readings of the others compared with it.
    fn read_pictures(
        &self,
        pictures: &[&RgbImage],
        points: &FivePoints,
    ) -> Result<(f32, impl Iterator<Item = Reading> + use<>)> {
        let cut = |cut: Cut| pictures.iter().map(|picture| cut.crop(picture, points)).collect::<Vec<_>>();
        let mut ages = self.age.read(&cut(self.age.cut()))?.into_iter();
        let mut embeddings = self.identity.embed(&cut(self.identity.cut()))?.into_iter();
        let (Some(input), Some(person)) = (ages.next(), embeddings.next()) else {
            candle_core::bail!("the networks returned no reading of the input");
        };
        let threshold = self.identity.usual_threshold().unwrap_or(1.0);
        let same = move |other: &[f32]| (1.0 - distance(&person, other) / (2.0 * threshold)).max(0.0);
        Ok((input, ages.zip(embeddings).map(move |(age, other)| Reading { age, same: same(&other) })))
    }
}

/// The landmarks in the crop of `face` and in its tiles, in pixels. A network that needs more than the crop
/// sees its edge repeated, in the input and in the tiles alike.
fn points_in_crop(face: &AgedFace, model: &ModelInfo) -> FivePoints {
    let points = &face.face.points;
    let view = model.view;
    let whole = face.crop.width() as f32 / view.width();
    let to_crop = Similarity::from_points_to_nearest(points, &model.templates, whole.round() as u32);
    points.map(|point| {
        let [x, y] = to_crop.apply(point);
        [x - view.left * whole, y - view.top * whole]
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use super::*;
    use crate::app::state::readings::MAX_READING_AGE;
    use agemirror_faces::aging::{AgeChoice, ModelInfo};
    use agemirror_faces::face::dlib::IdentityNetwork;
    use agemirror_faces::face::testing::{ASTRONAUT_POINTS, astronaut};
    use agemirror_faces::face::{FaceBox, TrackedFace, align};
    use agemirror_pictures::Frame;

    /// Reads the red of the middle pixel as the age, and counts the crops.
    struct Red(Arc<AtomicUsize>);

    const CUT: Cut = Cut { template: IdentityNetwork::TEMPLATE, side: 64 };

    fn red(crop: &RgbImage) -> f32 {
        f32::from(crop.get_pixel(32, 32).0[0])
    }

    impl AgeJudge for Red {
        fn name(&self) -> &'static str {
            "red"
        }

        fn about(&self) -> &'static str {
            "the red of the middle pixel"
        }

        fn is_used_in_training(&self) -> bool {
            false
        }

        fn cut(&self) -> Cut {
            CUT
        }

        fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
            self.0.fetch_add(crops.len(), Ordering::Relaxed);
            Ok(crops.iter().map(red).collect())
        }
    }

    impl IdentityJudge for Red {
        fn name(&self) -> &'static str {
            "red"
        }

        fn about(&self) -> &'static str {
            "an angle that grows with the red of the middle pixel"
        }

        fn cut(&self) -> Cut {
            CUT
        }

        fn usual_threshold(&self) -> Option<f32> {
            None
        }

        fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
            let angle = |crop: &RgbImage| red(crop).to_radians();
            Ok(crops.iter().map(|crop| vec![angle(crop).cos(), angle(crop).sin()]).collect())
        }
    }

    fn picture(red: u8) -> Arc<RgbImage> {
        Arc::new(RgbImage::from_pixel(128, 128, image::Rgb([red, 0, 0])))
    }

    fn set(reds: &[(f32, u8)], captured: Instant) -> TileSet {
        let tile =
            |&(age, red): &(f32, u8)| Tile { age, picture: picture(red), captured, finished: captured };
        let template = IdentityNetwork::TEMPLATE;
        let points = template.points.map(|[x, y]| [300.0 * x + 40.0, 300.0 * y + 10.0]);
        let bounds = FaceBox { x: 0.0, y: 0.0, width: 1.0, height: 1.0, score: 1.0 };
        let face = AgedFace {
            face: TrackedFace { id: 7, bounds, points, mesh: Vec::new(), yaw: 0.0 },
            crop: picture(30),
            edge: None,
            current_age: None,
            tiles: reds.iter().map(tile).collect(),
        };
        let model = ModelInfo {
            name: "mirror",
            title: "Mirror",
            ages: AgeChoice::Years { youngest: 1.0, oldest: 85.0 },
            knows_gender: false,
            templates: vec![template],
            view: agemirror_faces::face::dlib::CropWindow::WHOLE,
            side: 128,
            weights_hash: String::new(),
        };
        let frame = Frame { picture: picture(0), captured, number: 1, mirrored: false };
        let ages = reds.iter().map(|(age, _)| *age).collect();
        TileSet { frame, ages, faces: vec![face], whole: Vec::new(), model, progress: None }
    }

    fn judges() -> (Judges, Arc<AtomicUsize>) {
        let shown = Arc::<AtomicUsize>::default();
        let red = || Box::new(Red(Arc::clone(&shown)));
        (Judges { age: red(), identity: red() }, shown)
    }

    #[test]
    fn every_tile_is_compared_with_the_input() {
        let (judges, _) = judges();
        let set = set(&[(20.0, 30), (80.0, 90)], Instant::now());
        let readings = judges.read(&set, None).unwrap();
        let face = readings.of(&set, 7).unwrap();
        assert_eq!(face.input, 30.0);
        assert_eq!(face.at(20.0), Some(Reading { age: 30.0, same: 1.0 }));
        let old = face.at(80.0).unwrap();
        assert!(
            old.age == 90.0 && (old.same - 0.5).abs() < 1e-5,
            "sixty degrees are a distance of one: {old:?}"
        );
        assert_eq!((face.at(50.0), readings.of(&set, 8)), (None, None));
    }

    #[test]
    fn a_known_picture_is_not_read_again() {
        let (judges, crops_read) = judges();
        let first = set(&[(20.0, 30)], Instant::now());
        let readings = judges.read(&first, None).unwrap();
        assert_eq!(crops_read.load(Ordering::Relaxed), 2);
        let mut more = first.clone();
        more.faces[0]
            .tiles
            .insert(0, Tile { age: 10.0, picture: picture(60), ..first.faces[0].tiles[0].clone() });
        let readings = judges.read(&more, Some((&first, &readings))).unwrap();
        assert_eq!(crops_read.load(Ordering::Relaxed), 4, "the input and the new tile");
        let ages: Vec<_> =
            readings.faces[0].tiles.iter().map(|(asked, reading)| (*asked, reading.age)).collect();
        assert_eq!(ages, [(10.0, 60.0), (20.0, 30.0)]);
    }

    #[test]
    fn old_readings_and_those_of_another_model_are_invalid() {
        let (judges, _) = judges();
        let first = set(&[(20.0, 30)], Instant::now());
        let readings = judges.read(&first, None).unwrap();
        assert!(readings.of(&first, 7).is_some());
        let mut later = first.clone();
        later.frame.captured += MAX_READING_AGE + Duration::from_millis(1);
        assert!(readings.of(&later, 7).is_none());
        let mut other = first.clone();
        other.model.name = "caae";
        assert!(readings.of(&other, 7).is_none());
    }

    /// The bundled networks on the bundled portrait: it matches itself, a red square does not match, and the
    /// age is an adult's.
    #[test]
    fn the_bundled_networks_recognise_a_face() {
        let fit = Similarity::from_points(&ASTRONAUT_POINTS, &IdentityNetwork::TEMPLATE, 160);
        let crop = Arc::new(align(&astronaut(), &fit, 160));
        let mut portrait = set(&[(1.0, 90), (2.0, 90)], Instant::now());
        let face = &mut portrait.faces[0];
        face.face.points = ASTRONAUT_POINTS;
        face.tiles[0].picture = Arc::clone(&crop);
        face.crop = crop;
        let readings = Judges::bundled().unwrap().read(&portrait, None).unwrap();
        let face = &readings.faces[0];
        let (same, square) = (face.at(1.0).unwrap(), face.at(2.0).unwrap());
        assert!(same.same > 0.999 && (same.age - face.input).abs() < 1e-3, "{same:?} {face:?}");
        assert!(square.same < 0.5, "{square:?}");
        assert!((15.0..60.0).contains(&face.input), "{}", face.input);
    }
}
