#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::{
    db::types::Id,
    fieldwork::{
        campaigns::terms::Rotation,
        shoppers::tie::{DeclaredTie, RoleTies},
    },
    limits::Whole,
};

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

fn id<T>(number: u128) -> Id<T> {
    Id::new(uuid::Uuid::from_u128(number))
}

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000)
}

/// A number within its limits.
fn limited<const MIN: i64, const MAX: i64>(number: i32) -> Whole<MIN, MAX> {
    number.try_into().unwrap()
}

fn rotation(days: Option<i32>, visits: Option<i32>) -> Rotation {
    Rotation { days: days.map(limited), visits: visits.map(limited) }
}

fn languages() -> Vec<String> {
    vec!["tr".to_owned(), "en-GB".to_owned()]
}

/// In branch 2 of region 3 of brand 1, from tomorrow on for a week.
fn opening<'a>(who: &'a Who, languages: &'a [String]) -> Opening<'a> {
    let (opens_at, closes_at) = (at(NOW + DAY), at(NOW + 8 * DAY));
    Opening { brand: id(1), branch: id(2), region: Some(id(3)), languages, opens_at, closes_at, who }
}

fn visit(branch: u128, region: u128, days_ago: i64) -> BranchVisit {
    let then = at(NOW - days_ago * DAY);
    BranchVisit { brand: id(1), branch: id(branch), region: Some(id(region)), from: then, until: then }
}

fn codes(candidate: &Candidate, who: &Who) -> Vec<Hindrance> {
    why_not(candidate, &opening(who, &languages()), at(NOW)).into_iter().map(|why| why.code).collect()
}

#[test]
fn who_is_asked_for_nothing_may_go() {
    assert!(codes(&Candidate::default(), &Who::default()).is_empty());
}

#[test]
fn what_is_over_is_over_for_every_shopper() {
    let (who, languages) = (Who::default(), languages());
    let opening = opening(&who, &languages);
    let at_its_end = why_not(&Candidate::default(), &opening, opening.closes_at);
    assert!(matches!(&at_its_end[..], [WhyNot { code: Hindrance::Closed, is_final: true, .. }]));
    let before = Instant::from_micros(opening.closes_at.micros() - 1);
    assert!(why_not(&Candidate::default(), &opening, before).is_empty());
}

#[test]
fn a_language_is_the_same_everywhere() {
    let who = Who { languages: true, ..Who::default() };
    let speaking = |tags: &[&str]| Candidate {
        languages: tags.iter().map(ToString::to_string).collect(),
        ..Candidate::default()
    };
    for (tags, may) in
        [(&["tr"][..], true), (&["en"], true), (&["de", "en-AU"], true), (&["de"], false), (&[], false)]
    {
        assert_eq!(codes(&speaking(tags), &who).is_empty(), may, "{tags:?}");
        assert!(codes(&speaking(tags), &Who::default()).is_empty());
    }
}

#[test]
fn ties_are_in_the_way_and_only_a_name_may_be_another_s() {
    let with = |ties: Ties| {
        let candidate = Candidate { ties, ..Candidate::default() };
        let found = why_not(&candidate, &opening(&Who::default(), &[]), at(NOW));
        found.into_iter().map(|why| (why.code, why.is_final)).collect::<Vec<_>>()
    };
    let none = Ties::default;
    assert_eq!(with(Ties { employers: vec![id(1)], ..none() }), [(Hindrance::Employer, true)]);
    assert_eq!(with(Ties { relatives: vec![id(2)], ..none() }), [(Hindrance::Relative, true)]);
    assert_eq!(with(Ties { employee_of: vec![id(1)], ..none() }), [(Hindrance::Employee, true)]);
    assert_eq!(with(Ties { namesakes: vec![id(2)], ..none() }), [(Hindrance::Employee, false)]);
    let in_the_region = RoleTies { regions: vec![id(3)], ..RoleTies::default() };
    assert_eq!(with(Ties { roles: in_the_region, ..none() }), [(Hindrance::Role, true)]);
    let withdrawn = vec![DeclaredTie::Employer(id(1))];
    assert_eq!(with(Ties { withdrawn, ..none() }), [(Hindrance::WithdrawnTie, false)]);
    let elsewhere = Ties {
        employers: vec![id(9)],
        relatives: vec![id(9)],
        employee_of: vec![id(9)],
        namesakes: vec![id(9)],
        roles: RoleTies { branches: vec![id(9)], brands: vec![id(9)], ..RoleTies::default() },
        withdrawn: vec![DeclaredTie::Relative(id(9))],
    };
    assert_eq!(with(elsewhere), []);
}

