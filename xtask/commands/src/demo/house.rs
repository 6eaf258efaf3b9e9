//! The service of the demo, as one stands in production: tenants by subdomain, people who log in, and what each of them may do.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use tenantry::auth::{AttemptLimits, Attempts};
use tenantry::db::{FirstAdmin, Onboarding};
use tenantry::operator::onboard;
use tenantry::permissions::Role;
use tenantry::{Act, Config, Platform, Tenancy};
use tenantry_testkit::Stage;

use super::{DemoTenant, Holds, drafted};
use crate::service::{self, BASE, refused};
use crate::{App, Demo};

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
const SHARED: Act<'_> = Act { operator: "demo", reason: "what the tenants of the demo share" };
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
        drafted::share(&platform, app.models, SHARED).await?;
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
        let (url, attempts) = (stage.url("identity"), Attempts::new(AttemptLimits::DEFAULT)?);
        service::all(app, tenancy, url.expose_with_password(), self.address.port(), attempts).await
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
