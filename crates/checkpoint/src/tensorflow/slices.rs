//! Shapes, and the slices of partitioned tensors.

use super::proto::{Fields, malformed};
use crate::Defect;

/// Largest number of dimensions, more than any network uses; a longer list means damage.
const MAX_RANK: usize = 32;
/// Largest number of slices, more than any partitioner makes; they are compared pairwise.
const MAX_PARTS: usize = 1024;

/// The extent of a slice along one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Part { start: u64, length: u64 },
}

/// A slice as the file describes it: one extent per dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TensorSlice {
    pub extents: Vec<Extent>,
}

impl TensorSlice {
    /// Parses a `TensorSliceProto`.
    pub(super) fn parse(message: &[u8]) -> Result<Self, Defect> {
        let mut extents = Vec::new();
        for field in Fields::of(message) {
            if let (1, value) = field? {
                extents.push(parse_extent(value.bytes()?)?);
            }
            check_rank(extents.len())?;
        }
        Ok(Self { extents })
    }

    /// The region of the slice in a tensor of shape `shape`.
    pub(super) fn region(&self, shape: &[usize]) -> Result<Region, Defect> {
        if self.extents.len() != shape.len() {
            return Err(malformed("a slice and its tensor differ in rank"));
        }
        let (mut starts, mut lengths) = (Vec::new(), Vec::new());
        for (extent, &size) in self.extents.iter().zip(shape) {
            let (start, length) = match *extent {
                Extent::Whole => (0, size as u64),
                Extent::Part { start, length } => (start, length),
            };
            if start.checked_add(length).is_none_or(|end| end > size as u64) {
                return Err(malformed("a slice extends beyond its tensor"));
            }
            starts.push(start as usize);
            lengths.push(length as usize);
        }
        Ok(Region { starts, lengths })
    }
}

fn parse_extent(message: &[u8]) -> Result<Extent, Defect> {
    let (mut start, mut length) = (0, None);
    for field in Fields::of(message) {
        match field? {
            (1, value) => start = value.number()?,
            (2, value) => length = Some(value.number()?),
            _ => {}
        }
    }
    let signed = i64::MAX as u64;
    match length {
        _ if start > signed => Err(malformed("a slice starts before its tensor")),
        Some(length) if length <= signed => Ok(Extent::Part { start, length }),
        None if start == 0 => Ok(Extent::Whole),
        _ => Err(malformed("a slice has no length")),
    }
}

/// A block of a tensor's elements: first index and length along each dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub starts: Vec<usize>,
    pub lengths: Vec<usize>,
}

impl Region {
    /// The region of a tensor that is not partitioned.
    pub(super) fn whole(shape: &[usize]) -> Self {
        Self { starts: vec![0; shape.len()], lengths: shape.to_vec() }
    }

    /// Number of elements. The region lies inside a tensor whose element count was checked, so the product
    /// cannot overflow.
    pub(super) fn elements(&self) -> usize {
        self.lengths.iter().product()
    }

    fn overlaps(&self, other: &Self) -> bool {
        let ends = |region: &Self, i: usize| region.starts[i] + region.lengths[i];
        self.elements() > 0
            && other.elements() > 0
            && (0..self.starts.len())
                .all(|i| self.starts[i] < ends(other, i) && other.starts[i] < ends(self, i))
    }

    /// Copies the elements `part` of this region to `whole`, a tensor of shape `shape`.
    pub(super) fn scatter<T: Copy>(&self, part: &[T], whole: &mut [T], shape: &[usize]) {
        let row = self.lengths.last().copied().unwrap_or(1).max(1);
        let mut index = vec![0; self.lengths.len()];
        for values in part.chunks_exact(row) {
            let start = (0..shape.len()).fold(0, |start, i| start * shape[i] + self.starts[i] + index[i]);
            whole[start..start + row].copy_from_slice(values);
            self.advance(&mut index);
        }
    }

    /// Advances to the next row: the last dimension is copied whole, the others count like an odometer.
    fn advance(&self, index: &mut [usize]) {
        for i in (0..index.len().saturating_sub(1)).rev() {
            index[i] += 1;
            if index[i] < self.lengths[i] {
                return;
            }
            index[i] = 0;
        }
    }
}

