//! The division of an output into tiles and groups of tiles.

/// The division of the output into groups. In narrow maps several rows of tiles share a group.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub(super) images: usize,
    pub(super) output: [usize; 2],
    /// Rows of tiles that share a group.
    pub(super) parts: usize,
    /// Columns of the picture per part.
    pub(super) width: usize,
    /// Parts across and down the picture.
    across: usize,
    down: usize,
}

impl Grid {
    pub(super) fn new(images: usize, output: [usize; 2], lanes: usize) -> Self {
        let mut parts = 1;
        while lanes / (2 * parts) >= 4 && output[1] <= lanes / (2 * parts) {
            parts *= 2;
        }
        let width = lanes / parts;
        Self { images, output, parts, width, across: output[1].div_ceil(width), down: output[0].div_ceil(4) }
    }

    pub(super) fn groups(&self) -> usize {
        (self.images * self.down * self.across).div_ceil(self.parts)
    }

    /// Image, row and column where part `part` of group `group` starts, if it exists.
    #[inline(always)]
    pub(super) fn locate(&self, group: usize, part: usize) -> Option<[usize; 3]> {
        let index = group * self.parts + part;
        let (image, rest) = (index / (self.down * self.across), index % (self.down * self.across));
        let position = [image, rest / self.across * 4, rest % self.across * self.width];
        (image < self.images).then_some(position)
    }
}
