//! The keys that receipts are checked by: out of a file, or from the server.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{Certificate, Client, Response, Url, header::LOCATION, redirect::Policy};

use super::{json_of, unreadable};
use crate::{
    cli::{Failure, Outcome, remote::why},
    visits::receipt::Published,
};

/// How long the server may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// The largest answer with keys, in bytes.
const MOST_BYTES: usize = 1 << 20;

#[derive(clap::Args)]
pub(super) struct Keys {
    #[command(flatten)]
    source: Source,
    /// The authorities, in PEM, that the server's certificate has to come from, in place of those that the system trusts
    #[arg(long, value_name = "FILE", conflicts_with = "jwks")]
    ca_file: Option<PathBuf>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// The server's keys: its /.well-known/jwks.json, kept in a file
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// The server, to ask for its keys; with http:// only where nobody can come between
    #[arg(long, value_name = "URL", value_parser = address)]
    server: Option<Url>,
}

/// The address of a server.
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("it has to begin with https:// or http://".to_owned()),
    }
}

impl Keys {
    pub(super) async fn load(&self) -> Outcome<Published> {
        match (&self.source.jwks, &self.source.server) {
            (Some(file), _) => json_of(file),
            (None, Some(server)) => ask(server, self.ca_file.as_deref()).await,
            (None, None) => Err("no keys are given".into()),
        }
    }
}

async fn ask(server: &Url, ca_file: Option<&Path>) -> Outcome<Published> {
    let url = format!("{}/.well-known/jwks.json", server.as_str().trim_end_matches('/'));
    let failed = |why: &dyn Display| Failure::from(format!("{url} gives no keys: {why}"));
    let client = client(server, ca_file)?;
    let answer = client.get(&url).send().await.map_err(|error| failed(&advised(server, why(&error))))?;
    let status = answer.status();
    if let Some(to) = answer.headers().get(LOCATION).filter(|_| status.is_redirection()) {
        let to = to.to_str().unwrap_or_default();
        return Err(failed(&format_args!("it leads to {to}, and is not followed: name the right server")));
    }
    if !status.is_success() {
        return Err(failed(&format_args!("it answers {status}")));
    }
    let body = body(answer).await.map_err(|why| failed(&why))?;
    serde_json::from_slice(&body).map_err(|error| failed(&error))
}

/// Keys are believed because they come from this server, so it is not left for another.
fn client(server: &Url, ca_file: Option<&Path>) -> Outcome<Client> {
    let builder = Client::builder().timeout(DEADLINE).redirect(Policy::none());
    let builder = match ca_file {
        Some(file) => builder.tls_certs_only(authorities(file)?),
        // Without TLS no authorities are needed, and a system may have none.
        None if server.scheme() == "http" => builder.tls_certs_only([]),
        None => builder,
    };
    builder.build().map_err(|error| why(&error).into())
}

fn authorities(file: &Path) -> Outcome<Vec<Certificate>> {
    let pem = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
    let found = Certificate::from_pem_bundle(&pem)
        .map_err(|error| format!("{} is not what it should be: {}", file.display(), why(&error)))?;
    if found.is_empty() {
        return Err(format!("{} has no certificates in PEM", file.display()).into());
    }
    Ok(found)
}

/// The reason, with what to do about it where that is known.
fn advised(server: &Url, why: String) -> String {
    let advice = if why.contains("UnknownIssuer") || why.contains("BadSignature") {
        "name the file of the authority that its certificate comes from with --ca-file"
    } else if why.contains("CaUsedAsEndEntity") {
        "it shows an authority's certificate as its own, and needs one that is made with basicConstraints=CA:FALSE"
    } else if why.contains("InvalidContentType") {
        "it does not speak TLS there: ask it with http:// if nobody can come between"
    } else if server.scheme() == "http" && why.contains("HTTP version") {
        "it may speak TLS there: ask it with https://"
    } else {
        return why;
    };
    format!("{why} ({advice})")
}

async fn body(mut answer: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| why(&error))? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(format!("more than {MOST_BYTES} bytes came"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
