//! Whether there are answers with which a rule holds: a search that gives up rather than taking long.
//!
//! A question that is hidden stands for nothing, so what a question stands for also says something about the rules
//! that show it. These are taken in from the last question to the first, as rules are about earlier questions only.

use std::collections::BTreeMap;

use super::sets::Set;
use super::shapes::Questions;
use super::typing::Formula;

/// The most questions that are looked at together.
const MOST: usize = 512;
/// The most steps for one decision …
const STEPS: usize = 1_000;
/// … and for all of one checklist.
const ALL_STEPS: usize = 40_000;
/// The most choices inside one another.
const DEPTH: usize = 128;

/// Whether there are such answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There are, or it was given up.
    Perhaps,
    /// There are none.
    Never,
}

/// What is known of what shows one question.
struct Gate<'g, 'c> {
    /// The rules of its section and its own; none if it is always shown.
    rules: Vec<&'g Formula<'c>>,
    /// The questions that decide whether it is shown, and those that decide about these.
    cone: Cone,
    shown: Verdict,
    hidden: Verdict,
}

/// A set of questions.
#[derive(Clone, Copy, Default)]
struct Cone([u64; MOST / 64]);

impl Cone {
    fn insert(&mut self, question: usize) {
        if let Some(word) = self.0.get_mut(question / 64) {
            *word |= 1 << (question % 64);
        }
    }

    fn has(&self, question: usize) -> bool {
        self.0.get(question / 64).is_some_and(|word| word & (1 << (question % 64)) != 0)
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(word, other)| word & other != 0)
    }
}

/// Decides about the rules of one checklist, which are given to it in their order.
pub(super) struct Reach<'g, 'c> {
    questions: &'g Questions<'c>,
    /// The questions that some rule asks about.
    asked: Cone,
    gates: Vec<Gate<'g, 'c>>,
    steps: usize,
}

impl<'g, 'c> Reach<'g, 'c> {
    /// Of a checklist that has these rules.
    pub(super) fn of(questions: &'g Questions<'c>, rules: impl Iterator<Item = &'g Formula<'c>>) -> Self {
        let mut reach = Self { questions, asked: Cone::default(), gates: Vec::new(), steps: ALL_STEPS };
        let mut asked = Cone::default();
        rules.for_each(|rule| reach.collect(rule, &mut asked));
        reach.asked = asked;
        reach
    }

    /// Whether a rule, by itself, can hold; or, negated, not hold.
    pub(super) fn alone(&mut self, rule: &'g Formula<'c>, wanted: bool) -> Verdict {
        self.decide(vec![(rule, wanted)], false)
    }

    /// Whether all of these rules, each of which can hold alone, can hold together, those considered that show the
    /// questions they ask about.
    pub(super) fn together(&mut self, rules: &[&'g Formula<'c>]) -> Verdict {
        if let [only] = rules
            && !self.is_gated(only)
        {
            return Verdict::Perhaps;
        }
        self.decide(rules.iter().map(|rule| (*rule, true)).collect(), true)
    }

    /// Whether any question that it asks about can be hidden.
    fn is_gated(&self, rule: &Formula<'c>) -> bool {
        match rule {
            Formula::Unknown => false,
            Formula::One { question, .. } => {
                self.gates.get(*question).is_some_and(|gate| !gate.rules.is_empty())
            }
            Formula::All(rules) | Formula::Any(rules) => rules.iter().any(|rule| self.is_gated(rule)),
            Formula::Not(rule) => self.is_gated(rule),
        }
    }

    /// Takes in the next question, which these rules show and of which it is known whether it can be shown.
    pub(super) fn next(&mut self, rules: Vec<&'g Formula<'c>>, shown: Verdict) {
        let mut cone = Cone::default();
        for rule in &rules {
            self.collect(rule, &mut cone);
        }
        let question = self.gates.len();
        let hidden = match rules.as_slice() {
            [] => Verdict::Never,
            _ if !self.asked.has(question) => Verdict::Perhaps,
            // Hidden by the one or by the other: each is a decision of its own.
            rules => rules.iter().fold(Verdict::Never, |hidden, rule| match hidden {
                Verdict::Never => self.decide(vec![(*rule, false)], true),
                Verdict::Perhaps => hidden,
            }),
        };
        self.gates.push(Gate { rules, cone, shown, hidden });
    }

    fn collect(&self, rule: &Formula<'c>, cone: &mut Cone) {
        match rule {
            Formula::Unknown => {}
            Formula::One { question, .. } => {
                cone.insert(*question);
                if let Some(gate) = self.gates.get(*question) {
                    cone.add(&gate.cone);
                }
            }
            Formula::All(rules) | Formula::Any(rules) => {
                rules.iter().for_each(|rule| self.collect(rule, cone))
            }
            Formula::Not(rule) => self.collect(rule, cone),
        }
    }

    fn decide(&mut self, todo: Vec<(&'g Formula<'c>, bool)>, gated: bool) -> Verdict {
        if gated && self.questions.len() > MOST {
            return Verdict::Perhaps;
        }
        let allowed = STEPS.min(self.steps);
        let mut search = Search { reach: self, gated, steps: allowed };
        let found =
            search.solve(State { cube: BTreeMap::new(), settled: usize::MAX, todo, choices: Vec::new() }, 0);
        let taken = allowed - search.steps;
        self.steps = self.steps.saturating_sub(taken);
        if found == Some(false) { Verdict::Never } else { Verdict::Perhaps }
    }
}

/// A rule that has to hold, or has to fail.
type Wanted<'g, 'c> = (&'g Formula<'c>, bool);

