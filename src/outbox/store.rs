//! All SQL about events.

use diesel::prelude::*;
use serde_json::Value;

use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{event, event_tail},
        sealing::rows_sealed,
        types::{Instant, Json},
    },
    error::Result,
    ids::{AccountId, BrandId, EventId},
};

/// An event as it is written.
pub(super) struct NewEvent {
    pub(super) id: EventId,
    pub(super) kind: &'static str,
    pub(super) subject: String,
    pub(super) brand_id: Option<BrandId>,
    pub(super) account_id: Option<AccountId>,
    pub(super) at: Instant,
    pub(super) payload: Value,
}

/// Writes an event and puts it into the tail; one that is there already stays as it is.
pub(super) fn append(conn: &mut Conn, new: NewEvent) -> Result<()> {
    let row = (
        event::id.eq(new.id),
        event::kind.eq(new.kind),
        event::subject.eq(new.subject),
        event::brand_id.eq(new.brand_id),
        event::account_id.eq(new.account_id),
        event::at.eq(new.at),
        event::payload.eq(Json(new.payload)),
    );
    let appended = each_engine!(conn, c => diesel::insert_into(event::table).values(row).on_conflict_do_nothing().execute(c))?;
    if appended == 1 {
        diesel::insert_into(event_tail::table)
            .values((event_tail::at.eq(new.at), event_tail::event_id.eq(new.id)))
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
