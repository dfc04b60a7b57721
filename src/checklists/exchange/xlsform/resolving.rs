//! What can be done once all rows of the survey are read: names are known, so rules, limits and calculations come out.

use serde_json::Value as Json;

use super::conditions::{self, Asked, FOLLOWS, Named, Names, Shown};
use super::expression::{Expr, Node};
use super::reading::{Calculation, Condition, Located, Reading};
use super::table::Cell;
use super::{constraints, extras, kinds, numbers, printing, table};
use crate::checklists::exchange::ImportFindings;
use crate::checklists::kinds::AnswerKind;
use crate::checklists::model::Section;
use crate::checklists::rules::Rule;

/// The fewest decimals of a `decimal` that does not say how many it has.
const USUAL_DECIMALS: u8 = 2;

impl Reading<'_> {
    /// The sections with their questions, each with its rule.
    pub(super) fn finish(mut self) -> Vec<Section> {
        for group in std::mem::take(&mut self.groups) {
            self.findings.error(group.at, "unbalanced_group", "This group has no end.");
        }
        self.choose_decimals();
        for index in 0..self.pending.len() {
            self.limits(index);
        }
        let mut names = self.names();
        for calculation in &self.calculations {
            check_calculation(calculation, &names, self.findings);
        }
        // The mistake is in the calculation, and not in the rules that use it.
        for calculation in self.calculations.iter().filter(|one| self.findings.has_at(&one.located.at)) {
            names.by_name.insert(calculation.name.clone(), Named::Refused);
        }
        let hidden =
            if self.findings.leaves_out() { self.leave_hidden(&mut names) } else { Hidden::default() };
        let printer = printing::Printer::of(&names);
        let mut sections = Vec::new();
        for pending in std::mem::take(&mut self.sections) {
            let mut section = pending.section;
            section.show_when = show_when(&pending.shown, &names, &printer, pending.order, self.findings);
            sections.push(section);
        }
        for (order, pending) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            if hidden.questions.contains(&order) {
                continue;
            }
            let mut question = pending.question;
            question.show_when = show_when(&pending.shown, &names, &printer, order, self.findings);
            if let Some(section) = sections.get_mut(pending.section) {
                section.questions.push(question);
            }
        }
        let mut number = 0..;
        sections.retain(|_| number.next().is_none_or(|number| !hidden.sections.contains(&number)));
        for calculation in &self.calculations {
            if !names.used.borrow().contains(&calculation.name)
                && !self.findings.has_at(&calculation.located.at)
            {
                self.findings.note(&calculation.located.at, "No rule uses this calculation: it is left out.");
            }
        }
        sections
    }

    /// Leaves out the questions and sections that are never shown: without their rules they would always be.
    fn leave_hidden(&mut self, names: &mut Names) -> Hidden {
        let mut hidden = Hidden::default();
        for (number, section) in self.sections.iter().enumerate() {
            if let Some(at) = never(&section.shown, names, section.order) {
                self.findings.error(&at, "never_shown", "This section is never shown: it is left out.");
                table::leave(&section.cells, &at, self.findings);
                hidden.sections.push(number);
            }
        }
        for (order, pending) in self.pending.iter().enumerate() {
            let its_section =
                self.sections.get(pending.section).filter(|_| hidden.sections.contains(&pending.section));
            let at = match its_section {
                Some(section) => section.cells.first().cloned(),
                None => never(&pending.shown, names, order),
            };
            let Some(at) = at else { continue };
            if its_section.is_none() && !self.findings.has_at(&at) {
                self.findings.error(&at, "never_shown", "This is never shown: it is left out.");
            }
            table::leave(&pending.cells, &at, self.findings);
            names.by_name.insert(pending.name.clone(), Named::Refused);
            hidden.questions.push(order);
        }
        hidden
    }

    /// A `decimal` has as many decimals as its limits and the rules about it need.
    fn choose_decimals(&mut self) {
        let mut needed = std::collections::BTreeMap::<String, usize>::new();
        let mut note = |name: &str, digits: usize| {
            let most = needed.entry(name.to_owned()).or_default();
            *most = digits.max(*most);
        };
        for condition in self.pending.iter().map(|p| &p.shown).chain(self.sections.iter().map(|s| &s.shown)) {
            for located in condition.outer.iter().chain(&condition.own) {
                compared(&located.node, &mut note);
            }
        }
        for calculation in &self.calculations {
            compared(&calculation.located.node, &mut note);
        }
        for pending in &self.pending {
            if let Some(constraint) = &pending.constraint {
                literals(&constraint.node, &mut |digits| note(&pending.name, digits));
            }
        }
        for pending in &mut self.pending {
            let Some(at) = &pending.decimals_at else { continue };
            let AnswerKind::Number { decimals, .. } = &mut pending.question.answer else { continue };
            let needed = needed.get(&pending.name).and_then(|needed| u8::try_from(*needed).ok());
            *decimals = needed.unwrap_or(0).max(USUAL_DECIMALS);
            self.findings
                .note(at, format!("Numbers have {decimals} decimals; `decimals` can say otherwise."));
        }
    }

    fn limits(&mut self, index: usize) {
        let Some(pending) = self.pending.get_mut(index) else { return };
        let answer = &mut pending.question.answer;
        if let Some(constraint) = &pending.constraint
            && let Err(mistake) = applied(&constraint.node, answer)
        {
            let message = format!("{} (character {})", mistake.message, mistake.at);
            self.findings.error(&constraint.at, "constraint_not_kept", message);
        }
        if let Some((text, at)) = &pending.bands {
            let decimals = numbers::decimals(answer).unwrap_or(0);
            let bands = extras::bands(&Cell { text, at: at.clone() }, decimals, self.findings);
            if let Some(place) = kinds::bands_mut(answer) {
                *place = bands;
            }
        }
    }

    fn names(&self) -> Names {
        let mut names = Names::default();
        let mut put = |name: &str, named: Named| {
            names.by_name.insert(name.to_owned(), named);
        };
        self.sections.iter().filter_map(|s| s.name.as_deref()).for_each(|name| put(name, Named::Nothing));
        self.nothing.iter().for_each(|name| put(name, Named::Nothing));
        for calculation in &self.calculations {
            put(&calculation.name, Named::Calculation(calculation.located.node.clone()));
        }
        for (order, pending) in self.pending.iter().enumerate() {
            let asked = Asked {
                key: pending.question.key.clone(),
                order,
                answer: without_options(&pending.question.answer),
                options: pending.options.clone(),
            };
            put(&pending.name, Named::Question(asked));
        }
        self.ambiguous.iter().for_each(|name| put(name, Named::Ambiguous));
        self.refused.iter().for_each(|name| put(name, Named::Refused));
        names
    }
}

