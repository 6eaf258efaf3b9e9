//! The layer that finds out who sends a request, in an application of axum that has nothing else of Tenantry: a login that knows one
//! password, an API key, and a handler that says who asks.
//!
//! ```console
//! $ cargo run -p tenantry --example authenticate
//! ```
//!
//! With `--check` it serves on a free port, sends itself requests, and prints what was answered.

use std::error::Error as StdError;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use axum::{Json, Router};
use tenantry::auth::key::{ApiKey, StoredKey};
use tenantry::auth::token::{Grant, KeyRing, SigningKey, endpoint};
use tenantry::http::Problem;
use tenantry::layers::authenticate::{ApiKeys, Authenticate, Authenticated, By, SessionCookie, same_origin};
use tenantry::{Error, TenantId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

#[tokio::main]
async fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        None => serve().await,
        Some("--check") => tour().await.map(|seen| println!("{}", seen.join("\n"))),
        Some(other) => Err(format!("there is no argument {other}: write `--check`, or nothing").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The one key, which an application has in a table of each tenant.
struct OneKey(StoredKey);

impl ApiKeys for OneKey {
    async fn find(&self, tenant: TenantId, id: Uuid) -> Result<Option<StoredKey>, Error> {
        Ok(((self.0.tenant, self.0.id) == (tenant, id)).then(|| self.0.clone()))
    }

    async fn used(&self, _: TenantId, _: Uuid, _: SystemTime) -> Result<(), Error> {
        Ok(())
    }
}

/// What the login needs.
#[derive(Clone)]
struct Login {
    ring: KeyRing,
    cookie: SessionCookie,
    grant: Grant,
}

/// A page of this origin gets the cookie. Instead of the password of the demonstration, an application asks its tables.
async fn login(State(login): State<Login>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    same_origin(&parts)?;
    let typed = axum::body::to_bytes(body, 1_024).await.map_err(|_| Problem::not_found())?;
    if typed != "open sesame" {
        return Err(Problem::new(axum::http::StatusCode::UNAUTHORIZED, "login", "Nobody has this name and this password"));
    }
    let token = login.ring.issue(&login.grant).map_err(|_| Problem::internal())?;
    Ok(([(SET_COOKIE, login.cookie.set(&token))], "welcome\n").into_response())
}

async fn who(who: Authenticated) -> Json<[String; 2]> {
    let by = match who.by {
        By::Token(_) => "a token",
        By::Cookie(_) => "the cookie",
        By::Key(_) => "a key",
        _ => "something newer",
    };
    Json([by.to_owned(), who.scopes.to_string()])
}

/// The application, with the key and a token to ask it with.
struct Application {
    router: Router,
    key: ApiKey,
    token: String,
}

fn application() -> Result<Application, Box<dyn StdError>> {
    let ring = KeyRing::builder("http://localhost:8080", "example", SigningKey::generate("one".parse()?)?).build()?;
    let grant = Grant { tenant: TenantId::generate(), subject: Uuid::now_v7(), scopes: "orders:read orders:write".parse()? };
    let key = ApiKey::generate(grant.tenant)?;
    let stored = StoredKey::new(&key, grant.subject, "orders:read".parse()?);
    let (cookie, token) = (SessionCookie::new("__Host-session")?, ring.issue(&grant)?.expose().to_owned());
    let authenticate = Authenticate::builder(ring.clone()).api_keys(Arc::new(OneKey(stored))).cookie(cookie.clone()).build();
    let login = Router::new().route("/login", post(login)).with_state(Login { ring: ring.clone(), cookie, grant });
    let behind = authenticate.around(Router::new().route("/", any(who)));
    Ok(Application { router: login.merge(endpoint::routes(ring)).fallback_service(behind), key, token })
}

async fn serve() -> Result<(), Box<dyn StdError>> {
    let Application { router, key, token } = application()?;
    let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
    println!("curl -i http://localhost:8080/\ncurl -H 'Authorization: Bearer {token}' http://localhost:8080/");
    println!("curl -H 'Authorization: Bearer {}' http://localhost:8080/", *key.expose());
    println!("curl -i -d 'open sesame' -H 'Sec-Fetch-Site: same-origin' http://localhost:8080/login");
    Ok(axum::serve(listener, router).await?)
}

/// Serves on a free port and asks; returns each question, in words, with the first line, the challenge and the body of its answer.
///
/// # Errors
/// When this machine lets nobody listen.
pub(crate) async fn tour() -> Result<Vec<String>, Box<dyn StdError>> {
    let Application { router, key, token } = application()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (bearer, by_key) = (format!("Authorization: Bearer {token}\r\n"), format!("Authorization: Bearer {}\r\n", *key.expose()));
    let cookie = format!("Cookie: __Host-session={token}\r\n");
    let mut seen = Vec::new();
    for (question, request, headers) in [
        ("nothing", "GET /", String::new()),
        ("a token", "GET /", bearer.clone()),
        ("a key", "GET /", by_key.clone()),
        ("the cookie", "GET /", cookie.clone()),
        ("a token that is none", "GET /", "Authorization: Bearer x.y.z\r\n".to_owned()),
        ("a token and a key", "GET /", format!("{bearer}{by_key}")),
        ("the cookie, from a page of this origin", "POST /", format!("{cookie}Sec-Fetch-Site: same-origin\r\n")),
        ("the cookie, from a page of another tenant", "POST /", format!("{cookie}Sec-Fetch-Site: same-site\r\n")),
        ("a login, from a page of another origin", "POST /login", "Sec-Fetch-Site: cross-site\r\n".to_owned()),
        ("a path that does not exist, and nothing", "GET /nowhere", String::new()),
    ] {
        let mut stream = TcpStream::connect(address).await?;
        let text = format!("{request} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(text.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.lines().next().unwrap_or_default().trim_start_matches("HTTP/1.1 ");
        let challenge = head.lines().find_map(|line| line.strip_prefix("www-authenticate: ")).unwrap_or("no challenge");
        seen.push(format!("{question}: {request}\n  {status}, {challenge}: {}", body.trim_end()));
    }
    server.abort();
    Ok(seen)
}
