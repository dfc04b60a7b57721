//! All SQL about the audit.

use diesel::prelude::*;

use super::{AuditKind, Recorded};
use crate::{
    db::{Conn, engine::each_engine, pieces::pieces, schema::audit, sealing::rows_sealed, types::Instant},
    error::Result,
    ids::{AccountId, AuditId, BrandId, SubjectId},
};

/// Appends a row; one that is there already stays as it is.
pub(super) fn append(conn: &mut Conn, row: &Recorded) -> Result<()> {
    each_engine!(conn, c => diesel::insert_into(audit::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Appends rows of the past, which go into the ledger in the same transaction.
///
/// # Errors
/// Those of the database.
pub fn append_past(conn: &mut Conn, past: Vec<Recorded>) -> Result<()> {
    for piece in pieces(past) {
        let rows: Vec<_> = piece.into_iter().map(|row| (row, audit::sealed.eq(true))).collect();
        each_engine!(conn, c => diesel::insert_into(audit::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Which rows are listed.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only those of this kind.
    pub kind: Option<AuditKind>,
    /// Only what this account did.
    pub account: Option<AccountId>,
    /// Only what was done to this.
    pub subject: Option<SubjectId>,
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those from this moment on.
    pub from: Option<Instant>,
    /// Only those before this moment.
    pub to: Option<Instant>,
    /// Only those of these brands, if the caller does not see all.
    pub within: Option<Vec<BrandId>>,
}

/// So many rows before this one, the newest first.
///
/// # Errors
/// Those of the database.
pub fn entries(
    conn: &mut Conn,
    filter: &AuditFilter,
    after: Option<(Instant, AuditId)>,
    rows: i64,
) -> Result<Vec<Recorded>> {
    let mut query = audit::table
        .order((audit::at.desc(), audit::id.desc()))
        .limit(rows)
        .select(Recorded::as_select())
        .into_boxed();
    if let Some(brands) = &filter.within {
        query = query.filter(audit::brand_id.eq_any(brands.iter().copied().map(Some).collect::<Vec<_>>()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(audit::kind.eq(kind));
    }
    if let Some(account) = filter.account {
        query = query.filter(audit::account_id.eq(account));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(audit::subject_id.eq(subject));
    }
    if let Some(brand) = filter.brand {
        query = query.filter(audit::brand_id.eq(brand));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit::at.lt(to));
    }
    if let Some((at, id)) = after {
        query = query.filter(audit::at.lt(at).or(audit::at.eq(at).and(audit::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

rows_sealed!(audit::table by id, set_sealed);
