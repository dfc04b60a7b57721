//! Looking at visits, beside the requests: once each, when all of their files have been read.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    answers,
    model::{Flag, FlagEvidence},
    photos::{self, VisitFile},
    place::{self, Point, Stay},
    store::{
        self, Unseen,
        traces::{self, OtherFile, Traces},
    },
    text::{self, Shingles, Written},
    time,
};
use crate::{
    app::App,
    checklists::{cache::Versions, model::AnswerKind, prepared::Prepared},
    db::{Conn, notices::Topic, types::Instant},
    error::{Code, Error, Result},
    fieldwork::campaigns::terms::Terms,
    ids::{AccountId, VisitId},
    places,
    visits::{
        self,
        model::{Submission, Visit},
    },
    work::{self, Queue, Standing, Task},
};

/// So many visits are found at a time.
const AT_ONCE: i64 = 100;
/// So often in one run, so that a run ends within its time; the next one begins at once.
const BATCHES: usize = 20;
/// Files that nobody has read after so many seconds are not waited for any more.
pub const PATIENCE: i64 = 600;
/// A visit that left the queue is tried again after so many seconds as long as its files are being read.
const AGAIN: i64 = 30;

/// Looks at visits that wait for a decision, until nothing is left.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LookAtVisits {}

impl Task for LookAtVisits {
    const KIND: &'static str = "look_at_visits";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Versions;

    async fn run(self, app: &App, versions: &Versions) -> Result<()> {
        for _ in 0..BATCHES {
            let now = app.clock.now();
            let unseen = app.db.read(move |conn| store::unseen(conn, patience(now), AT_ONCE)).await?;
            if unseen.is_empty() {
                break;
            }
            for visit in unseen {
                match look_at(app, versions, visit).await {
                    // One that we cannot look at holds up no other.
                    Err(error) if error.code() != Code::Unavailable => set_aside(app, visit, &error).await?,
                    looked => looked?,
                }
            }
        }
        Ok(())
    }
}

impl Standing for LookAtVisits {
    const WOKEN_BY: &'static [Topic] = &[visits::store::COMPLETED];

    fn is_wanted(conn: &mut Conn, now: Instant) -> Result<bool> {
        Ok(!store::unseen(conn, patience(now), 1)?.is_empty())
    }
}

/// Visits that are complete since before this moment do not wait for their files to be read any more.
fn patience(now: Instant) -> Instant {
    now.plus_seconds(-PATIENCE)
}

/// Looks at a visit, unless somebody has.
async fn look_at(app: &App, versions: &Versions, id: VisitId) -> Result<()> {
    match app.db.snapshot(move |conn| store::to_look_at(conn, id)).await? {
        Some(unseen) => look(app, versions, unseen).await,
        None => {
            let now = app.clock.now();
            app.db.write(move |conn| visits::store::take_notice(conn, id, now)).await
        }
    }
}

/// Makes a task of its own of a visit that could not be looked at: it is tried again, and dead if it never works.
async fn set_aside(app: &App, visit: VisitId, error: &Error) -> Result<()> {
    tracing::warn!(%visit, %error, "a visit could not be looked at");
    let (task, now) = (app.clock.new_id(), app.clock.now());
    let aside = move |conn: &mut Conn| {
        work::enqueue(conn, &LookAtVisit { visit_id: visit }, task, now)?;
        visits::store::take_notice(conn, visit, now)
    };
    app.db.write(aside).await
}

/// Looks at one visit: one that left the queue before somebody had, or that could not be looked at with the others.
#[derive(Debug, Serialize, Deserialize)]
pub struct LookAtVisit {
    /// Which.
    pub visit_id: VisitId,
}

impl Task for LookAtVisit {
    const KIND: &'static str = "look_at_visit";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Versions;

    fn key(&self) -> Option<String> {
        Some(self.visit_id.to_string())
    }

