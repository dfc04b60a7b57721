//! Rules as JSONLogic, read: in any spelling that the subset has.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Comparison, Key, Literal, MAX_NESTING, Quantifier, Rule, Test};

/// Every operator.
pub(super) const OPERATORS: [&str; 14] =
    ["var", "===", "!==", "<", "<=", ">", ">=", "in", "and", "or", "!", "some", "all", "none"];

/// What can stand where an operator takes something.
enum Operand {
    Value(Literal),
    List(Vec<Self>),
    Question(Key),
    Element,
    Rule(Rule),
    Test(Test),
}

/// Rules and tests, which are joined in the same way.
trait Condition: Sized {
    fn of(operand: Operand) -> Option<Self>;
}

impl Condition for Rule {
    fn of(operand: Operand) -> Option<Self> {
        match operand {
            Operand::Question(question) => Some(Self::Yes(question)),
            Operand::Rule(rule) => Some(rule),
            _ => None,
        }
    }
}

impl Condition for Test {
    fn of(operand: Operand) -> Option<Self> {
        if let Operand::Test(test) = operand { Some(test) } else { None }
    }
}

type Read = Result<Operand, &'static str>;

const A_RULE: &str =
    "a rule is an object with one operator, such as {\"===\": [{\"var\": \"greeted\"}, true]}";
const COMPARED: &str =
    "compare the answer to one question, {\"var\": \"…\"}, with one value, such as [{\"var\": \"…\"}, 3]";
const NOT_TWO: &str = "compare an answer with a value, not with another answer";
const ELEMENT_INSIDE: &str =
    "{\"var\": \"\"} is one of several choices, and stands only inside of some, all and none";
const CONDITIONS: &str = "give a list of one or more conditions; inside of some, all and none each is about {\"var\": \"\"}, \
                          elsewhere none is";
const NEGATED: &str = "give the one condition that must not hold";
const OPTION: &str =
    "compare {\"var\": \"\"} by === or !== with the key of an option, or by in with a list of keys";
const MEMBERSHIP: &str = "write {\"in\": [{\"var\": \"…\"}, [\"a\", \"b\"]]} or {\"in\": [\"a\", {\"var\": \"…\"}]}, \
     with keys of options";
const QUANTIFIED: &str = "give a question of several choices and a test of {\"var\": \"\"}: \
     [{\"var\": \"…\"}, {\"===\": [{\"var\": \"\"}, \"a\"]}]";

fn apply(operator: &str, operand: Operand) -> Read {
    match operator {
        "var" => variable(operand),
        "===" => compared(Comparison::Equal, operand),
        "!==" => compared(Comparison::NotEqual, operand),
        "<" => compared(Comparison::Less, operand),
        "<=" => compared(Comparison::LessOrEqual, operand),
        ">" => compared(Comparison::Greater, operand),
        ">=" => compared(Comparison::GreaterOrEqual, operand),
        "in" => membership(operand),
        "and" => joined(operand, Rule::And, Test::And),
        "or" => joined(operand, Rule::Or, Test::Or),
        "!" => negated(operand),
        "some" => quantified(Quantifier::Some, operand),
        "all" => quantified(Quantifier::All, operand),
        _ => quantified(Quantifier::None, operand),
    }
}

fn variable(operand: Operand) -> Read {
    match operand {
        Operand::Value(Literal::Text(key)) if key.is_empty() => Ok(Operand::Element),
        Operand::Value(Literal::Text(key)) => Ok(Operand::Question(Key::from(key))),
        _ => Err("var takes the key of a question, such as {\"var\": \"greeted\"}"),
    }
}

fn arguments<const N: usize>(operand: Operand, wanted: &'static str) -> Result<[Operand; N], &'static str> {
    let Operand::List(list) = operand else { return Err(wanted) };
    list.try_into().map_err(|_| wanted)
}

fn compared(comparison: Comparison, operand: Operand) -> Read {
    let Operand::List(list) = operand else { return Err(COMPARED) };
    if list.len() == 3 {
        return between(comparison, Operand::List(list));
    }
    match arguments(Operand::List(list), COMPARED)? {
        [Operand::Question(question), Operand::Value(with)] => {
            Ok(Operand::Rule(Rule::Compare { question, comparison, with }))
        }
        [Operand::Value(with), Operand::Question(question)] => {
            Ok(Operand::Rule(Rule::Compare { question, comparison: comparison.turned(), with }))
        }
        [Operand::Element, Operand::Value(Literal::Text(option))]
        | [Operand::Value(Literal::Text(option)), Operand::Element] => match comparison {
            Comparison::Equal => Ok(Operand::Test(Test::Is(option))),
            Comparison::NotEqual => Ok(Operand::Test(Test::IsNot(option))),
            _ => Err(OPTION),
        },
        [Operand::Element, _] | [_, Operand::Element] => Err(OPTION),
        [Operand::Question(_), Operand::Question(_)] => Err(NOT_TWO),
        _ => Err(COMPARED),
    }
}

fn between(comparison: Comparison, operand: Operand) -> Read {
    const BETWEEN: &str =
        "write a range as {\"<\": [1, {\"var\": \"…\"}, 5]}, with < or <= and both ends as values";
    let inclusive = match comparison {
        Comparison::Less => false,
        Comparison::LessOrEqual => true,
        _ => return Err(BETWEEN),
    };
    match arguments(operand, BETWEEN)? {
        [Operand::Value(least), Operand::Question(question), Operand::Value(most)] => {
            Ok(Operand::Rule(Rule::Between { question, least, most, inclusive }))
        }
        _ => Err(BETWEEN),
    }
}

fn membership(operand: Operand) -> Read {
    match arguments(operand, MEMBERSHIP)? {
        [Operand::Question(question), Operand::List(options)] => {
            Ok(Operand::Rule(Rule::OneOf { question, options: texts(options)? }))
        }
        [Operand::Element, Operand::List(options)] => Ok(Operand::Test(Test::OneOf(texts(options)?))),
        [Operand::Value(Literal::Text(option)), Operand::Question(question)] => {
            Ok(Operand::Rule(Rule::Has { question, option }))
        }
        [Operand::Question(_), Operand::Question(_)] => Err(NOT_TWO),
        _ => Err(MEMBERSHIP),
    }
}

fn texts(list: Vec<Operand>) -> Result<Vec<String>, &'static str> {
    let text = |operand| match operand {
        Operand::Value(Literal::Text(text)) => Ok(text),
        _ => Err(MEMBERSHIP),
    };
    list.into_iter().map(text).collect()
}

