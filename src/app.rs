//! What every part of the program shares: the ground. A feature's own state is that feature's.

use crate::{blobs::Blobs, clock::Clock, db::Db, demand::Demand, seals::Seals};

/// The ground that all features stand on.
pub struct App {
    /// The database.
    pub db: Db,
    /// The time, and new ids.
    pub clock: Clock,
    /// What signs and seals.
    pub seals: Seals,
    /// The files of visits.
    pub blobs: Blobs,
    /// Whether there are requests, for which background work leaves room.
    pub demand: Demand,
}
