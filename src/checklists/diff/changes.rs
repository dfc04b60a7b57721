//! A change, as it is answered.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{checklists::model::Key, ids::PictureId};

/// More changes than this are counted and not listed.
pub const MOST_CHANGES: usize = 2_000;

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Diff {
    /// How much changed, all in all.
    pub summary: Summary,
    /// What changed, in the order of the checklist: at most 2000 changes.
    #[schema(max_items = 2000)]
    pub changes: Vec<Change>,
    /// How many changes more there are than are listed.
    pub more: usize,
}

/// How many changes there are: by what happened, and by what it affects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Summary {
    /// How many things were added.
    pub added: usize,
    /// How many things were removed.
    pub removed: usize,
    /// How many things moved.
    pub moved: usize,
    /// How many fields of things changed.
    pub changed: usize,
    /// How many of all these affect scores.
    pub scores: usize,
    /// How many affect only what people read.
    pub wording: usize,
    /// How many affect what a shopper is asked to do.
    pub flow: usize,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// To what.
    pub subject: Subject,
    /// The section that it is about, or that the question is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub section: Option<Key>,
    /// The question that it is about, or that the option or picture is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub question: Option<Key>,
    /// The option that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub option: Option<Key>,
    /// The picture that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub picture: Option<PictureId>,
    /// The field that changed, as the checklist has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// The language of the text that changed (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub language: Option<String>,
    /// What it was, to be read; missing where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub before: Option<String>,
    /// What it is now, to be read; missing where there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub after: Option<String>,
    /// What follows from it.
    pub affects: Affects,
    /// All of it in a sentence.
    pub words: String,
}

/// What happened to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It stands elsewhere.
    Moved,
    /// Something about it is different.
    Changed,
}

/// What something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The checklist's title.
    Title,
    /// The languages that it is written in.
    Languages,
    /// A section.
    Section,
    /// A question.
    Question,
    /// An option of a choice.
    Option,
    /// The rule by which a section or a question is shown.
    Rule,
    /// The bands that give points.
    Bands,
    /// An example picture.
    Picture,
}

/// What follows from a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Affects {
    /// What answers score.
    Scores,
    /// What people read, and nothing else.
    Wording,
    /// What a shopper is asked to do; it may show in scores, too.
    Flow,
}
