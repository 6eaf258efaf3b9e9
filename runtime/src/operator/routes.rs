//! The routes: each reads what it is told, calls one function of the platform, and answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post, put};

use super::Operators;
use super::authenticate::{self, Who};
use super::bodies::{
    ActShown, Added, AddedShown, Admin, Asked, DomainShown, Id, Items, Looked, Made, MemberShown, TenantShown, Verified, Whose,
    WhoseDomain, Why, host, invalid,
};
use super::onboard::{OnboardError, Onboarded, onboard};
use super::plans;
use crate::db::{Error, ErrorKind, FirstAdmin, Onboarding, Platform, VerifyError};
use crate::http::{Json, Problem, answer_with_problems};
use crate::schema::TenantId;

pub(super) type Operated = State<Arc<Platform>>;

/// The operator's routes, for a listener of their own. See the [module](super).
pub fn router(platform: Arc<Platform>, operators: Operators) -> Router {
    let routes = Router::new()
        .route("/tenants", get(tenants).post(create))
        .route("/tenants/{id}/suspend", post(suspend))
        .route("/tenants/{id}/resume", post(resume))
        .route("/tenants/{id}/close", post(close))
        .route("/tenants/{id}/members", post(members))
        .route("/tenants/{id}/plan", put(plans::set))
        .route("/plans", get(plans::list).post(plans::create))
        .route("/plans/{name}", put(plans::change).delete(plans::remove))
        .route("/tenants/{id}/domains", get(domains).post(add))
        .route("/tenants/{id}/domains/{host}", delete(remove))
        .route("/tenants/{id}/domains/{host}/verify", post(verify))
        .route("/tenants/{id}/domains/{host}/activate", post(activate))
        .route("/tenants/{id}/domains/{host}/deactivate", post(deactivate))
        .route("/tenants/{id}/domains/{host}/primary", post(primary))
        .route("/acts", get(acts))
        .with_state(platform);
    // Around everything, what answers for other paths and methods included: who has no token learns of none. A layer around the routes
    // themselves would stand inside of what adds `Allow`.
    Router::new().fallback_service(answer_with_problems(routes)).layer(from_fn_with_state(operators, authenticate::check))
}

async fn tenants(State(platform): Operated) -> Result<Json<Items<TenantShown>>, Problem> {
    let items = platform.tenants().await?.into_iter().map(TenantShown::from).collect();
    Ok(Json(Items { items, next: None }))
}

async fn create(State(platform): Operated, who: Who, Json(made): Json<Made>) -> Result<Response, Problem> {
    let act = who.acts(&made.reason);
    let Some(admin) = &made.admin else {
        if made.host.is_some() || !made.roles.is_empty() {
            return Err(invalid(["admin"], "required", "a tenant with roles or a domain needs somebody who is let in first"));
        }
        let id = platform.create_tenant(&made.slug, &made.name, act).await?;
        return created(id, Id { id, invitation: None });
    };
    let (roles, host) = (made.roles()?, made.host.as_deref().map(host).transpose()?);
    let Admin { email, role } = admin;
    let onboarding =
        Onboarding { slug: &made.slug, name: &made.name, host: host.as_deref(), roles: &roles, admin: FirstAdmin { email, role } };
    let Onboarded { tenant, invitation, .. } = onboard(&platform, &onboarding, act).await?;
    created(tenant, Id { id: tenant, invitation: Some(invitation.to_string()) })
}

fn created(tenant: TenantId, body: Id) -> Result<Response, Problem> {
    let place = HeaderValue::try_from(format!("/tenants/{tenant}")).map_err(|_| Problem::internal())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(body)).into_response())
}

async fn suspend(State(platform): Operated, who: Who, Whose(tenant): Whose, Json(why): Json<Why>) -> Result<StatusCode, Problem> {
    done(platform.suspend(tenant, who.acts(&why.reason)).await)
}

async fn resume(State(platform): Operated, who: Who, Whose(tenant): Whose, Json(why): Json<Why>) -> Result<StatusCode, Problem> {
    done(platform.resume(tenant, who.acts(&why.reason)).await)
}

async fn close(State(platform): Operated, who: Who, Whose(tenant): Whose, Json(why): Json<Why>) -> Result<StatusCode, Problem> {
    done(platform.close_tenant(tenant, who.acts(&why.reason)).await)
}

