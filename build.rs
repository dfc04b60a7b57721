//! Packs the two fonts that PDFs are set in: the crate that has them has many more.

use std::{
    env, fs,
    io::{Error, Result, Write as _},
    path::PathBuf,
};

use flate2::{Compression, write::ZlibEncoder};

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| Error::other("no OUT_DIR"))?);
    for name in ["LibertinusSerif-Regular", "LibertinusSerif-Bold"] {
        let is_named = |font: &&[u8]| has(font, name) && !has(font, "Italic");
        let font = typst_assets::fonts().find(is_named).ok_or_else(|| Error::other(name))?;
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
        packed.write_all(font)?;
        fs::write(out.join(name), packed.finish()?)?;
    }
    Ok(())
}

fn has(font: &[u8], name: &str) -> bool {
    font.windows(name.len()).any(|part| part == name.as_bytes())
}
