//! Declarations and shoppers as they are sent and answered. What a shopper sees of the own declaration and what others
//! see of a shopper are different types: only the first has a home.

use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use validator::{Validate, ValidationError};

use crate::{
    db::types::Instant,
    fieldwork::shoppers::model::{
        Employer, FARTHEST, Home, KnownShopper, LONGEST_EMPLOYER, Likeness, MOST_EMPLOYERS, MOST_RELATIVES,
        PossibleEmployee, Profile, Shopper,
    },
    http::input::plain_text,
    ids::{AccountId, BranchId, BrandId, EmployeeId},
    places::{self, model::are_languages},
    strict::objects_only,
};

/// About where a shopper lives, in degrees.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CoarsePosition {
    /// Degrees north, rounded to 0.1.
    #[validate(range(min = -90.0, max = 90.0))]
    #[schema(minimum = -90, maximum = 90, example = 41.0)]
    latitude: f64,
    /// Degrees east, rounded to 0.1.
    #[validate(range(min = -180.0, max = 180.0))]
    #[schema(minimum = -180, maximum = 180, example = 29.0)]
    longitude: f64,
}

/// An employer of a shopper's.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct DeclaredEmployer {
    /// As the shopper calls them.
    #[validate(length(min = 1, max = LONGEST_EMPLOYER), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
    /// The brand that it is, if it is one that the shopper visits: then they are not sent there.
    brand_id: Option<BrandId>,
}

objects_only!(CoarsePosition, DeclaredEmployer);

/// What a shopper declares.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutDeclaration {
    /// The languages that they can do a visit in, the best first.
    #[validate(custom(function = "languages"))]
    #[schema(schema_with = languages_schema)]
    languages: Vec<String>,
    /// About where they live; it is rounded to 0.1 degrees before it is kept, and shown to no other account.
    #[validate(nested)]
    home: Option<CoarsePosition>,
    /// How far they travel for a visit, in kilometres.
    #[validate(range(min = 1, max = FARTHEST))]
    #[schema(minimum = 1, maximum = 500)]
    travels_km: u16,
    /// Whom they work for besides.
    #[serde(default)]
    #[validate(length(max = MOST_EMPLOYERS), nested)]
    #[schema(max_items = 20, default = json!([]))]
    employers: Vec<DeclaredEmployer>,
    /// The branches where relatives or friends of theirs work.
    #[serde(default)]
    #[validate(length(max = MOST_RELATIVES))]
    #[schema(max_items = 50, default = json!([]))]
    relatives_branches: Vec<BranchId>,
}

impl PutDeclaration {
    /// What is declared by it, with a coarse home.
    pub(super) fn profile(self) -> Profile {
        let employer = |one: DeclaredEmployer| Employer { name: one.name, brand_id: one.brand_id };
        Profile {
            languages: self.languages,
            home: self.home.map(|home| Home::near(home.latitude, home.longitude)),
            travels_km: self.travels_km,
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
    #[schema(minimum = 1, maximum = 500)]
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
        let home = home.map(|home| CoarsePosition { latitude: home.latitude(), longitude: home.longitude() });
        let employers = employers.into_iter().map(EmployerView::from).collect();
        let created_at = shopper.created_at;
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
}

impl From<PossibleEmployee> for MayBeEmployee {
    fn from(PossibleEmployee { employee_id, branch_id, by }: PossibleEmployee) -> Self {
        Self { employee_id, branch_id, by }
    }
}

/// A shopper, as those who give out the work know them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopperView {
    /// The shopper's account.
    pub(super) id: AccountId,
    email: String,
    name: String,
    /// The languages that they can do a visit in (BCP 47), the best first; none as long as nothing was declared.
    languages: Vec<String>,
    /// How far they travel for a visit, in kilometres; missing as long as nothing was declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 500)]
    travels_km: Option<u16>,
    /// Whom they work for besides.
    employers: Vec<EmployerView>,
    /// Where relatives or friends of theirs work, of the branches that the caller may see.
    relatives_branches: Vec<BranchId>,
    /// Employees of branches that the caller may see who have the shopper's address or name; at most 100.
    #[schema(max_items = 100)]
    may_be_employee: Vec<MayBeEmployee>,
}

impl From<KnownShopper> for ShopperView {
    fn from(KnownShopper { contact, declared, may_be }: KnownShopper) -> Self {
        let travels_km = declared.as_ref().map(|declared| declared.travels_km);
        let declared = declared.unwrap_or_default();
        Self {
            id: contact.id,
            email: contact.email,
            name: contact.name,
            languages: declared.languages,
            travels_km,
            employers: declared.employers.into_iter().map(EmployerView::from).collect(),
            relatives_branches: declared.relatives_branches,
            may_be_employee: may_be.into_iter().map(MayBeEmployee::from).collect(),
        }
    }
}

fn languages(tags: &[String]) -> Result<(), ValidationError> {
    let message = "1 to 20 different language tags (BCP 47), such as fr or pt-BR";
    let wrong = || ValidationError::new("format").with_message(message.into());
    are_languages(tags).then_some(()).ok_or_else(wrong)
}

fn languages_schema() -> RefOr<Schema> {
    places::model::languages_schema("The languages that they can do a visit in (BCP 47), the best first.")
}
