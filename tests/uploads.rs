//! Files of visits on their way: over lines that are cut, sent twice, taken over, given up, never doubled or replaced.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use actix_web::http::Method;
use data_encoding::BASE64;
use incognito::{
    accounts::model::Role,
    db::types::Sha256,
    evidence::{model::MAX_FILE, store, sweep::SweepUploads},
    ids::{AssignmentId, EvidenceId, VisitId},
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Call, Dice, TestApp, each_engine_test, id},
    builders::World,
    personas::Persona,
};

mod bucket;
mod waiting;

each_engine_test!(
    a_line_that_is_cut,
    a_line_that_is_dead,
    wrong_checksums_keep_the_offset,
    a_wrong_digest_begins_anew,
    every_request_again,
    the_same_bytes_twice,
    what_is_finished_is_never_replaced,
    with_the_first_bytes,
    small_files_at_once,
    what_phones_call_it,
    packed_files_are_refused,
    what_comes_without_a_name_is_what_its_bytes_say,
    quotas,
    what_is_left_unfinished_goes,
    somebody_elses,
    a_server_that_is_killed,
    more_than_was_announced,
    what_makes_no_sense,
    pages_in_browsers,
);

/// When a connection ends while the server is busy, actix-http drops what it has read and not yet passed on. That may
/// be so much …
const READ_AHEAD: usize = 160 * 1024;
/// … but it happens seldom: no more than so much of all files.
const LOST_IN_ALL: usize = 256 * 1024;

/// A file to be sent.
#[derive(Clone)]
pub struct File {
    pub id: EvidenceId,
    pub visit: VisitId,
    pub assignment: Option<AssignmentId>,
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

impl File {
    pub fn of(seed: u64, size: usize) -> Self {
        let mut dice = Dice::seeded(seed);
        let bytes = (0..size).map(|_| dice.roll(256) as u8).collect();
        Self { id: id(), visit: id(), assignment: None, kind: "image/jpeg", bytes }
    }

    /// One that belongs to this visit.
    pub fn for_visit(visit: VisitId, kind: &'static str, bytes: Vec<u8>) -> Self {
        Self { id: id(), visit, assignment: None, kind, bytes }
    }

    /// As the manifest of its visit has it.
    pub fn listed(&self, question: &str) -> Value {
        json!({"id": self.id, "question": question, "media_type": self.kind, "size": self.bytes.len(),
            "sha256": self.digest()})
    }

    fn path(&self) -> String {
        format!("/v1/uploads/{}", self.id)
    }

    pub fn digest(&self) -> Sha256 {
        Sha256::of(&self.bytes)
    }

    pub fn metadata(&self) -> String {
        let metadata = [
            ("id", self.id.to_string()),
            ("visit_id", self.visit.to_string()),
            ("filetype", self.kind.to_owned()),
            ("sha256", self.digest().to_string()),
            ("filename", "../../photo.jpg".to_owned()),
        ];
        let assignment = self.assignment.map(|assignment| ("assignment_id", assignment.to_string()));
        let metadata = metadata.into_iter().chain(assignment);
        let metadata = metadata.map(|(name, value)| format!("{name} {}", BASE64.encode(value.as_bytes())));
        metadata.collect::<Vec<_>>().join(",")
    }

    pub fn create<'a>(&self, app: &'a TestApp, who: &Persona) -> Call<'a> {
        let length = self.bytes.len().to_string();
        tus(app, Method::POST, "/v1/uploads", who)
            .header("upload-length", &length)
            .header("upload-metadata", &self.metadata())
    }

    pub fn append<'a>(&self, app: &'a TestApp, who: &Persona, from: usize, to: usize) -> Call<'a> {
        tus(app, Method::PATCH, &self.path(), who)
            .header("upload-offset", &from.to_string())
            .body("application/offset+octet-stream", self.bytes[from..to].to_vec())
    }

    pub async fn offset(&self, app: &TestApp, who: &Persona) -> usize {
        offset(&tus(app, Method::HEAD, &self.path(), who).await.expect(200))
    }

    /// The offset, asked for as a phone does that waits before it tries again: until it is at least this.
    async fn offset_from(&self, app: &TestApp, who: &Persona, wanted: usize) -> usize {
        let began = Instant::now();
        loop {
            std::thread::sleep(Duration::from_millis(30));
            let now = self.offset(app, who).await;
            if now >= wanted || began.elapsed() > Duration::from_secs(10) {
                return now;
            }
        }
    }

    pub fn put<'a>(&self, app: &'a TestApp, who: &Persona) -> Call<'a> {
        let digest = format!("sha-256=:{}:", base64_of(&self.bytes));
        let assignment = self.assignment.map(|assignment| format!("&assignment_id={assignment}"));
        let query = format!("?visit_id={}{}", self.visit, assignment.unwrap_or_default());
        app.call(Method::PUT, self.path() + &query)
            .by(who)
            .header("content-digest", &digest)
            .body(self.kind, self.bytes.clone())
    }

    /// The row says so, and the blob has every byte.
    pub async fn expect_kept(&self, app: &TestApp) {
        let id = self.id;
        let row = app.db().read(move |conn| store::find(conn, id)).await.unwrap().unwrap();
        assert!(row.is_kept() && row.kept_at == Some(app.now()), "{row:?}");
        assert_eq!((row.visit_id, row.size as usize), (self.visit, self.bytes.len()));
        let kept = app.app().blobs.read(self.digest(), MAX_FILE).await.unwrap();
        assert!(kept == self.bytes, "other bytes are kept than were sent");
        assert!(!self.part(app).exists(), "its bytes are here twice");
    }

    fn part(&self, app: &TestApp) -> std::path::PathBuf {
        app.data().join(format!("uploads/{}.part", self.id))
    }
}

