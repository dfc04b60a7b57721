//! Links to charts: an address under which one chart, by exactly its parameters, is shown to everybody who has the address, as in a page of somebody else's.
//!
//! A chart is drawn anew each time, as its account would be shown it then: it shows nothing any more when the link is revoked or over, when the account has
//! another password or is disabled, and when its grants do not reach the place ([`open_chart_link`]).

pub mod api;
pub mod model;
pub mod open_chart_link;
pub mod put_chart_link;
pub mod revoke_chart_link;
pub mod store;
