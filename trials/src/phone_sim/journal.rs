//! What is asked of visits once they have arrived: reviewers return, approve and withdraw, shoppers revise. It is written down
//! before it is sent, and again when it is acknowledged, so that afterwards it is known what has to be there.

use std::collections::BTreeMap;

use incognito::{ids::VisitId, visits::state::Step};

use super::{crowd::Acknowledged, findings::Wrong};

/// What must not become of a step.
type Fault = (Wrong, &'static str);

pub(super) const LOST: Fault = (Wrong::Loss, "acknowledged returns, revisions and decisions lost");
pub(super) const TWICE: Fault =
    (Wrong::Duplicate, "returns, revisions and decisions taken more often than asked");
pub(super) const ORDER: Fault = (Wrong::Loss, "returns, revisions and decisions in another order than asked");

/// A step that was asked for.
#[derive(Clone, Debug)]
struct Asked {
    step: Step,
    acknowledged: bool,
    /// What the visit is after it, where the answer said so.
    content: Option<Acknowledged>,
}

/// The steps of each visit, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(super) struct Journal(BTreeMap<VisitId, Vec<Asked>>);

impl Journal {
    /// A step is asked for now. What was not answered may be asked for again.
    pub(super) fn ask(&mut self, visit: VisitId, step: Step) {
        let of_visit = self.0.entry(visit).or_default();
        if of_visit.last().is_none_or(|last| last.acknowledged || last.step != step) {
            of_visit.push(Asked { step, acknowledged: false, content: None });
        }
    }

    /// What was asked last of a visit is acknowledged.
    pub(super) fn hear(&mut self, visit: VisitId, content: Option<Acknowledged>) {
        if let Some(last) = self.0.get_mut(&visit).and_then(|of_visit| of_visit.last_mut()) {
            (last.acknowledged, last.content) = (true, content);
        }
    }

    /// Whether this was asked of a visit.
    pub(super) fn has(&self, visit: VisitId, step: Step) -> bool {
        self.0.get(&visit).is_some_and(|of_visit| of_visit.iter().any(|asked| asked.step == step))
    }

    /// What a visit has to be after its revision: none if it was not revised, and nothing if that was not acknowledged.
    pub(super) fn revised(&self, visit: VisitId) -> Option<Option<Acknowledged>> {
        let of_visit = self.0.get(&visit)?;
        of_visit.iter().find(|asked| asked.step == Step::Revise).map(|asked| asked.content.clone())
    }

    /// How often this was acknowledged.
    pub(super) fn acknowledged(&self, step: Step) -> usize {
        let all = self.0.values().flatten();
        all.filter(|asked| asked.acknowledged && asked.step == step).count()
    }

    /// What is wrong with the steps that were taken of each visit, by persons and in their order.
    pub(super) fn faults(&self, taken: &BTreeMap<VisitId, Vec<Step>>) -> Vec<(Fault, String)> {
        let mut faults = Vec::new();
        for (visit, asked) in &self.0 {
            let taken = taken.get(visit).map(Vec::as_slice).unwrap_or_default();
            faults.extend(
                fault(asked, taken).map(|fault| (fault, format!("visit {visit}: {taken:?} of {asked:?}"))),
            );
        }
        let unasked = taken.iter().filter(|(visit, _)| !self.0.contains_key(visit));
        faults.extend(unasked.map(|(visit, taken)| (TWICE, format!("visit {visit}: {taken:?} of nothing"))));
        faults
    }
}

/// What is wrong with the steps of one visit: each that was acknowledged is there once, each other one at the most once, and all
/// are in the order in which they were asked for.
fn fault(asked: &[Asked], taken: &[Step]) -> Option<Fault> {
    let times = |steps: &mut dyn Iterator<Item = Step>, step: Step| steps.filter(|one| *one == step).count();
    for &step in Step::ALL {
        let taken = times(&mut taken.iter().copied(), step);
        let all = times(&mut asked.iter().map(|one| one.step), step);
        let acknowledged = times(&mut asked.iter().filter(|one| one.acknowledged).map(|one| one.step), step);
        if taken > all {
            return Some(TWICE);
        }
        if taken < acknowledged {
            return Some(LOST);
        }
    }
    let mut rest = asked.iter();
    let in_order = taken.iter().all(|step| rest.any(|one| one.step == *step));
    (!in_order).then_some(ORDER)
}

#[cfg(test)]
mod tests {
    use incognito::clock::Clock;

    use super::*;

    #[test]
    fn what_was_acknowledged_is_there_once_and_in_order() {
        use Step::{Approve, Return, Revise};
        let visit: VisitId = Clock::System.new_id();
        let mut journal = Journal::default();
        for step in [Return, Revise] {
            journal.ask(visit, step);
            journal.hear(visit, None);
        }
        // It was asked for twice, and no answer was heard.
        journal.ask(visit, Approve);
        journal.ask(visit, Approve);
        let found = |taken: &[Step]| {
            let faults = journal.faults(&BTreeMap::from([(visit, taken.to_vec())]));
            faults.first().map(|(fault, _)| fault.1)
        };
        assert_eq!(found(&[Return, Revise]), None);
        assert_eq!(found(&[Return, Revise, Approve]), None);
        assert_eq!(found(&[Revise, Approve]), Some(LOST.1));
        assert_eq!(found(&[]), Some(LOST.1));
        assert_eq!(found(&[Return, Revise, Approve, Approve]), Some(TWICE.1));
        assert_eq!(found(&[Revise, Return, Approve]), Some(ORDER.1));
        assert_eq!(found(&[Return, Revise, Step::Withdraw]), Some(TWICE.1));
        assert_eq!((journal.acknowledged(Return), journal.acknowledged(Approve)), (1, 0));
        let of_another =
            BTreeMap::from([(visit, vec![Return, Revise]), (Clock::System.new_id(), vec![Approve])]);
        assert_eq!(journal.faults(&of_another).len(), 1);
    }
}
