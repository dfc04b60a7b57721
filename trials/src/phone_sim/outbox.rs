//! A phone's outbox: what it has to send and what it heard, on its disk before anything is sent, so that a phone that
//! is killed goes on where it was.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use incognito::{
    checklists::{
        key::Key,
        manifest::{Entry, MediaType},
    },
    db::types::{Instant, Sha256},
    ids::{AssignmentId, EvidenceId, VisitId},
    visits::model::Submission,
};
use serde::{Deserialize, Serialize};

use crate::bench::submissions::Dice;

/// A photo. Its bytes are drawn by dice: so they need not be kept to be the same again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Photo {
    /// Made on the phone.
    pub(super) id: EvidenceId,
    /// Where it belongs.
    pub(super) visit: VisitId,
    /// What it is for.
    pub(super) assignment: AssignmentId,
    /// How many bytes it has.
    pub(super) size: usize,
    /// Of its bytes.
    pub(super) sha256: Sha256,
    seed: u64,
}

impl Photo {
    /// One of so many bytes.
    pub(super) fn new(
        id: EvidenceId,
        (visit, assignment): (VisitId, AssignmentId),
        size: usize,
        seed: u64,
    ) -> Self {
        Self { id, visit, assignment, size, sha256: Sha256::of(&bytes(seed, size)), seed }
    }

    /// Its bytes, which are no picture: what is tried here is how they come, not what is in them.
    pub(super) fn bytes(&self) -> Vec<u8> {
        bytes(self.seed, self.size)
    }

    /// How a manifest lists it, beside the answer to this question.
    pub(super) fn listed(&self, question: &str) -> Entry {
        Entry {
            id: self.id,
            question: Key::from(question),
            media_type: MediaType::Jpeg,
            size: self.size as u64,
            sha256: self.sha256,
        }
    }
}

/// Eight by eight grey pixels.
const PICTURE: &[u8] = include_bytes!("picture.jpg");

fn bytes(seed: u64, size: usize) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut bytes: Vec<u8> =
        (0..size.div_ceil(8)).flat_map(|_| dice.below(u64::MAX).to_le_bytes()).take(size).collect();
    // A picture comes first, which the server can read; what stands behind it makes each file another.
    bytes.iter_mut().zip(PICTURE).for_each(|(byte, picture)| *byte = *picture);
    bytes
}

/// What a phone was told of a visit, and will be told again in the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) content_hash: Sha256,
    pub(super) score: Option<i32>,
    pub(super) received_at: Instant,
    /// Once it is complete.
    pub(super) receipt: Option<String>,
}

impl Facts {
    /// Whether another answer tells the same. A receipt may be new, and then stays.
    pub(super) fn agree(&self, later: &Self) -> bool {
        let without = |facts: &Self| (facts.content_hash, facts.score, facts.received_at);
        let receipts = self.receipt.is_none() || self.receipt == later.receipt;
        without(self) == without(later) && receipts
    }
}

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// A visit that is to be sent.
    Visit(VisitId, Box<Submission>),
    /// A photo that is to be sent.
    Photo(Photo),
    /// What the server said of a visit.
    Heard(VisitId, Facts),
    /// The server said that it has this file.
    Kept(EvidenceId),
}

/// What one phone has to send, and what it heard.
pub(super) struct Outbox {
    path: PathBuf,
    file: File,
    /// What was told, by visit.
    pub(super) visits: BTreeMap<VisitId, Submission>,
    /// The photos, in the order in which they were taken.
    pub(super) photos: Vec<Photo>,
    heard: BTreeMap<VisitId, Facts>,
    kept: BTreeSet<EvidenceId>,
}

