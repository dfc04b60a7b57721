//! People who sign in, what they may, and their devices.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::policy::Area;
use crate::{
    db::{
        schema::{account, session},
        types::{Instant, text_enum},
    },
    error::FieldError,
    ids::{AccountId, BranchId, BrandId, GrantId, RefreshTokenId, RegionId, SessionId},
    precondition::Revised,
};

text_enum! {
    /// What an account does here.
    pub enum Role {
        /// Makes visits.
        Shopper = "shopper",
        /// Sends shoppers to branches.
        Scheduler = "scheduler",
        /// Makes checklists.
        Designer = "designer",
        /// Decides about visits.
        Reviewer = "reviewer",
        /// Runs a branch or a region.
        Manager = "manager",
        /// Turns scores into incentives.
        Hr = "hr",
        /// Works in a branch, and reads its reports as far as staff were informed.
        Employee = "employee",
        /// Decides who may do what.
        Administrator = "administrator",
        /// Looks at everything, changes nothing.
        Auditor = "auditor",
    }
}

impl Role {
    /// Whether it is of the branch's side, whose figures must give no visit away; all others but shoppers sit at desks.
    pub const fn is_of_branch_side(self) -> bool {
        matches!(self, Self::Manager | Self::Hr | Self::Employee)
    }
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = account)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Signs in with this; lower case, one account an address.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// The language that they read (BCP 47).
    pub language: String,
    /// Argon2id in PHC form; none has been set yet if missing.
    pub password_hash: Option<String>,
    /// May not sign in, nor go on.
    pub disabled: bool,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl Revised for Account {
    fn revision(&self) -> i64 {
        self.revision
    }

    /// The old password stays, unless there is a new one.
    fn in_place_of(self, old: &Self) -> Self {
        let password_hash = self.password_hash.or_else(|| old.password_hash.clone());
        Self { password_hash, revision: old.revision, created_at: old.created_at, ..self }
    }

    fn next(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }
}

/// Who came with which rights: a session, and the version that the grants of its account had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The session.
    pub session: SessionId,
    /// Counts what the account was given and lost.
    pub grants_version: i64,
}

/// One device's signing in.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = session)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What the device calls itself.
    pub device: String,
    /// When it signed in.
    pub created_at: Instant,
    /// When it last refreshed.
    pub seen_at: Instant,
    /// When it ends unless it refreshes.
    pub expires_at: Instant,
    /// When it was ended.
    pub revoked_at: Option<Instant>,
}

/// The right to new tokens, as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct RefreshToken {
    /// Its id.
    pub id: RefreshTokenId,
    /// The session that it belongs to.
    pub session_id: SessionId,
    /// The token that was exchanged for it.
    pub parent_id: Option<RefreshTokenId>,
    /// When it was found to have served.
    pub retired_at: Option<Instant>,
}

/// One role over one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// What may be done.
    pub role: Role,
    /// Over what.
    pub scope: GrantScope,
}

/// A grant that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerGrant {
    /// The grant.
    pub grant: Grant,
    /// Since when it has not been one.
    pub ended_at: Instant,
}

/// The part of the operator's world that a grant is over: nothing named is all of it; a brand alone is all of the
/// brand; with a region or a branch it is that part of the brand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct GrantScope {
    /// The brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<BrandId>,
    /// A region of the brand, with all below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_id: Option<RegionId>,
    /// A branch of the brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<BranchId>,
}

crate::strict::objects_only!(GrantScope);

impl GrantScope {
    /// The area that it names.
    pub fn area(self) -> Area {
        match (self.brand_id, self.region_id, self.branch_id) {
            (None, ..) => Area::Operator,
            (Some(brand), Some(region), _) => Area::Region(brand, region),
            (Some(brand), None, Some(branch)) => Area::Branch(brand, branch),
            (Some(brand), None, None) => Area::Brand(brand),
        }
    }

    /// What is wrong with it, if it names no one place.
    pub fn check(self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if self.brand_id.is_none() && (self.region_id.is_some() || self.branch_id.is_some()) {
            let message = "name the brand of the region or branch";
            wrong.push(FieldError::new("/scope/brand_id", "required", message));
        }
        if self.region_id.is_some() && self.branch_id.is_some() {
            wrong.push(FieldError::new("/scope/branch_id", "excess", "name a region or a branch, not both"));
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::db::types::Id;

    fn id<T>(number: u128) -> Id<T> {
        Id::new(Uuid::from_u128(number))
    }

    #[test]
    fn managers_hr_and_employees_are_the_branch_s_side() {
        let side: Vec<_> = Role::ALL.iter().copied().filter(|role| role.is_of_branch_side()).collect();
        assert_eq!(side, [Role::Manager, Role::Hr, Role::Employee]);
    }

    #[test]
    fn a_grant_is_over_one_place_of_a_brand_or_over_all() {
        let (brand, region, branch) = (Some(id(1)), Some(id(2)), Some(id(3)));
        for (brand_id, region_id, branch_id, area, wrong) in [
            (None, None, None, Area::Operator, &[][..]),
            (brand, None, None, Area::Brand(id(1)), &[]),
            (brand, region, None, Area::Region(id(1), id(2)), &[]),
            (brand, None, branch, Area::Branch(id(1), id(3)), &[]),
            (None, region, None, Area::Operator, &["/scope/brand_id"]),
            (None, None, branch, Area::Operator, &["/scope/brand_id"]),
            (brand, region, branch, Area::Region(id(1), id(2)), &["/scope/branch_id"]),
            (None, region, branch, Area::Operator, &["/scope/brand_id", "/scope/branch_id"]),
        ] {
            let scope = GrantScope { brand_id, region_id, branch_id };
            assert_eq!(scope.area(), area, "{scope:?}");
            let found: Vec<_> = scope.check().into_iter().map(|one| one.pointer).collect();
            assert_eq!(found, wrong, "{scope:?}");
        }
    }

    #[test]
    fn an_account_keeps_its_password_its_age_and_its_revision() {
        let account = |revision, created, password: Option<&str>| Account {
            id: id(1),
            email: "ada@example.org".into(),
            name: "Ada".into(),
            language: "en".into(),
            password_hash: password.map(str::to_owned),
            disabled: false,
            revision,
            created_at: Instant::from_micros(created),
        };
        let old = account(7, 1, Some("old"));
        for (password, kept) in [(None, "old"), (Some("new"), "new")] {
            let new = account(1, 2, password).in_place_of(&old);
            assert_eq!(new, account(7, 1, Some(kept)));
            assert_eq!((new.revision(), new.next()), (7, account(8, 1, Some(kept))));
        }
    }
}
