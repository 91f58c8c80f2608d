//! Files from before PyTorch 1.6 whose tensors and storages contradict each other.

use std::path::Path;

use agemirror_checkpoint::{Checkpoint, Defect};

use crate::build::{PAIR, Tensor, dict, legacy, text};
use crate::{read_all, refused};

const VALUES: &[u8] = &[0; 8];

/// A file with one tensor and the storage "0" with two values.
fn one(tensor: &Tensor) -> Vec<u8> {
    legacy(&dict("w", &tensor.instructions()), &[("0", VALUES)])
}

#[test]
fn valid_files_are_read() {
    assert_eq!(read_all(&one(&PAIR)).unwrap(), 1);
    let sum = one(&Tensor { shape: &[3, 2], strides: &[0, 1], ..PAIR });
    assert_eq!(read_all(&sum).unwrap(), 1);
}

#[test]
fn values_outside_the_storage_are_refused() {
    let half = 1 << 63;
    for tensor in [
        Tensor { shape: &[3], ..PAIR },
        Tensor { first: 1, ..PAIR },
        Tensor { first: half, ..PAIR },
        Tensor { strides: &[2], ..PAIR },
        Tensor { strides: &[half], ..PAIR },
        Tensor { shape: &[half], ..PAIR },
        Tensor { shape: &[half, 2], strides: &[1, 1], ..PAIR },
        Tensor { shape: &[1 << 32, 1 << 32], strides: &[0, 0], ..PAIR },
        Tensor { shape: &[2, 2], strides: &[1, 1], ..PAIR },
        Tensor { shape: &[2], strides: &[], ..PAIR },
        Tensor { shape: &[1; 40], strides: &[1; 40], ..PAIR },
        Tensor { length: 3, ..PAIR },
        Tensor { length: half, ..PAIR },
        Tensor { length: u64::MAX / 4 + 1, ..PAIR },
        Tensor { key: "1", ..PAIR },
    ] {
        let error = refused(&one(&tensor));
        assert!(matches!(*error.defect, Defect::Malformed(_)), "{error}");
    }
    let error = refused(&one(&Tensor { first: 1, ..PAIR }));
    assert_eq!(error.tensor.as_deref(), Some("w"));
}

#[test]
fn a_small_storage_cannot_become_a_huge_tensor() {
    let error = refused(&one(&Tensor { shape: &[1 << 40], strides: &[0], ..PAIR }));
    assert_eq!(error.tensor.as_deref(), Some("w"));
    assert!(error.to_string().contains("far more than a file of its size holds"), "{error}");
}

#[test]
fn a_storage_described_in_two_ways_is_refused() {
    let longer = Tensor { length: 3, ..PAIR };
    let both = [b"](".as_slice(), &PAIR.instructions(), &longer.instructions(), b"e"].concat();
    let error = refused(&legacy(&both, &[("0", VALUES)]));
    assert_eq!(error.tensor.as_deref(), Some("1"));
}

#[test]
fn a_storage_that_no_tensor_describes_is_refused() {
    let objects = dict("w", &PAIR.instructions());
    refused(&legacy(&objects, &[("9", VALUES), ("0", VALUES)]));
    refused(&legacy(&objects, &[]));
}

#[test]
fn other_versions_and_byte_orders_are_refused() {
    let whole = one(&PAIR);
    let version = whole.windows(3).position(|bytes| bytes == b"M\xe9\x03").unwrap();
    let mut other = whole.clone();
    other[version + 1] = 0;
    assert!(matches!(*refused(&other).defect, Defect::Unsupported(_)));
    let mut big = whole;
    let order = big.iter().position(|byte| *byte == 0x88).unwrap();
    big[order] = 0x89;
    assert!(refused(&big).to_string().contains("big-endian"));
}

#[test]
fn two_tensors_of_one_name_are_refused() {
    let inner = dict("b", &PAIR.instructions());
    let both = [dict("a", &inner), crate::build::text("a.b"), PAIR.instructions(), b"s".to_vec()].concat();
    let error = refused(&legacy(&both, &[("0", VALUES)]));
    assert_eq!(error.tensor.as_deref(), Some("a.b"));
}

