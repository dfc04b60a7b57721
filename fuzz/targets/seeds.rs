//! What the tests make of recordings, as files to begin with, in the folder that `INCOGNITO_SEEDS` names.

#[allow(dead_code)]
#[path = "../../src/evidence/recordings/tests/made.rs"]
mod made;

use std::{env, fs, path::Path};

use incognito::evidence::recordings::Format;

pub fn write() {
    let Some(folder) = env::var_os("INCOGNITO_SEEDS") else { return };
    for (at, (format, bytes, _)) in made::all().iter().enumerate() {
        let written = fs::write(Path::new(&folder).join(format!("{at}-{format:?}")), bytes);
        assert!(written.is_ok(), "{written:?}");
    }
}
