use super::*;

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }
    folder
}

fn state(folder: &Path, text: &str) {
    std::fs::write(folder.join(STATE), text).unwrap();
}

#[test]
fn every_file_of_a_checkpoint_leads_to_its_index() {
    let names = ["m-1.index", "m-1.data-00000-of-00001", "m-1.meta", "part0001", "model_parts/part0001"];
    let folder = folder(&names);
    let index = folder.path().join("m-1.index");
    for name in names.iter().chain(&["m-1", "", "model_parts"]) {
        assert_eq!(table_file(&folder.path().join(name)).unwrap(), index, "{name}");
    }
    for name in names.iter().chain(&["m-1"]) {
        assert!(is_named_like_tensorflow(&folder.path().join(name)), "{name}");
    }
    assert!(!is_named_like_tensorflow(&folder.path().join("m-2")));
    assert!(!is_named_like_tensorflow(&folder.path().join("m-1.pth")));
}

#[test]
fn the_text_file_selects_one_of_several() {
    let folder = folder(&["a-1.index", "a-22.index"]);
    let error = table_file(folder.path()).unwrap_err();
    assert!(matches!(*error.defect, Defect::Unsupported(_)), "{error}");
    let chosen = folder.path().join("a-22.index");
    for path in ["a-22", "/home/somebody/runs/a-22", "C:\\\\runs\\\\a-22", "../elsewhere/a-22"] {
        state(
            folder.path(),
            &format!("model_checkpoint_path: \"{path}\"\nall_model_checkpoint_paths: \"a-1\"\n"),
        );
        assert_eq!(table_file(folder.path()).unwrap(), chosen, "{path}");
    }
}

#[test]
fn a_text_file_cannot_lead_outside_its_folder() {
    let outside = folder(&["secret/m.index"]);
    let inside = outside.path().join("inner");
    std::fs::create_dir(&inside).unwrap();
    for path in ["../secret/m", "", "..", "/", outside.path().join("secret/m").to_str().unwrap()] {
        state(&inside, &format!("model_checkpoint_path: \"{path}\""));
        let error = table_file(&inside).unwrap_err();
        assert!(matches!(*error.defect, Defect::Unsupported(_)), "{path}: {error}");
    }
    state(&inside, "model_checkpoint_path");
    assert!(matches!(*table_file(&inside).unwrap_err().defect, Defect::Malformed(_)));
}

#[test]
fn names_beyond_ascii_are_unescaped_from_octal() {
    assert_eq!(unescape(r#"\303\251t\303\251\\\"x"#), Some("été\\\"x".to_owned()));
    assert_eq!(unescape(r"\377"), None);
    assert_eq!(unescape("\\"), None);
}

#[test]
fn missing_files_are_named() {
    let folder = folder(&["m.data-00000-of-00001", "parts/part0001"]);
    let error = table_file(&folder.path().join("m.data-00000-of-00001")).unwrap_err();
    assert_eq!(error.file, folder.path().join("m.index"));
    let error = table_file(&folder.path().join("nothing")).unwrap_err();
    assert!(matches!(*error.defect, Defect::Io(_)));
    let error = table_file(&folder.path().join("parts/part0001")).unwrap_err();
    assert!(error.to_string().contains(".index"), "{error}");
}
