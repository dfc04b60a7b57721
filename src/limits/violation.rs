//! How a value that is outside its limits is answered.

use std::fmt;

use crate::error::FieldError;

/// What is wrong with a value: the stable code, and in words what the value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// `length`, `range`, `format`, `email` …
    pub code: &'static str,
    /// What the value may be.
    pub message: String,
}

impl Violation {
    /// Says what a value may be.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The same, of the value at this pointer.
    pub fn at(self, pointer: impl Into<String>) -> FieldError {
        FieldError::new(pointer, self.code, self.message)
    }

    /// A number of things outside `least..=most`: `1 to 200 characters`.
    pub fn length(least: usize, most: Option<usize>, things: &str) -> Self {
        Self::new("length", format!("{} {things}", span(least, most)))
    }
}

fn span(least: usize, most: Option<usize>) -> String {
    match (least, most) {
        (0, Some(most)) => format!("at most {most}"),
        (least, None) => format!("at least {least}"),
        (least, Some(most)) if least == most => format!("exactly {most}"),
        (least, Some(most)) => format!("{least} to {most}"),
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Violation {}
