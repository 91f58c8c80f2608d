//! Pickles that call functions, are nested endlessly, or refer to themselves.

use agemirror_checkpoint::Defect;

use crate::build::{PAIR, dict, legacy, number, text};
use crate::{read_all, refusal, refused};

fn objects(instructions: &[u8]) -> Vec<u8> {
    legacy(instructions, &[("0", &[0; 8])])
}

/// `instruction`, repeated.
fn repeated(instruction: &[u8], times: usize) -> Vec<u8> {
    objects(&instruction.repeat(times))
}

#[test]
fn a_pickle_that_runs_programs_is_refused_and_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let command = text(&format!("touch {}", trace.display()));
    for function in ["cos\nsystem\n", "cposix\nsystem\n", "cnt\nsystem\n", "csubprocess\nPopen\n"] {
        let call = [function.as_bytes(), command.as_slice(), b"\x85R"].concat();
        let with_weights = [dict("w", &PAIR.instructions()), text("x"), call.clone(), b"s".to_vec()].concat();
        for file in [objects(&call), objects(&with_weights)] {
            let error = refused(&file);
            assert!(matches!(*error.defect, Defect::UnsafeFunction(_)) && error.offset.is_some(), "{error}");
        }
    }
    for function in ["eval", "exec", "__import__", "open"] {
        for module in ["builtins", "__builtin__"] {
            let call = [format!("c{module}\n{function}\n").as_bytes(), &command, b"\x85R"].concat();
            assert!(refusal(&objects(&call)).contains(function));
        }
    }
    let stacked = [text("os"), text("system"), b"\x93".to_vec(), command, b"\x85R".to_vec()].concat();
    assert!(matches!(*refused(&objects(&stacked)).defect, Defect::UnsafeFunction(_)));
    assert!(!trace.exists());
}

#[test]
fn unknown_functions_are_records_and_nothing_more() {
    let call = b"cevil.module\nfunction\n)R".as_slice();
    let beside = [dict("w", &PAIR.instructions()), text("x"), call.to_vec(), b"s".to_vec()].concat();
    assert_eq!(read_all(&objects(&beside)).unwrap(), 1);
    assert!(refusal(&objects(call)).contains("state_dict"));
}

#[test]
fn a_dictionary_that_holds_itself_is_harmless() {
    // Memoised as 0, then put into itself.
    let cycle =
        [b"}q\x00".as_slice(), &text("me"), b"h\x00s", &text("w"), &PAIR.instructions(), b"s"].concat();
    assert_eq!(read_all(&objects(&cycle)).unwrap(), 1);
    let list = [b"]q\x00h\x00a".as_slice(), &PAIR.instructions(), b"a"].concat();
    assert_eq!(read_all(&objects(&list)).unwrap(), 1);
    let state = [b"cmy\nNet\n)R\x71\x00}".as_slice(), &text("me"), b"h\x00sb"].concat();
    refused(&objects(&state));
    let persistent = b"(N\x71\x00h\x00tQ".as_slice();
    refused(&objects(persistent));
}

#[test]
fn endless_nesting_is_refused() {
    for instruction in [&b"("[..], b"]", b"}", b"]q\x00", b"N", b"(]", b"K\x01"] {
        refused(&repeated(instruction, 3_000_000));
    }
    let lists = [b"]".repeat(1000), PAIR.instructions(), b"a".repeat(1000)].concat();
    assert!(refusal(&objects(&lists)).contains("deep"));
    let tuples = [PAIR.instructions(), b"\x85".repeat(1000)].concat();
    assert!(refusal(&objects(&tuples)).contains("deep"));
}

#[test]
fn endless_lists_memos_and_objects_are_refused() {
    let appended = [b"]".to_vec(), b"Na".repeat(3_000_000)].concat();
    refused(&objects(&appended));
    let keys = [b"}".to_vec(), b"NNs".repeat(2_000_000)].concat();
    refused(&objects(&keys));
    let notes: Vec<u8> =
        (0..2_000_000_u32).flat_map(|key| [&b"r"[..], &key.to_le_bytes()].concat()).collect();
    refused(&objects(&[b"N".to_vec(), notes].concat()));
    let calls = [b"]".to_vec(), b"NN\x81a".repeat(500_000)].concat();
    refused(&objects(&calls));
    let texts = [b"]".to_vec(), [text(&"x".repeat(40)), b"a".to_vec()].concat().repeat(200_000)].concat();
    refused(&objects(&texts));
}

