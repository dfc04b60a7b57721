//! What flags rest on, and how much that weighs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FlagKind, Weight};
use crate::{
    db::types::Instant,
    fieldwork::shoppers::tie::Tie,
    ids::EvidenceId,
    limits::{Count, LanguageTag, Ordinal, Percent, Whole},
};

/// What can make a travel impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// How far the two branches are from each other.
    Branches,
    /// How far the phone's own positions are from each other.
    Positions,
}

/// What is wrong with a phone's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockFault {
    /// It shows moments that had not come when the visit arrived here.
    Ahead,
    /// It shows moments before the assignment was made and its window opened.
    Behind,
    /// The visit ends before it begins.
    Backwards,
    /// It noted positions long before the visit or after it.
    Outside,
}

/// On which side of a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhichSide {
    /// Before it begins.
    Before,
    /// After it ends.
    After,
}

/// What does not fit the days and hours of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoursFault {
    /// The day: one of the week on which no visits are wanted, or a blackout date.
    Day,
    /// The hour.
    Hour,
}

/// What a flag rests on. Distances are in metres, times in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FlagEvidence {
    /// Where the phone was when it was nearest to the branch.
    FarAway {
        /// From there to the branch, in metres.
        #[schema(value_type = Count)]
        metres: i64,
        /// Within how many metres the phone says that is right; left out if it did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false, value_type = Option<Count>)]
        accuracy_m: Option<i64>,
        /// When it was there, by its own clock.
        at: Instant,
    },
    /// That the position of the branch is not known.
    BranchWithoutPosition {},
    /// How many of the phone's positions are 0° north and 0° east, which is what phones send that do not know.
    PositionUnknown {
        /// So many …
        #[schema(value_type = Ordinal)]
        positions: i64,
        /// … of so many.
        #[schema(value_type = Ordinal)]
        of: i64,
    },
    /// How many of the phone's positions were made up.
    MockPosition {
        /// So many …
        #[schema(value_type = Ordinal)]
        positions: i64,
        /// … of so many.
        #[schema(value_type = Ordinal)]
        of: i64,
    },
    /// Two visits of one shopper, too far from each other for the time between them.
    ImpossibleTravel {
        /// How far, in metres.
        #[schema(value_type = Count)]
        metres: i64,
        /// From the end of the earlier to the beginning of the later, in seconds; none if they overlap.
        #[schema(value_type = Count)]
        seconds: i64,
        /// Between what the distance is.
        between: Whereabouts,
    },
    /// What the phone's clock said that cannot be.
    ClockWrong {
        /// What is wrong with it.
        fault: ClockFault,
        /// By how much at least, in seconds.
        #[schema(value_type = Count)]
        seconds: i64,
    },
    /// How long it took.
    TooShort {
        /// From its beginning to its end, in seconds.
        #[schema(value_type = Count)]
        seconds: i64,
        /// What so many answers take at least, in seconds.
        #[schema(value_type = Count)]
        at_least: i64,
        /// How many questions were answered.
        #[schema(value_type = Count)]
        answers: i64,
    },
    /// How long it took to be sent.
    ReportedLate {
        /// From its end to its arrival here, in seconds.
        #[schema(value_type = Count)]
        seconds: i64,
    },
    /// How far it was outside the time that was given for it.
    WindowMissed {
        /// On which side.
        side: WhichSide,
        /// How far outside, in seconds.
        #[schema(value_type = Count)]
        seconds: i64,
    },
    /// When it was made, by the clocks at the branch.
    OutsideHours {
        /// What does not fit.
        fault: HoursFault,
        /// When it began or ended: `2026-03-14 23:40`.
        local: String,
    },
    /// The very same file, which came before with another visit.
    PhotoSeenBefore {
        /// The file of this visit.
        evidence_id: EvidenceId,
        /// That of the other visit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        other_evidence_id: Option<EvidenceId>,
        /// Whether the same shopper sent both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        same_shopper: Option<bool>,
    },
    /// A photo of another visit that looks like this one.
    PhotoLooksAlike {
        /// The photo of this visit.
        evidence_id: EvidenceId,
        /// That of the other visit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        other_evidence_id: Option<EvidenceId>,
        /// Whether the same shopper sent both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        same_shopper: Option<bool>,
        /// In how many of 64 bits their perceptual hashes differ.
        #[schema(value_type = Whole<0, 64>)]
        differing_bits: i64,
    },
    /// Where the camera thought that it was.
    PhotoTakenElsewhere {
        /// The photo.
        evidence_id: EvidenceId,
        /// From there to the branch, in metres.
        #[schema(value_type = Count)]
        metres: i64,
    },
    /// When the camera thought that it was.
    PhotoTakenAtAnotherTime {
        /// The photo.
        evidence_id: EvidenceId,
        /// The camera's clock, as it wrote it.
        taken_at: String,
        /// On which side of the visit.
        side: WhichSide,
        /// How far from it, in seconds.
        #[schema(value_type = Count)]
        seconds: i64,
        /// Whether the camera wrote its distance from UTC; else its clock is taken for one at the branch.
        offset_known: bool,
    },
    /// How long its shopper had had no grant any more.
    GrantEnded {
        /// From the end of the grant to the arrival of the visit, in seconds.
        #[schema(value_type = Count)]
        seconds: i64,
    },
    /// What ties the shopper to the branch.
    Tied {
        /// Why the two do not go together.
        tie: Tie,
    },
    /// Why a file could not be read.
    UnreadableFile {
        /// The file.
        evidence_id: EvidenceId,
        /// In a sentence.
        problem: String,
    },
    /// How long a recording is.
    RecordingTooLong {
        /// The file.
        evidence_id: EvidenceId,
        /// In seconds.
        #[schema(value_type = Count)]
        seconds: i64,
        /// How long its question lets it be, in seconds.
        #[schema(value_type = Count)]
        at_most: i64,
    },
    /// How much of a text is in another visit.
    TextCopied {
        /// How much the two have in common, of all runs of four words that are in either.
        #[schema(value_type = Percent)]
        percent: i64,
        /// How many words this one has.
        #[schema(value_type = Count)]
        words: i64,
        /// Whether the same shopper wrote both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        same_shopper: Option<bool>,
    },
    /// Where the answers stand.
    StraightLine {
        /// How many questions were answered so: all that have so many places.
        #[schema(value_type = Ordinal)]
        questions: i64,
        /// At which place of the scale or of the list, counted from 1.
        #[schema(value_type = Ordinal)]
        place: i64,
        /// Of how many.
        #[schema(value_type = Ordinal)]
        of: i64,
        /// Whether each of them earns all that it can.
        all_best: bool,
    },
    /// How long a comment is that was asked for.
    ShortComment {
        /// So many characters it has …
        #[schema(value_type = Count)]
        characters: i64,
        /// … of so many that the checklist wants.
        #[schema(value_type = Ordinal)]
        at_least: i64,
    },
    /// In which language answers and comments are, taken together.
    UnexpectedLanguage {
        /// That language (BCP 47).
        #[schema(value_type = LanguageTag)]
        language: String,
        /// Those of the checklist and of the branch.
        #[schema(value_type = Vec<LanguageTag>, max_items = 100)]
        expected: Vec<String>,
    },
    /// What the answers contradict.
    Contradiction {
        /// As the checklist's designer put it.
        message: String,
    },
    /// That the answer is not the right one.
    ControlMissed {},
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

