//! What can be exported: visits, scores and reports, each by the same parameters as its address has, a piece at a time.
//!
//! A kind of export is one file beside this one: it reads the things after a key. The command line writes them to a file of its own, and the server to its
//! store, beside the requests ([`source`]).

mod reports;
mod scores;
mod source;
mod visits;

use std::future::{Future, ready};

use actix_web::web::Data;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

pub use self::{reports::Reports, scores::Scores, source::AllKinds, visits::Visits};
use crate::{
    accounts::{
        self,
        model::{Grant, GrantScope, Role},
        policy::{Permission, Scope},
    },
    app::App,
    checklists::cache::Versions,
    db::{Conn, types::Id},
    error::{Code, Error, Result},
    exports::model::ExportKind,
    http::{input::parse_query, languages::Wishes, sheet::Rows},
    ids::AccountId,
    scores::means::Means as Figures,
};

/// What reading takes; cheap to clone.
#[derive(Clone)]
pub struct Means {
    /// The ground.
    pub app: Data<App>,
    /// Published checklist versions.
    pub versions: Data<Versions>,
    /// What reading figures takes.
    pub figures: Data<Figures>,
}

/// A kind of export.
pub trait Kind: Send + Sync + 'static {
    /// Which it is.
    const KIND: ExportKind;
    /// Which things: the parameters of its address.
    type Params: DeserializeOwned + Validate + IntoParams + Send + 'static;
    /// One thing.
    type Thing: Rows + Send;

    /// How many things there are: not known without reading them, unless a kind says so.
    ///
    /// # Errors
    /// As [`Self::read`].
    fn count(_: &Means, _: Scope, _: Self::Params) -> impl Future<Output = Result<Option<u64>>> + Send {
        ready(Ok(None))
    }

    /// The things of this reach that come after a key, so many at most; all of them from the first one on without a key.
    ///
    /// # Errors
    /// `invalid` if the parameters contradict themselves; those of the database.
    fn read(
        means: &Means,
        reach: Scope,
        params: Self::Params,
        wishes: Wishes,
        from: PieceAfter,
    ) -> impl Future<Output = Result<Piece<Self::Thing>>> + Send;
}

/// Which piece is read.
#[derive(Clone, Debug)]
pub struct PieceAfter {
    /// The key of the last thing before it; none at the beginning.
    pub after: Option<Value>,
    /// So many things at most.
    pub at_once: u32,
}

impl PieceAfter {
    /// The key, as its kind knows it.
    fn key<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        self.after.clone().map(serde_json::from_value).transpose().map_err(Error::internal)
    }
}

/// Some things, in their order.
#[derive(Debug)]
pub struct Piece<T> {
    /// The things.
    pub things: Vec<T>,
    /// The key of the last of them; none if no others follow.
    pub next: Option<Value>,
}

impl<T> Piece<T> {
    /// All things at once.
    const fn whole(things: Vec<T>) -> Self {
        Self { things, next: None }
    }

    /// These things, which were asked for with this; others follow unless there are fewer than were asked for.
    fn of<K: Serialize>(keyed: Vec<(K, T)>, from: &PieceAfter) -> Result<Self> {
        let is_full = keyed.len() >= from.at_once as usize;
        let last = keyed.last().filter(|_| is_full).map(|(key, _)| serde_json::to_value(key));
        let next = last.transpose().map_err(Error::internal)?;
        Ok(Self { things: keyed.into_iter().map(|(_, thing)| thing).collect(), next })
    }
}

/// Who reads what is exported by the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// An administrator of everything.
    Operator,
    /// This account, by what it may at the time of each piece.
    Account(AccountId),
}

/// What is exported for whom.
#[derive(Clone, Debug)]
pub struct WantedExport {
    /// Which things: the parameters, as they stand after the question mark of an address.
    pub query: String,
    /// The languages that are wished for.
    pub wishes: Wishes,
    /// Who reads it.
    pub reader: Reader,
}

impl WantedExport {
    /// The parameters.
    ///
    /// # Errors
    /// `invalid`, with each mistake.
    pub fn params<K: Kind>(&self) -> Result<K::Params> {
        params::<K>(&self.query)
    }

    /// How many things there are, if that is known.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn count<K: Kind>(&self, means: &Means) -> Result<Option<u64>> {
        let (params, reach) = (self.params::<K>()?, self.reach::<K>(means).await?);
        K::count(means, reach, params).await
    }

    /// The next piece, by what the reader may now.
    ///
    /// # Errors
    /// `invalid` with each mistake in the parameters; `forbidden` if the reader may not, or no longer; those of the database.
    pub async fn read<K: Kind>(&self, means: &Means, from: PieceAfter) -> Result<Piece<K::Thing>> {
        let (params, reach) = (self.params::<K>()?, self.reach::<K>(means).await?);
        K::read(means, reach, params, self.wishes.clone(), from).await
    }

    async fn reach<K: Kind>(&self, means: &Means) -> Result<Scope> {
        let reader = self.reader;
        means.app.db.glance(move |conn| reach(conn, reader, K::KIND.permission())).await
    }
}

/// The parameters of a kind that stand in this query.
fn params<K: Kind>(query: &str) -> Result<K::Params> {
    parse_query(query).map_err(Error::invalid)
}

/// How far the permission of this reader reaches now.
fn reach(conn: &mut Conn, reader: Reader, permission: Permission) -> Result<Scope> {
    let forbidden = || Error::new(Code::Forbidden);
    let Reader::Account(id) = reader else {
        let nil = Uuid::nil();
        let grant = Grant { id: Id::new(nil), role: Role::Administrator, scope: GrantScope::default() };
        return Scope::of(permission, Id::new(nil), &[grant]).ok_or_else(forbidden);
    };
    let account = accounts::store::account(conn, id)?.filter(|account| !account.disabled);
    let account = account.ok_or_else(forbidden)?;
    let grants = accounts::store::grants(conn, account.id)?;
    Scope::of(permission, account.id, &grants).ok_or_else(forbidden)
}
