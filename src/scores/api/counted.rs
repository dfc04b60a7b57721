//! Where to read which visits a figure counts: the address of the list that has exactly them.

use form_urlencoded::Serializer;

use crate::{
    checklists::counted::Subject,
    scores::{
        model::{Place, Reader},
        wanted::Wanted,
    },
};

/// The list of the visits that a figure of a place is of: for desks of visits, for the branch's side of reports.
pub(super) fn counted(reader: Reader, place: Place, wanted: &Wanted, subject: &Subject) -> String {
    let mut query = Serializer::new(String::new());
    match place {
        Place::Brand(id) => query.append_pair("brand_id", &id.to_string()),
        Place::Region(id) => query.append_pair("region_id", &id.to_string()),
        Place::Branch(id) => query.append_pair("branch_id", &id.to_string()),
    };
    let (from, to) = wanted.days.bounds();
    query.append_pair("from", &from.to_string()).append_pair("to", &to.to_string());
    let filter = &wanted.filter;
    if let Some(id) = filter.campaign {
        query.append_pair("campaign_id", &id.to_string());
    }
    if let Some(id) = filter.checklist {
        query.append_pair("checklist_id", &id.to_string());
    }
    if let Some(id) = filter.version {
        query.append_pair("version_id", &id.to_string());
    }
    if let Some(called) = &filter.branch_called {
        query.append_pair("q", called);
    }
    query.append_pair("counted_in", &subject.to_string());
    let list = match reader {
        Reader::Desk => "visits",
        Reader::BranchSide => "reports",
    };
    format!("/v1/{list}?{}", query.finish())
}