impl FlagEvidence {
    /// What may be wrong.
    pub fn kind(&self) -> FlagKind {
        match self {
            Self::FarAway { .. } => FlagKind::FarAway,
            Self::BranchWithoutPosition {} => FlagKind::BranchWithoutPosition,
            Self::PositionUnknown { .. } => FlagKind::PositionUnknown,
            Self::MockPosition { .. } => FlagKind::MockPosition,
            Self::ImpossibleTravel { .. } => FlagKind::ImpossibleTravel,
            Self::ClockWrong { .. } => FlagKind::ClockWrong,
            Self::TooShort { .. } => FlagKind::TooShort,
            Self::ReportedLate { .. } => FlagKind::ReportedLate,
            Self::WindowMissed { .. } => FlagKind::WindowMissed,
            Self::OutsideHours { .. } => FlagKind::OutsideHours,
            Self::PhotoSeenBefore { .. } => FlagKind::PhotoSeenBefore,
            Self::PhotoLooksAlike { .. } => FlagKind::PhotoLooksAlike,
            Self::PhotoTakenElsewhere { .. } => FlagKind::PhotoTakenElsewhere,
            Self::PhotoTakenAtAnotherTime { .. } => FlagKind::PhotoTakenAtAnotherTime,
            Self::GrantEnded { .. } => FlagKind::GrantEnded,
            Self::Tied { .. } => FlagKind::Tied,
            Self::UnreadableFile { .. } => FlagKind::UnreadableFile,
            Self::RecordingTooLong { .. } => FlagKind::RecordingTooLong,
            Self::TextCopied { .. } => FlagKind::TextCopied,
            Self::StraightLine { .. } => FlagKind::StraightLine,
            Self::ShortComment { .. } => FlagKind::ShortComment,
            Self::UnexpectedLanguage { .. } => FlagKind::UnexpectedLanguage,
            Self::Contradiction { .. } => FlagKind::Contradiction,
            Self::ControlMissed {} => FlagKind::ControlMissed,
        }
    }

    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        use Weight::{High, Low, Medium};
        // Low below the first limit, high from the second on.
        let between = |value: i64, first: i64, second: i64| match value {
            value if value < first => Low,
            value if value < second => Medium,
            _ => High,
        };
        match *self {
            Self::MockPosition { .. }
            | Self::ImpossibleTravel { .. }
            | Self::PhotoSeenBefore { .. }
            | Self::UnreadableFile { .. } => High,
            Self::PhotoLooksAlike { differing_bits, .. } => between(-differing_bits, -6, 0),
            Self::Tied { tie: Tie::Namesake }
            | Self::RecordingTooLong { .. }
            | Self::PositionUnknown { .. }
            | Self::BranchWithoutPosition {}
            | Self::ShortComment { .. }
            | Self::UnexpectedLanguage { .. } => Low,
            Self::Contradiction { .. } | Self::ControlMissed {} => Medium,
            Self::Tied { tie: Tie::Withdrawn } | Self::GrantEnded { .. } => Medium,
            Self::Tied { .. } => High,
            Self::FarAway { metres, .. } => between(metres, 1_000, 5_000),
            Self::PhotoTakenElsewhere { metres, .. } => between(metres, 0, 10_000),
            Self::ClockWrong { seconds, .. } => between(seconds, 15 * MINUTE, DAY),
            // In less than half of the shortest time no one can have read the questions.
            Self::TooShort { seconds, at_least, .. } => between(at_least - 2 * seconds, i64::MIN, 1),
            Self::ReportedLate { seconds } => between(seconds, 7 * DAY, i64::MAX),
            Self::WindowMissed { seconds, .. } => between(seconds, HOUR, i64::MAX),
            Self::OutsideHours { .. } => Medium,
            Self::PhotoTakenAtAnotherTime { seconds, offset_known: true, .. } => between(seconds, 0, DAY),
            // A camera that was set to another zone is wrong by up to 14 hours, and honest.
            Self::PhotoTakenAtAnotherTime { seconds, .. } => between(seconds, 14 * HOUR, i64::MAX),
            Self::TextCopied { percent, .. } => between(percent, 0, 90),
            Self::StraightLine { all_best, .. } => between(i64::from(!all_best), 1, 2),
        }
    }

    /// The same without what it says of another visit, for those who may not see that visit.
    #[must_use]
    pub fn without_other(mut self) -> Self {
        match &mut self {
            Self::PhotoSeenBefore { other_evidence_id, same_shopper, .. }
            | Self::PhotoLooksAlike { other_evidence_id, same_shopper, .. } => {
                (*other_evidence_id, *same_shopper) = (None, None);
            }
            Self::TextCopied { same_shopper, .. } => *same_shopper = None,
            _ => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn weights_grow_with_what_they_rest_on() {
        use Weight::{High, Low, Medium};
        let at = Instant::from_micros(0);
        let far = |metres| FlagEvidence::FarAway { metres, accuracy_m: None, at }.weight();
        assert_eq!([999, 1_000, 4_999, 5_000].map(far), [Low, Medium, Medium, High]);
        let short = |seconds| FlagEvidence::TooShort { seconds, at_least: 200, answers: 5 }.weight();
        assert_eq!([199, 100, 99, 0].map(short), [Medium, Medium, High, High]);
        let line = |all_best| FlagEvidence::StraightLine { questions: 9, place: 5, of: 5, all_best }.weight();
        assert_eq!([true, false].map(line), [Low, Medium]);
        let text = |percent| FlagEvidence::TextCopied { percent, words: 30, same_shopper: None }.weight();
        assert_eq!([60, 89, 90, 100].map(text), [Medium, Medium, High, High]);
    }

    #[test]
    fn the_kind_is_the_same_in_the_evidence_and_beside_it() {
        let evidence = FlagEvidence::PhotoTakenAtAnotherTime {
            evidence_id: EvidenceId::new(uuid::Uuid::nil()),
            taken_at: "2026-03-14T11:20:01".to_owned(),
            side: WhichSide::Before,
            seconds: 7_200,
            offset_known: false,
        };
        let written = json!(evidence);
        assert_eq!(written["kind"], evidence.kind().as_str());
        assert_eq!(serde_json::from_value::<FlagEvidence>(written).unwrap(), evidence);
    }

    #[test]
    fn what_is_of_another_visit_can_be_left_out() {
        let evidence_id = EvidenceId::new(uuid::Uuid::nil());
        let found = FlagEvidence::PhotoSeenBefore {
            evidence_id,
            other_evidence_id: Some(evidence_id),
            same_shopper: Some(true),
        };
        let found = json!(found.without_other());
        assert_eq!(found, json!({"kind": "photo_seen_before", "evidence_id": evidence_id}));
    }
}
