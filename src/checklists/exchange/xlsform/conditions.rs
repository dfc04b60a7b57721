//! `relevant` expressions as rules.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::expression::{Expr, Mistake, Node, Op};
use super::{numbers, printing};
use crate::checklists::kinds::{AnswerKind, Ask};
use crate::checklists::model::Key;

/// How deep calculations may refer to one another.
const DEEPEST: usize = 16;

/// What a name in an expression stands for.
#[derive(Debug)]
pub enum Named {
    /// A question.
    Question(Asked),
    /// A calculation that rules may use.
    Calculation(Node),
    /// It is refused already, so no further mistake is named.
    Refused,
    /// Something that has no answer.
    Nothing,
    /// Several questions.
    Ambiguous,
}

/// A question as expressions know it.
#[derive(Debug)]
pub struct Asked {
    /// Its key.
    pub key: Key,
    /// Counts the questions in their order.
    pub order: usize,
    /// How it is answered.
    pub answer: AnswerKind,
    /// The keys of its options by the names that the form gives them.
    pub options: BTreeMap<String, Key>,
}

/// All names of a form.
#[derive(Debug, Default)]
pub struct Names {
    /// What each stands for.
    pub by_name: BTreeMap<String, Named>,
    /// The calculations that rules use.
    pub used: RefCell<BTreeSet<String>>,
}

/// Whether something is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Always or never.
    Fixed(bool),
    /// By this rule.
    By(Json),
}

/// The code of a mistake that follows from one that is named already: it is not named again.
pub const FOLLOWS: &str = "";

type Read<T> = Result<T, Mistake>;

/// The rule of an expression, for a question that is asked as this one in order.
///
/// # Errors
/// The part that no rule can express, with its place in the expression.
pub fn rule(node: &Node, names: &Names, order: usize) -> Read<Shown> {
    Reader { names, order }.condition(node, 0)
}

struct Reader<'n> {
    names: &'n Names,
    order: usize,
}

/// What is named is kept, but not as an answer: a group, or when the visit began and ended.
fn no_answer<T>(node: &Node, name: &str) -> Read<T> {
    refuse(node, format!("A rule can use answers only, and `{name}` is none."))
}

/// The name of several questions stands for none of them.
fn ambiguous<T>(node: &Node, name: &str) -> Read<T> {
    let message = format!("Several questions have the name `{name}`: give each its own.");
    Err(Mistake::new(node.at, "ambiguous_name", message))
}

fn refuse<T>(node: &Node, message: impl Into<String>) -> Read<T> {
    Err(Mistake::new(node.at, "expression_not_kept", message))
}

impl<'n> Reader<'n> {
    fn condition(&self, node: &Node, depth: usize) -> Read<Shown> {
        if depth > DEEPEST {
            return refuse(node, "These calculations refer to one another without an end.");
        }
        match &node.kind {
            Expr::And(parts) => self.all(parts, "and", false, depth),
            Expr::Or(parts) => self.all(parts, "or", true, depth),
            Expr::Compare(op, sides) => self.comparison(node, *op, sides, depth),
            Expr::Call(name, arguments) => self.call(node, name, arguments, depth),
            Expr::Var(name) => match self.named(node, name)? {
                Named::Calculation(inner) => self.inlined(name, inner, depth),
                Named::Question(asked) => match &asked.answer {
                    AnswerKind::Number { .. }
                    | AnswerKind::Amount { .. }
                    | AnswerKind::Duration { .. }
                    | AnswerKind::Scale { .. } => {
                        refuse(node, "Compare the number with another, such as `!= 0`.")
                    }
                    _ => Ok(Shown::By(json!({"!==": [var(asked), null]}))),
                },
                Named::Refused => Err(Mistake::new(node.at, FOLLOWS, "")),
                Named::Nothing => no_answer(node, name),
                Named::Ambiguous => ambiguous(node, name),
            },
            Expr::This => refuse(node, "`.` stands for the question itself, which has no answer yet."),
            Expr::Text(_) | Expr::Number(_) => refuse(node, "This is a value, and no condition."),
        }
    }

