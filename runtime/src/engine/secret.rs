//! Secrets of the client and of a run, which a message must not show when an API repeats them.

use crate::client::Settings;
use crate::engine::program::Program;
use crate::json::datum::Datum;
use crate::wire::style::encoded;

/// Minimum length of a secret in bytes. Shorter ones occur in other words by chance.
const SHORTEST: usize = 4;

/// Replaces the credentials of the client and the inputs with `format: password` in a text. Knows them as they are, as
/// JSON writes them, as JSON writes JSON, and percent-encoded.
pub(super) fn redacted(text: String, program: &dyn Program, settings: &Settings) -> String {
    let mut secrets: Vec<String> = Vec::new();
    inputs(program, &mut secrets);
    for source in settings.sources.values() {
        let credentials = source.credential.iter().chain(source.schemes.values());
        secrets.extend(credentials.flat_map(crate::Credential::secrets).map(str::to_owned));
        let headers = source.headers.values().filter(|value| value.is_sensitive());
        secrets.extend(headers.filter_map(|value| value.to_str().ok()).map(str::to_owned));
    }
    settings
        .obtained
        .each(|credential| secrets.extend(credential.secrets().map(str::to_owned)));
    secrets.retain(|secret| secret.len() >= SHORTEST);
    let written = |secret: &String| {
        let once = in_json(secret);
        [in_json(&once), once, encoded(secret, false)]
    };
    let other: Vec<String> = secrets.iter().flat_map(written).collect();
    secrets.extend(other);
    // A secret can be part of another one.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
        .iter()
        .fold(text, |text, secret| text.replace(secret.as_str(), "[redacted]"))
}

/// Returns a text as it is between the quotes of a JSON string.
fn in_json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let inner = quoted.strip_prefix('"').and_then(|quoted| quoted.strip_suffix('"'));
    inner.unwrap_or(text).to_owned()
}

/// Adds the secret inputs of a run and of the run that it calls.
fn inputs(program: &dyn Program, secrets: &mut Vec<String>) {
    let fields = program.inputs();
    for (index, member) in fields.table().members.iter().enumerate() {
        if let Some(Datum::Text(text)) = Datum::seen(fields.field(index)).filter(|_| member.secret) {
            secrets.push(text.into_owned());
        }
    }
    if let Some(child) = program.state().child() {
        inputs(&*child.0, secrets);
    }
}
