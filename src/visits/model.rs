//! What a shopper saw, as a phone sends it and as it is kept.

use diesel::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    outcome::VisitOutcome,
    parts::{self, Parts},
    phone::{Device, Expenses, Positions},
    state::State,
};
use crate::{
    checklists::{
        answers::Answers,
        manifest::{Filled, Manifest},
        prepared::Prepared,
    },
    db::{
        schema::{visit, visit_content},
        types::{Instant, Json, PhoneMoment, Sha256, by_phone},
    },
    error::Result,
    ids::{AccountId, AssignmentId, BranchId, BrandId, VersionId, VisitId},
    months::Month,
    strict::or_default,
};

/// A visit as the phone sends it: made under one checklist version for one assignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// The assignment that it was made for.
    pub assignment_id: AssignmentId,
    /// The version that was filled in.
    pub checklist_version_id: VersionId,
    /// When it began, on the phone's clock.
    #[serde(deserialize_with = "by_phone")]
    #[schema(value_type = PhoneMoment)]
    pub started_at: Instant,
    /// When it ended, on the phone's clock.
    #[serde(deserialize_with = "by_phone")]
    #[schema(value_type = PhoneMoment)]
    pub ended_at: Instant,
    /// The answers, by question key.
    pub answers: Answers,
    /// The evidence that belongs to them.
    #[serde(default, skip_serializing_if = "Manifest::is_empty", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub manifest: Manifest,
    /// Where the phone was meanwhile; at most 100.
    #[serde(default, skip_serializing_if = "Positions::is_empty", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub positions: Positions,
    /// The phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// The outcome, if the visit could not be made as it was wanted: then questions may stay unanswered, and it counts in no
    /// score. It says what happened (`words`), and has a file for the question `outcome` or a position as proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<VisitOutcome>,
    /// What the shopper spent, where no question asks for it; at most 20.
    #[serde(default, skip_serializing_if = "Expenses::is_empty", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub spent: Expenses,
}

impl Submission {
    /// The same, whichever way a phone wrote it: see [`Answers::tidied`].
    #[must_use]
    pub fn tidied(self) -> Self {
        Self { answers: self.answers.tidied(), ..self }
    }

    /// The same with all in one order whose order says nothing: a phone that sends it again may have it from a store without
    /// an order.
    fn in_one_order(self) -> Self {
        let Self { manifest, positions, spent, .. } = self;
        let mut files: Vec<_> = manifest.iter().cloned().collect();
        files.sort_by_key(|file| file.id);
        let mut positions = positions.into_inner();
        positions.sort_by_key(|one| (one.at, one.latitude, one.longitude, one.accuracy_m, one.mock));
        let mut spent = spent.into_inner();
        spent.sort_by(|one, other| {
            (&one.currency, one.amount, one.what as u8).cmp(&(
                &other.currency,
                other.amount,
                other.what as u8,
            ))
        });
        Self {
            manifest: files.into_iter().collect(),
            positions: positions.try_into().unwrap_or_default(),
            spent: spent.try_into().unwrap_or_default(),
            ..self
        }
    }

    /// The same without answers to questions that this checklist would not have shown, and without their evidence: a
    /// phone may still hold them from before the answer that hid them.
    pub fn as_shown(self, checklist: &Prepared) -> Self {
        let Self { answers, manifest, .. } = self;
        let (answers, manifest) = checklist.without_hidden(answers, manifest);
        Self { answers, manifest, ..self }
    }

    /// The checklist as it was filled in.
    pub fn filled(&self) -> Filled<'_> {
        Filled { answers: &self.answers, manifest: &self.manifest }
    }
}

/// When a visit began, on the phone's clock, without the rest of what the phone sent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Began {
    /// When it began.
    #[serde(deserialize_with = "by_phone")]
    pub started_at: Instant,
}

/// What is known of a visit, without what its phone sent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
// So that the statement is the same each time.
#[diesel(table_name = visit, treat_none_as_default_value = false)]
pub struct VisitHead {
    /// Made on the phone.
    pub id: VisitId,
    /// The assignment that it was made for.
    pub assignment_id: AssignmentId,
    /// The brand of the branch.
    pub brand_id: BrandId,
    /// Where it was made.
    pub branch_id: BranchId,
    /// The version that was filled in, and under which it is scored for ever.
    pub version_id: VersionId,
    /// Who made it.
    pub shopper_id: AccountId,
    /// Where it is in its life.
    pub state: State,
    /// The digest of its content.
    pub content_hash: Sha256,
    /// Basis points; none if nothing that was answered carries points.
    pub score: Option<i32>,
    /// The month that it counts in.
    pub month: Month,
    /// When it arrived here.
    pub received_at: Instant,
    /// When the last of it did, evidence and all; none as long as some is missing.
    pub completed_at: Option<Instant>,
    /// Which revision of it is kept; 0 is what came first.
    pub revision: i32,
    /// Since when; none of what came first.
    pub revised_at: Option<Instant>,
}

