//! Many phones that submit visits, with and without photos, and reviewers who return, approve and withdraw them, while reports
//! go out: the load under which things are killed.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use incognito::{
    clock::Clock,
    ids::{AssignmentId, ReportId, ReturnReasonId, VisitId},
    reports::release::ReleaseRegion,
    visits::state::Step,
    work,
};
use serde_json::{Value, json};

use super::{
    findings::{Findings, Wrong},
    journal::Journal,
    store,
};
use crate::bench::{
    camera::{Camera, Snapshot},
    client::{self, Client},
    ground::Ground,
    load::Connection,
    submissions::{self, Dice, Submissions},
    world::{World, in_words},
};

/// So many branches are visited.
const BRANCHES: usize = 50;
/// Photos have so many pixels, and so many bytes: what is stored in one step, and what is stored in several.
const PIXELS: (usize, usize) = (160, 120);
const SIZES: [usize; 2] = [40_000, 400_000];
/// One visit in so many has the smaller photo, and one in so many the larger one.
const SMALLER: u64 = 3;
const LARGER: u64 = 10;
/// Nobody submits more visits than this between two kills.
const MOST: usize = 60;
/// So many kills are prepared for at once.
const PREPARED: usize = 10;
/// So many decide about what arrives.
const REVIEWERS: usize = 4;
/// One visit in so many is returned before it is approved, …
const RETURNED: u64 = 3;
/// … and one step in so many is to withdraw one whose report went out, of so many at the most between two kills.
const WITHDRAWN: u64 = 10;
const TO_WITHDRAW: usize = 2;
/// What is asked anew.
const QUESTION: &str = "s1_q2";
/// Before it tries again what could not be taken.
const PAUSE: Duration = Duration::from_millis(40);
/// Nobody waits for longer than this to be served again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Phones and reviewers, with work to do.
pub(super) struct Crowd {
    pub(super) world: RefCell<World>,
    albums: Vec<Album>,
    dice: RefCell<Dice>,
    phones: usize,
    /// How many kills there is still work for.
    prepared: usize,
    /// Why visits are returned.
    reason: ReturnReasonId,
    /// What was asked of visits that had arrived.
    pub(super) journal: RefCell<Journal>,
    /// What is to be asked next, or once more because nobody answered.
    unfinished: RefCell<Vec<Deed>>,
    /// What each phone has to revise.
    returned: RefCell<Vec<Vec<VisitId>>>,
    /// Visits whose reports are out and may be withdrawn.
    out: RefCell<Vec<Deed>>,
    /// The reports that were seen in a list.
    pub(super) listed: RefCell<HashSet<ReportId>>,
}

/// Something that is asked of a visit that has arrived.
#[derive(Clone, Copy, Debug)]
struct Deed {
    visit: VisitId,
    /// The number of its shopper's phone.
    phone: usize,
    step: Step,
}

/// Photos of one size, and the visits that have one.
struct Album {
    camera: Camera,
    submissions: Submissions,
}

/// A visit that a phone made.
pub(super) struct Case {
    pub(super) visit: VisitId,
    assignment: AssignmentId,
    /// The request that submits it.
    submission: Vec<u8>,
    /// What was said when it was taken, if it was.
    pub(super) acknowledged: Option<Acknowledged>,
    pub(super) photo: Option<Picture>,
    photo_first: bool,
}

/// What a server says of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Acknowledged {
    pub(super) hash: String,
    pub(super) score: Option<i64>,
}

/// A photo that belongs to a visit.
pub(super) struct Picture {
    pub(super) snapshot: Snapshot,
    album: usize,
    /// Whether the server has said that it has it.
    pub(super) kept: bool,
}

impl Case {
    /// Whether the server has said that it has all of it.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.acknowledged.is_some() && self.photo.as_ref().is_none_or(|photo| photo.kept)
    }
}

/// What a phone does when it gets no good answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Temper {
    /// Stops for now.
    Stops,
    /// Asks the same again, until it is served.
    Insists,
}

