//! The scores of several places, as `GET /v1/scores` gives them.

use super::{Kind, Means, Piece, PieceAfter};
use crate::{
    accounts::policy::Scope,
    error::Result,
    exports::model::ExportKind,
    http::languages::Wishes,
    scores::api::{ScoreView, ScoresParams, several},
};

/// Scores, in the order in which the places are asked for.
#[derive(Debug)]
pub enum Scores {}

impl Kind for Scores {
    const KIND: ExportKind = ExportKind::Scores;
    type Params = ScoresParams;
    type Thing = ScoreView;

    /// All of them at once: there are few.
    async fn read(
        means: &Means,
        reach: Scope,
        params: ScoresParams,
        wishes: Wishes,
        _: PieceAfter,
    ) -> Result<Piece<ScoreView>> {
        several(&means.app, &means.figures, reach, wishes, params).await.map(Piece::whole)
    }
}
