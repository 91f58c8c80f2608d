//! Picture files that are damaged or claim to be huge: each must end in a result or an error, within the
//! memory of the largest allowed picture.

use agemirror_pictures::{MAX_BYTES, PictureError, decode_picture, use_avif_worker};
use proptest::prelude::*;

use crate::allocator;

const JPEG: &[u8] = include_bytes!("../pictures/progressive.jpg");
const AVIF: &[u8] = include_bytes!("../pictures/squares.avif");
const PORTRAIT: &[u8] = include_bytes!("../../assets/astronaut.jpg");

/// What reading a picture of the largest size may allocate, in bytes: its decoded pixels and the returned
/// picture.
const MAX_ALLOCATED: usize = 4 * MAX_BYTES as usize;

fn read(bytes: &[u8]) -> Result<(u32, u32), PictureError> {
    use_avif_worker(env!("CARGO_BIN_EXE_agemirror").into(), "decode-avif");
    let (outcome, peak) =
        allocator::peak(|| decode_picture(bytes, "hostile").map(|read| read.picture.dimensions()));
    assert!(peak <= MAX_ALLOCATED, "{peak} bytes were allocated for a file of {}", bytes.len());
    outcome
}

/// A TIFF with these tags, all of them 32-bit numbers, and no pixels.
fn tiff(tags: &[(u16, u32)]) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    out.extend((tags.len() as u16).to_le_bytes());
    for (tag, value) in tags {
        out.extend(tag.to_le_bytes());
        out.extend([4, 0, 1, 0, 0, 0]);
        out.extend(value.to_le_bytes());
    }
    out.extend([0; 4]);
    out
}

#[test]
fn sizes_that_are_only_claimed_cost_no_more_than_the_limit() {
    let sides = [1, 9_000, 16_384, 65_535, u32::MAX];
    for width in sides {
        for height in sides {
            for tile in [1, 16, 1 << 20, u32::MAX] {
                let file = tiff(&[
                    (256, width),
                    (257, height),
                    (258, 8),
                    (262, 1),
                    (322, tile),
                    (323, tile),
                    (324, 8),
                    (325, 100),
                ]);
                let whole = width == 1 && height == 1 && tile == 1;
                assert_eq!(read(&file).is_ok(), whole, "{width} x {height} in tiles of {tile}");
            }
        }
    }
    let frame = JPEG.windows(2).position(|pair| pair == [0xff, 0xc2]).expect("it has a frame");
    for [height, width] in [[u16::MAX; 2], [9_000, 9_000], [1, u16::MAX]] {
        let mut file = JPEG.to_vec();
        file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        assert!(read(&file).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_are_harmless(
        seed in 0_usize..3,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut file = [JPEG, AVIF, PORTRAIT][seed].to_vec();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = read(&file);
    }
}
