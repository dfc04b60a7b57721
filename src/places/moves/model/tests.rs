#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn region(number: usize) -> RegionId {
    RegionId::new(Uuid::from_u128(number as u128 + 1))
}

fn month(number: i32) -> Month {
    Month::new(2026, 1).unwrap().plus(number).unwrap()
}

fn way(first: Option<usize>, moves: &[(i32, Option<usize>)]) -> Way {
    let moves = moves.iter().map(|(at, to)| (month(*at), to.map(region))).collect();
    Way { first: first.map(region), moves }
}

/// Town lies in country, and from the third month on in other; hamlet in town.
fn tree() -> Tree {
    Tree::new([
        (region(0), way(None, &[])),
        (region(1), way(None, &[])),
        (region(2), way(Some(0), &[(3, Some(1))])),
        (region(3), way(Some(2), &[])),
    ])
}

#[test]
fn a_place_lies_where_the_last_move_that_has_begun_says() {
    let way = way(Some(0), &[(2, Some(1)), (2, Some(2)), (5, None)]);
    let found: Vec<_> = [0, 1, 2, 4, 5, 9].iter().map(|at| way.region_in(month(*at))).collect();
    let wanted = [Some(0), Some(0), Some(2), Some(2), None, None];
    assert_eq!(found, wanted.map(|at: Option<usize>| at.map(region)));
    assert_eq!(way.without_the_last().region_in(month(9)), Some(region(2)));
}

#[test]
fn what_lies_in_a_region_that_moves_goes_with_it() {
    let above = |at| tree().above(Some(region(3)), month(at));
    assert_eq!(above(2), [region(3), region(2), region(0)]);
    assert_eq!(above(3), [region(3), region(2), region(1)]);
    let stays = tree().stays(&way(Some(3), &[(4, None)]));
    let stay = |of, from, to| Stay { region: region(of), from, to };
    let wanted = [
        stay(0, Month::FIRST, month(2)),
        stay(1, month(3), month(3)),
        stay(2, Month::FIRST, month(3)),
        stay(3, Month::FIRST, month(3)),
    ];
    assert_eq!(stays.0, wanted);
    assert_eq!(stays.changes(), [month(3), month(4)]);
}

#[test]
fn circles_are_told_in_any_month_and_so_are_trees_that_are_too_deep() {
    let moved = |at, to| {
        let of = tree().way(region(1)).unwrap().clone().moved(month(at), Some(region(to)));
        tree().with(region(1), of)
    };
    // In the first months town is in country still.
    assert_eq!(moved(1, 3).fault(region(1), month(1)), Some(Fault::Circle(month(3))));
    assert_eq!(moved(1, 0).fault(region(1), month(1)), None);
    assert_eq!(moved(1, 1).fault(region(1), month(1)), Some(Fault::Circle(month(1))));
    let deep =
        |depth: usize| Tree::new((0..depth).map(|number| (region(number), way(number.checked_sub(1), &[]))));
    assert_eq!(deep(DEEPEST).fault(region(0), month(0)), None);
    assert_eq!(deep(DEEPEST + 1).fault(region(0), month(0)), Some(Fault::Depth(month(0))));
}

#[test]
fn what_is_added_may_be_too_deep_in_another_month_than_the_present_one() {
    // A chain, and beside it a region that lies at its end from the second month on until the fourth.
    let chain = |depth: usize| {
        let ways = (0..depth).map(|number| (region(number), way(number.checked_sub(1), &[])));
        let moves = [(2, depth.checked_sub(1)), (4, None)];
        Tree::new(ways.chain([(region(90), way(None, &moves))]))
    };
    let is_too_deep =
        |depth, at: Option<usize>, further| chain(depth).is_ever_too_deep(at.map(region), further);
    assert!(!is_too_deep(DEEPEST - 2, Some(90), 1) && is_too_deep(DEEPEST - 1, Some(90), 1));
    assert!(
        !is_too_deep(DEEPEST - 1, Some(DEEPEST - 2), 1) && is_too_deep(DEEPEST - 1, Some(DEEPEST - 2), 2)
    );
    assert!(!is_too_deep(1, None, DEEPEST) && is_too_deep(1, None, DEEPEST + 1));
}

/// Where a region lies at first, and its moves: after so many months, and to where.
type Drawn = (prop::sample::Index, Vec<(i32, prop::sample::Index)>);

prop_compose! {
    /// Regions of which each lies in those before it alone, so that there are no circles.
    fn forests()(ways in prop::collection::vec(
        (any::<prop::sample::Index>(), prop::collection::vec((0..8_i32, any::<prop::sample::Index>()), 0..3)), 1..8,
    )) -> Vec<Way> {
        let lies_in = |number: usize, index: &prop::sample::Index| index.index(number + 1).checked_sub(1);
        let way = |(number, (first, moves)): (usize, &Drawn)| {
            let mut moves: Vec<_> = moves.iter().map(|(at, to)| (*at, lies_in(number, to))).collect();
            moves.sort_by_key(|(at, _)| *at);
            super::tests::way(lies_in(number, first), &moves)
        };
        ways.iter().enumerate().map(way).collect()
    }
}

proptest! {
    #[test]
    fn stays_say_of_each_month_what_walking_up_says(forest in forests()) {
        let own = forest.last().unwrap().clone();
        let tree = Tree::new(forest.into_iter().enumerate().map(|(number, way)| (region(number), way)));
        let stays = tree.stays(&own);
        let mut before = BTreeSet::from_iter(stays.regions_in(Month::FIRST));
        for at in -1..10 {
            let walked = BTreeSet::from_iter(tree.above(own.region_in(month(at)), month(at)));
            let listed: Vec<_> = stays.regions_in(month(at)).collect();
            prop_assert_eq!(listed.len(), walked.len());
            prop_assert_eq!(BTreeSet::from_iter(listed), walked.clone());
            prop_assert_eq!(stays.changes().contains(&month(at)), walked != before);
            before = walked;
        }
    }
}
