//! The application behind all its layers: tenants by subdomain and by their own domains, and people who log in.

use std::error::Error;
use std::path::{Path, PathBuf};

use axum::Router;
use tenantry::auth::token::{KeyRing, SigningKey, endpoint};
use tenantry::http::Api;
use tenantry::layers::authenticate::SessionCookie;
use tenantry::layers::resolve::Host;
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::people::http::{Cookies, public, routes};
use tenantry::people::{FileMailer, People};
use tenantry::{Config, Identities, Listener, Tenancy};

/// What a service has beside its tenants' database.
pub(crate) struct Production {
    base: Host,
    issuer: String,
    identities: Config,
    key: PathBuf,
    mail: Option<PathBuf>,
}

impl Production {
    /// What the environment says; `None` when it names no base domain.
    pub(crate) fn from_env() -> Result<Option<Self>, Box<dyn Error>> {
        let Ok(base) = std::env::var("TENANTRY_BASE_DOMAIN") else { return Ok(None) };
        let set = |name: &str, what: &str| std::env::var(name).map_err(|_| format!("{name} is not set; set it to {what}"));
        let (issuer, base) = (format!("https://{base}"), Host::parse(&base)?);
        let identities = Config::from_variable("IDENTITY_DATABASE_URL")?;
        let key = set("TENANTRY_SIGNING_KEY", "a file with a private key, as `openssl genpkey -algorithm ed25519` writes it")?.into();
        let mail = std::env::var_os("TENANTRY_MAIL_DIR").map(PathBuf::from);
        Ok(Some(Self { base, issuer, identities, key, mail }))
    }

    /// The service, and what keeps it up to date for as long as it runs.
    pub(crate) async fn service(self, tenancy: &Tenancy, api: &Api) -> Result<Router, Box<dyn Error>> {
        let conventions = tenantry_app::CONVENTIONS;
        let ring = KeyRing::builder(self.issuer, "tenantry-app", signing_key(&self.key)?).build()?;
        let identities = Identities::start(&self.identities, &conventions).await?;
        let mut people = People::builder(tenancy, identities, ring.clone());
        if let Some(folder) = self.mail {
            people = people.mailer(FileMailer::new(folder)?);
        }
        let people = people.build()?;
        let session = SessionCookie::new("__Host-session")?;
        let cookies = Cookies::new(session.clone())?;
        let all = tenantry_app::routes(api).merge(public(api, &people, Some(&cookies))).merge(routes(api, &people, Some(&cookies)));
        let authenticate = Authenticate::builder(ring.clone()).api_keys(people.clone()).cookie(session).anonymous().build();
        let resolve = Resolve::builder(tenancy.directory()).subdomains_of(self.base).domains().claim().tenancy(tenancy).build()?;
        let listener = Listener::start(&Config::from_env()?, &conventions).await?;
        tokio::spawn(resolve.clone().follow(listener));
        let service = layers::service(tenancy, all.into_router(), authenticate, resolve, Callers::new(people));
        Ok(service.merge(endpoint::routes(ring)))
    }
}

/// The key of a file, whose name without its ending is the key's.
fn signing_key(file: &Path) -> Result<SigningKey, Box<dyn Error>> {
    let name = file.file_stem().and_then(|name| name.to_str()).ok_or("the file of TENANTRY_SIGNING_KEY has no name")?;
    let pem = std::fs::read(file).map_err(|error| format!("the file of TENANTRY_SIGNING_KEY cannot be read: {error}"))?;
    Ok(SigningKey::pem(name.parse()?, &pem)?)
}
