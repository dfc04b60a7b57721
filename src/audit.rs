//! The audit: who did what, and who looked at a shopper's identity.
//!
//! [`record`] writes a row in the caller's transaction; rows are never changed and never deleted, and the ledger seals them.
//! A row has ids, codes, numbers and times, and no names and no texts: [`Details`] takes nothing else. A look is written down before its
//! answer is sent, by [`Looking`](api::Looking).

pub mod api;
pub mod filter;
pub mod store;

use std::collections::BTreeSet;

use diesel::{Insertable, Queryable, Selectable};
use serde_json::{Map, Value};

use self::filter::Filter;
use crate::{
    db::{
        Conn,
        schema::audit,
        types::{Id, Instant, Json, text_enum},
    },
    error::Result,
    ids::{AccountId, ApiKeyId, AuditId, BrandId, SubjectId},
    months::Month,
};

text_enum! {
    /// What is written down.
    pub enum AuditKind {
        /// A person took a step with a visit.
        VisitStep = "visit_step",
        /// An account was made.
        AccountMade = "account_made",
        /// An account was changed: its name or address, its password, whether it may sign in.
        AccountChanged = "account_changed",
        /// An account was given a role over a scope.
        GrantGiven = "grant_given",
        /// A grant was taken back.
        GrantTakenBack = "grant_taken_back",
        /// An API key was made.
        ApiKeyMade = "api_key_made",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key_revoked",
        /// A dead task was to be tried again.
        TaskRepeated = "task_repeated",
        /// A dead task was dropped.
        TaskDropped = "task_dropped",
        /// It was settled whether a shopper and an employee are one person.
        NamesakeSettled = "namesake_settled",
        /// An appeal was decided about, or taken back.
        AppealSettled = "appeal_settled",
        /// A comment's spelling was corrected.
        CommentCorrected = "comment_corrected",
        /// A place moved, retired or was restored, or its planned move was taken back.
        PlaceStep = "place_step",
        /// A target was set, changed or deleted.
        TargetChanged = "target_changed",
        /// A rule of alerts was set, changed or deleted.
        AlertRuleChanged = "alert_rule_changed",
        /// A digest was set, changed or deleted.
        DigestChanged = "digest_changed",
        /// Somebody said that an alert was seen.
        AlertAcknowledged = "alert_acknowledged",
        /// An answer showed a desk who a shopper is.
        ShopperShown = "shopper_shown",
        /// A link to a chart was made.
        ChartLinkMade = "chart_link_made",
        /// A link to a chart was revoked.
        ChartLinkRevoked = "chart_link_revoked",
        /// Figures or a list were sent as a file.
        Exported = "exported",
    }
}

text_enum! {
    /// What a row is about.
    pub enum About {
        /// A visit.
        Visit = "visit",
        /// An appeal.
        Appeal = "appeal",
        /// A target.
        Target = "target",
        /// A rule of alerts.
        AlertRule = "alert_rule",
        /// An alert.
        Alert = "alert",
        /// A digest.
        Digest = "digest",
        /// An assignment.
        Assignment = "assignment",
        /// A certificate.
        Certificate = "certificate",
        /// A shopper, by the account.
        Shopper = "shopper",
        /// An account.
        Account = "account",
        /// An API key.
        ApiKey = "api_key",
        /// A link to a chart.
        ChartLink = "chart_link",
        /// A region.
        Region = "region",
        /// A branch.
        Branch = "branch",
        /// A task of the background work.
        Task = "task",
        /// Several things at once.
        List = "list",
    }
}

/// The API key by which a request reads, in the request's extensions: what is written down of the request names it.
#[derive(Clone, Copy, Debug)]
pub struct ByKey(pub ApiKeyId);

/// Rows of a table that an answer has, which is no file: a handler notes it in the request's extensions, and the answer is written down before it is
/// sent, as a file is.
#[derive(Clone, Debug)]
pub struct TableTaken {
    /// In which form.
    pub format: &'static str,
    /// By which parameters.
    pub filter: Filter,
    /// The brand that was asked for, if only one was.
    pub brand: Option<BrandId>,
}

/// The name under which details name the API key.
pub const API_KEY_ID: &str = "api_key_id";

/// One thing that is written down.
#[derive(Clone, Debug)]
pub struct Entry {
    kind: AuditKind,
    about: About,
    subject: Option<SubjectId>,
    brand: Option<BrandId>,
    account: Option<AccountId>,
    step: String,
    details: Details,
}

