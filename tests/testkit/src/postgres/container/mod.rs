//! A server in a container, through testcontainers.
//!
//! It ends in one of three ways. This process drops it: then it is removed. This process dies, by whatever signal, or simply ends: then the
//! connection breaks on which a shell in the container waits for input, the shell stops the server, and Docker removes the container,
//! since it was made so. This process is killed before that shell runs: then the label says whose the container was, and the next start
//! removes it. A shell in the container is sturdier than a process beside this one, which whoever kills a whole group kills, too, and it
//! needs no client of Docker's on this machine. It also works when Docker runs on other process numbers than this process.

mod image;
mod sweep;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_util::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::exec::{CreateExecOptions, StartExecResults};
use testcontainers::bollard::models::{HostConfig, PortBinding};
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;
use testcontainers::core::client::docker_client_instance;
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, ContainerRequest, GenericImage, ImageExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::cluster::{COMMON_SETTINGS, SUPERUSER, failed, free_port};
use super::database::random_hex;
use super::owner::Owner;
use super::version::Version;
use super::{DatabaseUrl, FindError, UrlError};

/// The port inside the container.
const PORT: u16 = 5432;
/// How long a server may take until it accepts connections.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long this machine may take to answer itself.
const NEAR: Duration = Duration::from_millis(500);
/// The label that says whose a container is.
const OWNER: &str = "tenantry.owner";
/// Ends the server when its input ends: nobody ever writes to it. The server is the first process of the container.
const WATCH: &str = "read -r _; kill -QUIT 1";

/// A running server in a container.
#[derive(Debug)]
pub(super) struct Container {
    admin: DatabaseUrl,
    image: String,
    id: String,
    orders: UnboundedSender<Order>,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread is asked for that keeps the container.
enum Order {
    Log(SyncSender<String>),
    Remove,
}

/// What is known once the server runs.
struct Running {
    address: SocketAddr,
    image: String,
    id: String,
}

impl Container {
    /// Starts a server and waits until it accepts connections, which takes about two seconds when the image is there.
    pub(super) fn start(wanted: Option<Version>, endpoint: &str) -> Result<Self, FindError> {
        let endpoint = endpoint.to_owned();
        let password = random_hex(24).map_err(FindError::io("cannot draw a password"))?;
        let (send, started) = sync_channel(1);
        let (orders, incoming) = unbounded_channel();
        let secret = password.clone();
        // Docker's client lives in one runtime, which must run for as long as the container does, whoever calls from wherever.
        let keeper = thread::Builder::new().name("tenantry-container".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            match runtime.map_err(FindError::io("cannot make a runtime")) {
                Ok(runtime) => runtime.block_on(keep(wanted, &endpoint, &secret, &send, incoming)),
                Err(error) => drop(send.send(Err(error))),
            }
        });
        let keeper = keeper.map_err(FindError::io("cannot start a thread"))?;
        let running = started.recv().unwrap_or_else(|_| Err(failed("the container's thread", "it ended by itself")))?;
        let url = format!("postgres://{SUPERUSER}:{password}@{}/postgres", running.address);
        let admin = url.parse().map_err(|error: UrlError| failed("the container's URL", &error.to_string()))?;
        Ok(Self { admin, image: running.image, id: running.id, orders, keeper: Mutex::new(Some(keeper)) })
    }

    pub(super) const fn admin_url(&self) -> &DatabaseUrl {
        &self.admin
    }

    pub(super) fn image(&self) -> &str {
        &self.image
    }

    /// As much of its id as Docker's own tables show.
    pub(super) fn short_id(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }

    pub(super) fn log(&self) -> String {
        let (answer, log) = sync_channel(1);
        // When the thread is gone, so is the log.
        let _ = self.orders.send(Order::Log(answer));
        log.recv().unwrap_or_default()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Remove);
        let keeper = self.keeper.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(keeper) = keeper {
            let _ = keeper.join();
        }
    }
}

/// The life of the container: starts it, says how that went, answers, and removes it.
async fn keep(
    wanted: Option<Version>,
    endpoint: &str,
    password: &str,
    started: &SyncSender<Result<Running, FindError>>,
    mut orders: UnboundedReceiver<Order>,
) {
    let (docker, container, running) = match start(wanted, endpoint, password).await {
        Ok(parts) => parts,
        Err(error) => return drop(started.send(Err(error))),
    };
    let watch = match watch(&docker, container.id()).await {
        Ok(watch) => watch,
        Err(error) => return drop(started.send(Err(problem("the shell that watches the container", &error)))),
    };
    let id = running.id.clone();
    // Whoever has asked is waiting.
    let _ = started.send(Ok(running));
    while let Some(Order::Log(answer)) = orders.recv().await {
        let _ = answer.send(log(&docker, &id).await);
    }
    let _ = container.rm().await;
    // Its input ends here, when nothing is left to watch.
    drop(watch);
}

