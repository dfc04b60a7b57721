//! Whether a rule asks of each question what its answers can tell, and what is left of the rule then: sets of values.

use std::fmt::Write as _;

use super::sets::{Bits, Set, Values};
use super::shapes::{Asked, Questions, limits, moment};
use super::sides::{Sides, is_counted, is_ordered, null, ordered, quantified, scalar, wanted};
use super::{Comparison, Key, Literal, MAX_NESTING, Quantifier, Rule, Test};
use crate::checklists::check::{has_control, is_longer};
use crate::checklists::findings::Finding;
use crate::checklists::model::{AnswerKind, Ask, Pattern};

/// A rule as conditions on what single questions stand for.
#[derive(Debug)]
pub(super) enum Formula<'c> {
    /// Nothing is known of it.
    Unknown,
    /// This question stands for one of `yes`; else for one of `no`.
    One {
        question: usize,
        yes: Set<'c>,
        no: Set<'c>,
    },
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// A step of a JSON pointer into a rule.
#[derive(Clone, Copy)]
enum Step {
    Operator(&'static str),
    Operand(usize),
}

/// Types the rules of a checklist.
pub(super) struct Typing<'t, 'c> {
    questions: &'t Questions<'c>,
    /// The rule may ask about the questions before this one.
    before: usize,
    at: &'t dyn Fn() -> String,
    steps: Vec<Step>,
    found: Vec<Finding>,
}

impl<'t, 'c> Typing<'t, 'c> {
    /// Says all that is wrong with a rule that stands at a pointer and may ask about the questions before one; if
    /// nothing is, what it comes to.
    pub(super) fn rule(
        questions: &'t Questions<'c>,
        before: usize,
        at: &'t dyn Fn() -> String,
        rule: &'c Rule,
    ) -> Result<Formula<'c>, Vec<Finding>> {
        let mut typing = Self { questions, before, at, steps: Vec::new(), found: Vec::new() };
        if rule.nesting() > MAX_NESTING {
            typing.say("too_deep", format!("Nest at most {MAX_NESTING} operators inside one another."));
            return Err(typing.found);
        }
        let formula = typing.formula(rule);
        if typing.found.is_empty() { Ok(formula) } else { Err(typing.found) }
    }

