//! Sources of files.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use super::file::File;
use super::limit;

/// Files of this size in bytes or more are read in parts. Smaller files are read, and so checked, completely.
const LARGE: usize = 64 * 1024;

/// A source of files: the disk in a build, memory in a test.
pub trait Library {
    /// Reads and parses the file at `path`.
    ///
    /// # Errors
    /// The error of the file system. A file that exists but is invalid is `Ok` with an `Err` root.
    fn open(&self, path: &Path) -> io::Result<Arc<File>>;
}

/// The file system, with a cache for the lifetime of the process. A file is read once, however many macro calls a crate
/// has, until its length or its modification time changes.
#[derive(Debug, Default)]
pub struct Disk;

type Cache = HashMap<PathBuf, (u64, Option<SystemTime>, Arc<File>)>;

static CACHE: OnceLock<Mutex<Cache>> = OnceLock::new();

impl Library for Disk {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        let metadata = std::fs::metadata(path)?;
        regular(&metadata)?;
        let (length, modified) = (metadata.len(), metadata.modified().ok());
        let cache = CACHE.get_or_init(Mutex::default);
        if let Some((known_length, known_time, file)) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(path)
            && *known_length == length
            && *known_time == modified
            && modified.is_some()
        {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(File::parse_parts(path, read(path)?, LARGE));
        let entry = (length, modified, Arc::clone(&file));
        cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), entry);
        Ok(file)
    }
}

/// Checks that something can be read to its end: it is not a directory, and not a pipe or device, which may never end.
fn regular(metadata: &std::fs::Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "it is not a regular file"));
    }
    Ok(())
}

/// Reads a file that was checked to be regular, up to a limit, whatever length it reports.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    regular(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(limit::FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit::FILE_BYTES {
        let message = format!("it is larger than the limit of {} bytes", limit::FILE_BYTES);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// A library that reads all files completely.
#[derive(Clone, Copy)]
pub struct Whole<'a>(pub &'a dyn Library);

impl Library for Whole<'_> {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        self.0.open(path).map(|file| file.whole())
    }
}

/// A library in which one file has another content, such as what an editor shows.
pub struct Replaced<'a> {
    /// All other files.
    pub library: &'a dyn Library,
    /// The path of the file, as it is asked for.
    pub path: &'a Path,
    /// Its content.
    pub file: Arc<File>,
}

impl Library for Replaced<'_> {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        if path == self.path {
            Ok(Arc::clone(&self.file))
        } else {
            self.library.open(path)
        }
    }
}

/// Files in memory. Paths are compared as written.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: HashMap<PathBuf, Arc<File>>,
}

impl Memory {
    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, text: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        let file = Arc::new(File::parse(&path, text.into()));
        self.files.insert(path, file);
        self
    }
}

impl Library for Memory {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        self.files
            .get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
