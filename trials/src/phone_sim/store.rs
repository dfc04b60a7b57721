//! SQL of the trials alone.

use diesel::{prelude::*, sql_query, sql_types::Text};
use incognito::{
    db::{
        Conn,
        schema::{clean_copy, evidence},
        types::Sha256,
    },
    error::Result,
    evidence::model::FileState,
};

/// The digests of all blobs that there have to be: of files that are kept, and of their copies.
pub(super) fn kept_blobs(conn: &mut Conn) -> Result<Vec<Sha256>> {
    let files = evidence::table.filter(evidence::state.eq(FileState::Kept));
    let mut blobs: Vec<Sha256> = files.select(evidence::sha256).load(conn)?;
    let copies = clean_copy::table.select((clean_copy::sha256, clean_copy::thumbnail_sha256));
    for (copy, thumbnail) in copies.load::<(Option<Sha256>, Option<Sha256>)>(conn)? {
        blobs.extend([copy, thumbnail].into_iter().flatten());
    }
    Ok(blobs)
}

#[derive(QueryableByName)]
struct Fault {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// What SQLite finds wrong with its own file; PostgreSQL is not asked.
pub(super) fn faults(conn: &mut Conn) -> Result<Vec<String>> {
    let Conn::Sqlite(conn) = conn else { return Ok(Vec::new()) };
    let faults: Vec<Fault> = sql_query("PRAGMA integrity_check").load(conn)?;
    Ok(faults.into_iter().map(|fault| fault.integrity_check).filter(|fault| fault != "ok").collect())
}
