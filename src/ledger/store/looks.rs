//! What is read of what was found when visits were looked at: a look at a visit and its flags are one record.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use serde_json::Value;

use super::{
    super::{
        model::{Key, Kind},
        records::Row,
    },
    table::{Mark, Marks, Place, Table},
};
use crate::{
    db::{
        Conn,
        schema::{trust_flag, trust_look, visit},
        types::{Id, Instant, Json},
    },
    error::Result,
    ids::BrandId,
    trust::store::set_sealed,
};

pub(super) fn table() -> Table {
    Table { kind: Kind::Look, unsealed, with_ids, marks, set_sealed }
}

/// Which visit, and which look at it.
type Of = (Id<()>, i32);
/// By whom and when it was made, what was found, and when.
type Found = (Id<()>, Instant, Instant, i32, Option<String>, Option<Instant>);
/// Where its shopper was.
type Fix = (Option<f64>, Option<f64>, Option<i32>);
/// Which look, at which revision.
type Look = (Of, i32, BrandId, Found, Fix, Option<Vec<u8>>);
/// What a flag rests on may say where the shopper was, or what the shopper wrote.
type Flag = (Of, (i32, String, String, Option<String>, Option<Id<()>>), Json<Value>);

/// Which looks are read.
enum Which {
    /// Those at these visits.
    At(Vec<Id<()>>),
    /// So many that are not sealed.
    Unsealed(i64),
}

fn looks(conn: &mut Conn, which: Which) -> Result<Vec<Row>> {
    let mut query = trust_look::table
        .inner_join(visit::table.on(visit::id.eq(trust_look::visit_id)))
        .order((trust_look::visit_id, trust_look::number))
        .select((
            (trust_look::visit_id, trust_look::number),
            trust_look::revision,
            visit::brand_id,
            (
                trust_look::shopper_id,
                trust_look::started_at,
                trust_look::ended_at,
                trust_look::flags,
                trust_look::weight,
                trust_look::looked_at,
            ),
            (trust_look::latitude, trust_look::longitude, trust_look::accuracy_m),
            trust_look::salt,
        ))
        .into_boxed();
    query = match which {
        Which::At(ids) => query.filter(trust_look::visit_id.eq_any(ids)),
        Which::Unsealed(limit) => query
            .filter(sql::<Bool>("trust_look.looked_at IS NOT NULL AND NOT trust_look.sealed"))
            .limit(limit),
    };
    let looks: Vec<Look> = query.load(conn)?;
    let mut flags = flags(conn, looks.iter().map(|look| look.0.0).collect())?;
    let row = |(of, revision, brand, found, fix, salt): Look| {
        let flags = flags.remove(&of).unwrap_or_default();
        let (stated, evidence): (Vec<_>, Vec<_>) =
            flags.into_iter().map(|(_, stated, on)| (stated, on.0)).unzip();
        // Looks have had a number of their own only since a later migration.
        let revision = (revision != of.1).then_some(revision);
        Row::new(key(of), brand, &(found, stated))?.later(&(revision,))?.with(&(fix, evidence), salt)
    };
    looks.into_iter().map(row).collect()
}

fn key((visit, number): Of) -> Key {
    Key { kind: Kind::Look, id: visit.uuid(), number }
}

fn flags(conn: &mut Conn, of: Vec<Id<()>>) -> Result<HashMap<Of, Vec<Flag>>> {
    let rows: Vec<Flag> = trust_flag::table
        .filter(trust_flag::visit_id.eq_any(of))
        .order((trust_flag::visit_id, trust_flag::look, trust_flag::number))
        .select((
            (trust_flag::visit_id, trust_flag::look),
            (
                trust_flag::number,
                trust_flag::kind,
                trust_flag::weight,
                trust_flag::question,
                trust_flag::other_visit_id,
            ),
            trust_flag::evidence,
        ))
        .load(conn)?;
    let mut flags: HashMap<_, Vec<_>> = HashMap::new();
    rows.into_iter().for_each(|row| flags.entry(row.0).or_default().push(row));
    Ok(flags)
}

fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Row>> {
    looks(conn, Which::Unsealed(limit))
}

fn with_ids(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<Vec<Row>> {
    looks(conn, Which::At(ids))
}

/// One that is not finished has no mark, unless it is said to be sealed.
fn marks(conn: &mut Conn, after: Option<Place>, limit: i64) -> Result<Marks<Place>> {
    let mut query = trust_look::table
        .order((trust_look::visit_id, trust_look::number))
        .limit(limit)
        .select((trust_look::visit_id, trust_look::number, trust_look::sealed, trust_look::looked_at))
        .into_boxed();
    if let Some((visit, number)) = after {
        let later = trust_look::visit_id.eq(visit).and(trust_look::number.gt(number));
        query = query.filter(trust_look::visit_id.gt(visit).or(later));
    }
    let rows: Vec<(Id<()>, i32, bool, Option<Instant>)> = query.load(conn)?;
    let mark = |&(id, number, is_sealed, at): &(Id<()>, i32, bool, Option<Instant>)| {
        let mark = Mark { key: key((id, number)), is_sealed, at, is_ahead: false };
        (is_sealed || at.is_some()).then_some(mark)
    };
    Ok((rows.last().map(|row| (row.0, row.1)), rows.iter().filter_map(mark).collect()))
}
