//! Speaks JSON with the server, as any client would.

use std::{fmt, rc::Rc, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use reqwest::{Method, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cli::remote::why;

const DEADLINE: Duration = Duration::from_secs(60);

/// A client of one server, signed in or not; cheap to clone.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    server: Rc<str>,
    token: Option<Rc<str>>,
}

/// What is sent.
pub(super) enum Body {
    Nothing,
    Json(Value),
    /// A text of this media type.
    File(&'static str, &'static str),
    /// A file of this media type, with its digest.
    Bytes(&'static str, Vec<u8>),
}

/// What came back: a success.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) etag: Option<String>,
    pub(super) body: Value,
}

/// What came back otherwise, or that nothing did.
#[derive(Debug)]
pub(super) struct Refusal {
    asked: String,
    code: Option<String>,
    why: String,
}

impl Refusal {
    /// Whether the server refused for this reason of its catalogue.
    pub(super) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.asked, self.why)
    }
}

impl Client {
    /// A client of a server on this machine: without proxies and without TLS.
    pub(super) fn new(server: &str) -> Result<Self, Refusal> {
        let builder = reqwest::Client::builder().timeout(DEADLINE).no_proxy().tls_certs_only([]);
        let http = builder.build().map_err(|error| refusal(server, None, why(&error)))?;
        Ok(Self { http, server: server.into(), token: None })
    }

    /// The same client, signed in.
    pub(super) async fn sign_in(&self, email: &str, password: &str) -> Result<Self, Refusal> {
        let who = json!({"email": email, "password": password, "device": "incognito demo"});
        let answer = self.post("/v1/sessions", Body::Json(who)).await?;
        let token = answer.body["access_token"].as_str().unwrap_or_default();
        Ok(Self { token: Some(token.into()), ..self.clone() })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Refusal> {
        Ok(self.ask(Method::GET, path, Body::Nothing, None).await?.body)
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> Result<Answer, Refusal> {
        self.ask(Method::PUT, path, Body::Json(body), None).await
    }

    pub(super) async fn post(&self, path: &str, body: Body) -> Result<Answer, Refusal> {
        self.ask(Method::POST, path, body, None).await
    }

    /// Whether the caller can see such a thing.
    pub(super) async fn has(&self, path: &str) -> Result<bool, Refusal> {
        match self.get(path).await {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.is("not_found") => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// All things of a list, page after page.
    pub(super) async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Refusal> {
        let (mut things, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = format!("{path}&limit=200{cursor}");
            let mut answer = self.get(&page).await?;
            let items: Vec<T> = serde_json::from_value(answer["items"].take())
                .map_err(|error| refusal(&page, None, error))?;
            things.extend(items);
            match answer["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(things),
            }
        }
    }

    /// Asks, and takes nothing but a success for an answer.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Body,
        if_match: Option<&str>,
    ) -> Result<Answer, Refusal> {
        let asked = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.server));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(etag) = if_match {
            request = request.header(header::IF_MATCH, etag);
        }
        let request = match body {
            Body::Nothing => request,
            Body::Json(json) => request.json(&json),
            Body::File(media_type, text) => request.header(header::CONTENT_TYPE, media_type).body(text),
            Body::Bytes(media_type, bytes) => {
                let digest = format!("sha-256=:{}:", BASE64.encode(digest(&SHA256, &bytes).as_ref()));
                let request = request.header(header::CONTENT_TYPE, media_type);
                request.header("content-digest", digest).body(bytes)
            }
        };
        let lost = |error: reqwest::Error| refusal(&asked, None, why(&error));
        let answer = request.send().await.map_err(lost)?;
        let status = answer.status();
        let etag = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let bytes = answer.bytes().await.map_err(lost)?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_success() { Ok(Answer { etag, body }) } else { Err(refused(&asked, status, &body)) }
    }
}

fn refused(asked: &str, status: StatusCode, problem: &Value) -> Refusal {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let fields = errors.iter().take(3).map(|field| format!("{}: {}", field["pointer"], field["message"]));
    let about = problem["detail"].as_str().or(problem["title"].as_str()).map(str::to_owned);
    let parts: Vec<_> = [status.to_string()].into_iter().chain(about).chain(fields).collect();
    refusal(asked, problem["code"].as_str(), parts.join(", "))
}

fn refusal(asked: &str, code: Option<&str>, why: impl fmt::Display) -> Refusal {
    Refusal { asked: asked.to_owned(), code: code.map(str::to_owned), why: why.to_string() }
}
