//! Where the write-ahead logs of the primary and of the replica stand, and where an account's last write stands in it.
//!
//! Positions are LSNs, as numbers of bytes.

use diesel::{
    QueryableByName, RunQueryDsl,
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use uuid::Uuid;

use crate::{
    db::{Conn, engine::each_engine, schema::last_write, types::Id},
    error::Result,
};

/// Which database a server has: that of the cluster which was made once, and of which a replica is a copy.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
pub(super) struct Identity {
    #[diesel(sql_type = Text)]
    cluster: String,
    #[diesel(sql_type = Text)]
    database: String,
}

/// How far a server has come.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub(super) struct Progress {
    /// Whether it replays what another one writes.
    #[diesel(sql_type = Bool)]
    pub(super) is_standby: bool,
    /// The end of what it has written or replayed.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) position: Option<i64>,
}

pub(super) fn identity(conn: &mut Conn) -> QueryResult<Identity> {
    let statement = "SELECT system_identifier::text AS cluster, oid::text AS database \
                     FROM pg_control_system(), pg_database WHERE datname = current_database()";
    each_engine!(conn, c => diesel::sql_query(statement).get_result(c))
}

/// The position of the primary is that up to which something was put into its log, written to its disk or not: what was
/// acknowledged stands before it, also with `synchronous_commit` off.
pub(super) fn progress(conn: &mut Conn) -> QueryResult<Progress> {
    let statement = "SELECT pg_is_in_recovery() AS is_standby, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() \
                     THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END, '0/0')::bigint AS position";
    each_engine!(conn, c => diesel::sql_query(statement).get_result(c))
}

/// Puts a record into the log that changes nothing, and writes the log to the disk. A log that stands still may stand a
/// page's head after the end of its last record, where no replica gets to.
pub(super) fn push_on(conn: &mut Conn) -> QueryResult<()> {
    let statement = "SELECT pg_logical_emit_message(true, 'incognito', '')";
    each_engine!(conn, c => diesel::sql_query(statement).execute(c).map(drop))
}

/// Keeps that an account has written what is committed now. It need not reach the disk: a primary that crashes is believed
/// only with a replica that has come as far as it has then.
pub(in crate::db) fn note_write(conn: &mut Conn, account: Uuid) -> Result<()> {
    const NOW: &str = "CASE WHEN set_config('synchronous_commit', 'off', true) = 'off' \
                       THEN pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint END";
    let account = Id::<Uuid>::new(account);
    each_engine!(conn, c => diesel::insert_into(last_write::table)
        .values((last_write::account_id.eq(account), last_write::position.eq(sql::<BigInt>(NOW))))
        .on_conflict(last_write::account_id)
        .do_update()
        .set(last_write::position.eq(sql::<BigInt>("excluded.position")))
        .execute(c))?;
    Ok(())
}

/// Where an account's last write stands, if it has written.
pub(in crate::db) fn last_write(conn: &mut Conn, account: Uuid) -> Result<Option<i64>> {
    let account = Id::<Uuid>::new(account);
    Ok(each_engine!(conn, c => last_write::table
        .find(account)
        .select(last_write::position)
        .first(c)
        .optional())?)
}
