//! What every part of the program shares: the only shared state there is.

use std::path::Path;

use crate::{
    accounts::{keys::Keys, passwords::Passwords},
    blobs::Blobs,
    checklists::cache::Versions,
    clock::Clock,
    config::BlobsUrl,
    db::{DatabaseUrl, Db, migrate},
    error::{Error, Result},
    evidence::{parts::Parts, photos::Pool},
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
    /// The files of visits.
    pub blobs: Blobs,
    /// Those that have not arrived yet.
    pub parts: Parts,
    /// Reads those that have.
    pub readers: Pool,
}

/// Where files are kept.
pub struct Files {
    /// Those that are here.
    pub blobs: Blobs,
    /// Those that have not arrived yet.
    pub parts: Parts,
}

impl Files {
    /// Opens the places that are configured: blobs there, and what has not arrived yet in the folder of data.
    ///
    /// # Errors
    /// `internal`, in one line for a person.
    pub fn open(data: &Path, blobs: &BlobsUrl) -> Result<Self> {
        let blobs = Blobs::open(blobs).map_err(Error::internal)?;
        Ok(Self { blobs, parts: Parts::open(data.join("uploads")).map_err(Error::internal)? })
    }
}

impl App {
    /// Brings the schema up to date, connects, and loads the keys.
    ///
    /// # Errors
    /// Whatever stands in the way, in one line for a person.
    pub async fn start(database: &DatabaseUrl, connections: u32, clock: Clock, files: Files) -> Result<Self> {
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
            blobs: files.blobs,
            parts: files.parts,
            readers: Pool::start().map_err(Error::internal)?,
        })
    }
}
