//! Which rows about places are in scope: of tables that name a place by `brand_id` and `place_id`.

use crate::{
    accounts::policy::Scope, db::Conn, error::Result, places::store::regions_below, scores::model::PlaceId,
};

/// The regions in scope, as places.
///
/// # Errors
/// Those of the database.
pub(crate) fn regions_in(conn: &mut Conn, scope: &Scope) -> Result<Vec<PlaceId>> {
    let named = scope.regions();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    Ok(regions_below(conn, named)?.into_iter().map(|region| region.cast()).collect())
}

/// Holds rows of a table to those of places that the scope covers: a brand that it covers whole with all in it, these regions, and the
/// branches in scope.
macro_rules! within_scope {
    ($table:ident, $scope:expr, $regions:expr) => {
        diesel::IntoSql::into_sql::<diesel::sql_types::Bool>($scope.is_operator_wide())
            .or($table::brand_id.eq_any($scope.brands()))
            .or($table::place_id.eq_any($regions))
            .or($table::place_id.eq_any($crate::places::store::branches_in($scope)))
    };
}
pub(crate) use within_scope;

/// Holds a query of such a table to the places that a list is held to.
macro_rules! held_to {
    ($query:expr, $table:ident, $places:expr) => {{
        let mut query = $query;
        if let Some(brand) = $places.brand {
            query = query.filter($table::brand_id.eq(brand));
        }
        if let Some(place) = $places.place {
            query = query.filter($table::place_id.eq(place));
        }
        query
    }};
}
pub(crate) use held_to;
