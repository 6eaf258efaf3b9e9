//! Whether a pooler stands between the service and the server.
//!
//! A pooler cannot be asked. But a client's start-up parameters go to the server as they are, and a pooler, whose connections to the server
//! are there already, either refuses those that it does not know or has been told to drop them. So one is sent that nobody else sets, and it
//! is looked at what has become of it: what a session sets outweighs the defaults of role and database. A pooler that hands it on is not found.

use sqlx::{Connection, PgConnection};

use super::Fault;
use crate::db::config::FLOAT_DIGITS;
use crate::db::{Config, Pooler};
use crate::mutants::mutant;

const REMEDY: &str = "say which kind it is: `TENANTRY_POOLER=transaction` or `TENANTRY_POOLER=session`, or `Config::pooler`";

/// Finds a pooler that the configuration does not name.
pub(super) async fn look(connection: &mut PgConnection, config: &Config) -> Result<Vec<Fault>, sqlx::Error> {
    if config.pooler != Pooler::None || mutant!("pooler_unseen") {
        return Ok(Vec::new());
    }
    let mut transaction = connection.begin().await?;
    let sql = "select current_setting('extra_float_digits')";
    let digits: String = sqlx::query_scalar(sql).persistent(false).fetch_one(&mut *transaction).await?;
    transaction.rollback().await?;
    if digits == FLOAT_DIGITS.to_string() {
        return Ok(Vec::new());
    }
    let what = "a pooler stands between the service and the server: a start-up parameter of the connection has not arrived";
    Ok(vec![Fault::new(what, REMEDY)])
}

/// The fault behind a login that a pooler has refused.
pub(crate) fn refused(error: &sqlx::Error) -> Option<Fault> {
    let message = error.as_database_error()?.message();
    let parameter = message.strip_prefix("unsupported startup parameter: ")?;
    let what = format!("a pooler stands between the service and the server: it refuses the start-up parameter `{parameter}`");
    Some(Fault::new(what, REMEDY))
}
