//! What every part of the program shares: the only shared state there is.

use crate::{
    accounts::{keys::Keys, passwords::Passwords},
    checklists::cache::Versions,
    clock::Clock,
    db::{DatabaseUrl, Db, migrate},
    error::{Error, Result},
    http::limits::SignInLimits,
};

/// Everything that is shared; cheap to clone behind actix's `Data`.
pub struct App {
    /// The database.
    pub db: Db,
    /// The time, and new ids.
    pub clock: Clock,
    /// The server's keys.
    pub keys: Keys,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// How often somebody may try to sign in, and a session refresh.
    pub limits: SignInLimits,
    /// Published checklist versions, ready to check and score answers.
    pub versions: Versions,
}

impl App {
    /// Brings the schema up to date, connects, and loads the keys.
    ///
    /// # Errors
    /// Whatever stands in the way, in one line for a person.
    pub async fn start(database: &DatabaseUrl, connections: u32, clock: Clock) -> Result<Self> {
        for name in migrate::up(database).map_err(Error::internal)? {
            tracing::info!(migration = %name, "applied");
        }
        let db = Db::connect(database, connections).map_err(Error::internal)?;
        let keys = Keys::load(&db, &clock).await?;
        Ok(Self {
            db,
            limits: SignInLimits::new(&clock),
            clock,
            keys,
            passwords: Passwords::default(),
            versions: Versions::default(),
        })
    }
}
