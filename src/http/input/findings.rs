//! What is found wrong, and where; within bounds of number and of work.

use crate::error::{FieldError, escape};

/// Most mistakes that one answer names.
pub const MOST_FINDINGS: usize = 100;
/// Most work that explaining takes: a value is one step, and so are [`BYTES_PER_STEP`] that are held against a pattern.
pub const MOST_STEPS: usize = 50_000;
/// So many bytes of a text are one step.
pub const BYTES_PER_STEP: usize = 8;

/// A place in a body, or a parameter.
#[derive(Clone, Copy)]
pub enum Place<'p> {
    /// The whole body.
    Whole,
    /// A parameter after the question mark.
    Parameter(&'p str),
    /// A member of an object.
    Member(&'p Place<'p>, &'p str),
    /// An item of a list.
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    /// Its JSON pointer (RFC 6901), or the name of the parameter.
    pub fn pointer(&self) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Parameter(name) => (*name).to_owned(),
            Self::Member(above, name) => format!("{}/{}", above.pointer(), escape(name)),
            Self::Item(above, index) => format!("{}/{index}", above.pointer()),
        }
    }
}

/// What was found by itself, without adding it to the rest.
#[derive(Default)]
pub struct Attempt {
    /// The mistakes.
    pub found: Vec<FieldError>,
    absent: Vec<String>,
}

/// The mistakes that were found so far.
pub struct Findings {
    found: Vec<FieldError>,
    /// Where `null` stands for a member that may be left out.
    absent: Vec<String>,
    steps_left: usize,
}

impl Default for Findings {
    fn default() -> Self {
        Self { found: Vec::new(), absent: Vec::new(), steps_left: MOST_STEPS }
    }
}

impl Findings {
    /// Adds a mistake, unless there are enough.
    pub fn add(&mut self, at: &Place<'_>, code: &'static str, message: impl Into<String>) {
        if self.found.len() < MOST_FINDINGS {
            self.found.push(FieldError::new(at.pointer(), code, message));
        }
    }

    /// Takes note that this member is `null` where it may be left out, which means the same.
    pub fn is_absent(&mut self, at: &Place<'_>) {
        self.absent.push(at.pointer());
    }

    /// Takes steps; says no if there are too few left, or if enough is found.
    pub fn take_steps(&mut self, steps: usize) -> bool {
        let enough = self.steps_left >= steps && !self.are_enough();
        self.steps_left = self.steps_left.saturating_sub(steps);
        enough
    }

    /// Whether to look no further.
    pub fn are_enough(&self) -> bool {
        self.steps_left == 0 || self.found.len() >= MOST_FINDINGS
    }

    /// None yet, with as many steps left.
    pub fn branch(&self) -> Self {
        Self { found: Vec::new(), absent: Vec::new(), steps_left: self.steps_left }
    }

    /// What a branch found, whose steps are taken from these.
    pub fn join(&mut self, branch: Self) -> Attempt {
        self.steps_left = branch.steps_left;
        Attempt { found: branch.found, absent: branch.absent }
    }

    /// Adds what an attempt found.
    pub fn adopt(&mut self, Attempt { found, absent }: Attempt) {
        let room = MOST_FINDINGS.saturating_sub(self.found.len());
        self.found.extend(found.into_iter().take(room));
        self.absent.extend(absent);
    }

    /// All mistakes, and the places of all members that are `null` and may be left out.
    pub fn into_inner(self) -> (Vec<FieldError>, Vec<String>) {
        (self.found, self.absent)
    }
}
