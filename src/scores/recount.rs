//! The sums as they come out when everything is counted once more, and where what is stored differs from that.

use std::{collections::HashMap, fmt};

use super::{
    model::{Counted, PlaceId, PlaceKind, Subject},
    statistics::Sums,
    store::Rollup,
};
use crate::{
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    months::Month,
};

/// A place of a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceOf {
    /// The brand.
    pub brand: BrandId,
    /// What the place is.
    pub kind: PlaceKind,
    /// Its id.
    pub id: PlaceId,
}

/// One rollup that is not what counting gives. Sums of zero stand for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongRollup {
    /// The place.
    pub place: PlaceOf,
    /// The subject, as the column has it.
    pub subject: String,
    /// The month.
    pub month: Month,
    /// What is stored.
    pub stored: Sums,
    /// What counting gives.
    pub recomputed: Sums,
}

impl fmt::Display for WrongRollup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place: PlaceOf { brand, kind, id }, subject, month, stored, recomputed } = self;
        write!(f, "rollup of {kind} {id}, {subject}, {month}")?;
        if *kind != PlaceKind::Brand {
            write!(f, ", brand {brand}")?;
        }
        let sums = |sums: &Sums| format!("n {} Σ {} Σ² {}", sums.n, sums.sum, sums.sum_sq);
        write!(f, ": stored {}, recomputed {}", sums(stored), sums(recomputed))
    }
}

/// The sums of one place, by the number of the subject and by month.
type Figures = HashMap<(usize, Month), Sums>;

/// Sums counted anew. Visits are counted for branches only, and [`Recount::spread`] adds those up.
#[derive(Default)]
pub(super) struct Recount {
    /// Subjects have numbers here, so that each is kept once and not once a month and place.
    subjects: HashMap<Subject, usize>,
    places: HashMap<PlaceOf, Figures>,
}

impl Recount {
    /// Counts a visit for its branch.
    pub(super) fn count(&mut self, visit: Counted) {
        let Counted { brand_id: brand, branch_id, month, scores, .. } = visit;
        let place = PlaceOf { brand, kind: PlaceKind::Branch, id: branch_id.cast() };
        let figures = self.places.entry(place).or_default();
        for (subject, score) in scores {
            let next = self.subjects.len();
            let number = *self.subjects.entry(subject).or_insert(next);
            let sums = figures.entry((number, month)).or_default();
            *sums = sums.plus(Sums::of(score));
        }
    }

    /// Adds what was counted for branches to all that is above them: the regions that are given, and the brand.
    pub(super) fn spread(
        &mut self,
        mut regions_above: impl FnMut(BranchId) -> Result<Vec<RegionId>>,
    ) -> Result<()> {
        let mut above: HashMap<PlaceOf, Figures> = HashMap::new();
        for (place, figures) in &self.places {
            let brand = place.brand;
            let regions = regions_above(place.id.cast())?.into_iter();
            let regions = regions.map(|id| PlaceOf { brand, kind: PlaceKind::Region, id: id.cast() });
            for upper in regions.chain([PlaceOf { brand, kind: PlaceKind::Brand, id: brand.cast() }]) {
                add(above.entry(upper).or_default(), figures);
            }
        }
        self.places.extend(above);
        Ok(())
    }

    /// Takes out what this stored row is about and says how the two differ, if they do.
    pub(super) fn compare(&mut self, stored: &Rollup) -> Option<WrongRollup> {
        let place = PlaceOf { brand: stored.brand_id, kind: stored.place_kind, id: stored.place_id };
        let recomputed = self.take(&place, &stored.subject, stored.month).unwrap_or_default();
        (recomputed != stored.sums()).then(|| WrongRollup {
            place,
            subject: stored.subject.clone(),
            month: stored.month,
            stored: stored.sums(),
            recomputed,
        })
    }

    fn take(&mut self, place: &PlaceOf, subject: &str, month: Month) -> Option<Sums> {
        let number = *self.subjects.get(&Subject::parse(subject)?)?;
        self.places.get_mut(place)?.remove(&(number, month))
    }

    /// What no stored row was about, in the order of places, subjects and months.
    pub(super) fn missing(self) -> impl Iterator<Item = WrongRollup> {
        let names: HashMap<_, _> =
            self.subjects.iter().map(|(subject, number)| (*number, subject.to_string())).collect();
        let name = move |number: usize| names.get(&number).cloned().unwrap_or_default();
        let mut places: Vec<_> = self.places.into_iter().filter(|(_, figures)| !figures.is_empty()).collect();
        places.sort_by_key(|(place, _)| *place);
        places.into_iter().flat_map(move |(place, figures)| {
            let mut rows: Vec<_> = figures
                .into_iter()
                .map(|((number, month), recomputed)| {
                    let (subject, stored) = (name(number), Sums::default());
                    WrongRollup { place, subject, month, stored, recomputed }
                })
                .collect();
            rows.sort_by(|a, b| (&a.subject, a.month).cmp(&(&b.subject, b.month)));
            rows
        })
    }
}