fn base64_of(bytes: &[u8]) -> String {
    let hex = Sha256::of(bytes).to_string();
    BASE64.encode(&data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap())
}

pub fn tus<'a>(app: &'a TestApp, method: Method, path: &str, who: &Persona) -> Call<'a> {
    app.call(method, path).by(who).header("tus-resumable", "1.0.0")
}

fn offset(answer: &Answer) -> usize {
    assert_eq!(answer.header("tus-resumable"), "1.0.0", "{answer}");
    answer.header("upload-offset").parse().unwrap_or_else(|_| panic!("no offset: {answer}"))
}

pub async fn shopper(app: &TestApp) -> Persona {
    Persona::everywhere(app, Role::Shopper).await
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    /// Politely: all that was sent arrives.
    Close,
    /// Rudely: the other side is told that it is gone, at once.
    Reset,
}

/// A request whose body is cut after so many bytes; gives the connection.
fn begin(app: &TestApp, who: &Persona, file: &File, from: usize, sent: usize) -> TcpStream {
    let mut line = TcpStream::connect(app.address()).unwrap();
    let head = format!(
        "PATCH {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {from}\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: {}\r\n\r\n",
        file.path(),
        who.token.as_deref().unwrap(),
        file.bytes.len() - from,
    );
    line.write_all(head.as_bytes()).unwrap();
    // So long takes the shortest way through a network.
    std::thread::sleep(Duration::from_millis(20));
    line.write_all(&file.bytes[from..from + sent]).unwrap();
    line
}

/// The status that a bare connection is answered with.
fn status(line: &TcpStream) -> String {
    line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut first = String::new();
    BufReader::new(line).read_line(&mut first).unwrap();
    first.split(' ').nth(1).unwrap_or_default().to_owned()
}

async fn a_line_that_is_cut(app: TestApp) {
    over_a_bad_line(&app, 8).await;
}

/// Every file arrives whole, and hardly any byte goes twice.
pub async fn over_a_bad_line(app: &TestApp, files: u64) {
    const CHUNK: usize = 256 * 1024; // what may be under way when a line breaks
    let who = shopper(app).await;
    let (mut dice, mut lost) = (Dice::seeded(7), 0);
    for seed in 0..files {
        let file = File::of(seed, 100_000 + dice.roll(1_500_000) as usize);
        let size = file.bytes.len();
        file.create(app, &who).await.expect(201);
        let (mut sent, mut cuts, mut at) = (0, 0, 0);
        while at < size && cuts < 6 {
            let (left, how) = (size - at, if dice.roll(2) == 0 { Break::Close } else { Break::Reset });
            let some = dice.roll(left as u64 / 2 + 1) as usize;
            let line = begin(app, &who, &file, at, some);
            if how == Break::Reset {
                socket2::SockRef::from(&line).set_linger(Some(Duration::ZERO)).unwrap();
            }
            drop(line);
            (sent, cuts) = (sent + some, cuts + 1);
            // What was sent on a connection that was closed is kept, once the server has come to it, but for what its
            // HTTP library had read ahead of us.
            let wanted =
                if how == Break::Close { (at + some).saturating_sub(READ_AHEAD).max(at) } else { at };
            let now = file.offset_from(app, &who, wanted).await;
            assert!(now >= wanted && now <= at + some, "{now} of {at} + {some}, {how:?}");
            if how == Break::Close {
                lost += at + some - now;
            }
            at = now;
        }
        // The last of those requests may begin so late that it takes over from this one.
        let done = loop {
            let done = file.append(app, &who, at, size).await;
            sent += size - at;
            match done.status {
                409 | 423 => (at, cuts) = (file.offset_from(app, &who, at).await, cuts + 1),
                _ => break done.expect(204),
            }
        };
        assert_eq!(offset(&done), size);
        assert!(sent <= size * 11 / 10 + cuts * CHUNK, "{sent} bytes were sent of {size}, {cuts} cuts");
        file.expect_kept(app).await;
    }
    assert!(lost <= LOST_IN_ALL, "{lost} bytes of closed connections are lost");
}

