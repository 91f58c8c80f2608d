//! Writes pictures as PNG, upright and in sRGB: `cargo run --example to_png -- OUT PICTURE...`.
//!
//! Each line of the output is the file, a tab, and `OK` with the written file or what is wrong.

use std::path::{Path, PathBuf};

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(out) = arguments.next() else {
        eprintln!("usage: to_png OUT PICTURE...");
        return;
    };
    for (index, file) in arguments.enumerate() {
        match written(&file, &out.join(format!("{index:05}.png"))) {
            Ok(made) => println!("{}\tOK\t{}", file.display(), made.display()),
            Err(problem) => println!("{}\t{problem}", file.display()),
        }
    }
}

fn written(file: &Path, made: &Path) -> Result<PathBuf, String> {
    let picture = agemirror_pictures::load_picture(file).map_err(|error| error.to_string())?;
    picture.picture.save(made).map_err(|error| error.to_string())?;
    Ok(made.to_owned())
}
