//! What is dear has a limit for each account: each its own, and none takes from another.

use actix_web::http::Method;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::types::Instant,
};
use serde_json::json;

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::World,
    personas::Persona,
    uploads::File,
};

each_engine_test!(each_account_asks_for_what_is_dear_so_often);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Places,
    Employees,
    Draft,
    ExportedDraft,
    ExportedVersion,
    PrintedReport,
    ListFile,
    SortedTable,
    CountedTable,
    GroupedTable,
    TablePage,
    WhatIf,
    Trial,
    Announced,
    SentAtOnce,
    Recognition,
    LinkedChart,
    Archive,
}

use Asked::*;

/// The limits: their names, how often at once, and in how many seconds once more.
const LIMITS: [(&str, u32, i64, &[Asked]); 9] = [
    ("imports", 60, 10, &[Places, Employees, Draft]),
    (
        "exports",
        60,
        5,
        &[ExportedVersion, ExportedDraft, PrintedReport, ListFile, SortedTable, CountedTable, GroupedTable],
    ),
    ("table-pages", 300, 1, &[TablePage]),
    ("what-ifs", 30, 10, &[WhatIf]),
    ("trials", 300, 1, &[Trial]),
    ("uploads", 1_500, 30, &[Announced, SentAtOnce]),
    ("recognitions", 30, 10, &[Recognition]),
    ("linked-charts", 300, 1, &[LinkedChart]),
    ("archives", 10, 60, &[Archive]),
];

/// Asks, in a way that costs little: most of it is refused for another reason than a limit.
async fn ask(app: &TestApp, world: &World, who: &Persona, what: Asked) -> Answer {
    let brand = &world.brands[0];
    let csv =
        |path: String| app.call(Method::POST, path).by(who).body("text/csv", "no,such,columns\n1,2,3\n");
    let checklist = format!("/v1/checklists/{}", brand.checklist);
    match what {
        Places => csv(format!("/v1/brands/{}/places/import", brand.id)).await,
        Employees => csv(format!("/v1/brands/{}/employees/import", brand.id)).await,
        Draft => app.post(who, format!("{checklist}/draft/import"), json!({})).await,
        ExportedDraft => app.get(who, format!("{checklist}/draft/export?format=json")).await,
        ExportedVersion => {
            app.get(who, format!("/v1/checklist-versions/{}/export?format=json", id::<()>())).await
        }
        PrintedReport => app.get(who, format!("/v1/reports/{}.pdf", id::<()>())).await,
        ListFile => app.get(who, format!("/v1/branches.csv?brand_id={}", id::<()>())).await,
        SortedTable => app.get(who, "/odata/Brands?$orderby=name").await,
        CountedTable => app.get(who, "/odata/Brands?$count=true").await,
        GroupedTable => app.get(who, "/odata/Brands?$apply=groupby((language))").await,
        TablePage => app.get(who, "/odata/Brands").await,
        WhatIf => {
            let months = json!({"from": "2026-01", "to": "2026-03"});
            app.post(who, format!("/v1/checklists/{}/draft/what-if", id::<()>()), months).await
        }
        Trial => {
            app.post(who, format!("/v1/checklist-versions/{}/trial", id::<()>()), json!({"answers": {}}))
                .await
        }
        Announced => File::of(1, 10).create(app, who).await,
        SentAtOnce => File::of(1, 10).put(app, who).await,
        Recognition => app.get(who, format!("/v1/brands/{}/recognition", id::<()>())).await,
        Archive => app.get(who, format!("/v1/brands/{}/summaries.zip", id::<()>())).await,
        LinkedChart => {
            // One link for each account, which ends at a midnight.
            const DAY: i64 = 86_400_000_000;
            let end = Instant::from_micros((app.now().micros().div_euclid(DAY) + 30) * DAY);
            let body = json!({"chart": format!("/v1/brands/{}/trend.svg", brand.id), "expires_at": end});
            let made = app.put(who, format!("/v1/chart-links/{}", who.account.cast::<()>()), body).await;
            let url = made.json["url"].as_str().map_or_else(String::new, str::to_owned);
            app.call(Method::GET, url).await
        }
    }
}

async fn each_account_asks_for_what_is_dear_so_often(app: TestApp) {
    let world = World::build(&app).await;
    let everywhere = GrantScope::default();
    let roles = [Role::Administrator, Role::Designer, Role::Shopper].map(|role| (role, everywhere));
    let (one, other) = (Persona::with(&app, &roles).await, Persona::with(&app, &roles).await);
    for (name, burst, every, asked) in LIMITS {
        let who = one.clone().renewed(&app);
        for time in 0..burst {
            let what = asked[time as usize % asked.len()];
            let answer = ask(&app, &world, &who, what).await;
            assert!(answer.status != 429 && answer.status < 500, "{what:?}, time {time}: {answer}");
        }
        for what in asked {
            let refused = ask(&app, &world, &who, *what).await.expect(429);
            assert_eq!(refused.code(), "too_many_requests", "{what:?}");
            let policy = refused.header("ratelimit-policy");
            assert!(policy.starts_with(&format!("\"{name}\";q={burst};")), "{what:?}: {policy}");
            assert_eq!(refused.header("retry-after"), (every + 1).to_string(), "{what:?}");
        }
        // Another account has a limit of its own, and a while later one more is allowed.
        let answer = ask(&app, &world, &other.clone().renewed(&app), asked[0]).await;
        assert_ne!(answer.status, 429, "{answer}");
        app.advance(every);
        let who = one.clone().renewed(&app);
        let answer = ask(&app, &world, &who, asked[0]).await;
        assert_ne!(answer.status, 429, "{answer}");
        ask(&app, &world, &who, asked[0]).await.expect(429);
    }
}
