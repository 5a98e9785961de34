//! Measures what the macro costs whoever builds with it: time, crates, code and size. In one file, because every part
//! builds the same few crates.
//!
//! ```sh
//! cargo run --release --bin builds                      # everything, three pairs of clean builds
//! cargo run --release --bin builds -- 5 build generator # some of it, five pairs
//! ```
//!
//! Times are of a machine that does other things too: what is compared is built alternately, and the
//! figure is the median of the ratios. The crates are made in a temporary directory, outside of any
//! workspace, with the versions of the repository's lock file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Instant, SystemTime};

use arazzo_benches::expansion::corpus;
use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::Disk;
use proc_macro2::{TokenStream, TokenTree};

type Result<T> = std::result::Result<T, String>;

const PARTS: [&str; 5] = ["build", "generator", "code", "binary", "twelve"];

/// Checks after a touch: they are short, so that more of them are needed.
const CHECKS: usize = 9;

/// Checks of crates that are compared with each other by differences.
const CODE_CHECKS: usize = 5;

const README: &str = include_str!("../../../README.md");
const BY_HAND: &str = include_str!("../../build/by-hand.rs");
const GENERATED: &str = include_str!("../../build/generated.rs");
const WITHOUT: &str = include_str!("../../build/without.rs");
const CHAIN: &str = include_str!("../../build/chain.rs");
const ENROLMENT: &str = include_str!("../../build/enrolment.rs");
const ITEMS: &str = include_str!("../../build/items.yml");
const DOCUMENT: &str = include_str!("../../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml");
const DESCRIPTION: &str = include_str!("../../../examples/stytch-totp/stytch-consumer-openapi.yml");
const LOCK: &str = include_str!("../../../Cargo.lock");

const DOCUMENT_NAME: &str = "stytch-totp-enrollment-workflow.yml";
const DESCRIPTION_NAME: &str = "stytch-consumer-openapi.yml";

const TOKIO: &str = r#"tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#;

