//! Valid files with some bytes changed, and random bytes: reading them may fail, but must return.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::build;
use crate::read_all;

/// The files that are mutated.
fn seeds() -> Vec<Vec<u8>> {
    let files = [
        build::TRAINING_LEGACY,
        build::TRAINING_ZIP,
        build::VIEWS_LEGACY,
        build::VIEWS_ZIP,
        build::NETWORK_LEGACY,
    ];
    let mut seeds: Vec<Vec<u8>> = files.iter().map(|file| file.to_vec()).collect();
    seeds.push(build::small_safetensors());
    seeds
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_are_harmless(
        seed in 0_usize..6,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut file = seeds().swap_remove(seed);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = read_all(&file);
    }

    #[test]
    fn removed_and_repeated_stretches_are_harmless(
        seed in 0_usize..6,
        from in any::<prop::sample::Index>(),
        length in 1_usize..200,
        repeats in 0_usize..4,
    ) {
        let file = seeds().swap_remove(seed);
        let from = from.index(file.len());
        let to = (from + length).min(file.len());
        let changed = [&file[..from], &file[from..to].repeat(repeats), &file[to..]].concat();
        let _ = read_all(&changed);
    }

    #[test]
    fn numbers_of_extreme_size_are_harmless(
        seed in 0_usize..6,
        at in any::<prop::sample::Index>(),
        number in prop::sample::select(vec![u64::MAX, 1 << 63, 1 << 62, 1 << 32, u64::from(u32::MAX), 1 << 31, 0]),
    ) {
        let mut file = seeds().swap_remove(seed);
        let at = at.index(file.len() - 8);
        file[at..at + 8].copy_from_slice(&number.to_le_bytes());
        let _ = read_all(&file);
    }

    #[test]
    fn noise_behind_a_signature_is_harmless(seed in 0_usize..6, kept in 9_usize..60, noise in vec(any::<u8>(), 0..400)) {
        let seed = seeds().swap_remove(seed);
        let _ = read_all(&[&seed[..kept], noise.as_slice()].concat());
    }
}
