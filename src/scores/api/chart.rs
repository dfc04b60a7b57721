//! Charts of figures by the parameters that their addresses have.

use actix_web::web::Data;

use super::{HeatMapParams, MOST_RANKED, RankingParams, Reading, TrendParams, heatmap, ranking, trend};
use crate::{
    accounts::policy::Scope,
    app::App,
    charts::Drawing,
    error::{Error, Result},
    http::{
        input::parse_query,
        languages::Wishes,
        listed::Part,
        page::{self, USUAL_MOST},
    },
    scores::{links::model::ChartFigure, means::Means, model::Place},
};

/// A chart that is asked for.
pub(in crate::scores) enum Chart {
    Trend(TrendParams),
    Ranking(RankingParams, Part),
    HeatMap(HeatMapParams, Part),
}

impl Chart {
    /// The chart of this figure with these parameters: of a list, its first page.
    ///
    /// # Errors
    /// `invalid` with what is wrong with the parameters, each by its name.
    pub(in crate::scores) fn read(figure: ChartFigure, query: &str) -> Result<Self> {
        Ok(match figure {
            ChartFigure::Trend => Self::Trend(parse_query(query).map_err(Error::invalid)?),
            ChartFigure::Ranking => {
                let (params, part) = page::first_part::<_, MOST_RANKED>(query)?;
                Self::Ranking(params, part)
            }
            ChartFigure::HeatMap => {
                let (params, part) = page::first_part::<_, USUAL_MOST>(query)?;
                Self::HeatMap(params, part)
            }
        })
    }

    /// Draws it of a place, as a caller with this reach sees it.
    ///
    /// # Errors
    /// Those of the figure.
    pub(in crate::scores) async fn draw(
        self,
        app: &App,
        means: Data<Means>,
        (scope, place): (Scope, Place),
        wishes: Wishes,
    ) -> Result<Drawing> {
        match self {
            Self::Trend(params) => trend::picture(app, means, (scope, place), &wishes, params).await,
            Self::Ranking(params, part) => {
                ranking::picture(app, (scope, place), wishes.ours(), params, part).await
            }
            Self::HeatMap(params, part) => {
                heatmap::picture(app, means, Reading { scope, place, wishes }, params, part).await
            }
        }
    }
}
