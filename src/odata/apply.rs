//! Groups: what `$apply` makes of rows (OData Extension for Data Aggregation 4.0), as far as it is supported: rows of which a
//! condition holds, grouped by one or two columns or altogether, with counts, sums, means and ends.

use std::{cmp::Ordering, collections::HashMap};

use super::{
    filter::{Condition, compare, not_supported, wrong},
    model::{Cell, Edm, Row, Table},
};
use crate::error::Result;

/// Rows are grouped by so many columns at most.
const MOST_KEYS: usize = 2;
/// So many numbers are made of each group at most.
const MOST_MEASURES: usize = 20;
/// There are so many groups at most.
const MOST_GROUPS: usize = 10_000;
/// What is asked has so many characters at most.
const LONGEST: usize = 4_000;

/// What is made of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Apply {
    /// Of which rows.
    pub filter: Option<Condition>,
    /// Where the columns stand by which they are grouped.
    keys: Vec<usize>,
    measures: Vec<Measure>,
}

/// A number that is made of a group.
#[derive(Clone, Debug, PartialEq)]
struct Measure {
    name: String,
    of: Of,
}

/// What it is; of a column where one is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Count,
    Sum(usize),
    Average(usize),
    Least(usize),
    Greatest(usize),
}

impl Apply {
    /// Reads what is to be made of the rows of a table.
    ///
    /// # Errors
    /// `malformed_request` with what cannot be read; `not_supported` with the name of what is not supported.
    pub fn parse(text: &str, table: &Table) -> Result<Self> {
        if text.chars().count() > LONGEST {
            return Err(wrong(format!("$apply has more than {LONGEST} characters")));
        }
        let mut apply = Self::default();
        let steps = split(text, '/')?;
        for (number, step) in steps.iter().enumerate() {
            let is_last = number + 1 == steps.len();
            match called(step) {
                Some(("filter", condition)) if number == 0 && !is_last => {
                    apply.filter = Some(Condition::parse(condition, table)?);
                }
                Some(("groupby", inner)) if is_last => apply.group(inner, table)?,
                Some(("aggregate", inner)) if is_last => apply.measure(inner, table)?,
                Some((name, _)) => return Err(not_supported(&format!("{name}() in this place of $apply"))),
                None => {
                    return Err(wrong("$apply has steps such as groupby((state),aggregate($count as n))"));
                }
            }
        }
        Ok(apply)
    }

    fn group(&mut self, inner: &str, table: &Table) -> Result<()> {
        let parts = split(inner, ',')?;
        let keys = parts.first().and_then(|keys| keys.strip_prefix('(')?.strip_suffix(')'));
        let keys = keys.ok_or_else(|| wrong("groupby has its columns in parentheses of their own"))?;
        for name in split(keys, ',')? {
            if name.contains(['(', '/', '$']) {
                return Err(not_supported(&format!("{name} in groupby")));
            }
            let found = table.column(name);
            let at = found.ok_or_else(|| {
                wrong(format!("groupby names something that is no column of {}", table.set))
            })?;
            if self.keys.contains(&at) {
                return Err(wrong("groupby names a column twice"));
            }
            self.keys.push(at);
        }
        if self.keys.len() > MOST_KEYS {
            return Err(not_supported(&format!("groupby of more than {MOST_KEYS} columns")));
        }
        match parts.get(1..).unwrap_or_default() {
            [] => Ok(()),
            [one] => match called(one) {
                Some(("aggregate", inner)) => self.measure(inner, table),
                Some((name, _)) => Err(not_supported(&format!("{name}() in groupby"))),
                None => Err(wrong("behind the columns of groupby stands aggregate(…)")),
            },
            _ => Err(wrong("groupby has columns, and aggregate(…) behind them")),
        }
    }

    fn measure(&mut self, inner: &str, table: &Table) -> Result<()> {
        for one in split(inner, ',')? {
            let words: Vec<_> = one.split_whitespace().collect();
            let (of, name) = match words.as_slice() {
                ["$count", "as", name] => (Of::Count, *name),
                [column, "with", method, "as", name] => (Self::of(column, method, table)?, *name),
                _ => {
                    return Err(wrong(
                        "aggregate has parts such as score with average as mean, and $count as n",
                    ));
                }
            };
            let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
                && name.len() <= 60;
            let is_taken =
                table.column(name).is_some() || self.measures.iter().any(|measure| measure.name == name);
            if !is_name || is_taken {
                return Err(wrong(
                    "what is made by aggregate has a name of letters and digits that is not taken",
                ));
            }
            self.measures.push(Measure { name: name.to_owned(), of });
        }
        match self.measures.len() {
            ..=MOST_MEASURES => Ok(()),
            _ => Err(wrong(format!("aggregate has {MOST_MEASURES} parts at most"))),
        }
    }

