//! Declarations and shoppers as they are sent and answered. What a shopper sees of the own declaration and what others
//! see of a shopper are different types: only the first has a home.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    db::types::Instant,
    fieldwork::shoppers::{
        model::{
            Employer, EmployerName, Home, KnownShopper, Likeness, Namesake, PossibleEmployee, Profile,
            RelativesBranches, Shopper, TravelsKm,
        },
        tie::{DeclaredTie, KeptTie, Tie},
    },
    http::sheet::Rows,
    ids::{AccountId, BranchId, BrandId, EmployeeId},
    limits::{Latitude, Longitude, PlainLines, Several},
    places::model::SpokenLanguages,
    strict::objects_only,
};

/// About where a shopper lives, in degrees.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CoarsePosition {
    /// Degrees north, rounded to 0.1.
    latitude: Latitude,
    /// Degrees east, rounded to 0.1.
    longitude: Longitude,
}

impl CoarsePosition {
    /// Where a home is kept to be.
    fn of(home: Home) -> Option<Self> {
        let (latitude, longitude) = (home.latitude().try_into().ok()?, home.longitude().try_into().ok()?);
        Some(Self { latitude, longitude })
    }
}

/// An employer of a shopper's.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct DeclaredEmployer {
    /// As the shopper calls them.
    name: EmployerName,
    /// The brand that it is, if it is one that the shopper visits: then they are not sent there. An employer that is called
    /// as a brand is, is that brand.
    brand_id: Option<BrandId>,
}

objects_only!(CoarsePosition, DeclaredEmployer);

/// Whom a shopper works for besides.
type DeclaredEmployers = Several<DeclaredEmployer, 0, 20>;

/// What a shopper declares.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutDeclaration {
    /// The languages that they can do a visit in (BCP 47), the best first.
    languages: SpokenLanguages,
    /// About where they live; it is rounded to 0.1 degrees before it is kept, and shown to no other account.
    home: Option<CoarsePosition>,
    /// How far they travel for a visit, in kilometres.
    travels_km: TravelsKm,
    /// Whom they work for besides.
    #[serde(default)]
    #[schema(default = json!([]), nullable = true)]
    employers: DeclaredEmployers,
    /// The branches where relatives or friends of theirs work.
    #[serde(default)]
    #[schema(default = json!([]), nullable = true)]
    relatives_branches: RelativesBranches,
}

impl PutDeclaration {
    /// What is declared by it, with a coarse home.
    pub(super) fn profile(self) -> Profile {
        let employer = |one: DeclaredEmployer| Employer { name: one.name.into(), brand_id: one.brand_id };
        Profile {
            languages: self.languages.into_strings(),
            home: self.home.map(|home| Home::near(home.latitude.get(), home.longitude.get())),
            travels_km: self.travels_km.as_u16(),
            employers: self.employers.into_iter().map(employer).collect(),
            relatives_branches: self.relatives_branches,
        }
    }
}

/// An employer of a shopper's, as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmployerView {
    /// As the shopper calls them.
    name: String,
    /// The brand that it is, if it is one that is visited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    brand_id: Option<BrandId>,
}

impl From<Employer> for EmployerView {
    fn from(Employer { name, brand_id }: Employer) -> Self {
        Self { name, brand_id }
    }
}

/// What a shopper declared, for their own eyes.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclarationView {
    /// The languages that they can do a visit in (BCP 47), the best first.
    languages: Vec<String>,
    /// About where they live, to 0.1 degrees; missing if they do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    home: Option<CoarsePosition>,
    /// How far they travel for a visit, in kilometres.
    #[schema(value_type = TravelsKm)]
    travels_km: u16,
    /// Whom they work for besides.
    employers: Vec<EmployerView>,
    /// The branches where relatives or friends of theirs work.
    relatives_branches: Vec<BranchId>,
    /// When something was first declared.
    created_at: Instant,
}

impl From<Shopper> for DeclarationView {
    fn from(shopper: Shopper) -> Self {
        let Profile { languages, home, travels_km, employers, relatives_branches } = shopper.profile.0;
        let home = home.and_then(CoarsePosition::of);
        let employers = employers.into_iter().map(EmployerView::from).collect();
        let (relatives_branches, created_at) = (relatives_branches.into_inner(), shopper.created_at);
        Self { languages, home, travels_km, employers, relatives_branches, created_at }
    }
}

