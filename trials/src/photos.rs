//! `trials photos`: reads the images of a folder as the server reads them, so that `.ci/photos` can hold what comes of them
//! against another program.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use incognito::{
    cli::{Failure, Outcome, say},
    evidence::photos::{self, Limits},
};
use serde::Serialize;

use crate::bench::machine;

/// What `trials photos --help` says first.
pub(crate) const ABOUT: &str = "\
Read each file of a folder as the server reads a photo, and write the clean copies into another folder.

Prints a line of JSON for each file: what became of it, and the most memory (in MiB) that this process had until then.
`.ci/photos` holds the copies against Pillow.";

/// What is to be read.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The folder, which is read with all folders in it
    folder: PathBuf,
    /// The folder for the clean copies; each has the number of its line as its name
    #[arg(long)]
    into: PathBuf,
}

/// What became of a file.
#[derive(Debug, Serialize)]
struct Line {
    file: PathBuf,
    /// Why it is not read, as a word; nothing if it is.
    problem: Option<&'static str>,
    /// The same for people.
    message: Option<String>,
    /// Pixels across and down, as it is to be seen.
    size: Option<(u32, u32)>,
    copy: Option<PathBuf>,
    /// How long it took, in milliseconds.
    took: u128,
    /// The most memory that this process has had so far, in MiB.
    memory: Option<f64>,
}

/// Reads all of them.
pub(crate) fn run(options: &Options) -> Outcome {
    read_all(options).map_err(|error| Failure::from(format!("the folders cannot be used: {error}")))
}

fn read_all(Options { folder, into }: &Options) -> io::Result<()> {
    fs::create_dir_all(into)?;
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    files.sort();
    for (number, file) in files.into_iter().enumerate() {
        let line = line(file, &into.join(format!("{number}.jpg")))?;
        say(serde_json::to_string(&line)?);
    }
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()? {
            kind if kind.is_dir() => walk(&entry.path(), files)?,
            kind if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    Ok(())
}

fn line(file: PathBuf, copy: &Path) -> io::Result<Line> {
    let bytes = fs::read(&file)?;
    let began = std::time::Instant::now();
    let read = photos::read(&bytes, &Limits::default());
    let took = began.elapsed().as_millis();
    let memory = machine::usage(std::process::id()).map(|usage| usage.most_memory);
    let nothing = Line { file, problem: None, message: None, size: None, copy: None, took, memory };
    Ok(match read {
        Ok(photo) => {
            fs::write(copy, photo.clean)?;
            let size = Some((photo.width, photo.height));
            Line { size, copy: Some(copy.to_owned()), ..nothing }
        }
        Err(problem) => Line { problem: Some(problem.code()), message: Some(problem.to_string()), ..nothing },
    })
}
