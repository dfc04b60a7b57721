//! How a condition is read.

use super::{
    Comparison, Condition, Where,
    tokens::{Token, literal, tokens},
};
use crate::{
    error::{Error, Result},
    odata::{
        cell::Cell,
        model::{Edm, Table},
        refusals::{not_supported, wrong},
    },
};

/// A condition has so many characters at most.
const LONGEST: usize = 4_000;
/// Parentheses and `not` stand in one another so deep at most.
pub(super) const DEEPEST: usize = 20;

impl Condition {
    /// Reads a condition about rows of this table.
    ///
    /// # Errors
    /// `malformed_request` with the place of what cannot be read, or is compared with a value of another type; `not_supported` with
    /// the name of what is not supported.
    pub fn parse(text: &str, table: &Table) -> Result<Self> {
        if text.chars().count() > LONGEST {
            return Err(wrong(format!("$filter has more than {LONGEST} characters")));
        }
        let tokens = tokens(text)?;
        let mut parser = Parser { table, tokens, at: 0, end: text.chars().count() + 1, depth: 0 };
        let condition = parser.any()?;
        match parser.peek() {
            None => Ok(condition),
            Some(_) => Err(parser.unexpected("the end")),
        }
    }
}

struct Parser<'t> {
    table: &'t Table,
    tokens: Vec<(usize, Token)>,
    at: usize,
    /// The place behind the last character.
    end: usize,
    depth: usize,
}

/// One side of a comparison.
enum Side {
    Column(usize),
    Value(Cell),
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(place, _)| *place)
    }

    fn is_word(&self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if word == wanted)
    }

    fn take(&mut self, wanted: &Token, name: &str) -> Result<()> {
        match self.peek() == Some(wanted) {
            true => {
                self.at += 1;
                Ok(())
            }
            false => Err(self.unexpected(name)),
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        wrong(format!("at {} of $filter {wanted} is expected", self.place()))
    }

    fn any(&mut self) -> Result<Condition> {
        let mut all = self.all()?;
        while self.is_word("or") {
            self.at += 1;
            all = Condition::Or(Box::new(all), Box::new(self.all()?));
        }
        Ok(all)
    }

    fn all(&mut self) -> Result<Condition> {
        let mut all = self.one()?;
        while self.is_word("and") {
            self.at += 1;
            all = Condition::And(Box::new(all), Box::new(self.one()?));
        }
        Ok(all)
    }

    fn one(&mut self) -> Result<Condition> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(wrong(format!("at {} $filter is more than {DEEPEST} deep", self.place())));
        }
        let found = self.one_here();
        self.depth -= 1;
        found
    }

    fn one_here(&mut self) -> Result<Condition> {
        if self.is_word("not") {
            self.at += 1;
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.any()?;
            self.take(&Token::Close, "`)`")?;
            return Ok(inner);
        }
        let calls = matches!(self.tokens.get(self.at + 1), Some((_, Token::Open)));
        if let (Some(Token::Word(name)), true) = (self.peek().cloned(), calls) {
            return self.call(&name);
        }
        self.comparison()
    }

    fn call(&mut self, name: &str) -> Result<Condition> {
        let place = match name {
            "contains" => Where::Contains,
            "startswith" => Where::Starts,
            "endswith" => Where::Ends,
            other => return Err(not_supported(&format!("{other}()"))),
        };
        self.at += 2;
        let begun = self.place();
        let Side::Column(at) = self.side()? else {
            return Err(wrong(format!("at {begun} a column is expected")));
        };
        if self.table.columns.get(at).map(|column| column.edm) != Some(Edm::String) {
            return Err(wrong(format!("at {begun} a column of text is expected")));
        }
        self.take(&Token::Comma, "`,`")?;
        let Some(Token::Text(text)) = self.peek().cloned() else { return Err(self.unexpected("a text")) };
        self.at += 1;
        self.take(&Token::Close, "`)`")?;
        Ok(Condition::Has(at, place, text))
    }

    fn comparison(&mut self) -> Result<Condition> {
        let begun = self.place();
        let left = self.side()?;
        let Some(Token::Word(word)) = self.peek().cloned() else {
            return Err(self.unexpected("a comparison"));
        };
        if word == "in" {
            self.at += 1;
            return self.among(left, begun);
        }
        if ["add", "sub", "mul", "div", "mod", "has"].contains(&word.as_str()) {
            return Err(not_supported(&word));
        }
        let comparison = Comparison::named(&word).ok_or_else(|| self.unexpected("a comparison"))?;
        self.at += 1;
        let after = self.place();
        match (left, self.side()?) {
            (Side::Column(at), Side::Value(value)) => self.typed(at, comparison, value, after),
            (Side::Value(value), Side::Column(at)) => self.typed(at, comparison.turned(), value, begun),
            (Side::Column(_), Side::Column(_)) => Err(not_supported("a comparison of two columns")),
            (Side::Value(_), Side::Value(_)) => Err(not_supported("a comparison of two values")),
        }
    }

    fn among(&mut self, left: Side, begun: usize) -> Result<Condition> {
        let Side::Column(at) = left else { return Err(wrong(format!("at {begun} a column is expected"))) };
        self.take(&Token::Open, "`(`")?;
        let mut values = Vec::new();
        loop {
            let place = self.place();
            let Side::Value(value) = self.side()? else {
                return Err(wrong(format!("at {place} a value is expected")));
            };
            let Condition::Compare(_, _, value) = self.typed(at, Comparison::Eq, value, place)? else {
                return Err(self.unexpected("a value"));
            };
            values.push(value);
            if self.peek() != Some(&Token::Comma) {
                break;
            }
            self.at += 1;
        }
        self.take(&Token::Close, "`)`")?;
        Ok(Condition::In(at, values))
    }

    /// Holds a value to the type of its column.
    fn typed(&self, at: usize, comparison: Comparison, value: Cell, place: usize) -> Result<Condition> {
        let edm = self.table.columns.get(at).map(|column| column.edm);
        let fits = matches!(
            (&value, edm),
            (Cell::Null, _)
                | (Cell::Id(_), Some(Edm::Guid))
                | (Cell::Text(_), Some(Edm::String))
                | (Cell::Whole(_) | Cell::Hundredths(_), Some(Edm::Int32 | Edm::Decimal))
                | (Cell::Day(_), Some(Edm::Date))
                | (Cell::Moment(_), Some(Edm::DateTimeOffset))
                | (Cell::Truth(_), Some(Edm::Boolean))
        );
        match (fits, edm) {
            (true, _) => Ok(Condition::Compare(at, comparison, value)),
            (false, edm) => {
                let name = edm.map_or("another type", Edm::name);
                Err(wrong(format!("at {place} of $filter a value of {name} is expected")))
            }
        }
    }

    fn side(&mut self) -> Result<Side> {
        let place = self.place();
        let side = match self.peek() {
            Some(Token::Text(text)) => Side::Value(Cell::Text(text.clone())),
            Some(Token::Word(word)) => match (self.table.column(word), literal(word)) {
                (Some(column), _) => Side::Column(column),
                (None, Some(value)) => Side::Value(value),
                (None, None) => {
                    return Err(match word.contains('/') || word.starts_with(['$', '@']) {
                        true => not_supported(word),
                        false => {
                            wrong(format!("at {place} of $filter there is neither a column nor a value"))
                        }
                    });
                }
            },
            _ => return Err(self.unexpected("a column or a value")),
        };
        self.at += 1;
        if self.peek() == Some(&Token::Open) {
            return Err(not_supported("a function of a value"));
        }
        Ok(side)
    }
}
