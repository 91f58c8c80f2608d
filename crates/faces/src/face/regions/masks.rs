//! The soft masks of a head's regions.

/// A region of a head crop; its value is the index of its plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Region {
    /// Everything behind and beside the head, with the clothes.
    Background = 0,
    /// The face's skin with the nose.
    Skin,
    /// Neck and ears, with what is worn on them.
    Neck,
    /// The hair of the head.
    Hair,
    /// Beard, moustache and stubble.
    Beard,
    /// Both brows.
    Brows,
    /// Both eyes, without the lids.
    Eyes,
    /// Lips and what lies between them.
    Lips,
    /// Glasses: frames and lenses.
    Glasses,
    /// Hats, caps, scarves worn on the head.
    Hat,
    /// What is held in front of the head: hands, microphones, scarves.
    Front,
}

/// The number of regions.
pub const REGIONS: usize = 11;

impl Region {
    /// All regions in the order of their planes.
    pub const ALL: [Self; REGIONS] = [
        Self::Background,
        Self::Skin,
        Self::Neck,
        Self::Hair,
        Self::Beard,
        Self::Brows,
        Self::Eyes,
        Self::Lips,
        Self::Glasses,
        Self::Hat,
        Self::Front,
    ];

    /// The index of its plane.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Its name in tables: lower case, one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Skin => "skin",
            Self::Neck => "neck",
            Self::Hair => "hair",
            Self::Beard => "beard",
            Self::Brows => "brows",
            Self::Eyes => "eyes",
            Self::Lips => "lips",
            Self::Glasses => "glasses",
            Self::Hat => "hat",
            Self::Front => "front",
        }
    }
}

/// One soft mask for each region, over a square head crop. At every pixel they add up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionMasks {
    side: usize,
    /// The planes of [`Region::ALL`], each `side * side` values in 0..=1, row by row.
    planes: Vec<f32>,
}

impl RegionMasks {
    /// Masks of `side` pixels from their planes, one after the other in the order of [`Region::ALL`]; `None` where
    /// their number of values is not `REGIONS * side * side`.
    pub fn from_planes(side: usize, planes: Vec<f32>) -> Option<Self> {
        (planes.len() == REGIONS * side * side).then_some(Self { side, planes })
    }

    /// The side of each mask in pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The mask of one region: `side * side` values in 0..=1, row by row.
    pub fn plane(&self, region: Region) -> &[f32] {
        let size = self.side * self.side;
        &self.planes[region.index() * size..][..size]
    }

    /// The sum of the masks of several regions.
    pub fn sum(&self, regions: &[Region]) -> Vec<f32> {
        let mut sum = vec![0f32; self.side * self.side];
        for region in regions {
            sum.iter_mut().zip(self.plane(*region)).for_each(|(sum, value)| *sum += value);
        }
        sum
    }

    /// The most likely region of every pixel, row by row.
    pub fn most_likely(&self) -> Vec<Region> {
        let likelier = |pixel: usize| {
            let mut best = Region::Background;
            for region in Region::ALL {
                if self.plane(region)[pixel] > self.plane(best)[pixel] {
                    best = region;
                }
            }
            best
        };
        (0..self.side * self.side).map(likelier).collect()
    }

    /// All planes, one after the other in the order of [`Region::ALL`].
    pub fn planes(&self) -> &[f32] {
        &self.planes
    }

    /// All planes, to be changed in place.
    pub(super) fn planes_mut(&mut self) -> &mut [f32] {
        &mut self.planes
    }
}
