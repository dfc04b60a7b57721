//! What can be true of visits and photos, by what was sent and acknowledged: a cut request may have arrived or not, until
//! one is acknowledged.

use incognito::{
    db::types::Sha256,
    visits::{model::Submission, state::State},
};

use crate::phone_sim::{
    findings::Wrong,
    outbox::{Facts, Photo},
    phone::Arrived,
    scene::Case,
};

pub(super) const CONTRADICTION: (Wrong, &str) = (Wrong::Other, "answers that the model excludes");
pub(super) const TAKEN: (Wrong, &str) = (Wrong::Loss, "other content taken under the id of a visit");
pub(super) const APPROVALS: (Wrong, &str) = (Wrong::Loss, "acknowledged approvals lost");

/// What the model knows of a visit.
pub(super) struct Known {
    pub(super) case: Case,
    /// How each device tells it.
    pub(super) submissions: Vec<Submission>,
    /// The digests of what may have arrived.
    pub(super) sent: Vec<Sha256>,
    /// The digest of what is kept, once that is known.
    pub(super) kept: Option<Sha256>,
    /// What was said of it.
    pub(super) facts: Option<Facts>,
    /// Whether it was acknowledged that it is approved.
    pub(super) approved: bool,
    pub(super) files: Vec<File>,
}

/// What the model knows of a photo.
#[derive(Clone, Copy)]
pub(super) struct File {
    pub(super) photo: Photo,
    /// Whether it was acknowledged that it is announced.
    pub(super) announced: bool,
    /// So many bytes were acknowledged.
    pub(super) acknowledged: u64,
    /// Whether a request about it was cut, and so may still be under way.
    pub(super) disturbed: bool,
}

/// What was known of a visit when it was sent.
#[derive(Clone, Copy)]
pub(super) struct Before {
    /// The digest of what is sent.
    pub(super) mine: Sha256,
    /// Whether other content may have arrived, or be on its way.
    pub(super) rivals: bool,
    pub(super) kept: Option<Sha256>,
    pub(super) approved: bool,
}

impl Known {
    /// As it is before anything is sent.
    pub(super) fn of(case: Case) -> Self {
        let of = |photo: &Photo| File { photo: *photo, announced: false, acknowledged: 0, disturbed: false };
        Self {
            submissions: vec![case.submission.clone(); 2],
            sent: Vec::new(),
            kept: None,
            facts: None,
            approved: false,
            files: case.photos.iter().map(of).collect(),
            case,
        }
    }

    /// What this device tells is on its way from now on.
    pub(super) fn about_to_send(&mut self, device: usize) -> Before {
        let digest = self.submissions.get(device).and_then(|one| Sha256::of_json(one).ok());
        let mine = digest.unwrap_or_else(|| Sha256::of(b""));
        let rivals = self.sent.iter().any(|sent| *sent != mine);
        if !self.sent.contains(&mine) {
            self.sent.push(mine);
        }
        Before { mine, rivals, kept: self.kept, approved: self.approved }
    }

    /// Takes in that it was acknowledged; says what cannot be about that.
    pub(super) fn take(
        &mut self,
        before: &Before,
        arrived: &Arrived,
    ) -> Option<((Wrong, &'static str), String)> {
        let facts = arrived.facts();
        let others = before.kept.or(self.kept).filter(|kept| *kept != before.mine);
        if let Some(kept) = others {
            return Some((TAKEN, format!("{kept} was kept, and {} is acknowledged", before.mine)));
        }
        let differs = self.facts.as_ref().filter(|first| !first.agree(&facts)).cloned();
        (self.kept, self.facts) = (Some(before.mine), Some(facts.clone()));
        if let Some(first) = differs {
            return Some((CONTRADICTION, format!("{first:?}, then {facts:?}")));
        }
        let is_lost = before.approved && arrived.state != State::Approved;
        is_lost.then(|| (APPROVALS, format!("it is {}", arrived.state)))
    }
}
