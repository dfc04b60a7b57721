//! The catalogue of errors: one row a code. Its texts are in `texts/en.ftl` under its name.

use crate::texts::{Text, text};

/// The catalogue: one row makes the variant, the wire's code, the status, and the ids of its texts.
macro_rules! catalogue {
    ($($variant:ident $name:literal $status:literal)*) => {
        /// The stable code of an error; clients decide by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = concat!("`", $name, "`")] $variant),* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What stands in `code`.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status),* } }
            /// The same short sentence every time.
            pub const fn title(self) -> Text {
                match self { $(Self::$variant => text!(concat!("problem-", $name, "-title"))),* }
            }
            /// What the caller can do about it: the text of its page.
            pub const fn advice(self) -> Text {
                match self { $(Self::$variant => text!(concat!("problem-", $name, "-advice"))),* }
            }
        }
    };
}

catalogue! {
    MalformedRequest "malformed_request" 400
    SignInNeeded "sign_in_needed" 401
    SignInFailed "sign_in_failed" 401
    RefreshRefused "refresh_refused" 401
    RefreshSuperseded "refresh_superseded" 409
    Forbidden "forbidden" 403
    NotForKeys "not_for_keys" 403
    NotFound "not_found" 404
    AddressExpired "address_expired" 403
    MethodNotAllowed "method_not_allowed" 405
    RequestTimeout "request_timeout" 408
    Conflict "conflict" 409
    LastAdministrator "last_administrator" 409
    RightsChanged "rights_changed" 409
    VisitDiffers "visit_differs" 409
    WrongState "wrong_state" 409
    NotComplete "not_complete" 409
    ClaimedByAnother "claimed_by_another" 409
    EvidenceDiffers "evidence_differs" 409
    AssignmentTaken "assignment_taken" 409
    NoAttemptsLeft "no_attempts_left" 409
    JobTaken "job_taken" 409
    NotEligible "not_eligible" 409
    OfferExpired "offer_expired" 409
    OffsetDiffers "offset_differs" 409
    UploadExpired "upload_expired" 410
    RangeNotSatisfiable "range_not_satisfiable" 416
    TusVersion "tus_version" 412
    UploadTakenOver "upload_taken_over" 423
    DigestMismatch "digest_mismatch" 460
    FileTooLarge "file_too_large" 413
    UnreadableFile "unreadable_file" 415
    VisitFull "visit_full" 413
    FilesWaiting "files_waiting" 409
    DailyLimit "daily_limit" 429
    PreconditionFailed "precondition_failed" 412
    BodyTooLarge "body_too_large" 413
    UnsupportedMediaType "unsupported_media_type" 415
    Invalid "invalid" 422
    PreconditionRequired "precondition_required" 428
    TooManyRequests "too_many_requests" 429
    NotSupported "not_supported" 501
    Internal "internal" 500
    Unavailable "unavailable" 503
}

impl Code {
    /// The address of its page, relative to the server.
    pub fn page(self) -> String {
        format!("/problems/{}", self.name())
    }
}
