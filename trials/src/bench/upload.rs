//! Photos uploaded, with their visits and alone, beside the floor of writing and syncing such files.

use std::cell::Cell;

use incognito::{
    clock::Clock,
    ids::{AssignmentId, VersionId, VisitId},
};

use super::{
    Bench, Plan,
    camera::{self, Camera, Snapshot},
    figures::{Goal, Rounds, Row},
    load::{self, Until},
    submissions::{self, Submissions},
    submit::{Measured, costed},
    world::{self, World},
};

/// So many photos warm both servers up.
const WARM_UP: usize = 1_000;
/// No more photos than this are sent in a round, whatever its time …
const MOST: usize = 5_000;
/// … nor more than this in all, since they stay on the disk until the end …
const MOST_OF_ALL: usize = 24_000;
/// … nor more than this by one phone, which may send so much a day.
const MOST_OF_ONE: usize = 1_000;
/// Pixels across and down, as a phone sends a photo that is to have 200 KB.
const PIXELS: (usize, usize) = (1280, 960);

/// What the phones send.
pub(super) struct Load {
    camera: Camera,
    submissions: Submissions,
    /// Whether a visit goes before each photo.
    with_visits: bool,
    /// How many photos a round has at most.
    most: usize,
}

/// The table's rows for uploading, with as many phones as there are at most.
pub(super) async fn rows(bench: &mut Bench, plan: &Plan) -> Result<Vec<Row>, String> {
    let phones = plan.phones.iter().copied().max().unwrap_or(1);
    let bar = world::bar("uploading photos", 2 * plan.rounds as u64);
    let most = MOST.min(MOST_OF_ALL.min(phones * MOST_OF_ONE) / (2 * plan.rounds + 2));
    let mut load = Load::of_photos(bench.world.version, most)?;
    let mut rows = Vec::new();
    for (with_visits, what) in
        [(true, "a visit with a photo of 200 KB"), (false, "a photo of 200 KB uploaded")]
    {
        load.with_visits = with_visits;
        bench.world.stay_signed_in(bench.product.address).await?;
        // Twice as many as there are photos, because some phones are quicker than others.
        bench.world.assign(&bench.db, phones, 2 * (plan.rounds + 1) * load.most / phones + 1).await?;
        let until = Until::Answers((WARM_UP / phones).max(1));
        load.product(bench, phones, until).await?;
        load.floor(bench, phones, until).await?;
        let (mut ours, mut theirs) = (Rounds::default(), Rounds::default());
        for _ in 0..plan.rounds {
            let (round, cost) = load.product(bench, phones, Until::Time(plan.time)).await?;
            ours.add(round, cost);
            let (round, cost) = load.floor(bench, phones, Until::Time(plan.time)).await?;
            theirs.add(round, cost);
            bar.inc(1);
        }
        let goal = Goal { of_floor: (phones >= 64).then_some(0.6), ..Goal::default() };
        let floor = theirs.rate();
        rows.push(ours.row(what, phones, Some(floor), goal));
        rows.push(theirs.row("  its floor", phones, None, Goal::default()));
    }
    bar.finish_and_clear();
    Ok(rows)
}

impl Load {
    /// Photos alone, so many a round.
    pub(super) fn of_photos(version: VersionId, most: usize) -> Result<Self, String> {
        let content = submissions::checklist().map_err(|error| error.to_string())?;
        let submissions = Submissions::with_photo(&content, version, Clock::System.now(), camera::SIZE);
        Ok(Self {
            camera: Camera::new(PIXELS.0, PIXELS.1, camera::SIZE)?,
            submissions: submissions.map_err(|error| error.to_string())?,
            with_visits: false,
            most,
        })
    }

    pub(super) async fn product(
        &self,
        bench: &mut Bench,
        phones: usize,
        until: Until,
    ) -> Result<Measured, String> {
        let world = &mut bench.world;
        let next = |phone: usize| {
            let assignment = world.next_assignment(phone)?;
            Some((token(world, phone), assignment))
        };
        costed(&bench.product, self.round(bench.product.address, phones, until, next)).await
    }

    /// The same requests, for assignments that are not there: nobody looks. What is kept stays there until the end, as
    /// the product's does: while ext4 makes files, it is slowed down by those that were removed just before.
    async fn floor(&self, bench: &Bench, phones: usize, until: Until) -> Result<Measured, String> {
        let world = &bench.world;
        let next = |phone: usize| Some((token(world, phone), nothing_to_do()));
        costed(&bench.floor, self.round(bench.floor.address, phones, until, next)).await
    }

    async fn round(
        &self,
        address: std::net::SocketAddr,
        phones: usize,
        until: Until,
        mut next: impl FnMut(usize) -> Option<(String, AssignmentId)>,
    ) -> Result<load::Round, String> {
        let left = Cell::new(self.most);
        let mut sending: Vec<Option<(String, VisitId, AssignmentId, Snapshot)>> = vec![None; phones];
        let requests = if self.with_visits { 2 } else { 1 };
        let write = |phone: usize, number: usize, request: &mut Vec<u8>| {
            let Some(place) = sending.get_mut(phone) else { return false };
            if number == 0 {
                let Some((token, assignment)) = next(phone).filter(|_| left.get() > 0) else { return false };
                left.set(left.get() - 1);
                let (visit, photo) = (Clock::System.ordered_id(), self.camera.shoot());
                if self.with_visits {
                    self.submissions.write_with(request, &token, visit, assignment, Some(&photo));
                }
                *place = Some((token, visit, assignment, photo));
            }
            if number + 1 == requests
                && let Some((token, visit, assignment, photo)) = place
            {
                self.camera.upload(request, token, (*visit, *assignment), photo);
            }
            true
        };
        load::round_of(requests, address, phones, until, write).await
    }
}

fn token(world: &World, phone: usize) -> String {
    world.shoppers.get(phone).map(|shopper| shopper.token.clone()).unwrap_or_default()
}

/// For a visit that nobody looks at.
fn nothing_to_do() -> AssignmentId {
    Clock::System.new_id()
}
