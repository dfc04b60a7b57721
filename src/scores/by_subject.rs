//! What is shown of many subjects as one value of a row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    shown::Figure,
    statistics::Sums,
    vector::{from_all_or_nothing, squares},
};
use crate::{
    checklists::counted::SubjectNumber,
    error::{Error, Result},
};

/// What is kept of one place and some months on end.
pub(super) type BySubject = BTreeMap<SubjectNumber, Figure>;

/// The forms in which figures are kept. Whole numbers take as many bytes as they need.
#[derive(Serialize, Deserialize)]
enum Packed {
    First(Vec<Entry>),
}

/// A subject's number, how many visits are known of, the sums as [`Vector`](crate::scores::vector::Vector) has them, and the changes of a span.
#[derive(Serialize, Deserialize)]
struct Entry(i32, i64, i64, i64, i64, Option<i64>);

/// Whole visits, and the bytes that stand for all other subjects.
///
/// # Errors
/// `internal` if there is no memory for them.
pub(super) fn pack(figures: &BySubject) -> Result<(Figure, Vec<u8>)> {
    let overall = figures.get(&SubjectNumber::OVERALL).copied().unwrap_or_default();
    let parts = figures.iter().filter(|(subject, _)| **subject != SubjectNumber::OVERALL);
    let entry = |(subject, figure): (&SubjectNumber, &Figure)| {
        let Figure { known, sums, changes } = *figure;
        Entry(subject.get(), known, sums.n, sums.sum, from_all_or_nothing(sums), changes)
    };
    let entries = parts.filter(|(_, figure)| **figure != Figure::default()).map(entry).collect();
    Ok((overall, postcard::to_allocvec(&Packed::First(entries)).map_err(Error::internal)?))
}

/// The reverse of [`pack`].
///
/// # Errors
/// `internal` if the bytes stand for nothing.
pub(super) fn unpack(overall: Figure, bytes: &[u8]) -> Result<BySubject> {
    let Packed::First(entries) = postcard::from_bytes(bytes).map_err(Error::internal)?;
    let figure = |Entry(subject, known, n, sum, from, changes)| {
        let sums = Sums { n, sum, sum_sq: squares(sum, from) };
        (SubjectNumber::new(subject), Figure { known, sums, changes })
    };
    let whole = (SubjectNumber::OVERALL, overall);
    Ok([whole].into_iter().chain(entries.into_iter().map(figure)).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_reads_back() {
        let figure = |known, score, changes| Figure { known, sums: Sums::of(score), changes };
        let figures: BySubject =
            [(0, figure(4, 9_000, Some(0))), (3, figure(0, 5_000, None)), (200, figure(2, 10_000, Some(2)))]
                .into_iter()
                .map(|(subject, figure)| (SubjectNumber::new(subject), figure))
                .collect();
        let (overall, bytes) = pack(&figures).unwrap();
        assert_eq!(overall, figure(4, 9_000, Some(0)));
        assert_eq!(unpack(overall, &bytes).unwrap(), figures);
        assert!(unpack(overall, &[7]).is_err());
    }
}