impl Entry {
    /// This kind of thing about this subject. `step` tells it from others of the kind about the same subject.
    pub fn new<T: 'static>(kind: AuditKind, (about, subject): (About, Id<T>), step: impl ToString) -> Self {
        Self {
            kind,
            about,
            subject: Some(subject.cast()),
            brand: None,
            account: None,
            step: step.to_string(),
            details: Details::default(),
        }
    }

    /// This kind of thing about several things at once. `step` tells it from others of the kind.
    pub fn of_list(kind: AuditKind, step: impl ToString) -> Self {
        Self {
            kind,
            about: About::List,
            subject: None,
            brand: None,
            account: None,
            step: step.to_string(),
            details: Details::default(),
        }
    }

    /// The same within the thing with this id, if there is one.
    #[must_use]
    pub fn on(self, subject: Option<SubjectId>) -> Self {
        Self { subject, ..self }
    }

    /// The same, done by this account; by the command line if by none.
    #[must_use]
    pub fn by(self, account: impl Into<Option<AccountId>>) -> Self {
        Self { account: account.into(), ..self }
    }

    /// The same in this brand.
    #[must_use]
    pub fn of(self, brand: impl Into<Option<BrandId>>) -> Self {
        Self { brand: brand.into(), ..self }
    }

    /// The same with what else there is to know.
    #[must_use]
    pub fn with(self, details: Details) -> Self {
        Self { details, ..self }
    }

    /// The same, done by the API key of a request, if one was shown.
    #[must_use]
    pub fn by_key(self, key: Option<&ByKey>) -> Self {
        let details = self.details.id(API_KEY_ID, key.map(|ByKey(id)| *id));
        Self { details, ..self }
    }

    /// The row of this thing, which was done then.
    pub fn recorded(self, at: Instant) -> Recorded {
        let id = self.id();
        let Self { kind, about, subject, brand, account, details, .. } = self;
        let (subject_id, brand_id, account_id) = (subject, brand, account);
        Recorded {
            id,
            at,
            kind,
            about,
            subject_id,
            brand_id,
            account_id,
            details: Json(Value::Object(details.0)),
        }
    }

    /// The same thing recorded twice has the same id.
    fn id(&self) -> AuditId {
        let subject = self.subject.map(|id| id.to_string()).unwrap_or_default();
        Id::named(&["audit", self.kind.as_str(), self.about.as_str(), &subject, &self.step].join("\n"))
    }
}

/// What else a row says: ids, codes, numbers and times, each under a name.
#[derive(Clone, Debug, Default)]
pub struct Details(Map<String, Value>);

impl Details {
    fn add(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same with an id, if there is one.
    #[must_use]
    pub fn id<T: 'static>(self, name: &'static str, id: impl Into<Option<Id<T>>>) -> Self {
        match id.into() {
            Some(id) => self.add(name, id.to_string()),
            None => self,
        }
    }

    /// The same with these ids, each once.
    #[must_use]
    pub fn ids<T: 'static>(self, name: &'static str, ids: &BTreeSet<Id<T>>) -> Self {
        self.add(name, ids.iter().map(Id::to_string).collect::<Vec<_>>())
    }

    /// The same with a word of the program's own.
    #[must_use]
    pub fn code(self, name: &'static str, code: &'static str) -> Self {
        self.add(name, code)
    }

    /// The same with what was asked for: a method, and an address without ids.
    #[must_use]
    pub fn operation(self, method: &str, pattern: &str) -> Self {
        self.add("operation", format!("{method} {pattern}"))
    }

    /// The same with the parameters of an address.
    #[must_use]
    pub fn filter(self, filter: Filter) -> Self {
        self.add("filter", filter.0)
    }

    /// The same with a number.
    #[must_use]
    pub fn number(self, name: &'static str, number: impl Into<i64>) -> Self {
        self.add(name, number.into())
    }

    /// The same with a month, if there is one.
    #[must_use]
    pub fn month(self, name: &'static str, month: Option<Month>) -> Self {
        match month {
            Some(month) => self.add(name, month.to_string()),
            None => self,
        }
    }

    /// The same with a moment, if there is one.
    #[must_use]
    pub fn moment(self, name: &'static str, at: Option<Instant>) -> Self {
        match at {
            Some(at) => self.add(name, at.to_string()),
            None => self,
        }
    }

    /// The same with whether something is so.
    #[must_use]
    pub fn is(self, name: &'static str, whether: bool) -> Self {
        self.add(name, whether)
    }
}

/// A row as it is kept.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub struct Recorded {
    /// Its id.
    pub id: AuditId,
    /// When it was done.
    pub at: Instant,
    /// What was done.
    pub kind: AuditKind,
    /// What kind of thing it was done to.
    pub about: About,
    /// What it was done to; none if to several things.
    pub subject_id: Option<SubjectId>,
    /// The brand that it belongs to, if to one.
    pub brand_id: Option<BrandId>,
    /// Who did it; none if the command line did.
    pub account_id: Option<AccountId>,
    /// What else there is to know: ids, codes, numbers and times.
    pub details: Json<Value>,
}

/// Writes down that something was done, in the caller's transaction. The same thing recorded twice is one row.
///
/// # Errors
/// Those of the database.
pub fn record(conn: &mut Conn, entry: Entry, now: Instant) -> Result<()> {
    store::append(conn, &entry.recorded(now))
}
