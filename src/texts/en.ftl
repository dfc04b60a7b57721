# What the server says, in English. Every other language has the same ids with the same variables.
# A word in `backticks` is a name in the interface and stays as it is in every language.

## The errors of the catalogue: a title, and what to do

problem-malformed_request-title = The request cannot be read.
problem-malformed_request-advice = The body is not JSON, is nested more than 32 levels deep or ends too soon, or a header or a parameter has the wrong form. `detail` says where.
problem-sign_in_needed-title = You must sign in first.
problem-sign_in_needed-advice = The access token is missing, expired, altered or revoked. Refresh it, or sign in.
problem-sign_in_failed-title = Signing in with this e-mail address and this password is not possible.
problem-sign_in_failed-advice = Check both. A disabled account gets the same answer.
problem-refresh_refused-title = The refresh token is no longer valid.
problem-refresh_refused-advice = The token has expired, its session has ended, or a newer token has replaced it. Sign in again.
problem-refresh_superseded-title = A newer refresh token has just replaced this one.
problem-refresh_superseded-advice = If this device has the newer token, continue with it. If it has not, wait for the seconds in `Retry-After` and send this token again. If another device has used the newer token, the session then ends.
problem-forbidden-title = You may not do this.
problem-forbidden-advice = An administrator can give you a role that allows it, unless `detail` names another reason.
problem-not_for_keys-title = API keys are not for this.
problem-not_for_keys-advice = An API key only reads figures, lists and exports. Sign in as a person to do this.
problem-not_found-title = Nothing was found at this address.
problem-not_found-advice = It does not exist, or you may not see it. The answer is the same in both cases.
problem-address_expired-title = This address has expired.
problem-address_expired-advice = The address of a file is valid for a limited time. Repeat the request that gave this address: it gives a new one.
problem-method_not_allowed-title = This address does not support the method of the request.
problem-method_not_allowed-advice = The `Allow` header lists the methods that it supports.
problem-request_timeout-title = The body of the request arrived too slowly.
problem-request_timeout-advice = Send the request again over a faster connection. What is sent twice under the same id is stored once.
problem-conflict-title = The request contradicts what is already stored.
problem-conflict-advice = `detail` describes the conflict. Read the current state, then decide.
problem-last_administrator-title = The deployment would have no administrator left.
problem-last_administrator-advice = The last administrator who can sign in cannot be disabled and cannot lose the role over the whole operator. Make another administrator first.
problem-rights_changed-title = What you may do changed while the request was under way.
problem-rights_changed-advice = Nothing was stored. Send the request again: it is then judged by what you may do now.
problem-visit_differs-title = A different visit is already stored under this id.
problem-visit_differs-advice = The stored visit stays as it is. Each entry of `errors` points at a field that differs. A visit can be corrected after it has been returned.
problem-wrong_state-title = The current state does not allow this step.
problem-wrong_state-advice = `detail` names the current state and the requested one. Read the current state, then decide.
problem-not_complete-title = Some files of the visit have not arrived.
problem-not_complete-advice = `missing` lists the ids of the files in the manifest that must still be sent.
problem-claimed_by_another-title = Another reviewer is working on this visit.
problem-claimed_by_another-advice = `detail` says until when. Wait until then, take another visit, or ask that reviewer to hand it over.
problem-evidence_differs-title = A file does not match what is stored for the visit.
problem-evidence_differs-advice = What is stored is never replaced, and nothing of this request was stored. Give each file that differs a new id and send the request again.
problem-assignment_taken-title = Another visit already exists for this assignment.
problem-assignment_taken-advice = An assignment has one visit. For a second visit the scheduler must create a second assignment.
problem-no_attempts_left-title = No attempt at this test is left for now.
problem-no_attempts_left-advice = The attempts within 30 days are limited. `detail` says when the next one is possible, and `Retry-After` in how many seconds.
problem-job_taken-title = Another shopper already has this assignment.
problem-job_taken-advice = Choose another assignment on the job board.
problem-not_eligible-title = This shopper may not take this assignment.
problem-not_eligible-advice = Each entry of `errors` has the code of one obstacle and describes it. Ties to the brand or to the branch are final; a scheduler can make an exception for the others.
problem-offer_expired-title = This offer has expired.
problem-offer_expired-advice = The offer was not answered in time. The assignment is on the job board again, for all shoppers.
problem-offset_differs-title = The upload continues at another byte.
problem-offset_differs-advice = Request the upload with `HEAD` and continue from the byte in `Upload-Offset`.
problem-upload_expired-title = The unfinished upload has expired.
problem-upload_expired-advice = Its bytes are deleted. Create the upload again; its id may stay the same.
problem-range_not_satisfiable-title = The file does not have the requested bytes.
problem-range_not_satisfiable-advice = `detail` says how many bytes the file has. Request bytes before its end, or the whole file.
problem-tus_version-title = The server does not support this version of tus.
problem-tus_version-advice = Send `Tus-Resumable` with a version that `Tus-Version` lists.
problem-upload_taken_over-title = Another request is continuing this upload.
problem-upload_taken_over-advice = The bytes that arrived are kept. Request the upload with `HEAD` and continue from the byte in `Upload-Offset`.
problem-digest_mismatch-title = The bytes do not match their digest.
problem-digest_mismatch-advice = The bytes of this request are dropped. Request the upload with `HEAD` and send them again from the byte in `Upload-Offset`.
problem-file_too_large-title = The file is too large.
problem-file_too_large-advice = `detail` names the limit. Take the photo at a lower resolution, or record in shorter parts.
problem-unreadable_file-title = The file is of a kind that the server cannot read.
problem-unreadable_file-advice = `detail` says what to send instead. Nothing of the file is kept: send it in another format, as a new file with an `id` of its own.
problem-visit_full-title = The visit has reached its limit of files or bytes.
problem-visit_full-advice = `detail` names the limit. An unfinished upload can be cancelled with `DELETE`.
problem-files_waiting-title = Too many of your files wait for their visits.
problem-files_waiting-advice = Submit the visits that the files belong to, or name their assignment: `assignment_id` in `Upload-Metadata`, or as a parameter. `detail` names the limit.
problem-daily_limit-title = You have reached the daily limit for uploads.
problem-daily_limit-advice = `detail` names the limit. Wait for the seconds in `Retry-After`. Files that have arrived are kept.
problem-precondition_failed-title = The request names a state that is not the current one.
problem-precondition_failed-advice = The state may have changed since you read it. Read it again, apply your change to the current state, and send it with the new `ETag` in `If-Match`.
problem-body_too_large-title = The body is larger than this address accepts.
problem-body_too_large-advice = `detail` names the limit.
problem-unsupported_media_type-title = This address does not accept the media type of the body.
problem-unsupported_media_type-advice = `detail` names the media type that it accepts.
problem-invalid-title = Some values are not acceptable.
problem-invalid-advice = Each entry of `errors` points at one value (RFC 6901) and says what it may be.
problem-precondition_required-title = The request must name the state that it changes.
problem-precondition_required-advice = Something already exists at this address. Read it, and send its `ETag` in `If-Match`.
problem-too_many_requests-title = There were too many attempts in a short time.
problem-too_many_requests-advice = Wait for the seconds in `Retry-After`, then try again.
problem-not_supported-title = This is not supported.
problem-not_supported-advice = The message names what was asked for. Ask without it.
problem-internal-title = An error occurred in the server.
problem-internal-advice = The cause is not in the request. It is in the server’s log under `request_id`. The same request can be sent again.
problem-unavailable-title = The service is temporarily unavailable.
problem-unavailable-advice = Wait for the seconds in `Retry-After`, then try again. What is sent twice under the same id is stored once.

