//! Looks a JPEG through before it is decoded: its size, its scans, where it ends, and whether its data are
//! whole. Decoders fill what is missing or damaged with grey and say nothing.

use super::blocks::{Band, Coding};
use super::entropy::Codes;
use super::scan::{ScanComponent, ScanOutcome, ScanPlan, walk_scan};

const END_OF_IMAGE: u8 = 0xd9;

/// Blocks of a picture times its scans: enough for 200 megapixels in 20 scans. Bounds the time.
const MOST_BLOCKS: usize = 1 << 28;

/// Blocks of one picture, 8 bytes each while it is looked through.
const MOST_BLOCKS_AT_ONCE: usize = 1 << 24;

/// What is known of the data of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// All of the picture is there.
    Whole,
    /// The file ends before the picture does.
    CutShort,
    /// Damaged from this row of pixels on, or nearby above it.
    DamagedFrom(u32),
    /// A kind of JPEG that is not read; the name of what it uses.
    Unsupported(&'static str),
    /// More pixels than are looked through.
    TooLarge,
}

/// New bytes for a damaged stretch of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    /// The bytes that are replaced.
    pub range: std::ops::Range<usize>,
    /// What replaces them.
    pub data: Vec<u8>,
    /// Rows of pixels that are lost.
    pub rows: std::ops::Range<u32>,
}

/// One component of the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component {
    id: u8,
    /// Horizontal and vertical sampling factors, 1..=4.
    pub sampling: [usize; 2],
    /// Blocks in a row and rows of blocks, with those that only fill the last units.
    stored: [usize; 2],
    /// The same without those.
    used: [usize; 2],
    /// The lowest bit plane that each coefficient was coded to; 255 for none.
    planes: [u8; 64],
}

/// What looking through a JPEG shows.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The components, 1 to 4.
    pub components: Vec<Component>,
    /// Whether it is coded in bit planes.
    pub progressive: bool,
    /// Whether each of its scans holds all components; always for progressive ones.
    pub interleaved: bool,
    /// Bytes that belong to the picture, without an end marker.
    pub end: usize,
    /// Whether the data are whole.
    pub state: State,
    /// How damaged stretches can be replaced. Not empty only when `state` is [`State::Whole`].
    pub patches: Vec<Patch>,
}

struct Surveyor<'a> {
    bytes: &'a [u8],
    survey: Survey,
    dc: [Option<Codes>; 4],
    ac: [Option<Codes>; 4],
    restart_interval: usize,
    /// Which coefficients of each block of each component are not zero, for progressive pictures.
    present: Vec<Vec<u64>>,
    blocks_walked: usize,
}

/// Looks through the JPEG at the start of `bytes`. `None` when its headers make no sense.
pub(crate) fn survey(bytes: &[u8]) -> Option<Survey> {
    let mut surveyor = Surveyor {
        bytes,
        survey: Survey {
            width: 0,
            height: 0,
            components: Vec::new(),
            progressive: false,
            interleaved: true,
            end: 0,
            state: State::Whole,
            patches: Vec::new(),
        },
        dc: [const { None }; 4],
        ac: [const { None }; 4],
        restart_interval: 0,
        present: Vec::new(),
        blocks_walked: 0,
    };
    surveyor.run()?;
    Some(surveyor.survey)
}

