//! Builds nothing but for CUDA: there it makes CUDA's libraries optional where the program starts.

#[path = "build/cuda_on_demand.rs"]
mod cuda_on_demand;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build/cuda_on_demand.rs");
    let set = |name: &str| std::env::var(name).unwrap_or_default();
    let linux = set("CARGO_CFG_TARGET_OS") == "linux" && set("CARGO_CFG_TARGET_ARCH") == "x86_64";
    if linux && std::env::var_os("CARGO_FEATURE_CUDA").is_some() {
        cuda_on_demand::link()?;
    }
    Ok(())
}