    fn say(&mut self, code: &'static str, message: impl Into<String>) {
        let mut pointer = (self.at)();
        for step in &self.steps {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Operator(name) => write!(pointer, "/{name}"),
                Step::Operand(index) => write!(pointer, "/{index}"),
            };
        }
        self.found.push(Finding::error(pointer, code, message));
    }

    fn inside<T>(&mut self, steps: &[Step], look: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.steps.len();
        self.steps.extend_from_slice(steps);
        let seen = look(self);
        self.steps.truncate(before);
        seen
    }

    fn say_at(&mut self, steps: &[Step], code: &'static str, message: impl Into<String>) {
        self.inside(steps, |this| this.say(code, message));
    }

    fn formula(&mut self, rule: &'c Rule) -> Formula<'c> {
        let one = |(question, sides): (usize, Option<Sides<'c>>)| match sides {
            Some((yes, no)) => Formula::One { question, yes, no },
            None => Formula::Unknown,
        };
        let sides = match rule {
            Rule::And(rules) => return Formula::All(self.formulas("and", rules)),
            Rule::Or(rules) => return Formula::Any(self.formulas("or", rules)),
            Rule::Not(rule) => {
                let steps = [Step::Operator("!"), Step::Operand(0)];
                return Formula::Not(Box::new(self.inside(&steps, |this| this.formula(rule))));
            }
            Rule::Yes(question) => self.yes(question),
            Rule::Compare { question, comparison, with } => self.compare(question, *comparison, with),
            Rule::Between { question, least, most, inclusive } => {
                self.between(question, least, most, *inclusive)
            }
            Rule::OneOf { question, options } => self.one_of(question, options),
            Rule::Has { question, option } => self.has(question, option),
            Rule::Each { question, quantifier, test } => self.each(question, *quantifier, test),
        };
        sides.map_or(Formula::Unknown, one)
    }

    fn formulas(&mut self, operator: &'static str, rules: &'c [Rule]) -> Vec<Formula<'c>> {
        if rules.is_empty() {
            self.say_at(&[Step::Operator(operator)], "too_few", "Give at least one condition.");
        }
        let each = |(index, rule)| {
            let steps = [Step::Operator(operator), Step::Operand(index)];
            self.inside(&steps, |this| this.formula(rule))
        };
        rules.iter().enumerate().map(each).collect()
    }

    /// The question that a `var` means, if the rule may ask about it.
    fn asked(&mut self, steps: &[Step], key: &Key) -> Option<(usize, &'t Asked<'c>)> {
        let questions = self.questions;
        let var = |this: &mut Self, code, message: &str| {
            this.inside(steps, |this| this.say_at(&[Step::Operator("var")], code, message));
        };
        let Some((index, asked)) = questions.find(key.as_str()) else {
            var(self, "unknown_question", "Ask about a question of this checklist: none has this key.");
            return None;
        };
        if index >= self.before {
            let message = "Ask about an earlier question: this one comes later, or is the one that the rule is for. \
                           The rule of a section is about questions of earlier sections.";
            var(self, "points_forward", message);
            return None;
        }
        if matches!(asked.question.answer, AnswerKind::Note {}) {
            var(self, "wrong_type", "Ask about another question: a note is never answered.");
            return None;
        }
        Some((index, asked))
    }

    fn yes(&mut self, key: &Key) -> Option<(usize, Option<Sides<'c>>)> {
        let (index, asked) = self.asked(&[], key)?;
        if !matches!(asked.question.answer, AnswerKind::YesNo { .. }) {
            let message = "Compare the answer with a value: only a yes/no question is a condition by itself.";
            self.say_at(&[Step::Operator("var")], "wrong_type", message);
            return None;
        }
        Some((index, scalar(asked, Values::Few(Bits::only(1)))))
    }

    fn compare(
        &mut self,
        key: &Key,
        comparison: Comparison,
        with: &'c Literal,
    ) -> Option<(usize, Option<Sides<'c>>)> {
        let operator = Step::Operator(comparison.name());
        let (var, literal) = ([operator, Step::Operand(0)], [operator, Step::Operand(1)]);
        let (index, asked) = self.asked(&var, key)?;
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if *with == Literal::Null {
            if !equality {
                let message = "Compare with a value: nothing comes before or after `null`.";
                self.say_at(&literal, "wrong_type", message);
                return None;
            }
            let sides = null(asked).map(
                |(yes, no)| {
                    if comparison == Comparison::Equal { (yes, no) } else { (no, yes) }
                },
            );
            return self.possible(&literal, index, sides);
        }
        if !equality && !is_ordered(&asked.question.answer) {
            let message = "Use === or !==: only numbers, dates and times come before and after one another.";
            self.say_at(&var, "wrong_type", message);
            return None;
        }
        let value = self.value(&literal, asked, with)?;
        let sides = match (comparison, value) {
            (Comparison::NotEqual, value) => scalar(asked, value).map(|(yes, no)| (no, yes)),
            (comparison, Values::Ranges(at)) => scalar(asked, ordered(comparison, &at)),
            (_, value) => scalar(asked, value),
        };
        self.possible(&literal, index, sides)
    }

    fn between(
        &mut self,
        key: &Key,
        least: &'c Literal,
        most: &'c Literal,
        inclusive: bool,
    ) -> Option<(usize, Option<Sides<'c>>)> {
        let operator = Step::Operator(if inclusive { "<=" } else { "<" });
        let at = |operand| [operator, Step::Operand(operand)];
        let (index, asked) = self.asked(&at(1), key)?;
        if !is_ordered(&asked.question.answer) {
            let message = "Ask about a number, a date or a time: nothing else lies between two values.";
            self.say_at(&at(1), "wrong_type", message);
            return None;
        }
        let ends = [(0, least), (2, most)].map(|(operand, end)| self.value(&at(operand), asked, end));
        let [Some(Values::Ranges(least)), Some(Values::Ranges(most))] = ends else { return None };
        let (from, to) = if inclusive {
            (Comparison::GreaterOrEqual, Comparison::LessOrEqual)
        } else {
            (Comparison::Greater, Comparison::Less)
        };
        let sides = scalar(asked, ordered(from, &least).and(&ordered(to, &most)));
        self.possible(&[operator], index, sides)
    }

    fn one_of(&mut self, key: &Key, options: &[String]) -> Option<(usize, Option<Sides<'c>>)> {
        let at = |operand| [Step::Operator("in"), Step::Operand(operand)];
        let (index, asked) = self.asked(&at(0), key)?;
        if !matches!(asked.question.answer, AnswerKind::OneChoice { .. }) {
            let message = "Ask about a question of one choice: only its answer is one of some options.";
            self.say_at(&at(0), "wrong_type", message);
            return None;
        }
        let bits = self.inside(&at(1), |this| this.options(asked, options))?;
        self.possible(&at(1), index, scalar(asked, Values::Few(bits)))
    }

    fn has(&mut self, key: &Key, option: &str) -> Option<(usize, Option<Sides<'c>>)> {
        let at = |operand| [Step::Operator("in"), Step::Operand(operand)];
        let (index, asked) = self.several(&at(1), key)?;
        let bits = self.inside(&at(0), |this| this.option(asked, option))?;
        self.possible(&at(0), index, quantified(asked, Quantifier::Some, bits))
    }

    fn each(&mut self, key: &Key, quantifier: Quantifier, test: &Test) -> Option<(usize, Option<Sides<'c>>)> {
        let at = |operand| [Step::Operator(quantifier.name()), Step::Operand(operand)];
        let (index, asked) = self.several(&at(0), key)?;
        let bits = self.inside(&at(1), |this| this.test(asked, test))?;
        self.possible(&at(1), index, quantified(asked, quantifier, bits))
    }

    fn several(&mut self, at: &[Step], key: &Key) -> Option<(usize, &'t Asked<'c>)> {
        let (index, asked) = self.asked(at, key)?;
        if !matches!(asked.question.answer, AnswerKind::SeveralChoices { .. }) {
            let message = "Ask about a question of several choices: only its answer is a list.";
            self.say_at(at, "wrong_type", message);
            return None;
        }
        Some((index, asked))
    }

    /// The options that pass a test.
    fn test(&mut self, asked: &Asked<'c>, test: &Test) -> Option<Bits> {
        let all = Bits::below(asked.question.answer.options().len());
        let compared = |this: &mut Self, operator, option: &str| {
            this.inside(&[Step::Operator(operator), Step::Operand(1)], |this| this.option(asked, option))
        };
        match test {
            Test::Is(option) => compared(self, "===", option),
            Test::IsNot(option) => compared(self, "!==", option).map(|bits| all.without(bits)),
            Test::OneOf(options) => {
                let steps = [Step::Operator("in"), Step::Operand(1)];
                self.inside(&steps, |this| this.options(asked, options))
            }
            Test::And(tests) => self.tests(asked, "and", tests, all, Bits::and),
            Test::Or(tests) => self.tests(asked, "or", tests, Bits::default(), Bits::or),
            Test::Not(test) => {
                let steps = [Step::Operator("!"), Step::Operand(0)];
                self.inside(&steps, |this| this.test(asked, test)).map(|bits| all.without(bits))
            }
        }
    }

    fn tests(
        &mut self,
        asked: &Asked<'c>,
        operator: &'static str,
        tests: &[Test],
        start: Bits,
        join: fn(Bits, Bits) -> Bits,
    ) -> Option<Bits> {
        if tests.is_empty() {
            self.say_at(&[Step::Operator(operator)], "too_few", "Give at least one condition.");
        }
        let mut joined = Some(start);
        for (index, test) in tests.iter().enumerate() {
            let steps = [Step::Operator(operator), Step::Operand(index)];
            let bits = self.inside(&steps, |this| this.test(asked, test));
            joined = joined.zip(bits).map(|(joined, bits)| join(joined, bits));
        }
        joined
    }

    fn options(&mut self, asked: &Asked<'c>, options: &[String]) -> Option<Bits> {
        let mut all = Some(Bits::default());
        for (index, option) in options.iter().enumerate() {
            let bits = self.inside(&[Step::Operand(index)], |this| this.option(asked, option));
            all = all.zip(bits).map(|(all, bits)| all.or(bits));
        }
        all
    }

    fn option(&mut self, asked: &Asked<'c>, option: &str) -> Option<Bits> {
        let index = asked.option(option);
        if index.is_none() {
            self.say("unknown_option", "Use the key of an option of that question: it has no such option.");
        }
        index.map(Bits::only)
    }

    /// The one value that the answer is compared with.
    fn value(&mut self, at: &[Step], asked: &Asked<'c>, literal: &'c Literal) -> Option<Values<'c>> {
        self.inside(at, |this| match (&asked.question.answer, literal) {
            (AnswerKind::YesNo { .. }, Literal::Bool(yes)) => {
                Some(Values::Few(Bits::only(usize::from(*yes))))
            }
            (AnswerKind::OneChoice { .. }, Literal::Text(option)) => {
                this.option(asked, option).map(Values::Few)
            }
            (AnswerKind::Text { min_length, max_length, pattern, .. }, Literal::Text(text)) => {
                this.text(text, min_length.unwrap_or(1), *max_length, *pattern)
            }
            (AnswerKind::DateTime { ask, .. }, Literal::Text(text)) => this.moment(asked, *ask, text),
            (kind, Literal::Integer(number)) if is_counted(kind) => this.number(kind, *number),
            (kind, _) => {
                this.say("wrong_type", format!("Compare with {}.", wanted(kind)));
                None
            }
        })
    }

    fn text(&mut self, text: &'c str, least: u32, most: u32, pattern: Option<Pattern>) -> Option<Values<'c>> {
        let count = |length: u32| usize::try_from(length).unwrap_or(usize::MAX);
        let is_short = text.trim().is_empty() || text.chars().take(count(least)).count() < count(least);
        if is_short || is_longer(text, count(most)) || has_control(text) {
            let message = format!(
                "Compare with a text that can be answered: {least} to {most} characters, not only spaces."
            );
            self.say("out_of_range", message);
            return None;
        }
        if let Some(pattern) = pattern.filter(|pattern| !pattern.fits(text)) {
            self.say("wrong_form", format!("Compare with {}: nothing else is answered.", pattern.wanted()));
            return None;
        }
        Some(Values::Words { but: false, words: vec![text] })
    }

    fn moment(&mut self, asked: &Asked<'c>, ask: Ask, text: &str) -> Option<Values<'c>> {
        let Some(number) = moment(ask, text) else {
            self.say("wrong_form", format!("Write {}.", wanted(&asked.question.answer)));
            return None;
        };
        self.number(&asked.question.answer, number)
    }

    fn number(&mut self, kind: &AnswerKind, number: i64) -> Option<Values<'c>> {
        if let Some((least, most)) = limits(kind).filter(|(least, most)| least <= most)
            && !(least..=most).contains(&number)
        {
            let message = match kind {
                AnswerKind::DateTime { .. } => {
                    "Choose one between the earliest and the latest that can be answered.".to_owned()
                }
                _ => format!("Choose a number that can be answered: {least} to {most}."),
            };
            self.say("out_of_range", message);
            return None;
        }
        Some(Values::Ranges(vec![(number, number)]))
    }

    /// The same, unless there is no answer with which it holds.
    fn possible(
        &mut self,
        at: &[Step],
        question: usize,
        sides: Option<Sides<'c>>,
    ) -> Option<(usize, Option<Sides<'c>>)> {
        if sides.as_ref().is_some_and(|(yes, _)| yes.is_empty()) {
            let message = "Change or remove this comparison: it holds for no answer that can be given.";
            self.say_at(at, "never_holds", message);
            return None;
        }
        Some((question, sides))
    }
}
