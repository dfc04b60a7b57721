#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    accounts::model::GrantScope, fieldwork::shoppers::model::Employer,
    places::employees::model::EmployeeDetails,
};

fn id<T>(number: u128) -> crate::db::types::Id<T> {
    crate::db::types::Id::new(Uuid::from_u128(number))
}

fn employee(number: u128, (brand, branch): (u128, u128), email: Option<&str>, name: &str) -> Employee {
    let email = email.map(str::to_owned);
    let (code, name) = ("1".to_owned(), name.to_owned());
    let details = EmployeeDetails { code, name, email, active: true, account_id: None };
    Employee::new(id(number), id(brand), id(branch), details, jiff::Timestamp::UNIX_EPOCH.into())
}

/// Ana, whose account is 7.
fn ana() -> Person {
    Person::of(id(7), "ana@example.org", "Ana Ilieva")
}

/// In this branch of region 5 of this brand.
fn to(brand: u128, branch: u128) -> Destination {
    Destination { brand: id(brand), branch: id(branch), region: Some(id(5)) }
}

fn settled(employee: u128, same_person: bool) -> Namesake {
    Namesake {
        shopper_id: id(7),
        employee_id: id(employee),
        same_person,
        reason: "asked".to_owned(),
        settled_by: id(9),
        revision: 1,
        created_at: jiff::Timestamp::UNIX_EPOCH.into(),
    }
}

#[test]
fn what_excludes_comes_before_what_is_only_shown() {
    let none = Ties::default;
    let by_email = employee(1, (1, 12), Some("ana@example.org"), "A. Ilieva");
    let by_account = Employee { account_id: Some(id(7)), ..employee(1, (1, 12), None, "A. I.") };
    let by_name = employee(2, (1, 11), None, "Ana Ilieva");
    let with = |ties: Ties, employees: &[Employee], settled: &[Namesake]| {
        let ties = ties.with_employees(&ana(), employees, settled);
        assert_eq!(ties.with(to(3, 33)), None, "another brand: {ties:?}");
        ties.with(to(1, 11))
    };
    let names = [by_name.clone()];
    assert_eq!(with(none(), &[], &[]), None);
    assert_eq!(with(none(), &names, &[]), Some(Tie::Namesake));
    assert_eq!(with(none(), &names, &[settled(2, false)]), None);
    assert_eq!(with(none(), &names, &[settled(2, true)]), Some(Tie::Employee));
    assert_eq!(with(none(), &names, &[settled(1, false)]), Some(Tie::Namesake), "another employee");
    for certain in [by_email, by_account] {
        let both = [by_name.clone(), certain];
        assert_eq!(with(none(), &both, &[settled(1, false)]), Some(Tie::Employee), "that is no namesake");
        let relatives = vec![id(11)];
        assert_eq!(with(Ties { relatives, ..none() }, &both, &[]), Some(Tie::Relative));
        assert_eq!(with(Ties { employers: vec![id(1)], ..none() }, &both, &[]), Some(Tie::Employer));
    }
    let withdrawn = vec![DeclaredTie::Relative(id(11))];
    assert_eq!(with(Ties { withdrawn, ..none() }, &[], &[]), Some(Tie::Withdrawn));
    let excluding: Vec<_> = Tie::ALL.iter().copied().filter(|tie| tie.excludes()).collect();
    assert_eq!(excluding, [Tie::Employer, Tie::Relative, Tie::Role, Tie::Employee]);
}

#[test]
fn other_roles_tie_to_where_they_are() {
    let scope = |brand: Option<u128>, region: Option<u128>, branch: Option<u128>| GrantScope {
        brand_id: brand.map(id),
        region_id: region.map(id),
        branch_id: branch.map(id),
    };
    let (everywhere, brand) = (scope(None, None, None), scope(Some(1), None, None));
    let (region, branch) = (scope(Some(1), Some(5), None), scope(Some(1), None, Some(11)));
    let ties = |role: Role, scope: GrantScope| {
        let roles = RoleTies::of(&[Grant { id: id(1), role, scope }]);
        let ties = Ties { roles, ..Ties::default() };
        let elsewhere = Destination { region: Some(id(6)), ..to(1, 12) };
        [to(1, 11), elsewhere, Destination { region: None, ..to(2, 21) }].map(|to| ties.with(to).is_some())
    };
    for role in Role::ALL.iter().copied().filter(|role| *role != Role::Shopper) {
        let is_of_the_brand = role.is_of_branch_side();
        assert_eq!(ties(role, everywhere), [is_of_the_brand; 3], "{role}");
        assert_eq!(ties(role, brand), [is_of_the_brand, is_of_the_brand, false], "{role}");
        assert_eq!(ties(role, region), [true, is_of_the_brand, false], "{role}");
        assert_eq!(ties(role, branch), [true, is_of_the_brand, false], "{role}");
    }
    for scope in [everywhere, brand, region, branch] {
        assert_eq!(ties(Role::Shopper, scope), [false; 3]);
    }
}

#[test]
fn an_employer_is_known_by_the_name_of_a_brand() {
    let brands = [(id(1), "Café Lumen".to_owned()), (id(2), "Anatolia".to_owned())];
    let employer =
        |name: &str, brand: Option<u128>| Employer { name: name.to_owned(), brand_id: brand.map(id) };
    let profile = Profile {
        languages: vec!["en".to_owned()],
        home: None,
        travels_km: 10,
        employers: vec![
            employer("LUMEN, Cafe", None),
            employer("Anatolia", Some(3)),
            employer("A school", None),
        ],
        relatives_branches: vec![id(11)].try_into().unwrap(),
    };
    let wanted = [DeclaredTie::Employer(id(1)), DeclaredTie::Employer(id(3)), DeclaredTie::Relative(id(11))];
    assert_eq!(DeclaredTie::all_of(&profile, &brands), wanted.into());
}

proptest! {
    /// A name alone never excludes, and a tie always has its cause.
    #[test]
    fn ties_are_what_is_there(
        employers in prop::collection::vec(0..3_u128, 0..3),
        relatives in prop::collection::vec(0..3_u128, 0..3),
        employee_of in prop::collection::vec(0..3_u128, 0..3),
        namesakes in prop::collection::vec(0..3_u128, 0..3),
        withdrawn in prop::collection::vec(0..3_u128, 0..3),
        (brand, branch) in (0..3_u128, 0..3_u128),
    ) {
        let ties = Ties {
            employers: employers.iter().copied().map(id).collect(),
            relatives: relatives.iter().copied().map(id).collect(),
            roles: RoleTies::default(),
            employee_of: employee_of.iter().copied().map(id).collect(),
            namesakes: namesakes.iter().copied().map(id).collect(),
            withdrawn: withdrawn.iter().copied().map(|one| DeclaredTie::Employer(id(one))).collect(),
        };
        let excluded =
            employers.contains(&brand) || relatives.contains(&branch) || employee_of.contains(&brand);
        let tie = ties.with(to(brand, branch));
        prop_assert_eq!(tie.is_some_and(Tie::excludes), excluded);
        let shown = namesakes.contains(&branch) || withdrawn.contains(&brand);
        prop_assert_eq!(tie.is_some(), excluded || shown);
        prop_assert!(!excluded || !ties.excluding().is_empty(), "it is left out, and that is said");
    }
}
