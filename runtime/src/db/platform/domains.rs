//! Domains: at which hosts a tenant is answered.

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::super::Error;
use super::{Act, Platform, VerifyError, arguments};
use crate::mutants::mutant;
use crate::schema::{TenantId, Timestamp};

/// A domain of a tenant, as the operator sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Domain {
    /// The host, in lower case.
    pub host: String,
    /// Whether it is the one that links lead to.
    pub is_primary: bool,
    /// Whether it is answered at, once it is verified.
    pub is_active: bool,
    /// When it was shown to be the tenant's.
    pub verified_at: Option<Timestamp>,
}

impl Platform {
    /// The domains of a tenant, in the order of their hosts.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn domains(&self, tenant: TenantId) -> Result<Vec<Domain>, Error> {
        let Self { domains, column, .. } = self;
        let text = format!("select host, is_primary, is_active, verified_at from {domains} where {column} = $1 order by host");
        let rows = self.pool.rows(text, arguments(tenant, &[])?).await?;
        rows.iter().map(domain).collect()
    }

    /// Adds a domain to a tenant. It is answered at when it has been [verified](Self::verify_domain) and
    /// [activated](Self::activate_domain).
    ///
    /// The host is taken in the one spelling that [`Host`](crate::layers::resolve::Host) gives it: lower-case, punycode, without a port or a
    /// dot at its end.
    ///
    /// # Errors
    /// [`Unique`](crate::ErrorKind::Unique) when the host is a tenant's already, [`Check`](crate::ErrorKind::Check) when it is no host in
    /// that spelling, [`Reference`](crate::ErrorKind::Reference) when there is no such tenant, [`Rule`](crate::ErrorKind::Rule) when the act
    /// is not as it must be.
    pub async fn add_domain(&self, tenant: TenantId, host: &str, act: Act<'_>) -> Result<(), Error> {
        let text = self.insert_domain();
        self.change_domain(tenant, host, "domain.add", act, vec![text]).await
    }

    pub(super) fn insert_domain(&self) -> String {
        let Self { domains, column, .. } = self;
        format!("insert into {domains} ({column}, id, host) values ($1, gen_random_uuid(), $2)")
    }

    /// Marks a domain as the tenant's when its name servers say so: they answer with the [record](Self::challenge) that nobody else knows.
    /// When it was shown first is kept.
    ///
    /// They are asked before anything is done, and only for a domain that the tenant has.
    ///
    /// # Errors
    /// [`VerifyError::Unproven`] when they do not; [`VerifyError::Failed`] with [`NotFound`](crate::ErrorKind::NotFound) when the tenant has no
    /// such domain; see [`VerifyError`].
    pub async fn verify_domain(&self, tenant: TenantId, host: &str, act: Act<'_>) -> Result<(), VerifyError> {
        act.checked()?;
        let proof = self.proof.as_ref().ok_or(VerifyError::NoChallenge)?;
        if !self.domains(tenant).await?.iter().any(|domain| domain.host == host) {
            return Err(Error::not_found().into());
        }
        proof.challenge.ask(&*proof.lookup, tenant, host).await?;
        Ok(self.set_domain(tenant, host, VERIFIED, "domain.verify", act).await?)
    }

    /// Marks a domain as the tenant's on the operator's word, and records that it was by that.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when the tenant has no such domain, [`Rule`](crate::ErrorKind::Rule) when the act is not as it
    /// must be.
    pub async fn verify_domain_by_hand(&self, tenant: TenantId, host: &str, act: Act<'_>) -> Result<(), Error> {
        self.set_domain(tenant, host, VERIFIED, "domain.verify_by_hand", act).await
    }

    /// Answers at a domain.
    ///
    /// # Errors
    /// As [`verify_domain_by_hand`](Self::verify_domain_by_hand).
    pub async fn activate_domain(&self, tenant: TenantId, host: &str, act: Act<'_>) -> Result<(), Error> {
        self.set_domain(tenant, host, "is_active = true", "domain.activate", act).await
    }

    /// Answers at a domain no more. It stays the tenant's.
    ///
    /// # Errors
    /// As [`verify_domain_by_hand`](Self::verify_domain_by_hand).
    pub async fn deactivate_domain(&self, tenant: TenantId, host: &str, act: Act<'_>) -> Result<(), Error> {
        self.set_domain(tenant, host, "is_active = false", "domain.deactivate", act).await
    }

    /// Makes a domain the tenant's primary one, in the place of the one that was.
    ///
    /// # Errors
    /// As [`verify_domain_by_hand`](Self::verify_domain_by_hand), and [`Unique`](crate::ErrorKind::Unique) when another one was made primary at
    /// the same time; then nothing has changed.
    pub async fn make_domain_primary(&self, tenant: TenantId, host: &str, act: Act<'_>) -> Result<(), Error> {
        let Self { domains, column, .. } = self;
        let before = format!("update {domains} set is_primary = false where {column} = $1 and is_primary and host <> $2");
        let after = format!("update {domains} set is_primary = true where {column} = $1 and host = $2");
        self.change_domain(tenant, host, "domain.primary", act, vec![before, after]).await
    }

    /// Takes a domain from a tenant. Then another one may have it.
    ///
    /// # Errors
    /// As [`verify_domain_by_hand`](Self::verify_domain_by_hand).
    pub async fn remove_domain(&self, tenant: TenantId, host: &str, act: Act<'_>) -> Result<(), Error> {
        let Self { domains, column, .. } = self;
        let text = format!("delete from {domains} where {column} = $1 and host = $2");
        self.change_domain(tenant, host, "domain.remove", act, vec![text]).await
    }

    async fn set_domain(&self, tenant: TenantId, host: &str, assignment: &str, what: &str, act: Act<'_>) -> Result<(), Error> {
        let Self { domains, column, .. } = self;
        let is = if mutant!("platform_any_domain") { "= $1 or true" } else { "= $1" };
        let text = format!("update {domains} set {assignment} where ({column} {is}) and host = $2");
        self.change_domain(tenant, host, what, act, vec![text]).await
    }

    async fn change_domain(&self, tenant: TenantId, host: &str, what: &str, act: Act<'_>, statements: Vec<String>) -> Result<(), Error> {
        let act = act.checked()?;
        // The host is one by then: it was taken as one, or it is that of a row.
        self.change(act, &format!("{what} {host}"), statements, (tenant, host)).await
    }
}

/// What is first stays.
const VERIFIED: &str = "verified_at = coalesce(verified_at, now())";

fn domain(row: &PgRow) -> Result<Domain, Error> {
    Ok(Domain { host: row.try_get(0)?, is_primary: row.try_get(1)?, is_active: row.try_get(2)?, verified_at: row.try_get(3)? })
}
