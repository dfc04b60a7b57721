//! THE table of consumers: which tasks are made of which events.

use crate::{
    alerts::{
        evaluate::EvaluateAlerts,
        happened::{AlertClosed, AlertRaised, AlertReopened},
        look_again::LookAgain,
    },
    appeals::{decided::AppealDecided, filed::AppealFiled, inquired::ShopperAsked},
    board::rate::RateShopper,
    digests::issued::DigestIssued,
    estate::moved::{PlaceMoved, PlaceStepTaken},
    exports::ready::ExportReady,
    outbox::Consumers,
    reports::{released::ReportReleased, withdrawn::ReportWithdrawn},
    reviews::{decided::VisitDecided, returned::VisitReturned},
    scores::{figures_shown::FiguresShown, targets::changed::TargetChanged},
    trust::look::LookAtVisit,
    visits::revised::VisitRevised,
};

/// Every kind of event there is, with what acts on it.
pub fn table() -> Consumers {
    Consumers::default()
        .on(|event: VisitDecided| LookAtVisit { visit_id: event.visit_id })
        .on(|event: VisitDecided| RateShopper { visit_id: event.visit_id })
        .on(|event: VisitDecided| LookAgain { brand_id: event.brand_id })
        .on(|event: FiguresShown| EvaluateAlerts { brand_id: event.brand_id, reader: None })
        .on(|event: TargetChanged| LookAgain { brand_id: event.brand_id })
        .knowing::<AlertRaised>()
        .knowing::<AlertReopened>()
        .knowing::<AlertClosed>()
        .knowing::<DigestIssued>()
        .knowing::<ExportReady>()
        .knowing::<VisitReturned>()
        .knowing::<VisitRevised>()
        .knowing::<ReportReleased>()
        .on(|event: ReportWithdrawn| LookAgain { brand_id: event.brand_id })
        .knowing::<AppealFiled>()
        .on(|event: AppealDecided| LookAgain { brand_id: event.brand_id })
        .knowing::<ShopperAsked>()
        .on(|event: PlaceStepTaken| LookAgain { brand_id: event.brand_id })
        .on(|event: PlaceMoved| LookAgain { brand_id: event.brand_id })
}
