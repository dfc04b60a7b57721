//! What `$apply` asks for (OData Extension for Data Aggregation 4.0), as far as it is supported: rows of which a
//! condition holds, grouped by one or two columns or altogether, with counts, sums, means and ends.

use super::{
    condition::Condition,
    model::{Edm, Table},
    refusals::{not_supported, wrong},
};
use crate::error::Result;

/// Rows are grouped by so many columns at most.
const MOST_KEYS: usize = 2;
/// So many numbers are made of each group at most.
const MOST_MEASURES: usize = 20;
/// What is asked has so many characters at most.
const LONGEST: usize = 4_000;

/// What is made of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Apply {
    /// Of which rows.
    pub filter: Option<Condition>,
    /// Where the columns stand by which they are grouped.
    pub(super) keys: Vec<usize>,
    pub(super) measures: Vec<Measure>,
}

/// A number that is made of a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measure {
    name: String,
    pub(super) of: Of,
}

/// What it is; of a column where one is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
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
    use crate::{
        error::Code,
        odata::{
            cell::{Cell, Row, percent},
            groups::Groups,
            model::{Column, VISITS},
        },
    };

    /// Visits, each with its state and score.
    fn visits(all: &[(&str, Option<i32>)]) -> Vec<Row> {
        let row = |(state, score): &(&str, Option<i32>)| {
            let cell = |column: &Column| match column.name {
                "state" => (*state).into(),
                "score" => (*score).into(),
                "score_percent" => percent(*score),
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
        let mut groups = Groups::of(&apply);
        rows.chunks(2).for_each(|some| groups.add(some).unwrap());
        (apply.names(&VISITS), groups.rows())
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
