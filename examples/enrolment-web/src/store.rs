//! Stores runs between two requests.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arazzo::{Binding, BoxError};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::id::Id;
use crate::key::Key;
use crate::seal::Seal;
use crate::workflow::Run;

/// How long a run is kept after its last step: the service accepts a first code for a day.
pub const UNFINISHED: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the last page can be viewed.
const FINISHED: Duration = Duration::from_secs(60 * 60);

/// A run and its counter.
pub struct Stored {
    /// The run.
    pub run: Run,
    /// How often the run was saved.
    pub counter: u64,
}

impl Stored {
    /// A run that was never saved.
    pub fn new(run: Run) -> Self {
        Self { run, counter: 0 }
    }
}

/// Sealed runs in SQLite. Only one process at a time can open the database.
///
/// Each save of a run increments its counter. A sealed run is bound to its row and its counter, so a
/// change of either is detected. A row that was put back unchanged from an older copy is detected
/// by the counter in the visitor's cookie.
#[derive(Clone)]
pub struct Store {
    database: Arc<Mutex<Connection>>,
    seal: Arc<Seal>,
}

impl Store {
    /// Opens the database, and creates it if it does not exist.
    ///
    /// # Errors
    /// Another process has the database open, or an earlier version of this program created it.
    pub fn open(path: &Path, key: &Key) -> Result<Self, BoxError> {
        Self::new(Connection::open(path)?, key)
    }

