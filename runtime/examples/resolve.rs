//! The layer that finds the tenant of a request, in an application of axum that has nothing else of Tenantry: two tenants in a list, and a
//! handler that says whose request it is.
//!
//! ```console
//! $ cargo run -p tenantry --example resolve
//! $ curl http://acme.localhost:8080/
//! ```
//!
//! With `--check` it serves on a free port, sends itself the requests of [`REQUESTS`], and prints what was answered.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::process::ExitCode;

use axum::routing::get;
use axum::{Extension, Router};
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{Forwarding, Found, Host, Lookup, PathPrefix, Proxies, Resolved, Slug};
use tenantry::{Error, TenantId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request of the check: its target and its headers.
type Asking = (&'static str, &'static [(&'static str, &'static str)]);

/// What the check sends, from this machine, which the example takes for its proxy.
const REQUESTS: &[Asking] = &[
    ("/", &[("Host", "acme.localhost")]),
    ("/", &[("Host", "ACME.localhost.:8080")]),
    ("/", &[("Host", "shop.globex.example")]),
    ("/t/globex/orders?open", &[("Host", "localhost")]),
    ("/", &[("Host", "10.0.0.7"), ("X-Forwarded-Host", "globex.localhost")]),
    ("/", &[("Host", "nobody.localhost")]),
    ("/", &[("Host", "closed.localhost")]),
    ("/t/globex/orders", &[("Host", "acme.localhost")]),
    ("/", &[("Host", "localhost")]),
    ("/", &[("Host", "acme.localhost"), ("Host", "globex.localhost")]),
    ("/", &[("Host", "acme.localhost@globex.localhost")]),
];

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

/// The tenants, which an application has in a database.
struct Tenants(Vec<(&'static str, &'static str, Found)>);

impl Tenants {
    fn new() -> Self {
        let found = |active| Found { tenant: TenantId::generate(), active };
        Self(vec![
            ("acme", "shop.acme.example", found(true)),
            ("globex", "shop.globex.example", found(true)),
            ("closed", "shop.closed.example", found(false)),
        ])
    }

    fn find(&self, is: impl Fn(&(&str, &str, Found)) -> bool) -> Result<Option<Found>, Error> {
        Ok(self.0.iter().find(|tenant| is(tenant)).map(|tenant| tenant.2))
    }
}

impl Lookup for Tenants {
    async fn by_host(&self, host: &Host) -> Result<Option<Found>, Error> {
        self.find(|(_, domain, _)| host.name() == Some(*domain))
    }

    async fn by_slug(&self, slug: &Slug) -> Result<Option<Found>, Error> {
        self.find(|(name, ..)| *name == slug.as_str())
    }

    async fn by_id(&self, tenant: TenantId) -> Result<Option<Found>, Error> {
        self.find(|(.., found)| found.tenant == tenant)
    }
}

/// The application: whatever the path, the handler says whose request it is.
fn application(tenants: Tenants) -> Result<Router, Box<dyn StdError>> {
    let slugs: Vec<_> = tenants.0.iter().map(|(slug, _, found)| (*slug, found.tenant)).collect();
    let whose = async move |Extension(Resolved(tenant)): Extension<Resolved>, uri: axum::http::Uri| {
        let slug = slugs.iter().find(|(_, known)| *known == tenant).map_or("?", |(slug, _)| slug);
        format!("{slug}, {uri}\n")
    };
    let resolve = Resolve::builder(tenants)
        .subdomains_of("localhost".parse()?)
        .domains()
        .path(PathPrefix::new("/t")?)
        .proxies(Proxies::loopback())
        .forwarding(Forwarding::XForwardedHost)
        .build()?;
    Ok(resolve.around(Router::new().fallback(get(whose))))
}

async fn serve() -> Result<(), Box<dyn StdError>> {
    let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
    println!("curl http://acme.localhost:8080/\ncurl http://localhost:8080/t/globex/orders\ncurl -i http://nobody.localhost:8080/");
    // Without the addresses of peers, no proxy would be believed.
    let service = application(Tenants::new())?.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

/// Serves on a free port and sends [`REQUESTS`]; returns each with the first line and the body of its answer.
///
/// # Errors
/// When this machine lets nobody listen.
pub(crate) async fn tour() -> Result<Vec<String>, Box<dyn StdError>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let service = application(Tenants::new())?.into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, service).await });
    let mut seen = Vec::new();
    for (target, headers) in REQUESTS {
        let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let mut stream = TcpStream::connect(address).await?;
        let text = format!("GET {target} HTTP/1.1\r\n{}\r\nConnection: close\r\n\r\n", headers.join("\r\n"));
        stream.write_all(text.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.lines().next().unwrap_or_default().trim_start_matches("HTTP/1.1 ");
        seen.push(format!("{target} [{}]\n  {status}: {}", headers.join(", "), body.trim_end()));
    }
    server.abort();
    Ok(seen)
}
