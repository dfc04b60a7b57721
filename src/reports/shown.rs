//! What a report says to a reader: its content in one language, as it is shown now.

use super::{
    content::{Making, ReportContent},
    read::{self, Read},
};
use crate::{
    checklists::cache::Version,
    db::Conn,
    error::Result,
    visits::{comments::as_reviewed, state::State},
};

/// What this report, made under this version, says in this language; none if it was withdrawn.
///
/// # Errors
/// Those of the database.
pub fn content(
    conn: &mut Conn,
    read: &Read,
    version: &Version,
    language: &str,
) -> Result<Option<ReportContent>> {
    if read.state == State::Withdrawn {
        return Ok(None);
    }
    let wordings = read::wordings(conn, version)?;
    let visit = as_reviewed(conn, read.visit.clone(), &version.prepared)?;
    let making = Making {
        shows: &read.report.shows.0,
        shows_day: read.report.first_day == read.report.last_day,
        language,
        wordings: &wordings,
        files: &read.files,
        corrected: &read.corrected,
    };
    Ok(Some(ReportContent::new(&version.prepared, visit.content.0.filled(), making)))
}
