//! Sums of many subjects as one value: what a row of figures holds beside whole visits.

use serde::{Deserialize, Serialize};

use super::statistics::Sums;
use crate::{
    checklists::counted::SubjectNumber,
    error::{Error, Result},
};

/// The scores of some visits in one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// What they add up to.
    pub sums: Sums,
    /// How often a visit was taken out that counted for the branch's side without a report.
    pub changes: i64,
}

impl Counts {
    /// Nothing.
    pub const NONE: Self = Self { sums: Sums { n: 0, sum: 0, sum_sq: 0 }, changes: 0 };

    /// These and the others.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { sums: self.sums.plus(other.sums), changes: self.changes + other.changes }
    }

    /// These without the others.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self { sums: self.sums.minus(other.sums), changes: self.changes - other.changes }
    }
}

/// What some visits scored, by subject. A subject in which nothing is counted is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vector(Vec<(SubjectNumber, Counts)>);

impl Vector {
    /// One visit with these scores in basis points, each subject once.
    pub fn of(scores: &[(SubjectNumber, i32)]) -> Self {
        let counts = |(subject, score): &(SubjectNumber, i32)| {
            (*subject, Counts { sums: Sums::of(*score), changes: 0 })
        };
        scores.iter().map(counts).collect()
    }

    /// The same taken out; `changes` says for how many visits without a report that is.
    #[must_use]
    pub fn taken_out(self, changes: i64) -> Self {
        let out = |(subject, counts): (SubjectNumber, Counts)| {
            let sums = Sums::default().minus(counts.sums);
            (subject, Counts { sums, changes: counts.changes + changes })
        };
        self.0.into_iter().map(out).collect()
    }

    /// Of each subject how often visits were taken out without a report, and nothing else.
    #[must_use]
    pub fn without_sums(&self) -> Self {
        let only = |(subject, counts): (SubjectNumber, Counts)| {
            (subject, Counts { sums: Sums::default(), ..counts })
        };
        self.iter().map(only).collect()
    }

    /// The visits of both.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::with_capacity(self.0.len().max(other.0.len()));
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (Some((one, _)), Some((other, _))) if one == other => {
                    ours.next().zip(theirs.next()).map(|((subject, a), (_, b))| (*subject, a.plus(*b)))
                }
                (Some((one, _)), Some((other, _))) if other < one => theirs.next().copied(),
                (Some(_), _) => ours.next().copied(),
                (None, _) => theirs.next().copied(),
            };
            let Some((subject, counts)) = next else { return Self(both) };
            if counts != Counts::NONE {
                both.push((subject, counts));
            }
        }
    }

    /// What is counted in a subject.
    pub fn get(&self, subject: SubjectNumber) -> Counts {
        let at = self.0.binary_search_by_key(&subject, |(subject, _)| *subject);
        at.ok().and_then(|at| self.0.get(at)).map_or(Counts::NONE, |(_, counts)| *counts)
    }

    /// Each subject in which something is counted, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (SubjectNumber, Counts)> {
        self.0.iter().copied()
    }

    /// The sums of whole visits, and the bytes that stand for all else.
    ///
    /// # Errors
    /// `internal` if there is no memory for them.
    pub fn packed(&self) -> Result<(Sums, Vec<u8>)> {
        let overall = self.get(SubjectNumber::OVERALL);
        let beside = (SubjectNumber::OVERALL, Counts { sums: Sums::default(), ..overall });
        let parts = self.iter().filter(|(subject, _)| *subject != SubjectNumber::OVERALL);
        let all = [beside].into_iter().chain(parts).filter(|(_, counts)| *counts != Counts::NONE);
        let entries = all.map(|(subject, counts)| Entry::of(subject, counts)).collect();
        let bytes = postcard::to_allocvec(&Packed::First(entries)).map_err(Error::internal)?;
        Ok((overall.sums, bytes))
    }

    /// The reverse of [`packed`](Self::packed).
    ///
    /// # Errors
    /// `internal` if the bytes stand for nothing.
    pub fn unpacked(overall: Sums, bytes: &[u8]) -> Result<Self> {
        let Packed::First(entries) = postcard::from_bytes(bytes).map_err(Error::internal)?;
        let overall = [(SubjectNumber::OVERALL, Counts { sums: overall, changes: 0 })].into_iter();
        Ok(overall.chain(entries.into_iter().map(Entry::counts)).collect())
    }
}

/// Subjects may come in any order, and more than once.
impl FromIterator<(SubjectNumber, Counts)> for Vector {
    fn from_iter<T: IntoIterator<Item = (SubjectNumber, Counts)>>(iter: T) -> Self {
        let mut entries: Vec<_> = iter.into_iter().collect();
        entries.sort_by_key(|(subject, _)| *subject);
        entries.dedup_by(|(subject, more), (same, counts)| {
            let is_same = subject == same;
            if is_same {
                *counts = counts.plus(*more);
            }
            is_same
        });
        entries.retain(|(_, counts)| *counts != Counts::NONE);
        Self(entries)
    }
}

