#![allow(clippy::unwrap_used)]

use uuid::Uuid;

use super::*;
use crate::{accounts::model::GrantScope, db::types::Id};

fn id<T>(number: u128) -> Id<T> {
    Id::new(Uuid::from_u128(number))
}

/// The operator, two brands, a region and a branch of the first.
const OPERATOR: GrantScope = GrantScope { brand_id: None, region_id: None, branch_id: None };

fn brand(number: u128) -> GrantScope {
    GrantScope { brand_id: Some(id(number)), ..OPERATOR }
}

fn region() -> GrantScope {
    GrantScope { region_id: Some(id(7)), ..brand(1) }
}

fn branch() -> GrantScope {
    GrantScope { branch_id: Some(id(8)), ..brand(1) }
}

fn grants(of: &[(Role, GrantScope)]) -> Vec<Grant> {
    of.iter().map(|&(role, scope)| Grant { id: id(9), role, scope }).collect()
}

fn account() -> AccountId {
    id(5)
}

fn scope(permission: Permission, of: &[(Role, GrantScope)]) -> Option<Scope> {
    Scope::of(permission, account(), &grants(of))
}

/// What a manager of these places reaches.
fn over(places: &[GrantScope]) -> Scope {
    let of: Vec<_> = places.iter().map(|place| (Role::Manager, *place)).collect();
    scope(Permission::ReadReports, &of).unwrap()
}

/// What a shopper of these places reaches.
fn fieldwork_in(places: &[GrantScope]) -> Scope {
    let of: Vec<_> = places.iter().map(|place| (Role::Shopper, *place)).collect();
    scope(Permission::DoFieldwork, &of).unwrap()
}

fn former(role: Role, scope: GrantScope, ended: i64) -> FormerGrant {
    FormerGrant { grant: Grant { id: id(9), role, scope }, ended_at: Instant::from_micros(ended) }
}

/// The places of a reach by kind: those that are covered, and those of desks, shoppers, reviewers and staff.
type Where<'s> = [&'s [Area]; 5];

fn places(scope: &Scope) -> Where<'_> {
    [&scope.over, &scope.desks, &scope.own, &scope.reviews, &scope.staff]
}

#[test]
fn background_work_sees_an_area_as_a_desk_or_as_the_branch_s_side() {
    let area = Area::Region(id(1), id(7));
    let (desk, branch_side) = (Scope::of_desk(area), Scope::of_branch_side(area));
    let (some, none): (&[Area], &[Area]) = (&[area], &[]);
    assert_eq!(places(&desk), [some, some, none, none, none]);
    assert_eq!(places(&branch_side), [some, none, none, none, none]);
    assert!(branch_side.is_of(Permission::ReadScores), "it acts for no account");
    assert!(!branch_side.at_desks().covers_anything());
    assert!(!desk.managing().covers_anything() && Scope::everything().managing().is_operator_wide());
}

#[test]
fn who_manages_accounts_does_so_where_that_role_reaches() {
    let both = [(Role::Manager, brand(1)), (Role::Administrator, region())];
    let scope = scope(Permission::ReadScores, &both).unwrap();
    assert_eq!(scope.managing().over, [region().area()]);
    let manager = self::scope(Permission::ReadScores, &both[..1]).unwrap();
    assert!(manager.covers_anything() && !manager.managing().covers_anything());
}

#[test]
fn each_role_reaches_as_what_it_is() {
    let area = [Area::Brand(id(1))];
    let (some, none): (&[Area], &[Area]) = (&area, &[]);
    for (permission, role, wanted) in [
        (Permission::ReadVisits, Role::Auditor, [some, some, none, none, none]),
        (Permission::ReadVisits, Role::Reviewer, [some, some, none, some, none]),
        (Permission::ReadVisits, Role::Shopper, [none, none, some, none, none]),
        (Permission::ReadReports, Role::Manager, [some, none, none, none, none]),
        (Permission::ReadReports, Role::Hr, [some, none, none, none, none]),
        (Permission::ReadReports, Role::Employee, [none, none, none, none, some]),
    ] {
        let scope = scope(permission, &[(role, brand(1))]).unwrap();
        assert_eq!(places(&scope), wanted, "{permission:?} of {role}");
        assert_eq!((scope.account, scope.ended_at()), (account(), None));
        for other in Permission::ALL {
            assert_eq!(scope.is_of(*other), *other == permission, "{other:?}");
        }
    }
}