impl Surveyor<'_> {
    fn run(&mut self) -> Option<()> {
        let mut at = 2;
        loop {
            let Some(marker_at) = next_marker(self.bytes, at) else { return self.ended(self.bytes.len()) };
            let marker = self.bytes[marker_at + 1];
            if marker == END_OF_IMAGE {
                return self.ended(marker_at);
            }
            let start = marker_at + 2;
            let Some(content) = segment(self.bytes, start) else { return self.ended(self.bytes.len()) };
            at = start + 2 + content.len();
            match marker {
                0xc4 => self.tables(content)?,
                0xdd => self.restart_interval = usize::from(u16::from_be_bytes(*content.first_chunk()?)),
                0xc0..=0xc2 => {
                    self.survey.progressive = marker == 0xc2;
                    self.frame(content)?;
                    if self.survey.state != State::Whole {
                        return Some(());
                    }
                }
                0xc3 => return self.unsupported("lossless coding", content),
                0xc9..=0xcb | 0xcd..=0xcf => return self.unsupported("arithmetic coding", content),
                0xc5..=0xc7 => return self.unsupported("layers", content),
                0xda => {
                    at = self.scan(content, at)?;
                    if self.survey.state != State::Whole {
                        self.survey.patches.clear();
                        return Some(());
                    }
                    if self.is_complete() {
                        self.survey.end = at;
                        return Some(());
                    }
                }
                _ => {}
            }
        }
    }

    /// What is known when the picture ends at `at`: without a header it is none.
    fn ended(&mut self, at: usize) -> Option<()> {
        self.survey.end = at;
        if !self.is_complete() {
            self.survey.patches.clear();
            self.survey.state = State::CutShort;
        }
        (!self.survey.components.is_empty() || at == self.bytes.len()).then_some(())
    }

    fn unsupported(&mut self, what: &'static str, content: &[u8]) -> Option<()> {
        let (height, width) = size(content)?;
        (self.survey.height, self.survey.width) = (height, width);
        self.survey.state = State::Unsupported(what);
        Some(())
    }

    /// Whether every coefficient was coded to its last bit.
    fn is_complete(&self) -> bool {
        let done = |component: &Component| component.planes.iter().all(|&plane| plane == 0);
        !self.survey.components.is_empty() && self.survey.components.iter().all(done)
    }

    fn tables(&mut self, mut content: &[u8]) -> Option<()> {
        while let Some((&which, rest)) = content.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let length = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(length)?;
            let tables = if which >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(which & 15))? = Some(Codes::new(counts, symbols)?);
            content = rest;
        }
        Some(())
    }

    fn frame(&mut self, content: &[u8]) -> Option<()> {
        if !self.survey.components.is_empty() {
            return None;
        }
        let (height, width) = size(content)?;
        (self.survey.height, self.survey.width) = (height, width);
        if content[0] != 8 {
            self.survey.state = State::Unsupported("12 bits a sample");
            return Some(());
        }
        let fields = content.get(6..)?.as_chunks::<3>().0;
        let fields = fields.get(..usize::from(content[5]))?;
        if !(1..=4).contains(&fields.len()) || width == 0 || height == 0 {
            return None;
        }
        let samplings = fields.iter().map(|field| [usize::from(field[1] >> 4), usize::from(field[1] & 15)]);
        if samplings.clone().flatten().any(|factor| !(1..=4).contains(&factor)) {
            return None;
        }
        let most = samplings
            .clone()
            .fold([1, 1], |most: [usize; 2], each| [0, 1].map(|axis| most[axis].max(each[axis])));
        let sides = [width as usize, height as usize];
        for (field, sampling) in fields.iter().zip(samplings) {
            let stored = [0, 1].map(|axis| sides[axis].div_ceil(8 * most[axis]) * sampling[axis]);
            let used = [0, 1].map(|axis| (sides[axis] * sampling[axis]).div_ceil(most[axis]).div_ceil(8));
            self.survey.components.push(Component {
                id: field[0],
                sampling,
                stored,
                used,
                planes: [255; 64],
            });
        }
        let blocks = |component: &Component| component.stored[0] * component.stored[1];
        if self.survey.components.iter().map(blocks).sum::<usize>() > MOST_BLOCKS_AT_ONCE {
            self.survey.state = State::TooLarge;
        } else if self.survey.progressive {
            self.present =
                self.survey.components.iter().map(|component| vec![0; blocks(component)]).collect();
        }
        Some(())
    }

    /// Walks one scan, whose data begin at `at`, and returns where they end.
    fn scan(&mut self, content: &[u8], at: usize) -> Option<usize> {
        let (&count, rest) = content.split_first()?;
        let fields = rest.as_chunks::<2>().0.get(..usize::from(count))?;
        let end = rest.get(2 * usize::from(count)..)?.first_chunk::<3>()?;
        let band = Band {
            first: usize::from(end[0]),
            last: usize::from(end[1]),
            high: end[2] >> 4,
            low: end[2] & 15,
        };
        let progressive = self.survey.progressive;
        if progressive && (band.first > band.last || band.last > 63 || (band.first > 0 && fields.len() != 1))
        {
            return None;
        }
        let mut components = Vec::new();
        for field in fields {
            let index = self.survey.components.iter().position(|component| component.id == field[0])?;
            let component = &mut self.survey.components[index];
            let coded = if progressive { band.first..=band.last } else { 0..=63 };
            component.planes[coded].fill(if progressive { band.low } else { 0 });
            components.push(ScanComponent {
                index,
                sampling: component.sampling,
                stored: component.stored,
                used: component.used,
                dc: self.dc.get(usize::from(field[1] >> 4))?.clone(),
                ac: self.ac.get(usize::from(field[1] & 15))?.clone(),
            });
        }
        if components.is_empty() {
            return None;
        }
        if !progressive && components.len() < self.survey.components.len() {
            self.survey.interleaved = false;
        }
        let coding = if progressive { Coding::Progressive(band) } else { Coding::Sequential };
        let most = self.survey.components.iter().map(|component| component.sampling[1]).max()?;
        let plan = ScanPlan {
            components,
            coding,
            restart_interval: self.restart_interval,
            rows_a_unit: 8 * most as u32,
            height: self.survey.height,
            last: self.is_complete(),
        };
        self.blocks_walked += plan.blocks();
        if self.blocks_walked > MOST_BLOCKS {
            self.survey.state = State::Unsupported("too many scans");
            return Some(at);
        }
        match walk_scan(self.bytes, at, &plan, &mut self.present) {
            ScanOutcome::Whole { end, patches } => {
                self.survey.patches.extend(patches);
                Some(end)
            }
            ScanOutcome::CutShort => {
                self.survey.state = State::CutShort;
                Some(at)
            }
            ScanOutcome::DamagedFrom(row) => {
                self.survey.state = State::DamagedFrom(row);
                Some(at)
            }
        }
    }
}

/// Height and width in a frame header.
fn size(content: &[u8]) -> Option<(u32, u32)> {
    let [_, high, low, wide, narrow, _] = *content.first_chunk::<6>()?;
    Some((u32::from(u16::from_be_bytes([high, low])), u32::from(u16::from_be_bytes([wide, narrow]))))
}

/// What a segment holds whose length field is at `at`.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    bytes.get(at + 2..at + length.max(2))
}

/// Where the next marker begins at or behind `from`, but for restart markers and stuffed bytes.
pub(crate) fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            _ => return Some(at),
        }
    }
}
