//! The soft masks of a head's regions.

/// A region of a head crop; its value is the index of its plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Region {
    /// Everything behind and around the head, including clothes.
    Background = 0,
    /// Skin of the face, including the nose.
    Skin,
    /// Neck and ears, and what is worn on them.
    Neck,
    /// Hair of the head.
    Hair,
    /// Beard, moustache and stubble.
    Beard,
    /// Both brows.
    Brows,
    /// Both eyes, without the lids.
    Eyes,
    /// Lips and mouth.
    Lips,
    /// Glasses: frames and lenses.
    Glasses,
    /// Hats, caps, scarves worn on the head.
    Hat,
    /// Objects in front of the head: hands, microphones, scarves.
    Front,
}

/// Number of regions.
pub const REGIONS: usize = 11;

impl Region {
    /// All regions, in the order of their planes.
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

    /// Index of its plane.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Name in tables: lower case, one word.
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

/// One soft mask per region over a square head crop. At every pixel they add up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionMasks {
    side: usize,
    /// Planes of [`Region::ALL`], each `side * side` values in 0..=1, row by row.
    planes: Vec<f32>,
}

impl RegionMasks {
    /// Builds masks of `side` pixels from concatenated planes in the order of [`Region::ALL`]; `None` if
    /// there are not `REGIONS * side * side` values.
    pub fn from_planes(side: usize, planes: Vec<f32>) -> Option<Self> {
        (planes.len() == REGIONS * side * side).then_some(Self { side, planes })
    }

    /// Side of each mask, in pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Mask of one region: `side * side` values in 0..=1, row by row.
    pub fn plane(&self, region: Region) -> &[f32] {
        let size = self.side * self.side;
        &self.planes[region.index() * size..][..size]
    }

    /// Sum of the masks of several regions.
    pub fn sum(&self, regions: &[Region]) -> Vec<f32> {
        let mut sum = vec![0f32; self.side * self.side];
        for region in regions {
            sum.iter_mut().zip(self.plane(*region)).for_each(|(sum, value)| *sum += value);
        }
        sum
    }

    /// Most likely region of every pixel, row by row.
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

    /// All planes, concatenated in the order of [`Region::ALL`].
    pub fn planes(&self) -> &[f32] {
        &self.planes
    }

    /// All planes, mutable.
    pub(super) fn planes_mut(&mut self) -> &mut [f32] {
        &mut self.planes
    }
}
