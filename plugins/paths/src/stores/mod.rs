//! Object stores: S3, Google Cloud Storage and Azure Blob Storage, listed and read.
//!
//! Credentials, endpoint and region come from the environment, and from nowhere else.
//!
//! The library that speaks to stores is asynchronous, and docmill is not: [`wait`] runs what is asked of it on the
//! thread that asks. There is one runtime for the process, which has no thread of its own, and one client for each
//! bucket, so that connections are used again from object to object and one secret is fetched once. While nobody
//! waits nothing is received: what a slow pipeline has not asked for stays with the store.

mod explain;
mod list;
mod object;

use std::{
    collections::BTreeMap,
    io::{self, Error},
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use object_store::{
    BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
    path::Path,
};
use tokio::runtime::{Builder, Runtime};

use crate::address::{Address, Kind};

pub(crate) use list::Listings;
pub(crate) use object::Object;

/// How often a request that a store did not answer, or answered with a fault of its own, is made again.
const RETRIES: usize = 5;

/// After how long it is not made again.
const RETRY: Duration = Duration::from_secs(60);

/// A store may say nothing for a while, but go on answering for as long as the pipeline takes to read on.
const TIMEOUTS: [(ClientConfigKey, &str); 2] =
    [(ClientConfigKey::ReadTimeout, "30s"), (ClientConfigKey::Timeout, "30days")];

type Client = Arc<dyn ObjectStore>;

struct Stores {
    runtime: Runtime,
    clients: Mutex<BTreeMap<(Kind, String), Client>>,
}

static STORES: LazyLock<io::Result<Stores>> = LazyLock::new(|| {
    // An error says that there is a provider already, which does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    Ok(Stores { runtime, clients: Mutex::default() })
});

/// The stores of this process.
fn stores() -> io::Result<&'static Stores> {
    STORES.as_ref().map_err(|error| Error::new(error.kind(), error.to_string()))
}

/// Opens an object.
pub(crate) fn open(address: Address<'_>, version: Option<&str>) -> io::Result<Object> {
    let path = path(address.key).map_err(Error::other)?;
    Object::open(client(address)?, address.kind, path, version)
}

/// Runs what is asked of a store until it is done. Whoever waits drives the connections of all.
fn wait<F: Future>(asked: F) -> io::Result<F::Output> {
    Ok(stores()?.runtime.block_on(asked))
}

/// The client of a bucket.
fn client(address: Address<'_>) -> io::Result<Client> {
    let stores = stores()?;
    let mut clients = stores.clients.lock().unwrap_or_else(PoisonError::into_inner);
    let of = (address.kind, address.bucket.to_owned());
    if let Some(client) = clients.get(&of) {
        return Ok(client.clone());
    }
    let _within = stores.runtime.enter();
    let client = build(address).map_err(|error| Error::other(explain::unbuilt(address, &error)))?;
    clients.insert(of, client.clone());
    Ok(client)
}

fn build(address: Address<'_>) -> object_store::Result<Client> {
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES,
        retry_timeout: RETRY,
    };
    let bucket = address.bucket;
    let timeouts = TIMEOUTS.into_iter();
    Ok(match address.kind {
        Kind::S3 => {
            let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
            let key = AmazonS3ConfigKey::Client;
            let store = timeouts.fold(store, |store, (of, time)| store.with_config(key(of), time));
            Arc::new(store.build()?)
        }
        Kind::Google => {
            let store = GoogleCloudStorageBuilder::from_env();
            let store = store.with_bucket_name(bucket).with_retry(retry);
            let key = GoogleConfigKey::Client;
            let store = timeouts.fold(store, |store, (of, time)| store.with_config(key(of), time));
            Arc::new(store.build()?)
        }
        Kind::Azure => {
            let store = MicrosoftAzureBuilder::from_env();
            let store = store.with_container_name(bucket).with_retry(retry);
            let key = AzureConfigKey::Client;
            let store = timeouts.fold(store, |store, (of, time)| store.with_config(key(of), time));
            Arc::new(store.build()?)
        }
    })
}

/// A key as the library takes it.
fn path(key: &str) -> Result<Path, String> {
    let path = Path::parse(key).ok().filter(|path| path.as_ref() == key);
    path.ok_or_else(|| {
        format!("the key `{key}` cannot be read: it has an empty part, or one that is `.` or `..`")
    })
}
