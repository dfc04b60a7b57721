use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::places::employees::model::EmployeeDetails;

fn id<T>(number: u128) -> crate::db::types::Id<T> {
    crate::db::types::Id::new(Uuid::from_u128(number))
}

fn employee(brand: u128, branch: u128, email: Option<&str>, name: &str) -> Employee {
    let email = email.map(str::to_owned);
    let details = EmployeeDetails { code: "1".to_owned(), name: name.to_owned(), email, active: true };
    Employee::new(id(1), id(brand), id(branch), details, jiff::Timestamp::UNIX_EPOCH.into())
}

#[test]
fn an_address_says_more_than_a_name() {
    let ana = Person::of("Ana@Example.org", "Ana Ilieva");
    for (email, name, wanted) in [
        (Some(" ana@example.ORG"), "Somebody Else", Some(Likeness::Email)),
        (Some("ana@example.org"), "Ana Ilieva", Some(Likeness::Email)),
        (Some("ilieva@example.org"), "ILIEVA, Ana", Some(Likeness::Name)),
        (None, "Ána Ilieva", Some(Likeness::Name)),
        (None, "Ana", None),
    ] {
        assert_eq!(ana.may_be(&employee(1, 2, email, name)), wanted, "{email:?} {name}");
    }
}

#[test]
fn what_excludes_comes_before_what_is_only_shown() {
    let profile = |brand: Option<u128>, branch: u128| Profile {
        languages: vec!["en".to_owned()],
        home: None,
        travels_km: 10,
        employers: vec![Employer { name: "Lumen".to_owned(), brand_id: brand.map(id) }],
        relatives_branches: vec![id(branch)],
    };
    let ana = Person::of("ana@example.org", "Ana Ilieva");
    let by_email = employee(1, 12, Some("ana@example.org"), "A. Ilieva");
    let by_name = employee(1, 11, None, "Ana Ilieva");
    for (profile, employees, wanted) in [
        (None, vec![], None),
        (Some(profile(None, 99)), vec![], None),
        (None, vec![by_name.clone()], Some(Tie::EmployeeByName)),
        (None, vec![by_name.clone(), by_email.clone()], Some(Tie::EmployeeByEmail)),
        (Some(profile(Some(2), 11)), vec![by_name.clone(), by_email.clone()], Some(Tie::Relative)),
        (Some(profile(Some(1), 11)), vec![by_name, by_email], Some(Tie::Employer)),
    ] {
        let ties = Ties::of(profile.as_ref(), &ana, &employees);
        assert_eq!(ties.with(id(1), id(11)), wanted, "{ties:?}");
        assert_eq!(ties.with(id(3), id(33)), None, "another brand: {ties:?}");
    }
    assert!(Tie::Employer.excludes() && Tie::Relative.excludes() && Tie::EmployeeByEmail.excludes());
    assert!(!Tie::EmployeeByName.excludes());
}

proptest! {
    #[test]
    fn a_home_is_coarse(latitude in -90.0..=90.0_f64, longitude in -180.0..=180.0_f64) {
        let home = Home::near(latitude, longitude);
        prop_assert!((home.latitude() - latitude).abs() <= 0.05 + 1e-9);
        prop_assert!((home.longitude() - longitude).abs() <= 0.05 + 1e-9);
        prop_assert_eq!(Home::near(home.latitude(), home.longitude()), home);
        prop_assert_eq!((home.latitude() * 10.0).round() / 10.0, home.latitude());
    }

    /// A name alone never excludes, and a tie always has its cause.
    #[test]
    fn ties_are_what_is_there(
        employers in prop::collection::vec(0..3_u128, 0..3),
        relatives in prop::collection::vec(0..3_u128, 0..3),
        by_email in prop::collection::vec(0..3_u128, 0..3),
        by_name in prop::collection::vec(0..3_u128, 0..3),
        (brand, branch) in (0..3_u128, 0..3_u128),
    ) {
        let ties = Ties {
            employers: employers.iter().copied().map(id).collect(),
            relatives: relatives.iter().copied().map(id).collect(),
            employee_by_email: by_email.iter().copied().map(id).collect(),
            employee_by_name: by_name.iter().copied().map(id).collect(),
        };
        let excluded =
            employers.contains(&brand) || relatives.contains(&branch) || by_email.contains(&brand);
        let tie = ties.with(id(brand), id(branch));
        prop_assert_eq!(tie.is_some_and(Tie::excludes), excluded);
        prop_assert_eq!(tie.is_some(), excluded || by_name.contains(&branch));
    }
}