#[test]
fn a_role_without_the_permission_reaches_nothing() {
    assert!(scope(Permission::ReadReports, &[]).is_none());
    assert!(
        scope(Permission::ReadReports, &[(Role::Shopper, OPERATOR), (Role::Designer, OPERATOR)]).is_none()
    );
    let some = scope(Permission::ReadReports, &[(Role::Manager, brand(1)), (Role::Scheduler, brand(2))]);
    assert_eq!(some.unwrap().over, [Area::Brand(id(1))]);
    // The places of a reviewer are kept with every permission; alone they give no reach.
    assert!(scope(Permission::WriteNotices, &[(Role::Reviewer, OPERATOR)]).is_none());
    let decides =
        scope(Permission::WriteNotices, &[(Role::Reviewer, brand(2)), (Role::Hr, brand(1))]).unwrap();
    assert_eq!((decides.over, decides.reviews), (vec![Area::Brand(id(1))], vec![Area::Brand(id(2))]));
}

#[test]
fn other_grants_give_another_reach_of_the_same_permission() {
    let before = over(&[brand(1)]);
    let now = before.under(&grants(&[(Role::Hr, brand(2))])).unwrap();
    assert_eq!((now.over.as_slice(), now.account), ([Area::Brand(id(2))].as_slice(), account()));
    assert!(now.is_of(Permission::ReadReports) && !now.is_of(Permission::ReadScores));
    assert!(before.under(&grants(&[(Role::Scheduler, OPERATOR)])).is_none());
    assert!(Scope::everything().under(&grants(&[(Role::Administrator, OPERATOR)])).is_none());
}

#[test]
fn a_reach_includes_another_if_it_names_all_of_it() {
    let read = |of: &[(Role, GrantScope)]| scope(Permission::ReadReports, of).unwrap();
    let both = [(Role::Manager, brand(1)), (Role::Employee, branch())];
    assert!(read(&both).includes(&read(&both)));
    for one in both {
        assert!(read(&both).includes(&read(&[one])));
        assert!(!read(&[one]).includes(&read(&both)));
    }
    let visits = |of: &[(Role, GrantScope)]| scope(Permission::ReadVisits, of).unwrap();
    let both = [(Role::Reviewer, brand(1)), (Role::Shopper, brand(2))];
    for one in both {
        assert!(visits(&both).includes(&visits(&[one])));
        assert!(!visits(&[one]).includes(&visits(&both)));
    }
    // What a region or a branch lies in is not looked up.
    assert!(!over(&[brand(1)]).includes(&over(&[branch()])));
}

#[test]
fn what_was_begun_outlasts_a_shopper_s_grants() {
    let outlasting: Vec<_> = Permission::ALL.iter().copied().filter(|one| one.outlasts_grants()).collect();
    assert_eq!(
        outlasting,
        [Permission::FinishFieldwork, Permission::ReadVisitHistory, Permission::ReadOneVisit]
    );
    let ended = [
        former(Role::Shopper, brand(1), 3),
        former(Role::Shopper, brand(2), 5),
        former(Role::Reviewer, OPERATOR, 9),
    ];
    for permission in Permission::ALL {
        let left = Scope::of_former(*permission, account(), &ended);
        assert_eq!(left.is_some(), permission.outlasts_grants(), "{permission:?}");
        let Some(left) = left else { continue };
        assert!(left.is_of(*permission));
        assert_eq!(places(&left), [&[], &[], [Area::Brand(id(1)), Area::Brand(id(2))].as_slice(), &[], &[]]);
        assert_eq!(left.ended_at(), Some(Instant::from_micros(5)), "since the last of them ended");
        assert!(Scope::of_former(*permission, account(), &ended[2..]).is_none(), "no shopper's work");
    }
}

#[test]
fn a_shopper_who_still_is_one_has_no_end() {
    let ended = [former(Role::Shopper, brand(2), 3), former(Role::Reviewer, OPERATOR, 4)];
    let still = fieldwork_in(&[brand(1)]).with_former(&ended);
    assert_eq!(
        (still.own.as_slice(), still.ended_at()),
        ([Area::Brand(id(1)), Area::Brand(id(2))].as_slice(), None)
    );
    let desk = scope(Permission::ReadVisits, &[(Role::Auditor, brand(1))]).unwrap().with_former(&ended);
    assert_eq!((desk.own, desk.ended_at), (vec![Area::Brand(id(2))], Some(Instant::from_micros(3))));
}

#[test]
fn what_acts_for_no_account_reaches_everything() {
    let all = Scope::everything();
    assert_eq!(places(&all), [[Area::Operator].as_slice(), &[Area::Operator], &[], &[], &[]]);
    assert!(all.is_operator_wide() && Permission::ALL.iter().all(|one| all.is_of(*one)));
}

