//! Everything computed anew from the visits, to see whether what is stored is what it must be.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    fmt,
};

pub use super::recount::{PlaceOf, WrongRollup};
use super::{model::Counted, recount::Recount, store};
use crate::{
    accounts::policy::Scope,
    checklists::{self, cache::Version},
    db::{Conn, Db, types::Sha256},
    error::{Error, Result, if_there},
    ids::{BranchId, RegionId, VersionId, VisitId},
    places,
    visits::{self, model::Visit},
};

/// So many visits are held in memory at a time.
const VISITS_AT_ONCE: i64 = 1_000;
/// So many places' rollups are held in memory at a time.
const PLACES_AT_ONCE: i64 = 100;
/// More differences than this are counted, but not listed.
const MOST_LISTED: usize = 10_000;

/// What came of looking at everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many visits there are.
    pub visits: u64,
    /// How many of them count in scores.
    pub counted: u64,
    /// How many rollups are stored.
    pub rollups: u64,
    /// What differs; the first 10,000.
    pub differences: Vec<Difference>,
    /// How many more differ.
    pub unlisted: u64,
}

impl Verified {
    /// Whether all is as it must be.
    pub fn is_right(&self) -> bool {
        self.differences.is_empty()
    }

    fn differs(&mut self, difference: Difference) {
        if self.differences.len() < MOST_LISTED {
            self.differences.push(difference);
        } else {
            self.unlisted += 1;
        }
    }
}

/// Something stored that is not what follows from the visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A visit's score is not what its answers score.
    Score {
        /// The visit.
        visit: VisitId,
        /// What is stored, in basis points.
        stored: Option<i32>,
        /// What its answers score under its version, in basis points.
        recomputed: Option<i32>,
    },
    /// A visit's digest is not that of its content.
    Content {
        /// The visit.
        visit: VisitId,
        /// What is stored.
        stored: Sha256,
        /// The digest of the content; none if it has none, because a salt is gone.
        recomputed: Option<Sha256>,
    },
    /// A visit's checklist version is not there, so that its score is not known.
    NoVersion {
        /// The visit.
        visit: VisitId,
        /// The version that it names.
        version: VersionId,
    },
    /// A place's sums are not those of its counted visits.
    Rollup(WrongRollup),
    /// A branch's sums for the branch's side are not those of its released visits.
    Released(WrongRollup),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let score = |score: &Option<i32>| score.map_or("none".to_owned(), |score| score.to_string());
        match self {
            Self::Score { visit, stored, recomputed } => {
                write!(
                    f,
                    "score of visit {visit}: stored {}, recomputed {}",
                    score(stored),
                    score(recomputed)
                )
            }
            Self::Content { visit, stored, recomputed } => {
                let recomputed = recomputed.map_or("none".to_owned(), |hash| hash.to_string());
                write!(f, "digest of visit {visit}: stored {stored}, recomputed {recomputed}")
            }
            Self::NoVersion { visit, version } => {
                write!(f, "visit {visit}: its checklist version {version} is not there")
            }
            Self::Rollup(wrong) => wrong.fmt(f),
            Self::Released(wrong) => write!(f, "of released visits, {wrong}"),
        }
    }
}

/// Computes every visit's score and every rollup anew, in one state of the data, and says what differs.
/// `progress` is called now and then with how many visits of how many are done.
///
/// # Errors
/// Those of the database; a difference is no error.
pub async fn verify(db: &Db, mut progress: impl FnMut(u64, u64) + Send + 'static) -> Result<Verified> {
    db.snapshot(move |conn| check(conn, &mut progress, &mut |_, _| Ok(()))).await
}

/// The same inside a transaction; `look` is given all visits as well, page by page in the order of their ids.
///
/// # Errors
/// Those of the database, and those of `look`.
pub fn check(
    conn: &mut Conn,
    progress: &mut impl FnMut(u64, u64),
    look: &mut impl FnMut(&mut Conn, &[Visit]) -> Result<()>,
) -> Result<Verified> {
    let mut check = Check::default();
    check.visits(conn, progress, look)?;
    check.rollups(conn)?;
    Ok(check.verified)
}

