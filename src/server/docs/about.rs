//! What the contract says of the service as a whole, and of its parts.

use crate::texts::Language;

/// How everything here is spoken to, in Markdown.
pub(super) fn about() -> String {
    let (names, tags): (Vec<_>, Vec<_>) = Language::ALL
        .iter()
        .map(|language| (format!("{language:?}"), format!("`{}`", language.tag())))
        .unzip();
    ABOUT.replace("LANGUAGES", &format!("{} ({})", names.join(", "), tags.join(", ")))
}

const ABOUT: &str = "\
A mystery-shopping backend: visits that arrive exactly once, scores that can be trusted, shoppers who stay \
unknown.

A short [guide](/guide) says how a client begins; others help to [build a phone app](/guide/phone-app) and to [pull \
scores](/guide/scores). Every error has a page, such as \
[invalid](/problems/invalid).

## Signing in

`POST /v1/sessions` with an e-mail address and a password gives an access token, good for ten minutes, and \
a refresh token. Send the access token as `Authorization: Bearer …`. Before it ends, exchange the refresh \
token for new ones at `POST /v1/sessions/refresh`; if that answer is lost, send the same refresh token \
again, but never an older one than the latest that arrived: that is what a thief would do, and it ends the \
session. A session that was ended, a grant that was taken back and an account that was disabled have effect \
at the next request. Programs that read figures, lists and exports, such as spreadsheets, use an API key \
(`PUT /v1/api-keys/{id}`) in place of an access token, or as the password of `Basic` with any user name; everything else \
is refused to them as [not_for_keys](/problems/not_for_keys). What is not yours to see answers exactly as if it were not there: `404`.

## Errors

Every error is `application/problem+json` (RFC 9457). Decide by its `code`, which never changes; `type` is \
the address of a page about it. `errors` points at the values that are meant, each by a JSON pointer (RFC \
6901) into the body or by a parameter's name. `request_id` is the answer's `X-Request-Id`: quote it when \
you ask for help. An error does not mean that nothing was done: after a `5xx` or a lost answer send the \
same request again.

`title` and the page are in the language that `Accept-Language` asks for, if it is one of these: LANGUAGES. \
English is the default. `Content-Language` names the language. The other texts of an error are in English.

## Bodies

JSON, `snake_case`, at most 1 MiB, nested at most 32 deep. A field that is not in this contract is \
refused, and so is the same name twice. `null` stands for what may be left out, and `3.0` for 3. JSON and imported \
files may come in gzip (`Content-Encoding: gzip`), and are held to their limit packed and unpacked. Photos, \
recordings and pictures come as they are. A body in another coding is answered `415`, and `Accept-Encoding` says \
what it may be. Media types are known by their other names too (`image/jpg`, `text/json`).

## Ids

The creator of a thing makes its id, a UUID, and sends the thing there with `PUT`. So a request \
whose answer was lost can be sent again as it is, and makes nothing twice. Any UUID will do. For what there are many of \
(visits, their files, assignments) version 7 is best, which begins with the time: they are found and written faster, \
however many there are. The branch's side never sees one of these ids. Make all others at random (version 4). A step of a review that comes with an \
`Idempotency-Key`, a random UUID too, can be sent again even when others have done something since.

## ETags

What can change has an `ETag`. Send it back in `If-Match` when you `PUT` a change: `412` says that \
somebody was faster, `428` that it was missing. To make a new thing, leave `If-Match` out. Send it in \
`If-None-Match` when you `GET`, and a thing that is still as it was answers `304` without a body. A tag that a \
proxy made weak on the way (`W/\"3\"`) names the same state. Wherever there is `GET` there is `HEAD`, which answers \
with the same headers and no body.

## Lists

A list comes in pages of `limit` things, in a fixed order. `next_cursor`, and the `Link` header with \
`rel=\"next\"`, lead to the next page; the last page has neither. A cursor is opaque and belongs to the \
list that gave it.

## Age

Figures and some lists may be read from a replica of the database, which is a moment behind. Then `Age` says how many \
seconds old the answer may be. Without it the answer is of this moment. What an account itself wrote is always in what \
it is answered.

## Audit

What people decide and change, and each answer that shows a desk who a shopper is (`audited` in its `x-permission`), leaves \
a row in `GET /v1/audit`: for a look before the answer is sent.

## Time

Moments are RFC 3339 in UTC, kept to the microsecond. Scores are whole basis points: 10000 is a full \
score.
";

/// What each part of the house is about, in the order in which the table of routes has them.
pub(super) const PARTS: &[(&str, &str)] = &[
    ("accounts", "People who sign in: sessions, accounts and what they may."),
    ("places", "Brands, their regions, their branches, and who works there."),
    (
        "checklists",
        "What a shopper fills in: drafts, and versions that never change once they are published.",
    ),
    ("fieldwork", "Campaigns and assignments: the visits that are wanted, and from whom."),
    (
        "board",
        "The job board: who takes which visit, what becomes of offers, how far campaigns are, and how far shoppers can \
         be relied on.",
    ),
    ("visits", "What shoppers saw, the files that belong to it, and what their phones need to work offline."),
    ("trust", "What may be wrong with a visit, for those who decide about it."),
    ("reviews", "Decisions about visits."),
    ("reports", "What the branch's side sees of visits."),
    ("appeals", "Objections to answers of reports, and what comes of them."),
    ("scores", "What the decided visits say about places."),
    ("alerts", "Rules for scores, and the places where the condition of a rule holds."),
    ("digests", "What is read of scores again and again: for whom, how often, and what it was."),
    ("estate", "What becomes of places: they move, retire and are restored."),
    ("recognition", "Which branches are best, improved most, and have mastered which standards."),
    ("actions", "What is to be done where standards are missed, and whether it helped."),
    (
        "exports",
        "Files that are written beside the requests, because writing them takes longer than a request should.",
    ),
    ("audit", "Who did what, and who looked at a shopper's identity."),
    ("background", "Work beside the requests: its queues, and tasks that failed too often."),
    ("health", "Whether the server lives and can work."),
    ("docs", "This contract, and a page for every error."),
];
