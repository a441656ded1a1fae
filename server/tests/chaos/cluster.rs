//! The servers and their database: several processes that share one DynamoDB Local, or one process with the embedded
//! engine.

use crate::{
    clock::Clock, disruption, history::Call, instance::Instance, late, settings::Settings,
};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};
use tempfile::TempDir;
use test_support::{
    Engine, FaultProxy, Fixture, LaggingIndexes, ProxyFault, dynamodb_local,
    dynamodb_local_endpoint, embedded_in,
};

/// The time after which the indexes have a change.
const INDEX_LAG: Duration = Duration::from_millis(800);

pub struct Cluster {
    pub instances: Vec<Instance>,
    /// One for each instance, so that one can be cut off while others go on. The embedded engine has none.
    pub proxies: Vec<FaultProxy>,
    indexes: Option<Arc<LaggingIndexes>>,
    tables: Tables,
    _logs: TempDir,
}

/// The requests to the database.
#[derive(Default)]
pub struct Counts {
    pub requests: u64,
    pub faults: BTreeMap<ProxyFault, u64>,
}

enum Tables {
    Embedded(TempDir),
    DynamoDbLocal(Fixture),
}

impl Cluster {
    /// Starts the instances, without faults.
    pub async fn start(settings: Settings, random: &mut fastrand::Rng) -> Self {
        let logs = tempfile::tempdir().unwrap();
        let log = |number: usize| logs.path().join(format!("instance-{number}.log"));
        let (mut instances, mut proxies) = (Vec::new(), Vec::new());
        let mut indexes = None;
        let tables = match settings.engine {
            Engine::Embedded => {
                let data = tempfile::tempdir().unwrap();
                let directory = data.path().to_str().unwrap();
                let database = ["--database", "embedded", "--data-dir", directory];
                instances.push(Instance::new(0, &database, log(0)));
                Tables::Embedded(data)
            }
            Engine::DynamoDbLocal => {
                let fixture = dynamodb_local().await;
                let engine = dynamodb_local_endpoint().await;
                let engine = engine.trim_start_matches("http://").parse().unwrap();
                indexes = Some(Arc::new(LaggingIndexes::start(&fixture, INDEX_LAG).await));
                for number in 0..settings.instances {
                    let seed = random.u64(..);
                    let proxy = FaultProxy::start_with(engine, seed, indexes.clone()).await;
                    let (endpoint, prefix) = (proxy.endpoint(), &fixture.prefix);
                    let endpoint = ["--endpoint", &endpoint, "--table-prefix", prefix];
                    let database = [&["--database", "local"][..], &endpoint].concat();
                    instances.push(Instance::new(number, &database, log(number)));
                    proxies.push(proxy);
                }
                Tables::DynamoDbLocal(fixture)
            }
        };
        for instance in &mut instances {
            let started = instance.start().await;
            started.unwrap_or_else(|reason| panic!("{reason}\n{}", instance.log_tail()));
        }
        Self {
            instances,
            proxies,
            indexes,
            tables,
            _logs: logs,
        }
    }

    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.instances
            .iter()
            .map(|instance| instance.address)
            .collect()
    }

    /// Lets requests to the database fail from now on.
    pub fn begin_faults(&self) {
        for proxy in &self.proxies {
            proxy.set_rates(disruption::rates());
        }
    }

    /// Ends the faults and waits until the engine has processed the late requests and the indexes have caught up.
    pub async fn end_faults(&self) {
        for proxy in &self.proxies {
            proxy.set_rates(Vec::new());
        }
        for proxy in &self.proxies {
            proxy.settled().await;
        }
        if let Some(indexes) = &self.indexes {
            indexes.caught_up().await;
        }
    }

    /// The writes that reached the database late, as calls of which nobody knows the outcome.
    pub fn late_calls(&self, clock: &Clock) -> Vec<Call> {
        let requests = self.proxies.iter().flat_map(FaultProxy::late_requests);
        requests
            .filter_map(|request| late::call(&request, clock))
            .collect()
    }

    /// The number of requests to the database, and of their faults by kind.
    pub fn counts(&self) -> Counts {
        let mut faults = BTreeMap::new();
        for (fault, count) in self.proxies.iter().flat_map(FaultProxy::counts) {
            *faults.entry(fault).or_default() += count;
        }
        Counts {
            requests: self.proxies.iter().map(FaultProxy::requests).sum(),
            faults,
        }
    }

    /// Stops the instances, each of which must still be running, and returns the tables.
    pub async fn stop(mut self) -> Fixture {
        for instance in &mut self.instances {
            instance.assert_running();
            instance.kill().await;
        }
        match self.tables {
            Tables::Embedded(data) => embedded_in(data).await,
            Tables::DynamoDbLocal(fixture) => fixture,
        }
    }
}
