//! A new tenant with everything that its first admin needs, or nothing.

use std::fmt;

use sqlx::Arguments as _;
use uuid::Uuid;

use super::super::Error;
use super::acting::Acting;
use super::{Act, Platform, arguments};
use crate::mutants::mutant;
use crate::permissions::Role;
use crate::schema::TenantId;
use crate::schema::platform::people::MAX_EMAIL;
use crate::schema::platform::{ACTIVE, PROVISIONING};

/// The most roles that a tenant begins with.
const MOST_ROLES: usize = 100;

/// What a new tenant begins with.
#[derive(Clone, Copy, Debug)]
pub struct Onboarding<'a> {
    /// Its short name: lower-case letters, digits and hyphens, unique in the database.
    pub slug: &'a str,
    /// Its name.
    pub name: &'a str,
    /// A domain of its own, in the spelling of [`Host`](crate::layers::resolve::Host), which is neither verified nor active yet.
    pub host: Option<&'a str>,
    /// Its roles, at most 100.
    pub roles: &'a [Role],
    /// Who is invited first.
    pub admin: FirstAdmin<'a>,
}

/// Who is invited first.
#[derive(Clone, Copy, Debug)]
pub struct FirstAdmin<'a> {
    /// Their e-mail address, in lower case.
    pub email: &'a str,
    /// The name of one of the roles.
    pub role: &'a str,
}

/// What is stored of an invitation's token.
#[derive(Clone, Copy)]
pub struct InvitationSecret {
    /// The name of the invitation, which stands in the token.
    pub id: Uuid,
    /// The SHA-256 of the token's secret.
    pub hash: [u8; 32],
}

impl Platform {
    /// Makes a tenant with roles, perhaps a domain, and an invitation of its first admin, good for seven days. It is active last: all of that is
    /// one transaction, so that nobody sees a part of it and a failure leaves nothing.
    ///
    /// The tenant's id is made before, since the token of the invitation holds it: [`operator::onboard`](crate::operator::onboard) makes both.
    ///
    /// # Errors
    /// [`Unique`](crate::ErrorKind::Unique) when the slug, the host or the name of a role is taken, [`Check`](crate::ErrorKind::Check) when one
    /// is not as it must be, [`Rule`](crate::ErrorKind::Rule) when the act, the address or the admin's role is not.
    pub async fn onboard(
        &self,
        tenant: TenantId,
        onboarding: &Onboarding<'_>,
        invitation: &InvitationSecret,
        act: Act<'_>,
    ) -> Result<(), Error> {
        let act = act.checked()?;
        let role_of_admin = onboarding.check()?;
        let mut connection = self.pool.acquire().await?;
        let mut acting = self.begin(&mut connection, act, Some(tenant)).await?;
        self.insert_tenant(&mut acting, tenant, onboarding).await?;
        if mutant!("platform_onboard_piecemeal") {
            acting.part(Some(tenant)).await?;
        }
        if let Some(host) = onboarding.host {
            acting.run(self.insert_domain(), arguments(tenant, &[host])?).await?;
        }
        let mut role_id = None;
        for (at, role) in onboarding.roles.iter().enumerate() {
            let id = self.insert_role(&mut acting, tenant, role).await?;
            role_id = if at == role_of_admin { Some(id) } else { role_id };
        }
        self.insert_invitation(&mut acting, tenant, (onboarding.admin.email, role_id), invitation).await?;
        acting.write(Some(tenant), "tenant.onboard").await?;
        self.open(&mut acting, tenant).await?;
        acting.commit().await
    }

    async fn insert_tenant(&self, acting: &mut Acting<'_>, tenant: TenantId, onboarding: &Onboarding<'_>) -> Result<(), Error> {
        let text = format!("insert into {} (id, slug, name, status) values ($1, $2, $3, $4)", self.tenants);
        acting.run(text, arguments(tenant, &[onboarding.slug, onboarding.name, PROVISIONING])?).await.map(drop)
    }

    async fn insert_role(&self, acting: &mut Acting<'_>, tenant: TenantId, role: &Role) -> Result<Uuid, Error> {
        let text = format!("insert into {} ({}, name, grants, readonly, id) values ($1, $2, $3, $4, $5)", self.roles, self.column);
        let grants = role.grants().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let readonly = role.readonly_fields().collect::<Vec<_>>().join(" ");
        let id = Uuid::now_v7();
        let mut arguments = arguments(tenant, &[role.name(), &grants, &readonly])?;
        arguments.add(id).map_err(Error::encode)?;
        acting.run(text, arguments).await?;
        Ok(id)
    }

    async fn insert_invitation(
        &self,
        acting: &mut Acting<'_>,
        tenant: TenantId,
        (email, role): (&str, Option<Uuid>),
        invitation: &InvitationSecret,
    ) -> Result<(), Error> {
        let text = format!(
            "insert into {} ({}, email, secret_hash, role_id, id, expires_at) values ($1, $2, $3, $4, $5, now() + interval '7 days')",
            self.invitations, self.column
        );
        let mut arguments = arguments(tenant, &[email, &invitation.hex()])?;
        arguments.add(role).map_err(Error::encode)?;
        arguments.add(invitation.id).map_err(Error::encode)?;
        acting.run(text, arguments).await.map(drop)
    }

    async fn open(&self, acting: &mut Acting<'_>, tenant: TenantId) -> Result<(), Error> {
        let text = format!("update {} set status = $2 where id = $1 and status = $3", self.tenants);
        acting.run(text, arguments(tenant, &[ACTIVE, PROVISIONING])?).await.map(drop)
    }
}

impl Onboarding<'_> {
    /// What shows without the database; the place of the admin's role.
    fn check(&self) -> Result<usize, Error> {
        let Self { roles, admin, .. } = self;
        if roles.len() > MOST_ROLES {
            return Err(Error::rule("roles", "/roles", "a tenant begins with at most 100 roles"));
        }
        if !is_address(admin.email) {
            return Err(Error::rule(
                "email",
                "/admin/email",
                "an e-mail address has an `@`, no spaces and no capitals, and at most 254 bytes",
            ));
        }
        let place = roles.iter().position(|role| role.name() == admin.role);
        place.ok_or_else(|| {
            Error::rule("role", "/admin/role", "the first admin's role must be one of the roles that the tenant begins with")
        })
    }
}

/// Whether it can be an address in the one spelling that addresses have here. Whether mail arrives, the invitation shows.
fn is_address(text: &str) -> bool {
    let fits = u32::try_from(text.len()).is_ok_and(|length| length <= MAX_EMAIL);
    let is_plain = !text.chars().any(|char| char.is_control() || char.is_whitespace() || char.is_uppercase());
    fits && is_plain && text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

impl InvitationSecret {
    fn hex(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvitationSecret").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_one_spelling() {
        for address in ["ada@acme.example", "a@b", "ada+x@bücher.example", "\"a@b\"@c.example"] {
            assert!(is_address(address), "{address}");
        }
        let long = format!("{}@a.example", "a".repeat(250));
        for other in ["", "@", "ada", "ada@", "@acme", "Ada@acme.example", "ada @acme", "ada@acme\n", "ada@\u{0}", long.as_str()] {
            assert!(!is_address(other), "{other:?}");
        }
    }
}
