//! What the macro does inside of rustc: a document and its description to tokens, against reading
//! the description as it is into a `Value`.
//!
//! The documents are published ones; without them there is nothing to measure.

use std::path::{Path, PathBuf};

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::emit::emit;
use arazzo_compiler::source::Disk;
use proc_macro2::TokenStream;

/// A description, and the documents that use it.
pub struct Published {
    /// The description.
    pub description: &'static str,
    /// The name under which the documents know it.
    pub source: &'static str,
    /// The documents, from the root of the project.
    pub documents: &'static [&'static str],
}

/// The Stytch workflow and others over its description, 1.0 MB of YAML.
pub const STYTCH: Published = Published {
    description: "stytch/openapi/stytch-consumer-openapi.yml",
    source: "stytchConsumerApi",
    documents: &[
        "../shared/corpus/stytch/arazzo/stytch-totp-enrollment-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-create-user-magic-link-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-crypto-wallet-auth-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-email-otp-login-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-magic-link-login-or-create-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-oauth-authenticate-session-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-password-reset-email-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-password-signup-session-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-session-authenticate-revoke-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-sms-otp-login-workflow.yml",
        "../shared/corpus/stytch/arazzo/stytch-whatsapp-otp-login-workflow.yml",
    ],
};

/// A workflow of our own over the largest description of the corpus, 3.0 MB of JSON.
pub const TELNYX: Published = Published {
    description: "jentic/telnyx.com/apis/openapi/telnyx.com/main/2.0.0/openapi.json",
    source: "telephony",
    documents: &["benches/documents/telephony.yml"],
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where the published documents are.
#[must_use]
pub fn corpus() -> Option<PathBuf> {
    let path = root().join("../shared/corpus");
    path.is_dir().then_some(path)
}

/// Copies of a description and of the first of its documents under names that nothing has read.
struct Fresh {
    directory: tempfile::TempDir,
    published: &'static Published,
}

impl Fresh {
    fn new(published: &'static Published) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self { directory, published }
    }

    fn copy(&self, from: &Path, name: &str) {
        std::fs::copy(from, self.directory.path().join(name)).expect("a copy");
    }

    fn description(&self, number: u32) -> String {
        let published = self.published.description;
        let name = format!("{number}.{}", published.rsplit('.').next().unwrap_or(""));
        self.copy(&corpus().expect("the corpus").join(published), &name);
        name
    }

    fn expand(&self, number: u32, description: &str) {
        let document = format!("document-{number}.yml");
        if !self.directory.path().join(&document).exists() {
            self.copy(&root().join(self.published.documents[0]), &document);
        }
        std::hint::black_box(expand(&Options {
            package: self.directory.path().to_owned(),
            document,
            sources: vec![(self.published.source.to_owned(), description.to_owned())],
            ..Options::default()
        }));
    }
}

/// From files to tokens. `proc_macro2` reads the emitted text, optimised, where rustc reads it in a build.
fn expand(options: &Options) -> Vec<TokenStream> {
    let compilation = compile(options, &Disk);
    assert!(
        !compilation.has_errors(),
        "{}",
        compilation.render(arazzo_compiler::diagnostic::Header::Full).join("\n")
    );
    let modules = emit(compilation.plan.as_ref().expect("a plan"), false);
    let texts = modules.iter().flat_map(|module| [&module.before, &module.content]);
    texts.map(|text| text.parse().expect("tokens")).collect()
}

/// The first workflow of a crate over a description, each time over another.
pub fn first(published: &'static Published, rounds: u32) {
    let fresh = Fresh::new(published);
    for round in 0..rounds {
        fresh.expand(round, &fresh.description(round));
    }
}

/// The same workflow again and again over one description.
pub fn again(published: &'static Published, rounds: u32) {
    let fresh = Fresh::new(published);
    let description = fresh.description(0);
    for round in 0..rounds {
        fresh.expand(round, &description);
    }
}

/// The same macro call again and again in one process, as in rust-analyzer.
pub fn repeated(published: &'static Published, rounds: u32) {
    let fresh = Fresh::new(published);
    let description = fresh.description(0);
    for _ in 0..rounds {
        fresh.expand(0, &description);
    }
}

/// As many different workflows over one description.
pub fn others(published: &Published, rounds: u32) {
    for document in &published.documents[..rounds as usize] {
        let options = Options {
            document: root().join(document).to_str().expect("a path").to_owned(),
            ..Options::default()
        };
        std::hint::black_box(expand(&options));
    }
}

/// As many different workflows over one description in one macro call, which share its types.
pub fn together(published: &Published, count: u32) {
    let path = |document: &&str| root().join(document).to_str().expect("a path").to_owned();
    let mut documents = published.documents[..count as usize].iter().map(path);
    let document = documents.next().expect("a document");
    std::hint::black_box(expand(&Options {
        document,
        further: documents.collect(),
        ..Options::default()
    }));
}

/// The description into a `Value`.
pub fn value(published: &Published, rounds: u32) {
    let path = corpus().expect("the corpus").join(published.description);
    for _ in 0..rounds {
        let text = std::fs::read_to_string(&path).expect("the description");
        let value: serde_yaml::Value = serde_yaml::from_str(&text).expect("a value");
        std::hint::black_box(value);
    }
}
