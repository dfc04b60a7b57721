//! The addresses of rules of alerts.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    delete_rule,
    model::{AlertAgainst, AlertCondition, AlertRule, Condition, Content},
    put_rule::{self, Wanted},
    store::{self, RuleFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{KeepAlerts, ReadScores},
    app::App,
    checklists::counted::Subject,
    db::types::Instant,
    error::{Error, Result},
    http::{
        answer::{Fresh, NoContent, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{AlertRuleId, BranchId, BrandId, RegionId},
    limits::BasisPoints,
    scores::{
        latest::LatestPeriod,
        model::{HeldTo, Place, Reader},
        subject_name::SubjectName,
        watch::PlacesBelow,
    },
};

impl Rows for AlertRuleView {}

/// A rule for the scores of a place: a condition that is judged again and again, and an alert wherever it holds.
#[derive(Serialize, ToSchema)]
pub struct AlertRuleView {
    id: AlertRuleId,
    /// The brand of the place; the place itself if neither a region nor a branch is named.
    brand_id: BrandId,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region_id: Option<RegionId>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    branch_id: Option<BranchId>,
    /// Which places below it are looked at, each by itself, in its stead; null if the place is.
    below: Option<PlacesBelow>,
    /// By whose figures it is judged. The alerts of a rule for desks are not shown to the branch's side.
    reader: Reader,
    /// The subject.
    subject: SubjectName,
    /// Of which months.
    period: LatestPeriod,
    /// Its condition.
    condition: AlertCondition,
    /// The mark, in basis points: a score, or how far one fell or rose; null where the target is the mark.
    #[schema(value_type = Option<BasisPoints>)]
    mark: Option<i32>,
    /// Whether the target of each place is the mark.
    by_target: bool,
    /// Against which months a score fell or rose; null where nothing is compared.
    against: Option<AlertAgainst>,
    /// Whether only what is beyond chance counts: the more places are looked at, the surer it has to be.
    beyond_chance: bool,
    created_at: Instant,
}

impl From<AlertRule> for AlertRuleView {
    fn from(AlertRule { id, brand, place, reader, content, created_at, .. }: AlertRule) -> Self {
        let Condition { kind, mark, by_target, against, beyond_chance } = content.condition;
        Self {
            id,
            brand_id: brand,
            region_id: place.region(),
            branch_id: place.branch(),
            below: content.below,
            reader,
            subject: content.subject,
            period: content.period,
            condition: kind,
            mark,
            by_target,
            against,
            beyond_chance,
            created_at,
        }
    }
}

/// Which rules.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertRuleParams {
    /// Only those of places of this brand.
    brand_id: Option<BrandId>,
    /// Only those of this region itself. Either this or `branch_id`.
    region_id: Option<RegionId>,
    /// Only those of this branch itself.
    branch_id: Option<BranchId>,
    /// Only those that are judged by the figures of such readers.
    #[param(inline)]
    reader: Option<Reader>,
}

/// The rules of places that the caller's roles cover, in the order of their ids.
#[utoipa::path(get, path = "/v1/alert-rules", responses((status = 200, description = "A page of rules.")))]
pub async fn list_alert_rules(
    caller: Allowed<ReadScores>,
    Listing(params, page): Listing<AlertRuleParams>,
) -> Result<Listed<AlertRuleView>> {
    let AlertRuleParams { brand_id, region_id, branch_id, reader } = params;
    let filter = RuleFilter { places: HeldTo::named(brand_id, region_id, branch_id)?, reader };
    let read = move |conn: &mut _, after, rows| store::rules(conn, &caller.scope, filter, after, rows);
    page.list(read, |rule| rule.id, AlertRuleView::from).await
}

/// One rule.
#[utoipa::path(get, path = "/v1/alert-rules/{id}", responses((status = 200, description = "The rule.")))]
pub async fn get_alert_rule(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    had: IfNoneMatch,
    id: Path<AlertRuleId>,
) -> Result<Fresh<AlertRuleView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::rule(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, found))
}

