//! The shipped binary, of which each server under trial is a process.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Its name.
const NAME: &str = "incognito";

/// The binary that was named, or the one beside this program: of the same profile. `cargo run` builds this program
/// alone, so then the other is built here.
///
/// # Errors
/// If there is none: what to do about that.
pub(crate) fn find(named: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(named) = named {
        let found = named.canonicalize().ok().filter(|path| path.is_file());
        return found.ok_or_else(|| format!("there is no binary {} to try", named.display()));
    }
    let this = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let beside = this.with_file_name(format!("{NAME}{}", env::consts::EXE_SUFFIX));
    if let Some(cargo) = env::var_os("CARGO") {
        build(&cargo, profile(&this))?;
    }
    if beside.is_file() {
        return Ok(beside);
    }
    Err(format!(
        "there is no {} to try: build it (`cargo build`, or `cargo build --release`), or name it with --bin or \
         INCOGNITO_BIN",
        beside.display()
    ))
}

/// The profile that a program in a folder of cargo's was built with.
fn profile(program: &Path) -> OsString {
    let folder = program.parent().and_then(Path::file_name).unwrap_or(OsStr::new("debug"));
    if folder == "debug" { OsString::from("dev") } else { folder.to_owned() }
}

fn build(cargo: &OsStr, profile: OsString) -> Result<(), String> {
    let mut build = Command::new(cargo);
    build.args(["build", "--package", NAME, "--bin", NAME, "--profile"]).arg(profile).stdin(Stdio::null());
    let built = build.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    if built.success() { Ok(()) } else { Err(format!("cargo cannot build {NAME}, which is to be tried")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_the_profile() {
        assert_eq!(profile(Path::new("target/release/trials")), "release");
        assert_eq!(profile(Path::new("target/debug/trials")), "dev");
        assert_eq!(profile(Path::new("target/lean/trials")), "lean");
    }
}