    /// A calculation that is a condition.
    fn inlined(&self, name: &str, inner: &Node, depth: usize) -> Read<Shown> {
        let _ = self.names.used.borrow_mut().insert(name.to_owned());
        // Its places are those of another cell.
        self.condition(inner, depth + 1).map_err(|mistake| Mistake { code: FOLLOWS, ..mistake })
    }

    fn all(&self, parts: &[Node], operator: &str, deciding: bool, depth: usize) -> Read<Shown> {
        let mut rules = Vec::new();
        let mut decided = false;
        for part in parts {
            match self.condition(part, depth + 1)? {
                Shown::Fixed(fixed) => decided |= fixed == deciding,
                Shown::By(rule) => rules.push(rule),
            }
        }
        Ok(match (decided, rules.len()) {
            (true, _) => Shown::Fixed(deciding),
            (false, 0) => Shown::Fixed(!deciding),
            (false, 1) => Shown::By(rules.remove(0)),
            (false, _) => Shown::By(json!({ operator: rules })),
        })
    }

    fn call(&self, node: &Node, name: &str, arguments: &[Node], depth: usize) -> Read<Shown> {
        match (name, arguments) {
            ("true", []) => Ok(Shown::Fixed(true)),
            ("false", []) => Ok(Shown::Fixed(false)),
            ("not", [inner]) => Ok(match self.condition(inner, depth + 1)? {
                Shown::Fixed(fixed) => Shown::Fixed(!fixed),
                Shown::By(rule) => Shown::By(json!({"!": [rule]})),
            }),
            ("selected", [of, wanted]) => self.selected(node, of, wanted),
            _ => refuse(node, format!("A rule cannot say `{name}()`.")),
        }
    }

    /// `selected(${q}, 'a')`; and, with a list of names for the question, `selected('a b', ${q})`.
    fn selected(&self, node: &Node, of: &Node, wanted: &Node) -> Read<Shown> {
        if let (Expr::Text(list), Expr::Var(_)) = (&of.kind, &wanted.kind) {
            let asked = self.question(wanted)?;
            if !matches!(asked.answer, AnswerKind::OneChoice { .. }) {
                return refuse(wanted, "Only one chosen option can be looked for in a list.");
            }
            let options: Vec<Json> =
                list.split_whitespace().map(|name| option(asked, of, name)).collect::<Read<_>>()?;
            return Ok(Shown::By(json!({"in": [var(asked), options]})));
        }
        let asked = self.question(of)?;
        let literal = self.resolved(wanted)?;
        match &asked.answer {
            AnswerKind::SeveralChoices { .. } => {
                let option = self.literal(asked, literal)?;
                Ok(Shown::By(json!({"in": [option, var(asked)]})))
            }
            AnswerKind::OneChoice { .. } | AnswerKind::YesNo { .. } => {
                Ok(Shown::By(equality(Op::Equal, asked, self.literal(asked, literal)?)))
            }
            _ => refuse(node, "selected() is about the options of a choice."),
        }
    }

    fn comparison(&self, node: &Node, op: Op, sides: &(Node, Node), depth: usize) -> Read<Shown> {
        let (left, right) = (self.resolved(&sides.0)?, self.resolved(&sides.1)?);
        let (subject, op, value) = match (self.subject(left)?, self.subject(right)?) {
            (Some(_), Some(_)) => {
                return refuse(right, "A rule compares an answer with a value, not with another answer.");
            }
            (Some(subject), None) => (subject, op, right),
            (None, Some(subject)) => (subject, op.turned(), left),
            (None, None) => return self.of_condition(node, op, (left, right), depth),
        };
        let (asked, counted) = subject;
        if counted {
            return self.counted(node, asked, op, value);
        }
        if value.kind == Expr::Text(String::new()) {
            if op.orders() {
                return refuse(node, "Nothing comes before or after an empty answer.");
            }
            return Ok(Shown::By(json!({op.in_rules(): [var(asked), null]})));
        }
        if matches!(asked.answer, AnswerKind::SeveralChoices { .. }) {
            return refuse(node, "Ask with selected() what was chosen among several.");
        }
        let ordered =
            numbers::decimals(&asked.answer).is_some() || matches!(asked.answer, AnswerKind::DateTime { .. });
        if op.orders() && !ordered {
            return refuse(node, format!("`{}` compares numbers, dates and times only.", op.sign()));
        }
        let literal = self.literal(asked, value)?;
        Ok(Shown::By(if op.orders() {
            json!({op.in_rules(): [var(asked), literal]})
        } else {
            equality(op, asked, literal)
        }))
    }

