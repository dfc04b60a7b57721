//! THE table of consumers: which tasks are made of which events.

use crate::{
    appeals::{decided::AppealDecided, filed::AppealFiled, inquired::ShopperAsked},
    board::rate::RateShopper,
    estate::moved::{PlaceMoved, PlaceStepTaken},
    outbox::Consumers,
    reports::{released::ReportReleased, withdrawn::ReportWithdrawn},
    reviews::{decided::VisitDecided, returned::VisitReturned},
    trust::look::LookAtVisit,
    visits::revised::VisitRevised,
};

/// Every kind of event there is, with what acts on it.
pub fn table() -> Consumers {
    Consumers::default()
        .on(|event: VisitDecided| LookAtVisit { visit_id: event.visit_id })
        .on(|event: VisitDecided| RateShopper { visit_id: event.visit_id })
        .knowing::<VisitReturned>()
        .knowing::<VisitRevised>()
        .knowing::<ReportReleased>()
        .knowing::<ReportWithdrawn>()
        .knowing::<AppealFiled>()
        .knowing::<AppealDecided>()
        .knowing::<ShopperAsked>()
        .knowing::<PlaceStepTaken>()
        .knowing::<PlaceMoved>()
}
