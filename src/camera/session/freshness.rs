//! Seeing that a frame did not fill its buffer.
//!
//! The camera library hands over whole buffers and not how much of each the driver wrote. When a frame
//! was cut short, the rest of the buffer is what an older frame left there: a JPEG then ends with the
//! end of another picture, decodes, and looks whole. But a stream has a fixed ring of buffers, so the
//! older frame is known, and a fresh frame does not end with its very bytes.

use std::collections::VecDeque;

/// Buffers in the ring of a stream; the library asks for this number.
const RING: usize = 4;

/// One part in so many of a frame, at its end, is compared; a frame that lacks less than this passes. The
/// noise of a sensor never repeats it. A drawn picture (a test pattern, a shared screen) may do so now
/// and then, and then a good frame is skipped.
const TAIL: usize = 32;

/// Bytes that are compared at least.
const SHORTEST_TAIL: usize = 64;

/// The last frames of a stream, one turn of its ring of buffers.
#[derive(Default)]
pub(crate) struct Ring(VecDeque<Vec<u8>>);

impl Ring {
    /// Takes in the next frame of the stream, whose data is the first `length` bytes of `buffer`, and
    /// tells whether its end was written by the camera now.
    ///
    /// A source that repeats its picture (a still, a slow camera behind a fast driver) is fresh: its
    /// frames end like the one just before.
    pub(crate) fn is_fresh(&mut self, buffer: &[u8], length: usize) -> bool {
        let just_before = self.0.back().cloned();
        let here_before = if self.0.len() == RING { self.0.pop_front() } else { None };
        self.0.push_back(buffer.to_vec());
        let from = length.saturating_sub((length / TAIL).max(SHORTEST_TAIL));
        let ends_like = |other: Option<Vec<u8>>| {
            other.is_some_and(|other| other.get(from..length) == buffer.get(from..length))
        };
        !ends_like(here_before) || ends_like(just_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays frames through a ring of real buffers, as a driver does; each writes only what it has.
    struct Driver {
        buffers: Vec<Vec<u8>>,
        next: usize,
        ring: Ring,
    }

    impl Driver {
        fn new() -> Self {
            Self { buffers: vec![vec![0; 1000]; RING], next: 0, ring: Ring::default() }
        }

        fn send(&mut self, frame: &[u8], length: usize) -> bool {
            let buffer = &mut self.buffers[self.next];
            self.next = (self.next + 1) % RING;
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
    fn whole_frames_are_fresh() {
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
        assert!(driver.send(&frame(10, 900), 900), "whole again");
    }

    #[test]
    fn a_source_that_repeats_its_picture_is_fresh() {
        let mut driver = Driver::new();
        for _ in 0..12 {
            assert!(driver.send(&frame(1, 900), 900));
        }
    }
}
