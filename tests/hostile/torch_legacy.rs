//! Files before PyTorch 1.6 whose tensors and storages contradict each other.

use agemirror::checkpoint::Defect;

use crate::build::{PAIR, Tensor, dict, legacy};
use crate::{read_all, refused};

const VALUES: &[u8] = &[0; 8];

/// A file of one tensor and the storage "0" of two values.
fn one(tensor: &Tensor) -> Vec<u8> {
    legacy(&dict("w", &tensor.instructions()), &[("0", VALUES)])
}

#[test]
fn what_is_right_is_read() {
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
