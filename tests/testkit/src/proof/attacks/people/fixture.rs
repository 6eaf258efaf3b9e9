//! The people of one tenant, and all that they could lose.

use axum::http::Method;
use serde_json::{Value, json};
use tenantry::permissions::{Caller, Role};
use tenantry::{Actor, TenantId};
use uuid::Uuid;

use super::super::super::accounts::Accounts;
use super::super::pair::told;
use super::{Asked, Credential, send, text};

pub(super) const PASSWORD: &str = "a password of the proof";

/// Somebody with an account.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) id: Uuid,
    pub(super) email: String,
    /// Of a login.
    pub(super) access: String,
    pub(super) refresh: String,
}

/// The people of one tenant: names and addresses have its slug in them. Their identities, which are nobody's, stay behind.
#[derive(Clone)]
pub(super) struct Fixture {
    pub(super) tenant: TenantId,
    pub(super) slug: String,
    /// Who may do everything.
    pub(super) admin: Member,
    /// Who may read who is there.
    pub(super) clerk: Member,
    pub(super) roles: [Uuid; 2],
    /// The administrator's API key.
    pub(super) key: Uuid,
    pub(super) key_text: String,
    /// Of an invitation that nobody has accepted.
    pub(super) invitation: String,
    pub(super) invitation_id: Uuid,
    /// Of a reset of the clerk's password that has not been finished.
    pub(super) reset: String,
}

/// The name of the role of administrators.
pub(super) fn role_name(slug: &str) -> String {
    format!("everything of {slug}")
}

impl Fixture {
    /// Moves in, by the routes that people have and as their operator.
    pub(super) async fn furnish(accounts: &Accounts, tenant: TenantId, slug: String) -> Result<Self, String> {
        let all = Role::new(&role_name(&slug), ["*"]).map_err(told)?;
        let operator = Caller::new(Actor::System, [all.clone()]);
        let some = Role::new(&format!("reading of {slug}"), ["users:read"]).map_err(told)?;
        let mut roles = Vec::new();
        for role in [all, some] {
            roles.push(accounts.people.create_role(tenant, &operator, role).await.map_err(told)?);
        }
        let (reading, everything) = (roles.pop().unwrap_or_default(), roles.pop().unwrap_or_default());
        let open = async |name: &str, role: Uuid| {
            let email = format!("{name}@{slug}.example");
            let id = accounts.people.invite(tenant, &operator, &email, role).await.map_err(told)?;
            let token = accounts.mailed(&email).await.pop().ok_or_else(|| format!("no mail to {email}"))?;
            Ok::<_, String>((id, email, token))
        };
        let (_, admin, admins) = open("admin", everything).await?;
        let (_, clerk, clerks) = open("clerk", reading).await?;
        let (invitation_id, _, invitation) = open("guest", reading).await?;
        let admin = accepted(accounts, &slug, admin, &admins).await?;
        let clerk = accepted(accounts, &slug, clerk, &clerks).await?;
        let (key, key_text) = keyed(accounts, &slug, &admin.access).await?;
        done(accounts, &slug, None, "/auth/reset", json!({ "email": clerk.email })).await?;
        let reset = accounts.mailed(&clerk.email).await.pop().filter(|token| *token != clerks).ok_or("no mail about a reset")?;
        Ok(Self { tenant, admin, clerk, roles: [everything, reading], key, key_text, invitation, invitation_id, reset, slug })
    }

    /// What its administrator is believed with.
    pub(super) fn admins(&self) -> Credential<'_> {
        Credential { what: "an administrator", text: &self.admin.access }
    }

    /// What it can be known by. Whatever is named after it has its slug.
    pub(super) fn markers(&self) -> Vec<String> {
        let ids = [self.admin.id, self.clerk.id, self.roles[0], self.roles[1], self.key, self.invitation_id].map(|id| id.to_string());
        let secrets = [&self.slug, &self.key_text, &self.invitation, &self.reset];
        let logins = [&self.admin.access, &self.admin.refresh, &self.clerk.access, &self.clerk.refresh];
        let secrets = secrets.into_iter().chain(logins);
        ids.into_iter().chain([self.tenant.to_string()]).chain(secrets.cloned()).collect()
    }

    /// Whose id a route means by what stands before it.
    pub(super) fn id_of(&self, noun: &str) -> Result<Uuid, String> {
        match noun {
            "users" => Ok(self.clerk.id),
            "roles" => Ok(self.roles[0]),
            "api-keys" => Ok(self.key),
            _ => Err(format!("a route of people has the id of one of its {noun}, of whom no fixture has any")),
        }
    }
}

async fn accepted(accounts: &Accounts, slug: &str, email: String, token: &str) -> Result<Member, String> {
    let body = json!({ "token": token, "name": format!("Somebody of {slug}"), "password": PASSWORD });
    let session = done(accounts, slug, None, "/auth/accept", body).await?;
    let (access, refresh) = (text(&session, "/access_token")?, text(&session, "/refresh_token")?);
    Ok(Member { id: id(&session, "/user/id")?, email, access, refresh })
}

/// Makes a key and shows that it opens its tenant. When a key was used is written wherever it is presented, and after that no more: the clock of
/// keys stands still.
async fn keyed(accounts: &Accounts, slug: &str, token: &str) -> Result<(Uuid, String), String> {
    let wanted = json!({ "name": format!("key of {slug}"), "scopes": ["users:read"], "expires": null });
    let made = done(accounts, slug, Some(token), "/api-keys", wanted).await?;
    let key = text(&made, "/key")?;
    let credential = Some(Credential { what: "a key", text: &key });
    let answer = send(accounts, Asked { slug, credential, method: &Method::GET, path: "/users", body: None }).await?;
    if answer.status.is_success() { Ok((id(&made, "/id")?, key)) } else { Err(format!("a key opens nothing at home: {answer:?}")) }
}

/// What a tenant does at home; it must succeed.
pub(super) async fn done(accounts: &Accounts, slug: &str, token: Option<&str>, path: &str, body: Value) -> Result<Value, String> {
    let body = body.to_string();
    let credential = token.map(|text| Credential { what: "an administrator", text });
    let answer = send(accounts, Asked { slug, credential, method: &Method::POST, path, body: Some(&body) }).await?;
    if answer.status.is_success() { Ok(answer.json()) } else { Err(format!("{path} at home is answered by {answer:?}")) }
}

pub(super) fn id(json: &Value, pointer: &str) -> Result<Uuid, String> {
    text(json, pointer)?.parse().map_err(told)
}
