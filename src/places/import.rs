//! Places from a [table](super::table) in a file, taken whole or not at all.
//!
//! Each line is one branch; the regions that its path names are made where they are missing. The same file again
//! changes nothing.

mod branches;
mod file;
mod tree;

pub use self::file::MOST_BRANCHES;
use self::{file::BranchLine, tree::Tree};
pub use super::table::{LARGEST, TableFile};
use super::{
    findings::Findings,
    imported::ImportedPlaces,
    importing::{Wish, count},
    model::Brand,
    moves,
    store::{self, many},
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{Conn, Db},
    error::{Code, Error, Result},
    ids::BrandId,
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
    let wish = Wish { scope: scope.clone(), brand, new_brand: None, clock: clock.clone(), dry_run };
    fulfil(wish, db, file).await
}

/// Makes a brand and imports a file into it, in one transaction.
///
/// # Errors
/// `conflict` if there is a brand of its name; those of [`import`].
pub async fn import_into_new(
    db: &Db,
    clock: &Clock,
    brand: Brand,
    file: TableFile,
) -> Result<ImportedPlaces> {
    let (scope, id) = (Scope::everything(), brand.id);
    let wish = Wish { scope, brand: id, new_brand: Some(brand), clock: clock.clone(), dry_run: false };
    fulfil(wish, db, file).await
}

async fn fulfil(wish: Wish, db: &Db, file: TableFile) -> Result<ImportedPlaces> {
    let (done, notes) = wish.fulfil(db, file, file::read, carry_out).await?;
    Ok(ImportedPlaces { notes, ..done })
}

/// Makes what is missing and changes what differs.
fn carry_out(
    conn: &mut Conn,
    wish: &Wish,
    lines: &[BranchLine],
    findings: &mut Findings,
) -> Result<ImportedPlaces> {
    if let Some(new) = &wish.new_brand {
        if !store::brands_named(conn, &wish.scope, &new.name)?.is_empty() {
            return Err(Error::new(Code::Conflict).detail("there is a brand of this name by now"));
        }
        store::insert_brand(conn, new)?;
    }
    let brand = store::brand_to_fill(conn, &wish.scope, wish.brand)?;
    let (regions, old) = (many::all_regions(conn, brand.id)?, many::all_branches(conn, brand.id)?);
    let before = old.len();
    let (lying, to_come) = (moves::store::tree(conn, brand.id)?, moves::store::to_come(conn, brand.id)?);
    let mut tree = Tree::new(brand, &wish.clock, regions, lying, to_come);
    let branches = branches::compare(lines, old, &mut tree, findings)?;
    if !wish.dry_run {
        many::insert_regions(conn, &tree.new)?;
        many::insert_above(conn, &tree.new_above)?;
        many::insert_branches(conn, &branches.new)?;
        let (tree, new) = (moves::store::tree(conn, wish.brand)?, &branches.new);
        moves::store::make_stays(conn, &tree, &new.iter().map(|branch| branch.id).collect::<Vec<_>>())?;
        many::update_branches(conn, &branches.changed)?;
    }
    Ok(ImportedPlaces {
        dry_run: wish.dry_run,
        regions_added: count(tree.new.len()),
        branches_added: count(branches.new.len()),
        branches_changed: count(branches.changed.len()),
        branches_unchanged: count(branches.unchanged),
        branches_not_named: count(branches.not_named(before)),
        notes: Vec::new(),
        regions: wish.dry_run.then_some(tree.new_paths),
        lines: wish.dry_run.then_some(branches.lines),
    })
}