/// What `by-hand` needs: the backend of TLS that `arazzo` turns on by default, and JSON.
const BY_HAND_DEPENDENCIES: &str = r#"
reqwest = { version = "0.13", default-features = false, features = ["json", "rustls"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

/// What the generator's documentation asks for, with the same backend of TLS.
const GENERATED_DEPENDENCIES: &str = r#"
futures = "0.3"
progenitor = "0.15"
reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn arazzo() -> Result<String> {
    let path = fs::canonicalize(root().join("runtime")).map_err(|error| error.to_string())?;
    Ok(format!("arazzo = {{ path = {:?} }}", path.display().to_string()))
}

/// The first block of the README in a language.
fn readme(language: &str) -> Result<&'static str> {
    let start = format!("```{language}\n");
    let block = README.split_once(&start).and_then(|(_, rest)| rest.split_once("```"));
    block
        .map(|(block, _)| block)
        .ok_or_else(|| format!("the README has no block of {language}"))
}

/// What a process and its children took.
#[derive(Clone, Copy)]
struct Took {
    wall: f64,
    /// User and system.
    cpu: f64,
}

/// The processor time of all children that have ended, by Linux; nothing elsewhere.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold blanks, the fields 16 and 17 of all: hundredths of a second.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

/// A crate that is measured.
struct Crate {
    directory: PathBuf,
    target: PathBuf,
    name: String,
}

impl Crate {
    /// Writes a crate. The name is that of nothing else in `target`: Cargo tells packages of
    /// different workspaces apart by their names only.
    fn new(
        at: &Path,
        target: &str,
        name: &str,
        dependencies: &str,
        main: &str,
        files: &[(&str, &str)],
    ) -> Result<Self> {
        let directory = at.join(name);
        // Cargo builds dependencies from a registry without incremental compilation, and those from a path with it.
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [profile.dev.package.\"*\"]\nincremental = false\n\n[dependencies]\n{}\n",
            dependencies.trim()
        );
        let basic = [
            ("Cargo.toml", manifest.as_str()),
            ("Cargo.lock", LOCK),
            ("src/main.rs", main),
        ];
        fs::create_dir_all(directory.join("src")).map_err(|error| error.to_string())?;
        for (file, text) in basic.iter().chain(files) {
            fs::write(directory.join(file), text).map_err(|error| error.to_string())?;
        }
        let made = Self {
            directory,
            target: at.join("targets").join(target),
            name: name.to_owned(),
        };
        made.cargo(&["fetch"])?;
        Ok(made)
    }

    fn try_cargo(&self, arguments: &[&str]) -> Result<(Took, std::process::Output)> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.directory);
        command.env("CARGO_TERM_QUIET", "true");
        if arguments != ["fetch"] {
            command.env("CARGO_NET_OFFLINE", "true");
        }
        // What the one who measures has set for their own builds.
        for name in ["RUSTFLAGS", "RUSTC_WRAPPER", "CARGO_INCREMENTAL", "CARGO_BUILD_JOBS"] {
            command.env_remove(name);
        }
        if let Some((_, rest)) = arguments.split_first()
            && rest.contains(&"--emit=llvm-ir")
        {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command.env("CARGO_TARGET_DIR", &self.target);
        let (before, start) = (children(), Instant::now());
        let output = command
            .output()
            .map_err(|error| format!("cargo cannot be started: {error}"))?;
        let wall = start.elapsed().as_secs_f64();
        let cpu = children() - before;
        Ok((Took { wall, cpu }, output))
    }

    fn cargo(&self, arguments: &[&str]) -> Result<(Took, String)> {
        let (took, output) = self.try_cargo(arguments)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: `cargo {}` fails: {said}", self.name, arguments.join(" ")));
        }
        Ok((took, String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    fn clean_build(&self) -> Result<Took> {
        if self.target.exists() {
            fs::remove_dir_all(&self.target).map_err(|error| error.to_string())?;
        }
        Ok(self.cargo(&["build"])?.0)
    }

    /// A check after a change of the one source file.
    fn check(&self) -> Result<Took> {
        let main = fs::File::options()
            .append(true)
            .open(self.directory.join("src/main.rs"));
        main.and_then(|file| file.set_modified(SystemTime::now()))
            .map_err(|error| error.to_string())?;
        Ok(self.cargo(&["check"])?.0)
    }

    /// The crates that are built, this one among them.
    fn crates(&self) -> Result<usize> {
        let (_, tree) = self.cargo(&["tree", "-e", "normal,build", "--prefix", "none"])?;
        // A crate that was shown before has a mark behind it.
        let crates: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        Ok(crates.len())
    }

    /// Instructions of the LLVM IR of this crate, as rustc hands it to LLVM in a dev build.
    fn llvm_lines(&self) -> Result<usize> {
        self.cargo(&["rustc", "--", "--emit=llvm-ir", "-Ccodegen-units=1"])?;
        let prefix = format!("{}-", self.name.replace('-', "_"));
        let found = fs::read_dir(self.target.join("debug/deps"))
            .map_err(|error| error.to_string())?
            .flatten()
            .find(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.starts_with(&prefix) && name.ends_with(".ll")
            })
            .ok_or_else(|| format!("{}: there is no LLVM IR", self.name))?;
        let text = fs::read_to_string(found.path()).map_err(|error| error.to_string())?;
        // Only what stands inside of functions is indented.
        Ok(text.lines().filter(|line| line.starts_with("  ")).count())
    }

    /// The program of a release build.
    fn release(&self, strip: bool) -> Result<Vec<u8>> {
        // As `strip = true` in the profile, which would build the dependencies a second time.
        let stripped = ["rustc", "--release", "--", "-Cstrip=symbols"];
        self.cargo(if strip { &stripped } else { &stripped[..2] })?;
        fs::read(self.target.join("release").join(&self.name)).map_err(|error| error.to_string())
    }
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Does the same to all crates, round after round, each round the other way round.
fn alternate(crates: &[&Crate], rounds: usize, act: fn(&Crate) -> Result<Took>) -> Result<Vec<Vec<Took>>> {
    let mut all = vec![Vec::new(); crates.len()];
    for round in 0..rounds {
        for turn in 0..crates.len() {
            let index = if round % 2 == 0 { turn } else { crates.len() - 1 - turn };
            all[index].push(act(crates[index])?);
        }
    }
    Ok(all)
}

fn ratio(of: &[Took], against: &[Took], what: fn(&Took) -> f64) -> f64 {
    median(
        of.iter()
            .zip(against)
            .map(|(of, against)| what(of) / what(against))
            .collect(),
    )
}

fn of_all(all: &[Took], what: fn(&Took) -> f64) -> f64 {
    median(all.iter().map(what).collect())
}

fn wall(took: &Took) -> f64 {
    took.wall
}

fn cpu(took: &Took) -> f64 {
    took.cpu
}

/// One line of the table.
fn figure(what: &str, figures: &str, value: f64, at_most: Option<f64>) {
    let goal = match at_most {
        Some(goal) if value <= goal => format!("goal {goal}: met"),
        Some(goal) => format!("goal {goal}: missed"),
        None => String::new(),
    };
    println!("{what:48} {figures:>24} {value:>10.3}  {goal}");
}

fn ratios(what: &str, of: &[Took], against: &[Took], at_most: Option<f64>) {
    for (kind, take, at_most) in [("wall", wall as fn(&Took) -> f64, at_most), ("cpu", cpu, None)] {
        let figures = format!("{:.2} s / {:.2} s", of_all(of, take), of_all(against, take));
        figure(&format!("{what}, {kind}"), &figures, ratio(of, against, take), at_most);
    }
}

/// What the generator cannot read: responses of errors that have no schema, or not all the same one.
fn without_errors(description: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_error = |line: &str| {
        let key = line.trim_start().as_bytes();
        matches!(key, [b'\'', b'4' | b'5', b'0'..=b'9', b'0'..=b'9', b'\'', b':', ..])
    };
    let mut kept = String::new();
    let mut dropped = None;
    for line in description.lines() {
        if dropped.is_some_and(|level| line.trim().is_empty() || indent(line) > level) {
            continue;
        }
        dropped = is_error(line).then(|| indent(line));
        if dropped.is_none() {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn compiled(at: &Path, target: &str, description: &str, name: &str) -> Result<Crate> {
    let dependencies = readme("toml")?.replace("[dependencies]", "");
    let dependencies = dependencies.replace("arazzo = \"0.1\"", &arazzo()?);
    let files = [(DOCUMENT_NAME, DOCUMENT), (DESCRIPTION_NAME, description)];
    Crate::new(at, target, name, &dependencies, readme("rust")?, &files)
}

fn by_hand(at: &Path, target: &str) -> Result<Crate> {
    let dependencies = format!("{BY_HAND_DEPENDENCIES}{TOKIO}");
    Crate::new(at, target, "by-hand", &dependencies, BY_HAND, &[])
}

fn generated(at: &Path, target: &str, description: &str, name: &str) -> Result<Crate> {
    let dependencies = format!("{GENERATED_DEPENDENCIES}{TOKIO}");
    let files = [(DESCRIPTION_NAME, description)];
    Crate::new(at, target, name, &dependencies, GENERATED, &files)
}

/// A crate of `benches/twelve`, with all its files.
fn committed(at: &Path, name: &str, dependencies: &str) -> Result<Crate> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("twelve").join(name);
    let mut files = Vec::new();
    for folder in ["src", "workflows"] {
        let Ok(entries) = fs::read_dir(from.join(folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let file = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let text = fs::read_to_string(entry.path()).map_err(|error| error.to_string())?;
            files.push((file, text));
        }
    }
    let main = files.iter().find(|(file, _)| file == "src/main.rs");
    let main = main.map(|(_, text)| text.clone()).unwrap_or_default();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    let directory = at.join("workflows-of-twelve");
    fs::create_dir_all(directory.join(name).join("workflows")).map_err(|error| error.to_string())?;
    Crate::new(&directory, "twelve", name, dependencies, &main, &files)
}

/// Twelve workflows of one API, and the same calls by hand with complete serde structs.
fn twelve(at: &Path, pairs: usize) -> Result<()> {
    let compiled = committed(at, "compiled", &format!("{}\n{TOKIO}", arazzo()?))?;
    let by_hand = committed(at, "by-hand", &format!("{BY_HAND_DEPENDENCIES}{TOKIO}"))?;
    let crates = [&compiled, &by_hand];
    let measured = |what: &str, act: fn(&Crate) -> Result<Took>, rounds, goal| -> Result<()> {
        alternate(&crates, 1, act)?;
        let took = alternate(&crates, rounds, act)?;
        let figures = format!("{:.2} s / {:.2} s", of_all(&took[0], cpu), of_all(&took[1], cpu));
        figure(what, &figures, ratio(&took[0], &took[1], cpu), Some(goal));
        Ok(())
    };
    measured("twelve: check / by hand, cpu", Crate::own_check, CHECKS, 1.0)?;
    measured("twelve: check after a touch / by hand, cpu", Crate::check, CHECKS, 1.2)?;
    measured("twelve: release build / by hand, cpu", Crate::own_release, pairs, 0.6)
}

/// Clean builds and checks against the program by hand and against a generated client.
fn build_times(at: &Path, pairs: usize, hand: bool, generator: bool) -> Result<()> {
    let compiled = compiled(at, "compiled", DESCRIPTION, "compiled")?;
    let mut others = Vec::new();
    if hand {
        let by_hand = by_hand(at, "by-hand")?;
        let (of, against) = (compiled.crates()?, by_hand.crates()?);
        let more = of as f64 - against as f64;
        figure(
            "crates more than by hand",
            &format!("{of} / {against}"),
            more,
            Some(6.0),
        );
        others.push(("by hand", by_hand, 1.1, 1.1));
    }
    if generator {
        let generated = generated(at, "generated", &without_errors(DESCRIPTION), "generated")?;
        let (of, against) = (compiled.crates()?, generated.crates()?);
        let more = of as f64 - against as f64;
        figure("crates more than progenitor", &format!("{of} / {against}"), more, None);
        others.push(("progenitor", generated, 1.0, 1.0));
    }
    let crates: Vec<&Crate> = std::iter::once(&compiled)
        .chain(others.iter().map(|(_, other, ..)| other))
        .collect();
    let builds = alternate(&crates, pairs, Crate::clean_build)?;
    for ((against, _, goal, _), other) in others.iter().zip(&builds[1..]) {
        let goal = (*goal > 1.0).then_some(*goal);
        ratios(&format!("clean build / {against}"), &builds[0], other, goal);
    }
    alternate(&crates, 1, Crate::check)?;
    let checks = alternate(&crates, CHECKS, Crate::check)?;
    for ((against, _, _, goal), other) in others.iter().zip(&checks[1..]) {
        let goal = (*goal > 1.0).then_some(*goal);
        ratios(&format!("check after a touch / {against}"), &checks[0], other, goal);
    }
    if generator {
        // Where its dependencies have been built.
        refused(at, "small-as-it-is", DESCRIPTION)?;
        if let Some(corpus) = corpus() {
            published(at, &corpus, pairs)?;
        }
    }
    Ok(())
}

/// Says with which message the generator refuses a description.
fn refused(at: &Path, name: &str, description: &str) -> Result<()> {
    let whole = generated(at, "generated", description, name)?;
    let (_, output) = whole.try_cargo(&["check"])?;
    if output.status.success() {
        println!("progenitor reads {name}");
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        let why = said.lines().find(|line| line.contains("message:"));
        println!("progenitor refuses {name}: {}", why.unwrap_or(&said).trim());
    }
    Ok(())
}

/// The published description of 1 MB, of which the workflow uses three operations.
fn published(at: &Path, corpus: &Path, pairs: usize) -> Result<()> {
    let description = fs::read_to_string(corpus.join("stytch/openapi").join(DESCRIPTION_NAME));
    let description = description.map_err(|error| error.to_string())?;
    refused(at, "published-as-it-is", &description)?;
    let compiled = compiled(at, "compiled", &description, "compiled-published")?;
    let generated = generated(at, "generated", &without_errors(&description), "generated-published")?;
    let crates = [&compiled, &generated];
    // The dependencies are those of the builds before; what differs is the crate itself.
    let both = |act: fn(&Crate) -> Result<Took>, rounds| alternate(&crates, rounds, act);
    both(Crate::own_build, 1)?;
    let builds = both(Crate::own_build, pairs)?;
    ratios("own build, published / progenitor", &builds[0], &builds[1], None);
    both(Crate::check, 1)?;
    let checks = both(Crate::check, CHECKS)?;
    ratios("check, published / progenitor", &checks[0], &checks[1], None);
    Ok(())
}

impl Crate {
    /// Checks this crate alone, without anything from before.
    fn own_check(&self) -> Result<Took> {
        self.cargo(&["clean", "--package", &self.name])?;
        Ok(self.cargo(&["check"])?.0)
    }

    /// Builds this crate alone for a release.
    fn own_release(&self) -> Result<Took> {
        self.cargo(&["clean", "--release", "--package", &self.name])?;
        Ok(self.cargo(&["build", "--release"])?.0)
    }

    /// Builds this crate alone anew.
    fn own_build(&self) -> Result<Took> {
        self.cargo(&["clean", "--package", &self.name])?;
        Ok(self.cargo(&["build"])?.0)
    }
}

/// The workflow of so many steps, each of which calls the same operation with what the one before returned.
fn chain(steps: usize) -> String {
    let mut text = include_str!("../../build/chain.yml").to_owned();
    for step in 0..steps {
        let given = match step.checked_sub(1) {
            Some(before) => format!("$steps.read{before}.outputs.next"),
            None => "$inputs.id".to_owned(),
        };
        text.push_str(&format!(
            "  - stepId: read{step}\n    operationId: readItem\n    parameters:\n    - {{ name: id, in: path, value: {given} }}\n    outputs:\n      next: $response.body#/next\n",
        ));
    }
    text.push_str(&format!(
        "  outputs:\n    last: $steps.read{}.outputs.next\n",
        steps - 1
    ));
    text
}

/// Token trees, those in groups too.
fn tokens(stream: TokenStream) -> usize {
    let of = |tree| match tree {
        TokenTree::Group(group) => 1 + tokens(group.stream()),
        _ => 1,
    };
    stream.into_iter().map(of).sum()
}

fn emitted(directory: &Path, document: &str) -> Result<usize> {
    let options = Options {
        package: directory.to_owned(),
        document: document.to_owned(),
        ..Options::default()
    };
    let compilation = compile(&options, &Disk);
    match &compilation.plan {
        Some(plan) if !compilation.has_errors() => {
            let code = text(&emit(plan, false), "::arazzo");
            code.parse().map(tokens).map_err(|error| error.to_string())
        }
        _ => Err(format!("{document} does not compile")),
    }
}

/// What a workflow adds to a crate.
struct Added {
    steps: usize,
    tokens: f64,
    lines: f64,
    check: f64,
}

/// Tokens, LLVM IR and the time of a check, of workflows that grow.
fn code(at: &Path) -> Result<()> {
    let arazzo = format!("{}\n{TOKIO}", arazzo()?);
    let without = Crate::new(at, "code", "without", &arazzo, WITHOUT, &[])?;
    let files = [(DOCUMENT_NAME, DOCUMENT), (DESCRIPTION_NAME, DESCRIPTION)];
    let mut workflows = vec![(
        3,
        Crate::new(at, "code", "enrolment", &arazzo, ENROLMENT, &files)?,
        DOCUMENT_NAME,
    )];
    for steps in [10, 100, 1000] {
        let files = [("chain.yml", chain(steps)), ("items.yml", ITEMS.to_owned())];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        let made = Crate::new(at, "code", &format!("chain-{steps}"), &arazzo, CHAIN, &files)?;
        workflows.push((steps, made, "chain.yml"));
    }
    let lines = without.llvm_lines()?;
    let crates: Vec<&Crate> = std::iter::once(&without)
        .chain(workflows.iter().map(|(_, made, _)| made))
        .collect();
    alternate(&crates, 1, Crate::check)?;
    let checks = alternate(&crates, CODE_CHECKS, Crate::check)?;
    let mut all = Vec::new();
    for ((steps, made, document), took) in workflows.iter().zip(&checks[1..]) {
        all.push(Added {
            steps: *steps,
            tokens: emitted(&made.directory, document)? as f64,
            lines: made.llvm_lines()? as f64 - lines as f64,
            check: (of_all(took, cpu) - of_all(&checks[0], cpu)) * 1000.0,
        });
    }
    for (added, (_, made, _)) in all.iter().zip(&workflows) {
        let per = |of: f64| format!("{of:.0} / {}", added.steps);
        let each = |of: f64| of / added.steps as f64;
        figure(
            &format!("{}: tokens per step", made.name),
            &per(added.tokens),
            each(added.tokens),
            None,
        );
        figure(
            &format!("{}: LLVM lines per step", made.name),
            &per(added.lines),
            each(added.lines),
            None,
        );
        figure(
            &format!("{}: ms of check per step", made.name),
            &per(added.check),
            each(added.check),
            None,
        );
    }
    // What a workflow costs whatever its length is left out: a further step costs no more at the end.
    if let [_, ten, hundred, thousand] = &all[..] {
        for (what, of) in [
            ("tokens", (|added: &Added| added.tokens) as fn(&Added) -> f64),
            ("LLVM lines", |added| added.lines),
            ("ms of check", |added| added.check),
        ] {
            let slope = |few: &Added, many: &Added| (of(many) - of(few)) / (many.steps - few.steps) as f64;
            let (early, late) = (slope(ten, hundred), slope(hundred, thousand));
            let figures = format!("{late:.2} / {early:.2}");
            figure(
                &format!("{what} of a step, late / early"),
                &figures,
                late / early,
                Some(1.1),
            );
        }
    }
    Ok(())
}

/// Sizes of release builds, and whether engines are linked that nothing asked for.
fn binary(at: &Path) -> Result<()> {
    let (compiled, by_hand) = (
        compiled(at, "release", DESCRIPTION, "compiled")?,
        by_hand(at, "release")?,
    );
    let names = compiled.release(false)?;
    for engine in ["fancy_regex", "regex_automata", "serde_json_path", "xmloxide", "xee"] {
        // Symbols hold the names of their crates with the length before; `xee_xpath` begins so too.
        let mangled = |length: usize| format!("{length}{engine}");
        let engines = [mangled(engine.len()), format!("9{engine}_xpath")];
        let count = engines
            .iter()
            .map(|name| occurrences(&names, name.as_bytes()))
            .sum::<usize>();
        figure(&format!("symbols of {engine}"), "", count as f64, Some(0.0));
    }
    // Nothing is shown by the search unless it finds what is there.
    figure(
        "symbols of reqwest, for comparison",
        "",
        occurrences(&names, b"7reqwest") as f64,
        None,
    );
    let (of, against) = (compiled.release(true)?.len(), by_hand.release(true)?.len());
    let figures = format!("{of} / {against}");
    figure(
        "release, stripped / by hand, bytes",
        &figures,
        of as f64 / against as f64,
        Some(1.1),
    );
    Ok(())
}

fn occurrences(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text).count()
}

fn measure() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (pairs, parts) = match arguments.split_first() {
        Some((first, rest)) => match first.parse() {
            Ok(pairs) => (pairs, rest),
            Err(_) => (3, &arguments[..]),
        },
        None => (3, &arguments[..]),
    };
    if pairs == 0 || parts.iter().any(|part| !PARTS.contains(&part.as_str())) {
        return Err(format!("usage: builds [PAIRS] [{}]…", PARTS.join(" | ")));
    }
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    if wanted("build") || wanted("generator") {
        build_times(directory.path(), pairs, wanted("build"), wanted("generator"))?;
    }
    if wanted("code") {
        code(directory.path())?;
    }
    if wanted("binary") {
        binary(directory.path())?;
    }
    if wanted("twelve") {
        twelve(directory.path(), pairs)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
