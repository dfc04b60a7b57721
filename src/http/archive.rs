//! Archives of files (zip), sent while the files are made: with as much memory as one of them takes.

use std::{
    io::{self, Write},
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    web::Bytes,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{
    answer::FILES_MAY,
    endpoint::{Answer, Signature},
    sheet::Files,
};
use crate::error::{Error, Result};

/// Its media type.
pub const ZIP: &str = "application/zip";

/// A file of an archive: its name and its bytes.
pub type Packed = (String, Vec<u8>);

type Made = Pin<Box<dyn Stream<Item = Result<Packed>>>>;

/// An answer that is an archive.
pub struct Archive {
    name: String,
    pieces: Files,
}

impl Archive {
    /// The archive of these files, which is called so: a name of our making, in ASCII without quotes. What goes wrong before the first file is here is an error, as
    /// everywhere; what goes wrong later breaks the archive off.
    ///
    /// # Errors
    /// Those of the first file.
    pub async fn of(name: String, files: impl Stream<Item = Result<Packed>> + 'static) -> Result<Self> {
        let mut files = Box::pin(files);
        let first = files.try_next().await?;
        let files = Box::pin(stream::iter(first.map(Ok)).chain(files));
        Ok(Self { name, pieces: pieces(files) })
    }
}

/// What was written and not sent yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        Bytes::from(mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes of the archive, a file at a time, and at the end the list of the files.
fn pieces(files: Made) -> Files {
    let written = Written::default();
    let writer = ZipWriter::new_stream(written.clone());
    let next = move |state: Option<(ZipWriter<StreamWriter<Written>>, Made)>| {
        let written = written.clone();
        async move {
            let Some((mut writer, mut files)) = state else { return Ok(None) };
            let Some((name, bytes)) = files.try_next().await? else {
                writer.finish().map_err(Error::internal)?;
                return Ok(Some((written.take(), None)));
            };
            // Programs that read an archive from its beginning find the end of a file only where it is compressed.
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            writer.start_file(name, options).map_err(Error::internal)?;
            writer.write_all(&bytes).map_err(Error::internal)?;
            Ok(Some((written.take(), Some((writer, files)))))
        }
    };
    Box::pin(stream::try_unfold(Some((writer, files)), next))
}

impl Responder for Archive {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.insert_header((CONTENT_TYPE, ZIP));
        answer.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)));
        answer.insert_header((CONTENT_SECURITY_POLICY, FILES_MAY));
        answer.streaming(self.pieces.inspect_err(|error: &Error| {
            let cause = error.cause().unwrap_or_default();
            match error.code().status() >= 500 {
                true => tracing::error!(cause, "an archive broke off: {error}"),
                // The rights went while it was sent.
                false => tracing::info!(cause, "an archive broke off: {error}"),
            }
        }))
    }
}

impl Answer for Archive {
    fn describe(signature: &mut Signature) {
        signature.answers(200, "The archive.", None);
        signature.answers(429, "`too_many_requests`: the account asks for too much at once.", None);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{Cursor, Read as _};

    use super::*;

    async fn packed(files: Vec<Result<Packed>>) -> Vec<Result<Bytes>> {
        let archive = Archive::of("all.zip".to_owned(), stream::iter(files)).await.unwrap();
        archive.pieces.collect().await
    }

    #[actix_web::test]
    async fn each_file_is_sent_when_it_is_made() {
        let files: Vec<_> = (0..3_u8).map(|nth| (format!("№ {nth}.pdf"), vec![nth; 100_000])).collect();
        let pieces = packed(files.iter().cloned().map(Ok).collect()).await;
        assert_eq!(pieces.len(), 4);
        let bytes: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
        assert_eq!(archive.len(), 3);
        for (at, (name, content)) in files.iter().enumerate() {
            let (mut file, mut read) = (archive.by_index(at).unwrap(), Vec::new());
            file.read_to_end(&mut read).unwrap();
            assert_eq!((file.name().unwrap().as_ref(), &read), (name.as_str(), content));
        }
        // The same files are the same bytes: nothing of the clock is in them.
        let again: Vec<u8> =
            packed(files.into_iter().map(Ok).collect()).await.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(bytes, again);
    }

    #[actix_web::test]
    async fn nothing_is_an_archive_too() {
        let bytes: Vec<u8> = packed(Vec::new()).await.into_iter().flat_map(Result::unwrap).collect();
        assert!(zip::ZipArchive::new(Cursor::new(bytes)).unwrap().is_empty());
    }

    #[actix_web::test]
    async fn what_breaks_off_has_no_end() {
        let files = vec![Ok(("a".to_owned(), vec![1])), Err(Error::internal("gone"))];
        let pieces = packed(files).await;
        assert!(pieces.last().unwrap().is_err());
        let bytes: Vec<u8> = pieces.into_iter().flatten().flatten().collect();
        assert!(zip::ZipArchive::new(Cursor::new(bytes)).is_err());
        let broken = stream::iter([Err(Error::internal("gone"))]);
        assert!(Archive::of("all.zip".to_owned(), broken).await.is_err());
    }
}
