//! The matrix as a page that a person can read: `docs/who-may.md`.

use std::{env, fs, path::Path};

use incognito::{
    accounts::model::Role,
    server::routes::{self, Needs},
};

use super::{
    Reach::{self, *},
    Sample, samples,
};
use crate::{
    app::{TestApp, each_engine_test},
    builders::World,
};

each_engine_test!(the_page_is_the_matrix);

const PAGE: &str = "docs/who-may.md";

const ABOUT: &str = "\
# Who may

Every operation and every page, and how far the grant of a role must reach for it. A test makes this page of the table of
routes and of the samples by which it asks every route as every role with every relation (`tests/who_may.rs`), on both
engines; `INCOGNITO_BLESS=1 cargo test --test it who_may::page` writes it anew.

A grant is over the whole operator, a brand, a region with all below it, or a branch. The words in the table:

| word | the caller's grant of this role |
|---|---|
| – | is never enough: `403` |
| own | is for the caller's own alone |
| in reach | may be over anything: what is in its reach is shown |
| operator | is over the whole operator |
| brand | is over all of the brand |
| in brand | is over anything in the brand |
| region | is over all of the region |
| branch | is over the branch |

A grant that the role has elsewhere is answered as the last column says; `404` is the same answer as for what does not exist.
A caller who is not signed in, whose session was ended or whose account is disabled gets `401` wherever a role is needed. A
shopper whose grant has ended may still finish what was begun, for 30 days.

";

fn name(reach: Reach) -> &'static str {
    match reach {
        Anywhere => "in reach",
        Everything => "operator",
        WholeBrand => "brand",
        InBrand => "in brand",
        WholeRegion => "region",
        TheBranch => "branch",
        Owner => "–",
    }
}

fn cell(needs: Needs, role: Role, sample: &Sample) -> &'static str {
    match needs {
        Needs::Nobody => "everybody",
        Needs::SignedIn => "own",
        Needs::May(permission) if !permission.roles().contains(&role) => "–",
        Needs::May(_) if role != Role::Shopper => match sample.reach_of(role) {
            Owner if sample.is_another_s => "own",
            reach => name(reach),
        },
        Needs::May(_) => match sample.shopper {
            InBrand => "in brand",
            _ => "own",
        },
    }
}

async fn the_page_is_the_matrix(app: TestApp) {
    let world = World::build(&app).await;
    let samples = samples(&app, &world).await;
    let roles: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
    let mut lines = vec![
        format!("| operation | permission | {} | elsewhere |", roles.join(" | ")),
        format!("|{}", "---|".repeat(roles.len() + 3)),
    ];
    for route in routes::table() {
        let sample = samples.iter().find(|one| one.route == route.path && one.method == route.method);
        let sample = sample.unwrap_or_else(|| panic!("{} {} has no sample", route.method, route.path));
        let needs = route.needs();
        let (permission, elsewhere) = match needs {
            Needs::Nobody => ("", String::new()),
            Needs::SignedIn => ("signed in", String::new()),
            Needs::May(_) if sample.reach == Anywhere => (permission(needs), String::new()),
            Needs::May(_) => (permission(needs), sample.elsewhere.to_string()),
        };
        let cells: Vec<_> = Role::ALL.iter().map(|role| cell(needs, *role, sample)).collect();
        lines.push(format!(
            "| `{} {}` | {permission} | {} | {elsewhere} |",
            route.method,
            route.path,
            cells.join(" | ")
        ));
    }
    let page = format!("{ABOUT}{}\n", lines.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if env::var("INCOGNITO_BLESS").is_ok_and(|value| value == "1") {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(page.lines()).find(|(old, new)| old != new);
    assert!(committed == page, "{PAGE} differs: {differs:?}: run this with INCOGNITO_BLESS=1, and read it");
}

fn permission(needs: Needs) -> &'static str {
    match needs {
        Needs::May(permission) => permission.name(),
        Needs::Nobody | Needs::SignedIn => "",
    }
}
