//! Rules as `relevant` expressions.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::conditions::{self, Asked, Named, Names, Shown};
use super::{expression, numbers};
use crate::{
    checklists::kinds::{AnswerKind, Ask},
    decimals,
};

/// Says rules in the words of a form.
#[derive(Debug)]
pub struct Printer<'n> {
    names: &'n Names,
    /// The questions with their names, by their keys.
    by_key: BTreeMap<&'n str, (&'n str, &'n Asked)>,
}

impl<'n> Printer<'n> {
    /// One that knows these names.
    pub fn of(names: &'n Names) -> Self {
        let questions = names.by_name.iter().filter_map(|(name, named)| match named {
            Named::Question(asked) => Some((asked.key.as_str(), (name.as_str(), asked))),
            _ => None,
        });
        Self { names, by_key: questions.collect() }
    }

    /// The expression that means the same as a rule; none if XLSForm has none.
    pub fn relevant(&self, rule: &Json) -> Option<String> {
        self.condition(rule, false)
    }

    /// Whether reading the expression gives exactly this rule, where a question is asked as this one in order.
    pub fn says_exactly(&self, expression: &str, rule: &Json, order: usize) -> bool {
        let read = expression::parse(expression).and_then(|node| conditions::rule(&node, self.names, order));
        read.is_ok_and(|read| read == Shown::By(rule.clone()))
    }

    fn condition(&self, rule: &Json, inner: bool) -> Option<String> {
        let (operator, operand) = only_member(rule)?;
        match operator {
            "var" => {
                let (name, asked) = self.by_key.get(operand.as_str()?)?;
                let yes_no = matches!(asked.answer, AnswerKind::YesNo { .. });
                yes_no.then(|| format!("${{{name}}} = 'yes'"))
            }
            "and" | "or" => {
                let parts: Option<Vec<_>> =
                    operand.as_array()?.iter().map(|part| self.condition(part, true)).collect();
                let parts = parts.filter(|parts| parts.len() > 1)?;
                let chain = parts.join(&format!(" {operator} "));
                Some(if inner { format!("({chain})") } else { chain })
            }
            "!" => {
                let negated = match operand {
                    Json::Array(list) => list.first().filter(|_| list.len() == 1)?,
                    other => other,
                };
                Some(format!("not({})", self.condition(negated, false)?))
            }
            "in" => self.membership(operand.as_array()?),
            "some" | "all" | "none" => self.quantified(operator, operand.as_array()?),
            sign => self.comparison(sign, operand.as_array()?, inner),
        }
    }

    fn variable(&self, operand: &Json) -> Option<(&'n str, &'n Asked)> {
        let ("var", key) = only_member(operand)? else { return None };
        self.by_key.get(key.as_str()?).copied()
    }

    fn comparison(&self, sign: &str, operands: &[Json], inner: bool) -> Option<String> {
        let sign = match sign {
            "===" => "=",
            "!==" => "!=",
            "<" | "<=" | ">" | ">=" => sign,
            _ => return None,
        };
        match operands {
            [left, right] => match (self.variable(left), self.variable(right)) {
                (Some((name, asked)), None) => {
                    Some(format!("{} {sign} {}", subject(name, asked), literal(asked, right)?))
                }
                (None, Some((name, asked))) => {
                    Some(format!("{} {sign} {}", literal(asked, left)?, subject(name, asked)))
                }
                _ => None,
            },
            [least, middle, most] => {
                let (name, asked) = self.variable(middle)?;
                let (least, most) = (literal(asked, least)?, literal(asked, most)?);
                let subject = subject(name, asked);
                let both = format!("{least} {sign} {subject} and {subject} {sign} {most}");
                Some(if inner { format!("({both})") } else { both })
            }
            _ => None,
        }
    }

    fn membership(&self, operands: &[Json]) -> Option<String> {
        let [wanted, of] = operands else { return None };
        if let Some((name, asked)) = self.variable(wanted) {
            let AnswerKind::OneChoice { .. } = asked.answer else { return None };
            let options: Option<Vec<_>> =
                of.as_array()?.iter().map(|key| option_name(asked, key.as_str()?)).collect();
            return Some(format!("selected('{}', ${{{name}}})", options?.join(" ")));
        }
        let (name, asked) = self.variable(of)?;
        let AnswerKind::SeveralChoices { .. } = asked.answer else { return None };
        Some(format!("selected(${{{name}}}, '{}')", option_name(asked, wanted.as_str()?)?))
    }