/// What is never shown: the numbers of sections and questions.
#[derive(Default)]
struct Hidden {
    sections: Vec<usize>,
    questions: Vec<usize>,
}

/// Where a condition says that something is never shown.
fn never(condition: &Condition, names: &Names, order: usize) -> Option<String> {
    let own = condition.own.iter().filter(|_| condition.exact.is_none());
    let mut all = condition.outer.iter().chain(own);
    let hides = |located: &&std::rc::Rc<Located>| {
        matches!(conditions::rule(&located.node, names, order), Ok(Shown::Fixed(false)))
    };
    all.find(hides).map(|located| located.at.clone())
}

/// Puts all limits of an expression into the answer's kind, or none.
fn applied(node: &Node, answer: &mut AnswerKind) -> Result<(), super::expression::Mistake> {
    let mut limited = answer.clone();
    constraints::apply(node, &mut limited).map(|()| *answer = limited)
}

/// The options are known by their names; their texts are not needed twice.
pub fn without_options(answer: &AnswerKind) -> AnswerKind {
    match answer {
        AnswerKind::OneChoice { .. } => AnswerKind::OneChoice { options: Vec::new() },
        AnswerKind::SeveralChoices { at_least, at_most, .. } => {
            AnswerKind::SeveralChoices { options: Vec::new(), at_least: *at_least, at_most: *at_most }
        }
        other => other.clone(),
    }
}

/// Every number that the answer to a named question is compared with, by how many decimals it has.
fn compared(node: &Node, note: &mut dyn FnMut(&str, usize)) {
    match &node.kind {
        Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => {
            parts.iter().for_each(|part| compared(part, note));
        }
        Expr::Compare(_, sides) => match (&sides.0.kind, &sides.1.kind) {
            (Expr::Var(name), Expr::Number(number) | Expr::Text(number))
            | (Expr::Number(number) | Expr::Text(number), Expr::Var(name))
                if number.parse::<f64>().is_ok() =>
            {
                note(name, numbers::digits_after_point(number));
            }
            _ => [&sides.0, &sides.1].into_iter().for_each(|side| compared(side, note)),
        },
        _ => {}
    }
}

