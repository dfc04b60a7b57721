//! Who may: the one table from permissions to roles, and ([`scope`]) how far a caller's roles reach. What API keys may read too is
//! marked `by_key`.

mod scope;

pub use self::scope::{Area, Scope};
use super::model::Role;

/// Declares the permissions, each with a type of its own for handlers' signatures, and the roles that have it.
macro_rules! policy {
    ($($(#[$about:meta])* $name:ident $(, $by_key:ident)?: $($role:ident)*;)*) => {
        /// What a route may ask of its caller.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Permission { $($(#[$about])* $name),* }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name, as the contract shows it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The permission of this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }

            /// Whether it is one for API keys too: it reads figures, lists or exports, and nothing that a person must do.
            pub const fn is_for_keys(self) -> bool {
                match self { $(Self::$name => false $(|| matches!(stringify!($by_key).as_bytes(), b"by_key"))?),* }
            }

            /// The roles that have it.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &[$(Role::$role),*]),* }
            }
        }

        /// The permissions as types.
        pub mod permit {
            use super::{Permission, Permit};
            $(
                $(#[$about])*
                #[derive(Debug)]
                pub enum $name {}
                impl Permit for $name { const PERMISSION: Permission = Permission::$name; }
            )*
        }
    };
}

/// A permission as a type, for `Allowed<P>`.
pub trait Permit: 'static {
    /// The permission meant.
    const PERMISSION: Permission;
}

policy! {
    /// Make and change accounts and their grants.
    ManageAccounts: Administrator;
    /// See accounts and their grants.
    ReadAccounts: Administrator Auditor;
    /// Make and revoke keys by which programs read in one's own name.
    KeepApiKeys: Administrator Designer Manager Hr Auditor;
    /// See who did what, and who looked at a shopper's identity.
    ReadAudit: Administrator Auditor;
    /// See the background work, and repeat or drop tasks that failed too often.
    ManageBackgroundWork: Administrator;
    /// See brands, regions and branches.
    ReadPlaces, by_key: Administrator Scheduler Designer Reviewer Manager Hr Auditor;
    /// Make, change and import brands, regions and branches.
    WritePlaces: Administrator;
    /// See what became of regions and branches, and why.
    ReadPlaceHistory: Administrator Scheduler Auditor;
    /// See who works in branches.
    ReadEmployees: Administrator Hr Auditor;
    /// Enter, change and import employees.
    WriteEmployees: Administrator Hr;
    /// See what staff were informed of.
    ReadNotices: Administrator Scheduler Designer Reviewer Manager Hr Auditor;
    /// Enter what staff were informed of.
    WriteNotices: Administrator Hr;
    /// See checklists, their drafts and their lists of versions.
    ReadChecklists: Administrator Scheduler Designer Reviewer Auditor;
    /// Read one published version: also what a shopper's phone fills in.
    ReadVersions, by_key: Administrator Scheduler Designer Reviewer Auditor Shopper;
    /// Make checklists, edit drafts, publish.
    WriteChecklists: Designer;
    /// See what the brand's service policy asks for: its dimensions and standards.
    ReadStandards, by_key: Administrator Scheduler Designer Reviewer Manager Hr Auditor;
    /// See assignments.
    ReadAssignments: Administrator Scheduler Auditor;
    /// Give assignments to shoppers, move them, and take them back.
    WriteAssignments: Scheduler;
    /// See campaigns, and how far they are.
    ReadCampaigns, by_key: Administrator Scheduler Reviewer Auditor;
    /// Make, change and plan campaigns.
    WriteCampaigns: Scheduler;
    /// See qualifications, and who has them.
    ReadQualifications: Administrator Scheduler Reviewer Auditor;
    /// Make and change qualifications, give and take back certificates.
    WriteQualifications: Scheduler;
    /// See who does fieldwork, what they declared, and whether an employee may be one of them.
    ReadShoppers: Administrator Scheduler Auditor;
    /// Settle whether a shopper and an employee with the same name are one person.
    SettleNamesakes: Scheduler;
    /// Do the work of a shopper: one's own assignments and visits.
    DoFieldwork: Shopper;
    /// Send what was begun, visits and their files, and see one's work: also for a while after the grant has ended.
    FinishFieldwork: Shopper;
    /// See which visits there are and who made them, without what they say; a shopper only the own.
    ReadVisits, by_key: Administrator Reviewer Auditor Shopper;
    /// See what happened to one visit and who decided what; a shopper the own, also for a while after the grant has ended.
    ReadVisitHistory: Administrator Reviewer Auditor Shopper;
    /// See the files of visits, and what each answer earned; a shopper only the own.
    ReadAnswers: Administrator Reviewer Shopper;
    /// Take visits with all their answers, as many as there are.
    ReadExports, by_key: Administrator Reviewer;
    /// See what may be wrong with visits.
    ReadFlags: Administrator Reviewer;
    /// Read what reviewers write about visits for one another.
    ReadReviewNotes: Administrator Reviewer;
    /// Read what second reviewers found of visits, and how far reviewers agree.
    ReadSecondOpinions, by_key: Administrator Reviewer Auditor;
    /// Say that a visit is to be sent anew, because its files do not come; a shopper of the own.
    SendVisitsAnew: Scheduler Reviewer Shopper;
    /// Read one visit, with all that it says, and its receipt; a shopper the own, also for a while after the grant has ended.
    ReadOneVisit: Administrator Reviewer Shopper;
    /// Decide about visits.
    ReviewVisits: Reviewer;
    /// See the list of reasons for sending visits back.
    ReadReturnReasons: Administrator Reviewer Auditor;
    /// Keep that list.
    WriteReturnReasons: Administrator;
    /// See what is to be done in branches, what missed standards propose, and what helped.
    ReadActions, by_key: Manager Hr;
    /// Make and change what is to be done in branches.
    WriteActions: Manager;
    /// Read the reports of visits; an employee those of the own branch, as far as staff were informed.
    ReadReports, by_key: Manager Hr Employee Reviewer Administrator Auditor;
    /// Comment on reports.
    CommentReports: Manager Hr Employee;
    /// Appeal against reports, argue about it, attach what proves it, and take an appeal back.
    AppealReports: Manager;
    /// See appeals as reviewers do: which visit each is about, who said what, and what its shopper was asked.
    ReadAppeals: Administrator Reviewer;
    /// See how many answers appeals corrected, by reviewer, shopper, question and branch.
    ReadAppealOutcomes, by_key: Administrator Reviewer Auditor;
    /// See the scores of places, with their targets.
    ReadScores, by_key: Administrator Designer Manager Hr Auditor;
    /// See what was answered at places, in words, and which visits or reports say so.
    ReadAnswersInWords, by_key: Administrator Manager Hr;
    /// See how the scores of visits are distributed, and how many shoppers made the visits.
    ReadDistributions, by_key: Administrator Designer Auditor;
    /// See how leniently shoppers score.
    ReadLeniency, by_key: Administrator Reviewer;
    /// Set what scores are to be.
    WriteTargets: Designer;
    /// Set rules of alerts and digests; acknowledge alerts.
    KeepAlerts: Administrator Designer Manager Hr;
}

impl Permission {
    /// Whether something of it is left for a while to a shopper whose grants have ended: what was begun is finished.
    pub const fn outlasts_grants(self) -> bool {
        matches!(self, Self::FinishFieldwork | Self::ReadOneVisit | Self::ReadVisitHistory)
    }
}
