//! A stretch of a file, read forwards.

use super::super::super::error::{CheckpointError, Defect};
use super::super::super::source::Source;

const WINDOW: u64 = 1 << 14;
/// A name of a module or a function.
const LONGEST_NAME: usize = 1 << 10;
const WHAT: &str = "the end of its table of contents";

/// The bytes of a file from a place to another.
pub(in super::super) struct Tape<'a> {
    source: &'a Source,
    position: u64,
    end: u64,
    window: Vec<u8>,
    /// How much of the window was taken.
    taken: usize,
}

impl<'a> Tape<'a> {
    pub(in super::super) fn new(source: &'a Source, start: u64, end: u64) -> Self {
        Self { source, position: start, end: end.min(source.length()), window: Vec::new(), taken: 0 }
    }

    /// The file's byte that comes next.
    pub(in super::super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn malformed(&self, offset: u64, what: impl Into<String>) -> CheckpointError {
        self.source.malformed(offset, what)
    }

    pub(super) fn error(&self, offset: u64, defect: Defect) -> CheckpointError {
        self.source.error(defect).offset(offset)
    }

    pub(super) fn byte(&mut self) -> Result<u8, CheckpointError> {
        if self.taken == self.window.len() {
            let length = WINDOW.min(self.end.saturating_sub(self.position));
            if length == 0 {
                return Err(self.error(self.position, Defect::Truncated(WHAT)));
            }
            self.window = self.source.bytes(self.position, length, WHAT)?;
            self.taken = 0;
        }
        let byte = self.window[self.taken];
        self.taken += 1;
        self.position += 1;
        Ok(byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], CheckpointError> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    /// The next `length` bytes.
    pub(super) fn bytes(&mut self, length: u64) -> Result<Vec<u8>, CheckpointError> {
        self.check(length)?;
        let bytes = self.source.bytes(self.position, length, WHAT)?;
        self.jump(length);
        Ok(bytes)
    }

    pub(super) fn skip(&mut self, length: u64) -> Result<(), CheckpointError> {
        self.check(length)?;
        self.jump(length);
        Ok(())
    }

    /// The text up to the next line's start.
    pub(super) fn line(&mut self) -> Result<String, CheckpointError> {
        let start = self.position;
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => break,
                byte if line.len() < LONGEST_NAME => line.push(byte),
                _ => return Err(self.malformed(start, "a name in it is absurdly long")),
            }
        }
        String::from_utf8(line).map_err(|_| self.malformed(start, "a name in it is no text"))
    }

    fn check(&self, length: u64) -> Result<(), CheckpointError> {
        if length > self.end - self.position {
            return Err(self.error(self.position, Defect::Truncated(WHAT)));
        }
        Ok(())
    }

    fn jump(&mut self, length: u64) {
        let left = self.window.len() - self.taken;
        self.taken =
            usize::try_from(length).map_or(self.window.len(), |length| self.taken + length.min(left));
        self.position += length;
    }
}
