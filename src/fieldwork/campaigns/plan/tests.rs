//! Windows keep to their campaign, for all terms and in all time zones.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use jiff::{ToSpan, civil::Date, tz::Offset};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    db::types::Json,
    fieldwork::campaigns::{
        calendar::{Day, TimeOfDay, Weekday},
        terms::Windows,
    },
    ids::{BrandId, CampaignId},
};

const EARLY: Instant = Instant::from_micros(0);
/// Some with two hours a day that are there twice or not at all, by one hour, by half of one, and by a whole day.
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Santiago",
];
const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn zone(name: &str) -> TimeZone {
    crate::places::model::time_zone(name).unwrap()
}

fn terms(starts_on: &str, ends_on: &str, visits: i32) -> Terms {
    serde_json::from_value(json!({
        "starts_on": starts_on, "ends_on": ends_on, "visits_per_branch": visits,
        "windows": {"from": "10:00", "to": "20:00"}, "fee": {"currency": "EUR", "amount": 1500},
    }))
    .unwrap()
}

fn slot(branch: u128, number: i32) -> Slot {
    let (campaign, branch) = (CampaignId::new(Uuid::from_u128(7)), BranchId::new(Uuid::from_u128(branch)));
    Slot { campaign, branch, number, attempt: 1 }
}

fn campaign(terms: Terms) -> Campaign {
    Campaign {
        id: slot(0, 1).campaign,
        brand_id: BrandId::new(Uuid::from_u128(8)),
        version_id: crate::ids::VersionId::new(Uuid::from_u128(9)),
        name: "Spring".to_owned(),
        terms: Json(terms),
        revision: 1,
        created_at: EARLY,
    }
}

/// The window as a pair, from when to when.
fn slot_window(
    terms: &Terms,
    zone: &TimeZone,
    slot: Slot,
    not_before: Instant,
) -> Result<(Instant, Instant), Impossible> {
    super::slot_window(terms, zone, slot, not_before).map(|window| (window.opens_at, window.closes_at))
}

