//! A phone: sends what is in its outbox, repeats what was not acknowledged, and believes nothing. Each answer is held
//! against what it sent and what it was told before.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use data_encoding::{BASE64, HEXLOWER};
use incognito::{
    checklists::manifest::Manifest,
    db::types::{Instant, Sha256},
    evidence::tus,
    ids::{EvidenceId, VisitId},
    seals::salted::Salt,
    visits::{
        model::Submission,
        parts::{Parts, content_hash},
        receipt::{self, Published, Receipt},
        state::State,
    },
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    digest,
    findings::{Findings, Wrong},
    outbox::{Facts, Outbox, Photo},
};
use crate::bench::{
    client::{self, Client},
    load::Connection,
};

/// Before it tries again what was not answered.
const PAUSE: Duration = Duration::from_millis(5);

/// What a phone finds wrong with answers.
const NOT_AS_SENT: (Wrong, &str) = (Wrong::Loss, "visits acknowledged with other content than was sent");
const DIFFERS: (Wrong, &str) = (Wrong::Other, "answers to a repeat that differ from the first");
const MISSED: (Wrong, &str) = (Wrong::Loss, "acknowledged files that their visit still misses");
const NO_RECEIPT: (Wrong, &str) = (Wrong::Other, "visits complete without a good receipt");
const UNREADABLE: (Wrong, &str) = (Wrong::Other, "answers that say nothing");

/// What is said of a visit that arrived.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Arrived {
    id: VisitId,
    content_hash: Sha256,
    score: Option<i32>,
    received_at: Instant,
    pub(super) state: State,
    missing: Vec<EvidenceId>,
    receipt: Option<String>,
    #[serde(default)]
    salts: BTreeMap<String, Salt>,
}

impl Arrived {
    /// What stays the same each time.
    pub(super) fn facts(&self) -> Facts {
        let Self { content_hash, score, received_at, receipt, .. } = self.clone();
        Facts { content_hash, score, received_at, receipt }
    }
}

/// What came of sending a visit.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// It is kept.
    Kept(Arrived),
    /// The status and the body of another answer.
    Refused(u16, Value),
    /// There was no answer.
    Nothing,
}

/// What came of sending a file, or a part of it.
#[derive(Clone, Debug)]
pub(super) enum Stands {
    /// All of it is there, for good.
    Whole,
    /// So many bytes of it are there.
    At(u64),
    /// The status and the body of another answer.
    Refused(u16, Value),
    /// There was no answer.
    Nothing,
}

/// How a phone hangs up in the middle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// After so many thousandths of its request; 1000 loses the answer only.
    pub(super) thousandths: usize,
    /// It still waits for so long.
    pub(super) wait: Duration,
    /// Whether the other end is told properly.
    pub(super) in_order: bool,
}

/// An answer.
struct Reply {
    status: u16,
    offset: Option<u64>,
    body: Vec<u8>,
}

impl Reply {
    fn refused<T>(&self, refused: impl Fn(u16, Value) -> T) -> T {
        refused(self.status, serde_json::from_slice(&self.body).unwrap_or_default())
    }
}

/// The keys that receipts are checked with.
///
/// # Errors
/// In one line.
pub(super) async fn keys(server: SocketAddr) -> Result<Arc<Published>, String> {
    let reply =
        Client::open(server).await?.send("GET", "/.well-known/jwks.json", None, None).await?.good()?;
    serde_json::from_value(reply.body).map(Arc::new).map_err(|error| format!("no keys: {error}"))
}

