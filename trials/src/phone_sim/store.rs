//! SQL of the trials alone.

use std::collections::BTreeMap;

use diesel::{prelude::*, sql_query, sql_types::Text};
use incognito::{
    appeals::model::AppealState,
    checklists::answers::AnswerValue,
    db::{
        Conn,
        schema::{appeal, clean_copy, evidence, report, visit_step},
        types::Sha256,
    },
    error::Result,
    evidence::model::FileState,
    ids::{ReportId, VisitId},
    visits::{self, model::Visit, state::Step},
};

/// The digests of all blobs that there have to be: of files that are kept, and of their copies.
pub(super) fn kept_blobs(conn: &mut Conn) -> Result<Vec<Sha256>> {
    let files = evidence::table.filter(evidence::state.eq(FileState::Kept));
    let mut blobs: Vec<Sha256> = files.select(evidence::sha256).load(conn)?;
    let copies = clean_copy::table.select((clean_copy::sha256, clean_copy::thumbnail_sha256));
    for (copy, thumbnail) in copies.load::<(Option<Sha256>, Option<Sha256>)>(conn)? {
        blobs.extend([copy, thumbnail].into_iter().flatten());
    }
    Ok(blobs)
}

/// The steps of all visits, in their order: those that persons took, and how often each report went out.
pub(super) type Steps = (BTreeMap<VisitId, Vec<Step>>, BTreeMap<VisitId, usize>);

/// The steps of all visits.
pub(super) fn steps(conn: &mut Conn) -> Result<Steps> {
    let rows = visit_step::table.order((visit_step::visit_id, visit_step::number));
    let rows: Vec<(VisitId, Option<Step>)> =
        rows.select((visit_step::visit_id, visit_step::step)).load(conn)?;
    let (mut taken, mut released) = Steps::default();
    for (visit, step) in rows {
        match step {
            Some(Step::Report) => *released.entry(visit).or_default() += 1,
            Some(step) => taken.entry(visit).or_default().push(step),
            None => {}
        }
    }
    Ok((taken, released))
}

/// All reports, each with its visit.
pub(super) fn reports(conn: &mut Conn) -> Result<Vec<(ReportId, VisitId)>> {
    Ok(report::table.select((report::id, report::visit_id)).load(conn)?)
}

/// The visits of the appeals that were upheld.
pub(super) fn upheld(conn: &mut Conn) -> Result<Vec<VisitId>> {
    Ok(appeal::table.filter(appeal::state.eq(AppealState::Upheld)).select(appeal::visit_id).load(conn)?)
}

/// What stands in these visits as the answer to a question about a number.
pub(super) fn answers(conn: &mut Conn, ids: &[VisitId], question: &str) -> Result<BTreeMap<VisitId, i64>> {
    let visits = visits::store::with_ids(conn, ids)?;
    let value = |visit: &Visit| match visit.content.0.answers.get(question)?.value {
        Some(AnswerValue::Integer(value)) => Some((visit.head.id, value)),
        _ => None,
    };
    Ok(visits.iter().filter_map(value).collect())
}

#[derive(QueryableByName)]
struct Fault {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// What SQLite finds wrong with its own file; PostgreSQL is not asked.
pub(super) fn faults(conn: &mut Conn) -> Result<Vec<String>> {
    let Conn::Sqlite(conn) = conn else { return Ok(Vec::new()) };
    let faults: Vec<Fault> = sql_query("PRAGMA integrity_check").load(conn)?;
    Ok(faults.into_iter().map(|fault| fault.integrity_check).filter(|fault| fault != "ok").collect())
}
