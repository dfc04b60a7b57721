//! What a report adds to the figures of the branch's side: of single questions those that it shows.

use std::collections::HashMap;

use super::{model::Shows, store};
use crate::{
    checklists::{cache::Version, model::Question},
    db::Conn,
    error::Result,
    ids::VisitId,
    scores::model::{Counted, InReport},
    visits::model::Visit,
};

/// What this visit adds, whose report shows this.
pub fn counted(visit: &Visit, version: &Version, shows: &Shows) -> Counted {
    Counted::for_branch_side(visit, version, |question| shows.shows(question))
}

/// What the report of each of these visits shows; nothing of a visit that has none.
///
/// # Errors
/// None but those of the database.
pub fn shown_questions(conn: &mut Conn, visits: &[VisitId]) -> Result<HashMap<VisitId, InReport>> {
    let in_report = |(visit, shows): (VisitId, Shows)| {
        let (comments, amounts) = (shows.comments, shows.amounts);
        let is_shown = Box::new(move |question: &Question| shows.shows(question));
        (visit, InReport { is_shown, comments, amounts })
    };
    Ok(store::shows_of(conn, visits)?.into_iter().map(in_report).collect())
}
