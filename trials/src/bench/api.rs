//! The floor: handlers that do what cannot be left out and nothing else. What the product takes beyond that is the
//! price of its checks.

use std::{net::SocketAddr, path::PathBuf};

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{self, Bytes, Data, Path},
};
use incognito::{
    blobs::Blobs,
    clock::Clock,
    config::Config,
    db::{Db, types::Sha256},
    error::{Code, Error, Result},
    ids::VisitId,
    visits::model::Submission,
};
use serde::Serialize;

use super::{floor_files, store};

/// The largest answer to be read, and the largest file to be kept, in bytes.
const LARGEST: usize = 1 << 24;

/// Serves the floor until it is stopped.
///
/// # Errors
/// In one line.
pub(super) async fn serve(
    config: &Config,
    listen: SocketAddr,
    answer_first: bool,
) -> std::result::Result<(), String> {
    let db = Data::new(Db::connect(&config.database, config.connections)?);
    let (data, blobs) = (Data::new(config.data.clone()), Data::new(Blobs::open(&config.blobs)?));
    floor_files::make(&config.data).map_err(|error| error.to_string())?;
    let server = HttpServer::new(move || {
        let visits = web::resource("/v1/visits/{id}").route(web::get().to(kept));
        let (visits, file) = if answer_first {
            let visits = visits.route(web::put().to(acknowledge_before_keeping));
            (visits, web::post().to(acknowledge_file_before_keeping))
        } else {
            (visits.route(web::put().to(keep)), web::post().to(keep_file))
        };
        App::new()
            .app_data(db.clone())
            .app_data(data.clone())
            .app_data(blobs.clone())
            .app_data(web::PayloadConfig::new(LARGEST))
            .service(visits)
            .route("/v1/uploads", file)
            .route("/bytes/{count}", web::get().to(bytes))
            .route("/readyz", web::get().to(HttpResponse::NoContent))
    });
    let server = server.workers(config.workers).bind(listen).map_err(|error| error.to_string())?;
    server.run().await.map_err(|error| error.to_string())
}

/// What is answered: as large as the product's.
#[derive(Serialize)]
struct Kept {
    id: VisitId,
    content_hash: Sha256,
    score: Option<i32>,
    received_at: &'static str,
    state: &'static str,
    missing: [u8; 0],
}

impl Kept {
    fn new(id: VisitId, content_hash: Sha256) -> Self {
        Self {
            id,
            content_hash,
            score: SCORE,
            received_at: "2026-01-01T00:00:00.000000Z",
            state: "complete",
            missing: [],
        }
    }
}

/// The floor of writing: parses the same, commits the same bytes in the same way, and checks nothing.
async fn keep(db: Data<Db>, id: Path<VisitId>, body: Bytes) -> Result<HttpResponse> {
    let (id, _told) = (*id, parse(&body)?);
    db.write(move |conn| store::keep_floor(conn, id, &body)).await?;
    Ok(HttpResponse::Created().json(Kept::new(id, Sha256::of(b""))))
}

/// The planted defect: says that a visit is kept before it is. The audit has to find it out.
async fn acknowledge_before_keeping(db: Data<Db>, id: Path<VisitId>, body: Bytes) -> Result<HttpResponse> {
    let (id, answer) = (*id, parse(&body)?);
    let hash = Sha256::of_json(&answer).map_err(Error::internal)?;
    actix_web::rt::spawn(async move { db.write(move |conn| store::keep_floor(conn, id, &body)).await });
    Ok(HttpResponse::Created().json(Kept::new(id, hash)))
}

/// The floor of uploading: writes the same bytes, syncs them and their name, commits a row, and checks nothing.
async fn keep_file(db: Data<Db>, data: Data<PathBuf>, body: Bytes) -> Result<HttpResponse> {
    let id: VisitId = Clock::System.ordered_id();
    let size = body.len();
    let kept = web::block(move || floor_files::keep(&data, id.uuid(), &body)).await;
    kept.map_err(Error::internal)?.map_err(Error::internal)?;
    db.write(move |conn| store::keep_floor(conn, id, &[])).await?;
    Ok(kept_file(size))
}

/// The planted defect: says that a file is kept before it is.
async fn acknowledge_file_before_keeping(blobs: Data<Blobs>, body: Bytes) -> HttpResponse {
    let size = body.len();
    actix_web::rt::spawn(async move { blobs.put(Sha256::of(&body), body.to_vec()).await });
    kept_file(size)
}

fn kept_file(size: usize) -> HttpResponse {
    HttpResponse::Created().insert_header(("Upload-Offset", size.to_string())).finish()
}

/// What every visit scores here.
const SCORE: Option<i32> = Some(7777);

/// A visit as it was kept, in the words of the product.
#[derive(Serialize)]
struct Found {
    state: &'static str,
    content_hash: Sha256,
    score: Option<i32>,
    content: Submission,
}

async fn kept(db: Data<Db>, id: Path<VisitId>) -> Result<HttpResponse> {
    let found = db.read(move |conn| store::floor(conn, *id)).await?;
    let content = parse(&found.ok_or_else(|| Error::new(Code::NotFound))?)?;
    let content_hash = Sha256::of_json(&content).map_err(Error::internal)?;
    Ok(HttpResponse::Ok().json(Found { state: "complete", content_hash, score: SCORE, content }))
}

/// The floor of reading: so many bytes.
async fn bytes(count: Path<usize>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(vec![b' '; (*count).min(LARGEST)])
}

fn parse(body: &[u8]) -> Result<Submission> {
    serde_json::from_slice(body).map_err(|error| Error::new(Code::MalformedRequest).because(error))
}