/// The forms in which sums are kept. Whole numbers take as many bytes as they need.
#[derive(Serialize, Deserialize)]
enum Packed {
    First(Vec<Entry>),
}

/// A subject's number, how many visits it has, what they add up to, how far their squares are from what they would be if each score were all or
/// nothing (as most are: then it is one byte), and the changes.
#[derive(Serialize, Deserialize)]
struct Entry(i32, i64, i64, i64, i64);

/// The highest score, in basis points.
const FULL: i64 = 10_000;

impl Entry {
    fn of(subject: SubjectNumber, Counts { sums, changes }: Counts) -> Self {
        Self(subject.get(), sums.n, sums.sum, from_all_or_nothing(sums), changes)
    }

    fn counts(self) -> (SubjectNumber, Counts) {
        let Self(subject, n, sum, from, changes) = self;
        let sums = Sums { n, sum, sum_sq: squares(sum, from) };
        (SubjectNumber::new(subject), Counts { sums, changes })
    }
}

/// How far the squares are from what they would be if each score were all or nothing.
pub(super) fn from_all_or_nothing(sums: Sums) -> i64 {
    FULL.wrapping_mul(sums.sum).wrapping_sub(sums.sum_sq)
}

/// The reverse: the sum of the squares.
pub(super) fn squares(sum: i64, from_all_or_nothing: i64) -> i64 {
    FULL.wrapping_mul(sum).wrapping_sub(from_all_or_nothing)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn visit(scores: &[(i32, i32)]) -> Vector {
        let scores: Vec<_> =
            scores.iter().map(|(subject, score)| (SubjectNumber::new(*subject), *score)).collect();
        Vector::of(&scores)
    }

    #[test]
    fn visits_come_and_go_and_leave_nothing() {
        let (one, other) = (visit(&[(0, 8_000), (3, 10_000)]), visit(&[(0, 9_000), (2, 0)]));
        let both = one.plus(&other);
        assert_eq!(both, other.plus(&one));
        assert_eq!(both.get(SubjectNumber::OVERALL).sums, Sums { n: 2, sum: 17_000, sum_sq: 145_000_000 });
        assert_eq!(both.get(SubjectNumber::new(2)).sums, Sums { n: 1, sum: 0, sum_sq: 0 });
        assert_eq!(both.get(SubjectNumber::new(1)), Counts::NONE);
        assert_eq!(both.plus(&other.taken_out(0)), one);
        let out = one.plus(&one.clone().taken_out(1));
        assert_eq!(
            out.iter().map(|(subject, counts)| (subject.get(), counts.changes)).collect::<Vec<_>>(),
            [(0, 1), (3, 1)]
        );
    }

    #[test]
    fn a_subject_of_yes_and_no_takes_few_bytes() {
        let many = (0..50).fold(Vector::default(), |all, number| {
            all.plus(&visit(&[(0, 5_000), (200, if number % 2 == 0 { 10_000 } else { 0 })]))
        });
        let (overall, parts) = many.packed().unwrap();
        assert_eq!((overall.n, parts.len()), (50, 2 + 2 + 1 + 3 + 1 + 1));
    }

    #[test]
    fn other_bytes_stand_for_nothing() {
        for bytes in [&[][..], &[1, 0], &[0, 2, 1]] {
            assert!(Vector::unpacked(Sums::default(), bytes).is_err(), "{bytes:?}");
        }
    }

    prop_compose! {
        fn vector()(entries in prop::collection::vec((0..40, any::<[i32; 3]>(), -3_i64..3), 0..60)) -> Vector {
            let counts = |(subject, [n, sum, sum_sq], changes): (i32, [i32; 3], i64)| {
                let sums = Sums { n: n.into(), sum: sum.into(), sum_sq: sum_sq.into() };
                (SubjectNumber::new(subject), Counts { sums, changes })
            };
            entries.into_iter().map(counts).collect()
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_reads_back(all in vector()) {
            let (overall, parts) = all.packed().unwrap();
            prop_assert_eq!(Vector::unpacked(overall, &parts).unwrap(), all);
        }

        #[test]
        fn the_order_of_adding_does_not_matter(one in vector(), other in vector(), third in vector()) {
            prop_assert_eq!(one.plus(&other).plus(&third), third.plus(&one).plus(&other));
            let both: Vector = one.iter().chain(other.iter()).collect();
            prop_assert_eq!(one.plus(&other), both);
        }
    }
}
