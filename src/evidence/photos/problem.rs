//! Why a photo cannot be read.

use std::{error, fmt};

use crate::checklists::{manifest::MediaType, media_type::Form};

/// Why a photo cannot be read; as text, in words for the person who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is something else: what.
    NotAPhoto(&'static str),
    /// It is of a kind that phones and cameras bring, and that is not read here.
    Unread(MediaType),
    /// It moves.
    Animated,
    /// It has too many pixels: width and height.
    TooLarge(u32, u32),
    /// Decoding it would take too much memory.
    TooMuchMemory,
    /// It ends before it is whole.
    CutOff,
    /// Something in it is wrong: what.
    Damaged(&'static str),
    /// It is of a kind that is not read here: which.
    Unsupported(&'static str),
    /// Reading it took too long.
    TooSlow,
    /// Reading it failed in a way that should not be: a fault of ours, set off by its content.
    Broke,
}

impl Problem {
    /// Something in the picture is wrong, which a decoder would say in words of its own.
    pub(super) const SENSELESS: Self = Self::Damaged("a part of its picture is missing or makes no sense");

    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPhoto(_) => "not_a_photo",
            Self::Unread(_) => "unread",
            Self::Animated => "animated",
            Self::TooLarge(..) => "too_large",
            Self::TooMuchMemory => "too_much_memory",
            Self::CutOff => "cut_off",
            Self::Damaged(_) => "damaged",
            Self::Unsupported(_) => "unsupported",
            Self::TooSlow => "too_slow",
            Self::Broke => "broke",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPhoto(what) => write!(f, "This is {what}; {}.", Form::Image.instead()),
            Self::Unread(kind) => f.write_str(&kind.refusal().unwrap_or_default()),
            Self::Animated => f.write_str("This image moves; send a still photo."),
            Self::TooLarge(width, height) => {
                write!(
                    f,
                    "This image has {width} × {height} pixels, too many; take it at a lower resolution."
                )
            }
            Self::TooMuchMemory => f.write_str(
                "This image takes too much memory to read; take it as JPEG or at a lower resolution.",
            ),
            Self::CutOff => f.write_str("This image ends before it is whole."),
            Self::Damaged(what) => write!(f, "This image is damaged: {what}."),
            Self::Unsupported(what) => write!(f, "This is {what}, not read here; send an ordinary JPEG."),
            Self::TooSlow => f.write_str("This image took too long to read."),
            Self::Broke => f.write_str("This image could not be read, for a reason that is ours to find."),
        }
    }
}

impl error::Error for Problem {}
