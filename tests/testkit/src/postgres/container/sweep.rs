//! Containers of runs that were killed before anything watched over them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use testcontainers::bollard::Docker;
use testcontainers::bollard::models::{ContainerSummary, ContainerSummaryStateEnum as State};
use testcontainers::bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};

use super::OWNER;
use crate::postgres::owner::{Life, Owner};

/// How long Docker may take to remove what it was told to.
const PATIENCE: Duration = Duration::from_secs(20);

/// Removes what is nobody's any more, and waits until it is gone. What cannot be removed is left to the next start.
pub(super) async fn sweep(docker: &Docker) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let gone: Vec<String> = ours(docker).await.into_iter().filter(is_gone).filter_map(|container| container.id).collect();
        if gone.is_empty() || Instant::now() > deadline {
            return;
        }
        for id in gone {
            // It is refused while Docker removes the same container by itself.
            let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
            let _ = docker.remove_container(&id, Some(options)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Every container that a run of ours has made, whatever has become of it.
async fn ours(docker: &Docker) -> Vec<ContainerSummary> {
    let filters = HashMap::from([("label", vec![OWNER])]);
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    docker.list_containers(Some(options)).await.unwrap_or_default()
}

/// Docker may serve other machines, too, so an owner that is out of sight counts as alive as long as its server runs.
fn is_gone(container: &ContainerSummary) -> bool {
    let label = container.labels.as_ref().and_then(|labels| labels.get(OWNER));
    let Some(owner) = label.and_then(|label| label.parse::<Owner>().ok()) else { return false };
    match owner.life() {
        Life::Dead => true,
        Life::Alive => false,
        Life::OtherBoot | Life::OtherSpace => matches!(container.state, Some(State::EXITED | State::DEAD)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(owner: &str, state: State) -> ContainerSummary {
        let labels = HashMap::from([(OWNER.to_owned(), owner.to_owned())]);
        ContainerSummary { labels: Some(labels), state: Some(state), ..ContainerSummary::default() }
    }

    #[test]
    fn only_what_is_surely_nobodys_is_gone() {
        let alive = Owner::current().to_string();
        let dead = format!("{}-1", alive.rsplit_once('-').expect("has parts").0);
        let elsewhere = format!("00000000-{}", alive.split_once('-').expect("has parts").1);
        for (owner, state, gone) in [
            (&dead, State::RUNNING, true),
            (&dead, State::CREATED, true),
            (&dead, State::EXITED, true),
            (&alive, State::RUNNING, false),
            (&alive, State::CREATED, false),
            (&alive, State::EXITED, false),
            (&elsewhere, State::RUNNING, false),
            (&elsewhere, State::CREATED, false),
            (&elsewhere, State::EXITED, true),
            (&"somebody".to_owned(), State::EXITED, false),
        ] {
            assert_eq!(is_gone(&container(owner, state)), gone, "{owner} {state:?}");
        }
    }
}