    fn of(column: &str, method: &str, table: &Table) -> Result<Of> {
        let at = table.column(column);
        let at =
            at.ok_or_else(|| wrong(format!("aggregate names something that is no column of {}", table.set)))?;
        let edm = table.columns.get(at).map(|column| column.edm);
        let is_number = matches!(edm, Some(Edm::Int32 | Edm::Decimal));
        let has_order = is_number || matches!(edm, Some(Edm::Date | Edm::DateTimeOffset));
        match (method, is_number, has_order) {
            ("sum", true, _) => Ok(Of::Sum(at)),
            ("average", true, _) => Ok(Of::Average(at)),
            ("min", _, true) => Ok(Of::Least(at)),
            ("max", _, true) => Ok(Of::Greatest(at)),
            ("sum" | "average" | "min" | "max", ..) => {
                Err(wrong(format!("{method} is of numbers or moments")))
            }
            (other, ..) => Err(not_supported(&format!("{other} in aggregate"))),
        }
    }

    /// The names of the columns that come of it.
    pub fn names(&self, table: &Table) -> Vec<String> {
        let keys =
            self.keys.iter().filter_map(|at| table.columns.get(*at)).map(|column| column.name.to_owned());
        keys.chain(self.measures.iter().map(|measure| measure.name.clone())).collect()
    }

