//! The statements about ratings as they are kept.

use diesel::{prelude::*, upsert::excluded};

use crate::{
    accounts::model::Role,
    db::{
        Conn,
        engine::each_engine,
        schema::{access_grant, shopper_rating},
        types::Instant,
    },
    error::Result,
    ids::AccountId,
};

/// Accounts that have a shopper's grant, after this one in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn shoppers(conn: &mut Conn, after: Option<AccountId>, limit: i64) -> Result<Vec<AccountId>> {
    let mut query = access_grant::table
        .filter(access_grant::role.eq(Role::Shopper))
        .select(access_grant::account_id)
        .distinct()
        .order(access_grant::account_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(access_grant::account_id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Keeps ratings, in basis points.
///
/// # Errors
/// Those of the database.
pub fn keep(conn: &mut Conn, rated: &[(AccountId, i32)], now: Instant) -> Result<()> {
    let row = |(id, rating): &(AccountId, i32)| {
        (
            shopper_rating::account_id.eq(*id),
            shopper_rating::rating.eq(*rating),
            shopper_rating::rated_at.eq(now),
        )
    };
    let rows: Vec<_> = rated.iter().map(row).collect();
    if !rows.is_empty() {
        each_engine!(conn, c => diesel::insert_into(shopper_rating::table)
            .values(&rows)
            .on_conflict(shopper_rating::account_id)
            .do_update()
            .set((
                shopper_rating::rating.eq(excluded(shopper_rating::rating)),
                shopper_rating::rated_at.eq(excluded(shopper_rating::rated_at)),
            ))
            .execute(c))?;
    }
    Ok(())
}
