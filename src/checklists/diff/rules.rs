//! Rules in words. They are read from their JSON, so that even a rule that could not be published has words.

use serde_json::Value;

use super::words::{Book, listed, measure, name, shortened};
use crate::checklists::{
    model::{AnswerKind, Question},
    rules::Rule,
};

/// Most characters of a rule in words.
const LONGEST: usize = 1_000;

/// `always shown`, or `shown when …`.
pub(super) fn shown(book: &Book<'_>, rule: Option<&Rule>) -> String {
    let Some(rule) = rule else { return "always shown".to_owned() };
    let rule = serde_json::to_value(rule).unwrap_or_default();
    shortened(&format!("shown when {}", Speaker { book, element: None }.condition(&rule)), LONGEST)
}

/// When a rule holds: `'Was it open?' is 'yes'`.
pub(super) fn held(book: &Book<'_>, rule: &Rule) -> String {
    let rule = serde_json::to_value(rule).unwrap_or_default();
    shortened(&Speaker { book, element: None }.condition(&rule), LONGEST)
}

/// Puts the parts of a rule into words.
#[derive(Clone, Copy)]
struct Speaker<'b> {
    book: &'b Book<'b>,
    /// Inside `some`, `all` and `none`: the question whose choices are looked at.
    element: Option<&'b Question>,
}

impl<'b> Speaker<'b> {
    fn condition(self, rule: &Value) -> String {
        let operation =
            rule.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
        let words = operation.and_then(|(operator, operands)| {
            let list = operands.as_array().map_or(std::slice::from_ref(operands), Vec::as_slice);
            self.operation(operator, list)
        });
        words.unwrap_or_else(|| rule.to_string())
    }

    fn operation(self, operator: &str, operands: &[Value]) -> Option<String> {
        match (operator, operands) {
            ("var", [Value::String(_)]) => {
                let (called, _) = self.variable_key(operands.first()?)?;
                Some(format!("{called} is 'yes'"))
            }
            ("===" | "!==", [a, b]) => self.same(operator == "===", a, b),
            ("<" | "<=" | ">" | ">=", [a, b]) => self.compared(operator, a, b),
            ("<" | "<=", [low, variable, high]) => {
                let (called, question) = self.variable(variable)?;
                let [low, high] = [low, high].map(|end| self.literal(question, end));
                Some(match operator {
                    "<" => format!("{called} is more than {low} and less than {high}"),
                    _ => format!("{called} is from {low} to {high}"),
                })
            }
            ("in", [a, Value::Array(list)]) => {
                let (called, question) = self.variable(a)?;
                let options: Vec<_> = list.iter().map(|one| self.literal(question, one)).collect();
                Some(format!("{called} is one of {}", listed(&options)))
            }
            ("in", [a, b]) => {
                let (called, question) = self.variable(b)?;
                Some(format!("{} is chosen in {called}", self.literal(question, a)))
            }
            ("and" | "or", [_, ..]) => {
                let parts: Vec<_> = operands.iter().map(|part| self.part(operator, part)).collect();
                Some(parts.join(&format!(" {operator} ")))
            }
            ("!", [inner]) => Some(format!("it is not so that {}", self.part("!", inner))),
            ("some" | "all" | "none", [a, inner]) => {
                let (called, question) = self.variable(a)?;
                let inner = Self { element: question, ..self }.condition(inner);
                let which = match operator {
                    "some" => "at least one choice",
                    "all" => "every choice",
                    _ => "no choice",
                };
                Some(format!("{which} in {called} fits: {inner}"))
            }
            _ => None,
        }
    }

    /// A part of a rule, in parentheses where it would be read with what stands beside it.
    fn part(self, around: &str, part: &Value) -> String {
        let words = self.condition(part);
        let compound = |operator: &str| part.get(operator).is_some() && operator != around;
        if ["and", "or", "some", "all", "none"].into_iter().any(compound) {
            format!("({words})")
        } else {
            words
        }
    }

    fn same(self, same: bool, a: &Value, b: &Value) -> Option<String> {
        let (called, question, literal) = self.sides(a, b)?;
        Some(match (literal, same) {
            (Value::Null, true) => format!("{called} is not answered"),
            (Value::Null, false) => format!("{called} is answered"),
            (literal, true) => format!("{called} is {}", self.literal(question, literal)),
            (literal, false) => format!("{called} is not {}", self.literal(question, literal)),
        })
    }

    fn compared(self, operator: &str, a: &Value, b: &Value) -> Option<String> {
        let (called, question, literal) = self.sides(a, b)?;
        let turned = self.variable(a).is_none();
        let how = match (operator, turned) {
            ("<", false) | (">", true) => "less than",
            ("<=", false) | (">=", true) => "at most",
            (">", false) | ("<", true) => "more than",
            _ => "at least",
        };
        Some(format!("{called} is {how} {}", self.literal(question, literal)))
    }

    /// The variable of a comparison, and what it is compared with.
    fn sides<'v>(self, a: &'v Value, b: &'v Value) -> Option<(String, Option<&'b Question>, &'v Value)> {
        let (variable, literal) =
            if let Some(variable) = self.variable(a) { (variable, b) } else { (self.variable(b)?, a) };
        Some((variable.0, variable.1, literal))
    }

    fn variable(self, value: &Value) -> Option<(String, Option<&'b Question>)> {
        let object = value.as_object().filter(|object| object.len() == 1)?;
        self.variable_key(object.get("var")?)
    }

    fn variable_key(self, key: &Value) -> Option<(String, Option<&'b Question>)> {
        let key = key.as_str()?;
        if key.is_empty() {
            return Some(("it".to_owned(), self.element));
        }
        let question = self.book.questions.get(key).copied();
        let called = question.map(|question| name(&question.text, self.book.language, key));
        Some((called.unwrap_or_else(|| format!("'{key}'")), question))
    }

    /// What an answer is compared with, as a person reads it.
    fn literal(self, question: Option<&Question>, literal: &Value) -> String {
        let number = literal.as_i64().and_then(|number| match question.map(|question| &question.answer) {
            Some(
                answer
                @ (AnswerKind::Number { .. } | AnswerKind::Amount { .. } | AnswerKind::Duration { .. }),
            ) => Some(measure(self.book, answer, number)),
            _ => None,
        });
        let option = |key: &str| {
            let text = self.book.options.get(&(question?.key.as_str(), key))?;
            Some(name(text, self.book.language, key))
        };
        match literal {
            Value::Bool(yes) => if *yes { "'yes'" } else { "'no'" }.to_owned(),
            Value::String(text) => option(text).unwrap_or_else(|| format!("'{text}'")),
            other => number.unwrap_or_else(|| other.to_string()),
        }
    }
}
