//! Vectors of the widest instruction set the processor has, chosen at run time.

use std::sync::OnceLock;
#[cfg(test)]
use std::sync::atomic::{AtomicUsize, Ordering};

/// The instruction sets the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InstructionSet {
    /// 16 lanes, 32 registers.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 8 lanes with fused multiply-add, 16 registers.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What every processor of the target has.
    Baseline,
}

/// The set that a test forces, counted from 1 in [`available`]; zero is none.
#[cfg(test)]
static FORCED: AtomicUsize = AtomicUsize::new(0);

/// Runs `f` with each instruction set of this processor in turn, on all threads. Every set gives right
/// results, so tests beside this one do not mind; whatever packs data for a set must remember which.
#[cfg(test)]
pub(crate) fn on_every_set(f: impl Fn() -> candle_core::Result<()>) -> candle_core::Result<()> {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    for index in 0..available().len() {
        FORCED.store(index + 1, Ordering::SeqCst);
        let result = f();
        FORCED.store(0, Ordering::SeqCst);
        result.map_err(|error| error.context(format!("{:?}", available()[index])))?;
    }
    Ok(())
}

/// The instruction sets of this processor.
#[cfg(test)]
pub(super) fn available() -> Vec<InstructionSet> {
    let mut sets = vec![InstructionSet::Baseline];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            sets.push(InstructionSet::Avx2);
        }
        if is_x86_feature_detected!("avx512f") {
            sets.push(InstructionSet::Avx512);
        }
    }
    sets
}

/// The widest instruction set of this processor.
pub(super) fn instruction_set() -> InstructionSet {
    #[cfg(test)]
    if let Some(index) = FORCED.load(Ordering::SeqCst).checked_sub(1) {
        return available()[index];
    }
    static DETECTED: OnceLock<InstructionSet> = OnceLock::new();
    *DETECTED.get_or_init(detect)
}

#[cfg(target_arch = "x86_64")]
fn detect() -> InstructionSet {
    if is_x86_feature_detected!("avx512f") {
        InstructionSet::Avx512
    } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        InstructionSet::Avx2
    } else {
        InstructionSet::Baseline
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> InstructionSet {
    InstructionSet::Baseline
}

/// Compiles a function for every instruction set and calls that of the processor.
macro_rules! widest {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name($($arg: $type),*) $(-> $ret)? {
            #[inline(always)]
            fn portable($($arg: $type),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            fn avx512($($arg: $type),*) $(-> $ret)? {
                portable($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($arg: $type),*) $(-> $ret)? {
                portable($($arg),*)
            }

            match $crate::tensor::simd::instruction_set() {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the processor has AVX-512F.
                $crate::tensor::simd::InstructionSet::Avx512 => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the processor has AVX2 and FMA.
                $crate::tensor::simd::InstructionSet::Avx2 => unsafe { avx2($($arg),*) },
                $crate::tensor::simd::InstructionSet::Baseline => portable($($arg),*),
            }
        }
    };
}
pub(super) use widest;

/// A vector of `LANES` floats.
pub(super) trait Lanes: Copy {
    const LANES: usize;

    /// # Safety
    /// The processor must have the instruction set, and `LANES` floats must be readable at `from`.
    unsafe fn load(from: *const f32) -> Self;
    /// # Safety
    /// The processor must have the instruction set, and `LANES` floats must be writable at `to`.
    unsafe fn store(self, to: *mut f32);
    /// # Safety
    /// The processor must have the instruction set.
    unsafe fn splat(value: f32) -> Self;
    /// `self * factor + addend`.
    /// # Safety
    /// The processor must have the instruction set.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
}

#[derive(Clone, Copy)]
pub(super) struct Portable([f32; 4]);

impl Lanes for Portable {
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller vouches for four readable floats.
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller vouches for four writable floats.
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
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m512, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm512_fmadd_ps,
        _mm512_loadu_ps, _mm512_set1_ps, _mm512_storeu_ps,
    };

    use super::Lanes;

    macro_rules! lanes {
        ($vector:ty, $lanes:literal, $load:ident, $store:ident, $splat:ident, $mul_add:ident) => {
            impl Lanes for $vector {
                const LANES: usize = $lanes;

                #[inline(always)]
                unsafe fn load(from: *const f32) -> Self {
                    // SAFETY: passed on from the caller.
                    unsafe { $load(from) }
                }

                #[inline(always)]
                unsafe fn store(self, to: *mut f32) {
                    // SAFETY: passed on from the caller.
                    unsafe { $store(to, self) }
                }

                #[inline(always)]
                unsafe fn splat(value: f32) -> Self {
                    // SAFETY: passed on from the caller.
                    unsafe { $splat(value) }
                }

                #[inline(always)]
                unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
                    // SAFETY: passed on from the caller.
                    unsafe { $mul_add(self, factor, addend) }
                }
            }
        };
    }

    lanes!(__m512, 16, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_set1_ps, _mm512_fmadd_ps);
    lanes!(__m256, 8, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_fmadd_ps);
}