    /// Neither side is an answer: one may be a condition (of a calculation), the other its truth.
    fn of_condition(&self, node: &Node, op: Op, sides: (&Node, &Node), depth: usize) -> Read<Shown> {
        let truth = |node: &Node| match &node.kind {
            Expr::Call(name, none) if none.is_empty() && name == "true" => Some(true),
            Expr::Call(name, none) if none.is_empty() && name == "false" => Some(false),
            Expr::Text(text) if ["true", "false"].contains(&text.as_str()) => Some(text == "true"),
            Expr::Number(number) if ["0", "1"].contains(&number.as_str()) => Some(number == "1"),
            _ => None,
        };
        let (condition, truth) = match (truth(sides.0), truth(sides.1)) {
            (None, Some(truth)) => (sides.0, truth),
            (Some(truth), None) => (sides.1, truth),
            _ => return refuse(node, "Compare the answer to a question with a value."),
        };
        if op.orders() {
            return refuse(node, format!("`{}` compares numbers, dates and times only.", op.sign()));
        }
        let holds = (op == Op::Equal) == truth;
        Ok(match self.condition(condition, depth + 1)? {
            Shown::Fixed(fixed) => Shown::Fixed(fixed == holds),
            Shown::By(rule) if holds => Shown::By(rule),
            Shown::By(rule) => Shown::By(json!({"!": [rule]})),
        })
    }

    /// A rule can ask whether an option was chosen, and not how many were.
    fn counted(&self, node: &Node, asked: &Asked, op: Op, value: &Node) -> Read<Shown> {
        let AnswerKind::SeveralChoices { at_least, .. } = &asked.answer else {
            return refuse(node, "count-selected() is about several choices.");
        };
        let Expr::Number(number) = &value.kind else {
            return refuse(value, "Compare the count with a number.");
        };
        let any = match (op, number.as_str()) {
            (Op::More | Op::Differs, "0") | (Op::AtLeast, "1") => true,
            (Op::Equal | Op::AtMost, "0") | (Op::Less, "1") => false,
            _ => return refuse(node, "A rule cannot count what was chosen."),
        };
        if *at_least == 0 {
            return refuse(node, "An empty choice is an answer here, so this cannot be asked.");
        }
        let operator = if any { "!==" } else { "===" };
        Ok(Shown::By(json!({operator: [var(asked), null]})))
    }

    /// A name of a constant stands for its value, a name of a name for that.
    fn resolved<'a>(&'a self, mut node: &'a Node) -> Read<&'a Node>
    where
        'n: 'a,
    {
        for _ in 0..DEEPEST {
            let Expr::Var(name) = &node.kind else { return Ok(node) };
            match self.named(node, name)? {
                Named::Calculation(inner) => {
                    let _ = self.names.used.borrow_mut().insert(name.clone());
                    node = inner;
                }
                Named::Question(_) => return Ok(node),
                Named::Refused => return Err(Mistake::new(node.at, FOLLOWS, "")),
                Named::Nothing => return no_answer(node, name),
                Named::Ambiguous => return ambiguous(node, name),
            }
        }
        refuse(node, "These calculations refer to one another without an end.")
    }

    /// The question that a side of a comparison is about, and whether its choices are counted.
    fn subject(&self, node: &Node) -> Read<Option<(&'n Asked, bool)>> {
        match &node.kind {
            Expr::Var(_) => Ok(Some((self.question(node)?, false))),
            Expr::Call(name, inner) => match (name.as_str(), inner.as_slice()) {
                ("count-selected", [inner]) => Ok(Some((self.question(inner)?, true))),
                ("decimal-time", [inner @ Node { kind: Expr::Var(_), .. }]) => {
                    let asked = self.question(inner)?;
                    match asked.answer {
                        AnswerKind::DateTime { ask: Ask::Time, .. } => Ok(Some((asked, false))),
                        _ => refuse(node, "decimal-time() is about a time."),
                    }
                }
                ("date" | "date-time" | "decimal-time", [Node { kind: Expr::Text(_), .. }])
                | ("true" | "false", [])
                | ("not" | "selected", _) => Ok(None),
                _ => refuse(node, format!("A rule cannot say `{name}()`.")),
            },
            _ => Ok(None),
        }
    }

