//! The operator's door: tenants and their domains, whom a new tenant begins with, and what was done about them.
//!
//! Whatever changes something is an [`Act`]: somebody has done it, for a reason, and the row that says so is written in the transaction of the
//! change. One file for each subject: `tenants`, `plans`, `domains`, `onboard`, `members`,
//! `shared`; `acts` has what is recorded, and `challenge` how a domain is
//! shown to be a tenant's.

mod acting;
mod acts;
mod challenge;
mod domains;
mod members;
mod onboard;
mod plans;
mod shared;
mod tenants;
mod txt;

use std::fmt;
use std::sync::Arc;

use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;

use super::pool::Pool;
use super::tenancy::connect;
use super::{Config, Error, ErrorKind, StartError, startup};
use crate::schema::ir::Name;
use crate::schema::platform::people::{ACTS, INVITATIONS, ROLES, USER_ROLES, USERS};
use crate::schema::platform::plans::PLANS;
use crate::schema::platform::{DOMAINS, TENANTS};
use crate::schema::{Conventions, TenantId, quoted};

pub(crate) use acts::is_operator;
pub use acts::{Act, PastAct};
pub use challenge::{Challenge, ShortSecretError, TxtRecord, VerifyError};
pub use domains::Domain;
pub use members::{Member, Members};
pub use onboard::{FirstAdmin, InvitationSecret, Onboarding};
pub use plans::{Limits, Plan};
pub use tenants::Tenant;
pub use txt::{FileTxt, TxtError, TxtLookup};

use txt::AnyTxt;

/// The operator's door: tenants and their domains. It has a role and connections of its own, cannot be had from a [`Tenancy`](super::Tenancy),
/// and what it can do stands here:
///
/// - [`tenants`](Self::tenants), [`create_tenant`](Self::create_tenant), [`onboard`](Self::onboard)
/// - [`suspend`](Self::suspend), [`resume`](Self::resume), [`close_tenant`](Self::close_tenant)
/// - [`domains`](Self::domains), [`add_domain`](Self::add_domain), [`verify_domain`](Self::verify_domain),
///   [`verify_domain_by_hand`](Self::verify_domain_by_hand), [`activate_domain`](Self::activate_domain),
///   [`deactivate_domain`](Self::deactivate_domain), [`make_domain_primary`](Self::make_domain_primary),
///   [`remove_domain`](Self::remove_domain)
/// - [`plans`](Self::plans), [`create_plan`](Self::create_plan), [`change_plan`](Self::change_plan), [`remove_plan`](Self::remove_plan), and
///   [`set_plan`](Self::set_plan) of a tenant
/// - [`shared`](Self::shared): the rows of the application's shared models
/// - [`members`](Self::members): the users of one tenant, inside of its context
/// - [`acts`](Self::acts): what was done
///
/// What takes an [`Act`] leaves a row that says who has done it and why, in the transaction of what was done: either both are there or neither
/// is. What is refused leaves none.
pub struct Platform {
    pool: Pool,
    tenants: String,
    plans: String,
    domains: String,
    /// The tenant column of the platform's tables.
    column: String,
    users: String,
    roles: String,
    user_roles: String,
    invitations: String,
    acts: String,
    /// The setting that holds the tenant of a transaction.
    setting: String,
    conventions: Conventions,
    proof: Option<Proof>,
}

/// How a domain is shown to be a tenant's.
struct Proof {
    challenge: Challenge,
    lookup: Arc<dyn AnyTxt>,
}

impl Platform {
    /// Connects as the platform's role, and refuses any other.
    ///
    /// # Errors
    /// When the configuration is refused, the database cannot be reached or the login is another one.
    pub async fn start(config: &Config, conventions: &Conventions) -> Result<Self, StartError> {
        config.check()?;
        let pool = Pool::new(config, 100);
        let mut connection = connect(config).await?;
        startup::check_platform(&mut connection, config, conventions).await.map_err(StartError::Database)?;
        drop(connection);
        let table = |table| Name::new(conventions.platform_schema, table).to_string();
        Ok(Self {
            pool,
            tenants: table(TENANTS.table),
            plans: table(PLANS.table),
            domains: table(DOMAINS.table),
            column: quoted(conventions.tenant_column),
            users: table(USERS.table),
            roles: table(ROLES.table),
            user_roles: table(USER_ROLES.table),
            invitations: table(INVITATIONS.table),
            acts: table(ACTS.table),
            setting: conventions.tenant_setting(),
            conventions: *conventions,
            proof: None,
        })
    }

    /// The same, which verifies domains: what a tenant has to publish, and where it is looked for.
    #[must_use]
    pub fn proving(mut self, challenge: Challenge, lookup: impl TxtLookup) -> Self {
        self.proof = Some(Proof { challenge, lookup: Arc::new(lookup) });
        self
    }

    /// Closes the connections, after those in use have come back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// The tenant as `$1`, then the texts.
fn arguments(tenant: TenantId, texts: &[&str]) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    arguments.add(tenant.uuid()).map_err(Error::encode)?;
    for text in texts {
        arguments.add(*text).map_err(Error::encode)?;
    }
    Ok(arguments)
}

/// Adds to an error of the server which part of the operator's call it is about: what is unique in the whole database is no model's.
fn explain(error: Error) -> Error {
    let constraint = error.constraint().unwrap_or_default();
    let Some(column) = PARTS.iter().find(|(prefix, _)| constraint.starts_with(prefix)).map(|(_, column)| *column) else {
        return error;
    };
    let kind = match error.kind() {
        ErrorKind::Unique { .. } => ErrorKind::Unique { columns: vec![column] },
        ErrorKind::Check { .. } => ErrorKind::Check { column: Some(column) },
        _ => return error,
    };
    error.with_kind(kind)
}

/// How the names of the constraints begin, and what the operator calls the column.
const PARTS: &[(&str, &str)] = &[
    ("tenants_slug_", "slug"),
    ("tenants_name_", "name"),
    ("plans_name_", "name"),
    ("domains_host_", "host"),
    ("roles_name_", "roles"),
    ("roles_grants_", "roles"),
    ("roles_readonly_", "roles"),
    ("invitations_email_", "email"),
];

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("pool", &self.pool).finish_non_exhaustive()
    }
}
