//! Windows keep to their campaign, for all terms and in all time zones.

#![allow(clippy::unwrap_used)]

mod retiring;

use jiff::{ToSpan, civil::Date, tz::Offset};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    calendar::{Day, TimeOfDay, Weekday},
    db::types::Json,
    fieldwork::campaigns::terms::Windows,
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
        state: crate::fieldwork::campaigns::model::CampaignState::Running,
        id: slot(0, 1).campaign,
        brand_id: BrandId::new(Uuid::from_u128(8)),
        version_id: crate::ids::VersionId::new(Uuid::from_u128(9)),
        name: "Spring".to_owned(),
        terms: Json(terms),
        revision: 1,
        created_at: EARLY,
    }
}

/// The window of an assignment whose id is made of this number, as a pair, from when to when.
fn window(
    terms: &Terms,
    zone: &TimeZone,
    (lot, number): (u128, i32),
    not_before: Instant,
) -> Result<(Instant, Instant), Impossible> {
    let window = Calendar::of(terms).window(zone, id(lot), number, &[], (not_before, None));
    window.map(|window| (window.opens_at, window.closes_at))
}

fn id(lot: u128) -> AssignmentId {
    AssignmentId::new(Uuid::from_u128(lot))
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
    let window = |terms: &Terms, name: &str| window(terms, &zone(name), (1, 1), EARLY).unwrap();
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

/// How often a visit falls on each allowed day, if it is made on any allowed day of its window with the same chance.
fn shares(terms: &Terms, windows: u128) -> Vec<(Date, u32)> {
    let zone = TimeZone::UTC;
    let mut days: Vec<_> = (0..terms.days())
        .map(|day| terms.day(day))
        .filter(|day| terms.allows(*day))
        .map(|day| (day, 0))
        .collect();
    for lot in 0..windows {
        let number = 1 + i32::try_from(lot % terms.visits_per_branch.as_i32() as u128).unwrap();
        let (opens, closes) = window(terms, &zone, (lot, number), EARLY).unwrap();
        let (first, last) = (day_of(opens, &zone), day_of(closes, &zone));
        assert!((last - first).get_days() < terms.windows.span_days.as_i32(), "{first} to {last}");
        let of_window: Vec<_> = days.iter_mut().filter(|(day, _)| (first..=last).contains(day)).collect();
        let drawn = pick(id(lot), "the shopper's choice", of_window.len());
        if let Some((_, visits)) = of_window.into_iter().nth(drawn) {
            *visits += 1;
        }
    }
    days
}

/// Pearson's chi-square of the visits of days against one share for each; with so many days less one degrees of freedom.
fn chi_square(days: &[(Date, u32)]) -> f64 {
    let share = f64::from(days.iter().map(|(_, visits)| visits).sum::<u32>()) / days.len() as f64;
    days.iter().map(|(_, visits)| (f64::from(*visits) - share).powi(2) / share).sum()
}

/// A branch that knows all of its campaign's terms learns nothing from them about the day.
#[test]
fn a_visit_falls_on_each_allowed_day_with_the_same_chance() {
    let mut whole = terms("2026-03-01", "2026-03-31", 1);
    let mut parts = terms("2026-03-02", "2026-04-12", 3); // three parts of two weeks, each with as many allowed days
    parts.windows.weekdays = vec![Weekday::Mon, Weekday::Wed, Weekday::Sun].try_into().unwrap();
    let mut single = whole.clone();
    single.windows.span_days = 1_i32.try_into().unwrap();
    whole.windows.blackout = vec!["2026-03-18".parse().unwrap()].try_into().unwrap();
    for (terms, days, quantile) in [
        // The quantiles at 0.999 of 29, 30 and 17 degrees of freedom.
        (whole, 30, 58.3),
        (single, 31, 59.7),
        (parts, 18, 40.8),
    ] {
        let found = shares(&terms, 100_000);
        assert_eq!(found.len(), days);
        let apart = chi_square(&found);
        assert!(apart < quantile, "{apart}: {found:?}");
    }
}

/// More visits of a branch that are wanted later get windows beside those that it has.
#[test]
fn windows_that_are_added_lie_beside_the_others() {
    let (zone, one, many) =
        (TimeZone::UTC, terms("2026-03-01", "2026-03-31", 1), terms("2026-03-01", "2026-03-31", 3));
    for lot in 0..2_000 {
        let first = Calendar::of(&one).window(&zone, id(lot), 1, &[], (EARLY, None)).unwrap();
        let mut all = vec![first];
        for number in 2..=3 {
            let next = Calendar::of(&many)
                .window(&zone, id(lot + 10_000 * number as u128), number, &all, (EARLY, None))
                .unwrap();
            let is_beside =
                |other: &Window| next.closes_at < other.opens_at || other.closes_at < next.opens_at;
            assert!(all.iter().all(is_beside), "{next:?} in {all:?}");
            all.push(next);
        }
    }
    // Where no day is left beside them, another window at least.
    let mut week = terms("2026-03-01", "2026-03-07", 2);
    week.windows.span_days = 7_i32.try_into().unwrap();
    let whole = Window { opens_at: at("2026-03-01T10:00:00Z"), closes_at: at("2026-03-07T20:00:00Z") };
    let next = Calendar::of(&week).window(&zone, id(1), 2, &[whole], (EARLY, None)).unwrap();
    assert_ne!(next, whole);
}

#[test]
fn what_is_too_late_for_its_part_goes_into_what_is_left() {
    let terms = terms("2026-03-01", "2026-03-28", 2);
    let late = |number, now| window(&terms, &TimeZone::UTC, (1, number), at(now));
    let next = late(1, "2026-03-20T20:00:00Z").unwrap();
    assert!(next.0 >= at("2026-03-21T10:00:00Z") && next.1 <= at("2026-03-28T20:00:00Z"), "{next:?}");
    let end = at("2026-03-28T20:00:00Z");
    assert_eq!(late(2, "2026-03-28T10:00:00Z"), Ok((at("2026-03-28T10:00:00Z"), end)));
    // A day that has begun is not over, and its window opens at once.
    assert_eq!(late(2, "2026-03-28T19:59:00Z"), Ok((at("2026-03-28T19:59:00Z"), end)));
    assert_eq!(late(2, "2026-03-28T20:00:00Z"), Err(Impossible::Over));
    let mut none = terms.clone();
    let all: Vec<_> = (0..28).map(|day| Day::new(none.day(day)).unwrap()).collect();
    none.windows.blackout = all.try_into().unwrap();
    assert_eq!(window(&none, &TimeZone::UTC, (1, 1), EARLY), Err(Impossible::NoAllowedDay));
}

#[test]
fn only_what_is_missing_is_planned() {
    let campaign = campaign(terms("2026-03-01", "2026-04-30", 2));
    let branches: Vec<_> = [slot(1, 1), slot(2, 1), slot(3, 1)].map(|slot| slot.branch).into();
    let [first, second, nowhere] = branches[..] else { unreachable!() };
    let zones = [(first, Some(TimeZone::UTC)), (second, Some(TimeZone::UTC)), (nowhere, None)]
        .map(|(id, zone)| BranchToVisit { id, zone, until: None });
    let slots = |plan: &Plan| {
        let slots = plan.missing.iter().map(|free| (free.slot.branch, free.slot.number, free.slot.attempt));
        slots.collect::<Vec<_>>()
    };
    let mut ids = (1_u128..).map(id);
    let mut plan = |zones: &[BranchToVisit], latest: &LatestAttempts, now| {
        super::plan(&campaign, zones, latest, || ids.next().unwrap(), now)
    };
    let all = plan(&zones, &HashMap::new(), EARLY);
    assert_eq!(slots(&all), [(first, 1, 1), (first, 2, 1), (second, 1, 1), (second, 2, 1)]);
    assert_eq!(all.already_there, 0);
    assert_eq!(all.impossible, [((nowhere, Impossible::TimeZone), 2)].into());

    let window = Window { opens_at: at("2026-03-10T10:00:00Z"), closes_at: at("2026-03-16T20:00:00Z") };
    let stands = |attempt, stands| Latest { attempt, stands };
    let latest: LatestAttempts = [
        ((first, 1), stands(1, Some(window))),
        ((first, 2), stands(3, None)),
        ((second, 2), stands(2, Some(window))),
    ]
    .into();
    let rest = plan(&zones, &latest, EARLY);
    assert_eq!((slots(&rest), rest.already_there), (vec![(first, 2, 4), (second, 1, 1)], 2));
    let over = plan(&zones[..1], &latest, at("2027-01-01T00:00:00Z"));
    assert_eq!((slots(&over), over.already_there), (vec![], 1));
    assert_eq!(over.impossible, [((first, Impossible::Over), 1)].into());
}

#[test]
fn what_is_not_wanted_any_more_when_it_is_written_is_no_visit_that_was_there() {
    let window = Window { opens_at: at("2026-03-10T10:00:00Z"), closes_at: at("2026-03-16T20:00:00Z") };
    let [stays, retires, retires_later, moved] = [1, 2, 3, 4].map(|branch| slot(branch, 1));
    let free = |slot: Slot| FreeSlot { id: id(slot.branch.uuid().as_u128()), slot, window };
    let second = free(Slot { number: 2, ..retires });
    let missing = [free(stays), free(retires), second, free(retires_later), free(moved)];
    let until = HashMap::from([
        (stays.branch, None),
        (retires.branch, Some(at("2026-03-16T19:59:59Z"))),
        (retires_later.branch, Some(window.closes_at)),
    ]);
    let wanted = vec![free(stays), free(retires_later)];
    assert_eq!(still_wanted(&missing, &until), (wanted, vec![retires.branch, retires.branch]));
}

#[test]
fn the_latest_try_stands_if_any_does() {
    use AssignmentState::{Assigned, Cancelled, Expired, Open};
    let branch = slot(1, 1).branch;
    let window = Window { opens_at: EARLY, closes_at: at("2026-03-01T00:00:00Z") };
    let attempt = |number, attempt, state, made| Attempt { branch, number, attempt, state, made, window };
    let found = latest(vec![
        attempt(1, 2, Open, Made::Nothing),
        attempt(1, 1, Cancelled, Made::Nothing),
        attempt(2, 1, Expired, Made::Nothing),
        attempt(2, 2, Cancelled, Made::Nothing),
        // A visit that came late stands, even if its assignment is over.
        attempt(3, 1, Expired, Made::Visit),
        attempt(3, 2, Cancelled, Made::Nothing),
        attempt(4, 1, Assigned, Made::Visit),
        // One that is to be made again does not.
        attempt(5, 1, Assigned, Made::VisitToMakeAgain),
        attempt(6, 1, Assigned, Made::VisitToMakeAgain),
        attempt(6, 2, Open, Made::Nothing),
    ]);
    let stands = |attempt, stands| Latest { attempt, stands };
    let wanted = [
        ((branch, 1), stands(2, Some(window))),
        ((branch, 2), stands(2, None)),
        ((branch, 3), stands(2, Some(window))),
        ((branch, 4), stands(1, Some(window))),
        ((branch, 5), stands(1, None)),
        ((branch, 6), stands(2, Some(window))),
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
    !zone.to_ambiguous_timestamp(day.to_datetime(time.time().0)).is_ambiguous()
}

proptest! {
    #[test]
    fn a_window_keeps_to_the_terms(
        terms in any_terms(),
        name in prop::sample::select(&ZONES[..]),
        lot in any::<u128>(),
        which in 0..52_i32,
        planned in -20..400_i32,
        second in 0..86_400_i64,
    ) {
        let zone = zone(name);
        let slot = (lot, 1 + which % terms.visits_per_branch.as_i32());
        let midnight = terms.day(0).saturating_add(planned.days()).to_zoned(TimeZone::fixed(Offset::UTC)).unwrap();
        let now = Instant::from(midnight.timestamp()).plus_seconds(second);
        let allowed: Vec<Date> =
            (0..terms.days()).map(|day| terms.day(day)).filter(|day| terms.allows(*day)).collect();
        let windows = &terms.windows;

        match window(&terms, &zone, slot, now) {
            Ok((opens, closes)) => {
                prop_assert!(now <= opens && opens < closes);
                prop_assert_eq!(window(&terms, &zone, slot, now), Ok((opens, closes)), "the same again");
                // Clocks that pass over a day move both ends of it into the next.
                let (first, last) = (day_of(opens, &zone), day_of(closes, &zone));
                if is_ordinary(&zone, first, windows.from) && is_ordinary(&zone, last, windows.to) {
                    prop_assert!(allowed.contains(&first) && allowed.contains(&last), "{} to {}", first, last);
                    prop_assert!((last - first).get_days() < windows.span_days.as_i32(), "{} to {}", first, last);
                    let local = |moment: Instant| moment.timestamp().to_zoned(zone.clone()).time();
                    prop_assert_eq!(local(closes), windows.to.time().0);
                    prop_assert!(local(opens) == windows.from.time().0 || opens == now && local(opens) > windows.from.time().0);
                }
                // Whenever it is planned, as long as that is before it opens.
                let early = window(&terms, &zone, slot, EARLY).unwrap();
                if early.0 >= now {
                    prop_assert_eq!(early, (opens, closes));
                }
            }
            Err(Impossible::NoAllowedDay) => prop_assert!(allowed.is_empty()),
            Err(Impossible::Over) => {
                let last = allowed.last().unwrap().to_datetime(windows.to.time().0);
                prop_assert!(Instant::from(zone.to_timestamp(last).unwrap()) <= now);
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn windows_of_one_branch_follow_each_other(terms in any_terms(), lot in any::<u128>()) {
        let zone = TimeZone::UTC;
        let edge = |number: i32| terms.day(number * terms.days() / terms.visits_per_branch.as_i32());
        let mut before = EARLY;
        for number in 1..=terms.visits_per_branch.as_i32() {
            let part = || (0..terms.days()).map(|day| terms.day(day))
                .filter(|day| (edge(number - 1)..edge(number)).contains(day) && terms.allows(*day));
            if part().next().is_none() {
                continue;
            }
            let (opens, closes) = window(&terms, &zone, (lot, number), EARLY).unwrap();
            let (first, last) = (day_of(opens, &zone), day_of(closes, &zone));
            prop_assert!(part().any(|day| day == first) && part().any(|day| day == last));
            prop_assert!(before < opens);
            before = closes;
        }
    }
}
