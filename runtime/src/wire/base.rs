//! The base URL of an API.

use super::failure::Failure;
use super::operation::Operation;
use crate::client::Settings;
use crate::error::ErrorKind;

/// Returns the base URL of an operation.
pub(crate) fn base<'s>(operation: &Operation, settings: &'s Settings) -> Result<&'s str, Failure>
where
    'static: 's,
{
    let base = given(operation, settings);
    if is_absolute(base) {
        return Ok(base);
    }
    let reason = if base.is_empty() {
        "its description has no server".to_owned()
    } else {
        format!("its description has only `{base}`")
    };
    let message = format!(
        "no base URL for API `{}` ({reason}); set one with `source(\"{0}\", |api| api.base_url(…))`",
        operation.source
    );
    Err(Failure::new(ErrorKind::Configuration, message))
}

/// Returns the base URL of an operation as it was given.
pub(super) fn given<'s>(operation: &Operation, settings: &'s Settings) -> &'s str
where
    'static: 's,
{
    let known = settings.sources.get(operation.source);
    let own = known.and_then(|source| {
        let own = source.operations.get(operation.name);
        own.or(source.base_url.as_ref()).map(String::as_str)
    });
    own.unwrap_or(operation.server)
}

/// Returns the host and port of an absolute base URL.
pub(super) fn authority(base: &str) -> &str {
    let start = base.find(':').map_or(base.len(), |colon| colon + "://".len());
    let rest = base.get(start..).unwrap_or("");
    rest.find('/').map_or(rest, |end| &rest[..end])
}

/// Returns whether a base URL has a scheme and a host, and no variable, query or fragment.
pub(super) fn is_absolute(base: &str) -> bool {
    let bytes = base.as_bytes();
    let scheme = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let rest = bytes.get(scheme..).and_then(|rest| rest.strip_prefix(b"://"));
    scheme > 0
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.iter().any(|byte| matches!(byte, b'{' | b'?' | b'#')))
}

/// Returns the port of a URL: the one that it names, or that of its scheme.
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub(crate) fn port(uri: &http::Uri) -> u16 {
    let of_scheme = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    uri.port_u16().unwrap_or(of_scheme)
}
