//! The two engines: the only file that names one.

use std::{fs::File, path::Path, time::Duration};

use diesel::{
    Connection, ConnectionError, MultiConnection, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    r2d2::{ManageConnection, R2D2Connection},
    result::{DatabaseErrorKind, Error as SqlError},
};

use crate::durable;

/// A connection to either engine.
#[derive(MultiConnection)]
pub enum Conn {
    /// The default: a file beside the program.
    Sqlite(SqliteConnection),
    /// For scale: a server.
    Postgres(PgConnection),
}

/// Runs the same tokens, type-checked once per engine, on the connection's own type:
/// for what [`Conn`] cannot say (upserts, many-row inserts, `returning`).
#[macro_export]
macro_rules! each_engine {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($c) => $body,
            $crate::db::Conn::Postgres($c) => $body,
        }
    };
}
pub use each_engine;

/// Where the data is, from a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://path/to/file`.
    Sqlite(std::path::PathBuf),
    /// `postgres://user@host/database`.
    Postgres(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => Ok(Self::Postgres(url.to_owned())),
            _ => Err("a database is sqlite://FILE or postgres://USER@HOST/DATABASE".to_owned()),
        }
    }
}

impl DatabaseUrl {
    /// The URL, if a server has the data.
    pub fn server(&self) -> Option<&str> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(url) => Some(url),
        }
    }

    /// Whether a server has the data.
    pub fn is_server(&self) -> bool {
        self.server().is_some()
    }
}

impl std::fmt::Display for DatabaseUrl {
    /// For people: a password in the URL is not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
                let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
                let (person, place) = rest.rsplit_once('@').map_or(("", rest), |(_, place)| ("…@", place));
                write!(f, "{scheme}://{person}{place}")
            }
        }
    }
}

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Anything.
    Write,
    /// Only look: the engine itself refuses to write.
    Read,
}

const SQLITE_ANY: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -4000;
    PRAGMA temp_store = MEMORY;";
const POSTGRES_ANY: &str = "
    SET timezone = 'UTC';
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s';";

/// Opens connections of one purpose; the pool's side of [`Conn`].
#[derive(Clone, Debug)]
pub struct Opener {
    /// Where to.
    pub url: DatabaseUrl,
    /// What for.
    pub purpose: Purpose,
}

impl Opener {
    /// Opens one connection and sets it up.
    pub fn open(&self) -> Result<Conn, ConnectionError> {
        let mut conn = match &self.url {
            DatabaseUrl::Sqlite(path) => Conn::Sqlite(open_sqlite(path)?),
            DatabaseUrl::Postgres(url) => Conn::Postgres(PgConnection::establish(url)?),
        };
        self.set_up(&mut conn).map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(conn)
    }

    fn set_up(&self, conn: &mut Conn) -> QueryResult<()> {
        let (any, read) = match conn {
            Conn::Sqlite(_) => (SQLITE_ANY, "PRAGMA query_only = ON;"),
            Conn::Postgres(_) => (POSTGRES_ANY, "SET default_transaction_read_only = on;"),
        };
        conn.batch_execute(any)?;
        match self.purpose {
            Purpose::Write => Ok(()),
            Purpose::Read => conn.batch_execute(read),
        }
    }
}

