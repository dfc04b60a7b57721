"""The main job with the client that openapi-python-client made: a shopper signs in, gets work, sends a visit with its files,
has the receipt; a manager reads a score.

    python main_job.py SERVER PASSWORD SHOPPER [--planted-defect]
"""

import base64
import datetime
import hashlib
import io
import sys
import uuid

from incognito_client import AuthenticatedClient, Client
from incognito_client.api.accounts import me, sign_in
from incognito_client.api.checklists import get_version
from incognito_client.api.scores import branch_score
from incognito_client.api.places import list_branches
from incognito_client.api.visits import append_upload, create_upload, get_receipt, my_work, put_upload, put_visit, upload_status
from incognito_client.models import Answer, Answers, ManifestEntry, MediaType, NewSession, Problem, Submission
from incognito_client.types import File

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
WORDS = "The welcome was friendly, and everything that was asked for came quickly and warm to the table. " * 2


def main(server, password, shopper, planted):
    client = signed_in(server, password, shopper)
    work = done(my_work.sync(client=client))
    taken = {visit.assignment_id for visit in work.visits}
    assignment = next(one for one in work.assignments if one.id not in taken)
    version = done(get_version.sync(assignment.checklist_version_id, client=client))

    visit, now = uuid.uuid4(), datetime.datetime.now(datetime.timezone.utc)
    answers, files = fill_in(version.content)
    submission = Submission(
        assignment_id=assignment.id,
        checklist_version_id=assignment.checklist_version_id,
        started_at=now - datetime.timedelta(hours=1),
        ended_at=now,
        answers=answers,
        manifest=[entry(question, id) for id, question in files.items()],
    )
    arrived = submit(client, visit, submission)
    assert set(arrived.missing) == set(files), arrived
    send(client, visit, assignment.id, list(files))
    receipt = done(get_receipt.sync(visit, client=client))
    assert receipt.count(".") == 2, receipt
    payload = base64.urlsafe_b64decode(receipt.split(".")[1] + "==")
    assert str(visit if not planted else uuid.uuid4()).encode() in payload, payload

    manager = signed_in(server, password, "manager")
    branch = done(list_branches.sync(client=manager, limit=1)).items[0]
    score = done(branch_score.sync(branch.id, client=manager))
    assert score.visits > 0 and 0 < score.score <= 10_000, score
    print(f"Python: a visit of {len(files)} files has its receipt; {branch.name} has {score.score / 100} % of {score.visits} visits")


def signed_in(server, password, who):
    session = NewSession(email=f"{who}@lumen.example", password=password, device="generated client")
    token = done(sign_in.sync(client=Client(base_url=server), body=session)).access_token
    client = AuthenticatedClient(base_url=server, token=token)
    assert done(me.sync(client=client)).email == session.email
    return client


def done(answer):
    assert answer is not None and not isinstance(answer, Problem), answer
    return answer


def fill_in(content):
    """An answer to each question, and the files that are one. Those to questions that rules hide are dropped by the server."""
    answers, files = Answers(), {}
    for section in content.sections:
        for question in section.questions:
            assert isinstance(question.weight, int) and isinstance(question.required, bool)
            kind = question.answer
            match kind.kind:
                case "photo" | "audio" | "signature":
                    files[uuid.uuid4()] = question.key
                    continue
                case "note":
                    continue
                case "yes_no":
                    value = kind.expect == "yes"
                case "one_choice":
                    value = max(kind.options, key=lambda option: option.points or 0).key
                case "several_choices":
                    value = [option.key for option in kind.options[: kind.at_least or 0]]
                case "scale":
                    value = kind.from_ if kind.reversed_ else kind.to
                case "number" | "amount" | "duration":
                    value = kind.minimum or 0
                case "text":
                    value = WORDS[: kind.max_length].strip()
                case "date_time":
                    value = {"date": "2026-11-22", "time": "12:05", "date_time": "2026-11-22T12:05"}[kind.ask]
                case "location":
                    value = {"latitude": 48.8071, "longitude": 2.1327, "accuracy_m": 12}
            answers[question.key] = Answer(value=value)
    return answers, files


def entry(question, id):
    return ManifestEntry(id=id, question=question, media_type=MediaType.IMAGEPNG, size=len(PNG), sha256=hashlib.sha256(PNG).hexdigest())


def submit(client, visit, submission):
    """Sends the visit; adds the comments that the server asks for."""
    arrived = put_visit.sync(visit, client=client, body=submission)
    if isinstance(arrived, Problem):
        for error in arrived.errors:
            assert error.code == "comment_required", arrived
            submission.answers[error.pointer.split("/")[2]].comment = "As I saw it."
        arrived = put_visit.sync(visit, client=client, body=submission)
    return done(arrived)


def send(client, visit, assignment, files):
    """The first file in one request, the others by tus."""
    digest = base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    body = File(payload=io.BytesIO(PNG))
    done(put_upload.sync(files[0], client=client, body=body, visit_id=visit, assignment_id=assignment, content_digest=f"sha-256=:{digest}:"))
    for file in files[1:]:
        metadata = {"id": file, "visit_id": visit, "assignment_id": assignment, "media_type": "image/png", "sha256": hashlib.sha256(PNG).hexdigest()}
        metadata = ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in metadata.items())
        made = create_upload.sync_detailed(client=client, tus_resumable="1.0.0", upload_length=str(len(PNG)), upload_metadata=metadata)
        assert made.status_code == 201, made
        stands = upload_status.sync_detailed(file, client=client, tus_resumable="1.0.0")
        assert stands.headers["upload-offset"] == "0", stands
        body = File(payload=io.BytesIO(PNG))
        sent = append_upload.sync_detailed(file, client=client, body=body, tus_resumable="1.0.0", upload_offset="0")
        assert sent.status_code == 204, sent


main(*sys.argv[1:4], "--planted-defect" in sys.argv)
