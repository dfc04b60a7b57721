//! Conditions: what `$filter` says of a row (OData 4.0, URL Conventions, 5.1.1).

use std::cmp::Ordering;

use jiff::civil::Date;

use super::model::{Cell, Edm, Row, Table};
use crate::{
    db::types::Instant,
    error::{Code, Error, Result},
};

/// A condition has so many characters at most.
const LONGEST: usize = 4_000;
/// Parentheses and `not` stand in one another so deep at most.
const DEEPEST: usize = 20;

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

    fn holds(self, order: Ordering) -> bool {
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

/// The order of two values of one type; none where one of them is empty. Numbers are compared as numbers.
pub fn compare(one: &Cell, other: &Cell) -> Option<Ordering> {
    let hundredths = |cell: &Cell| match cell {
        Cell::Whole(number) => Some(i128::from(*number) * 100),
        Cell::Hundredths(number) => Some(i128::from(*number)),
        _ => None,
    };
    Some(match (one, other) {
        (Cell::Id(one), Cell::Id(other)) => one.cmp(other),
        (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
        (Cell::Day(one), Cell::Day(other)) => one.cmp(other),
        (Cell::Moment(one), Cell::Moment(other)) => one.cmp(other),
        (one, other) => hundredths(one)?.cmp(&hundredths(other)?),
    })
}

impl Condition {
    /// Whether it holds of a row. What is empty is the same only as `null`, and neither more nor less than anything.
    pub fn holds(&self, row: &Row) -> bool {
        let cell = |at: &usize| row.get(*at).unwrap_or(&Cell::Null);
        match self {
            Self::And(one, other) => one.holds(row) && other.holds(row),
            Self::Or(one, other) => one.holds(row) || other.holds(row),
            Self::Not(one) => !one.holds(row),
            Self::Compare(at, comparison, value) => {
                let is_same = matches!((cell(at), value), (Cell::Null, Cell::Null));
                match (compare(cell(at), value), comparison) {
                    (Some(order), _) => comparison.holds(order),
                    (None, Comparison::Eq) => is_same,
                    (None, Comparison::Ne) => !is_same,
                    (None, _) => false,
                }
            }
            Self::In(at, values) => {
                values.iter().any(|value| Self::Compare(*at, Comparison::Eq, value.clone()).holds(row))
            }
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

/// What is wrong with what was asked.
pub fn wrong(detail: impl Into<String>) -> Error {
    Error::new(Code::MalformedRequest).detail(detail)
}

/// What is not supported, by its name.
pub fn not_supported(name: &str) -> Error {
    let name: String = name.chars().take(60).collect();
    Error::new(Code::NotSupported).detail(format!("{name} is not supported"))
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    /// A text between quotes.
    Text(String),
    /// A name, a word or a literal without quotes.
    Word(String),
}

/// Each with the number of its first character, from 1 on.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>> {
    let characters: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&character) = characters.get(at) {
        let begun = at + 1;
        at += 1;
        let token = match character {
            ' ' | '\t' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match (characters.get(at), characters.get(at + 1)) {
                        (Some('\''), Some('\'')) => {
                            quoted.push('\'');
                            at += 2;
                        }
                        (Some('\''), _) => {
                            at += 1;
                            break;
                        }
                        (Some(other), _) => {
                            quoted.push(*other);
                            at += 1;
                        }
                        (None, _) => {
                            return Err(wrong(format!("the text that begins at {begun} has no end")));
                        }
                    }
                }
                Token::Text(quoted)
            }
            other if is_of_word(other) => {
                let mut word = String::from(other);
                while let Some(&next) = characters.get(at).filter(|next| is_of_word(**next)) {
                    word.push(next);
                    at += 1;
                }
                Token::Word(word)
            }
            _ => return Err(wrong(format!("what stands at {begun} cannot be read"))),
        };
        tokens.push((begun, token));
    }
    Ok(tokens)
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || "_-.:+/$@".contains(character)
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

/// A value that is written without quotes.
fn literal(word: &str) -> Option<Cell> {
    if word == "null" {
        return Some(Cell::Null);
    }
    if word.len() == 36 && word.matches('-').count() == 4 {
        return word.parse().ok().map(Cell::Id);
    }
    if word.contains('T') {
        return Instant::written(word).map(Cell::Moment);
    }
    if word.len() == 10 && word.matches('-').count() == 2 {
        return word.parse::<Date>().ok().map(Cell::Day);
    }
    number(word)
}

/// A whole number, or one with one or two decimals.
fn number(word: &str) -> Option<Cell> {
    let (sign, digits) = word.strip_prefix('-').map_or((1, word), |digits| (-1, digits));
    let is_digits =
        |part: &str| !part.is_empty() && part.len() <= 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    match digits.split_once('.') {
        None if is_digits(digits) => Some(Cell::Whole(sign * digits.parse::<i64>().ok()?)),
        Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => {
            let kept = fraction.trim_end_matches('0');
            if kept.len() > 2 {
                return None;
            }
            let hundredths: i64 = format!("{kept:0<2}").parse().ok()?;
            Some(Cell::Hundredths(sign * (whole.parse::<i64>().ok()? * 100 + hundredths)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use crate::odata::model::VISITS;

    /// A visit with this state and score.
    fn visit(state: &str, score: Option<i32>) -> Row {
        let cell = |column: &crate::odata::model::Column| match column.name {
            "state" => state.into(),
            "score" => score.into(),
            "score_percent" => crate::odata::model::percent(score),
            "month" => Cell::Day("2026-03-01".parse().unwrap()),
            _ => Cell::Null,
        };
        VISITS.columns.iter().map(cell).collect()
    }

    fn holds(condition: &str, row: &Row) -> bool {
        Condition::parse(condition, &VISITS).unwrap_or_else(|error| panic!("{condition}: {error}")).holds(row)
    }

    #[test]
    fn conditions_hold_as_they_say() {
        let row = visit("final", Some(8_350));
        for (condition, wanted) in [
            ("state eq 'final'", true),
            ("'final' eq state", true),
            ("state ne 'final'", false),
            ("score gt 8349 and score lt 8351", true),
            ("8349 lt score", true),
            ("score eq 8350.0", true),
            ("score_percent eq 83.5", true),
            ("score_percent gt 83.51", false),
            ("score_percent le 84", true),
            ("month ge 2026-03-01 and month lt 2026-04-01", true),
            ("not (month eq 2026-03-01)", false),
            ("state in ('approved', 'final')", true),
            ("state in ('approved')", false),
            ("contains(state,'in') and startswith(state,'f') and endswith(state,'l')", true),
            ("state eq 'x' or score eq 8350 and month eq 2026-03-01", true),
            ("(state eq 'x' or score eq 8350) and month eq 2026-04-01", false),
            ("completed_at eq null", true),
            ("score ne null", true),
            ("state eq 'it''s'", false),
        ] {
            assert_eq!(holds(condition, &row), wanted, "{condition}");
        }
        let without = visit("it's", None);
        for (condition, wanted) in [
            ("score eq null", true),
            ("score ne 5", true),
            ("score lt 5", false),
            ("score ge 0", false),
            ("not (score ge 0)", true),
            ("score in (5, null)", true),
            ("state eq 'it''s'", true),
        ] {
            assert_eq!(holds(condition, &without), wanted, "{condition}");
        }
    }

    #[test]
    fn what_cannot_be_read_has_its_place() {
        for (condition, says) in [
            ("", "at 1 "),
            ("state", "at 6 "),
            ("state eq", "at 9 "),
            ("state eq 'a", "at 10 "),
            ("state eq 5", "at 10 "),
            ("score eq 'five'", "at 10 "),
            ("score eq 1.234", "at 10 "),
            ("id eq 7", "at 7 "),
            ("nothing eq 7", "at 1 "),
            ("(state eq 'a'", "at 14 "),
            ("state eq 'a')", "at 13 "),
            ("state eq 'a' state", "at 14 "),
            ("state like 'a'", "at 7 "),
            ("state eq 'a'; drop table visit", "at 13 "),
            ("contains(score,'a')", "at 10 "),
            ("month eq 2026-13-01", "at 10 "),
        ] {
            let error = Condition::parse(condition, &VISITS).unwrap_err();
            let detail = error.particulars().detail.clone().unwrap();
            let place = says.trim_start_matches("at ").trim();
            assert_eq!(error.code(), Code::MalformedRequest, "{condition}");
            let has_place = detail.split(|one: char| !one.is_ascii_digit()).any(|number| number == place);
            assert!(has_place, "{condition}: {detail}");
        }
    }

    #[test]
    fn what_is_not_supported_has_its_name() {
        for (condition, name) in [
            ("tolower(state) eq 'a'", "tolower()"),
            ("score add 5 gt 3", "add"),
            ("state eq state", "a comparison of two columns"),
            ("1 eq 1", "a comparison of two values"),
            ("branch/name eq 'a'", "branch/name"),
            ("answers/any(a:a/earned gt 1)", "answers/any()"),
            ("state has 'a'", "has"),
            ("$it eq 5", "$it"),
        ] {
            let error = Condition::parse(condition, &VISITS).unwrap_err();
            assert_eq!(error.code(), Code::NotSupported, "{condition}: {error}");
            assert_eq!(error.particulars().detail.clone().unwrap(), format!("{name} is not supported"));
        }
    }

    #[test]
    fn what_is_deep_or_long_is_refused() {
        let deep = |depth: usize| format!("{}state eq 'a'{}", "(".repeat(depth), ")".repeat(depth));
        assert!(Condition::parse(&deep(DEEPEST - 1), &VISITS).is_ok());
        assert!(Condition::parse(&deep(DEEPEST), &VISITS).is_err());
        assert!(Condition::parse(&"not ".repeat(10_000), &VISITS).is_err());
        let long = vec!["score eq 1"; 200].join(" or ");
        assert!(Condition::parse(&long, &VISITS).is_ok());
        assert!(Condition::parse(&vec![long; 2].join(" or "), &VISITS).is_err());
    }
}
