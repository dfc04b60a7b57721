//! What is altered by hand for a gain, together with all sums, is seen; and it stays seen when it is sealed anew.

use incognito::ids::VisitId;

use super::{found, literal, looked, run, scene::Sealed, seal};
use crate::{
    app::{Engine, TestApp, each_engine_test, id},
    builders::visit_body,
};

each_engine_test!(what_somebody_gains_from_is_seen, a_batch_that_is_altered_is_seen);

/// Each of these was done together with the sums, so that those are right.
async fn what_somebody_gains_from_is_seen(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    assert_eq!(found(&app).await, Vec::<String>::new());
    let of = |id: VisitId| literal(&app, id);
    let (approved, rejected, with_photo) = (of(sealed.approved), of(sealed.rejected), of(sealed.with_photo));
    let other_branch = literal(&app, sealed.world.brands[0].regions[1].branches[1].id);
    let version = literal(&app, sealed.version);
    let (file, without, anew) = (literal(&app, sealed.photo.id), of(sealed.without), of(sealed.anew));
    let (grant, claimed) = (literal(&app, sealed.grant), literal(&app, sealed.claimed));
    let another = literal(&app, sealed.shopper.account);
    let now = match app.engine() {
        Engine::Sqlite => "1773572400000000",
        Engine::Postgres => "'2026-03-15T11:00:00Z'",
    };
    let bytes = |text: &str| match app.engine() {
        Engine::Sqlite => format!("CAST('{text}' AS BLOB)"),
        Engine::Postgres => format!("'{text}'::bytea"),
    };
    let rows: Vec<(&str, Vec<String>)> = vec![
        (
            "moved to another month",
            vec![
                format!("UPDATE visit SET month = 202602 WHERE id = {approved}"),
                "UPDATE figure SET month = 202602".to_owned(),
            ],
        ),
        (
            "moved to another branch",
            vec![format!("UPDATE visit SET branch_id = {other_branch} WHERE id = {approved}")],
        ),
        (
            "an approval taken out",
            vec![
                format!("DELETE FROM visit_step WHERE visit_id = {approved}"),
                format!("UPDATE visit SET state = 'complete' WHERE id = {approved}"),
                "DELETE FROM figure".to_owned(),
            ],
        ),
        (
            "a rejection made an approval",
            vec![
                format!("UPDATE visit_step SET to_state = 'approved' WHERE visit_id = {rejected}"),
                format!("UPDATE visit SET state = 'approved' WHERE id = {rejected}"),
            ],
        ),
        (
            "a state without its step",
            vec![format!("UPDATE visit SET state = 'approved' WHERE id = {rejected}")],
        ),
        (
            "a step of another",
            vec![format!(
                "UPDATE visit_step SET account_id = (SELECT shopper_id FROM visit WHERE id = {approved}) WHERE visit_id = {approved}"
            )],
        ),
        (
            "a visit deleted",
            vec![format!(
                "DELETE FROM visit WHERE id = {}",
                of(sealed.world.brands[1].regions[0].branches[0].visit)
            )],
        ),
        (
            "a moment of completion lost",
            vec![format!(
                "UPDATE visit SET completed_at = NULL, state = 'submitted' WHERE id = {with_photo}"
            )],
        ),
        (
            "another moment of completion",
            vec![format!("UPDATE visit SET completed_at = received_at WHERE id = {with_photo}")],
        ),
        (
            "a file deleted",
            vec![
                format!("DELETE FROM clean_copy WHERE evidence_id = {file}"),
                format!("DELETE FROM evidence WHERE id = {file}"),
            ],
        ),
        ("a file of another size", vec![format!("UPDATE evidence SET size = size + 1 WHERE id = {file}")]),
        ("a file not kept", vec![format!("UPDATE evidence SET state = 'arriving' WHERE id = {file}")]),
        (
            "a photo said to be taken elsewhere",
            vec![format!("UPDATE clean_copy SET latitude = 1 WHERE evidence_id = {file}")],
        ),
        (
            "another moment of making",
            vec![format!("UPDATE visit SET made_at = received_at WHERE id = {approved}")],
        ),
        ("a file said to have come", vec![format!("DELETE FROM visit_without WHERE visit_id = {without}")]),
        (
            "another file said not to have come",
            vec![format!("UPDATE visit_without SET evidence_id = {file} WHERE visit_id = {without}")],
        ),
        (
            "a file said not to have come",
            vec![format!("INSERT INTO visit_without (visit_id, evidence_id) VALUES ({with_photo}, {file})")],
        ),
        ("what was sent taken away", vec![format!("DELETE FROM visit_content WHERE visit_id = {approved}")]),
        (
            "what was sent given to no visit",
            vec![format!(
                "INSERT INTO visit_content (visit_id, content) SELECT {another}, content FROM visit_content LIMIT 1"
            )],
        ),
        (
            "what was there before taken away",
            vec![format!("DELETE FROM visit_before WHERE visit_id = {anew}")],
        ),
        ("another score before", vec![format!("UPDATE visit_before SET score = 1 WHERE visit_id = {anew}")]),
        (
            "other words before",
            vec![format!(
                "UPDATE visit_before SET content = {} WHERE visit_id = {anew}",
                match app.engine() {
                    Engine::Sqlite => "replace(content, 'true', 'false')",
                    Engine::Postgres => "replace(content::text, 'true', 'false')::jsonb",
                },
            )],
        ),
        (
            "to be sent anew without a request",
            vec![format!("UPDATE visit SET anew_at = received_at WHERE id = {with_photo}")],
        ),
        ("a salt lost", vec![format!("UPDATE clean_copy SET salt = NULL WHERE evidence_id = {file}")]),
        (
            "another who published",
            vec![format!("UPDATE checklist_version SET published_by = {another} WHERE id = {version}")],
        ),
        (
            "other bindings",
            vec![format!("UPDATE checklist_version SET bindings = '{{\"x\": 1}}' WHERE id = {version}")],
        ),
        (
            "other words",
            vec![format!(
                "UPDATE checklist_version SET content = {} WHERE id = {version}",
                match app.engine() {
                    Engine::Sqlite => "replace(content, 'Show it.', 'Hide it.')",
                    Engine::Postgres => "replace(content::text, 'Show it.', 'Hide it.')::jsonb",
                },
            )],
        ),
        (
            "an approved visit taken out with its sums",
            vec![
                format!("DELETE FROM trust_flag WHERE visit_id = {approved}"),
                format!("DELETE FROM trust_look WHERE visit_id = {approved}"),
                format!("DELETE FROM visit_step WHERE visit_id = {approved}"),
                format!("DELETE FROM visit WHERE id = {approved}"),
                "DELETE FROM figure".to_owned(),
            ],
        ),
        ("an event of another", vec!["UPDATE event SET subject = 'another'".to_owned()]),
        (
            "an event of another brand",
            vec![format!("UPDATE event SET brand_id = {}", literal(&app, sealed.world.brands[1].id))],
        ),
        (
            "a role made another",
            vec!["UPDATE access_grant SET role = 'administrator' WHERE role = 'shopper'".to_owned()],
        ),
        ("a grant deleted", vec![format!("DELETE FROM access_grant WHERE id = {grant}")]),
        ("that a grant was taken back", vec![format!("DELETE FROM former_grant WHERE id = {grant}")]),
        (
            "a grant that was taken back, wider than it was",
            vec![format!("UPDATE former_grant SET brand_id = NULL WHERE id = {grant}")],
        ),
        ("a tie never declared", vec!["DELETE FROM declared_tie".to_owned()]),
        (
            "a tie withdrawn",
            vec![format!("UPDATE declared_tie SET withdrawn_at = {now} WHERE withdrawn_at IS NULL")],
        ),
        ("a tie not withdrawn", vec!["UPDATE declared_tie SET withdrawn_at = NULL".to_owned()]),
        (
            "a namesake settled otherwise",
            vec!["UPDATE namesake SET same_person = NOT same_person".to_owned()],
        ),
        ("a namesake not settled", vec!["DELETE FROM namesake".to_owned()]),
        (
            "a higher fee promised",
            vec![format!(
                "UPDATE assignment SET pay = '{{\"currency\": \"EUR\", \"fee\": 9900, \"reimbursement_limit\": 0}}' WHERE id = {claimed}"
            )],
        ),
        (
            "a job of another shopper",
            vec![
                format!("UPDATE assignment SET shopper_id = {another} WHERE id = {claimed}"),
                format!("UPDATE assignment_step SET shopper_id = {another} WHERE assignment_id = {claimed}"),
            ],
        ),
        (
            "a claim taken out",
            vec![
                format!("DELETE FROM assignment_step WHERE assignment_id = {claimed}"),
                format!(
                    "UPDATE assignment SET state = 'open', shopper_id = NULL, revision = 1, sealed = 1, pay = NULL, due_at = closes_at WHERE id = {claimed}"
                ),
            ],
        ),
        ("a window moved", vec![format!("UPDATE assignment SET submit_by = {now} WHERE id = {claimed}")]),
        ("a campaign paused", vec!["UPDATE campaign SET state = 'paused'".to_owned()]),
        ("other terms of a campaign", vec!["UPDATE campaign SET terms = '{}'".to_owned()]),
        ("a certificate taken back", vec![format!("UPDATE certificate SET revoked_at = {now}")]),
        (
            "a test scored better",
            vec!["UPDATE qualification_attempt SET score = 9999 WHERE score <> 9999".to_owned()],
        ),
        ("an employee of another branch", vec![format!("UPDATE employee SET branch_id = {other_branch}")]),
        ("a branch in another zone", vec!["UPDATE branch SET time_zone = 'Asia/Tokyo'".to_owned()]),
        ("a flag taken away", vec!["DELETE FROM trust_flag".to_owned()]),
        (
            "a figure of a region made better",
            vec!["UPDATE shown_figure SET total = total + 1 WHERE place_kind = 'region'".to_owned()],
        ),
        (
            "a figure of a branch taken away",
            vec!["DELETE FROM shown_figure WHERE place_kind = 'branch'".to_owned()],
        ),
        (
            "another number of what a brand lent",
            vec!["UPDATE brand_statistics SET number = number + 100".to_owned()],
        ),
        (
            "another number of how leniently shoppers score",
            vec!["UPDATE leniency SET number = number + 100".to_owned()],
        ),
        ("leniency that is of another night", vec![format!("UPDATE leniency SET made_at = {now}")]),
        ("a notice that follows none", vec!["UPDATE notice SET follows_id = NULL".to_owned()]),
        ("another document", vec![format!("UPDATE notice_document SET bytes = {}", bytes("another"))]),
        ("another picture", vec![format!("UPDATE picture SET bytes = {}", bytes("another"))]),
        ("an account disabled", vec!["UPDATE account SET disabled = NOT disabled".to_owned()]),
        (
            "another account in the audit",
            vec!["UPDATE audit SET account_id = NULL WHERE account_id IS NOT NULL".to_owned()],
        ),
        ("other details in the audit", vec!["UPDATE audit SET details = '{}'".to_owned()]),
        ("a look cut out of the audit", vec!["DELETE FROM audit WHERE kind = 'shopper_shown'".to_owned()]),
        (
            "a row said to have been in the audit",
            vec![format!(
                "INSERT INTO audit (id, at, kind, about, subject_id, brand_id, account_id, details, sealed)
                SELECT {another}, at, kind, about, subject_id, brand_id, account_id, details, sealed
                FROM audit WHERE kind = 'grant_given' LIMIT 1"
            )],
        ),
        (
            "a decision added to the audit",
            vec![format!(
                "INSERT INTO audit (id, at, kind, about, subject_id, brand_id, account_id, details)
                SELECT {another}, {now}, kind, about, {with_photo}, brand_id, account_id, details
                FROM audit WHERE kind = 'visit_step' LIMIT 1"
            )],
        ),
        ("a mark taken off", vec![format!("UPDATE visit SET sealed = 0 WHERE id = {approved}")]),
        ("marks without batches", vec!["DELETE FROM ledger_batch".to_owned()]),
    ];
    for (what, statements) in rows {
        let saved = Saved::of(&app);
        run(&app, &statements);
        let seen = found(&app).await;
        assert!(!seen.is_empty(), "{what} is not seen");
        // What was altered and is sealed once more is still not what was sealed first; a mark alone says nothing else.
        seal(&app).await;
        let is_harmless = ["a salt lost", "a mark taken off"].contains(&what);
        assert!(is_harmless || !found(&app).await.is_empty(), "{what} is hidden by sealing it anew");
        saved.restore(&app);
    }
    assert_eq!(found(&app).await, Vec::<String>::new());
}

