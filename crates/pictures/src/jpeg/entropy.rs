//! The entropy-coded data of a JPEG: bits and Huffman codes, without the transform.

/// Why a block does not decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodingError {
    /// Invalid code or value.
    Invalid,
    /// A marker or the end of the file comes first.
    Truncated,
}

/// Reads bits from position `at` to the next marker.
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Position of the next byte that is not in `buffer` yet.
    at: usize,
    buffer: u64,
    count: u32,
    /// Number of zero bits in the buffer beyond the end of the data.
    padding: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, buffer: 0, count: 0, padding: 0 }
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let byte = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.at += 2;
                    0xff
                }
                // Fill bytes before a marker.
                (Some(0xff), Some(0xff)) => {
                    self.at += 1;
                    continue;
                }
                (Some(0xff), _) | (None, _) => {
                    self.padding += 8;
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    *byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next 16 bits, without consuming them.
    fn peek(&mut self) -> u32 {
        if self.count < 16 {
            self.fill();
        }
        (self.buffer >> 48) as u32
    }

    fn consume(&mut self, length: u32) -> Result<(), CodingError> {
        self.buffer <<= length;
        self.count -= length;
        if self.count < self.padding { Err(CodingError::Truncated) } else { Ok(()) }
    }

    /// Consumes `length` bits, 0..=16.
    pub(crate) fn take(&mut self, length: u32) -> Result<u32, CodingError> {
        let bits = (u64::from(self.peek()) >> (16 - length)) as u32;
        self.consume(length)?;
        Ok(bits)
    }

    /// Consumes a signed value of `length` bits in the encoding of JPEG: negative values start with a zero.
    pub(crate) fn value(&mut self, length: u32) -> Result<i32, CodingError> {
        let bits = self.take(length)? as i32;
        Ok(if length > 0 && bits < 1 << (length - 1) { bits - (1 << length) + 1 } else { bits })
    }

    /// Position of the first byte without a consumed bit.
    pub(crate) fn position(&self) -> usize {
        let mut whole = (self.count.saturating_sub(self.padding)) / 8;
        let mut at = self.at;
        // Step back over the buffered bytes; a stuffed zero belongs to the byte before it.
        while whole > 0 && at > 0 {
            at -= if at >= 2 && self.bytes[at - 1] == 0 && self.bytes[at - 2] == 0xff { 2 } else { 1 };
            whole -= 1;
        }
        at
    }
}

/// A Huffman table.
#[derive(Clone)]
pub(crate) struct HuffmanTable {
    /// For each value of the next nine bits: length of the code (0 if longer) and its symbol.
    short: Vec<(u8, u8)>,
    /// For each length: first code, last code (or -1), and index of its first symbol.
    lengths: [(i32, i32, usize); 17],
    symbols: Vec<u8>,
}

impl HuffmanTable {
    /// Builds a table from the number of codes of 1 to 16 bits and their symbols; `None` if they are invalid.
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut short = vec![(0, 0); 512];
        let mut lengths = [(0, -1, 0); 17];
        let (mut code, mut from) = (0_i32, 0);
        for (length, &count) in (1_u32..).zip(counts) {
            let count = usize::from(count);
            if code + count as i32 > 1 << length {
                return None;
            }
            let of_length = symbols.get(from..from + count)?;
            lengths[length as usize] = (code, code + count as i32 - 1, from);
            for &symbol in of_length {
                if length <= 9 {
                    let first = (code as usize) << (9 - length);
                    short[first..first + (1 << (9 - length))].fill((length as u8, symbol));
                }
                code += 1;
            }
            from += count;
            code <<= 1;
        }
        Some(Self { short, lengths, symbols: symbols[..from].to_vec() })
    }

    pub(crate) fn read(&self, bits: &mut BitReader<'_>) -> Result<u8, CodingError> {
        let ahead = bits.peek();
        let (length, symbol) = self.short[(ahead >> 7) as usize];
        if length > 0 {
            bits.consume(u32::from(length))?;
            return Ok(symbol);
        }
        for length in 10..=16 {
            let code = (ahead >> (16 - length)) as i32;
            let (first, last, from) = self.lengths[length as usize];
            if code <= last && code >= first {
                bits.consume(length)?;
                return Ok(self.symbols[from + (code - first) as usize]);
            }
        }
        Err(CodingError::Invalid)
    }

    /// The code of a symbol and its length in bits.
    pub(crate) fn code_of(&self, symbol: u8) -> Option<(u32, u32)> {
        (1..=16_u32).find_map(|length| {
            let (first, last, from) = self.lengths[length as usize];
            let count = usize::try_from(last - first + 1).ok()?;
            let index = self.symbols[from..from + count].iter().position(|&other| other == symbol)?;
            Some((first as u32 + index as u32, length))
        })
    }
}
