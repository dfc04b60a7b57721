//! What is read of grants, and of those that were taken back. A grant's number says how often one with its id was taken back
//! before: so a record of it is there for good, first as a grant and then as a former one.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::Bool,
};

use super::{
    super::{
        model::{Key, Kind, OF_NO_BRAND},
        records::Row,
    },
    table::{Mark, Marks, Place, Table, ids_after},
};
use crate::{
    accounts::store::{set_former_grants_sealed, set_grants_sealed},
    db::{
        Conn,
        schema::{access_grant, former_grant},
        types::{Id, Instant},
    },
    error::Result,
    ids::BrandId,
};

pub(super) fn tables() -> [Table; 2] {
    [
        Table { kind: Kind::Grant, unsealed, with_ids, marks, set_sealed: set_grants_sealed },
        Table {
            kind: Kind::GrantEnd,
            unsealed: unsealed_ends,
            with_ids: ends,
            marks: marks_of_ends,
            set_sealed: set_former_grants_sealed,
        },
    ]
}

/// Account, role, brand, region and branch.
type Stated = (Id<()>, String, Option<BrandId>, Option<Id<()>>, Option<Id<()>>);
/// A grant that is there, and whether it is sealed.
type Living = (Id<()>, Stated, Instant, bool);
/// One that was taken back: since when it had been there, if that is known, and until when.
type Former = (Id<()>, Stated, Option<Instant>, Instant, bool);

fn row(kind: Kind, id: Id<()>, number: i32, stated: &Stated, since: Option<Instant>) -> Result<Row> {
    let key = Key { kind, id: id.uuid(), number };
    let row = Row::new(key, stated.2.unwrap_or(OF_NO_BRAND), &(stated, since))?;
    Ok(Row { since, ..row })
}

fn end(number: i32, (id, stated, since, until, _): &Former) -> Result<Row> {
    let key = Key { kind: Kind::GrantEnd, id: id.uuid(), number };
    let row = Row::new(key, stated.2.unwrap_or(OF_NO_BRAND), &(stated, since, until))?;
    Ok(Row { since: Some(*until), ..row })
}

const SAID: (
    access_grant::account_id,
    access_grant::role,
    access_grant::brand_id,
    access_grant::region_id,
    access_grant::branch_id,
) = (
    access_grant::account_id,
    access_grant::role,
    access_grant::brand_id,
    access_grant::region_id,
    access_grant::branch_id,
);

/// The former grants with these ids, of each id in the order in which they were taken back.
fn former(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<HashMap<Id<()>, Vec<Former>>> {
    let rows: Vec<Former> = former_grant::table
        .filter(former_grant::id.eq_any(ids))
        .order((former_grant::id, former_grant::ended_at))
        .select((
            former_grant::id,
            (
                former_grant::account_id,
                former_grant::role,
                former_grant::brand_id,
                former_grant::region_id,
                former_grant::branch_id,
            ),
            former_grant::granted_at,
            former_grant::ended_at,
            former_grant::sealed,
        ))
        .load(conn)?;
    let mut former: HashMap<_, Vec<_>> = HashMap::new();
    rows.into_iter().for_each(|row| former.entry(row.0).or_default().push(row));
    Ok(former)
}

/// How often each of these was taken back before.
fn numbers(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<HashMap<Id<()>, i32>> {
    let counted: Vec<(Id<()>, i64)> = former_grant::table
        .filter(former_grant::id.eq_any(ids))
        .group_by(former_grant::id)
        .select((former_grant::id, count_star()))
        .load(conn)?;
    Ok(counted.into_iter().map(|(id, count)| (id, i32::try_from(count).unwrap_or(i32::MAX))).collect())
}

fn living(conn: &mut Conn, rows: Vec<Living>) -> Result<Vec<Row>> {
    let numbers = numbers(conn, rows.iter().map(|row| row.0).collect())?;
    let number = |id: &Id<()>| numbers.get(id).copied().unwrap_or_default();
    rows.iter()
        .map(|(id, stated, since, _)| row(Kind::Grant, *id, number(id), stated, Some(*since)))
        .collect()
}

fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Row>> {
    let rows = access_grant::table
        .filter(sql::<Bool>("NOT access_grant.sealed"))
        .order(access_grant::id)
        .limit(limit)
        .select((access_grant::id, SAID, access_grant::created_at, access_grant::sealed))
        .load(conn)?;
    living(conn, rows)
}

/// Those that are there, and those that were until they were taken back.
fn with_ids(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<Vec<Row>> {
    let rows = access_grant::table
        .filter(access_grant::id.eq_any(ids.clone()))
        .select((access_grant::id, SAID, access_grant::created_at, access_grant::sealed))
        .load(conn)?;
    let mut all = living(conn, rows)?;
    for ends in former(conn, ids)?.into_values() {
        for (number, (id, stated, since, ..)) in (0..).zip(&ends) {
            all.push(row(Kind::Grant, *id, number, stated, *since)?);
        }
    }
    Ok(all)
}

fn marks(conn: &mut Conn, after: Option<Place>, limit: i64) -> Result<Marks<Place>> {
    let mut query = access_grant::table
        .order(access_grant::id)
        .limit(limit)
        .select((access_grant::id, access_grant::sealed, access_grant::created_at))
        .into_boxed();
    if let Some((after, _)) = after {
        query = query.filter(access_grant::id.gt(after));
    }
    let rows: Vec<(Id<()>, bool, Instant)> = query.load(conn)?;
    let numbers = numbers(conn, rows.iter().map(|row| row.0).collect())?;
    let mark = |(id, is_sealed, at): &(Id<()>, bool, Instant)| {
        let number = numbers.get(id).copied().unwrap_or_default();
        Mark::new(Key { kind: Kind::Grant, id: id.uuid(), number }, *is_sealed, *at)
    };
    Ok((rows.last().map(|row| (row.0, 0)), rows.iter().map(mark).collect()))
}

fn numbered(ends: HashMap<Id<()>, Vec<Former>>) -> impl Iterator<Item = (i32, Former)> {
    ends.into_values().flat_map(|ends| (1..).zip(ends))
}

fn unsealed_ends(conn: &mut Conn, limit: i64) -> Result<Vec<Row>> {
    let ids: Vec<Id<()>> = former_grant::table
        .filter(sql::<Bool>("NOT former_grant.sealed"))
        .order(former_grant::id)
        .limit(limit)
        .select(former_grant::id)
        .load(conn)?;
    let ends = numbered(former(conn, ids)?).filter(|(_, end)| !end.4);
    ends.map(|(number, former)| end(number, &former)).collect()
}

fn ends(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<Vec<Row>> {
    numbered(former(conn, ids)?).map(|(number, former)| end(number, &former)).collect()
}

fn marks_of_ends(conn: &mut Conn, after: Option<Place>, limit: i64) -> Result<Marks<Place>> {
    let ids: Vec<Id<()>> = ids_after!(conn, former_grant by id, after.map(|(id, _)| id), limit);
    let last = ids.last().map(|id| (*id, 0));
    let mark = |(number, (id, .., until, is_sealed)): (i32, Former)| {
        Mark::new(Key { kind: Kind::GrantEnd, id: id.uuid(), number }, is_sealed, until)
    };
    Ok((last, numbered(former(conn, ids)?).map(mark).collect()))
}
