//! Digests, and what their issues say.

use diesel::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::schedule::DigestSchedule;
use crate::{
    alerts::rules::model::AlertCondition,
    db::{
        schema::digest_issue,
        types::{Id, Instant, Json},
    },
    ids::{AccountId, AlertId, BranchId, BrandId, DigestId, DigestIssueId, RegionId},
    limits::{BasisPoints, Count, Ordinal},
    months::Month,
    precondition::revised,
    scores::{
        latest::LatestPeriod,
        model::{Place, Reader},
        statistics::{Difference, Interval},
        subject_name::SubjectName,
    },
};

/// A summary of a place's scores that an account is given every week or month.
#[derive(Clone, Debug)]
pub struct Digest {
    /// Its id.
    pub id: DigestId,
    /// The brand of the place.
    pub brand: BrandId,
    /// Of which place it is, for good.
    pub place: Place,
    /// For whom it is, for good.
    pub account: AccountId,
    /// Its months and its schedule.
    pub content: DigestTerms,
    /// Up to this moment nothing is due any more: the digest was set or changed then, or an issue was of that moment.
    pub settled_until: Instant,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

/// Whether the two are set in the same way: nobody sets up to when a digest is settled.
impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.id, one.brand, one.place, one.account, one.revision, one.created_at);
        of(self) == of(other) && self.content == other.content
    }
}

revised!(Digest);

/// What can be changed of a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestTerms {
    /// Of which months each issue is: see [`LatestPeriod::lately`].
    pub period: LatestPeriod,
    /// When it is due.
    pub schedule: DigestSchedule,
}

impl Digest {
    /// When it will be due.
    pub fn next_due(&self) -> Option<Instant> {
        self.content.schedule.next(self.settled_until)
    }

    /// Whether a moment has no issue yet, and neither has a later one.
    pub fn awaits(&self, due: Instant) -> bool {
        due > self.settled_until
    }

    /// Since when it has been due, if it is: of several moments that passed the last one.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        self.content.schedule.last(now).filter(|due| self.awaits(*due))
    }
}

/// What a digest said at one of its moments.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = digest_issue, treat_none_as_default_value = false)]
pub struct DigestIssue {
    /// Its id: the same of the same digest and moment.
    pub id: DigestIssueId,
    /// The digest.
    pub digest_id: DigestId,
    /// The brand of the place.
    pub brand_id: BrandId,
    /// For whom it is.
    pub account_id: AccountId,
    /// By whose figures it is; none without content.
    pub reader: Option<Reader>,
    /// The moment.
    pub due_at: Instant,
    /// When it was written.
    pub issued_at: Instant,
    /// What it says; none if the account did not see the place then.
    pub content: Option<Json<DigestContent>>,
}

impl DigestIssue {
    /// The issue of this moment.
    pub fn new(
        digest: &Digest,
        due_at: Instant,
        written: Option<(Reader, DigestContent)>,
        now: Instant,
    ) -> Self {
        let (reader, content) = written.unzip();
        Self {
            id: Id::named(&format!("digest_issue\n{}\n{}", digest.id, due_at.micros())),
            digest_id: digest.id,
            brand_id: digest.brand,
            account_id: digest.account,
            reader,
            due_at,
            issued_at: now,
            content: content.map(Json),
        }
    }
}

/// What was to be said of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DigestContent {
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// What whole visits scored.
    pub score: DigestScore,
    /// How that changed against as many months right before; null where either has no visits.
    pub change: Option<DigestChange>,
    /// The branches that got worse beyond chance, the greatest change first, at most five.
    #[schema(max_items = 5)]
    pub worse: Vec<DigestMover>,
    /// Those that got better.
    #[schema(max_items = 5)]
    pub better: Vec<DigestMover>,
    /// The open alerts of the place and of all that lies in it, the newest first, at most twenty.
    #[schema(max_items = 20)]
    pub alerts: Vec<DigestAlert>,
    /// Whether there were more.
    pub has_more_alerts: bool,
}

/// A mean with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DigestScore {
    /// How many visits there were.
    #[schema(value_type = Count)]
    pub visits: i64,
    /// Their mean score in basis points; null without visits.
    #[schema(value_type = Option<BasisPoints>)]
    pub score: Option<i32>,
    /// Where the true mean lies with 95 % confidence; null without visits.
    pub interval: Option<Interval>,
    /// Whether it was of fewer visits than the brand's minimum, or its margin of error was greater than the brand's maximum.
    pub insufficient: bool,
    /// The target of the last month, in basis points; null without a target.
    #[schema(value_type = Option<BasisPoints>)]
    pub target: Option<i32>,
}

/// A change between two periods of the same length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DigestChange {
    /// How many visits there were before.
    #[schema(value_type = Ordinal)]
    pub previous_visits: i64,
    /// What they scored, in basis points.
    #[schema(value_type = BasisPoints)]
    pub previous_score: i32,
    /// The score less that, in basis points.
    #[schema(value_type = Difference)]
    pub difference: i32,
    /// With 95 % confidence the true difference is at least this.
    #[schema(value_type = Difference)]
    pub low: i32,
    /// With 95 % confidence it is at most this.
    #[schema(value_type = Difference)]
    pub high: i32,
    /// Whether either score was insufficient.
    pub insufficient: bool,
}

/// A branch whose score changed beyond chance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DigestMover {
    /// The branch.
    pub branch_id: BranchId,
    /// What the brand knew it by.
    pub code: String,
    /// What it was called.
    pub name: String,
    /// How many visits there were.
    #[schema(value_type = Ordinal)]
    pub visits: i64,
    /// What they scored, in basis points.
    #[schema(value_type = BasisPoints)]
    pub score: i32,
    /// How that changed.
    pub change: DigestChange,
}

/// An alert that was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DigestAlert {
    /// The alert.
    pub id: AlertId,
    /// The region, of a region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub region_id: Option<RegionId>,
    /// The branch, of a branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub branch_id: Option<BranchId>,
    /// The subject.
    pub subject: SubjectName,
    /// The condition that held.
    pub condition: AlertCondition,
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// The score, in basis points.
    #[schema(value_type = BasisPoints)]
    pub score: i32,
    /// What the score was compared to, in basis points: the mark, the target, or the score of the other months.
    #[schema(value_type = BasisPoints)]
    pub compared_to: i32,
    /// When it was raised.
    pub raised_at: Instant,
}
