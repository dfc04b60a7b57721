//! Flags: what may be wrong with a visit, and how much that weighs.

mod rests_on;

pub use self::rests_on::{ClockFault, FlagEvidence, HoursFault, Whereabouts, WhichSide};
use crate::{checklists::key::Key, db::types::text_enum, ids::VisitId};

text_enum! {
    /// What may be wrong with a visit.
    pub enum FlagKind {
        /// The phone was never near the branch.
        FarAway = "far_away",
        /// The position of the branch is not known: no distance to it was looked at.
        BranchWithoutPosition = "branch_without_position",
        /// The phone did not know where it was.
        PositionUnknown = "position_unknown",
        /// Another program made up where the phone was.
        MockPosition = "mock_position",
        /// One person cannot have made this visit and another one of the same shopper.
        ImpossibleTravel = "impossible_travel",
        /// The phone's clock cannot be right.
        ClockWrong = "clock_wrong",
        /// It took less time than it takes.
        TooShort = "too_short",
        /// It was sent long after it was made.
        ReportedLate = "reported_late",
        /// It was made before or after the time that was given for it.
        WindowMissed = "window_missed",
        /// It was made on a day or at an hour at which its campaign wants none.
        OutsideHours = "outside_hours",
        /// The same file came with another visit before.
        PhotoSeenBefore = "photo_seen_before",
        /// A photo looks like one of another visit.
        PhotoLooksAlike = "photo_looks_alike",
        /// By what the camera wrote, a photo was taken elsewhere.
        PhotoTakenElsewhere = "photo_taken_elsewhere",
        /// By the camera's clock, a photo was taken at another time.
        PhotoTakenAtAnotherTime = "photo_taken_at_another_time",
        /// It was sent when its shopper had no grant any more.
        GrantEnded = "grant_ended",
        /// The shopper and the branch do not go together.
        Tied = "tied",
        /// A file could not be read.
        UnreadableFile = "unreadable_file",
        /// A recording is longer than its question allows.
        RecordingTooLong = "recording_too_long",
        /// What was written is for the most part in another visit.
        TextCopied = "text_copied",
        /// All answers stand at the same place.
        StraightLine = "straight_line",
        /// A comment is shorter than the checklist wants it.
        ShortComment = "short_comment",
        /// What was written is in another language than was to be expected.
        UnexpectedLanguage = "unexpected_language",
        /// Answers cannot be right together, as the checklist says.
        Contradiction = "contradiction",
        /// A control question was answered wrong.
        ControlMissed = "control_missed",
    }
}

text_enum! {
    /// How much a flag weighs: the least first.
    pub enum Weight {
        /// Worth knowing; most such visits are honest.
        Low = "low",
        /// Worth a look.
        Medium = "medium",
        /// Hard to explain.
        High = "high",
    }
}

impl Weight {
    /// In which order reviewers are shown what weighs so much: 0 comes first.
    pub const fn rank(self) -> i32 {
        match self {
            Self::High => 0,
            Self::Medium => 1,
            Self::Low => 2,
        }
    }
}

/// The rank of a visit without flags, or that was not looked at yet.
pub const LAST_RANK: i32 = 3;

/// Something that may be wrong with a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// What it rests on.
    pub evidence: FlagEvidence,
    /// The question that it is about, if it is about one.
    pub question: Option<Key>,
    /// The other visit that it is about, if there is one.
    pub other_visit: Option<VisitId>,
}

impl Flag {
    /// About the visit as a whole.
    pub fn of_visit(evidence: FlagEvidence) -> Self {
        Self { evidence, question: None, other_visit: None }
    }

    /// About the answer to a question.
    pub fn of_question(question: &Key, evidence: FlagEvidence) -> Self {
        Self { evidence, question: Some(question.clone()), other_visit: None }
    }

    /// The same, about another visit as well.
    #[must_use]
    pub fn beside(self, other: VisitId) -> Self {
        Self { other_visit: Some(other), ..self }
    }
}

/// What there is to know of a visit's flags at a glance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many there are.
    pub flags: i32,
    /// What the heaviest weighs; none without flags.
    pub weight: Option<Weight>,
}

impl Summary {
    /// The summary of these flags.
    pub fn of(flags: &[Flag]) -> Self {
        Self {
            flags: i32::try_from(flags.len()).unwrap_or(i32::MAX),
            weight: flags.iter().map(|flag| flag.evidence.weight()).max(),
        }
    }

    /// In which order reviewers are shown such visits: 0 comes first.
    pub fn rank(self) -> i32 {
        self.weight.map_or(LAST_RANK, Weight::rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_stands_for_all() {
        assert_eq!(Summary::of(&[]), Summary { flags: 0, weight: None });
        let flags = [3_600, 9 * 86_400]
            .map(|seconds| Flag::of_visit(FlagEvidence::WindowMissed { side: WhichSide::After, seconds }));
        assert_eq!(Summary::of(&flags), Summary { flags: 2, weight: Some(Weight::Medium) });
    }
}
