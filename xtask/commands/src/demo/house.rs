//! The service of the demo, as one stands in production: tenants by subdomain, people who log in, and what each of them may do.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use tenantry::auth::token::{KeyRing, SigningKey};
use tenantry::db::{FirstAdmin, Onboarding};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::authenticate::SessionCookie;
use tenantry::layers::resolve::Host;
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::operator::onboard;
use tenantry::people::People;
use tenantry::people::http::{Cookies, public, routes};
use tenantry::permissions::Role;
use tenantry::{Act, Config, Identities, Platform, Tenancy};
use tenantry_testkit::Stage;

use super::{DemoTenant, Holds, refused};
use crate::{App, Demo};

/// What the tenants are subdomains of: curl and browsers take each name below it for this machine (RFC 6761, section 6.3).
const BASE: &str = "localhost";
/// Who is an admin of every tenant of the demo.
pub(super) const EMAIL: &str = "ada@example.com";
/// Their password: nobody but this machine reaches the demo, and it ends with it.
pub(super) const PASSWORD: &str = "correct horse battery staple";
/// The tenants of an application that names none.
const TENANTS: [(&str, &str); 3] = [("acme", "Acme Ltd"), ("globex", "Globex Corporation"), ("newcomer", "Newcomer Ltd")];
/// One that the operator has suspended.
const SUSPENDED: (&str, &str) = ("dormant", "Dormant Ltd");
/// Who makes them, as it is recorded.
const MADE: Act<'_> = Act { operator: "demo", reason: "a tenant of the demo" };
const STOPPED: Act<'_> = Act { operator: "demo", reason: "to show what becomes of its requests" };

/// Where the service is, and how it is asked.
pub(super) struct House {
    address: SocketAddr,
    client: Client,
}

/// A tenant with its first admin's invitation.
pub(super) struct Invited {
    tenant: DemoTenant,
    invitation: String,
}

impl House {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, client: Client::new() }
    }

    /// Onboards the tenants, as an operator does, and suspends the last one.
    pub(super) async fn onboard(&self, app: &App, stage: &Stage) -> anyhow::Result<Vec<Invited>> {
        let config = Config::new(stage.url("platform").expose_with_password())?;
        let platform = Platform::start(&config, &app.conventions).await.map_err(refused)?;
        let roles = match app.demo {
            Some(Demo { roles, .. }) => roles()?,
            None => vec![Role::new("admin", ["*"])?],
        };
        let admin = roles.first().context("the demo needs a role for its admin")?.name().to_owned();
        let names = app.demo.map_or(TENANTS, |demo| demo.tenants).into_iter().zip([Holds::All, Holds::Half, Holds::Nothing]);
        let mut invited = Vec::new();
        for ((slug, name), holds) in names.chain([(SUSPENDED, Holds::Suspended)]) {
            let admin = FirstAdmin { email: EMAIL, role: &admin };
            let onboarding = Onboarding { slug, name, host: None, roles: &roles, admin };
            let made = onboard(&platform, &onboarding, MADE).await?;
            if holds == Holds::Suspended {
                platform.suspend(made.tenant, STOPPED).await?;
            }
            let (host, token) = (format!("{slug}.{BASE}:{}", self.address.port()), String::new());
            let tenant = DemoTenant { id: made.tenant, slug, name, holds, host, token };
            invited.push(Invited { tenant, invitation: made.invitation.to_string() });
        }
        platform.close().await;
        Ok(invited)
    }

    /// The service with all its layers.
    pub(super) async fn service(&self, app: &App, stage: &Stage, tenancy: &Tenancy) -> anyhow::Result<Router> {
        let config = Config::new(stage.url("identity").expose_with_password())?.max_connections(2);
        let identities = Identities::start(&config, &app.conventions).await.map_err(refused)?;
        let key = SigningKey::generate("demo".parse()?)?;
        let ring = KeyRing::builder(format!("http://{BASE}:{}", self.address.port()), "demo", key).build()?;
        let people = People::builder(tenancy, identities, ring.clone()).build()?;
        let session = SessionCookie::new("__Host-session")?;
        let cookies = Cookies::new(session.clone())?;
        let api = Api::new(tenancy.registry(), CursorKey::random()?);
        let of_people = public(&api, &people, Some(&cookies)).merge(routes(&api, &people, Some(&cookies)));
        let all = (app.router)(&api).merge(of_people.into_router());
        let authenticate = Authenticate::builder(ring).api_keys(people.clone()).cookie(session).anonymous().build();
        let resolve = Resolve::builder(tenancy.directory()).subdomains_of(Host::parse(BASE)?).claim().tenancy(tenancy).build()?;
        Ok(layers::service(tenancy, all, authenticate, resolve, Callers::new(people)))
    }

    /// Accepts the invitations, as each admin would: by the token that was mailed.
    pub(super) async fn admit(&self, invited: Vec<Invited>) -> anyhow::Result<Vec<DemoTenant>> {
        let mut tenants = Vec::new();
        for Invited { mut tenant, invitation } in invited {
            // Nobody gets in where the tenant is suspended.
            if tenant.holds != Holds::Suspended {
                let body = json!({ "token": invitation, "name": "Ada", "password": PASSWORD });
                let accepted = self.post(&tenant, "auth/accept", &body).send().await?;
                tenant.token = text(answer(accepted, StatusCode::OK, "accepting an invitation").await?, "access_token")?;
            }
            tenants.push(tenant);
        }
        Ok(tenants)
    }

    /// A request at a tenant's host, which is a name of this machine for curl and a browser, and not for every resolver.
    pub(super) fn ask(&self, method: Method, tenant: &DemoTenant, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}/{path}", self.address)).header(header::HOST, &tenant.host)
    }

    pub(super) fn post(&self, tenant: &DemoTenant, path: &str, body: &Value) -> RequestBuilder {
        self.ask(Method::POST, tenant, &format!("api/{path}")).json(body)
    }
}

/// The JSON of an answer with that status.
pub(super) async fn answer(response: reqwest::Response, status: StatusCode, what: &str) -> anyhow::Result<Value> {
    anyhow::ensure!(response.status() == status, "{what} answered {} instead of {status}", response.status());
    response.json().await.with_context(|| format!("{what} was answered with what is no JSON"))
}

/// A member that is a text.
pub(super) fn text(answer: Value, member: &str) -> anyhow::Result<String> {
    answer[member].as_str().map(str::to_owned).with_context(|| format!("the answer has no `{member}`"))
}
