//! A visit that has not been looked at yet as it is, with all that it is held against.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

use super::{
    store::{self, Wanted},
    time::Span,
};
use crate::{
    accounts::{self, policy::Scope},
    db::{
        Conn,
        types::{Instant, Sha256},
    },
    error::{Code, Error, Result, if_there},
    evidence::{self, clean::CleanCopy, model::Evidence},
    fieldwork::{
        campaigns::{self, terms::Terms},
        shoppers::{
            tie::{Destination, Tie},
            ties,
        },
    },
    ids::{AssignmentId, BranchId, CampaignId, EvidenceId, VisitId},
    places::{self, model::Branch},
    visits::{
        self,
        model::{Visit, VisitHead},
    },
};

/// A visit that has not been looked at yet as it is.
#[derive(Debug)]
pub struct Unseen {
    /// The visit.
    pub visit: Visit,
    /// How many contents it had had before.
    pub number: i32,
    /// When it was to be made.
    pub window: Span,
    /// When its assignment was made.
    pub assigned_at: Instant,
    /// The terms of the campaign that wants it, if one does.
    pub terms: Option<Terms>,
    /// Where it was made.
    pub branch: Branch,
    /// Since when its shopper had no grant for the brand any more, if it was so when it arrived.
    pub ended_at: Option<Instant>,
    /// What ties its shopper to that.
    pub tie: Option<Tie>,
    /// The files that its shopper sent for it, in the order of their ids.
    pub files: Vec<UnseenFile>,
}

/// A file of such a visit.
#[derive(Debug)]
pub struct UnseenFile {
    /// Its row.
    pub file: Evidence,
    /// What was read in it, if it was.
    pub copy: Option<CleanCopy>,
}

impl Unseen {
    /// Whether all of its files have been read, or have had until this moment.
    pub fn is_ready(&self, patience: Instant) -> bool {
        let is_read = |one: &UnseenFile| one.copy.is_some() || !one.file.is_kept();
        let VisitHead { completed_at, received_at, revised_at, .. } = self.visit.head;
        self.files.iter().all(is_read)
            || completed_at.unwrap_or(received_at).max(revised_at.unwrap_or(received_at)) <= patience
    }
}

/// Visits that are to be looked at, as they are.
#[derive(Debug)]
pub struct ToLookAt {
    /// The digest of what each of them is now.
    pub contents: Vec<(VisitId, Sha256)>,
    /// Those that were not looked at as that, with what they are held against.
    pub unseen: Vec<Unseen>,
}

/// These visits, and in this order those of them that were not looked at as they are, with what they are held against.
///
/// # Errors
/// None but those of the database.
pub fn to_look_at(conn: &mut Conn, ids: &[VisitId]) -> Result<ToLookAt> {
    let seen = store::looked_at_among(conn, ids)?;
    let mut visits = by(visits::store::with_ids(conn, ids)?, |visit| visit.head.id);
    let contents: Vec<_> = visits.values().map(|visit| (visit.head.id, visit.head.content_hash)).collect();
    let before = visits::store::contents_before(conn, ids)?;
    let number = |id: &VisitId| before.get(id).copied().unwrap_or(0);
    visits.retain(|id, _| !seen.contains(&(*id, number(id))));
    let visits: Vec<Visit> = ids.iter().filter_map(|id| visits.remove(id)).collect();
    let mut world = World::of(conn, &visits)?;
    let unseen = |visit: Visit| world.unseen(conn, number(&visit.head.id), visit);
    let unseen = visits.into_iter().map(unseen).collect::<Result<_>>()?;
    Ok(ToLookAt { contents, unseen })
}

/// What visits that are looked at together are held against.
struct World {
    wanted: HashMap<AssignmentId, Wanted>,
    /// Each is read when the first visit asks for it.
    campaigns: HashMap<CampaignId, Option<Terms>>,
    /// Likewise.
    branches: HashMap<BranchId, Branch>,
    files: HashMap<EvidenceId, Evidence>,
    copies: HashMap<EvidenceId, CleanCopy>,
}

impl World {
    fn of(conn: &mut Conn, visits: &[Visit]) -> Result<Self> {
        let named = visits.iter().flat_map(|visit| visit.manifest().iter().map(|file| file.id)).collect();
        let files = evidence::store::with_ids(conn, named)?;
        Ok(Self {
            wanted: store::wanted(conn, visits.iter().map(|visit| visit.head.assignment_id).collect())?,
            campaigns: HashMap::new(),
            branches: HashMap::new(),
            copies: by(store::copies_of(conn, &files)?, |copy| copy.evidence_id),
            files: by(files, |file| file.id),
        })
    }

    fn unseen(&mut self, conn: &mut Conn, number: i32, visit: Visit) -> Result<Unseen> {
        let head = &visit.head;
        let wanted =
            self.wanted.get(&head.assignment_id).cloned().ok_or_else(|| Error::new(Code::NotFound))?;
        let branch = self.branch(conn, head.branch_id)?;
        let ties = if_there(ties::of(conn, head.shopper_id, head.received_at))?.unwrap_or_default();
        let ended_at = accounts::grants::fieldwork_ended(conn, head.shopper_id, head.brand_id)?;
        Ok(Unseen {
            ended_at: ended_at.filter(|ended| *ended < head.received_at),
            window: Span { from: wanted.opens_at, to: wanted.closes_at },
            assigned_at: wanted.created_at,
            terms: wanted.campaign_id.map(|id| self.terms(conn, id)).transpose()?.flatten(),
            tie: ties.with(Destination::from(&branch)),
            branch,
            files: self.files_of(&visit),
            number,
            visit,
        })
    }

    fn terms(&mut self, conn: &mut Conn, id: CampaignId) -> Result<Option<Terms>> {
        if let Some(terms) = self.campaigns.get(&id) {
            return Ok(terms.clone());
        }
        let terms = campaigns::store::find(conn, id)?.map(|campaign| campaign.terms.0);
        self.campaigns.insert(id, terms.clone());
        Ok(terms)
    }

    fn branch(&mut self, conn: &mut Conn, id: BranchId) -> Result<Branch> {
        if let Some(branch) = self.branches.get(&id) {
            return Ok(branch.clone());
        }
        let branch = places::store::branch(conn, &Scope::everything(), id)?;
        self.branches.insert(id, branch.clone());
        Ok(branch)
    }

    /// The files of a visit, in the order of their ids.
    fn files_of(&mut self, visit: &Visit) -> Vec<UnseenFile> {
        let is_its =
            |file: &Evidence| (file.visit_id, file.shopper_id) == (visit.head.id, visit.head.shopper_id);
        let named: BTreeSet<EvidenceId> = visit.manifest().iter().map(|file| file.id).collect();
        let file = |id| {
            let file = self.files.get(&id).filter(|file| is_its(file))?.clone();
            Some(UnseenFile { copy: self.copies.get(&id).cloned(), file })
        };
        named.into_iter().filter_map(file).collect()
    }
}

fn by<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, T> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}
