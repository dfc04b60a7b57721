//! What is kept of links to charts, and the addresses that they have.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    db::{
        schema::chart_link,
        types::{Instant, text_enum},
    },
    error::{Code, Error, Result},
    ids::{AccountId, BrandId, ChartLinkId},
    scores::model::{Place, PlaceId, PlaceKind},
    seals::{Seal, Seals},
};

/// A link ends so long after it was made at the latest, in seconds: 90 days.
pub const LONGEST: i64 = 90 * 86_400;
/// An account has so many links at most that are neither revoked nor expired.
pub const MOST_LINKS: i64 = 200;

text_enum! {
    /// Which figure is drawn.
    pub enum ChartFigure {
        /// A figure step by step.
        Trend = "trend",
        /// The branches of a place, the best first.
        Ranking = "ranking",
        /// Branches in rows, subjects in columns.
        HeatMap = "heatmap",
    }
}

/// A link to a chart. It never changes, but that it is revoked.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = chart_link, treat_none_as_default_value = false)]
pub struct ChartLink {
    /// Its id.
    pub id: ChartLinkId,
    /// In whose name the chart is shown.
    pub account_id: AccountId,
    /// The epoch that the account was in.
    pub epoch: i64,
    /// The brand of the place.
    pub brand_id: BrandId,
    /// What the place is.
    pub place_kind: PlaceKind,
    /// The place that the figure is of.
    pub place_id: PlaceId,
    /// The figure.
    pub figure: ChartFigure,
    /// Its parameters, as they stand in an address.
    pub query: String,
    /// The language that it is in.
    pub language: String,
    /// When the link ends.
    pub expires_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// Counts changes, for the ledger.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl ChartLink {
    /// The place that the figure is of.
    pub fn place(&self) -> Place {
        self.place_kind.place(self.place_id)
    }
}

/// The link's address, which shows the chart without a token.
pub fn address(seals: &Seals, link: ChartLinkId) -> String {
    let signature = seals.signature(Seal::Chart, link.uuid().as_bytes());
    format!("/v1/charts/{link}?signature={signature}")
}

/// Holds an address to its signature.
///
/// # Errors
/// `not_found` if it is not the server's.
pub fn check_address(seals: &Seals, link: ChartLinkId, signature: &str) -> Result<()> {
    match seals.is_signature(Seal::Chart, link.uuid().as_bytes(), signature) {
        true => Ok(()),
        false => Err(Error::new(Code::NotFound)),
    }
}
