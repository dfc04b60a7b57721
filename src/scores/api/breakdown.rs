//! The addresses of what a figure is made of: the figures of a place, subject by subject.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ChangeView, FigureView, Reading, TargetView,
    asked::{USUALLY, asks},
    counted::counted,
    slices::sliced,
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadScores,
    app::App,
    checklists::{counted::Subject, model::Key, standards::model::Side},
    db::types::text_enum,
    error::Result,
    http::{
        answer::InLanguage,
        languages::Wishes,
        listed::Listed,
        page::{Listing, PageRequest},
        sheet::Rows,
    },
    ids::{BranchId, BrandId, CampaignId, ChecklistId, RegionId, VersionId},
    scores::{
        means::Means,
        model::Place,
        slices::SliceKind,
        statistics::{Minimum, Spread, Sums},
        subjects::{OfSubject, of_subjects},
        wanted::{Filter, Wanted},
    },
};

/// Most subjects on a page.
const MOST: i64 = 1_000;

text_enum! {
    /// By what a figure is taken apart.
    pub enum SubjectKind {
        /// By checklist.
        Checklist = "checklist",
        /// By version of checklists.
        Version = "version",
        /// By side: what people do, and what the organisation does.
        Side = "side",
        /// By section of checklists.
        Section = "section",
        /// By dimension of the brand's catalogue.
        Dimension = "dimension",
        /// By standard of the brand's catalogue.
        Standard = "standard",
        /// By question.
        Question = "question",
        /// By option of questions, and by step of scales.
        Choice = "choice",
        /// By the day of the week on which visits were made: whole visits, like all that follow. To managers and HR the visits whose reports
        /// show a week are in none.
        Weekday = "weekday",
        /// By the hour in which visits began, by the clocks at the branch: for desks.
        Hour = "hour",
        /// By the campaign that wanted the visits.
        Campaign = "campaign",
    }
}

text_enum! {
    /// In which order subjects come. Those with fewer visits than the brand's minimum come last.
    pub enum SubjectOrder {
        /// The lowest score first.
        Worst = "worst",
        /// The highest score first.
        Best = "best",
        /// Those first that fell most since as many months right before.
        Fell = "fell",
        /// Those first that rose most.
        Rose = "rose",
        /// By checklist and key.
        Key = "key",
    }
}

asks! {
    /// What a breakdown is of.
    pub struct BreakdownParams {
        /// By what; if left out, by standard.
        #[param(inline)]
        by: Option<SubjectKind>,
        /// Only the choices of this question.
        #[param(inline)]
        question: Option<Key>,
        /// In which order; if left out, the worst first.
        #[param(inline)]
        sort: Option<SubjectOrder>,
    }
}

impl BreakdownParams {
    fn kind(&self) -> SubjectKind {
        self.by.unwrap_or(SubjectKind::Standard)
    }

    pub(super) fn order(&self) -> SubjectOrder {
        self.sort.unwrap_or(SubjectOrder::Worst)
    }

    fn is_wanted(&self, subject: &Subject) -> bool {
        let of_checklist = self.checklist_id.filter(|_| self.kind().is_of_checklists());
        self.kind().is_of(subject, of_checklist, self.question.as_ref())
    }
}

impl SubjectOrder {
    /// By what a subject has its place in this order that scored so now and so before.
    pub(super) fn place(
        self,
        (sums, before): (Sums, Sums),
        spread: &Spread,
        minimum: Minimum,
    ) -> (bool, i32) {
        let score = || sums.mean().unwrap_or(0);
        let moved = || sums.change_since(before, spread).map_or(0, |change| change.difference);
        let place = match self {
            Self::Worst => score(),
            Self::Best => -score(),
            Self::Fell => moved(),
            Self::Rose => -moved(),
            Self::Key => return (false, 0),
        };
        (sums.insufficient(minimum, spread), place)
    }
}

impl SubjectKind {
    /// By what visits are divided, if it is no kind of subject.
    pub(super) const fn slice(self) -> Option<SliceKind> {
        match self {
            Self::Weekday => Some(SliceKind::Weekday),
            Self::Hour => Some(SliceKind::Hour),
            Self::Campaign => Some(SliceKind::Campaign),
            _ => None,
        }
    }

