//! What somebody does about the users and roles of the tenant.

use std::sync::Arc;

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Door;
use super::body::Body;
use super::session::{UserAnswer, invalid, no_content};
use super::visit::{Admin, Ids, Visit};
use crate::http::{Json, Problem};
use crate::people::{RoleEntry, User};
use crate::permissions::{Role, RoleError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitation {
    email: String,
    role: Uuid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    is_active: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    name: String,
    grants: Vec<String>,
    #[serde(default)]
    readonly: Vec<String>,
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Serialize)]
struct Made {
    id: Uuid,
}

#[derive(Serialize)]
struct Member<'a> {
    #[serde(flatten)]
    user: UserAnswer<'a>,
    is_active: bool,
    roles: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: Uuid,
    name: &'a str,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: Uuid,
    name: &'a str,
    grants: Vec<String>,
    readonly: Vec<&'a str>,
}

impl<'a> From<&'a (User, Vec<RoleEntry>)> for Member<'a> {
    fn from((user, roles): &'a (User, Vec<RoleEntry>)) -> Self {
        let roles = roles.iter().map(|entry| Named { id: entry.id, name: entry.role.name() }).collect();
        Self { user: user.into(), is_active: user.is_active, roles }
    }
}

impl<'a> From<&'a RoleEntry> for Shown<'a> {
    fn from(RoleEntry { id, role }: &'a RoleEntry) -> Self {
        let role: &Arc<Role> = role;
        let grants = role.grants().iter().map(ToString::to_string).collect();
        Self { id: *id, name: role.name(), grants, readonly: role.readonly_fields().collect() }
    }
}

pub(super) async fn users(Extension(door): Extension<Door>, visit: Visit) -> Result<Response, Problem> {
    let users = door.people.users(visit.tenant).await.map_err(|error| visit.refused(error))?;
    Ok(Json(Items { items: users.iter().map(Member::from).collect() }).into_response())
}

pub(super) async fn set_active(
    Extension(door): Extension<Door>,
    Admin { visit, caller }: Admin,
    Ids(user): Ids<Uuid>,
    Body(body): Body<Activity>,
) -> Result<Response, Problem> {
    done(&visit, door.people.set_active(visit.tenant, &caller, user, body.is_active).await)
}

pub(super) async fn give_role(
    Extension(door): Extension<Door>,
    Admin { visit, caller }: Admin,
    Ids((user, role)): Ids<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    done(&visit, door.people.give_role(visit.tenant, &caller, user, role).await)
}

pub(super) async fn take_role(
    Extension(door): Extension<Door>,
    Admin { visit, caller }: Admin,
    Ids((user, role)): Ids<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    done(&visit, door.people.take_role(visit.tenant, &caller, user, role).await)
}

pub(super) async fn invite(
    Extension(door): Extension<Door>,
    Admin { visit, caller }: Admin,
    Body(body): Body<Invitation>,
) -> Result<Response, Problem> {
    made(&visit, door.people.invite(visit.tenant, &caller, &body.email, body.role).await)
}

pub(super) async fn roles(Extension(door): Extension<Door>, visit: Visit) -> Result<Response, Problem> {
    let roles = door.people.roles(visit.tenant).await.map_err(|error| visit.refused(error))?;
    Ok(Json(Items { items: roles.iter().map(Shown::from).collect() }).into_response())
}

pub(super) async fn create_role(
    Extension(door): Extension<Door>,
    Admin { visit, caller }: Admin,
    Body(body): Body<NewRole>,
) -> Result<Response, Problem> {
    let role = Role::new(&body.name, body.grants.iter().map(String::as_str));
    let role = role.and_then(|role| role.readonly(body.readonly.iter().map(String::as_str))).map_err(|error| misspelt(&error))?;
    made(&visit, door.people.create_role(visit.tenant, &caller, role).await)
}

pub(super) async fn delete_role(
    Extension(door): Extension<Door>,
    Admin { visit, caller }: Admin,
    Ids(role): Ids<Uuid>,
) -> Result<Response, Problem> {
    done(&visit, door.people.delete_role(visit.tenant, &caller, role).await)
}

fn misspelt(error: &RoleError) -> Problem {
    let (member, code) = match error {
        RoleError::Name(_) => ("name", "name"),
        RoleError::Field(_) => ("readonly", "field"),
        RoleError::Grant(_) | RoleError::Permission(_) => ("grants", "grant"),
    };
    invalid(member, code, error.to_string())
}

fn done(visit: &Visit, result: Result<(), crate::people::PeopleError>) -> Result<Response, Problem> {
    result.map(|()| no_content()).map_err(|error| visit.refused(error))
}

fn made(visit: &Visit, result: Result<Uuid, crate::people::PeopleError>) -> Result<Response, Problem> {
    let id = result.map_err(|error| visit.refused(error))?;
    Ok((StatusCode::CREATED, Json(Made { id })).into_response())
}
