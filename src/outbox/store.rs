//! All SQL about events.

use diesel::prelude::*;
use serde_json::Value;

use super::{Happened, id_of, payload};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        pieces::pieces,
        schema::{event, event_tail},
        sealing::rows_sealed,
        types::{Instant, Json},
    },
    error::Result,
    ids::{AccountId, BrandId, EventId},
};

/// An event as it is written.
#[derive(Debug, Insertable)]
#[diesel(table_name = event, treat_none_as_default_value = false)]
pub struct NewEvent {
    /// The same of the same event.
    pub id: EventId,
    kind: &'static str,
    subject: String,
    brand_id: Option<BrandId>,
    account_id: Option<AccountId>,
    at: Instant,
    payload: Json<Value>,
}

impl NewEvent {
    /// The row of something that happens at this moment.
    ///
    /// # Errors
    /// `internal` if it cannot be JSON.
    pub fn of<E: Happened>(happened: &E, at: Instant) -> Result<Self> {
        Ok(Self {
            id: id_of(happened),
            kind: E::KIND,
            subject: happened.subject(),
            brand_id: happened.brand(),
            account_id: happened.account(),
            at,
            payload: Json(payload(happened)?),
        })
    }
}

/// Writes events of the past, which go into the ledger in the same transaction. Their consumers have had them.
///
/// # Errors
/// Those of the database.
pub fn append_past(conn: &mut Conn, past: Vec<NewEvent>) -> Result<()> {
    for piece in pieces(past) {
        let rows: Vec<_> = piece.into_iter().map(|row| (row, event::sealed.eq(true))).collect();
        each_engine!(conn, c => diesel::insert_into(event::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Writes an event and puts it into the tail; one that is there already stays as it is.
pub(super) fn append(conn: &mut Conn, row: NewEvent) -> Result<()> {
    let (id, at) = (row.id, row.at);
    let appended = each_engine!(conn, c => diesel::insert_into(event::table).values(row).on_conflict_do_nothing().execute(c))?;
    if appended == 1 {
        diesel::insert_into(event_tail::table)
            .values((event_tail::at.eq(at), event_tail::event_id.eq(id)))
            .execute(conn)?;
    }
    Ok(())
}

/// An event that stands in the tail.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Pending {
    pub(super) at: Instant,
    pub(super) id: EventId,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) payload: Json<Value>,
}

/// The first events of these kinds in the tail, in the order in which they happened, but for those passed over.
pub(super) fn tail(
    conn: &mut Conn,
    kinds: &[String],
    passed_over: &[EventId],
    most: i64,
) -> Result<Vec<Pending>> {
    Ok(event_tail::table
        .inner_join(event::table.on(event::id.eq(event_tail::event_id)))
        .filter(event::kind.eq_any(kinds.to_vec()))
        .filter(diesel::dsl::not(event_tail::event_id.eq_any(passed_over.to_vec())))
        .order((event_tail::at, event_tail::event_id))
        .limit(most)
        .select((event_tail::at, event::id, event::kind, event::subject, event::payload))
        .load(conn)?)
}

/// Takes an event out of the tail: its consumers have their tasks. Says whether it was still there.
pub(super) fn dispatched(conn: &mut Conn, event: &Pending) -> Result<bool> {
    Ok(diesel::delete(event_tail::table.find((event.at, event.id))).execute(conn)? == 1)
}

rows_sealed!(event::table by id, set_sealed);
