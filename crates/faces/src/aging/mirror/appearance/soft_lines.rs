//! A person's lines, as blurred as the face.

use std::sync::Arc;

use super::atlas::ATLAS_PLANES;
use super::plane::Plane;

/// A person's lines blurred like the face, per pixel of the atlas.
pub(super) type SoftLines = Vec<[f32; ATLAS_PLANES]>;

/// Number of blurs that a [`LineCache`] keeps.
const KEPT_BLURS: usize = 3;

/// The blurred lines of one person. The blur of a face hardly changes between two frames.
#[derive(Clone, Default)]
pub(super) struct LineCache {
    known: Vec<(usize, Arc<SoftLines>)>,
}

impl LineCache {
    /// The person's `lines` with a blur of `radius`, as [`blur_radius`](super::plane::blur_radius) gives it.
    pub(super) fn get(&mut self, lines: &[Plane; ATLAS_PLANES], radius: usize) -> Arc<SoftLines> {
        if let Some((_, lines)) = self.known.iter().find(|(known, _)| *known == radius) {
            return Arc::clone(lines);
        }
        let [lines, pores] = lines.each_ref().map(|plane| plane.box_blurred(radius));
        let pixels = lines.values.into_iter().zip(pores.values);
        let lines: Arc<SoftLines> = Arc::new(pixels.map(|(lines, pores)| [lines, pores]).collect());
        self.known.truncate(KEPT_BLURS - 1);
        self.known.insert(0, (radius, Arc::clone(&lines)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::atlas::ATLAS_SIDE;
    use super::*;

    #[test]
    fn blurred_lines_are_kept_for_the_next_frame() {
        let mut values = vec![0.0; ATLAS_SIDE * ATLAS_SIDE];
        values[ATLAS_SIDE * 100 + 100] = 1.0;
        let plane = Plane::new(ATLAS_SIDE, values);
        let mut lines = [plane.clone(), plane];
        let mut cache = LineCache::default();
        let sharp = cache.get(&lines, 0);
        assert_eq!(sharp[ATLAS_SIDE * 100 + 100], [1.0; 2]);
        let soft = cache.get(&lines, 1);
        assert!(soft[ATLAS_SIDE * 100 + 100][0] < 0.5);
        assert!(Arc::ptr_eq(&sharp, &cache.get(&lines, 0)));
        lines = [(); 2].map(|()| Plane::new(ATLAS_SIDE, vec![0.0; ATLAS_SIDE * ATLAS_SIDE]));
        assert!(Arc::ptr_eq(&soft, &cache.get(&lines, 1)));
    }
}
