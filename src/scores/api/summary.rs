//! The address of a branch's summary: its figures of a period on one page, for those who print it.

use actix_web::web::{self, Data, Path};

use super::{
    FilterParams, Reading, ScoreParams, ScoreView, SectionView, TrendParams,
    asked::USUALLY,
    comparison::comparison_view,
    drivers::{Loss, drivers_view},
    score_view,
    trend::trend_view,
};
use crate::{
    accounts::{
        caller::Allowed,
        policy::{Scope, permit::ReadScores},
    },
    app::App,
    calendar::days::Days,
    charts::{
        self, Drawing, Heading, months, percent,
        rows::{Line, rows},
        trend::{Step, trend},
    },
    db::types::Sha256,
    error::{Error, Result},
    http::{
        answer::{File, FreshFile, InLanguage},
        bytes::bytes,
        dear::{Dear, DearLimits},
        etag::{ETag, IfNoneMatch, Keep},
        input::Params,
        languages::Wishes,
    },
    ids::BranchId,
    pdf::{self, Document, Hold, Piece, Style, Text},
    scores::{called::called, means::Means, model::Place, trend::TrendStep},
    texts::{Language, say, text},
};

/// So many sections are drawn at most, and so many drivers are named.
const MOST_SECTIONS: usize = 8;
const MOST_DRIVERS: usize = 3;
/// So many letters of what a branch is called are printed, and of what a driver is called; and where there is no room for those, so many.
const MOST_LETTERS: (usize, usize) = (80, 160);
const FEW_LETTERS: (usize, usize) = (40, 40);
/// How wide charts are drawn before they are made to fit, and how high a trend is.
const WIDTH: f32 = 690.0;
const TREND_HEIGHT: f32 = 130.0;
/// So many months a trend has at least.
const LEAST_MONTHS: i32 = 2;

/// The bytes of a summary.
pub struct SummaryPdf;

bytes!(SummaryPdf, "The bytes of a PDF.");

/// The figures of a branch on one page, as a PDF in the language that is wished for: its score beside its region, its brand and its target, month by month
/// (quarter by quarter where most months rest on too few visits), section by section, and what to do first. They are those of `score`, `comparison`, `trend` and
/// `drivers`; of a single month the trend is of the 12 months up to it.
#[utoipa::path(get, path = "/v1/branches/{id}/summary.pdf", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The summary. The same figures are the same bytes.", content((SummaryPdf = "application/pdf")), headers(
        ("Content-Language" = Option<String>, description = "The language that its texts are in."),
        ("Vary" = String, description = "`accept-language`."),
    )),
))]
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn branch_summary(
    app: Data<App>,
    means: Data<Means>,
    dear: Data<DearLimits>,
    caller: Allowed<ReadScores>,
    had: IfNoneMatch,
    id: Path<BranchId>,
    wishes: Wishes,
    Params(params): Params<FilterParams>,
) -> Result<InLanguage<FreshFile>> {
    dear.count(Dear::Export, caller.account())?;
    let language = wishes.ours();
    let of = Reading { scope: caller.scope, place: Place::Branch(*id), wishes };
    let summary = Summary::of(&app, means, of, params).await?;
    let bytes = web::block(move || summary.pdf(language)).await.map_err(Error::internal)??;
    let tag = ETag::of(Sha256::of(&bytes));
    let file = File { media_type: "application/pdf", name: format!("summary-{id}.pdf"), bytes };
    let answer = FreshFile { had, tag, keep: Keep::Ask, file };
    Ok(InLanguage { language: Some(language.tag().to_owned()), answer })
}

/// What is printed.
pub(super) struct Summary {
    name: String,
    filtered: bool,
    score: ScoreView,
    beside: Vec<Line>,
    steps: Vec<Step>,
    drivers: Vec<(String, Loss)>,
}

impl Summary {
    /// Reads what is printed, as the caller sees it.
    ///
    /// # Errors
    /// Those of the figures.
    pub(super) async fn of(app: &App, means: Data<Means>, of: Reading, params: FilterParams) -> Result<Self> {
        let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
        let (seen, place) = (of.scope.clone(), of.place);
        let called = app.db.read(move |conn| called(conn, &seen, place)).await?;
        let language = of.wishes.ours();
        let scored = score_view(app, Data::clone(&means), of.clone(), ScoreParams::from(&params)).await?;
        let comparison = comparison_view(app, of.scope.clone(), place, params.clone()).await?;
        let mut of_trend = TrendParams::from(&params);
        if wanted.months() < LEAST_MONTHS || params.rolling.is_some() {
            // So many months up to the last one, which are the usual ones where that is one.
            let days = Days::up_to(wanted.days.to(), wanted.months().max(USUALLY));
            of_trend = of_trend.since(days.map(|days| days.bounds().0));
        }
        let steps = steps(app, &means, (of.scope.clone(), place), of_trend).await?;
        let drivers = drivers_view(app, means, of, params).await?;
        Ok(Self {
            name: called.name,
            filtered: !wanted.filter.is_none(),
            score: scored,
            beside: comparison.beside(language),
            steps,
            drivers: drivers.first(MOST_DRIVERS),
        })
    }

