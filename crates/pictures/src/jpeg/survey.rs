//! Checks a JPEG before decoding: its size, its scans, where it ends, and whether its data is complete.
//! Decoders fill missing and damaged parts with grey without an error.

use super::blocks::{Band, Coding};
use super::entropy::HuffmanTable;
use super::patch::Patch;
use super::plan::{ScanComponent, ScanPlan};
use super::scan::{ScanOutcome, walk_scan};

const END_OF_IMAGE: u8 = 0xd9;

/// Maximum number of blocks times scans: 200 megapixels in 20 scans. Bounds the time.
const MAX_WALKED_BLOCKS: usize = 1 << 28;

/// Maximum number of blocks of a picture; each takes 8 bytes during the check.
const MAX_PICTURE_BLOCKS: usize = 1 << 24;

/// Condition of the data of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Complete.
    Complete,
    /// The file ends before the picture does.
    CutShort,
    /// Damaged from this row of pixels on, or slightly above it.
    DamagedFrom(u32),
    /// Uses an unsupported feature; its name.
    Unsupported(&'static str),
    /// Too many pixels to check.
    TooLarge,
}

/// One component of the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component {
    id: u8,
    /// Horizontal and vertical sampling factors, 1..=4.
    pub sampling: [usize; 2],
    /// Blocks per row, and rows of blocks, including the padding of the last MCUs.
    stored: [usize; 2],
    /// The same without the padding.
    used: [usize; 2],
    /// Lowest bit plane that is coded of each coefficient; 255 for none.
    planes: [u8; 64],
}

/// Result of the check.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The components, 1 to 4.
    pub components: Vec<Component>,
    /// Whether it is progressive, that is coded in bit planes.
    pub progressive: bool,
    /// Whether each scan contains all components; always true for progressive pictures.
    pub interleaved: bool,
    /// End of the picture in the file, without an end marker.
    pub end: usize,
    /// Condition of the data.
    pub state: State,
    /// Replacements for damaged parts. Empty unless `state` is [`State::Complete`].
    pub patches: Vec<Patch>,
}

struct Surveyor<'a> {
    bytes: &'a [u8],
    survey: Survey,
    dc: [Option<HuffmanTable>; 4],
    ac: [Option<HuffmanTable>; 4],
    restart_interval: usize,
    /// Nonzero coefficients of each block of each component, for progressive pictures.
    nonzero: Vec<Vec<u64>>,
    blocks_walked: usize,
}

/// Checks the JPEG at the start of `bytes`. `None` if its headers are invalid.
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
            state: State::Complete,
            patches: Vec::new(),
        },
        dc: [const { None }; 4],
        ac: [const { None }; 4],
        restart_interval: 0,
        nonzero: Vec::new(),
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
                    if self.survey.state != State::Complete {
                        return Some(());
                    }
                }
                0xc3 => return self.unsupported("lossless coding", content),
                0xc9..=0xcb | 0xcd..=0xcf => return self.unsupported("arithmetic coding", content),
                0xc5..=0xc7 => return self.unsupported("layers", content),
                0xda => {
                    at = self.scan(content, at)?;
                    if self.survey.state != State::Complete {
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

    /// Ends the check at `at`; `None` if there was no frame header.
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
            *tables.get_mut(usize::from(which & 15))? = Some(HuffmanTable::new(counts, symbols)?);
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
            self.survey.state = State::Unsupported("12 bits per sample");
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
        if self.survey.components.iter().map(blocks).sum::<usize>() > MAX_PICTURE_BLOCKS {
            self.survey.state = State::TooLarge;
        } else if self.survey.progressive {
            self.nonzero =
                self.survey.components.iter().map(|component| vec![0; blocks(component)]).collect();
        }
        Some(())
    }

    /// Walks one scan, whose data starts at `at`, and returns the position after its data.
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
        let components = self.scan_components(fields, band)?;
        if !progressive && components.len() < self.survey.components.len() {
            self.survey.interleaved = false;
        }
        let coding = if progressive { Coding::Progressive(band) } else { Coding::Sequential };
        let most = self.survey.components.iter().map(|component| component.sampling[1]).max()?;
        let plan = ScanPlan {
            components,
            coding,
            restart_interval: self.restart_interval,
            rows_per_mcu: 8 * most as u32,
            height: self.survey.height,
            last: self.is_complete(),
        };
        self.blocks_walked += plan.blocks();
        if self.blocks_walked > MAX_WALKED_BLOCKS {
            self.survey.state = State::Unsupported("too many scans");
            return Some(at);
        }
        self.survey.state = match walk_scan(self.bytes, at, &plan, &mut self.nonzero) {
            ScanOutcome::Complete { end, patches } => {
                self.survey.patches.extend(patches);
                return Some(end);
            }
            ScanOutcome::CutShort => State::CutShort,
            ScanOutcome::DamagedFrom(row) => State::DamagedFrom(row),
        };
        Some(at)
    }

    /// The components of a scan from the `fields` of its header: identifier and tables. Notes the precision that the
    /// scan gives them. `None` without any, or if a component or a table is unknown.
    fn scan_components(&mut self, fields: &[[u8; 2]], band: Band) -> Option<Vec<ScanComponent>> {
        let progressive = self.survey.progressive;
        let mut components = Vec::new();
        for [id, tables] in fields {
            let index = self.survey.components.iter().position(|component| component.id == *id)?;
            let component = &mut self.survey.components[index];
            let coded = if progressive { band.first..=band.last } else { 0..=63 };
            component.planes[coded].fill(if progressive { band.low } else { 0 });
            components.push(ScanComponent {
                index,
                sampling: component.sampling,
                stored: component.stored,
                used: component.used,
                dc: self.dc.get(usize::from(tables >> 4))?.clone(),
                ac: self.ac.get(usize::from(tables & 15))?.clone(),
            });
        }
        (!components.is_empty()).then_some(components)
    }
}

/// Height and width from a frame header.
fn size(content: &[u8]) -> Option<(u32, u32)> {
    let [_, high, low, wide, narrow, _] = *content.first_chunk::<6>()?;
    Some((u32::from(u16::from_be_bytes([high, low])), u32::from(u16::from_be_bytes([wide, narrow]))))
}

/// The content of the segment whose length field is at `at`.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    bytes.get(at + 2..at + length.max(2))
}

/// Position of the next marker of a JPEG at or after `from`; `None` after the last. Skips fill bytes, and the stuffed
/// zeros and restart markers of the picture data.
pub fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
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