/// What was decided so far, and what still has to be.
#[derive(Clone)]
struct State<'g, 'c> {
    /// What each question may still stand for.
    cube: BTreeMap<usize, Set<'c>>,
    /// Of this question and all after it, the rules that show them are taken in.
    settled: usize,
    todo: Vec<Wanted<'g, 'c>>,
    /// Of each of these, one has to be so.
    choices: Vec<(&'g [Formula<'c>], bool)>,
}

struct Search<'s, 'g, 'c> {
    reach: &'s Reach<'g, 'c>,
    gated: bool,
    steps: usize,
}

/// What a question does to a search.
enum Settled<'g, 'c> {
    /// Nothing more.
    Fits,
    /// There is no way to go on.
    Fails,
    /// One of these has to be so.
    Ways(Vec<Wanted<'g, 'c>>, Vec<Vec<Wanted<'g, 'c>>>),
}

impl<'g, 'c> Search<'_, 'g, 'c> {
    /// Whether there is a solution; nothing if that took too long.
    fn solve(&mut self, mut state: State<'g, 'c>, depth: usize) -> Option<bool> {
        if depth > DEPTH {
            return None;
        }
        loop {
            while let Some(wanted) = state.todo.pop() {
                self.step(1 + weight(&state, wanted.0) / 8)?;
                if !take(&mut state, wanted) {
                    return Some(false);
                }
            }
            if let Some((rules, wanted)) = state.choices.pop() {
                let ways = rules.iter().map(|rule| vec![(rule, wanted)]).collect();
                return self.any(&state, ways, depth);
            }
            match self.settle(&mut state) {
                None => return Some(true),
                Some(Settled::Fits) => {}
                Some(Settled::Fails) => return Some(false),
                Some(Settled::Ways(only, none)) if none.is_empty() => state.todo = only,
                Some(Settled::Ways(first, mut others)) => {
                    others.insert(0, first);
                    return self.any(&state, others, depth);
                }
            }
            self.step(1)?;
        }
    }

    fn step(&mut self, steps: usize) -> Option<()> {
        self.steps = self.steps.checked_sub(steps)?;
        Some(())
    }

    /// Whether one of several ways leads to a solution.
    fn any(&mut self, state: &State<'g, 'c>, ways: Vec<Vec<Wanted<'g, 'c>>>, depth: usize) -> Option<bool> {
        let mut given_up = false;
        for todo in ways {
            self.step(1 + state.cube.values().map(|set| 2 + set.weight()).sum::<usize>() / 8)?;
            let mut state = state.clone();
            state.todo = todo;
            match self.solve(state, depth + 1) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => given_up = true,
            }
        }
        (!given_up).then_some(false)
    }

    /// Takes in what shows the last question whose rules are not taken in yet; none if all are.
    fn settle(&self, state: &mut State<'g, 'c>) -> Option<Settled<'g, 'c>> {
        if !self.gated {
            return None;
        }
        let (&question, set) = state.cube.range(..state.settled).next_back()?;
        state.settled = question;
        let (Some(gate), Some(asked)) = (self.reach.gates.get(question), self.reach.questions.get(question))
        else {
            return Some(Settled::Fits);
        };
        if gate.rules.is_empty() || (set.null && asked.optional) {
            return Some(Settled::Fits);
        }
        let shown = !set.values.is_empty() && gate.shown == Verdict::Perhaps;
        let hidden = set.null && gate.hidden == Verdict::Perhaps;
        if !shown && !hidden {
            return Some(Settled::Fails);
        }
        if !self.shares_questions(state, question, &gate.cone) {
            return Some(Settled::Fits);
        }
        let show = || gate.rules.iter().map(|rule| (*rule, true)).collect::<Vec<_>>();
        let mut ways: Vec<_> = if shown { vec![show()] } else { Vec::new() };
        if hidden {
            ways.extend(gate.rules.iter().map(|rule| vec![(*rule, false)]));
        }
        let first = ways.remove(0);
        Some(Settled::Ways(first, ways))
    }

    /// Whether what shows this question has to do with the questions before it that are still open.
    fn shares_questions(&self, state: &State<'g, 'c>, question: usize, cone: &Cone) -> bool {
        state.cube.range(..question).any(|(other, _)| {
            let mut own = self.reach.gates.get(*other).map_or_else(Cone::default, |gate| gate.cone);
            own.insert(*other);
            own.meets(cone)
        })
    }
}

/// About how much work it is to take in this rule.
fn weight(state: &State<'_, '_>, rule: &Formula<'_>) -> usize {
    match rule {
        Formula::One { question, yes, no } => {
            yes.weight() + no.weight() + state.cube.get(question).map_or(0, Set::weight)
        }
        _ => 0,
    }
}

/// Takes in one rule; false if nothing is left then.
fn take<'g, 'c>(state: &mut State<'g, 'c>, (rule, wanted): Wanted<'g, 'c>) -> bool {
    match rule {
        Formula::Unknown => true,
        Formula::Not(rule) => {
            state.todo.push((rule, !wanted));
            true
        }
        Formula::One { question, yes, no } => {
            let side = if wanted { yes } else { no };
            let left = state.cube.get(question).map_or_else(|| side.clone(), |set| set.and(side));
            let some = !left.is_empty();
            state.cube.insert(*question, left);
            some
        }
        Formula::All(rules) if wanted => join(state, rules, wanted),
        Formula::Any(rules) if !wanted => join(state, rules, wanted),
        Formula::All(rules) | Formula::Any(rules) => {
            state.choices.push((rules, wanted));
            true
        }
    }
}

fn join<'g, 'c>(state: &mut State<'g, 'c>, rules: &'g [Formula<'c>], wanted: bool) -> bool {
    state.todo.extend(rules.iter().map(|rule| (rule, wanted)));
    true
}