    /// Whether each of them belongs to one checklist, so that the figures of a checklist's own are those of the visits with it.
    pub(super) const fn is_of_checklists(self) -> bool {
        matches!(self, Self::Checklist | Self::Section | Self::Question | Self::Choice)
    }

    /// Which visits are wanted for subjects of this kind: where they belong to one checklist, it need not be asked of the visits as well.
    pub(super) fn wanted(self, of: Wanted) -> Wanted {
        let of_checklist = Filter { checklist: of.filter.checklist, ..Filter::default() };
        if self.is_of_checklists() && of.filter == of_checklist {
            return Wanted { filter: Filter::default(), ..of };
        }
        of
    }

    /// Whether a subject is of this kind, and of this checklist and question if they are named. Of what is lost there are drivers.
    pub(super) fn is_of(
        self,
        subject: &Subject,
        checklist: Option<ChecklistId>,
        question: Option<&Key>,
    ) -> bool {
        let named = Named::of(subject);
        let is_other =
            matches!(subject, Subject::Overall | Subject::LossByStandard(_) | Subject::LossByQuestion { .. });
        !is_other
            && named.kind == self
            && checklist.is_none_or(|id| named.checklist == Some(id))
            && question.is_none_or(|key| named.question == Some(key))
    }
}

/// A subject by its parts.
struct Named<'s> {
    kind: SubjectKind,
    checklist: Option<ChecklistId>,
    version: Option<VersionId>,
    side: Option<Side>,
    question: Option<&'s Key>,
    key: Option<&'s Key>,
}

impl<'s> Named<'s> {
    fn of(subject: &'s Subject) -> Self {
        let none =
            |kind| Self { kind, checklist: None, version: None, side: None, question: None, key: None };
        match subject {
            Subject::Overall => none(SubjectKind::Checklist),
            Subject::Checklist(id) => Self { checklist: Some(*id), ..none(SubjectKind::Checklist) },
            Subject::Version(id) => Self { version: Some(*id), ..none(SubjectKind::Version) },
            Subject::Side(side) => Self { side: Some(*side), ..none(SubjectKind::Side) },
            Subject::Section { checklist, key } => {
                Self { checklist: Some(*checklist), key: Some(key), ..none(SubjectKind::Section) }
            }
            Subject::Dimension(key) => Self { key: Some(key), ..none(SubjectKind::Dimension) },
            Subject::Standard(key) | Subject::LossByStandard(key) => {
                Self { key: Some(key), ..none(SubjectKind::Standard) }
            }
            Subject::Question { checklist, key } | Subject::LossByQuestion { checklist, key } => Self {
                checklist: Some(*checklist),
                question: Some(key),
                key: Some(key),
                ..none(SubjectKind::Question)
            },
            Subject::Choice { checklist, question, key } => Self {
                checklist: Some(*checklist),
                question: Some(question),
                key: Some(key),
                ..none(SubjectKind::Choice)
            },
        }
    }
}

/// What a figure is about, with its name in the reader's language.
#[derive(Clone, Serialize, ToSchema)]
pub struct SubjectView {
    /// What kind of thing it is.
    kind: SubjectKind,
    /// The checklist that it belongs to; null for what is of all checklists.
    checklist_id: Option<ChecklistId>,
    /// The version; null for all but versions.
    version_id: Option<VersionId>,
    /// The campaign; null for all but campaigns, and for visits that no campaign wanted.
    campaign_id: Option<CampaignId>,
    /// The side; null for all but sides.
    side: Option<Side>,
    /// The question whose choice it is; the question itself; null for all others.
    question: Option<Key>,
    /// Its key; of a step of a scale the number, of a day of the week `mon` to `sun`, of an hour `00` to `23`. Null for what has none.
    key: Option<Key>,
    /// What it is called, in the language that is wished for; null if it is not known any more, and of a campaign for managers and HR.
    title: Option<String>,
}

impl SubjectView {
    /// What it is called; its key where that is not known.
    pub(super) fn name(&self) -> String {
        let key = || self.key.as_ref().map(ToString::to_string);
        self.title.clone().or_else(key).unwrap_or_else(|| "–".to_owned())
    }