/// One phone.
pub(super) struct Phone {
    /// What it has to send, and what it heard.
    pub(super) outbox: Outbox,
    /// Where it sends it.
    pub(super) address: SocketAddr,
    /// Who it says it is.
    pub(super) token: String,
    keys: Arc<Published>,
    connection: Option<Connection>,
    wrong: Vec<((Wrong, &'static str), String)>,
}

impl Phone {
    /// A phone with this outbox.
    pub(super) fn new(outbox: Outbox, address: SocketAddr, token: &str, keys: &Arc<Published>) -> Self {
        let (token, keys) = (token.to_owned(), Arc::clone(keys));
        Self { outbox, address, token, keys, connection: None, wrong: Vec::new() }
    }

    /// It is killed, and comes up again with what is on its disk.
    ///
    /// # Errors
    /// If that cannot be read.
    pub(super) fn restart(&mut self) -> Result<(), String> {
        self.connection = None;
        self.outbox = self.outbox.reopened()?;
        Ok(())
    }

    /// Counts what it found wrong since the last time.
    pub(super) fn tell(&mut self, findings: &mut Findings) {
        for (kind, what) in [NOT_AS_SENT, DIFFERS, MISSED, NO_RECEIPT, UNREADABLE] {
            findings.wrong(kind, what, 0);
        }
        for ((kind, what), why) in self.wrong.drain(..) {
            findings.wrong(kind, what, 1);
            findings.note(format!("{what}: {why}"));
        }
    }

    /// The request that submits a visit of the outbox.
    pub(super) fn submission(&self, visit: VisitId) -> Option<Vec<u8>> {
        let submission = serde_json::to_vec(self.outbox.visits.get(&visit)?).ok()?;
        let mut request = self.head("PUT", &format!("/v1/visits/{visit}?receipt=true"));
        client::end(&mut request, &submission);
        Some(request)
    }

    /// Submits a visit of the outbox, and looks at the answer.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn submit(&mut self, visit: VisitId, cut: Option<Cut>) -> Result<Heard, String> {
        let Some(request) = self.submission(visit) else { return Ok(Heard::Nothing) };
        self.submit_as(visit, &request, cut).await
    }

    /// The same with a request that was written before.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn submit_as(
        &mut self,
        visit: VisitId,
        request: &[u8],
        cut: Option<Cut>,
    ) -> Result<Heard, String> {
        let Some(reply) = self.ask(request, cut).await else { return Ok(Heard::Nothing) };
        if reply.status != 201 {
            return Ok(reply.refused(Heard::Refused));
        }
        match serde_json::from_slice::<Arrived>(&reply.body) {
            Ok(arrived) => {
                self.take_note(visit, &arrived)?;
                Ok(Heard::Kept(arrived))
            }
            Err(error) => {
                self.wrong.push((UNREADABLE, error.to_string()));
                Ok(Heard::Nothing)
            }
        }
    }

    fn take_note(&mut self, visit: VisitId, arrived: &Arrived) -> Result<(), String> {
        let Some(submission) = self.outbox.visits.get(&visit) else { return Ok(()) };
        let mut wrong = Vec::new();
        let parts = digest::parts(&arrived.salts);
        // Where the salts are not those of what was sent, there is no digest of it.
        let hash = content_hash(submission, Some(&parts)).unwrap_or_else(|_| Sha256::of(b""));
        if (arrived.id, arrived.content_hash) != (visit, hash) {
            wrong.push((NOT_AS_SENT, format!("visit {visit}: {arrived:?}")));
        }
        if let Some(file) = arrived.missing.iter().find(|file| self.outbox.is_kept(**file)) {
            wrong.push((MISSED, format!("visit {visit}, file {file}")));
        }
        let is_complete = arrived.state != State::Submitted;
        if is_complete != arrived.missing.is_empty() {
            wrong.push((
                DIFFERS,
                format!("visit {visit} is {} and misses {:?}", arrived.state, arrived.missing),
            ));
        }
        if is_complete
            && let Err(why) = self.check_receipt(visit, submission, &parts, hash, arrived.receipt.as_deref())
        {
            wrong.push((NO_RECEIPT, format!("visit {visit}: {why}")));
        }
        if arrived.content_hash == hash && !self.outbox.hear(visit, arrived.facts())? {
            let first = self.outbox.facts(visit);
            wrong.push((DIFFERS, format!("visit {visit}: {first:?}, then {:?}", arrived.facts())));
        }
        self.wrong.append(&mut wrong);
        Ok(())
    }

    fn check_receipt(
        &self,
        visit: VisitId,
        submission: &Submission,
        parts: &Parts,
        hash: Sha256,
        jws: Option<&str>,
    ) -> Result<(), String> {
        check_receipt(&self.keys, (visit, hash), &submission.manifest, parts, jws.ok_or("there is none")?)
    }

