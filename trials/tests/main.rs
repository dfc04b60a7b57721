//! What the program says when there is nothing to try.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// Runs it as a shell would, not as cargo does.
fn run(program: &Path, arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).env_remove("CARGO").env_remove("INCOGNITO_BIN");
    command.env("INCOGNITO_DATA", data).output().unwrap()
}

#[test]
fn a_binary_that_is_not_there_is_named_and_what_to_do_about_it() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (alone, data) = (folder.path().join("trials"), folder.path().join("data"));
    fs::hard_link(env!("CARGO_BIN_EXE_trials"), &alone).unwrap();
    for (arguments, says) in [
        (&["bench", "submit"][..], "cargo build --release"),
        (&["phone-sim", "identical"], "cargo build --release"),
        (&["bench", "submit", "--bin", "nowhere/incognito"], "nowhere/incognito"),
    ] {
        let ended = run(&alone, arguments, &data);
        let output = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}: {output}");
        assert!(
            output.starts_with("trials: there is no ") && output.contains(says),
            "{arguments:?}: {output}"
        );
        assert!(!data.exists(), "nothing is left");
    }
}
