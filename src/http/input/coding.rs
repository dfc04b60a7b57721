//! Content codings of bodies (RFC 9110, 8.4). Texts and tables may come in gzip. A file comes as it is: what its phone says
//! of it (its digest, its length, the byte at which it goes on) is of its own bytes.

use std::io::Read;

use actix_web::{HttpRequest, http::header::CONTENT_ENCODING};
use flate2::read::MultiGzDecoder;

use crate::error::{Code, Error, Result};

/// So many bytes are unpacked at once.
const PIECE: usize = 64 << 10;

/// What a body comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// Compressed.
    Gzip,
}

/// The coding of this body.
///
/// # Errors
/// `unsupported_media_type` if it is one that is not unpacked here, or if there are several.
pub fn of(request: &HttpRequest) -> Result<Coding> {
    let names = request.headers().get_all(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?"));
    let names = names.flat_map(|names| names.split(',')).map(str::trim);
    let names: Vec<_> =
        names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity")).collect();
    match names[..] {
        [] => Ok(Coding::Identity),
        [name] if ["gzip", "x-gzip"].iter().any(|one| name.eq_ignore_ascii_case(one)) => Ok(Coding::Gzip),
        _ => Err(refused("gzip, identity", "send the body in gzip, or as it is")),
    }
}

/// Refuses a file that does not come as it is.
///
/// # Errors
/// `unsupported_media_type`.
pub fn refuse_coding(request: &HttpRequest) -> Result<()> {
    let refused = || refused("identity", "send the file as it is, without Content-Encoding");
    match of(request) {
        Ok(Coding::Identity) => Ok(()),
        _ => Err(refused()),
    }
}

fn refused(codings: &'static str, detail: &str) -> Error {
    Error::new(Code::UnsupportedMediaType).accepting(codings).detail(detail)
}

/// A body in gzip, unpacked piece by piece: so one that would be far too large costs no more than one that fits.
pub struct Unpacking<'b> {
    packed: MultiGzDecoder<&'b [u8]>,
    piece: Vec<u8>,
}

impl<'b> Unpacking<'b> {
    /// Begins with this body.
    pub fn of(body: &'b [u8]) -> Self {
        Self { packed: MultiGzDecoder::new(body), piece: vec![0; PIECE] }
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// `malformed_request` if the body is no gzip, is damaged or is cut off.
    pub fn next(&mut self) -> Result<Option<&[u8]>> {
        let broken = "the body is no gzip, or it is damaged or cut off";
        let read = self.packed.read(&mut self.piece);
        let length =
            read.map_err(|error| Error::new(Code::MalformedRequest).detail(broken).because(error))?;
        Ok(self.piece.get(..length).filter(|piece| !piece.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use actix_web::test::TestRequest;
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(body: &[u8]) -> Result<Vec<u8>> {
        let (mut unpacking, mut all) = (Unpacking::of(body), Vec::new());
        while let Some(piece) = unpacking.next()? {
            all.extend_from_slice(piece);
        }
        Ok(all)
    }

    #[test]
    fn codings_are_read() {
        for (sent, coding) in [
            (&[][..], Some(Coding::Identity)),
            (&["identity"], Some(Coding::Identity)),
            (&[""], Some(Coding::Identity)),
            (&["gzip"], Some(Coding::Gzip)),
            (&["X-GZIP, identity"], Some(Coding::Gzip)),
            (&["gzip, gzip"], None),
            (&["gzip", "gzip"], None),
            (&["deflate"], None),
            (&["br"], None),
            (&["zstd"], None),
            (&["gzip;q=1"], None),
        ] {
            let request =
                sent.iter().fold(TestRequest::default(), |r, one| r.append_header((CONTENT_ENCODING, *one)));
            let request = request.to_http_request();
            let found = of(&request);
            assert_eq!(found.as_ref().ok(), coding.as_ref(), "{sent:?}");
            let refused = refuse_coding(&request).err();
            assert_eq!(refused.is_none(), coding == Some(Coding::Identity), "{sent:?}");
            for error in found.err().into_iter().chain(refused) {
                assert!(error.particulars().codings.is_some() && error.code() == Code::UnsupportedMediaType);
            }
        }
    }

    #[test]
    fn bodies_are_unpacked() {
        let long = b"0123456789".repeat(20_000);
        assert_eq!(unpacked(&packed(&long)).unwrap(), long);
        assert_eq!(unpacked(&packed(b"")).unwrap(), b"");
        // Several members are one body.
        assert_eq!(unpacked(&[packed(b"a"), packed(b"b")].concat()).unwrap(), b"ab");
        let whole = packed(&long);
        for broken in
            [b"".to_vec(), b"{}".to_vec(), whole[..whole.len() - 1].to_vec(), [whole, b"x".to_vec()].concat()]
        {
            assert_eq!(unpacked(&broken).unwrap_err().code(), Code::MalformedRequest);
        }
    }
}
