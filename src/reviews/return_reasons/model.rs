//! A reason for sending visits back.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    db::{
        schema::return_reason,
        types::{Instant, Json},
    },
    ids::ReturnReasonId,
    precondition::revised,
    visits::asked::ReasonText,
};

revised!(ReturnReason);

/// A reason for sending visits back.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = return_reason)]
pub struct ReturnReason {
    /// Its id.
    pub id: ReturnReasonId,
    /// What it says, in the operator's languages.
    pub texts: Json<ReasonText>,
    /// Whether reviewers cannot choose it any more.
    pub retired: bool,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}
