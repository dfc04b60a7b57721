//! What a figure is about: its kind, its parts and its name.

use serde::Serialize;
use utoipa::ToSchema;

use super::titles::Titles;
use crate::{
    checklists::{counted::Subject, model::Key, standards::model::Side},
    db::types::text_enum,
    ids::{CampaignId, ChecklistId, VersionId},
    scores::{
        slices::SliceKind,
        wanted::{Filter, Wanted},
    },
};

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
