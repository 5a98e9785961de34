//! How long an editor waits: random edits of published documents over a description of 1 MB, each followed by what the
//! language server does for it. In-process, without the protocol. The figures are milliseconds.
//!
//! `cargo run --release --features editor --bin edits`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arazzo_benches::expansion::{STYTCH, corpus};
use arazzo_compiler::bundle::{Engines, Options};
use arazzo_compiler::source::{Disk, File, Replaced};
use arazzo_compiler::{compile, editor};

const EDITS: usize = 200;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((value ^ (value >> 31)) % limit.max(1) as u64).unwrap_or_default()
    }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| {
        times
            .get((times.len() * part / 100).min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    let [median, late, last] = [at(50), at(95), at(100)].map(|time| time.as_secs_f64() * 1e3);
    println!(
        "{what:<12} {} times: median {median:.2}, 95th percentile {late:.2}, maximum {last:.2}",
        times.len()
    );
}

fn main() {
    let Some(corpus) = corpus() else {
        println!("SKIPPED: `../shared/corpus` is missing");
        return;
    };
    let (mut problems, mut completions, mut hovers) = (Vec::new(), Vec::new(), Vec::new());
    let mut random = Random(1);
    for document in STYTCH.documents {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document);
        let original = std::fs::read_to_string(&path).expect("a published document");
        let options = Options {
            package: PathBuf::new(),
            document: path.to_string_lossy().into_owned(),
            sources: vec![(
                STYTCH.source.to_owned(),
                corpus.join(STYTCH.description).to_string_lossy().into_owned(),
            )],
            engines: Engines::ALL,
            ..Options::default()
        };
        let mut text = original.clone();
        for _ in 0..EDITS {
            let mut at = random.below(text.len());
            while !text.is_char_boundary(at) {
                at += 1;
            }
            // A letter is typed into a document that was right, so that most are still read to the end.
            text.insert_str(at, ["a", "e", "r", "_", ".", "$", " ", "\n"][random.below(8)]);
            let start = Instant::now();
            let path = PathBuf::from(&options.document);
            let file = Arc::new(File::parse(&path, text.clone().into_bytes()));
            let shown = Replaced {
                library: &Disk,
                path: &path,
                file,
            };
            std::hint::black_box(compile(&options, &shown));
            problems.push(start.elapsed());
            let start = Instant::now();
            std::hint::black_box(editor::inspect(&options, &shown, |view| {
                view.file(&options.document).map(|file| view.complete(file, &text, at))
            }));
            completions.push(start.elapsed());
            let start = Instant::now();
            std::hint::black_box(editor::inspect(&options, &shown, |view| {
                view.file(&options.document).map(|file| view.hover(file, at))
            }));
            hovers.push(start.elapsed());
            text.clone_from(&original);
        }
    }
    report("problems", problems);
    report("completion", completions);
    report("hover", hovers);
}
