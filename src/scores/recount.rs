//! The figures as they come out when everything is counted once more.
//!
//! The sums of all visits by place, month and subject would not fit in memory. So the sums of one place and month are one number, their [`Mark`]:
//! each sum times a factor of its subject, added up. Marks add up as sums do, and the factors are drawn anew each time; so sums that differ have the
//! same mark by a chance that is never met.

use std::{
    collections::{
        HashMap, HashSet,
        hash_map::{Entry, RandomState},
    },
    hash::BuildHasher,
};

use super::{
    fold::Figured,
    model::{Counted, InReport, Place, Reader, ShownQuestions},
    statistics::Sums,
    vector::{Counts, Vector},
};
use crate::{
    checklists::{cache::Version, counted::SubjectNumber},
    db::Conn,
    error::Result,
    ids::{BranchId, BrandId, VisitId},
    months::Month,
    places::moves::model::Stays,
    visits::{
        self,
        model::{Visit, VisitHead},
    },
};

/// What of some visits the branch's side is shown.
pub(super) struct Sides {
    /// What their reports show.
    shown: HashMap<VisitId, InReport>,
    /// Those that count for the branch's side without a report.
    before: HashSet<VisitId>,
}

impl Sides {
    /// That of these visits.
    pub(super) fn of(conn: &mut Conn, visits: &[Visit], shown: ShownQuestions) -> Result<Self> {
        let ids: Vec<_> = visits.iter().map(|visit| visit.head.id).collect();
        let shown = shown(conn, &ids)?;
        Ok(Self { shown, before: visits::store::shown_before(conn, ids)?.into_iter().collect() })
    }

    /// What this visit is in, as it is now.
    pub(super) fn counts(&self, visit: &Visit, version: &Version) -> Vec<(Reader, Counted)> {
        let Visit { head: VisitHead { id, state, .. }, .. } = visit;
        let mut counted = Vec::new();
        let is_before = self.before.contains(id);
        if !(state.is_counted() || state.is_shown() || is_before) {
            return counted;
        }
        let scores = version.score_by_subject(visit.content.0.filled());
        let count = |scores| Counted::of(visit, scores);
        if state.is_counted() {
            counted.push((Reader::Desk, count(scores.all())));
        }
        if state.is_shown() {
            let is_shown = |question: &_| self.shown.get(id).is_some_and(|report| report.shows(question));
            counted.push((Reader::BranchSide, count(scores.shown(is_shown))));
        }
        // A mark on what does not count is in no figure: so it shows.
        if is_before {
            counted.push((Reader::BranchSide, count(scores.shown(|_| false))));
        }
        counted
    }
}

/// Stands for the sums of all subjects.
pub(super) type Mark = u128;

/// Makes marks.
#[derive(Default)]
pub(super) struct Marks {
    random: RandomState,
    /// The factors of each subject: of the number of visits, of the sum, of the squares, of the changes.
    factors: HashMap<SubjectNumber, [Mark; 4]>,
}

impl Marks {
    /// That of what visits score. How often they had changed follows from no visit.
    fn of_visits(&mut self, scores: &Vector) -> Mark {
        self.of(scores.iter().map(|(subject, counts)| (subject, Counts { changes: 0, ..counts })))
    }

    pub(super) fn of(&mut self, scores: impl IntoIterator<Item = (SubjectNumber, Counts)>) -> Mark {
        let mut mark: Mark = 0;
        for (subject, Counts { sums: Sums { n, sum, sum_sq }, changes }) in scores {
            let Self { random, factors } = self;
            let factors = factors.entry(subject).or_insert_with(|| {
                let half = |of: (u8, bool)| u128::from(random.hash_one((subject, of)));
                [0, 1, 2, 3].map(|of| half((of, false)) << 64 | half((of, true)))
            });
            for (factor, number) in factors.iter().zip([n, sum, sum_sq, changes]) {
                mark = mark.wrapping_add(factor.wrapping_mul(i128::from(number) as Mark));
            }
        }
        mark
    }
}

/// Marks by what they are of. Places have numbers here, so that each is kept once and not once a month.
pub(super) struct Marked<Months> {
    places: Vec<(Place, BrandId)>,
    numbers: HashMap<(Place, BrandId), u32>,
    marks: HashMap<(u32, Months), Mark>,
}

impl<Months> Default for Marked<Months> {
    fn default() -> Self {
        Self { places: Vec::new(), numbers: HashMap::new(), marks: HashMap::new() }
    }
}

