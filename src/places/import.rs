//! Places from a [table](super::table) in a file, taken whole or not at all.
//!
//! Each line is one branch; the regions that its path names are made where they are missing. The same file again
//! changes nothing.

mod file;
mod tree;

use std::collections::HashMap;

use tokio::task::spawn_blocking;

pub use self::file::{MOST_BRANCHES, parse};
use self::tree::Tree;
pub use super::table::LARGEST;
use super::{
    lines::{BranchLine, Mistakes},
    model::{Branch, ImportedPlaces},
    store::{self, many},
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{Conn, Db},
    error::{Error, Result},
    ids::BrandId,
    precondition::Revised,
};

/// Imports a file into a brand, in one transaction.
///
/// # Errors
/// `not_found` if the brand is not there or the scope does not cover it whole; `body_too_large`; `invalid` with every
/// bad line, at pointers like `/lines/17/time_zone`.
pub async fn import(
    db: &Db,
    clock: &Clock,
    scope: &Scope,
    brand: BrandId,
    csv: impl AsRef<[u8]> + Send + 'static,
) -> Result<ImportedPlaces> {
    // A large file takes a while: not on a thread that others wait for.
    let lines = spawn_blocking(move || parse(csv.as_ref())).await.map_err(Error::internal)??;
    let (clock, scope) = (clock.clone(), scope.clone());
    db.write(move |conn| keep(conn, &scope, brand, &lines, &clock)).await
}

/// Makes what is missing and changes what differs.
fn keep(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    lines: &[BranchLine],
    clock: &Clock,
) -> Result<ImportedPlaces> {
    store::require_brand(conn, scope, brand)?;
    let mut tree = Tree::new(brand, clock, many::all_regions(conn, brand)?);
    let old = many::all_branches(conn, brand)?.into_iter().map(|branch| (branch.code.clone(), branch));
    let branches = Branches::compare(lines, &old.collect(), &mut tree)?;
    many::insert_regions(conn, &tree.new)?;
    many::insert_above(conn, &tree.new_above)?;
    many::insert_branches(conn, &branches.new)?;
    many::update_branches(conn, &branches.changed)?;
    Ok(ImportedPlaces {
        regions_added: count(&tree.new),
        branches_added: count(&branches.new),
        branches_changed: count(&branches.changed),
        branches_unchanged: branches.unchanged,
    })
}

/// What the lines of a file make of the branches that there are.
#[derive(Default)]
struct Branches {
    new: Vec<Branch>,
    changed: Vec<Branch>,
    unchanged: u32,
}

impl Branches {
    /// Holds the lines against the branches that the brand has, by their codes. The regions that are missing are made.
    ///
    /// # Errors
    /// `invalid` with every line whose branch would have to move to another region.
    fn compare(lines: &[BranchLine], old: &HashMap<String, Branch>, tree: &mut Tree<'_>) -> Result<Self> {
        let (mut all, mut mistakes) = (Self::default(), Mistakes::default());
        for line in lines {
            let region = tree.reach(&line.region);
            match old.get(&line.code) {
                Some(old) if old.region_id != region => {
                    let message = "the branch is in another region; an import does not move it";
                    mistakes.add(line.number, "region", "conflict", message);
                }
                old => all.add(tree.branch(line, region), old),
            }
        }
        mistakes.none_or_error().map(|()| all)
    }

    fn add(&mut self, new: Branch, old: Option<&Branch>) {
        let Some(old) = old else { return self.new.push(new) };
        let wanted = Branch { id: old.id, ..new.in_place_of(old) };
        match wanted == *old {
            true => self.unchanged += 1,
            false => self.changed.push(wanted.next()),
        }
    }
}

fn count<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
}
