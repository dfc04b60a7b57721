//! Appeals on paper: what stands of them in a printed report.

use super::{
    model::{Appeal, AppealStatus, Objection},
    read,
    store::AppealFilter,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::ReportId,
    reports::print::{PrintedAppeal, PrintedObjection},
    texts::{Language, text},
    visits::state::State,
};

/// At most so many appeals stand in a printed report: those that were filed last.
const MOST: i64 = 100;

/// The appeals against a report as the branch's side is shown them now, the first first.
///
/// # Errors
/// Those of the database.
pub fn against(
    conn: &mut Conn,
    scope: &Scope,
    report: ReportId,
    now: Instant,
) -> Result<Vec<(Appeal, State)>> {
    let filter = AppealFilter { report: Some(report), ..AppealFilter::default() };
    let mut found = read::list_shown(conn, scope, &filter, None, MOST, now)?;
    found.reverse();
    Ok(found)
}

/// What stands of an appeal in a printed report, with labels in this language.
pub fn printed(appeal: &Appeal, visit: State, labels: Language) -> PrintedAppeal {
    let status = match appeal.status(visit) {
        AppealStatus::Open => text!("print-appeal-open"),
        AppealStatus::Upheld => text!("print-appeal-upheld"),
        AppealStatus::Declined => text!("print-appeal-declined"),
        AppealStatus::TakenBack => text!("print-appeal-taken-back"),
        AppealStatus::ReportWithdrawn => text!("print-appeal-report-withdrawn"),
    };
    let objection = |one: &Objection| PrintedObjection {
        question: one.question.clone(),
        words: one.words.clone(),
        upheld: appeal.is_upheld(&one.question),
    };
    PrintedAppeal {
        status: status.say(labels).into_owned(),
        objections: appeal.objections.0.iter().map(objection).collect(),
        reason: appeal.reason.clone(),
    }
}