    /// By the options that pass the test: some of them, none of the others, none of them.
    fn quantified(&self, operator: &str, operands: &[Json]) -> Option<String> {
        let [of, test] = operands else { return None };
        let (name, asked) = self.variable(of)?;
        let AnswerKind::SeveralChoices { .. } = asked.answer else { return None };
        let mut wanted = Vec::new();
        for (option, key) in &asked.options {
            if passes(test, key.as_str())? == (operator != "all") {
                wanted.push(format!("selected(${{{name}}}, '{option}')"));
            }
        }
        let any = match wanted.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            several => Some(format!("({})", several.join(" or "))),
        };
        match (operator, any) {
            ("some", any) => any,
            ("none", any) => any.map(|any| format!("not({any})")),
            (_, Some(others)) => Some(format!("(${{{name}}} != '' and not({others}))")),
            (_, None) => Some(format!("${{{name}}} != ''")),
        }
    }
}

fn only_member(rule: &Json) -> Option<(&str, &Json)> {
    let object = rule.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(operator, operand)| (operator.as_str(), operand))
}

fn subject(name: &str, asked: &Asked) -> String {
    match asked.answer {
        AnswerKind::DateTime { ask: Ask::Time, .. } => format!("decimal-time(${{{name}}})"),
        _ => format!("${{{name}}}"),
    }
}

fn literal(asked: &Asked, value: &Json) -> Option<String> {
    match (value, &asked.answer) {
        // The wrapper of times would turn nothing into a number.
        (Json::Null, AnswerKind::DateTime { ask: Ask::Time, .. }) | (Json::Null, AnswerKind::Note {}) => None,
        (Json::Null, _) => Some("''".to_owned()),
        (Json::Bool(yes), AnswerKind::YesNo { .. }) => Some(if *yes { "'yes'" } else { "'no'" }.to_owned()),
        (Json::Number(number), answer) => {
            Some(decimals::written(number.as_i64()?, numbers::decimals(answer)?, '.'))
        }
        (Json::String(key), AnswerKind::OneChoice { .. }) => {
            option_name(asked, key).map(|name| format!("'{name}'"))
        }
        (Json::String(text), AnswerKind::Text { .. }) if !text.is_empty() => quoted(text),
        (Json::String(text), AnswerKind::DateTime { ask, .. }) => moment(*ask, text),
        _ => None,
    }
}

/// The function that makes a date or time of a text.
const fn moment_function(ask: Ask) -> &'static str {
    match ask {
        Ask::Date => "date",
        Ask::Time => "decimal-time",
        Ask::DateTime => "date-time",
    }
}

/// The day of a time, which `decimal-time()` wants and does not look at.
const SOME_DAY: &str = "1970-01-01T";

/// A date or time as XPath writes it.
pub fn moment(ask: Ask, text: &str) -> Option<String> {
    let day = if ask == Ask::Time { SOME_DAY } else { "" };
    Some(format!("{}({})", moment_function(ask), quoted(&format!("{day}{text}"))?))
}

/// A date or time as answers have it, of what stands in [`moment`]'s quotes.
pub fn moment_text(text: &str) -> &str {
    text.strip_prefix(SOME_DAY).unwrap_or(text)
}

/// A text as XPath writes it, which knows no way to write both kinds of quotes in one.
pub fn quoted(text: &str) -> Option<String> {
    match (text.contains('\''), text.contains('"')) {
        (false, _) => Some(format!("'{text}'")),
        (true, false) => Some(format!("\"{text}\"")),
        _ => None,
    }
}

/// The name of an option, if it can stand in a list of names.
fn option_name(asked: &Asked, key: &str) -> Option<String> {
    let name = asked.options.iter().find(|(_, known)| known.as_str() == key).map(|(name, _)| name.clone())?;
    let plain = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '\'' || c == '"');
    plain.then_some(name)
}

/// Whether an option passes the test of `some`, `all` or `none`; nothing if the test is of another form.
fn passes(test: &Json, option: &str) -> Option<bool> {
    let (operator, operand) = only_member(test)?;
    let element = |value: &Json| only_member(value) == Some(("var", &Json::from("")));
    match (operator, operand.as_array().map(Vec::as_slice)) {
        ("and", Some(parts)) => parts.iter().try_fold(true, |all, part| Some(all & passes(part, option)?)),
        ("or", Some(parts)) => parts.iter().try_fold(false, |any, part| Some(any | passes(part, option)?)),
        ("!", Some([negated])) => passes(negated, option).map(|passes| !passes),
        ("===", Some([left, right])) if element(left) => Some(right.as_str()? == option),
        ("!==", Some([left, right])) if element(left) => Some(right.as_str()? != option),
        ("in", Some([left, right])) if element(left) => {
            Some(right.as_array()?.iter().any(|key| key.as_str() == Some(option)))
        }
        _ => None,
    }
}
