//! Reading the score of a place, with what stands beside its figures.

use super::{
    figures::{Figures, figures},
    means::Means,
    model::Place,
    planned::{Planned, planned},
    subjects::languages,
    wanted::Wanted,
};
use crate::{accounts::policy::Scope, checklists::counted::Subject, db::Conn, error::Result};

/// The score of a place.
#[derive(Debug)]
pub struct Score {
    /// Its figures.
    pub figures: Figures,
    /// How many visits were planned; none if that was not asked for, and for the branch's side.
    pub planned: Option<Planned>,
    /// The languages in which its brand is read, the first one first.
    pub languages: Vec<String>,
}

impl Score {
    /// What its figures are about.
    pub fn subjects(&self) -> Vec<Subject> {
        self.figures.now.iter().map(|(subject, _)| subject.clone()).collect()
    }
}

/// The score of a place.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope; `invalid` if more visits are to be counted one by one than can be.
pub fn score(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    with_planned: bool,
) -> Result<Score> {
    let figures = figures(conn, means, scope, (place, wanted))?;
    let planned = match with_planned {
        true => planned(conn, &figures.place, wanted, &[wanted.days])?,
        false => None,
    };
    let languages = languages(conn, figures.place.brand)?;
    Ok(Score { figures, planned: planned.and_then(|mut all| all.pop()), languages })
}