    async fn run(self, app: &App, versions: &Versions) -> Result<()> {
        let (id, now) = (self.visit_id, app.clock.now());
        let unseen = app.db.snapshot(move |conn| store::to_look_at(conn, id)).await?;
        match unseen {
            None => Ok(()),
            Some(unseen) if unseen.is_ready(patience(now)) => look(app, versions, unseen).await,
            Some(_) => {
                let (task, then) = (app.clock.new_id(), now.plus_seconds(AGAIN));
                app.db.write(move |conn| work::enqueue_for(conn, &self, task, now, then)).await
            }
        }
    }
}

/// First leaves by what others find it, then looks for others, then takes down what was found.
async fn look(app: &App, versions: &Versions, unseen: Unseen) -> Result<()> {
    let version = versions.get(&app.db, unseen.visit.version_id).await?;
    let seen = Seen::new(unseen, &version.prepared);
    let (id, shopper, traces) = (seen.visit.id, seen.visit.shopper_id, seen.traces());
    app.db.write(move |conn| traces::leave_traces(conn, shopper, &traces)).await?;
    let (flags, now) = (app.db.snapshot(move |conn| seen.flags(conn)).await?, app.clock.now());
    app.db.write(move |conn| store::record(conn, id, &flags, now)).await
}

/// A visit with all that there is to hold against it.
#[derive(Debug)]
struct Seen {
    visit: Visit,
    window: (Instant, Instant),
    /// Those of its campaign, if it was made for one.
    terms: Option<Terms>,
    branch: Point,
    zone: TimeZone,
    /// In the order of the manifest.
    files: Vec<VisitFile>,
    lines: Vec<FlagEvidence>,
}

impl Seen {
    fn new(unseen: Unseen, checklist: &Prepared) -> Self {
        let Unseen { visit, opens_at, closes_at, terms, branch, mut files } = unseen;
        let told = &visit.content.0;
        let signed = |question: &str| {
            let kind = checklist.question(question).map(|question| &question.answer);
            matches!(kind, Some(AnswerKind::Signature {}))
        };
        let named = told.manifest.iter().filter_map(|named| {
            let at = files.iter().position(|(file, _)| file.id == named.id && file.is_kept())?;
            let (file, copy) = files.swap_remove(at);
            Some(VisitFile {
                id: file.id,
                is_signature: signed(named.question.as_str()),
                question: named.question.clone(),
                sha256: file.sha256,
                kept_at: file.kept_at,
                copy,
            })
        });
        Self {
            files: named.collect(),
            lines: answers::straight_lines(checklist, &told.answers),
            window: (opens_at, closes_at),
            terms,
            branch: Point::of_branch(&branch),
            zone: places::model::time_zone(&branch.time_zone).unwrap_or(TimeZone::UTC),
            visit,
        }
    }

    fn told(&self) -> &Submission {
        &self.visit.content.0
    }

    fn stay(&self) -> Stay {
        Stay::new(self.visit.id, self.told(), self.branch)
    }

    fn texts(&self) -> impl Iterator<Item = (Written<'_>, Shingles)> {
        text::written(self.told()).filter_map(|written| Some((written, Shingles::of(written.text)?)))
    }

    fn traces(&self) -> Traces {
        Traces {
            stay: self.stay(),
            looks: self.files.iter().filter_map(|file| Some((file.id, file.look()?))).collect(),
            bands: self.texts().flat_map(|(_, shingles)| shingles.bands()).collect(),
        }
    }

    /// All that is found, the heaviest first.
    fn flags(&self, conn: &mut Conn) -> Result<Vec<Flag>> {
        let mut flags = self.of_itself();
        let stay = self.stay();
        for other in traces::stays_beside(conn, self.visit.shopper_id, &stay)? {
            let found = place::impossible_travel(&stay, &other);
            flags.extend(found.map(|evidence| Flag::of_visit(evidence).beside(other.visit)));
        }
        for file in &self.files {
            flags.extend(self.file_elsewhere(conn, file)?);
        }
        flags.extend(self.copied(conn)?);
        flags.sort_by_key(|flag| std::cmp::Reverse(flag.evidence.weight()));
        Ok(flags)
    }

