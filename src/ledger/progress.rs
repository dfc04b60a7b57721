//! How far looking at everything is.

/// What is looked at. Visits are looked at beside the database itself, the chains and the rows; the files last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The database itself, by its engine.
    Database,
    /// Visits, their scores and what follows from them.
    Visits,
    /// The chains, entry by entry.
    Chains,
    /// The rows, whether those that are said to be sealed are.
    Rows,
    /// The files.
    Files,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which stage.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// Of how much; none if that is not known.
    pub all: Option<u64>,
}
