//! Conditions: what `$filter` says of a row (OData 4.0, URL Conventions, 5.1.1).

mod parser;
#[cfg(test)]
mod tests;
mod tokens;

use super::cell::{Cell, Row, compare};

/// What holds of a row or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Both.
    And(Box<Condition>, Box<Condition>),
    /// Either.
    Or(Box<Condition>, Box<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A column compared with a value.
    Compare(usize, Comparison, Cell),
    /// A column that is one of these values.
    In(usize, Vec<Cell>),
    /// A column of text that has this text in it.
    Has(usize, Where, String),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Eq,
    /// Not the same.
    Ne,
    /// Less.
    Lt,
    /// Less, or the same.
    Le,
    /// More.
    Gt,
    /// More, or the same.
    Ge,
}

/// Where a text has another one in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// Anywhere.
    Contains,
    /// At its beginning.
    Starts,
    /// At its end.
    Ends,
}

impl Comparison {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "lt" => Self::Lt,
            "le" => Self::Le,
            "gt" => Self::Gt,
            "ge" => Self::Ge,
            _ => return None,
        })
    }

    /// The same with its sides exchanged.
    const fn turned(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }

    fn holds(self, one: &Cell, other: &Cell) -> bool {
        let order = match (compare(one, other), one, other) {
            (Some(order), ..) => order,
            (None, Cell::Null, Cell::Null) => return self == Self::Eq,
            (None, ..) => return self == Self::Ne,
        };
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

impl Condition {
    /// Whether it holds of a row. What is empty is the same only as `null`, and neither more nor less than anything.
    pub fn holds(&self, row: &Row) -> bool {
        let cell = |at: &usize| row.get(*at).unwrap_or(&Cell::Null);
        match self {
            Self::And(one, other) => one.holds(row) && other.holds(row),
            Self::Or(one, other) => one.holds(row) || other.holds(row),
            Self::Not(one) => !one.holds(row),
            Self::Compare(at, comparison, value) => comparison.holds(cell(at), value),
            Self::In(at, values) => values.iter().any(|value| Comparison::Eq.holds(cell(at), value)),
            Self::Has(at, place, text) => match (cell(at), place) {
                (Cell::Text(all), Where::Contains) => all.contains(text.as_str()),
                (Cell::Text(all), Where::Starts) => all.starts_with(text.as_str()),
                (Cell::Text(all), Where::Ends) => all.ends_with(text.as_str()),
                _ => false,
            },
        }
    }

    /// The comparisons of which each has to hold for the whole to hold.
    pub fn needed(&self) -> Vec<(usize, Comparison, &Cell)> {
        match self {
            Self::And(one, other) => [one.needed(), other.needed()].concat(),
            Self::Compare(at, comparison, value) => vec![(*at, *comparison, value)],
            _ => Vec::new(),
        }
    }
}
