//! The routes of the plans.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::authenticate::Who;
use super::bodies::{Items, Whose, Why};
use super::routes::{Operated, done};
use crate::db::{Limits, Plan};
use crate::http::{Json, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    name: String,
    users: Option<u32>,
    api_keys: Option<u32>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limited {
    users: Option<u32>,
    api_keys: Option<u32>,
    reason: String,
}

/// Which plan; null, and that has to be said, for none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreed {
    #[serde(deserialize_with = "Option::deserialize")]
    plan: Option<String>,
    reason: String,
}

#[derive(Serialize)]
pub(super) struct Shown {
    name: String,
    users: Option<u32>,
    api_keys: Option<u32>,
}

impl From<Plan> for Shown {
    fn from(Plan { name, limits: Limits { users, api_keys } }: Plan) -> Self {
        Self { name, users, api_keys }
    }
}

pub(super) async fn list(State(platform): Operated) -> Result<Json<Items<Shown>>, Problem> {
    let items = platform.plans().await?.into_iter().map(Shown::from).collect();
    Ok(Json(Items { items, next: None }))
}

pub(super) async fn create(State(platform): Operated, who: Who, Json(made): Json<Made>) -> Result<Response, Problem> {
    let Made { name, users, api_keys, reason } = made;
    platform.create_plan(&name, Limits { users, api_keys }, who.acts(&reason)).await?;
    let place = format!("/plans/{}", utf8_percent_encode(&name, NON_ALPHANUMERIC));
    let place = HeaderValue::try_from(place).map_err(|_| Problem::internal())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(Shown { name, users, api_keys })).into_response())
}

pub(super) async fn change(
    State(platform): Operated,
    who: Who,
    PlanName(name): PlanName,
    Json(limited): Json<Limited>,
) -> Result<StatusCode, Problem> {
    let Limited { users, api_keys, reason } = limited;
    done(platform.change_plan(&name, Limits { users, api_keys }, who.acts(&reason)).await)
}

pub(super) async fn remove(
    State(platform): Operated,
    who: Who,
    PlanName(name): PlanName,
    Json(why): Json<Why>,
) -> Result<StatusCode, Problem> {
    done(platform.remove_plan(&name, who.acts(&why.reason)).await)
}

pub(super) async fn set(
    State(platform): Operated,
    who: Who,
    Whose(tenant): Whose,
    Json(agreed): Json<Agreed>,
) -> Result<StatusCode, Problem> {
    done(platform.set_plan(tenant, agreed.plan.as_deref(), who.acts(&agreed.reason)).await)
}

/// The plan of the path. What is no text is no plan's name.
pub(super) struct PlanName(String);

impl<S: Send + Sync> FromRequestParts<S> for PlanName {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        name.map(|Path(name)| Self(name)).map_err(|_| Problem::not_found())
    }
}
