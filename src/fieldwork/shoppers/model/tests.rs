use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::places::employees::model::EmployeeDetails;

fn id<T>(number: u128) -> crate::db::types::Id<T> {
    crate::db::types::Id::new(Uuid::from_u128(number))
}

fn employee(brand: u128, branch: u128, email: Option<&str>, name: &str) -> Employee {
    let email = email.map(str::to_owned);
    let (code, name) = ("1".to_owned(), name.to_owned());
    let details = EmployeeDetails { code, name, email, active: true, account_id: None };
    Employee::new(id(1), id(brand), id(branch), details, jiff::Timestamp::UNIX_EPOCH.into())
}

#[test]
fn an_address_says_more_than_a_name() {
    let ana = Person::of(id(7), "Ana@Example.org", "Ana Ilieva");
    for (email, name, wanted) in [
        (Some(" ana@example.ORG"), "Somebody Else", Some(Likeness::Email)),
        (Some("ana@example.org"), "Ana Ilieva", Some(Likeness::Email)),
        (Some("ilieva@example.org"), "ILIEVA, Ana", Some(Likeness::Name)),
        (None, "Ána Ilieva", Some(Likeness::Name)),
        (None, "Ana", None),
    ] {
        let employee = employee(1, 2, email, name);
        assert_eq!(ana.may_be(&employee), wanted, "{email:?} {name}");
        let with_account = |account: u128| Employee { account_id: Some(id(account)), ..employee.clone() };
        assert_eq!(ana.may_be(&with_account(7)), Some(Likeness::Account));
        assert_eq!(ana.may_be(&with_account(8)), wanted);
    }
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
}