/// What a rule is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAlertRule {
    /// The brand of the place; alone, the place is the whole brand. The place never changes.
    brand_id: BrandId,
    /// A region of the brand. Either this or `branch_id`.
    region_id: Option<RegionId>,
    /// A branch of the brand.
    branch_id: Option<BranchId>,
    /// Which places below it are looked at, each by itself, in its stead; if left out, the place is.
    below: Option<PlacesBelow>,
    /// By whose figures it is judged; if left out, by those that the caller is shown. It never changes. Desks may set rules for the branch's side.
    reader: Option<Reader>,
    /// The subject; if left out, whole visits.
    subject: Option<SubjectName>,
    /// Of which months.
    period: LatestPeriod,
    /// Its condition.
    condition: AlertCondition,
    /// The mark, in basis points: of `below` and `above` a score, of `fell` and `rose` how far.
    mark: Option<BasisPoints>,
    /// Whether the mark is the target of each place for the last month, of `below` and `above`. A place without a target is not looked at.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = false, nullable = true)]
    by_target: bool,
    /// Against which months, of `fell` and `rose`; if left out, as many right before.
    against: Option<AlertAgainst>,
    /// Whether only what is beyond chance counts: the more places are looked at, the surer it has to be (Benjamini and Hochberg, 2.5 % on the side that is
    /// asked for, so that the mark lies outside of the interval of 95 %).
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = false, nullable = true)]
    beyond_chance: bool,
}

impl PutAlertRule {
    fn wanted(self, id: AlertRuleId) -> Result<Wanted> {
        let place = Place::named(self.brand_id, self.region_id, self.branch_id);
        let subject = match self.subject {
            Some(name) => name.subject("/subject").map(|_| Some(name)),
            None => Ok(SubjectName::of(&Subject::Overall)),
        };
        let (place, subject) = match (place, subject) {
            (Ok(place), Ok(subject)) => (place, subject),
            (place, subject) => {
                return Err(Error::invalid([place.err(), subject.err()].into_iter().flatten().collect()));
            }
        };
        let condition = Condition {
            kind: self.condition,
            mark: self.mark.map(BasisPoints::get),
            by_target: self.by_target,
            against: self.against,
            beyond_chance: self.beyond_chance,
        };
        let subject = subject.ok_or_else(|| Error::internal("whole visits have a name"))?;
        let content = Content { below: self.below, subject, condition, period: self.period };
        Ok(Wanted { id, brand: self.brand_id, place, reader: self.reader, content })
    }
}

/// Make a rule, or change one: a change closes the alerts that it had raised. A rule is judged within a minute or so, and then every night. A rule for desks
/// is also judged about a minute after a decision, a target or a step with a place changed what desks are shown. A figure that is insufficient raises no
/// alert. A place itself may have 50 rules for desks and 50 for the branch's side.
#[utoipa::path(put, path = "/v1/alert-rules/{id}", responses(
    (status = 201, description = "Made."),
    (status = 409, description = "`conflict`: its place or its reader would change, a deleted rule had this id, or the place has as many rules as it may have."),
))]
pub async fn put_alert_rule(
    app: Data<App>,
    caller: Allowed<KeepAlerts>,
    id: Path<AlertRuleId>,
    if_match: IfMatch,
    Input(put): Input<PutAlertRule>,
) -> Result<Tagged<AlertRuleView>> {
    let (now, task) = (app.clock.now(), app.clock.new_id());
    let wanted = put.wanted(id.into_inner())?;
    let put =
        move |conn: &mut _| put_rule::put_rule(conn, &caller.scope, &if_match, wanted.clone(), (task, now));
    Ok(Tagged::of(app.db.write(put).await?))
}

/// Delete a rule: its alerts are over. Its id is not used again.
#[utoipa::path(delete, path = "/v1/alert-rules/{id}", responses((status = 204, description = "It is deleted.")))]
pub async fn delete_alert_rule(
    app: Data<App>,
    caller: Allowed<KeepAlerts>,
    id: Path<AlertRuleId>,
    if_match: IfMatch,
) -> Result<NoContent> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let delete = move |conn: &mut _| delete_rule::delete_rule(conn, &caller.scope, &if_match, id, now);
    app.db.write(delete).await?;
    Ok(NoContent)
}
