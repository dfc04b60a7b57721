//! The planted defects: a server between the phones and the real one that breaks one promise, so that a trial can show
//! that it would see that.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use incognito::{
    clock::Clock,
    ids::AssignmentId,
    visits::{
        model::Submission,
        parts::{Parts, content_hash},
    },
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::bench::{client, load::Connection};

/// The promise that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defect {
    /// Says that it has a visit, and has it not.
    DropsVisits,
    /// Says that it has a file, and has it not.
    DropsFiles,
    /// Keeps a visit twice.
    Doubles,
    /// Answers a repeat with other facts.
    AnswersOtherwise,
    /// Says that it took other content under an id that it knows.
    TakesOther,
    /// Says that it took the steps of a visit that has arrived, and has not.
    DropsSteps,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DropsVisits => "a server that says it has visits that it has not",
            Self::DropsFiles => "a server that says it has files that it has not",
            Self::Doubles => "a server that keeps visits twice",
            Self::AnswersOtherwise => "a server that answers repeats otherwise",
            Self::TakesOther => "a server that says it took other content under an id that it knows",
            Self::DropsSteps => "a server that says it took steps that it has not taken",
        })
    }
}

/// A server that breaks a promise now and then; it ends when this is dropped.
pub(super) struct Crooked {
    /// Where it answers.
    pub(super) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Drop for Crooked {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Shared {
    server: SocketAddr,
    defect: Defect,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    /// The visits that it has seen.
    seen: HashSet<String>,
    /// What it said of those that it does not have.
    answers: HashMap<String, Vec<u8>>,
    /// Assignments that it can use for second copies, by the token of their shopper.
    spare: Vec<(String, AssignmentId)>,
}

impl Crooked {
    /// Starts one before this server. To keep visits twice it needs assignments that nobody else uses, each with the
    /// token of its shopper.
    ///
    /// # Errors
    /// If there is no port for it.
    pub(super) async fn start(
        server: SocketAddr,
        defect: Defect,
        spare: Vec<(String, AssignmentId)>,
    ) -> Result<Self, String> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| format!("no port: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let memory = Mutex::new(Memory { spare, ..Memory::default() });
        let shared = Arc::new(Shared { server, defect, memory });
        let serving = tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                // A connection that is lost ends like any other.
                tokio::spawn(async move { drop(shared.serve(phone).await) });
            }
        });
        Ok(Self { address, serving })
    }
}

/// A request, as far as it matters here.
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    token: &'a str,
    body: &'a [u8],
}

impl<'a> Asked<'a> {
    fn read(head: &'a str, body: &'a [u8]) -> Option<Self> {
        let mut words = head.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let token = head.split("authorization: Bearer ").nth(1).and_then(|rest| rest.lines().next());
        Some(Self { method, path, token: token.unwrap_or_default(), body })
    }

    /// The id of the visit that is submitted.
    fn visit(&self) -> Option<&'a str> {
        let id = self.path.strip_prefix("/v1/visits/").filter(|_| self.method == "PUT")?;
        id.split('?').next()
    }
}

impl Shared {
    async fn serve(&self, mut phone: TcpStream) -> std::io::Result<()> {
        let (mut server, mut received) = (Connection::open(self.server).await?, Vec::new());
        loop {
            let (head, whole) = loop {
                if let Some(head) = received.windows(4).position(|four| four == b"\r\n\r\n") {
                    break (head + 4, head + 4 + length(received.get(..head).unwrap_or_default()));
                }
                if phone.read_buf(&mut received).await? == 0 {
                    return Ok(());
                }
            };
            while received.len() < whole {
                if phone.read_buf(&mut received).await? == 0 {
                    return Ok(());
                }
            }
            let rest = received.split_off(whole);
            let answer = self.answer(&mut server, &received, head).await?;
            phone.write_all(&answer).await?;
            received = rest;
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the phone gets.
    async fn answer(&self, server: &mut Connection, request: &[u8], head: usize) -> std::io::Result<Vec<u8>> {
        let (head_text, body) = request.split_at(head);
        let head_text = String::from_utf8_lossy(head_text);
        let Some(asked) = Asked::read(&head_text, body) else { return Ok(Vec::new()) };
        if let Some(instead) = self.instead(&asked) {
            return Ok(instead);
        }
        let honest = server.exchange(request).await?;
        let status = honest.status;
        let answer = [honest.head(), honest.body].concat();
        let Some(visit) = asked.visit() else { return Ok(answer) };
        let is_new = self.memory().seen.insert(visit.to_owned());
        match self.defect {
            Defect::AnswersOtherwise if status == 201 && !is_new => Ok(otherwise(honest.body)),
            Defect::TakesOther if status == 409 => Ok(taken(visit, asked.body)),
            Defect::Doubles if status == 201 && is_new => {
                if let Some(second) = self.second(&asked) {
                    server.exchange(&second).await?;
                }
                Ok(answer)
            }
            _ => Ok(answer),
        }
    }

    /// What is said without asking the server.
    fn instead(&self, asked: &Asked<'_>) -> Option<Vec<u8>> {
        if self.defect == Defect::DropsSteps {
            return pretended(asked);
        }
        match (self.defect, asked.visit()) {
            (Defect::DropsVisits, Some(visit)) if is_chosen(visit) => {
                let mut memory = self.memory();
                let answer =
                    memory.answers.entry(visit.to_owned()).or_insert_with(|| taken(visit, asked.body));
                Some(answer.clone())
            }
            (Defect::DropsFiles, None) if asked.method == "PUT" => {
                let id = asked.path.strip_prefix("/v1/uploads/")?;
                is_chosen(id).then(|| created(&json!({})))
            }
            _ => None,
        }
    }

    /// The same visit under another id, for another assignment of the same shopper.
    fn second(&self, asked: &Asked<'_>) -> Option<Vec<u8>> {
        let mut body: Value = serde_json::from_slice(asked.body).ok()?;
        let assignment = {
            let spare = &mut self.memory().spare;
            let at = spare.iter().position(|(token, _)| token == asked.token)?;
            spare.swap_remove(at).1
        };
        *body.get_mut("assignment_id")? = json!(assignment);
        let id: incognito::ids::VisitId = Clock::System.new_id();
        let mut request = client::request("PUT", &format!("/v1/visits/{id}"), Some(asked.token));
        client::end(&mut request, body.to_string().as_bytes());
        Some(request)
    }
}

/// What is said of a step that is not taken.
fn pretended(asked: &Asked<'_>) -> Option<Vec<u8>> {
    let (visit, step) = asked.path.strip_prefix("/v1/visits/")?.split_once('/')?;
    let is_step = step.starts_with("review/") || step.starts_with("revisions/");
    (is_step && is_chosen(visit)).then(|| created(&json!({})))
}

/// Every fourth, and always the same.
fn is_chosen(id: &str) -> bool {
    id.bytes().next().is_some_and(|digit| digit % 4 == 0)
}

fn length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let value = head.split("\r\ncontent-length:").nth(1).and_then(|rest| rest.lines().next());
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

fn otherwise(body: &[u8]) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(score) = body.get_mut("score") {
        *score = json!(1);
    }
    created(&body)
}

/// That this visit was taken.
fn taken(visit: &str, body: &[u8]) -> Vec<u8> {
    let body = serde_json::from_slice::<Submission>(body).ok();
    let hash = body.and_then(|body| content_hash(&body, Some(&Parts::default())).ok());
    created(&json!({
        "id": visit, "content_hash": hash, "score": null, "received_at": Clock::System.now(), "state": "complete",
        "missing": [],
    }))
}

fn created(body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
