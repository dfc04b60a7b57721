//! The addresses of answers: which cost a place most, or speak best for it, in words.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::{
    DifferenceView, FigureView, QuoteView, Reading, SubjectView,
    asked::{USUALLY, asks, wrong},
    counted::quotes_at,
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadAnswersInWords,
    app::App,
    checklists::{counted::Subject, model::Key},
    error::Result,
    http::{
        answer::InLanguage,
        languages::Wishes,
        listed::Listed,
        page::{Listing, PageRequest},
        sheet::Rows,
    },
    ids::{BranchId, BrandId, ChecklistId, RegionId},
    limits::{BasisPoints, Count},
    scores::{
        answers::{self, AnswerOrder, Answers, Asked, OfQuestion, Part, given::Given},
        means::Means,
        model::Place,
        statistics::{Interval, Proportion, Sums},
        wanted::Wanted,
    },
};

/// Most questions on a page.
const MOST: i64 = 100;

asks! {
    /// Which answers are asked for. Of a dimension, a standard, a section and a question one can be named.
    pub struct AnswerParams {
        /// Which questions come first; if left out, the worst.
        #[param(inline)]
        sort: Option<AnswerOrder>,
        /// Only questions of the dimension with this key.
        #[param(inline)]
        dimension: Option<Key>,
        /// Only questions that verify the standard with this key.
        #[param(inline)]
        standard: Option<Key>,
        /// Only questions of sections with this key.
        #[param(inline)]
        section: Option<Key>,
        /// Only questions with this key.
        #[param(inline)]
        question: Option<Key>,
    }
}

impl Validate for AnswerParams {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        self.asked().check_one()?;
        let named = [&self.dimension, &self.standard, &self.section, &self.question];
        if named.into_iter().flatten().count() > 1 {
            return Err(wrong("standard", "contradiction", "answers are of one part of what is asked"));
        }
        Ok(())
    }
}

impl AnswerParams {
    fn which(&self) -> Asked {
        let Self { dimension, standard, section, question, .. } = self.clone();
        let part = dimension.map(Part::Dimension).or(standard.map(Part::Standard));
        let part = part.or(section.map(Part::Section)).or(question.map(Part::Question));
        Asked { order: self.sort.unwrap_or(AnswerOrder::Worst), part }
    }
}

/// What was answered to a question that carries points.
#[derive(Serialize, ToSchema)]
pub struct AnsweredView {
    /// The question.
    #[serde(flatten)]
    subject: SubjectView,
    /// The standard that it verifies; null if none.
    standard: Option<Key>,
    /// What the standard says, in the language that is wished for; null if that is not known any more.
    standard_title: Option<String>,
    /// What visits scored in it. They are counted one by one, also of whole months; for managers and HR they are those of the reports that they can list,
    /// as far as these show the question. If they are fewer than the brand's minimum, managers and HR are given nothing but their number.
    #[serde(flatten)]
    figure: FigureView,
    /// What a visit lost by it of its whole score, in basis points, before critical effects; null where the score is.
    #[schema(value_type = Option<BasisPoints>)]
    loss: Option<i32>,
    /// What visits to the brand scored in it; null of a brand, and where the place is compared with nothing: see `comparison`.
    #[schema(value_type = Option<BasisPoints>)]
    brand_score: Option<i32>,
    /// How far the place is ahead of its brand, below zero if it is behind (Welch); null where either has no visits.
    ahead: Option<DifferenceView>,
    /// What was answered: those answers first by which most was lost, or, of the best, by which least was. Of several options that a visit chose it is in each.
    /// Nothing where answers are words, files or times of day.
    #[schema(max_items = 500)]
    answers: Vec<AnswerView>,
    /// Up to five of the visits that lost most by it, or, of the best, least: first those that say something in words.
    #[schema(max_items = 5)]
    quotes: Vec<QuoteView>,
    /// The address of the list of all visits that answered it.
    quotes_at: String,
}

impl Rows for AnsweredView {
    const ROWS: &'static [&'static str] = &["answers"];
}

/// An answer that visits have in common.
#[derive(Serialize, ToSchema)]
pub struct AnswerView {
    /// Which one.
    #[serde(flatten)]
    name: AnswerName,
    /// How many visits gave it.
    #[schema(value_type = Count)]
    visits: i64,
    /// Their share of the visits that answered the question, in basis points.
    #[schema(value_type = Option<BasisPoints>)]
    share: Option<i64>,
    /// Where the true share lies with 95 % confidence (Wilson).
    interval: Option<Interval>,
    /// What one of them lost by the question of its whole score, in basis points.
    #[schema(value_type = Option<BasisPoints>)]
    loss: Option<i32>,
    /// The address of the list of the visits that gave it.
    quotes_at: String,
}

/// An answer by its name.
#[derive(Serialize, ToSchema)]
pub struct AnswerName {
    /// The key of an option, `-` for none of them; `yes` or `no`; the number of a step; `up_to_` or `more_than_` with a limit in seconds, in minor units
    /// of the currency, or in steps of `10^-decimals`.
    answer: String,
    /// What it says, in the language that is wished for; null if that is not known any more.
    text: Option<String>,
}

