//! The vectors of each instruction set.

use super::Lanes;

/// Four floats; the compiler maps them to the processor's vectors.
#[derive(Clone, Copy)]
pub(crate) struct Portable([f32; 4]);

impl Lanes for Portable {
    const LANES: usize = 4;
    type Mask = [bool; 4];

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller guarantees four readable floats.
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller guarantees four writable floats.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * factor.0[i] + addend.0[i]))
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] - other.0[i]))
    }

    #[inline(always)]
    unsafe fn leaky(self, slope: Self) -> Self {
        Self(std::array::from_fn(|i| if self.0[i] > 0.0 { self.0[i] } else { self.0[i] * slope.0[i] }))
    }

    #[inline(always)]
    unsafe fn mask(from: isize, to: isize) -> Self::Mask {
        std::array::from_fn(|i| (from..to).contains(&(i as isize)))
    }

    #[inline(always)]
    unsafe fn load_masked(from: *const f32, mask: Self::Mask) -> Self {
        // SAFETY: only lanes in the mask are read.
        Self(std::array::from_fn(|i| if mask[i] { unsafe { from.wrapping_add(i).read() } } else { 0.0 }))
    }

    #[inline(always)]
    unsafe fn store_masked(self, to: *mut f32, mask: Self::Mask) {
        for (i, value) in self.0.into_iter().enumerate().filter(|(i, _)| mask[*i]) {
            // SAFETY: only lanes in the mask are written.
            unsafe { to.wrapping_add(i).write(value) }
        }
    }

    #[inline(always)]
    unsafe fn transpose4(v: [Self; 4]) -> [Self; 4] {
        std::array::from_fn(|i| Self(std::array::from_fn(|k| v[k].0[i])))
    }

    #[inline(always)]
    unsafe fn deinterleave(self, next: Self) -> (Self, Self) {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, next.0);
        (Self([a, c, e, g]), Self([b, d, f, h]))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Lanes;

    macro_rules! lanes {
        (
            $vector:ty, $lanes:literal, $mask:ty, $make_mask:expr, $load_masked:expr, $store_masked:expr,
            $deinterleave:expr, $unpack_low:ident, $unpack_high:ident, $shuffle:ident,
            $load:ident, $store:ident, $splat:ident, $mul_add:ident, $add:ident, $sub:ident, $mul:ident, $max:ident
        ) => {
            impl Lanes for $vector {
                const LANES: usize = $lanes;
                type Mask = $mask;

                #[inline(always)]
                unsafe fn load(from: *const f32) -> Self {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $load(from) }
                }

                #[inline(always)]
                unsafe fn store(self, to: *mut f32) {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $store(to, self) }
                }

                #[inline(always)]
                unsafe fn splat(value: f32) -> Self {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $splat(value) }
                }

                #[inline(always)]
                unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $mul_add(self, factor, addend) }
                }

                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $add(self, other) }
                }

                #[inline(always)]
                unsafe fn sub(self, other: Self) -> Self {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $sub(self, other) }
                }

                #[inline(always)]
                unsafe fn leaky(self, slope: Self) -> Self {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $max($mul(self, slope), self) }
                }

                #[inline(always)]
                unsafe fn mask(from: isize, to: isize) -> Self::Mask {
                    let (from, to) = (from.clamp(0, $lanes), to.clamp(0, $lanes));
                    // SAFETY: the caller upholds the contract.
                    unsafe { $make_mask(from, to) }
                }

                #[inline(always)]
                unsafe fn load_masked(from: *const f32, mask: Self::Mask) -> Self {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $load_masked(mask, from) }
                }

                #[inline(always)]
                unsafe fn store_masked(self, to: *mut f32, mask: Self::Mask) {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $store_masked(to, mask, self) }
                }

                #[inline(always)]
                unsafe fn transpose4(v: [Self; 4]) -> [Self; 4] {
                    // SAFETY: the caller upholds the contract.
                    unsafe {
                        let (a, b) = ($unpack_low(v[0], v[1]), $unpack_high(v[0], v[1]));
                        let (c, d) = ($unpack_low(v[2], v[3]), $unpack_high(v[2], v[3]));
                        [
                            $shuffle::<0x44>(a, c),
                            $shuffle::<0xee>(a, c),
                            $shuffle::<0x44>(b, d),
                            $shuffle::<0xee>(b, d),
                        ]
                    }
                }

                #[inline(always)]
                unsafe fn deinterleave(self, next: Self) -> (Self, Self) {
                    // SAFETY: the caller upholds the contract.
                    unsafe { $deinterleave(self, next) }
                }
            }
        };
    }

    lanes!(
        __m512,
        16,
        __mmask16,
        |from: isize, to: isize| _cvtu32_mask16((((1u32 << to) - 1) >> from) << from),
        |mask, from| _mm512_maskz_loadu_ps(mask, from),
        |to, mask, value| _mm512_mask_storeu_ps(to, mask, value),
        |a, b| {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            (_mm512_permutex2var_ps(a, even, b), _mm512_permutex2var_ps(a, odd, b))
        },
        _mm512_unpacklo_ps,
        _mm512_unpackhi_ps,
        _mm512_shuffle_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_set1_ps,
        _mm512_fmadd_ps,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_max_ps
    );
    lanes!(
        __m256,
        8,
        __m256i,
        |from: isize, to: isize| {
            let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            let above = _mm256_cmpgt_epi32(lane, _mm256_set1_epi32(from as i32 - 1));
            _mm256_and_si256(above, _mm256_cmpgt_epi32(_mm256_set1_epi32(to as i32), lane))
        },
        |mask, from| _mm256_maskload_ps(from, mask),
        |to, mask, value| _mm256_maskstore_ps(to, mask, value),
        |a, b| {
            // Pairs of lanes of both vectors alternate after the shuffle.
            let in_order = |v: __m256| _mm256_castpd_ps(_mm256_permute4x64_pd::<0xd8>(_mm256_castps_pd(v)));
            (in_order(_mm256_shuffle_ps::<0x88>(a, b)), in_order(_mm256_shuffle_ps::<0xdd>(a, b)))
        },
        _mm256_unpacklo_ps,
        _mm256_unpackhi_ps,
        _mm256_shuffle_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_set1_ps,
        _mm256_fmadd_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_max_ps
    );
}
