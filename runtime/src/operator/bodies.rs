//! What requests say and answers hold, as JSON.

use axum::extract::FromRequestParts;
use axum::extract::Path;
use axum::extract::Query;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Domain, Members, PastAct, Tenant, TxtRecord};
use crate::http::{FieldError, Place, Problem};
use crate::layers::resolve::Host;
use crate::permissions::Role;
use crate::schema::{TenantId, Timestamp};

/// Why, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    pub(super) reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) reason: String,
    pub(super) host: Option<String>,
    #[serde(default)]
    pub(super) roles: Vec<MadeRole>,
    pub(super) admin: Option<Admin>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MadeRole {
    name: String,
    grants: Vec<String>,
    #[serde(default)]
    readonly: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Admin {
    pub(super) email: String,
    pub(super) role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Added {
    pub(super) host: String,
    pub(super) reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Verified {
    pub(super) reason: String,
    #[serde(default)]
    pub(super) by_hand: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Looked {
    pub(super) reason: String,
    pub(super) after: Option<String>,
}

/// A list, in a member of its own so that others can stand beside it.
#[derive(Serialize)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Id {
    pub(super) id: TenantId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) invitation: Option<String>,
}

#[derive(Serialize)]
pub(super) struct TenantShown {
    id: TenantId,
    slug: String,
    name: String,
    status: String,
    plan: Option<String>,
}

#[derive(Serialize)]
pub(super) struct DomainShown {
    host: String,
    is_primary: bool,
    is_active: bool,
    verified_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Record>,
}

/// What the tenant publishes.
#[derive(Serialize)]
pub(super) struct Record {
    name: String,
    r#type: &'static str,
    value: String,
}

#[derive(Serialize)]
pub(super) struct AddedShown {
    pub(super) host: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) record: Option<Record>,
}

#[derive(Serialize)]
pub(super) struct MemberShown {
    id: Uuid,
    email: String,
    name: String,
    is_active: bool,
    roles: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ActShown {
    id: Uuid,
    at: Timestamp,
    tenant: Option<TenantId>,
    operator: String,
    act: String,
    reason: String,
}

impl From<Tenant> for TenantShown {
    fn from(Tenant { id, slug, name, status, plan }: Tenant) -> Self {
        Self { id, slug, name, status, plan }
    }
}

impl From<TxtRecord> for Record {
    fn from(TxtRecord { name, value }: TxtRecord) -> Self {
        Self { name, r#type: "TXT", value }
    }
}

impl DomainShown {
    /// With the record that shows whose it is, as long as nobody has shown it.
    pub(super) fn new(Domain { host, is_primary, is_active, verified_at }: Domain, record: Option<TxtRecord>) -> Self {
        let record = record.filter(|_| verified_at.is_none()).map(Record::from);
        Self { host, is_primary, is_active, verified_at, record }
    }
}

impl From<Members> for Items<MemberShown> {
    fn from(Members { items, next }: Members) -> Self {
        let shown = items.into_iter().map(|member| MemberShown {
            id: member.id,
            email: member.email,
            name: member.name,
            is_active: member.is_active,
            roles: member.roles,
        });
        Self { items: shown.collect(), next }
    }
}

impl From<PastAct> for ActShown {
    fn from(PastAct { id, at, tenant, operator, act, reason }: PastAct) -> Self {
        Self { id, at, tenant, operator, act, reason }
    }
}

impl Made {
    /// The roles, as the tenant will have them.
    pub(super) fn roles(&self) -> Result<Vec<Role>, Problem> {
        let of = |(at, made): (usize, &MadeRole)| {
            let role = Role::new(&made.name, made.grants.iter().map(String::as_str));
            let role = role.and_then(|role| role.readonly(made.readonly.iter().map(String::as_str)));
            role.map_err(|error| invalid(["roles", &at.to_string()], "role", error.to_string()))
        };
        self.roles.iter().enumerate().map(of).collect()
    }
}

/// What is wrong with one value of a body.
pub(super) fn invalid<'a>(keys: impl IntoIterator<Item = &'a str>, code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::invalid(FieldError::new(Place::pointer(keys), code, detail.into()).into())
}

/// A host of a body, in its one spelling.
pub(super) fn host(text: &str) -> Result<String, Problem> {
    let host: Host = text.parse().map_err(|error: crate::layers::resolve::HostError| invalid(["host"], "host", error.to_string()))?;
    host.name().map(str::to_owned).ok_or_else(|| invalid(["host"], "host", "is an address: a domain of a tenant's own is a name"))
}

/// The tenant of the path. What is no id is no tenant's.
pub(super) struct Whose(pub(super) TenantId);

/// The tenant and the domain of the path.
pub(super) struct WhoseDomain(pub(super) TenantId, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Whose {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        tenant(&id).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WhoseDomain {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((id, host)) = path.map_err(|_| Problem::not_found())?;
        let host = Host::parse(&host).ok().and_then(|host| host.name().map(str::to_owned));
        Ok(Self(tenant(&id)?, host.ok_or_else(Problem::not_found)?))
    }
}

/// A uuid has more spellings than this one; there is one way to name a tenant.
fn tenant(text: &str) -> Result<TenantId, Problem> {
    let id: Option<TenantId> = text.parse().ok();
    id.filter(|id| id.to_string() == text).ok_or_else(Problem::not_found)
}

/// Which acts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedActs {
    tenant: Option<String>,
    limit: Option<u32>,
}

/// Which acts, and how many of them.
pub(super) struct Asked {
    pub(super) tenant: Option<TenantId>,
    pub(super) limit: u32,
}

/// How many acts are told when nothing else is said, and at most.
const ACTS: u32 = 100;
const MOST_ACTS: u32 = 1_000;

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let odd = |name: &str, detail: &'static str| {
            Problem::invalid_query(FieldError::new(Place::Parameter(name.to_owned()), "form", detail).into())
        };
        let asked = Query::<AskedActs>::from_request_parts(parts, state).await;
        let Query(AskedActs { tenant: of, limit }) =
            asked.map_err(|_| odd("", "takes `tenant`, an id, and `limit`, a number from 1 to 1000, each once"))?;
        let of = of.map(|id| tenant(&id).map_err(|_| odd("tenant", "is no id"))).transpose()?;
        let limit = limit.unwrap_or(ACTS);
        if !(1..=MOST_ACTS).contains(&limit) {
            return Err(odd("limit", "must be within 1 and 1000"));
        }
        Ok(Self { tenant: of, limit })
    }
}
