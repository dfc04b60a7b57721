//! What a shopper declares, and what others know of a shopper.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};

use super::tie::KeptTie;
use crate::{
    db::{
        schema::{namesake, shopper},
        types::{Instant, Json, text_enum},
    },
    ids::{AccountId, BranchId, BrandId, EmployeeId},
    limits::{PlainText, Unordered, Whole},
    places::employees::model::{Employee, email_key, name_key},
    precondition::revised,
};

/// How far a shopper may say they travel, in kilometres.
pub type TravelsKm = Whole<1, 500>;
/// Most employees that one shopper is shown to be like: the first of them say enough.
pub const MOST_LIKE: usize = 100;
/// What a shopper calls an employer.
pub type EmployerName = PlainText<1, 200>;

/// A shopper's declaration as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = shopper, primary_key(account_id))]
pub struct Shopper {
    /// Whose it is.
    pub account_id: AccountId,
    /// What was declared last.
    pub profile: Json<Profile>,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When something was first declared.
    pub created_at: Instant,
}

revised!(Shopper);

/// What a shopper declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The languages that they can do a visit in (BCP 47), the best first; 1 to 20, none twice.
    pub languages: Vec<String>,
    /// About where they live; for their own eyes only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
    /// How far they travel for a visit, in kilometres: as [`TravelsKm`] has it.
    pub travels_km: u16,
    /// Whom they work for besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub employers: Vec<Employer>,
    /// Where relatives or friends of theirs work.
    #[serde(default, skip_serializing_if = "RelativesBranches::is_empty")]
    pub relatives_branches: RelativesBranches,
}

/// Where a shopper's relatives or friends work.
pub type RelativesBranches = Unordered<BranchId, 0, 50>;

impl Profile {
    /// The same, with each branch once.
    pub fn with_each_branch_once(&self) -> Self {
        Self { relatives_branches: self.relatives_branches.each_once(), ..self.clone() }
    }

    /// The brands that they work for besides.
    pub fn brands(&self) -> impl Iterator<Item = BrandId> {
        self.employers.iter().filter_map(|employer| employer.brand_id)
    }
}

/// An employer of a shopper's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employer {
    /// As the shopper calls them.
    pub name: String,
    /// The brand that it is, if it is one of those that are visited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<BrandId>,
}

/// About where a shopper lives. It is kept in tenths of a degree (11 km from north to south), so nothing finer can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    north_tenths: i16,
    east_tenths: i16,
}

impl Home {
    /// The coarse position nearest to this one, which is in degrees: −90 to 90 north, −180 to 180 east.
    pub fn near(latitude: f64, longitude: f64) -> Self {
        // Within i16, as 1,800 is; what is beyond the range stays at its end.
        let tenths = |degrees: f64| (degrees * 10.0).round() as i16;
        Self { north_tenths: tenths(latitude), east_tenths: tenths(longitude) }
    }

    /// Degrees north, a multiple of 0.1.
    pub fn latitude(self) -> f64 {
        f64::from(self.north_tenths) / 10.0
    }

    /// Degrees east, a multiple of 0.1.
    pub fn longitude(self) -> f64 {
        f64::from(self.east_tenths) / 10.0
    }
}

text_enum! {
    /// By what a shopper is like an employee.
    pub enum Likeness {
        /// HR said that it is their account.
        Account = "account",
        /// They have the same e-mail address.
        Email = "email",
        /// They have the same name, but for case, accents and the order of its words.
        Name = "name",
    }
}

/// A shopper by their account, and by the keys that people are compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The key of the address.
    pub email: String,
    /// The key of the name.
    pub name: String,
}

impl Person {
    /// The person with this account, this address and this name.
    pub fn of(account: AccountId, email: &str, name: &str) -> Self {
        Self { account, email: email_key(email), name: name_key(name) }
    }

    /// Whether this employee may be the same person, and by what: the account says more than the address, and the address
    /// more than the name.
    pub fn may_be(&self, employee: &Employee) -> Option<Likeness> {
        if employee.account_id == Some(self.account) {
            return Some(Likeness::Account);
        }
        if employee.email_key.as_ref() == Some(&self.email) {
            return Some(Likeness::Email);
        }
        (employee.name_key == self.name).then_some(Likeness::Name)
    }
}

/// Whether a shopper and an employee with the same name are one person, as a scheduler found.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = namesake, primary_key(shopper_id, employee_id))]
pub struct Namesake {
    /// The shopper's account.
    pub shopper_id: AccountId,
    /// The employee.
    pub employee_id: EmployeeId,
    /// Whether they are one person.
    pub same_person: bool,
    /// By what the scheduler knows.
    pub reason: String,
    /// Who settled it last.
    pub settled_by: AccountId,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was first settled.
    pub created_at: Instant,
}

revised!(Namesake);

/// An employee who may be a shopper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleEmployee {
    /// Who.
    pub employee_id: EmployeeId,
    /// Where they work.
    pub branch_id: BranchId,
    /// Why it may be so.
    pub by: Likeness,
    /// Whether it is so, if a scheduler settled it.
    pub settled: Option<Namesake>,
}

/// An account that does fieldwork.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Contact {
    /// Its id.
    pub id: AccountId,
    /// Its address.
    pub email: String,
    /// What to call them.
    pub name: String,
}

/// A shopper as those who give out the work know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownShopper {
    /// The shopper's account.
    pub id: AccountId,
    /// How they are reached, if the scope covers a brand that they work for, or they have or had work in it.
    pub contact: Option<Contact>,
    /// What they declared, as far as it is in scope; nothing as long as they have not.
    pub declared: Option<KnownDeclaration>,
    /// The employees in scope who may be the same person, at most [`MOST_LIKE`].
    pub may_be: Vec<PossibleEmployee>,
    /// Which ties in scope they declared once and do not declare any more.
    pub withdrawn: Vec<KeptTie>,
}

/// What those who give out the work know of a declaration. Where the shopper lives is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownDeclaration {
    /// The languages that they can do a visit in (BCP 47), the best first.
    pub languages: Vec<String>,
    /// How far they travel, in kilometres.
    pub travels_km: u16,
    /// Whom they work for; brands that are out of scope by name only.
    pub employers: Vec<Employer>,
    /// Where relatives or friends work, of the branches in scope.
    pub relatives_branches: Vec<BranchId>,
}

#[cfg(test)]
mod tests;