fn joined(operand: Operand, rule: fn(Vec<Rule>) -> Rule, test: fn(Vec<Test>) -> Test) -> Read {
    match operand {
        Operand::List(list) if list.is_empty() => Err(CONDITIONS),
        Operand::List(list) if list.iter().all(|item| matches!(item, Operand::Test(_))) => {
            conditions(list).map(|tests| Operand::Test(test(tests)))
        }
        Operand::List(list) => conditions(list).map(|rules| Operand::Rule(rule(rules))),
        _ => Err(CONDITIONS),
    }
}

fn conditions<C: Condition>(list: Vec<Operand>) -> Result<Vec<C>, &'static str> {
    if list.iter().any(|item| matches!(item, Operand::Element)) {
        return Err(OPTION);
    }
    list.into_iter().map(|item| C::of(item).ok_or(CONDITIONS)).collect()
}

fn negated(operand: Operand) -> Read {
    let operand = match operand {
        Operand::List(list) => {
            let [only] = arguments(Operand::List(list), NEGATED)?;
            only
        }
        bare => bare,
    };
    match operand {
        Operand::Test(test) => Ok(Operand::Test(Test::Not(Box::new(test)))),
        Operand::Element => Err(OPTION),
        operand => Rule::of(operand).map(|rule| Operand::Rule(Rule::Not(Box::new(rule)))).ok_or(NEGATED),
    }
}

fn quantified(quantifier: Quantifier, operand: Operand) -> Read {
    match arguments(operand, QUANTIFIED)? {
        [Operand::Question(question), Operand::Test(test)] => {
            Ok(Operand::Rule(Rule::Each { question, quantifier, test }))
        }
        _ => Err(QUANTIFIED),
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match (Reader { operators: 0, lists: 0 }).deserialize(deserializer)? {
            Operand::Test(_) | Operand::Element => Err(D::Error::custom(ELEMENT_INSIDE)),
            operand => Self::of(operand).ok_or_else(|| D::Error::custom(A_RULE)),
        }
    }
}

/// Reads what an operator takes, inside of so many operators, and of so many lists of the innermost one.
#[derive(Clone, Copy)]
struct Reader {
    operators: usize,
    lists: usize,
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Operand;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Operand, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Operand;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operator, null, true, false, a whole number, a text or a list")
    }

    fn visit_unit<E: Error>(self) -> Result<Operand, E> {
        Ok(Operand::Value(Literal::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Operand, E> {
        Ok(Operand::Value(Literal::Bool(value)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Operand, E> {
        Ok(Operand::Value(Literal::Integer(number)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Operand, E> {
        let small = i64::try_from(number);
        small.map(|n| Operand::Value(Literal::Integer(n))).map_err(|_| E::custom("this number is too large"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Operand, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Operand, E> {
        // PostgreSQL cannot keep it.
        if text.contains('\0') {
            return Err(E::custom("a text without NUL characters"));
        }
        Ok(Operand::Value(Literal::Text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Operand, A::Error> {
        if self.lists == 2 {
            return Err(A::Error::custom("no operator takes lists of lists"));
        }
        let mut operands = Vec::new();
        while let Some(operand) = list.next_element_seed(Self { lists: self.lists + 1, ..self })? {
            operands.push(operand);
        }
        Ok(Operand::List(operands))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Operand, A::Error> {
        let Some(name) = map.next_key::<String>()? else { return Err(A::Error::custom(A_RULE)) };
        if !OPERATORS.contains(&name.as_str()) {
            let known = OPERATORS.join(" ");
            return Err(A::Error::custom(format_args!("there is no such operator, only {known}")));
        }
        if self.operators == MAX_NESTING {
            return Err(A::Error::custom(format_args!("rules nest at most {MAX_NESTING} operators deep")));
        }
        let operand = map.next_value_seed(Self { operators: self.operators + 1, lists: 0 })?;
        if map.next_key::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom(A_RULE));
        }
        apply(&name, operand).map_err(|wanted| A::Error::custom(format_args!("{name}: {wanted}")))
    }
}
