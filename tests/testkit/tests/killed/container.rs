//! Containers. Where Docker does not answer there are none, and nothing is shown; continuous integration starts it.

use std::env;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{Run, Server, kill_ten};

#[test]
fn killed_processes_leave_no_container() {
    let Some(before) = containers() else {
        println!("Docker does not answer, so there are no containers to leave");
        return;
    };
    drop(before);
    let mut keeper = Run::keep(&Server::Container);
    assert_eq!(of(keeper.id()).len(), 1);

    let killed = kill_ten(&Server::Container, Duration::from_millis(3500));
    Run::start_and_end(&Server::Container);
    for (id, time) in &killed {
        assert_eq!(of(*id), [""; 0], "left by a process that was killed after {time:?}");
    }
    keeper.still_has_its_database();
    let id = keeper.id();
    keeper.end();
    assert_eq!(of(id), [""; 0], "left by a process that ended well");
}

#[test]
fn the_container_of_a_killed_process_ends_without_any_next_start() {
    if containers().is_none() {
        println!("Docker does not answer, so there are no containers to leave");
        return;
    }
    let mut run = Run::keep(&Server::Container);
    assert_eq!(of(run.id()).len(), 1);
    run.kill();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !of(run.id()).is_empty() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(of(run.id()), [""; 0]);
}

/// The containers of a process, by the label that says whose they are.
fn of(process: u32) -> Vec<String> {
    let part = format!("-{process}-");
    let all = containers().expect("Docker answers");
    let ours = all.iter().filter(|container| container["Labels"]["tenantry.owner"].as_str().is_some_and(|owner| owner.contains(&part)));
    ours.map(|container| container["Id"].as_str().expect("has an id").to_owned()).collect()
}

/// All containers, as Docker lists them.
fn containers() -> Option<Vec<Value>> {
    let socket = env::var("DOCKER_HOST").ok().and_then(|host| host.strip_prefix("unix://").map(str::to_owned));
    let mut stream = UnixStream::connect(socket.unwrap_or_else(|| "/var/run/docker.sock".to_owned())).ok()?;
    stream.write_all(b"GET /containers/json?all=1 HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}