## Passwords that are refused

password-own_address = The password consists of the e-mail address or parts of it. Choose one that says nothing about you.
password-common = This password is one of the most common ones. Choose another.
password-repeated = The password repeats the same characters. Choose one with more variety.
password-run = The password follows the alphabet, the digits or the keyboard. Choose another.

## The page of one error. $code is its code, $id the id of the request that failed.

problem-page-title = Error { $code }
problem-page-code = Code
problem-page-status = HTTP status
problem-page-advice = What to do
problem-page-contract = The whole contract of the interface
problem-page-request = Request { $id }

## Files of places and employees: what is wrong with them, and how they were understood

import-one-mistake = Nothing was imported: there is one mistake.
import-mistakes = { $count ->
    [one] Nothing was imported: there is { $count } mistake.
   *[other] Nothing was imported: there are { $count } mistakes.
}
import-mistakes-listed = { $count ->
    [one] Nothing was imported: there is { $count } mistake. The first { $listed } are listed.
   *[other] Nothing was imported: there are { $count } mistakes. The first { $listed } are listed.
}
import-missing = this is missing
import-plain = a line of text without control characters, and not only white space
import-length = has { $length } characters; at most { $most }
import-depth = regions nest at most { $most } deep
import-path = names of regions separated by /, none of them empty
import-degrees = degrees from -{ $most } to { $most }, such as 48.85
import-half-a-position = a position has a latitude and a longitude, or neither
import-time-zone = an IANA time zone, such as Europe/Paris
import-time-zone-needed = there is no time zone: write one, or set `branch_defaults` of the region or the brand
import-languages = 1 to 20 different language tags separated by ;, such as fr;pt-BR
import-languages-needed = there are no languages: write some, or set `branch_defaults` of the region or the brand
import-email = an e-mail address, or nothing
import-yes-no = yes or no
import-code-taken = line { $line } has this code already
import-code-alike = line { $line } has a code that looks the same
import-several-alike = several keys look like “{ $written }”: write it exactly as it is kept
import-elsewhere = the branch is in another region: move it first (from a month on, with a reason), or write the region that it is in
import-region-retired = this region is retired: restore it first, or write another one
import-region-to-come = a region with this name is to move here: write where it is now, or wait until it has moved
import-no-branch = the brand has no branch with this code
import-too-many-branches = a file has at most { $most } branches: split it
import-too-many-employees = a file has at most { $most } employees: split it
import-empty-file = the file is empty: it needs the columns { $columns }
import-column-missing = this column is missing; the file needs the columns { $columns }
import-column-twice = this column is there twice
import-column-without-name = has a value in a column that has no name
import-width = has { $width } values; the header names { $columns } columns
import-encoding = this is no text in { $encoding }: save the file as CSV UTF-8
import-workbook-unreadable = this workbook is damaged: save it again with a spreadsheet program
import-workbook-too-large = the workbook is too large: keep only the sheet with the table, or save it as CSV
import-error-value = the formula gives an error: write the value
import-date-value = the cell holds a date: format it as text, and write the value again
import-formula-without-value = the formula has no value yet: save the workbook with a spreadsheet program, or write the value
import-note-column = The column “{ $column }” is none of ours: it is left out.
import-note-column-without-name = A value in a column without a name is left out.
import-note-far = What stands to the right of column { $most } is left out.
import-note-sheet = The sheet “{ $sheet }” is not read.
import-notes-listed = { $count ->
    [one] There is { $count } note. The first { $listed } are listed.
   *[other] There are { $count } notes. The first { $listed } are listed.
}
import-note-encoding = The file is not UTF-8. It was read as { $encoding }, by what it looks like. If “{ $word }” is wrong, save the file as CSV UTF-8.
import-note-alike = “{ $written }” looks like “{ $taken }”, and is taken for it.
import-note-time-zones = { $count ->
    [one] { $count } new branch has no time zone in the file: it has that of its region or brand.
   *[other] { $count } new branches have no time zone in the file: they have that of their region or brand.
}
import-note-languages = { $count ->
    [one] { $count } new branch has no languages in the file: it has those of its region or brand.
   *[other] { $count } new branches have no languages in the file: they have those of their region or brand.
}
import-note-no-position = { $count ->
    [one] { $count } branch has no position: it is in no list of jobs around a place, and no distance to it is measured.
   *[other] { $count } branches have no position: they are in no list of jobs around a place, and no distance to them is measured.
}
import-note-retired = This branch is retired and stays so: restore it to have it visited again.

