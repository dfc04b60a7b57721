//! Rows in groups, and the numbers that are made of them.

use std::{cmp::Ordering, collections::HashMap};

use super::{
    apply::{Apply, Of},
    cell::{Cell, Row, order},
    refusals::wrong,
};
use crate::error::Result;

/// There are so many groups at most.
const MOST_GROUPS: usize = 10_000;

/// Rows in groups: of each group its numbers so far, and none of its rows.
#[derive(Clone, Debug)]
pub struct Groups {
    apply: Apply,
    groups: HashMap<Vec<Cell>, Vec<Tally>>,
}

impl Groups {
    /// Groups to which no row was added yet.
    pub fn of(apply: &Apply) -> Self {
        let mut groups = HashMap::new();
        if apply.keys.is_empty() {
            groups.insert(Vec::new(), nothing(apply));
        }
        Self { apply: apply.clone(), groups }
    }

    /// Adds rows of which the condition holds.
    ///
    /// # Errors
    /// `malformed_request` if there are too many groups.
    pub fn add(&mut self, rows: &[Row]) -> Result<()> {
        for row in rows {
            let key = self.apply.keys.iter().map(|at| row.get(*at).cloned().unwrap_or(Cell::Null)).collect();
            let tallies = self.groups.entry(key).or_insert_with(|| nothing(&self.apply));
            for (tally, measure) in tallies.iter_mut().zip(&self.apply.measures) {
                tally.add(measure.of, row);
            }
            if self.groups.len() > MOST_GROUPS {
                return Err(wrong(format!(
                    "there are more than {MOST_GROUPS} groups: ask for fewer with filter(…)"
                )));
            }
        }
        Ok(())
    }

    /// A row for each group, in the order of what its rows have in common.
    pub fn rows(self) -> Vec<Row> {
        let Self { apply, groups } = self;
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|(one, _), (other, _)| {
            let mut pairs = one.iter().zip(other).map(|(one, other)| order(one, other));
            pairs.find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
        });
        let made = |(mut key, tallies): (Vec<Cell>, Vec<Tally>)| {
            let measures = apply.measures.iter().zip(tallies);
            key.extend(measures.map(|(measure, tally)| tally.made(measure.of)));
            key
        };
        groups.into_iter().map(made).collect()
    }
}

fn nothing(apply: &Apply) -> Vec<Tally> {
    vec![Tally::default(); apply.measures.len()]
}

/// What was found of the rows of a group so far; empty cells do not count.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// How many rows, or how many cells.
    count: i128,
    /// The sum of numbers, in hundredths.
    sum: i128,
    /// Whether one of the numbers has decimals.
    has_decimals: bool,
    /// The least or the greatest.
    end: Option<Cell>,
}

impl Tally {
    fn add(&mut self, of: Of, row: &Row) {
        let (Of::Sum(at) | Of::Average(at) | Of::Least(at) | Of::Greatest(at)) = of else {
            self.count += 1;
            return;
        };
        let Some(cell) = row.get(at).filter(|cell| **cell != Cell::Null) else { return };
        self.count += 1;
        self.sum += cell.hundredths().unwrap_or_default();
        self.has_decimals |= matches!(cell, Cell::Hundredths(_));
        let is_end = self.end.as_ref().is_none_or(|end| match of {
            Of::Least(_) => order(cell, end).is_lt(),
            Of::Greatest(_) => order(cell, end).is_gt(),
            _ => false,
        });
        if is_end {
            self.end = Some(cell.clone());
        }
    }

    fn made(self, of: Of) -> Cell {
        match of {
            Of::Count => whole(self.count),
            _ if self.count == 0 => Cell::Null,
            Of::Sum(_) if self.has_decimals => as_hundredths(self.sum),
            Of::Sum(_) => whole(self.sum / 100),
            Of::Average(_) => as_hundredths(divided(self.sum, self.count)),
            Of::Least(_) | Of::Greatest(_) => self.end.unwrap_or(Cell::Null),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_rounded_half_to_even() {
        for (sum, count, wanted) in
            [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (10, 3, 3), (11, 3, 4), (6, 3, 2)]
        {
            assert_eq!(divided(sum, count), wanted, "{sum} by {count}");
        }
    }
}