/// An employee who may be a shopper.
#[derive(Debug, Serialize, ToSchema)]
pub struct MayBeEmployee {
    employee_id: EmployeeId,
    /// Where they work.
    branch_id: BranchId,
    /// Why it may be so.
    by: Likeness,
    /// Whether they are one person, if a scheduler settled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    settled: Option<NamesakeView>,
}

impl From<PossibleEmployee> for MayBeEmployee {
    fn from(PossibleEmployee { employee_id, branch_id, by, settled }: PossibleEmployee) -> Self {
        Self { employee_id, branch_id, by, settled: settled.map(NamesakeView::from) }
    }
}

/// Whether a shopper and an employee with the same name are one person.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutNamesake {
    /// If they are, the shopper visits no branch of the brand; if not, the name is in the way no more.
    pub(super) same_person: bool,
    /// By what that is known, for the record.
    pub(super) reason: PlainLines<1, 500>,
}

/// Whether a shopper and an employee with the same name are one person, as a scheduler settled it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamesakeView {
    same_person: bool,
    /// By what that is known.
    reason: String,
    /// Who settled it last.
    settled_by: AccountId,
    /// When it was first settled.
    created_at: Instant,
}

impl From<Namesake> for NamesakeView {
    fn from(Namesake { same_person, reason, settled_by, created_at, .. }: Namesake) -> Self {
        Self { same_person, reason, settled_by, created_at }
    }
}

/// A tie that a shopper declared once and does not declare any more. For a year it keeps them from claiming, and a
/// scheduler decides.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnTie {
    /// `employer` or `relative`.
    tie: Tie,
    /// The brand that they worked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    brand_id: Option<BrandId>,
    /// The branch where relatives or friends worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    branch_id: Option<BranchId>,
    declared_at: Instant,
    withdrawn_at: Option<Instant>,
}

impl From<KeptTie> for WithdrawnTie {
    fn from(KeptTie { tie, declared_at, withdrawn_at, .. }: KeptTie) -> Self {
        let (tie, brand_id, branch_id) = match tie {
            DeclaredTie::Employer(brand) => (Tie::Employer, Some(brand), None),
            DeclaredTie::Relative(branch) => (Tie::Relative, None, Some(branch)),
        };
        Self { tie, brand_id, branch_id, declared_at, withdrawn_at }
    }
}

impl Rows for ShopperView {}

/// A shopper, as those who give out the work know them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopperView {
    /// The shopper's account.
    pub(super) id: AccountId,
    /// Missing if the caller's grant is narrower than the brand, and the shopper never had work there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
    /// Missing where `email` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// The languages that they can do a visit in (BCP 47), the best first; none as long as nothing was declared.
    languages: Vec<String>,
    /// How far they travel for a visit, in kilometres; missing as long as nothing was declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<TravelsKm>)]
    travels_km: Option<u16>,
    /// Whom they work for besides; where `email` is missing, only brands that the caller has to do with.
    employers: Vec<EmployerView>,
    /// Where relatives or friends of theirs work, of the branches that the caller may see.
    relatives_branches: Vec<BranchId>,
    /// Employees of branches that the caller may see who have the shopper's account, address or name; at most 100, and none
    /// where `email` is missing.
    #[schema(max_items = 100)]
    may_be_employee: Vec<MayBeEmployee>,
    /// Ties to what the caller may see that they declared once and do not declare any more.
    withdrawn_ties: Vec<WithdrawnTie>,
}

impl From<KnownShopper> for ShopperView {
    fn from(KnownShopper { id, contact, declared, may_be, withdrawn }: KnownShopper) -> Self {
        let travels_km = declared.as_ref().map(|declared| declared.travels_km);
        let declared = declared.unwrap_or_default();
        let (email, name) = contact.map(|contact| (contact.email, contact.name)).unzip();
        Self {
            id,
            email,
            name,
            languages: declared.languages,
            travels_km,
            employers: declared.employers.into_iter().map(EmployerView::from).collect(),
            relatives_branches: declared.relatives_branches,
            may_be_employee: may_be.into_iter().map(MayBeEmployee::from).collect(),
            withdrawn_ties: withdrawn.into_iter().map(WithdrawnTie::from).collect(),
        }
    }
}
