//! Nothing that a document or a description says is dropped or changed without a diagnostic: what is
//! compiled of small documents, and what is refused in them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod bodies;
mod channels;
mod descriptions;
mod documents;
mod lowered;
mod mistakes;
mod schemas;
mod shapes;
mod urls;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::{Header, Level, Severity};
use arazzo_compiler::plan::{Act, Plan, Request, Step};
use arazzo_compiler::source::Memory;
use arazzo_compiler::{Compilation, compile};

/// A document of one source description, `api.yaml`.
const HEAD: &str = "arazzo: 1.1.0\ninfo: { title: t, version: '1' }\n\
                    sourceDescriptions: [{ name: api, url: api.yaml, type: openapi }]\n";

const API: &str = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\nservers: [{ url: 'https://api.test' }]\n";

/// One compilation and how it was asked for.
struct Case {
    library: Memory,
    options: Options,
}

impl Case {
    /// A document after [`HEAD`], and a description after [`API`].
    fn new(document: &str, api: &str) -> Self {
        Self::whole(&format!("{HEAD}{document}"), &format!("{API}{api}"))
    }

    fn whole(document: &str, api: &str) -> Self {
        let library = Memory::default().with("flow.yaml", document).with("api.yaml", api);
        let options = Options {
            document: "flow.yaml".to_owned(),
            ..Options::default()
        };
        Self { library, options }
    }

    /// One workflow `w` with these steps, in a flow mapping each.
    fn steps(steps: &[&str], api: &str) -> Self {
        Self::new(
            &format!("workflows: [{{ workflowId: w, steps: [{}] }}]\n", steps.join(", ")),
            api,
        )
    }

    fn with(mut self, path: &str, text: &str) -> Self {
        self.library = self.library.with(path, text);
        self
    }

    fn lenient(mut self) -> Self {
        self.options.levels.lenient = true;
        self
    }

    fn level(mut self, level: Level, code: &str) -> Self {
        self.options.levels.codes.push((level, code.to_owned()));
        self
    }

    fn rename(mut self, from: &str, to: &str) -> Self {
        self.options.rename.push((from.to_owned(), to.to_owned()));
        self
    }

    fn compile(&self) -> Compilation {
        compile(&self.options, &self.library)
    }

    /// The plan of a document that compiles.
    #[track_caller]
    fn plan(&self) -> Plan {
        let compilation = self.compile();
        assert!(
            !compilation.has_errors(),
            "{}",
            compilation.render(Header::Full).join("\n")
        );
        compilation.plan.unwrap()
    }

    /// The first step of the first workflow of a document that compiles.
    #[track_caller]
    fn step(&self) -> Step {
        self.plan().workflows.remove(0).steps.remove(0)
    }

    #[track_caller]
    fn request(&self) -> Request {
        match self.step().act {
            Act::Http(request) => *request,
            other => panic!("{other:?}"),
        }
    }

    fn found(&self, severity: Severity) -> Vec<String> {
        let compilation = self.compile();
        let found = compilation.diagnostics.iter();
        let found = found.filter(|diagnostic| diagnostic.severity == severity);
        found
            .map(|diagnostic| {
                let text = diagnostic.span.map_or("", |span| {
                    let source = compilation.bundle.sources.get(span.file).unwrap();
                    &source.file.text[span.range.start as usize..span.range.end as usize]
                });
                format!("{} {text}", diagnostic.rule.code)
            })
            .collect()
    }

    /// Errors as `code text`, the text being what is underlined.
    fn errors(&self) -> Vec<String> {
        self.found(Severity::Error)
    }

    /// Warnings as `code text`.
    fn warnings(&self) -> Vec<String> {
        self.found(Severity::Warning)
    }

    /// All of the first error, as it is shown.
    #[track_caller]
    fn message(&self) -> String {
        let compilation = self.compile();
        assert!(
            compilation.has_errors(),
            "{}",
            compilation.render(Header::Full).join("\n")
        );
        compilation.render(Header::Full).join("\n")
    }
}
