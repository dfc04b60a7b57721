//! What has to be there before a visit can be submitted: a brand, its places, a checklist, shoppers with assignments.

use std::{net::SocketAddr, sync::Arc};

use incognito::{
    accounts::{
        self,
        model::{Account, Grant, GrantScope, Role},
        passwords::Passwords,
    },
    clock::Clock,
    db::{Db, types::Instant},
    error::Error,
    fieldwork::assignments::model::{Assignment, DirectAssignment, Window},
    ids::{AccountId, AssignmentId, BranchId, BrandId, ChecklistId, RegionId, VersionId, VisitId},
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{
    client::Client,
    store,
    submissions::{self, Submissions},
};

/// So many regions share the branches.
const REGIONS: usize = 25;
/// So many rows go into one transaction.
pub(crate) const ROWS: usize = 1_000;
/// Tokens older than this are renewed, in seconds: half of how long they are good.
const FRESH: i64 = 300;
/// Nobody outside ever learns it, and the accounts are gone with the run's database.
const PASSWORD_BYTES: usize = 24;

/// All that was made, and who is signed in.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) brand: BrandId,
    pub(crate) regions: Vec<RegionId>,
    pub(crate) top: RegionId,
    pub(crate) branches: Vec<(BranchId, RegionId)>,
    pub(crate) checklist: ChecklistId,
    pub(crate) version: VersionId,
    pub(crate) shoppers: Vec<Person>,
    /// Has every role but a shopper's.
    pub(crate) boss: Person,
    /// Reviews as well.
    pub(crate) second: Person,
    pub(crate) submissions: Submissions,
    password: String,
    signed_in: Instant,
    /// What each shopper has still to do.
    open: Vec<Vec<AssignmentId>>,
}

/// Somebody who signs in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: AccountId,
    email: String,
    pub(crate) token: String,
}

/// An error of the database, in one line.
pub(crate) fn in_words(error: Error) -> String {
    format!("preparing failed: {error}")
}

impl World {
    /// Makes a world with so many branches and shoppers; a server answers there.
    pub(crate) async fn make(
        db: &Db,
        address: SocketAddr,
        branches: usize,
        shoppers: usize,
    ) -> Result<Self, String> {
        let clock = Clock::System;
        let regions: Vec<RegionId> = (0..REGIONS).map(|_| clock.new_id()).collect();
        let branches: Vec<(BranchId, RegionId)> =
            regions.iter().cycle().take(branches).map(|&region| (clock.new_id(), region)).collect();
        let person = |name: &str| {
            let id: AccountId = clock.new_id();
            Person { id, email: format!("{name}-{id}@bench.example"), token: String::new() }
        };
        let content = submissions::checklist().map_err(|error| error.to_string())?;
        let random = incognito::seals::random::<PASSWORD_BYTES>().map_err(in_words)?;
        let version = clock.new_id();
        let submissions = Submissions::new(&content, version, clock.now());
        let mut this = Self {
            brand: clock.new_id(),
            top: clock.new_id(),
            regions,
            branches,
            checklist: clock.new_id(),
            version,
            shoppers: (0..shoppers).map(|_| person("shopper")).collect(),
            boss: person("boss"),
            second: person("second"),
            submissions: submissions.map_err(|error| error.to_string())?,
            signed_in: clock.now(),
            password: data_encoding::HEXLOWER.encode(&random),
            open: vec![Vec::new(); shoppers],
        };
        this.found(db).await?;
        this.sign_in(address).await?;
        this.publish(address, &json!(content)).await?;
        Ok(this)
    }

    async fn found(&self, db: &Db) -> Result<(), String> {
        const ROLES: [Role; 5] =
            [Role::Administrator, Role::Designer, Role::Scheduler, Role::Reviewer, Role::Manager];
        let (clock, now) = (Clock::System, Clock::System.now());
        let (brand, top, regions, branches) =
            (self.brand, self.top, self.regions.clone(), self.branches.clone());
        db.write(move |conn| store::found(conn, brand, top, &regions, &branches, now))
            .await
            .map_err(in_words)?;
        // One hash for all: it is the signing in that is real.
        let hash = Passwords::default().hash(self.password.clone()).await.map_err(in_words)?;
        let grant = |role| Grant { id: clock.new_id(), role, scope: GrantScope::default() };
        let boss = (&self.boss, ROLES.map(grant).to_vec());
        let shoppers = self.shoppers.iter().map(|shopper| (shopper, vec![grant(Role::Shopper)]));
        let second = (&self.second, vec![grant(Role::Reviewer)]);
        let people: Vec<(Account, Vec<Grant>)> = [boss, second]
            .into_iter()
            .chain(shoppers)
            .map(|(person, grants)| (account(person, &hash, now), grants))
            .collect();
        let people = Arc::new(people);
        let work = move |conn: &mut incognito::db::Conn| {
            for (account, grants) in people.iter() {
                accounts::store::insert_account(conn, account)?;
                for grant in grants {
                    accounts::grants::give(conn, None, account.id, grant, now)?;
                }
            }
            Ok(())
        };
        db.write(work).await.map_err(in_words)
    }

