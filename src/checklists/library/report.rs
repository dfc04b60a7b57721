//! What an import of the library did.

use crate::error::FieldError;

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The brand's language, if the library is not written in it.
    pub missing_language: Option<String>,
    /// The dimensions.
    pub dimensions: Count,
    /// The standards.
    pub standards: Count,
    /// The checklists by their names, in the library's order.
    pub checklists: Vec<(String, Outcome)>,
}

/// How many things of a kind were added, and how many were not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// So many are new.
    pub added: usize,
    /// So many have a namesake in the brand, which stays as it was.
    pub left: usize,
}

/// What became of a checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its first version is new.
    Published,
    /// Its draft is new.
    Draft,
    /// The brand had it already, and it stays as it was.
    Left,
    /// Its draft exists; these errors keep it from being published, because the brand's catalogue differs.
    Unpublished(Vec<FieldError>),
}
