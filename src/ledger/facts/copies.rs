//! What is there twice: content and its digest, a tree and its ways up, a profile and what is found by.

use std::collections::{BTreeSet, HashMap};

use super::{super::store, Facts};
use crate::{
    checklists,
    db::{
        Conn,
        types::{Id, Sha256},
    },
    error::Result,
    ids::{RegionId, VersionId},
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
                if Sha256::of(&bytes) != digest {
                    self.findings.add(format_args!("picture {id}"), "its bytes are not those of its digest");
                }
            }
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

    /// Looks at all shoppers, whether they are found by the languages that they declared.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn languages(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after = None;
        loop {
            let page = store::profiles(conn, after, ROWS_AT_ONCE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            let found = store::languages(conn, page.iter().map(|(shopper, _)| *shopper).collect())?;
            let mut by_shopper: HashMap<Id<_>, BTreeSet<String>> = HashMap::new();
            found.into_iter().for_each(|(shopper, one)| {
                by_shopper.entry(shopper).or_default().insert(one);
            });
            for (shopper, profile) in page {
                let declared = profile.0.get("languages").and_then(|all| all.as_array());
                let declared =
                    declared.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned));
                if by_shopper.remove(&shopper).unwrap_or_default() != declared.collect() {
                    let about = format_args!("profile of shopper {shopper}");
                    self.findings.add(about, "it is not found by the languages that it names");
                }
            }
        }
    }
}
