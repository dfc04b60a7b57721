//! What is read of the ties that shoppers declare, and of what is settled of their namesakes: that is one record a shopper.

use std::collections::BTreeMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{
    super::{
        model::{Key, Kind, OF_NO_BRAND},
        records::Row,
    },
    table::{Mark, Marks, Place, Table, ids_after},
};
use crate::{
    db::{
        Conn,
        schema::{declared_tie, namesake},
        types::{Id, Instant},
    },
    error::Result,
    fieldwork::shoppers::store::{set_namesakes_sealed, set_tie_ends_sealed, set_ties_sealed},
};

pub(super) fn tables() -> [Table; 3] {
    [
        Table {
            kind: Kind::Tie,
            unsealed: |conn, limit| unsealed(conn, limit)?.iter().filter(|row| row.3 == 0).map(tie).collect(),
            with_ids: |conn, ids| of(conn, ids)?.iter().map(tie).collect(),
            marks: |conn, after, limit| {
                marks(conn, after, limit, |row| Some(mark(row, Kind::Tie, 1, row.2.3)))
            },
            set_sealed: set_ties_sealed,
        },
        Table {
            kind: Kind::TieEnd,
            // Its declaration is sealed before, or with it.
            unsealed: |conn, limit| {
                unsealed(conn, limit)?.iter().filter(|row| row.2.4.is_some()).map(tie_end).collect()
            },
            with_ids: |conn, ids| of(conn, ids)?.iter().map(tie_end).collect(),
            // One that has lost its moment is still said to have been withdrawn.
            marks: |conn, after, limit| {
                let end = |row: &Tie| {
                    let at = row.2.4.or(Some(row.2.3).filter(|_| row.3 >= 2));
                    at.map(|at| mark(row, Kind::TieEnd, 2, at))
                };
                marks(conn, after, limit, end)
            },
            set_sealed: set_tie_ends_sealed,
        },
        Table {
            kind: Kind::Namesakes,
            unsealed: unsealed_namesakes,
            with_ids: |conn, ids| namesakes(conn, ids)?.into_iter().map(of_namesakes).collect(),
            marks: marks_of_namesakes,
            set_sealed: set_namesakes_sealed,
        },
    ]
}

/// Whose, its number; brand, branch, number, since and until when; how much of it is sealed.
type Tie = (Id<()>, i32, (Option<Id<()>>, Option<Id<()>>, i32, Instant, Option<Instant>), i32);

const TIE: (
    declared_tie::account_id,
    declared_tie::number,
    (
        declared_tie::brand_id,
        declared_tie::branch_id,
        declared_tie::number,
        declared_tie::declared_at,
        declared_tie::withdrawn_at,
    ),
    declared_tie::sealed,
) = (
    declared_tie::account_id,
    declared_tie::number,
    (
        declared_tie::brand_id,
        declared_tie::branch_id,
        declared_tie::number,
        declared_tie::declared_at,
        declared_tie::withdrawn_at,
    ),
    declared_tie::sealed,
);

fn tie((whose, number, (brand, branch, _, since, _), _): &Tie) -> Result<Row> {
    let key = Key { kind: Kind::Tie, id: whose.uuid(), number: *number };
    Row::new(key, OF_NO_BRAND, &(brand, branch, since))
}

fn tie_end((whose, number, (.., until), _): &Tie) -> Result<Row> {
    let key = Key { kind: Kind::TieEnd, id: whose.uuid(), number: *number };
    Row::new(key, OF_NO_BRAND, until)
}

fn mark((whose, number, _, sealed): &Tie, kind: Kind, least: i32, at: Instant) -> Mark {
    Mark::new(Key { kind, id: whose.uuid(), number: *number }, (least..=2).contains(sealed), at)
}

/// Ties of which something is not sealed. Spelled out, because only so the engines see that the partial index answers it.
fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Tie>> {
    const TIES: &str =
        "(declared_tie.sealed = 0 OR (declared_tie.sealed = 1 AND declared_tie.withdrawn_at IS NOT NULL))";
    Ok(declared_tie::table
        .filter(sql::<Bool>(TIES))
        .order((declared_tie::account_id, declared_tie::number))
        .limit(limit)
        .select(TIE)
        .load(conn)?)
}

