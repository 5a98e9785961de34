//! Where runs are between two requests.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arazzo::BoxError;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::id::Id;
use crate::key::Key;
use crate::seal::Seal;
use crate::workflow::Run;

/// How long a run is kept after its last step: as long as the service takes a first code.
pub const UNFINISHED: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the last page can be looked at.
const FINISHED: Duration = Duration::from_secs(60 * 60);

/// Runs in SQLite, sealed. One process at a time has the database.
#[derive(Clone)]
pub struct Store {
    database: Arc<Mutex<Connection>>,
    key: Arc<Key>,
}

impl Store {
    /// Opens the database, and makes it where there is none.
    pub fn open(path: &Path, key: Key) -> Result<Self, BoxError> {
        Self::new(Connection::open(path)?, key)
    }

    fn new(database: Connection, key: Key) -> Result<Self, BoxError> {
        // What keeps two submissions of one form apart is in this process: another one must not
        // get at the same runs.
        database.execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA secure_delete = ON;
             BEGIN EXCLUSIVE;
             CREATE TABLE IF NOT EXISTS runs (
                 id BLOB PRIMARY KEY,
                 run BLOB NOT NULL,
                 expires INTEGER NOT NULL
             ) STRICT, WITHOUT ROWID;
             COMMIT;",
        )?;
        Ok(Self {
            database: Arc::new(Mutex::new(database)),
            key: Arc::new(key),
        })
    }

    /// The run, unless it has expired.
    pub async fn load(&self, id: &Id) -> Result<Option<Run>, BoxError> {
        let row = id.row();
        let sealed = self
            .with(move |database| {
                database
                    .query_row(
                        "SELECT run FROM runs WHERE id = ?1 AND expires > ?2",
                        params![row, seconds(SystemTime::now())?],
                        |found| found.get::<_, Vec<u8>>(0),
                    )
                    .optional()
                    .map_err(BoxError::from)
            })
            .await?;
        let Some(sealed) = sealed else { return Ok(None) };
        Ok(Some(Run::open(&Seal::new(&self.key, &row), &sealed)?))
    }

    /// Stores the run, for a while that begins now.
    pub async fn save(&self, id: &Id, run: &Run) -> Result<(), BoxError> {
        let lifetime = if run.step().is_some() { UNFINISHED } else { FINISHED };
        self.save_until(id, run, SystemTime::now() + lifetime).await
    }

    async fn save_until(&self, id: &Id, run: &Run, expires: SystemTime) -> Result<(), BoxError> {
        let row = id.row();
        let sealed = run.seal(&Seal::new(&self.key, &row))?;
        self.with(move |database| {
            database.execute(
                "INSERT OR REPLACE INTO runs (id, run, expires) VALUES (?1, ?2, ?3)",
                params![row, sealed, seconds(expires)?],
            )?;
            Ok(())
        })
        .await
    }

    /// Removes the run.
    pub async fn remove(&self, id: &Id) -> Result<(), BoxError> {
        let row = id.row();
        self.with(move |database| {
            database.execute("DELETE FROM runs WHERE id = ?1", params![row])?;
            Ok(())
        })
        .await
    }

    /// Removes every run that has expired, and says how many those were.
    pub async fn purge(&self) -> Result<usize, BoxError> {
        self.with(|database| {
            let now = seconds(SystemTime::now())?;
            Ok(database.execute("DELETE FROM runs WHERE expires <= ?1", params![now])?)
        })
        .await
    }

    /// SQLite blocks: it works on a thread where nothing else waits, and the lock is never held
    /// across an await.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, BoxError> + Send + 'static,
    ) -> Result<T, BoxError> {
        let database = Arc::clone(&self.database);
        tokio::task::spawn_blocking(move || work(&database.lock().unwrap_or_else(PoisonError::into_inner))).await?
    }
}

fn seconds(time: SystemTime) -> Result<i64, BoxError> {
    Ok(time.duration_since(UNIX_EPOCH)?.as_secs().try_into()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::PartialInputs;

    fn run() -> Run {
        Run::new(PartialInputs::new().email("ada@example.com"))
    }

    #[tokio::test]
    async fn a_run_is_there_until_it_is_removed() {
        let store = Store::new(Connection::open_in_memory().unwrap(), [1; 32]).unwrap();
        let (id, other) = (Id::random().unwrap(), Id::random().unwrap());
        store.save(&id, &run()).await.unwrap();
        let loaded = store.load(&id).await.unwrap().unwrap();
        assert_eq!(loaded.inputs().email.as_deref(), Some("ada@example.com"));
        assert!(store.load(&other).await.unwrap().is_none());
        store.remove(&id).await.unwrap();
        assert!(store.load(&id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_run_that_expired_is_gone_and_purged() {
        let store = Store::new(Connection::open_in_memory().unwrap(), [1; 32]).unwrap();
        let (old, new) = (Id::random().unwrap(), Id::random().unwrap());
        store.save_until(&old, &run(), SystemTime::now()).await.unwrap();
        store.save(&new, &run()).await.unwrap();
        assert!(store.load(&old).await.unwrap().is_none());
        assert_eq!(store.purge().await.unwrap(), 1);
        assert_eq!(store.purge().await.unwrap(), 0);
        assert!(store.load(&new).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_row_in_the_place_of_another_is_refused() {
        let store = Store::new(Connection::open_in_memory().unwrap(), [1; 32]).unwrap();
        let (mine, yours) = (Id::random().unwrap(), Id::random().unwrap());
        store.save(&mine, &run()).await.unwrap();
        store.save(&yours, &run()).await.unwrap();
        let (to, from) = (mine.row(), yours.row());
        store
            .with(move |database| {
                let copied = "UPDATE runs SET run = (SELECT run FROM runs WHERE id = ?2) WHERE id = ?1";
                Ok(database.execute(copied, params![to, from])?)
            })
            .await
            .unwrap();
        let error = store.load(&mine).await.unwrap_err();
        let error = error.source().unwrap().to_string();
        assert!(error.contains("sealed under another key, or changed"), "{error}");
        assert!(store.load(&yours).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_second_process_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("runs.sqlite");
        let store = Store::open(&path, [1; 32]).unwrap();
        let second = Connection::open(&path).unwrap();
        second.busy_timeout(Duration::ZERO).unwrap();
        let Err(error) = Store::new(second, [1; 32]) else {
            panic!("two have the database");
        };
        assert_eq!(error.to_string(), "database is locked");
        drop(store);
        Store::open(&path, [1; 32]).unwrap();
    }
}