/// What phones and reviewers share while they are at it.
pub(super) struct Shift {
    pub(super) address: SocketAddr,
    pub(super) temper: Temper,
    /// What was acknowledged and is to be decided about, with the phone that it is of.
    complete: RefCell<Vec<(VisitId, usize)>>,
    /// Set when nobody is to begin anything any more.
    pub(super) over: Cell<bool>,
    /// How often somebody was told to come again.
    put_off: Cell<u64>,
    /// Other answers than good ones.
    refused: RefCell<Vec<String>>,
}

impl Shift {
    pub(super) fn new(address: SocketAddr, temper: Temper) -> Self {
        let (over, put_off) = (Cell::new(false), Cell::new(0));
        Self { address, temper, complete: RefCell::default(), over, put_off, refused: RefCell::default() }
    }

    /// Counts what was refused, and how often somebody had to come again.
    pub(super) fn tell(&self, findings: &mut Findings) {
        let refused = self.refused.take();
        findings.wrong(Wrong::Other, "requests refused", refused.len() as u64);
        refused.into_iter().for_each(|why| findings.note(format!("refused: {why}")));
        if self.temper == Temper::Insists {
            findings.did("put off", self.put_off.get());
        }
    }
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Reply {
    /// What it says of a visit.
    pub(super) fn acknowledged(&self) -> Option<Acknowledged> {
        let hash = self.body.get("content_hash")?.as_str()?.to_owned();
        Some(Acknowledged { hash, score: self.body.get("score").and_then(Value::as_i64) })
    }
}

impl Crowd {
    /// So many phones; a server answers there.
    ///
    /// # Errors
    /// In one line.
    pub(super) async fn gather(
        ground: &Ground,
        server: SocketAddr,
        phones: usize,
        seed: u64,
    ) -> Result<Self, String> {
        let world = World::make(&ground.open()?, server, BRANCHES, phones).await?;
        let content = submissions::checklist().map_err(|error| error.to_string())?;
        let now = Clock::System.now();
        let album = |size| {
            let submissions = Submissions::with_photo(&content, world.version, now, size);
            let submissions = submissions.map_err(|error| error.to_string())?;
            Ok(Album { camera: Camera::new(PIXELS.0, PIXELS.1, size)?, submissions })
        };
        let albums = SIZES.into_iter().map(album).collect::<Result<_, String>>()?;
        let reason = Clock::System.new_id();
        let text = json!({ "texts": { "en": "It is not clear." } });
        let mut boss = Client::open(server).await?.with(&world.boss.token);
        boss.send("PUT", &format!("/v1/return-reasons/{reason}"), Some(&text), None).await?.good()?;
        Ok(Self {
            world: RefCell::new(world),
            albums,
            dice: RefCell::new(Dice(seed)),
            phones,
            prepared: 0,
            reason,
            journal: RefCell::default(),
            unfinished: RefCell::default(),
            returned: RefCell::new(vec![Vec::new(); phones]),
            out: RefCell::default(),
            listed: RefCell::default(),
        })
    }

    /// Night begins: the reports of all regions may go out, and some of those that are out are to be withdrawn. As above, no
    /// connection is left open.
    ///
    /// # Errors
    /// In one line.
    pub(super) async fn night(&self, ground: &Ground) -> Result<(), String> {
        let (brand_id, regions) = {
            let world = self.world.borrow();
            (world.brand, world.regions.clone())
        };
        let now = Clock::System.now();
        let begin = move |conn: &mut incognito::db::Conn| {
            for region in &regions {
                let task = ReleaseRegion { brand_id, region_id: Some(*region) };
                work::enqueue(conn, &task, Clock::System.new_id(), now)?;
            }
            Ok(())
        };
        let db = ground.open()?;
        db.write(begin).await.map_err(in_words)?;
        let out = db.read(store::reports).await.map_err(in_words)?;
        let journal = self.journal.borrow();
        let is_new = |visit: &VisitId| {
            journal.has(*visit, Step::Approve) && !journal.has(*visit, Step::ProposeWithdrawal)
        };
        let visits = out.into_iter().map(|(_, visit)| visit).filter(is_new).take(TO_WITHDRAW);
        // Reviewers alone ask for it, so no phone matters.
        let deed = |visit| Deed { visit, phone: 0, step: Step::ProposeWithdrawal };
        self.out.replace(visits.map(deed).collect());
        Ok(())
    }

