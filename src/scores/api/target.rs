//! The target of a figure, as it stands beside the figure.

use serde::Serialize;
use utoipa::ToSchema;

use super::FigureView;
use crate::{
    limits::BasisPoints,
    scores::{
        model::PlaceKind,
        statistics::Difference,
        targets::model::{Aim, TargetStanding},
    },
};

/// What a score is to be, and how far it is from that.
#[derive(Serialize, ToSchema)]
pub struct TargetView {
    /// The score that is wanted, in basis points.
    #[schema(value_type = BasisPoints)]
    score: i32,
    /// Whose target it is: the place's own one, or that of the nearest place above it that has one.
    of: PlaceKind,
    /// The score less the target, in basis points; null where the figure is insufficient.
    #[schema(value_type = Option<Difference>)]
    distance: Option<i32>,
    /// Where the interval lies, seen from the target; null where the figure is insufficient.
    standing: Option<TargetStanding>,
}

impl TargetView {
    /// The score that is wanted, in basis points.
    pub(super) const fn score(&self) -> i32 {
        self.score
    }

    /// The target of a figure, if it has one.
    pub(super) fn of(aim: Option<Aim>, figure: &FigureView) -> Option<Self> {
        let aim = aim?;
        let (distance, standing) = figure.measured().against(aim);
        Some(Self { score: aim.score, of: aim.of, distance, standing })
    }
}
