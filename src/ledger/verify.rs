//! Everything looked at: the database itself, what follows from the visits, the chains, and the files.

use super::{
    blobs::look,
    chains::{Look, Walk, Wrong},
    facts::Facts,
    model::Key,
};
pub use super::{
    chains::{Head, Walked},
    findings::{Finding, Findings},
    progress::{Progress, Stage},
};
use crate::{
    blobs::Blobs,
    db::{Conn, Db, engine, types::Id},
    error::Result,
    reports::counted::shown_questions,
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

/// So many keys of entries are held in memory at a time: 32 MiB.
const KEYS_AT_ONCE: u64 = 4_000_000;

/// How everything is looked at.
#[derive(Clone, Debug)]
pub struct How {
    /// The secret that keys are kept under, if they are.
    pub secret: Option<Secret>,
    /// Whether the bytes of all files are read, too.
    pub with_bytes: bool,
    /// So many keys of entries are held in memory at a time.
    pub keys_at_once: u64,
}

impl Default for How {
    fn default() -> Self {
        Self { secret: None, with_bytes: false, keys_at_once: KEYS_AT_ONCE }
    }
}

/// Looks at everything, the rows in one state of the data: what follows from the visits beside what was sealed. `progress` is called now and
/// then, for both. That each blob is there is always looked at; their bytes are read if that is wanted.
///
/// # Errors
/// If keys are kept under a secret and none is given, since it cannot be seen then whether their seals are good; those of the
/// database and of the store of blobs. A difference is no error.
pub async fn verify(
    db: &Db,
    blobs: &Blobs,
    how: How,
    mut progress: impl FnMut(Progress) + Clone + Send + 'static,
) -> Result<Looked> {
    let with_bytes = how.with_bytes;
    let (mut of_visits, mut of_sealed) = (progress.clone(), progress.clone());
    let followed = move |conn: &mut Conn| followed(conn, &mut of_visits);
    let sealed = move |conn: &mut Conn| sealed(conn, &how, &mut of_sealed);
    let ((sums, facts), sealed) = db.look_side_by_side(followed, sealed).await?;
    let Facts { mut findings, erased, .. } = facts;
    findings.append(sealed.findings);
    // What was read in a file that was erased may be gone.
    let gone = sealed.gone.into_iter().filter(|key| !erased.contains(&Id::new(key.id)));
    gone.for_each(|key| findings.add(key, Wrong::Gone));
    let mut looked = Looked { sums, walked: sealed.walked, blobs: 0, findings };
    looked.blobs = look(db, blobs, with_bytes, &erased, &mut looked.findings, &mut progress).await?;
    Ok(looked)
}

/// Looks whether what follows from other rows does.
fn followed(conn: &mut Conn, progress: &mut impl FnMut(Progress)) -> Result<(Verified, Facts)> {
    let mut facts = Facts::default();
    let mut of_visits = |done, all| progress(Progress { stage: Stage::Visits, done, all: Some(all) });
    let sums = check(conn, shown_questions, &mut of_visits, &mut |conn, page| facts.visits(conn, page))?;
    facts.contents(conn)?;
    facts.versions(conn)?;
    facts.pictures(conn)?;
    facts.documents(conn)?;
    facts.assignments(conn)?;
    facts.regions(conn)?;
    facts.stays(conn)?;
    facts.shoppers(conn)?;
    Ok((sums, facts))
}

/// What came of looking at what was sealed.
struct Sealed {
    walked: Walked,
    findings: Findings,
    /// Files that were read, of which nothing is stored.
    gone: Vec<Key>,
}

/// Looks whether the database is whole, and what was sealed as it was.
fn sealed(conn: &mut Conn, how: &How, progress: &mut impl FnMut(Progress)) -> Result<Sealed> {
    let secret = how.secret.as_ref();
    let kept = kept::all(conn, secret)?;
    let mut findings = Findings::default();
    progress(Progress { stage: Stage::Database, done: 0, all: None });
    for what in engine::integrity(conn)? {
        findings.add("the database", what);
    }
    let closed = kept.iter().filter(|key| key.digest.is_none());
    closed.for_each(|key| {
        let about = format!("key of the server {}", key.id);
        findings.add(about, "it is kept under another secret than the one that is given, or was altered");
    });
    let receipts = kept.into_iter().filter(|key| key.purpose == KeyPurpose::Receipts);
    let keys: Vec<_> = receipts.filter_map(|key| key.signing).collect();
    let look = Look { keys: &keys, secret, keys_at_once: how.keys_at_once };
    let mut walk = Walk::new(look, &mut findings, progress);
    walk.all(conn)?;
    let (walked, gone) = (walk.walked, walk.gone);
    Ok(Sealed { walked, findings, gone })
}