## What a printed report says

print-page = Page { $page } of { $pages }
print-withdrawn-title = Report withdrawn
print-withdrawn = This report was withdrawn. Its visit counts nowhere.
print-branch = Branch
print-visited-on = Visited on
print-visited-within = Visited within
print-days = { $first } to { $last }
print-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
    } { $year }
print-released-on = Released on
print-appeal-until = Can be appealed against until
print-score = Score
print-no-score = No score
print-percent = { $number }%
print-points = { $possible ->
    [one] { $earned } of { $possible } point
   *[other] { $earned } of { $possible } points
}
print-before-effects = Without critical questions the score would be { $score }.
print-section-zero = This critical question earned nothing, so its section earns nothing.
print-visit-zero = This critical question earned nothing, so the visit scores zero.
print-cap = This critical question earned nothing, so the visit scores { $score } at most.
print-longer-than-all = Longer than all limits
print-any-time = Any time
print-photos = See the photos
print-recordings = Recordings are in the online report
print-not-applicable = It did not apply
print-not-answered = Not answered
print-left-out = Not shown in reports
print-comment = Comment: { $comment }
print-corrected = Corrected because of an appeal
print-photo = Photo { $number }: { $question }
print-standards-met = Standards met
print-standards-missed = Standards missed
print-appeals = Appeals
print-appeal-open = Open
print-appeal-upheld = Upheld: answers were corrected
print-appeal-declined = Declined: the answers stay
print-appeal-taken-back = Taken back
print-appeal-report-withdrawn = The report was withdrawn before a decision
print-answer-corrected = This answer was corrected.
print-answer-stays = This answer stays.
print-reason = Reason: { $reason }

