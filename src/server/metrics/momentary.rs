//! What is not counted but looked at: tasks, uploads, memory.

use std::{collections::BTreeMap, time::Duration};

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};
use tokio::time::timeout;

use super::PREFIX;
use crate::{
    db::Standing,
    server::{
        background::{self, api::QueueView},
        house::House,
    },
};

/// A scrape waits no longer than this for the database, so that it has the other metrics while the database is away.
const PATIENCE: Duration = Duration::from_secs(3);

/// How all of it is at this moment.
pub(super) async fn look(house: &House) -> Registry {
    let mut all = Registry::default();
    if let Some(bytes) = resident_bytes() {
        let memory = Gauge::<i64>::default();
        memory.set(bytes);
        all.register_with_unit("process_resident_memory", "Memory of this process", Unit::Bytes, memory);
    }
    let ours = all.sub_registry_with_prefix(PREFIX);
    let uploads = Gauge::<i64>::default();
    uploads.set(i64::try_from(house.parts.in_progress()).unwrap_or(i64::MAX));
    ours.register("uploads_in_progress", "Files that requests bring bytes of, or ask about", uploads);
    if let Some((standing, age)) = house.app.db.replica() {
        let (is_read, seconds) = (Gauge::<i64>::default(), Gauge::<i64>::default());
        is_read.set(i64::from(standing == Standing::Read));
        ours.register("replica_read", "Whether figures and lists are read from the replica", is_read);
        if let Some(age) = age {
            seconds.set(i64::try_from(age).unwrap_or(i64::MAX));
            ours.register_with_unit(
                "replica_age",
                "How old what the replica has may be",
                Unit::Seconds,
                seconds,
            );
        }
    }
    match timeout(PATIENCE, background::api::queues(&house.app)).await {
        Ok(Ok(queues)) => add_tasks(ours, with_idle_ones(house, queues)),
        Ok(Err(error)) => tracing::warn!(%error, "the tasks could not be counted"),
        Err(_) => tracing::warn!("the tasks could not be counted in time"),
    }
    all
}

/// Queues of this server without tasks are there as well, so that a graph of them has no holes.
fn with_idle_ones(house: &House, queues: Vec<QueueView>) -> BTreeMap<String, QueueView> {
    let idle = background::kinds(house).into_iter().map(|kind| {
        let queue = kind.queue().name.to_owned();
        QueueView { queue, waiting: 0, running: 0, dead: 0, oldest_s: None }
    });
    idle.chain(queues).map(|view| (view.queue.clone(), view)).collect()
}

fn add_tasks(registry: &mut Registry, queues: BTreeMap<String, QueueView>) {
    let tasks = Family::<[(&str, String); 2], Gauge>::default();
    let oldest = Family::<[(&str, String); 1], Gauge>::default();
    for (queue, view) in queues {
        let QueueView { waiting, running, dead, oldest_s, .. } = view;
        for (state, count) in [("waiting", waiting), ("running", running), ("dead", dead)] {
            let labels = [("queue", queue.clone()), ("state", state.to_owned())];
            tasks.get_or_create(&labels).set(count);
        }
        oldest.get_or_create(&[("queue", queue)]).set(oldest_s.unwrap_or(0));
    }
    registry.register("tasks", "Tasks of background work", tasks);
    let help = "For how long the task has been due that waits longest; 0 if none is due";
    registry.register_with_unit("task_oldest_due", help, Unit::Seconds, oldest);
}

/// The memory that the system says this process has; nothing where it does not say it so.
fn resident_bytes() -> Option<i64> {
    let about = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = about.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
