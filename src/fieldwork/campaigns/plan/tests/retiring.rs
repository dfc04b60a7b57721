//! Windows of branches that retire.

use super::*;

/// The moment at which a branch in this zone retires that does so from this day on, and the window of a campaign in April with these hours.
fn retiring(
    zone: &TimeZone,
    (from, to): (&str, &str),
    day: &str,
    lot: u128,
) -> (Instant, Result<Window, Impossible>) {
    let mut terms = terms("2026-04-01", "2026-04-30", 1);
    (terms.windows.from, terms.windows.to) = (from.parse().unwrap(), to.parse().unwrap());
    let until = day.parse::<Date>().unwrap().to_zoned(zone.clone()).unwrap().timestamp().into();
    (until, Calendar::of(&terms).window(zone, id(lot), 1, &[], (EARLY, Some(until))))
}

#[test]
fn windows_close_before_the_branch_retires_and_use_all_days_until_then() {
    for zone in [TimeZone::UTC, zone("Asia/Kolkata"), zone("America/Santiago")] {
        for (hours, last) in [
            (("10:00", "20:00"), "2026-04-02"),
            (("10:00", "24:00"), "2026-04-02"),
            // The night of the second of April ends on the day on which the branch retires.
            (("18:00", "02:00"), "2026-04-01"),
            (("10:00", "10:00"), "2026-04-01"),
            (("23:30", "23:00"), "2026-04-01"),
        ] {
            let mut opened = std::collections::BTreeSet::new();
            for lot in 0..200 {
                let (until, window) = retiring(&zone, hours, "2026-04-03", lot);
                let window = window.unwrap();
                assert!(window.closes_at <= until, "{hours:?}: {window:?}");
                let night = if hours.1 > hours.0 { 1 } else { 24 * 3_600 };
                opened.insert(day_of(window.opens_at, &zone));
                assert!(day_of(window.closes_at.plus_seconds(-night), &zone) <= last.parse().unwrap());
            }
            let all = ["2026-04-01", "2026-04-02"].map(|day| day.parse::<Date>().unwrap());
            assert_eq!(
                opened,
                all.into_iter().filter(|day| *day <= last.parse().unwrap()).collect(),
                "{hours:?}"
            );
        }
    }
}

#[test]
fn a_branch_that_retires_before_any_hours_end_has_no_window() {
    let day = |hours, day| retiring(&TimeZone::UTC, hours, day, 1).1;
    assert_eq!(day(("10:00", "20:00"), "2026-04-01"), Err(Impossible::Retires));
    assert_eq!(day(("10:00", "20:00"), "2026-03-01"), Err(Impossible::Retires));
    assert_eq!(day(("18:00", "02:00"), "2026-04-02"), Err(Impossible::Retires));
    assert!(day(("10:00", "20:00"), "2026-04-02").is_ok());
    assert!(day(("18:00", "02:00"), "2026-04-03").is_ok());
    assert!(day(("18:00", "02:00"), "2027-04-03").is_ok());
    // Clocks in Paris pass over the beginning of these hours: so they are made up for after 03:10, and by then the branch has retired.
    let mut short = terms("2026-03-29", "2026-03-29", 1);
    (short.windows.from, short.windows.to) = ("02:30".parse().unwrap(), "03:10".parse().unwrap());
    let paris = zone("Europe/Paris");
    let short = |until| Calendar::of(&short).window(&paris, id(1), 1, &[], (EARLY, Some(at(until))));
    assert_eq!(short("2026-03-29T01:15:00Z"), Err(Impossible::Retires));
    assert!(short("2026-03-29T02:10:00Z").is_ok());
    // What is over without that is over, and no day is allowed because of it.
    let terms = terms("2026-04-01", "2026-04-30", 1);
    let late = at("2026-05-01T00:00:00Z");
    let window = |until| Calendar::of(&terms).window(&TimeZone::UTC, id(1), 1, &[], (late, Some(until)));
    assert_eq!(window(at("2026-05-02T00:00:00Z")), Err(Impossible::Over));
    assert_eq!(window(at("2026-04-20T00:00:00Z")), Err(Impossible::Over));
}

proptest! {
    /// A branch that retires has the windows that it would have if the campaign ended with its last hours before that.
    #[test]
    fn retiring_ends_a_campaign_early(
        terms in any_terms(),
        name in prop::sample::select(&ZONES[..]),
        lot in any::<u128>(),
        which in 0..52_i32,
        over_night in any::<bool>(),
        day in -2..372_i32,
    ) {
        let (mut terms, zone) = (terms, zone(name));
        if over_night {
            std::mem::swap(&mut terms.windows.from, &mut terms.windows.to);
        }
        let number = 1 + which % terms.visits_per_branch.as_i32();
        let until: Instant = terms.day(day).to_zoned(zone.clone()).unwrap().timestamp().into();
        let calendar = Calendar::of(&terms);
        let closing = |day: &i32| calendar.closing(&zone, *day) <= until;
        let is_ordinary_day = |day: i32| {
            let hours = [terms.windows.from, terms.windows.to];
            hours.into_iter().all(|time| is_ordinary(&zone, terms.day(day), time))
        };
        match calendar.window(&zone, id(lot), number, &[], (EARLY, Some(until))) {
            Ok(window) => prop_assert!(window.opens_at < window.closes_at && window.closes_at <= until),
            Err(Impossible::NoAllowedDay) => prop_assert!(calendar.allowed.is_empty()),
            Err(Impossible::Retires) if (day - 2..=day).all(is_ordinary_day) => {
                prop_assert!(!calendar.allowed.iter().any(closing), "{:?} before {}", calendar.allowed, day);
            }
            Err(Impossible::Retires) => {}
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