/// A visit as it is kept.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = visit)]
pub struct Visit {
    /// What is known of it.
    #[diesel(embed)]
    pub head: VisitHead,
    /// What its phone sent.
    #[diesel(select_expression = visit_content::content)]
    pub content: Json<Submission>,
    /// What stands in its digest in place of what may have to be erased; none of the first visits, whose digest is of
    /// their content as it was written.
    #[diesel(select_expression = visit_content::parts)]
    pub parts: Option<Json<Parts>>,
}

impl Visit {
    /// The files that it names.
    pub fn manifest(&self) -> &Manifest {
        &self.content.0.manifest
    }

    /// What stands in its digest in place of what may have to be erased.
    pub fn parts(&self) -> Option<&Parts> {
        self.parts.as_ref().map(|Json(parts)| parts)
    }

    /// The digest of its content, computed anew.
    ///
    /// # Errors
    /// `internal` if a part that needs a salt has none.
    pub fn recomputed_hash(&self) -> Result<Sha256> {
        parts::content_hash(&self.content.0, self.parts())
    }

    /// Whether this is what is kept, but for what was erased of it.
    pub fn is_same(&self, sent: &Submission) -> bool {
        match self.parts().filter(|parts| !parts.erased.is_empty()) {
            // What was kept before may be written in another way, and lists may come in another order.
            None => {
                self.content.0 == *sent
                    || self.content.0.clone().tidied().in_one_order() == sent.clone().in_one_order()
            }
            Some(parts) => {
                let mut sent = sent.clone();
                parts
                    .erased
                    .iter()
                    .for_each(|(pointer, digest)| parts::take_out(&mut sent, pointer, *digest));
                self.content.0 == sent
            }
        }
    }
}

/// When a visit counts as made: when the phone says, as far as that can be, since a phone's clock may be wrong.
pub fn made_at(started_at: Instant, opens_at: Instant, received_at: Instant) -> Instant {
    started_at.max(opens_at).min(received_at)
}

/// When a shopper was there, for what is counted from that: when the phone says, or at the arrival, if its clock shows a
/// moment before the assignment was made and its window opened, or one that had not come.
pub fn was_there_at(
    started_at: Instant,
    (created_at, opens_at): (Instant, Instant),
    received_at: Instant,
) -> Instant {
    let earliest = created_at.min(opens_at);
    if started_at < earliest || started_at > received_at { received_at } else { started_at }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::checklists::samples::visits;

    proptest! {
        /// It is kept as it is written, without being read again first.
        #[test]
        fn what_is_written_can_be_read((_, answers) in visits(), at in 0..4_000_000_000_000_000_i64, accuracy in any::<f64>()) {
            let text = |text: &str| text.try_into().unwrap();
            let positions = json!([{"at": "2026-03-15T10:00:00Z", "latitude": 1.5, "longitude": -3,
                "accuracy_m": accuracy, "mock": true}]);
            let written = Submission {
                assignment_id: AssignmentId::new(uuid::Uuid::from_u128(1)),
                checklist_version_id: VersionId::new(uuid::Uuid::from_u128(2)),
                started_at: Instant::from_micros(at),
                ended_at: Instant::from_micros(at + 1),
                answers,
                manifest: Manifest::default(),
                positions: serde_json::from_value(positions).unwrap(),
                device: Some(Device { model: text("M 1"), os: text("Os"), app_version: text("1") }),
                outcome: serde_json::from_value(json!({"kind": "branch_closed", "words": "A wall."})).unwrap(),
                spent: serde_json::from_value(json!([{"currency": "EUR", "amount": 1, "what": "travel"}])).unwrap(),
            }
            .tidied();
            let text = serde_json::to_string(&written).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Submission>(&text).unwrap(), &written);
            prop_assert_eq!(written.clone().tidied(), written);
        }
    }

    /// The digests of the first visits stay what they are. A field that is added later is left out of the JSON while it is
    /// empty.
    #[test]
    fn the_digest_of_a_first_visit_never_changes() {
        let submission: Submission = serde_json::from_str(
            r#"{"assignment_id": "00000000-0000-0000-0000-00000000000a",
                "checklist_version_id": "00000000-0000-0000-0000-00000000000b",
                "started_at": "2026-03-15T10:00:00.5+02:00", "ended_at": "2026-03-15T08:20:00Z",
                "answers": {"b": {"value": "тихо", "comment": "c"}, "a": {"value": 3}, "c": {"not_applicable": true}}}"#,
        )
        .unwrap();
        let digest = parts::content_hash(&submission, None).unwrap().to_string();
        assert_eq!(digest, "e71e55bafce8329a69809766df23fdceea3f9c368ba8b2d2fd770b8d59d5c4b4");
    }
}
