//! Saying something about an action.

use super::{model::Comment, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::Result,
    precondition::{Put, Stored, unchanging},
};

/// Keeps a comment on an action in scope. The same again is the same comment.
///
/// # Errors
/// `not_found` if the action is not there or out of scope; `conflict` if another comment has the id.
pub fn comment(conn: &mut Conn, scope: &Scope, new: &Comment) -> Result<Stored<Comment>> {
    store::action(conn, scope, new.action_id)?;
    let old = store::comment(conn, new.id)?;
    let words = |one: &Comment| (one.action_id, one.account_id, one.text.clone());
    let is_same = |old: &Comment, new: &Comment| words(old) == words(new);
    let stored = unchanging(old, new, is_same, "another comment has this id")?;
    if stored.put == Put::Make {
        store::insert_comment(conn, new)?;
    }
    Ok(stored)
}
