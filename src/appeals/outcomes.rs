//! How often appeals corrected answers: by the reviewer whose approval was objected to, by shopper, by question, by branch.

use std::collections::BTreeMap;

use super::store::Decided;
use crate::{checklists::key::Key, db::types::text_enum, scores::statistics::Proportion};

text_enum! {
    /// By what outcomes of appeals are grouped.
    pub enum OutcomesBy {
        /// By the reviewer who had approved the visit. What was approved by lot is in no group.
        Reviewer = "reviewer",
        /// By who made the visit.
        Shopper = "shopper",
        /// By checklist and question.
        Question = "question",
        /// By branch.
        Branch = "branch",
    }
}

/// What answers are grouped by: the id of an account, a checklist or a branch, and the question where it is one.
pub type Group = (uuid::Uuid, Option<Key>);

/// Of the answers that these appeals objected to: how many each group has, and how many of them were corrected.
pub fn outcomes(decided: &[Decided], by: OutcomesBy) -> BTreeMap<Group, Proportion> {
    let mut all: BTreeMap<Group, Proportion> = BTreeMap::new();
    for appeal in decided {
        for objection in &appeal.objections.0 {
            let group = match by {
                OutcomesBy::Reviewer => appeal.approved_by.map(|id| (id.uuid(), None)),
                OutcomesBy::Shopper => Some((appeal.shopper.uuid(), None)),
                OutcomesBy::Branch => Some((appeal.branch.uuid(), None)),
                OutcomesBy::Question => Some((appeal.checklist.uuid(), Some(objection.question.clone()))),
            };
            let Some(group) = group else { continue };
            let is_corrected =
                appeal.corrected.as_ref().is_some_and(|keys| keys.0.contains(&objection.question));
            let sum = all.entry(group).or_default();
            *sum = sum.with(is_corrected);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        appeals::model::Objection,
        db::types::Json,
        ids::{AccountId, BranchId, ChecklistId},
    };

    const fn number(of: u128) -> Uuid {
        Uuid::from_u128(of)
    }

    fn decided(reviewer: Option<u128>, questions: &[&str], corrected: Option<&[&str]>) -> Decided {
        let objection = |key: &&str| Objection { question: Key::from(*key), words: "No.".into() };
        Decided {
            approved_by: reviewer.map(|id| AccountId::new(number(id))),
            shopper: AccountId::new(number(7)),
            branch: BranchId::new(number(8)),
            checklist: ChecklistId::new(number(9)),
            objections: Json(questions.iter().map(objection).collect()),
            corrected: corrected.map(|keys| Json(keys.iter().map(|key| Key::from(*key)).collect())),
        }
    }

    #[test]
    fn answers_are_counted_and_not_appeals() {
        let all = [
            decided(Some(1), &["queue", "smile"], Some(&["queue"])),
            decided(Some(2), &["queue"], None),
            decided(None, &["smile"], Some(&["smile"])),
        ];
        let of = |by| {
            let groups = outcomes(&all, by).into_iter();
            groups.map(|((id, key), sum)| (id.as_u128(), key, sum.hits, sum.n)).collect::<Vec<_>>()
        };
        assert_eq!(of(OutcomesBy::Reviewer), [(1, None, 1, 2), (2, None, 0, 1)]);
        assert_eq!(of(OutcomesBy::Shopper), [(7, None, 2, 4)]);
        assert_eq!(of(OutcomesBy::Branch), [(8, None, 2, 4)]);
        let (queue, smile) = (Some(Key::from("queue")), Some(Key::from("smile")));
        assert_eq!(of(OutcomesBy::Question), [(9, queue, 1, 2), (9, smile, 1, 2)]);
    }
}
