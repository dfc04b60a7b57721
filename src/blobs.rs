//! Blobs: files kept under the digest of their bytes, in a folder or in a bucket of an S3-compatible store.
//!
//! A blob never changes, so putting it twice does no harm. It is durable when [`Blobs::put`] or [`Blobs::adopt`]
//! answers: in a folder the file is synced, then named by its place, and then the folder is synced.

mod folder;
mod metrics;

use std::{
    fs,
    io::ErrorKind,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::stream::{BoxStream, StreamExt};
use object_store::{
    Error as StoreError, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path as Key,
};
use prometheus_client::registry::Registry;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use self::{folder::Folder, metrics::Meter};
pub use crate::durable::sync as sync_folder;
use crate::{
    config::BlobsUrl,
    db::types::Sha256,
    durable,
    error::{Code, Error, Result},
};

/// So much of a file is in memory on its way into a bucket: the least that S3 takes as one of several parts.
const PART: usize = 5 << 20;

/// Where blobs are kept; cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Box<dyn ObjectStore>,
    /// If it is one on this machine.
    folder: Option<Folder>,
    meter: Meter,
}

/// The name of a blob that is not kept by its digest. Only one thing uses the name, so the blob can be deleted together with that thing.
#[derive(Clone, Debug)]
pub struct BlobName(Key);

impl BlobName {
    /// The name of the part with this number of a thing, in a folder that holds no blobs by digest.
    pub fn new(folder: &'static str, of: Uuid, number: usize) -> Self {
        Self(Key::from(format!("{folder}/{of}-{number}")))
    }
}

/// The place of one blob in a folder.
#[derive(Clone, Debug)]
pub struct Shelf {
    blobs: Arc<Inner>,
    digest: Sha256,
}

impl Shelf {
    /// The digest that belongs here.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }

    /// Moves a file here, which has this digest and is synced. It is durable when this answers.
    ///
    /// # Errors
    /// The error of the disk.
    pub fn take(&self, file: &Path) -> std::io::Result<()> {
        let folder = self.blobs.folder.as_ref().ok_or(ErrorKind::Unsupported)?;
        self.blobs.meter.write_here(|| {
            let size = fs::metadata(file)?.len();
            folder.take(key(self.digest).as_ref(), file).map(|()| size)
        })
    }
}

/// A blob that is read piece by piece.
pub struct Blob {
    /// How many bytes it has.
    pub size: u64,
    /// Its pieces, in order.
    pub pieces: BoxStream<'static, Result<Vec<u8>>>,
}

impl Blobs {
    /// Opens the place that the configuration names; a folder is made if need be. A bucket's address, region and keys
    /// are those of the environment: `AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` and so on.
    ///
    /// # Errors
    /// One line for a person.
    pub fn open(url: &BlobsUrl) -> std::result::Result<Self, String> {
        match url {
            BlobsUrl::Folder(folder) => Self::in_folder(folder),
            BlobsUrl::Bucket(bucket) => Self::in_bucket(bucket, std::env::vars()),
        }
    }

    /// In this folder.
    ///
    /// # Errors
    /// One line for a person.
    pub fn in_folder(folder: &Path) -> std::result::Result<Self, String> {
        let opened = durable::make(folder)
            .map_err(|error| error.to_string())
            .and_then(|()| LocalFileSystem::new_with_prefix(folder).map_err(|error| error.to_string()));
        let store = opened.map_err(|error| format!("cannot keep blobs in {}: {error}", folder.display()))?;
        let folder = Some(Folder::new(folder.to_owned()));
        Ok(Self(Arc::new(Inner { store: Box::new(store.with_fsync(true)), folder, meter: Meter::default() })))
    }

