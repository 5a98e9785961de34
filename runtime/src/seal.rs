//! Sealing of stored runs, for places where others may read or change them.

use crate::engine::program::Program;
use crate::error::{Error, ErrorKind};
use crate::run::stored;
use crate::run_id::RunId;
use crate::transport::BoxError;
use crate::workflow::{Run, Workflow};

/// Encrypts runs for storage, and decrypts them.
///
/// A stored run contains its inputs and what the API has returned, secrets included. If its storage must not be able to
/// read them, pass an implementation of this trait to the method `seal` of the run, and the same one to `open`. Use
/// authenticated encryption with associated data (AEAD, RFC 5116) and a new nonce for each call. Then:
///
/// - The key prevents reading and changing the run.
/// - `associated`, which is authenticated but not encrypted, prevents opening the run in place of another one. It
///   contains the `workflowId`, the id of the run, and the [`Binding`].
///
/// ```
/// use arazzo::{BoxError, Seal};
///
/// /// A key for an AEAD of your choice.
/// struct Key([u8; 32]);
///
/// impl Seal for Key {
///     fn seal(&self, plain: Vec<u8>, associated: &[u8]) -> Result<Vec<u8>, BoxError> {
///         # fn encrypt(_: &[u8; 32], plain: Vec<u8>, _: &[u8]) -> Result<Vec<u8>, BoxError> { Ok(plain) }
///         encrypt(&self.0, plain, associated)
///     }
///
///     fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, BoxError> {
///         # fn decrypt(_: &[u8; 32], sealed: &[u8], _: &[u8]) -> Result<Vec<u8>, BoxError> { Ok(sealed.to_vec()) }
///         decrypt(&self.0, sealed, associated)
///     }
/// }
/// ```
pub trait Seal {
    /// Encrypts a stored run, and authenticates `associated` with it.
    ///
    /// # Errors
    /// The run cannot be encrypted.
    fn seal(&self, plain: Vec<u8>, associated: &[u8]) -> Result<Vec<u8>, BoxError>;

    /// Decrypts bytes that [`seal`](Seal::seal) returned.
    ///
    /// # Errors
    /// The bytes were not sealed by this key with the same `associated`, or they have been changed.
    fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, BoxError>;
}

/// Binds a sealed run to what it belongs to. The run can be opened only with an equal binding.
///
/// - Data of the application, such as the user or the row, prevents opening the run in place of another one. Without
///   it, anyone who can write to the storage can swap the runs of two users.
/// - A counter that grows each time the run is stored prevents restoring an older state of the run. It protects only if
///   its value is kept apart from the sealed runs, such as in a cookie, in another database, or with the key.
///
/// ```
/// use arazzo::Binding;
///
/// let user = 7_u64.to_be_bytes();
/// let binding = Binding::new(&user).counter(3);
/// assert_ne!(binding, Binding::new(&user).counter(2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binding<'a> {
    application: &'a [u8],
    counter: u64,
}

impl<'a> Binding<'a> {
    /// Binds to data of the application.
    #[must_use]
    pub fn new(application: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self {
            application: application.as_ref(),
            counter: 0,
        }
    }

    /// Also binds to the value of a counter. The default is 0.
    #[must_use]
    pub fn counter(self, counter: u64) -> Self {
        Self { counter, ..self }
    }

    /// Returns everything that is authenticated. Every part has a fixed length or is preceded by its length, so two
    /// different bindings never have the same bytes.
    fn associated(&self, workflow: &str, run: RunId) -> Vec<u8> {
        let mut bytes = b"arazzo run 1\0".to_vec();
        bytes.extend(run.to_string().as_bytes());
        bytes.extend(self.counter.to_be_bytes());
        for part in [workflow.as_bytes(), self.application] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        bytes
    }
}

/// Length of the id of the run, which precedes the sealed bytes in its text form.
const ID: usize = 36;

fn failed(message: &str, source: BoxError) -> Error {
    Error::new(ErrorKind::Stored, message).with(|inner| inner.source = Some(source))
}

/// Serialises and seals a run.
///
/// # Errors
/// [`ErrorKind::Stored`]: the run cannot be stored, or `seal` fails.
pub(crate) fn seal<S: Seal + ?Sized>(run: &dyn Program, seal: &S, binding: Binding<'_>) -> Result<Vec<u8>, Error> {
    let (workflow, id) = (run.shape().workflow, run.state().id());
    let mut plain = Vec::new();
    stored::serialize(run, &mut serde_json::Serializer::new(&mut plain))
        .map_err(|error| failed("cannot store the run", error.into()))?;
    let sealed = seal
        .seal(plain, &binding.associated(workflow, id))
        .map_err(|error| failed("cannot seal the run", error))?;
    Ok([id.to_string().as_bytes(), &sealed].concat())
}

/// Restores a sealed run.
///
/// # Errors
/// [`ErrorKind::Stored`]: the run was sealed with another key or binding, or is not a run of this workflow.
pub(crate) fn open<W: Workflow, S: Seal + ?Sized>(
    seal: &S,
    binding: Binding<'_>,
    sealed: &[u8],
) -> Result<Run<W>, Error> {
    let unknown = || Error::new(ErrorKind::Stored, "not a sealed run");
    let (id, sealed) = sealed.split_at_checked(ID).ok_or_else(unknown)?;
    let id: RunId = std::str::from_utf8(id)
        .ok()
        .and_then(|id| id.parse().ok())
        .ok_or_else(unknown)?;
    let plain = seal
        .open(sealed, &binding.associated(W::ID, id))
        .map_err(|error| failed("cannot open the sealed run", error))?;
    let run: Run<W> =
        serde_json::from_slice(&plain).map_err(|error| failed("cannot read the stored run", error.into()))?;
    if run.id() != id {
        return Err(unknown());
    }
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_bindings_are_the_same() {
        let (one, other) = (RunId::random(), RunId::random());
        let all = [
            Binding::new("a").associated("w", one),
            Binding::new("a").associated("w", other),
            Binding::new("a").counter(1).associated("w", one),
            Binding::new("wa").associated("", one),
            Binding::new("").associated("wa", one),
            Binding::new("aw").associated("", one),
        ];
        for (index, bytes) in all.iter().enumerate() {
            assert!(!all[..index].contains(bytes), "{index}");
        }
    }
}
