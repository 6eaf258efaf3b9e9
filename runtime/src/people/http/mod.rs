//! The routes of people: how they get in, what is their own, and what an admin of the tenant does about them.
//!
//! [`public`] has those for whoever has not logged in, [`routes`] the others, each with what it needs. Both are [`Routes`], merged into those of
//! the application, so that the list and the [`Matrix`](crate::permissions::Matrix) have them, too.
//!
//! ```
//! use tenantry::http::{Api, Routes};
//! use tenantry::layers::authenticate::SessionCookie;
//! use tenantry::people::People;
//! use tenantry::people::http::{self, Cookies};
//!
//! fn all(api: &Api, people: &People, session: SessionCookie) -> Result<Routes, Box<dyn std::error::Error>> {
//!     let cookies = Cookies::new(session)?;
//!     Ok(Routes::generated(api).merge(http::public(api, people, Some(&cookies))).merge(http::routes(api, people, Some(&cookies))))
//! }
//! ```
//!
//! They stand behind [`layers::service`](crate::layers::service), whose [`Authenticate`](crate::layers::Authenticate) lets requests without a
//! credential [through](crate::layers::authenticate::AuthenticateBuilder::anonymous) and takes the same [`SessionCookie`](crate::layers::authenticate::SessionCookie). Attempts are counted by
//! the [address](crate::layers::clients) of the client.
//!
//! # Routes
//!
//! | request | needs | body | answer |
//! |---|---|---|---|
//! | `POST /auth/login` | nothing | `email`, `password`, `cookie` | 200, a session |
//! | `POST /auth/refresh` | nothing | `refresh_token`, or `cookie` | 200, a session |
//! | `POST /auth/logout` | nothing | `refresh_token`, or `cookie` | 204 |
//! | `POST /auth/reset` | nothing | `email` | 202, whether there is such a person or not |
//! | `POST /auth/reset/finish` | nothing | `token`, `password` | 204 |
//! | `POST /auth/accept` | nothing | `token`, `name`, `password`, `cookie` | 200, a session |
//! | `POST /auth/switch` | `account:use` | `tenant`, `cookie` | 200, a session of that tenant |
//! | `POST /auth/password` | `account:use` | `old`, `new` | 204 |
//! | `GET /api-keys` | `account:use` | | 200, the user's own keys |
//! | `POST /api-keys` | `account:use` | `name`, `scopes`, `expires` | 201, the key, shown this once |
//! | `DELETE /api-keys/{id}` | `account:use` | | 204 |
//! | `GET /users` | `users:read` | | 200, users with their roles |
//! | `PATCH /users/{id}` | `users:update` | `is_active` | 204 |
//! | `PUT /users/{id}/roles/{role}`, `DELETE` | `users:update` | | 204 |
//! | `POST /invitations` | `users:create` | `email`, `role` | 201, its id |
//! | `GET /roles` | `roles:read` | | 200, the tenant's roles |
//! | `POST /roles` | `roles:create` | `name`, `grants`, `readonly` | 201, its id |
//! | `DELETE /roles/{id}` | `roles:delete` | | 204 |
//!
//! `account:use` is [every user's](Needs::Own), whatever the roles; an API key is refused there, whatever its scopes. No route takes a query
//! string, and none redirects.
//!
//! # A session
//!
//! In the form of RFC 6749, section 5.1: `{"access_token":…,"token_type":"Bearer","expires_in":600,"refresh_token":…,"user":{…}}`. With
//! `"cookie":true` both tokens go into [`Cookies`] and not into the body, where a script could read them; then the request must come from a page
//! of the same origin, and the refresh token is read from its cookie.
//!
//! # Refusals
//!
//! | what is wrong | answer |
//! |---|---|
//! | e-mail, password, a token; nobody, nobody any more, nobody here | 401, `credentials`, the same bytes |
//! | too many attempts | 429 with `Retry-After`, whether there is such a person or not |
//! | `"cookie":true` from another origin | 403, `cross-origin` |
//! | a password that is too short or too long, a text that is no e-mail | 422, with its pointer |
//! | more than is one's own is given to somebody | 403, `not-given` |
//! | passwords wait to be compared already, more than the service has memory for | 503 with `Retry-After` |
//! | a query string | 400, `invalid-query` |

mod account;
mod admin;
mod body;
mod cookies;
mod error;
mod login;
mod session;
mod visit;

pub use cookies::{Cookies, REFRESH};

use super::People;
use crate::http::{Api, Routes};
use crate::permissions::{Needs, Permission};

/// What is a user's own.
const OWN: Needs = Needs::Own(Permission::of("account:use"));
const READ_USERS: Permission = Permission::of("users:read");
const INVITE: Permission = Permission::of("users:create");
const UPDATE_USERS: Permission = Permission::of("users:update");
const READ_ROLES: Permission = Permission::of("roles:read");
const CREATE_ROLES: Permission = Permission::of("roles:create");
const DELETE_ROLES: Permission = Permission::of("roles:delete");

/// What every handler has: the people, and the cookies of a service that has browsers.
#[derive(Clone, Debug)]
struct Door {
    people: People,
    cookies: Option<Cookies>,
}

/// The routes for those who have not logged in. Without cookies, a request that wants one is answered with 422.
pub fn public(api: &Api, people: &People, cookies: Option<&Cookies>) -> Routes {
    Routes::new(api)
        .post("/auth/login", Needs::Nothing, login::login)
        .post("/auth/refresh", Needs::Nothing, login::refresh)
        .post("/auth/logout", Needs::Nothing, login::logout)
        .post("/auth/reset", Needs::Nothing, login::reset)
        .post("/auth/reset/finish", Needs::Nothing, login::finish_reset)
        .post("/auth/accept", Needs::Nothing, login::accept)
        .with(Door { people: people.clone(), cookies: cookies.cloned() })
}

/// The routes for users: what is their own, and the tenant's users and roles.
pub fn routes(api: &Api, people: &People, cookies: Option<&Cookies>) -> Routes {
    Routes::new(api)
        .post("/auth/switch", OWN, account::switch)
        .post("/auth/password", OWN, account::change_password)
        .get("/api-keys", OWN, account::keys)
        .post("/api-keys", OWN, account::create_key)
        .delete("/api-keys/{id}", OWN, account::revoke_key)
        .get("/users", READ_USERS, admin::users)
        .patch("/users/{id}", UPDATE_USERS, admin::set_active)
        .put("/users/{id}/roles/{role}", UPDATE_USERS, admin::give_role)
        .delete("/users/{id}/roles/{role}", UPDATE_USERS, admin::take_role)
        .post("/invitations", INVITE, admin::invite)
        .get("/roles", READ_ROLES, admin::roles)
        .post("/roles", CREATE_ROLES, admin::create_role)
        .delete("/roles/{id}", DELETE_ROLES, admin::delete_role)
        .with(Door { people: people.clone(), cookies: cookies.cloned() })
}
