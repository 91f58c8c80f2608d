//! Builds files byte by byte.

/// Small files of each kind that PyTorch writes.
pub(crate) const TRAINING_LEGACY: &[u8] = include_bytes!("../reference/torch/training_legacy.pth");
pub(crate) const TRAINING_ZIP: &[u8] = include_bytes!("../reference/torch/training_zip.pth");
pub(crate) const VIEWS_LEGACY: &[u8] = include_bytes!("../reference/torch/views_legacy.pth");
pub(crate) const VIEWS_ZIP: &[u8] = include_bytes!("../reference/torch/views_zip.pth");
pub(crate) const NETWORK_LEGACY: &[u8] = include_bytes!("../reference/torch/network_legacy.pth");

/// A safetensors file with this header and these values.
pub(crate) fn safetensors(header: &str, values: &[u8]) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(values);
    file
}

/// A valid safetensors file with two tensors.
pub(crate) fn small_safetensors() -> Vec<u8> {
    let header = r#"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"__metadata__":{"format":"pt"},
        "b.c":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}"#;
    safetensors(header, &[1; 24])
}

/// A pickle with these instructions.
pub(crate) fn pickle(instructions: &[u8]) -> Vec<u8> {
    [&[0x80, 2], instructions, b"."].concat()
}

/// Pushes a string.
pub(crate) fn text(text: &str) -> Vec<u8> {
    [b"X", (text.len() as u32).to_le_bytes().as_slice(), text.as_bytes()].concat()
}

/// Pushes a number.
pub(crate) fn number(number: u64) -> Vec<u8> {
    [&[0x8a, 9], number.to_le_bytes().as_slice(), &[0]].concat()
}

/// Pushes a tuple of numbers.
pub(crate) fn numbers(all: &[u64]) -> Vec<u8> {
    let all: Vec<u8> = all.iter().flat_map(|one| number(*one)).collect();
    [b"(", all.as_slice(), b"t"].concat()
}

/// The description of a tensor of 32-bit floats.
pub(crate) struct Tensor<'a> {
    pub key: &'a str,
    pub length: u64,
    pub first: u64,
    pub shape: &'a [u64],
    pub strides: &'a [u64],
}

/// A valid tensor of two values.
pub(crate) const PAIR: Tensor = Tensor { key: "0", length: 2, first: 0, shape: &[2], strides: &[1] };

impl Tensor<'_> {
    /// Pushes the tensor.
    pub(crate) fn instructions(&self) -> Vec<u8> {
        [
            b"ctorch._utils\n_rebuild_tensor_v2\n((".as_slice(),
            &text("storage"),
            b"ctorch\nFloatStorage\n",
            &text(self.key),
            &text("cpu"),
            &number(self.length),
            b"NtQ",
            &number(self.first),
            &numbers(self.shape),
            &numbers(self.strides),
            b"\x89}tR",
        ]
        .concat()
    }
}

/// Pushes a dictionary with one entry.
pub(crate) fn dict(key: &str, value: &[u8]) -> Vec<u8> {
    [b"}", text(key).as_slice(), value, b"s"].concat()
}

/// A legacy file: the instructions of its object pickle, and the storages with their keys and 32-bit values.
pub(crate) fn legacy(objects: &[u8], storages: &[(&str, &[u8])]) -> Vec<u8> {
    let keys: Vec<u8> = storages.iter().flat_map(|(key, _)| text(key)).collect();
    let mut file = [
        pickle(b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"),
        pickle(b"M\xe9\x03"),
        pickle(&dict("little_endian", b"\x88")),
        pickle(objects),
        pickle(&[b"](", keys.as_slice(), b"e"].concat()),
    ]
    .concat();
    for (_, values) in storages {
        file.extend((values.len() as u64 / 4).to_le_bytes());
        file.extend(*values);
    }
    file
}

/// An entry of an archive: its name, its bytes, its compression method, and the length that it claims.
pub(crate) struct Entry<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
    pub method: u16,
    pub length: u32,
}

/// A valid entry.
pub(crate) fn stored<'a>(name: &'a str, bytes: &'a [u8]) -> Entry<'a> {
    Entry { name, bytes, method: 0, length: bytes.len() as u32 }
}

/// An archive with these entries.
pub(crate) fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut list = Vec::new();
    for Entry { name, bytes, method, length } in entries {
        let mut common = vec![20, 0, 0, 0];
        common.extend(method.to_le_bytes());
        common.extend([0; 8]);
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend(length.to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0; 2]);
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&common);
        list.extend([0; 10]);
        list.extend((file.len() as u32).to_le_bytes());
        list.extend(name.as_bytes());
        file.extend(b"PK\x03\x04");
        file.extend(common);
        file.extend(name.as_bytes());
        file.extend(*bytes);
    }
    let start = file.len() as u32;
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend((entries.len() as u16).to_le_bytes());
    file.extend((entries.len() as u16).to_le_bytes());
    file.extend((list.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0; 2]);
    file
}
