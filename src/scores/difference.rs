//! What is found when everything is computed anew: something stored that does not follow from the visits.

use std::fmt;

use super::{
    model::{Place, PlaceKind, Reader},
    shown::Months,
    statistics::Sums,
};
use crate::{
    db::types::Sha256,
    ids::{BrandId, VersionId, VisitId},
    months::Month,
};

/// Something stored that is not what follows from the visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A visit's score is not what its answers score.
    Score {
        /// The visit.
        visit: VisitId,
        /// What is stored, in basis points.
        stored: Option<i32>,
        /// What its answers score under its version, in basis points.
        recomputed: Option<i32>,
    },
    /// A visit's digest is not that of its content.
    Content {
        /// The visit.
        visit: VisitId,
        /// What is stored.
        stored: Sha256,
        /// The digest of the content; none if it has none, because a salt is gone.
        recomputed: Option<Sha256>,
    },
    /// A visit's checklist version is not there, so that its score is not known.
    NoVersion {
        /// The visit.
        visit: VisitId,
        /// The version that it names.
        version: VersionId,
    },
    /// The figures of a place and month are not those of its visits.
    Figure(WrongFigure),
    /// Figures of a place cannot be read.
    Unreadable {
        /// The place.
        place: Place,
        /// Its brand.
        brand: BrandId,
        /// For whom they are.
        reader: Reader,
        /// The first month and the last one.
        months: Months,
    },
    /// The subjects of a brand are not those of its checklists, with the numbers from 1 on.
    Subjects {
        /// The brand.
        brand: BrandId,
    },
    /// A line of what a brand lends to its places cannot be read, or does not follow from what was counted for it.
    Lent {
        /// The brand.
        brand: BrandId,
        /// The number of the line.
        number: i64,
    },
    /// A line of how leniently shoppers score cannot be read, or does not follow from the visits, which are what they were.
    Leniency {
        /// The brand.
        brand: BrandId,
        /// The number of the line.
        number: i64,
    },
    /// What is shown of a region or a brand is not the sum of what is shown of its branches.
    Shown {
        /// The region or the brand.
        place: Place,
        /// Its brand.
        brand: BrandId,
        /// The first month and the last one.
        months: Months,
    },
}

/// One subject of a place and month whose sums are not what counting gives. Sums of zero stand for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongFigure {
    /// The place.
    pub place: Place,
    /// Its brand.
    pub brand: BrandId,
    /// For whom it is counted.
    pub reader: Reader,
    /// The subject's name, or its number if it has no name.
    pub subject: String,
    /// The month.
    pub month: Month,
    /// What is stored.
    pub stored: Sums,
    /// What counting gives.
    pub recomputed: Sums,
}

impl fmt::Display for WrongFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, brand, reader, subject, month, stored, recomputed } = self;
        write!(f, "figure of {} {}, {subject}, {month}", place.kind(), place.id())?;
        if place.kind() != PlaceKind::Brand {
            write!(f, ", brand {brand}")?;
        }
        if *reader == Reader::BranchSide {
            f.write_str(", for the branch's side")?;
        }
        let sums = |sums: &Sums| format!("n {} Σ {} Σ² {}", sums.n, sums.sum, sums.sum_sq);
        write!(f, ": stored {}, recomputed {}", sums(stored), sums(recomputed))
    }
}

impl Difference {
    /// The brand whose figures are to be made anew, if that mends it.
    pub fn mended_by_counting(&self) -> Option<BrandId> {
        match self {
            Self::Figure(wrong) => Some(wrong.brand),
            Self::Shown { brand, .. } | Self::Unreadable { brand, .. } => Some(*brand),
            Self::Score { .. }
            | Self::Content { .. }
            | Self::NoVersion { .. }
            | Self::Subjects { .. }
            | Self::Lent { .. }
            | Self::Leniency { .. } => None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let score = |score: &Option<i32>| score.map_or("none".to_owned(), |score| score.to_string());
        match self {
            Self::Score { visit, stored, recomputed } => {
                write!(
                    f,
                    "score of visit {visit}: stored {}, recomputed {}",
                    score(stored),
                    score(recomputed)
                )
            }
            Self::Content { visit, stored, recomputed } => {
                let recomputed = recomputed.map_or("none".to_owned(), |hash| hash.to_string());
                write!(f, "digest of visit {visit}: stored {stored}, recomputed {recomputed}")
            }
            Self::NoVersion { visit, version } => {
                write!(f, "visit {visit}: its checklist version {version} is not there")
            }
            Self::Figure(wrong) => wrong.fmt(f),
            Self::Unreadable { place, brand, reader, months: (from, to) } => {
                let (kind, id, reader) = (place.kind(), place.id(), reader.as_str());
                write!(
                    f,
                    "figures of {kind} {id}, brand {brand}, {from} to {to}, {reader}: they cannot be read"
                )
            }
            Self::Subjects { brand } => {
                write!(f, "the subjects of brand {brand} are not those of its checklists, numbered from 1 on")
            }
            Self::Lent { brand, number } => write!(
                f,
                "statistics {number} of brand {brand}: they cannot be read, or do not follow from what was counted for them"
            ),
            Self::Leniency { brand, number } => write!(
                f,
                "leniency {number} of brand {brand}: it cannot be read, or does not follow from the visits"
            ),
            Self::Shown { place, months: (from, to), .. } => {
                let (kind, id) = (place.kind(), place.id());
                write!(
                    f,
                    "what is shown of {kind} {id} from {from} to {to} is not the sum of what is shown of its branches"
                )
            }
        }
    }
}