fn at(text: &str) -> Instant {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn day_of(moment: Instant, zone: &TimeZone) -> Date {
    moment.timestamp().to_zoned(zone.clone()).date()
}

#[test]
fn a_window_is_by_the_clocks_at_the_branch() {
    let mut terms = terms("2026-03-29", "2026-03-29", 1);
    let window = |terms: &Terms, name: &str| slot_window(terms, &zone(name), slot(1, 1), EARLY).unwrap();
    assert_eq!(window(&terms, "Asia/Kolkata"), (at("2026-03-29T04:30:00Z"), at("2026-03-29T14:30:00Z")));
    // On this day clocks in Paris go from 02:00 to 03:00.
    assert_eq!(window(&terms, "Europe/Paris"), (at("2026-03-29T08:00:00Z"), at("2026-03-29T18:00:00Z")));
    terms.windows.from = "01:30".parse().unwrap();
    terms.windows.to = "02:30".parse().unwrap();
    assert_eq!(window(&terms, "Europe/Paris"), (at("2026-03-29T00:30:00Z"), at("2026-03-29T01:30:00Z")));
    terms.windows.from = "02:30".parse().unwrap();
    terms.windows.to = "03:10".parse().unwrap();
    // 02:30 is taken for 03:30, and 03:10 is before that: the window is as long as it is on other days.
    assert_eq!(window(&terms, "Europe/Paris"), (at("2026-03-29T01:30:00Z"), at("2026-03-29T02:10:00Z")));
}

#[test]
fn every_allowed_day_occurs_and_windows_are_as_long_as_they_can_be() {
    let mut terms = terms("2026-03-02", "2026-04-12", 3); // three parts of two weeks
    terms.windows.weekdays = vec![Weekday::Mon, Weekday::Wed, Weekday::Sun].try_into().unwrap();
    terms.windows.blackout = vec!["2026-03-18".parse().unwrap()].try_into().unwrap();
    let (zone, mut seen, mut begins) = (zone("Europe/Sofia"), HashSet::new(), HashSet::new());
    for branch in 0..500 {
        for number in 1..=3 {
            let (opens, closes) = slot_window(&terms, &zone, slot(branch, number), EARLY).unwrap();
            let (first, last) = (day_of(opens, &zone), day_of(closes, &zone));
            begins.insert(first);
            assert!((last - first).get_days() >= 3, "{first} to {last}");
            seen.extend((0..42).map(|day| terms.day(day)).filter(|day| (first..=last).contains(day)));
        }
    }
    let allowed: Vec<_> = (0..42).map(|day| terms.day(day)).filter(|day| terms.allows(*day)).collect();
    assert_eq!(allowed.len(), 17);
    assert!(allowed.iter().all(|day| seen.contains(day)), "{seen:?}");
    assert!(begins.iter().all(|day| allowed.contains(day)) && begins.len() >= 11, "{begins:?}");
}

#[test]
fn days_are_drawn_evenly() {
    let mut terms = terms("2026-03-01", "2026-03-10", 1);
    terms.windows.span_days = 1_i32.try_into().unwrap();
    let mut drawn = [0; 10];
    for branch in 0..10_000 {
        let (opens, _) = slot_window(&terms, &TimeZone::UTC, slot(branch, 1), EARLY).unwrap();
        drawn[(day_of(opens, &TimeZone::UTC) - terms.day(0)).get_days() as usize] += 1;
    }
    // Of 10,000 draws, a day gets 1,000 ± 30 (one standard deviation).
    assert!(drawn.iter().all(|many| (850..1150).contains(many)), "{drawn:?}");
}

#[test]
fn what_is_too_late_for_its_part_goes_into_what_is_left() {
    let terms = terms("2026-03-01", "2026-03-28", 2);
    let window = |number, now| slot_window(&terms, &TimeZone::UTC, slot(1, number), at(now));
    let late = window(1, "2026-03-20T10:00:00.000001Z").unwrap();
    assert!(late.0 >= at("2026-03-21T10:00:00Z") && late.1 <= at("2026-03-28T20:00:00Z"), "{late:?}");
    let last = window(2, "2026-03-28T10:00:00Z").unwrap();
    assert_eq!(last, (at("2026-03-28T10:00:00Z"), at("2026-03-28T20:00:00Z")));
    assert_eq!(window(2, "2026-03-28T10:00:00.000001Z"), Err(Impossible::Over));
    let mut none = terms.clone();
    let all: Vec<_> = (0..28).map(|day| Day::new(none.day(day)).unwrap()).collect();
    none.windows.blackout = all.try_into().unwrap();
    assert_eq!(slot_window(&none, &TimeZone::UTC, slot(1, 1), EARLY), Err(Impossible::NoAllowedDay));
}

#[test]
fn only_what_is_missing_is_planned() {
    let campaign = campaign(terms("2026-03-01", "2026-04-30", 2));
    let branches: Vec<_> = [slot(1, 1), slot(2, 1), slot(3, 1)].map(|slot| slot.branch).into();
    let [first, second, nowhere] = branches[..] else { unreachable!() };
    let zones = [(first, Some(TimeZone::UTC)), (second, Some(TimeZone::UTC)), (nowhere, None)]
        .map(|(id, zone)| BranchToVisit { id, zone });
    let slots = |plan: &Plan| {
        let slots = plan.missing.iter().map(|free| (free.slot.branch, free.slot.number, free.slot.attempt));
        slots.collect::<Vec<_>>()
    };
    let all = plan(&campaign, &zones, &HashMap::new(), EARLY);
    assert_eq!(slots(&all), [(first, 1, 1), (first, 2, 1), (second, 1, 1), (second, 2, 1)]);
    assert_eq!(all.already_there, 0);
    assert_eq!(all.impossible, [((nowhere, Impossible::TimeZone), 2)].into());

    let stands = |attempt, stands| Latest { attempt, stands };
    let latest =
        [((first, 1), stands(1, true)), ((first, 2), stands(3, false)), ((second, 2), stands(2, true))];
    let rest = plan(&campaign, &zones, &latest.into(), EARLY);
    assert_eq!((slots(&rest), rest.already_there), (vec![(first, 2, 4), (second, 1, 1)], 2));
    let over = plan(&campaign, &zones[..1], &latest.into(), at("2027-01-01T00:00:00Z"));
    assert_eq!((slots(&over), over.already_there), (vec![], 1));
    assert_eq!(over.impossible, [((first, Impossible::Over), 1)].into());
}

#[test]
fn the_latest_try_stands_if_any_does() {
    use AssignmentState::{Assigned, Cancelled, Expired, Open};
    let branch = slot(1, 1).branch;
    let attempt = |number, attempt, state, has_visit| Attempt { branch, number, attempt, state, has_visit };
    let found = latest(vec![
        attempt(1, 2, Open, false),
        attempt(1, 1, Cancelled, false),
        attempt(2, 1, Expired, false),
        attempt(2, 2, Cancelled, false),
        // A visit that came late stands, even if its assignment is over.
        attempt(3, 1, Expired, true),
        attempt(3, 2, Cancelled, false),
        attempt(4, 1, Assigned, true),
    ]);
    let stands = |attempt, stands| Latest { attempt, stands };
    let wanted = [
        ((branch, 1), stands(2, true)),
        ((branch, 2), stands(2, false)),
        ((branch, 3), stands(2, true)),
        ((branch, 4), stands(1, true)),
    ];
    assert_eq!(found, wanted.into());
}

prop_compose! {
    fn any_terms()(
        days in 1..=370_i32,
        start in 0..4_000_i32,
        visits in 1..=52_i32,
        weekdays in prop::sample::subsequence(&WEEK[..], 0..=7),
        blackout in prop::collection::vec(0..370_i32, 0..40),
        times in (0..24_i8, 0..60_i8, 0..24_i8, 0..60_i8),
        span_days in 1..=92_i32,
    ) -> Terms {
        let mut terms = terms("2009-01-01", "2009-01-01", visits.min(days));
        let starts_on = Day::new(terms.day(start)).unwrap();
        let time = |hour, minute| TimeOfDay::new(hour, minute).unwrap();
        let (a, b) = (time(times.0, times.1), time(times.2, times.3));
        let (from, to) = if a == b { (time(0, 0), time(23, 59)) } else { (a.min(b), a.max(b)) };
        let day = |offset: i32| Day::new(starts_on.date().saturating_add(offset.days())).unwrap();
        terms.starts_on = starts_on;
        terms.ends_on = day(days - 1);
        let blackout: Vec<_> = blackout.into_iter().map(day).collect();
        terms.windows = Windows {
            weekdays: weekdays.try_into().unwrap(),
            from,
            to,
            blackout: blackout.try_into().unwrap(),
            span_days: span_days.try_into().unwrap(),
        };
        terms
    }
}

/// Whether clocks there show this time of this day exactly once.
fn is_ordinary(zone: &TimeZone, day: Date, time: TimeOfDay) -> bool {
    !zone.to_ambiguous_timestamp(day.to_datetime(time.time())).is_ambiguous()
}

proptest! {
    #[test]
    fn a_window_keeps_to_the_terms(
        terms in any_terms(),
        name in prop::sample::select(&ZONES[..]),
        branch in any::<u128>(),
        which in 0..52_i32,
        attempt in 1..5_i32,
        planned in -20..400_i32,
        second in 0..86_400_i64,
    ) {
        let zone = zone(name);
        let slot = Slot { attempt, ..slot(branch, 1 + which % terms.visits_per_branch.as_i32()) };
        let midnight = terms.day(0).saturating_add(planned.days()).to_zoned(TimeZone::fixed(Offset::UTC)).unwrap();
        let now = Instant::from(midnight.timestamp()).plus_seconds(second);
        let allowed: Vec<Date> =
            (0..terms.days()).map(|day| terms.day(day)).filter(|day| terms.allows(*day)).collect();
        let windows = &terms.windows;

        match slot_window(&terms, &zone, slot, now) {
            Ok((opens, closes)) => {
                prop_assert!(now <= opens && opens < closes);
                prop_assert_eq!(slot_window(&terms, &zone, slot, now), Ok((opens, closes)), "the same again");
                // Clocks that pass over a day move both ends of it into the next.
                let (first, last) = (day_of(opens, &zone), day_of(closes, &zone));
                if is_ordinary(&zone, first, windows.from) && is_ordinary(&zone, last, windows.to) {
                    prop_assert!(allowed.contains(&first) && allowed.contains(&last), "{} to {}", first, last);
                    prop_assert!((last - first).get_days() < windows.span_days.as_i32(), "{} to {}", first, last);
                    let local = |moment: Instant| moment.timestamp().to_zoned(zone.clone()).time();
                    prop_assert_eq!((local(opens), local(closes)), (windows.from.time(), windows.to.time()));
                }
                // Whenever it is planned, as long as that is before it opens.
                let early = slot_window(&terms, &zone, slot, EARLY).unwrap();
                if early.0 >= now {
                    prop_assert_eq!(early, (opens, closes));
                }
            }
            Err(Impossible::NoAllowedDay) => prop_assert!(allowed.is_empty()),
            Err(Impossible::Over) => {
                let last = allowed.last().unwrap().to_datetime(windows.from.time());
                prop_assert!(Instant::from(zone.to_timestamp(last).unwrap()) < now);
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn windows_of_one_branch_follow_each_other(terms in any_terms(), branch in any::<u128>()) {
        let zone = TimeZone::UTC;
        let edge = |number: i32| terms.day(number * terms.days() / terms.visits_per_branch.as_i32());
        let mut before = EARLY;
        for number in 1..=terms.visits_per_branch.as_i32() {
            let part = || (0..terms.days()).map(|day| terms.day(day))
                .filter(|day| (edge(number - 1)..edge(number)).contains(day) && terms.allows(*day));
            if part().next().is_none() {
                continue;
            }
            let (opens, closes) = slot_window(&terms, &zone, slot(branch, number), EARLY).unwrap();
            let (first, last) = (day_of(opens, &zone), day_of(closes, &zone));
            prop_assert!(part().any(|day| day == first) && part().any(|day| day == last));
            prop_assert!(before < opens);
            before = closes;
        }
    }
}
