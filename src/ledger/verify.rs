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
    seals::{KeyPurpose, Secret, kept},
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
/// If keys are kept under a secret and none is given, since nobody can see then whether their seals are good; those of the
/// database and of the store of blobs. A difference is no error.
pub async fn verify(
    db: &Db,
    blobs: &Blobs,
    secret: Option<&Secret>,
    with_bytes: bool,
    mut progress: impl FnMut(u64, u64) + Send + 'static,
) -> Result<Looked> {
    let secret = secret.cloned();
    let rows = move |conn: &mut Conn| rows(conn, secret.as_ref(), &mut progress);
    let (mut looked, erased) = db.snapshot(rows).await?;
    looked.blobs = look(db, blobs, with_bytes, &erased, &mut looked.findings).await?;
    Ok(looked)
}

fn rows(
    conn: &mut Conn,
    secret: Option<&Secret>,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(Looked, HashSet<EvidenceId>)> {
    let kept = kept::all(conn, secret)?;
    let mut facts = Facts::default();
    for what in engine::integrity(conn)? {
        facts.findings.add("the database", what);
    }
    let sums = check(conn, progress, &mut |conn, page| facts.visits(conn, page))?;
    facts.versions(conn)?;
    let Facts { mut findings, erased } = facts;
    let closed = kept.iter().filter(|key| key.digest.is_none());
    closed.for_each(|key| {
        let about = format!("key of the server {}", key.id);
        findings.add(about, "it is kept under another secret than the one that is given, or was altered");
    });
    let receipts = kept.into_iter().filter(|key| key.purpose == KeyPurpose::Receipts);
    let keys: Vec<_> = receipts.filter_map(|key| key.signing).collect();
    let mut walk = Walk::new(&keys, secret, &erased, &mut findings);
    walk.all(conn)?;
    let walked = walk.walked;
    Ok((Looked { sums, walked, blobs: 0, findings }, erased))
}
