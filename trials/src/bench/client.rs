//! Requests that are not measured: what a run is prepared with and audited by.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;

use super::load::Connection;

/// Somebody's connection.
pub(crate) struct Client {
    connection: Connection,
    token: Option<String>,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The state that it is in, with its quotes.
    pub(crate) etag: String,
    pub(crate) body: Value,
}

impl Reply {
    /// Takes nothing but success.
    ///
    /// # Errors
    /// What was said instead.
    pub(crate) fn good(self) -> Result<Self, String> {
        if (200..300).contains(&self.status) {
            Ok(self)
        } else {
            Err(format!("{} {}", self.status, self.body))
        }
    }
}

impl Client {
    /// Connects, for nobody.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, String> {
        let connection =
            Connection::open(address).await.map_err(|error| format!("cannot connect: {error}"))?;
        Ok(Self { connection, token: None })
    }

    /// The same connection, now with this token.
    pub(crate) fn with(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Signs in; waits where there were too many tries.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Result<String, String> {
        let body = serde_json::json!({ "email": email, "password": password, "device": "bench" });
        loop {
            let reply = self.send("POST", "/v1/sessions", Some(&body), None).await?;
            if reply.status == 429 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            let reply = reply.good()?;
            let token = reply.body.get("access_token").and_then(Value::as_str);
            return token.map(str::to_owned).ok_or_else(|| "signing in gave no token".to_owned());
        }
    }

    /// Asks, and reads the answer as JSON.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        if_match: Option<&str>,
    ) -> Result<Reply, String> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut asked = request(method, path, self.token.as_deref());
        if let Some(tag) = if_match {
            asked.extend_from_slice(format!("if-match: {tag}\r\n").as_bytes());
        }
        end(&mut asked, body.as_bytes());
        self.exchange(&asked).await
    }

    /// Sends a whole request as it is.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Reply, String> {
        let answer =
            self.connection.exchange(request).await.map_err(|error| format!("no answer: {error}"))?;
        let etag = answer.header("etag").unwrap_or_default().to_owned();
        let body = serde_json::from_slice(answer.body).unwrap_or_default();
        Ok(Reply { status: answer.status, etag, body })
    }
}

/// A request without the end of its head.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>) -> Vec<u8> {
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{authorization}").into_bytes()
}

/// Ends a request's head, and adds its body.
pub(crate) fn end(request: &mut Vec<u8>, body: &[u8]) {
    if !body.is_empty() {
        let head = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        request.extend_from_slice(head.as_bytes());
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
}
