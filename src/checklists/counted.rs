//! What figures are about: subjects, by their names and by their numbers.

use std::fmt;

use super::{key::Key, standards::model::Side};
use crate::{
    error::{Error, FieldError, Result},
    ids::{ChecklistId, VersionId},
};

/// What a figure is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Whole visits, of all checklists.
    Overall,
    /// Whole visits that were made with a checklist.
    Checklist(ChecklistId),
    /// Whole visits that were made with a version.
    Version(VersionId),
    /// What people do, or what the organisation does.
    Side(Side),
    /// A section, in all versions of the checklist that have it.
    Section {
        /// The checklist.
        checklist: ChecklistId,
        /// The section's key.
        key: Key,
    },
    /// A dimension of the brand's catalogue, in all checklists.
    Dimension(Key),
    /// A standard of the brand's catalogue, in all checklists.
    Standard(Key),
    /// A question, in all versions of the checklist that have it.
    Question {
        /// The checklist.
        checklist: ChecklistId,
        /// The question's key.
        key: Key,
    },
    /// How often an option was chosen, or a step of a scale: a visit that answered the question scores 10,000 for those that were, and 0 for the
    /// others.
    Choice {
        /// The checklist.
        checklist: ChecklistId,
        /// The question's key.
        question: Key,
        /// The option's key, or the number of the step.
        key: Key,
    },
    /// What was lost of the whole score where a standard was missed, before critical effects: 300 if 3 % of the points that a visit could have had.
    LossByStandard(Key),
    /// The same for a question that verifies no standard.
    LossByQuestion {
        /// The checklist.
        checklist: ChecklistId,
        /// The question's key.
        key: Key,
    },
}

impl fmt::Display for Subject {
    /// Its name, as it is stored: `section/<checklist id>/<key>`, for one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overall => f.write_str("overall"),
            Self::Checklist(id) => write!(f, "checklist/{id}"),
            Self::Version(id) => write!(f, "version/{id}"),
            Self::Side(side) => write!(f, "side/{side}"),
            Self::Section { checklist, key } => write!(f, "section/{checklist}/{key}"),
            Self::Dimension(key) => write!(f, "dimension/{key}"),
            Self::Standard(key) => write!(f, "standard/{key}"),
            Self::Question { checklist, key } => write!(f, "question/{checklist}/{key}"),
            Self::Choice { checklist, question, key } => write!(f, "choice/{checklist}/{question}/{key}"),
            Self::LossByStandard(key) => write!(f, "loss_by_standard/{key}"),
            Self::LossByQuestion { checklist, key } => write!(f, "loss_by_question/{checklist}/{key}"),
        }
    }
}

impl Subject {
    /// The subject with this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        let (kind, rest) = name.split_once('/').unwrap_or((name, ""));
        let of_checklist = || {
            let (checklist, key) = rest.split_once('/')?;
            Some((checklist.parse::<ChecklistId>().ok()?, key))
        };
        let subject = match kind {
            "overall" => Self::Overall,
            "checklist" => Self::Checklist(rest.parse().ok()?),
            "version" => Self::Version(rest.parse().ok()?),
            "side" => Self::Side(*Side::ALL.iter().find(|side| side.as_str() == rest)?),
            "dimension" => Self::Dimension(rest.into()),
            "standard" => Self::Standard(rest.into()),
            "loss_by_standard" => Self::LossByStandard(rest.into()),
            "loss_by_question" => {
                of_checklist().map(|(checklist, key)| Self::LossByQuestion { checklist, key: key.into() })?
            }
            "section" => {
                of_checklist().map(|(checklist, key)| Self::Section { checklist, key: key.into() })?
            }
            "question" => {
                of_checklist().map(|(checklist, key)| Self::Question { checklist, key: key.into() })?
            }
            "choice" => {
                let (checklist, rest) = of_checklist()?;
                let (question, key) = rest.split_once('/')?;
                Self::Choice { checklist, question: question.into(), key: key.into() }
            }
            _ => return None,
        };
        // One subject has one name, or else its sums would be in two places.
        (subject.to_string() == name).then_some(subject)
    }

    /// The subject with this name, which a caller gave as this parameter.
    ///
    /// # Errors
    /// `invalid` if there is none.
    pub fn named(parameter: &str, name: &str) -> Result<Self> {
        let why = "no subject has this name: take it from the `counted` of a figure";
        Self::parse(name).ok_or_else(|| Error::invalid(vec![FieldError::new(parameter, "unknown", why)]))
    }

    /// The question that it is about; none if it is about more than one.
    pub fn question(&self) -> Option<&Key> {
        match self {
            Self::Question { key, .. }
            | Self::LossByQuestion { key, .. }
            | Self::Choice { question: key, .. } => Some(key),
            _ => None,
        }
    }
}

/// The number that stands for a subject within its brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectNumber(i32);

impl SubjectNumber {
    /// That of whole visits, in every brand.
    pub const OVERALL: Self = Self(0);

    /// The subject with this number.
    pub const fn new(number: i32) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl fmt::Display for SubjectNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_one_name() {
        let checklist: ChecklistId = "0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f".parse().unwrap();
        let subjects = [
            Subject::Overall,
            Subject::Checklist(checklist),
            Subject::Version(checklist.cast()),
            Subject::Side(Side::Personal),
            Subject::Section { checklist, key: "welcome".into() },
            Subject::Dimension("comfort".into()),
            Subject::Standard("greeted_in_time".into()),
            Subject::Question { checklist, key: "greeted".into() },
            Subject::Choice { checklist, question: "how".into(), key: "smiling".into() },
            Subject::LossByStandard("greeted_in_time".into()),
            Subject::LossByQuestion { checklist, key: "greeted".into() },
        ];
        for subject in &subjects {
            assert_eq!(Subject::parse(&subject.to_string()).as_ref(), Some(subject));
        }
        assert_eq!(subjects[4].to_string(), "section/0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f/welcome");
        let wrong = [
            "",
            "Overall",
            "overall/",
            "section/",
            "section/x/welcome",
            "side/both",
            "choice/x/y/z",
            "dimension",
        ];
        let other_spellings = [
            "section/0B8AC1F4-7A9F-4C62-9D0F-3B6C5A1D2E3F/welcome",
            "section/0b8ac1f47a9f4c629d0f3b6c5a1d2e3f/welcome",
            "section/0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f",
        ];
        for name in wrong.into_iter().chain(other_spellings) {
            assert_eq!(Subject::parse(name), None, "{name}");
        }
    }
}