#[test]
fn each_part_of_a_reach_leaves_the_others_out() {
    let report = scope(
        Permission::ReadReports,
        &[
            (Role::Manager, brand(1)),
            (Role::Reviewer, brand(2)),
            (Role::Auditor, brand(3)),
            (Role::Employee, branch()),
        ],
    );
    let report = report.unwrap();
    let [one, two, three] = [1, 2, 3].map(|number| Area::Brand(id(number)));
    let work = Area::Branch(id(1), id(8));
    assert_eq!(places(&report), [[one, two, three].as_slice(), &[two, three], &[], &[two], &[work]]);
    assert_eq!(places(&report.at_desks()), [[two, three].as_slice(), &[two, three], &[], &[two], &[]]);
    assert_eq!(places(&report.reviewing().unwrap()), [[two].as_slice(), &[two, three], &[], &[two], &[]]);
    assert_eq!(places(&report.as_staff().unwrap()), [[work].as_slice(), &[], &[], &[two], &[work]]);

    let visits =
        scope(Permission::ReadVisits, &[(Role::Reviewer, brand(1)), (Role::Shopper, brand(2))]).unwrap();
    assert_eq!(places(&visits), [[one].as_slice(), &[one], &[two], &[one], &[]]);
    assert_eq!(places(&visits.at_desks()), [[one].as_slice(), &[one], &[], &[one], &[]]);
    assert_eq!(places(&visits.reviewing().unwrap()), [[one].as_slice(), &[one], &[], &[one], &[]]);
    assert_eq!(places(&visits.fieldwork()), [[two].as_slice(), &[one], &[], &[one], &[]]);
    assert!(visits.as_staff().is_none() && over(&[OPERATOR]).reviewing().is_none());
    // Only one who is both has anything to leave out.
    let staff = Scope { own: vec![one], ..report };
    assert!(staff.as_staff().unwrap().own.is_empty());
}

#[test]
fn branches_are_added_to_what_is_covered() {
    let more = over(&[region()]).with_branches(&[(id(1), id(8)), (id(2), id(9))]);
    let wanted = [Area::Region(id(1), id(7)), Area::Branch(id(1), id(8)), Area::Branch(id(2), id(9))];
    assert_eq!(more.over, wanted);
}

#[test]
fn covering_a_brand_is_more_than_touching_it() {
    // Of each reach: whether it is operator-wide, covers the first brand, touches it, touches the second, and is of whole brands.
    for (places, wanted) in [
        (vec![OPERATOR], [true, true, true, true, true]),
        (vec![brand(1)], [false, true, true, false, true]),
        (vec![brand(2)], [false, false, false, true, true]),
        (vec![region()], [false, false, true, false, false]),
        (vec![branch(), brand(2)], [false, false, true, true, false]),
    ] {
        let scope = over(&places);
        let found = [
            scope.is_operator_wide(),
            scope.covers_brand(id(1)),
            scope.touches_brand(id(1)),
            scope.touches_brand(id(2)),
            scope.is_of_whole_brands(),
        ];
        assert_eq!(found, wanted, "{places:?}");
        assert!(scope.covers_anything());
    }
    assert!(!fieldwork_in(&[OPERATOR]).covers_anything());
    assert!(!fieldwork_in(&[OPERATOR]).touches_brand(id(1)));
}

#[test]
fn what_is_covered_is_named_by_kind() {
    let scope = over(&[brand(2), region(), branch()]);
    assert_eq!(scope.brands(), [id(2)]);
    assert_eq!(scope.touched_brands(), [id(2), id(1), id(1)]);
    assert_eq!(scope.regions(), [id(7)]);
    assert_eq!(scope.branches(), [id(8)]);
    assert!(over(&[OPERATOR]).touched_brands().is_empty());
}

#[test]
fn a_sole_brand_is_the_only_one() {
    for (places, sole) in [
        (vec![brand(1)], Some(id(1))),
        (vec![branch(), region()], Some(id(1))),
        (vec![brand(1), brand(2)], None),
        (vec![OPERATOR], None),
        (vec![brand(1), OPERATOR], None),
    ] {
        assert_eq!(over(&places).sole_brand(), sole, "{places:?}");
    }
    assert_eq!(fieldwork_in(&[brand(1)]).sole_brand(), None, "a shopper covers nothing");
}

#[test]
fn a_shopper_works_for_brands_or_for_all() {
    for (places, works, brands) in [
        (vec![brand(1)], [true, false], Some(vec![id(1)])),
        (vec![branch(), brand(2)], [true, true], Some(vec![id(1), id(2)])),
        (vec![OPERATOR], [true, true], None),
        (vec![brand(1), OPERATOR], [true, true], None),
    ] {
        let scope = fieldwork_in(&places);
        assert_eq!([1, 2].map(|number| scope.works_for(id(number))), works, "{places:?}");
        assert_eq!(scope.brands_worked_for(), brands, "{places:?}");
    }
    let desk = over(&[brand(1)]);
    assert!(!desk.works_for(id(1)));
    assert_eq!(desk.brands_worked_for(), Some(Vec::new()));
}

#[test]
fn permissions_are_found_by_their_names() {
    for permission in Permission::ALL {
        assert_eq!(Permission::named(permission.name()), Some(*permission));
    }
    assert_eq!(Permission::named("read_reports"), None);
}
