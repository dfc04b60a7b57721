//! The address where the photos of visits are taken as one archive.

use std::{cell::RefCell, rc::Rc};

use actix_web::{HttpMessage, HttpRequest, web::Data};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, once},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::VisitParams;
use crate::{
    accounts::{caller::Allowed, policy::permit::ReadPhotos},
    app::App,
    audit::{TableTaken, filter::Filter},
    checklists::{cache::Versions, key::Key},
    db::{types::Sha256, walk::walk},
    error::{Error, Result, if_there},
    http::{
        archive::{Archive, Packed, ZipBytes},
        dear::{Dear, DearLimits},
        input::Params,
        sheet::{Format, Manner, Rows, Written},
    },
    ids::VisitId,
    visits::photos::{VisitPhoto, photos},
};

/// A photo of an archive: a row of its index.
#[derive(Serialize, ToSchema)]
pub struct ArchivedPhoto {
    visit_id: VisitId,
    /// The key of the question that it belongs to.
    question: Key,
    /// What it is called in the archive; null where its bytes are lost.
    name: Option<String>,
    /// The digest of the photo as it is there: a clean copy.
    sha256: Sha256,
    /// The camera's clock, as it wrote it.
    taken_at: Option<String>,
}

impl Rows for ArchivedPhoto {}

impl ArchivedPhoto {
    fn new(photo: VisitPhoto, name: Option<String>) -> Self {
        let VisitPhoto { visit, question, file: _, copy, taken_at } = photo;
        Self { visit_id: visit, question, name, sha256: copy, taken_at }
    }
}

/// What a photo is called in the archive.
fn name_of(VisitPhoto { visit, question, file, .. }: &VisitPhoto) -> String {
    format!("{visit}/{question}-{file}.jpg")
}

/// The photos of visits in one archive, of the same visits that the list of visits has with the same parameters: clean copies, in a folder for each visit. Its last file,
/// `index.csv`, says of each photo its visit, its question, its digest and what the camera's clock showed. It is sent while it is read, so it has no length beforehand; if it
/// breaks off, it has no directory and no program takes it for whole. Not for API keys.
#[utoipa::path(get, path = "/v1/visits/photos.zip", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110): the index has titles in the first that there is, and names of columns without this header.", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The archive.", body = ZipBytes, content_type = "application/zip")))]
pub async fn visits_photos(
    app: Data<App>,
    versions: Data<Versions>,
    request: HttpRequest,
    caller: Allowed<ReadPhotos>,
    Params(params): Params<VisitParams>,
) -> Result<Archive> {
    let named = params.brand_id.filter(|brand| caller.scope.touches_brand(*brand));
    let brand = named.or(caller.scope.sole_brand());
    let (account, scope, (filter, only)) = (caller.account(), caller.scope, params.filter()?);
    DearLimits::of(&request)?.count(Dear::Export, account)?;
    let taken = TableTaken { format: "zip", filter: Filter::of(request.query_string()), brand };
    request.extensions_mut().insert(taken);
    let read =
        move |conn: &mut _, after, rows| photos(conn, &versions, &scope, (&filter, &only), (after, rows));
    let found = walk(app.db.clone(), None, read, |(place, _)| *place)
        .map_ok(|visits| stream::iter(visits.into_iter().flat_map(|(_, photos)| photos).map(Ok::<_, Error>)))
        .try_flatten();
    let index = Rc::new(RefCell::new(Index::new(Manner::of(&request))?));
    let into_index = Rc::clone(&index);
    let photo = move |photo: VisitPhoto| {
        let (app, index) = (Data::clone(&app), Rc::clone(&into_index));
        async move {
            // What is lost does not keep back the others; the index says it.
            let stored = if_there(app.blobs.get(photo.copy).await)?;
            let packed = stored.map(|bytes| (name_of(&photo), bytes.pieces));
            let name = packed.as_ref().map(|(name, _)| name.clone());
            index.borrow_mut().add(ArchivedPhoto::new(photo, name))?;
            Ok(packed.map(|(name, bytes)| Packed::stored(name, bytes)))
        }
    };
    let last = once(async move {
        let bytes = index.borrow_mut().taken();
        Ok(Packed::deflated("index.csv".to_owned(), bytes))
    });
    Archive::of("photos.zip".to_owned(), found.try_filter_map(photo).chain(last)).await
}

/// The index as it grows.
struct Index {
    file: Written<ArchivedPhoto>,
    bytes: Vec<u8>,
}

impl Index {
    fn new(manner: Manner) -> Result<Self> {
        let file = Written::new(Format::Csv, manner)?;
        let bytes = file.head()?;
        Ok(Self { file, bytes })
    }

    fn add(&mut self, photo: ArchivedPhoto) -> Result<()> {
        self.bytes.extend(self.file.add(&[photo])?);
        Ok(())
    }

    fn taken(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}
