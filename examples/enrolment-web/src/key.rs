//! Reads or creates the key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use arazzo::BoxError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The key that seals everything stored.
pub type Key = [u8; 32];

/// Parses a key: 32 bytes in base64.
pub fn parse(text: &str) -> Result<Key, BoxError> {
    let bytes = STANDARD.decode(text.trim())?;
    let length = bytes.len();
    bytes
        .try_into()
        .map_err(|_| format!("expected a key of 32 bytes, found {length}").into())
}

/// Reads the key from its file. If the file does not exist, creates it with a random key.
pub fn read_or_make(path: &Path) -> Result<Key, BoxError> {
    match create(path) {
        Ok(mut file) => {
            let mut key = Key::default();
            getrandom::fill(&mut key)?;
            writeln!(file, "{}", STANDARD.encode(key))?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            check_mode(path)?;
            parse(&fs::read_to_string(path)?)
        }
        Err(error) => Err(error.into()),
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), BoxError> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("other users can access it (mode {mode:o}); run `chmod 600` on it").into());
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), BoxError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_32_bytes_in_base64() {
        assert_eq!(
            parse("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap(),
            [7; 32]
        );
        assert_eq!(
            parse("BwcHBw==").unwrap_err().to_string(),
            "expected a key of 32 bytes, found 4"
        );
        assert!(parse("not base64").is_err());
        assert!(parse("").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_made_once_and_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let key = read_or_make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_or_make(&path).unwrap(), key);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = read_or_make(&path).unwrap_err().to_string();
        assert_eq!(error, "other users can access it (mode 640); run `chmod 600` on it");
    }
}