async fn a_line_that_is_dead(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(1, 700_000));
    file.create(&app, &who).await.expect(201);
    let dead = begin(&app, &who, &file, 0, 300_000);
    std::thread::sleep(Duration::from_millis(300)); // it is on its way
    let began = Instant::now();
    assert_eq!(file.offset_from(&app, &who, 300_000).await, 300_000);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(status(&dead), "423", "it was told to stop");

    // And one that comes without asking.
    let dead = begin(&app, &who, &file, 300_000, 100_000);
    std::thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    file.append(&app, &who, 400_000, 700_000).await.expect(204);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    file.expect_kept(&app).await;
    drop(dead);
}

async fn wrong_checksums_keep_the_offset(app: TestApp) {
    let who = shopper(&app).await;
    for size in [1_000, 900_000] {
        let file = File::of(2, size);
        file.create(&app, &who).await.expect(201);
        let half = size / 2;
        file.append(&app, &who, 0, 10).await.expect(204);
        let wrong = format!("sha256 {}", base64_of(b"something else"));
        let part = file.append(&app, &who, 10, half).header("upload-checksum", &wrong);
        part.await.expect_problem(460, "digest_mismatch");
        assert_eq!(file.offset(&app, &who).await, 10);
        let part = file.append(&app, &who, 10, half).header("upload-checksum", "sha1 aaaa");
        part.await.expect_problem(400, "malformed_request");
        let right = format!("sha256 {}", base64_of(&file.bytes[10..half]));
        let part = file.append(&app, &who, 10, half).header("upload-checksum", &right);
        assert_eq!(offset(&part.await.expect(204)), half);
        let right = format!("sha256 {}", base64_of(&file.bytes[half..]));
        file.append(&app, &who, half, size).header("upload-checksum", &right).await.expect(204);
        file.expect_kept(&app).await;
    }
}

async fn a_wrong_digest_begins_anew(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(3, 600_000));
    file.create(&app, &who).await.expect(201);
    let mut other = file.clone();
    other.bytes[5] ^= 1;
    file.append(&app, &who, 300_000, 600_000).await.expect_problem(409, "offset_differs");
    other.append(&app, &who, 0, 300_000).await.expect(204);
    file.append(&app, &who, 300_000, 600_000).await.expect_problem(460, "digest_mismatch");
    assert_eq!(file.offset(&app, &who).await, 0);
    other.append(&app, &who, 0, 600_000).await.expect_problem(460, "digest_mismatch");
    assert!(!app.app().blobs.exists(other.digest()).await.unwrap(), "what was not announced is not kept");
    file.append(&app, &who, 0, 600_000).await.expect(204);
    file.expect_kept(&app).await;
}

async fn every_request_again(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(4, 5_000));
    let first = file.create(&app, &who).await.expect(201);
    assert_eq!(first.header("location"), file.path());
    assert_eq!(first.header("upload-expires"), "Mon, 16 Mar 2026 10:00:00 GMT");
    let again = file.create(&app, &who).await.expect(201);
    assert_eq!((again.header("location"), offset(&again)), (first.header("location"), 0));
    file.append(&app, &who, 0, 2_000).await.expect(204);
    assert_eq!(offset(&file.create(&app, &who).await.expect(201)), 2_000, "it goes on");
    let twice = file.append(&app, &who, 0, 2_000).await;
    twice.expect_problem(409, "offset_differs");
    let head = tus(&app, Method::HEAD, &file.path(), &who).await.expect(200);
    assert_eq!((offset(&head), head.header("upload-length")), (2_000, "5000"));
    assert!(head.header("upload-metadata").contains("sha256 "));
    assert_eq!(head.header("cache-control"), "no-store");
    file.append(&app, &who, 2_000, 5_000).await.expect(204);
    file.expect_kept(&app).await;
    let done = file.append(&app, &who, 5_000, 5_000).await.expect(204);
    assert_eq!((offset(&done), done.header("upload-expires")), (5_000, ""));
    assert_eq!(offset(&file.create(&app, &who).await.expect(201)), 5_000);
    assert_eq!(file.offset(&app, &who).await, 5_000);

    let given_up = File::of(5, 5_000);
    given_up.create(&app, &who).await.expect(201);
    given_up.append(&app, &who, 0, 100).await.expect(204);
    tus(&app, Method::DELETE, &given_up.path(), &who).await.expect(204);
    assert!(!given_up.part(&app).exists());
    tus(&app, Method::DELETE, &given_up.path(), &who).await.expect_problem(404, "not_found");
    tus(&app, Method::HEAD, &given_up.path(), &who).await.expect(404);
    assert_eq!(offset(&given_up.create(&app, &who).await.expect(201)), 0);
}

