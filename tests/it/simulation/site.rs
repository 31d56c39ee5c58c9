//! Where a plan is carried out: embedded, or as an installation with several workers.

use super::faults::Bug;
use super::plan::Op;
use super::post::Post;
use super::rabbit::Rabbit;
use super::walk::Walk;
use super::world::World;
use crate::postgres::TestDatabase;
use happyflow::store::Store;
use happyflow::store::postgres::PgStore;
use happyflow::store::sqlite::SqliteStore;
use std::collections::BTreeMap;
use std::path::Path;
use tokio::runtime::{Builder, Runtime};

pub trait Site {
    /// What does not hold after a plan was carried out in an empty back office.
    fn failure(&mut self, plan: &[Op], bug: Option<Bug>, replay: bool) -> Option<String>;

    /// Where the ledger is not that of the auditor after an operation of a plan in which nothing dies; what moved per
    /// event is added to `moved`.
    fn audited(&mut self, plan: &[Op], moved: &mut Moved) -> Option<String>;
}

/// Amounts per event.
pub type Moved = BTreeMap<&'static str, i64>;

fn add(found: Result<Walk, String>, moved: &mut Moved) -> Option<String> {
    match found {
        Ok(walk) => {
            for (event, bedrag) in walk.auditor.gebeurtenissen {
                *moved.entry(event).or_default() += bedrag;
            }
            None
        }
        Err(wrong) => Some(wrong),
    }
}

/// In memory where there is such a place: what is durable is tried by other tests.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// For the replay of a run.
async fn replay_store(folder: &Path, replay: bool) -> Option<SqliteStore> {
    if replay { Some(SqliteStore::open(&folder.join("replay")).await.unwrap()) } else { None }
}

/// SQLite, and mail in memory.
pub struct Embedded;

impl Site for Embedded {
    fn failure(&mut self, plan: &[Op], bug: Option<Bug>, replay: bool) -> Option<String> {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let folder = folder();
        let failure = runtime.block_on(async {
            let store = SqliteStore::open(folder.path()).await.unwrap();
            let again = replay_store(folder.path(), replay).await;
            let mut post = Post::default();
            let world = World::new(store.clone(), &mut post, folder.path(), bug);
            let failure = Box::pin(world.run(plan, again.as_ref())).await;
            // What a dead worker keeps of a store that went wrong is never given back.
            if failure.is_none() {
                for store in [Some(store), again].into_iter().flatten() {
                    store.close().await;
                }
            }
            failure
        });
        // Who waits for a turn that never comes is left behind.
        runtime.shutdown_background();
        failure
    }

    fn audited(&mut self, plan: &[Op], moved: &mut Moved) -> Option<String> {
        let folder = folder();
        Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let store = SqliteStore::open(folder.path()).await.unwrap();
            let mut post = Post::default();
            let world = World::new(store.clone(), &mut post, folder.path(), None);
            let found = Box::pin(world.audited(plan)).await;
            store.close().await;
            add(found, moved)
        })
    }
}

type Used = (TestDatabase, PgStore, Rabbit);

/// PostgreSQL and RabbitMQ. One database and one set of queues for many runs; new ones after a run that
/// went wrong.
pub struct Served {
    runtime: Runtime,
    used: Option<Used>,
}

impl Served {
    pub fn new() -> Self {
        Self { runtime: Builder::new_current_thread().enable_all().build().unwrap(), used: None }
    }
}

impl Site for Served {
    fn failure(&mut self, plan: &[Op], bug: Option<Bug>, replay: bool) -> Option<String> {
        let used = self.used.take();
        let folder = folder();
        self.runtime.block_on(async {
            let (database, store, mut rabbit) = taken(used).await;
            let again = replay_store(folder.path(), replay).await;
            let world = World::new(store.clone(), &mut rabbit, folder.path(), bug);
            let failure = Box::pin(world.run(plan, again.as_ref())).await;
            if let Some(again) = again {
                again.close().await;
            }
            // What a run that went wrong left running is not there in a next one.
            if failure.is_none() {
                database.clear().await;
                rabbit.forget().await;
                self.used = Some((database, store, rabbit));
            }
            failure
        })
    }

    fn audited(&mut self, plan: &[Op], moved: &mut Moved) -> Option<String> {
        let folder = folder();
        let used = self.used.take();
        self.runtime.block_on(async {
            let (database, store, mut rabbit) = taken(used).await;
            let world = World::new(store.clone(), &mut rabbit, folder.path(), None);
            let failure = add(Box::pin(world.audited(plan)).await, moved);
            if failure.is_none() {
                database.clear().await;
                rabbit.forget().await;
                self.used = Some((database, store, rabbit));
            }
            failure
        })
    }
}

/// What was used before, or new.
async fn taken(used: Option<Used>) -> Used {
    if let Some(used) = used {
        return used;
    }
    let database = TestDatabase::new();
    let store = database.open().await;
    (database, store, Rabbit::new().await)
}
