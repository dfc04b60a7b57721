//! Many phones that submit visits, with and without photos: with the reviewers of `deeds` the load under which things are killed.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    net::SocketAddr,
    time::{Duration, Instant},
};

use incognito::{
    clock::Clock,
    ids::{AssignmentId, ReportId, ReturnReasonId, VisitId},
    visits::state::Step,
};
use serde_json::{Value, json};

use super::{
    deeds::Deed,
    findings::{Findings, Wrong},
    journal::Journal,
};
use crate::bench::{
    camera::{Camera, Snapshot},
    client::Client,
    ground::Ground,
    load::Connection,
    submissions::{self, Dice, Submissions},
    world::World,
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
    pub(super) reason: ReturnReasonId,
    /// What was asked of visits that had arrived.
    pub(super) journal: RefCell<Journal>,
    /// What is to be asked next, or once more because nobody answered.
    pub(super) unfinished: RefCell<Vec<Deed>>,
    /// What each phone has to revise.
    pub(super) returned: RefCell<Vec<Vec<VisitId>>>,
    /// Visits whose reports are out and may be withdrawn or appealed against.
    pub(super) out: RefCell<Vec<Deed>>,
    /// The reports that were seen in a list.
    pub(super) listed: RefCell<HashSet<ReportId>>,
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
    pub(super) complete: RefCell<Vec<(VisitId, usize)>>,
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
                && !self.act(&mut line, shift, Deed::new(visit, phone, Step::Revise)).await?
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
        let (visit, assignment) = (Clock::System.ordered_id(), world.next_assignment(phone)?);
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
}

/// A connection that is opened anew when it was lost.
pub(super) struct Line<'s> {
    shift: &'s Shift,
    connection: Option<Connection>,
}

impl<'s> Line<'s> {
    pub(super) fn new(shift: &'s Shift) -> Self {
        Self { shift, connection: None }
    }

    /// Sends a request, and again if that is in one's temper; gives a good answer, or nothing if there is none. What was
    /// refused is written down.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<Option<Reply>, String> {
        self.ask_step(request, false).await
    }

    /// The same of a step, after which another may come before it is asked for again: then it is in the wrong state by that time,
    /// and nobody knows whether it was taken.
    pub(super) async fn ask_step(&mut self, request: &[u8], may_pass: bool) -> Result<Option<Reply>, String> {
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