async fn the_same_bytes_twice(app: TestApp) {
    let (who, one) = (shopper(&app).await, File::of(6, 3_000));
    let two = File { id: id(), visit: id(), ..one.clone() };
    for file in [&one, &two] {
        file.create(&app, &who).await.expect(201);
        file.append(&app, &who, 0, 1_000).await.expect(204);
    }
    for file in [&one, &two] {
        file.append(&app, &who, 1_000, 3_000).await.expect(204);
        file.expect_kept(&app).await;
    }
}

async fn what_is_finished_is_never_replaced(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(8, 3_000));
    file.put(&app, &who).await.expect(201);
    let other = File { bytes: File::of(9, 3_000).bytes, ..file.clone() };
    file.append(&app, &who, 0, 3_000).await.expect_problem(409, "offset_differs");
    other.create(&app, &who).await.expect_problem(409, "conflict");
    other.put(&app, &who).await.expect_problem(409, "conflict");
    let moved = File { visit: id(), ..file.clone() };
    moved.create(&app, &who).await.expect_problem(409, "conflict");
    moved.put(&app, &who).await.expect_problem(409, "conflict");
    tus(&app, Method::DELETE, &file.path(), &who).await.expect_problem(409, "conflict");
    file.expect_kept(&app).await;
    assert!(!app.app().blobs.exists(other.digest()).await.unwrap());
}

async fn with_the_first_bytes(app: TestApp) {
    let who = shopper(&app).await;
    let piece = "application/offset+octet-stream";
    let file = File::of(10, 200_000);
    for _ in 0..2 {
        let made = file.create(&app, &who).body(piece, file.bytes.clone()).await.expect(201);
        assert_eq!((offset(&made), made.header("location")), (200_000, file.path().as_str()));
        file.expect_kept(&app).await;
    }
    // Some of them, and then all again, because the answer was lost: nothing is taken twice.
    let file = File::of(11, 700_000);
    let checksum = format!("sha256 {}", base64_of(&file.bytes[..400_000]));
    for checksum in [None, Some(&checksum)] {
        let call = file.create(&app, &who).body(piece, file.bytes[..400_000].to_vec());
        let call = checksum.into_iter().fold(call, |call, sum| call.header("upload-checksum", sum));
        assert_eq!(offset(&call.await.expect(201)), 400_000);
    }
    let made = file.create(&app, &who).body(piece, file.bytes.clone()).await.expect(201);
    assert_eq!(offset(&made), 700_000);
    file.expect_kept(&app).await;

    let wrong = File::of(12, 1_000);
    let call = wrong.create(&app, &who).body(piece, vec![0; 1_000]);
    call.await.expect_problem(460, "digest_mismatch");
    assert!(!wrong.part(&app).exists());
    let call = wrong.create(&app, &who).body(piece, wrong.bytes.clone());
    call.await.expect(201);
    wrong.expect_kept(&app).await;

    // One that is cut has been announced all the same.
    let cut = File::of(13, 500_000);
    let mut line = TcpStream::connect(app.address()).unwrap();
    let head = format!(
        "POST /v1/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Upload-Length: 500000\r\nUpload-Metadata: {}\r\nContent-Type: {piece}\r\nContent-Length: 500000\r\n\r\n",
        who.token.as_deref().unwrap(),
        cut.metadata(),
    );
    line.write_all(head.as_bytes()).unwrap();
    line.write_all(&cut.bytes[..333_333]).unwrap();
    drop(line);
    std::thread::sleep(Duration::from_millis(100));
    cut.create(&app, &who).await.expect(201);
    let at = cut.offset_from(&app, &who, 333_333 - READ_AHEAD).await;
    assert!((333_333 - READ_AHEAD..=333_333).contains(&at), "{at}");
    cut.append(&app, &who, at, 500_000).await.expect(204);
    cut.expect_kept(&app).await;
}

