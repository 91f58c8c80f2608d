use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::recognise::testing::tensors_of;
use crate::{Checkpoint, System};

const PAGAN: System = System::Pagan { base: 2 };

/// A checkpoint of PAGAN with two channels and a prefix; every value is `value`.
fn weights(folder: &Path, name: &str, value: f32) -> PathBuf {
    let path = folder.join(name);
    let tensors = tensors_of(PAGAN).into_iter().map(|(name, shape)| {
        let tensor = candle_core::Tensor::full(value, shape, &candle_core::Device::Cpu).unwrap();
        (format!("module.{name}"), tensor)
    });
    candle_core::safetensors::save(&tensors.collect(), &path).unwrap();
    path
}

fn install(store: &Store, path: &Path) -> Result<Installed, StoreError> {
    store.install(path, None, &mut |_| {})
}

#[test]
fn weights_are_imported_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(&folder.path().join("weights"));
    assert_eq!(store.find(|_| true), Presence::Missing);
    let source = weights(folder.path(), "pagan_2.safetensors", 0.5);
    let mut progress = Vec::new();
    let installed = store.install(&source, None, &mut |share| progress.push(share)).unwrap();
    assert!(progress.is_sorted() && progress.last() == Some(&1.0));
    assert_eq!((installed.record.system, installed.record.cluster), (PAGAN, Some(2)));
    assert_eq!(installed.record.source, "pagan_2.safetensors");
    assert_eq!(store.verify(|record| record.cluster == Some(2)), Presence::Present(installed.clone()));
    assert_eq!(store.find(|record| record.cluster == Some(1)), Presence::Missing);
    let kept = Checkpoint::open(&installed.file).unwrap();
    let values = kept.tensor("encoder.0.weight").unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(values, vec![0.5; 2 * 3 * 9 * 9]);
    let written = fs::metadata(&installed.file).unwrap().modified().unwrap();
    assert_eq!(install(&store, &source).unwrap(), installed);
    assert_eq!(fs::metadata(&installed.file).unwrap().modified().unwrap(), written);
    assert_eq!(store.installed().len(), 1);
}

#[test]
fn a_modified_or_truncated_file_is_damaged_and_converted_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path());
    let source = weights(folder.path(), "3.safetensors", 1.0);
    let installed = install(&store, &source).unwrap();
    let mut bytes = fs::read(&installed.file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&installed.file, &bytes).unwrap();
    assert!(matches!(store.verify(|_| true), Presence::Damaged(..)));
    fs::write(&installed.file, &bytes[..100]).unwrap();
    assert!(matches!(store.find(|_| true), Presence::Damaged(..)));
    fs::remove_file(&installed.file).unwrap();
    assert!(matches!(store.find(|_| true), Presence::Damaged(..)));
    install(&store, &source).unwrap();
    assert!(matches!(store.verify(|_| true), Presence::Present(_)));
}

#[test]
fn unusable_files_are_refused_and_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(&folder.path().join("weights"));
    let nan = weights(folder.path(), "nan_1.safetensors", f32::NAN);
    let error = install(&store, &nan).unwrap_err();
    assert!(error.to_string().contains("infinite or NaN"), "{error}");
    assert_eq!(store.find(|_| true), Presence::Missing);
    assert_eq!(fs::read_dir(store.folder()).unwrap().count(), 0);
    // The name of the temporary folder itself may end in a cluster number.
    let plain = folder.path().join("models");
    fs::create_dir(&plain).unwrap();
    let unnamed = weights(&plain, "netG_epoch_49900.safetensors", 1.0);
    assert!(matches!(install(&store, &unnamed), Err(StoreError::UnknownCluster(_))));
    assert!(store.install(&unnamed, Some(1), &mut |_| {}).is_ok());
    let inner = folder.path().join("model_crop_3");
    fs::create_dir(&inner).unwrap();
    let named = weights(&inner, "netG_epoch_49900.safetensors", 2.0);
    assert_eq!(install(&store, &named).unwrap().record.cluster, Some(3));
    let other = folder.path().join("other.safetensors");
    let tensor = candle_core::Tensor::zeros(3, candle_core::DType::F32, &candle_core::Device::Cpu).unwrap();
    candle_core::safetensors::save(&[("x".to_owned(), tensor)].into(), &other).unwrap();
    assert!(matches!(install(&store, &other), Err(StoreError::UnknownSystem(_))));
    assert!(matches!(install(&store, &folder.path().join("none")), Err(StoreError::Read(_))));
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../weights/mirror.safetensors");
    assert!(matches!(install(&store, &bundled), Err(StoreError::ForMirror(_))));
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let record = Record {
        system: System::Agetransgan { groups: 10, side: 1024 },
        cluster: None,
        source: "x.pt".to_owned(),
        source_sha256: "ab".to_owned(),
        bytes: 7,
        sha256: "cd".to_owned(),
        installed: 1,
    };
    let text = serde_json::to_string(&record).unwrap();
    assert!(text.starts_with(r#"{"system":"agetransgan","groups":10,"side":1024"#), "{text}");
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
}

/// TensorFlow checkpoints as their authors lay them out: a folder, a bundle's index, a V1 file.
#[test]
fn tensorflow_checkpoints_are_imported() {
    let written = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/checkpoints/tensorflow");
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path());
    for path in ["ipcgan", "ipcgan/acgan.model-399999.index", "ipcgan_v1", "ipcgan_v1/acgan.model-399999"] {
        let source = Checkpoint::open(&written.join(path)).unwrap();
        let installed = install(&store, &written.join(path)).unwrap();
        assert_eq!(installed.record.system, System::Ipcgan { base: 2 }, "{path}");
        let kept = Checkpoint::open(&installed.file).unwrap();
        assert_eq!(kept.entries().len(), source.entries().len());
        let name = &source.entries()[1].name;
        let flat = |c: &Checkpoint| c.tensor(name).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(flat(&source), flat(&kept), "{path}");
    }
    // A file and its folder are the same source.
    assert_eq!(store.installed().len(), 2);
}