fn literals(node: &Node, note: &mut dyn FnMut(usize)) {
    match &node.kind {
        Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => {
            parts.iter().for_each(|part| literals(part, note));
        }
        Expr::Compare(_, sides) => [&sides.0, &sides.1].into_iter().for_each(|side| literals(side, note)),
        Expr::Number(number) => note(numbers::digits_after_point(number)),
        _ => {}
    }
}

/// A calculation is a value, another name, or a condition; everything else cannot be kept.
fn check_calculation(calculation: &Calculation, names: &Names, findings: &mut ImportFindings) {
    let Located { node, at } = &calculation.located;
    if matches!(node.kind, Expr::Text(_) | Expr::Number(_) | Expr::Var(_)) {
        return;
    }
    if let Err(mistake) = conditions::rule(node, names, calculation.order) {
        if mistake.code == FOLLOWS {
            follows(at, findings);
            return;
        }
        let message = format!("{} (character {})", mistake.message, mistake.at);
        findings.error(at, "calculate_not_kept", message);
    }
}

/// Says of an expression that it cannot be kept because of what it uses. Where everything is refused, that alone is said.
fn follows(at: &str, findings: &mut ImportFindings) {
    if findings.leaves_out() {
        findings.error(at, "follows", "It asks for something that is left out.");
    }
}

fn show_when(
    condition: &Condition,
    names: &Names,
    printer: &printing::Printer<'_>,
    order: usize,
    findings: &mut ImportFindings,
) -> Option<Rule> {
    let mut rules = Vec::new();
    for located in condition.outer.iter().chain(&condition.own) {
        if condition.exact.is_some()
            && condition.own.as_ref().is_some_and(|own| std::rc::Rc::ptr_eq(own, located))
        {
            continue;
        }
        let used = findings.leaves_out().then(|| names.used.borrow().clone());
        let rule = conditions::rule(&located.node, names, order);
        // What only a rule uses that is left out, nothing uses.
        if let (Err(_), Some(used)) = (&rule, used) {
            *names.used.borrow_mut() = used;
        }
        match rule {
            Ok(Shown::By(rule)) => rules.push((rule, &located.at)),
            Ok(Shown::Fixed(true)) => {}
            Ok(Shown::Fixed(false)) if findings.has_at(&located.at) => {}
            Ok(Shown::Fixed(false)) => {
                findings.error(&located.at, "never_shown", "This would never be shown: leave it out.");
            }
            Err(_) if findings.has_at(&located.at) => {}
            Err(mistake) if mistake.code == FOLLOWS => follows(&located.at, findings),
            Err(mistake) => {
                let code =
                    if mistake.code == "expression_not_kept" { "relevant_not_kept" } else { mistake.code };
                let message = format!("{} (character {})", mistake.message, mistake.at);
                findings.error(&located.at, code, message);
            }
        }
    }
    if let Some((text, at)) = &condition.exact {
        match exact(text, condition.written.as_deref(), printer) {
            Ok(rule) => rules.push((rule, at)),
            Err((code, message)) => findings.error(at, code, message),
        }
    }
    let at = rules.last().map(|(_, at)| (*at).clone())?;
    let mut rules: Vec<Json> = rules.into_iter().map(|(rule, _)| rule).collect();
    let rule = if rules.len() == 1 { rules.remove(0) } else { serde_json::json!({ "and": rules }) };
    match serde_json::from_value(rule) {
        Ok(rule) => Some(rule),
        Err(error) => {
            findings.error(at, "relevant_not_kept", no_rule(&error));
            None
        }
    }
}

/// Why something is no rule, in words for people: a rule's own words, and none of the parser's.
fn no_rule(error: &serde_json::Error) -> String {
    const OF_THE_PARSER: [&str; 6] =
        ["invalid ", "missing ", "unknown ", "duplicate ", "data did ", "expected "];
    let why = error.to_string();
    if OF_THE_PARSER.iter().any(|begin| why.starts_with(begin)) {
        return "This is no rule: see how the export of a draft writes rules, or use `relevant`.".to_owned();
    }
    format!("This is no rule: {why}.")
}

/// A rule as it is on the wire. `relevant` beside it has to be as it was written.
fn exact(
    text: &str,
    relevant: Option<&str>,
    printer: &printing::Printer<'_>,
) -> Result<Json, (&'static str, String)> {
    let rule: Json = serde_json::from_str(text)
        .map_err(|_| ("malformed", "Write the rule as JSON, or use `relevant` alone.".to_owned()))?;
    if printer.relevant(&rule).as_deref() != relevant {
        let message = "`relevant` says something else: clear this cell if `relevant` is to hold.";
        return Err(("rules_differ", message.to_owned()));
    }
    Ok(rule)
}