#[derive(Default)]
struct Check {
    verified: Verified,
    versions: HashMap<VersionId, Option<Version>>,
    recount: Recount,
    /// The visits that count for the branch's side.
    released: Recount,
}

impl Check {
    fn visits(
        &mut self,
        conn: &mut Conn,
        progress: &mut impl FnMut(u64, u64),
        look: &mut impl FnMut(&mut Conn, &[Visit]) -> Result<()>,
    ) -> Result<()> {
        let total = u64::try_from(visits::store::count(conn)?).map_err(Error::internal)?;
        let mut after = None;
        loop {
            progress(self.verified.visits, total);
            let page = visits::store::page(conn, after, VISITS_AT_ONCE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.head.id);
            let ids = page.iter().map(|visit| visit.head.id).collect();
            let before: HashSet<_> = visits::store::shown_before(conn, ids)?.into_iter().collect();
            for visit in &page {
                self.visit(conn, visit, before.contains(&visit.head.id))?;
            }
            look(conn, &page)?;
        }
    }

    fn visit(&mut self, conn: &mut Conn, visit: &Visit, was_shown_before: bool) -> Result<()> {
        let Visit { head, content, .. } = visit;
        let (id, content) = (head.id, &content.0);
        self.verified.visits += 1;
        self.verified.counted += u64::from(head.state.is_counted());
        let hash = visit.recomputed_hash().ok();
        if hash != Some(head.content_hash) {
            let (stored, recomputed) = (head.content_hash, hash);
            self.verified.differs(Difference::Content { visit: id, stored, recomputed });
        }
        let Some(version) = version(&mut self.versions, conn, head.version_id)? else {
            self.verified.differs(Difference::NoVersion { visit: id, version: head.version_id });
            return Ok(());
        };
        let (stored, recomputed) = (head.score, content.score(&version.prepared));
        if stored != recomputed {
            self.verified.differs(Difference::Score { visit: id, stored, recomputed });
        }
        let scored = version.prepared.score(content.filled());
        if head.state.is_counted() {
            self.recount.count(Counted::of(visit, version.checklist_id, None, &scored));
        }
        // A mark on what is not approved is in no sum: so it shows.
        let times = [head.state.is_shown(), was_shown_before].into_iter().filter(|counts| *counts).count();
        for _ in 0..times {
            self.released.count(Counted::of(visit, version.checklist_id, None, &scored));
        }
        Ok(())
    }

    fn rollups(&mut self, conn: &mut Conn) -> Result<()> {
        self.recount.spread(|branch| regions_above(conn, branch))?;
        let mut after = None;
        loop {
            let page = store::page(conn, after, PLACES_AT_ONCE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.place_id);
            self.verified.rollups += page.len() as u64;
            for wrong in page.iter().filter_map(|row| self.recount.compare(row)) {
                self.verified.differs(Difference::Rollup(wrong));
            }
        }
        for wrong in std::mem::take(&mut self.recount).missing() {
            self.verified.differs(Difference::Rollup(wrong));
        }
        self.released_rollups(conn)
    }

    fn released_rollups(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after = None;
        loop {
            let page = store::released_page(conn, after, PLACES_AT_ONCE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.place_id);
            for wrong in page.iter().filter_map(|row| self.released.compare(row)) {
                self.verified.differs(Difference::Released(wrong));
            }
        }
        for wrong in std::mem::take(&mut self.released).missing() {
            self.verified.differs(Difference::Released(wrong));
        }
        Ok(())
    }
}

fn version<'v>(
    known: &'v mut HashMap<VersionId, Option<Version>>,
    conn: &mut Conn,
    id: VersionId,
) -> Result<Option<&'v Version>> {
    let version = match known.entry(id) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(free) => free.insert(if_there(checklists::store::version(conn, id))?),
    };
    Ok(version.as_ref())
}

/// The regions that a branch is in; none if the branch is gone, so that they show as what differs.
fn regions_above(conn: &mut Conn, branch: BranchId) -> Result<Vec<RegionId>> {
    let branch = if_there(places::store::branch(conn, &Scope::everything(), branch))?;
    match branch.and_then(|branch| branch.region_id) {
        Some(region) => places::store::regions_above(conn, region),
        None => Ok(Vec::new()),
    }
}
