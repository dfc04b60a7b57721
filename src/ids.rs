//! The kinds of things that have ids, so that the id of one is never taken for the id of another.

use crate::db::types::Id;

macro_rules! ids {
    ($($kind:ident $alias:ident $about:literal)*) => {$(
        #[doc = $about]
        #[derive(Debug)]
        pub enum $kind {}
        #[doc = concat!("The id of ", $about)]
        pub type $alias = Id<$kind>;
    )*};
}

ids! {
    Account AccountId "somebody who signs in."
    Action ActionId "what is to be done in a branch."
    Alert AlertId "that the condition of a rule holds at a place."
    AlertRule AlertRuleId "a condition that scores are judged by again and again."
    ApiKey ApiKeyId "a key by which programs read in the name of an account."
    Appeal AppealId "an objection to answers of a report."
    AppealFile AppealFileId "what is attached to an appeal."
    AppealMessage AppealMessageId "what is said about an appeal."
    Assignment AssignmentId "one visit wanted from one branch within one window."
    Attempt AttemptId "one try at the test of a qualification."
    Audit AuditId "one row of the audit."
    ReportComment ReportCommentId "what somebody says about a report."
    Brand BrandId "a client of the operator."
    Branch BranchId "a place that is visited."
    Campaign CampaignId "a wave of visits that a brand wants."
    Certificate CertificateId "a proof that a shopper is qualified."
    ChartLink ChartLinkId "an address under which one chart is shown."
    Checklist ChecklistId "what a shopper fills in."
    Comment CommentId "what is said about an action."
    Decision DecisionId "a step of a visit as a client asks for it, which it may ask again."
    Digest DigestId "what somebody wants to read of a place again and again."
    DigestIssue DigestIssueId "what a digest said at one of its moments."
    Dimension DimensionId "a side of service that standards belong to."
    Document DocumentId "a document that staff were given with a notice."
    Employee EmployeeId "a person who works in a branch."
    Event EventId "something that happened."
    Evidence EvidenceId "one file that belongs to a visit."
    Export ExportId "a file that is written beside the requests."
    Grant GrantId "one role over one scope, given to an account."
    Inquiry InquiryId "what a shopper is asked because of an appeal."
    Key KeyId "a key of the server."
    Lease LeaseId "one worker's turn at one task."
    Note NoteId "what a reviewer wrote about a visit for other reviewers."
    Notice NoticeId "what staff were informed of."
    Picture PictureId "an example picture of a checklist."
    Qualification QualificationId "what a shopper must have shown to be able to do."
    RefreshToken RefreshTokenId "the right to one new access token."
    Region RegionId "a node in a brand's tree of regions."
    Report ReportId "the view of a visit that the branch's side may see."
    ReportFile ReportFileId "a photo or a recording of a report."
    Request RequestId "one request, in answers and in the log."
    ReturnReason ReturnReasonId "why a visit is sent back."
    Session SessionId "one device's signing in."
    Standard StandardId "one sentence of a brand's service policy."
    Subject SubjectId "what a row of the audit is about."
    Target TargetId "what a score is to be."
    Task TaskId "work to be done beside the requests."
    Version VersionId "a published version of a checklist."
    Visit VisitId "what a shopper saw."
}