    /// The bytes of the page.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    pub(super) fn pdf(&self, language: Language) -> Result<Vec<u8>> {
        let foot = move |page: usize, pages: usize| {
            say!(language, "print-page", page = page.to_string(), pages = pages.to_string()).into_owned()
        };
        pdf::write(&self.page(language)?, foot)
    }

    /// The page, with as many sections and letters as it has room for.
    fn page(&self, language: Language) -> Result<Document> {
        for letters in [MOST_LETTERS, FEW_LETTERS] {
            for sections in (1..=MOST_SECTIONS).rev() {
                let document = self.document((sections, letters), language);
                if pdf::is_one_page(&document)? {
                    return Ok(document);
                }
            }
        }
        Ok(self.document((0, FEW_LETTERS), language))
    }

    fn document(
        &self,
        (sections, (of_name, of_driver)): (usize, (usize, usize)),
        language: Language,
    ) -> Document {
        let months = months::span((self.score.from, self.score.to), language);
        let mut about = say!(language, "chart-summary", months = months.as_str()).into_owned();
        if self.filtered {
            about = format!("{about} · {}", text!("chart-filtered").say(language));
        }
        let mut pieces: Vec<Piece> = vec![
            Text::new(Style::Title, shortened(&self.name, of_name)).into(),
            Text::new(Style::Plain, about.as_str()).into(),
            Piece::Rule,
        ];
        pieces.extend(self.overall(language));
        let heading = |title: String| Heading {
            language,
            title,
            about: months.clone(),
            width: WIDTH,
            edge: 0.0,
            is_drawn: false,
        };
        let mut chart = |title: String, drawn: &dyn Fn(&Heading) -> Drawing| {
            pieces.push(Piece::Space(6.0));
            pieces.push(Text::new(Style::Heading, title.as_str()).into());
            pieces.push(Piece::Drawing(Box::new(drawn(&heading(title)))));
        };
        let over_time = text!("chart-over-time").say(language).into_owned();
        chart(over_time, &|heading| trend(heading, &self.steps, TREND_HEIGHT));
        let compared = text!("chart-compared").say(language).into_owned();
        chart(compared, &|heading| self.compared(heading, sections));
        pieces.extend(self.first(of_driver, language));
        if self.score.mixes_versions {
            pieces.push(Piece::Space(5.0));
            pieces.push(Text::new(Style::Quiet, text!("chart-versions").say(language)).into());
        }
        Document { title: format!("{} – {about}", self.name), language: language.tag().to_owned(), pieces }
    }

    /// The score, in words and figures.
    fn overall(&self, language: Language) -> Vec<Piece> {
        let figure = self.score.overall.drawn(self.score.target.as_ref());
        let score = match figure.score {
            Some(score) => percent(score, language),
            None => text!("print-no-score").say(language).into_owned(),
        };
        let label = text!("print-score").say(language);
        let mut pieces: Vec<Piece> = vec![
            Text::new(Style::Heading, label).at_right(score).into(),
            Text::new(Style::Plain, charts::sentence(&figure, language)).into(),
        ];
        if let Some(change) = &self.score.change {
            let [difference, low, high] = [change.change.difference, change.change.low, change.change.high]
                .map(|points| signed(points, language));
            let wording = say!(language, "chart-change", difference = difference, low = low, high = high);
            pieces.push(Text::new(Style::Plain, wording).into());
        }
        pieces
    }

    /// The branch beside its region and its brand, and its sections.
    fn compared(&self, heading: &Heading, most: usize) -> Drawing {
        let language = heading.language;
        let of_all = Line {
            id: ("place", "branch".to_owned()),
            rank: None,
            name: text!("chart-this-branch").say(language).into_owned(),
            figure: self.score.overall.drawn(self.score.target.as_ref()),
        };
        let section = |section: &SectionView| Line {
            id: ("section", section.section.to_string()),
            rank: None,
            name: section.title.clone().unwrap_or_else(|| section.section.to_string()),
            figure: section.figure.drawn(section.target.as_ref()),
        };
        let sections = self.score.sections.iter().take(most).map(section);
        let lines: Vec<_> = [of_all].into_iter().chain(self.beside.iter().cloned()).chain(sections).collect();
        let left = self.score.sections.len().saturating_sub(most);
        let more = (left > 0).then(|| say!(language, "chart-more-sections", count = left).into_owned());
        rows(heading, &lines, more)
    }

    /// What to do first.
    fn first(&self, letters: usize, language: Language) -> Vec<Piece> {
        let heading = Text::new(Style::Heading, text!("chart-first").say(language));
        let mut pieces: Vec<Piece> = vec![Piece::Space(6.0), heading.into()];
        if self.drivers.is_empty() {
            pieces.push(Text::new(Style::Plain, text!("chart-no-drivers").say(language)).into());
        }
        for (at, (name, loss)) in self.drivers.iter().enumerate() {
            let points = |points: i32| language.number(points.into(), 2);
            let loss = match loss {
                Loss::MoreThanInBrand(more) => say!(language, "chart-gain", points = points(*more)),
                Loss::OfScore(lost) => say!(language, "chart-loss", points = points(*lost)),
            };
            let name = shortened(name, letters);
            let line = Text::new(Style::Plain, format!("{}. {name}", at + 1)).at_right(loss);
            pieces.push(line.held(Hold::Whole).into());
        }
        pieces
    }
}

