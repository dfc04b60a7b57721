//! The statements about batches; in the files beside it, what is read of the tables whose rows are sealed.

mod beside;
mod grants;
mod keys;
mod looks;
mod patterns;
mod table;
mod tables;
mod ties;
mod visits;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

pub(super) use self::{
    beside::*,
    keys::*,
    table::{Mark, Marks, Table},
    tables::tables,
    visits::*,
};
use crate::{
    db::{Conn, engine::each_engine, schema::ledger_batch, types::Instant},
    error::Result,
    ids::BrandId,
};

/// A batch as it is kept.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_batch)]
pub(super) struct Batch {
    pub(super) brand_id: BrandId,
    pub(super) number: i64,
    pub(super) sealed_at: Instant,
    pub(super) entries: Vec<u8>,
    pub(super) seal: String,
}

/// Appends a batch; says whether there was none with its number.
pub(super) fn append(conn: &mut Conn, batch: &Batch) -> Result<bool> {
    let appended = each_engine!(conn, c => diesel::insert_into(ledger_batch::table)
        .values(batch)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(appended == 1)
}

/// The number and the seal of a chain's last batch.
pub(super) fn last(conn: &mut Conn, brand: BrandId) -> Result<Option<(i64, String)>> {
    Ok(ledger_batch::table
        .filter(ledger_batch::brand_id.eq(brand))
        .order(ledger_batch::number.desc())
        .select((ledger_batch::number, ledger_batch::seal))
        .first(conn)
        .optional()?)
}

/// Batches after this one, chain by chain, each in its order.
pub(super) fn batches(conn: &mut Conn, after: Option<(BrandId, i64)>, limit: i64) -> Result<Vec<Batch>> {
    let mut query = ledger_batch::table
        .order((ledger_batch::brand_id, ledger_batch::number))
        .limit(limit)
        .select(Batch::as_select())
        .into_boxed();
    if let Some((brand, number)) = after {
        let later = ledger_batch::brand_id.eq(brand).and(ledger_batch::number.gt(number));
        query = query.filter(ledger_batch::brand_id.gt(brand).or(later));
    }
    Ok(query.load(conn)?)
}

/// When anything was sealed last.
pub(super) fn last_sealed_at(conn: &mut Conn) -> Result<Option<Instant>> {
    let last = ledger_batch::table.order(ledger_batch::sealed_at.desc()).select(ledger_batch::sealed_at);
    Ok(last.first(conn).optional()?)
}

/// How many bytes the entries of all batches have.
pub(super) fn length_of_entries(conn: &mut Conn) -> Result<i64> {
    const LENGTH: &str = "CAST(COALESCE(SUM(LENGTH(entries)), 0) AS BIGINT)";
    Ok(ledger_batch::table.select(sql::<BigInt>(LENGTH)).first(conn)?)
}