impl ManageConnection for Opener {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        self.open().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

fn open_sqlite(path: &Path) -> Result<SqliteConnection, ConnectionError> {
    SqliteConnection::establish(&path.to_string_lossy())
}

/// Makes the folder of an SQLite file and sets its journal to WAL, once, before any pool exists. Two that do it at once
/// would collide: SQLite does not wait for its busy timeout when the journal's mode changes, so that one waits here.
pub fn prepare(url: &DatabaseUrl) -> Result<(), String> {
    let DatabaseUrl::Sqlite(path) = url else { return Ok(()) };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        durable::make(folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    }
    let _lock = lock_file(path)?;
    let mut conn = open_sqlite(path).map_err(|error| error.to_string())?;
    conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL;")
        .map_err(|error| error.to_string())
}

/// Waits until no other thread or process prepares or migrates this SQLite file. The others wait until the file that is
/// given back is closed.
pub fn lock_file(database: &Path) -> Result<File, String> {
    let path = database.with_extension("migrating");
    let file = File::create(&path).map_err(|error| format!("cannot make {}: {error}", path.display()))?;
    file.lock().map_err(|error| format!("cannot lock {}: {error}", path.display()))?;
    Ok(file)
}

/// Lets a transaction that writes very much keep in memory what it has changed (half a GiB at most), or gives that memory back.
/// SQLite writes a page out each time it has no room for it; PostgreSQL has its own memory.
pub fn keep_much(conn: &mut Conn, is_much: bool) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) if is_much => c.batch_execute("PRAGMA cache_size = -524288"),
        Conn::Sqlite(c) => c.batch_execute("PRAGMA cache_size = -4000"),
        Conn::Postgres(_) => Ok(()),
    }
}

/// Begins a serializable transaction that may write.
pub fn begin_write(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL SERIALIZABLE")
        }
    }
}

/// Begins a transaction that sees one state of the data throughout and writes nothing.
pub fn begin_snapshot(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(
            c,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
    }
}

/// A name of the state that a transaction sees, by which others see the same as long as it lasts. Only PostgreSQL has such names.
pub fn export_snapshot(conn: &mut Conn) -> QueryResult<String> {
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("pg_export_snapshot()")).get_result(conn)
}

/// Lets a transaction that has just begun see the state of this name.
pub fn see_snapshot(conn: &mut Conn, name: &str) -> QueryResult<()> {
    conn.batch_execute(&format!("SET TRANSACTION SNAPSHOT '{}'", name.replace('\'', "''")))
}

/// Commits what [`begin_write`] or [`begin_snapshot`] began, or releases the innermost savepoint.
pub fn commit(conn: &mut Conn) -> QueryResult<()> {
    <Conn as Connection>::TransactionManager::commit_transaction(conn)
}

/// Undoes what was begun last: the transaction, or the innermost savepoint.
pub fn rollback(conn: &mut Conn) -> QueryResult<()> {
    <Conn as Connection>::TransactionManager::rollback_transaction(conn)
}

/// Begins a savepoint inside a transaction.
pub fn savepoint(conn: &mut Conn) -> QueryResult<()> {
    <Conn as Connection>::TransactionManager::begin_transaction(conn)
}

/// Whether running the same transaction once more is the cure (SQLSTATE 40001 and 40P01).
pub fn is_retryable(error: &SqlError) -> bool {
    match error {
        SqlError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        SqlError::DatabaseError(_, about) => about.message() == "deadlock detected",
        SqlError::RollbackErrorOnCommit { commit_error, .. } => is_retryable(commit_error),
        _ => false,
    }
}

/// Whether the connection itself was lost, so that another one may do better.
pub fn is_connection_lost(error: &SqlError) -> bool {
    use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand};
    match error {
        SqlError::DatabaseError(ClosedConnection | UnableToSendCommand, _) => true,
        // What a server says when it is stopped: 57P01 and its kin have no kind of their own.
        SqlError::DatabaseError(_, about) => about.message().contains("terminating connection"),
        SqlError::BrokenTransactionManager => true,
        _ => false,
    }
}

/// Whether the disk is full or cannot be written: not the caller's fault, and over when there is space again.
pub fn is_out_of_space(error: &SqlError) -> bool {
    const SIGNS: [&str; 4] =
        ["database or disk is full", "disk I/O error", "No space left", "could not extend file"];
    match error {
        SqlError::DatabaseError(_, about) => SIGNS.iter().any(|sign| about.message().contains(sign)),
        _ => false,
    }
}

