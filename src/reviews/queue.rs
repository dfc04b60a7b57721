//! The queue of visits that wait for a decision.

use std::{cmp::Ordering, collections::HashMap};

use diesel::{Queryable, Selectable};
use serde::{Deserialize, Serialize};

use super::{claim::Held, store};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::visit,
        types::{Instant, text_enum},
    },
    error::Result,
    ids::{BranchId, BrandId, CampaignId, EvidenceId, RegionId, VisitId},
    limits::{LanguageTag, Percent},
    scores::leniency::{self, Effect},
    trust::{
        self,
        model::{FlagKind, Summary, Weight},
    },
    visits::{self, complete::completion, model::VisitHead, store::steps},
};

text_enum! {
    /// In which order the queue stands.
    pub enum QueueOrder {
        /// The longest waiting first.
        Age = "age",
        /// Those with the heaviest flag first, and of those the longest waiting; without those that the caller made.
        Risk = "risk",
        /// Those first that are to be decided about first.
        Deadline = "deadline",
    }
}

text_enum! {
    /// Who has claimed a visit.
    pub enum ClaimedBy {
        /// The caller.
        Mine = "mine",
        /// No reviewer.
        None = "none",
        /// Another reviewer.
        Others = "others",
    }
}

/// A visit as it stands in the queue.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = visit)]
pub struct Standing {
    /// The visit.
    #[diesel(embed)]
    pub head: VisitHead,
    /// Until when it is to be decided about.
    pub review_due_at: Option<Instant>,
    /// 0 if its heaviest flag weighs most, up to 3 if it has none.
    pub review_rank: i32,
    /// In which language its shopper wrote, as far as that is known.
    pub language: Option<String>,
}

/// Where a visit stands in the queue, in one of its orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// In which order.
    pub sort: QueueOrder,
    /// By what that order begins: 0 to 3 by risk, else 0.
    pub rank: i32,
    /// Since when it waits, or until when it is to be decided about.
    pub at: Instant,
    /// Which visit it is.
    pub id: VisitId,
}

impl Standing {
    /// Where it stands.
    pub fn place(&self, sort: QueueOrder) -> Place {
        let VisitHead { id, received_at, .. } = self.head;
        let (rank, at) = match sort {
            QueueOrder::Age => (0, received_at),
            QueueOrder::Risk => (self.review_rank, received_at),
            QueueOrder::Deadline => (0, self.review_due_at.unwrap_or(received_at)),
        };
        Place { sort, rank, at, id }
    }
}

/// A visit that waits for a decision.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The visit as it stands there.
    pub standing: Standing,
    /// The files that it still waits for, in the order of its manifest.
    pub missing: Vec<EvidenceId>,
    /// Its flags at a glance; none as long as it was not looked at, and for a visit of the caller's own.
    pub flags: Option<Summary>,
    /// The claim of a reviewer, if there is one.
    pub held: Option<Held>,
    /// How leniently its shopper scores; none if too little is known, and for a visit of the caller's own.
    pub leniency: Option<Effect>,
}

/// Which visits of the queue.
#[derive(Clone, Debug, Default)]
pub struct QueueFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those to branches in this region, however deep.
    pub region: Option<RegionId>,
    /// Only those to this branch.
    pub branch: Option<BranchId>,
    /// Only those that this campaign wanted.
    pub campaign: Option<CampaignId>,
    /// Only those that wait for files, or those that do not.
    pub incomplete: Option<bool>,
    /// Only those of other shoppers than the caller whose heaviest flag weighs this.
    pub weight: Option<Weight>,
    /// Only those of other shoppers than the caller that have a flag of this kind.
    pub flag: Option<FlagKind>,
    /// Only those that came before this moment.
    pub received_before: Option<Instant>,
    /// Only those that are to be decided about before this moment.
    pub due_before: Option<Instant>,
    /// Only those whose shopper wrote in this language.
    pub language: Option<LanguageTag>,
    /// Only those whose shopper's rating was this at most when it was reckoned last.
    pub highest_rating: Option<Percent>,
    /// Only those that this reviewer has claimed, or none, or another.
    pub claimed: Option<ClaimedBy>,
    /// Only those of other shoppers than the caller.
    pub of_others: bool,
    /// Instead of those that wait for a decision, those that were decided about, and of which another reviewer is asked: of others
    /// than the caller's own visits and decisions.
    pub second_opinion: bool,
}

/// A list of the queue: which visits, and in which order.
#[derive(Clone, Debug)]
pub struct QueueList {
    /// Which visits.
    pub filter: QueueFilter,
    /// In which order.
    pub sort: QueueOrder,
}

impl QueueList {
    /// Whether what the caller learns from being shown a visit is what its flags say.
    pub fn tells_flags(&self) -> bool {
        self.sort == QueueOrder::Risk || self.filter.weight.is_some() || self.filter.flag.is_some()
    }
}

/// So many of the visits in scope that wait, in the order of the list, from behind this place on. Those whose files have been
/// waited for long enough are among them.
///
/// # Errors
/// None but those of the database.
pub fn queue(
    conn: &mut Conn,
    scope: &Scope,
    list: &QueueList,
    after: Option<Place>,
    rows: i64,
    now: Instant,
) -> Result<Vec<Queued>> {
    let mut standing = Vec::new();
    if list.filter.second_opinion {
        standing = store::wanting_opinion(conn, scope, list, after, rows, now)?;
    } else if list.filter.incomplete != Some(true) {
        standing = store::waiting(conn, scope, list, after, rows, now)?;
    }
    let mut missing = HashMap::new();
    if list.filter.incomplete != Some(false) && !list.filter.second_opinion {
        let due = store::without_files(conn, scope, list, after, rows, now)?;
        let ids: Vec<_> = due.iter().map(|one| one.head.id).collect();
        for visit in visits::store::with_ids(conn, &ids)? {
            missing.insert(visit.head.id, completion(conn, &visit)?.missing());
        }
        standing.extend(due);
    }
    standing.sort_by(|one, other| -> Ordering { one.place(list.sort).cmp(&other.place(list.sort)) });
    standing.truncate(usize::try_from(rows).unwrap_or_default());
    let visits: Vec<_> = standing.iter().map(|one| one.head.clone()).collect();
    let mut flags = trust::store::summaries(conn, scope, &visits)?;
    let claims = steps::claims(conn, &visits.iter().map(|visit| visit.id).collect::<Vec<_>>())?;
    let of_others = visits.iter().filter(|visit| visit.shopper_id != scope.account);
    let effects = leniency::effects(conn, of_others.map(|visit| (visit.brand_id, visit.shopper_id)))?;
    let queued = |standing: Standing| {
        let id = standing.head.id;
        let leniency = effects.get(&(standing.head.brand_id, standing.head.shopper_id)).copied();
        let held = claims.get(&id).and_then(|step| Held::by_step(step, now));
        let missing = missing.remove(&id).unwrap_or_default();
        Queued { missing, flags: flags.remove(&id), standing, held, leniency }
    };
    Ok(standing.into_iter().map(queued).collect())
}
