//! The service in a process of its own, whose memory is the service's alone.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::{env, fs, thread};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tenantry::auth::{AttemptLimits, Attempts};
use tenantry::{Config, Tenancy};
use tenantry_testkit::Stage;

use crate::service::{self, refused};
use crate::{App, output};

/// What the process is told, in a line on its standard input: a command line is there for everybody to read.
#[derive(Deserialize, Serialize)]
struct Told {
    app: String,
    identity: String,
    /// No limits of attempts: those of somebody who has any number of addresses.
    unlimited: bool,
}

/// The service as a child. It ends with this value, and when this process does.
pub(super) struct Service {
    child: Child,
    pub(super) address: SocketAddr,
}

/// What a process has of the machine's memory, in KiB.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Now.
    pub(super) now: u64,
    /// The most since it was counted anew.
    pub(super) peak: u64,
}

impl Service {
    pub(super) fn start(stage: &Stage, unlimited: bool) -> anyhow::Result<Self> {
        let url = |role| stage.url(role).expose_with_password().to_owned();
        let told = serde_json::to_string(&Told { app: url("app"), identity: url("identity"), unlimited })?;
        let mut command = Command::new(env::current_exe().context("this program is not to be found")?);
        command.args(["bench", "logins", "--serve"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the service does not start as a process of its own")?;
        let (input, stdout) = (child.stdin.as_mut(), child.stdout.take());
        let (input, stdout) = input.zip(stdout).context("the service has no standard input or output")?;
        writeln!(input, "{told}")?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address)?;
        let address = address.trim().parse().context("the service has ended before it listened")?;
        Ok(Self { child, address })
    }

    /// Counts the most that it takes anew, from what it has now.
    pub(super) fn forget_peak(&self) {
        // Without the right to it, the peak is that of the process's whole life: more, not less.
        let _ = fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }

    /// `None` where the system has no `/proc`.
    pub(super) fn memory(&self) -> Option<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let kib = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse().ok());
        Some(Memory { now: kib("VmRSS:")?, peak: kib("VmHWM:")? })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the child does: serves until its standard input ends, which it does with whoever has started it.
pub(in crate::bench) fn serve(app: &App) -> anyhow::Result<()> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let told: Told = serde_json::from_str(&line).context("--serve is for a benchmark that says what is to be served")?;
    thread::spawn(|| {
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let tenancy = Tenancy::start(&Config::new(&told.app)?, app.models, app.conventions).await.map_err(refused)?;
        let mut limits = AttemptLimits::DEFAULT;
        if told.unlimited {
            (limits.of_an_identity, limits.of_an_address) = (u32::MAX, u32::MAX);
        }
        let router = service::all(app, &tenancy, &told.identity, address.port(), Attempts::new(limits)?).await?;
        output::line(address);
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
        Ok(())
    })
}
