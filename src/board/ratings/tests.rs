#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::db::types::Id;

const NOW: i64 = 2_000_000_000;

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000)
}

fn event(what: Happened, ago: i64) -> Event {
    let of = |number| uuid::Uuid::from_u128(number);
    Event { assignment: Id::new(of(1)), brand: Id::new(of(2)), what, at: at(NOW - ago) }
}

fn rated(events: &[Event]) -> Rating {
    Rating::of(events.to_vec(), at(NOW))
}

fn any_event() -> impl Strategy<Value = Event> {
    (prop::sample::select(Happened::ALL.to_vec()), 0..2 * REMEMBERED).prop_map(|(what, ago)| event(what, ago))
}

proptest! {
    #[test]
    fn a_rating_is_within_its_bounds(events in prop::collection::vec(any_event(), 0..300)) {
        let rating = rated(&events);
        for side in [rating.reliability, rating.quality] {
            prop_assert!((0..=10_000).contains(&side));
        }
        prop_assert!(rating.overall() == rating.reliability || rating.overall() == rating.quality);
        prop_assert!(rating.events.len() <= 2 * MOST_EVENTS);
        prop_assert!(rating.events.is_sorted_by(|later, earlier| later.at >= earlier.at));
        let mut turned = events;
        turned.reverse();
        prop_assert_eq!(&rated(&turned), &rating, "the order of the events does not matter");
        prop_assert_eq!(&rated(&rating.events.clone()), &rating, "what it shows is what it follows from");
    }

    #[test]
    fn something_good_never_lowers_and_something_bad_never_raises(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let before = rated(&events);
        let with = |what| rated(&[&events[..], &[event(what, 0)]].concat());
        prop_assert!(with(Happened::InTime).reliability >= before.reliability);
        prop_assert!(with(Happened::Missed).reliability <= before.reliability);
        prop_assert!(with(Happened::Approved).quality >= before.quality);
        prop_assert!(with(Happened::Rejected).quality <= before.quality);
    }

    #[test]
    fn it_is_what_the_formula_says(kept in 0..40_i64, late in 0..40_i64, missed in 0..20_i64) {
        let many = |what, count: i64| (0..count).map(move |ago| event(what, ago));
        let events: Vec<_> = many(Happened::InTime, kept)
            .chain(many(Happened::Late, late))
            .chain(many(Happened::Missed, missed))
            .collect();
        let wanted = (4 * 8_000 + kept * 10_000 + late * 5_000) / (4 + kept + late + missed);
        prop_assert_eq!(i64::from(rated(&events).reliability), wanted);
    }
}

#[test]
fn a_new_shopper_is_expected_to_be_good() {
    let new = rated(&[]);
    assert_eq!((new.reliability, new.quality, new.overall()), (8_000, 8_000, 8_000));
    assert_eq!(rated(&[event(Happened::Missed, 0)]).overall(), 6_400);
    assert_eq!(rated(&[event(Happened::Missed, REMEMBERED)]).overall(), 8_000, "a year later");
}

#[test]
fn only_the_latest_hundred_count() {
    let events: Vec<_> = (0..100)
        .map(|ago| event(Happened::InTime, ago))
        .chain((100..150).map(|ago| event(Happened::Missed, ago)))
        .collect();
    assert_eq!(rated(&events).reliability, (32_000 + 1_000_000) / 104);
}

#[test]
fn what_steps_say_of_a_shopper() {
    use AssignmentState::{Assigned, Cancelled, Expired, Offered, Open};
    let [shopper, another] = [1, 2].map(|number| Id::new(uuid::Uuid::from_u128(number)));
    let closes = NOW + 86_400;
    let step = |from, to, by, moment: i64| ShopperStep {
        assignment: Id::new(uuid::Uuid::from_u128(3)),
        brand: Id::new(uuid::Uuid::from_u128(4)),
        closes_at: at(closes),
        from,
        to,
        shopper,
        by,
        at: at(moment),
        has_visit: false,
    };
    let happened = |step: ShopperStep| step.event().map(|event| event.what);
    let says = |from, to, by, moment| happened(step(from, to, by, moment));
    assert_eq!(says(Assigned, Expired, None, NOW), Some(Happened::Missed));
    assert_eq!(says(Offered, Open, None, NOW), Some(Happened::Unanswered));
    assert_eq!(says(Offered, Open, Some(shopper), NOW), None, "declined");
    assert_eq!(says(Assigned, Cancelled, Some(shopper), NOW), Some(Happened::GivenUpLate));
    assert_eq!(says(Assigned, Cancelled, Some(shopper), NOW - 1), None, "in good time");
    assert_eq!(says(Assigned, Cancelled, Some(another), NOW), None, "taken back by a scheduler");
    assert_eq!(says(Offered, Assigned, Some(shopper), NOW), None);
    assert_eq!(says(Open, Expired, None, NOW), None);
    // A visit that came all the same is late, and no more.
    let has_visit = |step| happened(ShopperStep { has_visit: true, ..step });
    assert_eq!(has_visit(step(Assigned, Expired, None, NOW)), None);
    assert_eq!(has_visit(step(Assigned, Cancelled, Some(shopper), NOW)), None);
    assert_eq!(has_visit(step(Offered, Open, None, NOW)), Some(Happened::Unanswered));
    assert_eq!(Happened::arrived(at(4), Some(at(5)), at(1)), Happened::InTime);
    assert_eq!(Happened::arrived(at(5), Some(at(5)), at(9)), Happened::Late);
    assert_eq!(Happened::arrived(at(5), None, at(5)), Happened::Late);
}