impl<Months: Copy + Eq + std::hash::Hash + Ord> Marked<Months> {
    /// Adds a mark to that of a place and what else it is of.
    pub(super) fn add(&mut self, place: Place, brand: BrandId, of: Months, mark: Mark) {
        let next = self.places.len();
        let number = *self.numbers.entry((place, brand)).or_insert_with(|| {
            self.places.push((place, brand));
            u32::try_from(next).unwrap_or(u32::MAX)
        });
        let sum = self.marks.entry((number, of)).or_default();
        *sum = sum.wrapping_add(mark);
    }

    /// Takes it out again.
    pub(super) fn take(&mut self, place: Place, brand: BrandId, of: Months, mark: Mark) {
        self.add(place, brand, of, mark.wrapping_neg());
    }

    /// All of which something is left, in order.
    pub(super) fn left(&self) -> Vec<(Place, BrandId, Months)> {
        let left = self.marks.iter().filter(|(_, mark)| **mark != 0);
        let mut left: Vec<_> = left
            .filter_map(|((number, of), _)| {
                let (place, brand) = self.places.get(*number as usize)?;
                Some((*place, *brand, *of))
            })
            .collect();
        left.sort_by_key(|(place, brand, of)| (place.kind(), place.id(), *brand, *of));
        left
    }

    /// Adds what is left of branches to all that was above them in the month that is given of it; where none is, to nothing.
    pub(super) fn spread(
        &mut self,
        month_of: impl Fn(Months) -> Option<Month>,
        mut stays_of: impl FnMut(BranchId) -> Result<Stays>,
    ) -> Result<()> {
        let mut known: HashMap<BranchId, Stays> = HashMap::new();
        let branches: Vec<_> = self
            .marks
            .iter()
            .filter_map(|((number, of), mark)| match self.places.get(*number as usize)? {
                (Place::Branch(branch), brand) => Some((*branch, *brand, *of, month_of(*of)?, *mark)),
                _ => None,
            })
            .collect();
        for (branch, brand, of, month, mark) in branches {
            let stays = match known.entry(branch) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(stays_of(branch)?),
            };
            let regions = stays.regions_in(month).map(Place::Region);
            for place in regions.chain([Place::Brand(brand)]) {
                self.add(place, brand, of, mark);
            }
        }
        Ok(())
    }
}

/// The figures of all visits, as marks.
#[derive(Default)]
pub(super) struct Recount {
    pub(super) marks: Marks,
    marked: Marked<(Month, Reader)>,
}

impl Recount {
    /// Counts a visit for its branch.
    pub(super) fn count(&mut self, reader: Reader, visit: &Counted) {
        let Counted { brand_id, branch_id, month, scores, .. } = visit;
        let mark = self.marks.of_visits(scores);
        self.marked.add(Place::Branch(*branch_id), *brand_id, (*month, reader), mark);
    }

    /// Takes out what has changed in a branch since changes were folded in.
    pub(super) fn changed(
        &mut self,
        reader: Reader,
        (brand, branch, month): (BrandId, BranchId, Month),
        by: &Vector,
    ) {
        let mark = self.marks.of_visits(by);
        self.marked.take(Place::Branch(branch), brand, (month, reader), mark);
    }

    /// Adds what was counted for branches to all that was above them in its month: the regions that are given, and the brand.
    pub(super) fn spread(&mut self, stays_of: impl FnMut(BranchId) -> Result<Stays>) -> Result<()> {
        self.marked.spread(|(month, reader)| (reader == Reader::Desk).then_some(month), stays_of)
    }

    /// Takes out what is stored: nothing is left where it is right.
    pub(super) fn stored(&mut self, of: Figured, scores: &Vector) {
        let mark = self.marks.of_visits(scores);
        self.marked.take(of.of_place(), of.brand, (of.month, of.reader), mark);
    }

