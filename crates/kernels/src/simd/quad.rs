//! Four floats that belong to one pixel: its colour channels, or any four values that are processed alike.
//!
//! Loops over rows vectorise by themselves when every value is read in order. Sampling a picture at computed
//! positions does not; with one vector per pixel it takes few instructions all the same.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Four floats; every x86-64 processor holds them in one register.
#[derive(Clone, Copy, Debug)]
pub struct Quad(Lanes);

#[cfg(target_arch = "x86_64")]
type Lanes = __m128;
#[cfg(not(target_arch = "x86_64"))]
type Lanes = [f32; 4];

#[cfg(target_arch = "x86_64")]
impl Quad {
    /// The four values.
    #[inline(always)]
    pub fn new(values: &[f32; 4]) -> Self {
        // SAFETY: every x86-64 processor has SSE2, and four floats are readable.
        Self(unsafe { _mm_loadu_ps(values.as_ptr()) })
    }

    /// The same value four times.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe { _mm_set1_ps(value) })
    }

    /// Four unsigned bytes, the lowest first.
    #[inline(always)]
    pub fn from_bytes(bytes: [u8; 4]) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        unsafe {
            let zero = _mm_setzero_si128();
            let words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(i32::from_le_bytes(bytes)), zero);
            Self(_mm_cvtepi32_ps(_mm_unpacklo_epi16(words, zero)))
        }
    }

    /// The values rounded to the nearest bytes.
    #[inline(always)]
    pub fn to_bytes(self) -> [u8; 4] {
        // SAFETY: every x86-64 processor has SSE2.
        unsafe {
            let whole = _mm_cvtps_epi32(self.0);
            let words = _mm_packs_epi32(whole, whole);
            _mm_cvtsi128_si32(_mm_packus_epi16(words, words)).to_le_bytes()
        }
    }

    /// The values.
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        let mut values = [0f32; 4];
        // SAFETY: every x86-64 processor has SSE2, and four floats are writable.
        unsafe { _mm_storeu_ps(values.as_mut_ptr(), self.0) };
        values
    }

    /// The integer parts of values in 0..2^31, and the fractions.
    #[inline(always)]
    pub fn split(self) -> ([i32; 4], Self) {
        let mut parts = [0i32; 4];
        // SAFETY: every x86-64 processor has SSE2, and 16 bytes are writable.
        let fractions = unsafe {
            let whole = _mm_cvttps_epi32(self.0);
            _mm_storeu_si128(parts.as_mut_ptr().cast(), whole);
            _mm_sub_ps(self.0, _mm_cvtepi32_ps(whole))
        };
        (parts, Self(fractions))
    }

    /// Lane `LANE` four times; `LANE` is below 4.
    #[inline(always)]
    pub fn lane<const LANE: usize>(self) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe {
            match LANE {
                0 => _mm_shuffle_ps::<0x00>(self.0, self.0),
                1 => _mm_shuffle_ps::<0x55>(self.0, self.0),
                2 => _mm_shuffle_ps::<0xaa>(self.0, self.0),
                _ => _mm_shuffle_ps::<0xff>(self.0, self.0),
            }
        })
    }

    /// The last two lanes, twice.
    #[inline(always)]
    pub fn last_two_twice(self) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe { _mm_movehl_ps(self.0, self.0) })
    }

    /// The sum of the four values.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        // SAFETY: every x86-64 processor has SSE2.
        unsafe {
            let pairs = _mm_add_ps(self.0, _mm_movehl_ps(self.0, self.0));
            _mm_cvtss_f32(_mm_add_ss(pairs, _mm_shuffle_ps::<1>(pairs, pairs)))
        }
    }

    /// The smaller value of each lane.
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe { _mm_min_ps(self.0, other.0) })
    }

    /// The larger value of each lane.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe { _mm_max_ps(self.0, other.0) })
    }
}

#[cfg(not(target_arch = "x86_64"))]
impl Quad {
    /// The four values.
    #[inline(always)]
    pub fn new(values: &[f32; 4]) -> Self {
        Self(*values)
    }

    /// The same value four times.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    /// Four unsigned bytes, the lowest first.
    #[inline(always)]
    pub fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes.map(f32::from))
    }

    /// The values rounded to the nearest bytes.
    #[inline(always)]
    pub fn to_bytes(self) -> [u8; 4] {
        self.0.map(|value| value.round_ties_even().clamp(0.0, 255.0) as u8)
    }

    /// The values.
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        self.0
    }

    /// The integer parts of values in 0..2^31, and the fractions.
    #[inline(always)]
    pub fn split(self) -> ([i32; 4], Self) {
        let parts = self.0.map(|value| value as i32);
        (parts, Self(std::array::from_fn(|i| self.0[i] - parts[i] as f32)))
    }

    /// Lane `LANE` four times; `LANE` is below 4.
    #[inline(always)]
    pub fn lane<const LANE: usize>(self) -> Self {
        Self([self.0[LANE]; 4])
    }

    /// The last two lanes, twice.
    #[inline(always)]
    pub fn last_two_twice(self) -> Self {
        Self([self.0[2], self.0[3], self.0[2], self.0[3]])
    }

    /// The sum of the four values.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        (self.0[0] + self.0[2]) + (self.0[1] + self.0[3])
    }

    /// The smaller value of each lane.
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].min(other.0[i])))
    }

    /// The larger value of each lane.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].max(other.0[i])))
    }
}

impl Quad {
    /// Interpolates from `self` (at `share` 0) to `other` (at 1).
    #[inline(always)]
    pub fn mix(self, other: Self, share: Self) -> Self {
        self + (other - self) * share
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $intrinsic:ident, $symbol:tt) => {
        impl std::ops::$trait for Quad {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: every x86-64 processor has SSE2.
                return Self(unsafe { $intrinsic(self.0, other.0) });
                #[cfg(not(target_arch = "x86_64"))]
                return Self(std::array::from_fn(|i| self.0[i] $symbol other.0[i]));
            }
        }
    };
}
operator!(Add, add, _mm_add_ps, +);
operator!(Sub, sub, _mm_sub_ps, -);
operator!(Mul, mul, _mm_mul_ps, *);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_processed_alike() {
        let (a, b) = (Quad::new(&[1.5, 2.0, 0.25, 300.0]), Quad::from_bytes([2, 255, 0, 7]));
        assert_eq!((a + b).to_array(), [3.5, 257.0, 0.25, 307.0]);
        assert_eq!((a - b).to_array(), [-0.5, -253.0, 0.25, 293.0]);
        assert_eq!((a * b).to_array(), [3.0, 510.0, 0.0, 2100.0]);
        assert_eq!(a.mix(b, Quad::splat(0.5)).to_array(), [1.75, 128.5, 0.125, 153.5]);
        assert_eq!(a.min(b).max(Quad::splat(1.0)).to_array(), [1.5, 2.0, 1.0, 7.0]);
        assert_eq!(a.sum(), 303.75);
        assert_eq!(a.lane::<2>().to_array(), [0.25; 4]);
        assert_eq!(a.last_two_twice().to_array(), [0.25, 300.0, 0.25, 300.0]);
        let (whole, fraction) = a.split();
        assert_eq!((whole, fraction.to_array()), ([1, 2, 0, 300], [0.5, 0.0, 0.25, 0.0]));
    }

    #[test]
    fn bytes_are_rounded_and_limited() {
        assert_eq!(Quad::new(&[-7.0, 1.4, 254.6, 1e6]).to_bytes(), [0, 1, 255, 255]);
    }
}
