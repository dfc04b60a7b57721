//! `incognito routes`.

use super::{Outcome, say};
use crate::server::routes::{self, Needs, Route};

/// Prints the table of routes: a line each, with the part of the service and who may call it.
#[expect(clippy::unnecessary_wraps, reason = "every command ends in an outcome")]
pub(super) fn run() -> Outcome {
    routes::table().iter().for_each(|route| say(line(route)));
    Ok(())
}

fn line(route: &Route) -> String {
    let who = match route.needs() {
        Needs::Nobody => "everybody".to_owned(),
        Needs::SignedIn => "everybody who is signed in".to_owned(),
        Needs::May(permission) => {
            let roles: Vec<_> = permission.roles().iter().map(|role| role.as_str()).collect();
            format!("{}: {}", permission.name(), roles.join(", "))
        }
    };
    format!("{:<6} {:<6} {:<54} {who}", route.door.name, route.method.as_str(), route.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_may() {
        let lines: Vec<_> = routes::table().iter().map(line).collect();
        for wanted in [
            ["api", "PUT", "/v1/brands/{id}", "WritePlaces: administrator"],
            ["api", "GET", "/v1/me", "everybody who is signed in"],
            ["pages", "GET", "/guide", "everybody"],
        ] {
            let words = wanted.join(" ");
            let found =
                lines.iter().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == words);
            assert!(found, "{words}: {lines:#?}");
        }
    }
}
