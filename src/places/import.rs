//! Places from a [table](super::table) in a file, taken whole or not at all.
//!
//! Each line is one branch; the regions that its path names are made where they are missing. The same file again
//! changes nothing.

mod branches;
mod file;
mod tree;

use tokio::task::spawn_blocking;

pub use self::file::{MOST_BRANCHES, parse};
use self::{branches::Branches, file::BranchLine, tree::Tree};
pub use super::table::{LARGEST, TableFile};
use super::{
    findings::Findings,
    model::ImportedPlaces,
    store::{self, many},
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{Conn, Db},
    error::{Error, Result},
    ids::BrandId,
    texts::Language,
};

/// Imports a file into a brand, in one transaction; or says what that would change, and writes nothing.
///
/// # Errors
/// `not_found` if the brand is not there or the scope does not cover it whole; `body_too_large`; `invalid` with every
/// bad line, at pointers like `/lines/17/time_zone`.
pub async fn import(
    db: &Db,
    clock: &Clock,
    scope: &Scope,
    brand: BrandId,
    file: TableFile,
    dry_run: bool,
) -> Result<ImportedPlaces> {
    let language = file.language;
    // A large file takes a while: not on a thread that others wait for.
    let read = move || {
        let mut findings = Findings::new(language);
        file::read(&file, &mut findings).map(|lines| (lines, findings))
    };
    let (lines, of_file) = spawn_blocking(read).await.map_err(Error::internal)??;
    let wish = Wish { scope: scope.clone(), brand, lines, language, clock: clock.clone(), dry_run };
    let carry_out = move |conn: &mut Conn| carry_out(conn, &wish);
    let done = if dry_run { db.snapshot(carry_out).await? } else { db.write(carry_out).await? };
    Ok(ImportedPlaces { notes: [of_file.into_notes(), done.notes].concat(), ..done })
}

/// A file that was read, and what is to become of it.
struct Wish {
    scope: Scope,
    brand: BrandId,
    lines: Vec<BranchLine>,
    language: Language,
    clock: Clock,
    dry_run: bool,
}

/// Makes what is missing and changes what differs.
fn carry_out(conn: &mut Conn, wish: &Wish) -> Result<ImportedPlaces> {
    let brand = store::brand_to_fill(conn, &wish.scope, wish.brand)?;
    let (regions, old) = (many::all_regions(conn, brand.id)?, many::all_branches(conn, brand.id)?);
    let there = old.len();
    let (mut tree, mut findings) = (Tree::new(brand, &wish.clock, regions), Findings::new(wish.language));
    let branches = Branches::compare(&wish.lines, old, &mut tree, &mut findings)?;
    if !wish.dry_run {
        many::insert_regions(conn, &tree.new)?;
        many::insert_above(conn, &tree.new_above)?;
        many::insert_branches(conn, &branches.new)?;
        many::update_branches(conn, &branches.changed)?;
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let named = branches.changed.len() + branches.unchanged;
    Ok(ImportedPlaces {
        dry_run: wish.dry_run,
        regions_added: count(tree.new.len()),
        branches_added: count(branches.new.len()),
        branches_changed: count(branches.changed.len()),
        branches_unchanged: count(branches.unchanged),
        branches_not_named: count(there.saturating_sub(named)),
        notes: findings.into_notes(),
        regions: wish.dry_run.then_some(tree.new_paths),
        lines: wish.dry_run.then_some(branches.lines),
    })
}