async fn small_files_at_once(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(14, 1 << 20));
    let first = file.put(&app, &who).await.expect(201);
    assert_eq!(first.json["state"], "kept");
    assert_eq!(first.json["sha256"], json!(file.digest()));
    file.expect_kept(&app).await;
    let again = file.put(&app, &who).await.expect(200);
    assert_eq!(again.json, first.json);
    let large = File::of(15, (1 << 20) + 1);
    large.put(&app, &who).await.expect_problem(413, "body_too_large");

    // What was begun in pieces can be ended at once.
    let begun = File::of(16, 4_000);
    begun.create(&app, &who).await.expect(201);
    begun.append(&app, &who, 0, 1_000).await.expect(204);
    begun.put(&app, &who).await.expect(201);
    begun.expect_kept(&app).await;

    let file = File::of(17, 10);
    let wrong = format!("sha-256=:{}:", base64_of(b"x"));
    file.put(&app, &who).header("content-digest", &wrong).await.expect_invalid("Content-Digest");
    let path = format!("{}?visit_id={}", file.path(), file.visit);
    let none = app.call(Method::PUT, &path).by(&who).body("image/png", "x");
    none.await.expect_invalid("Content-Digest");
    let digest = format!("sha-256=:{}:", base64_of(b"x"));
    let put = |kind| app.call(Method::PUT, &path).by(&who).header("content-digest", &digest).body(kind, "x");
    put("text/html").await.expect_problem(415, "unsupported_media_type");
    put("audio/webm;codecs=opus").await.expect(201);
}

/// Kinds of files by their other names, and digests as libraries write them.
async fn what_phones_call_it(app: TestApp) {
    let who = shopper(&app).await;
    for (kind, registered) in [
        ("image/jpg", "image/jpeg"),
        ("image/pjpeg", "image/jpeg"),
        ("IMAGE/PNG", "image/png"),
        ("audio/x-m4a", "audio/mp4"),
        ("audio/mp4a-latm", "audio/mp4"),
        ("audio/x-wav", "audio/wav"),
        ("audio/wave", "audio/wav"),
        ("audio/vnd.wave; codec=1", "audio/wav"),
    ] {
        // Small enough that nothing is seen at its first bytes.
        let file = File { kind, ..File::of(40, 10) };
        let put = file.put(&app, &who).await;
        let announced = File { id: id(), ..file.clone() };
        let made = announced.create(&app, &who).await;
        if put.status == 415 {
            assert_eq!(put.code(), "unreadable_file", "{kind}: {put}");
        } else {
            assert_eq!(put.expect(201).json["media_type"], registered, "{kind}");
        }
        made.expect(201);
        let status = tus(&app, Method::HEAD, &announced.path(), &who).await.expect(200);
        let wanted = format!("media_type {}", BASE64.encode(registered.as_bytes()));
        assert!(status.header("upload-metadata").contains(&wanted), "{kind}: {status}");
    }
    let file = File { kind: "image/png", ..File::of(41, 10) };
    let bare = base64_of(&file.bytes).trim_end_matches('=').to_owned();
    let digest = format!("sha-256=:{bare}:");
    let path = format!("{}?visit_id={}", file.path(), file.visit);
    let put = |name: &'static str, digest: &str| {
        app.call(Method::PUT, &path).by(&who).header(name, digest).body("audio/webm", file.bytes.clone())
    };
    put("repr-digest", &digest).await.expect(201);
    put("content-digest", &digest.to_uppercase().replace(&bare.to_uppercase(), &bare)).await.expect(200);
    put("content-digest", &format!("md5=:AAAA:, {digest}")).await.expect(200);
    // In capital letters.
    let large = File::of(42, 100);
    let small = large.metadata();
    let capital = BASE64.encode(large.digest().to_string().to_uppercase().as_bytes());
    let in_capitals = small.replace(&BASE64.encode(large.digest().to_string().as_bytes()), &capital);
    assert_ne!(in_capitals, small);
    let announce = tus(&app, Method::POST, "/v1/uploads", &who).header("upload-length", "100");
    announce.header("upload-metadata", &in_capitals).await.expect(201);
    let sum = format!("SHA256 {}", base64_of(&large.bytes));
    large.append(&app, &who, 0, 100).header("upload-checksum", &sum).await.expect(204);
    large.expect_kept(&app).await;
}

