//! Appeals as they are kept.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};

use crate::{
    checklists::key::Key,
    db::{
        schema::{appeal, appeal_file, appeal_message, inquiry},
        types::{Instant, Json, Sha256, text_enum},
    },
    ids::{
        AccountId, AppealFileId, AppealId, AppealMessageId, BranchId, BrandId, InquiryId, ReportId, VisitId,
    },
    limits::PlainLines,
    visits::state::State,
};

/// What is said about an appeal.
pub type Words = PlainLines<1, 4_000>;

text_enum! {
    /// What came of an appeal, as it is kept.
    pub enum AppealState {
        /// Nothing yet.
        Open = "open",
        /// Answers were corrected.
        Upheld = "upheld",
        /// The answers stay.
        Declined = "declined",
        /// The branch took it back.
        TakenBack = "taken_back",
    }
}

text_enum! {
    /// Where an appeal is.
    pub enum AppealStatus {
        /// Nobody has decided about it.
        Open = "open",
        /// Answers were corrected.
        Upheld = "upheld",
        /// The answers stay.
        Declined = "declined",
        /// The branch took it back.
        TakenBack = "taken_back",
        /// The report was withdrawn before anybody decided about it.
        ReportWithdrawn = "report_withdrawn",
    }
}

text_enum! {
    /// Who is to say or do something next.
    pub enum WaitsFor {
        /// The reviewers.
        Reviewers = "reviewers",
        /// The branch.
        Branch = "branch",
        /// The shopper, whom a reviewer asked.
        Shopper = "shopper",
    }
}

text_enum! {
    /// Who says something about an appeal.
    pub enum AppealSide {
        /// Somebody of the branch's side.
        Branch = "branch",
        /// A reviewer.
        Reviewers = "reviewers",
    }
}

/// An answer that is objected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The question.
    pub question: Key,
    /// Why the answer is wrong.
    pub words: String,
}

/// An objection to answers of a report.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = appeal, treat_none_as_default_value = false)]
pub struct Appeal {
    /// Its id.
    pub id: AppealId,
    /// The report.
    pub report_id: ReportId,
    /// The visit that the report is of.
    pub visit_id: VisitId,
    /// The brand.
    pub brand_id: BrandId,
    /// The branch that was visited.
    pub branch_id: BranchId,
    /// Who objects.
    pub account_id: AccountId,
    /// What is objected to; each question once.
    pub objections: Json<Vec<Objection>>,
    /// What came of it.
    pub state: AppealState,
    /// Who is to say or do something next, as long as it is open.
    pub waits_for: WaitsFor,
    /// Until when the reviewers are to decide about it.
    pub answer_by: Instant,
    /// The reviewer whose approval it objects to; none if the visit was approved by lot.
    pub approved_by: Option<AccountId>,
    /// Who decided about it.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Why so.
    pub reason: Option<String>,
    /// The questions whose answers were corrected.
    pub corrected: Option<Json<Vec<Key>>>,
    /// From when on the branch's side learns what came of it.
    pub shown_from: Option<Instant>,
    /// Who took it back before the branch's side knew that it was decided about.
    pub taken_back_by: Option<AccountId>,
    /// When.
    pub taken_back_at: Option<Instant>,
    /// Counts changes.
    pub revision: i64,
    /// When it was filed.
    pub created_at: Instant,
}

impl Appeal {
    /// The appeal as the branch's side is shown it now: what a reviewer decided since the last night is kept back, also from who
    /// takes the appeal back meanwhile, and that a shopper is asked always is.
    #[must_use]
    pub fn as_shown(self, now: Instant) -> Self {
        let is_known = self.shown_from.is_none_or(|from| from <= now);
        let state = match self.taken_back_at {
            Some(_) => AppealState::TakenBack,
            None => AppealState::Open,
        };
        let waits_for = match self.waits_for {
            WaitsFor::Shopper => WaitsFor::Reviewers,
            other => other,
        };
        match is_known {
            true => Self { waits_for, ..self },
            false => Self {
                state,
                waits_for,
                decided_by: self.taken_back_by,
                decided_at: self.taken_back_at,
                reason: None,
                corrected: None,
                shown_from: None,
                ..self
            },
        }
    }

    /// Where it is, as the visit is in this state.
    pub fn status(&self, visit: State) -> AppealStatus {
        match self.state {
            AppealState::Open if visit == State::Withdrawn => AppealStatus::ReportWithdrawn,
            AppealState::Open => AppealStatus::Open,
            AppealState::Upheld => AppealStatus::Upheld,
            AppealState::Declined => AppealStatus::Declined,
            AppealState::TakenBack => AppealStatus::TakenBack,
        }
    }

    /// The questions that are objected to, in their order.
    pub fn questions(&self) -> Vec<Key> {
        self.objections.0.iter().map(|one| one.question.clone()).collect()
    }

    /// Whether the answer to this question was corrected; none as long as nobody decided, or if the appeal was taken back.
    pub fn is_upheld(&self, question: &Key) -> Option<bool> {
        match self.state {
            AppealState::Open | AppealState::TakenBack => None,
            AppealState::Declined => Some(false),
            AppealState::Upheld => {
                Some(self.corrected.as_ref().is_some_and(|keys| keys.0.contains(question)))
            }
        }
    }
}

