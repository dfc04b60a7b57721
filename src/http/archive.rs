//! Archives of files (zip), sent while they are written: nothing of one is in memory but a piece of a file, and what its directory says, which stands at its end.

use std::{
    cell::RefCell,
    io::{self, Write},
    mem,
    pin::Pin,
    rc::Rc,
};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    web::Bytes,
};
use futures_util::{
    FutureExt as _, Stream, StreamExt as _, TryStreamExt as _,
    future::ready,
    stream::{self, BoxStream},
};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{
    answer::FILES_MAY,
    bytes::bytes,
    endpoint::{Answer, Signature},
    sheet::Files,
};
use crate::error::{Error, Result};

/// Its media type.
pub const ZIP: &str = "application/zip";

/// The bytes of an archive.
pub struct ZipBytes;

bytes!(ZipBytes, "The bytes of a zip archive.");

/// The bytes of a file, some at a time.
type Pieces = BoxStream<'static, Result<Vec<u8>>>;

/// A file of an archive.
pub struct Packed {
    name: String,
    method: CompressionMethod,
    pieces: Pieces,
}

impl Packed {
    /// A file of these bytes, made smaller. Programs that read an archive from its beginning find the end of such a file.
    pub fn deflated(name: String, bytes: Vec<u8>) -> Self {
        let pieces = ready(Ok(bytes)).into_stream().boxed();
        Self { name, method: CompressionMethod::Deflated, pieces }
    }

    /// A file as it comes, which is small already: its end is found by the directory alone.
    pub const fn stored(name: String, pieces: Pieces) -> Self {
        Self { name, method: CompressionMethod::Stored, pieces }
    }
}

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
        let packing = stream::try_unfold(Some(Packing::new(files)), |packing| async move {
            match packing {
                Some(packing) => packing.next().await.map(Some),
                None => Ok(None),
            }
        });
        Ok(Self { name, pieces: Box::pin(packing) })
    }
}

/// What was written and not sent yet.
#[derive(Clone, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        mem::take(&mut *self.0.borrow_mut()).into()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is being written.
struct Packing {
    writer: ZipWriter<StreamWriter<Written>>,
    written: Written,
    files: Made,
    /// What is left of the file that is being written.
    file: Option<Pieces>,
}

impl Packing {
    fn new(files: Made) -> Self {
        let written = Written::default();
        Self { writer: ZipWriter::new_stream(written.clone()), written, files, file: None }
    }

    /// The next bytes, and what follows them, if anything does. With the bytes of a file go what stands before them, and the end of the file before it.
    async fn next(mut self) -> Result<(Bytes, Option<Self>)> {
        loop {
            if let Some(pieces) = &mut self.file {
                let Some(piece) = pieces.try_next().await? else {
                    self.file = None;
                    continue;
                };
                self.writer.write_all(&piece).map_err(Error::internal)?;
                let bytes = self.written.take();
                if !bytes.is_empty() {
                    return Ok((bytes, Some(self)));
                }
            } else if let Some(Packed { name, method, pieces }) = self.files.try_next().await? {
                let options = SimpleFileOptions::default().compression_method(method);
                self.writer.start_file(name, options).map_err(Error::internal)?;
                self.file = Some(pieces);
            } else {
                self.writer.finish().map_err(Error::internal)?;
                return Ok((self.written.take(), None));
            }
        }
    }
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

    use zip::ZipArchive;

    use super::*;

    async fn packed(files: Vec<Result<Packed>>) -> Vec<Result<Bytes>> {
        let archive = Archive::of("all.zip".to_owned(), stream::iter(files)).await.unwrap();
        archive.pieces.collect().await
    }

    fn whole(pieces: Vec<Result<Bytes>>) -> Vec<u8> {
        pieces.into_iter().flat_map(Result::unwrap).collect()
    }

    fn file(name: &str, pieces: Vec<Result<Vec<u8>>>) -> Result<Packed> {
        Ok(Packed::stored(name.to_owned(), stream::iter(pieces).boxed()))
    }

    #[actix_web::test]
    async fn each_file_is_sent_when_it_is_made() {
        let files: Vec<_> = (0..3_u8).map(|nth| (format!("№ {nth}.pdf"), vec![nth; 100_000])).collect();
        let all = || files.iter().cloned().map(|(name, bytes)| Ok(Packed::deflated(name, bytes))).collect();
        let pieces = packed(all()).await;
        assert_eq!(pieces.len(), 4);
        let bytes = whole(pieces);
        let mut archive = ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
        assert_eq!(archive.len(), 3);
        for (at, (name, content)) in files.iter().enumerate() {
            let (mut file, mut read) = (archive.by_index(at).unwrap(), Vec::new());
            file.read_to_end(&mut read).unwrap();
            assert_eq!((file.name().unwrap().as_ref(), &read), (name.as_str(), content));
            assert_eq!(file.compression(), CompressionMethod::Deflated);
        }
        // The same files are the same bytes: nothing of the clock is in them.
        assert_eq!(bytes, whole(packed(all()).await));
    }

    #[actix_web::test]
    async fn a_file_of_pieces_is_sent_piece_by_piece() {
        let piece = |nth: u8| Ok(vec![nth; 100_000]);
        let pieces =
            packed(vec![file("a", vec![piece(1), Ok(Vec::new()), piece(2)]), file("b", Vec::new())]).await;
        let sizes: Vec<_> = pieces.iter().map(|piece| piece.as_ref().unwrap().len() / 100_000).collect();
        assert_eq!(sizes, [1, 1, 0]);
        let mut archive = ZipArchive::new(Cursor::new(whole(pieces))).unwrap();
        let mut read = Vec::new();
        archive.by_name("a").unwrap().read_to_end(&mut read).unwrap();
        assert!(read == [[1; 100_000], [2; 100_000]].concat());
        assert_eq!(archive.by_name("a").unwrap().compression(), CompressionMethod::Stored);
        assert_eq!(archive.by_name("b").unwrap().size(), 0);
    }

    #[actix_web::test]
    async fn there_may_be_more_files_than_the_first_form_of_archives_can_name() {
        const MANY: usize = 66_000;
        let many = (0..MANY).map(|nth| file(&nth.to_string(), vec![Ok(nth.to_string().into_bytes())]));
        let mut archive = ZipArchive::new(Cursor::new(whole(packed(many.collect()).await))).unwrap();
        assert_eq!(archive.len(), MANY);
        for name in [0, 1, 65_535, 65_536, MANY - 1].map(|nth| nth.to_string()) {
            let mut read = String::new();
            archive.by_name(&name).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, name);
        }
    }

    #[actix_web::test]
    async fn nothing_is_an_archive_too() {
        assert!(ZipArchive::new(Cursor::new(whole(packed(Vec::new()).await))).unwrap().is_empty());
    }

    #[actix_web::test]
    async fn what_breaks_off_has_no_end() {
        let gone = || Error::internal("gone");
        for second in [Err(gone()), file("b", vec![Err(gone())]), file("b", vec![Ok(vec![2]), Err(gone())])] {
            let pieces = packed(vec![file("a", vec![Ok(vec![1])]), second]).await;
            assert!(pieces.last().unwrap().is_err());
            let bytes: Vec<u8> = pieces.into_iter().flatten().flatten().collect();
            assert!(ZipArchive::new(Cursor::new(bytes)).is_err());
        }
        let broken = stream::iter([Err(gone())]);
        assert!(Archive::of("all.zip".to_owned(), broken).await.is_err());
    }
}
