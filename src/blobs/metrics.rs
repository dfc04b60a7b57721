//! How many blobs are written and read, how many bytes they have, and how long it takes. Measuring begins when the roof hands
//! over a registry.

use std::{future::Future, sync::OnceLock, time::Instant};

use prometheus_client::{
    metrics::{
        counter::Counter,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

/// What measures, once it is asked to.
#[derive(Debug, Default)]
pub(super) struct Meter(OnceLock<Metrics>);

#[derive(Debug)]
struct Metrics {
    write: Direction,
    read: Direction,
}

#[derive(Debug)]
struct Direction {
    bytes: Counter,
    seconds: Histogram,
}

impl Direction {
    fn new(registry: &mut Registry, name: &str, took: &str, counted: &str) -> Self {
        let bytes = Counter::default();
        let seconds = Histogram::new(exponential_buckets(0.000_5, 2.5, 12));
        registry.register_with_unit(name, counted, Unit::Bytes, bytes.clone());
        registry.register_with_unit(name, took, Unit::Seconds, seconds.clone());
        Self { bytes, seconds }
    }

    fn add(&self, bytes: u64, since: Instant) {
        self.bytes.inc_by(bytes);
        self.seconds.observe(since.elapsed().as_secs_f64());
    }
}

impl Meter {
    /// Measures from now on, for this registry.
    pub(super) fn start(&self, registry: &mut Registry) {
        self.0.get_or_init(|| Metrics {
            write: Direction::new(
                registry,
                "blob_write",
                "How long it took until a blob was kept for good",
                "How many bytes the blobs had that were kept",
            ),
            read: Direction::new(
                registry,
                "blob_read",
                "How long it took until a blob could be read",
                "How many bytes of blobs were to be read",
            ),
        });
    }

    /// Keeps a blob, and counts it unless that fails. The work says how many bytes it has.
    pub(super) async fn write<E>(&self, work: impl Future<Output = Result<u64, E>>) -> Result<(), E> {
        let began = self.began();
        let bytes = work.await?;
        self.wrote(began, bytes);
        Ok(())
    }

    /// The same on a thread that may wait for the disk.
    pub(super) fn write_here<E>(&self, work: impl FnOnce() -> Result<u64, E>) -> Result<(), E> {
        let began = self.began();
        let bytes = work()?;
        self.wrote(began, bytes);
        Ok(())
    }

    /// Opens a blob, and counts it unless that fails, with so many bytes.
    pub(super) async fn read<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
        bytes: impl FnOnce(&T) -> u64,
    ) -> Result<T, E> {
        let began = self.began();
        let opened = work.await?;
        if let (Some(metrics), Some(since)) = (self.0.get(), began) {
            metrics.read.add(bytes(&opened), since);
        }
        Ok(opened)
    }

    fn began(&self) -> Option<Instant> {
        self.0.get().map(|_| Instant::now())
    }

    fn wrote(&self, began: Option<Instant>, bytes: u64) {
        if let (Some(metrics), Some(since)) = (self.0.get(), began) {
            metrics.write.add(bytes, since);
        }
    }
}