/// What somebody says about an appeal.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = appeal_message, treat_none_as_default_value = false)]
pub struct AppealMessage {
    /// Its id.
    pub id: AppealMessageId,
    /// The appeal.
    pub appeal_id: AppealId,
    /// Who says it.
    pub account_id: AccountId,
    /// For which side.
    pub side: AppealSide,
    /// The words; none once they were erased.
    pub text: Option<String>,
    /// When it was said.
    pub created_at: Instant,
}

/// What the branch's side attaches to an appeal, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = appeal_file)]
pub struct AppealFile {
    /// Its id.
    pub id: AppealFileId,
    /// The appeal.
    pub appeal_id: AppealId,
    /// Who attached it.
    pub account_id: AccountId,
    /// What it is.
    pub media_type: String,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// When it came.
    pub created_at: Instant,
}

/// What a shopper is asked because of an appeal.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = inquiry, treat_none_as_default_value = false)]
pub struct Inquiry {
    /// Its id.
    pub id: InquiryId,
    /// The appeal: the shopper does not learn of it.
    pub appeal_id: AppealId,
    /// The visit.
    pub visit_id: VisitId,
    /// Who is asked.
    pub shopper_id: AccountId,
    /// The reviewer who asks.
    pub account_id: AccountId,
    /// The questions of the checklist that it is about.
    pub questions: Json<Vec<Key>>,
    /// What is asked; none once it was erased.
    pub text: Option<String>,
    /// Until when it is to be answered. Later answers are taken as well, as long as nobody has decided.
    pub answer_by: Instant,
    /// What the shopper answers.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<Instant>,
    /// 1, and 2 once it is answered.
    pub revision: i64,
    /// When it was asked.
    pub created_at: Instant,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn appeal(state: AppealState, shown_from: Option<i64>) -> Appeal {
        let at = Instant::from_micros(0);
        let is_decided = shown_from.is_some();
        let key = |key: &str| Key::from(key);
        let objections = ["queue", "smile"].map(|one| Objection { question: key(one), words: "No.".into() });
        let id = uuid::Uuid::nil();
        Appeal {
            id: AppealId::new(id),
            report_id: ReportId::new(id),
            visit_id: VisitId::new(id),
            brand_id: BrandId::new(id),
            branch_id: BranchId::new(id),
            account_id: AccountId::new(id),
            objections: Json(objections.to_vec()),
            state,
            waits_for: WaitsFor::Shopper,
            answer_by: at,
            approved_by: None,
            decided_by: is_decided.then(|| AccountId::new(id)),
            decided_at: is_decided.then_some(at),
            reason: is_decided.then(|| "It was so.".to_owned()),
            corrected: (state == AppealState::Upheld).then(|| Json(vec![key("queue")])),
            shown_from: shown_from.map(|seconds| at.plus_seconds(seconds)),
            taken_back_by: None,
            taken_back_at: None,
            revision: 1,
            created_at: at,
        }
    }

    #[test]
    fn a_decision_is_kept_back_until_the_night() {
        let now = Instant::from_micros(0);
        for state in [AppealState::Upheld, AppealState::Declined] {
            let before = appeal(state, Some(1)).as_shown(now);
            assert_eq!(before, Appeal { waits_for: WaitsFor::Reviewers, ..appeal(AppealState::Open, None) });
            let after = appeal(state, Some(0)).as_shown(now);
            assert_eq!(after, Appeal { waits_for: WaitsFor::Reviewers, ..appeal(state, Some(0)) });
        }
    }

    #[test]
    fn who_takes_back_what_was_decided_learns_of_it_with_the_night() {
        let (now, by) = (Instant::from_micros(0), AccountId::new(uuid::Uuid::nil()));
        let taken_back = |shown_from| Appeal {
            taken_back_by: Some(by),
            taken_back_at: Some(now),
            ..appeal(AppealState::Upheld, Some(shown_from))
        };
        let before = taken_back(1).as_shown(now);
        assert_eq!(
            (before.state, before.decided_by, before.decided_at),
            (AppealState::TakenBack, Some(by), Some(now))
        );
        assert_eq!((before.reason, before.corrected, before.shown_from), (None, None, None));
        assert_eq!(taken_back(0).as_shown(now).state, AppealState::Upheld);
    }

    #[test]
    fn an_open_appeal_ends_with_its_report() {
        for (state, wanted) in [
            (AppealState::Open, AppealStatus::ReportWithdrawn),
            (AppealState::Upheld, AppealStatus::Upheld),
            (AppealState::Declined, AppealStatus::Declined),
            (AppealState::TakenBack, AppealStatus::TakenBack),
        ] {
            assert_eq!(appeal(state, None).status(State::Withdrawn), wanted);
        }
        assert_eq!(appeal(AppealState::Open, None).status(State::Released), AppealStatus::Open);
    }

    #[test]
    fn each_question_has_its_own_outcome() {
        assert_eq!(appeal(AppealState::Open, None).questions(), ["queue", "smile"].map(Key::from));
        let outcomes =
            |state| ["queue", "smile"].map(|key| appeal(state, Some(0)).is_upheld(&Key::from(key)));
        assert_eq!(outcomes(AppealState::Upheld), [Some(true), Some(false)]);
        assert_eq!(outcomes(AppealState::Declined), [Some(false), Some(false)]);
        assert_eq!(outcomes(AppealState::Open), [None, None]);
        assert_eq!(outcomes(AppealState::TakenBack), [None, None]);
    }
}
