//! Files as one archive (ZIP), sent while it is written: nothing of it is in memory but a piece of a file, and what its directory says, which stands at its end.

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
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web::Bytes,
};
use futures_util::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::endpoint::{Answer, Signature};
use crate::error::{Error, Result};

/// The media type of an archive.
pub const ZIP: &str = "application/zip";

/// A file of an archive.
pub struct ZipEntry {
    /// What it is called there.
    pub name: String,
    /// Its bytes, which are not made smaller: photos are packed as they are.
    pub bytes: BoxStream<'static, Result<Vec<u8>>>,
}

/// Files in their order.
pub type Entries = Pin<Box<dyn Stream<Item = Result<ZipEntry>>>>;

/// An archive, as an answer.
pub struct Zipped {
    name: &'static str,
    bytes: Pin<Box<dyn Stream<Item = Result<Bytes>>>>,
}

impl Zipped {
    /// The archive of these files, under this name. What goes wrong before the first file is an error, as everywhere; what goes wrong later breaks the
    /// archive off.
    ///
    /// # Errors
    /// Those of the first file.
    pub async fn of(name: &'static str, mut entries: Entries) -> Result<Self> {
        let first = entries.try_next().await?;
        let entries = Box::pin(stream::iter(first.map(Ok)).chain(entries));
        Ok(Self { name, bytes: Box::pin(zipped(entries)) })
    }
}

impl Responder for Zipped {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.insert_header((CONTENT_TYPE, ZIP));
        answer.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)));
        // As a list that breaks off, it is not ended as HTTP wants it.
        answer.streaming(self.bytes.inspect_err(|error| {
            let cause = error.cause().unwrap_or_default();
            match error.code().status() >= 500 {
                true => tracing::error!(cause, "an archive broke off: {error}"),
                false => tracing::info!(cause, "an archive broke off: {error}"),
            }
        }))
    }
}

impl Answer for Zipped {
    fn describe(signature: &mut Signature) {
        signature.answers(200, "The archive.", None);
    }
}

/// Where an archive is written to, and taken away from as it grows.
#[derive(Clone, Default)]
struct Grown(Rc<RefCell<Vec<u8>>>);

impl Write for Grown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Grown {
    fn taken(&self) -> Bytes {
        mem::take(&mut *self.0.borrow_mut()).into()
    }
}

struct Zipping {
    zip: ZipWriter<StreamWriter<Grown>>,
    grown: Grown,
    entries: Entries,
    /// What is left of the file that is being written.
    file: Option<BoxStream<'static, Result<Vec<u8>>>>,
}

/// The bytes of the archive of these files.
fn zipped(entries: Entries) -> impl Stream<Item = Result<Bytes>> {
    let grown = Grown::default();
    let zip = ZipWriter::new_stream(grown.clone());
    stream::try_unfold(Some(Zipping { zip, grown, entries, file: None }), |zipping| async move {
        match zipping {
            Some(zipping) => zipping.next().await.map(Some),
            None => Ok(None),
        }
    })
}

impl Zipping {
    /// The next bytes, and what follows them, if anything does.
    async fn next(mut self) -> Result<(Bytes, Option<Self>)> {
        loop {
            if let Some(file) = &mut self.file {
                match file.try_next().await? {
                    Some(piece) => self.zip.write_all(&piece).map_err(Error::internal)?,
                    None => self.file = None,
                }
            } else if let Some(entry) = self.entries.try_next().await? {
                let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
                self.zip.start_file(entry.name, options).map_err(Error::internal)?;
                self.file = Some(entry.bytes);
            } else {
                let Self { zip, grown, .. } = self;
                zip.finish().map_err(Error::internal)?;
                return Ok((grown.taken(), None));
            }
            let bytes = self.grown.taken();
            if !bytes.is_empty() {
                return Ok((bytes, Some(self)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{Cursor, Read};

    use actix_web::rt::System;
    use zip::ZipArchive;

    use super::*;
    use crate::error::Code;

    fn entry(name: String, pieces: Vec<Result<Vec<u8>>>) -> Result<ZipEntry> {
        Ok(ZipEntry { name, bytes: stream::iter(pieces).boxed() })
    }

    fn all(entries: Vec<Result<ZipEntry>>) -> Result<Vec<u8>> {
        let pieces: Vec<Bytes> =
            System::new().block_on(zipped(Box::pin(stream::iter(entries))).try_collect())?;
        Ok(pieces.concat())
    }

    #[test]
    fn an_archive_is_read_again_also_with_more_files_than_the_first_form_of_zip_can_name() {
        const MANY: usize = 66_000;
        let many = (0..MANY).map(|number| {
            entry(format!("{number}.txt"), vec![Ok(vec![7]), Ok(number.to_string().into_bytes())])
        });
        let bytes = all(many.collect()).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.len(), MANY);
        for number in [0, 1, 65_535, 65_536, MANY - 1] {
            let mut content = Vec::new();
            archive.by_name(&format!("{number}.txt")).unwrap().read_to_end(&mut content).unwrap();
            assert_eq!(content, [&[7][..], number.to_string().as_bytes()].concat());
        }
        let none = all(Vec::new()).unwrap();
        assert_eq!(ZipArchive::new(Cursor::new(none)).unwrap().len(), 0);
    }

    #[test]
    fn what_goes_wrong_breaks_it_off() {
        let wrong = vec![
            entry("a".to_owned(), vec![Ok(vec![1])]),
            entry("b".to_owned(), vec![Err(Error::new(Code::Unavailable))]),
        ];
        assert_eq!(all(wrong).unwrap_err().code(), Code::Unavailable);
    }
}
