//! How far a permission reaches under a caller's grants.

use super::Permission;
use crate::{
    accounts::model::{FormerGrant, Grant, Role},
    db::types::Instant,
    ids::{AccountId, BranchId, BrandId, RegionId},
};

/// A part of the operator's world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// All brands.
    Operator,
    /// A brand with all in it.
    Brand(BrandId),
    /// A region of a brand with all below it.
    Region(BrandId, RegionId),
    /// One branch of a brand.
    Branch(BrandId, BranchId),
}

impl Area {
    /// The brand that it is in; the operator is in none.
    pub const fn brand(self) -> Option<BrandId> {
        match self {
            Self::Operator => None,
            Self::Brand(brand) | Self::Region(brand, _) | Self::Branch(brand, _) => Some(brand),
        }
    }
}

/// How far a caller's permission reaches. Store functions over scoped data take it, so that it cannot be forgotten.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The caller.
    pub account: AccountId,
    /// What is asked of the caller; none for background work and the command line.
    permission: Option<Permission>,
    over: Vec<Area>,
    /// What of it is covered by a desk's roles, and not by those of the branch's side alone.
    desks: Vec<Area>,
    own: Vec<Area>,
    /// The places whose visits the caller decides about.
    reviews: Vec<Area>,
    /// The places whose visits the caller lists from a desk.
    lists: Vec<Area>,
    /// The places where the caller manages accounts.
    manages: Vec<Area>,
    /// Where the caller is an employee: nothing of it is seen but what staff were informed of.
    staff: Vec<Area>,
    /// Since when it has been a scope of grants that ended.
    ended_at: Option<Instant>,
}

impl Scope {
    /// The reach of this permission under these grants; none if no role of them has it.
    pub fn of(permission: Permission, account: AccountId, grants: &[Grant]) -> Option<Self> {
        let areas = |of: fn(Role) -> bool| {
            grants
                .iter()
                .filter(|grant| permission.roles().contains(&grant.role) && of(grant.role))
                .map(|grant| grant.scope.area())
                .collect::<Vec<_>>()
        };
        let over = areas(|role| !matches!(role, Role::Shopper | Role::Employee));
        let desks = areas(|role| role != Role::Shopper && !role.is_of_branch_side());
        let own = areas(|role| role == Role::Shopper);
        let staff = areas(|role| role == Role::Employee);
        let may = |permission: Permission| {
            let has_it = move |role| permission.roles().contains(&role) && role != Role::Shopper;
            grants.iter().filter(move |grant| has_it(grant.role)).map(|grant| grant.scope.area()).collect()
        };
        let scope = Self {
            account,
            permission: Some(permission),
            over,
            desks,
            own,
            reviews: may(Permission::ReviewVisits),
            lists: may(Permission::ReadVisits),
            manages: may(Permission::ManageAccounts),
            staff,
            ended_at: None,
        };
        let is_any = [&scope.over, &scope.own, &scope.staff].iter().any(|areas| !areas.is_empty());
        is_any.then_some(scope)
    }

    /// The same reach, blind to the decisions on which a person with these grants may still give a second opinion.
    pub(in crate::accounts) fn judging_under(self, grants: &[Grant]) -> Self {
        let judging = grants.iter().filter(|grant| Permission::ReviewVisits.roles().contains(&grant.role));
        Self { reviews: judging.map(|grant| grant.scope.area()).collect(), ..self }
    }

    /// The reach of the same permission under other grants of the same account; none if no role of them has it.
    pub fn under(&self, grants: &[Grant]) -> Option<Self> {
        Self::of(self.permission?, self.account, grants)
    }

    /// Whether each area that the other names is named here as well.
    pub fn includes(&self, other: &Self) -> bool {
        let all = |own: &[Area], others: &[Area]| others.iter().all(|area| own.contains(area));
        all(&self.over, &other.over) && all(&self.own, &other.own) && all(&self.staff, &other.staff)
    }

    /// What is left of this permission when its grants have ended: the work that was begun. None for a permission that does not
    /// outlast them.
    pub fn of_former(permission: Permission, account: AccountId, former: &[FormerGrant]) -> Option<Self> {
        if !permission.outlasts_grants() {
            return None;
        }
        let nothing = Self::nothing(account, Some(permission));
        Some(nothing.with_former(former)).filter(|scope| !scope.own.is_empty())
    }

    const fn nothing(account: AccountId, permission: Option<Permission>) -> Self {
        Self {
            account,
            permission,
            over: Vec::new(),
            desks: Vec::new(),
            own: Vec::new(),
            reviews: Vec::new(),
            lists: Vec::new(),
            manages: Vec::new(),
            staff: Vec::new(),
            ended_at: None,
        }
    }

    /// The same with the places where the caller did a shopper's work before.
    #[must_use]
    pub fn with_former(mut self, former: &[FormerGrant]) -> Self {
        let former: Vec<_> = former.iter().filter(|one| one.grant.role == Role::Shopper).collect();
        if self.own.is_empty() {
            self.ended_at = former.iter().map(|one| one.ended_at).max();
        }
        self.own.extend(former.iter().map(|one| one.grant.scope.area()));
        self
    }

    /// Since when the caller has had no grant for it any more; none as long as there is one.
    pub const fn ended_at(&self) -> Option<Instant> {
        self.ended_at
    }

    /// All of the operator's world: for the command line and for background work, which act for no account.
    pub fn everything() -> Self {
        Self { manages: vec![Area::Operator], ..Self::of_desk(Area::Operator) }
    }