    /// The groups of these rows, in the order of what they have in common.
    ///
    /// # Errors
    /// `malformed_request` if there are too many.
    pub fn groups(&self, rows: &[Row]) -> Result<Vec<Row>> {
        let mut groups: HashMap<Vec<Cell>, Vec<&Row>> = HashMap::new();
        if self.keys.is_empty() {
            groups.insert(Vec::new(), Vec::new());
        }
        for row in rows {
            let key = self.keys.iter().map(|at| row.get(*at).cloned().unwrap_or(Cell::Null)).collect();
            groups.entry(key).or_default().push(row);
            if groups.len() > MOST_GROUPS {
                return Err(wrong(format!(
                    "there are more than {MOST_GROUPS} groups: ask for fewer with filter(…)"
                )));
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|(one, _), (other, _)| {
            let mut pairs = one.iter().zip(other).map(|(one, other)| ordered(one, other));
            pairs.find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
        });
        let made = |(mut key, rows): (Vec<Cell>, Vec<&Row>)| {
            key.extend(self.measures.iter().map(|measure| measure.of.made(&rows)));
            key
        };
        Ok(groups.into_iter().map(made).collect())
    }
}

/// What is empty comes before everything else.
fn ordered(one: &Cell, other: &Cell) -> Ordering {
    compare(one, other).unwrap_or_else(|| (*one != Cell::Null).cmp(&(*other != Cell::Null)))
}

impl Of {
    /// Made of these rows; empty cells do not count.
    fn made(self, rows: &[&Row]) -> Cell {
        let cells =
            |at: usize| rows.iter().filter_map(move |row| row.get(at)).filter(|cell| **cell != Cell::Null);
        match self {
            Self::Count => whole(rows.len() as i128),
            Self::Sum(at) => {
                let is_whole = cells(at).all(|cell| matches!(cell, Cell::Whole(_)));
                match (cells(at).next(), is_whole) {
                    (None, _) => Cell::Null,
                    (Some(_), true) => whole(cells(at).map(hundredths).sum::<i128>() / 100),
                    (Some(_), false) => as_hundredths(cells(at).map(hundredths).sum()),
                }
            }
            Self::Average(at) => match cells(at).count() as i128 {
                0 => Cell::Null,
                count => as_hundredths(divided(cells(at).map(hundredths).sum(), count)),
            },
            Self::Least(at) => {
                cells(at).min_by(|one, other| ordered(one, other)).cloned().unwrap_or(Cell::Null)
            }
            Self::Greatest(at) => {
                cells(at).max_by(|one, other| ordered(one, other)).cloned().unwrap_or(Cell::Null)
            }
        }
    }
}

fn hundredths(cell: &Cell) -> i128 {
    match cell {
        Cell::Whole(number) => i128::from(*number) * 100,
        Cell::Hundredths(number) => i128::from(*number),
        _ => 0,
    }
}

fn whole(number: i128) -> Cell {
    i64::try_from(number).map_or(Cell::Null, Cell::Whole)
}

fn as_hundredths(number: i128) -> Cell {
    i64::try_from(number).map_or(Cell::Null, Cell::Hundredths)
}

/// Divided by a count, rounded half to even, as the mean of scores is.
fn divided(sum: i128, count: i128) -> i128 {
    let (quotient, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
    match (2 * rest).cmp(&count) {
        Ordering::Less => quotient,
        Ordering::Greater => quotient + 1,
        Ordering::Equal => quotient + quotient.rem_euclid(2),
    }
}

/// A step's name, and what stands between its parentheses.
fn called(step: &str) -> Option<(&str, &str)> {
    let (name, inner) = step.trim().split_once('(')?;
    Some((name.trim(), inner.strip_suffix(')')?))
}

/// The parts between these marks, outside of parentheses and of texts.
fn split(text: &str, mark: char) -> Result<Vec<&str>> {
    let (mut parts, mut begun, mut depth, mut is_quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, character) in text.char_indices() {
        match character {
            '\'' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => depth += 1,
            ')' => {
                depth = depth.checked_sub(1).ok_or_else(|| wrong("$apply has a `)` without its `(`"))?;
            }
            other if other == mark && depth == 0 => {
                parts.push(text.get(begun..at).unwrap_or_default().trim());
                begun = at + other.len_utf8();
            }
            _ => {}
        }
    }
    if depth > 0 || is_quoted {
        return Err(wrong("$apply ends in the middle of parentheses or of a text"));
    }
    parts.push(text.get(begun..).unwrap_or_default().trim());
    Ok(parts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use crate::{error::Code, odata::model::VISITS};

    /// Visits, each with its state and score.
    fn visits(all: &[(&str, Option<i32>)]) -> Vec<Row> {
        let row = |(state, score): &(&str, Option<i32>)| {
            let cell = |column: &crate::odata::model::Column| match column.name {
                "state" => (*state).into(),
                "score" => (*score).into(),
                "score_percent" => crate::odata::model::percent(*score),
                _ => Cell::Null,
            };
            VISITS.columns.iter().map(cell).collect()
        };
        all.iter().map(row).collect()
    }

    fn made(apply: &str) -> (Vec<String>, Vec<Row>) {
        let rows = visits(&[("b", Some(5)), ("a", Some(1)), ("b", None), ("b", Some(8)), ("a", Some(2))]);
        let apply = Apply::parse(apply, &VISITS).unwrap_or_else(|error| panic!("{apply}: {error}"));
        let rows: Vec<_> =
            rows.into_iter().filter(|row| apply.filter.as_ref().is_none_or(|one| one.holds(row))).collect();
        (apply.names(&VISITS), apply.groups(&rows).unwrap())
    }

    #[test]
    fn groups_have_their_numbers() {
        let all = "groupby((state),aggregate($count as n,score with sum as all,score with average as mean,\
            score_percent with average as share,score with min as least,score with max as most))";
        let (names, rows) = made(all);
        assert_eq!(names, ["state", "n", "all", "mean", "share", "least", "most"]);
        let (whole, part) = (Cell::Whole, Cell::Hundredths);
        assert_eq!(
            rows,
            [
                vec!["a".into(), whole(2), whole(3), part(150), part(2), whole(1), whole(2)],
                vec!["b".into(), whole(3), whole(13), part(650), part(6), whole(5), whole(8)],
            ]
        );
        assert_eq!(made("groupby((state))").1, [vec![Cell::from("a")], vec![Cell::from("b")]]);
        let few = "filter(state eq 'b' and score ne null)/aggregate($count as n,score with average as mean)";
        assert_eq!(made(few).1, [vec![whole(2), part(650)]]);
        assert_eq!(
            made("filter(state eq '/),')/aggregate($count as n,score with sum as s)").1,
            [vec![whole(0), Cell::Null]]
        );
        assert_eq!(made("groupby((state,month),aggregate($count as n))").1.len(), 2);
    }

    #[test]
    fn means_are_rounded_half_to_even() {
        for (sum, count, wanted) in
            [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (10, 3, 3), (11, 3, 4), (6, 3, 2)]
        {
            assert_eq!(divided(sum, count), wanted, "{sum} by {count}");
        }
    }

    #[test]
    fn what_is_wrong_and_what_is_not_supported_differ() {
        for (apply, code) in [
            ("", Code::MalformedRequest),
            ("groupby(state)", Code::MalformedRequest),
            ("groupby((nothing))", Code::MalformedRequest),
            ("groupby((state,state))", Code::MalformedRequest),
            ("groupby((state),aggregate(score with sum))", Code::MalformedRequest),
            ("groupby((state),aggregate(state with sum as s))", Code::MalformedRequest),
            ("groupby((state),aggregate($count as score))", Code::MalformedRequest),
            ("groupby((state),aggregate($count as n,$count as n))", Code::MalformedRequest),
            ("groupby((state),aggregate($count as n;))", Code::MalformedRequest),
            ("groupby((state)", Code::MalformedRequest),
            ("filter(state eq 5)/groupby((state))", Code::MalformedRequest),
            ("groupby((state,month,branch_id))", Code::NotSupported),
            ("groupby((rollup(state)))", Code::NotSupported),
            ("groupby((branch/name))", Code::NotSupported),
            ("aggregate(score with countdistinct as n)", Code::NotSupported),
            ("groupby((state))/filter(state eq 'a')", Code::NotSupported),
            ("topcount(2,score)", Code::NotSupported),
            ("groupby((state),topcount(2,score))", Code::NotSupported),
        ] {
            assert_eq!(Apply::parse(apply, &VISITS).unwrap_err().code(), code, "{apply}");
        }
    }
}