    fn named(&self, node: &Node, name: &str) -> Read<&'n Named> {
        match self.names.by_name.get(name) {
            Some(named) => Ok(named),
            None => Err(Mistake::new(node.at, "unknown_name", format!("There is no question `{name}`."))),
        }
    }

    fn question(&self, node: &Node) -> Read<&'n Asked> {
        let Expr::Var(name) = &node.kind else {
            return refuse(node, "Name a question here, as ${name}.");
        };
        match self.named(node, name)? {
            Named::Question(asked) if asked.order >= self.order => Err(Mistake::new(
                node.at,
                "forward_reference",
                format!("`{name}` is asked later: a rule can use earlier answers only."),
            )),
            Named::Question(asked) => Ok(asked),
            Named::Calculation(_) => refuse(node, "Name a question here, not a calculation."),
            Named::Refused => Err(Mistake::new(node.at, FOLLOWS, "")),
            Named::Nothing => no_answer(node, name),
            Named::Ambiguous => ambiguous(node, name),
        }
    }

    /// The value that an answer is compared with, as answers are written.
    fn literal(&self, asked: &Asked, node: &Node) -> Read<Json> {
        let text = match &node.kind {
            Expr::Text(text) | Expr::Number(text) => text.as_str(),
            Expr::Call(name, inner) => match (name.as_str(), inner.as_slice(), &asked.answer) {
                ("true", [], AnswerKind::YesNo { .. }) => "yes",
                ("false", [], AnswerKind::YesNo { .. }) => "no",
                (
                    "date" | "date-time" | "decimal-time",
                    [Node { kind: Expr::Text(text), .. }],
                    AnswerKind::DateTime { .. },
                ) => text,
                _ => return refuse(node, format!("A rule cannot say `{name}()` here.")),
            },
            _ => return refuse(node, "Compare the answer with a value."),
        };
        if let Some(decimals) = numbers::decimals(&asked.answer) {
            let steps = numbers::steps(text, decimals);
            let wrong = || format!("Compare `{}` with a number of at most {decimals} decimals.", asked.key);
            return steps.map(|steps| json!(steps)).map_or_else(|| refuse(node, wrong()), Ok);
        }
        match &asked.answer {
            AnswerKind::YesNo { .. } | AnswerKind::OneChoice { .. } | AnswerKind::SeveralChoices { .. } => {
                option(asked, node, text)
            }
            AnswerKind::Text { .. } => Ok(json!(text)),
            AnswerKind::DateTime { .. } => Ok(json!(printing::moment_text(text))),
            _ => refuse(node, "Of this question a rule can only say whether there is an answer: `!= ''`."),
        }
    }
}

fn var(asked: &Asked) -> Json {
    json!({"var": asked.key})
}

fn option(asked: &Asked, node: &Node, name: &str) -> Read<Json> {
    if let AnswerKind::YesNo { .. } = asked.answer {
        return match name {
            "yes" | "true" | "OK" | "1" => Ok(json!(true)),
            "no" | "false" | "0" => Ok(json!(false)),
            _ => refuse(node, "The answer is yes or no."),
        };
    }
    match asked.options.get(name) {
        Some(key) => Ok(json!(key)),
        None => Err(Mistake::new(
            node.at,
            "unknown_option",
            format!("`{}` has no option `{}`.", asked.key, name.chars().take(40).collect::<String>()),
        )),
    }
}

/// `= 'yes'` is the question itself.
fn equality(op: Op, asked: &Asked, literal: Json) -> Json {
    if op == Op::Equal && literal == json!(true) {
        return var(asked);
    }
    json!({op.in_rules(): [var(asked), literal]})
}