/// Tables as they were, to be put back.
struct Saved(Vec<&'static str>);

impl Saved {
    const TABLES: [&str; 34] = [
        "account",
        "branch",
        "employee",
        "campaign",
        "assignment",
        "assignment_step",
        "declared_tie",
        "namesake",
        "former_grant",
        "qualification",
        "certificate",
        "qualification_attempt",
        "notice_document",
        "notice",
        "picture",
        "brand_statistics",
        "leniency",
        "trust_look",
        "trust_flag",
        "visit",
        "visit_content",
        "visit_without",
        "visit_before",
        "visit_step",
        "evidence",
        "clean_copy",
        "checklist_version",
        "audit",
        "event",
        "event_tail",
        "ledger_batch",
        "figure",
        "shown_figure",
        "access_grant",
    ];

    fn of(app: &TestApp) -> Self {
        let copy = |table: &&str| format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}");
        run(app, &Self::TABLES.iter().map(copy).collect::<Vec<_>>());
        Self(Self::TABLES.to_vec())
    }

    fn restore(self, app: &TestApp) {
        let empty = self.0.iter().rev().map(|table| format!("DELETE FROM {table}"));
        let fill = self.0.iter().map(|table| format!("INSERT INTO {table} SELECT * FROM saved_{table}"));
        let drop = self.0.iter().map(|table| format!("DROP TABLE saved_{table}"));
        run(app, &empty.chain(fill).chain(drop).collect::<Vec<_>>());
    }
}