    /// A manager reads the first reports of the list: what is seen there has to stay.
    ///
    /// # Errors
    /// If there is no answer.
    pub(super) async fn read_reports(&self, address: SocketAddr) -> Result<(), String> {
        let token = self.world.borrow().boss.token.clone();
        let mut boss = Client::open(address).await?.with(&token);
        let list = boss.send("GET", "/v1/reports?limit=200", None, None).await?.good()?;
        let items = list.body.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        let ids = items.iter().filter_map(|one| one.get("id")?.as_str()?.parse::<ReportId>().ok());
        self.listed.borrow_mut().extend(ids);
        Ok(())
    }

    /// Sees to it that there is work for the next kill, and that tokens are good. No connection to the database is left
    /// open by it: the next server has to find the files as a killed one leaves them.
    ///
    /// # Errors
    /// In one line.
    pub(super) async fn refill(
        &mut self,
        ground: &Ground,
        signs_in_at: Option<SocketAddr>,
    ) -> Result<(), String> {
        if self.prepared > 0 {
            self.prepared -= 1;
            return Ok(());
        }
        self.prepared = PREPARED - 1;
        let world = self.world.get_mut();
        world.assign(&ground.open()?, self.phones, PREPARED * MOST).await?;
        match signs_in_at {
            Some(address) => world.stay_signed_in(address).await,
            None => Ok(()),
        }
    }

    /// A number below this one.
    pub(super) fn dice(&self, limit: u64) -> u64 {
        self.dice.borrow_mut().below(limit)
    }

    /// This shopper's token.
    pub(super) fn token(&self, phone: usize) -> String {
        self.world.borrow().shoppers.get(phone).map(|shopper| shopper.token.clone()).unwrap_or_default()
    }

    /// The phones' numbers.
    pub(super) fn phones(&self) -> std::ops::Range<usize> {
        0..self.phones
    }

    /// One phone: revises what was returned and submits visits until the shift is over, there is nothing more to do, or
    /// nobody answers; gives all visits that it has begun.
    ///
    /// # Errors
    /// If nobody answers for long.
    pub(super) async fn submit(&self, phone: usize, shift: &Shift) -> Result<Vec<Case>, String> {
        let (mut line, mut cases, token) = (Line::new(shift), Vec::new(), self.token(phone));
        while !shift.over.get() && cases.len() < MOST {
            let returned = self.returned.borrow_mut().get_mut(phone).and_then(Vec::pop);
            if let Some(visit) = returned
                && !self.act(&mut line, shift, Deed { visit, phone, step: Step::Revise }).await?
            {
                break;
            }
            let Some(mut case) = self.case(phone, &token) else { break };
            let answered = self.send(&mut line, &mut case, &token).await?;
            if case.is_acknowledged() {
                shift.complete.borrow_mut().push((case.visit, phone));
            }
            cases.push(case);
            if !answered {
                break;
            }
        }
        Ok(cases)
    }

    /// A visit that this phone has to send.
    fn case(&self, phone: usize, token: &str) -> Option<Case> {
        let mut world = self.world.borrow_mut();
        let (visit, assignment) = (Clock::System.new_id(), world.next_assignment(phone)?);
        let mut submission = Vec::new();
        let album = match (self.dice(SMALLER), self.dice(LARGER)) {
            (0, _) => Some(0),
            (_, 0) => Some(1),
            _ => None,
        };
        let photo = album.and_then(|album| {
            let Album { camera, submissions } = self.albums.get(album)?;
            let snapshot = camera.shoot();
            submissions.write_with(&mut submission, token, visit, assignment, Some(&snapshot));
            Some(Picture { snapshot, album, kept: false })
        });
        if photo.is_none() {
            world.submissions.write(&mut submission, token, visit, assignment);
        }
        Some(Case {
            visit,
            assignment,
            submission,
            acknowledged: None,
            photo,
            photo_first: self.dice(2) == 0,
        })
    }