/// The steps of the trend: months, or quarters where most months with visits have too few of them and of quarters more have enough.
async fn steps(
    app: &App,
    means: &Data<Means>,
    (scope, place): (Scope, Place),
    params: TrendParams,
) -> Result<Vec<Step>> {
    let quarters = params.clone().by(TrendStep::Quarter);
    let months = trend_view(app, Data::clone(means), (scope.clone(), place), params).await?.steps();
    if sufficient(&months) * 2 >= months.iter().filter(|step| step.figure.visits > 0).count() {
        return Ok(months);
    }
    let quarters = trend_view(app, Data::clone(means), (scope, place), quarters).await?.steps();
    Ok(if sufficient(&quarters) > sufficient(&months) { quarters } else { months })
}

/// How many of these steps have enough visits for their score.
fn sufficient(steps: &[Step]) -> usize {
    steps.iter().filter(|step| step.figure.score.is_some() && !step.figure.insufficient).count()
}

/// So many letters of a text.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Percentage points with their sign.
fn signed(points: i32, language: Language) -> String {
    let number = language.number(points.into(), 2);
    if points > 0 { format!("+{number}") } else { number }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        ids::ChecklistId,
        scores::{
            api::FigureView,
            model::{PlaceId, PlaceKind},
        },
    };

    fn figure(score: Option<i32>) -> FigureView {
        let interval =
            score.map(|score| crate::scores::statistics::Interval { low: score / 2, high: 10_000 });
        FigureView { visits: 1_234_567, score, interval, statistics: None, insufficient: score == Some(1) }
    }

    /// A summary with so many sections and steps, whose names have so many letters.
    fn summary(sections: usize, steps: usize, letters: usize) -> Summary {
        let name = "Щ".repeat(letters);
        let bound = |month: usize| format!("{}-{:02}", 2016 + month / 12, month % 12 + 1).parse().unwrap();
        let section = |nth: usize| SectionView {
            checklist_id: ChecklistId::new(uuid::Uuid::nil()),
            section: format!("section{nth}").into(),
            title: Some(name.clone()),
            figure: figure(Some(nth as i32)),
            target: None,
        };
        let line = |nth: i32| Line {
            id: ("place", nth.to_string()),
            rank: None,
            name: name.clone(),
            figure: figure(Some(nth)).drawn(None),
        };
        let step = |month: usize| Step {
            span: (bound(month), bound(month)),
            figure: figure(Some(10_000)).drawn(None),
            is_new_version: month.is_multiple_of(2),
            mixes_versions: month.is_multiple_of(3),
        };
        Summary {
            name: name.clone(),
            filtered: true,
            score: ScoreView {
                place_id: PlaceId::new(uuid::Uuid::nil()),
                kind: PlaceKind::Branch,
                from: bound(0),
                to: bound(steps.max(1) - 1),
                overall: figure((sections > 0).then_some(5_000)),
                target: None,
                mixes_versions: true,
                planned: None,
                counted: None,
                change: None,
                year_change: None,
                sections: (0..sections).map(section).collect(),
            },
            beside: (0..2).map(line).collect(),
            steps: (0..steps).map(step).collect(),
            drivers: (0..MOST_DRIVERS).map(|_| (name.clone(), Loss::OfScore(10_000))).collect(),
        }
    }

    #[test]
    fn it_is_one_page_always() {
        for (sections, steps, letters) in
            [(0, 0, 1), (1, 12, 10), (60, 120, 10), (60, 120, 2_000), (3, 1, 300)]
        {
            let summary = summary(sections, steps, letters);
            for language in Language::ALL {
                let page = summary.page(language).unwrap();
                assert!(
                    pdf::is_one_page(&page).unwrap(),
                    "{sections} sections, {letters} letters, {language:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_long_is_cut() {
        assert_eq!(shortened("Café", 4), "Café");
        assert_eq!(shortened("Café Lumen", 6), "Café…");
    }
}
