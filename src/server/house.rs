//! The whole house at its start: the ground, and beside it each feature's own state.

use std::{path::Path, sync::Arc};

use actix_web::web::{Data, ServiceConfig};

use super::exports::{self, AllKinds};
use crate::{
    accounts::{limits::SignInLimits, passwords::Passwords, tokens::AccessTokens},
    app::App,
    blobs::Blobs,
    checklists::cache::Versions,
    clock::Clock,
    config::BlobsUrl,
    db::{DatabaseUrl, Db, migrate},
    demand::Demand,
    error::{Error, Result},
    evidence::{parts::Parts, photos::Pool},
    exports::source::Sources,
    http::{dear::DearLimits, input::BodyRoom},
    reports::counted::shown_questions,
    scores::{count_anew::count_what_is_due, means::Means},
    seals::{Seals, Secret},
};

/// The ground and the features' states; cheap to clone.
#[derive(Clone)]
pub struct House {
    /// The ground.
    pub app: Data<App>,
    /// The room for bodies that are on their way.
    pub bodies: Data<BodyRoom>,
    /// Access tokens that were read before.
    pub tokens: Data<AccessTokens>,
    /// Hashes passwords.
    pub passwords: Data<Passwords>,
    /// How often an account, an address or a session may try.
    pub limits: Data<SignInLimits>,
    /// How often an account may ask for what is dear.
    pub dear: Data<DearLimits>,
    /// Published checklist versions, ready to check and score answers.
    pub versions: Data<Versions>,
    /// What reading figures takes.
    pub figures: Data<Means>,
    /// What can be exported.
    pub exports: Data<Sources>,
    /// Files that have not arrived yet.
    pub parts: Data<Parts>,
    /// Reads photos and recordings.
    pub readers: Data<Pool>,
}

/// Where files are kept.
pub struct Files {
    /// Those that have arrived.
    pub blobs: Blobs,
    /// Those that are still arriving.
    pub parts: Parts,
}

impl Files {
    /// Opens the places that are configured: blobs there, and what has not arrived yet in the data folder.
    ///
    /// # Errors
    /// `internal`, in one line for a person.
    pub fn open(data: &Path, blobs: &BlobsUrl) -> Result<Self> {
        let blobs = Blobs::open(blobs).map_err(Error::internal)?;
        Ok(Self { blobs, parts: Parts::open(data.join("uploads")).map_err(Error::internal)? })
    }
}

impl House {
    /// Brings the schema up to date, connects, and loads the keys, which are kept under the secret if there is one.
    ///
    /// # Errors
    /// What stands in the way, in one line for a person.
    pub async fn open(
        database: &DatabaseUrl,
        connections: u32,
        clock: Clock,
        files: Files,
        secret: Option<Secret>,
    ) -> Result<Self> {
        for name in migrate::up(database).map_err(Error::internal)? {
            tracing::info!(migration = %name, "applied");
        }
        let db = Db::connect(database, connections).map_err(Error::internal)?;
        let seals = Seals::load(&db, &clock, secret).await?;
        count_what_is_due(&db, shown_questions, clock.now()).await?;
        let versions = Arc::new(Versions::default());
        let reading = exports::Means {
            versions: Data::from(Arc::clone(&versions)),
            figures: Data::new(Means::new(versions, shown_questions)),
            app: Data::new(App {
                db,
                clock: clock.clone(),
                seals,
                blobs: files.blobs,
                demand: Demand::default(),
            }),
        };
        Ok(Self {
            bodies: Data::new(BodyRoom::default()),
            tokens: Data::new(AccessTokens::default()),
            passwords: Data::new(Passwords::default()),
            limits: Data::new(SignInLimits::new(&clock)),
            dear: Data::new(DearLimits::new(&clock)),
            parts: Data::new(files.parts),
            readers: Data::new(Pool::start().map_err(Error::internal)?),
            exports: Data::new(Sources(Arc::new(AllKinds(reading.clone())))),
            app: reading.app,
            versions: reading.versions,
            figures: reading.figures,
        })
    }

    /// Gives every handler its way to the ground and to the features' states.
    pub(super) fn furnish(&self, service: &mut ServiceConfig) {
        service
            .app_data(Data::clone(&self.app))
            .app_data(Data::clone(&self.bodies))
            .app_data(Data::clone(&self.tokens))
            .app_data(Data::clone(&self.passwords))
            .app_data(Data::clone(&self.limits))
            .app_data(Data::clone(&self.dear))
            .app_data(Data::clone(&self.versions))
            .app_data(Data::clone(&self.figures))
            .app_data(Data::clone(&self.exports))
            .app_data(Data::clone(&self.parts))
            .app_data(Data::clone(&self.readers));
    }

    /// What reading for exports takes.
    pub fn reading(&self) -> exports::Means {
        let Self { app, versions, figures, .. } = self.clone();
        exports::Means { app, versions, figures }
    }

    /// The ground, for what runs beside the requests.
    pub fn ground(&self) -> Arc<App> {
        Data::clone(&self.app).into_inner()
    }
}
