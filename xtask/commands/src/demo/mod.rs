//! `cargo xtask demo`: the whole system on this machine, with believable data, and what to try.

pub(crate) mod drafted;
mod house;
pub(crate) mod sample;
mod seed;
mod ways;

use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context as _;
use tenantry::migrate::Progress;
use tenantry::migrate::provision::Password;
use tenantry::{Config, Tenancy, TenantId};
use tenantry_testkit::Stage;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::house::{EMAIL, House, PASSWORD};
use self::sample::Subject;
use self::ways::Line;
use crate::service::refused;
use crate::{App, output, server};

/// The port that is tried first when none is named.
const PORT: u16 = 8080;

/// Where the demo serves, what it loads, and when it ends.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The port to serve on, on 127.0.0.1 [default: 8080, or a free one when it is taken].
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// A folder of data in place of the project's own, where it has one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// End with exit code 0 as soon as the service is healthy and sample requests of two tenants were answered as they should.
    #[arg(long)]
    until_ready: bool,
}

/// A tenant of the demo.
#[derive(Clone)]
pub(crate) struct DemoTenant {
    pub(crate) id: TenantId,
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    /// Where it is served: `acme.localhost:8080`.
    pub(crate) host: String,
    /// Its admin's access token, good for ten minutes.
    pub(crate) token: String,
}

/// How much of the data a tenant of the demo gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Holds {
    All,
    Half,
    Nothing,
    Suspended,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(demo(app, args))
}

async fn demo(app: &App, args: &Args) -> anyhow::Result<()> {
    // Listened for before anything blocks, and by one listener to the end: a signal that comes between two waits is not lost.
    let mut stop = Interrupts::listen()?;
    // Whoever presses Ctrl-C while the data is loaded wants the end, too; what was started here stops on the way out.
    let serving = tokio::select! {
        biased;
        () = stop.next() => return stopped(),
        serving = Serving::start(app, args) => serving?,
    };
    if args.until_ready {
        let claim = serving.subject.map(|subject| format!("; one tenant's row of {} is 404 for another", subject.def.table));
        serving.try_lines();
        output::line(format_args!("ready: {} answered{}", serving.base, claim.unwrap_or_default()));
    } else {
        introduce(&serving);
        stop.next().await;
        output::progress("\nfinishing the requests that run");
    }
    // A second Ctrl-C does not wait for them.
    tokio::select! {
        result = serving.finish() => result,
        () = stop.next() => stopped(),
    }
}

fn stopped() -> anyhow::Result<()> {
    output::progress("stopped");
    Ok(())
}

/// The service with its data.
struct Serving {
    base: String,
    tenants: Vec<DemoTenant>,
    subject: Option<Subject>,
    lines: Vec<Line>,
    tenancy: Tenancy,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
    /// Goes last: the server must be there for as long as anything runs.
    stage: Stage,
}

impl Serving {
    async fn start(app: &App, args: &Args) -> anyhow::Result<Self> {
        let data = seed::Data::of(app, args.data.as_deref())?;
        let listener = listen(args).await?;
        let address = listener.local_addr()?;
        let stage = stage(app).await?;
        let house = House::new(address);
        let invited = house.onboard(app, &stage).await?;

        let config = Config::new(stage.url("app").expose_with_password())?;
        let tenancy = Tenancy::start(&config, app.models, app.conventions).await.map_err(refused)?;
        let service = house.service(app, &stage, &tenancy).await?.into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, service).with_graceful_shutdown(async {
            // A sender that is gone says the same as one that has sent.
            let _ = stopped.await;
        });
        let server = tokio::spawn(server.into_future());

        let base = format!("http://{address}");
        let tenants = house.admit(invited).await?;
        data.load(&base, &tenancy, &tenants).await?;
        let subject = Subject::of(app)?;
        sample::check(&base, &house, &tenants, subject.as_ref()).await?;
        let lines = match &subject {
            Some(subject) => ways::tried(&house, &tenants, subject.def.table).await?,
            None => Vec::new(),
        };
        Ok(Self { base, tenants, subject, lines, tenancy, stop, server, stage })
    }

    /// What to try, each with what it shows. The tokens are good for ten minutes.
    fn try_lines(&self) {
        for Line { what, curl } in &self.lines {
            output::line(format_args!("  {}\n    {curl}", what));
        }
    }

    /// Takes no new requests and waits for those that run.
    async fn finish(self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        self.server.await.context("the server ended by itself")??;
        self.tenancy.close().await;
        Ok(())
    }
}

/// The port that was asked for, or the usual one, or any.
async fn listen(args: &Args) -> anyhow::Result<TcpListener> {
    let bind = |port| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    match args.port {
        Some(port) => bind(port).await.with_context(|| format!("cannot listen on port {port}; name another one with --port")),
        // Nobody is told the address, so that two of them can run at once.
        None if args.until_ready => Ok(bind(0).await?),
        None => match bind(PORT).await {
            Ok(listener) => Ok(listener),
            Err(_) => Ok(bind(0).await?),
        },
    }
}

/// The server, the roles and the tables.
async fn stage(app: &App) -> anyhow::Result<Stage> {
    let database = server::find("the demo needs a PostgreSQL server")?.own_database()?;
    let password = Password::generate()?;
    let migrations = app.path("migrations");
    let mut report = |progress: Progress<'_>| crate::migrate::report("applied", &progress);
    let stage = Stage::set(database, &app.conventions, &migrations, password, &mut report).await?;
    output::progress(format_args!("provisioned at level {} and migrated: every table is fenced", stage.level()));
    Ok(stage)
}

fn introduce(serving: &Serving) {
    let Serving { base, tenants, stage, .. } = serving;
    let bold = |text: &str| {
        let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        if coloured { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    output::line(format_args!("\n{} {base}/api\n", bold("The service:")));
    for tenant in tenants {
        let holds = match tenant.holds {
            Holds::All => "all of the data",
            Holds::Half => "half of it",
            Holds::Nothing => "nothing yet",
            Holds::Suspended => "suspended by the operator",
        };
        output::line(format_args!("  http://{:26} {}: {holds}", tenant.host, tenant.name));
    }
    output::line(format_args!("\nAn admin of each: {EMAIL}, with the password `{PASSWORD}`"));
    if let ([first, _, empty, ..], Some(subject)) = (tenants.as_slice(), &serving.subject) {
        output::line(format_args!("\n{} (the tokens are good for ten minutes)", bold("Try:")));
        for line in subject.curls(first, empty) {
            output::line(format_args!("  {line}"));
        }
        serving.try_lines();
    }
    output::line(format_args!("\nThe database: {} (the demo made the password at random)", stage.admin_url()));
    output::line("Ctrl-C ends it.");
}

/// Ctrl-C and SIGTERM.
struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupts {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Ready when one came since the last time.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
