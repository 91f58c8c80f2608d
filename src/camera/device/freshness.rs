//! Detects frames that did not fill their buffer.
//!
//! The camera library returns whole buffers, not how much of each the driver wrote. If a frame was cut
//! short, the rest of the buffer is left over from an older frame: a JPEG then ends with the end of another
//! picture, decodes, and looks complete. But a stream has a fixed ring of buffers, so the older frame is
//! known, and a fresh frame does not end with the same bytes.

use std::collections::VecDeque;

/// Number of buffers in the ring of a stream; the library requests this number.
const RING_SIZE: usize = 4;

/// The last 1/32 of a frame is compared; a frame that lacks less than this passes. The noise of a sensor
/// never repeats there. A drawn picture (a test pattern, a shared screen) may, and then a good frame is
/// skipped.
const TAIL_DIVISOR: usize = 32;

/// Minimum number of bytes compared.
const MIN_TAIL: usize = 64;

/// The last [`RING_SIZE`] frames of a stream.
#[derive(Default)]
pub(crate) struct Ring(VecDeque<Vec<u8>>);

impl Ring {
    /// Adds the next frame of the stream, the first `length` bytes of `buffer`, and returns whether its end
    /// is new and not left over from an older frame.
    ///
    /// A source that repeats its picture (a still, a slow camera behind a fast driver) is fresh: its frames
    /// end like the previous one.
    pub(crate) fn is_fresh(&mut self, buffer: &[u8], length: usize) -> bool {
        let previous = self.0.back().cloned();
        let same_buffer = if self.0.len() == RING_SIZE { self.0.pop_front() } else { None };
        self.0.push_back(buffer.to_vec());
        let from = length.saturating_sub((length / TAIL_DIVISOR).max(MIN_TAIL));
        let ends_like = |other: Option<Vec<u8>>| {
            other.is_some_and(|other| other.get(from..length) == buffer.get(from..length))
        };
        !ends_like(same_buffer) || ends_like(previous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends frames through a ring of buffers like a driver, which writes only the bytes of each frame.
    struct Driver {
        buffers: Vec<Vec<u8>>,
        next: usize,
        ring: Ring,
    }

    impl Driver {
        fn new() -> Self {
            Self { buffers: vec![vec![0; 1000]; RING_SIZE], next: 0, ring: Ring::default() }
        }

        fn send(&mut self, frame: &[u8], length: usize) -> bool {
            let buffer = &mut self.buffers[self.next];
            self.next = (self.next + 1) % RING_SIZE;
            buffer[..frame.len()].copy_from_slice(frame);
            self.ring.is_fresh(buffer, length)
        }
    }

    fn frame(seed: u32, length: usize) -> Vec<u8> {
        (0..length as u32)
            .map(|i| (seed.wrapping_mul(2_654_435_761).wrapping_add(i * 97) >> 5) as u8)
            .collect()
    }

    #[test]
    fn complete_frames_are_fresh() {
        let mut driver = Driver::new();
        for seed in 0..20 {
            let length = 900 + (seed as usize * 37) % 100;
            assert!(driver.send(&frame(seed, length), length));
        }
    }

    #[test]
    fn a_frame_that_ends_in_an_older_one_is_not_fresh() {
        let mut driver = Driver::new();
        for seed in 0..8 {
            driver.send(&frame(seed, 900), 900);
        }
        assert!(!driver.send(&frame(8, 400), 900), "cut short");
        assert!(!driver.send(&[], 900), "empty");
        assert!(driver.send(&frame(10, 900), 900), "complete again");
    }

    #[test]
    fn a_source_that_repeats_its_picture_is_fresh() {
        let mut driver = Driver::new();
        for _ in 0..12 {
            assert!(driver.send(&frame(1, 900), 900));
        }
    }
}