/// An optimiser that was pickled whole: its state is keyed by the parameters themselves, whose tensors share
/// the network's storage, and has its own tensors.
#[test]
fn an_optimiser_beside_the_weights_is_read_past() {
    let moment = Tensor { key: "1", length: 3, first: 0, shape: &[3], strides: &[1] };
    let state =
        [b"}".as_slice(), &PAIR.instructions(), &dict("exp_avg", &moment.instructions()), b"s"].concat();
    let optimiser = [b"ctorch.optim.adam\nAdam\n)\x81".as_slice(), &dict("state", &state), b"b"].concat();
    // Only the length of a storage tells where the next one starts, even if no tensor is read from it.
    let complex = [
        b"cmy\nmodule\n(".as_slice(),
        &text("storage"),
        b"ctorch\nComplexFloatStorage\n",
        &text("2"),
        &text("cpu"),
        b"K\x01NtQ\x85R",
    ]
    .concat();
    let objects = [
        dict("w", &PAIR.instructions()),
        text("optimiser"),
        optimiser,
        b"s".to_vec(),
        text("other"),
        complex,
        b"s".to_vec(),
    ]
    .concat();
    let mut file = legacy(&objects, &[("2", &[9; 4]), ("1", &[7; 12]), ("0", &[1; 8])]);
    // A complex number has eight bytes, which the writer counts as two elements.
    let at = file.len() - 16 - 20 - 12;
    file[at..at + 8].copy_from_slice(&1_u64.to_le_bytes());
    file.splice(at + 8..at + 8, [9; 4]);
    let names = [("w".to_owned(), vec![2]), ("optimiser.state.[0].exp_avg".to_owned(), vec![3])];
    let checkpoint = Checkpoint::from_bytes(Path::new("x.pt"), file.clone()).unwrap();
    let found: Vec<_> =
        checkpoint.entries().iter().map(|entry| (entry.name.clone(), entry.shape.clone())).collect();
    assert_eq!(found, names);
    let moment = checkpoint.tensor("optimiser.state.[0].exp_avg").unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(moment, [f32::from_le_bytes([7; 4]); 3]);
    assert_eq!(checkpoint.tensor("w").unwrap().to_vec1::<f32>().unwrap(), [f32::from_le_bytes([1; 4]); 2]);
    assert_eq!(read_all(&file).unwrap(), 2);
    let unknown = refused(&legacy(&dict("w", &PAIR.instructions()), &[("0", VALUES), ("5", VALUES)]));
    assert!(unknown.to_string().contains("\"5\", which nothing describes"), "{unknown}");
}

/// The same file in every protocol that `torch.save` can write.
#[test]
fn every_protocol_of_pickle_is_read() {
    let two = one(&PAIR);
    for protocol in 2..=5 {
        let mut file = two.clone();
        let pickles: Vec<usize> =
            file.windows(2).enumerate().filter(|(_, pair)| *pair == [0x80, 2]).map(|(at, _)| at).collect();
        assert_eq!(pickles.len(), 5);
        for at in pickles {
            file[at + 1] = protocol;
        }
        assert_eq!(read_all(&file).unwrap(), 1, "protocol {protocol}");
    }
    // From protocol 4 on, a frame precedes the rest.
    let mut framed = two.clone();
    framed[1] = 4;
    framed.splice(2..2, [&[0x95_u8][..], &13_u64.to_le_bytes()].concat());
    assert_eq!(read_all(&framed).unwrap(), 1);
    let mut sixth = two;
    sixth[1] = 6;
    refused(&sixth);
}

/// A tensor subclass, stored with its attributes.
#[test]
fn a_tensor_with_attributes_is_read() {
    let call = |function: &str| {
        let arguments = PAIR.instructions();
        // The function and its arguments, without the call.
        let inner = arguments.strip_suffix(b"R").unwrap();
        let at = inner.iter().skip(1).position(|byte| *byte == b'(').unwrap() + 1;
        let [made_by, arguments] = [&inner[..at], &inner[at..]];
        [format!("ctorch._tensor\n{function}\n(").as_bytes(), made_by, b"cmy\nTensor\n", arguments, b"}tR"]
            .concat()
    };
    let file = legacy(&dict("w", &call("_rebuild_from_type_v2")), &[("0", VALUES)]);
    assert_eq!(read_all(&file).unwrap(), 1);
}