fn of(conn: &mut Conn, shoppers: Vec<Id<()>>) -> Result<Vec<Tie>> {
    Ok(declared_tie::table.filter(declared_tie::account_id.eq_any(shoppers)).select(TIE).load(conn)?)
}

fn marks(
    conn: &mut Conn,
    after: Option<Place>,
    limit: i64,
    mark: impl Fn(&Tie) -> Option<Mark>,
) -> Result<Marks<Place>> {
    let mut query = declared_tie::table
        .order((declared_tie::account_id, declared_tie::number))
        .limit(limit)
        .select(TIE)
        .into_boxed();
    if let Some((whose, number)) = after {
        let later = declared_tie::account_id.eq(whose).and(declared_tie::number.gt(number));
        query = query.filter(declared_tie::account_id.gt(whose).or(later));
    }
    let rows: Vec<Tie> = query.load(conn)?;
    Ok((rows.last().map(|row| (row.0, row.1)), rows.iter().filter_map(mark).collect()))
}

/// Shopper and employee; whether they are one, who settled it, and when first; its revision, and which one is sealed; why, and
/// the salt of that.
type Namesake = (Id<()>, (Id<()>, bool, Id<()>, Instant, i64), i64, String, Option<Vec<u8>>);

/// What is settled of these shoppers' namesakes, of each shopper in the order of the employees.
fn namesakes(conn: &mut Conn, shoppers: Vec<Id<()>>) -> Result<Vec<Vec<Namesake>>> {
    let rows: Vec<Namesake> = namesake::table
        .filter(namesake::shopper_id.eq_any(shoppers))
        .order((namesake::shopper_id, namesake::employee_id))
        .select((
            namesake::shopper_id,
            (
                namesake::employee_id,
                namesake::same_person,
                namesake::settled_by,
                namesake::created_at,
                namesake::revision,
            ),
            namesake::sealed,
            namesake::reason,
            namesake::salt,
        ))
        .load(conn)?;
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    rows.into_iter().for_each(|row| all.entry(row.0.uuid()).or_default().push(row));
    Ok(all.into_values().collect())
}

/// The revisions of all of them together, which count the changes of what is settled of a shopper.
fn key_of(rows: &[Namesake]) -> Key {
    let revisions: i64 = rows.iter().map(|row| row.1.4).sum();
    let id = rows.first().map(|row| row.0.uuid()).unwrap_or_default();
    Key { kind: Kind::Namesakes, id, number: i32::try_from(revisions).unwrap_or(i32::MAX) }
}

/// The rows have one salt together, which each of them keeps.
fn of_namesakes(rows: Vec<Namesake>) -> Result<Row> {
    let stated: Vec<_> = rows.iter().map(|row| &row.1).collect();
    let reasons: Vec<_> = rows.iter().map(|row| &row.3).collect();
    let salt = rows.first().and_then(|row| row.4.clone());
    Row::new(key_of(&rows), OF_NO_BRAND, &stated)?.with(&reasons, salt)
}

fn unsealed_namesakes(conn: &mut Conn, limit: i64) -> Result<Vec<Row>> {
    let shoppers: Vec<Id<()>> = namesake::table
        .filter(sql::<Bool>("namesake.sealed <> namesake.revision"))
        .order(namesake::shopper_id)
        .limit(limit)
        .select(namesake::shopper_id)
        .load(conn)?;
    namesakes(conn, shoppers)?.into_iter().map(of_namesakes).collect()
}

fn marks_of_namesakes(conn: &mut Conn, after: Option<Place>, limit: i64) -> Result<Marks<Place>> {
    let shoppers: Vec<Id<()>> = ids_after!(conn, namesake by shopper_id, after.map(|(id, _)| id), limit);
    let last = shoppers.last().map(|id| (*id, 0));
    let mark = |rows: Vec<Namesake>| Mark {
        key: key_of(&rows),
        is_sealed: rows.iter().all(|row| row.2 == row.1.4),
        at: None,
        is_ahead: rows.iter().any(|row| row.2 > row.1.4),
    };
    Ok((last, namesakes(conn, shoppers)?.into_iter().map(mark).collect()))
}