## What was answered, in a report and beside a figure

answer-yes = Yes
answer-no = No
answer-none = None of these
answer-scale = { $value } on a scale from { $from } to { $to }
answer-time-up-to = At most { $time } min
answer-time-more-than = More than { $time } min
answer-up-to = At most { $limit }
answer-more-than = More than { $limit }

## What figures are about

side-personal = People
side-procedural = Procedures
weekday-mon = Monday
weekday-tue = Tuesday
weekday-wed = Wednesday
weekday-thu = Thursday
weekday-fri = Friday
weekday-sat = Saturday
weekday-sun = Sunday

## Alerts

alert-whole-visits = whole visits
alert-below = { $place }, { $subject }: { $score } in { $months }, below the mark of { $mark }.
alert-below-target = { $place }, { $subject }: { $score } in { $months }, below the target of { $mark }.
alert-above = { $place }, { $subject }: { $score } in { $months }, above the mark of { $mark }.
alert-above-target = { $place }, { $subject }: { $score } in { $months }, above the target of { $mark }.
alert-fell = { $place }, { $subject }: { $score } in { $months }, down from { $mark }.
alert-rose = { $place }, { $subject }: { $score } in { $months }, up from { $mark }.
alert-score-within = { $visits ->
    [one] With { $visits } visit the true score lies between { $low } and { $high } (95% confidence).
   *[other] With { $visits } visits the true score lies between { $low } and { $high } (95% confidence).
}
alert-difference-within = { $visits ->
    [one] With { $visits } visit the true change lies between { $low } and { $high } percentage points (95% confidence).
   *[other] With { $visits } visits the true change lies between { $low } and { $high } percentage points (95% confidence).
}
alert-beyond-chance = This is more than chance.

## Charts

chart-month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
chart-unit = Score in percent with its 95% interval; n: visits
chart-unit-of-cells = Score in percent; at the right the number of visits; the bar below is the 95% interval on a scale from 0 to 100
chart-trend = { $place }: score over time
chart-ranking = { $place }: ranking of branches
chart-heatmap = { $place }: scores by branch
chart-whole-visits = Whole visits
chart-figure = { $visits ->
    [one] { $score }, 95% interval { $low } to { $high }, { $visits } visit
   *[other] { $score }, 95% interval { $low } to { $high }, { $visits } visits
}
chart-no-figure = { $visits ->
    [one] no score, { $visits } visit
   *[other] no score, { $visits } visits
}
chart-too-few = Too few visits to judge
chart-score = Score with 95% interval
chart-target = Target
chart-target-of = target { $score }
chart-rank = Rank
chart-new-version = New version of the checklist
chart-mixed = Several versions at once
chart-nothing = Nothing was found: no visits count here.
chart-no-scores = There are visits, but too few to show a score.
chart-more = { $count ->
    [one] Only the first branch is drawn.
   *[other] Only the first { $count } branches are drawn.
}
chart-more-columns = { $count ->
    [one] { $count } more column is not drawn.
   *[other] { $count } more columns are not drawn.
}
chart-filtered = Only some visits: a filter
chart-by-checklist = By checklist
chart-by-version = By version
chart-by-side = By side of service
chart-by-section = By section
chart-by-dimension = By dimension
chart-by-standard = By standard
chart-by-question = By question
chart-by-choice = By answer
chart-day = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
    }
chart-summary = Summary: { $months }
chart-this-branch = This branch
chart-region = Region
chart-brand = Brand
chart-over-time = Over time
chart-compared = Compared, and section by section
chart-first = What to do first
chart-gain = { $points } points to gain
chart-loss = costs { $points } points
chart-no-drivers = Nothing costs more points here than elsewhere.
chart-change = Change since the period before: { $difference } points (95% interval { $low } to { $high }).
chart-versions = Visits were made with several versions of the checklist: a change may come from that.
chart-more-sections = { $count ->
    [one] { $count } more section is not drawn.
   *[other] { $count } more sections are not drawn.
}
