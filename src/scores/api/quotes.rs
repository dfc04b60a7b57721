//! The addresses of what was said: the visits that gave an answer, with the words beside it.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Reading,
    answers::{AnswerName, named},
    asked::{USUALLY, asks},
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadAnswersInWords,
    app::App,
    calendar::Day,
    checklists::model::Key,
    db::types::Id,
    error::{Error, Result},
    http::{
        answer::InLanguage,
        languages::Wishes,
        page::{Listing, Page, PageRequest},
    },
    ids::{BranchId, BrandId, RegionId, ReportId, VisitId},
    limits::{BasisPoints, PlainText},
    scores::{
        answers::quotes::{self, Quote},
        by_visit::Seen,
        means::Means,
        model::Place,
        subjects::languages,
    },
};

asks! {
    /// Of which question it is asked what was said.
    pub struct QuotesParams {
        /// The question with this key.
        #[param(inline)]
        question: Key,
        /// Only visits that gave this answer: by its name, as `answers` has it.
        #[param(inline)]
        answer: Option<PlainText<1, 100>>,
    }
}

/// What a visit said to a question.
#[derive(Serialize, ToSchema)]
pub struct QuoteView {
    /// By what it is opened: for managers and HR its report, for desks the visit itself.
    source: QuoteSource,
    /// The branch that was visited.
    branch_id: BranchId,
    /// What it answered; nothing where answers are words, files or times of day.
    #[schema(max_items = 200)]
    answers: Vec<AnswerName>,
    /// What it scored in the question, in basis points.
    #[schema(value_type = BasisPoints)]
    score: i32,
    /// What the shopper wrote, as reviewers spelled it: the answer where it is a text, else what was added to it. Null if nothing, and if reports do not show it.
    comment: Option<String>,
}

/// By what a visit is opened.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuoteSource {
    /// By its report: see `GET /v1/reports/{id}`.
    Report {
        /// The report.
        report_id: ReportId,
        /// The day of the visit, or the first day of its week.
        first_day: Day,
        /// The same day, or the last day of that week.
        last_day: Day,
    },
    /// By its id: see `GET /v1/visits/{id}`.
    Visit {
        /// The visit.
        visit_id: VisitId,
        /// The day on which it began, by the clocks at the branch.
        day: Day,
    },
}

impl QuoteSource {
    fn of(seen: &Seen) -> Result<Self> {
        let day = |date| Day::new(date).ok_or_else(|| Error::internal("a visit of a year without days"));
        Ok(match seen.report {
            Some((report_id, last)) => {
                Self::Report { report_id, first_day: day(seen.day)?, last_day: day(last)? }
            }
            None => Self::Visit { visit_id: seen.head.id, day: day(seen.day)? },
        })
    }

    /// Where a list goes on after it.
    fn key(&self) -> (Day, Id<Seen>) {
        match *self {
            Self::Report { report_id, first_day, .. } => (first_day, report_id.cast()),
            Self::Visit { visit_id, day } => (day, visit_id.cast()),
        }
    }
}

impl QuoteView {
    pub(super) fn new(quote: &Quote, question: &Key, titles: &Titles) -> Result<Self> {
        let name = |given| AnswerName::new(titles, (quote.checklist, question), given);
        Ok(Self {
            source: QuoteSource::of(&quote.seen)?,
            branch_id: quote.seen.head.branch_id,
            answers: quote.given.iter().map(name).collect(),
            score: quote.score,
            comment: quote.words.clone(),
        })
    }
}

/// What visits to a brand said to a question, those of the last day first: for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/answers/quotes", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "A page of quotes.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_quotes(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadAnswersInWords>,
    id: Path<BrandId>,
    wishes: Wishes,
    Listing(params, page): Listing<QuotesParams>,
) -> Result<InLanguage<Page<QuoteView>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    quotes(&app, means, of, (params, page)).await
}

/// What visits to a region said to a question, those of the last day first.
#[utoipa::path(get, path = "/v1/regions/{id}/answers/quotes", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "A page of quotes.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_quotes(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadAnswersInWords>,
    id: Path<RegionId>,
    wishes: Wishes,
    Listing(params, page): Listing<QuotesParams>,
) -> Result<InLanguage<Page<QuoteView>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    quotes(&app, means, of, (params, page)).await
}

/// What visits to a branch said to a question, those of the last day first.
#[utoipa::path(get, path = "/v1/branches/{id}/answers/quotes", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "A page of quotes.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn branch_quotes(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadAnswersInWords>,
    id: Path<BranchId>,
    wishes: Wishes,
    Listing(params, page): Listing<QuotesParams>,
) -> Result<InLanguage<Page<QuoteView>>> {
    let of = Reading { scope: caller.scope, place: Place::Branch(*id), wishes };
    quotes(&app, means, of, (params, page)).await
}

async fn quotes(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    (params, page): (QuotesParams, PageRequest),
) -> Result<InLanguage<Page<QuoteView>>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let after = page.key::<(Day, Id<Seen>)>()?.map(|(day, id)| (day.date(), id));
    let (known, rows) = (Data::clone(&means), page.rows() as usize);
    let QuotesParams { question, answer, .. } = params;
    let asked = question.clone();
    let read = move |conn: &mut _| {
        let answer = answer.as_ref().map(PlainText::as_str);
        let (place, found) =
            quotes::quotes(conn, &known, &scope, (place, &wanted), (&asked, answer), (after, rows))?;
        let languages = languages(conn, place.brand)?;
        Ok((place, languages, found))
    };
    let (place, languages, found) = app.db.snapshot(read).await?;
    let of = |quote: &Quote| named((quote.checklist, &question), quote.given.iter());
    let subjects = found.iter().flat_map(of).collect();
    let titles = Titles::of(&app.db, &means.versions, place.brand, subjects, (wishes, languages)).await?;
    let views = found.iter().map(|one| QuoteView::new(one, &question, &titles)).collect::<Result<_>>()?;
    Ok(InLanguage { language: None, answer: page.page(views, |one: &QuoteView| one.source.key())? })
}
