//! What is there twice: content and its digest, a tree and its ways up, a profile and what is found by, figures of branches
//! and their sums.

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    fmt,
};

use serde_json::Value;

use super::{super::store, Facts};
use crate::{
    checklists,
    db::{Conn, types::Sha256},
    error::Result,
    ids::{RegionId, VersionId},
    places::{self, moves::model::Way},
};

/// So many versions or pictures are held in memory at a time.
const CONTENTS_AT_ONCE: i64 = 20;
/// So many small rows are.
const ROWS_AT_ONCE: i64 = 500;

impl Facts {
    /// Looks at all published versions, whether their words are those that were published.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn versions(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after: Option<VersionId> = None;
        loop {
            let page = checklists::store::hashed(conn, after, CONTENTS_AT_ONCE)?;
            let Some((last, ..)) = page.last() else { return Ok(()) };
            after = Some(*last);
            for (id, stored, recomputed) in page {
                if recomputed != Some(stored) {
                    self.findings
                        .add(format_args!("checklist version {id}"), "its content is not that of its digest");
                }
            }
        }
    }

    /// Looks at all pictures, whether their bytes are those of their digests.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn pictures(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after = None;
        loop {
            let page = store::pictures(conn, after, CONTENTS_AT_ONCE)?;
            let Some((last, ..)) = page.last() else { return Ok(()) };
            after = Some(*last);
            for (id, digest, bytes) in page {
                self.bytes(format_args!("picture {id}"), digest, &bytes);
            }
        }
    }

    /// Looks at all documents of notices and all files of appeals, whether their bytes are those of their digests.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn documents(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after = None;
        while let Some((id, digest, bytes)) = store::document(conn, after)? {
            after = Some(id);
            self.bytes(format_args!("document {id} of a notice"), digest, &bytes);
        }
        let mut after = None;
        while let Some((id, digest, bytes)) = store::appeal_file(conn, after)? {
            after = Some(id);
            self.bytes(format_args!("file {id} of an appeal"), digest, &bytes);
        }
        Ok(())
    }

    fn bytes(&mut self, about: fmt::Arguments<'_>, digest: Sha256, bytes: &[u8]) {
        if Sha256::of(bytes) != digest {
            self.findings.add(about, "its bytes are not those of its digest");
        }
    }

    /// Looks at all regions, whether those that they are said to lie in are the ones above them.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn regions(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after = None;
        loop {
            let page = store::regions(conn, after, ROWS_AT_ONCE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(*last);
            let above = store::regions_above(conn, page.clone())?;
            let mut by_region: HashMap<RegionId, Vec<_>> = HashMap::new();
            above.into_iter().for_each(|row| by_region.entry(row.region).or_default().push(row));
            for region in page {
                let ways = by_region.remove(&region).unwrap_or_default();
                let mut next = Some(region);
                let is_way = (0..).zip(&ways).all(|(height, row)| {
                    let is_next = (Some(row.ancestor), height) == (next, row.height);
                    next = row.parent_of_ancestor;
                    is_next
                });
                if !is_way || next.is_some() {
                    let about = format_args!("region {region}");
                    self.findings.add(about, "what it is said to lie in are not the regions above it");
                }
            }
        }
    }

    /// Looks at all branches, whether where they are said to lie, month by month, follows from where places are and from their moves.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn stays(&mut self, conn: &mut Conn) -> Result<()> {
        let (mut after, mut trees) = (None, HashMap::new());
        loop {
            let page = store::branches(conn, after, ROWS_AT_ONCE)?;
            let Some((last, ..)) = page.last() else { return Ok(()) };
            after = Some(*last);
            let ids: Vec<_> = page.iter().map(|(branch, ..)| branch.cast()).collect();
            let steps = places::steps::store::of_all(conn, &ids)?;
            for (branch, brand, present) in page {
                let tree = match trees.entry(brand) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(free) => free.insert(places::moves::store::tree(conn, brand)?),
                };
                let way = Way::of(present, steps.get(&branch.cast()).map_or(&[], Vec::as_slice));
                if places::moves::store::stays(conn, branch)? != tree.stays(&way) {
                    let about = format_args!("branch {branch}");
                    self.findings.add(
                        about,
                        "where it lay by months does not follow from where it is and from its moves",
                    );
                }
            }
        }
    }

    /// Looks at all shoppers, whether they are found by the languages that they declared, and whether the ties that they
    /// declare stand.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn shoppers(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after = None;
        loop {
            let page = store::profiles(conn, after, ROWS_AT_ONCE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            let ids: Vec<_> = page.iter().map(|(shopper, _)| *shopper).collect();
            let (mut languages, mut ties) = (HashMap::<_, BTreeSet<_>>::new(), HashMap::<_, Vec<_>>::new());
            for (shopper, language) in store::languages(conn, ids.clone())? {
                languages.entry(shopper).or_default().insert(language);
            }
            for tie in store::ties(conn, ids)? {
                ties.entry(tie.0).or_default().push(tie);
            }
            for (shopper, profile) in page {
                let about = format_args!("profile of shopper {shopper}");
                if languages.remove(&shopper).unwrap_or_default() != texts(&profile.0, "/languages").collect()
                {
                    self.findings.add(about, "it is not found by the languages that it names");
                }
                if has_withdrawn(&profile.0, &ties.remove(&shopper).unwrap_or_default()) {
                    self.findings.add(about, "a tie that it names is said to be withdrawn");
                }
            }
        }
    }
}

/// The texts of a list.
fn texts(profile: &Value, pointer: &str) -> impl Iterator<Item = String> {
    let all = profile.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    all.into_iter().filter_map(|one| one.as_str().map(str::to_owned))
}

/// Whether a brand or a branch that is named has only ties that were withdrawn. One that has none was declared before ties
/// were written down.
fn has_withdrawn(profile: &Value, ties: &[store::Declared]) -> bool {
    let employers = profile.pointer("/employers").and_then(Value::as_array).into_iter().flatten();
    let brands = employers.filter_map(|one| one.get("brand_id")?.as_str().map(str::to_owned));
    let named: Vec<_> = texts(profile, "/relatives_branches").chain(brands).collect();
    named.iter().any(|place| {
        let is_of = |(_, brand, branch, _): &&store::Declared| {
            let place_of = brand.map(|id| id.to_string()).or(branch.map(|id| id.to_string()));
            place_of.as_ref() == Some(place)
        };
        let of: Vec<_> = ties.iter().filter(is_of).collect();
        !of.is_empty() && of.iter().all(|tie| tie.3.is_some())
    })
}
