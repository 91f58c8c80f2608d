//! The order of modules that the compiler does not hold: a module imports only modules before it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of each package, in the order of the data; one imports only those before it.
const ORDERS: [(&str, &[&str]); 4] = [
    ("src", &["allocator", "text", "camera", "pipeline", "video", "app", "exhibit", "cli", "main"]),
    (
        "crates/faces/src",
        &[
            "age",
            "bundled",
            "interpolation",
            "mailbox",
            "pixels",
            "priority",
            "face",
            "aging",
            "compose",
            "crop",
            "judges",
        ],
    ),
    ("crates/lab/src", &["dataset", "training", "evaluation", "device_check", "commands"]),
    ("crates/kernels/src", &["device", "view", "simd", "channels_first", "norm", "conv", "resample"]),
];

/// The packages of the workspace, lowest first; each depends only on those before it.
const PACKAGES: [&str; 7] = ["storage", "kernels", "checkpoint", "pictures", "faces", "console", "lab"];

/// A file of Rust without its unit tests, which may import anything.
struct Source {
    path: PathBuf,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                found.extend(sources(&path));
            }
        } else if name.ends_with(".rs")
            && !name.ends_with("tests.rs")
            && name != "testing.rs"
            && name != "golden.rs"
        {
            let text = fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]\n").next().unwrap_or_default();
            found.push(Source { path, text: product.to_owned() });
        }
    }
    found
}

/// The names that follow `prefix` in `text`, comments aside.
fn named_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.flat_map(|line| line.split(prefix).skip(1).map(word).collect::<Vec<_>>())
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn a_module_imports_only_modules_before_it() {
    let mut climbing = Vec::new();
    for (package, order) in ORDERS {
        let rank = |module: &str| order.iter().position(|known| *known == module);
        for source in sources(&root().join(package)) {
            let inside = source.path.strip_prefix(root().join(package)).unwrap();
            let first = inside.iter().next().unwrap().to_string_lossy().replace(".rs", "");
            let Some(own) = rank(&first) else { continue };
            for module in named_after(&source.text, "crate::") {
                if rank(&module).is_some_and(|rank| rank > own) {
                    climbing.push(format!("{} imports {module}", inside.display()));
                }
            }
        }
    }
    assert!(climbing.is_empty(), "{climbing:#?}");
}

#[test]
fn every_module_has_its_place_in_the_order() {
    for (package, order) in ORDERS {
        if package == "crates/kernels/src" {
            continue;
        }
        let lib = fs::read_to_string(root().join(package).join("lib.rs")).unwrap();
        for module in named_after(&lib, "pub mod ") {
            assert!(order.contains(&module.as_str()), "{module} of {package} is not in ORDERS");
        }
    }
}

#[test]
fn a_package_depends_only_on_packages_below_it() {
    for (own, package) in PACKAGES.iter().enumerate() {
        let manifest = fs::read_to_string(root().join("crates").join(package).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        for other in &PACKAGES[own..] {
            assert!(
                !dependencies.contains(&format!("agemirror-{other}.workspace")),
                "{package} depends on {other}"
            );
        }
    }
}

/// Only the command line uses the laboratory, so that the window can be built without it.
#[test]
fn the_window_does_not_know_the_laboratory() {
    for source in sources(&root().join("src")) {
        let inside = source.path.strip_prefix(root().join("src")).unwrap();
        let uses =
            !named_after(&source.text, "agemirror_lab").is_empty() || source.text.contains("agemirror_lab::");
        assert!(!uses || inside.starts_with("cli"), "{} uses the laboratory", inside.display());
    }
}

/// Files that import each other although they are separate; each pair with its reason.
const CIRCLES: [(&str, &str); 0] = [];

/// The files that each file imports, by paths that begin with `crate::` or `super::`.
fn imports(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let all = sources(folder);
    let module_of = |path: &Path| {
        let inside = path.strip_prefix(folder).unwrap().with_extension("");
        let text = inside.to_string_lossy().replace('/', "::");
        text.trim_end_matches("::mod").to_owned()
    };
    let known: BTreeSet<String> = all.iter().map(|source| module_of(&source.path)).collect();
    let mut graph = BTreeMap::new();
    for source in &all {
        let own = module_of(&source.path);
        // A module file re-exports what its children define; that is no circle.
        if source.path.ends_with("mod.rs") || own == "lib" || own == "main" {
            continue;
        }
        let parent = own.rsplit_once("::").map(|(parent, _)| parent.to_owned()).unwrap_or_default();
        let mut found = BTreeSet::new();
        for line in source.text.lines().filter(|line| line.trim_start().starts_with("use ")) {
            let Some(path) = line.trim_start().trim_start_matches("use ").strip_suffix(';') else { continue };
            let path = match path.strip_prefix("crate::") {
                Some(rest) => rest.to_owned(),
                None => match path.strip_prefix("super::") {
                    Some(rest) if parent.is_empty() => rest.to_owned(),
                    Some(rest) => format!("{parent}::{rest}"),
                    None => continue,
                },
            };
            let mut target = path.as_str();
            while !target.is_empty() && !known.contains(target) {
                target = target.rsplit_once("::").map_or("", |(head, _)| head);
            }
            if !target.is_empty() && target != own {
                found.insert(target.to_owned());
            }
        }
        graph.insert(own, found);
    }
    graph
}

#[test]
fn no_two_files_import_each_other() {
    let packages = PACKAGES.iter().map(|package| root().join("crates").join(package).join("src"));
    let mut circles = Vec::new();
    for folder in packages.chain([root().join("src")]) {
        let graph = imports(&folder);
        for (file, targets) in &graph {
            let back = |target: &&String| graph.get(*target).is_some_and(|theirs| theirs.contains(file));
            for target in targets.iter().filter(back).filter(|target| *file < **target) {
                if !CIRCLES.contains(&(file, target)) {
                    circles.push(format!("{file} and {target}"));
                }
            }
        }
    }
    assert!(circles.is_empty(), "these files import each other: {circles:#?}");
}