fn qualified(by: u128, until: Option<i64>) -> Qualified {
    Qualified { by: id(by), until: until.map(|days| at(NOW + days * DAY)) }
}

#[test]
fn limits_count_what_there_is() {
    let who = Who {
        qualification_id: Some(id(5)),
        most_jobs_at_once: Some(limited(2)),
        lowest_rating: Some(limited(80)),
        ..Who::default()
    };
    let good = Candidate {
        qualifications: vec![qualified(5, None)],
        jobs: 1,
        rating: 8_000,
        ..Candidate::default()
    };
    assert!(codes(&good, &who).is_empty());
    assert_eq!(codes(&Candidate { jobs: 2, ..good.clone() }, &who), [Hindrance::JobsAtOnce]);
    assert_eq!(codes(&Candidate { rating: 7_999, ..good.clone() }, &who), [Hindrance::Rating]);
    let by = |qualifications| Candidate { qualifications, ..good.clone() };
    assert_eq!(codes(&by(vec![qualified(6, None)]), &who), [Hindrance::Qualification]);
    // The job opens tomorrow.
    assert_eq!(codes(&by(vec![qualified(5, Some(1))]), &who), [Hindrance::Qualification]);
    assert!(codes(&by(vec![qualified(5, Some(1)), qualified(5, Some(2))]), &who).is_empty());
}

#[test]
fn rotation_looks_at_days() {
    let who = Who { same_branch: Some(rotation(Some(30), None)), ..Who::default() };
    let having = |one| Candidate { visits: vec![one], ..Candidate::default() };
    // The job opens tomorrow.
    assert!(codes(&having(visit(2, 3, 29)), &who).is_empty());
    assert_eq!(codes(&having(visit(2, 3, 28)), &who), [Hindrance::SameBranch]);
    assert!(codes(&having(visit(4, 3, 1)), &who).is_empty(), "another branch");
    // A visit that is still to be made, before and after.
    let held = |from: i64, until: i64| BranchVisit {
        from: at(NOW + from * DAY),
        until: at(NOW + until * DAY),
        ..visit(2, 3, 0)
    };
    assert_eq!(codes(&having(held(38, 45)), &who), []);
    assert_eq!(codes(&having(held(37, 45)), &who), [Hindrance::SameBranch]);
    assert_eq!(codes(&having(held(2, 3)), &who), [Hindrance::SameBranch]);
}

#[test]
fn rotation_looks_at_the_last_visits_for_the_brand() {
    let who = Who { same_branch: Some(rotation(None, Some(2))), ..Who::default() };
    let having = |visits: &[BranchVisit]| Candidate { visits: visits.to_vec(), ..Candidate::default() };
    assert_eq!(codes(&having(&[visit(2, 3, 900)]), &who), [Hindrance::SameBranch], "the last one");
    assert_eq!(codes(&having(&[visit(2, 3, 9), visit(4, 3, 1)]), &who), [Hindrance::SameBranch]);
    assert!(codes(&having(&[visit(2, 3, 9), visit(4, 3, 1), visit(5, 3, 2)]), &who).is_empty());
    let of_another_brand = BranchVisit { brand: id(8), ..visit(6, 7, 0) };
    let visits = [visit(2, 3, 9), visit(4, 3, 1), of_another_brand, of_another_brand];
    assert_eq!(codes(&having(&visits), &who), [Hindrance::SameBranch]);
}

#[test]
fn a_region_is_what_the_branch_lies_in() {
    let who = Who { same_region: Some(rotation(Some(10), Some(1))), ..Who::default() };
    let candidate = Candidate { visits: vec![visit(4, 3, 1)], ..Candidate::default() };
    assert_eq!(codes(&candidate, &who), [Hindrance::SameRegion]);
    let without = BranchVisit { region: None, ..visit(4, 3, 1) };
    let candidate = Candidate { visits: vec![without], ..Candidate::default() };
    assert!(codes(&candidate, &who).is_empty());
    let in_none = Opening { region: None, ..opening(&who, &[]) };
    assert!(why_not(&candidate, &in_none, at(NOW)).is_empty(), "to lie in no region is no region");
}