    /// Signs everybody in: access tokens end after some minutes.
    pub(crate) async fn sign_in(&mut self, address: SocketAddr) -> Result<(), String> {
        let mut client = Client::open(address).await?;
        for person in self.shoppers.iter_mut().chain([&mut self.boss, &mut self.second]) {
            person.token = client.sign_in(&person.email, &self.password).await?;
        }
        self.signed_in = Clock::System.now();
        Ok(())
    }

    /// Signs everybody in again, if their tokens may end soon.
    pub(crate) async fn stay_signed_in(&mut self, address: SocketAddr) -> Result<(), String> {
        let still_fresh = Clock::System.now() < self.signed_in.plus_seconds(FRESH);
        if still_fresh { Ok(()) } else { self.sign_in(address).await }
    }

    async fn publish(&self, address: SocketAddr, content: &serde_json::Value) -> Result<(), String> {
        let mut designer = Client::open(address).await?.with(&self.boss.token);
        let path = format!("/v1/checklists/{}", self.checklist);
        let checklist = json!({ "brand_id": self.brand, "name": "Bench" });
        designer.send("PUT", &path, Some(&checklist), None).await?.good()?;
        let draft = designer.send("PUT", &format!("{path}/draft"), Some(content), None).await?.good()?;
        let publish = json!({ "id": self.version });
        designer
            .send("POST", &format!("{path}/versions"), Some(&publish), Some(&draft.etag))
            .await?
            .good()
            .map(|_| ())
    }

    /// Sees to it that each of the first so many shoppers has so many assignments still to do.
    pub(crate) async fn assign(&mut self, db: &Db, shoppers: usize, each: usize) -> Result<(), String> {
        let now = Clock::System.now();
        let mut new = Vec::new();
        for shopper in 0..shoppers.min(self.open.len()) {
            let missing = self.open.get(shopper).map_or(0, |open| each.saturating_sub(open.len()));
            new.extend((0..missing).filter_map(|number| self.assignment(shopper, number, now)));
        }
        for rows in new.chunks(ROWS) {
            let rows = Arc::new(rows.to_vec());
            db.write(move |conn| store::insert_assignments(conn, &rows)).await.map_err(in_words)?;
        }
        Ok(())
    }

    /// A new assignment for this shopper, who now has it to do.
    fn assignment(&mut self, shopper: usize, number: usize, now: Instant) -> Option<Assignment> {
        let id = Clock::System.ordered_id();
        self.open.get_mut(shopper)?.push(id);
        let whose = self.shoppers.get(shopper)?.id;
        self.assignment_of(id, whose, number.wrapping_mul(7) + shopper, now)
    }

    /// An assignment at one of the branches, open from the day before this moment.
    pub(crate) fn assignment_of(
        &self,
        id: AssignmentId,
        shopper_id: AccountId,
        number: usize,
        now: Instant,
    ) -> Option<Assignment> {
        const DAY: i64 = 86_400;
        let (branch_id, _) = *self.branches.get(number % self.branches.len().max(1))?;
        let window = Window { opens_at: now.plus_seconds(-DAY), closes_at: now.plus_seconds(30 * DAY) };
        let given = DirectAssignment { id, branch_id, version_id: self.version, shopper_id, window };
        Some(Assignment::direct(&given, self.brand, now))
    }

    /// What this shopper has to do next; from now on it is somebody's who will do it.
    pub(crate) fn next_assignment(&mut self, shopper: usize) -> Option<AssignmentId> {
        self.open.get_mut(shopper)?.pop()
    }

    /// Writes the request that submits this shopper's next visit; gives its id, or nothing if nothing is to be done.
    pub(crate) fn next_visit(&mut self, shopper: usize, request: &mut Vec<u8>) -> Option<VisitId> {
        let assignment = self.next_assignment(shopper)?;
        let (visit, whose) = (Clock::System.ordered_id(), self.shoppers.get(shopper)?);
        self.submissions.write(request, &whose.token, visit, assignment);
        Some(visit)
    }
}

fn account(person: &Person, hash: &str, now: Instant) -> Account {
    Account {
        id: person.id,
        email: person.email.clone(),
        name: "Bench".to_owned(),
        language: "en".to_owned(),
        password_hash: Some(hash.to_owned()),
        disabled: false,
        revision: 1,
        created_at: now,
    }
}

/// Shows how far something is, where somebody watches.
pub(crate) fn bar(what: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    match ProgressStyle::with_template("{msg:<32} {wide_bar} {human_pos}/{human_len} {eta:>4}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
