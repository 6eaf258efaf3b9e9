//! `tenant onboard`: a tenant with roles and a first admin, or nothing.

use anyhow::{Context as _, anyhow};
use tenantry::Platform;
use tenantry::db::{FirstAdmin, Onboarding};
use tenantry::operator::{OnboardError, Onboarded, onboard};
use tenantry::permissions::Role;

use super::{Signed, domain, not_made};
use crate::output;

/// What a new tenant begins with.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its short name, as it stands in a subdomain: lower-case letters, digits and hyphens.
    slug: String,
    /// Its name [default: the slug].
    #[arg(long)]
    name: Option<String>,
    /// A domain of its own, which is to be verified and activated then.
    #[arg(long)]
    host: Option<String>,
    /// Who is invited first, by e-mail address.
    #[arg(long, value_name = "EMAIL")]
    admin: String,
    /// A role and what it covers, such as `sales=customers:*,orders:read`. Say it once for each role.
    #[arg(long = "role", value_name = "NAME=GRANTS", default_value = "admin=*")]
    roles: Vec<String>,
    /// Fields that a role may not set, such as `sales=customers.credit_limit`.
    #[arg(long, value_name = "NAME=FIELDS")]
    readonly: Vec<String>,
    /// The role of who is invited first [default: the first of the roles].
    #[arg(long, value_name = "NAME")]
    admin_role: Option<String>,
    #[command(flatten)]
    signed: Signed,
}

impl Args {
    pub(super) const fn signed(&self) -> &Signed {
        &self.signed
    }
}

pub(super) async fn run(platform: &Platform, args: &Args) -> anyhow::Result<()> {
    let roles = roles(&args.roles, &args.readonly)?;
    let host = args.host.as_deref().map(domain::read).transpose()?;
    let email = args.admin.trim().to_lowercase();
    let role = args.admin_role.as_deref().or_else(|| roles.first().map(Role::name)).unwrap_or_default();
    let onboarding = Onboarding {
        slug: &args.slug,
        name: args.name.as_deref().unwrap_or(&args.slug),
        host: host.as_deref(),
        roles: &roles,
        admin: FirstAdmin { email: &email, role },
    };
    let Onboarded { tenant, invitation, .. } =
        onboard(platform, &onboarding, args.signed.act()?).await.map_err(|error| not_onboarded(error, &args.slug))?;
    output::line(tenant);
    output::line(&*invitation);
    output::progress(format_args!(
        "The second line is the invitation of {email}: mail it, nobody has another copy. It is good for seven days."
    ));
    Ok(())
}

/// The roles, each with its fields.
fn roles(grants: &[String], readonly: &[String]) -> anyhow::Result<Vec<Role>> {
    let mut roles = grants
        .iter()
        .map(|text| {
            let (name, grants) = pair(text, "a role is NAME=GRANTS, such as `sales=customers:*,orders:read`")?;
            Ok(Role::new(name, grants)?)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    for text in readonly {
        let (name, fields) = pair(text, "fields of a role are NAME=FIELDS, such as `sales=customers.credit_limit`")?;
        let role = roles.iter_mut().find(|role| role.name() == name);
        let role = role.with_context(|| format!("--readonly names a role `{}` that no --role makes", output::printable(name)))?;
        *role = role.clone().readonly(fields)?;
    }
    Ok(roles)
}

fn pair<'t>(text: &'t str, form: &'static str) -> anyhow::Result<(&'t str, impl Iterator<Item = &'t str>)> {
    let (name, words) = text.split_once('=').with_context(|| format!("{form}; not `{}`", output::printable(text)))?;
    Ok((name, words.split([',', ' ']).filter(|word| !word.is_empty())))
}

fn not_onboarded(error: OnboardError, slug: &str) -> anyhow::Error {
    match error {
        OnboardError::Failed(error) => not_made(error, slug),
        _ => anyhow!(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_with_what_they_cover_and_may_not_set() {
        let words = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let made = roles(&words(&["admin=*", "sales=customers:*,orders:read"]), &words(&["sales=customers.credit_limit"])).unwrap();
        assert_eq!(made[0], Role::new("admin", ["*"]).unwrap());
        assert_eq!(made[1], Role::new("sales", ["customers:*", "orders:read"]).unwrap().readonly(["customers.credit_limit"]).unwrap());
        for (odd, why) in [("admin", "a role is NAME=GRANTS"), ("admin=customers", "no grant"), ("=*", "no name of a role")] {
            assert!(roles(&words(&[odd]), &[]).unwrap_err().to_string().contains(why), "{odd}");
        }
        assert!(roles(&words(&["admin=*"]), &words(&["sales=a.b"])).unwrap_err().to_string().contains("no --role makes"));
    }
}
