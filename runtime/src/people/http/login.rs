//! For those who have not logged in.

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Door;
use super::body::{Body, Hidden};
use super::error::password;
use super::session::{invalid, no_content};
use super::visit::Visit;
use crate::auth::Password;
use crate::http::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    email: String,
    password: Hidden,
    #[serde(default)]
    cookie: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    refresh_token: Option<Hidden>,
    #[serde(default)]
    cookie: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reset {
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finish {
    token: Hidden,
    password: Hidden,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accept {
    token: Hidden,
    name: String,
    password: Hidden,
    #[serde(default)]
    cookie: bool,
}

/// Every login begins a session of its own: nothing that the browser or the client had before is part of it.
pub(super) async fn login(Extension(door): Extension<Door>, visit: Visit, Body(body): Body<Login>) -> Result<Response, Problem> {
    let carrier = door.carrier(&visit, body.cookie)?;
    let typed = Password::typed(body.password.into_text()).map_err(|refusal| password("password", refusal))?;
    let session = door.people.login(visit.tenant, &body.email, typed, visit.address).await;
    session.map(|session| carrier.session(&session)).map_err(|error| visit.refused(error))
}

pub(super) async fn refresh(Extension(door): Extension<Door>, visit: Visit, Body(body): Body<Refresh>) -> Result<Response, Problem> {
    let carrier = door.carrier(&visit, body.cookie)?;
    let token = body.token()?;
    let session = door.people.refresh(visit.tenant, token.as_ref().map_or(&visit.refresh, Hidden::bytes)).await;
    Ok(match session {
        Ok(session) => carrier.session(&session),
        Err(error) => carrier.refused(visit.refused(error)),
    })
}

pub(super) async fn logout(Extension(door): Extension<Door>, visit: Visit, Body(body): Body<Refresh>) -> Result<Response, Problem> {
    let carrier = door.carrier(&visit, body.cookie)?;
    let token = body.token()?;
    let ended = door.people.logout(visit.tenant, token.as_ref().map_or(&visit.refresh, Hidden::bytes)).await;
    ended.map(|()| carrier.ended()).map_err(|error| visit.refused(error))
}

impl Refresh {
    /// The token of the body; `None` when it is in the cookie.
    fn token(self) -> Result<Option<Hidden>, Problem> {
        match (self.refresh_token, self.cookie) {
            (Some(_), true) => Err(invalid("refresh_token", "twice", "is taken from the cookie or from the body, not from both")),
            (None, false) => Err(invalid("refresh_token", "required", "is required where there is no cookie")),
            (token, _) => Ok(token),
        }
    }
}

/// The answer is the same whether a mail is sent or not.
pub(super) async fn reset(Extension(door): Extension<Door>, visit: Visit, Body(body): Body<Reset>) -> Result<Response, Problem> {
    door.people.begin_reset(visit.tenant, &body.email, visit.address).await.map_err(|error| visit.refused(error))?;
    Ok((StatusCode::ACCEPTED, [(header::CACHE_CONTROL, "no-store")]).into_response())
}

pub(super) async fn finish_reset(Extension(door): Extension<Door>, visit: Visit, Body(body): Body<Finish>) -> Result<Response, Problem> {
    let chosen = Password::typed(body.password.into_text()).map_err(|refusal| password("password", refusal))?;
    let finished = door.people.finish_reset(visit.tenant, body.token.bytes(), chosen, visit.address).await;
    finished.map(|()| no_content()).map_err(|error| visit.refused(error))
}

pub(super) async fn accept(Extension(door): Extension<Door>, visit: Visit, Body(body): Body<Accept>) -> Result<Response, Problem> {
    let carrier = door.carrier(&visit, body.cookie)?;
    let typed = Password::typed(body.password.into_text()).map_err(|refusal| password("password", refusal))?;
    let session = door.people.accept(visit.tenant, body.token.bytes(), &body.name, typed, visit.address).await;
    session.map(|session| carrier.session(&session)).map_err(|error| visit.refused(error))
}
