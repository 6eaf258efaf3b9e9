//! What is a user's own: other tenants, the password, API keys.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Door;
use super::body::{Body, Hidden};
use super::error::password;
use super::session::{invalid, no_content};
use super::visit::{Ids, Person};
use crate::auth::{Password, Scopes};
use crate::http::{Json, Problem};
use crate::mutants::mutant;
use crate::people::{KeyEntry, PeopleError};
use crate::schema::Timestamp;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    tenant: String,
    #[serde(default)]
    cookie: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePassword {
    old: Hidden,
    new: Hidden,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    name: String,
    scopes: Vec<String>,
    expires: Option<String>,
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Serialize)]
struct Key<'a> {
    id: Uuid,
    name: &'a str,
    scopes: Vec<&'a str>,
    created: Timestamp,
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
    used: Option<Timestamp>,
}

#[derive(Serialize)]
struct Made<'a> {
    key: &'a str,
    #[serde(flatten)]
    entry: Key<'a>,
}

impl<'a> From<&'a KeyEntry> for Key<'a> {
    fn from(entry: &'a KeyEntry) -> Self {
        let KeyEntry { id, name, scopes, created, expires, revoked, used } = entry;
        let scopes = scopes.iter().collect();
        Self { id: *id, name, scopes, created: *created, expires: *expires, revoked: *revoked, used: *used }
    }
}

pub(super) async fn switch(Extension(door): Extension<Door>, person: Person, Body(body): Body<Switch>) -> Result<Response, Problem> {
    // Scripts do not see the tokens of a session that is in cookies: one that got into a page would have the person's other tenants, too.
    if person.has_cookie() && !body.cookie && !mutant!("login_switch_shown") {
        return Err(invalid("cookie", "required", "a session that is in cookies goes on in cookies"));
    }
    let carrier = door.carrier(&person.visit, body.cookie)?;
    let session = door.people.switch(&person.who, &body.tenant).await;
    session.map(|session| carrier.session(&session)).map_err(|error| person.visit.refused(error))
}

pub(super) async fn change_password(
    Extension(door): Extension<Door>,
    person: Person,
    Body(body): Body<ChangePassword>,
) -> Result<Response, Problem> {
    let old = Password::typed(body.old.into_text()).map_err(|refusal| password("old", refusal))?;
    let new = Password::typed(body.new.into_text()).map_err(|refusal| password("new", refusal))?;
    match door.people.change_password(&person.who, old, new, person.visit.address).await {
        Ok(()) => Ok(no_content()),
        // The token is believed: a client that took this for the end of its session would refresh it, and try again.
        Err(PeopleError::Wrong) => Err(invalid("old", "wrong", "is not the password")),
        Err(PeopleError::Password(refusal)) => Err(password("new", refusal)),
        Err(error) => Err(person.visit.refused(error)),
    }
}

pub(super) async fn keys(Extension(door): Extension<Door>, person: Person) -> Result<Response, Problem> {
    let keys = door.people.keys(&person.who).await.map_err(|error| person.visit.refused(error))?;
    Ok(Json(Items { items: keys.iter().map(Key::from).collect() }).into_response())
}

pub(super) async fn create_key(Extension(door): Extension<Door>, person: Person, Body(body): Body<NewKey>) -> Result<Response, Problem> {
    let (caller, scopes) = (person.caller()?, scopes(&body.scopes)?);
    let expires = body.expires.map(|text| text.parse::<Timestamp>()).transpose();
    let expires = expires.map_err(|error| invalid("expires", "timestamp", error.to_string()))?;
    let made = door.people.create_key(&person.who, caller, &body.name, scopes, expires).await;
    let (key, entry) = made.map_err(|error| person.visit.refused(error))?;
    let key = key.expose();
    Ok((StatusCode::CREATED, Json(Made { key: &key, entry: (&entry).into() })).into_response())
}

/// Each a word of its own: one with a space in it would be two.
fn scopes(words: &[String]) -> Result<Scopes, Problem> {
    let whole = words.iter().all(|word| !word.is_empty() && !word.contains(' '));
    let scopes = whole.then(|| words.join(" ").parse().ok()).flatten();
    scopes.ok_or_else(|| invalid("scopes", "scopes", "are at most 64 different words of visible ASCII, such as orders:read"))
}

pub(super) async fn revoke_key(Extension(door): Extension<Door>, person: Person, Ids(id): Ids<Uuid>) -> Result<Response, Problem> {
    let revoked = door.people.revoke_key(&person.who, id).await;
    revoked.map(|()| no_content()).map_err(|error| person.visit.refused(error))
}
