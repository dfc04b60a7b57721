//! What reading figures takes beside the database.

use std::sync::Arc;

use super::{model::ShownQuestions, names::Names};
use crate::checklists::cache::Versions;

/// What reading figures takes.
#[derive(Debug)]
pub struct Means {
    /// What the numbers of subjects stand for.
    pub names: Names,
    /// Published versions.
    pub versions: Arc<Versions>,
    /// Which questions reports show.
    pub shown: ShownQuestions,
}

impl Means {
    /// These, with nothing read yet.
    pub fn new(versions: Arc<Versions>, shown: ShownQuestions) -> Self {
        Self { names: Names::default(), versions, shown }
    }
}