/// What is wrong with the database itself, as far as its engine can say: SQLite looks at every page, index and reference.
/// PostgreSQL has no such check without an extension, so every row is read once, which its checksums of pages watch over, and
/// references, indexes and constraints are asked for.
pub fn integrity(conn: &mut Conn) -> QueryResult<Vec<String>> {
    match conn {
        Conn::Sqlite(c) => {
            let mut wrong = fault(c, "SELECT integrity_check AS fault FROM pragma_integrity_check")?;
            wrong.retain(|fault| fault != "ok");
            let broken = "SELECT 'a row of ' || \"table\" || ' refers to none of ' || \"parent\" AS fault \
                          FROM pragma_foreign_key_check LIMIT 100";
            wrong.extend(fault(c, broken)?);
            Ok(wrong)
        }
        Conn::Postgres(c) => {
            c.batch_execute("SET LOCAL statement_timeout = 0")?;
            let mut wrong = fault(c, POSTGRES_FAULTS)?;
            for look in fault(c, POSTGRES_LOOKS)? {
                wrong.extend(fault(c, &look)?);
            }
            Ok(wrong)
        }
    }
}

/// Indexes and constraints that do not hold, and pages whose checksums were wrong.
const POSTGRES_FAULTS: &str = "
    SELECT 'the index ' || indexrelid::regclass || ' is not valid' AS fault FROM pg_index WHERE NOT indisvalid
    UNION ALL SELECT 'the constraint ' || conname || ' was not validated' FROM pg_constraint WHERE NOT convalidated
    UNION ALL SELECT checksum_failures || ' pages had wrong checksums' FROM pg_stat_database
        WHERE datname = current_database() AND checksum_failures > 0";

/// Statements that read each row of each table, and that find references to rows that are not there.
const POSTGRES_LOOKS: &str = "
    SELECT format('SELECT ''rows of %1$s cannot be read'' AS fault FROM (SELECT sum(length(one::text)) AS all_of_it
        FROM %1$s AS one) AS read WHERE all_of_it < 0', oid::regclass) AS fault
        FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('SELECT ''a row of %1$s refers to none of %2$s'' AS fault FROM %1$s AS low WHERE %3$s
        AND NOT EXISTS (SELECT 1 FROM %2$s AS high WHERE %4$s) LIMIT 100', conrelid::regclass, confrelid::regclass,
        (SELECT string_agg(format('low.%I IS NOT NULL', attname), ' AND ') FROM pg_attribute
            WHERE attrelid = conrelid AND attnum = ANY (conkey)),
        (SELECT string_agg(format('low.%I = high.%I', l.attname, h.attname), ' AND ')
            FROM unnest(conkey, confkey) AS pair (low, high)
            JOIN pg_attribute AS l ON l.attrelid = conrelid AND l.attnum = pair.low
            JOIN pg_attribute AS h ON h.attrelid = confrelid AND h.attnum = pair.high))
        FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace";

#[derive(diesel::QueryableByName)]
struct Said {
    #[diesel(sql_type = diesel::sql_types::Text)]
    fault: String,
}

/// The texts that a statement gives.
fn fault<C>(conn: &mut C, statement: &str) -> QueryResult<Vec<String>>
where
    C: Connection,
    diesel::query_builder::SqlQuery: for<'q> diesel::query_dsl::LoadQuery<'q, C, Said>,
{
    use diesel::RunQueryDsl;
    let rows = diesel::sql_query(statement).load::<Said>(conn)?;
    Ok(rows.into_iter().map(|row| row.fault).collect())
}

/// How long a caller waits for a connection before the database counts as busy.
pub const CHECKOUT_DEADLINE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::thread;

    use super::*;

    /// About one in a hundred rounds would fail without the lock.
    #[test]
    fn many_who_open_a_new_file_at_once_all_do() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..400 {
            let url = DatabaseUrl::Sqlite(folder.path().join(format!("{round}.db")));
            let outcomes: Vec<_> = thread::scope(|scope| {
                let all: Vec<_> = (0..6).map(|_| scope.spawn(|| prepare(&url))).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert_eq!(outcomes, vec![Ok(()); 6], "round {round}");
        }
    }
}