#[test]
fn shared_parts_do_not_multiply() {
    // Each list contains the previous one twice, so 2^40 paths lead to the innermost.
    let mut lists = [b"]".to_vec(), PAIR.instructions(), b"a".to_vec()].concat();
    let mut pairs = b")".to_vec();
    let long = text(&"k".repeat(1 << 12));
    let mut named = dict("w", &PAIR.instructions());
    for _ in 0..40 {
        lists = [lists, b"q\x000]h\x00ah\x00a".to_vec()].concat();
        pairs.extend(b"q\x00h\x00\x86");
        named = [&named[..], b"q\x000}", &long, b"h\x00s", &text("b"), b"h\x00s"].concat();
    }
    for file in [lists, pairs, named] {
        refused(&objects(&file));
    }
}

#[test]
fn broken_instructions_are_refused() {
    for instructions in [
        &b"t"[..],
        b"e",
        b"a",
        b"s",
        b"u",
        b"b",
        b"R",
        b"Q",
        b"\x85",
        b"\x86",
        b"\x87",
        b"\x81",
        b"\x93",
        b"h\x07",
        b"j\xff\xff\xff\xff",
        b"q\x00",
        b"\x94",
        b"Na",
        b"NNs",
        b"NNNs",
        b"NNb",
        b"(N",
        b"}(Nu",
        b"(]N",
        b"I1\n",
        b"\xff",
        b"X\xff\xff\xff\xffabc",
        b"B\xff\xff\xff\x7f",
        b"\x8b\xff\xff\xff\x7f",
        b"\x8a\xff",
        b"c\xff\n\n",
        b"cno_end",
        b"\x95\xff\xff\xff\xff\xff\xff\xff\xff",
        b"NN\x93",
        b"0",
        b"1",
        b"(N0001",
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x96\xff\xff\xff\xff\0\0\0\0",
        b"N\x90",
        b"\x91",
        b"NN\x92",
        b"N\x97",
        b"N\x98",
    ] {
        let error = refused(&objects(instructions));
        assert!(error.offset.is_some(), "{error}");
    }
    refused(&objects(&[b"c".as_slice(), &b"x".repeat(5000), b"\n\n"].concat()));
    refused(&objects(&number(7)));
}

#[test]
fn instructions_of_the_later_protocols_are_read() {
    let length = |length: u64| length.to_le_bytes();
    for other in [
        [b"\x8d".as_slice(), &length(2), b"ab"].concat(),
        [b"\x8e".as_slice(), &length(2), b"ab"].concat(),
        [b"\x96".as_slice(), &length(2), b"ab"].concat(),
        b"\x8b\x02\0\0\0ab".to_vec(),
        b"\x8f(K\x01K\x02\x90".to_vec(),
        b"(K\x01K\x02\x91".to_vec(),
        b"cmy\nNet\n)}\x92".to_vec(),
        b"NK\x010".to_vec(),
        b"N(K\x01K\x021".to_vec(),
    ] {
        let beside = [dict("w", &PAIR.instructions()), text("x"), other, b"s".to_vec()].concat();
        assert_eq!(read_all(&objects(&beside)).unwrap(), 1);
    }
}

#[test]
fn invalid_tensors_are_refused() {
    let call = |function: &str, arguments: &[u8]| {
        objects(&dict("w", &[format!("ctorch._utils\n{function}\n").as_bytes(), arguments, b"R"].concat()))
    };
    for file in [
        call("_rebuild_tensor_v2", b")"),
        call("_rebuild_tensor_v2", b"N"),
        call("_rebuild_tensor_v2", b"(NNNNt"),
        call("_rebuild_tensor_v2", b"((tQNNNt"),
        call("_rebuild_sparse_tensor", b")"),
        call("_rebuild_qtensor", b")"),
        call("_rebuild_parameter", b"(NNt"),
    ] {
        refused(&file);
    }
    let error = refused(&call("_rebuild_sparse_tensor", b")"));
    assert_eq!(error.tensor.as_deref(), Some("w"));
    assert!(error.to_string().contains("_rebuild_sparse_tensor"), "{error}");
}
