//! TLS on the way to PostgreSQL is built in: libpq asks a server for it.

use incognito::db::Db;

use crate::postgres::cluster;

/// The tests' server has no TLS, and so is refused by a client that insists on it. A libpq without TLS would refuse the
/// setting itself.
#[test]
fn tls_can_be_insisted_on() {
    let Some(cluster) = cluster() else { return };
    let url = format!("{}?sslmode=require", cluster.database(None));
    let refusal = Db::connect(&url.parse().unwrap(), 1).map(drop).unwrap_err();
    assert!(refusal.contains("server does not support SSL"), "{refusal}");
}