    /// That of a slice.
    pub(super) fn of_slice(
        kind: SubjectKind,
        campaign_id: Option<CampaignId>,
        key: Option<String>,
        title: Option<String>,
    ) -> Self {
        let key = key.map(Key::from);
        Self {
            kind,
            checklist_id: None,
            version_id: None,
            campaign_id,
            side: None,
            question: None,
            key,
            title,
        }
    }

    pub(super) fn new(subject: &Subject, titles: &Titles) -> Self {
        let Named { kind, checklist, version, side, question, key } = Named::of(subject);
        Self {
            kind,
            campaign_id: None,
            checklist_id: checklist,
            version_id: version,
            side,
            question: question.cloned(),
            key: key.cloned(),
            title: titles.say(subject),
        }
    }
}

/// What visits say about one subject.
#[derive(Serialize, ToSchema)]
pub struct SubjectFigureView {
    /// What it is about.
    #[serde(flatten)]
    pub(super) subject: SubjectView,
    /// What visits scored in it. A share is a score, too: 10,000 if all visits met a standard, or chose an option. Where each visit scores all or
    /// nothing, the interval is that of a proportion (Wilson), and rests on these visits alone.
    #[serde(flatten)]
    pub(super) figure: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) target: Option<TargetView>,
    /// Whether each visit scored all or nothing, so that the score is a share of the visits.
    pub(super) is_share: bool,
    /// How it changed against as many months or days right before; null where either has no visits.
    pub(super) change: Option<ChangeView>,
    /// The address of the list of the visits that the figure is of; for managers and HR of the reports. Null by weekday and by hour, and for visits
    /// that no campaign wanted, of which no list is made; and for designers, who list neither.
    pub(super) counted: Option<String>,
}

impl Rows for SubjectFigureView {}

/// What a brand's figure is made of, for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/breakdown", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The figures by subject.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_breakdown(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<BreakdownParams, MOST>,
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    breakdown(&app, means, of, (wanted, page)).await
}

/// What a region's figure is made of.
#[utoipa::path(get, path = "/v1/regions/{id}/breakdown", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The figures by subject.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_breakdown(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<BreakdownParams, MOST>,
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    breakdown(&app, means, of, (wanted, page)).await
}

/// What a branch's figure is made of.
#[utoipa::path(get, path = "/v1/branches/{id}/breakdown", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The figures by subject.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn branch_breakdown(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<BreakdownParams, MOST>,
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    let of = Reading { scope: caller.scope, place: Place::Branch(*id), wishes };
    breakdown(&app, means, of, (wanted, page)).await
}

async fn breakdown(
    app: &App,
    means: Data<Means>,
    of: Reading,
    (params, page): (BreakdownParams, PageRequest),
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    if let Some(kind) = params.kind().slice() {
        return Ok(InLanguage { language: None, answer: sliced(app, of, kind, (params, page)).await? });
    }
    let Reading { scope, place, wishes } = of;
    let visits = params.asked().wanted(USUALLY, app.clock.now())?;
    let wanted = params.kind().wanted(visits.clone());
    let order = params.order();
    let part = page.part()?;
    let known = Data::clone(&means);
    let read = move |conn: &mut _| {
        of_subjects(conn, &known, &scope, (place, &wanted), |subject| params.is_wanted(subject))
    };
    let mut found = app.db.snapshot(read).await?;
    let minimum = found.place.minimum;
    found.rows.sort_by_key(|row| order.place((row.now.sums, row.before), &row.spread, minimum));
    found.rows = part.of(found.rows).collect();
    let subjects = found.rows.iter().map(|row| row.subject.clone()).collect();
    let reader = (wishes, found.languages.clone());
    let titles = Titles::of(&app.db, &means.versions, found.place.brand, subjects, reader).await?;
    let view = |row: &OfSubject| {
        let subject = SubjectView::new(&row.subject, &titles);
        let figure = FigureView::of(row.now, minimum, &row.spread, row.number);
        let change = ChangeView::between(row.before, row.now.sums, minimum, &row.spread);
        let is_share = row.now.sums.is_share();
        let aim = found.targets.at(place, &row.subject, visits.touched().to());
        let target = TargetView::of(aim, &figure);
        let counted = counted(&found.place, place, &visits, &row.subject);
        SubjectFigureView { subject, figure, target, is_share, change, counted }
    };
    let views = found.rows.iter().map(view).collect();
    Ok(InLanguage { language: None, answer: page.listed(part, views)? })
}
