//! The ways into the database, each a type. No connection and no pool is ever handed out.
//!
//! [`Tenancy`] is what a service starts with. It gives a [`TenantDb`] for one tenant, which runs [`Unit`]s alone or together in a
//! [`TenantTx`]; SQL that people write runs on the transaction, too, which is an sqlx executor.

mod checked;
mod config;
mod constraints;
mod directory;
pub(crate) mod encode;
mod error;
mod executor;
mod identities;
mod listener;
mod platform;
mod pool;
pub mod retry;
mod row;
pub mod startup;
mod tenancy;
mod tenant_db;
mod tx;
mod unit;

pub use checked::SqlCounters;
pub use config::{Config, ConfigError, Pooler};
pub use directory::{Directory, Found};
pub use error::{Error, ErrorKind, Rule};
pub use executor::{StatementRefusal, Unchecked};
pub use identities::{Identities, Identity};
pub use listener::{Change, Listener, TenantHash};
pub(crate) use platform::is_operator;
pub use platform::{
    Act, Challenge, Domain, FileTxt, FirstAdmin, InvitationSecret, Limits, Member, Members, Onboarding, PastAct, Plan, Platform,
    ShortSecretError, Tenant, TxtError, TxtLookup, TxtRecord, VerifyError,
};
pub use pool::Connections;
pub use retry::Isolation;
pub use tenancy::{StartError, Tenancy};
pub use tenant_db::TenantDb;
pub use tx::TenantTx;
pub(crate) use unit::Fold;
pub use unit::Unit;