    /// What is found in the visit alone.
    fn of_itself(&self) -> Vec<Flag> {
        let (told, received_at, (opens_at, closes_at)) = (self.told(), self.visit.received_at, self.window);
        let span = (told.started_at, told.ended_at);
        let of_visit = [
            place::far_away(&told.positions, self.branch),
            place::mock_position(&told.positions),
            time::too_short(told),
            time::reported_late(told, received_at),
            // Whoever missed the window has missed its days and hours as well.
            time::window_missed(told, opens_at, closes_at).or_else(|| {
                self.terms.as_ref().and_then(|terms| time::outside_hours(told, terms, &self.zone))
            }),
        ];
        let all = of_visit.into_iter().flatten().chain(time::clock_wrong(told, received_at));
        let all = all.chain(self.lines.iter().cloned()).map(Flag::of_visit);
        let of_files = self.files.iter().flat_map(|file| {
            let found = [
                photos::taken_elsewhere(file, self.branch),
                photos::taken_at_another_time(file, span, &self.zone),
                photos::unreadable(file),
            ];
            found.into_iter().flatten().map(|evidence| Flag::of_question(&file.question, evidence))
        });
        all.chain(of_files).collect()
    }

    /// Whether a file is of another visit: the very same, or a photo that looks like it.
    fn file_elsewhere(&self, conn: &mut Conn, file: &VisitFile) -> Result<Option<Flag>> {
        let beside =
            |other: OtherFile, evidence| Flag::of_question(&file.question, evidence).beside(other.visit);
        if let Some(other) = traces::seen_before(conn, self.visit.id, file)? {
            let evidence = FlagEvidence::PhotoSeenBefore {
                evidence_id: file.id,
                other_evidence_id: Some(other.id),
                same_shopper: Some(self.is_by(other.shopper)),
            };
            return Ok(Some(beside(other, evidence)));
        }
        let Some(look) = file.look() else { return Ok(None) };
        let alike = traces::most_alike(conn, (self.visit.id, self.visit.shopper_id), look)?;
        Ok(alike.map(|(other, differing_bits)| {
            let evidence = FlagEvidence::PhotoLooksAlike {
                evidence_id: file.id,
                other_evidence_id: Some(other.id),
                same_shopper: Some(self.is_by(other.shopper)),
                differing_bits: differing_bits.into(),
            };
            beside(other, evidence)
        }))
    }

    fn is_by(&self, shopper: AccountId) -> bool {
        self.visit.shopper_id == shopper
    }

    /// Which texts are for the most part in another visit; of several, in the one that has the most of it.
    fn copied(&self, conn: &mut Conn) -> Result<Vec<Flag>> {
        let texts: Vec<_> = self.texts().collect();
        let bands: BTreeSet<i64> = texts.iter().flat_map(|(_, shingles)| shingles.bands()).collect();
        let mut flags: Vec<Option<Flag>> = vec![None; texts.len()];
        let mut most = vec![text::COPIED - 1; texts.len()];
        for other in traces::resembling(conn, self.visit.id, &bands)? {
            let theirs: Vec<_> =
                text::written(&other.content.0).filter_map(|one| Shingles::of(one.text)).collect();
            for (((written, ours), flag), most) in texts.iter().zip(&mut flags).zip(&mut most) {
                let percent = theirs.iter().map(|one| ours.resemblance(one)).max().unwrap_or(0);
                if percent > *most {
                    *most = percent;
                    let evidence = FlagEvidence::TextCopied {
                        percent,
                        words: i64::try_from(ours.words).unwrap_or(i64::MAX),
                        same_shopper: Some(self.is_by(other.shopper_id)),
                    };
                    *flag = Some(Flag::of_question(written.question, evidence).beside(other.id));
                }
            }
        }
        Ok(flags.into_iter().flatten().collect())
    }
}
