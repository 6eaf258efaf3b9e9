//! Where a ticket stands.

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Status {
    /// Somebody must look at it.
    Open,
    /// The requester must answer.
    Waiting,
    /// It is done.
    Closed,
}
