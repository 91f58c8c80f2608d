//! A small writer of tables, bundles and V1 files, valid and malicious.

/// Keys and values of one block.
pub(super) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

pub(super) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

pub(super) fn number(field: u64, number: u64) -> Vec<u8> {
    [varint(field << 3), varint(number)].concat()
}

pub(super) fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

pub(super) fn fixed32(field: u64, number: u32) -> Vec<u8> {
    [varint(field << 3 | 5), number.to_le_bytes().to_vec()].concat()
}

pub(super) fn checksum(bytes: &[u8]) -> u32 {
    let crc = u64::from(crc32c::crc32c(bytes));
    ((crc >> 15 | crc << 17) & 0xffff_ffff).wrapping_add(0xa282_ead8) as u32
}

/// A block with a restart point every second entry, without its trailer.
pub(super) fn block(pairs: &Pairs) -> Vec<u8> {
    let (mut bytes, mut restarts) = (Vec::new(), Vec::new());
    let mut before: &[u8] = &[];
    for (i, (key, value)) in pairs.iter().enumerate() {
        if i % 2 == 0 {
            restarts.push(bytes.len() as u32);
            before = &[];
        }
        let shared = key.iter().zip(before).take_while(|(a, b)| a == b).count();
        bytes.extend(varint(shared as u64));
        bytes.extend(varint((key.len() - shared) as u64));
        bytes.extend(varint(value.len() as u64));
        bytes.extend(&key[shared..]);
        bytes.extend(value);
        before = key;
    }
    let count = restarts.len() as u32;
    bytes.extend(restarts.into_iter().chain([count]).flat_map(u32::to_le_bytes));
    bytes
}

/// A complete table of blocks, each given as last key, stored bytes and compression.
pub(super) fn table(blocks: &[(Vec<u8>, Vec<u8>, u8)]) -> Vec<u8> {
    let (mut file, mut index) = (Vec::new(), Pairs::new());
    for (last, stored, compression) in blocks {
        index.push((last.clone(), append(&mut file, stored, *compression)));
    }
    finish(file, &index)
}

/// Appends the index block and the footer.
pub(super) fn finish(mut file: Vec<u8>, index: &Pairs) -> Vec<u8> {
    let meta = append(&mut file, &block(&Pairs::new()), 0);
    let index = append(&mut file, &block(index), 0);
    file.extend(footer(&[meta, index].concat()));
    file
}

pub(super) fn footer(handles: &[u8]) -> Vec<u8> {
    let mut footer = handles.to_vec();
    footer.resize(40, 0);
    footer.extend(0xdb47_7524_8b80_fb57_u64.to_le_bytes());
    footer
}

/// Appends a block with its trailer and returns its handle.
fn append(file: &mut Vec<u8>, stored: &[u8], compression: u8) -> Vec<u8> {
    let handle = [varint(file.len() as u64), varint(stored.len() as u64)].concat();
    let with_kind = [stored, &[compression]].concat();
    file.extend(&with_kind);
    file.extend(checksum(&with_kind).to_le_bytes());
    handle
}

/// A table of one uncompressed block.
pub(super) fn table_of(pairs: &Pairs) -> Vec<u8> {
    table(&[(pairs.last().unwrap().0.clone(), block(pairs), 0)])
}

pub(super) fn header(shards: u64) -> (Vec<u8>, Vec<u8>) {
    (Vec::new(), [number(1, shards), bytes(3, &number(1, 1))].concat())
}

pub(super) fn shape(sizes: &[u64]) -> Vec<u8> {
    sizes.iter().flat_map(|&size| bytes(2, &number(1, size))).collect()
}

/// A `BundleEntryProto` of 32-bit floats.
pub(super) fn entry(sizes: &[u64], shard: u64, offset: u64, size: u64, checksum: u32) -> Vec<u8> {
    [
        number(1, 1),
        bytes(2, &shape(sizes)),
        number(3, shard),
        number(4, offset),
        number(5, size),
        fixed32(6, checksum),
    ]
    .concat()
}

/// A `BundleEntryProto` of TensorFlow's type number `data_type`.
pub(super) fn entry_of(data_type: u64, sizes: &[u64], offset: u64, size: u64, checksum: u32) -> Vec<u8> {
    let fields = [
        number(1, data_type),
        bytes(2, &shape(sizes)),
        number(4, offset),
        number(5, size),
        fixed32(6, checksum),
    ];
    fields.concat()
}

/// The list and one record of a V1 file: one slice along the first dimension of the tensor `name`, in 32-bit
/// floats.
pub(super) fn v1_slice(name: &str, size: u64, start: u8, values: &[f32]) -> Pairs {
    let extent = [number(1, start.into()), number(2, values.len() as u64)].concat();
    let slice = bytes(1, &extent);
    let meta =
        [bytes(1, name.as_bytes()), bytes(2, &shape(&[size])), number(3, 1), bytes(4, &slice)].concat();
    let packed: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let saved = [bytes(1, name.as_bytes()), bytes(2, &slice), bytes(3, &bytes(5, &packed))].concat();
    let extent_key = [0x80 | start, 0x80 | values.len() as u8];
    let key = [b"\0", name.as_bytes(), b"\0\x01\x01\x01", &extent_key].concat();
    vec![(Vec::new(), bytes(1, &bytes(1, &meta))), (key, bytes(2, &saved))]
}

/// The list and one record of a V1 file: the whole tensor `name`, in 32-bit floats.
pub(super) fn v1(name: &str, sizes: &[u64], values: &[f32]) -> Pairs {
    let whole: Vec<u8> = sizes.iter().flat_map(|_| bytes(1, &[])).collect();
    let meta = [bytes(1, name.as_bytes()), bytes(2, &shape(sizes)), number(3, 1), bytes(4, &whole)].concat();
    let packed: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let saved = [bytes(1, name.as_bytes()), bytes(2, &whole), bytes(3, &bytes(5, &packed))].concat();
    let key = [b"\0", name.as_bytes(), b"\0\x01\x01", &[sizes.len() as u8], &b"\x80\x7f".repeat(sizes.len())];
    vec![(Vec::new(), bytes(1, &bytes(1, &meta))), (key.concat(), bytes(2, &saved))]
}
