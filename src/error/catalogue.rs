//! The catalogue of errors: one row a code.

/// The catalogue: one row makes the variant, the wire's code, the status, the title and the page.
macro_rules! catalogue {
    ($($variant:ident $name:literal $status:literal $title:literal $advice:literal)*) => {
        /// The stable code of an error; clients decide by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = $title] $variant),* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What stands in `code`.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status),* } }
            /// The same short sentence every time.
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title),* } }
            /// What the caller can do about it: the text of its page.
            pub const fn advice(self) -> &'static str { match self { $(Self::$variant => $advice),* } }
        }
    };
}

catalogue! {
    MalformedRequest "malformed_request" 400 "The request cannot be read."
        "The body is not JSON, nests deeper than 32, or ends too soon; or a header or parameter has a form that it cannot have. The detail says where."
    SignInNeeded "sign_in_needed" 401 "Sign in first."
        "The access token is missing, expired, altered or revoked. Refresh it, or sign in."
    SignInFailed "sign_in_failed" 401 "This e-mail address and password do not sign in."
        "Check both. An account that was disabled gives the same answer."
    RefreshRefused "refresh_refused" 401 "This refresh token is no longer good."
        "It expired, its session was ended, or a newer token has taken its place. Sign in again."
    RefreshSuperseded "refresh_superseded" 409 "A newer refresh token has just been used in place of this one."
        "If this device has the newer one, go on with that. If not, send it again when Retry-After has passed; if another device has used it, this session is ended."
    Forbidden "forbidden" 403 "Your roles do not allow this."
        "An administrator can grant the role that does."
    NotFound "not_found" 404 "There is no such thing here."
        "It does not exist, or it is not yours to see; the answer is the same for both."
    AddressExpired "address_expired" 403 "This address was good for some minutes only."
        "Read again what it came with, which gives a new one."
    MethodNotAllowed "method_not_allowed" 405 "This address does not do that."
        "The Allow header lists the methods that it has."
    RequestTimeout "request_timeout" 408 "The body came too slowly."
        "Send it again on a better line; what can be sent twice is recognised."
    Conflict "conflict" 409 "This contradicts what is already there."
        "The detail says what is there. Read it again and decide."
    VisitDiffers "visit_differs" 409 "A visit with this id is already here, with other content."
        "The first one is kept. The pointers name the fields that differ. A correction goes through a return."
    WrongState "wrong_state" 409 "Its state does not allow this step."
        "The detail names the state that it is in and the one that was wanted. Read it again."
    NotComplete "not_complete" 409 "Some of this visit has not arrived."
        "The list in missing names the files of its manifest that are still to be sent, each as the manifest has it."
    EvidenceDiffers "evidence_differs" 409 "A file of this visit is already here, and is another one."
        "Files are never replaced. Give what the pointers name new ids, and send it with them; nothing of it was kept."
    AssignmentTaken "assignment_taken" 409 "Another visit was made for this assignment."
        "One assignment is one visit. If both are wanted, ask the scheduler for a second assignment."
    NoAttemptsLeft "no_attempts_left" 409 "This test was tried as often as one may within 30 days."
        "The detail says when it may be tried again, and Retry-After in how many seconds."
    JobTaken "job_taken" 409 "Somebody else has this job."
        "Look at the board again for another one."
    NotEligible "not_eligible" 409 "This shopper may not take this job."
        "Each entry of errors has the code of one hindrance, and says what it is. Ties to the brand or the branch are final; a scheduler can look past the others."
    OfferExpired "offer_expired" 409 "This offer was not answered in time."
        "The job is on the board again, for everybody."
    OffsetDiffers "offset_differs" 409 "The upload stands at another byte."
        "Ask for it with HEAD, and go on from the Upload-Offset that it tells."
    UploadExpired "upload_expired" 410 "This upload was left unfinished for too long."
        "Its bytes are gone. Create it again, with the same id if you like."
    RangeNotSatisfiable "range_not_satisfiable" 416 "This part of the file does not exist."
        "The detail says how many bytes it has. Ask for bytes before that, or for all of it."
    TusVersion "tus_version" 412 "Uploads here speak another version of tus."
        "Send Tus-Resumable with the version that Tus-Version names."
    UploadTakenOver "upload_taken_over" 423 "Another request goes on with this upload."
        "What this one brought is kept. Ask for the upload with HEAD, and go on from there."
    DigestMismatch "digest_mismatch" 460 "The bytes do not have the digest that was said."
        "What this request brought is dropped. Ask for the upload with HEAD, and send the bytes again from there."
    FileTooLarge "file_too_large" 413 "The file is larger than a file may be."
        "The detail names the limit. Take the photo smaller, or the recording in parts."
    VisitFull "visit_full" 413 "The visit has as many files, or as many bytes, as it may have."
        "The detail names the limit. An upload that is not finished can be given up with DELETE."
    DailyLimit "daily_limit" 429 "You have sent as much as one may in a day."
        "Wait as long as Retry-After says. What has arrived is kept."
    PreconditionFailed "precondition_failed" 412 "It has changed since you read it."
        "Read it again, apply your change to what is there now, and send that with the new ETag."
    BodyTooLarge "body_too_large" 413 "The body is larger than this address takes."
        "The detail names the limit."
    UnsupportedMediaType "unsupported_media_type" 415 "This address does not take that media type."
        "The detail names the one that it takes."
    Invalid "invalid" 422 "Some of what was sent is not acceptable."
        "Each entry of errors points at one value (RFC 6901) and says what it may be."
    PreconditionRequired "precondition_required" 428 "Say which state you are changing."
        "It is already there. Read it, and send its ETag back in If-Match."
    TooManyRequests "too_many_requests" 429 "Too many tries in too short a time."
        "Wait as long as Retry-After says."
    Internal "internal" 500 "Something went wrong here."
        "It is not your fault, and it has been logged under the request's id. Trying again does no harm."
    Unavailable "unavailable" 503 "The service cannot do this just now."
        "Try again shortly; what can be sent twice is recognised."
}

impl Code {
    /// The address of its page, relative to the server.
    pub fn page(self) -> String {
        format!("/problems/{}", self.name())
    }
}