async fn start(
    wanted: Option<Version>,
    endpoint: &str,
    password: &str,
) -> Result<(Docker, ContainerAsync<GenericImage>, Running), FindError> {
    let docker = docker_client_instance().await.map_err(|error| problem("Docker's client", &error))?;
    sweep::sweep(&docker).await;
    let image = image::choose(&docker, wanted, endpoint).await?;
    let (container, address) = match beside(&image, password, endpoint).await {
        Some(started) => started,
        None => published(&image, password).await?,
    };
    let running = Running { address, image, id: container.id().to_owned() };
    Ok((docker, container, running))
}

type Started = (ContainerAsync<GenericImage>, SocketAddr);

/// A server in this machine's own network, where Docker runs on this machine's kernel: a published port is a process of Docker's that copies
/// every byte, which takes a third of a proof's time. Where Docker has another machine below it, or the port was taken meanwhile, nobody
/// answers, and there is none.
async fn beside(image: &str, password: &str, endpoint: &str) -> Option<Started> {
    if !cfg!(target_os = "linux") || !endpoint.starts_with("unix://") {
        return None;
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().ok()?));
    let settings = [format!("listen_addresses={}", address.ip()), format!("port={}", address.port())];
    let request = request(image, password, &settings).with_network("host");
    let container = request.with_host_config_modifier(|config| config.auto_remove = Some(true)).start().await.ok()?;
    if matches!(timeout(NEAR, TcpStream::connect(address)).await, Ok(Ok(_))) {
        return Some((container, address));
    }
    let _ = container.rm().await;
    None
}

/// A server behind a port that Docker opens on this machine.
async fn published(image: &str, password: &str) -> Result<Started, FindError> {
    let request = request(image, password, &[]).with_host_config_modifier(local_and_passing);
    let container = request.start().await.map_err(|error| problem(&format!("a container of {image}"), &error))?;
    let port = container.get_host_port_ipv4(PORT.tcp()).await.map_err(|error| problem("the container's port", &error))?;
    Ok((container, SocketAddr::from((Ipv4Addr::LOCALHOST, port))))
}

fn request(image: &str, password: &str, settings: &[String]) -> ContainerRequest<GenericImage> {
    let (name, tag) = image::name_and_tag(image);
    let common = COMMON_SETTINGS.iter().map(|setting| (*setting).to_owned());
    let settings = common.chain(settings.iter().cloned()).flat_map(|setting| ["-c".to_owned(), setting]);
    GenericImage::new(name, tag)
        // The server that sets the database up says the same on standard output.
        .with_wait_for(WaitFor::message_on_stderr("database system is ready to accept connections"))
        .with_cmd(std::iter::once("postgres".to_owned()).chain(settings))
        .with_env_var("POSTGRES_USER", SUPERUSER)
        .with_env_var("POSTGRES_PASSWORD", password)
        .with_label(OWNER, Owner::current().to_string())
        .with_startup_timeout(PATIENCE)
}

/// The port is open on this machine only, and Docker removes the container with its volumes when the server ends.
fn local_and_passing(config: &mut HostConfig) {
    let binding = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(String::new()) };
    config.publish_all_ports = Some(false);
    config.port_bindings = Some(HashMap::from([(format!("{PORT}/tcp"), Some(vec![binding]))]));
    config.auto_remove = Some(true);
}

/// Starts the shell that ends the server when what is returned is dropped, or dies with this process.
async fn watch(docker: &Docker, container: &str) -> Result<StartExecResults, testcontainers::bollard::errors::Error> {
    let options = CreateExecOptions {
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        cmd: Some(vec!["sh", "-c", WATCH]),
        ..CreateExecOptions::default()
    };
    let made = docker.create_exec(container, options).await?;
    docker.start_exec(&made.id, None).await
}

async fn log(docker: &Docker, container: &str) -> String {
    let options = LogsOptionsBuilder::new().stdout(true).stderr(true).build();
    let lines = docker.logs(container, Some(options)).filter_map(async |line| line.ok().map(|line| line.to_string()));
    lines.collect::<Vec<String>>().await.concat()
}

fn problem(what: &str, error: &dyn std::error::Error) -> FindError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    failed(what, &text)
}
