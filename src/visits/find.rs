//! Finding a visit for a caller: a shopper's own, or one whose branch is in scope.

use super::{model::Visit, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    ids::VisitId,
    places,
};

/// The visit, if it is the caller's own or the scope covers its branch.
///
/// # Errors
/// `not_found` if there is no such visit, or it is out of scope.
pub fn visit(conn: &mut Conn, scope: &Scope, id: VisitId) -> Result<Visit> {
    let visit = store::find(conn, id)?.ok_or_else(|| Error::new(Code::NotFound))?;
    if visit.head.shopper_id != scope.account || !scope.works_for(visit.head.brand_id) {
        places::store::branch(conn, scope, visit.head.branch_id)?;
    }
    Ok(visit)
}
