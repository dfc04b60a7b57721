//! Example pictures, and how their bytes begin.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    db::{
        schema::picture,
        types::{Instant, Sha256, text_enum},
    },
    ids::{BrandId, PictureId},
};

/// The largest picture, in bytes.
pub const LARGEST: usize = 256 << 10;

text_enum! {
    /// What a picture is.
    pub enum PictureType {
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
        /// WebP.
        WebP = "image/webp",
    }
}

impl PictureType {
    /// What the bytes are by how they begin, if they are a picture that is taken here.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let after = |count: usize| bytes.get(count..).unwrap_or_default();
        if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && after(8).starts_with(b"WEBP") {
            Some(Self::WebP)
        } else {
            None
        }
    }

    /// How the name of such a file ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

/// A picture, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = picture)]
pub struct Picture {
    /// Its id.
    pub id: PictureId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// What it is.
    pub media_type: PictureType,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// When it came.
    pub created_at: Instant,
}

impl Picture {
    /// Whether both are the same, whenever they came.
    pub fn is_same(&self, other: &Self) -> bool {
        *self == Self { created_at: self.created_at, ..other.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_how_they_begin() {
        for (bytes, media_type) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Some(PictureType::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0", Some(PictureType::Png)),
            (b"RIFF\x1a\0\0\0WEBPVP8 ", Some(PictureType::WebP)),
            (b"RIFF\x1a\0\0\0WAVE", None),
            (b"RIFFWEBP", None),
            (b"\x89PNG\n", None),
            (b"GIF89a", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"\xff\xd8", None),
            (b"", None),
        ] {
            assert_eq!(PictureType::of(bytes), media_type, "{bytes:?}");
        }
    }
}
