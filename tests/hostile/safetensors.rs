//! Headers with wrong claims.

use agemirror_checkpoint::Defect;

use crate::build::{safetensors, small_safetensors};
use crate::{read_all, refusal, refused};

fn one(about: &str) -> Vec<u8> {
    safetensors(&format!("{{\"a\":{about}}}"), &[0; 16])
}

#[test]
fn valid_files_are_read() {
    assert_eq!(read_all(&small_safetensors()).unwrap(), 2);
    assert_eq!(read_all(&safetensors("{}", &[])).unwrap(), 0);
}

#[test]
fn absurd_lengths_of_the_header_are_refused() {
    for length in [1_u64 << 63, u64::MAX, u64::MAX - 7, 1 << 40, 1 << 26, 200] {
        let mut file = small_safetensors();
        file[..8].copy_from_slice(&length.to_le_bytes());
        let error = refused(&file);
        assert!(matches!(*error.defect, Defect::Malformed(_) | Defect::Truncated(_)), "{error}");
        assert!(error.offset.is_some());
    }
}

#[test]
fn absurd_shapes_and_offsets_are_refused() {
    for about in [
        r#"{"dtype":"F32","shape":[4],"data_offsets":[0,17]}"#,
        r#"{"dtype":"F32","shape":[4],"data_offsets":[8,24]}"#,
        r#"{"dtype":"F32","shape":[4],"data_offsets":[16,0]}"#,
        r#"{"dtype":"F32","shape":[4],"data_offsets":[0,9223372036854775808]}"#,
        r#"{"dtype":"F32","shape":[5],"data_offsets":[0,16]}"#,
        r#"{"dtype":"F32","shape":[9223372036854775808,2],"data_offsets":[0,16]}"#,
        r#"{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}"#,
        r#"{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}"#,
        r#"{"dtype":"F99","shape":[4],"data_offsets":[0,16]}"#,
        r#"{"dtype":"F32","shape":[4],"data_offsets":[0,16],"shape":[4]}"#,
        r#"{"dtype":"F32","shape":[4]}"#,
        r#"7"#,
    ] {
        refused(&one(about));
    }
    let error = refused(&one(r#"{"dtype":"F32","shape":[5],"data_offsets":[0,16]}"#));
    assert_eq!(error.tensor.as_deref(), Some("a"));
    let error = refused(&one(r#"{"dtype":"C64","shape":[2],"data_offsets":[0,16]}"#));
    assert!(matches!(*error.defect, Defect::Unsupported(_)), "{error}");
}

#[test]
fn overlapping_tensors_and_duplicate_names_are_refused() {
    let two = |second: &str, start: u64| {
        let end = start + 8;
        safetensors(
            &format!(
                r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}},
                    "{second}":{{"dtype":"F32","shape":[2],"data_offsets":[{start},{end}]}}}}"#
            ),
            &[0; 16],
        )
    };
    assert_eq!(read_all(&two("b", 8)).unwrap(), 2);
    for start in [0, 4] {
        let error = refused(&two("b", start));
        assert_eq!(error.tensor.as_deref(), Some("b"));
        assert!(error.to_string().contains("inside those of another tensor"), "{error}");
    }
    assert!(refusal(&two("a", 8)).contains("duplicate"));
}

#[test]
fn bytes_that_belong_to_no_tensor_are_refused() {
    let two = |start: u64, bytes: usize| {
        let end = start + 8;
        let header = format!(
            r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}},
                "b":{{"dtype":"U32","shape":[2],"data_offsets":[{start},{end}]}}}}"#
        );
        (header.len() as u64 + 8, safetensors(&header, &vec![0; bytes]))
    };
    assert_eq!(read_all(&two(8, 16).1).unwrap(), 2);
    let (values, file) = two(12, 20);
    let error = refused(&file);
    assert_eq!((error.offset, error.tensor.as_deref()), (Some(values + 8), Some("b")));
    assert!(error.to_string().contains("4 bytes before its values belong to no tensor"), "{error}");
    // Another file after the end, such as a zip archive, which other programs would read instead.
    let (values, mut file) = two(8, 16);
    file.extend(b"PK\x05\x06 and so on");
    let error = refused(&file);
    assert_eq!(error.offset, Some(values + 16));
    assert!(error.to_string().contains("14 bytes after its last tensor"), "{error}");
    // Truncated: the offset is counted from the start of the file.
    let (values, file) = two(8, 12);
    let error = refused(&file);
    assert!(matches!(*error.defect, Defect::Truncated(_)), "{error}");
    assert_eq!((error.offset, error.tensor.as_deref()), (Some(values + 8), Some("b")));
}

#[test]
fn metadata_must_be_strings() {
    for (metadata, is_right) in [
        (r#"{"format":"pt","note":"\u00e4"}"#, true),
        ("{}", true),
        ("null", true),
        (r#"{"step":7}"#, false),
        (r#"{"step":null}"#, false),
        (r#"{"inner":{"a":"b"}}"#, false),
        (r#"["pt"]"#, false),
        (r#""pt""#, false),
        (r#"{"format":"pt"},"__metadata__":{}"#, false),
    ] {
        let file = safetensors(&format!(r#"{{"__metadata__":{metadata}}}"#), &[]);
        match read_all(&file) {
            Ok(_) => assert!(is_right, "{metadata}"),
            Err(error) => {
                assert!(!is_right && error.to_string().contains("__metadata__"), "{metadata}: {error}")
            }
        }
    }
}

#[test]
fn deep_and_wide_headers_take_little_memory() {
    let deep = format!(r#"{{"__metadata__":{}}}"#, "[".repeat(1 << 20));
    refused(&safetensors(&deep, &[]));
    let about = r#"{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#;
    let many: Vec<String> = (0..120_000).map(|name| format!("\"{name}\":{about}")).collect();
    assert_eq!(read_all(&safetensors(&format!("{{{}}}", many.join(",")), &[])).unwrap(), 120_000);
    let axes = vec!["1"; 4_000_000].join(",");
    let _ = read_all(&one(&format!(r#"{{"dtype":"F32","shape":[{axes}],"data_offsets":[0,4]}}"#)));
}

#[test]
fn a_large_tensor_takes_its_own_size() {
    let side = 6 << 20;
    let end = 4 * side;
    let header = format!(r#"{{"a":{{"dtype":"F32","shape":[{side}],"data_offsets":[0,{end}]}}}}"#);
    assert_eq!(read_all(&safetensors(&header, &vec![0; end])).unwrap(), 1);
}