    /// What is wrong.
    pub(super) fn wrong(&self) -> Vec<Figured> {
        let figured = |(place, brand, (month, reader)): (Place, BrandId, _)| Figured {
            place: place.id(),
            kind: place.kind(),
            brand,
            reader,
            month,
        };
        self.marked.left().into_iter().map(figured).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{db::types::Id, places::moves::model::Stay, scores::model::PlaceKind};

    fn id<T>(number: u128) -> Id<T> {
        Id::new(Uuid::from_u128(number))
    }

    fn month() -> Month {
        "2026-11".parse().unwrap()
    }

    fn scores(scores: &[(i32, i32)]) -> Vector {
        let scores: Vec<_> =
            scores.iter().map(|(subject, score)| (SubjectNumber::new(*subject), *score)).collect();
        Vector::of(&scores)
    }

    fn visit(branch: u128, of: &[(i32, i32)]) -> Counted {
        Counted {
            visit_id: id(9),
            brand_id: id(1),
            branch_id: id(branch),
            month: month(),
            scores: scores(of),
        }
    }

    /// Two branches in one region of one brand; the second one lies outside of it.
    fn recount() -> Recount {
        let mut recount = Recount::default();
        recount.count(Reader::Desk, &visit(10, &[(0, 8_000), (1, 7_000)]));
        recount.count(Reader::Desk, &visit(10, &[(0, 9_000)]));
        recount.count(Reader::Desk, &visit(11, &[(0, 1_000)]));
        recount.count(Reader::BranchSide, &visit(11, &[(0, 1_000)]));
        // The last one was not folded yet.
        recount.count(Reader::Desk, &visit(11, &[(0, 3_000)]));
        recount.changed(Reader::Desk, (id(1), id(11), month()), &scores(&[(0, 3_000)]));
        let stay = |region| Stay { region: id(region), from: Month::FIRST, to: Month::LAST };
        // Until the month before it lay in another region.
        let gone = Stay { to: month().plus(-1).unwrap(), ..stay(6) };
        let stays = |branch| if branch == id(10) { vec![stay(5), stay(4), gone] } else { vec![gone] };
        recount.spread(|branch| Ok(Stays(stays(branch)))).unwrap();
        recount
    }

    type Scored<'s> = &'s [(i32, i32)];

    fn row(kind: PlaceKind, place: u128, reader: Reader, visits: &[Scored]) -> (Figured, Vector) {
        let of = Figured { place: id(place), kind, brand: id(1), reader, month: month() };
        (of, visits.iter().fold(Vector::default(), |all, visit| all.plus(&scores(visit))))
    }

    fn rows() -> Vec<(Figured, Vector)> {
        let [one, other, third]: [Scored; 3] = [&[(0, 8_000), (1, 7_000)], &[(0, 9_000)], &[(0, 1_000)]];
        vec![
            row(PlaceKind::Branch, 10, Reader::Desk, &[one, other]),
            row(PlaceKind::Branch, 11, Reader::Desk, &[third]),
            row(PlaceKind::Branch, 11, Reader::BranchSide, &[third]),
            row(PlaceKind::Region, 4, Reader::Desk, &[one, other]),
            row(PlaceKind::Region, 5, Reader::Desk, &[one, other]),
            row(PlaceKind::Brand, 1, Reader::Desk, &[one, other, third]),
        ]
    }

    fn wrong(rows: &[(Figured, Vector)]) -> Vec<(PlaceKind, u128)> {
        let mut recount = recount();
        rows.iter().for_each(|(of, scores)| recount.stored(*of, scores));
        recount.wrong().iter().map(|of| (of.kind, of.place.uuid().as_u128())).collect()
    }

    #[test]
    fn what_is_right_is_right_and_empty_rows_are_none() {
        assert_eq!(wrong(&rows()), []);
        let empty = row(PlaceKind::Branch, 12, Reader::Desk, &[]);
        assert_eq!(wrong(&[rows(), vec![empty]].concat()), []);
    }

    #[test]
    fn a_wrong_digit_is_found_in_any_subject() {
        for spoilt in [scores(&[(0, 1)]), scores(&[(1, 0)]), scores(&[(7, 10_000)])] {
            for (at, (of, _)) in rows().iter().enumerate() {
                let mut rows = rows();
                rows[at].1 = rows[at].1.plus(&spoilt);
                assert_eq!(wrong(&rows), [(of.kind, of.place.uuid().as_u128())]);
            }
        }
    }

    #[test]
    fn missing_and_excess_rows_are_found_and_those_of_another_brand_kind_month_or_reader() {
        let missing = rows().split_off(1);
        assert_eq!(wrong(&missing), [(PlaceKind::Branch, 10)]);
        let excess = row(PlaceKind::Region, 6, Reader::Desk, &[&[(0, 5)]]);
        assert_eq!(wrong(&[rows(), vec![excess]].concat()), [(PlaceKind::Region, 6)]);
        let wrongs: [fn(&mut Figured); 4] = [
            |of| of.brand = id(2),
            |of| of.kind = PlaceKind::Region,
            |of| of.month = "2026-10".parse().unwrap(),
            |of| of.reader = Reader::BranchSide,
        ];
        for spoil in wrongs {
            let mut rows = rows();
            spoil(&mut rows[0].0);
            assert_eq!(wrong(&rows).len(), 2);
        }
    }
}
