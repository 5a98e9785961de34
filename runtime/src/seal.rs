//! Keeping a stored run from whoever may read or change the place where it is kept.

use crate::engine::program::Program;
use crate::error::{Error, ErrorKind};
use crate::run::stored;
use crate::run_id::RunId;
use crate::transport::BoxError;
use crate::workflow::{Run, Workflow};

/// Encrypts runs for where they are kept, and decrypts them.
///
/// A stored run holds its inputs and what the API has returned, secrets included. Where the place
/// that keeps it should not be able to read them, its `seal` method takes an implementation of this
/// trait, and its `open` the same one again. Use authenticated encryption with associated data (AEAD, RFC 5116) and a
/// new nonce for each call. Then:
///
/// - the key keeps the run from being read or changed;
/// - `associated`, which is authenticated and not encrypted, keeps it from being taken for another one: it holds the
///   `workflowId`, the id of the run, and the [`Binding`].
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

    /// Decrypts what [`seal`](Seal::seal) returned.
    ///
    /// # Errors
    /// The bytes were not sealed by this key with the same `associated`, or have been changed.
    fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, BoxError>;
}

/// What a sealed run belongs to: it opens with an equal binding only.
///
/// - Data of the application, such as the user or the row, keeps a run from being opened in the place of another
///   one. Without it, whoever can write to the place can swap the runs of two users.
/// - A counter that grows with every store keeps an older state of the run from being put back. It protects only if
///   its value is kept where the sealed runs are not, such as in a cookie, in another database, or beside the key.
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

    /// Binds to the value of a counter too; 0 unless set.
    #[must_use]
    pub fn counter(self, counter: u64) -> Self {
        Self { counter, ..self }
    }

    /// Everything that is authenticated: every part has a fixed length or its length before it, so that no two
    /// bindings give the same bytes.
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

/// The bytes of a run's id in front of what is sealed: its text form.
const ID: usize = 36;

fn failed(message: &str, source: BoxError) -> Error {
    Error::new(ErrorKind::Stored, message).with(|inner| inner.source = Some(source))
}

/// Stores a run, sealed.
///
/// # Errors
/// [`ErrorKind::Stored`]: what `seal` says.
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

/// Brings a sealed run back.
///
/// # Errors
/// [`ErrorKind::Stored`]: it is not of this key, this binding or this workflow.
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