    /// In this bucket, with the settings that these pairs tell (`AWS_ENDPOINT` and so on; others are ignored).
    ///
    /// # Errors
    /// One line for a person.
    pub fn in_bucket(
        bucket: &str,
        settings: impl IntoIterator<Item = (String, String)>,
    ) -> std::result::Result<Self, String> {
        let aws = settings.into_iter().filter(|(name, _)| name.starts_with("AWS_"));
        let known = aws.filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value)));
        let builder = known
            .fold(AmazonS3Builder::new(), |builder, (name, value)| builder.with_config(name, value))
            .with_bucket_name(bucket);
        let store =
            builder.build().map_err(|error| format!("cannot keep blobs in the bucket {bucket}: {error}"))?;
        Ok(Self(Arc::new(Inner { store: Box::new(store), folder: None, meter: Meter::default() })))
    }

    /// Measures from now on, for this registry, which has to be the first that asks for it.
    pub fn measure(&self, registry: &mut Registry) {
        self.0.meter.start(registry);
    }

    /// Keeps these bytes, which have this digest.
    ///
    /// # Errors
    /// `unavailable` if the store is not.
    pub async fn put(&self, digest: Sha256, bytes: Vec<u8>) -> Result<()> {
        self.put_under(key(digest), bytes).await
    }

    /// Keeps these bytes under a name, in place of those that are there.
    ///
    /// # Errors
    /// `unavailable` if the store is not.
    pub async fn put_at(&self, BlobName(key): &BlobName, bytes: Vec<u8>) -> Result<()> {
        self.put_under(key.clone(), bytes).await
    }

    async fn put_under(&self, key: Key, bytes: Vec<u8>) -> Result<()> {
        let size = bytes.len() as u64;
        let put = async {
            self.make_room(key.clone()).await?;
            let kept = self.0.store.put(&key, PutPayload::from(bytes)).await;
            kept.map(|_| size).map_err(failed)
        };
        self.0.meter.write(put).await
    }

    /// A folder that is there is not always on disk: the store makes sure of those only that it makes itself.
    async fn make_room(&self, key: Key) -> Result<()> {
        let this = Arc::clone(&self.0);
        let Some(folder) = &this.folder else { return Ok(()) };
        let inside = key.as_ref().rsplit_once('/').map_or("", |(inside, _)| inside);
        if folder.is_sure_of(inside) {
            return Ok(());
        }
        let made = spawn_blocking(move || match &this.folder {
            Some(folder) => folder.make_room(key.as_ref()).map(drop),
            None => Ok(()),
        });
        made.await.map_err(Error::internal)?.map_err(unavailable)
    }

    /// Keeps a file, which has this digest and is synced. Its old name stays, for the caller to remove.
    ///
    /// # Errors
    /// `unavailable` if the store is not, or the file cannot be read.
    pub async fn adopt(&self, digest: Sha256, file: PathBuf) -> Result<()> {
        let this = Arc::clone(&self.0);
        let Some(_) = this.folder else { return self.send(digest, file).await };
        let taken = spawn_blocking(move || {
            let folder = this.folder.as_ref().ok_or(ErrorKind::Unsupported)?;
            this.meter.write_here(|| {
                let size = fs::metadata(&file)?.len();
                folder.adopt(key(digest).as_ref(), &file).map(|()| size)
            })
        });
        taken.await.map_err(Error::internal)?.map_err(unavailable)
    }

    /// Where a file with this digest can be taken in by a thread that may wait for the disk, if blobs are in a folder.
    pub fn shelf(&self, digest: Sha256) -> Option<Shelf> {
        self.0.folder.as_ref().map(|_| Shelf { blobs: Arc::clone(&self.0), digest })
    }

    /// Sends a file into the bucket, a part at a time.
    async fn send(&self, digest: Sha256, file: PathBuf) -> Result<()> {
        let (source, first) = read_part(fs::File::open(file).map_err(unavailable)?).await?;
        if first.len() < PART {
            return self.put(digest, first).await;
        }
        self.0.meter.write(self.send_parts(digest, source, first)).await
    }

    /// Sends what is left of a file after its first part; says how many bytes all of it has.
    async fn send_parts(&self, digest: Sha256, mut source: fs::File, first: Vec<u8>) -> Result<u64> {
        let mut upload = self.0.store.put_multipart(&key(digest)).await.map_err(failed)?;
        let (mut part, mut size) = (first, 0);
        while !part.is_empty() {
            size += part.len() as u64;
            if let Err(error) = upload.put_part(PutPayload::from(part)).await {
                // What the store does not hear now it forgets by its own rules.
                let _ = upload.abort().await;
                return Err(failed(error));
            }
            (source, part) = read_part(source).await?;
        }
        upload.complete().await.map(|_| size).map_err(failed)
    }

    /// The blob with this digest, to be read.
    ///
    /// # Errors
    /// `not_found` if there is none; `unavailable` if the store is not.
    pub async fn get(&self, digest: Sha256) -> Result<Blob> {
        self.get_part(digest, None).await
    }

    /// These bytes of the blob with this digest, which has them; all of it, if none are named.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_part(&self, digest: Sha256, part: Option<Range<u64>>) -> Result<Blob> {
        self.get_under(&key(digest), part).await
    }

    /// These bytes of the blob with this name, which has them; all of it, if none are named.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_at(&self, BlobName(key): &BlobName, part: Option<Range<u64>>) -> Result<Blob> {
        self.get_under(key, part).await
    }

    async fn get_under(&self, key: &Key, part: Option<Range<u64>>) -> Result<Blob> {
        let options = GetOptions { range: part.map(GetRange::Bounded), ..GetOptions::default() };
        let opened = self
            .0
            .meter
            .read(self.0.store.get_opts(key, options), |found| found.range.end - found.range.start);
        let found = opened.await.map_err(|error| match error {
            StoreError::NotFound { .. } => Error::new(Code::NotFound).because(error),
            error => failed(error),
        })?;
        let size = found.range.end - found.range.start;
        let pieces = found.into_stream().map(|piece| piece.map(Vec::from).map_err(failed)).boxed();
        Ok(Blob { size, pieces })
    }

    /// All of a blob that has at most so many bytes.
    ///
    /// # Errors
    /// `not_found` if there is none; `body_too_large` if it has more bytes; `unavailable` if the store is not.
    pub async fn read(&self, digest: Sha256, limit: u64) -> Result<Vec<u8>> {
        let mut blob = self.get(digest).await?;
        if blob.size > limit {
            return Err(Error::new(Code::BodyTooLarge).detail(format!("at most {limit} bytes")));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(blob.size).unwrap_or_default());
        while let Some(piece) = blob.pieces.next().await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(bytes)
    }

    /// Whether there is a blob with this digest.
    ///
    /// # Errors
    /// `unavailable` if the store is not.
    pub async fn exists(&self, digest: Sha256) -> Result<bool> {
        match self.0.store.head(&key(digest)).await {
            Ok(_) => Ok(true),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes the blob with this digest, if there is one. The caller must have made sure that it is not needed.
    ///
    /// # Errors
    /// `unavailable` if the store is not.
    pub async fn delete(&self, digest: Sha256) -> Result<()> {
        self.delete_under(&key(digest)).await
    }

    /// Removes the blob with this name, if there is one.
    ///
    /// # Errors
    /// `unavailable` if the store is not.
    pub async fn delete_at(&self, BlobName(key): &BlobName) -> Result<()> {
        self.delete_under(key).await
    }

    async fn delete_under(&self, key: &Key) -> Result<()> {
        match self.0.store.delete(key).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

/// `ab/abcd…`: 256 folders, which are there soon and for good. More of them would have to be made (and synced) for
/// nearly every blob of the first hundred thousand; with a million blobs each has four thousand. Nothing that a client
/// says is in it.
fn key(digest: Sha256) -> Key {
    let hex = digest.to_string();
    Key::from(format!("{}/{hex}", hex.get(..2).unwrap_or_default()))
}

/// Where a blob lies in a folder of blobs.
pub fn place(folder: &Path, digest: Sha256) -> PathBuf {
    folder.join(key(digest).as_ref())
}

/// The next part of a file: all that is left, or [`PART`] bytes.
async fn read_part(file: fs::File) -> Result<(fs::File, Vec<u8>)> {
    let read = spawn_blocking(move || {
        use std::io::Read as _;
        let mut part = Vec::new();
        (&file).take(PART as u64).read_to_end(&mut part).map(|_| (file, part))
    });
    read.await.map_err(Error::internal)?.map_err(unavailable)
}

fn unavailable(error: std::io::Error) -> Error {
    Error::new(Code::Unavailable).because(error)
}

fn failed(error: StoreError) -> Error {
    Error::new(Code::Unavailable).because(error)
}
