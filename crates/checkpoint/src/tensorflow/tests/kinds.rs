//! Tensors of all types, and V1 checkpoints of several files.

use super::writer::{self, Pairs, entry_of, header, v1, v1_slice};
use super::{folder, read_all, values};
use crate::{Checkpoint, CheckpointError, ElementType};

/// A bundle with a one-element tensor of each type.
fn bundle_of(kinds: &[(&str, u64, &[u8])]) -> Result<Checkpoint, CheckpointError> {
    let (mut data, mut pairs): (Vec<u8>, Pairs) = (Vec::new(), vec![header(1)]);
    for (name, number, bytes) in kinds {
        let entry = entry_of(*number, &[1], data.len() as u64, bytes.len() as u64, writer::checksum(bytes));
        pairs.push((name.as_bytes().to_vec(), entry));
        data.extend(*bytes);
    }
    let folder = folder(&[("m.index", &writer::table_of(&pairs)), ("m.data-00000-of-00001", &data)]);
    let checkpoint = Checkpoint::open(&folder.path().join("m"))?;
    for entry in checkpoint.entries() {
        let expected = if entry.name == "d_unsigned_8" { 7.0 } else { 65_534.0 };
        assert_eq!(values(&checkpoint.tensor(&entry.name)?), [expected], "{}", entry.name);
    }
    Ok(checkpoint)
}

#[test]
fn unsigned_numbers_are_read_and_unsupported_types_described() {
    let checkpoint = bundle_of(&[
        ("a_complex_64", 8, &[0; 8]),
        ("b_complex_128", 18, &[0; 16]),
        ("c_text", 7, b"\x01a"),
        ("d_unsigned_8", 4, &[7]),
        ("e_unsigned_16", 17, &65_534_u16.to_le_bytes()),
        ("f_unsigned_32", 22, &65_534_u32.to_le_bytes()),
        ("g_unsigned_64", 23, &65_534_u64.to_le_bytes()),
        ("h_quantised", 12, &[0]),
        ("i_strange", 77, &[0]),
    ])
    .unwrap();
    let elements: Vec<ElementType> = checkpoint.entries().iter().map(|entry| entry.elements).collect();
    assert_eq!(elements, [ElementType::U8, ElementType::U16, ElementType::U32, ElementType::U64]);
    let unread: Vec<_> =
        checkpoint.unread().iter().map(|left| (left.name.as_str(), left.what.as_str())).collect();
    assert_eq!(
        unread,
        [
            ("a_complex_64", "complex numbers"),
            ("b_complex_128", "complex numbers"),
            ("c_text", "text"),
            ("h_quantised", "quantised numbers"),
            ("i_strange", "elements of TensorFlow's type 77"),
        ]
    );
    let error = bundle_of(&[("w", 23, &[0xff; 8])]).err().unwrap();
    assert_eq!(error.tensor.as_deref(), Some("w"));
    assert!(error.to_string().contains("above 9223372036854775807"), "{error}");
}

/// Two files: `a` in the first, `b` in the second, half of `cut` in each.
fn shards() -> [Vec<u8>; 2] {
    // One list of both tensors, then the records in the order of their keys.
    let join = |first: Pairs, second: Pairs| {
        let inner = |pairs: &Pairs| {
            assert!(pairs[0].1[1] < 0x80, "a length of one byte");
            pairs[0].1[2..].to_vec()
        };
        let list = [inner(&first), inner(&second)].concat();
        let mut pairs: Pairs = vec![(Vec::new(), writer::bytes(1, &list))];
        pairs.extend(first.into_iter().skip(1).chain(second.into_iter().skip(1)));
        writer::table_of(&pairs)
    };
    [
        join(v1("a", &[2], &[1.0, 2.0]), v1_slice("cut", 4, 0, &[5.0, 6.0])),
        join(v1("b", &[1], &[3.0]), v1_slice("cut", 4, 2, &[7.0, 8.0])),
    ]
}

#[test]
fn a_sharded_checkpoint_is_read_by_any_of_its_names() {
    let [first, second] = shards();
    let folder = folder(&[
        ("model.ckpt-00000-of-00002", &first),
        ("model.ckpt-00001-of-00002", &second),
        ("model.ckpt.meta", b"a graph"),
        ("checkpoint", b"model_checkpoint_path: \"model.ckpt-?????-of-00002\"\n"),
    ]);
    let expected = [
        ("a".to_owned(), vec![1.0, 2.0]),
        ("cut".to_owned(), vec![5.0, 6.0, 7.0, 8.0]),
        ("b".to_owned(), vec![3.0]),
    ];
    let names = [
        "",
        "checkpoint",
        "model.ckpt",
        "model.ckpt.meta",
        "model.ckpt-00000-of-00002",
        "model.ckpt-00001-of-00002",
    ];
    for name in names {
        assert_eq!(read_all(&folder.path().join(name)).unwrap(), expected, "{name}");
    }
    let files = Checkpoint::open(folder.path()).unwrap().files();
    assert_eq!(files, [0, 1].map(|i| folder.path().join(format!("model.ckpt-0000{i}-of-00002"))));
    std::fs::remove_file(&files[1]).unwrap();
    for name in &names[..5] {
        let error = read_all(&folder.path().join(name)).unwrap_err();
        assert_eq!(error.file, files[1], "{name}");
        assert!(error.to_string().contains("one of the 2 files"), "{error}");
    }
}

#[test]
fn inconsistent_files_are_refused() {
    let table = |pairs: Pairs| writer::table_of(&pairs);
    let open = |second: Vec<u8>| {
        let first = table(v1_slice("cut", 4, 0, &[5.0, 6.0]));
        let folder = folder(&[("m-00000-of-00002", &first), ("m-00001-of-00002", &second)]);
        read_all(&folder.path().join("m")).unwrap_err().to_string()
    };
    assert!(
        open(table(v1_slice("cut", 5, 2, &[7.0, 8.0]))).contains("a different shape or type in another file")
    );
    assert!(open(table(v1_slice("cut", 4, 1, &[7.0, 8.0]))).contains("do not fill it exactly"));
    assert!(open(table(v1_slice("other", 2, 0, &[7.0, 8.0]))).contains("do not fill it exactly"));
    assert!(open(table(vec![header(1)])).contains("but is not one"));
}

#[test]
fn a_missing_checkpoint_is_not_replaced_by_another() {
    let table = writer::table_of(&v1("a", &[1], &[3.0]));
    let folder = folder(&[
        ("model-5.index", &table),
        ("checkpoint", b"model_checkpoint_path: \"model-7\"\nall_model_checkpoint_paths: \"model-5\"\n"),
    ]);
    for name in ["", "checkpoint"] {
        let error = Checkpoint::open(&folder.path().join(name)).err().unwrap();
        assert_eq!(error.file, folder.path().join("checkpoint"));
        assert!(error.to_string().contains("\"model-7\", which is not in its folder"), "{error}");
    }
    assert!(Checkpoint::open(&folder.path().join("model-5.index")).is_ok());
}
