//! Rules as JSONLogic, written: each in one way only.

use serde::{
    Serialize,
    ser::{SerializeMap, Serializer},
};

use super::{Comparison, Literal, Quantifier, Rule, Test};

/// One operator with what it takes.
struct Written<'w, T>(&'w str, T);

impl<T: Serialize> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, &self.1)?;
        map.end()
    }
}

fn var(key: &str) -> Written<'_, &str> {
    Written("var", key)
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Yes(question) => var(question.as_str()).serialize(serializer),
            Self::Compare { question, comparison, with } => {
                Written(comparison.name(), (var(question.as_str()), with)).serialize(serializer)
            }
            Self::Between { question, least, most, inclusive } => {
                let operator = if *inclusive { "<=" } else { "<" };
                Written(operator, (least, var(question.as_str()), most)).serialize(serializer)
            }
            Self::OneOf { question, options } => {
                Written("in", (var(question.as_str()), options)).serialize(serializer)
            }
            Self::Has { question, option } => {
                Written("in", (option, var(question.as_str()))).serialize(serializer)
            }
            Self::Each { question, quantifier, test } => {
                Written(quantifier.name(), (var(question.as_str()), test)).serialize(serializer)
            }
            Self::And(rules) => Written("and", rules).serialize(serializer),
            Self::Or(rules) => Written("or", rules).serialize(serializer),
            Self::Not(rule) => Written("!", [rule]).serialize(serializer),
        }
    }
}

impl Serialize for Test {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Is(option) => Written("===", (var(""), option)).serialize(serializer),
            Self::IsNot(option) => Written("!==", (var(""), option)).serialize(serializer),
            Self::OneOf(options) => Written("in", (var(""), options)).serialize(serializer),
            Self::And(tests) => Written("and", tests).serialize(serializer),
            Self::Or(tests) => Written("or", tests).serialize(serializer),
            Self::Not(test) => Written("!", [test]).serialize(serializer),
        }
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Comparison {
    /// Its operator.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "===",
            Self::NotEqual => "!==",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Quantifier {
    /// Its operator.
    pub fn name(self) -> &'static str {
        match self {
            Self::Some => "some",
            Self::All => "all",
            Self::None => "none",
        }
    }
}
