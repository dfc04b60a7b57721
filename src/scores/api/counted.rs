//! Where to read which visits a figure counts: the address of the list that has exactly them.

use form_urlencoded::Serializer;

use crate::{
    checklists::counted::Subject,
    ids::BranchId,
    scores::{
        model::{Place, Reader},
        wanted::Wanted,
    },
};

/// The list of the visits that a figure of a place is of: for desks of visits, for the branch's side of reports.
pub(super) fn counted(reader: Reader, place: Place, wanted: &Wanted, subject: &Subject) -> String {
    counted_of(reader, &[place], wanted, subject)
}

/// The same of a branch in the months in which it lay in a place.
pub(super) fn counted_within(reader: Reader, within: Place, branch: BranchId, wanted: &Wanted) -> String {
    let branch = Place::Branch(branch);
    match within {
        Place::Region(_) => counted_of(reader, &[within, branch], wanted, &Subject::Overall),
        Place::Brand(_) | Place::Branch(_) => counted(reader, branch, wanted, &Subject::Overall),
    }
}

fn counted_of(reader: Reader, places: &[Place], wanted: &Wanted, subject: &Subject) -> String {
    let mut query = Serializer::new(String::new());
    for place in places {
        query.append_pair(&format!("{}_id", place.kind()), &place.id().to_string());
    }
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
