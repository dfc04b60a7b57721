//! Where a run has its data: a folder of its own that is gone afterwards, or a database that was named for it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use incognito::{
    config::Config,
    db::{DatabaseUrl, Db, migrate},
};

use super::{
    child::{Log, Settings},
    store,
};

/// Few connections are enough to prepare and to look.
const CONNECTIONS: u32 = 2;

/// The folder and the databases of one run.
pub(crate) struct Ground {
    folder: PathBuf,
    /// The shipped binary.
    shipped: PathBuf,
    /// This program.
    this: PathBuf,
    /// Whether the folder that it is in was made for it.
    made_parent: bool,
    database: DatabaseUrl,
    floor: DatabaseUrl,
    workers: usize,
    connections: u32,
}

impl Ground {
    /// Makes the folder and the tables. It is inside the folder for data, because that is the disk to be measured.
    ///
    /// # Errors
    /// In one line; also if a database was named that is not empty, unless that is wanted.
    pub(crate) async fn prepare(
        shipped: &Path,
        config: &Config,
        not_empty_is_fine: bool,
    ) -> Result<Self, String> {
        let this = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
        let made_parent = !config.data.exists();
        let folder = config.data.join(format!("trials-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let in_folder = |name| DatabaseUrl::Sqlite(folder.join(name));
        let is_named = config.database != DatabaseUrl::Sqlite(config.data.join("incognito.db"));
        let database = if is_named { config.database.clone() } else { in_folder("incognito.db") };
        let floor = match &database {
            DatabaseUrl::Sqlite(_) => in_folder("floor.db"),
            DatabaseUrl::Postgres(_) => database.clone(),
        };
        let (workers, connections) = (config.workers, config.connections);
        let shipped = shipped.to_owned();
        let this = Self { folder, shipped, this, made_parent, database, floor, workers, connections };
        migrate::up(&this.database)?;
        let empty = this.open()?.read(store::is_empty).await.map_err(|error| error.to_string())?;
        if is_named && !empty && !not_empty_is_fine {
            return Err(format!(
                "there is something in {} already, and a trial adds to it and takes nothing away: name an \
                 empty database, or say --yes-this-database",
                this.database
            ));
        }
        let floor = Db::connect(&this.floor, CONNECTIONS)?;
        floor.write(store::make_floor).await.map_err(|error| error.to_string())?;
        Ok(this)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Connects to the product's database.
    pub(crate) fn open(&self) -> Result<Db, String> {
        Db::connect(&self.database, CONNECTIONS)
    }

    /// Connects to the floor's database.
    pub(crate) fn open_floor(&self) -> Result<Db, String> {
        Db::connect(&self.floor, CONNECTIONS)
    }

    /// How the product's server is started.
    pub(crate) fn product(&self) -> Settings {
        self.settings(&self.shipped, &["serve"], &self.database)
    }

    /// How the floor's server is started.
    pub(crate) fn floor(&self) -> Settings {
        self.settings(&self.this, &["bench", "floor-server"], &self.floor)
    }

    /// How a server is started that acknowledges what it has not kept yet.
    pub(crate) fn planted(&self) -> Settings {
        self.settings(&self.this, &["bench", "floor-server", "--answer-first"], &self.floor)
    }

    fn settings(&self, program: &Path, command: &'static [&'static str], database: &DatabaseUrl) -> Settings {
        Settings {
            program: program.to_owned(),
            command,
            data: self.folder.clone(),
            database: database.clone(),
            workers: self.workers,
            connections: self.connections,
            log: Log::Off,
            environment: Vec::new(),
        }
    }

    /// Takes the floor's table out of a database that stays.
    pub(crate) async fn clear(&self) -> Result<(), String> {
        self.open_floor()?.write(store::drop_floor).await.map_err(|error| error.to_string())
    }
}

impl Drop for Ground {
    /// What cannot be removed is left: there is nobody to tell any more.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        if let Some(parent) = self.folder.parent().filter(|_| self.made_parent) {
            let _ = fs::remove_dir(parent);
        }
    }
}