    /// Sends a photo in one request.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn put_photo(&mut self, photo: &Photo, cut: Option<Cut>) -> Result<Stands, String> {
        let Photo { id, visit, assignment, .. } = photo;
        let path = format!("/v1/uploads/{id}?visit_id={visit}&assignment_id={assignment}");
        let mut request = self.head("PUT", &path);
        let digest = base64(photo.sha256);
        let headers = format!("content-type: image/jpeg\r\ncontent-digest: sha-256=:{digest}:\r\n");
        end(&mut request, &headers, &photo.bytes());
        let Some(reply) = self.ask(&request, cut).await else { return Ok(Stands::Nothing) };
        match reply.status {
            200 | 201 => self.whole(photo),
            _ => Ok(reply.refused(Stands::Refused)),
        }
    }

    /// Announces a photo, with its first bytes.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn announce(
        &mut self,
        photo: &Photo,
        first: &[u8],
        cut: Option<Cut>,
    ) -> Result<Stands, String> {
        let metadata = [
            ("id", photo.id.to_string()),
            ("visit_id", photo.visit.to_string()),
            ("assignment_id", photo.assignment.to_string()),
            ("media_type", "image/jpeg".to_owned()),
            ("sha256", photo.sha256.to_string()),
        ];
        let metadata =
            metadata.map(|(name, value)| format!("{name} {}", BASE64.encode(value.as_bytes()))).join(",");
        let mut headers = format!("upload-length: {}\r\nupload-metadata: {metadata}\r\n", photo.size);
        if !first.is_empty() {
            headers += &format!("content-type: {}\r\n", tus::PIECE);
        }
        let mut request = self.speaking_tus("POST", "/v1/uploads");
        end(&mut request, &headers, first);
        self.tus(photo, &request, cut, 201).await
    }

    /// Asks how much of a photo is there.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn stands_at(&mut self, photo: &Photo) -> Result<Stands, String> {
        let mut request = self.speaking_tus("HEAD", &format!("/v1/uploads/{}", photo.id));
        end(&mut request, "", b"");
        self.tus(photo, &request, None, 200).await
    }

    /// The request that brings these bytes of a photo, which follow on so many.
    pub(super) fn piece(&self, photo: &Photo, from: u64, bytes: &[u8]) -> Vec<u8> {
        let mut request = self.speaking_tus("PATCH", &format!("/v1/uploads/{}", photo.id));
        let headers = format!("content-type: {}\r\nupload-offset: {from}\r\n", tus::PIECE);
        end(&mut request, &headers, bytes);
        request
    }

    /// Brings bytes of a photo, with a request that was written before.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn append(
        &mut self,
        photo: &Photo,
        piece: &[u8],
        cut: Option<Cut>,
    ) -> Result<Stands, String> {
        self.tus(photo, piece, cut, 204).await
    }

    /// Gives up a photo that is not finished.
    pub(super) async fn give_up(&mut self, photo: &Photo) {
        let mut request = self.speaking_tus("DELETE", &format!("/v1/uploads/{}", photo.id));
        end(&mut request, "", b"");
        self.ask(&request, None).await;
    }

    /// Uploads a photo in pieces of so many bytes, however often the line is cut, for at most so many requests; says
    /// whether all of it is there. The first piece may go with the announcement.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn upload(
        &mut self,
        photo: &Photo,
        bytes: &[u8],
        chunk: usize,
        first_at_once: bool,
        most: usize,
    ) -> Result<bool, String> {
        let first = if first_at_once { bytes.get(..chunk).unwrap_or(bytes) } else { &[] };
        let mut stands = self.announce(photo, first, None).await?;
        for _ in 0..most {
            stands = match stands {
                Stands::Whole => return Ok(true),
                Stands::At(from) => {
                    let rest = usize::try_from(from).ok().and_then(|from| bytes.get(from..)).unwrap_or(&[]);
                    let piece = self.piece(photo, from, rest.get(..chunk).unwrap_or(rest));
                    self.append(photo, &piece, None).await?
                }
                Stands::Refused(404, _) => self.announce(photo, first, None).await?,
                Stands::Refused(..) | Stands::Nothing => {
                    tokio::time::sleep(PAUSE).await;
                    self.stands_at(photo).await?
                }
            };
        }
        Ok(matches!(stands, Stands::Whole))
    }

    /// Sends all that was not acknowledged, and each visit once more that is not complete; does not give up at once.
    /// Says what was refused.
    ///
    /// # Errors
    /// If the outbox cannot be written.
    pub(super) async fn finish(&mut self) -> Result<Vec<(VisitId, u16, Value)>, String> {
        const TRIES: usize = 20;
        let (photos, visits) = (self.outbox.photos.clone(), self.outbox.visits.clone());
        for photo in photos {
            let mut tries = 0;
            while !self.outbox.is_kept(photo.id) && tries < TRIES {
                self.put_photo(&photo, None).await?;
                tries += 1;
            }
        }
        let mut refused = Vec::new();
        for visit in visits.into_keys() {
            let is_complete =
                |phone: &Self| phone.outbox.facts(visit).is_some_and(|facts| facts.receipt.is_some());
            let mut tries = 0;
            while !is_complete(self) && tries < TRIES {
                if let Heard::Refused(status, why) = self.submit(visit, None).await? {
                    refused.push((visit, status, why));
                    break;
                }
                tries += 1;
            }
        }
        Ok(refused)
    }

    async fn tus(
        &mut self,
        photo: &Photo,
        request: &[u8],
        cut: Option<Cut>,
        good: u16,
    ) -> Result<Stands, String> {
        let Some(reply) = self.ask(request, cut).await else { return Ok(Stands::Nothing) };
        match reply.offset.filter(|_| reply.status == good) {
            Some(offset) if offset == photo.size as u64 => self.whole(photo),
            Some(offset) => Ok(Stands::At(offset)),
            None => Ok(reply.refused(Stands::Refused)),
        }
    }

    fn whole(&mut self, photo: &Photo) -> Result<Stands, String> {
        self.outbox.keep(photo.id)?;
        Ok(Stands::Whole)
    }

    fn head(&self, method: &str, path: &str) -> Vec<u8> {
        client::request(method, path, Some(&self.token))
    }

    fn speaking_tus(&self, method: &str, path: &str) -> Vec<u8> {
        let mut request = self.head(method, path);
        request.extend_from_slice(format!("tus-resumable: {}\r\n", tus::VERSION).as_bytes());
        request
    }

    /// Sends a request and gives the answer, if there is one. A connection that was open before may have ended
    /// meanwhile: then once more over a new one.
    async fn ask(&mut self, request: &[u8], cut: Option<Cut>) -> Option<Reply> {
        if let Some(cut) = cut {
            let connection = match self.connection.take() {
                Some(connection) => connection,
                None => Connection::open(self.address).await.ok()?,
            };
            let after = request.len() * cut.thousandths / 1_000;
            // Whether it could be sent is not known either way.
            let _ = connection.hang_up(request, after, cut.wait, cut.in_order).await;
            return None;
        }
        loop {
            let (mut connection, is_new) = match self.connection.take() {
                Some(connection) => (connection, false),
                None => (Connection::open(self.address).await.ok()?, true),
            };
            let reply = connection.exchange(request).await.map(|answer| Reply {
                status: answer.status,
                offset: answer.header("upload-offset").and_then(|offset| offset.parse().ok()),
                body: answer.body.to_vec(),
            });
            match reply {
                Ok(reply) => {
                    self.connection = Some(connection);
                    return Some(reply);
                }
                Err(_) if is_new => return None,
                Err(_) => {}
            }
        }
    }
}

/// Checks that a receipt is signed by one of the keys and attests this visit with these files.
///
/// # Errors
/// Why not.
pub(super) fn check_receipt(
    keys: &Published,
    visit: (VisitId, Sha256),
    manifest: &Manifest,
    parts: &Parts,
    jws: &str,
) -> Result<(), String> {
    let attested = receipt::check(jws, keys)?.receipt;
    let files = (manifest, &[][..]);
    let wanted = Receipt::new(&attested.iss, visit, files, Some(parts), attested.completed_at);
    let wanted = wanted.map_err(|error| error.to_string())?;
    if attested == wanted { Ok(()) } else { Err(format!("it attests {attested:?}")) }
}

fn base64(digest: Sha256) -> String {
    BASE64.encode(&HEXLOWER.decode(digest.to_string().as_bytes()).unwrap_or_default())
}

fn end(request: &mut Vec<u8>, headers: &str, body: &[u8]) {
    let length = format!("{headers}content-length: {}\r\n\r\n", body.len());
    request.extend_from_slice(length.as_bytes());
    request.extend_from_slice(body);
}
