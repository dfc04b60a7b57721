//! Dimensions and standards.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use super::super::text::Text;
use crate::{
    db::{
        schema::{dimension, standard, standard_version},
        types::{Instant, Json, text_enum},
    },
    ids::{AccountId, BrandId, DimensionId, StandardId},
    precondition::{Revised, revised},
};

text_enum! {
    /// Whether people or procedures make it good.
    pub enum Side {
        /// What people do: gestures, words, competence, listening.
        Personal = "personal",
        /// What the organisation does: time, comfort, products, procedures.
        Procedural = "procedural",
    }
}

text_enum! {
    /// The five dimensions of SERVQUAL (Parasuraman, Zeithaml and Berry, 1988), for those who compare with the literature.
    pub enum Servqual {
        /// How rooms, equipment and people look.
        Tangibles = "tangibles",
        /// Doing what was promised, dependably.
        Reliability = "reliability",
        /// Willingness to help, at once.
        Responsiveness = "responsiveness",
        /// Knowledge and courtesy that give confidence.
        Assurance = "assurance",
        /// Care for the single customer.
        Empathy = "empathy",
    }
}

text_enum! {
    /// What training helps where a standard is missed.
    pub enum Track {
        /// Products and technique.
        ProductAndTechnique = "product_and_technique",
        /// Serving customers.
        CustomerService = "customer_service",
        /// Motivation, and coping with stress.
        MotivationAndStress = "motivation_and_stress",
    }
}

/// A side of service that standards belong to.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = dimension)]
pub struct Dimension {
    /// Its id.
    pub id: DimensionId,
    /// Whose it is, for good.
    pub brand_id: BrandId,
    /// Names it in checklists, for good; unique in the brand.
    pub key: String,
    /// What it is called.
    pub name: Json<Text>,
    /// Whether people or procedures make it good.
    pub side: Side,
    /// Where it belongs among SERVQUAL's five.
    pub servqual: Servqual,
    /// What training helps where it is weak.
    pub track: Track,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

revised!(Dimension);

/// One sentence of a brand's service policy, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = standard)]
pub struct Standard {
    /// Its id.
    pub id: StandardId,
    /// Whose it is, for good.
    pub brand_id: BrandId,
    /// Names it in checklists, for good; unique in the brand.
    pub key: String,
    /// The dimension that it belongs to, of the same brand.
    pub dimension_id: DimensionId,
    /// Counts its versions, from 1; its ETag.
    pub version: i32,
    /// What it asks for.
    pub text: Json<Text>,
    /// Whether it is no longer asked for: no new version of a checklist can name it.
    pub retired: bool,
    /// When it was made.
    pub created_at: Instant,
}

/// Its version counts its revisions.
impl Revised for Standard {
    fn revision(&self) -> i64 {
        self.version.into()
    }

    fn in_place_of(self, old: &Self) -> Self {
        Self { version: old.version, created_at: old.created_at, ..self }
    }

    fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

impl Standard {
    /// Its version as it is now, to be kept for good.
    pub fn to_version(&self, made_by: AccountId, made_at: Instant) -> StandardVersion {
        StandardVersion {
            standard_id: self.id,
            version: self.version,
            dimension_id: self.dimension_id,
            text: self.text.clone(),
            retired: self.retired,
            made_by,
            made_at,
        }
    }
}

/// A version of a standard; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = standard_version)]
pub struct StandardVersion {
    /// Which standard.
    pub standard_id: StandardId,
    /// Counts the versions of the standard, from 1.
    pub version: i32,
    /// The dimension that it belonged to.
    pub dimension_id: DimensionId,
    /// What it asked for.
    pub text: Json<Text>,
    /// Whether it was no longer asked for.
    pub retired: bool,
    /// The account that made it.
    pub made_by: AccountId,
    /// When it was made.
    pub made_at: Instant,
}
