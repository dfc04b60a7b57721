//! Photos to be uploaded: one picture, and behind its end what makes each of them a file of its own. So the phones that
//! send them, and share the machine with what is measured, digest no more than a few bytes of each.

use data_encoding::BASE64;
use incognito::{
    clock::Clock,
    db::types::{Digesting, Sha256},
    ids::{AssignmentId, EvidenceId, VisitId},
};

use super::{client, photos};

/// How many bytes an ordinary photo has, as a phone sends it.
pub(crate) const SIZE: usize = 200_000;
/// So many bytes make one photo another file than the next.
const OWN: usize = 16;
/// Written as finely as this at first, and more coarsely until it is small enough.
const FINEST: u8 = 90;
const COARSEST: u8 = 10;
const STEP: u8 = 10;

/// Takes the same picture again and again.
pub(crate) struct Camera {
    /// The picture and what fills it up.
    bytes: Vec<u8>,
    /// The digest of that.
    digesting: Digesting,
}

/// One photo.
#[derive(Clone, Copy)]
pub(crate) struct Snapshot {
    /// Made on the phone.
    pub(crate) id: EvidenceId,
    /// The digest of its bytes.
    pub(crate) digest: [u8; 32],
}

impl Snapshot {
    /// The digest of its bytes.
    pub(crate) fn sha256(&self) -> Sha256 {
        Sha256::from_bytes(self.digest)
    }
}

impl Camera {
    /// One whose photos have so many pixels across and down, and so many bytes.
    ///
    /// # Errors
    /// If such a picture does not fit into so many bytes.
    pub(crate) fn new(width: usize, height: usize, size: usize) -> Result<Self, String> {
        let room = size.saturating_sub(OWN);
        let mut quality = FINEST;
        let mut bytes = loop {
            let bytes = photos::photo(width, height, quality);
            if !bytes.is_empty() && bytes.len() <= room {
                break bytes;
            }
            if quality <= COARSEST {
                return Err(format!("{width} × {height} pixels do not fit into {size} bytes"));
            }
            quality -= STEP;
        };
        bytes.resize(room, 0);
        let mut digesting = Digesting::default();
        digesting.take(&bytes);
        Ok(Self { bytes, digesting })
    }

    /// How many bytes its photos have.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len() + OWN
    }

    /// Takes a photo.
    pub(crate) fn shoot(&self) -> Snapshot {
        let id: EvidenceId = Clock::System.ordered_id();
        let mut digesting = self.digesting.clone();
        digesting.take(id.uuid().as_bytes());
        Snapshot { id, digest: digesting.finish().to_bytes() }
    }

    /// The bytes of one of its photos.
    pub(crate) fn write(&self, photo: &Snapshot, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.bytes);
        into.extend_from_slice(photo.id.uuid().as_bytes());
    }

    /// Writes the request that announces and brings one of its photos at once (tus: creation-with-upload).
    pub(crate) fn upload(
        &self,
        request: &mut Vec<u8>,
        token: &str,
        (visit, assignment): (VisitId, AssignmentId),
        photo: &Snapshot,
    ) {
        let size = self.size();
        let metadata = [
            ("id", photo.id.to_string()),
            ("visit_id", visit.to_string()),
            ("assignment_id", assignment.to_string()),
            ("media_type", "image/jpeg".to_owned()),
            ("sha256", photo.sha256().to_string()),
        ];
        let metadata = metadata.map(|(name, value)| format!("{name} {}", BASE64.encode(value.as_bytes())));
        request.extend_from_slice(&client::request("POST", "/v1/uploads", Some(token)));
        let head = format!(
            "tus-resumable: 1.0.0\r\nupload-length: {size}\r\nupload-metadata: {}\r\nupload-checksum: sha256 {}\r\n\
             content-type: application/offset+octet-stream\r\ncontent-length: {size}\r\n\r\n",
            metadata.join(","),
            BASE64.encode(&photo.digest),
        );
        request.extend_from_slice(head.as_bytes());
        self.write(photo, request);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use incognito::evidence::photos::{Limits, read};

    #[test]
    fn photos_are_pictures_and_no_two_are_the_same_file() {
        let camera = Camera::new(320, 240, 60_000).unwrap();
        let [one, two] = [camera.shoot(), camera.shoot()].map(|photo| {
            let mut bytes = Vec::new();
            camera.write(&photo, &mut bytes);
            assert_eq!((bytes.len(), Sha256::of(&bytes)), (60_000, photo.sha256()));
            assert!(read(&bytes, &Limits::default()).is_ok());
            photo.sha256()
        });
        assert!(one != two);
        assert!(Camera::new(320, 240, 100).is_err());
    }
}
