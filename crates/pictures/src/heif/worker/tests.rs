//! Workers that crash, hang, or answer nonsense; shell scripts play them.

use std::time::Duration;

use super::answer;
use super::process::Worker;
use crate::decoded::DecodeError;
use crate::heif::Pixels;

fn worker(script: &str, max_duration: Duration) -> Worker {
    let arguments = vec!["-c".to_owned(), script.to_owned()];
    Worker { program: "sh".into(), arguments, max_duration }
}

/// The outcome for a file that does not fit into the pipe.
fn outcome(script: &str) -> Result<Pixels, DecodeError> {
    worker(script, Duration::from_secs(50)).decode(&vec![7; 1 << 20])
}

fn damage(outcome: Result<Pixels, DecodeError>) -> String {
    match outcome {
        Err(DecodeError::Damaged(cause)) => cause,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_is_read_as_it_was_written() {
    let data = (0..24).collect();
    let picture = Pixels { width: 3, height: 2, bit_depth: 8, has_alpha: true, data };
    let mut bytes = Vec::new();
    answer::write(Ok(picture.clone()), &mut bytes).unwrap();
    let cut_short = bytes[..bytes.len() - 1].to_vec();
    let back = answer::read(bytes).unwrap().unwrap();
    assert_eq!((back.width, back.height, back.has_alpha), (3, 2, true));
    assert_eq!(back.data, picture.data);
    assert!(answer::read(cut_short).is_none());

    let mut bytes = Vec::new();
    answer::write(Err(DecodeError::Unsupported("a\nb".to_owned())), &mut bytes).unwrap();
    assert!(matches!(answer::read(bytes), Some(Err(DecodeError::Unsupported(kind))) if kind == "a\nb"));
}

#[test]
fn a_worker_gets_the_whole_file_and_its_error_is_returned() {
    let script = r#"test "$(wc -c)" -eq 1048576 && echo '{"Err":"CutShort"}'"#;
    assert!(matches!(outcome(script), Err(DecodeError::CutShort)));
}

#[test]
fn a_worker_that_crashes_is_an_error_of_the_picture() {
    for script in [
        "kill -ABRT $$",
        "cat > /dev/null; kill -SEGV $$",
        "exit 0",
        "cat > /dev/null; echo nonsense",
        r#"cat > /dev/null; echo '{"Ok":{"width":9,"height":9,"has_alpha":false}}'"#,
        r#"cat > /dev/null; echo '{"Ok":{"width":4294967295,"height":4294967295,"has_alpha":false}}'"#,
    ] {
        assert_eq!(damage(outcome(script)), "its decoder crashed", "{script}");
    }
}

#[test]
fn a_worker_that_hangs_is_ended() {
    for script in ["exec sleep 600", "cat > /dev/null; exec sleep 600", "exec >&-; exec sleep 600"] {
        let late = worker(script, Duration::from_secs(1)).decode(&vec![7; 1 << 20]);
        assert_eq!(damage(late), "decoding it takes more than 1 seconds", "{script}");
    }
}

#[test]
fn a_worker_that_does_not_start_is_an_error() {
    let mut worker = worker("", Duration::from_secs(50));
    worker.program = "/nowhere/agemirror".into();
    assert!(matches!(worker.decode(b""), Err(DecodeError::NotStarted(_))));
}
