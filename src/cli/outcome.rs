//! How a command ends, and what it says.

use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
};

use crate::{error::Error, texts::Language};

/// What a command gives.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Why a command ended otherwise than it should: lines for a person, and the exit code.
#[derive(Debug)]
pub struct Failure {
    lines: Vec<String>,
    code: u8,
}

impl Failure {
    /// It was asked for in the wrong way: each line is a mistake.
    pub fn asked_wrongly(mistakes: Vec<String>) -> Self {
        Self { lines: mistakes, code: 2 }
    }

    /// The same, because it was asked for in the wrong way.
    pub fn because_asked_wrongly(self) -> Self {
        Self { code: 2, ..self }
    }

    /// It found what it was to look for, and has said so.
    pub fn found() -> Self {
        Self { lines: Vec::new(), code: 1 }
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { lines: vec![reason], code: 1 }
    }
}

impl From<&str> for Failure {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}

impl From<Error> for Failure {
    /// Inside and outside text alike: the person who runs the program may know both. Values have a line each.
    fn from(error: Error) -> Self {
        let particulars = error.particulars();
        let value = |field: &crate::error::FieldError| match field.pointer.trim_start_matches('/') {
            "" => field.message.clone(),
            place => format!("{place}: {}", field.message),
        };
        let lines = match (&particulars.fields[..], particulars.detail.as_deref(), error.cause()) {
            ([], None, None) => vec![error.code().title().say(Language::English).into_owned()],
            ([], Some(detail), None) => vec![detail.to_owned()],
            ([], None, Some(cause)) => vec![cause.to_owned()],
            ([], Some(detail), Some(cause)) => vec![format!("{detail} ({cause})")],
            (values, ..) => values.iter().map(value).collect(),
        };
        Self { lines, code: 1 }
    }
}

/// Writes to stdout; that the reader has gone is no failure.
pub fn say(text: impl std::fmt::Display) {
    let _ = writeln!(stdout(), "{text}");
}

/// Says on stderr what went wrong, each reason on one line after the program's name, and gives the exit code.
pub fn end(program: &str, outcome: Outcome) -> ExitCode {
    let Err(failure) = outcome else { return ExitCode::SUCCESS };
    for line in &failure.lines {
        let _ = writeln!(stderr(), "{program}: {}", one_line(line));
    }
    ExitCode::from(failure.code)
}

/// Engines explain themselves in several lines.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, FieldError};

    #[test]
    fn errors_become_lines_for_a_person() {
        let lines = |error: Error| Failure::from(error).lines;
        assert_eq!(lines(Error::internal("no disk")), ["no disk"]);
        assert_eq!(lines(Error::new(Code::NotFound)), [Code::NotFound.title().say(Language::English)]);
        let places =
            vec![FieldError::new("/email", "email", "no address"), FieldError::new("", "x", "no object")];
        assert_eq!(lines(Error::invalid(places)), ["email: no address", "no object"]);
    }

    #[test]
    fn a_reason_in_several_lines_becomes_one() {
        assert_eq!(one_line("failed: refused\n\tIs it running?\n\n"), "failed: refused Is it running?");
    }
}
