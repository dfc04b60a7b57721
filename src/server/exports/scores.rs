//! The scores of several places, as `GET /v1/scores` gives them.

use super::{From, Kind, Piece, What};
use crate::{
    accounts::policy::{Permission, Scope},
    error::Result,
    http::languages::Wishes,
    scores::api::{ScoreView, ScoresParams, several},
    server::house::House,
};

/// Scores, in the order in which the places are asked for.
#[derive(Debug)]
pub enum Scores {}

impl Kind for Scores {
    const WHAT: What = What::Scores;
    const PERMISSION: Permission = Permission::ReadScores;
    type Params = ScoresParams;
    type Thing = ScoreView;

    async fn count(_: &House, _: Scope, _: ScoresParams) -> Result<Option<u64>> {
        Ok(None)
    }

    /// All of them at once: there are few.
    async fn read(
        house: &House,
        reach: Scope,
        params: ScoresParams,
        wishes: Wishes,
        _: From,
    ) -> Result<Piece<ScoreView>> {
        let (app, means) = (&house.app, &house.figures);
        several(app, means, reach, wishes, params).await.map(Piece::whole)
    }
}