/// A file comes as it is: bytes in a content coding are not kept, and the phone learns why.
async fn packed_files_are_refused(app: TestApp) {
    let who = shopper(&app).await;
    let file = File::of(43, 1_000);
    for coding in ["gzip", "br", "deflate"] {
        let refusals = [
            file.put(&app, &who).header("content-encoding", coding).await,
            file.create(&app, &who)
                .body("application/offset+octet-stream", file.bytes.clone())
                .header("content-encoding", coding)
                .await,
        ];
        for refused in refusals {
            let refused = refused.expect_problem(415, "unsupported_media_type");
            assert_eq!(refused.header("accept-encoding"), "identity");
            assert!(refused.text("/detail").contains("Content-Encoding"), "{refused}");
        }
        tus(&app, Method::HEAD, &file.path(), &who).await.expect(404);
    }
    file.create(&app, &who).await.expect(201);
    let piece = file.append(&app, &who, 0, 500).header("content-encoding", "gzip").await;
    piece.expect_problem(415, "unsupported_media_type");
    assert_eq!(offset(&tus(&app, Method::HEAD, &file.path(), &who).await.expect(200)), 0);
    // As it is, it may say so.
    let piece = file.append(&app, &who, 0, 500).header("content-encoding", "identity").await;
    piece.expect(204);
    let piece = file
        .append(&app, &who, 500, 1_000)
        .body("Application/Offset+Octet-Stream; x=y", file.bytes[500..].to_vec());
    piece.await.expect(204);
    file.expect_kept(&app).await;
}