impl AnswerName {
    pub(super) fn new(titles: &Titles, (checklist, question): (ChecklistId, &Key), given: &Given) -> Self {
        Self { answer: given.to_string(), text: titles.answer(checklist, question, given) }
    }
}

/// Which answers cost a brand most, or speak best for it, with the visits that say so: for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/answers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The answers by question.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_answers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadAnswersInWords>,
    id: Path<BrandId>,
    wishes: Wishes,
    Listing(params, page): Listing<AnswerParams, MOST>,
) -> Result<InLanguage<Listed<AnsweredView>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    answers(&app, means, of, (params, page)).await
}

/// Which answers cost a region most, or speak best for it, with the visits or reports that say so.
#[utoipa::path(get, path = "/v1/regions/{id}/answers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The answers by question.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_answers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadAnswersInWords>,
    id: Path<RegionId>,
    wishes: Wishes,
    Listing(params, page): Listing<AnswerParams, MOST>,
) -> Result<InLanguage<Listed<AnsweredView>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    answers(&app, means, of, (params, page)).await
}

/// Which answers cost a branch most, or speak best for it, with the visits or reports that say so.
#[utoipa::path(get, path = "/v1/branches/{id}/answers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The answers by question.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn branch_answers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadAnswersInWords>,
    id: Path<BranchId>,
    wishes: Wishes,
    Listing(params, page): Listing<AnswerParams, MOST>,
) -> Result<InLanguage<Listed<AnsweredView>>> {
    let of = Reading { scope: caller.scope, place: Place::Branch(*id), wishes };
    answers(&app, means, of, (params, page)).await
}

async fn answers(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    (params, page): (AnswerParams, PageRequest),
) -> Result<InLanguage<Listed<AnsweredView>>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let part = page.part()?;
    let (known, of, asked) = (Data::clone(&means), wanted.clone(), params.which());
    let rows = (part.start, part.count);
    let read = move |conn: &mut _| answers::answers(conn, &known, &scope, (place, &of), &asked, rows);
    let found = app.db.snapshot(read).await?;
    let reader = (wishes, found.languages.clone());
    let titles = Titles::of(&app.db, &means.versions, found.place.brand, subjects(&found), reader).await?;
    let views = found.rows.iter().map(|row| AnsweredView::new(row, &found, &wanted, &titles));
    let answer = page.listed(part, views.collect::<Result<_>>()?)?;
    Ok(InLanguage { language: None, answer })
}

/// All that is to be named.
fn subjects(found: &Answers) -> Vec<Subject> {
    let of_row = |row: &OfQuestion| {
        let quoted = row.quotes.iter().flat_map(|quote| &quote.given);
        let mut all =
            named((row.checklist, &row.key), row.given.iter().map(|(given, _)| given).chain(quoted));
        all.extend(row.standard.clone().map(Subject::Standard));
        all
    };
    found.rows.iter().flat_map(of_row).collect()
}

/// A question and the options among these answers.
pub(super) fn named<'g>(
    (checklist, key): (ChecklistId, &Key),
    given: impl Iterator<Item = &'g Given>,
) -> Vec<Subject> {
    let option = |given: &Given| match given {
        Given::Option(option) => {
            Some(Subject::Choice { checklist, question: key.clone(), key: option.as_str().into() })
        }
        _ => None,
    };
    [Subject::Question { checklist, key: key.clone() }].into_iter().chain(given.filter_map(option)).collect()
}

impl AnsweredView {
    fn new(row: &OfQuestion, found: &Answers, wanted: &Wanted, titles: &Titles) -> Result<Self> {
        let (place, of) = (found.place.place, (row.checklist, &row.key));
        let question = Subject::Question { checklist: row.checklist, key: row.key.clone() };
        let minimum = found.place.minimum;
        let answer = |(given, losses): &(Given, Sums)| {
            let share = Proportion { n: row.shown.sums.n, hits: losses.n };
            let end = |end: i64| i32::try_from(end).unwrap_or_default();
            AnswerView {
                name: AnswerName::new(titles, of, given),
                visits: losses.n,
                share: share.share(),
                interval: share.interval().map(|(low, high)| Interval { low: end(low), high: end(high) }),
                loss: losses.mean(),
                quotes_at: quotes_at(place, wanted, of, Some(given)),
            }
        };
        let quotes = row.quotes.iter().map(|quote| QuoteView::new(quote, &row.key, titles));
        Ok(Self {
            subject: SubjectView::new(&question, titles),
            standard: row.standard.clone(),
            standard_title: row.standard.clone().and_then(|key| titles.say(&Subject::Standard(key))),
            figure: FigureView::of(row.shown, minimum, &row.spread, row.number),
            loss: row.loss,
            brand_score: row.brand.mean(),
            ahead: row.ahead.map(DifferenceView::from),
            answers: row.given.iter().map(answer).collect(),
            quotes: quotes.collect::<Result<_>>()?,
            quotes_at: quotes_at(place, wanted, of, None),
        })
    }
}