    fn new(database: Connection, key: &Key) -> Result<Self, BoxError> {
        // `Gate` separates the submissions of one enrolment within this process only, so no other
        // process may have access to the same runs.
        database.execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA secure_delete = ON;
             BEGIN EXCLUSIVE;
             CREATE TABLE IF NOT EXISTS runs (
                 id BLOB PRIMARY KEY,
                 run BLOB NOT NULL,
                 counter INTEGER NOT NULL,
                 expires INTEGER NOT NULL
             ) STRICT, WITHOUT ROWID;
             COMMIT;",
        )?;
        let has_counter = "SELECT EXISTS (SELECT 1 FROM pragma_table_info('runs') WHERE name = 'counter')";
        if !database.query_row(has_counter, (), |found| found.get::<_, bool>(0))? {
            return Err("it was created by an earlier version of this program, \
                        whose runs cannot be opened; delete the file and start again"
                .into());
        }
        Ok(Self {
            database: Arc::new(Mutex::new(database)),
            seal: Arc::new(Seal::new(key)),
        })
    }

    /// Loads the run, unless it has expired. `seen` is the counter of the newest state that the visitor has seen.
    ///
    /// A stored run may be newer than `seen`, because a response can be lost on its way.
    ///
    /// # Errors
    /// The row was changed, or the stored run is older than `seen`.
    pub async fn load(&self, id: &Id, seen: u64) -> Result<Option<Stored>, BoxError> {
        let row = id.row();
        let found = self
            .with(move |database| {
                database
                    .query_row(
                        "SELECT run, counter FROM runs WHERE id = ?1 AND expires > ?2",
                        params![row, seconds(SystemTime::now())?],
                        |found| Ok((found.get::<_, Vec<u8>>(0)?, found.get::<_, i64>(1)?)),
                    )
                    .optional()
                    .map_err(BoxError::from)
            })
            .await?;
        let Some((sealed, counter)) = found else {
            return Ok(None);
        };
        let counter =
            u64::try_from(counter).map_err(|_| format!("the counter {counter} of a stored run is negative"))?;
        let run = Run::open(&*self.seal, Binding::new(&row).counter(counter), &sealed)?;
        if counter < seen {
            return Err(format!(
                "a stored run was rolled back: its counter is {counter}, and the visitor's cookie has {seen}"
            )
            .into());
        }
        Ok(Some(Stored { run, counter }))
    }

    /// Increments the counter and stores the run. The lifetime of the run starts again.
    pub async fn save(&self, id: &Id, stored: &mut Stored) -> Result<(), BoxError> {
        let lifetime = if stored.run.step().is_some() {
            UNFINISHED
        } else {
            FINISHED
        };
        self.save_until(id, stored, SystemTime::now() + lifetime).await
    }

    async fn save_until(&self, id: &Id, stored: &mut Stored, expires: SystemTime) -> Result<(), BoxError> {
        let row = id.row();
        let counter = stored.counter + 1;
        let sealed = stored.run.seal(&*self.seal, Binding::new(&row).counter(counter))?;
        self.with(move |database| {
            database.execute(
                "INSERT OR REPLACE INTO runs (id, run, counter, expires) VALUES (?1, ?2, ?3, ?4)",
                params![row, sealed, i64::try_from(counter)?, seconds(expires)?],
            )?;
            Ok(())
        })
        .await?;
        stored.counter = counter;
        Ok(())
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

    /// Removes all expired runs, and returns their number.
    pub async fn purge(&self) -> Result<usize, BoxError> {
        self.with(|database| {
            let now = seconds(SystemTime::now())?;
            Ok(database.execute("DELETE FROM runs WHERE expires <= ?1", params![now])?)
        })
        .await
    }

    /// Runs `work` on a thread where it can block. The lock is never held across an await.
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

    /// A row of the database.
    type Row = (Vec<u8>, i64, i64);

    fn run() -> Stored {
        Stored::new(Run::new(PartialInputs::new().email("ada@example.com")))
    }

    fn store() -> Store {
        Store::new(Connection::open_in_memory().unwrap(), &[1; 32]).unwrap()
    }

    /// A store with one run, which was saved twice, and copies of its row after each save.
    async fn saved_twice() -> (Store, Id, Stored, [Row; 2]) {
        let (store, id, mut stored) = (store(), Id::random().unwrap(), run());
        store.save(&id, &mut stored).await.unwrap();
        let first = copy(&store, &id).await;
        stored.run.inputs_mut().email = Some("bob@example.com".to_owned());
        store.save(&id, &mut stored).await.unwrap();
        let second = copy(&store, &id).await;
        (store, id, stored, [first, second])
    }

    async fn copy(store: &Store, id: &Id) -> Row {
        let row = id.row();
        let copied = store.with(move |database| {
            let select = "SELECT run, counter, expires FROM runs WHERE id = ?1";
            Ok(database.query_row(select, [row], |found| Ok((found.get(0)?, found.get(1)?, found.get(2)?)))?)
        });
        copied.await.unwrap()
    }

    async fn put_back(store: &Store, id: &Id, (run, counter, expires): Row) {
        let row = id.row();
        let changed = store.with(move |database| {
            let update = "UPDATE runs SET run = ?2, counter = ?3, expires = ?4 WHERE id = ?1";
            Ok(database.execute(update, params![row, run, counter, expires])?)
        });
        assert_eq!(changed.await.unwrap(), 1);
    }

    async fn email(store: &Store, id: &Id, seen: u64) -> Option<String> {
        let stored = store.load(id, seen).await.unwrap().unwrap();
        stored.run.inputs().email.clone()
    }

    /// Returns why a run is not loaded, with the causes.
    async fn refusal(store: &Store, id: &Id, seen: u64) -> String {
        let Err(error) = store.load(id, seen).await else {
            panic!("it is loaded");
        };
        let cause = error.source().map(|cause| format!(": {cause}"));
        format!("{error}{}", cause.unwrap_or_default())
    }

    #[tokio::test]
    async fn a_run_is_there_until_it_is_removed() {
        let (store, id, other) = (store(), Id::random().unwrap(), Id::random().unwrap());
        store.save(&id, &mut run()).await.unwrap();
        assert_eq!(email(&store, &id, 1).await.as_deref(), Some("ada@example.com"));
        assert!(store.load(&other, 0).await.unwrap().is_none());
        store.remove(&id).await.unwrap();
        assert!(store.load(&id, 1).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_run_that_expired_is_gone_and_purged() {
        let store = store();
        let (old, new) = (Id::random().unwrap(), Id::random().unwrap());
        store.save_until(&old, &mut run(), SystemTime::now()).await.unwrap();
        store.save(&new, &mut run()).await.unwrap();
        assert!(store.load(&old, 1).await.unwrap().is_none());
        assert_eq!(store.purge().await.unwrap(), 1);
        assert_eq!(store.purge().await.unwrap(), 0);
        assert!(store.load(&new, 1).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn every_save_increments_the_counter() {
        let (store, id, mut stored, _) = saved_twice().await;
        assert_eq!(stored.counter, 2);
        let mut loaded = store.load(&id, 2).await.unwrap().unwrap();
        assert_eq!(loaded.counter, 2);
        store.save(&id, &mut loaded).await.unwrap();
        assert_eq!((loaded.counter, copy(&store, &id).await.1), (3, 3));

        // After a save that failed, the counter is that of the state in the database.
        let broken = store.with(|database| Ok(database.execute_batch("PRAGMA query_only = ON")?));
        broken.await.unwrap();
        store.save(&id, &mut stored).await.unwrap_err();
        assert_eq!(stored.counter, 2);
    }

    #[tokio::test]
    async fn a_row_in_the_place_of_another_is_refused() {
        let store = store();
        let (mine, yours) = (Id::random().unwrap(), Id::random().unwrap());
        store.save(&mine, &mut run()).await.unwrap();
        store.save(&yours, &mut run()).await.unwrap();
        let copied = copy(&store, &yours).await;
        put_back(&store, &mine, copied).await;
        let error = refusal(&store, &mine, 1).await;
        assert!(error.contains("its row in the database was changed"), "{error}");
        assert!(store.load(&yours, 1).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn an_older_state_that_is_put_back_is_refused() {
        let (store, id, _, [first, second]) = saved_twice().await;
        put_back(&store, &id, first).await;
        assert_eq!(
            refusal(&store, &id, 2).await,
            "a stored run was rolled back: its counter is 1, and the visitor's cookie has 2"
        );
        put_back(&store, &id, second).await;
        assert_eq!(email(&store, &id, 2).await.as_deref(), Some("bob@example.com"));
    }

    #[tokio::test]
    async fn a_visitor_who_missed_an_answer_is_accepted() {
        let (store, id, ..) = saved_twice().await;
        for seen in [1, 0] {
            let stored = store.load(&id, seen).await.unwrap().unwrap();
            assert_eq!(stored.counter, 2, "the visitor gets the newest state");
            assert_eq!(stored.run.inputs().email.as_deref(), Some("bob@example.com"));
        }
    }

    #[tokio::test]
    async fn a_counter_that_is_changed_by_hand_is_refused() {
        let (store, id, _, [(run, _, expires), (newest, ..)]) = saved_twice().await;
        // The first row is the older state with the counter that the visitor expects.
        for (run, counter) in [(&run, 2), (&newest, 1), (&newest, 3)] {
            put_back(&store, &id, (run.clone(), counter, expires)).await;
            let error = refusal(&store, &id, 1).await;
            assert!(
                error.contains("its row in the database was changed"),
                "{counter}: {error}"
            );
        }
        put_back(&store, &id, (newest, -2, expires)).await;
        let error = refusal(&store, &id, 1).await;
        assert_eq!(error, "the counter -2 of a stored run is negative");
    }

    #[test]
    fn a_database_without_counters_is_refused() {
        let database = Connection::open_in_memory().unwrap();
        database
            .execute_batch(
                "CREATE TABLE runs (
                     id BLOB PRIMARY KEY,
                     run BLOB NOT NULL,
                     expires INTEGER NOT NULL
                 ) STRICT, WITHOUT ROWID",
            )
            .unwrap();
        let Err(error) = Store::new(database, &[1; 32]) else {
            panic!("it is opened");
        };
        assert_eq!(
            error.to_string(),
            "it was created by an earlier version of this program, whose runs cannot be opened; \
             delete the file and start again"
        );
    }

    #[tokio::test]
    async fn a_second_process_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("runs.sqlite");
        let store = Store::open(&path, &[1; 32]).unwrap();
        let second = Connection::open(&path).unwrap();
        second.busy_timeout(Duration::ZERO).unwrap();
        let Err(error) = Store::new(second, &[1; 32]) else {
            panic!("two have the database");
        };
        assert_eq!(error.to_string(), "database is locked");
        drop(store);
        Store::open(&path, &[1; 32]).unwrap();
    }
}