async fn what_comes_without_a_name_is_what_its_bytes_say(app: TestApp) {
    let who = shopper(&app).await;
    let send = async |bytes: &[u8]| {
        let mut file = File::of(18, 0);
        (file.kind, file.bytes) = ("application/octet-stream", bytes.to_vec());
        file.put(&app, &who).await
    };
    for (bytes, kind) in [
        (b"\xFF\xD8\xFF\xE1..".as_slice(), "image/jpeg"),
        (b"\x89PNG\r\n\x1A\n..", "image/png"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42", "audio/mp4"),
        (b"OggS\0..", "audio/ogg"),
        (b"\x1A\x45\xDF\xA3..", "audio/webm"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
    ] {
        assert_eq!(send(bytes).await.expect(201).json["media_type"], kind);
    }
    send(b"%PDF-1.7").await.expect_problem(415, "unsupported_media_type");
    send(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").await.expect_problem(415, "unreadable_file");

    let file = File::of(19, 100);
    file.create(&app, &who).await.expect(201);
    let piece = tus(&app, Method::PATCH, &file.path(), &who).header("upload-offset", "0");
    piece.body("application/octet-stream", file.bytes.clone()).await.expect(204);
}

async fn quotas(app: TestApp) {
    let world = World::build(&app).await;
    let who = world.staff.shopper.clone();
    let large = File::of(18, 10);
    let length = (MAX_FILE + 1).to_string();
    let call = tus(&app, Method::POST, "/v1/uploads", &who).header("upload-length", &length);
    let call = call.header("upload-metadata", &large.metadata());
    call.await.expect_problem(413, "file_too_large");

    let assignment = async || {
        let brand = &world.brands[0];
        Some(world.staff.assignment(&app, brand.regions[0].branches[0].id, brand.version).await)
    };
    let announce = |size: u64, visit: VisitId, assignment: Option<AssignmentId>| {
        let file = File { visit, assignment, ..File::of(19, 10) };
        let call = tus(&app, Method::POST, "/v1/uploads", &who).header("upload-length", &size.to_string());
        call.header("upload-metadata", &file.metadata())
    };
    let (visit, first): (VisitId, _) = (id(), assignment().await);
    for _ in 0..10 {
        announce(MAX_FILE, visit, first).await.expect(201);
    }
    announce(1, visit, first).await.expect_problem(413, "visit_full");
    let (many, second): (VisitId, _) = (id(), assignment().await);
    for _ in 0..200 {
        announce(1, many, second).await.expect(201);
    }
    announce(1, many, second).await.expect_problem(413, "visit_full");
    let small = File { visit: many, assignment: second, ..File::of(20, 10) };
    small.put(&app, &who).await.expect_problem(413, "visit_full");
    // Another shopper's visit is another visit, whatever its id.
    let other = shopper(&app).await;
    File { assignment: None, ..small }.put(&app, &other).await.expect(201);

    // 500 MiB and 200 files of 64 KiB are counted; of 2 GiB that leaves room for 30 of the largest.
    for round in 0..4 {
        let one = assignment().await;
        for number in 0..10 {
            let answer = announce(MAX_FILE, id(), one).await;
            if round * 10 + number < 30 {
                answer.expect(201);
            } else {
                let refused = answer.expect_problem(429, "daily_limit");
                assert_eq!(refused.header("retry-after"), "3600");
            }
        }
    }
    app.advance(86_400);
    let who = who.renewed(&app);
    File::of(21, 10).put(&app, &who).await.expect(201);
}

async fn what_is_left_unfinished_goes(app: TestApp) {
    let who = shopper(&app).await;
    let (old, young, done) = (File::of(22, 5_000), File::of(23, 5_000), File::of(24, 10));
    old.create(&app, &who).await.expect(201);
    old.append(&app, &who, 0, 1_000).await.expect(204);
    young.create(&app, &who).await.expect(201);
    done.put(&app, &who).await.expect(201);
    app.advance(80_000);
    let who = who.renewed(&app);
    // Bytes put off the end.
    let more = young.append(&app, &who, 0, 1_000).await.expect(204);
    assert_eq!(more.header("upload-expires"), "Tue, 17 Mar 2026 08:13:20 GMT");
    SweepUploads {}.run(app.app(), &app.house().parts).await.unwrap();
    assert!(old.part(&app).exists(), "its day is not over");
    app.advance(6_400);
    let who = who.renewed(&app);
    tus(&app, Method::HEAD, &old.path(), &who).await.expect(410);
    old.append(&app, &who, 1_000, 5_000).await.expect_problem(410, "upload_expired");
    let stray = app.data().join(format!("uploads/{}.part", id::<()>()));
    fs::write(&stray, b"of nothing").unwrap();
    let theirs = app.data().join("uploads/README");
    fs::write(&theirs, b"no upload").unwrap();
    SweepUploads {}.run(app.app(), &app.house().parts).await.unwrap();
    assert!(!old.part(&app).exists() && !stray.exists() && theirs.exists());
    tus(&app, Method::HEAD, &old.path(), &who).await.expect(404);
    assert_eq!(young.offset(&app, &who).await, 1_000);
    assert_eq!(done.offset(&app, &who).await, 10);

    // One that expired and was not swept yet begins anew, and may be another file.
    app.advance(86_400);
    let who = who.renewed(&app);
    let other = File { bytes: File::of(25, 6_000).bytes, ..young.clone() };
    assert_eq!(offset(&other.create(&app, &who).await.expect(201)), 0);
    assert_eq!(other.offset(&app, &who).await, 0);
    other.append(&app, &who, 0, 6_000).await.expect(204);
    other.expect_kept(&app).await;
}

async fn somebody_elses(app: TestApp) {
    let (who, thief) = (shopper(&app).await, shopper(&app).await);
    let (begun, done) = (File::of(26, 600_000), File::of(27, 1_000));
    begun.create(&app, &who).await.expect(201);
    done.put(&app, &who).await.expect(201);
    let line = begin(&app, &who, &begun, 0, 200_000);
    std::thread::sleep(Duration::from_millis(300));
    for file in [&begun, &done] {
        tus(&app, Method::HEAD, &file.path(), &thief).await.expect(404);
        tus(&app, Method::DELETE, &file.path(), &thief).await.expect_problem(404, "not_found");
        file.append(&app, &thief, 0, 1_000).await.expect_problem(404, "not_found");
        file.create(&app, &thief).await.expect_problem(404, "not_found");
        let small = File { bytes: done.bytes.clone(), ..file.clone() };
        small.put(&app, &thief).await.expect_problem(404, "not_found");
    }
    // And the file that was on its way was not disturbed.
    (&line).write_all(&begun.bytes[200_000..]).unwrap();
    assert_eq!(status(&line), "204");
    begun.expect_kept(&app).await;
    let manager = Persona::everywhere(&app, Role::Manager).await;
    begun.create(&app, &manager).await.expect_problem(403, "forbidden");
}

async fn a_server_that_is_killed(app: TestApp) {
    let who = shopper(&app).await;
    let (begun, whole, kept) = (File::of(28, 400_000), File::of(29, 400_000), File::of(30, 400_000));
    for file in [&begun, &whole, &kept] {
        file.create(&app, &who).await.expect(201);
        file.append(&app, &who, 0, 123_456).await.expect(204);
    }
    kept.append(&app, &who, 123_456, 400_000).await.expect(204);
    let line = begin(&app, &who, &begun, 123_456, 100_000);
    std::thread::sleep(Duration::from_millis(100));
    let path = whole.part(&app);
    let app = TestApp::start(app.stop()).await;
    drop(line);
    let who = who.renewed(&app);
    let at = begun.offset(&app, &who).await;
    assert!(at >= 123_456, "{at}: what was acknowledged is here");
    begun.append(&app, &who, at, 400_000).await.expect(204);
    begun.expect_kept(&app).await;
    kept.expect_kept(&app).await;

    // Killed when the last byte was on disk, and nothing knew of it: the next request finds it finished.
    fs::write(&path, &whole.bytes).unwrap();
    assert_eq!(whole.offset(&app, &who).await, 400_000);
    whole.expect_kept(&app).await;
    let rotten = File::of(31, 1_000);
    rotten.create(&app, &who).await.expect(201);
    fs::write(rotten.part(&app), [0; 1_000]).unwrap();
    assert_eq!(rotten.offset(&app, &who).await, 0);
}

async fn more_than_was_announced(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(32, 600_000));
    let more = File { bytes: [&file.bytes[..], b"!"].concat(), ..file.clone() };
    file.create(&app, &who).await.expect(201);
    file.append(&app, &who, 0, 1_000).await.expect(204);
    more.append(&app, &who, 1_000, 600_001).await.expect_problem(413, "body_too_large");
    assert_eq!(file.offset(&app, &who).await, 1_000);
    file.append(&app, &who, 1_000, 600_000).await.expect(204);
    file.expect_kept(&app).await;
}

async fn what_makes_no_sense(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(33, 100));
    let post = |length: &str, metadata: &str| {
        let call = tus(&app, Method::POST, "/v1/uploads", &who);
        call.header("upload-length", length).header("upload-metadata", metadata)
    };
    for length in ["", "0", "-1", "1.5", "x", "99999999999999999999"] {
        post(length, &file.metadata()).await.expect_invalid("Upload-Length");
    }
    let good = file.metadata();
    let without = |name: &str| {
        let pairs: Vec<_> = good.split(',').filter(|pair| !pair.starts_with(&format!("{name} "))).collect();
        pairs.join(",")
    };
    for name in ["id", "visit_id", "filetype", "sha256"] {
        post("100", &without(name)).await.expect_invalid("Upload-Metadata");
        post("100", &format!("{},{name} eA==", without(name))).await.expect_invalid("Upload-Metadata");
    }
    for wrong in ["", "id", "id !", &format!("{good},id eA==")] {
        post("100", wrong).await.expect_invalid("Upload-Metadata");
    }
    // All that is wrong at once.
    let all = post("0", "visit_id eA==,filename eA==").await.expect_invalid("Upload-Length");
    let mistakes =
        all.json["errors"].as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap());
    let mistakes = mistakes.collect::<Vec<_>>().join("; ");
    for name in ["id is", "visit_id is", "filetype is", "sha256 is"] {
        assert!(mistakes.contains(name), "{name}: {mistakes}");
    }
    let old = app.call(Method::POST, "/v1/uploads").by(&who).header("tus-resumable", "0.2.2");
    let refused = old.await.expect_problem(412, "tus_version");
    assert_eq!((refused.header("tus-version"), refused.header("tus-resumable")), ("1.0.0", "1.0.0"));
    app.call(Method::HEAD, file.path()).by(&who).await.expect(412);

    file.create(&app, &who).await.expect(201);
    let json = tus(&app, Method::PATCH, &file.path(), &who).header("upload-offset", "0");
    json.json(&json!({})).await.expect_problem(415, "unsupported_media_type");
    let none = tus(&app, Method::PATCH, &file.path(), &who).body("application/offset+octet-stream", "x");
    none.await.expect_invalid("Upload-Offset");
    assert_eq!(file.offset(&app, &who).await, 0);
}

