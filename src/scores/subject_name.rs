//! Subjects as people name them in what they send: the members that a breakdown has as well.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    checklists::{counted::Subject, model::Key, standards::model::Side},
    db::types::text_enum,
    error::FieldError,
    ids::ChecklistId,
    strict::objects_only,
};

text_enum! {
    /// What kind of thing a subject is.
    pub enum SubjectNameKind {
        /// Whole visits.
        Overall = "overall",
        /// Whole visits with a checklist.
        Checklist = "checklist",
        /// A side: what people do, or what the organisation does.
        Side = "side",
        /// A section of a checklist.
        Section = "section",
        /// A dimension of the brand's catalogue.
        Dimension = "dimension",
        /// A standard of the brand's catalogue.
        Standard = "standard",
        /// A question of a checklist.
        Question = "question",
    }
}

/// What a figure is about, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SubjectName {
    /// What kind of thing it is.
    pub kind: SubjectNameKind,
    /// The checklist: of a checklist, a section or a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist_id: Option<ChecklistId>,
    /// The side, of a side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// The key: of a section, a dimension, a standard or a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

objects_only!(SubjectName);

impl SubjectName {
    const fn none(kind: SubjectNameKind) -> Self {
        Self { kind, checklist_id: None, side: None, key: None }
    }

    /// The name of a subject; none of the subjects that have no such name: versions, choices and losses.
    pub fn of(subject: &Subject) -> Option<Self> {
        use SubjectNameKind as Kind;
        let of_brand = |kind, key: &Key| Self { key: Some(key.clone()), ..Self::none(kind) };
        let of_checklist = |kind, checklist: &ChecklistId, key: &Key| Self {
            checklist_id: Some(*checklist),
            key: Some(key.clone()),
            ..Self::none(kind)
        };
        Some(match subject {
            Subject::Overall => Self::none(Kind::Overall),
            Subject::Checklist(id) => Self { checklist_id: Some(*id), ..Self::none(Kind::Checklist) },
            Subject::Side(side) => Self { side: Some(*side), ..Self::none(Kind::Side) },
            Subject::Section { checklist, key } => of_checklist(Kind::Section, checklist, key),
            Subject::Dimension(key) => of_brand(Kind::Dimension, key),
            Subject::Standard(key) => of_brand(Kind::Standard, key),
            Subject::Question { checklist, key } => of_checklist(Kind::Question, checklist, key),
            Subject::Version(_)
            | Subject::Choice { .. }
            | Subject::LossByStandard(_)
            | Subject::LossByQuestion { .. } => return None,
        })
    }

    /// The subject that it names; `pointer` is where it stands.
    ///
    /// # Errors
    /// Which member is missing, or is not of this kind.
    pub fn subject(&self, pointer: &str) -> Result<Subject, FieldError> {
        use SubjectNameKind as Kind;
        let Self { kind, checklist_id, side, key } = self.clone();
        let members = [
            (
                "checklist_id",
                checklist_id.is_some(),
                [Kind::Checklist, Kind::Section, Kind::Question].contains(&kind),
            ),
            ("side", side.is_some(), kind == Kind::Side),
            (
                "key",
                key.is_some(),
                [Kind::Section, Kind::Dimension, Kind::Standard, Kind::Question].contains(&kind),
            ),
        ];
        let wrong = |member: &str, code, what: &str| {
            FieldError::new(
                format!("{pointer}/{member}"),
                code,
                format!("a subject of the kind {kind} has {what} {member}"),
            )
        };
        for (member, is_given, is_needed) in members {
            match (is_given, is_needed) {
                (false, true) => return Err(wrong(member, "required", "a")),
                (true, false) => return Err(wrong(member, "contradiction", "no")),
                _ => {}
            }
        }
        let named = match (kind, checklist_id, side, key) {
            (Kind::Overall, ..) => Some(Subject::Overall),
            (Kind::Checklist, Some(checklist), ..) => Some(Subject::Checklist(checklist)),
            (Kind::Side, _, Some(side), _) => Some(Subject::Side(side)),
            (Kind::Section, Some(checklist), _, Some(key)) => Some(Subject::Section { checklist, key }),
            (Kind::Question, Some(checklist), _, Some(key)) => Some(Subject::Question { checklist, key }),
            (Kind::Dimension, _, _, Some(key)) => Some(Subject::Dimension(key)),
            (Kind::Standard, _, _, Some(key)) => Some(Subject::Standard(key)),
            _ => None,
        };
        named.ok_or_else(|| wrong("kind", "required", "another"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_subject() {
        let checklist: ChecklistId = "0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f".parse().unwrap();
        for subject in [
            Subject::Overall,
            Subject::Checklist(checklist),
            Subject::Side(Side::Personal),
            Subject::Section { checklist, key: "welcome".into() },
            Subject::Dimension("comfort".into()),
            Subject::Standard("greeted_in_time".into()),
            Subject::Question { checklist, key: "greeted".into() },
        ] {
            let name = SubjectName::of(&subject).unwrap();
            assert_eq!(name.subject(""), Ok(subject));
            let more = SubjectName { checklist_id: name.checklist_id.xor(Some(checklist)), ..name };
            let wrong = more.subject("/subject").unwrap_err();
            assert_eq!(wrong.pointer, "/subject/checklist_id");
        }
    }
}
