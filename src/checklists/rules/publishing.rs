//! What keeps the rules of a checklist from being published.

use super::Rule;
use super::reach::{Reach, Verdict};
use super::shapes::Questions;
use super::typing::{Formula, Typing};
use crate::checklists::findings::{Finding, MOST_FINDINGS};
use crate::checklists::model::Content;

/// Says what is wrong with the rules of a checklist, each with its place, in the order of the checklist; and which
/// questions can never be shown because of them. At most 500 findings.
///
/// What takes too long to decide is taken to be right.
pub(in crate::checklists) fn check(content: &Content) -> Vec<Finding> {
    let mut findings = Vec::new();
    if content.has_rules() || content.is_other_for_shoppers() {
        let questions = Questions::of(content);
        let typed = typed(content, &questions, &mut findings);
        reached(content, &questions, &typed, &mut findings);
        held_against(content, &questions, &mut findings);
        // Those of one rule are together already; a stable sort leaves them so.
        findings.sort_by_key(|(place, _)| *place);
    }
    findings.into_iter().map(|(_, finding)| finding).take(MOST_FINDINGS).collect()
}

/// Where a rule stands: its section, then 0 for the section's own or one more than the index of the question.
type Place = (usize, usize);

/// What is found, by where.
type Found = Vec<(Place, Finding)>;

/// A rule that is typed, and whether it was found wrong.
struct Typed<'c> {
    place: Place,
    formula: Formula<'c>,
    is_wrong: bool,
}

/// Every rule in the order of the checklist.
fn typed<'c>(content: &'c Content, questions: &Questions<'c>, findings: &mut Found) -> Vec<Typed<'c>> {
    let mut typed = Vec::new();
    let mut first = 0;
    for (s, section) in content.sections.iter().enumerate() {
        let own = section.show_when.iter().map(|rule| (0, first, rule));
        let rules = section
            .questions
            .iter()
            .enumerate()
            .filter_map(|(q, question)| question.show_when.as_ref().map(|rule| (q + 1, first + q, rule)));
        for (q, before, rule) in own.chain(rules) {
            typed.push(type_one(questions, (s, q), before, rule, findings));
        }
        first += section.questions.len();
    }
    typed
}

/// Says what is wrong with the rules that answers are held against: they may ask about any question.
fn held_against<'c>(content: &'c Content, questions: &Questions<'c>, findings: &mut Found) {
    let mut hold = |place: Place, at: String, rule: &'c Rule| {
        if let Err(found) = Typing::rule(questions, usize::MAX, &|| at.clone(), rule) {
            let room = (2 * MOST_FINDINGS).saturating_sub(findings.len());
            findings.extend(found.into_iter().take(room).map(|finding| (place, finding)));
        }
    };
    for (s, section) in content.sections.iter().enumerate() {
        for (q, question) in section.questions.iter().enumerate() {
            if let Some(rule) = &question.control {
                hold((s, q + 1), format!("/sections/{s}/questions/{q}/control"), rule);
            }
        }
    }
    for (i, contradiction) in content.contradictions.iter().enumerate() {
        hold((usize::MAX, i), format!("/contradictions/{i}/when"), &contradiction.when);
    }
}

fn type_one<'c>(
    questions: &Questions<'c>,
    place: Place,
    before: usize,
    rule: &'c Rule,
    findings: &mut Found,
) -> Typed<'c> {
    match Typing::rule(questions, before, &|| pointer(place), rule) {
        Ok(formula) => Typed { place, formula, is_wrong: false },
        Err(found) => {
            let room = (2 * MOST_FINDINGS).saturating_sub(findings.len());
            findings.extend(found.into_iter().take(room).map(|finding| (place, finding)));
            Typed { place, formula: Formula::Unknown, is_wrong: true }
        }
    }
}

fn pointer((section, question): Place) -> String {
    match question.checked_sub(1) {
        None => format!("/sections/{section}/show_when"),
        Some(question) => format!("/sections/{section}/questions/{question}/show_when"),
    }
}

/// Says which rules never hold, always hold, and hold never together with those before them.
fn reached<'c>(content: &Content, questions: &Questions<'c>, typed: &[Typed<'c>], findings: &mut Found) {
    let mut reach = Reach::of(questions, typed.iter().map(|rule| &rule.formula));
    let mut typed = typed.iter().peekable();
    for (s, section) in content.sections.iter().enumerate() {
        let gate = typed.next_if(|rule| rule.place == (s, 0));
        let section_shown = gate.map_or(Verdict::Perhaps, |gate| shown(&mut reach, None, gate, findings));
        for q in 1..=section.questions.len() {
            let own = typed.next_if(|rule| rule.place == (s, q));
            let shown = match own {
                Some(own) if section_shown == Verdict::Perhaps => shown(&mut reach, gate, own, findings),
                Some(own) => {
                    alone(&mut reach, own, findings);
                    Verdict::Never
                }
                None => section_shown,
            };
            reach.next(gate.into_iter().chain(own).map(|rule| &rule.formula).collect(), shown);
        }
    }
}

/// Whether the question or section of a rule can be shown; adds a finding if it cannot.
fn shown<'g, 'c>(
    reach: &mut Reach<'g, 'c>,
    section: Option<&'g Typed<'c>>,
    rule: &'g Typed<'c>,
    findings: &mut Found,
) -> Verdict {
    let mut verdict = alone(reach, rule, findings);
    if verdict == Verdict::Perhaps && !rule.is_wrong {
        let rules: Vec<_> = section.into_iter().chain([rule]).map(|rule| &rule.formula).collect();
        verdict = reach.together(&rules);
        if verdict == Verdict::Never {
            let message = "Change this rule, or the rules of the questions that it asks about: as they are, what it \
                           is for can never be shown.";
            findings.push((rule.place, Finding::error(pointer(rule.place), "unreachable", message)));
        }
    }
    verdict
}

/// Whether a rule can hold for any answers to its questions; adds a finding if it never or always holds.
fn alone<'g, 'c>(reach: &mut Reach<'g, 'c>, rule: &'g Typed<'c>, findings: &mut Found) -> Verdict {
    let mut say = |finding| findings.push((rule.place, finding));
    if rule.is_wrong {
        return Verdict::Perhaps;
    }
    if reach.alone(&rule.formula, true) == Verdict::Never {
        let message = "Change or remove this rule: it holds for no answers that can be given.";
        say(Finding::error(pointer(rule.place), "never_holds", message));
        return Verdict::Never;
    }
    if reach.alone(&rule.formula, false) == Verdict::Never {
        let message = "Remove this rule, or change it: it holds for all answers that can be given.";
        say(Finding::warning(pointer(rule.place), "always_holds", message));
    }
    Verdict::Perhaps
}
