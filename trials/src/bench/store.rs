//! SQL of the bench alone: the floor's table, and filling many rows at once, for which the API would take too long.

use diesel::{connection::SimpleConnection, dsl::count_star, prelude::*};
use incognito::{
    db::{
        Conn,
        engine::each_engine,
        schema::{account, assignment, branch, brand, evidence, region, region_above, task, visit_content},
        types::{Instant, Json},
    },
    error::Result,
    fieldwork::assignments::model::Assignment,
    ids::{BranchId, BrandId, RegionId, VisitId},
    places::moves,
};

diesel::table! {
    use diesel::sql_types::Binary;
    use incognito::db::types::SqlId;

    bench_floor (id) {
        id -> SqlId,
        body -> Binary,
    }
}

/// The zone that all branches are in.
pub(crate) const ZONE: &str = "Europe/Paris";

/// Makes the floor's table, if it is not there.
pub(crate) fn make_floor(conn: &mut Conn) -> Result<()> {
    let sql = "CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY NOT NULL, body bytea NOT NULL)";
    Ok(conn.batch_execute(sql)?)
}

/// Takes the floor's table away.
pub(crate) fn drop_floor(conn: &mut Conn) -> Result<()> {
    Ok(conn.batch_execute("DROP TABLE IF EXISTS bench_floor")?)
}

/// Keeps the bytes of a visit and looks at nothing.
pub(crate) fn keep_floor(conn: &mut Conn, id: VisitId, body: &[u8]) -> Result<()> {
    each_engine!(conn, c => diesel::insert_into(bench_floor::table)
        .values((bench_floor::id.eq(id), bench_floor::body.eq(body)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The bytes that were kept.
pub(crate) fn floor(conn: &mut Conn, id: VisitId) -> Result<Option<Vec<u8>>> {
    Ok(bench_floor::table.find(id).select(bench_floor::body).first(conn).optional()?)
}

/// How often bytes were kept.
pub(crate) fn count_floor(conn: &mut Conn) -> Result<i64> {
    Ok(bench_floor::table.select(count_star()).first(conn)?)
}

/// How many files there are, finished or not.
pub(crate) fn count_files(conn: &mut Conn) -> Result<i64> {
    Ok(evidence::table.select(count_star()).first(conn)?)
}

/// How many files wait to be read, or are being read.
pub(crate) fn count_unread(conn: &mut Conn) -> Result<i64> {
    let reading = task::table.filter(task::queue.eq("read_evidence")).filter(task::dead.eq(false));
    Ok(reading.select(count_star()).first(conn)?)
}

/// So many visits after this one as phones sent them, as they lie there.
pub(crate) fn contents(conn: &mut Conn, after: VisitId, rows: i64) -> Result<Vec<(VisitId, String)>> {
    use diesel::{dsl::sql, sql_types::Text};
    Ok(each_engine!(conn, c => visit_content::table
        .filter(visit_content::visit_id.gt(after))
        .order(visit_content::visit_id)
        .limit(rows)
        .select((visit_content::visit_id, sql::<Text>("content")))
        .load(c))?)
}

/// The engine and its version.
pub(crate) fn engine(conn: &mut Conn) -> Result<String> {
    use diesel::{dsl::sql, sql_types::Text};
    Ok(match conn {
        Conn::Sqlite(c) => {
            let version: String = diesel::select(sql::<Text>("sqlite_version()")).get_result(c)?;
            format!("SQLite {version}")
        }
        Conn::Postgres(c) => {
            let version: String =
                diesel::select(sql::<Text>("current_setting('server_version')")).get_result(c)?;
            format!("PostgreSQL {version}")
        }
    })
}

/// How many bytes the database takes, with all indexes.
pub(crate) fn size(conn: &mut Conn) -> Result<i64> {
    use diesel::{dsl::sql, sql_types::BigInt};
    Ok(match conn {
        Conn::Sqlite(c) => {
            let pages = "(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())";
            diesel::select(sql::<BigInt>(pages)).get_result(c)?
        }
        Conn::Postgres(c) => {
            diesel::select(sql::<BigInt>("pg_database_size(current_database())")).get_result(c)?
        }
    })
}

/// Whether nobody has put anything here.
pub(crate) fn is_empty(conn: &mut Conn) -> Result<bool> {
    let brands: i64 = brand::table.select(count_star()).first(conn)?;
    let accounts: i64 = account::table.select(count_star()).first(conn)?;
    Ok(brands == 0 && accounts == 0)
}

/// Keeps a brand with one region over regions over branches, all in this time zone.
pub(crate) fn found(
    conn: &mut Conn,
    new: BrandId,
    top: RegionId,
    regions: &[RegionId],
    branches: &[(BranchId, RegionId)],
    now: Instant,
) -> Result<()> {
    diesel::insert_into(brand::table)
        .values((
            brand::id.eq(new),
            brand::name.eq("Bench"),
            brand::language.eq("en"),
            brand::minimum_visits.eq(3),
            brand::revision.eq(1_i64),
            brand::created_at.eq(now),
        ))
        .execute(conn)?;
    insert_region(conn, new, None, top, "All", now)?;
    for (number, &region) in regions.iter().enumerate() {
        insert_region(conn, new, Some(top), region, &format!("Region {number}"), now)?;
    }
    let row = |(number, &(id, region)): (usize, &(BranchId, RegionId))| {
        (
            branch::id.eq(id),
            branch::brand_id.eq(new),
            branch::region_id.eq(Some(region)),
            branch::code.eq(format!("B{number}")),
            branch::name.eq(format!("Branch {number}")),
            branch::address.eq("1 Bench Street"),
            branch::latitude.eq(48.8),
            branch::longitude.eq(2.3),
            branch::time_zone.eq(ZONE),
            branch::languages.eq(Json(vec!["en".to_owned()])),
            branch::revision.eq(1_i64),
            branch::created_at.eq(now),
        )
    };
    branches
        .iter()
        .enumerate()
        .map(row)
        .try_for_each(|row| diesel::insert_into(branch::table).values(row).execute(conn).map(drop))?;
    let branches: Vec<_> = branches.iter().map(|(branch, _)| *branch).collect();
    let tree = moves::store::tree(conn, new)?;
    moves::store::make_stays(conn, &tree, &branches)
}

fn insert_region(
    conn: &mut Conn,
    of: BrandId,
    parent: Option<RegionId>,
    id: RegionId,
    name: &str,
    now: Instant,
) -> Result<()> {
    diesel::insert_into(region::table)
        .values((
            region::id.eq(id),
            region::brand_id.eq(of),
            region::parent_id.eq(parent),
            region::name.eq(name),
            region::revision.eq(1_i64),
            region::created_at.eq(now),
        ))
        .execute(conn)?;
    for (height, ancestor) in [Some(id), parent].into_iter().flatten().enumerate() {
        diesel::insert_into(region_above::table)
            .values((
                region_above::region_id.eq(id),
                region_above::ancestor_id.eq(ancestor),
                region_above::height.eq(i32::try_from(height).unwrap_or_default()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps many assignments.
pub(crate) fn insert_assignments(conn: &mut Conn, new: &[Assignment]) -> Result<()> {
    each_engine!(conn, c => diesel::insert_into(assignment::table).values(new).execute(c))?;
    Ok(())
}

/// Tells PostgreSQL to look at what is there now, as it does by itself sooner or later; SQLite does not.
pub(crate) fn analyze(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(c) => Ok(c.batch_execute("ANALYZE")?),
    }
}
