//! Everything looked at: the database itself, what follows from the visits, the chains, and the files.

use std::collections::HashSet;

use super::{blobs::look, chains::Walk, facts::Facts};
pub use super::{
    chains::{Head, Walked},
    findings::{Finding, Findings},
};
use crate::{
    blobs::Blobs,
    db::{Conn, Db, engine},
    error::Result,
    ids::EvidenceId,
    scores::verify::{Verified, check},
    seals,
};

/// What came of looking at everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Scores and sums.
    pub sums: Verified,
    /// The chains.
    pub walked: Walked,
    /// How many blobs were looked at.
    pub blobs: u64,
    /// All else that is not as it must be.
    pub findings: Findings,
}

impl Looked {
    /// Whether all is as it must be.
    pub fn is_right(&self) -> bool {
        self.differences() == 0
    }

    /// How much is not.
    pub fn differences(&self) -> u64 {
        self.sums.differences.len() as u64 + self.sums.unlisted + self.findings.count()
    }
}

/// Looks at everything, the rows in one state of the data. `progress` is called now and then with how many visits of how
/// many are done. That each blob is there is always looked at; their bytes are read if that is wanted.
///
/// # Errors
/// Those of the database and of the store of blobs; a difference is no error.
pub async fn verify(
    db: &Db,
    blobs: &Blobs,
    with_bytes: bool,
    mut progress: impl FnMut(u64, u64) + Send + 'static,
) -> Result<Looked> {
    let (mut looked, erased) = db.snapshot(move |conn| rows(conn, &mut progress)).await?;
    looked.blobs = look(db, blobs, with_bytes, &erased, &mut looked.findings).await?;
    Ok(looked)
}

fn rows(conn: &mut Conn, progress: &mut impl FnMut(u64, u64)) -> Result<(Looked, HashSet<EvidenceId>)> {
    let mut facts = Facts::default();
    for what in engine::integrity(conn)? {
        facts.findings.add("the database", what);
    }
    let sums = check(conn, progress, &mut |conn, page| facts.visits(conn, page))?;
    facts.versions(conn)?;
    let Facts { mut findings, erased } = facts;
    let keys = seals::signing_keys(conn)?;
    let mut walk = Walk::new(&keys, &erased, &mut findings);
    walk.all(conn)?;
    let walked = walk.walked;
    Ok((Looked { sums, walked, blobs: 0, findings }, erased))
}
