//! Vectors of the widest instruction set of the processor, chosen at run time.

pub(crate) mod lanes;
pub(crate) mod planes;
mod quad;
pub(crate) mod scratch;
pub(crate) mod sums;
pub(crate) mod threads;

pub use quad::Quad;

use std::sync::OnceLock;
#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::{AtomicUsize, Ordering};

/// The instruction sets that the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// 16 lanes, 32 registers; with its extensions for bytes and short vectors.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 8 lanes with fused multiply-add, 16 registers.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// The instruction set that every processor of the target has.
    Baseline,
}

/// The instruction set that a test forces, as a 1-based index into [`available_sets`]; zero for none.
#[cfg(any(test, feature = "testing"))]
static FORCED: AtomicUsize = AtomicUsize::new(0);

/// Write-locked while an instruction set is forced, read-locked by tests that compare results bit for bit.
#[cfg(any(test, feature = "testing"))]
static FORCING: std::sync::RwLock<()> = std::sync::RwLock::new(());

/// Until the returned guard is dropped, no test forces an instruction set. Results of different sets are
/// rounded differently.
#[cfg(any(test, feature = "testing"))]
pub fn hold_instruction_set() -> impl Drop {
    FORCING.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs `f` with each instruction set of this processor in turn, on all threads. Every set gives correct
/// results, so most tests that run meanwhile are not affected; whatever packs data for a set must record
/// which.
#[cfg(any(test, feature = "testing"))]
pub fn on_every_instruction_set(f: impl Fn() -> candle_core::Result<()>) -> candle_core::Result<()> {
    let _guard = FORCING.write();
    for index in 0..available_sets().len() {
        FORCED.store(index + 1, Ordering::SeqCst);
        let result = f();
        FORCED.store(0, Ordering::SeqCst);
        result.map_err(|error| error.context(format!("{:?}", available_sets()[index])))?;
    }
    Ok(())
}

/// The instruction sets of this processor.
#[cfg(any(test, feature = "testing"))]
pub(super) fn available_sets() -> Vec<InstructionSet> {
    let mut sets = vec![InstructionSet::Baseline];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            sets.push(InstructionSet::Avx2);
        }
        if has_avx512() {
            sets.push(InstructionSet::Avx512);
        }
    }
    sets
}

/// The widest instruction set of this processor.
pub fn instruction_set() -> InstructionSet {
    #[cfg(any(test, feature = "testing"))]
    if let Some(index) = FORCED.load(Ordering::SeqCst).checked_sub(1) {
        return available_sets()[index];
    }
    static DETECTED: OnceLock<InstructionSet> = OnceLock::new();
    *DETECTED.get_or_init(detect)
}

#[cfg(target_arch = "x86_64")]
fn detect() -> InstructionSet {
    if has_avx512() {
        InstructionSet::Avx512
    } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        InstructionSet::Avx2
    } else {
        InstructionSet::Baseline
    }
}

/// Whether the processor has the parts of AVX-512 that all but the first with it have: for floats, bytes and short
/// vectors.
#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> InstructionSet {
    InstructionSet::Baseline
}

/// Compiles a function for every instruction set and calls the version for the processor's widest.
#[macro_export]
macro_rules! widest {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name($($arg: $type),*) $(-> $ret)? {
            #[inline(always)]
            fn portable($($arg: $type),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
            fn avx512($($arg: $type),*) $(-> $ret)? {
                portable($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($arg: $type),*) $(-> $ret)? {
                portable($($arg),*)
            }

            match $crate::simd::instruction_set() {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the processor has AVX-512 F, BW, DQ and VL.
                $crate::simd::InstructionSet::Avx512 => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the processor has AVX2 and FMA.
                $crate::simd::InstructionSet::Avx2 => unsafe { avx2($($arg),*) },
                $crate::simd::InstructionSet::Baseline => portable($($arg),*),
            }
        }
    };
}
pub(crate) use widest;

/// A vector of `LANES` floats. `LANES` is a multiple of four.
///
/// # Safety
/// Every function requires a processor with the instruction set.
pub(super) trait Lanes: Copy {
    const LANES: usize;
    /// A subset of the lanes.
    type Mask: Copy;

    /// # Safety
    /// `LANES` floats must be readable at `from`.
    unsafe fn load(from: *const f32) -> Self;
    /// # Safety
    /// `LANES` floats must be writable at `to`.
    unsafe fn store(self, to: *mut f32);
    /// # Safety
    /// See the trait.
    unsafe fn splat(value: f32) -> Self;
    /// `self * factor + addend`.
    /// # Safety
    /// See the trait.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// # Safety
    /// See the trait.
    unsafe fn add(self, other: Self) -> Self;
    /// # Safety
    /// See the trait.
    unsafe fn sub(self, other: Self) -> Self;
    /// The larger of `self` and `self * slope`: a leaky ReLU for slopes in 0..=1.
    /// # Safety
    /// See the trait.
    unsafe fn leaky(self, slope: Self) -> Self;
    /// The lanes in `from..to`, whose ends may lie outside.
    /// # Safety
    /// See the trait.
    unsafe fn mask(from: isize, to: isize) -> Self::Mask;
    /// Loads the lanes in the mask; the others are zero.
    /// # Safety
    /// The lanes in the mask must be readable, counted from `from`.
    unsafe fn load_masked(from: *const f32, mask: Self::Mask) -> Self;
    /// # Safety
    /// The lanes in the mask must be writable, counted from `to`.
    unsafe fn store_masked(self, to: *mut f32, mask: Self::Mask);
    /// Transposes every 4 x 4 block: the four lanes of block b of vector k go to lane k of block b of the
    /// four vectors.
    /// # Safety
    /// See the trait.
    unsafe fn transpose4(vectors: [Self; 4]) -> [Self; 4];
    /// The lanes with even and with odd numbers, of `self` followed by `next`.
    /// # Safety
    /// See the trait.
    unsafe fn deinterleave(self, next: Self) -> (Self, Self);
}

/// A kernel that is compiled for every instruction set, with its vectors and the number of output channels
/// per pass, which the number of registers limits.
pub(super) trait Kernel {
    /// # Safety
    /// The processor must support the instruction set of `L`.
    unsafe fn run<L: Lanes, const BLOCK: usize>(self);
}

/// Output channels per pass with `set`.
pub(super) fn block_size(set: InstructionSet) -> usize {
    match set {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => 12,
        _ => 6,
    }
}

/// Floats per vector of `set`.
pub(super) fn lanes(set: InstructionSet) -> usize {
    match set {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => 16,
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => 8,
        InstructionSet::Baseline => 4,
    }
}

/// Runs `kernel` with `set`.
///
/// # Safety
/// `set` must come from [`instruction_set`], and the requirements of the kernel must hold.
pub(super) unsafe fn launch<K: Kernel>(set: InstructionSet, kernel: K) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    unsafe fn avx512<K: Kernel>(kernel: K) {
        // SAFETY: the caller upholds the contract.
        unsafe { kernel.run::<std::arch::x86_64::__m512, 12>() }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn avx2<K: Kernel>(kernel: K) {
        // SAFETY: the caller upholds the contract.
        unsafe { kernel.run::<std::arch::x86_64::__m256, 6>() }
    }

    // SAFETY: `instruction_set` detected the set at run time; the caller upholds the rest of the contract.
    unsafe {
        match set {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => avx512(kernel),
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => avx2(kernel),
            InstructionSet::Baseline => kernel.run::<crate::simd::lanes::Portable, 6>(),
        }
    }
}
