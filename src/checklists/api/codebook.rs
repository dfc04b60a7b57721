//! The address of codebooks: what the columns and codes of exported answers mean.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadChecklists,
    app::App,
    checklists::{
        cache::Versions,
        kinds::{AnswerKind, Choice},
        model::{Key, Question, Section},
    },
    error::{Code, Error, Result},
    http::{
        answer::InLanguage,
        languages::Wishes,
        sheet::{Rows, Sheet},
    },
    ids::{ChecklistId, VersionId},
    limits::Ordinal32,
};

/// What a version of a checklist asks, for those who read its answers.
#[derive(Serialize, ToSchema)]
pub struct Codebook {
    checklist_id: ChecklistId,
    version_id: VersionId,
    /// Counts the versions of the checklist, from 1.
    #[schema(value_type = Ordinal32)]
    version: i32,
    /// The questions, in the order of the checklist.
    #[schema(max_items = 500)]
    questions: Vec<CodebookQuestion>,
}

impl Rows for Codebook {
    const ROWS: &'static [&'static str] = &["questions", "options"];
}

/// A question.
#[derive(Serialize, ToSchema)]
pub struct CodebookQuestion {
    /// The key of the section.
    section: Key,
    /// What the section is called.
    section_title: String,
    /// The key of the question.
    question: Key,
    /// What is asked.
    text: String,
    /// The kind of its answers, as the content of the version has it.
    kind: &'static str,
    /// What its numbers are counted in: a unit, a currency, or `s` for seconds; null of all else.
    unit: Option<String>,
    /// Whether a visit without an answer to it is refused.
    required: bool,
    /// Its weight times that of its section.
    weight: i64,
    /// The most points that an answer can have, before weights; null if it carries no points.
    most_points: Option<i64>,
    /// Whether it can only add to a score.
    bonus: bool,
    /// The standard that it verifies.
    standard: Option<Key>,
    /// What can be chosen; empty where nothing is chosen.
    #[schema(max_items = 200)]
    options: Vec<CodebookOption>,
}

/// An option.
#[derive(Serialize, ToSchema)]
pub struct CodebookOption {
    /// The key by which answers name it.
    option: Key,
    /// What it says.
    label: String,
    /// What it earns; null if it carries no points.
    points: Option<i64>,
}

/// The codebook of a version: each question and each option with its key and its words, in the language that is wished for, for those who analyse exported
/// answers. As a file it has a row for each option, and one for each question without options.
#[utoipa::path(get, path = "/v1/checklist-versions/{id}/codebook", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The codebook.", headers(
    ("Content-Language" = Option<String>, description = "The language that it is in."),
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn get_codebook(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadChecklists>,
    id: Path<VersionId>,
    wishes: Wishes,
) -> Result<InLanguage<Sheet<Codebook>>> {
    let version = versions.get(&app.db, id.into_inner()).await?;
    if !caller.scope.touches_brand(version.brand_id) {
        return Err(Error::new(Code::NotFound));
    }
    let content = version.prepared.content();
    let language = wishes.best_of(&content.languages, &[]);
    let of_section = |section: &Section| -> Vec<_> {
        section.questions.iter().map(|question| CodebookQuestion::new(section, question, language)).collect()
    };
    let answer = Sheet(Codebook {
        checklist_id: version.checklist_id,
        version_id: version.id,
        version: version.number,
        questions: content.sections.iter().flat_map(of_section).collect(),
    });
    Ok(InLanguage { language: Some(language.to_owned()), answer })
}

impl CodebookQuestion {
    fn new(section: &Section, question: &Question, language: &str) -> Self {
        let option = |option: &Choice| CodebookOption {
            option: option.key.clone(),
            label: option.text.get(language).unwrap_or_default().to_owned(),
            points: option.points.map(i64::from),
        };
        let unit = match &question.answer {
            AnswerKind::Number { unit, .. } => unit.as_ref().and_then(|unit| unit.get(language)),
            AnswerKind::Amount { currency, .. } => Some(currency.as_str()),
            AnswerKind::Duration { .. } => Some("s"),
            _ => None,
        };
        Self {
            section: section.key.clone(),
            section_title: section.title.get(language).unwrap_or_default().to_owned(),
            question: question.key.clone(),
            text: question.text.get(language).unwrap_or_default().to_owned(),
            kind: question.answer.name(),
            unit: unit.map(str::to_owned),
            required: question.required,
            weight: i64::from(section.weight) * i64::from(question.weight),
            most_points: question.points(),
            bonus: question.bonus,
            standard: question.standard.clone(),
            options: question.answer.options().iter().map(option).collect(),
        }
    }
}
