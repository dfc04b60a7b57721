//! The statements about exports.

use diesel::prelude::*;

use super::model::{Export, ExportState, Progress};
use crate::{
    db::{
        Conn,
        schema::export,
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    ids::{AccountId, ExportId},
};

/// An export with this id, if there is one.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, id: ExportId) -> Result<Option<Export>> {
    Ok(export::table.find(id).select(Export::as_select()).first(conn).optional()?)
}

/// An export of this account.
///
/// # Errors
/// `not_found` if it is not there, or another account's.
pub fn own(conn: &mut Conn, account: AccountId, id: ExportId) -> Result<Export> {
    let found = find(conn, id)?.filter(|export| export.account_id == account);
    found.ok_or_else(|| Error::new(Code::NotFound))
}

/// So many exports of this account before this one, those that were asked for last first.
///
/// # Errors
/// Those of the database.
pub fn exports(
    conn: &mut Conn,
    account: AccountId,
    before: Option<(Instant, ExportId)>,
    rows: i64,
) -> Result<Vec<Export>> {
    let mut query = export::table
        .filter(export::account_id.eq(account))
        .order((export::created_at.desc(), export::id.desc()))
        .limit(rows)
        .select(Export::as_select())
        .into_boxed();
    if let Some((at, id)) = before {
        let same = export::created_at.eq(at).and(export::id.lt(id));
        query = query.filter(export::created_at.lt(at).or(same));
    }
    Ok(query.load(conn)?)
}

/// How many exports of this account there are, and how many of them are still to be written.
///
/// # Errors
/// Those of the database.
pub fn counts(conn: &mut Conn, account: AccountId) -> Result<(usize, usize)> {
    let own = export::table.filter(export::account_id.eq(account));
    let states: Vec<ExportState> = own.select(export::state).load(conn)?;
    Ok((states.len(), states.iter().filter(|state| state.is_open()).count()))
}

/// Keeps a new one.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, new: &Export) -> Result<()> {
    diesel::insert_into(export::table).values(new.clone()).execute(conn)?;
    Ok(())
}

/// Writes down what has become of one, and how far it is.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, export: &Export) -> Result<()> {
    let Export { id, state, progress, ended_at, expires_at, .. } = export;
    diesel::update(export::table.find(*id))
        .set((
            export::state.eq(*state),
            export::progress.eq(Json::<Progress>(progress.0.clone())),
            export::ended_at.eq(*ended_at),
            export::expires_at.eq(*expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets one.
///
/// # Errors
/// Those of the database.
pub fn delete(conn: &mut Conn, id: ExportId) -> Result<()> {
    diesel::delete(export::table.find(id)).execute(conn)?;
    Ok(())
}

/// So many whose time is over.
///
/// # Errors
/// Those of the database.
pub fn over(conn: &mut Conn, now: Instant, rows: i64) -> Result<Vec<Export>> {
    let over = export::table.filter(export::expires_at.le(now)).order(export::expires_at).limit(rows);
    Ok(over.select(Export::as_select()).load(conn)?)
}