async fn pages_in_browsers(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(34, 100));
    for path in ["/v1/uploads".to_owned(), file.path()] {
        let preflight =
            app.call(Method::OPTIONS, path).header("origin", "https://a.example").await.expect(204);
        assert_eq!(preflight.header("access-control-allow-origin"), "*");
        assert!(preflight.header("access-control-allow-methods").contains("PATCH"));
        assert!(preflight.header("access-control-allow-headers").contains("Upload-Offset"));
        assert!(preflight.header("tus-extension").contains("termination"));
        assert_eq!(
            (preflight.header("tus-version"), preflight.header("tus-max-size")),
            ("1.0.0", "52428800")
        );
    }
    let made = file.create(&app, &who).await.expect(201);
    let refused = tus(&app, Method::HEAD, &file.path(), &Persona::nobody()).await.expect(401);
    for answer in [made, refused] {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.header("access-control-expose-headers").contains("Upload-Offset"));
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
    }
    let me = app.get(&who, "/v1/me").header("origin", "https://a.example").await.expect(200);
    assert_eq!(me.header("access-control-allow-origin"), "", "only where it is needed");

    // Where there are only GET and POST.
    let call = tus(&app, Method::POST, &file.path(), &who).header("x-http-method-override", "PATCH");
    let call = call.header("upload-offset", "0").body("application/offset+octet-stream", file.bytes.clone());
    call.await.expect(204);
    file.expect_kept(&app).await;
}
