//! The statements about what belongs to an appeal: messages, files, and what its shopper was asked.

use diesel::prelude::*;

use crate::{
    appeals::model::{AppealFile, AppealMessage, Inquiry},
    db::{
        Conn,
        engine::each_engine,
        inserted_or_taken,
        schema::{appeal_file, appeal_message, inquiry},
        sealing::{revisions_sealed, rows_sealed},
        types::Instant,
    },
    error::Result,
    ids::{AccountId, AppealFileId, AppealId, AppealMessageId, InquiryId},
};

/// So many messages about an appeal after this one, the first first.
///
/// # Errors
/// Those of the database.
pub fn messages(
    conn: &mut Conn,
    of: AppealId,
    after: Option<(Instant, AppealMessageId)>,
    rows: i64,
) -> Result<Vec<AppealMessage>> {
    let mut query = appeal_message::table
        .filter(appeal_message::appeal_id.eq(of))
        .order((appeal_message::created_at, appeal_message::id))
        .limit(rows)
        .select(AppealMessage::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let at_once = appeal_message::created_at.eq(at).and(appeal_message::id.gt(id));
        query = query.filter(appeal_message::created_at.gt(at).or(at_once));
    }
    Ok(query.load(conn)?)
}

/// The message with this id, if there is one.
///
/// # Errors
/// Those of the database.
pub fn message(conn: &mut Conn, id: AppealMessageId) -> Result<Option<AppealMessage>> {
    Ok(appeal_message::table.find(id).select(AppealMessage::as_select()).first(conn).optional()?)
}

/// Keeps a new message.
///
/// # Errors
/// `conflict` if there is one with this id.
pub fn insert_message(conn: &mut Conn, new: &AppealMessage) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(appeal_message::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// What is attached to an appeal, the first first.
///
/// # Errors
/// Those of the database.
pub fn files(conn: &mut Conn, of: AppealId) -> Result<Vec<AppealFile>> {
    Ok(appeal_file::table
        .filter(appeal_file::appeal_id.eq(of))
        .order((appeal_file::created_at, appeal_file::id))
        .select(AppealFile::as_select())
        .load(conn)?)
}

/// What has this id among what is attached to appeals, if anything has.
///
/// # Errors
/// Those of the database.
pub fn find_file(conn: &mut Conn, id: AppealFileId) -> Result<Option<AppealFile>> {
    Ok(appeal_file::table.find(id).select(AppealFile::as_select()).first(conn).optional()?)
}

/// What is attached to an appeal, with its bytes.
///
/// # Errors
/// `not_found` if it is not there.
pub fn file(conn: &mut Conn, id: AppealFileId) -> Result<(AppealFile, Vec<u8>)> {
    Ok(appeal_file::table.find(id).select((AppealFile::as_select(), appeal_file::bytes)).first(conn)?)
}

/// Keeps what is attached to an appeal.
///
/// # Errors
/// `conflict` if something else has its id.
pub fn insert_file(conn: &mut Conn, new: &AppealFile, bytes: &[u8]) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(appeal_file::table)
        .values((new, appeal_file::bytes.eq(bytes)))
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// What the shopper was asked because of an appeal, the first first.
///
/// # Errors
/// Those of the database.
pub fn inquiries(conn: &mut Conn, of: AppealId) -> Result<Vec<Inquiry>> {
    Ok(inquiry::table
        .filter(inquiry::appeal_id.eq(of))
        .order((inquiry::created_at, inquiry::id))
        .select(Inquiry::as_select())
        .load(conn)?)
}

/// What a shopper was asked, so many of the newest after this one.
///
/// # Errors
/// Those of the database.
pub fn asked_of(
    conn: &mut Conn,
    shopper: AccountId,
    after: Option<(Instant, InquiryId)>,
    rows: i64,
) -> Result<Vec<Inquiry>> {
    let mut query = inquiry::table
        .filter(inquiry::shopper_id.eq(shopper))
        .order((inquiry::created_at.desc(), inquiry::id.desc()))
        .limit(rows)
        .select(Inquiry::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let at_once = inquiry::created_at.eq(at).and(inquiry::id.lt(id));
        query = query.filter(inquiry::created_at.lt(at).or(at_once));
    }
    Ok(query.load(conn)?)
}

/// The inquiry with this id, if there is one.
///
/// # Errors
/// Those of the database.
pub fn inquiry(conn: &mut Conn, id: InquiryId) -> Result<Option<Inquiry>> {
    Ok(inquiry::table.find(id).select(Inquiry::as_select()).first(conn).optional()?)
}

/// Keeps a new inquiry.
///
/// # Errors
/// `conflict` if there is one with this id.
pub fn insert_inquiry(conn: &mut Conn, new: &Inquiry) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(inquiry::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps the answer to an inquiry.
///
/// # Errors
/// Those of the database.
pub fn update_inquiry(conn: &mut Conn, answered: &Inquiry) -> Result<()> {
    diesel::update(inquiry::table.find(answered.id))
        .set((
            inquiry::answer.eq(&answered.answer),
            inquiry::answered_at.eq(answered.answered_at),
            inquiry::revision.eq(answered.revision),
        ))
        .execute(conn)?;
    Ok(())
}

rows_sealed!(appeal_message::table by id with salt, set_messages_sealed);
rows_sealed!(appeal_file::table by id, set_files_sealed);
revisions_sealed!(inquiry::table by id with salts, set_inquiries_sealed);
