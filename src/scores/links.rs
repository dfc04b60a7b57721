//! Links to charts. A link has an address that needs no token: a page of another server can show the link's chart by it. The address shows this one chart, by exactly
//! the parameters that the link was made with.
//!
//! The chart is drawn anew for each request, as the link's account would be shown the chart at that moment. The address shows nothing any more when the link is revoked
//! or has expired, when the account has another password or is disabled, and when the account's grants do not reach the place ([`open_chart_link`]).

pub mod api;
pub mod model;
pub mod open_chart_link;
pub mod put_chart_link;
pub mod revoke_chart_link;
pub mod store;