async fn members(
    State(platform): Operated,
    who: Who,
    Whose(tenant): Whose,
    Json(looked): Json<Looked>,
) -> Result<Json<Items<MemberShown>>, Problem> {
    let members = platform.members(tenant, looked.after.as_deref(), who.acts(&looked.reason)).await?;
    Ok(Json(members.into()))
}

async fn domains(State(platform): Operated, Whose(tenant): Whose) -> Result<Json<Items<DomainShown>>, Problem> {
    let shown = |domain: crate::db::Domain| {
        let record = platform.challenge(tenant, &domain.host);
        DomainShown::new(domain, record)
    };
    let items = platform.domains(tenant).await?.into_iter().map(shown).collect();
    Ok(Json(Items { items, next: None }))
}

async fn add(State(platform): Operated, who: Who, Whose(tenant): Whose, Json(added): Json<Added>) -> Result<Response, Problem> {
    let host = host(&added.host)?;
    platform.add_domain(tenant, &host, who.acts(&added.reason)).await.map_err(|error| match error.kind() {
        // The one thing that a domain refers to is its tenant.
        ErrorKind::Reference { .. } => Problem::not_found(),
        _ => error.into(),
    })?;
    let record = platform.challenge(tenant, &host).map(Into::into);
    Ok((StatusCode::CREATED, Json(AddedShown { host, record })).into_response())
}

async fn verify(
    State(platform): Operated,
    who: Who,
    WhoseDomain(tenant, host): WhoseDomain,
    Json(verified): Json<Verified>,
) -> Result<StatusCode, Problem> {
    let act = who.acts(&verified.reason);
    if verified.by_hand {
        return done(platform.verify_domain_by_hand(tenant, &host, act).await);
    }
    platform.verify_domain(tenant, &host, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn activate(
    State(platform): Operated,
    who: Who,
    WhoseDomain(tenant, host): WhoseDomain,
    Json(why): Json<Why>,
) -> Result<StatusCode, Problem> {
    done(platform.activate_domain(tenant, &host, who.acts(&why.reason)).await)
}

async fn deactivate(
    State(platform): Operated,
    who: Who,
    WhoseDomain(tenant, host): WhoseDomain,
    Json(why): Json<Why>,
) -> Result<StatusCode, Problem> {
    done(platform.deactivate_domain(tenant, &host, who.acts(&why.reason)).await)
}

async fn primary(
    State(platform): Operated,
    who: Who,
    WhoseDomain(tenant, host): WhoseDomain,
    Json(why): Json<Why>,
) -> Result<StatusCode, Problem> {
    done(platform.make_domain_primary(tenant, &host, who.acts(&why.reason)).await)
}

async fn remove(
    State(platform): Operated,
    who: Who,
    WhoseDomain(tenant, host): WhoseDomain,
    Json(why): Json<Why>,
) -> Result<StatusCode, Problem> {
    done(platform.remove_domain(tenant, &host, who.acts(&why.reason)).await)
}

async fn acts(State(platform): Operated, asked: Asked) -> Result<Json<Items<ActShown>>, Problem> {
    let items = platform.acts(asked.tenant, asked.limit).await?.into_iter().map(ActShown::from).collect();
    Ok(Json(Items { items, next: None }))
}

pub(super) fn done(result: Result<(), Error>) -> Result<StatusCode, Problem> {
    result?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        let of = |status, code, title| Self::new(status, code, title).with_detail(error.to_string());
        match error {
            VerifyError::Failed(error) => error.into(),
            VerifyError::NoChallenge => of(StatusCode::NOT_IMPLEMENTED, "no-challenge", "The service verifies no domains"),
            VerifyError::Unproven | VerifyError::Excessive => {
                of(StatusCode::UNPROCESSABLE_ENTITY, "unproven", "The domain was not shown to be the tenant's")
            }
            VerifyError::Unanswered(_) | VerifyError::Late => {
                tracing::warn!(%error, "a domain could not be verified");
                of(StatusCode::BAD_GATEWAY, "name-servers", "The name servers have not answered")
            }
        }
    }
}

impl From<OnboardError> for Problem {
    fn from(error: OnboardError) -> Self {
        match error {
            OnboardError::Failed(error) => error.into(),
            OnboardError::Random(error) => {
                tracing::error!(%error, "no invitation could be made");
                Self::internal()
            }
        }
    }
}