impl Outbox {
    /// Opens it, or makes it. A last line that was not written to its end is taken off: nothing of it was sent.
    ///
    /// # Errors
    /// In one line.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("the outbox {}: {error}", path.display());
        let is_new = !path.exists();
        let options = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
        let mut file = options.map_err(|error| failed(&error))?;
        if is_new {
            let folder = path.parent().unwrap_or_else(|| Path::new("."));
            incognito::blobs::sync_folder(folder).map_err(|error| failed(&error))?;
        }
        let text = fs::read(path).map_err(|error| failed(&error))?;
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        file.set_len(whole as u64)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(|error| failed(&error))?;
        let mut this = Self {
            path: path.to_owned(),
            file,
            visits: BTreeMap::new(),
            photos: Vec::new(),
            heard: BTreeMap::new(),
            kept: BTreeSet::new(),
        };
        for line in text.get(..whole).unwrap_or_default().split_inclusive(|&byte| byte == b'\n') {
            this.take_in(serde_json::from_slice(line).map_err(|error| failed(&error))?);
        }
        Ok(this)
    }

    /// The outbox of another phone that was set up from a backup of this one, as it is now.
    ///
    /// # Errors
    /// In one line.
    pub(super) fn restored_at(&self, path: &Path) -> Result<Self, String> {
        fs::copy(&self.path, path).map_err(|error| format!("a copy at {}: {error}", path.display()))?;
        Self::open(path)
    }

    /// What a phone finds when it comes up again after its end.
    ///
    /// # Errors
    /// In one line.
    pub(super) fn reopened(&self) -> Result<Self, String> {
        Self::open(&self.path)
    }

    /// Takes in a visit with its photos, which are on disk when this returns.
    ///
    /// # Errors
    /// In one line.
    pub(super) fn put(
        &mut self,
        id: VisitId,
        submission: Submission,
        photos: impl IntoIterator<Item = Photo>,
    ) -> Result<(), String> {
        let photos = photos.into_iter().map(Line::Photo);
        self.write(photos.chain([Line::Visit(id, Box::new(submission))]).collect())?;
        self.file.sync_data().map_err(|error| format!("the outbox {}: {error}", self.path.display()))
    }

    /// Takes note of what was said of a visit; whether it is what was said before. It need not be synced: a phone that
    /// has forgotten it asks again.
    ///
    /// # Errors
    /// In one line.
    pub(super) fn hear(&mut self, id: VisitId, facts: Facts) -> Result<bool, String> {
        let agrees = match self.heard.get(&id) {
            Some(first) if *first == facts => return Ok(true),
            Some(first) => first.agree(&facts),
            None => true,
        };
        if agrees {
            self.write(vec![Line::Heard(id, facts)])?;
        }
        Ok(agrees)
    }

    /// Takes note that the server has this file.
    ///
    /// # Errors
    /// In one line.
    pub(super) fn keep(&mut self, id: EvidenceId) -> Result<(), String> {
        if self.kept.contains(&id) { Ok(()) } else { self.write(vec![Line::Kept(id)]) }
    }

    /// What was first heard of a visit, if it was acknowledged.
    pub(super) fn facts(&self, id: VisitId) -> Option<&Facts> {
        self.heard.get(&id)
    }

    /// Whether the server has said that it has this file.
    pub(super) fn is_kept(&self, id: EvidenceId) -> bool {
        self.kept.contains(&id)
    }

    fn write(&mut self, lines: Vec<Line>) -> Result<(), String> {
        let mut text = Vec::new();
        for line in &lines {
            serde_json::to_writer(&mut text, line).map_err(|error| error.to_string())?;
            text.push(b'\n');
        }
        self.file.write_all(&text).map_err(|error| format!("the outbox {}: {error}", self.path.display()))?;
        lines.into_iter().for_each(|line| self.take_in(line));
        Ok(())
    }

    fn take_in(&mut self, line: Line) {
        match line {
            Line::Visit(id, submission) => drop(self.visits.insert(id, *submission)),
            Line::Photo(photo) => self.photos.push(photo),
            Line::Heard(id, facts) => drop(self.heard.insert(id, facts)),
            Line::Kept(id) => drop(self.kept.insert(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::bench::submissions;
    use incognito::{
        clock::Clock,
        visits::phone::{Expenses, Positions},
    };

    #[test]
    fn a_phone_that_was_killed_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox");
        let clock = Clock::System;
        let (visit, assignment) = (clock.new_id(), clock.new_id());
        let of = (visit, assignment);
        let photos = [Photo::new(clock.new_id(), of, 1_000, 1), Photo::new(clock.new_id(), of, 9, 2)];
        let submission = Submission {
            assignment_id: assignment,
            checklist_version_id: clock.new_id(),
            started_at: clock.now(),
            ended_at: clock.now(),
            answers: submissions::answers(&submissions::checklist().unwrap(), &mut Dice(1)),
            manifest: photos.iter().map(|photo| photo.listed("s0_q0")).collect(),
            positions: Positions::default(),
            device: None,
            outcome: None,
            spent: Expenses::default(),
        };
        let mut outbox = Outbox::open(&path).unwrap();
        outbox.put(visit, submission.clone(), photos).unwrap();
        outbox.keep(photos[1].id).unwrap();
        let facts = |score| Facts {
            content_hash: Sha256::of_json(&submission).unwrap(),
            score,
            received_at: submission.ended_at,
            receipt: None,
        };
        assert!(outbox.hear(visit, facts(Some(1))).unwrap());
        assert!(!outbox.hear(visit, facts(Some(2))).unwrap(), "it was submission something else before");
        outbox.file.write_all(b"{\"visit\":[\"half a li").unwrap();

        for outbox in [outbox.reopened().unwrap(), outbox.restored_at(&path.with_extension("2")).unwrap()] {
            assert_eq!(outbox.visits.get(&visit), Some(&submission));
            assert_eq!(outbox.facts(visit), Some(&facts(Some(1))));
            assert_eq!(outbox.photos.len(), 2);
            assert!(!outbox.is_kept(photos[0].id) && outbox.is_kept(photos[1].id));
            assert_eq!(Sha256::of(&outbox.photos[0].bytes()), photos[0].sha256);
        }
        assert!(fs::read(&path).unwrap().ends_with(b"\n"), "what was half written is gone");
    }

    #[test]
    fn a_receipt_may_come_later_and_then_stays() {
        let without = Facts {
            content_hash: Sha256::of(b""),
            score: None,
            received_at: Clock::System.now(),
            receipt: None,
        };
        let with = |text: &str| Facts { receipt: Some(text.to_owned()), ..without.clone() };
        assert!(without.agree(&with("a")) && with("a").agree(&with("a")));
        assert!(!with("a").agree(&with("b")) && !with("a").agree(&without));
    }
}
