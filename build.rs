//! Sets the conditions of tests, and makes CUDA's libraries optional at program start.

#[path = "build/cuda_on_demand.rs"]
mod cuda_on_demand;

use std::path::Path;
use std::process::{Command, Stdio};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build/cuda_on_demand.rs");
    find_virtual_camera();
    find_japanese_font();
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let linux = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ARCH") == "x86_64";
    if linux && std::env::var_os("CARGO_FEATURE_CUDA").is_some() {
        cuda_on_demand::link()?;
    }
    Ok(())
}

/// Sets `cfg(virtual_camera)` if the tools of the virtual camera can run; without it, its tests are ignored.
fn find_virtual_camera() {
    println!("cargo:rustc-check-cfg=cfg(virtual_camera)");
    let launcher = Path::new("../shared/webcam/with-webcam");
    if !launcher.exists() {
        return;
    }
    // Only an existing file is named: Cargo would run this script again on every build for a missing one.
    println!("cargo:rerun-if-changed={}", launcher.display());
    let runs = |tool: &str| {
        let mut command = Command::new(tool);
        command
            .arg("-version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok()
    };
    if runs("ffmpeg") && runs("gcc") {
        println!("cargo:rustc-cfg=virtual_camera");
    }
}

/// Sets `cfg(japanese_font)` if the font of Debian's `fonts-droid-fallback` is installed; without it, the snapshots
/// in Japanese are not compared.
fn find_japanese_font() {
    println!("cargo:rustc-check-cfg=cfg(japanese_font)");
    let font = Path::new("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf");
    if font.exists() {
        println!("cargo:rerun-if-changed={}", font.display());
        println!("cargo:rustc-cfg=japanese_font");
    }
}