    /// Sends a visit and its photo, one before the other; says whether both were answered.
    async fn send(&self, line: &mut Line<'_>, case: &mut Case, token: &str) -> Result<bool, String> {
        for photo in [case.photo_first, !case.photo_first] {
            let answered = match photo {
                true => self.send_photo(line, case, token).await?,
                false => self.send_visit(line, case).await?,
            };
            if !answered {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn send_visit(&self, line: &mut Line<'_>, case: &mut Case) -> Result<bool, String> {
        let Some(reply) = line.ask(&case.submission).await? else { return Ok(false) };
        case.acknowledged = Some(reply.acknowledged().ok_or("a visit was taken without a word of it")?);
        Ok(true)
    }

    async fn send_photo(&self, line: &mut Line<'_>, case: &mut Case, token: &str) -> Result<bool, String> {
        let (of, Some(photo)) = ((case.visit, case.assignment), case.photo.as_mut()) else { return Ok(true) };
        let Some(request) = self.upload(of, photo, token) else { return Ok(true) };
        photo.kept = line.ask(&request).await?.is_some();
        Ok(photo.kept)
    }

    fn upload(&self, of: (VisitId, AssignmentId), photo: &Picture, token: &str) -> Option<Vec<u8>> {
        let mut request = Vec::new();
        self.albums.get(photo.album)?.camera.upload(&mut request, token, of, &photo.snapshot);
        Some(request)
    }

    /// Sends all of a visit again, as a phone that has not heard the answers; gives what was said of the visit.
    ///
    /// # Errors
    /// If nobody answers for long.
    pub(super) async fn send_again(
        &self,
        shift: &Shift,
        case: &Case,
        token: &str,
    ) -> Result<Option<Acknowledged>, String> {
        let mut line = Line::new(shift);
        let of = (case.visit, case.assignment);
        if let Some(request) = case.photo.as_ref().and_then(|photo| self.upload(of, photo, token)) {
            line.ask(&request).await?;
        }
        Ok(line.ask(&case.submission).await?.and_then(|reply| reply.acknowledged()))
    }

    /// The reviewers: decide about what arrives until the shift is over or nobody answers; give the approvals that were
    /// acknowledged.
    ///
    /// # Errors
    /// If nobody answers for long.
    pub(super) async fn review(&self, shift: &Shift) -> Result<HashSet<VisitId>, String> {
        let approved = try_join_all((0..REVIEWERS).map(|_| self.decide(shift))).await?;
        Ok(approved.into_iter().flatten().collect())
    }

    async fn decide(&self, shift: &Shift) -> Result<HashSet<VisitId>, String> {
        let (mut line, mut approved) = (Line::new(shift), HashSet::new());
        // An address that is always there shows that the server still is.
        let mut alive = client::request("GET", "/livez", None);
        client::end(&mut alive, b"");
        while !shift.over.get() {
            let Some(deed) = self.next_deed(shift) else {
                if line.ask(&alive).await?.is_none() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
                continue;
            };
            if !self.act(&mut line, shift, deed).await? {
                break;
            }
            if deed.step == Step::Approve {
                approved.insert(deed.visit);
            }
        }
        Ok(approved)
    }

    /// What a reviewer does next: first what nobody answered.
    fn next_deed(&self, shift: &Shift) -> Option<Deed> {
        if let Some(deed) = self.unfinished.borrow_mut().pop() {
            return Some(deed);
        }
        let next = shift.complete.borrow_mut().pop();
        if next.is_none() || self.dice(WITHDRAWN) == 0 {
            let out = self.out.borrow_mut().pop();
            if out.is_some() {
                shift.complete.borrow_mut().extend(next);
                return out;
            }
        }
        let (visit, phone) = next?;
        let is_returned = !self.journal.borrow().has(visit, Step::Return) && self.dice(RETURNED) == 0;
        Some(Deed { visit, phone, step: if is_returned { Step::Return } else { Step::Approve } })
    }

    /// Asks for this, and says whether it was acknowledged. What was not is asked for again in the next shift; but an approval
    /// is not, since the report may go out meanwhile.
    async fn act(&self, line: &mut Line<'_>, shift: &Shift, deed: Deed) -> Result<bool, String> {
        let Deed { visit, phone, step } = deed;
        self.journal.borrow_mut().ask(visit, step);
        let Some(reply) = line.ask_step(&self.request(deed), step == Step::Approve).await? else {
            if step != Step::Approve {
                self.unfinished.borrow_mut().push(deed);
            }
            return Ok(false);
        };
        let content = reply.acknowledged().filter(|_| step == Step::Revise);
        self.journal.borrow_mut().hear(visit, content);
        match step {
            Step::Return => {
                if let Some(returned) = self.returned.borrow_mut().get_mut(phone) {
                    returned.push(visit);
                }
            }
            Step::Revise => shift.complete.borrow_mut().push((visit, phone)),
            Step::ProposeWithdrawal => {
                self.unfinished.borrow_mut().push(Deed { step: Step::Withdraw, ..deed });
            }
            _ => {}
        }
        Ok(true)
    }

    fn request(&self, Deed { visit, phone, step }: Deed) -> Vec<u8> {
        let (world, why) = (self.world.borrow(), json!({ "reason": "The photo is of another place." }));
        let asked = json!({ "questions": [{ "question": QUESTION, "reason_id": self.reason }] });
        let (method, path, token, body) = match step {
            Step::Return => ("POST", "review/return", world.boss.token.clone(), Some(asked)),
            Step::Revise => {
                let value = 1 + visit.uuid().as_u128() % 5;
                let answers = json!({ "answers": { QUESTION: { "value": value as u64 } } });
                ("PUT", "revisions/1", self.token(phone), Some(answers))
            }
            Step::ProposeWithdrawal => {
                ("POST", "review/propose-withdrawal", world.boss.token.clone(), Some(why))
            }
            Step::Withdraw => ("POST", "review/withdraw", world.second.token.clone(), None),
            _ => ("POST", "review/approve", world.boss.token.clone(), None),
        };
        let mut request = client::request(method, &format!("/v1/visits/{visit}/{path}"), Some(&token));
        client::end(&mut request, body.map(|body| body.to_string()).unwrap_or_default().as_bytes());
        request
    }
}

/// A connection that is opened anew when it was lost.
struct Line<'s> {
    shift: &'s Shift,
    connection: Option<Connection>,
}

impl<'s> Line<'s> {
    fn new(shift: &'s Shift) -> Self {
        Self { shift, connection: None }
    }

    /// Sends a request, and again if that is in one's temper; gives a good answer, or nothing if there is none. What was
    /// refused is written down.
    async fn ask(&mut self, request: &[u8]) -> Result<Option<Reply>, String> {
        self.ask_step(request, false).await
    }

    /// The same of a step, after which another may come before it is asked for again: then it is in the wrong state by that time,
    /// and nobody knows whether it was taken.
    async fn ask_step(&mut self, request: &[u8], may_pass: bool) -> Result<Option<Reply>, String> {
        let (began, mut tries) = (Instant::now(), 0);
        loop {
            let (reply, again) = self.once(request).await;
            tries += 1 + u32::from(again);
            match reply {
                Some(reply) if (200..300).contains(&reply.status) => return Ok(Some(reply)),
                Some(reply) if may_pass && tries > 1 && reply.status == 409 => return Ok(None),
                Some(reply) if reply.status != 503 || self.shift.temper == Temper::Stops => {
                    let Reply { status, body } = reply;
                    self.shift.refused.borrow_mut().push(format!("{status} {body}"));
                    return Ok(None);
                }
                None if self.shift.temper == Temper::Stops => return Ok(None),
                _ if began.elapsed() > PATIENCE => {
                    return Err(format!("nobody was served again within {} s", PATIENCE.as_secs()));
                }
                _ => {}
            }
            self.shift.put_off.set(self.shift.put_off.get() + 1);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A connection that was open may have ended meanwhile, as it does after an upload whose bytes the server has: then
    /// once more over a new one. Says whether it was sent twice.
    async fn once(&mut self, request: &[u8]) -> (Option<Reply>, bool) {
        let was_open = self.connection.take();
        let again = was_open.is_some();
        if let Some(connection) = was_open
            && let Some(reply) = self.over(connection, request).await
        {
            return (Some(reply), false);
        }
        let Ok(connection) = Connection::open(self.shift.address).await else { return (None, again) };
        (self.over(connection, request).await, again)
    }

    async fn over(&mut self, mut connection: Connection, request: &[u8]) -> Option<Reply> {
        let answer = connection.exchange(request).await.ok()?;
        let body = serde_json::from_slice(answer.body).unwrap_or_default();
        let reply = Reply { status: answer.status, body };
        self.connection = Some(connection);
        Some(reply)
    }
}