/// Checks that `regions` cover every element of a tensor of `shape` exactly once.
pub(super) fn check_cover(regions: &[Region], shape: &[usize]) -> Result<(), Defect> {
    check_parts(regions.len())?;
    let overlap = regions.iter().enumerate().any(|(i, a)| regions[..i].iter().any(|b| a.overlaps(b)));
    let sum = regions.iter().try_fold(0usize, |sum, region| sum.checked_add(region.elements()));
    if overlap || sum != Some(shape.iter().product()) {
        return Err(malformed("the slices of a tensor do not fill it exactly"));
    }
    Ok(())
}

/// Rejects a tensor with too many slices.
pub(super) fn check_parts(count: usize) -> Result<(), Defect> {
    if count > MAX_PARTS {
        return Err(Defect::Unsupported(format!("a tensor cut into more than {MAX_PARTS} slices")));
    }
    Ok(())
}

/// Parses a `TensorShapeProto`; its element count, and every product of its dimensions, fits an `i64`.
pub(super) fn parse_shape(message: &[u8]) -> Result<Vec<usize>, Defect> {
    let mut shape = Vec::new();
    for field in Fields::of(message) {
        match field? {
            (2, value) => shape.push(parse_dimension(value.bytes()?)?),
            (3, value) if value.number()? != 0 => return Err(malformed("a shape of unknown rank")),
            _ => {}
        }
        check_rank(shape.len())?;
    }
    let product = shape.iter().try_fold(1u64, |count, &size: &usize| count.checked_mul(size.max(1) as u64));
    if product.is_none_or(|count| count > i64::MAX as u64 / 8) {
        return Err(malformed(format!("a tensor of the impossible shape {shape:?}")));
    }
    Ok(shape)
}

fn parse_dimension(message: &[u8]) -> Result<usize, Defect> {
    let mut size = 0;
    for field in Fields::of(message) {
        if let (1, value) = field? {
            size = value.number()?;
        }
    }
    usize::try_from(size)
        .ok()
        .filter(|&size| size <= isize::MAX as usize)
        .ok_or_else(|| malformed(format!("a dimension of the impossible size {}", size as i64)))
}

fn check_rank(rank: usize) -> Result<(), Defect> {
    if rank > MAX_RANK {
        return Err(malformed(format!("more than {MAX_RANK} dimensions")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(start: u64, length: u64) -> Extent {
        Extent::Part { start, length }
    }

    #[test]
    fn slices_are_copied_to_their_regions() {
        let shape = [3, 4];
        let mut whole = [0; 12];
        let slice = TensorSlice { extents: vec![part(1, 2), part(2, 2)] };
        slice.region(&shape).unwrap().scatter(&[1, 2, 3, 4], &mut whole, &shape);
        assert_eq!(whole, [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4]);
        let slice = TensorSlice { extents: vec![part(0, 1), Extent::Whole] };
        slice.region(&shape).unwrap().scatter(&[5, 6, 7, 8], &mut whole, &shape);
        assert_eq!(whole[..4], [5, 6, 7, 8]);
        let mut scalar = [0];
        Region::whole(&[]).scatter(&[9], &mut scalar, &[]);
        assert_eq!(scalar, [9]);
    }

    #[test]
    fn regions_must_fill_the_tensor_exactly() {
        let shape = [2, 6];
        let region = |start, length| {
            TensorSlice { extents: vec![Extent::Whole, part(start, length)] }.region(&shape).unwrap()
        };
        assert!(check_cover(&[region(0, 2), region(2, 4)], &shape).is_ok());
        assert!(check_cover(&[region(0, 2), region(3, 3)], &shape).is_err());
        assert!(check_cover(&[region(0, 3), region(2, 3)], &shape).is_err());
        assert!(check_cover(&[], &shape).is_err());
        let beyond = TensorSlice { extents: vec![part(1, u64::MAX), Extent::Whole] };
        assert!(matches!(beyond.region(&shape), Err(Defect::Malformed(_))));
    }

    #[test]
    fn impossible_shapes_are_refused() {
        assert_eq!(parse_shape(&[0x12, 2, 8, 5, 0x12, 0]).unwrap(), [5, 0]);
        let huge = [0x12, 10, 8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40];
        assert!(matches!(parse_shape(&huge), Err(Defect::Malformed(_))));
        let both = [huge.as_slice(), &[0x12, 0]].concat();
        assert!(matches!(parse_shape(&both), Err(Defect::Malformed(_))));
        let unknown = [0x12, 11, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert!(matches!(parse_shape(&unknown), Err(Defect::Malformed(_))));
        assert!(matches!(parse_shape(&[0x12, 0].repeat(33)), Err(Defect::Malformed(_))));
    }
}