fn add(to: &mut Figures, figures: &Figures) {
    for (key, sums) in figures {
        let all = to.entry(*key).or_default();
        *all = all.plus(*sums);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::db::types::Id;

    fn id<T>(number: u128) -> Id<T> {
        Id::new(Uuid::from_u128(number))
    }

    fn month() -> Month {
        "2026-11".parse().unwrap()
    }

    fn section() -> Subject {
        Subject::Section { checklist: id(7), key: "welcome".into() }
    }

    fn visit(branch: u128, overall: i32, section_score: Option<i32>) -> Counted {
        let section = section_score.map(|score| (section(), score));
        Counted {
            brand_id: id(1),
            branch_id: id(branch),
            region_id: None,
            month: month(),
            scores: [(Subject::Overall, overall)].into_iter().chain(section).collect(),
        }
    }

    fn row(kind: PlaceKind, place: u128, subject: &Subject, scores: &[i32]) -> Rollup {
        let sums = scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)));
        let place = match kind {
            PlaceKind::Brand => crate::scores::model::Place::Brand(id(place)),
            PlaceKind::Region => crate::scores::model::Place::Region(id(place)),
            PlaceKind::Branch => crate::scores::model::Place::Branch(id(place)),
        };
        Rollup::new(place, id(1), subject, month(), sums)
    }

    /// Two branches in one region of one brand; the second one lies outside of it.
    fn recount() -> Recount {
        let mut recount = Recount::default();
        recount.count(visit(10, 8_000, Some(7_000)));
        recount.count(visit(10, 9_000, None));
        recount.count(visit(11, 1_000, None));
        recount.spread(|branch| Ok(if branch == id(10) { vec![id(5), id(4)] } else { Vec::new() })).unwrap();
        recount
    }

    fn rows() -> Vec<Rollup> {
        let (overall, section) = (Subject::Overall, section());
        let region = |id| [(id, &overall, vec![8_000, 9_000]), (id, &section, vec![7_000])];
        let mut rows = vec![
            row(PlaceKind::Branch, 10, &overall, &[8_000, 9_000]),
            row(PlaceKind::Branch, 10, &section, &[7_000]),
            row(PlaceKind::Branch, 11, &overall, &[1_000]),
            row(PlaceKind::Brand, 1, &overall, &[8_000, 9_000, 1_000]),
            row(PlaceKind::Brand, 1, &section, &[7_000]),
        ];
        let above = [region(4), region(5)].into_iter().flatten();
        rows.extend(above.map(|(id, subject, scores)| row(PlaceKind::Region, id, subject, &scores)));
        rows
    }

    fn wrong(rows: &[Rollup]) -> Vec<String> {
        let mut recount = recount();
        let mut wrong: Vec<_> = rows.iter().filter_map(|row| recount.compare(row)).collect();
        wrong.extend(recount.missing());
        wrong.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_right_is_right_and_empty_rows_are_none() {
        assert_eq!(wrong(&rows()), Vec::<String>::new());
        let empty = row(PlaceKind::Branch, 12, &Subject::Overall, &[]);
        assert_eq!(wrong(&[rows(), vec![empty]].concat()), Vec::<String>::new());
    }

    #[test]
    fn a_planted_wrong_row_is_named() {
        let mut rows = rows();
        rows[0] = row(PlaceKind::Branch, 10, &Subject::Overall, &[8_000, 9_001]);
        let place = "rollup of branch 00000000-0000-0000-0000-00000000000a, overall, 2026-11";
        let brand = "brand 00000000-0000-0000-0000-000000000001";
        let sums = "stored n 2 Σ 17001 Σ² 145018001, recomputed n 2 Σ 17000 Σ² 145000000";
        assert_eq!(wrong(&rows), [format!("{place}, {brand}: {sums}")]);
    }

    #[test]
    fn missing_and_excess_rows_are_named() {
        let mut rows = rows();
        rows.remove(3);
        rows.push(row(PlaceKind::Region, 6, &Subject::Overall, &[5]));
        let found = wrong(&rows);
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("region") && found[0].ends_with("recomputed n 0 Σ 0 Σ² 0"), "{}", found[0]);
        assert!(found[1].contains("brand") && found[1].contains("stored n 0 Σ 0 Σ² 0"), "{}", found[1]);
    }

    #[test]
    fn a_row_of_the_wrong_brand_kind_or_subject_is_not_taken_for_the_right_one() {
        let right = rows();
        let wrongs: [fn(&mut Rollup); 3] = [
            |row| row.brand_id = id(2),
            |row| row.place_kind = PlaceKind::Region,
            |row| row.subject = "Overall".into(),
        ];
        for spoil in wrongs {
            let mut rows = right.clone();
            spoil(&mut rows[2]);
            assert_eq!(wrong(&rows).len(), 2);
        }
    }
}