async fn a_batch_that_is_altered_is_seen(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    let brand = sealed.world.brands[0].id;
    for _ in 0..2 {
        // Two more batches of the brand.
        let branch = &sealed.world.brands[0].regions[0].branches[1];
        let assignment = sealed.world.staff.assignment(&app, branch.id, sealed.version).await;
        let visit: VisitId = id();
        app.put(
            &sealed.world.staff.shopper,
            format!("/v1/visits/{visit}"),
            visit_body(assignment, sealed.version),
        )
        .await
        .expect(201);
        seal(&app).await;
    }
    assert_eq!(found(&app).await, Vec::<String>::new());
    let of = format!("brand_id = {}", literal(&app, brand));
    let heads = looked(&app).await.walked.heads;
    let last = heads.iter().find(|head| head.brand == brand).unwrap().number;
    let altered_seal = match app.engine() {
        Engine::Sqlite => "substr(seal, 1, length(seal) - 5) || 'AAAAA'",
        Engine::Postgres => "left(seal, -5) || 'AAAAA'",
    };
    let other_entries = format!("(SELECT entries FROM ledger_batch WHERE {of} AND number = 1)");
    for (what, statement, wanted) in [
        ("cut out", format!("DELETE FROM ledger_batch WHERE {of} AND number = 2"), "number 2 is wanted here"),
        (
            "the first cut off",
            format!("DELETE FROM ledger_batch WHERE {of} AND number = 1"),
            "number 1 is wanted here",
        ),
        (
            "the last cut off",
            format!("DELETE FROM ledger_batch WHERE {of} AND number = {last}"),
            "stands in no batch",
        ),
        (
            "other entries",
            format!("UPDATE ledger_batch SET entries = {other_entries} WHERE {of} AND number = 2"),
            "its seal says otherwise",
        ),
        (
            "a signature in the middle",
            format!("UPDATE ledger_batch SET seal = {altered_seal} WHERE {of} AND number = 2"),
            "its seal says otherwise",
        ),
        (
            "the last signature",
            format!("UPDATE ledger_batch SET seal = {altered_seal} WHERE {of} AND number = {last}"),
            "its signature is not good",
        ),
        (
            "another moment",
            format!(
                "UPDATE ledger_batch SET sealed_at = (SELECT created_at FROM brand LIMIT 1) WHERE {of} AND number = 2"
            ),
            "its seal says otherwise",
        ),
    ] {
        let saved = Saved::of(&app);
        app.advance(1);
        run(&app, &[statement]);
        let seen = found(&app).await;
        assert!(seen.iter().any(|line| line.contains(wanted)), "{what}: {seen:?}");
        saved.restore(&app);
    }
    assert_eq!(found(&app).await, Vec::<String>::new());
}
