//! Requests that are not well meant, against the router as it is served, with the layers around it that find out the tenant.
//!
//! Whatever an answer is about, it is scanned: of the victim's ids it may repeat what the request has said, and nothing else.

mod bodies;
mod headers;
mod lists;
mod rows;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use tenantry::TenantId;
use tenantry::layers::dev_tenant::HEADER;
use tenantry::schema::{ModelDef, Verb};
use uuid::Uuid;

use super::super::canary;
use super::super::observer::Digest;
use super::answer::{Answer, shown};
use super::pair::{ATTACKER, Field, Pair, VICTIM};
use super::report::{AttackKind, AttackReport};

/// Tries every class of requests.
pub(super) async fn web<'a>(field: Field<'a>, pair: &mut Pair<'a>, report: &mut AttackReport) -> Result<(), String> {
    let markers = pair.books[VICTIM].rows().iter().map(|(_, id)| id.to_string()).chain([pair.tenants[VICTIM].to_string()]).collect();
    let mut web = Web { field, pair, report, markers, kind: headers::KIND };
    // How the application's own callers could be forged is not known here.
    if web.field.world.principals.around.is_none() {
        headers::tenants(&mut web).await?;
    }
    lists::cursors(&mut web).await?;
    lists::columns(&mut web).await?;
    rows::foreign(&mut web).await?;
    rows::forms(&mut web).await?;
    bodies::assigned(&mut web).await?;
    bodies::referred(&mut web).await
}

struct Web<'a, 'b> {
    field: Field<'a>,
    pair: &'b mut Pair<'a>,
    report: &'b mut AttackReport,
    /// What the victim can be known by.
    markers: Vec<String>,
    /// The class that is being tried.
    kind: AttackKind,
}

/// Who sends a request.
#[derive(Clone, Copy)]
enum Caller<'c> {
    /// A tenant, as the application knows its callers.
    Tenant(TenantId),
    /// Whoever these values of the development layer's header are taken for.
    Values(&'c [HeaderValue]),
}

impl Web<'_, '_> {
    /// The models that have any route: of the others every request meets the router alone.
    fn routed(&self) -> Vec<(usize, &'static ModelDef)> {
        let routed = |def: &ModelDef| Verb::ALL.iter().any(|verb| def.routes.has(*verb));
        self.field.world.models.iter().copied().enumerate().filter(|(_, def)| routed(def)).collect()
    }

    fn tenant(&self) -> String {
        self.pair.tenants[ATTACKER].to_string()
    }

    /// The models with a route for that verb.
    fn with(&self, verb: Verb) -> Vec<(usize, &'static ModelDef)> {
        self.field.world.models.iter().copied().enumerate().filter(|(_, def)| def.routes.has(verb)).collect()
    }

    /// A row of a tenant.
    fn row(&self, who: usize, model: usize) -> Option<Uuid> {
        self.pair.books[who].tables[model].keys().next().copied()
    }

    /// A request of the attacker's.
    async fn send(&mut self, method: Method, uri: &str, body: Option<&str>) -> Result<Answer, String> {
        self.send_as(Caller::Tenant(self.pair.tenants[ATTACKER]), method, uri, body).await
    }

    /// A request by that caller.
    async fn send_as(&mut self, caller: Caller<'_>, method: Method, uri: &str, body: Option<&str>) -> Result<Answer, String> {
        self.report.count(self.kind);
        let shows = match caller {
            Caller::Tenant(tenant) => tenant.to_string(),
            Caller::Values(values) => format!("{values:?}"),
        };
        let said = format!("{shows} {method} {uri} {}", body.unwrap_or_default());
        let answer = self.answer(caller, method, uri, body).await?;
        let heard = answer.heard();
        if let Some(secret) = canary::secret(&heard) {
            self.report.violation(self.kind, format!("`{}` => the secret {secret} in {} {heard}", shown(&said), answer.status));
        } else if let Some(fault) = answer.fault(&said, &self.markers) {
            self.report.violation(self.kind, format!("`{}` => {fault}", shown(&said)));
        }
        Ok(answer)
    }

    async fn answer(&self, caller: Caller<'_>, method: Method, uri: &str, body: Option<&str>) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(uri);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Body::from(body.unwrap_or_default().to_owned())).map_err(|error| format!("{uri}: {error}"))?;
        let (mut parts, body) = request.into_parts();
        match caller {
            Caller::Tenant(tenant) => (self.field.world.principals.caller)(tenant, &mut parts),
            Caller::Values(values) => {
                for value in values {
                    parts.headers.append(HEADER, value.clone());
                }
            }
        }
        Answer::of(self.field.router, Request::from_parts(parts, body)).await
    }

    /// The list of a tenant, as that tenant reads it.
    async fn page(&self, tenant: TenantId, uri: &str) -> Result<Answer, String> {
        self.answer(Caller::Tenant(tenant), Method::GET, uri, None).await
    }

    fn violation(&mut self, request: &str, answer: &Answer, due: &str) {
        let text = format!("`{}` => {} {}, where {due} was due", shown(request), answer.status, shown(&answer.body));
        self.report.violation(self.kind, text);
    }

    fn told_apart(&mut self, request: &str, foreign: &Answer, random: &Answer) {
        let text = format!("`{}` => {foreign:?}, and for nobody's {random:?}", shown(request));
        self.report.violation(self.kind, text);
    }

    /// The victim's rows have not changed since, and of the attacker's only what it may change.
    async fn unchanged(&mut self, before: &[Digest], own_too: bool) -> Result<(), String> {
        let now = self.pair.look().await?;
        if now[VICTIM] != before[VICTIM] {
            self.report.violation(self.kind, "the victim's rows have changed");
            self.pair.furnish(VICTIM).await?;
        }
        if own_too && now[ATTACKER] != before[ATTACKER] {
            self.report.violation(self.kind, "the attacker's rows have changed by requests that were refused");
        }
        Ok(())
    }
}