fn any_visit() -> impl Strategy<Value = BranchVisit> {
    (1..3_u128, 2..5_u128, prop::option::of(3..5_u128), -60..60_i64, 0..10_i64).prop_map(
        |(brand, branch, region, day, span)| BranchVisit {
            brand: id(brand),
            branch: id(branch),
            region: region.map(id),
            from: at(NOW + day * DAY),
            until: at(NOW + (day + span) * DAY),
        },
    )
}

prop_compose! {
    fn any_rotation()(days in prop::option::of(1..50_i32), visits in prop::option::of(1..5_i32)) -> Rotation {
        rotation(days, visits)
    }
}

prop_compose! {
    fn any_who()(
        languages: bool,
        qualification in prop::option::of(5..7_u128),
        same_branch in prop::option::of(any_rotation()),
        same_region in prop::option::of(any_rotation()),
        most_jobs_at_once in prop::option::of(1..4_i32),
        lowest_rating in prop::option::of(0..101_i32),
    ) -> Who {
        let qualification_id = qualification.map(id);
        Who {
            languages,
            qualification_id,
            same_branch,
            same_region,
            most_jobs_at_once: most_jobs_at_once.map(limited),
            lowest_rating: lowest_rating.map(limited),
        }
    }
}

prop_compose! {
    fn any_candidate()(
        languages in prop::sample::subsequence(vec!["tr", "en", "de"], 0..3),
        qualifications in prop::collection::vec((5..7_u128).prop_map(|by| qualified(by, None)), 0..2),
        visits in prop::collection::vec(any_visit(), 0..8),
        jobs in 0..5_usize,
        rating in 0..10_001_i32,
        employers in prop::collection::vec((1..6_u128).prop_map(id), 0..2),
        namesakes in prop::collection::vec((1..6_u128).prop_map(id), 0..2),
    ) -> Candidate {
        let languages = languages.into_iter().map(str::to_owned).collect();
        let ties = Ties { employers, namesakes, ..Ties::default() };
        Candidate { languages, ties, qualifications, visits, jobs, rating }
    }
}

proptest! {
    /// Each rule by itself finds what all together find: none hides another.
    #[test]
    fn rules_do_not_hide_one_another(candidate in any_candidate(), who in any_who()) {
        let alone = [
            Who { languages: who.languages, ..Who::default() },
            Who { qualification_id: who.qualification_id, ..Who::default() },
            Who { same_branch: who.same_branch.clone(), ..Who::default() },
            Who { same_region: who.same_region.clone(), ..Who::default() },
            Who { most_jobs_at_once: who.most_jobs_at_once, ..Who::default() },
            Who { lowest_rating: who.lowest_rating, ..Who::default() },
        ];
        let mut wanted = codes(&candidate, &Who::default());
        for one in &alone {
            wanted.extend(codes(&candidate, one));
        }
        wanted.sort();
        wanted.dedup();
        prop_assert_eq!(codes(&candidate, &who), wanted, "in their order, none twice");
    }

    /// To have been nowhere, to have nothing and to be perfect is never in the way.
    #[test]
    fn who_has_less_behind_them_may_no_less(candidate in any_candidate(), who in any_who()) {
        let fresher = Candidate {
            visits: Vec::new(),
            jobs: 0,
            rating: 10_000,
            ties: Ties::default(),
            ..candidate.clone()
        };
        let (before, after) = (codes(&candidate, &who), codes(&fresher, &who));
        prop_assert!(after.iter().all(|code| before.contains(code)));
        prop_assert!(after.iter().all(|code| matches!(code, Hindrance::Language | Hindrance::Qualification)));
    }

    /// The rule about days, by looking at every moment that the visit and the job could be.
    #[test]
    fn days_are_those_between_the_nearest_moments(one in any_visit(), days in 1..50_i32) {
        let who = Who {
            same_branch: Some(rotation(Some(days), None)),
            ..Who::default()
        };
        let candidate = Candidate { visits: vec![one], ..Candidate::default() };
        let day_of = |moment: Instant| (moment.unix_seconds() - NOW) / DAY;
        let visits = day_of(one.from)..=day_of(one.until);
        let nearest = visits.flat_map(|visit| (1..=8).map(move |job: i64| (visit - job).abs())).min().unwrap();
        let too_near = one.branch == id(2) && nearest < i64::from(days);
        prop_assert_eq!(codes(&candidate, &who) == [Hindrance::SameBranch], too_near);
    }
}
