//! Ties: why a shopper and a branch do not go together (pure).

use std::collections::HashSet;

use super::model::{Likeness, Namesake, Person, Profile};
use crate::{
    accounts::{
        model::{Grant, Role},
        policy::Area,
    },
    db::types::{Instant, text_enum},
    ids::{BranchId, BrandId, RegionId},
    places::{
        employees::model::{Employee, name_key},
        model::Branch,
    },
};

/// A tie that is declared no more keeps the shopper from claiming for so many seconds: 365 days.
pub const WITHDRAWN_FOR: i64 = 365 * 86_400;

text_enum! {
    /// Why a shopper and a branch do not go together.
    pub enum Tie {
        /// The shopper works for the brand, and says so.
        Employer = "employer",
        /// Relatives or friends of the shopper work in the branch.
        Relative = "relative",
        /// The shopper has another role in the branch, or is the manager or HR of the brand.
        Role = "role",
        /// An employee of the brand has the shopper's account or address, or was found to be the shopper.
        Employee = "employee",
        /// An employee of the branch has the shopper's name; it may be another person.
        Namesake = "namesake",
        /// The shopper declared a tie within the last year, and does not declare it any more.
        Withdrawn = "withdrawn",
    }
}

impl Tie {
    /// Whether it keeps the shopper from going there; if not, it is shown to the scheduler, who decides.
    pub const fn excludes(self) -> bool {
        !matches!(self, Self::Namesake | Self::Withdrawn)
    }

    /// What it is in words, for those who give out the work.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Employer => "the shopper works for the brand",
            Self::Relative => "relatives or friends of the shopper work there",
            Self::Role => "the shopper has another role there",
            Self::Employee => "the shopper is an employee of the brand",
            Self::Namesake => "an employee of the branch has the shopper's name",
            Self::Withdrawn => "the shopper declared a tie there before",
        }
    }
}

/// Where a shopper is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The brand of the branch.
    pub brand: BrandId,
    /// The branch.
    pub branch: BranchId,
    /// The region that the branch lies in directly.
    pub region: Option<RegionId>,
}

impl From<&Branch> for Destination {
    fn from(branch: &Branch) -> Self {
        Self { brand: branch.brand_id, branch: branch.id, region: branch.region_id }
    }
}

/// Where an account has a role that does not go together with visiting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleTies {
    /// Whether that is everywhere.
    pub everywhere: bool,
    /// In these brands.
    pub brands: Vec<BrandId>,
    /// In these regions, with all below them.
    pub regions: Vec<RegionId>,
    /// In these branches.
    pub branches: Vec<BranchId>,
}

impl RoleTies {
    /// What follows from these grants: a manager and HR are tied to all of their brand, and every other role that is bound to a
    /// region or a branch ties to that.
    pub fn of(grants: &[Grant]) -> Self {
        let mut ties = Self::default();
        for grant in grants.iter().filter(|grant| grant.role != Role::Shopper) {
            let is_of_the_brand = grant.role.is_of_branch_side();
            match grant.scope.area() {
                Area::Operator => ties.everywhere |= is_of_the_brand,
                area if is_of_the_brand => ties.brands.extend(area.brand()),
                Area::Region(_, region) => ties.regions.push(region),
                Area::Branch(_, branch) => ties.branches.push(branch),
                Area::Brand(_) => {}
            }
        }
        ties
    }

    fn include(&self, to: Destination) -> bool {
        self.everywhere
            || self.brands.contains(&to.brand)
            || to.region.is_some_and(|region| self.regions.contains(&region))
            || self.branches.contains(&to.branch)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a shopper may declare to be tied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclaredTie {
    /// The shopper works for this brand.
    Employer(BrandId),
    /// Relatives or friends of the shopper work in this branch.
    Relative(BranchId),
}

impl DeclaredTie {
    /// What a profile declares, where the brands have these names: an employer that is called as a brand is, is that brand.
    pub fn all_of(profile: &Profile, brands: &[(BrandId, String)]) -> HashSet<Self> {
        let keys: Vec<_> = brands.iter().map(|(brand, name)| (*brand, name_key(name))).collect();
        let named = |name: &str| {
            let key = name_key(name);
            keys.iter().filter(move |(_, other)| *other == key).map(|(brand, _)| *brand).collect::<Vec<_>>()
        };
        let brands = profile.employers.iter().flat_map(|employer| match employer.brand_id {
            Some(brand) => vec![brand],
            None => named(&employer.name),
        });
        let relatives = profile.relatives_branches.iter().copied().map(Self::Relative);
        brands.map(Self::Employer).chain(relatives).collect()
    }
}

/// A tie that was declared, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptTie {
    /// Which of the shopper's it is, from 1.
    pub number: i32,
    /// What to.
    pub tie: DeclaredTie,
    /// Since when.
    pub declared_at: Instant,
    /// Until when; it is declared now if missing.
    pub withdrawn_at: Option<Instant>,
}

/// What ties a shopper to brands and branches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// The brands that the shopper works for, as declared.
    pub employers: Vec<BrandId>,
    /// The branches where relatives or friends work, as declared.
    pub relatives: Vec<BranchId>,
    /// Where the shopper has another role.
    pub roles: RoleTies,
    /// The brands of which the shopper is an employee.
    pub employee_of: Vec<BrandId>,
    /// The branches in which an employee has the shopper's name.
    pub namesakes: Vec<BranchId>,
    /// What was declared before.
    pub withdrawn: Vec<DeclaredTie>,
}

impl Ties {
    /// The same with what follows from those employees who may be the same person, and from what is settled of them.
    #[must_use]
    pub fn with_employees(mut self, person: &Person, employees: &[Employee], settled: &[Namesake]) -> Self {
        for one in employees {
            let found = settled.iter().find(|settled| settled.employee_id == one.id);
            match (person.may_be(one), found.map(|found| found.same_person)) {
                (None, _) | (Some(Likeness::Name), Some(false)) => {}
                (Some(Likeness::Name), None) => self.namesakes.push(one.branch_id),
                (Some(_), _) => self.employee_of.push(one.brand_id),
            }
        }
        self
    }

    /// What stands between the shopper and a branch: a tie that excludes comes before one that is only shown.
    pub fn with(&self, to: Destination) -> Option<Tie> {
        let was_declared = |one: &DeclaredTie| match *one {
            DeclaredTie::Employer(brand) => brand == to.brand,
            DeclaredTie::Relative(branch) => branch == to.branch,
        };
        let ties = [
            (self.employers.contains(&to.brand), Tie::Employer),
            (self.relatives.contains(&to.branch), Tie::Relative),
            (self.roles.include(to), Tie::Role),
            (self.employee_of.contains(&to.brand), Tie::Employee),
            (self.namesakes.contains(&to.branch), Tie::Namesake),
            (self.withdrawn.iter().any(was_declared), Tie::Withdrawn),
        ];
        ties.into_iter().find(|(tied, _)| *tied).map(|(_, tie)| tie)
    }

    /// The ties that exclude, with any branch.
    pub fn excluding(&self) -> Vec<Tie> {
        let ties = [
            (self.employers.is_empty(), Tie::Employer),
            (self.relatives.is_empty(), Tie::Relative),
            (self.roles.is_empty(), Tie::Role),
            (self.employee_of.is_empty(), Tie::Employee),
        ];
        ties.into_iter().filter(|(none, _)| !none).map(|(_, tie)| tie).collect()
    }
}

#[cfg(test)]
mod tests;
