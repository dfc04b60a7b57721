//! The scores of places: exact sums, figures with intervals, rankings.
//!
//! A visit is in the figures of its places as long as it counts ([`count`], [`fold`]): the sums of all subjects of one place and month are one [`vector`].
//! What they say is read as [`figures`] of a place that the caller may see ([`visible`]), of the visits that are [`wanted`] (of days and with filters
//! [`by_visit`]), to the branch's side as far as it was [`shown`] today
//! ([`show`]), [`measured`] with [`statistics`] that are honest about few visits and with what the brand lends to its places ([`lent`], computed daily by
//! [`lend`]), and beside it what they are to be ([`targets`]). How leniently shoppers score is shown beside scores to desks ([`leniency`]). Tables of figures are read place by place and month by month ([`monthly`]). [`verify`] computes everything anew, and [`count_anew`] keeps what comes out; [`try_draft`] tries visits under a checklist's draft.

pub mod answers;
pub mod api;
mod by_subject;
pub mod by_visit;
pub mod called;
pub mod comparison;
pub mod content;
pub mod count;
pub mod count_anew;
pub mod count_past;
mod difference;
pub mod distribution;
pub mod drivers;
pub mod figures;
pub mod figures_shown;
pub mod fold;
pub mod heatmap;
pub mod latest;
mod lend;
pub mod leniency;
pub mod lent;
pub mod links;
pub mod means;
pub mod measure_leniency;
pub mod measured;
pub mod model;
pub mod monthly;
pub mod movers;
pub mod names;
pub mod planned;
mod recount;
mod regions_above;
pub mod relocate;
pub mod score;
pub mod show;
pub mod show_daily;
pub mod shown;
pub mod slices;
pub mod statistics;
pub mod store;
pub mod subject_name;
pub mod subjects;
pub mod summary;
pub mod targets;
pub mod titles;
pub mod trend;
pub mod try_draft;
pub mod vector;
pub mod verify;
pub mod visible;
pub mod wanted;
pub mod watch;
pub mod what_if;
