//! Where to read which visits a figure counts: the address of the list that has exactly them.

use form_urlencoded::Serializer;

use crate::{
    checklists::{counted::Subject, key::Key},
    ids::{BranchId, ChecklistId},
    scores::{
        answers::given::Given,
        model::{Place, Reader},
        wanted::{Filter, Wanted},
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
    say_which(&mut query, wanted);
    query.append_pair("counted_in", &subject.to_string());
    let list = match reader {
        Reader::Desk => "visits",
        Reader::BranchSide => "reports",
    };
    format!("/v1/{list}?{}", query.finish())
}

/// The list of what visits to a place said to a question of a checklist, or of those that gave this answer to it.
pub(super) fn quotes_at(
    place: Place,
    wanted: &Wanted,
    (checklist, question): (ChecklistId, &Key),
    answer: Option<&Given>,
) -> String {
    let mut query = Serializer::new(String::new());
    let filter = Filter { checklist: Some(checklist), ..wanted.filter.clone() };
    say_which(&mut query, &Wanted { filter, ..wanted.clone() });
    query.append_pair("question", question.as_str());
    if let Some(answer) = answer {
        query.append_pair("answer", &answer.to_string());
    }
    let places = match place {
        Place::Brand(_) => "brands",
        Place::Region(_) => "regions",
        Place::Branch(_) => "branches",
    };
    format!("/v1/{places}/{}/answers/quotes?{}", place.id(), query.finish())
}

/// Says which visits are wanted, without their place.
fn say_which(query: &mut Serializer<'_, String>, wanted: &Wanted) {
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
}
