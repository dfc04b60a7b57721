//! What a failure of the database means to the program.

use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::engine;
use crate::error::{Code, Error, Retry};

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Self {
        use DatabaseErrorKind::{ForeignKeyViolation, UniqueViolation};
        let passing = engine::is_retryable(&error) || engine::is_connection_lost(&error);
        let code = match &error {
            SqlError::NotFound => Code::NotFound,
            SqlError::DatabaseError(UniqueViolation, _) => Code::Conflict,
            SqlError::DatabaseError(ForeignKeyViolation, _) => Code::Invalid,
            _ if passing || engine::is_out_of_space(&error) => Code::Unavailable,
            _ => Code::Internal,
        };
        let retry = match code {
            Code::Conflict => Retry::Once,
            // A deadlock (40P01) has no kind of its own, and its message may be in any language.
            Code::Internal if matches!(error, SqlError::DatabaseError(DatabaseErrorKind::Unknown, _)) => {
                Retry::Once
            }
            _ if passing => Retry::Often,
            _ => Retry::Never,
        };
        let this = Self::new(code).because(&error).retrying(retry);
        match code {
            Code::Conflict => this.detail("Something else already has this name, code or address."),
            Code::Invalid => this.detail("It refers to something that is not there."),
            _ => this,
        }
    }
}