    /// All of this area as a desk sees it: for background work, which acts for no account.
    pub fn of_desk(area: Area) -> Self {
        Self { desks: vec![area], ..Self::of_branch_side(area) }
    }

    /// All of this area as the branch's side sees it: for background work, which acts for no account.
    pub fn of_branch_side(area: Area) -> Self {
        let nobody = AccountId::new(uuid::Uuid::nil());
        Self { over: vec![area], ..Self::nothing(nobody, None) }
    }

    /// As far as it is a desk's: without what the caller sees as a manager or as HR.
    pub fn at_desks(&self) -> Self {
        Self { over: self.desks.clone(), own: Vec::new(), staff: Vec::new(), ..self.clone() }
    }

    /// The places whose visits the caller decides about, with which permission a request may come, as what a scope covers; none if there are no such
    /// places.
    pub fn reviewing(&self) -> Option<Self> {
        let own = Vec::new();
        let reviewing = Self { over: self.reviews.clone(), own, staff: Vec::new(), ..self.clone() };
        (!reviewing.over.is_empty()).then_some(reviewing)
    }

    /// The places whose visits the caller lists from a desk, as what a scope covers; none if these are all that it sees from a desk anyway.
    pub fn listing(&self) -> Option<Self> {
        let (own, staff) = (Vec::new(), Vec::new());
        let is_all = self.desks.iter().all(|area| self.lists.contains(area));
        (!is_all).then(|| Self { over: self.lists.clone(), own, staff, ..self.clone() })
    }

    /// The places where the caller manages accounts, with which permission a request may come, as what a scope covers.
    #[must_use]
    pub fn managing(&self) -> Self {
        let (own, staff) = (Vec::new(), Vec::new());
        Self { over: self.manages.clone(), desks: self.manages.clone(), own, staff, ..self.clone() }
    }

    /// The places where the caller is an employee, as what a scope covers; none if there are no such places.
    pub fn as_staff(&self) -> Option<Self> {
        let staff = Self { over: self.staff.clone(), desks: Vec::new(), own: Vec::new(), ..self.clone() };
        (!staff.over.is_empty()).then_some(staff)
    }

    /// The same with these branches.
    #[must_use]
    pub fn with_branches(mut self, branches: &[(BrandId, BranchId)]) -> Self {
        self.over.extend(branches.iter().map(|(brand, branch)| Area::Branch(*brand, *branch)));
        self
    }

    /// Whether it is the reach of this permission, and not of another.
    pub fn is_of(&self, permission: Permission) -> bool {
        self.permission.is_none_or(|own| own == permission)
    }

    /// Whether it covers all brands.
    pub fn is_operator_wide(&self) -> bool {
        self.over.contains(&Area::Operator)
    }

    /// Whether it covers all of this brand.
    pub fn covers_brand(&self, brand: BrandId) -> bool {
        self.over.iter().any(|area| matches!(area, Area::Operator) || *area == Area::Brand(brand))
    }

    /// Whether it covers anything in this brand.
    pub fn touches_brand(&self, brand: BrandId) -> bool {
        self.over.iter().any(|area| area.brand().is_none_or(|other| other == brand))
    }

    /// Whether it covers anything: a shopper's own work is not covered.
    pub const fn covers_anything(&self) -> bool {
        !self.over.is_empty()
    }

    /// The one brand in which it covers anything; none if there are several, or it covers all.
    pub fn sole_brand(&self) -> Option<BrandId> {
        let first = self.over.first()?.brand()?;
        self.over.iter().all(|area| area.brand() == Some(first)).then_some(first)
    }

    /// The places that the caller does a shopper's work in, as what a scope covers.
    #[must_use]
    pub fn fieldwork(&self) -> Self {
        Self { over: self.own.clone(), own: Vec::new(), ..self.clone() }
    }

    /// Whether it covers nothing but whole brands.
    pub fn is_of_whole_brands(&self) -> bool {
        self.over.iter().all(|area| matches!(area, Area::Operator | Area::Brand(_)))
    }

    /// Whether the caller does a shopper's work anywhere in this brand.
    pub fn works_for(&self, brand: BrandId) -> bool {
        self.own.iter().any(|area| area.brand().is_none_or(|other| other == brand))
    }

    /// The brands that the caller does a shopper's work in, or in a part of; none means all of them.
    pub fn brands_worked_for(&self) -> Option<Vec<BrandId>> {
        self.own.iter().map(|area| area.brand()).collect()
    }

    /// The brands that it covers whole.
    pub fn brands(&self) -> Vec<BrandId> {
        let whole = |area: &Area| if let Area::Brand(brand) = area { Some(*brand) } else { None };
        self.over.iter().filter_map(whole).collect()
    }

    /// The brands in which it covers anything.
    pub fn touched_brands(&self) -> Vec<BrandId> {
        self.over.iter().filter_map(|area| area.brand()).collect()
    }

    /// The regions that it covers, each with all below it.
    pub fn regions(&self) -> Vec<RegionId> {
        let region = |area: &Area| if let Area::Region(_, region) = area { Some(*region) } else { None };
        self.over.iter().filter_map(region).collect()
    }

    /// The branches that it covers by name.
    pub fn branches(&self) -> Vec<BranchId> {
        let branch = |area: &Area| if let Area::Branch(_, branch) = area { Some(*branch) } else { None };
        self.over.iter().filter_map(branch).collect()
    }
}

#[cfg(test)]
mod tests;
