//! What a counted visit adds to the sums of its places, and which places have sums.

use std::fmt;

use crate::{
    checklists::{cache::Version, model::Key, scoring::Scored},
    db::types::{Id, text_enum},
    ids::{BranchId, BrandId, ChecklistId, RegionId},
    months::Month,
    visits::model::Visit,
};

text_enum! {
    /// What a place is.
    pub enum PlaceKind {
        /// All of a brand.
        Brand = "brand",
        /// A region with all below it.
        Region = "region",
        /// One branch.
        Branch = "branch",
    }
}

/// A brand, a region or a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// All of a brand.
    Brand(BrandId),
    /// A region with all below it.
    Region(RegionId),
    /// One branch.
    Branch(BranchId),
}

/// The id of a brand, of a region or of a branch; the kind stands beside it.
pub type PlaceId = Id<Place>;

impl Place {
    /// Its id.
    pub const fn id(self) -> PlaceId {
        match self {
            Self::Brand(id) => id.cast(),
            Self::Region(id) => id.cast(),
            Self::Branch(id) => id.cast(),
        }
    }

    /// What it is.
    pub const fn kind(self) -> PlaceKind {
        match self {
            Self::Brand(_) => PlaceKind::Brand,
            Self::Region(_) => PlaceKind::Region,
            Self::Branch(_) => PlaceKind::Branch,
        }
    }
}

/// What a sum is over: the visits' scores as a whole, or what they scored in one section of a checklist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Whole visits, of all checklists.
    Overall,
    /// A section, in all versions of the checklist that have it.
    Section {
        /// The checklist.
        checklist: ChecklistId,
        /// The section's key.
        key: Key,
    },
}

impl fmt::Display for Subject {
    /// The text in the column: `overall` or `section/<checklist id>/<key>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overall => f.write_str("overall"),
            Self::Section { checklist, key } => write!(f, "section/{checklist}/{key}"),
        }
    }
}

impl Subject {
    /// What is meant by this text of the column, if anything is.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "overall" {
            return Some(Self::Overall);
        }
        let (checklist, key) = text.strip_prefix("section/")?.split_once('/')?;
        let subject = Self::Section { checklist: checklist.parse().ok()?, key: key.into() };
        // One subject has one text, or else its sums would be in two places.
        (subject.to_string() == text).then_some(subject)
    }
}

/// What one counted visit adds to the sums of its branch, of every region above that, and of the brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The brand.
    pub brand_id: BrandId,
    /// The branch that was visited.
    pub branch_id: BranchId,
    /// The region that the branch is in, if it is in one.
    pub region_id: Option<RegionId>,
    /// The month that the visit counts in.
    pub month: Month,
    /// The scores that there are, in basis points; each subject once.
    pub scores: Vec<(Subject, i32)>,
}

/// What this visit adds, scored under the version that it was made with.
pub fn counted(visit: &Visit, version: &Version, region: Option<RegionId>) -> Counted {
    Counted::of(visit, version.checklist_id, region, &version.prepared.score(visit.content.0.filled()))
}

impl Counted {
    /// What this visit adds if that is what it scored.
    pub(super) fn of(
        visit: &Visit,
        checklist: ChecklistId,
        region_id: Option<RegionId>,
        scored: &Scored,
    ) -> Self {
        let overall = scored.overall.map(|score| (Subject::Overall, score.get()));
        let sections = scored.sections.iter().filter_map(|section| {
            let subject = Subject::Section { checklist, key: section.key.clone() };
            section.score.map(|score| (subject, score.get()))
        });
        Self {
            brand_id: visit.head.brand_id,
            branch_id: visit.head.branch_id,
            region_id,
            month: visit.head.month,
            scores: overall.into_iter().chain(sections).collect(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_one_text() {
        let checklist: ChecklistId = "0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f".parse().unwrap();
        let section = Subject::Section { checklist, key: "welcome".into() };
        assert_eq!(section.to_string(), "section/0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f/welcome");
        for subject in [Subject::Overall, section] {
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
        let wrong = ["", "Overall", "overall/", "section/", "section/x/welcome", "question/x/y"];
        let other_spellings = [
            "section/0B8AC1F4-7A9F-4C62-9D0F-3B6C5A1D2E3F/welcome",
            "section/0b8ac1f47a9f4c629d0f3b6c5a1d2e3f/welcome",
            "section/0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f",
        ];
        for text in wrong.into_iter().chain(other_spellings) {
            assert_eq!(Subject::parse(text), None, "{text}");
        }
    }
}
