//! Bringing the schema to what this program wants. Migrations take no lock of their own, so one is taken here:
//! two servers that start together must not both migrate.

use diesel::{
    connection::SimpleConnection,
    migration::{Migration, MigrationSource, MigrationVersion},
    pg::Pg,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    Conn, DatabaseUrl,
    engine::{self, Opener, Purpose, each_engine},
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Any number will do; it only has to be the same for everybody who migrates.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_lock(7166172626)";

type Outcome<T> = Result<T, String>;

/// Applies every migration that is missing; gives the names of those.
pub fn up(url: &DatabaseUrl) -> Outcome<Vec<String>> {
    alone(
        url,
        |conn| each_engine!(conn, c => c.run_pending_migrations(MIGRATIONS).map_err(text).and_then(|done| names(&done))),
    )
}

/// Undoes the last so many migrations; gives the names of those.
pub fn down(url: &DatabaseUrl, count: usize) -> Outcome<Vec<String>> {
    alone(url, |conn| {
        let mut undone = Vec::new();
        for _ in 0..count {
            let version = each_engine!(conn, c => c.revert_last_migration(MIGRATIONS)).map_err(text)?;
            undone.push(version);
        }
        names(&undone)
    })
}

/// The names of the migrations that are still to be applied: all of them where there is no database yet, and looking
/// makes none.
pub fn pending(url: &DatabaseUrl) -> Outcome<Vec<String>> {
    if let DatabaseUrl::Sqlite(path) = url
        && !path.exists()
    {
        return Ok(all()?.iter().map(|one| one.name().to_string()).collect());
    }
    let mut conn = open(url)?;
    match &mut conn {
        Conn::Sqlite(c) => {
            let pending: Vec<Box<dyn Migration<Sqlite>>> = c.pending_migrations(MIGRATIONS).map_err(text)?;
            Ok(pending.iter().map(|one| one.name().to_string()).collect())
        }
        Conn::Postgres(c) => {
            let pending: Vec<Box<dyn Migration<Pg>>> = c.pending_migrations(MIGRATIONS).map_err(text)?;
            Ok(pending.iter().map(|one| one.name().to_string()).collect())
        }
    }
}

/// Runs something while nobody else migrates this database.
fn alone<T>(url: &DatabaseUrl, migrate: impl FnOnce(&mut Conn) -> Outcome<T>) -> Outcome<T> {
    engine::prepare(url)?;
    let mut conn = open(url)?;
    let _lock = match url {
        DatabaseUrl::Sqlite(path) => Some(engine::lock_file(path)?),
        DatabaseUrl::Postgres(_) => {
            // Held until the connection closes.
            conn.batch_execute("SET statement_timeout = 0").map_err(text)?;
            conn.batch_execute(POSTGRES_LOCK).map_err(text)?;
            None
        }
    };
    migrate(&mut conn)
}

fn open(url: &DatabaseUrl) -> Outcome<Conn> {
    let opener = Opener { url: url.clone(), purpose: Purpose::Write };
    opener.open().map_err(|error| format!("cannot open the database {url}: {}", text(error).trim()))
}

/// Every migration there is, in their order. They are the same for both engines.
fn all() -> Outcome<Vec<Box<dyn Migration<Sqlite>>>> {
    let mut all = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(text)?;
    all.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    Ok(all)
}

/// The engine speaks of versions (`06`), people of names (`06_scores`).
fn names(versions: &[MigrationVersion<'_>]) -> Outcome<Vec<String>> {
    let all = all()?;
    let name = |version: &MigrationVersion<'_>| {
        let named = all.iter().find(|one| one.name().version() == *version);
        named.map_or_else(|| version.to_string(), |one| one.name().to_string())
    };
    Ok(versions.iter().map(name).collect())
}

#[allow(clippy::needless_pass_by_value)] // so that it can stand in map_err
fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
